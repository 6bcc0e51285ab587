"""Orders through HTTP: the list, one order, the form, the import, standing orders; each to those who may."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
from market_world import PASSWORD, World, token, world
from python_calamine import CalamineWorkbook

from becq.platform.accounts.models import User
from becq.platform.market.models import Order, OrderEvent, StandingOrder, Status
from becq.platform.market.services import Answer, confirm_orders
from becq.platform.network.models import NetworkItem

__all__ = ["world"]

HEAD = "site,product,activity,calibration,earliest,latest,patients\n"
GOOD = "near,fdg,6 GBq,2026-12-08 09:00,2026-12-08 07:00,2026-12-08 09:00,4\n"
BAD = "near,fdg,6,2026-12-08 09:00,2026-12-08 07:00,2026-12-08 09:00,4\n"
MISSPELT = GOOD.replace("fdg", "fdgg")
FORM = {
    "site": "near",
    "product": "fdg",
    "activity": "200 mCi",
    "earliest": "2026-12-08T07:00",
    "latest": "2026-12-08T09:00",
    "calibration": "2026-12-08T09:00",
    "tolerance": "10",
    "priority": "1",
    "patients": "4",
}
PAGES = (
    "/orders/",
    "/orders/?tab=all&day=2026-12-08&product=fdg&site=near&status=open&priority=2&q=near&sort=-activity_bq",
    "/orders/standing/",
)


def text(response) -> str:
    return response.content.decode()


# --- every page, every role, both languages ----------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everybody_sees_the_pages_that_are_theirs(world, language):
    order = world.order(patients=4)
    for person in world.everybody():
        client = world.client(person, language)
        for page in PAGES:
            assert client.get(page).status_code == 200, (person.username, page)
        orders = person.role in {"planner", "hospital"} and person.username != "reactor.planner"
        for page in ("/orders/new/", "/orders/standing/new/"):
            wanted = 200 if orders or person.role in {"planner", "dispatcher"} else 403
            assert client.get(page).status_code == (200 if person.is_superuser else wanted), (
                person.username,
                page,
            )
        sees = person.username in {"admin", "planner", "regulator", "near.hospital", "near.rso"}
        assert client.get(f"/orders/{order.code}/").status_code == (200 if sees else 404), person.username


def test_strangers_are_sent_to_the_door(client, world):
    for page in (*PAGES, "/orders/new/", "/orders/import/", "/orders/export/"):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer.url.startswith("/login/")


def test_a_page_in_chinese_holds_chinese_names(world):
    order = world.order()
    page = text(world.client(world.who("hospital", "near"), "zh-hans").get(f"/orders/{order.code}/"))
    for word in ("近医院", "氟-18 FDG", "标定", "等待排程"):
        assert word in page


@pytest.mark.parametrize(
    "query",
    [
        "day=nonsense",
        "status=odd",
        "priority=x",
        "page=999",
        "sort=odd",
        "day=0001-01-01",
        "rows=7",
        "day=9999-12-31",
    ],
)
def test_a_mangled_address_does_no_harm(world, query):
    assert world.client(world.planner).get(f"/orders/?tab=all&{query}").status_code == 200


# --- whose order is it -------------------------------------------------------------------------------


def test_the_order_of_another_hospital_is_not_there(world):
    order = world.order()
    client = world.client(world.who("hospital", "far"))
    for path in ("", "amend/", "cancel/"):
        assert client.get(f"/orders/{order.code}/{path}").status_code == 404
    assert client.post(f"/orders/{order.code}/cancel/", {"reason": "x"}).status_code == 404
    assert client.post(f"/orders/{order.code}/place/").status_code == 404
    assert order.code not in text(client.get("/orders/?tab=all"))
    assert order.code not in client.get(f"/palette/?q={order.code}").content.decode()
    client.post("/orders/cancel/", {"chosen": order.code, "reason": "x", "go": "1"})
    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_a_hospital_orders_for_its_own_site_alone(world):
    client = world.client(world.who("hospital", "far"))
    page = text(client.get("/orders/new/"))
    assert 'value="far"' in page
    assert 'value="near"' not in page
    assert client.post("/orders/new/", FORM).status_code == 200
    assert not Order.objects.filter(site_code="near", source="form").exists()


def test_those_who_may_only_read_find_no_button(world):
    order = world.order()
    page = text(world.client(world.who("rso", "near")).get(f"/orders/{order.code}/"))
    assert "/amend/" not in page
    assert world.client(world.who("rso", "near")).get(f"/orders/{order.code}/amend/").status_code == 403


# --- place, amend, cancel ----------------------------------------------------------------------------


def test_place_amend_and_cancel_through_http(world):
    client = world.client(world.who("hospital", "near"), enforce_csrf_checks=True)
    assert client.post("/orders/new/", FORM).status_code == 403
    mark = token(client, "/orders/new/")
    answer = client.post("/orders/new/", {**FORM, "csrfmiddlewaretoken": mark})
    order = Order.objects.get(source="form")
    assert answer.url == f"/orders/{order.code}/"
    assert order.activity_bq == pytest.approx(7.4e9)
    assert (order.priority, order.patients) == (1, 4)
    page = text(client.get(answer.url))
    assert "7.40 GBq · 200 mCi" in page
    assert "UTC+8" in page

    mark = token(client, f"/orders/{order.code}/amend/")
    client.post(
        f"/orders/{order.code}/amend/",
        {**FORM, "activity": "150 mCi", "reason": "a patient fewer", "csrfmiddlewaretoken": mark},
    )
    order.refresh_from_db()
    assert order.activity_bq == pytest.approx(5.55e9)
    page = text(client.get(f"/orders/{order.code}/"))
    assert "a patient fewer" in page
    assert "7.40 GBq → 5.55 GBq" in page

    mark = token(client, f"/orders/{order.code}/cancel/")
    refused = client.post(f"/orders/{order.code}/cancel/", {"reason": " ", "csrfmiddlewaretoken": mark})
    assert "Say why" in text(refused)
    client.post(f"/orders/{order.code}/cancel/", {"reason": "camera broken", "csrfmiddlewaretoken": mark})
    order.refresh_from_db()
    assert (order.status, order.cancelled_reason) == (Status.CANCELLED, "camera broken")
    assert "camera broken" in text(client.get(f"/orders/{order.code}/"))
    assert client.get(f"/orders/{order.code}/amend/").status_code == 302


def test_a_draft_is_kept_and_placed(world):
    client = world.client(world.who("hospital", "near"))
    client.post("/orders/new/", {**FORM, "draft": "1"})
    order = Order.objects.get(source="form")
    assert order.status == Status.DRAFT
    client.post(f"/orders/{order.code}/place/")
    order.refresh_from_db()
    assert order.status == Status.PLACED


@pytest.mark.parametrize(
    ("change", "field", "word", "chinese"),
    [
        ({"activity": "200"}, "activity", "has no unit", "没有单位"),
        ({"activity": "7.4 mbq"}, "activity", "could be", "可能是"),
        ({"latest": "2026-12-08T06:00"}, "latest", "ends before it starts", "早于开始"),
        ({"earliest": "2026-12-01T06:00", "latest": "2026-12-01T07:00", "calibration": "2026-12-01T07:00"}, "latest", "is over since", "已于"),
        ({"calibration": "2026-12-12T09:00"}, "calibration", "after the window ends", "结束后"),
        ({"calibration": ""}, "calibration", "no convention", "没有惯例"),
        ({"tolerance": "200"}, "tolerance", "100", "100"),
        ({"patients": "99999999999999999999"}, "patients", "500", "500"),
        ({"patients": "0"}, "patients", "1", "1"),
        ({"latest": "9999-12-31T23:59"}, "latest", "between 2000 and 2100", "2000 至 2100"),
        ({"product": ""}, "product", "required", "必填"),
        ({"code": "a b"}, "code", "not an identifier", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_the_input_is_kept(world, change, field, word, chinese):
    for language, expected in (("en", word), ("zh-hans", chinese)):
        client = world.client(world.who("hospital", "near"), language)
        page = text(client.post("/orders/new/", {**FORM, "note": "kept", **change}))
        beside = page.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
        assert expected in beside, (language, beside)
        assert "kept" in page
    assert not Order.objects.filter(source="form").exists()


def give_convention(product: str, hour: str, days: int) -> None:
    item = NetworkItem.objects.get(section="products", code=product)
    item.definition |= {"calibration_hour": hour, "calibration_day_offset": days}
    item.save()


def test_the_calibration_follows_the_convention_of_the_product(world):
    give_convention("i131", "12:00", 1)
    client = world.client(world.who("hospital", "near"))
    page = text(client.get("/orders/new/?product=i131&activity=7.4GBq"))
    assert "12:00 on the day after delivery" in page
    assert "Calibrated to 12-09 12:00 UTC+8" in page
    client.post("/orders/new/", {**FORM, "product": "i131", "calibration": ""})
    assert f"{Order.objects.get(source='form').calibration_at:%m-%d %H:%M}" == "12-09 04:00"


def test_an_amendment_that_changes_nothing_changes_nothing(world):
    order = world.order(activity="6.123456 GBq")
    client = world.client(world.who("hospital", "near"))
    shown = {
        "product": "fdg",
        "activity": "6.123 GBq",
        "earliest": "2026-12-08T07:00",
        "latest": "2026-12-08T09:00",
        "calibration": "2026-12-08T09:00",
        "tolerance": "10",
        "priority": "2",
    }
    client.post(f"/orders/{order.code}/amend/", shown)
    order.refresh_from_db()
    assert order.activity_bq == pytest.approx(6.123456e9, rel=1e-12)
    assert list(OrderEvent.objects.filter(order=order).values_list("kind", flat=True)) == ["placed"]


def test_several_are_cancelled_at_once(world):
    one, two, other = world.order(), world.order(), world.order(world.planner, site="far", code="other")
    client = world.client(world.who("hospital", "near"))
    chosen = [one.code, two.code, other.code]
    page = text(client.post("/orders/cancel/", {"chosen": chosen}))
    assert "2 orders are to be cancelled" in page
    assert "1 of those chosen stays" in page
    assert "Say why" in text(client.post("/orders/cancel/", {"chosen": chosen, "go": "1", "reason": ""}))
    client.post("/orders/cancel/", {"chosen": chosen, "go": "1", "reason": "strike"})
    assert set(Order.objects.filter(status="cancelled").values_list("code", flat=True)) == {
        one.code,
        two.code,
    }


def test_what_was_promised_and_refused_is_said(world):
    good, none = world.order(), world.order(code="none")
    answers = [
        Answer(good.code, 5e9, "lot-1", good.earliest, world.holder("pharmacy")),
        Answer(
            none.code,
            None,
            reason="no_capacity",
            sentence="All batches are used.",
            sentence_zh="批次均已占用。",
        ),
    ]
    confirm_orders(world.planner, plan_code="P1", answers=answers)
    client = world.client(world.who("hospital", "near"))
    page = text(client.get(f"/orders/{good.code}/"))
    assert "lot-1" in page
    assert "5.00" in page
    assert "Less is promised than the tolerance allows" in page
    assert "All batches are used." in text(client.get("/orders/none/"))
    assert "批次均已占用。" in text(
        world.client(world.who("hospital", "near"), "zh-hans").get("/orders/none/")
    )
    listed = text(client.get("/orders/"))
    assert "2 orders for tomorrow, 2 short" in listed
    assert good.code in text(client.get("/orders/?status=short"))


# --- files ------------------------------------------------------------------------------------------


def upload(content: str, name: str = "orders.csv") -> io.BytesIO:
    file = io.BytesIO(content.encode())
    file.name = name
    return file


def kept(page: str) -> str:
    return page.partition('name="kept" value="')[2].partition('"')[0]


def test_import_shows_what_is_wrong_and_writes_only_what_is_asked_for(world):
    client = world.client(world.who("hospital", "near"), enforce_csrf_checks=True)
    mark = token(client, "/orders/import/")
    page = text(
        client.post(
            "/orders/import/", {"file": upload(HEAD + GOOD + BAD + MISSPELT), "csrfmiddlewaretoken": mark}
        )
    )
    assert "2 rows cannot be taken" in page
    assert "fdgg" in page
    assert "did you mean" in page
    assert "has no unit" in page
    assert "Import the good row (1)" in page
    assert not Order.objects.filter(source="file").exists()
    again = {"kept": kept(page), "name": "orders.csv", "go": "all", "csrfmiddlewaretoken": mark}
    assert client.post("/orders/import/", again).status_code == 200
    assert not Order.objects.filter(source="file").exists()
    assert client.post("/orders/import/", {**again, "go": "good"}).status_code == 302
    assert Order.objects.filter(source="file").count() == 1


def test_a_clean_file_is_shown_first_and_then_written(world):
    client = world.client(world.who("hospital", "near"))
    page = text(client.post("/orders/import/", {"file": upload(HEAD + GOOD + GOOD)}))
    assert "2 orders, nothing wrong" in page
    assert "the same site, product and calibration time" in page
    assert not Order.objects.filter(source="file").exists()
    client.post("/orders/import/", {"kept": kept(page), "name": "orders.csv", "go": "all"})
    assert Order.objects.filter(source="file").count() == 2


def test_rows_pasted_from_a_sheet_in_chinese(world):
    pasted = (
        "产品\t活度\t标定时间\t最早\t最晚\nfdg\t6 GBq\t2026-12-08 09:00\t2026-12-08 07:00\t2026-12-08 09:00\n"
    )
    client = world.client(world.who("hospital", "near"), "zh-hans")
    page = text(client.post("/orders/import/", {"pasted": pasted}))
    assert "1 个订单，没有问题" in page
    client.post("/orders/import/", {"kept": kept(page), "name": "pasted.csv", "go": "all"})
    assert Order.objects.get(source="file").site_code == "near"
    wrong = text(client.post("/orders/import/", {"pasted": pasted.replace("6 GBq", "6")}))
    assert "没有单位" in wrong
    assert "例如写" in wrong


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kept": "no base64!", "name": "x.csv", "go": "all"},
        {"pasted": "   "},
        {"kept": "AAAA", "name": "x.exe", "go": "all"},
    ],
)
def test_what_is_no_file_is_refused(world, sent):
    client = world.client(world.who("hospital", "near"))
    assert client.post("/orders/import/", sent).status_code == 200
    assert not Order.objects.filter(source="file").exists()


def test_a_file_that_cannot_be_read_is_said_to_be_so(world):
    for language, word in (("en", "cannot be read as orders: "), ("zh-hans", "无法作为订单读取：")):
        client = world.client(world.who("hospital", "near"), language)
        page = text(client.post("/orders/import/", {"file": upload("nothing", "orders.pdf")}))
        assert word in page
        assert "0 rows" not in page
        assert "0 行" not in page


def test_nobody_imports_for_others(world):
    client = world.client(world.who("hospital", "far"))
    page = text(client.post("/orders/import/", {"file": upload(HEAD + GOOD)}))
    assert "you may not order for" in page
    assert client.get("/orders/import/").status_code == 200
    assert world.client(world.regulator).get("/orders/import/").status_code == 403


def test_template_and_exports_are_workbooks(world):
    order = world.order()
    client = world.client(world.who("hospital", "near"))
    for address in (
        "/orders/template/",
        "/orders/export/?day=2026-12-08&status=open",
        "/orders/?export=xlsx",
        "/orders/standing/?export=xlsx",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        rows = book.get_sheet_by_index(0).to_python()
        assert rows, address
        if "export" in address and "standing" not in address:
            assert any(order.code in row for row in rows)


# --- standing orders ---------------------------------------------------------------------------------

STANDING = {
    "product": "fdg",
    "activity": "6 GBq",
    "days": ["mon", "wed"],
    "earliest": "07:00",
    "latest": "09:00",
    "calibration": "09:00",
    "tolerance": "10",
    "priority": "2",
    "patients": "3",
}


def test_a_standing_order_is_made_changed_and_ended(world):
    client = world.client(world.who("hospital", "near"))
    client.post("/orders/standing/new/", {**STANDING, "site": "near"})
    made = StandingOrder.objects.get(code="near.fdg")
    assert made.days == "mon,wed"
    assert "Mon, Wed" in text(client.get("/orders/standing/"))
    client.post("/orders/standing/make/", {"days": "7"})
    assert made.occurrences.count() >= 1
    page = text(client.post("/orders/standing/near.fdg/", {**STANDING, "do": "save", "latest": "06:00"}))
    assert "ends before it starts" in page
    client.post("/orders/standing/near.fdg/", {**STANDING, "do": "save", "activity": "5 GBq"})
    made.refresh_from_db()
    assert made.activity_bq == 5e9
    assert "Say why" in text(client.post("/orders/standing/near.fdg/", {"do": "end", "reason": ""}))
    client.post("/orders/standing/near.fdg/", {"do": "end", "reason": "new camera"})
    made.refresh_from_db()
    assert not made.active
    other = world.client(world.who("hospital", "far"))
    assert other.get("/orders/standing/near.fdg/").status_code == 404
    assert other.post("/orders/standing/near.fdg/", {"do": "end", "reason": "x"}).status_code == 404


def test_days_ahead_are_bounded(world):
    client = world.client(world.who("hospital", "near"))
    for days in ("0", "400", "x", ""):
        client.post("/orders/standing/make/", {"days": days})
    assert not Order.objects.filter(source="standing").exists()


# --- in a browser ------------------------------------------------------------------------------------

CHROMIUM = os.environ.get("BECQ_CHROMIUM") or shutil.which("chromium") or ""
BUILT = Path(__file__).resolve().parents[2] / "src/becq/web/static/built/becq.js"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_an_order_is_placed_with_the_keyboard_alone(live_server, client, settings, monkeypatch, width):
    if not CHROMIUM or not BUILT.exists():
        pytest.skip("needs the built assets and chromium")
    from playwright.sync_api import sync_playwright

    settings.DEBUG = True
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    made = World(type(client))
    give_convention("fdg", "09:00", 0)
    person = made.who("hospital", "near")
    person.language = "en"
    person.save()
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        )
        page = browser.new_context(viewport={"width": width, "height": 844}, locale="en-GB").new_page()
        page.goto(live_server.url + "/login/?next=/orders/new/")
        page.locator("input[name=username]").focus()
        page.keyboard.type(person.username)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(live_server.url + "/orders/new/")

        def reach(name: str) -> None:
            for _press in range(80):
                if page.evaluate("document.activeElement.name || ''") == name:
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"the keyboard does not reach {name}")

        reach("product")
        page.keyboard.type("F-18")
        assert page.input_value("#id_product") == "fdg"
        reach("activity")
        page.keyboard.type("200 mCi")
        assert "7.40 GBq" in page.locator("[data-echo]").first.inner_text()
        reach("patients")
        page.keyboard.type("4")
        page.keyboard.press("Enter")
        page.wait_for_url(live_server.url + "/orders/O*/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    order = Order.objects.get(source="form")
    assert order.activity_bq == pytest.approx(7.4e9)
    assert order.patients == 4
    assert User.objects.get(pk=order.created_by_id) == person


# --- parts and other products --------------------------------------------------------------------------


def test_an_order_in_parts_is_placed_shown_and_amended(world):
    client = world.client(world.who("hospital", "near"))
    more = {"split": "on", "least_part": "1 GBq", "most_parts": "3", "alternatives": "ga-dota = 300 MBq"}
    answer = client.post("/orders/new/", FORM | more)
    assert answer.status_code == 302, text(answer)
    order = Order.objects.get()
    assert (order.split, order.least_part_bq, order.most_parts) == (True, 1e9, 3)
    page = text(client.get(f"/orders/{order.code}/"))
    for word in ("up to 3, each at least 1.00 GBq", "Would do as well", "Ga-68 DOTATATE"):
        assert word in page
    amended = client.post(f"/orders/{order.code}/amend/", FORM | {"reason": "all at once"})
    assert amended.status_code == 302, text(amended)
    order.refresh_from_db()
    assert (order.split, order.least_part_bq, order.most_parts, order.alternatives) == (False, None, 4, "")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "is ordered already and cannot be its own alternative"),
        ("zh-hans", "即所订产品，不能作为自身的替代"),
    ],
)
def test_an_alternative_that_is_none_is_told_beside_its_field(world, language, says):
    client = world.client(world.who("hospital", "near"), language)
    page = text(client.post("/orders/new/", FORM | {"alternatives": "fdg = 1 GBq"}))
    assert says in page
    assert not Order.objects.exists()


def test_promised_parts_are_listed(world):
    order = world.order()
    part = {"lot": "L-1", "product": "ga-dota", "activity_bq": 3e8, "counts_bq": 4e9,
            "arrival": "2026-12-08T00:30:00+00:00"}  # fmt: skip
    confirm_orders(
        world.planner,
        plan_code="P",
        answers=[Answer(order.code, 8e9, "L-2", None, None, (part, part | {"lot": "L-2"}))],
    )
    page = text(world.client(world.who("hospital", "near")).get(f"/orders/{order.code}/"))
    for word in ("L-1", "L-2", "Ga-68 DOTATATE", "Stands for"):
        assert word in page
