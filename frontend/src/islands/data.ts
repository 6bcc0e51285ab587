/** The plan as the islands read it: the same JSON that `becq plan --json` and the reports write. Field names are fixed. */
import { HALF_LIFE_S } from "../half_lives";

export interface Site {
  id: string;
  name: string;
  name_zh: string;
  kind: string;
  lat: number;
  lon: number;
  timezone?: string;
}

export interface Outage {
  start: string;
  end: string;
  reason: string;
  reason_zh?: string;
}

export interface Resource {
  id: string;
  site: string;
  name: string;
  name_zh: string;
  kind: string;
  positions: number;
  outages: Outage[];
}

export interface Batch {
  id: string;
  process: string;
  kind: string;
  site: string;
  resource: string | null;
  product: string;
  nuclide: string;
  start: string;
  eob: string;
  release: string;
  activity_bq: number;
  reference_time: string;
  used_bq: number;
  pinned: boolean;
  status: string;
}

export interface Leg {
  lane: string;
  mode: string;
  from: string;
  to: string;
  start: string;
  end: string;
}

export interface Delivery {
  id: string;
  order: string | null;
  lot: string;
  product: string;
  nuclide: string;
  from: string;
  to: string;
  activity_bq: number;
  reference_time: string;
  legs: Leg[];
  pinned: boolean;
}

export interface Unmet {
  order: string;
  site: string;
  product: string;
  nuclide: string;
  short_bq: number;
  reason: string;
  sentence: string;
  sentence_zh: string;
}

export interface Plan {
  /** True where nothing moves: the map of the network alone, without a time. */
  still?: boolean;
  name: string;
  from: string;
  to: string;
  timezone: string;
  sites: Site[];
  resources: Resource[];
  batches: Batch[];
  deliveries: Delivery[];
  unmet: Unmet[];
}

export type Tone = "planned" | "active" | "done" | "attention" | "blocked" | "cancelled";

const TONES: Record<string, Tone> = {
  draft: "planned", proposed: "planned", planned: "planned", placed: "planned",
  committed: "active", confirmed: "active", running: "active", irradiating: "active", under_way: "active",
  processing: "active", in_transit: "active", dispatched: "active",
  eob: "active", released: "done", done: "done", fulfilled: "done", received: "done", delivered: "done", finished: "done",
  late: "attention", short: "attention", attention: "attention", deviating: "attention",
  failed: "blocked", lost: "blocked", blocked: "blocked", rejected: "blocked", unmet: "blocked",
  cancelled: "cancelled",
};

export function tone(status: string): Tone {
  return TONES[status] ?? "planned";
}

/** Of a move without a status of its own: where it stands at `now`. */
export function toneAt(start: number, end: number, now: number): Tone {
  return end <= now ? "done" : start <= now ? "active" : "planned";
}

/** Half-life in s; infinite where the nuclide is not among those of the trade. */
export function halfLife(nuclide: string): number {
  return HALF_LIFE_S[nuclide] ?? Infinity;
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** "Tc-99m" → "⁹⁹ᵐTc". */
export function isotope(nuclide: string): string {
  const match = /^([A-Z][a-z]?)-(\d+)([mn]?)$/.exec(nuclide);
  if (!match) return nuclide;
  const mass = [...match[2]!].map((digit) => SUPERSCRIPT[Number(digit)]).join("");
  return `${mass}${match[3] === "m" ? "ᵐ" : match[3] === "n" ? "ⁿ" : ""}${match[1]}`;
}
