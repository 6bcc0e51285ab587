"""Makes Becq's own tables of derived yields from a folder of evaluated nuclear data.

    BECQ_NUCLEAR_DATA=FOLDER python scripts/build_yield_table.py

writes into src/becq/data: ``accelerator_yields.csv`` (charged particles), ``accelerator_stopping.csv`` and
``photonuclear_cross_sections.csv``, for the elements of the routes in ``accelerator_routes.csv`` and protons
on all natural elements. The output depends on the folder and on pycatima (for elements that PSTAR and ASTAR
do not list): running it twice gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from becq.physics import decay_data
from becq.physics.accelerator import nuclear_data, photonuclear, yield_table
from becq.physics.accelerator.isotopes import (
    LIGHT,
    name_of,
    natural_abundances,
    symbols,
)
from becq.physics.accelerator.materials import Material, Part, natural_mass_g_mol
from becq.physics.accelerator.nuclear_data import Curve, NuclearData
from becq.physics.accelerator.stopping import GRID_MEV, stopping
from becq.physics.accelerator.tabulated_stopping import STOPPING_MEV, molar_stopping
from becq.physics.constants import AVOGADRO, ELEMENTARY_CHARGE_C
from becq.physics.formulas import parse_formula

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
IMPURITY_SHARE = 1e-6  # of the largest step of any residual of the element, atom for atom
PHOTON_SHARE = 1e-5
COMPOUNDS = ("H2O", "Al2O3", "SiO2", "CaF2", "NaI")  # that NIST lists
PARTS = (1, 2, 5, 10)
RELATIVE, ABSOLUTE = 0.004, 1e-4
SHORTEST_S = 1.0
PHOTON_RELATIVE, PHOTON_ABSOLUTE = 0.005, 1e-4
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(5)


def stopping_rows(data: NuclearData) -> Iterator[str]:
    """One row per projectile and element up to uranium, and compounds with a table of their own."""
    for projectile in ("p", "a"):
        for formula in (*symbols()[1:93], *COMPOUNDS):
            material = Material(formula, tuple(Part(s, n, ()) for s, _, n in parse_formula(formula)))
            values = stopping(material, projectile, data.folder)
            mass = values.molar_mev_cm2_mol / natural_mass_g_mol(material)
            at = np.exp(np.interp(np.log(STOPPING_MEV), np.log(GRID_MEV), np.log(mass)))
            source = "; ".join(values.sources)
            yield f'{projectile},{formula},{" ".join(f"{v:.5g}" for v in at)},"{source}"'


def isotopes(element: str, named: set[int]) -> list[int]:
    """Those that occur in nature, and those a route names (Ra-226)."""
    return sorted(set(natural_abundances(element)) | named)


def steps(curve: Curve, projectile: str, z: int, most_parts: int) -> tuple[float, float, int, Array] | None:
    """First and last energy, parts of a step, and yields of the parts, MBq/µA, for the isotope alone.

    A step is cut into as many parts (up to ``most_parts``) as it takes that the interpolation keeps to
    RELATIVE of the yield and ABSOLUTE of the whole one at every energy.
    """
    above = np.flatnonzero(curve.cross_section_b > 0.0)
    if not above.size:
        return None
    first = float(f"{curve.energy_mev[max(above[0] - 1, 0)]:g}")  # as the file will say it
    last = float(f"{min(curve.last_mev, float(yield_table.EDGES_MEV[-1])):g}")
    # All corners of both functions, so that the rule is exact to the stopping power's smoothness.
    finest = yield_table.edges_mev(first, last, PARTS[-1])
    corners = np.union1d(finest, curve.energy_mev[(curve.energy_mev > first) & (curve.energy_mev < last)])
    low, width = corners[:-1, None], np.diff(corners)[:, None]
    energy = np.minimum(low + width * 0.5 * (_NODE + 1.0), curve.last_mev)
    stopping_power = molar_stopping(projectile, ((symbols()[z], 1.0),), energy)
    integrand = curve.at(energy) * 1e-24 * AVOGADRO / stopping_power
    pieces = (integrand * width * 0.5 * _WEIGHT).sum(axis=1) / (LIGHT[projectile][0] * ELEMENTARY_CHARGE_C)
    whole = np.concatenate([[0.0], np.cumsum(pieces)])
    if not whole[-1] > 0.0:
        return None
    allowed = RELATIVE * whole + ABSOLUTE * whole[-1]
    for parts in (p for p in PARTS if p <= most_parts):
        edges = yield_table.edges_mev(first, last, parts)
        yields = np.diff(np.interp(edges, corners, whole))
        off = np.abs(yield_table.cumulative(edges, yields)(corners) - whole)
        if (off <= allowed).all():
            break
    return first, last, parts, yields * 1e-12


def radioactive(z: int, a: int) -> bool:
    """Whether ICRP-107 knows the residual, or an isomer of it, as something that decays within reason."""
    names = [name_of(z, a, state) for state in ("", "m", "n")]
    return any(decay_data.known(n) and SHORTEST_S < decay_data.half_life_s(n) < np.inf for n in names)


def carrier(z: int, a: int, made: set[str]) -> bool:
    """Whether the residual is a lasting isotope of an element that listed routes make: it dilutes them."""
    return symbols()[z] in made and a in natural_abundances(symbols()[z])


def products(projectile: str, element: str) -> set[str]:
    """Elements that the listed routes of this projectile and target element make."""
    return {
        route.product.partition("-")[0]
        for route in yield_table.listed()
        if (route.projectile, route.element) == (projectile, element)
    }


def yield_rows(data: NuclearData) -> Iterator[str]:
    """One row per projectile, target isotope and residual, and per isomer that the evaluation tells apart."""
    listed = {(r.projectile, r.element) for r in yield_table.listed()}
    for (projectile, element), named in pairs(data, photons=False).items():
        z = symbols().index(element)
        kept = isotopes(element, named)
        most_parts = PARTS[-1] if (projectile, element) in listed else 1
        made_here = products(projectile, element)
        found = {}
        for channel, curve in sorted(data.curves(projectile, element).items()):
            wanted = radioactive(*channel[1:]) or carrier(*channel[1:], made_here)
            if channel[0] in kept and wanted:
                for state, of_state in states(data, projectile, element, channel, curve):
                    made = steps(of_state, projectile, z, most_parts)
                    if made is not None:
                        found[channel, state] = *made, curve.source
        most = max((entry[2] * entry[3].max() for entry in found.values()), default=0.0)
        for ((a, rz, ra), state), (first, last, parts, yields, source) in found.items():
            if parts * yields.max() > IMPURITY_SHARE * most:
                values = " ".join(f"{v:.4g}" for v in yields)
                made = name_of(rz, ra, state)
                row = projectile, f"{element}-{a}", made, f"{first:g}", f"{last:g}", str(parts)
                yield f'{",".join(row)},{values},"{source}"'


def states(
    data: NuclearData, projectile: str, element: str, channel: tuple[int, int, int], curve: Curve
) -> Iterator[tuple[str, Curve]]:
    """The curve of all states together, and those of the isomers told apart."""
    yield "", curve
    energy = curve.energy_mev
    if projectile != "g":  # shares may change between the corners of the curve
        energy = np.union1d(energy, np.arange(energy[0], curve.last_mev, 0.1))
    for state, share in data.state_shares(projectile, element, channel, energy).items():
        if state and decay_data.known(name_of(*channel[1:], state)):
            yield state, Curve(energy, curve.at(energy) * share, curve.source)


def photon_rows(data: NuclearData) -> Iterator[str]:
    """One row per target isotope and residual of the photonuclear routes, and per isomer, thinned."""
    for (_, element), named in pairs(data, photons=True).items():
        kept = isotopes(element, named)
        made_here = products("g", element)
        curves = data.curves("g", element)
        most = max(float(c.cross_section_b.max()) for c in curves.values())
        for channel, whole in sorted(curves.items()):
            wanted = radioactive(*channel[1:]) or carrier(*channel[1:], made_here - {element})
            if channel[0] not in kept or not wanted:
                continue
            for state, curve in states(data, "g", element, channel, whole):
                inside = curve.energy_mev <= photonuclear.HIGHEST_MEV
                energy, sigma = curve.energy_mev[inside], curve.cross_section_b[inside]
                if not len(sigma) or sigma.max() < PHOTON_SHARE * most:
                    continue
                energy, sigma = thinned(energy, sigma)
                made = name_of(*channel[1:], state)
                points = " ".join(f"{e:.6g}" for e in energy), " ".join(f"{s * 1e3:.4g}" for s in sigma)
                yield f'{element}-{channel[0]},{made},{points[0]},{points[1]},"{curve.source}"'


def thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """Points whose straight lines keep all others within a tolerance (Douglas & Peucker 1973)."""
    tolerance = PHOTON_RELATIVE * y + PHOTON_ABSOLUTE * float(y.max())
    keep = np.zeros(len(x), dtype=bool)
    keep[[0, -1]] = True
    waiting = [(0, len(x) - 1)]
    while waiting:
        i, j = waiting.pop()
        if j - i < 2:
            continue
        line = np.interp(x[i + 1 : j], [x[i], x[j]], [y[i], y[j]])
        off = np.abs(y[i + 1 : j] - line) / tolerance[i + 1 : j]
        worst = int(off.argmax())
        if off[worst] > 1.0:
            middle = i + 1 + worst
            keep[middle] = True
            waiting += [(i, middle), (middle, j)]
    return x[keep], y[keep]


def pairs(data: NuclearData, *, photons: bool) -> dict[tuple[str, str], set[int]]:
    """Projectiles and elements of the listed routes with the isotopes that are named.

    Protons besides on every element that occurs in nature: each may be a target or part of one.
    """
    found: dict[tuple[str, str], set[int]] = {}
    if not photons:
        found = {("p", symbol): set() for symbol in data.elements("p") if natural_abundances(symbol)}
    for reaction in yield_table.listed():
        if (reaction.projectile == "g") == photons:
            named = found.setdefault((reaction.projectile, reaction.element), set())
            if reaction.target_a is not None:
                named.add(reaction.target_a)
    return found


def main() -> None:
    """Writes the three tables; the yields need the stopping powers just written."""
    data = nuclear_data.load()
    tables = (
        ("accelerator_stopping.csv", "projectile,material,stopping_mev_cm2_g,source", stopping_rows),
        (
            "accelerator_yields.csv",
            "projectile,target,residual,from_mev,to_mev,parts,yields_mbq_per_ua,source",
            yield_rows,
        ),
        (
            "photonuclear_cross_sections.csv",
            "target,residual,energy_mev,cross_section_mb,source",
            photon_rows,
        ),
    )
    for name, head, rows in tables:
        lines = [head, *rows(data)]
        (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(lines) - 1} rows")


if __name__ == "__main__":
    main()
