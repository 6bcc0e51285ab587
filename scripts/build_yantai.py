"""Build ``examples/yantai/network.yaml`` from the tables beside it and those of Sichuan.

    python scripts/build_yantai.py [target]

No chance and no clock: the same tables always give the same bytes. Products, activities per patient, patients
per week, default licences, recipes and speeds are those of ``examples/sichuan/tables``, read there; the
tables of this folder hold what is of the Shandong peninsula.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import build_sichuan as sichuan
import sichuan_permits as permits
from build_china.tables import cited

from becq.chain.network import Network
from becq.chain.reading import write_network
from becq.chain.site import Site
from becq.physics.quantities import parse_activity

FOLDER = Path(__file__).parents[1] / "examples" / "yantai"

Item = dict[str, Any]
Row = dict[str, str]

PHARMACIES = {
    "FDG": ("dongcheng-muping", "hta-qingdao", "weifang-cyclotron"),
    "Tc-99m": ("dongcheng-muping", "hta-qingdao"),
}
"""Who serves hospitals nearby with FDG and with Tc-99m doses."""
PROVINCE_ZH_EN = {"11": "Beijing", "33": "Zhejiang", "37": "Shandong", "51": "Sichuan"}
WARD_DAY_BQ = 4e10
"""Of I-131 in simple operations in a day: 40 GBq x 0.1 / 1 is the end of class B (GB 18871)."""
LAST_DAY = "last day of the licence: assumption: one of five in turn, no date is published"
APPROVED = 1.5
"""Activity approved over activity ordered in a year."""
RECIPE_FIELDS = ("name", "name_zh", "start_days", "start_times", "cost", "activity")


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table of this folder."""
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def find(name: str, identifier: str) -> Row:
    """A row of a table of Sichuan."""
    return next(row for row in sichuan.table(name) if row["id"] == identifier)


def build() -> Network:
    """The network of the tables."""
    processes, stock = [*make_processes(), *make_gallium()], list(make_stock())
    sites = list(make_sites([*processes, *stock]))
    places = {item["id"]: Site.model_validate(item) for item in sites}
    hospitals = [row for row in table("sites") if row["kind"] == "hospital"]
    demand = [PeninsulaHospital(row, number, places) for number, row in enumerate(hospitals)]
    standing = [item for hospital in demand for item in hospital.standing()]
    single = [item for hospital in demand for item in hospital.single()]
    network = {"sites": sites, "products": make_products([*processes, *stock])}
    network = {name: list(items) for name, items in network.items()}
    orders = {"standing_orders": standing, "orders": single}
    sites = permits.cover_orders(network | orders)
    return Network.model_validate(
        quoted(
            {
                "name": "Yantai and the Shandong peninsula",
                "name_zh": "烟台与胶东半岛",
                "note": (
                    "Demo network of the medical-isotope chain of Yantai, Weihai, Qingdao and Weifang, "
                    "standing on Monday 7 December 2026. Sites and published facts are real; demand, "
                    "capacities, licences, timetables and costs are assumptions that say so. Not for "
                    "operation. Hospital points: Luoyun, https://github.com/46319943/3AHospital (Apache-2.0)."
                ),
                "sites": sites,
                "products": network["products"],
                "resources": list(make_resources()),
                "processes": processes,
                "lanes": list(make_lanes(sites)),
                **sichuan.delivery_sections(table("vehicles"), network["products"]),
                "stock": stock,
                "standing_orders": standing,
                "orders": single,
                "approvals": list(make_approvals(processes, standing, single)),
            }
        )
    )


def quoted(item: Any) -> Any:
    """The same with every ``source`` as sources.csv of China cites it: without addresses of mirrors."""
    if isinstance(item, list):
        return [quoted(each) for each in item]
    if not isinstance(item, dict):
        return item
    return {
        name: "; ".join(cited(value)) if name == "source" else quoted(value) for name, value in item.items()
    }


# --- sites and products --------------------------------------------------------------------------------


