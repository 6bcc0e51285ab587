"""Moving batches through HTTP and in the Gantt: starts, pins, refusals, undo, and the next plan."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from market_world import World, world

from becq.platform.plans import services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web.plan_document import PlanDocument

__all__ = ["world"]

FIRST = date(2026, 12, 8)
RUN, LATER, LAST = "run-fdg@20261207T2000Z", "run-fdg@20261207T2300Z", "run-fdg@20261208T0200Z"
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("BECQ_CHROMIUM") or shutil.which("chromium") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run(world: World) -> PlanRun:
    made = services.request_plan(world.planner, FIRST, 3)
    assert made.status == RunStatus.DONE, made.error
    return made


def move(client, run, do: str, **more):
    query = "&".join(f"{name}={quote(value)}" for name, value in more.items())
    return client.post(f"/plan/{run.code}/move/?do={do}&{query}", headers={"HX-Request": "true"})


def test_starts_are_told_in_the_language_with_what_forbids_them(world, run):
    address = f"/plan/{run.code}/starts/?batch={quote(RUN)}"
    said = {"en": ("Move to", "is planned already"), "zh-hans": ("移至", "已在计划中")}
    for language, sentences in said.items():
        client = world.client(world.planner, language)
        page = client.get(address).content.decode()
        for sentence in sentences:
            assert sentence in page
        assert f'value="{LATER}"' in page
        rows = {row["id"]: row for row in client.get(address + "&as=json").json()["starts"]}
        assert (rows[RUN]["reason"], rows[LATER]["reason"]) == ("own", "")
        assert rows[LATER]["start"] == "2026-12-07T23:00:00+00:00"
        assert any(sentences[1] in row["why"] for row in rows.values())


def test_a_move_answers_with_the_bar_and_its_undo(world, run):
    client = world.client(world.planner)
    page = move(client, run, "move", id=RUN, to=LATER).content.decode()
    assert "F-18 FDG: 12-08 04:00 moved to 12-08 07:00" in page
    data = json.loads(page.split('id="pin-data">')[1].split("</script>")[0])
    assert data["batches"] == {RUN: "forbid", LATER: "start"}
    assert data["moved"] == {LATER: RUN}
    assert data["starts"][0]["release"] == "2026-12-08T02:00:00+00:00"
    shown = client.get(f"/plan/{run.code}/").content.decode()
    assert "Plan again with these pins" in shown
    undo = shown.split('hx-post="/plan/')[1].split('"')[0].replace("&amp;", "&")
    client.post(f"/plan/{undo}", headers={"HX-Request": "true"})
    run.refresh_from_db()
    assert run.draft_pins["batches"] == {}


@pytest.mark.parametrize(("language", "said"), [("en", "is planned already"), ("zh-hans", "已在计划中")])
def test_a_refused_move_says_why_in_the_language(world, run, language, said):
    other = next(
        row["id"] for row in run.result["batches"] if row["process"] == "run-fdg" and row["id"] != RUN
    )
    answer = move(world.client(world.planner, language), run, "move", id=RUN, to=other)
    assert answer.status_code == 409
    assert said in answer.content.decode()


def test_nobody_moves_without_the_right_or_the_token(world, run):
    for person in (world.who("planner", "reactor"), world.who("hospital", "near"), world.regulator):
        client = world.client(person)
        assert move(client, run, "move", id=RUN, to=LATER).status_code in {403, 404}
        assert client.get(f"/plan/{run.code}/starts/?batch={quote(RUN)}").status_code in {403, 404}
    careful = world.client(world.planner, enforce_csrf_checks=True)
    assert move(careful, run, "move", id=RUN, to=LATER).status_code == 403
    run.refresh_from_db()
    assert run.draft_pins["batches"] == {}


@pytest.mark.parametrize(
    "pins",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"a": ["x"]}',
        '{"a": {"b": 1}}',
        '{"a": "perhaps"}',
        "{",
        '{"run-fdg@20261207T2100Z": "start"}',
    ],
)
def test_senseless_pins_are_refused(world, run, pins):
    client = world.client(world.planner)
    answer = client.post(f"/plan/{run.code}/move/?do=set", {"pins": pins}, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert move(client, run, "dance", id=RUN).status_code == 400


def test_what_cannot_be_moved_is_said_in_chinese_and_offers_nothing_in_the_panel(world, run):
    client = world.client(world.planner, "zh-hans")
    answer = move(client, run, "move", id="nothing@1", to=LATER)
    assert (answer.status_code, answer.content.decode()) == (400, "计划中没有可移动的批次 nothing@1")
    answer = move(client, run, "move", id=RUN, to="run-fdg@20261207T2100Z")
    assert answer.content.decode() == f"批次 {RUN} 的日程中没有开始时刻 run-fdg@20261207T2100Z"
    panel = client.get(f"/plan/{run.code}/starts/?batch=nothing@1")
    assert (panel.status_code, panel.content) == (200, b"")
    assert client.get(f"/plan/{run.code}/starts/?batch=nothing@1&as=json").status_code == 400
    drawn = {row["id"]: row["movable"] for row in PlanDocument(run.result).drawing["batches"]}
    assert drawn[RUN]
    assert not any(drawn[row["id"]] for row in run.result["batches"] if row["kind"] == "stock")


# --- in a browser ------------------------------------------------------------------------------------


@pytest.fixture
def open_plan(world, run, live_server, settings, monkeypatch):
    from playwright.sync_api import sync_playwright

    if not (ROOT / "src/becq/web/static/built/islands.js").exists() or not CHROMIUM:
        pytest.skip("needs the built assets and chromium")
    settings.DEBUG = True
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    complaints: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def go(width: int = 1440, language: str = "en", tab: str = "gantt", **options):
            context = browser.new_context(viewport={"width": width, "height": 900}, **options)
            cookies = {
                "sessionid": world.client(world.planner).cookies["sessionid"].value,
                "django_language": language,
            }
            context.add_cookies(
                [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
            )
            page = context.new_page()
            page.set_default_timeout(8000)
            page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{live_server.url}/plan/{run.code}/?tab={tab}")
            page.wait_for_selector(".gantt .bar" if tab == "gantt" else ".map .place")
            return page

        yield go
        browser.close()
    assert complaints == []


def bar(page, code: str):
    return page.locator(f".gantt .bar[data-id='{code}'] .tint")


def middle(page, code: str) -> tuple[float, float]:
    box = bar(page, code).bounding_box()
    return box["x"] + min(4.0, box["width"] / 2), box["y"] + box["height"] / 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_batch_is_dragged_to_another_start_and_planned_there(world, run, open_plan):
    page = open_plan()
    bar(page, RUN).scroll_into_view_if_needed()
    page.mouse.move(*middle(page, RUN))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)  # zooms about the pointer
    page.keyboard.up("Control")
    page.wait_for_timeout(200)
    x, y = middle(page, RUN)
    hour = bar(page, RUN).bounding_box()["width"] / 3  # from start to release it takes three hours
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y)
    page.wait_for_selector(".gantt .slot-mark")
    assert page.locator(".gantt .slot-mark.open").count() >= 3
    page.mouse.move(x + 3.2 * hour, y, steps=5)  # 04:00 → near 07:00
    page.wait_for_selector(".gantt .held-label:text('07:00')")
    page.mouse.up()
    page.wait_for_selector(f".gantt .bar.ghost[data-id='{LATER}']")
    assert "forbidden" in page.get_attribute(f".gantt .bar[data-id='{RUN}']", "class")
    assert "12-08 04:00 moved to 12-08 07:00" in page.inner_text("#pin-bar")
    assert PlanRun.objects.get(pk=run.pk).draft_pins["batches"] == {RUN: "forbid", LATER: "start"}
    page.click("#pin-bar form button")
    page.wait_for_url(f"**/plan/{run.code[:-1]}2/")
    page.wait_for_selector(f".gantt .bar[data-id='{LATER}']")
    assert page.locator(f".gantt .bar[data-id='{RUN}']").count() == 0
    new = PlanRun.objects.exclude(pk=run.pk).get()
    made = {row["id"]: row for row in new.result["batches"]}
    assert made[LATER]["start"] == "2026-12-07T23:00:00+00:00"
    assert RUN not in made


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_batch_is_moved_pinned_and_undone_by_keyboard(world, run, open_plan):
    page = open_plan(language="en")
    page.locator(f".gantt .bar[data-id='{RUN}']").focus()
    page.keyboard.press("m")
    page.wait_for_selector(".gantt .slot-mark")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".gantt .held-label:text('10:00')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".gantt .bar.ghost[data-id='{LAST}']")
    assert page.evaluate("document.activeElement.dataset.id") == LAST
    page.keyboard.press("u")
    page.wait_for_selector(f".gantt .bar.ghost[data-id='{LAST}']", state="detached")
    assert PlanRun.objects.get(pk=run.pk).draft_pins["batches"] == {}
    page.locator(f".gantt .bar[data-id='{RUN}']").focus()
    page.keyboard.press("p")
    page.wait_for_selector("#pin-bar .notice")
    assert PlanRun.objects.get(pk=run.pk).draft_pins["batches"] == {RUN: "start"}
    page.keyboard.press("p")
    page.wait_for_selector("#pin-bar .notice", state="detached")
    page.keyboard.press("m")
    page.wait_for_selector(".gantt .slot-mark")
    page.keyboard.press("Escape")
    page.wait_for_selector(".gantt .slot-mark", state="detached")
    assert PlanRun.objects.get(pk=run.pk).draft_pins["batches"] == {}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_on_a_phone_a_finger_rests_and_then_moves_a_batch(world, run, open_plan):
    page = open_plan(width=390, language="zh-hans", has_touch=True)
    bar(page, RUN).scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.gantt').scrollIntoView({block: 'center'})")
    x, y = middle(page, RUN)
    three_hours = bar(page, RUN).bounding_box()["width"]  # from start to release
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, at: float | None = None) -> None:
        points = [] if at is None else [{"x": at, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", x)
    page.wait_for_selector(".gantt .slot-mark")  # held after a moment
    page.wait_for_timeout(100)
    for part in range(1, 6):
        finger("touchMove", x + part * three_hours / 5)
        page.wait_for_timeout(40)
    page.wait_for_selector(".gantt .held-label:text('07:00')")
    finger("touchEnd")
    page.wait_for_selector(f".gantt .bar.ghost[data-id='{LATER}']")
    assert PlanRun.objects.get(pk=run.pk).draft_pins["batches"] == {RUN: "forbid", LATER: "start"}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
