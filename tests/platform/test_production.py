"""Runs: scheduled once, assayed, released or failed; conversions and elutions take from what is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from trade import DAY, GBQ, HOUR, START, Trade, trade

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.physics.decay import decay_factor
from becq.platform.ledger.models import Posting
from becq.platform.production import selectors, services
from becq.platform.production.models import Lot, ProductionRun
from becq.platform.waste.models import WasteEntry

__all__ = ["trade"]
I131 = "irr-i131@20261207T0000Z"


@pytest.fixture
def planned(trade: Trade) -> ProductionRun:
    batch = trade.batch("irr-i131", START, 30 * GBQ, 0.9)
    return services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])[0]


class TestSchedule:
    def test_twice_is_once(self, trade, planned):
        batches = [trade.batch("irr-i131", START, 30 * GBQ, 0.9), {"kind": "stock", "id": "i131-old"}]
        again = services.schedule_runs(trade.coordinator, plan_code="P", batches=batches)
        assert [run.pk for run in again] == [planned.pk]
        assert ProductionRun.objects.count() == 1
        assert planned.organisation == trade.org("reactor")

    def test_another_plan_moves_what_has_not_begun_and_leaves_the_rest(self, trade, planned):
        changed = trade.batch("irr-i131", START, 20 * GBQ, 0.9)
        [run] = services.schedule_runs(trade.coordinator, plan_code="Q", batches=[changed])
        assert (run.plan_code, run.planned_activity_eob_bq) == ("Q", 20 * GBQ)
        with trade.at(run.planned_eob):
            services.record_eob_assay(trade.who("planner", "reactor"), run, measured_bq=21 * GBQ)
        [run] = services.schedule_runs(trade.coordinator, plan_code="R", batches=[changed])
        assert (run.plan_code, run.status) == ("Q", "assayed")

    def test_withdrawn_runs_come_back_with_a_plan_that_has_them(self, trade, planned):
        assert services.withdraw_runs(trade.coordinator, plan_code="P") == 1
        planned.refresh_from_db()
        assert planned.status == "cancelled"
        batch = trade.batch("irr-i131", START, 30 * GBQ, 0.9)
        assert (
            services.schedule_runs(trade.coordinator, plan_code="Q", batches=[batch])[0].status == "planned"
        )

    def test_only_who_may_commit(self, trade):
        with pytest.raises(PermissionDeniedError):
            services.schedule_runs(trade.who("hospital", "near"), plan_code="P", batches=[])

    def test_an_unknown_site(self, trade):
        batch = trade.batch("irr-i131", START, 30 * GBQ, 0.9, site="nowhere")
        with pytest.raises(InputError, match="nowhere"):
            services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])


class TestReactor:
    def test_assay_and_release(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob) as eob:
            lot = services.record_eob_assay(planner, planned, measured_bq=29 * GBQ, relative_uncertainty=0.03)
            assert (lot.code, lot.status) == (I131, "quarantine")
            assert trade.balance(I131, "I-131", "reactor:reactor", eob) == 29 * GBQ
        with trade.at(planned.planned_release) as at:
            run = services.release(planner, planned)
            lot.refresh_from_db()
            assert (run.status, lot.status, run.released_by) == ("released", "available", planner)
            left = 29 * GBQ * float(decay_factor("I-131", 12 * 3600))
            assert trade.balance(I131, "I-131", "reactor:reactor", at) == pytest.approx(0.9 * left, rel=1e-9)
            # the tenth that processing costs is in the waste store, not to be cleared for 180 days
            lost = trade.balance(f"{I131}-loss", "I-131", "reactor:reactor/waste", at)
            assert lost == pytest.approx(0.1 * left, rel=1e-9)
            entry = WasteEntry.objects.get()
            assert (entry.clear_from - entry.at, entry.rule) == (timedelta(days=180), "cn-waste-i131")
            trade.check_books(at + DAY, at + 30 * DAY)

    def test_more_at_release_than_the_books_hold_is_unaccounted(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ)
        with trade.at(planned.planned_release) as at:
            booked = 29 * GBQ * float(decay_factor("I-131", 12 * 3600))
            services.release(planner, planned, measured_bq=booked * 1.02)
            assert trade.total("I-131", "unaccounted", at) == pytest.approx(-booked * 0.02, rel=1e-6)
            trade.check_books()

    def test_a_slip_of_the_unit_at_release(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ)
        with trade.at(planned.planned_release), pytest.raises(ConflictError, match="check the unit"):
            services.release(planner, planned, measured_bq=29e12)

    def test_the_safety_officer_releases_too(self, trade, planned):
        with trade.at(planned.planned_eob):
            services.record_eob_assay(trade.who("planner", "reactor"), planned, measured_bq=29 * GBQ)
        with trade.at(planned.planned_release):
            run = services.release(trade.who("rso", "reactor"), planned)
            assert run.status == "released"
            trade.check_books()

    def test_a_failed_lot_is_waste(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ)
        with trade.at(planned.planned_release) as at:
            with pytest.raises(InputError, match="why"):
                services.fail_run(planner, planned, note=" ")
            services.fail_run(planner, planned, note="radiochemical purity 91 %")
            assert trade.balance(I131, "I-131", "reactor:reactor", at) == pytest.approx(0, abs=1)
            assert Lot.objects.get(code=I131).status == "blocked"
            with pytest.raises(ConflictError, match="failed"):
                services.release(planner, planned)
            trade.check_books()

    def test_refusals(self, trade, planned):
        planner = trade.who("planner", "reactor")
        for actor in (trade.who("dispatcher", "reactor"), trade.who("planner", "pharmacy")):
            with pytest.raises(PermissionDeniedError):
                services.record_eob_assay(actor, planned, measured_bq=GBQ)
        with pytest.raises(InputError, match="in the future"):
            services.record_eob_assay(planner, planned, measured_bq=GBQ, at=START + 2 * DAY)
        with pytest.raises(InputError, match="not a positive number"):
            services.record_eob_assay(planner, planned, measured_bq=-GBQ)
        with pytest.raises(ConflictError, match="only an assayed run"):
            services.release(planner, planned)
        assert not Posting.objects.exists()
        services.record_eob_assay(planner, planned, measured_bq=GBQ, note="scram after an hour")
        with pytest.raises(ConflictError, match="only a planned run"):
            services.record_eob_assay(planner, planned, measured_bq=GBQ)
        with pytest.raises(ConflictError, match="only a planned run"):
            services.cancel_run(planner, planned, note="")

    @pytest.mark.parametrize("measured", [29e6, 14.9 * GBQ, 45.1 * GBQ, 29e12])
    def test_far_from_the_plan_wants_a_word(self, trade, planned, measured):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob):
            with pytest.raises(ConflictError, match=r"where 30\.0 GBq is planned"):
                services.record_eob_assay(planner, planned, measured_bq=measured)
            assert not Posting.objects.exists()
            assert not Lot.objects.exists()
            services.record_eob_assay(planner, planned, measured_bq=measured, note="half the targets")

    def test_the_time_of_an_assay_fits_the_run(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with pytest.raises(InputError, match="before the planned start"):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ, at=START - HOUR, note="early")
        with trade.at(planned.planned_eob - 2 * HOUR):
            with pytest.raises(ConflictError, match="more than an hour before the planned EOB"):
                services.record_eob_assay(planner, planned, measured_bq=29 * GBQ)
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ, note="drawn early")
            trade.check_books()

    def test_a_late_entry_of_an_earlier_assay(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_release + 5 * HOUR):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ, at=planned.planned_eob)
            run = services.release(planner, planned, at=planned.planned_release)
            assert run.released_at == planned.planned_release
            trade.check_books()


class TestConversion:
    def test_a_generator_takes_what_is_there_of_the_bulk(self, trade):
        bulk, _ = trade.made("irr-mo", START, 400 * GBQ)
        start = START + 4 * DAY
        planned_input = {"lot": bulk.code, "activity_bq": 500 * GBQ, "reference_time": start.isoformat()}
        batch = trade.batch("make-gen", start, 200 * GBQ, 1.0, inputs=[planned_input])
        [run] = services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        planner = trade.who("planner", "reactor")
        with trade.at(run.planned_eob) as at:
            there = trade.balance(bulk.code, "Mo-99", "reactor:reactor", at)
            with pytest.raises(ConflictError, match="check the unit"):
                services.record_eob_assay(planner, run, measured_bq=there * 2)
            lot = services.record_eob_assay(planner, run, measured_bq=there * 0.95)
            assert list(lot.parents.all()) == [bulk]
            assert lot.daughter == "Tc-99m"
            assert trade.balance(bulk.code, "Mo-99", "reactor:reactor", at) < 1e-6 * there
            rest = trade.balance(f"{run.code}-rest", "Mo-99", "reactor:reactor/waste", at)
            assert rest == pytest.approx(0.05 * there, rel=1e-6)
            trade.check_books(at + DAY)

    def test_part_of_the_bulk_as_planned(self, trade):
        bulk, _ = trade.made("irr-lu", START, 100 * GBQ)
        start = START + 6 * DAY
        planned_input = {"lot": bulk.code, "activity_bq": 20 * GBQ, "reference_time": start.isoformat()}
        batch = trade.batch("make-gen", start, 18 * GBQ, 1.0, inputs=[planned_input],
                            product="lu-psma", nuclide="Lu-177", kind="labelling")  # fmt: skip
        [run] = services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        with trade.at(run.planned_eob) as at:
            before = trade.balance(bulk.code, "Lu-177", "reactor:reactor", at)
            services.record_eob_assay(trade.who("planner", "reactor"), run, measured_bq=17 * GBQ)
            taken = before - trade.balance(bulk.code, "Lu-177", "reactor:reactor", at)
            planned = 20 * GBQ * float(decay_factor("Lu-177", (at - start).total_seconds()))
            assert taken == pytest.approx(planned, rel=1e-6)

    def test_without_input(self, trade):
        batch = trade.batch("make-gen", START, 100 * GBQ, 1.0, inputs=[
            {"lot": "irr-mo@none", "activity_bq": GBQ, "reference_time": START.isoformat()}])  # fmt: skip
        [run] = services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        with trade.at(run.planned_eob), pytest.raises(ConflictError, match="has no input"):
            services.record_eob_assay(trade.who("planner", "reactor"), run, measured_bq=GBQ)


class TestElution:
    @pytest.fixture
    def generator(self, trade):
        return services.take_stock_on(
            trade.who("planner", "pharmacy"), code="ga-gen-1", product="ga-gen", site="pharmacy",
            activity_bq=1.85 * GBQ, at=START - DAY,
        )  # fmt: skip

    def test_opening_stock_once(self, trade, generator):
        assert (generator.status, generator.daughter) == ("available", "Ga-68")
        with pytest.raises(ConflictError, match="already"):
            services.take_stock_on(
                trade.who("planner", "pharmacy"), code="ga-gen-1", product="ga-gen", site="pharmacy",
                activity_bq=GBQ,
            )  # fmt: skip

    def test_the_daughter_comes_from_the_generator(self, trade, generator):
        batch = trade.batch("elute-ga", START, 0.8 * GBQ, 1.0)
        [run] = services.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        grown = services.grown_in(run, START)
        assert grown == pytest.approx(1.85 * GBQ, rel=0.01)  # in equilibrium after a day
        dispatcher = trade.who("dispatcher", "pharmacy")
        with pytest.raises(ConflictError, match="has grown"):
            services.record_eob_assay(dispatcher, run, measured_bq=grown * 2)
        lot = services.record_eob_assay(dispatcher, run, measured_bq=0.8 * GBQ)
        assert list(lot.parents.all()) == [generator]
        left = trade.balance("ga-gen-1", "Ga-68", "pharmacy:pharmacy", START)
        assert left == pytest.approx(grown - 0.8 * GBQ, rel=1e-6)
        # the rest grows in again: 68 min later half of what was taken is back
        later = START + timedelta(minutes=67.71)
        with trade.at(later):
            assert services.grown_in(run, later) == pytest.approx(grown - 0.4 * GBQ, rel=2e-3)
            trade.check_books(later + DAY)

    def test_two_generators_share_in_proportion(self, trade, generator):
        services.take_stock_on(
            trade.who("planner", "pharmacy"), code="ga-gen-2", product="ga-gen", site="pharmacy",
            activity_bq=0.37 * GBQ, at=START - DAY,
        )  # fmt: skip
        [run] = services.schedule_runs(
            trade.coordinator, plan_code="P", batches=[trade.batch("elute-ga", START, GBQ, 1.0)]
        )
        lot = services.record_eob_assay(trade.who("planner", "pharmacy"), run, measured_bq=1.11 * GBQ)
        assert lot.parents.count() == 2
        left = [trade.balance(code, "Ga-68", "pharmacy:pharmacy", START) for code in ("ga-gen-1", "ga-gen-2")]
        assert left[0] / left[1] == pytest.approx(5.0, rel=1e-6)
        trade.check_books()

    def test_outside_a_plan(self, trade, generator):
        eluate = services.record_elution(trade.who("planner", "pharmacy"), generator, measured_bq=GBQ)
        assert (eluate.code, eluate.nuclide, eluate.status) == ("ga-gen-1-E01", "Ga-68", "available")
        with pytest.raises(ConflictError, match="no generator"):
            services.record_elution(trade.who("planner", "pharmacy"), eluate, measured_bq=GBQ)


class TestReading:
    def test_due_and_overdue(self, trade, planned):
        planner = trade.who("planner", "reactor")
        with trade.at(planned.planned_eob - HOUR):
            [row] = selectors.runs_due(planner)
            assert (row["action"], row["overdue_s"]) == ("assay", -3600)
        with trade.at(planned.planned_eob):
            services.record_eob_assay(planner, planned, measured_bq=29 * GBQ)
        with trade.at(planned.planned_release + HOUR):
            [row] = selectors.runs_due(planner)
            assert (row["action"], row["overdue_s"]) == ("release", 3600)

    def test_nobody_sees_anothers_runs(self, trade, planned):
        assert selectors.runs(trade.coordinator).count() == 1
        stranger = trade.who("planner", "pharmacy")
        assert not selectors.runs(stranger).exists()
        with pytest.raises(InputError, match="There is no run"):
            selectors.run(stranger, planned.code)
