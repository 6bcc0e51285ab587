"""Deliveries in columns, as the islands read them: a country has tens of thousands of them in one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

DIGITS = 5
"""Significant figures of activities: more cannot be seen."""


class _Names:
    """Names with a number each, in the order in which they are met."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self.number.setdefault(name, len(self.number))

    @property
    def list(self) -> list[str]:
        return list(self.number)


def carried(moves: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Moves by column: names as numbers into lists, instants in s since the Unix epoch, activities in Bq.

    A leg is six numbers in a row: lane, mode, from, to, start, end. ``ids`` are those of the moves that
    are not called order<lot, by their number.
    """
    modes, lanes, sites, lots, nuclides = (_Names() for _ in range(5))
    seconds = _Seconds()
    columns: dict[str, list[Any]] = {
        name: [] for name in ("order", "lot", "nuclide", "from", "to", "activity_bq", "at", "legs")
    }
    ids: dict[int, str] = {}
    for number, row in enumerate(moves):
        if row["id"] != f"{row['order']}<{row['lot']}":
            ids[number] = row["id"]
        columns["order"].append(row["order"])
        columns["lot"].append(lots(row["lot"]))
        columns["nuclide"].append(nuclides(row["nuclide"]))
        columns["from"].append(sites(row["from"]))
        columns["to"].append(sites(row["to"]))
        columns["activity_bq"].append(float(f"{row['activity_bq']:.{DIGITS}g}"))
        columns["at"].append(seconds(row["reference_time"]))
        legs: list[int] = []
        for leg in row["legs"]:
            legs += [lanes(leg["lane"]), modes(leg["mode"]), sites(leg["from"]), sites(leg["to"])]
            legs += [seconds(leg["start"]), seconds(leg["end"])]
        columns["legs"].append(legs)
    names = {"modes": modes, "lanes": lanes, "sites": sites, "lots": lots, "nuclides": nuclides}
    return {**{name: each.list for name, each in names.items()}, **columns, "ids": ids}


class _Seconds:
    """Instants read once each: many moves share them."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = round(datetime.fromisoformat(text).timestamp())
        return found
