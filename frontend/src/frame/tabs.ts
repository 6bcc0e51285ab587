/** Tabs that do not fit: the current one is scrolled into view, without moving the page. */
export function startTabs(): void {
  for (const tabs of document.querySelectorAll<HTMLElement>(".tabs")) {
    const current = tabs.querySelector<HTMLElement>("[aria-current]");
    if (!current || tabs.scrollWidth <= tabs.clientWidth) continue;
    const [row, tab] = [tabs.getBoundingClientRect(), current.getBoundingClientRect()];
    tabs.scrollLeft += tab.left + tab.width / 2 - (row.left + row.width / 2);
  }
}
