/**
 * A plan at a moment: what is on its way and where, what is being made, what lies in stock, each with its activity at
 * that moment. Pure; the map draws what it says. Activities decay with the half-life of their nuclide, without ingrowth.
 */
import { halfLife, type Batch, type Plan } from "./data";

const HOUR = 3600e3;

/** One leg of one or several deliveries of a nuclide that travel together. */
export interface Trip {
  lane: number;
  mode: string;
  nuclide: string;
  from: string;
  to: string;
  start: number;
  end: number;
  ids: string[];
  /** Activity in Bq at `reference`, all of them together. */
  parts: { bq: number; reference: number }[];
}

export interface Moving {
  trip: Trip;
  /** Share of the way, 0 to 1. */
  share: number;
  bq: number;
}

export interface Total {
  nuclide: string;
  packages: number;
  underWayBq: number;
  batches: number;
  stockBq: number;
}

/** A way between two sites by one mode, in either direction. */
export interface Lane {
  mode: string;
  a: string;
  b: string;
  count: number;
  bq: number;
  nuclides: string[];
}

export interface Held {
  site: string;
  nuclide: string;
  bq: number;
}

/** What is left of an activity after some ms. */
export function decayed(bq: number, nuclide: string, ms: number): number {
  const half = halfLife(nuclide);
  return half === Infinity ? bq : bq * 2 ** (-ms / 1000 / half);
}

export function activityOf(trip: Trip, at: number): number {
  let sum = 0;
  for (const { bq, reference } of trip.parts) sum += decayed(bq, trip.nuclide, at - reference);
  return sum;
}

/** Things with a start and an end, found by moment: each hour knows those that last in it. */
export class Spans<T extends { start: number; end: number }> {
  private hours: T[][] = [];

  constructor(items: readonly T[], private from: number, to: number) {
    const last = Math.max(0, Math.ceil((to - from) / HOUR));
    for (let h = 0; h <= last; h += 1) this.hours.push([]);
    for (const each of items) {
      const begin = Math.max(0, Math.floor((each.start - from) / HOUR));
      const end = Math.min(last, Math.floor((each.end - from) / HOUR));
      for (let h = begin; h <= end; h += 1) this.hours[h]!.push(each);
    }
  }

  /** Those with start <= at < end. */
  at(at: number): T[] {
    const hour = this.hours[Math.floor((at - this.from) / HOUR)] ?? [];
    return hour.filter((each) => each.start <= at && at < each.end);
  }
}

interface Carried {
  nuclide: string;
  start: number;
  end: number;
  bq: number;
  reference: number;
}

interface Lot {
  batch: Batch;
  start: number;
  end: number;
  /** What leaves it: when, and Bq at `reference`. */
  sent: { at: number; bq: number; reference: number }[];
}

export class Timeline {
  readonly from: number;
  readonly to: number;
  readonly lanes: Lane[] = [];
  readonly nuclides: string[];
  private trips: Spans<Trip>;
  private carried: Spans<Carried>;
  private made: Spans<Batch & { end: number }>;
  private lots: Spans<Lot>;

  constructor(plan: Plan) {
    const trips = new Map<string, Trip>();
    const lanes = new Map<string, number>();
    const carried: Carried[] = [];
    let [from, to] = [plan.from, plan.to];
    for (const delivery of plan.deliveries) {
      const first = delivery.legs[0];
      const last = delivery.legs[delivery.legs.length - 1];
      if (!first || !last) continue;
      from = Math.min(from, first.start);
      to = Math.max(to, last.end);
      carried.push({ nuclide: delivery.nuclide, start: first.start, end: last.end, bq: delivery.activity_bq, reference: delivery.reference });
      for (const leg of delivery.legs) {
        if (leg.from === leg.to) continue;
        const lane = this.laneOf(lanes, leg.mode, leg.from, leg.to, delivery.nuclide, delivery.activity_bq);
        const key = `${lane} ${leg.from} ${leg.start} ${leg.end} ${delivery.nuclide}`;
        let trip = trips.get(key);
        if (!trip) trips.set(key, (trip = { lane, mode: leg.mode, nuclide: delivery.nuclide, from: leg.from, to: leg.to, start: leg.start, end: leg.end, ids: [], parts: [] }));
        trip.ids.push(delivery.id);
        trip.parts.push({ bq: delivery.activity_bq, reference: delivery.reference });
      }
    }
    if (plan.still) [from, to] = [plan.from, plan.to];
    [this.from, this.to] = [from, to];
    this.nuclides = [...new Set([...plan.deliveries, ...plan.batches, ...plan.stock].map((each) => each.nuclide))].filter(Boolean).sort();
    this.trips = new Spans([...trips.values()], from, to);
    this.carried = new Spans(carried, from, to);
    const making = plan.batches.filter((each) => each.status !== "lost");
    this.made = new Spans(making.map((each) => ({ ...each, end: Math.max(each.release, each.start) })), from, to);
    const sent = new Map<string, Lot["sent"]>();
    for (const each of plan.deliveries) {
      const row = { at: each.legs[0]?.start ?? each.reference, bq: each.activity_bq, reference: each.reference };
      const there = sent.get(each.lot);
      if (there) there.push(row);
      else sent.set(each.lot, [row]);
    }
    this.lots = new Spans([...making, ...plan.stock].map((batch) => ({ batch, start: batch.release, end: batch.expires, sent: sent.get(batch.id) ?? [] })), from, to);
  }

