"""Photonuclear cross sections: from the folder of nuclear data, or the routes of Becq's own small table.

Both are the IAEA Photonuclear Data Library 2019 (Kawano et al. 2020, Nucl. Data Sheets 163, 109). The table
``becq/data/photonuclear_cross_sections.csv`` is thinned by ``scripts/build_yield_table.py`` to points between
which lines are within 0.5 % of each maximum, up to 60 MeV, for the target elements of the listed routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from becq.errors import InputError
from becq.physics.accelerator import nuclear_data
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.nuclear_data import Curve, NuclearData
from becq.physics.elements import elements, read_table

HIGHEST_MEV = 60.0
"""Where the table of the package ends."""


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[Channel, Curve]]:
    found: dict[str, dict[Channel, Curve]] = {}
    for row in read_table("photonuclear_cross_sections.csv"):
        element, _, a = row["target"].partition("-")
        symbol, _, mass_number = row["residual"].partition("-")
        energy = np.array(row["energy_mev"].split(), dtype=float)
        sigma = np.array(row["cross_section_mb"].split(), dtype=float) * 1e-3
        found.setdefault(element, {})[(int(a), elements()[symbol].z, int(mass_number))] = Curve(
            energy, sigma, row["source"]
        )
    return found


def tabulated_elements() -> tuple[str, ...]:
    """Symbols of the target elements in the package's own table."""
    return tuple(_table())


def curves(element: str, data: NuclearData | None = None) -> Mapping[Channel, Curve]:
    """Cross sections of photons on an element, by channel.

    :param data: the folder to take them from; None takes the one of BECQ_NUCLEAR_DATA, and the package's own
        table if that is not set.
    :raises InputError: if neither has the element.
    """
    if data is None and nuclear_data.folder() is not None:
        data = nuclear_data.load()
    if data is not None:
        return data.curves("g", element)
    try:
        return _table()[element]
    except KeyError:
        raise InputError(
            f"Becq's own table has no photonuclear cross sections of {element}, only of "
            f"{', '.join(_table())}; name a folder of nuclear data in {nuclear_data.VARIABLE}"
        ) from None
