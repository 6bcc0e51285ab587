/** Ticks of a time axis at round hours and at midnights of a time zone. */
import { offset } from "../instants";

const HOUR = 3600e3;
const STEPS = [0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24].map((hours) => hours * HOUR);

/** The finest step whose ticks are at least `least` pixels apart. */
export function step(msPerPixel: number, least: number): number {
  return STEPS.find((each) => each / msPerPixel >= least) ?? STEPS[STEPS.length - 1]!;
}

/** Instants in [from, to] at multiples of `every` since local midnight in `zone`. */
export function ticks(from: number, to: number, every: number, zone: string): number[] {
  const found: number[] = [];
  let local = Math.ceil((from + offset(from, zone)) / every) * every;
  // A local multiple maps to an instant by the offset in force there, so daylight-saving changes come out right.
  for (;;) {
    let at = local - offset(local, zone);
    at = local - offset(at, zone);
    if (at > to) break;
    if (at >= from) found.push(at);
    local += every;
    if (found.length > 2000) break;
  }
  return found;
}

/** Rows so that no two spans of one row overlap; at least as many rows as spans overlap, in order of start. */
export function pack(spans: readonly { start: number; end: number }[]): number[] {
  const free: number[] = [];
  const order = spans.map((_, i) => i).sort((a, b) => spans[a]!.start - spans[b]!.start || spans[a]!.end - spans[b]!.end);
  const row: number[] = new Array<number>(spans.length).fill(0);
  for (const i of order) {
    const { start, end } = spans[i]!;
    let at = free.findIndex((until) => until <= start);
    if (at < 0) at = free.push(0) - 1;
    free[at] = end;
    row[i] = at;
  }
  return row;
}
