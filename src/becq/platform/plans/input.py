"""What the planner is given: the network as it is, the lots in the books, the open orders.

Once the books hold lots, these are the stock: the opening stock of the network file counts only for lots
that nobody has entered. Within the horizon, batches that should have begun by now can only be those that
have; orders whose consignment is under way are served already.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from becq.chain.network import Network
from becq.chain.order import StockLot
from becq.planning import Pins
from becq.planning.lots import enumerate_lots
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import place
from becq.platform.market import selectors as market
from becq.platform.market.models import Order
from becq.platform.network import selectors as networks
from becq.platform.production import selectors as production
from becq.platform.production.models import RunStatus

LEAST_BQ = 1e3
"""Less is not worth sending."""


@dataclass(frozen=True, slots=True)
class PlanInput:
    """A network whose single orders are those of the horizon, and what identifies both.

    :ivar pins: what the planner asked for, and what can no longer be chosen.
    :ivar orders: order → {"digest", "site", "product"}.
    """

    network: Network
    pins: Pins
    orders: dict[str, dict[str, str]]
    revision: int


def read_input(viewer: User, first: date, days: int, pins: Pins) -> PlanInput:
    """The input of a plan of ``days`` days from ``first`` in the network's zone."""
    head = networks.require_meta(viewer)
    network = networks.supply_network(viewer)
    found = horizon_orders(viewer, network, first, days)
    network = network.model_copy(
        update={"orders": market.chain_orders(found), "stock": _stock(viewer, network)}
    )
    return PlanInput(
        Network.model_construct(**{name: getattr(network, name) for name in Network.model_fields}),
        _with_what_is_past(viewer, network, first, days, pins),
        {order.code: identify(order) for order in found},
        head.revision,
    )


def horizon_orders(viewer: User, network: Network, first: date, days: int) -> list[Order]:
    """Open orders whose delivery window opens within the horizon, those under way left out."""
    start = datetime.combine(first, time(), network.zone)
    under_way = orders_under_way(viewer)
    found = market.plan_orders(viewer, start, start + timedelta(days=days))
    return [order for order in found if order.code not in under_way]


def orders_under_way(viewer: User) -> frozenset[str]:
    """Orders whose consignment has left and not yet arrived."""
    sent = dispatch.consignments(viewer, status=ConsignmentStatus.DISPATCHED)
    return frozenset(sent.exclude(order_code="").values_list("order_code", flat=True))


def identify(order: Order) -> dict[str, str]:
    """What a plan remembers of an order, to tell later whether it is still the same."""
    content: list[Any] = [
        order.site_code,
        order.product_code,
        order.activity_bq,
        order.calibration_at.timestamp(),
        order.earliest.timestamp(),
        order.latest.timestamp(),
        order.tolerance,
        order.priority,
        order.partial,
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
    return {"digest": digest, "site": order.site_code, "product": order.product_code}


def _stock(viewer: User, network: Network) -> list[StockLot]:
    """Lots at hand with what the books say is left of them; what a hospital has received is its own."""
    entered = frozenset(production.lots(viewer).values_list("code", flat=True))
    found = [lot for lot in network.stock if lot.id not in entered]
    now = clock.now()
    for lot in production.lots_at_hand(viewer):
        site, product = network.site.get(lot.site_code), network.product.get(lot.product)
        if site is None or product is None or (site.kind == "hospital" and product.kind != "generator"):
            continue
        left = ledger.state_of(place(lot.organisation, lot.site_code), lot.code, now)
        activity_bq = left.activity_bq.get(lot.nuclide, 0.0)
        if activity_bq < LEAST_BQ:
            continue
        # Not validated: the code of a batch ("process@start") is no identifier of a network file.
        found.append(
            StockLot.model_construct(
                id=lot.code,
                site=lot.site_code,
                product=lot.product,
                activity=activity_bq,
                reference_time=now,
                expires=lot.expires,
                source=None,
                assumption=None,
            )
        )
    return found


def _with_what_is_past(viewer: User, network: Network, first: date, days: int, pins: Pins) -> Pins:
    """Pins that also forbid batches whose start has passed and that have not begun, or are over."""
    now = clock.now()
    start = datetime.combine(first, time(), network.zone)
    if not start <= now < start + timedelta(days=days):
        return pins
    running = frozenset(
        production.runs(viewer)
        .filter(status__in=[RunStatus.PLANNED, RunStatus.ASSAYED])
        .values_list("code", flat=True)
    )
    past = {
        lot.id: "forbid"
        for lot in enumerate_lots(network, first, days)
        if not lot.is_stock and lot.start < now.timestamp() and lot.id not in running
    }
    return pins.model_copy(update={"batches": {**pins.batches, **past}})
