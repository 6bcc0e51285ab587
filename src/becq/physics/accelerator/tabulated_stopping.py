"""Becq's own table of stopping powers, for machines without a folder of nuclear data.

``becq/data/accelerator_stopping.csv`` holds protons and alphas in all elements up to uranium and in the
compounds that NIST lists, at :data:`STOPPING_MEV`, made by ``scripts/build_yield_table.py`` as
:mod:`~becq.physics.accelerator.stopping` computes them; each row names its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.accelerator.isotopes import LIGHT, atomic_weight_g_mol, mass_u
from becq.physics.accelerator.materials import Material
from becq.physics.accelerator.stopping import CHARGE, GRID_MEV, Stopping
from becq.physics.bateman import Array
from becq.physics.elements import elements, read_table
from becq.physics.formulas import parse_formula

STOPPING_MEV: Array = np.geomspace(1e-3, 250.0, 120)
"""Energies of the table of stopping powers, MeV; protons and alphas."""


@lru_cache(maxsize=64)
def tabulated_stopping(material: Material, projectile: str) -> Stopping:
    """Stopping of a projectile in a material from the package's own table of stopping powers.

    :raises InputError: for a projectile without charge, or an element beyond uranium.
    """
    if projectile not in CHARGE:
        raise InputError(f'"{projectile}" has no stopping power here: use p, d, h (He-3) or a (alpha)')
    parts = tuple((part.symbol, part.count) for part in material.parts)
    total = molar_stopping(projectile, parts, GRID_MEV)
    inverse = material.molar_mass_g_mol / total
    first = 2.0 * GRID_MEV[0] * inverse[0]  # S as the velocity below the grid
    steps = np.diff(GRID_MEV) * (inverse[1:] + inverse[:-1]) / 2.0
    whole = stopping_name(dict(parts))
    formulas = [whole] if whole else [symbol for symbol, _ in parts]
    sources = tuple(dict.fromkeys(stopping_source(projectile, f) for f in formulas))
    return Stopping(material, projectile, total, first + np.r_[0.0, np.cumsum(steps)], sources)


def molar_stopping(projectile: str, parts: Iterable[tuple[str, float]], energy_mev: ArrayLike) -> Array:
    """Stopping power of a mole of formula units, MeV cm2/mol, any shape.

    :param projectile: "p", "d" (as a proton of the same velocity), "a" or "h" (as an alpha of it).
    :param parts: symbols and atoms per formula unit. Compounds that NIST lists (water) have their own table.
    :raises InputError: for an element beyond uranium.
    """
    atoms = dict(parts)
    energy = np.asarray(energy_mev, float)
    whole = stopping_name(atoms)
    pieces = [(whole, 1.0)] if whole else list(atoms.items())
    total = np.zeros(energy.shape)
    for formula, count in pieces:
        total += count * _formula_mass(formula) * _mass_stopping(projectile, formula, energy)
    return total


def stopping_name(atoms: Mapping[str, float]) -> str:
    """The formula under which a compound has a stopping power of its own; "" if it has none."""
    listed = _compounds().get(frozenset(atoms.items()))
    return listed or ""


def stopping_source(projectile: str, formula: str) -> str:
    """Where the stopping powers of an element or listed compound come from; "" if there are none."""
    found = _stopping().get((_table_of(projectile), formula))
    return "" if found is None else found[1]


def _table_of(projectile: str) -> str:
    return "a" if projectile in ("a", "h") else "p"


def _mass_stopping(projectile: str, formula: str, energy_mev: Array) -> Array:
    table = _table_of(projectile)
    mass, reference = mass_u(*LIGHT[projectile]), mass_u(*LIGHT[table])
    assert mass is not None
    assert reference is not None
    found = _stopping().get((table, formula))
    if found is None:
        raise InputError(f"No stopping power of {formula} in Becq's own table, which ends at uranium")
    scaled = np.clip(energy_mev * (reference / mass), STOPPING_MEV[0], STOPPING_MEV[-1])
    return np.asarray(np.exp(np.interp(np.log(scaled), np.log(STOPPING_MEV), np.log(found[0]))))


@lru_cache(maxsize=128)
def _formula_mass(formula: str) -> float:
    return sum(count * atomic_weight_g_mol(symbol) for symbol, _, count in parse_formula(formula))


@lru_cache(maxsize=1)
def _compounds() -> Mapping[frozenset[tuple[str, float]], str]:
    formulas = {formula for _, formula in _stopping() if formula not in elements()}
    return {frozenset((s, n) for s, _, n in parse_formula(f)): f for f in formulas}


@lru_cache(maxsize=1)
def _stopping() -> Mapping[tuple[str, str], tuple[Array, str]]:
    found: dict[tuple[str, str], tuple[Array, str]] = {}
    for row in read_table("accelerator_stopping.csv"):
        values = np.array(row["stopping_mev_cm2_g"].split(), dtype=float)
        found[row["projectile"], row["material"]] = values, row["source"]
    return found
