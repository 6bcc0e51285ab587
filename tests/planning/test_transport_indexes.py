"""The sum of transport indexes on a departure bounds what flies with it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from small import small_network
from test_limits import FIRST, rows
from test_workplaces import made

from becq.chain.network import Network
from becq.physics.radiation.packages import package_radiation, transport_index
from becq.planning import Plan
from becq.planning.options import build_problem

POT = {"id": "pot", "products": ["i131"], "shield": "lead", "thickness_mm": 30, "radius_mm": 130}
STOCK = [
    {"id": "much", "site": "reactor", "product": "i131", "activity": "400 GBq",
     "reference_time": "2026-12-07T00:00:00+08:00"}
]  # fmt: skip


def flown(
    limit: float | None, activity: str = "20 GBq", count: int = 4, pot: dict[str, Any] | None = None
) -> Network:
    """Some doses for the far hospital on one flight."""
    line = {"days": "daily", "time": "09:00", "duration": "1 h 25 min"}
    if limit is not None:
        line["transport_index_limit"] = str(limit)
    orders = [
        {"id": f"dose-{number}", "site": "far", "product": "i131", "activity": activity,
         "calibration": "2026-12-08T16:00:00+08:00", "earliest": "2026-12-08T10:00:00+08:00",
         "latest": "2026-12-08T16:00:00+08:00"}
        for number in range(count)
    ]  # fmt: skip
    return small_network(
        standing_orders=[], orders=orders, stock=STOCK, packagings=[] if pot is None else [pot],
        lanes=rows("lanes", fly_ab={"departures": [line]}, road={"max_km": 250}),
    )  # fmt: skip


def indexes(found: Plan, pot: dict[str, Any]) -> float:
    """Sum over what flies, from the dose rates around its packages as they leave: written anew."""
    total = 0.0
    for row in found.deliveries:
        assert "flight" in [leg["mode"] for leg in row.legs]
        packages = 1
        if "capacity" in pot:
            packages = math.ceil(row.activity_depart_bq / (float(pot["capacity"].split()[0]) * 1e9) - 1e-9)
        around = package_radiation(
            {row.nuclide: row.activity_depart_bq / packages},
            [("lead", pot["thickness_mm"] * 1e-3)],
            outer_radius_m=pot["radius_mm"] * 1e-3,
        )
        total += packages * transport_index(around.one_metre_sv_h)
    return total


def test_only_as_much_flies_as_the_departure_takes() -> None:
    free = made(flown(None, pot=POT))
    assert len(free.deliveries) == 4
    each = indexes(free, POT) / 4
    found = made(flown(2 * each + 0.3, pot=POT))
    assert len(found.deliveries) == 2
    assert indexes(found, POT) <= 2 * each + 0.3
    assert {row.reason for row in found.unmet} == {"transport_index"}
    assert all("12-08 09:00 takes a sum of transport indexes" in row.sentence for row in found.unmet)


@pytest.mark.parametrize("limit", [1.0, 1.7, 2.4, 3.1])
@pytest.mark.parametrize("capacity", [None, "7 GBq"])
def test_rounding_up_is_on_the_safe_side(limit: float, capacity: str | None) -> None:
    """Also where a delivery is several packages, each with a tenth that is rounded up."""
    pot = POT if capacity is None else {**POT, "capacity": capacity}
    found = made(flown(limit, "12 GBq", 6, pot))
    assert 0 < indexes(found, pot) <= limit + 1e-9
    assert len(found.deliveries) < 6


def test_the_rules_bound_an_aircraft_that_names_no_limit() -> None:
    """Aircraft of whatever kind: 200 (GB 11806-2019, table 8); bare packages of 400 GBq are more than that."""
    bare = {"id": "bare", "products": ["i131"], "radius_mm": 50}
    found = build_problem(flown(None, "90 GBq", 4, bare), FIRST, 7).limits
    assert {row.capacity for row in found.rows if row.code == "transport_index"} == {200.0}


def test_without_packaging_nothing_is_guessed() -> None:
    network = flown(0.1)
    limits = build_problem(network, FIRST, 7).limits
    assert [row for row in limits.rows if row.code == "transport_index"] == []
    assert any("Sodium iodide I-131" in sentence for sentence, _ in limits.unchecked)
    assert len(made(network).deliveries) == 4
