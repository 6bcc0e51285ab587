"""Which lots and ways an order has: days of licences, changeovers before an outage, late arrivals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from checker import Referee
from small import ALL, licence, small_network

from becq.planning import Plan, plan

FIRST = date(2026, 12, 7)
STOCK = {
    "id": "lot", "site": "reactor", "product": "i131", "activity": "60 GBq", "reference_time": "2026-12-07T00:00:00+08:00",
}  # fmt: skip


def wanted(earliest: str, latest: str, product: str = "i131", activity: str = "1 GBq") -> dict[str, Any]:
    times = {key: f"2026-12-{each}:00+08:00" for key, each in (("earliest", earliest), ("latest", latest))}
    return {
        "id": "o", "site": "near", "product": product, "activity": activity, "calibration": times["latest"], **times,
    }  # fmt: skip


def planned(order: dict[str, Any], ended: str = "", **changes: Any) -> Plan:
    """A plan of two days for one order; the licence of the site ``ended`` holds until the first of them."""
    sites = small_network().model_dump(mode="json", exclude_none=True)["sites"]
    for site in sites:
        if site["id"] == ended:
            site["licence"]["valid_until"] = "2026-12-07"
    sections = {
        "sites": sites,
        "stock": [STOCK],
        "processes": [],
        "standing_orders": [],
        "orders": [order],
        **changes,
    }
    network = small_network(**sections)
    found = plan(network, FIRST, 2)
    assert Referee(network, found.as_dict(network)).check() == []
    return found


@pytest.mark.parametrize("ended", ["near", "reactor"])
def test_a_licence_ends_at_midnight_of_its_own_zone(ended: str) -> None:
    """04:00 of the eighth in China is still the seventh in UTC: nothing is delivered."""
    assert planned(wanted("08T04:00", "08T06:00")).unmet == []
    assert [row.order for row in planned(wanted("08T04:00", "08T06:00"), ended).unmet] == ["o"]


def test_what_can_come_before_a_licence_ends_does() -> None:
    found = planned(wanted("07T20:00", "08T10:00"), "near")
    assert found.unmet == []
    assert found.deliveries[0].arrive < "2026-12-07T16:00"


def test_a_changeover_may_reach_into_an_outage() -> None:
    """The run is over at 06:00 when the machine is taken away; changing its target was for the next run."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    run = next(row for row in base["processes"] if row["id"] == "run-fdg")
    run["start_times"] = ["04:00"]

    def served(outage: str) -> bool:
        machine = {**next(row for row in base["resources"] if row["id"] == "cyclotron"), "changeover": "3 h"}
        machine["outages"] = [{"start": outage, "end": "2026-12-07T20:00:00+08:00", "reason": "x"}]
        order = wanted("07T08:00", "07T10:00", "fdg")
        return planned(order, processes=[run], resources=[machine]).unmet == []

    assert served("2026-12-07T06:00:00+08:00")
    assert not served("2026-12-07T05:59:00+08:00")


def test_goods_come_late_where_a_licence_is_tight() -> None:
    """6 GBq of F-18 at 10:00 are more than 12 GBq at 08:00."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    run = next(row for row in base["processes"] if row["id"] == "run-fdg")
    sites = base["sites"]

    def arrival(limit: str) -> str:
        near = next(site for site in sites if site["id"] == "near")
        near["licence"] = licence(*ALL[:4], ("F-18", limit))
        order = wanted("07T08:00", "07T10:00", "fdg", "6 GBq")
        (delivery,) = planned(order, sites=sites, processes=[run]).deliveries
        return delivery.arrive[11:16]

    assert arrival("6.1 GBq") == "02:00", "at the end of the window, in UTC"
    assert arrival("20 GBq") == "00:00"
