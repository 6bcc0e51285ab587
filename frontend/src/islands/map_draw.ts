/** What the map paints on its canvases: graticule and lanes once a view, what is on its way at every moment. */
import { isotope } from "./data";
import { unproject } from "./projection";
import type { Held, Lane, Moving, Timeline } from "./timeline";
import { radiusOf } from "./timeline";

export type Point = [number, number];

/** Where things are: sites in pixels, and the view they come from. */
export interface Ground {
  width: number;
  height: number;
  centre: Point;
  scale: number;
  site(id: string): Point | undefined;
  exact(place: { lat: number; lon: number }): Point;
}

export interface Inks {
  line: string;
  lineStrong: string;
  ink: string;
  ink3: string;
  paper: string;
  active: string;
  font: string;
  dark: boolean;
}

export function inksOf(host: HTMLElement): Inks {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const paper = token("--paper");
  return {
    line: token("--line"), lineStrong: token("--line-strong"), ink: token("--ink"), ink3: token("--ink-3"), paper,
    active: token("--active"), font: style.fontFamily, dark: /^#[0-3]/.test(paper),
  };
}

/** Hues that differ in lightness too (after Okabe and Ito), on light and on dark paper. */
const HUES: readonly [string, string][] = [
  ["#0072b2", "#56b4e9"], ["#d55e00", "#ff8f4d"], ["#009e73", "#3fd6a4"], ["#b03a84", "#ec8cc4"], ["#8a6d00", "#f0d442"], ["#5b3fb5", "#a896ff"],
  ["#7a4b1e", "#c99a6b"], ["#c02942", "#ff7d8f"], ["#2f6f8f", "#9ad1e8"], ["#4d7c0f", "#a7d65a"], ["#555f66", "#b8c2c8"], ["#9b4f96", "#d9a3d6"],
];

/** Colour of the nth nuclide; with more than there are colours, the second round is drawn hollow. */
export function hue(nth: number, dark: boolean): { colour: string; hollow: boolean } {
  const pair = HUES[nth % HUES.length]!;
  return { colour: pair[dark ? 1 : 0], hollow: nth >= HUES.length };
}

export const BEND: Record<string, number> = { road: 0, flight: 0.14, train: 0.06 };
/** Dashes of a mode for a line of some width, so that a broad line stays dashed. */
export function dashes(mode: string, width: number): number[] {
  return mode === "flight" ? [6 + width, 4 + width / 2] : mode === "train" ? [10 + width, 3, 2 + width / 2, 3] : [];
}

const STEPS_DEGREES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

export function degrees(value: number, positive: string, negative: string): string {
  const size = Math.abs(value);
  return `${Number(size.toFixed(1))}°${value === 0 ? "" : value > 0 ? positive : negative}`;
}

