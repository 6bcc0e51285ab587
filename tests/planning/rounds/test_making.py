"""Rounds of a pharmacy: they keep every limit, and what they leave is explained by what was tried."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.planning.rounds import make_rounds, rounds_of
from planning.rounds.day import PACKAGINGS, PLACES, VAN, ZONE, a_day
from planning.rounds.referee import faults

DAY = date(2026, 12, 7)
FDG = {"to": "a", "product": "fdg", "gbq": 5.0, "released": "06:00", "opens": "07:00", "closes": "09:00"}


def made(calls: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, **changes: Any) -> Any:
    network, plan = a_day(calls, vehicles, **changes)
    found = make_rounds(network, plan, "pharmacy", DAY, patience=300).as_dict()
    assert faults(network, plan, found) == []
    return found


def local(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%H:%M}"


def trips(found: Any) -> list[Any]:
    return [trip for day in found["vehicles"] for trip in day["rounds"]]


clocks = st.integers(5 * 60, 17 * 60).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")


@st.composite
def calls(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        opens, closes = sorted((draw(clocks), draw(clocks)))
        found.append(
            {
                "to": draw(st.sampled_from(tuple(PLACES))),
                "product": draw(st.sampled_from(("fdg", "tc", "i131"))),
                "gbq": draw(st.sampled_from((0.5, 3.0, 8.0))),
                "released": draw(st.sampled_from(("05:00", "06:40", "10:00"))),
                "opens": opens,
                "closes": closes,
                "calibration": draw(clocks),
                "priority": draw(st.integers(1, 3)),
                "expires": draw(st.sampled_from(("11:00", "23:59"))),
            }
        )
    return found


@st.composite
def vans(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        VAN
        | {
            "id": f"van{number}",
            "count": draw(st.integers(1, 2)),
            "transport_index_limit": draw(st.sampled_from((None, 1.0, 2.5, 6.0))),
            "package_limit": draw(st.sampled_from((None, 1, 3))),
            "speed_kmh": draw(st.sampled_from((None, 40.0))),
            "duty": draw(st.sampled_from((None, "5 h", "10 h"))),
            "shift_end": draw(st.sampled_from(("13:00", "21:00"))),
        }
        for number in range(draw(st.integers(1, 2)))
    ]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls(), vans(), st.sampled_from((None, "2 GBq")))
def test_every_limit_is_kept(
    rows: list[dict[str, Any]], vehicles: list[dict[str, Any]], capacity: str | None
) -> None:
    packagings = [row | ({"capacity": capacity} if capacity else {}) for row in PACKAGINGS]
    made(rows, vehicles, packagings=packagings)


def test_two_runs_make_two_rounds_of_one_van() -> None:
    second = FDG | {"to": "c", "released": "10:00", "opens": "10:30", "closes": "12:00"}
    found = made([FDG, FDG | {"to": "b"}, second])
    first, later = trips(found)
    assert len(found["vehicles"]) == 1
    assert [len(trip["handovers"]) for trip in (first, later)] == [2, 1]
    assert local(later["loads"]) >= "10:00"


def test_what_is_dispensed_makes_what_is_ordered() -> None:
    [hand] = trips(made([FDG | {"calibration": "10:00"}]))[0]["handovers"]
    elapsed = datetime.fromisoformat(hand["reference_time"]) - datetime.fromisoformat(
        trips(made([FDG | {"calibration": "10:00"}]))[0]["departs"]
    )
    kept = 2.0 ** (-elapsed.total_seconds() / (109.77 * 60))
    assert hand["activity_depart_bq"] * kept == pytest.approx(5e9, rel=1e-3)


def test_a_van_waits_until_the_index_has_fallen() -> None:
    """Loaded at once it would carry too much; an hour and more later the same orders fit."""
    pair = [FDG | {"to": to, "opens": "06:00", "closes": "12:00", "calibration": "12:00"} for to in "ab"]
    free = made(pair)
    [trip] = trips(free)
    tight = trip["transport_index"] - 0.3
    found = made(pair, [VAN | {"transport_index_limit": tight, "cost_per_km": 20, "shift_start": "06:00"}])
    [late] = trips(found)
    assert len(late["handovers"]) == 2
    assert late["transport_index"] <= tight
    assert late["departs"] > trip["departs"]


def test_the_index_falls_along_the_round() -> None:
    [trip] = trips(made([FDG, FDG | {"to": "b"}]))
    sums = [leg["transport_index"] for leg in trip["legs"]]
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] == 0
    rates = [leg["dose_rate_sv_h"] for leg in trip["legs"]]
    one, two = (hand["activity_depart_bq"] for hand in trip["handovers"])
    assert rates[1] / rates[0] < two / (one + two)  # handed over, and decayed on the way
    assert rates[0] > 0
    assert math.isclose(rates[0] * 1e5, sum(sums[:1]), abs_tol=0.2)


CASES = (
    (FDG | {"released": "08:20", "closes": "08:30"}, {}, "late", "08:43", "13 min after"),
    (FDG, {"shift_start": "09:00"}, "late", "09:23", "Loading may begin at 09:00"),
    (FDG, {"days": "tue"}, "no_vehicle", "", "No vehicle of Pharmacy"),
    (FDG | {"to": "e", "closes": "07:30"}, {}, "late", "", "after the window closes"),
    (FDG | {"gbq": 800.0}, {}, "package", "", "exclusive use"),
    (FDG | {"gbq": 8.0}, {"transport_index_limit": 0.5}, "index", "", "more than 0.5"),
    (FDG | {"opens": "11:00", "closes": "11:30"}, {"shift_end": "11:05"}, "shift", "", "not back"),
)


@pytest.mark.parametrize(("call", "van", "reason", "clock", "said"), CASES)
def test_why_it_is_missed(call: Any, van: Any, reason: str, clock: str, said: str) -> None:
    [row] = made([call], [VAN | van])["missed"]
    assert row["reason"] == reason
    assert said in row["sentence"]
    assert clock in row["remedy"]
    assert row["sentence_zh"]
    assert row["remedy_zh"]


def test_far_away_is_no_road() -> None:
    lanes = [{"id": "r", "mode": "road", "origins": ["pharmacy"], "destinations": ["a"], "speed_kmh": 60}]
    [row] = made([FDG | {"to": "b"}], lanes=lanes)["missed"]
    assert row["reason"] == "no_road"


def test_more_packages_than_a_van_holds() -> None:
    packagings = [row | {"capacity": "1 GBq"} for row in PACKAGINGS]
    [row] = made([FDG], [VAN | {"package_limit": 3}], packagings=packagings)["missed"]
    assert row["reason"] == "packages"


def test_two_at_once_need_two_vans_and_the_weightier_is_served() -> None:
    far = {"opens": "08:30", "closes": "08:40", "product": "i131", "gbq": 0.5}
    pair = [FDG | far | {"to": "d", "priority": 1}, FDG | far | {"to": "c", "priority": 3}]
    found = made(pair)
    [row] = found["missed"]
    assert (row["site"], row["reason"]) == ("c", "busy")  # the nearer one, which would cost less
    assert "One more vehicle (Van) would bring it for" in row["remedy"]
    assert made(pair, [VAN | {"count": 2}])["missed"] == []


def test_nothing_is_handed_over_after_it_has_expired() -> None:
    [row] = made([FDG | {"opens": "08:00", "expires": "07:50"}])["missed"]
    assert row["reason"] == "expired"
    assert "expires at 07:50, before the window opens at 08:00" in row["sentence"]
    [trip] = trips(made([FDG | {"expires": "07:05"}]))
    assert trip["handovers"][0]["window_closes"].startswith("2026-12-06T23:05")


def test_two_vans_may_leave_together() -> None:
    short = FDG | {"opens": "07:00", "closes": "07:10"}
    found = made([short, short], [VAN | {"count": 2, "package_limit": 1}])
    assert [day["number"] for day in found["vehicles"]] == [1, 2]
    assert len({day["starts"] for day in found["vehicles"]}) == 1


def test_measured_roads_are_driven() -> None:
    roads = [
        {"id": "w", "origin": "pharmacy", "destination": "a", "both_ways": True, "distance_km": 31,
         "duration": "41 min"}
    ]  # fmt: skip
    [trip] = trips(made([FDG], roads=roads))
    assert trip["km"] == 62
    [hand] = trip["handovers"]
    ridden = datetime.fromisoformat(hand["arrives"]) - datetime.fromisoformat(trip["departs"])
    assert ridden.total_seconds() == 41 * 60


def test_an_unknown_packaging_is_said() -> None:
    found = made([FDG | {"product": "fdg"}])
    assert found["gaps"] == []
    network, plan = a_day([FDG], packagings=[])
    rows = make_rounds(network, plan, "pharmacy", DAY).as_dict()
    assert rows["gaps"] == [{"product": "fdg", "gap": "a packaging for 'fdg'"}]
    assert rows["vehicles"][0]["rounds"][0]["handovers"][0]["transport_index"] is None


def test_a_plan_of_another_network_is_refused() -> None:
    network, plan = a_day([FDG])
    plan["deliveries"][0]["order"] = "strange"
    with pytest.raises(InputError, match="order 'strange', which the network does not have"):
        make_rounds(network, plan, "pharmacy", DAY)
    with pytest.raises(InputError, match="its sites with vehicles are pharmacy"):
        make_rounds(network, plan, "farmacy", DAY)


def test_what_has_left_is_not_driven_again() -> None:
    network, plan = a_day([FDG, FDG | {"to": "b"}])
    plan["deliveries"][0]["state"] = "sent"
    found = make_rounds(network, plan, "pharmacy", DAY).as_dict()
    assert [hand["order"] for hand in trips(found)[0]["handovers"]] == ["o1"]
    plan["deliveries"][1]["state"] = "sent"
    assert rounds_of(plan, network) == []


def test_nothing_is_loaded_before_the_plan_was_made_anew() -> None:
    network, plan = a_day([FDG])
    plan["now"] = "2026-12-07T07:40:00+08:00"
    [trip] = trips(make_rounds(network, plan, "pharmacy", DAY).as_dict())
    assert local(trip["loads"]) == "07:40"


def test_the_same_input_gives_the_same_rounds() -> None:
    rows = [FDG | {"to": to, "closes": "11:00"} for to in "abcda"]
    assert made(rows) == made(rows)


def test_prices_beyond_reason_do_not_overflow() -> None:
    dear = VAN | {"cost_per_day": 1e9, "cost_per_km": 1e9, "cost_per_hour": 1e9, "count": 99}
    found = made([FDG, FDG | {"to": "b"}], [dear])
    assert found["missed"] == []
    assert len(found["vehicles"]) == 1


def test_which_rounds_a_plan_has() -> None:
    network, plan = a_day([FDG])
    assert rounds_of(plan, network) == [("pharmacy", DAY)]
    plan["deliveries"][0]["legs"] = [{"mode": "flight"}]
    assert rounds_of(plan, network) == []
