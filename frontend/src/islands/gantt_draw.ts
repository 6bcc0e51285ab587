/** Drawing the part of the Gantt that is in the window. Tint is activity: it grows in the run and decays from EOB to release. */
import { formatTime, wall } from "../instants";
import { left } from "../quantities";
import { step, ticks } from "./axis";
import type { Tone } from "./data";
import { svg } from "./dom";
import { GROUP, LANE, lineAt, type Bar, type Line, type Start } from "./gantt_rows";
import type { Pin } from "./gantt_moves";
import { t } from "./strings";

export const HEAD = 40;
/** As many bars are drawn one by one; more of them, in one window, as plain blocks. */
const CROWD = 400;
const MAX_TINT = 0.5;
const DAY = 24 * 3600e3;

/** What the window shows. */
export interface View {
  from: number;
  to: number;
  width: number;
  gutter: number;
  zone: string;
  now: number;
}

export interface Marks {
  current: string;
  chosen: string;
  /** Prefix of ids of this drawing. */
  own: string;
  editing: boolean;
  pin(id: string): Pin | undefined;
  /** All that is told of a bar, in one sentence. */
  words(bar: Bar): string;
}

/** A move that is under way: where the batch may start, and where it would. */
export interface Overlay {
  bar: Bar;
  starts: readonly Start[];
  target: Start | null;
}

export function xOf(view: View, at: number): number {
  return view.gutter + ((at - view.from) / (view.to - view.from)) * (view.width - view.gutter);
}

export function timeOf(view: View, x: number): number {
  return view.from + ((x - view.gutter) / (view.width - view.gutter)) * (view.to - view.from);
}

function instants({ from, to, width, gutter, zone }: View): { days: number[]; marks: number[]; hours: boolean } {
  const msPerPixel = (to - from) / (width - gutter);
  const small = step(msPerPixel, 40);
  const days = ticks(from, to, Math.max(DAY, step(msPerPixel, 64)), zone);
  return { days, marks: small < DAY ? ticks(from, to, small, zone) : days, hours: small < DAY };
}

export function drawAxis(view: View): SVGElement {
  const { from, to, width, gutter, zone, now } = view;
  const x = (at: number) => xOf(view, at);
  const { days, marks, hours } = instants(view);
  const axis = svg("svg", { width, height: HEAD, "aria-hidden": "true" });
  const named = days[0] === undefined || x(days[0]) > gutter + 90 ? [from, ...days] : days;
  for (const at of named) {
    const day = wall(at, zone);
    const text = `${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")} ${t.weekdays[day.weekday]}`;
    if (x(at) + 30 < width) axis.append(svg("text", { class: "axis-day", x: x(at) + 4, y: 15 }, text));
  }
  if (hours) for (const at of marks) if (x(at) + 34 < width && !(x(at) > x(now) - 36 && x(at) < x(now) + 78)) axis.append(svg("text", { class: "axis-hour", x: x(at) + 4, y: 32 }, formatTime(at, zone)));
  for (const at of days) axis.append(svg("line", { class: "grid day", x1: x(at), x2: x(at), y1: 4, y2: HEAD }));
  if (now >= from && now <= to) {
    const late = x(now) > width - 90;
    axis.append(svg("line", { class: "now", x1: x(now), x2: x(now), y1: 18, y2: HEAD }),
      svg("rect", { class: "label-back", x: x(now) + (late ? -76 : 3), y: 21, width: 73, height: 15 }),
      svg("text", { class: "now-label", x: x(now) + (late ? -5 : 5), y: 32, "text-anchor": late ? "end" : "start" }, `${t.now} ${formatTime(now, zone)}`));
  }
  return axis;
}

