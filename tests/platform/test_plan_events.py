"""A plan on the platform made anew from now: events, what the books know, what-ifs, explanations, conflicting pins."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from becq.errors import ConflictError, InputError, PermissionDeniedError, ProblemsError
from becq.platform import clock
from becq.platform.dispatch.models import Consignment
from becq.platform.market import services as ordering
from becq.platform.market.models import Order
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans import explaining, happenings, selectors, services
from becq.platform.plans.known import known_events
from becq.platform.plans.material import material_of, pack, unpack
from becq.platform.plans.models import NetworkSnapshot, PlanMaterial, PlanRun, Purpose, RunStatus
from becq.platform.production.models import ProductionRun

sys.path.insert(0, str(Path(__file__).parents[1] / "planning"))
from replan_checker import ReplanReferee
from small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once", "before")]

FIRST = date(2026, 12, 7)
BEFORE = datetime(2026, 12, 6, 8, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 9, 2, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 12, 10, 23, 0, tzinfo=UTC)


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def before():
    with clock.frozen(BEFORE):
        yield


@pytest.fixture
def planner(person, organisation, operator):
    network_services.import_network(operator, small_network(), replace=True)
    return person("planner", of=organisation("OP", kind="operator"))


@pytest.fixture
def run(planner):
    made = services.request_plan(planner, FIRST, 14, name="week 50")
    assert made.status == RunStatus.DONE, made.error
    return made


@pytest.fixture
def hospital(operator, planner, person):
    return person("hospital", of=networks.site(operator, "near").organisation)


def outage(resource="cyclotron", start="2026-12-10T00:00+08:00", end="2026-12-12T00:00+08:00"):
    return {"kind": "outage", "resource": resource, "start": start, "end": end, "reason": "magnet"}


def done(run):
    assert run.status == RunStatus.DONE, run.error
    return run


def referee(run):
    """Faults that the independent referee finds in a plan made anew, in the planner's words."""
    document, base = material_of(run).document, material_of(run.base).document
    return ReplanReferee(material_of(run).network, document, base).check()


def start_of(run, batch):
    return datetime.fromisoformat(next(row for row in run.result["batches"] if row["id"] == batch)["start"])


# --- what a plan was made of ------------------------------------------------------------------------


def test_what_a_plan_was_made_of_is_kept_once_and_read_back(planner, run):
    material = material_of(run)
    assert len(material.network.orders) == run.orders
    assert pack(*unpack(pack(material.network, material.coming))) == pack(material.network, material.coming)
    services.request_plan(planner, FIRST, 14)
    assert (PlanMaterial.objects.count(), NetworkSnapshot.objects.count()) == (2, 1)


# --- events -----------------------------------------------------------------------------------------


def test_an_outage_on_a_plan_in_force_moves_only_what_it_touches(planner, run):
    services.commit_plan(planner, run)
    with clock.frozen(WEDNESDAY):
        happenings.add_event(planner, run, outage())
        run.refresh_from_db()
        made = done(happenings.request_replan(planner, run))
    run.refresh_from_db()
    assert run.draft_events == []
    assert (made.base, made.purpose, made.now) == (run, Purpose.REPLAN, WEDNESDAY + happenings.LEAD)
    assert referee(made) == []
    assert {change["product"] for change in made.changes["orders"]} == {"fdg"}
    assert made.changes["orders"]
    assert {message["site"] for message in made.changes["messages"]} == {
        change["site"] for change in made.changes["orders"]
    }
    for row in made.result["batches"]:
        if row["resource"] == "cyclotron":
            start = datetime.fromisoformat(row["start"])
            assert not datetime(2026, 12, 9, 16, tzinfo=UTC) <= start < datetime(2026, 12, 11, 16, tzinfo=UTC)


def test_a_replan_is_committed_in_the_place_of_its_base(planner, run):
    services.commit_plan(planner, run)
    with clock.frozen(WEDNESDAY):
        rush = {
            "kind": "rush",
            "order": {
                "id": "rush-1", "site": "near", "product": "i131", "activity": "1 GBq",
                "calibration": "2026-12-14T12:00+08:00", "earliest": "2026-12-14T06:00+08:00",
                "latest": "2026-12-14T12:00+08:00",
            },
        }  # fmt: skip
        made = done(happenings.request_replan(planner, run, events=[outage(), rush]))
        assert "rush-1" in {row["order"] for row in made.result["deliveries"]}
        assert selectors.past_starts(planner, made) == []
        made = services.commit_plan(planner, made, supersede=True)
        run.refresh_from_db()
        assert run.superseded_by == made
        assert Order.objects.get(code="rush-1").status == "confirmed"
        assert [(row.resource, row.reason) for row in networks.outages(planner)] == [("cyclotron", "magnet")]
        assert not selectors.changes(planner, made)
    planned = {row["id"] for row in made.result["batches"] if row["kind"] != "stock"}
    kept = ProductionRun.objects.exclude(status="cancelled")
    assert set(kept.values_list("code", flat=True)) == planned
    sent = {row["order"] for row in made.result["deliveries"]}
    live = Consignment.objects.exclude(status="cancelled").exclude(order_code="")
    assert set(live.values_list("order_code", flat=True)) == sent


