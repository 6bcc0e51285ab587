"""Why an order is unmet and what would serve it: every change is put into the plan and the referee looks.

The referee shares no code with the planner. A change counts as shown where the plan with the change in it, all
else as it was, breaks no rule of the changed network; that it is the smallest is tried by asking for less.
"""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import pytest
from checker import Referee
from hypothesis import given
from hypothesis import strategies as st
from replan_checker import ReplanReferee
from small import licence, small_network

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning import Pins, plan
from becq.planning.amendments import held_peaks, with_limits
from becq.planning.events import parse_event
from becq.planning.excerpt import Beside, cut_excerpt
from becq.planning.explanation import Explanation, explain_order
from becq.planning.loads import resource_loads
from becq.planning.remedies import Outcome, Remedies, Remedy, _first
from becq.planning.replan import replan

FIRST = date(2026, 12, 7)
Document = dict[str, Any]


def merged(network: Network, document: Document, order: str, outcome: Outcome) -> tuple[Network, Document]:
    """The plan with a change in it, and the whole network changed in the same way."""
    changed: dict[str, Any] = {}
    for section in ("sites", "resources", "processes", "lanes"):
        rows = {row.id: row for row in getattr(network, section)}
        for row in getattr(outcome.network, section):
            if section == "lanes" and row.id in rows:
                continue  # cut down to the sites of the excerpt
            rows[row.id] = row
        changed[section] = list(rows.values())
    (wanted,) = outcome.network.orders
    changed["standing_orders"] = []
    changed["orders"] = [
        wanted if each.id == order else each for each in network.demand(FIRST, document["days"])
    ]
    found = copy.deepcopy(document)
    found["deliveries"] = [row for row in found["deliveries"] if row["order"] != order] + outcome.delivery
    found["supplies"] += [row for row in outcome.plan["supplies"] if row["state"] != "sent"]
    found["unmet"] = [row for row in found["unmet"] if row["order"] != order]
    found["unmet"] += [row for row in outcome.plan["unmet"] if row["order"] == order]
    new = {row["id"]: row for row in outcome.plan["batches"]}
    for row in found["batches"]:
        if new.get(row["id"], {}).get("kind") == row["kind"]:
            # More may be taken from stock, put into a batch, or eluted.
            row |= {
                key: value
                for key, value in new[row["id"]].items()
                if key in ("activity_bq", "reference_time", "release", "inputs")
            }
    known = {row["id"] for row in found["batches"]}
    found["batches"] += [row for row in outcome.plan["batches"] if row["id"] not in known]
    for row in found["batches"]:
        row["used_bq"] = 0.0
        for send in (*found["deliveries"], *found["supplies"]):
            if send["lot"] == row["id"]:
                later = datetime.fromisoformat(send["reference_time"]) - datetime.fromisoformat(
                    row["release"]
                )
                from checker import rate  # the referee's own half-lives

                row["used_bq"] += send["activity_bq"] * 2.718281828459045 ** (
                    rate(row["nuclide"]) * later.total_seconds()
                )
    return network.with_rows(**changed), found


class _Beside(Referee):
    """All rules but those about figures of the whole plan, which one more order changes."""

    def check(self) -> list[str]:
        for row in self.plan["batches"]:
            self._batch(row)
        self._resources()
        self._balances()
        self._elutions()
        for row in self.sends:
            self._way(row)
        self._departures()
        self._licences()
        served = self.plan["served_fraction"]
        self._orders()
        assert served == self.plan["served_fraction"]
        return [fault for fault in self.faults if "served_fraction" not in fault]


