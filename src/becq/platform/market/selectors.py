"""What a person may know of orders.

A customer sees its own orders, a supplier those it was planned to serve, a regulator those of its
province, the operator's people all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from becq.chain.order import Order as ChainOrder
from becq.chain.order import StandingOrder as ChainStandingOrder
from becq.errors import InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market.models import OPEN, Order, OrderEvent, StandingOrder, Status

SORTS = frozenset(
    {
        "activity_bq",
        "calibration_at",
        "code",
        "created_at",
        "earliest",
        "priority",
        "product_code",
        "site_code",
        "status",
    }
)
SHORT = Q(status=Status.UNMET) | Q(
    status__in=[Status.CONFIRMED, Status.DELIVERED],
    confirmed_activity_bq__lt=F("activity_bq") * (1 - F("tolerance")) * (1 - 1e-6),
)
"""Orders that are not served, or promised less than their tolerance allows."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How orders stand on a day or span: "42 orders for tomorrow, 3 short"."""

    orders: int
    short: int
    by_status: dict[str, int] = field(default_factory=dict)


def orders(
    viewer: User,
    *,
    day: date | None = None,
    days: int = 1,
    product: str = "",
    site: str = "",
    status: str | Iterable[str] = (),
    short: bool = False,
    text: str = "",
    sort: str = "earliest",
) -> QuerySet[Order]:
    """Orders, filtered and sorted; a page slices or paginates the answer.

    :param day: delivery windows that open on this day, or on ``days`` days from it (zone of the pages).
    :param status: one or several; "open" for what a plan still has to serve. Default: all.
    :param short: only orders that are not served or promised too little.
    :param text: part of a code, site, product, nuclide, lot or note.
    :param sort: a column of SORTS, with "-" in front for the other way round.
    :raises InputError: for an unknown column or status.
    """
    found = _visible(viewer)
    if day is not None:
        start, end = span(day, days)
        found = found.filter(earliest__gte=start, earliest__lt=end)
    if product:
        found = found.filter(product_code=product)
    if site:
        found = found.filter(site_code=site)
    wanted = [status] if isinstance(status, str) else list(status)
    wanted = [word for word in wanted if word]
    if wanted:
        unknown = {*wanted} - {*Status.values, "open"}
        if unknown:
            raise InputError(f"Unknown status {', '.join(sorted(unknown))}; use {', '.join(Status.values)}")
        if "open" in wanted:
            wanted += list(OPEN)
        found = found.filter(status__in=wanted)
    if short:
        found = found.filter(SHORT)
    for word in text.split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(site_code__icontains=word)
            | Q(product_code__icontains=word)
            | Q(nuclide__icontains=word)
            | Q(confirmed_lot__icontains=word)
            | Q(note__icontains=word)
        )
    if sort.removeprefix("-") not in SORTS:
        raise InputError(f"Orders are not sorted by '{sort}'; use {', '.join(sorted(SORTS))}")
    return found.order_by(sort, "pk").select_related("customer", "supplier")


def order(viewer: User, code: str) -> Order:
    """One order by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = _visible(viewer).filter(code=code).select_related("customer", "supplier", "standing").first()
    if found is None:
        raise InputError(f"There is no order '{code}'")
    return found


def events(viewer: User, order: Order) -> QuerySet[OrderEvent]:
    """What happened to an order, oldest first."""
    return OrderEvent.objects.filter(order__in=_visible(viewer), order=order).select_related("actor")


def duplicates(viewer: User, order: Order) -> QuerySet[Order]:
    """Other open orders of the same site for the same product and calibration time."""
    return (
        _visible(viewer)
        .filter(
            site_code=order.site_code,
            product_code=order.product_code,
            calibration_at=order.calibration_at,
            status__in=OPEN,
        )
        .exclude(pk=order.pk)
    )


def counts(viewer: User, day: date, days: int = 1) -> Counts:
    """How the orders stand whose windows open on ``days`` days from ``day``; drafts and cancelled apart."""
    found = orders(viewer, day=day, days=days).exclude(status__in=[Status.DRAFT, Status.CANCELLED])
    by_status = {row["status"]: row["n"] for row in found.order_by().values("status").annotate(n=Count("pk"))}
    return Counts(sum(by_status.values()), found.filter(SHORT).count(), by_status)


def standing_orders(viewer: User, *, active: bool | None = True) -> QuerySet[StandingOrder]:
    """Orders that repeat weekly; ``active=None`` for those that have ended too."""
    found = StandingOrder.objects.filter(policy.network_scope(viewer, "customer"))
    if viewer.site_code and not policy.coordinates(viewer):
        found = found.filter(site_code=viewer.site_code)
    if active is not None:
        found = found.filter(active=active)
    return found.select_related("customer")


def standing_order(viewer: User, code: str) -> StandingOrder:
    """One standing order by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = standing_orders(viewer, active=None).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no standing order '{code}'")
    return found


def single_rows(viewer: User) -> list[ChainOrder]:
    """Open single orders as the network file writes them, in its order."""
    found = _visible(viewer).filter(standing=None, status__in=OPEN).order_by("position", "pk")
    return chain_orders(found)


def standing_rows(viewer: User) -> list[ChainStandingOrder]:
    """Active standing orders as the network file writes them, in its order."""
    found = standing_orders(viewer).order_by("position", "pk")
    return [ChainStandingOrder.model_validate(row) for row in found.values_list("definition", flat=True)]


def plan_orders(viewer: User, start: datetime, end: datetime) -> list[Order]:
    """Open orders whose delivery window opens from ``start`` to before ``end``, by window and code."""
    return list(
        _visible(viewer)
        .filter(status__in=OPEN, earliest__gte=start, earliest__lt=end)
        .order_by("earliest", "code")
    )


def chain_orders(found: QuerySet[Order] | Sequence[Order]) -> list[ChainOrder]:
    """Orders as the core knows them."""
    return [ChainOrder.model_validate(order.definition) for order in found]


def span(day: date, days: int = 1) -> tuple[datetime, datetime]:
    """Start and end of ``days`` days from ``day`` in the zone of the pages."""
    start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
    return start, datetime.combine(day + timedelta(days=days), time(), ZoneInfo(settings.TIME_ZONE))


def _visible(viewer: User) -> QuerySet[Order]:
    seen = policy.network_scope(viewer, "customer")
    if policy.coordinates(viewer):
        return Order.objects.filter(seen)
    if viewer.site_code:
        seen &= Q(site_code=viewer.site_code)
    if isinstance(viewer, User) and viewer.is_active and viewer.organisation_id is not None:
        shared = Order.co_suppliers.through.objects.filter(organisation_id=viewer.organisation_id)
        supplied = Q(supplier=viewer.organisation_id) | Q(pk__in=shared.values("order_id"))
        seen |= supplied & ~Q(status=Status.DRAFT)
    return Order.objects.filter(seen)


__all__ = [
    "SHORT",
    "SORTS",
    "Counts",
    "chain_orders",
    "counts",
    "duplicates",
    "events",
    "order",
    "orders",
    "plan_orders",
    "single_rows",
    "span",
    "standing_order",
    "standing_orders",
    "standing_rows",
]
