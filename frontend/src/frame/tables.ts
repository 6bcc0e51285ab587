/** Tables: a line beside the frozen column once scrolled, rows selected with the bulk bar, arrow keys along rows. */
import { texts } from "./strings";

function update(form: Element): void {
  const boxes = [...form.querySelectorAll<HTMLInputElement>("tbody input[data-select]")];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  const all = form.querySelector<HTMLInputElement>("input[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  const bar = form.querySelector<HTMLElement>(".bulk");
  if (bar) {
    bar.hidden = chosen.length === 0;
    const count = bar.querySelector("[data-count]");
    if (count) count.textContent = texts.selected(chosen.length);
  }
}

export function startTables(): void {
  document.addEventListener(
    "scroll",
    (event) => {
      const box = event.target as Element;
      if (box instanceof Element && box.classList.contains("table-scroll")) box.classList.toggle("scrolled", box.scrollLeft > 0);
    },
    { capture: true, passive: true },
  );
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    const scope = box.closest(".data-table");
    if (!scope || !box.matches("input[data-select], input[data-select-all]")) return;
    if (box.dataset.selectAll !== undefined)
      for (const each of scope.querySelectorAll<HTMLInputElement>("tbody input[data-select]")) each.checked = box.checked;
    update(scope);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const target = event.target as HTMLElement;
    const row = target.closest?.<HTMLTableRowElement>(".data-table tbody tr");
    if (!row || !target.matches("a, button, input[type=checkbox]")) return;
    const cell = target.closest<HTMLTableCellElement>("td, th");
    let next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    while (next?.classList.contains("group")) next = event.key === "ArrowDown" ? next.nextElementSibling : next.previousElementSibling;
    const goal = (next as HTMLTableRowElement | null)?.cells[cell?.cellIndex ?? 0]?.querySelector<HTMLElement>("a, button, input");
    if (goal) {
      event.preventDefault();
      goal.focus();
    }
  });
}
