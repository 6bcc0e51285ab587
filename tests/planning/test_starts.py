"""Starts that a batch could have: the calendar of its process and of its equals, and why one is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from small import small_network

from becq.errors import InputError
from becq.planning import Pins, plan
from becq.planning.starts import batch_starts, equal_processes, planned_starts

FIRST = date(2026, 12, 7)


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-12-{text}:00+08:00").timestamp()


def two_cyclotrons(**changes):
    """The small network with a second cyclotron that runs the same, at other times."""
    base = small_network()
    resources = [row.model_dump() for row in base.resources]
    processes = [row.model_dump() for row in base.processes]
    run = next(row for row in processes if row["id"] == "run-fdg")
    second = {"id": "second", "name": "Second", "name_zh": "二号"}
    resources.append({**next(row for row in resources if row["id"] == "cyclotron"), **second})
    processes.append(
        {**run, "id": "run-second", "resource": "second", "start_times": ["05:00"], "cost": 7500}
    )
    return small_network(resources=resources, processes=processes, **changes)


def row(batch: str, start: str, eob: str, **more):
    fields = {"resource": "cyclotron", "process": batch.partition("@")[0], "state": "planned"}
    return {
        "id": batch,
        "start": f"2026-12-{start}:00+08:00",
        "eob": f"2026-12-{eob}:00+08:00",
        **fields,
        **more,
    }


def document(*batches, days=3, resources=()):
    return {
        "from": "2026-12-07T00:00:00+08:00",
        "to": f"2026-12-{7 + days:02d}T00:00:00+08:00",
        "batches": list(batches),
        "resources": list(resources),
    }


MONDAY_4, MONDAY_7 = "run-fdg@20261206T2000Z", "run-fdg@20261206T2300Z"
OWN = row(MONDAY_4, "07T04:00", "07T06:00")


def reasons(found):
    return {start.batch: start.reason for start in found}


def test_the_calendar_gives_the_starts_of_the_process_and_of_its_equal():
    network = two_cyclotrons()
    found = batch_starts(network, document(OWN), MONDAY_4, now=at("07T00:00"))
    assert [(each.process, each.start) for each in found[:4]] == [
        ("run-fdg", at("07T04:00")), ("run-second", at("07T05:00")),
        ("run-fdg", at("07T07:00")), ("run-fdg", at("07T10:00")),
    ]  # fmt: skip
    assert len(found) == 3 * 4
    assert reasons(found)[MONDAY_4] == "own"
    assert [each.reason for each in found].count("") == 11
    assert found[1].resource == "second"
    assert found[1].is_allowed


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 7300.0},
        {"activity_per_batch": 1e11},
        {"processing_yield": 0.6},
        {"site": "reactor"},
        {"product": "i131"},
    ],
)
def test_what_makes_otherwise_is_no_equal(changes):
    network = two_cyclotrons()
    processes = [
        each.model_copy(update=changes) if each.id == "run-second" else each for each in network.processes
    ]
    network = network.with_rows(processes=processes)
    assert [each.id for each in equal_processes(network, network.process["run-fdg"])] == ["run-fdg"]


def test_a_resource_of_another_kind_is_no_equal():
    network = two_cyclotrons()
    resources = [
        each.model_copy(update={"kind": "accelerator"}) if each.id == "second" else each
        for each in network.resources
    ]
    network = network.with_rows(resources=resources)
    assert len(equal_processes(network, network.process["run-fdg"])) == 1


def test_past_outage_and_what_is_planned_are_refused_with_their_reason():
    down = {"start": "2026-12-08T06:00", "end": "2026-12-08T08:00", "reason": "pump", "reason_zh": "泵"}
    network = small_network(processes=[
        {**each.model_dump(), "outages": [down] if each.id == "run-fdg" else []} for each in small_network().processes
    ])  # fmt: skip
    planned = row("run-fdg@20261208T2000Z", "09T04:00", "09T06:00")
    found = batch_starts(network, document(OWN, planned), MONDAY_4, now=at("07T03:00"))
    by_name = {each.batch: each for each in found}
    assert by_name["run-fdg@20261207T2300Z"].reason == "outage"
    assert "pump" in by_name["run-fdg@20261207T2300Z"].sentence
    assert "泵" in by_name["run-fdg@20261207T2300Z"].sentence_zh
    assert by_name["run-fdg@20261208T2000Z"].reason == "planned"
    late = row("run-fdg@20261207T0200Z", "07T10:00", "07T12:00")
    past = batch_starts(network, document(late), late["id"], now=at("07T05:00"))
    assert reasons(past)[MONDAY_4] == "past"
    assert reasons(past)[MONDAY_7] == ""


def test_an_outage_that_only_the_plan_knows_is_refused():
    down = {
        "start": "2026-12-07T22:00:00+00:00",
        "end": "2026-12-08T00:00:00+00:00",
        "reason": "scram",
        "reason_zh": "停堆",
    }
    made = document(OWN, resources=[{"id": "cyclotron", "outages": [down]}])
    found = batch_starts(small_network(), made, MONDAY_4, now=at("07T00:00"))
    assert {each.batch for each in found if each.reason == "outage"} == {
        "run-fdg@20261207T2000Z", "run-fdg@20261207T2300Z",
    }  # fmt: skip


def test_positions_taken_by_what_is_fixed_refuse_and_what_is_free_gives_way():
    network = small_network()
    other = row("run-other@20261206T2230Z", "07T06:30", "07T09:00", process="run-other")
    free = {
        each.batch: each for each in batch_starts(network, document(OWN, other), MONDAY_4, now=at("07T00:00"))
    }
    assert free[MONDAY_7].is_allowed
    assert free[MONDAY_7].gives_way == (other["id"],)
    assert free["run-fdg@20261207T0200Z"].gives_way == ()  # changeover is over at 09:30, it starts at 10:00
    pins = {other["id"]: "start"}
    fixed = batch_starts(network, document(OWN, other), MONDAY_4, now=at("07T00:00"), pins=pins)
    assert reasons(fixed)[MONDAY_7] == "taken"
    begun = batch_starts(network, document(OWN, {**other, "state": "begun"}), MONDAY_4, now=at("07T00:00"))
    assert reasons(begun)[MONDAY_7] == "taken"
    gone = batch_starts(
        network, document(OWN, other), MONDAY_4, now=at("07T00:00"), pins={other["id"]: "forbid"}
    )
    assert {each.batch: each for each in gone}[MONDAY_7].gives_way == ()


def test_two_that_only_follow_each_other_do_not_take_two_positions():
    network = small_network(resources=[
        {**each.model_dump(), "positions": 2} if each.id == "cyclotron" else each.model_dump()
        for each in small_network().resources
    ])  # fmt: skip
    early = row("run-other@a", "07T05:00", "07T07:00", state="begun", process="run-other")  # to 07:30
    late = row("run-other@b", "07T08:00", "07T09:00", state="begun", process="run-other")
    found = batch_starts(network, document(OWN, early, late), MONDAY_4, now=at("07T00:00"))
    assert reasons(found)[MONDAY_7] == ""
    both = row("run-other@c", "07T07:00", "07T09:00", state="begun", process="run-other")
    found = batch_starts(network, document(OWN, both, late), MONDAY_4, now=at("07T00:00"))
    assert reasons(found)[MONDAY_7] == "taken"


def test_a_pinned_start_that_the_plan_lacks_takes_its_position_and_can_be_moved_on():
    network = two_cyclotrons()
    pins = {MONDAY_4: "forbid", MONDAY_7: "start"}
    found = reasons(batch_starts(network, document(OWN), MONDAY_7, now=at("07T00:00"), pins=pins))
    assert found[MONDAY_7] == "own"
    assert found[MONDAY_4] == ""
    others = row("run-fdg@20261207T2000Z", "08T04:00", "08T06:00")
    refused = batch_starts(network, document(OWN, others), others["id"], now=at("07T00:00"), pins=pins)
    assert reasons(refused)[MONDAY_7] == "planned"
    assert planned_starts(network, document(OWN), pins)[MONDAY_7].release == at("07T10:00")


def test_what_has_begun_or_is_unknown_cannot_be_moved():
    network = small_network()
    with pytest.raises(InputError, match="has begun"):
        batch_starts(network, document(OWN), MONDAY_4, now=at("07T05:00"))
    with pytest.raises(InputError, match="no batch"):
        batch_starts(network, document(OWN), MONDAY_7, now=at("07T00:00"))
    with pytest.raises(InputError, match="no batch"):
        batch_starts(network, document(OWN), "nothing@1", now=at("07T00:00"))


def test_the_planner_takes_every_start_that_is_said_to_be_allowed():
    network = two_cyclotrons()
    made = plan(network, FIRST, 3)
    data = made.as_dict(network)
    batch = next(each["id"] for each in data["batches"] if each["process"] in {"run-fdg", "run-second"})
    found = [each for each in batch_starts(network, data, batch, now=at("07T00:00")) if each.is_allowed]
    assert len(found) > 5
    for start in found[::3]:
        pins = Pins(batches={batch: "forbid", start.batch: "start"})
        again = {each.id: each for each in plan(network, FIRST, 3, pins=pins).batches}
        assert batch not in again
        assert again[start.batch].pinned
