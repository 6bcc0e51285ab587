"""The generator calculator: schedules in a zone, and eluates against the equations of the pair."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.decay_data import decay_const
from becq.physics.generators import eluate_activity_bq

GENERATOR = registry.calculator("generator")
ASKED = {
    "kind": "mo99",
    "activity": "20GBq",
    "calibrated": "2026-12-07T08:00",
    "elute": "08:00,13:00",
    "days": "7",
    "efficiency": "90%",
    "rest": "24h",
}


def test_eluates_are_those_of_the_pair() -> None:
    answer = GENERATOR.ask(ASKED).as_dict()
    hours = [h + 24 * day for day in range(7) for h in (0.0, 5.0)]
    assert [row["time_s"] for row in answer["eluates"]] == [h * 3600 for h in hours]
    rates = decay_const("Mo-99"), decay_const("Tc-99m")
    made = 20e9 * math.exp(rates[0] * 86400.0)  # parent alone, a day before
    expected = eluate_activity_bq("Mo-99", "Tc-99m", made, [(h + 24) * 3600 for h in hours], 0.9)
    assert [row["eluate_bq"] for row in answer["eluates"]] == pytest.approx(expected.tolist(), rel=1e-10)
    assert [row["day"] for row in answer["days"]] == [f"2026-12-{7 + i:02d}" for i in range(7)]
    assert answer["days"][1]["total_bq"] == pytest.approx(expected[2] + expected[3], rel=1e-10)


def test_clock_times_are_those_of_the_zone_across_a_change_of_its_offset() -> None:
    texts = {
        **ASKED,
        "calibrated": "2026-10-24T08:00",
        "elute": "08:00",
        "days": "2",
        "zone": "Europe/Berlin",
    }
    rows = GENERATOR.ask(texts).as_dict()["eluates"]
    assert [row["at"] for row in rows] == ["2026-10-24T08:00:00+02:00", "2026-10-25T08:00:00+01:00"]
    assert rows[1]["time_s"] == 25 * 3600.0


def test_without_a_zone_the_clock_is_taken_as_it_is() -> None:
    rows = GENERATOR.ask(ASKED).as_dict()["eluates"]
    assert rows[0]["at"] == "2026-12-07T08:00:00"
    aware = GENERATOR.ask({**ASKED, "calibrated": "2026-12-07T08:00+08:00"}).as_dict()["eluates"]
    assert aware[0]["at"] == "2026-12-07T08:00:00+08:00"
    assert [row["eluate_bq"] for row in rows] == [row["eluate_bq"] for row in aware]


def test_elutions_before_the_calibration_have_more() -> None:
    texts = {**ASKED, "first": "2026-12-06T08:00", "elute": "08:00", "days": "2"}
    answer = GENERATOR.ask(texts).as_dict()
    assert answer["parent_activity_at_first_bq"] == pytest.approx(
        20e9 * math.exp(decay_const("Mo-99") * 86400)
    )
    assert answer["eluates"][1]["parent_bq"] == pytest.approx(20e9, rel=1e-12)


def test_the_useful_life_ends_before_the_first_elution_that_is_too_weak() -> None:
    texts = {**ASKED, "elute": "08:00", "days": "40", "needed": "3 GBq"}
    answer = GENERATOR.ask(texts).as_dict()
    good = [row["at"] for row in answer["eluates"] if row["eluate_bq"] >= 3e9]
    assert answer["useful_until"] == good[-1]
    assert len(good) < 40
    assert GENERATOR.ask({**texts, "needed": "100 GBq"}).as_dict()["useful_until"] is None


def test_needs_of_a_day_are_covered_at_the_best_times() -> None:
    answer = GENERATOR.ask({**ASKED, "needs": "10:00=5GBq, 15:00=5GBq"}).as_dict()
    plan = answer["plan"]
    assert plan["complete"]
    assert plan["covered_bq"] == [5e9, 5e9]
    assert plan["spare"] >= 1
    zone = ZoneInfo("Asia/Shanghai")
    first = datetime.fromisoformat(plan["elutions"][0]["at"]).replace(tzinfo=zone)
    assert datetime(2026, 12, 7, 8, tzinfo=zone) <= first <= datetime(2026, 12, 7, 10, tzinfo=zone)
    warned = GENERATOR.ask({**ASKED, "needs": "10:00=5TBq"})
    assert any("cannot be covered" in str(each) for each in warned.warnings)


def test_breakthrough_grows_in_the_eluate_until_the_limit() -> None:
    rows = GENERATOR.ask({**ASKED, "breakthrough": "0.005%"}).as_dict()["eluates"]
    ratio, until = rows[0]["breakthrough_ratio"], rows[0]["time_to_limit_s"]
    assert ratio == pytest.approx(5e-5 * rows[0]["parent_bq"] / rows[0]["eluate_bq"], rel=1e-9)
    gone = math.exp((decay_const("Tc-99m") - decay_const("Mo-99")) * until)
    assert ratio * gone == pytest.approx(1.5e-4, rel=1e-3)  # but for the little that grows from the parent


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kind", "mo98"),
        ("calibrated", "2026-12-07"),
        ("elute", "8"),
        ("days", "0"),
        ("zone", "Asia/Nowhere"),
        ("needs", "10:00"),
        ("needs", "07:00=1GBq"),
        ("efficiency", "120%"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str) -> None:
    with pytest.raises(ProblemsError) as told:
        GENERATOR.ask({**ASKED, field: text})
    assert [problem.column for problem in told.value.problems] == [field]


def test_no_elution_left_is_said() -> None:
    with pytest.raises(ProblemsError) as told:
        GENERATOR.ask({**ASKED, "elute": "07:00", "days": "1"})
    assert told.value.problems[0].column == "elute"
    assert "add a later time or a day" in told.value.problems[0].message


def test_elutions_beyond_the_life_of_the_generator_are_warned_of() -> None:
    warned = GENERATOR.ask({**ASKED, "elute": "08:00", "days": "30"})
    assert any("beyond the 21 d" in str(each) for each in warned.warnings)
