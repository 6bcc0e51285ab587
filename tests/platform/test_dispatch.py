"""Consignments: sent from a lot as a package, received as measured, refused, overridden, taken back."""

from __future__ import annotations

import pytest
from trade import DAY, GBQ, HOUR, START, Trade, trade

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.physics.decay import decay_factor
from becq.platform import today
from becq.platform.dispatch import selectors, services
from becq.platform.dispatch.models import Consignment
from becq.platform.market import selectors as market
from becq.platform.market.services import Answer, confirm_orders
from becq.platform.production.models import Lot

__all__ = ["trade"]
ORDER = "i-near.20261211"
TIGHT = "i-tight.20261208"


class Way:
    """An I-131 lot at the reactor, and one planned consignment of 8 GBq at arrival."""

    def __init__(self, trade: Trade, order: str, to: str) -> None:
        self.lot, self.batch = trade.made("irr-i131", START, 30 * GBQ, 0.9)
        self.depart = START + 3 * DAY
        row = trade.delivery(self.batch, order, to, self.depart, 3.0, 8 * GBQ)
        [self.consignment] = services.schedule_consignments(
            trade.coordinator, plan_code="P", deliveries=[row], supplies=[]
        )
        self.row = row
        self.sender, self.receiver = trade.who("dispatcher", "reactor"), trade.who("hospital", to)
        self.arrive = self.consignment.planned_arrive

    def send(self, trade: Trade, bq: float = 8.1 * GBQ) -> Consignment:
        with trade.at(self.depart):
            self.consignment = services.dispatch(
                self.sender, self.consignment, activity_bq=bq, note="as agreed"
            )
        return self.consignment


@pytest.fixture
def way(trade):
    return Way(trade, ORDER, "near")


class TestSchedule:
    def test_twice_is_once_and_no_legs_is_a_hand_over(self, trade, way):
        here = {**way.row, "order": "i-near.20261208", "legs": [], "to": "reactor"}
        supply = {**way.row, "order": "make-gen@x", "legs": []}
        again = services.schedule_consignments(
            trade.coordinator, plan_code="P", deliveries=[way.row, here], supplies=[supply]
        )
        assert [row.kind for row in again] == ["delivery", "handover"]
        assert again[0].pk == way.consignment.pk
        assert services.withdraw_consignments(trade.coordinator, plan_code="P") == 2

    def test_supplies_of_one_lot_differ_by_departure(self, trade, way):
        rows = [{**way.row, "order": "pharmacy:i131", "to": "pharmacy"}]
        rows.append({**rows[0], "depart": (way.depart + HOUR).isoformat()})
        found = services.schedule_consignments(trade.coordinator, plan_code="P", deliveries=[], supplies=rows)
        assert len({row.code for row in found}) == 2


