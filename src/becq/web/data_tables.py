"""Reference tables as pages show them: columns with heads, units and kinds, filters, rows as mappings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.reports.catalogue.dictionary import STEPS, ReferenceColumn, TableEntry
from becq.reports.catalogue.selection import find
from becq.reports.catalogue.table import ReferenceTable, table
from becq.web import frame
from becq.web.tables import Column, Filter, Table
from becq.web.templatetags.calculators import cited

FILTERS = 4
"""So many choices of one table stand over it."""
FEW, MANY = 2, 60
"""A text with so many different words (at least and at most) can be filtered by."""
SHORT_TABLE = 12
"""Below so many rows nobody filters by a choice."""
LONG = 36
"""A text longer than so many characters may break over lines."""
_UNITS = {
    "cm2/g": "cm²/g",
    "g/cm3": "g/cm³",
    "MeV cm2/g": "MeV cm²/g",
    "Bq/cm2": "Bq/cm²",
    "deg": "°",
    "1": "",
}
_KINDS = {
    "number": "exact",
    "integer": "exact",
    "numbers": "numbers",
    "nuclide": "nuclide",
    "isotope": "nuclide",
    "nuclides": "nuclides",
    "isotopes": "nuclides",
    "reaction": "reaction",
    "reactions": "reaction",
}
_NEVER_FILTERED = {"note", "assumption", "limit", "condition", "unit", "article"}
_BOTH = {"name"}
"""What is shown in both languages; of other texts the one in the language of the page."""


def title(entry: TableEntry) -> str:
    """Title of a table in the language of the page."""
    return entry.title_zh if frame.is_chinese() else entry.title_en


def about(entry: TableEntry) -> str:
    """What a table holds, in the language of the page."""
    return entry.about_zh if frame.is_chinese() else entry.about_en


def basis(entry: TableEntry) -> str:
    """What a table rests on, in the language of the page."""
    return entry.basis_zh if frame.is_chinese() else entry.basis_en


def gaps(entry: TableEntry) -> str:
    """What a table lacks, in the language of the page; "" where nothing is known to be missing."""
    return entry.gaps_zh if frame.is_chinese() else entry.gaps_en


def step(name: str) -> str:
    """Words for a step of the chain."""
    return STEPS[name][1 if frame.is_chinese() else 0]


def label(column: ReferenceColumn) -> str:
    """Head of a column in the language of the page."""
    return column.label_zh if frame.is_chinese() else column.label_en


def meaning(column: ReferenceColumn) -> str:
    """Meaning of a column in the language of the page."""
    return column.meaning_zh if frame.is_chinese() else column.meaning_en


def unit(column: ReferenceColumn) -> str:
    """Unit of a column as pages set it."""
    return _UNITS.get(column.unit, column.unit)


def key(column: ReferenceColumn) -> str:
    """Name of a column in addresses, where a full stop separates columns."""
    return column.name.replace(".", "_")


def word(value: str | bool | None, column: ReferenceColumn) -> str | None:
    """A flag or a choice in the language of the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value and frame.is_chinese() and value in column.choices and column.choices_zh:
        return column.choices_zh[column.choices.index(value)]
    return value or None


