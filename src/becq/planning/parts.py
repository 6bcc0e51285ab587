"""Which parts of a replan what has happened does not touch, so that they can stay as they were.

Lots, orders, positions, departures with a capacity, licences that could bind and generators on a site hang
together; what hangs together with nothing that is new is left alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from becq.planning.options import Problem


class Parts:
    """The lots and demands of a problem by the parts into which they fall."""

    def __init__(self, problem: Problem) -> None:
        self._parent: dict[Hashable, Hashable] = {}
        capacity, possession = problem.routes.capacity, problem.possession
        for option in problem.options:
            lot, demand = problem.lots[option.lot], problem.demands[option.demand]
            self._join(("lot", option.lot), ("demand", option.demand))
            for leg in option.way.legs:
                if leg.departure is not None and leg.departure in capacity:
                    self._join(("lot", option.lot), leg.departure)
            if option.way.legs and not possession.is_ample(demand.site, lot.nuclide, lot.decay_const):
                self._join(("lot", option.lot), ("licence", demand.site, lot.nuclide))
        for number, lot in enumerate(problem.lots):
            if lot.resource is not None:
                self._join(("lot", number), ("resource", lot.resource))
            if lot.elutes:
                self._join(("lot", number), ("generator", lot.site, lot.input_product))
        for number, demand in enumerate(problem.demands):
            if demand.lot is not None:
                self._join(("demand", number), ("lot", demand.lot))
            elif demand.kind == "deploy":
                self._join(("demand", number), ("generator", demand.site, demand.product))

    def of(self, nodes: Iterable[Hashable]) -> set[Hashable]:
        """The parts that hold some lots ("lot", number), demands ("demand", number) or resources."""
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
