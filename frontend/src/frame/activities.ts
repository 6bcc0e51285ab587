/** The card over an activity: at its reference time, now, and the curve between. */
import { formatInstant, zoneLabel } from "../instants";
import { formatActivity, formatHalfLife, left, type UnitSystem } from "../quantities";
import { serverNow } from "./clock";
import { texts } from "./strings";

let card: HTMLElement | null = null;
let source: HTMLElement | null = null;

function close(): void {
  card?.remove();
  card = source = null;
}

function stand(): void {
  if (!card || !source) return;
  const box = source.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = box.bottom + 6 + size.height < innerHeight;
  card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
  card.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - size.height - 6)}px`;
}

function curve(fromS: number, toS: number, nowS: number, halfLifeS: number): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const top = left(fromS, halfLifeS);
  const points = Array.from({ length: 41 }, (_, i) => {
    const s = fromS + ((toS - fromS) * i) / 40;
    return `${(i * 2.5).toFixed(1)},${(98 - (96 * left(s, halfLifeS)) / top).toFixed(2)}`;
  });
  const path = document.createElementNS(svg.namespaceURI, "polyline");
  path.setAttribute("class", "curve");
  path.setAttribute("points", points.join(" "));
  const now = document.createElementNS(svg.namespaceURI, "line");
  const x = String((100 * (nowS - fromS)) / (toS - fromS));
  for (const [name, value] of [["x1", x], ["x2", x], ["y1", "0"], ["y2", "100"], ["class", "curve-now"]] as const) now.setAttribute(name, value);
  svg.append(now, path);
  return svg;
}

function show(element: HTMLElement): void {
  close();
  const { bq, at, zone = "UTC", halfLife, nuclide, units } = element.dataset;
  if (!bq || !at) return;
  const system: UnitSystem = units === "Ci" ? "Ci" : "SI";
  const other: UnitSystem = system === "Ci" ? "SI" : "Ci";
  const reference = Date.parse(at);
  const now = serverNow();
  const halfLifeS = Number(halfLife) || 0;
  card = document.createElement("div");
  card.className = "card";
  card.setAttribute("role", "status");
  const facts = document.createElement("dl");
  const add = (name: string, value: string) => {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    facts.append(dt, dd);
  };
  if (nuclide) {
    const head = document.createElement("div");
    head.className = "card-head";
    head.textContent = nuclide;
    card.append(head);
  }
  add(`${texts.reference} ${formatInstant(reference, zone)} ${zoneLabel(reference, zone)}`, formatActivity(Number(bq), system));
  add("", formatActivity(Number(bq), other));
  if (halfLifeS > 0) {
    const rest = Number(bq) * left((now - reference) / 1000, halfLifeS);
    add(`${texts.now} ${formatInstant(now, zone)}`, rest < 1e-3 ? texts.decayed : formatActivity(rest, system));
    add(texts.halfLife, formatHalfLife(halfLifeS));
  }
  card.append(facts);
  if (halfLifeS > 0) {
    const nowS = (now - reference) / 1000;
    const from = Math.min(0, nowS);
    const to = Math.max(0, nowS, from + 2 * halfLifeS);
    if (to - from < 40 * halfLifeS) card.append(curve(from, to, nowS, halfLifeS));
  }
  document.body.append(card);
  source = element;
  stand();
}

export function startActivities(): void {
  const find = (event: Event) => (event.target as Element | null)?.closest?.<HTMLElement>(".activity[data-bq]") ?? null;
  document.addEventListener("pointerover", (event) => {
    const element = find(event);
    if (element) show(element);
  });
  document.addEventListener("pointerout", (event) => find(event) && close());
  document.addEventListener("focusin", (event) => {
    const element = find(event);
    if (element?.matches(":focus-visible")) show(element);
  });
  document.addEventListener("focusout", (event) => find(event) && close());
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  // Reaching an activity with Tab may scroll it into view: its card goes along.
  document.addEventListener("scroll", () => (source && source === document.activeElement ? stand() : close()), { capture: true, passive: true });
}