/** Stops of the tint along a bar, so that its strength follows the activity. */
function gradient(id: string, bar: Bar): SVGElement {
  const span = Math.max(1, bar.end - bar.start);
  const stops: SVGElement[] = [];
  const stop = (at: number, share: number) =>
    stops.push(svg("stop", { offset: ((at - bar.start) / span).toFixed(4), "stop-color": "currentColor", "stop-opacity": (MAX_TINT * (0.12 + 0.88 * share)).toFixed(3) }));
  const run = (bar.eob - bar.start) / 1000;
  const full = 1 - left(run, bar.halfLifeS);
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    // Saturation towards EOB; a long-lived nuclide grows in proportion to time.
    const grown = full > 1e-9 ? (1 - left(run * part, bar.halfLifeS)) / full : part;
    stop(bar.start + (bar.eob - bar.start) * part, bar.grows ? grown : 1);
  }
  for (const part of [0.33, 0.67, 1]) stop(bar.eob + (bar.end - bar.eob) * part, left(((bar.end - bar.eob) / 1000) * part, bar.halfLifeS));
  return svg("linearGradient", { id, class: `tone-${bar.tone === "cancelled" ? "planned" : bar.tone}` }, ...stops);
}

/** The gradient of a bar: batches of one process share theirs. */
function tint(bar: Bar, own: string, defs: SVGElement, known: Map<string, string>): string {
  const key = bar.halfLifeS === Infinity && !bar.grows ? bar.tone : `${bar.tone} ${bar.halfLifeS} ${bar.grows} ${bar.eob - bar.start} ${bar.end - bar.start}`;
  let id = known.get(key);
  if (!id) {
    known.set(key, (id = `${own}-g${known.size}`));
    defs.append(gradient(id, bar));
  }
  return id;
}

export type Sign = "pin" | "forbid" | "lock" | "lost";
const SIGNS: Record<Sign, { d: string; filled: boolean }> = {
  pin: { d: "M1,0h5v5l1.500,2h-8l1.500,-2z", filled: true },
  forbid: { d: "M3.500,0a3.500,3.500 0 1,0 0.01,0M1.200,1.200l4.600,4.600", filled: false },
  lock: { d: "M0,3h7v5h-7zM1.500,3v-1a2,2 0 0,1 4,0v1", filled: false },
  lost: { d: "M0.500,0.500l6,6m0,-6l-6,6", filled: false },
};

export function sign(kind: Sign, x: number, y: number): SVGElement {
  const { d, filled } = SIGNS[kind];
  return svg("path", { class: filled ? "pin" : "sign", d, transform: `translate(${x.toFixed(1)} ${y})` });
}

function signOf(bar: Bar, marks: Marks): Sign | null {
  if (bar.type !== "batch") return null;
  if (bar.batch!.status === "lost") return "lost";
  const pin = marks.pin(bar.id);
  if (pin === "forbid") return "forbid";
  if (pin === "start" || bar.ghost || (!pin && bar.batch!.pinned && !marks.editing)) return "pin";
  return marks.editing && !bar.batch!.movable && bar.tone !== "done" ? "lock" : null;
}

const wide = (text: string) => (/[⺀-鿿]/.test(text) ? 12.5 : 7);

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
}

/** One bar; its label apart, because it lies over the bars that follow. */
function drawBar(bar: Bar, top: number, view: View, marks: Marks, defs: SVGElement, tints: Map<string, string>): [SVGElement, SVGElement | null] {
  const x1 = xOf(view, bar.start);
  const long = Math.max(4, xOf(view, bar.end) - x1);
  const tall = LANE - 4;
  const pin = bar.type === "batch" ? marks.pin(bar.id) : undefined;
  const id = tint(bar, marks.own, defs, tints);
  const state = `${bar.ghost ? " ghost" : ""}${pin === "forbid" ? " forbidden" : ""}${bar.batch?.movable && marks.editing ? " movable" : ""}`;
  const mark = svg("g", {
    class: `bar ${bar.tone}${state}${bar.ids.includes(marks.chosen) ? " selected" : ""}`, role: "button", tabindex: bar.id === marks.current ? 0 : -1,
    "data-id": bar.id, "aria-label": marks.words(bar),
  });
  mark.append(svg("rect", { class: "tint", fill: `url(#${id})`, x: x1, y: top, width: long, height: tall, rx: 2 }), svg("rect", { class: "edge", x: x1 + 0.5, y: top + 0.5, width: Math.max(1, long - 1), height: tall - 1, rx: 2 }));
  const msPerPixel = (view.to - view.from) / (view.width - view.gutter);
  if (bar.end - bar.eob > msPerPixel * 3 && bar.eob > bar.start) mark.append(svg("line", { class: "eob", x1: xOf(view, bar.eob), x2: xOf(view, bar.eob), y1: top, y2: top + tall }));
  const shown = signOf(bar, marks);
  if (shown && long > 12) mark.append(sign(shown, x1 + long - 10, top + 4));
  const room = Math.min(x1 + long, view.width) - Math.max(x1, view.gutter) - (shown ? 18 : 8);
  if (room <= 26) return [mark, null];
  return [mark, svg("text", { class: "bar-label", "aria-hidden": "true", x: Math.max(x1, view.gutter) + 5, y: top + 13 }, cut(bar.label, Math.floor(room / wide(bar.label))))];
}

