"""The API as its users call it: with the session of the pages, and every error in one form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from becq.api import schemas
from becq.calculators import registry
from becq.platform import clock
from becq.platform.market import selectors as market
from becq.platform.market.models import Order
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.production import services as production
from becq.web import frame
from planning.small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before")]

BEFORE = datetime(2026, 12, 6, 8, 0, tzinfo=UTC)
ORDER = {
    "site": "near",
    "product": "fdg",
    "activity": "6 GBq",
    "calibration": "2026-12-08T09:00:00+08:00",
    "earliest": "2026-12-08T07:00:00+08:00",
    "latest": "2026-12-08T09:00:00+08:00",
}


@pytest.fixture
def before(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with clock.frozen(BEFORE):
        yield


class Caller:
    """A person's browser: JSON in, (status, JSON) out."""

    def __init__(self, user=None, *, csrf: bool = False):
        self.client = Client(enforce_csrf_checks=csrf)
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query):
        return self._read(self.client.get(f"/api/v1/{path}", query))

    def post(self, path: str, body=None, **headers):
        return self._read(
            self.client.post(
                f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=headers
            )
        )

    def upload(self, path: str, name: str, content: bytes):
        return self._read(self.client.post(f"/api/v1/{path}", {"file": SimpleUploadedFile(name, content)}))

    @staticmethod
    def _read(response):
        return response.status_code, json.loads(response.content)


@pytest.fixture
def planner(person, organisation, operator):
    network_services.import_network(operator, small_network(), replace=True)
    return Caller(person("planner", of=organisation("OP", kind="operator")))


@pytest.fixture
def near(planner, person, operator):
    return Caller(person("hospital", of=networks.site(operator, "near").organisation))


@pytest.fixture
def far(planner, person, operator):
    return Caller(person("hospital", of=networks.site(operator, "far").organisation))


# --- the door -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["orders", "orders/x", "plans", "plans/x", "network", "stock", "ledger/lots/x"]
)
def test_a_stranger_is_turned_away(db, path):
    status, body = Caller().get(path)
    assert status == 401
    assert "Log in" in body["error"]["message"]


def test_writing_needs_the_csrf_token(planner, near, person, operator):
    user = person("hospital", of=networks.site(operator, "near").organisation)
    caller = Caller(user, csrf=True)
    status, body = caller.post("orders", ORDER)
    assert status == 403
    assert "CSRF" in body["error"]["message"]
    caller.client.cookies["csrftoken"] = "a" * 32
    status, _ = caller.post("orders", ORDER, **{"X-CSRFToken": "a" * 32})
    assert status == 201


def test_openapi_describes_every_operation(db):
    response = Client().get("/api/v1/openapi.json")
    paths = response.json()["paths"]
    assert {"/api/v1/orders", "/api/v1/orders/import", "/api/v1/plans/{code}/commit", "/api/v1/stock"} <= set(
        paths
    )
    assert all(operation["summary"] for path in paths.values() for operation in path.values())
    assert Client().get("/api/v1/docs").status_code == 404


# --- orders ---------------------------------------------------------------------------------------


def test_an_order_is_placed_and_found(near, far, planner):
    status, placed = near.post("orders", ORDER)
    assert status == 201
    assert (placed["source"], placed["status"], placed["activity_bq"]) == ("api", "placed", 6e9)
    assert near.get(f"orders/{placed['code']}") == (200, placed)
    status, found = planner.get("orders", day="2026-12-08", status="open", text="fdg")
    assert (status, found["total"], found["orders"]) == (200, 1, [placed])
    assert far.get("orders")[1]["total"] == 0
    assert far.get(f"orders/{placed['code']}")[0] == 404


def test_wrong_fields_are_named(near):
    status, body = near.post("orders", {**ORDER, "activity": "6", "product": "x y"})
    assert status == 422
    assert {problem["column"] for problem in body["error"]["problems"]} == {"activity", "product"}
    status, body = near.post("orders", {**ORDER, "latest": "2026-12-08T06:00:00+08:00"})
    assert (status, [problem["column"] for problem in body["error"]["problems"]]) == (422, ["latest"])
    status, body = near.post("orders", {"site": "near", "colour": "red"})
    assert status == 422
    named = {problem["column"] for problem in body["error"]["problems"]}
    assert any("product" in column for column in named)
    assert any("colour" in column for column in named)


def test_nobody_orders_for_others(far):
    status, body = far.post("orders", ORDER)
    assert status == 403
    assert "near" in body["error"]["message"]


