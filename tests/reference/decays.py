"""Published half-lives, decay chains and generator facts, recomputed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
from comparison import DAY_S, HOUR_S, Comparison, rows_of

from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.generators import time_of_maximum_s

YEAR_S = 365.2422 * DAY_S
SECONDS = {"s": 1.0, "min": 60.0, "h": HOUR_S, "d": DAY_S, "y": YEAR_S}
AVOGADRO = 6.02214076e23
TC99_G_MOL = 98.90625
"""Atomic mass of Tc-99 (AME2020)."""


def half_life_values() -> Iterator[Comparison]:
    """Evaluated half-lives against those of ICRP-107."""
    for row in rows_of("half_life_values.csv"):
        known = decay_data.known(row["nuclide"])
        yield Comparison(
            "half_life_values.csv",
            row["nuclide"],
            f"half-life, ± {row['uncertainty']} {row['unit']}" if row["uncertainty"] else "half-life",
            float(row["half_life"]),
            decay_data.half_life_s(row["nuclide"]) / SECONDS[row["unit"]] if known else None,
            row["unit"],
            "recommended",
            row["source"],
            row["note"],
            "" if known else "not in ICRP-107",
        )


def half_lives() -> Iterator[Comparison]:
    """Half-lives of ENSDF against those of ICRP-107."""
    for row in rows_of("half_lives.csv"):
        used = decay_data.half_life_s(row["nuclide"])
        yield Comparison(
            "half_lives.csv", row["nuclide"], "half-life", float(row["half_life_s"]), used, "s",
            "recommended", row["source"],
        )  # fmt: skip


def technetium_fraction() -> Iterator[Comparison]:
    """Atom fraction of Tc-99m some hours after a complete elution."""
    for row in rows_of("technetium_fraction.csv"):
        hours = float(row["hours_since_elution"])
        yield Comparison(
            "technetium_fraction.csv", "Mo-99/Tc-99m", f"{hours:g} h after elution",
            float(row["tc99m_atom_fraction"]), tc99m_fraction(hours), "1", "calculated", row["source"],
        )  # fmt: skip


def tc99m_fraction(hours: float) -> float:
    """Tc-99m per technetium atom ``hours`` after a complete elution."""
    grown = decay("Mo-99", 1.0, hours * HOUR_S)
    isomer, ground = (float(grown.of(n)) / decay_data.decay_const(n) for n in ("Tc-99m", "Tc-99"))
    return isomer / (isomer + ground)


def generator_maximum() -> Iterator[Comparison]:
    """Time of the daughter's maximum after a complete elution."""
    for row in rows_of("generator_maximum.csv"):
        hours = time_of_maximum_s(row["parent"], row["daughter"]) / HOUR_S
        yield Comparison(
            "generator_maximum.csv", f"{row['parent']}/{row['daughter']}", "time of the maximum",
            float(row["hours_to_maximum"]), hours, "h", "calculated", row["source"],
        )  # fmt: skip


def generator_values() -> Iterator[Comparison]:
    """What physics decides; limits, rounded practice and yields of one column have nothing to compute."""
    for row in rows_of("generator_values.csv"):
        computed, why = _generator(row)
        yield Comparison(
            "generator_values.csv",
            row["generator"],
            f"{row['quantity'].replace('_', ' ')}, {row['condition']}",
            float(row["value"]),
            computed,
            row["unit"],
            "measured" if "measured" in row["quantity"] else "calculated",
            row["source"],
            row["note"],
            why,
        )


def _generator(row: dict[str, str]) -> tuple[float | None, str]:
    quantity = row["quantity"]
    if quantity == "tc99m_atom_fraction":
        hours = re.match(r"([\d.]+) h", row["condition"])
        assert hours is not None
        return tc99m_fraction(float(hours[1])), ""
    if quantity == "time_to_maximum":
        return time_of_maximum_s("Mo-99", "Tc-99m") / HOUR_S, ""
    if quantity == "half_life_measured":
        name = "Fr-221" if "Fr-221" in row["condition"] else "Bi-213"
        return decay_data.half_life_s(name) / SECONDS[row["unit"]], ""
    if quantity == "technetium_mass_constant":  # µg of technetium per GBq of Tc-99m when all of it is Tc-99m
        return 1e9 / decay_data.decay_const("Tc-99m") / AVOGADRO * TC99_G_MOL * 1e6, ""
    if quantity == "tc99_to_tc99m_atom_ratio":
        return _made_for_a_week(), ""
    if "ingrowth" in quantity:
        return None, "a rounded rule of practice, not a value"
    return None, "a limit or a yield of one column: nothing to compute"


def _made_for_a_week() -> float:
    """Tc-99 per Tc-99m after Mo-99 was made at a constant rate for a week, by many small lots."""
    lots = 20000
    ages = (np.arange(lots) + 0.5) * 7 * DAY_S / lots
    made = decay("Mo-99", np.ones(lots), ages)
    atoms = {n: float(made.of(n).sum()) / decay_data.decay_const(n) for n in ("Tc-99", "Tc-99m")}
    return atoms["Tc-99"] / atoms["Tc-99m"]


def decay_chains() -> Iterator[Comparison]:
    """Activities of whole chains against a solver in high precision."""
    rows = list(rows_of("decay_chains.csv"))
    for start, elapsed in dict.fromkeys((r["start"], r["elapsed_s"]) for r in rows):
        inventory = decay(start, 1e9, float(elapsed))
        for row in rows:
            if (row["start"], row["elapsed_s"]) != (start, elapsed):
                continue
            published = float(row["activity_bq"])
            faint = published < 1e-12 * 1e9
            yield Comparison(
                "decay_chains.csv", f"{start} → {row['member']}", f"{elapsed} s", published,
                None if faint else float(inventory.of(row["member"])), "Bq", "calculated", row["source"],
                why="below a millionth of a millionth of the first activity" if faint else "",
            )  # fmt: skip
            assert math.isfinite(published)
