"""Rows of a reference table that meet conditions such as ``nuclide=Mo-99`` or ``a1_tbq>=1``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.reports.catalogue.cells import FLAGS, Cell, parts, read_cell
from becq.reports.catalogue.dictionary import NUMERIC, ReferenceColumn, tables
from becq.reports.catalogue.table import ReferenceTable, file_text, split

_SIGN = re.compile(r"!=|>=|<=|=|>|<|~")
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
_NUCLIDES = frozenset({"nuclide", "nuclides", "isotope", "isotopes"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows must meet in one column; ``sign``: ``= != < <= > >=`` or ``~`` (contains)."""

    column: ReferenceColumn
    sign: str
    wanted: Cell

    def holds(self, text: str, value: Cell) -> bool:
        """Whether a cell meets it. An empty cell equals nothing but an empty wish, and is in no order."""
        if self.sign == "~":
            return str(self.wanted).casefold() in text.casefold()
        if self.sign in _ORDER:
            return value is not None and _ORDER[self.sign](value, self.wanted)
        if self.column.type in {"nuclides", "isotopes", "texts", "reactions"}:
            words = parts(text, self.column)
            same = self.wanted in words if self.wanted is not None else not words
        else:
            same = value == self.wanted
        return same if self.sign == "=" else not same


def read_condition(table: ReferenceTable, text: str) -> Condition:
    """A condition as people write it: column, sign, value.

    Nuclides may be written in any spelling; numbers as 1e6; flags as yes or no; nothing after ``=`` asks for
    empty cells.

    :raises InputError: for an unknown column, a sign that its type does not have, or an unreadable value.
    """
    match = _SIGN.search(text)
    if match is None or not text[: match.start()].strip():
        raise InputError(f"'{text}' is no condition; write it like nuclide=Mo-99 or a1_tbq>=1")
    column = table.entry.column(text[: match.start()].strip())
    sign, wanted = match[0], text[match.end() :].strip()
    if sign == "~":
        if not wanted:
            raise InputError(f"'{text}' says nothing to look for; write it like {column.name}~word")
        return Condition(column, sign, wanted)
    if sign in _ORDER and column.type not in NUMERIC | {"date"}:
        raise InputError(f"'{text}': {column.name} holds {column.type}, which has no order; use =, != or ~")
    if column.type == "numbers":
        raise InputError(f"'{text}': {column.name} holds lists of numbers; use ~")
    if sign in _ORDER and not wanted:
        raise InputError(f"'{text}' has no value after {sign}")
    try:
        return Condition(column, sign, _wanted(wanted, column))
    except InputError as error:
        raise InputError(f"'{text}': {error}") from None


def select(table: ReferenceTable, conditions: Iterable[Condition]) -> list[int]:
    """Numbers (from 0) of the rows that meet all conditions, in the order of the file."""
    at = {column.name: i for i, column in enumerate(table.columns)}
    found: Iterable[int] = range(len(table.rows))
    for condition in conditions:
        i = at[condition.column.name]
        found = [n for n in found if condition.holds(table.texts[n][i], table.rows[n][i])]
    return list(found)


def find(table: ReferenceTable, text: str) -> list[int]:
    """Numbers (from 0) of the rows that contain a text in any cell, whatever its case.

    A nuclide, in any spelling, finds its canonical name as a whole: "99Tc" finds Tc-99, not Tc-99m.
    """
    return _hits(table.columns, table.texts, text)


def mentions(text: str) -> dict[str, int]:
    """How many rows of each table contain a text, as :func:`find` does; tables without any are left out."""
    if not text.strip():
        return {}
    named, needle = _needle(text)
    counts: dict[str, int] = {}
    for described in tables().values():
        content = file_text(described.name)
        if (named not in content) if named else (needle not in content.casefold()):
            continue
        heads, lines = split(content)
        count = len(_hits([described.column(head) for head in heads], lines, text))
        if count:
            counts[described.name] = count
    return counts


def _needle(text: str) -> tuple[str, str]:
    """The canonical name of the nuclide that a text means, "" for none, and the text to look for."""
    needle = text.strip().casefold()
    if len(needle) < 3:  # "d" and "t" are hydrogen, but hardly meant
        return "", needle
    try:
        return parse_nuclide(text).name, needle
    except InputError:
        return "", needle


def _hits(columns: Sequence[ReferenceColumn], lines: Sequence[Sequence[str]], text: str) -> list[int]:
    named, needle = _needle(text)
    whole = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(named)}(?![A-Za-z0-9])") if named else None
    found = []
    for n, cells in enumerate(lines):
        for cell, column in zip(cells, columns, strict=True):
            if whole is None:
                hit = needle in cell.casefold()
            elif column.type in _NUCLIDES:
                hit = named in parts(cell, column)
            else:
                hit = whole.search(cell) is not None
            if hit:
                found.append(n)
                break
    return found


def columns_named(table: ReferenceTable, names: Iterable[str]) -> list[int]:
    """Positions of columns by their names.

    :raises InputError: with a suggestion, for a column that the table lacks.
    """
    at = {column.name: i for i, column in enumerate(table.columns)}
    return [at[table.entry.column(name).name] for name in names]


def _wanted(text: str, column: ReferenceColumn) -> Cell:
    if text == "":
        return None
    if column.type in _NUCLIDES:
        return parse_nuclide(text).name if column.type.startswith("nuclide") else text
    if column.type in {"texts", "text", "reaction", "reactions"}:
        return text
    if column.type == "flag" and text.lower() in {"yes", "no", "true", "false", "1", "0"}:
        return FLAGS["yes" if text.lower() in {"yes", "true", "1"} else "no"]
    return read_cell(text, column)
