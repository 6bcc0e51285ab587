"""Build ``examples/world-mo99/network.yaml`` from the tables beside it.

    python scripts/build_world_mo99.py [target]

No chance and no clock: the same tables always give the same bytes. The tables hold what is published, with
its sources; this file holds the rules that make a network of it.

Capacities and demand are published in six-day curies: the activity that is left six days after the Mo-99 has
left its producer. Targets come out of the reactors twice a week, on Monday and Thursday at 00:00 UTC, and
are ready for shipping 15.5 h later where the reactor is next door. Each of these moments plus six days is
the calibration time of the orders that the targets are for, so that an activity at calibration is an
activity in six-day curies, and what a plan serves can be held against what is published.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from becq.chain.network import Network
from becq.chain.places import distance_km
from becq.chain.reading import write_network
from becq.chain.site import Site
from becq.physics.nuclides import nuclide

FOLDER = Path(__file__).parents[1] / "examples" / "world-mo99"
FIRST = datetime(2026, 12, 7, tzinfo=UTC)
"""The Monday on which the network stands."""
DISCHARGES = tuple(FIRST + timedelta(days=day) for day in (0, 3, 7, 10))
"""When targets come out of the reactors in the two weeks."""
WINDOW_DAYS = (2.25, 4.0)
"""Generators are wanted between these many days after the discharge."""
CYCLES_FROM, CYCLES_TO = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
CI_BQ = 3.7e10
DECAY_S = nuclide("Mo-99").decay_const
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AMPLE = "10000 TBq"

Item = dict[str, Any]
Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table."""
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def parameter(name: str) -> float:
    """A value of parameters.csv."""
    return float(next(row["value"] for row in table("parameters") if row["parameter"] == name))


def parameters(*names: str) -> list[Row]:
    """Rows of parameters.csv."""
    return [row for row in table("parameters") if row["parameter"] in names]


def said(*rows: Row, note: str = "") -> Item:
    """``source`` and ``assumption`` of rows, each text once."""
    sources = dict.fromkeys(part for row in rows for part in row.get("source", "").split("; ") if part)
    notes = dict.fromkeys(part for part in (*(row.get("assumption", "") for row in rows), note) if part)
    found = {"source": "; ".join(sources), "assumption": "; ".join(notes)}
    return {name: text for name, text in found.items() if text}


def build() -> Network:
    """The network of the tables."""
    sites = list(make_sites())
    places = {item["id"]: Site.model_validate(item) for item in sites}
    return Network.model_validate(
        {
            "name": "The world's molybdenum-99",
            "name_zh": "全球钼-99供应链",
            "timezone": "UTC",
            "note": (
                "Research reactors, processors and generator makers of the world with the capacities that "
                "the OECD-NEA publishes, standing on Monday 7 December 2026. Activities at calibration are "
                "six-day curies. Reactor cycles, flights, shares of small markets and two processing "
                "capacities are assumptions that say so. Not for operation. Places: GeoNames (CC BY 4.0)."
            ),
            "sites": sites,
            "products": [{name: text for name, text in row.items() if text} for row in table("products")],
            "resources": list(make_resources()),
            "processes": [*make_irradiations(), *make_processing(), *make_generators()],
            "lanes": [*make_roads(), *make_flights(places)],
            "stock": list(make_stock()),
            "orders": list(make_orders()),
        }
    )


# --- six-day curies ------------------------------------------------------------------------------------


def shipped_at(discharge: datetime) -> datetime:
    """When targets discharged at this moment have become Mo-99 to be shipped, by the published chain."""
    return discharge + timedelta(hours=parameter("discharge_to_shipping_h"))


def calibration_of(discharge: datetime) -> datetime:
    """Six days after the shipment: the moment to which six-day curies refer."""
    return shipped_at(discharge) + timedelta(days=parameter("trade_unit_days"))


def activity_at(six_day_ci: float, moment: datetime, calibration: datetime) -> str:
    """Activity at ``moment`` of what is ``six_day_ci`` curies at ``calibration``."""
    return tera(six_day_ci * CI_BQ * math.exp(DECAY_S * (calibration - moment).total_seconds()))


def tera(activity_bq: float) -> str:
    """In TBq, to six digits: more than any of the figures has."""
    return f"{activity_bq / 1e12:.6g} TBq"


def target_activity(reactor: Row, moment: datetime) -> str:
    """Activity at ``moment`` of one of the two sets of a week, processing losses included."""
    half = float(reactor["capacity_6d_ci_week"]) / 2 / parameter("processing_yield")
    return activity_at(half, moment, calibration_of(moment))


