"""Products, machines, recipes and opening stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from becq.physics.nuclides import nuclide
from becq.physics.quantities import parse_activity
from build_china.demand import ELUTED, LABELLED
from build_china.hospitals import Hospital, hospitals
from build_china.tables import Item, Row, activity, filled, indexed, provenance, sourced, table
from build_china.yields import BEAM_UA, batch_gbq, fluorine_gbq

WEEKDAYS = "mon,tue,wed,thu,fri"
HOSPITAL_MEV = 18.0
"""Energy of the cyclotrons of hospitals: assumption."""
TIMES = {"run_h": "duration", "processing_h": "processing_time", "qc_release_h": "qc_time"}
FLUORINE_RUNS = (
    ("night", "00:30", 2.0),
    ("early", "03:30", 1.0),
    ("late", "06:00", 2.0),
    ("noon", "08:30", 1.0),
)
"""FDG runs of a pharmacy: name, start, hours of beam."""
HOSPITAL_RUNS = (("early", "04:30", 1.0), ("noon", "09:30", 1.0))
RARE_PET = (("f18-psma", "tue"), ("f18-florbetaben", "thu"))
ELUTION, LABELLING = "03:30", "04:15"
KITS = {"tc99m-mdp": "mdp-hta-cd", "tc99m-mibi": "mibi-hta-cd", "tc99m-dtpa": "dtpa-hta-cd"}
"""Labelled products and the row of production.csv of Sichuan with their times."""
GALLIUM_GBQ = 1.85
"""Of a Ge-68 generator when new."""
LEAST_GENERATOR_GBQ = 37.0
SPARE = 1.3
"""Generators in use at a Tc-99m pharmacy on the first day over what its hospitals need until Wednesday."""
MONTHS = 5
"""Ga-68 generators in use are up to this old."""


def products() -> Iterator[Item]:
    """Products of this folder and those of Sichuan that something here makes, holds or orders."""
    own = indexed("products")
    used = {"ge68-generator", "fdg", "ga68-doses"}
    for row in table("recipes"):
        used |= {row["product"], row["input_product"]} - {""}
    for row in table("products", "sichuan"):
        if row["id"] in used and row["id"] not in own:
            yield filled(row | {"source": sourced(row)})
    for row in table("products"):
        yield filled(row)


def resources() -> Iterator[Item]:
    for row in table("resources"):
        given = row if row["site"] else indexed("resources", "sichuan")[row["id"]]
        item = filled(dict(given))
        outages = [filled(outage) for outage in table("outages") if outage["resource"] == row["id"]]
        if outages:
            item["outages"] = [{k: v for k, v in outage.items() if k != "resource"} for outage in outages]
        if row["id"] == "hfetr-core":
            item["positions"] = 6
            item["assumption"] = "assumption: six positions for medical targets of the whole country"
        yield item
    for row in table("pharmacies"):
        for number in range(int(row["machines"])):
            yield machine(row["id"], number, provenance(row))
    for hospital in hospitals():
        if hospital.own_machine:
            yield machine(hospital.id, 0, {"assumption": "assumption: parameters.csv, cyclotrons"})


def machine_id(site: str, number: int) -> str:
    """What the machines of a site are called: the first without a number."""
    return f"{site}-machine-{number + 1}" if number else f"{site}-machine"


def machine(site: str, number: int, given: Item) -> Item:
    """One of the PET cyclotrons of a site, from 0."""
    return {
        "id": machine_id(site, number),
        "site": site,
        "name": "PET cyclotron" if not number else f"PET cyclotron {number + 1}",
        "name_zh": "PET回旋加速器" if not number else f"PET回旋加速器{number + 1}号",
        "kind": "cyclotron",
        "changeover": "20 min",
        **given,
    }


def processes() -> Iterator[Item]:
    yield from national()
    for row in table("pharmacies"):
        makes = row["makes"].split(";")
        for number in range(int(row["at_once"]) if "fdg" in makes else 0):
            yield from fluorine(row["id"], float(row["energy_mev"]), FLUORINE_RUNS, number)
        if "tc99m" in makes:
            yield from technetium(row["id"])
    yield from fluorine("wch-cyclotron", HOSPITAL_MEV, HOSPITAL_RUNS, resource="wch-machine")
    for hospital in hospitals():
        if hospital.own_machine:
            yield from fluorine(hospital.id, HOSPITAL_MEV, HOSPITAL_RUNS)
        if hospital.own_gallium:
            yield gallium(hospital)


def national() -> Iterator[Item]:
    """Rows of recipes.csv, with times and yields of the row of production.csv of Sichuan in ``facts``."""
    facts = indexed("production", "sichuan")
    nuclides = {item["id"]: item["nuclide"] for item in products()}
    for row in table("recipes"):
        fact = facts.get(row["facts"], {})
        item: Item = {
            "id": row["id"],
            "site": row["site"],
            "kind": row["kind"],
            "resource": row["resource"],
            "product": row["product"],
            "name": row["name_en"],
            "name_zh": row["name_zh"],
            "input_product": row["input_product"],
            "activity_per_batch": row["activity"],
            "max_input": row["max_input"],
            "max_units": row["max_units"],
            "processing_yield": row["yield"] or fact.get("yield_fraction", ""),
            "specific_activity_eob": row["specific_activity"],
        }
        for source, field in TIMES.items():
            given = row[field]
            item[field] = given or hours(fact.get(source, ""))
        how = ""
        if not row["activity"] and not row["input_product"]:
            gbq, how = batch_gbq(row | {"duration": item["duration"]}, nuclides[row["product"]])
            item["activity_per_batch"] = activity(gbq)
        item |= {
            "start_days": row["start_days"].split(","),
            "start_times": row["start_times"].split(","),
            "cost": float(row["cost"]),
        }
        said: Iterable[Row] = (row, fact) if fact else (row,)
        yield filled(item) | provenance(*said, note=how)


def hours(text: str) -> str:
    """'0.33' → '20 min'; whole minutes, as batch records are kept."""
    if not text:
        return ""
    minutes = round(float(text) * 60)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def fluorine(
    site: str, mev: float, runs: tuple[tuple[str, str, float], ...], number: int = 0, *, resource: str = ""
) -> Iterator[Item]:
    """F-18 runs of one machine: FDG, and in pharmacies the rarer drugs at noon."""
    fact = indexed("production", "sichuan")["fdg-18mev"]
    resource = resource or machine_id(site, number)
    suffix = f"-{number + 1}" if number else ""
    common = {"site": site, "kind": "accelerator_run", "resource": resource}
    times = {"processing_time": hours(fact["processing_h"]), "qc_time": hours(fact["qc_release_h"])}
    for name, start, beam_h in runs:
        yield {
            "id": f"fdg-{site}-{name}{suffix}",
            **common,
            "product": "fdg",
            "name": "FDG run",
            "name_zh": "FDG批次",
            "activity_per_batch": activity(fluorine_gbq(mev, beam_h)),
            "processing_yield": float(fact["yield_fraction"]),
            "duration": hours(str(beam_h)),
            **times,
            "start_days": WEEKDAYS.split(","),
            "start_times": [start],
            "cost": 15000.0,
            "source": sourced(fact),
            "assumption": f"{mev:g} MeV, {BEAM_UA:g} µA on enriched water for {beam_h:g} h by Becq's "
            "thick-target yield; energy, current, starts, cost: assumption",
        }
    if runs is not FLUORINE_RUNS:
        return
    for product, day in RARE_PET:
        yield {
            "id": f"{product}-{site}{suffix}",
            **common,
            "product": product,
            "name": f"{product} run",
            "name_zh": f"{product}批次",
            "activity_per_batch": activity(fluorine_gbq(mev, 1.0)),
            "processing_yield": 0.25,
            "duration": "1 h",
            "processing_time": "1 h",
            "qc_time": "30 min",
            "start_days": [day],
            "start_times": ["10:00"],
            "cost": 20000.0,
            "assumption": f"{mev:g} MeV, {BEAM_UA:g} µA for 1 h by Becq's thick-target yield; that it is "
            "made here, yield, times, cost: assumption",
        }


def technetium(site: str) -> Iterator[Item]:
    """Elution before dawn and labelling of kits at one pharmacy."""
    facts = indexed("production", "sichuan")
    fact = facts["elute-hta-cd"]
    yield {
        "id": f"elute-{site}",
        "site": site,
        "kind": "generator_elution",
        "product": "tc99m-pertechnetate",
        "name": "Elution",
        "name_zh": "锝-99m淋洗",
        "input_product": "tc99m-generator",
        "elution_efficiency": float(fact["yield_fraction"]),
        "processing_time": hours(fact["processing_h"]),
        "qc_time": hours(fact["qc_release_h"]),
        "start_days": WEEKDAYS.split(","),
        "start_times": [ELUTION],
        "cost": float(fact["cost_cny_per_batch"]),
        "source": sourced(fact),
        "assumption": "times as at the pharmacy of the tables of Sichuan: assumption",
    }
    for product, name in KITS.items():
        fact = facts[name]
        yield {
            "id": f"{product}-{site}",
            "site": site,
            "kind": "labelling",
            "product": product,
            "name": f"{product} labelling",
            "name_zh": f"{product}标记",
            "input_product": "tc99m-pertechnetate",
            "max_input": "2 TBq",
            "processing_yield": float(fact["yield_fraction"]),
            "processing_time": hours(fact["processing_h"]),
            "qc_time": hours(fact["qc_release_h"]),
            "start_days": WEEKDAYS.split(","),
            "start_times": [LABELLING],
            "cost": float(fact["cost_cny_per_batch"]),
            **provenance(fact),
        }


def gallium(hospital: Hospital) -> Item:
    """Labelling at a hospital with a Ge-68/Ga-68 generator."""
    fact = indexed("production", "sichuan")["ga68-dota"]
    return {
        "id": f"ga68-{hospital.id}",
        "site": hospital.id,
        "kind": "generator_elution",
        "product": "ga68-doses",
        "name": "Ga-68 labelling",
        "name_zh": "镓-68淋洗标记",
        "input_product": "ge68-generator",
        "processing_yield": 0.88,
        "elution_efficiency": 0.8,
        "processing_time": hours(fact["processing_h"]),
        "qc_time": hours(fact["qc_release_h"]),
        "start_days": ["tue", "thu"],
        "start_times": ["08:30"],
        "cost": float(fact["cost_cny_per_batch"]),
        "source": sourced(fact),
        "assumption": "as in Sichuan; that hospitals with two PET scanners have it: assumption",
    }


def stock(orders: Iterable[Item]) -> Iterator[Item]:
    """Lots in hand; generators of a pharmacy by the doses of the hospitals that are nearest to it."""
    for row in table("stock"):
        yield filled(row)
    needed = morning_gbq(orders)
    days = 2 ** (3 * 86400 / nuclide("Mo-99").half_life_s)
    for row in table("pharmacies"):
        if "tc99m" in row["makes"].split(";"):
            gbq = max(LEAST_GENERATOR_GBQ, SPARE * days * needed.get(row["id"], 0.0))
            yield {
                "id": f"generator-{row['id']}",
                "site": row["id"],
                "product": "tc99m-generator",
                "activity": activity(gbq),
                "reference_time": "2026-12-06 08:00",
                "expires": "2026-12-18 00:00",
                "assumption": "assumption: in use, enough until Wednesday for the nearest hospitals",
            }
    for hospital in hospitals():
        if hospital.own_gallium:
            months = hospital.number % MONTHS
            yield {
                "id": f"gallium-{hospital.id}",
                "site": hospital.id,
                "product": "ge68-generator",
                "activity": activity(GALLIUM_GBQ),
                "reference_time": f"2026-{11 - months:02d}-15 12:00",
                "expires": f"2027-{11 - months:02d}-15 12:00",
                "assumption": "assumption: a generator in use, its age by the number of the hospital",
            }


def morning_gbq(orders: Iterable[Item]) -> dict[str, float]:
    """Mo-99 that each Tc-99m pharmacy elutes on a mean morning for the hospitals nearest to it, GBq."""
    nearest = {hospital.id: hospital.nearest("tc99m") for hospital in hospitals()}
    found: dict[str, float] = defaultdict(float)
    for order in orders:
        if order["product"].startswith("tc99m-") and order["product"] != "tc99m-generator":
            daily = parse_activity(order["activity"]) / 1e9 * len(order["days"]) / 5
            found[nearest[order["site"]]] += daily * before_calibration() / (ELUTED * LABELLED)
    return found


def before_calibration() -> float:
    """Tc-99m at the elution over that at the calibration of the doses, 08:00."""
    minutes = 8 * 60 - 60 * int(ELUTION[:2]) - int(ELUTION[3:])
    return float(2 ** (60 * minutes / nuclide("Tc-99m").half_life_s))


__all__ = ["processes", "products", "resources", "stock"]
