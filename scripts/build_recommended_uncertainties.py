"""Make ``recommended_uncertainties.csv`` and ``recommended_elements.csv`` of ``becq/data``.

    python scripts/build_recommended_uncertainties.py iaea_monitors.db

The argument is the SQLite copy of the IAEA medical portal that the ``curie`` package reads (tables proton,
deuteron, alpha with target, outgoing, product, energy in MeV, cross_section and unc_cross_section in mb; MIT
licence, https://github.com/elisemma/curie, commit 08124f82, curie/data). Run it after
``build_recommended_tables.py``, whose curves are the better ones where both have a reaction. It writes

- ``recommended_uncertainties.csv``: relative standard uncertainty over energy of those curves of
  ``recommended_cross_sections.csv`` that the copy repeats within 1 % of their maximum (the portal's files of
  the 2017 and 2019 evaluations; the copy has older versions without uncertainty of the others);
- ``recommended_elements.csv``: the curves that the other table lacks: those of natural elements (beam
  monitors among them) and of a few isotopes, with their uncertainties.

Points whose cross section is more than five times both neighbours' are misprints and left out, and so are
uncertainties below 1 % (at the foot of a few curves), because the evaluations say that 4 % is in all of them.
"""

from __future__ import annotations

import csv
import re
import sqlite3
import sys
from pathlib import Path

import numpy as np
from build_recommended_tables import thinned
from numpy.typing import NDArray

Array = NDArray[np.float64]
Key = tuple[str, str, str, str]
DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
TABLES = {"proton": "p", "deuteron": "d", "alpha": "a"}
PORTAL = "IAEA recommended cross sections (www-nds.iaea.org/medical, copy of 2023)"
POSITRONS = "IAEA recommended cross sections (Tarkanyi et al. 2019, J. Radioanal. Nucl. Chem. 319, 533)"
POSITRON_EMITTERS = (
    "Sc-44 Ti-44 Mn-52m Fe-52 Mn-52 Co-55 Cu-61 Cu-62 Zn-62 Ga-66 Ga-68 Ge-68 As-72 Se-72 Se-73 Br-76 Sr-82 "
    "Rb-82m Y-86 Zr-89 Nb-90 Tc-94m In-110m Sn-110 Te-118 I-120 Xe-122 Ba-128 Nd-140"
)
"""The radionuclides, and parents, of that evaluation (its abstract)."""
MONITORS = {"Al-27", "Ti", "Fe", "Ni", "Cu", "Mo"}
"""Targets that the monitor evaluation shares with it, so that the source cannot be told by the product."""
SAME, MISPRINT, SMALLEST = 0.01, 5.0, 0.01
ISOTOPES = {"O-18", "Os-192", "Kr-82", "Cr-52"}
GROUND = {("Cr-52", "Mn-52")}
"""Label of the portal that means the ground state, because the isomer has a curve of its own."""


def main(database: Path) -> None:
    """Write both tables."""
    portal = _portal(database)
    with (DATA / "recommended_cross_sections.csv").open(encoding="utf-8") as stream:
        known = list(csv.DictReader(stream))
    uncertainties, curves = [], []
    for row in known:
        found = _same(row, portal)
        if found is not None:
            energy, sigma, uncertainty = found
            energy, relative = _relative(energy, sigma, uncertainty)
            reaction = [row["projectile"], row["target"], row["residual"]]
            source = _source(row["target"], row["residual"])
            uncertainties.append([*reaction, _text(energy), _text(relative, 3), source])
    there = {(r["projectile"], r["target"], r["residual"]) for r in known}
    for (projectile, target, residual, _), (energy, sigma, uncertainty) in portal.items():
        if (projectile, target, residual) in there or ("-" in target and target not in ISOTOPES):
            continue
        points, values = thinned(energy, sigma, 0.003, 0.0005)
        spread = np.empty(0)
        if uncertainty.any():
            where, relative = _relative(energy, sigma, uncertainty)
            points = np.union1d(points, where)
            values = sigma[np.isin(energy, points)]
            spread = values * np.interp(points, where, relative)
        states = "ground" if (target, residual) in GROUND else ""
        source = _source(target, residual) if spread.size else PORTAL
        reaction = [projectile, target, residual, states]
        curves.append([*reaction, _text(points), _text(values), _text(spread, 3), source])
    head = ["projectile", "target", "residual"]
    _write(
        "recommended_uncertainties.csv",
        [*head, "energy_mev", "relative_uncertainty", "source"],
        uncertainties,
    )
    columns = [*head, "states", "energy_mev", "cross_section_mb", "uncertainty_mb", "source"]
    _write("recommended_elements.csv", columns, curves)


