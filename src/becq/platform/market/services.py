"""What is done to orders: the one door for other apps and pages.

``place_order``, ``amend_order``, ``cancel_order`` and their standing counterparts are the customer's;
``confirm_orders``, ``mark_delivered`` and ``mark_fulfilled`` are called when a plan is committed, a
consignment received, and the activity used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.errors import ConflictError, InputError, ProblemsError
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.market.models import OPEN, Channel, Order, Status
from becq.platform.market.order_import import OrderImport, export_orders, import_orders, order_template
from becq.platform.market.promises import (
    Answer,
    confirm_orders,
    hold_orders,
    mark_delivered,
    mark_fulfilled,
    mark_undelivered,
    release_promises,
)
from becq.platform.market.rows import (
    COLUMNS,
    difference_of,
    fill,
    forget_promise,
    given,
    locked,
    new_codes,
    new_order,
    require_customer,
    tell,
)
from becq.platform.market.standing import (
    edit_standing_order,
    end_standing_order,
    expected_orders,
    materialise_standing_orders,
    place_standing_order,
)
from becq.platform.market.takeover import take_over
from becq.platform.market.validation import form_source, validate_orders
from becq.platform.network import selectors as networks
from becq.platform.network.models import Site

__all__ = [
    "Answer",
    "OrderImport",
    "amend_order",
    "cancel_order",
    "confirm_orders",
    "edit_standing_order",
    "end_standing_order",
    "expected_orders",
    "export_orders",
    "hold_orders",
    "import_orders",
    "mark_delivered",
    "mark_fulfilled",
    "mark_undelivered",
    "materialise_standing_orders",
    "order_template",
    "place_order",
    "place_standing_order",
    "release_promises",
    "submit_order",
    "take_over",
]

AMENDABLE = OPEN | {Status.DRAFT}
_FIELDS = ("product", "activity", "calibration", "earliest", "latest", "tolerance", "priority", "partial",
           "patients", "split", "least_part", "most_parts", "alternatives")  # fmt: skip


def place_order(
    actor: User,
    *,
    site: str,
    product: str,
    activity: str | float,
    calibration: datetime | str,
    earliest: datetime | str,
    latest: datetime | str,
    tolerance: float | str = 0.1,
    priority: int = 2,
    partial: bool = False,
    patients: int | None = None,
    split: bool = False,
    least_part: str | float | None = None,
    most_parts: int | None = None,
    alternatives: str = "",
    note: str = "",
    code: str = "",
    source: str = Channel.FORM,
    draft: bool = False,
) -> Order:
    """A new order, placed at once or kept as a draft.

    :param activity: text with its unit ("7.4 GBq"), or Bq; at the calibration time.
    :param calibration: times without an offset are in the zone of the site.
    :param split: it may come in up to ``most_parts`` parts of ``least_part`` at least, as the network file
        has them; ``alternatives`` likewise ("tc99m = 20 GBq").
    :param code: given by the customer; a new one where left out.
    :raises ProblemsError: with every field that does not fit.
    """
    values = {
        "site": site, "product": product, "activity": activity, "calibration": calibration,
        "earliest": earliest, "latest": latest, "tolerance": tolerance, "priority": priority,
        "partial": partial, "patients": patients, "split": split, "least_part": least_part,
        "most_parts": most_parts, "alternatives": alternatives,
    }  # fmt: skip
    where = networks.site(actor, site)
    require_customer(actor, "order.place", where)
    if source not in Channel.values:
        raise InputError(f"Unknown source {source!r}; use one of {', '.join(Channel.values)}")
    network = networks.supply_network(actor)
    try:
        with transaction.atomic():
            chosen = code.strip() or new_codes(1)[0]
            if Order.objects.filter(code=chosen).exists():
                raise ConflictError(f"There is an order '{chosen}' already; leave the code out for a new one")
            wanted = _read_form(chosen, values, where, network)
            order = new_order(actor, wanted, where, network, source, Status.DRAFT if draft else Status.PLACED)
            order.note = note.strip()
            order.save(force_insert=True)
            tell(actor, [order], "drafted" if draft else "placed")
    except IntegrityError as error:
        raise ConflictError("Somebody else took this order code just now; place the order again") from error
    return order


def submit_order(actor: User, order: Order) -> Order:
    """Place a draft."""
    with transaction.atomic():
        order = locked(order)
        require_customer(actor, "order.place", _site(actor, order))
        if order.status != Status.DRAFT:
            raise ConflictError(f"Order {order.code} is {order.status}; only a draft is placed")
        if order.latest < clock.now():
            raise ConflictError(f"The delivery window of {order.code} is over; amend it first")
        order.status = Status.PLACED
        order.save(update_fields=["status"])
        tell(actor, [order], "placed")
    return order


def amend_order(actor: User, order: Order, *, reason: str = "", **changes: Any) -> Order:
    """Change an order that is not delivered. What was promised for it no longer holds: it is placed anew.

    :param changes: product, activity, calibration, earliest, latest, tolerance, priority, partial,
        patients, split, least_part, most_parts, alternatives, note, as for ``place_order``.
    :raises ProblemsError: with every field that does not fit.
    :raises ConflictError: it is delivered, fulfilled or cancelled.
    """
    unknown = set(changes) - {*_FIELDS, "note"}
    if unknown:
        raise InputError(f"{', '.join(sorted(unknown))} of an order cannot be changed")
    with transaction.atomic():
        order = locked(order)
        where = _site(actor, order)
        require_customer(actor, "order.place", where)
        if order.status not in AMENDABLE:
            raise ConflictError(f"Order {order.code} is {order.status} and can no longer be changed")
        network = networks.supply_network(actor)
        note = changes.pop("note", None)
        values: dict[str, Any] = {
            **{name: value for name, value in order.definition.items() if name != "id"},
            **changes,
        }
        wanted = _read_form(order.code, values, where, network)
        before = {name: getattr(order, name) for name in COLUMNS}
        fill(order, wanted, where, network)
        difference = difference_of(before, order, COLUMNS)
        if note is not None and note.strip() != order.note:
            difference["note"] = [order.note, note.strip()]
            order.note = note.strip()
        if difference.keys() - {"note"}:
            forget_promise(order)
            order.amended_at = clock.now()
        if difference:
            order.save()
            tell(actor, [order], "amended", changes=[difference], note=reason)
    return order


def cancel_order(actor: User, order: Order, *, reason: str) -> Order:
    """Take an order back, for good. Drafts too: nothing is ever deleted."""
    if not reason.strip():
        raise InputError("Say why the order is cancelled")
    with transaction.atomic():
        order = locked(order)
        require_customer(actor, "order.place", _site(actor, order))
        if order.status not in AMENDABLE:
            raise ConflictError(f"Order {order.code} is {order.status} and can no longer be cancelled")
        order.status = Status.CANCELLED
        order.cancelled_reason = reason.strip()
        order.save(update_fields=["status", "cancelled_reason"])
        tell(actor, [order], "cancelled", note=reason.strip())
    return order


def _read_form(code: str, values: Mapping[str, Any], where: Site, network: Network) -> ChainOrder:
    """The order of a form.

    :raises ProblemsError: with every field that does not fit.
    """
    row = {"id": code, **given(values)}
    zone = ZoneInfo(where.timezone)
    for name in ("calibration", "earliest", "latest"):
        row[name] = _aware(row.get(name), zone)
    row = given(row)
    orders, problems = validate_orders(form_source(row), network, clock.now())
    if problems:
        raise ProblemsError(problems)
    return orders[0]


def _aware(value: Any, zone: ZoneInfo) -> Any:
    """A time of a form in the site's zone; text that is no time is left for the reader to refuse."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" ", "T"))
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _site(actor: User, order: Order) -> Site:
    return networks.site(actor, order.site_code)
