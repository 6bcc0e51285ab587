"""Self-shielding: the inside of a target sees less flux than its surface.

Universal curves for a sample in an isotropic field:

- thermal: G = 1/(1 + (z/1.029)^1.009), z = x·Σt·(Σa/Σt)^0.85 (Martinho, Salgado & Gonçalves 2004,
  J. Radioanal. Nucl. Chem. 261, 637);
- resonance: G = 0.94/(1 + (z/2.70)^0.82) + 0.06, z = x·Σt(Er)·√(Γγ/Γ) (Martinho, Gonçalves & Salgado
  2003, Appl. Radiat. Isot. 58, 371; cylinders: Gonçalves, Martinho & Salgado 2004, Nucl. Instrum.
  Methods B 213, 186).

x is 1.5 times the thickness of a foil, the diameter of a wire, the radius of a sphere, and
1.65·R·H/(R + H) of a cylinder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shielding:
    """Factors by which the flux inside is lower, 1 for an infinitely dilute target.

    :ivar thermal: for the thermal flux, one number for the whole target.
    :ivar resonance: for the resonance integral, one for all nuclides.
    :ivar by_nuclide: resonance factors of single target nuclides, instead.
    """

    thermal: float = 1.0
    resonance: float = 1.0
    by_nuclide: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value in (self.thermal, self.resonance, *self.by_nuclide.values()):
            if not 0 < value <= 1:
                raise InputError(f"A self-shielding factor of {value:g} is out of range: above 0, up to 1")

    def resonance_of(self, nuclide: str) -> float:
        """Resonance factor of one nuclide."""
        return self.by_nuclide.get(nuclide, self.resonance)


UNSHIELDED = Shielding()


def thermal_factor(z: ArrayLike) -> Array:
    """Universal curve of thermal self-shielding: z (...) dimensionless → (...) between 0 and 1."""
    return np.asarray(1.0 / (1.0 + (np.asarray(z, dtype=np.float64) / 1.029) ** 1.009))


def resonance_factor(z: ArrayLike) -> Array:
    """Universal curve of resonance self-shielding of isolated resonances: z (...) → (...) from 1 to 0.06."""
    return np.asarray(0.94 / (1.0 + (np.asarray(z, dtype=np.float64) / 2.70) ** 0.82) + 0.06)
