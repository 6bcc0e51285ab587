"""Reading the network file from an Excel workbook (.xlsx).

A blank cell means the default, as a field left out of the YAML file does. Formulas count with the value
Excel computed when the file was last saved. Sheets whose name starts with '_' and the notes are not read.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import unescape
from pathlib import Path as FilePath
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from becq.chain.definition import leaf
from becq.chain.network import SECTIONS
from becq.chain.sheets import LICENCE_FIELDS, NOTES, SHEET_NAMES, SHEETS, Sheet, plain
from becq.chain.source import Path, Place, Source, unreadable
from becq.chain.suggestion import did_you_mean, where_defined
from becq.errors import Problem

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_CELLS = 20_000_000
"""Rows times columns of one sheet, blank ones in between included."""

Cell = str | int | float | bool | date | datetime | time | timedelta
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_BROKEN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*?\bt="e"[^>]*>.*?<v>([^<]*)</v>')
_UNCOMPUTED = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?P<text>[^>]*\bt="str")?[^>/]*>\s*'
    rb"<f\b[^<]*(?:/>|</f>)\s*(?(text)|(?:<v>\s*</v>|<v\s*/>)?)\s*</c>"
)


def read_workbook(path: FilePath) -> Source:
    """The data of a workbook and the cell of each value; problems instead of exceptions."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = f"a network file has at most {MAX_BYTES // 10**6} MB"
            return unreadable(path, f"the file has {size / 1e6:.0f} MB", limit)
        refused = _inspect(path)
        if refused is not None:
            return refused
        with CalamineWorkbook.from_path(path) as workbook:
            return _Reader(path, workbook).read()
    except OSError as error:
        return unreadable(
            path, f"the file cannot be read: {error.strerror}", "give the path of a network file"
        )
    except PasswordError:
        return unreadable(path, "the workbook is protected by a password", "save it without one")
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return unreadable(path, "the file is not an Excel workbook", "save it as .xlsx")
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how calamine's Rust reports what it did not foresee
            raise
        return unreadable(path, "the workbook is damaged", "open it in Excel and save it again")


def _inspect(path: FilePath) -> Source | None:
    """Refuse what would exhaust memory before it is opened, and cells without a value of their own."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            return unreadable(path, "the workbook is too large unpacked", "remove what is not needed")
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            return unreadable(path, "the file is not an Excel workbook", "save it as .xlsx")
        for part in parts:
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
                continue
            rows, columns = 0, 0
            for match in _CELL.finditer(archive.read(part)):
                rows, columns = max(rows, int(match[2])), max(columns, _column_number(match[1].decode()))
            if rows * columns > MAX_CELLS:
                last = f"{column_letter(columns - 1)}{rows}"
                remedy = "delete the rows and columns beyond the data"
                return unreadable(path, f"a sheet reaches to cell {last}", remedy)
    return None


def _faults(path: FilePath) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet → (row, column) → what is wrong with a formula there."""
    faults: dict[str, dict[tuple[int, int], str]] = {}
    with zipfile.ZipFile(path) as archive:
        for name, part in _sheet_parts(archive):
            found: dict[tuple[int, int], str] = {}
            content = archive.read(part)
            if b"<f" in content or b't="e"' in content:
                for cell in re.finditer(rb"<c [^>]*[^/]>.*?</c>", content, re.DOTALL):
                    broken, uncomputed = _BROKEN.fullmatch(cell[0][:-4]), _UNCOMPUTED.fullmatch(cell[0])
                    match = broken or uncomputed
                    if match:
                        at = (int(match[2]), _column_number(match[1].decode()) - 1)
                        found[at] = broken[3].decode() if broken else ""
            faults[name] = found
    return faults


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet and the part of the archive that holds it."""
    names = archive.namelist()
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    rels = "xl/_rels/workbook.xml.rels"
    relations = archive.read(rels).decode("utf-8", "replace") if rels in names else ""
    targets = {}
    for tag in re.findall(r"<Relationship [^>]*>", relations):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if key and target:
            targets[key[1]] = target[1]
    for tag in re.findall(r"<sheet [^>]*>", book):
        name, key = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        target_path = targets.get(key[1], "") if key else ""
        part = target_path.removeprefix("/") if target_path.startswith("/") else f"xl/{target_path}"
        if name and part in names:
            yield unescape(name[1]), part


@dataclass
class _Table:
    """One sheet read: where its columns are and its rows as (row number, cells by column)."""

    sheet: Sheet
    title: str
    header_row: int = 1
    labels: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


class _Reader:
    def __init__(self, path: FilePath, workbook: CalamineWorkbook) -> None:
        self.path = path
        self.workbook = workbook
        self.faults = _faults(path)
        self.problems: list[Problem] = []
        self.tables: dict[str, _Table] = {}
        self.places: dict[Path, tuple[_Table, int]] = {}
        self.absent: set[tuple[str, str]] = set()
        self.needed: set[str] = set()
        self.broken: set[tuple[str, int, str]] = set()

    def read(self) -> Source:
        for title in self.workbook.sheet_names:
            if title.startswith("_") or SHEET_NAMES.get(plain(title)) == NOTES:
                continue
            name = SHEET_NAMES.get(plain(title))
            if name is None:
                remedy = did_you_mean(title, SHEETS) or (
                    f"sheets are {', '.join(SHEETS)}; start the name with '_' to have it ignored"
                )
                self._note(f"there is no sheet '{title}' in a network file", remedy, title)
            elif name in self.tables:
                first = self.tables[name].title
                self._note(f"'{title}' and '{first}' are the same sheet", "keep one of them", title)
            else:
                self.tables[name] = self._table(SHEETS[name], title)
        if not self.tables:
            remedy = "start from a template: becq network template network.xlsx"
            return unreadable(self.path, "the workbook has no sheet of a network file", remedy)
        data = self._data()
        lacking = frozenset(SECTIONS) - frozenset(self.tables)
        return Source(
            str(self.path),
            data,
            self._locate,
            self.problems,
            frozenset(self.absent),
            lacking,
            frozenset(self.needed),
            self._unread(),
        )

    # Sheets to tables

    def _table(self, sheet: Sheet, title: str) -> _Table:
        table = _Table(sheet, title)
        page = self.workbook.get_sheet_by_name(title)
        cells = page.to_python(skip_empty_area=False)
        header = next((number for number, row in enumerate(cells) if any(_filled(c) for c in row)), None)
        if header is None:
            return table
        table.header_row = header + 1
        columns = self._columns(table, cells[header], cells[header + 1 :])
        self._merged(page, table)
        faults = self.faults.get(title, {})
        for number, row in enumerate(cells[header + 1 :], header + 2):
            filled = {index: value for index, value in enumerate(row) if _filled(value)}
            broken = {column for (at, column) in faults if at == number} & set(columns)
            for index in sorted(broken):
                fault = faults[number, index]
                message = f"the formula gives {fault}" if fault else "the formula has no computed value"
                remedy = "correct it" if fault else "open the file in Excel and save it, or write the value"
                self._note(message, remedy, title, number, table.labels[columns[index]])
                self.broken.add((sheet.name, number, columns[index]))
            values = {columns[i]: _value(sheet, columns[i], v) for i, v in filled.items() if i in columns}
            if values:
                table.rows.append((number, values))
        return table

    def _columns(self, table: _Table, header: list[Cell], below: list[list[Cell]]) -> dict[int, str]:
        columns: dict[int, str] = {}
        for index, cell in enumerate(header):
            label = f"{column_letter(index)} ({cell})" if _filled(cell) else column_letter(index)
            if not _filled(cell):
                if any(_filled(row[index]) for row in below):
                    self._note(
                        "the column has no header",
                        f"write one of {', '.join(table.sheet.columns)} above it",
                        table.title,
                        table.header_row,
                        label,
                    )
                continue
            column = table.sheet.headers.get(plain(str(cell)))
            if column is None and str(cell).startswith("_"):
                continue
            if column is None:
                remedy = did_you_mean(str(cell), table.sheet.columns) or (
                    f"columns are {', '.join(table.sheet.columns)}; "
                    "start the header with '_' to have it ignored"
                )
                self._note(f"there is no column '{cell}' here", remedy, table.title, table.header_row, label)
            elif column in table.labels:
                message = f"the column is the same as {table.labels[column]}"
                self._note(message, "keep one of them", table.title, table.header_row, label)
            else:
                table.labels[column] = label
                columns[index] = column
        return columns

    def _merged(self, page: CalamineSheet, table: _Table) -> None:
        for (top, left), (bottom, right) in page.merged_cell_ranges or ():
            if bottom + 1 >= table.header_row:
                cells = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
                self._note(
                    f"the cells {cells} are merged",
                    "unmerge them and write the value into each",
                    table.title,
                    top + 1,
                    column_letter(left),
                )

    # Tables to data

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for number, values in self._rows("network"):
            if data:
                title = self.tables["network"].title
                self._note("a network has one row here", "remove this row", title, number)
                break
            data.update(values)
            self.places[()] = (self.tables["network"], number)
        for section in SECTIONS:
            rows = self._rows(section)
            if rows:
                data[section] = [dict(values) for _, values in rows]
            for index, (number, _) in enumerate(rows):
                self.places[section, index] = (self.tables[section], number)
            self.absent.update((section, name) for name in self._absent(section))
        owners = {
            section: {_key(row.get("id", "")): index for index, row in reversed(list(enumerate(rows)))}
            for section, rows in data.items()
            if section in SECTIONS
        }
        for name in ("licences", "operations", "outages", "departures"):
            for number, values in self._rows(name):
                self._nest(self.tables[name], number, dict(values), data, owners)
        return data

    def _nest(
        self,
        table: _Table,
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
            self._note(message, remedy, table.title, number, column or next(iter(table.sheet.parents)))
            return
        [(column, value)] = named.items()
        section = table.sheet.parents[column]
        if section not in self.tables:
            self.needed.add(section)
            return
        index = owners.get(section, {}).get(_key(value))
        if index is None:
            remedy = where_defined(str(value), section, owners.get(section, ()))
            message = f"'{value}' is not defined under {section}"
            self._note(message, remedy, table.title, number, table.labels.get(column, column))
            return
        owner: dict[str, Any] = data[section][index]
        path: Path = (section, index, str(table.sheet.inner))
        if table.sheet.name == "licences":
            self._license(table, number, values, owner.get("licence"), owner, path)
            return
        if table.sheet.name == "operations":
            if "licence" not in owner:
                message = f"'{value}' has no licence, so nothing may be handled there"
                remedy = "add a row for it to the sheet licences"
                self._note(message, remedy, table.title, number, table.labels.get(column, column))
                return
            owner, path = owner["licence"], (*path, "operations")
        rows = owner.setdefault(str(path[-1]), [])
        self.places[(*path, len(rows))] = (table, number)
        rows.append(values)

    def _license(
        self,
        table: _Table,
        number: int,
        values: dict[str, Any],
        licence: dict[str, Any] | None,
        site: dict[str, Any],
        path: Path,
    ) -> None:
        """One row of the licences: the licence itself, repeated or blank on further rows, and a nuclide."""
        head = {name: values.pop(name) for name in LICENCE_FIELDS if name in values}
        if licence is None:
            licence = site["licence"] = head
            self.places[path] = (table, number)
        for name, value in head.items():
            if licence.setdefault(name, value) != value:
                first = self.places[path][1]
                self._note(
                    f"{name} differs from that of the same licence in row {first}",
                    "write the same, or leave it blank",
                    table.title,
                    number,
                    table.labels.get(name, name),
                )
        if values:
            nuclides = licence.setdefault("nuclides", [])
            self.places[(*path, "nuclides", len(nuclides))] = (table, number)
            nuclides.append(values)

    def _rows(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        return self.tables[name].rows if name in self.tables else []

    def _absent(self, section: str) -> Iterator[str]:
        """Columns that every row needs and that are not there at all: said once, not on every row."""
        table = self.tables.get(section)
        if table is None or not table.rows:
            return
        for name, info in table.sheet.fields.items():
            if info.is_required() and name not in table.labels:
                remedy = f"add a column '{name}': {info.description}"
                self._note(f"the column {name} is missing", remedy, table.title, table.header_row, name)
                yield name

    def _unread(self) -> frozenset[Path]:
        """Paths of the cells with a broken formula, which would be said to be missing too."""
        if not self.broken:
            return frozenset()
        return frozenset(
            (*path, column)
            for path, (table, number) in self.places.items()
            for column in table.sheet.columns
            if (table.sheet.name, number, column) in self.broken
        )

    # Places

    def _locate(self, path: Path) -> Place:
        for length in range(len(path), -1, -1):
            found = self.places.get(path[:length])
            if found is None or (length == 0 and path and path[0] in SECTIONS):
                continue
            table, row = found
            rest = [part for part in path[length:] if isinstance(part, str)]
            name = rest[0] if rest else None
            return Place(row, table.labels.get(name, name) if name else None, table.title)
        network = self.tables.get("network")
        name = str(path[0]) if path else None
        column = network.labels.get(name, name) if network and name else name
        if network is None:
            return Place(None, name, "network")
        return Place(network.header_row + 1, column, network.title)

    def _note(
        self, message: str, remedy: str, sheet: str, row: int | None = None, column: str | None = None
    ) -> None:
        self.problems.append(Problem(str(self.path), row, column, message, remedy, sheet))


def _filled(value: Cell) -> bool:
    return not (isinstance(value, str) and not value.strip())


def _value(sheet: Sheet, column: str, value: Cell) -> Cell:
    """The value of a cell: whole numbers as such, and as text where text is meant."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    wanted = leaf(sheet.fields[column].annotation) if column in sheet.fields else str
    if wanted is time and isinstance(value, float) and 0 <= value < 1:  # a time without a time format
        seconds = round(value * 86400) % 86400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    if wanted in (str, list) and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


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


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


__all__ = ["column_letter", "read_workbook"]
