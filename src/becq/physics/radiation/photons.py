"""Photon emission lines per decay: gamma rays, X rays and annihilation photons.

The lines come from the evaluated radiations of ENSDF (NNDC, Brookhaven), a few states that are missing
there from ICRP Publication 107; the source stands in each row of ``data/photon_lines.csv``. A line belongs
to the state whose decay makes it: the 661.7 keV of a Cs-137 source are those of Ba-137m, which ICRP-107
keeps as progeny of its own. Annihilation photons presume that the positron stops within the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.radiation.tables import Array, read


@dataclass(frozen=True, slots=True, eq=False)
class PhotonLines:
    """Lines of one nuclide, by rising energy.

    :ivar energies_kev: photon energies, (n,).
    :ivar intensities: photons per decay, (n,).
    :ivar kinds: "gamma", "x" or "annihilation", n of them.
    :ivar source: data library.
    """

    nuclide: str
    energies_kev: Array
    intensities: Array
    kinds: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def _tables() -> dict[str, PhotonLines]:
    rows: dict[str, list[tuple[float, float, str, str]]] = {}
    for row in read("photon_lines"):
        rows.setdefault(row["nuclide"], []).append(
            (float(row["energy_kev"]), float(row["intensity"]), row["kind"], row["source"])
        )
    return {
        name: PhotonLines(
            name,
            np.array([r[0] for r in lines]),
            np.array([r[1] for r in lines]),
            tuple(r[2] for r in lines),
            lines[0][3],
        )
        for name, lines in rows.items()
    }


def names() -> tuple[str, ...]:
    """Nuclides with photon lines in the table."""
    return tuple(_tables())


def has_lines(nuclide: str) -> bool:
    """Whether the table has photons of this nuclide."""
    return nuclide in _tables()


def is_known(nuclide: str) -> bool:
    """Whether the photons of this nuclide are known, be they none at all (P-32, Sr-90)."""
    return has_lines(nuclide) or nuclide in _bare()


@lru_cache(maxsize=1)
def _bare() -> frozenset[str]:
    return frozenset(row["nuclide"] for row in read("photonless"))


def photon_lines(nuclide: str) -> PhotonLines:
    """Photons of one nuclide, without its progeny; none at all for stable nuclides and pure emitters.

    :raises InputError: for a name that ICRP-107 does not know, and for a radionuclide whose photons are
        not in the table (it may emit some).
    """
    if (lines := _tables().get(nuclide)) is not None:
        return lines
    if decay_data.record(nuclide).stable or nuclide in _bare():
        return PhotonLines(nuclide, np.empty(0), np.empty(0), (), "ENSDF (NNDC)")
    raise InputError(
        f"No photon lines of {nuclide} in the table of {len(_tables())} nuclides of medicine and industry"
    )