# --- reactors ------------------------------------------------------------------------------------------


def stops(reactor: Row) -> Iterator[tuple[datetime, datetime]]:
    """The stops between cycles of a reactor in the winter of the plan."""
    if not reactor["cycle_start"]:
        return
    start = datetime.fromisoformat(reactor["cycle_start"]).replace(hour=6, tzinfo=UTC)
    on, off = timedelta(days=int(reactor["days_on"])), timedelta(days=int(reactor["days_off"]))
    while start > CYCLES_FROM:
        start -= on + off
    while start < CYCLES_TO:
        yield start + on, start + on + off
        start += on + off


def runs(reactor: Row, start: datetime, end: datetime) -> bool:
    """Whether a reactor runs all the time between two moments."""
    return not any(begin < end and start < stop for begin, stop in stops(reactor))


def irradiation() -> timedelta:
    return timedelta(hours=parameter("irradiation_h"))


def local(moment: datetime, row: Row) -> tuple[str, str]:
    """Day of the week and time of day at a place."""
    there = moment.astimezone(ZoneInfo(row["timezone"]))
    return WEEKDAYS[there.weekday()], f"{there:%H:%M}"


def make_resources() -> Iterator[Item]:
    for row in table("reactors"):
        outages = [
            {
                "start": f"{begin:%Y-%m-%d %H:%M}",
                "end": f"{end:%Y-%m-%d %H:%M}",
                "reason": f"{row['id'].upper()} between two cycles",
                "reason_zh": f"{row['name_zh']}换料停堆",
                "assumption": row["assumption"],
            }
            for begin, end in stops(row)
        ]
        yield {
            "id": f"{row['id']}-core",
            "site": row["id"],
            "name": f"Target positions of {row['id'].upper()}",
            "name_zh": f"{row['name_zh']}辐照孔道",
            "kind": "reactor",
            "positions": 2,
            "assumption": "assumption: two sets of targets at a time, each half of the week's capacity",
        } | ({"outages": outages} if outages else {})
    lines = (
        ("processors", "hot_cell", "cells", "Hot cells", "热室", 2),
        ("generator_makers", "generator_line", "line", "Generator line", "生产线", 1),
    )
    for name, kind, suffix, title, title_zh, positions in lines:
        for row in table(name):
            yield {
                "id": f"{row['id']}-{suffix}",
                "site": row["id"],
                "name": f"{title} of {row['name_en']}",
                "name_zh": row["name_zh"] + title_zh,
                "kind": kind,
                "positions": positions,
                "assumption": f"assumption: {positions} at a time; the capacity is in the size of a batch",
            }


def make_irradiations() -> Iterator[Item]:
    for row in table("reactors"):
        loads = [discharge - irradiation() for discharge in DISCHARGES[:2]]
        days, (_, clock) = [local(load, row)[0] for load in loads], local(loads[0], row)
        common = {
            "site": row["id"],
            "kind": "reactor_irradiation",
            "resource": f"{row['id']}-core",
            "product": "targets",
            "activity_per_batch": target_activity(row, DISCHARGES[0]),
        } | said(
            row,
            *parameters("irradiation_h", "processing_yield"),
            note=(
                f"half of {row['capacity_6d_ci_week']} six-day curies a week, referred to the discharge and "
                "before the losses of processing"
            ),
        )
        yield {
            "id": f"irradiate-{row['id']}",
            "name": f"Irradiation of targets in {row['id'].upper()}",
            "name_zh": f"{row['name_zh']}靶件辐照",
            "duration": f"{parameter('irradiation_h'):.0f} h",
            "start_days": days,
            "start_times": [clock],
        } | common
        under_way = DISCHARGES[1]
        if not runs(row, under_way - irradiation(), under_way):
            continue
        day, clock = local(FIRST, row)
        yield {
            "id": f"loaded-{row['id']}",
            "name": f"Targets under irradiation in {row['id'].upper()}",
            "name_zh": f"{row['name_zh']}在辐照靶件",
            "duration": f"{(under_way - FIRST).total_seconds() / 3600:.0f} h",
            "start_days": [day],
            "start_times": [clock],
            "outages": [
                {
                    "start": f"{under_way + timedelta(hours=1):%Y-%m-%d %H:%M}",
                    "end": "2030-01-01 00:00",
                    "reason": "Loaded once, before the plan begins",
                    "reason_zh": "计划开始前已装入，仅此一批",
                    "assumption": "loaded on Friday 4 December; its time under way is what is left on Monday",
                }
            ],
        } | common


