"""Distances between places and the time it takes to drive them.

Without anything better, the way by road is the great circle times a detour factor, driven at the mean speed
of the lane. Who runs a road-routing server puts it in the same place (``road_server``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

Kilometres = NDArray[np.float64]
Seconds = NDArray[np.float64]


class Point(Protocol):
    """Anything with a position: WGS 84, degrees north and east."""

    @property
    def lat(self) -> float:
        """Latitude in degrees."""

    @property
    def lon(self) -> float:
        """Longitude in degrees."""


class Roads(Protocol):
    """Who knows the way by road."""

    def legs(self, origins: Sequence[Point], destinations: Sequence[Point]) -> tuple[Kilometres, Seconds]:
        """Distances in km and driving times in s, one row for each origin, one column for each destination.

        NaN in both where no road leads there.
        """


def great_circle_km(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Kilometres:
    """Great-circle distance in km by the haversine formula; degrees, broadcast against each other.

    On the ellipsoid the distance differs by 0.6 % at most (docs/network-file.md).
    """
    north1, north2 = np.radians(np.asarray(lat1, float)), np.radians(np.asarray(lat2, float))
    east = np.radians(np.asarray(lon2, float) - np.asarray(lon1, float))
    half = np.sin((north2 - north1) / 2) ** 2 + np.cos(north1) * np.cos(north2) * np.sin(east / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in km between two places."""
    return float(great_circle_km(a.lat, a.lon, b.lat, b.lon))


@dataclass(frozen=True, slots=True)
class GreatCircleRoads:
    """The estimate: great circle times ``detour_factor``, at ``speed_kmh``."""

    detour_factor: float = 1.3
    speed_kmh: float = 60.0

    def legs(self, origins: Sequence[Point], destinations: Sequence[Point]) -> tuple[Kilometres, Seconds]:
        """See :class:`Roads`; there is a way between any two places."""
        lat1, lon1 = _degrees(origins)
        lat2, lon2 = _degrees(destinations)
        km = self.detour_factor * great_circle_km(lat1[:, None], lon1[:, None], lat2, lon2)
        return km, 3600.0 * km / self.speed_kmh


def _degrees(places: Sequence[Point]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    degrees = np.array([(place.lat, place.lon) for place in places], float).reshape(-1, 2)
    return degrees[:, 0], degrees[:, 1]


__all__ = ["EARTH_RADIUS_KM", "GreatCircleRoads", "Point", "Roads", "distance_km", "great_circle_km"]
