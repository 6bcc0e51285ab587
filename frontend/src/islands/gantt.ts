/** The plan by site and resource. Tint is activity: it grows in the run and decays from EOB to release. */
import { formatInstant, formatTime, wall, zoneLabel } from "../instants";
import { formatActivity, left } from "../quantities";
import { pack, step, ticks } from "./axis";
import { halfLife, isotope, tone, toneAt, type Plan, type Tone } from "./data";
import { button, hideTip, html, select, showTip, svg, table } from "./dom";
import type { Settings } from "./main";
import { chinese, named, t } from "./strings";

interface Bar {
  id: string;
  type: "batch" | "delivery";
  ids: string[];
  start: number;
  /** End of the run; for a leg its end. */
  eob: number;
  end: number;
  tone: Tone;
  label: string;
  title: string;
  facts: [string, string][];
  pinned: boolean;
  halfLifeS: number;
  grows: boolean;
}

interface Row {
  label: string;
  bars: Bar[];
  lanes: number[];
  depth: number;
  outages: { start: number; end: number; reason: string }[];
}

interface Group {
  label: string;
  rows: Row[];
}

const LANE = 22;
const HEAD = 40;
const GROUP = 24;
const MAX_TINT = 0.5;
const GROWING = new Set(["reactor_irradiation", "accelerator_run", "solution_reactor_campaign"]);
let serial = 0;

