"""Rows of reference tables that hold a curve (cross sections by energy, ...) as drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from becq.reports.catalogue.dictionary import ReferenceColumn
from becq.reports.catalogue.table import ReferenceTable
from becq.web import data_tables

X_UNIT = "MeV"


@dataclass(frozen=True, slots=True)
class Pair:
    """Positions of the columns of a curve: energies, values and, where there are any, uncertainties."""

    x: int
    y: int
    u: int | None = None


def pairs(columns: tuple[ReferenceColumn, ...]) -> list[Pair]:
    """The curves that a row of such columns holds: lists of energies and what follows them."""
    found: list[Pair] = []
    x: int | None = None
    for i, column in enumerate(columns):
        if column.type != "numbers":
            continue
        if "energy" in column.name and column.unit == X_UNIT:
            x = i
        elif x is not None and column.name.startswith("uncertainty") and found:
            found[-1] = Pair(found[-1].x, found[-1].y, i)
        elif x is not None:
            found.append(Pair(x, i))
    return found


def charts(found: ReferenceTable, number: int) -> list[dict[str, Any]]:
    """Drawings of the curves of a row, counted from 1; none where its lists do not belong together."""
    cells = found.rows[number - 1]
    drawn = []
    for pair in pairs(found.columns):
        xs, ys = cells[pair.x], cells[pair.y]
        if isinstance(xs, tuple) and isinstance(ys, tuple) and len(xs) == len(ys) > 1:
            us = cells[pair.u] if pair.u is not None else None
            drawn.append(_chart(found, pair, xs, ys, us if isinstance(us, tuple) else None))
    return drawn


def _chart(found: ReferenceTable, pair: Pair, xs: Any, ys: Any, us: Any) -> dict[str, Any]:
    x, y = found.columns[pair.x], found.columns[pair.y]
    curves = [{**_named(y), "points": [list(point) for point in zip(xs, ys, strict=True)]}]
    if us is not None and pair.u is not None and len(us) == len(ys):
        label = _named(found.columns[pair.u])
        for sign in (1, -1):
            points = [[e, max(0.0, v + sign * u)] for e, v, u in zip(xs, ys, us, strict=True)]
            mark = "+" if sign > 0 else "−"
            curves.append({**{key: f"{mark} {text}" for key, text in label.items()}, "points": points})
    unit = data_tables.unit(y)
    title = _named(y)
    axis = {key: f"{text} ({unit})" if unit else text for key, text in title.items()}
    return {
        "id": f"curve-{y.name}",
        "title": data_tables.label(y),
        "data": {
            "title": title,
            "x": {**_named(x), "kind": "energy"},
            "y": {**axis, "kind": "number"},
            "curves": curves,
            "marks": [],
            "log": False,
            "level": None,
        },
    }


def _named(column: ReferenceColumn) -> dict[str, str]:
    return {"name": column.label_en, "name_zh": column.label_zh}
