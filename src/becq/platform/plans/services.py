"""What is done to plans: asked for, stopped, pinned, planned anew, committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.planning import Pins
from becq.planning.groups import POLICIES
from becq.planning.planner import MAX_DAYS
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch import services as dispatch
from becq.platform.market import services as market
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors
from becq.platform.plans.carrying import (
    answers_of,
    declare_outages,
    left_before,
    place_rush_orders,
    to_carry_out,
)
from becq.platform.plans.input import begun_runs, horizon_orders, orders_under_way, parted_orders
from becq.platform.plans.models import PlanRun, Purpose, RunStatus
from becq.platform.plans.tasks import execute_plan
from becq.platform.production import services as production

LONGEST_LIMIT_S = 1800.0
MAX_AHEAD = 92
"""Days from today on within which a plan ends."""


def request_plan(
    actor: User,
    first: date,
    days: int,
    *,
    pins: Pins | Mapping[str, Any] | None = None,
    base: PlanRun | None = None,
    name: str = "",
    rationing: str = "priority",
    time_limit_s: float = 60.0,
) -> PlanRun:
    """Ask for a plan of ``days`` days from ``first``; the background worker makes it.

    ``rationing`` says who gets what is scarce (``becq.planning.groups.POLICIES``).

    It counts with the single orders that standing orders are yet to make; the commit makes them.

    :raises InputError: an empty or overlong horizon, one that begins in the past where no committed plan
        does or ends too far ahead, an unknown rationing policy, or malformed pins.
    """
    require_coordinator(actor, "plan.run")
    if not 1 <= days <= MAX_DAYS:
        raise InputError(f"A plan covers 1 to {MAX_DAYS} days, not {days}")
    if not 1.0 <= time_limit_s <= LONGEST_LIMIT_S:
        raise InputError(f"The planner may take 1 s to {LONGEST_LIMIT_S:.0f} s, not {time_limit_s:g} s")
    if rationing not in POLICIES:
        raise InputError(f"There is no rationing policy {rationing!r}; use one of {', '.join(POLICIES)}")
    checked = _checked_pins(pins)
    networks.require_meta(actor)
    _check_days(actor, first, days)
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(
                code=new_code(first),
                name=name.strip()[:200],
                first=first,
                days=days,
                policy=rationing,
                time_limit_s=time_limit_s,
                pins=checked,
                draft_pins=checked,
                base=base,
                requested_by=actor,
                created_at=clock.now(),
            )
            execute_plan.enqueue(run.pk)
    except IntegrityError as error:
        raise ConflictError("Another plan was asked for at the same moment; ask again") from error
    run.refresh_from_db()
    return run


def cancel_run(actor: User, run: PlanRun) -> PlanRun:
    """Stop a run: at once while it waits (or its worker is gone), else at the planner's next report."""
    require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        if run.is_finished:
            raise ConflictError(f"Plan {run.code} is {run.status} already")
        run.cancel_requested = True
        if run.status == RunStatus.QUEUED or selectors.is_stalled(run):
            run.status = RunStatus.CANCELLED
            run.finished_at = clock.now()
        run.save(update_fields=["cancel_requested", "status", "finished_at"])
    return run


def rename_run(actor: User, run: PlanRun, name: str) -> PlanRun:
    """Give a plan another name."""
    require_coordinator(actor, "plan.run")
    run.name = name.strip()[:200]
    run.save(update_fields=["name"])
    return run


