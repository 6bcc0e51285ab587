"""What plan and chain answer to orders: promised, refused, delivered, used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.market.models import OPEN, Order, Status
from becq.platform.market.rows import (
    by_code,
    forget_promise,
    one_locked,
    tell,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a committed plan answers to an order: a promise, a refusal with its reason, or less than asked.

    :ivar activity_bq: promised at the calibration time, in the product ordered; None where nothing is.
    :ivar parts: where it comes in several parts or as another product, each: lot, product, activity_bq of it,
        counts_bq in the product ordered, arrival (ISO).
    :ivar co_suppliers: suppliers of the other parts.
    """

    order: str
    activity_bq: float | None = None
    lot: str = ""
    arrival: datetime | None = None
    supplier: Organisation | None = None
    parts: tuple[Mapping[str, Any], ...] = ()
    co_suppliers: tuple[Organisation, ...] = ()
    reason: str = ""
    sentence: str = ""
    sentence_zh: str = ""


def hold_orders(actor: User, codes: Sequence[str]) -> None:
    """Let nobody change these orders until the transaction ends, so that what is read of them stays true."""
    policy.require(actor, "order.confirm")
    by_code(codes)


def confirm_orders(actor: User, *, plan_code: str, answers: Sequence[Answer]) -> list[Order]:
    """Write what a committed plan promises or refuses.

    :raises ConflictError: an order is no longer open.
    """
    policy.require(actor, "order.confirm")
    with transaction.atomic():
        found = by_code([answer.order for answer in answers])
        kinds: dict[str, list[Order]] = {"confirmed": [], "unmet": []}
        for answer in answers:
            order = found.get(answer.order)
            if order is None:
                raise InputError(f"There is no order '{answer.order}'")
            policy.require(actor, "order.confirm", organisation=order.customer)
            if order.status not in OPEN:
                raise ConflictError(f"Order {order.code} is {order.status}; it can no longer be confirmed")
            promised = answer.activity_bq is not None and answer.activity_bq > 0
            order.status = Status.CONFIRMED if promised else Status.UNMET
            order.confirmed_activity_bq = answer.activity_bq if promised else None
            order.confirmed_lot = answer.lot if promised else ""
            order.confirmed_arrival = answer.arrival if promised else None
            order.supplier = answer.supplier if promised else None
            order.confirmed_parts = [dict(part) for part in answer.parts] if promised else []
            order.plan_code = plan_code
            order.unmet_reason = answer.reason
            order.unmet_sentence, order.unmet_sentence_zh = answer.sentence, answer.sentence_zh
            kinds[order.status].append(order)
        changed = [order for orders in kinds.values() for order in orders]
        Order.objects.bulk_update(
            changed,
            [
                "status", "confirmed_activity_bq", "confirmed_lot", "confirmed_arrival", "supplier",
                "confirmed_parts",
                "plan_code", "unmet_reason", "unmet_sentence", "unmet_sentence_zh",
            ],
            batch_size=200,
        )  # fmt: skip
        for answer in answers:
            order = found[answer.order]
            if answer.co_suppliers or order.split:
                order.co_suppliers.set(answer.co_suppliers)
        for kind, orders in kinds.items():
            tell(actor, orders, kind, note=plan_code)
    return changed


def release_promises(actor: User, *, plan_code: str, but: Collection[str] = ()) -> list[Order]:
    """What a plan promised no longer holds (another plan replaces it): its open orders are placed again.

    :param but: orders whose promise holds, because what serves them is under way.
    """
    policy.require(actor, "order.confirm")
    if not policy.coordinates(actor):
        raise PermissionDeniedError("Only the operator's people may release the promises of a plan")
    with transaction.atomic():
        found = list(
            Order.objects.select_for_update(of=("self",)).filter(
                plan_code=plan_code, status__in=[Status.CONFIRMED, Status.UNMET]
            )
        )
        found = [order for order in found if order.code not in but]
        for order in found:
            forget_promise(order)
            order.save()
        tell(actor, found, "released", note=plan_code)
    return found


def mark_delivered(
    actor: User, code: str, activity_bq: float | None = None, at: datetime | None = None
) -> Order:
    """The consignment of an order was received, or the last part that still comes of one in parts.

    A cancelled order stays so: what came is only noted. Those who receive may say so; where the rest of an
    order in parts does not come, those who plan or send too.

    :param activity_bq: received, referred to the order's calibration time.
    """
    with transaction.atomic():
        order = one_locked(code)
        suppliers = [order.supplier or order.customer, *order.co_suppliers.all()]
        if not policy.may(actor, "order.confirm", organisation=order.customer) and not any(
            policy.may(actor, "dispatch.dispatch", organisation=supplier) for supplier in suppliers
        ):
            policy.require(actor, "dispatch.receive", organisation=order.customer, site=order.site_code)
        if order.status in OPEN:
            order.status = Status.DELIVERED
        order.delivered_at = at or clock.now()
        order.delivered_activity_bq = activity_bq
        order.save(update_fields=["status", "delivered_at", "delivered_activity_bq"])
        tell(actor, [order], "delivered")
    return order


def mark_undelivered(actor: User, code: str, *, reason: str, sentence: str, sentence_zh: str = "") -> Order:
    """What was promised will not come (rejected at receipt, failed batch, lost): the order is unmet again."""
    with transaction.atomic():
        order = one_locked(code)
        if not any(
            policy.may(actor, action, organisation=organisation)
            for action, organisation in (
                ("order.confirm", order.customer),
                ("dispatch.receive", order.customer),
                ("order.confirm", order.supplier or order.customer),
            )
        ):
            raise PermissionDeniedError(f"{actor.username} may not take back what {order.code} was promised")
        if order.status not in OPEN | {Status.DELIVERED}:
            raise ConflictError(f"Order {order.code} is {order.status}")
        forget_promise(order)
        order.status = Status.UNMET
        order.unmet_reason, order.unmet_sentence, order.unmet_sentence_zh = reason, sentence, sentence_zh
        order.delivered_at = order.delivered_activity_bq = None
        order.save()
        tell(actor, [order], "unmet", note=sentence)
    return order


def mark_fulfilled(actor: User, code: str) -> Order:
    """What was delivered has been used. Once is enough: a second call changes nothing."""
    with transaction.atomic():
        order = one_locked(code)
        policy.require(actor, "clinic.administer", organisation=order.customer, site=order.site_code)
        if order.status == Status.FULFILLED:
            return order
        if order.status != Status.DELIVERED:
            raise ConflictError(f"Order {order.code} is {order.status}; only a delivered one is fulfilled")
        order.status = Status.FULFILLED
        order.save(update_fields=["status"])
        tell(actor, [order], "fulfilled")
    return order