  private laneOf(known: Map<string, number>, mode: string, one: string, two: string, nuclide: string, bq: number): number {
    const [a, b] = one < two ? [one, two] : [two, one];
    const key = `${mode} ${a} ${b}`;
    let number = known.get(key);
    if (number === undefined) {
      known.set(key, (number = this.lanes.length));
      this.lanes.push({ mode, a, b, count: 0, bq: 0, nuclides: [] });
    }
    const lane = this.lanes[number]!;
    lane.count += 1;
    lane.bq += bq;
    if (nuclide && !lane.nuclides.includes(nuclide)) lane.nuclides.push(nuclide);
    return number;
  }

  /** What is between two sites, with its place on the way. */
  moving(at: number): Moving[] {
    return this.trips.at(at).map((trip) => ({ trip, share: (at - trip.start) / (trip.end - trip.start), bq: activityOf(trip, at) }));
  }

  /** Batches from start to release. */
  making(at: number): Batch[] {
    return this.made.at(at);
  }

  /** What lots released and not expired still hold where they were made, what has left taken off. */
  stock(at: number): Held[] {
    const found = new Map<string, Held>();
    for (const { batch, sent } of this.lots.at(at)) {
      let bq = decayed(batch.activity_bq, batch.nuclide, at - batch.reference);
      for (const each of sent) if (each.at <= at) bq -= decayed(each.bq, batch.nuclide, at - each.reference);
      if (bq <= batch.activity_bq * 1e-6) continue;
      const key = `${batch.site} ${batch.nuclide}`;
      const held = found.get(key);
      if (held) held.bq += bq;
      else found.set(key, { site: batch.site, nuclide: batch.nuclide, bq });
    }
    return [...found.values()];
  }

  /** Sums by nuclide; packages are under way from their first departure to their last arrival, waits included. */
  totals(at: number): Total[] {
    const found = new Map<string, Total>();
    const of = (nuclide: string) => {
      let total = found.get(nuclide);
      if (!total) found.set(nuclide, (total = { nuclide, packages: 0, underWayBq: 0, batches: 0, stockBq: 0 }));
      return total;
    };
    for (const each of this.carried.at(at)) {
      const total = of(each.nuclide);
      total.packages += 1;
      total.underWayBq += decayed(each.bq, each.nuclide, at - each.reference);
    }
    for (const each of this.making(at)) of(each.nuclide).batches += 1;
    for (const each of this.stock(at)) of(each.nuclide).stockBq += each.bq;
    return [...found.values()].sort((a, b) => this.nuclides.indexOf(a.nuclide) - this.nuclides.indexOf(b.nuclide));
  }

  /** The moment after some ms, within the plan. */
  clamp(at: number): number {
    return Math.min(this.to, Math.max(this.from, at));
  }

  /** The full hour before or after. */
  step(at: number, hours: number): number {
    const whole = hours > 0 ? Math.floor(at / HOUR) : Math.ceil(at / HOUR);
    return this.clamp((whole + hours) * HOUR);
  }
}

/** Radius in pixels of an activity: each tenfold is a step, so that doses and bulk lots can be seen together. */
export function radiusOf(bq: number): number {
  if (!(bq > 0)) return 2;
  return Math.min(12, Math.max(2, 2 + 1.7 * (Math.log10(bq) - 8)));
}
