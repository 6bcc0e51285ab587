"""The work behind a run, done by the background worker.

The worker writes progress about twice a second and stops at the planner's next report once somebody has
asked it to. Whatever happens, the run ends as done, failed or cancelled.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django_tasks import task

from becq.chain.network import Network
from becq.errors import BecqError, ConflictError
from becq.planning import Pins, plan
from becq.planning.conflicts import PinConflictError, named_conflict
from becq.planning.explanation import explain_order
from becq.planning.plan import Plan
from becq.planning.variation import read_variations, vary_network
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.plans.again import plan_again
from becq.platform.plans.input import PlanInput, read_input
from becq.platform.plans.judging import judge_plan
from becq.platform.plans.material import keep_material, material_of
from becq.platform.plans.models import OrderExplanation, PlanRun, Purpose, RunStatus
from becq.platform.plans.reporting import CancelledError, Reporter
from becq.platform.plans.telling import tell_explanation, tell_plan

logger = logging.getLogger(__name__)


@task()
def execute_plan(run_pk: int) -> None:
    """Work on a queued run; one that is cancelled or was begun already is left alone."""
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run_pk)
        if run.status != RunStatus.QUEUED:
            return
        run.status = RunStatus.RUNNING
        run.started_at = run.heartbeat_at = clock.now()
        run.save(update_fields=["status", "started_at", "heartbeat_at"])
    try:
        _solve(run)
    except CancelledError:
        _finish(run, RunStatus.CANCELLED, progress_text="cancelled")
    except PinConflictError as error:
        _finish(run, RunStatus.FAILED, error=str(error), conflict=_conflict(error))
    except BecqError as error:
        _finish(run, RunStatus.FAILED, error=str(error))
    except Exception as error:
        logger.exception("plan %s failed", run.code)
        _finish(run, RunStatus.FAILED, error=f"Internal error ({type(error).__name__}); see the server's log")


def _solve(run: PlanRun) -> None:
    viewer = run.requested_by
    assert isinstance(viewer, User)
    report = Reporter(run)
    if run.purpose == Purpose.PLAN:
        found, network, given = _plan_anew(run, viewer, report)
        again, kept = None, given.network
    else:
        again = plan_again(viewer, run, report)
        found, network, kept = again.plan, again.network, again.kept
        given = PlanInput(kept, Pins(), again.orders, again.revision, again.coming)
    PlanRun.objects.filter(pk=run.pk).update(planned_orders=given.orders, network_revision=given.revision)
    report.check()
    document = found.as_dict(network)
    judged = judge_plan(document, network)
    with transaction.atomic():
        keep_material(run, kept, given.coming, document)
        result = {**tell_plan(document, given), "pins": run.pins}
        _finish(
            run,
            RunStatus.DONE,
            result=result,
            changes=again.changes(result) if again is not None else None,
            judgement=judged,
            progress=1.0,
            progress_text="done",
            served_fraction=found.served_fraction,
            greedy_served_fraction=found.greedy_served_fraction,
            gap=found.gap,
            cost=found.cost,
            solve_s=found.solve_s,
            orders=found.orders,
            orders_served=found.orders_served,
        )


def _plan_anew(run: PlanRun, viewer: User, report: Reporter) -> tuple[Plan, Network, PlanInput]:
    """A plan of the network and the order book as they are."""
    with transaction.atomic():
        given = read_input(viewer, run.first, run.days, Pins.model_validate(run.pins))
    PlanRun.objects.filter(pk=run.pk).update(planned_orders=given.orders, network_revision=given.revision)
    try:
        found = plan(
            given.network,
            run.first,
            run.days,
            pins=given.pins,
            policy=run.policy,
            prices=None,
            time_limit_s=run.time_limit_s,
            progress=report,
        )
    except ConflictError as error:
        raise named_conflict(error, given.network, run.first, run.days, given.pins) from error
    return found, given.network, given


def _conflict(error: PinConflictError) -> dict[str, Any]:
    """The pins that contradict each other, as they are kept with a run."""
    found = error.conflict
    return {
        "pins": [{"name": pin.name, "value": pin.value, "is_batch": pin.is_batch} for pin in found.pins],
        "sentence": found.sentence,
        "sentence_zh": found.sentence_zh,
    }


@task()
def execute_explanation(pk: int) -> None:
    """Find out why an order is not served, and what would serve it."""
    with transaction.atomic():
        row = OrderExplanation.objects.select_for_update().get(pk=pk)
        if row.status != RunStatus.QUEUED:
            return
        row.status, row.heartbeat_at = RunStatus.RUNNING, clock.now()
        row.save(update_fields=["status", "heartbeat_at"])
    try:
        _explain(row)
    except CancelledError:
        _end(row, RunStatus.CANCELLED)
    except BecqError as error:
        _end(row, RunStatus.FAILED, error=str(error))
    except Exception as error:
        logger.exception("explanation of %s failed", row.order)
        _end(row, RunStatus.FAILED, error=f"Internal error ({type(error).__name__}); see the server's log")


def _explain(row: OrderExplanation) -> None:
    run, report = row.run, Reporter(row)
    material = material_of(run)
    network = vary_network(material.network, read_variations(run.variations), run.first, run.days).network
    report(0.05, "reading the plan")
    found = explain_order(network, material.document, row.order, report).as_dict()
    report.check()
    _end(row, RunStatus.DONE, result=tell_explanation(found, material.coming), progress=1.0)


def _end(row: OrderExplanation, status: str, **fields: Any) -> None:
    """End a running explanation; one that somebody has ended meanwhile stays as it is."""
    OrderExplanation.objects.filter(pk=row.pk, status=RunStatus.RUNNING).update(
        status=status, finished_at=clock.now(), **fields
    )


def _finish(run: PlanRun, status: str, **fields: Any) -> None:
    """End a running run; one that somebody has ended meanwhile stays as it is."""
    PlanRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(
        status=status, finished_at=clock.now(), **fields
    )
