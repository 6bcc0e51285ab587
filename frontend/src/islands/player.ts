/** Time of the map: slider, steps of an hour, playing at some hours a second. Moves by jumps where motion is unwelcome. */
import { formatInstant, zoneLabel } from "../instants";
import { button, html, setIcon } from "./dom";
import { t } from "./strings";

const HOUR = 3600e3;
/** Hours of the plan in a second. */
const SPEEDS = [1, 3, 6, 12, 24];

export interface Span {
  from: number;
  to: number;
  clamp(at: number): number;
  step(at: number, hours: number): number;
}

export class Player {
  readonly element: HTMLElement;
  readonly output = html("output", { "aria-live": "off" });
  private range: HTMLInputElement;
  private play: HTMLButtonElement;
  private speed = 6;
  private frame = 0;
  private timer = 0;
  private last = 0;

  constructor(private span: Span, public at: number, private zone: string, private moved: (at: number, playing: boolean) => void, private host: HTMLElement) {
    this.at = span.clamp(at);
    this.range = html("input", { type: "range", min: span.from, max: span.to, step: 60e3, "aria-label": t.time });
    this.range.value = String(this.at);
    this.range.addEventListener("input", () => { this.stop(); this.go(Number(this.range.value)); });
    this.range.addEventListener("keydown", (event) => {
      const hours = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -24, PageUp: 24 }[event.key];
      if (event.key === " ") this.toggle();
      else if (hours) this.hop(hours);
      else return;
      event.preventDefault();
    });
    this.play = button(t.play, () => this.toggle(), "play");
    const speeds = html("select", { "aria-label": t.speed }, ...SPEEDS.map((each) => html("option", { value: each }, t.hoursPerSecond(each))));
    speeds.value = String(this.speed);
    speeds.addEventListener("change", () => (this.speed = Number(speeds.value)));
    this.element = html("div", { class: "slider" }, this.play, button(t.hourBack, () => this.hop(-1), "minus"), button(t.hourOn, () => this.hop(1), "plus"), speeds, this.output, this.range);
  }

  get playing(): boolean {
    return this.frame !== 0 || this.timer !== 0;
  }

  /** The moment in words, with what the map says of it. */
  say(more: string): void {
    this.output.textContent = `${formatInstant(this.at, this.zone)} ${zoneLabel(this.at, this.zone)} · ${more}`;
    this.range.setAttribute("aria-valuetext", this.output.textContent);
  }

  go(at: number): void {
    this.at = this.span.clamp(at);
    this.range.value = String(this.at);
    this.moved(this.at, this.playing);
  }

  hop(hours: number): void {
    this.stop();
    this.go(this.span.step(this.at, hours));
  }

  toggle(): void {
    if (this.playing) this.stop();
    else this.start();
  }

  private start(): void {
    if (this.at >= this.span.to) this.at = this.span.from;
    setIcon(this.play, t.pause, "pause");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.timer = window.setInterval(() => this.advance(this.span.step(this.at, Math.max(1, Math.round(this.speed / 3)))), 1000);
      return;
    }
    this.last = performance.now();
    const tick = (now: number) => {
      // After a pause of the browser the plan goes on where it was.
      const passed = Math.min(200, now - this.last);
      this.last = now;
      this.frame = requestAnimationFrame(tick);
      this.advance(this.at + passed * 1e-3 * this.speed * HOUR);
    };
    this.frame = requestAnimationFrame(tick);
  }

  private advance(at: number): void {
    if (!this.host.isConnected || at >= this.span.to) this.stop();
    this.go(at);
  }

  stop(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    this.frame = this.timer = 0;
    setIcon(this.play, t.play, "play");
    this.moved(this.at, false);
  }
}