def make_stock() -> Iterator[Item]:
    """Targets taken out as the plan begins, where the reactor ran through the week before."""
    for row in table("reactors"):
        if runs(row, DISCHARGES[0] - irradiation(), DISCHARGES[0]):
            yield {
                "id": f"discharged-{row['id']}",
                "site": row["id"],
                "product": "targets",
                "activity": target_activity(row, DISCHARGES[0]),
                "reference_time": f"{DISCHARGES[0]:%Y-%m-%d %H:%M}",
            } | said(row, note="set of targets that was loaded on 1 December")


# --- processing and generators -------------------------------------------------------------------------


def make_processing() -> Iterator[Item]:
    for row in table("processors"):
        for number, name in enumerate(("first_processing_after_h", "second_processing_after_h"), 1):
            starts = [discharge + timedelta(hours=parameter(name)) for discharge in DISCHARGES[:2]]
            days, (_, clock) = [local(start, row)[0] for start in starts], local(starts[0], row)
            quarter = float(row["capacity_6d_ci_week"]) / 4 / parameter("processing_yield")
            yield {
                "id": f"process-{row['id']}-{number}",
                "site": row["id"],
                "kind": "labelling",
                "resource": f"{row['id']}-cells",
                "product": "bulk",
                "input_product": "targets",
                "name": f"Extraction of Mo-99, batch {number} of a discharge",
                "name_zh": f"钼-99提取（第{number}批）",
                "max_input": activity_at(quarter, starts[0], calibration_of(DISCHARGES[0])),
                "processing_yield": parameter("processing_yield"),
                "processing_time": hours(parameter("processing_h")),
                "start_days": days,
                "start_times": [clock],
            } | said(
                row,
                *parameters(name, "processing_h", "processing_yield"),
                note=f"a quarter of {row['capacity_6d_ci_week']} six-day curies a week",
            )


def make_generators() -> Iterator[Item]:
    """Three batches for each discharge; a later one takes less activity for the same six-day curies."""
    for row in table("generator_makers"):
        starts = [discharge + timedelta(hours=36) for discharge in DISCHARGES[:2]]
        times = [start + timedelta(hours=12 * number) for start in starts for number in range(3)]
        slots: dict[str, list[str]] = {}
        for moment in times:
            day, clock = local(moment, row)
            slots.setdefault(clock, []).append(day)
        for clock, days in slots.items():
            yield {
                "id": f"generators-{row['id']}-{clock.replace(':', '')}",
                "site": row["id"],
                "kind": "generator_manufacture",
                "resource": f"{row['id']}-line",
                "product": "generators",
                "input_product": "bulk",
                "name": "Loading of generators",
                "name_zh": "发生器装柱",
                "max_input": activity_at(
                    float(row["capacity_6d_ci_week"]) / 4, starts[0], calibration_of(DISCHARGES[0])
                ),
                "processing_time": hours(parameter("generator_h")),
                "start_days": list(dict.fromkeys(days)),
                "start_times": [clock],
            } | said(
                row,
                *parameters("generator_h"),
                note="no loss of Mo-99: demand is published as what leaves the processors",
            )


def hours(value: float) -> str:
    """'9.5' → '9 h 30 min'."""
    whole, minutes = divmod(round(value * 60), 60)
    return f"{whole} h {minutes} min" if minutes else f"{whole} h"


# --- sites and products --------------------------------------------------------------------------------


def make_sites() -> Iterator[Item]:
    kinds = {
        "reactors": ("reactor", ["Mo-99"], ["produce", "sell", "use"]),
        "processors": ("radiopharmacy", ["Mo-99", "Tc-99m"], ["produce", "sell", "use"]),
        "generator_makers": ("radiopharmacy", ["Mo-99", "Tc-99m"], ["produce", "sell", "use"]),
        "demand_centres": ("hospital", ["Mo-99", "Tc-99m"], ["use"]),
    }
    for name, (kind, nuclides, scope) in kinds.items():
        for row in table(name):
            yield (
                place(row, kind)
                | {
                    "licence": {
                        "scope": scope,
                        "nuclides": [{"nuclide": n, "possession_limit": AMPLE} for n in nuclides],
                    },
                }
                | said(row, note="licence: assumption: large enough not to bind, its end not known")
            )
    for row in table("airports"):
        yield place(row, "airport") | said(row)


