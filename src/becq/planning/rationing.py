"""Who gets how much of what is not enough for all: rationing policies as stages before total service.

``priority`` is the plain programme: orders weigh by their class. The others know no classes. They first look
for the best total service; only parts of the network in which an order is short are then gone through again:

- ``pro-rata``: of each product every hospital as near as can be to the same share of what it could get: the
  sum of squared missing shares, each hospital weighing by its activity, is made least (in chords between
  tenths and the mean share of the part, so that one shared supply is divided exactly evenly);
- ``fair-hospitals``, ``fair-provinces``: the least share of each product is made as large as possible; then,
  tenth by tenth from below, what groups lack of that tenth is made as little as possible in sum.

Then total service, then cost, with every earlier stage kept. On shares that are multiples of a tenth the
second is the lexicographic max-min order exactly: the sums of what is missing below each level decide one
after the other how many groups stay at each. Between two levels it is what the sum makes of it; the least
share of all is exact, within the proven gap that :attr:`Rationed.gap` tells.

Groups couple only orders of the same product and place. Where that would make a part too large to be solved
at once, the groups are of one part each: fair within every day, say, and not only over a fortnight.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from becq.errors import ConflictError
from becq.planning.groups import Policy, group_orders
from becq.planning.model import Array, Model
from becq.planning.options import Problem
from becq.planning.scarcity import Scarce, find_scarce
from becq.planning.solve import FEASIBLE, Progress, Solution, solve
from becq.planning.subprogramme import Extra, Indices, grow

TENTHS = tuple(step / 10 for step in range(1, 11))
CLOSE = 0.03
"""A tenth this near to the mean share gives way to it as a breakpoint of pro rata."""
KEPT = 1e-6
"""What a later stage may give up of an earlier one, in shares."""
FIRST_PART, STAGES_PART = 0.4, 0.75
"""Shares of the time: for total service at first; of the rest for the stages, half of what is left each."""
LEAST_S = 1.0


@dataclass(frozen=True, slots=True)
class Rationed:
    """A solution under a policy. ``gap``: the largest proven relative distance of a stage from its best;
    ``complete``: whether every stage was gone through before time ran out; ``parts``: scarce parts of how
    many; ``within_parts``: whether groups had to be cut by part."""

    solution: Solution
    gap: float = 0.0
    complete: bool = True
    parts: int = 0
    within_parts: bool = False

    def as_dict(self) -> dict[str, Any]:
        """What is told of it with the shares; nothing of a plan by priority, which has no stages."""
        if not self.parts:
            return {}
        names = ("gap", "complete", "parts", "within_parts")
        return {"stages": {name: getattr(self, name) for name in names}}


def solve_rationed(
    problem: Problem,
    model: Model,
    policy: Policy,
    reach: Mapping[int, float],
    start: Array,
    time_limit_s: float,
    progress: Progress,
) -> Rationed:
    """Solve ``model`` under ``policy``; of others than priority ``problem`` must be weighed alike.

    :param reach: what each order could get, see :func:`becq.planning.reach.reachable_bq`.
    Raises ConflictError where pins contradict each other.
    """
    most = sum(
        problem.weight(number) * each / order.activity
        for number, each in reach.items()
        if (order := problem.demands[number].order) is not None
    )
    if policy == "priority":
        return Rationed(_bounded(solve(model, start, time_limit_s, progress), most))
    deadline = time.monotonic() + time_limit_s

    def report(begin: float, end: float) -> Progress:
        return lambda fraction, text: progress(begin + (end - begin) * fraction, text)

    base = solve(model, start, FIRST_PART * time_limit_s, report(0.0, FIRST_PART))
    groups = group_orders(problem, reach, "province" if policy == "fair-provinces" else "hospital")
    scarce = find_scarce(problem, model, [group for group in groups if group.reachable_bq > 0], reach, base)
    if scarce is None:
        return Rationed(_bounded(base, most))
    # A plan that is changed is gone out from, so that what no stage makes better stays as it was.
    known = start[scarce.columns]
    begin = known if model.is_remade and _holds(scarce.model, known) else base.values[scarce.columns]
    stages = _Stages(scarce, begin, deadline)
    if policy == "pro-rata":
        stages.even_out()
    else:
        stages.raise_least()
        for number, level in enumerate(TENTHS):
            report(FIRST_PART, 0.9)(number / 10, f"what is missing below {level:.0%} of each share")
            stages.fill_to(level)
    last = solve(stages.programme, stages.values, max(LEAST_S, deadline - time.monotonic()), report(0.9, 1.0))
    values = base.values.copy()
    values[scarce.columns] = last.values[: scarce.columns.size]
    worth, cost = float(model.worth @ values), float(model.cost @ values)
    loads = model.matrix[model.departures] @ values
    solution = Solution(
        values,
        worth,
        # Of the parts left alone the first bound holds, of the others the last.
        worth
        + _missing_beside(problem, model, scarce, reach, base)
        + max(0.0, last.worth_bound - last.worth),
        cost,
        max(0.0, cost - max(0.0, base.cost - base.cost_bound) - max(0.0, last.cost - last.cost_bound)),
        base.timed_out or last.timed_out or not stages.complete,
        base.apart or last.apart,
        bool((loads > model.row_upper[model.departures] + FEASIBLE).any()),
    )
    return Rationed(_bounded(solution, most), stages.gap, stages.complete, scarce.count, scarce.within_parts)


def _bounded(solution: Solution, most: float) -> Solution:
    """A solution whose bound of service is no more than what all orders could get, each of them alone."""
    return replace(solution, worth_bound=max(solution.worth, min(solution.worth_bound, most)))


def _holds(model: Model, values: Array) -> bool:
    """Whether values keep every bound and row."""
    sums = model.matrix @ values
    return bool(
        (values >= model.lower - FEASIBLE).all()
        and (values <= model.upper + FEASIBLE).all()
        and (sums >= model.row_lower - FEASIBLE).all()
        and (sums <= model.row_upper + FEASIBLE).all()
    )


def _missing_beside(
    problem: Problem, model: Model, scarce: Scarce, reach: Mapping[int, float], base: Solution
) -> float:
    """By how much service of the parts left alone could be better: no order gets more than it could alone."""
    beside = np.ones(model.order.size, dtype=bool)
    beside[scarce.columns] = False
    orders = np.flatnonzero(beside & (model.order >= 0))
    served = np.bincount(model.order[orders], (model.worth * base.values)[orders], minlength=1)
    missing = 0.0
    for number in np.unique(model.order[orders]).tolist():
        order = problem.demands[number].order
        if order is not None:
            missing += max(0.0, problem.weight(number) * reach[number] / order.activity - served[number])
    return float(min(max(0.0, base.worth_bound - base.worth), missing))


class _Stages:
    """The scarce parts as a programme that each stage narrows; ``values`` keep all that is settled."""

    def __init__(self, scarce: Scarce, values: Array, deadline: float) -> None:
        self._scarce = scarce
        self.programme = scarce.model
        self.values = values
        self.gap, self.complete = 0.0, True
        now = time.monotonic()
        self._end = now + STAGES_PART * (deadline - now)

    @property
    def shares(self) -> Array:
        """The share of each group as things stand."""
        return np.asarray(self._scarce.shares @ self.values[: self._scarce.columns.size])

    def raise_least(self) -> None:
        """Make the least share of each product in each part as large as possible, and keep it."""
        pool = self._scarce.pool
        count = int(pool.max()) + 1
        size = self.programme.matrix.shape[1]

        def least(shares: Array) -> Array:
            found = np.full(count, np.inf)
            np.minimum.at(found, pool, shares)
            return found

        rows = [self._row(group, [size + int(pool[group])], -1.0) for group in range(pool.size)]
        found = self._solve(Extra(np.zeros(count), np.ones(count), np.ones(count), rows), least)
        if found is not None:
            self.programme.lower[size:] = np.maximum(0.0, found - KEPT)

    def fill_to(self, level: float) -> None:
        """Make what groups lack of ``level`` as little as possible in sum, and keep that."""
        count = self._scarce.part.size
        size = self.programme.matrix.shape[1]
        if (self.shares >= level * (1 - KEPT)).all():
            # At its best already; that it stays so is written down all the same.
            rows = [self._row(group, [], 0.0, level - KEPT) for group in range(count)]
            self.programme = grow(self.programme, Extra([], [], [], rows))
            return
        rows = [self._row(group, [size + group], -level) for group in range(count)]
        extra = Extra(np.zeros(count), np.ones(count), np.ones(count), rows)
        self._fill(extra, lambda shares: np.minimum(1.0, shares / level), self._scarce.part)

    def even_out(self) -> None:
        """Make the squares of the missing shares least, each group weighing by what it could get."""
        shares, weight, pool = self.shares, self._scarce.size, self._scarce.pool
        mean = np.bincount(pool, shares * weight) / np.bincount(pool, weight)
        bends = [_bends(float(mean[number])) for number in pool]
        group = np.repeat(np.arange(pool.size), [len(each) for each in bends])
        above = np.concatenate(bends)
        below = np.concatenate([(0.0, *each[:-1]) for each in bends])
        size = self.programme.matrix.shape[1]
        rows = [
            self._row(number, size + np.flatnonzero(group == number), -1.0) for number in range(pool.size)
        ]
        worth = weight[group] * (2.0 - below - above)
        extra = Extra(np.zeros(above.size), above - below, worth, rows)
        self._fill(
            extra,
            lambda shares: np.clip(shares[group] - below, 0.0, above - below),
            self._scarce.part[group],
        )

    def _row(
        self, group: int, columns: Sequence[int] | Indices, coefficient: float, lower: float = 0.0
    ) -> tuple[Indices, Array, float, float]:
        """Share of a group + ``coefficient`` times the sum of new columns >= ``lower``."""
        own = self._scarce.shares[group]
        return (
            np.concatenate([own.indices, columns]).astype(np.intp),
            np.concatenate([own.data, np.full(len(columns), coefficient)]),
            lower,
            np.inf,
        )

    def _fill(self, extra: Extra, derive: Callable[[Array], Array], part: Indices) -> None:
        """Make the worth of the new columns largest and keep it, part by part."""
        size = self.programme.matrix.shape[1]
        filled = self._solve(extra, derive)
        if filled is None:
            return
        worth = np.array(extra.worth)
        rows = []
        for number in range(self._scarce.count):
            own = np.flatnonzero(part == number)
            scale = float(worth[own].max())
            got = float(worth[own] @ filled[own]) / scale
            rows.append(((size + own).astype(np.intp), worth[own] / scale, got - KEPT, np.inf))
        self.programme = grow(self.programme, Extra([], [], [], rows))

    def _solve(self, extra: Extra, derive: Callable[[Array], Array]) -> Array | None:
        """Solve for the worth of new columns alone; their values, None where there is no time for it.

        :param derive: the values that the shares of the groups give the new columns.
        """
        left = self._end - time.monotonic()
        if left < LEAST_S:
            self.complete = False
            return None
        size = self.programme.matrix.shape[1]
        grown = grow(self.programme, extra)
        worth = np.concatenate([np.zeros(size), extra.worth])
        zeros = np.zeros(worth.size)
        alone = replace(grown, worth=worth, cost=zeros, change=zeros)
        before = derive(self.shares)
        start = np.concatenate([self.values, before])
        try:
            found = solve(alone, start, left / 2, lambda fraction, text: None)
        except ConflictError:
            # What is settled can be kept, so it was not found again in time.
            self.complete = False
            return None
        self.complete &= not found.timed_out
        self.values = found.values
        # The solver keeps what orders get, not what columns that are no order's are worth.
        filled = derive(self.shares)
        if worth[size:] @ filled <= worth[size:] @ before + KEPT:
            self.values, filled = start, before  # as good as that, and nearer to what was there
        self.values[size:] = filled
        if found.worth_bound > 0:
            self.gap = max(self.gap, 1.0 - float(worth[size:] @ filled) / found.worth_bound)
        lower = grown.lower.copy()
        self.programme = replace(
            grown, worth=np.concatenate([self.programme.worth, zeros[size:]]), lower=lower
        )
        return filled


def _bends(mean: float) -> tuple[float, ...]:
    """Shares at which the worth of pro rata bends: tenths and the mean share."""
    if not KEPT < mean < 1 - KEPT:
        return TENTHS
    return tuple(sorted({*(tenth for tenth in TENTHS if tenth == 1.0 or abs(tenth - mean) > CLOSE), mean}))