def test_a_code_that_is_taken_is_a_conflict(near):
    assert near.post("orders", {**ORDER, "code": "mine"})[0] == 201
    assert near.post("orders", {**ORDER, "code": "mine"})[0] == 409


@pytest.mark.parametrize("query", [{"sort": "x"}, {"status": "lost"}])
def test_a_wrong_filter_is_a_400(near, query):
    status, body = near.get("orders", **query)
    assert status == 400
    assert body["error"]["message"]


@pytest.mark.parametrize(
    "address",
    ["orders?day=0001-01-01", "orders?day=9999-12-31&days=366", "orders?days=99999999999999999999",
     "orders?page=99999999999999999999", "plans?page=99999999999999999999", "stock?at=9999-12-31T23:59:00Z",
     "stock?at=0001-01-01T00:00:00%2B08:00", "orders?text=a%00b", "orders/a%00b"],
)  # fmt: skip
def test_what_lies_beyond_everything_is_refused(near, address):
    status, body = near.get(address)
    assert 400 <= status < 500
    assert body["error"]["message"]


@pytest.mark.parametrize(
    "change",
    [{"earliest": "0001-01-01T00:00:00"}, {"latest": "9999-12-31T23:59:00"}, {"note": "a\0b"},
     {"patients": 99999999999999999999}, {"patients": 0}],
)  # fmt: skip
def test_an_order_beyond_everything_is_refused(near, change):
    status, body = near.post("orders", ORDER | change)
    assert 400 <= status < 500
    assert body["error"]["message"]


def test_the_years_are_those_of_the_pages():
    assert schemas.YEARS == frame.YEARS


def test_an_unknown_address_is_told_in_the_same_form(near):
    for status, body in (near.get("nothing/here"), near.post("nothing")):
        assert status == 404
        assert "/api/v1/nothing" in body["error"]["message"]


def test_a_file_is_imported_or_its_problems_are_told(near):
    head = "product,activity,calibration,earliest,latest\n"
    good = "fdg,6 GBq,2026-12-08 09:00,2026-12-08 07:00,2026-12-08 09:00\n"
    status, body = near.upload("orders/import", "o.csv", (head + good + good.replace("6 GBq", "6")).encode())
    assert (status, body["orders"]) == (422, [])
    assert [(p["row"], p["column"]) for p in body["problems"]] == [(3, "B (activity)")]
    assert not Order.objects.exists()
    status, body = near.upload("orders/import?skip_bad=true", "o.csv", (head + good + "x,y\n").encode())
    assert (status, len(body["orders"]), body["skipped"]) == (200, 1, [3])
    assert Order.objects.count() == 1


# --- plans ----------------------------------------------------------------------------------------


def test_a_plan_from_request_to_commit(planner, near, operator):
    status, run = planner.post("plans", {"first": "2026-12-07", "days": 7, "name": "week 50"})
    assert (status, run["status"]) == (202, "done")
    code = run["code"]
    status, full = planner.get(f"plans/{code}")
    assert (status, full["plan"]["schema"], full["plan"]["whole"]) == (200, "becq.plan/1", True)
    batch = next(row["id"] for row in full["plan"]["batches"] if row["process"] == "run-fdg")
    status, pinned = planner.post(f"plans/{code}/pins", {"batches": {batch: "forbid"}})
    assert (status, pinned["draft_pins"]["batches"]) == (200, {batch: "forbid"})
    status, again = planner.post(f"plans/{code}/replan", {"name": "without"})
    assert (status, again["base"], again["pins"]["batches"]) == (202, code, {batch: "forbid"})
    assert near.get(f"plans/{again['code']}")[0] == 404
    status, committed = planner.post(f"plans/{again['code']}/commit")
    assert status == 200
    assert committed["committed_at"]
    status, body = planner.post(f"plans/{code}/commit")
    assert (status, again["code"] in body["error"]["message"]) == (409, True)
    status, seen = near.get(f"plans/{again['code']}")
    assert (status, seen["plan"]["whole"], seen["cost"], seen["pins"]) == (200, False, None, {})
    assert [row["code"] for row in planner.get("plans", committed="true")[1]] == [again["code"]]
    assert {order.status for order in market.orders(operator)} == {"confirmed", "unmet"}


def test_a_plan_is_asked_for_with_a_policy(planner):
    status, run = planner.post("plans", {"first": "2026-12-07", "days": 3, "policy": "fair-provinces"})
    assert (status, run["status"], run["policy"]) == (202, "done", "fair-provinces")
    plan = planner.get(f"plans/{run['code']}")[1]["plan"]
    assert plan["policy"] == "fair-provinces"
    assert plan["fairness"]["products"]
    assert planner.post("plans", {"first": "2026-12-07", "policy": "lottery"})[0] == 422


