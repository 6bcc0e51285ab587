/** The form of a calculator: what is wrong comes into view, also where the answer stands far below it. */

/** Scroll to and focus the first field that is marked as wrong; a fold that holds it is opened. */
export function showWrong(root: ParentNode): void {
  const wrong = root.querySelector<HTMLElement>("#calculator .form [aria-invalid=true]");
  if (!wrong) return;
  wrong.closest("details")?.setAttribute("open", "");
  wrong.focus({ preventScroll: true });
  (wrong.closest(".field") ?? wrong).scrollIntoView({ block: "center" });
}

export function startCalculators(): void {
  // After the browser and htmx have scrolled to the answer.
  const soon = () => requestAnimationFrame(() => requestAnimationFrame(() => showWrong(document)));
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon);
  document.addEventListener("htmx:afterSettle", (event) => {
    if ((event.target as Element).closest("#calculator")) soon();
  });
}
