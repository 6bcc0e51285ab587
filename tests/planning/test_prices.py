"""Shadow prices against plans that are made again with a little more of each limit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from small import licence, small_network
from test_rationing import FIRST, THREE, one_stock, order

from becq.chain.network import Network
from becq.planning import plan
from becq.planning.plan import Plan


def changed(network: Network, section: str, name: str, **fields: Any) -> Network:
    """The network with other fields in the row ``name`` of a section."""
    data = network.model_dump(mode="json", exclude_none=True)
    data[section] = [row | fields if row["id"] == name else row for row in data[section]]
    return small_network(**data)


def price(found: Plan, kind: str, name: str) -> dict[str, Any]:
    assert found.prices is not None
    rows = [row for row in found.prices if (row["kind"], row["id"]) == (kind, name)]
    return max(rows, key=lambda row: row["service"] + row["saving"])


def plans(network: Network, other: Network, days: int = 1) -> tuple[Plan, Plan]:
    return plan(network, FIRST, days, prices=True), plan(other, FIRST, days)


def test_a_stock_is_worth_what_more_of_it_serves() -> None:
    orders = [order("oa", "a", 10, priority=1), order("ob", "b", 20), order("oc", "c", 30, priority=3)]
    network = one_stock(25, orders, THREE)
    found, more = plans(network, changed(network, "stock", "old", activity="25.5 GBq"))
    row = price(found, "stock", "old")
    # The price is of activity at the start, when the stock is counted; the stock is calibrated later.
    at_start = 0.5 * 2 ** (18 / (8.0252 * 24))
    assert row["unit"] == "GBq"
    assert (row["name"], row["site"]) == ("Sodium iodide I-131, Reactor", "reactor")
    assert row["service"] * at_start == pytest.approx(more.objective - found.objective, rel=1e-3)
    # The next orders that it serves are of the middle class, which weighs three times.
    assert row["orders"] * 3 == pytest.approx(row["service"], rel=1e-6)


def test_a_licence_is_worth_what_more_of_it_lets_through() -> None:
    orders = [order("oa", "a", 10), order("ob", "b", 20)]
    network = one_stock(60, orders, THREE)
    network = changed(network, "sites", "b", licence=licence(("I-131", "12 GBq")))
    found, more = plans(network, changed(network, "sites", "b", licence=licence(("I-131", "12.1 GBq"))))
    row = price(found, "licence", "b")
    assert (row["unit"], row["nuclide"]) == ("GBq", "I-131")
    assert (row["name"], row["name_zh"], row["site"]) == ("B", "b", "b")
    assert row["service"] * 0.1 == pytest.approx(more.objective - found.objective, rel=1e-3)
    assert price(found, "licence", "b")["orders"] == pytest.approx(row["service"] / 3, rel=1e-6)
    assert not [each for each in found.prices or [] if each["kind"] == "stock"]


def flown(packages: int) -> Network:
    """Three whole orders of one site beyond a flight that takes so many packages."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    fly = base["lanes"][1]
    fly["departures"] = [fly["departures"][0] | {"capacity_packages": packages}]
    orders = [
        {
            "id": f"o{n}", "site": "far", "product": "i131", "activity": f"{2 + n} GBq",
            "calibration": "2026-12-08T12:00:00+08:00", "earliest": "2026-12-08T08:00:00+08:00",
            "latest": "2026-12-08T18:00:00+08:00", "tolerance": 0,
        }
        for n in range(3)
    ]  # fmt: skip
    road = base["lanes"][0] | {"max_km": 300}
    return small_network(
        lanes=[road, fly], processes=[], resources=[], standing_orders=[], orders=orders,
        stock=[base["stock"][1] | {"activity": "60 GBq"}],
    )  # fmt: skip


def test_a_place_on_a_flight_is_worth_the_order_that_it_takes() -> None:
    found, more = plans(flown(2), flown(3), 2)
    row = price(found, "package", "fly-ab")
    assert (row["origin"], row["to"]) == ("apt-a", "apt-b")
    assert (row["name"], row["site"]) == ("fly-ab", None)
    # The smallest of three orders is left, two thirds of an average one, of the middle class.
    assert row["orders"] == pytest.approx(2 / 3, rel=1e-6)
    assert row["service"] == pytest.approx(more.objective - found.objective, rel=1e-4)


