"""The page of delivery rounds: what it shows, in both languages, and to whom."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.utils import translation
from market_world import World, world
from test_plan_pages import at_once, untranslated

from becq.errors import ProblemsError
from becq.platform.network import services as networks
from becq.platform.plans import rounds, services
from becq.web.problems import tell

__all__ = ["at_once", "world"]

FIRST = date(2026, 12, 8)
VAN = {
    "id": "van", "site": "pharmacy", "name": "Van", "name_zh": "厢式车", "count": 3, "shift_start": "05:00",
    "shift_end": "20:00", "loading": "15 min", "unloading": "10 min", "cost_per_day": 300, "cost_per_km": 2,
}  # fmt: skip
POT = {"id": "pot", "products": ["fdg", "tc-dose"], "shield": "lead", "thickness_mm": 40, "radius_mm": 150}


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def run(world: World, at_once):
    networks.save_item(world.admin, "vehicles", VAN)
    networks.save_item(world.admin, "packagings", POT)
    return services.request_plan(world.planner, FIRST, 2)


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_operators_people_see_rounds(world, run, language):
    client = world.client(world.planner, language)
    plan = text(client.get(f"/plan/{run.code}/"))
    assert f"/plan/{run.code}/rounds/" in plan
    page = client.get(f"/plan/{run.code}/rounds/")
    assert page.status_code == 200
    shown = text(page)
    assert "<rect" in shown
    assert ("Van 1" if language == "en" else "厢式车 1") in shown
    assert "style=" not in shown
    if language != "en":
        assert untranslated(shown) == set()


def test_the_data_are_those_of_the_plan(world, run):
    client = world.client(world.planner)
    found = client.get(f"/plan/{run.code}/rounds/?site=pharmacy&day=2026-12-08&as=json").json()
    assert (found["schema"], found["site"], found["day"]) == ("becq.rounds/1", "pharmacy", "2026-12-08")
    hands = [hand for day in found["vehicles"] for trip in day["rounds"] for hand in trip["handovers"]]
    sent = {row["id"]: row for row in run.result["deliveries"] if row["from"] == "pharmacy" and row["legs"]}
    assert {hand["delivery"] for hand in hands} <= set(sent)
    assert hands
    for hand in hands:
        assert hand["activity_bq"] == sent[hand["delivery"]]["activity_bq"]


def test_rounds_are_made_again_when_a_vehicle_changes(world, run, monkeypatch):
    calls = []
    make = rounds.make_rounds
    monkeypatch.setattr(rounds, "make_rounds", lambda *given, **more: calls.append(1) or make(*given, **more))
    client = world.client(world.planner)
    for _ in range(2):
        client.get(f"/plan/{run.code}/rounds/")
    assert len(calls) == 1
    networks.save_item(world.admin, "vehicles", {**VAN, "shift_end": "19:00"})
    client.get(f"/plan/{run.code}/rounds/")
    assert len(calls) == 2


def test_an_order_that_is_gone_is_left_out(world, run):
    order = world.order()
    again = services.request_plan(world.planner, FIRST, 2)
    assert order.code in {row["order"] for row in again.result["deliveries"]}
    order.delete()
    page = text(world.client(world.planner).get(f"/plan/{again.code}/rounds/"))
    assert "1 order of the plan is not in the book any more" in page
    assert order.code not in page


def test_a_delivery_that_cannot_be_made_is_explained(world, run):
    networks.save_item(world.admin, "vehicles", {**VAN, "shift_start": "19:00"})
    page = text(world.client(world.planner).get(f"/plan/{run.code}/rounds/"))
    assert "Not delivered" in page
    assert "Loading may begin at 19:00" in page


def test_others_do_not_see_the_customers_of_everybody(world, run):
    services.commit_plan(world.planner, run)
    for person in world.everybody():
        may = person in {world.admin, world.planner}
        client = world.client(person)
        page = client.get(f"/plan/{run.code}/rounds/")
        assert page.status_code == (200 if may else 403), person.username
        assert (f"/plan/{run.code}/rounds/" in text(client.get(f"/plan/{run.code}/"))) == may


def test_without_vehicles_nothing_is_offered(world, at_once):
    made = services.request_plan(world.planner, FIRST, 2)
    client = world.client(world.planner)
    assert f"/plan/{made.code}/rounds/" not in text(client.get(f"/plan/{made.code}/"))
    assert "No vehicles in the network" in text(client.get(f"/plan/{made.code}/rounds/"))


SPOILT = (
    ("vehicles", {**VAN, "shift_end": "04:00"}),
    ("vehicles", {**VAN, "duty": "0 h"}),
    ("packagings", {**POT, "shield": "leed"}),
    ("packagings", {**POT, "shield": None, "thickness_mm": 3}),
    ("packagings", {**POT, "radius_mm": 20}),
    ("packagings", {**POT, "products": ["fdg", "fdg"]}),
)


@pytest.mark.parametrize(("section", "row"), SPOILT)
def test_what_is_wrong_is_said_in_chinese(world, section, row):
    given = {key: value for key, value in row.items() if value is not None}
    with pytest.raises(ProblemsError) as caught:
        networks.save_item(world.admin, section, given)
    [problem] = caught.value.problems
    with translation.override("zh-hans"):
        told = tell(problem)
    assert re.search("[\u4e00-\u9fff]", told.message), told
    assert re.search("[\u4e00-\u9fff]", told.remedy), told
