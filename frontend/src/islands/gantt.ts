/** The plan by site and resource: only what is in the window is drawn, so that a whole country stays fluid. */
import { formatInstant, zoneLabel } from "../instants";
import { formatActivity } from "../quantities";
import { isotope, readPlan, tone, type Batch, type RawPlan, type Tone } from "./data";
import { button, hideTip, html, select, showTip, svg, table } from "./dom";
import { drawAxis, drawBody, drawOverlay, HEAD, sign, timeOf, type Marks, type Sign, type View } from "./gantt_draw";
import { Editor } from "./gantt_edit";
import { barAt, batchGroups, layout, lineAt, shipmentGroup, type Bar, type Choice, type Group, type Line, type Row } from "./gantt_rows";
import type { Settings } from "./main";
import { named, t } from "./strings";

/** With more consignments than this they are shown only when asked for. */
const MANY_SHIPMENTS = 3000;
/** Pixels drawn above and below the window, so that scrolling need not draw at once. */
const MARGIN = 360;
/** With more machines than this, those without a batch are shown only when asked for. */
const MANY_ROWS = 60;
/** What has an end of bombardment; other processes merely end. */
const BOMBARDED = new Set(["reactor_irradiation", "accelerator_run", "solution_reactor_campaign"]);
let serial = 0;

