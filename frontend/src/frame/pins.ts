/**
 * Pins that an island asks for: `becq:pin` with `{url, pins?}`. The answer brings the bar of pins out of band, and with
 * it the JSON of `#pin-data`, from which the island takes what holds now; a refusal is a toast like any other.
 */
import htmx from "htmx.org";

export function startPins(): void {
  document.addEventListener("becq:pin", (event) => {
    const { url, pins } = (event as CustomEvent<{ url: string; pins?: unknown }>).detail;
    void htmx.ajax("post", url, { source: event.target as Element, swap: "none", ...(pins ? { values: { pins: JSON.stringify(pins) } } : {}) });
  });
}
