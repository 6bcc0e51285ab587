"""The tabs of a plan that show shares and what limits it, and the choice of a policy."""

from __future__ import annotations

from datetime import date

import pytest
from market_world import World, world

from becq.platform.plans import services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web.plan_document import PlanDocument
from becq.web.plan_fairness import limit_rows

__all__ = ["world"]

FIRST = date(2026, 12, 8)


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run(world: World, at_once) -> PlanRun:
    made = services.request_plan(world.planner, FIRST, 4, rationing="fair-hospitals")
    assert made.status == RunStatus.DONE, made.error
    return made


LANGUAGES = {
    "en": ("The worst-served hospital first", "Shares by product", "By province"),
    "zh-hans": ("满足率最低的医院优先", "各产品满足率", "按省份"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_are_shown_by_product_province_and_hospital(world: World, run: PlanRun, language: str) -> None:
    client = world.client(world.planner, language)
    page = client.get(f"/plan/{run.code}/?tab=shares").content.decode()
    for words in LANGUAGES[language]:
        assert words in page
    fairness = run.result["fairness"]
    shares = [row["least_hospital_share"] for row in fairness["products"]]
    least = min(share for share in shares if share is not None)
    assert least < 1
    assert f"{100 * least:.0f} %" in page
    for view, rows in (("province", fairness["provinces"]), ("hospital", fairness["hospitals"])):
        assert rows
        page = client.get(f"/plan/{run.code}/?tab=shares&view={view}").content.decode()
        assert page.count('class="load"') == sum(row["share"] is not None for row in rows)


def test_each_limit_is_shown_once_by_its_highest_price(world: World, run: PlanRun) -> None:
    plan = PlanDocument(run.result)
    rows = limit_rows(run, plan)
    prices = run.result["prices"]
    assert prices
    assert {row["kind"] for row in rows} == {row["kind"] for row in prices}
    assert sum(row["times"] for row in rows) == len(prices)
    for row in rows:
        same = [each for each in prices if (each["kind"], each["id"]) == (row["kind"], row["id"])]
        assert row["service"] <= max(each["service"] for each in same)
    page = world.client(world.planner).get(f"/plan/{run.code}/?tab=limits").content.decode()
    assert f"{len(rows)}" in page


def test_a_plan_that_was_not_priced_says_how_to(world: World, run: PlanRun) -> None:
    PlanRun.objects.filter(pk=run.pk).update(result=run.result | {"prices": None})
    page = world.client(world.planner).get(f"/plan/{run.code}/?tab=limits").content.decode()
    assert "becq plan --prices" in page


def test_a_policy_is_chosen_in_the_form(world: World, at_once) -> None:
    client = world.client(world.planner)
    given = {"first": "2026-12-08", "days": 4, "policy": "pro-rata", "time_limit": "1 min"}
    client.post("/plan/new/", given)
    made = PlanRun.objects.get()
    assert (made.policy, made.result["policy"]) == ("pro-rata", "pro-rata")
    assert client.post("/plan/new/", given | {"policy": "lottery"}).status_code == 400
    page = client.get(f"/plan/new/?base={made.code}").content.decode()
    assert '<option value="pro-rata" selected>' in page


def test_shares_and_limits_are_not_shown_to_others(world: World, run: PlanRun) -> None:
    services.commit_plan(world.planner, run)
    others = [person for person in world.everybody() if person not in {world.planner, world.admin}]
    assert others
    for person in others:
        page = world.client(person).get(f"/plan/{run.code}/").content.decode()
        assert "tab=shares" not in page
        assert "tab=limits" not in page


def test_compared_plans_say_their_policy(world: World, run: PlanRun) -> None:
    other = services.request_plan(world.planner, FIRST, 4)
    page = world.client(world.planner).get(f"/plan/compare/?a={run.code}&b={other.code}&tab=provinces")
    text = page.content.decode()
    assert "The worst-served hospital first" in text
    assert "By priority class" in text
