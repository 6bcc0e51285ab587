"""The rules by the API: listed, read, limits of a site, documents judged; closed to strangers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.test import Client

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))

from trade import GBQ, HOUR, START, trade

from becq.platform.production import services as production

__all__ = ["trade"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "rules" / "consignment.json"


class Desk:
    def __init__(self, person) -> None:
        self.client = Client()
        self.client.force_login(person)

    def get(self, path: str, **query):
        answer = self.client.get(f"/api/v1/{path}", query)
        return answer.status_code, json.loads(answer.content)

    def post(self, path: str, data):
        answer = self.client.post(f"/api/v1/{path}", json.dumps(data), content_type="application/json")
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def officer(trade):
    return Desk(trade.who("rso", "near"))


@pytest.mark.django_db
def test_a_stranger_must_log_in():
    for path in ("rules", "rules/limits?site=near", "rules/cn-licence-possession"):
        assert Client().get(f"/api/v1/{path}").status_code == 401
    assert Client().post("/api/v1/rules/check", "{}", content_type="application/json").status_code in (
        401,
        403,
    )


def test_rules_are_listed_and_narrowed(officer):
    status, found = officer.get("rules")
    assert (status, len(found) > 90) == (200, True)
    status, some = officer.get("rules", subject="vehicle", jurisdiction="CN-51")
    assert {(row["subject"], row["jurisdiction"]) for row in some} == {("vehicle", "CN")}
    status, one = officer.get("rules/cn-licence-possession")
    assert (status, one["limit"], one["own"]) == (200, "possession_limit_bq", False)
    assert "activity_bq" in one["facts"]
    status, answer = officer.get("rules/cn-licence-posession")
    assert status == 404
    assert "did you mean" in json.dumps(answer)


def test_the_limits_of_a_site_at_a_moment(trade, officer):
    lot = {"code": "tc-1", "product": "tc-dose", "site": "near", "activity_bq": 10 * GBQ, "at": START}
    with trade.at(START):
        production.take_stock_on(trade.who("planner", "near"), **lot)
        status, found = officer.get("rules/limits", site="near", at=START.isoformat())
    assert status == 200
    held = next(each for each in found["findings"] if each["rule"] == "cn-licence-possession")
    assert (held["measured"], held["limit"], held["unit"], held["severity"]) == (10.0, 10000.0, "GBq", "ok")
    _, later = officer.get("rules/limits", site="near", at=(START + 6 * HOUR).isoformat())
    after = next(each for each in later["findings"] if each["rule"] == "cn-licence-possession")
    assert after["measured"] == 10.0  # the highest of the day so far
    _, next_day = officer.get("rules/limits", site="near", at=(START + 24 * HOUR).isoformat())
    decayed = next(each for each in next_day["findings"] if each["rule"] == "cn-licence-possession")
    assert 0 < decayed["measured"] < 5
    status, _ = officer.get("rules/limits", site="mid")
    assert status == 404


def test_a_document_is_judged(officer):
    status, found = officer.post("rules/check", json.loads(EXAMPLE.read_text(encoding="utf-8")))
    assert (status, found["worst"], found["counts"]["block"]) == (200, "block", 1)
    assert found["findings"][0]["rule"] == "cn-package-category"
    status, answer = officer.post("rules/check", {"consignment": {"id": "x", "packages": []}})
    assert status == 422
    assert "packages" in json.dumps(answer)


def test_what_is_without_bound_is_null(officer):
    data = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    package = data["consignment"]["packages"][0]
    package |= {"type": "IP-3", "un_number": "3322", "material": "LSA-III", "state": "liquid", "mass": "1 kg"}
    status, found = officer.post("rules/check", data)
    assert status == 200
    liquid = next(each for each in found["findings"] if each["rule"] == "cn-package-industrial-material")
    assert (liquid["severity"], liquid["measured"]) == ("block", None)  # LSA-III is solid
