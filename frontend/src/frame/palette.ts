/** Ctrl-K: pages, orders, lots, sites, nuclides and commands; the server searches, this shows and moves. */
import { texts } from "./strings";
import { icon } from "./toasts";

interface Hit {
  group: string;
  label: string;
  detail: string;
  icon: string;
  href: string;
}

export function startPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.palette");
  if (!dialog) return;
  const input = dialog.querySelector("input")!;
  const list = dialog.querySelector<HTMLElement>(".palette-list")!;
  let hits: Hit[] = [];
  let chosen = 0;
  let asked = 0;

  function choose(index: number): void {
    const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
    if (options.length === 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    chosen = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    options[chosen]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `palette-${chosen}`);
  }

  function render(): void {
    list.replaceChildren();
    let group = "";
    let box: HTMLElement = list;
    hits.forEach((hit, i) => {
      if (hit.group !== group) {
        group = hit.group;
        box = document.createElement("div");
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", group);
        const head = document.createElement("div");
        head.className = "palette-group";
        head.setAttribute("aria-hidden", "true");
        head.textContent = group;
        box.append(head);
        list.append(box);
      }
      const option = document.createElement("div");
      option.className = "palette-option";
      option.id = `palette-${i}`;
      option.setAttribute("role", "option");
      const label = document.createElement("span");
      label.textContent = hit.label;
      const detail = document.createElement("span");
      detail.className = "detail";
      detail.textContent = hit.detail;
      option.append(icon(hit.icon), label, detail);
      option.addEventListener("pointermove", () => chosen !== i && choose(i));
      option.addEventListener("click", () => go(i));
      box.append(option);
    });
    if (hits.length === 0) {
      const none = document.createElement("div");
      none.className = "palette-empty";
      none.textContent = texts.nothing;
      list.append(none);
    }
    choose(0);
  }

  function go(index: number): void {
    const hit = hits[index];
    if (hit) location.assign(hit.href);
  }

  async function ask(): Promise<void> {
    const mine = ++asked;
    try {
      const response = await fetch(`${dialog!.dataset.source}?q=${encodeURIComponent(input.value)}`, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (mine !== asked || !response.ok) return;
      hits = ((await response.json()) as { hits: Hit[] }).hits;
      render();
    } catch {
      // Offline: the list stays as it is.
    }
  }

  function open(): void {
    if (dialog!.open) return;
    dialog!.showModal();
    input.select();
    void ask();
  }

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && !event.isComposing) go(chosen);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  for (const button of document.querySelectorAll("[data-palette-open]"))
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
}
