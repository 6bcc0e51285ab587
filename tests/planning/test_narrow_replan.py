"""Replans of large plans: families of products that nothing touches are neither enumerated nor changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replan_checker import ReplanReferee
from small import small_network
from test_plan import networks
from test_replan import happenings

from becq.errors import InputError, ProblemsError
from becq.planning import history, plan, solve
from becq.planning.changes import find_changes
from becq.planning.events import parse_event
from becq.planning.families import Families
from becq.planning.lots import enumerate_lots
from becq.planning.options import build_problem
from becq.planning.replan import replan

FIRST = date(2026, 12, 7)
NETWORK = small_network()
WEDNESDAY = "2026-12-09T10:00+08:00"
OF_REACTOR = {"i131", "mo-bulk", "tc-gen", "tc-dose", "lu-bulk", "lu-psma"}
OUTAGE = "outage resource=pile start=2026-12-10T00:00 duration=7d"
Document = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def every_plan_is_large() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "COUPLED_AT_MOST", 0)
        yield


@pytest.fixture(scope="module")
def previous() -> Document:
    found = plan(NETWORK, FIRST, 14).as_dict(NETWORK)
    assert found["apart"]
    return found


def anew(previous: Document, *events: str, **more: Any) -> Document:
    moment = datetime.fromisoformat(WEDNESDAY)
    found = replan(NETWORK, previous, [parse_event(text, moment) for text in events], moment, **more)
    document = found.plan.as_dict(found.network)
    assert ReplanReferee(NETWORK, document, previous).check() == []
    return document


def test_families_are_what_shares_nuclides_inputs_or_positions() -> None:
    families = Families(NETWORK, enumerate_lots(NETWORK, FIRST, 14))
    assert families.of(["i131"]) == OF_REACTOR  # all of them on the two positions of one pile
    assert families.of(["fdg"]) == {"fdg"}
    assert families.of(["ga-dota"]) == {"ga-dota", "ga-gen"}
    assert families.of([]) == frozenset()


def test_machines_that_stand_still_anyway_link_nothing() -> None:
    base = NETWORK.model_dump(mode="json", exclude_none=True)
    base["resources"][0]["outages"] = [
        {"start": "2026-12-01T00:00", "end": "2027-01-01T00:00", "reason": "being built"}
    ]
    network = small_network(resources=base["resources"])
    families = Families(network, enumerate_lots(network, FIRST, 14))
    assert families.of(["i131"]) == {"i131"}
    assert families.of(["tc-dose"]) == {"mo-bulk", "tc-gen", "tc-dose"}


def test_what_another_family_has_stays_to_the_letter(previous: Document) -> None:
    document = anew(previous, OUTAGE)
    assert find_changes(previous, document).batches  # something was touched
    for section in ("batches", "deliveries", "supplies", "unmet"):
        before, after = (
            {
                row.get("id", row.get("order")): {key: value for key, value in row.items() if key != "state"}
                for row in each[section]
                if row["product"] not in OF_REACTOR
            }
            for each in (previous, document)
        )
        assert before.keys() == after.keys()
        for name, row in before.items():
            for key, value in row.items():
                if row.get("kind") == "generator_elution" and key.startswith("activity"):
                    continue  # an elution before now that nobody wanted did not take place
                assert after[name][key] == (pytest.approx(value, rel=1e-9) if "_bq" in key else value)


def test_a_batch_still_to_begin_takes_nothing_in_the_past(previous: Document) -> None:
    """Nothing new happens between the planned handing over on the spot and the start of the batch."""
    starts = {row["id"]: datetime.fromisoformat(row["start"]) for row in previous["batches"]}
    waiting = [
        (moment, starts[batch])
        for row in previous["supplies"]
        if not row["legs"] and (batch := row["id"].split("<")[0]) in starts
        if (moment := datetime.fromisoformat(row["depart"])) < starts[batch] and moment.day > 8
    ]
    assert waiting
    for moment, start in waiting:
        now = moment + (start - moment) / 2
        found = replan(NETWORK, previous, [], now)
        assert ReplanReferee(NETWORK, found.plan.as_dict(found.network), previous).check() == []


def test_it_serves_as_well_as_a_replan_of_everything(previous: Document) -> None:
    narrow, whole = anew(previous, OUTAGE), anew(previous | {"apart": False}, OUTAGE)
    assert narrow["objective"] >= whole["objective"] * (1 - narrow["gap"] - 1e-6)
    assert narrow["served_fraction"] == pytest.approx(whole["served_fraction"], rel=1e-3)
    assert narrow["gap"] < 0.01
    assert narrow["apart"]


def test_only_what_is_touched_is_enumerated(previous: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    settle = history.History.settle

    def look(self: history.History, problem: Any) -> None:
        seen.append((self, problem))
        settle(self, problem)

    monkeypatch.setattr(history.History, "settle", look)
    anew(previous, "outage resource=cyclotron start=2026-12-10T00:00 duration=2d")
    past, problem = seen[-1]
    assert past.open_products == {"fdg"}
    for number, option in enumerate(problem.options):
        if problem.demands[option.demand].product != "fdg":
            assert number in problem.frozen
    everything = build_problem(NETWORK, FIRST, 14)
    assert len(problem.options) < len(everything.options)


def test_without_events_nothing_is_open(previous: Document) -> None:
    document = anew(previous)
    assert find_changes(previous, document).orders == []
    assert document["objective"] == pytest.approx(previous["objective"])


@pytest.mark.parametrize(
    ("event", "product"),
    [
        ('rush site=near product=ga-dota activity="200 MBq" calibration=2026-12-09T15:00', "ga-dota"),
        ("late batch=run-fdg@20261209T2000Z by=2h", "fdg"),
    ],
)
def test_each_event_opens_its_family(previous: Document, event: str, product: str) -> None:
    document = anew(previous, event)
    changed = find_changes(previous, document)
    assert {row.product for row in (*changed.orders, *changed.batches)} <= {product}
    assert changed.orders or changed.batches


def test_new_orders_of_the_network_open_their_family(previous: Document) -> None:
    fewer = previous | {
        section: [row for row in previous[section] if row["order"] != name]
        for name in [next(row["order"] for row in previous["deliveries"] if row["arrive"] > "2026-12-12")]
        for section in ("deliveries", "unmet")
    }
    document = anew(fewer)
    assert len(document["deliveries"]) == len(previous["deliveries"])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(networks(), st.data())
def test_any_narrow_replan_is_lawful(base: dict[str, Any], data: st.DataObject) -> None:
    """Twice in a row: the second knows the events of the first."""
    network = small_network(**{key: value for key, value in base.items() if key != "name"})
    before = plan(network, FIRST, 10).as_dict(network)
    for _ in range(2):
        now, events = data.draw(happenings(before))
        if before.get("now") and now < datetime.fromisoformat(before["now"]):
            return
        try:
            found = replan(network, before, events, now)
        except (InputError, ProblemsError) as error:  # as in test_replan: what cannot have happened
            if isinstance(error, InputError) and not any(
                said in str(error) for said in ("has left by then", "cannot have failed")
            ):
                raise
            return
        document = found.plan.as_dict(found.network)
        assert ReplanReferee(network, document, before).check() == []
        assert document["apart"]
        before = document
