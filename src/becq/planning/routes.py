"""Dated itineraries over lanes: road at any time, flights and trains by timetable.

A path is direct road, or road access - timetabled leg (- connection) - road egress, through transit sites.
Roads take what the network has measured, else the great circle times the detour factor of the lane.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
Array = NDArray[np.float64]
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


@dataclass(frozen=True, slots=True)
class _Chains:
    """Timetabled ways between two terminals in the order in which the goods are in hand again."""

    available: list[float]
    costs: list[float]
    close: Array
    cost: Array
    trips: list[tuple[Trip, ...]]
    fastest_s: float


class Routes:
    """All ways between sites of a network in a span of time.

    ``cancelled`` says of a departure that it does not take place.
    """

    def __init__(
        self,
        network: Network,
        first: date,
        days: int,
        cancelled: Callable[[Trip], bool] | None = None,
    ) -> None:
        self.roads: dict[tuple[str, str], list[Road]] = {}
        """Roads between two sites, the fastest first; a slower one is there where it is cheaper."""
        for lane in network.lanes:
            if lane.mode == "road":
                for road in _roads(network, lane):
                    pair = road.origin, road.destination
                    self.roads[pair] = _worth_taking([*self.roads.get(pair, ()), road])
        self.trips: dict[str, list[Trip]] = defaultdict(list)
        for lane in network.lanes:
            if lane.mode != "road":
                for trip in _trips(network, lane, first, days):
                    if cancelled is None or not cancelled(trip):
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
        landings = dict.fromkeys(trip.destination for trips in self.trips.values() for trip in trips)
        self._access: dict[str, list[tuple[str, Road]]] = defaultdict(list)
        """Site → terminals within reach, with the road there."""
        self._egress: dict[str, list[tuple[str, Road]]] = defaultdict(list)
        for hub in self.trips:
            self._access[hub].append((hub, _no_road(hub)))
        for hub in landings:
            self._egress[hub].append((hub, _no_road(hub)))
        for (origin, destination), roads in self.roads.items():
            if destination in self.trips:
                self._access[origin] += ((destination, road) for road in roads)
            if origin in landings:
                self._egress[destination] += ((origin, road) for road in roads)
        self._chains: dict[str, dict[str, _Chains]] = {}
        self._known: dict[tuple[str, str], list[tuple[Road, _Chains, Road]]] = {}
        self._fastest: dict[tuple[str, str], float | None] = {}

    def itineraries(
        self,
        origin: str,
        destination: str,
        ready: float,
        earliest: float,
        latest: float,
        late: bool = False,
    ) -> list[Itinerary]:
        """Ways that leave after ``ready`` and arrive in [earliest, latest], cheapest first.

        The four cheapest; and where each of these needs a departure that may fill up, all further ones (64
        at most) until one does not, so that a full departure never hides a later one.

        :param late: as of ``choose``.
        """
        return self.choose(
            origin,
            destination,
            ready,
            earliest,
            latest,
            self.timetabled(origin, destination, ready, earliest, latest),
            late=late,
        )

    def choose(
        self,
        origin: str,
        destination: str,
        ready: float,
        earliest: float,
        latest: float,
        timetabled: Sequence[Itinerary],
        at_least: int = CHEAPEST,
        at_most: int = MOST_WAYS,
        late: bool = False,
    ) -> list[Itinerary]:
        """The ways of ``itineraries`` where ``timetabled`` ones are known already (for an earlier ``ready``).

        :param at_least: how many to keep although the cheapest can never fill up.
        :param at_most: how many to keep although all may fill up.
        :param late: give each way that is kept once more, arriving as late as it can: what comes later lies
            at the receiver for a shorter time and with less activity.
        """
        if origin == destination:
            moment = max(ready, earliest)
            return [Itinerary((), moment, moment, 0.0)] if moment <= latest else []
        found = [way for way in timetabled if way.depart >= ready]
        for road in self.roads.get((origin, destination), ()):
            arrive = max(ready + road.duration, earliest)
            if arrive <= latest:
                insort(found, _by_road(road, arrive), key=_preference)
        kept: list[Itinerary] = []
        for way in found[:at_most]:
            if len(kept) >= at_least and not all(self.may_fill(each) for each in kept):
                break
            kept.append(way)
        if late:
            kept += [each for each in (_put_off(way, latest) for way in kept) if each is not None]
        return kept

    def timetabled(
        self, origin: str, destination: str, ready: float, earliest: float, latest: float
    ) -> list[Itinerary]:
        """The 64 cheapest ways with a flight or train, cheapest first."""
        if origin == destination:
            return []
        found: list[tuple[float, float, float, Road, tuple[Trip, ...], Road]] = []
        for to_hub, chains, from_hub in self._through(origin, destination):
            access, egress, roads_cost = to_hub.duration, from_hub.duration, to_hub.cost + from_hub.cost
            begin = bisect_left(chains.available, earliest - MAX_TRANSIT_WAIT_S - egress)
            end = bisect_right(chains.available, latest - egress)
            if begin == end:
                continue
            there: Iterable[int] = range(begin, end)
            if end - begin > MOST_WAYS:
                leaving = chains.close[begin:end] - access
                inside = np.flatnonzero(leaving >= ready)
                order = np.lexsort((-leaving[inside], inside, chains.cost[begin:end][inside]))
                there = (begin + inside[order[:MOST_WAYS]]).tolist()
            for index in there:
                depart = chains.trips[index][0].close - access
                if depart >= ready:
                    arrive = max(chains.available[index] + egress, earliest)
                    cost = roads_cost + chains.costs[index]
                    found.append((cost, arrive, -depart, to_hub, chains.trips[index], from_hub))
        found.sort(key=lambda row: row[:3])
        ways = [_assemble(*row[3:], row[1]) for row in found[:MOST_WAYS]]
        ways.sort(key=_preference)
        return ways

    def latest_departure(self, origin: str, destination: str, earliest: float, latest: float) -> float | None:
        """Last moment to leave and still arrive in the window, or None where no way does."""
        if origin == destination:
            return latest
        leaving = [latest - road.duration for road in self.roads.get((origin, destination), ())]
        for to_hub, chains, from_hub in self._through(origin, destination):
            begin = bisect_left(chains.available, earliest - MAX_TRANSIT_WAIT_S - from_hub.duration)
            end = bisect_right(chains.available, latest - from_hub.duration)
            if begin < end:
                leaving.append(float(chains.close[begin:end].max()) - to_hub.duration)
        return max(leaving, default=None)

    def may_fill(self, way: Itinerary) -> bool:
        """Whether a way needs a departure that takes only so many packages."""
        return any(leg.departure in self.capacity for leg in way.legs if leg.departure is not None)

    def fastest_s(self, origin: str, destination: str) -> float | None:
        """Shortest travel time in s, timetable aside, or None where no lane leads there."""
        pair = origin, destination
        if pair not in self._fastest:
            times = [road.duration for road in self.roads.get(pair, ())]
            times += [
                to_hub.duration + chains.fastest_s + from_hub.duration
                for to_hub, chains, from_hub in self._through(*pair)
            ]
            self._fastest[pair] = 0.0 if origin == destination else min(times, default=None)
        return self._fastest[pair]

    def _through(self, origin: str, destination: str) -> list[tuple[Road, _Chains, Road]]:
        """Each pair of terminals between two sites: road to the first, ways between, road from the last."""
        pair = origin, destination
        if pair not in self._known:
            last = self._egress.get(destination, [])
            self._known[pair] = [
                (to_hub, onward[terminal], from_hub)
                for hub, to_hub in (self._access.get(origin, []) if last else [])
                for onward in [self._between(hub)]
                for terminal, from_hub in last
                if terminal in onward
            ]
        return self._known[pair]

    def _between(self, hub: str) -> dict[str, _Chains]:
        """Terminal → all timetabled ways to it from ``hub``; found once."""
        known = self._chains.get(hub)
        if known is None:
            found: dict[str, list[tuple[Trip, ...]]] = defaultdict(list)
            for trip in self.trips.get(hub, []):
                for chain in self._connections((trip,)):
                    found[chain[-1].destination].append(chain)
            known = {}
            for terminal, ways in found.items():
                ways.sort(key=lambda way: way[-1].available)
                known[terminal] = _Chains(
                    available=[way[-1].available for way in ways],
                    costs=[sum(trip.cost for trip in way) for way in ways],
                    close=np.array([way[0].close for way in ways]),
                    cost=np.array([sum(trip.cost for trip in way) for way in ways]),
                    trips=ways,
                    fastest_s=min(way[-1].available - way[0].close for way in ways),
                )
            self._chains[hub] = known
        return known

    def _connections(self, chain: tuple[Trip, ...]) -> Iterator[tuple[Trip, ...]]:
        yield chain
        if len(chain) == MAX_TIMETABLED_LEGS:
            return
        last = chain[-1]
        onward = self.trips.get(last.destination, [])
        visited = {trip.origin for trip in chain} | {last.destination}
        reached: dict[str, float] = {}
        """Terminal → least cost of an onward trip there that never fills up: later ones must be cheaper."""
        for index in range(bisect_left(self._closes.get(last.destination, []), last.available), len(onward)):
            trip = onward[index]
            if trip.close > last.available + MAX_TRANSIT_WAIT_S:
                return
            if trip.destination in visited or trip.cost >= reached.get(trip.destination, math.inf):
                continue
            if trip.capacity is None:
                reached[trip.destination] = trip.cost
            yield from self._connections((*chain, trip))


def _preference(way: Itinerary) -> tuple[float, float, float, list[str]]:
    return way.cost, way.arrive, -way.depart, [leg.lane for leg in way.legs]


def _worth_taking(roads: list[Road]) -> list[Road]:
    """The fastest of some roads between the same sites, and slower ones that are cheaper than all faster."""
    kept: list[Road] = []
    for road in sorted(roads, key=lambda each: (each.duration, each.cost)):
        if not kept or road.cost < kept[-1].cost:
            kept.append(road)
    return kept


def _no_road(hub: str) -> Road:
    """For what is at a terminal already."""
    return Road("", hub, hub, 0.0, 0.0, 0.0)


def _drive(road: Road, arrive: float) -> Leg:
    return Leg(road.lane, "road", road.origin, road.destination, arrive - road.duration, arrive)


def _by_road(road: Road, arrive: float) -> Itinerary:
    return Itinerary((_drive(road, arrive),), arrive - road.duration, arrive, road.cost)


def _assemble(to_hub: Road, chain: tuple[Trip, ...], from_hub: Road, arrive: float) -> Itinerary:
    legs = [_drive(to_hub, chain[0].close)] if to_hub.lane else []
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
    if from_hub.lane:
        legs.append(_drive(from_hub, arrive))
    cost = to_hub.cost + sum(trip.cost for trip in chain) + from_hub.cost
    return Itinerary(tuple(legs), legs[0].start, arrive, cost)


def _put_off(way: Itinerary, latest: float) -> Itinerary | None:
    """The same way with its last road driven as late as the window and the wait at a terminal allow."""
    if not way.legs or way.legs[-1].mode != "road":
        return None
    last = way.legs[-1]
    if len(way.legs) > 1:
        latest = min(latest, way.legs[-2].end + MAX_TRANSIT_WAIT_S + last.end - last.start)
    later = latest - way.arrive
    if later <= 0:
        return None
    legs = (*way.legs[:-1], replace(last, start=last.start + later, end=last.end + later))
    return Itinerary(legs, way.depart if len(legs) > 1 else legs[0].start, way.arrive + later, way.cost)


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
    km: Array,
    driving: Array,
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