def _portal(database: Path) -> dict[Key, tuple[Array, Array, Array]]:
    """Energies, cross sections and uncertainties by projectile, target, residual and ejectiles."""
    rows: dict[Key, list[tuple[float, float, float]]] = {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        for table, projectile in TABLES.items():
            query = f"SELECT target, outgoing, product, energy, cross_section, unc_cross_section FROM {table}"
            for target, outgoing, product, *values in connection.execute(query):
                key = projectile, _name(target), _name(product), outgoing
                rows.setdefault(key, []).append((values[0], values[1], values[2] or 0.0))
    return {key: _clean(np.array(points)) for key, points in sorted(rows.items())}


def _name(text: str) -> str:
    """The usual name: "natCU" → "Cu", "94TCm" → "Tc-94m"."""
    found = re.fullmatch(r"(nat|\d+)([A-Z]+)([gm]?)", text)
    if found is None:
        raise SystemExit(f"not the name of a nuclide or element: {text}")
    a, symbol, state = found.groups()
    return symbol.capitalize() if a == "nat" else f"{symbol.capitalize()}-{a}{state.replace('g', '')}"


def _clean(points: Array) -> tuple[Array, Array, Array]:
    """Ascending, one point per energy (one with an uncertainty before one without), no misprints."""
    order = np.lexsort((points[:, 2] == 0, points[:, 0]))
    points = points[order]
    points = points[np.r_[True, np.diff(points[:, 0]) > 0]]
    points = points[points[:, 1] > 0]
    sigma = points[:, 1]
    around = np.maximum(np.r_[sigma[1], sigma[:-1]], np.r_[sigma[1:], sigma[-2]])
    points = points[(sigma <= MISPRINT * around) | (np.arange(len(sigma)) == 0)]
    return points[:, 0], points[:, 1], points[:, 2]


def _same(
    row: dict[str, str], portal: dict[Key, tuple[Array, Array, Array]]
) -> tuple[Array, Array, Array] | None:
    """The portal's points where they have uncertainties and repeat a curve."""
    energy, sigma = (np.array(row[c].split(), dtype=float) for c in ("energy_mev", "cross_section_mb"))
    for (projectile, target, residual, _), (points, values, uncertainty) in portal.items():
        if (projectile, target) != (row["projectile"], row["target"]) or residual != row["residual"]:
            continue
        inside = (points >= energy[0]) & (points <= energy[-1])
        points, values, uncertainty = points[inside], values[inside], uncertainty[inside]
        given = uncertainty > 0
        difference = np.abs(np.interp(points, energy, sigma) - values)
        if len(points) and (difference <= SAME * sigma.max()).all() and given.mean() > 0.5:
            return points[given], values[given], uncertainty[given]
    return None


def _source(target: str, residual: str) -> str:
    return POSITRONS if residual in POSITRON_EMITTERS.split() and target not in MONITORS else PORTAL


def _relative(energy: Array, sigma: Array, uncertainty: Array) -> tuple[Array, Array]:
    """Relative uncertainties with the energies that linear interpolation needs (within 3 % of them)."""
    relative = uncertainty / sigma
    given = relative >= SMALLEST
    return thinned(energy[given], relative[given], 0.03, 0.0003, scale=1.0)


def _text(values: Array, digits: int = 4) -> str:
    return " ".join(f"{v:.{digits}g}" for v in values)


def _write(name: str, columns: list[str], rows: list[list[str]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(sorted(rows))
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
