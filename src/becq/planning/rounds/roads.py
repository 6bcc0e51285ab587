"""Distances and driving times between a pharmacy and the receivers of its rounds.

What the network has measured, else the great circle times the detour factor at the speed of the road lane by
which the planner would go (the quickest, its handling included). Handling itself is the vehicle's loading and
unloading here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.network import Network
from becq.chain.places import great_circle_km

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """Ways between places, the pharmacy first: ``km`` and ``minutes`` (whole), (n + 1, n + 1).

    :ivar reached: whether a road lane leads from the pharmacy to each of the n others.
    """

    km: Matrix
    minutes: NDArray[np.int64]
    reached: tuple[bool, ...]


def road_table(
    network: Network, origin: str, destinations: Sequence[str], speed_kmh: float | None = None
) -> RoadTable:
    """The ways of rounds from ``origin``.

    :param speed_kmh: speed of the vehicle, in the place of that of the lanes; measured times stay.
    """
    codes = [origin, *destinations]
    places = [network.site[code] for code in codes]
    lat = np.array([place.lat for place in places])
    lon = np.array([place.lon for place in places])
    straight = great_circle_km(lat[:, None], lon[:, None], lat, lon)
    lanes = [lane for lane in network.lanes if lane.mode == "road" and _leaves(lane, origin)]
    size = len(codes)
    km, seconds = np.zeros((size, size)), np.zeros((size, size))
    measured = _measured(network, frozenset(codes))
    for a in range(size):
        for b in range(size):
            if codes[a] == codes[b]:
                continue
            lane = _lane(lanes, codes[b], float(straight[a, b]), inward=codes[b] == origin)
            known = measured.get((codes[a], codes[b]))
            if known is not None:
                km[a, b], seconds[a, b] = known
            elif lane is not None:
                km[a, b] = lane.detour_factor * straight[a, b]
                seconds[a, b] = 3600.0 * km[a, b] / (speed_kmh or lane.speed_kmh or math.inf)
    minutes = np.ceil(seconds / 60.0 - 1e-9).astype(np.int64)
    reached = tuple(_covered(lanes, code, float(km[0, n + 1])) for n, code in enumerate(destinations))
    return RoadTable(km, minutes, reached)


def _leaves(lane: Lane, origin: str) -> bool:
    ends = [*lane.origins, *(lane.destinations if lane.both_ways else ())]
    return ANY_SITE in ends or origin in ends


def _leads_to(lane: Lane, code: str) -> bool:
    ends = [*lane.destinations, *(lane.origins if lane.both_ways else ())]
    return ANY_SITE in ends or code in ends


def _covered(lanes: Sequence[Lane], code: str, km: float) -> bool:
    return any(_leads_to(lane, code) and km <= (lane.max_km or math.inf) for lane in lanes)


def _lane(lanes: Sequence[Lane], code: str, straight_km: float, inward: bool) -> Lane | None:
    """The lane that the planner would take over a distance; beyond all, the one that reaches furthest."""
    usable = [lane for lane in lanes if inward or _leads_to(lane, code)] or list(lanes)
    if not usable:
        return None

    def length(lane: Lane) -> float:
        return lane.detour_factor * straight_km

    near = [lane for lane in usable if length(lane) <= (lane.max_km or math.inf)]
    if not near:
        return max(usable, key=lambda lane: lane.max_km or math.inf)
    return min(near, key=lambda lane: lane.handling + 3600.0 * length(lane) / (lane.speed_kmh or 1.0))


def _measured(network: Network, codes: frozenset[str]) -> dict[tuple[str, str], tuple[float, float]]:
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for leg in network.roads:
        if leg.origin in codes and leg.destination in codes:
            found[leg.origin, leg.destination] = leg.distance_km, leg.duration
            if leg.both_ways:
                found[leg.destination, leg.origin] = leg.distance_km, leg.duration
    return found


__all__ = ["RoadTable", "road_table"]
