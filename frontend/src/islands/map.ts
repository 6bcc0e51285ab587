/**
 * Sites and lanes on a graticule, and what the plan does at a moment. No tiles and no boundaries, on purpose: see
 * docs/decisions/0005. Symbols say the kind of a site, dashes the mode of a lane, width how much travels on it; what is
 * on its way has the colour of its nuclide and the size of its activity at that moment.
 */
import { formatInstant } from "../instants";
import { formatActivity } from "../quantities";
import { isotope, readPlan, type Plan, type RawPlan, type Site } from "./data";
import { button, hideTip, html, segment, select, showTip, svg, table } from "./dom";
import { place, separate } from "./labels";
import type { Settings } from "./main";
import { dashes, degrees, hue, inksOf, laneNear, paintGround, paintMoment, type Ground, type Point, type Spot } from "./map_draw";
import { Player } from "./player";
import { distanceKm, mercator, roundLength, unproject } from "./projection";
import { chinese, named, t } from "./strings";
import { radiusOf, Timeline, type Total } from "./timeline";

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
/** With more sites a gesture moves the picture, which is drawn anew when it rests. */
const MANY = 200;
const REST_MS = 110;
/** As many names are placed, the most important first. */
const NAMED = 260;
/** The table of the moment is filled that often while it plays. */
const TABLE_MS = 200;

function symbol(kind: string, className = "symbol", size = 1): SVGElement {
  const { d, solid } = SYMBOLS[kind] ?? SYMBOLS.warehouse!;
  return svg("path", { class: solid ? `${className} solid` : className, d, ...(size === 1 ? {} : { transform: `scale(${size})` }) });
}

