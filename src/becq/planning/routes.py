"""Dated itineraries over lanes: road at any time, flights and trains by timetable.

A path is direct road, or road access - timetabled leg (- connection) - road egress, through transit sites.
Roads take what the network has measured, else the great circle times the detour factor of the lane.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from becq.chain.fields import WEEKDAYS
from becq.chain.lane import ANY_SITE, Lane
from becq.chain.network import Network
from becq.chain.places import GreatCircleRoads

MAX_TIMETABLED_LEGS = 2
MAX_TRANSIT_WAIT_S = 12 * 3600.0
"""Longest wait at an airport or a station, where nobody holds a licence for the goods (assumption)."""
CHEAPEST = 4
MOST_WAYS = 64


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of the way; ``departure`` names the timetabled departure whose capacity it uses."""

    lane: str
    mode: str
    origin: str
    destination: str
    start: float
    end: float
    departure: tuple[str, str, str, float] | None = None
    trip: Trip | None = None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A dated way from lot to receiver. Without legs the goods stay on the site."""

    legs: tuple[Leg, ...]
    depart: float
    arrive: float
    cost: float


@dataclass(frozen=True, slots=True)
class Road:
    """A road arc: time from starting to load until hand-over."""

    lane: str
    origin: str
    destination: str
    km: float
    duration: float
    cost: float


@dataclass(frozen=True, slots=True)
class Trip:
    """One dated departure: goods at the terminal by ``close``, in hand again at ``available``."""

    lane: str
    mode: str
    origin: str
    destination: str
    close: float
    available: float
    capacity: int | None
    cost: float
    leaves: float
    lands: float
    number: str | None

    @property
    def key(self) -> tuple[str, str, str, float]:
        """Name of the departure whose capacity is used."""
        return (self.lane, self.origin, self.destination, self.close)


class Routes:
    """All ways between sites of a network in a span of time."""

    def __init__(self, network: Network, first: date, days: int) -> None:
        self._network = network
        self.roads: dict[tuple[str, str], Road] = {}
        for lane in network.lanes:
            if lane.mode == "road":
                for road in _roads(network, lane):
                    known = self.roads.get((road.origin, road.destination))
                    if known is None or road.duration < known.duration:
                        self.roads[road.origin, road.destination] = road
        self.trips: dict[str, list[Trip]] = defaultdict(list)
        for lane in network.lanes:
            if lane.mode != "road":
                for trip in _trips(network, lane, first, days):
                    self.trips[trip.origin].append(trip)
        for trips in self.trips.values():
            trips.sort(key=lambda trip: (trip.close, trip.key))
        self._closes = {origin: [trip.close for trip in trips] for origin, trips in self.trips.items()}
        self.capacity: dict[tuple[str, str, str, float], int] = {
            trip.key: trip.capacity
            for trips in self.trips.values()
            for trip in trips
            if trip.capacity is not None
        }

    def itineraries(
        self, origin: str, destination: str, ready: float, earliest: float, latest: float
    ) -> list[Itinerary]:
        """Ways that leave after ``ready`` and arrive in [earliest, latest], cheapest first.

        The four cheapest; and where each of these needs a departure that may fill up, all further ones (64
        at most) until one does not, so that a full departure never hides a later one.
        """
        if origin == destination:
            moment = max(ready, earliest)
            return [Itinerary((), moment, moment, 0.0)] if moment <= latest else []
        found = list(self._found(origin, destination, ready, earliest, latest))
        found.sort(key=lambda way: (way.cost, way.arrive, -way.depart, [leg.lane for leg in way.legs]))
        kept: list[Itinerary] = []
        for way in found[:MOST_WAYS]:
            if len(kept) >= CHEAPEST and not all(self._may_fill(each) for each in kept):
                break
            kept.append(way)
        return kept

    def latest_departure(self, origin: str, destination: str, earliest: float, latest: float) -> float | None:
        """Last moment to leave and still arrive in the window, or None where no way does."""
        if origin == destination:
            return latest
        road = self.roads.get((origin, destination))
        leaving = [latest - road.duration] if road else []
        ways = self._found(origin, destination, -math.inf, earliest, latest)
        leaving += [way.depart for way in ways if len(way.legs) > 1 or way.legs[0].trip is not None]
        return max(leaving, default=None)

    def _may_fill(self, way: Itinerary) -> bool:
        return any(leg.departure in self.capacity for leg in way.legs if leg.departure is not None)

    def fastest_s(self, origin: str, destination: str) -> float | None:
        """Shortest travel time in s, timetable aside, or None where no lane leads there."""
        if origin == destination:
            return 0.0
        times = [road.duration for road in [self.roads.get((origin, destination))] if road]
        for hub in self._hubs(origin):
            access = self.roads[origin, hub].duration if hub != origin else 0.0
            for trip in self.trips[hub]:
                egress = self._egress_s(trip.destination, destination)
                if egress is not None:
                    times.append(access + trip.available - trip.close + egress)
        return min(times, default=None)

    def _egress_s(self, hub: str, destination: str) -> float | None:
        if hub == destination:
            return 0.0
        road = self.roads.get((hub, destination))
        return road.duration if road else None

    def _hubs(self, origin: str) -> list[str]:
        return [hub for hub in self.trips if hub == origin or (origin, hub) in self.roads]

    def _found(
        self, origin: str, destination: str, ready: float, earliest: float, latest: float
    ) -> Iterator[Itinerary]:
        road = self.roads.get((origin, destination))
        if road:
            arrive = max(ready + road.duration, earliest)
            if arrive <= latest:
                yield _assemble(self, origin, destination, (), arrive)
        for hub in self._hubs(origin):
            access = self.roads[origin, hub].duration if hub != origin else 0.0
            trips = self.trips[hub]
            for index in range(bisect_left(self._closes[hub], ready + access), len(trips)):
                if trips[index].close > latest:
                    break
                for chain in self._connections((trips[index],), latest):
                    egress = self._egress_s(chain[-1].destination, destination)
                    if egress is None:
                        continue
                    soonest = chain[-1].available + egress
                    arrive = max(soonest, earliest)
                    if arrive <= latest and arrive - soonest <= MAX_TRANSIT_WAIT_S:
                        yield _assemble(self, origin, destination, chain, arrive)

    def _connections(self, chain: tuple[Trip, ...], latest: float) -> Iterator[tuple[Trip, ...]]:
        yield chain
        if len(chain) == MAX_TIMETABLED_LEGS:
            return
        last = chain[-1]
        onward = self.trips.get(last.destination, [])
        visited = {trip.origin for trip in chain} | {last.destination}
        reached: set[str] = set()
        for index in range(bisect_left(self._closes.get(last.destination, []), last.available), len(onward)):
            trip = onward[index]
            if trip.close > min(latest, last.available + MAX_TRANSIT_WAIT_S):
                return
            if trip.destination in visited or trip.destination in reached:
                continue
            reached.add(trip.destination)
            yield from self._connections((*chain, trip), latest)


def _assemble(
    routes: Routes, origin: str, destination: str, chain: tuple[Trip, ...], arrive: float
) -> Itinerary:
    legs: list[Leg] = []
    cost = 0.0
    if not chain:
        road = routes.roads[origin, destination]
        legs.append(Leg(road.lane, "road", origin, destination, arrive - road.duration, arrive))
        return Itinerary(tuple(legs), arrive - road.duration, arrive, road.cost)
    if chain[0].origin != origin:
        road = routes.roads[origin, chain[0].origin]
        legs.append(
            Leg(road.lane, "road", origin, road.destination, chain[0].close - road.duration, chain[0].close)
        )
        cost += road.cost
    for trip in chain:
        legs.append(
            Leg(
                trip.lane,
                trip.mode,
                trip.origin,
                trip.destination,
                trip.close,
                trip.available,
                trip.key,
                trip,
            )
        )
        cost += trip.cost
    if chain[-1].destination != destination:
        road = routes.roads[chain[-1].destination, destination]
        legs.append(Leg(road.lane, "road", road.origin, destination, arrive - road.duration, arrive))
        cost += road.cost
    return Itinerary(tuple(legs), legs[0].start, arrive, cost)


def _roads(network: Network, lane: Lane) -> Iterator[Road]:
    """The arcs of a road lane: measured where somebody has, else by the great circle."""
    assert lane.speed_kmh is not None
    sites = network.site
    origins = list(sites) if ANY_SITE in lane.origins else list(dict.fromkeys(lane.origins))
    destinations = list(sites) if ANY_SITE in lane.destinations else list(dict.fromkeys(lane.destinations))
    estimate = GreatCircleRoads(lane.detour_factor, lane.speed_kmh)
    for starts, ends in [(origins, destinations), (destinations, origins)][: 1 + lane.both_ways]:
        km, driving = estimate.legs([sites[code] for code in starts], [sites[code] for code in ends])
        if lane.distance_km is not None:
            km[:], driving[:] = lane.distance_km, 3600.0 * lane.distance_km / lane.speed_kmh
        else:
            _measure(network, starts, ends, km, driving)
        reached = km <= (math.inf if lane.max_km is None else lane.max_km)
        # Whole minutes, as every timetable is: what is printed is what was computed.
        duration = 60.0 * np.ceil((lane.handling + driving) / 60.0)
        for row, column in np.argwhere(reached):
            pair = starts[row], ends[column]
            if pair[0] == pair[1]:
                continue
            far = float(km[row, column])
            cost = lane.cost_per_trip + lane.cost_per_km * far
            yield Road(lane.id, *pair, far, float(duration[row, column]), cost)


def _measure(
    network: Network,
    starts: Sequence[str],
    ends: Sequence[str],
    km: NDArray[np.float64],
    driving: NDArray[np.float64],
) -> None:
    """Put what is measured in the place of the estimate."""
    if not network.roads:
        return
    row, column = ({code: at for at, code in enumerate(codes)} for codes in (starts, ends))
    for leg in network.roads:
        for a, b in [(leg.origin, leg.destination), (leg.destination, leg.origin)][: 1 + leg.both_ways]:
            if a in row and b in column:
                km[row[a], column[b]], driving[row[a], column[b]] = leg.distance_km, leg.duration


def _trips(network: Network, lane: Lane, first: date, days: int) -> Iterator[Trip]:
    pairs = [(a, b) for a in lane.origins for b in lane.destinations if a != b]
    if lane.both_ways:
        pairs += [(b, a) for a, b in pairs]
    for a, b in dict.fromkeys(pairs):
        zone = network.site[a].zone
        for line in lane.departures:
            for offset in range(-1, days + 1):
                day = first + timedelta(days=offset)
                if WEEKDAYS[day.weekday()] not in line.days:
                    continue
                leaves = datetime.combine(day, line.time, zone).timestamp()
                yield Trip(
                    lane.id,
                    lane.mode,
                    a,
                    b,
                    leaves - lane.cut_off,
                    leaves + line.duration + lane.handling,
                    line.capacity_packages,
                    lane.cost_per_trip,
                    leaves,
                    leaves + line.duration,
                    line.number,
                )
