"""Limits of the law that the plan keeps: fewer or other deliveries, told for the right reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from checker import Referee
from small import small_network

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning import Plan, plan
from becq.planning.compliance import plan_facts
from becq.planning.options import build_problem
from becq.planning.pins import Pins
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

FIRST = date(2026, 12, 7)


def broken(made: Plan, network: Network) -> set[str]:
    """Rules that the plan breaks, by the engine on the plan's own moves."""
    frame = evaluate(builtin(), plan_facts(made, network)).frame
    return set(frame.filter((frame["severity"] == "block") & frame["assessed"])["rule"])


def rows(section: str, **by_id: dict[str, Any]) -> list[dict[str, Any]]:
    listed = small_network().model_dump(mode="json", exclude_none=True)[section]
    return [{**row, **by_id.get(row["id"].replace("-", "_"), {})} for row in listed]


def approval(origin: str, destination: str, nuclide: str, activity: str, **fields: str) -> dict[str, Any]:
    return {
        "id": f"{origin}-{destination}-{nuclide.lower()}", "origin": origin, "destination": destination,
        "nuclide": nuclide, "activity": activity, "valid_from": "2026-01-01", "valid_until": "2026-12-31",
        **fields,
    }  # fmt: skip


def every_way(activity: str = "100 TBq") -> list[dict[str, Any]]:
    """An approval for whatever the small network could send."""
    return [
        approval(origin, destination, nuclide, activity)
        for origin in ("reactor", "pharmacy")
        for destination in ("pharmacy", "near", "mid", "far", "tight")
        for nuclide in ("I-131", "Mo-99", "Tc-99m", "Lu-177", "F-18", "Ga-68")
        if origin != destination
    ]


def without(approvals: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row for row in approvals if row["id"] != name]


@pytest.fixture(scope="module")
def approved() -> Plan:
    network = small_network(approvals=every_way())
    found = plan(network, FIRST, 7)
    assert Referee(network, found.as_dict(network)).check() == []
    return found


def test_ample_approvals_change_nothing(approved: Plan) -> None:
    assert approved.objective == pytest.approx(plan(small_network(), FIRST, 7).objective, rel=1e-6)


def test_a_transfer_without_approval_is_not_planned(approved: Plan) -> None:
    network = small_network(approvals=without(every_way(), "pharmacy-near-f-18"))
    found = plan(network, FIRST, 7)
    assert Referee(network, found.as_dict(network)).check() == []
    assert broken(found, network) == set()
    before = {row.order for row in approved.deliveries}
    lost = before - {row.order for row in found.deliveries}
    assert lost == {name for name in before if name.startswith("fdg-near")} != set()
    told = {row.order: row for row in found.unmet if row.order in lost}
    assert {row.reason for row in told.values()} == {"approval"}
    assert all("no approval of the transfer is held" in row.sentence for row in told.values())
    assert all("未取得转让审批" in row.sentence_zh for row in told.values())


def test_a_supply_needs_its_approval_as_well(approved: Plan) -> None:
    """The pharmacy elutes generators of the reactor: without that transfer its customers go short."""
    room = rows("resources", pile={"positions": 4})
    network = small_network(approvals=without(every_way(), "reactor-pharmacy-mo-99"), resources=room)
    found = plan(network, FIRST, 7)
    lost = {row.order for row in approved.deliveries} - {row.order for row in found.deliveries}
    told = [row for row in found.unmet if row.order in lost and row.product == "tc-dose"]
    assert {row.reason for row in told} == {"approval"}
    assert all("Reactor to Pharmacy" in row.sentence for row in told)
    assert not [row for row in found.supplies if row.destination == "pharmacy" and row.nuclide == "Mo-99"]
    assert [row for row in approved.supplies if row.destination == "pharmacy" and row.nuclide == "Mo-99"]


