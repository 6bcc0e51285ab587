"""All tours of a small problem, one by one: shares nothing with the search but the problem's data."""

from __future__ import annotations

from itertools import permutations
from typing import Any


def best(problem: Any) -> tuple[int, int]:
    """Worth left behind and cost of the best tours: the least of the first, then of the second."""
    plans = {}  # fleet -> mask -> cheapest tour of one vehicle
    size = len(problem.stops)
    for number, fleet in enumerate(problem.fleets):
        plans[number] = {mask: _cheapest(problem, fleet, mask) for mask in range(1, 1 << size)}
    state = {0: 0}
    for number, fleet in enumerate(problem.fleets):
        for _ in range(fleet.count):
            grown = dict(state)
            for served, cost in state.items():
                for mask, price in plans[number].items():
                    if price is not None and not served & mask:
                        both = served | mask
                        if cost + price < grown.get(both, 1 << 60):
                            grown[both] = cost + price
            state = grown
    return min((_left(problem, served), cost) for served, cost in state.items())


def _left(problem: Any, served: int) -> int:
    return sum(stop.worth for n, stop in enumerate(problem.stops) if not served >> n & 1)


def _cheapest(problem: Any, fleet: Any, mask: int) -> int | None:
    chosen = [n for n in range(len(problem.stops)) if mask >> n & 1]
    found: int | None = None
    for order in permutations(chosen):
        for cuts in range(1 << (len(order) - 1)):
            rounds, here = [], [order[0]]
            for place, stop in enumerate(order[1:]):
                if cuts >> place & 1:
                    rounds.append(here)
                    here = []
                here.append(stop)
            rounds.append(here)
            if fleet.most_rounds is not None and len(rounds) > fleet.most_rounds:
                continue
            span = min(
                (
                    end - start
                    for start in range(fleet.opens, fleet.closes)
                    if (end := _end(problem, fleet, rounds, start)) is not None
                    and end - start <= fleet.longest
                ),
                default=None,
            )
            if span is None:
                continue
            km = 0
            for each in rounds:
                way = [0, *(n + 1 for n in each), 0]
                km += sum(int(fleet.distance[a][b]) for a, b in zip(way, way[1:], strict=False))
            cost = fleet.fixed + fleet.per_distance * km + fleet.per_duration * span
            found = cost if found is None else min(found, cost)
    return found


def _end(problem: Any, fleet: Any, rounds: list[list[int]], start: int) -> int | None:
    """When a vehicle that begins its first round at ``start``, not a minute later, is back."""
    now = start
    for number, each in enumerate(rounds):
        begin = _first_fit(problem, fleet, each, now)
        if begin is None or (number == 0 and begin != start):
            return None
        now, here = begin, 0
        for n in each:
            now = max(now + int(fleet.duration[here][n + 1]), problem.stops[n].opens)
            here = n + 1
            if now > problem.stops[n].closes:
                return None
        now += int(fleet.duration[here][0])
        if now > fleet.closes:
            return None
    return now


def _first_fit(problem: Any, fleet: Any, stops: list[int], now: int) -> int | None:
    """The first minute from ``now`` on at which what these stops take is ready and fits the vehicle."""
    while now < fleet.closes:
        total = [0] * len(fleet.capacity)
        ready = True
        for n in stops:
            usable = [c for c in problem.stops[n].choices if c.ready <= now]
            if not usable:
                ready = False
                break
            total = [a + b for a, b in zip(total, usable[-1].load, strict=True)]
        if ready and all(a <= b for a, b in zip(total, fleet.capacity, strict=True)):
            return now
        now += 1
    return None
