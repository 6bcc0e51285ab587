"""Thick targets: against independent integration, and the laws a yield obeys."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.accelerator import nuclear_data
from becq.physics.accelerator.irradiation import saturation_yields_bq_per_a
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.thick_target import ThickTarget, missing_isotopes, thick_target
from becq.physics.constants import AVOGADRO, ELEMENTARY_CHARGE_C


def _rate(target: ThickTarget, residual: tuple[int, int], energy: float, out: float = 0.0) -> float:
    rates = target.saturation_bq_per_a(energy, out)
    places = [i for i, c in enumerate(target.channels) if (c.residual_z, c.residual_a) == residual]
    return float(rates[places].sum())


@pytest.mark.parametrize(
    ("projectile", "element", "target_a", "residual", "energy", "out", "molar_mass"),
    [
        ("p", "Cu", 63, (30, 63), 14.0, 5.0, 62.9296),
        ("p", "Mo", 98, (43, 97), 24.0, 12.0, 97.9054),
        ("a", "Cu", 65, (31, 67), 28.0, 16.0, 64.9278),
    ],
)
def test_independent_integration(
    data: NuclearData,
    projectile: str,
    element: str,
    target_a: int,
    residual: tuple[int, int],
    energy: float,
    out: float,
    molar_mass: float,
) -> None:
    """∫σ/S dE by adaptive quadrature over the filed points and the tables of NIST, without the module's grid."""
    from scipy.integrate import quad

    z = {"Cu": 29, "Mo": 42}[element]
    table = pl.read_parquet(data.folder / "stopping" / "stopping.parquet")
    source, nucleons = ("PSTAR", 1) if projectile == "p" else ("ASTAR", 4)
    table = table.filter((pl.col("source") == source) & (pl.col("target_Z") == z)).sort("energy_MeV")
    logs = np.log(table["energy_MeV"].to_numpy() * nucleons), np.log(table["dedx"].to_numpy())
    natural = {"Cu": 63.546, "Mo": 95.95}[element]
    curve = data.curve(projectile, element, (target_a, *residual))

    def integrand(e: float) -> float:
        s = np.exp(np.interp(np.log(e), *logs)) * natural / molar_mass
        return float(np.interp(e, curve.energy_mev, curve.cross_section_b, left=0.0) / s)

    breaks = curve.energy_mev[(curve.energy_mev > out) & (curve.energy_mev < energy)]
    expected, _ = quad(integrand, out, energy, points=breaks[:90], limit=600, epsrel=1e-8)
    charges = {"p": 1, "a": 2}[projectile]
    expected *= AVOGADRO * 1e-24 / molar_mass / (charges * ELEMENTARY_CHARGE_C)
    target = thick_target(target_material(element, target_a), projectile, data, element)
    assert _rate(target, residual, energy, out) == pytest.approx(expected, rel=2e-4)


@given(
    energies=st.lists(st.floats(0.0, 30.0), min_size=3, max_size=3),
    element=st.sampled_from(["Ni", "Zn", "Te"]),
)
def test_yields_add_over_layers_and_never_fall(energies: list[float], element: str) -> None:
    if nuclear_data.folder() is None:
        pytest.skip("needs a folder of nuclear data")
    low, middle, high = sorted(energies)
    target = thick_target(target_material(element, None), "p", nuclear_data.load(), element)
    whole = target.nuclei_per_particle(high, low)
    parts = target.nuclei_per_particle(high, middle) + target.nuclei_per_particle(middle, low)
    np.testing.assert_allclose(whole, parts, rtol=1e-9, atol=1e-16)
    assert (whole >= -1e-18).all()


def test_within_a_step_the_integrand_is_linear(data: NuclearData) -> None:
    from becq.physics.accelerator.stopping import GRID_MEV

    target = thick_target(target_material("Te", 124), "p", data, "Te")
    place = int(np.searchsorted(GRID_MEV, 14.0))
    low, high = GRID_MEV[place], GRID_MEV[place + 1]
    middle = low + 0.3 * (high - low)
    at_middle = target.density[:, place] * 0.7 + target.density[:, place + 1] * 0.3
    expected = (middle - low) * (target.density[:, place] + at_middle) / 2.0
    np.testing.assert_allclose(
        target.nuclei_per_particle(float(middle), float(low)), expected, rtol=1e-6, atol=1e-14
    )


