"""Orders in parts and with other products: entered, promised, sent part by part, closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from test_dispatch import ORDER, Way
from trade import DAY, GBQ, HOUR, START, trade

from becq.errors import ProblemsError
from becq.physics.decay import decay_factor
from becq.platform import clock
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch import services as sending
from becq.platform.market import selectors, services
from becq.platform.market.models import Order, Status
from becq.platform.market.services import Answer
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans import input as plan_input
from becq.platform.plans import selectors as plan_selectors
from becq.platform.plans import services as plans
from becq.platform.plans.models import RunStatus
from planning.small import small_network

__all__ = ["trade"]
pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 7)
BEFORE = datetime(2026, 12, 6, 8, 0, tzinfo=UTC)
FIELDS = {"site": "near", "product": "i131", "activity": "8 GBq", "calibration": "2026-12-09 12:00",
          "earliest": "2026-12-08 08:00", "latest": "2026-12-08 17:00"}  # fmt: skip


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def planner(person, organisation, operator):
    network_services.import_network(operator, small_network(standing_orders=[]), replace=True)
    return person("planner", of=organisation("OP", kind="operator"))


@pytest.fixture
def now():
    with clock.frozen(BEFORE):
        yield


@pytest.mark.usefixtures("now")
class TestEntering:
    def test_an_order_keeps_what_it_says_and_tells_its_changes(self, planner):
        order = services.place_order(
            planner,
            **FIELDS,
            split=True,
            least_part="2 GBq",
            most_parts=3,
            alternatives="lu-psma = 5 GBq @ 7",
        )
        assert (order.split, order.least_part_bq, order.most_parts) == (True, 2 * GBQ, 3)
        assert order.alternatives == "lu-psma = 5 GBq @ 7"
        [read] = selectors.chain_orders([order])
        assert (read.split, read.least_part, read.most_parts) == (True, 2 * GBQ, 3)
        assert [(each.product, each.activity, each.cost) for each in read.alternatives] == [
            ("lu-psma", 5 * GBQ, 7.0)
        ]
        changed = services.amend_order(
            planner, order, split=False, least_part=None, most_parts=None, alternatives=""
        )
        assert (changed.split, changed.least_part_bq, changed.most_parts, changed.alternatives) == (
            False,
            None,
            4,
            "",
        )
        told = selectors.events(planner, order).last().changes
        assert told == {"split": [True, False], "least_part_bq": [2 * GBQ, None], "most_parts": [3, 4],
                        "alternatives": ["lu-psma = 5 GBq @ 7", ""]}  # fmt: skip

    def test_what_does_not_fit_is_told_at_its_field(self, planner):
        for bad, column in (
            ({"least_part": "2 GBq"}, "least_part"),
            ({"split": True, "least_part": "9 GBq"}, "least_part"),
            ({"alternatives": "i131 = 1 GBq"}, "alternatives"),
            ({"alternatives": "nothing = 1 GBq"}, "alternatives"),
        ):
            with pytest.raises(ProblemsError) as caught:
                services.place_order(planner, **FIELDS, **bad)
            assert [problem.column for problem in caught.value.problems] == [column]

    def test_a_file_has_columns_for_it_in_both_languages(self, planner):
        head = "场所,产品,活度,标定时间,最早,最晚,可分批供货,每批最小活度,最多批数,替代产品\n"
        row = (
            "near,i131,8 GBq,2026-12-09 12:00,2026-12-08 08:00,2026-12-08 17:00,是,2 GBq,3,lu-psma = 5 GBq\n"
        )
        found = services.import_orders(planner, (head + row).encode("utf-8-sig"), "orders.csv")
        assert found.problems == []
        [order] = found.orders
        assert (order.split, order.least_part_bq, order.alternatives) == (True, 2 * GBQ, "lu-psma = 5 GBq")
        written = services.export_orders(planner)
        again = services.import_orders(planner, written, "orders.xlsx")
        assert {problem.message for problem in again.problems} == {
            f"there is an order '{order.code}' already"
        }


@pytest.mark.usefixtures("now")
def test_every_supplier_of_a_part_sees_the_order(planner, person, operator):
    order = services.place_order(planner, **FIELDS, split=True)
    holder = {name: networks.site(operator, name).organisation for name in ("reactor", "pharmacy")}
    parts = tuple({"lot": name, "product": "i131", "activity_bq": GBQ, "counts_bq": GBQ,
                   "arrival": "2026-12-08T02:00:00+00:00"} for name in holder)  # fmt: skip
    services.confirm_orders(
        planner,
        plan_code="P",
        answers=[
            Answer(order.code, 2 * GBQ, "reactor", None, holder["reactor"], parts, (holder["pharmacy"],)),
        ],
    )
    for name, seen in (("reactor", 1), ("pharmacy", 1)):
        assert selectors.orders(person("dispatcher", of=holder[name])).filter(code=order.code).count() == seen
    stranger = person("hospital", of=networks.site(operator, "far").organisation)
    assert not selectors.orders(stranger).filter(code=order.code).exists()
    order.refresh_from_db()
    assert [part["lot"] for part in order.confirmed_parts] == ["reactor", "pharmacy"]


class TestSending:
    def two(self, trade, **more):
        """The order in two consignments of 4 GBq from one lot, an hour apart."""
        way = Way(trade, ORDER, "near")
        first = {**way.row, "activity_bq": 4 * GBQ, **more}
        later = way.depart + HOUR
        second = trade.delivery(way.batch, ORDER, "near", later, 3.0, 4 * GBQ, **more)
        second |= {"id": f"{second['id']}#2", "reference_time": first["reference_time"]}
        rows = sending.schedule_consignments(
            trade.coordinator, plan_code="P", deliveries=[first, second], supplies=[]
        )
        assert [row.code for row in rows] == [way.consignment.code, f"{way.consignment.code}~2"]
        return way, rows

    def confirm(self, trade):
        answer = Answer(ORDER, 8 * GBQ, "L", START + 4 * DAY, trade.org("reactor"))
        services.confirm_orders(trade.coordinator, plan_code="P", answers=[answer])

    def go(self, trade, way, row, receive=True, bq=4.1 * GBQ):
        with trade.at(row.planned_depart):
            sent = sending.dispatch(way.sender, row, activity_bq=bq, note="as agreed")
        if receive:
            with trade.at(sent.planned_arrive):
                sending.receive(way.receiver, sent, measured_bq=None)
        return sent

    def status(self):
        return Order.objects.get(code=ORDER).status

    def test_the_order_is_delivered_when_its_last_part_is_there(self, trade):
        way, rows = self.two(trade)
        self.confirm(trade)
        self.go(trade, way, rows[0])
        assert self.status() == Status.CONFIRMED
        self.go(trade, way, rows[1])
        order = Order.objects.get(code=ORDER)
        assert order.status == Status.DELIVERED
        received = sum(
            row.received_bq
            * decay_factor("I-131", (rows[0].reference_time - row.received_at).total_seconds())
            for row in dispatch.consignments(trade.coordinator, order=ORDER)
        )
        assert order.delivered_activity_bq == pytest.approx(received, rel=1e-9)

    def test_it_closes_by_itself_when_the_rest_will_not_come(self, trade):
        way, rows = self.two(trade)
        self.confirm(trade)
        self.go(trade, way, rows[0])
        with trade.at(rows[1].planned_depart):
            sending.cancel(way.sender, rows[1], note="spilled")
        order = Order.objects.get(code=ORDER)
        assert order.status == Status.DELIVERED
        assert order.delivered_activity_bq < 5 * GBQ

    def test_nothing_closes_while_a_part_is_under_way(self, trade):
        way, rows = self.two(trade)
        self.confirm(trade)
        self.go(trade, way, rows[0], receive=False)
        with trade.at(rows[1].planned_depart):
            sending.cancel(way.sender, rows[1], note="spilled")
        assert self.status() == Status.CONFIRMED
        assert sending.close_orders(trade.coordinator, [ORDER]) == []

    def test_another_product_counts_for_what_it_stands_for(self, trade):
        way, rows = self.two(trade, instead_of="other", counts_bq=6 * GBQ)
        assert [row.equivalent for row in rows] == [1.5, 1.5]
        self.confirm(trade)
        for row in rows:
            self.go(trade, way, row)
        order = Order.objects.get(code=ORDER)
        plain = sum(
            row.received_bq
            * decay_factor("I-131", (rows[0].reference_time - row.received_at).total_seconds())
            for row in dispatch.consignments(trade.coordinator, order=ORDER)
        )
        assert order.delivered_activity_bq == pytest.approx(1.5 * plain, rel=1e-9)

    def test_a_further_part_from_the_same_lot_has_a_code_of_its_own(self, trade):
        way, rows = self.two(trade)
        self.go(trade, way, rows[0], receive=False)
        again = trade.delivery(way.batch, ORDER, "near", way.depart + 5 * HOUR, 3.0, 2 * GBQ)
        sending.withdraw_consignments(trade.coordinator, plan_code="P")
        [found] = sending.schedule_consignments(
            trade.coordinator, plan_code="Q", deliveries=[again], supplies=[]
        )
        assert found.code == f"{rows[0].code}~2"
        assert found.planned_activity_bq == 2 * GBQ
        rows[0].refresh_from_db()
        assert rows[0].status == "dispatched"


@pytest.mark.usefixtures("at_once")
def test_a_plan_made_again_wants_only_the_rest_of_what_has_left(planner, person, operator):
    """Two lots in stock serve one order; the first part is on its way when the next plan is made."""
    network = small_network(standing_orders=[], stock=[
        {"id": f"lot-{n}", "site": "reactor", "product": "i131", "activity": f"{n} GBq",
         "reference_time": "2026-12-08T12:00:00+08:00"} for n in (5, 4)
    ])  # fmt: skip
    network_services.import_network(operator, network, replace=True)
    with clock.frozen(BEFORE):
        order = services.place_order(
            planner, **{**FIELDS, "calibration": "2026-12-08 17:00"}, split=True, code="wanted"
        )
        run = plans.request_plan(planner, FIRST, 2)
        assert run.status == RunStatus.DONE, run.error
        rows = [row for row in run.result["deliveries"] if row["order"] == "wanted"]
        assert len(rows) == 2
        plans.commit_plan(planner, run)
        order.refresh_from_db()
        assert len(order.confirmed_parts) == 2
        assert order.confirmed_activity_bq == pytest.approx(sum(row["counts_bq"] for row in rows))
    first = min(dispatch.consignments(planner, order="wanted"), key=lambda row: row.planned_depart)
    other = next(row for row in rows if row["lot"] != first.lot_code)
    sender = person("dispatcher", of=networks.site(operator, "reactor").organisation)
    del sender, other
    # The part leaves without the books (stock of a network file): as the planner sees it.
    first.status, first.dispatched_at = "dispatched", first.planned_depart
    first.save()
    with clock.frozen(first.planned_depart + timedelta(minutes=5)):
        [still] = [
            each for each in plan_input.horizon_orders(planner, network, FIRST, 2) if each.code == "wanted"
        ]
        sent = plan_input.parts_that_left(planner, [still])["wanted"]
        assert sent.counts_bq == pytest.approx(first.planned_activity_bq, rel=1e-9)
        rest = plan_input.rest_of(selectors.chain_orders([still])[0], sent)
        assert rest.activity == pytest.approx(8 * GBQ - sent.counts_bq)
        assert (rest.most_parts, rest.partial) == (3, True)
        assert plan_selectors.changes(planner, run).changed == ("wanted",)
        again = plans.request_plan(planner, FIRST, 2)
        assert again.status == RunStatus.DONE, again.error
        more = sum(row["counts_bq"] for row in again.result["deliveries"] if row["order"] == "wanted")
        assert more <= rest.activity * (1 + 1e-9)
