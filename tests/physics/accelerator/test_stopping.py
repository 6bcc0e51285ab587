"""Stopping powers and ranges: published PSTAR and ASTAR points, CATIMA, and the laws of slowing down."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.accelerator import stopping as module
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.stopping import GRID_MEV, Stopping, stopping
from becq.physics.elements import elements

_REFERENCE = Path(__file__).parents[2] / "reference" / "stopping_powers.csv"


def _published() -> list[dict[str, str]]:
    rows = list(csv.DictReader(_REFERENCE.read_text(encoding="utf-8").splitlines()))
    return [row for row in rows if "STAR" in row["source"] and row["quantity"] != "electronic_stopping_power"]


def _in(folder: Path, formula: str, projectile: str = "p") -> Stopping:
    element = {"H2O": "O", "N2": "N", "O2": "O"}.get(formula, formula.rstrip("0123456789"))
    for compound, first in (("Al2O3", "Al"), ("SiO2", "Si"), ("CaF2", "Ca"), ("NaI", "I")):
        element = first if formula == compound else element
    return stopping(target_material(element, None, formula=formula), projectile, folder)


@pytest.mark.parametrize(
    "row",
    _published(),
    ids=lambda r: f"{r['projectile']}-{r['formula']}-{r['energy_mev']}-{r['quantity'][:4]}",
)
def test_published_points(row: dict[str, str], nuclear_folder: Path) -> None:
    slowing = _in(nuclear_folder, row["formula"], row["projectile"])
    energy, value = float(row["energy_mev"]), float(row["value"])
    got = slowing.range_of(energy) if row["quantity"] == "csda_range" else slowing.mass_stopping_power(energy)
    assert float(got) == pytest.approx(value, rel=0.004)


@pytest.mark.parametrize(
    ("symbol", "tolerance"),
    [("Al", 0.004), ("Ti", 0.008), ("Fe", 0.005), ("Cu", 0.005), ("Mo", 0.002), ("Ag", 0.004), ("Sn", 0.002)]
    + [("Ge", 0.002), ("Au", 0.015), ("Pb", 0.03)],
)
def test_elements_nist_does_not_list(
    symbol: str, tolerance: float, nuclear_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listed element left out is found again from its neighbours and CATIMA."""
    pstar = _in(nuclear_folder, symbol)
    tables = dict(module._tables(nuclear_folder, "PSTAR"))
    del tables[elements()[symbol].z]
    monkeypatch.setattr(module, "_tables", lambda *_: tables)
    energy, dedx = module._unlisted.__wrapped__(nuclear_folder, "p", symbol)
    points = np.array([2.0, 5.0, 10.0, 20.0, 30.0])
    np.testing.assert_allclose(
        np.exp(np.interp(np.log(points), np.log(energy), np.log(dedx))),
        pstar.mass_stopping_power(points),
        rtol=tolerance,
    )


def test_catima_alone_is_within_six_percent(nuclear_folder: Path) -> None:
    points = np.array([2.0, 5.0, 10.0, 60.0])
    for symbol in ("C", "Al", "Ti", "Fe", "Cu", "Mo", "Ag", "Sn", "Au", "Pb"):
        energy, dedx = module.catima("p", symbol)
        ratio = np.interp(points, energy, dedx) / _in(nuclear_folder, symbol).mass_stopping_power(points)
        assert np.abs(ratio - 1).max() < 0.065
        assert abs(ratio[-1] - 1) < 0.015


def test_deuterons_stop_like_protons_of_their_velocity(nuclear_folder: Path) -> None:
    proton, deuteron = _in(nuclear_folder, "Cu"), _in(nuclear_folder, "Cu", "d")
    masses = 2.01410177784 / 1.0078250319
    np.testing.assert_allclose(
        deuteron.mass_stopping_power(np.array([4.0, 20.0]) * masses),
        proton.mass_stopping_power([4.0, 20.0]),
        rtol=2e-4,
    )


