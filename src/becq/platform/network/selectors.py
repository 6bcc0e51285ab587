"""What a person may know of the network.

Who is where, what is sold and how goods travel is no secret; licences, approvals of transfers, machines,
processes, lots and prices are shown to their own organisation, to the regulator of the province, and to
the operator's people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from becq.chain.approval import Approval
from becq.chain.definition import define
from becq.chain.item import Item
from becq.chain.lane import Lane
from becq.chain.network import SECTIONS, Network
from becq.chain.order import StockLot
from becq.chain.process import Process, Resource
from becq.chain.product import Product
from becq.chain.road import RoadLeg
from becq.chain.site import Site as ChainSite
from becq.chain.vehicle import Packaging, Vehicle
from becq.errors import ConflictError, InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market import selectors as market
from becq.platform.network.models import NetworkItem, NetworkMeta, Section, Site

HEAD = ("name", "name_zh", "timezone", "note")
_PRICES = ("cost_per_trip", "cost_per_km")

ItemType = TypeVar("ItemType", bound=Item)


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One outage of a resource. ``key`` names it to ``services.edit_outage`` and ``withdraw_outage``."""

    resource: str
    site: str
    key: str
    start: datetime
    end: datetime
    reason: str
    reason_zh: str


def meta(viewer: User) -> NetworkMeta | None:
    """Name, zone and revision of the network; None while there is none."""
    policy.require(viewer, "network.read")
    return NetworkMeta.objects.filter(pk=1).first()


def require_meta(viewer: User) -> NetworkMeta:
    """The head of the network.

    :raises ConflictError: while there is no network.
    """
    found = meta(viewer)
    if found is None:
        raise ConflictError("There is no network yet; import a network file first")
    return found


def sites(viewer: User) -> QuerySet[Site]:
    """Every site by name, kind and place, in the order of the file."""
    policy.require(viewer, "network.read")
    return Site.objects.select_related("organisation")


def own_sites(viewer: User) -> QuerySet[Site]:
    """The sites whose data the viewer may see; of a person bound to one site, that one."""
    found = sites(viewer).filter(policy.network_scope(viewer, "organisation"))
    if viewer.site_code and not policy.coordinates(viewer):
        found = found.filter(code=viewer.site_code)
    return found


def own_site_codes(viewer: User) -> frozenset[str]:
    """Codes of ``own_sites``."""
    return frozenset(own_sites(viewer).values_list("code", flat=True))


