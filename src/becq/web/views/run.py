"""One production run: its steps, what went in, what came out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.production import selectors
from becq.platform.production import services as making
from becq.platform.production.models import ProductionRun, RunStatus
from becq.web import directory, frame
from becq.web.deeds import Deed, do_one
from becq.web.production_deeds import AssayDeed, CancelDeed, FailDeed, ReleaseDeed
from becq.web.views.lot import may_read_books
from becq.web.views.production import assay_difference, may_make, release_difference, waits_for


@login_required
def run(request: HttpRequest, code: str) -> HttpResponse:
    """One run: plan against what happened, what went in and came out, and what is to be done."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    try:
        found = selectors.run(viewer, code)
    except InputError as error:
        raise Http404(code) from error
    zone = directory.zone(request, found.site_code)
    now = clock.now()
    held = _held(viewer, found, now)
    deeds: list[Deed] = []
    if found.status == RunStatus.PLANNED and may_make(viewer, found):
        deeds.append(AssayDeed(request, found, zone=zone))
    may_release = policy.may(
        viewer, "production.release", organisation=found.organisation, site=found.site_code
    )
    if may_release and found.status == RunStatus.ASSAYED:
        deeds.append(
            ReleaseDeed(request, found, zone=zone, after=found.actual_eob, held_bq=held, held_at=now)
        )
    if may_release and found.status in {RunStatus.PLANNED, RunStatus.ASSAYED}:
        deeds.append(FailDeed(request, found, zone=zone, after=found.actual_eob))
    if may_release and found.status == RunStatus.PLANNED:
        deeds.append(CancelDeed(request, found, zone=zone))
    answer = do_one(request, deeds, reverse("run", args=[found.code]))
    if answer is not None:
        return answer
    postings = [row for row in books.history(viewer, found.code) if row.document.get("run") == found.code]
    context = {
        "run": found,
        "zone": zone,
        "now": now,
        "site": directory.site(request, found.site_code),
        "product": directory.product(request, found.product),
        "kind": directory.RUN_KINDS.get(found.kind, found.kind),
        "waits": waits_for(found),
        "deeds": deeds,
        "steps": _steps(found),
        "events": _events(found, postings),
        "inputs": _inputs(viewer, found, postings),
        "held_bq": held,
        "consignments": _outputs(request, found),
        "zone_words": frame.zone_label(now, zone),
    }
    return render(request, "web/production/run.html", context)


def _held(viewer: Any, found: ProductionRun, at: datetime) -> float | None:
    """What is left of the lot at its site; None where the viewer may not read its books."""
    if found.status not in {RunStatus.ASSAYED, RunStatus.RELEASED} or not may_read_books(viewer, found):
        return None
    rows = books.balances(
        viewer, at, lot=found.code, site=found.site_code, nuclide=found.nuclide, minimum_bq=0.0
    )
    return sum(row.activity_bq for row in rows if row.posted and not row.place.endswith("/waste"))


def _steps(run: ProductionRun) -> list[dict[str, Any]]:
    """Plan and reality side by side: times and activities, with their differences."""
    expires = run.lot.expires if getattr(run, "lot", None) and run.released_at else None
    return [
        {
            "label": _("Start"),
            "planned": run.planned_start,
            "actual": run.actual_start,
            "late_s": directory.elapsed(run.actual_start, run.planned_start),
        },
        {
            "label": _("End of bombardment (EOB)")
            if run.kind in making.CREATING
            else _("End of the process"),
            "planned": run.planned_eob,
            "actual": run.actual_eob,
            "late_s": directory.elapsed(run.actual_eob, run.planned_eob),
            "planned_bq": run.planned_activity_eob_bq,
            "actual_bq": run.assayed_bq,
            "uncertainty_bq": run.assay_uncertainty_bq,
            "difference": directory.signed(assay_difference(run)),
        },
        {
            "label": _("Release"),
            "planned": run.planned_release,
            "actual": run.released_at,
            "late_s": directory.elapsed(run.released_at, run.planned_release),
            "planned_bq": run.planned_activity_bq,
            "actual_bq": run.released_bq,
            "difference": directory.signed(release_difference(run)),
        },
        {
            "label": _("Expiry"),
            "planned": run.planned_expires,
            "actual": expires,
            "late_s": directory.elapsed(expires, run.planned_expires),
        },
    ]


def _events(run: ProductionRun, postings: list[Any]) -> list[dict[str, Any]]:
    """The timeline: what is done with who did it, what is to come as planned."""
    who = postings[0].actor_name if postings else ""
    rows: list[dict[str, Any]] = [
        {
            "what": "running",
            "label": _("Start"),
            "tone": "done" if run.actual_start else "planned",
            "at": run.actual_start,
            "planned_at": run.planned_start,
        },
        {
            "what": "assayed",
            "label": _("EOB assay"),
            "tone": "done" if run.actual_eob else "planned",
            "at": run.actual_eob,
            "planned_at": run.planned_eob,
            "who": who if run.actual_eob else "",
            "bq": run.assayed_bq,
            "nuclide": run.nuclide,
        },
    ]
    if run.status in {RunStatus.FAILED, RunStatus.CANCELLED}:
        if run.status == RunStatus.CANCELLED or not run.actual_eob:
            rows = []
        rows.append(
            {"what": run.status, "note": run.note, "who": postings[-1].actor_name if postings else ""}
        )
        return rows
    rows.append(
        {
            "what": "released",
            "label": _("Release"),
            "tone": "done" if run.released_at else "planned",
            "at": run.released_at,
            "planned_at": run.planned_release,
            "who": str(run.released_by) if run.released_by else "",
            "bq": run.released_bq,
            "nuclide": run.nuclide,
            "note": run.note,
        }
    )
    return rows


def _inputs(viewer: Any, run: ProductionRun, postings: list[Any]) -> list[dict[str, Any]]:
    """Lots that went in, or are to go in, planned and as booked."""
    rows = {
        row["lot"]: {
            "lot": row["lot"],
            "planned_bq": row["activity_bq"],
            "planned_at": datetime.fromisoformat(row["reference_time"]),
            "bq": None,
            "at": None,
        }
        for row in run.inputs
    }
    for posting in postings:
        if posting.kind not in {"process", "elute"} or posting.event_time != run.actual_eob:
            continue
        for entry in posting.entries.all():
            if entry.activity_bq < 0 and entry.nuclide == run.nuclide and entry.lot != run.code:
                parent = entry.lot.rpartition("-")[0]
                row = (
                    rows.get(entry.lot) or rows.pop(parent, None) or {"planned_bq": None, "planned_at": None}
                )
                rows[entry.lot] = row | {"lot": entry.lot, "bq": -entry.activity_bq, "at": posting.event_time}
    return list(rows.values())


def _outputs(request: HttpRequest, run: ProductionRun) -> list[dict[str, Any]]:
    """Where the lot goes."""
    return [
        {
            "row": row,
            "to": directory.site(request, row.to_site),
            "bq": dispatch.predicted_bq(row, row.dispatched_at or row.planned_depart),
            "at": row.dispatched_at or row.planned_depart,
        }
        for row in dispatch.consignments(request.user, lot=run.code)[:200]  # type: ignore[arg-type]
    ]
