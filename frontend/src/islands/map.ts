/**
 * Sites and lanes on a graticule. No tiles and no boundaries, on purpose: see docs/decisions/0005.
 * Symbols say the kind of a site, dashes the mode of a lane, width how much travels on it.
 */
import { formatInstant, zoneLabel } from "../instants";
import { formatActivity } from "../quantities";
import { isotope, readPlan, type Plan, type RawPlan, type Site } from "./data";
import { button, hideTip, html, segment, select, setIcon, showTip, svg, table } from "./dom";
import { place, separate } from "./labels";
import type { Settings } from "./main";
import { distanceKm, mercator, roundLength, unproject } from "./projection";
import { chinese, named, t } from "./strings";

const SYMBOLS: Record<string, { d: string; solid: boolean }> = {
  reactor: { d: "M0,-7 6.1,-3.5 6.1,3.5 0,7 -6.1,3.5 -6.1,-3.5Z", solid: true },
  accelerator: { d: "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0M-2,0a2,2 0 1,0 4,0a2,2 0 1,0 -4,0", solid: false },
  radiopharmacy: { d: "M-5.5,-5.5h11v11h-11Z", solid: true },
  hospital: { d: "M-2,-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z", solid: false },
  airport: { d: "M0,-6 6.500,5h-13Z", solid: false },
  station: { d: "M0,-6.500 6.500,0 0,6.500 -6.500,0Z", solid: false },
  warehouse: { d: "M-5.5,-5.5h11v11h-11Z", solid: false },
  waste: { d: "M0,6 6.500,-5h-13Z", solid: true },
};
const IMPORTANCE = ["reactor", "accelerator", "radiopharmacy", "waste", "airport", "station", "hospital", "warehouse"];
const BEND: Record<string, number> = { road: 0, flight: 0.14, train: 0.06 };
/** Dashes of a mode for a line of some width, so that a broad line stays dashed. */
function dashes(mode: string, width: number): string | undefined {
  return mode === "flight" ? `${6 + width} ${4 + width / 2}` : mode === "train" ? `${10 + width} 3 ${2 + width / 2} 3` : undefined;
}
const STEPS_DEGREES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const TICK_MS = 10 * 60e3;

interface Trip {
  delivery: string;
  start: number;
  end: number;
  forward: boolean;
}

interface Lane {
  mode: string;
  a: Site;
  b: Site;
  trips: Trip[];
  count: number;
  bq: number;
  nuclides: Set<string>;
}

function lanesOf(plan: Plan): Lane[] {
  const site = new Map(plan.sites.map((each) => [each.id, each]));
  const lanes = new Map<string, Lane>();
  for (const delivery of plan.deliveries)
    for (const leg of delivery.legs) {
      const from = site.get(leg.from);
      const to = site.get(leg.to);
      if (!from || !to || from === to) continue;
      const forward = from.id < to.id;
      const [a, b] = forward ? [from, to] : [to, from];
      const key = `${leg.mode} ${a.id} ${b.id}`;
      const lane = lanes.get(key) ?? { mode: leg.mode, a, b, trips: [], count: 0, bq: 0, nuclides: new Set() };
      lane.trips.push({ delivery: delivery.id, start: leg.start, end: leg.end, forward });
      lane.count += 1;
      lane.bq += delivery.activity_bq;
      lane.nuclides.add(delivery.nuclide);
      lanes.set(key, lane);
    }
  return [...lanes.values()];
}

function degrees(value: number, positive: string, negative: string): string {
  const size = Math.abs(value);
  return `${Number(size.toFixed(1))}°${value === 0 ? "" : value > 0 ? positive : negative}`;
}

function symbol(kind: string, className = "symbol"): SVGElement {
  const { d, solid } = SYMBOLS[kind] ?? SYMBOLS.warehouse!;
  return svg("path", { class: solid ? `${className} solid` : className, d });
}

