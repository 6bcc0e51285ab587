"""What a plan must cost at least, where it was changed after it had been solved.

A plan that was gone through again serves some orders otherwise than the solver had it. In the parts where it
does the relaxation of the second stage is solved once more, for what the orders get now; in all others the
bound stands that was proven there.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from becq.planning.dive import Dive
from becq.planning.model import Array, Model
from becq.planning.options import Problem
from becq.planning.solve import WORKERS, Part, Solution
from becq.planning.thrift import keep_service

SAME = 1e-6
"""Share of an order's activity by which two services of it are the same."""


def bound_cost(problem: Problem, model: Model, solution: Solution, values: Array, deadline: float) -> float:
    """A proven lower bound of the cost of every plan that gives each order what ``values`` give it.

    :param solution: what was solved; its values differ from ``values``.
    :param values: the columns of the plan as it is now, which holds.
    :param deadline: on the clock of ``time.monotonic``; parts that are not through by then count nothing.
    """
    now = _join_spare(problem, model, values) if solution.apart else values
    changed = [
        number
        for number, part in enumerate(solution.parts)
        if _serves_otherwise(model, part.columns, solution.values, now)
    ]
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        bounds = pool.map(lambda number: _bound(model, solution.parts[number], now, deadline), changed)
        found = dict(zip(changed, bounds, strict=True))
    return sum(found.get(number, part.cost_bound) for number, part in enumerate(solution.parts))


def _join_spare(problem: Problem, model: Model, values: Array) -> Array:
    """Values with what goes by a spare way sent by the one that stands for it, which is no dearer."""
    found = values.copy()
    for number, use in model.use_column.items():
        if not model.spare[use] or values[use] == 0:
            continue
        option = problem.options[number]
        other = next(
            n
            for n in problem.of_demand[option.demand]
            if problem.options[n].lot == option.lot
            and n in model.use_column
            and not model.spare[model.use_column[n]]
        )
        for columns in (model.use_column, model.flow_column):
            found[columns[other]] += found[columns[number]]
            found[columns[number]] = 0.0
    return found


def _serves_otherwise(model: Model, columns: NDArray[np.intp], before: Array, now: Array) -> bool:
    order = model.order[columns]
    flows = columns[order >= 0]
    _, number = np.unique(model.order[flows], return_inverse=True)
    was, is_ = (np.bincount(number, model.scale[flows] * values[flows]) for values in (before, now))
    return bool((np.abs(is_ - was) > SAME * np.maximum(is_, was)).any())


def _bound(model: Model, part: Part, values: Array, deadline: float) -> float:
    columns = part.columns
    thrift = keep_service(model, columns, part.rows, values[columns], model.cost[columns])
    if thrift.programme.cost.size == 0:
        return 0.0
    dive = Dive(thrift.programme)
    dive.relax(deadline)
    return max(0.0, dive.bound)
