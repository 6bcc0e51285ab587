"""Mass of fissile nuclides and the exceptions, against the figures of GB 11806-2019, 3.8, 3.16 and 6.5.1."""

from __future__ import annotations

import math

import pytest

from becq.physics.decay_data import half_life_s
from becq.rules.fissile import exception_fraction, fissile_mass_g, mass_g


def activity_bq(nuclide: str, grams: float) -> float:
    """Activity of a mass by hand: N·ln2/T with 6.02214076e23 per mole and the mass number."""
    atoms = grams / float(nuclide[-3:]) * 6.02214076e23
    return atoms * math.log(2) / half_life_s(nuclide)


def uranium(u235_g: float, u238_g: float) -> dict[str, float]:
    return {"U-235": activity_bq("U-235", u235_g), "U-238": activity_bq("U-238", u238_g)}


def test_masses() -> None:
    """1 g of U-235 has 80 kBq, of Pu-239 2.3 GBq; the mass number of an isomer is that of its name."""
    assert mass_g("U-235", 80e3) == pytest.approx(1.0, rel=2e-3)
    assert mass_g("Pu-239", 2.3e9) == pytest.approx(1.0, rel=5e-3)
    assert mass_g("Tc-99m", 1e9) == pytest.approx(
        1e9 * half_life_s("Tc-99m") / math.log(2) / 6.02214076e23 * 99
    )
    held = {"U-233": activity_bq("U-233", 0.1), "Pu-241": activity_bq("Pu-241", 0.2), "Cs-137": 1e12}
    assert fissile_mass_g(held) == pytest.approx(0.3)


def test_natural_and_depleted_uranium_is_not_fissile() -> None:
    assert fissile_mass_g(uranium(7.2, 992.8)) == 0.0
    assert fissile_mass_g(uranium(2.0, 998.0)) == 0.0
    assert fissile_mass_g(uranium(7.3, 992.7)) == pytest.approx(7.3)
    assert fissile_mass_g({"U-235": activity_bq("U-235", 7.2)}) == pytest.approx(7.2)
    mixed = uranium(2.0, 998.0) | {"Pu-239": activity_bq("Pu-239", 0.1)}
    assert fissile_mass_g(mixed) == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("package_g", "consignment_g", "exclusive", "expected"),
    [
        (2.0, 2.0, False, 1.0),  # d) 2 g in a package
        (2.0, 15.0, False, 1.0),  # d) 15 g in the consignment
        (1.0, 18.0, False, 1.2),
        (3.0, 3.0, False, 1.5),
        (45.0, 45.0, True, 1.0),  # e) 45 g under exclusive use
        (46.0, 46.0, True, 46 / 45),
        (2.0, 15.0, True, 1 / 3),  # the widest exception holds
    ],
)
def test_exceptions_by_mass(package_g: float, consignment_g: float, exclusive: bool, expected: float) -> None:
    held = {"Pu-239": activity_bq("Pu-239", package_g)}
    assert exception_fraction(held, consignment_g, exclusive_use=exclusive) == pytest.approx(expected)


def test_low_enriched_uranium() -> None:
    """c) at most 5 % of U-235 and 3.5 g of it in a package, 45 g in the consignment, 1 % of plutonium."""
    assert exception_fraction(uranium(3.5, 66.6), 3.5, exclusive_use=False) == pytest.approx(1.0)
    assert exception_fraction(uranium(3.5, 66.6), 45.0, exclusive_use=False) == pytest.approx(1.0)
    assert exception_fraction(uranium(3.5, 66.0), 3.5, exclusive_use=False) == pytest.approx(
        3.5 / 2
    )  # 5.04 %
    little = uranium(3.5, 66.6) | {"Pu-239": activity_bq("Pu-239", 0.034)}
    assert exception_fraction(little, 3.534, exclusive_use=False) == pytest.approx(1.0)
    much = uranium(3.5, 66.6) | {"Pu-239": activity_bq("Pu-239", 0.036)}
    assert exception_fraction(much, 3.536, exclusive_use=False) == pytest.approx(3.536 / 2)
