"""Figures of a comparison against their definitions, counted out another way."""

from __future__ import annotations

import copy
import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small_network

from becq.errors import InputError
from becq.planning import plan
from becq.planning.comparison import compare, gini_index, jain_index, measure, site_shares

FIRST = date(2026, 12, 7)
Document = dict[str, Any]
NETWORK = small_network()


@pytest.fixture(scope="module")
def document() -> Document:
    return plan(NETWORK, FIRST, 7).as_dict(NETWORK)


def test_shares_of_sites_are_those_of_the_network_s_orders(document: Document) -> None:
    """From the orders of the network, which the comparison does not see."""
    expected: dict[str, list[float]] = {}
    for order in NETWORK.demand(FIRST, 7):
        got = sum(row["activity_bq"] for row in document["deliveries"] if row["order"] == order.id)
        share = got / order.activity
        expected.setdefault(order.site, []).append(1.0 if share >= 1 - order.tolerance - 1e-5 else share)
    found = site_shares(document)
    assert set(found) == set(expected)
    for site, shares in expected.items():
        assert found[site] == pytest.approx(sum(shares) / len(shares), rel=1e-6)


def test_what_is_lost_and_what_is_used_make_the_whole(document: Document) -> None:
    """One nuclide without conversions: made at EOB or in stock, and used at calibration or on arrival."""
    only = copy.deepcopy(document)
    for section in ("deliveries", "unmet", "supplies", "batches"):
        only[section] = [row for row in only[section] if row["nuclide"] == "I-131"]
    made = sum(row["activity_eob_bq"] for row in only["batches"])
    used = sum(min(row["activity_bq"], row["activity_arrive_bq"]) for row in only["deliveries"])
    assert measure("x", only).lost_share == pytest.approx(1 - used / made, rel=1e-6)


def test_costs_add_up(document: Document) -> None:
    found = measure("x", document)
    assert found.cost_of_batches + found.cost_of_transport == pytest.approx(found.cost)
    assert sum(found.unmet_by_reason.values()) == found.orders - found.orders_served


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_fairness_obeys_its_definition(values: list[float]) -> None:
    n, mean = len(values), sum(values) / len(values)
    if mean < 1e-6:
        return
    pairs = sum(abs(a - b) for a, b in itertools.product(values, values))
    assert gini_index(values) == pytest.approx(pairs / (2 * n * n * mean), abs=1e-9)
    variance = sum((value - mean) ** 2 for value in values) / n
    assert jain_index(values) == pytest.approx(1 / (1 + variance / mean**2), rel=1e-9)
    assert 1 / n - 1e-9 <= jain_index(values) <= 1 + 1e-9


def test_one_who_gets_everything_is_least_fair() -> None:
    assert jain_index([0, 0, 0, 1]) == pytest.approx(0.25)
    assert gini_index([0, 0, 0, 1]) == pytest.approx(0.75)
    assert (jain_index([0.5, 0.5]), gini_index([0.5, 0.5])) == (1.0, 0.0)
    assert (jain_index([0.0, 0.0]), gini_index([0.0, 0.0])) == (1.0, 0.0)


def test_differences_are_from_the_first(document: Document) -> None:
    other = copy.deepcopy(document)
    gone = other["deliveries"].pop()
    other["deliveries"][0]["activity_bq"] *= 0.5
    other["unmet"].append({**other["unmet"][0], "order": gone["order"], "site": gone["to"], "short_bq": 1.0})
    found = compare({"a": document, "b": other, "c": document})
    assert [each.name for each in found.measures] == ["a", "b", "c"]
    (b, c) = found.differences
    assert b.orders == {"changed": 1, "lost": 1}
    assert b.sites == len({gone["to"], other["deliveries"][0]["to"]})
    assert (c.orders, c.sites, c.batches) == ({}, 0, {})


def test_a_comparison_takes_two(document: Document) -> None:
    with pytest.raises(InputError, match="two plans"):
        compare({"a": document})
