"""On very small networks the plan is the best there is: every choice was tried, by code of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from brute_force import BruteForce
from checker import Referee
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import licence

from becq.chain.network import Network
from becq.planning import Plan, dive, plan, solve
from becq.planning.solve import COUPLED_AT_MOST, LARGE_PART

FIRST = date(2026, 12, 7)
REL = 1e-6
WIDE = tuple((n, "100 PBq") for n in ("F-18", "I-131", "Lu-177", "Mo-99", "Tc-99m"))
PLACES = {
    "one": ("accelerator", 30.50, 104.00), "two": ("reactor", 30.20, 104.30),
    "pharmacy": ("radiopharmacy", 30.60, 104.10), "apt-a": ("airport", 30.58, 103.95),
    "apt-b": ("airport", 26.54, 101.80), "apt-c": ("airport", 29.20, 98.00), "near": ("hospital", 30.64, 104.06),
    "far": ("hospital", 26.58, 101.72), "west": ("hospital", 29.25, 98.05),
}  # fmt: skip


def sites(limits: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    found = []
    for name, (kind, lat, lon) in PLACES.items():
        row: dict[str, Any] = {
            "id": name,
            "name": name,
            "name_zh": name,
            "kind": kind,
            "lat": lat,
            "lon": lon,
        }
        if kind != "airport":
            own = limits.get(name)
            allowed = [pair for pair in WIDE if own is None or pair[0] != own[0]] + ([own] if own else [])
            row["licence"] = licence(*allowed, scope="produce, sell, use")
        found.append(row)
    return found


def clock(hour: float) -> str:
    return f"{int(hour):02}:{round(hour % 1 * 60):02}"


def instant(hour: float, day: int = 7) -> str:
    return f"2026-12-{day + int(hour // 24):02}T{clock(hour % 24)}:00+08:00"


@st.composite
def lanes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A road, and departures that take one or two packages; over apt-b to apt-c where somebody lives."""
    many = st.sampled_from([1, 2, None])

    def departure(hour: float) -> dict[str, Any]:
        row = {"days": "daily", "time": clock(hour), "duration": "1 h"}
        room = draw(many)
        return row if room is None else {**row, "capacity_packages": room}

    found = [
        {"id": "road", "mode": "road", "origins": ["*"], "destinations": ["*"], "speed_kmh": 60, "max_km": 250,
         "handling": "20 min", "cost_per_trip": draw(st.sampled_from([200, 700])), "cost_per_km": 3},
        {"id": "fly-ab", "mode": "flight", "origins": ["apt-a"], "destinations": ["apt-b"], "cut_off": "1 h",
         "handling": "30 min", "cost_per_trip": draw(st.sampled_from([300, 900])),
         "departures": [departure(hour) for hour in draw(st.sampled_from([(9,), (9, 12), (8, 9.5)]))]},
    ]  # fmt: skip
    if draw(st.booleans()):
        found.append(
            {"id": "fly-bc", "mode": "flight", "origins": ["apt-b"], "destinations": ["apt-c"], "cut_off": "30 min",
             "handling": "30 min", "cost_per_trip": 400,
             "departures": [departure(hour) for hour in draw(st.sampled_from([(12,), (12, 15)]))]}
        )  # fmt: skip
    return found


@st.composite
def orders(
    draw: st.DrawFn, product: str, unit: str, most: float, places: list[str], opens: int
) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(2, 4))):
        early = opens + draw(st.sampled_from([0, 1, 2.5, 5]))
        late = early + draw(st.sampled_from([1.5, 4, 9]))
        found.append(
            {"id": f"{product}{number}", "site": draw(st.sampled_from(places)), "product": product,
             "activity": f"{most * draw(st.sampled_from([0.2, 0.35, 0.5, 0.8])):.6g} {unit}",
             "earliest": instant(early), "latest": instant(late),
             "calibration": instant(draw(st.sampled_from([early, late, late + 3]))),
             "tolerance": draw(st.sampled_from([0.0, 0.1, 0.4])), "partial": draw(st.booleans()),
             "priority": draw(st.integers(1, 3))}
        )  # fmt: skip
    return found


