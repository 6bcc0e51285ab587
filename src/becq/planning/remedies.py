"""What would serve an order: single changes, each of them tried with the planner itself, with what it costs.

Each kind of change is first made as large as it could help, and, where the order is then served, cut down to
what was needed of it; this smallest change is solved once more, and only what then serves the order is told.
The rest of the plan stays as it is. Cost is what the plan costs more: batches and transport; what a licence,
a position or a flight would cost beyond that is not known to a network.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from becq.chain.network import Network
from becq.chain.places import GreatCircleRoads
from becq.chain.process import Process, Resource
from becq.errors import ConflictError
from becq.physics.quantities import format_activity
from becq.planning.allocation import LICENCE, NO_CAPACITY
from becq.planning.amendments import (
    at_any_hour,
    held_peaks,
    with_limits,
    with_slots,
    without_outages,
)
from becq.planning.approval_remedies import approve
from becq.planning.excerpt import Beside, Excerpt
from becq.planning.plan import Plan
from becq.planning.planner import plan as make_plan
from becq.planning.reasons import NO_ROUTE, NOT_MADE
from becq.planning.servings import fitting_products
from becq.planning.situation import Record
from becq.planning.solve import Progress

HOURS = (1, 2, 3, 4, 6, 8, 12, 24, 48)
"""Shifts of a delivery window that are tried, in hours."""
NEAREST = 8
"""Makers, by distance to the receiver, that are asked for one more batch."""
NO_LIMIT_BQ = 1e24
ROOM = 1 + 1e-6
LONGEST_S = 30.0
DIRECT = "direct-road"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that serves the order, all else as planned.

    ``what`` says the change in figures; ``cost`` is in the network's currency, for production and transport;
    ``activity_bq`` is what the order then gets at its calibration.
    """

    kind: str
    what: dict[str, Any]
    cost: float
    activity_bq: float
    sentence: str
    sentence_zh: str


@dataclass(frozen=True)
class Outcome:
    """The small problem solved: what the order gets, what it costs more, why not where not."""

    network: Network
    found: Plan | None
    served: bool
    cost: float
    activity_bq: float
    reason: str

    @cached_property
    def plan(self) -> Record:
        """The plan of the excerpt as data, empty where there is none."""
        if self.found is None:
            return {"deliveries": [], "supplies": [], "batches": [], "unmet": []}
        return self.found.as_dict(self.network)

    @cached_property
    def delivery(self) -> list[Record]:
        """What comes to the order."""
        (order,) = self.network.orders
        return [row for row in self.plan["deliveries"] if row["order"] == order.id]


