"""The generator calculator: schedules in a zone, and eluates against the equations of the pair."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from becq.calculators import registry
from becq.cli.answers import lines
from becq.errors import ProblemsError
from becq.physics.decay_data import decay_const
from becq.physics.generators import eluate_activity_bq
from becq.physics.quantities import activity_from_six_day

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


@pytest.mark.parametrize(
    "texts",
    [
        {"kind": "sr82", "activity": "1.85GBq", "days": "1", "needs": "12:00=500GBq"},
        {"efficiency": "100%", "needs": "09:00=50GBq"},
        {"efficiency": "0", "needs": "10:00=1GBq"},
        {"needs": "10:00=1GBq", "preparation": "13 h"},
    ],
)
def test_needs_that_cannot_be_met_are_answered(texts: dict[str, str]) -> None:
    result = GENERATOR.ask({**ASKED, "elute": "08:00", **texts})
    plan = result.as_dict()["plan"]
    assert not plan["complete"]
    assert plan["met"] == [False]
    assert plan["shortfall_bq"][0] == pytest.approx(plan["needs_bq"][0] - plan["covered_bq"][0])
    assert plan["shortfall_bq"][0] > 0
    assert any("1 of 1 fall short" in str(each) for each in result.warnings)
    missing = next(each for each in result.figures if each.label.en == "Missing in all")
    assert missing.value == plan["shortfall_bq"][0]
    nothing = [str(each) for each in result.warnings if "No elution would give anything" in str(each)]
    assert bool(nothing) == (not plan["elutions"]) == (not any(t.name == "plan" for t in result.tables))


def test_what_each_need_gets_is_a_table() -> None:
    result = GENERATOR.ask({**ASKED, "needs": "09:00=50GBq, 10:00=5GBq"})
    plan = result.as_dict()["plan"]
    table = next(each for each in result.tables if each.name == "needs")
    (large, small) = table.rows
    assert [f"{row[0]:%H:%M}" for row in table.rows] == ["09:00", "10:00"]
    assert small[1:4] == (5e9, pytest.approx(5e9), None)
    assert large[2] == plan["covered_bq"][0] > 10e9
    assert large[3] == pytest.approx(50e9 - large[2])
    assert [row[4] for row in table.rows] == plan["left_bq"]
    met = next(each for each in result.figures if each.label.en == "Needs met in full")
    assert (met.value, met.note.en) == (1, "of 2")


def test_preparation_and_gap_are_kept() -> None:
    texts = {**ASKED, "needs": "09:00=5GBq, 12:00=9GBq, 16:00=5GBq"}
    usual = GENERATOR.ask(texts)
    said = " ".join(map(str, usual.notes))
    assert "at once, until 12 h after its elution; no least time between two elutions" in said
    slow = GENERATOR.ask({**texts, "preparation": "30 min", "gap": "2 h"})
    said = " ".join(map(str, slow.notes))
    assert "from 30 min after its elution, until 12 h after it; two elutions lie at least 2 h apart" in said
    plan = slow.as_dict()["plan"]
    at = [datetime.fromisoformat(each["at"]) for each in plan["elutions"]]
    assert len(at) > 1
    assert all((b - a).total_seconds() >= 7200 for a, b in zip(at, at[1:], strict=False))
    assert f"{at[0]:%H:%M}" <= "08:30"
    assert plan["complete"]
    assert (plan["preparation_s"], plan["gap_s"]) == (1800, 7200)


@pytest.mark.parametrize(("day", "offset"), [("2026-03-29", "+02:00"), ("2026-10-25", "+01:00")])
def test_needs_are_on_the_calendar_of_days_on_which_the_clock_changes(day: str, offset: str) -> None:
    """One need with a spare elution at its very moment: the clock says 10:00, whatever the night did."""
    texts = {
        "kind": "mo99",
        "activity": "20GBq",
        "calibrated": f"{day}T00:30",
        "elute": "08:00",
        "days": "1",
        "zone": "Europe/Berlin",
        "needs": "10:00=1GBq",
    }
    plan = GENERATOR.ask(texts).as_dict()["plan"]
    assert plan["needed_at"] == [f"{day}T10:00:00{offset}"]
    assert plan["elutions"][0]["at"] == f"{day}T10:00:00{offset}"


def test_clock_times_that_do_not_exist_are_moved_on_and_said() -> None:
    texts = {
        **ASKED,
        "calibrated": "2026-03-29T00:00",
        "zone": "Europe/Berlin",
        "elute": "02:30,03:00,03:30",
        "days": "1",
        "needs": "02:15=100MBq",
    }
    result = GENERATOR.ask(texts)
    rows = result.as_dict()["eluates"]
    assert [row["at"] for row in rows] == ["2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"]
    said = [str(each) for each in result.warnings]
    assert any("2026-03-29 02:30 does not exist in Europe/Berlin" in each for each in said)
    assert any("2026-03-29 02:15 does not exist" in each for each in said)
    assert any("fall together on 2026-03-29 03:30" in each for each in said)
    twice = GENERATOR.ask({**texts, "calibrated": "2026-10-25T00:00", "needs": "04:00=100MBq"})
    assert any("2026-10-25 02:30 comes twice" in str(each) for each in twice.warnings)
    assert twice.as_dict()["eluates"][0]["at"] == "2026-10-25T02:30:00+02:00"
    autumn = {**texts, "elute": "08:00", "needs": ""}
    for name, more in (("calibrated", {}), ("first", {"calibrated": "2026-10-25T00:00"})):
        said = GENERATOR.ask({**autumn, **more, name: "2026-10-25T02:30"}).warnings
        assert [str(each)[:16] for each in said] == ["2026-10-25 02:30"]
        assert not GENERATOR.ask({**autumn, **more, name: "2026-10-25T02:30+01:00"}).warnings
    with pytest.raises(ProblemsError, match="2026-03-29 02:30 does not exist"):
        GENERATOR.ask({**texts, "calibrated": "2026-03-29T02:30"})


def test_eluates_beyond_the_limit_of_the_parent_are_warned_of() -> None:
    result = GENERATOR.ask({**ASKED, "breakthrough": "0.1%"})
    assert result.as_dict()["limit_ratio"] == 1.5e-4
    rows = result.as_dict()["eluates"]
    over = [row for row in rows if row["breakthrough_ratio"] > 1.5e-4]
    worst = max(over, key=lambda row: row["breakthrough_ratio"])
    said = next(str(each) for each in result.warnings if "at their elution" in str(each))
    assert said.startswith(f"{len(over)} of {len(rows)} eluates exceed the limit of ")
    assert worst["at"].replace("T", " ")[:16] in said
    limit = next(each for each in result.figures if each.label.en == "Limit of parent per daughter")
    assert limit.value == 1.5e-4
    assert limit.note.en == "0.15 kBq Mo-99 / MBq Tc-99m"


def test_an_eluate_of_the_parent_alone_is_beyond_the_limit() -> None:
    result = GENERATOR.ask({**ASKED, "efficiency": "0", "breakthrough": "1%"})
    assert result.as_dict()["eluates"][0]["breakthrough_ratio"] is None
    assert any("the highest ratio is ∞" in str(each) for each in result.warnings)
    assert lines(result)


def test_eluates_that_reach_the_limit_while_they_may_be_used_are_warned_of() -> None:
    texts = {**ASKED, "elute": "08:00", "days": "1"}
    result = GENERATOR.ask({**texts, "breakthrough": "0.005%"})
    row = result.as_dict()["eluates"][0]
    assert row["breakthrough_ratio"] < 1.5e-4
    assert row["time_to_limit_s"] < 12 * 3600
    said = next(str(each) for each in result.warnings if "within 12 h" in str(each))
    hours, minutes = divmod(round(row["time_to_limit_s"] / 60), 60)
    assert f"after {hours} h {minutes} min" in said
    assert f"at 2026-12-07 {8 + hours:02d}:{minutes:02d}." in said
    # 1e-5 is reached only after a day, when the eluate is no longer used
    assert not GENERATOR.ask({**texts, "breakthrough": "0.001%"}).warnings


def test_rubidium_is_not_watched_for_hours() -> None:
    """It is gone in minutes: that its ratio grows beyond the limit within 12 h means nothing."""
    texts = {**ASKED, "kind": "sr82", "elute": "08:00", "days": "1"}
    result = GENERATOR.ask({**texts, "breakthrough": "1e-8"})
    assert result.as_dict()["eluates"][0]["time_to_limit_s"] < 12 * 3600
    assert not result.warnings
    assert GENERATOR.ask({**texts, "breakthrough": "1e-6"}).warnings


def test_what_is_not_checked_is_said() -> None:
    def notes(kind: str, **more: str) -> str:
        return " ".join(map(str, GENERATOR.ask({**ASKED, "kind": kind, **more}).notes))

    assert "No limit of Sr-90 in the eluate is tabulated for this kind: none is checked" in notes("sr90")
    assert "The limit is not checked" in notes("mo99")
    assert "No breakthrough" not in notes("mo99", breakthrough="0.001%") + notes("mo99", breakthrough="0")
    assert "Sr-85" in notes("sr82")
    assert "Sr-85" not in notes("mo99")


@pytest.mark.parametrize(
    ("texts", "ended", "until"),
    [
        ({"needed": "1 MBq"}, "life", "2026-12-27T08:00:00"),  # 21 d from the making, a day before
        ({"needed": "1 MBq", "rest": "48h"}, "life", "2026-12-26T08:00:00"),
        ({"needed": "1 MBq", "first": "2026-12-12T08:00"}, "life", "2026-12-27T08:00:00"),
        ({"needed": "5 GBq"}, "activity", None),
        ({"kind": "sr82", "needed": "1 MBq"}, "life", "2027-01-18T08:00:00"),  # 42 d from the calibration
        ({"kind": "sr90", "needed": "1 MBq"}, None, "2028-01-10T08:00:00"),
        ({"needed": "1 MBq", "first": "2027-01-12T08:00"}, "life", None),
    ],
)
def test_the_useful_life_ends_with_the_generators(
    texts: dict[str, str], ended: str | None, until: str | None
) -> None:
    answer = GENERATOR.ask({**ASKED, "elute": "08:00", **texts}).as_dict()
    assert answer["useful_ended_by"] == ended
    if ended != "activity":
        assert answer["useful_until"] == until
    else:
        assert answer["useful_until"] < answer["life_ends"]


def test_the_life_counts_from_the_calibration_not_from_the_start() -> None:
    texts = {**ASKED, "elute": "08:00", "days": "5", "first": "2026-12-25T08:00"}
    result = GENERATOR.ask(texts)
    assert result.as_dict()["life_ends"] == "2026-12-27T08:00:00"
    assert any(str(each).startswith("2 elutions lie beyond the 21 d") for each in result.warnings)
    early = GENERATOR.ask({**ASKED, "elute": "08:00", "days": "21"})
    assert not early.warnings
    assert any("ends 2026-12-27 08:00" in str(each) for each in early.notes)


@pytest.mark.parametrize(
    ("texts", "field", "message"),
    [
        ({"rest": "1e5y"}, "rest", "Nothing is left of Mo-99"),
        ({"first": "1000-01-01T00:00"}, "first", "too far before the calibration"),
        ({"first": "2026-12-07T12:00+00:00"}, "first", "give both an offset, or a time zone"),
        ({"kind": "ge68", "activity": "10 six-day Ci"}, "activity", "not for Ge-68"),
        ({"calibrated": "2026-12-07"}, "calibrated", "is not a date and time"),
        ({"calibrated": "2026年12月7日"}, "calibrated", "is not a date and time"),
        ({"calibrated": "0001-01-01T00:00", "zone": "Asia/Shanghai"}, "calibrated", "beyond the calendar"),
    ],
)
def test_what_does_not_fit_is_told_of_its_field(texts: dict[str, str], field: str, message: str) -> None:
    with pytest.raises(ProblemsError, match=message) as told:
        GENERATOR.ask({**ASKED, **texts})
    assert [problem.column for problem in told.value.problems] == [field]


@pytest.mark.parametrize(
    "text",
    [
        "2026年12月7日 8:00",
        "2026年12月07日8时",
        "2026年12月7日 8点00分",
        "2026-12-7 8:00",
        "2026/12/07 08:00",
    ],
)
def test_the_calibration_as_people_write_it(text: str) -> None:
    assert GENERATOR.ask({**ASKED, "calibrated": text}).as_dict()["calibrated"] == "2026-12-07T08:00:00"


def test_six_day_curies_are_those_of_the_release() -> None:
    result = GENERATOR.ask({**ASKED, "kind": "钼-99", "activity": "10 six-day Ci"})
    answer = result.as_dict()
    assert answer["kind"] == "mo99"
    assert answer["activity_bq"] == pytest.approx(activity_from_six_day(3.7e11))
    assert any("taken for that release" in str(each) for each in result.notes)
    assert not any("Six-day" in str(each) for each in GENERATOR.ask(ASKED).notes)
