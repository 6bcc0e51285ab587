"""Loads by day against a plan worked out by hand, and against the loads over the whole plan."""

from __future__ import annotations

import math
from datetime import date

import pytest
from small import small_network

from becq.physics import decay_data
from becq.planning import plan
from becq.planning.load_days import daily_loads, days_of, price_of
from becq.planning.loads import resource_loads


def row(batch: str, resource: str | None, start: str, eob: str, release: str, **more):
    fields = {
        "id": batch, "process": batch.partition("@")[0], "kind": "accelerator_run", "site": "pharmacy", "resource": resource,
        "product": "fdg", "nuclide": "F-18", "start": f"2026-12-{start}:00+08:00", "eob": f"2026-12-{eob}:00+08:00",
        "release": f"2026-12-{release}:00+08:00", "expires": f"2026-12-{release}:00+08:00", "activity_eob_bq": 0.0,
        "activity_bq": 0.0, "state": "planned",
    }  # fmt: skip
    return {**fields, **more}


def document(batches=(), deliveries=(), days=3):
    return {
        "from": "2026-12-07T00:00:00+08:00", "days": days, "batches": list(batches), "deliveries": list(deliveries),
        "supplies": [],
    }  # fmt: skip


def load(found, kind, name, **more):
    return next(
        each
        for each in found
        if (each.kind, each.id) == (kind, name) and all(getattr(each, k) == v for k, v in more.items())
    )


def outage(network, resource: str, start: str, end: str):
    down = [{"start": f"2026-12-{start}", "end": f"2026-12-{end}", "reason": "pump"}]
    rows = [
        {**each.model_dump(), "outages": down if each.id == resource else []} for each in network.resources
    ]
    return small_network(resources=rows)


def test_hours_of_positions_fall_on_their_days():
    network = outage(small_network(), "cyclotron", "08T12:00", "09T06:00")
    made = document(
        [
            row("run-fdg@a", "cyclotron", "07T22:00", "08T01:00", "08T02:00"),  # to 01:30 with the changeover
            row("run-fdg@b", "cyclotron", "09T10:00", "09T12:00", "09T13:00"),  # to 12:30
            row("run-fdg@c", "cyclotron", "09T23:00", "10T03:00", "10T04:00"),  # ends after the plan
            row("make-gen@d", "line", "07T14:00", "07T22:00", "08T02:00"),  # a line: no processing time
            row("irr-mo@e", "pile", "06T00:00", "09T00:00", "09T12:00"),  # began before the plan
            row("irr-mo@f", "pile", "07T00:00", "10T00:00", "10T12:00", state="lost"),
            row("elute-tc@g", None, "07T06:00", "07T06:00", "07T06:30"),
        ]
    )
    found = daily_loads(network, made)
    cyclotron = load(found, "resource", "cyclotron")
    assert cyclotron.taken == (2.0, 1.5, 2.5 + 1.0)
    assert cyclotron.available == (24.0, 12.0, 18.0)
    assert cyclotron.count == 3
    assert cyclotron.shares == (2 / 24, 1.5 / 12, 3.5 / 18)
    assert cyclotron.worst == 3.5 / 18
    assert cyclotron.mean == 7.0 / 54.0
    assert load(found, "resource", "line").taken == (8.0, 0.0, 0.0)
    pile = load(found, "resource", "pile")
    assert pile.taken == (24.0, 24.0, 0.0)
    assert pile.available == (48.0, 48.0, 48.0)  # two positions
    assert [str(day) for day in days_of(made)] == ["2026-12-07", "2026-12-08", "2026-12-09"]


def test_a_cell_is_taken_until_its_processing_ends():
    base = small_network()
    resources = [
        {**each.model_dump(), "kind": "hot_cell"} if each.id == "cyclotron" else each.model_dump()
        for each in base.resources
    ]
    made = document([row("run-fdg@a", "cyclotron", "07T10:00", "07T12:00", "07T13:00")])
    found = daily_loads(small_network(resources=resources), made)
    assert load(found, "resource", "cyclotron").taken[0] == pytest.approx(2.0 + 40 / 60 + 0.5)


