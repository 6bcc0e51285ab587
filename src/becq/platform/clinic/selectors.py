"""What a person may know of doses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.clinic.models import Dose, DoseStatus


def doses(
    viewer: User, *, day: date | None = None, site: str = "", lot: str = "", status: str = ""
) -> QuerySet[Dose]:
    """The doses that the viewer may see, by time; of one day in the zone of the pages where given."""
    found = Dose.objects.filter(policy.scope(viewer, "organisation"))
    if isinstance(viewer, User) and viewer.site_code:
        found = found.filter(site_code=viewer.site_code)
    if day is not None:
        start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
        found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    wanted = {"site_code": site, "lot_code": lot, "status": status}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.select_related("organisation", "administration", "dispensed_by")


def doses_of_the_day(viewer: User) -> QuerySet[Dose]:
    """Today's doses, those not given yet first."""
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return doses(viewer, day=today).order_by("-status", "at", "code")


def doses_waiting(viewer: User) -> QuerySet[Dose]:
    """Doses drawn and neither given nor discarded, the oldest first."""
    return doses(viewer, status=DoseStatus.DISPENSED)


def dose(viewer: User, code: str) -> Dose:
    """One dose by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = doses(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no dose '{code}'")
    return found