function groupsOf(plan: Plan, { units, now }: Settings): Group[] {
  const site = new Map(plan.sites.map((each) => [each.id, each]));
  const zone = (id: string) => site.get(id)?.timezone ?? plan.timezone;
  const siteName = (id: string) => (site.has(id) ? named(site.get(id)!) : id);
  const at = (iso: string, id: string) => {
    const moment = Date.parse(iso);
    return `${formatInstant(moment, zone(id))} ${zoneLabel(moment, zone(id))}`;
  };
  const byRow = new Map<string, Bar[]>();
  for (const batch of plan.batches) {
    const start = Date.parse(batch.start);
    const end = Math.max(Date.parse(batch.release), start);
    const bar: Bar = {
      id: batch.id, type: "batch", ids: [batch.id], start, eob: Math.min(Math.max(Date.parse(batch.eob), start), end), end,
      tone: batch.status ? tone(batch.status) : toneAt(start, end, now),
      label: isotope(batch.nuclide),
      title: `${isotope(batch.nuclide)} ${batch.product} · ${batch.id}`,
      facts: [
        [t.activity, `${formatActivity(batch.activity_bq, units)} @ ${at(batch.reference_time, batch.site)}`],
        [t.used, batch.activity_bq > 0 ? `${formatActivity(batch.used_bq, units)} (${Math.round((100 * batch.used_bq) / batch.activity_bq)} %)` : "—"],
        [t.kind, t.processes[batch.kind] ?? batch.kind],
        [t.start, at(batch.start, batch.site)],
        [t.eob, at(batch.eob, batch.site)],
        [t.release, at(batch.release, batch.site)],
        [t.state, ""],
      ],
      pinned: batch.pinned, halfLifeS: halfLife(batch.nuclide), grows: GROWING.has(batch.kind),
    };
    bar.facts[6] = [t.state, t.tones[bar.tone] + (bar.pinned ? ` · ${t.pinned}` : "")];
    const key = `${batch.site}\n${batch.resource ?? ""}`;
    byRow.set(key, [...(byRow.get(key) ?? []), bar]);
  }
  const row = (label: string, bars: Bar[], outages: Row["outages"] = [], positions = 1): Row => {
    const lanes = pack(bars.map((bar) => ({ start: bar.start, end: bar.end })));
    return { label, bars, lanes, depth: Math.max(1, Math.min(positions, 3), ...lanes.map((lane) => lane + 1)), outages };
  };
  const groups: Group[] = [];
  const seen = new Set([...plan.resources.map((each) => each.site), ...plan.batches.map((each) => each.site)]);
  const order = [...plan.sites.map((each) => each.id).filter((id) => seen.has(id)), ...[...seen].filter((id) => !site.has(id))];
  for (const id of order) {
    const rows = plan.resources
      .filter((each) => each.site === id)
      .map((each) =>
        row(
          named(each),
          byRow.get(`${id}\n${each.id}`) ?? [],
          each.outages.map((outage) => ({ start: Date.parse(outage.start), end: Date.parse(outage.end), reason: (chinese && outage.reason_zh) || outage.reason })),
          each.positions,
        ),
      );
    const loose = byRow.get(`${id}\n`);
    if (loose) rows.push(row(t.noResource, loose));
    groups.push({ label: siteName(id), rows });
  }
  // Consignments that share a departure travel together and are one bar.
  const lanes = new Map<string, Map<string, { leg: Plan["deliveries"][0]["legs"][0]; ids: string[]; bq: string[] }>>();
  for (const delivery of plan.deliveries)
    for (const leg of delivery.legs) {
      const trips = lanes.get(leg.lane) ?? new Map<string, { leg: typeof leg; ids: string[]; bq: string[] }>();
      lanes.set(leg.lane, trips);
      const key = `${leg.from} ${leg.to} ${leg.start} ${leg.end}`;
      const trip = trips.get(key) ?? { leg, ids: [], bq: [] };
      trip.ids.push(delivery.id);
      trip.bq.push(`${isotope(delivery.nuclide)} ${formatActivity(delivery.activity_bq, units)}`);
      trips.set(key, trip);
    }
  const shipments = [...lanes].map(([lane, trips]) =>
    row(
      lane,
      [...trips.values()].map(({ leg, ids, bq }) => {
        const start = Date.parse(leg.start);
        const end = Math.max(Date.parse(leg.end), start);
        return {
          id: ids[0]!, type: "delivery", ids, start, eob: end, end, tone: toneAt(start, end, now),
          label: `${siteName(leg.to)}${ids.length > 1 ? ` ×${ids.length}` : ""}`,
          title: `${siteName(leg.from)} → ${siteName(leg.to)}`,
          facts: [
            [t.mode, t.modes[leg.mode] ?? leg.mode],
            [t.departure, at(leg.start, leg.from)],
            [t.arrival, at(leg.end, leg.to)],
            [t.consignments, ids.length === 1 ? ids[0]! : String(ids.length)],
            [t.activity, bq.slice(0, 4).join(", ") + (bq.length > 4 ? " …" : "")],
          ],
          pinned: false, halfLifeS: Infinity, grows: false,
        } satisfies Bar;
      }),
    ),
  );
  if (shipments.length) groups.push({ label: t.shipments, rows: shipments });
  return groups;
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

export function gantt(host: HTMLElement, plan: Plan, settings: Settings): void {
  const zone = plan.timezone;
  const whole: [number, number] = [Date.parse(plan.from), Date.parse(plan.to)];
  const groups = groupsOf(plan, settings);
  for (const { rows } of groups) for (const { bars } of rows) for (const bar of bars) {
    whole[0] = Math.min(whole[0], bar.start);
    whole[1] = Math.max(whole[1], bar.end);
  }
  let [from, to] = whole;
  let current = groups.flatMap((group) => group.rows).flatMap((row) => row.bars)[0]?.id ?? "";
  let chosen = "";
  const own = `becq-gantt-${++serial}`;

  const head = html("div", { class: "gantt-head" });
  const body = html("div");
  const box = html("div", { class: "gantt", role: "group", "aria-label": `${t.gantt}. ${t.ganttHelp}` }, head, body);
  const rows = plan.batches.map((batch) => [
    batch.id, batch.site, batch.resource ?? "—", batch.product, batch.nuclide,
    formatInstant(Date.parse(batch.start), zone), formatInstant(Date.parse(batch.eob), zone), formatInstant(Date.parse(batch.release), zone),
    `${formatActivity(batch.activity_bq, settings.units)} @ ${formatInstant(Date.parse(batch.reference_time), zone)}`,
    t.tones[tone(batch.status)] + (batch.pinned ? ` · ${t.pinned}` : ""),
  ]);
  const words = table(t.gantt, [t.batch, t.site, t.resource, t.product, t.nuclide, t.start, t.eob, t.release, t.activity, t.state], rows, [8]);
  words.hidden = true;
  const label = html("span", { class: "quiet" }, zoneLabel(from, zone));
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    box.hidden = !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) draw();
  });
  const tools = html("div", { class: "island-tools" },
    button(t.zoomOut, () => zoom(1.5), "minus"), button(t.zoomIn, () => zoom(1 / 1.5), "plus"),
    button(t.fit, () => view(...whole)), button(t.now, () => centre(settings.now)), label, html("span", { class: "spring" }), toggle);
  const key = (name: Tone) => {
    const drawing = svg("svg", { "aria-hidden": "true" }, svg("g", { class: `bar ${name}` },
      svg("rect", { class: "run", x: 0, y: 0, width: 22, height: 12, rx: 2 }), svg("rect", { class: "edge", x: 0.5, y: 0.5, width: 21, height: 11, rx: 2 })));
    return html("span", {}, drawing, t.tones[name]);
  };
  const used = new Set(groups.flatMap((group) => group.rows).flatMap((row) => row.bars).map((bar) => bar.tone));
  const hatchKey = svg("svg", { "aria-hidden": "true" }, svg("rect", { class: "outage", fill: `url(#${own}-hatch)`, x: 0.5, y: 0.5, width: 21, height: 11 }));
  const legend = html("div", { class: "legend gantt-legend" }, ...(Object.keys(t.tones) as Tone[]).filter((name) => used.has(name)).map(key), html("span", {}, hatchKey, t.outage));
  host.replaceChildren(tools, box, words, legend);

  function view(a: number, b: number): void {
    const least = 2 * 3600e3;
    const most = (whole[1] - whole[0]) * 1.5;
    const size = Math.min(Math.max(b - a, least), most);
    const middle = (a + b) / 2;
    from = Math.min(Math.max(middle - size / 2, whole[0] - size * 0.5), whole[1] - size * 0.5);
    to = from + size;
    schedule();
  }
  function zoom(factor: number, at = (from + to) / 2): void {
    view(at - (at - from) * factor, at + (to - at) * factor);
  }
  function centre(at: number): void {
    view(at - (to - from) / 2, at + (to - from) / 2);
  }

  let pending = 0;
  function schedule(): void {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => draw(true));
  }

  let hushed = false;
  /** With `hush` the focus comes back to its bar without the tip. */
  function draw(hush = false): void {
    const width = Math.floor(box.clientWidth);
    if (width < 50) return;
    const gutter = width < 620 ? 104 : 200;
    const plot = width - gutter;
    const x = (at: number) => gutter + ((at - from) / (to - from)) * plot;
    const msPerPixel = (to - from) / plot;
    const small = step(msPerPixel, 40);
    const days = ticks(from, to, Math.max(24 * 3600e3, step(msPerPixel, 64)), zone);
    const marks = small < 24 * 3600e3 ? ticks(from, to, small, zone) : days;

    const axis = svg("svg", { width, height: HEAD, "aria-hidden": "true" });
    const named = days[0] === undefined || x(days[0]) > gutter + 90 ? [from, ...days] : days;
    for (const at of named) {
      const day = wall(at, zone);
      const text = `${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")} ${t.weekdays[day.weekday]}`;
      if (x(at) + 30 < width) axis.append(svg("text", { class: "axis-day", x: x(at) + 4, y: 15 }, text));
    }
    if (small < 24 * 3600e3) for (const at of marks) if (x(at) + 34 < width && !(x(at) > x(settings.now) - 36 && x(at) < x(settings.now) + 78)) axis.append(svg("text", { class: "axis-hour", x: x(at) + 4, y: 32 }, formatTime(at, zone)));
    for (const at of days) axis.append(svg("line", { class: "grid day", x1: x(at), x2: x(at), y1: 4, y2: HEAD }));
    head.replaceChildren(axis);

    const height = groups.reduce((sum, group) => sum + GROUP + group.rows.reduce((s, row) => s + row.depth * LANE + 6, 0), 0) || 60;
    const defs = svg("defs", {},
      svg("pattern", { id: `${own}-hatch`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        svg("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: 6 })),
      svg("clipPath", { id: `${own}-plot` }, svg("rect", { x: gutter, y: 0, width: plot, height })),
      svg("clipPath", { id: `${own}-names` }, svg("rect", { x: 0, y: 0, width: gutter - 8, height })));
    const drawing = svg("svg", { width, height, role: "presentation" }, defs);
    const labels = svg("g", { "clip-path": `url(#${own}-names)` });
    const names = svg("g");
    const inside = svg("g", { "clip-path": `url(#${own}-plot)` });
    for (const at of marks) inside.append(svg("line", { class: days.includes(at) ? "grid day" : "grid", x1: x(at), x2: x(at), y1: 0, y2: height }));
    let y = 0;
    let nth = 0;
    for (const group of groups) {
      drawing.append(svg("rect", { class: "group-back", x: 0, y, width, height: GROUP }), svg("line", { class: "rule", x1: 0, x2: width, y1: y + GROUP, y2: y + GROUP }));
      names.append(svg("text", { class: "site-label", x: 8, y: y + 16 }, group.label));
      y += GROUP;
      for (const row of group.rows) {
        const tall = row.depth * LANE + 6;
        const letters = Math.floor((gutter - 26) / (/[⺀-鿿]/.test(row.label) ? 11 : 6.4));
        labels.append(svg("text", { class: "row-label", x: 16, y: y + 18 }, row.label.length > letters ? `${row.label.slice(0, letters - 1)}…` : row.label, svg("title", {}, row.label)));
        for (const outage of row.outages) {
          if (outage.end < from || outage.start > to) continue;
          const x1 = Math.max(gutter - 2, x(outage.start));
          const wide = Math.min(width + 2, x(outage.end)) - x1;
          inside.append(svg("rect", { class: "outage", fill: `url(#${own}-hatch)`, x: x1, y: y + 1, width: Math.max(1, wide), height: tall - 2 }, svg("title", {}, `${t.outage}: ${outage.reason}`)));
          if (wide > 60) {
            const room = Math.floor((wide - 10) / 6);
            inside.append(svg("text", { class: "outage-label", x: x1 + 6, y: y + 18 }, outage.reason.length > room ? `${outage.reason.slice(0, room - 1)}…` : outage.reason));
          }
        }
        row.bars.forEach((bar, i) => {
          if (bar.end < from || bar.start > to) return;
          const top = y + 4 + row.lanes[i]! * LANE;
          const x1 = x(bar.start);
          const wide = Math.max(4, x(bar.end) - x1);
          const tall = LANE - 4;
          const id = `${own}-g${nth++}`;
          defs.append(gradient(id, bar));
          const mark = svg("g", {
            class: `bar ${bar.tone}${bar.ids.includes(chosen) ? " selected" : ""}`, role: "button", tabindex: bar.id === current ? 0 : -1,
            "data-id": bar.id, "aria-label": `${bar.title}; ${bar.facts.map(([name, value]) => `${name} ${value}`).join("; ")}`,
          });
          mark.append(svg("rect", { fill: `url(#${id})`, x: x1, y: top, width: wide, height: tall, rx: 2 }), svg("rect", { class: "edge", x: x1 + 0.5, y: top + 0.5, width: wide - 1, height: tall - 1, rx: 2 }));
          if (bar.end - bar.eob > msPerPixel * 3 && bar.eob > bar.start) mark.append(svg("line", { class: "eob", x1: x(bar.eob), x2: x(bar.eob), y1: top, y2: top + tall }));
          let words: SVGElement | null = null;
          const room = Math.min(x1 + wide, width) - Math.max(x1, gutter) - (bar.pinned ? 18 : 8);
          if (room > 26) {
            const fits = Math.floor(room / (/[⺀-鿿]/.test(bar.label) ? 12.5 : 7));
            words = svg("text", { class: "bar-label", "aria-hidden": "true", x: Math.max(x1, gutter) + 5, y: top + 13 }, bar.label.length > fits ? `${bar.label.slice(0, Math.max(1, fits - 1))}…` : bar.label);
          }
          if (bar.pinned && wide > 12) mark.append(svg("path", { class: "pin", d: `M${x1 + wide - 9},${top + 3}h5v5l1.500,2h-8l1.500,-2z`, transform: "translate(-1 0)" }));
          mark.addEventListener("pointerenter", (event) => showTip(event.clientX, event.clientY, bar.title, bar.facts));
          mark.addEventListener("pointerleave", hideTip);
          mark.addEventListener("click", () => !moved && pick(bar));
          mark.addEventListener("focus", () => {
            current = bar.id;
            const place = mark.getBoundingClientRect();
            if (!hushed && mark.matches(":focus-visible")) showTip(place.left, place.bottom - 10, bar.title, bar.facts);
          });
          mark.addEventListener("blur", hideTip);
          inside.append(mark);
          if (words) inside.append(words);
        });
        y += tall;
        drawing.append(svg("line", { class: "rule", x1: 0, x2: width, y1: y, y2: y }));
      }
    }
    if (settings.now >= from && settings.now <= to) {
      inside.append(svg("line", { class: "now", x1: x(settings.now), x2: x(settings.now), y1: 0, y2: height }));
      const late = x(settings.now) > width - 90;
      axis.append(svg("line", { class: "now", x1: x(settings.now), x2: x(settings.now), y1: 18, y2: HEAD }),
        svg("rect", { class: "label-back", x: x(settings.now) + (late ? -76 : 3), y: 21, width: 73, height: 15 }),
        svg("text", { class: "now-label", x: x(settings.now) + (late ? -5 : 5), y: 32, "text-anchor": late ? "end" : "start" }, `${t.now} ${formatTime(settings.now, zone)}`));
    }
    if (groups.length === 0) inside.append(svg("text", { x: gutter + 16, y: 34 }, t.empty));
    drawing.append(inside, labels, names, svg("line", { class: "rule", x1: gutter, x2: gutter, y1: 0, y2: height }));
    const focused = body.contains(document.activeElement);
    body.replaceChildren(drawing);
    hushed = hush;
    if (focused) body.querySelector<SVGElement>(`[data-id="${CSS.escape(current)}"]`)?.focus({ preventScroll: true });
    hushed = false;
  }

  function pick(bar: Bar): void {
    hideTip();
    chosen = bar.id;
    current = bar.id;
    for (const mark of body.querySelectorAll(".bar")) mark.classList.toggle("selected", mark.getAttribute("data-id") === bar.id);
    select(host, bar.id, bar.type);
  }

  function move(rowStep: number, barStep: number): void {
    const all = groups.flatMap((group) => group.rows).filter((row) => row.bars.length > 0);
    const at = all.findIndex((row) => row.bars.some((bar) => bar.id === current));
    if (at < 0) return;
    const sorted = (row: Row) => [...row.bars].sort((a, b) => a.start - b.start);
    const here = all[at]!.bars.find((bar) => bar.id === current)!;
    let next: Bar | undefined;
    if (barStep) {
      const bars = sorted(all[at]!);
      next = bars[bars.indexOf(here) + barStep];
    } else {
      const row = all[at + rowStep];
      next = row && sorted(row).reduce((best, bar) => (Math.abs(bar.start - here.start) < Math.abs(best.start - here.start) ? bar : best));
    }
    if (!next) return;
    current = next.id;
    if (next.end < from || next.start > to) {
      const size = to - from;
      from = next.start - size * 0.2;
      to = from + size;
    }
    draw();
    body.querySelector<SVGElement>(`[data-id="${CSS.escape(current)}"]`)?.focus();
  }

  box.addEventListener("keydown", (event) => {
    const size = to - from;
    const keys: Record<string, () => void> = {
      "+": () => zoom(1 / 1.5), "=": () => zoom(1 / 1.5), "-": () => zoom(1.5), "0": () => view(...whole), n: () => centre(settings.now),
      ArrowLeft: () => (event.shiftKey ? view(from - size / 6, to - size / 6) : move(0, -1)),
      ArrowRight: () => (event.shiftKey ? view(from + size / 6, to + size / 6) : move(0, 1)),
      ArrowUp: () => move(-1, 0), ArrowDown: () => move(1, 0),
      Enter: () => pickCurrent(), " ": () => pickCurrent(), Escape: hideTip,
    };
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  function pickCurrent(): void {
    const bar = groups.flatMap((group) => group.rows).flatMap((row) => row.bars).find((each) => each.id === current);
    if (bar) pick(bar);
  }
  box.addEventListener("wheel", (event) => {
    const plot = box.clientWidth - (box.clientWidth < 620 ? 104 : 200);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const share = (event.clientX - box.getBoundingClientRect().left - (box.clientWidth - plot)) / plot;
      zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))), from + Math.min(1, Math.max(0, share)) * (to - from));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const shift = ((event.deltaX || event.deltaY) / plot) * (to - from);
      view(from + shift, to + shift);
    }
    hideTip();
  }, { passive: false });

  let moved = false;
  box.addEventListener("pointerdown", (down) => {
    moved = false;
    if (down.button !== 0) return;
    const [a, b] = [from, to];
    const plot = box.clientWidth - (box.clientWidth < 620 ? 104 : 200);
    const drag = (event: PointerEvent) => {
      const dx = event.clientX - down.clientX;
      if (!moved && Math.abs(dx) < 5) return;
      moved = true;
      hideTip();
      const shift = (-dx / plot) * (b - a);
      view(a + shift, b + shift);
    };
    const stop = () => {
      window.removeEventListener("pointermove", drag);
      window.removeEventListener("pointerup", stop);
      window.removeEventListener("pointercancel", stop);
    };
    window.addEventListener("pointermove", drag);
    window.addEventListener("pointerup", stop);
    window.addEventListener("pointercancel", stop);
  });
  new ResizeObserver(schedule).observe(box);
  draw();
}
