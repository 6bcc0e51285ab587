"""Tours by iterated local search (PyVRP): as much worth visited as can be found, then the least cost.

Where a load depends on when its round begins (a dose rate that falls), each choice is a client of its own
that is released at its ``ready``, and one of them at most is visited.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np

from becq.planning.rounds.insertion import gather, insert
from becq.planning.rounds.schedule import make_tour
from becq.planning.rounds.tours import DEPOT, Choice, Stop, Tour, TourProblem, Tours

PATIENCE = 2_000
"""Iterations without any gain after which the search stops."""

RESTART = 8_000
"""Iterations without any gain after which the search goes back to the best tours and forgets how it came on;
it leaves traps (RC102 of Solomon) from which the library's own 150 000 do not."""
ROUNDS_OF_SEARCH = 3


def search(
    problem: TourProblem, *, time_limit_s: float = 60.0, patience: int = PATIENCE, seed: int = 1
) -> Tours:
    """Tours for a problem; the same for the same input and seed unless the time limit is met.

    Every tour keeps all limits. Stops without worth (None) must be visited: ``left`` then still names those
    for which no way was found.
    """
    if not problem.stops or not problem.fleets:
        return Tours((), tuple(range(len(problem.stops))), 0)
    until = time.monotonic() + time_limit_s
    found = Tours((), tuple(range(len(problem.stops))), 0)
    if all(each.worth is not None for each in problem.stops):
        found = insert(problem, found)
    for _ in range(ROUNDS_OF_SEARCH):
        better = _improve(problem, found, until - time.monotonic(), patience, seed)
        found = min(better, found, key=lambda tours: _rank(problem, tours))
        mended = insert(problem, found)
        if mended is found or time.monotonic() >= until:
            break
        found = mended
    return found


def _rank(problem: TourProblem, tours: Tours) -> tuple[int, int, int]:
    """Fewest stops missed that must be visited, most worth, least cost."""
    missed = [problem.stops[number].worth for number in tours.left]
    return missed.count(None), sum(worth or 0 for worth in missed), tours.cost


def _improve(problem: TourProblem, given: Tours, time_limit_s: float, patience: int, seed: int) -> Tours:
    """What the local search makes of tours."""
    import pyvrp
    from pyvrp import stop

    data, owners = _data(problem)
    worth = max((each.worth or 0 for each in problem.stops), default=0)
    penalty = pyvrp.PenaltyParams(min_penalty=max(0.1, 1e-3 * worth), max_penalty=max(1e5, 2.0 * worth))
    ils = pyvrp.IteratedLocalSearchParams(num_iters_no_improvement=RESTART)
    params = pyvrp.SolveParams(ils=ils, penalty=penalty)
    ends = stop.MultipleCriteria([stop.NoImprovement(patience), stop.MaxRuntime(max(time_limit_s, 0.0))])
    first = _solution(problem, data, owners, given) if given.tours else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of penalties at their bound: what is infeasible is not returned
        best = pyvrp.solve(
            data, ends, seed=seed, collect_stats=False, display=False, params=params, initial_solution=first
        ).best
    made = (_tour(problem, route, owners) for route in best.routes() if route.is_feasible())
    return gather(problem, [tour for tour in made if tour is not None])


def _data(problem: TourProblem) -> tuple[Any, list[tuple[int, int]]]:
    """The problem as PyVRP has it, and of each of its clients the stop and when a round with it may begin."""
    import pyvrp

    size = len(problem.stops) + 1
    places = [pyvrp.Location(0.0, 0.0) for _ in range(size)]
    clients: list[Any] = []
    groups: list[Any] = []
    owners: list[tuple[int, int]] = []
    for number, each in enumerate(problem.stops):
        timely = [choice for choice in each.choices if choice.ready <= each.closes]
        several = len(timely) > 1
        group = len(groups) if several else None
        first = len(clients)
        for choice in timely:
            clients.append(_client(pyvrp, number, each, choice, group))
            owners.append((number, choice.ready))
        if several:
            members = list(range(first, len(clients)))
            groups.append(pyvrp.ClientGroup(members, required=each.worth is None))
    depot = pyvrp.Depot(DEPOT)
    kinds: list[Any] = []
    distances: list[Any] = []
    durations: list[Any] = []
    for profile, fleet in enumerate(problem.fleets):
        more: dict[str, Any] = {} if fleet.most_rounds is None else {"max_reloads": fleet.most_rounds - 1}
        reloads = [] if fleet.most_rounds == 1 else [0]
        kinds.append(
            pyvrp.VehicleType(
                num_available=fleet.count,
                capacity=list(fleet.capacity),
                fixed_cost=fleet.fixed,
                tw_early=fleet.opens,
                tw_late=fleet.closes,
                shift_duration=fleet.longest,
                unit_distance_cost=fleet.per_distance,
                unit_duration_cost=fleet.per_duration,
                profile=profile,
                reload_depots=reloads,
                **more,
            )
        )
        distances.append(np.asarray(fleet.distance, dtype=np.int64))
        durations.append(np.asarray(fleet.duration, dtype=np.int64))
    return pyvrp.ProblemData(places, clients, [depot], kinds, distances, durations, groups), owners


def _client(pyvrp: Any, number: int, each: Stop, choice: Choice, group: int | None) -> Any:
    return pyvrp.Client(
        number + 1,
        delivery=list(choice.load),
        tw_early=each.opens,
        tw_late=each.closes,
        release_time=choice.ready,
        prize=each.worth or 0,
        required=each.worth is None and group is None,
        group=group,
    )


def _tour(problem: TourProblem, route: Any, owners: list[tuple[int, int]]) -> Tour | None:
    """One vehicle's day from what the search put in order."""
    orders: list[list[int]] = []
    for each in route.schedule():
        if each.is_depot():
            orders.append([])
        else:
            orders[-1].append(owners[each.idx][0])
    return make_tour(problem, int(route.vehicle_type()), [order for order in orders if order])


def _solution(problem: TourProblem, data: Any, owners: list[tuple[int, int]], given: Tours) -> Any:
    """Tours as PyVRP has them."""
    import pyvrp

    client = {owner: number for number, owner in enumerate(owners)}
    routes = []
    for tour in given.tours:
        way: list[Any] = []
        for each in tour.rounds:
            if way:
                way.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, 0))
            for visit in each.visits:
                readies = [choice.ready for choice in problem.stops[visit.stop].choices]
                ready = max(ready for ready in readies if ready <= each.starts)
                way.append(pyvrp.Activity(pyvrp.ActivityType.CLIENT, client[visit.stop, ready]))
        routes.append(pyvrp.Route(data, way, tour.fleet))
    return pyvrp.Solution(data, routes)
