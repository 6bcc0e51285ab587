"""What a person may know of waste."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.measured import decayed
from becq.platform.supervision.rulebook import book_of
from becq.platform.waste.models import WasteEntry, WasteStatus


def entries(
    viewer: User, *, status: str = "", site: str = "", nuclide: str = "", container: str = ""
) -> QuerySet[WasteEntry]:
    """The waste that the viewer may see, by the day from which it may be cleared."""
    found = WasteEntry.objects.filter(policy.scope(viewer, "organisation"))
    if isinstance(viewer, User) and viewer.site_code:
        found = found.filter(site_code=viewer.site_code)
    wanted = {"status": status, "site_code": site, "nuclide": nuclide, "container": container}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.select_related("organisation", "closed_by")


def entry(viewer: User, code: str) -> WasteEntry:
    """One entry by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = entries(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no waste '{code}'")
    return found


def clearable(viewer: User) -> QuerySet[WasteEntry]:
    """Waste in storage whose time is over."""
    return entries(viewer, status=WasteStatus.STORED).filter(clear_from__lt=clock.now())


def describe(row: WasteEntry) -> dict[str, Any]:
    """An entry with its activity now and the rule that gives its clearance date."""
    now = clock.now()
    book = book_of(row.organisation)
    return {
        "entry": row,
        "activity_now_bq": decayed(row.nuclide, row.activity_bq, row.at, now),
        "may_clear": row.status == WasteStatus.STORED and now > row.clear_from,
        "rule": next((rule for rule in book.rules if rule.id == row.rule), None),
    }
