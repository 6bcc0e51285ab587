"""Decay of inventories: many lots, many times and whole chains in one call.

Activities in Bq, times in s, data from ICRP-107. A chain is solved as a linear operator on its start
vector (:mod:`becq.physics.bateman`), so decaying is linear in the inventory, decays commute, and decaying
twice is decaying once for the sum of the times. Branches to spontaneous fission end outside the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array, Operator
from becq.physics.nuclides import Nuclide

Names = str | Nuclide | Sequence[str | Nuclide]


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


@dataclass(frozen=True)
class Chain:
    """The chain that grows from some nuclides, with its decay as a linear operator.

    :ivar members: radioactive members, parents before progeny: the order of every activity vector.
    :ivar ends: the stable members. Vectors of atoms are in the order ``members + ends``.
    """

    members: tuple[str, ...]
    ends: tuple[str, ...]

    def transfer_matrix(self, elapsed_s: ArrayLike) -> Array:
        """T with A(t) = T·A(0) for activities: elapsed_s (...) in s → (..., n, n), each entry accurate.

        :raises InputError: for a time that is negative or not finite.
        """
        t = _times(elapsed_s)
        n = len(self.members)
        return self.activity_operator.transfer(t.ravel()).reshape(*t.shape, n, n)

    def atoms_matrix(self, elapsed_s: ArrayLike) -> Array:
        """T with N(t) = T·N(0) for numbers of atoms, stable ends included: (...) → (..., n+e, n+e)."""
        t = _times(elapsed_s)
        n = len(self.members) + len(self.ends)
        return self.atoms_operator.transfer(t.ravel()).reshape(*t.shape, n, n)

    @cached_property
    def activity_operator(self) -> Operator:
        """The operator on activities of ``members``."""
        rates, branching = _rates(self.members)
        return Operator.of(rates, rates[:, None] * branching)

    @cached_property
    def atoms_operator(self) -> Operator:
        """The operator on numbers of atoms of ``members + ends``."""
        rates, branching = _rates(self.members + self.ends)
        return Operator.of(rates, branching * rates[None, :])


def chain(nuclides: Names, *, members: Sequence[str | Nuclide] | None = None) -> Chain:
    """The chain of one or several nuclides (canonical names or :class:`Nuclide`).

    :param members: keep only what is needed for these (they and what feeds them); None keeps all.
    :raises InputError: for an unknown or stable nuclide, or a member that does not occur in the chain.
    """
    return _chain(_inputs(nuclides), None if members is None else tuple(str(m) for m in members))


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
    single = isinstance(nuclides, str | Nuclide)
    inputs = _inputs(nuclides)
    t = _times(elapsed_s)
    start = np.asarray(activity_bq, dtype=np.float64)
    start = start[..., None] if single else start
    if start.ndim == 0 or start.shape[-1] != len(inputs):
        raise InputError(
            f"Activities of shape {start.shape} do not fit {len(inputs)} nuclides on the last axis"
        )
    if not np.isfinite(start).all():
        raise InputError("An activity is not a finite number")
    try:
        shape = np.broadcast_shapes(start.shape[:-1], t.shape)
    except ValueError:
        raise InputError(
            f"Activities of {start.shape[:-1]} lots do not fit times of shape {t.shape}"
        ) from None
    whole = chain(inputs, members=members)
    columns = np.array([whole.members.index(n) for n in inputs if n in whole.members], dtype=np.intp)
    kept = [i for i, n in enumerate(inputs) if n in whole.members]
    rows = np.broadcast_to(start[..., kept], (*shape, len(kept))).reshape(-1, len(kept))
    times = np.broadcast_to(t, shape).reshape(-1)
    result = _apply(whole.activity_operator, rows, columns, times)
    names = whole.members
    if members is not None:
        names = tuple(str(m) for m in members)
        result = result[:, [whole.members.index(m) for m in names]]
    return DecayedInventory(names, result.reshape(*shape, len(names)))


def decay_factor(nuclide: str | Nuclide, elapsed_s: ArrayLike) -> Array:
    """exp(−λt) of one nuclide without its progeny: times of any shape in s, negative ones look back.

    :raises InputError: for an unknown nuclide.
    """
    rate = nuclide.decay_const if isinstance(nuclide, Nuclide) else decay_data.decay_const(nuclide)
    return np.asarray(np.exp(np.asarray(elapsed_s, dtype=np.float64) * -rate))


def _inputs(nuclides: Names) -> tuple[str, ...]:
    one = isinstance(nuclides, str | Nuclide)
    names = (str(nuclides),) if one else tuple(str(n) for n in nuclides)  # type: ignore[union-attr]
    if not names:
        raise InputError("At least one nuclide is needed")
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise InputError(f"{', '.join(sorted(twice))} is listed twice")
    return names


def _times(elapsed_s: ArrayLike) -> Array:
    t = np.asarray(elapsed_s, dtype=np.float64)
    if t.size and not (np.isfinite(t).all() and t.min() >= 0):
        raise InputError("An elapsed time must be finite and not negative (a chain cannot be run backwards)")
    return t


@lru_cache(maxsize=512)
def _chain(inputs: tuple[str, ...], wanted: tuple[str, ...] | None) -> Chain:
    for name in inputs:
        if decay_data.record(name).stable:
            raise InputError(f"{name} is stable: it has no activity")
    everything = decay_data.descendants(inputs)
    if wanted is not None:
        missing = [m for m in wanted if m not in everything or decay_data.record(m).stable]
        if missing:
            raise InputError(f"{', '.join(missing)} is not radioactive progeny of {', '.join(inputs)}")
        needed = decay_data.ancestors(wanted)
        everything = tuple(n for n in everything if n in needed)
    stable = tuple(n for n in everything if decay_data.record(n).stable)
    return Chain(tuple(n for n in everything if n not in stable), stable)


def _rates(members: tuple[str, ...]) -> tuple[Array, Array]:
    """Decay constants (n,) in 1/s and branching fractions (n, n), daughters by row, parents by column."""
    place = {name: i for i, name in enumerate(members)}
    branching = np.zeros((len(members), len(members)))
    for name in members:
        for branch in decay_data.record(name).branches:
            if branch.daughter in place:
                branching[place[branch.daughter], place[name]] += branch.fraction
    return np.array([decay_data.decay_const(n) for n in members]), branching


def _apply(operator: Operator, rows: Array, columns: NDArray[np.intp], times: Array) -> Array:
    if not rows.size or rows.min() >= 0:
        return operator.apply(rows, columns, times)
    # a difference of two inventories: each part keeps its digits
    gains = operator.apply(np.maximum(rows, 0.0), columns, times)
    return gains - operator.apply(np.maximum(-rows, 0.0), columns, times)
