"""Natural proportions against the decay of pure parents, and which progeny makes one radionuclide with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.physics.decay import decay
from becq.physics.decay_data import descendants, half_life_s
from becq.rules.equilibrium import equilibrium_ratios, nearest, short_lived_progeny
from becq.rules.reference import transport_limits
from becq.rules.transport import exempt_fraction, type_a_fraction

PARENTS = sorted({limit.nuclide for limit in transport_limits().values() if limit.progeny and not limit.form})


def aged(parent: str, elapsed_s: float, activity_bq: float = 1e12) -> dict[str, float]:
    """The chain of a pure parent after a time, what is below one part in 1e9 left out."""
    later = decay([parent], [activity_bq], elapsed_s)
    held = dict(zip(later.members, later.activities_bq.ravel().tolist(), strict=True))
    return {name: value for name, value in held.items() if name == parent or value > activity_bq * 1e-9}


def test_proportions_by_hand() -> None:
    """Tc-99m to Mo-99 with the branch of the data set; Ac-225 to Ra-225: 14.9/(14.9 - 10.0)."""
    mo, tc = half_life_s("Mo-99"), half_life_s("Tc-99m")
    assert equilibrium_ratios("Mo-99")["Tc-99m"] == pytest.approx(0.8773 / (1 - tc / mo), rel=2e-3)
    ra, ac = half_life_s("Ra-225"), half_life_s("Ac-225")
    assert equilibrium_ratios("Ra-225")["Ac-225"] == pytest.approx(1 / (1 - ac / ra), rel=1e-12)
    assert "Bi-210" not in equilibrium_ratios("Pb-214"), "Pb-210 on the way lives longer than Pb-214"


@given(st.sampled_from(PARENTS), st.floats(1e-3, 10))
def test_ingrowth_never_passes_the_proportions_and_ends_in_them(parent: str, half_lives: float) -> None:
    life = half_life_s(parent)
    held = aged(parent, half_lives * life)
    ratios = equilibrium_ratios(parent)
    settled = half_lives > 5 and max(map(half_life_s, ratios), default=0.0) < life / 10
    longer = [name for name in descendants([parent], stable=False) if half_life_s(name) >= life]
    elsewhere = set(descendants([name for name in longer if name != parent], stable=False))
    for name, ratio in ratios.items():
        if name in elsewhere:  # fed also by what lives longer, U-230 below Pa-230
            continue
        found = held.get(name, 0.0) / held[parent]
        assert found <= ratio * (1 + 1e-6)
        if settled and name in held:
            assert found == pytest.approx(ratio, rel=1e-6)


def test_one_radionuclide_with_its_progeny() -> None:
    assert set(short_lived_progeny("Ac-225")) == {"Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209"}
    assert "Ra-223" not in short_lived_progeny("Th-227"), "11.4 d are more than 10"
    assert "Bi-207" not in short_lived_progeny("At-211"), "it lives longer than At-211"


def test_the_nearest_parent_stands_for_progeny() -> None:
    assert nearest(["Ra-225", "Ac-225", "Fr-221"]) == ["Fr-221"]
    assert nearest(["Mo-99", "Ac-225"]) == ["Mo-99", "Ac-225"]


def test_actinium_by_hand() -> None:
    """6 GBq of Ac-225 are one A2; ten hours later they are 2^(-10/238.08) of it, whatever grew in."""
    held = aged("Ac-225", 10 * 3600.0, 6e9)
    assert {"Fr-221", "At-217", "Bi-213"} <= set(held)
    expected = 2 ** (-10 * 3600.0 / half_life_s("Ac-225"))
    assert expected == pytest.approx(0.971, abs=1e-3)
    assert float(type_a_fraction(held)) == pytest.approx(expected, rel=1e-9)
    # what was put in beyond the chain counts with its own (default) limit of 90 MBq
    settled = aged("Ac-225", 40 * 3600.0, 6e9)
    more = {**settled, "Bi-213": settled["Bi-213"] + 9e6}
    alone = float(type_a_fraction({"Ac-225": settled["Ac-225"]}))
    assert float(type_a_fraction(more)) == pytest.approx(alone + 0.1, rel=1e-6)


def test_of_parent_and_progeny_the_stricter_demand_holds() -> None:
    """Ra-225 (A2 4 GBq) contains Ac-225 (6 GBq), but no more than it is worth: 3 GBq of Ac-225 are half an A2."""
    assert float(type_a_fraction({"Ra-225": 1e9, "Ac-225": 1.4e9})) == pytest.approx(0.25)
    assert float(type_a_fraction({"Ra-225": 1e9, "Ac-225": 3e9})) == pytest.approx(0.5)
    assert float(type_a_fraction({"Ra-225": 1e9, "Ac-225": 3e9, "Bi-213": 3e9})) == pytest.approx(0.5)


CHAINS = ["Ac-225", "Ra-223", "Ra-224", "Pb-212", "Mo-99", "Th-226"]


@given(st.sampled_from(CHAINS), st.floats(0, 5))
def test_a_chain_counts_as_its_parent_alone(parent: str, half_lives: float) -> None:
    held = aged(parent, half_lives * half_life_s(parent))
    alone = float(type_a_fraction({parent: held[parent]}))
    assert float(type_a_fraction(held)) == pytest.approx(alone, rel=1e-4)


SETTLED = [p for p in PARENTS if p not in (
    "Fe-60", "Sn-126", "Pb-210", "Ra-226", "Ra-228", "Ac-227", "Pa-230", "Pu-241", "Pu-244", "Am-242m", "Cm-247",
    "Cf-253",
)]  # fmt: skip
"""Parents without progeny that lives beyond 10 days or themselves and has a stricter limit (Po-210, Co-60 ...)."""


@given(st.sampled_from(SETTLED), st.floats(0, 6))
def test_the_fraction_of_a_pure_parent_never_grows(parent: str, half_lives: float) -> None:
    held = aged(parent, half_lives * half_life_s(parent))
    for special in (False, True):
        fresh = float(type_a_fraction({parent: 1e12}, special_form=special))
        assert float(type_a_fraction(held, special_form=special)) <= fresh * (1 + 1e-9)


def test_progeny_that_lives_long_counts_by_itself() -> None:
    """Th-227 after its half-life: half of it over 5 GBq, and Ra-223 (11.4 d) over 7 GBq besides."""
    held = aged("Th-227", half_life_s("Th-227"))
    expected = held["Th-227"] / 5e9 + held["Ra-223"] / 7e9
    assert float(type_a_fraction(held)) == pytest.approx(expected, rel=1e-6)


def test_exempt_values_stand_for_progeny_without_a_row() -> None:
    """At-211 is exempt to 10 MBq, Po-211 (0.5 s) with it; Ga-68 has a row and no footnote: both count."""
    held = aged("At-211", 3 * 3600.0, 5e6)
    assert "Po-211" in held
    assert float(exempt_fraction(held)) == pytest.approx(held["At-211"] / 1e7, rel=1e-3)
    assert float(exempt_fraction({"Ge-68": 4e4, "Ga-68": 4e4})) == pytest.approx(0.8)
