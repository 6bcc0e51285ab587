"""Target materials: formulas, enrichment, compositions."""

from __future__ import annotations

import pytest

from becq.errors import InputError
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.accelerator.materials import natural_mass_g_mol, target_material
from becq.physics.formulas import parse_formula


@pytest.mark.parametrize(
    ("formula", "atoms"),
    [
        ("H2O", {"H": 2, "O": 1}),
        ("Zn(NO3)2", {"Zn": 1, "N": 2, "O": 6}),
        ("Ga4Ni", {"Ga": 4, "Ni": 1}),
        ("TeO2", {"Te": 1, "O": 2}),
        ("Y2O3", {"Y": 2, "O": 3}),
        ("RaCl2", {"Ra": 1, "Cl": 2}),
        ("Xe", {"Xe": 1}),
    ],
)
def test_formulas(formula: str, atoms: dict[str, float]) -> None:
    assert {symbol: count for symbol, _, count in parse_formula(formula)} == atoms


def test_what_is_not_enriched_is_natural() -> None:
    isotopes = dict(target_material("Zn", 68, enrichment=0.9).part("Zn").isotopes)
    nature = natural_abundances("Zn")
    assert isotopes[68] == pytest.approx(0.9)
    assert sum(isotopes.values()) == pytest.approx(1.0)
    assert isotopes[64] / isotopes[66] == pytest.approx(nature[64] / nature[66])


def test_pure_and_natural_targets() -> None:
    assert target_material("Ni", 64).part("Ni").isotopes == ((64, 1.0),)
    assert dict(target_material("Ni", None).part("Ni").isotopes) == dict(natural_abundances("Ni"))
    assert target_material("Ra", 226).molar_mass_g_mol == pytest.approx(226.0254, abs=1e-3)


def test_molar_masses() -> None:
    water = target_material("O", 18, formula="H2O")
    assert water.molar_mass_g_mol == pytest.approx(20.015, abs=2e-3)
    assert natural_mass_g_mol(water) == pytest.approx(18.015, abs=2e-3)
    heavy = target_material("O", None, formula="D2O")
    assert heavy.molar_mass_g_mol == pytest.approx(20.027, abs=3e-3)


def test_a_certificate_replaces_enrichment() -> None:
    material = target_material("Mo", 100, composition={100: 0.9905, 98: 0.0054, 97: 0.0041})
    assert dict(material.part("Mo").isotopes) == pytest.approx({100: 0.9905, 98: 0.0054, 97: 0.0041})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"element": "O", "target_a": 18, "formula": "Ni"}, "Ni contains no O; its elements are Ni"),
        ({"element": "O", "target_a": 18, "formula": "H2("}, "is not a chemical formula"),
        ({"element": "O", "target_a": 18, "formula": ""}, "is not a chemical formula"),
        ({"element": "Ni", "target_a": 64, "enrichment": 98.0}, "did you mean 0.98"),
        ({"element": "Ni", "target_a": 64, "enrichment": 0.0}, "between 0 and 1"),
        ({"element": "Ni", "target_a": None, "enrichment": 0.9}, "name the enriched isotope"),
        ({"element": "Ra", "target_a": 226, "enrichment": 0.9}, "give the whole isotopic composition"),
        ({"element": "Mo", "target_a": 100, "composition": {100: 0.5}}, "sum to 0.5"),
        ({"element": "Mo", "target_a": 100, "composition": {300: 1.0}}, "no isotope Mo-300"),
        ({"element": "Mo", "target_a": 100, "composition": {100: 1.0}, "enrichment": 0.9}, "not both"),
        ({"element": "O", "target_a": 18, "formula": "TcO2"}, "Tc has no natural composition"),
        ({"element": "O", "target_a": 18, "formula": "HO[18]"}, "as target and enrichment"),
    ],
)
def test_what_is_wrong_is_said(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        target_material(**arguments)  # type: ignore[arg-type]
