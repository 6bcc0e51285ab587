"""What workplaces may handle in a day bounds what is sent there, eluted there and labelled there."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from checker import Referee
from small import small_network
from test_limits import FIRST, broken, rows

from becq.chain.network import Network
from becq.planning import Plan, plan
from becq.rules.workplace import operation_factor, toxicity_factor

ZONE = ZoneInfo("Asia/Shanghai")
NUCLIDES = ("I-131", "Mo-99", "Tc-99m", "Lu-177", "F-18", "Ge-68", "Ga-68")


def workplace(
    nuclide: str, daily: str, name: str = "Department", grade: str = "A", operation: str = "simple-liquid"
) -> dict[str, Any]:
    return {
        "workplace": name, "workplace_class": grade, "nuclide": nuclide, "operation": operation,
        "daily_limit": daily,
    }  # fmt: skip


def licensed(site: str, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    """The sites, one of them with these workplaces and ample ones for other nuclides."""
    named = {row["nuclide"] for row in operations}
    ample = [workplace(each, "100 TBq", "Elsewhere") for each in NUCLIDES if each not in named]
    licence = next(row["licence"] for row in rows("sites") if row["id"] == site)
    return rows("sites", **{site: {"licence": {**licence, "operations": [*operations, *ample]}}})


def doses(count: int, product: str = "fdg", activity: str = "6 GBq", **fields: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{product}-{number}", "site": "near", "product": product, "activity": activity,
            "calibration": "2026-12-08T09:00:00+08:00", "earliest": "2026-12-08T07:30:00+08:00",
            "latest": "2026-12-08T09:00:00+08:00", **fields,
        }
        for number in range(count)
    ]  # fmt: skip


def made(network: Network) -> Plan:
    found = plan(network, FIRST, 7)
    assert Referee(network, found.as_dict(network)).check() == []
    assert broken(found, network) == set()
    return found


def handled(found: Plan, site: str, nuclide: str) -> dict[str, float]:
    """What a hospital is sent of a nuclide, day by day."""
    total: dict[str, float] = defaultdict(float)
    for row in found.deliveries:
        if (row.destination, row.nuclide) == (site, nuclide):
            day = datetime.fromisoformat(row.reference_time).astimezone(ZONE)
            total[f"{day:%m-%d}"] += row.activity_bq
    return dict(total)


def test_a_daily_limit_lets_fewer_doses_in() -> None:
    """Three doses of 6 GBq, of which two may be handled on one day."""
    free = made(small_network(standing_orders=[], orders=doses(3)))
    assert len(free.deliveries) == 3
    bound = made(
        small_network(
            standing_orders=[], orders=doses(3), sites=licensed("near", workplace("F-18", "12 GBq"))
        )
    )
    assert len(bound.deliveries) == 2
    assert handled(bound, "near", "F-18")["12-08"] == pytest.approx(12e9)
    assert [row.reason for row in bound.unmet] == ["workplace_limit"]
    assert bound.unmet[0].sentence == (
        "Near Hospital, Department: 12.0 GBq of F-18 may be handled in a day, which would be exceeded on 12-08."
    )


def test_the_limit_is_that_of_a_day_and_of_the_site_s_own_days() -> None:
    """A dose of the next local day has a limit of its own, although both are of one day in UTC."""
    late = doses(1, earliest="2026-12-09T07:30:00+08:00", latest="2026-12-09T07:50:00+08:00",
                 calibration="2026-12-09T07:50:00+08:00")  # fmt: skip
    orders = [*doses(1), {**late[0], "id": "next"}]
    found = made(
        small_network(standing_orders=[], orders=orders, sites=licensed("near", workplace("F-18", "6 GBq")))
    )
    assert set(handled(found, "near", "F-18")) == {"12-08", "12-09"}
    assert found.unmet == []


def test_nuclides_share_the_class_of_a_workplace() -> None:
    """F-18 and Tc-99m each fit into a workplace of class C, not both."""
    weight = {name: toxicity_factor(name) / operation_factor("simple-liquid") for name in ("F-18", "Tc-99m")}
    room = 2e7  # GB 18871-2002, annex C
    orders = [
        *doses(1, "fdg", f"{0.6 * room / weight['F-18']} Bq", priority=1),
        *doses(1, "tc-dose", f"{0.6 * room / weight['Tc-99m']} Bq", partial=True),
    ]
    both = [workplace(name, "1 TBq", grade="C") for name in weight]
    stock = [
        *rows("stock"),
        {"id": "gen", "site": "pharmacy", "product": "tc-gen", "activity": "60 GBq",
         "reference_time": "2026-12-07T00:00:00+08:00"},
    ]  # fmt: skip
    free = made(small_network(standing_orders=[], orders=orders, stock=stock))
    assert free.unmet == []
    found = made(small_network(standing_orders=[], orders=orders, stock=stock, sites=licensed("near", *both)))
    counted = sum(weight[name] * sum(handled(found, "near", name).values()) for name in ("F-18", "Tc-99m"))
    assert counted == pytest.approx(room, rel=1e-6)
    assert [(row.order, row.reason) for row in found.unmet] == [("tc-dose-0", "workplace_limit")]


def test_a_nuclide_that_no_workplace_names_is_not_sent() -> None:
    licence = next(row["licence"] for row in rows("sites") if row["id"] == "near")
    sites = rows("sites", near={"licence": {**licence, "operations": [workplace("I-131", "1 TBq")]}})
    found = made(small_network(standing_orders=[], orders=doses(1), sites=sites))
    assert found.deliveries == []
    assert [row.reason for row in found.unmet] == ["workplace_limit"]
    assert found.unmet[0].sentence == (
        "Near Hospital: no workplace of the licence names F-18, 1.00 MBq are exempt."
    )


@pytest.mark.parametrize("daily", [None, "30 GBq", "1 GBq"])
def test_all_that_is_eluted_in_a_day_counts_where_it_is_eluted(daily: str | None) -> None:
    """A generator of stock gives what it gives; of those to come as many are sent as may be eluted."""
    orders = doses(3, "tc-dose", "5 GBq", earliest="2026-12-11T06:30:00+08:00",
                   latest="2026-12-11T09:00:00+08:00", calibration="2026-12-11T09:00:00+08:00")  # fmt: skip
    places = licensed("pharmacy", workplace("Tc-99m", daily)) if daily else rows("sites")
    found = made(small_network(standing_orders=[], orders=orders, sites=places))
    eluted = [row.activity_bq for row in found.batches if row.process == "elute-tc"]
    assert len(found.deliveries) == {None: 3, "30 GBq": 3, "1 GBq": 0}[daily]
    if daily == "30 GBq":
        assert 0 < sum(eluted) <= 30e9 * (1 + 1e-9)
    if daily == "1 GBq":
        assert {row.reason for row in found.unmet} == {"workplace_limit"}
        assert "Pharmacy" in found.unmet[0].sentence


def test_what_stock_gives_cannot_be_eluted_in_part() -> None:
    """A generator in stock that gives more at once than may be handled is not eluted at all."""
    stock = [{"id": "gen", "site": "pharmacy", "product": "tc-gen", "activity": "60 GBq",
              "reference_time": "2026-12-07T00:00:00+08:00"}]  # fmt: skip
    orders = doses(1, "tc-dose", "5 GBq")
    assert made(small_network(standing_orders=[], orders=orders, stock=stock)).unmet == []
    found = made(
        small_network(
            standing_orders=[], orders=orders, stock=stock,
            sites=licensed("pharmacy", workplace("Tc-99m", "10 GBq")),
        )
    )  # fmt: skip
    assert found.deliveries == []
    assert [row.reason for row in found.unmet] == ["workplace_limit"]


def test_labelling_counts_its_whole_batch() -> None:
    stock = [{"id": "lu", "site": "pharmacy", "product": "lu-bulk", "activity": "80 GBq",
              "reference_time": "2026-12-08T00:00:00+08:00"}]  # fmt: skip
    orders = doses(3, "lu-psma", "7.4 GBq", earliest="2026-12-08T09:00:00+08:00",
                   latest="2026-12-08T14:00:00+08:00", calibration="2026-12-08T14:00:00+08:00")  # fmt: skip
    once = rows("processes", label_lu={"start_days": ["tue"]})
    free = made(small_network(standing_orders=[], orders=orders, stock=stock, processes=once))
    assert len(free.deliveries) == 3
    found = made(
        small_network(
            standing_orders=[], orders=orders, stock=stock, processes=once,
            sites=licensed("pharmacy", workplace("Lu-177", "16 GBq")),
        )
    )  # fmt: skip
    assert len(found.deliveries) == 2
    assert sum(row.activity_bq for row in found.batches if row.process == "label-lu") <= 16e9 * (1 + 1e-9)
    assert [row.reason for row in found.unmet] == ["workplace_limit"]
