"""Writing a network as an Excel workbook, and the empty template to start from.

Every value reads back exactly: times without an offset become Excel dates (they are in the network's
zone), times with an offset and numbers that Excel's sixteen digits would round become text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path as FilePath
from typing import Any

import xlsxwriter
from pydantic.fields import FieldInfo
from xlsxwriter.exceptions import FileCreateError

from becq.chain.definition import choices, leaf
from becq.chain.network import Network
from becq.chain.sheets import NOTES, SHEETS, Sheet, column_zh, name_zh
from becq.chain.table_rows import spread
from becq.chain.tables import column_letter
from becq.chain.validation import EXAMPLES

_VALIDATED_ROWS = 2000
_REFERENCES = {
    "site": "sites",
    "origin": "sites",
    "destination": "sites",
    "product": "products",
    "input_product": "products",
    "resource": "resources",
    "process": "processes",
    "lane": "lanes",
}
_EXCEL_EPOCH = date(1900, 3, 1)
"""Excel takes 1900 for a leap year, so earlier dates differ by a day."""

_INTRODUCTION = (
    "A network file of Becq: sites, products, processes, lanes and orders of a medical-isotope chain.",
    "贝可网络文件：医用同位素链的场所、产品、工艺、运输线路与订单。表名与表头中英文均可识别。",
    "One row for each item. A blank cell means the default. Nothing on this sheet is read.",
    "Quantities carry their unit: 7.4 GBq, 200 mCi, 8 h, 14 d, 450 GBq/mg.",
    "Times without an offset (+08:00) are in the time zone given in the sheet network.",
    "licences: one row for each site and nuclide. operations: one for each site, workplace and nuclide.",
    "outages, departures: one row each, naming their owner.",
    "A sheet or header that starts with '_' is ignored. Check the file with: becq network check FILE",
)
_NOTES_HEADER = ("sheet", "column", "中文", "needed", "what it is", "choices or default", "example")


class _Book:
    """A workbook being written, with the formats its cells share."""

    def __init__(self, path: FilePath) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False})
        bold = {"bold": True, "bottom": 1, "bg_color": "#E8F0EE", "valign": "top"}
        self.needed = self.book.add_format({**bold, "font_color": "#8A1C1C"})
        self.header = self.book.add_format(bold)
        self.instant = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.exact = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.clock = self.book.add_format({"num_format": "hh:mm"})
        self.exact_clock = self.book.add_format({"num_format": "hh:mm:ss"})
        self.text = self.book.add_format({"num_format": "@"})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> None:
        """One sheet with its header and rows of values by column."""
        page = self.book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0 if sheet.name == "network" else 1)
        widths = [len(column) + 2 for column in sheet.columns]
        for index, column in enumerate(sheet.columns):
            field = sheet.fields.get(column)
            needed = field is None or field.is_required()
            page.write_string(0, index, column, self.needed if needed else self.header)
            page.write_comment(0, index, _comment(sheet, column), {"x_scale": 2.2, "author": "Becq"})
            self._validation(page, sheet, index, column)
        for number, row in enumerate(rows, 1):
            for index, column in enumerate(sheet.columns):
                if column in row:
                    self._cell(page, number, index, row[column])
                    widths[index] = max(widths[index], _width(row[column]))
        for index, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            field = sheet.fields.get(column)
            style = self.text if field is None or leaf(field.annotation) in (str, list) else None
            page.set_column(index, index, min(max(width, 10), 48), style)

    def notes(self) -> None:
        """The sheet that explains the others: nothing on it is data."""
        page = self.book.add_worksheet(NOTES)
        page.set_column(0, 3, 18)
        page.set_column(4, 6, 48)
        for number, line in enumerate(_INTRODUCTION):
            page.write_string(number, 0, line)
        start = len(_INTRODUCTION) + 1
        for index, title in enumerate(_NOTES_HEADER):
            page.write_string(start, index, title, self.header)
        number = start + 1
        for sheet in SHEETS.values():
            for column in sheet.columns:
                field = sheet.fields.get(column)
                needed = "yes" if field is None or field.is_required() else ""
                cells = (
                    sheet.name,
                    column,
                    f"{name_zh(sheet.name)} · {column_zh(column)}",
                    needed if len(sheet.parents) < 2 or field else "one",
                    _description(sheet, column),
                    _options(field),
                    example(sheet.name, column),
                )
                for index, text in enumerate(cells):
                    page.write_string(number, index, text, self.wrapped)
                number += 1

    def close(self) -> None:
        """Write the file.

        :raises OSError: where that fails; the library has an exception of its own for it.
        """
        try:
            self.book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error

    def _cell(self, page: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            page.write_string(row, column, "yes" if value else "no")
        elif isinstance(value, int | float):
            if float(f"{value:.16G}") == value and abs(value) < 1e15:
                page.write_number(row, column, value)
            else:
                page.write_string(row, column, repr(value))
        elif isinstance(value, datetime):
            if value.tzinfo is None and not value.microsecond and value.date() >= _EXCEL_EPOCH:
                page.write_datetime(row, column, value, self.exact if value.second else self.instant)
            else:
                page.write_string(row, column, value.isoformat())
        elif isinstance(value, date):
            if value >= _EXCEL_EPOCH:
                page.write_datetime(row, column, value, self.day)
            else:
                page.write_string(row, column, value.isoformat())
        elif isinstance(value, time):
            page.write_datetime(row, column, value, self.exact_clock if value.second else self.clock)
        else:
            page.write_string(row, column, str(value))

    def _validation(self, page: Any, sheet: Sheet, index: int, column: str) -> None:
        """A list to choose from: the words of an enumeration, or the identifiers of another sheet."""
        field = sheet.fields.get(column)
        words = list(choices(field.annotation)) if field else []
        if field is not None and leaf(field.annotation) is bool:
            words = ["yes", "no"]
        if words:
            page.data_validation(1, index, _VALIDATED_ROWS, index, {"validate": "list", "source": words})
        elif column in _REFERENCES and column in (*sheet.parents, *_slugs(sheet)):
            target = SHEETS[_REFERENCES[column]]
            letter = column_letter(target.columns.index("id"))
            source = f"={target.name}!${letter}$2:${letter}${_VALIDATED_ROWS}"
            options = {"validate": "list", "source": source, "error_type": "warning"}
            page.data_validation(1, index, _VALIDATED_ROWS, index, options)


def write_workbook(network: Network, path: FilePath) -> None:
    """The network as a workbook at ``path``."""
    book = _Book(path)
    rows = spread(network, dates=True)
    book.notes()
    for sheet in SHEETS.values():
        book.sheet(sheet, rows[sheet.name])
    book.book.get_worksheet_by_name("network").activate()
    book.close()


def write_template(path: FilePath) -> None:
    """An empty workbook: sheets, headers, lists to choose from, and notes with an example row each."""
    book = _Book(path)
    book.notes()
    for sheet in SHEETS.values():
        book.sheet(sheet, ())
    book.close()


def _slugs(sheet: Sheet) -> Iterable[str]:
    """The columns of a sheet that name a row of another sheet."""
    return [name for name in _REFERENCES if name in sheet.fields]


def _description(sheet: Sheet, column: str) -> str:
    if column in sheet.parents:
        return f"Row of the sheet {sheet.parents[column]} that this one belongs to"
    return sheet.fields[column].description or column


def _options(field: FieldInfo | None) -> str:
    if field is None:
        return ""
    text = ", ".join(choices(field.annotation))
    if leaf(field.annotation) is bool:
        text = "yes, no"
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    if isinstance(default, bool):
        default = "yes" if default else "no"
    if isinstance(default, list):
        default = "daily" if len(default) == 7 else ", ".join(default)
    if default is not None and default != "":
        text += (
            f"{'; ' if text else ''}blank: {0 if default == 0 and not isinstance(default, str) else default}"
        )
    return text


def _comment(sheet: Sheet, column: str) -> str:
    options = _options(sheet.fields.get(column))
    shown = example(sheet.name, column)
    lines = [f"{column_zh(column)}: {_description(sheet, column)}", options, f"例 {shown}" if shown else ""]
    return "\n".join(line for line in lines if line)


def _width(value: Any) -> int:
    if isinstance(value, datetime):
        return 18
    text = str(value)
    return max(
        (sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")), default=0
    )


_EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "network": {"name": "Example network", "name_zh": "示例网络", "timezone": "Asia/Shanghai"},
    "sites": {"id": "HUAXI", "name": "West China Hospital", "name_zh": "华西医院", "kind": "hospital"},
    "licences": {"site": "HUAXI", "scope": "use", "nuclide": "Tc-99m", "possession_limit": "74 GBq"},
    "operations": {"site": "HUAXI", "workplace": "Nuclear medicine", "nuclide": "Tc-99m"},
    "products": {"id": "TC-ELUATE", "name": "Pertechnetate", "name_zh": "高锝酸钠", "nuclide": "Tc-99m"},
    "resources": {"id": "GEN-LINE", "site": "PLANT", "name": "Generator line", "name_zh": "发生器生产线"},
    "processes": {"id": "IRRADIATE-LU", "site": "PLANT", "product": "LU177-BULK", "resource": "REACTOR-1"},
    "outages": {"resource": "REACTOR-1", "start": "2026-03-02 08:00", "end": "2026-03-16 08:00"},
    "lanes": {"id": "ROAD", "mode": "road", "origins": "*", "destinations": "*", "speed_kmh": "60"},
    "departures": {"lane": "CTU-PEK", "days": "mon, wed", "time": "07:30", "duration": "2 h 50 min"},
    "roads": {"id": "PLANT-HUAXI", "origin": "PLANT", "destination": "HUAXI", "distance_km": "164"},
    "approvals": {"id": "A-1", "origin": "PLANT", "destination": "HUAXI", "nuclide": "Lu-177"},
    "vehicles": {"id": "VAN", "site": "PLANT", "name": "Van", "name_zh": "厢式车", "shift_start": "05:00"},
    "packagings": {"id": "LEAD-POT", "products": "TC-ELUATE", "shield": "lead", "thickness_mm": "4"},
    "stock": {"id": "LOT-1", "site": "PLANT", "product": "LU177-BULK", "activity": "40 GBq"},
    "standing_orders": {"id": "SO-1", "site": "HUAXI", "product": "TC-ELUATE", "days": "weekdays"},
    "orders": {"id": "O-1", "site": "HUAXI", "product": "TC-ELUATE", "calibration": "2026-03-02 12:00"},
}
_MORE_EXAMPLES = {
    "capacity": "37 GBq",
    "capacity_packages": "20",
    "cost_per_hour": "60",
    "cut_off": "2 h",
    "daily_limit": "37 GBq",
    "daughter": "Tc-99m",
    "division": "510107",
    "drug": "lu-177-chloride-ca",
    "duty": "9 h",
    "earliest": "06:00",
    "elution_efficiency": "0.9",
    "handling": "1 h",
    "impurities": "Lu-177m = 0.02 %",
    "latest": "07:30",
    "loading": "20 min",
    "min_specific_activity": "450 GBq/mg",
    "number": "CA4193",
    "package_limit": "12",
    "processing_time": "3 h",
    "processing_yield": "0.85",
    "qc_time": "6 h",
    "radius_mm": "150",
    "reason": "Refuelling",
    "shift_end": "14:00",
    "specific_activity_eob": "740 GBq/mg",
    "transport_index_limit": "10",
    "unloading": "10 min",
    "use_class": "2",
    "valid_from": "2026-01-01",
    "valid_until": "2028-12-31",
    "workplace_class": "B",
    "yearly_limit": "9 TBq",
}


def example(sheet: str, column: str) -> str:
    """An example for a column, or nothing where its meaning is plain."""
    own = _EXAMPLES[sheet].get(column)
    if own is None and sheet == "approvals" and column == "valid_until":
        return "2026-12-31"
    if own is None and sheet == "orders" and column in ("earliest", "latest"):
        return f"2026-03-02 {_MORE_EXAMPLES[column]}"
    return own or _MORE_EXAMPLES.get(column) or EXAMPLES.get(column, "")


__all__ = ["example", "write_template", "write_workbook"]
