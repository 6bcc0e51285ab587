"""The largest activity that a member of a chain reaches, found where its slope changes sign.

dA/dt is computed in two ways, as a sum over exponentials and as a balance of gain and loss, M·A; each loses
digits where the other keeps them (the first for short times, the second on the plateau of a secular pair),
so a bound of the loss goes with each and the better one is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from becq.physics.bateman import Array, Places
from becq.physics.chains import Lots
from becq.physics.crossings import Balance, Signs, grid, root, sign_changes

_EPS = 8 * float(np.finfo(np.float64).eps)
_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Maximum:
    """The maximum of one member over all times.

    :ivar member: its name.
    :ivar time_s: when, in s, (...).
    :ivar activity_bq: how much, in Bq, (...).
    :ivar level: the part of the maximum that counts as the plateau.
    :ivar from_s: from when on the activity is at least ``level`` times the maximum, in s, (...).
    :ivar until_s: until when, (...).
    """

    member: str
    time_s: Array
    activity_bq: Array
    level: float
    from_s: Array
    until_s: Array


def maximum_of(lots: Lots, member: str, level: float) -> Maximum:
    """The maximum of a member for each lot (see :func:`becq.physics.milestones.ingrowth_maximum`)."""
    slope = _Slope.of(lots, member)
    times, matrices = grid(lots.chain)
    operator = lots.chain.activity_operator
    place = np.array([slope.place])
    rows = lots.rows
    count = rows.shape[0]
    best_time = np.zeros(count)
    best = rows @ np.eye(len(lots.chain.members))[slope.place, lots.columns]  # at time 0
    for first in range(0, count, max(1, _CELLS // times.size)):
        chosen = np.arange(first, min(count, first + max(1, _CELLS // times.size)))
        signs = slope.on_grid(chosen, times, matrices)
        row, start, end = sign_changes(signs)
        falls = signs[row, start] > 0
        which, low, high = chosen[row[falls]], times[start[falls]], times[end[falls]]
        at = root(slope.value, which, low, high)
        values = operator.apply(rows[which], lots.columns, at, place)[:, 0]
        order = np.argsort(values, kind="stable")  # where a lot comes twice, its largest is written last
        which, at, values = which[order], at[order], values[order]
        higher = values > best[which]
        best[which[higher]], best_time[which[higher]] = values[higher], at[higher]
    since, until = _plateau(lots, slope.place, best_time, best, level)
    shape = lots.shape
    return Maximum(
        member,
        best_time.reshape(shape),
        best.reshape(shape),
        level,
        since.reshape(shape),
        until.reshape(shape),
    )


def _plateau(lots: Lots, place: int, time: Array, height: Array, level: float) -> tuple[Array, Array]:
    """Times between which the activity is at least ``level`` of its maximum."""
    n, count = len(lots.chain.members), time.size
    balance = Balance(
        lots.chain, lots.columns, lots.rows, np.eye(n)[place], np.zeros(n), np.zeros(count), level * height
    )
    _, times, rising = balance.crossings()
    before = np.where(rising & (times <= time[:, None]), times, 0.0)
    after = np.where(~rising & (times >= time[:, None]), times, np.inf)
    return before.max(axis=1, initial=0.0), after.min(axis=1, initial=np.inf)


@dataclass(frozen=True, slots=True)
class _Slope:
    """dA/dt of the member at ``place``, for lots with the modes of ``amplitudes`` (L, n), or None."""

    lots: Lots
    place: int
    amplitudes: Array | None

    @classmethod
    def of(cls, lots: Lots, member: str) -> _Slope:
        place, operator = lots.chain.members.index(member), lots.chain.activity_operator
        if operator.vectors is None or operator.inverse is None:
            return cls(lots, place, None)
        modes = lots.rows @ operator.inverse[:, lots.columns].T
        return cls(lots, place, modes * operator.vectors[place] * -operator.rates)

    def value(self, which: Places, t: Array) -> Array:
        """The slope in Bq/s for some lots, each at its own time."""
        operator = self.lots.chain.activity_operator
        balance = operator.matrix[self.place]
        a = operator.apply(self.lots.rows[which], self.lots.columns, t)
        slope, bound = a @ balance, _EPS * (a @ np.abs(balance))
        if self.amplitudes is not None:
            terms = self.amplitudes[which] * np.exp(np.outer(t, -operator.rates))
            slope, bound = _better(slope, bound, terms.sum(axis=1), _EPS * np.abs(terms).sum(axis=1))
        return np.asarray(slope)

    def on_grid(self, which: Places, times: Array, matrices: Array) -> Signs:
        """Signs for some lots at all grid times, 0 where neither way is sure."""
        operator = self.lots.chain.activity_operator
        rows, balance = self.lots.rows[which], operator.matrix[self.place]
        moved = matrices[:, :, self.lots.columns]
        slope = rows @ np.einsum("n,gnk->kg", balance, moved)
        bound = _EPS * (rows @ np.einsum("n,gnk->kg", np.abs(balance), moved))
        if self.amplitudes is not None:
            gone = np.exp(np.outer(-operator.rates, times))
            slope, bound = _better(
                slope, bound, self.amplitudes[which] @ gone, _EPS * (np.abs(self.amplitudes[which]) @ gone)
            )
        signs: Signs = np.sign(slope).astype(np.int8)
        signs[np.abs(slope) <= bound] = 0
        return signs


def _better(first: Array, bound: Array, second: Array, other: Array) -> tuple[Array, Array]:
    take = other < bound
    return np.where(take, second, first), np.where(take, other, bound)
