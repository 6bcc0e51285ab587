"""Doses, and the whole life of a lot of each kind, with books that close."""

from __future__ import annotations

import pytest
from trade import DAY, GBQ, HOUR, START, Trade, trade

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform.clinic import selectors, services
from becq.platform.clinic.models import Dose
from becq.platform.dispatch import services as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.market import selectors as market
from becq.platform.production import services as production
from becq.platform.production.models import Lot
from becq.platform.waste import services as waste

__all__ = ["trade"]


def deliver(trade: Trade, batch, order, to, depart, hours, bq, *, supply=False):
    """Send and receive one consignment as planned; the lot that arrives."""
    row = trade.delivery(batch, order, to, depart, hours, bq)
    rows = {"deliveries": [], "supplies": [row]} if supply else {"deliveries": [row], "supplies": []}
    [sent] = dispatch.schedule_consignments(trade.coordinator, plan_code="P", **rows)
    with trade.at(depart):
        sent = dispatch.dispatch(trade.who("dispatcher", batch["site"]), sent, activity_bq=bq)
    with trade.at(sent.planned_arrive):
        role = "dispatcher" if supply else "hospital"
        sent = dispatch.receive(trade.who(role, to), sent)
    return Lot.objects.get(code=sent.package_lot)


def treat(trade: Trade, lot, at, bq, patient="P-0001"):
    """Dispense, administer with two per cent left over, throw the rest of the lot away."""
    nurse = trade.who("hospital", lot.site_code)
    with trade.at(at):
        dose = services.dispense(nurse, lot, activity_bq=bq, patient_code=patient)
    with trade.at(at + HOUR / 4) as later:
        there = trade.balance(dose.code, dose.nuclide, f"{lot.site_code}:{lot.site_code}", later)
        given = services.administer(nurse, dose, residual_bq=there * 0.02)
        waste.record_waste(nurse, lot, container="bin-1")
        trade.check_books(later + HOUR, later + 40 * DAY)
        assert trade.total(lot.nuclide, "patient", later) == pytest.approx(there * 0.98, rel=1e-6)
        left = trade.balance(lot.code, lot.nuclide, f"{lot.site_code}:{lot.site_code}", later)
        assert left == pytest.approx(0, abs=1)
    return dose, given


class TestLives:
    def test_iodine_from_the_reactor(self, trade):
        _, batch = trade.made("irr-i131", START, 30 * GBQ, 0.9)
        lot = deliver(trade, batch, "i-near.20261211", "near", START + 3 * DAY, 3.0, 8 * GBQ)
        dose, given = treat(trade, lot, START + 4 * DAY, 3.7 * GBQ)
        assert dose.order_code == "i-near.20261211"
        assert given.residual_bq > 0
        with trade.at(START + 5 * DAY):
            assert market.order(trade.operator, "i-near.20261211").status == "fulfilled"
            # from the patient back to the irradiation
            family = books.genealogy(trade.operator, dose.code).ancestors
            assert {link.parent for link in family} >= {batch["id"], lot.code}

    def test_a_generator_from_molybdenum(self, trade):
        bulk, _ = trade.made("irr-mo", START, 400 * GBQ)
        start = START + 4 * DAY
        planned_input = {"lot": bulk.code, "activity_bq": 150 * GBQ, "reference_time": start.isoformat()}
        batch = trade.batch("make-gen", start, 120 * GBQ, 1.0, inputs=[planned_input])
        [run] = production.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        planner = trade.who("planner", "reactor")
        with trade.at(run.planned_eob):
            production.record_eob_assay(planner, run, measured_bq=120 * GBQ)
        with trade.at(run.planned_release):
            production.release(planner, run)
        generator = deliver(trade, batch, "gen-mid.20261212", "mid", START + 5 * DAY, 4.0, 30 * GBQ)
        assert (generator.daughter, generator.order_code) == ("Tc-99m", "gen-mid.20261212")
        nurse = trade.who("hospital", "mid")
        with trade.at(START + 6 * DAY) as at:
            grown = trade.balance(generator.code, "Tc-99m", "mid:mid", at)
            assert grown > 20 * GBQ
            with pytest.raises(ConflictError, match="generator; elute it"):
                services.dispense(nurse, generator, activity_bq=GBQ, patient_code="P-1")
            with pytest.raises(ConflictError, match="has grown"):
                production.record_elution(nurse, generator, measured_bq=grown * 1.5)
            eluate = production.record_elution(nurse, generator, measured_bq=grown * 0.85)
        assert eluate.order_code == ""
        dose, _ = treat(trade, eluate, START + 6 * DAY + HOUR, 0.74 * GBQ)
        assert dose.order_code == "gen-mid.20261212"
        with trade.at(START + 6 * DAY + 2 * HOUR):
            # spent: left to decay in the waste store
            entry = waste.record_waste(nurse, generator, container="generators", origin="spent generator")
            assert (entry.clear_from - entry.at).days == 27  # ten half-lives of Mo-99
            trade.check_books()

    def test_lutetium_labelled_elsewhere(self, trade):
        bulk, bulk_batch = trade.made("irr-lu", START, 100 * GBQ)
        start = START + 6 * DAY + 21 * HOUR
        planned_input = {"lot": bulk.code, "activity_bq": 40 * GBQ, "reference_time": start.isoformat()}
        batch = trade.batch("label-lu", start, 34 * GBQ, 1.0, inputs=[planned_input])
        [run] = production.schedule_runs(trade.coordinator, plan_code="P", batches=[batch])
        sent = deliver(trade, bulk_batch, run.code, "pharmacy", START + 6 * DAY, 5.0, 40 * GBQ, supply=True)
        assert (sent.for_run, sent.site_code) == (run.code, "pharmacy")
        planner = trade.who("planner", "pharmacy")
        with trade.at(run.planned_eob) as at:
            lot = production.record_eob_assay(planner, run, measured_bq=34 * GBQ)
            assert list(lot.parents.all()) == [sent]
            assert trade.balance(sent.code, "Lu-177", "pharmacy:pharmacy", at) == pytest.approx(0, abs=1)
        with trade.at(run.planned_release):
            production.release(planner, run)
        order = "lu-near.20261209"
        got = deliver(trade, batch, order, "near", run.planned_release, 0.5, 7.4 * GBQ)
        treat(trade, got, run.planned_release + HOUR, 7.2 * GBQ)

    def test_fluorine_from_the_cyclotron(self, trade):
        _, batch = trade.made("run-fdg", START - 4 * HOUR, 120 * GBQ, 0.7)
        released = START - HOUR
        lot = deliver(trade, batch, "fdg-near.20261207", "near", released, 0.7, 8 * GBQ)
        treat(trade, lot, START, 0.37 * GBQ)


