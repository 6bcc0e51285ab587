"""The pages of the rules: limits in use, all rules, own rules, documents, filings; to those who may."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lives import DAY, HOUR, LANGUAGES, ChainOfLots, Desk, errors_of, trade

from becq.platform.supervision.models import Filing, OwnRule
from becq.platform.supervision.rulebook import book_of
from becq.rules.rulebook import builtin, parse_rules
from becq.web.views import rule_check
from becq.web.views.own_rules import TEMPLATE_ROW, write

__all__ = ["trade"]

PAGES = (
    "/rules/",
    "/rules/all/",
    "/rules/cn-licence-possession/",
    "/rules/own/",
    "/rules/filings/",
    "/rules/check/",
)
ROW = {**TEMPLATE_ROW, "limit": "1", "severity": "block"}


@pytest.fixture
def lots(trade):
    found = ChainOfLots(trade)
    found.receive()
    return found


def text_of(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def post(desk: Desk, address: str, **values):
    """Send a form that has no name; the answer as it is."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', desk.get(address))[1]
    return desk.client.post(address, {"csrfmiddlewaretoken": token, **values})


def csv_file(*rows: dict[str, str]) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "rules.csv", write([{**dict.fromkeys(TEMPLATE_ROW, ""), **row} for row in rows])
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_every_role_reads_every_page(trade, lots, address, language):
    with trade.at(lots.depart + DAY):
        for role, site in (
            ("hospital", "near"),
            ("rso", "near"),
            ("planner", "reactor"),
            ("dispatcher", "reactor"),
        ):
            page = lots.desk(role, site, language).get(address)
            assert "style=" not in page
            assert ("Limits in use", "限值使用情况")[language != "en"] in page
        Desk(trade.coordinator, language).get(address)
        Desk(trade.operator, language).get(address)


def test_limits_show_what_is_held_against_the_licence(trade, lots):
    with trade.at(lots.depart + DAY):
        page = text_of(lots.desk("rso", "near").get("/rules/?q=I-131&subject=holding"))
        assert "I-131" in page
        assert "Possession limit" in page
        assert re.search(r"\d+ limits? above 80 %, \d+ broken", page)
        assert "Every limit" in page
    with trade.at(lots.run.planned_start - DAY):
        assert "Nothing held and nothing handled" in lots.desk("rso", "near").get("/rules/")


def test_limits_of_another_organisation_are_not_shown(trade, lots):
    with trade.at(lots.depart + DAY):
        own = text_of(lots.desk("rso", "near").get("/rules/"))
        asked = text_of(lots.desk("rso", "near").get("/rules/?site=reactor"))
        assert asked == own
        assert "No site to judge" in Desk(trade.coordinator).get("/rules/")


def test_the_rules_in_force_are_listed_and_filtered(trade):
    desk = Desk(trade.who("hospital", "near"))
    assert f"{len(builtin())} rules in force" in text_of(desk.get("/rules/all/"))
    page = desk.get("/rules/all/?jurisdiction=IAEA&subject=waste")
    assert 'href="/rules/iaea-' in page
    assert 'href="/rules/cn-' not in page


def test_one_rule_says_condition_limit_source_and_facts(trade):
    page = text_of(Desk(trade.who("hospital", "near")).get("/rules/cn-licence-possession/"))
    rule = builtin()["cn-licence-possession"]
    assert rule.quantity in page
    assert rule.source in page
    chinese = text_of(Desk(trade.who("hospital", "near"), "zh-hans").get("/rules/cn-licence-possession/"))
    assert rule.source_zh in chinese
    assert rule.title_zh in chinese
    Desk(trade.who("hospital", "near")).get("/rules/no-such-rule/", 404)