def test_a_batch_that_starts_before_the_replan_is_committed_stays(planner, run):
    services.commit_plan(planner, run)
    batch = next(
        row for row in run.result["batches"] if row["process"] == "run-fdg" and row["start"] > "2026-12-09"
    )
    start = datetime.fromisoformat(batch["start"])
    with clock.frozen(start - timedelta(minutes=5)):
        made = done(happenings.request_replan(planner, run, events=[]))
        assert made.now > start
        services.commit_plan(planner, made, supersede=True)
        found = ProductionRun.objects.get(code=batch["id"])
        assert (found.status, found.plan_code) == ("planned", made.code)


def test_what_the_books_gave_up_of_the_past_stays_given_up(planner, run):
    services.commit_plan(planner, run)
    with clock.frozen(WEDNESDAY):
        batch = next(row for row in run.result["batches"] if row["process"] == "run-fdg")
        assert batch["expires"] < WEDNESDAY.isoformat()
        ProductionRun.objects.filter(code=batch["id"]).update(status="failed")
        Consignment.objects.filter(lot_code=batch["id"]).update(status="cancelled")
        made = done(happenings.request_replan(planner, run, events=[]))
        assert selectors.past_starts(planner, made) == []
        services.commit_plan(planner, made, supersede=True)
        assert ProductionRun.objects.get(code=batch["id"]).status == "failed"
        assert set(Consignment.objects.filter(lot_code=batch["id"]).values_list("status", flat=True)) == {
            "cancelled"
        }


def test_what_was_not_carried_out_is_no_past_to_commit(planner, run):
    with clock.frozen(WEDNESDAY):
        made = done(happenings.request_replan(planner, run, events=[outage()]))
        assert selectors.past_starts(planner, made)
        with pytest.raises(ConflictError, match="have passed|stale"):
            services.commit_plan(planner, made)


def test_a_what_if_is_never_carried_out(planner, run):
    """An outage that was only asked about is not declared, and an order that nobody placed is not taken."""
    made = done(
        happenings.request_replan(planner, run, events=[outage()], name="what if", purpose="scenario")
    )
    with pytest.raises(ConflictError, match="is a what-if"):
        services.commit_plan(planner, made)
    made.refresh_from_db()
    assert made.committed_at is None


def test_events_that_fit_nothing_are_refused_where_they_are_added(planner, run):
    with pytest.raises(ProblemsError, match="no batch 'nothing@20261207T0000Z'"):
        happenings.add_event(planner, run, {"kind": "late", "batch": "nothing@20261207T0000Z", "by": "2 h"})
    with pytest.raises(ProblemsError, match="end: it ends before it starts"):
        happenings.add_event(planner, run, outage(end="2026-12-09T00:00+08:00"))
    with pytest.raises(ProblemsError, match="by: is missing"):
        happenings.add_event(planner, run, {"kind": "late", "batch": "x"})
    run.refresh_from_db()
    assert run.draft_events == []
    with pytest.raises(InputError, match="can be made anew from 2026-12-07 00:00"):
        happenings.request_replan(planner, run, now=BEFORE)
    happenings.add_event(planner, run, outage())
    happenings.remove_event(planner, run, 0)
    run.refresh_from_db()
    assert run.draft_events == []


