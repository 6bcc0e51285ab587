"""The reference tables by the API: listed, paged, selected from, described in the OpenAPI."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from becq.reports.catalogue.dictionary import tables
from becq.reports.catalogue.table import row_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(person):
    client = Client()
    client.force_login(person("hospital"))

    def ask(path: str, **query):
        answer = client.get(f"/api/v1/{path}", query)
        return answer.status_code, json.loads(answer.content)

    return ask


def test_a_stranger_must_log_in():
    for path in ("data", "data/", "data/d_values"):
        assert Client().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("path", ["data", "data/"])
def test_all_tables_are_listed_with_their_columns(get, path):
    status, found = get(path)
    assert status == 200
    assert [each["name"] for each in found] == list(tables())
    by_name = {each["name"]: each for each in found}
    assert by_name["photon_lines"]["rows"] == row_counts()["photon_lines"]
    assert by_name["transport_limits"]["columns"][2]["unit"] == "TBq"


def test_rows_are_typed_and_name_their_source(get):
    status, found = get("data/transport_limits", where="nuclide=99Mo")
    assert status == 200
    assert (found["table"], found["total"], found["page"]) == ("transport_limits", 1, 1)
    (row,) = found["rows"]
    assert (row["nuclide"], row["a1_tbq"], row["a2_tbq"]) == ("Mo-99", 1.0, 0.6)
    assert row["progeny_included"] == ["Tc-99m"]
    assert row["form"] is None
    assert row["source"].startswith("ADR/RID 2025")


def test_conditions_columns_and_search_narrow(get):
    _, found = get("data/d_values", where=["d_tbq<0.001", "second_reading=yes"], columns="d_tbq,nuclide")
    assert found["total"] == len(found["rows"]) > 0
    assert all(set(row) == {"d_tbq", "nuclide"} and row["d_tbq"] < 0.001 for row in found["rows"])
    _, found = get("data/d_values", q="99Tc")
    assert [row["nuclide"] for row in found["rows"]] == ["Tc-99"]
    _, found = get("data/transport_limits", where="a1_tbq=inf")
    assert {row["a1_tbq"] for row in found["rows"]} == {"inf"}


def test_large_tables_come_in_pages(get):
    total = row_counts()["photon_lines"]
    _, first = get("data/photon_lines")
    _, second = get("data/photon_lines", page=2)
    assert first["total"] == second["total"] == total
    assert len(first["rows"]) == len(second["rows"]) == 200
    assert first["rows"][-1] != second["rows"][0]
    _, last = get("data/photon_lines", page=total // 1000 + 1, page_size=1000)
    assert len(last["rows"]) == total % 1000
    _, beyond = get("data/photon_lines", page=99999)
    assert beyond["rows"] == []


@pytest.mark.parametrize(
    ("path", "query", "status", "message"),
    [
        ("data/transport_limit", {}, 404, "did you mean 'transport_limits'"),
        ("data/d_values", {"where": "nuclid=Ir-192"}, 400, "did you mean 'nuclide'"),
        ("data/d_values", {"where": "d_tbq>much"}, 400, "'much' is not a number"),
        ("data/d_values", {"columns": "nuclide,d_bq"}, 400, "did you mean 'd_tbq'"),
        ("data/d_values", {"page": 0}, 422, "page"),
        ("data/d_values", {"page_size": 1001}, 422, "page_size"),
    ],
)
def test_what_is_wrong_is_said(get, path, query, status, message):
    found, body = get(path, **query)
    assert found == status
    assert message in body["error"]["message"]


def test_it_is_in_the_openapi(get):
    _, schema = get("openapi.json")
    assert {"/api/v1/data", "/api/v1/data/{name}"} <= set(schema["paths"])
    assert "/api/v1/data/" not in schema["paths"]
    parameters = schema["paths"]["/api/v1/data/{name}"]["get"]["parameters"]
    assert [each["name"] for each in parameters] == ["name", "where", "q", "columns", "page", "page_size"]
