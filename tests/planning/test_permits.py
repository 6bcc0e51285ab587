"""Approvals that would serve an order: told, no larger than needed, and enough when they are granted."""

from __future__ import annotations

from typing import Any

import pytest
from small import small_network
from test_explanation import shown
from test_limits import FIRST, approval, broken, every_way, without
from test_workplaces import doses

from becq.chain.network import Network
from becq.planning import plan
from becq.planning.explanation import explain_order
from becq.planning.taking import take_remedy
from becq.planning.variation import read_variations, vary_network, write_variations


def explained(network: Network, order: str) -> Any:
    document = plan(network, FIRST, 7).as_dict(network)
    (unmet,) = [row for row in document["unmet"] if row["order"] == order]
    assert unmet["reason"] == "approval"
    remedies = shown(network, document, order)
    told = explain_order(network, document, order)
    assert "approval" in [remedy.kind for remedy in told.remedies]
    return remedies["approval"]


def test_a_new_approval_for_what_would_pass() -> None:
    network = small_network(
        standing_orders=[], orders=doses(1), approvals=without(every_way(), "pharmacy-near-f-18")
    )
    found = explained(network, "fdg-0")
    ((row),) = found.what["approvals"]
    assert (row["from"], row["to"], row["nuclide"]) == ("pharmacy", "near", "F-18")
    assert found.activity_bq < row["activity_bq"] < 3 * found.activity_bq  # at departure, two hours before
    assert "of F-18 from Pharmacy to Near Hospital" in found.sentence
    taken = take_remedy("approval", found.what, "fdg-0", "near")
    rows = write_variations(taken.variations)
    varied = vary_network(network, read_variations(rows), FIRST, 7)
    again = plan(varied.network, FIRST, 7)
    assert again.unmet == []
    assert broken(again, varied.network) == set()
    assert varied.touched == {"pharmacy", "near"}


def test_an_approval_raised_to_what_all_of_them_take() -> None:
    limited = [*without(every_way(), "pharmacy-near-f-18"), approval("pharmacy", "near", "F-18", "26 GBq")]
    network = small_network(standing_orders=[], orders=doses(3), approvals=limited)
    document = plan(network, FIRST, 7).as_dict(network)
    assert len(document["deliveries"]) == 2
    order = document["unmet"][0]["order"]
    found = explained(network, order)
    (row,) = found.what["approvals"]
    sent = sum(each["activity_depart_bq"] for each in document["deliveries"])
    assert row["activity_bq"] > sent + found.activity_bq
    varied = vary_network(
        network, take_remedy("approval", found.what, order, "near").variations, FIRST, 7
    ).network
    assert [each.activity for each in varied.approvals if each.id == "pharmacy-near-f-18"] == [
        pytest.approx(row["activity_bq"])
    ]
    assert plan(varied, FIRST, 7).unmet == []


def test_an_approval_of_the_past_year_is_not_raised_but_followed() -> None:
    ended = approval("pharmacy", "near", "F-18", "1 TBq", valid_from="2025-01-01", valid_until="2025-12-31")
    approvals = [*without(every_way(), "pharmacy-near-f-18"), ended]
    network = small_network(standing_orders=[], orders=doses(1), approvals=approvals)
    found = explained(network, "fdg-0")
    varied = vary_network(
        network, take_remedy("approval", found.what, "fdg-0", "near").variations, FIRST, 7
    ).network
    new = [row for row in varied.approvals if row.id not in {each.id for each in network.approvals}]
    assert [(row.valid_from.isoformat(), row.valid_until.isoformat()) for row in new] == [
        ("2026-01-01", "2026-12-31")
    ]
