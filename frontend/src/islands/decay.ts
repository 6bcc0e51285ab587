/**
 * Activity over time: lots by their half-life, chains by points computed on the server.
 *
 * JSON: {"timezone", "from", "to",
 *        "lots": [{"id", "name", "name_zh", "nuclide", "activity_bq", "reference_time", "half_life_s"?}],
 *        "series": [{"id", "name", "name_zh", "points": [[instant, bq], ...]}],
 *        "marks": [{"at", "name", "name_zh"}], "need_bq"?: number, "log"?: boolean}
 */
import { LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { formatInstant, formatTime, wall, zoneLabel } from "../instants";
import { formatActivity, formatTick, left, type UnitSystem } from "../quantities";
import { step, ticks } from "./axis";
import { halfLife, isotope } from "./data";
import { button, html, segment, svg, table } from "./dom";
import { LINES } from "./lines";
import type { Settings } from "./main";
import { named, t } from "./strings";

echarts.use([LineChart, GridComponent, TooltipComponent, MarkLineComponent, DataZoomComponent, AriaComponent, CanvasRenderer]);

interface Curve {
  id: string;
  name: string;
  name_zh?: string;
}

export interface DecayData {
  timezone: string;
  from: string;
  to: string;
  lots?: (Curve & { nuclide: string; activity_bq: number; reference_time: string; half_life_s?: number })[];
  series?: (Curve & { points: [string, number][] })[];
  marks?: { at: string; name: string; name_zh?: string }[];
  need_bq?: number;
  log?: boolean;
}

const POINTS = 160;

export function decay(host: HTMLElement, data: DecayData, settings: Settings): void {
  const zone = data.timezone;
  const from = Date.parse(data.from);
  const to = Date.parse(data.to);
  let units: UnitSystem = settings.units;
  let log = data.log ?? false;
  const curves: { name: string; points: [number, number][] }[] = [];
  for (const lot of data.lots ?? []) {
    const reference = Date.parse(lot.reference_time);
    const half = lot.half_life_s ?? halfLife(lot.nuclide);
    curves.push({
      name: `${isotope(lot.nuclide)} ${named(lot)}`,
      points: Array.from({ length: POINTS + 1 }, (_, i) => {
        const at = from + ((to - from) * i) / POINTS;
        return [at, lot.activity_bq * left((at - reference) / 1000, half)];
      }),
    });
  }
  for (const each of data.series ?? []) curves.push({ name: named(each), points: each.points.map(([at, bq]) => [Date.parse(at), bq]) });

  const plot = html("div", { class: "plot", role: "img", "aria-label": `${t.decay}: ${curves.map((each) => each.name).join(", ")}` });
  const words = html("div");
  const fillWords = () => {
    const moments = Array.from({ length: 13 }, (_, i) => from + ((to - from) * i) / 12);
    const value = (points: [number, number][], at: number) => {
      const after = points.findIndex(([x]) => x >= at);
      if (after <= 0) return points[0]?.[1] ?? 0;
      const [[x1, y1], [x2, y2]] = [points[after - 1]!, points[after]!];
      return y1 + ((y2 - y1) * (at - x1)) / (x2 - x1 || 1);
    };
    words.replaceChildren(table(t.decay, [t.time, ...curves.map((each) => each.name)],
      moments.map((at) => [formatInstant(at, zone), ...curves.map((each) => formatActivity(value(each.points, at), units))]), curves.map((_, i) => i + 1)));
  };
  words.hidden = true;
  const toggle = button(t.showTable, () => {
    words.hidden = !words.hidden;
    plot.hidden = !words.hidden;
    toggle.textContent = words.hidden ? t.showTable : t.showChart;
    if (words.hidden) chart.resize();
  });
  const tools = html("div", { class: "island-tools" },
    html("span", { class: "quiet" }, t.scale), segment(t.scale, [["linear", t.linear], ["log", t.log]], log ? "log" : "linear", (value) => { log = value === "log"; draw(); }),
    html("span", { class: "quiet" }, t.unit), segment<UnitSystem>(t.unit, [["SI", "Bq"], ["Ci", "Ci"]], units, (value) => { units = value; draw(); }),
    html("span", { class: "quiet" }, zoneLabel(from, zone)), html("span", { class: "spring" }), toggle);
  const legend = html("div", { class: "legend" });
  host.replaceChildren(tools, plot, legend, words);
  const chart = echarts.init(plot);

  function draw(): void {
    const style = getComputedStyle(host);
    const token = (name: string) => style.getPropertyValue(name).trim();
    const font = style.fontFamily;
    const quiet = { color: token("--ink-3"), fontFamily: font, fontSize: 11 };
    const compact = plot.clientWidth < 560;
    const small = step((to - from) / Math.max(200, plot.clientWidth - 120), compact ? 56 : 72);
    const instants = ticks(from, to, small, zone);
    legend.replaceChildren(...curves.map((each, i) => {
      const line = LINES[i % LINES.length]!;
      const sample = svg("line", { x1: 0, x2: 36, y1: 6, y2: 6, stroke: token(line.token), "stroke-width": line.width, "stroke-dasharray": line.type === "solid" ? undefined : line.type.join(" ") });
      return html("span", {}, svg("svg", { class: "line-sample", "aria-hidden": "true" }, sample), each.name);
    }));
    const values = curves.flatMap((each) => each.points.map(([, bq]) => bq)).filter((bq) => bq > 0);
    const top = Math.max(...values, data.need_bq ?? 0, 1);
    // Below a millionth of the top nothing matters here, and a logarithmic axis would run away.
    const bottom = Math.max(top * 1e-6, Math.min(...values, top));
    // Axis labels at 1, 2, 5 of the unit shown: ECharts picks round numbers, so it is given that unit.
    const unit = units === "Ci" ? (top >= 3.7e10 ? 3.7e10 : top >= 3.7e7 ? 3.7e7 : 3.7e4) : 10 ** (3 * Math.floor(Math.log10(top) / 3 + 1e-9));
    const name = units === "Ci" ? (unit === 3.7e10 ? "Ci" : unit === 3.7e7 ? "mCi" : "µCi") : ({ 1: "Bq", 1e3: "kBq", 1e6: "MBq", 1e9: "GBq", 1e12: "TBq", 1e15: "PBq" } as Record<number, string>)[unit] ?? "Bq";
    const marks = [
      ...(data.marks ?? []).map((each) => ({ xAxis: Date.parse(each.at), label: { formatter: named(each) } })),
      ...(settings.now >= from && settings.now <= to ? [{ xAxis: settings.now, label: { formatter: t.now, color: token("--blocked") }, lineStyle: { color: token("--blocked"), type: "solid" as const } }] : []),
      ...(data.need_bq ? [{ yAxis: data.need_bq / unit, label: { formatter: formatActivity(data.need_bq, units), position: "insideEndTop" as const, backgroundColor: token("--paper"), padding: [1, 4] }, lineStyle: { color: token("--ink"), type: "dashed" as const } }] : []),
    ];
    chart.setOption({
      animation: false,
      aria: { enabled: false },
      textStyle: { fontFamily: font, color: token("--ink-2") },
      grid: { left: 8, right: 24, top: 28, bottom: 8, containLabel: true },
      xAxis: {
        type: "value", min: from, max: to,
        axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { ...quiet, hideOverlap: true, customValues: instants, formatter: (at: number) => {
          const { hour, minute } = wall(at, zone);
          return hour === 0 && minute === 0 ? formatInstant(at, zone).slice(0, 5) : formatTime(at, zone);
        } },
        axisPointer: { snap: false },
      },
      yAxis: {
        type: log ? "log" : "value", name, nameTextStyle: { ...quiet, align: "right" }, nameGap: 12,
        ...(log ? { min: 10 ** Math.floor(Math.log10(bottom / unit)) } : { min: 0 }),
        axisLine: { show: false }, splitLine: { lineStyle: { color: token("--line") } },
        axisLabel: { ...quiet, formatter: formatTick },
      },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: 0, borderWidth: 0, backgroundColor: "transparent", extraCssText: "box-shadow:none",
        axisPointer: { type: "line", label: { show: false }, lineStyle: { color: token("--line-strong") } },
        // An element, not markup: styles inside markup would break the content security policy.
        formatter: (items: unknown) => {
          const rows = items as { seriesName: string; value: [number, number] }[];
          const at = rows.find((row) => row.value)?.value[0] ?? from;
          const list = html("dl");
          for (const row of rows) if (row.value) list.append(html("dt", {}, row.seriesName), html("dd", {}, formatActivity(row.value[1] * unit, units)));
          const tip = html("div", { class: "tip-box" }, html("b", {}, `${formatInstant(at, zone)} ${zoneLabel(at, zone)}`), list);
          return tip;
        },
      },
      dataZoom: [{ type: "inside", xAxisIndex: 0, zoomOnMouseWheel: "ctrl", moveOnMouseMove: true, moveOnMouseWheel: false, preventDefaultMouseMove: false }],
      series: [{
        // The vertical hairlines, at the instants that the axis names.
        type: "line", data: [], z: 0, silent: true,
        markLine: { z: 0, symbol: "none", silent: true, label: { show: false }, lineStyle: { color: token("--line"), type: "solid" }, data: instants.map((at) => ({ xAxis: at })) },
      }, ...curves.map((each, i) => {
        const line = LINES[i % LINES.length]!;
        return {
          type: "line", name: each.name, showSymbol: false, data: each.points.filter(([, bq]) => !log || bq > 0).map(([at, bq]) => [at, bq / unit]),
          lineStyle: { color: token(line.token), width: line.width, type: line.type as "solid" },
          itemStyle: { color: token(line.token) },
          emphasis: { disabled: true },
          ...(i === 0 && marks.length ? { markLine: { precision: 12, symbol: "none", silent: true, label: { fontFamily: font, fontSize: 11, color: token("--ink-2") }, lineStyle: { color: token("--line-strong"), type: "dashed" }, data: marks } } : {}),
        };
      })],
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
