"""Rows of facts as people write them: ``{"discharge": [{"nuclide": "I-131", ...}]}``.

Words are read as the vocabulary knows them: a nuclide in any of its spellings, a choice in English or in
Chinese. A word that is none of the choices is refused, since no rule would ever match it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError, Problem, ProblemsError
from becq.physics.nuclides import parse_nuclide
from becq.rules.subject import Fact, frame, subject, subjects

_BETWEEN = re.compile(r"\s*[,，、;；]\s*")


class _FactError(ValueError):
    """A value that a fact cannot have: what is wrong with it, and what would be right."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message)


def read_fact_rows(body: Any, name: str) -> dict[str, pl.DataFrame]:
    """The tables of facts of rows by subject.

    :param name: of the document, for messages.
    :raises ProblemsError: with every value that is wrong, by subject, row and fact.
    :raises InputError: where the document is no mapping of subjects.
    """
    if not isinstance(body, Mapping) or not body:
        raise InputError(f"{name}: facts are rows by subject, for example discharge: [...]")
    problems: list[Problem] = []
    tables: dict[str, pl.DataFrame] = {}
    for kind, rows in body.items():
        if kind not in subjects():
            remedy = did_you_mean(str(kind), subjects()) or f"subjects are {', '.join(subjects())}"
            problems.append(Problem(name, None, str(kind), f"there is no subject '{kind}'", remedy))
            continue
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            remedy = "write a list of mappings, one for each subject"
            problems.append(Problem(name, None, kind, f"{kind} holds no rows", remedy))
            continue
        read = [_row(row, kind, name, f"{kind}[{number}]", problems) for number, row in enumerate(rows)]
        columns = {fact: [row.get(fact) for row in read] for row in read for fact in row}
        columns["label"] = [row.get("label") or f"{kind} {n}" for n, row in enumerate(read, start=1)]
        tables[kind] = frame(kind, columns)
    if problems:
        raise ProblemsError(problems)
    return tables


def _row(row: Mapping[str, Any], kind: str, name: str, where: str, problems: list[Problem]) -> dict[str, Any]:
    facts = subject(kind).facts
    read: dict[str, Any] = {}
    for column, value in row.items():
        at = f"{where}.{column}"
        if column not in facts:
            problems.append(
                Problem(name, None, at, "there is no such fact", did_you_mean(str(column), facts))
            )
            continue
        try:
            read[column] = None if value is None else _read(facts[column], value)
        except _FactError as error:
            problems.append(Problem(name, None, at, error.message, error.remedy))
    return read


def _read(fact: Fact, value: Any) -> Any:
    if fact.type == "number":
        return _number(fact, value)
    if fact.type == "flag":
        return _of_type(fact, value, bool, "write true or false")
    if fact.type == "day":
        return _day(value)
    if fact.type == "nuclides" and isinstance(value, list):
        value = ", ".join(map(str, value))
    text = _of_type(fact, value, str, "write it as text").strip()
    if fact.type == "nuclide":
        return _nuclide(text)
    if fact.type == "nuclides":
        return ", ".join(_nuclide(each) for each in _BETWEEN.split(text))
    return _choice(fact, text) if fact.choices else text


def _of_type(fact: Fact, value: Any, wanted: type, remedy: str) -> Any:
    if not isinstance(value, wanted):
        raise _FactError(f"{value!r} is not a {fact.type}", remedy)
    return value


def _number(fact: Fact, value: Any) -> float:
    said = "a number" if fact.unit == "1" else f"a number in {fact.unit}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _FactError(f"{value!r} is not a number", f"write {said}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _FactError(
            f"{str(value)[:40]} is not finite", f"write {said}, or leave it out where it is not known"
        )
    if number < 0 and fact.unit != "d":
        raise _FactError(f"{value!r} is below zero", f"write {said}, zero or more")
    if fact.choices and number not in map(float, fact.choices):
        raise _FactError(f"{value!r} is not a choice", f"choices are {', '.join(fact.choices)}")
    return number


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _FactError(f"{value!r} is not a day", "write YYYY-MM-DD") from None


def _nuclide(text: str) -> str:
    try:
        return parse_nuclide(text).name
    except InputError as error:
        raise _FactError(str(error), "write a nuclide such as I-131") from error


def _choice(fact: Fact, text: str) -> str:
    """The choice that a word names, in English or Chinese, whatever its case."""
    words = {each.casefold(): each for each in fact.choices}
    for names in (fact.choices_en, fact.choices_zh):
        words |= {name.casefold(): code for name, code in zip(names, fact.choices, strict=True)}
    found = words.get(text.casefold())
    if found is None:
        meant = did_you_mean(text, [*fact.choices, *fact.choices_zh])
        raise _FactError(f"'{text}' is not a choice", meant or f"choices are {', '.join(fact.choices)}")
    return found
