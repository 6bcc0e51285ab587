"""The books on pages: a whole life by forms alone, the tree that shows it, statements and the proof."""

from __future__ import annotations

import pytest
from lives import DAY, HOUR, LANGUAGES, ROLES, ChainOfLots, Desk, hire, trade

from becq.platform.accounts.models import Organisation
from becq.platform.clinic.models import Dose

__all__ = ["trade"]


@pytest.fixture
def life(trade):
    """Assay, release, dispatch, receive, dispense, administer and waste, each by its form."""
    found = ChainOfLots(trade)
    planner, sender, nurse = (
        found.desk(role, site)
        for role, site in (("planner", "reactor"), ("dispatcher", "reactor"), ("hospital", "near"))
    )
    with trade.at(found.run.planned_eob):
        planner.send(found.run_page, "assay", activity="30 GBq", uncertainty="3")
    with trade.at(found.run.planned_release):
        planner.send(found.run_page, "release", activity="25 GBq")
    with trade.at(found.depart):
        sender.send(found.way_page, "dispatch", activity="8.1 GBq", lot=found.run.code)
    with trade.at(found.depart + 3 * HOUR):
        nurse.send(found.way_page, "receive", activity="7.9 GBq", uncertainty="4")
    with trade.at(found.depart + 4 * HOUR):
        nurse.send("/clinic/", "dispense", lot=found.package, activity="3.7 GBq", patient="P-0001")
        found.dose = Dose.objects.get()
        nurse.send(f"/clinic/?dose={found.dose.code}", "administer", residual="50 MBq", container="bin-1")
    with trade.at(found.depart + 5 * HOUR):
        nurse.send("/waste/", "record", lot=found.package, container="bin-2")
    trade.check_books(found.depart + DAY)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tree_shows_the_whole_life_from_either_end(trade, life, language):
    words = ("Dose for P-0001", "P-0001 的剂量")[language != "en"]
    missing = ("Unaccounted for", "不平衡差")[language != "en"]
    with trade.at(life.depart + DAY):
        operator = Desk(trade.operator, language)
        for code in (life.run.code, life.package, life.dose.code):
            page = operator.get(f"/ledger/lot/{code}/")
            assert life.run.code in page
            assert life.package in page
            assert words in page
            assert f"{life.dose.code}-W1" in page
        page = operator.get(f"/ledger/lot/{life.run.code}/")
        assert missing in page
        assert f"{life.package}-W1" in page
        assert life.consignment.code in page
        assert '"series"' in page


def test_the_hospital_sees_where_it_came_from_but_not_what_else_became_of_it(trade, life):
    with trade.at(life.depart + DAY):
        page = life.desk("hospital", "near").get(f"/ledger/lot/{life.dose.code}/")
        assert life.run.code in page
        assert f"{life.run.code}-loss" not in page
        life.desk("hospital", "mid").get(f"/ledger/lot/{life.package}/", 404)
        life.desk("hospital", "mid").get("/ledger/lot/nothing/", 404)


@pytest.mark.parametrize(("language", "words"), [("en", "not shown to you"), ("zh-hans", "不向您显示")])
def test_what_is_not_theirs_to_see_is_not_said_to_be_nothing(trade, life, language, words):
    operator = Organisation.objects.create(code="OP", name="Operator", kind="operator")
    with trade.at(life.depart + DAY):
        desk = Desk(hire("planner", operator), language)
        page = desk.get(f"/ledger/lot/{life.run.code}/")
        assert page.count(words) == 2
        assert "0.00" not in desk.get(life.run_page)
        assert words not in life.desk("planner", "reactor", language).get(f"/ledger/lot/{life.run.code}/")


def test_a_statement_closes_and_says_what_is_unaccounted_with_its_uncertainty(trade, life):
    with trade.at(life.depart + DAY):
        desk = life.desk("rso", "near")
        page = desk.get("/ledger/?tab=statement&from=2026-12-07&to=2026-12-11")
        assert "Administered" in page
        assert " ± " in page
        page = desk.get("/ledger/?tab=unaccounted&from=2026-12-07&to=2026-12-11")
        assert life.package in page
        assert "Standard uncertainty" in page
        # somebody else's books are not shown for the asking
        assert "Reactor" not in desk.get("/ledger/?tab=statement&holder=reactor").split("<main")[1]


def test_postings_are_filtered_by_what_stands_in_the_address(trade, life):
    with trade.at(life.depart + DAY):
        desk = life.desk("rso", "near")
        everything = desk.get("/ledger/")
        assert life.package in everything
        assert "No postings" not in everything
        given = desk.get("/ledger/?kind=administer&nuclide=I-131&day=2026-12-10")
        assert life.dose.code in given
        assert "1 posting" in given
        assert "Nothing matches" in desk.get("/ledger/?q=no-such-lot")
        assert desk.client.get("/ledger/?export=xlsx").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_the_books_are_proved_by_who_may(trade, life, role):
    may = role in {"rso", "regulator", "administrator"}
    with trade.at(life.depart + DAY):
        desk = life.desk(role, "near")
        page = desk.get("/ledger/?tab=proof", 200 if may else 403)
        if not may:
            return
        token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = desk.client.post(
            "/ledger/?tab=proof", {"csrfmiddlewaretoken": token, "tab": "proof", "holder": "near"}
        )
        assert "The books close." in answer.content.decode()
        assert answer.content.decode().count('class="hash"') == 1
