/** Forms: an activity input says what it means in both unit systems; a suggestion can be taken with one click. */
import { formatActivity, readActivity } from "../quantities";
import { texts } from "./strings";

function echo(input: HTMLInputElement): void {
  const place = input.closest(".field")?.querySelector("[data-echo]");
  if (!place) return;
  const bq = input.value.trim() ? readActivity(input.value) : undefined;
  place.textContent =
    bq === null ? texts.noUnit : bq === undefined ? "" : `${texts.equals} ${formatActivity(bq, "SI")} · ${formatActivity(bq, "Ci")}`;
}

export function startForms(): void {
  document.addEventListener("input", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.matches?.("input[data-activity]")) echo(input);
  });
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-activity]")) echo(input);
  document.addEventListener("htmx:load", (event) => {
    for (const input of (event.target as Element).querySelectorAll<HTMLInputElement>("input[data-activity]")) echo(input);
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-take]");
    const input = button && document.getElementById(button.dataset.for ?? "");
    if (!button || !(input instanceof HTMLInputElement)) return;
    input.value = button.dataset.take ?? "";
    input.removeAttribute("aria-invalid");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest(".error")?.remove();
    input.focus();
  });
  // A choice among filters is sent at once; text waits for Enter or for htmx's delay.
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement | HTMLSelectElement;
    if (input.matches("form[data-submit-on-change] select, form[data-submit-on-change] input[type=checkbox]") && !input.form?.hasAttribute("hx-get"))
      input.form?.requestSubmit();
  });
}