def shown(network: Network, document: Document, order: str) -> dict[str, Remedy]:
    """Every remedy of an order, each held up to the referee."""
    trials = Remedies(cut_excerpt(network, document, order))
    assert not trials.served_as_it_is
    found = {remedy.kind: remedy for remedy in trials.find()}
    proofs = {remedy.kind: outcome for remedy, outcome in trials.proofs}
    for kind, remedy in found.items():
        changed, plan_ = merged(network, document, order, proofs[kind])
        if kind == "packages":
            changed = with_places(changed, {row["lane"] for row in remedy.what["departures"]})
        assert _Beside(changed, plan_).check() == [], kind
        assert remedy.activity_bq > 0
        new_cost = sum(row["cost"] for row in (*plan_["batches"], *plan_["deliveries"], *plan_["supplies"]))
        old_cost = sum(
            row["cost"]
            for row in (*document["batches"], *document["deliveries"], *document["supplies"])
            if row.get("order") != order
        )
        assert remedy.cost == pytest.approx(new_cost - old_cost, abs=1e-3), kind
    return found


def with_places(network: Network, lanes: set[str]) -> Network:
    """One place more on every departure of some lanes."""
    rows = []
    for lane in network.lanes:
        more = [
            line.model_copy(update={"capacity_packages": (line.capacity_packages or 0) + 1})
            for line in lane.departures
        ]
        rows.append(lane.model_copy(update={"departures": more}) if lane.id in lanes else lane)
    return network.with_rows(lanes=rows)


def one_order(site: str, product: str, activity: str, day: str, window: tuple[str, str], **more: Any) -> Any:
    return {
        "id": "o", "site": site, "product": product, "activity": activity,
        "earliest": f"{day}T{window[0]}:00+08:00", "latest": f"{day}T{window[1]}:00+08:00",
        "calibration": f"{day}T{window[1]}:00+08:00", **more,
    }  # fmt: skip


def planned(days: int = 14, pins: Pins | None = None, **changes: Any) -> tuple[Network, Document]:
    network = small_network(**changes)
    return network, plan(network, FIRST, days, pins=pins).as_dict(network)


def test_a_licence_is_raised_by_what_is_missing() -> None:
    """Two packages of I-131 in the store of one hospital: 3.7 GBq come while 3.7 GBq of the day before are there."""
    network, document = planned()
    order = next(row["order"] for row in document["unmet"] if row["reason"] == "licence_limit")
    found = shown(network, document, order)
    (limit,) = found["licence"].what["limits"]
    assert (limit["site"], limit["nuclide"]) == ("tight", "I-131")
    assert limit["limit_bq"] - limit["more_bq"] == pytest.approx(4e9)
    trials = Remedies(cut_excerpt(network, document, order))
    less = with_limits(trials.network, {("tight", "I-131"): limit["limit_bq"] * 0.999})
    gets = trials.solve(less, Beside(trials.excerpt)).activity_bq
    assert gets < found["licence"].activity_bq * 0.9999, "with a little less it gets less"


def test_a_licence_that_lacks_the_nuclide_is_named() -> None:
    order = one_order("tight", "fdg", "1 GBq", "2026-12-08", ("08:00", "10:00"))
    network, document = planned(3, orders=[order], standing_orders=[])
    found = shown(network, document, "o")
    assert [(row["site"], row["nuclide"]) for row in found["licence"].what["limits"]] == [("tight", "F-18")]


def test_one_more_place_on_a_full_flight() -> None:
    base = small_network().model_dump(mode="json", exclude_none=True)
    base["lanes"][1]["departures"][0]["capacity_packages"] = 1
    orders = [
        one_order("far", "i131", "0.5 GBq", "2026-12-08", ("08:00", "14:00"), id=f"o{n}") for n in range(2)
    ]
    road = {**base["lanes"][0], "max_km": 400}
    network, document = planned(
        3, lanes=[road, base["lanes"][1]], orders=orders, standing_orders=[], processes=[]
    )
    (unmet,) = document["unmet"]
    found = shown(network, document, unmet["order"])
    (departure,) = found["packages"].what["departures"]
    ends = {"from": "apt-a", "to": "apt-b"}
    assert departure == {"lane": "fly-ab", "leaves": "2026-12-08T01:00:00+00:00", **ends}
    assert "12-08 09:00" in found["packages"].sentence


