"""What a person may know of runs and lots."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.production.models import Lot, LotStatus, ProductionRun, RunStatus


def runs(
    viewer: User,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    status: str = "",
    site: str = "",
    nuclide: str = "",
    plan: str = "",
) -> QuerySet[ProductionRun]:
    """The runs that the viewer may see, by start; those that touch the span from ``start`` to ``end``."""
    found = _visible(viewer, ProductionRun.objects)
    if start is not None:
        found = found.filter(planned_release__gte=start)
    if end is not None:
        found = found.filter(planned_start__lt=end)
    wanted = {"status": status, "site_code": site, "nuclide": nuclide, "plan_code": plan}
    return found.filter(**{name: value for name, value in wanted.items() if value}).select_related(
        "organisation", "released_by", "lot"
    )


def run(viewer: User, code: str) -> ProductionRun:
    """One run by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = runs(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no run '{code}'")
    return found


def runs_due(viewer: User, *, within: timedelta = timedelta(hours=12)) -> list[dict[str, Any]]:
    """Runs that wait for an EOB assay or a release, now or soon, the most overdue first.

    :returns: dictionaries of run, action (assay, release), due (datetime), overdue_s (negative: still to
        come), expected_bq (what is planned at that moment).
    """
    now = clock.now()
    waiting = runs(viewer).filter(
        Q(status=RunStatus.PLANNED, planned_eob__lte=now + within)
        | Q(status=RunStatus.ASSAYED, planned_release__lte=now + within)
    )
    found = []
    for row in waiting:
        assay = row.status == RunStatus.PLANNED
        due = row.planned_eob if assay else row.planned_release
        found.append(
            {
                "run": row,
                "action": "assay" if assay else "release",
                "due": due,
                "overdue_s": (now - due).total_seconds(),
                "expected_bq": row.planned_activity_eob_bq if assay else row.planned_activity_bq,
            }
        )
    return sorted(found, key=lambda row: (row["due"], row["run"].code))


def lots(
    viewer: User,
    *,
    site: str = "",
    product: str = "",
    nuclide: str = "",
    status: str = "",
) -> QuerySet[Lot]:
    """The lots that the viewer may see, by when they were made."""
    wanted = {"site_code": site, "product": product, "nuclide": nuclide, "status": status}
    found = _visible(viewer, Lot.objects).filter(**{name: v for name, v in wanted.items() if v})
    return found.select_related("organisation", "run")


def lot(viewer: User, code: str) -> Lot:
    """One lot by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = lots(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no lot '{code}'")
    return found


def lots_at_hand(viewer: User, *, site: str = "") -> QuerySet[Lot]:
    """Released lots that have not expired: what may be sent, eluted or dispensed now."""
    now = clock.now()
    found = lots(viewer, site=site, status=LotStatus.AVAILABLE)
    return found.filter(Q(expires=None) | Q(expires__gte=now))


def _visible(viewer: User, rows: Any) -> QuerySet[Any]:
    found = rows.filter(policy.network_scope(viewer, "organisation"))
    if isinstance(viewer, User) and viewer.site_code and not policy.coordinates(viewer):
        found = found.filter(site_code=viewer.site_code)
    return found