def site(viewer: User, code: str) -> Site:
    """One site by code.

    :raises InputError: if there is none.
    """
    found = sites(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no site '{code}' in the network")
    return found


def own_site(viewer: User, code: str) -> Site:
    """One of ``own_sites`` by code.

    :raises InputError: if there is none that the viewer may see into.
    """
    found = own_sites(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no site '{code}' that you may see into")
    return found


def site_rows(viewer: User) -> list[ChainSite]:
    """Every site as the file writes it; licences only of sites the viewer may see into."""
    own = own_site_codes(viewer)
    rows = _rows(viewer, ChainSite, Section.SITES, None)
    return [
        row if row.id in own else row.model_copy(update={"licence": None, "use_class": None}) for row in rows
    ]


def products(viewer: User) -> list[Product]:
    """Everything that can be ordered, made and sent."""
    return _rows(viewer, Product, Section.PRODUCTS, None)


def product(viewer: User, code: str) -> Product:
    """One product by code.

    :raises InputError: if there is none.
    """
    item = NetworkItem.objects.filter(section=Section.PRODUCTS, code=code).first()
    policy.require(viewer, "network.read")
    if item is None:
        raise InputError(f"There is no product '{code}' in the network")
    return Product.model_validate(item.definition)


def licensed_site(code: str) -> ChainSite:
    """A site with its licence, for the checks of other apps: what they find says only whether it suffices.

    :raises InputError: if there is none.
    """
    item = NetworkItem.objects.filter(section=Section.SITES, code=code).first()
    if item is None:
        raise InputError(f"There is no site '{code}' in the network")
    return ChainSite.model_validate(item.definition)


def approvals_between(origin: str, destination: str) -> list[Approval]:
    """The transfer approvals from one site to another, for the checks of other apps."""
    rows = NetworkItem.objects.filter(
        section=Section.APPROVALS, definition__origin=origin, definition__destination=destination
    )
    return [Approval.model_validate(row) for row in rows.values_list("definition", flat=True)]


def has_approvals() -> bool:
    """Whether the network records transfer approvals at all; where it does not, nothing can be said."""
    return NetworkItem.objects.filter(section=Section.APPROVALS).exists()


def resources(viewer: User) -> list[Resource]:
    """Machines and lines at sites the viewer may see into, with their outages."""
    return _rows(viewer, Resource, Section.RESOURCES, own_site_codes(viewer))


def processes(viewer: User) -> list[Process]:
    """Recipes at sites the viewer may see into."""
    return _rows(viewer, Process, Section.PROCESSES, own_site_codes(viewer))


def stock(viewer: User) -> list[StockLot]:
    """Opening stock, as the network file gave it, at sites the viewer may see into."""
    return _rows(viewer, StockLot, Section.STOCK, own_site_codes(viewer))


def lanes(viewer: User) -> list[Lane]:
    """Every lane; its prices only for the operator's people and regulators of the whole country."""
    rows = _rows(viewer, Lane, Section.LANES, None)
    if policy.coordinates(viewer):
        return rows
    blank = {name: Lane.model_fields[name].get_default() for name in _PRICES if name in Lane.model_fields}
    return [row.model_copy(update=blank) for row in rows]


def roads(viewer: User) -> list[RoadLeg]:
    """Every measured way by road."""
    return _rows(viewer, RoadLeg, Section.ROADS, None)


def approvals(viewer: User) -> list[Approval]:
    """Approvals of transfers from or to a site that the viewer may see into."""
    own = own_site_codes(viewer)
    rows = _rows(viewer, Approval, Section.APPROVALS, None)
    return [row for row in rows if policy.coordinates(viewer) or own & {row.origin, row.destination}]


def vehicles(viewer: User) -> list[Vehicle]:
    """Vehicles at sites the viewer may see into."""
    return _rows(viewer, Vehicle, Section.VEHICLES, own_site_codes(viewer))


def packagings(viewer: User) -> list[Packaging]:
    """How products are packed for the road."""
    return _rows(viewer, Packaging, Section.PACKAGINGS, None)


def outages(viewer: User) -> list[OutageRow]:
    """Outages of the resources the viewer may see, by start."""
    zone = network_head(viewer)
    found = [
        OutageRow(
            resource.id,
            resource.site,
            _key(outage),
            zone.instant(outage.start),
            zone.instant(outage.end),
            outage.reason,
            outage.reason_zh or outage.reason,
        )
        for resource in resources(viewer)
        for outage in resource.outages
    ]
    return sorted(found, key=lambda row: (row.start, row.resource))


def network_head(viewer: User) -> Network:
    """The network without any row: its name and zone, to read instants with."""
    head = require_meta(viewer)
    return Network.model_validate({name: getattr(head, name) for name in HEAD})


def supply_network(viewer: User) -> Network:
    """What the viewer may see of the network, without orders: what a plan is made of."""
    return network_head(viewer).model_copy(
        update={
            "sites": site_rows(viewer),
            "products": products(viewer),
            "resources": resources(viewer),
            "processes": processes(viewer),
            "lanes": lanes(viewer),
            "roads": roads(viewer),
            "approvals": approvals(viewer),
            "vehicles": vehicles(viewer),
            "packagings": packagings(viewer),
            "stock": stock(viewer),
        }
    )


def export_network(viewer: User) -> Network:
    """The network as a file would hold it, open orders and standing orders included.

    For the operator's people it equals what was imported. For others it holds what they may see.
    """
    return supply_network(viewer).model_copy(
        update={
            "standing_orders": market.standing_rows(viewer),
            "orders": market.single_rows(viewer),
        }
    )


def definitions(viewer: User) -> dict[str, Any]:
    """``export_network`` as plain data, as the network file writes it (for the API)."""
    return define(export_network(viewer))


def _key(outage: Any) -> str:
    return str(define(outage)["start"])


def _rows(viewer: User, model: type[ItemType], section: str, within: frozenset[str] | None) -> list[ItemType]:
    policy.require(viewer, "network.read")
    assert SECTIONS[section] is model
    allowed = Q() if within is None or policy.coordinates(viewer) else Q(site_code__in=within)
    rows = NetworkItem.objects.filter(allowed, section=section).order_by("position", "pk")
    return [model.model_validate(definition) for definition in rows.values_list("definition", flat=True)]


__all__ = [
    "OutageRow",
    "approvals",
    "approvals_between",
    "definitions",
    "export_network",
    "has_approvals",
    "lanes",
    "licensed_site",
    "meta",
    "network_head",
    "outages",
    "own_site",
    "own_site_codes",
    "own_sites",
    "packagings",
    "processes",
    "product",
    "products",
    "require_meta",
    "resources",
    "roads",
    "site",
    "site_rows",
    "sites",
    "stock",
    "supply_network",
    "vehicles",
]
