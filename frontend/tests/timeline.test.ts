import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlan, type RawPlan } from "../src/islands/data";
import { along, hue, laneNear, type Ground } from "../src/islands/map_draw";
import { separate } from "../src/islands/labels";
import { decayed, radiusOf, Spans, Timeline } from "../src/islands/timeline";

const H = 3600e3;
const zero = Date.parse("2026-12-07T00:00:00Z");
const iso = (hour: number) => new Date(zero + hour * H).toISOString();
const at = (hour: number) => zero + hour * H;
const F18 = 6586.2 / 3600; // half-life in h

const leg = (from: string, to: string, start: number, end: number, mode = "road") => ({ lane: "van", mode, from, to, start: iso(start), end: iso(end) });
const delivery = (id: string, legs: ReturnType<typeof leg>[], bq: number, reference: number, nuclide = "F-18", lot = "run") =>
  ({ id, lot, nuclide, from: legs[0]?.from ?? "s", to: legs[legs.length - 1]?.to ?? "s", activity_bq: bq, reference_time: iso(reference), pinned: false, legs });

const plan: RawPlan = {
  from: iso(0), to: iso(24), timezone: "UTC",
  sites: ["s", "h", "k"].map((id, i) => ({ id, name: id, name_zh: id, kind: "hospital", lat: 30 + i, lon: 104 })),
  batches: [
    { id: "run", kind: "accelerator_run", site: "s", nuclide: "F-18", product: "fdg", start: iso(1), eob: iso(3), release: iso(4), expires: iso(10), activity_bq: 200, reference_time: iso(4) },
    { id: "gone", kind: "accelerator_run", site: "s", nuclide: "F-18", start: iso(1), eob: iso(3), release: iso(4), expires: iso(10), activity_bq: 100, reference_time: iso(4), state: "lost" },
    { id: "lot", kind: "stock", site: "k", nuclide: "C-14", start: iso(0), eob: iso(0), release: iso(0), expires: iso(12), activity_bq: 7, reference_time: iso(0) },
  ],
  deliveries: [
    delivery("a", [leg("s", "h", 5, 7)], 20, 8),
    delivery("b", [leg("s", "h", 5, 7)], 10, 6),
    delivery("c", [leg("s", "h", 5, 7), leg("h", "k", 9, 10, "flight")], 5, 5),
    delivery("d", [], 1, 4.5),
  ],
};

test("spans are found at their start and no more at their end, whatever the hour", () => {
  const spans = [[0, 0.5], [0.25, 7.75], [3, 4], [3.999, 4.001], [6, 30]].map(([start, end]) => ({ start: at(start!), end: at(end!) }));
  const index = new Spans(spans, at(0), at(24));
  for (let hour = 0; hour < 24; hour += 0.125) {
    const moment = at(hour);
    assert.deepEqual(index.at(moment), spans.filter((each) => each.start <= moment && moment < each.end), String(hour));
  }
  assert.deepEqual(index.at(at(-1)), []);
});

test("activity halves in a half-life, and grows towards the past", () => {
  assert.ok(Math.abs(decayed(8, "F-18", F18 * H) - 4) < 1e-9);
  assert.ok(Math.abs(decayed(8, "F-18", -F18 * H) - 16) < 1e-9);
  assert.equal(decayed(8, "Xx-1", 1e12), 8);
});

test("what shares a departure travels together with the sum of its activities at that moment", () => {
  const timeline = new Timeline(readPlan(plan));
  const [one, ...more] = timeline.moving(at(6));
  assert.equal(more.length, 0);
  assert.deepEqual(one!.trip.ids, ["a", "b", "c"]);
  assert.equal(one!.share, 0.5);
  const expected = 20 * 2 ** (2 / F18) + 10 + 5 * 2 ** (-1 / F18);
  assert.ok(Math.abs(one!.bq - expected) < 1e-9);
  assert.deepEqual(timeline.moving(at(8)), []); // c waits at h
  const [flight] = timeline.moving(at(9.25));
  assert.deepEqual([flight!.trip.mode, flight!.trip.from, flight!.trip.to, flight!.share], ["flight", "h", "k", 0.25]);
  assert.deepEqual(timeline.lanes.map((each) => [each.mode, each.a, each.b, each.count, each.bq]), [["road", "h", "s", 3, 35], ["flight", "h", "k", 1, 5]]);
});

