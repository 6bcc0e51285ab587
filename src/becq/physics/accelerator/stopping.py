"""Stopping powers and ranges of light ions in elements, compounds and enriched targets.

Elements that NIST lists: PSTAR for protons and ASTAR for alphas (Berger et al., NISTIR 4999; ICRU Report 49,
1993), total stopping power, log-log interpolated. Deuterons stop like protons of the same velocity, He-3 like
He-4. Other elements: CATIMA (A. Prochazka, package ``pycatima``, default settings), which below 30 MeV/u
departs from PSTAR by 2.5 % (rms) and up to 6 %. So it is used at 60 MeV/u, where they agree within 0.5 %, and
carried down to 1 MeV/u with the stopping number L = S·(A/Z)·β² relative to that energy, interpolated in Z
between the neighbours that NIST lists (L at 60 MeV/u holds the mean excitation energy; shell corrections vary
slowly with Z).
Each listed element left out in turn: 0.4 % rms from 2 to 30 MeV up to Z = 50, 2 % above (few are listed).

A compound is the sum of its atoms (Bragg), except the few that NIST lists (water, alumina, silica, calcium
fluoride, sodium iodide): their tables lie 1 to 3 % below the sum at 10 MeV. The stopping power per atom does
not depend on the isotope, so an enriched target differs from a natural one only in its mass per atom. Below
the first energy of a table S is taken proportional to the velocity.

In this folder ASTAR energies are per nucleon; NIST's are total. The unit is seen by where the table ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.accelerator.isotopes import LIGHT, U_MEV, atomic_weight_g_mol, mass_u, symbols
from becq.physics.accelerator.materials import Material, natural_mass_g_mol
from becq.physics.bateman import Array
from becq.physics.elements import elements
from becq.physics.formulas import parse_formula

CHARGE = {"p": 1, "d": 1, "h": 2, "a": 2}
"""Charge of the projectiles in elementary charges."""
GRID_MEV: Array = np.unique(
    np.round(np.r_[np.geomspace(1e-3, 0.1, 41), np.arange(0.1, 60.0, 0.02), np.arange(60.0, 250.1, 0.1)], 9)
)
"""Energies at which ranges and yields are tabulated, MeV."""

_COMPOUNDS = {
    "H2O": (276, "liquid water"),
    "Al2O3": (106, "aluminum oxide"),
    "SiO2": (245, "silicon dioxide"),
    "CaF2": (130, "calcium fluoride"),
    "NaI": (252, "sodium iodide"),
}
"""Numbers of compounds in the tables of NIST; they are counted on after the elements."""
_ASTAR_LAST_MEV, _LAST_ELEMENT = 1000.0, 99
_SCALED = {"p": ("PSTAR", "p"), "d": ("PSTAR", "p"), "a": ("ASTAR", "a"), "h": ("ASTAR", "a")}
_NIST = "NIST {} (ICRU Report 49, 1993)"
_CATIMA = "CATIMA (pycatima) with the energy dependence of {} for {}"
_ANCHOR_MEV_U, _LOWEST_MEV_U = 60.0, 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Stopping:
    """Stopping of one projectile in one material.

    :ivar projectile: "p", "d", "h" or "a".
    :ivar molar_mev_cm2_mol: stopping power per mole of formula units at :data:`GRID_MEV`, MeV cm²/mol.
    :ivar range_g_cm2: range from rest up to :data:`GRID_MEV` (continuous slowing down), g/cm².
    :ivar sources: where the stopping powers come from.
    """

    material: Material
    projectile: str
    molar_mev_cm2_mol: Array
    range_g_cm2: Array
    sources: tuple[str, ...]

    def mass_stopping_power(self, energy_mev: ArrayLike) -> Array:
        """Mass stopping power in MeV cm²/g at energies in MeV, any shape.

        :raises InputError: outside 0 to 250 MeV.
        """
        energy = _checked(energy_mev)
        logs = np.interp(
            np.log(np.maximum(energy, GRID_MEV[0])), np.log(GRID_MEV), np.log(self.molar_mev_cm2_mol)
        )
        slow = np.sqrt(np.minimum(energy / GRID_MEV[0], 1.0))
        return np.asarray(np.exp(logs) * slow / self.material.molar_mass_g_mol)

    def range_of(self, energy_mev: ArrayLike) -> Array:
        """Range in g/cm² (continuous slowing down) of energies in MeV, any shape."""
        energy = _checked(energy_mev)
        start = self.range_g_cm2[0] * np.sqrt(np.maximum(energy, 0.0) / GRID_MEV[0])
        return np.where(energy < GRID_MEV[0], start, np.interp(energy, GRID_MEV, self.range_g_cm2))

    def thickness(self, energy_mev: ArrayLike, exit_mev: ArrayLike) -> Array:
        """Thickness in g/cm² that brings ``energy_mev`` down to ``exit_mev`` (0: to rest), any shapes."""
        return np.asarray(self.range_of(energy_mev) - self.range_of(exit_mev))

    def exit_energy(self, energy_mev: ArrayLike, thickness_g_cm2: ArrayLike) -> Array:
        """Energy in MeV left behind a thickness in g/cm²; 0 if the beam stops in it. Any shapes."""
        left = self.range_of(energy_mev) - np.asarray(thickness_g_cm2, dtype=np.float64)
        slow = GRID_MEV[0] * np.square(np.maximum(left, 0.0) / self.range_g_cm2[0])
        return np.where(left < self.range_g_cm2[0], slow, np.interp(left, self.range_g_cm2, GRID_MEV))


@lru_cache(maxsize=64)
def stopping(material: Material, projectile: str, folder: Path) -> Stopping:
    """Stopping of a projectile in a material, with the tables of a nuclear-data folder.

    :raises InputError: for a projectile without charge, or where a table or ``pycatima`` is missing.
    """
    if projectile not in CHARGE:
        raise InputError(f'"{projectile}" has no stopping power here: use p, d, h (He-3) or a (alpha)')
    sources: dict[str, None] = {}
    total = np.zeros_like(GRID_MEV)
    atoms = {part.symbol: part.count for part in material.parts}
    for formula, (number, name) in _COMPOUNDS.items():
        table = _nist(folder, projectile, number)
        if table is not None and atoms == {symbol: count for symbol, _, count in parse_formula(formula)}:
            total = _at_grid(*table) * natural_mass_g_mol(material)
            sources[f"{_NIST.format(_SCALED[projectile][0])}, {name}"] = None
    if not sources:
        for part in material.parts:
            table = _nist(folder, projectile, elements()[part.symbol].z)
            if table is None:
                table = _unlisted(folder, projectile, part.symbol)
                sources[_CATIMA.format(_SCALED[projectile][0], part.symbol)] = None
            else:
                sources[_NIST.format(_SCALED[projectile][0])] = None
            total += part.count * atomic_weight_g_mol(part.symbol) * _at_grid(*table)
    inverse = material.molar_mass_g_mol / total
    first = 2.0 * GRID_MEV[0] * inverse[0]  # S ∝ √E below the grid
    steps = np.diff(GRID_MEV) * (inverse[1:] + inverse[:-1]) / 2.0
    return Stopping(material, projectile, total, first + np.r_[0.0, np.cumsum(steps)], tuple(sources))


def _checked(energy_mev: ArrayLike) -> Array:
    energy = np.asarray(energy_mev, dtype=np.float64)
    if energy.size and not (np.isfinite(energy).all() and energy.min() >= 0 and energy.max() <= GRID_MEV[-1]):
        raise InputError(f"A beam energy must lie between 0 and {GRID_MEV[-1]:g} MeV")
    return energy


def _at_grid(energy: Array, dedx: Array) -> Array:
    """Log-log interpolation on the grid; ∝ velocity below the table."""
    if energy[-1] < GRID_MEV[-1] * 0.999:
        raise InputError(f"A stopping-power table ends at {energy[-1]:g} MeV")
    values = np.exp(np.interp(np.log(GRID_MEV), np.log(energy), np.log(dedx)))
    return np.asarray(values * np.sqrt(np.minimum(GRID_MEV / energy[0], 1.0)))


def _nist(folder: Path, projectile: str, number: int) -> tuple[Array, Array] | None:
    """Energies of this projectile in MeV and S in MeV cm²/g of a NIST table, None if it is not there."""
    source, reference = _SCALED[projectile]
    table = _tables(folder, source).get(number)
    if table is None:
        return None
    energy, dedx = table
    if source == "ASTAR" and energy[-1] < _ASTAR_LAST_MEV / 2:
        energy = energy * 4.0
    mass, reference_mass = mass_u(*LIGHT[projectile]), mass_u(*LIGHT[reference])
    assert mass is not None
    assert reference_mass is not None
    return energy * (mass / reference_mass), dedx


@lru_cache(maxsize=16)
def _tables(folder: Path, source: str) -> dict[int, tuple[Array, Array]]:
    import polars as pl

    path = folder / "stopping" / "stopping.parquet"
    columns = ["source", "target_Z", "energy_MeV", "dedx"]
    try:
        frame = pl.read_parquet(path, columns=columns)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            f"{path} is no table of stopping powers: it needs the columns {', '.join(columns)} ({error})"
        ) from None
    frame = frame.filter(pl.col("source") == source).sort("target_Z", "energy_MeV")
    return {
        int(key[0]): (part["energy_MeV"].to_numpy(), part["dedx"].to_numpy())
        for key, part in frame.partition_by("target_Z", as_dict=True, maintain_order=True).items()
    }


@lru_cache(maxsize=256)
def _unlisted(folder: Path, projectile: str, symbol: str) -> tuple[Array, Array]:
    """Energies in MeV and S in MeV cm²/g of an element that NIST does not list; see above."""
    energy, dedx = catima(projectile, symbol)
    z = elements()[symbol].z
    listed = [n for n in _tables(folder, _SCALED[projectile][0]) if n < _LAST_ELEMENT]
    lower = max((n for n in listed if n < z), default=None)
    higher = min((n for n in listed if n > z), default=None)
    if lower is None or higher is None:
        return energy, dedx
    mass = mass_u(*LIGHT[projectile])
    assert mass is not None
    anchor = _ANCHOR_MEV_U * mass
    offsets = []
    for neighbour in (lower, higher):
        name = symbols()[neighbour]
        table = _nist(folder, projectile, neighbour)
        assert table is not None
        reference = _number(*catima(projectile, name), name, mass, np.array([anchor]))
        offsets.append(_number(*table, name, mass, energy) - reference)
    weight = (z - lower) / (higher - lower)
    number = _number(energy, dedx, symbol, mass, np.array([anchor]))
    number = number + (1.0 - weight) * offsets[0] + weight * offsets[1]
    shaped = number * z / (atomic_weight_g_mol(symbol) * _beta_squared(energy, mass))
    slow = energy < _LOWEST_MEV_U * mass
    first = np.interp(_LOWEST_MEV_U * mass, energy, shaped / dedx)
    fast = energy > anchor
    return energy, np.where(slow, dedx * first, np.where(fast, dedx, shaped))


def _number(energy: Array, dedx: Array, symbol: str, mass: float, at: Array) -> Array:
    """The stopping number S·(A/Z)·β² of a table at some energies, but for a constant factor."""
    value = np.exp(np.interp(np.log(at), np.log(energy), np.log(dedx)))
    scale = atomic_weight_g_mol(symbol) / elements()[symbol].z
    return np.asarray(value * scale * _beta_squared(at, mass))


def _beta_squared(energy: Array, mass: float) -> Array:
    gamma = 1.0 + energy / (mass * U_MEV)
    return 1.0 - 1.0 / (gamma * gamma)


@lru_cache(maxsize=256)
def catima(projectile: str, symbol: str) -> tuple[Array, Array]:
    """Energies in MeV and S in MeV cm²/g from CATIMA, whose energies are MeV/u."""
    try:
        import pycatima
    except ImportError:
        raise InputError(
            f"NIST lists no stopping power of {symbol}: install pycatima (pip install 'becq[nuclear-data]')"
        ) from None
    z, a = LIGHT[projectile]
    mass = mass_u(z, a)
    assert mass is not None
    ion = pycatima.Projectile(mass, z)
    matter = pycatima.Material([[atomic_weight_g_mol(symbol), elements()[symbol].z, 1]])
    energy = np.geomspace(1e-3, 1.01 * GRID_MEV[-1], 241)
    dedx = []
    for value in energy:
        ion.T(value / mass)
        dedx.append(pycatima.dedx(ion, matter))
    return energy, np.array(dedx)