def make_sites(activities: list[Item]) -> Iterator[Item]:
    nuclides: dict[str, set[str]] = {}
    for item in activities:
        held = nuclides.setdefault(item["site"], set())
        for product in (item["product"], item.get("input_product")):
            if product:
                row = find("products", product)
                held |= {row["nuclide"], row["daughter"]} - {""}
    for number, row in enumerate(table("sites")):
        if row["kind"] == "hospital":
            licence, note = sichuan.hospital_licence(row)
        else:
            licence, note = sichuan.producer_licence(row, sorted(nuclides.get(row["id"], ())))
        status = "" if row["status"] == "operating" else f"status: {row['status']}"
        said = sichuan.provenance(
            row, note="; ".join(filter(None, (status, note, LAST_DAY if licence else "")))
        )
        use = {"use_class": int(row["use_class"])} if row["use_class"] else {}
        yield place(row, row["division"]) | use | dated(row["id"], number, licence) | said
    for number, supplier in enumerate(table("suppliers")):
        row = find("sites", supplier["id"])
        licence, note = sichuan.producer_licence(row, sorted(nuclides.get(row["id"], ())))
        said = sichuan.provenance(row, note="; ".join(filter(None, (note, LAST_DAY if licence else ""))))
        yield place(row, supplier["division"]) | dated(row["id"], number, licence) | said


def dated(site: str, number: int, licence: Item | None) -> Item:
    """The licence of a site with its last day, as in Sichuan or as told; nothing where it has none."""
    if licence is None:
        return {}
    told = {row["site"]: row["valid_until"] for row in table("licences_until")}
    return {"licence": licence | {"valid_until": permits.valid_until(number, told.get(site, ""))}}


def place(row: Row, division: str) -> Item:
    return {
        "id": row["id"],
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "kind": row["kind"],
        "jurisdiction": f"CN-{division[:2]}",
        "division": division,
        "province": PROVINCE_ZH_EN[division[:2]],
        "city": row["city_en"],
        "lat": float(row["lat"]),
        "lon": float(row["lon"]),
    }


def make_products(activities: list[Item]) -> Iterator[Item]:
    used = {item.get(name) for item in activities for name in ("product", "input_product")}
    for row in sichuan.table("products"):
        if row["id"] in used:
            yield sichuan.filled(row)


# --- making --------------------------------------------------------------------------------------------


def make_resources() -> Iterator[Item]:
    for row in table("resources"):
        outages = [
            {name: text for name, text in outage.items() if text and name != "resource"}
            for outage in table("outages")
            if outage["resource"] == row["id"]
        ]
        yield sichuan.filled(row) | ({"outages": outages} if outages else {})


def make_processes() -> Iterator[Item]:
    """Processes of this folder; one with a recipe is a process of Sichuan at another site."""
    for own in table("processes"):
        row = own | {"yield": "", "duration": "", "processing_time": "", "input_product": ""}
        if own["recipe"]:
            row = find("processes", own["recipe"]) | {"facts": find("processes", own["recipe"])["facts"]}
            row |= {name: own[name] for name in RECIPE_FIELDS if own[name]}
            row |= {
                "site": own["site"],
                "resource": own["resource"],
                "id": own["id"],
                "qc_time": row["qc_time"],
            }
        fact = find("production", row["facts"])
        made_here = row["kind"] != "import"
        item: Item = {
            "id": own["id"],
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
            "processing_yield": row["yield"] or (fact["yield_fraction"] if made_here else ""),
            "duration": row["duration"] or (sichuan.hours(fact["run_h"]) if made_here else ""),
            "processing_time": row["processing_time"]
            or (sichuan.hours(fact["processing_h"]) if made_here else ""),
            "qc_time": row["qc_time"] or sichuan.hours(fact["qc_release_h"]),
            "specific_activity_eob": row["specific_activity"],
            "start_days": row["start_days"].split(";"),
            "start_times": row["start_times"].split(";"),
            "cost": float(row["cost"] or fact["cost_cny_per_batch"]),
        }
        if row["kind"] == "generator_elution":
            item["elution_efficiency"] = fact["yield_fraction"]
            item["processing_yield"] = row["yield"]
        said = {"source": own["source"], "assumption": own["note"]}
        yield sichuan.filled(item) | sichuan.provenance(said, fact)


