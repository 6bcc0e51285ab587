"""What may be chosen in a very small network, read from it again: batches, ways, sends.

It shares no code with the planner.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from checker import DAYS, branch, rate

from becq.chain.network import Network
from becq.chain.order import Order

DAY_S = 86400.0
PRIORITY = {1: 9.0, 2: 3.0, 3: 1.0}
LONGEST_WAIT_S = 12 * 3600.0


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch that may be made or a lot in stock; ``gives`` is Bq at release where no input decides."""

    name: str
    site: str
    product: str
    nuclide: str
    start: float
    free: float
    release: float
    expires: float
    gives: float | None
    process: Any = None
    specific: float | None = None
    """Specific activity at release, Bq/g."""


@dataclass(frozen=True)
class Way:
    """A dated way; ``departures`` are those whose packages count: (lane, from, to, leaves)."""

    travels: bool
    depart: float
    arrive: float
    cost: float
    departures: tuple[tuple[str, str, str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Send:
    """Activity from a batch to an order, a batch (input) or a site (generators); Bq at ``reference``."""

    batch: Batch
    to: Any
    site: str
    way: Way
    reference: float
    until: float
    least: float = 0.0
    most: float = math.inf

    @property
    def factor(self) -> float:
        """Activity at reference per activity at release."""
        return math.exp(-rate(self.batch.nuclide) * (self.reference - self.batch.release))


Choice = tuple[Send, ...]


@dataclass
class Choices:
    """All that may be chosen in ``network`` from ``first`` for ``days`` days, and the physics of each choice."""

    network: Network
    first: date
    days: int
    late_roads: bool = True
    """Whether goods may arrive by road at the end of a window as well as at its start."""
    _capacity: dict[tuple[str, str, str, float], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.orders = self.network.demand(self.first, self.days)
        self.begin = datetime.combine(self.first, datetime.min.time(), self.network.zone).timestamp()
        self.batches = [*self._stock(), *self._made()]
        total: dict[str, float] = defaultdict(float)
        count: Counter[str] = Counter()
        for order in self.orders:
            total[order.product] += order.activity
            count[order.product] += 1
        self.worth_per_bq = {
            order.id: PRIORITY[order.priority] * count[order.product] / total[order.product]
            for order in self.orders
        }
        self.choices: dict[str, list[Choice]] = {
            order.id: self._order_choices(order) for order in self.orders
        }
        self.inputs = {b: self._inputs(b) for b in self.batches if b.process and b.process.max_input}
        self.deploys = self._deployments()

    def _at(self, moment: datetime) -> float:
        return self.network.instant(moment).timestamp()

    def _stock(self) -> Iterator[Batch]:
        for lot in self.network.stock:
            product = self.network.product[lot.product]
            at = self._at(lot.reference_time)
            release = min(at, self.begin)
            expires = self._at(lot.expires) if lot.expires else at + product.shelf_life
            there = lot.activity * math.exp(rate(product.nuclide) * (at - release))
            yield Batch(
                lot.id, lot.site, lot.product, product.nuclide, release, release, release, expires, there
            )

    def _made(self) -> Iterator[Batch]:
        for process in self.network.processes:
            product, site = self.network.product[process.product], self.network.site[process.site]
            if not self._licensed(process.site, product.nuclide):
                continue
            resource = self.network.resource[process.resource] if process.resource else None
            for offset in range(self.days):
                day = self.first + timedelta(days=offset)
                for clock in process.start_times if DAYS[day.weekday()] in process.start_days else ():
                    start = datetime.combine(day, clock, site.zone).timestamp()
                    eob = start + process.duration
                    release = eob + process.processing_time + process.qc_time
                    machine = resource and resource.kind in (
                        "reactor",
                        "cyclotron",
                        "accelerator",
                        "generator",
                    )
                    free = eob if machine else eob + process.processing_time
                    shut = any(
                        self._at(o.start) < end and start < self._at(o.end)
                        for outages, end in (
                            (process.outages, release),
                            (resource.outages if resource else [], free),
                        )
                        for o in outages
                    )
                    if shut:
                        continue
                    lam = rate(product.nuclide)
                    gives = None
                    if process.activity_per_batch:
                        gives = process.activity_per_batch * process.processing_yield
                        gives *= math.exp(-lam * (release - eob))
                    specific = process.specific_activity_eob
                    yield Batch(
                        f"{process.id} {datetime.fromtimestamp(start, site.zone):%d %H:%M}", process.site,
                        process.product, product.nuclide, start,
                        free + (resource.changeover if resource else 0.0), release,
                        release + product.shelf_life, gives, process,
                        specific and specific * math.exp(-lam * (release - eob)),
                    )  # fmt: skip

    def _licensed(self, site: str, nuclide: str) -> bool:
        licence = self.network.site[site].licence
        return licence is not None and licence.limit_bq(nuclide) is not None

    # Ways

    @cached_property
    def _roomy(self) -> set[str]:
        """Sites whose licences hold a thousand times all that could ever be there: when things come is all one."""
        every = sum(o.activity for o in self.orders) + sum(b.gives or 0.0 for b in self.batches)
        return {
            site.id
            for site in self.network.sites
            if site.licence and all(row.possession_limit > 1000 * every for row in site.licence.nuclides)
        }

    def _roads(self, a: str, b: str) -> Iterator[tuple[float, float]]:
        """(time, cost) of every road between two sites."""
        p, q = self.network.site[a], self.network.site[b]
        for lane in self.network.lanes:
            serves = any(
                (x in lane.origins or "*" in lane.origins)
                and (y in lane.destinations or "*" in lane.destinations)
                for x, y in ((a, b), (b, a))[: 1 + lane.both_ways]
            )
            if lane.mode != "road" or a == b or not serves:
                continue
            angle = math.acos(
                min(
                    1.0,
                    math.sin(math.radians(p.lat)) * math.sin(math.radians(q.lat))
                    + math.cos(math.radians(p.lat))
                    * math.cos(math.radians(q.lat))
                    * math.cos(math.radians(p.lon - q.lon)),
                )
            )
            km = lane.distance_km or 6371.0088 * angle * lane.detour_factor
            if lane.max_km is None or km <= lane.max_km:
                minutes = math.ceil(round((lane.handling + km / lane.speed_kmh * 3600) / 60, 6))
                yield 60.0 * minutes, lane.cost_per_trip + lane.cost_per_km * km

    @cached_property
    def _flights(self) -> list[tuple[str, str, float, float, float, tuple[str, str, str, float]]]:
        """(from, to, close, available, cost, name)."""
        found = []
        for lane in self.network.lanes:
            pairs = [(a, b) for a in lane.origins for b in lane.destinations]
            for a, b in (pairs + [(b, a) for a, b in pairs] * lane.both_ways) if lane.departures else []:
                for line in lane.departures:
                    for offset in range(-1, self.days + 1):
                        day = self.first + timedelta(days=offset)
                        if DAYS[day.weekday()] in line.days:
                            leaves = datetime.combine(day, line.time, self.network.site[a].zone).timestamp()
                            name = (lane.id, a, b, leaves)
                            if line.capacity_packages is not None:
                                self._capacity[name] = line.capacity_packages
                            there = leaves + line.duration + lane.handling
                            found.append((a, b, leaves - lane.cut_off, there, lane.cost_per_trip, name))
        return found

    def ways(self, a: str, b: str, ready: float, earliest: float, latest: float) -> list[Way]:
        """Every way that leaves after ``ready`` and arrives in the window; of waits the shortest and longest."""
        if a == b:
            moment = max(ready, earliest)
            return [Way(False, moment, moment, 0.0)] if moment <= latest else []
        found = []
        late = self.late_roads and b not in self._roomy
        for time, cost in self._roads(a, b):
            soonest = max(ready + time, earliest)
            for arrive in dict.fromkeys((soonest, latest) if late else (soonest,)):
                if soonest <= arrive <= latest:
                    found.append(Way(True, arrive - time, arrive, cost))
        single = [(leg,) for leg in self._flights]
        double = [
            (one, two)
            for one in self._flights
            for two in self._flights
            if one[1] == two[0] and two[1] != one[0] and one[3] <= two[2] <= one[3] + LONGEST_WAIT_S
        ]
        for legs in (*single, *double):
            for time_a, cost_a in [(0.0, 0.0)] if a == legs[0][0] else self._roads(a, legs[0][0]):
                for time_b, cost_b in [(0.0, 0.0)] if b == legs[-1][1] else self._roads(legs[-1][1], b):
                    depart, there = legs[0][2] - time_a, legs[-1][3] + time_b
                    soonest, last = max(there, earliest), min(there + LONGEST_WAIT_S, latest)
                    for arrive in dict.fromkeys((soonest, last) if late else (soonest,)):
                        if depart >= ready and soonest <= arrive <= last:
                            cost = cost_a + cost_b + sum(leg[4] for leg in legs)
                            found.append(Way(True, depart, arrive, cost, tuple(leg[5] for leg in legs)))
        return found

    # Sends

    def _order_choices(self, order: Order) -> list[Choice]:
        """Nothing, or one send."""
        product = self.network.product[order.product]
        found: list[Choice] = [()]
        if not self._licensed(order.site, product.nuclide):
            return found
        reference = self._at(order.calibration)
        least = 0.0 if order.partial else order.activity * (1 - order.tolerance)
        eluted = {(p.site, p.input_product) for p in self.network.processes if p.elution_efficiency}
        for batch in self.batches:
            in_use = batch.process is None and (batch.site, batch.product) in eluted
            if batch.product != order.product or in_use or batch.expires < reference:
                continue
            per_release = math.exp(-rate(batch.nuclide) * (reference - batch.release))
            weak = batch.specific and product.min_specific_activity
            if weak and batch.specific * per_release < product.min_specific_activity:
                continue
            if batch.release > reference + 2 * DAY_S:
                continue
            until = batch.expires if product.kind == "generator" else reference + DAY_S
            ready = max(batch.release, self.begin)
            latest = min(self._at(order.latest), batch.expires)
            for way in self.ways(batch.site, order.site, ready, self._at(order.earliest), latest):
                found.append((Send(batch, order, order.site, way, reference, until, least, order.activity),))
        return found

    def _inputs(self, user: Batch) -> list[Send]:
        found = []
        for batch in self.batches:
            if batch.product == user.process.input_product and batch.release <= user.start <= batch.expires:
                ready = max(batch.release, self.begin)
                for way in self.ways(batch.site, user.site, ready, ready, user.start):
                    found.append(Send(batch, user, user.site, way, user.start, user.start))
        return found

    def _deployments(self) -> list[Send]:
        found = []
        wanted = {(p.site, p.input_product) for p in self.network.processes if p.elution_efficiency}
        for site, product in sorted(wanted):
            for batch in self.batches:
                in_use = batch.process is None and batch.site == site
                if batch.product == product and not in_use:
                    ready = max(batch.release, self.begin)
                    for way in self.ways(batch.site, site, ready, ready, batch.expires):
                        if way.arrive <= self.begin + (self.days + 1) * DAY_S:
                            found.append(Send(batch, (site, product), site, way, way.arrive, batch.expires))
        return found

    def eluate(self, parent_batch: Batch, arrive: float, at: Batch) -> float:
        """Daughter at the release of elution ``at`` per parent at the release of ``parent_batch``.

        Every elution of the calendar takes its share, used or not.
        """
        mother, daughter = parent_batch.nuclide, at.nuclide
        lp, ld = rate(mother), rate(daughter)
        there, now = 0.0, parent_batch.release
        slots = [
            b for b in self.batches
            if b.process and b.process.elution_efficiency and b.site == at.site
            and b.process.input_product == at.process.input_product
        ]  # fmt: skip
        for slot in sorted(slots, key=lambda b: b.start):
            if not max(arrive, parent_batch.release) <= slot.start <= parent_batch.expires:
                continue
            span = slot.start - now
            parent = math.exp(-lp * (now - parent_batch.release))
            there = there * math.exp(-ld * span) + branch(mother, daughter) * parent * ld / (ld - lp) * (
                math.exp(-lp * span) - math.exp(-ld * span)
            )
            taken, now = slot.process.elution_efficiency * there, slot.start
            there -= taken
            if slot is at:
                return taken * slot.process.processing_yield * math.exp(-ld * (slot.release - slot.start))
        return 0.0

    def _kept(self, batch: Batch) -> float:
        """Activity at the release of a conversion per activity of its input at the start."""
        lam = rate(batch.nuclide)
        return float(batch.process.processing_yield * math.exp(-lam * (batch.release - batch.start)))