@lru_cache(maxsize=16)
def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a table: typed cells under "c0", "c1", ...; from 0 under "row", from 1 under "number"."""
    found = table(name)
    names = [f"c{i}" for i in range(len(found.columns))]
    return [
        {"row": row, "number": row + 1, **dict(zip(names, cells, strict=True))}
        for row, cells in enumerate(found.rows)
    ]


def page_table(request: HttpRequest, found: ReferenceTable, drawn_at: int | None = None) -> Table:
    """A reference table with search, filters, order and pages.

    :param drawn_at: position of the column before which a link to the drawing of the row stands.
    """
    columns = [_column(found, i) for i in range(len(found.columns))]
    if "export" in request.GET:  # a file has every column, unless some were chosen
        columns = [replace(each, hidden=False) for each in columns]
    if drawn_at is not None:
        columns.insert(drawn_at, Column("curve", _("Curve"), template="web/data/draw.html"))
    search = Filter("q", _("Nuclide, name, source"), "search", apply=_search(found))
    return Table(
        request=request,
        rows=rows(found.name),
        columns=columns,
        caption=title(found.entry),
        name=found.name.replace("_", "-"),
        filters=[search, *_choices(found)],
        row_key="row",
        export_name=found.name,
    )


def _column(found: ReferenceTable, i: int) -> Column:
    column, path = found.columns[i], f"c{i}"
    kind = _KINDS.get(column.type, "text")
    shown: str | Callable[[Any], Any] = path
    if column.type in {"flag", "choice"}:
        shown = lambda row: word(row[path], column)  # noqa: E731
    elif column.type == "date":
        shown = lambda row: row[path].isoformat() if row[path] else None  # noqa: E731
    texts = [cells[i] for cells in found.texts]
    longest = max(map(len, texts), default=0)
    if column.name == "source":
        kind, shown = "cite", _numbered(found, path)
    elif _is_source(column):
        kind = "cite"
    return Column(
        key(column),
        label(column),
        kind,
        path=shown,
        sort="" if column.type == "numbers" else path,
        unit=unit(column),
        wrap=kind in {"text", "nuclides", "reaction"} and longest > LONG,
        hidden=i > 0 and (not any(texts) or _is_foreign(found.entry, column)),
        href=_target(found, column, path),
    )


def _is_source(column: ReferenceColumn) -> bool:
    return column.name in {"source", "source_zh"} or column.name.endswith("_source")


def _is_foreign(entry: TableEntry, column: ReferenceColumn) -> bool:
    """Whether a text is there in the language of the page as well, in a column beside it."""
    stem, _sign, language = column.name.rpartition("_")
    if language not in {"en", "zh"} or stem in _BOTH:
        return False
    names = {each.name for each in entry.columns}
    if frame.is_chinese():
        return language == "en" and f"{stem}_zh" in names
    return language == "zh" and (f"{stem}_en" in names or stem in names)


def _numbered(found: ReferenceTable, path: str) -> Callable[[Any], str]:
    """A source with its number in the list under the table, in which it stands in full."""
    numbers = {source: number for number, source in enumerate(found.sources, start=1)}
    return lambda row: f"[{numbers[row[path]]}] {cited(row[path])}" if row[path] in numbers else ""


def _target(found: ReferenceTable, column: ReferenceColumn, path: str) -> str | Callable[[Any], str]:
    """Where a cell leads: a source to the list under the table, a reference to the other table."""
    if column.name == "source":
        numbers = {source: number for number, source in enumerate(found.sources, start=1)}
        return lambda row: f"#source-{numbers[row[path]]}" if row[path] in numbers else ""
    if not column.reference or column.type not in {"text", "choice"}:
        return ""
    address = reverse("data-table", args=[column.reference.partition(".")[0]])
    return lambda row: f"{address}?{urlencode({'q': row[path]})}" if row[path] else ""


def _search(found: ReferenceTable) -> Callable[[list[dict[str, Any]], str], list[dict[str, Any]]]:
    def narrow(some: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
        hits = set(find(found, text))
        return [row for row in some if row["row"] in hits]

    return narrow


def _choices(found: ReferenceTable) -> list[Filter]:
    """Filters by flags and choices, and by texts of which there are few."""
    if len(found.rows) <= SHORT_TABLE:
        return []
    filters: list[Filter] = []
    for i, column in enumerate(found.columns):
        if column.type not in {"flag", "choice", "text"} or _is_source(column):
            continue
        if column.name.removesuffix("_en").removesuffix("_zh") in _NEVER_FILTERED:
            continue
        if _is_foreign(found.entry, column):
            continue
        values = dict.fromkeys(cells[i] for cells in found.texts if cells[i])
        if column.type == "text" and not (
            FEW <= len(values) <= min(MANY, len(found.rows) // 3)
            and all(len(each) <= LONG for each in values)
        ):
            continue
        if len(values) < FEW:
            continue
        typed = {cells[i]: value[i] for cells, value in zip(found.texts, found.rows, strict=True)}
        choices = [(each, word(typed[each], column) or each) for each in values]  # type: ignore[arg-type]
        filters.append(Filter(key(column), label(column), choices=choices, apply=_equal(i, typed)))
    return filters[:FILTERS]


def _equal(i: int, typed: dict[str, Any]) -> Callable[[list[dict[str, Any]], str], list[dict[str, Any]]]:
    def narrow(some: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
        return [row for row in some if text in typed and row[f"c{i}"] == typed[text]]

    return narrow
