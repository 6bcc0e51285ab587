"""Ways over lanes, worked by hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from checker import Referee
from small import small_network

from becq.planning import plan
from becq.planning.routes import Routes

FIRST = date(2026, 12, 7)


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-12-{text}+08:00").timestamp()


def test_flight_is_caught_only_before_its_cut_off() -> None:
    routes = Routes(small_network(), FIRST, 3)
    ways = routes.itineraries("pharmacy", "far", at("08T05:00"), at("08T05:00"), at("08T23:00"))
    assert [leg.mode for leg in ways[0].legs] == ["road", "flight", "road"]
    flight = ways[0].legs[1]
    assert flight.start == at("08T07:00"), "goods are at the terminal two hours before 09:00"
    assert flight.end == at("08T11:10"), "1 h 25 min in the air and 45 min handling"
    [road] = routes.roads["pharmacy", "apt-a"]
    late = routes.itineraries("pharmacy", "far", at("08T07:00") - road.duration + 60, 0, at("08T23:00"))
    assert late == []


def test_goods_wait_for_the_window() -> None:
    routes = Routes(small_network(), FIRST, 3)
    (way,) = routes.itineraries("pharmacy", "near", at("08T05:00"), at("08T08:00"), at("08T09:00"))
    assert way.arrive == at("08T08:00")
    assert way.depart == way.arrive - routes.roads["pharmacy", "near"][0].duration


def test_goods_may_come_as_late_as_the_window_allows() -> None:
    """Once as soon and once as late as can be; after a landing they wait for twelve hours at most."""
    routes = Routes(small_network(), FIRST, 3)
    ready, earliest, latest = at("08T05:00"), at("08T08:00"), at("09T06:00")
    soon, late = routes.choose("pharmacy", "near", ready, earliest, latest, [], late=True)
    assert (soon.arrive, late.arrive) == (earliest, latest)
    assert late.arrive - late.depart == soon.arrive - soon.depart
    flights = routes.timetabled("pharmacy", "far", ready, earliest, latest)
    soon, late = routes.choose("pharmacy", "far", ready, earliest, latest, flights, late=True)
    assert late.depart == soon.depart
    assert late.legs[-1].start == at("08T23:10") == late.legs[-2].end + 12 * 3600
    assert late.arrive - late.legs[-1].start == soon.arrive - soon.legs[-1].start


def hubs(*onward: dict[str, object]) -> Routes:
    """A flight from A to B at 09:00, and flights on from there to C."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    third = {"id": "apt-c", "name": "C", "name_zh": "C", "kind": "airport", "lat": 29.2, "lon": 98.0}
    first = {**base["lanes"][1], "departures": [{"days": "daily", "time": "09:00", "duration": "1 h"}]}
    more = [
        {**first, "id": f"on-{n}", "origins": ["apt-b"], "destinations": ["apt-c"], "cost_per_trip": row["cost"],
         "departures": [{"days": "daily", "duration": "1 h", **{k: v for k, v in row.items() if k != "cost"}}]}
        for n, row in enumerate(onward)
    ]  # fmt: skip
    network = small_network(
        sites=[*base["sites"], third], lanes=[base["lanes"][0], first, *more], standing_orders=[]
    )
    return Routes(network, FIRST, 1)


def onward(routes: Routes) -> list[str]:
    ways = routes.itineraries("apt-a", "apt-c", at("07T06:00"), at("07T06:00"), at("08T00:00"))
    return sorted(
        f"{datetime.fromtimestamp(way.legs[-1].start + 7200, ZoneInfo('Asia/Shanghai')):%H:%M}"
        for way in ways
    )


def test_a_full_connection_does_not_hide_a_later_one() -> None:
    late = {"time": "15:00", "cost": 400, "capacity_packages": 1}
    assert onward(hubs({"time": "13:00", "cost": 400, "capacity_packages": 1}, late)) == ["13:00", "15:00"]
    assert onward(hubs({"time": "13:00", "cost": 400}, late)) == ["13:00"]


def test_a_cheaper_connection_is_worth_waiting_for() -> None:
    assert onward(hubs({"time": "13:00", "cost": 400}, {"time": "15:00", "cost": 300})) == ["13:00", "15:00"]


