"""Shield and absorber materials: densities, attenuation and energy-absorption coefficients.

Coefficients are those of Hubbell & Seltzer, NISTIR 5632 (1995, data as on the NIST web pages), between the
tabulated energies by a monotone cubic on a log-log scale, both sides of every absorption edge kept. They
include coherent scattering, so a narrow-beam transmission is what a well collimated detector sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.radiation.tables import Array, LogCurve, read

LOWEST_KEV = 5.0
HIGHEST_KEV = 20_000.0
_ALIASES = {"steel": "iron", "aluminum": "aluminium", "glass": "borosilicate-glass", "acrylic": "pmma"}


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """One material.

    :ivar density_g_cm3: mass per volume at which thicknesses are turned into mass per area.
    :ivar buildup: the material of the build-up table whose factors are used.
    :ivar source: where the density comes from; ``note`` says what was assumed.
    """

    name: str
    density_g_cm3: float
    buildup: str
    source: str
    note: str
    _attenuation: LogCurve
    _absorption: LogCurve

    def attenuation_cm2_g(self, energy_kev: ArrayLike) -> Array:
        """Mass attenuation coefficient in cm²/g at photon energies in keV, same shape."""
        return self._attenuation(_energies(energy_kev))

    def absorption_cm2_g(self, energy_kev: ArrayLike) -> Array:
        """Mass energy-absorption coefficient in cm²/g at photon energies in keV, same shape."""
        return self._absorption(_energies(energy_kev))

    def mean_free_paths(self, energy_kev: ArrayLike, thickness_m: ArrayLike) -> Array:
        """Thickness in mean free paths; energies (keV) and thicknesses (m) broadcast."""
        thickness_cm = np.asarray(thickness_m, dtype=np.float64) * 100.0
        return np.asarray(self.attenuation_cm2_g(energy_kev) * self.density_g_cm3 * thickness_cm)


def _energies(energy_kev: ArrayLike) -> Array:
    energy = np.asarray(energy_kev, dtype=np.float64)
    if not (np.isfinite(energy).all() and (energy >= LOWEST_KEV).all() and (energy <= HIGHEST_KEV).all()):
        raise InputError(f"Photon energies must lie between {LOWEST_KEV:g} and {HIGHEST_KEV:g} keV")
    return energy


@lru_cache(maxsize=1)
def _materials() -> dict[str, Material]:
    columns: dict[str, list[tuple[float, float, float]]] = {}
    for row in read("mass_attenuation"):
        columns.setdefault(row["material"], []).append(
            (float(row["energy_kev"]), float(row["mu_rho_cm2_g"]), float(row["mu_en_rho_cm2_g"]))
        )
    found = {}
    for row in read("shield_materials"):
        table = np.array(columns[row["material"]])
        found[row["material"]] = Material(
            row["material"],
            float(row["density_g_cm3"]),
            row["buildup"],
            row["source"],
            row["note"],
            LogCurve(table[:, 0], table[:, 1]),
            LogCurve(table[:, 0], table[:, 2]),
        )
    return found


def names() -> tuple[str, ...]:
    """Materials that can be named, without their aliases."""
    return tuple(_materials())


def material(name: str) -> Material:
    """The material of this name ("lead", "tungsten", "iron" or "steel", "water", ...).

    :raises InputError: for a name that is not in the table.
    """
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    try:
        return _materials()[_ALIASES.get(plain, plain)]
    except KeyError:
        raise InputError(f"No shield material {name!r}; there are {', '.join(names())}") from None
