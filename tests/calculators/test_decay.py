"""The decay calculator against the decay law."""

from __future__ import annotations

import math

import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.decay_data import decay_const, half_life_s
from becq.physics.generators import time_of_maximum_s

DECAY = registry.calculator("decay")


def test_what_is_left_how_many_decayed_and_when_the_limit_is_reached() -> None:
    texts = {"nuclide": "I-131", "activity": "7.4 GBq", "after": "20 d", "limit": "1 MBq", "steps": "4"}
    answer = DECAY.ask(texts).as_dict()
    rate, after = decay_const("I-131"), 20 * 86400.0
    left = 7.4e9 * math.exp(-rate * after)
    assert answer["activities_bq"]["I-131"] == pytest.approx(left, rel=1e-12)
    assert answer["decays"]["I-131"] == pytest.approx((7.4e9 - left) / rate, rel=1e-12)
    assert answer["time_to_limit_s"] == pytest.approx(math.log(7400) / rate, rel=1e-12)
    assert [row["time_s"] for row in answer["times"]] == [0.0, after / 4, after / 2, 3 * after / 4, after]
    assert answer["times"][2]["activities_bq"]["I-131"] == pytest.approx(7.4e9 * math.exp(-rate * after / 2))
    assert answer["half_life_s"] == half_life_s("I-131")


def test_a_limit_that_is_kept_already_is_reached_at_once() -> None:
    texts = {"nuclide": "I-131", "activity": "1 kBq", "after": "1 d", "limit": "1 MBq"}
    assert DECAY.ask(texts).as_dict()["time_to_limit_s"] == 0.0


def test_six_day_curies_only_of_mo99() -> None:
    texts = {"nuclide": "Mo-99", "activity": "10 six-day Ci", "after": "6 d"}
    assert DECAY.ask(texts).as_dict()["activities_bq"]["Mo-99"] == pytest.approx(3.7e11, rel=1e-12)
    with pytest.raises(ProblemsError) as told:
        DECAY.read({**texts, "nuclide": "I-131"})
    assert told.value.problems[0].column == "activity"


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ProblemsError) as told:
        DECAY.ask({"nuclide": "I-131", "activity": "1 kBq", "after": "1 d", "limit": "0 Bq"})
    assert told.value.problems[0].column == "limit"


def test_progeny_has_a_maximum() -> None:
    answer = DECAY.ask({"nuclide": "Mo-99", "activity": "1 GBq", "after": "1 h"}).as_dict()
    top = answer["maxima"]["Tc-99m"]
    assert top["time_s"] == pytest.approx(time_of_maximum_s("Mo-99", "Tc-99m"), rel=1e-6)
    assert set(answer["maxima"]) == {"Tc-99m", "Tc-99"}


def test_the_uncertainty_of_the_start_and_of_the_half_life_add_in_quadrature() -> None:
    texts = {"nuclide": "I-131", "activity": "1 GBq", "after": "16 d"}
    alone = DECAY.ask(texts).as_dict()
    both = DECAY.ask({**texts, "uncertainty": "2%"}).as_dict()
    left = alone["activities_bq"]["I-131"]
    own = alone["uncertainties_bq"]["I-131"] / left
    assert 0 < own < 0.01
    assert both["uncertainties_bq"]["I-131"] / left == pytest.approx(math.hypot(own, 0.02), rel=1e-9)


def test_spaces_around_a_text_do_not_matter() -> None:
    texts = {"nuclide": " I-131 ", "activity": "1 GBq\n", "after": "  16 d"}
    inputs = DECAY.read(texts)
    assert inputs.texts == {"nuclide": "I-131", "activity": "1 GBq", "after": "16 d"}


def table(result, name: str):
    return next(each for each in result.tables if each.name == name)


def test_the_table_of_times_holds_the_largest_members_and_says_what_it_leaves_out() -> None:
    actinium = DECAY.ask({"nuclide": "Ac-225", "activity": "1 GBq", "after": "10 d"})
    shown = [column.nuclide for column in table(actinium, "times").columns[1:]]
    assert shown == list(actinium.data["activities_bq"])  # all seven, Pb-209 too
    assert [curve.nuclide for curve in actinium.charts[0].curves] == shown
    assert not any("not shown" in str(note) for note in actinium.notes)
    thorium = DECAY.ask({"nuclide": "U-232", "activity": "1 GBq", "after": "20 y", "steps": "2"})
    columns = table(thorium, "times").columns[1:]
    members = thorium.data["activities_bq"]
    tops = {name: max(row["activities_bq"][name] for row in thorium.data["times"]) for name in members}
    largest = sorted(members, key=lambda name: -tops[name])[: len(columns)]
    assert {column.nuclide for column in columns} == set(largest)
    out = len(members) - len(columns)
    assert out > 0
    assert any(f"{out} of {len(members)} members are not shown" in str(note) for note in thorium.notes)


def test_a_half_life_that_is_clearly_off_is_noted_below_one_per_cent_too() -> None:
    notes = " ".join(map(str, DECAY.ask({"nuclide": "Ac-225", "activity": "1 GBq", "after": "10 d"}).notes))
    assert "ICRP-107 gives Ac-225 a half-life of 10.00 d; NUBASE2020 has 9.919 d (+0.8 %)" in notes
    assert "Tc-99m" not in " ".join(
        map(str, DECAY.ask({"nuclide": "Tc-99m", "activity": "1 GBq", "after": "1 d"}).notes)
    )


def test_nothing_at_the_start_is_said_and_keeps_its_column() -> None:
    result = DECAY.ask({"nuclide": "Tc-99m", "activity": "0GBq", "after": "1d"})
    assert [column.nuclide for column in table(result, "times").columns[1:]] == ["Tc-99m"]
    assert all(row[1] == 0.0 for row in table(result, "times").rows)
    assert "no activity at the start" in str(result.notes[0])


@pytest.mark.parametrize(
    ("after", "more", "log"),
    [("2 d", {}, False), ("180 d", {}, True), ("2 d", {"limit": "1 GBq"}, True)],
)
def test_a_wide_span_or_a_limit_is_drawn_on_a_logarithmic_scale(after, more, log) -> None:
    result = DECAY.ask({"nuclide": "Lu-177", "activity": "7.4 GBq", "after": after, **more})
    assert result.charts[0].log is log
