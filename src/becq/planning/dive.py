"""Cheap plans of large parts: down from the relaxation, column by column, with what it proves on the way.

A large programme of the second stage is too much for branching. Its relaxation is solved with the rows left
out that hardly ever bind (:func:`becq.planning.thrift.find_links`) and added where it breaks them; then
columns are made whole a few at a time, the dear ones first and each to the nearer side, the others where they
are nearest to being used, and the relaxation is solved again from where it was. What cannot be is taken back.
"""

from __future__ import annotations

import time

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from becq.planning.model import Array
from becq.planning.programme import Programme, allow, load, run, set_start
from becq.planning.thrift import Thrift, find_links

COST_GAP, LARGE_COST_GAP = 2e-2, 1e-2
COST_NODES = 20
"""The second stage looks at this many nodes of a part at most: a limit that gives the same plan anywhere."""
LARGE = 10_000
"""Columns of the second stage from which on it is gone through by diving."""
WHOLE = 1e-6
"""This close to a whole number a column is whole."""
DEAR = 1e-2
"""A column that costs this share of the least cost is dear: whether it is used matters by itself."""
USED = 0.3
"""Value of the relaxation from which on a dear column is used (chosen by trial on the country's plan)."""
DEAR_SHARE, FIRST_SHARE, LARGEST_SHARE = 0.5, 0.3, 0.5
"""Shares of the open columns that are made whole at once: dear ones; others at first and at most."""
ENOUGH = 1e-3
"""Rows are added to the relaxation until they raise it by less than this share."""
DIVE_PART = 0.75
"""Share of the time for the dive; what is left is for a better bound."""
BROKEN = 1e-6
"""A row of order one is broken if it is passed by more than this."""


def find_cheapest(thrift: Thrift, deadline: float) -> tuple[Array, float, bool]:
    """(values of ``thrift.programme``, proven bound, whether time ran out before they were good enough).

    The values are never dearer than the start.
    """
    programme, start = thrift.programme, thrift.start
    if programme.cost.size == 0:
        return start, 0.0, False
    if programme.cost.size <= LARGE:
        return _branch(programme, start, deadline)
    now = time.monotonic()
    dive = Dive(programme)
    found = dive.descend(now + DIVE_PART * (deadline - now))
    best = start if found is None or programme.cost @ found > programme.cost @ start else found
    bound = dive.bound
    if not is_near(float(programme.cost @ best), bound, LARGE_COST_GAP):
        bound = max(bound, _raise_bound(programme, best, bound, deadline))
    return best, bound, not is_near(float(programme.cost @ best), bound, LARGE_COST_GAP)


def is_near(value: float, bound: float, gap: float) -> bool:
    """Whether a value is within the relative ``gap`` of its bound; of no bound nothing is near."""
    return bool(np.isfinite(bound)) and value - bound <= gap * max(abs(bound), 1e-9)


def _branch(programme: Programme, start: Array, deadline: float) -> tuple[Array, float, bool]:
    highs = load(programme, deadline)
    highs.setOptionValue("mip_rel_gap", COST_GAP)
    highs.setOptionValue("mip_max_nodes", COST_NODES)
    set_start(highs, start)
    values, bound, late = run(highs)
    if programme.cost @ values > programme.cost @ start:
        values = start
    return values, bound, late and not is_near(float(programme.cost @ values), bound, COST_GAP)


def _raise_bound(programme: Programme, best: Array, bound: float, deadline: float) -> float:
    """A bound that counts dear columns as whole: what part of a large batch costs is the whole of it."""
    dear = programme.integer & (programme.cost >= DEAR * bound)
    if not dear.any() or deadline <= time.monotonic():
        return bound
    partly = Programme(
        programme.matrix,
        programme.row_lower,
        programme.row_upper,
        programme.lower,
        programme.upper,
        dear,
        programme.cost,
    )
    highs = load(partly, deadline)
    highs.setOptionValue("mip_rel_gap", LARGE_COST_GAP)
    set_start(highs, best)
    highs.run()
    found = float(highs.getInfo().mip_dual_bound)
    return max(bound, found) if np.isfinite(found) else bound


