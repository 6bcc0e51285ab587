"""Vehicles and packagings of the demo networks, from the tables beside them.

Loading and handing over take what transport.csv of Sichuan says; packagings are those of Sichuan, as far as
the network has their products. All of it is assumed, and each row says what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Item = dict[str, Any]
Row = dict[str, str]

NUMBERS = (
    "count", "package_limit", "transport_index_limit", "cost_per_day", "cost_per_km", "cost_per_hour",
    "thickness_mm", "radius_mm",
)  # fmt: skip


def make_vehicles(rows: Iterable[Row], loading: str, unloading: str) -> Iterator[Item]:
    """The rows of vehicles.csv."""
    for row in rows:
        yield _filled(row) | {"loading": loading, "unloading": unloading}


def make_packagings(rows: Iterable[Row], products: Iterable[Item]) -> Iterator[Item]:
    """The rows of packagings.csv, with those of their products that the network has."""
    known = {item["id"] for item in products}
    for row in rows:
        packed = [name for name in row["products"].split(",") if name in known]
        if packed:
            yield _filled(row) | {"products": packed}


def _filled(row: Row) -> Item:
    """A row without its empty cells, its numbers as numbers."""
    return {name: _number(text) if name in NUMBERS else text for name, text in row.items() if text}


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)
