"""A plan written out says the same as the plan, in every format."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).parents[1] / "planning"))
from small import small_network

from becq.chain.network import Network
from becq.planning import Plan, plan
from becq.reports.plan_html import render_plan_html
from becq.reports.plan_json import write_plan_json
from becq.reports.plan_xlsx import write_plan_xlsx
from becq.reports.words import WORDS


@pytest.fixture(scope="module")
def network() -> Network:
    return small_network(name='Net </script><script>alert("x")</script>')


@pytest.fixture(scope="module")
def found(network: Network) -> Plan:
    return plan(network, date(2026, 12, 7), 7)


def test_json_has_what_the_contract_promises(found: Plan, network: Network, tmp_path: Path) -> None:
    write_plan_json(found, network, tmp_path / "plan.json")
    data = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert {"served_fraction", "gap", "solve_s", "moves", "unmet"} <= data.keys()
    for move in data["moves"]:
        assert {
            "kind",
            "lot",
            "nuclide",
            "from",
            "to",
            "start",
            "end",
            "activity_bq",
            "reference_time",
        } <= move.keys()
    for row in data["unmet"]:
        assert {"order", "short_bq", "reason", "sentence"} <= row.keys()


def test_workbook_lists_every_row(found: Plan, network: Network, tmp_path: Path) -> None:
    write_plan_xlsx(found, network, tmp_path / "plan.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "plan.xlsx"))
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert len(rows["deliveries"]) == len(found.deliveries) + 1
    assert len(rows["moves"]) == len(found.moves) + 1
    assert len(rows["unmet"]) == len(found.unmet) + 1
    column = rows["deliveries"][0].index("activity at calibration (Bq)")
    assert sum(row[column] for row in rows["deliveries"][1:]) == pytest.approx(
        sum(d.activity_bq for d in found.deliveries)
    )


def test_workbook_says_who_gets_which_share_and_what_limits_it(network: Network, tmp_path: Path) -> None:
    priced = plan(network, date(2026, 12, 7), 7, policy="pro-rata", prices=True)
    write_plan_xlsx(priced, network, tmp_path / "plan.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "plan.xlsx"))
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert ["rationing policy", "pro rata"] in [row[:2] for row in rows["summary"]]
    assert len(rows["fairness"]) == len(priced.fairness["products"]) + 1
    assert len(rows["provinces"]) == len(priced.fairness["provinces"]) + 1
    least = rows["fairness"][0].index("least share of a hospital")
    shares = [row[least] for row in rows["fairness"][1:]]
    assert min(share for share in shares if share != "") < 1
    assert len(rows["prices"]) == len(priced.prices or []) + 1 > 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_stands_alone_and_is_not_fooled(found: Plan, network: Network, language: str) -> None:
    page = render_plan_html(found, network, language)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page), "nothing is fetched"
    assert '<script>alert("x")' not in page, "names from the file are escaped"
    data = re.search(r'<script type="application/json" id="plan">(.*?)</script>', page, re.S)
    assert data is not None
    assert json.loads(data[1])["name"] == network.name
    for row in found.unmet:
        assert row.order in page


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
