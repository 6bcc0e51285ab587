"""What is wrong with a reference table: every problem, with row and column.

A table is held against the dictionary (columns, types, what is required, keys), against the other tables
(references) and against the decay data (nuclides, half-lives).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError, Problem
from becq.physics import decay_data
from becq.physics.decay_data import YEAR_S
from becq.physics.half_lives import evaluated_half_life
from becq.reports.catalogue.cells import parts, read_cell
from becq.reports.catalogue.dictionary import TYPES, ReferenceColumn, TableEntry, entry
from becq.reports.catalogue.table import file_names, file_text, split

_SECONDS: Mapping[str, float] = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "y": YEAR_S, "a": YEAR_S}
_AGREES = 0.01
"""Relative difference of half-lives that is never worth a word."""


def validate(name: str, text: str | None = None) -> list[Problem]:
    """Every problem of a reference table, in the order of its rows; none if it is as described.

    :param text: what the file would hold instead of what it holds; references are still looked up in the
        tables that are there.
    :raises InputError: for a table that the dictionary does not describe.
    """
    described = entry(name)
    return list(_problems(described, file_text(described.name) if text is None else text))


def validate_all() -> list[Problem]:
    """Every problem of every table, and every file that the dictionary does not describe."""
    found: list[Problem] = []
    for name in file_names():
        try:
            found += validate(name)
        except InputError as error:
            remedy = "add it to tables.csv and its columns to columns.csv"
            found.append(Problem(f"{name}.csv", None, None, str(error).partition(";")[0], remedy))
    return found


def _problems(described: TableEntry, text: str) -> Iterator[Problem]:
    file = f"{described.name}.csv"
    heads, lines = split(text)
    known = [column.name for column in described.columns]
    for head in (head for head in dict.fromkeys(heads) if head not in known):
        remedy = did_you_mean(head, known) or "add it to columns.csv"
        yield Problem(file, 1, head, "the dictionary does not describe this column", remedy)
    for head in (name for name in known if name not in heads):
        yield Problem(file, 1, head, "the column is missing", f"the dictionary has it: {','.join(known)}")
    for head, times in Counter(heads).items():
        if times > 1:
            yield Problem(file, 1, head, f"the column is there {times} times")
    at = {column.name: heads.index(column.name) for column in described.columns if column.name in heads}
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(heads):
            message = f"{len(cells)} cells, but the header has {len(heads)}"
            yield Problem(file, number, None, message, "quote cells that contain a comma")
            continue
        for column in described.columns:
            if column.name in at:
                yield from _cell(file, number, column, cells[at[column.name]])
        yield from _half_lives(file, number, described, at, cells)
    yield from _repeated(file, described, at, heads, lines)
    yield from _dangling(file, described, at, heads, lines)


def _cell(file: str, number: int, column: ReferenceColumn, text: str) -> Iterator[Problem]:
    if text == "":
        if column.required:
            remedy = "a row without its source is left out" if column.name == "source" else ""
            yield Problem(file, number, column.name, "the cell is empty, but required", remedy)
        return
    try:
        read_cell(text, column)
    except InputError as error:
        what = f"the dictionary says {column.type}" if column.type in TYPES else ""
        yield Problem(file, number, column.name, str(error), what)


def _repeated(
    file: str, described: TableEntry, at: Mapping[str, int], heads: Sequence[str], lines: Sequence[list[str]]
) -> Iterator[Problem]:
    """Rows with the key of an earlier row; without a key, rows that say the same as an earlier one."""
    key = [at[name] for name in described.key if name in at]
    if len(key) < len(described.key):
        return
    names = ", ".join(described.key)
    first: dict[tuple[str, ...], int] = {}
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(heads):
            continue
        identity = tuple(cells[i] for i in key) if key else tuple(cells)
        earlier = first.setdefault(identity, number)
        if earlier != number:
            said = "/".join(identity) if key else "the whole row"
            remedy = f"{names} must be unique" if key else ""
            yield Problem(file, number, names or None, f"{said} is already in row {earlier}", remedy)


def _dangling(
    file: str, described: TableEntry, at: Mapping[str, int], heads: Sequence[str], lines: Sequence[list[str]]
) -> Iterator[Problem]:
    """Values that the column referred to does not have."""
    for column in described.columns:
        if not column.reference or column.name not in at:
            continue
        other, _, theirs = column.reference.partition(".")
        if other == described.name:
            there = {cells[at[theirs]] for cells in lines if len(cells) == len(heads)}
        else:
            try:
                there = set(_values(other, theirs))
            except InputError as error:
                yield Problem("columns.csv", None, column.name, f"reference {column.reference}: {error}")
                continue
        for number, cells in enumerate(lines, start=2):
            if len(cells) != len(heads):
                continue
            for word in parts(cells[at[column.name]], column):
                if word not in there:
                    remedy = did_you_mean(word, there)
                    message = f"'{word}' is not in {column.reference}"
                    yield Problem(file, number, column.name, message, remedy)


@lru_cache(maxsize=32)
def _values(name: str, column: str) -> frozenset[str]:
    """All values of a column as they are written."""
    described = entry(name)
    described.column(column)
    heads, lines = split(file_text(described.name))
    i = heads.index(column)
    return frozenset(cells[i] for cells in lines if len(cells) == len(heads))


def _half_lives(
    file: str, number: int, described: TableEntry, at: Mapping[str, int], cells: Sequence[str]
) -> Iterator[Problem]:
    """A half-life must be that of the decay data within its uncertainty.

    It agrees if it lies within 1 % or two standard uncertainties of ICRP-107, with which everything is
    computed, or of NUBASE2020, which Becq ships beside it and which says where ICRP-107 is out of date.
    """
    of = next((c.name for c in described.columns if c.type == "nuclide" and c.key and c.name in at), "")
    if not of or not decay_data.known(cells[at[of]]):
        return
    name = cells[at[of]]
    used, evaluated = decay_data.half_life_s(name), evaluated_half_life(name)
    sigma = evaluated.uncertainty_s if evaluated else 0.0
    known = [used, *([evaluated.half_life_s] if evaluated else ())]
    for column in described.columns:
        unit = _SECONDS.get(column.unit)
        if unit is None or not column.name.startswith("half_life") or column.name not in at:
            continue
        try:
            value = float(cells[at[column.name]]) * unit
        except ValueError:
            continue  # empty, or told as no number already
        if not any(value == each or abs(value - each) <= max(_AGREES * each, 2 * sigma) for each in known):
            message = f"{cells[at[column.name]]} {column.unit} is not the half-life of {name}"
            yield Problem(
                file, number, column.name, message, f"the decay data have {used / unit:.6g} {column.unit}"
            )
