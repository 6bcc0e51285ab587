"""An independent referee of delivery rounds: replays them from the network, the plan and their JSON.

It shares no code with the maker of rounds. Half-lives come from the radioactivedecay package; distances,
decay, sums and prices are written out here. Only the dose rate behind a shield is that of the library, which is
tested on its own.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime
from typing import Any

import radioactivedecay as rd

from becq.physics.radiation.dose_rate import dose_rate

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def ways(network: Any, a: str, b: str) -> float:
    """Kilometres on the great circle."""
    one, two = network.site[a], network.site[b]
    p, q = math.radians(one.lat), math.radians(two.lat)
    half = math.sin((p - q) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(one.lon - two.lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def faults(network: Any, plan: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Every limit that the rounds break."""
    said: list[str] = []

    def check(holds: bool, text: str) -> None:
        if not holds:
            said.append(text)

    sends = {row["id"]: row for row in plan["deliveries"] if row["from"] == found["site"]}
    batches = {row["id"]: row for row in plan["batches"]}
    orders = {order.id: order for order in network.orders}
    made = [hand for day in found["vehicles"] for trip in day["rounds"] for hand in trip["handovers"]]
    every = Counter([hand["delivery"] for hand in made] + [row["delivery"] for row in found["missed"]])
    check(every == Counter(list(sends)), f"each delivery is made once or missed once: {every}")
    used = Counter(day["vehicle"] for day in found["vehicles"])
    for name, number in used.items():
        [vehicle] = [row for row in network.vehicles if row.id == name]
        check(number <= vehicle.count, f"{number} of {vehicle.count} vehicles {name}")
        check(vehicle.site == found["site"], f"{name} stands elsewhere")
    for day in found["vehicles"]:
        [vehicle] = [row for row in network.vehicles if row.id == day["vehicle"]]
        zone = network.site[vehicle.site].zone
        first, last = (datetime.fromisoformat(day[key]).astimezone(zone) for key in ("starts", "ends"))
        check(first.date().isoformat() == found["day"] == last.date().isoformat(), "another day")
        check(DAYS[first.weekday()] in vehicle.days, f"{vehicle.id} does not drive on {first:%a}")
        check(first.time() >= vehicle.shift_start, f"{vehicle.id} loads before its shift")
        check(last.time() <= vehicle.shift_end, f"{vehicle.id} returns after its shift")
        span = (last - first).total_seconds()
        check(vehicle.duty is None or span <= vehicle.duty + 1e-6, f"{vehicle.id} is out for too long")
        km = 0.0
        now = seconds(day["starts"])
        for trip in day["rounds"]:
            check(seconds(trip["loads"]) >= now - 1e-6, f"{vehicle.id} loads before it is back")
            now = _trip(network, plan, found, vehicle, trip, check, sends, batches, orders)
            km += sum(leg["km"] for leg in trip["legs"])
        check(now == seconds(day["ends"]), f"{vehicle.id} ends at another time")
        cost = vehicle.cost_per_day + vehicle.cost_per_km * km + vehicle.cost_per_hour * span / 3600
        check(math.isclose(cost, day["cost"]), f"{vehicle.id} costs {cost}, not {day['cost']}")
    return said


def _trip(
    network: Any,
    plan: dict[str, Any],
    found: dict[str, Any],
    vehicle: Any,
    trip: dict[str, Any],
    check: Any,
    sends: dict[str, Any],
    batches: dict[str, Any],
    orders: dict[str, Any],
) -> float:
    departs = seconds(trip["departs"])
    check(departs - seconds(trip["loads"]) >= vehicle.loading - 1e-6, "loaded too fast")
    here, now = found["site"], departs
    lane = network.lanes[0]
    labels, packages = [], 0
    for hand in trip["handovers"]:
        row, order = sends[hand["delivery"]], orders[hand["order"]]
        away = ways(network, here, row["to"]) * lane.detour_factor
        drive = 3600 * away / (vehicle.speed_kmh or lane.speed_kmh)
        arrives, begins, leaves = (seconds(hand[key]) for key in ("arrives", "begins", "leaves"))
        check(arrives >= now + drive - 1e-3, f"{hand['delivery']} is reached too fast")
        check(begins >= arrives, f"{hand['delivery']} is handed over before it arrives")
        check(leaves - begins >= vehicle.unloading - 1e-6, f"{hand['delivery']} is handed over too fast")
        opens, closes = (network.instant(moment).timestamp() for moment in (order.earliest, order.latest))
        check(opens - 1e-6 <= begins <= closes + 1e-6, f"{hand['delivery']} misses its window")
        lot = batches[row["lot"]]
        check(seconds(trip["loads"]) >= seconds(lot["release"]), f"{row['lot']} is not released yet")
        check(begins <= seconds(lot["expires"]), f"{row['lot']} has expired")
        rate = math.log(2) / rd.Nuclide(row["nuclide"]).half_life("s")
        reference = seconds(row["reference_time"])
        for key, moment in (("activity_depart_bq", departs), ("activity_arrive_bq", begins)):
            there = hand[key] * math.exp(-rate * (reference - moment))
            check(math.isclose(there, row["activity_bq"], rel_tol=1e-6), f"{key} of {hand['delivery']}")
        labels.append(_label(network, hand, row, check))
        packages += hand["packages"]
        here, now = row["to"], leaves
    back = 3600 * ways(network, here, found["site"]) * lane.detour_factor
    check(
        seconds(trip["returns"]) >= now + back / (vehicle.speed_kmh or lane.speed_kmh) - 1e-3, "back too fast"
    )
    limit = min(vehicle.transport_index_limit or 50.0, 50.0)
    check(sum(labels) <= limit + 1e-6, f"transport indexes add up to {sum(labels)} of {limit}")
    check(vehicle.package_limit is None or packages <= vehicle.package_limit, f"{packages} packages")
    for number, leg in enumerate(trip["legs"]):
        check(math.isclose(leg["transport_index"], sum(labels[number:]), abs_tol=1e-6), "index on a leg")
    check(len(trip["legs"]) == len(labels) + 1, "a leg is missing")
    return seconds(trip["returns"])


def _label(network: Any, hand: dict[str, Any], row: dict[str, Any], check: Any) -> float:
    [pack] = [each for each in network.packagings if row["product"] in each.products]
    each_bq = hand["activity_depart_bq"] / hand["packages"]
    check(pack.capacity is None or each_bq <= pack.capacity * (1 + 1e-6), f"{hand['delivery']} overfilled")
    layers = [(pack.shield, pack.thickness_mm / 1000)] if pack.shield else []
    rate = dose_rate(row["nuclide"], each_bq, 1 + pack.radius_mm / 1000, layers).dose_rate_sv_h
    index = float(rate) * 1e5  # mSv/h times 100
    index = 0.0 if index <= 0.05 else math.ceil(index * 10 - 1e-6) / 10
    check(index <= 10, f"{hand['delivery']} travels under exclusive use")
    check(math.isclose(hand["transport_index"], index * hand["packages"], abs_tol=1e-6), "index of a label")
    return float(hand["transport_index"])
