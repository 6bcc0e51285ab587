"""A finished plan in the words of the books: lots by their codes, and what time forbids told as such."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from becq.planning.lots import Lot
from becq.platform.plans.input import Coming, PlanInput

PINNED, TOO_LATE = "pinned", "no_batch_in_time"


def tell_plan(document: dict[str, Any], given: PlanInput) -> dict[str, Any]:
    """The plan as it is kept: ``Plan.as_dict()`` made of ``given``."""
    _tell_past(document["unmet"], given)
    processes = {each.process for each in given.coming}
    for batch in document["batches"]:
        if batch["process"] in processes:
            batch |= {"kind": "stock", "process": None, "pinned": False}
    return _renamed(document, given.coming)


def tell_explanation(document: dict[str, Any], coming: Iterable[Coming]) -> dict[str, Any]:
    """An explanation as it is kept: ``Explanation.as_dict()``, lots by their codes."""
    return _renamed(document, coming)


def _renamed(document: dict[str, Any], coming: Iterable[Coming]) -> dict[str, Any]:
    text = json.dumps(document, ensure_ascii=False)
    for each in coming:
        text = text.replace(each.batch, json.dumps(each.stock.id, ensure_ascii=False)[1:-1])
    found: dict[str, Any] = json.loads(text)
    return found


def _tell_past(unmet: list[dict[str, Any]], given: PlanInput) -> None:
    """The planner calls pinned what it was told to leave out; nobody pinned what is merely past."""
    told = [_sentences(given, lot) for lot in given.past]
    processes = [each.process for each in given.coming]
    for row in unmet:
        if "is pinned not to start" not in row["sentence"]:
            continue
        for (old, new), (old_zh, new_zh) in told:
            row["sentence"] = row["sentence"].replace(old, new)
            row["sentence_zh"] = row["sentence_zh"].replace(old_zh, new_zh)
        if any(f"({process})" in row["sentence"] for process in processes):
            row["sentence"] = "No lot is released at a time from which it could arrive in the window."
            row["sentence_zh"] = "没有批次的放行时间能使其在时间窗内送达。"
        if row["reason"] == PINNED and "is pinned not to start" not in row["sentence"]:
            row["reason"] = TOO_LATE


def _sentences(given: PlanInput, lot: Lot) -> tuple[tuple[str, str], tuple[str, str]]:
    product = given.network.product[lot.product]
    start = f"{datetime.fromtimestamp(lot.start, given.network.site[lot.site].zone):%m-%d %H:%M}"
    batch = f"The batch of {product.name} starting {start} ({lot.process})"
    batch_zh = f"{start}开始的{product.name_zh}批次（{lot.process}）"
    return (
        (f"{batch} is pinned not to start.", f"{batch} can no longer be started: its time has passed."),
        (f"{batch_zh}已被固定为不启动。", f"{batch_zh}已无法启动：时间已过。"),
    )
