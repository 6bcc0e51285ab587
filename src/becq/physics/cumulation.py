"""Integrals over time: numbers of decays (cumulated activity), and mean activities.

The integral of an activity over time is a number of decays: 1 Bq·s is one decay. It is summed over the modes
of the chain, each (1 − e^{−λt})/λ, and where that sum cancels (short times, slow or near-equal members) each
member gets a counter, an absorbing state fed by its activity, and only positive terms are added
(:meth:`becq.physics.bateman.Operator.integrate`). Over all time each start atom contributes the number of
times it passes through a member, (1 − B)⁻¹ of the branching fractions B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.bateman import Array
from becq.physics.chains import Lots, Names, chain, elapsed_times
from becq.physics.decay import DecayedInventory, decay
from becq.physics.nuclides import Nuclide


@dataclass(frozen=True, slots=True)
class CumulatedActivity:
    """Decays of each member within a period.

    :ivar members: as asked for, else the radioactive members of the chain, parents before progeny, (n,).
    :ivar decays: numbers of decays, which is cumulated activity in Bq·s, (..., n).
    """

    members: tuple[str, ...]
    decays: Array

    def of(self, name: str | Nuclide) -> Array:
        """Decays of one member, (...). Raises InputError if it is not in the chain."""
        if str(name) not in self.members:
            raise InputError(f"{name} is not among these members; they are {', '.join(self.members)}")
        return self.decays[..., self.members.index(str(name))]


def cumulated(
    nuclides: Names,
    activity_bq: ArrayLike,
    duration_s: ArrayLike,
    *,
    members: Sequence[str | Nuclide] | None = None,
) -> CumulatedActivity:
    """Decays of every member of a chain within ``duration_s``, from the activities at its start.

    :param nuclides: one name (then ``activity_bq`` has shape B) or k names (then shape B + (k,)).
    :param activity_bq: activities at the start in Bq.
    :param duration_s: length of the period in s, shape E, broadcast against B; inf counts every decay.
    :param members: count only these, in this order; None for all radioactive members.
    :returns: numbers of decays (= Bq·s) of shape broadcast(B, E) + (n,).
    :raises InputError: for unknown names, shapes that do not fit, negative durations.

    Relative accuracy is about 1e-12 in each entry. For a later period, decay to its start first.
    """
    lots = Lots.of(nuclides, activity_bq, elapsed_times(duration_s, endless=True), members)
    return CumulatedActivity(lots.names, lots.integrate(lots.rows))


def mean_activity(
    nuclides: Names,
    activity_bq: ArrayLike,
    from_s: ArrayLike,
    until_s: ArrayLike,
    *,
    members: Sequence[str | Nuclide] | None = None,
) -> DecayedInventory:
    """Mean activities of a chain between two times after the moment of ``activity_bq``.

    :param from_s: start of the interval in s, shape E, broadcast against B.
    :param until_s: end of the interval in s, not before its start, shape of E; where both are equal, the
        activity at that moment is returned.
    :returns: mean activities in Bq, broadcast(B, E) + (n,); other arguments as of :func:`cumulated`.
    :raises InputError: as :func:`cumulated`, and for an end before its start.
    """
    start, end = np.broadcast_arrays(elapsed_times(from_s), elapsed_times(until_s))
    if (end < start).any():
        raise InputError("An interval must not end before it starts")
    needed = chain(nuclides, members=members).members
    before = decay(nuclides, activity_bq, start, members=needed)
    wanted = needed if members is None else tuple(str(m) for m in members)
    length = end - start
    decays = cumulated(needed, before.activities_bq, length, members=wanted).decays
    now = before.activities_bq[..., [needed.index(m) for m in wanted]]
    moment = np.broadcast_to((length == 0)[..., None], decays.shape)
    return DecayedInventory(
        wanted, np.where(moment, now, decays / np.where(length == 0, 1.0, length)[..., None])
    )
