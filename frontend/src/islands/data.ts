/**
 * The plan as the islands read it: the JSON that `becq plan --json` and the reports write, or the same in columns as
 * pages send it (`carried`), because a country has tens of thousands of deliveries. Field names are fixed.
 * `readPlan` makes both into one form with instants as epoch milliseconds.
 */
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

export interface Product {
  id: string;
  name: string;
  name_zh?: string | null;
}

/** Instants are epoch milliseconds. */
export interface Batch {
  id: string;
  process: string;
  kind: string;
  site: string;
  resource: string | null;
  product: string;
  nuclide: string;
  start: number;
  eob: number;
  release: number;
  /** Until when what is left of it counts; infinite where that is not said. */
  expires: number;
  activity_bq: number;
  reference: number;
  used_bq: number;
  pinned: boolean;
  status: string;
  /** Whether the next plan may start it at another time. */
  movable: boolean;
}

export interface Leg {
  lane: string;
  mode: string;
  from: string;
  to: string;
  start: number;
  end: number;
}

export interface Delivery {
  id: string;
  lot: string;
  nuclide: string;
  from: string;
  to: string;
  activity_bq: number;
  reference: number;
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
  still: boolean;
  from: number;
  to: number;
  timezone: string;
  sites: Site[];
  resources: Resource[];
  batches: Batch[];
  /** Lots in hand when the plan begins. */
  stock: Batch[];
  deliveries: Delivery[];
  unmet: Unmet[];
  products: Product[];
}

export type RawBatch = Partial<Omit<Batch, "start" | "eob" | "release" | "expires" | "reference">> & {
  id: string; kind: string; site: string; nuclide: string; start: string; eob: string; release: string; expires?: string; reference_time?: string; state?: string;
};
type RawLeg = Omit<Leg, "start" | "end"> & { start: string; end: string };
type RawDelivery = Omit<Delivery, "legs" | "reference"> & { legs: RawLeg[]; reference_time: string };

/** Deliveries in columns: indices into the lists, instants in seconds since the Unix epoch. */
export interface Carried {
  modes: string[];
  lanes: string[];
  sites: string[];
  lots: string[];
  nuclides: string[];
  order: string[];
  lot: number[];
  nuclide: number[];
  from: number[];
  to: number[];
  activity_bq: number[];
  at: number[];
  /** Ids of those that are not called order<lot, by number. */
  ids?: Record<string, string>;
  /** Six numbers a leg: lane, mode, from, to, start, end. */
  legs: number[][];
}

export interface RawPlan {
  still?: boolean;
  from: string;
  to: string;
  timezone: string;
  sites: Site[];
  resources?: Resource[];
  batches?: RawBatch[];
  deliveries?: RawDelivery[];
  supplies?: RawDelivery[];
  carried?: Carried;
  unmet?: Unmet[];
  products?: Product[];
}

export function readBatch(raw: RawBatch): Batch {
  const release = Date.parse(raw.release);
  return {
    process: "", product: "", activity_bq: 0, used_bq: 0, pinned: false, movable: false,
    ...raw,
    resource: raw.resource ?? null,
    status: raw.status ?? (raw.state === "lost" ? "lost" : ""),
    start: Date.parse(raw.start), eob: Date.parse(raw.eob), release,
    expires: raw.expires ? Date.parse(raw.expires) : Infinity,
    reference: raw.reference_time ? Date.parse(raw.reference_time) : release,
  };
}

function carriedOf(given: Carried): Delivery[] {
  return given.order.map((order, i) => {
    const flat = given.legs[i]!;
    const legs: Leg[] = [];
    for (let k = 0; k + 5 < flat.length; k += 6)
      legs.push({
        lane: given.lanes[flat[k]!]!, mode: given.modes[flat[k + 1]!]!, from: given.sites[flat[k + 2]!]!, to: given.sites[flat[k + 3]!]!,
        start: flat[k + 4]! * 1000, end: flat[k + 5]! * 1000,
      });
    const lot = given.lots[given.lot[i]!]!;
    return {
      id: given.ids?.[i] ?? `${order}<${lot}`, lot, nuclide: given.nuclides[given.nuclide[i]!]!, from: given.sites[given.from[i]!]!, to: given.sites[given.to[i]!]!,
      activity_bq: given.activity_bq[i]!, reference: given.at[i]! * 1000, legs, pinned: false,
    };
  });
}

export function readPlan(raw: RawPlan): Plan {
  const batches = (raw.batches ?? []).map(readBatch);
  const listed = [...(raw.deliveries ?? []), ...(raw.supplies ?? [])].map((each) => ({
    ...each,
    reference: Date.parse(each.reference_time),
    legs: each.legs.map((leg) => ({ ...leg, start: Date.parse(leg.start), end: Date.parse(leg.end) })),
  }));
  return {
    still: raw.still === true, from: Date.parse(raw.from), to: Date.parse(raw.to), timezone: raw.timezone, sites: raw.sites,
    resources: raw.resources ?? [], unmet: raw.unmet ?? [], products: raw.products ?? [],
    batches: batches.filter((each) => each.kind !== "stock"),
    stock: batches.filter((each) => each.kind === "stock"),
    deliveries: raw.carried ? [...listed, ...carriedOf(raw.carried)] : listed,
  };
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
