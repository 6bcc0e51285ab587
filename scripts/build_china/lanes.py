"""Roads by distance, flights by the direct routes of flights.csv and a timetable by rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from becq.chain.places import great_circle_km
from build_china.making import hours
from build_china.tables import Item, indexed, parameter, said, table

DAILY = "mon,tue,wed,thu,fri,sat,sun"
TIMES = {1: ("09:00",), 2: ("08:00", "18:00"), 3: ("07:30", "13:00", "19:30")}
"""Departures of a day by their number, before the shift of the route."""
AT_SEAT_KM = 1.0
"""Sites as near as this to a pharmacy at the seat of a city: their distance says nothing of the way."""
SHIFTS_MIN = 7
"""Routes leave 0 to 42 minutes later, in turn, so that not everything leaves at once."""


def lanes(sites: list[Item]) -> Iterator[Item]:
    pharmacies = {row["id"] for row in table("pharmacies")} | {"wch-cyclotron"}
    airports = [row["id"] for row in table("airports")]
    shippers = [site["id"] for site in sites if "licence" in site and site["kind"] != "hospital"]
    makers = [code for code in shippers if code not in pharmacies and "waste" not in code]
    local = [code for code in shippers if code in pharmacies]
    costs = {
        "cost_per_trip": parameter("road_cost_per_trip"),
        "cost_per_km": parameter("road_cost_per_km"),
    }
    yield {
        "id": "road-city",
        "mode": "road",
        "origins": [*makers, *local, *airports],
        "destinations": ["*"],
        "detour_factor": parameter("detour_urban"),
        "speed_kmh": parameter("road_city_speed"),
        "max_km": parameter("road_city_km"),
        "handling": hours(str(parameter("road_handling"))),
        **costs,
        **said("detour_urban", "road_city_speed", "road_city_km", "road_handling", "road_cost_per_trip"),
    }
    for name, origins, reach in (
        ("road-makers", makers, "road_km"),
        ("road-pharmacies", local, "pharmacy_road_km"),
        ("road-airports", airports, "airport_road_km"),
    ):
        yield {
            "id": name,
            "mode": "road",
            "origins": origins,
            "destinations": ["*"],
            "detour_factor": parameter("detour_road"),
            "speed_kmh": parameter("road_speed"),
            "max_km": parameter(reach),
            "handling": hours(str(parameter("road_handling"))),
            **costs,
            **said("detour_road", "road_speed", reach, "road_handling", "road_cost_per_trip"),
        }
    yield from flights()


def roads(sites: list[Item]) -> Iterator[Item]:
    """Ways from pharmacies at the seat of a city to who stands there too: through the city, not 0 km."""
    seated = {row["id"] for row in table("pharmacies") if not row["table"]}
    lat, lon = np.array([(site["lat"], site["lon"]) for site in sites]).T
    km = parameter("same_seat_km")
    for sender in sites:
        if sender["id"] not in seated:
            continue
        away_km = np.asarray(great_circle_km(sender["lat"], sender["lon"], lat, lon))
        for number in np.flatnonzero(away_km <= AT_SEAT_KM):
            receiver = sites[number]
            if receiver is not sender:
                yield {
                    "id": f"{sender['id']}.{receiver['id']}",
                    "origin": sender["id"],
                    "destination": receiver["id"],
                    "distance_km": km,
                    "duration": f"{60 * km / parameter('road_city_speed'):.0f} min",
                    **said("same_seat_km", "road_city_speed"),
                }


def flights() -> Iterator[Item]:
    points = indexed("airports")
    for number, row in enumerate(table("flights")):
        ends = points[row["from"]], points[row["to"]]
        km = float(great_circle_km(*(float(end[axis]) for end in ends for axis in ("lat", "lon"))))
        block = parameter("block_extra") + km / parameter("cruise_speed")
        count = min(3, 1 + int(row["airlines"]) // 3)
        yield {
            "id": f"{row['from']}-{row['to']}",
            "mode": "flight",
            "origins": [row["from"]],
            "destinations": [row["to"]],
            "cut_off": hours(str(parameter("flight_cut_off"))),
            "handling": hours(str(parameter("flight_handling"))),
            "departures": [
                {
                    "days": DAILY.split(","),
                    "time": shifted(time, SHIFTS_MIN * (number % 7)),
                    "duration": f"{round(12 * block) * 5} min",
                    "capacity_packages": int(parameter("flight_capacity")),
                }
                for time in TIMES[count]
            ],
            "cost_per_trip": parameter("flight_cost"),
            "source": "flights.csv; parameters.csv, cruise_speed",
            "assumption": f"{km:.0f} km; departures by the {row['airlines']} airlines, times of day, "
            "cut-off, room and that class 7 is taken: by rule",
        }


def shifted(time: str, minutes: int) -> str:
    total = int(time[:2]) * 60 + int(time[3:]) + minutes
    return f"{total // 60:02d}:{total % 60:02d}"
