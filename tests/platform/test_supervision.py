"""Rules of one's own and filings: added whole, retired, recorded once, seen by nobody else; duties with their day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from test_dispatch import ORDER, Way
from trade import DAY, START, Trade, trade

from becq.chain.site import Site as ChainSite
from becq.errors import ConflictError, InputError, PermissionDeniedError, ProblemsError
from becq.platform.dispatch import services as dispatch
from becq.platform.ledger.selectors import BalanceRow
from becq.platform.supervision import selectors, services
from becq.platform.supervision.day import judge_day, site_bq
from becq.platform.supervision.duties import duties
from becq.platform.supervision.models import OwnRule
from becq.platform.supervision.rulebook import book_of

__all__ = ["trade"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEAD = (
    "id,jurisdiction,subject,condition,quantity,comparison,limit,unit,severity,title_en,sentence_en,source\n"
)
STORE = "i131-store,CN,holding,nuclide = 'I-131',activity_bq,<=,5,GBq,warn,Store,{label}: {measured},house\n"
BAD = "other,CN,holding,nuclid = 'I-131',activity_bq,<=,5,GBq,warn,Store,{label},house\n"


def add(trade: Trade, text: str, site: str = "near", role: str = "rso") -> list[OwnRule]:
    return services.add_rules(trade.who(role, site), trade.org(site), text.encode(), "own.csv")


class TestOwnRules:
    def test_added_and_heeded_at_ones_own_sites_only(self, trade):
        add(trade, HEAD + STORE)
        assert "i131-store" in {rule.id for rule in book_of(trade.org("near")).rules}
        assert "i131-store" not in {rule.id for rule in book_of(trade.org("mid")).rules}
        assert [row.kept.code for row in selectors.own_rules(trade.who("hospital", "near"))] == ["i131-store"]
        assert selectors.own_rules(trade.who("rso", "mid")) == []
        way = Way(trade, ORDER, "near")
        sent = way.send(trade)
        with trade.at(way.arrive):
            got = dispatch.receive(way.receiver, sent)
        assert {f["rule"]: f["severity"] for f in got.findings}["i131-store"] == "warn"
        broken = judge_day(way.receiver, "near", way.arrive).findings(["warn"])
        assert [finding.rule for finding in broken] == ["i131-store"]

    def test_all_or_none(self, trade):
        with pytest.raises(ProblemsError, match="row 3, condition: 'nuclid' is no fact"):
            add(trade, HEAD + STORE + BAD)
        assert not OwnRule.objects.exists()

    def test_names_are_taken_once_and_free_again(self, trade):
        (kept,) = add(trade, HEAD + STORE)
        with pytest.raises(InputError, match="a rule 'i131-store' already"):
            add(trade, HEAD + STORE)
        with pytest.raises(InputError, match="a rule 'cn-licence-possession' already"):
            add(trade, HEAD + STORE.replace("i131-store", "cn-licence-possession"))
        with pytest.raises(InputError, match="cannot be called 'filings'"):
            add(trade, HEAD + STORE.replace("i131-store", "filings"))
        add(trade, HEAD + STORE, "mid")  # somebody else's is another one
        services.retire_rule(trade.who("rso", "near"), kept)
        assert "i131-store" not in {rule.id for rule in book_of(trade.org("near")).rules}
        with pytest.raises(ConflictError, match="retired already"):
            services.retire_rule(trade.who("rso", "near"), kept)
        add(trade, HEAD + STORE)

    def test_who_may(self, trade):
        with pytest.raises(PermissionDeniedError):
            add(trade, HEAD + STORE, role="hospital")
        (kept,) = add(trade, HEAD + STORE)
        for person in (trade.who("hospital", "near"), trade.who("rso", "mid")):
            with pytest.raises(PermissionDeniedError):
                services.retire_rule(person, kept)
            with pytest.raises(PermissionDeniedError):
                services.add_rules(person, trade.org("near"), (HEAD + STORE).encode(), "own.csv")


class TestHoldings:
    def test_what_grew_in_within_a_lot_counts_with_its_parent(self):
        """A generator's Tc-99m is part of it; eluates of Tc-99m count, each once."""
        held = [{"nuclide": name, "possession_limit": "1 TBq"} for name in ("Mo-99", "Tc-99m")]
        near = {"id": "near", "name": "N", "name_zh": "N", "kind": "hospital", "lat": 30, "lon": 104}
        site = ChainSite.model_validate(near | {"licence": {"nuclides": held}})
        lots = (("g", "Mo-99", 1e10), ("g", "Tc-99m", 9.6e9), ("e1", "Tc-99m", 5e9), ("e2", "Tc-99m", 1e9))
        rows = [
            BalanceRow("near", "1", "place", "near", "near", lot, nuclide, bq, START, posted=True)
            for lot, nuclide, bq in lots
        ]
        assert site_bq(site, rows) == {"Mo-99": 1e10, "Tc-99m": 6e9}


