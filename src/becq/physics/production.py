"""Decay while something is made: chains fed at constant rates, for one period or a history of steps.

Of each member, dN/dt = −λN + Σ(feeding by parents) + R with a rate R in atoms/s. For activities that is
dA/dt = M·A + λ·R, so what is there after a period is the integral of exp(M·t) over it, applied to λ·R: the
same integral as that of :mod:`becq.physics.cumulation`. The saturation term 1 − e^{−λt} of the textbooks
(IAEA Technical Reports Series 465, 2008) is its value for a single nuclide; it keeps its digits however
short or long the period is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.chains import Lots, Names, chain, elapsed_times, input_names
from becq.physics.decay import DecayedInventory
from becq.physics.nuclides import Nuclide


def produced(
    nuclides: Names,
    rate_per_s: ArrayLike,
    duration_s: ArrayLike,
    *,
    members: Sequence[str | Nuclide] | None = None,
) -> DecayedInventory:
    """Activities of a whole chain at the end of a period in which some members are made at constant rates.

    :param nuclides: what is made: one name (then ``rate_per_s`` has shape B) or k names (shape B + (k,)).
    :param rate_per_s: atoms made per second. A negative rate is a constant removal.
    :param duration_s: length of the period in s, shape E, broadcast against B; inf is saturation.
    :param members: compute and return only these, in this order; None for all radioactive members.
    :returns: activities in Bq at the end, broadcast(B, E) + (n,); nothing is there at the start (add
        ``decay(...)`` of what was: both are linear). ``.atoms()`` gives numbers of atoms.
    :raises InputError: for unknown or stable nuclides, shapes that do not fit, negative durations.

    For one nuclide this is R·(1 − e^{−λt}). Relative accuracy is about 1e-12 in each entry, for any λt.
    """
    lots = Lots.of(
        nuclides, rate_per_s, elapsed_times(duration_s, endless=True), members, what="production rates"
    )
    return DecayedInventory(lots.names, lots.integrate(_growth(lots)))


def produced_in_steps(
    nuclides: Names,
    rate_per_s: ArrayLike,
    duration_s: ArrayLike,
    *,
    members: Sequence[str | Nuclide] | None = None,
    every_step: bool = False,
) -> DecayedInventory:
    """Activities after a history of steps, each with its own constant rates (0 while the beam is off).

    :param rate_per_s: atoms made per second in each of the s steps: B + (s,) for one name, B + (s, k) for k.
    :param duration_s: lengths of the steps in s, E + (s,), broadcast against B; finite. Cooling is a last
        step of rate 0.
    :param members: as of :func:`produced`.
    :param every_step: whether to return the activities at the end of each step and not only of the last.
    :returns: activities in Bq, broadcast(B, E) + (n,), or broadcast(B, E) + (s, n) with ``every_step``.
    :raises InputError: as :func:`produced`.
    """
    single = isinstance(nuclides, str | Nuclide)
    names = input_names(nuclides)
    durations = np.atleast_1d(elapsed_times(duration_s))
    rates = np.asarray(rate_per_s, dtype=np.float64)
    rates = rates[..., None] if single else rates
    if rates.ndim < 2 or rates.shape[-1] != len(names) or rates.shape[-2] != durations.shape[-1]:
        raise InputError(
            f"Production rates of shape {np.shape(rate_per_s)} do not fit {durations.shape[-1]} steps"
            f" of {len(names)} nuclides"
        )
    whole = chain(names, members=members)
    lots = [
        Lots.of(names, rates[..., i, :], durations[..., i], whole.members, what="production rates")
        for i in range(durations.shape[-1])
    ]
    wanted = whole.members if members is None else tuple(str(m) for m in members)
    shown = [whole.members.index(m) for m in wanted]
    now: Array = np.zeros((*lots[0].shape, len(whole.members))) if lots else np.zeros((0, 0))
    history = []
    everything = np.arange(len(whole.members))
    for step in lots:
        left = step.apply(whole.activity_operator, now.reshape(-1, everything.size), everything, everything)
        now = left + step.integrate(_growth(step))
        if every_step:
            history.append(now[..., shown])
    if every_step:
        return DecayedInventory(wanted, np.stack(history, axis=-2))
    return DecayedInventory(wanted, np.ascontiguousarray(now[..., shown]))


def produced_atoms(
    nuclides: Names, rate_per_s: ArrayLike, duration_s: ArrayLike
) -> tuple[tuple[str, ...], Array]:
    """Numbers of atoms of all members, the stable ends included, at the end of a period of constant rates.

    Arguments as of :func:`produced`, durations finite. The stable ends grow like t² at first, so every
    distinct duration costs one matrix: for many lots, give them a common duration.

    :returns: the names (members, then stable ends) and the numbers of atoms, broadcast(B, E) + (n + e,).
    :raises InputError: as :func:`produced`.
    """
    lots = Lots.of(nuclides, rate_per_s, elapsed_times(duration_s), None, what="production rates")
    operator = lots.chain.atoms_operator.fed(lots.columns, np.ones(lots.columns.size))
    k, n = lots.columns.size, len(lots.chain.members) + len(lots.chain.ends)
    atoms = lots.apply(operator, lots.rows, np.arange(k), k + np.arange(n))
    return lots.chain.members + lots.chain.ends, atoms


def saturation_factor(nuclide: str | Nuclide, duration_s: ArrayLike) -> Array:
    """1 − e^{−λt}: the share of the saturation activity of one nuclide reached after ``duration_s`` in s.

    :raises InputError: for an unknown nuclide or a negative time; inf is allowed.
    """
    t = elapsed_times(duration_s, endless=True)
    return np.asarray(-np.expm1(-decay_data.decay_const(str(nuclide)) * t))


def _growth(lots: Lots) -> Array:
    """λR in Bq/s: atoms made per second are so much more activity per second, (rows, k)."""
    return lots.rows * lots.chain.activity_operator.rates[lots.columns]
