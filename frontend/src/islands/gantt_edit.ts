/**
 * Moving and pinning batches in the Gantt: by mouse, by finger (after a moment's press) and by keyboard. Where a batch
 * may start is the server's to say (`data-starts`); what is pinned is sent with `becq:pin` and comes back as the JSON of
 * `#pin-data`.
 */
import { formatInstant } from "../instants";
import type { Batch } from "./data";
import { hideTip, showTip } from "./dom";
import type { Overlay } from "./gantt_draw";
import { batchBar, movedBatch, type Bar, type Row, type Start } from "./gantt_rows";
import { across, inverse, nearest, next, readStart, type PinChange, type Pins, type RawStart } from "./gantt_moves";
import { t } from "./strings";

interface PinData {
  batches?: Pins;
  starts?: RawStart[];
  moved?: Record<string, string>;
}

/** What the Gantt lends to its editor. */
export interface Stage {
  host: HTMLElement;
  box: HTMLElement;
  zone: string;
  now: number;
  timeAt(clientX: number): number;
  rowAt(clientY: number): Row | null;
  /** How far (ms) the view is to move because the pointer is at its edge. */
  edge(clientX: number): number;
  shift(ms: number): void;
  reveal(at: number): void;
  batch(id: string): Batch | undefined;
  rows(site: string): (string | null)[];
  redraw(): void;
  rebuild(focus?: string): void;
  announce(text: string): void;
}

const PRESS_MS = 380;
const DEAD_PX = 5;

export class Editor {
  pins: Pins = {};
  ghosts: Bar[] = [];
  overlay: Overlay | null = null;
  /** True while a press or a key has hold of a batch. */
  busy = false;
  private moved: Record<string, string> = {};
  private done: PinChange[] = [];
  private known = new Map<string, Promise<Start[]>>();
  private goal = "";

  constructor(private stage: Stage, private startsUrl: string, private moveUrl: string) {
    this.read();
    for (const name of ["htmx:oobAfterSwap", "htmx:afterSettle"])
      document.addEventListener(name, () => {
        if (!stage.host.isConnected || !this.read()) return;
        stage.rebuild(this.goal);
        this.goal = "";
      });
  }

