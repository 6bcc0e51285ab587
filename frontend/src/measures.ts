/** Numbers of some kind with the prefix that fits, as `becq.calculators.showing` prints them. */
import { formatActivity, formatDuration, formatNumber, scientific, type UnitSystem } from "./quantities";

export type Kind =
  | "activity" | "activity_per_current" | "activity_per_charge" | "activity_per_mass" | "duration" | "energy"
  | "length" | "dose_rate" | "share" | "density" | "mass" | "number";

type Ladder = readonly (readonly [number, string])[];

const LADDERS: Partial<Record<Kind, Ladder>> = {
  energy: [[1, "MeV"], [1e-3, "keV"]],
  length: [[1, "m"], [1e-2, "cm"], [1e-3, "mm"]],
  dose_rate: [[1, "Sv/h"], [1e-3, "mSv/h"], [1e-6, "µSv/h"], [1e-9, "nSv/h"], [1e-12, "pSv/h"]],
  mass: [[1e3, "kg"], [1, "g"], [1e-3, "mg"], [1e-6, "µg"]],
  share: [[0.01, "%"]],
  density: [[1, "g/cm²"]],
};
const BQ: Ladder = [[1e15, "PBq"], [1e12, "TBq"], [1e9, "GBq"], [1e6, "MBq"], [1e3, "kBq"], [1, "Bq"]];
const CI: Ladder = [[3.7e13, "kCi"], [3.7e10, "Ci"], [3.7e7, "mCi"], [3.7e4, "µCi"], [37, "nCi"]];
const PER: Partial<Record<Kind, readonly [number, string]>> = {
  activity_per_current: [1e-6, "µA"],
  activity_per_charge: [1, "C"],
  activity_per_mass: [1e-3, "mg"],
};
const TIMES: Ladder = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const YEAR_S = 365.2422 * 86400;

/** The unit that an axis up to `top` is shown in: its size in the unit of the data, and its name. */
export function unitOf(kind: Kind, top: number, system: UnitSystem = "SI"): [number, string] {
  const pick = (ladder: Ladder, amount = 1) => {
    const [size, name] = ladder.find(([each]) => top * amount >= each * (1 - 1e-9)) ?? ladder[ladder.length - 1]!;
    return [size / amount, name] as [number, string];
  };
  const per = PER[kind];
  if (kind === "activity") return pick(system === "Ci" ? CI : BQ);
  if (per) {
    const [size, name] = pick(system === "Ci" ? CI : BQ, per[0]);
    return [size, `${name}/${per[1]}`];
  }
  if (kind === "duration") {
    if (top >= 3 * YEAR_S) return [YEAR_S, "y"];
    // Three of a unit at least, so that an axis has steps of it.
    const [size, name] = TIMES.find(([each]) => top >= each * 3) ?? [1, "s"];
    return [size, name];
  }
  const ladder = LADDERS[kind];
  return ladder ? pick(ladder) : [1, ""];
}

/** One number with its unit. */
export function formatMeasure(value: number, kind: Kind, system: UnitSystem = "SI"): string {
  if (kind === "activity") return formatActivity(value, system);
  if (kind === "duration") return formatDuration(value);
  if (value === 0) return `0 ${unitOf(kind, 1, system)[1]}`.trim();
  if (kind === "dose_rate" && value > 0 && value < 1e-12) return "< 1 pSv/h";
  if (kind === "share" && value > 0 && value < 1e-8) return "< 10⁻⁶ %";
  const [size, name] = unitOf(kind, Math.abs(Number(value.toPrecision(3))), system);
  const number = value / size;
  return `${Math.abs(number) < 1e-3 ? scientific(number) : formatNumber(number)} ${name}`.trim();
}
