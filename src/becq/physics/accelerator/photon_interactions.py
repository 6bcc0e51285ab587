"""How electrons and photons of 1 to 150 MeV interact with matter, for electron machines.

Bremsstrahlung: scaled spectra (beta^2/Z^2) k dsigma/dk of S. M. Seltzer and M. J. Berger (1986), At. Data
Nucl. Data Tables 35, 345, for 45 elements, interpolated in Z, the logarithm of the electron's energy and
the share k/T. Stopping: NIST ESTAR. Attenuation: NIST XCOM up to 20 MeV; above, the part that is not
Compton scattering (in truth pair production) goes on linearly in the logarithm of the energy. Compton
scattering: Klein and Nishina (1929) with Z free electrons an atom. Tables: ``becq/data/photon_materials.csv``
and ``bremsstrahlung_spectra.csv``, made by ``scripts/build_photon_tables.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.constants import AVOGADRO

Array = NDArray[np.float64]

ELECTRON_MASS_MEV = 0.51099895
MILLIBARN_CM2 = 1e-27
HIGHEST_MEV = 150.0
SOURCES = (
    "Bremsstrahlung: Seltzer & Berger 1986, At. Data Nucl. Data Tables 35 345",
    "Electron stopping: NIST ESTAR",
    "Photon attenuation: NIST XCOM; Compton scattering: Klein & Nishina 1929",
)

_THOMSON_RADIUS_CM2 = 7.940787e-26  # classical electron radius squared, CODATA 2018


@dataclass(frozen=True, slots=True)
class Substance:
    """What a layer is made of: moles of each element in a gram, by atomic number.

    ``moles_g``: atomic number, mol/g, and g/mol of the natural element, to which tables per gram refer.
    """

    name: str
    moles_g: tuple[tuple[int, float, float], ...]

    @classmethod
    def of(
        cls,
        name: str,
        mass_fractions: Mapping[int, float],
        natural_g_mol: Mapping[int, float],
        actual_g_mol: Mapping[int, float] | None = None,
    ) -> Substance:
        """A substance of elements up to uranium.

        :param mass_fractions: by atomic number; they are normalised to one.
        :param natural_g_mol: molar masses of the natural elements, by atomic number.
        :param actual_g_mol: those of the elements as they are, where enriched.
        :raises InputError: for no element at all, a negative share, or an element beyond uranium.
        """
        total = sum(mass_fractions.values())
        if not total > 0.0 or min(mass_fractions.values()) < 0.0:
            raise InputError(f"{name}: mass fractions must be positive")
        beyond = [z for z in mass_fractions if not 1 <= z <= 92]
        if beyond:
            raise InputError(
                f"{name}: electrons and photons are tabulated up to uranium (92), not {beyond[0]}"
            )
        actual = actual_g_mol or natural_g_mol
        parts = ((z, w / total / actual[z], natural_g_mol[z]) for z, w in sorted(mass_fractions.items()))
        return cls(name, tuple(parts))


@lru_cache(maxsize=1)
def _materials() -> Mapping[int, tuple[Array, Array, Array, Array]]:
    text = files("becq.data").joinpath("photon_materials.csv").read_text(encoding="utf-8")
    table: dict[int, tuple[Array, Array, Array, Array]] = {}
    for row in csv.DictReader(text.splitlines()):
        columns = [
            np.array(row[name].split(), dtype=float)
            for name in (
                "electron_energy_mev",
                "stopping_mev_cm2_g",
                "photon_energy_mev",
                "attenuation_cm2_g",
            )
        ]
        table[int(row["atomic_number"])] = (columns[0], columns[1], columns[2], columns[3])
    return table


@lru_cache(maxsize=1)
def _spectra() -> tuple[Array, Array, Array, Array]:
    text = files("becq.data").joinpath("bremsstrahlung_spectra.csv").read_text(encoding="utf-8")
    reader = csv.reader(text.splitlines())
    heads = next(reader)
    shares = np.array([float(h.removeprefix("share_")) for h in heads[2:-1]])
    rows = np.array([[float(v) for v in row[:-1]] for row in reader])
    numbers, energies = np.unique(rows[:, 0]), np.unique(rows[:, 1])
    return numbers, energies, shares, rows[:, 2:].reshape(len(numbers), len(energies), len(shares))


@lru_cache(maxsize=128)
def _spectrum_of(z: int) -> Any:
    from scipy.interpolate import CubicSpline, RectBivariateSpline

    numbers, energies, shares, table = _spectra()
    of_element = CubicSpline(np.log(numbers), table, axis=0)(np.log(float(z)))
    return RectBivariateSpline(np.log(energies), shares, of_element, kx=3, ky=1, s=0)


def bremsstrahlung_cm2_g_mev(substance: Substance, electron_mev: ArrayLike, photon_mev: ArrayLike) -> Array:
    """Photons of energy k made per MeV of k and g/cm2 of path by one electron of kinetic energy T.

    :param electron_mev: T, any shape; :param photon_mev: k, the same shape; zero is returned where k > T.
    """
    energy, photon = np.broadcast_arrays(np.asarray(electron_mev, float), np.asarray(photon_mev, float))
    share = photon / energy
    squared_speed = 1.0 - (1.0 + energy / ELECTRON_MASS_MEV) ** -2.0
    result = np.zeros(energy.shape)
    for z, moles, _ in substance.moles_g:
        scaled = _spectrum_of(z).ev(np.log(energy), np.clip(share, 0.0, 1.0))
        result += moles * z**2 * scaled
    result *= AVOGADRO * MILLIBARN_CM2 / squared_speed / photon
    return np.where(share <= 1.0, result, 0.0)


def radiative_stopping_mev_cm2_g(
    substance: Substance, energy_mev: ArrayLike, up_to_mev: float = np.inf
) -> Array:
    """Mean loss of electrons to photons of less than ``up_to_mev``, MeV cm2/g; shape of ``energy_mev``."""
    energy = np.asarray(energy_mev, float)
    node, weight = np.polynomial.legendre.leggauss(24)
    top = np.minimum(energy, up_to_mev)[..., None]
    total = np.zeros(energy.shape)
    for low, high in ((0.0, 0.9), (0.9, 1.0)):
        photon = top * (0.5 * (high - low) * (node + 1.0) + low)
        rate = bremsstrahlung_cm2_g_mev(substance, energy[..., None], photon)
        total += (photon * rate * weight * top).sum(axis=-1) * 0.5 * (high - low)
    return total


def stopping_mev_cm2_g(substance: Substance, energy_mev: ArrayLike) -> Array:
    """Total stopping power of electrons (ESTAR, Bragg's rule), MeV cm2/g; shape of ``energy_mev``."""
    energy = np.asarray(energy_mev, float)
    total = np.zeros(energy.shape)
    for z, moles, natural in substance.moles_g:
        grid, values, _, _ = _materials()[z]
        total += moles * natural * np.interp(energy, grid, values)
    return total


def compton_cm2(photon_mev: ArrayLike) -> Array:
    """Klein-Nishina cross section of one electron, cm2; shape of ``photon_mev``."""
    a = np.asarray(photon_mev, float) / ELECTRON_MASS_MEV
    log = np.log1p(2.0 * a)
    bracket = (1.0 + a) / a**2 * (2.0 * (1.0 + a) / (1.0 + 2.0 * a) - log / a)
    bracket += log / (2.0 * a) - (1.0 + 3.0 * a) / (1.0 + 2.0 * a) ** 2
    return np.asarray(2.0 * np.pi * _THOMSON_RADIUS_CM2 * bracket)


def compton_spectrum_cm2_mev(photon_mev: ArrayLike, scattered_mev: ArrayLike) -> Array:
    """Klein-Nishina cross section per MeV of the scattered photon, cm2/MeV, per electron (broadcast)."""
    before, after = np.broadcast_arrays(np.asarray(photon_mev, float), np.asarray(scattered_mev, float))
    share = after / before
    cosine = 1.0 - ELECTRON_MASS_MEV * (1.0 / after - 1.0 / before)
    value = np.pi * _THOMSON_RADIUS_CM2 * ELECTRON_MASS_MEV / before**2
    value = value * (1.0 / share + share - (1.0 - cosine**2))
    return np.where((cosine >= -1.0) & (share <= 1.0), value, 0.0)


def electrons_per_g(substance: Substance) -> float:
    """Number of electrons in one gram."""
    return float(sum(moles * z for z, moles, _ in substance.moles_g) * AVOGADRO)


def attenuation_cm2_g(substance: Substance, photon_mev: ArrayLike) -> tuple[Array, Array]:
    """Mass attenuation coefficient and its part from pair production, cm2/g; shapes of ``photon_mev``.

    Pair production here is everything that is not Compton scattering on free electrons: below 3 MeV that
    holds the photoelectric effect too.
    """
    photon = np.asarray(photon_mev, float)
    free = compton_cm2(photon) * AVOGADRO
    total, pairs = np.zeros(photon.shape), np.zeros(photon.shape)
    for z, moles, natural in substance.moles_g:
        _, _, grid, values = _materials()[z]
        rest = values * natural - compton_cm2(grid) * AVOGADRO * z
        slope = (rest[-1] - rest[-2]) / np.log(grid[-1] / grid[-2])
        above = rest[-1] + slope * np.log(np.maximum(photon, grid[-1]) / grid[-1])
        pair = np.maximum(np.where(photon > grid[-1], above, np.interp(photon, grid, rest)), 0.0)
        pairs += moles * pair
        total += moles * (pair + free * z)
    return total, pairs
