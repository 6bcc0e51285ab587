"""Approvals of transfers that would serve an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from becq.physics.quantities import format_activity
from becq.planning.excerpt import Beside
from becq.planning.permits import missing_permissions, with_approvals

if TYPE_CHECKING:
    from becq.planning.remedies import Remedies, Remedy

ROOM = 1 + 1e-6


def approve(trials: Remedies) -> Iterator[Remedy]:
    """The approvals without which the order cannot be served, where they alone are missing."""
    network = trials.network
    if not network.approvals:
        return
    outcome = trials.solve(network.with_rows(approvals=[]), Beside(trials.excerpt))
    if not outcome.served:
        return
    rows = [*outcome.plan["deliveries"], *outcome.plan["supplies"]]
    needed = [
        replace(each, activity_bq=each.activity_bq * ROOM)
        for each in missing_permissions(network, [row for row in rows if row["state"] != "sent"], rows)
    ]
    if not needed:
        return
    outcome = trials.solve(with_approvals(network, needed), Beside(trials.excerpt))
    if not outcome.served:
        return
    listed, listed_zh = [], []
    for each in needed:
        origin, destination = network.site[each.origin], network.site[each.destination]
        shown = f"{format_activity(each.activity_bq)}"
        listed.append(f"{shown} of {each.nuclide} from {origin.name} to {destination.name}")
        listed_zh.append(f"{origin.name_zh}向{destination.name_zh}转让{each.nuclide} {shown}")
    what = [
        {
            "from": each.origin, "to": each.destination, "nuclide": each.nuclide,
            "activity_bq": each.activity_bq, "day": each.day.isoformat(),
        }
        for each in needed
    ]  # fmt: skip
    yield trials.remedy(
        "approval", {"approvals": what}, outcome,
        f"Have approved for the year: {'; '.join(listed)}.", f"办理本年度转让审批：{'；'.join(listed_zh)}。",
    )  # fmt: skip
