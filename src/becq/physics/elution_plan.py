"""When to elute: the best elution times for a day's needs, and how long a generator is of use.

The needs of a day are activities of the daughter at given times. Eluates are kept and used oldest first;
each can be used from ``preparation_s`` after its elution until its life ends. The fewest elutions that cover
every need are sought, and among these the times that leave the largest spare at the tightest need. Up to
three elutions all combinations of the times considered are tried; beyond, the best plan with one elution
less is extended and its times exchanged one by one, which need not find the very best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.bateman import Array
from becq.physics.decay import chain, decay_factor
from becq.physics.decay_data import decay_const
from becq.physics.elution import rested_column

_EXHAUSTIVE = 3
_CANDIDATES = 96
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class ElutionPlan:
    """Elution times and what they cover.

    :ivar times_s: elution times, (k,).
    :ivar eluates_bq: daughter activity in each eluate at its elution, (k,).
    :ivar covered_bq: what each need gets at its time, (m,).
    :ivar needs_bq: what each need asks for, (m,).
    :ivar spare: activity at hand per activity needed at the tightest need; at least 1 if all are covered.
    """

    times_s: Array
    eluates_bq: Array
    covered_bq: Array
    needs_bq: Array
    spare: float

    @property
    def complete(self) -> bool:
        """True if every need is covered."""
        return bool((self.covered_bq >= self.needs_bq * (1 - 1e-12)).all())


@dataclass(frozen=True, slots=True)
class _Day:
    parent: str
    daughter: str
    column_bq: Array
    efficiency: float
    needs_s: Array
    needs_bq: Array
    preparation_s: float
    life_s: float

    def eluates(self, times: Array) -> Array:
        """Daughter activity of each eluate for elution times (c, k) → (c, k)."""
        whole = chain(self.parent)
        taken = _taken(whole.members, self.daughter, self.efficiency)
        at = whole.members.index(self.daughter)
        column = np.broadcast_to(self.column_bq, (len(times), self.column_bq.size))
        out = np.empty(times.shape)
        before = np.zeros(len(times))
        for e in range(times.shape[1]):
            steps, which = np.unique(times[:, e] - before, return_inverse=True)
            column = np.einsum("cij,cj->ci", whole.transfer_matrix(steps)[which], column)
            out[:, e] = column[:, at] * self.efficiency
            column = column * (1.0 - taken)
            before = times[:, e]
        return out

    def serve(self, times: Array) -> tuple[Array, Array]:
        """For elution times (c, k): covered (c, m) and the tightest spare (c,)."""
        left = self.eluates(times)
        covered = np.empty((len(times), self.needs_s.size))
        spare = np.full(len(times), np.inf)
        for i, (at, wanted) in enumerate(zip(self.needs_s, self.needs_bq, strict=True)):
            usable = (times + self.preparation_s <= at) & (at <= times + self.life_s)
            kept = decay_factor(self.daughter, np.where(usable, at - times, 0.0)) * usable
            at_hand = left * kept
            spare = np.minimum(spare, at_hand.sum(axis=1) / wanted)
            asked = np.full(len(times), wanted)
            for e in range(times.shape[1]):
                given = np.minimum(at_hand[:, e], asked)
                asked = asked - given
                left[:, e] -= np.divide(given, kept[:, e], out=np.zeros_like(given), where=kept[:, e] > 0)
            covered[:, i] = wanted - asked
        return covered, spare


def best_elution_times(
    parent: str,
    daughter: str,
    parent_activity_bq: float,
    needs_s: ArrayLike,
    needs_bq: ArrayLike,
    efficiency: float,
    *,
    rest_s: float = 0.0,
    earliest_s: float = 0.0,
    gap_s: float = 0.0,
    grid_s: float = 900.0,
    preparation_s: float = 0.0,
    eluate_life_s: float = math.inf,
    most: int = 6,
) -> ElutionPlan:
    """The fewest elutions that cover a day's needs, with the largest spare.

    :param parent_activity_bq: parent on the column at time 0, eluted (or made) ``rest_s`` before.
    :param needs_s: times of the needs in s after time 0, (m,); ``needs_bq`` their activities at that time.
    :param earliest_s: no elution before; ``gap_s``: least time between two.
    :param grid_s: spacing of the times considered; the latest time for each need is considered as well.
    :param preparation_s: from elution to first use; ``eluate_life_s``: from elution to last use.
    :param most: largest number of elutions. If even that many do not cover the needs, the plan that covers
        the most activity is returned (``complete`` is False).
    :raises InputError: for needs that do not fit each other, none at all, or values out of range.
    """
    at, wanted = np.atleast_1d(np.asarray(needs_s, float)), np.atleast_1d(np.asarray(needs_bq, float))
    if at.shape != wanted.shape or at.ndim != 1 or not at.size:
        raise InputError("Needs are a list of times and a list of as many activities, at least one")
    if not (np.isfinite(at).all() and (wanted > 0).all() and np.isfinite(wanted).all()):
        raise InputError("A need has a finite time and an activity above zero")
    if not (grid_s > 0 and gap_s >= 0 and preparation_s >= 0 and eluate_life_s > 0 and most >= 1):
        raise InputError("Spacing, gap, preparation and life of an eluate must not be negative")
    if not (parent_activity_bq >= 0 and earliest_s >= 0 and 0 <= efficiency <= 1):
        raise InputError("A parent activity and a time must not be negative, an efficiency between 0 and 1")
    order = np.lexsort((wanted, at))
    day = _Day(
        parent,
        daughter,
        float(parent_activity_bq) * rested_column(parent, rest_s),
        float(efficiency),
        at[order],
        wanted[order],
        preparation_s,
        eluate_life_s,
    )
    candidates = _candidates(day, earliest_s, grid_s)
    best: tuple[Array, Array, float] | None = None
    for count in range(1, most + 1):
        found = _search(day, candidates, count, gap_s, best)
        if found is None:
            break
        if best is None or _better(found, best, day):
            best = found
        if (best[1] >= day.needs_bq * (1 - 1e-12)).all():
            break
    if best is None:
        nothing = np.zeros(0)
        return ElutionPlan(nothing, nothing, np.zeros(at.size), wanted, 0.0)
    times, covered, spare = best
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    return ElutionPlan(times, day.eluates(times[None, :])[0], covered[back], wanted, spare)


def useful_life_s(
    parent: str,
    daughter: str,
    parent_activity_bq: ArrayLike,
    needed_bq: ArrayLike,
    interval_s: float,
    efficiency: float,
) -> Array:
    """Time in s for which a generator eluted every ``interval_s`` yields at least ``needed_bq`` an elution.

    In the long run the column before each elution is a fixed vector per activity of the parent: the one that
    an elution and the growth of one interval turn into itself, less the parent's decay. Activities and needs
    broadcast; 0 if the need is never met.

    :raises InputError: for an interval or efficiency out of range or needs not above zero.
    """
    needed = np.asarray(needed_bq, dtype=np.float64)
    activity = np.asarray(parent_activity_bq, dtype=np.float64)
    if not (interval_s > 0 and math.isfinite(interval_s)) or not 0 < efficiency <= 1:
        raise InputError("An elution interval must be above zero, an efficiency between 0 and 1")
    if not (needed > 0).all() or not (activity >= 0).all():
        raise InputError("A needed activity must be above zero, a parent activity not negative")
    share = efficiency * _steady_share(parent, daughter, interval_s, efficiency)
    with np.errstate(divide="ignore"):
        life_s = np.log(share * activity / needed) / decay_const(parent)
    return np.asarray(np.maximum(life_s, 0.0))


def _steady_share(parent: str, daughter: str, interval_s: float, efficiency: float) -> float:
    """Daughter per parent activity before each elution in the long run."""
    whole = chain(parent, members=[daughter])
    if decay_const(daughter) <= decay_const(parent):
        raise InputError(f"{parent} lives no longer than {daughter}: eluates do not settle")
    step = whole.transfer_matrix(interval_s) * (1.0 - _taken(whole.members, daughter, efficiency))
    head = whole.members.index(parent)
    rest = [i for i in range(len(whole.members)) if i != head]
    matrix = step[np.ix_(rest, rest)] - math.exp(-decay_const(parent) * interval_s) * np.eye(len(rest))
    column = np.linalg.solve(matrix, -step[rest, head])
    return float(column[rest.index(whole.members.index(daughter))])


def _taken(members: tuple[str, ...], daughter: str, efficiency: float) -> Array:
    """Fraction of each member that an elution takes: the isotopes of the daughter's element, (n,)."""
    element = daughter.partition("-")[0]
    return np.array([efficiency if m.partition("-")[0] == element else 0.0 for m in members])


