/**
 * Islands: `<div data-island="gantt" data-src="#plan">` draws the JSON of `<script type="application/json" id="plan">`.
 * Attributes: `data-units` SI or Ci, `data-now` ISO instant of the present (default: the browser's clock).
 * Events (bubbling): `becq:select` with `{id, type}`. No dependence on the frame: also works inside a report file.
 */
import { curve } from "./curve";
import { decay } from "./decay";
import { html } from "./dom";
import { gantt } from "./gantt";
import { map } from "./map";
import { t } from "./strings";
import type { UnitSystem } from "../quantities";

export interface Settings {
  units: UnitSystem;
  now: number;
}

const ISLANDS: Record<string, (host: HTMLElement, data: never, settings: Settings) => void> = { gantt, map, decay, curve };

function mount(host: HTMLElement): void {
  const draw = ISLANDS[host.dataset.island ?? ""];
  if (!draw || host.dataset.mounted !== undefined) return;
  host.dataset.mounted = "";
  host.classList.add("island");
  try {
    const source = document.querySelector(host.dataset.src ?? "");
    const data = JSON.parse(source?.textContent ?? "null") as never;
    if (!data) throw new Error("no data");
    const now = host.dataset.now ? Date.parse(host.dataset.now) : Date.now();
    draw(host, data, { units: host.dataset.units === "Ci" ? "Ci" : "SI", now });
  } catch (error) {
    console.error(error);
    host.replaceChildren(html("p", { class: "notice attention" }, t.unreadable));
  }
}

function mountAll(root: ParentNode): void {
  for (const host of root.querySelectorAll<HTMLElement>("[data-island]")) mount(host);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => mountAll(document));
else mountAll(document);
document.addEventListener("htmx:load", (event) => {
  const target = event.target as HTMLElement;
  if (target.dataset.island) mount(target);
  mountAll(target);
});