/** Everything between two heights: labels, outages, bars. `overlay` is filled by `drawOverlay`. */
export function drawBody(lines: readonly Line[], height: number, view: View, marks: Marks, top: number, bottom: number): SVGElement {
  const { from, to, width, gutter } = view;
  const x = (at: number) => xOf(view, at);
  const { days, marks: grid } = instants(view);
  const plot = width - gutter;
  const defs = svg("defs", {},
    svg("pattern", { id: `${marks.own}-hatch`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: 6 })),
    svg("clipPath", { id: `${marks.own}-plot` }, svg("rect", { x: gutter, y: 0, width: plot, height })),
    svg("clipPath", { id: `${marks.own}-names` }, svg("rect", { x: 0, y: 0, width: gutter - 8, height })));
  const drawing = svg("svg", { width, height, role: "presentation" }, defs);
  const labels = svg("g", { "clip-path": `url(#${marks.own}-names)` });
  const inside = svg("g", { "clip-path": `url(#${marks.own}-plot)` });
  for (const at of grid) inside.append(svg("line", { class: days.includes(at) ? "grid day" : "grid", x1: x(at), x2: x(at), y1: Math.max(0, top), y2: Math.min(height, bottom) }));
  const shown: [Bar, number][] = [];
  for (let i = lineAt(lines, top); i < lines.length && lines[i]!.y < bottom; i += 1) {
    const { y, height: tall, group, row } = lines[i]!;
    if (!row) {
      drawing.append(svg("rect", { class: "group-back", x: 0, y, width, height: GROUP }), svg("line", { class: "rule", x1: 0, x2: width, y1: y + GROUP, y2: y + GROUP }));
      const letters = Math.floor((gutter - 18) / (/[⺀-鿿]/.test(group.label) ? 12.5 : 7.2));
      labels.append(svg("text", { class: "site-label", x: 8, y: y + 16 }, cut(group.label, letters), svg("title", {}, group.label)));
      continue;
    }
    const letters = Math.floor((gutter - 26) / (/[⺀-鿿]/.test(row.label) ? 11 : 6.4));
    // Of a row taller than the window the name stays in it.
    const at = Math.min(Math.max(y, top), y + tall - LANE) + 18;
    labels.append(svg("text", { class: "row-label", x: 16, y: at }, cut(row.label, letters), svg("title", {}, row.label)));
    for (const outage of row.outages) {
      if (outage.end < from || outage.start > to) continue;
      const x1 = Math.max(gutter - 2, x(outage.start));
      const long = Math.min(width + 2, x(outage.end)) - x1;
      inside.append(svg("rect", { class: "outage", fill: `url(#${marks.own}-hatch)`, x: x1, y: y + 1, width: Math.max(1, long), height: tall - 2 }, svg("title", {}, `${t.outage}: ${outage.reason}`)));
      if (long > 60) inside.append(svg("text", { class: "outage-label", x: x1 + 6, y: y + 18 }, cut(outage.reason, Math.floor((long - 10) / 6))));
    }
    row.bars.forEach((bar, k) => {
      const barTop = y + 4 + row.lanes[k]! * LANE;
      if (bar.end >= from && bar.start <= to && barTop < bottom && barTop + LANE > top) shown.push([bar, barTop]);
    });
    drawing.append(svg("line", { class: "rule", x1: 0, x2: width, y1: y + tall, y2: y + tall }));
  }
  inside.append(...drawBars(shown, view, marks, defs));
  if (view.now >= from && view.now <= to) inside.append(svg("line", { class: "now", x1: x(view.now), x2: x(view.now), y1: Math.max(0, top), y2: Math.min(height, bottom) }));
  if (lines.length === 0) inside.append(svg("text", { x: gutter + 16, y: 34 }, t.empty));
  inside.append(svg("g", { class: "overlay" }));
  drawing.append(inside, labels, svg("line", { class: "rule", x1: gutter, x2: gutter, y1: Math.max(0, top), y2: Math.min(height, bottom) }));
  return drawing;
}

