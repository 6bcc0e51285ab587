"""No number that somebody may write brings a calculator down: it answers finitely, or says what is wrong."""

from __future__ import annotations

import json
import re
import warnings

import numpy as np
import pytest

from becq.calculators import registry
from becq.calculators.reading import bounded
from becq.cli.answers import lines
from becq.errors import BecqError, InputError
from becq.physics.quantities import parse_current

NUMBERS = ("0", "-1", "1e308", "1e-308", "1e15", "nan", "inf", "9" * 300, "1e400")
CASES = [
    pytest.param(calculator, field, number, id=f"{calculator.name}-{field.name}-{number[:6]}")
    for calculator in registry.calculators()
    for field in calculator.fields
    for number in NUMBERS
    if re.match(r"[\d.]+", field.example)
]


@pytest.mark.parametrize(("calculator", "field", "number"), CASES)
def test_extreme_numbers_are_answered_or_refused(calculator, field, number) -> None:
    text = re.sub(r"^[\d.]+(e\d+)?", number, field.example)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            result = calculator.ask({**calculator.examples[0][1], field.name: text})
        except BecqError:
            return
        json.dumps(result.as_dict(), allow_nan=False)
        assert lines(result)
        for chart in result.charts:
            assert all(np.isfinite(curve.y).all() for curve in chart.curves)


def test_what_is_beyond_is_told_with_what_would_be_right() -> None:
    read = bounded(parse_current, 10.0, "10 A")
    assert read("50 uA") == pytest.approx(5e-5)
    with pytest.raises(InputError, match="use at most 10 A"):
        read("11 A")
    with pytest.raises(InputError, match="above zero"):
        read("0 A")
    assert bounded(parse_current, 10.0, "10 A", zero=True)("0 A") == 0.0
