"""Gamma constants against published tables, and the conversion to H*(10) against ICRP-74's other column."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics.radiation.gamma_constants import (
    air_kerma_gy_m2,
    ambient_per_kerma,
    dose_per_fluence,
    gamma_constant,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "gamma_constants.csv"
ROENTGEN_GY = 2.58e-4 * 33.97  # ICRU: 33.97 J/C in dry air
ROENTGEN_CM2_PER_MCI_H = ROENTGEN_GY * 1e-4 / 3.7e7

# Every published value from which we stand more than 6 % away, with the ratio ours/published as measured
# when this was written and the reason (docs/dose-rate.md tells more).
L_X_RAYS = "L X rays: ENSDF gives them at one mean energy below the cut-off, ICRP-107 line by line above it"
NEWER = "evaluated intensities differ: ENSDF today against ICRP-107 (2008)"
X_RAYS = "K X rays near 30 keV: NIST's coefficients on a log-log scale, other intensities"
OTHERS = "the two published tables differ from each other here; we agree with Smith & Stabin"
EXPLAINED = {
    ("In-111", "Smith"): (0.94, X_RAYS),
    ("Sn-117m", "Smith"): (0.90, X_RAYS),
    ("I-123", "Smith"): (0.90, X_RAYS),
    ("I-125", "Smith"): (0.83, X_RAYS),
    ("Xe-133", "Smith"): (0.92, X_RAYS),
    ("Cs-131", "Smith"): (0.94, X_RAYS),
    ("Sm-153", "Smith"): (0.93, X_RAYS),
    ("Tb-152", "Smith"): (0.92, NEWER),
    ("Tb-161", "Smith"): (0.87, L_X_RAYS),
    ("Yb-169", "Smith"): (0.93, NEWER),
    ("Yb-175", "Smith"): (2.04, NEWER),
    ("W-187", "Smith"): (1.22, NEWER),
    ("W-188", "Smith"): (1.07, NEWER),
    ("Pb-212", "Smith"): (0.94, L_X_RAYS),
    ("Pb-214", "Smith"): (0.92, L_X_RAYS),
    ("At-211", "Smith"): (0.79, L_X_RAYS),
    ("Ra-223", "Smith"): (0.86, L_X_RAYS),
    ("Ra-226", "Smith"): (0.93, L_X_RAYS),
    ("Ac-225", "Smith"): (0.45, L_X_RAYS),
    ("Ac-228", "Smith"): (0.88, L_X_RAYS),
    ("Th-227", "Smith"): (0.41, L_X_RAYS),
    ("U-235", "Smith"): (0.59, L_X_RAYS),
    ("Am-241", "Smith"): (0.92, "L X rays in groups"),
    ("Co-57", "Ninkovic"): (0.94, OTHERS),
    ("Cs-137", "Ninkovic"): (0.94, "theirs is per decay of Ba-137m; with its branch 0.944 they agree"),
    ("In-111", "Ninkovic"): (0.92, OTHERS),
    ("I-125", "Ninkovic"): (0.91, X_RAYS),
    ("Xe-133", "Ninkovic"): (0.87, OTHERS),
    ("Hg-197", "Ninkovic"): (0.71, OTHERS),
    ("Am-241", "Ninkovic"): (1.34, "L X rays above 20 keV left out there"),
}


def rows() -> list[dict[str, str]]:
    with REFERENCE.open(newline="") as stream:
        return list(csv.DictReader(stream))


def computed(row: dict[str, str]) -> float:
    """Ours in the unit of the row."""
    nuclide, delta = row["nuclide"], float(row["cutoff_kev"])
    share, name = (0.944, "Ba-137m") if nuclide == "Cs-137" else (1.0, nuclide)
    if row["quantity"] == "exposure rate constant":
        return share * gamma_constant(name, quantity="Ka", delta_kev=delta) / ROENTGEN_CM2_PER_MCI_H
    if row["quantity"] == "air kerma rate constant":
        return share * gamma_constant(name, quantity="Ka", delta_kev=delta) * 1e15
    if row["quantity"] == "tissue dose rate constant":  # the authors: 1.1 times the air kerma
        return 1.1 * gamma_constant(name, quantity="Ka", delta_kev=delta) * 1e15
    return gamma_constant(name, quantity="H*(10)", delta_kev=delta) * 1e15


TABLES = [r for r in rows() if r["quantity"] != "dose rate constant"]


@pytest.mark.parametrize("row", TABLES, ids=[f"{r['nuclide']} {r['source'].split()[0]}" for r in TABLES])
def test_published_constant(row: dict[str, str]) -> None:
    ratio = computed(row) / float(row["value"])
    expected, _ = EXPLAINED.get((row["nuclide"], row["source"].split()[0]), (1.0, ""))
    assert ratio == pytest.approx(expected, abs=0.06 if expected == 1.0 else 0.012 * max(expected, 1.0))


def test_most_agree_within_two_per_cent() -> None:
    smith = [r for r in TABLES if r["source"].startswith("Smith")]
    off = np.array([abs(computed(r) / float(r["value"]) - 1) for r in smith])
    assert len(smith) >= 100
    assert np.mean(off < 0.02) > 0.6


@pytest.mark.parametrize(
    "row",
    [r for r in rows() if r["quantity"] == "dose rate constant"],
    ids=lambda r: r["nuclide"],
)
def test_ambient_dose_errs_above_effective_dose(row: dict[str, str]) -> None:
    """Task Group 108 tabulates effective dose (ANSI 1991), below H*(10) by some 15 % at 511 keV."""
    assert 1.10 < computed(row) / float(row["value"]) < 1.20


def test_against_icrp_74_fluence_column() -> None:
    """ICRP-74 table A.21 also gives H*(10) per fluence in pSv cm2: kerma and ratio together must make it."""
    energies = np.array([20, 30, 50, 60, 80, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1500, 3000, 6000])
    published = [
        1.05,
        0.81,
        0.55,
        0.51,
        0.53,
        0.61,
        0.89,
        1.2,
        1.8,
        2.38,
        2.93,
        3.44,
        4.38,
        5.2,
        6.9,
        11.1,
        17.6,
    ]
    assert dose_per_fluence(energies) * 1e16 == pytest.approx(published, rel=0.0225)  # 1.5 MeV: 2.0 %


def test_against_the_fit_of_the_conversion() -> None:
    """H*(10)/Ka = x/(1.465 x2 - 4.414 x + 4.789) + 0.7006 arctan(0.6519 x), x = ln(E/10 keV), ICRU 57."""
    energy = np.array([30.0, 45.0, 75.0, 120.0, 140.5, 250.0, 364.0, 511.0, 662.0, 1250.0, 2500.0])
    x = np.log(energy / 10)
    fit = x / (1.465 * x**2 - 4.414 * x + 4.789) + 0.7006 * np.arctan(0.6519 * x)
    assert ambient_per_kerma(energy) == pytest.approx(fit, rel=0.025)


def test_kerma_by_hand() -> None:
    """At 1 MeV: 1000 keV x 1.602177e-16 J/keV x 0.002789 m2/kg (NISTIR 5632)."""
    assert float(air_kerma_gy_m2(1000.0)) == pytest.approx(1000 * 1.602177e-16 * 2.789e-3, rel=1e-5)


def test_cut_off_leaves_soft_photons_out() -> None:
    """Am-241 without its L X rays below 20 keV, and without everything below its 59.5 keV line."""
    full, hard, none = (gamma_constant("Am-241", quantity="Ka", delta_kev=d) for d in (10.0, 20.0, 60.0))
    assert none < 0.01 * hard < 0.01 * full * 0.4


def test_pure_beta_emitters_have_none() -> None:
    assert gamma_constant("P-32") == 0.0
    assert gamma_constant("Pb-206") == 0.0


@pytest.mark.parametrize(
    ("kwargs", "word"), [({"quantity": "E"}, "quantity"), ({"delta_kev": -1.0}, "cut-off")]
)
def test_bad_input(kwargs: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        gamma_constant("Co-60", **kwargs)  # type: ignore[arg-type]


def test_unknown_photons_are_no_zero() -> None:
    with pytest.raises(InputError, match="No photon lines"):
        gamma_constant("Pa-234")
