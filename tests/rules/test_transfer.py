"""Transfers against approvals: which approval counts, and what becomes known of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from becq.chain.approval import Approval
from becq.chain.site import Site
from becq.rules.evaluation import evaluate
from becq.rules.holding import table
from becq.rules.rulebook import builtin
from becq.rules.transfer import find_approval, transfer

DAY = date(2026, 12, 7)


def site(code: str, kind: str = "hospital", scope: str = "use", nuclides: str = "I-131") -> Site:
    licence = {"scope": scope, "nuclides": [{"nuclide": nuclides, "possession_limit": "1 TBq"}]}
    row = {"id": code, "name": code, "name_zh": code, "kind": kind, "lat": 30, "lon": 104, "licence": licence}
    return Site.model_validate(row)


def approval(code: str, begin: str, end: str, **changes: Any) -> Approval:
    row = {"id": code, "origin": "maker", "destination": "ward", "nuclide": "I-131", "activity": "500 GBq"}
    return Approval.model_validate(row | {"valid_from": begin, "valid_until": end} | changes)


OLD = approval("old", "2025-01-01", "2025-12-31")
NOW = approval("now", "2026-01-01", "2026-12-31")
NEXT = approval("next", "2027-01-01", "2027-12-31")
MAKER, WARD = site("maker", "radiopharmacy", "produce, sell"), site("ward")


def found(rows: list[Approval], day: date = DAY) -> str | None:
    one = find_approval(rows, "maker", "ward", "I-131", day)
    return one.id if one else None


def test_the_approval_that_holds_on_the_day_counts() -> None:
    assert found([NEXT, NOW, OLD]) == "now"
    assert found([OLD]) == "old"  # it is over, and a rule says so
    assert found([approval("other", "2026-01-01", "2026-12-31", nuclide="Lu-177")]) is None
    assert found([]) is None


def blocked(day: date = DAY, **changes: Any) -> set[str]:
    arguments = {"approval": NOW, "transferred_bq": 20e9} | changes
    sender, receiver = arguments.pop("sender", MAKER), arguments.pop("receiver", WARD)
    row = transfer(sender, receiver, "I-131", day, 20e9, **arguments)
    verdicts = evaluate(builtin(), {"transfer": table("transfer", [row])})
    return {finding.rule for finding in verdicts.findings(["block"])}


def test_what_breaks_which_rule() -> None:
    assert blocked() == set()
    assert blocked(approval=None) == {"cn-transfer-approval"}
    assert blocked(approval=OLD) == {"cn-transfer-approval-valid", "cn-transfer-approval-year"}
    assert blocked(approval=NEXT) == {"cn-transfer-approval-valid", "cn-transfer-approval-year"}
    assert blocked(approval=NEXT, radiopharmaceutical=False) == {"cn-transfer-approval-valid"}
    assert blocked(date(2026, 12, 31)) == set()
    assert blocked(date(2027, 1, 1)) == {"cn-transfer-approval-valid", "cn-transfer-approval-year"}
    assert blocked(transferred_bq=500e9) == set()
    assert blocked(transferred_bq=500.1e9) == {"cn-transfer-activity"}
    assert blocked(sender=site("maker", "radiopharmacy", "use")) == {"cn-transfer-sender"}
    assert blocked(receiver=site("ward", nuclides="Lu-177")) == {"cn-transfer-receiver"}


def test_what_is_sent_back_needs_no_licence_to_sell() -> None:
    back = {"sender": WARD, "receiver": MAKER, "approval": None}
    assert blocked(**back) == {"cn-transfer-approval", "cn-transfer-sender"}
    assert blocked(**back, trade="return") == set()
    row = transfer(WARD, MAKER, "I-131", DAY, 20e9, approval=None, trade="return")
    verdicts = evaluate(builtin(), {"transfer": table("transfer", [row])})
    assert [finding.rule for finding in verdicts.findings()] == ["cn-transfer-return"]
    stranger = back | {"sender": site("ward", nuclides="Lu-177")}
    assert blocked(**stranger, trade="return") == {"cn-transfer-return-sender"}
    closed = back | {"receiver": site("maker", "radiopharmacy", "produce", "Lu-177")}
    assert blocked(**closed, trade="return") == {"cn-transfer-receiver"}


def test_where_no_approvals_are_recorded_none_is_missed() -> None:
    row = transfer(MAKER, WARD, "I-131", DAY, 20e9, approval=None, approvals_known=False)
    verdicts = evaluate(builtin(), {"transfer": table("transfer", [row])})
    assert verdicts.worst == "note"
    assert [finding.rule for finding in verdicts.findings()] == ["cn-transfer-approval"]


def test_goods_only_pass_through_airports() -> None:
    plain = {"id": "apt", "name": "A", "name_zh": "机场", "kind": "airport", "lat": 30, "lon": 104}
    assert blocked(receiver=Site.model_validate(plain)) == set()
