"""Cells of reference tables: the text of a file as a typed value, and a value as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from becq.errors import InputError
from becq.physics.elements import elements
from becq.physics.nuclides import nuclide
from becq.reports.catalogue.dictionary import ReferenceColumn

Cell = float | int | bool | str | date | tuple[float, ...] | tuple[str, ...] | None

FLAGS: Mapping[str, bool] = {"yes": True, "no": False}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?inf")
_INTEGER = re.compile(r"[+-]?\d+")
_ISOTOPE = re.compile(r"([A-Z][a-z]?)-([1-9]\d{0,2})[mn]?")


def read_cell(text: str, column: ReferenceColumn) -> Cell:
    """The value of a cell; None where it is empty.

    Lists become tuples. "inf" is a number (unlimited); "nan" is not.

    :raises InputError: saying what the text is not, and for a nuclide that the decay data do not know.
    """
    if text == "":
        return None
    if column.type not in _READERS:
        raise InputError(f"'{column.type}' is not a type of column; use one of {', '.join(_READERS)}")
    return _READERS[column.type](text, column)


def parts(text: str, column: ReferenceColumn) -> tuple[str, ...]:
    """The single words of a cell: several in a list, else the text itself; none in an empty cell."""
    if column.type in {"nuclides", "isotopes"}:
        return tuple(filter(None, re.split(r"[; ]", text)))
    if column.type in {"texts", "reactions"}:
        return tuple(filter(None, (part.strip() for part in text.split(";"))))
    if column.type == "numbers":
        return tuple(text.split())
    return (text,) if text else ()


def as_json(value: Cell) -> Any:
    """A value that JSON can hold: infinity as the text "inf", a date as ISO text, a list as a list."""
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, date):
        return value.isoformat()
    return value


def _number(text: str, column: ReferenceColumn) -> float:
    if _NUMBER.fullmatch(text) is None:
        raise InputError(f"'{text}' is not a number")
    return float(text)


def _integer(text: str, column: ReferenceColumn) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise InputError(f"'{text}' is not a whole number")
    return int(text)


def _numbers(text: str, column: ReferenceColumn) -> tuple[float, ...]:
    return tuple(_number(part, column) for part in parts(text, column))


def _texts(text: str, column: ReferenceColumn) -> tuple[str, ...]:
    return parts(text, column)


def _text(text: str, column: ReferenceColumn) -> str:
    if text != text.strip():
        raise InputError(f"'{text}' begins or ends with a space")
    return text


def _flag(text: str, column: ReferenceColumn) -> bool:
    if text not in FLAGS:
        raise InputError(f"'{text}' is neither yes nor no")
    return FLAGS[text]


def _choice(text: str, column: ReferenceColumn) -> str:
    if text not in column.choices:
        raise InputError(f"'{text}' is none of {', '.join(column.choices)}")
    return text


def _date(text: str, column: ReferenceColumn) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is not a day; write it like 2026-11-25") from None


def _nuclide(text: str, column: ReferenceColumn) -> str:
    return nuclide(text).name


def _nuclides(text: str, column: ReferenceColumn) -> tuple[str, ...]:
    return tuple(_nuclide(part, column) for part in parts(text, column))


def _isotope(text: str, column: ReferenceColumn) -> str:
    match = _ISOTOPE.fullmatch(text)
    found = elements().get(match[1]) if match else None
    if match is None or found is None or int(match[2]) < found.z:
        raise InputError(f"'{text}' is not an isotope; write it like Sc-42 or Nb-97m")
    return text


def _isotopes(text: str, column: ReferenceColumn) -> tuple[str, ...]:
    return tuple(_isotope(part, column) for part in parts(text, column))


def _reaction(text: str, column: ReferenceColumn) -> str:
    from becq.physics.accelerator.reactions import parse_reaction

    parse_reaction(text)
    return text


def _reactions(text: str, column: ReferenceColumn) -> tuple[str, ...]:
    return tuple(_reaction(part, column) for part in parts(text, column))


_READERS: Mapping[str, Callable[[str, ReferenceColumn], Cell]] = {
    "number": _number,
    "integer": _integer,
    "numbers": _numbers,
    "text": _text,
    "texts": _texts,
    "flag": _flag,
    "choice": _choice,
    "date": _date,
    "nuclide": _nuclide,
    "nuclides": _nuclides,
    "isotope": _isotope,
    "isotopes": _isotopes,
    "reaction": _reaction,
    "reactions": _reactions,
}
