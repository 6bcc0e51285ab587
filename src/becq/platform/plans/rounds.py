"""Delivery rounds of a plan in the database: its orders as they are in the book, by the vehicles there are.

Rounds tell about the customers of everybody, so they are for the operator's people. They are made when they
are asked for and kept as long as nothing that they are made of changes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache

from becq.chain.definition import define
from becq.chain.network import Network
from becq.errors import PermissionDeniedError
from becq.planning.rounds import make_rounds, rounds_of
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market import selectors as market
from becq.platform.market import services as ordering
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors
from becq.platform.plans.models import PlanRun

TIME_LIMIT_S = 10.0
KEPT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class RoundsInput:
    """What the rounds of a plan are made of.

    :ivar pairs: sites with vehicles and days on which they deliver by road.
    :ivar gone: orders of the plan that are not in the book any more; their deliveries are left out.
    """

    network: Network
    document: dict[str, Any]
    pairs: list[tuple[str, date]]
    gone: tuple[str, ...]


def may_see_rounds(viewer: User) -> bool:
    """Whether a person may see delivery rounds at all."""
    return policy.may(viewer, "plan.read") and policy.coordinates(viewer)


def has_rounds(viewer: User) -> bool:
    """Whether a person may see delivery rounds and the network has vehicles to drive them."""
    return may_see_rounds(viewer) and bool(networks.vehicles(viewer))


def rounds_input(viewer: User, row: PlanRun) -> RoundsInput:
    """The plan, and the network with the plan's orders as they are now.

    :raises PermissionDeniedError: for all but the operator's people.
    """
    if not may_see_rounds(viewer):
        raise PermissionDeniedError("Delivery rounds are for the operator's people")
    document = selectors.plan_document(viewer, row)
    wanted = {way["order"] for way in document["deliveries"]}
    booked = list(market.orders(viewer).filter(code__in=wanted))
    known = {order.code for order in booked}
    expected = [
        order
        for order in ordering.expected_orders(viewer, row.first, row.days)
        if order.code in wanted - known
    ]
    orders = market.chain_orders([*booked, *expected])
    network = networks.supply_network(viewer).with_rows(orders=orders)
    found = {order.id for order in orders}
    kept = [way for way in document["deliveries"] if way["order"] in found and way["to"] in network.site]
    document = {**document, "deliveries": kept}
    return RoundsInput(network, document, rounds_of(document, network), tuple(sorted(wanted - found)))


def delivery_rounds(given: RoundsInput, site: str, day: date) -> dict[str, Any]:
    """The rounds of a site and day as ``DeliveryRounds.as_dict`` gives them, remembered."""
    key = _key(given, site, day)
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        made = make_rounds(given.network, given.document, site, day, time_limit_s=TIME_LIMIT_S, apart=True)
        found = made.as_dict()
        if made.searched:
            cache.set(key, found, KEPT_S)
    return found


def _key(given: RoundsInput, site: str, day: date) -> str:
    """A name for everything that the rounds depend on."""
    ways = [way for way in given.document["deliveries"] if way["from"] == site]
    lots = {way["lot"] for way in ways}
    orders = {way["order"] for way in ways}
    content: list[Any] = [
        ways,
        [row for row in given.document["batches"] if row["id"] in lots],
        [define(order) for order in given.network.orders if order.id in orders],
        [define(row) for row in given.network.vehicles if row.site == site],
        [define(row) for row in given.network.packagings],
        [define(row) for row in given.network.lanes if row.mode == "road"],
        [define(row) for row in given.network.roads],
        [(row.id, row.lat, row.lon, row.jurisdiction) for row in given.network.sites],
    ]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    return f"rounds:{site}:{day.isoformat()}:{digest}"


__all__ = ["RoundsInput", "delivery_rounds", "has_rounds", "may_see_rounds", "rounds_input"]
