"""How evenly a plan serves: shares of each product by hospital and province, whatever the policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from becq.chain.regions import division_name
from becq.planning.groups import Group, group_orders
from becq.planning.options import Problem

WORST = 50
"""Hospitals that are listed, those with the least share first."""
FULL = 1 - 1e-4
"""A share from which on nothing is missing: orders may be filled to a solver's tolerance."""


def measure_fairness(
    problem: Problem, served_bq: Mapping[int, float], reach: Mapping[int, float]
) -> dict[str, Any]:
    """Shares as JSON-ready rows: ``products``, ``provinces`` (province by product) and ``hospitals`` (worst),
    with the orders that nothing could reach (``out_of_reach``).

    Shares are of the activity that could be reached (:mod:`becq.planning.reach`), at calibration; groups that
    nothing could reach are counted (``unreachable``) and measured by nothing.

    :param served_bq: order's demand → Bq served.
    """
    hospitals = group_orders(problem, reach, "hospital")
    provinces = group_orders(problem, reach, "province")
    by_product: dict[str, tuple[list[Group], list[Group]]] = defaultdict(lambda: ([], []))
    for at, groups in enumerate((hospitals, provinces)):
        for group in groups:
            by_product[group.product][at].append(group)
    short = [(group.share(served_bq), group) for group in hospitals if group.reachable_bq > 0]
    short = sorted(
        (pair for pair in short if pair[0] < FULL),
        key=lambda pair: (pair[0], -pair[1].reachable_bq, pair[1].product, pair[1].place),
    )
    return {
        "products": [_product(name, *pair, served_bq) for name, pair in by_product.items()],
        "provinces": [_row(group, served_bq, _names(problem, group.place)) for group in provinces],
        "hospitals": [_row(group, served_bq, {"site": group.place}) for _, group in short[:WORST]],
        "hospitals_short": len(short),
        "out_of_reach": [
            order.id
            for number, most in reach.items()
            if most <= 0 and (order := problem.demands[number].order) is not None
        ],
    }


def _product(
    product: str, hospitals: Sequence[Group], provinces: Sequence[Group], served_bq: Mapping[int, float]
) -> dict[str, Any]:
    """Least share and Jain's index of one product by hospital and by province; None where none is reached."""
    row: dict[str, Any] = {
        "product": product,
        "ordered_bq": sum(group.ordered_bq for group in hospitals),
        "reachable_bq": sum(group.reachable_bq for group in hospitals),
        "served_bq": sum(served_bq.get(n, 0.0) for group in hospitals for n in group.demands),
        "unreachable": sum(group.reachable_bq <= 0 for group in hospitals),
    }
    for name, groups in (("hospital", hospitals), ("province", provinces)):
        shares = [(group.share(served_bq), group.place) for group in groups if group.reachable_bq > 0]
        least, place = min(shares, default=(None, None))
        row |= {
            f"{name}s": len(shares),
            f"least_{name}": place,
            f"least_{name}_share": least,
            f"jain_{name}s": jain_index([share for share, _ in shares]) if shares else None,
        }
    return row


def jain_index(values: Sequence[float]) -> float:
    """Jain's fairness index (Σx)²/(n·Σx²): 1 where all get the same, 1/n where one gets everything."""
    squares = len(values) * sum(value * value for value in values)
    return sum(values) ** 2 / squares if squares > 0 else 1.0


def _row(group: Group, served_bq: Mapping[int, float], place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **place,
        "product": group.product,
        "orders": len(group.demands),
        "ordered_bq": group.ordered_bq,
        "reachable_bq": group.reachable_bq,
        "served_bq": sum(served_bq.get(n, 0.0) for n in group.demands),
        "share": group.share(served_bq) if group.reachable_bq > 0 else None,
    }


def _names(problem: Problem, place: str) -> dict[str, Any]:
    site = problem.network.site.get(place)
    if site is not None:
        return {"province": place, "name": site.name, "name_zh": site.name_zh}
    return {
        "province": place,
        "name": division_name(place, zh=False),
        "name_zh": division_name(place, zh=True),
    }
