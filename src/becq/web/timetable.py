"""Today's timetable: runs, departures, arrivals, calibrations and doses, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.platform import clock
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.market import selectors as market
from becq.platform.market.models import Status
from becq.platform.production import selectors as production
from becq.web import directory, frame
from becq.web.needs import address
from becq.web.tables import Column, Filter, Table

KINDS = ("run", "departure", "arrival", "calibration", "dose")


@dataclass(slots=True)
class Moment:
    """One line: what happens, or has happened, when."""

    at: datetime
    kind: str
    what: str
    code: str
    chip: str
    href: str
    product: str
    bq: float | None
    nuclide: str
    site: Any
    state: str


def day_of(request: HttpRequest) -> tuple[datetime, datetime]:
    """Start and end of the day shown, in the zone of the page."""
    local = frame.moment(request).astimezone(frame.zone(request))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def moments(request: HttpRequest) -> list[Moment]:
    """Everything of the day that the person may see; of the chosen site where one is chosen."""
    start, end = day_of(request)
    chosen = frame.site(request)
    site = chosen.code if chosen else ""
    found = [
        *_runs(request, start, end, site),
        *_ways(request, start, end, site),
        *_calibrations(request, start, end, site),
        *_doses(request, start, end, site),
    ]
    now = clock.now()
    for each in found:
        if each.state in {"planned", "dispatched", "assayed", "dispensed"} and each.at < now - timedelta(
            minutes=15
        ):
            each.state = "late"
    return sorted(found, key=lambda each: (each.at, each.code))


def _runs(request: HttpRequest, start: datetime, end: datetime, site: str) -> Iterator[Moment]:
    viewer: Any = request.user
    for row in production.runs(viewer, start=start, end=end, site=site).exclude(status="cancelled"):
        started = row.status != "planned"
        for at, what, bq, done in (
            (row.actual_start or row.planned_start, _("Run starts"), None, started),
            (
                row.actual_eob or row.planned_eob,
                _("End of bombardment"),
                row.assayed_bq or row.planned_activity_eob_bq,
                started,
            ),
            (
                row.released_at or row.planned_release,
                _("Release"),
                row.released_bq or row.planned_activity_bq,
                row.status == "released",
            ),
        ):
            if start <= at < end:
                state = "done" if done else "failed" if row.status == "failed" else "planned"
                yield Moment(
                    at,
                    "run",
                    what,
                    row.code,
                    "lot",
                    address("run", row.code),
                    directory.product(request, row.product),
                    bq,
                    row.nuclide,
                    directory.site(request, row.site_code),
                    state,
                )


def _ways(request: HttpRequest, start: datetime, end: datetime, site: str) -> Iterator[Moment]:
    viewer: Any = request.user
    rows = dispatch.consignments(viewer, start=start, end=end, site=site).exclude(status="cancelled")
    for row in rows:
        left = row.dispatched_at or row.planned_depart
        came = row.received_at or row.expected_arrive
        if start <= left < end and (not site or row.from_site == site):
            yield Moment(
                left,
                "departure",
                _("Departure"),
                row.code,
                "consignments",
                address("consignment", row.code),
                directory.product(request, row.product),
                dispatch.predicted_bq(row, left),
                row.nuclide,
                directory.site(request, row.from_site),
                "planned" if row.dispatched_at is None else "done",
            )
        if start <= came < end and (not site or row.to_site == site):
            known = {"received", "rejected", "taken back", "dispatched"}
            state = row.status if row.status in known else "planned"
            yield Moment(
                came,
                "arrival",
                _("Arrival"),
                row.code,
                "consignments",
                address("consignment", row.code),
                directory.product(request, row.product),
                dispatch.predicted_bq(row, came),
                row.nuclide,
                directory.site(request, row.to_site),
                state,
            )


def _calibrations(request: HttpRequest, start: datetime, end: datetime, site: str) -> Iterator[Moment]:
    """When patients are booked: the calibration times of a hospital's orders."""
    viewer: Any = request.user
    if viewer.role != "hospital":
        return
    rows = market.orders(viewer, site=site).filter(calibration_at__gte=start, calibration_at__lt=end)
    for row in rows.exclude(status__in=[Status.CANCELLED, Status.DRAFT]):
        number = row.patients or 0
        what = (
            ngettext("Calibration, %(n)s patient", "Calibration, %(n)s patients", number) % {"n": number}
            if number
            else _("Calibration")
        )
        yield Moment(
            row.calibration_at,
            "calibration",
            what,
            row.code,
            "order",
            address("order", row.code),
            directory.product(request, row.product_code),
            row.activity_bq,
            row.nuclide,
            directory.site(request, row.site_code),
            "short" if row.is_short and row.status != Status.UNMET else row.status,
        )


def _doses(request: HttpRequest, start: datetime, end: datetime, site: str) -> Iterator[Moment]:
    viewer: Any = request.user
    if viewer.role not in {"hospital", "rso"}:
        return
    rows = clinic.doses(viewer, site=site).filter(
        Q(at__gte=start, at__lt=end) | Q(administration__at__gte=start, administration__at__lt=end)
    )
    for row in rows:
        given = getattr(row, "administration", None)
        at = given.at if given else row.at
        what = (
            _("Dose given")
            if given
            else _("Dose discarded")
            if row.status == "discarded"
            else _("Dose drawn")
        )
        yield Moment(
            at,
            "dose",
            what,
            row.code,
            "lot",
            address("dose", row.code),
            directory.product(request, row.product),
            given.activity_bq if given else row.activity_bq,
            row.nuclide,
            directory.site(request, row.site_code),
            row.status,
        )


def timetable(request: HttpRequest) -> Table:
    """The table of the day; from an hour ago on unless the whole day is asked for."""
    rows = moments(request)
    if request.GET.get("tab") != "day":
        since = max(frame.moment(request), day_of(request)[0]) - timedelta(hours=1)
        rows = [row for row in rows if row.at >= since]
    words = {
        "run": _("Runs"),
        "departure": _("Departures"),
        "arrival": _("Arrivals"),
        "calibration": _("Calibrations"),
        "dose": _("Doses"),
    }
    shown = [(kind, words[kind]) for kind in KINDS if any(row.kind == kind for row in rows)]
    return Table(
        request=request,
        rows=rows,
        caption=_("Timetable"),
        name="timetable",
        order="at",
        row_key="code",
        export_name="timetable",
        columns=[
            Column("at", _("Time"), "instant", sort=True),
            Column("state", _("Status"), "state", sort=True),
            Column("what", _("What"), sort=True),
            Column("product", _("Product"), sort=True),
            Column("bq", _("Activity"), "activity", sort=True, at="at", nuclide="nuclide", show_at=False),
            Column("site", _("Site"), "site"),
            Column("code", _("Run, consignment, order or dose"), template="web/today/thing.html"),
        ],
        filters=[
            Filter("kind", _("What"), choices=shown),
            Filter("q", _("Code, product"), "search", fields=["code", "product"]),
        ],
        empty_title=_("Nothing more is planned for today"),
        empty_sentence=_("Runs, departures, arrivals and doses of the day stand here."),
    )
