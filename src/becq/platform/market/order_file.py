"""Orders in files: what is read from Excel and CSV, the empty workbook to fill in, and what is written."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings

from becq.chain.definition import choices, leaf
from becq.chain.sheets import SHEETS, column_zh, plain
from becq.chain.source import Path, Place, Source, unreadable
from becq.chain.validation import did_you_mean
from becq.chain.workbook import column_letter, read_workbook
from becq.chain.workbook_writer import example
from becq.errors import Problem
from becq.platform.market.models import Order

SHEET = SHEETS["orders"]
MAX_ROWS = 5000
CODE = frozenset({"id"})
"""Columns that may be left out: a new code is given."""
_TYPES = "orders are read from .xlsx or .csv"
_STATE = ("status", "confirmed activity", "confirmed lot", "arrival", "reason")


def read_order_file(content: bytes, filename: str, optional: Set[str] = CODE) -> Source:
    """The rows of an uploaded file and where each of them stands; problems instead of exceptions.

    :param optional: columns that need not be there.
    """
    name = FilePath(filename or "orders.xlsx").name
    suffix = FilePath(name).suffix.lower()
    if len(content) > settings.UPLOAD_LIMIT_BYTES:
        limit = f"at most {settings.UPLOAD_LIMIT_BYTES // 2**20} MB"
        return unreadable(FilePath(name), "the file is too large", limit)
    if suffix == ".csv":
        source = _read_csv(content, name, optional)
    elif suffix == ".xlsx":
        source = _read_xlsx(content, name, optional)
    else:
        return unreadable(FilePath(name), f"files of type '{suffix}' are not read", _TYPES)
    rows = source.data.get("orders", []) if source.data is not None else []
    if source.data is not None and not rows and not source.problems:
        message = "the file holds no orders"
        source.problems.append(Problem(name, None, None, message, "fill in the sheet orders"))
    if len(rows) > MAX_ROWS:
        message = f"the file holds {len(rows)} orders"
        source.problems.append(Problem(name, None, None, message, f"at most {MAX_ROWS} at once"))
    return source


def _read_xlsx(content: bytes, name: str, optional: Set[str]) -> Source:
    with tempfile.TemporaryDirectory(prefix="becq-orders-") as folder:
        path = FilePath(folder) / "orders.xlsx"
        path.write_bytes(content)
        source = read_workbook(path)
    absent = frozenset(pair for pair in source.absent if pair[1] not in optional)
    problems = [
        replace(problem, file=name)
        for problem in source.problems
        if problem.message not in {f"the column {column} is missing" for column in optional}
    ]
    return replace(source, file=name, problems=problems, absent=absent)


def _read_csv(content: bytes, name: str, optional: Set[str]) -> Source:
    text = _decode(content)
    if text is None:
        return unreadable(FilePath(name), "the file is not text", "save it as CSV UTF-8")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    header = next((number for number, row in enumerate(lines) if any(cell.strip() for cell in row)), None)
    if header is None:
        return unreadable(FilePath(name), "the file is empty", "start from the template")
    problems: list[Problem] = []
    columns: dict[int, str] = {}
    labels: dict[str, str] = {}
    for index, cell in enumerate(lines[header]):
        column = SHEET.headers.get(plain(cell))
        label = f"{column_letter(index)} ({cell})" if cell.strip() else column_letter(index)
        if cell.strip().startswith("_") or not cell.strip():
            continue
        if column is None:
            remedy = did_you_mean(cell, SHEET.columns) or f"columns are {', '.join(SHEET.columns)}"
            problems.append(Problem(name, header + 1, label, f"there is no column '{cell}' here", remedy))
        elif column in labels:
            message = f"the column is the same as {labels[column]}"
            problems.append(Problem(name, header + 1, label, message, "keep one of them"))
        else:
            columns[index], labels[column] = column, label
    absent = set()
    for column, info in SHEET.fields.items():
        if info.is_required() and column not in labels and column not in optional:
            remedy = f"add a column '{column}': {info.description}"
            message = f"the column {column} is missing"
            problems.append(Problem(name, header + 1, column, message, remedy))
            absent.add(("orders", column))
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, row in enumerate(lines[header + 1 :], header + 2):
        values = {columns[i]: cell.strip() for i, cell in enumerate(row) if i in columns and cell.strip()}
        if values:
            rows.append(values)
            numbers.append(number)

    def locate(path: Path) -> Place:
        if len(path) < 2 or path[0] != "orders":
            return Place(None)
        column = next((part for part in path[2:] if isinstance(part, str)), None)
        return Place(numbers[int(path[1])], labels.get(column, column) if column else None)

    return Source(name, {"orders": rows}, locate, problems, frozenset(absent))


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in China writes GB18030
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    return None


def _delimiter(text: str) -> str:
    head = text.lstrip("\ufeff \r\n").partition("\n")[0]
    return max(",;\t", key=head.count)


def order_template(sites: Iterable[tuple[str, str]], products: Iterable[tuple[str, str]]) -> bytes:
    """An empty workbook for orders, with lists of the sites and products that can be named.

    :param sites: (code, name) of the sites one may order for.
    :param products: (code, name) of what can be ordered.
    """
    lists = {"site": list(sites), "product": list(products)}
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        page = _header(book)
        side = book.add_worksheet("_lists")
        for place, (column, entries) in enumerate(lists.items()):
            side.write_string(0, 2 * place, column)
            for number, (code, title) in enumerate(entries, 1):
                side.write_string(number, 2 * place, code)
                side.write_string(number, 2 * place + 1, title)
            if entries:
                letter = column_letter(2 * place)
                source = f"=_lists!${letter}$2:${letter}${len(entries) + 1}"
                index = SHEET.columns.index(column)
                page.data_validation(1, index, MAX_ROWS, index, {"validate": "list", "source": source})
        side.set_column(0, 3, 28)
    return stream.getvalue()


def write_orders(orders: Sequence[Order], zones: dict[str, str]) -> bytes:
    """Orders as a workbook that can be read back; what became of them stands in columns that are not read.

    :param zones: site code → time zone in which its times are written.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        page = _header(book, [f"_{title}" for title in _STATE])
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        zone_format = book.add_format({"font_color": "#777777"})
        for number, order in enumerate(orders, 1):
            zone = ZoneInfo(zones.get(order.site_code, settings.TIME_ZONE))
            values = dict(order.definition)
            values |= {
                "calibration": order.calibration_at,
                "earliest": order.earliest,
                "latest": order.latest,
            }
            for index, column in enumerate(SHEET.columns):
                value = values.get(column)
                if isinstance(value, datetime):
                    page.write_string(number, index, value.astimezone(zone).isoformat(timespec="minutes"))
                elif isinstance(value, bool):
                    page.write_string(number, index, "yes" if value else "no")
                elif isinstance(value, int | float):
                    page.write_number(number, index, value)
                elif value is not None:
                    page.write_string(number, index, str(value))
            start = len(SHEET.columns)
            page.write_string(number, start, order.status, zone_format)
            if order.confirmed_activity_bq is not None:
                page.write_number(number, start + 1, order.confirmed_activity_bq)
            page.write_string(number, start + 2, order.confirmed_lot)
            if order.confirmed_arrival is not None:
                local = order.confirmed_arrival.astimezone(zone).replace(tzinfo=None)
                page.write_datetime(number, start + 3, local, moment)
            page.write_string(number, start + 4, order.unmet_sentence or order.cancelled_reason)
    return stream.getvalue()


