"""Stock: what is where at the moment of the page, against the licence; and who sees it."""

from __future__ import annotations

import io

import pytest
from lives import DAY, GBQ, HOUR, LANGUAGES, ROLES, ChainOfLots, Desk, hire, trade
from python_calamine import CalamineWorkbook

from becq.platform.production import services as production

__all__ = ["trade"]
PAGES = (
    "/stock/", "/stock/?tab=sites", "/stock/?tab=nuclides", "/stock/?tab=products&nuclide=I-131",
    "/stock/?waste=1&sort=-activity_bq", "/production/", "/production/?status=waiting", "/consignments/",
    "/consignments/?status=late", "/clinic/", "/clinic/?day=2026-12-10", "/waste/", "/waste/?tab=containers",
    "/ledger/", "/ledger/?kind=receive&q=irr", "/ledger/?tab=statement", "/ledger/?tab=unaccounted",
)  # fmt: skip


@pytest.fixture
def lots(trade):
    found = ChainOfLots(trade)
    found.receive()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_every_page_in_its_language(trade, lots, role, language):
    desk = lots.desk(role, "near", language)
    with trade.at(lots.consignment.planned_arrive + HOUR):
        for address in PAGES:
            page = desk.get(address)
            assert f'lang="{language[:2]}' in page
            assert ("库存" in page) == (language != "en")


def test_nobody_reads_without_signing_in_or_without_a_role(trade, client):
    for address in PAGES[:1]:
        assert client.get(address).status_code == 302
    stranger = Desk(hire(""))
    for address in ("/stock/", "/production/", "/consignments/", "/clinic/", "/waste/", "/ledger/"):
        stranger.get(address, 403)


def test_stock_decays_with_the_moment_of_the_page_and_stands_against_the_licence(trade, lots):
    desk = lots.desk("hospital", "near")
    with trade.at(lots.consignment.planned_arrive):
        page = desk.get("/stock/")
        assert lots.package in page
        assert '8.01 <span class="unit">GBq' in page
        assert "10.0 TBq" in page  # the licence of the small network
        later = desk.get("/stock/?at=2026-12-18T12:00")  # about a half-life on
        assert "by decay alone" in later
        assert '8.01 <span class="unit">GBq' not in later
        before = desk.get("/stock/?at=2026-12-09T00:00")
        assert lots.package not in before
        assert "No stock at this moment" in before


def test_a_lot_at_a_hospital_is_useful_until_it_expires(trade, lots):
    with trade.at(lots.consignment.planned_arrive + 48 * HOUR):  # less than the smallest order by now
        page = lots.desk("hospital", "near").get("/stock/")
        assert lots.package in page
        assert "Below useful</" not in page
        assert "Available" in page


def test_another_hospital_sees_none_of_it(trade, lots):
    with trade.at(lots.consignment.planned_arrive):
        assert lots.package not in lots.desk("hospital", "mid").get("/stock/")
        assert lots.package in lots.desk("rso", "near").get("/stock/")


def test_lots_chosen_become_curves_and_a_generator_shows_its_daughter(trade, lots):
    with trade.at(lots.consignment.planned_arrive):
        production.take_stock_on(
            trade.who("planner", "pharmacy"), code="ga-1", product="ga-gen", site="pharmacy", activity_bq=GBQ,
            at=lots.consignment.planned_arrive - DAY,
        )  # fmt: skip
        desk = lots.desk("planner", "pharmacy")
        page = desk.get("/stock/")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = desk.client.post(
            "/stock/curves/?nuclide=Ge-68", {"csrfmiddlewaretoken": token, "chosen": ["ga-1"]}
        )
        assert answer["Location"] == "/stock/?nuclide=Ge-68&lots=ga-1#curves"
        shown = desk.get("/stock/?lots=ga-1")
        assert '"id": "ga-1/Ge-68"' in shown
        assert '"id": "ga-1/Ga-68"' in shown


def test_stock_goes_to_excel_in_becquerel(trade, lots):
    with trade.at(lots.consignment.planned_arrive):
        answer = lots.desk("hospital", "near").client.get("/stock/?export=xlsx")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert "Activity (Bq)" in rows[0]
        assert rows[1][0] == lots.package
