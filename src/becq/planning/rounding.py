"""The solver keeps rows to a tolerance; limits of the law are kept exactly, by giving a little less."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from becq.planning.allocation import Flow
from becq.planning.greedy import begin
from becq.planning.options import Problem
from becq.planning.pins import Fixed

ROUNDING = 1e-6
"""A limit exceeded by less than this share of it is rounding of the solver."""
CLOSE = 1e-12
ROUNDS = 3


def keep_limits(problem: Problem, flows: list[Flow], fixed: Fixed) -> list[Flow]:
    """``flows`` with so much less sent that no limit is exceeded by rounding.

    What has been sent stays as it is, and no order gets less than it must have.
    """
    for _ in range(ROUNDS):
        over = _exceeded(problem, flows, fixed)
        if not over:
            break
        factor = {flow.option: 1.0 for flow in flows}
        for row, excess in over.items():
            per_bq = problem.limits.rows[row].per_bq
            less = [
                flow for flow in flows if per_bq.get(flow.option, 0.0) > 0 and flow.option not in fixed.flows
            ]
            counted = sum(per_bq[flow.option] * flow.activity_bq for flow in less)
            for flow in less:
                factor[flow.option] = min(factor[flow.option], 1.0 - excess / counted - CLOSE)
        flows = [_less(problem, flow, factor[flow.option]) for flow in flows]
    return flows


def _less(problem: Problem, flow: Flow, factor: float) -> Flow:
    least = min(flow.activity_bq, problem.options[flow.option].least)
    return replace(flow, activity_bq=max(least, flow.activity_bq * factor))


def _exceeded(problem: Problem, flows: Collection[Flow], fixed: Fixed) -> dict[int, float]:
    """Limits exceeded by rounding, with the excess."""
    if not problem.limits.rows:
        return {}
    allocation = begin(problem, fixed)
    for flow in flows:
        if flow.option not in fixed.flows:
            allocation.add_known(flow.option, flow.activity_bq)
    excess = {
        number: allocation.used[number] + row.already - row.capacity
        for number, row in enumerate(problem.limits.rows)
    }
    rows = problem.limits.rows
    return {
        number: more
        for number, more in excess.items()
        if rows[number].capacity * CLOSE < more and more <= ROUNDING * rows[number].capacity
    }