export function map(host: HTMLElement, raw: RawPlan, settings: Settings): void {
  const plan: Plan = readPlan(raw);
  const zone = plan.timezone;
  const timeline = new Timeline(plan);
  const sites = plan.sites.filter((each) => Number.isFinite(each.lat) && Number.isFinite(each.lon));
  const siteById = new Map(sites.map((each) => [each.id, each]));
  const lanes = timeline.lanes.filter((lane) => siteById.has(lane.a) && siteById.has(lane.b));
  const name = (id: string) => (siteById.has(id) ? named(siteById.get(id)!) : id);
  const productName = new Map(plan.products.map((each) => [each.id, named(each)]));
  const product = (id: string) => productName.get(id) ?? id;
  const shorts = new Map<string, Plan["unmet"]>();
  for (const each of plan.unmet) shorts.set(each.site, [...(shorts.get(each.site) ?? []), each]);
  const important = [...sites].sort((a, b) => Number(shorts.has(b.id)) - Number(shorts.has(a.id)) || IMPORTANCE.indexOf(a.kind) - IMPORTANCE.indexOf(b.kind));
  const many = sites.length > MANY;
  let byActivity = false;
  let chosen = "";
  let only = "";
  let spots: Spot[] = [];
  let inks = inksOf(host);
  // What the window shows: centre in the projection and pixels per radian.
  const ground: Ground = { width: 0, height: 0, centre: [0, 0], scale: 1, site: (id) => spread.get(id), exact };
  let spread = new Map<string, Point>();

  const drawing = svg("svg", { role: "group", tabindex: 0, "aria-label": `${t.map}. ${t.mapHelp}${plan.still ? "" : ` ${t.playHelp}`}` }) as SVGSVGElement;
  const base = html("canvas", { "aria-hidden": "true" });
  const above = html("canvas", { "aria-hidden": "true" });
  const layers = html("div", { class: "map-layers" }, base, drawing, above);
  const box = html("div", { class: "map" }, layers);
  const measure = document.createElement("canvas").getContext("2d");
  const textWidth = (text: string) => {
    if (!measure) return text.length * 7;
    measure.font = `12px ${inks.font}`;
    return measure.measureText(text).width;
  };

  // --- words and tools -------------------------------------------------------------------------
  const words = html("div", { class: "stack" });
  words.hidden = true;
  function inWords(): HTMLElement[] {
    return [
      table(t.map, [t.site, t.kind, "φ", "λ", t.short],
        sites.map((each) => [named(each), t.kinds[each.kind] ?? each.kind, each.lat.toFixed(3), each.lon.toFixed(3), (shorts.get(each.id) ?? []).map((one) => `${isotope(one.nuclide)} ${formatActivity(one.short_bq, settings.units)}`).join(", ") || "—"]), [2, 3]),
      table(t.lane, [t.lane, t.mode, t.consignments, t.nuclide],
        lanes.map((lane) => [`${name(lane.a)} – ${name(lane.b)}`, t.modes[lane.mode] ?? lane.mode, lane.count, lane.nuclides.map(isotope).join(" ")]), [2]),
    ];
  }
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    box.hidden = legend.hidden = !words.hidden;
    player.element.hidden = moment.hidden = plan.still || !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) draw();
    else words.replaceChildren(...inWords());
  });
  const tools = html("div", { class: "island-tools" },
    button(t.zoomOut, () => zoom(1 / 1.5), "minus"), button(t.zoomIn, () => zoom(1.5), "plus"), button(t.fit, () => { fit(); draw(); }),
    ...(plan.still ? [] : [html("span", { class: "quiet" }, t.width), segment(t.width, [["count", t.byCount], ["activity", t.byActivity]], "count", (value) => { byActivity = value === "activity"; draw(); })]),
    html("span", { class: "spring" }), toggle);

  const player = new Player(timeline, settings.now, zone, (_, playing) => drawMoment(playing), host);
  const moment = html("div", { class: "map-moment" });
  player.element.hidden = moment.hidden = plan.still;

  const legend = html("div", { class: "legend" });
  for (const kind of IMPORTANCE.filter((each) => sites.some((site) => site.kind === each)))
    legend.append(html("span", { class: "site-key" }, svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, symbol(kind)), t.kinds[kind] ?? kind));
  for (const mode of ["road", "flight", "train"].filter((each) => lanes.some((lane) => lane.mode === each)))
    legend.append(html("span", {}, svg("svg", { "aria-hidden": "true" }, svg("line", { class: `lane ${mode}`, x1: 0, x2: 22, y1: 6, y2: 6, "stroke-dasharray": dashes(mode, 0).join(" ") || undefined })), t.modes[mode] ?? mode));
  if (!plan.still) {
    const ring = (className: string, radius: number) => svg("svg", { viewBox: "-12 -12 24 24", "aria-hidden": "true" }, svg("circle", { class: className, r: radius }));
    legend.append(html("span", { class: "site-key" }, ring("making-key", 9), t.batchUnderWay), html("span", { class: "site-key" }, ring("stock-key", 11), t.inStock));
    const sizes = [1e9, 1e11, 1e13].map((bq) => html("span", { class: "site-key" }, svg("svg", { viewBox: "-12 -12 24 24", "aria-hidden": "true" }, svg("circle", { class: "size-key", r: radiusOf(bq) })), formatActivity(bq, settings.units, 1)));
    legend.append(...sizes);
  }
  host.replaceChildren(tools, box, player.element, moment, words, legend);

  // --- the view --------------------------------------------------------------------------------
  function exact(each: { lat: number; lon: number }): Point {
    const [x, y] = mercator(each.lat, each.lon);
    return [ground.width / 2 + (x - ground.centre[0]) * ground.scale, ground.height / 2 + (y - ground.centre[1]) * ground.scale];
  }

  function fit(): void {
    if (sites.length === 0) return;
    const points = sites.map((each) => mercator(each.lat, each.lon));
    let [x1, x2, y1, y2] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of points) [x1, x2, y1, y2] = [Math.min(x1, x), Math.max(x2, x), Math.min(y1, y), Math.max(y2, y)];
    ground.centre = [(x1 + x2) / 2, (y1 + y2) / 2];
    const margin = ground.width < 500 ? 44 : 72;
    ground.scale = Math.min((ground.width - 2 * margin) / Math.max(x2 - x1, 0.002), (ground.height - 2 * margin) / Math.max(y2 - y1, 0.002));
  }

  function zoom(factor: number, px = ground.width / 2, py = ground.height / 2): void {
    const { width, height, scale, centre } = ground;
    const next = Math.min(2e6, Math.max(40, scale * factor));
    ground.centre = [centre[0] + (px - width / 2) * (1 / scale - 1 / next), centre[1] + (py - height / 2) * (1 / scale - 1 / next)];
    ground.scale = next;
    schedule();
  }

  function pan(dx: number, dy: number): void {
    ground.centre = [ground.centre[0] - dx / ground.scale, ground.centre[1] - dy / ground.scale];
    schedule();
  }

  let pending = 0;
  let resting = 0;
  let drawn: { centre: Point; scale: number } = { centre: [0, 0], scale: 1 };
  function schedule(): void {
    cancelAnimationFrame(pending);
    if (!many) {
      pending = requestAnimationFrame(draw);
      return;
    }
    pending = requestAnimationFrame(() => {
      // The picture as it was drawn, moved and stretched to where it is now.
      const stretch = ground.scale / drawn.scale;
      const dx = (drawn.centre[0] - ground.centre[0]) * ground.scale;
      const dy = (drawn.centre[1] - ground.centre[1]) * ground.scale;
      layers.style.transform = `translate(${dx}px, ${dy}px) scale(${stretch})`;
    });
    clearTimeout(resting);
    resting = window.setTimeout(draw, REST_MS);
  }

  function draw(): void {
    const wide = Math.floor(box.clientWidth);
    if (wide < 50) return;
    const fresh = ground.width === 0;
    const ratio = wide / (ground.width || wide);
    ground.width = wide;
    ground.height = Math.round(Math.min(560, Math.max(320, wide * 0.6)));
    if (fresh) fit();
    else ground.scale *= ratio;
    const { width, height } = ground;
    layers.style.transform = "";
    drawn = { centre: ground.centre, scale: ground.scale };
    drawing.setAttribute("height", String(height));
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const focused = (document.activeElement as Element | null)?.getAttribute?.("data-id");
    const hadFocus = focused !== null && drawing.contains(document.activeElement);
    const apart = separate(sites.map(exact), many && ground.scale < 4000 ? 8 : 15);
    spread = new Map(sites.map((each, i) => [each.id, apart[i]!]));

    let most = 1e-9;
    for (const lane of lanes) most = Math.max(most, byActivity ? lane.bq : lane.count);
    const least = many ? 0.6 : 1;
    paintGround(base, ground, lanes, inks, (lane) => (plan.still ? 1.5 : least + 5 * Math.sqrt((byActivity ? lane.bq : lane.count) / most)));

    const marks: SVGElement[] = [];
    const near = important.filter((each) => { const [x, y] = spread.get(each.id)!; return x >= -20 && y >= -20 && x <= width + 20 && y <= height + 20; });
    const anchors = near.slice(0, NAMED).map((each) => { const [x, y] = spread.get(each.id)!; return { x, y, width: textWidth(named(each)) }; });
    const places = place(anchors, { width, height });
    const tabbed = near.some((each) => each.id === chosen) ? chosen : near[0]?.id;
    const crowd = many && near.length > MANY;
    // The most important come last, on top.
    for (let i = near.length - 1; i >= 0; i -= 1) marks.push(siteMark(near[i]!, places[i] ?? null, tabbed, crowd));
    drawing.replaceChildren(...marks, ...scaleBar());
    drawMoment(player.playing);
    if (hadFocus) drawing.querySelector<SVGElement>(`[data-id="${CSS.escape(focused ?? "")}"]`)?.focus({ preventScroll: true });
  }

  function siteMark(each: Site, spot: { x: number; y: number } | null, tabbed: string | undefined, crowd: boolean): SVGElement {
    const [x, y] = spread.get(each.id)!;
    const short = shorts.get(each.id) ?? [];
    const mark = svg("g", {
      class: `place${short.length ? " short" : ""}${each.id === chosen ? " selected" : ""}`, "data-id": each.id, role: "button",
      tabindex: each.id === tabbed ? 0 : -1,
      "aria-label": `${named(each)}, ${t.kinds[each.kind] ?? each.kind}${short.length ? `, ${t.unmet(short.length)}` : ""}`,
    });
    const small = crowd && each.kind === "hospital" ? 0.5 : crowd ? 0.8 : 1;
    const body = svg("g", { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` }, svg("circle", { class: "halo", r: 11 }), symbol(each.kind, "symbol", small));
    if (short.length && !crowd) body.append(svg("text", { class: "short-mark", x: 5, y: -5 }, "!"));
    mark.append(body);
    if (spot) mark.append(svg("text", { x: spot.x.toFixed(1), y: spot.y.toFixed(1) }, named(each)));
    return mark;
  }

  function tellSite(id: string, x: number, y: number): void {
    const each = siteById.get(id);
    if (!each) return;
    const short = shorts.get(id) ?? [];
    const facts: [string, string][] = [[t.kind, t.kinds[each.kind] ?? each.kind], ["", `${degrees(each.lat, "N", "S")} ${degrees(each.lon, "E", "W")}`]];
    if (!plan.still) {
      for (const one of timeline.making(player.at).filter((batch) => batch.site === id).slice(0, 4)) facts.push([t.batchUnderWay, `${isotope(one.nuclide)} ${product(one.product)} → ${formatInstant(one.release, zone)}`]);
      for (const one of timeline.stock(player.at).filter((held) => held.site === id).slice(0, 6)) facts.push([t.inStock, `${isotope(one.nuclide)} ${formatActivity(one.bq, settings.units)}`]);
    }
    for (const one of short.slice(0, 4)) facts.push([`${t.short} ${one.order}`, `${isotope(one.nuclide)} ${formatActivity(one.short_bq, settings.units)}`]);
    showTip(x, y, named(each), facts, short.map((one) => (chinese ? one.sentence_zh : one.sentence)).slice(0, 3));
  }

  /** True at the middle of the map, as always with Mercator. */
  function scaleBar(): SVGElement[] {
    const { centre, scale, width, height } = ground;
    const a = unproject(centre[0], centre[1]);
    const b = unproject(centre[0] + 120 / scale, centre[1]);
    const km = roundLength(Math.max(0.01, distanceKm(a, b)));
    const long = (120 * km) / Math.max(1e-9, distanceKm(a, b));
    const x = width - 16 - long;
    const y = height - 14;
    return [svg("path", { class: "scale", d: `M${x},${y - 5}v5h${long}v-5` }), svg("text", { class: "scale-label", x: x + long / 2, y: y - 6, "text-anchor": "middle" }, `${km} km`)];
  }

  // --- the moment ------------------------------------------------------------------------------
  let filled = 0;
  function drawMoment(playing: boolean): void {
    if (plan.still || ground.width === 0) return;
    spots = paintMoment(above, ground, timeline, player.at, inks, only);
    const now = performance.now();
    if (playing && now - filled < TABLE_MS) return;
    filled = now;
    const totals = timeline.totals(player.at);
    const sum = (of: (each: Total) => number) => totals.reduce((all, each) => all + of(each), 0);
    player.say(`${t.packagesUnderWay(sum((each) => each.packages))} · ${t.batchesUnderWay(sum((each) => each.batches))}`);
    fillMoment(new Map(totals.map((each) => [each.nuclide, each])));
  }

  const cells = new Map<string, HTMLElement[]>();
  function makeMoment(): void {
    const body = html("tbody");
    timeline.nuclides.forEach((nuclide, nth) => {
      const { colour, hollow } = hue(nth, inks.dark);
      const dot = svg("svg", { viewBox: "-6 -6 12 12", "aria-hidden": "true" }, svg("circle", { r: 4.5, fill: hollow ? "none" : colour, stroke: colour, "stroke-width": 2 }));
      const pick = html("button", { type: "button", class: "moment-nuclide", "aria-pressed": String(only === nuclide), title: t.onlyThis }, dot, isotope(nuclide));
      pick.addEventListener("click", () => {
        only = only === nuclide ? "" : nuclide;
        for (const other of body.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === pick && only !== ""));
        drawMoment(false);
      });
      const row = [0, 1, 2, 3].map(() => html("td", { class: "end" }));
      cells.set(nuclide, row);
      body.append(html("tr", { "data-nuclide": nuclide }, html("th", { scope: "row" }, pick), ...row));
    });
    const head = [t.nuclide, t.packages, t.activityUnderWay, t.batchesNow, t.stockNow].map((each, i) => html("th", { scope: "col", class: i ? "end" : undefined }, each));
    moment.replaceChildren(html("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": t.moment },
      html("table", { class: "table" }, html("caption", { class: "seen-by-readers" }, t.moment), html("thead", {}, html("tr", {}, ...head)), body)));
  }
  function fillMoment(totals: ReadonlyMap<string, Total>): void {
    for (const [nuclide, row] of cells) {
      const each = totals.get(nuclide);
      const texts = each
        ? [each.packages || "—", each.packages ? formatActivity(each.underWayBq, settings.units) : "—", each.batches || "—", each.stockBq > 0 ? formatActivity(each.stockBq, settings.units) : "—"]
        : ["—", "—", "—", "—"];
      row.forEach((cell, i) => { if (cell.textContent !== String(texts[i])) cell.textContent = String(texts[i]); });
    }
  }

  function pick(id: string): void {
    chosen = id;
    for (const mark of drawing.querySelectorAll(".place")) mark.classList.toggle("selected", mark.getAttribute("data-id") === id);
    select(host, id, "site");
  }

  // --- pointer and keys --------------------------------------------------------------------------
  const placeOf = (target: EventTarget | null) => (target as Element | null)?.closest?.(".place")?.getAttribute("data-id") ?? null;
  let told = "";
  drawing.addEventListener("pointermove", (event) => {
    if (fingers.size) return;
    const id = placeOf(event.target);
    const frame = drawing.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const spot = id ? undefined : [...spots].reverse().find((each) => Math.hypot(each.x - x, each.y - y) <= each.radius + 3);
    const lane = id || spot ? null : laneNear(lanes, ground, x, y);
    const key = id ?? (spot ? `${spot.moving.trip.ids[0]} ${spot.moving.trip.start}` : lane ? `${lane.mode} ${lane.a} ${lane.b}` : "");
    if (key === told) return;
    told = key;
    if (id) tellSite(id, event.clientX, event.clientY);
    else if (spot) {
      const { trip, bq } = spot.moving;
      showTip(event.clientX, event.clientY, `${isotope(trip.nuclide)} ${name(trip.from)} → ${name(trip.to)}`, [
        [t.activity, `${formatActivity(bq, settings.units)} @ ${formatInstant(player.at, zone)}`],
        [t.packages, String(trip.ids.length)], [t.mode, t.modes[trip.mode] ?? trip.mode],
        [t.departure, formatInstant(trip.start, zone)], [t.arrival, formatInstant(trip.end, zone)],
      ]);
    } else if (lane) {
      showTip(event.clientX, event.clientY, `${name(lane.a)} – ${name(lane.b)}`, [
        [t.mode, t.modes[lane.mode] ?? lane.mode],
        ...(plan.still ? [] : ([[t.consignments, String(lane.count)], [t.nuclide, lane.nuclides.map(isotope).join(" ")]] as [string, string][])),
      ]);
    } else hideTip();
  });
  drawing.addEventListener("pointerleave", () => { told = ""; hideTip(); });
  drawing.addEventListener("click", (event) => {
    const id = placeOf(event.target);
    if (id && !dragged) pick(id);
  });
  drawing.addEventListener("focusin", (event) => {
    const id = placeOf(event.target);
    if (!id || !(event.target as Element).matches(":focus-visible")) return;
    const where = (event.target as Element).getBoundingClientRect();
    tellSite(id, where.left + 8, where.bottom);
  });
  drawing.addEventListener("focusout", hideTip);
  drawing.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = placeOf(event.target);
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
    if (!plan.still) {
      keys[","] = () => player.hop(-1);
      keys["."] = () => player.hop(1);
      keys[" "] = () => player.toggle();
    }
    if (id) keys.Enter = () => pick(id);
    if (id && plan.still) keys[" "] = () => pick(id);
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  drawing.addEventListener("wheel", (event) => {
    // Without Ctrl the wheel belongs to the page, unless the map is what the person works in.
    if (!event.ctrlKey && !event.metaKey && !drawing.contains(document.activeElement)) return;
    event.preventDefault();
    const where = box.getBoundingClientRect();
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
      const where = box.getBoundingClientRect();
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
  const recolour = () => {
    if (!host.isConnected) return;
    inks = inksOf(host);
    makeMoment();
    draw();
  };
  document.addEventListener("becq:theme", recolour);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  new ResizeObserver(() => box.clientWidth !== ground.width && draw()).observe(box);
  makeMoment();
  draw();
}
