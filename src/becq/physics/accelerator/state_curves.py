"""A total cross section and its parts, where single states of the residual have better curves of their own.

The curve of a state comes from an evaluation, the total from a library. Where only one state has a curve,
the total stays (but is never less than the part) and the other state has the rest. Where the ground state and
the isomer both have one, their sum is the total. Above the last energy of a curve its state keeps the share
of the total that it had there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from becq.physics.accelerator.channels import Points
from becq.physics.accelerator.curves import Curve

_NOTHING = 1e-30  # barn


def with_states(total: Curve | None, parts: Mapping[str, Curve]) -> tuple[Curve, Mapping[str, Points]]:
    """The total curve and the points of each state ("" ground, "m").

    :param parts: curves of single states, at least one.
    """
    if total is None and len(parts) == 1:
        ((state, only),) = parts.items()
        return only, {state: (only.energy_mev, only.cross_section_b)}
    grids = [c.energy_mev for c in parts.values()]
    energy = reduce(np.union1d, grids if total is None else [*grids, total.energy_mev])
    known = {
        state: np.interp(energy, c.energy_mev, c.cross_section_b, left=0.0, right=0.0)
        for state, c in parts.items()
    }
    sources = "; ".join(f"{c.source} for the {'isomer' if s else 'ground state'}" for s, c in parts.items())
    if total is None:
        return Curve(energy, sum(known.values(), np.zeros_like(energy)), sources), {
            state: (energy, values) for state, values in known.items()
        }
    whole = np.interp(energy, total.energy_mev, total.cross_section_b, left=0.0, right=0.0)
    for state, curve in parts.items():
        ratio = known[state] / np.where(whole > _NOTHING, whole, np.inf)
        share = min(float(np.interp(curve.last_mev, energy, ratio)), 1.0)
        known[state] = np.where(energy > curve.last_mev, share * whole, known[state])
    sure = sum(known.values(), np.zeros_like(energy))
    if {"", "m"} <= known.keys():
        last = max(c.last_mev for c in parts.values())
        source = f"{sources}, {total.source} above" if total.last_mev > last else sources
        return Curve(energy, sure, source), {s: (energy, values) for s, values in known.items()}
    whole = np.maximum(whole, sure)
    other = "m" if "" in known else ""
    points = {s: (energy, values) for s, values in known.items()} | {other: (energy, whole - sure)}
    return Curve(energy, whole, f"{sources}, {total.source} for the total"), points