def pin(
    actor: User,
    run: PlanRun,
    *,
    batches: Mapping[str, str] | None = None,
    deliveries: Mapping[str, str | None] | None = None,
    unpin: Sequence[str] = (),
) -> PlanRun:
    """Fix what the next plan must keep; ``replan`` makes it. The plan itself does not change.

    :param batches: batch → "start" or "forbid".
    :param deliveries: order → lot that must serve it, or None for "do not serve".
    :param unpin: batches and orders whose pins are taken away.
    :raises InputError: the plan knows no such order, or a pin is malformed.
    """
    require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        if run.status != RunStatus.DONE:
            raise ConflictError(f"Plan {run.code} is {run.status}; only a finished plan is pinned")
        unknown = [code for code in deliveries or {} if code not in run.planned_orders]
        if unknown:
            raise InputError(f"Plan {run.code} has no order {', '.join(sorted(unknown)[:5])}")
        draft = {
            "batches": {**run.draft_pins.get("batches", {}), **(batches or {})},
            "deliveries": {**run.draft_pins.get("deliveries", {}), **(deliveries or {})},
        }
        run.draft_pins = _checked_pins(
            {part: {k: v for k, v in fixed.items() if k not in unpin} for part, fixed in draft.items()}
        )
        run.save(update_fields=["draft_pins"])
    return run


def set_pins(actor: User, run: PlanRun, pins: Mapping[str, Any]) -> PlanRun:
    """Write the pins that the next plan must keep, in the place of all that there were.

    :raises InputError: a pin is malformed.
    """
    require_coordinator(actor, "plan.run")
    run.draft_pins = _checked_pins(pins)
    run.save(update_fields=["draft_pins"])
    return run


def replan(
    actor: User, run: PlanRun, *, name: str = "", rationing: str = "", time_limit_s: float | None = None
) -> PlanRun:
    """A new run of the same horizon with what has been pinned on ``run``, which becomes its base.

    ``rationing`` is that of ``run`` where none is given.

    Pins of orders that are no longer open are left out: there is nothing to serve.
    """
    require_coordinator(actor, "plan.run")
    run.refresh_from_db()
    head = networks.network_head(actor)
    still = {order.code for order in horizon_orders(actor, head, run.first, run.days)}
    pins = {
        "batches": run.draft_pins.get("batches", {}),
        "deliveries": {k: v for k, v in run.draft_pins.get("deliveries", {}).items() if k in still},
    }
    return request_plan(
        actor,
        run.first,
        run.days,
        pins=pins,
        base=run,
        name=name or run.name,
        rationing=rationing or run.policy,
        time_limit_s=time_limit_s or run.time_limit_s,
    )


def commit_plan(actor: User, run: PlanRun, *, supersede: bool = False) -> PlanRun:
    """Make a plan the one that is carried out: runs, consignments and answers to orders, all or nothing.

    :param supersede: take the place of committed plans that cover the same days. What these have begun
        stays; what they have not begun is withdrawn.
    :raises ConflictError: not done, committed already, stale, or in the way of another committed plan.
    """
    require_coordinator(actor, "plan.commit")
    with transaction.atomic():
        # One commit at a time: two that cover the same days must not both find the way free.
        PlanRun.objects.select_for_update().order_by("pk").values_list("pk", flat=True).first()
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        if run.committed_at is not None:
            raise ConflictError(f"Plan {run.code} is committed already")
        if run.status != RunStatus.DONE or run.result is None:
            raise ConflictError(f"Plan {run.code} is {run.status}; only a finished plan is committed")
        if run.purpose == Purpose.SCENARIO:
            raise ConflictError(
                f"Plan {run.code} is a what-if and is not carried out; make the plan anew with what is true"
            )
        place_rush_orders(actor, run)
        chosen = to_carry_out(run, selectors.begun_codes(actor, run.now))
        market.materialise_standing_orders(actor, run.first, run.days, only=run.planned_orders)
        market.hold_orders(actor, list(run.planned_orders))
        changed = selectors.staleness(actor, run)
        if changed:
            raise ConflictError(f"Plan {run.code} is stale: {'; '.join(changed)}. Plan again")
        _refuse_past(actor, run)
        older = selectors.overlapping(actor, run)
        if older and not supersede:
            codes = ", ".join(other.code for other in older)
            raise ConflictError(f"Plan {run.code} covers days of {codes}, which is committed; supersede it")
        for left in selectors.uncovered(actor, run):
            raise ConflictError(
                f"Plan {run.code} does not cover all that is left of {left.plan.code}; "
                f"plan from {left.first} to {left.last}"
            )
        for other in older:
            _withdraw(actor, other, run)
        production.schedule_runs(actor, plan_code=run.code, batches=chosen["batches"])
        dispatch.schedule_consignments(
            actor,
            plan_code=run.code,
            deliveries=chosen["deliveries"],
            supplies=chosen["supplies"],
        )
        market.confirm_orders(actor, plan_code=run.code, answers=answers_of(actor, run))
        dispatch.close_orders(actor, parted_orders(actor))
        if declare_outages(actor, run):
            run.network_revision = networks.require_meta(actor).revision
            run.save(update_fields=["network_revision"])
        run.committed_at, run.committed_by = clock.now(), actor
        run.save(update_fields=["committed_at", "committed_by"])
    return run


