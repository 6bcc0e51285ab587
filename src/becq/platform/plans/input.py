"""What the planner is given: the network as it is, the lots in the books, the open orders.

Once the books hold lots, these are the stock: the opening stock of the network file counts only for lots
that nobody has entered. Within the horizon, batches that should have begun by now can only be those that
have; orders whose consignment is under way are served already, and those whose window is over are past.

The planner takes stock to be in hand from the first midnight. What is at hand only later, because it waits
for its release or because the day has begun, is given to it as a batch without cost that starts at that
moment (``Coming``); the finished plan calls it stock again, by its own code.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from becq.chain.fields import WEEKDAYS
from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.order import StockLot
from becq.chain.process import CONVERTING, Process
from becq.physics.nuclides import nuclide
from becq.planning import Pins
from becq.planning.lots import Lot, batch_id, enumerate_lots
from becq.planning.servings import is_closed
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import place
from becq.platform.market import selectors as market
from becq.platform.market import services as ordering
from becq.platform.market.models import Order
from becq.platform.network import selectors as networks
from becq.platform.production import selectors as production
from becq.platform.production.models import ProductionRun, RunStatus

LEAST_BQ = 1e3
"""Less is not worth sending."""
COMING = "coming~"
"""Begin of the names of processes that stand for lots at hand only later."""


@dataclass(frozen=True, slots=True)
class PlanInput:
    """A network whose single orders are those of the horizon, and what identifies both.

    :ivar pins: what the planner asked for, and what can no longer be chosen.
    :ivar orders: order → {"digest", "site", "product"}.
    :ivar coming: lots that the planner knows as batches.
    :ivar past: batches that time alone forbids.
    """

    network: Network
    pins: Pins
    orders: dict[str, dict[str, str]]
    revision: int
    coming: tuple[Coming, ...] = ()
    past: tuple[Lot, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Coming:
    """A lot that is at hand from ``at`` on, as the planner is given it.

    :ivar process: name of the process that stands for it.
    """

    stock: StockLot
    process: str
    at: datetime

    @property
    def batch(self) -> str:
        """What the planner calls it."""
        return batch_id(self.process, self.at.timestamp())


def read_input(viewer: User, first: date, days: int, pins: Pins) -> PlanInput:
    """The input of a plan of ``days`` days from ``first`` in the network's zone."""
    head = networks.require_meta(viewer)
    network = networks.supply_network(viewer)
    found = horizon_orders(viewer, network, first, days)
    sent = parts_that_left(viewer, found)
    begun = begun_runs(viewer, network, first)
    start = datetime.combine(first, time(), network.zone)
    end = start + timedelta(days=days)
    stock, coming = _in_hand_and_coming(
        network, start, end, _stock(viewer, network), _begun(viewer, network, begun)
    )
    network = network.with_rows(orders=clipped_orders(network, found, sent), stock=stock)
    past = _past(viewer, network, first, days, {run.code for run in begun})
    network = network.with_rows(
        processes=[*network.processes, *(coming_process(network, each) for each in coming)]
    )
    return PlanInput(
        network,
        _pins(network, first, days, pins, coming, past),
        {order.code: identify(order, sent.get(order.code)) for order in found},
        head.revision,
        tuple(coming),
        tuple(lot for lot in past if pins.batches.get(lot.id) != "forbid"),
    )


def horizon_orders(
    viewer: User, network: Network, first: date, days: int, *, over: bool = False
) -> list[Order]:
    """Open orders whose delivery window opens within the horizon, those under way left out.

    An order in parts is open while more of it may come.

    Those that standing orders are yet to make are among them; a commit writes them into the book.

    :param over: also those whose window has ended by now.
    """
    start = datetime.combine(first, time(), network.zone)
    under_way = orders_under_way(viewer)
    end = start + timedelta(days=days)
    expected = [
        order for order in ordering.expected_orders(viewer, first, days) if start <= order.earliest < end
    ]
    found = [*market.plan_orders(viewer, start, end), *expected]
    found.sort(key=lambda order: (order.earliest, order.code))
    now = clock.now()
    sent = parts_that_left(viewer, found)
    closed = {code for code, parts in sent.items() if parts.is_all} | (under_way - sent.keys())
    return [order for order in found if order.code not in closed and (over or order.latest >= now)]


