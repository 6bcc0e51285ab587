/** `<button data-copy="#id">`: copies the text of an element, and says so for a moment. */
import { texts } from "./strings";

export function startCopies(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-copy]");
    const source = button && document.querySelector(button.dataset.copy ?? "");
    if (!button || !source) return;
    const label = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const said = label?.textContent ?? "";
    const done = () => {
      if (!label || button.dataset.copied !== undefined) return;
      button.dataset.copied = "";
      label.textContent = texts.copied;
      setTimeout(() => { label.textContent = said; delete button.dataset.copied; }, 1600);
    };
    const select = () => getSelection()?.selectAllChildren(source);
    // Without a secure context there is no clipboard: the text is selected, ready for Ctrl-C.
    if (navigator.clipboard) navigator.clipboard.writeText(source.textContent ?? "").then(done, select);
    else select();
  });
}
