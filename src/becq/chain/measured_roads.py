"""Filling the section ``roads`` of a network from somebody who knows the ways."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.network import Network
from becq.chain.places import Roads, great_circle_km
from becq.chain.road import FASTEST_KMH, RoadLeg
from becq.chain.site import Site
from becq.errors import InputError

_RECEIVING_ONLY = frozenset({"hospital", "waste"})
_CHUNK = 25
"""Origins asked about together, neighbours if possible: their destinations are much the same."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """A network with its ways measured, and how that went.

    :ivar asked: pairs of sites asked about.
    :ivar unreachable: those to which no road leads.
    """

    network: Network
    asked: int
    unreachable: tuple[Pair, ...]


def measure_roads(
    network: Network, roads: Roads, source: str, *, max_km: float | None = None, renew: bool = False
) -> Measured:
    """The network with ``roads`` for the pairs of sites that its road lanes cover.

    Asked are pairs whose origin may send goods (it is no hospital or waste store, or makes or holds
    something) and whose great circle is no longer than the lane's ``max_km``. Kept are the ways that the
    lane could drive by measure or by estimate; driving times are rounded up to whole minutes.

    :param source: where the numbers come from, for each row.
    :param max_km: longest great circle asked about.
    :param renew: measure again what the network has already.
    """
    reach = _reach(network, max_km)
    given = _given(network.roads)
    wanted: dict[str, list[str]] = defaultdict(list)
    for origin, destination in reach:
        if renew or (origin, destination) not in given:
            wanted[origin].append(destination)
    fresh: list[RoadLeg] = []
    unreachable: list[Pair] = []
    for origins, destinations in _chunks(network, wanted):
        km, seconds = roads.legs(
            [network.site[code] for code in origins], [network.site[code] for code in destinations]
        )
        column = {code: index for index, code in enumerate(destinations)}
        for row, origin in enumerate(origins):
            for destination in wanted[origin]:
                at = row, column[destination]
                if np.isnan(km[at]):
                    unreachable.append((origin, destination))
                elif (
                    km[at] > 0
                    and seconds[at] > 0
                    and min(km[at], reach[origin, destination][1]) <= (reach[origin, destination][0])
                ):
                    fresh.append(_leg(origin, destination, float(km[at]), float(seconds[at]), source))
    fresh.sort(key=lambda leg: leg.id)
    kept = _without(network.roads, {(leg.origin, leg.destination) for leg in fresh})
    names = {leg.id for leg in fresh}
    return Measured(
        network.model_copy(update={"roads": [*(leg for leg in kept if leg.id not in names), *fresh]}),
        sum(map(len, wanted.values())),
        tuple(unreachable),
    )


def _reach(network: Network, max_km: float | None) -> dict[Pair, tuple[float, float]]:
    """Pairs that a road lane covers → (its longest drive, the estimate of the drive), the best of lanes."""
    active = {process.site for process in network.processes} | {lot.site for lot in network.stock}
    senders = {site.id for site in network.sites if site.kind not in _RECEIVING_ONLY or site.id in active}
    reach: dict[Pair, tuple[float, float]] = {}
    for lane in network.lanes:
        if lane.mode != "road" or lane.distance_km is not None:
            continue
        for origins, destinations in _ends(network, lane):
            starts = [site for site in origins if site.id in senders]
            km = great_circle_km(
                np.array([site.lat for site in starts])[:, None],
                np.array([site.lon for site in starts])[:, None],
                np.array([site.lat for site in destinations]),
                np.array([site.lon for site in destinations]),
            )
            longest = lane.max_km or math.inf
            for row, column in np.argwhere(km <= min(longest, max_km or math.inf)):
                a, b = starts[row].id, destinations[column].id
                if a != b and longest >= reach.get((a, b), (0.0, 0.0))[0]:
                    reach[a, b] = (longest, float(km[row, column]) * lane.detour_factor)
    return reach


def _ends(network: Network, lane: Lane) -> Iterator[tuple[list[Site], list[Site]]]:
    sites = network.site
    origins = network.sites if ANY_SITE in lane.origins else [sites[code] for code in lane.origins]
    destinations = (
        network.sites if ANY_SITE in lane.destinations else [sites[code] for code in lane.destinations]
    )
    yield origins, destinations
    if lane.both_ways:
        yield destinations, origins


def _chunks(network: Network, wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Origins a few at a time, neighbours together, with all the destinations that some of them want."""

    def near(code: str) -> tuple[float, float]:
        return round(network.site[code].lat / 2), network.site[code].lon

    codes = sorted(wanted, key=near)
    for start in range(0, len(codes), _CHUNK):
        origins = codes[start : start + _CHUNK]
        yield origins, sorted({code for origin in origins for code in wanted[origin]}, key=near)


def _given(roads: Sequence[RoadLeg]) -> set[Pair]:
    pairs = {(leg.origin, leg.destination) for leg in roads}
    return pairs | {(leg.destination, leg.origin) for leg in roads if leg.both_ways}


def _without(roads: Sequence[RoadLeg], pairs: set[Pair]) -> Iterator[RoadLeg]:
    """The ways without those that are measured anew; half of one that leads both ways may stay."""
    for leg in roads:
        there = (leg.origin, leg.destination) in pairs
        back = (leg.destination, leg.origin) in pairs
        if not leg.both_ways:
            if not there:
                yield leg
        elif there and not back:
            ends = {"origin": leg.destination, "destination": leg.origin, "both_ways": False}
            yield leg.model_copy(update=ends)
        elif back and not there:
            yield leg.model_copy(update={"both_ways": False})
        elif not there:
            yield leg


def _leg(origin: str, destination: str, km: float, seconds: float, source: str) -> RoadLeg:
    name = f"{origin}--{destination}"
    if len(name) > 80:
        name = f"{name[:71]}{hashlib.sha256(name.encode()).hexdigest()[:9]}"
    minutes = math.ceil(seconds / 60.0 - 1e-9)
    if km > FASTEST_KMH * minutes / 60.0:
        raise InputError(
            f"the server drives from '{origin}' to '{destination}' {km:g} km in {minutes} min, "
            f"faster than {FASTEST_KMH:g} km/h; is its profile that of a car?"
        )
    return RoadLeg(
        id=name,
        origin=origin,
        destination=destination,
        distance_km=max(round(km, 2), 0.01),
        duration=cast(float, f"{minutes} min"),  # read as a quantity
        source=source,
        assumption=None,
    )


__all__ = ["Measured", "measure_roads"]
