"""Measured cross sections for light targets, where the statistical model of TENDL does not hold.

``becq/data/measured_cross_sections.csv`` joins published data sets of Li-7(p,n)Be-7 (an evaluation in most of
its range), C-12(p,x)C-11 and C-13(p,n)N-13 end to end; ``scripts/build_measured_tables.py`` makes it from
EXFOR. B-11(p,n)C-11 is not among them: the published sets differ by a factor of two above 5 MeV, and so do
thick-target yields.
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

LIGHT_A = 20
"""Below this mass number a result that rests on TENDL says that the model does not hold there."""


def measured(projectile: str, element: str) -> Mapping[Channel, Curve]:
    """The curves of a projectile on an element, by channel; empty where there are none."""
    return _table().get((projectile, element), {})


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, str], dict[Channel, Curve]]:
    found: dict[tuple[str, str], dict[Channel, Curve]] = {}
    for row in read_table("measured_cross_sections.csv"):
        symbol, _, a = row["target"].partition("-")
        residual = nuclide(row["residual"])
        channel = int(a), residual.z, residual.a
        energy, sigma, spread = (
            np.array(row[c].split(), dtype=float)
            for c in ("energy_mev", "cross_section_mb", "uncertainty_mb")
        )
        start = threshold_mev((elements()[symbol].z, channel[0]), row["projectile"], channel[1:]) or 0.0
        above = energy > start
        found.setdefault((row["projectile"], symbol), {})[channel] = Curve(
            np.r_[start, energy[above]],
            np.r_[0.0, sigma[above]] * 1e-3,
            row["source"],
            np.r_[0.0, spread[above]] * 1e-3 if spread.size else None,
        )
    return found
