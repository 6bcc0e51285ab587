"""Waste: stored for as long as the standard says, then cleared, or handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from trade import DAY, GBQ, START, trade

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform.production import services as production
from becq.platform.waste import selectors, services
from becq.platform.waste.clearance import storage_rule, storage_time

__all__ = ["trade"]


@pytest.mark.parametrize(
    ("nuclide", "days", "rule"),
    [
        ("F-18", 30, "half-life-below-24h"),
        ("Tc-99m", 30, "half-life-below-24h"),
        ("Cu-64", 30, "half-life-below-24h"),
        ("I-131", 180, "iodine-131"),
        ("Lu-177", 66.47, "half-life-from-24h"),
        ("Mo-99", 27.48, "half-life-from-24h"),
        ("Y-90", 26.7, "half-life-from-24h"),
    ],
)
def test_storage_times(nuclide, days, rule):
    assert storage_time(nuclide) / timedelta(days=1) == pytest.approx(days, rel=2e-3)
    assert storage_rule(nuclide).code == rule
    assert "HJ 1188-2021" in storage_rule(nuclide).source


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
                services.clear(officer, entry, note="background")
            assert not selectors.clearable(officer).exists()
        with trade.at(START + 30 * DAY) as at:
            assert selectors.clearable(officer).get() == entry
            assert selectors.describe(entry)["may_clear"]
            with pytest.raises(InputError, match="measured"):
                services.clear(officer, entry, note="")
            with pytest.raises(PermissionDeniedError):
                services.clear(trade.who("dispatcher", "pharmacy"), entry, note="background")
            entry = services.clear(officer, entry, note="0.1 uSv/h, no contamination")
            assert (entry.status, entry.closed_by) == ("cleared", officer)
            with pytest.raises(ConflictError, match="already"):
                services.clear(officer, entry, note="again")
            trade.check_books(at + DAY)

    def test_handed_over(self, trade, entry):
        dispatcher = trade.who("dispatcher", "pharmacy")
        with trade.at(START + DAY) as at:
            entry = services.hand_over(dispatcher, entry, note="city waste store, form 12")
            assert entry.status == "handed over"
            assert trade.total("Tc-99m", "waste facility", at) > 0
            trade.check_books()
