"""What the sites of ``examples/sichuan`` are permitted: operations, classes of use, approvals of transfers.

Read by ``build_sichuan.py`` and ``build_yantai.py``. All of it is assumed by rule, and every item says so;
the figures come from ``examples/sichuan/tables/licences.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from becq.chain.divisions import find
from becq.chain.places import great_circle_km
from becq.errors import InputError
from becq.physics.quantities import parse_activity

TABLES = Path(__file__).parents[1] / "examples" / "sichuan" / "tables"
DEPARTMENT, WARD = "Nuclear medicine department", "Therapy ward"
NAMES_ZH = {DEPARTMENT: "核医学科", WARD: "核素治疗病房"}
WARD_USES = ("thyroid cancer", "therapy", "trial")
OPERATIONS = {1.0: "simple-liquid", 10.0: "very-simple-liquid", 100.0: "storage-liquid"}
"""Operation factor of licences.csv → code of the table of operation factors."""
SHORT_LIVED, NEAR_KM = frozenset({"F-18", "Ga-68", "Tc-99m"}), 350.0
"""What is only bought nearby, and how near that is."""
APPROVED = 1.5
"""Approved activity over what a year of the orders comes to."""
LOST_ON_THE_WAY = 2.0
"""Activity at dispatch over activity at calibration, on top: short-lived goods travel some half-lives."""
COVER = 1.2
"""Daily limit over the largest day of a hospital's orders, where the default is less."""
ELUTED_GA68_BQ = 3e9
"""Daily limit of Ga-68 with a generator of its own: two elutions of 1.85 GBq at 0.8."""
NEXT_YEAR_WITHOUT = 4
"""Every so many-th transfer has no approval for the next year yet."""
FIVE_YEARS = ("2027-06-30", "2028-03-31", "2029-09-30", "2030-05-31", "2031-02-28")
"""Last days of licences, in turn."""

Item = dict[str, Any]
Row = dict[str, str]


@cache
def hospital_divisions() -> dict[str, str]:
    """Site → code of its county or district."""
    path = TABLES.parents[1] / "china" / "tables" / "sichuan_divisions.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row["division"] for row in csv.DictReader(handle)}


def division(site: str, city_zh: str) -> str:
    """The county of a hospital, else the prefecture or province that the name of the place begins with."""
    if site in hospital_divisions():
        return hospital_divisions()[site]
    places = {"北京": "110000", "上海": "310000", "重庆": "500000", "海盐": "330424", "四川": "510000"}
    for name, code in places.items():
        if city_zh.startswith(name):
            return code
    within = "330000" if city_zh.startswith("杭州") else "510000"
    for length in (3, 2):
        try:
            return find(city_zh[:length], within).code
        except InputError:
            continue
    raise InputError(f"sites.csv: no division is known for {site} in {city_zh}")


def valid_until(number: int, ending: str = "") -> str:
    """Last day of a licence: one of five in turn, or the one that is told."""
    return ending or FIVE_YEARS[number % len(FIVE_YEARS)]


def use_class(row: Row, limits: Iterable[str], own_cyclotron: bool) -> int:
    """Class of the use licence: 4 with a cyclotron, 3 with a generator of a positron nuclide, else 2."""
    if own_cyclotron:
        return 4
    return 3 if row["has_pet"] == "true" and "Ge-68" in limits else 2


def operations(rows: Iterable[Row], nuclides: Iterable[str], has_ward: bool) -> list[Item]:
    """What may be handled a day and a year, by rows of a size class; the ward apart where there is one."""
    licensed = set(nuclides)
    found: dict[tuple[str, str, str], Item] = {}
    for row in rows:
        if row["nuclide"] not in licensed or not row["daily_max_bq"]:
            continue
        workplace = WARD if has_ward and row["use"] in WARD_USES else DEPARTMENT
        code = OPERATIONS[float(row["operation_factor"])]
        item = found.setdefault(
            (workplace, row["nuclide"], code),
            {
                "workplace": workplace,
                "workplace_zh": NAMES_ZH[workplace],
                "workplace_class": row["workplace_class"],
                "nuclide": row["nuclide"],
                "operation": code,
                "daily_limit": 0.0,
                "yearly_limit": 0.0,
            },
        )
        item["daily_limit"] += float(row["daily_max_bq"])
        item["yearly_limit"] += float(row["annual_max_bq"])
    return [
        found[key] | {name: _gbq(found[key][name]) for name in ("daily_limit", "yearly_limit")}
        for key in sorted(found)
    ]


