"""Why an order of a plan is not served and what would serve it: asked for, looked at, taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.planning.taking import take_remedy
from becq.planning.variation import write_variations
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.plans import happenings, services
from becq.platform.plans.material import material_of
from becq.platform.plans.models import OrderExplanation, PlanRun, Purpose, RunStatus
from becq.platform.plans.tasks import execute_explanation

STALLED_AFTER = timedelta(minutes=10)
"""An explanation that was not heard of for longer has lost its worker."""


def request_explanation(actor: User, run: PlanRun, order: str) -> OrderExplanation:
    """Ask why an order is not served; one that is under way or done is answered with.

    :raises InputError: the plan has no such order. ConflictError: the plan is not finished, or what it was
        made of was not kept.
    """
    services.require_coordinator(actor, "plan.run")
    if run.status != RunStatus.DONE or run.result is None:
        raise ConflictError(f"Plan {run.code} is {run.status}; only orders of a finished plan are explained")
    if order not in orders_of(run):
        raise InputError(f"Plan {run.code} has no order {order!r}")
    material_of(run)
    with transaction.atomic():
        PlanRun.objects.select_for_update().get(pk=run.pk)
        row = OrderExplanation.objects.filter(run=run, order=order).first()
        if row is not None and (row.status in {RunStatus.QUEUED, RunStatus.DONE} or is_alive(row)):
            return row
        row = row or OrderExplanation(run=run, order=order)
        row.status, row.progress, row.progress_text, row.error = RunStatus.QUEUED, 0.0, "", ""
        row.result, row.cancel_requested, row.finished_at = None, False, None
        row.requested_by, row.created_at = actor, clock.now()
        row.save()
        execute_explanation.enqueue(row.pk)
    row.refresh_from_db()
    return row


def cancel_explanation(actor: User, row: OrderExplanation) -> OrderExplanation:
    """Stop an explanation: at once while it waits, else before the next change is tried."""
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        row = OrderExplanation.objects.select_for_update().get(pk=row.pk)
        if row.is_finished:
            raise ConflictError(f"The explanation of {row.order} is {row.status} already")
        row.cancel_requested = True
        if row.status == RunStatus.QUEUED or not is_alive(row):
            row.status, row.finished_at = RunStatus.CANCELLED, clock.now()
        row.save(update_fields=["cancel_requested", "status", "finished_at"])
    return row


def explanation(viewer: User, run: PlanRun, order: str) -> OrderExplanation | None:
    """The explanation of an order, if somebody asked for it; for the operator's people."""
    services.require_coordinator(viewer, "plan.read")
    return OrderExplanation.objects.filter(run=run, order=order).first()


def explained(viewer: User, run: PlanRun) -> dict[str, OrderExplanation]:
    """Order → its explanation, of those that were asked for."""
    services.require_coordinator(viewer, "plan.read")
    return {row.order: row for row in run.explanations.defer("result")}


def take(
    actor: User, row: OrderExplanation, number: int, *, name: str = "", purpose: str = Purpose.SCENARIO
) -> PlanRun:
    """Plan anew with one of the changes that would serve the order: a what-if, named after the change.

    Changes that need nothing of the network (there is room; a pin goes) may be a replan as well.

    :param number: which of the changes, from 0.
    :raises InputError: there is no such change.
    """
    services.require_coordinator(actor, "plan.run")
    remedies: list[dict[str, Any]] = (row.result or {}).get("remedies", [])
    if not 0 <= number < len(remedies):
        raise InputError(f"The explanation of {row.order} has no change {number}")
    remedy = remedies[number]
    assert row.result is not None
    taken = take_remedy(remedy["kind"], remedy["what"], row.order, row.result["site"])
    return happenings.request_replan(
        actor,
        row.run,
        events=[],
        variations=write_variations(taken.variations),
        name=name or (f"{row.order}: {remedy['kind']}" if purpose == Purpose.SCENARIO else ""),
        purpose=purpose,
        touched=[row.order],
        unpin=taken.unpin,
    )


def orders_of(run: PlanRun) -> frozenset[str]:
    """Every order that a plan answers."""
    result = run.result or {"deliveries": [], "unmet": []}
    return frozenset(row["order"] for part in ("deliveries", "unmet") for row in result[part])


def is_alive(row: OrderExplanation) -> bool:
    """Whether a worker is at it."""
    return (
        row.status == RunStatus.RUNNING
        and row.heartbeat_at is not None
        and clock.now() - row.heartbeat_at < STALLED_AFTER
    )