def test_yields_are_linear_in_the_isotopes(data: NuclearData) -> None:
    """A mixture makes what its parts make, each by its atom fraction (stopping is per atom)."""
    parts = {64: 0.3, 66: 0.5, 68: 0.2}
    mixed = thick_target(target_material("Zn", None, composition=parts), "p", data, "Zn")
    for residual in ((31, 66), (31, 67), (31, 68), (30, 65)):
        expected = sum(
            share * _rate(thick_target(target_material("Zn", a), "p", data, "Zn"), residual, 20.0)
            for a, share in parts.items()
        )
        assert _rate(mixed, residual, 20.0) == pytest.approx(expected, rel=1e-12)


def test_enrichment_dilutes_the_product(data: NuclearData) -> None:
    pure = _rate(thick_target(target_material("Ni", 64), "p", data, "Ni"), (29, 64), 12.0, 4.0)
    less = _rate(
        thick_target(target_material("Ni", 64, enrichment=0.9), "p", data, "Ni"), (29, 64), 12.0, 4.0
    )
    assert less == pytest.approx(0.9 * pure, rel=1e-12)


def test_every_element_of_a_compound_reacts(data: NuclearData) -> None:
    target = thick_target(target_material("O", 18, formula="H2O", enrichment=0.97), "p", data, "O")
    made = {(c.residual_z, c.residual_a) for c in target.channels}
    assert (9, 18) in made  # F-18
    assert (7, 13) in made  # N-13, from the O-16 that is left
    oxide = thick_target(target_material("Ni", 64, formula="NiO"), "p", data, "Ni")
    assert {c.element for c in oxide.channels} == {"Ni", "O"}
    metal = thick_target(target_material("Ni", 64), "p", data, "Ni")
    assert _rate(oxide, (29, 64), 12.0, 4.0) < _rate(metal, (29, 64), 12.0, 4.0)


def test_the_grid_is_fine_enough(data: NuclearData) -> None:
    """Halving the steps changes nothing that matters: the trapezium on every second point is as good."""
    target = thick_target(target_material("Te", 124), "p", data, "Te")
    from becq.physics.accelerator.stopping import GRID_MEV

    chosen = GRID_MEV <= 30.0
    energy, density = GRID_MEV[chosen][::2], target.density[:, chosen][:, ::2]
    coarse = np.asarray(np.trapezoid(density, energy, axis=1))
    fine = np.asarray(target.nuclei_per_particle(float(energy[-1])))
    large = fine > 1e-3 * fine.max()
    np.testing.assert_allclose(coarse[large], fine[large], rtol=2e-4)


def test_many_energies_cost_one_table(data: NuclearData) -> None:
    energy = np.linspace(5.0, 30.0, 20).reshape(4, 5)
    yields = saturation_yields_bq_per_a("Ni-64(p,n)Cu-64", energy, 4.0, data=data)
    assert yields.shape == (4, 5)
    assert (np.diff(yields.ravel()) > 0).all()
    one = saturation_yields_bq_per_a("Ni-64(p,n)Cu-64", 30.0, 4.0, data=data)
    assert one == pytest.approx(yields[-1, -1], rel=1e-14)
    layers = saturation_yields_bq_per_a("Ni-64(p,n)Cu-64", [20.0, 12.0], [12.0, 4.0], data=data)
    assert layers.sum() == pytest.approx(
        float(saturation_yields_bq_per_a("Ni-64(p,n)Cu-64", 20.0, 4.0, data=data)), rel=1e-10
    )


def test_impossible_energies(data: NuclearData) -> None:
    target = thick_target(target_material("Ni", 64), "p", data, "Ni")
    with pytest.raises(InputError, match="more energy than it enters"):
        target.nuclei_per_particle(5.0, 10.0)
    with pytest.raises(InputError, match="between 0 and 250"):
        target.nuclei_per_particle(300.0)


def test_missing_isotopes_are_named(data: NuclearData) -> None:
    target = thick_target(target_material("Ni", None), "p", data, "Ni")
    assert missing_isotopes(target, "Ni") == ()
    assert len({c.target_a for c in target.channels}) == len(natural_abundances("Ni"))
