"""Reading the network file from an Excel workbook (.xlsx).

A blank cell means the default, as a field left out of the YAML file does. Formulas count with the value
Excel computed when the file was last saved. Sheets whose name starts with '_' and the notes are not read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import time
from html import unescape
from pathlib import Path as FilePath

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from becq.chain.definition import leaf
from becq.chain.sheets import NOTES, SHEET_NAMES, SHEETS, Sheet, plain
from becq.chain.source import Source, unreadable
from becq.chain.suggestion import did_you_mean
from becq.chain.tables import Cell, Table, Tables, column_letter, filled
from becq.errors import Problem

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_CELLS = 20_000_000
"""Rows times columns of one sheet, blank ones in between included."""

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


class _Reader:
    def __init__(self, path: FilePath, workbook: CalamineWorkbook) -> None:
        self.path = path
        self.workbook = workbook
        self.faults = _faults(path)
        self.tables = Tables(str(path))

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
            elif name in self.tables.named:
                first = self.tables.named[name].title
                self._note(f"'{title}' and '{first}' are the same sheet", "keep one of them", title)
            else:
                self.tables.named[name] = self._table(SHEETS[name], title)
        if not self.tables.named:
            remedy = "start from a template: becq network template network.xlsx"
            return unreadable(self.path, "the workbook has no sheet of a network file", remedy)
        return self.tables.source()

    def _table(self, sheet: Sheet, title: str) -> Table:
        table = Table(sheet, str(self.path), title)
        page = self.workbook.get_sheet_by_name(title)
        cells = page.to_python(skip_empty_area=False)
        header = next((number for number, row in enumerate(cells) if any(filled(c) for c in row)), None)
        if header is None:
            return table
        table.header_row = header + 1
        columns = self.tables.columns(table, cells[header], cells[header + 1 :])
        self._merged(page, table)
        faults = self.faults.get(title, {})
        for number, row in enumerate(cells[header + 1 :], header + 2):
            broken = {column for (at, column) in faults if at == number} & set(columns) if faults else set()
            for index in sorted(broken):
                fault = faults[number, index]
                message = f"the formula gives {fault}" if fault else "the formula has no computed value"
                remedy = "correct it" if fault else "open the file in Excel and save it, or write the value"
                self._note(message, remedy, title, number, table.labels[columns[index]])
                self.tables.broken.add((sheet.name, number, columns[index]))
            values = {
                column: _value(sheet, column, row[index])
                for index, column in columns.items()
                if filled(row[index])
            }
            if values:
                table.rows.append((number, values))
        return table

    def _merged(self, page: CalamineSheet, table: Table) -> None:
        for (top, left), (bottom, right) in page.merged_cell_ranges or ():
            if bottom + 1 >= table.header_row:
                cells = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
                self._note(
                    f"the cells {cells} are merged",
                    "unmerge them and write the value into each",
                    str(table.title),
                    top + 1,
                    column_letter(left),
                )

    def _note(
        self, message: str, remedy: str, sheet: str, row: int | None = None, column: str | None = None
    ) -> None:
        self.tables.problems.append(Problem(str(self.path), row, column, message, remedy, sheet))


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


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


__all__ = ["column_letter", "read_workbook"]
