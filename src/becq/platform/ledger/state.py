"""The state of a lot in an account as the sum of its decayed entries.

Decay is linear, so entries may be summed in any order; to be identical to the last bit they are put in
one order first and summed exactly (``math.fsum``). Activities in Bq, instants aware datetimes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from becq.physics.decay import decay

TOLERANCE = 1e-6
"""Relative tolerance of non-negativity: of the gross activity that passed through the lot, decayed."""

_SECOND = timedelta(seconds=1)


class Change(NamedTuple):
    """One entry as the state sees it. Changes sort by time, nuclide, activity."""

    time: datetime
    nuclide: str
    activity_bq: float


@dataclass(frozen=True, slots=True)
class State:
    """What an account holds of a lot at ``time``.

    :ivar activity_bq: by nuclide, progeny that has grown in included.
    :ivar gross_bq: by nuclide, the sum of the magnitudes that make up ``activity_bq``.
    :ivar turnover_bq: the sum of the magnitudes of all changes so far, undecayed.
    :ivar posted: the nuclides that have an entry of their own.
    """

    time: datetime
    activity_bq: dict[str, float]
    gross_bq: dict[str, float]
    turnover_bq: float
    posted: frozenset[str]

    def negative(self) -> dict[str, float]:
        """The nuclides of which more has left than there was, beyond the tolerance."""
        return {
            nuclide: activity
            for nuclide, activity in self.activity_bq.items()
            if activity < -TOLERANCE * self.gross_bq[nuclide]
        }

    def moveable(self) -> dict[str, float]:
        """What moves when the lot moves: every nuclide that is more than a millionth of it."""
        whole = sum(a for a in self.activity_bq.values() if a > 0)
        return {n: a for n, a in self.activity_bq.items() if a > TOLERANCE * whole}


def state(changes: Iterable[Change], at: datetime) -> State:
    """The state at ``at`` from the changes up to then; identical to the last bit in whatever order."""
    return states(changes, [at])[0]


def states(changes: Iterable[Change], moments: Sequence[datetime]) -> list[State]:
    """The states at several moments, each after what happens at that very moment."""
    ordered = sorted(changes)
    return [_state([c for c in ordered if c.time <= at], at) for at in moments]


def moments(changes: Iterable[Change], since: datetime) -> list[datetime]:
    """The times at which a state that is not negative just after ``since`` may become so.

    Between two changes nothing but decay happens, and decay keeps a state that is not negative from
    becoming so (the matrix of a chain has no negative element off its diagonal). So non-negativity for
    all times from ``since`` on needs to be checked at the changes only.
    """
    return sorted({since, *(c.time for c in changes if c.time > since)})


def totals(
    groups: NDArray[np.intp],
    size: int,
    nuclides: Sequence[str],
    activity_bq: NDArray[np.float64],
    elapsed_s: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """Sums of decayed activities by group: m changes in ``size`` groups at once.

    :param groups: the group of each change, (m,), from 0 to size - 1.
    :param nuclides: the nuclide of each change, m names.
    :returns: by nuclide, the activity of each group in Bq, (size,).
    """
    found: dict[str, NDArray[np.float64]] = {}
    names = np.asarray(nuclides)
    for name in sorted(set(nuclides)):
        chosen = np.flatnonzero(names == name)
        for member, part in _decayed(name, activity_bq[chosen], elapsed_s[chosen]).items():
            summed = np.bincount(groups[chosen], weights=part, minlength=size)
            found[member] = found[member] + summed if member in found else summed
    return found


def _state(changes: Sequence[Change], at: datetime) -> State:
    parts: dict[str, list[float]] = {}
    by_nuclide: dict[str, list[Change]] = {}
    for change in changes:
        by_nuclide.setdefault(change.nuclide, []).append(change)
    for nuclide, own in sorted(by_nuclide.items()):
        activity = np.array([c.activity_bq for c in own])
        elapsed = np.array([(at - c.time) / _SECOND for c in own])
        for member, part in _decayed(nuclide, activity, elapsed).items():
            parts.setdefault(member, []).extend(part.tolist())
    return State(
        time=at,
        activity_bq={n: math.fsum(p) for n, p in sorted(parts.items())},
        gross_bq={n: math.fsum(map(abs, p)) for n, p in sorted(parts.items())},
        turnover_bq=math.fsum(abs(c.activity_bq) for c in changes),
        posted=frozenset(by_nuclide),
    )


def _decayed(
    nuclide: str, activity_bq: NDArray[np.float64], elapsed_s: NDArray[np.float64]
) -> Mapping[str, NDArray[np.float64]]:
    """By radioactive member of the chain, the activities after decay, (m,)."""
    result = decay(nuclide, activity_bq, elapsed_s)
    return {member: result.activities_bq[:, i] for i, member in enumerate(result.members)}
