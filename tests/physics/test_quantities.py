"""Units as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.decay_data import YEAR_S, half_life_s
from becq.physics.quantities import (
    format_activity,
    format_duration,
    format_half_life,
    parse_activity,
    parse_duration,
    six_day_curie,
    six_day_factor,
)
from becq.physics.units import raised


@pytest.mark.parametrize(
    ("text", "bq"),
    [
        ("7.4GBq", 7.4e9),
        ("200 mCi", 7.4e9),
        ("2 TBq", 2e12),
        ("5 gbq", 5e9),
        ("１０ＧＢｑ", 1e10),
        ("1,000 MBq", 1e9),
        ("5 μCi", 1.85e5),
        ("5 µCi", 1.85e5),
        ("5 uCi", 1.85e5),
        ("1 Ci", 3.7e10),
        ("2 curies", 7.4e10),
        ("3毫居里", 1.11e8),
        ("2 吉贝可", 2e9),
        ("5 兆贝可", 5e6),
        ("1 居里", 3.7e10),
        ("4 貝可", 4.0),
        ("1e3 kBq", 1e6),
        ("0 Bq", 0.0),
        ("5 mBq!", 5e-3),
        ("2 MCi !", 7.4e16),
    ],
)
def test_activity(text: str, bq: float) -> None:
    assert parse_activity(text) == pytest.approx(bq, rel=1e-14)


@pytest.mark.parametrize(
    "text", ["5 六天居里", "5 六日居里", "5 6-day Ci", "5 six-day Ci", "5000 6-day mCi", "5 6d Ci"]
)
def test_six_day_curies_are_told_at_release(text: str) -> None:
    released = parse_activity(text, nuclide="Mo-99")
    assert released == pytest.approx(5 * 3.7e10 * 2 ** (144 / 65.94), rel=1e-13)
    assert six_day_curie(released) == pytest.approx(5, rel=1e-13)
    assert six_day_factor() == pytest.approx(0.22, abs=0.001)


@pytest.mark.parametrize("nuclide", ["", "Ac-225", "Tc-99m"])
def test_six_day_curies_are_refused_but_for_mo99(nuclide: str) -> None:
    with pytest.raises(InputError, match="defined for Mo-99 .*; write the activity at its reference time"):
        parse_activity("10 six-day Ci", nuclide=nuclide)


def test_bare_numbers_only_where_allowed() -> None:
    assert parse_activity("1e9", allow_bare=True) == 1e9
    assert parse_duration("90", allow_bare=True) == 90
    assert parse_duration("0") == 0
    with pytest.raises(InputError, match="has no unit"):
        parse_activity("1e9")
    with pytest.raises(InputError, match="has no unit"):
        parse_duration("90")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5 mbq", "could be mBq"),
        ("5 MBQ", "could be mBq"),
        ("5 mci", "could be mCi"),
        ("5 mBq", "did you mean MBq"),
        ("200 MCi", "did you mean mCi"),
        ("5 GB", "unknown activity unit"),
        ("-3 Bq", "not below zero"),
        ("1e400 Bq", "finite"),
        ("GBq", "not an activity"),
        ("56-day Ci", "unknown activity unit"),
        ("", "not an activity"),
    ],
)
def test_activity_errors(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_activity(text)


@pytest.mark.parametrize(
    ("bq", "system", "digits", "text"),
    [
        (7.4e9, "SI", 3, "7.40 GBq"),
        (7.4e9, "Ci", 3, "200 mCi"),
        (999.6, "SI", 3, "1.00 kBq"),
        (0.0, "SI", 3, "0.00 Bq"),
        (0.5, "SI", 3, "0.500 Bq"),
        (-3e6, "SI", 3, "-3.00 MBq"),
        (123456.0, "SI", 5, "123.46 kBq"),
        (3.7e13, "Ci", 2, "1.0 kCi"),
        (1.85e5, "Ci", 1, "5 µCi"),
        (999.4e9, "SI", 3, "999 GBq"),
    ],
)
def test_format_activity(bq: float, system: str, digits: int, text: str) -> None:
    assert format_activity(bq, system, digits) == text


@given(st.floats(min_value=1e-3, max_value=1e18), st.sampled_from(["SI", "Ci"]))
def test_activity_round_trip(bq: float, system: str) -> None:
    assert parse_activity(format_activity(bq, system, digits=9)) == pytest.approx(bq, rel=1e-8)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10d", 864000),
        ("2 h 15 min", 8100),
        ("2h15min", 8100),
        ("66 h", 237600),
        ("3天", 259200),
        ("1天6小时", 108000),
        ("30 分钟", 1800),
        ("2:15", 8100),
        ("-1 d", -86400),
        ("1.5 H", 5400),
        ("1 year", 365.2422 * 86400),
        ("20 ms", 0.02),
    ],
)
def test_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds, rel=1e-14)


@pytest.mark.parametrize("text", ["5 m", "5 mo", "h", "", "2 h -3 min", "6,5 h", "1 MS", "tomorrow"])
def test_duration_errors(text: str) -> None:
    with pytest.raises(InputError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (8100, "2 h 15 min"),
        (864000, "10 d"),
        (237600, "2 d 18 h"),
        (59.99, "1 min"),
        (3599.7, "1 h"),
        (86399, "1 d"),
        (4.2e-6, "4.20 µs"),
        (90, "1 min 30 s"),
        (-8100, "-2 h 15 min"),
        (0, "0 s"),
        (math.inf, "stable"),
        (1e9, "31.7 y"),
    ],
)
def test_format_duration(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(min_value=0.1, max_value=5e7))
def test_duration_round_trip(seconds: float) -> None:
    """Two units keep at least one part in 24."""
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=1 / 24)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("I-131", "8.021 d"),
        ("F-18", "109.8 min"),
        ("Ra-226", "1600 y"),
        ("Mo-99", "65.94 h"),
        ("Tc-99m", "6.015 h"),
        ("U-238", "4.468×10⁹ y"),
        ("Po-213", "4.200 µs"),
    ],
)
def test_a_half_life_is_one_number_to_compute_with(name: str, text: str) -> None:
    assert format_half_life(half_life_s(name)) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1us", 1e-6), ("5µs", 5e-6), ("5 μs", 5e-6), ("5 微秒", 5e-6), ("20 ns", 2e-8), ("20纳秒", 2e-8)],
)
def test_reads_micro_and_nanoseconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds, rel=1e-12)


def test_years_are_written_out() -> None:
    assert format_duration(1600 * YEAR_S) == "1600 y"
    assert format_duration(28.79 * YEAR_S) == "28.8 y"
    assert format_duration(1.91e19 * YEAR_S) == "1.91×10¹⁹ y"
    assert parse_duration("1.91×10¹⁹ y") == pytest.approx(1.91e19 * YEAR_S)


def test_e_notation_is_raised() -> None:
    said = "from 1e-6 to 2.5e+14 per cm²; IRDFF-2e3x and 1e are names"
    assert raised(said) == "from 10⁻⁶ to 2.5×10¹⁴ per cm²; IRDFF-2e3x and 1e are names"
