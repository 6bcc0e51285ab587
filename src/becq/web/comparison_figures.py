"""Figures of plans side by side, each with its difference from the first plan and whether that is better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from becq.planning.comparison import measure
from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.plan_document import PlanDocument, gap_text
from becq.web.tables import Column, Filter, Table


def _percent(digits: int) -> Callable[[Any], str]:
    return lambda value: f"{100 * value:.{digits}f} %"


def _money(value: float) -> str:
    return f"{value:,.0f} CNY"


def figure_rows(plans: Sequence[PlanDocument], whole: bool) -> list[dict[str, Any]]:
    """A row a figure, a cell a plan: text, and difference from the first with its tone.

    Sums of orders and cost are neither better nor worse where the plans are not of the same orders.
    """
    is_like = len({_orders_of(plan) for plan in plans}) == 1
    shown: list[tuple[str, str, Callable[[Any], str], int]] = [
        ("orders_served", _("Orders served"), lambda value: f"{value:,.0f}", 1)
    ]
    if not whole:
        return _rows([{"orders_served": plan.document["orders_served"]} for plan in plans], shown, is_like)
    shown += [
        ("served_fraction", _("Ordered activity served"), _percent(2), 1),
        ("gap", _("Proven gap"), _percent(2), -1),
        ("cost", _("Cost"), _money, -1),
        ("cost_of_batches", _("of it batches"), _money, 0),
        ("cost_of_transport", _("of it transport"), _money, 0),
        ("lost_share", _("Activity lost"), _percent(2), -1),
        ("site_share_least", _("Orders served of the site that gets least"), _percent(1), 1),
        ("sites_without", _("Sites that get nothing"), lambda value: f"{value:,.0f}", -1),
        ("jain", _("Fairness between sites (Jain)"), lambda value: f"{value:.3f}", 1),
        ("gini", _("Inequality between sites (Gini)"), lambda value: f"{value:.3f}", -1),
        ("province_least", _("Service of the province that gets least"), _percent(1), 1),
    ]
    measured = []
    for plan in plans:
        found = measure("", plan.document)
        figures = {name: getattr(found, name, None) for name, *_rest in shown}
        shares = [row["share"] for row in _provinces(plan) if row.get("share") is not None]
        measured.append(figures | {"province_least": min(shares, default=None)})
    return _rows(measured, shown, is_like)


SUMS = frozenset({"orders_served", "cost", "cost_of_batches", "cost_of_transport"})


def _rows(
    measured: Sequence[Mapping[str, Any]],
    shown: Sequence[tuple[str, str, Callable[[Any], str], int]],
    is_like: bool,
) -> list[dict[str, Any]]:
    rows = []
    for name, label, write, better in shown:
        values = [figures[name] for figures in measured]
        if any(value is None for value in values):
            continue
        state = gap_text if name == "gap" else write
        cells: list[dict[str, str]] = []
        for number, value in enumerate(values):
            difference = value - values[0]
            text = write(abs(difference))
            is_zero = not any(digit in "123456789" for digit in text)
            tone = ""
            if not is_zero and better and (is_like or name not in SUMS):
                tone = "done" if difference * better > 0 else "attention"
            sign = "±0" if is_zero else f"+{text}" if difference > 0 else f"−{text}"
            cells.append({"text": state(value), "difference": sign if number else "", "tone": tone})
        rows.append({"label": label, "cells": cells})
    return rows


def change_rows(differences: Sequence[Mapping[str, int]]) -> list[dict[str, Any]]:
    """How many orders each plan serves otherwise than the first."""
    rows = []
    for kind, label, tone in (
        ("gained", _("Orders gained"), "done"),
        ("lost", _("Orders lost"), "attention"),
        ("changed", _("Orders served otherwise"), ""),
    ):
        cells = [{"text": "", "difference": "", "tone": ""}]
        for counts in differences:
            number = counts.get(kind, 0)
            cells.append({"text": str(number), "difference": "", "tone": tone if number else ""})
        rows.append({"label": label, "cells": cells})
    return rows


def _orders_of(plan: PlanDocument) -> frozenset[str]:
    document = plan.document
    return frozenset(row["order"] for part in ("deliveries", "unmet") for row in document[part])


def _provinces(plan: PlanDocument) -> list[dict[str, Any]]:
    return list((plan.document.get("fairness") or {}).get("provinces") or [])


def province_rows(plans: Sequence[PlanDocument]) -> list[dict[str, Any]]:
    """Province and product → share served in each plan; nothing where a plan does not tell."""
    if not all(_provinces(plan) for plan in plans):
        return []
    shares = [{(row["province"], row["product"]): row["share"] for row in _provinces(plan)} for plan in plans]
    rows = []
    names = {row["province"]: frame.named(row, row["province"]) for plan in plans for row in _provinces(plan)}
    for key in sorted({key for each in shares for key in each}):
        row: dict[str, Any] = {
            "id": "|".join(key),
            "province": names[key[0]],
            "product": key[1],
            "product_name": plans[0].product(key[1]),
        }
        row |= {f"share_{number}": each.get(key) for number, each in enumerate(shares)}
        known = [each[key] for each in shares if each.get(key) is not None]
        row["spread"] = max(known) - min(known) if len(known) > 1 else 0.0
        rows.append(row)
    return rows


def provinces_compared(request: HttpRequest, rows: list[dict[str, Any]], runs: Sequence[PlanRun]) -> Table:
    """Served by province and product, a column a plan."""
    return Table(
        request=request,
        rows=rows,
        caption=_("Provinces"),
        name="provinces",
        row_key="id",
        order="-spread",
        export_name="comparison-provinces",
        columns=[
            Column("province", _("Province"), sort=True),
            Column("product_name", _("Product"), sort=True),
            *(
                Column(f"share_{number}", f"{'abcd'[number]} · {run.code}", "percent", sort=True)
                for number, run in enumerate(runs)
            ),
            Column("spread", _("Difference"), "percent", sort=True),
        ],
        filters=[
            Filter("q", _("Province"), "search", fields=["province"]),
            Filter(
                "product",
                _("Product"),
                choices=sorted({(row["product"], row["product_name"]) for row in rows}),
            ),
        ],
        empty_title=_("No provinces"),
    )


__all__ = ["change_rows", "figure_rows", "province_rows", "provinces_compared"]
