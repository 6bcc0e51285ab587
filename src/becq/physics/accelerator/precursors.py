"""What a recommended curve of a natural element counts in from precursors.

Activation is measured after short-lived precursors have decayed, so an evaluation counts them in: natCu(a,x)
Zn-65 holds Ga-65 (15 min). Precursors that live at most a tenth as long as the product are taken off, for
they have curves of their own and decay to the product anyway (assumption: the tables do not say what a curve
counts).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from becq.physics import decay_data
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isotopes import name_of
from becq.physics.bateman import Array
from becq.physics.chains import chain

SHORT = 0.1
"""Half-life of a precursor that is counted in, in half-lives of the product."""
_PLACES = 4


def without_precursors(
    whole: Curve, residual: tuple[int, int], curves: Mapping[Channel, Curve], shares: Mapping[int, float]
) -> Curve:
    """A curve per atom of the element less what short-lived precursors bring, never negative.

    :param residual: Z and A of the product. :param curves: those of the isotopes of the element.
    :param shares: atom fractions by mass number.
    :returns: the curve with its relative uncertainty as it was; the curve itself if there is nothing to take
        off.
    """
    fed = [
        (_soon(name_of(z, a), name_of(*residual)) * shares[target_a], curve)
        for (target_a, z, a), curve in curves.items()
        if a == residual[1] and 0 < z - residual[0] <= _PLACES and target_a in shares
    ]
    fed = [(weight, curve) for weight, curve in fed if weight > 0]
    if not fed:
        return whole
    energy = np.unique(np.concatenate([whole.energy_mev, *(c.energy_mev for _, c in fed)]))
    energy = energy[(energy >= whole.energy_mev[0]) & (energy <= whole.last_mev)]
    sigma = np.maximum(whole.at(energy) - sum(w * _values(c, energy) for w, c in fed), 0.0)
    spread = None if whole.uncertainty_b is None else sigma * whole.relative_uncertainty(energy)
    return Curve(energy, sigma, whole.source, spread)


@lru_cache(maxsize=4096)
def _soon(precursor: str, product: str) -> float:
    """Decays of the product per precursor, 0 if that lives longer than :data:`SHORT`."""
    if not (decay_data.known(precursor) and decay_data.known(product)):
        return 0.0
    if decay_data.half_life_s(precursor) > SHORT * decay_data.half_life_s(product):
        return 0.0
    whole = chain(precursor)
    if product not in whole.members:
        return 0.0
    return float(whole.passages[whole.members.index(product), whole.members.index(precursor)])


def _values(curve: Curve, energy: Array) -> Array:
    return np.asarray(np.interp(energy, curve.energy_mev, curve.cross_section_b, left=0.0, right=0.0))
