"""Stops put into tours one by one, each where it costs least: a first solution, and what the search left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from becq.planning.rounds.schedule import make_tour
from becq.planning.rounds.tours import Tour, TourProblem, Tours, cost_of


def insert(problem: TourProblem, given: Tours) -> Tours:
    """The tours with every further stop that fits without moving another; ``given`` itself where none does.

    The stop of the most worth comes first, of those the one whose window closes first.
    """
    tours = list(given.tours)
    waiting = sorted(given.left, key=lambda n: (-(problem.stops[n].worth or 0), problem.stops[n].closes, n))
    count = len(waiting)
    for stop in waiting:
        best = min(_ways_in(problem, tours, stop), key=lambda way: way[:2], default=None)
        if best is None:
            continue
        _, place, tour = best
        tours[place : place + 1] = [tour]
        count -= 1
    return given if count == len(given.left) else gather(problem, tours)


def gather(problem: TourProblem, tours: Sequence[Tour]) -> Tours:
    """Tours with their cost and the stops that none of them visits."""
    seen = {visit.stop for tour in tours for each in tour.rounds for visit in each.visits}
    left = tuple(number for number in range(len(problem.stops)) if number not in seen)
    return Tours(tuple(tours), left, sum(cost_of(tour, problem.fleets[tour.fleet]) for tour in tours))


def _ways_in(problem: TourProblem, tours: Sequence[Tour], stop: int) -> Iterator[tuple[int, int, Tour]]:
    """Cost added, place in the list of tours and the tour, for every way to take up a stop."""
    for place, tour in enumerate(tours):
        fleet = problem.fleets[tour.fleet]
        before = cost_of(tour, fleet)
        orders = [[visit.stop for visit in each.visits] for each in tour.rounds]
        for changed in _with(orders, stop):
            made = make_tour(problem, tour.fleet, changed)
            if made is not None:
                yield cost_of(made, fleet) - before, place, made
    driven = Counter(tour.fleet for tour in tours)
    for number, fleet in enumerate(problem.fleets):
        if driven[number] < fleet.count:
            made = make_tour(problem, number, [[stop]])
            if made is not None:
                yield cost_of(made, fleet), len(tours), made


def _with(orders: list[list[int]], stop: int) -> Iterator[list[list[int]]]:
    """The rounds of a vehicle with one more stop: in each place of each round, or in a round of its own."""
    for number, order in enumerate(orders):
        for place in range(len(order) + 1):
            yield [*orders[:number], [*order[:place], stop, *order[place:]], *orders[number + 1 :]]
    for number in range(len(orders) + 1):
        yield [*orders[:number], [stop], *orders[number:]]


__all__ = ["gather", "insert"]
