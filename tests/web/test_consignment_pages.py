"""Consignments: sent, handed over, late, compared, received, refused, overridden, by the forms of their page."""

from __future__ import annotations

import pytest
from lives import DAY, GBQ, HOUR, LANGUAGES, START, ChainOfLots, errors_of, trade

from becq.platform import clock
from becq.platform.dispatch import services
from becq.platform.dispatch.models import Consignment
from becq.platform.ledger.models import Posting

__all__ = ["trade"]


@pytest.fixture
def chain(trade):
    return ChainOfLots(trade)


def test_there_and_received_with_the_difference_before_and_after(trade, chain):
    chain.make()
    sender, receiver = chain.desk("dispatcher", "reactor"), chain.desk("hospital", "near")
    with trade.at(chain.depart):
        page = sender.get(chain.way_page)
        assert "Wanted now: 8.09 GBq" in page
        page = sender.send(
            chain.way_page, "dispatch", activity="8.1 GBq", lot=chain.run.code, carrier="Fast", vehicle="A-1"
        )
        assert "Dispatched" in page
    with trade.at(chain.depart + HOUR):
        assert "apt-a" in sender.send(chain.way_page, "hand-over", place="apt-a")
        page = sender.send(chain.way_page, "delay", expected="2026-12-10T12:00", note="road closed")
        assert "late by 1 h" in page
    with trade.at(chain.depart + 4 * HOUR):
        before = Posting.objects.count()
        page = receiver.send(
            chain.way_page, "receive", done=False, activity="7.8 GBq", uncertainty="3", compare="1"
        )
        assert "−2.3 % of 7.98 GBq predicted" in page
        assert "0.8 σ" in page
        assert Posting.objects.count() == before
        page = receiver.send(chain.way_page, "receive", activity="7.8 GBq", uncertainty="3")
        assert "Received" in page
        assert "−2.3 % of 7.98 GBq predicted: −180 MBq ± 230 MBq (0.8 σ)." in page
    row = Consignment.objects.get(pk=chain.consignment.pk)
    assert (row.status, row.received_bq) == ("received", 7.8 * GBQ)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"activity": "8 MBq"}, "activity", ("check the unit", "请核对单位")),
        ({"activity": "eight"}, "activity", None),
        ({"activity": "8 GBq", "at": "2026-12-10T06:00"}, "at", ("is before", "早于")),
        ({"activity": "8 GBq", "at": "2026-12-12T06:00"}, "at", ("in the future", "尚未到来")),
        ({"activity": "0 Bq"}, "activity", ("reject it", "请拒收")),
    ],
)
def test_a_receipt_that_cannot_be_keeps_its_input_and_posts_nothing(
    trade, chain, language, values, field, words
):
    chain.send()
    before = Posting.objects.count()
    with trade.at(chain.depart + 3 * HOUR):
        page = chain.desk("hospital", "near", language).send(chain.way_page, "receive", done=False, **values)
    assert f'id="receive-{field}_error"' in page
    assert all(value in page for value in values.values())
    if words:
        assert words[language != "en"] in errors_of(page)[0]
    assert Posting.objects.count() == before
    assert Consignment.objects.get(pk=chain.consignment.pk).status == "dispatched"


def test_a_large_difference_is_taken_with_a_note(trade, chain):
    chain.send()
    with trade.at(chain.depart + 3 * HOUR):
        page = chain.desk("hospital", "near").send(
            chain.way_page, "receive", activity="4 GBq", note="vial half empty"
        )
    assert "notice attention" in page


def test_more_than_the_lot_holds_is_refused_beside_the_field(trade, chain):
    chain.make()
    with trade.at(chain.depart):
        page = chain.desk("dispatcher", "reactor").send(
            chain.way_page, "dispatch", done=False, activity="8.1 TBq", lot=chain.run.code
        )
    assert "check the unit" in errors_of(page)[0]
    assert 'id="dispatch-activity_error"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_packing_outside_the_tolerance_is_refused_without_a_remark_and_shown(trade, chain, language):
    chain.make()
    desk = chain.desk("dispatcher", "reactor", language)
    values = {"activity": "6 GBq", "lot": chain.run.code}
    with trade.at(chain.depart):
        page = desk.send(chain.way_page, "dispatch", done=False, **values)
        words = ("tolerance of the order", "订单允许范围")[language != "en"]
        assert words in errors_of(page)[0]
        assert words in desk.send(chain.way_page, "dispatch", note="x", **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_packing_before_the_release_is_refused_beside_its_time(trade, chain, language):
    chain.make()
    with trade.at(chain.depart):
        page = chain.desk("dispatcher", "reactor", language).send(
            chain.way_page, "dispatch", done=False, activity="8.1 GBq", lot=chain.run.code,
            at="2026-12-09T09:00",
        )  # fmt: skip
    assert 'id="dispatch-at_error"' in page
    assert ("was released at", "放行")[language != "en"] in errors_of(page)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("2026-12-10T08:30", ("cannot arrive before", "不可能早于")),
        ("2036-12-10T08:30", ("days after", "7 天")),
    ],
)
def test_no_delay_to_an_impossible_time(trade, chain, language, expected, words):
    chain.send()
    with trade.at(chain.depart + HOUR):
        page = chain.desk("dispatcher", "reactor", language).send(
            chain.way_page, "delay", done=False, expected=expected, note="road closed"
        )
    assert 'id="delay-expected_error"' in page
    assert words[language != "en"] in errors_of(page)[0]


