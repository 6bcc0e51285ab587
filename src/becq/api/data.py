"""The reference tables as JSON: ``GET /data`` names them, ``GET /data/<table>`` gives rows, page by page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import HttpError
from pydantic import Field

from becq.errors import InputError
from becq.reports.catalogue.dictionary import entry, tables
from becq.reports.catalogue.document import describe, page
from becq.reports.catalogue.selection import columns_named, find, read_condition, select
from becq.reports.catalogue.table import row_counts, table

PAGE_SIZE, LARGEST_PAGE = 200, 1000
MOST_PAGES = 100_000


class ColumnOut(Schema):
    """A column of a reference table. ``reference``: the table.column that its values occur in."""

    name: str
    type: str
    unit: str = Field(description='"1" for a ratio, "" where there is none')
    required: bool
    key: bool
    reference: str
    label_en: str
    label_zh: str
    meaning_en: str
    meaning_zh: str
    choices: list[str]
    choices_zh: list[str]


class TableOut(Schema):
    """What is said of a reference table. ``basis_en``: its main sources in short; ``gaps``: what it lacks."""

    name: str
    step: str
    title_en: str
    title_zh: str
    about_en: str
    about_zh: str
    basis_en: str
    basis_zh: str
    licence: str
    gaps_en: str
    gaps_zh: str
    doc: str
    rows: int
    columns: list[ColumnOut]


class RowPage(Schema):
    """One page of rows; ``total`` counts those of all pages. Infinity ("unlimited") is the text "inf"."""

    table: str
    title_en: str
    title_zh: str
    total: int
    page: int
    page_size: int
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]


def add_data(api: NinjaAPI) -> None:
    """Give ``api`` the two operations of the reference tables."""
    listed: dict[str, Any] = {
        "response": list[TableOut],
        "tags": ["reference data"],
        "summary": "The reference tables and what their columns mean",
    }
    api.get("/data", url_name="data", operation_id="list_reference_tables", **listed)(_tables)
    api.get("/data/", include_in_schema=False, **listed)(_tables)
    api.get(
        "/data/{name}",
        response=RowPage,
        tags=["reference data"],
        summary="Rows of a reference table",
        url_name="data-table",
        operation_id="read_reference_table",
    )(_rows)


def _tables(request: HttpRequest) -> list[dict[str, Any]]:
    counts = row_counts()
    return [describe(each, counts[each.name]) for each in tables().values()]


def _rows(
    request: HttpRequest,
    name: str = Path(..., description="Name of a table, as /data lists it", example="transport_limits"),
    where: list[str] = Query([], description="nuclide=Mo-99, a1_tbq>=1, note~word; all must hold"),  # noqa: B008
    q: str = Query("", max_length=200, description="Rows that contain this text in any cell"),
    columns: str = Query("", description="Only these columns, in this order, with commas between"),
    page_number: int = Query(1, ge=1, le=MOST_PAGES, alias="page"),
    page_size: int = Query(PAGE_SIZE, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """Values are numbers, texts, booleans, lists or null (the source gives nothing there)."""
    try:
        found = table(entry(name).name)
    except InputError as error:
        raise HttpError(404, str(error)) from error
    rows = select(found, [read_condition(found, each) for each in where])
    if q.strip():
        hits = set(find(found, q))
        rows = [row for row in rows if row in hits]
    wanted = [each.strip() for each in columns.split(",") if each.strip()]
    at = columns_named(found, wanted) if wanted else list(range(len(found.columns)))
    start = (page_number - 1) * page_size
    shown = rows[start : start + page_size]
    return {**page(found, shown, at, len(rows)), "page": page_number, "page_size": page_size}
