/** Where a batch may be moved: the nearest start, the next one, what was changed and how it is undone. */
import type { Start } from "./gantt_rows";

export type Pin = "start" | "forbid";
export type Pins = Readonly<Record<string, Pin>>;
/** What pins are to be; null takes one away. */
export type PinChange = Record<string, Pin | null>;

export interface RawStart extends Omit<Start, "start" | "eob" | "release" | "givesWay"> {
  start: string;
  eob: string;
  release: string;
  gives_way?: string[];
}

export function readStart(raw: RawStart): Start {
  const { gives_way, ...rest } = raw;
  return { ...rest, start: Date.parse(raw.start), eob: Date.parse(raw.eob), release: Date.parse(raw.release), givesWay: gives_way ?? [] };
}

const allowed = (start: Start) => start.reason === "" || start.reason === "own";

/**
 * The start nearest in time to `at`; among those of `resource` where it has any. Of two at the same distance the one
 * that is allowed, else the earlier one.
 */
export function nearest(starts: readonly Start[], at: number, resource?: string | null): Start | null {
  const here = resource === undefined ? [] : starts.filter((each) => each.resource === resource);
  let best: Start | null = null;
  for (const each of here.length ? here : starts) {
    const far = Math.abs(each.start - at);
    const least = best ? Math.abs(best.start - at) : Infinity;
    if (far < least || (far === least && best && !allowed(best) && allowed(each))) best = each;
  }
  return best;
}

/** The next start in a direction that is allowed, on the same resource; null at the end. */
export function next(starts: readonly Start[], from: Start, step: 1 | -1): Start | null {
  const row = starts.filter((each) => each.resource === from.resource && allowed(each) && (each.start - from.start) * step > 0);
  return row.reduce<Start | null>((best, each) => (best === null || (each.start - best.start) * step < 0 ? each : best), null);
}

/** The start nearest in time that is allowed on the next of the resources, in the order of `rows`. */
export function across(starts: readonly Start[], from: Start, rows: readonly (string | null)[], step: 1 | -1): Start | null {
  const used = rows.filter((row) => starts.some((each) => each.resource === row && allowed(each)));
  const goal = used[used.indexOf(from.resource) + step];
  return goal === undefined || used.indexOf(from.resource) < 0 ? null : nearest(starts.filter(allowed), from.start, goal);
}

/** What puts the pins back to `before`, for those that a change touches. */
export function inverse(before: Pins, names: readonly string[]): PinChange {
  const found: PinChange = {};
  for (const name of names) found[name] = before[name] ?? null;
  return found;
}
