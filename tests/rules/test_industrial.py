"""LSA material and SCO against the figures of GB 11806-2019, 6.1, 6.2 and its tables 1 and 3."""

from __future__ import annotations

import math

import pytest

from becq.rules.industrial import (
    industrial_number,
    load_fraction,
    object_fraction,
    required_industrial_number,
    specific_activity_fraction,
)


@pytest.mark.parametrize(
    ("material", "state", "exclusive", "other"),
    [
        ("LSA-I", "solid", 1, 1),
        ("LSA-I", "liquid", 1, 2),
        ("LSA-II", "solid", 2, 2),
        ("LSA-II", "liquid", 2, 3),
        ("LSA-II", "gas", 2, 3),
        ("LSA-III", "solid", 2, 3),
        ("SCO-I", "solid", 1, 1),
        ("SCO-II", "solid", 2, 2),
        ("LSA-III", "liquid", None, None),
    ],
)
def test_types_of_package(material: str, state: str, exclusive: float | None, other: float | None) -> None:
    assert required_industrial_number(material, state, exclusive_use=True) == exclusive
    assert required_industrial_number(material, state, exclusive_use=False) == other


def test_numbers_of_types() -> None:
    assert (industrial_number("IP-1"), industrial_number("IP-3"), industrial_number("A")) == (1, 3, None)


@pytest.mark.parametrize(
    ("material", "state", "held", "mass_g", "expected"),
    [
        # Cs-137: A2 0.6 TBq, exempt concentration 10 Bq/g; Co-60: 0.4 TBq
        ("LSA-I", "solid", {"Cs-137": 3e5}, 1e3, 1.0),
        ("LSA-II", "solid", {"Cs-137": 0.6e12}, 1e4, 1.0),
        ("LSA-II", "gas", {"Xe-133": 10e12}, 1e4, 1.0),
        ("LSA-II", "liquid", {"Cs-137": 0.3e12, "Co-60": 0.2e12}, 1e5, 1.0),
        ("LSA-III", "solid", {"Co-60": 0.8e12}, 1e3, 1.0),
        ("LSA-II", "liquid", {"H-3": 0.8e12}, 1e3, 1.0),  # water: 0.8 TBq/L
        ("LSA-I", "solid", {"U-238": 1e9}, 1e5, 0.0),  # A2 unlimited
        ("LSA-III", "liquid", {"Co-60": 1.0}, 1e3, math.inf),
        ("SCO-I", "solid", {"Co-60": 1.0}, 1e3, math.inf),
    ],
)
def test_specific_activity(
    material: str, state: str, held: dict[str, float], mass_g: float, expected: float
) -> None:
    assert specific_activity_fraction(held, mass_g, material, state) == pytest.approx(expected)
    twice = {name: 2 * value for name, value in held.items()}
    assert specific_activity_fraction(twice, mass_g, material, state) == pytest.approx(2 * expected)


def test_contamination_of_objects() -> None:
    loose, hidden = ("accessible, non-fixed", "beta-gamma-low-alpha"), ("inaccessible, total", "other-alpha")
    assert object_fraction({loose: 2.0, hidden: 4e3}, "SCO-I") == pytest.approx(1.0)
    assert object_fraction({loose: 2.0, hidden: 4e3}, "SCO-II") == pytest.approx(0.05)
    assert object_fraction({loose: 440.0, hidden: 0.0}, "SCO-II") == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("material", "state", "combustible", "vehicle", "hold"),
    [
        ("LSA-I", "solid", None, 0.0, 0.0),
        ("LSA-II", "solid", False, 0.0, 0.5),
        ("LSA-II", "solid", True, 0.5, 5.0),
        ("LSA-II", "solid", None, 0.5, 5.0),
        ("LSA-II", "liquid", None, 0.5, 5.0),
        ("LSA-II", "gas", None, 0.5, 5.0),
        ("LSA-III", "solid", False, 0.0, 0.5),
        ("LSA-III", "solid", True, 0.5, 5.0),
        ("SCO-I", "solid", None, 0.5, 5.0),
        ("SCO-II", "solid", None, 0.5, 5.0),
        ("LSA-III", "liquid", None, None, None),
    ],
)
def test_load_of_50_a2(
    material: str, state: str, combustible: bool | None, vehicle: float | None, hold: float | None
) -> None:
    for inland, expected in ((False, vehicle), (True, hold)):
        found = load_fraction(50.0, material, state, combustible=combustible, inland=inland)
        assert found == (None if expected is None else pytest.approx(expected))
