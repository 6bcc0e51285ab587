"""Progeny: equilibrium against the decay of a pure parent, and what is not there by itself."""

from __future__ import annotations

import pytest

from becq.errors import InputError
from becq.physics.radiation.progeny import after, equilibrium, ratios

DAY_S = 86400.0


@pytest.mark.parametrize(
    ("nuclide", "days"),
    [
        ("Ac-225", 60),
        ("Ra-223", 60),
        ("Mo-99", 30),
        ("Pb-212", 5),
        ("Th-228", 700),
        ("W-188", 300),
        ("Sr-82", 30),
    ],
)
def test_equilibrium_is_where_decay_comes_to(nuclide: str, days: float) -> None:
    lasting, grown = equilibrium(nuclide), after(nuclide, days * DAY_S)
    assert lasting
    for name, ratio in lasting.items():
        assert ratio == pytest.approx(grown[name], rel=2e-3), name


def test_branches_count_along_the_chain() -> None:
    """Tl-208 under Ra-224: 35.94 % of Bi-212 (ICRP-107); Tl-209 under Ac-225: 2.09 % of Bi-213."""
    assert equilibrium("Ra-224")["Tl-208"] == pytest.approx(
        0.3594 * equilibrium("Ra-224")["Bi-212"], rel=2e-3
    )
    assert equilibrium("Ac-225")["Tl-209"] == pytest.approx(0.0209, rel=0.02)


@pytest.mark.parametrize(
    ("nuclide", "slow"), [("Ra-226", "Pb-210"), ("U-238", "U-234"), ("Th-232", "Ra-228"), ("Mo-99", "Tc-99")]
)
def test_what_takes_years_is_not_there(nuclide: str, slow: str) -> None:
    assert slow not in equilibrium(nuclide)
    assert slow in after(nuclide, 1000 * DAY_S if nuclide != "Mo-99" else 10 * DAY_S)


def test_limit_can_be_moved() -> None:
    assert "Pb-210" in equilibrium("Ra-226", longest_s=30 * 365.25 * DAY_S)


def test_given_ratios_are_taken_as_they_are() -> None:
    assert ratios("Ge-68", {"Ga-68": 0.3}) == {"Ge-68": 1.0, "Ga-68": 0.3}
    assert ratios("Ge-68", False) == {"Ge-68": 1.0}


def test_bad_input() -> None:
    with pytest.raises(InputError, match="stable"):
        equilibrium("Pb-206")
    with pytest.raises(InputError, match="nothing is left"):
        after("Rb-82", 10 * DAY_S)
    with pytest.raises(InputError, match="No decay data"):
        ratios("Ge-68", {"Ga-999": 1.0})
