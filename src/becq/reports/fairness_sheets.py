"""Sheets of a plan's workbook that say how evenly it serves and what limits it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from becq.planning.plan import Plan

Rows = list[tuple[Any, ...]]


def fairness_sheets(plan: Plan) -> Iterator[tuple[str, list[str], Rows]]:
    """(name, header, rows) of sheets fairness, provinces, hospitals short and, where asked for, prices."""
    fairness = plan.fairness
    if fairness:
        yield (
            "fairness",
            [
                "product", "ordered (Bq)", "could be reached (Bq)", "served (Bq)", "hospitals",
                "hospitals out of reach", "least share of a hospital", "hospital with it", "Jain, hospitals",
                "provinces", "least share of a province", "province with it", "Jain, provinces",
            ],
            [
                tuple(
                    row[name]
                    for name in (
                        "product", "ordered_bq", "reachable_bq", "served_bq", "hospitals", "unreachable",
                        "least_hospital_share", "least_hospital", "jain_hospitals", "provinces",
                        "least_province_share", "least_province", "jain_provinces",
                    )
                )
                for row in fairness["products"]
            ],
        )  # fmt: skip
        figures = ("product", "orders", "ordered_bq", "reachable_bq", "served_bq", "share")
        header = ["product", "orders", "ordered (Bq)", "could be reached (Bq)", "served (Bq)", "share"]
        yield (
            "provinces",
            ["province", "省份", *header],
            [
                (row["name"], row["name_zh"], *(row[name] for name in figures))
                for row in fairness["provinces"]
            ],
        )
        yield (
            "hospitals short",
            ["hospital", *header],
            [(row["site"], *(row[name] for name in figures)) for row in fairness["hospitals"]],
        )
    if plan.prices is not None:
        yield (
            "prices",
            [
                "limit", "whose", "name", "名称", "site", "nuclide", "from", "to", "begins", "ends",
                "per one more", "objective more", "orders of average size more", "cost less (CNY)",
            ],
            [
                (
                    row["kind"], row["id"], row["name"], row["name_zh"], row["site"], row["nuclide"],
                    row["origin"], row["to"], _when(row["start"]), _when(row["end"]), row["unit"],
                    row["service"], row["orders"], row["saving"],
                )
                for row in plan.prices
            ],
        )  # fmt: skip


def _when(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
