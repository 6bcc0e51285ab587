"""Air-kerma-rate and ambient-dose-equivalent-rate constants from emission lines.

The constant of a nuclide is the dose rate at 1 m from an unattenuated point source of 1 Bq by photons above
a cut-off energy delta, in vacuum: sum over lines of I E (mu_en/rho)_air / (4 pi) for the air kerma rate
(ICRU Report 85, section 5.3: air-kerma-rate constant; mu_en/rho stands for mu_tr/rho, 0.4 % less at most
below 1.5 MeV), and for H*(10) the same sum with each line times H*(10)/Ka of ICRP Publication 74 (1996),
table A.21 (the table of ICRU Report 57), interpolated by a monotone cubic in log E.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.radiation.materials import material
from becq.physics.radiation.photons import photon_lines
from becq.physics.radiation.tables import Array, read

DELTA_KEV = 20.0
QUANTITIES = ("H*(10)", "Ka")
JOULE_PER_KEV = 1.602176634e-16
_HOUR_S = 3600.0


def air_kerma_gy_m2(energy_kev: ArrayLike) -> Array:
    """Air kerma per photon fluence in Gy m², same shape as the energies in keV."""
    energy = np.asarray(energy_kev, dtype=np.float64)
    absorption_m2_kg = material("air").absorption_cm2_g(energy) * 0.1
    return np.asarray(energy * JOULE_PER_KEV * absorption_m2_kg)


@lru_cache(maxsize=1)
def _ratios() -> tuple[Array, Array]:
    """H*(10)/Ka in Sv/Gy at the energies (keV) of ICRP-74."""
    rows = list(read("ambient_dose"))
    return (
        np.array([float(r["energy_kev"]) for r in rows]),
        np.array([float(r["h10_per_kerma_sv_gy"]) for r in rows]),
    )


def ambient_per_kerma(energy_kev: ArrayLike) -> Array:
    """H*(10) per air kerma in Sv/Gy, same shape as the energies in keV; ends held outside 10 keV-10 MeV."""
    from scipy.interpolate import PchipInterpolator

    energies, ratios = _ratios()
    curve = PchipInterpolator(np.log(energies), ratios)
    at = np.clip(np.asarray(energy_kev, dtype=np.float64), energies[0], energies[-1])
    return np.asarray(curve(np.log(at)))


def dose_per_fluence(energy_kev: ArrayLike, quantity: str = "H*(10)") -> Array:
    """Dose per photon fluence in Sv m² (H*(10)) or Gy m² (Ka), same shape as the energies in keV.

    :raises InputError: for another quantity.
    """
    if quantity not in QUANTITIES:
        raise InputError(f"No dose quantity {quantity!r}; there are {' and '.join(QUANTITIES)}")
    kerma = air_kerma_gy_m2(energy_kev)
    return kerma if quantity == "Ka" else np.asarray(kerma * ambient_per_kerma(energy_kev))


def gamma_constant(nuclide: str, *, quantity: str = "H*(10)", delta_kev: float = DELTA_KEV) -> float:
    """Dose-rate constant of a nuclide without its progeny, in Sv m²/(Bq h) (H*(10)) or Gy m²/(Bq h) (Ka).

    Multiply by 1e15 for µSv m²/(GBq h). Bremsstrahlung is not in it.

    :param delta_kev: photons below this energy are left out (20 keV by default).
    :raises InputError: for an unknown nuclide, quantity or cut-off.
    """
    if not 0 <= delta_kev < 1e4:
        raise InputError(f"The cut-off energy must lie between 0 and 10 000 keV, not {delta_kev:g}")
    lines = photon_lines(nuclide)
    hard = lines.energies_kev >= delta_kev
    if not hard.any():
        return 0.0
    per_fluence = dose_per_fluence(lines.energies_kev[hard], quantity)
    return float(np.sum(lines.intensities[hard] * per_fluence) / (4 * np.pi) * _HOUR_S)