  /** The batch of the plan that stands behind a start of the next one. */
  origin(id: string): string | undefined {
    return this.moved[id];
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  private last = "";
  /** Takes over what the server says of pins; false where nothing is otherwise. */
  private read(): boolean {
    const text = document.getElementById("pin-data")?.textContent ?? "";
    if (text === this.last || !text) return false;
    this.last = text;
    const data = JSON.parse(text) as PinData;
    this.pins = data.batches ?? {};
    this.moved = data.moved ?? {};
    this.ghosts = (data.starts ?? []).map((raw) => {
      const start = readStart(raw);
      return batchBar(movedBatch(start, this.stage.batch(this.moved[start.id] ?? "")), this.stage.now, true);
    });
    this.known.clear();
    return true;
  }

  movable(bar: Bar | null): bar is Bar {
    return bar?.batch?.movable === true;
  }

  private starts(bar: Bar): Promise<Start[]> {
    let found = this.known.get(bar.id);
    if (!found) {
      found = fetch(`${this.startsUrl}?as=json&batch=${encodeURIComponent(bar.id)}`, { headers: { Accept: "application/json" } }).then(async (answer) => {
        if (!answer.ok) throw new Error(t.noStarts);
        return ((await answer.json()) as { starts: RawStart[] }).starts.map(readStart);
      });
      found.catch(() => this.known.delete(bar.id));
      this.known.set(bar.id, found);
    }
    return found;
  }

  private send(url: string, names: string[], pins?: PinChange): void {
    this.done.push(inverse(this.pins, names));
    this.stage.host.dispatchEvent(new CustomEvent("becq:pin", { detail: { url, pins }, bubbles: true }));
  }

  private set(change: PinChange): void {
    this.send(`${this.moveUrl}?do=set`, Object.keys(change), change);
  }

  undo(): void {
    const change = this.done.pop();
    if (!change) return;
    this.goal = Object.keys(change)[0] ?? "";
    this.stage.host.dispatchEvent(new CustomEvent("becq:pin", { detail: { url: `${this.moveUrl}?do=set`, pins: change }, bubbles: true }));
    this.stage.announce(t.undone);
  }

  /** Pins, or takes the same pin away; a batch that was only moved here goes back. */
  pin(bar: Bar, what: "start" | "forbid"): void {
    if (!this.movable(bar)) return this.stage.announce(t.cannotMove);
    this.goal = bar.id;
    if (bar.ghost) {
      const from = this.moved[bar.id];
      this.goal = from ?? "";
      const names = from ? [bar.id, from] : [bar.id];
      return this.send(`${this.moveUrl}?do=undo&${names.map((each) => `id=${encodeURIComponent(each)}`).join("&")}`, names);
    }
    this.set({ [bar.id]: this.pins[bar.id] === what ? null : what });
  }

  private drop(): void {
    const { bar, target } = this.overlay!;
    this.release();
    if (!target || target.id === bar.id) return;
    const at = formatInstant(target.start, this.stage.zone);
    if (target.reason && target.reason !== "own") return this.stage.announce(`${t.notMoved}: ${target.why}`);
    this.goal = target.id;
    this.send(`${this.moveUrl}?do=move&id=${encodeURIComponent(bar.id)}&to=${encodeURIComponent(target.id)}`, [bar.id, target.id]);
    this.stage.announce(`${t.movedTo} ${at}`);
  }

  release(): void {
    this.overlay = null;
    this.busy = false;
    this.stage.box.classList.remove("moving");
    hideTip();
    this.stage.redraw();
  }

  private async hold(bar: Bar): Promise<void> {
    this.busy = true;
    this.overlay = { bar, starts: [], target: null };
    this.stage.box.classList.add("moving");
    try {
      const starts = await this.starts(bar);
      if (this.overlay?.bar !== bar) return;
      this.overlay = { bar, starts, target: starts.find((each) => each.id === bar.id) ?? null };
      this.stage.redraw();
    } catch {
      this.release();
      this.stage.announce(t.noStarts);
    }
  }

  private aim(target: Start | null): void {
    if (!this.overlay || this.overlay.target === target) return;
    this.overlay = { ...this.overlay, target };
    this.stage.redraw();
  }

  private tell(x: number, y: number): void {
    const target = this.overlay?.target;
    if (!target) return;
    const open = target.reason === "" || target.reason === "own";
    const sentences = [target.why, ...(target.givesWay.length ? [`${t.givesWay}: ${target.givesWay.slice(0, 4).join(", ")}`] : [])].filter(Boolean);
    showTip(x, y, `${formatInstant(target.start, this.stage.zone)} · ${open ? t.mayStart : t.mayNotStart}`, [], sentences);
  }

  /** A press on a batch: follows the pointer once it has moved (mouse) or rested (finger). */
  press(down: PointerEvent, bar: Bar): void {
    const { stage } = this;
    const grab = stage.timeAt(down.clientX) - bar.start;
    const touch = down.pointerType === "touch";
    void this.starts(bar).catch(() => undefined);
    let [x, y] = [down.clientX, down.clientY];
    let held = false;
    let frame = 0;
    let timer = 0;
    const take = () => {
      held = true;
      void this.hold(bar);
      if (touch) navigator.vibrate?.(15);
      frame = requestAnimationFrame(follow);
    };
    const follow = () => {
      if (!held || this.overlay?.bar !== bar) return;
      const push = stage.edge(x);
      // A batch taken near the edge stays where it is until it is pulled towards it.
      if (push * (x - down.clientX) > 0 && Math.abs(x - down.clientX) > 16) stage.shift(push);
      if (this.overlay.starts.length) {
        const row = stage.rowAt(y);
        this.aim(nearest(this.overlay.starts, stage.timeAt(x) - grab, row && row.site === bar.batch!.site ? row.resource : undefined));
        this.tell(x, y);
      }
      frame = requestAnimationFrame(follow);
    };
    if (touch) timer = window.setTimeout(take, PRESS_MS);
    const move = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      [x, y] = [event.clientX, event.clientY];
      const far = Math.hypot(x - down.clientX, y - down.clientY) >= DEAD_PX;
      if (held || !far) return;
      if (touch) end(); // a finger that moves at once scrolls
      else take();
    };
    const finish = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      const dropped = held && event.type === "pointerup" && this.overlay?.bar === bar;
      end();
      if (dropped) this.drop();
      else if (held) this.release();
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !held) return;
      event.stopPropagation();
      end();
      this.release();
    };
    const end = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", finish);
      window.removeEventListener("pointercancel", finish);
      window.removeEventListener("keydown", escape, true);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", finish);
    window.addEventListener("pointercancel", finish);
    window.addEventListener("keydown", escape, true);
  }

  /** Begins a move by keyboard or button. */
  begin(bar: Bar): void {
    if (!this.movable(bar)) return this.stage.announce(t.cannotMove);
    void this.hold(bar);
    this.stage.announce(t.moveHelp);
  }

  /** Keys of editing; true where the key was one of them. */
  key(event: KeyboardEvent, bar: Bar | null): boolean {
    if ((event.ctrlKey || event.metaKey) && event.key === "z") return this.undo(), true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!this.overlay) {
      if (key === "u") return this.undo(), true;
      if (!bar || bar.type !== "batch") return false;
      if (key === "m") return this.begin(bar), true;
      if (key === "p") return this.pin(bar, "start"), true;
      if (key === "f" || key === "Delete") return this.pin(bar, "forbid"), true;
      return false;
    }
    const { starts, target, bar: moving } = this.overlay;
    const aim = (found: Start | null) => {
      if (!found) return;
      this.aim(found);
      this.stage.reveal(found.start);
      this.stage.announce([formatInstant(found.start, this.stage.zone), ...(found.givesWay.length ? [`${t.givesWay}: ${found.givesWay.join(", ")}`] : [])].join(". "));
    };
    if (key === "Escape") this.release();
    else if (key === "Enter" || key === " " || key === "p") this.drop();
    else if (!target) return true;
    else if (key === "ArrowRight") aim(next(starts, target, 1));
    else if (key === "ArrowLeft") aim(next(starts, target, -1));
    else if (key === "ArrowDown") aim(across(starts, target, this.stage.rows(moving.batch!.site), 1));
    else if (key === "ArrowUp") aim(across(starts, target, this.stage.rows(moving.batch!.site), -1));
    return true;
  }
}
