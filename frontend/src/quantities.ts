/** Activities, durations and decay as the pages print them; the server's `physics/quantities.py` is the model. */

export type UnitSystem = "SI" | "Ci";

const SI: readonly [number, string][] = [[1e15, "PBq"], [1e12, "TBq"], [1e9, "GBq"], [1e6, "MBq"], [1e3, "kBq"], [1, "Bq"]];
const CI: readonly [number, string][] = [[3.7e13, "kCi"], [3.7e10, "Ci"], [3.7e7, "mCi"], [3.7e4, "µCi"], [37, "nCi"], [0.037, "pCi"]];

/** Three significant figures by default, without exponents but for what is next to nothing. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  if (Math.abs(rounded) < 1e-4) return value.toExponential(digits - 1);
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(places);
}

/** Number and unit apart, so that a unit can be set in another tone. */
export function splitActivity(bq: number, system: UnitSystem = "SI", digits = 3): [string, string] {
  const ladder = system === "Ci" ? CI : SI;
  const last = ladder[ladder.length - 1]!;
  if (bq === 0) return ["0", system === "Ci" ? "Ci" : "Bq"];
  // Rounding comes first (in the base unit), so that 999.9 MBq is 1.00 GBq and not 1000 MBq.
  const base = system === "Ci" ? 3.7e10 : 1;
  const rounded = Math.abs(Number((bq / base).toPrecision(digits))) * base;
  const [factor, unit] = ladder.find(([size]) => rounded / size >= 1 - 1e-12) ?? last;
  return [formatNumber(bq / factor, digits), unit];
}

export function formatActivity(bq: number, system: UnitSystem = "SI", digits = 3): string {
  return splitActivity(bq, system, digits).join(" ");
}

/** The two units that matter: "2 h 15 min", "10 d", "3 d 4 h". */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  const s = Math.abs(seconds);
  if (s < 59.5) return `${sign}${Math.round(s)} s`;
  for (const [big, small, bigName, smallName] of [[86400, 3600, "d", "h"], [3600, 60, "h", "min"], [60, 1, "min", "s"]] as const) {
    const whole = Math.round(s / small) * small;
    if (whole >= big) {
      const rest = (whole % big) / small;
      return `${sign}${Math.floor(whole / big)} ${bigName}${rest ? ` ${rest} ${smallName}` : ""}`;
    }
  }
  return `${sign}1 min`;
}

const YEAR_S = 365.25 * 86400;

export function formatHalfLife(seconds: number): string {
  const steps: [number, string][] = [[YEAR_S, "a"], [86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, unit] = steps.find(([each]) => seconds >= each * 2) ?? [1, "s"];
  return `${formatNumber(seconds / size)} ${unit}`;
}

/** Share left after `seconds`. */
export function left(seconds: number, halfLifeS: number): number {
  return Math.pow(2, -seconds / halfLifeS);
}

const UNIT_BQ: Record<string, number> = {
  bq: 1, kbq: 1e3, mbq: 1e6, gbq: 1e9, tbq: 1e12, pbq: 1e15,
  ci: 3.7e10, kci: 3.7e13, mci: 3.7e7, uci: 3.7e4, "µci": 3.7e4, "μci": 3.7e4, nci: 37,
};

/** What was typed, in Bq; null where the unit is missing, undefined where it is no activity. Checking is the server's. */
export function readActivity(text: string): number | null | undefined {
  const match = /^\s*([0-9][0-9\s,]*(?:\.[0-9]*)?(?:e[+-]?\d+)?)\s*([a-zµμ]*)\s*$/i.exec(text);
  if (!match) return undefined;
  const unit = match[2]!;
  if (!unit) return null;
  // Prefixes differ by case only for mega and milli; "mBq" is never meant in this trade, "MCi" neither.
  const factor = UNIT_BQ[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(match[1]!.replace(/[\s,]/g, "")) * factor;
}
