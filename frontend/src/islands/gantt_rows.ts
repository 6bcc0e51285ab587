/** Rows of the Gantt: bars by site and resource, consignments by lane; filtered, packed, laid out. No drawing here. */
import { pack } from "./axis";
import { halfLife, isotope, tone, toneAt, type Batch, type Leg, type Plan, type Tone } from "./data";
import { chinese, named, t } from "./strings";

export const LANE = 22;
export const GROUP = 24;
const GROWING = new Set(["reactor_irradiation", "accelerator_run", "solution_reactor_campaign"]);

export interface Bar {
  id: string;
  type: "batch" | "delivery";
  /** Ids that choosing it chooses: deliveries that share a departure are one bar. */
  ids: string[];
  start: number;
  /** End of the run; for a leg its end. */
  eob: number;
  end: number;
  tone: Tone;
  label: string;
  nuclides: string[];
  halfLifeS: number;
  grows: boolean;
  batch: Batch | null;
  trip: Trip | null;
  /** Where a batch is to start in the next plan, instead of where the plan has it. */
  ghost: boolean;
}

export interface Trip {
  leg: Leg;
  activities: { nuclide: string; bq: number }[];
}

export interface Outage {
  start: number;
  end: number;
  reason: string;
}

export interface Row {
  label: string;
  site: string;
  resource: string | null;
  bars: Bar[];
  lanes: number[];
  depth: number;
  outages: Outage[];
}

export interface Group {
  label: string;
  rows: Row[];
}

/** A row or the head of a group with where it is drawn. */
export interface Line {
  y: number;
  height: number;
  group: Group;
  row: Row | null;
}

export interface Choice {
  site: string;
  nuclide: string;
  shipments: boolean;
  /** Rows on which nothing is planned. */
  empty: boolean;
}

/** Makers come first where there are so many sites that most of them are hospitals. */
const MANY_SITES = 60;
const ORDER = ["reactor", "accelerator", "radiopharmacy", "waste", "warehouse", "airport", "station", "hospital"];

/** A start as the server tells it. */
export interface Start {
  id: string;
  process: string;
  site: string;
  resource: string | null;
  product: string;
  nuclide: string;
  start: number;
  eob: number;
  release: number;
  reason: string;
  why: string;
  givesWay: string[];
}

export function batchBar(batch: Batch, now: number, ghost = false): Bar {
  const start = batch.start;
  const end = Math.max(batch.release, start);
  return {
    id: batch.id, type: "batch", ids: [batch.id], start, eob: Math.min(Math.max(batch.eob, start), end), end,
    tone: ghost ? "planned" : batch.status ? tone(batch.status) : toneAt(start, end, now),
    label: isotope(batch.nuclide), nuclides: [batch.nuclide], halfLifeS: halfLife(batch.nuclide), grows: GROWING.has(batch.kind),
    batch, trip: null, ghost,
  };
}

/** The batch that a start stands for: what it was moved from, at another time. */
export function movedBatch(start: Start, from: Batch | undefined): Batch {
  return {
    process: start.process, kind: from?.kind ?? "", activity_bq: from?.activity_bq ?? 0, used_bq: 0, reference: start.release,
    expires: Infinity, status: "", pinned: true, movable: true,
    id: start.id, site: start.site, resource: start.resource, product: start.product, nuclide: start.nuclide,
    start: start.start, eob: start.eob, release: start.release,
  };
}

export function makeRow(label: string, site: string, resource: string | null, bars: Bar[], outages: Outage[] = [], positions = 1): Row {
  bars.sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
  const lanes = pack(bars);
  let deepest = Math.max(1, Math.min(positions, 3));
  for (const lane of lanes) deepest = Math.max(deepest, lane + 1);
  return { label, site, resource, bars, lanes, depth: deepest, outages };
}

