/** The frame: htmx and the behaviours that every page shares. Loaded with `defer`; works with a strict CSP. */
import htmx from "htmx.org";
import { startActivities } from "./activities";
import { startCalculators } from "./calculators";
import { startClock } from "./clock";
import { startCopies } from "./copies";
import { startForms } from "./forms";
import { startMenus } from "./menus";
import { startPalette } from "./palette";
import { startPanels } from "./panels";
import { startPins } from "./pins";
import { startSwitches } from "./switches";
import { startTables } from "./tables";
import { startTabs } from "./tabs";
import { startToasts } from "./toasts";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
// Pages show regulated data: nothing of them is kept in the browser's storage.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

startSwitches();
startMenus();
startPalette();
startPanels();
startPins();
startToasts();
startClock();
startTables();
startForms();
startCopies();
startActivities();
startCalculators();
startTabs();

let open = 0;
const line = document.querySelector(".request-line");
document.addEventListener("htmx:beforeRequest", (event) => {
  // Polling is not the person's doing and shows its own progress.
  if ((event.target as Element).closest("[data-quiet]")) return;
  open += 1;
  line?.classList.add("busy");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if ((event.target as Element).closest("[data-quiet]")) return;
  open = Math.max(0, open - 1);
  if (open === 0) line?.classList.remove("busy");
});
