"""An independent referee: replays a plan move by move from the network and the plan's JSON alone.

It shares no code with the planner: half-lives come from the radioactivedecay package, decay and ingrowth
are written out here, and timetables are looked up in the network again.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import radioactivedecay as rd
from checker_limits import limit_faults, rate, seconds

from becq.chain.network import Network

REL = 1e-6
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def branch(parent: str, daughter: str) -> float:
    nuclide = rd.Nuclide(parent)
    return dict(zip(nuclide.progeny(), nuclide.branching_fractions(), strict=True))[daughter]


def decayed(nuclide: str, activity: float, seconds: float) -> float:
    return activity * math.exp(-rate(nuclide) * seconds)


class Referee:
    """Collects every broken rule of ``plan`` (a dictionary as ``Plan.as_dict`` gives it)."""

    def __init__(self, network: Network, plan: dict[str, Any]) -> None:
        self.network, self.plan = network, plan
        self.faults: list[str] = []
        self.batch = {row["id"]: row for row in plan["batches"]}
        self.sends = plan["deliveries"] + plan["supplies"]
        first = datetime.fromisoformat(plan["from"])
        self.orders = {order.id: order for order in network.demand(first.date(), plan["days"])}

    def check(self) -> list[str]:
        for row in self.plan["batches"]:
            self._batch(row)
        self._resources()
        self._balances()
        self._elutions()
        for row in self.sends:
            self._way(row)
        self._departures()
        self._orders()
        self._licences()
        self._moves()
        self.faults += limit_faults(self.network, self.plan)
        return self.faults

    def _say(self, condition: bool, text: str) -> None:
        if not condition:
            self.faults.append(text)

    def _instant(self, moment: datetime) -> float:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.network.zone)).timestamp()

    def _batch(self, row: dict[str, Any]) -> None:
        name = row["id"]
        if row["kind"] == "stock":
            lot = next(s for s in self.network.stock if s.id == name)
            self._say(
                lot.site == row["site"] and lot.product == row["product"], f"{name}: not that stock lot"
            )
            later = seconds(row["reference_time"]) - self._instant(lot.reference_time)
            at = decayed(row["nuclide"], lot.activity, later)
            self._say(later <= 0, f"{name}: taken from stock after its reference time")
            self._say(abs(at - row["activity_bq"]) <= REL * at, f"{name}: other activity")
            return
        process = next(p for p in self.network.processes if p.id == row["process"])
        local = datetime.fromisoformat(row["start"]).astimezone(self.network.site[process.site].zone)
        self._say(DAYS[local.weekday()] in process.start_days, f"{name}: starts on a day off")
        self._say(local.time() in process.start_times, f"{name}: starts at {local.time()}, not a start time")
        start, eob, release = (seconds(row[key]) for key in ("start", "eob", "release"))
        self._say(abs(eob - start - process.duration) < 1, f"{name}: wrong duration")
        self._say(
            abs(release - eob - process.processing_time - process.qc_time) < 1,
            f"{name}: wrong time to release",
        )
        licence = self.network.site[process.site].licence
        nuclide = self.network.product[process.product].nuclide
        if self.network.site[process.site].kind not in ("airport", "station"):
            self._say(
                licence is not None and licence.limit_bq(nuclide) is not None,
                f"{name}: made without a licence",
            )
        outages = list(process.outages)
        if process.resource:
            outages += self.network.resource[process.resource].outages
            eob = max(eob, self._free(row))
            self._say(
                self.network.resource[process.resource].site == process.site, f"{name}: resource elsewhere"
            )
        for outage in outages:
            a, b = self._instant(outage.start), self._instant(outage.end)
            self._say(
                not (a < max(eob, start + 1) and start < b), f"{name}: under way in outage {outage.reason}"
            )
        self._say(row["used_bq"] <= row["activity_bq"] * (1 + REL), f"{name}: more used than made")
        nuclide = self.network.product[process.product].nuclide
        if process.activity_per_batch is not None:
            made = decayed(nuclide, process.activity_per_batch * process.processing_yield, release - eob)
            self._say(
                abs(made - row["activity_bq"]) <= REL * made, f"{name}: activity is not what a batch gives"
            )
        elif process.max_input is not None:
            taken = sum(i["activity_bq"] for i in row["inputs"])
            self._say(taken <= process.max_input * (1 + REL), f"{name}: input above its capacity")
            made = decayed(nuclide, taken * process.processing_yield, release - start)
            self._say(
                abs(made - row["activity_bq"]) <= REL * max(made, 1), f"{name}: output is not its input's"
            )
            for item in row["inputs"]:
                source = self.batch.get(item["lot"])
                self._say(source is not None, f"{name}: input {item['lot']} from nowhere")
                if source:
                    self._say(source["product"] == process.input_product, f"{name}: wrong input product")
                    self._say(seconds(source["release"]) <= start, f"{name}: input not yet released")
                    self._say(seconds(source["expires"]) >= start, f"{name}: input expired")
                matching = [
                    s for s in self.plan["supplies"] if s["lot"] == item["lot"] and s["order"] == name
                    and abs(s["activity_bq"] - item["activity_bq"]) <= REL * item["activity_bq"]
                ]  # fmt: skip
                alike = [
                    i for i in row["inputs"] if i["lot"] == item["lot"]
                    and abs(i["activity_bq"] - item["activity_bq"]) <= REL * item["activity_bq"]
                ]  # fmt: skip
                self._say(len(matching) == len(alike), f"{name}: input {item['lot']} was never supplied")
                for supply in matching:
                    self._say(seconds(supply["arrive"]) <= start, f"{name}: input arrives after the start")
                    self._say(supply["to"] == process.site, f"{name}: input sent elsewhere")

    def _free(self, row: dict[str, Any]) -> float:
        """A machine is free at EOB, a cell or a line when the processing is over."""
        process = self.network.process[row["process"]]
        kind = self.network.resource[row["resource"]].kind
        cell = kind not in ("reactor", "cyclotron", "accelerator", "generator")
        return seconds(row["eob"]) + (process.processing_time if cell else 0.0)

    def _resources(self) -> None:
        by_resource: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.plan["batches"]:
            if row["resource"]:
                by_resource[row["resource"]].append(row)
        for name, rows in by_resource.items():
            resource = self.network.resource[name]
            for row in rows:
                now = seconds(row["start"])
                under_way = sum(
                    seconds(other["start"]) <= now < self._free(other) + resource.changeover for other in rows
                )
                self._say(
                    under_way <= resource.positions, f"{name}: {under_way} batches at once at {row['start']}"
                )

    def _balances(self) -> None:
        drawn: dict[str, float] = defaultdict(float)
        units: dict[str, int] = defaultdict(int)
        for send in self.sends:
            source = self.batch.get(send["lot"])
            self._say(source is not None, f"{send['id']}: from a lot that the plan does not make")
            if source is None:
                continue
            back = seconds(send["reference_time"]) - seconds(source["release"])
            drawn[send["lot"]] += send["activity_bq"] * math.exp(rate(source["nuclide"]) * back)
            units[send["lot"]] += bool(send["legs"])
            self._say(
                seconds(send["depart"]) >= seconds(self.plan["from"]), f"{send['id']}: leaves before the plan"
            )
            self._say(send["from"] == source["site"], f"{send['id']}: leaves from where the lot is not")
            self._say(
                seconds(send["depart"]) >= seconds(source["release"]), f"{send['id']}: leaves before release"
            )
            self._say(seconds(send["arrive"]) <= seconds(source["expires"]), f"{send['id']}: arrives expired")
        for name, activity in drawn.items():
            row = self.batch[name]
            self._say(
                activity <= row["activity_bq"] * (1 + REL),
                f"{name}: {activity:.6g} drawn of {row['activity_bq']:.6g}",
            )
            self._say(
                abs(activity - row["used_bq"]) <= REL * activity,
                f"{name}: used_bq is not the sum of what left",
            )
            process = next((p for p in self.network.processes if p.id == row["process"]), None)
            if process and process.max_units is not None:
                self._say(units[name] <= process.max_units, f"{name}: {units[name]} packages")

    def _elutions(self) -> None:
        """Replays what really happens: only the elutions of the plan, each taking its share of the column."""
        places = {
            (row["site"], self.network.process[row["process"]].input_product)
            for row in self.plan["batches"]
            if row["kind"] == "generator_elution"
        }
        for site, product in places:
            daughter = self.network.product[product].daughter
            parent = self.network.product[product].nuclide
            columns: list[tuple[float, float, float, float]] = []  # from, till, last elution, parent then
            for lot in self.network.stock:
                if lot.site == site and lot.product == product:
                    at = self._instant(lot.reference_time)
                    till = (
                        self._instant(lot.expires)
                        if lot.expires
                        else at + self.network.product[product].shelf_life
                    )
                    columns.append((at, till, at, lot.activity))
            for send in self.plan["supplies"]:
                if send["to"] == site and send["product"] == product and send["order"] not in self.batch:
                    source = self.batch[send["lot"]]
                    made = seconds(source["release"])
                    at_release = send["activity_bq"] * math.exp(
                        rate(parent) * (seconds(send["reference_time"]) - made)
                    )
                    columns.append((seconds(send["arrive"]), seconds(source["expires"]), made, at_release))
            state = [[last, mother, 0.0] for _, _, last, mother in columns]
            rows = [
                r for r in self.plan["batches"]
                if r["kind"] == "generator_elution" and r["site"] == site
                and self.network.process[r["process"]].input_product == product
            ]  # fmt: skip
            for row in sorted(rows, key=lambda r: r["start"]):
                process = self.network.process[row["process"]]
                now, eluted = seconds(row["start"]), 0.0
                for column, (begins, ends, _, _) in zip(state, columns, strict=True):
                    if not begins <= now <= ends:
                        continue
                    span = now - column[0]
                    lp, ld = rate(parent), rate(daughter)
                    grown = column[2] * math.exp(-ld * span) + branch(parent, daughter) * column[1] * ld / (
                        ld - lp
                    ) * (math.exp(-lp * span) - math.exp(-ld * span))
                    taken = process.elution_efficiency * grown
                    column[:] = [now, column[1] * math.exp(-lp * span), grown - taken]
                    eluted += taken
                there = decayed(daughter, eluted * process.processing_yield, seconds(row["release"]) - now)
                self._say(
                    row["activity_bq"] <= there * (1 + REL),
                    f"{row['id']}: counts on {row['activity_bq']:.6g}, the generators give {there:.6g}",
                )

    def _way(self, send: dict[str, Any]) -> None:
        name, legs = send["id"], send["legs"]
        source = self.batch.get(send["lot"])
        if source is not None:
            for key, moment in (("activity_depart_bq", "depart"), ("activity_arrive_bq", "arrive")):
                at = decayed(
                    send["nuclide"],
                    send["activity_bq"],
                    seconds(send[moment]) - seconds(send["reference_time"]),
                )
                self._say(abs(at - send[key]) <= REL * at, f"{name}: {key} is not decayed right")
        if not legs:
            self._say(send["from"] == send["to"], f"{name}: travels without legs")
            return
        self._say(legs[0]["from"] == send["from"] and legs[-1]["to"] == send["to"], f"{name}: ends elsewhere")
        self._say(seconds(legs[0]["start"]) == seconds(send["depart"]), f"{name}: departs at another time")
        self._say(seconds(legs[-1]["end"]) == seconds(send["arrive"]), f"{name}: arrives at another time")
        for before, after in zip(legs, legs[1:], strict=False):
            self._say(before["to"] == after["from"], f"{name}: jumps from {before['to']} to {after['from']}")
            self._say(seconds(before["end"]) <= seconds(after["start"]), f"{name}: leaves before it arrives")
            wait = seconds(after["start"]) - seconds(before["end"])
            self._say(wait <= 12 * 3600, f"{name}: lies at {before['to']} for {wait / 3600:.1f} h")
            self._say(
                self.network.site[before["to"]].kind in ("airport", "station"),
                f"{name}: transit where none is",
            )
        for leg in legs:
            self._leg(name, leg)

    def _leg(self, name: str, leg: dict[str, Any]) -> None:
        lane = next(row for row in self.network.lanes if row.id == leg["lane"])
        ends = (leg["from"], leg["to"])

        def serves(a: str, b: str) -> bool:
            return (a in lane.origins or "*" in lane.origins) and (
                b in lane.destinations or "*" in lane.destinations
            )

        self._say(
            serves(*ends) or (lane.both_ways and serves(*ends[::-1])), f"{name}: {lane.id} does not go there"
        )
        start, end = seconds(leg["start"]), seconds(leg["end"])
        if lane.mode == "road":
            a, b = self.network.site[leg["from"]], self.network.site[leg["to"]]
            p, q = math.radians(a.lat), math.radians(b.lat)
            chord = (
                math.sin((q - p) / 2) ** 2
                + math.cos(p) * math.cos(q) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
            )
            km = lane.distance_km or 2 * 6371.0088 * math.asin(math.sqrt(chord)) * lane.detour_factor
            driving = km / lane.speed_kmh * 3600
            for way in self.network.roads if lane.distance_km is None else ():
                if ends == (way.origin, way.destination) or (
                    way.both_ways and ends[::-1] == (way.origin, way.destination)
                ):
                    km, driving = way.distance_km, way.duration
            needed = lane.handling + driving
            self._say(
                needed - 1e-3 <= end - start < needed + 60,
                f"{name}: road leg takes {end - start} s of {needed}",
            )
            self._say(lane.max_km is None or km <= lane.max_km, f"{name}: {km:.0f} km on {lane.id}")
            return
        self._say(self._timetabled(lane, leg), f"{name}: no departure of {lane.id} closes at {leg['start']}")

    def _timetabled(self, lane: Any, leg: dict[str, Any]) -> bool:
        leaves = datetime.fromisoformat(leg["start"]) + timedelta(seconds=lane.cut_off)
        local = leaves.astimezone(self.network.site[leg["from"]].zone)
        return any(
            DAYS[local.weekday()] in line.days
            and local.time() == line.time
            and abs(seconds(leg["end"]) - leaves.timestamp() - line.duration - lane.handling) < 1
            for line in lane.departures
        )

    def _departures(self) -> None:
        load: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for send in self.sends:
            for leg in send["legs"]:
                load[leg["lane"], leg["from"], leg["to"], leg["start"]] += 1
        for (lane_id, origin, _, start), count in load.items():
            lane = next(row for row in self.network.lanes if row.id == lane_id)
            leaves = datetime.fromisoformat(start) + timedelta(seconds=lane.cut_off)
            local = leaves.astimezone(self.network.site[origin].zone)
            for line in lane.departures:
                if (
                    line.time == local.time()
                    and DAYS[local.weekday()] in line.days
                    and line.capacity_packages is not None
                ):
                    self._say(count <= line.capacity_packages, f"{lane_id} at {start}: {count} packages")

    def _orders(self) -> None:
        served: dict[str, float] = defaultdict(float)
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.plan["deliveries"]:
            order = self.orders.get(row["order"])
            self._say(order is not None, f"{row['order']}: nobody ordered it")
            if order is None:
                continue
            product = self.network.product[row["product"]]
            wishes = {order.product: order.activity, **{w.product: w.activity for w in order.alternatives}}
            self._say(
                row["to"] == order.site and row["product"] in wishes, f"{order.id}: wrong goods or place"
            )
            self._say(row["nuclide"] == product.nuclide, f"{row['id']}: is not {product.nuclide}")
            wish = wishes.get(row["product"], math.inf)
            counts = row["activity_bq"] * order.activity / wish
            told = row.get("counts_bq", row["activity_bq"])
            self._say(abs(told - counts) <= REL * counts, f"{row['id']}: counts {told:.4g} of {counts:.4g}")
            instead = "" if row["product"] == order.product else order.product
            self._say(row.get("instead_of", "") == instead, f"{row['id']}: does not say what it replaces")
            served[order.id] += counts
            parts[order.id].append(row)
            if order.split:
                part = order.least_part if order.least_part is not None else order.activity / 10
                self._say(
                    counts >= part * (1 - REL), f"{row['id']}: a part of {counts:.4g}, {part:.4g} at least"
                )
            arrive = seconds(row["arrive"])
            self._say(
                self._instant(order.earliest) <= arrive <= self._instant(order.latest),
                f"{order.id}: outside its window",
            )
            calibration = self._instant(order.calibration)
            self._say(seconds(row["reference_time"]) == calibration, f"{order.id}: other calibration time")
            lot = self.batch[row["lot"]]
            self._say(seconds(lot["expires"]) >= calibration, f"{order.id}: expired at calibration")
            process = next((p for p in self.network.processes if p.id == lot["process"]), None)
            if product.min_specific_activity and process and process.specific_activity_eob:
                left = decayed(
                    product.nuclide, process.specific_activity_eob, calibration - seconds(lot["eob"])
                )
                self._say(
                    left >= product.min_specific_activity * (1 - REL),
                    f"{order.id}: specific activity too low",
                )
        for name, rows in parts.items():
            order = self.orders[name]
            most = order.most_parts if order.split else 1
            self._say(len(rows) <= most, f"{name}: comes in {len(rows)} parts")
            least = (
                0.0
                if order.partial or any(row.get("state") == "sent" for row in rows) and order.split
                else order.activity * (1 - order.tolerance)
            )
            self._say(
                least * (1 - REL) <= served[name] <= order.activity * (1 + order.tolerance) * (1 + REL),
                f"{name}: {served[name]:.4g} for {order.activity:.4g}",
            )
        ids = [row["id"] for row in self.sends]
        self._say(len(set(ids)) == len(ids), "two deliveries have one name")
        listed = {row["order"]: row for row in self.plan["unmet"]}
        weight: dict[str, list[float]] = defaultdict(list)
        for order in self.orders.values():
            weight[order.product].append(order.activity)
            short = order.activity - served.get(order.id, 0.0)
            is_short = short > order.activity * (order.tolerance + 1e-5)
            if is_short:
                self._say(order.id in listed, f"{order.id}: short but not listed")
            elif short < order.activity * (order.tolerance - 1e-5):
                self._say(order.id not in listed, f"{order.id}: served but listed as unmet")
            if order.id in listed:
                self._say(
                    abs(listed[order.id]["short_bq"] - short) <= REL * order.activity,
                    f"{order.id}: wrong shortage",
                )
                self._say(bool(listed[order.id]["sentence"]), f"{order.id}: no sentence")
        self._say(set(listed) <= set(self.orders), "unmet lists an order that nobody placed")
        if self.orders:
            mean = {product: sum(rows) / len(rows) for product, rows in weight.items()}
            fraction = sum(served.get(o.id, 0.0) / mean[o.product] for o in self.orders.values()) / len(
                self.orders
            )
            self._say(
                abs(fraction - self.plan["served_fraction"]) < 1e-6, "served_fraction is not what was served"
            )

    def _licences(self) -> None:
        received: dict[tuple[str, str], list[tuple[float, float, float, float]]] = defaultdict(list)
        for send in self.sends:
            if not send["legs"]:
                continue
            reference = seconds(send["reference_time"])
            lot = self.batch[send["lot"]]
            if send["order"] in self.orders:
                generator = self.network.product[send["product"]].kind == "generator"
                until = seconds(lot["expires"]) if generator else reference + 86400.0
            elif send["order"] in self.batch:
                until = seconds(self.batch[send["order"]]["start"])
            else:
                until = seconds(lot["expires"])
            received[send["to"], send["nuclide"]].append(
                (seconds(send["arrive"]), until, reference, send["activity_bq"])
            )
        stock: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
        for lot in self.network.stock:
            product, at = self.network.product[lot.product], self._instant(lot.reference_time)
            till = self._instant(lot.expires) if lot.expires else at + product.shelf_life
            stock[lot.site, product.nuclide].append((at, till, lot.activity))
        for (site, nuclide), rows in received.items():
            licence = self.network.site[site].licence
            limit = licence.limit_bq(nuclide) if licence else None
            if self.network.site[site].kind in ("airport", "station"):
                continue  # a package that could not go on lies there
            self._say(limit is not None, f"{site}: receives {nuclide} without a licence")
            if licence and licence.valid_until and rows:
                last = datetime.fromtimestamp(
                    max(now for now, *_ in rows), self.network.site[site].zone
                ).date()
                self._say(last <= licence.valid_until, f"{site}: receives {nuclide} after its licence ended")
            for now, *_ in rows:
                held = sum(
                    decayed(nuclide, a, now - ref) for begin, until, ref, a in rows if begin <= now < until
                )
                held += sum(
                    decayed(nuclide, a, now - at) for at, till, a in stock[site, nuclide] if now < till
                )
                self._say(
                    limit is None or held <= limit * (1 + REL),
                    f"{site}: holds {held:.4g} of {nuclide}, {limit}",
                )

    def _moves(self) -> None:
        moves = self.plan["moves"]
        legs = sum(len(send["legs"]) for send in self.sends)
        self._say(sum(m["kind"] == "transport" for m in moves) == legs, "moves and legs differ in number")
        made = sum(
            row["kind"] not in ("stock", "free") and row.get("state") != "lost"
            for row in self.plan["batches"]
        )
        kinds = {row["kind"] for row in self.plan["batches"]}
        self._say(sum(m["kind"] in kinds for m in moves) == made, "moves and batches differ in number")
        self._say(
            sum(m["kind"] == "deliver" for m in moves) == len(self.plan["deliveries"]),
            "deliveries missing in moves",
        )
        for move in moves:
            self._say(move["lot"] in self.batch, f"a move of unknown lot {move['lot']}")
            self._say(
                seconds(move["start"]) <= seconds(move["end"]), f"{move['lot']}: a move ends before it starts"
            )
            self._say(move["activity_bq"] > 0, f"{move['lot']}: a move of nothing")