def test_the_order_book_as_it_is_goes_into_a_replan_and_not_into_a_what_if(planner, hospital, run):
    services.commit_plan(planner, run)
    codes = sorted(row["order"] for row in run.result["deliveries"] if row["depart"] > "2026-12-11")
    cancelled, changed = (
        next(code for code in codes if code.startswith(f"{name}-near")) for name in ("i", "fdg")
    )
    with clock.frozen(WEDNESDAY):
        ordering.cancel_order(planner, Order.objects.get(code=cancelled), reason="machine broken")
        order = Order.objects.get(code=changed)
        ordering.amend_order(planner, order, activity="1 GBq")
        ordering.place_order(
            hospital, site="near", product="i131", activity="0.5 GBq", earliest="2026-12-14 06:00",
            latest="2026-12-14 12:00", calibration="2026-12-14 12:00", code="new-1",
        )  # fmt: skip
        made = done(happenings.request_replan(planner, run, events=[]))
        served = {row["order"]: row["activity_bq"] for row in made.result["deliveries"]}
        assert cancelled not in served
        assert served[changed] == pytest.approx(1e9, rel=0.11)
        assert "new-1" in served
        assert not selectors.changes(planner, made)
        told = {change["order"]: change["kind"] for change in made.changes["orders"]}
        assert (told[changed], told["new-1"]) == ("changed", "new")
        assert cancelled not in told, "who took an order back is told nothing of it"
        same = done(happenings.request_replan(planner, run, events=[], name="as it was", purpose="scenario"))
        assert same.changes["orders"] == []
        with pytest.raises(ConflictError, match="is a what-if"):
            services.commit_plan(planner, same, supersede=True)


def test_the_books_tell_of_what_went_otherwise(planner, operator, run):
    services.commit_plan(planner, run)
    batch = next(
        row
        for row in sorted(run.result["batches"], key=lambda row: row["start"])
        if row["process"] == "irr-mo"
    )
    late = next(
        row
        for row in run.result["batches"]
        if row["process"] == "run-fdg" and row["eob"] < FRIDAY.isoformat() < row["expires"]
    )
    with clock.frozen(FRIDAY):
        made = ProductionRun.objects.get(code=batch["id"])
        made.status, made.note = "failed", "broken ampoule"
        made.save()
        other = ProductionRun.objects.get(code=late["id"])
        other.status, other.assayed_bq = "assayed", late["activity_eob_bq"] * 0.8
        other.actual_eob = datetime.fromisoformat(late["eob"]) + timedelta(minutes=40)
        other.save()
        network_services.declare_outage(planner, "line", FRIDAY, FRIDAY + timedelta(days=2), "gloves torn")
        known = known_events(planner, run)
        assert [(each.row["kind"], each.batch) for each in known] == [
            *sorted([("failed", batch["id"]), ("late", late["id"]), ("activity", late["id"])],
                    key=lambda pair: (start_of(run, pair[1]), pair[1], pair[0] == "activity")),
            ("outage", ""),
        ]  # fmt: skip
        for each in known:
            happenings.add_event(planner, run, each.row)
        run.refresh_from_db()
        assert known_events(planner, run) == []
        again = done(happenings.request_replan(planner, run))
        assert referee(again) == []
        assert known_events(planner, again) == []
        assert not selectors.changes(planner, again).network


# --- what-ifs ---------------------------------------------------------------------------------------


def test_what_ifs_have_names_are_listed_renamed_and_deleted(planner, run):
    with pytest.raises(InputError, match="name"):
        happenings.request_replan(planner, run, events=[outage()], purpose="scenario")
    happenings.add_variation(planner, run, {"kind": "positions", "resource": "pile", "positions": 3})
    with pytest.raises(InputError, match="does not have"):
        happenings.add_variation(planner, run, {"kind": "positions", "resource": "nothing", "positions": 3})
    made = done(happenings.request_replan(planner, run, name="third position", purpose="scenario"))
    run.refresh_from_db()
    assert run.draft_variations == []
    assert [row["kind"] for row in made.variations] == ["positions"]
    assert made.served_fraction >= run.served_fraction - 1e-9
    assert [each.code for each in happenings.scenarios(planner, run)] == [made.code]
    with pytest.raises(ConflictError, match="is a what-if"):
        services.commit_plan(planner, made)
    with pytest.raises(InputError, match="make it a what-if"):
        happenings.request_replan(planner, made, events=[])
    deeper = done(happenings.request_replan(planner, made, events=[outage()], name="and", purpose="scenario"))
    assert deeper.variations == made.variations
    with pytest.raises(ConflictError, match="base"):
        happenings.delete_scenario(planner, made)
    happenings.delete_scenario(planner, deeper)
    happenings.delete_scenario(planner, made)
    with pytest.raises(ConflictError, match="no what-if"):
        happenings.delete_scenario(planner, run)
    assert list(PlanRun.objects.all()) == [run]
    assert NetworkSnapshot.objects.count() == 1


