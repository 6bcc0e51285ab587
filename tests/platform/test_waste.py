"""Waste: stored for as long as the standard says, then cleared, or handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from trade import DAY, GBQ, START, trade

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform.production import services as production
from becq.platform.waste import selectors, services
from becq.platform.waste.clearance import storage, storage_text
from becq.platform.waste.measurement import Measurement
from becq.rules.rulebook import builtin, parse_rules

__all__ = ["trade"]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("nuclide", "days", "rule"),
    [
        ("F-18", 30, "cn-waste-short"),
        ("Tc-99m", 30, "cn-waste-short"),
        ("Cu-64", 30, "cn-waste-short"),
        ("I-131", 180, "cn-waste-i131"),
        ("Lu-177", 66.47, "cn-waste-long"),
        ("Mo-99", 27.48, "cn-waste-long"),
        ("Y-90", 26.7, "cn-waste-long"),
    ],
)
def test_storage_times(nuclide, days, rule):
    asked = storage(nuclide)
    assert asked.time / timedelta(days=1) == pytest.approx(days, rel=2e-3)
    assert asked.rule is not None
    assert asked.rule.id == rule
    assert "HJ 1188-2021" in asked.rule.source


def test_rules_of_ones_own_store_longer_and_other_places_by_their_own():
    longer = parse_rules(OWN.encode(), "own.csv")
    assert storage("F-18", book=builtin().with_rules(longer)).time == timedelta(days=40)
    assert storage("I-131", book=builtin().with_rules(longer)).time == timedelta(days=180)
    assert storage("F-18", "IAEA").rule is None
    assert storage_text(storage("F-18").rule) == "> 30 d"
    assert storage_text(storage("Lu-177").rule) == "> 10 × T½"


OWN = (
    "id,jurisdiction,subject,condition,quantity,comparison,limit,unit,severity,title_en,sentence_en,source\n"
    "own-store,CN,waste,state = 'solid',stored_s,>,40,d,block,Store longer,{label}: {measured},house\n"
)
CLEAN = Measurement(1.0e-7, 1.0e-7, 0.1, 0.01)


@pytest.fixture
def lot(trade):
    return production.take_stock_on(
        trade.who("planner", "pharmacy"), code="tc-1", product="tc-dose", site="pharmacy",
        activity_bq=10 * GBQ, at=START - DAY / 4,
    )  # fmt: skip


class TestStore:
    def test_part_and_the_rest(self, trade, lot):
        dispatcher = trade.who("dispatcher", "pharmacy")
        first = services.record_waste(dispatcher, lot, activity_bq=GBQ, container="bin-7")
        second = services.record_waste(dispatcher, lot, container="bin-7")
        assert (first.code, second.code) == ("tc-1-W1", "tc-1-W2")
        assert second.activity_bq == pytest.approx(10 * GBQ / 2 - GBQ, rel=0.01)  # one half-life
        assert trade.balance("tc-1", "Tc-99m", "pharmacy:pharmacy", START) == pytest.approx(0, abs=1)
        with pytest.raises(ConflictError, match="Nothing is left"):
            services.record_waste(dispatcher, lot)
        trade.check_books(START + 30 * DAY)

    def test_more_than_there_is(self, trade, lot):
        with pytest.raises(ConflictError, match="less than"):
            services.record_waste(trade.who("dispatcher", "pharmacy"), lot, activity_bq=11 * GBQ)

    def test_no_part_of_a_generator(self, trade):
        planner, dispatcher = trade.who("planner", "pharmacy"), trade.who("dispatcher", "pharmacy")
        generator = production.take_stock_on(
            planner, code="ga-1", product="ga-gen", site="pharmacy", activity_bq=GBQ, at=START - DAY
        )
        with pytest.raises(ConflictError, match="is a generator"):
            services.record_waste(dispatcher, generator, activity_bq=GBQ / 2)
        assert services.record_waste(dispatcher, generator).activity_bq == pytest.approx(GBQ, rel=0.01)
        trade.check_books()

    def test_who_may(self, trade, lot):
        for actor in (trade.who("planner", "pharmacy"), trade.who("hospital", "near")):
            with pytest.raises(PermissionDeniedError):
                services.record_waste(actor, lot)


class TestClear:
    @pytest.fixture
    def entry(self, trade, lot):
        return services.record_waste(trade.who("dispatcher", "pharmacy"), lot)

    def test_not_before_its_day(self, trade, entry):
        officer = trade.who("rso", "pharmacy")
        with trade.at(START + 29.9 * DAY):
            with pytest.raises(ConflictError, match="HJ 1188-2021"):
                services.clear(officer, entry, CLEAN)
            assert not selectors.clearable(officer).exists()
        with trade.at(START + 30 * DAY):  # the standard says more than 30 days
            assert not selectors.clearable(officer).exists()
            with pytest.raises(ConflictError, match="more than 30 d"):
                services.clear(officer, entry, CLEAN)
        with trade.at(START + 30 * DAY + MINUTE) as at:
            assert selectors.clearable(officer).get() == entry
            assert selectors.describe(entry)["may_clear"]
            assert selectors.describe(entry)["rule"].id == "cn-waste-short"
            with pytest.raises(PermissionDeniedError):
                services.clear(trade.who("dispatcher", "pharmacy"), entry, CLEAN)
            entry = services.clear(officer, entry, CLEAN, note="meter 7")
            assert (entry.status, entry.closed_by) == ("cleared", officer)
            assert entry.note.endswith(
                "100 nSv/h (background 100 nSv/h), beta 0.1 Bq/cm2, alpha 0.01 Bq/cm2\nmeter 7"
            )
            assert {f["rule"]: f["severity"] for f in entry.findings}["cn-waste-short"] == "ok"
            with pytest.raises(ConflictError, match="already"):
                services.clear(officer, entry, CLEAN)
            trade.check_books(at + DAY)

    @pytest.mark.parametrize(
        ("measured", "rule"),
        [
            (Measurement(1.3e-7, 1.0e-7, 0.1, 0.01), "cn-waste-background"),
            (Measurement(1.0e-7, 1.0e-7, 0.8, 0.01), "cn-waste-beta"),
            (Measurement(1.0e-7, 1.0e-7, 0.1, 0.08), "cn-waste-alpha"),
        ],
    )
    def test_what_was_measured_decides(self, trade, entry, measured, rule):
        officer = trade.who("rso", "pharmacy")
        with trade.at(START + 31 * DAY):
            with pytest.raises(ConflictError, match="HJ 1188-2021"):
                services.clear(officer, entry, measured)
            entry.refresh_from_db()
            assert (entry.status, entry.findings) == ("stored", [])
            entry = services.clear(officer, entry, measured, override_reason="goes to a licensed store")
        assert [f["rule"] for f in entry.findings if f["severity"] == "block"] == [rule]
        assert (entry.override_by, entry.override_reason) == (officer, "goes to a licensed store")

    def test_what_was_not_measured_is_noted(self, trade, entry):
        officer = trade.who("rso", "pharmacy")
        with trade.at(START + 31 * DAY):
            entry = services.clear(officer, entry, Measurement(1e-7, 1e-7, 0.1))
        notes = {f["rule"] for f in entry.findings if f["severity"] == "note"}
        assert notes == {"cn-waste-alpha", "cn-waste-clearance"}
        with pytest.raises(InputError, match="from 0 upwards"):
            Measurement(-1e-7, 1e-7, 0.1)

    def test_handed_over(self, trade, entry):
        dispatcher = trade.who("dispatcher", "pharmacy")
        with trade.at(START + DAY) as at:
            entry = services.hand_over(dispatcher, entry, note="city waste store, form 12")
            assert entry.status == "handed over"
            assert trade.total("Tc-99m", "waste facility", at) > 0
            trade.check_books()
