"""What a network must satisfy beyond its single rows: references, nuclides, lanes, times.

Only what can never be right is a flaw here. What a plan can explain (a licence that does not cover a
nuclide, a product that nobody makes in time) is left to the plan.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from becq.chain.lane import ANY_SITE
from becq.chain.network import SECTIONS
from becq.chain.order import Order, StandingOrder
from becq.chain.permission_consistency import approval_flaws, site_flaws
from becq.chain.process import CONVERTING, Process
from becq.chain.product import Product
from becq.chain.radiopharmaceuticals import radiopharmaceuticals
from becq.chain.site import TRANSIT_KINDS
from becq.chain.source import Flaw, Path
from becq.chain.suggestion import did_you_mean, where_defined
from becq.chain.survey import FIRST_YEAR, LAST_YEAR, Survey, implausible_year, stable_nuclide
from becq.physics.decay_data import descendants
from becq.physics.nuclides import nuclide

_ORDERING_KINDS = frozenset({"hospital", "radiopharmacy", "warehouse", "reactor", "accelerator"})


def inconsistencies(survey: Survey) -> list[Flaw]:
    """Every flaw of the network as a whole, by section."""
    flaws = [
        *_unknown(survey),
        *site_flaws(survey),
        *_products(survey),
        *_resources(survey),
        *_processes(survey),
        *_lanes(survey),
        *_roads(survey),
        *approval_flaws(survey),
        *_vehicles(survey),
        *_packagings(survey),
        *_stock(survey),
        *_demand(survey, "standing_orders", survey.network.standing_orders),
        *_demand(survey, "orders", survey.network.orders),
        *_unreachable(survey),
    ]
    order = {section: rank for rank, section in enumerate(SECTIONS)}
    return sorted(flaws, key=lambda flaw: (order[str(flaw.path[0])], flaw.path[1]))


def _unknown(survey: Survey) -> Iterator[Flaw]:
    network = survey.network
    for section, index, field, target, identifier in network.references():
        if identifier in survey.known[target]:
            continue
        path = survey.at(section, index, field)
        named = getattr(getattr(network, section)[index], field)
        if isinstance(named, list) and identifier in named:
            path = (*path, named.index(identifier))
        remedy = where_defined(identifier, target, survey.known[target])
        yield Flaw(path, f"'{identifier}' is not defined under {target}", remedy, undefined_in=target)


def _products(survey: Survey) -> Iterator[Flaw]:
    for index, product in enumerate(survey.network.products):
        yield from stable_nuclide(product.nuclide, survey.at("products", index, "nuclide"))
        yield from _drug(product, survey.at("products", index, "drug"))
        path = survey.at("products", index, "daughter")
        if product.kind == "generator" and product.daughter is None:
            yield Flaw(path, "a generator needs a daughter", "name the nuclide that is eluted")
        elif product.kind != "generator" and product.daughter is not None:
            yield Flaw(
                path,
                f"a product of kind {product.kind} has no daughter",
                "leave it out, or use kind generator",
            )
        elif product.daughter is not None and not nuclide(product.nuclide).stable:
            progeny = descendants([product.nuclide], stable=False)[1:]
            if product.daughter not in progeny:
                remedy = (
                    f"{product.nuclide} decays to {', '.join(progeny)}"
                    if progeny
                    else (f"{product.nuclide} has no radioactive progeny")
                )
                yield Flaw(path, f"{product.daughter} does not grow from {product.nuclide}", remedy)


def _drug(product: Product, path: Path) -> Iterator[Flaw]:
    """The drug of a product exists and is of its nuclide."""
    if product.drug is None:
        return
    drug = radiopharmaceuticals().get(product.drug)
    if drug is None:
        remedy = did_you_mean(product.drug, radiopharmaceuticals())
        yield Flaw(path, f"there is no drug '{product.drug}'", remedy or "see the table radiopharmaceuticals")
    elif drug.nuclide != product.nuclide:
        message = f"'{product.drug}' is a drug of {drug.nuclide}, the product is {product.nuclide}"
        yield Flaw(path, message, f"name a drug of {product.nuclide}")


def _resources(survey: Survey) -> Iterator[Flaw]:
    for index, resource in enumerate(survey.network.resources):
        yield from _no_transit(survey, survey.at("resources", index, "site"), resource.site, "a resource")
        for number, outage in enumerate(resource.outages):
            for field in ("start", "end"):
                path = survey.at("resources", index, "outages", number, field)
                yield from implausible_year(getattr(outage, field), path)


def _processes(survey: Survey) -> Iterator[Flaw]:
    network = survey.network
    makers: dict[str, list[Process]] = defaultdict(list)
    for process in network.processes:
        makers[process.product].append(process)
    for index, process in enumerate(network.processes):
        yield from _no_transit(survey, survey.at("processes", index, "site"), process.site, "a process")
        resource = network.resource.get(process.resource or "")
        if resource is not None and resource.site != process.site:
            yield Flaw(
                survey.at("processes", index, "resource"),
                f"'{resource.id}' stands at '{resource.site}', the process runs at '{process.site}'",
                "use a resource of the same site",
            )
        product = network.product.get(process.product)
        taken = network.product.get(process.input_product or "")
        if product is not None and taken is not None:
            for field, message, remedy in _misuse(process, product, taken):
                yield Flaw(survey.at("processes", index, field), message, remedy)
        demanding = product is not None and product.min_specific_activity is not None
        if demanding and not _declares(process, makers, frozenset()):
            yield Flaw(
                survey.at("processes", index, "specific_activity_eob"),
                f"'{process.product}' has a least specific activity, and this process states none",
                "give specific_activity_eob, for example '450 GBq/mg'",
            )
        for number, outage in enumerate(process.outages):
            for field in ("start", "end"):
                path = survey.at("processes", index, "outages", number, field)
                yield from implausible_year(getattr(outage, field), path)


def _misuse(process: Process, product: Product, taken: Product) -> Iterator[tuple[str, str, str]]:
    """(field, message, remedy) of a process whose product and input do not go together."""
    if process.kind == "generator_elution":
        if taken.kind != "generator":
            yield (
                "input_product",
                f"'{taken.id}' is a product of kind {taken.kind}; an elution takes a generator",
                "name the generator that is eluted",
            )
        elif taken.daughter is not None and product.nuclide != taken.daughter:
            yield (
                "product",
                f"'{product.id}' is {product.nuclide}, but '{taken.id}' yields {taken.daughter}",
                f"name a product of {taken.daughter}",
            )
        return
    if product.nuclide != taken.nuclide:
        yield (
            "input_product",
            f"'{taken.id}' is {taken.nuclide}, but '{product.id}' is {product.nuclide}",
            f"a {process.kind} keeps the nuclide: name an input of {product.nuclide}",
        )
    if process.kind == "generator_manufacture" and product.kind != "generator":
        yield (
            "product",
            f"'{product.id}' is a product of kind {product.kind}; generator_manufacture makes a generator",
            "name a product of kind generator",
        )
    if taken.kind == "generator":
        yield (
            "input_product",
            f"'{taken.id}' is a generator; a {process.kind} takes no generator",
            "name a product of kind bulk, or use kind generator_elution",
        )


def _declares(process: Process, makers: Mapping[str, Sequence[Process]], seen: frozenset[str]) -> bool:
    """Whether the specific activity of what a process makes follows from the file.

    Conversions keep the specific activity of their input, so it is enough that its makers state it.
    """
    if process.specific_activity_eob is not None:
        return True
    if process.kind not in CONVERTING or process.input_product is None or process.id in seen:
        return False
    before = makers.get(process.input_product, ())
    return bool(before) and all(_declares(maker, makers, seen | {process.id}) for maker in before)


def _lanes(survey: Survey) -> Iterator[Flaw]:
    for index, lane in enumerate(survey.network.lanes):
        if ANY_SITE not in lane.origins and set(lane.origins) == set(lane.destinations):
            yield Flaw(
                survey.at("lanes", index, "destinations"),
                "the lane ends where it starts: origins and destinations are the same",
                "name other destinations, or leave the lane out",
            )


def _roads(survey: Survey) -> Iterator[Flaw]:
    """A way leads from one site to another and is given once in each direction."""
    given: dict[tuple[str, str], int] = {}
    for index, road in enumerate(survey.network.roads):
        path = survey.at("roads", index, "destination")
        if road.origin == road.destination:
            message = f"the way ends where it starts, at '{road.origin}'"
            yield Flaw(path, message, "name another destination")
            continue
        pairs = [(road.origin, road.destination)]
        if road.both_ways:
            pairs.append((road.destination, road.origin))
        for pair in pairs:
            if pair in given:
                message = f"the way from '{pair[0]}' to '{pair[1]}' is given twice"
                first = survey.at("roads", given[pair])
                yield Flaw(path, message, "keep one of them (both_ways counts in both directions)", first)
                break
        given |= {pair: given.get(pair, index) for pair in pairs}


def _vehicles(survey: Survey) -> Iterator[Flaw]:
    for index, vehicle in enumerate(survey.network.vehicles):
        yield from _no_transit(survey, survey.at("vehicles", index, "site"), vehicle.site, "a vehicle")


def _packagings(survey: Survey) -> Iterator[Flaw]:
    """A product is packed in one way."""
    first: dict[str, int] = {}
    for index, packaging in enumerate(survey.network.packagings):
        for place, name in enumerate(packaging.products):
            if name in first:
                path = survey.at("packagings", index, "products", place)
                before = survey.at("packagings", first[name])
                yield Flaw(path, f"'{name}' is packed in two ways", "name it under one packaging", before)
            first.setdefault(name, index)


def _stock(survey: Survey) -> Iterator[Flaw]:
    network = survey.network
    for index, lot in enumerate(network.stock):
        yield from _no_transit(survey, survey.at("stock", index, "site"), lot.site, "a lot in stock")
        yield from implausible_year(lot.reference_time, survey.at("stock", index, "reference_time"))
        if lot.expires is None:
            continue
        path = survey.at("stock", index, "expires")
        yield from implausible_year(lot.expires, path)
        if network.instant(lot.expires) <= network.instant(lot.reference_time):
            yield Flaw(path, "the lot expires before its reference time", "give a later expiry")


def _demand(survey: Survey, section: str, orders: Iterable[Order | StandingOrder]) -> Iterator[Flaw]:
    network = survey.network
    for index, order in enumerate(orders):
        site = network.site.get(order.site)
        if site is not None and site.kind not in _ORDERING_KINDS:
            yield Flaw(
                survey.at(section, index, "site"),
                f"'{site.id}' is a site of kind {site.kind} and cannot order",
                "name a hospital, radiopharmacy or producer",
            )
        if isinstance(order, StandingOrder):
            if order.valid_from and order.valid_to and order.valid_to < order.valid_from:
                yield Flaw(
                    survey.at(section, index, "valid_to"),
                    "the standing order ends before it begins (valid_to < valid_from)",
                    "give a valid_to on or after valid_from",
                )
            fields: tuple[str, ...] = ("valid_from", "valid_to")
        else:
            fields = ("calibration", "earliest", "latest")
        for field in fields:
            if getattr(order, field) is not None:
                yield from implausible_year(getattr(order, field), survey.at(section, index, field))


def _unreachable(survey: Survey) -> Iterator[Flaw]:
    """Ordering sites into which no lane leads and where what they order is neither made nor held."""
    network = survey.network
    if len(survey.rows["lanes"]) < len(survey.known["lanes"]):
        return  # a bad lane may be the one that leads there
    reached: set[str] = set()
    for lane in network.lanes:
        reached.update(lane.destinations)
        if lane.both_ways:
            reached.update(lane.origins)
    if ANY_SITE in reached:
        return
    present = {(process.site, process.product) for process in network.processes}
    present |= {(lot.site, lot.product) for lot in network.stock}
    first: dict[str, Path] = {}
    count: Counter[str] = Counter()
    demands: tuple[tuple[str, Sequence[Order | StandingOrder]], ...] = (
        ("standing_orders", network.standing_orders),
        ("orders", network.orders),
    )
    for section, orders in demands:
        for index, order in enumerate(orders):
            known = order.site in survey.known["sites"]
            fitting = [order.product, *(each.product for each in order.alternatives)]
            here = any((order.site, product) in present for product in fitting)
            if known and order.site not in reached and not here:
                first.setdefault(order.site, survey.at(section, index, "site"))
                count[order.site] += 1
    for identifier, path in first.items():
        orders_text = "this order" if count[identifier] == 1 else f"{count[identifier]} orders"
        yield Flaw(
            path,
            f"no lane leads to '{identifier}', so {orders_text} cannot be delivered",
            "add a lane with this site, or '*' by road, among its destinations",
        )


def _no_transit(survey: Survey, path: Path, identifier: str, what: str) -> Iterator[Flaw]:
    site = survey.network.site.get(identifier)
    if site is not None and site.kind in TRANSIT_KINDS:
        yield Flaw(
            path,
            f"'{identifier}' is a site of kind {site.kind}: {what} cannot be there",
            "goods only pass through airports and stations; name another site",
        )


__all__ = ["FIRST_YEAR", "LAST_YEAR", "Survey", "inconsistencies"]
