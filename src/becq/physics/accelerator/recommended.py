"""IAEA recommended cross sections that Becq ships, for folders that do not hold them.

Three tables in ``becq/data``, from copies of the IAEA medical portal (www-nds.iaea.org/medical):

- ``recommended_cross_sections.csv``: 128 reactions on isotopes, thinned to what linear interpolation needs
  (within 0.3 %) by ``scripts/build_recommended_tables.py``. A row is the residual with all its states
  together, or one state: an isomer, or the ground state where "states" says so.
- ``recommended_uncertainties.csv``: relative standard uncertainties (k = 1) of those 73 of them that come
  from evaluations with uncertainties: monitors (Hermanne et al. 2018, Nucl. Data Sheets 148, 338), gamma and
  positron emitters (Tarkanyi et al. 2019, J. Radioanal. Nucl. Chem. 319, 487 and 533). They are those of a
  Padé fit with 4 % of assessed systematic uncertainty added, so they hold for a whole curve together.
- ``recommended_elements.csv``: reactions on natural elements, and a few on isotopes that the first table
  lacks, with their uncertainties; both by ``scripts/build_recommended_uncertainties.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isotopes import natural_abundances, threshold_mev
from becq.physics.bateman import Array
from becq.physics.elements import elements, read_table
from becq.physics.nuclides import nuclide

CITED = "IAEA recommended"
"""How the sources of all these curves begin."""
_GROUND = "ground"
_REFUSED = {("d", "Yb-176", "Lu-177", ""), ("p", "Te-124", "I-123", "")}
"""Curves that are not used. The first counts in what grows from Yb-177, which has a curve of its own. The
second reaches 1488 mb at 22.6 MeV, more than all reactions of a proton with Te-124 together (TENDL-2025:
1346 mb at 22 MeV); the IAEA's older curve has 990 mb."""
_Key = tuple[str, str]


def totals(projectile: str, element: str) -> Mapping[Channel, Curve]:
    """Curves of all states together, of a projectile on the isotopes of an element."""
    return _isotopes()[0].get((projectile, element), {})


def states(projectile: str, element: str) -> Mapping[tuple[Channel, str], Curve]:
    """Curves of single states ("" ground, "m"), of a projectile on the isotopes of an element."""
    return _isotopes()[1].get((projectile, element), {})


def natural(projectile: str, element: str) -> Mapping[tuple[int, int], Curve]:
    """Curves by Z and A of the residual, all states together, per atom of the natural element."""
    return _elements().get((projectile, element), {})


def covers(projectile: str, element: str) -> bool:
    """Whether there is any curve of a projectile on an element."""
    key = projectile, element
    return any(key in table for table in (*_isotopes(), _elements()))


@lru_cache(maxsize=1)
def _isotopes() -> tuple[
    Mapping[_Key, dict[Channel, Curve]], Mapping[_Key, dict[tuple[Channel, str], Curve]]
]:
    whole: dict[_Key, dict[Channel, Curve]] = {}
    parts: dict[_Key, dict[tuple[Channel, str], Curve]] = {}
    more = [row for row in read_table("recommended_elements.csv") if "-" in row["target"]]
    for row in (*read_table("recommended_cross_sections.csv"), *more):
        if (row["projectile"], row["target"], row["residual"], row["states"]) in _REFUSED:
            continue
        symbol, _, a = row["target"].partition("-")
        residual = nuclide(row["residual"])
        key, channel = (row["projectile"], symbol), (int(a), residual.z, residual.a)
        start = threshold_mev((elements()[symbol].z, channel[0]), row["projectile"], channel[1:]) or 0.0
        if residual.state or row["states"] == _GROUND:
            parts.setdefault(key, {})[channel, residual.state] = _curve(row, start)
        else:
            whole.setdefault(key, {})[channel] = _curve(row, start)
    return whole, parts


@lru_cache(maxsize=1)
def _elements() -> Mapping[_Key, dict[tuple[int, int], Curve]]:
    found: dict[_Key, dict[tuple[int, int], Curve]] = {}
    for row in read_table("recommended_elements.csv"):
        if "-" in row["target"]:
            continue
        z, residual = elements()[row["target"]].z, nuclide(row["residual"])
        starts = (
            threshold_mev((z, a), row["projectile"], (residual.z, residual.a))
            for a in natural_abundances(row["target"])
        )
        start = min((s for s in starts if s is not None), default=0.0)
        key = row["projectile"], row["target"]
        found.setdefault(key, {})[residual.z, residual.a] = _curve(row, start)
    return found


def _curve(row: Mapping[str, str], threshold: float) -> Curve:
    """A row as a curve that starts with zero at the threshold or 1 MeV before its first point."""
    energy, sigma = (np.array(row[c].split(), dtype=float) for c in ("energy_mev", "cross_section_mb"))
    spread, source = _spread(row, energy, sigma)
    above = energy > threshold
    onset = max(threshold, float(energy[above][0]) - 1.0)
    return Curve(
        np.r_[onset, energy[above]],
        np.r_[0.0, sigma[above]] * 1e-3,
        source,
        None if spread is None else np.r_[0.0, spread[above]] * 1e-3,
    )


def _spread(row: Mapping[str, str], energy: Array, sigma: Array) -> tuple[Array | None, str]:
    """Standard uncertainties in the unit of the cross sections, None where there are none; the source."""
    if "uncertainty_mb" in row:
        given = np.array(row["uncertainty_mb"].split(), dtype=float)
        return (given if given.size else None), row["source"]
    found = _uncertainties().get((row["projectile"], row["target"], row["residual"]))
    if found is None or row["states"] == _GROUND:
        return None, row["source"]
    where, relative, source = found
    return np.asarray(np.interp(energy, where, relative) * sigma), source


@lru_cache(maxsize=1)
def _uncertainties() -> Mapping[tuple[str, str, str], tuple[Array, Array, str]]:
    return {
        (row["projectile"], row["target"], row["residual"]): (
            np.array(row["energy_mev"].split(), dtype=float),
            np.array(row["relative_uncertainty"].split(), dtype=float),
            row["source"],
        )
        for row in read_table("recommended_uncertainties.csv")
    }
