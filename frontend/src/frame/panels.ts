/**
 * Panels: `<aside data-panel="/address/">` shows what was chosen in an island of the page (`becq:select`), fetched from
 * that address with `?batch=`, `?delivery=` or `?site=`. The choice stands in the address of the page too.
 */
import htmx from "htmx.org";

const KINDS = ["batch", "delivery", "site"];

function remember(kind: string, id: string): void {
  const here = new URL(location.href);
  for (const each of KINDS) here.searchParams.delete(each);
  if (id) here.searchParams.set(kind, id);
  history.replaceState(history.state, "", here);
}

export function startPanels(): void {
  document.addEventListener("becq:select", (event) => {
    const { id, type } = (event as CustomEvent<{ id: string; type: string }>).detail;
    const panel = document.querySelector<HTMLElement>("[data-panel]");
    if (!panel || !KINDS.includes(type)) return;
    const address = new URL(panel.dataset.panel ?? "", location.href);
    address.searchParams.set(type, id);
    remember(type, id);
    void htmx.ajax("get", address.pathname + address.search, { target: panel, source: panel, swap: "innerHTML" }).then(() => {
      const top = panel.getBoundingClientRect().top;
      if (top > innerHeight - 80 || top < 0) panel.scrollIntoView({ block: "start", behavior: "smooth" });
    });
  });
  document.addEventListener("click", (event) => {
    const close = (event.target as Element).closest("[data-panel-close]");
    const panel = close?.closest<HTMLElement>("[data-panel]");
    if (!panel) return;
    event.preventDefault();
    panel.replaceChildren();
    remember("", "");
  });
}
