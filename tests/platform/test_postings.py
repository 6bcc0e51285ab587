"""Postings before the rules: what a receipt makes a site hold, the transfer it completes, the use of a dose."""

from __future__ import annotations

import pytest
from test_dispatch import ORDER, TIGHT, Way
from trade import DAY, GBQ, HOUR, START, Trade, small_network, trade

from becq.errors import ConflictError, InputError
from becq.platform.clinic import services as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch import services
from becq.platform.ledger import selectors as books
from becq.platform.ledger.models import Posting
from becq.platform.network.services import import_network
from becq.platform.production.models import Lot
from becq.platform.supervision.day import judge_day
from becq.platform.supervision.postings import posting_findings

__all__ = ["trade"]

EVERYTHING = ("block", "warn", "note", "ok")


def last(trade: Trade, lot: str, kind: str) -> Posting:
    return next(row for row in reversed(list(books.history(trade.operator, lot))) if row.kind == kind)


def rules(trade: Trade, posting: Posting, *severities: str) -> dict[str, tuple[float | None, str]]:
    found = posting_findings(trade.operator, posting, severities or EVERYTHING)
    return {finding.rule: (finding.measured, finding.severity) for finding in found}


@pytest.fixture
def approved(trade):
    """The small network with one approval: 12 GBq of I-131 from the reactor to the near hospital in 2026."""
    row = {
        "id": "near-2026",
        "origin": "reactor",
        "destination": "near",
        "nuclide": "I-131",
        "activity": "12 GBq",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
    }
    import_network(trade.operator, small_network(approvals=[row]), replace=True)
    return trade


def received(trade: Trade, way: Way) -> Posting:
    sent = way.send(trade)
    with trade.at(way.arrive):
        services.receive(way.receiver, sent)
    return last(trade, sent.package_lot, "receive")


def test_a_receipt_is_a_holding_and_a_transfer(approved):
    way = Way(approved, ORDER, "near")
    found = rules(approved, received(approved, way))
    held, severity = found["cn-licence-possession"]
    arrived = dispatch.consignment(approved.operator, way.consignment.code).received_bq
    assert (held, severity) == (pytest.approx(arrived / 1e9), "ok")
    assert found["cn-transfer-approval"][1] == "ok"
    transferred, severity = found["cn-transfer-activity"]
    assert (transferred, severity) == (pytest.approx(arrived / 1e9), "ok")


def test_what_came_before_counts_against_the_approval(approved):
    """Two receipts of some 8 GBq under an approval of 12 GBq."""
    way = Way(approved, ORDER, "near")
    first = received(approved, way)
    row = {**way.row, "order": "i-near.20261208"}
    [way.consignment] = services.schedule_consignments(
        approved.coordinator, plan_code="P", deliveries=[row], supplies=[]
    )
    sent = way.send(approved)
    officer = approved.who("rso", "near")
    with approved.at(way.arrive + HOUR):
        with pytest.raises(ConflictError, match="12.0 GBq"):
            services.receive(officer, sent)
        services.receive(officer, sent, override_reason="the ward waits")
    second = last(approved, sent.package_lot, "receive")
    assert rules(approved, second, "block").keys() == {"cn-transfer-activity"}
    assert rules(approved, first, "block") == {}


def test_a_receipt_without_an_approval_is_refused_and_seen(approved):
    way = Way(approved, TIGHT, "tight")
    sent = way.send(approved, 3.5 * GBQ)
    officer = approved.who("rso", "tight")
    with approved.at(way.arrive):
        found = {f.rule for f in dispatch.findings(way.receiver, sent) if f.severity == "block"}
        assert found == {"cn-transfer-approval"}
        services.receive(officer, sent, override_reason="applied for, number to follow")
    assert rules(approved, last(approved, sent.package_lot, "receive"), "block").keys() == {
        "cn-transfer-approval"
    }


def test_a_dose_is_a_use(trade):
    way = Way(trade, ORDER, "near")
    received(trade, way)
    lot = Lot.objects.get(code=way.consignment.package_lot)
    with trade.at(way.arrive + HOUR):
        person = trade.who("hospital", "near")
        dose = clinic.dispense(person, lot, activity_bq=3.7 * GBQ, patient_code="P-0001")
    found = rules(trade, last(trade, dose.code, "dispense"))
    assert found["cn-use-licence"][1] == "note"  # the network records no class of use licence


def test_the_day_of_a_site_is_its_highest_and_what_it_handled(trade):
    way = Way(trade, ORDER, "near")
    posting = received(trade, way)
    lot = Lot.objects.get(code=way.consignment.package_lot)
    person = trade.who("hospital", "near")
    with trade.at(way.arrive + HOUR):
        clinic.dispense(person, lot, activity_bq=3.7 * GBQ, patient_code="P-0001")
    arrived = way.consignment.received_bq or dispatch.consignment(person, way.consignment.code).received_bq
    verdicts = judge_day(person, "near", way.arrive + 3 * HOUR)
    held = verdicts.facts["holding"]
    assert held["nuclide"].to_list() == ["I-131"]
    assert held["activity_bq"].item() == pytest.approx(arrived)  # at the receipt, not three hours later
    handled = verdicts.facts["operation"]
    assert handled["operated_bq"].item() == pytest.approx(3.7 * GBQ)
    assert handled["year_operated_bq"].item() == pytest.approx(3.7 * GBQ)
    later = judge_day(person, "near", posting.event_time + 2 * DAY)
    assert later.facts["holding"]["activity_bq"].item() < arrived
    assert later.facts["operation"].height == 0


def test_only_ones_own_site_is_judged(trade):
    stranger = trade.who("rso", "mid")
    with pytest.raises(InputError, match="no site 'near' that you may see into"):
        judge_day(stranger, "near", START)