export function gantt(host: HTMLElement, raw: RawPlan, settings: Settings): void {
  const plan = readPlan(raw);
  const zone = plan.timezone;
  const { units } = settings;
  const choice: Choice = { site: "", nuclide: "", shipments: plan.deliveries.length <= MANY_SHIPMENTS, empty: plan.resources.length <= MANY_ROWS };
  const batches = new Map(plan.batches.map((each) => [each.id, each]));
  const siteZone = new Map(plan.sites.map((each) => [each.id, each.timezone ?? zone]));
  const siteName = new Map(plan.sites.map((each) => [each.id, named(each)]));
  const productName = new Map(plan.products.map((each) => [each.id, named(each)]));
  const product = (id: string) => productName.get(id) ?? id;
  const own = `becq-gantt-${++serial}`;
  let groups: Group[] = [];
  let lines: Line[] = [];
  let height = 0;
  let whole: [number, number] = [plan.from, plan.to];
  let [from, to] = whole;
  let current = "";
  let chosen = "";

  const head = html("div", { class: "gantt-head" });
  const body = html("div");
  const live = html("div", { class: "seen-by-readers", "aria-live": "polite" });
  const editable = host.dataset.starts !== undefined && host.dataset.move !== undefined;
  const box = html("div", { class: `gantt${editable ? " editable" : ""}`, role: "group", "aria-label": `${t.gantt}. ${t.ganttHelp}${editable ? ` ${t.ganttEditHelp}` : ""}` }, head, body);

  const at = (moment: number, site: string) => {
    const there = siteZone.get(site) ?? zone;
    return `${formatInstant(moment, there)} ${zoneLabel(moment, there)}`;
  };
  function title(bar: Bar): string {
    if (bar.batch) return `${isotope(bar.batch.nuclide)} ${product(bar.batch.product)} · ${bar.id}`;
    const { leg } = bar.trip!;
    return `${siteName.get(leg.from) ?? leg.from} → ${siteName.get(leg.to) ?? leg.to}`;
  }
  function facts(bar: Bar): [string, string][] {
    if (bar.batch) {
      const each = bar.batch;
      const pin = editor ? editor.pins[bar.id] : each.pinned ? "start" : undefined;
      const state = [bar.ghost ? t.toBePlanned : t.tones[bar.tone], ...(pin ? [pin === "forbid" ? t.mustNotStart : t.pinned] : []), ...(editor && !each.movable ? [t.cannotMove] : [])];
      const times: [string, string][] = [[t.start, at(each.start, each.site)], [BOMBARDED.has(each.kind) ? t.eob : t.processEnd, at(each.eob, each.site)], [t.release, at(each.release, each.site)], [t.state, state.join(" · ")]];
      if (bar.ghost) return times;
      return [
        [t.activity, `${formatActivity(each.activity_bq, units)} @ ${at(each.reference, each.site)}`],
        [t.used, each.activity_bq > 0 ? `${formatActivity(each.used_bq, units)} (${Math.round((100 * each.used_bq) / each.activity_bq)} %)` : "—"],
        [t.kind, t.processes[each.kind] ?? each.kind],
        ...times,
      ];
    }
    const { leg, activities } = bar.trip!;
    return [
      [t.mode, t.modes[leg.mode] ?? leg.mode],
      [t.departure, at(leg.start, leg.from)],
      [t.arrival, at(leg.end, leg.to)],
      [t.consignments, bar.ids.length === 1 ? bar.id : String(bar.ids.length)],
      [t.activity, activities.slice(0, 4).map((each) => `${isotope(each.nuclide)} ${formatActivity(each.bq, units)}`).join(", ") + (activities.length > 4 ? " …" : "")],
    ];
  }

  let said = new Map<Bar, string>();
  function sentence(bar: Bar): string {
    let found = said.get(bar);
    if (found === undefined) said.set(bar, (found = `${title(bar)}; ${facts(bar).map(([head, value]) => `${head} ${value}`).join("; ")}`));
    return found;
  }

  // --- tools ---------------------------------------------------------------------------------
  const words = html("div");
  words.hidden = true;
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    box.hidden = !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) draw();
    else words.replaceChildren(inWords());
  });
  function inWords(): HTMLElement {
    const when = (moment: number) => formatInstant(moment, zone);
    const line = (each: Batch, pin: string) => [
      each.id, siteName.get(each.site) ?? each.site, each.resource ?? "—", product(each.product), each.nuclide, when(each.start), when(each.eob), when(each.release),
      `${formatActivity(each.activity_bq, units)} @ ${when(each.reference)}`, t.tones[tone(each.status)] + pin,
    ];
    const pin = (each: Batch) => {
      const what = editor ? editor.pins[each.id] : each.pinned ? "start" : undefined;
      return what ? ` · ${what === "forbid" ? t.mustNotStart : t.pinned}` : "";
    };
    const fits = (each: Batch) => (!choice.site || each.site === choice.site) && (!choice.nuclide || each.nuclide === choice.nuclide);
    const rows = plan.batches.filter(fits).map((each) => line(each, pin(each)));
    return table(t.gantt, [t.batch, t.site, t.resource, t.product, t.nuclide, t.start, t.eob, t.release, t.activity, t.state], rows, [8]);
  }
  function picker(label: string, all: string, choices: [string, string][], act: (value: string) => void): HTMLElement {
    const field = html("select", { "aria-label": label }, html("option", { value: "" }, all), ...choices.map(([value, text]) => html("option", { value }, text)));
    field.addEventListener("change", () => { act(field.value); rebuild(); if (!words.hidden) words.replaceChildren(inWords()); });
    return field;
  }
  const makers = [...new Set(plan.batches.map((each) => each.site))].map((id): [string, string] => [id, siteName.get(id) ?? id]).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  const nuclides = [...new Set([...plan.batches, ...plan.deliveries].map((each) => each.nuclide))].sort().map((id): [string, string] => [id, isotope(id)]);
  const shipments = html("input", { type: "checkbox" });
  shipments.checked = choice.shipments;
  shipments.addEventListener("change", () => { choice.shipments = shipments.checked; rebuild(); });
  const empty = html("input", { type: "checkbox" });
  empty.checked = choice.empty;
  empty.addEventListener("change", () => { choice.empty = empty.checked; rebuild(); });
  const filters = [
    ...(makers.length > 1 ? [picker(t.site, t.allSites, makers, (value) => (choice.site = value))] : []),
    ...(nuclides.length > 1 ? [picker(t.nuclide, t.allNuclides, nuclides, (value) => (choice.nuclide = value))] : []),
    ...(plan.deliveries.some((each) => each.legs.length) ? [html("label", {}, shipments, t.shipments)] : []),
    ...(plan.resources.length > MANY_ROWS ? [html("label", {}, empty, t.emptyRows)] : []),
  ];
  const acts = editable
    ? {
        pin: button(t.pinStart, () => currentBar() && editor!.pin(currentBar()!, "start")),
        forbid: button(t.pinForbid, () => currentBar() && editor!.pin(currentBar()!, "forbid")),
        move: button(t.move, () => { const bar = currentBar(); if (bar) { editor!.begin(bar); focusCurrent(); } }),
        undo: button(t.undo, () => editor!.undo()),
      }
    : null;
  const label = html("span", { class: "quiet" }, zoneLabel(from, zone));
  const tools = html("div", { class: "island-tools" },
    button(t.zoomOut, () => zoom(1.5), "minus"), button(t.zoomIn, () => zoom(1 / 1.5), "plus"),
    button(t.fit, () => view(...whole)), button(t.now, () => centre(settings.now)), label, ...filters,
    html("span", { class: "spring" }), ...(acts ? [html("span", { class: "row gantt-acts" }, acts.pin, acts.forbid, acts.move, acts.undo)] : []), toggle);

  const legend = html("div", { class: "legend gantt-legend" });
  host.replaceChildren(tools, box, words, legend, live);

  function drawLegend(): void {
    const key = (name: Tone, more = "") => html("span", {}, svg("svg", { "aria-hidden": "true" }, svg("g", { class: `bar ${name}${more}` },
      svg("rect", { class: "run", x: 0, y: 0, width: 22, height: 12, rx: 2 }), svg("rect", { class: "edge", x: 0.5, y: 0.5, width: 21, height: 11, rx: 2 }))), more ? t.toBePlanned : t.tones[name]);
    const seen = (kind: Sign, text: string) => html("span", {}, svg("svg", { "aria-hidden": "true", class: "sign-key" }, sign(kind, 3, 2)), text);
    const bars = groups.flatMap((group) => group.rows).flatMap((row) => row.bars);
    const used = new Set(bars.map((bar) => bar.tone));
    const hatch = svg("svg", { "aria-hidden": "true" }, svg("rect", { class: "outage", fill: `url(#${own}-hatch)`, x: 0.5, y: 0.5, width: 21, height: 11 }));
    const pins = Object.values(editor?.pins ?? {});
    legend.replaceChildren(
      ...(Object.keys(t.tones) as Tone[]).filter((name) => used.has(name)).map((name) => key(name)), html("span", {}, hatch, t.outage),
      ...(pins.includes("start") || bars.some((bar) => bar.batch?.pinned) ? [seen("pin", t.pinned)] : []),
      ...(pins.includes("forbid") ? [seen("forbid", t.mustNotStart)] : []),
      ...(bars.some((bar) => bar.ghost) ? [key("planned", " ghost")] : []),
      ...(editor && bars.some((bar) => bar.batch && !bar.batch.movable && bar.tone !== "done" && bar.tone !== "blocked") ? [seen("lock", t.cannotMove)] : []),
      ...(bars.some((bar) => bar.batch?.status === "lost") ? [seen("lost", t.lost)] : []));
  }

  // --- what the window shows -------------------------------------------------------------------
  const gutterOf = (width: number) => (width < 620 ? 104 : 200);
  function shown(): View {
    const width = Math.floor(box.clientWidth);
    return { from, to, width, gutter: gutterOf(width), zone, now: settings.now };
  }
  function view(a: number, b: number): void {
    const least = 2 * 3600e3;
    const most = (whole[1] - whole[0]) * 1.5;
    const size = Math.min(Math.max(b - a, least), most);
    const middle = (a + b) / 2;
    from = Math.min(Math.max(middle - size / 2, whole[0] - size * 0.5), whole[1] - size * 0.5);
    to = from + size;
    schedule();
  }
  function zoom(factor: number, around = (from + to) / 2): void {
    view(around - (around - from) * factor, around + (to - around) * factor);
  }
  function centre(moment: number): void {
    view(moment - (to - from) / 2, moment + (to - from) / 2);
  }

  let pending = 0;
  function schedule(): void {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => draw(true));
  }

  const marks: Marks = { current, chosen, own, editing: editable, pin: (id) => editor?.pins[id], words: sentence };
  let drawn: [number, number] = [0, 0];
  let hushed = false;
  /** With `hush` the focus comes back to its bar without the tip. */
  function draw(hush = false): void {
    const now = shown();
    if (now.width < 50) return;
    head.replaceChildren(drawAxis(now));
    const top = Math.max(0, box.scrollTop - HEAD - MARGIN);
    const bottom = box.scrollTop + box.clientHeight + MARGIN;
    drawn = [top, bottom];
    const focused = body.contains(document.activeElement);
    const drawing = drawBody(lines, Math.max(60, height), now, { ...marks, current, chosen }, top, bottom);
    body.replaceChildren(drawing);
    drawMove();
    hushed = hush;
    if (focused) focusCurrent(true);
    hushed = false;
  }
  function drawMove(): void {
    const layer = body.querySelector(".overlay");
    layer?.replaceChildren(...(editor?.overlay ? drawOverlay(editor.overlay, lines, shown(), own) : []));
    if (acts) acts.undo.disabled = !editor?.canUndo;
  }
  function focusCurrent(quiet = false): void {
    const mark = body.querySelector<SVGElement>(`[data-id="${CSS.escape(current)}"]`) ?? body.querySelector<SVGElement>(".bar[tabindex='0']");
    mark?.focus({ preventScroll: quiet });
  }
  const allBars = () => groups.flatMap((group) => group.rows).flatMap((row) => row.bars);
  const currentBar = () => allBars().find((bar) => bar.id === current) ?? null;

  let shipped: { key: string; group: Group | null } | null = null;
  function rebuild(focus = ""): void {
    said = new Map();
    groups = batchGroups(plan, editor?.ghosts ?? [], settings.now, choice);
    if (choice.shipments) {
      const key = `${choice.site}\n${choice.nuclide}`;
      if (shipped?.key !== key) shipped = { key, group: shipmentGroup(plan, settings.now, choice) };
      if (shipped.group) groups.push(shipped.group);
    }
    ({ lines, height } = layout(groups));
    whole = [plan.from, plan.to];
    for (const { rows } of groups) for (const { bars } of rows) for (const bar of bars) {
      whole[0] = Math.min(whole[0], bar.start);
      whole[1] = Math.max(whole[1], bar.end);
    }
    const bars = allBars();
    if (focus && bars.some((bar) => bar.id === focus)) current = chosen = focus;
    else if (!bars.some((bar) => bar.id === current)) current = bars[0]?.id ?? "";
    drawLegend();
    draw(true);
  }

  // --- where the pointer is -------------------------------------------------------------------
  const timeAt = (clientX: number) => timeOf(shown(), clientX - box.getBoundingClientRect().left);
  function lineUnder(clientY: number): Line | null {
    const y = clientY - body.getBoundingClientRect().top;
    const line = lines[lineAt(lines, y)];
    return line && y >= line.y ? line : null;
  }
  function under(event: MouseEvent): Bar | null {
    if (clientXIn(event.clientX) < gutterOf(box.clientWidth) || head.contains(event.target as Node)) return null;
    const line = lineUnder(event.clientY);
    if (!line?.row) return null;
    const slack = (6 * (to - from)) / Math.max(1, box.clientWidth - gutterOf(box.clientWidth));
    return barAt(line.row, event.clientY - body.getBoundingClientRect().top - line.y, timeAt(event.clientX), slack);
  }
  const clientXIn = (clientX: number) => clientX - box.getBoundingClientRect().left;

  const editor = editable
    ? new Editor(
        {
          host, box, zone, now: settings.now, timeAt, rowAt: (y) => lineUnder(y)?.row ?? null,
          edge: (clientX) => {
            const x = clientXIn(clientX);
            const [near, size] = [36, to - from];
            if (x > box.clientWidth - near && to < plan.to + size * 0.3) return size * 0.012;
            return x < gutterOf(box.clientWidth) + near && from > plan.from - size * 0.3 ? -size * 0.012 : 0;
          },
          shift: (ms) => ms && view(from + ms, to + ms),
          reveal,
          batch: (id) => batches.get(id),
          rows: (site) => lines.filter((line) => line.row && line.row.site === site).map((line) => line.row!.resource),
          redraw: drawMove, rebuild,
          announce: (text) => { live.textContent = text; if (acts) toastNear(text); },
        },
        host.dataset.starts!, host.dataset.move!,
      )
    : null;

  /** What was announced is seen too, beside the tools, until the next word. */
  function toastNear(text: string): void {
    label.textContent = text || zoneLabel(from, zone);
    clearTimeout(fade);
    fade = window.setTimeout(() => (label.textContent = zoneLabel(from, zone)), 6000);
  }
  let fade = 0;

  function reveal(moment: number): void {
    if (moment >= from && moment <= to) return;
    const size = to - from;
    view(moment - size * 0.3, moment + size * 0.7);
  }
  /** Brings a bar into the window, upright too. */
  function show(bar: Bar, row: Row): void {
    const line = lines.find((each) => each.row === row);
    if (line) {
      const top = line.y + (row.lanes[row.bars.indexOf(bar)] ?? 0) * 22;
      const room = box.clientHeight - HEAD;
      if (top < box.scrollTop || top + 30 > box.scrollTop + room) box.scrollTop = Math.max(0, top - room / 2);
    }
    if (bar.end < from || bar.start > to) {
      const size = to - from;
      from = bar.start - size * 0.2;
      to = from + size;
    }
  }

  function pick(bar: Bar): void {
    hideTip();
    chosen = bar.id;
    current = bar.id;
    for (const mark of body.querySelectorAll(".bar")) mark.classList.toggle("selected", mark.getAttribute("data-id") === bar.id);
    if (!body.querySelector(`[data-id="${CSS.escape(bar.id)}"]`)) schedule();
    // What is only to be planned has no page yet: shown is what it was moved from.
    const id = bar.ghost ? editor?.origin(bar.id) : bar.id;
    if (id) select(host, id, bar.type);
  }

  function move(rowStep: number, barStep: number): void {
    const all = groups.flatMap((group) => group.rows).filter((row) => row.bars.length > 0);
    const here = all.findIndex((row) => row.bars.some((bar) => bar.id === current));
    if (here < 0) return;
    const bar = all[here]!.bars.find((each) => each.id === current)!;
    const row = all[here + rowStep];
    const goal = barStep
      ? row?.bars[row.bars.indexOf(bar) + barStep]
      : row?.bars.reduce((best, each) => (Math.abs(each.start - bar.start) < Math.abs(best.start - bar.start) ? each : best));
    if (!goal || !row) return;
    current = goal.id;
    show(goal, row);
    draw();
    focusCurrent();
  }

  // --- keyboard, wheel, pointer --------------------------------------------------------------
  box.addEventListener("keydown", (event) => {
    if (editor?.key(event, currentBar())) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const size = to - from;
    const keys: Record<string, () => void> = {
      "+": () => zoom(1 / 1.5), "=": () => zoom(1 / 1.5), "-": () => zoom(1.5), "0": () => view(...whole), n: () => centre(settings.now),
      ArrowLeft: () => (event.shiftKey ? view(from - size / 6, to - size / 6) : move(0, -1)),
      ArrowRight: () => (event.shiftKey ? view(from + size / 6, to + size / 6) : move(0, 1)),
      ArrowUp: () => move(-1, 0), ArrowDown: () => move(1, 0),
      Enter: pickCurrent, " ": pickCurrent, Escape: hideTip,
    };
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  function pickCurrent(): void {
    const bar = currentBar();
    if (bar) pick(bar);
  }
  box.addEventListener("focusin", (event) => {
    const id = (event.target as Element).closest("[data-id]")?.getAttribute("data-id");
    if (!id) return;
    current = id;
    const bar = currentBar();
    const place = (event.target as Element).getBoundingClientRect();
    if (bar && !hushed && !editor?.busy && (event.target as Element).matches(":focus-visible")) showTip(place.left, place.bottom - 10, title(bar), facts(bar));
  });
  box.addEventListener("focusout", hideTip);
  box.addEventListener("scroll", () => {
    if (box.scrollTop - HEAD < drawn[0] + 60 && drawn[0] > 0) schedule();
    else if (box.scrollTop + box.clientHeight > drawn[1] - 60) schedule();
  });
  box.addEventListener("wheel", (event) => {
    const plot = box.clientWidth - gutterOf(box.clientWidth);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const share = (clientXIn(event.clientX) - gutterOf(box.clientWidth)) / plot;
      zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))), from + Math.min(1, Math.max(0, share)) * (to - from));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const shift = ((event.deltaX || event.deltaY) / plot) * (to - from);
      view(from + shift, to + shift);
    }
    hideTip();
  }, { passive: false });

  let moved = false;
  let hovered: Bar | null = null;
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons || editor?.busy) return;
    const bar = under(event);
    if (bar === hovered) return;
    hovered = bar;
    box.classList.toggle("over", bar !== null);
    box.classList.toggle("over-movable", editor?.movable(bar) === true);
    if (bar) showTip(event.clientX, event.clientY, title(bar), facts(bar));
    else hideTip();
  });
  box.addEventListener("pointerleave", () => { hovered = null; if (!editor?.busy) hideTip(); });
  box.addEventListener("click", (event) => {
    const bar = moved ? null : under(event);
    if (bar) pick(bar);
  });
  box.addEventListener("dblclick", (event) => {
    const bar = under(event);
    if (editor?.movable(bar)) editor.pin(bar, "start");
  });
  // While a finger holds a batch, the page must not scroll under it.
  box.addEventListener("touchmove", (event) => editor?.busy && event.preventDefault(), { passive: false });
  box.addEventListener("contextmenu", (event) => editor?.busy && event.preventDefault());
  box.addEventListener("pointerdown", (down) => {
    moved = false;
    if (down.button !== 0 || head.contains(down.target as Node) || down.target === box) return;
    hideTip();
    const bar = under(down);
    const editing = editor !== null && editor.movable(bar);
    if (editing) editor.press(down, bar);
    if (bar) current = bar.id;
    const [a, b] = [from, to];
    const plot = box.clientWidth - gutterOf(box.clientWidth);
    const drag = (event: PointerEvent) => {
      const dx = event.clientX - down.clientX;
      if (!moved && Math.abs(dx) < 5) return;
      moved = true;
      if (editor?.busy || (editing && down.pointerType !== "touch")) return;
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
  rebuild();
  [from, to] = whole;
  draw();
}
