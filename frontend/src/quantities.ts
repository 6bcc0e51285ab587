/** Activities, durations and decay as the pages print them; the server's `physics/quantities.py` is the model. */

export type UnitSystem = "SI" | "Ci";

const SI: readonly [number, string][] = [[1e15, "PBq"], [1e12, "TBq"], [1e9, "GBq"], [1e6, "MBq"], [1e3, "kBq"], [1, "Bq"]];
const CI: readonly [number, string][] = [[3.7e13, "kCi"], [3.7e10, "Ci"], [3.7e7, "mCi"], [3.7e4, "µCi"], [37, "nCi"], [0.037, "pCi"]];

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Powers of ten as people write them: "1.76×10⁻⁵". */
export function scientific(value: number, digits = 3): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  return `${mantissa}×${power(Number(exponent))}`;
}

function power(exponent: number): string {
  return `10${[...String(exponent)].map((each) => (each === "-" ? "⁻" : RAISED[Number(each)])).join("")}`;
}

/** A number at an axis: "0.5", "20,000", "10⁻⁸", "2×10⁶". */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return Number(value.toPrecision(6)).toLocaleString("en-GB");
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  const mantissa = Number((value / 10 ** exponent).toPrecision(3));
  return mantissa === 1 ? power(exponent) : `${mantissa}×${power(exponent)}`;
}

/** Three significant figures by default; a power of ten only for what is next to nothing or beyond ten millions. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  if (Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e7) return scientific(value, digits);
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(places);
}

/** Number and unit apart, so that a unit can be set in another tone. */
export function splitActivity(bq: number, system: UnitSystem = "SI", digits = 3): [string, string] {
  const ladder = system === "Ci" ? CI : SI;
  const last = ladder[ladder.length - 1]!;
  if (bq === 0) return ["0", system === "Ci" ? "Ci" : "Bq"];
  if (bq > 0 && bq < (system === "Ci" ? 3.7e-6 : 1e-6)) return system === "Ci" ? ["< 10⁻¹⁶", "Ci"] : ["< 1", "µBq"];
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

const PREFIXES: Readonly<Record<string, number>> = { p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
const CURIES = ["p", "n", "u", "m", "", "k", "M"];
const UNITS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(PREFIXES).map(([prefix, size]) => [`${prefix}Bq`, size] as const),
  ...CURIES.map((prefix) => [`${prefix}Ci`, PREFIXES[prefix]! * 3.7e10] as const),
]);
const CHINESE_PREFIXES: Readonly<Record<string, string>> = {
  "": "", 皮: "p", 纳: "n", 奈: "n", 納: "n", 微: "u", 毫: "m", 千: "k", 兆: "M", 百万: "M", 百萬: "M", 吉: "G", 吉咖: "G", 太: "T", 太拉: "T", 拍: "P",
};
const CHINESE_UNITS: Readonly<Record<string, string>> = { 贝可: "Bq", 贝克: "Bq", 贝可勒尔: "Bq", 貝可: "Bq", 貝克: "Bq", 貝克勒: "Bq", 居里: "Ci", 居: "Ci" };
const WORD_PREFIXES: Readonly<Record<string, string>> = {
  "": "", kilo: "k", mega: "M", giga: "G", tera: "T", peta: "P", milli: "m", micro: "u", nano: "n", pico: "p",
};
const WORD_UNITS: Readonly<Record<string, string>> = { becquerel: "Bq", becquerels: "Bq", curie: "Ci", curies: "Ci" };
const names = (prefixes: Readonly<Record<string, string>>, units: Readonly<Record<string, string>>) =>
  new Map(Object.entries(prefixes).flatMap(([before, prefix]) => Object.entries(units).map(([after, unit]) => [before + after, prefix + unit] as const)));
const CHINESE = names(CHINESE_PREFIXES, CHINESE_UNITS);
const WORDS = names(WORD_PREFIXES, WORD_UNITS);
/** Units that are nearly always a slip of the other case: only a trailing "!" insists on them. */
const RARE = ["mBq", "MCi"];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const POWER = /\s*[×xX*]\s*10\s*(?:\^\s*([+-]?\d+)|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))/g;
const TEXT = /^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(.*)$/;

/** Full-width to ASCII, every minus and micro sign to one, "2×10¹⁴" to "2e14". */
function plain(text: string): string {
  const raised = (digits: string) => [...digits].map((each) => (each === "⁻" ? "-" : each === "⁺" ? "+" : SUPERSCRIPTS.indexOf(each))).join("");
  const powers = text.replace(POWER, (_, caret?: string, digits?: string) => `e${caret ?? raised(digits!)}`);
  return powers.normalize("NFKC").trim().replace(/[−–]/g, "-").replace(/[μµ]/g, "u");
}

/** The size of a unit in Bq; undefined where the server refuses it: unknown, ambiguous by its case, or rare. */
function sizeOf(unit: string, insists: boolean): number | undefined {
  let name = UNITS.has(unit) ? unit : CHINESE.get(unit) ?? WORDS.get(unit.toLowerCase());
  if (name === undefined) {
    const same = [...UNITS.keys()].filter((each) => each.toLowerCase() === unit.toLowerCase());
    if (same.length !== 1) return undefined;
    name = same[0]!;
  }
  return RARE.includes(name) && !insists ? undefined : UNITS.get(name);
}

/**
 * What was typed, in Bq, by the rules of the server's `parse_activity`; null where the unit is missing, undefined where
 * the server refuses it (what is wrong, the server says). Six-day curies need to know of what they are: undefined too.
 */
export function readActivity(text: string): number | null | undefined {
  const words = plain(text);
  const match = TEXT.exec(words.replace(/[! ]+$/, ""));
  if (!match || !/\d/.test(match[1]!)) return undefined;
  const value = Number(match[1]!.replace(/,/g, ""));
  if (!(value >= 0) || !Number.isFinite(value)) return undefined;
  const unit = match[2]!.trim();
  if (!unit) return null;
  const size = sizeOf(unit, words.endsWith("!"));
  return size === undefined ? undefined : value * size;
}
