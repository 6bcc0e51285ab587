"""Reference data: the tables that Becq computes with, every row with its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.reports.catalogue.dictionary import ReferenceColumn, TableEntry, tables
from becq.reports.catalogue.selection import mentions
from becq.reports.catalogue.table import ReferenceTable, row_counts, table, write_csv
from becq.web import data_curves, data_tables, frame
from becq.web.tables import Column, Filter, Table
from becq.web.views.palette import SOURCES, Hit

LONGEST = 200
SOURCES_SHOWN = 12
"""More sources of one table are folded."""


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All tables by the step of the chain that they serve."""
    counts = row_counts()
    asked = request.GET.get("q", "").strip()[:LONGEST]
    hits = mentions(asked)
    found = Table(
        request=request,
        rows=[_line(each, counts[each.name], hits.get(each.name), asked) for each in tables().values()],
        columns=[
            Column("title", _("Table"), href="href", wrap=True),
            *([Column("found", _("Rows found"), "number", href="found_href")] if asked else []),
            Column("rows", _("Rows"), "number"),
            Column("about", _("What it holds"), wrap=True),
            Column("basis", _("Rests on"), wrap=True),
            Column("name", _("File"), "code", hidden=True),
            Column("gaps", _("Gaps"), wrap=True, hidden=True),
        ],
        caption=_("Reference tables"),
        name="tables",
        filters=[Filter("q", _("Nuclide, table, source"), "search", apply=_with_hits)],
        per_page=200,
        group_by="step",
        row_key="name",
        tall=True,
        export_name="reference-tables",
    )
    if found.wants_export:
        return found.export()
    context = {"table": found, "tables": len(tables()), "rows": sum(counts[name] for name in tables())}
    return render(request, "web/data/index.html", context)


@login_required
def data_table(request: HttpRequest, name: str) -> HttpResponse:
    """One table: its rows, its columns, its sources and gaps; as CSV with ``?export=csv``."""
    if name not in tables():
        raise Http404(name)
    found = table(name)
    pairs = [] if "export" in request.GET else data_curves.pairs(found.columns)
    shown = data_tables.page_table(request, found, drawn_at=pairs[0].x if pairs else None)
    if shown.wants_export:
        return shown.export()
    if request.GET.get("export") == "csv":
        return _csv(found, shown)
    sources = found.sources
    number = _row(request, found)
    context = {
        "number": number,
        "key": _key(found, number) if number else [],
        "charts": data_curves.charts(found, number) if number and pairs else [],
        "entry": found.entry,
        "title": data_tables.title(found.entry),
        "about": data_tables.about(found.entry),
        "step": data_tables.step(found.entry.step),
        "basis": data_tables.basis(found.entry),
        "gaps": data_tables.gaps(found.entry),
        "table": shown,
        "total": len(found.rows),
        "columns": [_explained(each) for each in found.columns],
        "sources": sources,
        "folded": len(sources) > SOURCES_SHOWN,
        "line": f"becq data show {found.name}",
        "json": reverse("api-v1:data-table", args=[found.name]),
    }
    return render(request, "web/data/table.html", context)


def _row(request: HttpRequest, found: ReferenceTable) -> int | None:
    """The row, counted from 1, whose curve is to be drawn."""
    text = request.GET.get("row", "")
    return int(text) if text.isdecimal() and len(text) < 9 and 1 <= int(text) <= len(found.rows) else None


def _key(found: ReferenceTable, number: int) -> list[dict[str, Any]]:
    """What names a row: the cells of its key."""
    cells = zip(found.columns, found.rows[number - 1], strict=True)
    return [
        {
            "value": data_tables.word(value, column) if isinstance(value, str | bool) else value,
            "nuclide": column.type in {"nuclide", "isotope"},
        }
        for column, value in cells
        if column.key and value is not None
    ]


def _with_hits(lines: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Tables that contain the text, or are described with it."""
    needle = text.strip().casefold()
    return [line for line in lines if line["found"] or needle in line["words"].casefold()]


def _line(entry: TableEntry, rows: int, found: int | None, asked: str) -> dict[str, Any]:
    columns = " ".join(f"{each.name} {each.label_en} {each.label_zh}" for each in entry.columns)
    address = reverse("data-table", args=[entry.name])
    return {
        "name": entry.name,
        "title": data_tables.title(entry),
        "about": data_tables.about(entry),
        "step": data_tables.step(entry.step),
        "basis": data_tables.basis(entry),
        "gaps": data_tables.gaps(entry),
        "rows": rows,
        "found": found,
        "found_href": f"{address}?{urlencode({'q': asked})}" if found else "",
        "href": address,
        "words": " ".join(
            (
                entry.name,
                entry.title_en,
                entry.title_zh,
                entry.about_en,
                entry.about_zh,
                entry.basis_en,
                entry.basis_zh,
                columns,
            )
        ),
    }


def _explained(column: ReferenceColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": data_tables.label(column),
        "meaning": data_tables.meaning(column),
        "unit": data_tables.unit(column),
        "required": column.required,
        "key": column.key,
        "reference": column.reference,
        "other": column.reference.partition(".")[0],
        "choices": [_choice(each, column) for each in column.choices],
    }


def _choice(text: str, column: ReferenceColumn) -> str:
    said = data_tables.word(text, column)
    return text if said == text else f"{text} {said}"


def _csv(found: ReferenceTable, shown: Table) -> HttpResponse:
    """The rows that pass the filters, in their order, cells as the file writes them."""
    keys = [data_tables.key(each) for each in found.columns]
    at = [keys.index(each.key) for each in shown.shown]
    lines = [[found.texts[row["row"]][i] for i in at] for row in shown.narrowed]
    answer = HttpResponse(
        write_csv([found.columns[i].name for i in at], lines), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.name}.csv"'
    return answer


def _hits(request: HttpRequest, text: str) -> Iterable[Hit]:
    """Tables of which the title or the name contains what is looked for; all of them for a nuclide."""
    if not text:
        return
    try:
        named = parse_nuclide(text)
    except InputError:
        named = None
    if named is not None:
        label = named.name_zh if frame.is_chinese() else f"{named.isotope_markup} {named.name_en}"
        address = f"{reverse('data')}?{urlencode({'q': named.name})}"
        yield Hit(_("Reference data"), label, address, "data", _("all tables with this nuclide"))
    needle = text.casefold()
    for each in tables().values():
        if needle in f"{each.title_en} {each.title_zh} {each.name}".casefold():
            href = reverse("data-table", args=[each.name])
            yield Hit(_("Reference data"), data_tables.title(each), href, "data", data_tables.about(each))


SOURCES.insert(3, _hits)
