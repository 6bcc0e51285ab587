"""Decay of inventories: many lots, many times and whole chains in one call.

Activities in Bq, times in s, data from ICRP-107. A chain is solved as a linear operator on its start
vector (:mod:`becq.physics.chains`), so decaying is linear in the inventory, decays commute, and decaying
twice is decaying once for the sum of the times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.chains import Chain, Lots, Names, chain, elapsed_times
from becq.physics.nuclides import Nuclide

__all__ = ["Chain", "DecayedInventory", "Names", "chain", "decay", "decay_factor"]


@dataclass(frozen=True, slots=True)
class DecayedInventory:
    """Activities after decay.

    :ivar members: the radioactive members of the chain, parents before progeny, (n,).
    :ivar activities_bq: activities, (..., n), the last axis in the order of ``members``.
    """

    members: tuple[str, ...]
    activities_bq: Array

    def of(self, name: str | Nuclide) -> Array:
        """Activities of one member in Bq, (...). Raises InputError if it is not in the chain."""
        if str(name) not in self.members:
            raise InputError(f"{name} is not in this inventory; it holds {', '.join(self.members)}")
        return self.activities_bq[..., self.members.index(str(name))]

    def atoms(self) -> Array:
        """Numbers of atoms of the radioactive members, A/λ, (..., n)."""
        rates = np.array([decay_data.decay_const(m) for m in self.members])
        return np.asarray(self.activities_bq / rates)


def decay(
    nuclides: Names,
    activity_bq: ArrayLike,
    elapsed_s: ArrayLike,
    *,
    members: Sequence[str | Nuclide] | None = None,
) -> DecayedInventory:
    """Activities of a whole chain after ``elapsed_s``, from the activities of some of its members.

    :param nuclides: one name (then ``activity_bq`` has shape B) or k names (then shape B + (k,)).
    :param activity_bq: activities at time 0 in Bq; may be negative (a ledger entry is a difference).
    :param elapsed_s: times since then in s, not negative; shape E, broadcast against B by numpy's rules.
    :param members: compute and return only these, in this order; None for all radioactive members.
    :returns: activities of shape broadcast(B, E) + (n,). So lots (L,) and times (L,) give (L, n), each
        lot at its own time; lots (L, 1) and times (T,) give (L, T, n), every lot at every time.
    :raises InputError: for unknown names, shapes that do not fit, negative or non-finite times.

    Relative accuracy is about 1e-12 in each entry, for any time and any chain (docs/physics.md).
    """
    lots = Lots.of(nuclides, activity_bq, elapsed_times(elapsed_s), members)
    result = lots.apply(lots.chain.activity_operator, lots.rows, lots.columns, lots.places)
    return DecayedInventory(lots.names, result)


def decay_factor(nuclide: str | Nuclide, elapsed_s: ArrayLike) -> Array:
    """exp(−λt) of one nuclide without its progeny: times of any shape in s, negative ones look back.

    :raises InputError: for an unknown nuclide.
    """
    rate = nuclide.decay_const if isinstance(nuclide, Nuclide) else decay_data.decay_const(nuclide)
    return np.asarray(np.exp(np.asarray(elapsed_s, dtype=np.float64) * -rate))
