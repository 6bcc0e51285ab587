/** `<details class="menu">`: one open at a time, closed by Escape, by a click elsewhere and by leaving with Tab. */

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
}

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLDetailsElement>("details.menu[open]");
    if (event.key === "Escape") {
      for (const each of openMenus()) {
        each.open = false;
        if (each === menu) each.querySelector("summary")?.focus();
      }
    }
    if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
      if (items.length === 0 || (event.target as Element).matches("input, select, textarea")) return;
      event.preventDefault();
      const at = items.indexOf(document.activeElement as HTMLElement);
      const next = event.key === "ArrowDown" ? at + 1 : at <= 0 ? items.length - 1 : at - 1;
      items[next % items.length]?.focus();
    }
  });
  document.addEventListener("focusout", (event) => {
    const menu = (event.target as Element).closest?.<HTMLDetailsElement>("details.menu[open]");
    const next = event.relatedTarget as Node | null;
    if (menu && next && !menu.contains(next)) menu.open = false;
  });
}
