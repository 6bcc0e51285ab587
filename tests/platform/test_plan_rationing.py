"""Rationing policies of plans on the platform, and who may see shares and prices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from becq.errors import InputError
from becq.platform import clock
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans import selectors, services
from becq.platform.plans.models import RunStatus
from planning.small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once", "before")]

FIRST = date(2026, 12, 7)


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def before():
    with clock.frozen(datetime(2026, 12, 6, 8, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def planner(person, organisation, operator):
    network_services.import_network(operator, small_network(), replace=True)
    return person("planner", of=organisation("OP", kind="operator"))


def test_a_policy_is_asked_for_kept_and_planned_by(planner):
    run = services.request_plan(planner, FIRST, 7, rationing="fair-hospitals")
    assert run.status == RunStatus.DONE, run.error
    assert run.policy == run.result["policy"] == "fair-hospitals"
    assert run.result["prices"]
    again = services.replan(planner, run)
    assert again.policy == again.result["policy"] == "fair-hospitals"
    assert services.replan(planner, run, rationing="pro-rata").result["policy"] == "pro-rata"


def test_there_is_no_other_policy(planner):
    with pytest.raises(InputError, match="fair-provinces"):
        services.request_plan(planner, FIRST, 7, rationing="lottery")


def test_shares_and_prices_are_for_the_operators_people(planner, operator, person):
    run = services.request_plan(planner, FIRST, 7)
    services.commit_plan(planner, run)
    run.refresh_from_db()
    buyer = person("hospital", of=networks.site(operator, "near").organisation)
    own, whole = (selectors.plan_document(viewer, run) for viewer in (buyer, planner))
    assert whole["fairness"]["products"]
    assert "fairness" not in own
    assert "prices" not in own