def make_gallium() -> Iterator[Item]:
    """Elution of the Ge-68/Ga-68 generators that stand in hospitals, by the recipe of Sichuan."""
    fact = find("production", "ga68-dota")
    for row in table("stock"):
        if row["product"] == "ge68-generator":
            yield {
                "id": f"ga68-{row['site']}",
                "site": row["site"],
                "kind": "generator_elution",
                "product": "ga68-doses",
                "name": f"Ga-68 labelling ({row['site']})",
                "name_zh": "镓-68淋洗标记",
                "input_product": "ge68-generator",
                "processing_yield": 0.88,
                "elution_efficiency": 0.8,
                "processing_time": sichuan.hours(fact["processing_h"]),
                "qc_time": sichuan.hours(fact["qc_release_h"]),
                "start_days": ["tue", "thu"],
                "start_times": ["08:00", "12:30"],
                "cost": float(fact["cost_cny_per_batch"]),
            } | sichuan.provenance(fact, note="elution and yield as in the network of Sichuan")


def make_stock() -> Iterator[Item]:
    for row in table("stock"):
        source = find("production", row["facts"])["source"]
        item = {name: text for name, text in row.items() if name not in ("facts", "assumption")}
        yield item | ({"source": source} if source else {}) | {"assumption": row["assumption"]}


# --- lanes ---------------------------------------------------------------------------------------------


def parameter(name: str) -> float:
    return float(next(row["value"] for row in table("parameters") if row["parameter"] == name))


def make_lanes(sites: list[Item]) -> Iterator[Item]:
    """Both channels: roads from every supplier as far as a van goes overnight, and flights."""
    shippers = [
        s["id"] for s in sites if s["kind"] == "airport" or ("licence" in s and s["kind"] != "hospital")
    ]
    ends = sichuan.parameter("loading_at_producer") + sichuan.parameter("handover_at_hospital")
    road = {
        "mode": "road",
        "origins": shippers,
        "destinations": ["*"],
        "cost_per_trip": sichuan.parameter("road_cost_per_trip"),
        "cost_per_km": sichuan.parameter("road_cost_dedicated_van")
        / sichuan.parameter("road_consignments_per_van"),
    }
    urban = ("detour_factor_urban", "road_city_speed", "road_city_max", "loading_at_producer")
    yield (
        road
        | {
            "id": "road-city",
            "detour_factor": sichuan.parameter("detour_factor_urban"),
            "speed_kmh": sichuan.parameter("road_city_speed"),
            "max_km": sichuan.parameter("road_city_max"),
            "handling": sichuan.hours(str(ends)),
        }
        | sichuan.transport_provenance(*urban, *sichuan.COSTS)
    )
    rules = sichuan.transport_provenance("speed_motorway_van", "road_intercity_ends", *sichuan.COSTS)
    yield (
        road
        | {
            "id": "road-intercity",
            "detour_factor": parameter("detour_factor"),
            "speed_kmh": sichuan.parameter("speed_motorway_van"),
            "max_km": parameter("road_max"),
            "handling": sichuan.hours(str(ends + sichuan.parameter("road_intercity_ends"))),
        }
        | sichuan.provenance(
            {"source": rules.get("source", ""), "assumption": rules["assumption"]}, *table("parameters")
        )
    )
    routes: dict[tuple[str, str], list[Row]] = {}
    for row in table("flights"):
        routes.setdefault((row["from"], row["to"]), []).append(row)
    air = sichuan.transport_provenance(
        "air_cost_per_consignment", "air_cutoff_class7", "air_handling_after_arrival",
        "air_class7_acceptance", "air_capacity_passenger",
    )  # fmt: skip
    for (origin, destination), rows in routes.items():
        yield {
            "id": f"{origin}-{destination}",
            "mode": "flight",
            "origins": [origin],
            "destinations": [destination],
            "cut_off": sichuan.hours(str(sichuan.parameter("air_cutoff_class7"))),
            "handling": sichuan.hours(str(sichuan.parameter("air_handling_after_arrival"))),
            "departures": [
                {
                    "days": row["days"],
                    "time": row["departure"],
                    "duration": sichuan.hours(row["duration_h"]),
                    "capacity_packages": int(sichuan.parameter("air_capacity_passenger")),
                }
                for row in rows
            ],
            "cost_per_trip": sichuan.parameter("air_cost_per_consignment"),
            "source": air["source"],
            "assumption": f"{rows[0]['assumption']}; {air['assumption']}",
        }


