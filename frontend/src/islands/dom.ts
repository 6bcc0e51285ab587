/** Building blocks of the islands: SVG elements, tool bar, tip, table. Plain DOM, no markup from data. */
import iconMinus from "lucide-static/icons/minus.svg";
import iconPause from "lucide-static/icons/pause.svg";
import iconPlay from "lucide-static/icons/play.svg";
import iconPlus from "lucide-static/icons/plus.svg";

const ICONS = { minus: iconMinus, pause: iconPause, play: iconPlay, plus: iconPlus };
const SVG = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number | undefined>;

export function svg(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export function html<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function drawn(name: keyof typeof ICONS): HTMLElement {
  const box = html("span", { class: "icon", "aria-hidden": "true" });
  // The icon is our own constant from the bundle, not data.
  const parsed = new DOMParser().parseFromString(ICONS[name].replace(/<!--.*?-->/s, "").trim(), "image/svg+xml");
  const drawing = document.importNode(parsed.documentElement, true);
  drawing.setAttribute("width", "16");
  drawing.setAttribute("height", "16");
  box.append(drawing);
  return box;
}

export function button(label: string, act: () => void, icon?: keyof typeof ICONS): HTMLButtonElement {
  const element = html("button", { type: "button", class: `button tight${icon ? " square" : ""}` });
  if (icon) {
    element.append(drawn(icon));
    element.setAttribute("aria-label", label);
    element.title = label;
  } else element.textContent = label;
  element.addEventListener("click", act);
  return element;
}

export function setIcon(element: HTMLButtonElement, label: string, icon: keyof typeof ICONS): void {
  element.replaceChildren(drawn(icon));
  element.setAttribute("aria-label", label);
  element.title = label;
}

/** A few exclusive choices side by side. */
export function segment<T extends string>(label: string, choices: [T, string][], value: T, act: (value: T) => void): HTMLElement {
  const box = html("span", { class: "segment", role: "group", "aria-label": label });
  for (const [key, text] of choices) {
    const each = html("button", { type: "button", "aria-pressed": String(key === value) }, text);
    each.addEventListener("click", () => {
      for (const other of box.children) other.setAttribute("aria-pressed", String(other === each));
      act(key);
    });
    box.append(each);
  }
  return box;
}

let tip: HTMLElement | null = null;

export function hideTip(): void {
  tip?.remove();
  tip = null;
}

/** A tip near (x, y) of the window: a title and facts in rows. */
export function showTip(x: number, y: number, title: string, facts: [string, string][], sentences: string[] = []): void {
  hideTip();
  const list = html("dl");
  for (const [name, value] of facts) list.append(html("dt", {}, name), html("dd", {}, value));
  tip = html("div", { class: "tip" }, html("b", {}, title), list, ...sentences.map((each) => html("p", {}, each)));
  document.body.append(tip);
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, x + 14 + width > innerWidth - 8 ? x - width - 14 : x + 14)}px`;
  tip.style.top = `${Math.max(8, y + 14 + height > innerHeight - 8 ? y - height - 14 : y + 14)}px`;
}

/** The same data as a table, for whoever reads better without a drawing. */
export function table(caption: string, head: string[], rows: (string | number)[][], numeric: number[] = []): HTMLElement {
  const body = html("tbody");
  for (const row of rows) {
    const line = html("tr");
    row.forEach((cell, i) => {
      const attributes: Attributes = numeric.includes(i) ? { class: "end" } : {};
      line.append(i === 0 ? html("th", { scope: "row", ...attributes }, String(cell)) : html("td", attributes, String(cell)));
    });
    body.append(line);
  }
  const header = html("tr");
  head.forEach((each, i) => header.append(html("th", { scope: "col", class: numeric.includes(i) ? "end" : undefined }, each)));
  return html(
    "div",
    { class: "table-scroll", tabindex: 0, role: "region", "aria-label": caption },
    html("table", { class: "table" }, html("caption", { class: "seen-by-readers" }, caption), html("thead", {}, header), body),
  );
}

export function select(from: Element, id: string, type: string): void {
  from.dispatchEvent(new CustomEvent("becq:select", { detail: { id, type }, bubbles: true }));
}
