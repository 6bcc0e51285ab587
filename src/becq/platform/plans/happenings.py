"""What has happened to a plan, or might: events and network changes are collected, and a new plan asked for.

Events are collected on the plan (``draft_events``, like pins) until the plan is made anew; each is held
against the plan when it is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from becq.errors import BecqError, ConflictError, InputError, Problem, ProblemsError
from becq.planning.events import Event, RushOrder, Scenario, read_event, write_events
from becq.planning.situation import settle_events
from becq.planning.variation import read_variations, vary_network, write_variations
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors, services
from becq.platform.plans.material import Material, drop_unused_snapshots, material_of
from becq.platform.plans.models import PlanRun, Purpose, RunStatus
from becq.platform.plans.tasks import execute_plan

LEAD = timedelta(minutes=10)
"""Time until a plan made anew is looked at and committed: what starts before then is left alone."""
MOST = 200
"""Events that a plan may be given at once."""


def present(viewer: User, run: PlanRun) -> datetime:
    """The moment from which a plan is made anew where nobody says otherwise: soon, within its days."""
    zone = networks.network_head(viewer).zone
    begin = datetime.combine(run.first, datetime.min.time(), zone)
    latest = begin + timedelta(days=run.days) - timedelta(minutes=1)
    earliest = max(begin, run.now) if run.now else begin
    return min(max(clock.now() + LEAD, earliest), latest).replace(second=0, microsecond=0)


def add_event(actor: User, run: PlanRun, row: Mapping[str, Any], now: datetime | None = None) -> PlanRun:
    """Collect an event (a row of ``becq.events/1``) for the next plan.

    :param now: moment from which the plan is to be made anew; ``present`` where left out.
    :raises ProblemsError: it is malformed, or fits nothing in the plan.
    """
    run, refused = add_events(actor, run, [row], now)
    if refused:
        raise refused[0]
    return run


def add_events(
    actor: User, run: PlanRun, rows: Sequence[Mapping[str, Any]], now: datetime | None = None
) -> tuple[PlanRun, list[BecqError]]:
    """Collect several; those that are malformed or fit nothing are left out, and told."""
    services.require_coordinator(actor, "plan.run")
    refused: list[BecqError] = []
    with transaction.atomic():
        run = _changeable(run)
        material, moment = material_of(run), now or present(actor, run)
        collected = read_events(run.draft_events)
        for row in rows:
            if len(collected) >= MOST:
                message = f"A plan takes {MOST} events at once; plan anew with those that there are"
                refused.append(InputError(message))
                break
            try:
                (event,) = read_events([row])
                others = [each for each in collected if isinstance(each, RushOrder)]
                check_events(material, [*others, event], moment)
            except BecqError as error:
                refused.append(error)
            else:
                collected.append(event)
        run.draft_events = write_events(collected)
        run.save(update_fields=["draft_events"])
    return run, refused


def remove_event(actor: User, run: PlanRun, number: int) -> PlanRun:
    """Take back the event with this number (from 0) of those that were collected."""
    return _remove(actor, run, "draft_events", number)


def remove_all(actor: User, run: PlanRun) -> PlanRun:
    """Take back everything that was collected."""
    services.require_coordinator(actor, "plan.run")
    run.draft_events, run.draft_variations = [], []
    run.save(update_fields=["draft_events", "draft_variations"])
    return run


def add_variation(actor: User, run: PlanRun, row: Mapping[str, Any]) -> PlanRun:
    """Collect a change of the network (a row of ``becq.planning.variation``) for the next what-if.

    :raises ProblemsError: it is malformed. InputError: it names nothing in the network.
    """
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = _changeable(run)
        rows = [*run.variations, *run.draft_variations, dict(row)]
        found = read_variations(rows)
        vary_network(material_of(run).network, found, run.first, run.days)
        run.draft_variations = [*run.draft_variations, *write_variations(found[-1:])]
        run.save(update_fields=["draft_variations"])
    return run


def remove_variation(actor: User, run: PlanRun, number: int) -> PlanRun:
    """Take back the network change with this number (from 0) of those that were collected."""
    return _remove(actor, run, "draft_variations", number)


def _remove(actor: User, run: PlanRun, field: str, number: int) -> PlanRun:
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        rows = list(getattr(run, field))
        if 0 <= number < len(rows):
            del rows[number]
        setattr(run, field, rows)
        run.save(update_fields=[field])
    return run


def read_events(rows: Sequence[Mapping[str, Any]]) -> list[Event]:
    """Events from rows. Raises ProblemsError, which names the field."""
    problems: list[Problem] = []
    found: list[Event] = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(read_event(row, f"event {number} ({row.get('kind', '')})"))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found


def check_events(material: Material, events: Sequence[Event], now: datetime) -> None:
    """Refuse events that fit nothing in a plan, all at once.

    :raises ProblemsError: with each problem.
    """
    known = Scenario.model_validate({"events": material.document.get("events") or []}).events
    settle_events(material.network, material.document, list(known), list(events), now.timestamp())


def request_replan(
    actor: User,
    run: PlanRun,
    *,
    now: datetime | None = None,
    events: Sequence[Mapping[str, Any]] | None = None,
    variations: Sequence[Mapping[str, Any]] | None = None,
    name: str = "",
    purpose: str = Purpose.REPLAN,
    touched: Sequence[str] = (),
    unpin: Sequence[str] = (),
    time_limit_s: float | None = None,
) -> PlanRun:
    """Ask for a plan made anew from ``now`` with what happened; the background worker makes it.

    What the plan dates before ``now`` stays as it is, pins are kept, little changes without need. A what-if
    (``purpose`` scenario) has a name, may change the network, and keeps the orders of its base.

    :param events: rows of ``becq.events/1``; those that were collected on the plan where left out.
    :param variations: rows of ``becq.planning.variation``, of a what-if only; likewise.
    :param touched: orders that are looked at again although no event concerns them.
    :param unpin: batches and orders whose pins go.
    :raises InputError: ``now`` is not within the plan, or a what-if has no name. ProblemsError: events that
        fit nothing. ConflictError: the plan is not finished.
    """
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = _changeable(run)
        material = material_of(run)
        moment = now or present(actor, run)
        _check_now(material, run, moment)
        found = read_events(run.draft_events if events is None else events)
        check_events(material, found, moment)
        if purpose not in (Purpose.REPLAN, Purpose.SCENARIO):
            raise InputError(f"A plan is made anew as replan or scenario, not {purpose!r}")
        changes = run.draft_variations if variations is None else list(variations)
        if purpose == Purpose.SCENARIO and not name.strip():
            raise InputError("Give the what-if a name")
        if purpose == Purpose.REPLAN and (changes if variations is not None else run.variations):
            raise InputError("A plan to be carried out is made of the network as it is; make it a what-if")
        if purpose == Purpose.REPLAN:
            changes = []
        all_changes = write_variations(read_variations([*run.variations, *changes]))
        vary_network(material.network, read_variations(all_changes), run.first, run.days)
        limit = time_limit_s or run.time_limit_s
        if not 1.0 <= limit <= services.LONGEST_LIMIT_S:
            raise InputError(f"The planner may take 1 s to {services.LONGEST_LIMIT_S:.0f} s, not {limit:g} s")
        pins = {
            part: {key: value for key, value in fixed.items() if key not in unpin}
            for part, fixed in run.draft_pins.items()
        }
        try:
            with transaction.atomic():
                made = PlanRun.objects.create(
                    code=services.new_code(run.first),
                    name=name.strip()[:200],
                    first=run.first,
                    days=run.days,
                    policy=run.policy,
                    time_limit_s=limit,
                    pins=pins,
                    draft_pins=pins,
                    base=run,
                    purpose=purpose,
                    now=moment,
                    events=write_events(found),
                    variations=all_changes,
                    touched=sorted({*touched, *unpin}),
                    requested_by=actor,
                    created_at=clock.now(),
                )
                execute_plan.enqueue(made.pk)
        except IntegrityError as error:
            raise ConflictError("Another plan was asked for at the same moment; ask again") from error
        if events is None:
            run.draft_events = []
        if variations is None and purpose == Purpose.SCENARIO:
            run.draft_variations = []
        run.save(update_fields=["draft_events", "draft_variations"])
    made.refresh_from_db()
    return made


def reopen(actor: User, run: PlanRun) -> PlanRun:
    """Put what a plan was made anew with back on its base, to change it and to ask again. Answers the base.

    :raises ConflictError: it was not made from another plan.
    """
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        if run.base is None or run.purpose == Purpose.PLAN:
            raise ConflictError(f"Plan {run.code} was not made anew from another one")
        base = _changeable(run.base)
        base.draft_events = run.events
        base.draft_variations = run.variations[len(base.variations) :]
        base.save(update_fields=["draft_events", "draft_variations"])
    return base


def plan_without(actor: User, run: PlanRun, pin: str) -> PlanRun:
    """Ask again for a plan that failed because its pins contradict each other, without one of them.

    :raises ConflictError: the run did not fail. InputError: it has no such pin.
    """
    services.require_coordinator(actor, "plan.run")
    if run.status != RunStatus.FAILED:
        raise ConflictError(f"Plan {run.code} is {run.status}; only one that failed is asked for again")
    if not any(pin in fixed for fixed in run.pins.values()):
        raise InputError(f"Plan {run.code} has no pin of {pin!r}")
    pins = {
        part: {key: value for key, value in fixed.items() if key != pin} for part, fixed in run.pins.items()
    }
    if run.purpose == Purpose.PLAN:
        return services.request_plan(
            actor,
            run.first,
            run.days,
            pins=pins,
            base=run.base,
            name=run.name,
            rationing=run.policy,
            time_limit_s=run.time_limit_s,
        )
    with transaction.atomic():
        made = PlanRun.objects.create(
            **{
                field: getattr(run, field)
                for field in (
                    "name", "first", "days", "policy", "time_limit_s", "base", "purpose", "now", "events",
                    "variations", "touched",
                )
            },
            code=services.new_code(run.first),
            pins=pins,
            draft_pins=pins,
            requested_by=actor,
            created_at=clock.now(),
        )  # fmt: skip
        execute_plan.enqueue(made.pk)
    made.refresh_from_db()
    return made


def delete_scenario(actor: User, run: PlanRun) -> None:
    """Remove a what-if and what was kept with it.

    :raises ConflictError: it is no what-if, is being carried out, or others are made from it.
    """
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        if run.purpose != Purpose.SCENARIO:
            raise ConflictError(f"Plan {run.code} is no what-if; only what-ifs are deleted")
        if run.committed_at is not None or run.replans.exists():
            raise ConflictError(f"Plan {run.code} is committed or the base of another one")
        if not run.is_finished:
            raise ConflictError(f"Plan {run.code} is {run.status}; stop it first")
        run.delete()
        drop_unused_snapshots()


def _changeable(run: PlanRun) -> PlanRun:
    run = PlanRun.objects.select_for_update().get(pk=run.pk)
    if run.status != RunStatus.DONE:
        raise ConflictError(f"Plan {run.code} is {run.status}; only a finished plan is made anew")
    return run


def _check_now(material: Material, run: PlanRun, moment: datetime) -> None:
    since = datetime.fromisoformat(material.document.get("now") or material.document["from"])
    end = datetime.fromisoformat(material.document["to"])
    if not since <= moment < end:
        zone = material.network.zone
        raise InputError(
            f"Now is {moment.astimezone(zone):%Y-%m-%d %H:%M}, and plan {run.code} can be made anew from "
            f"{since.astimezone(zone):%Y-%m-%d %H:%M} to {end.astimezone(zone):%Y-%m-%d %H:%M}"
        )


def scenarios(viewer: User, run: PlanRun) -> list[PlanRun]:
    """What-ifs made from a plan, oldest first."""
    found = selectors.runs(viewer).filter(base=run, purpose=Purpose.SCENARIO)
    return list(found.order_by("created_at", "pk"))


def number_of_scenarios(viewer: User, run: PlanRun) -> int:
    """How many what-ifs were made from a plan."""
    return selectors.runs(viewer).filter(base=run, purpose=Purpose.SCENARIO).count()
