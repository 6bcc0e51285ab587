"""A plan made anew from now: the worker's part of a replan and of a what-if.

The planner is given what its base was made of, the base in its own words, and what is otherwise: events,
changes of the network, pins. A replan takes in the order book as it is now (orders that are new, changed or
cancelled); a what-if keeps the orders of its base, so that the two can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from becq.chain.definition import define
from becq.chain.network import Network
from becq.planning import Pins
from becq.planning.changes import find_changes
from becq.planning.events import OutageEvent, Scenario
from becq.planning.plan import Plan
from becq.planning.replan import replan
from becq.planning.solve import Progress
from becq.planning.variation import Lifted, read_variations, vary_network
from becq.platform.accounts.models import User
from becq.platform.market import selectors as market
from becq.platform.market.models import Status
from becq.platform.network import selectors as networks
from becq.platform.plans.input import (
    COMING,
    Coming,
    clipped_orders,
    horizon_orders,
    identify,
    orders_under_way,
    parts_that_left,
)
from becq.platform.plans.material import Material, material_of
from becq.platform.plans.models import PlanRun, Purpose

STRUCTURE = ("sites", "products", "lanes", "roads", "approvals", "vehicles", "packagings")
Document = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """The order book against the orders of a plan.

    :ivar network: the plan's network with the orders as they are now.
    :ivar orders: order → {"digest", "site", "product"}, of those that are open.
    :ivar touched: orders that are new or changed.
    :ivar gone: orders that were cancelled before anything left for them.
    :ivar ahead: orders that left earlier than planned.
    """

    network: Network
    orders: dict[str, dict[str, str]]
    touched: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    ahead: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Again:
    """A plan made anew.

    :ivar before: the base, to tell the changes from.
    :ivar settled: orders of which nothing is told any more: taken back, delivered, or over.
    :ivar kept: the network to keep with it: without events and variations.
    """

    plan: Plan
    network: Network
    before: Document
    settled: frozenset[str]
    kept: Network
    coming: tuple[Coming, ...]
    orders: dict[str, dict[str, str]] = field(repr=False)
    revision: int

    def changes(self, after: Document) -> Document:
        """What changed for whom from the base to ``after``, the plan in the words of the books."""
        before, now = (without_orders(document, self.settled) for document in (self.before, after))
        return find_changes(before, now).as_dict()


def plan_again(viewer: User, run: PlanRun, progress: Progress) -> Again:
    """Make the plan of a replan or what-if.

    :raises BecqError: what was asked for fits neither plan nor network, or the pins contradict each other.
    """
    base = run.base
    assert base is not None
    assert base.result is not None
    assert run.now is not None
    material = material_of(base)
    events = Scenario.model_validate({"events": run.events}).events
    book = (
        read_book(viewer, base, material, run.now)
        if run.purpose == Purpose.REPLAN
        else Book(material.network, base.planned_orders)
    )
    variations = read_variations(run.variations)
    varied = vary_network(book.network, variations, run.first, run.days)
    lifted = [row for row in variations if isinstance(row, Lifted)]
    previous = {**material.document, "events": _standing_events(book.network, material.document, lifted)}
    pins, wanted = split_pins(base, run, material, varied.forbidden)
    lots: dict[str, set[str]] = defaultdict(set)
    for row in material.document["deliveries"]:
        lots[row["order"]].add(row["lot"])
    ahead = {code: min(lots[code]) for code in book.ahead if len(lots[code]) == 1}
    previous["policy"] = run.policy
    previous["pins"] = {**pins, "deliveries": {**pins["deliveries"], **ahead}}
    found = replan(
        varied.network,
        previous,
        events,
        run.now,
        pins=Pins.model_validate(wanted),
        name=run.name if run.purpose == Purpose.SCENARIO else "",
        touched={*varied.touched, *book.touched, *run.touched},
        prices=None,
        time_limit_s=run.time_limit_s,
        progress=progress,
    )
    outages = [
        event
        for event in Scenario.model_validate({"events": found.plan.events}).events
        if isinstance(event, OutageEvent)
    ]
    current = networks.require_meta(viewer).revision
    same = same_network(material.network, networks.supply_network(viewer), outages)
    return Again(
        found.plan,
        found.network,
        base.result,
        settled_orders(viewer, base, book) if run.purpose == Purpose.REPLAN else frozenset(),
        book.network,
        material.coming,
        book.orders,
        current if same else base.network_revision,
    )


def read_book(viewer: User, base: PlanRun, material: Material, now: datetime) -> Book:
    """The order book as it is, against the orders that ``base`` was made of."""
    network = material.network
    found = horizon_orders(viewer, networks.network_head(viewer), base.first, base.days)
    sent = parts_that_left(viewer, found)
    orders = {order.code: identify(order, sent.get(order.code)) for order in found}
    then = base.planned_orders
    changed = [order for order in found if order.code in then and orders[order.code] != then[order.code]]
    new = [order for order in found if order.code not in then]
    rows = {row.id: row for row in clipped_orders(network, [*changed, *new])}
    gone, ahead = _left_out(viewer, then.keys() - orders.keys(), material.document, now)
    kept = [rows.pop(order.id, order) for order in network.orders if order.id not in gone]
    return Book(
        network.with_rows(orders=[*kept, *rows.values()]),
        orders,
        frozenset(order.code for order in [*changed, *new]),
        frozenset(gone),
        frozenset(ahead),
    )


def _left_out(
    viewer: User, codes: Collection[str], document: Document, now: datetime
) -> tuple[set[str], set[str]]:
    """Of orders that are no longer open: those taken back before anything left, those that left too early."""
    departs: dict[str, datetime] = {}
    for row in document["deliveries"]:
        moment = datetime.fromisoformat(row["depart"])
        departs[row["order"]] = min(moment, departs.get(row["order"], moment))
    ahead = {code for code in codes if code in departs and departs[code] >= now}
    booked = market.orders(viewer).filter(code__in=list(codes), status__in=[Status.CANCELLED, Status.DRAFT])
    cancelled = set(booked.values_list("code", flat=True))
    gone = {code for code in cancelled if code not in departs or departs[code] >= now}
    return gone, ahead - gone


def settled_orders(viewer: User, base: PlanRun, book: Book) -> frozenset[str]:
    """Orders of a plan that are neither open nor under way."""
    result = base.result or {"deliveries": [], "unmet": []}
    named = {row["order"] for part in ("deliveries", "unmet") for row in result[part]}
    return frozenset(named - book.orders.keys() - orders_under_way(viewer))


def without_orders(document: Document, gone: Collection[str]) -> Document:
    """A plan without what concerns some orders."""
    if not gone:
        return document
    return {
        **document,
        **{
            part: [row for row in document[part] if row["order"] not in gone]
            for part in ("deliveries", "unmet")
        },
    }


def split_pins(
    base: PlanRun, run: PlanRun, material: Material, forbidden: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pins as ``planning.replan`` takes them: those that may go where they are impossible now, and new ones.

    What the platform itself has forbidden (batches whose time has passed) stays.
    """
    named = {each.stock.id: each.batch for each in material.coming}
    kept: dict[str, Any] = {"batches": {}, "deliveries": {}}
    wanted: dict[str, Any] = {"batches": {}, "deliveries": {}}
    raw = material.document.get("pins") or {}
    asked = base.pins.get("batches", {})
    kept["batches"] = {name: what for name, what in raw.get("batches", {}).items() if name not in asked}
    for part in ("batches", "deliveries"):
        was: Mapping[str, Any] = base.pins.get(part, {})
        for name, what in run.pins.get(part, {}).items():
            value = named.get(what or "", what) if part == "deliveries" else what
            target = kept if name in was and was[name] == what else wanted
            target[part][name] = value
    wanted["batches"] |= {name: "forbid" for name in forbidden if name not in kept["batches"]}
    return kept, wanted


