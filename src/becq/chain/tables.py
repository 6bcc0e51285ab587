"""Tables of a network file → its data: headers to fields, nested rows to the rows they belong to.

The same for the sheets of a workbook and for the files of a folder; what a cell is and where it stands
differs, and is the reader's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from becq.chain.network import SECTIONS
from becq.chain.sheets import LICENCE_FIELDS, Sheet, plain
from becq.chain.source import Path, Place, Source
from becq.chain.suggestion import did_you_mean, where_defined
from becq.errors import Problem

Cell = str | int | float | bool | date | datetime | time | timedelta
NESTED = ("licences", "operations", "outages", "departures")
"""Sheets whose rows belong to rows of other sheets, in the order in which they are joined."""


@dataclass
class Table:
    """One table read: where its columns are and its rows as (row number, cells by column)."""

    sheet: Sheet
    file: str
    title: str | None = None
    """The sheet of the workbook; None for a file of its own."""
    header_row: int = 1
    labels: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


class Tables:
    """The tables of one network file.

    :param file: the workbook or the folder.
    :param head: what is given outside tables: their rows follow those of its sections.
    """

    def __init__(self, file: str, head: Source | None = None) -> None:
        self.file = file
        self.head = head
        self.named: dict[str, Table] = {}
        self.problems: list[Problem] = list(head.problems) if head else []
        self.broken: set[tuple[str, int, str]] = set()
        self._places: dict[Path, tuple[Table, int]] = {}
        self._needed: set[str] = set()

    def note(
        self, table: Table, message: str, remedy: str, row: int | None = None, column: str | None = None
    ) -> None:
        """Keep a problem of a table."""
        self.problems.append(Problem(table.file, row, column, message, remedy, table.title))

    def columns(
        self, table: Table, header: Sequence[Cell], below: Sequence[Sequence[Cell]]
    ) -> dict[int, str]:
        """The column that stands at each position, from the header; ``below`` are the rows under it."""
        columns: dict[int, str] = {}
        for index, cell in enumerate(header):
            label = f"{column_letter(index)} ({cell})" if filled(cell) else column_letter(index)
            if not filled(cell):
                if any(len(row) > index and filled(row[index]) for row in below):
                    message = "the column has no header"
                    remedy = f"write one of {', '.join(table.sheet.columns)} above it"
                    self.note(table, message, remedy, table.header_row, label)
                continue
            column = table.sheet.headers.get(plain(str(cell)))
            if column is None and str(cell).startswith("_"):
                continue
            if column is None:
                remedy = did_you_mean(str(cell), table.sheet.columns) or (
                    f"columns are {', '.join(table.sheet.columns)}; "
                    "start the header with '_' to have it ignored"
                )
                self.note(table, f"there is no column '{cell}' here", remedy, table.header_row, label)
            elif column in table.labels:
                message = f"the column is the same as {table.labels[column]}"
                self.note(table, message, "keep one of them", table.header_row, label)
            else:
                table.labels[column] = label
                columns[index] = column
        return columns

    def source(self) -> Source:
        """The data of all tables and the place of each value."""
        data: dict[str, Any] = dict(self.head.data) if self.head and self.head.data else {}
        for number, values in self._rows("network"):
            if data:
                self.note(self.named["network"], "a network has one row here", "remove this row", number)
                break
            data.update(values)
            self._places[()] = (self.named["network"], number)
        absent = {(section, name) for section in SECTIONS for name in self._absent(section)}
        for section in SECTIONS:
            self._append(section, data)
        owners = {section: _positions(rows) for section, rows in data.items() if section in SECTIONS}
        for name in NESTED:
            for number, values in self._rows(name):
                self._nest(self.named[name], number, dict(values), data, owners)
        given = set(self.head.data or ()) if self.head else set()
        return Source(
            self.file,
            data,
            self._locate,
            self.problems,
            frozenset(absent),
            frozenset(SECTIONS) - frozenset(self.named) - given,
            frozenset(self._needed),
            self._unread(),
            is_folder=self.head is not None,
        )

    def _append(self, section: str, data: dict[str, Any]) -> None:
        """The rows of a section's own table, after those that stand elsewhere."""
        rows, before = self._rows(section), data.get(section)
        if not rows or not (before is None or isinstance(before, list)):
            return  # what is no list is said to be none
        first = len(before or ())
        data[section] = [*(before or ()), *(dict(values) for _, values in rows)]
        for index, (number, _) in enumerate(rows, first):
            self._places[section, index] = (self.named[section], number)

    def _nest(
        self,
        table: Table,
        number: int,
        values: dict[str, Any],
        data: Mapping[str, Any],
        owners: Mapping[str, Mapping[str, int]],
    ) -> None:
        """One row of a nested list, put into the row it belongs to."""
        named = {column: values.pop(column) for column in table.sheet.parents if column in values}
        names = " or ".join(table.sheet.parents)
        if len(named) != 1:
            message = f"{names} is missing" if not named else f"only one of {names} can be given"
            column = table.labels.get(next(iter(table.sheet.parents)))
            remedy = "name the row of the other sheet that this one belongs to"
            self.note(table, message, remedy, number, column or next(iter(table.sheet.parents)))
            return
        [(column, value)] = named.items()
        section, label = table.sheet.parents[column], table.labels.get(column, column)
        if section not in self.named and section not in data:
            self._needed.add(section)
            return
        index = owners.get(section, {}).get(_key(value))
        if index is None:
            remedy = where_defined(str(value), section, owners.get(section, ()))
            self.note(table, f"'{value}' is not defined under {section}", remedy, number, label)
            return
        owner: dict[str, Any] = data[section][index]
        path: Path = (section, index, str(table.sheet.inner))
        if table.sheet.name == "licences":
            self._license(table, number, values, owner, path)
            return
        if table.sheet.name == "operations":
            if "licence" not in owner:
                message = f"'{value}' has no licence, so nothing may be handled there"
                self.note(table, message, "add a row for it to the sheet licences", number, label)
                return
            owner, path = owner["licence"], (*path, "operations")
        self._add(table, number, values, owner, path)

    def _license(
        self, table: Table, number: int, values: dict[str, Any], site: dict[str, Any], path: Path
    ) -> None:
        """One row of the licences: the licence itself, repeated or blank on further rows, and a nuclide."""
        head = {name: values.pop(name) for name in LICENCE_FIELDS if name in values}
        licence = site.get("licence")
        if licence is None:
            licence = site["licence"] = head
            self._places[path] = (table, number)
        if not isinstance(licence, dict):
            return
        for name, value in head.items():
            if licence.setdefault(name, value) != value:
                first = self._locate(path).row
                message = f"{name} differs from that of the same licence in row {first}"
                remedy = "write the same, or leave it blank"
                self.note(table, message, remedy, number, table.labels.get(name, name))
        if values:
            self._add(table, number, values, licence, (*path, "nuclides"))

    def _add(self, table: Table, number: int, values: dict[str, Any], owner: Any, path: Path) -> None:
        rows = owner.setdefault(str(path[-1]), []) if isinstance(owner, dict) else None
        if isinstance(rows, list):
            self._places[(*path, len(rows))] = (table, number)
            rows.append(values)

    def _rows(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        return self.named[name].rows if name in self.named else []

    def _absent(self, section: str) -> Iterator[str]:
        """Columns that every row needs and that are not there at all: said once, not on every row."""
        table = self.named.get(section)
        if table is None or not table.rows:
            return
        for name, info in table.sheet.fields.items():
            if info.is_required() and name not in table.labels:
                remedy = f"add a column '{name}': {info.description}"
                self.note(table, f"the column {name} is missing", remedy, table.header_row, name)
                yield name

    def _unread(self) -> frozenset[Path]:
        """Paths of the cells with a broken formula, which would be said to be missing too."""
        if not self.broken:
            return frozenset()
        return frozenset(
            (*path, column)
            for path, (table, number) in self._places.items()
            for column in table.sheet.columns
            if (table.sheet.name, number, column) in self.broken
        )

    def _locate(self, path: Path) -> Place:
        for length in range(len(path), -1, -1):
            found = self._places.get(path[:length])
            if found is None or (length == 0 and path and path[0] in SECTIONS):
                continue
            table, row = found
            rest = [part for part in path[length:] if isinstance(part, str)]
            name = rest[0] if rest else None
            file = table.file if self.head is not None else None  # a workbook may be renamed by its reader
            return Place(row, table.labels.get(name, name) if name else None, table.title, file)
        if self.head is not None:
            place = self.head.locate(path)
            return place._replace(file=self.head.file)
        network = self.named.get("network")
        name = str(path[0]) if path else None
        column = network.labels.get(name, name) if network and name else name
        if network is None:
            return Place(None, name, "network")
        return Place(network.header_row + 1, column, network.title)


def _positions(rows: Any) -> dict[str, int]:
    """Identifier → number of the first row that has it."""
    if not isinstance(rows, list):
        return {}
    numbered = [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)]
    return {_key(row.get("id", "")): index for index, row in reversed(numbered)}


def filled(value: Cell) -> bool:
    """Whether a cell holds anything."""
    return not (isinstance(value, str) and not value.strip())


def _key(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip()


def column_letter(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


__all__ = ["NESTED", "Cell", "Table", "Tables", "column_letter", "filled"]