def delivery(order: str, day: str, hour: str = "09", lane: str = "fly-ab", lot: str = "i131-old", **more):
    leg = {
        "lane": lane, "mode": "flight", "from": "apt-a", "to": "apt-b", "start": f"2026-12-{day}T07:00:00+08:00",
        "end": f"2026-12-{day}T11:10:00+08:00", "leaves": f"2026-12-{day}T{hour}:00:00+08:00",
    }  # fmt: skip
    fields = {
        "id": f"{order}<{lot}", "order": order, "lot": lot, "product": "i131", "nuclide": "I-131", "from": "reactor",
        "to": "far", "depart": f"2026-12-{day}T06:00:00+08:00", "arrive": f"2026-12-{day}T12:00:00+08:00",
        "activity_depart_bq": 0.0, "activity_arrive_bq": 0.0, "reference_time": f"2026-12-{day}T12:00:00+08:00",
        "legs": [leg],
    }  # fmt: skip
    return {**fields, **more}


STOCK = row(
    "i131-old",
    None,
    "07T00:00",
    "07T00:00",
    "07T00:00",
    kind="stock",
    process=None,
    nuclide="I-131",
    product="i131",
)


def test_packages_fill_the_departures_of_their_day():
    base = small_network()
    lanes = [each.model_dump() for each in base.lanes]
    times = [
        {"days": "daily", "time": "09:00", "duration": "85 min", "capacity_packages": 2},
        {"days": "mon,wed", "time": "15:00", "duration": "85 min", "capacity_packages": 3},
        {"days": "daily", "time": "20:00", "duration": "85 min"},  # no limit: counts for nothing
    ]
    lanes = [{**each, "departures": times} if each["id"] == "fly-ab" else each for each in lanes]
    orders = [
        delivery("a", "07"),
        delivery("b", "07"),
        delivery("c", "07", "15"),
        delivery("d", "08"),
        delivery("e", "08", "20"),
    ]
    found = daily_loads(small_network(lanes=lanes), document([STOCK], orders))
    flight = load(found, "departure", "fly-ab", site="apt-a", to="apt-b")
    assert flight.taken == (3.0, 1.0, 0.0)
    assert flight.available == (5.0, 2.0, 5.0)
    assert flight.count == 5
    assert flight.worst == 1.0  # one departure is full, though the day is not
    assert flight.mean == 4.0 / 12.0
    assert [
        each for each in daily_loads(small_network(), document([STOCK])) if each.kind == "departure"
    ] == []


def test_possession_is_the_most_of_the_day_against_the_licence():
    rate = decay_data.decay_const("I-131")
    arrival = {"to": "tight", "activity_arrive_bq": 3e9, "legs": []}
    made = document([STOCK], [delivery("x", "08", **arrival)])  # held from the 8th noon to the 9th noon
    found = daily_loads(small_network(stock=[]), made)
    tight = load(found, "possession", "tight", nuclide="I-131")
    assert tight.available == (4e9, 4e9, 4e9)
    assert tight.taken == pytest.approx((0.0, 3e9, 3e9 * math.exp(-rate * 12 * 3600)))
    assert tight.worst == pytest.approx(0.75)


def test_the_days_add_up_to_the_whole():
    network = small_network()
    data = plan(network, date(2026, 12, 7), 7).as_dict(network)
    found = {each.id: each for each in daily_loads(network, data) if each.kind == "resource"}
    for code, whole in resource_loads(
        network, {**data, "to": "2026-12-14T00:00:00+08:00", "from": "2026-12-07T00:00:00+08:00"}
    ).items():
        assert sum(found[code].taken) == pytest.approx(whole.taken_h)
        assert sum(found[code].available) == pytest.approx(whole.available_h)
        assert found[code].count == whole.batches


def test_the_dearest_price_of_a_load_is_found():
    found = daily_loads(small_network(), document([STOCK], [delivery("a", "07")]))
    flight, pile = load(found, "departure", "fly-ab"), load(found, "resource", "pile")
    price = {"unit": "package", "nuclide": None, "start": None, "end": None, "service": 0.0}
    rows = [
        {
            **price,
            "kind": "package",
            "id": "fly-ab",
            "origin": "apt-b",
            "to": "apt-a",
            "orders": 9.0,
            "saving": 9.0,
        },
        {
            **price,
            "kind": "package",
            "id": "fly-ab",
            "origin": "apt-a",
            "to": "apt-b",
            "orders": 1.0,
            "saving": 5.0,
        },
        {
            **price,
            "kind": "package",
            "id": "fly-ab",
            "origin": "apt-a",
            "to": "apt-b",
            "orders": 2.0,
            "saving": 0.0,
        },
        {**price, "kind": "position", "id": "line", "origin": None, "to": None, "orders": 3.0, "saving": 0.0},
    ]
    best = price_of(flight, rows)
    assert best is not None
    assert best["orders"] == 2.0
    assert price_of(pile, rows) is None
