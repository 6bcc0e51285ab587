"""Chains: what grows from some nuclides, and many lots of it, as operators and arrays.

A chain is solved as a linear operator on its start vector (:mod:`becq.physics.bateman`). Branches to
spontaneous fission end outside the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array, Operator, Places
from becq.physics.nuclides import Nuclide

Names = str | Nuclide | Sequence[str | Nuclide]


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
        t = elapsed_times(elapsed_s)
        n = len(self.members)
        return self.activity_operator.transfer(t.ravel()).reshape(*t.shape, n, n)

    def atoms_matrix(self, elapsed_s: ArrayLike) -> Array:
        """T with N(t) = T·N(0) for numbers of atoms, stable ends included: (...) → (..., n+e, n+e)."""
        t = elapsed_times(elapsed_s)
        n = len(self.members) + len(self.ends)
        return self.atoms_operator.transfer(t.ravel()).reshape(*t.shape, n, n)

    @cached_property
    def activity_operator(self) -> Operator:
        """The operator on activities of ``members``."""
        rates, branching = self.rates_and_branching()
        return Operator.of(rates, rates[:, None] * branching)

    @cached_property
    def atoms_operator(self) -> Operator:
        """The operator on numbers of atoms of ``members + ends``."""
        rates, branching = self.rates_and_branching(stable=True)
        return Operator.of(rates, branching * rates[None, :])

    @cached_property
    def passages(self) -> Array:
        """P[i, j]: how many atoms of member i one atom of member j becomes in the end, (n, n).

        (1 − B)⁻¹ for the branching fractions B, by substitution: sums of products, nothing subtracted.
        """
        _, branching = self.rates_and_branching()
        passages = np.eye(len(self.members))
        for i in range(len(self.members)):
            passages[i] += branching[i, :i] @ passages[:i]
        return passages

    def rates_and_branching(self, *, stable: bool = False) -> tuple[Array, Array]:
        """Decay constants (n,) in 1/s and branching fractions (n, n), daughters by row, parents by column.

        :param stable: whether the stable ends follow the members.
        """
        members = self.members + self.ends if stable else self.members
        place = {name: i for i, name in enumerate(members)}
        branching = np.zeros((len(members), len(members)))
        for name in members:
            for branch in decay_data.record(name).branches:
                if branch.daughter in place:
                    branching[place[branch.daughter], place[name]] += branch.fraction
        return np.array([decay_data.decay_const(n) for n in members]), branching


@dataclass(frozen=True, slots=True)
class Lots:
    """Many lots of one kind, each with a time, as flat arrays: what the public functions broadcast to.

    :ivar chain: the chain of the lots.
    :ivar names: the members asked for, (w,).
    :ivar places: their places in the chain, (w,).
    :ivar columns: the places of the start nuclides, (k,).
    :ivar rows: the start values, (rows, k).
    :ivar times_s: (rows,) or, if there is only one time for all, (1,).
    :ivar shape: the shape that the rows are to have.
    """

    chain: Chain
    names: tuple[str, ...]
    places: Places
    columns: Places
    rows: Array
    times_s: Array
    shape: tuple[int, ...]

    @classmethod
    def of(
        cls,
        nuclides: Names,
        values: ArrayLike,
        times_s: Array,
        members: Sequence[str | Nuclide] | None,
        *,
        what: str = "activities",
    ) -> Lots:
        """Values of k nuclides, B + (k,), or of one, B, and times E, broadcast.

        :raises InputError: for unknown nuclides, values that are not finite, shapes that do not fit.
        """
        single = isinstance(nuclides, str | Nuclide)
        inputs = input_names(nuclides)
        start = np.asarray(values, dtype=np.float64)
        start = start[..., None] if single else start
        if start.ndim == 0 or start.shape[-1] != len(inputs):
            raise InputError(
                f"{what.capitalize()} of shape {start.shape} do not fit {len(inputs)} nuclides at the end"
            )
        # one pass each for least and largest, and no temporary array: a NaN shows in both
        if start.size and not (np.isfinite(start.min()) and np.isfinite(start.max())):
            raise InputError(f"Among the {what} is something that is not a finite number")
        try:
            shape = np.broadcast_shapes(start.shape[:-1], times_s.shape)
        except ValueError:
            raise InputError(
                f"{what.capitalize()} of {start.shape[:-1]} lots do not fit times of shape {times_s.shape}"
            ) from None
        whole = chain(inputs, members=members)
        names = whole.members if members is None else tuple(str(m) for m in members)
        columns = np.array([whole.members.index(n) for n in inputs if n in whole.members], dtype=np.intp)
        if columns.size < len(inputs):  # nuclides that feed nothing of what is asked for
            start = start[..., [i for i, n in enumerate(inputs) if n in whole.members]]
        rows = np.broadcast_to(start, (*shape, columns.size)).reshape(-1, columns.size)
        times = times_s.reshape(-1) if times_s.size == 1 else np.broadcast_to(times_s, shape).reshape(-1)
        places = np.array([whole.members.index(n) for n in names], dtype=np.intp)
        return cls(whole, names, places, columns, rows, times, shape)

    def apply(self, operator: Operator, rows: Array, columns: Places, wanted: Places) -> Array:
        """What an operator makes of the rows, in the shape of the lots: shape + (w,)."""
        if self._share_time(rows):
            matrix = operator.transfer(self.times_s)[0][np.ix_(wanted, columns)]
            result: Array = rows * matrix if matrix.size == 1 else rows @ matrix.T
        else:
            result = operator.apply(rows, columns, np.broadcast_to(self.times_s, rows.shape[:1]), wanted)
        return result.reshape(*self.shape, wanted.size)

    def integrate(self, rows: Array) -> Array:
        """Integrals over time of the activities asked for, from start activities (rows, k): shape + (w,) in
        the unit of the rows times s; for endless times too, where every start atom passes through."""
        operator, width = self.chain.activity_operator, self.places.size
        endless = np.isinf(self.times_s)
        if endless.any():
            passed = self.chain.passages[np.ix_(self.places, self.columns)]
            passed = (rows / operator.rates[self.columns]) @ passed.T
            if endless.all():
                return np.asarray(passed.reshape(*self.shape, width))
            result = operator.integrate(rows, self.columns, np.where(endless, 0.0, self.times_s), self.places)
            result[endless] = passed[endless]
        elif self._share_time(rows):
            matrix = operator.counted(self.places).transfer(self.times_s)[0]
            result = rows @ matrix[len(self.chain.members) :, self.columns].T
        else:
            times = np.broadcast_to(self.times_s, rows.shape[:1])
            result = operator.integrate(rows, self.columns, times, self.places)
        return np.asarray(result.reshape(*self.shape, width))

    def _share_time(self, rows: Array) -> bool:
        return self.times_s.size == 1 and rows.shape[0] >= _SHARED


_SHARED = 256  # lots from which one matrix for their common time is worth its making


def chain(nuclides: Names, *, members: Sequence[str | Nuclide] | None = None) -> Chain:
    """The chain of one or several nuclides (canonical names or :class:`Nuclide`).

    :param members: keep only what is needed for these (they and what feeds them); None keeps all.
    :raises InputError: for an unknown or stable nuclide, or a member that does not occur in the chain.
    """
    return _chain(input_names(nuclides), None if members is None else tuple(str(m) for m in members))


def input_names(nuclides: Names) -> tuple[str, ...]:
    """The names of one or several nuclides. Raises InputError if there is none or one is listed twice."""
    one = isinstance(nuclides, str | Nuclide)
    names = (str(nuclides),) if one else tuple(str(n) for n in nuclides)  # type: ignore[union-attr]
    if not names:
        raise InputError("At least one nuclide is needed")
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise InputError(f"{', '.join(sorted(twice))} is listed twice")
    return names


def elapsed_times(elapsed_s: ArrayLike, *, endless: bool = False) -> Array:
    """Times in s as an array.

    :param endless: whether inf may stand for "for ever".
    :raises InputError: for a time that is negative or not a number (or not finite).
    """
    t = np.asarray(elapsed_s, dtype=np.float64)
    if t.size and not (t.min() >= 0 and (endless or t.max() < np.inf)):
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
