"""What changed is found and said: each kind of change made by hand in a plan, and each sentence read."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from small import small_network

from becq.planning import plan
from becq.planning.changes import EVENTS, REASONS, find_changes
from becq.planning.events import KINDS

FIRST = date(2026, 12, 7)
Document = dict[str, Any]


@pytest.fixture(scope="module")
def before() -> Document:
    network = small_network()
    return plan(network, FIRST, 7).as_dict(network)


def later(text: str, minutes: float) -> str:
    return (datetime.fromisoformat(text) + timedelta(minutes=minutes)).isoformat()


def test_a_plan_does_not_differ_from_itself(before: Document) -> None:
    found = find_changes(before, copy.deepcopy(before))
    assert (found.orders, found.batches, found.messages) == ([], [], [])


def test_a_lost_order_is_told_with_its_reason(before: Document) -> None:
    after = copy.deepcopy(before)
    gone = after["deliveries"].pop(0)
    after["unmet"].append(
        {"order": gone["order"], "site": gone["to"], "product": gone["product"], "nuclide": gone["nuclide"],
         "short_bq": gone["activity_bq"], "reason": "outage", "sentence": "x", "sentence_zh": "x"}
    )  # fmt: skip
    found = find_changes(before, after)
    (change,) = found.orders
    assert (change.order, change.kind, change.after, change.reason) == (gone["order"], "lost", None, "outage")
    assert "cannot be delivered" in change.sentence
    assert "production stands still" in change.sentence
    assert "生产停运" in change.sentence_zh
    (message,) = found.messages
    assert message.site == gone["to"]
    assert message.orders == (gone["order"],)
    assert change.sentence in message.body
    assert change.sentence_zh in message.body_zh
    # and the other way round it is gained
    (gained,) = find_changes(after, before).orders
    assert gained.kind == "new"
    assert "will be delivered on" in gained.sentence
    assert "将于" in gained.sentence_zh


@pytest.mark.parametrize(
    ("factor", "minutes", "aspects"),
    [
        (0.9, 0, ("less",)),
        (1.1, 0, ("more",)),
        (1.0, 45, ("later",)),
        (1.0, -45, ("earlier",)),
        (0.5, 90, ("less", "later")),
        (1.0005, 0.5, ()),
    ],
)
def test_each_aspect_is_seen(
    before: Document, factor: float, minutes: float, aspects: tuple[str, ...]
) -> None:
    after = copy.deepcopy(before)
    row = after["deliveries"][2]
    row["activity_bq"] *= factor
    row["arrive"] = later(row["arrive"], minutes)
    found = find_changes(before, after).orders
    assert [change.aspects for change in found] == ([aspects] if aspects else [])


def test_times_are_those_of_the_plans_zone(before: Document) -> None:
    after = copy.deepcopy(before)
    row = after["deliveries"][2]
    row["arrive"] = "2026-12-08T18:30:00+00:00"
    (change,) = find_changes(before, after).orders
    assert "2026-12-09 02:30" in change.sentence
    assert "12月9日02:30" in change.sentence_zh
    (message,) = find_changes(before, after).messages
    assert message.body.endswith("All times: Beijing time.")
    assert message.body_zh.endswith("时间均为北京时间。")


def test_another_lot_is_a_change_that_no_customer_needs_to_hear_of(before: Document) -> None:
    after = copy.deepcopy(before)
    after["deliveries"][0]["lot"] = "another"
    found = find_changes(before, after)
    assert [change.aspects for change in found.orders] == [("lot",)]
    assert found.messages == []


def test_parts_of_a_delivery_count_together(before: Document) -> None:
    after = copy.deepcopy(before)
    row = after["deliveries"][0]
    row["activity_bq"] /= 2
    after["deliveries"].append(copy.deepcopy(row))
    (change,) = find_changes(before, after).orders
    assert change.aspects == ("lot",)
    assert change.after is not None
    assert len(change.after.lots) == 2


def test_a_new_order_that_cannot_be_served_is_told(before: Document) -> None:
    after = copy.deepcopy(before)
    after["unmet"].append(
        {"order": "rush", "site": "near", "product": "fdg", "nuclide": "F-18", "short_bq": 1e9,
         "reason": "no_batch_in_time", "sentence": "x", "sentence_zh": "x"}
    )  # fmt: skip
    after["events"] = [{"kind": "rush", "order": {}}]
    found = find_changes(before, after)
    assert [(change.order, change.kind) for change in found.orders] == [("rush", "refused")]
    (message,) = found.messages
    assert "cannot be delivered, because no batch is ready in time" in message.body
    assert "Cause: an urgent order." in message.body
    assert "planned were" not in message.body


def test_batches_that_come_go_or_change_are_found(before: Document) -> None:
    after = copy.deepcopy(before)
    made = [row for row in after["batches"] if row["kind"] not in ("stock", "generator_elution")]
    made[0]["id"] = "another"
    made[1]["release"] = later(made[1]["release"], 120)
    made[2]["state"] = "lost"
    kinds = {change.batch: change.kind for change in find_changes(before, after).batches}
    gone = next(
        row["id"] for row in before["batches"] if row["id"] not in {r["id"] for r in after["batches"]}
    )
    assert kinds == {"another": "added", gone: "dropped", made[1]["id"]: "other", made[2]["id"]: "lost"}


def test_every_kind_of_event_and_reason_has_words() -> None:
    import becq.planning.allocation as allocation
    import becq.planning.reasons as reasons

    assert set(EVENTS) == set(KINDS)
    codes = {
        getattr(allocation, name) for name in ("NO_CAPACITY", "OUTAGE", "LICENCE", "LANE_FULL", "PINNED")
    }
    codes |= {
        getattr(reasons, name)
        for name in ("NOT_MADE", "NO_ROUTE", "TOO_FAR", "TOO_LATE", "SPECIFIC_ACTIVITY")
    }
    assert codes <= set(REASONS)
