"""When to elute: the best elution times for a day's needs, and how long a generator is of use.

The needs of a day are activities of the daughter at given times. Eluates are kept and used oldest first;
each can be used from ``preparation_s`` after its elution until its life ends. The fewest elutions that cover
every need are sought, and among these the times that leave the largest spare at the tightest need. Up to
three elutions all combinations of the times considered are tried, if they are no more than 20 000; beyond,
the best plan with one elution less is extended and its times exchanged one by one, which need not find the
very best.

Where the needs cannot all be covered, as many of them as possible are met in full (the smallest first, by
activity referred to one moment, which gives the largest number for given eluates that do not expire); what
is left goes to the others, earliest first. Of the plans with as many needs in full, the one that gives the
most activity is taken, summed at the times of the needs. A further elution must meet one more need in full
or add 1 % of all that is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.bateman import Array
from becq.physics.decay import chain, decay_factor
from becq.physics.decay_data import decay_const
from becq.physics.elution import rested_column

_FULL = 1 - 1e-12
_EXHAUSTIVE = 3
_COMBINATIONS = 20_000
_CANDIDATES = 96
_SWEEPS = 4
_WORTH = 0.01
"""Share of all that is needed which a further elution must add, unless it meets one more need in full."""


@dataclass(frozen=True, slots=True)
class ElutionPlan:
    """Elution times and what they cover.

    :ivar times_s: elution times, (k,).
    :ivar eluates_bq: daughter activity in each eluate at its elution, (k,).
    :ivar covered_bq: what each need gets at its time, (m,).
    :ivar needs_bq: what each need asks for, (m,).
    :ivar spare: activity at hand per activity needed at the tightest need; at least 1 if all are covered.
    :ivar left_bq: what is left and usable at the time of each need once all needs were served, (m,).
    """

    times_s: Array
    eluates_bq: Array
    covered_bq: Array
    needs_bq: Array
    spare: float
    left_bq: Array

    @property
    def met(self) -> NDArray[np.bool_]:
        """Which needs are covered in full, (m,)."""
        return np.asarray(self.covered_bq >= self.needs_bq * _FULL)

    @property
    def complete(self) -> bool:
        """True if every need is covered."""
        return bool(self.met.all())

    @property
    def shortfall_bq(self) -> Array:
        """What each need lacks, (m,); 0 where it is met."""
        return np.where(self.met, 0.0, self.needs_bq - self.covered_bq)


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

    def serve(self, times: Array) -> _Served:
        """What elution times (c, k) give to each need."""
        eluates = self.eluates(times)
        everybody = np.ones((len(times), self.needs_s.size), dtype=np.bool_)
        served = self._give(times, eluates, everybody)
        if served.full(self.needs_bq).all(axis=1).any():
            return served
        chosen = np.zeros_like(everybody)
        log_referred = np.log(self.needs_bq) + decay_const(self.daughter) * self.needs_s
        for i in np.argsort(log_referred, kind="stable"):
            tried = chosen.copy()
            tried[:, i] = True
            fits = (self._give(times, eluates, tried).full(self.needs_bq) | ~tried).all(axis=1)
            chosen[:, i] = fits
        first = self._give(times, eluates, chosen)
        then = self._give(times, first.left, ~chosen)
        spare = np.minimum(first.spare, then.spare)
        return _Served(times, first.covered + then.covered, spare, then.left)

    def _give(self, times: Array, eluates: Array, to: NDArray[np.bool_]) -> _Served:
        """Serve the needs of ``to`` (c, m) in order of time, the oldest usable eluate first."""
        left = eluates.copy()
        covered = np.zeros(to.shape)
        spare = np.full(len(times), np.inf)
        for i, wanted in enumerate(self.needs_bq):
            if not to[:, i].any():
                continue
            kept = self._kept(times, i)
            at_hand = left * kept
            spare = np.where(to[:, i], np.minimum(spare, at_hand.sum(axis=1) / wanted), spare)
            asked = np.where(to[:, i], wanted, 0.0)
            for e in range(times.shape[1]):
                given = np.minimum(at_hand[:, e], asked)
                asked = asked - given
                used = np.divide(given, kept[:, e], out=np.zeros_like(given), where=kept[:, e] > 0)
                left[:, e] = np.maximum(left[:, e] - used, 0.0)
            covered[:, i] = np.where(to[:, i], wanted - asked, 0.0)
        return _Served(times, covered, spare, left)

    def _kept(self, times: Array, need: int) -> Array:
        """Share of each eluate that is usable and not decayed at a need, (c, k)."""
        at = self.needs_s[need]
        usable = (times + self.preparation_s <= at) & (at <= times + self.life_s)
        return np.asarray(decay_factor(self.daughter, np.where(usable, at - times, 0.0)) * usable)


@dataclass(frozen=True, slots=True)
class _Served:
    """Elution times (c, k) with what they give: covered (c, m), tightest spare (c,), left of each (c, k)."""

    times: Array
    covered: Array
    spare: Array
    left: Array

    def full(self, needs_bq: Array) -> NDArray[np.bool_]:
        return np.asarray(self.covered >= needs_bq * _FULL)

    def row(self, i: int) -> _Served:
        return _Served(*(each[i : i + 1] for each in (self.times, self.covered, self.spare, self.left)))

    def count(self) -> int:
        return int(self.times.shape[1])


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

    A plan that cannot cover them all serves as many as possible in full, then gives the most activity.

    :param parent_activity_bq: parent on the column at time 0, eluted (or made) ``rest_s`` before.
    :param needs_s: times of the needs in s after time 0, (m,); ``needs_bq`` their activities at that time.
    :param earliest_s: no elution before; ``gap_s``: least time between two.
    :param grid_s: spacing of the times considered; the latest time for each need is considered as well.
    :param preparation_s: from elution to first use; ``eluate_life_s``: from elution to last use.
    :param most: largest number of elutions. If even that many do not cover the needs, ``complete`` is False;
        no elution at all is planned where none would give anything.
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
    best, latest = _nothing(day), _nothing(day)
    for count in range(1, most + 1):
        found = _search(day, candidates, count, gap_s, latest)
        if found is None:
            break
        latest = found
        if _worth(day, found, best):
            best = found
        if best.full(day.needs_bq).all():
            break
    back = np.argsort(order)
    left = [float((best.left * day._kept(best.times, i)).sum()) for i in range(at.size)]
    return ElutionPlan(
        best.times[0],
        day.eluates(best.times)[0],
        best.covered[0, back],
        wanted,
        float(best.spare[0]),
        np.array(left)[back],
    )


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


def _nothing(day: _Day) -> _Served:
    """No elution."""
    none = np.zeros((1, 0))
    return _Served(none, np.zeros((1, day.needs_s.size)), np.zeros(1), none)


def _search(day: _Day, candidates: Array, count: int, gap_s: float, latest: _Served) -> _Served | None:
    """The best plan of ``count`` elutions, or None; ``latest`` is the best of one less."""
    if count > candidates.size:
        return None
    if count == 1 or (count <= _EXHAUSTIVE and math.comb(candidates.size, count) <= _COMBINATIONS):
        rows = np.array(list(combinations(range(candidates.size), count)))
        return _pick(day, candidates[rows], gap_s)
    known = latest.times[0]
    found = _pick(day, np.array([np.sort(np.append(known, c)) for c in candidates if c not in known]), gap_s)
    for _ in range(_SWEEPS):
        if found is None:
            return None
        known = found.times[0]
        swaps = [
            np.sort(np.append(np.delete(known, i), c))
            for i in range(count)
            for c in candidates
            if c not in known
        ]
        better = _pick(day, np.array(swaps), gap_s) if swaps else None
        if better is None or not _better(day, better, found):
            break
        found = better
    return found


def _pick(day: _Day, times: Array, gap_s: float) -> _Served | None:
    """The best row of elution times (c, k), or None if none keeps the gap."""
    times = times[(np.diff(times, axis=1) >= gap_s).all(axis=1)]
    if not len(times):
        return None
    served = day.serve(times)
    total = served.covered.sum(axis=1) / day.needs_bq.sum()
    met = served.full(day.needs_bq).sum(axis=1)
    return served.row(int(np.lexsort((served.spare, np.round(total, 12), met))[-1]))


def _rank(day: _Day, plan: _Served) -> tuple[int, float]:
    """Number of needs met in full, and share of all that is needed which is covered."""
    return int(plan.full(day.needs_bq).sum()), float(plan.covered.sum() / day.needs_bq.sum())


def _better(day: _Day, one: _Served, other: _Served) -> bool:
    """True if of two plans with as many elutions ``one`` meets more needs, covers more, or spares more."""
    (met, share), (other_met, other_share) = _rank(day, one), _rank(day, other)
    if met != other_met:
        return met > other_met
    if abs(share - other_share) > 1e-9:
        return share > other_share
    return float(one.spare[0]) > float(other.spare[0])


def _worth(day: _Day, plan: _Served, best: _Served) -> bool:
    """True if a plan with more elutions is worth them: one more need in full, or enough more activity."""
    (met, share), (best_met, best_share) = _rank(day, plan), _rank(day, best)
    if met != best_met:
        return met > best_met
    more = plan.count() - best.count() if best.count() else 0
    return share - best_share >= _WORTH * more and share > best_share
