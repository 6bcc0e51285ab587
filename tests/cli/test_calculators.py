"""The calculators' commands as a user runs them: the lines of the pages, JSON, and refusals on one line."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from becq.calculators import registry
from becq.cli.main import app
from becq.physics.units import raised

from .test_nuclide import becq

CALCULATORS = registry.calculators()
EXAMPLES = [
    pytest.param(each, dict(texts), id=f"{each.name}-{i}")
    for each in CALCULATORS
    for i, (_title, texts) in enumerate(each.examples)
]


def here(capsys, *words: str) -> str:
    """What the command prints, run in this process: quicker than a new one for each of many lines."""
    app(list(words), prog_name="becq", standalone_mode=False)
    return capsys.readouterr().out


@pytest.mark.parametrize(("calculator", "texts"), EXAMPLES)
def test_the_line_that_a_page_shows_prints_what_the_page_shows(calculator, texts, capsys) -> None:
    line = shlex.split(calculator.command_line(calculator.read(texts)))[1:]
    printed = here(capsys, *line, "--json")
    assert json.loads(printed) == json.loads(json.dumps(calculator.ask(texts).as_dict()))


@pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda each: each.name)
def test_text_names_figures_tables_and_sources_with_units(calculator) -> None:
    texts = calculator.examples[0][1]
    result = calculator.ask(texts)
    run = becq(*shlex.split(calculator.command_line(calculator.read(texts)))[1:])
    assert run.returncode == 0
    assert run.stdout.startswith(f"{result.title.en}:\n")
    for grid in result.tables:
        assert f"\n{grid.title.en}:\n" in run.stdout
    assert "Bq" in run.stdout or "Sv/h" in run.stdout
    for source in result.sources:
        assert f"Source: {raised(source)}" in run.stdout


@pytest.mark.parametrize(("calculator", "texts"), EXAMPLES)
def test_text_has_no_e_notation(calculator, texts, capsys) -> None:
    printed = here(capsys, *shlex.split(calculator.command_line(calculator.read(texts)))[1:])
    assert re.findall(r"(?<![\w.])\d[\d.]*e[+-]?\d+", printed) == []


@pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda each: each.name)
def test_help_describes_every_input(calculator) -> None:
    run = becq(*calculator.command, "--help", COLUMNS="200")
    assert run.returncode == 0
    for field in calculator.fields:
        assert (field.flag or field.name.upper()) in run.stdout


@pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda each: each.name)
def test_wrong_inputs_are_refused_on_one_line_that_names_them(calculator) -> None:
    texts = dict(calculator.examples[0][1])
    wrong = [field.name for field in calculator.fields if field.name in texts][:2]
    inputs = calculator.read(texts)
    line = shlex.split(calculator.command_line(inputs))[1:]
    for name in wrong:
        line[line.index(texts[name])] = "?"
    run = becq(*line)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("becq: ")
    assert run.stderr.count("\n") == 1
    for name in wrong:
        field = calculator.field(name)
        assert f"{field.flag or field.name.upper()}: " in run.stderr


def test_what_is_needed_is_asked_for() -> None:
    run = becq("yield", "reactor", "--target", "Yb-176")
    assert run.returncode == 2
    assert "missing option" in run.stderr.lower()


def documented() -> list[str]:
    text = (Path(__file__).resolve().parents[2] / "docs" / "calculators.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("becq ")]


@pytest.mark.parametrize("line", documented())
def test_the_lines_of_the_document_work(line, capsys) -> None:
    assert json.loads(here(capsys, *shlex.split(line)[1:], "--json"))["sources"]


def test_the_keys_of_the_document_are_those_of_the_answers() -> None:
    keys: set[str] = set()
    for calculator in CALCULATORS:
        for _title, texts in calculator.examples:
            keys |= set(calculator.ask(texts).as_dict())
    text = (Path(__file__).resolve().parents[2] / "docs" / "calculators.md").read_text(encoding="utf-8")
    table = text.split("## What is answered")[1].split("\n## ")[0]
    named = {
        word for row in table.splitlines() if row.startswith("| ") for word in re.findall(r"`(\w+)`", row)
    }
    assert named - keys == set()
