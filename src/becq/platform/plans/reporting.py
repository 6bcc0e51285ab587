"""Progress of work in the background: written down now and then, and stopped when somebody asks for it."""

from __future__ import annotations

import logging
import time

from django.db import OperationalError, transaction

from becq.platform import clock
from becq.platform.plans.models import OrderExplanation, PlanRun, RunStatus

REPORT_EVERY_S = 0.5
logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody asked the work to stop."""


class Reporter:
    """Takes the planner's reports: writes some of them down, and raises once the work is to stop."""

    def __init__(self, row: PlanRun | OrderExplanation) -> None:
        self.rows = type(row).objects.filter(pk=row.pk)
        self.written = float("-inf")

    def __call__(self, fraction: float, text: str) -> None:
        """Note how far the planner has come.

        :raises CancelledError: somebody asked the work to stop.
        """
        self.check()
        if time.monotonic() - self.written < REPORT_EVERY_S:
            return
        self.written = time.monotonic()
        try:
            with transaction.atomic():
                self.rows.update(
                    progress=min(max(fraction, 0.0), 1.0), progress_text=text[:300], heartbeat_at=clock.now()
                )
        except OperationalError:  # the database is busy: the next report will do
            logger.info("progress was not written")

    def check(self) -> None:
        """Raise CancelledError if the work is to stop."""
        if not self.rows.filter(status=RunStatus.RUNNING, cancel_requested=False).exists():
            raise CancelledError
