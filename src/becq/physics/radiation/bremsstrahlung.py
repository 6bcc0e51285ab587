"""Bremsstrahlung of beta-minus emitters: external (in the absorber that stops them) and internal.

External: the thick-target yield k dn/dk of electrons of energy T that stop in the absorber, integrated over
the beta spectrum. The yields in ``data/bremsstrahlung.csv`` come from the cross sections of Tessier &
Kawrakow (2008) and ESTAR stopping powers by ``scripts/build_bremsstrahlung_tables.py``. Photons are taken to
leave in all directions alike and unattenuated by the absorber itself.

Internal: photons made in the decay itself, in the theory of Knipp & Uhlenbeck (Physica 3 (1936) 425) and
Bloch (Phys. Rev. 50 (1936) 272): Phi(We, k) = (alpha p / (pi pe k)) [(We^2 + W^2)/(We p) ln(W + p) - 2] per
beta particle of total energy We, with W = We - k, in units of the electron's rest mass. In light absorbers
it makes as many photons as the external one.

Rule of thumb for comparison: the energy fraction 3.5e-4 Z E_max(MeV) of Evans, The Atomic Nucleus (1955).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from becq.errors import InputError
from becq.physics.radiation.beta_spectra import (
    ALPHA,
    ELECTRON_KEV,
    BetaBranch,
    beta_branches,
    branch_spectrum,
)
from becq.physics.radiation.gamma_constants import dose_per_fluence
from becq.physics.radiation.tables import Array, read

LOWEST_KEV = 10.0
BINS_PER_DECADE = 20
_EMPTY = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class PhotonSpectrum:
    """Bremsstrahlung of one nuclide in groups, by rising energy.

    :ivar energies_kev: mean photon energy of each group, (n,).
    :ivar external: photons per decay from the absorber, (n,).
    :ivar internal: photons per decay from the decay itself, (n,).
    :ivar absorber: material that stops the beta particles.
    """

    nuclide: str
    absorber: str
    energies_kev: Array
    external: Array
    internal: Array

    @property
    def energy_kev(self) -> float:
        """Photon energy above 10 keV per decay in keV, external and internal."""
        return float(np.sum(self.energies_kev * (self.external + self.internal)))


@lru_cache(maxsize=1)
def _yields() -> dict[str, tuple[Array, Array, Array]]:
    rows: dict[str, list[list[float]]] = {}
    fractions: list[float] = []
    for row in read("bremsstrahlung"):
        keys = [k for k in row if k not in {"absorber", "electron_kev", "source"}]
        fractions = [float(k) for k in keys]
        rows.setdefault(row["absorber"], []).append(
            [float(row["electron_kev"]), *(float(row[k]) for k in keys)]
        )
    found = {}
    for name, values in rows.items():
        table = np.array(values)
        found[name] = (table[:, 0], np.array(fractions), table[:, 1:])
    return found


def absorbers() -> tuple[str, ...]:
    """Materials with bremsstrahlung yields."""
    return tuple(_yields())


def thick_target_yield(absorber: str, electron_kev: Array, photon_kev: Array) -> Array:
    """k dn/dk of electrons that stop in the absorber, (electrons, photons): photons per unit of ln k.

    :raises InputError: for an absorber without yields.
    """
    try:
        energies, fractions, table = _yields()[absorber]
    except KeyError:
        raise InputError(f"No bremsstrahlung in {absorber!r}; there are {', '.join(absorbers())}") from None
    top = np.log(np.clip(electron_kev, energies[0], energies[-1]))
    row = np.clip(np.searchsorted(np.log(energies), top) - 1, 0, len(energies) - 2)
    share = (top - np.log(energies)[row]) / (np.log(energies)[row + 1] - np.log(energies)[row])
    out = np.zeros((len(electron_kev), len(photon_kev)))
    for i, (electron, r, s) in enumerate(zip(electron_kev, row, share, strict=True)):
        line = table[r] * (1 - s) + table[r + 1] * s
        ratio = photon_kev / electron
        out[i] = np.where(ratio < 1, np.interp(ratio, fractions, line), 0.0)
    return out


def internal_yield(electron_kev: Array, photon_kev: Array) -> Array:
    """k Phi of the Knipp-Uhlenbeck-Bloch theory, (electrons, photons): photons per unit of ln k."""
    total = (1.0 + electron_kev / ELECTRON_KEV)[:, None]
    k = (photon_kev / ELECTRON_KEV)[None, :]
    after = np.maximum(total - k, 1.0 + 1e-12)
    p_before, p = np.sqrt(total**2 - 1), np.sqrt(after**2 - 1)
    phi = ALPHA / np.pi * p / p_before * ((total**2 + after**2) / (total * p) * np.log(after + p) - 2.0)
    return np.where(k < total - 1.0, np.maximum(phi, 0.0), 0.0)


def _groups(highest_kev: float) -> Array:
    count = max(2, int(np.ceil(np.log10(highest_kev / LOWEST_KEV) * BINS_PER_DECADE)) + 1)
    return np.geomspace(LOWEST_KEV, highest_kev, count)


@lru_cache(maxsize=512)
def bremsstrahlung(nuclide: str, absorber: str = "water") -> PhotonSpectrum:
    """Bremsstrahlung photons per decay of a beta-minus emitter, from 10 keV up.

    A nuclide without beta branches in the table has an empty spectrum.

    :param absorber: material that stops the beta particles, one of :func:`absorbers`.
    :raises InputError: for an absorber without yields.
    """
    branches = beta_branches(nuclide)
    highest = max((b.end_point_kev for b in branches), default=0.0)
    thick_target_yield(absorber, _EMPTY, _EMPTY)
    if highest <= LOWEST_KEV * 1.5:
        return PhotonSpectrum(nuclide, absorber, _EMPTY, _EMPTY, _EMPTY)
    edges = _groups(highest)
    fine = 4  # points in each group
    points = np.exp(
        np.log(edges[:-1])[:, None] + (np.arange(fine) + 0.5) / fine * np.diff(np.log(edges))[:, None]
    )
    external = np.zeros(points.size)
    internal = np.zeros(points.size)
    for branch in branches:
        ext, int_ = _branch_photons(branch, absorber, points.ravel())
        external += ext
        internal += int_
    step = np.repeat(np.diff(np.log(edges)) / fine, fine)
    external, internal = external * step, internal * step
    both = (external + internal).reshape(-1, fine)
    number = both.sum(axis=1)
    keep = number > 0
    energies = (both * points).sum(axis=1)[keep] / number[keep]
    return PhotonSpectrum(
        nuclide,
        absorber,
        energies,
        external.reshape(-1, fine).sum(axis=1)[keep],
        internal.reshape(-1, fine).sum(axis=1)[keep],
    )


def _branch_photons(branch: BetaBranch, absorber: str, photon_kev: Array) -> tuple[Array, Array]:
    """Photons per decay and unit of ln k, external and internal, (photons,) each."""
    kinetic, density = branch_spectrum(branch, 200)
    step = kinetic[1] - kinetic[0]
    weights = density * step
    return (
        weights @ thick_target_yield(absorber, kinetic, photon_kev),
        weights @ internal_yield(kinetic, photon_kev),
    )


def bremsstrahlung_constant(
    nuclide: str,
    absorber: str = "water",
    *,
    quantity: str = "H*(10)",
    delta_kev: float = 20.0,
    internal: bool = True,
) -> float:
    """Dose rate at 1 m per activity by bremsstrahlung, in Sv m²/(Bq h) (H*(10)) or Gy m²/(Bq h) (Ka)."""
    spectrum = bremsstrahlung(nuclide, absorber)
    hard = spectrum.energies_kev >= delta_kev
    if not hard.any():
        return 0.0
    photons = spectrum.external[hard] + (spectrum.internal[hard] if internal else 0.0)
    per_fluence = dose_per_fluence(spectrum.energies_kev[hard], quantity)
    return float(np.sum(photons * per_fluence) / (4 * np.pi) * 3600.0)


def rule_of_thumb_fraction(z: float, end_point_mev: float) -> float:
    """Fraction of the beta energy that becomes bremsstrahlung, 3.5e-4 Z E_max (Evans 1955)."""
    if not (0 < z < 120 and end_point_mev > 0):
        raise InputError("The rule of thumb needs an atomic number and an end point in MeV, both positive")
    return 3.5e-4 * z * end_point_mev