/** Groups of batches; `ghosts` are starts that the next plan is to have. */
export function batchGroups(plan: Plan, ghosts: Bar[], now: number, choice: Choice): Group[] {
  const site = new Map(plan.sites.map((each) => [each.id, each]));
  const byRow = new Map<string, Bar[]>();
  const add = (bar: Bar) => {
    const batch = bar.batch!;
    if (choice.nuclide && batch.nuclide !== choice.nuclide) return;
    const key = `${batch.site}\n${batch.resource ?? ""}`;
    const there = byRow.get(key);
    if (there) there.push(bar);
    else byRow.set(key, [bar]);
  };
  for (const batch of plan.batches) add(batchBar(batch, now));
  ghosts.forEach(add);
  const ofSite = new Map<string, Plan["resources"]>();
  for (const each of plan.resources) ofSite.set(each.site, [...(ofSite.get(each.site) ?? []), each]);
  const seen = new Set([...plan.resources.map((each) => each.site), ...plan.batches.map((each) => each.site)]);
  const order = [...plan.sites.map((each) => each.id).filter((id) => seen.has(id)), ...[...seen].filter((id) => !site.has(id))];
  if (order.length > MANY_SITES) {
    const rank = (id: string) => (ORDER.indexOf(site.get(id)?.kind ?? "") + ORDER.length + 1) % (ORDER.length + 1);
    order.sort((a, b) => rank(a) - rank(b));
  }
  const groups: Group[] = [];
  for (const id of order) {
    if (choice.site && id !== choice.site) continue;
    const rows = (ofSite.get(id) ?? [])
      .map((each) =>
        makeRow(
          named(each), id, each.id, byRow.get(`${id}\n${each.id}`) ?? [],
          each.outages.map((outage) => ({ start: Date.parse(outage.start), end: Date.parse(outage.end), reason: (chinese && outage.reason_zh) || outage.reason })),
          each.positions,
        ),
      )
      .filter((row) => row.bars.length > 0 || (choice.empty && !choice.nuclide));
    const loose = byRow.get(`${id}\n`);
    if (loose) rows.push(makeRow(t.noResource, id, null, loose));
    if (rows.length) groups.push({ label: site.has(id) ? named(site.get(id)!) : id, rows });
  }
  return groups;
}

/** Consignments that share a departure travel together and are one bar. */
export function shipmentGroup(plan: Plan, now: number, choice: Choice): Group | null {
  const site = new Map(plan.sites.map((each) => [each.id, each]));
  const name = (id: string) => (site.has(id) ? named(site.get(id)!) : id);
  const lanes = new Map<string, Map<string, { trip: Trip; ids: string[] }>>();
  for (const delivery of plan.deliveries) {
    if (choice.nuclide && delivery.nuclide !== choice.nuclide) continue;
    for (const leg of delivery.legs) {
      if (choice.site && leg.from !== choice.site && leg.to !== choice.site && delivery.from !== choice.site && delivery.to !== choice.site) continue;
      let trips = lanes.get(leg.lane);
      if (!trips) lanes.set(leg.lane, (trips = new Map()));
      const key = `${leg.from} ${leg.to} ${leg.start} ${leg.end}`;
      let found = trips.get(key);
      if (!found) trips.set(key, (found = { trip: { leg, activities: [] }, ids: [] }));
      found.ids.push(delivery.id);
      found.trip.activities.push({ nuclide: delivery.nuclide, bq: delivery.activity_bq });
    }
  }
  if (lanes.size === 0) return null;
  const rows = [...lanes].map(([lane, trips]) =>
    makeRow(lane, "", lane, [...trips.values()].map(({ trip, ids }): Bar => {
      const start = trip.leg.start;
      const end = Math.max(trip.leg.end, start);
      return {
        id: ids[0]!, type: "delivery", ids, start, eob: end, end, tone: toneAt(start, end, now),
        label: `${name(trip.leg.to)}${ids.length > 1 ? ` ×${ids.length}` : ""}`,
        nuclides: [...new Set(trip.activities.map((each) => each.nuclide))],
        halfLifeS: Infinity, grows: false, batch: null, trip, ghost: false,
      };
    })));
  return { label: t.shipments, rows };
}

/** Lines from the top down with their heights in pixels. */
export function layout(groups: Group[]): { lines: Line[]; height: number } {
  const lines: Line[] = [];
  let y = 0;
  for (const group of groups) {
    lines.push({ y, height: GROUP, group, row: null });
    y += GROUP;
    for (const row of group.rows) {
      const height = row.depth * LANE + 6;
      lines.push({ y, height, group, row });
      y += height;
    }
  }
  return { lines, height: y };
}

/** Number of the first line that ends below `y`. */
export function lineAt(lines: readonly Line[], y: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.y + lines[middle]!.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bar at a time and a height within its row; `slack` is how far (ms) a short bar may be missed. */
export function barAt(row: Row, dy: number, at: number, slack: number): Bar | null {
  const lane = Math.floor((dy - 4) / LANE);
  let best: Bar | null = null;
  row.bars.forEach((bar, i) => {
    if (row.lanes[i] !== lane || at < bar.start || at > Math.max(bar.end, bar.start + slack)) return;
    if (!best || bar.start >= best.start) best = bar;
  });
  return best;
}