/** End points and control point of a lane; flights bend so that they do not cover the road. */
export function curve(lane: Lane, ground: Ground): [number, number, number, number, number, number] | null {
  const one = ground.site(lane.a);
  const two = ground.site(lane.b);
  if (!one || !two) return null;
  const [x1, y1] = one;
  const [x2, y2] = two;
  const bend = BEND[lane.mode] ?? 0;
  return [x1, y1, (x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend, x2, y2];
}

export function along([x1, y1, cx, cy, x2, y2]: readonly [number, number, number, number, number, number], s: number): Point {
  return [(1 - s) ** 2 * x1 + 2 * s * (1 - s) * cx + s * s * x2, (1 - s) ** 2 * y1 + 2 * s * (1 - s) * cy + s * s * y2];
}

/** A canvas as large as the ground, in device pixels. */
export function fitted(canvas: HTMLCanvasElement, { width, height }: Ground): CanvasRenderingContext2D {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function paintGround(canvas: HTMLCanvasElement, ground: Ground, lanes: readonly Lane[], inks: Inks, size: (lane: Lane) => number): void {
  const context = fitted(canvas, ground);
  const { width, height, centre, scale } = ground;
  const corner = (px: number, py: number) => unproject(centre[0] + (px - width / 2) / scale, centre[1] + (py - height / 2) / scale);
  const { lat: north, lon: west } = corner(0, 0);
  const { lat: south, lon: east } = corner(width, height);
  const every = STEPS_DEGREES.find((each) => (each / (east - west)) * width >= 90) ?? 30;
  context.strokeStyle = inks.line;
  context.fillStyle = inks.ink3;
  context.font = `11px ${inks.font}`;
  context.lineWidth = 1;
  for (let lon = Math.ceil(west / every) * every; lon <= east; lon += every) {
    const [x] = ground.exact({ lat: 0, lon });
    stroke(context, x, 0, x, height);
    context.fillText(degrees(lon, "E", "W"), x + 3, 12);
  }
  for (let lat = Math.ceil(Math.max(-85, south) / every) * every; lat <= Math.min(85, north); lat += every) {
    const [, y] = ground.exact({ lat, lon: 0 });
    stroke(context, 0, y, width, y);
    if (y > 28) context.fillText(degrees(lat, "N", "S"), 4, y - 3);
  }
  context.strokeStyle = inks.lineStrong;
  for (const lane of lanes) {
    const way = curve(lane, ground);
    if (!way || outside(way, width, height)) continue;
    const thick = size(lane);
    context.lineWidth = thick;
    context.setLineDash(dashes(lane.mode, thick));
    context.beginPath();
    context.moveTo(way[0], way[1]);
    context.quadraticCurveTo(way[2], way[3], way[4], way[5]);
    context.stroke();
  }
  context.setLineDash([]);
}

function stroke(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function outside([x1, y1, cx, cy, x2, y2]: readonly number[], width: number, height: number): boolean {
  return Math.max(x1!, cx!, x2!) < 0 || Math.min(x1!, cx!, x2!) > width || Math.max(y1!, cy!, y2!) < 0 || Math.min(y1!, cy!, y2!) > height;
}

/** A consignment as it was painted, to be found by the pointer. */
export interface Spot {
  x: number;
  y: number;
  radius: number;
  moving: Moving;
}

/** With at most as many on their way each carries its nuclide in letters. */
const LETTERED = 24;

export function paintMoment(canvas: HTMLCanvasElement, ground: Ground, timeline: Timeline, at: number, inks: Inks, only: string): Spot[] {
  const context = fitted(canvas, ground);
  const { width, height } = ground;
  const number = new Map(timeline.nuclides.map((each, i) => [each, i]));
  const shown = <T extends { nuclide: string }>(items: T[]) => (only ? items.filter((each) => each.nuclide === only) : items);
  paintStock(context, ground, shown(timeline.stock(at)), number, inks);
  paintMaking(context, ground, shown(timeline.making(at)), inks);
  const spots: Spot[] = [];
  const moving = shown(timeline.moving(at).map((each) => ({ ...each, nuclide: each.trip.nuclide }))).sort((a, b) => b.bq - a.bq);
  context.lineWidth = 1.5;
  context.globalAlpha = 0.45;
  for (const each of moving) {
    const lane = timeline.lanes[each.trip.lane]!;
    const way = curve(lane, ground);
    if (!way || outside(way, width, height)) continue;
    context.strokeStyle = hue(number.get(each.nuclide) ?? 0, inks.dark).colour;
    context.setLineDash(dashes(lane.mode, 1.5));
    context.beginPath();
    context.moveTo(way[0], way[1]);
    context.quadraticCurveTo(way[2], way[3], way[4], way[5]);
    context.stroke();
    const [x, y] = along(way, each.trip.from === lane.a ? each.share : 1 - each.share);
    spots.push({ x, y, radius: radiusOf(each.bq), moving: each });
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.font = `600 11px ${inks.font}`;
  for (const { x, y, radius, moving: each } of spots) {
    const { colour, hollow } = hue(number.get(each.trip.nuclide) ?? 0, inks.dark);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = hollow ? inks.paper : colour;
    context.strokeStyle = hollow ? colour : inks.paper;
    context.fill();
    context.stroke();
    if (spots.length > LETTERED) continue;
    context.lineWidth = 3;
    context.strokeStyle = inks.paper;
    context.strokeText(isotope(each.trip.nuclide), x + radius + 2, y + 4);
    context.lineWidth = 1.5;
    context.fillStyle = inks.ink;
    context.fillText(isotope(each.trip.nuclide), x + radius + 2, y + 4);
  }
  return spots;
}

/** Discs under the sites, nuclide by nuclide from the largest inwards. */
function paintStock(context: CanvasRenderingContext2D, ground: Ground, held: Held[], number: ReadonlyMap<string, number>, inks: Inks): void {
  context.globalAlpha = 0.28;
  for (const each of held.sort((a, b) => b.bq - a.bq)) {
    const where = ground.site(each.site);
    if (!where) continue;
    context.beginPath();
    context.arc(where[0], where[1], 8 + radiusOf(each.bq), 0, 2 * Math.PI);
    context.fillStyle = hue(number.get(each.nuclide) ?? 0, inks.dark).colour;
    context.fill();
  }
  context.globalAlpha = 1;
}

/** A ring about each site where a batch is under way. */
function paintMaking(context: CanvasRenderingContext2D, ground: Ground, making: { site: string }[], inks: Inks): void {
  context.strokeStyle = inks.active;
  context.lineWidth = 2;
  for (const site of new Set(making.map((each) => each.site))) {
    const where = ground.site(site);
    if (!where) continue;
    context.beginPath();
    context.arc(where[0], where[1], 10.5, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** The lane nearest to a point, at most `least` pixels away. */
export function laneNear(lanes: readonly Lane[], ground: Ground, x: number, y: number, least = 5): Lane | null {
  let best: Lane | null = null;
  for (const lane of lanes) {
    const way = curve(lane, ground);
    if (!way) continue;
    const [x1, y1, cx, cy, x2, y2] = way;
    if (x < Math.min(x1, cx, x2) - least || x > Math.max(x1, cx, x2) + least || y < Math.min(y1, cy, y2) - least || y > Math.max(y1, cy, y2) + least) continue;
    let [px, py] = [x1, y1];
    for (let k = 1; k <= 16; k += 1) {
      const [qx, qy] = along(way, k / 16);
      const far = toSegment(x, y, px, py, qx, qy);
      if (far < least) [best, least] = [lane, far];
      [px, py] = [qx, qy];
    }
  }
  return best;
}

function toSegment(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const s = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / Math.max(1e-9, dx * dx + dy * dy)));
  return Math.hypot(x - x1 - s * dx, y - y1 - s * dy);
}