@st.composite
def created(draw: st.DrawFn) -> Network:
    """F-18 or I-131 from one or two makers, machines shared, packages and licences short."""
    fast = draw(st.booleans())
    nuclide, shelf = ("F-18", "10 h") if fast else ("I-131", "10 d")
    makers = draw(st.sampled_from([["one"], ["one", "two"]]))
    processes, resources = [], []
    for maker in makers:
        resources.append(
            {"id": f"machine-{maker}", "site": maker, "name": "m", "name_zh": "m", "kind": "cyclotron",
             "changeover": draw(st.sampled_from(["0 min", "45 min", "3 h"]))}
        )  # fmt: skip
        process: dict[str, Any] = {
            "id": f"make-{maker}", "site": maker, "kind": "accelerator_run", "resource": f"machine-{maker}",
            "product": "drug", "activity_per_batch": f"{draw(st.sampled_from([60, 120]))} GBq",
            "duration": "2 h", "processing_time": "30 min", "processing_yield": 0.8,
            "start_times": draw(st.sampled_from([["03:00"], ["03:00", "05:30"], ["02:00", "05:00", "08:00"]])),
            "cost": draw(st.sampled_from([500, 3000])),
        }  # fmt: skip
        if draw(st.booleans()):
            process["max_units"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            process["specific_activity_eob"] = "100 GBq/mg"
        processes.append(process)
    stock = []
    if draw(st.booleans()):
        stock.append(
            {"id": "left", "site": draw(st.sampled_from(["one", "pharmacy"])), "product": "drug", "activity": "40 GBq",
             "reference_time": instant(draw(st.sampled_from([0, 6])))}
        )  # fmt: skip
    product: dict[str, Any] = {
        "id": "drug",
        "name": "d",
        "name_zh": "d",
        "nuclide": nuclide,
        "shelf_life": shelf,
    }
    if all("specific_activity_eob" in row for row in processes) and draw(st.booleans()):
        product["min_specific_activity"] = "20 GBq/mg"
    wanted = draw(
        orders("drug", "GBq", 30.0 if fast else 60.0, ["near", "near", "far", "west", "pharmacy"], 6)
    )
    limits = {}
    if draw(st.booleans()):
        limits["near"] = (nuclide, draw(st.sampled_from(["15 GBq", "30 GBq", "60 GBq"])))
    return network(
        limits=limits, products=[product], resources=resources, processes=processes, stock=stock,
        lanes=draw(lanes()), orders=wanted,
    )  # fmt: skip


@st.composite
def converted(draw: st.DrawFn) -> Network:
    """Lu-177 in bulk from stock and from a batch, labelled in the morning or at noon, and sold in bulk as well."""
    processes = [
        {"id": "label", "site": "pharmacy", "kind": "labelling", "product": "drug", "input_product": "bulk",
         "max_input": f"{draw(st.sampled_from([30, 70]))} GBq", "processing_yield": 0.9, "duration": "1 h",
         "qc_time": "1 h", "start_times": draw(st.sampled_from([["08:00"], ["08:00", "12:00"]])),
         "cost": draw(st.sampled_from([100, 2000])), "max_units": draw(st.integers(1, 3))},
        {"id": "irradiate", "site": "two", "kind": "reactor_irradiation", "product": "bulk",
         "activity_per_batch": "60 GBq", "duration": "2 h", "processing_time": "1 h", "start_times": ["01:00"],
         "cost": 5000},
    ]  # fmt: skip
    stock = [
        {"id": f"bulk-{n}", "site": place, "product": "bulk", "reference_time": instant(0),
         "activity": f"{draw(st.sampled_from([15, 40]))} GBq"}
        for n, place in enumerate(draw(st.sampled_from([["one"], ["one", "pharmacy"]])))
    ]  # fmt: skip
    products = [
        {
            "id": "bulk",
            "name": "b",
            "name_zh": "b",
            "kind": "bulk",
            "nuclide": "Lu-177",
            "shelf_life": "10 d",
        },
        {"id": "drug", "name": "d", "name_zh": "d", "nuclide": "Lu-177", "shelf_life": "2 d"},
    ]
    wanted = draw(orders("drug", "GBq", 50.0, ["near", "far", "pharmacy"], 9))
    if draw(st.booleans()):
        wanted.append(
            {"id": "raw", "site": "near", "product": "bulk", "activity": "20 GBq", "priority": draw(st.integers(1, 3)),
             "earliest": instant(6), "latest": instant(12), "calibration": instant(12)}
        )  # fmt: skip
    limits = {}
    if draw(st.booleans()):
        limits["pharmacy"] = ("Lu-177", draw(st.sampled_from(["45 GBq", "70 GBq"])))
    flights = [lane for lane in draw(lanes()) if lane["id"] != "fly-bc"]
    return network(
        limits=limits, products=products, resources=[], processes=processes, stock=stock, lanes=flights, orders=wanted
    )  # fmt: skip


@st.composite
def eluted(draw: st.DrawFn) -> Network:
    """Generators filled from bulk and one in stock, eluted two or three times, sold as generators as well."""
    processes = [
        {"id": "fill", "site": "two", "kind": "generator_manufacture", "product": "generator", "input_product": "bulk",
         "max_input": f"{draw(st.sampled_from([40, 100]))} GBq", "processing_yield": 0.9, "duration": "2 h",
         "start_times": ["00:30"], "cost": draw(st.sampled_from([800, 4000])), "max_units": draw(st.integers(1, 2))},
        {"id": "elute", "site": "pharmacy", "kind": "generator_elution", "product": "drug", "input_product": "generator",
         "elution_efficiency": draw(st.sampled_from([0.5, 0.9])), "processing_time": "30 min",
         "start_times": draw(st.sampled_from([["09:00"], ["05:00", "11:00"], ["05:00", "08:00", "14:00"]])),
         "cost": draw(st.sampled_from([10, 300]))},
    ]  # fmt: skip
    stock = [
        {"id": "mo", "site": "two", "product": "bulk", "activity": f"{draw(st.sampled_from([50, 120]))} GBq",
         "reference_time": instant(0)}
    ]  # fmt: skip
    if draw(st.booleans()):
        stock.append(
            {"id": "standing", "site": "pharmacy", "product": "generator", "activity": "15 GBq",
             "reference_time": instant(0)}
        )  # fmt: skip
    products = [
        {"id": "bulk", "name": "b", "name_zh": "b", "kind": "bulk", "nuclide": "Mo-99", "shelf_life": "6 d"},
        {"id": "generator", "name": "g", "name_zh": "g", "kind": "generator", "nuclide": "Mo-99", "daughter": "Tc-99m",
         "shelf_life": "10 d"},
        {"id": "drug", "name": "d", "name_zh": "d", "nuclide": "Tc-99m", "shelf_life": "12 h"},
    ]  # fmt: skip
    wanted = draw(orders("drug", "GBq", 25.0, ["near", "far", "pharmacy"], 7))[:3]
    if draw(st.booleans()):
        wanted.append(
            {"id": "whole", "site": "near", "product": "generator", "activity": "20 GBq",
             "priority": draw(st.integers(1, 3)), "earliest": instant(4), "latest": instant(10),
             "calibration": instant(36)}
        )  # fmt: skip
    flights = [lane for lane in draw(lanes()) if lane["id"] != "fly-bc"]
    return network(
        limits={}, products=products, resources=[], processes=processes, stock=stock, lanes=flights, orders=wanted
    )  # fmt: skip


def network(limits: dict[str, tuple[str, str]], **sections: Any) -> Network:
    return Network.model_validate({"name": "Very small", "sites": sites(limits), **sections})


def planned(given_network: Network, large: bool) -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "COUPLED_AT_MOST", 0 if large else COUPLED_AT_MOST)
        patch.setattr(solve, "LARGE_PART", 0 if large else LARGE_PART)
        patch.setattr(dive, "LARGE", 0 if large else dive.LARGE)
        return plan(given_network, FIRST, 1)


