import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlan, type RawPlan } from "../src/islands/data";
import { barAt, batchBar, batchGroups, layout, lineAt, makeRow, movedBatch, shipmentGroup, type Start } from "../src/islands/gantt_rows";
import { across, inverse, nearest, next, readStart } from "../src/islands/gantt_moves";

const H = 3600e3;
const day = "2026-12-07T";
const iso = (hour: number) => new Date(Date.parse(`${day}00:00:00Z`) + hour * H).toISOString();
const at = (hour: number) => Date.parse(iso(hour));

function start(hour: number, reason = "", resource: string | null = "a"): Start {
  return { id: `run@${hour}${resource}`, process: "run", site: "s", resource, product: "fdg", nuclide: "F-18", start: at(hour), eob: at(hour + 2), release: at(hour + 3), reason, why: "", givesWay: [] };
}

const plan: RawPlan = {
  from: iso(0), to: iso(48), timezone: "UTC",
  sites: ["s", "h", "k"].map((id) => ({ id, name: id.toUpperCase(), name_zh: id, kind: "hospital", lat: 30, lon: 104 })),
  resources: ["a", "b"].map((id) => ({ id, site: "s", name: id, name_zh: id, kind: "cyclotron", positions: 1, outages: id === "b" ? [{ start: iso(4), end: iso(8), reason: "pump" }] : [] })),
  batches: [
    { id: "x", process: "run", kind: "accelerator_run", site: "s", resource: "a", nuclide: "F-18", start: iso(1), eob: iso(3), release: iso(4), movable: true },
    { id: "y", process: "run", kind: "accelerator_run", site: "s", resource: "a", nuclide: "F-18", start: iso(2), eob: iso(4), release: iso(5) },
    { id: "z", process: "lab", kind: "labelling", site: "k", resource: null, nuclide: "Lu-177", start: iso(2), eob: iso(4), release: iso(5), state: "lost" },
    { id: "lot", kind: "stock", site: "s", nuclide: "Mo-99", start: iso(0), eob: iso(0), release: iso(0), expires: iso(99), activity_bq: 5 },
  ],
  carried: {
    modes: ["road", "flight"], lanes: ["van", "ca1"], sites: ["s", "h", "k"], lots: ["x", "lot"], nuclides: ["F-18", "Mo-99"],
    order: ["o1", "o2", "o3"], lot: [0, 0, 1], nuclide: [0, 0, 1], from: [0, 0, 0], to: [1, 1, 2], activity_bq: [3, 4, 5], at: [at(9), at(9), at(20)].map((each) => each / 1000),
    legs: [[0, 0, 0, 1, at(5) / 1000, at(6) / 1000], [0, 0, 0, 1, at(5) / 1000, at(6) / 1000], [0, 0, 0, 1, at(7) / 1000, at(8) / 1000, 1, 1, 1, 2, at(9) / 1000, at(11) / 1000]],
  },
};
const everything = { site: "", nuclide: "", shipments: true, empty: true };

test("a plan in columns reads like one in rows", () => {
  const read = readPlan(plan);
  assert.deepEqual(read.batches.map((each) => each.id), ["x", "y", "z"]);
  assert.deepEqual(read.stock.map((each) => each.id), ["lot"]);
  assert.equal(read.batches[2]!.status, "lost");
  const [first, , last] = read.deliveries;
  assert.deepEqual([first!.id, first!.from, first!.to, first!.activity_bq, first!.reference], ["o1<x", "s", "h", 3, at(9)]);
  assert.deepEqual(last!.legs.map((leg) => [leg.lane, leg.mode, leg.from, leg.to, leg.start, leg.end]), [["van", "road", "s", "h", at(7), at(8)], ["ca1", "flight", "h", "k", at(9), at(11)]]);
  const rows = readPlan({ ...plan, carried: undefined as never, deliveries: [{ id: "o1<x", lot: "x", nuclide: "F-18", from: "s", to: "h", activity_bq: 3, reference_time: iso(9), pinned: false, legs: [{ lane: "van", mode: "road", from: "s", to: "h", start: iso(5), end: iso(6) }] }] });
  const { reference_time: _, ...listed } = rows.deliveries[0] as unknown as Record<string, unknown>;
  assert.deepEqual(listed, first);
});