class TestDose:
    @pytest.fixture
    def lot(self, trade):
        _, batch = trade.made("run-fdg", START - 4 * HOUR, 120 * GBQ, 0.7)
        return deliver(trade, batch, "fdg-near.20261207", "near", START - HOUR, 0.7, 8 * GBQ)

    def test_more_than_there_is(self, trade, lot):
        nurse = trade.who("hospital", "near")
        with pytest.raises(ConflictError, match="less than"):
            services.dispense(nurse, lot, activity_bq=9 * GBQ, patient_code="P-1")
        assert not Dose.objects.exists()

    def test_late_dose_that_would_overdraw_later_ones(self, trade, lot):
        nurse = trade.who("hospital", "near")
        with trade.at(START + 2 * HOUR):
            there = trade.balance(lot.code, "F-18", "near:near", START + 2 * HOUR)
            services.dispense(nurse, lot, activity_bq=there * 0.9, patient_code="P-1")
            # entered late: at 08:00 there was enough, but not with what was drawn at 10:00
            with pytest.raises(ConflictError, match="because of what happened later"):
                services.dispense(nurse, lot, activity_bq=3 * GBQ, at=START, patient_code="P-2")
            trade.check_books()

    @pytest.mark.parametrize("name", ["张三", "", "Anna Li", "-x"])
    def test_never_a_name(self, trade, lot, name):
        with pytest.raises(InputError, match="pseudonym"):
            services.dispense(trade.who("hospital", "near"), lot, activity_bq=GBQ, patient_code=name)

    def test_who_may(self, trade, lot):
        for actor in (
            trade.who("hospital", "mid"),
            trade.who("rso", "near"),
            trade.who("planner", "reactor"),
        ):
            with pytest.raises(PermissionDeniedError):
                services.dispense(actor, lot, activity_bq=GBQ, patient_code="P-1")

    @pytest.mark.parametrize("bq", [1e-3, 999.0, 2e3])
    def test_no_activity_that_is_no_dose(self, trade, lot, bq):
        with pytest.raises(InputError, match="check the unit"):
            services.dispense(trade.who("hospital", "near"), lot, activity_bq=bq, patient_code="P-1")
        assert not Dose.objects.exists()

    def test_another_dose_for_the_same_patient_wants_a_word(self, trade, lot):
        nurse = trade.who("hospital", "near")
        services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-1")
        services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-2")
        with trade.at(START + HOUR / 10):
            with pytest.raises(ConflictError, match="say in the note why"):
                services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-1")
            services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-1", note="the first extravasated")
        with trade.at(START + HOUR / 2):
            services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-2")
        assert Dose.objects.count() == 4

    def test_one_form_makes_one_dose(self, trade, lot):
        nurse = trade.who("hospital", "near")
        values = {"activity_bq": GBQ, "note": "twice", "token": "5b1f"}
        first = services.dispense(nurse, lot, patient_code="P-1", **values)
        assert services.dispense(nurse, lot, patient_code="P-1", **values) == first
        with pytest.raises(ConflictError, match="already"):
            services.dispense(nurse, lot, patient_code="P-2", **values)
        assert Dose.objects.count() == 1
        trade.check_books()

    def test_what_expired_or_is_blocked_is_not_given(self, trade, lot):
        nurse = trade.who("hospital", "near")
        dose = services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-1")
        with trade.at(lot.expires + HOUR), pytest.raises(ConflictError, match="expired on"):
            services.administer(nurse, dose)
        Lot.objects.filter(pk=lot.pk).update(status="blocked")
        with trade.at(START + HOUR / 4):
            with pytest.raises(ConflictError, match="is blocked"):
                services.administer(nurse, dose)
            assert services.discard_dose(nurse, dose).status == "discarded"

    def test_given_or_discarded_once(self, trade, lot):
        nurse = trade.who("hospital", "near")
        given = services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-1")
        kept = services.dispense(nurse, lot, activity_bq=GBQ, patient_code="P-2")
        assert [dose.code for dose in selectors.doses_waiting(nurse)] == [given.code, kept.code]
        with pytest.raises(InputError, match="is not less than the dose"):
            services.administer(nurse, given, residual_bq=2 * GBQ)
        services.administer(nurse, given)
        services.discard_dose(nurse, kept, note="patient did not come")
        for dose in (given, kept):
            with pytest.raises(ConflictError, match="already"):
                services.administer(nurse, dose)
            with pytest.raises(ConflictError, match="already"):
                services.discard_dose(nurse, dose)
        assert selectors.doses_of_the_day(nurse).count() == 2
        assert not selectors.doses(trade.who("hospital", "mid")).exists()
        trade.check_books()