def test_a_slower_road_is_known_where_it_is_cheaper() -> None:
    fast = {"id": "fast", "mode": "road", "origins": ["pharmacy"], "destinations": ["near"], "speed_kmh": 60,
            "cost_per_trip": 300}  # fmt: skip
    slow = {**fast, "id": "slow", "speed_kmh": 30, "cost_per_trip": 100}
    for lanes, kept in (
        ([slow, fast], ["fast", "slow"]),
        ([fast, {**slow, "cost_per_trip": 300}], ["fast"]),
    ):
        routes = Routes(small_network(lanes=lanes), FIRST, 1)
        assert [road.lane for road in routes.roads["pharmacy", "near"]] == kept
        ways = routes.itineraries("pharmacy", "near", at("07T05:00"), at("07T05:00"), at("07T20:00"))
        assert [way.legs[0].lane for way in ways] == kept[::-1]


def test_no_way_beyond_the_longest_drive() -> None:
    routes = Routes(small_network(), FIRST, 3)
    assert ("pharmacy", "far") not in routes.roads
    assert routes.fastest_s("far", "near") is None


ROAD = {"origin": "pharmacy", "destination": "near", "distance_km": 42, "duration": "55 min"}


def test_a_measured_way_takes_the_place_of_the_estimate() -> None:
    estimated = Routes(small_network(), FIRST, 3).roads
    assert estimated["pharmacy", "near"][0].duration < 60 * 60
    measured = Routes(small_network(roads=[{"id": "w", **ROAD}]), FIRST, 3).roads
    [road] = measured["pharmacy", "near"]
    assert (road.km, road.duration) == (42, (55 + 30) * 60.0), "driving, and 30 min of handling"
    assert road.cost == 300 + 4 * 42
    assert {pair: road for pair, road in measured.items() if pair != ("pharmacy", "near")} == {
        pair: road for pair, road in estimated.items() if pair != ("pharmacy", "near")
    }


def test_a_way_measured_there_counts_back_only_if_it_says_so() -> None:
    lane = {
        "id": "r",
        "mode": "road",
        "origins": ["*"],
        "destinations": ["*"],
        "speed_kmh": 70,
        "max_km": 300,
    }
    there = small_network(lanes=[lane], roads=[{"id": "w", **ROAD}])
    assert Routes(there, FIRST, 1).roads["near", "pharmacy"][0].km != 42
    both = small_network(lanes=[lane], roads=[{"id": "w", **ROAD, "both_ways": True}])
    assert Routes(both, FIRST, 1).roads["near", "pharmacy"][0].km == 42


def test_the_longest_drive_is_that_measured() -> None:
    """Far beyond 300 km by the estimate, near by the measured way; and the other way round."""
    far = {"id": "w", "origin": "pharmacy", "destination": "far", "distance_km": 299, "duration": "4 h"}
    assert ("pharmacy", "far") in Routes(small_network(roads=[far]), FIRST, 3).roads
    near = {"id": "w", **ROAD, "distance_km": 301, "duration": "4 h"}
    assert ("pharmacy", "near") not in Routes(small_network(roads=[near]), FIRST, 3).roads


def test_a_lane_that_gives_its_distance_keeps_it() -> None:
    lane = {"id": "r", "mode": "road", "origins": ["pharmacy"], "destinations": ["near"], "speed_kmh": 60,
            "distance_km": 30, "both_ways": True}  # fmt: skip
    routes = Routes(small_network(lanes=[lane], roads=[{"id": "w", **ROAD}]), FIRST, 1)
    assert routes.roads["pharmacy", "near"][0].km == routes.roads["near", "pharmacy"][0].km == 30
    assert set(routes.roads) == {("pharmacy", "near"), ("near", "pharmacy")}


def test_a_plan_drives_as_long_as_measured() -> None:
    """Estimated at 2 h 15 min (70 km/h) and 30 min of handling; measured, the way takes 3 h 15 min."""
    slow = {
        "id": "w",
        "origin": "pharmacy",
        "destination": "mid",
        "distance_km": 160,
        "duration": "3 h 15 min",
    }
    order = {"id": "o", "site": "mid", "product": "fdg", "activity": "5 GBq", "calibration": "2026-12-07 18:00",
             "earliest": "2026-12-07 06:00", "latest": "2026-12-07 18:00"}  # fmt: skip
    legs = {}
    for name, roads in (("estimated", []), ("measured", [slow])):
        network = small_network(roads=roads, orders=[order], standing_orders=[])
        result = plan(network, FIRST, 2)
        assert Referee(network, result.as_dict(network)).check() == []
        [delivery] = result.deliveries
        [legs[name]] = delivery.legs
    times = {name: at(leg["end"][8:19]) - at(leg["start"][8:19]) for name, leg in legs.items()}
    assert times["measured"] == (3 * 60 + 15 + 30) * 60
    assert times["estimated"] == (2 * 60 + 15 + 30) * 60
    assert legs["measured"]["end"] > legs["estimated"]["end"], "made in the same run, it comes later"
