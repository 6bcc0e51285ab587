import assert from "node:assert/strict";
import { test } from "node:test";
import { pack, step, ticks } from "../src/islands/axis";
import { isotope, tone, toneAt } from "../src/islands/data";
import { place, separate } from "../src/islands/labels";
import { distanceKm, mercator, roundLength, unproject } from "../src/islands/projection";
import { LINES } from "../src/islands/lines";

test("spans of one row never overlap and rows are as few as can be", () => {
  const spans = [{ start: 0, end: 10 }, { start: 5, end: 12 }, { start: 10, end: 20 }, { start: 11, end: 13 }, { start: 12, end: 30 }];
  const rows = pack(spans);
  for (let i = 0; i < spans.length; i += 1)
    for (let j = 0; j < i; j += 1)
      if (rows[i] === rows[j]) assert.ok(spans[i]!.start >= spans[j]!.end || spans[j]!.start >= spans[i]!.end);
  assert.equal(Math.max(...rows), 2);
});

test("ticks are local midnights, also where the clocks change", () => {
  const days = ticks(Date.parse("2026-10-24T00:00:00Z"), Date.parse("2026-10-27T00:00:00Z"), 864e5, "Europe/Berlin");
  assert.deepEqual(days.map((at) => new Date(at).toISOString()), ["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z", "2026-10-26T23:00:00.000Z"]);
  const shanghai = ticks(Date.parse("2026-07-12T00:00:00Z"), Date.parse("2026-07-13T00:00:00Z"), 6 * 36e5, "Asia/Shanghai");
  assert.equal(new Date(shanghai[0]!).toISOString(), "2026-07-12T04:00:00.000Z");
  assert.equal(step(60e3, 40), 36e5);
});

test("labels cover neither each other nor a symbol", () => {
  const anchors = Array.from({ length: 30 }, (_, i) => ({ x: 100 + (i % 6) * 30, y: 100 + Math.floor(i / 6) * 20, width: 80 }));
  const boxes = place(anchors, { width: 500, height: 400 }).filter((each) => each !== null).map(({ x, y }) => [x, y - 11, x + 80, y + 3] as const);
  assert.ok(boxes.length >= 8);
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(0, i)) assert.ok(a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3]);
});

test("symbols part, but stay near their place", () => {
  const parted = separate([[10, 10], [10, 10], [12, 11], [200, 200]]);
  assert.ok(Math.hypot(parted[0]![0] - parted[1]![0], parted[0]![1] - parted[1]![1]) > 10);
  assert.deepEqual(parted[3], [200, 200]);
  for (const [x, y] of parted.slice(0, 3)) assert.ok(Math.hypot(x - 10, y - 10) < 20);
});

test("however many stand on one spot, each is to be seen and none is far", () => {
  for (let count = 2; count <= 12; count += 1) {
    const spot = Array.from({ length: count }, () => [100, 100] as [number, number]);
    const parted = separate(spot);
    for (let i = 0; i < count; i += 1) {
      assert.ok(Math.hypot(parted[i]![0] - 100, parted[i]![1] - 100) <= 34, `${count}: ${parted[i]}`);
      for (let j = 0; j < i; j += 1) assert.ok(Math.hypot(parted[i]![0] - parted[j]![0], parted[i]![1] - parted[j]![1]) >= 13, `${count}: ${i}, ${j}`);
    }
    assert.deepEqual(separate(spot), parted, "drawings agree");
  }
});

test("projection and distance", () => {
  const { lat, lon } = unproject(...mercator(30.66, 104.06));
  assert.ok(Math.abs(lat - 30.66) < 1e-9 && Math.abs(lon - 104.06) < 1e-9);
  // Chengdu to Yantai along the great circle.
  assert.ok(Math.abs(distanceKm({ lat: 30.57, lon: 103.95 }, { lat: 37.66, lon: 120.99 }) - 1752) < 15);
  assert.deepEqual([99, 100, 240, 730].map(roundLength), [50, 100, 200, 500]);
});

test("nuclides and tones", () => {
  assert.equal(isotope("Tc-99m"), "⁹⁹ᵐTc");
  assert.equal(isotope("Lu-177"), "¹⁷⁷Lu");
  assert.equal(isotope("soup"), "soup");
  assert.equal(tone("unmet"), "blocked");
  assert.equal(tone("anything"), "planned");
  assert.equal(toneAt(1, 2, 3), "done");
});

test("curves differ by tone or dashes", () => {
  assert.equal(new Set(LINES.map(({ token, type }) => `${token} ${type}`)).size, LINES.length);
  assert.ok(LINES.length >= 8); // as many as the decay chart draws
});