def test_a_time_of_old_shows_no_infinite_number(trade, chain):
    chain.send()
    with trade.at(chain.depart + HOUR):
        Consignment.objects.update(expected_arrive=START - 40000 * DAY)
        page = chain.desk("dispatcher", "reactor").get(chain.way_page)
    assert not {"inf", "nan"} & set(page.lower().replace("+", " ").replace(">", " ").split())


def test_rejected_and_taken_back(trade, chain):
    chain.send()
    with trade.at(chain.depart + 3 * HOUR):
        receiver = chain.desk("hospital", "near")
        assert 'id="reject-note_error"' in receiver.send(chain.way_page, "reject", done=False, note="")
        page = receiver.send(chain.way_page, "reject", note="vial broken")
        assert "When rejected" in page
        for wrong in ("<dt>Received", "Predicted on arrival", "At arrival", "against need"):
            assert wrong not in page
        sender = chain.desk("dispatcher", "reactor")
        page = sender.send(chain.way_page, "take-back")
        assert "Taken back" in page
        assert "<dt>Received" not in page
    assert Consignment.objects.get(pk=chain.consignment.pk).status == "taken back"
    assert chain.consignment.code in sender.get("/consignments/?status=taken+back")


def test_the_licence_blocks_until_the_safety_officer_gives_a_reason(trade, chain):
    chain.make()
    row = trade.delivery(chain.batch, "i-tight.20261208", "tight", chain.depart, 2.0, 5 * GBQ)
    [sent] = services.schedule_consignments(trade.coordinator, plan_code="P", deliveries=[row], supplies=[])
    with trade.at(chain.depart):
        services.dispatch(trade.who("dispatcher", "reactor"), sent, activity_bq=5 * GBQ)
    page = f"/consignments/{sent.code}/"
    with trade.at(chain.depart + 2 * HOUR):
        nurse = chain.desk("hospital", "tight")
        assert "does not allow this consignment" in nurse.get(page)
        assert "override_reason" not in nurse.get(page)
        refused = nurse.send(page, "receive", done=False, activity="5 GBq")
        assert "licence allows 4.00 GBq" in errors_of(refused)[0]
        officer = chain.desk("rso", "tight")
        refused = officer.send(page, "receive", done=False, activity="5 GBq")
        assert 'id="receive-override_reason_error"' in refused
        taken = officer.send(page, "receive", activity="5 GBq", override_reason="decays within two days")
        assert "decays within two days" in taken


def test_the_overdue_come_first_and_filters_stand_in_the_address(trade, chain):
    chain.make()
    desk = chain.desk("dispatcher", "reactor")
    with trade.at(chain.depart + 2 * HOUR):
        page = desk.get("/consignments/")
        assert "1 overdue" in page
        assert "tone-blocked" in page
        assert chain.consignment.code in desk.get(
            "/consignments/?status=late&from=reactor&to=near&day=2026-12-10"
        )
        assert chain.consignment.code not in desk.get("/consignments/?status=received")


def test_both_ends_see_it_and_nobody_else(trade, chain):
    with trade.at(START + DAY):
        page = chain.desk("hospital", "near").get(chain.way_page)
        assert 'value="dispatch"' not in page
        assert 'value="dispatch"' in chain.desk("dispatcher", "reactor").get(chain.way_page)
        chain.desk("hospital", "mid").get(chain.way_page, 404)
        assert chain.consignment.code not in chain.desk("hospital", "mid").get("/consignments/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_nurse_receives_on_a_telephone(request, transactional_db):
    """390 px wide: the form in one column, both units while typing, the error beside the field, then done."""
    import os
    import shutil

    from django.test import Client
    from lives import Trade, hire
    from playwright.sync_api import sync_playwright
    from test_browser import FLAGS, ROOT

    chromium = os.environ.get("BECQ_CHROMIUM") or shutil.which("chromium")
    if not chromium or not (ROOT / "src/becq/web/static/built/becq.js").exists():
        pytest.skip("needs the built assets and chromium")
    trade = Trade(hire("administrator", superuser=True), hire)
    with clock.frozen(START):
        chain = ChainOfLots(trade)
        chain.send()
    clock.set_now(chain.depart + 3 * HOUR)  # the server answers in threads of its own
    live_server = request.getfixturevalue("live_server")
    client = Client()
    client.force_login(trade.who("hospital", "near"))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
            context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
            cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
            context.add_cookies(
                [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
            )
            page = context.new_page()
            complaints = []
            page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
            page.goto(live_server.url + chain.way_page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.fill("#receive-activity", "210 mCi")
            assert page.inner_text("#receive [data-echo]") == "= 7.77 GBq · 210 mCi"
            box = page.locator("#receive-activity").bounding_box()
            assert box["width"] > 330
            page.fill("#receive-activity", "210 µCi")
            page.locator("#receive button.primary").click()
            page.wait_for_selector("#receive-activity_error")
            assert "check the unit" in page.inner_text("#receive-activity_error")
            assert page.input_value("#receive-activity") == "210 µCi"
            page.fill("#receive-activity", "210 mCi")
            page.fill("#receive-uncertainty", "3")
            page.locator("#receive button[name=compare]").click()
            page.wait_for_selector("#receive .notice")
            assert "σ" in page.inner_text("#receive .notice")
            page.keyboard.press("Tab")
            page.locator("#receive button.primary").focus()
            page.keyboard.press("Enter")
            page.wait_for_selector(".toast.done")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert complaints == []
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    assert Consignment.objects.get(pk=chain.consignment.pk).status == "received"
