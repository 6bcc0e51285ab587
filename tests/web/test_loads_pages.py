"""Loads of a plan by day through HTTP: resources, departures, possession; to whom they may be shown."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from market_world import World, world
from python_calamine import CalamineWorkbook

from becq.planning.load_days import daily_loads
from becq.platform.plans import loads, services
from becq.platform.plans.material import material_of
from becq.platform.plans.models import PlanMaterial, PlanRun, RunStatus

__all__ = ["world"]

FIRST = date(2026, 12, 8)
VIEWS = ("resource", "departure", "possession")


@pytest.fixture
def run(world: World, settings) -> PlanRun:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    world.order(
        world.who("hospital", "far"), site="far", product="i131", activity="3 GBq", earliest="2026-12-13 08:00",
        latest="2026-12-13 17:00", calibration="2026-12-14 12:00",
    )  # fmt: skip
    made = services.request_plan(world.planner, FIRST, 7)
    assert made.status == RunStatus.DONE, made.error
    return made


def page(world: World, run: PlanRun, view: str, language: str = "en", more: str = "") -> str:
    answer = world.client(world.planner, language).get(f"/plan/{run.code}/?tab=load&view={view}{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_kind_is_shown_in_both_languages_with_its_days(world, run):
    said = {
        "en": ("Hours of positions", "Packages aboard", "possession limit of its licence"),
        "zh-hans": ("位置小时", "所载货包数", "许可活度之比"),
    }
    for language, sentences in said.items():
        for view, sentence in zip(VIEWS, sentences, strict=True):
            shown = page(world, run, view, language)
            assert sentence in shown
            assert shown.count('class="days"') >= 1
            assert shown.count("day-track") == 7 * shown.count('class="days"')


def test_a_bar_says_what_the_plan_says(world, run):
    made = material_of(run)
    cyclotron = next(each for each in daily_loads(made.network, made.document) if each.id == "cyclotron")
    assert sum(cyclotron.taken) > 0
    shown = page(world, run, "resource", more="&q=Cyclotron")
    [words] = re.findall(r'role="img" aria-label="([^"]*)"', shown)
    days = words.split("; ")
    assert days[0] == (f"12-08: {cyclotron.taken[0]:.1f} / 24.0 h · {100 * cyclotron.taken[0] / 24:.0f} %")
    assert len(days) == 7


def test_the_fullest_come_first_and_full_ones_can_be_asked_for(world, run):
    shown = page(world, run, "resource")
    shares = [float(each) for each in re.findall(r'data-column="worst"[^>]*>\s*([\d.]+)', shown)]
    assert shares == sorted(shares, reverse=True)
    nothing = page(world, run, "possession", more="&full=1&nuclide=Mo-99")
    assert 'class="days"' not in nothing
    book = world.client(world.planner).get(f"/plan/{run.code}/?tab=load&view=resource&export=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + 3
    assert any("12-08:" in str(cell) for cell in rows[1])


def test_prices_stand_beside_the_loads_they_belong_to(world, run):
    price = {
        "kind": "position", "id": "cyclotron", "unit": "position", "nuclide": None, "start": None, "end": None,
        "origin": None, "to": None, "service": 0.5, "orders": 1.25, "saving": 800.0,
    }  # fmt: skip
    PlanRun.objects.filter(pk=run.pk).update(result={**run.result, "prices": [price]})
    shown = page(world, run, "resource")
    for words in ("Orders more", "1.25", "800", "position"):
        assert words in shown
    PlanRun.objects.filter(pk=run.pk).update(result={**run.result, "prices": None})
    assert "Orders more" not in page(world, run, "resource")


def test_others_see_their_own_sites_and_no_departures(world, run):
    services.commit_plan(world.planner, run)
    run.refresh_from_db()
    maker = loads.plan_loads(world.who("planner", "reactor"), run)
    assert {each.site for each in maker} == {"reactor"}
    assert {each.kind for each in maker} == {"resource", "possession"}
    hospital = loads.plan_loads(world.who("hospital", "near"), run)
    assert {(each.kind, each.site) for each in hospital} == {("possession", "near")}
    whole = loads.plan_loads(world.planner, run)
    assert {each.kind for each in whole} == set(VIEWS)


def test_a_plan_of_an_earlier_release_is_read_with_the_network_of_today(world, run):
    before = loads.plan_loads(world.planner, run)
    PlanMaterial.objects.all().delete()
    loads._known.clear()
    after = loads.plan_loads(world.planner, run)
    assert [each for each in after if each.kind == "resource"] == [
        each for each in before if each.kind == "resource"
    ]
