"""Several evaluations of one cross section: which of them is used, and how they are joined.

A folder may hold the IAEA's recommended cross sections of 2001 to 2007 and Becq ships those of the portal of
2019 to 2023. Of two recommended curves of one reaction the later counts, which is the shipped one if its
evaluation gives uncertainties (those since 2018 do). Where the two differ by more than
:data:`CONTRADICTION` in their integral over the common energies for any residual of a target isotope, the
folder's are kept for all residuals of that isotope, since its evaluations belong together, and their source
says so. Curves beyond the total reaction cross section are not shipped at all
(:mod:`becq.physics.accelerator.recommended`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve

CONTRADICTION = 0.3
"""Relative difference of two evaluations from which the shipped one is not used."""
_POINTS = 2000


def latest(filed: Mapping[Channel, Curve], shipped: Mapping[Channel, Curve]) -> dict[Channel, Curve]:
    """A folder's recommended curves, with the shipped ones in the place of those that are older.

    Above its last energy a later curve is continued by the folder's.
    """
    chosen = dict(filed)
    for a in {channel[0] for channel in filed}:
        own = [c for c in filed if c[0] == a and c in shipped and shipped[c].uncertainty_b is not None]
        differences = {c: _difference(filed[c], shipped[c]) for c in own}
        for channel, difference in differences.items():
            if max(differences.values()) <= CONTRADICTION:
                chosen[channel] = splice(shipped[channel], filed[channel])
            else:
                old = filed[channel]
                told = f"{old.source}; the later evaluation shipped with Becq differs by {difference:.0%}"
                chosen[channel] = replace(old, source=told)
    return chosen


def merge(merged: dict[Channel, Curve], worse: Mapping[Channel, Curve]) -> None:
    """Add the curves of a library to those of better ones, whose range they may extend upwards."""
    for channel, curve in worse.items():
        merged[channel] = splice(merged[channel], curve) if channel in merged else curve


def splice(better: Curve, other: Curve) -> Curve:
    """The better curve over its range; above it the other one, whose source is then named too."""
    above = other.energy_mev > better.last_mev
    if not above.any():
        return better
    spreads = [
        np.full(len(c.energy_mev), np.nan) if c.uncertainty_b is None else c.uncertainty_b
        for c in (better, other)
    ]
    return Curve(
        np.r_[better.energy_mev, other.energy_mev[above]],
        np.r_[better.cross_section_b, other.cross_section_b[above]],
        f"{better.source} to {better.last_mev:g} MeV, {other.source} above",
        None if better.uncertainty_b is other.uncertainty_b is None else np.r_[spreads[0], spreads[1][above]],
    )


def _difference(one: Curve, other: Curve) -> float:
    """|∫one/∫other − 1| over the energies that both have."""
    energy = np.linspace(
        max(one.energy_mev[0], other.energy_mev[0]), min(one.last_mev, other.last_mev), _POINTS
    )
    integrals = [float(np.trapezoid(curve.at(energy), energy)) for curve in (one, other)]
    return abs(integrals[0] / integrals[1] - 1.0) if integrals[1] > 0 else 0.0