def _candidates(day: _Day, earliest_s: float, grid_s: float) -> Array:
    """Times at which one may elute: a grid, and the latest moment for each need."""
    last = float(day.needs_s[-1]) - day.preparation_s
    if last < earliest_s:
        return np.zeros(0)
    steps = int((last - earliest_s) // grid_s) + 1
    grid = earliest_s + grid_s * np.arange(steps)
    if steps > _CANDIDATES:
        grid = np.linspace(earliest_s, last, _CANDIDATES)
    latest = day.needs_s - day.preparation_s
    return np.unique(np.concatenate([grid, latest[latest >= earliest_s]]))


def _search(
    day: _Day, candidates: Array, count: int, gap_s: float, best: tuple[Array, Array, float] | None
) -> tuple[Array, Array, float] | None:
    if count > candidates.size:
        return None
    if count <= _EXHAUSTIVE:
        rows = np.array(list(combinations(range(candidates.size), count)))
        return _pick(day, candidates[rows], gap_s)
    if best is None:
        return None
    found = best
    tried = np.array([np.sort(np.append(best[0], c)) for c in candidates if c not in best[0]])
    for _ in range(_SWEEPS):
        better = _pick(day, tried, gap_s) if tried.size else None
        if better is None or (len(found[0]) == count and not _better(better, found, day)):
            break
        found = better
        swaps = [
            np.sort(np.append(np.delete(found[0], i), c))
            for i in range(count)
            for c in candidates
            if c not in found[0]
        ]
        tried = np.array(swaps)
    return found if len(found[0]) == count else None


def _pick(day: _Day, times: Array, gap_s: float) -> tuple[Array, Array, float] | None:
    """The best row of elution times (c, k), or None if none keeps the gap."""
    times = times[(np.diff(times, axis=1) >= gap_s).all(axis=1)]
    if not len(times):
        return None
    covered, spare = day.serve(times)
    total = (covered / day.needs_bq).sum(axis=1)
    complete = (covered >= day.needs_bq * (1 - 1e-12)).all(axis=1)
    best = int(np.lexsort((spare, np.round(total, 12), complete))[-1])
    return times[best], covered[best], float(spare[best])


def _better(one: tuple[Array, Array, float], other: tuple[Array, Array, float], day: _Day) -> bool:
    """True if plan ``one`` covers more, or as much with a larger spare and no more elutions."""
    first, second = (float((p[1] / day.needs_bq).sum()) for p in (one, other))
    if abs(first - second) > 1e-9:
        return first > second
    return len(one[0]) <= len(other[0]) and one[2] > other[2]
