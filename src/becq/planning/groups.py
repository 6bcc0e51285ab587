"""Who is compared with whom where something is scarce: the orders of one product by hospital or province."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from becq.chain.regions import region_code
from becq.planning.options import Problem

Policy = Literal["priority", "pro-rata", "fair-hospitals", "fair-provinces"]
POLICIES: tuple[Policy, ...] = ("priority", "pro-rata", "fair-hospitals", "fair-provinces")
Level = Literal["hospital", "province"]


@dataclass(frozen=True, slots=True)
class Group:
    """The orders (demand numbers) of one product in one place; Bq at their calibration times."""

    product: str
    place: str
    demands: tuple[int, ...]
    ordered_bq: float
    reachable_bq: float

    def share(self, served_bq: Mapping[int, float]) -> float:
        """Served of what could be reached, 0 to 1; 1 where nothing could."""
        if self.reachable_bq <= 0:
            return 1.0
        return min(1.0, sum(served_bq.get(n, 0.0) for n in self.demands) / self.reachable_bq)


def group_orders(problem: Problem, reach: Mapping[int, float], level: Level) -> list[Group]:
    """The groups of a problem by product and place, those that nothing could reach among them.

    A site that names no province is a province of its own.
    """
    places: dict[str, str] = {}
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, demand in enumerate(problem.demands):
        if demand.order is None:
            continue
        if demand.site not in places:
            by_region = level == "province"
            region = region_code(problem.network.site[demand.site], "province") if by_region else ""
            places[demand.site] = region or demand.site
        members[demand.product, places[demand.site]].append(number)
    return [
        Group(
            product,
            place,
            tuple(demands),
            sum(_activity(problem, n) for n in demands),
            sum(reach.get(n, 0.0) for n in demands),
        )
        for (product, place), demands in sorted(members.items())
    ]


def _activity(problem: Problem, number: int) -> float:
    order = problem.demands[number].order
    return order.activity if order is not None else 0.0