export function map(host: HTMLElement, raw: RawPlan, settings: Settings): void {
  const plan = readPlan(raw);
  const zone = plan.timezone;
  const sites = plan.sites.filter((each) => Number.isFinite(each.lat) && Number.isFinite(each.lon));
  const lanes = lanesOf(plan);
  const shorts = new Map<string, Plan["unmet"]>();
  for (const each of plan.unmet) shorts.set(each.site, [...(shorts.get(each.site) ?? []), each]);
  const first = plan.from;
  const last = plan.to;
  let at = Math.min(Math.max(settings.now, first), last);
  let byActivity = false;
  let chosen = "";
  let width = 0;
  let height = 0;
  // What the window shows: centre in the projection and pixels per radian.
  let centre: [number, number] = [0, 0];
  let scale = 1;

  const drawing = svg("svg", { role: "group", tabindex: 0, "aria-label": `${t.map}. ${t.mapHelp}` }) as SVGSVGElement;
  const moving = svg("g");
  const box = html("div", { class: "map" }, drawing);
  const measure = document.createElement("canvas").getContext("2d");
  const textWidth = (text: string) => {
    if (!measure) return text.length * 7;
    measure.font = `12px ${getComputedStyle(host).fontFamily}`;
    return measure.measureText(text).width;
  };

  const words = html("div", { class: "stack" },
    table(t.map, [t.site, t.kind, "φ", "λ", t.short],
      sites.map((each) => [named(each), t.kinds[each.kind] ?? each.kind, each.lat.toFixed(3), each.lon.toFixed(3), (shorts.get(each.id) ?? []).map((one) => `${isotope(one.nuclide)} ${formatActivity(one.short_bq, settings.units)}`).join(", ") || "—"]), [2, 3]),
    table(t.lane, [t.lane, t.mode, t.consignments, t.nuclide],
      lanes.map((lane) => [`${named(lane.a)} – ${named(lane.b)}`, t.modes[lane.mode] ?? lane.mode, lane.count, [...lane.nuclides].map(isotope).join(" ")]), [2]));
  words.hidden = true;
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    box.hidden = legend.hidden = !words.hidden;
    slider.hidden = plan.still || !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) draw();
  });
  const tools = html("div", { class: "island-tools" },
    button(t.zoomOut, () => zoom(1 / 1.5), "minus"), button(t.zoomIn, () => zoom(1.5), "plus"), button(t.fit, () => { fit(); draw(); }),
    ...(plan.still ? [] : [html("span", { class: "quiet" }, t.width), segment(t.width, [["count", t.byCount], ["activity", t.byActivity]], "count", (value) => { byActivity = value === "activity"; draw(); })]),
    html("span", { class: "spring" }), toggle);

  const output = html("output", { "aria-live": "off" });
  const range = html("input", { type: "range", min: first, max: last, step: TICK_MS, "aria-label": t.time });
  range.value = String(at);
  range.addEventListener("input", () => { at = Number(range.value); stop(); drawMoving(); });
  const play = button(t.play, () => (timer ? stop() : start()), "play");
  const slider = html("div", { class: "slider" }, play, output, range);
  slider.hidden = plan.still === true;
  let timer = 0;
  function start(): void {
    setIcon(play, t.pause, "pause");
    if (at >= last) at = first;
    timer = window.setInterval(() => {
      if (!host.isConnected) return stop();
      at = Math.min(last, at + 2 * TICK_MS);
      range.value = String(at);
      drawMoving();
      if (at >= last) stop();
    }, 80);
  }
  function stop(): void {
    clearInterval(timer);
    timer = 0;
    setIcon(play, t.play, "play");
  }

  const legend = html("div", { class: "legend" });
  for (const kind of IMPORTANCE.filter((each) => sites.some((site) => site.kind === each))) {
    const key = html("span", { class: "site-key" }, svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, symbol(kind)), t.kinds[kind] ?? kind);
    legend.append(key);
  }
  for (const mode of ["road", "flight", "train"].filter((each) => lanes.some((lane) => lane.mode === each)))
    legend.append(html("span", {}, svg("svg", { "aria-hidden": "true" }, svg("line", { class: `lane ${mode}`, x1: 0, x2: 22, y1: 6, y2: 6, "stroke-dasharray": dashes(mode, 0) })), t.modes[mode] ?? mode));
  host.replaceChildren(tools, box, slider, words, legend);

  const exact = (each: { lat: number; lon: number }): [number, number] => {
    const [x, y] = mercator(each.lat, each.lon);
    return [width / 2 + (x - centre[0]) * scale, height / 2 + (y - centre[1]) * scale];
  };
  // Sites of one town would lie on each other: symbols are moved apart by a few pixels at most.
  let spread = new Map<string, [number, number]>();
  const point = (each: Site): [number, number] => spread.get(each.id) ?? exact(each);

  function fit(): void {
    if (sites.length === 0) return;
    const points = sites.map((each) => mercator(each.lat, each.lon));
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    centre = [(x1 + x2) / 2, (y1 + y2) / 2];
    const margin = width < 500 ? 44 : 72;
    scale = Math.min((width - 2 * margin) / Math.max(x2 - x1, 0.002), (height - 2 * margin) / Math.max(y2 - y1, 0.002));
  }

  function zoom(factor: number, px = width / 2, py = height / 2): void {
    const next = Math.min(2e6, Math.max(40, scale * factor));
    centre = [centre[0] + (px - width / 2) * (1 / scale - 1 / next), centre[1] + (py - height / 2) * (1 / scale - 1 / next)];
    scale = next;
    schedule();
  }

  function pan(dx: number, dy: number): void {
    centre = [centre[0] - dx / scale, centre[1] - dy / scale];
    schedule();
  }

  /** End points and control point of a lane; flights bend so that they do not cover the road. */
  function curve(lane: Lane): [number, number, number, number, number, number] {
    const [x1, y1] = point(lane.a);
    const [x2, y2] = point(lane.b);
    const bend = BEND[lane.mode] ?? 0;
    return [x1, y1, (x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend, x2, y2];
  }

  let pending = 0;
  function schedule(): void {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(draw);
  }

  function draw(): void {
    const wide = Math.floor(box.clientWidth);
    if (wide < 50) return;
    const fresh = width === 0;
    const ratio = wide / (width || wide);
    width = wide;
    height = Math.round(Math.min(560, Math.max(320, wide * 0.6)));
    if (fresh) fit();
    else scale *= ratio;
    drawing.setAttribute("height", String(height));
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const focused = (document.activeElement as Element | null)?.getAttribute?.("data-id");
    const hadFocus = focused !== null && drawing.contains(document.activeElement);
    const apart = separate(sites.map(exact));
    spread = new Map(sites.map((each, i) => [each.id, apart[i]!]));
    drawing.replaceChildren(...graticule());

    const most = Math.max(1e-9, ...lanes.map((lane) => (byActivity ? lane.bq : lane.count)));
    for (const lane of lanes) {
      const [x1, y1, cx, cy, x2, y2] = curve(lane);
      const size = plan.still ? 1.5 : 1 + 5 * Math.sqrt((byActivity ? lane.bq : lane.count) / most);
      const line = svg("path", { class: `lane ${lane.mode}`, d: `M${x1},${y1}Q${cx},${cy} ${x2},${y2}`, "stroke-width": size.toFixed(1), "stroke-dasharray": dashes(lane.mode, size) });
      line.addEventListener("pointerenter", (event) =>
        showTip(event.clientX, event.clientY, `${named(lane.a)} – ${named(lane.b)}`, [
          [t.mode, t.modes[lane.mode] ?? lane.mode],
          ...(plan.still ? [] : ([[t.consignments, String(lane.count)], [t.nuclide, [...lane.nuclides].map(isotope).join(" ")]] as [string, string][])),
        ]));
      line.addEventListener("pointerleave", hideTip);
      drawing.append(line);
    }
    drawing.append(moving);

    const ordered = [...sites].sort((a, b) =>
      Number(shorts.has(b.id)) - Number(shorts.has(a.id)) || IMPORTANCE.indexOf(a.kind) - IMPORTANCE.indexOf(b.kind));
    const spots = place(ordered.map((each) => { const [x, y] = point(each); return { x, y, width: textWidth(named(each)) }; }), { width, height });
    const tabbed = ordered.some((each) => each.id === chosen) ? chosen : ordered[0]?.id;
    // The most important come last, on top.
    for (let i = ordered.length - 1; i >= 0; i -= 1) {
      const each = ordered[i]!;
      const [x, y] = point(each);
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      const short = shorts.get(each.id) ?? [];
      const facts: [string, string][] = [[t.kind, t.kinds[each.kind] ?? each.kind], ["", `${degrees(each.lat, "N", "S")} ${degrees(each.lon, "E", "W")}`]];
      for (const one of short) facts.push([`${t.short} ${one.order}`, `${isotope(one.nuclide)} ${formatActivity(one.short_bq, settings.units)}`]);
      const mark = svg("g", {
        class: `place${short.length ? " short" : ""}${each.id === chosen ? " selected" : ""}`, "data-id": each.id, role: "button",
        tabindex: each.id === tabbed ? 0 : -1,
        "aria-label": `${named(each)}, ${t.kinds[each.kind] ?? each.kind}${short.length ? `, ${t.unmet(short.length)}` : ""}`,
      });
      const body = svg("g", { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` }, svg("circle", { class: "halo", r: 11 }), symbol(each.kind));
      if (short.length) body.append(svg("text", { class: "short-mark", x: 5, y: -5 }, "!"));
      mark.append(body);
      const spot = spots[i];
      if (spot) mark.append(svg("text", { x: spot.x.toFixed(1), y: spot.y.toFixed(1) }, named(each)));
      const sentences = short.map((one) => (chinese ? one.sentence_zh : one.sentence)).slice(0, 3);
      mark.addEventListener("pointerenter", (event) => showTip(event.clientX, event.clientY, named(each), facts, sentences));
      mark.addEventListener("pointerleave", hideTip);
      mark.addEventListener("click", () => !dragged && pick(each.id));
      mark.addEventListener("focus", () => {
        if (!mark.matches(":focus-visible")) return;
        const where = mark.getBoundingClientRect();
        showTip(where.left + 8, where.bottom, named(each), facts, sentences);
      });
      mark.addEventListener("blur", hideTip);
      drawing.append(mark);
    }
    drawing.append(...scaleBar());
    drawMoving();
    if (hadFocus) drawing.querySelector<SVGElement>(`[data-id="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
  }

  function graticule(): SVGElement[] {
    const corner = (px: number, py: number) => unproject(centre[0] + (px - width / 2) / scale, centre[1] + (py - height / 2) / scale);
    const { lat: north, lon: west } = corner(0, 0);
    const { lat: south, lon: east } = corner(width, height);
    const every = STEPS_DEGREES.find((each) => (each / (east - west)) * width >= 90) ?? 30;
    const lines: SVGElement[] = [];
    for (let lon = Math.ceil(west / every) * every; lon <= east; lon += every) {
      const [x] = exact({ lat: 0, lon });
      lines.push(svg("line", { class: "graticule", x1: x, x2: x, y1: 0, y2: height }), svg("text", { class: "degree", x: x + 3, y: 12, "aria-hidden": "true" }, degrees(lon, "E", "W")));
    }
    for (let lat = Math.ceil(Math.max(-85, south) / every) * every; lat <= Math.min(85, north); lat += every) {
      const [, y] = exact({ lat, lon: 0 });
      lines.push(svg("line", { class: "graticule", x1: 0, x2: width, y1: y, y2: y }));
      if (y > 28) lines.push(svg("text", { class: "degree", x: 4, y: y - 3, "aria-hidden": "true" }, degrees(lat, "N", "S")));
    }
    return lines;
  }

  /** True at the middle of the map, as always with Mercator. */
  function scaleBar(): SVGElement[] {
    const a = unproject(centre[0], centre[1]);
    const b = unproject(centre[0] + 120 / scale, centre[1]);
    const km = roundLength(Math.max(0.01, distanceKm(a, b)));
    const long = (120 * km) / Math.max(1e-9, distanceKm(a, b));
    const x = width - 16 - long;
    const y = height - 14;
    return [svg("path", { class: "scale", d: `M${x},${y - 5}v5h${long}v-5` }), svg("text", { class: "scale-label", x: x + long / 2, y: y - 6, "text-anchor": "middle" }, `${km} km`)];
  }

  function drawMoving(): void {
    const marks: SVGElement[] = [];
    const travelling = new Set<string>();
    for (const lane of lanes) {
      const active = lane.trips.filter((trip) => trip.start <= at && at < trip.end);
      if (active.length === 0) continue;
      const [x1, y1, cx, cy, x2, y2] = curve(lane);
      marks.push(svg("path", { class: `lane under-way ${lane.mode}`, d: `M${x1},${y1}Q${cx},${cy} ${x2},${y2}`, "stroke-width": 2, "stroke-dasharray": dashes(lane.mode, 2) }));
      const places = new Map<string, number>();
      for (const trip of active) {
        travelling.add(trip.delivery);
        const share = (at - trip.start) / (trip.end - trip.start);
        const key = (trip.forward ? share : 1 - share).toFixed(3);
        places.set(key, (places.get(key) ?? 0) + 1);
      }
      for (const [key, count] of places) {
        const s = Number(key);
        const [px, py] = [(1 - s) ** 2 * x1 + 2 * s * (1 - s) * cx + s * s * x2, (1 - s) ** 2 * y1 + 2 * s * (1 - s) * cy + s * s * y2];
        marks.push(svg("circle", { class: "carrier", cx: px.toFixed(1), cy: py.toFixed(1), r: Math.min(9, 4 + Math.sqrt(count)) }));
      }
    }
    moving.replaceChildren(...marks);
    output.textContent = `${formatInstant(at, zone)} ${zoneLabel(at, zone)} · ${t.underWay(travelling.size)}`;
    range.setAttribute("aria-valuetext", output.textContent);
  }

  function pick(id: string): void {
    chosen = id;
    for (const mark of drawing.querySelectorAll(".place")) mark.classList.toggle("selected", mark.getAttribute("data-id") === id);
    select(host, id, "site");
  }

  drawing.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    const id = target.closest(".place")?.getAttribute("data-id");
    const next = (forward: boolean) => {
      const row = [...sites].sort((a, b) => a.lon - b.lon);
      const goal = row[row.findIndex((each) => each.id === id) + (forward ? 1 : -1)];
      if (goal) drawing.querySelector<SVGElement>(`[data-id="${CSS.escape(goal.id)}"]`)?.focus();
    };
    const keys: Record<string, () => void> = {
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": () => { fit(); draw(); },
      ArrowLeft: () => (id ? next(false) : pan(60, 0)), ArrowRight: () => (id ? next(true) : pan(-60, 0)),
      ArrowUp: () => (id ? next(false) : pan(0, 60)), ArrowDown: () => (id ? next(true) : pan(0, -60)),
      Escape: hideTip,
    };
    if (id) keys.Enter = keys[" "] = () => pick(id);
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  drawing.addEventListener("wheel", (event) => {
    // Without Ctrl the wheel belongs to the page, unless the map is what the person works in.
    if (!event.ctrlKey && !event.metaKey && !drawing.contains(document.activeElement)) return;
    event.preventDefault();
    const where = drawing.getBoundingClientRect();
    zoom(Math.exp(-Math.max(-1, Math.min(1, event.deltaY / 300))), event.clientX - where.left, event.clientY - where.top);
    hideTip();
  }, { passive: false });

  const fingers = new Map<number, [number, number]>();
  let dragged = false;
  drawing.addEventListener("pointerdown", (event) => {
    if (fingers.size === 0) dragged = false;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  window.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (!dragged && Math.hypot(dx, dy) < 4) return;
    dragged = true;
    hideTip();
    drawing.classList.add("dragging");
    if (fingers.size === 2) {
      const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, where]) => where);
      const where = drawing.getBoundingClientRect();
      const factor = Math.hypot(event.clientX - other![0], event.clientY - other![1]) / Math.max(1, Math.hypot(before[0] - other![0], before[1] - other![1]));
      zoom(factor, (event.clientX + other![0]) / 2 - where.left, (event.clientY + other![1]) / 2 - where.top);
    } else pan(dx, dy);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  for (const kind of ["pointerup", "pointercancel"] as const)
    window.addEventListener(kind, (event) => {
      fingers.delete(event.pointerId);
      if (fingers.size === 0) drawing.classList.remove("dragging");
    });
  new ResizeObserver(schedule).observe(box);
  draw();
}