def compare(given_network: Network, large: bool) -> None:
    """Service and cost of the plan are what trying everything gives, within the gaps that the plan states."""
    found = planned(given_network, large)
    assert Referee(given_network, found.as_dict(given_network)).check() == []
    every = BruteForce(given_network, FIRST, 1)
    best, _ = every.best_service()
    assert found.objective <= best * (1 + REL), "better than the best there is"
    assert best * (1 - found.gap) <= found.objective * (1 + REL), "the gap told does not hold"
    given_to = {row.order: row.activity_bq for row in found.deliveries}
    least = every.least_cost(given_to)
    assert found.cost >= least * (1 - REL), "cheaper than the cheapest there is"
    assert found.cost * (1 - found.cost_gap) <= least * (1 + REL), "the gap of cost told does not hold"


@pytest.mark.parametrize("large", [False, True])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=created())
def test_what_is_made_is_planned_best(large: bool, found: Network) -> None:
    compare(found, large)


@pytest.mark.parametrize("large", [False, True])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=converted())
def test_what_is_converted_is_planned_best(large: bool, found: Network) -> None:
    compare(found, large)


@pytest.mark.parametrize("large", [False, True])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=eluted())
def test_what_is_eluted_is_planned_best(large: bool, found: Network) -> None:
    compare(found, large)
