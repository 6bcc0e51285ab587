"""Standard uncertainty of a yield from those of cross sections, stopping powers and half-life (k = 1).

The uncertainty of an evaluated curve is taken to be common to all its energies (it holds a systematic part),
so it is integrated like the cross section. States and target isotopes of one residual often come from one
evaluation and are taken as fully correlated; different residuals r are independent, and so is the stopping
power:

    (u(Y)/Y)² = Σ_r (Σ_{i∈r} ∫u_i/S dE)² / (Σ_i ∫σ_i/S dE)² + (u(S)/S)².

u(S)/S is 2 % for the tables of NIST (ICRU Report 49, 1993: 1 to 2 % for elements, 1 to 4 % for compounds, at
energies where the collision stopping powers follow Bethe's formula) and 3 % where CATIMA is in it (assumed:
listed elements left out come back within 0.4 %, heavy ones within 3 %). The current, the energy of the beam
and losses of the target are not in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from becq.physics import decay_data
from becq.physics.accelerator.stopping import GRID_MEV
from becq.physics.accelerator.thick_target import ThickTarget
from becq.physics.half_lives import evaluated_half_life

NIST_STOPPING, CATIMA_STOPPING = 0.02, 0.03
_COVERED = 0.95


def yield_uncertainty(
    target: ThickTarget,
    ways: Sequence[int],
    weights: Sequence[float],
    energy_mev: float,
    exit_mev: float,
) -> float | None:
    """u(Y)/Y of what some channels make, None where less than 95 % of it have an uncertainty.

    :param ways: places of the channels. :param weights: how much each of their nuclei counts.
    """
    inside = (exit_mev <= GRID_MEV) & (energy_mev >= GRID_MEV)
    width = np.gradient(GRID_MEV) * inside
    total = covered = 0.0
    spreads: dict[tuple[int, int], float] = {}
    for place, weight in zip(ways, weights, strict=True):
        density = target.density[place] * width * weight
        total += float(density.sum())
        spread = target.channels[place].relative_uncertainty
        if spread is None:
            continue
        known = np.isfinite(spread)
        part = float((density * known).sum())
        if part > 0:
            covered += part
            mean = float((density * np.where(known, spread, 0.0)).sum()) / part
            residual = target.channels[place].residual_z, target.channels[place].residual_a
            spreads[residual] = spreads.get(residual, 0.0) + float(density.sum()) * mean
    if total <= 0 or covered < _COVERED * total:
        return None
    catima = any("CATIMA" in source for source in target.stopping.sources)
    return math.hypot(math.hypot(*spreads.values()) / total, CATIMA_STOPPING if catima else NIST_STOPPING)


def half_life_part(product: str, duration_s: float) -> float:
    """|∂ln A/∂ln T|·u(T)/T of A = R·(1 − e^{−λt}): what the half-life of the product adds.

    0 where NUBASE2020 gives it no uncertainty.
    """
    known = evaluated_half_life(product)
    if known is None or duration_s <= 0:
        return 0.0
    x = decay_data.decay_const(product) * duration_s
    return float(x / np.expm1(min(x, 700.0)) * known.uncertainty_s / known.half_life_s)