def test_pins_are_kept_and_new_ones_obeyed(planner, run):
    batches = sorted(row["id"] for row in run.result["batches"] if row["process"] == "run-fdg")
    pinned = services.pin(planner, run, batches={batches[-1]: "forbid", batches[-2]: "start"})
    made = done(happenings.request_replan(planner, pinned, events=[]))
    assert batches[-1] not in {row["id"] for row in made.result["batches"]}
    assert batches[-2] in {row["id"] for row in made.result["batches"]}
    free = services.pin(planner, made, unpin=[batches[-1]])
    again = done(happenings.request_replan(planner, free, events=[], touched=[batches[-1]]))
    assert again.pins["batches"] == {batches[-2]: "start"}
    assert batches[-1] in {row["id"] for row in again.result["batches"]}


# --- explanations -----------------------------------------------------------------------------------


def test_an_unmet_order_is_explained_and_the_change_taken(planner, run):
    order = next(row["order"] for row in run.result["unmet"] if row["reason"] == "licence_limit")
    row = explaining.request_explanation(planner, run, order)
    assert row.status == RunStatus.DONE, row.error
    assert row.result["order"] == order
    assert row.result["remedies"]
    assert explaining.request_explanation(planner, run, order) == row, "one that is done is answered with"
    cheapest = row.result["remedies"][0]
    made = done(explaining.take(planner, row, 0))
    got = sum(each["activity_bq"] for each in made.result["deliveries"] if each["order"] == order)
    assert got >= cheapest["activity_bq"] * (1 - 1e-3)
    assert (made.purpose, made.base) == (Purpose.SCENARIO, run)
    with pytest.raises(InputError, match="no change"):
        explaining.take(planner, row, 99)
    with pytest.raises(InputError, match="no order"):
        explaining.request_explanation(planner, run, "nothing")


# --- pins that contradict each other ----------------------------------------------------------------


def test_conflicting_pins_are_named_and_one_is_taken_away(planner, run):
    pins = {
        "batches": {
            "irr-mo@20261206T1600Z": "start",
            "run-fdg@20261207T2000Z": "start",
            "irr-lu@20261207T0000Z": "start",
            "irr-i131@20261207T0000Z": "start",
        }
    }
    failed = services.request_plan(planner, FIRST, 14, pins=pins)
    assert failed.status == RunStatus.FAILED
    named = {pin["name"] for pin in failed.conflict["pins"]}
    assert named == set(pins["batches"]) - {"run-fdg@20261207T2000Z"}
    with pytest.raises(InputError, match="no pin"):
        happenings.plan_without(planner, failed, "nothing")
    made = done(happenings.plan_without(planner, failed, "irr-lu@20261207T0000Z"))
    assert set(made.pins["batches"]) == set(pins["batches"]) - {"irr-lu@20261207T0000Z"}
    again = happenings.request_replan(planner, services.pin(planner, run, batches=pins["batches"]), events=[])
    assert again.status == RunStatus.FAILED
    assert {pin["name"] for pin in again.conflict["pins"]} == named
    assert done(happenings.plan_without(planner, again, "irr-lu@20261207T0000Z")).base == run


def test_what_failed_is_opened_again_on_its_base(planner, run):
    batches = dict.fromkeys(
        ("irr-mo@20261206T1600Z", "irr-lu@20261207T0000Z", "irr-i131@20261207T0000Z"), "start"
    )
    happenings.add_event(planner, services.pin(planner, run, batches=batches), outage())
    failed = happenings.request_replan(planner, run)
    assert failed.status == RunStatus.FAILED
    run.refresh_from_db()
    assert run.draft_events == []
    assert happenings.reopen(planner, failed).draft_events == failed.events
    assert happenings.remove_all(planner, run).draft_events == []
    with pytest.raises(ConflictError, match="not made anew"):
        happenings.reopen(planner, run)


# --- who may ----------------------------------------------------------------------------------------


def test_only_the_operators_planners_may(planner, hospital, run):
    services.commit_plan(planner, run)
    order = run.result["unmet"][0]["order"]
    row = explaining.request_explanation(planner, run, order)
    for attempt in (
        lambda: happenings.add_event(hospital, run, outage()),
        lambda: happenings.remove_event(hospital, run, 0),
        lambda: happenings.remove_all(hospital, run),
        lambda: happenings.reopen(hospital, run),
        lambda: happenings.add_variation(hospital, run, {"kind": "partial", "order": order}),
        lambda: happenings.request_replan(hospital, run, events=[]),
        lambda: known_events(hospital, run),
        lambda: happenings.plan_without(hospital, run, "x"),
        lambda: happenings.delete_scenario(hospital, run),
        lambda: explaining.request_explanation(hospital, run, order),
        lambda: explaining.explanation(hospital, run, order),
        lambda: explaining.take(hospital, row, 0),
        lambda: explaining.cancel_explanation(hospital, row),
    ):
        with pytest.raises(PermissionDeniedError):
            attempt()