def test_a_rule_is_written_tried_kept_and_retired(trade, lots):
    officer = lots.desk("rso", "near")
    with trade.at(lots.depart + DAY):
        tried = post(officer, "/rules/own/new/", **ROW, **{"try": "1"}).content.decode()
        assert "the store was built for 1.00 GBq" in text_of(tried)
        assert not OwnRule.objects.exists()
        answer = post(officer, "/rules/own/new/", **ROW, save="1")
        assert answer["Location"] == "/rules/house-i131-store/"
        assert "I-131 in the hot laboratory" in officer.get("/rules/")
        assert "In force" in officer.get("/rules/own/")
        officer.send("/rules/house-i131-store/", "retire")
        officer.get("/rules/house-i131-store/", 404)
        assert "Retired" in officer.get("/rules/own/")
        assert "I-131 in the hot laboratory" not in officer.get("/rules/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_stands_at_its_field(trade, language):
    officer = Desk(trade.who("rso", "near"), language)
    wrong = {**ROW, "quantity": "activity", "unit": "mSv", "source": ""}
    page = post(officer, "/rules/own/new/", **wrong, save="1").content.decode()
    assert 'id="id_quantity_error"' in page
    assert 'id="id_source_error"' in page
    assert not OwnRule.objects.exists()
    # while it is written nothing is asked of what is still empty
    page = post(officer, "/rules/own/new/", **{**wrong, "limit": ""}).content.decode()
    assert 'id="id_source_error"' not in page
    assert 'id="id_limit_error"' not in page
    page = post(officer, "/rules/own/new/", **{**ROW, "unit": "mSv"}).content.decode()
    assert 'id="id_unit_error"' in page


def test_the_facts_of_the_chosen_subject_are_listed(trade):
    officer = Desk(trade.who("rso", "near"))
    assert "longest_half_life_s" in officer.get("/rules/own/new/?subject=waste")
    assert "longest_half_life_s" not in officer.get("/rules/own/new/")


def test_a_file_is_taken_whole_or_not_at_all(trade):
    officer = Desk(trade.who("rso", "near"))
    bad = csv_file(ROW, {**ROW, "id": "second", "comparison": "="})
    page = text_of(post(officer, "/rules/own/", file=bad).content.decode())
    assert "Nothing was added." in page
    assert "3 comparison" in page
    assert not OwnRule.objects.exists()
    post(officer, "/rules/own/", file=csv_file(ROW, {**ROW, "id": "second"}))
    assert OwnRule.objects.count() == 2
    again = text_of(post(officer, "/rules/own/", file=csv_file(ROW)).content.decode())
    assert "There is a rule 'house-i131-store' already" in again
    file = officer.client.get("/rules/own/rules.csv").content
    assert [rule.id for rule in parse_rules(file, "own.csv").rules] == ["house-i131-store", "second"]
    template = officer.client.get("/rules/own/template.csv").content
    assert len(parse_rules(template, "template.csv")) == 1


def test_only_who_may_writes_rules_and_only_for_its_own(trade):
    nurse = Desk(trade.who("hospital", "near"))
    nurse.get("/rules/own/new/", 403)
    assert "/rules/own/new/" not in nurse.get("/rules/own/")
    post(Desk(trade.who("rso", "near")), "/rules/own/new/", **ROW, save="1")
    other = Desk(trade.who("rso", "mid"))
    assert "house-i131-store" not in other.get("/rules/own/")
    assert "house-i131-store" not in other.get("/rules/all/")
    other.get("/rules/house-i131-store/", 404)
    assert len(book_of(trade.org("mid"))) == len(builtin())
    assert len(book_of(trade.org("near"))) == len(builtin()) + 1


@pytest.mark.parametrize("kind", list(rule_check.EXAMPLES))
def test_every_example_is_judged(trade, kind):
    desk = Desk(trade.who("rso", "near"))
    page = desk.get(f"/rules/check/?example={kind}")
    document = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
    answer = post(desk, "/rules/check/", text=document).content.decode()
    assert errors_of(answer) == []
    assert "Every rule that applies" in answer


def test_a_document_with_problems_is_told_in_place(trade):
    desk = Desk(trade.who("rso", "near"))
    page = post(desk, "/rules/check/", text="facts:\n  discharge:\n    - {nuclid: I-131}\n").content.decode()
    assert "discharge[0].nuclid" in page
    assert "there is no such fact" in page
    foreign = post(desk, "/rules/check/", text="site_day: {site: mid, day: 2026-12-07}").content.decode()
    assert "is not yours to see" in text_of(foreign)


def test_a_transfer_is_filed_in_its_panel(trade, lots):
    officer = lots.desk("rso", "reactor")
    code = lots.consignment.code
    with trade.at(lots.depart + 25 * DAY):
        page = officer.get("/rules/filings/")
        assert re.search(r"1 filing late", text_of(page))
        address = html.unescape(re.search(r'href="(\?duty=[^"]*transfer[^"]*)#file"', page)[1])
        address = f"/rules/filings/{address}"
        early = officer.send(address, "file", done=False, filed_on="2026-01-05", number="x")
        assert 'id="file-filed_on_error"' in early
        assert 'id="file-number_error"' in officer.send(
            address, "file", done=False, filed_on="2026-12-20", number=""
        )
        page = officer.send(address, "file", filed_on=f"{lots.depart + 10 * DAY:%Y-%m-%d}", number="川环 7")
        assert "川环 7" in page
        assert "0 filings late" in text_of(page)
    filing = Filing.objects.get()
    assert (filing.duty, filing.subject) == ("transfer", code)


def test_who_may_not_file_sees_no_button(trade, lots):
    with trade.at(lots.depart + 25 * DAY):
        assert "#file" not in lots.desk("dispatcher", "reactor").get("/rules/filings/")
        assert lots.consignment.code not in lots.desk("rso", "mid").get("/rules/filings/")


def test_late_filings_wait_on_today(trade, lots):
    with trade.at(lots.depart + 25 * DAY):
        assert "/rules/filings/?kind=transfer" in lots.desk("rso", "reactor").get("/?queue=all")
        assert "/rules/filings/" not in lots.desk("dispatcher", "reactor").get("/?queue=all")
    with trade.at(lots.consignment.planned_arrive + HOUR):
        assert "/rules/filings/?kind=transfer" not in lots.desk("rso", "reactor").get("/?queue=all")
