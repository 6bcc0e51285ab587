"""Several people commit at once; only PostgreSQL lets them (SQLite has one writer at a time)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections

from becq.errors import ConflictError
from becq.platform import clock
from becq.platform.market.models import Order
from becq.platform.network import services as networks
from becq.platform.plans import services
from becq.platform.plans.models import PlanRun
from planning.small import small_network

BEFORE = datetime(2026, 12, 6, 8, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_of_the_same_days_one_is_committed(operator, settings):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time elsewhere")
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with clock.frozen(BEFORE):
        networks.import_network(operator, small_network(), replace=True)
        runs = [services.request_plan(operator, date(2026, 12, 7), 7) for _ in range(4)]
    raised: list[Exception] = []
    gate = threading.Barrier(len(runs))

    def commit(run: PlanRun) -> None:
        try:
            with clock.frozen(BEFORE):
                gate.wait()
                services.commit_plan(operator, run)
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=commit, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [type(error) for error in raised] == [ConflictError] * 3
    [committed] = PlanRun.objects.filter(committed_at__isnull=False)
    assert set(Order.objects.values_list("plan_code", flat=True)) == {committed.code}
