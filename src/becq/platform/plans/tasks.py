"""The work behind a run, done by the background worker.

The worker writes progress about twice a second and stops at the planner's next report once somebody has
asked it to. Whatever happens, the run ends as done, failed or cancelled.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import OperationalError, transaction
from django_tasks import task

from becq.errors import BecqError
from becq.planning import Pins, plan
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.plans.input import read_input
from becq.platform.plans.judging import judge_plan
from becq.platform.plans.models import PlanRun, RunStatus
from becq.platform.plans.telling import tell_plan

REPORT_EVERY_S = 0.5
logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody asked the run to stop."""


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
    except BecqError as error:
        _finish(run, RunStatus.FAILED, error=str(error))
    except Exception as error:
        logger.exception("plan %s failed", run.code)
        _finish(run, RunStatus.FAILED, error=f"Internal error ({type(error).__name__}); see the server's log")


def _solve(run: PlanRun) -> None:
    viewer = run.requested_by
    assert isinstance(viewer, User)
    with transaction.atomic():
        given = read_input(viewer, run.first, run.days, Pins.model_validate(run.pins))
    PlanRun.objects.filter(pk=run.pk).update(planned_orders=given.orders, network_revision=given.revision)
    report = Reporter(run.pk)
    found = plan(
        given.network,
        run.first,
        run.days,
        pins=given.pins,
        time_limit_s=run.time_limit_s,
        progress=report,
    )
    report.check()
    document = found.as_dict(given.network)
    _finish(
        run,
        RunStatus.DONE,
        result={**tell_plan(document, given), "pins": run.pins},
        judgement=judge_plan(document, given.network),
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


def _finish(run: PlanRun, status: str, **fields: Any) -> None:
    """End a running run; one that somebody has ended meanwhile stays as it is."""
    PlanRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(
        status=status, finished_at=clock.now(), **fields
    )


class Reporter:
    """Takes the planner's reports: writes some of them down, and raises once the run is to stop."""

    def __init__(self, run_pk: int) -> None:
        self.run_pk = run_pk
        self.written = float("-inf")

    def __call__(self, fraction: float, text: str) -> None:
        """Note how far the planner has come.

        :raises CancelledError: somebody asked the run to stop.
        """
        self.check()
        if time.monotonic() - self.written < REPORT_EVERY_S:
            return
        self.written = time.monotonic()
        try:
            with transaction.atomic():
                PlanRun.objects.filter(pk=self.run_pk).update(
                    progress=min(max(fraction, 0.0), 1.0), progress_text=text[:300], heartbeat_at=clock.now()
                )
        except OperationalError:  # the database is busy: the next report will do
            logger.info("progress of run %s was not written", self.run_pk)

    def check(self) -> None:
        """Raise CancelledError if the run is to stop."""
        if not PlanRun.objects.filter(
            pk=self.run_pk, status=RunStatus.RUNNING, cancel_requested=False
        ).exists():
            raise CancelledError
