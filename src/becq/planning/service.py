"""How well an allocation serves: the objective of the plan and the figure that people read."""

from __future__ import annotations

from collections import defaultdict

from becq.planning.allocation import Flow
from becq.planning.options import Problem


def served_by(problem: Problem, flows: list[Flow]) -> dict[int, float]:
    """Order's demand → Bq served at its calibration time, counted in the product that it names."""
    served: dict[int, float] = defaultdict(float)
    for flow in flows:
        option = problem.options[flow.option]
        if problem.demands[option.demand].order is not None:
            served[option.demand] += flow.activity_bq * option.equivalent
    return served


def objective(problem: Problem, flows: list[Flow]) -> float:
    """Priority-weighted service of an allocation; the quantity that the plan makes largest."""
    total = 0.0
    for demand, activity in served_by(problem, flows).items():
        order = problem.demands[demand].order
        assert order is not None
        total += problem.weight(demand) * activity / order.activity
    return total


def served_fraction(problem: Problem, flows: list[Flow]) -> float:
    """Share of ordered activity served, each product weighing as many times as it has orders."""
    served, wanted = 0.0, 0.0
    fraction = served_by(problem, flows)
    totals: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for order in problem.orders:
        totals[order.product] += order.activity
        counts[order.product] += 1
    for number, demand in enumerate(problem.demands):
        if demand.order is not None:
            mean = totals[demand.product] / counts[demand.product]
            wanted += demand.order.activity / mean
            served += fraction.get(number, 0.0) / mean
    return served / wanted if wanted else 1.0
