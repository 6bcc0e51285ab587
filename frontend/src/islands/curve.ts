/**
 * Curves over anything but the time of the day: activity after a time, yield against energy, dose rate against
 * thickness. Numbers come in the units of the core with the kind that says how they are shown.
 *
 * JSON: {"title", "x": {"name", "name_zh", "kind"}, "y": {...}, "curves": [{"name", "name_zh", "points": [[x, y], ...]}],
 *        "marks": [{"x", "name", "name_zh"}], "log": boolean, "level": number | null}
 */
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { formatMeasure, unitOf, type Kind } from "../measures";
import { formatTick, type UnitSystem } from "../quantities";
import { button, html, segment, svg, table } from "./dom";
import { LINES } from "./lines";
import type { Settings } from "./main";
import { named, t } from "./strings";

echarts.use([LineChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, CanvasRenderer]);

interface Named {
  name: string;
  name_zh?: string;
}

export interface CurveData {
  title: Named;
  x: Named & { kind: Kind };
  y: Named & { kind: Kind };
  curves: (Named & { points: [number, number][] })[];
  marks: (Named & { x: number })[];
  log: boolean;
  level: number | null;
}

// Below a millionth of the top nothing matters, and a logarithmic axis would run away.
const DEEPEST = 1e-6;
const FAR = 1e3;
const ROWS = 13;

/** An end of the axis that deserves its number. */
const isRound = (value: number) => Number.isInteger(Number((value * 2).toPrecision(6)));