def test_approved_activity_is_counted_at_departure_over_orders_and_days() -> None:
    """Five doses of 6 GBq at 09:00 weigh more when they leave: 26 GBq are enough for two of them."""
    limited = [
        *without(every_way(), "pharmacy-near-f-18"),
        approval("pharmacy", "near", "F-18", "26 GBq"),
    ]
    network = small_network(approvals=limited)
    found = plan(network, FIRST, 7)
    assert Referee(network, found.as_dict(network)).check() == []
    assert broken(found, network) == set()
    mine = [row for row in found.deliveries if row.product == "fdg" and row.destination == "near"]
    assert len(mine) == 2
    assert sum(row.activity_bq for row in mine) < sum(row.activity_depart_bq for row in mine) <= 26e9
    told = [row for row in found.unmet if row.order.startswith("fdg-near")]
    assert {row.reason for row in told} == {"approval"}
    assert all(
        "26.0 GBq of F-18 approved for transfers from Pharmacy to Near" in row.sentence for row in told
    )


def test_an_approval_of_another_year_or_other_days_covers_nothing() -> None:
    for fields in (
        {"valid_until": "2026-12-08"},  # ends on Tuesday
        {"valid_from": "2026-12-10"},  # begins on Thursday
        {"valid_from": "2025-07-01"},  # an approval of radiopharmaceuticals is of its calendar year
    ):
        limited = [
            *without(every_way(), "pharmacy-near-f-18"),
            approval("pharmacy", "near", "F-18", "1 TBq", **fields),
        ]
        network = small_network(approvals=limited)
        found = plan(network, FIRST, 7)
        assert broken(found, network) == set()
        days = {
            row.reference_time[:10]
            for row in found.deliveries
            if (row.product, row.destination) == ("fdg", "near")
        }
        expected = {
            "2026-12-08": {"2026-12-07", "2026-12-08"},
            "2026-12-10": {"2026-12-10", "2026-12-11"},
        }
        assert days == expected.get(fields.get("valid_until", fields.get("valid_from", "")), set())


def test_within_one_holder_nothing_is_transferred() -> None:
    sites = rows("sites", pharmacy={"organisation": "Group"}, near={"organisation": "Group"})
    network = small_network(sites=sites, approvals=without(every_way(), "pharmacy-near-f-18"))
    found = plan(network, FIRST, 7)
    assert [row for row in found.deliveries if (row.product, row.destination) == ("fdg", "near")]


def test_a_network_that_lists_no_approvals_says_so() -> None:
    problem = build_problem(small_network(), FIRST, 7)
    assert problem.limits.refused == {}
    assert sum("no approvals" in sentence for sentence, _ in problem.limits.unchecked) == 1
    told = plan(small_network(), FIRST, 2).as_dict()["unchecked"]
    assert ["未列出转让审批" in row["sentence_zh"] for row in told if "approval" in row["sentence"]] == [True]
    found = build_problem(small_network(approvals=every_way()), FIRST, 7).limits.unchecked
    assert not [sentence for sentence, _ in found if "approval" in sentence]


def test_who_may_only_use_does_not_hand_over() -> None:
    licence = next(row["licence"] for row in rows("sites") if row["id"] == "pharmacy")
    network = small_network(sites=rows("sites", pharmacy={"licence": {**licence, "scope": ["use"]}}))
    found = plan(network, FIRST, 7)
    assert broken(found, network) == set()
    assert {row.origin for row in found.deliveries} == {"reactor"}
    assert {row.reason for row in found.unmet if row.order.startswith("fdg-near")} == {"licence_scope"}


def test_a_hospital_of_class_1_uses_no_positron_drugs() -> None:
    network = small_network(sites=rows("sites", near={"use_class": 1}, mid={"use_class": 2}))
    found = plan(network, FIRST, 7)
    assert broken(found, network) == set()
    assert {row.destination for row in found.deliveries if row.product == "fdg"} == {"mid"}
    assert [row for row in found.deliveries if (row.product, row.destination) == ("tc-dose", "near")]
    told = [row for row in found.unmet if row.order.startswith("fdg-near")]
    assert {row.reason for row in told} == {"use_class"}


def test_a_pin_to_what_is_refused_is_refused() -> None:
    network = small_network(approvals=without(every_way(), "pharmacy-near-f-18"))
    pins = Pins(deliveries={"fdg-near.20261208": "run-fdg@20261207T2000Z"})
    with pytest.raises(InputError, match="no approval of the transfer"):
        plan(network, FIRST, 7, pins=pins)
