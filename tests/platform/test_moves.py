"""Batches moved by a planner: what is pinned, what is refused, what is undone, and what the next plan makes of it."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from market_world import World, world

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.plans import moves, services
from becq.platform.plans.models import PlanRun, RunStatus

__all__ = ["world"]

FIRST = date(2026, 12, 8)
RUN, LATER, LAST = "run-fdg@20261207T2000Z", "run-fdg@20261207T2300Z", "run-fdg@20261208T0200Z"


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run(world: World) -> PlanRun:
    made = services.request_plan(world.planner, FIRST, 3)
    assert made.status == RunStatus.DONE, made.error
    assert RUN in {row["id"] for row in made.result["batches"]}
    return made


def pins(run: PlanRun) -> dict[str, str]:
    run.refresh_from_db()
    return run.draft_pins["batches"]


def test_a_move_is_two_pins_and_the_next_plan_keeps_it(world, run):
    moves.move_batch(world.planner, run, RUN, LATER)
    assert pins(run) == {RUN: "forbid", LATER: "start"}
    new = services.replan(world.planner, run)
    made = {row["id"]: row for row in new.result["batches"]}
    assert RUN not in made
    assert made[LATER]["pinned"]
    assert new.base == run


def test_moved_on_it_leaves_only_where_it_was_and_moved_back_it_leaves_nothing(world, run):
    moves.move_batch(world.planner, run, RUN, LATER)
    moves.move_batch(world.planner, run, LATER, LAST)
    assert pins(run) == {RUN: "forbid", LAST: "start"}
    run.refresh_from_db()
    moves.move_batch(world.planner, run, LAST, RUN)
    assert pins(run) == {}


def test_dropped_where_it_was_it_is_pinned_there(world, run):
    moves.move_batch(world.planner, run, RUN, RUN)
    assert pins(run) == {RUN: "start"}


def test_what_no_plan_could_keep_is_refused_and_changes_nothing(world, run):
    other = next(
        row["id"] for row in run.result["batches"] if row["process"] == "run-fdg" and row["id"] != RUN
    )
    with pytest.raises(moves.RefusedStartError, match="planned already"):
        moves.move_batch(world.planner, run, RUN, other)
    with pytest.raises(InputError, match="no start"):
        moves.move_batch(world.planner, run, RUN, "run-fdg@20261207T2100Z")
    with pytest.raises(InputError, match="no batch"):
        moves.move_batch(world.planner, run, LATER, RUN)
    with clock.frozen(clock.now() + timedelta(hours=21)), pytest.raises(InputError, match="has begun"):
        moves.move_batch(world.planner, run, RUN, LATER)
    with pytest.raises(InputError, match="begun"):
        moves.set_batch_pins(world.planner, run, {"i131-old": "start"})
    assert pins(run) == {}


def test_only_the_operators_planner_moves(world, run):
    for person in (world.who("planner", "reactor"), world.regulator, world.who("hospital", "near")):
        for act in (
            lambda who: moves.move_batch(who, run, RUN, LATER),
            lambda who: moves.starts_of(who, run, RUN),
            lambda who: moves.set_batch_pins(who, run, {RUN: "start"}),
            lambda who: moves.undo(who, run, [RUN]),
            lambda who: moves.pending(who, run),
        ):
            with pytest.raises(PermissionDeniedError):
                act(person)
    assert pins(run) == {}


def test_a_plan_that_is_not_made_has_nothing_to_move(world, run):
    PlanRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED)
    run.refresh_from_db()
    with pytest.raises(ConflictError, match="only a finished plan"):
        moves.starts_of(world.planner, run, RUN)


def test_undoing_gives_back_the_pins_of_the_plan(world, run):
    moves.set_batch_pins(world.planner, run, {RUN: "start"})
    new = services.replan(world.planner, run)
    moves.move_batch(world.planner, new, RUN, LATER)
    assert pins(new) == {RUN: "forbid", LATER: "start"}
    moves.undo(world.planner, new, [RUN, LATER])
    assert pins(new) == {RUN: "start"}
    moves.set_batch_pins(world.planner, new, {RUN: None})
    assert pins(new) == {}


def test_pending_changes_tell_a_move_as_one(world, run):
    order = run.result["deliveries"][0]["order"]
    services.pin(world.planner, run, deliveries={order: None})
    moves.move_batch(world.planner, run, RUN, LATER)
    other = next(row["id"] for row in run.result["batches"] if row["process"] == "elute-ga")
    moves.set_batch_pins(world.planner, run, {other: "forbid"})
    run.refresh_from_db()
    found, starts = moves.pending(world.planner, run)
    assert found == [
        moves.Pending("move", RUN, LATER),
        moves.Pending("forbid", other),
        moves.Pending("refuse", order),
    ]
    assert set(starts) == {LATER}
    new = services.replan(world.planner, run)
    assert moves.pending(world.planner, new)[0] == []
    moves.undo(world.planner, new, [other])  # it is in the plan now: nothing to undo
    assert moves.pending(world.planner, new)[0] == []
    moves.set_batch_pins(world.planner, new, {other: None})
    new.refresh_from_db()
    assert moves.pending(world.planner, new)[0] == [moves.Pending("free", other)]
