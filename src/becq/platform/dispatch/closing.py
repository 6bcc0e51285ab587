"""What consignments mean for the orders that they serve: delivered, or not to come any more.

For the services of dispatch only; ``close_orders`` is theirs to give away.
"""

from __future__ import annotations

from collections.abc import Collection

from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.market import services as market
from becq.platform.measured import decayed


def close_orders(actor: User, orders: Collection[str]) -> list[str]:
    """Close orders in parts of which all that has left has come and nothing more is planned."""
    policy.require(actor, "plan.commit")
    closed = []
    for code in sorted(orders):
        last = Consignment.objects.filter(order_code=code, status=ConsignmentStatus.RECEIVED)
        row = last.order_by("-received_at").first()
        if row is not None and mark_delivered(actor, row):
            closed.append(code)
    return closed


def mark_delivered(actor: User, row: Consignment) -> bool:
    """Tell the market what an order received, referred to its calibration time, when all of it is there.

    What came instead of the product ordered counts for what it stands for.
    """
    parts = Consignment.objects.filter(order_code=row.order_code)
    if parts.filter(status__in=[ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED]).exists():
        return False
    got = [part for part in parts if part.received_bq is not None and part.received_at is not None]
    activity = sum(
        decayed(p.nuclide, p.received_bq, p.received_at, row.reference_time) * p.equivalent for p in got
    )
    market.mark_delivered(actor, row.order_code, activity_bq=activity, at=row.received_at)
    return True


def mark_undelivered(actor: User, row: Consignment, reason: str, sentence: str, sentence_zh: str) -> None:
    """Tell the market that nothing will come of a promise, unless another part of it still may."""
    alive = [ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED, ConsignmentStatus.RECEIVED]
    if not row.order_code:
        return
    others = Consignment.objects.filter(order_code=row.order_code, status__in=alive)
    came = others.filter(status=ConsignmentStatus.RECEIVED).order_by("-received_at").first()
    if came is not None:
        mark_delivered(actor, came)  # unless another part is still to come
    elif not others.exists():
        market.mark_undelivered(
            actor, row.order_code, reason=reason, sentence=sentence, sentence_zh=sentence_zh
        )
