"""What every calculator keeps to: texts in, JSON out, and a command line that asks for the same."""

from __future__ import annotations

import json
import math
import shlex

import numpy as np
import pytest

from becq.calculators import registry
from becq.calculators.calculator import beside
from becq.calculators.field import Field
from becq.calculators.showing import NUMBERS, show, split
from becq.calculators.words import Words
from becq.errors import InputError, ProblemsError

EXAMPLES = [
    pytest.param(each, dict(texts), id=f"{each.name}-{i}")
    for each in registry.calculators()
    for i, (_title, texts) in enumerate(each.examples)
]


@pytest.mark.parametrize(("calculator", "texts"), EXAMPLES)
def test_every_worked_example_gives_finite_numbers_as_json(calculator, texts) -> None:
    result = calculator.ask(texts)
    answer = result.as_dict()
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["sources"]
    assert result.figures
    for figure in result.figures:
        if figure.kind in NUMBERS and figure.value is not None:
            assert math.isfinite(figure.value), figure.label
    for chart in result.charts:
        for curve in chart.curves:
            assert curve.x.shape == curve.y.shape
            assert len(curve.x) > 2
            assert (np.diff(curve.x) >= 0).all()
            assert np.isfinite(curve.y).all()
    for grid in result.tables:
        assert grid.rows
        assert {len(row) for row in grid.rows} == {len(grid.columns)}


@pytest.mark.parametrize(("calculator", "texts"), EXAMPLES)
def test_the_command_line_holds_every_text_once_and_survives_a_shell(calculator, texts) -> None:
    inputs = calculator.read(texts)
    words = shlex.split(calculator.command_line(inputs))
    assert words[: 1 + len(calculator.command)] == ["becq", *calculator.command]
    rest = words[1 + len(calculator.command) :]
    again = {}
    positional = [field for field in calculator.fields if not field.flag]
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            field = next(each for each in calculator.fields if each.flag == word)
            again[field.name] = rest.pop(0)
        else:
            again[positional.pop(0).name] = word
    assert again == texts


@pytest.mark.parametrize("calculator", registry.calculators(), ids=lambda each: each.name)
def test_fields_are_told_in_both_languages_and_their_examples_can_be_read(calculator) -> None:
    for field in calculator.fields:
        assert field.label.en
        assert field.label.zh
        assert bool(field.help.en) == bool(field.help.zh)
        if field.example:
            field.parse(field.example)
        for value, _label in field.choices:
            field.parse(value)
        if field.suggestions is not None:
            offered = field.suggestions()
            assert offered
            for text in offered:
                field.parse(text)
    with pytest.raises(ProblemsError) as told:
        calculator.read({})
    assert [p.column for p in told.value.problems] == [f.name for f in calculator.fields if f.required]


def test_each_problem_names_its_field() -> None:
    decay = registry.calculator("decay")
    with pytest.raises(ProblemsError) as told:
        decay.read({"nuclide": "Yb-177", "activity": "1", "after": "fast", "steps": "0"})
    problems = {problem.column: problem.message for problem in told.value.problems}
    assert set(problems) == {"nuclide", "activity", "after", "steps"}
    assert "did you mean Lu-177" in problems["nuclide"]
    assert "has no unit" in problems["activity"]


def test_what_physics_refuses_is_bound_to_the_field_it_names() -> None:
    with pytest.raises(ProblemsError) as told, beside("energy", "material"):
        raise InputError("there is no material plutonium here")
    assert told.value.problems[0].column == "material"
    with pytest.raises(ProblemsError) as told, beside("energy", "material"):
        raise InputError("that is too much")
    assert told.value.problems[0].column == "energy"


def test_an_unknown_calculator_is_refused() -> None:
    with pytest.raises(InputError, match="There is no calculator 'x'; use decay"):
        registry.calculator("x")


def test_flags_of_the_command_line() -> None:
    label = Words("Exit", "出射")
    assert Field("exit_energy", label, str).flag == "--exit-energy"
    assert Field("exit_energy", label, str, option="exit").flag == "--exit"
    assert Field("nuclide", label, str, option="").flag == ""


@pytest.mark.parametrize(
    ("value", "kind", "system", "text"),
    [
        (7.4e9, "activity", "SI", "7.40 GBq"),
        (7.4e9, "activity", "Ci", "200 mCi"),
        (1e-9, "activity", "SI", "< 1 µBq"),
        (2.5e14, "activity_per_current", "SI", "250 MBq/µA"),
        (2.5e11, "activity_per_mass", "SI", "250 MBq/mg"),
        (3.7e13, "activity_per_mass", "Ci", "1.00 Ci/mg"),
        (0.5, "share", "SI", "50.0 %"),
        (9.9, "share", "SI", "990 %"),
        (1090.0, "share", "SI", "1,090 ×"),
        (2e-6, "share", "SI", "2.00×10⁻⁴ %"),
        (1e-5, "activity", "SI", "1.00×10⁻⁵ Bq"),
        (3.7e-9, "activity", "Ci", "< 10⁻¹⁶ Ci"),
        (2.78e-42, "dose_rate", "SI", "< 1 pSv/h"),
        (2.78e-10, "dose_rate", "SI", "278 pSv/h"),
        (1.76e-7, "share", "SI", "1.76×10⁻⁵ %"),
        (1e-9, "share", "SI", "< 10⁻⁶ %"),
        (0.0, "share", "SI", "0.00 %"),
        (7.4e-12, "number", "SI", "7.40×10⁻¹²"),
        (692936.64, "half_life", "SI", "8.020 d"),
        (1234567.0, "count", "SI", "1.235×10⁶"),
        (1234.0, "count", "SI", "1,234"),
        (3600.0, "duration", "SI", "1 h"),
        (None, "activity", "SI", "—"),
        (math.nan, "activity", "SI", "—"),
        ("Cu-64", "nuclide", "SI", "Cu-64"),
    ],
)
def test_numbers_are_shown_by_their_kind(value, kind, system, text) -> None:
    assert show(value, kind, system) == text


def test_number_and_unit_are_told_apart() -> None:
    assert split("7.40 GBq") == ("7.40", "GBq")
    assert split("2 h 15 min") == ("2 h 15 min", "")
    assert split("2.00×10¹⁴ cm⁻² s⁻¹") == ("2.00×10¹⁴", "cm⁻² s⁻¹")
    assert split("254 mg/cm²") == ("254", "mg/cm²")
    assert split("< 1 pSv/h") == ("< 1", "pSv/h")
    assert split("8 h 15 min") == ("8 h 15 min", "")
