"""Standard uncertainty of decayed activities (k = 1), from those of the start activities and half-lives.

Law of propagation of uncertainty, first order, inputs independent (JCGM 100:2008, equation 10):

    u²(A_i) = Σ_k (∂A_i/∂a_k)²·u²(a_k) + Σ_j (∂A_i/∂T_j)²·u²(T_j)

For one nuclide without progeny that is A·√((u_a/a)² + (λt·u_T/T)²). Branching fractions count as exact:
ICRP-107 gives no uncertainty for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array, Operator
from becq.physics.chains import Chain, Lots, Names, elapsed_times
from becq.physics.half_lives import evaluated_half_life
from becq.physics.nuclides import Nuclide

_STEP = 1e-4  # relative step of the central difference: off by less than 1e-6 of the derivative up to λt = 20


@dataclass(frozen=True, slots=True)
class UncertainInventory:
    """Activities with standard uncertainties.

    :ivar members: as of :class:`becq.physics.decay.DecayedInventory`, (n,).
    :ivar activities_bq: activities, (..., n).
    :ivar uncertainties_bq: standard uncertainties (k = 1), (..., n).
    :ivar without: members of the chain whose half-life has no known uncertainty; it counts as exact.
    """

    members: tuple[str, ...]
    activities_bq: Array
    uncertainties_bq: Array
    without: tuple[str, ...]

    def of(self, name: str | Nuclide) -> tuple[Array, Array]:
        """Activity and standard uncertainty of one member in Bq. Raises InputError if it is not there."""
        if str(name) not in self.members:
            raise InputError(f"{name} is not in this inventory; it holds {', '.join(self.members)}")
        place = self.members.index(str(name))
        return self.activities_bq[..., place], self.uncertainties_bq[..., place]


def decay_with_uncertainty(
    nuclides: Names,
    activity_bq: ArrayLike,
    elapsed_s: ArrayLike,
    relative_uncertainty: ArrayLike = 0.0,
    *,
    members: Sequence[str | Nuclide] | None = None,
    old_half_lives: bool = False,
) -> UncertainInventory:
    """Activities of a chain after ``elapsed_s`` with their standard uncertainties.

    :param activity_bq: as of :func:`becq.physics.decay.decay`, B or B + (k,).
    :param relative_uncertainty: u(a)/a of the start activities (k = 1), independent of each other;
        broadcast against ``activity_bq``.
    :param old_half_lives: whether the difference between ICRP-107 and the source of the uncertainty is one
        more component of u(T), in quadrature: for nuclides such as Ac-225 it is the larger one.
    :returns: activities and uncertainties, broadcast(B, E) + (n,).
    :raises InputError: as :func:`becq.physics.decay.decay`, and for a negative relative uncertainty.
    """
    lots = Lots.of(nuclides, activity_bq, elapsed_times(elapsed_s), members)
    relative = np.asarray(relative_uncertainty, dtype=np.float64)
    if not (np.isfinite(relative) & (relative >= 0)).all():
        raise InputError("A relative uncertainty must be finite and not negative")
    start = np.asarray(activity_bq, dtype=np.float64)
    try:
        relative = np.broadcast_to(relative, start.shape)
    except ValueError:
        raise InputError(
            f"Uncertainties of shape {relative.shape} do not fit activities of shape {start.shape}"
        ) from None
    spreads = Lots.of(nuclides, relative * start, elapsed_times(elapsed_s), members).rows
    operator = lots.chain.activity_operator
    activities = lots.apply(operator, lots.rows, lots.columns, lots.places)
    variance = np.zeros_like(activities)
    for k in range(lots.columns.size):
        if spreads[:, k].any():
            part = np.ascontiguousarray(spreads[:, k : k + 1])
            variance += lots.apply(operator, part, lots.columns[k : k + 1], lots.places) ** 2
    for j, name in enumerate(lots.chain.members):
        share = half_life_relative_uncertainty(name, old_half_lives=old_half_lives)
        if share:
            longer, shorter = _shifted(lots.chain, j)
            change = lots.apply(longer, lots.rows, lots.columns, lots.places)
            change -= lots.apply(shorter, lots.rows, lots.columns, lots.places)
            variance += (change * (share / (2 * _STEP))) ** 2
    without = tuple(m for m in lots.chain.members if evaluated_half_life(m) is None)
    return UncertainInventory(lots.names, activities, np.sqrt(variance), without)


def decay_factor_uncertainty(
    nuclide: str | Nuclide, elapsed_s: ArrayLike, *, old_half_lives: bool = False
) -> Array:
    """Relative standard uncertainty λ|t|·u_T/T of exp(−λt), for times of any sign in s.

    A nuclide whose half-life has no known uncertainty gives 0.

    :raises InputError: for an unknown nuclide.
    """
    share = half_life_relative_uncertainty(str(nuclide), old_half_lives=old_half_lives)
    t = np.abs(np.asarray(elapsed_s, dtype=np.float64))
    return np.asarray(decay_data.decay_const(str(nuclide)) * t * share)


def half_life_relative_uncertainty(name: str, *, old_half_lives: bool = False) -> float:
    """u(T)/T of one nuclide, 0 where it is unknown; with the difference from ICRP-107 if wanted.

    :raises InputError: for an unknown nuclide.
    """
    row = evaluated_half_life(name)
    if row is None:
        return 0.0
    off = row.used_s - row.half_life_s if old_half_lives else 0.0
    return float(np.hypot(row.uncertainty_s, off)) / row.used_s


@lru_cache(maxsize=1024)
def _shifted(whole: Chain, place: int) -> tuple[Operator, Operator]:
    """The chain with one half-life longer, and shorter, by the step."""
    rates, branching = whole.rates_and_branching()
    operators = []
    for factor in (1.0 + _STEP, 1.0 - _STEP):
        moved = rates.copy()
        moved[place] /= factor
        operators.append(Operator.of(moved, moved[:, None] * branching))
    return operators[0], operators[1]
