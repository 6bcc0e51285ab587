"""Build ``examples/sichuan/network.yaml`` from the tables beside it.

    python scripts/build_sichuan.py [target]

No chance and no clock: the same tables always give the same bytes. The tables hold the facts with their
sources; this file holds the rules that turn them into a network, and every item carries ``source`` or
``assumption``. Rules that are not facts (who orders what and when) say so in the items they make.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import delivery_vehicles as delivery
import sichuan_permits as permits

from becq.chain.network import Network
from becq.chain.places import distance_km
from becq.chain.reading import write_network
from becq.chain.site import Site
from becq.physics.nuclides import nuclide

FOLDER = Path(__file__).parents[1] / "examples" / "sichuan"
FIRST = date(2026, 12, 7)
"""The Monday on which the network stands; dated orders fall into the two weeks from here."""
WEEKS = 2

Item = dict[str, Any]
Row = dict[str, str]

TC_PHARMACIES = ("hta-chengdu", "hta-chongqing")
PET_PHARMACIES = ("andike-chengdu", "andike-chongqing", "hta-chengdu")
OUTSIDE_NETWORK = frozenset({"tongyuan-jiajiang", "yunke", "cd-east", "cq-west", "sc-accelerator"})
"""Rows of sites.csv without any part in this network: sealed sources, stations, a project without a place."""
REGIONAL_HUBS = frozenset({"ctu", "tfu", "ckg"})
COSTS = ("road_cost_per_trip", "road_cost_dedicated_van", "road_consignments_per_van")
SCANNERS = {"large": 3, "medium": 1, "small": 1}
GENERATOR_GBQ = {"large": 111.0, "medium": 37.0, "small": 11.1}
AC225_TRIALS = ("west-china", "cqmu-first", "southwest", "banan", "sc-cancer")
FDG_BY_AIR = ("panzhihua-central",)
"""Hospitals out of reach of any PET pharmacy by road."""
GA68_BY_ROAD = ("sc-cancer", "cq-cancer")
"""Cancer hospitals without a generator of their own that take Ga-68 from the pharmacy in town."""
OWN_LABELLING = ("west-china", "sc-provincial")
SITE_LIMIT = {
    "reactor": "500 TBq",
    "radiopharmacy": "100 TBq",
    "accelerator": "10 TBq",
    "warehouse": "50 TBq",
}
OWN_CYCLOTRON = ("west-china", "nanchong-central")
"""Hospitals on whose ground a cyclotron of the network stands."""
ENDING = {"banan": "2026-12-31", "hta-chengdu": "2027-01-03"}
"""Licences that end within weeks of the network's days, so that a renewal is to be seen."""
KNOWLEDGE = "assumption: general knowledge, not checked against a source"


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table."""
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def parameter(name: str) -> float:
    """A parameter of transport.csv."""
    return float(next(row["value"] for row in table("transport") if row["parameter"] == name))


@cache
def demand_row(row_type: str, product: str, size: str, text: str = "") -> Row:
    """The row of demand.csv of a type, product and size class whose procedure or quantity has ``text``."""
    return next(
        row
        for row in table("demand")
        if row["row_type"] == row_type
        and row["product"] == product
        and row["size_class"] == size
        and text in row["procedure"] + row["quantity"]
    )


def provenance(*rows: Row, note: str = "") -> Item:
    """``source`` and ``assumption`` of one or more rows, each text once."""
    sources = dict.fromkeys(part for row in rows for part in row["source"].split("; ") if part)
    notes = dict.fromkeys(part for part in (*(row["assumption"] for row in rows), note) if part)
    found = {"source": "; ".join(sources), "assumption": "; ".join(notes)}
    return {name: text for name, text in found.items() if text}


def build() -> Network:
    """The network of the tables."""
    processes, stock = list(make_processes()), list(make_stock())
    sites = list(make_sites([*processes, *stock]))
    hospitals = [row for row in table("sites") if row["kind"] == "hospital" and orders_drugs(row)]
    places = {item["id"]: Site.model_validate(item) for item in sites}
    demand = [Hospital(row, number, places) for number, row in enumerate(hospitals)]
    network: Item = {
        "name": "Sichuan and Chongqing",
        "name_zh": "四川与重庆",
        "note": (
            "Demo network of the medical-isotope chain in Sichuan and Chongqing, standing on Monday "
            "7 December 2026. Sites and published facts are real; demand, capacities, licences, "
            "timetables and costs are assumptions that say so. Not for operation. Hospital points: "
            "Luoyun, "
            "https://github.com/46319943/3AHospital (Apache-2.0)."
        ),
        "sites": sites,
        "products": [filled(row) for row in table("products")],
        "resources": list(make_resources()),
        "processes": processes,
        "lanes": list(make_lanes(sites)),
        **delivery_sections(table("vehicles"), [filled(row) for row in table("products")]),
        "stock": stock,
        "standing_orders": [item for hospital in demand for item in hospital.standing()],
        "orders": [item for hospital in demand for item in hospital.single()],
    }
    missing = [(row["origin"], row["destination"], row["nuclide"]) for row in table("approvals_missing")]
    years = (FIRST.year, FIRST.year + 1)
    network["sites"] = permits.cover_orders(network)
    return Network.model_validate(
        network | {"approvals": list(permits.approvals(network, WEEKS, years, missing))}
    )


def delivery_sections(vehicles: tuple[Row, ...], products: list[Item]) -> Item:
    """Vehicles of a network and the packagings of its products."""
    times = (hours(str(parameter(name))) for name in ("loading_at_producer", "handover_at_hospital"))
    return {
        "vehicles": list(delivery.make_vehicles(vehicles, *times)),
        "packagings": list(delivery.make_packagings(table("packagings"), products)),
    }


def filled(row: Row) -> Item:
    """A row without its empty cells."""
    return {name: text for name, text in row.items() if text}


# --- sites ---------------------------------------------------------------------------------------------


def orders_drugs(row: Row) -> bool:
    """Whether a hospital has a department that orders: open, and with more than sealed applicators."""
    return "planned" not in row["status"] and row["id"] != "jiajiang"


def has_pet(row: Row) -> bool:
    return row["has_pet"] == "true"


def is_imaging_centre(row: Row) -> bool:
    return "imaging centre" in row["name_en"]


def make_sites(activities: list[Item]) -> Iterator[Item]:
    nuclides: dict[str, set[str]] = {}
    products = {row["id"]: row for row in table("products")}
    for item in activities:
        held = nuclides.setdefault(item["site"], set())
        for product in (item["product"], item.get("input_product")):
            if product:
                held |= {products[product]["nuclide"], products[product]["daughter"]} - {""}
    for number, row in enumerate(table("sites")):
        if row["id"] in OUTSIDE_NETWORK:
            continue
        status = "" if row["status"] == "operating" else f"status: {row['status']}"
        item = {
            "id": row["id"],
            "name": row["name_en"],
            "name_zh": row["name_zh"],
            "kind": row["kind"],
            "division": permits.division(row["id"], row["city_zh"]),
            "province": province(row["city_en"]),
            "city": row["city_en"],
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
        }
        if row["kind"] == "hospital":
            licence, note = hospital_licence(row)
            if licence:
                limits = [entry["nuclide"] for entry in licence["nuclides"]]
                item["use_class"] = permits.use_class(row, limits, row["id"] in OWN_CYCLOTRON)
        else:
            licence, note = producer_licence(row, sorted(nuclides.get(row["id"], ())))
        if licence:
            until = permits.valid_until(number, ENDING.get(row["id"], ""))
            item["licence"] = {"scope": licence["scope"], "valid_until": until} | licence
        said = provenance(row, note="; ".join(text for text in (status, note) if text))
        yield item | (said or {"assumption": KNOWLEDGE})


def province(city: str) -> str:
    for name, where in (("Chongqing", "Chongqing"), ("Beijing", "Beijing"), ("Shanghai", "Shanghai")):
        if city.startswith(name):
            return where
    return "Zhejiang" if city in ("Haiyan", "Hangzhou") else "Sichuan"


def hospital_licence(row: Row) -> tuple[Item | None, str]:
    """Default possession limits of the size class, for what the hospital does, and its own rows."""
    size = row["size_class"]
    if not orders_drugs(row):
        return None, "no unsealed radiopharmaceuticals ordered in this network"
    limits: dict[str, float] = {}
    for default in table("licences"):
        if default["applies_to"] == f"default for size class {size}":
            name = default["nuclide"]
            limits[name] = limits.get(name, 0.0) + float(default["possession_limit_bq"])
    if not has_pet(row):
        limits = {name: limit for name, limit in limits.items() if name not in ("F-18", "Ga-68", "Ge-68")}
    if size == "medium" and row["has_therapy_ward"] != "true":
        limits.pop("Lu-177", None)
    if is_imaging_centre(row):
        limits = {"F-18": limits["F-18"]}
    own = [r for r in table("licences") if r["site_id"] == row["id"] and r["possession_limit_bq"]]
    limits |= {r["nuclide"]: float(r["possession_limit_bq"]) for r in own}
    items = [{"nuclide": name, "possession_limit": activity(limits[name] / 1e9)} for name in sorted(limits)]
    for entry in items:
        for r in own:
            if r["nuclide"] == entry["nuclide"]:
                entry |= provenance(r)
    note = (
        f"size class {size}{', PET' if has_pet(row) else ''}"
        f"{', therapy ward' if row['has_therapy_ward'] == 'true' else ''}; licence: assumption: the "
        "defaults of the size class in tables/licences.csv"
    )
    defaults = [r for r in table("licences") if r["applies_to"] == f"default for size class {size}"]
    told = {r["nuclide"] for r in own if r["daily_max_bq"]}
    rows = [r for r in defaults if r["nuclide"] not in told] + own
    handled = permits.operations(rows, limits, row["has_therapy_ward"] == "true")
    return {"scope": ["use"], "nuclides": items, "operations": handled}, note


def producer_licence(row: Row, nuclides: list[str]) -> tuple[Item | None, str]:
    if not nuclides:
        return None, ""
    limit = SITE_LIMIT[row["kind"]]
    entries = [{"nuclide": name, "possession_limit": limit} for name in nuclides]
    note = (
        f"licence: assumption: {limit} of each nuclide that the network makes or holds here, large enough "
        "not to bind; amounts of such permits are not published"
    )
    return {"scope": ["produce", "sell", "use"], "nuclides": entries}, note


# --- making --------------------------------------------------------------------------------------------


def make_resources() -> Iterator[Item]:
    for row in table("resources"):
        item: Item = {name: text for name, text in row.items() if name != "assumption"}
        outages = [
            {name: text for name, text in outage.items() if text and name != "resource"}
            for outage in table("outages")
            if outage["resource"] == row["id"]
        ]
        yield item | ({"outages": outages} if outages else {}) | {"assumption": row["assumption"]}


def make_processes() -> Iterator[Item]:
    facts = {row["id"]: row for row in table("production")}
    for row in table("processes"):
        fact = facts[row["facts"]]
        item: Item = {
            "id": row["id"],
            "site": row["site"],
            "kind": row["kind"],
            "resource": row["resource"],
            "product": row["product"],
            "name": row["name"],
            "name_zh": row["name_zh"],
            "input_product": row["input_product"],
            "activity_per_batch": row["activity"],
            "max_input": row["max_input"],
            "max_units": row["max_units"],
            "processing_yield": row["yield"] or fact["yield_fraction"],
            "elution_efficiency": "",
            "duration": row["duration"] or hours(fact["run_h"]),
            "processing_time": row["processing_time"] or hours(fact["processing_h"]),
            "qc_time": row["qc_time"] or hours(fact["qc_release_h"]),
            "specific_activity_eob": row["specific_activity"],
            "start_days": row["start_days"].split(";"),
            "start_times": row["start_times"].split(";"),
            "cost": float(row["cost"] or fact["cost_cny_per_batch"]),
        }
        if row["kind"] == "generator_elution":
            item["elution_efficiency"] = fact["yield_fraction"]
        if not row["yield"] and row["kind"] == "generator_elution":
            item["processing_yield"] = ""
        yield filled(item) | provenance(fact, note=row["note"])
    fact = facts["ga68-dota"]
    note = (
        "elution of 0.8 within the 70-90 % of the source; 0.88 of the activity is kept decay apart, which "
        "with the half hour of the synthesis is the 0.65 of the table; eluted for the sessions of Tuesday "
        "and Thursday"
    )
    for site in dict.fromkeys(row["site"] for row in table("stock") if row["product"] == "ge68-generator"):
        pharmacy = site in TC_PHARMACIES
        yield {
            "id": f"ga68-{site}",
            "site": site,
            "kind": "generator_elution",
            "product": "ga68-doses",
            "name": f"Ga-68 labelling ({site})",
            "name_zh": "镓-68淋洗标记",
            "input_product": "ge68-generator",
            "processing_yield": 0.88,
            "elution_efficiency": 0.8,
            "processing_time": hours(fact["processing_h"]),
            "qc_time": hours(fact["qc_release_h"]),
            "start_days": ["tue", "thu"],
            "start_times": ["07:00"] if pharmacy else ["08:00", "12:30"],
            "cost": float(fact["cost_cny_per_batch"]),
        } | provenance(fact, note=note)


def hours(text: str) -> str:
    """'0.33' → '20 min'; whole minutes, as batch records are kept."""
    if not text:
        return ""
    minutes = round(float(text) * 60)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def make_stock() -> Iterator[Item]:
    facts = {row["id"]: row for row in table("production")}
    for row in table("stock"):
        item = {name: text for name, text in row.items() if name not in ("facts", "assumption")}
        source = {"source": facts[row["facts"]]["source"]} if facts[row["facts"]]["source"] else {}
        yield item | source | {"assumption": row["assumption"]}


# --- lanes ---------------------------------------------------------------------------------------------


def make_lanes(sites: list[Item]) -> Iterator[Item]:
    shippers = [
        s["id"]
        for s in sites
        if s["kind"] == "airport"
        or ("licence" in s and s["kind"] != "hospital" and s["id"] != "wch-cyclotron")
    ]
    ends = parameter("loading_at_producer") + parameter("handover_at_hospital")
    road = {
        "mode": "road",
        "origins": shippers,
        "destinations": ["*"],
        "cost_per_trip": parameter("road_cost_per_trip"),
        "cost_per_km": parameter("road_cost_dedicated_van") / parameter("road_consignments_per_van"),
    }
    yield (
        road
        | {
            "id": "road-city",
            "detour_factor": parameter("detour_factor_urban"),
            "speed_kmh": parameter("road_city_speed"),
            "max_km": parameter("road_city_max"),
            "handling": hours(str(ends)),
        }
        | transport_provenance(
            "detour_factor_urban", "road_city_speed", "road_city_max", "loading_at_producer", *COSTS
        )
    )
    yield (
        road
        | {
            "id": "road-intercity",
            "detour_factor": parameter("detour_factor_intercity_basin"),
            "speed_kmh": parameter("speed_motorway_van"),
            "max_km": parameter("road_max"),
            "handling": hours(str(ends + parameter("road_intercity_ends"))),
        }
        | transport_provenance(
            "detour_factor_intercity_basin", "speed_motorway_van", "road_intercity_ends", "road_max", *COSTS
        )
    )
    yield {
        "id": "campus-west-china",
        "mode": "road",
        "origins": ["wch-cyclotron"],
        "destinations": ["west-china", "shangjin"],
        "detour_factor": parameter("detour_factor_urban"),
        "speed_kmh": parameter("road_city_speed"),
        "handling": "30 min",
        "cost_per_trip": 100.0,
        "cost_per_km": parameter("road_cost_dedicated_van") / parameter("road_consignments_per_van"),
        "assumption": "assumption: the hospital's own cyclotron serves its own campuses",
    }
    routes: dict[tuple[str, str, str], list[Row]] = {}
    for row in table("transport"):
        if row["row_type"] == "flight":
            routes.setdefault((row["from"], row["to"], row["carrier"]), []).append(row)
    for (origin, destination, carrier), rows in routes.items():
        freighter = carrier == "freighter"
        regional = origin in REGIONAL_HUBS
        capacity = "air_capacity_freighter" if freighter else "air_capacity_passenger"
        said = provenance(*rows)
        names = ["air_cost_per_consignment", "air_cutoff_class7", "air_class7_acceptance"]
        more = transport_provenance(*names, *([] if regional else [capacity]))
        if regional:
            more["assumption"] += (
                "; assumption: so few consignments meet on a flight within the region that "
                "its room is no limit"
            )
        yield {
            "id": f"{origin}-{destination}{'-freighter' if freighter else ''}",
            "mode": "flight",
            "origins": [origin],
            "destinations": [destination],
            "cut_off": hours(rows[0]["cutoff_h_before"]),
            "handling": hours(rows[0]["handling_h_after"]),
            "departures": [
                {
                    "days": row["days"].lower().replace(";", ","),
                    "time": row["departure"],
                    "duration": hours(row["duration_h"]),
                }
                | ({} if regional else {"capacity_packages": int(parameter(capacity))})
                for row in rows
            ],
            "cost_per_trip": parameter("air_cost_per_consignment"),
            "source": "; ".join(dict.fromkeys([*said.get("source", "").split("; "), more["source"]])).strip(
                "; "
            ),
            "assumption": f"{said['assumption']}; {more['assumption']}",
        }


def transport_provenance(*names: str) -> Item:
    return provenance(*(row for row in table("transport") if row["parameter"] in names))


# --- demand --------------------------------------------------------------------------------------------


def activity(gbq: float) -> str:
    """Three digits with the unit that suits them."""
    unit, factor = ("GBq", 1.0) if gbq >= 1 else ("MBq", 1e3)
    value = gbq * factor
    digits = 2 - math.floor(math.log10(value))
    return f"{round(value, digits):.10g} {unit}"


def session_gbq(name: str, dose_mbq: float, patients: int, spacing_min: float) -> float:
    """Activity at the first injection from which ``patients`` are served, one every ``spacing_min``."""
    half_life_min = nuclide(name).half_life_s / 60.0
    return sum(dose_mbq * 2 ** (n * spacing_min / half_life_min) for n in range(patients)) / 1e3


@dataclass(frozen=True)
class Hospital:
    """A hospital and what it orders. ``number`` spreads rare treatments over the weeks."""

    row: Row
    number: int
    places: dict[str, Site]

    @property
    def id(self) -> str:
        return self.row["id"]

    @property
    def size(self) -> str:
        return self.row["size_class"]

    @property
    def ward(self) -> bool:
        return self.row["has_therapy_ward"] == "true"

    def near(self, sites: tuple[str, ...], product: str) -> bool:
        """Whether one of ``sites`` is within the distance that demand.csv gives for the product."""
        limit = float(demand_row("parameter", product, "all", "distance")["value"])
        return self.km(sites) <= limit

    def km(self, sites: tuple[str, ...]) -> float:
        return min(distance_km(self.places[site], self.places[self.id]) for site in sites)

    def rate(self, product: str, procedure: str = "") -> float:
        """Patients a week."""
        return float(demand_row("rate", product, self.size, procedure)["value"])

    def counts(self, per_week: float) -> list[int]:
        """Whole patients in each of the weeks at a rate, the phase spread over the hospitals."""
        phase = (self.number * 0.618) % 1.0
        return [
            math.floor((week + 1) * per_week + phase) - math.floor(week * per_week + phase)
            for week in range(WEEKS)
        ]

    def item(self, name: str, product: str, gbq: float, said: Item, **fields: Any) -> Item:
        return (
            {"id": f"{self.id}.{name}", "site": self.id, "product": product, "activity": activity(gbq)}
            | fields
            | said
        )

    def dated(self, name: str, product: str, gbq: float, day: date, window: tuple[str, str, str], said: Item,
              **fields: Any) -> Item:  # fmt: skip
        earliest, latest, calibration = window
        return self.item(
            f"{name}.{day:%Y%m%d}", product, gbq, said,
            calibration=f"{day} {calibration}", earliest=f"{day} {earliest}", latest=f"{day} {latest}",
            **fields,
        )  # fmt: skip

    def standing(self) -> Iterator[Item]:
        """Orders that repeat weekly."""
        if has_pet(self.row):
            yield from self.fdg()
        if is_imaging_centre(self.row):
            return
        yield from self.tc99m()
        yield from self.i131()
        if self.size == "large":
            yield from self.ga68()
            yield from self.lu177()
        if self.id in OWN_LABELLING:
            yield self.item(
                "lu177-chloride", "lu177-chloride", 5.0,
                {"assumption": "assumption: bulk for the hospital's own labelling, 5 GBq a week"},
                days=["wed"], earliest="08:00", latest="12:00", calibration="12:00", priority=2,
            )  # fmt: skip

    def single(self) -> Iterator[Item]:
        """Orders of single patients, where the weekly rate is not a whole number."""
        if is_imaging_centre(self.row):
            return
        yield from self.rare(
            "sr89", "sr89-chloride", "Sr-89 chloride", 3, ("08:00", "11:30", "12:00"), priority=2
        )
        yield from self.rare(
            "y90", "y90-microspheres", "Y-90 microspheres", 2, ("07:00", "11:00", "12:00"), priority=1
        )
        if self.size == "medium" and self.ward:
            yield from self.rare(
                "lu177-psma", "lu177-psma", "Lu-177-PSMA/DOTATATE", 1, ("06:30", "09:30", "10:00"), priority=1
            )
        if self.id in GA68_BY_ROAD:
            yield from self.rare(
                "ga68", "ga68-doses", "Ga-68-DOTATATE/PSMA", 3, ("08:30", "09:45", "10:00"), priority=2
            )
        if self.id in AC225_TRIALS:
            yield from self.ac225()

    def rare(
        self, name: str, product: str, rate: str, weekday: int, window: tuple[str, str, str], priority: int
    ) -> Iterator[Item]:
        dose = demand_row("activity", self.dose_of(rate), "all")
        frequency = demand_row("rate", rate, self.size)
        if name == "y90" and self.size != "large":
            return  # the default licence of a medium hospital has no Y-90
        if name == "sr89" and not (self.ward or self.size == "large"):
            return
        for week, patients in enumerate(self.counts(float(frequency["value"]))):
            if not patients:
                continue
            day = FIRST + timedelta(days=7 * week + weekday)
            gbq = patients * float(dose["value"]) / 1e3
            note = (
                f"{patients} patient(s) of {frequency['value']} a week, spread by the number of the hospital"
            )
            if name == "ga68":
                spacing = demand_row("parameter", rate, "all", "from one injection")
                gbq = session_gbq("Ga-68", float(dose["value"]), patients, float(spacing["value"]))
            yield self.dated(
                name,
                product,
                gbq,
                day,
                window,
                provenance(dose, frequency, note=note),
                priority=priority,
                patients=patients,
            )

    def dose_of(self, rate: str) -> str:
        return "Lu-177-PSMA" if rate.startswith("Lu-177") else rate

    def fdg(self) -> Iterator[Item]:
        dose, frequency = demand_row("activity", "FDG", "all"), demand_row("rate", "FDG", self.size)
        spacing = demand_row("parameter", "FDG", "all", "from one injection")
        daily = round(float(frequency["value"]) / 5)
        far = not self.near(PET_PHARMACIES, "FDG")
        by_air = self.id in FDG_BY_AIR
        sessions = {
            "am": ("06:30", "07:45", "08:00"),
            "pm": ("11:15", "12:15", "12:30"),
        }
        if far:
            sessions = {"am": ("07:30", "09:15", "09:30"), "pm": ("12:30", "13:45", "14:00")}
        if self.size == "small":
            sessions.pop("pm")
        days = {name: ["mon", "tue", "wed", "thu", "fri"] for name in sessions}
        if by_air:
            sessions = {"am": ("07:30", "09:15", "09:30"), "air": ("11:30", "12:45", "13:00")}
            days = {"am": ["tue", "thu"], "air": ["mon", "wed", "fri"]}
        patients = daily // len(sessions)
        gbq = session_gbq(
            "F-18", float(dose["value"]), patients, float(spacing["value"]) / SCANNERS[self.size]
        )
        note = (
            f"{patients} patients in this session on {SCANNERS[self.size]} scanner(s), at the first injection"
            f"{'; sessions start later because the nearest PET pharmacy is far' if far else ''}"
            f"{'; three sessions a week by the morning flight, two asked for earlier' if by_air else ''}"
        )
        for name, (earliest, latest, calibration) in sessions.items():
            yield self.item(
                f"fdg-{name}", "fdg", gbq, provenance(dose, frequency, spacing, note=note),
                days=days[name], earliest=earliest, latest=latest, calibration=calibration,
                priority=2, patients=patients,
            )  # fmt: skip

    def tc99m(self) -> Iterator[Item]:
        drugs = ("Tc-99m-MDP", "Tc-99m-MIBI", "Tc-99m-DTPA", "Tc-99m pertechnetate")
        rates = [demand_row("rate", drug, self.size) for drug in drugs]
        doses = [demand_row("activity", drug, "all") for drug in drugs]
        if self.size != "large" and self.near(TC_PHARMACIES, "Tc-99m"):
            weekly = sum(float(rate["value"]) for rate in rates)
            mean = (
                sum(float(r["value"]) * float(d["value"]) for r, d in zip(rates, doses, strict=True)) / weekly
            )
            patients = round(weekly / 5)
            span = demand_row("parameter", "Tc-99m", "all", "from the first injection")
            gbq = session_gbq("Tc-99m", mean, patients, float(span["value"]) / max(1, patients - 1))
            note = f"{patients} patients a day with {mean:.0f} MBq on average, from a pharmacy nearby"
            yield self.item(
                "tc99m-doses", "tc99m-doses", gbq, provenance(*rates, *doses, span, note=note),
                days=["mon", "tue", "wed", "thu", "fri"], earliest="06:00", latest="08:00",
                calibration="08:00", priority=2, patients=patients,
            )  # fmt: skip
            return
        sunday = self.size == "large" or self.number % 3 != 2
        day = {"days": ["sun"], "earliest": "10:00", "latest": "20:00"}
        if not sunday:
            day = {"days": ["thu"], "earliest": "08:00", "latest": "16:00"}
        label = next(r for r in table("production") if r["id"] == "gen-tc-1ci")
        note = (
            "assumption: one generator a week, 3 Ci for a large, 1 Ci for a medium, 0.3 Ci for a small "
            "hospital, taken as Mo-99 at 08:00 of the day after delivery; two of three hospitals start the "
            "week with it, one has it for Friday"
        )
        yield self.item(
            "generator", "tc99m-generator", GENERATOR_GBQ[self.size],
            {"source": label["source"], "assumption": note}, **day,
            calibration="08:00", calibration_day_offset=1, priority=1 if self.size == "large" else 2,
        )  # fmt: skip

    def i131(self) -> Iterator[Item]:
        window = {"earliest": "08:00", "latest": "16:00", "calibration": "12:00", "calibration_day_offset": 1}
        hyper = demand_row("rate", "I-131 NaI", self.size, "hyperthyroidism")
        dose = demand_row("activity", "I-131 NaI", "all", "hyperthyroidism")
        patients = round(float(hyper["value"]))
        yield self.item(
            "i131", "i131-solution", patients * float(dose["value"]) / 1e3,
            provenance(hyper, dose, note=f"{patients} outpatients on the day after delivery"),
            days=["tue" if self.number % 2 else "thu"], **window, priority=3, patients=patients,
        )  # fmt: skip
        if not self.ward or self.size == "small":
            return
        rate = demand_row("rate", "I-131 NaI", self.size, "ward")
        ablation = demand_row("activity", "I-131 NaI", "all", "ablation")
        spread = demand_row("activity", "I-131 NaI", "all", "metastases")
        share = demand_row("parameter", "I-131 NaI", "all", "share of metastases")
        part = float(share["value"])
        mean = (1 - part) * float(ablation["value"]) + part * float(spread["value"])
        patients = round(float(rate["value"]) / 2)
        note = f"{patients} ward patients on the day after each of two deliveries, {mean:.0f} MBq on average"
        product = "i131-capsules" if self.size == "large" else "i131-solution"
        yield self.item(
            "i131-ward", product, patients * mean / 1e3, provenance(rate, ablation, spread, share, note=note),
            days=["tue", "thu"], **window, priority=1, patients=patients,
        )  # fmt: skip

    def ga68(self) -> Iterator[Item]:
        rate = demand_row("rate", "Ga-68-DOTATATE/PSMA", self.size)
        dose = demand_row("activity", "Ga-68-DOTATATE/PSMA", "all")
        spacing = demand_row("parameter", "Ga-68-DOTATATE/PSMA", "all", "from one injection")
        daily = round(float(rate["value"]) / 2)
        morning = (daily + 1) // 2
        for name, patients, clock in (
            ("am", morning, ("08:30", "09:00", "09:00")),
            ("pm", daily - morning, ("13:00", "13:30", "13:30")),
        ):
            earliest, latest, calibration = clock
            yield self.item(
                f"ga68-{name}", "ga68-doses",
                session_gbq("Ga-68", float(dose["value"]), patients, float(spacing["value"])),
                provenance(rate, dose, spacing, note=f"{patients} patients, from its own generator"),
                days=["tue", "thu"], earliest=earliest, latest=latest, calibration=calibration, priority=2,
                patients=patients,
            )  # fmt: skip

    def lu177(self) -> Iterator[Item]:
        rate = demand_row("rate", "Lu-177-PSMA/DOTATATE", self.size)
        for drug, day, patients in (("psma", "tue", 3), ("dotatate", "thu", 2)):
            dose = demand_row("activity", f"Lu-177-{drug.upper()}", "all")
            yield self.item(
                f"lu177-{drug}", f"lu177-{drug}", patients * float(dose["value"]) / 1e3,
                provenance(rate, dose, note=f"{patients} of the {rate['value']} patients a week"),
                days=[day], earliest="06:30", latest="09:30", calibration="10:00", priority=1,
                patients=patients,
            )  # fmt: skip

    def ac225(self) -> Iterator[Item]:
        dose = demand_row("activity", "Ac-225-PSMA", "all")
        rate = demand_row("rate", "Ac-225-PSMA", "large")
        window = ("08:00", "16:00", "16:00")
        weeks = [week for week, patients in enumerate(self.counts(float(rate["value"]))) if patients]
        note = "a trial patient every other week; which hospitals take part is assumed"
        if self.id == "sc-cancer":
            note += "; this hospital joins the trial before its licence names the nuclide"
        for week in weeks:
            day = FIRST + timedelta(days=7 * week + 3)
            yield self.dated(
                "ac225", "ac225-chloride", float(dose["value"]) / 1e3, day, window,
                provenance(dose, rate, note=note),
                priority=1, patients=1,
            )  # fmt: skip


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "network.yaml"
    write_network(build(), target)


if __name__ == "__main__":
    main()
