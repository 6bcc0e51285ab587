"""The routing problem behind delivery rounds, in whole numbers: stops, vehicles, and the tours found.

Time, distance, load and money are counted in steps that the caller chooses (here minutes and hundreds of
metres), so that what is found can be checked and priced without rounding. A *tour* is the day of one
vehicle: rounds that all begin and end at the depot. Loading is part of the way out of the depot and handing
over part of the way out of a stop, because they differ by vehicle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
DEPOT = 0
"""Row and column of the depot in matrices; stop ``n`` has ``n + 1``."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How much a stop takes in a round that begins to load at ``ready`` or later, one number a dimension."""

    ready: int
    load: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to visit once, arriving between ``opens`` and ``closes`` (or before, and waiting).

    :ivar choices: by ascending ``ready``; a round that begins later may use any of the earlier ones.
    :ivar worth: what a visit is worth in steps of money; None where it must be visited.
    """

    opens: int
    closes: int
    choices: tuple[Choice, ...]
    worth: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Vehicles that are alike.

    :ivar capacity: most that a round may hold, one number a dimension.
    :ivar opens: begin of the shift, from which a vehicle may be loaded; ``closes``: it is back by then.
    :ivar longest: from the begin of the first loading to the last return, at most.
    :ivar fixed: cost of a vehicle that drives at all; ``per_distance``, ``per_duration``: of each step.
    :ivar distance: (n + 1, n + 1); ``duration``: same shape, with loading out of the depot and handing over
        out of a stop.
    """

    count: int
    capacity: tuple[int, ...]
    opens: int
    closes: int
    longest: int
    fixed: int
    per_distance: int
    per_duration: int
    distance: Steps
    duration: Steps
    most_rounds: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TourProblem:
    """Stops and the fleets that may visit them."""

    stops: tuple[Stop, ...]
    fleets: tuple[Fleet, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of a tour: the vehicle comes at ``arrives`` and hands over from ``begins`` on."""

    stop: int
    arrives: int
    begins: int


@dataclass(frozen=True, slots=True)
class Round:
    """From the begin of loading to the return; the vehicle leaves at ``starts`` plus its loading time."""

    starts: int
    visits: tuple[Visit, ...]
    ends: int


@dataclass(frozen=True, slots=True)
class Tour:
    """The rounds of one vehicle of a fleet, in order."""

    fleet: int
    rounds: tuple[Round, ...]

    @property
    def duration(self) -> int:
        """From the begin of the first loading to the last return."""
        return self.rounds[-1].ends - self.rounds[0].starts


@dataclass(frozen=True, slots=True)
class Tours:
    """What was found: tours, the stops that none of them visits, and the cost of the tours."""

    tours: tuple[Tour, ...]
    left: tuple[int, ...]
    cost: int


def cost_of(tour: Tour, fleet: Fleet) -> int:
    """Cost of a tour in steps of money."""
    driven = 0
    for each in tour.rounds:
        way = [DEPOT, *(visit.stop + 1 for visit in each.visits), DEPOT]
        driven += sum(int(fleet.distance[a, b]) for a, b in pairwise(way))
    return fleet.fixed + fleet.per_distance * driven + fleet.per_duration * tour.duration


def cost_bound(problem: TourProblem) -> int:
    """More than any tours without detours cost: every vehicle all day, every stop by a round of its own."""
    vehicles = sum(
        fleet.count * (fleet.fixed + fleet.per_duration * min(fleet.longest, fleet.closes - fleet.opens))
        for fleet in problem.fleets
    )
    ways = sum(
        max(
            fleet.per_distance * int(fleet.distance[DEPOT, stop] + fleet.distance[stop, DEPOT])
            for fleet in problem.fleets
        )
        for stop in range(1, len(problem.stops) + 1)
    )
    return vehicles + ways + 1
