"""A network as a folder: ``network.yaml`` and one CSV file for each sheet of the workbook.

``network.yaml`` holds the name, the zone, the note, and any sections one likes to keep there; the rows of
``sites.csv``, ``licences.csv`` and so on follow them. Columns are those of the workbook, in any order, and
every cell is read as the text of the same field in YAML. Large networks are read fastest in this form.
Files are UTF-8 with commas; what a Chinese Excel saves (GB 18030, semicolons) is read as well.
"""

from __future__ import annotations

import csv
import io
import secrets
from pathlib import Path as FilePath

from becq.chain.network import SECTIONS, Network
from becq.chain.sheets import NOTES, SHEET_NAMES, SHEETS, Sheet, plain
from becq.chain.source import Source, unreadable
from becq.chain.suggestion import did_you_mean
from becq.chain.table_rows import spread
from becq.chain.tables import Table, Tables, filled
from becq.chain.yaml_file import read_yaml, write_yaml
from becq.errors import Problem

HEAD = "network.yaml"
MAX_BYTES = 200_000_000
"""Of one file."""
_SUFFIX = ".csv"


def read_folder(path: FilePath) -> Source:
    """The data of a folder and the file, row and column of each value; problems instead of exceptions."""
    found = sorted(each for each in path.iterdir() if each.suffix.lower() == _SUFFIX and each.is_file())
    head = read_yaml(path / HEAD)
    if head.data is None or not found:
        return head
    tables = Tables(str(path), head)
    for file in found:
        title = file.stem
        name = SHEET_NAMES.get(plain(title))
        if title.startswith("_") or name == NOTES:
            continue
        if name is None or name == "network":
            known = [f"{sheet}{_SUFFIX}" for sheet in SHEETS if sheet != "network"]
            remedy = did_you_mean(file.name, known) or (
                f"files are {', '.join(known)}; start the name with '_' to have it ignored"
            )
            if name == "network":
                remedy = f"name, timezone and note stand in {HEAD}"
            message = f"there is no file '{file.name}' in the folder of a network"
            tables.problems.append(Problem(str(file), None, None, message, remedy))
        elif name in tables.named:
            first = FilePath(tables.named[name].file).name
            message = f"'{file.name}' and '{first}' are the same table"
            tables.problems.append(Problem(str(file), None, None, message, "keep one of them"))
        else:
            tables.named[name] = _table(file, SHEETS[name], tables)
    return tables.source()


def write_folder(network: Network, path: FilePath) -> None:
    """The network as a folder at ``path``; tables of an older network there are replaced or removed.

    All files are written beside the old ones before the first of those is replaced.

    :raises OSError: where a file cannot be written.
    """
    path.mkdir(parents=True, exist_ok=True)
    head = {name: getattr(network, name) for name in Network.model_fields if name not in SECTIONS}
    texts = {HEAD: write_yaml(Network.model_construct(**head))}
    for name, rows in spread(network, dates=False).items():
        if rows and name != "network":
            texts[f"{name}{_SUFFIX}"] = _written(SHEETS[name], rows)
    drafts: dict[FilePath, FilePath] = {}
    try:
        for name, text in texts.items():
            draft = path / f".{secrets.token_hex(8)}"
            drafts[draft] = path / name
            draft.write_text(text, encoding="utf-8", newline="")
        for file in network_tables(path):
            if file.name not in texts:
                file.unlink()
        for draft, target in drafts.items():
            draft.replace(target)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def network_tables(path: FilePath) -> list[FilePath]:
    """The files of a folder that are read as tables of a network."""
    return [
        file
        for file in sorted(path.iterdir())
        if file.suffix.lower() == _SUFFIX and SHEET_NAMES.get(plain(file.stem)) in {*SHEETS} - {"network"}
    ]


def _table(file: FilePath, sheet: Sheet, tables: Tables) -> Table:
    table = Table(sheet, str(file))
    lines = _lines(file)
    if isinstance(lines, Source):
        tables.problems += lines.problems
        return table
    header = next((number for number, row in enumerate(lines) if any(map(filled, row))), None)
    if header is None:
        return table
    table.header_row = header + 1
    columns = tables.columns(table, lines[header], lines[header + 1 :])
    positions, width = tuple(columns.items()), len(lines[header])
    for number, row in enumerate(lines[header + 1 :], header + 2):
        if len(row) > width and any(map(filled, row[width:])):
            message = f"the row has {len(row)} cells, the header {width}"
            remedy = "put a text with a comma in it into double quotes"
            tables.note(table, message, remedy, number)
            continue
        values = {name: row[index] for index, name in positions if index < len(row) and row[index].strip()}
        if values:
            table.rows.append((number, values))
    return table


def _lines(file: FilePath) -> list[list[str]] | Source:
    """The cells of a CSV file, or what is wrong with it as a whole."""
    try:
        if file.stat().st_size > MAX_BYTES:
            return unreadable(file, "the file is too large", f"a table has at most {MAX_BYTES // 10**6} MB")
        content = file.read_bytes()
    except OSError as error:
        return unreadable(file, f"the file cannot be read: {error.strerror}", "give a CSV file")
    text = _decoded(content)
    if text is None:
        return unreadable(file, "the file is not text", "save it as CSV UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        return unreadable(
            file, f"the CSV cannot be read: {error}", "check the quotes of this line", reader.line_num
        )


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _delimiter(text: str) -> str:
    head = text.lstrip("\ufeff \r\n").partition("\n")[0]
    return max(",;\t", key=head.count)


def _written(sheet: Sheet, rows: list[dict[str, object]]) -> str:
    """Rows as CSV: the columns that are needed, and those that some row fills."""
    used = {column for row in rows for column in row}
    columns = [
        column
        for column in sheet.columns
        if column in used or (column in sheet.fields and sheet.fields[column].is_required())
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else value


__all__ = ["HEAD", "network_tables", "read_folder", "write_folder"]
