"""Ways over lanes, worked by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from small import small_network

from becq.planning.routes import Routes, great_circle_km

FIRST = date(2026, 12, 7)


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-12-{text}+08:00").timestamp()


def test_great_circle_against_published_distance() -> None:
    """Beijing (39.9042 N, 116.4074 E) to Shanghai (31.2304 N, 121.4737 E): 1067 km on the great circle."""
    network = small_network()
    a = network.sites[0].model_copy(update={"lat": 39.9042, "lon": 116.4074})
    b = network.sites[0].model_copy(update={"lat": 31.2304, "lon": 121.4737})
    assert great_circle_km(a, b) == pytest.approx(1067, abs=1)


def test_flight_is_caught_only_before_its_cut_off() -> None:
    routes = Routes(small_network(), FIRST, 3)
    ways = routes.itineraries("pharmacy", "far", at("08T05:00"), at("08T05:00"), at("08T23:00"))
    assert [leg.mode for leg in ways[0].legs] == ["road", "flight", "road"]
    flight = ways[0].legs[1]
    assert flight.start == at("08T07:00"), "goods are at the terminal two hours before 09:00"
    assert flight.end == at("08T11:10"), "1 h 25 min in the air and 45 min handling"
    road = routes.roads["pharmacy", "apt-a"]
    late = routes.itineraries("pharmacy", "far", at("08T07:00") - road.duration + 60, 0, at("08T23:00"))
    assert late == []


def test_goods_wait_for_the_window() -> None:
    routes = Routes(small_network(), FIRST, 3)
    (way,) = routes.itineraries("pharmacy", "near", at("08T05:00"), at("08T08:00"), at("08T09:00"))
    assert way.arrive == at("08T08:00")
    assert way.depart == way.arrive - routes.roads["pharmacy", "near"].duration


def test_no_way_beyond_the_longest_drive() -> None:
    routes = Routes(small_network(), FIRST, 3)
    assert ("pharmacy", "far") not in routes.roads
    assert routes.fastest_s("far", "near") is None