test("rows are those of sites and resources, and a choice leaves out the rest", () => {
  const read = readPlan(plan);
  const groups = batchGroups(read, [], at(0), everything);
  assert.deepEqual(groups.map((group) => [group.label, group.rows.map((row) => [row.resource, row.bars.map((bar) => bar.id)])]), [
    ["S", [["a", ["x", "y"]], ["b", []]]], ["K", [[null, ["z"]]]],
  ]);
  assert.deepEqual(groups[0]!.rows[0]!.lanes, [0, 1]); // x and y overlap
  assert.equal(groups[0]!.rows[0]!.depth, 2);
  assert.deepEqual(groups[0]!.rows[1]!.outages.map((each) => [each.start, each.end]), [[at(4), at(8)]]);
  assert.equal(groups[1]!.rows[0]!.bars[0]!.tone, "blocked"); // lost
  assert.deepEqual(batchGroups(read, [], 0, { ...everything, nuclide: "Lu-177" }).map((group) => group.label), ["K"]);
  assert.deepEqual(batchGroups(read, [], 0, { ...everything, site: "s" }).map((group) => group.label), ["S"]);
  assert.deepEqual(batchGroups(read, [], 0, { ...everything, empty: false })[0]!.rows.map((row) => row.resource), ["a"]);
  const ghost = batchBar(movedBatch(start(10, "", "b"), read.batches[0]), 0, true);
  assert.equal(ghost.grows, true); // of the kind of what it was moved from
  assert.deepEqual(batchGroups(read, [ghost], 0, everything)[0]!.rows[1]!.bars.map((bar) => bar.id), ["run@10b"]);
});

test("consignments that share a departure are one bar", () => {
  const read = readPlan(plan);
  const rows = shipmentGroup(read, at(0), everything)!.rows;
  assert.deepEqual(rows.map((row) => [row.label, row.bars.map((bar) => bar.ids)]), [["van", [["o1<x", "o2<x"], ["o3<lot"]]], ["ca1", [["o3<lot"]]]]);
  assert.deepEqual(shipmentGroup(read, 0, { ...everything, nuclide: "Mo-99" })!.rows.map((row) => row.bars.length), [1, 1]);
  assert.deepEqual(shipmentGroup(read, 0, { ...everything, site: "k" })!.rows.map((row) => row.label), ["van", "ca1"]);
  assert.equal(shipmentGroup(read, 0, { ...everything, nuclide: "C-14" }), null);
});

test("lines follow each other without gaps, and a height finds its line", () => {
  const { lines, height } = layout(batchGroups(readPlan(plan), [], 0, everything));
  let y = 0;
  for (const line of lines) {
    assert.equal(line.y, y);
    y += line.height;
  }
  assert.equal(height, y);
  assert.equal(lines.length, 5);
  lines.forEach((line, i) => {
    assert.equal(lineAt(lines, line.y), i);
    assert.equal(lineAt(lines, line.y + line.height - 1), i);
  });
  assert.equal(lineAt(lines, height), lines.length);
});

test("a point finds the bar that lies there", () => {
  const bars = [batchBar(readPlan(plan).batches[0]!, 0), batchBar(readPlan(plan).batches[1]!, 0)];
  const row = makeRow("a", "s", "a", bars);
  assert.equal(barAt(row, 10, at(1.5), 0)!.id, "x");
  assert.equal(barAt(row, 10, at(4.5), 0), null); // x is over there; y lies a lane lower
  assert.equal(barAt(row, 32, at(4.5), 0)!.id, "y");
  assert.equal(barAt(row, 10, at(0.5), 0), null);
});

test("the nearest start is one of the row, and of two at one distance the allowed one", () => {
  const starts = [start(4, "taken"), start(8), start(12, "outage"), start(5, "", "b")];
  assert.equal(nearest(starts, at(5), "a")!.id, "run@4a");
  assert.equal(nearest(starts, at(6), "a")!.id, "run@8a"); // 4 and 8 are as far
  assert.equal(nearest(starts, at(30), "a")!.id, "run@12a");
  assert.equal(nearest(starts, at(30), "b")!.id, "run@5b");
  assert.equal(nearest(starts, at(5.4), "elsewhere")!.id, "run@5b");
  assert.equal(nearest([], 0, "a"), null);
});

test("keys go to the next start that is allowed, and across to another machine", () => {
  const starts = [start(4, "own"), start(6, "past"), start(8), start(12), start(9, "", "b"), start(20, "", "b"), start(8, "outage", "c")];
  const [own] = starts;
  assert.equal(next(starts, own!, 1)!.id, "run@8a");
  assert.equal(next(starts, starts[3]!, -1)!.id, "run@8a");
  assert.equal(next(starts, own!, -1), null);
  assert.equal(next(starts, starts[3]!, 1), null);
  assert.equal(across(starts, own!, ["a", "b", "c"], 1)!.id, "run@9b");
  assert.equal(across(starts, starts[4]!, ["a", "b", "c"], 1), null); // nothing is allowed on c
  assert.equal(across(starts, starts[5]!, ["a", "b", "c"], -1)!.id, "run@12a");
});

test("a change is undone for what it touched, and for nothing else", () => {
  const before = { x: "start", z: "forbid" } as const;
  assert.deepEqual(inverse(before, ["x", "y"]), { x: "start", y: null });
});

test("a start is read with its moments and whom it displaces", () => {
  const read = readStart({ id: "r", process: "p", site: "s", resource: null, product: "q", nuclide: "F-18", start: iso(1), eob: iso(2), release: iso(3), reason: "", why: "", gives_way: ["x"] });
  assert.deepEqual([read.start, read.eob, read.release, read.givesWay], [at(1), at(2), at(3), ["x"]]);
});
