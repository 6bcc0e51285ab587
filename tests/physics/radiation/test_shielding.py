"""Transmission: attenuation coefficients, value layers and whole curves against published ones."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from becq.errors import InputError
from becq.physics.radiation.buildup import buildup
from becq.physics.radiation.gamma_constants import dose_per_fluence
from becq.physics.radiation.materials import material, names
from becq.physics.radiation.photons import photon_lines
from becq.physics.radiation.shielding import spectrum_transmission, transmission, value_layer
from physics.radiation.shells import escaping_dose

REFERENCE = Path(__file__).parents[2] / "reference" / "shielding.csv"


def rows(source: str) -> list[dict[str, str]]:
    with REFERENCE.open(newline="") as stream:
        return [r for r in csv.DictReader(stream) if r["source"].startswith(source)]


def spectrum(nuclide: str, cutoff_kev: float) -> tuple[np.ndarray, np.ndarray]:
    lines = photon_lines(nuclide)
    hard = lines.energies_kev >= cutoff_kev
    energies = lines.energies_kev[hard]
    return energies, lines.intensities[hard] * dose_per_fluence(energies, "Ka")


def layer_mm(row: dict[str, str]) -> float:
    energies, weights = spectrum(row["nuclide"], float(row["cutoff_kev"]))
    return 1e3 * value_layer(energies, weights, row["material"], float(row["transmission"]))


def smith_layer_mm(row: dict[str, str]) -> float:
    """The layer as Smith & Stabin reckon: attenuation with coherent scattering under the build-up factor.

    Put together here from the two tables, since Becq itself uses the coefficients that belong to the factors.
    """
    energies, weights = spectrum(row["nuclide"], float(row["cutoff_kev"]))
    per_mm = material("lead").attenuation_cm2_g(energies) * 11.35 * 0.1

    def excess(thickness_mm: float) -> float:
        depth = per_mm * thickness_mm
        passed = np.exp(-depth) * buildup("lead", energies, depth)
        return float((weights * passed).sum() / weights.sum()) - float(row["transmission"])

    return float(brentq(excess, 1e-6, 500.0))


# Where that differs by more than 6 % from their table: lines between 90 and 200 keV, where their build-up table
# (Shimizu) lies up to 27 % below the standard and is interpolated linearly between few energies, and soft X
# rays, of which the two data sets have different ones (docs/dose-rate.md).
SOFT = {"I-125", "Xe-133", "Tb-161", "Sm-153", "Ac-225"}
NEAR_EDGE = {
    "Tc-99m", "In-111", "Lu-177", "Se-75", "Ra-223", "Pb-212", "Mo-99", "Cu-67", "Re-188", "Ho-166", "Cr-51",
}  # fmt: skip
SMITH = [r for r in rows("Smith") if r["nuclide"] not in SOFT]


@pytest.mark.parametrize("row", SMITH, ids=lambda r: f"{r['nuclide']} {r['transmission']}")
def test_value_layers_of_lead(row: dict[str, str]) -> None:
    ratio = smith_layer_mm(row) / float(row["thickness"])
    if row["nuclide"] in NEAR_EDGE:
        assert 0.70 < ratio < 1.23
    else:
        assert ratio == pytest.approx(1.0, abs=0.06)


def test_most_value_layers_agree_within_two_per_cent() -> None:
    off = np.array([abs(smith_layer_mm(r) / float(r["thickness"]) - 1) for r in SMITH])
    assert len(off) >= 100
    assert np.mean(off < 0.02) > 0.5


@pytest.mark.parametrize("row", SMITH, ids=lambda r: f"{r['nuclide']} {r['transmission']}")
def test_becq_asks_for_some_more_lead(row: dict[str, str]) -> None:
    """Coherent scattering stops nothing in a broad beam: without it lead must be up to 10 % thicker."""
    assert 1.0 < layer_mm(row) / smith_layer_mm(row) < 1.10


@pytest.mark.parametrize("row", rows("AAPM"), ids=lambda r: f"{r['material']} {r['thickness']}")
def test_511_kev_curves_of_task_group_108(row: dict[str, str]) -> None:
    """Monte Carlo for slabs: lead within 6 %, iron within 17 %, concrete (of 2.35 g/cm3) within 26 %."""
    energies, weights = spectrum("F-18", 20.0)
    ours = spectrum_transmission(energies, weights, [(row["material"], float(row["thickness"]) / 1e3)])
    ratio = ours / float(row["transmission"])
    low, high = {"lead": (0.99, 1.06), "iron": (0.97, 1.17), "concrete": (0.90, 1.26)}[row["material"]]
    assert low < ratio < high


@pytest.mark.parametrize("row", rows("Lymperopoulou"), ids=lambda r: f"{r['material']} {r['thickness']}")
def test_iridium_curves(row: dict[str, str]) -> None:
    """Monte Carlo for walls: lead within 6 % over three decades, concrete (of 2.35 g/cm3) within 26 %."""
    energies, weights = spectrum("Ir-192", 20.0)
    ours = spectrum_transmission(energies, weights, [(row["material"], float(row["thickness"]) / 1e3)])
    ratio = ours / float(row["transmission"])
    assert (0.95 < ratio < 1.06) if row["material"] == "lead" else (1.0 < ratio < 1.26)


def test_coefficients_without_coherent_scattering() -> None:
    """ANSI/ANS-6.4.3 table 1: lead 5.355 at 100 keV, 0.1514 at 500 keV; iron 0.1064 at 300 keV; water 0.1674."""
    for name, energy, published in (
        ("lead", 100.0, 5.355),
        ("lead", 500.0, 0.1514),
        ("iron", 300.0, 0.1064),
        ("water", 100.0, 0.1674),
        ("tungsten", 200.0, 0.7383),
    ):
        assert float(material(name).broad_cm2_g(energy)) == pytest.approx(published, rel=1e-3)


@pytest.mark.parametrize(
    "row", rows("ASTM"), ids=lambda r: f"{r['nuclide']} {r['material']} {r['transmission']}"
)
def test_value_layers_at_depth(row: dict[str, str]) -> None:
    """ASTM E94 gives layers far inside a shield, rounded up: ours there are up to 14 % thinner."""
    energies, weights = spectrum(row["nuclide"], 20.0)
    deep = 1e-3
    first = value_layer(energies, weights, row["material"], deep)
    second = value_layer(energies, weights, row["material"], deep * float(row["transmission"]))
    assert 0.85 < 1e3 * (second - first) / float(row["thickness"]) < 1.0


@pytest.mark.parametrize(
    ("name", "energy_kev", "mu_rho"),
    [
        ("lead", 100.0, 5.549),
        ("lead", 1000.0, 0.07102),
        ("tungsten", 500.0, 0.1378),
        ("iron", 200.0, 0.1460),
        ("water", 60.0, 0.2059),
    ],
)
def test_attenuation_at_tabulated_energies(name: str, energy_kev: float, mu_rho: float) -> None:
    assert float(material(name).attenuation_cm2_g(energy_kev)) == pytest.approx(mu_rho, rel=1e-3)


def test_attenuation_between_tabulated_energies() -> None:
    """XCOM at 661.66 keV: 0.1101 lead, 0.07392 iron, 0.0857 water (cm2/g, coherent scattering included)."""
    for name, published in (("lead", 0.1101), ("iron", 0.0735), ("water", 0.0857)):
        assert float(material(name).attenuation_cm2_g(661.66)) == pytest.approx(published, rel=0.01)


def test_edge_of_lead() -> None:
    below, above = material("lead").attenuation_cm2_g(np.array([88.0, 88.01]))
    assert below == pytest.approx(1.910, rel=1e-3)
    assert above == pytest.approx(7.683, rel=1e-3)


@pytest.mark.parametrize("name", names())
def test_narrow_beam_is_exponential(name: str) -> None:
    energies = np.array([30.0, 140.5, 511.0, 1250.0])
    once = transmission(energies, [(name, 0.005)], broad=False)
    assert transmission(energies, [(name, 0.015)], broad=False) == pytest.approx(once**3, rel=1e-12)


@pytest.mark.parametrize("name", names())
def test_broad_beam_lies_between_narrow_beam_and_no_shield(name: str) -> None:
    energies = np.geomspace(16.0, 5000.0, 120)
    broad = transmission(energies, [(name, 0.01)])
    assert (broad >= transmission(energies, [(name, 0.01)], broad=False) - 1e-300).all()
    assert (broad <= 1.0).all()


def test_steel_is_iron() -> None:
    assert material("Steel") is material("iron")


def test_bad_input() -> None:
    with pytest.raises(InputError, match="No shield material"):
        transmission(100.0, [("cheese", 0.1)])
    with pytest.raises(InputError, match="10 and 20000 keV"):
        transmission(1.0, [("lead", 0.1)])
    with pytest.raises(InputError, match="share"):
        value_layer(100.0, 1.0, "lead", 1.5)


def test_at_the_edge_itself_the_higher_value_holds() -> None:
    assert float(material("lead").attenuation_cm2_g(88.0045)) == pytest.approx(7.683, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("energy_kev", "layers", "low", "high"),
    [
        (208.4, [("lead", 0.003)], 1.0, 1.2),
        (208.4, [("lead", 0.003), ("water", 0.01)], 1.0, 1.25),
        (208.4, [("lead", 0.003), ("water", 0.10)], 1.0, 1.25),
        (511.0, [("lead", 0.02), ("water", 0.05)], 1.0, 1.25),
        (364.0, [("lead", 0.01), ("concrete", 0.10)], 1.0, 1.3),
        (662.0, [("iron", 0.04), ("concrete", 0.10)], 0.9, 1.1),
        (662.0, [("iron", 0.04), ("water", 0.10)], 0.9, 1.1),
        (662.0, [("iron", 0.02), ("lead", 0.02)], 1.0, 1.35),
        (364.0, [("concrete", 0.10), ("lead", 0.01)], 1.0, 2.5),
        (140.5, [("lead", 0.0003)], 1.0, 1.25),
        (140.5, [("lead", 0.001)], 1.2, 1.5),
    ],
    ids=str,
)
def test_layers_against_monte_carlo(
    energy_kev: float, layers: list[tuple[str, float]], low: float, high: float
) -> None:
    """Shells around a cavity: layers within 10 % or on the safe side, most for lead around concrete."""
    found = escaping_dose(layers, energy_kev, 40_000, 5)
    assert low < float(transmission(energy_kev, layers)) / found < high
