"""What makers hold of what they make, against a second reading of the plan moment by moment."""

from __future__ import annotations

from typing import Any

import pytest
from checker import seconds
from small import ALL, licence, small_network
from test_compliance import held_bq
from test_limits import rows
from test_workplaces import made

from becq.chain.network import Network
from becq.planning import Plan

FRIDAY = {
    "id": "friday", "site": "near", "product": "i131", "activity": "20 GBq",
    "calibration": "2026-12-11T12:00:00+08:00", "earliest": "2026-12-11T08:00:00+08:00",
    "latest": "2026-12-11T12:00:00+08:00",
}  # fmt: skip
TUESDAY = {
    "id": "tuesday", "site": "near", "product": "i131", "activity": "7 GBq",
    "calibration": "2026-12-08T12:00:00+08:00", "earliest": "2026-12-08T08:00:00+08:00",
    "latest": "2026-12-08T12:00:00+08:00",
}  # fmt: skip


def limited(site: str, nuclide: str, limit: str) -> list[dict[str, Any]]:
    allowed = [(name, limit if name == nuclide else amount) for name, amount in ALL]
    return rows("sites", **{site: {"licence": licence(*allowed, scope="produce, sell, use")}})


def most_held(network: Network, found: Plan, site: str, nuclide: str) -> float:
    """The most on a site at any moment at which something is made or comes."""
    data = found.as_dict(network)
    moments = {seconds(row[key]) for row in data["batches"] for key in ("eob", "release")}
    moments |= {seconds(row["arrive"]) for row in data["deliveries"] + data["supplies"]}
    return max(held_bq(network, data, site, nuclide, moment) for moment in moments)


def small(orders: list[dict[str, Any]], **more: Any) -> Network:
    return small_network(standing_orders=[], orders=orders, **more)


def test_a_batch_larger_than_the_licence_is_not_made() -> None:
    """A run of 120 GBq at EOB, for an order of 5 GBq."""
    order = {
        "id": "dose", "site": "near", "product": "fdg", "activity": "5 GBq",
        "calibration": "2026-12-08T09:00:00+08:00", "earliest": "2026-12-08T07:30:00+08:00",
        "latest": "2026-12-08T09:00:00+08:00",
    }  # fmt: skip
    assert made(small([order], sites=limited("pharmacy", "F-18", "121 GBq"))).unmet == []
    found = made(small([order], sites=limited("pharmacy", "F-18", "119 GBq")))
    assert found.batches == []
    (unmet,) = found.unmet
    assert unmet.reason == "maker_limit"
    assert "Pharmacy would hold more than its 119 GBq licence for F-18" in unmet.sentence


def test_what_has_left_makes_room_for_what_is_made() -> None:
    """9 GBq in stock and a batch of 30 GBq at EOB on Wednesday are too much, unless the stock has left."""
    sites = limited("reactor", "I-131", "33 GBq")
    alone = made(small([FRIDAY], sites=sites))
    assert [row.reason for row in alone.unmet] == ["maker_limit"]
    assert made(small([FRIDAY])).unmet == []
    network = small([FRIDAY, TUESDAY], sites=sites)
    both = made(network)
    assert both.unmet == []
    assert 30e9 < most_held(network, both, "reactor", "I-131") <= 33e9


@pytest.mark.parametrize("limit", ["60 GBq", "45 GBq"])
def test_a_site_that_labels_holds_input_and_product(limit: str) -> None:
    """Three patients of 7.4 GBq from 60 GBq of stock; less is sent where less may be held."""
    stock = [{"id": "lu", "site": "reactor", "product": "lu-bulk", "activity": "60 GBq",
              "reference_time": "2026-12-07T00:00:00+08:00"}]  # fmt: skip
    orders = [
        {"id": f"lu-{number}", "site": "near", "product": "lu-psma", "activity": "7.4 GBq",
         "calibration": f"2026-12-{day}T14:00:00+08:00", "earliest": f"2026-12-{day}T09:00:00+08:00",
         "latest": f"2026-12-{day}T14:00:00+08:00"}
        for number, day in enumerate(("08", "08", "08", "08", "08", "08"))
    ]  # fmt: skip
    network = small(orders, stock=stock, sites=limited("pharmacy", "Lu-177", limit))
    found = made(network)
    held = most_held(network, found, "pharmacy", "Lu-177")
    assert held <= float(limit.split()[0]) * 1e9 * (1 + 1e-9)
    free = made(small(orders, stock=stock))
    assert len(found.deliveries) <= len(free.deliveries) == 6