test("sums of a moment: waits count as under way, lost batches are none, what was sent is no stock", () => {
  const timeline = new Timeline(readPlan(plan));
  assert.deepEqual(timeline.totals(at(2)).map((each) => [each.nuclide, each.packages, each.batches]), [["C-14", 0, 0], ["F-18", 0, 1]]);
  const [, waiting] = timeline.totals(at(8));
  assert.equal(waiting!.packages, 1);
  assert.ok(Math.abs(waiting!.underWayBq - 5 * 2 ** (-3 / F18)) < 1e-9);
  const held = (hour: number) => timeline.stock(at(hour)).find((each) => each.site === "s")?.bq ?? 0;
  assert.ok(Math.abs(held(4) - 200) < 1e-9);
  assert.ok(Math.abs(held(4.75) - (200 * 2 ** (-0.75 / F18) - 2 ** (-0.25 / F18))) < 1e-9); // d was handed over at 4.5
  const sent = 20 * 2 ** (2 / F18) + 10 * 2 ** (0 / F18) + 5 * 2 ** (-1 / F18) + 2 ** (-1.5 / F18);
  assert.ok(Math.abs(held(6) - (200 * 2 ** (-2 / F18) - sent)) < 1e-6);
  assert.equal(held(10), 0); // expired
  assert.deepEqual(timeline.totals(at(5)).find((each) => each.nuclide === "C-14")!.stockBq.toPrecision(6), "7.00000");
  assert.equal(timeline.totals(at(13)).length, 0);
});

test("an hour's step goes to the full hour and stays within the plan", () => {
  const timeline = new Timeline(readPlan(plan));
  assert.equal(timeline.step(at(5.5), 1), at(6));
  assert.equal(timeline.step(at(5.5), -1), at(5));
  assert.equal(timeline.step(at(5), 1), at(6));
  assert.equal(timeline.step(at(5), -24), at(0));
  assert.equal(timeline.step(at(23.5), 3), at(24));
});

test("a step of size for each tenfold, between what can be seen and what covers the map", () => {
  assert.equal(radiusOf(0), 2);
  assert.ok(Math.abs(radiusOf(1e12) - radiusOf(1e11) - 1.7) < 1e-9);
  assert.equal(radiusOf(1e30), 12);
});

test("a lane is found by its nearest point, also where it bends", () => {
  const ground = { site: (id: string) => ({ a: [0, 0], b: [100, 0], c: [100, 80] })[id] } as unknown as Ground;
  const lane = (mode: string, a: string, b: string) => ({ mode, a, b, count: 1, bq: 1, nuclides: [] });
  const lanes = [lane("road", "a", "b"), lane("road", "b", "c"), lane("flight", "a", "b")];
  assert.equal(laneNear(lanes, ground, 50, 1), lanes[0]);
  assert.equal(laneNear(lanes, ground, 98, 40), lanes[1]);
  const [x, y] = along([0, 0, 50, -14, 100, 0], 0.5);
  assert.deepEqual([x, y], [50, -7]);
  assert.equal(laneNear(lanes, ground, 50, -7), lanes[2]);
  assert.equal(laneNear(lanes, ground, 50, 40), null);
});

test("nuclides differ by colour, and past the colours by form", () => {
  const seen = new Set(Array.from({ length: 24 }, (_, i) => JSON.stringify(hue(i, false))));
  assert.equal(seen.size, 24);
});

test("many points are parted as few are", () => {
  const points = Array.from({ length: 400 }, (_, i) => [(i % 20) * 9 + (i % 7), Math.floor(i / 20) * 9] as [number, number]);
  const parted = separate(points, 8, 16);
  let close = 0;
  for (let i = 0; i < parted.length; i += 1) {
    assert.ok(Math.hypot(parted[i]![0] - points[i]![0], parted[i]![1] - points[i]![1]) <= 16.001);
    for (let j = 0; j < i; j += 1) close += Number(Math.hypot(parted[i]![0] - parted[j]![0], parted[i]![1] - parted[j]![1]) < 6);
  }
  assert.equal(close, 0);
});