class TestTheWay:
    def test_there_as_measured(self, trade, way):
        sent = way.send(trade)
        assert (sent.package_lot, sent.status) == (f"{way.lot.code}-01", "dispatched")
        assert Lot.objects.get(code=sent.package_lot).status == "under way"
        held = trade.balance(sent.package_lot, "I-131", "reactor:transit/near", way.depart)
        assert held == pytest.approx(8.1 * GBQ)
        with trade.at(way.depart + HOUR):
            services.hand_over(way.sender, sent, place="apt-a")
        with trade.at(way.arrive):
            expected = 8.1 * GBQ * float(decay_factor("I-131", 3 * 3600))
            got = services.receive(way.receiver, sent, measured_bq=expected * 0.97, relative_uncertainty=0.05)
            assert got.status == "received"
            assert got.expected_bq == pytest.approx(expected, rel=1e-9)
            lot = Lot.objects.get(code=sent.package_lot)
            assert (lot.organisation, lot.site_code, lot.status) == (trade.org("near"), "near", "available")
            lost = trade.total("I-131", "unaccounted", way.arrive)
            assert lost == pytest.approx(0.03 * expected, rel=1e-6)
            order = market.order(way.receiver, ORDER)
            assert order.status == "delivered"
            assert order.delivered_activity_bq == pytest.approx(expected * 0.97, rel=1e-9)
            kinds = [row["kind"] for row in selectors.timeline(way.sender, got)]
            assert kinds == ["dispatched", "handed over", "received"]
            trade.check_books(way.arrive + DAY)

    def test_a_receipt_entered_later(self, trade, way):
        sent = way.send(trade)
        with trade.at(way.arrive + 5 * HOUR):
            with pytest.raises(InputError, match="is before"):
                services.receive(way.receiver, sent, at=way.depart - HOUR)
            got = services.receive(way.receiver, sent, at=way.arrive)
            assert got.received_at == way.arrive
            trade.check_books()

    def test_not_more_than_there_is(self, trade, way):
        with trade.at(way.depart) as at:
            held = trade.balance(way.lot.code, "I-131", "reactor:reactor", at)
            with pytest.raises(ConflictError, match="cannot leave lot"):
                services.dispatch(way.sender, way.consignment, activity_bq=held * 1.3)
            # two per cent more than the books hold is an error of measurement: all there is goes as measured
            sent = services.dispatch(way.sender, way.consignment, activity_bq=held * 1.02, note="all of it")
            gone = trade.balance(sent.package_lot, "I-131", "reactor:transit/near", at)
            assert gone == pytest.approx(held * 1.02, rel=1e-9) == sent.dispatched_bq
            assert trade.balance(way.lot.code, "I-131", "reactor:reactor", at) == pytest.approx(0, abs=1)
            assert trade.total("I-131", "unaccounted", at) == pytest.approx(-held * 0.02, rel=1e-6)
            trade.check_books(at + DAY)
        with trade.at(way.arrive) as at:
            # what the page predicts is what the books expect
            got = services.receive(way.receiver, sent)
            assert got.expected_bq == pytest.approx(selectors.predicted_bq(sent, at), rel=1e-9)
            trade.check_books()

    def test_a_lot_in_quarantine_stays(self, trade, way):
        Lot.objects.filter(code=way.lot.code).update(status="quarantine")
        with trade.at(way.depart), pytest.raises(ConflictError, match="not yet released"):
            services.dispatch(way.sender, way.consignment, activity_bq=GBQ)

    @pytest.mark.parametrize("share", [0.85, 1.15])
    def test_packing_outside_the_tolerance_wants_a_word_and_is_a_finding(self, trade, way, share):
        need = market.order(trade.coordinator, ORDER).activity_bq
        packed = share * need / float(decay_factor("I-131", 3 * 3600))
        with trade.at(way.depart):
            with pytest.raises(ConflictError, match="tolerance of the order is"):
                services.dispatch(way.sender, way.consignment, activity_bq=packed)
            sent = services.dispatch(
                way.sender, way.consignment, activity_bq=packed, note="asked for by phone"
            )
        [finding] = sent.findings
        assert (finding["rule"], finding["severity"]) == ("packing-tolerance", "warn")
        with trade.at(way.arrive):
            got = services.receive(way.receiver, sent)
        assert [each["rule"] for each in got.findings if each["severity"] == "warn"] == ["packing-tolerance"]
        assert len(got.findings) > 1

    def test_nothing_leaves_before_the_release(self, trade, way):
        released = way.lot.run.released_at
        with trade.at(way.depart):
            with pytest.raises(ConflictError, match="was released at"):
                services.dispatch(way.sender, way.consignment, activity_bq=8 * GBQ, at=released - HOUR)
            assert services.dispatch(way.sender, way.consignment, activity_bq=8.1 * GBQ).dispatched_at

    def test_an_expired_lot_stays(self, trade, way):
        with trade.at(way.lot.expires + HOUR), pytest.raises(ConflictError, match="expired"):
            services.dispatch(way.sender, way.consignment, activity_bq=GBQ)

    def test_a_large_difference_wants_a_word(self, trade, way):
        sent = way.send(trade)
        with trade.at(way.arrive):
            with pytest.raises(ConflictError, match="check the unit"):
                services.receive(way.receiver, sent, measured_bq=5 * GBQ)
            got = services.receive(way.receiver, sent, measured_bq=5 * GBQ, note="vial leaked in its pot")
            assert got.status == "received"
            trade.check_books()

    def test_only_its_two_ends(self, trade, way):
        for stranger in (trade.who("dispatcher", "pharmacy"), way.receiver):
            with pytest.raises(PermissionDeniedError):
                services.dispatch(stranger, way.consignment, activity_bq=GBQ)
        sent = way.send(trade)
        with trade.at(way.arrive):
            for stranger in (way.sender, trade.who("hospital", "mid")):
                with pytest.raises(PermissionDeniedError):
                    services.receive(stranger, sent)
        assert not selectors.consignments(trade.who("hospital", "mid")).exists()
        assert selectors.consignments(way.receiver).get() == sent

    def test_rejected_and_taken_back(self, trade, way):
        sent = way.send(trade)
        with trade.at(way.arrive):
            with pytest.raises(InputError, match="why"):
                services.receive(way.receiver, sent, rejected=True)
            services.receive(way.receiver, sent, rejected=True, note="seal broken")
            assert market.order(way.receiver, ORDER).status == "unmet"
            assert trade.balance(sent.package_lot, "I-131", "near:near", way.arrive) == 0
            assert [row["action"] for row in today.today(way.sender)] == ["take_back"]
        with trade.at(way.arrive + 4 * HOUR) as at:
            services.take_back(way.sender, sent)
            with pytest.raises(ConflictError, match="already"):
                services.take_back(way.sender, sent)
            assert trade.balance(sent.package_lot, "I-131", "reactor:reactor", at) > 7 * GBQ
            trade.check_books()

    def test_cancelled_because_nothing_will_come(self, trade, way):
        promise = Answer(ORDER, 8 * GBQ, way.lot.code, way.arrive, trade.org("reactor"))
        confirm_orders(trade.coordinator, plan_code="P", answers=[promise])
        services.cancel(way.sender, way.consignment, note="the batch failed")
        assert market.order(way.receiver, ORDER).status == "unmet"
        with pytest.raises(ConflictError, match="cancelled"):
            services.dispatch(way.sender, way.consignment, activity_bq=GBQ)


