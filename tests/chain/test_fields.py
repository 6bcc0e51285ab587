"""Text with units outside, SI numbers inside, and exactly back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from becq.chain.fields import (
    Clock,
    Day,
    DurationS,
    Flag,
    Instant,
    NuclideName,
    Number,
    Share,
    SpecificActivityBqG,
    Text,
    Weekdays,
    write_activity,
    write_duration,
)
from becq.physics.quantities import parse_activity, parse_duration

# ruff: noqa: DTZ001  (times without an offset are what is tested)


@given(st.floats(0, 1e25))
def test_activity_reads_back(activity_bq: float) -> None:
    assert parse_activity(write_activity(activity_bq)) == activity_bq


@given(st.floats(0, 1e15))
def test_duration_reads_back(duration_s: float) -> None:
    assert parse_duration(write_duration(duration_s)) == duration_s


@given(st.floats(1e-6, 1e25))
def test_specific_activity_reads_back(bq_per_g: float) -> None:
    adapter = TypeAdapter(SpecificActivityBqG)
    assert adapter.validate_python(adapter.dump_python(bq_per_g)) == bq_per_g


@given(st.datetimes(timezones=st.none() | st.just(UTC)))
def test_instant_reads_back(moment: datetime) -> None:
    adapter = TypeAdapter(Instant)
    assert adapter.validate_python(adapter.dump_python(moment)) == moment


def test_written_as_people_write() -> None:
    assert [write_activity(value) for value in (7.4e9, 1e12, 185e6, 0.5)] == [
        "7.4 GBq",
        "1 TBq",
        "185 MBq",
        "0.5 Bq",
    ]
    assert [write_duration(value) for value in (1800.0, 129600.0, 1209600.0, 8100.0)] == [
        "30 min",
        "36 h",
        "14 d",
        "135 min",
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Instant, "2026-03-02 08:00", datetime(2026, 3, 2, 8)),
        (Instant, "2026/3/2 8:00", datetime(2026, 3, 2, 8)),
        (Instant, "2026年3月2日8:00", datetime(2026, 3, 2, 8)),
        (Instant, "2026-03-02T00:00:01Z", datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)),
        (Instant, "2026-03-02 08:00 +08:00", datetime(2026, 3, 2, tzinfo=UTC)),
        (Instant, date(2026, 3, 2), datetime(2026, 3, 2)),
        (Day, "2026年3月2日", date(2026, 3, 2)),
        (Day, datetime(2026, 3, 2), date(2026, 3, 2)),
        (Clock, "8:05", time(8, 5)),
        (Weekdays, "周一、周三", ["mon", "wed"]),
        (Weekdays, "一三五", ["mon", "wed", "fri"]),
        (Weekdays, "Friday; mon", ["mon", "fri"]),
        (Weekdays, "weekdays", ["mon", "tue", "wed", "thu", "fri"]),
        (Weekdays, ["星期日"], ["sun"]),
        (Share, "85 %", 0.85),
        (Flag, "是", True),
        (DurationS, 0, 0.0),
        (DurationS, time(2, 15), 8100.0),
        (Text, "  a  ", "a"),
    ],
)
def test_read_as_people_write(kind: object, text: object, value: object) -> None:
    assert TypeAdapter(kind).validate_python(text) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Instant, 1772438400),
        (Instant, "1772438400"),
        (Instant, "tomorrow"),
        (Instant, "2026-13-01 08:00"),
        (Day, datetime(2026, 3, 2, 8)),
        (Day, 20260302),
        (Clock, 8),
        (Clock, "8"),
        (Clock, time(8, tzinfo=UTC)),
        (Weekdays, "monkey"),
        (Weekdays, "mo"),
        (Flag, 1),
        (Share, True),
        (Text, "a\x00b"),
        (Text, 5),
        (SpecificActivityBqG, "450 GBq"),
        (SpecificActivityBqG, "450 GBq/l"),
        (DurationS, True),
    ],
)
def test_what_could_mean_anything_is_refused(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_insisting_on_a_look_alike_survives_writing() -> None:
    adapter = TypeAdapter(NuclideName)
    assert adapter.validate_python("Yb-177!") == "Yb-177"
    assert adapter.dump_python("Yb-177") == "Yb-177!"
    assert adapter.dump_python("Tc-99m") == "Tc-99m"


def test_minus_zero_is_zero() -> None:
    assert str(TypeAdapter(Number).validate_python(-0.0)) == "0.0"