class Remedies:
    """Tries changes for the order of an excerpt."""

    def __init__(self, excerpt: Excerpt) -> None:
        self.excerpt = excerpt
        self.network, self.order = excerpt.network, excerpt.order
        self.site = self.network.site[self.order.site]
        self.product = self.network.product[self.order.product]
        self.fitting = fitting_products(self.order)
        self.base = self.solve(self.network, Beside(excerpt), 0.0)
        self.proofs: list[tuple[Remedy, Outcome]] = []
        """Each change that was found, with the solved problem that shows it."""
        self.fixed_cost = self.base.cost - sum(self._price(self.base))

    def _price(self, outcome: Outcome) -> Iterator[float]:
        """Costs of what is beside the plan: the order's deliveries, supplies and batches of its own."""
        yield from (row["cost"] for row in outcome.delivery)
        yield from (row["cost"] for row in outcome.plan["supplies"] if row["state"] != "sent")
        yield from (row["cost"] for row in outcome.plan["batches"] if row["id"] not in self.excerpt.batches)

    @property
    def served_as_it_is(self) -> bool:
        """Whether the order can be served beside the plan without any change."""
        return self.base.served

    def as_it_is(self) -> Remedy:
        """No change at all: the plan has room for the order."""
        outcome = self.solve(self.network, Beside(self.excerpt))
        return self.remedy(
            "none", {}, outcome, "The plan has room for it: plan again.", "计划仍有余量：请重新计划。"
        )

    def find(self, progress: Progress | None = None) -> list[Remedy]:
        """Every single change that serves the order, the cheapest first."""
        found: list[Remedy] = []
        attempts = {
            "pins": self._pins, "outages": self._outages, "departures": self._packages,
            "licences": self._licences, "approvals": lambda: approve(self),
            "more batches": self._batch, "more positions": self._position,
            "other delivery windows": self._window, "a drive of its own": self._road, "parts": self._split,
            "less": self._less,
        }  # fmt: skip
        for number, (what, attempt) in enumerate(attempts.items()):
            if progress is not None:
                progress(number / len(attempts), f"trying {what}")
            found += attempt()
        return sorted(found, key=lambda remedy: (remedy.kind == "less", remedy.cost, remedy.kind))

    def solve(self, network: Network, beside: Beside, fixed_cost: float | None = None) -> Outcome:
        """The small problem in ``network``, which is the excerpt's or one changed from it."""
        plan = self.excerpt.plan
        first = datetime.fromisoformat(plan["from"]).date()
        base = self.fixed_cost if fixed_cost is None else fixed_cost
        try:
            found = make_plan(network, first, plan["days"], history=beside, time_limit_s=LONGEST_S)
        except ConflictError:
            return Outcome(network, None, False, math.inf, 0.0, "")
        got = sum(row.counts_bq for row in found.deliveries if row.order == self.order.id)
        served = got >= self.order.activity * (1 - self.order.tolerance - 1e-6) and got > 0
        reason = next((row.reason for row in found.unmet if row.order == self.order.id), "")
        return Outcome(network, found, served, found.cost - base, got, reason)

    def remedy(self, kind: str, what: dict[str, Any], outcome: Outcome, en: str, zh: str) -> Remedy:
        cost = max(0.0, outcome.cost)
        tail = f" It gets {format_activity(outcome.activity_bq)} for {cost:,.0f} CNY more."
        tail_zh = f"可供应{format_activity(outcome.activity_bq)}，另需费用{cost:,.0f}元。"
        found = Remedy(kind, what, cost, outcome.activity_bq, en + tail, zh + tail_zh)
        self.proofs.append((found, outcome))
        return found

    def _pins(self) -> Iterator[Remedy]:
        if not (self.excerpt.plan.get("pins") or {}):
            return
        outcome = self.solve(self.network, Beside(self.excerpt, without_pins=True))
        if not outcome.served:
            return
        used = {row["lot"] for row in outcome.delivery} | {row["lot"] for row in outcome.plan["supplies"]}
        pins = self.excerpt.plan["pins"]
        named = [name for name, what in pins.get("batches", {}).items() if what == "forbid" and name in used]
        named += [name for name in pins.get("deliveries", {}) if name == self.order.id]
        listed = ", ".join(named)
        yield self.remedy(
            "pin", {"pins": named}, outcome,
            f"Take away the pin of {listed}.", f"取消{listed}的固定。",
        )  # fmt: skip

    def _outages(self) -> Iterator[Remedy]:
        """Outages that are shortened so that a batch that the order needs can run."""
        network = self.network
        lifted = network.with_rows(
            resources=[row.model_copy(update={"outages": []}) for row in network.resources],
            processes=[row.model_copy(update={"outages": []}) for row in network.processes],
        )
        standing: list[Resource | Process] = [*network.resources, *network.processes]
        if not any(row.outages for row in standing):
            return
        outcome = self.solve(lifted, Beside(self.excerpt))
        if not outcome.served:
            return
        new = [row for row in outcome.plan["batches"] if row["id"] not in self.excerpt.batches]
        names = {row["resource"] for row in new} | {row["process"] for row in new}
        hit = []
        for row in standing:
            for outage in row.outages:
                begins, ends = (network.instant(t).timestamp() for t in (outage.start, outage.end))
                if row.id in names and any(
                    _seconds(b["start"]) < ends and begins < _seconds(b["release"]) for b in new
                ):
                    hit.append((row.id, outage))
        only = network.with_rows(
            resources=[without_outages(row, hit) for row in network.resources],
            processes=[without_outages(row, hit) for row in network.processes],
        )
        outcome = self.solve(only, Beside(self.excerpt))
        if not hit or not outcome.served:
            return
        en = "; ".join(f"{name}: {outage.reason}" for name, outage in hit)
        zh = "；".join(f"{name}：{outage.reason_zh or outage.reason}" for name, outage in hit)
        starts = [row["id"] for row in new]
        spans = [
            {"name": name, "start": network.instant(outage.start).isoformat(),
             "end": network.instant(outage.end).isoformat()}
            for name, outage in hit
        ]  # fmt: skip
        yield self.remedy(
            "outage", {"outages": [name for name, _ in hit], "batches": starts, "spans": spans}, outcome,
            f"Run {', '.join(starts)} in spite of the outage ({en}).",
            f"在停运期内（{zh}）仍安排{'、'.join(starts)}。",
        )  # fmt: skip

    def _packages(self) -> Iterator[Remedy]:
        """Places on departures that are full."""
        outcome = self.solve(self.network, Beside(self.excerpt, full=False))
        if not outcome.served:
            return
        over: Counter[tuple[str, str, str, float]] = Counter()
        for row in (*outcome.delivery, *(r for r in outcome.plan["supplies"] if r["state"] != "sent")):
            for leg in row["legs"]:
                if "leaves" in leg:
                    over[leg["lane"], leg["from"], leg["to"], _seconds(leg["start"])] += 1
        outcome = self.solve(self.network, Beside(self.excerpt, spare=over))
        if not over or not outcome.served:
            return
        flights = sorted(
            {
                (leg["lane"], leg.get("number") or leg["lane"], leg["leaves"], leg["from"], leg["to"])
                for row in outcome.delivery
                for leg in row["legs"]
                if "leaves" in leg
            }
        )
        listed = ", ".join(f"{number} {self._clock(leaves)}" for _, number, leaves, *_ in flights)
        named = [{"lane": a, "leaves": c, "from": d, "to": e} for a, _, c, d, e in flights]
        yield self.remedy(
            "packages", {"departures": named}, outcome,
            f"One more package on {listed}.", f"在{listed}班次增加1个货包舱位。",
        )  # fmt: skip

    def _licences(self) -> Iterator[Remedy]:
        """Possession limits raised to what would be held, where that is more than they allow."""
        names = {self.network.product[name].nuclide for name in self.excerpt.chain}
        places = {self.order.site} | {
            p.site for p in self.network.processes if p.product in self.excerpt.chain
        }
        lifted = with_limits(self.network, {(site, name): NO_LIMIT_BQ for site in places for name in names})
        outcome = self.solve(lifted, Beside(self.excerpt))
        if not outcome.served:
            return
        needed = {}
        for (site, name), peak in held_peaks(self.network, outcome.plan).items():
            licence = self.network.site[site].licence
            limit = (licence.limit_bq(name) if licence else None) or 0.0
            if peak > limit:
                needed[site, name] = peak * ROOM
        used = {(row["to"], row["nuclide"]) for row in outcome.delivery}
        used |= {(row["site"], row["nuclide"]) for row in outcome.plan["batches"]}
        for site, name in used:
            licence = self.network.site[site].licence
            if site in places and (licence is None or licence.limit_bq(name) is None):
                needed.setdefault((site, name), self.order.activity)
        outcome = self.solve(with_limits(self.network, needed), Beside(self.excerpt))
        if not needed or not outcome.served:
            return
        raised, en, zh = [], [], []
        for (site, name), limit in sorted(needed.items()):
            place = self.network.site[site]
            had = (place.licence.limit_bq(name) if place.licence else None) or 0.0
            raised.append({"site": site, "nuclide": name, "limit_bq": limit, "more_bq": limit - had})
            more, to = format_activity(limit - had), format_activity(limit)
            if had > 0:
                en.append(f"raise the {name} licence of {place.name} by {more} to {to}")
                zh.append(f"将{place.name_zh}的{name}许可活度提高{more}，至{to}")
            else:
                en.append(f"license {place.name} for {to} of {name}")
                zh.append(f"为{place.name_zh}办理{name}许可，活度{to}")
        text = "; ".join(en)
        yield self.remedy(
            "licence", {"limits": raised}, outcome, f"{text[0].upper()}{text[1:]}.", f"{'；'.join(zh)}。"
        )

    def _batch(self) -> Iterator[Remedy]:
        """One more batch at a time that the calendar does not have."""
        makers = self._nearest([p for p in self.network.processes if p.product in self.fitting])
        upstream = [p for p in self.network.processes if p.product in self.excerpt.chain and p not in makers]
        for opened in (makers, makers + upstream):
            names = {process.id for process in opened}
            processes = [at_any_hour(p) if p.id in names else p for p in self.network.processes]
            outcome = self.solve(self.network.with_rows(processes=processes), Beside(self.excerpt))
            if not outcome.served:
                if outcome.reason != NO_CAPACITY:
                    return  # more to make it from is no help where it cannot come
                continue
            new = [row for row in outcome.plan["batches"] if row["id"] not in self.excerpt.batches]
            slots: dict[str, list[datetime]] = defaultdict(list)
            for row in new:
                if row["process"]:
                    zone = self.network.site[row["site"]].zone
                    slots[row["process"]].append(datetime.fromisoformat(row["start"]).astimezone(zone))
            only = [with_slots(p, slots.get(p.id, [])) for p in self.network.processes]
            outcome = self.solve(
                self.network.with_rows(processes=[row for rows in only for row in rows]), Beside(self.excerpt)
            )
            if not outcome.served or not new:
                continue
            listed = [
                {"process": row["process"], "site": row["site"], "start": row["start"], "cost": row["cost"]}
                for row in new
            ]
            en = ", ".join(f"{row['process']} at {self._clock(row['start'])}" for row in new)
            zh = "、".join(f"{self._clock(row['start'])}的{row['process']}" for row in new)
            count = "One more batch" if len(new) == 1 else f"{len(new)} more batches"
            yield self.remedy(
                "batch", {"batches": listed}, outcome, f"{count}: {en}.", f"增加{len(new)}个批次：{zh}。"
            )
            return

    def _position(self) -> Iterator[Remedy]:
        """One more position of a resource."""
        if self.base.reason in (NO_ROUTE, LICENCE, NOT_MADE):
            return
        makers = self._nearest([p for p in self.network.processes if p.product in self.excerpt.chain])
        for name in dict.fromkeys(p.resource for p in makers if p.resource):
            resource = self.network.resource[name]
            resources = [
                row.model_copy(update={"positions": row.positions + 1}) if row.id == name else row
                for row in self.network.resources
            ]
            outcome = self.solve(self.network.with_rows(resources=resources), Beside(self.excerpt))
            if outcome.served:
                yield self.remedy(
                    "position", {"resource": name, "positions": resource.positions + 1}, outcome,
                    f"One more position of {resource.name}.", f"{resource.name_zh}增加1个位置。",
                )  # fmt: skip

    def _window(self) -> Iterator[Remedy]:
        """A window that opens earlier, closes later, or is later with its calibration."""
        latest, calibration = (
            self.network.instant(moment) for moment in (self.order.latest, self.order.calibration)
        )
        # What comes after its calibration is another order: its calibration moves along.
        spare = (calibration - latest).total_seconds() / 3600.0
        steps = {
            "later": [hours for hours in HOURS if spare < 0 or hours <= spare],
            "earlier": list(HOURS),
            "later_calibration": list(HOURS),
        }
        for kind, hours_of in steps.items():
            tried: dict[int, Outcome] = {}

            def serves(hours: int, kind: str = kind, tried: dict[int, Outcome] = tried) -> bool:
                tried[hours] = self._shifted(kind, hours)
                return tried[hours].served

            if kind == "later_calibration":  # another order, so that no shift says anything of a longer one
                found = next((hours for hours in hours_of if serves(hours)), None)
            else:
                found = _first(hours_of, serves)
            if found is not None:
                yield self._moved(kind, found, tried[found])

    def _shifted(self, kind: str, hours: int) -> Outcome:
        by, order = timedelta(hours=hours), self.order
        if kind == "earlier":
            moved = {"earliest": order.earliest - by}
        elif kind == "later":
            moved = {"latest": order.latest + by}
        else:
            moved = {"latest": order.latest + by, "calibration": order.calibration + by}
        network = self.network.with_rows(orders=[order.model_copy(update=moved)])
        return self.solve(network, Beside(self.excerpt))

    def _moved(self, kind: str, hours: int, outcome: Outcome) -> Remedy:
        spelt = f"{hours} hour{'s' if hours > 1 else ''}"
        en = {
            "later": f"Take delivery up to {spelt} later.",
            "earlier": f"Take delivery up to {spelt} earlier.",
            "later_calibration": f"Take delivery, and use it, {spelt} later.",
        }[kind]
        zh = {
            "later": f"允许最晚推迟{hours}小时送达。",
            "earlier": f"允许提前{hours}小时送达。",
            "later_calibration": f"送达和使用均推迟{hours}小时。",
        }[kind]
        return self.remedy(kind, {"hours": hours}, outcome, en, zh)

    def _road(self) -> Iterator[Remedy]:
        """A drive of its own from a maker, at the speed and tariff of a road lane of the network."""
        roads = [lane for lane in self.network.lanes if lane.mode == "road" and lane.distance_km is None]
        makers = sorted({p.site for p in self.network.processes if p.product in self.fitting})
        makers += sorted({lot.site for lot in self.network.stock if lot.product in self.fitting})
        makers = [site for site in dict.fromkeys(makers) if site != self.order.site]
        if not roads or not makers:
            return
        pattern = max(roads, key=lambda lane: math.inf if lane.max_km is None else lane.max_km)
        lane = pattern.model_copy(
            update={
                "id": DIRECT, "origins": makers, "destinations": [self.order.site], "both_ways": False,
                "max_km": None,
            }
        )  # fmt: skip
        outcome = self.solve(self.network.with_rows(lanes=[*self.network.lanes, lane]), Beside(self.excerpt))
        if not outcome.served or not any(
            leg["lane"] == DIRECT for row in outcome.delivery for leg in row["legs"]
        ):
            return
        row = outcome.delivery[0]
        maker = self.network.site[row["from"]]
        yield self.remedy(
            "road", {"from": maker.id, "like": pattern.id, "depart": row["depart"]}, outcome,
            f"A drive of its own from {maker.name}, leaving {self._clock(row['depart'])}, at the tariff of "
            f"{pattern.id}.",
            f"自{maker.name_zh}专车直送，{self._clock(row['depart'])}出发，按{pattern.id}的费率计。",
        )  # fmt: skip

    def _split(self) -> Iterator[Remedy]:
        """The order in parts, where it does not come so."""
        if self.order.split:
            return
        order = self.order.model_copy(update={"split": True})
        outcome = self.solve(self.network.with_rows(orders=[order]), Beside(self.excerpt))
        count = len(outcome.delivery)
        if outcome.served and count > 1:
            yield self.remedy(
                "split", {"parts": count}, outcome, f"Take it in {count} parts.", f"接受分{count}批供货。"
            )

    def _less(self) -> Iterator[Remedy]:
        """Less than ordered, where the order does not take that."""
        if self.order.partial:
            return
        order = self.order.model_copy(update={"partial": True})
        outcome = self.solve(self.network.with_rows(orders=[order]), Beside(self.excerpt))
        share = outcome.activity_bq / self.order.activity
        if share < 0.01:
            return
        yield self.remedy(
            "less", {"share": share}, outcome,
            f"Take {share:.0%} of what was ordered.", f"接受订购活度的{share:.0%}。",
        )  # fmt: skip

    def _nearest(self, processes: list[Process]) -> list[Process]:
        places = [self.network.site[p.site] for p in processes]
        if not places:
            return []
        km, _ = GreatCircleRoads(1.0, 60.0).legs(places, [self.site])
        return [processes[n] for n in np.argsort(km[:, 0], kind="stable")[:NEAREST]]

    def _clock(self, text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(self.site.zone):%m-%d %H:%M}"


def _first(steps: Sequence[int], serves: Callable[[int], bool]) -> int | None:
    """The least of ``steps`` that serves, where a larger one serves whenever a smaller one does."""
    if not steps or not serves(steps[-1]):
        return None
    low, high = -1, len(steps) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if serves(steps[middle]) else (middle, high)
    return steps[high]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
