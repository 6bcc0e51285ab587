"""The tables: those of ``examples/china/tables`` and the rows that are read from Sichuan and Yantai."""

from __future__ import annotations

import csv
import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from becq.chain.divisions import division, prefecture_of, province_of

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = EXAMPLES / "china"
DOCS = EXAMPLES.parent / "docs" / "china.md"
FIRST = date(2026, 12, 7)
"""The Monday on which the network stands; dated orders fall into the two weeks from here."""
WEEKS = 2
WEEKS_A_YEAR = 50
"""Working weeks: the figures of a year over those of a week, as in the tables of Sichuan."""

Item = dict[str, Any]
Row = dict[str, str]


@cache
def table(name: str, example: str = "china") -> tuple[Row, ...]:
    """The rows of a table of an example."""
    with (EXAMPLES / example / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def indexed(name: str, example: str = "china") -> dict[str, Row]:
    """The rows of a table by identifier."""
    return {row["id"]: row for row in table(name, example)}


@cache
def parameter(name: str) -> float:
    """A number of parameters.csv."""
    return float(parameter_row(name)["value"])


@cache
def parameter_row(name: str) -> Row:
    """A row of parameters.csv."""
    return next(row for row in table("parameters") if row["parameter"] == name)


@cache
def addresses() -> dict[str, str]:
    """The address at which a source was read, without ``http://``, and how sources.csv cites that source."""
    found = {row["read_at"].partition("://")[2] or row["read_at"]: row["source"] for row in table("sources")}
    return {address: source for address, source in found.items() if address}


def cited(text: str) -> list[str]:
    """The parts of a ``source``; those that give an address as sources.csv cites what was read there."""
    parts: dict[str, None] = {}
    for part in filter(None, text.split("; ")):
        found = [source for address, source in addresses().items() if address in part]
        parts |= dict.fromkeys(found or [part])
    return list(parts)


def sourced(row: Row) -> str:
    """The ``source`` of a row as sources.csv cites it."""
    return "; ".join(cited(row["source"]))


def provenance(*rows: Row, note: str = "") -> Item:
    """``source`` (as sources.csv cites it) and ``assumption`` of one or more rows, each text once."""
    sources = dict.fromkeys(part for row in rows for part in cited(row["source"]))
    notes = dict.fromkeys(part for part in (*(row["assumption"] for row in rows), note) if part)
    found = {"source": "; ".join(sources), "assumption": "; ".join(notes)}
    return {name: text for name, text in found.items() if text}


def said(*names: str, note: str = "") -> Item:
    """The provenance of parameters."""
    return provenance(*(parameter_row(name) for name in names), note=note)


def filled(row: Item) -> Item:
    """A row without its empty cells."""
    return {name: value for name, value in row.items() if value not in ("", None)}


def activity(gbq: float) -> str:
    """Three digits with the unit that suits them."""
    unit, factor = ("TBq", 1e-3) if gbq >= 1e3 else ("GBq", 1.0) if gbq >= 1 else ("MBq", 1e3)
    value = gbq * factor
    digits = 2 - math.floor(math.log10(value))
    return f"{round(value, digits):.10g} {unit}"


def location(code: str) -> Item:
    """Division, jurisdiction, province and city of a place with a code of GB/T 2260."""
    city = prefecture_of(code) or division(code)
    return {
        "jurisdiction": f"CN-{code[:2]}",
        "division": code,
        "province": province_of(code).name_en,
        "city": city.name_en,
    }


def seat(code: str) -> tuple[float, float]:
    """The point of a division: its own, else that of the unit it lies in."""
    place = division(code)
    while place.lat is None or place.lon is None:
        if place.parent is None:
            raise ValueError(f"{code} has no point")
        place = division(place.parent)
    return place.lat, place.lon
