"""An excitation function: cross section over energy, linear between its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.bateman import Array


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """An excitation function: energies in MeV (laboratory, ascending), cross sections in barn, its source.

    :ivar uncertainty_b: standard uncertainties (k = 1) of the cross sections, barn; NaN where the source
        gives none, None where it gives none at all.
    """

    energy_mev: Array
    cross_section_b: Array
    source: str
    uncertainty_b: Array | None = None

    def at(self, energy_mev: ArrayLike) -> Array:
        """Cross section in barn, any shape: linear between points, 0 below the first.

        :raises InputError: above the last energy; the range is in the message.
        """
        energy = np.asarray(energy_mev, dtype=np.float64)
        if energy.size and energy.max() > self.last_mev * (1 + 1e-12):
            raise InputError(
                f"No cross section at {energy.max():g} MeV: {self.source} ends at {self.last_mev:g} MeV"
            )
        return np.asarray(np.interp(energy, self.energy_mev, self.cross_section_b, left=0.0))

    def relative_uncertainty(self, energy_mev: ArrayLike) -> Array:
        """u(σ)/σ at energies of any shape, linear between points; NaN where it is not known."""
        energy = np.asarray(energy_mev, dtype=np.float64)
        if self.uncertainty_b is None:
            return np.full(energy.shape, np.nan)
        has = self.cross_section_b > 0
        relative = self.uncertainty_b[has] / self.cross_section_b[has]
        return np.asarray(np.interp(energy, self.energy_mev[has], relative, right=np.nan))

    @property
    def last_mev(self) -> float:
        """Highest energy of the curve in MeV."""
        return float(self.energy_mev[-1])