def test_goods_of_others_take_their_places_too() -> None:
    """The one place of the flight is taken by Lu-177: an order of I-131 has no room beside the plan."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    base["lanes"][1]["departures"][0]["capacity_packages"] = 1
    stock = [
        *base["stock"],
        {"id": "lu", "site": "reactor", "product": "lu-bulk", "activity": "20 GBq",
         "reference_time": "2026-12-07T00:00:00+08:00"},
    ]  # fmt: skip
    orders = [
        one_order("far", "lu-bulk", "5 GBq", "2026-12-08", ("08:00", "14:00"), id="lu-first", priority=1),
        one_order("far", "i131", "0.5 GBq", "2026-12-08", ("08:00", "14:00"), id="i-second", priority=3),
    ]
    lanes = [{**base["lanes"][0], "max_km": 400}, base["lanes"][1]]
    network, document = planned(3, lanes=lanes, stock=stock, orders=orders, standing_orders=[], processes=[])
    assert [row["order"] for row in document["unmet"]] == ["i-second"]
    assert "packages" in shown(network, document, "i-second")


def test_other_goods_of_the_nuclide_count_against_the_licence() -> None:
    """Capsules of I-131 fill the 4 GBq of a hospital: an order of the solution has no room beside them."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    capsules = {**base["products"][0], "id": "i131-capsules", "name": "Capsules", "name_zh": "胶囊"}
    stock = [
        *base["stock"],
        {"id": "capsules", "site": "reactor", "product": "i131-capsules", "activity": "5 GBq",
         "reference_time": "2026-12-07T00:00:00+08:00"},
    ]  # fmt: skip
    orders = [
        one_order("tight", "i131-capsules", "3 GBq", "2026-12-08", ("08:00", "12:00"), id="a", priority=1),
        one_order("tight", "i131", "2 GBq", "2026-12-08", ("08:00", "12:00"), id="b", priority=3),
    ]
    network, document = planned(
        2,
        products=[*base["products"], capsules],
        stock=stock,
        orders=orders,
        standing_orders=[],
        processes=[],
    )
    assert [row["order"] for row in document["unmet"]] == ["b"]
    (limit,) = shown(network, document, "b")["licence"].what["limits"]
    assert limit["limit_bq"] > 5e9


@given(st.lists(st.integers(1, 50), min_size=1, max_size=9, unique=True), st.integers(0, 60))
def test_the_first_step_that_serves_is_found(steps: list[int], needed: int) -> None:
    steps.sort()
    assert _first(steps, lambda hours: hours >= needed) == next((s for s in steps if s >= needed), None)


def test_one_more_batch_at_another_hour() -> None:
    """30 GBq of FDG at 17:00: the last run of the calendar leaves 13 GBq by then, one at 13:00 leaves 39."""
    order = one_order("near", "fdg", "30 GBq", "2026-12-08", ("15:00", "17:00"), tolerance=0)
    network, document = planned(3, orders=[order], standing_orders=[])
    found = shown(network, document, "o")
    (batch,) = found["batch"].what["batches"]
    assert batch["process"].startswith("run-fdg")
    assert "run-fdg@" not in batch["start"]
    assert found["batch"].cost >= 7000


def test_a_position_more_and_an_outage_less() -> None:
    network, document = planned()
    assert shown(network, document, "i-near.20261211")["position"].what == {
        "resource": "pile",
        "positions": 3,
    }
    base = small_network().model_dump(mode="json", exclude_none=True)
    base["resources"][2]["outages"] = [
        {"start": "2026-12-08T00:00:00+08:00", "end": "2026-12-09T00:00:00+08:00", "reason": "service"}
    ]
    network, document = planned(3, resources=base["resources"])
    found = shown(network, document, "fdg-near.20261208")
    assert found["outage"].what["outages"] == ["cyclotron"]
    assert found["outage"].what["batches"] == ["run-fdg@20261207T2000Z"]
    assert "service" in found["outage"].sentence


