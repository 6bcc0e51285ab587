"""Broad-beam transmission of photons through plane layers, half- and tenth-value layers.

Transmission of one energy: exp(-sum of mu_i x_i) times the build-up factor of :mod:`buildup`, never above 1,
with the attenuation coefficients that belong to those factors (:mod:`materials`). In water, concrete, iron
and their like the factor is that of a finite shield seen from afar; in lead and tungsten that of an infinite
medium, which is a few per cent more. The dose equivalent of scattered photons is taken with the conversion
of the unscattered line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.radiation.buildup import buildup, finite_ratio, parameters
from becq.physics.radiation.materials import Material, material
from becq.physics.radiation.tables import Array

Layers = Sequence[tuple[str, float]]


def checked(layers: Layers) -> tuple[tuple[Material, float], ...]:
    """Materials and thicknesses in m of layers counted from the source, zero ones dropped.

    :raises InputError: for an unknown material or a thickness that is negative or no number.
    """
    found = []
    for name, thickness_m in layers:
        if not (np.isfinite(thickness_m) and thickness_m >= 0):
            raise InputError(f"The layer of {name} needs a thickness in m that is not negative")
        if thickness_m > 0:
            found.append((material(name), float(thickness_m)))
        else:
            material(name)
    return tuple(found)


def _factor(medium: str, energy_kev: Array, depth: Array) -> Array:
    """Build-up factor of a finite shield.

    Within the first mean free path B - 1 is not below the straight line to it: there the fitted form sags,
    which would let a thicker slab pass more.
    """
    line = 1.0 + (parameters(medium, energy_kev)[..., 0] - 1.0) * np.minimum(depth, 1.0)
    infinite = np.maximum(buildup(medium, energy_kev, depth), line)
    return np.asarray(1.0 + (infinite - 1.0) * finite_ratio(medium, energy_kev, depth))


def _joined(slabs: Sequence[tuple[Material, float]]) -> list[tuple[Material, float]]:
    """Neighbouring layers of one material as one layer."""
    found: list[tuple[Material, float]] = []
    for medium, thickness_m in slabs:
        if found and found[-1][0] is medium:
            found[-1] = (medium, found[-1][1] + thickness_m)
        else:
            found.append((medium, thickness_m))
    return found


def _growth(medium: Material, energy_kev: Array, inner: Array, outer: Array) -> Array:
    """How much the build-up factor of a material grows between two depths in mean free paths."""
    media = ["concrete", "lead"] if medium.name == "lead-glass" else [medium.buildup]
    grown = [_factor(m, energy_kev, outer) - _factor(m, energy_kev, inner) for m in media]
    return np.asarray(np.max(grown, axis=0))


def transmission(energy_kev: ArrayLike, layers: Layers, *, broad: bool = True) -> Array:
    """Share of the air kerma that passes layers given from the source outwards, at energies in keV.

    A layer never lets more through than what is within it times what it lets through by itself: the rule for
    layers (:mod:`buildup`) would credit water outside of lead with scattered photons that the lead has
    swallowed, and let the dose rise with its thickness.

    :param layers: (material, thickness in m) pairs; none at all transmits 1.
    :param broad: with build-up (what a shield does); False: narrow beam, unscattered photons only.
    :returns: same shape as ``energy_kev``.
    :raises InputError: for unknown materials, bad thicknesses, energies outside 10 keV-20 MeV.
    """
    energy = np.asarray(energy_kev, dtype=np.float64)
    depth = np.zeros_like(energy)
    factor = np.ones_like(energy)
    passed = np.ones_like(energy)
    for medium, thickness_m in _joined(checked(layers)):
        own = medium.mean_free_paths(energy, thickness_m, broad=broad)
        inner, depth = depth, depth + own
        if not broad:
            passed = np.exp(-depth)
            continue
        factor = factor + _growth(medium, energy, inner, depth)
        alone = np.exp(-own) * np.maximum(1.0 + _growth(medium, energy, np.zeros_like(own), own), 1.0)
        together = np.exp(-depth) * np.maximum(factor, 1.0)
        passed = np.minimum(together, passed * np.minimum(alone, 1.0))
    return np.asarray(passed)


def solve_thickness(through: Callable[[float], float], wanted: float, *, first_m: float = 1e-3) -> float:
    """Thickness in m at which ``through`` (falling from 1 to 0) has come down to ``wanted``.

    :raises InputError: if 100 m do not do it.
    """
    from scipy.optimize import brentq

    if wanted >= through(0.0):
        return 0.0
    high = first_m
    while through(high) > wanted:
        high *= 2.0
        if high > 100.0:
            raise InputError("Even 100 m of this material do not bring the dose rate down that far")
    return float(brentq(lambda t: through(float(t)) - wanted, 0.0, high, xtol=1e-9, rtol=1e-10))


def spectrum_transmission(
    energies_kev: Array, weights: Array, layers: Layers, *, broad: bool = True
) -> float:
    """Transmission of many lines together: ``weights`` (n,) are their unshielded dose rates."""
    return float(np.sum(weights * transmission(energies_kev, layers, broad=broad)) / np.sum(weights))


def value_layer(
    energies_kev: ArrayLike, weights: ArrayLike, shield: str, share: float = 0.5, *, broad: bool = True
) -> float:
    """Thickness in m of one material that lets ``share`` of the dose of a line spectrum through.

    :param weights: unshielded dose rate of each energy, any unit, (n,).
    :raises InputError: for a share outside 0-1 or a spectrum without dose.
    """
    energy, weight = np.atleast_1d(energies_kev).astype(float), np.atleast_1d(weights).astype(float)
    if not 0 < share < 1 or not weight.sum() > 0:
        raise InputError("A value layer needs a share between 0 and 1 and a spectrum with some dose")
    return solve_thickness(lambda t: spectrum_transmission(energy, weight, [(shield, t)], broad=broad), share)
