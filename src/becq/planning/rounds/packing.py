"""How a delivery is packed, and the dose rate and transport index of its packages as they decay.

The dose rate at 1 m comes from the activity at that moment, the shield and the distance from the activity to
the outside of the package (:mod:`becq.physics.radiation.packages`), progeny in equilibrium. The transport
index is that of the departure: it stands on the label and counts until the package is handed over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from becq.chain.network import Network
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.radiation.packages import category, package_radiation, transport_index

TENTHS = 10
"""Transport indexes are whole tenths."""


@dataclass(frozen=True, slots=True)
class Load:
    """The packages of one delivery as they leave.

    :ivar packages: how many; the activity is spread evenly.
    :ivar index: transport index of each, None where it is not known; ``category`` likewise.
    """

    packages: int
    activity_bq: float
    index: float | None
    category: str | None

    @property
    def indexes(self) -> float:
        """Sum of the transport indexes; what is not known counts for nothing."""
        return 0.0 if self.index is None else round(self.packages * self.index, 1)


@dataclass(frozen=True, slots=True)
class Packed:
    """An activity of a nuclide, given at a reference time (epoch seconds), and the packaging it leaves in.

    :ivar one_metre_sv_h_bq: dose rate at 1 m from the package for each Bq; None where it is not known.
    :ivar gap: what is missing to know it.
    """

    nuclide: str
    activity_bq: float
    reference: float
    capacity_bq: float | None
    one_metre_sv_h_bq: float | None
    surface_sv_h_bq: float | None
    gap: str = ""

    def activity_at(self, moment: float) -> float:
        """Activity in Bq at a moment."""
        rate = decay_data.decay_const(self.nuclide)
        return self.activity_bq * math.exp(rate * (self.reference - moment))

    def load_at(self, departure: float) -> Load:
        """The packages that leave at a moment with what makes the activity at the reference time."""
        activity_bq = self.activity_at(departure)
        packages = 1
        if self.capacity_bq is not None:
            packages = max(1, math.ceil(activity_bq / self.capacity_bq - 1e-9))
        if self.one_metre_sv_h_bq is None or self.surface_sv_h_bq is None:
            return Load(packages, activity_bq, None, None)
        each_bq = activity_bq / packages
        index = transport_index(each_bq * self.one_metre_sv_h_bq)
        surface = each_bq * self.surface_sv_h_bq
        return Load(packages, activity_bq, index, category(index, surface) if surface <= 10e-3 else None)

    def dose_rate_at(self, moment: float) -> float:
        """Dose rate in Sv/h at 1 m of all its packages together at a moment; 0 where it is not known."""
        return self.activity_at(moment) * (self.one_metre_sv_h_bq or 0.0)


def pack(network: Network, product: str, nuclide: str, activity_bq: float, reference: float) -> Packed:
    """How a delivery of a product is packed in a network."""
    found = next((row for row in network.packagings if product in row.products), None)
    if found is None:
        return Packed(nuclide, activity_bq, reference, None, None, None, f"a packaging for '{product}'")
    try:
        metre, surface = _dose_rates(nuclide, found.shield, found.thickness_mm, found.radius_mm)
    except InputError as error:
        return Packed(nuclide, activity_bq, reference, found.capacity, None, None, str(error))
    return Packed(nuclide, activity_bq, reference, found.capacity, metre, surface)


@lru_cache(maxsize=512)
def _dose_rates(
    nuclide: str, shield: str | None, thickness_mm: float, radius_mm: float
) -> tuple[float, float]:
    """Dose rate in Sv/h for each Bq at 1 m from the package and on its surface."""
    layers = [(shield, thickness_mm * 1e-3)] if shield else []
    found = package_radiation({nuclide: 1.0}, layers, outer_radius_m=radius_mm * 1e-3)
    if not found.complete:
        raise InputError(f"the dose rate of {nuclide}: neutrons of fission are not computed")
    return found.one_metre_sv_h, found.surface_sv_h


__all__ = ["TENTHS", "Load", "Packed", "pack"]
