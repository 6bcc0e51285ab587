"""Tables: filters, order, pages and columns from the address; the workbook."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from becq.web.tables import Column, Filter, Table, look_up

ROWS = [
    {
        "pk": i,
        "code": f"L-{i:03d}",
        "nuclide": ["I-131", "Tc-99m"][i % 2],
        "bq": None if i == 7 else 1e9 * (i * 37 % 100),
        "at": datetime(2026, 7, 1 + i % 28, tzinfo=UTC),
        "site": {"name": f"Site {i % 3}"},
    }
    for i in range(120)
]
COLUMNS = [
    Column("code", "Lot", "lot", sort=True),
    Column("nuclide", "Nuclide", "nuclide", sort=True),
    Column("bq", "Activity", "activity", sort=True, at="at", nuclide="nuclide"),
    Column("at", "Reference", "instant", sort=True),
    Column("site", "Site", sort="site.name", path="site.name", hidden=True),
]
FILTERS = [
    Filter("q", "Search", "search", fields=["code", "site.name"]),
    Filter("nuclide", "Nuclide", choices=[("I-131", "I-131")]),
    Filter("day", "Day", "day", field="at"),
]


@pytest.fixture
def table(rf):
    def make(query: str = "", **changes) -> Table:
        return Table(
            **{
                "request": rf.get(f"/?{query}"),
                "rows": ROWS,
                "columns": COLUMNS,
                "caption": "Lots",
                "filters": FILTERS,
                **changes,
            }
        )

    return make


def test_filters_narrow(table):
    assert len(table("nuclide=I-131").narrowed) == 60
    assert [row["code"] for row in table("q=l-011").narrowed] == ["L-011"]
    assert len(table("q=site 2&nuclide=Tc-99m").narrowed) == 20
    assert {row["at"].day for row in table("day=2026-07-03").narrowed} == {3}


def test_order_puts_empty_values_last_in_both_directions(table):
    for sort in ("bq", "-bq"):
        rows = table(f"sort={sort}").narrowed
        values = [row["bq"] for row in rows]
        assert values[-1] is None
        assert values[:-1] == sorted(values[:-1], reverse=sort.startswith("-"))


def test_an_unknown_order_or_page_does_no_harm(table):
    assert table("sort=password&page=999&rows=1000000").page.number == 3
    assert table("sort=password").sort == ""


def test_columns_are_chosen_and_the_first_always_stands(table):
    assert [column.key for column in table().shown] == ["code", "nuclide", "bq", "at"]
    assert [column.key for column in table("columns=site.bq").shown] == ["code", "bq", "site"]


def test_links_keep_the_filters(table, rf):
    made = table("nuclide=I-131&sort=-bq&page=2")
    assert made.cleared == "?sort=-bq"
    assert made.kept == [("sort", "-bq")]
    assert made.heads[2]["next"] == "bq"
    assert made.heads[2]["aria"] == "descending"


@pytest.mark.django_db
def test_the_workbook_holds_all_rows_in_bq_and_no_formulas(table):
    rows = [{**ROWS[0], "code": "=1+1"}, *ROWS[1:]]
    answer = table("nuclide=I-131&export=xlsx&page=2", rows=rows).export()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(sheet) == 61
    assert sheet[0][2] == "Activity (Bq)"
    assert sheet[1][0] == "=1+1"
    assert sheet[2][2] == 74e9


def test_paths_go_through_keys_attributes_and_calls():
    class Thing:
        name = "x"

        def loud(self):
            return self.name.upper()

    assert look_up({"thing": Thing()}, "thing.loud") == "X"
    assert look_up({"thing": None}, "thing.loud.more") is None
    assert look_up(QueryDict("a=1"), "a") == "1"
