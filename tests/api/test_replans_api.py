"""Plans made anew through the API: events, changes, what-ifs, explanations, comparisons; each to those who may."""

from __future__ import annotations

import pytest
from test_api import Caller, before, far, near, planner

__all__ = ["before", "far", "near", "planner"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before")]

OUTAGE = {
    "kind": "outage", "resource": "cyclotron", "start": "2026-12-10T00:00+08:00",
    "end": "2026-12-12T00:00+08:00", "reason": "magnet",
}  # fmt: skip


@pytest.fixture
def code(planner: Caller) -> str:
    status, run = planner.post("plans", {"first": "2026-12-07", "days": 14})
    assert (status, run["status"]) == (202, "done"), run
    planner.post(f"plans/{run['code']}/commit")
    return run["code"]


def test_an_event_makes_a_plan_anew_and_each_sees_their_part_of_the_changes(planner, near, far, code):
    status, run = planner.post(
        f"plans/{code}/anew", {"events": [OUTAGE], "now": "2026-12-09T10:00:00+08:00", "name": "magnet"}
    )
    assert (status, run["status"], run["base"], run["purpose"]) == (202, "done", code, "replan"), run
    assert run["events"][0]["resource"] == "cyclotron"
    status, changes = planner.get(f"plans/{run['code']}/changes")
    assert status == 200
    assert {row["site"] for row in changes["messages"]} == {row["site"] for row in changes["orders"]}
    assert changes["orders"]
    assert near.get(f"plans/{run['code']}/changes")[0] == 404, "nobody has committed it"
    assert planner.get(f"plans/{code}/changes")[0] == 404
    assert near.post(f"plans/{code}/anew", {"events": [OUTAGE]})[0] == 403
    assert near.get(f"plans/{code}/known-events")[0] == 403
    assert planner.get(f"plans/{code}/known-events") == (200, [])
    status, committed = planner.post(f"plans/{run['code']}/commit", {"supersede": True})
    assert status == 200, committed
    seen = near.get(f"plans/{run['code']}/changes")[1]
    assert {row["site"] for row in seen["orders"]} == {"near"}
    assert {row["site"] for row in seen["messages"]} == {"near"}
    assert near.get(f"plans/{run['code']}")[1]["events"] == []


def test_what_fits_nothing_is_refused_with_its_field(planner, code):
    status, body = planner.post(
        f"plans/{code}/anew", {"events": [{"kind": "late", "batch": "x", "by": "2 h"}]}
    )
    assert status == 422
    assert body["error"]["problems"][0]["column"] == "batch"
    assert planner.post(f"plans/{code}/anew", {"now": "2026-12-09T10:00:00"})[0] == 400
    assert planner.post(f"plans/{code}/anew", {"purpose": "scenario"})[0] == 400
    assert planner.post(f"plans/{code}/anew", {"purpose": "magic"})[0] == 400
    assert planner.post("plans/nothing/anew", {})[0] == 404


def test_what_ifs_are_listed_named_compared_and_deleted(planner, near, code):
    more = {"kind": "positions", "resource": "pile", "positions": 3}
    status, run = planner.post(
        f"plans/{code}/anew", {"purpose": "scenario", "name": "third", "variations": [more]}
    )
    assert (status, run["variations"]) == (202, [more]), run
    assert [each["code"] for each in planner.get(f"plans/{code}/scenarios")[1]] == [run["code"]]
    assert (
        planner.post(f"plans/{run['code']}/name", {"name": "Third position"})[1]["name"] == "Third position"
    )
    status, found = planner.get("plans/compare/figures", plans=f"{code},{run['code']}")
    assert (status, [each["name"] for each in found["measures"]]) == (200, [code, run["code"]])
    assert planner.get("plans/compare/figures", plans=code)[0] == 400
    assert near.get("plans/compare/figures", plans=f"{code},{run['code']}")[0] == 403
    assert near._read(near.client.delete(f"/api/v1/plans/{run['code']}"))[0] == 404
    assert planner.client.delete(f"/api/v1/plans/{code}").status_code == 409
    assert planner.client.delete(f"/api/v1/plans/{run['code']}").status_code == 204
    assert planner.get(f"plans/{code}/scenarios")[1] == []


def test_an_order_is_explained_and_a_change_taken(planner, near, code):
    unmet = planner.get(f"plans/{code}")[1]["plan"]["unmet"]
    order = next(row["order"] for row in unmet if row["reason"] == "licence_limit")
    assert planner.get(f"plans/{code}/orders/{order}/explanation")[0] == 404
    status, found = planner.post(f"plans/{code}/orders/{order}/explanation")
    assert (status, found["status"]) == (202, "done"), found
    assert planner.get(f"plans/{code}/orders/{order}/explanation")[1]["result"]["order"] == order
    assert near.post(f"plans/{code}/orders/{order}/explanation")[0] == 403
    assert near.get(f"plans/{code}/orders/{order}/explanation")[0] == 403
    status, run = planner.post(f"plans/{code}/orders/{order}/take", {"number": 0})
    assert (status, run["status"], run["purpose"]) == (202, "done", "scenario"), run
    plan = planner.get(f"plans/{run['code']}")[1]["plan"]
    assert order in {row["order"] for row in plan["deliveries"]}
    assert planner.post(f"plans/{code}/orders/{order}/take", {"number": 99})[0] == 400
