"""Plans in the platform: made in the background, pinned, compared, committed all or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.dispatch.models import Consignment
from becq.platform.market import selectors as market
from becq.platform.market import services as ordering
from becq.platform.market.models import Order, OrderEvent
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans import input as plan_input
from becq.platform.plans import selectors, services, tasks
from becq.platform.plans.models import PlanRun, RunStatus
from becq.platform.production.models import ProductionRun
from planning.small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once", "before")]

FIRST = date(2026, 12, 7)
BEFORE = datetime(2026, 12, 6, 8, 0, tzinfo=UTC)


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
    made = services.request_plan(planner, FIRST, 7, name="week 50")
    assert made.status == RunStatus.DONE, made.error
    return made


@pytest.fixture
def people(operator, planner, person):
    def make(role, site):
        return person(role, of=networks.site(operator, site).organisation)

    return make


def fdg_batches(run):
    return sorted(batch["id"] for batch in run.result["batches"] if batch["process"] == "run-fdg")


# --- running --------------------------------------------------------------------------------------


def test_a_plan_is_made_of_the_order_book(planner, run):
    assert (run.code, run.name) == ("P20261207-01", "week 50")
    assert run.orders == len(run.planned_orders) == 31
    assert not Order.objects.exists(), "asking for a plan writes nothing into the order books"
    assert run.orders_served == run.orders - len(run.result["unmet"])
    assert run.served_fraction == run.result["served_fraction"] > run.greedy_served_fraction - 1e-9
    assert (run.progress, run.error, run.started_at, run.finished_at) == (1.0, "", BEFORE, BEFORE)
    assert {row["order"] for row in run.result["deliveries"]} <= set(run.planned_orders)
    assert services.request_plan(planner, FIRST, 7).code == "P20261207-02"
    assert selectors.staleness(planner, run) == []
    services.commit_plan(planner, run)
    assert set(Order.objects.values_list("code", "source")) == {
        (code, "standing") for code in run.planned_orders
    }


def test_an_outage_in_the_database_is_kept_clear_of(planner, run):
    batch = next(batch for batch in run.result["batches"] if batch["process"] == "run-fdg")
    start = datetime.fromisoformat(batch["start"])
    network_services.declare_outage(planner, "cyclotron", start, start + timedelta(hours=2), "repair")
    again = services.request_plan(planner, FIRST, 7)
    assert fdg_batches(again)
    assert batch["id"] not in fdg_batches(again)


@pytest.mark.parametrize(
    ("days", "pins", "limit", "said"),
    [
        (0, None, 60, "1 to 92"),
        (93, None, 60, "1 to 92"),
        (7, {"batches": {"x": "maybe"}}, 60, "batches.x"),
        (7, {"lots": {}}, 60, "lots"),
        (7, None, 0.0, "1 s"),
    ],
)
def test_a_senseless_request_is_refused(planner, days, pins, limit, said):
    with pytest.raises(InputError, match=said):
        services.request_plan(planner, FIRST, days, pins=pins, time_limit_s=limit)
    assert not PlanRun.objects.exists()


def test_a_pin_that_names_nothing_fails_the_run_and_says_so(planner):
    run = services.request_plan(planner, FIRST, 7, pins={"batches": {"run-fdg@20300101T0000Z": "start"}})
    assert run.status == RunStatus.FAILED
    assert "run-fdg@20300101T0000Z" in run.error


def test_an_internal_error_fails_the_run_without_its_inside(planner, monkeypatch):
    def explode(*args, **kwargs):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(tasks, "plan", explode)
    run = services.request_plan(planner, FIRST, 7)
    assert run.status == RunStatus.FAILED
    assert "ZeroDivisionError" in run.error
    assert "secret" not in run.error


def test_progress_is_written_and_a_cancelled_run_stops_at_the_next_report(planner, monkeypatch):
    seen = []

    def slow(network, first, days, *, progress, **kwargs):
        progress(0.25, "half of a half")
        running = PlanRun.objects.get()
        seen.append((running.status, running.progress, running.progress_text))
        assert services.cancel_run(planner, running).status == RunStatus.RUNNING
        progress(0.5, "half")
        seen.append("not reached")

    monkeypatch.setattr(tasks, "plan", slow)
    run = services.request_plan(planner, FIRST, 7)
    assert seen == [("running", 0.25, "half of a half")]
    assert (run.status, run.result) == (RunStatus.CANCELLED, None)
    with pytest.raises(ConflictError, match="already"):
        services.cancel_run(planner, run)


def test_a_waiting_run_is_cancelled_at_once_and_never_worked_on(planner, settings, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    run = services.request_plan(planner, FIRST, 7)
    assert run.status == RunStatus.QUEUED
    assert services.cancel_run(planner, run).status == RunStatus.CANCELLED
    monkeypatch.setattr(tasks, "plan", None)
    tasks.execute_plan.call(run.pk)
    assert PlanRun.objects.get().status == RunStatus.CANCELLED


def test_a_run_whose_worker_is_gone_can_be_cancelled(planner, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    run = services.request_plan(planner, FIRST, 7)
    PlanRun.objects.update(status=RunStatus.RUNNING, heartbeat_at=BEFORE - timedelta(minutes=10))
    assert selectors.progress(planner, run.code)["stalled"]
    assert services.cancel_run(planner, run).status == RunStatus.CANCELLED


def test_reports_are_written_at_most_twice_a_second(planner, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    run = services.request_plan(planner, FIRST, 7)
    PlanRun.objects.update(status=RunStatus.RUNNING)
    report = tasks.Reporter(run)
    for step in range(50):
        report(step / 100, f"step {step}")
    run.refresh_from_db()
    assert run.progress_text == "step 0"


# --- pins -----------------------------------------------------------------------------------------


def test_replanning_keeps_what_is_pinned(planner, run):
    forbidden = fdg_batches(run)[0]
    served = next(row for row in run.result["deliveries"] if row["product"] == "ga-dota")
    pinned = services.pin(planner, run, batches={forbidden: "forbid"}, deliveries={served["order"]: None})
    assert pinned.pins == {"batches": {}, "deliveries": {}}
    again = services.replan(planner, pinned)
    assert again.status == RunStatus.DONE, again.error
    assert (again.base, again.first, again.days) == (run, run.first, run.days)
    assert again.pins == {"batches": {forbidden: "forbid"}, "deliveries": {served["order"]: None}}
    assert forbidden not in fdg_batches(again)
    assert served["order"] not in {row["order"] for row in again.result["deliveries"]}
    third = services.replan(planner, again)
    assert third.pins == again.pins
    freed = services.pin(planner, third, unpin=[forbidden, served["order"]])
    assert freed.draft_pins == {"batches": {}, "deliveries": {}}
    assert services.replan(planner, freed).served_fraction == pytest.approx(run.served_fraction, abs=1e-3)


def test_a_pin_on_what_the_plan_does_not_know_is_refused(planner, run):
    with pytest.raises(InputError, match="no order"):
        services.pin(planner, run, deliveries={"nobody": None})
    with pytest.raises(InputError, match="batches"):
        services.pin(planner, run, batches={fdg_batches(run)[0]: "perhaps"})
    run.refresh_from_db()
    assert run.draft_pins == {"batches": {}, "deliveries": {}}


def test_pins_of_cancelled_orders_are_left_out(planner, run):
    ordering.materialise_standing_orders(planner, FIRST, 7)
    code = run.result["deliveries"][0]["order"]
    pinned = services.pin(planner, run, deliveries={code: None})
    ordering.cancel_order(planner, market.order(planner, code), reason="patient ill")
    again = services.replan(planner, pinned)
    assert again.status == RunStatus.DONE
    assert again.pins["deliveries"] == {}


# --- comparing ------------------------------------------------------------------------------------


def test_two_plans_are_compared(planner, run):
    forbidden = fdg_batches(run)[0]
    again = services.replan(planner, services.pin(planner, run, batches={forbidden: "forbid"}))
    found = selectors.compare(planner, run, again)
    assert forbidden in found["batches"]["only_a"]
    assert found["batches"]["both"]
    assert found["headline"]["orders"] == {"a": 31, "b": 31, "difference": 0}
    lost = found["headline"]["orders_served"]["difference"]
    assert lost == len(found["orders"]["served_only_b"]) - len(found["orders"]["served_only_a"]) < 0
    assert set(found["orders"]["served_only_a"]) == set(found["orders"]["unmet_only_b"])
    fdg = found["products"]["fdg"]
    assert fdg["served_a_bq"] - fdg["served_b_bq"] > 1e9
    same = selectors.compare(planner, run, run)
    assert same["batches"]["only_a"] == same["batches"]["only_b"] == []
    assert all(row["difference"] in (0, None) for row in same["headline"].values())


# --- committing -----------------------------------------------------------------------------------


def test_a_committed_plan_is_carried_out(planner, run):
    committed = services.commit_plan(planner, run)
    assert (committed.committed_at, committed.committed_by) == (BEFORE, planner)
    batches = {batch["id"] for batch in run.result["batches"] if batch["kind"] != "stock"}
    assert set(ProductionRun.objects.values_list("code", flat=True)) == batches
    served = {row["order"]: row for row in run.result["deliveries"]}
    sent = Consignment.objects.exclude(order_code="")
    assert set(sent.values_list("order_code", flat=True)) == set(served)
    unmet = {row["order"]: row for row in run.result["unmet"]}
    for order in Order.objects.all():
        assert order.plan_code == run.code
        if order.code in served:
            assert order.status == "confirmed"
            assert order.confirmed_activity_bq == served[order.code]["activity_bq"]
            assert order.confirmed_lot == served[order.code]["lot"]
            assert order.supplier == networks.site(planner, served[order.code]["from"]).organisation
        else:
            assert (order.status, order.unmet_reason) == ("unmet", unmet[order.code]["reason"])
            assert order.unmet_sentence_zh == unmet[order.code]["sentence_zh"]
    assert selectors.plan_in_force(planner).code == run.code


def test_a_plan_is_committed_once(planner, run):
    services.commit_plan(planner, run)
    events, runs = OrderEvent.objects.count(), ProductionRun.objects.count()
    with pytest.raises(ConflictError, match="already"):
        services.commit_plan(planner, run, supersede=True)
    assert (OrderEvent.objects.count(), ProductionRun.objects.count()) == (events, runs)


@pytest.mark.parametrize(
    "broken",
    ["production.schedule_runs", "dispatch.schedule_consignments", "market.confirm_orders"],
)
def test_nothing_is_half_committed(planner, run, monkeypatch, broken):
    module, name = broken.split(".")
    target = getattr(services, module)
    original = getattr(target, name)

    def fail_at_the_end(*args, **kwargs):
        original(*args, **kwargs)
        raise ConflictError("no")

    monkeypatch.setattr(target, name, fail_at_the_end)
    with pytest.raises(ConflictError, match="no"):
        services.commit_plan(planner, run)
    run.refresh_from_db()
    assert run.committed_at is None
    assert not ProductionRun.objects.exists()
    assert not Consignment.objects.exists()
    assert not Order.objects.exists()


def test_an_unfinished_plan_is_not_committed(planner, run):
    PlanRun.objects.update(status=RunStatus.FAILED)
    with pytest.raises(ConflictError, match="failed"):
        services.commit_plan(planner, run)


def test_a_stale_plan_is_not_committed_and_says_why(planner, run):
    ordering.materialise_standing_orders(planner, FIRST, 7)
    orders = [market.order(planner, row["order"]) for row in run.result["deliveries"][:2]]
    assert selectors.staleness(planner, run) == []
    ordering.amend_order(planner, orders[0], activity="1 MBq")
    ordering.cancel_order(planner, orders[1], reason="ill")
    network_services.declare_outage(planner, "pile", BEFORE, BEFORE + timedelta(days=1), "repair")
    reasons = " ".join(selectors.staleness(planner, run))
    assert orders[0].code in reasons
    assert orders[1].code in reasons
    assert "network" in reasons
    with pytest.raises(ConflictError, match="stale"):
        services.commit_plan(planner, run)
    assert not ProductionRun.objects.exists()


def test_a_standing_order_that_has_ended_makes_a_plan_stale(planner, run):
    standing = market.standing_orders(planner).get(code=next(iter(run.planned_orders)).rsplit(".", 1)[0])
    ordering.end_standing_order(planner, standing, reason="closed")
    assert "no longer open" in selectors.staleness(planner, run)[0]
    with pytest.raises(ConflictError, match="stale"):
        services.commit_plan(planner, run)
    assert not Order.objects.exists()


def test_a_new_order_makes_a_plan_stale(planner, run):
    ordering.place_order(
        planner, site="near", product="i131", activity="1 GBq", calibration="2026-12-09 12:00",
        earliest="2026-12-09 08:00", latest="2026-12-09 12:00",
    )  # fmt: skip
    assert "new" in selectors.staleness(planner, run)[0]


def test_a_plan_takes_the_place_of_another_only_when_told(planner, run):
    services.commit_plan(planner, run)
    forbidden = fdg_batches(run)[0]
    again = services.replan(planner, services.pin(planner, run, batches={forbidden: "forbid"}))
    assert [other.code for other in selectors.overlapping(planner, again)] == [run.code]
    with pytest.raises(ConflictError, match=run.code):
        services.commit_plan(planner, again)
    services.commit_plan(planner, again, supersede=True)
    run.refresh_from_db()
    assert run.superseded_by == again
    assert not run.is_in_force
    assert set(Order.objects.values_list("plan_code", flat=True)) == {again.code}
    standing = ProductionRun.objects.exclude(status="cancelled").values_list("code", flat=True)
    assert set(standing) == {b["id"] for b in again.result["batches"] if b["kind"] != "stock"}
    served = {row["order"] for row in again.result["deliveries"]}
    sent = Consignment.objects.exclude(status="cancelled").exclude(order_code="")
    assert set(sent.values_list("order_code", flat=True)) == served
    assert selectors.plan_in_force(planner).code == again.code


def test_a_shorter_plan_cannot_take_the_place_of_a_longer_one(planner, run):
    services.commit_plan(planner, run)
    for first, days in ((FIRST, 3), (FIRST + timedelta(days=3), 7)):
        part = services.request_plan(planner, first, days)
        with pytest.raises(ConflictError, match="does not cover"):
            services.commit_plan(planner, part, supersede=True)
    run.refresh_from_db()
    assert run.is_in_force


def test_plans_of_other_days_stand_side_by_side(planner, run):
    services.commit_plan(planner, run)
    following = services.request_plan(planner, FIRST + timedelta(days=7), 3)
    services.commit_plan(planner, following)
    assert selectors.runs(planner, committed=True).count() == 2


# --- what the planner is given --------------------------------------------------------------------


def test_orders_under_way_are_not_planned_again(planner, run):
    services.commit_plan(planner, run)
    gone = Consignment.objects.exclude(order_code="").first()
    Consignment.objects.filter(pk=gone.pk).update(status="dispatched")
    again = services.request_plan(planner, FIRST, 7)
    assert set(run.planned_orders) - set(again.planned_orders) == {gone.order_code}
    services.commit_plan(planner, again, supersede=True)
    assert market.order(planner, gone.order_code).plan_code == run.code


def test_what_should_have_begun_and_has_not_cannot_begin(planner, run):
    with clock.frozen(datetime(2026, 12, 9, 0, 0, tzinfo=UTC)):
        with pytest.raises(InputError, match="over; plan from 2026-12-09"):
            services.request_plan(planner, FIRST, 7)
        with pytest.raises(ConflictError, match="have passed"):
            services.commit_plan(planner, run)
    services.commit_plan(planner, run)
    ProductionRun.objects.filter(process="run-fdg").update(status="cancelled")
    with clock.frozen(datetime(2026, 12, 9, 0, 0, tzinfo=UTC)):
        late = services.replan(planner, run)
        assert late.status == RunStatus.DONE, late.error
        assert min(fdg_batches(late)) >= "run-fdg@20261209"
        assert late.pins == late.result["pins"] == {"batches": {}, "deliveries": {}}
    with clock.frozen(datetime(2026, 12, 9, 0, 0, tzinfo=UTC)):
        committed = services.request_plan(planner, FIRST, 7)
        starts = [batch["start"] for batch in committed.result["batches"] if batch["kind"] != "stock"]
        assert min(starts) < "2026-12-09"


def test_lots_in_the_books_are_the_stock(planner, operator):
    from becq.platform.production import services as production

    before = plan_input.read_input(planner, FIRST, 7, plan_input.Pins()).network
    assert {lot.id for lot in before.stock} == {"ga-gen-1", "i131-old"}
    production.take_stock_on(
        operator, code="i131-old", product="i131", site="reactor", activity_bq=4e9, at=BEFORE
    )
    production.take_stock_on(
        operator, code="batch@1", product="i131", site="reactor", activity_bq=5e9, at=BEFORE
    )
    with clock.frozen(BEFORE + timedelta(days=1)):
        network = plan_input.read_input(planner, FIRST, 7, plan_input.Pins()).network
        given = plan_input.read_input(planner, FIRST, 7, plan_input.Pins())
        found = [*network.stock, *(each.stock for each in given.coming)]
        lots = {lot.id: lot for lot in found}
        assert len(lots) == len(found)
        assert set(lots) == {"ga-gen-1", "i131-old", "batch@1"}
        assert lots["i131-old"].activity == pytest.approx(4e9 * 2 ** (-1 / 8.02), rel=1e-3)
        assert lots["i131-old"].reference_time == BEFORE + timedelta(days=1)
        made = services.request_plan(planner, FIRST, 7)
        assert made.status == RunStatus.DONE, made.error
        assert "coming" not in str(made.result)
        stock = {row["lot"]: row for row in made.result["deliveries"] if row["lot"] in lots}
        assert all(row["depart"] >= "2026-12-07T08" for row in stock.values() if row["product"] == "i131")


def test_a_lot_in_quarantine_serves_from_its_planned_release(planner, operator, run):
    from becq.platform.production import selectors as production
    from becq.platform.production import services as making

    services.commit_plan(planner, run)
    code = next(b["id"] for b in run.result["batches"] if b["process"] == "irr-i131")
    batch = ProductionRun.objects.get(code=code)
    served = [row for row in run.result["deliveries"] if row["lot"] == code]
    assert served
    with clock.frozen(batch.planned_eob):
        making.record_eob_assay(operator, batch, measured_bq=batch.planned_activity_eob_bq)
        for first, days in ((FIRST, 7), (FIRST + timedelta(days=2), 5)):
            again = services.request_plan(planner, first, days)
            assert again.status == RunStatus.DONE, again.error
            row = next(b for b in again.result["batches"] if b["id"] == code)
            assert (row["kind"], row["process"]) == ("stock", None)
            assert datetime.fromisoformat(row["release"]) == batch.planned_release
            assert row["activity_bq"] == pytest.approx(batch.planned_activity_bq, rel=1e-6)
            still = {r["order"] for r in again.result["deliveries"]}
            assert {r["order"] for r in served} <= still
            departs = [r["depart"] for r in again.result["deliveries"] if r["lot"] == code]
            assert departs
            assert min(map(datetime.fromisoformat, departs)) >= batch.planned_release
            assert "coming" not in str(again.result)
        services.commit_plan(planner, again, supersede=True)
        assert production.run(planner, code).status == "assayed"
        later = ProductionRun.objects.filter(process="irr-lu", planned_start__lt=clock.now())
        assert set(later.values_list("status", flat=True)) <= {"planned", "assayed"}


def test_what_time_forbids_is_not_told_as_pinned(planner, run):
    services.commit_plan(planner, run)
    ProductionRun.objects.filter(process="run-fdg").update(status="cancelled")
    with clock.frozen(datetime(2026, 12, 8, 22, 0, tzinfo=UTC)):
        late = services.replan(planner, run)
    told = [row for row in late.result["unmet"] if "its time has passed" in row["sentence"]]
    assert told, late.result["unmet"]
    assert {row["reason"] for row in told} == {"no_batch_in_time"}
    assert all("已无法启动：时间已过。" in row["sentence_zh"] for row in told)
    assert "pinned" not in {row["reason"] for row in late.result["unmet"]}


def test_plans_are_of_days_to_come_and_not_too_far(planner, run):
    with pytest.raises(InputError, match="over; plan from"):
        services.request_plan(planner, FIRST - timedelta(days=3), 7)
    number = Order.objects.count()
    with pytest.raises(InputError, match="92 days ahead"):
        services.request_plan(planner, FIRST + timedelta(days=90), 7)
    assert Order.objects.count() == number
    services.commit_plan(planner, run)
    with clock.frozen(datetime(2026, 12, 9, 10, 0, tzinfo=UTC)):
        late = services.replan(planner, run)
        over = Order.objects.filter(latest__lt=clock.now()).values_list("code", flat=True)
        assert over
        assert not set(over) & set(late.planned_orders)
        assert selectors.staleness(planner, late) == []
    with clock.frozen(datetime(2027, 1, 9, 10, 0, tzinfo=UTC)), pytest.raises(InputError, match="over"):
        services.replan(planner, run)


# --- who may --------------------------------------------------------------------------------------


def test_only_the_operators_planner_plans(people, planner, run):
    for actor in (people("planner", "reactor"), people("hospital", "near"), people("administrator", "near")):
        for attempt in (
            lambda actor=actor: services.request_plan(actor, FIRST, 7),
            lambda actor=actor: services.pin(actor, run, batches={}),
            lambda actor=actor: services.replan(actor, run),
            lambda actor=actor: services.cancel_run(actor, run),
            lambda actor=actor: services.commit_plan(actor, run),
            lambda actor=actor: services.rename_run(actor, run, "mine"),
        ):
            with pytest.raises(PermissionDeniedError):
                attempt()
    assert PlanRun.objects.count() == 1


def test_others_see_only_committed_plans(people, planner, run):
    nurse = people("hospital", "near")
    assert not selectors.runs(nurse).exists()
    with pytest.raises(InputError, match="no plan"):
        selectors.plan_document(nurse, run)
    services.commit_plan(planner, run)
    assert [row.code for row in selectors.runs(nurse)] == [run.code]


def test_a_hospital_sees_its_own_deliveries_and_no_more(people, planner, run):
    services.commit_plan(planner, run)
    nurse = people("hospital", "near")
    document = selectors.plan_document(nurse, run)
    assert document["whole"] is False
    assert document["deliveries"]
    assert {row["to"] for row in document["deliveries"]} == {"near"}
    assert {row["cost"] for row in document["deliveries"]} == {None}, "lanes hide their prices"
    assert document["batches"] == document["resources"] == []
    assert {row["site"] for row in document["unmet"]} <= {"near"}
    own = {code for code, row in run.planned_orders.items() if row["site"] == "near"}
    assert document["orders"] == len(own)
    assert document["orders_served"] == len(own) - len(document["unmet"])
    text = str({name: value for name, value in document.items() if name != "sites"})
    assert not [code for code, row in run.planned_orders.items() if row["site"] != "near" and code in text]
    assert not {"cost", "gap", "served_fraction", "objective", "lost_bq"} & set(document)
    facts = selectors.run_facts(nurse, run)
    assert facts["cost"] is facts["served_fraction"] is None
    assert facts["pins"] == facts["draft_pins"] == {}


def test_a_producer_sees_its_batches_and_what_leaves_it(people, planner, run):
    services.commit_plan(planner, run)
    document = selectors.plan_document(people("dispatcher", "pharmacy"), run)
    assert {batch["site"] for batch in document["batches"]} == {"pharmacy"}
    assert {row["id"] for row in document["resources"]} == {"cyclotron"}
    assert {row["from"] for row in document["deliveries"]} == {"pharmacy"}
    assert {"pharmacy"} & {move["from"] for move in document["moves"]}
    whole = selectors.plan_document(planner, run)
    assert whole["whole"] is True
    assert len(whole["batches"]) == len(run.result["batches"])


def test_a_regulator_sees_what_concerns_its_province(people, planner, run, person, organisation, operator):
    services.commit_plan(planner, run)
    holder = networks.site(operator, "near").organisation
    holder.province = "四川"
    holder.save()
    regulator = person("regulator", of=organisation("EPB", kind="regulator", province="四川"))
    document = selectors.plan_document(regulator, run)
    assert {row["to"] for row in document["deliveries"]} == {"near"}
    assert {row["cost"] for row in document["deliveries"]} == {None}, "lanes hide their prices"
    assert document["whole"] is False


def test_a_plan_keeps_what_the_rules_say_of_it(run, planner, operator):
    counts = run.judgement["counts"]
    assert counts["block"] == counts["warn"] == 0
    notes = run.judgement["findings"]
    assert {note["severity"] for note in notes} <= {"note"}
    assert sum(note["count"] for note in notes) == counts["note"] > len(notes)
    assert counts["ok"] > 100
    approval = {
        "id": "other", "origin": "reactor", "destination": "far", "nuclide": "I-131", "activity": "1 GBq",
        "valid_from": "2026-01-01", "valid_until": "2026-12-31",
    }  # fmt: skip
    sites = small_network().model_dump(mode="json", exclude_none=True)["sites"]
    for site in sites:
        if site["id"] == "reactor":
            site["licence"]["valid_until"] = "2026-12-31"
    network_services.import_network(operator, small_network(approvals=[approval], sites=sites), replace=True)
    again = services.request_plan(planner, FIRST, 7)
    assert {row["reason"] for row in again.result["unmet"]} >= {"approval"}
    assert {row["from"] for row in again.result["deliveries"]} <= {"reactor"}
    broken = [row["rule"] for row in again.judgement["findings"] if row["severity"] in ("block", "warn")]
    assert set(broken) == {"cn-licence-renewal"}
    assert again.judgement["counts"]["block"] == 0
    assert again.judgement["counts"]["warn"] == len(broken) > 5