def test_below_the_tables_it_goes_with_the_velocity(nuclear_folder: Path) -> None:
    """The table of protons starts at 1 keV, so that of deuterons at 2 keV."""
    deuteron = _in(nuclear_folder, "Cu", "d")
    quarter, first = deuteron.mass_stopping_power([0.5e-3, 1.999e-3])
    assert float(quarter / first) == pytest.approx(0.5, rel=2e-3)


def test_enriched_targets_stop_by_the_atom(nuclear_folder: Path) -> None:
    natural = stopping(target_material("Ni", None), "p", nuclear_folder)
    enriched = stopping(target_material("Ni", 64), "p", nuclear_folder)
    np.testing.assert_allclose(
        enriched.mass_stopping_power(12.0) * 63.92797, natural.mass_stopping_power(12.0) * 58.6934, rtol=1e-4
    )


@given(
    energy=st.floats(1.0, 100.0),
    first=st.floats(0.0, 0.6),
    second=st.floats(0.0, 0.6),
    z=st.sampled_from("CO"),
)
def test_two_layers_are_one(energy: float, first: float, second: float, z: str) -> None:
    from becq.physics.accelerator import nuclear_data

    folder = nuclear_data.folder()
    if folder is None:
        pytest.skip("needs a folder of nuclear data")
    slowing = _in(folder, z)
    between = slowing.exit_energy(energy, first)
    assert float(slowing.exit_energy(between, second)) == pytest.approx(
        float(slowing.exit_energy(energy, first + second)), abs=1e-9 + 1e-6 * energy
    )
    assert float(slowing.thickness(energy, slowing.exit_energy(energy, first))) == pytest.approx(
        min(first, float(slowing.range_of(energy))), rel=1e-9, abs=1e-12
    )


def test_range_and_energy_are_inverse_down_to_rest(nuclear_folder: Path) -> None:
    slowing = _in(nuclear_folder, "Al")
    energy = np.array([1e-5, 5e-4, 1e-3, 0.03, 0.7, 12.3, 249.0])
    np.testing.assert_allclose(
        slowing.exit_energy(250.0, slowing.thickness(250.0, energy)), energy, rtol=1e-5
    )
    assert slowing.range_of(0.0) == 0.0
    assert slowing.exit_energy(10.0, 1.0) == 0.0
    assert np.all(np.diff(slowing.range_g_cm2) > 0)


def test_the_range_is_the_integral_of_one_over_s(nuclear_folder: Path) -> None:
    from scipy.integrate import quad

    slowing = _in(nuclear_folder, "Fe")
    expected, _ = quad(
        lambda e: 1.0 / float(slowing.mass_stopping_power(e)), 2.0, 20.0, epsrel=1e-8, limit=200
    )
    assert float(slowing.thickness(20.0, 2.0)) == pytest.approx(expected, rel=1e-6)


def test_energies_out_of_range_are_refused(nuclear_folder: Path) -> None:
    slowing = _in(nuclear_folder, "Fe")
    for energy in (-1.0, 300.0, float("nan")):
        with pytest.raises(InputError, match="between 0 and 250 MeV"):
            slowing.mass_stopping_power(energy)
    with pytest.raises(InputError, match='"g" has no stopping power'):
        stopping(target_material("Fe", None), "g", nuclear_folder)


def test_without_pycatima_it_says_what_to_install(
    nuclear_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pycatima", None)
    module.catima.cache_clear()
    with pytest.raises(InputError, match=r"pip install 'becq\[nuclear-data\]'"):
        stopping(target_material("Yb", None, formula="Yb2O3"), "p", nuclear_folder)
    module.catima.cache_clear()


def test_a_folder_without_stopping_powers_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no table of stopping powers"):
        stopping(target_material("Fe", None), "p", tmp_path)


def test_the_grid_ascends() -> None:
    assert (np.diff(GRID_MEV) > 0).all()
    assert GRID_MEV[0] == pytest.approx(1e-3)