def test_a_drive_of_its_own_where_no_lane_leads() -> None:
    order = one_order("far", "i131", "2 GBq", "2026-12-08", ("08:00", "20:00"))
    base = small_network().model_dump(mode="json", exclude_none=True)
    network, document = planned(3, lanes=base["lanes"][:1], orders=[order], standing_orders=[], processes=[])
    found = shown(network, document, "o")
    assert found["road"].what["from"] == "reactor"
    assert found["road"].cost > 300 + 4 * 300, "more than the longest drive of the lane costs"


def test_the_shift_of_a_window_is_the_least() -> None:
    """Stock at the reactor, 2.6 h by road: a window that closes at 02:00 on the first day needs later hours."""
    order = one_order("near", "i131", "1 GBq", "2026-12-07", ("00:30", "02:00"))
    network, document = planned(2, orders=[order], standing_orders=[], processes=[])
    found = shown(network, document, "o")
    trials = Remedies(cut_excerpt(network, document, "o"))
    shift = found["later_calibration"].what["hours"]
    assert trials._shifted("later_calibration", shift).served
    for less in range(1, shift):
        assert not trials._shifted("later_calibration", less).served
    assert "later" not in found, "goods are not sold after their calibration"


def test_less_than_ordered_where_there_is_less() -> None:
    order = one_order("near", "i131", "12 GBq", "2026-12-08", ("08:00", "12:00"), tolerance=0.05)
    network, document = planned(2, orders=[order], standing_orders=[], processes=[])
    found = shown(network, document, "o")
    left = 9e9 * 2 ** (-36 / (8.0252 * 24))
    assert found["less"].activity_bq == pytest.approx(left, rel=1e-3)
    assert found["less"].what["share"] == pytest.approx(left / 12e9, rel=1e-3)


def test_a_pin_in_the_way_is_named() -> None:
    pins = Pins(batches={"run-fdg@20261207T2000Z": "forbid"}, deliveries={"ga-near.20261208": None})
    network, document = planned(3, pins=pins)
    found = shown(network, document, "fdg-near.20261208")
    assert found["pin"].what == {"pins": ["run-fdg@20261207T2000Z"]}
    assert shown(network, document, "ga-near.20261208")["pin"].what == {"pins": ["ga-near.20261208"]}


def test_the_words_of_an_explanation() -> None:
    network, document = planned()
    unmet = next(row for row in document["unmet"] if row["reason"] == "licence_limit")
    found = explain_order(network, document, unmet["order"])
    assert (found.status, found.reason, found.served_bq) == ("unmet", "licence_limit", 0.0)
    assert unmet["sentence"] in found.sentences
    assert unmet["sentence_zh"] in found.sentences_zh
    assert found.cheapest is not None
    assert found.cheapest.sentence in found.sentences[-1]
    licence = next(one for one in found.remedies if one.kind == "licence")
    assert "Raise the I-131 licence of Tight Hospital by" in licence.sentence
    assert "许可活度提高" in licence.sentence_zh
    assert all(
        one.cost <= two.cost for one, two in zip(found.remedies, found.remedies[1:], strict=False)
        if two.kind != "less"
    )  # fmt: skip
    assert found.as_dict()["cheapest"]["kind"] == found.cheapest.kind


def test_a_served_order_says_how() -> None:
    network, document = planned(7)
    row = next(row for row in document["deliveries"] if row["order"] == "i-near.20261208")
    found = explain_order(network, document, "i-near.20261208")
    assert (found.status, found.remedies) == ("served", [])
    assert found.served_bq == row["activity_bq"]
    assert row["lot"] in found.sentences[0]
    assert "by road" in found.sentences[0]


def test_an_order_that_nothing_serves_says_so() -> None:
    order = one_order("far", "fdg", "900 GBq", "2026-12-08", ("08:00", "16:00"))
    network, document = planned(3, orders=[order], standing_orders=[])
    found: Explanation = explain_order(network, document, "o")
    assert found.cheapest is None
    assert "No single change" in found.sentences[-1]


