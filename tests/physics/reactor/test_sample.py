"""Targets: natural composition, formulas, isotopes, and input that makes no sense."""

from __future__ import annotations

import pytest

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.constants import AVOGADRO
from becq.physics.elements import elements
from becq.physics.reactor.sample import composition, natural_isotopes, sample


def test_natural_isotopes_are_the_ones_that_last() -> None:
    """No natural isotope is a nuclide of hours: tantalum holds the isomer Ta-180m."""
    for element in elements().values():
        for name in natural_isotopes(element.symbol):
            if decay_data.known(name):
                assert decay_data.half_life_s(name) > 1e11, name
    assert natural_isotopes("Ta")["Ta-180m"] == pytest.approx(1.2e-4, rel=0.05)


def test_natural_uranium() -> None:
    """0.72 % of U-235."""
    assert natural_isotopes("U")["U-235"] == pytest.approx(0.0072, abs=1e-4)
    assert sum(natural_isotopes("U").values()) == pytest.approx(1.0)


def test_an_isotope_in_the_formula_is_kept() -> None:
    """Heavy water: 2 deuterium atoms to each oxygen and no light hydrogen."""
    heavy = sample("O", 20.0276, material="D2O")
    assert heavy.atoms["H-2"] == pytest.approx(2 * AVOGADRO, rel=1e-4)
    assert "H-1" not in heavy.atoms
    both = sample("O", 1.0, material="HDO")
    assert both.atoms["H-1"] == pytest.approx(both.atoms["O-16"] / natural_isotopes("O")["O-16"], rel=1e-3)


def test_hydrates() -> None:
    dotted = sample("Sm", 1.0, material="Sm(NO3)3·6H2O")
    assert dotted.atoms == sample("Sm", 1.0, material="Sm(NO3)3+6H2O").atoms
    assert dotted.element_mass_g == pytest.approx(150.36 / 444.47, rel=1e-3)


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("Lu-176", {"isotopes": {"Lu-175": 1.0}}, "holds no Lu-176"),
        ("Lu-176", {"isotopes": {"Lu-176": 0.0, "Lu-175": 1.0}}, "holds no Lu-176"),
        ("Lu", {"isotopes": {"Lu-176": 0.7, "Lu-375": 0.3}}, "Lu-375"),
        ("Lu", {"isotopes": {"Lu-176": 1.1, "Lu-175": -0.1}}, "between 0 and 1"),
        ("Lu", {"isotopes": {"Lu-176": 0.7, "Lu-175": 0.2}}, "sum to 0.9"),
        ("W-186", {"enrichment": 0.0}, "above 0"),
        ("W-186", {"enrichment": 1.2}, "above 0"),
        ("W", {"enrichment": 0.9}, "needs an isotope"),
        ("Xx", {}, "not an element"),
        ("W-286", {}, "no target"),
        ("Tc", {}, "no natural isotopes"),
    ],
)
def test_bad_compositions(target: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        composition(target, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "material", "said"),
    [
        ("W-186", "TeO2", "holds no W"),
        ("W-186", "W(O", "not a chemical formula"),
        ("Lu-176", "Lu[176]2O3", "as enrichment"),
        ("O", "TcO2", "Tc has no natural isotopes"),
    ],
)
def test_bad_materials(target: str, material: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        sample(target, 1.0, material=material)
