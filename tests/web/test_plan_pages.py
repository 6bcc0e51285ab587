"""Plans through HTTP: the list, one plan from every side, pins, replan, compare, commit, exports; each to those who may."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from market_world import START, World, token, world
from messages import catalogue
from python_calamine import CalamineWorkbook

from becq.planning.comparison import measure
from becq.platform import clock
from becq.platform.dispatch.models import Consignment
from becq.platform.market.models import Order, Status
from becq.platform.network import services as networks
from becq.platform.plans import services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.platform.production.models import ProductionRun
from becq.web.plan_document import gap_text

__all__ = ["world"]

FIRST = date(2026, 12, 8)
TABS = (
    "gantt",
    "map",
    "unmet",
    "deliveries",
    "batches",
    "load",
    "limits",
    "shares",
    "losses",
    "rules",
    "pins",
)
LANGUAGES = ["en", "zh-hans"]


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run(world: World, at_once) -> PlanRun:
    made = services.request_plan(world.planner, FIRST, 4, name="week 50")
    assert made.status == RunStatus.DONE, made.error
    return made


class Words(HTMLParser):
    """The pieces of text that a person sees."""

    def __init__(self) -> None:
        super().__init__()
        self.silent, self.found = 0, set()

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        self.found |= {
            value.strip() for name, value in attrs if name in {"aria-label", "title", "placeholder"} and value
        }

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.found.add(" ".join(data.split()))


ENGLISH = {
    entry.id
    for entry in catalogue()
    if isinstance(entry.id, str) and entry.id != entry.string and re.search("[A-Za-z]{3}", entry.id)
}


def untranslated(page: str) -> set[str]:
    """English messages of the catalogue that stand on a Chinese page."""
    words = Words()
    words.feed(page)
    return words.found & ENGLISH - {"English"}


# --- every page, every role, both languages ----------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_reads_every_page_in_its_language(world, run, language):
    services.commit_plan(world.planner, run)
    draft = services.request_plan(world.planner, FIRST, 4)
    pages = [
        "/plan/",
        "/plan/?state=committed&q=week&sort=-code",
        *(f"/plan/{run.code}/?tab={tab}" for tab in TABS),
        f"/plan/{run.code}/?tab=deliveries&day=2026-12-09&q=near&sort=-activity_bq&pinned=1",
        f"/plan/compare/?a={run.code}&b={run.code}",
        f"/plan/compare/?a={run.code}&b={run.code}&tab=batches",
        f"/plan/compare/?a={run.code}&b={run.code}&tab=products",
    ]
    for person in world.everybody():
        client = world.client(person, language)
        for address in pages:
            page = client.get(address)
            assert page.status_code == 200, (person.username, address)
            if language != "en":
                assert untranslated(text(page)) == set(), address
        whole = person in {world.admin, world.planner}
        for address in (f"/plan/{draft.code}/", f"/plan/{draft.code}/panel/?batch=x"):
            assert client.get(address).status_code == (200 if whole else 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_operators_planner_asks_pins_and_commits(world, run, language):
    services.commit_plan(world.planner, run)
    for person in world.everybody():
        client = world.client(person, language)
        expected = 200 if person in {world.planner, world.admin} else 403
        assert client.get("/plan/new/").status_code == expected, person.username
        assert ("/plan/new/" in text(client.get("/plan/"))) == (expected == 200)
        page = text(client.get(f"/plan/{run.code}/"))
        assert (f"/plan/{run.code}/replan/" in page) == (expected == 200)
        if expected == 403:
            for part in ("pins/?kind=batch&do=start&id=x", "replan/", "commit/", "cancel/"):
                assert client.post(f"/plan/{run.code}/{part}").status_code == 403, part
    assert PlanRun.objects.get().draft_pins == run.draft_pins


def test_nobody_reads_without_signing_in(world, run, client):
    for address in (
        "/plan/",
        "/plan/new/",
        "/plan/compare/",
        f"/plan/{run.code}/",
        f"/plan/{run.code}/export/plan.json",
    ):
        assert client.get(address)["Location"].startswith("/login/")


def test_there_is_a_page_without_plans_and_without_a_network(world):
    planner, hospital = world.client(world.planner), world.client(world.who("hospital", "near"))
    assert "No plans yet" in text(planner.get("/plan/"))
    assert "No plan has been committed yet" in text(hospital.get("/plan/"))
    assert planner.get("/plan/none/").status_code == 404
    assert planner.get("/plan/compare/?a=none&b=none").status_code == 404


# --- asking and waiting ------------------------------------------------------------------------------


FORM = {"first": "2026-12-08", "days": "3", "name": "three days", "base": "", "time_limit": "30 s"}


def test_a_plan_is_asked_for_and_opens_when_it_is_done(world, at_once):
    client = world.client(world.planner, enforce_csrf_checks=True)
    key = token(client, "/plan/new/")
    assert client.post("/plan/new/", FORM).status_code == 403  # without the token of the form
    answer = client.post("/plan/new/", {**FORM, "csrfmiddlewaretoken": key})
    run = PlanRun.objects.get()
    assert answer["Location"] == f"/plan/{run.code}/"
    assert (run.first, run.days, run.name, run.time_limit_s) == (FIRST, 3, "three days", 30.0)
    page = text(client.get(f"/plan/{run.code}/"))
    assert f"{run.orders_served} of {run.orders} orders served, proven gap" in page
    assert "not committed" in page
    assert f"/plan/{run.code}/commit/" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first": ""}, "id_first_error"),
        ({"days": "0"}, "id_days_error"),
        ({"days": "93"}, "id_days_error"),
        ({"first": "2026-12-01"}, "This day is over; plan from 2026-12-07 on."),
        ({"first": "2027-03-20"}, "A plan reaches at most 92 days ahead; end it on 2027-03-08 or before."),
        ({"time_limit": "2 h"}, "from 1 s to 30 min"),
        ({"time_limit": "soon"}, "id_time_limit_error"),
        ({"base": "P1"}, "id_base_error"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(world, changes, said):
    answer = world.client(world.planner).post("/plan/new/", {**FORM, **changes})
    assert answer.status_code == 400
    assert said in text(answer)
    assert not PlanRun.objects.exists()


def test_a_run_shows_its_progress_and_is_stopped(world, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    run = services.request_plan(world.planner, FIRST, 3)
    client = world.client(world.planner, enforce_csrf_checks=True)
    page = text(client.get(f"/plan/{run.code}/"))
    assert f'hx-get="/plan/{run.code}/progress/?page=1"' in page
    PlanRun.objects.update(status=RunStatus.RUNNING, progress=0.42, heartbeat_at=clock.now())
    piece = client.get(f"/plan/{run.code}/progress/?page=1")
    assert "42 %" in text(piece)
    assert f'hx-get="/plan/{run.code}/progress/?page=1"' in text(piece)
    assert "HX-Refresh" not in piece
    assert f"/plan/{run.code}/progress/" in text(client.get("/plan/"))
    key = client.cookies["csrftoken"].value
    asked = client.post(f"/plan/{run.code}/cancel/", HTTP_X_CSRFTOKEN=key, HTTP_HX_REQUEST="true")
    assert "is being stopped" in text(asked)
    PlanRun.objects.update(status=RunStatus.CANCELLED)
    assert client.get(f"/plan/{run.code}/progress/?page=1")["HX-Refresh"] == "true"
    assert "The run was stopped" in text(client.get(f"/plan/{run.code}/"))
    assert client.post(f"/plan/{run.code}/cancel/", HTTP_X_CSRFTOKEN=key).status_code == 409


def test_a_failed_run_says_why_and_can_be_asked_again(world, run):
    services.pin(world.planner, run, batches={"no-such@batch": "start"})
    failed = services.replan(world.planner, run)
    assert failed.status == RunStatus.FAILED
    page = text(world.client(world.planner).get(f"/plan/{failed.code}/"))
    assert "no-such@batch" in page
    assert f"/plan/new/?base={failed.code}" in page
    assert 'value="2026-12-08"' in text(world.client(world.planner).get(f"/plan/new/?base={failed.code}"))
    assert world.client(world.who("hospital", "near")).get(f"/plan/{failed.code}/").status_code == 404


# --- the whole way -----------------------------------------------------------------------------------


def test_a_plan_is_pinned_replanned_compared_and_committed(world, run):
    client = world.client(world.planner, enforce_csrf_checks=True)
    home = f"/plan/{run.code}/"
    key = {"csrfmiddlewaretoken": token(client, home)}
    batch = next(row for row in run.result["batches"] if row["process"] == "run-fdg")
    served = next(row for row in run.result["deliveries"] if row["lot"] != batch["id"])

    def pins(query: str, **values):
        answer = client.post(f"{home}pins/?{query}", {**key, **values})
        assert answer.status_code == 302
        return PlanRun.objects.get(pk=run.pk).draft_pins

    # From the tables, one row and several at once, and by htmx as the panel does.
    assert pins(f"kind=batch&do=forbid&id={quote(batch['id'])}")["batches"] == {batch["id"]: "forbid"}
    assert pins("kind=order&do=keep", chosen=[served["order"]])["deliveries"] == {
        served["order"]: served["lot"]
    }
    piece = client.post(
        f"{home}pins/?kind=batch&do=start&part=panel&id={quote(batch['id'])}&batch={quote(batch['id'])}",
        HTTP_X_CSRFTOKEN=key["csrfmiddlewaretoken"],
        HTTP_HX_REQUEST="true",
    )
    assert 'aria-pressed="true"' in text(piece)
    assert 'id="pin-bar" hx-swap-oob="true"' in text(piece)
    assert "2 pins have changed" in text(piece)
    assert pins("kind=batch&do=forbid", chosen=[batch["id"]])["batches"] == {batch["id"]: "forbid"}
    listed = text(client.get(f"{home}?tab=pins"))
    assert "must not start" in listed
    assert f"from lot {served['lot']}" in listed
    assert pins("kind=any&do=free", chosen=[served["order"]])["deliveries"] == {}

    answer = client.post(f"{home}replan/", key)
    new = PlanRun.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/plan/{new.code}/"
    assert (new.base_id, new.status) == (run.pk, RunStatus.DONE)
    assert batch["id"] not in {row["id"] for row in new.result["batches"]}
    page = text(client.get(f"/plan/{new.code}/"))
    assert f"/plan/compare/?a={run.code}&amp;b={new.code}" in page

    answer = client.post("/plan/compare/", {**key, "chosen": [new.code, run.code]})
    assert answer["Location"] == f"/plan/compare/?a={run.code}&b={new.code}"
    compared = text(client.get(answer["Location"]))
    assert "Ordered activity served" in compared
    fair = [f"{measure('x', each.result).jain:.3f}" for each in (run, new)]
    row = compared[compared.index("Fairness between sites (Jain)") :]
    assert row.index(fair[0]) < row.index(fair[1], row.index(fair[0]) + 1) < 400
    assert "Orders served of the site that gets least" in compared
    lost = {row["order"] for row in new.result["unmet"]} - {row["order"] for row in run.result["unmet"]}
    assert lost
    for order in lost:
        assert order in compared
    assert batch["id"] in text(client.get(f"{answer['Location']}&tab=batches&where=only_a"))

    page = text(client.get(f"/plan/{new.code}/commit/"))
    runs = sum(1 for row in new.result["batches"] if row["kind"] != "stock")
    assert f"<dt>Production runs planned</dt><dd>{runs}</dd>" in page
    assert ProductionRun.objects.count() == 0
    assert client.post(f"/plan/{new.code}/commit/", key)["Location"] == f"/plan/{new.code}/"
    assert ProductionRun.objects.count() == runs
    assert Consignment.objects.exists()
    assert Order.objects.filter(status=Status.CONFIRMED).count() == len(new.result["deliveries"])
    page = text(client.get(f"/plan/{new.code}/"))
    assert "committed 12-07 08:00 UTC+8 by planner" in page
    assert client.get(f"/plan/{new.code}/commit/").status_code == 302


def test_what_is_carried_out_is_superseded_only_on_purpose(world, run):
    services.commit_plan(world.planner, run)
    new = services.replan(world.planner, run)
    client = world.client(world.planner)
    assert run.code in text(client.get(f"/plan/{new.code}/commit/"))
    refused = client.post(f"/plan/{new.code}/commit/")
    assert refused.status_code == 400
    assert "supersede-error" in text(refused)
    client.post(f"/plan/{new.code}/commit/", {"supersede": "1"})
    new.refresh_from_db()
    assert new.committed_at is not None
    assert f"/plan/{new.code}/" in text(client.get(f"/plan/{run.code}/"))


def test_the_commit_page_tells_which_promises_are_lost(world, run):
    services.commit_plan(world.planner, run)
    order = Order.objects.filter(status=Status.CONFIRMED).first()
    new = services.replan(world.planner, services.pin(world.planner, run, deliveries={order.code: None}))
    served = {row["order"] for row in new.result["deliveries"]}
    lost = Order.objects.filter(status=Status.CONFIRMED).exclude(code__in=served).count()
    assert lost
    page = text(world.client(world.planner).get(f"/plan/{new.code}/commit/"))
    assert f"{lost} order" in page
    assert ("loses its promise" if lost == 1 else "lose their promise") in page
    chinese = text(world.client(world.planner, "zh-hans").get(f"/plan/{new.code}/commit/"))
    assert f"{lost} 个现已确认的订单将失去承诺" in chinese
    assert untranslated(chinese) == set()


def test_the_commit_page_says_before_the_button_what_is_in_the_way(world, run):
    services.commit_plan(world.planner, run)
    part = services.request_plan(world.planner, FIRST, 2)
    page = text(world.client(world.planner).get(f"/plan/{part.code}/commit/"))
    assert f"It does not cover all that is left of {run.code}; plan from 2026-12-08 to 2026-12-11." in page
    assert "Commit the plan" not in page
    assert (
        world.client(world.planner).post(f"/plan/{part.code}/commit/", {"supersede": "1"}).status_code == 400
    )
    new = services.replan(world.planner, run)
    ProductionRun.objects.update(status="cancelled")
    with clock.frozen(START + timedelta(days=3)):
        page = text(world.client(world.planner, "zh-hans").get(f"/plan/{new.code}/commit/"))
    assert "已过时" in page
    assert untranslated(page) == set()


def test_a_gap_that_rounds_to_nothing_is_not_shown_as_nothing(world, run):
    assert [gap_text(gap) for gap in (None, 0.0, 9.6e-7, 1e-4, 0.031)] == [
        "—", "0.00 %", "< 0.01 %", "0.01 %", "3.10 %",
    ]  # fmt: skip
    services.commit_plan(world.planner, run)
    run.refresh_from_db()
    run.gap, run.result = 9.6e-7, {**run.result, "gap": 9.6e-7}
    run.save()
    client = world.client(world.planner)
    for address in ("/", "/plan/", f"/plan/{run.code}/", f"/plan/compare/?a={run.code}&b={run.code}"):
        assert "&lt; 0.01 %" in text(client.get(address)), address


def test_a_stale_plan_says_what_has_changed_and_offers_to_replan(world, run):
    networks.declare_outage(
        world.planner, "cyclotron", START + timedelta(days=2), START + timedelta(days=3), "repair"
    )
    world.order()
    client = world.client(world.planner)
    for address in (f"/plan/{run.code}/", f"/plan/{run.code}/commit/"):
        page = text(client.get(address))
        assert "the network has changed" in page
        assert "1 order is new" in page
        assert f"/plan/{run.code}/replan/" in page
    assert "网络已变更" in text(world.client(world.planner, "zh-hans").get(f"/plan/{run.code}/"))
    assert client.post(f"/plan/{run.code}/commit/").status_code == 409


def test_what_has_begun_is_not_pinned_any_more(world, run):
    batch = min(
        (row for row in run.result["batches"] if row["kind"] != "stock"), key=lambda row: row["start"]
    )
    client = world.client(world.planner)
    with clock.frozen(START + timedelta(days=10)):
        client.post(f"/plan/{run.code}/pins/?kind=batch&do=start", {"chosen": [batch["id"]]})
        panel = text(client.get(f"/plan/{run.code}/panel/?batch={quote(batch['id'])}"))
    assert "aria-pressed" not in panel
    assert PlanRun.objects.get().draft_pins["batches"] == {}


# --- what is seen ------------------------------------------------------------------------------------


def test_the_panel_tells_of_a_batch_a_delivery_and_a_site(world, run):
    client = world.client(world.planner)
    delivery = next(row for row in run.result["deliveries"] if row["legs"])
    panel = f"/plan/{run.code}/panel/"
    batch = text(client.get(f"{panel}?batch={quote(delivery['lot'])}"))
    for word in ("Activity at EOB", "Activity at release", "Release", "UTC+8", "Must start", "Serves"):
        assert word in batch
    way = text(client.get(f"{panel}?delivery={quote(delivery['id'])}"))
    for word in (delivery["order"], "On leaving", "On arrival", "Keep lot"):
        assert word in way
    site = text(client.get(f"{panel}?site=near"))
    assert "/network/sites/near/" in site
    assert "not in the plan" in text(client.get(f"{panel}?batch=none"))
    whole = text(client.get(f"/plan/{run.code}/?tab=gantt&batch={quote(delivery['lot'])}"))
    assert "Activity at EOB" in whole  # without scripts too


def test_unmet_orders_are_filtered_by_reason_and_say_why_in_the_language(world, run):
    rows = run.result["unmet"]
    assert rows
    reason = rows[0]["reason"]
    page = text(world.client(world.planner, "zh-hans").get(f"/plan/{run.code}/?tab=unmet&reason={reason}"))
    for row in rows:
        assert (row["order"] in page) == (row["reason"] == reason)
    assert rows[0]["sentence_zh"] in page
    assert rows[0]["sentence"] not in page


def test_a_hospital_sees_its_own_part_and_nothing_of_others(world, run):
    services.commit_plan(world.planner, run)
    client = world.client(world.who("hospital", "near"))
    own = {row["order"] for row in run.result["deliveries"] if row["to"] == "near"}
    others = {code for code, order in run.planned_orders.items() if order["site"] != "near"}
    pages = [text(client.get(f"/plan/{run.code}/?tab={tab}")) for tab in TABS]
    pages.append(text(client.get(f"/plan/compare/?a={run.code}&b={run.code}")))
    for kind in ("json", "html"):
        pages.append(text(client.get(f"/plan/{run.code}/export/plan.{kind}")))
    everything = "".join(pages)
    assert own
    assert all(code in everything for code in own)
    assert not [code for code in others if code in everything]
    for word in ("Proven gap", "proven gap", "CNY</dd>", "Losses"):
        assert word not in "".join(pages[: len(TABS)])
    foreign = next(row for row in run.result["batches"] if row["site"] == "reactor")
    assert "not in the plan" in text(client.get(f"/plan/{run.code}/panel/?batch={quote(foreign['id'])}"))
    row = text(client.get("/plan/"))
    assert run.code in row
    assert f"{run.orders_served} / {run.orders}" not in row


def test_exports_hold_what_the_person_may_see(world, run):
    services.commit_plan(world.planner, run)
    for person, whole in ((world.planner, True), (world.who("hospital", "near"), False)):
        client = world.client(person, "zh-hans")
        data = json.loads(client.get(f"/plan/{run.code}/export/plan.json").content)
        assert data["whole"] is whole
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(client.get(f"/plan/{run.code}/export/plan.xlsx").content)
        )
        rows = book.get_sheet_by_name("deliveries").to_python()
        assert len(rows) == len(data["deliveries"]) + 1
        assert (len(rows) == len(run.result["deliveries"]) + 1) is whole
        page = client.get(f"/plan/{run.code}/export/plan.html")
        assert page["Content-Disposition"] == f'attachment; filename="{run.code}.html"'
        assert 'lang="zh-Hans"' in text(page)
        assert ("已证明的差距" in text(page)) is whole
    table = world.client(world.planner).get(f"/plan/{run.code}/?tab=batches&export=xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(table.content)).get_sheet_by_index(0).to_python()
    assert len(sheet) == len(run.result["batches"]) + 1


# --- in a browser ------------------------------------------------------------------------------------

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


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_batch_is_chosen_pinned_and_replanned_with_the_keyboard(
    world, run, live_server, settings, monkeypatch
):
    from playwright.sync_api import sync_playwright

    if not (ROOT / "src/becq/web/static/built/islands.js").exists() or not CHROMIUM:
        pytest.skip("needs the built assets and chromium")
    settings.DEBUG = True
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    session = world.client(world.planner).cookies["sessionid"].value
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        cookies = {"sessionid": session, "django_language": "en"}
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        page = context.new_page()
        complaints = []
        page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/plan/{run.code}/")
        page.locator(".gantt .bar[tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_selector("#panel .panel-body")
        chosen = page.inner_text("#panel .code >> nth=0")
        assert "batch=" in page.url
        for _ in range(12):  # Tab leads from the drawing to the panel
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id").startswith("pin-forbid-"):
                break
        page.keyboard.press("Enter")
        page.wait_for_selector("#pin-bar .notice")
        assert page.get_attribute(f"[id='pin-forbid-{chosen}']", "aria-pressed") == "true"
        assert page.evaluate("document.activeElement.id") == f"pin-forbid-{chosen}"
        assert PlanRun.objects.get().draft_pins["batches"] == {chosen: "forbid"}
        page.locator("#pin-bar form button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/plan/{run.code[:-1]}2/")
        assert "not committed" in page.inner_text(".page-title")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        browser.close()
    new = PlanRun.objects.exclude(pk=run.pk).get()
    assert chosen not in {row["id"] for row in new.result["batches"]}
    assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_that_a_plan_breaks_are_shown(world, run, language):
    finding = {
        "rule": "cn-transfer-approval", "severity": "block", "sentence": "Not approved.", "sentence_zh": "未经审批。",
        "source": "Order 449", "source_zh": "第449号令", "subject": "a to b", "measured": 0.0, "limit": 1.0, "unit": "1",
    }  # fmt: skip
    counts = {"block": 9, "warn": 0, "note": 2, "ok": 40}
    PlanRun.objects.filter(pk=run.pk).update(judgement={"counts": counts, "findings": [finding] * 9})
    client = world.client(world.planner, language)
    page = text(client.get(f"/plan/{run.code}/?tab=rules"))
    said = {"en": ("Not approved.", "and 1 more of this rule"), "zh-hans": ("未经审批。", "该规则另有 1 项")}
    for sentence in said[language]:
        assert sentence in page
    assert page.count(said[language][0]) == 8