def test_orders_of_a_replan_are_explained_beside_its_past() -> None:
    network, document = planned()
    now = datetime.fromisoformat("2026-12-09T10:00+08:00")
    events = [parse_event("outage resource=cyclotron start=2026-12-10T00:00 duration=2d reason=target")]
    found = replan(network, document, events, now)
    after = found.plan.as_dict(found.network)
    assert ReplanReferee(network, after, document).check() == []
    explained = explain_order(network, after, "fdg-near.20261210")
    assert explained.reason == "outage"
    kinds = {remedy.kind: remedy for remedy in explained.remedies}
    assert kinds["outage"].what["outages"] == ["cyclotron"]
    # before now nothing can be served any more
    past = explain_order(network, after, "tc-near.20261208")
    assert past.cheapest is None or past.cheapest.kind == "later_calibration"


def test_an_order_that_there_is_not_is_refused() -> None:
    network, document = planned(2)
    with pytest.raises(InputError, match="no order 'nobody'"):
        explain_order(network, document, "nobody")


def test_loads_are_hours_by_hand() -> None:
    base = small_network().model_dump(mode="json", exclude_none=True)
    base["resources"][0]["outages"] = [
        {"start": "2026-12-12T00:00:00+08:00", "end": "2026-12-13T00:00:00+08:00", "reason": "x"},
        {"start": "2026-12-12T12:00:00+08:00", "end": "2026-12-13T12:00:00+08:00", "reason": "x"},
        {"start": "2026-12-01T00:00:00+08:00", "end": "2026-12-02T00:00:00+08:00", "reason": "x"},
    ]
    pins = Pins(
        batches={
            "irr-i131@20261207T0000Z": "start",
            "irr-mo@20261206T1600Z": "start",
            "run-fdg@20261208T0200Z": "start",
        }
    )
    network, document = planned(7, pins=pins, resources=base["resources"], orders=[], standing_orders=[])
    loads = resource_loads(network, document)
    assert loads["pile"].taken_h == pytest.approx(48 + 72)
    assert loads["pile"].available_h == pytest.approx(2 * (7 * 24 - 36))
    assert loads["cyclotron"].taken_h == pytest.approx(2.5)
    assert loads["line"].share == 0.0


def test_what_is_held_at_most_is_as_the_licence_counts() -> None:
    """Two doses of one day and 4 GBq of stock: when the second comes all are there; worked by hand."""
    orders = [
        one_order("near", "i131", "1 GBq", "2026-12-08", ("08:00", "12:00"), id="a"),
        one_order("near", "i131", "2 GBq", "2026-12-08", ("10:00", "12:00"), id="b"),
    ]
    there = {
        "id": "there", "site": "near", "product": "i131", "activity": "4 GBq",
        "reference_time": "2026-12-08T12:00:00+08:00", "expires": "2026-12-08T11:30:00+08:00",
    }  # fmt: skip
    stock = [row.model_dump(mode="json", exclude_none=True) for row in small_network().stock]
    network, document = planned(2, orders=orders, stock=[*stock, there], standing_orders=[], processes=[])
    assert all(row["legs"] for row in document["deliveries"]), "what is there expires before it is wanted"
    rows = {row["order"]: row for row in document["deliveries"]}
    last = max(datetime.fromisoformat(row["arrive"]) for row in rows.values())
    calibration = datetime.fromisoformat("2026-12-08T12:00:00+08:00")
    hours = (calibration - last).total_seconds() / 3600
    expected = 7e9 * 2 ** (hours / (8.0252 * 24))
    assert held_peaks(network, document)["near", "I-131"] == pytest.approx(expected, rel=1e-4)


def test_nuclides_without_a_licence_get_one() -> None:
    network = with_limits(small_network(), {("apt-a", "F-18"): 1e9})
    site = network.site["apt-a"]
    assert site.licence is not None
    assert site.licence.limit_bq("F-18") == 1e9
    assert licence(("F-18", "1 GBq"))["nuclides"]
