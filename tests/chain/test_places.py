"""Distances on the sphere against published geodesics, and the estimate of the way by road."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.chain.places import EARTH_RADIUS_KM, GreatCircleRoads, distance_km, great_circle_km

TABLE = Path(__file__).parents[1] / "reference" / "geodesics.csv"
GEODESICS = list(csv.DictReader(TABLE.open(encoding="utf-8")))
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize("row", GEODESICS, ids=lambda row: row["source"])
def test_close_to_the_geodesic(row: dict[str, str]) -> None:
    """The sphere differs from the ellipsoid by its flattening: 0.6 % at most."""
    km = great_circle_km(*(float(row[name]) for name in ("lat1", "lon1", "lat2", "lon2")))
    assert float(km) == pytest.approx(float(row["geodesic_m"]) / 1000, rel=0.006)


def test_beijing_to_shanghai() -> None:
    """39.9042 N 116.4074 E to 31.2304 N 121.4737 E: 1067 km on the great circle."""
    a, b = SimpleNamespace(lat=39.9042, lon=116.4074), SimpleNamespace(lat=31.2304, lon=121.4737)
    assert distance_km(a, b) == pytest.approx(1067, abs=1)


def test_a_degree_of_a_meridian_and_half_the_earth() -> None:
    assert float(great_circle_km(30, 100, 31, 100)) == pytest.approx(EARTH_RADIUS_KM * math.pi / 180)
    assert float(great_circle_km(0, 0, 0, 180)) == pytest.approx(EARTH_RADIUS_KM * math.pi)
    assert float(great_circle_km(90, 0, -90, 77)) == pytest.approx(EARTH_RADIUS_KM * math.pi)
    assert float(great_circle_km(10, 179.5, 10, -179.5)) < 120, "across the date line"


@given(degrees, degrees, degrees)
def test_it_is_a_distance(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    there, back = float(great_circle_km(*a, *b)), float(great_circle_km(*b, *a))
    assert there == pytest.approx(back, abs=1e-3)
    assert float(great_circle_km(*a, *a)) == 0
    detour = there + float(great_circle_km(*b, *c))
    assert float(great_circle_km(*a, *c)) <= detour + 1e-3


@given(st.lists(degrees, min_size=1, max_size=4), st.lists(degrees, min_size=1, max_size=4))
def test_matrix_holds_each_pair(starts: list[tuple[float, float]], ends: list[tuple[float, float]]) -> None:
    one, other = ([SimpleNamespace(lat=lat, lon=lon) for lat, lon in each] for each in (starts, ends))
    km, seconds = GreatCircleRoads(1.25, 50).legs(one, other)
    assert km.shape == seconds.shape == (len(starts), len(ends))
    for row, a in enumerate(one):
        for column, b in enumerate(other):
            assert km[row, column] == pytest.approx(1.25 * distance_km(a, b))
    assert np.allclose(seconds, km / 50 * 3600)


def test_nowhere_to_go() -> None:
    km, seconds = GreatCircleRoads().legs([], [SimpleNamespace(lat=0, lon=0)])
    assert km.shape == seconds.shape == (0, 1)
