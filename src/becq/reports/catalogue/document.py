"""Reference tables as JSON-ready dictionaries: the same for the command line and the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from becq.reports.catalogue.cells import as_json
from becq.reports.catalogue.dictionary import ReferenceColumn, TableEntry
from becq.reports.catalogue.table import ReferenceTable

_TABLE = (
    "name", "step", "title_en", "title_zh", "about_en", "about_zh", "basis_en", "basis_zh", "licence",
    "gaps_en", "gaps_zh", "doc",
)  # fmt: skip
_COLUMN = (
    "name", "type", "unit", "required", "key", "reference", "label_en", "label_zh", "meaning_en",
    "meaning_zh",
)  # fmt: skip


def describe(entry: TableEntry, rows: int) -> dict[str, Any]:
    """What the dictionary says of a table, its number of rows and its columns."""
    columns = [describe_column(column) for column in entry.columns]
    return {**{key: getattr(entry, key) for key in _TABLE}, "rows": rows, "columns": columns}


def describe_column(column: ReferenceColumn) -> dict[str, Any]:
    """What the dictionary says of a column."""
    lists = {"choices": list(column.choices), "choices_zh": list(column.choices_zh)}
    return {**{key: getattr(column, key) for key in _COLUMN}, **lists}


def page(table: ReferenceTable, rows: Sequence[int], at: Sequence[int], total: int) -> dict[str, Any]:
    """Some rows of a table with the columns at some positions.

    Values are JSON numbers, texts, booleans, lists or null; infinity is the text "inf".

    :param rows: numbers (from 0) of the rows; ``at``: positions of the columns.
    :param total: how many rows there are in all.
    """
    return {
        "table": table.name,
        "title_en": table.entry.title_en,
        "title_zh": table.entry.title_zh,
        "total": total,
        "columns": [describe_column(table.columns[i]) for i in at],
        "rows": [{table.columns[i].name: as_json(table.rows[row][i]) for i in at} for row in rows],
    }
