"""When the rounds of one vehicle begin, come to each stop, and end; and whether they can be driven at all.

What a round takes falls as it begins later, so each set of stops has one moment from which they fit a
vehicle together. With these moments known, the shortest duty of a vehicle is that of the earliest return:
begun as late as this return allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from becq.planning.rounds.tours import DEPOT, Fleet, Round, Tour, TourProblem, Visit

Orders = Sequence[Sequence[int]]
"""Stops of each round of a vehicle, in order."""


def make_tour(problem: TourProblem, number: int, orders: Orders) -> Tour | None:
    """The shortest tour of a vehicle of fleet ``number`` over these stops; None where a limit forbids it.

    Every round but the first begins as late as it can without coming back later: the vehicle waits at the
    depot rather than on the way, so that less has to be dispensed and less is carried about.
    """
    fleet = problem.fleets[number]
    if fleet.most_rounds is not None and len(orders) > fleet.most_rounds:
        return None
    rounds: list[Round] = []
    now = fleet.opens
    for stops in orders:
        ready = fits_from(problem, fleet, stops)
        if ready is None:
            return None
        given = _drive(problem, fleet, stops, max(now, ready))
        if given is None:
            return None
        rounds.append(given)
        now = given.ends
    if now > fleet.closes:
        return None
    ends = now
    for place in range(len(rounds) - 1, -1, -1):
        begins = rounds[place].starts + slack(problem, fleet, rounds[place], ends)
        later = _drive(problem, fleet, orders[place], begins)
        assert later is not None
        rounds[place], ends = later, begins
    tour = Tour(number, tuple(rounds))
    return tour if tour.duration <= fleet.longest else None


def fits_from(problem: TourProblem, fleet: Fleet, stops: Sequence[int]) -> int | None:
    """The moment from which what these stops take is ready and fits a vehicle; None if it never does."""
    choices = [problem.stops[stop].choices for stop in stops]
    first = max(each[0].ready for each in choices)
    moments = {first, *(choice.ready for each in choices for choice in each if choice.ready > first)}
    for moment in sorted(moments):
        taken = [next(choice.load for choice in reversed(each) if choice.ready <= moment) for each in choices]
        if all(
            sum(loads) <= most for loads, most in zip(zip(*taken, strict=True), fleet.capacity, strict=True)
        ):
            return moment
    return None


def slack(problem: TourProblem, fleet: Fleet, given: Round, ends: int) -> int:
    """How much later a round may begin, keep every window, and be back by ``ends``."""
    latest, here = ends, DEPOT
    for visit in reversed(given.visits):
        latest -= int(fleet.duration[visit.stop + 1, here])
        latest, here = min(latest, problem.stops[visit.stop].closes), visit.stop + 1
    return latest - int(fleet.duration[DEPOT, here]) - given.starts


def _drive(problem: TourProblem, fleet: Fleet, stops: Sequence[int], starts: int) -> Round | None:
    """A round that begins to load at ``starts`` and goes on without delay; None where it comes too late."""
    now, here = starts, DEPOT
    visits: list[Visit] = []
    for stop in stops:
        arrives = now + int(fleet.duration[here, stop + 1])
        now, here = max(arrives, problem.stops[stop].opens), stop + 1
        if now > problem.stops[stop].closes:
            return None
        visits.append(Visit(stop, arrives, now))
    return Round(starts, tuple(visits), now + int(fleet.duration[here, DEPOT]))


__all__ = ["Orders", "fits_from", "make_tour", "slack"]
