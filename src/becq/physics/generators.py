"""Parent-daughter generators: growth between elutions and what each elution yields.

A generator holds parent P on its column; daughter D grows in and an elution at time tₖ takes the fraction
εₖ of D and leaves 1−εₖ. Between elutions the pair obeys Bateman's equation, for activities

    A_D(t) = A_D(0)·e^{−λ_D t} + A_P(0)·b·λ_D·t·e^{−λ_P t}·φ((λ_D−λ_P)·t),   φ(x) = (1−e^{−x})/x,

which holds its digits for short times and for equal half-lives. Steps between parent and daughter that are
fast against both (there are none in Mo/Tc, Ge/Ga, Sr/Y, W/Re, Dy/Ho) are not modelled: b is the direct
branch. Equation and elution model: Boyd 1982, Radiochim. Acta 30, 123; Le 2014, Molecules 19, 7714.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.nuclides import Nuclide


def eluate_activity_bq(
    parent: str | Nuclide,
    daughter: str | Nuclide,
    parent_activity_bq: ArrayLike,
    elution_times_s: ArrayLike,
    efficiency: ArrayLike = 1.0,
    *,
    daughter_activity_bq: ArrayLike = 0.0,
) -> Array:
    """Daughter activity in each eluate, in Bq at the moment of its elution.

    :param parent_activity_bq: parent activity on the column at time 0, in Bq, shape G (any).
    :param elution_times_s: elution times in s after time 0, ascending, not negative: (k,) for all, or
        G + (k,) for each generator its own. Pad shorter histories with inf: such an elution yields 0.
    :param efficiency: fraction of the daughter taken, 0 to 1: a number, (k,) or G + (k,).
    :param daughter_activity_bq: daughter activity on the column at time 0 in Bq; 0 just after an elution.
    :returns: G + (k,).
    :raises InputError: if the daughter is not a direct progeny, or times or efficiencies are out of range.
    """
    pair = _pair(parent, daughter)
    times = np.atleast_1d(np.asarray(elution_times_s, dtype=np.float64))
    share = np.asarray(efficiency, dtype=np.float64)
    if not ((share >= 0) & (share <= 1)).all():
        raise InputError("An elution efficiency must be between 0 and 1")
    finite = np.isfinite(times)
    if np.isnan(times).any() or (times < 0).any() or (times[..., 1:] < times[..., :-1]).any():
        raise InputError("Elution times must be ascending and not negative")
    start = np.asarray(parent_activity_bq, dtype=np.float64)
    held = np.asarray(daughter_activity_bq, dtype=np.float64)
    shape = np.broadcast_shapes(start.shape, held.shape, times.shape[:-1], share.shape[:-1])
    k = times.shape[-1]
    eluates = np.zeros((*shape, k))
    share = np.broadcast_to(share, (*shape, k))
    times = np.broadcast_to(times, (*shape, k))
    finite = np.broadcast_to(finite, (*shape, k))
    parent_now, daughter_now = np.broadcast_to(start, shape), np.broadcast_to(held, shape)
    before = np.zeros(shape)
    for i in range(k):
        at = np.where(finite[..., i], times[..., i], before)
        grown = _grow(pair, parent_now, daughter_now, at - before)
        taken = np.where(finite[..., i], share[..., i], 0.0)
        parent_now, daughter_now, before = grown[0], grown[1] * (1.0 - taken), at
        eluates[..., i] = grown[1] * taken
    return eluates


def column_activity_bq(
    parent: str | Nuclide,
    daughter: str | Nuclide,
    parent_activity_bq: ArrayLike,
    elapsed_s: ArrayLike,
    *,
    daughter_activity_bq: ArrayLike = 0.0,
) -> tuple[Array, Array]:
    """Parent and daughter activity on the column in Bq after ``elapsed_s`` without elution.

    All arguments broadcast; the daughter activity at time 0 is 0 just after a complete elution.

    :raises InputError: if the daughter is not a direct progeny of the parent or a time is negative.
    """
    t = np.asarray(elapsed_s, dtype=np.float64)
    if not (t >= 0).all():
        raise InputError("An elapsed time must not be negative")
    start = np.asarray(parent_activity_bq, dtype=np.float64)
    return _grow(_pair(parent, daughter), start, np.asarray(daughter_activity_bq, dtype=np.float64), t)


def time_of_maximum_s(parent: str | Nuclide, daughter: str | Nuclide) -> float:
    """Time in s after a complete elution at which the daughter activity is largest.

    ln(λ_D/λ_P)/(λ_D−λ_P); 22.8 h for Mo-99/Tc-99m.
    """
    rate_p, rate_d, _ = _pair(parent, daughter)
    return math.log1p((rate_d - rate_p) / rate_p) / (rate_d - rate_p) if rate_d != rate_p else 1.0 / rate_p


def _pair(parent: str | Nuclide, daughter: str | Nuclide) -> tuple[float, float, float]:
    """Decay constants of both in 1/s, and the branching fraction."""
    record, grown = decay_data.record(str(parent)), decay_data.record(str(daughter))
    fraction = sum(b.fraction for b in record.branches if b.daughter == grown.name)
    if not fraction or grown.stable:
        raise InputError(f"{daughter} is not radioactive progeny of {parent}: no generator")
    return record.decay_const, grown.decay_const, fraction


def _grow(pair: tuple[float, float, float], parent: Array, daughter: Array, t: Array) -> tuple[Array, Array]:
    rate_p, rate_d, fraction = pair
    left = np.exp(-rate_p * t)
    # for λ_D < λ_P the mirrored form keeps φ bounded: e^{−λ_P t}·φ(x) = e^{−λ_D t}·φ(−x)
    x = abs(rate_d - rate_p) * t
    slower = left if rate_d >= rate_p else np.exp(-rate_d * t)
    phi = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
    grown = daughter * np.exp(-rate_d * t) + parent * (fraction * rate_d * t) * slower * phi
    return np.asarray(parent * left), np.asarray(grown)