def orders_under_way(viewer: User) -> frozenset[str]:
    """Orders of which a consignment has left and not yet arrived."""
    sent = dispatch.consignments(viewer, status=ConsignmentStatus.DISPATCHED)
    return frozenset(sent.exclude(order_code="").values_list("order_code", flat=True))


@dataclass(frozen=True, slots=True)
class Sent:
    """The parts of an order that have left: how many, what they count in the product ordered (Bq)."""

    parts: tuple[float, ...]
    is_all: bool
    """Whether no more may come: the order has what it asks for, or lacks less than a part."""

    @property
    def counts_bq(self) -> float:
        """All of them together."""
        return sum(self.parts)


def parts_that_left(viewer: User, orders: Iterable[Order]) -> dict[str, Sent]:
    """Order in parts → what of it has left, for those of which something has."""
    wanted = {order.code: order for order in orders if order.split}
    found = dispatch.sent_parts(viewer, wanted) if wanted else {}
    return {
        code: Sent(tuple(parts), is_closed(market.chain_orders([wanted[code]])[0], parts))
        for code, parts in found.items()
    }


def parted_orders(viewer: User) -> list[str]:
    """Orders in parts to which something is promised."""
    return list(market.orders(viewer, status="confirmed").filter(split=True).values_list("code", flat=True))


def rest_of(order: ChainOrder, sent: Sent) -> ChainOrder:
    """What is still wanted of an order in parts, whatever the tolerance: some has come already."""
    lacks = order.activity - sent.counts_bq
    parts = max(1, order.most_parts - len(sent.parts))
    share = lacks / order.activity
    return order.model_copy(
        update={
            "activity": lacks,
            "least_part": order.smallest_part if order.split else None,
            "most_parts": parts,
            "partial": True,
            "alternatives": [replace(each, activity=each.activity * share) for each in order.alternatives],
        }
    )


def identify(order: Order, sent: Sent | None = None) -> dict[str, str]:
    """What a plan remembers of an order, to tell later whether it is still the same.

    :param sent: what of an order in parts has left.
    """
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
    if order.split or order.alternatives:
        content += [order.split, order.least_part_bq, order.most_parts, order.alternatives]
    if sent is not None:
        content.append(len(sent.parts))
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
        found.append(stock_lot(lot.code, lot.site_code, lot.product, activity_bq, now, lot.expires))
    return found


def stock_lot(
    code: str, site: str, product: str, activity_bq: float, at: datetime, expires: datetime | None
) -> StockLot:
    """A lot in stock by the code that the books give it."""
    # Not validated: the code of a batch ("process@start") is no identifier of a network file.
    return StockLot.model_construct(
        id=code,
        site=site,
        product=product,
        activity=activity_bq,
        reference_time=at,
        expires=expires,
        source=None,
        assumption=None,
    )


def begun_runs(viewer: User, network: Network, first: date) -> list[ProductionRun]:
    """Runs whose lot is on its way: assayed and not released, or begun where the planner sees no batch.

    A run that makes activity within the horizon stays a batch until its assay, for it holds its machine.
    """
    now, start = clock.now(), datetime.combine(first, time(), network.zone)
    return [
        run
        for run in production.runs(viewer).filter(
            status__in=[RunStatus.PLANNED, RunStatus.ASSAYED], planned_expires__gte=now
        )
        if run.status == RunStatus.ASSAYED
        or (
            run.planned_start < now
            and (run.planned_start < start or run.kind in CONVERTING or run.planned_release < now)
        )
    ]


def _begun(viewer: User, network: Network, runs: list[ProductionRun]) -> list[StockLot]:
    """What such runs will give at their release: by the books once assayed, until then as planned."""
    now = clock.now()
    found = []
    for run in runs:
        site, product = network.site.get(run.site_code), network.product.get(run.product)
        if site is None or product is None or (site.kind == "hospital" and product.kind != "generator"):
            continue
        at = max(run.planned_release, now)
        decay_const = nuclide(run.nuclide).decay_const
        activity_bq = run.planned_activity_bq * math.exp(
            -decay_const * (at - run.planned_release).total_seconds()
        )
        if run.status == RunStatus.ASSAYED:
            finishing_s = (run.planned_release - run.planned_eob).total_seconds()
            kept = 1.0
            if run.planned_activity_eob_bq > 0:
                kept = run.planned_activity_bq / run.planned_activity_eob_bq
                kept = min(1.0, kept * math.exp(decay_const * finishing_s))
            left = ledger.state_of(place(run.organisation, run.site_code), run.code, now)
            activity_bq = left.activity_bq.get(run.nuclide, 0.0) * kept
            activity_bq *= math.exp(-decay_const * (at - now).total_seconds())
        if activity_bq >= LEAST_BQ:
            found.append(
                stock_lot(run.code, run.site_code, run.product, activity_bq, at, run.planned_expires)
            )
    return found