def test_only_a_planner_plans(near):
    for path, body in (("plans", {"first": "2026-12-07"}),):
        status, answer = near.post(path, body)
        assert status == 403
        assert answer["error"]["message"]


def test_a_senseless_plan_is_refused(planner):
    assert planner.post("plans", {"first": "2026-12-07", "days": 200})[0] == 422
    assert planner.post("plans", {"first": "soon"})[0] == 422
    assert planner.post("plans", {"first": "2026-12-07", "base": "nothing"})[0] == 404
    assert planner.get("plans/nothing")[0] == 404


# --- network, stock, books ------------------------------------------------------------------------


def test_the_network_is_given_as_its_file_writes_it(planner, far):
    from becq.chain.network import Network

    status, body = planner.get("network")
    assert status == 200
    assert Network.model_validate(body) == small_network()
    status, body = far.get("network")
    assert "processes" not in body
    assert [row["id"] for row in body["sites"] if "licence" in row] == ["far"]


def test_stock_and_lots_are_those_of_the_books(planner, far, operator):
    production.take_stock_on(
        operator, code="L 1/a", product="i131", site="reactor", activity_bq=4e9, at=BEFORE
    )
    caller = Caller(operator)
    status, rows = caller.get("stock", nuclide="I-131", at="2026-12-06T08:00:00Z")
    assert [(row["lot"], row["site"], row["activity_bq"]) for row in rows] == [("L 1/a", "reactor", 4e9)]
    status, lot = caller.get("ledger/lots/L 1/a")
    assert (status, len(lot["postings"]), lot["balances"][0]["activity_bq"]) == (200, 1, 4e9)
    assert caller.get("ledger/lots/none")[0] == 404
    assert far.get("stock")[1] == []
    assert far.get("ledger/lots/L 1/a")[0] == 404
    assert caller.get("stock", at="2026-12-06T08:00:00")[0] == 400


# --- calculators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry.names())
def test_calculators_answer_what_the_commands_print(near, name):
    calculator = registry.calculator(name)
    texts = dict(calculator.examples[0][1])
    assert near.get(f"calculators/{name}", **texts) == (200, calculator.ask(texts).as_dict())
    assert Caller().get(f"calculators/{name}", **texts)[0] == 401


def test_wrong_inputs_of_a_calculator_are_named(near):
    status, body = near.get("calculators/decay", nuclide="Yb-177", activity="5 mbq", after="1 d")
    assert status == 422
    problems = {problem["column"]: problem["message"] for problem in body["error"]["problems"]}
    assert set(problems) == {"nuclide", "activity"}
    assert "did you mean Lu-177" in problems["nuclide"]
    status, body = near.get("calculators/decay", nuclide="I-131", activty="1 GBq", after="1 d")
    assert (status, [p["column"] for p in body["error"]["problems"]]) == (422, ["activty"])
    assert near.get("calculators/decay", nuclide="I-131\0", activity="1 GBq", after="1 d")[0] == 422
    assert near.get("calculators/nothing")[0] == 404


def test_a_parameter_given_twice_is_refused(near):
    status, body = near.get("calculators/decay", nuclide=["I-131", "Lu-177"], activity="1 GBq", after="1 d")
    assert (status, [p["column"] for p in body["error"]["problems"]]) == (422, ["nuclide"])
    assert body["error"]["problems"][0]["message"] == "this is given more than once"


def test_a_plus_that_the_address_has_eaten_is_hinted_at(near):
    texts = {"kind": "mo99", "activity": "20 GBq", "calibrated": "2026-12-07T08:00 08:00", "elute": "09:00"}
    status, body = near.get("calculators/generator", **texts)
    (problem,) = body["error"]["problems"]
    assert (status, problem["column"]) == (422, "calibrated")
    assert "did you mean 2026-12-07T08:00+08:00? In an address + is written %2B" in problem["message"]


def test_calculators_are_described(db):
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for calculator in registry.calculators():
        operation = paths[f"/api/v1/calculators/{calculator.name}"]["get"]
        described = {each["name"]: each for each in operation["parameters"]}
        assert list(described) == [field.name for field in calculator.fields]
        for field in calculator.fields:
            assert described[field.name]["required"] is field.required
            assert described[field.name]["description"].startswith(field.label.en)
