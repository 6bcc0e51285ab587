"""Cross sections for residuals that circulating files of TENDL-2025 lose or end too early for.

In those files (:mod:`becq.physics.accelerator.channels`) nothing is left of (z,2p) and (z,n2p), of (z,d)
where (z,np) is open, and of others above some energy. ``becq/data/supplementary_cross_sections.csv`` holds
these residuals from TENDL-2024, which gives residual production, for natural targets up to 30 MeV, where the
files end; and all residuals of protons on Rb, I, Ga and Tl up to 60 or 80 MeV, for these targets are run
there. ``scripts/build_supplementary_tables.py`` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isotopes import threshold_mev
from becq.physics.elements import elements, read_table

WHOLLY_LOST = ((1, 2), (2, 2), (2, 3))
"""Protons and nucleons less than the compound nucleus: of these a file holds a part at most."""
LOST = (*WHOLLY_LOST, (1, 3), (1, 4), (2, 4))
"""These and those of which it holds all up to some energy."""
_Key = tuple[str, str]


def supplement(projectile: str, element: str) -> Mapping[Channel, Curve]:
    """The curves of a projectile on an element, by channel; empty where there are none."""
    return _table().get((projectile, element), {})


@lru_cache(maxsize=1)
def _table() -> Mapping[_Key, dict[Channel, Curve]]:
    found: dict[_Key, dict[Channel, Curve]] = {}
    for row in read_table("supplementary_cross_sections.csv"):
        symbol, _, a = row["target"].partition("-")
        made, _, made_a = row["residual"].partition("-")
        channel = int(a), elements()[made].z, int(made_a)
        energy = np.array(row["energy_mev"].split(), dtype=float)
        sigma = np.array(row["cross_section_mb"].split(), dtype=float) * 1e-3
        start = threshold_mev((elements()[symbol].z, channel[0]), row["projectile"], channel[1:]) or 0.0
        above = energy > start
        onset = max(start, float(energy[above][0]) - 1.0)
        found.setdefault((row["projectile"], symbol), {})[channel] = Curve(
            np.r_[onset, energy[above]], np.r_[0.0, sigma[above]], row["source"]
        )
    return found
