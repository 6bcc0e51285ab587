"""A point source behind a shield: what is asked of it, its dose rate and its photons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from becq.calculators.calculator import Inputs
from becq.physics.radiation import dose_rate as physics
from becq.physics.radiation.dose_rate import DoseRate
from becq.physics.radiation.gamma_constants import dose_per_fluence


@dataclass(frozen=True, kw_only=True)
class DoseRateInputs(Inputs):
    """``age_s``: since the nuclide was pure, None for equilibrium; ``radius_m``: of a package, or None."""

    nuclide: str
    activity_bq: float
    distance_m: float
    layers: tuple[tuple[str, float], ...]
    limit_sv_h: float | None
    material: str
    radius_m: float | None
    age_s: float | None
    absorber: str


def rate_behind(inputs: DoseRateInputs, layers: tuple[tuple[str, float], ...]) -> DoseRate:
    """The dose rate behind some layers."""
    return physics.dose_rate(
        inputs.nuclide,
        inputs.activity_bq,
        inputs.distance_m,
        layers,
        age_s=inputs.age_s,
        absorber=inputs.absorber,
    )


def photons_of(inputs: DoseRateInputs) -> tuple[Any, Any]:
    """Photon energies in keV and the unshielded dose of each."""
    photons = physics.emission(inputs.nuclide, age_s=inputs.age_s, absorber=inputs.absorber)
    return photons.energies_kev, photons.photons * dose_per_fluence(photons.energies_kev)


def is_complete(inputs: DoseRateInputs, rate: DoseRate) -> bool:
    """Whether the photons are all that matters, for the limit too."""
    least = physics.NEUTRONS_MATTER * (inputs.limit_sv_h or np.inf)
    return rate.complete and bool(np.max(rate.neutrons_at_most_sv_h) <= least)


def room_m(inputs: DoseRateInputs) -> float:
    """Room in m between the shield and the point."""
    return max(inputs.distance_m - sum(thickness for _, thickness in inputs.layers), 0.0)


def fits(inputs: DoseRateInputs, thickness_m: float) -> bool:
    """Whether a layer has room between the shield and the point."""
    return thickness_m <= room_m(inputs) * (1 + 1e-9)
