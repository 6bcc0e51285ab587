"""Orders in parts when something goes otherwise: parts that left count, the rest is planned or told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from replan_checker import ReplanReferee
from test_servings import FIRST, check_by_hand
from wards import DAY, order, wards

from becq.chain.network import Network
from becq.planning import plan
from becq.planning.changes import find_changes
from becq.planning.events import parse_event
from becq.planning.explanation import explain_order
from becq.planning.replan import replan

Document = dict[str, Any]


def batches() -> list[dict[str, Any]]:
    """A batch at dawn and one in the morning, 8 GBq each at noon."""
    return [
        {"id": name, "site": site, "kind": "import", "product": "lu", "activity_per_batch": "8 GBq",
         "duration": "1 h", "start_times": [start]}
        for name, site, start in (("early", "one", "01:00"), ("late", "two", "07:00"))
    ]  # fmt: skip


def network(**more: Any) -> Network:
    return wards(stock=[], processes=batches(), orders=[order(split=True, earliest=f"{DAY}T03:00", **more)])


def base(given: Network) -> Document:
    found = plan(given, FIRST, 1).as_dict(given)
    assert len(found["deliveries"]) == 2
    assert found["unmet"] == []
    return found


def test_a_part_that_has_left_stays_and_what_is_lost_is_told() -> None:
    given = network()
    before = base(given)
    first = next(row for row in before["deliveries"] if row["lot"].startswith("early"))
    now = datetime.fromisoformat(f"{DAY}T07:30:00+08:00")
    late = next(row["id"] for row in before["batches"] if row["process"] == "late")
    found = replan(given, before, [parse_event(f"failed batch={late} reason=sterility")], now)
    after = found.plan.as_dict(found.network)
    assert ReplanReferee(given, after, before).check() == []
    (row,) = after["deliveries"]
    assert (row["id"], row["state"], row["activity_bq"]) == (first["id"], "sent", first["activity_bq"])
    (unmet,) = after["unmet"]
    assert unmet["short_bq"] == 12e9 - row["counts_bq"]
    assert unmet["sentence"].startswith("It gets")
    assert "1 part" in unmet["sentence"]
    (change,) = find_changes(before, after).orders
    assert change.kind == "changed"
    assert set(change.aspects) == {"less", "earlier", "lot"}


def test_the_rest_of_an_order_may_come_from_elsewhere() -> None:
    given = network(latest=f"{DAY}T15:00")
    spare = batches()[1] | {"id": "spare", "start_times": ["08:00"]}
    given = given.with_rows(
        processes=[*given.processes, *Network.model_validate({"name": "x", "processes": [spare]}).processes]
    )
    before = plan(given, FIRST, 1).as_dict(given)
    now = datetime.fromisoformat(f"{DAY}T07:30:00+08:00")
    begun = [row["id"] for row in before["batches"] if row["process"] == "late"]
    events = [parse_event(f"failed batch={name} reason=sterility") for name in begun]
    found = replan(given, before, events, now)
    after = found.plan.as_dict(found.network)
    check_by_hand(found.network, found.plan)
    assert after["unmet"] == []
    assert len(after["deliveries"]) == 2


def test_an_order_that_has_all_it_asks_for_takes_no_more() -> None:
    given = network(most_parts=2)
    before = base(given)
    now = datetime.fromisoformat(f"{DAY}T11:59:00+08:00")
    found = replan(given, before, [], now)
    after = found.plan.as_dict(found.network)
    assert after["deliveries"] == [row | {"state": "sent"} for row in before["deliveries"]]
    assert ReplanReferee(given, after, before).check() == []


def test_parts_are_proposed_where_they_would_serve() -> None:
    given = wards(orders=[order()])
    found = plan(given, FIRST, 1).as_dict(given)
    explained = explain_order(given, found, "o")
    assert explained.status == "unmet"
    assert explained.cheapest is not None
    assert (explained.cheapest.kind, explained.cheapest.what) == ("split", {"parts": 2})
    assert "in 2 parts" in explained.sentences[-1]
    assert "分2批" in explained.sentences_zh[-1]


def test_another_product_is_told_in_explanations_and_changes() -> None:
    without = wards(orders=[order(activity="5 GBq", alternatives="tc = 1 GBq; lu-b = 4 GBq")])
    before = plan(without, FIRST, 1).as_dict(without)
    stock = without.stock[0].model_copy(update={"id": "b", "product": "lu-b"})
    other = without.with_rows(stock=[stock])
    after = plan(other, FIRST, 1).as_dict(other)
    (row,) = after["deliveries"]
    assert (row["instead_of"], row["counts_bq"]) == ("lu", 5e9)
    explained = explain_order(other, after, "o")
    assert explained.served_bq == 5e9
    assert "4.00 GBq of Lu-177 of maker B, which stands for 5.00 GBq" in explained.sentences[0]
    assert "相当于5.00 GBq" in explained.sentences_zh[0]
    (change,) = find_changes(before, after).orders
    assert "product" in change.aspects
    assert change.product == "lu"
    assert "Lu-177 of maker B instead of Lu-177 chloride" in change.sentence
