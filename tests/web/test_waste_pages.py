"""Waste: recorded, shown with its rule, cleared after its time and not before."""

from __future__ import annotations

import pytest
from lives import DAY, HOUR, LANGUAGES, ChainOfLots, errors_of, trade

from becq.platform.waste.models import WasteEntry

__all__ = ["trade"]


@pytest.fixture
def lots(trade):
    found = ChainOfLots(trade)
    found.receive()
    return found


def recorded(trade, lots) -> WasteEntry:
    with trade.at(lots.depart + 4 * HOUR):
        lots.desk("hospital", "near").send("/waste/", "record", lot=lots.package, container="I-131-1")
    return WasteEntry.objects.get(lot_code=lots.package)


def test_recorded_with_its_rule_and_not_cleared_before_its_time(trade, lots):
    entry = recorded(trade, lots)
    officer = lots.desk("rso", "near")
    with trade.at(lots.depart + 5 * HOUR):
        page = officer.get("/waste/?container=I-131-1")
        assert entry.code in page
        assert "&gt; 180 d · HJ 1188-2021" in page
        page = officer.get(f"/waste/?entry={entry.code}")
        assert "It may be cleared from" in page
        assert 'value="clear"' not in page
        assert "1 piece in decay storage" in page
    with trade.at(entry.clear_from + HOUR):
        address = f"/waste/?entry={entry.code}"
        assert 'value="clear"' not in lots.desk("hospital", "near").get(address)
        measured = {"dose_rate": "0.10 µSv/h", "background": "100 nSv/h", "beta": "0.02", "alpha": "0.001"}
        page = officer.send(address, "clear", done=False, **{**measured, "dose_rate": "0.1"})
        assert 'id="clear-dose_rate_error"' in page
        early = officer.send(address, "clear", done=False, at="2026-12-20T08:00", **measured)
        assert 'id="clear-at_error"' in early
        assert "more than 180 d with I-131" in early
        dirty = officer.send(address, "clear", done=False, **{**measured, "beta": "0.9"})
        assert 'id="clear-beta_error"' in dirty
        shown = officer.send(address, "clear", done=False, compare="1", **{**measured, "beta": "0.9"})
        assert "0.9 Bq/cm² beta; below 0.8 Bq/cm² for clearance" in shown
        assert "Cleared" in officer.send(address, "clear", note="meter 7", **measured)
    entry.refresh_from_db()
    assert entry.status == "cleared"


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_than_there_is_stays_in_the_form(trade, lots, language):
    with trade.at(lots.depart + 4 * HOUR):
        page = lots.desk("hospital", "near", language).send(
            "/waste/", "record", done=False, lot=lots.package, activity="80 GBq", container="b"
        )
    assert 'id="record-activity_error"' in page
    assert ("check the unit", "请核对单位")[language != "en"] in errors_of(page)[0]
    assert not WasteEntry.objects.filter(lot_code=lots.package).exists()


def test_containers_take_the_latest_date_and_a_facility_takes_it_away(trade, lots):
    entry = recorded(trade, lots)
    desk = lots.desk("hospital", "near")
    with trade.at(lots.depart + DAY):
        page = desk.get("/waste/?tab=containers")
        assert "I-131-1" in page
        page = desk.send(f"/waste/?entry={entry.code}", "facility", note="City waste store")
        assert "Handed over" in page


def test_another_hospital_sees_none_of_it(trade, lots):
    entry = recorded(trade, lots)
    with trade.at(lots.depart + DAY):
        other = lots.desk("rso", "mid")
        assert entry.code not in other.get("/waste/")
        assert entry.code not in other.get(f"/waste/?entry={entry.code}").replace(f"entry={entry.code}", "")
