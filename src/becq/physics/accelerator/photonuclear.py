"""Photonuclear cross sections: from the folder of nuclear data, or the routes of Becq's own small table.

Both are the IAEA Photonuclear Data Library 2019 (Kawano et al. 2020, Nucl. Data Sheets 163, 109). The table
``becq/data/photonuclear_cross_sections.csv`` is thinned by ``scripts/build_yield_table.py`` to points between
which lines are within 0.5 % and 1e-4 of the maximum, up to 60 MeV, for the target elements of the listed
routes. A row is a residual with its isomers, or (residual Nb-98m) an isomer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.accelerator import nuclear_data
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.nuclear_data import Curve, NuclearData
from becq.physics.elements import elements, read_table

HIGHEST_MEV = 60.0
"""Where the table of the package ends."""


@lru_cache(maxsize=1)
def _table() -> tuple[
    Mapping[str, Mapping[Channel, Curve]], Mapping[tuple[str, Channel], Mapping[str, Curve]]
]:
    whole: dict[str, dict[Channel, Curve]] = {}
    isomers: dict[tuple[str, Channel], dict[str, Curve]] = {}
    for row in read_table("photonuclear_cross_sections.csv"):
        element, _, a = row["target"].partition("-")
        symbol, _, mass_number = row["residual"].partition("-")
        state = mass_number.lstrip("0123456789")
        channel = int(a), elements()[symbol].z, int(mass_number.removesuffix(state))
        energy = np.array(row["energy_mev"].split(), dtype=float)
        sigma = np.array(row["cross_section_mb"].split(), dtype=float) * 1e-3
        curve = Curve(energy, sigma, row["source"])
        if state:
            isomers.setdefault((element, channel), {})[state] = curve
        else:
            whole.setdefault(element, {})[channel] = curve
    return whole, isomers


class OwnShares:
    """Shares of isomers in the package's own table, asked for as those of a folder."""

    @staticmethod
    def state_shares(
        projectile: str, element: str, channel: Channel, energy_mev: ArrayLike
    ) -> Mapping[str, NDArray[np.float64]]:
        """Shares of the states ("" ground, "m") of a residual, by energy; empty where not told apart."""
        whole, isomers = _table()
        apart = isomers.get((element, channel), {})
        if projectile != "g" or not apart:
            return {}
        energy = np.minimum(np.asarray(energy_mev, float), HIGHEST_MEV)
        total = whole[element][channel].at(energy)
        safe = np.where(total > 0.0, total, 1.0)
        shares = {state: np.clip(curve.at(energy) / safe, 0.0, 1.0) for state, curve in apart.items()}
        shares[""] = np.clip(1.0 - np.sum(list(shares.values()), axis=0), 0.0, 1.0)
        return shares


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
        return _table()[0][element]
    except KeyError:
        raise InputError(
            f"Becq's own table has no photonuclear cross sections of {element}, only of "
            f"{', '.join(_table()[0])}; name a folder of nuclear data in {nuclear_data.VARIABLE}"
        ) from None
