"""IAEA recommended cross sections that Becq ships, for folders that do not hold them.

``becq/data/recommended_cross_sections.csv`` has the curves of the IAEA medical portal for 128 reactions,
thinned to what linear interpolation needs (within 0.3 %) by
``scripts/build_recommended_tables.py``. A row is the
residual with all its states together, or one state: an isomer, or the ground state where "states" says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isotopes import threshold_mev
from becq.physics.elements import elements, read_table
from becq.physics.nuclides import nuclide

_GROUND = "ground"


def totals(projectile: str, element: str) -> Mapping[Channel, Curve]:
    """Curves of all states together, of a projectile on an element."""
    return _table()[0].get((projectile, element), {})


def states(projectile: str, element: str) -> Mapping[tuple[Channel, str], Curve]:
    """Curves of single states ("" ground, "m"), of a projectile on an element."""
    return _table()[1].get((projectile, element), {})


@lru_cache(maxsize=1)
def _table() -> tuple[
    Mapping[tuple[str, str], dict[Channel, Curve]],
    Mapping[tuple[str, str], dict[tuple[Channel, str], Curve]],
]:
    whole: dict[tuple[str, str], dict[Channel, Curve]] = {}
    parts: dict[tuple[str, str], dict[tuple[Channel, str], Curve]] = {}
    for row in read_table("recommended_cross_sections.csv"):
        target, residual = row["target"].split("-"), nuclide(row["residual"])
        element, key = target[0], (row["projectile"], target[0])
        channel = int(target[1]), residual.z, residual.a
        energy, sigma = (np.array(row[c].split(), dtype=float) for c in ("energy_mev", "cross_section_mb"))
        start = threshold_mev((elements()[element].z, channel[0]), row["projectile"], channel[1:]) or 0.0
        above = energy > start
        onset = max(start, float(energy[above][0]) - 1.0)
        curve = Curve(np.r_[onset, energy[above]], np.r_[0.0, sigma[above]] * 1e-3, row["source"])
        if residual.state or row["states"] == _GROUND:
            parts.setdefault(key, {})[channel, residual.state] = curve
        else:
            whole.setdefault(key, {})[channel] = curve
    return whole, parts
