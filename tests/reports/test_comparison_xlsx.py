"""The comparison as a workbook: its figures are those of the comparison, its orders those that changed."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).parents[1] / "planning"))
from small import small_network

from becq.errors import InputError
from becq.planning import plan
from becq.planning.changes import find_changes
from becq.planning.comparison import compare
from becq.planning.events import parse_event
from becq.planning.replan import replan
from becq.reports.comparison_xlsx import write_comparison_xlsx

NOW = datetime.fromisoformat("2026-12-09T10:00+08:00")


@pytest.fixture(scope="module")
def plans():
    network = small_network()
    first = plan(network, date(2026, 12, 7), 14).as_dict(network)
    event = parse_event("outage resource=cyclotron start=2026-12-10T00:00 duration=2d", NOW)
    found = replan(network, first, [event], NOW, name="=magnet")
    return {"plan": first, "=magnet": found.plan.as_dict(found.network)}


@pytest.mark.parametrize(
    ("language", "sheet", "label"), [("en", "figures", "cost (CNY)"), ("zh", "指标", "费用（元）")]
)
def test_figures_and_orders_are_those_of_the_comparison(plans, tmp_path, language, sheet, label):
    path = tmp_path / "c.xlsx"
    write_comparison_xlsx(plans, path, language)
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name(sheet).to_python()
    assert rows[0][1:3] == ["plan", "=magnet"], "a name is text, never a formula"
    one, two = compare(plans).measures
    cost = next(row for row in rows if row[0] == label)
    assert cost[1:4] == pytest.approx([one.cost, two.cost, two.cost - one.cost])
    orders = book.get_sheet_by_name(book.sheet_names[-2]).to_python()
    changes = find_changes(plans["plan"], plans["=magnet"])
    assert changes.orders
    assert [row[0] for row in orders[1:]] == [change.order for change in changes.orders]


def test_one_plan_and_an_unknown_language_are_refused(plans, tmp_path):
    with pytest.raises(InputError, match="two plans"):
        write_comparison_xlsx({"plan": plans["plan"]}, tmp_path / "c.xlsx")
    with pytest.raises(InputError, match="languages"):
        write_comparison_xlsx(plans, tmp_path / "c.xlsx", "la")
