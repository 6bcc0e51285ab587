"""The whole network of China."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from becq.chain.network import Network
from build_china.demand import single_orders, standing_orders
from build_china.hospitals import hospitals
from build_china.lanes import lanes, roads
from build_china.making import processes, products, resources, stock
from build_china.permits import (
    Makers,
    approvals,
    hospital_licence,
    last_day,
    maker_licence,
    use_class_said,
    uses,
)
from build_china.places import sites
from build_china.tables import Item, table

NOTE = (
    "Medical isotopes in China, standing on Monday 7 December 2026. Places, published facts and national "
    "totals are real; which hospital has what, demand of a hospital, capacities, licences, approvals, "
    "timetables and costs are assumptions that say so. Not for operation. Hospital points: Luoyun, "
    "https://github.com/46319943/3AHospital (Apache-2.0); flights: OpenFlights (ODbL)."
)
LAST_DAY = "last day of the licence: assumption"
ELUTED_WHERE_HELD = frozenset({"tc99m-generator", "ge68-generator"})
"""Stock that does not leave its site."""


@dataclass(frozen=True)
class China:
    """The network and the items it was made of."""

    network: Network
    items: dict[str, list[Item]]


def build() -> China:
    """The network of the tables."""
    items = assemble()
    head = {"name": "China", "name_zh": "中国", "note": NOTE}
    return China(Network.model_validate(head | items), items)


def assemble() -> dict[str, list[Item]]:
    standing, single = list(standing_orders()), list(single_orders())
    goods, machines, recipes, lots = (
        list(products()),
        list(resources()),
        list(processes()),
        list(stock(standing)),
    )
    places = list(sites())
    nuclides = {item["id"]: item["nuclide"] for item in goods}
    license_sites(places, goods, [*recipes, *lots], [*standing, *single])
    makers = makers_of(places, recipes, lots)
    permits = list(approvals([*standing, *single], recipes, nuclides, makers))
    return {
        "sites": places,
        "products": goods,
        "resources": machines,
        "processes": recipes,
        "lanes": list(lanes(places)),
        "roads": list(roads(places)),
        "approvals": permits,
        "stock": lots,
        "standing_orders": standing,
        "orders": single,
    }


def license_sites(places: list[Item], goods: list[Item], made: list[Item], orders: list[Item]) -> None:
    """Give every site that holds something its licence."""
    nuclides = {item["id"]: item["nuclide"] for item in goods}
    used = uses(orders, nuclides)
    generators = {order["site"] for order in orders if order["product"] == "tc99m-generator"}
    held: dict[str, set[str]] = defaultdict(set)
    contents = {item["id"]: {item["nuclide"], item.get("daughter", "")} - {""} for item in goods}
    for item in made:
        held[item["site"]] |= contents[item["product"]]
        if "input_product" in item:
            held[item["site"]] |= contents[item["input_product"]]
    by_id = {hospital.id: hospital for hospital in hospitals()}
    for number, place in enumerate(places):
        hospital = by_id.get(place["id"])
        if hospital is not None and place["id"] in used:
            licence, level = hospital_licence(hospital, used[place["id"]], place["id"] in generators)
            place |= {"use_class": level, "licence": licence}
            also(place, use_class_said(hospital, level))
        elif hospital is None and held[place["id"]]:
            place["licence"] = maker_licence(place["kind"], held[place["id"]])
        if "licence" in place:
            place["licence"]["valid_until"] = last_day(number)
            also(place, LAST_DAY)


def also(place: Item, note: str) -> None:
    """One more thing that is assumed of a site."""
    place["assumption"] = "; ".join(filter(None, (place.get("assumption", ""), note)))


def makers_of(places: list[Item], recipes: list[Item], lots: list[Item]) -> Makers:
    """Who makes what in the two weeks; a machine that is not yet built makes nothing."""
    unbuilt = {row["resource"] for row in table("outages") if "under construction" in row["reason"]}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    customers = frozenset(hospital.id for hospital in hospitals())
    for item in [*recipes, *(lot for lot in lots if lot["product"] not in ELUTED_WHERE_HELD)]:
        if item.get("resource") not in unbuilt:
            found[item["product"]][item["site"]] = None
    return Makers(
        by_product={
            product: tuple(site for site in sites if site not in customers)
            for product, sites in found.items()
        },
        own={product: frozenset(sites) & customers for product, sites in found.items()},
        points={place["id"]: (place["lat"], place["lon"]) for place in places},
        holders={place["id"]: place.get("organisation", place["id"]) for place in places},
    )