def test_a_position_is_worth_the_batch_that_has_none() -> None:
    """Two products want the one position at the same time: more is worth the lesser, not the one that has it."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    pile = base["resources"][0] | {"positions": 1}
    processes = [row for row in base["processes"] if row["id"] == "irr-i131"]
    processes[0] |= {"start_times": "08:00", "start_days": "mon", "activity_per_batch": "30 GBq"}
    processes.append(processes[0] | {"id": "irr-other", "product": "other"})
    products = [base["products"][0], base["products"][0] | {"id": "other", "name": "Other", "name_zh": "他"}]
    orders = [
        {
            "id": f"o-{name}", "site": "near", "product": name, "activity": "5 GBq", "priority": priority,
            "calibration": "2026-12-10T18:00:00+08:00", "earliest": "2026-12-10T08:00:00+08:00",
            "latest": "2026-12-10T18:00:00+08:00", "tolerance": 0,
        }
        for name, priority in (("i131", 1), ("other", 3))
    ]  # fmt: skip
    network = small_network(
        resources=[pile], processes=processes, products=products, stock=[], orders=orders, standing_orders=[]
    )
    found, more = plans(network, changed(network, "resources", "pile", positions=2), 7)
    row = price(found, "position", "pile")
    assert row["service"] == pytest.approx(1.0, rel=1e-6)
    assert row["service"] == pytest.approx(more.objective - found.objective, rel=1e-6)


def test_a_place_on_the_cheap_flight_saves_what_the_dear_one_costs() -> None:
    def two_flights(packages: int) -> Network:
        data = flown(packages).model_dump(mode="json", exclude_none=True)
        (departure,) = data["lanes"][1]["departures"]
        dear = {key: value for key, value in departure.items() if key != "capacity_packages"}
        data["lanes"].append(data["lanes"][1] | {"id": "dear", "cost_per_trip": 5000, "departures": [dear]})
        return small_network(**data)

    found, more = plans(two_flights(2), two_flights(3), 2)
    assert found.unmet == []
    row = price(found, "package", "fly-ab")
    assert row["service"] == 0
    # Every order may lack a millionth of what the plan gives it.
    assert row["saving"] == pytest.approx(5000 - 1200, rel=1e-5)
    assert row["saving"] == pytest.approx(found.cost - more.cost, rel=1e-5)


def test_prices_are_only_of_what_binds_and_only_where_wanted() -> None:
    ample = one_stock(100, [order("oa", "a", 10)], THREE)
    assert plan(ample, FIRST, 1).prices is None
    assert [
        row for row in plan(ample, date(2026, 12, 7), 1, prices=True).prices or [] if row["service"]
    ] == []
    assert plan(ample, FIRST, 1, prices=None).prices == []


def test_a_batch_is_worth_no_more_than_is_short() -> None:
    """A batch of 60 GBq for one order of 3 that is left: the derivative would tell of twenty orders."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    (process,) = (row for row in base["processes"] if row["id"] == "irr-i131")
    process |= {"start_times": "08:00", "start_days": "mon", "activity_per_batch": "60 GBq"}
    orders = [
        {
            "id": f"o{n}", "site": "near", "product": "i131", "activity": f"{gbq} GBq", "priority": 3,
            "calibration": "2026-12-10T18:00:00+08:00", "earliest": "2026-12-10T08:00:00+08:00",
            "latest": "2026-12-10T18:00:00+08:00", "tolerance": 0, "partial": True,
        }
        for n, gbq in enumerate((46, 3))
    ]  # fmt: skip
    network = small_network(processes=[process], stock=[], orders=orders, standing_orders=[])
    found = plan(network, FIRST, 7, prices=True)
    short = sum(row.short_bq for row in found.unmet) / 1e9
    assert 0 < short <= 3
    row = price(found, "batch", "irr-i131")
    # One more serves what is short and no more, in orders of average size (24.5 GBq).
    assert row["orders"] == pytest.approx(short / 24.5, rel=1e-3)
