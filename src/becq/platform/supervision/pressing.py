"""What presses in supervision: filings late or due within days, and approvals that end, by duty."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.supervision import selectors
from becq.platform.supervision.duties import duties

WITHIN = timedelta(days=7)
APPROVALS = "approvals"
"""Stands for a duty where approvals end."""


@dataclass(frozen=True, slots=True)
class Pressing:
    """A duty with how many are late or due within :data:`WITHIN`, and the end of the first day due."""

    duty: str
    count: int
    due: datetime
    late: int


def pressing(viewer: User, at: datetime) -> list[Pressing]:
    """What presses the viewer's own organisation; nothing for those who record no filings."""
    organisation = viewer.organisation
    if organisation is None or not policy.may(viewer, "filing.record", organisation=organisation):
        return []
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    days: dict[str, list[date]] = defaultdict(list)
    for row in duties(viewer, at):
        if row.owed.filing is None and row.due is not None and row.due <= today + WITHIN:
            days[row.owed.duty].append(row.due)
    for use in selectors.approval_uses(viewer, at):
        if use.ends_soon:
            days[APPROVALS].append(use.approval.valid_until)
    return [
        Pressing(duty, len(found), _end(min(found)), sum(day < today for day in found))
        for duty, found in days.items()
    ]


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