class Dive:
    """A programme on its way down from its relaxation. ``bound`` is proven as soon as it is finite."""

    def __init__(self, programme: Programme) -> None:
        self.bound = -np.inf
        self._programme = programme
        self._matrix = csr_matrix(programme.matrix)
        links = find_links(programme)
        self._left_out = np.flatnonzero(links)
        kept = np.flatnonzero(~links)
        self._highs = load(
            Programme(
                self._matrix[kept].tocsc(),
                programme.row_lower[kept],
                programme.row_upper[kept],
                programme.lower,
                programme.upper,
                np.zeros(programme.cost.size, dtype=bool),
                programme.cost,
            ),
            np.inf,
        )
        self._choice = _choices(programme, self._matrix)

    def relax(self, deadline: float) -> Array | None:
        """The values of the relaxation, and ``bound``; None where time ran out."""
        return self._relax(self._programme.lower, self._programme.upper, deadline, ENOUGH)

    def descend(self, deadline: float) -> Array | None:
        """Whole values that hold, or None where no way down was found in time."""
        whole, cost = self._programme.integer, self._programme.cost
        lower, upper = self._programme.lower.copy(), self._programme.upper.copy()
        values = self.relax(deadline)
        if values is None:
            return None
        share = FIRST_SHARE
        while True:
            open_ = np.flatnonzero(whole & (values > WHOLE) & (values < 1 - WHOLE))
            if open_.size == 0:
                values = self._relax(lower, upper, deadline, 0.0)
                if values is None or not (whole & (values > WHOLE) & (values < 1 - WHOLE)).any():
                    return None if values is None else np.where(whole, np.round(values), values)
                continue
            dear = open_[cost[open_] >= DEAR * self.bound]
            low, high = lower.copy(), upper.copy()
            if dear.size:
                nearest = dear[np.argsort(np.minimum(values[dear], 1 - values[dear]), kind="stable")]
                picked = nearest[: max(1, int(DEAR_SHARE * dear.size)) if share >= FIRST_SHARE else 1]
                is_used = values[picked] >= USED
                low[picked[is_used]] = 1.0
                high[picked[~is_used]] = 0.0
            else:
                nearest = open_[np.argsort(-values[open_], kind="stable")]
                picked = self._one_each(nearest[: max(1, int(share * open_.size))])
                is_used = np.ones(picked.size, dtype=bool)
                low[picked] = 1.0
                low[whole & (values >= 1 - WHOLE)] = 1.0
            found = self._relax(low, high, deadline, ENOUGH)
            if found is not None:
                lower, upper, values = low, high, found
                share = min(LARGEST_SHARE, share * 1.3)
                continue
            if time.monotonic() > deadline:
                return None
            share /= 4
            if picked.size == 1:  # it cannot be so, then it is otherwise
                if is_used[0]:
                    upper[picked] = 0.0
                else:
                    lower[picked] = 1.0
                values = self._relax(lower, upper, deadline, ENOUGH)
                if values is None:
                    return None

    def _relax(self, lower: Array, upper: Array, deadline: float, enough: float) -> Array | None:
        """The relaxation between these bounds, to which broken rows are added while that raises it."""
        every = np.arange(lower.size, dtype=np.int32)
        self._highs.changeColsBounds(every.size, every, lower, upper)
        before = -np.inf
        is_first = np.isneginf(self.bound)
        while True:
            allow(self._highs, deadline)
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            values = np.array(self._highs.getSolution().col_value)
            objective = float(self._highs.getInfo().objective_function_value)
            if is_first:
                self.bound = objective
            sums = self._matrix[self._left_out] @ values
            is_broken = sums > self._programme.row_upper[self._left_out] + BROKEN
            broken = self._left_out[is_broken]
            if broken.size == 0:
                return values
            rows = self._matrix[broken]
            self._highs.addRows(
                broken.size,
                np.full(broken.size, -highspy.kHighsInf),
                self._programme.row_upper[broken],
                rows.nnz,
                rows.indptr[:-1].astype(np.int32),
                rows.indices.astype(np.int32),
                rows.data,
            )
            self._left_out = self._left_out[~is_broken]
            if enough > 0 and objective - before <= enough * abs(objective):
                return values
            before = objective

    def _one_each(self, columns: NDArray[np.intp]) -> NDArray[np.intp]:
        """Of columns that exclude each other the first."""
        choice = self._choice[columns]
        _, first = np.unique(choice, return_index=True)
        is_first = choice < 0
        is_first[first] = True
        return columns[is_first]


def _choices(programme: Programme, matrix: csr_matrix) -> NDArray[np.intp]:
    """For each column the row by which just one of some is taken, -1 for others."""
    is_choice = (programme.row_lower == 1.0) & (programme.row_upper == 1.0)
    among = matrix[np.flatnonzero(is_choice)].tocoo()
    found = np.full(programme.cost.size, -1, dtype=np.intp)
    found[among.col] = among.row
    return found