def require_coordinator(actor: User, action: str) -> None:
    """Refuse who may not do this for the whole network: the operator's people may.

    :raises PermissionDeniedError: of another organisation, or of a role that may not.
    """
    policy.require(actor, action)
    if not policy.coordinates(actor):
        raise PermissionDeniedError(
            f"{actor.username} may not do this for the whole network ({action}); the operator's people may"
        )


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day that a plan may have."""

    first: date
    last: date


def possible_days(actor: User, first: date, days: int) -> Span:
    """A plan is of days to come; one that begins earlier plans again what a committed plan has begun."""
    today = clock.now().astimezone(networks.network_head(actor).zone).date()
    is_replan = first + timedelta(days=days) > today and any(
        other.first <= first < other.first + timedelta(days=other.days) for other in selectors.in_force(actor)
    )
    return Span(min(first, today) if is_replan else today, today + timedelta(days=MAX_AHEAD - 1))


def _check_days(actor: User, first: date, days: int) -> None:
    span = possible_days(actor, first, days)
    if first < span.first:
        raise InputError(f"The first day {first} is over; plan from {span.first} on")
    if first + timedelta(days=days - 1) > span.last:
        raise InputError(f"A plan reaches at most {MAX_AHEAD} days ahead; end it on {span.last} or before")


def _refuse_past(actor: User, run: PlanRun) -> None:
    """Refuse to carry out what should have started by now and has not."""
    found = selectors.past_starts(actor, run)
    if found:
        named = ", ".join(found[:3]) + (" ..." if len(found) > 3 else "")
        raise ConflictError(
            f"Plan {run.code} has {len(found)} starts or departures that have passed ({named}). Plan again"
        )


def _checked_pins(pins: Pins | Mapping[str, Any] | None) -> dict[str, Any]:
    if isinstance(pins, Pins):
        return pins.model_dump()
    try:
        return Pins.model_validate(dict(pins or {})).model_dump()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f'A pin is malformed at {where}: {first["msg"]}; write {{"batches": {{batch: "start" or '
            f'"forbid"}}, "deliveries": {{order: lot or null}}}}'
        ) from error


def new_code(first: date) -> str:
    """A code that no plan has: P20261207-01."""
    prefix = f"P{first:%Y%m%d}-"
    codes = PlanRun.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    return f"{prefix}{max((int(code[len(prefix) :]) for code in codes), default=0) + 1:02d}"


def _withdraw(actor: User, other: PlanRun, run: PlanRun) -> None:
    """Take back what a committed plan has not begun."""
    begun = begun_runs(actor, networks.network_head(actor), run.first)
    over = left_before(run)
    production.withdraw_runs(actor, plan_code=other.code, but=[each.code for each in begun])
    dispatch.withdraw_consignments(actor, plan_code=other.code, but=[f"{order}~{lot}" for order, lot in over])
    market.release_promises(
        actor, plan_code=other.code, but=orders_under_way(actor) | {order for order, _ in over}
    )
    PlanRun.objects.filter(pk=other.pk).update(superseded_by=run)
