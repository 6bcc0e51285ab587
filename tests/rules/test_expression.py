"""Formulas of rules: every number is a float, as in Python, and words that cannot match are refused."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.rules.expression import check_expression, names_in, read_expression, sample
from becq.rules.subject import subject

HOLDING = subject("holding").facts


def value(text: str, activity_bq: float = 1.5, **facts: object) -> object:
    table = sample(HOLDING).head(1)
    changed = {"activity_bq": activity_bq, "label": "abc", **facts}
    table = table.with_columns(pl.lit(cell).alias(name) for name, cell in changed.items())
    return table.select(read_expression(text).alias("value"))["value"].item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POW(10, 20)", 1e20),
        ("1000000000 * 1000000000 * 100", 1e20),
        ("activity_bq * (1/2)", 0.75),
        ("99999999999999999999", 1e20),
        ("CASE WHEN activity_bq > 1 THEN 4000000000 ELSE 0 END * 4000000000", 1.6e19),
        ("EXTRACT(YEAR FROM day) * EXTRACT(YEAR FROM day) * EXTRACT(YEAR FROM day)", 2026.0**3),
        ("LENGTH(label) - 5", -2.0),
        ("LENGTH(label) - LENGTH('abcdef')", -3.0),
        ("ROUND(activity_bq / 7, 2)", 0.21),
        ("ROUND(POW(activity_bq, 2), 1)", 2.2),
        ("2.5 * activity_bq + .5", 4.25),
        ("2.5e9 * activity_bq", 3.75e9),
        ("COALESCE(licensed, 0) + 1", 2.0),
        ("CAST(licensed AS DOUBLE)", 1.0),
        ("CAST(label AS DOUBLE)", None),
        ("GREATEST(activity_bq, 2)", 2.0),
    ],
)
def test_numbers_are_floats(text: str, expected: float | None) -> None:
    got = value(text)
    assert got is None if expected is None else got == pytest.approx(expected)
    assert not isinstance(got, int)


def test_digits_in_text_and_names_stay() -> None:
    assert value("label = '10'", label="10") is True
    assert value("nuclide = 'I-131'", nuclide="I-131") is True
    assert names_in("dose_rate_1m_sv_h > 25") == ("dose_rate_1m_sv_h",)


formulas = st.recursive(
    st.one_of(st.integers(0, 10**12).map(str), st.just("activity_bq")),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(formulas, st.floats(1e-3, 1e15))
def test_arithmetic_is_that_of_floats(text: str, activity_bq: float) -> None:
    numbers = {"activity_bq": activity_bq}
    expected = eval(_floats(text), {"__builtins__": {}}, numbers)  # noqa: S307 -- our own digits and signs
    got = value(text, activity_bq)
    assert isinstance(got, float)
    assert math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-12 * _scale(text, activity_bq))


def _floats(text: str) -> str:
    return " ".join(part + ".0" if part.isdigit() else part for part in _split(text))


def _scale(text: str, activity_bq: float) -> float:
    """The largest any part can be: the sum that the difference of two large ones is small against."""
    signs = " ".join("+" if part == "-" else part + ".0" if part.isdigit() else part for part in _split(text))
    return float(eval(signs, {"__builtins__": {}}, {"activity_bq": activity_bq}))  # noqa: S307


def _split(text: str) -> list[str]:
    return text.replace("(", "( ").replace(")", " )").split()


def refused(text: str, *, truth: bool = False) -> str:
    with pytest.raises(InputError) as caught:
        check_expression(text, HOLDING, sample(HOLDING), truth=truth)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_kind = 'Hospital'", "site_kind is never 'Hospital'; did you mean 'hospital'?"),
        ("site_kind IN ('hospital', 'clinic')", "site_kind is never 'clinic'; it is one of reactor, "),
        ("NOT nuclide <> 'F18'", "nuclide is never 'F18'; write 'F-18'"),
        ("nuclide IN ('I-131', '碘-131')", "nuclide is never '碘-131'; write 'I-131'"),
        ("day >= '2026-01-01'", "a day is compared with text; write it as DATE '2026-12-07'"),
        ("activity_bq::int > 1", "'::' means nothing here"),
        ("activity_bq // 2 > 1", "'//' means nothing here"),
        ("activity_bq > 1 -- always", "'--' means nothing here"),
        ("CAST(activity_bq AS BIGINT) > 1", "nothing is cast to BIGINT; a value is cast to DOUBLE, VARCHAR"),
        ("day > DATE 'tomorrow'", "'tomorrow' is not a day; write it as DATE '2026-12-07'"),
        ("day > 5", "a day is compared with a number; write it as DATE '2026-12-07'"),
        ("activity_bq > 'much'", "numbers, text, flags and days are mixed in it"),
        ("(activity_bq > 1", "it is no complete expression"),
    ],
)
def test_what_could_never_hold_is_refused(text: str, said: str) -> None:
    assert said in refused(text, truth=True)


@pytest.mark.parametrize(
    "text",
    ["day >= DATE '2026-01-01'", "COALESCE(site_kind, '') = ''", "label LIKE 'x::y'", "label = 'Hospital'"],
)
def test_what_may_hold_is_taken(text: str) -> None:
    check_expression(text, HOLDING, sample(HOLDING), truth=True)
