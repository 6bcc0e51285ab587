"""The network against the published national figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from becq.physics.nuclides import nuclide
from becq.physics.quantities import parse_activity
from build_china.demand import ELUTED, LABELLED, TC99M, kinds, technetium_sessions
from build_china.hospitals import hospitals, own_machines
from build_china.making import before_calibration
from build_china.network import China
from build_china.tables import WEEKS, WEEKS_A_YEAR, Item, table

CURIE_BQ = 3.7e10
PET = ("fdg", "ga68", "psma-pet", "amyloid")
HEAD = (
    "| quantity | network | published | ratio | year | published by |\n"
    "| --- | ---: | ---: | ---: | --- | --- |"
)


@dataclass(frozen=True)
class Total:
    """One line: what the network has and what was published; bounds of the ratio where they agree."""

    name: str
    network: float
    published: float
    year: str
    source: str
    bounds: tuple[float, float] | None = None

    @property
    def ratio(self) -> float:
        return self.network / self.published

    def line(self) -> str:
        own, other = shown(self.network), shown(self.published)
        return f"| {self.name} | {own} | {other} | {self.ratio:.2f} | {self.year} | {self.source} |"


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"


@cache
def published(quantity: str, year: str, division: str = "") -> float:
    """A figure of survey.csv."""
    for row in table("survey"):
        if (row["quantity"], row["year"], row["division"]) == (quantity, year, division):
            return float(row["value"])
    raise KeyError(quantity)


@cache
def figure(name: str) -> dict[str, str]:
    """A row of figures.csv."""
    return next(row for row in table("figures") if row["quantity"] == name)


def weekly_by_kind(items: dict[str, list[Item]], province: str = "") -> dict[str, float]:
    """Patients a week by kind of procedure, of the country or of one province."""
    where = {hospital.id: hospital.row["province"] for hospital in hospitals()}
    found: dict[str, float] = defaultdict(float)
    for order in items["standing_orders"]:
        kind = order["assumption"].rpartition(" ")[2]
        if kind not in TC99M and kind != "generator" and where[order["site"]].startswith(province):
            found[kind] += len(order["days"]) * order["patients"]
    for order in items["orders"]:
        if where[order["site"]].startswith(province):
            found[order["assumption"].rpartition(" ")[2]] += order["patients"] / WEEKS
    for hospital, sessions in technetium_sessions():
        if hospital.row["province"].startswith(province):
            for kind, (days, patients) in sessions.items():
                found[kind] += days * patients
    return found


def molybdenum_tbq(items: dict[str, list[Item]]) -> tuple[float, float]:
    """Mo-99 a week at the calibration of the generators, TBq: of hospitals, and of pharmacies.

    Pharmacies have generators on Monday that still give enough on Wednesday, and add on Thursday what Friday
    needs beyond them; they elute before dawn what is calibrated to 08:00.
    """
    own, doses = 0.0, 0.0
    for order in items["standing_orders"]:
        bq = parse_activity(order["activity"]) * len(order["days"])
        if order["product"] == "tc99m-generator":
            own += bq
        elif order["product"].startswith("tc99m-"):
            doses += bq / 5
    needed = doses * before_calibration() / (ELUTED * LABELLED)
    day = 2 ** (86400 / nuclide("Mo-99").half_life_s)
    monday = needed * day**2
    thursday = needed * (1 - day**2 / day**4) * day
    return own / 1e12, (monday + thursday) / 1e12


def imported_share(items: dict[str, list[Item]], product: str) -> float:
    """Share of imports in what the batches of a week give after processing; nothing from what is unbuilt."""
    unbuilt = {row["resource"] for row in table("outages") if "under construction" in row["reason"]}
    found: dict[bool, float] = defaultdict(float)
    for process in items["processes"]:
        if process["product"] == product and process.get("resource") not in unbuilt:
            batches = len(process["start_days"]) * len(process["start_times"])
            kept = float(process.get("processing_yield", 1.0))
            found[process["kind"] == "import"] += (
                batches * kept * parse_activity(process["activity_per_batch"])
            )
    return found[True] / sum(found.values())


def pet_cyclotrons(items: dict[str, list[Item]]) -> int:
    """Machines of the network that stand in hospitals and pharmacies; others make Cu-64 and the like."""
    places = {hospital.id for hospital in hospitals()} | {row["id"] for row in table("pharmacies")}
    machines = [item for item in items["resources"] if item["kind"] == "cyclotron"]
    return sum(item["site"] in places | {"wch-cyclotron"} for item in machines)


def totals(china: China) -> list[Total]:
    """All lines of the comparison."""
    census, quality, sanctions = "CSNM census", "quality control centre", "survey of Beijing"
    weekly = weekly_by_kind(china.items)
    year = {kind: WEEKS_A_YEAR * count for kind, count in weekly.items()}
    beijing = {kind: WEEKS_A_YEAR * n for kind, n in weekly_by_kind(china.items, "11").items()}
    shanghai = weekly_by_kind(china.items, "31")
    people = published("population", "2020", "310000")
    per_thousand = 1e3 * WEEKS_A_YEAR * sum(shanghai[kind] for kind in (*TC99M, *PET)) / people
    own_mo, pharmacy_mo = molybdenum_tbq(china.items)
    mo_ci = (own_mo + pharmacy_mo) * 1e12 / CURIE_BQ
    iodine = sum(
        year[kind] * float(kinds()[kind]["activity_mbq"]) for kind in ("hyperthyroidism", "thyroid-cancer")
    )
    named = sum(row["network"] in ("Andike", "Dongcheng") for row in table("pharmacies"))
    every = hospitals()
    tight = (0.98, 1.02)
    exact = (1.0, 1.0)

    def line(
        name: str,
        value: float,
        quantity: str,
        at: str,
        source: str,
        bounds: tuple[float, float] | None = None,
        division: str = "",
    ) -> Total:
        return Total(name, value, published(quantity, at, division), at, source, bounds)

    def found(name: str, value: float, quantity: str, bounds: tuple[float, float] | None = None) -> Total:
        row = figure(quantity)
        return Total(name, value, float(row["value"]), row["year"], row["short"], bounds)

    spect = sum(year[kind] for kind in TC99M)
    return [
        line("departments", len(every), "departments", "2019", census, exact),
        line("departments", len(every), "departments", "2024", "Yang et al."),
        line("PET scanners", sum(h.pet for h in every), "pet_scanners", "2019", census, exact),
        found("PET scanners", sum(h.pet for h in every), "pet_scanners_2023"),
        line("SPECT scanners", sum(h.spect for h in every), "spect_scanners", "2019", census, exact),
        line("hospitals with PET", sum(h.pet > 0 for h in every), "pet_institutes", "2020", quality),
        line("hospitals with SPECT", sum(h.spect > 0 for h in every), "spect_institutes", "2020", quality),
        line(
            "departments with therapy",
            sum(h.therapy for h in every),
            "therapy_departments",
            "2019",
            census,
            exact,
        ),
        line("therapy beds", sum(h.beds for h in every), "therapy_beds", "2019", census, exact),
        line("PET cyclotrons", pet_cyclotrons(china.items), "cyclotrons", "2019", census, exact),
        line(
            "hospitals that make their own PET drugs",
            len(own_machines()),
            "own_pet_drug_units",
            "2018",
            census,
        ),
        found("pharmacies of the Dongcheng group that a source names", named, "dongcheng_pharmacies"),
        line("PET examinations a year", sum(year[k] for k in PET), "pet_examinations", "2019", census, tight),
        line("SPECT examinations a year", spect, "spect_examinations", "2019", census, (0.95, 1.0)),
        line("bone scans a year", year["bone"], "bone_examinations", "2019", census, tight),
        line(
            "I-131 for hyperthyroidism a year",
            year["hyperthyroidism"],
            "hyperthyroidism_patients",
            "2019",
            census,
            tight,
        ),
        line(
            "I-131 for thyroid cancer a year",
            year["thyroid-cancer"],
            "thyroid_cancer_patients",
            "2019",
            census,
            tight,
        ),
        line(
            "Sr-89 therapies a year",
            year["bone-metastases"],
            "bone_metastasis_patients",
            "2019",
            census,
            tight,
        ),
        line(
            "patients of all kinds a year, without assumed uptake tests",
            sum(year.values()) - year["uptake"],
            "patients",
            "2024",
            "Yang et al., at least",
        ),
        line(
            "SPECT examinations a year, Beijing",
            sum(beijing[k] for k in TC99M),
            "spect_examinations",
            "2018",
            sanctions,
            division="110000",
        ),
        line(
            "PET examinations a year, Beijing",
            sum(beijing[k] for k in PET),
            "pet_examinations",
            "2018",
            sanctions,
            division="110000",
        ),
        found("diagnostic procedures per 1000 people, Shanghai", per_thousand, "shanghai_frequency"),
        found("Mo-99 a week in generators at their calibration, Ci", mo_ci, "mo99_week", (0.0, 1.0)),
        found(
            "imported share of Mo-99 batches",
            imported_share(china.items, "mo99-bulk"),
            "mo99_imported",
            exact,
        ),
        found("imported share of I-131 batches", imported_share(china.items, "i131-bulk"), "i131_imported"),
        found(
            "I-131 a year at the calibration of therapies, Ci",
            iodine * 1e6 / CURIE_BQ,
            "i131_year",
            (0.0, 1.0),
        ),
    ]


__all__ = ["HEAD", "Total", "molybdenum_tbq", "published", "totals", "weekly_by_kind"]
