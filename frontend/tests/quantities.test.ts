import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInstant, formatTime, wall, zoneLabel } from "../src/instants";
import { formatActivity, formatDuration, formatHalfLife, left, readActivity } from "../src/quantities";

test("activities are printed as on the server", () => {
  assert.equal(formatActivity(7.4e9), "7.40 GBq");
  assert.equal(formatActivity(7.4e9, "Ci"), "200 mCi");
  assert.equal(formatActivity(999.96e6), "1.00 GBq");
  assert.equal(formatActivity(999.4e6), "999 MBq");
  assert.equal(formatActivity(3.7e13, "Ci"), "1.00 kCi");
  assert.equal(formatActivity(3.7e4, "Ci"), "1.00 µCi");
  assert.equal(formatActivity(12345, "SI", 4), "12.35 kBq");
});

test("activities are read with their units only", () => {
  assert.equal(readActivity("7.4GBq"), 7.4e9);
  assert.equal(readActivity("200 mCi"), 7.4e9);
  assert.equal(readActivity("1,850 MBq"), 1.85e9);
  assert.equal(readActivity("7.4"), null);
  assert.equal(readActivity("7.4 kg"), undefined);
  assert.equal(readActivity("much"), undefined);
});

test("activities are read by the rules of the server", () => {
  for (const refused of ["5 mBq", "5 mbq", "5 MBQQ", "5 MCi", "5 mci!5", "5 mcI", "-5 MBq", "1 850 MBq", "10 six-day Ci", "1e400 Bq", "5 pBQ", ""])
    assert.equal(readActivity(refused), undefined, refused);
  const read: [string, number][] = [
    ["5 mBq!", 5e-3], ["5 MCi!", 1.85e17], ["3 GBq!", 3e9], ["3 gbq", 3e9], ["20吉贝可", 2e10], ["2 居里", 7.4e10], ["5 百万贝克", 5e6],
    ["5 µCi", 1.85e5], ["5 μCi", 1.85e5], ["5 uCi", 1.85e5], ["２ＧＢｑ", 2e9], ["2×10⁹ Bq", 2e9], ["2x10^9 Bq", 2e9], ["1e3 kBq", 1e6],
    ["5 megabecquerel", 5e6], ["2 Millicuries", 7.4e7], ["1,850 MBq", 1.85e9],
  ];
  for (const [text, bq] of read) assert.ok(Math.abs(readActivity(text)! / bq - 1) < 1e-12, text);
  assert.equal(readActivity("5!"), null);
});

test("durations and half-lives", () => {
  assert.equal(formatDuration(8100), "2 h 15 min");
  assert.equal(formatDuration(864000), "10 d");
  assert.equal(formatDuration(97200), "1 d 3 h");
  assert.equal(formatDuration(-90), "-1 min 30 s");
  assert.equal(formatHalfLife(692988), "8.02 d");
  assert.equal(formatHalfLife(6586), "110 min");
  assert.ok(Math.abs(left(6586, 6586) - 0.5) < 1e-12);
});

test("instants stand in their zone and name it", () => {
  const at = Date.parse("2026-07-12T00:00:00Z");
  assert.equal(formatInstant(at, "Asia/Shanghai"), "07-12 08:00");
  assert.equal(formatTime(at, "Asia/Kolkata"), "05:30");
  assert.equal(zoneLabel(at, "Asia/Shanghai"), "UTC+8");
  assert.equal(zoneLabel(at, "Asia/Kolkata"), "UTC+5:30");
  assert.equal(zoneLabel(at, "America/New_York"), "UTC−4");
  assert.equal(wall(at, "America/New_York").day, 11);
});
