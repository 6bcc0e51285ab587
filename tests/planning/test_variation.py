"""What-ifs as data: each variation does to a plan what it says, and a remedy that is taken serves its order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from replan_checker import ReplanReferee
from small import small_network
from test_explanation import one_order

from becq.chain.network import Network
from becq.errors import InputError, ProblemsError
from becq.planning import Pins, plan
from becq.planning.explanation import explain_order
from becq.planning.lots import enumerate_lots
from becq.planning.replan import replan
from becq.planning.taking import take_remedy
from becq.planning.variation import read_variations, vary_network, write_variations

FIRST = date(2026, 12, 7)
START = datetime.fromisoformat("2026-12-07T00:00+08:00")
NETWORK = small_network()


def varied(network: Network, *rows: dict[str, Any]) -> Any:
    return vary_network(network, read_variations(rows), FIRST, 14)


def test_variations_are_read_back_as_they_were_written() -> None:
    rows = [
        {"kind": "slot", "process": "run-fdg", "start": "2026-12-09T15:00+08:00"},
        {"kind": "positions", "resource": "pile", "positions": 3},
        {"kind": "limit", "site": "tight", "nuclide": "I-131", "limit": "9 GBq"},
        {
            "kind": "lifted",
            "name": "pile",
            "start": "2026-12-09T15:00+08:00",
            "end": "2026-12-10T15:00+08:00",
        },
        {"kind": "window", "order": "o", "later": "3 h"},
        {"kind": "partial", "order": "o"},
        {"kind": "drive", "from": "reactor", "to": "far", "like": "van"},
        {
            "kind": "seats",
            "lane": "fly-ab",
            "from": "apt-a",
            "to": "apt-b",
            "leaves": "2026-12-09T09:00+08:00",
        },
    ]
    found = read_variations(rows)
    assert read_variations(write_variations(found)) == found
    assert [row["kind"] for row in write_variations(found)] == [row["kind"] for row in rows]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "magic"}, "the kind is one of"),
        ({"kind": "slot", "process": "run-fdg"}, "start: is missing"),
        ({"kind": "positions", "resource": "pile", "positions": 0}, "positions"),
        ({"kind": "limit", "site": "near", "nuclide": "I-131", "limit": "9"}, "limit"),
    ],
)
def test_a_malformed_variation_is_refused_with_its_field(row: dict[str, Any], said: str) -> None:
    with pytest.raises(ProblemsError, match=said):
        read_variations([row])


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "slot", "process": "nothing", "start": "2026-12-09T15:00+08:00"},
        {"kind": "positions", "resource": "nothing", "positions": 2},
        {"kind": "limit", "site": "nothing", "nuclide": "I-131", "limit": "9 GBq"},
        {"kind": "lifted", "name": "nothing", "start": "2026-12-09", "end": "2026-12-10"},
        {"kind": "partial", "order": "nothing"},
        {"kind": "drive", "from": "reactor", "to": "nothing", "like": "van"},
        {"kind": "drive", "from": "reactor", "to": "near", "like": "fly-ab"},
        {"kind": "seats", "lane": "fly-ab", "from": "apt-a", "to": "apt-b", "leaves": "2026-12-09T03:33"},
    ],
)
def test_a_variation_that_names_nothing_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="nothing|none|it leaves at"):
        varied(NETWORK, row)


def test_a_slot_is_one_batch_and_not_one_every_week() -> None:
    found = varied(NETWORK, {"kind": "slot", "process": "run-fdg", "start": "2026-12-09T15:37+08:00"})
    before = {lot.id for lot in enumerate_lots(NETWORK, FIRST, 14)}
    after = {lot.id for lot in enumerate_lots(found.network, FIRST, 14)}
    assert after - before - found.forbidden == {"run-fdg+1@20261209T0737Z"}
    assert found.forbidden == {"run-fdg+1@20261216T0737Z"}
    assert found.touched == {"run-fdg"}


def test_limits_positions_windows_and_seats_are_as_said() -> None:
    network = small_network(orders=[small_order("o")])
    found = varied(
        network,
        {"kind": "limit", "site": "tight", "nuclide": "I-131", "limit": "9 GBq"},
        {"kind": "limit", "site": "tight", "nuclide": "F-18", "limit": "1 GBq"},
        {"kind": "positions", "resource": "pile", "positions": 5},
        {"kind": "window", "order": "o", "earlier": "1 h", "later": "2 h", "calibration": "3 h"},
        {"kind": "partial", "order": "o"},
    ).network
    assert found.site["tight"].licence.limit_bq("I-131") == 9e9
    assert found.site["tight"].licence.limit_bq("F-18") == 1e9
    assert found.resource["pile"].positions == 5
    (order,) = [each for each in found.demand(FIRST, 14) if each.id == "o"]
    (was,) = [each for each in network.demand(FIRST, 14) if each.id == "o"]
    hours = [
        (network.instant(getattr(order, name)) - network.instant(getattr(was, name))).total_seconds() / 3600
        for name in ("earliest", "latest", "calibration")
    ]
    assert hours == [-1, 2, 3]
    assert order.partial
    assert not was.partial


def small_order(name: str) -> Any:
    from becq.chain.order import Order

    row = one_order("near", "fdg", "6 GBq", "2026-12-09", ("07:00", "09:00"))
    return Order.model_validate({**row, "id": name})


def test_more_seats_are_on_that_departure_only() -> None:
    line = NETWORK.lane["fly-ab"].departures[0]
    tight = NETWORK.with_rows(
        lanes=[
            lane.model_copy(update={"departures": [line.model_copy(update={"capacity_packages": 1})]})
            if lane.id == "fly-ab"
            else lane
            for lane in NETWORK.lanes
        ]
    )
    leaves = f"2026-12-09T{line.time:%H:%M}+08:00"
    row = {"kind": "seats", "lane": "fly-ab", "from": "apt-a", "to": "apt-b", "leaves": leaves, "packages": 2}
    found = varied(tight, row).network.lane["fly-ab"].departures
    by_day = {day: each.capacity_packages for each in found for day in each.days}
    assert by_day == {day: 3 if day == "wed" else 1 for day in line.days}


def test_an_outage_is_lifted_where_it_is_touched() -> None:
    from becq.chain.process import Outage

    outage = Outage(start="2026-12-09T08:00", end="2026-12-10T08:00", reason="repair")
    network = NETWORK.with_rows(
        resources=[
            row.model_copy(update={"outages": [outage]}) if row.id in ("pile", "cyclotron") else row
            for row in NETWORK.resources
        ]
    )
    span = {"kind": "lifted", "name": "pile", "start": "2026-12-10T07:00+08:00", "end": "2026-12-11"}
    found = varied(network, span).network
    assert found.resource["pile"].outages == []
    assert found.resource["cyclotron"].outages == [outage]
    beside = {"kind": "lifted", "name": "pile", "start": "2026-12-10T08:00+08:00", "end": "2026-12-11"}
    assert varied(network, beside).network.resource["pile"].outages == [outage]


def unmet_cases() -> list[Any]:
    """Networks with one order that is not served, each for another reason."""
    licence_short = one_order("tight", "i131", "6 GBq", "2026-12-15", ("08:00", "20:00"))
    no_batch = one_order("near", "fdg", "6 GBq", "2026-12-08", ("20:00", "23:00"))
    too_much = one_order("near", "fdg", "900 GBq", "2026-12-08", ("07:00", "09:00"))
    return [("licence", licence_short), ("window", no_batch), ("less", too_much)]


@pytest.mark.parametrize(("name", "row"), unmet_cases())
def test_every_remedy_that_is_taken_serves_its_order(name: str, row: dict[str, Any]) -> None:
    """The plan made anew with the change serves the order, breaks no rule, and is no worse."""
    from becq.chain.order import Order

    network = NETWORK.with_rows(orders=[*NETWORK.orders, Order.model_validate(row)])
    document = plan(network, FIRST, 14).as_dict(network)
    found = explain_order(network, document, "o")
    assert found.remedies, found.sentences
    for remedy in found.remedies:
        taken = take_remedy(remedy.kind, remedy.what, "o", row["site"])
        change = vary_network(network, read_variations(write_variations(taken.variations)), FIRST, 14)
        again = replan(
            change.network,
            document,
            [],
            START,
            pins=Pins(batches=dict.fromkeys(change.forbidden, "forbid")),
            touched={*change.touched, "o"},
        )
        after = again.plan.as_dict(again.network)
        got = sum(each["activity_bq"] for each in after["deliveries"] if each["order"] == "o")
        assert got >= remedy.activity_bq * (1 - 1e-3), (name, remedy.kind)
        assert after["objective"] >= document["objective"] * (1 - 1e-9), remedy.kind
        assert ReplanReferee(again.network, after, document).check() == [], remedy.kind


def test_without_being_touched_a_plan_stays_although_the_network_could_do_better() -> None:
    from becq.chain.order import Order

    row = one_order("tight", "i131", "6 GBq", "2026-12-15", ("08:00", "20:00"))
    network = NETWORK.with_rows(orders=[*NETWORK.orders, Order.model_validate(row)])
    document = plan(network, FIRST, 14).as_dict(network)
    better = varied(network, {"kind": "limit", "site": "tight", "nuclide": "I-131", "limit": "20 GBq"})
    left = replan(better.network, document, [], START).plan
    assert "o" in {each.order for each in left.unmet}
    looked = replan(better.network, document, [], START, touched=better.touched).plan
    assert "o" not in {each.order for each in looked.unmet}
