"""Sites of a network by province, prefecture, county or jurisdiction, and what is ordered there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from becq.chain.divisions import Division, ancestry, divisions, find, prefecture_of, province_of
from becq.chain.network import Network
from becq.chain.order import StandingOrder
from becq.chain.site import Site
from becq.errors import InputError

Grouping = Literal["province", "prefecture", "county", "jurisdiction"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@dataclass(frozen=True, slots=True)
class Region:
    """The sites of one division or jurisdiction.

    :ivar code: code of GB/T 2260, or the jurisdiction; the text of the province or country of sites outside
        the divisions of China; empty for sites that say nothing.
    :ivar is_coarse: the sites name only a division above the level asked for.
    :ivar kinds: number of sites by kind.
    :ivar standing: number of standing orders.
    :ivar weekly_activity_bq: activity ordered in a week by nuclide, each at its calibration time.
    :ivar weekly_patients: patients of a week, where the orders say for how many they are.
    """

    code: str
    name_en: str
    name_zh: str
    is_coarse: bool
    sites: tuple[Site, ...]
    kinds: Mapping[str, int]
    standing: int
    weekly_activity_bq: Mapping[str, float]
    weekly_patients: int


def regions(network: Network, by: Grouping, on: date | None = None) -> list[Region]:
    """The regions in which the network has sites, by code; sites that say nothing come last.

    Without a division, a site counts by the text of its province (the country, where it is another), and only
    where provinces are asked for.

    :param on: count the standing orders in force on this day; all of them where it is None.
    :raises InputError: for another way of grouping.
    """
    if by not in GROUPINGS:
        raise InputError(f"sites are not grouped by '{by}'; use {', '.join(GROUPINGS)}")
    places: dict[str, list[Site]] = defaultdict(list)
    for site in network.sites:
        places[region_code(site, by)].append(site)
    orders: dict[str, list[StandingOrder]] = defaultdict(list)
    for order in network.standing_orders:
        if on is None or order.holds(on):
            orders[order.site].append(order)
    codes = sorted(places, key=lambda code: (not code, code))
    return [_region(network, by, code, places[code], orders) for code in codes]


def region_code(site: Site, by: Grouping) -> str:
    """The division, province by name, or jurisdiction that a site counts to; empty where it says nothing."""
    if by == "jurisdiction":
        return site.jurisdiction
    if site.division is None or site.division not in divisions():
        if by != "province" or not site.province:
            return ""
        named = province_named(site.province)
        return named.code if named else site.province
    if by == "county":
        return site.division
    province = province_of(site.division)
    if by == "province":
        return province.code
    prefecture = prefecture_of(site.division)
    if prefecture is not None:
        return prefecture.code
    # A municipality has no prefectures and counts as one; a county directly under its province likewise.
    return site.division if province.code in _with_prefectures() else province.code


def division_name(code: str, *, zh: bool) -> str:
    """A division with those above it: 四川省成都市武侯区, or Wuhou District, Chengdu, Sichuan."""
    if code not in divisions():
        return code
    path = list(ancestry(code))
    return "".join(each.name_zh for each in reversed(path)) if zh else ", ".join(e.name_en for e in path)


@lru_cache(maxsize=4096)
def province_named(text: str) -> Division | None:
    """The province of China that a text names; None where it may be anything (a region, another country)."""
    word = re.sub(r"\s+(province|municipality|autonomous region)$", "", text.strip(), flags=re.IGNORECASE)
    try:
        found = find(word)
    except InputError:
        return None
    return found if found.level == "province" else None


@lru_cache(maxsize=1)
def _with_prefectures() -> frozenset[str]:
    return frozenset(
        place.parent for place in divisions().values() if place.level == "prefecture" and place.parent
    )


def _region(
    network: Network,
    by: Grouping,
    code: str,
    sites: Iterable[Site],
    orders: Mapping[str, list[StandingOrder]],
) -> Region:
    within = tuple(sites)
    activity: Counter[str] = Counter()
    number = patients = 0
    for site in within:
        for order in orders.get(site.id, ()):
            product = network.product.get(order.product)
            number += 1
            patients += (order.patients or 0) * len(order.days)
            if product is not None:
                activity[product.nuclide] += order.activity * len(order.days)  # type: ignore[assignment]
    return Region(
        code,
        _name(code, by, zh=False),
        _name(code, by, zh=True),
        by in ("prefecture", "county") and _is_coarse(code, by),
        within,
        dict(Counter(site.kind for site in within).most_common()),
        number,
        dict(sorted(activity.items())),
        patients,
    )


def _is_coarse(code: str, by: Grouping) -> bool:
    place = divisions().get(code)
    if place is None:
        return False
    if by == "county":
        return place.level != "county"
    return place.level == "province" and place.code in _with_prefectures()


def _name(code: str, by: Grouping, *, zh: bool) -> str:
    if by != "jurisdiction":
        return division_name(code, zh=zh)
    country, _, rest = code.partition("-")
    if country == "CN" and rest.isdigit():
        return division_name(f"{rest:0<6}", zh=zh)
    if code == "CN":
        return "中国" if zh else "China"
    return code


__all__ = ["GROUPINGS", "Grouping", "Region", "division_name", "province_named", "region_code", "regions"]
