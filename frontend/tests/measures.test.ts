import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMeasure, unitOf } from "../src/measures";
import { formatActivity, formatTick } from "../src/quantities";

test("numbers are printed by their kind", () => {
  assert.equal(formatMeasure(2.5e14, "activity_per_current"), "250 MBq/µA");
  assert.equal(formatMeasure(3.7e13, "activity_per_mass", "Ci"), "1.00 Ci/mg");
  assert.equal(formatMeasure(12, "energy"), "12.0 MeV");
  assert.equal(formatMeasure(0.003, "length"), "3.00 mm");
  assert.equal(formatMeasure(0.000533, "length"), "0.533 mm");
  assert.equal(formatMeasure(2.5e-6, "dose_rate"), "2.50 µSv/h");
  assert.equal(formatMeasure(0.5, "share"), "50.0 %");
  assert.equal(formatMeasure(8100, "duration"), "2 h 15 min");
  assert.equal(formatMeasure(0, "dose_rate"), "0 Sv/h");
});

test("an axis has at least three steps of its unit of time", () => {
  assert.deepEqual(unitOf("duration", 10 * 86400), [86400, "d"]);
  assert.deepEqual(unitOf("duration", 2 * 86400), [3600, "h"]);
  assert.deepEqual(unitOf("duration", 7200), [60, "min"]);
});

test("what is next to nothing is printed all the same", () => {
  assert.equal(formatActivity(1.5e-130), "< 1 µBq");
  assert.equal(formatActivity(1.5e-130, "Ci"), "< 10⁻¹⁶ Ci");
  assert.equal(formatActivity(1.5e-5), "1.50×10⁻⁵ Bq");
  assert.equal(formatMeasure(1e-30, "dose_rate"), "< 1 pSv/h");
  assert.equal(formatMeasure(2.78e-10, "dose_rate"), "278 pSv/h");
  assert.equal(formatMeasure(1e-9, "share"), "< 10⁻⁶ %");
  assert.equal(formatMeasure(1.76e-7, "share"), "1.76×10⁻⁵ %");
});

test("axes have no numbers in e-notation", () => {
  assert.deepEqual([0, 0.5, 20000, 1e-8, 2e6, 1e7].map(formatTick), ["0", "0.5", "20,000", "10⁻⁸", "2×10⁶", "10⁷"]);
});
