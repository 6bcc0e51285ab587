"""The plan as an Excel workbook: one sheet per question, local times of the network's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from becq.chain.network import Network
from becq.planning.plan import Plan
from becq.reports.fairness_sheets import fairness_sheets
from becq.reports.plan_words import POLICY_WORDS

TIME_FORMAT = "yyyy-mm-dd hh:mm"


def write_plan_xlsx(plan: Plan, network: Network, path: Path) -> None:
    """Write sheets summary, batches, deliveries, moves, unmet, losses, shares and prices."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = _Sheets(book, network)
        sheet.add(
            "summary",
            ["figure", "value", "unit"],
            [
                row
                for row in (
                    ("network", plan.network, ""),
                    ("from", plan.first, ""),
                    ("days", plan.days, "d"),
                    ("time zone of all times", network.timezone, ""),
                    ("orders", plan.orders, ""),
                    ("orders served", plan.orders_served, ""),
                    ("served fraction of ordered activity", plan.served_fraction, ""),
                    ("proven gap of service", plan.gap, ""),
                    ("first come, first served would serve", plan.greedy_served_fraction, ""),
                    ("cost", plan.cost, "CNY"),
                    ("proven gap of cost", plan.cost_gap, ""),
                    ("rationing policy", POLICY_WORDS["en"].get(plan.policy, plan.policy), ""),
                    ("solving time", plan.solve_s, "s"),
                )
                if row[1] is not None
            ],
        )
        sheet.add(
            "batches",
            [
                "batch",
                "process",
                "kind",
                "site",
                "resource",
                "product",
                "nuclide",
                "start",
                "EOB",
                "release",
                "expires",
                "activity at EOB (Bq)",
                "activity at release (Bq)",
                "used, at release (Bq)",
                "cost (CNY)",
            ],
            [
                (
                    b.id,
                    b.process or "",
                    b.kind,
                    b.site,
                    b.resource or "",
                    b.product,
                    b.nuclide,
                    _when(b.start),
                    _when(b.eob),
                    _when(b.release),
                    _when(b.expires),
                    b.activity_eob_bq,
                    b.activity_bq,
                    b.used_bq,
                    b.cost,
                )
                for b in plan.batches
            ],
        )
        sheet.add(
            "deliveries",
            [
                "order",
                "lot",
                "product",
                "nuclide",
                "from",
                "to",
                "leaves",
                "arrives",
                "activity leaving (Bq)",
                "activity arriving (Bq)",
                "activity at calibration (Bq)",
                "calibration time",
                "ways",
                "cost (CNY)",
                "instead of",
                "counts for the order (Bq)",
            ],
            [
                (
                    d.order,
                    d.lot,
                    d.product,
                    d.nuclide,
                    d.origin,
                    d.destination,
                    _when(d.depart),
                    _when(d.arrive),
                    d.activity_depart_bq,
                    d.activity_arrive_bq,
                    d.activity_bq,
                    _when(d.reference_time),
                    " → ".join(leg["lane"] for leg in d.legs),
                    d.cost,
                    d.instead_of,
                    d.counts_bq,
                )
                for d in plan.deliveries
            ],
        )
        sheet.add(
            "moves",
            [
                "kind",
                "lot",
                "product",
                "nuclide",
                "from",
                "to",
                "start",
                "end",
                "activity (Bq)",
                "reference time",
                "order",
                "lane",
            ],
            [
                (
                    m["kind"],
                    m["lot"],
                    m["product"],
                    m["nuclide"],
                    m["from"],
                    m["to"],
                    _when(m["start"]),
                    _when(m["end"]),
                    m["activity_bq"],
                    _when(m["reference_time"]),
                    m.get("order", ""),
                    m.get("lane", ""),
                )
                for m in plan.moves
            ],
        )
        sheet.add(
            "unmet",
            [
                "order",
                "site",
                "product",
                "nuclide",
                "short at calibration (Bq)",
                "reason",
                "explanation",
                "原因",
            ],
            [
                (u.order, u.site, u.product, u.nuclide, u.short_bq, u.reason, u.sentence, u.sentence_zh)
                for u in plan.unmet
            ],
        )
        sheet.add(
            "losses",
            ["nuclide", "stage", "lost to decay and processing (Bq)"],
            [(name, stage, bq) for name, stages in plan.lost_bq.items() for stage, bq in stages.items()],
        )
        for name, header, rows in fairness_sheets(plan):
            sheet.add(name, header, rows)


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)


class _Sheets:
    def __init__(self, book: xlsxwriter.Workbook, network: Network) -> None:
        self._book, self._zone = book, network.zone
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._time = book.add_format({"num_format": TIME_FORMAT})
        self._activity = book.add_format({"num_format": "0.000E+00"})

    def add(self, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, header, self._head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(
                        number, column, value.astimezone(self._zone).replace(tzinfo=None), self._time
                    )
                elif isinstance(value, float) and header[column].endswith("(Bq)"):
                    sheet.write_number(number, column, value, self._activity)
                elif isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, str(value))
        for column, title in enumerate(header):
            widest = max([len(str(row[column])) for row in rows[:200]] + [len(title) // 2])
            sheet.set_column(column, column, min(max(10, widest + 1), 44))
        if rows:
            sheet.autofilter(0, 0, len(rows), len(header) - 1)
