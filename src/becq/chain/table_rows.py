"""A network spread over tables: one row of plain values for each row of each sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from becq.chain.definition import define
from becq.chain.network import SECTIONS, Network
from becq.chain.sheets import SHEETS

Rows = dict[str, list[dict[str, Any]]]


def spread(network: Network, *, dates: bool) -> Rows:
    """The rows of every sheet: values by column, defaults left out, lists joined by commas.

    :param dates: dates and times as such (for Excel) rather than as text.
    """
    rows: Rows = {name: [] for name in SHEETS}
    head = {name: getattr(network, name) for name in Network.model_fields if name not in SECTIONS}
    head_only = Network.model_construct(**head)
    rows["network"].append(_cells(head_only, define(head_only), dates))
    for section in SECTIONS:
        for item in getattr(network, section):
            written = define(item)
            rows[section].append(_cells(item, written, dates))
            _spread_nested(section, item, written, rows, dates)
    return rows


def _spread_nested(section: str, item: Any, written: Mapping[str, Any], rows: Rows, dates: bool) -> None:
    """The rows of the lists inside a row, each naming it."""
    if section == "sites" and item.licence is not None:
        licence = written["licence"]
        head = {"site": item.id, **_cells(item.licence, licence, dates)}
        rows["licences"] += [
            {**head, **_cells(row, cells, dates)}
            for row, cells in zip(item.licence.nuclides, licence.get("nuclides", ()), strict=True)
        ] or [head]
        rows["operations"] += [
            {"site": item.id, **_cells(row, cells, dates)}
            for row, cells in zip(item.licence.operations, licence.get("operations", ()), strict=True)
        ]
    elif section in ("resources", "processes"):
        owner = {"resource" if section == "resources" else "process": item.id}
        rows["outages"] += [
            {**owner, **_cells(row, cells, dates)}
            for row, cells in zip(item.outages, written.get("outages", ()), strict=True)
        ]
    elif section == "lanes":
        rows["departures"] += [
            {"lane": item.id, **_cells(row, cells, dates)}
            for row, cells in zip(item.departures, written.get("departures", ()), strict=True)
        ]


def _cells(row: Any, written: Mapping[str, Any], dates: bool) -> dict[str, Any]:
    """One value for each cell; what has rows of its own is left out."""
    cells: dict[str, Any] = {}
    for name, text in written.items():
        if isinstance(text, dict) or (isinstance(text, list) and text and isinstance(text[0], dict)):
            continue
        value = getattr(row, name)
        if isinstance(text, list):
            cells[name] = ", ".join(str(part) for part in text)
        elif dates and isinstance(value, date | time):
            cells[name] = value
        else:
            cells[name] = text
    return cells


__all__ = ["Rows", "spread"]