def _standing_events(network: Network, document: Document, lifted: Collection[Lifted]) -> list[Document]:
    """The events that a plan knew, without outages that are lifted."""
    known = document.get("events") or []
    events = Scenario.model_validate({"events": known}).events
    return [
        row
        for row, event in zip(known, events, strict=True)
        if not (
            isinstance(event, OutageEvent)
            and any(
                each.name in (event.resource, event.process)
                and network.instant(event.start) < network.instant(each.end)
                and network.instant(each.start) < network.instant(event.end)
                for each in lifted
            )
        )
    ]


def same_network(then: Network, now: Network, outages: Collection[OutageEvent]) -> bool:
    """Whether the network is as it was, but for outages that ``outages`` know of."""
    if any(
        [define(row) for row in getattr(then, part)] != [define(row) for row in getattr(now, part)]
        for part in STRUCTURE
    ):
        return False
    known = {
        (event.resource or event.process, then.instant(event.start), then.instant(event.end))
        for event in outages
    }
    for part in ("resources", "processes"):
        old = {row.id: row for row in getattr(then, part) if not row.id.startswith(COMING)}
        new = {row.id: row for row in getattr(now, part)}
        if old.keys() != new.keys():
            return False
        for name, row in new.items():
            bare = [define(each.model_copy(update={"outages": []})) for each in (old[name], row)]
            was, has = (
                {(name, then.instant(each.start), then.instant(each.end)) for each in one.outages}
                for one in (old[name], row)
            )
            if bare[0] != bare[1] or was - has or has - was - known:
                return False
    return True
