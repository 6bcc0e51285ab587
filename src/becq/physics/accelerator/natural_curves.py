"""Recommended cross sections of natural elements, shared out among the isotopes.

An evaluation of natCu(p,x)Zn-65 counts per atom of the element. Here the curves of the isotopes are scaled at
every energy so that in natural composition they add up to it; where the library has nothing, the isotope that
gives most (else the most abundant one) takes it all. Above the last energy of the evaluation the isotopes are
as they were. This holds for targets of natural composition only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from becq.physics.accelerator import recommended
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.accelerator.precursors import without_precursors
from becq.physics.bateman import Array

_NATURE = 1e-6


def is_natural(element: str, shares: Mapping[int, float]) -> bool:
    """Whether atom fractions by mass number are those of nature."""
    nature = natural_abundances(element)
    return bool(nature) and all(abs(shares.get(a, 0.0) - w) <= _NATURE for a, w in nature.items())


def natural_curves(projectile: str, element: str, curves: Mapping[Channel, Curve]) -> Mapping[Channel, Curve]:
    """The curves of a projectile on an element for a target of natural composition.

    :param curves: those of the isotopes; what no evaluation of the element covers stays as it is.
    """
    nature = natural_abundances(element)
    scaled = dict(curves)
    for residual, counted in recommended.natural(projectile, element).items():
        whole = without_precursors(counted, residual, curves, nature)
        ways = {c: k for c, k in curves.items() if c[1:] == residual and c[0] in nature}
        scaled.update(_shared_out(nature, residual, whole, ways))
    return scaled


def _shared_out(
    nature: Mapping[int, float], residual: tuple[int, int], whole: Curve, ways: Mapping[Channel, Curve]
) -> dict[Channel, Curve]:
    energy = np.unique(np.concatenate([whole.energy_mev, *(k.energy_mev for k in ways.values())]))
    inside = energy <= whole.last_mev
    parts = {c: nature[c[0]] * _values(k, energy) for c, k in ways.items()}
    if not parts:
        parts = {(max(nature, key=nature.__getitem__), *residual): np.zeros_like(energy)}
    total = sum(parts.values(), np.zeros_like(energy))
    main = max(parts, key=lambda c: float(np.trapezoid(parts[c], energy)))
    wanted, relative = _values(whole, energy), whole.relative_uncertainty(energy)
    found = {}
    for channel, part in parts.items():
        alone = wanted if channel == main else 0.0
        inner = np.where(total > 0, wanted * part / np.where(total > 0, total, 1.0), alone)
        sigma = np.where(inside, inner, part) / nature[channel[0]]
        source, last = whole.source, whole.last_mev
        if channel in ways:
            source += f" for the natural element, in the proportions of {ways[channel].source}"
            last = max(last, ways[channel].last_mev)
        spread = None if whole.uncertainty_b is None else np.where(inside, sigma * relative, np.nan)
        kept = energy <= last
        found[channel] = Curve(energy[kept], sigma[kept], source, None if spread is None else spread[kept])
    return found


def _values(curve: Curve, energy: Array) -> Array:
    return np.asarray(np.interp(energy, curve.energy_mev, curve.cross_section_b, left=0.0, right=0.0))
