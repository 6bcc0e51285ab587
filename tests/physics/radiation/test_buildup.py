"""Build-up factors: the standard's form, an independent tabulation, and the rule for layers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics.radiation.buildup import buildup, finite_ratio, materials, parameters
from becq.physics.radiation.gamma_constants import air_kerma_gy_m2

REFERENCE = Path(__file__).parents[2] / "reference" / "buildup_factors.csv"


def rows() -> list[dict[str, str]]:
    with REFERENCE.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("medium", materials())
def test_one_mean_free_path_is_b(medium: str) -> None:
    """By its definition the factor at one mean free path is the parameter b."""
    energies = np.array([30.0, 60.0, 200.0, 500.0, 1000.0, 3000.0])
    assert buildup(medium, energies, 1.0) == pytest.approx(parameters(medium, energies)[:, 0], rel=1e-9)


@pytest.mark.parametrize("medium", materials())
def test_grows_from_one(medium: str) -> None:
    depth = np.linspace(0.0, 40.0, 200)
    for energy in (40.0, 100.0, 364.0, 662.0, 1250.0, 2614.0):
        factor = buildup(medium, energy, depth)
        assert factor[0] == pytest.approx(1.0)
        assert (np.diff(factor) > -0.02 * factor[1:]).all()


def test_form_by_hand() -> None:
    """Air at 0.66 MeV, 10 mean free paths, linear in E between the standard's rows: K and B by hand.

    Rows of 0.6 and 0.8 MeV: b 2.371/2.207, c 1.656/1.532, a -0.120/-0.103, Xk 14.27/14.12, d 0.0472/0.0425.
    """
    share = np.log(660 / 600) / np.log(800 / 600)
    low, high = (
        np.array([2.371, 1.656, -0.120, 14.27, 0.0472]),
        np.array([2.207, 1.532, -0.103, 14.12, 0.0425]),
    )
    b, c, a, xk, d = low + share * (high - low)
    k = c * 10**a + d * (np.tanh(10 / xk - 2) - np.tanh(-2)) / (1 - np.tanh(-2))
    by_hand = 1 + (b - 1) * (k**10 - 1) / (k - 1)
    assert float(buildup("air", 660.0, 10.0)) == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize(
    "row",
    [r for r in rows() if 160 <= float(r["energy_kev"]) <= 3000],
    ids=lambda r: f"{r['energy_kev']} keV {r['mean_free_paths']}",
)
def test_lead_against_shimizu(row: dict[str, str]) -> None:
    """Discrete-ordinates results of Shimizu et al. (2004), another code and newer cross sections."""
    ours = float(buildup("lead", float(row["energy_kev"]), float(row["mean_free_paths"])))
    assert ours == pytest.approx(float(row["buildup"]), rel=0.06)


def test_lead_near_its_edge_errs_on_the_safe_side() -> None:
    """From 89 to 150 keV the K X rays of lead rule; the standard stands up to 27 % above Shimizu there."""
    ratios = [
        float(buildup("lead", float(r["energy_kev"]), float(r["mean_free_paths"]))) / float(r["buildup"])
        for r in rows()
        if 89 <= float(r["energy_kev"]) <= 150 and float(r["mean_free_paths"]) >= 4
    ]
    assert len(ratios) >= 24
    assert all(0.95 < x < 1.28 for x in ratios)


def test_edges_are_steps() -> None:
    below, above = buildup("lead", np.array([87.9, 88.1]), 3.0)
    assert below < 1.2
    assert above > 6
    below, above = buildup("tungsten", np.array([69.4, 69.6]), 3.0)
    assert below < 1.2
    assert above > 6


def test_beyond_the_table_nothing_overflows() -> None:
    assert np.isfinite(np.exp(-2000.0) * buildup("lead", 89.0, 2000.0))


def test_bad_input() -> None:
    with pytest.raises(InputError, match="No build-up"):
        buildup("cheese", 100.0, 1.0)
    with pytest.raises(InputError, match="negative"):
        buildup("lead", 100.0, -1.0)


def test_finite_shields_build_up_less() -> None:
    energies, depths = np.meshgrid(np.geomspace(20, 5000, 40), np.geomspace(0.01, 40, 30))
    for medium in ("water", "concrete", "iron", "aluminium", "copper"):
        ratio = finite_ratio(medium, energies, depths)
        assert ((ratio > 0.25) & (ratio <= 1.0)).all()
    assert (finite_ratio("lead", energies, depths) == 1.0).all()


def test_finite_ratio_holds_its_table() -> None:
    with (REFERENCE.parents[2] / "src/becq/data/finite_buildup.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    for row in table:
        value = float(finite_ratio(row["medium"], float(row["energy_kev"]), float(row["mean_free_paths"])))
        assert value == pytest.approx(float(row["ratio"]), abs=1e-9)


def test_single_scatter_limit_of_the_finite_ratio() -> None:
    """Thin spheres of water at 500 keV: of the photons scattered once, count the kerma they take outwards.

    B - 1 at depth x tends to x s k, s the scattered share of the attenuation and k the kerma of the scattered
    photon over that of the first, averaged over Klein and Nishina's angles; nothing comes back.
    """
    energy = 500.0
    cosine = np.linspace(-1, 1, 20001)
    k = 1 / (1 + energy / 510.99895 * (1 - cosine))
    weight = k * k * (k + 1 / k - (1 - cosine**2))
    kerma = np.trapezoid(weight * air_kerma_gy_m2(energy * k), cosine) / np.trapezoid(weight, cosine)
    single = float(kerma / air_kerma_gy_m2(energy))  # water at 500 keV only scatters
    depth = 0.5
    computed = (float(buildup("water", energy, depth)) - 1) * float(finite_ratio("water", energy, depth))
    assert computed / depth == pytest.approx(single, rel=0.25)
