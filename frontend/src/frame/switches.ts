/** Theme and rail: kept in a cookie that the server reads, so that the page arrives in the right state. */

function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${365 * 86400}; samesite=lax${secure}`;
}

export function startSwitches(): void {
  const root = document.documentElement;
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-theme-choice], button[data-rail-fold]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.themeChoice !== undefined) {
      const choice = button.dataset.themeChoice;
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
      remember("becq_theme", choice);
      for (const each of document.querySelectorAll<HTMLElement>("button[data-theme-choice]"))
        each.setAttribute("aria-pressed", String(each.dataset.themeChoice === choice));
      document.dispatchEvent(new CustomEvent("becq:theme"));
    } else {
      const narrow = root.dataset.rail !== "narrow";
      root.dataset.rail = narrow ? "narrow" : "wide";
      remember("becq_rail", root.dataset.rail);
      button.setAttribute("aria-expanded", String(!narrow));
      window.dispatchEvent(new Event("resize"));
    }
  });
}
