"""Laws of orders in parts and with alternatives, on random small networks.

What an order allows more never serves less, and the plan is the best of all choices of lots: these are tried one
by one here, the activities that are left to choose being a small linear programme.
"""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import Any

import numpy as np
from checker import Referee
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from test_servings import FIRST, check_by_hand
from wards import lot, order, wards

from becq.chain.network import Network
from becq.planning import Plan, plan

REL = 1e-6
PRIORITY = {1: 9.0, 2: 3.0, 3: 1.0}
Draft = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Lots in stock of two products, and orders that may come in parts or otherwise."""
    stock = [
        lot(f"lot-{n}", draw(st.sampled_from(["one", "two"])), draw(st.sampled_from(["lu", "lu-b", "lu"])),
            f"{draw(st.sampled_from([3, 5, 8, 12]))} GBq")
        for n in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    orders = []
    for n in range(draw(st.integers(1, 3))):
        more: dict[str, Any] = {
            "tolerance": draw(st.sampled_from([0.0, 0.1, 0.3])), "partial": draw(st.booleans()),
            "priority": draw(st.integers(1, 3)),
        }  # fmt: skip
        if draw(st.booleans()):
            more |= {"split": True, "most_parts": draw(st.integers(2, 3))}
            if draw(st.booleans()):
                more["least_part"] = f"{draw(st.sampled_from([1, 2.5, 4]))} GBq"
        if draw(st.booleans()):
            more["alternatives"] = f"lu-b = {draw(st.sampled_from([2, 5, 9]))} GBq"
        orders.append(order(f"o{n}", f"{draw(st.sampled_from([4, 7, 11]))} GBq", **more))
    return stock, orders


def built(draft: Draft, *without: str) -> Network:
    """The network of a draft, its orders without some of what they allow."""
    stock, orders = draft
    return wards(stock=stock, orders=[{k: v for k, v in row.items() if k not in without} for row in orders])


def planned(network: Network) -> Plan:
    found = plan(network, FIRST, 1)
    assert Referee(network, found.as_dict(network)).check() == []
    check_by_hand(network, found)
    return found


def best(network: Network) -> float:
    """The largest service of all choices of lots for orders; a lot goes to an order in one part."""
    total = {
        p: sum(o.activity for o in network.orders if o.product == p)
        for p in {o.product for o in network.orders}
    }
    count = {p: sum(o.product == p for o in network.orders) for p in total}
    choices: list[list[tuple[int, ...]]] = []
    for wanted in network.orders:
        fits = {wanted.product, *(each.product for each in wanted.alternatives)}
        fit = [n for n, row in enumerate(network.stock) if row.product in fits]
        most = wanted.most_parts if wanted.split else 1
        choices.append([c for size in range(min(most, len(fit)) + 1) for c in combinations(fit, size)])
    found = 0.0
    for chosen in product(*choices):
        pairs = [(o, n) for o, lots in enumerate(chosen) for n in lots]
        if not pairs:
            continue
        worth, rows, limits, bounds = [], [], [], []
        for o, n in pairs:
            wanted, row = network.orders[o], network.stock[n]
            whole = {wanted.product: wanted.activity} | {
                each.product: each.activity for each in wanted.alternatives
            }
            equivalent = wanted.activity / whole[row.product]
            weight = (
                PRIORITY[wanted.priority] * wanted.activity * count[wanted.product] / total[wanted.product]
            )
            worth.append(-weight * equivalent / wanted.activity * 1e9)
            least = 0.0 if wanted.partial else wanted.activity * (1 - wanted.tolerance)
            if wanted.split:
                least = wanted.least_part if wanted.least_part is not None else wanted.activity / 10
            bounds.append((least / equivalent / 1e9, math.inf))
        for n, row in enumerate(network.stock):
            rows.append([float(pair[1] == n) for pair in pairs])
            limits.append(row.activity / 1e9)
        for o, wanted in enumerate(network.orders):
            if any(pair[0] == o for pair in pairs):
                whole = {wanted.product: wanted.activity} | {
                    e.product: e.activity for e in wanted.alternatives
                }
                share = [
                    wanted.activity / whole[network.stock[n].product] if pair == o else 0.0
                    for pair, n in pairs
                ]
                rows += [share, [-value for value in share]]
                least = 0.0 if wanted.partial else wanted.activity * (1 - wanted.tolerance)
                limits += [wanted.activity / 1e9, -least / 1e9]
        solved = linprog(worth, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds, method="highs")
        if solved.status == 0:
            found = max(found, -solved.fun)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draft=drafts())
def test_the_plan_is_the_best_of_all_choices_of_lots(draft: Draft) -> None:
    network = built(draft)
    found = planned(network)
    most = best(network)
    assert found.objective <= most * (1 + REL)
    assert most * (1 - found.gap) <= found.objective * (1 + REL) + REL


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draft=drafts())
def test_what_an_order_allows_more_never_serves_less(draft: Draft) -> None:
    every = planned(built(draft))
    bound = every.objective / (1 - every.gap) if every.gap < 1 else math.inf
    whole = planned(built(draft, "split", "most_parts", "least_part"))
    named = planned(built(draft, "alternatives"))
    small = [
        row for row in built(draft).orders
        if row.split and row.smallest_part > (row.least if not row.partial else 0.0) * (1 + REL)
    ]  # fmt: skip
    if not small:  # a least part above what the whole order asks for allows less, not more
        assert whole.objective <= bound * (1 + REL)
    assert named.objective <= bound * (1 + REL)