_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def _header(book: Any, more: Sequence[str] = ()) -> Any:
    """The sheet orders with its header: field names with their Chinese names, needed ones in red."""
    page = book.add_worksheet("orders")
    page.freeze_panes(1, 1)
    bold = {"bold": True, "bottom": 1, "bg_color": "#E8F0EE", "valign": "top"}
    needed, free = book.add_format({**bold, "font_color": "#8A1C1C"}), book.add_format(bold)
    text = book.add_format({"num_format": "@"})
    for index, column in enumerate(SHEET.columns):
        info = SHEET.fields[column]
        is_needed = info.is_required() and column not in CODE
        page.write_string(0, index, f"{column} ({column_zh(column)})", needed if is_needed else free)
        shown = example("orders", column)
        comment = f"{column_zh(column)}: {info.description}" + (f"\n例 {shown}" if shown else "")
        page.write_comment(0, index, comment, {"x_scale": 2.2, "author": "Becq"})
        page.set_column(index, index, 20, text if leaf(info.annotation) in (str, float) else None)
        words = ["yes", "no"] if leaf(info.annotation) is bool else list(choices(info.annotation))
        if words:
            page.data_validation(1, index, MAX_ROWS, index, {"validate": "list", "source": words})
    for index, title in enumerate(more, len(SHEET.columns)):
        page.write_string(0, index, title, free)
        page.set_column(index, index, 18)
    return page


__all__ = ["MAX_ROWS", "order_template", "read_order_file", "write_orders"]