export function curve(host: HTMLElement, data: CurveData, settings: Settings): void {
  let units: UnitSystem = settings.units;
  let log = data.log;
  const curves = data.curves.map((each) => ({ name: named(each), points: each.points }));
  const xs = curves.flatMap((each) => each.points.map(([x]) => x));
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const [xSize, xUnit] = unitOf(data.x.kind, to);
  const isActivity = data.y.kind.startsWith("activity");

  const plot = html("div", { class: "plot", role: "img", "aria-label": `${named(data.title)}: ${curves.map((each) => each.name).join(", ")}` });
  const words = html("div");
  words.hidden = true;
  const at = (points: [number, number][], x: number) => {
    const after = points.findIndex(([each]) => each >= x);
    if (after <= 0) return points[0]?.[1] ?? 0;
    const [[x1, y1], [x2, y2]] = [points[after - 1]!, points[after]!];
    return y1 + ((y2 - y1) * (x - x1)) / (x2 - x1 || 1);
  };
  const fillWords = () => {
    const steps = Array.from({ length: ROWS }, (_, i) => from + ((to - from) * i) / (ROWS - 1));
    words.replaceChildren(table(named(data.title), [named(data.x), ...curves.map((each) => each.name)],
      steps.map((x) => [formatMeasure(x, data.x.kind), ...curves.map((each) => formatMeasure(at(each.points, x), data.y.kind, units))]), curves.map((_, i) => i + 1)));
  };
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    plot.hidden = yName.hidden = !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) chart.resize();
  });
  const tools = html("div", { class: "island-tools" },
    html("span", { class: "quiet" }, t.scale), segment(t.scale, [["linear", t.linear], ["log", t.log]], log ? "log" : "linear", (value) => { log = value === "log"; draw(); }),
    ...(isActivity ? [html("span", { class: "quiet" }, t.unit), segment<UnitSystem>(t.unit, [["SI", "Bq"], ["Ci", "Ci"]], units, (value) => { units = value; draw(); })] : []),
    html("span", { class: "spring" }), toggle);
  const legend = html("div", { class: "legend" });
  // Above the drawing, where it has room: names of axes are long in some languages and units.
  const yName = html("div", { class: "axis-name" });
  host.replaceChildren(tools, yName, plot, legend, words);
  const chart = echarts.init(plot);

  function draw(): void {
    const style = getComputedStyle(host);
    const token = (name: string) => style.getPropertyValue(name).trim();
    const font = style.fontFamily;
    const quiet = { color: token("--ink-3"), fontFamily: font, fontSize: 11 };
    legend.replaceChildren(...curves.map((each, i) => {
      const line = LINES[i % LINES.length]!;
      const sample = svg("line", { x1: 0, x2: 36, y1: 6, y2: 6, stroke: token(line.token), "stroke-width": line.width, "stroke-dasharray": line.type === "solid" ? undefined : line.type.join(" ") });
      return html("span", {}, svg("svg", { class: "line-sample", "aria-hidden": "true" }, sample), each.name);
    }));
    const values = curves.flatMap((each) => each.points.map(([, y]) => y)).filter((y) => y > 0);
    const highest = Math.max(...values, 1e-300);
    // A level far above all curves would press them to the ground: its number stands among the figures.
    const level = data.level && data.level > 0 && data.level <= highest * FAR ? data.level : null;
    const top = Math.max(highest, level ?? 0);
    const bottom = Math.max(top * DEEPEST, Math.min(...values, level ?? top));
    const [ySize, yUnit] = unitOf(data.y.kind, top, units);
    const name = (axis: Named, unit: string) => (unit ? `${named(axis)} (${unit})` : named(axis));
    yName.textContent = name(data.y, yUnit);
    // Marks are given with all their digits: ECharts rounds them to two decimals, which moves a limit of 0.015.
    const marks = [
      ...data.marks.map((each) => ({ xAxis: each.x / xSize, label: { formatter: named(each) } })),
      ...(level ? [{ yAxis: level / ySize, label: { formatter: formatMeasure(level, data.y.kind, units), position: "insideEndTop" as const, backgroundColor: token("--paper"), padding: [1, 4] }, lineStyle: { color: token("--ink"), type: "dashed" as const } }] : []),
    ];
    chart.setOption({
      animation: false,
      aria: { enabled: false },
      textStyle: { fontFamily: font, color: token("--ink-2") },
      grid: { left: 8, right: 24, top: 24, bottom: 28, containLabel: true },
      xAxis: {
        type: "value", min: from / xSize, max: to / xSize, name: name(data.x, xUnit), nameLocation: "middle", nameGap: 28, nameTextStyle: quiet,
        axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false },
        splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { ...quiet, formatter: formatTick, hideOverlap: true, showMinLabel: isRound(from / xSize), showMaxLabel: isRound(to / xSize) }, axisPointer: { snap: false },
      },
      yAxis: {
        type: log ? "log" : "value",
        ...(log ? { min: 10 ** Math.floor(Math.log10(bottom / ySize) + 1e-9), max: 10 ** Math.ceil(Math.log10(top / ySize) - 1e-9) } : { min: 0 }),
        axisLine: { show: false }, splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { ...quiet, formatter: formatTick },
      },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: 0, borderWidth: 0, backgroundColor: "transparent", extraCssText: "box-shadow:none",
        axisPointer: { type: "line", label: { show: false }, lineStyle: { color: token("--line-strong") } },
        // An element, not markup: styles inside markup would break the content security policy.
        formatter: (items: unknown) => {
          const rows = items as { seriesName: string; value: [number, number] }[];
          const x = (rows.find((row) => row.value)?.value[0] ?? 0) * xSize;
          const list = html("dl");
          for (const row of rows) if (row.value) list.append(html("dt", {}, row.seriesName), html("dd", {}, formatMeasure(row.value[1] * ySize, data.y.kind, units)));
          return html("div", { class: "tip-box" }, html("b", {}, `${named(data.x)} ${formatMeasure(x, data.x.kind)}`), list);
        },
      },
      series: curves.map((each, i) => {
        const line = LINES[i % LINES.length]!;
        return {
          type: "line", name: each.name, showSymbol: false, data: each.points.filter(([, y]) => !log || y > 0).map(([x, y]) => [x / xSize, y / ySize]),
          lineStyle: { color: token(line.token), width: line.width, type: line.type as "solid" },
          itemStyle: { color: token(line.token) },
          emphasis: { disabled: true },
          ...(i === 0 && marks.length ? { markLine: { precision: 12, symbol: "none", silent: true, label: { fontFamily: font, fontSize: 11, color: token("--ink-2") }, lineStyle: { color: token("--line-strong"), type: "dashed" }, data: marks } } : {}),
        };
      }),
    } as echarts.EChartsCoreOption, true);
    fillWords();
  }

  draw();
  new ResizeObserver(() => {
    if (!plot.hidden && plot.clientWidth) { chart.resize(); draw(); }
  }).observe(plot);
  const redraw = () => host.isConnected && draw();
  document.addEventListener("becq:theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
