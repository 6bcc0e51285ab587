"""The state of an allocation as it grows: what is started, used, loaded and held.

Serves the greedy planner (add what fits) and the reasons (what would have to give way for one more).
Every change is on a trail and can be undone, so trying costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from becq.planning.options import Option, Problem
from becq.planning.pins import Fixed

NO_CAPACITY, OUTAGE, LICENCE, LANE_FULL, PINNED = (
    "no_capacity",
    "outage",
    "licence_limit",
    "lane_full",
    "pinned",
)
SLACK = 1e-9
IN_STOCK = -1
"""In the place of the number of a lot that need not be started."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flow:
    """``activity_bq`` at the option's reference time, sent by that option."""

    option: int
    activity_bq: float


class Allocation:
    """Flows chosen so far. All amounts in Bq; see ``Problem`` for indices."""

    def __init__(self, problem: Problem, fixed: Fixed | None = None) -> None:
        self.problem = problem
        self.fixed = fixed or Fixed()
        self.started: set[int] = set()
        self.flows: list[Flow] = []
        self.drawn: dict[int, float] = defaultdict(float)
        self.units: dict[int, int] = defaultdict(int)
        self.input: dict[int, float] = defaultdict(float)
        self.eluate: dict[int, float] = defaultdict(float, problem.elution_stock)
        self.load: dict[tuple[str, str, str, float], int] = defaultdict(int)
        self.held: dict[tuple[str, str], list[tuple[float, float, float, float]]] = defaultdict(list)
        self.parts: dict[int, list[Flow]] = defaultdict(list)
        """Demand of an order that comes in parts → those that it has."""
        self.lifted: list[tuple[str, int]] = []
        """(limit, lot or option) that a relaxed try has passed over, while it is under way; of a limit of
        the law that several choices share its ~number."""
        self.used: dict[int, float] = defaultdict(float)
        """Limit of the law → what is counted there."""
        self._busy: dict[str, list[int]] = defaultdict(list)
        self._trail: list[Callable[[], object]] = []
        self._known_sources: dict[int, list[tuple[int, float, int]]] = {}

    def mark(self) -> int:
        """A point to return to."""
        return len(self._trail)

    def undo(self, mark: int) -> None:
        """Take back everything since ``mark``."""
        while len(self._trail) > mark:
            self._trail.pop()()

    def serve(self, option: int, activity_bq: float, relaxed: frozenset[str] = frozenset()) -> set[str]:
        """Send ``activity_bq`` by ``option``; return what blocks it (nothing is changed then)."""
        mark = self.mark()
        blocked = self._serve(option, activity_bq, relaxed)
        if blocked:
            self.undo(mark)
        return blocked

    def add_known(self, option: int, activity_bq: float) -> None:
        """Record a flow of a finished plan without any check."""
        self._start(self.problem.options[option].lot)
        self._commit(option, activity_bq)

    def start_known(self, lot: int) -> None:
        """Record a batch that is started whatever the limits say."""
        self._start(lot)

    def start(self, lot: int, relaxed: frozenset[str] = frozenset()) -> set[str]:
        """Start a batch; return what blocks it."""
        candidate = self.problem.lots[lot]
        if lot in self.started or candidate.is_stock:
            self._start(lot)
            return set()
        for code, binds in ((PINNED, lot in self.fixed.forbid), (OUTAGE, candidate.outage is not None)):
            if binds and code not in relaxed:
                return {code}
            if binds:
                self._lift(code, lot)
        if candidate.resource is not None and not self._position_free(lot):
            return {NO_CAPACITY}
        self._start(lot)
        return set()

    def available(self, lot: int) -> float:
        """Activity at release that ``lot`` can still give as things stand (inputs as committed)."""
        row = self.problem.lots[lot]
        if row.converts:
            supply = self.input[lot] * row.input_factor
        elif row.elutes:
            supply = self.eluate[lot]
        else:
            supply = row.supply_bq
        return supply - self.drawn[lot]

    def _serve(self, number: int, activity_bq: float, relaxed: frozenset[str]) -> set[str]:
        option = self.problem.options[number]
        lot = self.problem.lots[option.lot]
        for code in self.problem.limits.refused.get(number, ()):
            if code not in relaxed:
                return {code}
            self._lift(code, number)
        blocked = self.start(option.lot, relaxed)
        if blocked:
            return blocked
        if option.way.legs and lot.max_units is not None and self.units[option.lot] >= lot.max_units:
            return {NO_CAPACITY}
        for leg in option.way.legs:
            capacity = self.problem.routes.capacity.get(leg.departure) if leg.departure else None
            if leg.departure is None or capacity is None or self.load[leg.departure] < capacity:
                continue
            if LANE_FULL not in relaxed:
                return {LANE_FULL}
            self._lift(LANE_FULL, number)
        need = activity_bq / option.per_release - self.available(option.lot)
        if need > SLACK * activity_bq / option.per_release:
            blocked = self._obtain(option.lot, need, relaxed)
            if blocked:
                return blocked
        self._commit(number, activity_bq)
        if self._over_licence(option):
            if LICENCE not in relaxed:
                return {LICENCE}
            self._lift(LICENCE, number)
        for row in self._broken(number):
            code = self.problem.limits.rows[row].code
            if code not in relaxed:
                return {code}
            self._lift(code, ~row)
        return set()

    def _lift(self, code: str, number: int) -> None:
        self.lifted.append((code, number))
        self._trail.append(self.lifted.pop)

    def _obtain(self, lot: int, need: float, relaxed: frozenset[str]) -> set[str]:
        """Raise the supply of ``lot`` at release by ``need`` from upstream lots, as far as there are any."""
        row = self.problem.lots[lot]
        if not row.converts and not row.elutes:
            return {NO_CAPACITY}
        blocked: set[str] = set()
        if row.converts and self.input[lot] + need / row.input_factor > row.max_input_bq * (1 + SLACK):
            return {NO_CAPACITY}
        # What has been started first; the sort is stable.
        sources = sorted(
            self._sources(lot), key=lambda each: each[2] != IN_STOCK and each[2] not in self.started
        )
        shut: set[int] = set()
        for number, factor, source in sources:
            if source in shut:
                continue
            if source != IN_STOCK and self._has_no_position(source):
                shut.add(source)
                blocked.add(NO_CAPACITY)
                continue
            option = self.problem.options[number]
            wanted = need / factor
            room = self.available(option.lot) * option.per_release
            upstream = self.problem.lots[option.lot]
            if not (upstream.converts or upstream.elutes):
                wanted = min(wanted, room if option.lot in self.started else option.most)
            if wanted <= 0:
                continue
            refused = self.serve(number, wanted, relaxed)
            if refused:
                blocked |= refused
                continue
            need -= wanted * factor
            if need <= SLACK * max(1.0, self.drawn[lot]):
                return set()
        return blocked or {NO_CAPACITY}

    def _sources(self, lot: int) -> list[tuple[int, float, int]]:
        """Options that feed a lot, what it gives for each Bq of them, and their lots; the cheapest first."""
        known = self._known_sources.get(lot)
        if known is not None:
            return known
        problem, row = self.problem, self.problem.lots[lot]
        if row.converts:
            feeds = problem.of_demand[problem.input_demand[lot]]
            pairs = [(number, row.input_factor) for number in feeds]
        else:
            pairs = list(problem.elution_of_slot[lot])

        def rank(pair: tuple[int, float]) -> tuple[float, float, int]:
            option = problem.options[pair[0]]
            source = problem.lots[option.lot]
            return source.cost + option.way.cost, -source.start, pair[0]

        found = []
        for number, factor in sorted(pairs, key=rank):
            source = problem.options[number].lot
            found.append((number, factor, IN_STOCK if problem.lots[source].is_stock else source))
        self._known_sources[lot] = found
        return found

    def _start(self, lot: int) -> None:
        if lot in self.started:
            return
        self.started.add(lot)
        self._trail.append(lambda: self.started.discard(lot))
        for row, each_bq, each in self.problem.limits.of_lot.get(lot, ()):
            self._raise(self.used, row, each + (each_bq * self.eluate[lot] if each_bq else 0.0))
        resource = self.problem.lots[lot].resource
        if resource is not None:
            self._busy[resource].append(lot)
            self._trail.append(lambda: self._busy[resource].remove(lot))

    def _has_no_position(self, lot: int) -> bool:
        """Whether only a position is wanting to a batch that has not been started."""
        row = self.problem.lots[lot]
        if lot in self.started or row.resource is None:
            return False
        return row.outage is None and lot not in self.fixed.forbid and not self._position_free(lot)

    def _position_free(self, lot: int) -> bool:
        row = self.problem.lots[lot]
        assert row.resource is not None
        positions = self.problem.network.resource[row.resource].positions
        others = [self.problem.lots[n] for n in self._busy[row.resource]]
        overlapping = [o for o in others if o.start < row.busy_until and row.start < o.busy_until]
        moments = [row.start] + [o.start for o in overlapping if o.start > row.start]
        return all(
            sum(o.start <= moment < o.busy_until for o in overlapping) < positions for moment in moments
        )

    def _commit(self, number: int, activity_bq: float) -> None:
        option = self.problem.options[number]
        demand = self.problem.demands[option.demand]
        self._raise(self.drawn, option.lot, activity_bq / option.per_release)
        if demand.lot is not None:
            self._raise(self.input, demand.lot, activity_bq)
        if demand.kind == "deploy":
            for slot, factor in self.problem.elution_of_option[number]:
                self._raise(self.eluate, slot, activity_bq * factor)
                if slot in self.started:
                    for row, each_bq, _ in self.problem.limits.of_lot.get(slot, ()):
                        self._raise(self.used, row, each_bq * activity_bq * factor)
        for row, each_bq, each in self.problem.limits.of_option.get(number, ()):
            self._raise(self.used, row, each_bq * activity_bq + each)
        if option.way.legs:
            self._raise(self.units, option.lot, 1)
            for leg in option.way.legs:
                if leg.departure is not None:
                    self._raise(self.load, leg.departure, 1)
            key = (demand.site, self.problem.lots[option.lot].nuclide)
            self.held[key].append((option.way.arrive, option.hold_until, option.reference, activity_bq))
            self._trail.append(lambda: self.held[key].pop())
        self.flows.append(Flow(number, activity_bq))
        self._trail.append(self.flows.pop)
        if demand.order is not None and demand.order.split:
            self.parts[option.demand].append(self.flows[-1])
            self._trail.append(self.parts[option.demand].pop)

    def _raise(self, table: dict[Any, Any], key: object, amount: float) -> None:
        before = table[key]
        table[key] = before + amount
        self._trail.append(lambda: table.__setitem__(key, before))

    def _broken(self, number: int) -> list[int]:
        """The limits of the law that are exceeded and that ``number`` counts in."""
        limits, lot = self.problem.limits, self.problem.options[number].lot
        counts = [*limits.of_option.get(number, ()), *limits.of_lot.get(lot, ())]
        for slot, _ in self.problem.elution_of_option.get(number, ()):
            counts += limits.of_lot.get(slot, ())
        rows = dict.fromkeys(count.limit for count in counts)
        return [
            row
            for row in rows
            if self.used[row] + limits.rows[row].already > limits.rows[row].capacity * (1 + SLACK)
        ]

    def _over_licence(self, added: Option) -> bool:
        demand = self.problem.demands[added.demand]
        lot = self.problem.lots[added.lot]
        if not added.way.legs:
            return False
        possession = self.problem.possession
        limit = possession.limit_bq(demand.site, lot.nuclide)
        if limit is None or possession.is_ample(demand.site, lot.nuclide, lot.decay_const):
            return False
        present = np.array(self.held[demand.site, lot.nuclide])
        arrive = present[:, 0]
        moments = np.unique(arrive[(arrive >= added.way.arrive) & (arrive < added.hold_until)])
        stock = [possession.stock_bq(demand.site, lot.nuclide, float(moment)) for moment in moments]
        held = held_bq(present, moments, lot.decay_const) + np.array(stock)
        return bool((held > limit * (1 + SLACK)).any())


def held_bq(present: Array, moments: Array, decay_const: float) -> Array:
    """Activity in Bq at each moment of received goods, each held from its arrival until its hold ends.

    :param present: rows of arrival, end of hold, reference time (epoch seconds), Bq at that time.
    """
    arrive, until, reference, activity = present.T
    there = (arrive <= moments[:, None]) & (moments[:, None] < until)
    age = np.where(there, moments[:, None] - reference, 0.0)
    found: Array = (there * activity * np.exp(-decay_const * age)).sum(axis=1)
    return found