def place(row: Row, kind: str) -> Item:
    return {
        "id": row["id"],
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "kind": kind,
        **({"organisation": row["organisation"]} if row.get("organisation") else {}),
        "jurisdiction": "IAEA",
        "province": row["country"],
        "lat": float(row["lat"]),
        "lon": float(row["lon"]),
        "timezone": row["timezone"],
    }


# --- ways ----------------------------------------------------------------------------------------------


def make_roads() -> Iterator[Item]:
    makers = [row["id"] for row in table("generator_makers")]
    processors = [row["id"] for row in table("processors")]
    airports = [row["id"] for row in table("airports")]
    centres = [row["id"] for row in table("demand_centres")]
    importing = [row["id"] for row in table("demand_centres") if row["generators_from"] == "any maker"]
    cost = parameter("road_cost_cny_km")
    for row in table("reactors"):
        yield {
            "id": f"targets-{row['id']}",
            "mode": "road",
            "origins": [row["id"]],
            "destinations": row["processors"].split(";"),
            "detour_factor": parameter("detour_factor"),
            "speed_kmh": parameter("target_road_speed_kmh"),
            "handling": hours(parameter("target_road_handling_h")),
            "cost_per_trip": parameter("target_cost_cny"),
            "cost_per_km": cost,
        } | said(
            *(p for p in table("processors") if p["id"] in row["processors"].split(";")),
            *parameters(
                "detour_factor", "target_road_speed_kmh", "target_road_handling_h", "target_cost_cny"
            ),
        )
    ways = (
        ("road-bulk", processors, makers, 1700),
        ("road-to-airports", [*processors, *makers], airports, 250),
        ("road-from-airports", airports, [*makers, *importing], 600),
        ("road-generators", makers, centres, 1500),
    )
    for name, origins, destinations, reach in ways:
        yield {
            "id": name,
            "mode": "road",
            "origins": origins,
            "destinations": destinations,
            "detour_factor": parameter("detour_factor"),
            "speed_kmh": parameter("road_speed_kmh"),
            "max_km": reach,
            "handling": hours(parameter("road_handling_h")),
            "cost_per_km": cost,
        } | said(*parameters("detour_factor", "road_speed_kmh", "road_handling_h", "road_cost_cny_km"))


def make_flights(places: dict[str, Site]) -> Iterator[Item]:
    rules = parameters("flight_speed_kmh", "flight_fixed_h", "flight_cut_off_h", "flight_handling_h")
    for row in table("flights"):
        km = distance_km(places[row["from"]], places[row["to"]])
        quarters = math.ceil(4 * (km / parameter("flight_speed_kmh") + parameter("flight_fixed_h")))
        yield {
            "id": f"{row['from']}-{row['to']}",
            "mode": "flight",
            "origins": [row["from"]],
            "destinations": [row["to"]],
            "cut_off": hours(parameter("flight_cut_off_h")),
            "handling": hours(parameter("flight_handling_h")),
            "departures": [
                {"days": "daily", "time": clock, "duration": hours(quarters / 4)}
                for clock in ("11:00", "22:00")
            ],
            "cost_per_trip": parameter("flight_cost_cny"),
        } | said(row, *rules)


# --- demand --------------------------------------------------------------------------------------------


def share(centre: Row) -> float:
    """Share of a centre in the world's demand."""
    region = next(row for row in table("demand_regions") if row["region"] == centre["region"])
    total = sum(float(row["weight"]) for row in table("demand_centres") if row["region"] == centre["region"])
    return float(region["share"]) * float(centre["weight"]) / total


def make_orders() -> Iterator[Item]:
    for centre in table("demand_centres"):
        region = next(row for row in table("demand_regions") if row["region"] == centre["region"])
        curies = parameter("demand_6d_ci_week") / 2 * share(centre)
        for discharge in DISCHARGES:
            opens, closes = (discharge + timedelta(days=days) for days in WINDOW_DAYS)
            yield {
                "id": f"{centre['id']}.{opens:%Y%m%d}",
                "site": centre["id"],
                "product": "generators",
                "activity": tera(curies * CI_BQ),
                "calibration": f"{calibration_of(discharge):%Y-%m-%d %H:%M}",
                "earliest": f"{opens:%Y-%m-%d %H:%M}",
                "latest": f"{closes:%Y-%m-%d %H:%M}",
                "partial": True,
            } | said(
                region,
                centre,
                *parameters("demand_6d_ci_week"),
                note=f"{curies:.0f} six-day curies: half of {100 * share(centre):.2f} % of the week's demand",
            )


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "network.yaml"
    write_network(build(), target)


if __name__ == "__main__":
    main()
