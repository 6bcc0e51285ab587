"""Printing what a calculator answers: one JSON object, or figures, tables, notes and sources as text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping

import typer

from becq.calculators.calculator import Calculator
from becq.calculators.registry import calculator
from becq.calculators.result import Column, Figure, Grid, Result
from becq.calculators.showing import NUMBERS, show
from becq.errors import InputError, Problem, ProblemsError
from becq.physics.units import raised

MOST_ROWS = 40


def answer(name: str, texts: Mapping[str, str | None], as_json: bool, units: str = "SI") -> None:
    """Ask calculator ``name`` with the options as written, and print.

    :raises InputError: with every option that cannot be read, on one line.
    """
    asked = calculator(name)
    try:
        result = asked.ask({key: text for key, text in texts.items() if text})
    except ProblemsError as error:
        raise InputError("; ".join(_say(asked, problem) for problem in error.problems)) from error
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(lines(result, units)))


def lines(result: Result, units: str = "SI") -> list[str]:
    """The result as lines of text; activities in Bq with curies beside them, or the other way round."""
    found = [f"{result.title}:"]
    heads = [_head(figure) for figure in result.figures]
    width = max((columns_of_terminal(head) for head in heads), default=0)
    for head, figure in zip(heads, result.figures, strict=True):
        found.append(f"  {pad(head, width)}  {_value(figure, units)}")
    for each in result.tables:
        found += ["", *_table(each, units)]
    for warning in result.warnings:
        found += ["", f"Attention: {raised(str(warning))}"]
    if result.notes:
        found += ["", *(f"Note: {raised(str(note))}" for note in result.notes)]
    if result.sources:
        found += ["", *(f"Source: {raised(source)}" for source in result.sources)]
    return found


def _say(asked: Calculator, problem: Problem) -> str:
    field = next((each for each in asked.fields if each.name == problem.column), None)
    where = "" if field is None else (field.flag or field.name.upper())
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return f"{where}: {problem.message}{remedy}" if where else f"{problem.message}{remedy}"


def _head(figure: Figure) -> str:
    return f"{figure.nuclide} {_small(figure.label.en)}" if figure.nuclide else figure.label.en


def _title(column: Column) -> str:
    label = column.label.en
    return f"{column.nuclide} {_small(label)}".strip() if column.nuclide else label


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _value(figure: Figure, units: str) -> str:
    parts = [show(figure.value, figure.kind, units)]
    if figure.relative_uncertainty is not None:
        parts[0] += f" ± {show(figure.relative_uncertainty, 'share', digits=2)}"
    if figure.kind.startswith("activity"):
        parts.append(f"({show(figure.value, figure.kind, 'SI' if units == 'Ci' else 'Ci')})")
    if figure.note.en:
        parts.append(figure.note.en)
    if figure.at is not None:
        parts.append(f"@ {show(figure.at, 'instant')}")
    return "  ".join(parts)


def _table(grid: Grid, units: str) -> list[str]:
    heads = [_title(column) for column in grid.columns]
    ends = [column.kind in NUMBERS for column in grid.columns]
    rows = [
        [show(cell, column.kind, units) for cell, column in zip(row, grid.columns, strict=True)]
        for row in grid.rows[:MOST_ROWS]
    ]
    widths = [max(columns_of_terminal(row[i]) for row in [heads, *rows]) for i in range(len(heads))]

    def line(cells: list[str]) -> str:
        padded = [pad(c, w, end=e) for c, w, e in zip(cells, widths, ends, strict=True)]
        return "  " + "  ".join(padded).rstrip()

    more = len(grid.rows) - MOST_ROWS
    rest = [f"  ... {more} more rows; --json prints all"] if more > 0 else []
    return [f"{grid.title}:", line(heads), *(line(row) for row in rows), *rest]


def columns_of_terminal(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def pad(text: str, width: int, *, end: bool = False) -> str:
    """A text filled up with spaces to a width, at its end or (``end``) before it."""
    space = " " * (width - columns_of_terminal(text))
    return space + text if end else text + space
