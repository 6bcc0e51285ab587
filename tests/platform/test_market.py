"""The order book: orders placed, amended, imported, repeated, promised; each to those who may see it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from becq.errors import ConflictError, InputError, PermissionDeniedError, ProblemsError
from becq.platform import clock
from becq.platform.market import selectors, services
from becq.platform.market.models import Order, OrderEvent, StandingOrder, Status
from becq.platform.market.services import Answer
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from planning.small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "network")]

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 4)
GBQ = 1e9
HEADER = "site,product,activity,calibration,earliest,latest\n"


def at(hour: int, day: int = 4, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def network(operator):
    network_services.import_network(operator, small_network(standing_orders=[]), replace=True)


@pytest.fixture
def holder(operator):
    return lambda site: networks.site(operator, site).organisation


@pytest.fixture
def near(person, holder):
    return person("hospital", of=holder("near"))


@pytest.fixture
def far(person, holder):
    return person("hospital", of=holder("far"))


@pytest.fixture
def planner(person, organisation):
    return person("planner", of=organisation("OP", kind="operator"))


@pytest.fixture
def place(near):
    def make(actor=near, **changes):
        fields = {
            "site": "near",
            "product": "fdg",
            "activity": "6 GBq",
            "calibration": at(9),
            "earliest": at(7),
            "latest": at(9),
        }
        return services.place_order(actor, **{**fields, **changes})

    return make


def kinds(order: Order) -> list[str]:
    return list(OrderEvent.objects.filter(order=order).values_list("kind", flat=True))


def columns(caught) -> list[str]:
    return [problem.column for problem in caught.value.problems]


# --- placing --------------------------------------------------------------------------------------


def test_an_order_is_placed_with_what_it_needs(near, place):
    order = selectors.order(near, place(patients=12, note="先送").code)
    assert (order.status, order.source, order.nuclide) == ("placed", "form", "F-18")
    assert order.activity_bq == 6 * GBQ
    assert order.calibration_at == at(9)
    assert order.customer == near.organisation
    assert (order.patients, order.note, order.created_by) == (12, "先送", near)
    assert kinds(order) == ["placed"]


def test_codes_are_given_in_a_row_and_own_codes_are_kept(place):
    assert [place().code, place().code] == ["O260302-0001", "O260302-0002"]
    assert place(code="our-7").code == "our-7"
    with pytest.raises(ConflictError, match="our-7"):
        place(code="our-7")


def test_times_without_an_offset_are_those_of_the_site(place):
    order = place(
        calibration="2026-03-04 09:00", earliest=at(7).replace(tzinfo=None), latest="2026-03-04T09:00"
    )
    assert (order.calibration_at, order.earliest, order.latest) == (at(9), at(7), at(9))


def test_a_site_elsewhere_has_its_own_time(operator, place):
    network = small_network(standing_orders=[])
    moved = [
        site.model_copy(update={"timezone": "Asia/Tokyo"}) if site.id == "near" else site
        for site in network.sites
    ]
    network_services.import_network(operator, network.model_copy(update={"sites": moved}), replace=True)
    order = place(calibration="2026-03-04 09:00", earliest="2026-03-04 07:00", latest="2026-03-04 09:00")
    assert order.calibration_at == at(8)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"activity": "6"}, "activity"),
        ({"activity": "6 mBq"}, "activity"),
        ({"activity": -1.0}, "activity"),
        ({"activity": float("nan")}, "activity"),
        ({"activity": "9e30 Bq"}, "activity"),
        ({"product": "fdgg"}, "product"),
        ({"latest": at(6)}, "latest"),
        ({"latest": at(9, day=25)}, "latest"),
        ({"earliest": at(7, day=1), "latest": at(8, day=1), "calibration": at(9, day=1)}, "latest"),
        ({"earliest": at(7, month=5)}, "latest"),
        ({"calibration": at(9, day=6)}, "calibration"),
        ({"calibration": at(7, day=3)}, "calibration"),
        ({"calibration": "tomorrow"}, "calibration"),
        ({"calibration": ""}, "calibration"),
        ({"tolerance": 1.5}, "tolerance"),
        ({"priority": 4}, "priority"),
        ({"patients": -1}, "patients"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(place, changes, column):
    with pytest.raises(ProblemsError) as caught:
        place(**changes)
    assert columns(caught) == [column]
    assert not Order.objects.exists()


def test_every_wrong_field_is_told_at_once(place):
    with pytest.raises(ProblemsError) as caught:
        place(activity="6", priority=9, product="x y")
    assert set(columns(caught)) == {"activity", "priority", "product"}


def test_a_long_lived_nuclide_may_be_calibrated_days_later(place):
    order = place(product="i131", calibration=at(12, day=9), activity="3.7 GBq")
    assert order.calibration_at == at(12, day=9)


def test_a_draft_is_placed_later(near, far, place):
    draft = place(draft=True)
    assert draft.status == Status.DRAFT
    with pytest.raises(PermissionDeniedError):
        services.submit_order(far, draft)
    assert services.submit_order(near, draft).status == Status.PLACED
    assert kinds(draft) == ["drafted", "placed"]
    with pytest.raises(ConflictError):
        services.submit_order(near, draft)


# --- who may --------------------------------------------------------------------------------------


def test_nobody_orders_for_others(near, far, place, person, holder):
    order = place()
    with pytest.raises(PermissionDeniedError):
        place(actor=far)
    with pytest.raises(PermissionDeniedError):
        services.amend_order(far, order, activity="1 GBq")
    with pytest.raises(PermissionDeniedError):
        services.cancel_order(far, order, reason="spite")
    with pytest.raises(PermissionDeniedError):
        place(actor=person("rso", of=holder("near")))
    with pytest.raises(PermissionDeniedError):
        place(actor=person("hospital", of=holder("near"), site_code="far"))
    assert selectors.order(near, order.code).status == Status.PLACED


def test_the_operator_orders_for_anybody(planner, place):
    assert place(actor=planner).customer.kind == "hospital"


def test_each_sees_its_own_orders(near, far, place, planner, person, holder, organisation):
    order = place()
    assert list(selectors.orders(near)) == [order]
    assert list(selectors.orders(planner)) == [order]
    pharmacy = person("dispatcher", of=holder("pharmacy"))
    elsewhere = person("regulator", of=organisation("EPB", kind="regulator", province="云南"))
    for stranger in (far, pharmacy, elsewhere, person("hospital", of=holder("near"), site_code="mid")):
        assert not selectors.orders(stranger).exists()
        assert not selectors.events(stranger, order).exists()
        with pytest.raises(InputError, match="no order"):
            selectors.order(stranger, order.code)
    services.confirm_orders(
        planner, plan_code="P", answers=[Answer(order.code, 6 * GBQ, "L", at(8), holder("pharmacy"))]
    )
    assert list(selectors.orders(pharmacy)) == [order]
    with pytest.raises(PermissionDeniedError):
        services.cancel_order(pharmacy, order, reason="no")


def test_a_regulator_sees_its_province(operator, place, person, organisation, near):
    order = place()
    near.organisation.province = "四川"
    near.organisation.save()
    regulator = person("regulator", of=organisation("EPB", kind="regulator", province="四川"))
    assert list(selectors.orders(regulator)) == [order]
    with pytest.raises(PermissionDeniedError):
        services.cancel_order(regulator, order, reason="no")


# --- amending and cancelling ----------------------------------------------------------------------


def test_amending_takes_back_the_promise_and_is_told(near, place, planner):
    order = place()
    services.confirm_orders(planner, plan_code="P", answers=[Answer(order.code, 6 * GBQ, "L", at(8))])
    amended = services.amend_order(near, order, activity="8 GBq", reason="two more patients")
    assert (amended.status, amended.activity_bq, amended.confirmed_lot) == ("placed", 8 * GBQ, "")
    assert amended.confirmed_activity_bq is None
    assert amended.definition["activity"] == "8 GBq"
    event = selectors.events(near, order).last()
    assert (event.kind, event.note, event.actor) == ("amended", "two more patients", near)
    assert event.changes == {"activity_bq": [6 * GBQ, 8 * GBQ]}


def test_a_new_note_keeps_the_promise(near, place, planner):
    order = place()
    services.confirm_orders(planner, plan_code="P", answers=[Answer(order.code, 6 * GBQ, "L", at(8))])
    assert services.amend_order(near, order, note="gate 2").status == Status.CONFIRMED


def test_an_amendment_is_held_to_the_same_rules(near, place):
    order = place()
    with pytest.raises(ProblemsError) as caught:
        services.amend_order(near, order, latest=at(5))
    assert columns(caught) == ["latest"]
    with pytest.raises(InputError, match="site"):
        services.amend_order(near, order, site="far")
    assert selectors.order(near, order.code).latest == at(9)


def test_a_cancelled_order_stays_cancelled(near, place):
    order = place()
    with pytest.raises(InputError, match="why"):
        services.cancel_order(near, order, reason=" ")
    assert services.cancel_order(near, order, reason="patient ill").cancelled_reason == "patient ill"
    with pytest.raises(ConflictError):
        services.cancel_order(near, order, reason="again")
    with pytest.raises(ConflictError):
        services.amend_order(near, order, activity="1 GBq")


# --- files ----------------------------------------------------------------------------------------


def workbook(*rows: list[object], header: list[str] | None = None) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("orders")
        names = header or ["site", "product", "activity", "calibration", "earliest", "latest"]
        page.write_row(0, 0, names)
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
    return stream.getvalue()


GOOD = ["near", "fdg", "6 GBq", "2026-03-04 09:00", "2026-03-04 07:00", "2026-03-04 09:00"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "csv in GB18030 with semicolons"])
def test_a_file_of_orders_is_placed(near, kind):
    rows = [GOOD, [*GOOD[:2], "200 mCi", *GOOD[3:]]]
    if kind == "xlsx":
        result = services.import_orders(near, workbook(*rows), "orders.xlsx")
    elif kind == "csv":
        text = HEADER + "\n".join(",".join(row) for row in rows)
        result = services.import_orders(near, text.encode("utf-8-sig"), "orders.csv")
    else:
        text = "场所;产品;活度;标定时间;最早;最晚\n" + "\n".join(";".join(row) for row in rows)
        result = services.import_orders(near, text.encode("gb18030"), "订单.csv")
    assert result.problems == []
    assert [order.activity_bq for order in result.orders] == [6 * GBQ, 7.4 * GBQ]
    assert [order.calibration_at for order in result.orders] == [at(9), at(9)]
    assert selectors.orders(near).count() == 2
    assert [warning.row for warning in result.warnings] == [3]
    assert {order.source for order in result.orders} == {"file"}


BAD = [
    GOOD,
    [*GOOD[:2], "6", *GOOD[3:]],
    ["near", "fdgg", *GOOD[2:]],
    ["far", *GOOD[1:]],
    [*GOOD[:5], "2026-03-04 06:00"],
    [*GOOD[:3], "2026-03-08 09:00", *GOOD[4:]],
]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_bad_row_is_told_by_row_and_column_and_nothing_is_written(near, kind):
    if kind == "xlsx":
        content = workbook(*BAD)
    else:
        content = (HEADER + "\n".join(",".join(row) for row in BAD)).encode()
    result = services.import_orders(near, content, f"orders.{kind}")
    found = [(problem.row, (problem.column or "").split("(")[-1].rstrip(")")) for problem in result.problems]
    assert (3, "activity") in found
    assert (4, "product") in found
    assert (5, "site") in found
    assert (6, "latest") in found
    assert (7, "calibration") in found
    assert {row for row, _ in found} == {3, 4, 5, 6, 7}
    assert {problem.file for problem in result.problems} == {f"orders.{kind}"}
    assert result.orders == []
    assert not Order.objects.exists()


def test_a_calibration_out_of_reach_is_told_with_what_is_possible(near):
    result = services.import_orders(near, workbook(GOOD, BAD[5]), "o.xlsx")
    [problem] = result.problems
    assert problem.row == 3
    assert "F-18" in problem.remedy


def test_good_rows_alone_are_taken_when_asked_for(near):
    result = services.import_orders(near, workbook(*BAD), "o.xlsx", skip_bad=True)
    assert [order.activity_bq for order in result.orders] == [6 * GBQ]
    assert result.skipped == [3, 4, 5, 6, 7]
    assert Order.objects.count() == 1


def test_a_dry_run_writes_nothing(near):
    result = services.import_orders(near, workbook(GOOD), "o.xlsx", dry_run=True)
    assert len(result.orders) == 1
    assert not Order.objects.exists()


def test_what_is_wrong_with_the_whole_file_is_not_skipped(near):
    content = workbook([*GOOD, "x"], header=[*HEADER.strip().split(","), "colour"])
    result = services.import_orders(near, content, "o.xlsx", skip_bad=True)
    assert "colour" in result.problems[0].message
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "o.csv"),
        (b"\xff\xfe\x00", "o.csv"),
        (b"zip", "o.xlsx"),
        (b"x", "o.doc"),
        (HEADER.encode(), "o.csv"),
    ],
)
def test_what_is_no_file_of_orders_is_a_problem_not_an_exception(near, content, name):
    assert services.import_orders(near, content, name).problems


def test_a_code_that_is_taken_is_told(near, place):
    place(code="mine")
    text = "id," + HEADER + "mine," + ",".join(GOOD)
    result = services.import_orders(near, text.encode(), "o.csv")
    [problem] = result.problems
    assert (problem.row, problem.column) == (2, "A (id)")
    assert Order.objects.count() == 1


def test_the_site_may_be_left_out_where_there_is_only_one(near):
    text = HEADER.removeprefix("site,") + ",".join(GOOD[1:])
    result = services.import_orders(near, text.encode(), "o.csv")
    assert [str(problem) for problem in result.problems] == []
    assert result.orders[0].site_code == "near"


def test_the_template_is_read_back_and_lists_only_own_sites(near):
    content = services.order_template(near)
    assert "no orders" in services.import_orders(near, content, "t.xlsx").problems[0].message
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lists = book.get_sheet_by_name("_lists").to_python()
    assert [row[0] for row in lists[1:] if row[0]] == ["near"]


def test_what_is_exported_is_read_back(near, place, planner):
    place(patients=3, partial=True)
    services.amend_order(near, place(), activity="7 GBq")
    content = services.export_orders(near, day=DAY)
    Order.objects.all().delete()
    result = services.import_orders(near, content, "out.xlsx")
    assert result.problems == []
    assert [order.activity_bq for order in result.orders] == [6 * GBQ, 7 * GBQ]
    assert [(order.patients, order.partial) for order in result.orders] == [(3, True), (None, False)]
    assert [order.earliest for order in result.orders] == [at(7), at(7)]


# --- standing orders ------------------------------------------------------------------------------


@pytest.fixture
def standing(near):
    return services.place_standing_order(
        near, code="daily", site="near", product="fdg", activity="6 GBq", days="weekdays", earliest="07:00",
        latest="09:00", calibration="09:00",
    )  # fmt: skip


def test_standing_orders_become_orders_once(planner, standing):
    made = services.materialise_standing_orders(planner, DAY, 7)
    assert [order.code for order in made][:3] == ["daily.20260304", "daily.20260305", "daily.20260306"]
    assert len(made) == 5
    assert made[0].earliest == at(7)
    assert services.materialise_standing_orders(planner, DAY, 7) == []
    assert len(services.materialise_standing_orders(planner, DAY, 14)) == 5


def test_a_cancelled_day_is_not_made_again(near, planner, standing):
    first = services.materialise_standing_orders(planner, DAY, 7)[0]
    services.cancel_order(near, first, reason="holiday")
    assert services.materialise_standing_orders(planner, DAY, 7) == []


def test_future_orders_follow_their_standing_order_unless_touched(near, planner, standing):
    made = services.materialise_standing_orders(planner, DAY, 7)
    services.amend_order(near, made[0], activity="9 GBq")
    services.confirm_orders(planner, plan_code="P", answers=[Answer(made[1].code, 6 * GBQ, "L", at(8))])
    services.edit_standing_order(near, standing, activity="5 GBq", days="wed, thu, fri, mon")
    found = {order.code: order for order in selectors.orders(near)}
    assert found["daily.20260304"].activity_bq == 9 * GBQ
    assert found["daily.20260305"].activity_bq == 6 * GBQ
    assert found["daily.20260306"].activity_bq == 5 * GBQ
    assert found["daily.20260310"].status == Status.CANCELLED


def test_an_ended_standing_order_takes_its_open_future_with_it(near, planner, standing):
    services.materialise_standing_orders(planner, DAY, 7)
    services.end_standing_order(near, standing, reason="scanner gone")
    assert set(selectors.orders(near).values_list("status", flat=True)) == {Status.CANCELLED}
    assert services.materialise_standing_orders(planner, DAY, 21) == []
    with pytest.raises(ConflictError):
        services.edit_standing_order(near, standing, activity="5 GBq")


def test_standing_orders_are_their_customers_own(far, near, standing):
    assert list(selectors.standing_orders(far)) == []
    for service, fields in (
        (services.edit_standing_order, {"activity": "1 GBq"}),
        (services.end_standing_order, {"reason": "spite"}),
    ):
        with pytest.raises(PermissionDeniedError):
            service(far, standing, **fields)
    with pytest.raises(ProblemsError) as caught:
        services.place_standing_order(near, code="x", site="near", product="fdg", activity="6", days="funday",
                                      earliest="07:00", latest="06:00", calibration="09:00")  # fmt: skip
    assert {"activity", "days"} <= set(columns(caught))
    assert StandingOrder.objects.count() == 1


# --- promises -------------------------------------------------------------------------------------


def test_a_promise_a_shortage_and_a_refusal_are_told(near, planner, place, holder):
    full, less, none = place(), place(), place()
    services.confirm_orders(
        planner,
        plan_code="P1",
        answers=[
            Answer(full.code, 6 * GBQ, "L1", at(8), holder("pharmacy")),
            Answer(less.code, 3 * GBQ, "L1", at(8), reason="no_capacity", sentence="s", sentence_zh="句"),
            Answer(none.code, reason="outage", sentence="The cyclotron stands still."),
        ],
    )
    full, less, none = (selectors.order(near, order.code) for order in (full, less, none))
    assert (full.status, full.is_short, full.confirmed_lot, full.plan_code) == (
        "confirmed",
        False,
        "L1",
        "P1",
    )
    assert (less.status, less.is_short, less.unmet_sentence_zh) == ("confirmed", True, "句")
    assert (none.status, none.is_short, none.unmet_reason) == ("unmet", True, "outage")
    assert {order.code for order in selectors.orders(near, short=True)} == {less.code, none.code}
    counts = selectors.counts(near, DAY)
    assert (counts.orders, counts.short) == (3, 2)
    assert counts.by_status == {"confirmed": 2, "unmet": 1}


def test_only_those_who_plan_confirm(near, place, person, holder):
    order = place()
    for actor in (near, person("planner", of=holder("reactor"))):
        with pytest.raises(PermissionDeniedError):
            services.confirm_orders(actor, plan_code="P", answers=[Answer(order.code, 1.0, "L", at(8))])


def test_one_wrong_answer_and_none_is_written(near, planner, place):
    good, gone = place(), place()
    services.cancel_order(near, gone, reason="x")
    with pytest.raises(ConflictError, match="cancelled"):
        services.confirm_orders(
            planner,
            plan_code="P",
            answers=[Answer(good.code, 1.0, "L", at(8)), Answer(gone.code, 1.0, "L", at(8))],
        )
    assert selectors.order(near, good.code).status == Status.PLACED


def test_an_order_is_delivered_and_fulfilled(near, far, planner, place):
    order = place()
    services.confirm_orders(planner, plan_code="P", answers=[Answer(order.code, 6 * GBQ, "L", at(8))])
    with pytest.raises(PermissionDeniedError):
        services.mark_delivered(far, order.code, 5.9 * GBQ, at(8))
    delivered = services.mark_delivered(near, order.code, 5.9 * GBQ, at(8))
    assert (delivered.status, delivered.delivered_activity_bq) == ("delivered", 5.9 * GBQ)
    with pytest.raises(ConflictError):
        services.amend_order(near, order, activity="1 GBq")
    assert services.mark_fulfilled(near, order.code).status == Status.FULFILLED
    assert services.mark_fulfilled(near, order.code).status == Status.FULFILLED
    assert kinds(order) == ["placed", "confirmed", "delivered", "fulfilled"]


def test_what_arrives_for_a_cancelled_order_is_noted(near, place):
    order = place()
    services.cancel_order(near, order, reason="too late")
    assert services.mark_delivered(near, order.code, GBQ, at(8)).status == Status.CANCELLED


def test_a_broken_promise_makes_the_order_unmet(near, far, planner, place):
    order = place()
    services.confirm_orders(planner, plan_code="P", answers=[Answer(order.code, 6 * GBQ, "L", at(8))])
    with pytest.raises(PermissionDeniedError):
        services.mark_undelivered(far, order.code, reason="rejected", sentence="leak")
    broken = services.mark_undelivered(near, order.code, reason="rejected", sentence="leak")
    assert (broken.status, broken.confirmed_activity_bq, broken.unmet_reason) == ("unmet", None, "rejected")


def test_released_promises_are_placed_anew_but_those_under_way(near, planner, place):
    one, two = place(), place()
    answers = [Answer(order.code, 6 * GBQ, "L", at(8)) for order in (one, two)]
    services.confirm_orders(planner, plan_code="P", answers=answers)
    with pytest.raises(PermissionDeniedError):
        services.release_promises(near, plan_code="P")
    services.release_promises(planner, plan_code="P", but={two.code})
    assert selectors.order(near, one.code).status == Status.PLACED
    assert selectors.order(near, two.code).status == Status.CONFIRMED


# --- looking --------------------------------------------------------------------------------------


def test_orders_are_filtered_and_sorted(near, place):
    early = place()
    late = place(
        product="i131",
        activity="1 GBq",
        earliest=at(7, 6),
        latest=at(9, 6),
        calibration=at(9, 6),
        note="spare",
    )
    assert list(selectors.orders(near)) == [early, late]
    assert list(selectors.orders(near, sort="-earliest")) == [late, early]
    assert list(selectors.orders(near, day=DAY)) == [early]
    assert list(selectors.orders(near, day=DAY, days=3)) == [early, late]
    assert list(selectors.orders(near, product="i131")) == [late]
    assert list(selectors.orders(near, text="I-131 spare")) == [late]
    assert list(selectors.orders(near, status="open")) == [early, late]
    assert list(selectors.orders(near, status=["cancelled", "draft"])) == []
    assert list(selectors.orders(near, site="far")) == []
    with pytest.raises(InputError, match="sorted"):
        selectors.orders(near, sort="customer__people__password")
    with pytest.raises(InputError, match="status"):
        selectors.orders(near, status="lost")


def test_a_day_is_one_of_the_pages_zone(near, place):
    place(earliest=at(0), latest=at(2), calibration=at(2))
    assert selectors.counts(near, DAY).orders == 1
    assert selectors.counts(near, DAY - timedelta(days=1)).orders == 0


def test_duplicates_are_found(near, place):
    one, two = place(), place()
    place(product="i131")
    assert list(selectors.duplicates(near, one)) == [two]


def test_a_later_window_is_refused_once_it_is_over(near, place):
    draft = place(draft=True)
    with clock.frozen(at(9, day=5)), pytest.raises(ConflictError, match="over"):
        services.submit_order(near, draft)
