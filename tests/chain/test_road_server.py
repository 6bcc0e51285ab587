"""The client of a road server, against a server on loopback; and the filling of ``roads``."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from becq.chain.measured_roads import measure_roads
from becq.chain.network import Network
from becq.chain.places import GreatCircleRoads, great_circle_km
from becq.chain.reading import read_network, write_network
from becq.chain.road_server import RoadServer
from becq.errors import InputError
from chain.osrm_stub import Answer, Coordinates, StubServer


def metres(a: Coordinates, b: Coordinates) -> float | None:
    """Half as far again as the great circle, one way a little longer; none over 110 degrees east."""
    if (a[0] > 110) != (b[0] > 110):
        return None
    return round(1500 * float(great_circle_km(a[1], a[0], b[1], b[0])) + 10 * (a[0] > b[0]), 1)


def points(number: int, lon: float = 100.0) -> list[SimpleNamespace]:
    return [SimpleNamespace(lat=30 + 0.01 * i, lon=lon + 0.02 * i) for i in range(number)]


def test_distances_and_times() -> None:
    with StubServer(metres) as server:
        km, seconds = RoadServer(f"{server.url}/").legs(points(2), points(3, 101))
    assert km.shape == seconds.shape == (2, 3)
    expected, _ = GreatCircleRoads(1.5).legs(points(2), points(3, 101))
    assert np.allclose(km, expected, rtol=1e-3)
    assert np.allclose(seconds, 1000 * km / 20, atol=0.1)
    [path] = server.requests
    assert path.startswith(
        "/table/v1/driving/100.000000,30.000000;100.020000,30.010000;101.000000,30.000000;"
    )
    assert path.endswith("?sources=0;1&destinations=2;3;4&annotations=duration,distance")


def test_direction_matters() -> None:
    with StubServer(metres) as server:
        km, _ = RoadServer(server.url).legs(points(3), points(3))
    assert np.allclose((km - km.T)[np.tril_indices(3, -1)], 0.01)


@pytest.mark.parametrize(
    ("rows", "columns", "limit"), [(130, 70, 100), (3, 250, 100), (250, 3, 100), (7, 7, 2), (0, 5, 9)]
)
def test_no_request_has_more_points_than_the_server_takes(rows: int, columns: int, limit: int) -> None:
    with StubServer(metres, most_points=limit) as server:
        km, seconds = RoadServer(server.url, points=limit).legs(points(rows), points(columns, 101))
    expected, _ = GreatCircleRoads(1.5).legs(points(rows), points(columns, 101))
    assert km.shape == (rows, columns)
    assert np.allclose(km, expected, atol=0.02)
    assert not np.isnan(seconds).any()
    if rows == 3:
        assert len(server.requests) <= 3, "few origins leave room for many destinations"


def test_null_is_no_road() -> None:
    with StubServer(metres) as server:
        km, seconds = RoadServer(server.url).legs(points(1), [*points(1, 101), *points(1, 111)])
    assert np.isnan(km).tolist() == np.isnan(seconds).tolist() == [[False, True]]


def test_a_way_of_which_half_is_known_is_none() -> None:
    for half in ({"durations": [[None]]}, {"distances": [[None]]}):
        with StubServer(metres, broken=ok(**half)) as server:
            km, seconds = RoadServer(server.url).legs(points(1), points(1, 101))
        assert np.isnan(km).all()
        assert np.isnan(seconds).all()


def ok(**changes: Any) -> Callable[[], Answer]:
    answer = {"code": "Ok", "durations": [[1.0]], "distances": [[10.0]], **changes}
    return lambda: (200, json.dumps(answer).encode())


BROKEN: dict[str, tuple[Callable[[], Answer], str]] = {
    "page": (lambda: (200, b"<html>It works!</html>"), r"\(HTTP 200\) is no OSRM server"),
    "not found": (lambda: (404, b"not here"), r"\(HTTP 404\) is no OSRM server"),
    "other JSON": (lambda: (200, b'{"status": 200}'), "is no OSRM server"),
    "list": (lambda: (200, b"[1]"), "is no OSRM server"),
    "deep": (lambda: (200, b"[" * 200_000), "is no OSRM server"),
    "redirection": (lambda: (302, b""), r"\(HTTP 302\) is no OSRM server"),
    "no distances": (ok(distances=None), "gives no distances of 1 x 1 numbers"),
    "other shape": (ok(durations=[[1.0, 2.0]]), "gives no durations of 1 x 1 numbers"),
    "ragged": (ok(durations=[[1.0], []]), "gives no durations"),
    "text": (ok(durations=[["1"]]), "gives no durations"),
    "flag": (ok(durations=[[True]]), "gives no durations"),
    "negative": (ok(distances=[[-1.0]]), "gives no distances"),
    "infinite": (ok(distances=[[float("inf")]]), "gives no distances"),
    "off the map": (lambda: (400, b'{"code": "NoSegment", "message": "Could not find a matching segment"}'),
                    "refuses: NoSegment: Could not find a matching segment .*correct its position"),
    "no distances with MLD": (lambda: (400, b'{"code": "NotImplemented"}'), "osrm-contract"),
    "unknown code": (lambda: (400, b'{"code": "Sleepy"}'), "refuses: Sleepy$"),
    "error with Ok": (lambda: (500, b'{"code": "Ok"}'), "refuses: Ok"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_wrong_answers_are_said(name: str) -> None:
    broken, said = BROKEN[name]
    with StubServer(metres, broken=broken) as server, pytest.raises(InputError, match=said):
        RoadServer(server.url).legs(points(1), points(1, 101))
    assert len(server.requests) == 1, "nothing is followed elsewhere"


def test_too_many_points_say_what_to_do() -> None:
    with StubServer(metres, most_points=10) as server, pytest.raises(InputError, match="TooBig.*--points"):
        RoadServer(server.url).legs(points(6), points(6, 101))


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match="cannot be reached: .*is it running there"):
        RoadServer(f"http://127.0.0.1:{port}").legs(points(1), points(1))


def test_silence_ends() -> None:
    with (
        StubServer(metres, wait_s=1.0) as server,
        pytest.raises(InputError, match=r"not answer within 0\.05 s"),
    ):
        RoadServer(server.url, timeout_s=0.05).legs(points(1), points(1))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "write http:// or https://"),
        ("ftp://example.org", "write http:// or https://"),
        ("localhost:5000", "write http:// or https://"),
        ("http://", "write http:// or https://"),
        ("http://[::1", "is not the address of a server"),
        ("http://a:port", "is not the address of a server"),
        ("http://me:secret@localhost:5000", "has no user"),
        ("http://localhost:5000/?key=1", "no '[?]'"),
    ],
)
def test_only_addresses_of_web_servers(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        RoadServer(url)


# --- roads of a network


def network(**more: Any) -> Network:
    def site(code: str, kind: str, lat: float, lon: float) -> dict[str, Any]:
        return {"id": code, "name": code, "name_zh": code, "kind": kind, "lat": lat, "lon": lon}

    return Network.model_validate(
        {
            "name": "Roads",
            "sites": [
                site("PLANT", "reactor", 30, 104),
                site("NEAR", "hospital", 30, 105),  # 96 km on the great circle, 125 estimated, 144 measured
                site("FAR", "hospital", 30, 107.3),  # 318 km on the great circle
                site("ISLAND", "hospital", 30, 111),
                site("HERE", "hospital", 30, 104),
            ],
            "lanes": [
                {
                    "id": "ROAD",
                    "mode": "road",
                    "origins": "*",
                    "destinations": "*",
                    "speed_kmh": 60,
                    "max_km": 400,
                }
            ],
            **more,
        }
    )


def pairs(found: Network) -> dict[tuple[str, str], float]:
    return {(leg.origin, leg.destination): leg.distance_km for leg in found.roads}


def test_ways_from_those_who_send() -> None:
    with StubServer(metres) as server:
        found = measure_roads(network(), RoadServer(server.url), "a server")
    assert found.asked == 3
    assert found.unreachable == ()
    km = 1.5 * float(great_circle_km(30, 104, 30, 105))
    assert pairs(found.network) == {
        ("PLANT", "NEAR"): pytest.approx(km, abs=0.01),
        # beyond the longest drive by measure (477 km) and by estimate (413 km): FAR is left out
    }
    [leg] = found.network.roads
    assert (leg.id, leg.source) == ("PLANT--NEAR", "a server")
    assert leg.duration == 60 * np.ceil(1000 * km / 20 / 60)


def test_a_way_that_is_too_long_by_measure_is_kept_so_that_the_lane_leaves_it_out() -> None:
    lane = {
        "id": "R",
        "mode": "road",
        "origins": "PLANT",
        "destinations": "NEAR",
        "speed_kmh": 60,
        "max_km": 130,
    }
    with StubServer(metres) as server:
        found = measure_roads(network(lanes=[lane]), RoadServer(server.url), "a server")
    assert pairs(found.network)["PLANT", "NEAR"] > 130


def test_no_road_is_told() -> None:
    lane = {"id": "R", "mode": "road", "origins": "PLANT", "destinations": "*", "speed_kmh": 60}
    with StubServer(metres) as server:
        found = measure_roads(network(lanes=[lane]), RoadServer(server.url), "a server")
    assert found.unreachable == (("PLANT", "ISLAND"),)
    assert set(pairs(found.network)) == {("PLANT", "NEAR"), ("PLANT", "FAR")}


def test_back_where_the_lane_goes_back() -> None:
    lane = {
        "id": "R",
        "mode": "road",
        "origins": "PLANT",
        "destinations": "NEAR",
        "speed_kmh": 60,
        "both_ways": True,
    }
    with_stock = network(
        lanes=[lane],
        products=[{"id": "M", "name": "M", "name_zh": "M", "nuclide": "Mo-99", "shelf_life": "7 d"}],
        stock=[
            {"id": "L", "site": "NEAR", "product": "M", "activity": "1 GBq", "reference_time": "2026-03-02"}
        ],
    )
    with StubServer(metres) as server:
        assert set(pairs(measure_roads(network(lanes=[lane]), RoadServer(server.url), "s").network)) == {
            ("PLANT", "NEAR")
        }, "a hospital sends nothing"
        found = pairs(measure_roads(with_stock, RoadServer(server.url), "s").network)
    assert found["NEAR", "PLANT"] == pytest.approx(found["PLANT", "NEAR"] + 0.01)


@pytest.mark.parametrize("ends", [("NEAR", "PLANT"), ("PLANT", "NEAR")])
def test_what_is_there_is_asked_again_only_on_demand(ends: tuple[str, str]) -> None:
    own = {"id": "own", "origin": ends[0], "destination": ends[1], "both_ways": True, "distance_km": 150,
           "duration": "2 h", "source": "driven"}  # fmt: skip
    with StubServer(metres) as server:
        kept = measure_roads(network(roads=[own]), RoadServer(server.url), "s")
        renewed = measure_roads(network(roads=[own]), RoadServer(server.url), "s", renew=True)
    assert kept.network.roads == network(roads=[own]).roads
    back, there = renewed.network.roads
    assert (back.origin, back.destination, back.both_ways, back.source) == ("NEAR", "PLANT", False, "driven")
    assert (there.origin, there.destination, there.source) == ("PLANT", "NEAR", "s")


def test_an_impossible_speed_is_said() -> None:
    with StubServer(metres, speed_m_s=100) as server, pytest.raises(InputError, match="faster than 200 km/h"):
        measure_roads(network(), RoadServer(server.url), "s")


def test_measured_network_is_consistent(tmp_path: Any) -> None:
    with StubServer(metres) as server:
        found = measure_roads(network(), RoadServer(server.url), "s", max_km=100)
    assert found.asked == 2
    write_network(found.network, tmp_path / "n")
    assert read_network(tmp_path / "n") == found.network