function drawBars(shown: [Bar, number][], view: View, marks: Marks, defs: SVGElement): SVGElement[] {
  const found: SVGElement[] = [];
  const crowded = shown.length > CROWD;
  // Whoever comes by keyboard finds the current bar, or the first one in the window.
  const reached = shown.some(([bar]) => bar.id === marks.current) ? marks.current : shown[0]?.[0].id ?? "";
  const blocks = new Map<Tone, string[]>();
  const tints = new Map<string, string>();
  shown.forEach(([bar, top]) => {
    const single = !crowded || bar.id === reached || bar.ghost || bar.ids.includes(marks.chosen);
    if (single) {
      const [mark, label] = drawBar(bar, top, view, { ...marks, current: reached }, defs, tints);
      found.push(mark);
      if (label) found.push(label);
      return;
    }
    const x1 = Math.max(view.gutter - 2, xOf(view, bar.start));
    const long = Math.max(2, Math.min(view.width + 2, xOf(view, bar.end)) - x1);
    const parts = blocks.get(bar.tone) ?? [];
    if (!parts.length) blocks.set(bar.tone, parts);
    parts.push(`M${x1.toFixed(1)},${top}h${long.toFixed(1)}v${LANE - 4}h${(-long).toFixed(1)}z`);
  });
  const plain = [...blocks].map(([tone, parts]) => svg("path", { class: `bar crowd ${tone}`, d: parts.join("") }));
  return [...plain, ...found];
}

/** Where a batch that is being moved may start, and where it is held. */
export function drawOverlay(overlay: Overlay, lines: readonly Line[], view: View, own: string): SVGElement[] {
  const found: SVGElement[] = [];
  const { starts, target } = overlay;
  for (const line of lines) {
    const { row, y } = line;
    if (!row || !starts.some((each) => each.site === row.site && each.resource === row.resource)) continue;
    for (const each of starts) {
      if (each.site !== row.site || each.resource !== row.resource || each.start < view.from || each.start > view.to) continue;
      const x = xOf(view, each.start);
      const open = each.reason === "" || each.reason === "own";
      found.push(svg("line", { class: `slot ${open ? "open" : "shut"}`, x1: x, x2: x, y1: y + 1, y2: y + line.height - 1 }));
      found.push(open
        ? svg("path", { class: "slot-mark open", d: `M${x - 4},${y + 1}h8l-4,6z` })
        : svg("path", { class: "slot-mark shut", d: `M${x - 3},${y + 2}l6,6m0,-6l-6,6` }));
    }
    if (!target || target.site !== row.site || target.resource !== row.resource) continue;
    const open = target.reason === "" || target.reason === "own";
    const x1 = xOf(view, target.start);
    const long = Math.max(6, xOf(view, target.release) - x1);
    const height = Math.min(line.height - 8, LANE - 4);
    const top = y + 4;
    found.push(svg("rect", { class: `held ${open ? "open" : "shut"}`, ...(open ? {} : { fill: `url(#${own}-hatch)` }), x: x1, y: top, width: long, height, rx: 2 }));
    if (target.eob > target.start && target.eob < target.release) found.push(svg("line", { class: "held-eob", x1: xOf(view, target.eob), x2: xOf(view, target.eob), y1: top, y2: top + height }));
    found.push(svg("text", { class: "held-label", x: x1 + 5, y: top + 13 }, formatTime(target.start, view.zone)));
  }
  return found;
}
