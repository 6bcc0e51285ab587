"""Plans side by side: service, cost, loss and fairness of each, and what separates them from the first.

Everything is computed from the plans as data (``Plan.as_dict()``), so that saved what-ifs of any day can be
compared. Shares are of orders, never sums of becquerels of different nuclides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from becq.errors import InputError
from becq.planning.changes import find_changes
from becq.planning.fairness import jain_index
from becq.planning.plan import counted_bq

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measures:
    """One plan in figures.

    ``lost_share``: of the activity at EOB (in stock: in hand), what decayed or was never used, averaged over
    nuclides by their orders. ``site_share_least``, ``site_share_mean``, ``jain``, ``gini``: of the share of
    its orders that each receiving site gets (an order in part counts in part).
    ``province_share_least``: the least share of a product in a province, of what could be reached there;
    ``jain_products``: the mean over products of the index between hospitals. Both are None of plans that do
    not tell their shares.
    """

    name: str
    orders: int
    orders_served: int
    served_fraction: float
    gap: float
    unmet_by_reason: dict[str, int]
    cost: float
    cost_of_batches: float
    cost_of_transport: float
    batches: int
    deliveries: int
    lost_share: float
    lost_bq: dict[str, float]
    sites: int
    sites_without: int
    site_share_least: float
    site_share_mean: float
    jain: float
    gini: float
    policy: str
    province_share_least: float | None
    jain_products: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates a plan from the first of the comparison: counts of orders and batches by kind."""

    name: str
    orders: dict[str, int]
    sites: int
    batches: dict[str, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side, in the order given."""

    measures: list[Measures]
    differences: list[Difference]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"schema": "becq.comparison/1", **asdict(self)}


def compare(plans: Mapping[str, Record]) -> Comparison:
    """Compare named plans; the differences are from the first.

    Raises InputError for fewer than two.
    """
    if len(plans) < 2:
        raise InputError("a comparison takes two plans or more; name another one")
    (first, *others) = plans
    return Comparison(
        [measure(name, plan) for name, plan in plans.items()],
        [_difference(name, plans[first], plans[name]) for name in others],
    )


def measure(name: str, plan: Record) -> Measures:
    """One plan in figures."""
    shares = site_shares(plan)
    made = [row for row in plan["batches"] if row["kind"] not in ("stock", "free")]
    reasons: dict[str, int] = defaultdict(int)
    for row in plan["unmet"]:
        reasons[row["reason"]] += 1
    sends = [*plan["deliveries"], *plan["supplies"]]
    values = list(shares.values())
    every = (plan.get("fairness") or {}).get("products") or []
    products = [row for row in every if row["least_province_share"] is not None]
    return Measures(
        name=name,
        orders=plan["orders"],
        orders_served=plan["orders_served"],
        served_fraction=plan["served_fraction"],
        gap=plan["gap"],
        unmet_by_reason=dict(sorted(reasons.items(), key=lambda each: (-each[1], each[0]))),
        cost=plan["cost"],
        cost_of_batches=sum(row["cost"] for row in made),
        cost_of_transport=sum(row["cost"] for row in sends),
        batches=len(made),
        deliveries=len(plan["deliveries"]),
        lost_share=_lost_share(plan),
        lost_bq={nuclide: sum(stages.values()) for nuclide, stages in plan["lost_bq"].items()},
        sites=len(shares),
        sites_without=sum(share <= 0 for share in values),
        site_share_least=min(values, default=1.0),
        site_share_mean=sum(values) / len(values) if values else 1.0,
        jain=jain_index(values),
        gini=gini_index(values),
        policy=plan.get("policy") or "priority",
        province_share_least=min((row["least_province_share"] for row in products), default=None),
        jain_products=sum(row["jain_hospitals"] for row in products) / len(products) if products else None,
    )


def site_shares(plan: Record) -> dict[str, float]:
    """Receiving site → mean over its orders of the share served, each at most 1."""
    served: dict[str, float] = defaultdict(float)
    place: dict[str, str] = {}
    for row in plan["deliveries"]:
        served[row["order"]] += counted_bq(row)
        place[row["order"]] = row["to"]
    share = dict.fromkeys(served, 1.0)
    for row in plan["unmet"]:
        order = row["order"]
        place[order] = row["site"]
        wanted = served.get(order, 0.0) + row["short_bq"]
        share[order] = served.get(order, 0.0) / wanted if wanted > 0 else 1.0
    of_site: dict[str, list[float]] = defaultdict(list)
    for order, value in share.items():
        of_site[place[order]].append(value)
    return {site: sum(values) / len(values) for site, values in sorted(of_site.items())}


def gini_index(values: Sequence[float]) -> float:
    """Gini coefficient Σᵢⱼ|xᵢ − xⱼ| / (2n²·mean): 0 where all get the same."""
    total = sum(values)
    if total <= 0:
        return 0.0
    ranked = sorted(values)
    weighted = sum((2 * rank - len(ranked) - 1) * value for rank, value in enumerate(ranked, start=1))
    return weighted / (len(ranked) * total)


def _lost_share(plan: Record) -> float:
    """Lost over (used + lost) of each nuclide, weighted by the number of its deliveries and unmet orders."""
    used: dict[str, float] = defaultdict(float)
    weight: dict[str, int] = defaultdict(int)
    for row in plan["deliveries"]:
        # What is used at calibration, or on arrival where that is later: as the losses are counted.
        used[row["nuclide"]] += min(row["activity_bq"], row["activity_arrive_bq"])
        weight[row["nuclide"]] += 1
    batches = {row["id"] for row in plan["batches"]}
    for row in plan["supplies"]:
        if row["order"] not in batches:  # a generator that stands where it is eluted
            used[row["nuclide"]] += row["activity_bq"]
    total, shares = 0, 0.0
    for nuclide, count in weight.items():
        lost = sum(plan["lost_bq"].get(nuclide, {}).values())
        if lost + used[nuclide] > 0:
            total += count
            shares += count * lost / (lost + used[nuclide])
    return shares / total if total else 0.0


def _difference(name: str, first: Record, other: Record) -> Difference:
    changes = find_changes(first, other)
    orders: dict[str, int] = defaultdict(int)
    batches: dict[str, int] = defaultdict(int)
    for order in changes.orders:
        orders[order.kind] += 1
    for batch in changes.batches:
        batches[batch.kind] += 1
    sites = {change.site for change in changes.orders}
    return Difference(name, dict(sorted(orders.items())), len(sites), dict(sorted(batches.items())))
