"""Solve the programme with HiGHS, one call per independent part, first for service, then for cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from becq.errors import ConflictError
from becq.planning.dive import find_cheapest, is_near
from becq.planning.model import Array, Model
from becq.planning.programme import CONTRADICTION, allow, load, run, set_start, take
from becq.planning.thrift import keep_service

Progress = Callable[[float, str], None]
SERVICE_GAP = 1e-4
WORKERS = 2
COUPLED_AT_MOST = 60_000
"""Programmes of more columns are solved part by part, as if no departure could be full."""
WHOLE = 1e-6
"""Columns of the relaxation this close to a whole number are kept for the first plan."""
DIGITS = 8
"""Decimals to which two programmes with rows of order one must agree to be the same."""
LEAST_S = 2.0
"""Time that a part has at least; a large one has its share by its columns."""
LARGE_PART = 5_000
"""Columns from which on the relaxation is solved first and what it leaves open afterwards."""
ALIKE_FROM = 1_000
"""Columns from which on a part is compared with others: smaller ones are solved as quickly."""
LARGE_SERVICE_GAP = 1e-3
FEASIBLE = 1e-7
"""Rows are of order one: a value beyond its limit by this much is within it."""


@dataclass(frozen=True, slots=True)
class Part:
    """An independent part of a programme, with the proven bound of its cost."""

    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    cost_bound: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Column values with the value and the proven bound of both stages."""

    values: Array
    worth: float
    worth_bound: float
    cost: float
    cost_bound: float
    timed_out: bool
    apart: bool = False
    """Whether the bounds count no departure as full, so that parts which share only those have their own."""
    overfull: bool = False
    """Whether some departure takes more packages than it can: the values must be gone through again."""
    parts: tuple[Part, ...] = ()

    @property
    def gap(self) -> float:
        """Proven relative distance of service from the best possible, between 0 and 1."""
        return max(0.0, (self.worth_bound - self.worth) / self.worth_bound) if self.worth_bound > 0 else 0.0

    @property
    def cost_gap(self) -> float:
        """Proven relative distance of cost from the least possible at this service of every order."""
        return max(0.0, (self.cost - self.cost_bound) / self.cost) if self.cost > 0 else 0.0


def solve(model: Model, start: Array, time_limit_s: float, progress: Progress) -> Solution:
    """Best service, then least cost at that service of every order.

    A large programme is solved in parts as if no departure could be full: the values may then overfill some,
    which ``overfull`` tells, and the bounds are those of the parts, which know fewer limits.

    ``start`` is a feasible point (may be all zero where pins make it infeasible). Deterministic unless the
    time limit is met, which ``timed_out`` tells. Raises ConflictError where pins contradict each other.
    """
    deadline = time.monotonic() + time_limit_s
    apart = model.apart or model.matrix.shape[1] > COUPLED_AT_MOST
    found = _solve_parts(model, model.components(apart=apart), start, deadline, progress)
    loads = model.matrix[model.departures] @ found.values
    overfull = bool((loads > model.row_upper[model.departures] + FEASIBLE).any())
    return replace(found, apart=apart, overfull=overfull)


def _solve_parts(
    model: Model,
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
    start: Array,
    deadline: float,
    progress: Progress,
) -> Solution:
    values = np.zeros_like(start)
    worth = worth_bound = cost = cost_bound = 0.0
    timed_out = False
    total, done = sum(columns.size for columns, _ in parts), 0
    alike = _alike(model, parts)
    decided = _decided_parts(model, parts)
    open_parts = [number for number in dict.fromkeys(alike) if number not in decided]
    largest_first = sorted(open_parts, key=lambda number: -parts[number][0].size)
    left = float(sum(parts[number][0].size for number in largest_first))
    solved: dict[int, Solution] = {}
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:

        def in_its_time(number: int) -> Solution:
            nonlocal left
            columns, rows = parts[number]
            now = time.monotonic()
            share = WORKERS * (deadline - now) * columns.size / max(left, 1.0)
            left -= columns.size
            return _solve_part(model, columns, rows, start[columns], min(deadline, now + max(share, LEAST_S)))

        running = {pool.submit(in_its_time, number): number for number in largest_first}
        try:
            for future in as_completed(running):
                number = running[future]
                solved[number] = future.result()
                done += parts[number][0].size
                progress(done / total, f"{len(solved)} of {len(parts)} independent parts solved")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    known = []
    # Summed in the order of the parts, so that the figures do not depend on who finished first.
    for number, (columns, _) in enumerate(parts):
        part = solved[alike[number]] if alike[number] in solved else _decided(model, columns)
        values[columns] = part.values
        worth += part.worth
        worth_bound += part.worth_bound
        cost += part.cost
        cost_bound += part.cost_bound
        timed_out |= part.timed_out
        known.append(Part(columns, parts[number][1], part.cost_bound))
    return Solution(values, worth, worth_bound, cost, cost_bound, timed_out, parts=tuple(known))


