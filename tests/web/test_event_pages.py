"""What has happened to a plan, what-ifs and explanations through HTTP; each to those who may, in both languages."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from market_world import World, world
from playwright.sync_api import sync_playwright
from python_calamine import CalamineWorkbook
from test_browser import FLAGS
from test_plan_pages import LANGUAGES, at_once, text, untranslated

from becq.platform.plans import explaining, happenings, services
from becq.platform.plans.models import PlanRun, Purpose, RunStatus

__all__ = ["at_once", "world"]

FIRST = date(2026, 12, 8)
OUTAGE = {
    "kind": "outage", "resource": "cyclotron", "start": "2026-12-09T00:00+08:00",
    "end": "2026-12-11T00:00+08:00", "reason": "magnet",
}  # fmt: skip


@pytest.fixture
def run(world: World, at_once) -> PlanRun:
    made = services.request_plan(world.planner, FIRST, 8, name="week 50")
    assert made.status == RunStatus.DONE, made.error
    return services.commit_plan(world.planner, made)


@pytest.fixture
def anew(world: World, run: PlanRun) -> PlanRun:
    made = happenings.request_replan(world.planner, run, events=[OUTAGE])
    assert made.status == RunStatus.DONE, made.error
    return made


def unmet_order(run: PlanRun) -> str:
    return next(row["order"] for row in run.result["unmet"] if row["reason"] == "licence_limit")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_operators_people_read_every_page_and_others_what_concerns_them(world, run, anew, language):
    happenings.add_event(world.planner, run, OUTAGE)
    happenings.add_variation(world.planner, run, {"kind": "positions", "resource": "pile", "positions": 3})
    order = unmet_order(run)
    explaining.request_explanation(world.planner, run, order)
    what_if = happenings.request_replan(
        world.planner, run, events=[OUTAGE], variations=[], name="magnet", purpose=Purpose.SCENARIO
    )
    served = run.result["deliveries"][0]["order"]
    pages = {
        f"/plan/{run.code}/events/": False,
        f"/plan/{run.code}/events/?batch={run.result['batches'][0]['id']}&now=2026-12-09T10:00": False,
        f"/plan/{run.code}/scenarios/": False,
        f"/plan/{run.code}/orders/{order}/": True,
        f"/plan/{run.code}/orders/{served}/": True,
        f"/plan/{anew.code}/?tab=changes": False,
        f"/plan/{what_if.code}/": False,
        f"/plan/compare/?a={run.code}&b={anew.code}&c={what_if.code}": False,
        f"/plan/compare/?a={run.code}&b={anew.code}&c={what_if.code}&with={what_if.code}&tab=batches": False,
    }
    for person in world.everybody():
        client = world.client(person, language)
        whole = person in {world.admin, world.planner}
        for address, others in pages.items():
            page = client.get(address)
            assert page.status_code in ({200} if whole else {200, 404} if others else {403, 404}), (
                person.username,
                address,
            )
            if language != "en" and page.status_code == 200:
                assert untranslated(text(page)) == set(), address
            if not whole and page.status_code == 200:
                assert "explain/" not in text(page)


def test_a_hospital_reads_its_own_changes_once_they_are_carried_out(world, run, anew):
    person = world.who("hospital", "near")
    client = world.client(person)
    assert client.get(f"/plan/{anew.code}/messages.txt").status_code == 404
    services.commit_plan(world.planner, anew, supersede=True)
    told = text(client.get(f"/plan/{anew.code}/messages.txt"))
    assert "To Near Hospital" in told
    assert "Mid Hospital" not in told
    page = text(client.get(f"/plan/{anew.code}/"))
    assert "fdg-near" in page
    assert "fdg-mid" not in page
    everything = text(world.client(world.planner).get(f"/plan/{anew.code}/messages.txt"))
    assert "To Near Hospital" in everything
    assert "Mid Hospital" in everything


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(world, run):
    client = world.client(world.planner, "zh-hans")
    address = f"/plan/{run.code}/events/"
    row = {"do": "outage", "what": "cyclotron", "start": "2026-12-10T08:00", "end": "2026-12-09T08:00"}
    page = client.post(address, row)
    assert page.status_code == 400
    assert "结束早于开始" in text(page)
    assert 'id="outage-end_error"' in text(page)
    late = {"do": "late", "batch": "", "by": "soon", "stage": ""}
    assert client.post(address, late).status_code == 400
    cancelled = {"do": "cancelled", "departure": "", "lane": ""}
    assert "请选择一个班次" in text(client.post(address, cancelled))
    assert "请为情景命名" in text(client.post(address, {"do": "anew", "purpose": "scenario", "name": " "}))
    run.refresh_from_db()
    assert run.draft_events == []
    assert PlanRun.objects.count() == 1


def test_every_kind_of_event_is_added_by_its_form_and_taken_back(world, run):
    client = world.client(world.planner)
    began = sorted(run.result["batches"], key=lambda row: row["start"])
    made = next(row for row in began if row["process"] == "run-fdg")
    eob = datetime.fromisoformat(made["eob"]).astimezone(ZoneInfo("Asia/Shanghai"))
    now = f"{eob:%Y-%m-%dT%H:%M}"
    address = f"/plan/{run.code}/events/?now={now}&batch={made['id']}"
    forms = [
        {"do": "outage", "what": "site:reactor", "start": "2026-12-12T08:00", "end": "2026-12-13T08:00"},
        {"do": "late", "batch": made["id"], "by": "2 h", "stage": "release"},
        {"do": "failed", "batch": made["id"], "reason": "sterility"},
        {"do": "activity", "batch": made["id"], "eob": "40 GBq"},
        {"do": "cancelled", "lane": "fly-ab", "start": "2026-12-08T00:00", "end": "2026-12-16T00:00"},
        {
            "do": "rush", "site": "near", "product": "i131", "activity": "1 GBq", "priority": "1",
            "calibration": "2026-12-14T12:00",
        },
    ]  # fmt: skip
    for form in forms:
        page = client.post(address, form)
        assert page.status_code == 302, (form, text(page)[:0])
    run.refresh_from_db()
    assert [row["kind"] for row in run.draft_events] == [form["do"] for form in forms]
    for form in (
        {"do": "positions", "resource": "pile", "positions": "3"},
        {"do": "limit", "site": "tight", "nuclide": "I-131", "limit": "9 GBq"},
        {"do": "slot", "process": "run-fdg", "start": "2026-12-12T03:30"},
        {"do": "lifted", "name": "pile", "start": "2026-12-12T03:30", "end": "2026-12-13T03:30"},
    ):
        assert client.post(address, form).status_code == 302, form
    client.post(f"/plan/{run.code}/events/remove/?kind=event&n=0")
    client.post(f"/plan/{run.code}/events/remove/?kind=variation&n=3")
    run.refresh_from_db()
    assert (len(run.draft_events), len(run.draft_variations)) == (5, 3)
    client.post(f"/plan/{run.code}/events/remove/?kind=all")
    run.refresh_from_db()
    assert (run.draft_events, run.draft_variations) == ([], [])


def test_two_to_four_plans_stand_side_by_side_and_go_into_a_workbook(world, run, anew):
    client = world.client(world.planner)
    made = [
        happenings.request_replan(
            world.planner, run, events=events, variations=[], name=name, purpose=Purpose.SCENARIO
        )
        for name, events in (("magnet", [OUTAGE]), ("nothing", []))
    ]
    codes = [run.code, anew.code, *(each.code for each in made)]
    answer = client.post("/plan/compare/", {"chosen": codes})
    assert answer["Location"] == "/plan/compare/?" + "&".join(
        f"{name}={code}" for name, code in zip("abcd", codes, strict=True)
    )
    page = text(client.get(answer["Location"]))
    for words in ("Ordered activity served", "Activity lost", "Fairness between sites (Jain)", "magnet"):
        assert words in page
    assert page.count("Cyclotron stands still") >= 1
    assert client.post("/plan/compare/", {"chosen": codes[:1]})["Location"] == "/plan/"
    book = client.get(f"/plan/compare/comparison.xlsx?a={codes[0]}&b={codes[1]}&c={codes[2]}")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    assert sheets.sheet_names[0] == "figures"
    rows = sheets.get_sheet_by_name("figures").to_python()
    served = next(row for row in rows if row[0] == "orders served")
    assert served[1] == run.orders_served
    orders = sheets.get_sheet_by_name("orders 1").to_python()
    assert {row[0] for row in orders[1:]} == {row["order"] for row in anew.changes["orders"]}
    assert client.get(f"/plan/compare/comparison.xlsx?a={codes[0]}").status_code == 400


def test_what_ifs_are_renamed_and_deleted_on_their_page(world, run):
    client = world.client(world.planner)
    made = happenings.request_replan(
        world.planner, run, events=[OUTAGE], variations=[], name="magnet", purpose=Purpose.SCENARIO
    )
    page = f"/plan/{run.code}/scenarios/"
    assert "magnet" in text(client.get(page))
    assert (
        client.post(f"/plan/{made.code}/rename/", {"name": "Magnet week", "next": page})["Location"] == page
    )
    assert "Magnet week" in text(client.get(page))
    assert client.post(f"/plan/{run.code}/delete/")["Location"] == f"/plan/{run.code}/"
    assert world.client(world.who("hospital", "near")).post(f"/plan/{made.code}/delete/").status_code == 404
    assert client.post(f"/plan/{made.code}/delete/")["Location"] == page
    assert list(PlanRun.objects.all()) == [run]


def test_conflicting_pins_are_shown_and_one_is_removed(world, run):
    pins = dict.fromkeys(
        ("irr-mo@20261213T1600Z", "irr-lu@20261214T0000Z", "irr-i131@20261214T0000Z"), "start"
    )
    failed = services.request_plan(world.planner, FIRST, 8, pins={"batches": pins})
    assert failed.status == RunStatus.FAILED
    client = world.client(world.planner)
    page = text(client.get(f"/plan/{failed.code}/"))
    assert page.count("Remove this pin and plan again") == 3
    answer = client.post(f"/plan/{failed.code}/unpin/", {"pin": "irr-lu@20261214T0000Z"})
    made = PlanRun.objects.get(code=answer["Location"].split("/")[2])
    assert made.status == RunStatus.DONE, made.error
    assert set(made.pins["batches"]) == set(pins) - {"irr-lu@20261214T0000Z"}


def test_an_unmet_order_is_explained_taken_and_compared(world, run):
    client = world.client(world.planner)
    order = unmet_order(run)
    address = f"/plan/{run.code}/orders/{order}/"
    assert f'href="{address}"' in text(client.get(f"/plan/{run.code}/?tab=unmet"))
    assert "Find out" in text(client.get(address))
    assert client.post(f"{address}explain/")["Location"] == address
    page = text(client.get(address))
    assert "cheapest" in page
    made = client.post(f"{address}take/", {"n": "0", "as": "scenario"})["Location"].split("/")[2]
    found = PlanRun.objects.get(code=made)
    assert (found.purpose, found.base, found.status) == (Purpose.SCENARIO, run, RunStatus.DONE)
    assert order in text(client.get(f"/plan/{made}/?tab=changes"))
    assert f"/plan/{made}/commit/" not in text(client.get(f"/plan/{made}/"))
    assert client.post(f"{address}take/", {"n": "77"})["Location"] == address
    assert client.get(f"/plan/{run.code}/orders/nothing/").status_code == 404
    assert client.get(f"/plan/{run.code}/export/plan.ics")["Content-Type"].startswith("text/calendar")


CHROMIUM = os.environ.get("BECQ_CHROMIUM") or shutil.which("chromium") or ""
BUILT = Path(__file__).resolve().parents[2] / "src/becq/web/static/built/becq.js"


@contextmanager
def browsing(world: World, server: Any, width: int) -> Iterator[Any]:
    """A page of Chromium, the planner signed in; complaints of the console fail the test."""
    client = world.client(world.planner)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = chromium.new_context(viewport={"width": width, "height": 844})
            cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
            context.add_cookies(
                [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
            )
            page = context.new_page()
            complaints: list[str] = []
            page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert complaints == []
            chromium.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not (CHROMIUM and BUILT.exists()), reason="needs the built assets and chromium")
def test_on_the_phone_an_event_becomes_a_replan_and_messages(world, run, live_server):
    with browsing(world, live_server, 390) as page:
        page.goto(f"{live_server.url}/plan/{run.code}/")
        page.click("text=Something has happened")
        page.click("#outage summary")
        page.select_option("#outage-what", "cyclotron")
        page.fill("#outage-start", "2026-12-09T00:00")
        page.fill("#outage-end", "2026-12-11T00:00")
        page.fill("#outage-reason", "magnet")
        page.click("#outage button.primary")
        page.wait_for_selector("#collected .event-list")
        assert "Cyclotron stands still from 12-09 00:00 to 12-11 00:00 (magnet)" in page.inner_text(
            "#collected"
        )
        page.click("#anew button.primary")
        page.wait_for_selector("nav.tabs [aria-current=page]")
        assert page.inner_text("nav.tabs [aria-current=page]").startswith("Changes")
        page.wait_for_selector("#messages details.message")
        first = page.locator("#messages details.message").first
        if first.get_attribute("open") is None:
            first.locator("summary").click()
        assert first.locator("[data-copy]").count() == 2
        assert "Cause: an outage." in first.locator(".message-text[id$=-en]").inner_text()
        assert "原因：停运。" in first.locator(".message-text[id$=-zh]").inner_text()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not (CHROMIUM and BUILT.exists()), reason="needs the built assets and chromium")
def test_an_unmet_order_is_explained_taken_and_set_beside_the_plan(world, run, live_server):
    order = unmet_order(run)
    with browsing(world, live_server, 1440) as page:
        page.goto(f"{live_server.url}/plan/{run.code}/?tab=unmet")
        page.click(f'a[href="/plan/{run.code}/orders/{order}/"]')
        page.click("text=Find out")
        page.wait_for_selector(".remedies")
        page.locator(".remedies button").first.click()
        page.wait_for_selector("nav.tabs [aria-current=page]")
        page.click("text=All what-ifs of the plan")
        page.click("text=Compare side by side")
        page.wait_for_selector("table.compared")
        figures = page.inner_text("table.compared")
        assert run.code in figures
        assert "Orders gained" in figures
