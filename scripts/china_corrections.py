"""What was found to be wrong in the lists of hospitals, row by row: ``hospital_corrections.csv``.

``same``: another name of ``value``; ``campus``: a part of it; ``unsuitable``: a kind without such a
department; these are left out. ``moved``: placed at the seat of the division ``value``. ``named``: called
``value`` and ``name_en``. ``basis`` says how it is known: address, names, source, judgement.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from china_survey import Row, read

from becq.chain.divisions import division

DROPPED = ("same", "campus", "unsuitable")
NEAR_KM = 0.3
"""Two hospitals nearer than this are taken for one, unless ``hospital_pairs.csv`` says why they are two."""


def by_name() -> dict[str, dict[str, Row]]:
    """Corrections by action, then by the name that a list gives."""
    found: dict[str, dict[str, Row]] = {}
    for row in read("hospital_corrections"):
        found.setdefault(row["action"], {})[row["name_zh"]] = row
    return found


def corrected(rows: Iterable[Row]) -> list[Row]:
    """The rows of a list without doubles, campuses and unsuitable ones, moved and named as found right."""
    corrections = by_name()
    dropped = {name for action in DROPPED for name in corrections[action]}
    kept = []
    for row in rows:
        name = row["name_zh"]
        if name in dropped:
            continue
        changed = dict(row)
        for action in ("moved", "named"):
            if name in corrections[action]:
                sources = (*changed["source"].split("; "), *corrections[action][name]["source"].split("; "))
                changed["source"] = "; ".join(dict.fromkeys(filter(None, sources)))
        if name in corrections["moved"]:
            place = division(corrections["moved"][name]["value"])
            changed |= {
                "division": place.code,
                "lat": f"{place.lat:.2f}",
                "lon": f"{place.lon:.2f}",
                "coord_basis": "seat",
            }
        if name in corrections["named"]:
            new = corrections["named"][name]
            changed |= {"name_zh": new["value"], "name_en": new["name_en"]}
        kept.append(changed)
    return kept


def km_between(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Distance of two rows in km, good to a few metres over short ways."""
    lat = float(one["lat"])
    north = float(other["lat"]) - lat
    east = (float(other["lon"]) - float(one["lon"])) * math.cos(math.radians(lat))
    return math.hypot(north, east) * 6371.0088 * math.pi / 180


class Pairs:
    """``hospital_pairs.csv``: neighbours that are known to be two hospitals."""

    def __init__(self) -> None:
        self.names = {frozenset((row["name_zh"], row["other_zh"])) for row in read("hospital_pairs")}

    def are_two(self, one: Row, other: Row) -> bool:
        return frozenset((one["name_zh"], other["name_zh"])) in self.names

    def is_one(self, row: Row, chosen: Iterable[Row]) -> bool:
        """Whether a hospital with a point of its own stands beside a chosen one: another name of it."""
        if row["coord_basis"] == "seat":
            return False
        return any(
            other["coord_basis"] != "seat"
            and km_between(row, other) < NEAR_KM
            and not self.are_two(row, other)
            for other in chosen
        )


def spread_seats(rows: list[Row]) -> None:
    """Move hospitals at a seat apart: in a spiral around it, 0.35 km from each other and from all others."""
    fixed = [row for row in rows if row["coord_basis"] != "seat"]
    cells: dict[tuple[int, int], list[Row]] = {}

    def cell(row: Mapping[str, str]) -> tuple[int, int]:
        return round(float(row["lat"]) / 0.05), round(float(row["lon"]) / 0.05)

    def is_free(point: Row) -> bool:
        north, east = cell(point)
        around = (cells.get((north + i, east + j), []) for i in (-1, 0, 1) for j in (-1, 0, 1))
        return all(km_between(point, other) >= STEP_KM for near in around for other in near)

    for row in fixed:
        cells.setdefault(cell(row), []).append(row)
    for row in (row for row in rows if row["coord_basis"] == "seat"):
        lat, lon = float(row["lat"]), float(row["lon"])
        for turn in range(1000):
            angle, radius = turn * GOLDEN_ANGLE, STEP_KM * math.sqrt(turn)
            north = radius * math.cos(angle) / KM_A_DEGREE
            east = radius * math.sin(angle) / KM_A_DEGREE / math.cos(math.radians(lat))
            point = {"lat": f"{lat + north:.3f}", "lon": f"{lon + east:.3f}"}
            if is_free(point):
                break
        row |= point
        cells.setdefault(cell(row), []).append(row)


STEP_KM = 0.35
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
KM_A_DEGREE = 6371.0088 * math.pi / 180
