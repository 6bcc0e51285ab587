"""Licences by what a site does, and approvals of the transfers that the demand implies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from becq.chain.places import great_circle_km
from becq.physics.nuclides import nuclide
from becq.physics.quantities import parse_activity
from becq.rules.reference import workplace_classes
from becq.rules.workplace import daily_equivalent_bq
from build_china.hospitals import Hospital
from build_china.making import GALLIUM_GBQ
from build_china.tables import Item, activity, parameter, said

GBQ, DAY_S, HOUR_S = 1e9, 86400.0, 3600.0
MAKER_LIMIT = {
    "reactor": "5000 TBq",
    "radiopharmacy": "500 TBq",
    "accelerator": "50 TBq",
    "warehouse": "500 TBq",
}
OPERATION = {"Mo-99": "storage-liquid", "Ge-68": "storage-liquid", "I-125": "simple-clean-solid"}
"""Kinds of operation in a department (codes of operation_factors.csv); all others: SIMPLE or VERY_SIMPLE."""
SIMPLE, VERY_SIMPLE = "simple-liquid", "very-simple-liquid"
PREPARED = ("Lu-177", "Ac-225", "Cu-64", "Ga-68", "Y-90", "Ra-223", "Sr-89")
WORKPLACE = "Nuclear medicine department"
LEAD_S = {"F-18": 4 * HOUR_S, "Tc-99m": 5 * HOUR_S, "Cu-64": DAY_S, "Mo-99": 3 * DAY_S}
"""From departure to calibration, for the activity that an approval counts; others two days."""
USES, PREPARES = 2, 3
"""Classes of the use licence: any drug given to patients, and positron drugs prepared in the hospital."""
FIRST_END, STRIDE = date(2026, 12, 31), 733
"""First day on which a licence ends, after the two weeks; days from one site to the next, so that neighbours
in the table do not end together."""
YEARS = (2026, 2027)
"""The year of the first day, and the next: applied for before 1 December."""
PHARMACY_TBQ_WEEK = 3.0
"""Mo-99 in generators for one Tc-99m pharmacy a week: assumption."""


@dataclass
class Use:
    """What a hospital gets and uses of one nuclide, Bq."""

    week: float = 0.0
    delivery: float = 0.0
    days: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def day(self) -> float:
        return max(self.days.values())


def uses(orders: Iterable[Item], nuclides: Mapping[str, str]) -> dict[str, dict[str, Use]]:
    """By hospital and nuclide: what comes in a week and on the busiest day, at the delivery."""
    found: dict[str, dict[str, Use]] = defaultdict(lambda: defaultdict(Use))
    for order in orders:
        name = nuclides[order["product"]]
        bq = parse_activity(order["activity"]) * at_delivery(order, name)
        use = found[order["site"]][name]
        days = order.get("days") or [order["earliest"][:10]]
        use.week += bq * len(days) if "days" in order else bq
        use.delivery = max(use.delivery, bq)
        for day in days:
            use.days[day] += bq
    return found


def at_delivery(order: Item, name: str) -> float:
    """Activity at the beginning of the delivery window over that at the calibration."""
    if "days" in order:
        start, end = minutes(order["earliest"]), minutes(order["calibration"])
        waits = 60.0 * (end - start) + DAY_S * order.get("calibration_day_offset", 0)
    else:
        start, end = minutes(order["earliest"][11:]), minutes(order["calibration"][11:])
        waits = 60.0 * (end - start) + DAY_S * (order["calibration"][:10] != order["earliest"][:10])
    return float(2 ** (waits / nuclide(name).half_life_s))


def minutes(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:5])


def hospital_licence(hospital: Hospital, used: Mapping[str, Use], generator: bool) -> tuple[Item, int]:
    """The licence and the class of the use licence of a hospital."""
    limits, handled = {}, {}
    for name, use in used.items():
        period = use.week if nuclide(name).half_life_s > DAY_S else use.day
        limits[name] = parameter("possession") * period
        handled[name] = parameter("operated") * use.day
    if generator:
        limits["Tc-99m"] = handled["Tc-99m"] = limits["Mo-99"]
    if hospital.own_machine:
        limits["F-18"] = handled["F-18"] = 1e12
    if hospital.own_gallium:
        limits |= {"Ge-68": 2 * GALLIUM_GBQ * GBQ, "Ga-68": 2 * GALLIUM_GBQ * GBQ}
        handled |= {"Ge-68": 2 * GALLIUM_GBQ * GBQ, "Ga-68": 2 * GALLIUM_GBQ * GBQ}
    names = sorted(limits)
    codes = [OPERATION.get(name, SIMPLE if name in PREPARED else VERY_SIMPLE) for name in names]
    daily = {name: rounded(handled[name]) for name in names}
    kind = workplace_class(daily_equivalent_bq(names, [parse_activity(daily[name]) for name in names], codes))
    licence = {
        "scope": ["produce", "use"] if hospital.own_machine else ["use"],
        "nuclides": [
            {"nuclide": name, "possession_limit": rounded(limits[name]), "assumption": "by rule: possession"}
            for name in names
        ],
        "operations": [
            {
                "workplace": WORKPLACE,
                "workplace_class": kind,
                "nuclide": name,
                "operation": code,
                "daily_limit": daily[name],
                "yearly_limit": rounded(250 * handled[name]),
                "assumption": "by rule: operated",
            }
            for name, code in zip(names, codes, strict=True)
        ],
    }
    return licence, PREPARES if hospital.own_machine or hospital.own_gallium else USES


def last_day(number: int) -> str:
    """Last day of the licence of the site of this number: any day of the years for which licences hold."""
    span = round(365.2425 * parameter("licence_years"))
    return str(FIRST_END + timedelta(days=number * STRIDE % span))


def use_class_said(hospital: Hospital, level: int) -> str:
    """Where the class of a use licence comes from."""
    if level == PREPARES:
        return "use licence of class 3, as it prepares positron drugs (SFDA provisions of January 2006)"
    if hospital.pet:
        return "use licence of class 2, as it uses positron drugs (SFDA provisions of January 2006)"
    return "use licence of class 2: assumption"


def workplace_class(equivalent_bq: float | None) -> str:
    if equivalent_bq is None:
        raise ValueError("a nuclide has no radiotoxicity group or operation")
    return str(workplace_classes(equivalent_bq))


def rounded(bq: float) -> str:
    """Two digits, not below."""
    digits = 1 - int(np.floor(np.log10(bq)))
    return activity(float(np.ceil(bq * 10.0**digits) / 10.0**digits) / GBQ)


def maker_licence(kind: str, nuclides: Iterable[str]) -> Item:
    limit = MAKER_LIMIT[kind]
    note = "amounts of such permits are not published: large enough not to bind"
    return {
        "scope": ["produce", "sell", "use"],
        "nuclides": [
            {"nuclide": name, "possession_limit": limit, "assumption": note} for name in sorted(nuclides)
        ],
    }


@dataclass(frozen=True)
class Makers:
    """Who makes or holds each product (``own``: hospitals, for themselves), and where everybody is."""

    by_product: Mapping[str, tuple[str, ...]]
    own: Mapping[str, frozenset[str]]
    points: Mapping[str, tuple[float, float]]
    holders: Mapping[str, str]

    def all_of(self, product: str, site: str) -> list[str]:
        """Makers of a product elsewhere, the nearest first."""
        return [maker for _, maker in self._ranked(product, site)]

    def suppliers(self, product: str, site: str) -> list[str]:
        """Those whom a customer has approvals for."""
        ranked, most = self._ranked(product, site), int(parameter("suppliers"))
        near = [maker for km, maker in ranked if km <= parameter("pharmacy_km")]
        return list(
            dict.fromkeys([*(maker for _, maker in ranked[:most]), *near[: int(parameter("near_suppliers"))]])
        )

    def _ranked(self, product: str, site: str) -> list[tuple[float, str]]:
        makers = [maker for maker in self.by_product.get(product, ()) if maker != site]
        if not makers:
            return []
        lat, lon = np.array([self.points[maker] for maker in makers]).T
        km = np.asarray(great_circle_km(*self.points[site], lat, lon)).tolist()
        return sorted(zip(km, makers, strict=True))


def approvals(
    orders: Iterable[Item], processes: Iterable[Item], nuclides: Mapping[str, str], makers: Makers
) -> Iterator[Item]:
    """For each supplier, customer and nuclide, this year and the next."""
    wanted: dict[tuple[str, str, str], float] = defaultdict(float)
    for order in orders:
        product, site = order["product"], order["site"]
        name = nuclides[product]
        weekly = parse_activity(order["activity"]) * len(order.get("days", "1"))
        weekly *= 1.0 if "days" in order else 0.5
        if site in makers.own.get(product, ()):
            continue  # makes it itself
        for maker in makers.suppliers(product, site):
            wanted[maker, site, name] += weekly
    for process in processes:
        if "input_product" not in process:
            continue
        product, site = process["input_product"], process["site"]
        if "max_input" in process:
            weekly = parse_activity(process["max_input"]) * len(process["start_days"])
        else:
            weekly = PHARMACY_TBQ_WEEK * 1e12
        if product in ("ge68-generator", "tc99m-pertechnetate"):
            continue
        for maker in makers.all_of(product, site):
            if makers.holders[maker] != makers.holders[site]:
                wanted[maker, site, nuclides[product]] += weekly
    note = said("approved")["assumption"].removeprefix("assumption: ")
    for number, ((origin, destination, name), weekly) in enumerate(sorted(wanted.items()), 1):
        lead = 2 ** (LEAD_S.get(name, 2 * DAY_S) / nuclide(name).half_life_s)
        bq = parameter("approved") * 52 * weekly * lead
        for year in YEARS:
            yield {
                "id": f"A{number:05d}-{year % 100}",
                "origin": origin,
                "destination": destination,
                "nuclide": name,
                "activity": rounded(bq),
                "valid_from": f"{year}-01-01",
                "valid_until": f"{year}-12-31",
                "assumption": f"by rule: {note.partition(' over')[0]}",
            }
