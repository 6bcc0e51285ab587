"""By due date: what a careful clerk would do, order by order, the one with the earliest deadline first.

The baseline that the plan is compared with, and the start solution of the mixed-integer programme, so that
the plan is never worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from becq.planning.allocation import Allocation
from becq.planning.filling import fill_order
from becq.planning.options import Problem
from becq.planning.pins import Fixed


def allocate_greedily(
    problem: Problem, fixed: Fixed | None = None, keep: Mapping[int, float] | None = None
) -> Allocation:
    """Serve orders by due date (the end of their windows), each by the first option that fits.

    :param keep: options of an earlier plan with their Bq, tried before everything else.
    """
    fixed = fixed or Fixed()
    allocation = begin(problem, fixed)
    in_parts: dict[int, list[int]] = defaultdict(list)
    for number in sorted(keep or {}, key=lambda n: (problem.options[n].way.depart, n)):
        option = problem.options[number]
        if number not in fixed.flows and fixed.delivery.get(option.demand, option.lot) == option.lot:
            order = problem.demands[option.demand].order
            if order is not None and order.split:
                in_parts[option.demand].append(number)
            else:
                allocation.serve(number, (keep or {})[number])
    wanted = [n for n, demand in enumerate(problem.demands) if demand.order is not None]
    due = problem.windows
    wanted.sort(key=lambda n: (n not in in_parts, n not in fixed.delivery, due[n].latest, due[n].earliest))
    served = {problem.options[flow.option].demand for flow in allocation.flows}
    for demand in wanted:
        order = problem.demands[demand].order
        assert order is not None
        if demand in served and not order.split:
            continue
        options = problem.of_demand[demand]
        if demand in fixed.delivery:
            options = [n for n in options if problem.options[n].lot == fixed.delivery[demand]]
        ranked = sorted(options, key=lambda n: _rank(problem, allocation, n))
        if order.split:
            fill_order(allocation, demand, ranked, {n: (keep or {})[n] for n in in_parts[demand]})
        else:
            _serve_first(problem, allocation, ranked)
    return allocation


def begin(problem: Problem, fixed: Fixed) -> Allocation:
    """An allocation of what is pinned to start and what has been sent already."""
    allocation = Allocation(problem, fixed)
    for lot in sorted(fixed.start):
        allocation.start_known(lot)
    for number, activity_bq in fixed.flows.items():
        allocation.add_known(number, activity_bq)
    return allocation


def _serve_first(problem: Problem, allocation: Allocation, options: list[int]) -> None:
    for number in options:
        option = problem.options[number]
        for amount in dict.fromkeys((option.most, option.least)):
            if amount > 0 and not allocation.serve(number, amount):
                return
        if option.least == 0:
            rest = min(option.most, allocation.available(option.lot) * option.per_release)
            if option.lot in allocation.started and rest > 0 and not allocation.serve(number, rest):
                return


def _rank(problem: Problem, allocation: Allocation, number: int) -> tuple[float, bool, float, float, int]:
    option = problem.options[number]
    lot = problem.lots[option.lot]
    fresh = option.lot not in allocation.started and not lot.is_stock
    return (option.price, fresh, option.way.cost + (lot.cost if fresh else 0.0), -lot.start, number)
