"""What an order could get were it alone: the measure against which shares of service are fair or not.

An upper bound: every batch that could reach the order runs for it alone, every input and every generator goes
into it, one limit at a time. An order that no plan can serve has 0 and counts for nobody's share.
"""

from __future__ import annotations

import math
from collections import defaultdict

from becq.planning.options import Problem
from becq.planning.pins import Fixed


def reachable_bq(problem: Problem, fixed: Fixed | None = None) -> dict[int, float]:
    """Order's demand → the most it could get, Bq at calibration; 0 where nothing reaches it."""
    pins = fixed or Fixed()
    outputs = _Outputs(problem, pins)
    found: dict[int, float] = {}
    for number, demand in enumerate(problem.demands):
        if demand.order is None:
            continue
        by_lot: dict[int, float] = defaultdict(float)
        for option_number in problem.of_demand[number]:
            option = problem.options[option_number]
            pinned = pins.delivery.get(number, option.lot)
            if option_number in pins.flows:
                most = pins.flows[option_number]
            elif pinned != option.lot or option_number in problem.limits.refused:
                continue
            else:
                most = min(option.most, outputs.of(option.lot) * option.per_release)
                most = min(most, _room_bq(problem, option_number))
                if most < option.least:
                    continue
            by_lot[option.lot] = max(by_lot[option.lot], most * option.equivalent)
        parts = demand.order.most_parts if demand.order.split else 1
        found[number] = min(sum(sorted(by_lot.values())[-parts:]), demand.order.activity)
    history = problem.history
    if history is not None:
        # Orders that stay as they were have no other options here; what the plan before said of them holds.
        beyond = set((history.previous.get("fairness") or {}).get("out_of_reach") or ())
        for number in found:
            order = problem.demands[number].order
            if order is not None and history.holds(order.id):
                found[number] = 0.0 if order.id in beyond else order.activity
    return found


def _room_bq(problem: Problem, number: int) -> float:
    """Most that the licence of the receiver has room for, Bq at the reference of an option."""
    option = problem.options[number]
    lot, site = problem.lots[option.lot], problem.demands[option.demand].site
    limit = problem.possession.limit_bq(site, lot.nuclide)
    if not option.way.legs or limit is None:
        return math.inf
    held = problem.possession.stock_bq(site, lot.nuclide, option.way.arrive)
    return max(0.0, limit - held) * math.exp(-lot.decay_const * (option.reference - option.way.arrive))


class _Outputs:
    """The most that each lot could give at release, its inputs and those of its inputs included."""

    def __init__(self, problem: Problem, fixed: Fixed) -> None:
        self._problem, self._fixed = problem, fixed
        self._known: dict[int, float] = {}

    def of(self, number: int) -> float:
        """Bq at release; 0 for a batch under outage or pinned not to start."""
        if number not in self._known:
            self._known[number] = self._largest(number)
        return self._known[number]

    def _largest(self, number: int) -> float:
        problem, lot = self._problem, self._problem.lots[number]
        if number in self._fixed.forbid or (lot.outage is not None and number not in self._fixed.start):
            return 0.0
        if lot.converts:
            sources = problem.of_demand[problem.input_demand[number]]
            return min(lot.max_input_bq, sum(map(self._sent, sources))) * lot.input_factor
        if lot.elutes:
            grown = sum(factor * self._sent(n) for n, factor in problem.elution_of_slot[number])
            return problem.elution_stock.get(number, 0.0) + grown
        return lot.supply_bq

    def _sent(self, number: int) -> float:
        option = self._problem.options[number]
        if number in self._problem.limits.refused and number not in self._fixed.flows:
            return 0.0
        return min(option.most, self.of(option.lot) * option.per_release)
