"""Rows of the order book: made from what the chain reads, locked, told in the audit strip.

For the services of the market only; nothing here opens a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from becq.chain.alternative import write_alternatives
from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.order import StandingOrder as ChainStandingOrder
from becq.chain.product import Product
from becq.errors import ConflictError, InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market.models import OPEN, Order, OrderEvent, StandingOrder, Status
from becq.platform.network import selectors as networks
from becq.platform.network.models import Site

COLUMNS = ("site_code", "product_code", "nuclide", "activity_bq", "calibration_at", "earliest", "latest",
           "tolerance", "priority", "partial", "patients", "split", "least_part_bq", "most_parts",
           "alternatives", "customer_id", "definition")  # fmt: skip
"""What an order is, apart from what becomes of it."""
_SILENT = frozenset({"definition", "customer_id"})
"""Columns whose change is not told in the audit strip."""


def require_customer(actor: User, action: str, site: Site) -> None:
    """Refuse unless the actor may order for this site."""
    if site.organisation is None:
        policy.require(actor, action)
        raise ConflictError(f"Nobody holds the site '{site.code}', so nobody can order for it")
    policy.require(actor, action, organisation=site.organisation, site=site.code)


def orderable_sites(actor: User) -> list[Site]:
    found = networks.sites(actor).exclude(organisation=None)
    return [
        site
        for site in found
        if policy.may(actor, "order.place", organisation=site.organisation, site=site.code)
        or policy.may(actor, "order.import", organisation=site.organisation, site=site.code)
    ]


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, activities in Bq written with their unit."""
    row = {name: value for name, value in values.items() if value is not None and value != ""}
    for name in ("activity", "least_part"):
        if isinstance(row.get(name), int | float) and not isinstance(row[name], bool):
            row[name] = f"{float(row[name])!r} Bq"
    return row


def new_order(
    actor: User, wanted: ChainOrder, where: Site, network: Network, source: str, status: str
) -> Order:
    order = Order(code=wanted.id, source=source, status=status, created_by=actor, created_at=clock.now())
    fill(order, wanted, where, network)
    return order


def fill(order: Order, wanted: ChainOrder, where: Site, network: Network) -> None:
    _fill_common(order, wanted, where, network.product[wanted.product])
    order.calibration_at = network.instant(wanted.calibration).astimezone(UTC)
    order.earliest = network.instant(wanted.earliest).astimezone(UTC)
    order.latest = network.instant(wanted.latest).astimezone(UTC)


def _fill_common(
    row: Order | StandingOrder, wanted: ChainOrder | ChainStandingOrder, where: Site, product: Product
) -> None:
    assert where.organisation is not None
    row.customer = where.organisation
    row.site_code = wanted.site
    row.product_code = wanted.product
    row.nuclide = product.nuclide
    row.activity_bq = wanted.activity
    row.tolerance = wanted.tolerance
    row.priority = wanted.priority
    row.partial = wanted.partial
    row.patients = wanted.patients
    row.split, row.most_parts = wanted.split, wanted.most_parts
    row.least_part_bq = wanted.least_part
    row.alternatives = write_alternatives(wanted.alternatives)
    row.definition = define(wanted)


def new_standing(
    actor: User, wanted: ChainStandingOrder, where: Site, network: Network, position: int
) -> StandingOrder:
    standing = StandingOrder(code=wanted.id, created_by=actor, created_at=clock.now(), position=position)
    fill_standing(standing, wanted, where, network)
    return standing


def fill_standing(standing: StandingOrder, wanted: ChainStandingOrder, where: Site, network: Network) -> None:
    _fill_common(standing, wanted, where, network.product[wanted.product])
    standing.days = ",".join(wanted.days)
    standing.earliest, standing.latest = wanted.earliest, wanted.latest
    standing.calibration = wanted.calibration
    standing.calibration_day_offset = wanted.calibration_day_offset
    standing.valid_from, standing.valid_to = wanted.valid_from, wanted.valid_to


def cancel_all(actor: User, orders: Sequence[Order], reason: str) -> None:
    for order in orders:
        order.status, order.cancelled_reason = Status.CANCELLED, reason
    Order.objects.bulk_update(orders, ["status", "cancelled_reason"], batch_size=200)
    tell(actor, orders, "cancelled", note=reason)


def forget_promise(order: Order) -> None:
    """What was promised or refused no longer holds."""
    if order.status in OPEN:
        order.status = Status.PLACED
    order.confirmed_activity_bq = order.confirmed_arrival = order.supplier = None
    order.confirmed_lot = order.plan_code = ""
    order.confirmed_parts = []
    order.unmet_reason = order.unmet_sentence = order.unmet_sentence_zh = ""


def tell(
    actor: User,
    orders: Sequence[Order],
    kind: str,
    *,
    changes: Sequence[dict[str, Any]] | None = None,
    note: str = "",
) -> None:
    at = clock.now()
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order, at=at, actor=actor, kind=kind, note=note, changes=changes[i] if changes else {}
        )
        for i, order in enumerate(orders)
    )


def difference_of(
    before: Mapping[str, Any], row: Order | StandingOrder, columns: Iterable[str]
) -> dict[str, Any]:
    return {
        name: [_plain(before[name]), _plain(getattr(row, name))]
        for name in columns
        if name not in _SILENT and before[name] != getattr(row, name)
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def locked(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("customer").get(pk=order.pk)


def one_locked(code: str) -> Order:
    found = (
        Order.objects.select_for_update(of=("self",))
        .select_related("customer", "supplier")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise InputError(f"There is no order '{code}'")
    return found


def by_code(codes: Sequence[str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for start in range(0, len(codes), 500):
        rows = Order.objects.select_for_update(of=("self",)).select_related("customer")
        found.update({row.code: row for row in rows.filter(code__in=codes[start : start + 500])})
    return found


def new_codes(number: int) -> list[str]:
    """So many order codes that nobody has, in a row: O260302-0001."""
    prefix = f"O{clock.now():%y%m%d}-"
    taken = Order.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    used = [int(code[len(prefix) :]) for code in taken if re.fullmatch(r"\d{1,9}", code[len(prefix) :])]
    start = max(used, default=0) + 1
    return [f"{prefix}{n:04d}" for n in range(start, start + number)]