def cover_orders(network: Item) -> list[Item]:
    """The sites, daily limits of hospitals raised where their own orders of a day come to more.

    A department that orders more than the default of its size class is taken to have a licence for it.
    """
    nuclide = {row["id"]: row["nuclide"] for row in network["products"] if row.get("kind") != "generator"}
    days: dict[tuple[str, str, str], float] = {}
    for item in (*network["standing_orders"], *network["orders"]):
        name = nuclide.get(item["product"])
        for day in item.get("days", [str(item["calibration"])[:10]]) if name else ():
            key = (item["site"], name, str(day))
            days[key] = days.get(key, 0.0) + parse_activity(item["activity"])
    peaks: dict[tuple[str, str], float] = {
        (site["id"], "Ga-68"): ELUTED_GA68_BQ / COVER
        for site in network["sites"]
        if any(row["nuclide"] == "Ge-68" for row in site.get("licence", {}).get("nuclides", []))
    }
    for (site, name, _day), amount in days.items():
        peaks[site, name] = max(peaks.get((site, name), 0.0), amount)
    return [_covered(site, peaks) for site in network["sites"]]


def _covered(site: Item, peaks: dict[tuple[str, str], float]) -> Item:
    rows = site.get("licence", {}).get("operations", [])
    daily: dict[str, float] = {}
    for row in rows:
        daily[row["nuclide"]] = daily.get(row["nuclide"], 0.0) + parse_activity(row["daily_limit"])
    raised = []
    for row in rows:
        factor = COVER * peaks.get((site["id"], row["nuclide"]), 0.0) / daily[row["nuclide"]]
        limits = {name: parse_activity(row[name]) for name in ("daily_limit", "yearly_limit")}
        raised.append(
            row | {name: _gbq(value * factor) for name, value in limits.items()} if factor > 1 else row
        )
    return site | {"licence": site["licence"] | {"operations": raised}} if raised else site


def approvals(
    network: Item, weeks: int, years: tuple[int, int], missing: Iterable[tuple[str, str, str]] = ()
) -> Iterator[Item]:
    """Transfers from each maker to each receiver of what it orders or converts, year by year.

    :param network: sites, products, processes, stock, standing_orders and orders as items.
    :param weeks: weeks that the dated orders stand for.
    :param years: the year of the network and the next, of which some approvals are not given yet.
    """
    nuclide = {row["id"]: row["nuclide"] for row in network["products"]}
    place = {row["id"]: (row["lat"], row["lon"]) for row in network["sites"]}
    makers: dict[str, set[str]] = {}
    for item in (*network["processes"], *network["stock"]):
        makers.setdefault(item["product"], set()).add(item["site"])
    yearly: dict[tuple[str, str, str], float] = {}
    for (site, product), weekly_bq in _weekly(network, weeks).items():
        name = nuclide[product]
        away = {
            maker: float(great_circle_km(*place[maker], *place[site]))
            for maker in makers.get(product, set()) - {site}
        }
        reach_km = max(NEAR_KM, 1.1 * min(away.values(), default=0.0))
        for maker, km in away.items():
            if km <= reach_km or name not in SHORT_LIVED:
                key = (maker, site, name)
                yearly[key] = yearly.get(key, 0.0) + 52 * APPROVED * LOST_ON_THE_WAY * weekly_bq
    left_out = set(missing)
    for number, ((maker, site, name), amount) in enumerate(sorted(yearly.items())):
        if (maker, site, name) in left_out:
            continue
        for year in years:
            if year == years[1] and number % NEXT_YEAR_WITHOUT == 0:
                continue
            yield {
                "id": f"{maker}.{site}.{name}.{year}",
                "origin": maker,
                "destination": site,
                "nuclide": name,
                "activity": _gbq(amount),
                "valid_from": f"{year}-01-01",
                "valid_until": f"{year}-12-31",
                "assumption": "assumption: every maker may deliver three times the year's orders",
            }


def _weekly(network: Item, weeks: int) -> dict[tuple[str, str], float]:
    """(site, product) → activity wanted in a week, in Bq."""
    found: dict[tuple[str, str], float] = {}
    for items, span in ((network["standing_orders"], 1), (network["orders"], weeks)):
        for item in items:
            deliveries = len(item["days"]) if "days" in item else 1
            key = (item["site"], item["product"])
            found[key] = found.get(key, 0.0) + parse_activity(item["activity"]) * deliveries / span
    for item in network["processes"]:  # what is converted or eluted elsewhere than it is made
        if item.get("input_product") and item.get("max_input"):
            found[item["site"], item["input_product"]] = 7 * parse_activity(item["max_input"])
        elif item["kind"] == "generator_elution":
            found[item["site"], item["input_product"]] = parse_activity("400 GBq")
    return found


def _gbq(activity_bq: float) -> str:
    """An activity as the network writes it, four significant figures."""
    return f"{float(f'{activity_bq / 1e9:.4g}'):.10g} GBq"
