"""Which parts of a replan what has happened does not touch, so that they can stay as they were.

Lots, orders, positions, departures with a capacity, licences that could bind and generators on a site hang
together; what hangs together with nothing that is new is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from becq.chain.network import Network
from becq.planning.lots import Lot
from becq.planning.options import Problem
from becq.planning.order_rows import package_bound


class Parts:
    """The lots and demands of a problem by the parts into which they fall.

    :param departures: whether goods that compete for a departure hang together.
    """

    def __init__(self, problem: Problem, *, departures: bool = True) -> None:
        self._parent: dict[Hashable, Hashable] = {}
        full = _could_fill(problem) if departures else set()
        possession = problem.possession
        for option in problem.options:
            lot, demand = problem.lots[option.lot], problem.demands[option.demand]
            self._join(("lot", option.lot), ("demand", option.demand))
            for leg in option.way.legs:
                if leg.departure in full:
                    self._join(("lot", option.lot), leg.departure)
            if option.way.legs and not possession.is_ample(demand.site, lot.nuclide, lot.decay_const):
                self._join(("lot", option.lot), ("licence", demand.site, lot.nuclide))
        for number, lot in enumerate(problem.lots):
            if lot.elutes:
                self._join(("lot", number), ("generator", lot.site, lot.input_product))
        for crowd in crowds(problem.network, problem.lots):
            for number in crowd[1:]:
                self._join(("lot", crowd[0]), ("lot", number))
        for number, demand in enumerate(problem.demands):
            if demand.lot is not None:
                self._join(("demand", number), ("lot", demand.lot))
            elif demand.kind == "deploy":
                self._join(("demand", number), ("generator", demand.site, demand.product))

    def of(self, nodes: Iterable[Hashable]) -> set[Hashable]:
        """The parts that hold some lots ("lot", number), demands ("demand", number)."""
        return {self.part(node) for node in nodes}

    def part(self, node: Hashable) -> Hashable:
        """The part of one node."""
        parent = self._parent.setdefault(node, node)
        while parent != self._parent[parent]:
            self._parent[parent] = self._parent[self._parent[parent]]
            parent = self._parent[parent]
        self._parent[node] = parent
        return parent

    def _join(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.part(one)] = self.part(other)


def crowds(network: Network, lots: Sequence[Lot]) -> Iterator[list[int]]:
    """Numbers of batches that would be under way at one moment on a resource that has fewer positions."""
    by_resource: dict[str, list[int]] = defaultdict(list)
    for number, lot in enumerate(lots):
        if lot.resource is not None:
            by_resource[lot.resource].append(number)
    for resource, numbers in by_resource.items():
        positions = network.resource[resource].positions
        numbers.sort(key=lambda n: lots[n].start)
        under_way: list[int] = []
        for number in numbers:
            moment = lots[number].start
            under_way = [n for n in under_way if lots[n].busy_until > moment] + [number]
            if len(under_way) > positions:
                yield list(under_way)


def _could_fill(problem: Problem) -> set[tuple[str, str, str, float]]:
    """Departures that could be asked for more packages than they take."""
    asked: dict[tuple[str, str, str, float], list[int]] = defaultdict(list)
    for number, option in enumerate(problem.options):
        for leg in option.way.legs:
            if leg.departure is not None and leg.departure in problem.routes.capacity:
                asked[leg.departure].append(number)
    capacity = problem.routes.capacity
    return {key for key, options in asked.items() if package_bound(problem, options) > capacity[key]}