def received(trade: Trade) -> Way:
    way = Way(trade, ORDER, "near")
    sent = way.send(trade)
    with trade.at(way.arrive):
        dispatch.receive(way.receiver, sent)
    return way


class TestFilings:
    def test_a_transfer_is_due_twenty_days_after_its_receipt(self, trade):
        way = received(trade)
        officer, code = trade.who("rso", "reactor"), way.consignment.code
        day = way.arrive.astimezone(SHANGHAI).date()
        with trade.at(way.arrive + 20 * DAY) as at:
            (owed,) = duties(officer, at)
            assert (owed.owed.duty, owed.owed.subject) == ("transfer", code)
            assert owed.due == day + timedelta(days=20)
            assert owed.finding.severity == "ok"
        with trade.at(way.arrive + 21 * DAY) as at:
            assert duties(officer, at)[0].finding.rule == "cn-filing-transfer"
            assert duties(officer, at)[0].finding.severity == "warn"
            made = {"filed_on": day + timedelta(days=18), "number": "备2026-12-77", "not_before": day}
            services.record_filing(officer, trade.org("reactor"), "transfer", code, **made)
            assert duties(officer, at)[0].finding.severity == "ok"
            with pytest.raises(ConflictError, match="filed already"):
                services.record_filing(officer, trade.org("reactor"), "transfer", code, **made)
        assert duties(trade.who("rso", "mid"), START + 40 * DAY) == []

    def test_next_years_approval_is_due_before_december(self, trade):
        received(trade)
        (owed,) = duties(trade.who("rso", "near"), START + 5 * DAY)
        assert owed.owed.duty == "next-year-approval"
        assert owed.due == date(2026, 12, 1)
        assert owed.finding.severity == "warn"

    def test_the_year_of_a_hospital_is_due_by_15_january(self, trade):
        received(trade)
        found = {
            row.owed.duty: row
            for row in duties(trade.who("rso", "near"), datetime(2027, 1, 15, 8, tzinfo=SHANGHAI))
        }
        assert found["hospital-year"].due == date(2027, 1, 15)
        assert found["hospital-year"].finding.severity == "ok"
        late = {
            row.owed.duty: row
            for row in duties(trade.who("rso", "near"), datetime(2027, 1, 16, 8, tzinfo=SHANGHAI))
        }
        assert late["hospital-year"].finding.severity == "warn"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"filed_on": date(2030, 1, 1)}, "is in the future"),
            ({"filed_on": date(2026, 11, 1)}, "is before what was filed"),
            ({"number": " "}, "Give the number"),
            ({"duty": "party"}, "is no duty"),
        ],
    )
    def test_what_is_no_filing(self, trade, changes, said):
        made = {"duty": "transfer", "filed_on": date(2026, 12, 6), "number": "1", **changes}
        with trade.at(START), pytest.raises(InputError, match=said):
            services.record_filing(
                trade.who("rso", "near"), trade.org("near"), subject="x", not_before=date(2026, 12, 1), **made
            )

    def test_who_may(self, trade):
        for person in (trade.who("hospital", "near"), trade.who("rso", "mid")):
            with pytest.raises(PermissionDeniedError):
                services.record_filing(
                    person, trade.org("near"), "transfer", "x", filed_on=date(2026, 12, 6), number="1"
                )
