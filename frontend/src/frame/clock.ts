/** The clock of the top bar. The server's moment counts (it may be a demo clock), the browser only keeps it going. */
import { formatInstant, formatTime, zoneLabel } from "../instants";

export function startClock(): void {
  const clock = document.querySelector<HTMLElement>("[data-clock]");
  if (!clock?.dataset.clock) return;
  const ahead = Date.parse(clock.dataset.clock) - Date.now();
  const zone = clock.dataset.zone || "UTC";
  const long = clock.querySelector("[data-clock-long]");
  const short = clock.querySelector("[data-clock-short]");
  const label = clock.querySelector("[data-clock-zone]");
  const tick = () => {
    const at = Date.now() + ahead;
    if (long) long.textContent = formatInstant(at, zone);
    if (short) short.textContent = formatTime(at, zone);
    if (label) label.textContent = zoneLabel(at, zone);
    window.setTimeout(tick, 1000 - (at % 1000));
  };
  tick();
}

/** The present moment on the server's clock, in epoch milliseconds. */
export function serverNow(): number {
  const clock = document.querySelector<HTMLElement>("[data-clock]");
  const loaded = clock?.dataset.clock ? Date.parse(clock.dataset.clock) : NaN;
  return Number.isNaN(loaded) ? Date.now() : loaded + performance.now();
}