class TestLicence:
    """The tight hospital may hold 4 GBq of I-131."""

    def test_block_and_override_with_reason(self, trade):
        way = Way(trade, TIGHT, "tight")
        sent = way.send(trade)
        officer = trade.who("rso", "tight")
        with trade.at(way.arrive):
            found = selectors.findings(way.receiver, sent)
            assert [f.rule for f in found if f.severity == "block"] == ["cn-licence-possession"]
            with pytest.raises(ConflictError, match="4.00 GBq"):
                services.receive(way.receiver, sent)
            with pytest.raises(PermissionDeniedError, match="override"):
                services.receive(way.receiver, sent, override_reason="two patients wait")
            got = services.receive(officer, sent, override_reason="two patients wait")
            assert (got.override_by, got.override_reason) == (officer, "two patients wait")
            assert got.findings[0]["severity"] == "block"
            trade.check_books()

    def test_within_the_limit(self, trade):
        way = Way(trade, TIGHT, "tight")
        sent = way.send(trade, 3.9 * GBQ)
        with trade.at(way.arrive):
            got = services.receive(way.receiver, sent)
            assert {finding["severity"] for finding in got.findings} == {"ok", "note"}
            assert "cn-licence-possession" in {f["rule"] for f in got.findings if f["severity"] == "ok"}


class TestReading:
    def test_queues_with_the_late_first(self, trade, way):
        with trade.at(way.depart + HOUR):
            assert selectors.to_dispatch(way.sender).get() == way.consignment
            assert not selectors.to_dispatch(way.receiver).exists()
            [row] = today.today(way.sender)
            assert (row["action"], row["severity"], row["kind"]) == ("dispatch", "block", "consignment")
        sent = way.send(trade, 4 * GBQ)
        with trade.at(way.arrive - HOUR):
            assert selectors.to_receive(way.receiver).get() == sent
            arrival = selectors.arrival(sent)
            assert arrival["ratio"] == pytest.approx(4 * float(decay_factor("I-131", 3 * 3600)) / 8, rel=1e-9)
            row = next(row for row in today.today(way.receiver) if row["action"] == "receive")
            assert (row["severity"], row["risk"]) == ("warn", True)
            # the office sees what is about to go wrong, though it cannot act
            assert [row["action"] for row in today.today(trade.coordinator) if row["risk"]] == ["receive"]

    def test_a_delay_to_no_possible_time(self, trade, way):
        sent = way.send(trade)
        with trade.at(way.depart + HOUR) as now:
            for expected in (START - 999 * DAY, way.depart - HOUR, now - HOUR / 60):
                with pytest.raises(InputError, match="neither before it has left nor in the past"):
                    services.report_delay(way.sender, sent, expected_arrive=expected, note="?")
            with pytest.raises(InputError, match="more than 7 days after"):
                services.report_delay(way.sender, sent, expected_arrive=way.arrive + 7.1 * DAY, note="lost")

    def test_a_delay_moves_what_is_expected(self, trade, way):
        sent = way.send(trade)
        with trade.at(way.depart + HOUR):
            services.report_delay(
                way.sender, sent, expected_arrive=way.arrive + 6 * HOUR, note="flight cancelled"
            )
        sent.refresh_from_db()
        assert sent.expected_arrive == way.arrive + 6 * HOUR
        last = selectors.timeline(way.receiver, sent)[-1]
        assert (last["kind"], last["at"], last["done"]) == ("arrive", way.arrive + 6 * HOUR, False)
