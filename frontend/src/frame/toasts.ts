/**
 * Toasts. The server sends them as Django messages (rendered into `#toasts`) or, answering htmx, as
 * `HX-Trigger: {"becq:toast": {"text": "...", "tone": "done", "undo": "/url/"}}`.
 */
import htmx from "htmx.org";
import { texts } from "./strings";

export interface Toast {
  text: string;
  tone?: "active" | "done" | "attention" | "blocked";
  /** Address that a POST undoes the change at. */
  undo?: string;
}

const ICON = { active: "info", done: "state-done", attention: "state-attention", blocked: "state-blocked" } as const;
const STAY_MS = 8000;

export function icon(name: string): SVGSVGElement {
  const sprite = document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function leave(toast: HTMLElement): void {
  let timer = 0;
  const start = () => (timer = window.setTimeout(() => toast.remove(), STAY_MS));
  // Errors stay until they are closed.
  if (!toast.classList.contains("blocked")) {
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusin", () => clearTimeout(timer));
    start();
  }
  toast.querySelector("[data-close]")?.addEventListener("click", () => toast.remove());
}

export function show({ text, tone = "active", undo }: Toast): void {
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  toast.append(icon(ICON[tone]), words);
  if (undo) {
    const button = document.createElement("button");
    button.className = "button tight";
    button.type = "button";
    button.textContent = texts.undo;
    button.addEventListener("click", () => {
      toast.remove();
      void htmx.ajax("post", undo, { source: document.body, swap: "none" });
    });
    toast.append(button);
  }
  const close = document.createElement("button");
  close.className = "button tight square plain";
  close.type = "button";
  close.dataset.close = "";
  close.setAttribute("aria-label", texts.close);
  close.append(icon("close"));
  toast.append(close);
  document.getElementById("toasts")?.append(toast);
  leave(toast);
}

export function startToasts(): void {
  for (const toast of document.querySelectorAll<HTMLElement>("#toasts .toast")) leave(toast);
  document.addEventListener("becq:toast", (event) => show((event as CustomEvent<Toast>).detail));
  const failed = () => show({ text: texts.failed, tone: "blocked" });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    // A refusal carries its sentence in this header; see web/middleware.py.
    const sentence = xhr.getResponseHeader("X-Becq-Message");
    if (sentence) show({ text: decodeURIComponent(sentence), tone: "blocked" });
    else failed();
  });
}