# --- approvals -----------------------------------------------------------------------------------------


def make_approvals(processes: list[Item], standing: list[Item], single: list[Item]) -> Iterator[Item]:
    """Transfers of the year, from each maker to each receiver, but for those of ``approvals_missing.csv``."""
    weekly: dict[tuple[str, str], float] = {}
    for items, weeks in ((standing, 1), (single, sichuan.WEEKS)):
        for item in items:
            deliveries = len(item["days"]) if "days" in item else 1
            key = (item["site"], item["product"])
            weekly[key] = weekly.get(key, 0.0) + activity_bq(item["activity"]) * deliveries / weeks
    for item in processes:  # what is converted or eluted elsewhere than it is made
        if item.get("input_product") and item.get("max_input"):
            weekly[item["site"], item["input_product"]] = 2 * activity_bq(item["max_input"])
        elif item["kind"] == "generator_elution":
            weekly[item["site"], item["input_product"]] = activity_bq("200 GBq")
    missing = {(row["origin"], row["destination"], row["nuclide"]) for row in table("approvals_missing")}
    planned = {row["resource"] for row in table("outages") if row["end"] > "2027"}
    yearly: dict[tuple[str, str, str], float] = {}
    for (site, product), amount in weekly.items():
        name = find("products", product)["nuclide"]
        makers = {
            p["site"] for p in processes if p["product"] == product and p.get("resource") not in planned
        }
        for maker in sorted(makers - {site}):
            yearly[maker, site, name] = yearly.get((maker, site, name), 0.0) + 52 * APPROVED * amount
    for (maker, site, name), amount in sorted(yearly.items()):
        if (maker, site, name) not in missing:
            yield {
                "id": f"{maker}.{site}.{name}",
                "origin": maker,
                "destination": site,
                "nuclide": name,
                "activity": sichuan.activity(amount / 1e9),
                "valid_from": f"{sichuan.FIRST.year}-01-01",
                "valid_until": f"{sichuan.FIRST.year}-12-31",
                "assumption": "assumption: every maker may deliver the year's orders and a half more",
            }


def activity_bq(text: str) -> float:
    """An activity as the network writes it, in Bq."""
    return parse_activity(text)


# --- demand --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeninsulaHospital(sichuan.Hospital):
    """A hospital that orders as those of Sichuan do, from the pharmacies of the peninsula."""

    def near(self, sites: tuple[str, ...], product: str) -> bool:
        return super().near(PHARMACIES[product], product)

    def i131(self) -> Iterator[Item]:
        """As in Sichuan, but a ward of class B treats on a third day whom two days cannot take."""
        for item in super().i131():
            daily_bq = activity_bq(item["activity"])
            if daily_bq <= WARD_DAY_BQ:
                yield item
                continue
            week = item["patients"] * len(item["days"])
            third = week // 3
            for suffix, days, patients in (("", item["days"], (week - third) // 2), ("-wed", ["wed"], third)):
                yield item | {
                    "id": item["id"] + suffix,
                    "days": days,
                    "patients": patients,
                    "activity": sichuan.activity(daily_bq / 1e9 * patients / item["patients"]),
                    "assumption": item["assumption"].replace(
                        f"{item['patients']} ward patients on the day after each of two deliveries",
                        f"{week} ward patients a week on three days: a day in class B takes no more",
                    ),
                }


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "network.yaml"
    write_network(build(), target)


if __name__ == "__main__":
    main()
