"""The network: everything a plan needs to know, and how its parts refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from becq.chain.approval import Approval
from becq.chain.fields import Text
from becq.chain.item import Item
from becq.chain.lane import ANY_SITE, Lane
from becq.chain.order import Order, StandingOrder, StockLot
from becq.chain.process import Process, Resource
from becq.chain.product import Product
from becq.chain.road import RoadLeg
from becq.chain.site import Site, TimeZone
from becq.chain.vehicle import Packaging, Vehicle

SECTIONS: Mapping[str, type[Item]] = {
    "sites": Site,
    "products": Product,
    "resources": Resource,
    "processes": Process,
    "lanes": Lane,
    "roads": RoadLeg,
    "approvals": Approval,
    "vehicles": Vehicle,
    "packagings": Packaging,
    "stock": StockLot,
    "standing_orders": StandingOrder,
    "orders": Order,
}


class Network(BaseModel):
    """Sites, products, resources, processes, lanes, stock and orders of one region."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    name: Text = Field(description="Name of the network")
    name_zh: Text | None = Field(default=None, description="Name in Chinese")
    timezone: TimeZone = Field(
        default="Asia/Shanghai", description="IANA time zone in which times without an offset are read"
    )
    note: Text | None = Field(default=None, description="What the file is about, for its readers")
    sites: list[Site] = Field(default_factory=list, description="Places of the chain")
    products: list[Product] = Field(default_factory=list, description="Goods that are ordered, made and sent")
    resources: list[Resource] = Field(default_factory=list, description="Machines and lines")
    processes: list[Process] = Field(default_factory=list, description="Recipes: what a batch makes")
    lanes: list[Lane] = Field(default_factory=list, description="How goods travel")
    roads: list[RoadLeg] = Field(
        default_factory=list, description="Measured distances and driving times by road"
    )
    approvals: list[Approval] = Field(default_factory=list, description="Approvals of transfers")
    vehicles: list[Vehicle] = Field(default_factory=list, description="Vehicles that drive delivery rounds")
    packagings: list[Packaging] = Field(
        default_factory=list, description="How products are packed for the road"
    )
    stock: list[StockLot] = Field(default_factory=list, description="Lots in hand when the plan starts")
    standing_orders: list[StandingOrder] = Field(
        default_factory=list, description="Orders that repeat weekly"
    )
    orders: list[Order] = Field(default_factory=list, description="Single orders")

    @property
    def zone(self) -> ZoneInfo:
        """The network's time zone, in which times without an offset are read."""
        return ZoneInfo(self.timezone)

    def instant(self, moment: datetime) -> datetime:
        """``moment`` with a zone: its own, or the network's where it has none."""
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def with_rows(self, **sections: Sequence[Item]) -> Network:
        """The network with other rows in some sections; nothing is validated again, every look-up is new."""
        kept = {name: getattr(self, name) for name in Network.model_fields}
        return Network.model_construct(**{**kept, **sections})

    @cached_property
    def site(self) -> dict[str, Site]:
        """Sites by identifier."""
        return {site.id: site for site in self.sites}

    @cached_property
    def product(self) -> dict[str, Product]:
        """Products by identifier."""
        return {product.id: product for product in self.products}

    @cached_property
    def resource(self) -> dict[str, Resource]:
        """Resources by identifier."""
        return {resource.id: resource for resource in self.resources}

    @cached_property
    def process(self) -> dict[str, Process]:
        """Processes by identifier."""
        return {process.id: process for process in self.processes}

    @cached_property
    def lane(self) -> dict[str, Lane]:
        """Lanes by identifier."""
        return {lane.id: lane for lane in self.lanes}

    def demand(self, first: date, days: int) -> list[Order]:
        """Orders and expanded standing orders whose delivery window opens in the span, by window."""
        start = datetime.combine(first, datetime.min.time(), self.zone)
        stop = start.timestamp() + days * 86400.0
        single = (
            order
            for order in self.orders
            if start.timestamp() <= self.instant(order.earliest).timestamp() < stop
        )
        repeated = (
            order
            for standing in self.standing_orders
            for order in standing.expand(self.site[standing.site], first, days)
        )
        found = [*single, *repeated]
        return sorted(found, key=lambda order: (self.instant(order.earliest), order.id))

    def references(self) -> Iterator[tuple[str, int, str, str, str]]:
        """Every reference between rows: (section, index, field, target section, target id)."""
        for index, resource in enumerate(self.resources):
            yield "resources", index, "site", "sites", resource.site
        for index, process in enumerate(self.processes):
            yield "processes", index, "site", "sites", process.site
            yield "processes", index, "product", "products", process.product
            if process.input_product:
                yield "processes", index, "input_product", "products", process.input_product
            if process.resource:
                yield "processes", index, "resource", "resources", process.resource
        for index, lane in enumerate(self.lanes):
            for field, ends in (("origins", lane.origins), ("destinations", lane.destinations)):
                yield from (("lanes", index, field, "sites", end) for end in ends if end != ANY_SITE)
        ways: tuple[tuple[str, Sequence[RoadLeg | Approval]], ...] = (
            ("roads", self.roads),
            ("approvals", self.approvals),
        )
        for section, ends_of in ways:
            for index, way in enumerate(ends_of):
                yield section, index, "origin", "sites", way.origin
                yield section, index, "destination", "sites", way.destination
        for index, vehicle in enumerate(self.vehicles):
            yield "vehicles", index, "site", "sites", vehicle.site
        for index, packaging in enumerate(self.packagings):
            yield from (("packagings", index, "products", "products", name) for name in packaging.products)
        wanted: tuple[tuple[str, Sequence[Order | StandingOrder | StockLot]], ...] = (
            ("stock", self.stock),
            ("standing_orders", self.standing_orders),
            ("orders", self.orders),
        )
        for section, rows in wanted:
            for index, row in enumerate(rows):
                yield section, index, "site", "sites", row.site
                yield section, index, "product", "products", row.product
                if not isinstance(row, StockLot):
                    for each in row.alternatives:
                        yield section, index, "alternatives", "products", each.product
