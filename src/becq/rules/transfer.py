"""Activity that passes from one holder to another: facts of the subject transfer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from becq.chain.approval import Approval
from becq.chain.site import Site
from becq.rules.holding import is_judged, place


def by_way(approvals: Iterable[Approval]) -> dict[tuple[str, str, str], list[Approval]]:
    """Approvals by origin, destination and nuclide."""
    found: dict[tuple[str, str, str], list[Approval]] = {}
    for row in approvals:
        found.setdefault((row.origin, row.destination, row.nuclide), []).append(row)
    return found


def find_approval(
    approvals: Iterable[Approval], origin: str, destination: str, nuclide: str, day: date
) -> Approval | None:
    """The approval of a transfer: one that holds on the day, else the one that ends last, or None."""
    wanted = (origin, destination, nuclide)
    found = [row for row in approvals if (row.origin, row.destination, row.nuclide) == wanted]
    holding = [row for row in found if row.valid_from <= day <= row.valid_until]
    return max(holding or found, key=lambda row: (row.valid_until, row.id), default=None)


def transfer(
    sender: Site,
    receiver: Site,
    nuclide: str,
    day: date,
    activity_bq: float,
    *,
    approval: Approval | None,
    approvals_known: bool = True,
    transferred_bq: float | None = None,
    radiopharmaceutical: bool = True,
    trade: str | None = None,
    label: str = "",
) -> dict[str, Any]:
    """One transfer that is completed on ``day``.

    :param approvals_known: whether approvals are recorded at all; where they are not, none can be missed.
    :param transferred_bq: what has gone under the approval so far, this transfer included.
    :param trade: domestic, import, export or return; None: as the approval says, else domestic.
    :param label: what the transfer is called, for example the code of the consignment.
    """
    prefix = f"{label}: " if label else ""
    prefix_zh = f"{label}：" if label else ""
    scope = sender.licence.scope if sender.licence else []
    return {
        **place(receiver, day),
        "label": f"{prefix}{sender.name} to {receiver.name}",
        "label_zh": f"{prefix_zh}{sender.name_zh}至{receiver.name_zh}",
        "from_site": sender.id,
        "to_site": receiver.id,
        "nuclide": nuclide,
        "radiopharmaceutical": radiopharmaceutical,
        "trade": trade or (approval.trade if approval is not None else "domestic"),
        "activity_bq": activity_bq,
        "approval_held": True if approval is not None else False if approvals_known else None,
        "approval_year": float(approval.valid_from.year) if approval else None,
        "approval_days_left": _days_left(approval, day) if approval else None,
        "approved_bq": approval.activity if approval is not None else None,
        "year_transferred_bq": transferred_bq if approval is not None else None,
        "sender_may_sell": not is_judged(sender)
        or (bool({"sell", "produce"} & set(scope)) and _licensed(sender, nuclide)),
        "sender_licensed": not is_judged(sender) or _licensed(sender, nuclide),
        "receiver_licensed": not is_judged(receiver) or _licensed(receiver, nuclide),
    }


def _days_left(approval: Approval, day: date) -> float:
    """Days until it ends; below zero after that, and before it begins."""
    if day < approval.valid_from:
        return float((day - approval.valid_from).days)
    return float((approval.valid_until - day).days)


def _licensed(site: Site, nuclide: str) -> bool:
    return site.licence is not None and site.licence.limit_bq(nuclide) is not None
