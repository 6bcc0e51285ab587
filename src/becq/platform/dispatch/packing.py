"""Is what was packed what the order wants? The finding of its tolerance, at calibration."""

from __future__ import annotations

from datetime import datetime

from becq.physics.quantities import format_activity
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.market.models import Order
from becq.platform.measured import decayed
from becq.rules.finding import Finding

RULE = "packing-tolerance"
SLACK = 1e-6


def packing_finding(row: Consignment, activity_bq: float, at: datetime) -> Finding | None:
    """What the order's tolerance says of ``activity_bq`` packed at ``at``; None if there is no order.

    Of an order that several consignments serve, each has its planned share. Where the plan itself promised
    less than the tolerance allows (or more), the tolerance is taken about the plan. For services.
    """
    order = Order.objects.filter(code=row.order_code).first() if row.order_code else None
    if order is None:
        return None
    lost = {ConsignmentStatus.CANCELLED, ConsignmentStatus.REJECTED, ConsignmentStatus.RETURNED}
    parts = Consignment.objects.filter(order_code=row.order_code).exclude(status__in=lost)
    planned = row.planned_activity_bq
    counts = planned * row.equivalent
    together = max(sum(part.planned_activity_bq * part.equivalent for part in parts), counts)
    need = order.activity_bq * counts / together / row.equivalent
    tolerance = order.tolerance
    least, most = need * (1 - tolerance), need * (1 + tolerance)
    if planned < least * (1 - SLACK):
        least = planned * (1 - tolerance)
    if planned > most * (1 + SLACK):
        most = planned * (1 + tolerance)
    there = decayed(row.nuclide, activity_bq, at, row.reference_time)
    kept = least * (1 - SLACK) <= there <= most * (1 + SLACK)
    limit = least if there < need else most
    spoken = [format_activity(value) for value in (there, least, most)]
    return Finding(
        rule=RULE,
        source=order.code,
        subject=row.code,
        measured=there,
        limit=limit,
        unit="Bq",
        severity="ok" if kept else "warn",
        sentence="{} at calibration was packed; the tolerance of the order is {} to {}.".format(*spoken),
        sentence_zh="装入量在标定时刻为 {}；订单允许范围为 {} 至 {}。".format(*spoken),
    )