def _in_hand_and_coming(
    network: Network, start: datetime, end: datetime, at_hand: list[StockLot], begun: list[StockLot]
) -> tuple[list[StockLot], list[Coming]]:
    """Lots in hand at ``start``, and those of a later moment in the horizon.

    Of what is at hand now, once the horizon has begun, generators and lots that expire within it stay
    stock: the first are where they are eluted, and a batch would live its whole shelf life again.
    """
    now = clock.now()
    stock, later = [], [(lot, lot.reference_time) for lot in begun]
    for lot in at_hand:
        product = network.product[lot.product]
        expires = lot.expires or network.instant(lot.reference_time) + timedelta(seconds=product.shelf_life)
        if now <= start or product.kind == "generator" or network.instant(expires) < end:
            stock.append(lot)
        else:
            later.append((lot, now))
    stock += [lot for lot, at in later if at <= start]
    waiting = [(lot, at) for lot, at in later if start < at < end]
    return stock, [Coming(lot, f"{COMING}{n}", at) for n, (lot, at) in enumerate(waiting, 1)]


def clipped_orders(
    network: Network, found: list[Order], sent: Mapping[str, Sent] = MappingProxyType({})
) -> list[ChainOrder]:
    """Orders as the planner knows them: nothing arrives before now.

    :param sent: parts that have left and are not in the plan; only the rest of their orders is wanted.
    """
    now = clock.now()
    orders = [
        rest_of(order, sent[order.id]) if order.id in sent else order for order in market.chain_orders(found)
    ]
    return [
        order.model_copy(update={"earliest": now}) if network.instant(order.earliest) < now else order
        for order in orders
    ]


def coming_process(network: Network, coming: Coming) -> Process:
    """A process without cost or machine whose one batch is the lot."""
    lot = coming.stock
    at = coming.at.astimezone(network.site[lot.site].zone)
    decay_const = nuclide(network.product[lot.product].nuclide).decay_const
    since_s = (coming.at - network.instant(lot.reference_time)).total_seconds()
    given = {
        "id": coming.process,
        "site": lot.site,
        "kind": "import",
        "product": lot.product,
        "name": lot.id,
        "name_zh": lot.id,
        "activity_per_batch": lot.activity * math.exp(-decay_const * since_s),
        "start_days": [WEEKDAYS[at.weekday()]],
        "start_times": [at.time()],
    }
    return Process.model_construct(**given)


def _past(viewer: User, network: Network, first: date, days: int, begun: set[str]) -> list[Lot]:
    """Batches that cannot be chosen any more: their start has passed, or their lot is on its way."""
    now = clock.now()
    running = frozenset(
        production.runs(viewer).filter(status=RunStatus.PLANNED).values_list("code", flat=True)
    )
    return [
        lot
        for lot in enumerate_lots(network, first, days)
        if not lot.is_stock and (lot.id in begun or (lot.start < now.timestamp() and lot.id not in running))
    ]


def _pins(
    network: Network, first: date, days: int, pins: Pins, coming: list[Coming], past: list[Lot]
) -> Pins:
    """Pins by the names that the planner knows, which also forbid what is past."""
    named = {each.stock.id: each.batch for each in coming}
    forbidden = dict.fromkeys((lot.id for lot in past), "forbid")
    processes = {each.process for each in coming}
    # A process starts weekly: one batch is the lot, the others are not.
    repeated = {
        lot.id: "forbid"
        for lot in enumerate_lots(network, first, days)
        if lot.process in processes and lot.id not in named.values()
    }
    return pins.model_copy(
        update={
            "batches": {**pins.batches, **forbidden, **repeated},
            "deliveries": {order: named.get(lot or "", lot) for order, lot in pins.deliveries.items()},
        }
    )