def _decided_parts(model: Model, parts: list[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> set[int]:
    """The parts of which nothing is open: what stays as it was when a plan is made again."""
    free = model.lower < model.upper
    sums = model.matrix @ model.lower
    holds = (sums >= model.row_lower - FEASIBLE) & (sums <= model.row_upper + FEASIBLE)
    return {
        number
        for number, (columns, rows) in enumerate(parts)
        if not free[columns].any() and holds[rows].all()
    }


def _decided(model: Model, columns: NDArray[np.intp]) -> Solution:
    """The one solution of a part of which nothing is open."""
    values = model.lower[columns]
    worth, cost = float(model.worth[columns] @ values), float(model.cost[columns] @ values)
    return Solution(values, worth, worth, cost, cost, False)


def _alike(model: Model, parts: list[tuple[NDArray[np.intp], NDArray[np.intp]]]) -> list[int]:
    """For each part the first one that is the same programme: days with the same orders are solved once."""
    first: dict[tuple[bytes, ...], int] = {}
    found = []
    for number, (columns, rows) in enumerate(parts):
        if columns.size < ALIKE_FROM:
            found.append(number)
            continue
        matrix = csc_matrix(model.matrix[rows][:, columns])
        numbers = (
            matrix.data, model.row_lower[rows], model.row_upper[rows], model.lower[columns],
            model.upper[columns], model.worth[columns], model.cost[columns], model.change[columns],
            model.scale[columns] / model.scale[columns].max(),
        )  # fmt: skip
        _, orders = np.unique(model.order[columns], return_inverse=True)
        shape = (matrix.indices, matrix.indptr, orders, model.integer[columns])
        key = (*(np.round(row, DIGITS).tobytes() for row in numbers), *(row.tobytes() for row in shape))
        found.append(first.setdefault(key, number))
    return found


def _solve_part(
    model: Model, columns: NDArray[np.intp], rows: NDArray[np.intp], start: Array, deadline: float
) -> Solution:
    worth, cost = model.worth[columns], model.cost[columns]
    if rows.size == 0:
        # Bound by nothing: take what is worth something, leave what only costs.
        values = np.where(worth > 0, model.upper[columns], model.lower[columns])
        best, spent = float(worth @ values), float(cost @ values)
        return Solution(values, best, best, spent, spent, False)
    matrix = csc_matrix(model.matrix[rows][:, columns])
    large = columns.size > LARGE_PART
    now = time.monotonic()
    # A mended plan needs little more than the bound: see ``may_stay``.
    halfway = now + (0.8 if model.is_remade else 0.5) * (deadline - now) if large else deadline
    known = start if _holds(model, columns, matrix, rows, start) else None
    highs = load(take(model, columns, rows, -worth), halfway)
    highs.setOptionValue("mip_rel_gap", LARGE_SERVICE_GAP if large else SERVICE_GAP)
    values, bound, late = _optimise(
        highs, model.integer[columns], known, large, halfway, may_stay=model.is_remade
    )
    if known is not None and worth @ known > worth @ values:
        values = known  # HiGHS may lose a start among its reductions
    best = float(worth @ values)
    # Without a bound from HiGHS the sum of all worths still is one.
    worth_bound = max(best, min(-bound, float(worth.sum())))
    if worth_bound == 0.0 and not model.lower[columns].any() and not (model.row_lower[rows] > 0).any():
        return Solution(np.zeros_like(values), 0.0, 0.0, 0.0, 0.0, late)
    behind = LARGE_SERVICE_GAP if model.is_hasty else SERVICE_GAP
    if known is not None and model.is_remade and worth @ known >= best * (1 - behind):
        values = known  # as good as that, and nearer to the plan that is changed
    priced = cost + model.change[columns]
    if not priced.any():
        return Solution(values, best, worth_bound, 0.0, 0.0, late)
    thrift = keep_service(model, columns, rows, values, priced)
    found, cost_bound, late_cost = find_cheapest(thrift, deadline)
    values = thrift.restore(found)
    spent = float(cost @ values)
    # The distance is that of what was minimised, the price of changes with it.
    bound = max(0.0, spent - max(0.0, float(priced @ values) - cost_bound))
    return Solution(values, float(worth @ values), worth_bound, spent, bound, late or late_cost)


def _holds(
    model: Model, columns: NDArray[np.intp], matrix: csc_matrix, rows: NDArray[np.intp], values: Array
) -> bool:
    """Whether values keep every bound and row of a part."""
    sums = matrix @ values
    return bool(
        (values >= model.lower[columns] - FEASIBLE).all()
        and (values <= model.upper[columns] + FEASIBLE).all()
        and (sums >= model.row_lower[rows] - FEASIBLE).all()
        and (sums <= model.row_upper[rows] + FEASIBLE).all()
    )


def _optimise(
    highs: highspy.Highs,
    integer: NDArray[np.bool_],
    start: Array | None,
    large: bool,
    deadline: float,
    may_stay: bool = False,
) -> tuple[Array, float, bool]:
    """(values, proven bound of the minimised objective, whether time ran out); ``start`` is feasible.

    A large programme is relaxed first: that gives a bound, and its whole columns are kept for a first plan.

    :param may_stay: whether a start that is near enough to that bound is taken as it is.
    """
    if not large:
        if start is not None:
            set_start(highs, start)
        return run(highs)
    lp = highs.getLp()
    cost, lower, upper = (np.array(row) for row in (lp.col_cost_, lp.col_lower_, lp.col_upper_))
    gap = float(highs.getOptionValue("mip_rel_gap")[1])
    every = np.arange(cost.size, dtype=np.int32)
    _set_kind(highs, integer, highspy.HighsVarType.kContinuous)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible and start is None:
        raise ConflictError(CONTRADICTION)
    relaxed = np.array(highs.getSolution().col_value)
    is_solved = status == highspy.HighsModelStatus.kOptimal
    bound = float(highs.getInfo().objective_function_value) if is_solved else -np.inf
    if may_stay and start is not None and is_near(float(cost @ start), bound, gap):
        return start, bound, False
    best = start
    _set_kind(highs, integer, highspy.HighsVarType.kInteger)
    if is_solved:
        rounded = np.round(relaxed)
        settled = integer & (np.abs(relaxed - rounded) < WHOLE)
        low, high = np.where(settled, rounded, lower), np.where(settled, rounded, upper)
        highs.changeColsBounds(cost.size, every, low, high)
        now = time.monotonic()
        allow(highs, now + 0.5 * (deadline - now))
        highs.run()
        if highs.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible:
            found = np.array(highs.getSolution().col_value)
            if best is None or cost @ found < cost @ best:
                best = found
        highs.changeColsBounds(cost.size, every, lower, upper)
    if best is not None and is_near(float(cost @ best), bound, gap):
        return best, bound, False
    highs.clearSolver()
    if best is not None:
        set_start(highs, best)
    allow(highs, deadline)
    values, proven, late = run(highs)
    if best is not None and cost @ values > cost @ best:
        values = best
    bound = max(bound, proven)
    return values, bound, late and not is_near(float(cost @ values), bound, gap)


def _set_kind(highs: highspy.Highs, which: NDArray[np.bool_], kind: highspy.HighsVarType) -> None:
    columns = np.flatnonzero(which).astype(np.int32)
    highs.changeColsIntegrality(columns.size, columns, np.full(columns.size, int(kind), dtype=np.uint8))
