"""One consignment: where it is, what it will be on arrival, and what is to be done with it."""

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
from becq.platform.dispatch import selectors
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.dispatch.transport import carriage
from becq.platform.measured import decayed
from becq.platform.today import SHORTFALL
from becq.web import directory, frame
from becq.web.consignment_deeds import (
    KINDS,
    MODES,
    REFUSED,
    STEPS,
    CancelDeed,
    DelayDeed,
    DispatchDeed,
    HandOverDeed,
    ReceiveDeed,
    RejectDeed,
    TakeBackDeed,
    compare,
)
from becq.web.deeds import Deed, do_one


@login_required
def consignment(request: HttpRequest, code: str) -> HttpResponse:
    """One consignment: its way, its contents now and on arrival, its story, and what is to be done."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    try:
        row = selectors.consignment(viewer, code)
    except InputError as error:
        raise Http404(code) from error
    now = clock.now()
    at = frame.moment(request)
    departs, arrives = (directory.zone(request, each) for each in (row.from_site, row.to_site))
    sends = policy.may(viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site)
    receives = policy.may(viewer, "dispatch.receive", organisation=row.to_organisation, site=row.to_site)
    findings: list[Any] = list(row.findings)
    if receives and row.status in {ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED}:
        findings += [finding.as_dict() for finding in selectors.findings(viewer, row)]
    if row.override_reason:
        who = _("overridden by %(who)s: %(why)s") % {"who": row.override_by, "why": row.override_reason}
        findings = [each | {"override": who} if each["severity"] == "block" else each for each in findings]
    blocked = any(each["severity"] == "block" for each in findings)
    overrides = policy.may(viewer, "rules.override", organisation=row.to_organisation, site=row.to_site)
    deeds: list[Deed] = []
    if row.status == ConsignmentStatus.PLANNED and sends:
        deeds += [DispatchDeed(request, row, zone=departs), CancelDeed(request, row, zone=departs)]
    if row.status == ConsignmentStatus.DISPATCHED:
        after = row.dispatched_at
        if receives:
            deeds += [
                ReceiveDeed(request, row, zone=arrives, after=after, blocked=blocked, overrides=overrides),
                RejectDeed(request, row, zone=arrives, after=after),
            ]
        if sends or receives:
            zone = departs if sends else arrives
            deeds += [HandOverDeed(request, row, zone=zone, after=after), DelayDeed(request, row, zone=zone)]
    if row.status == ConsignmentStatus.REJECTED and sends:
        deeds.append(TakeBackDeed(request, row, zone=departs, after=row.received_at))
    answer = do_one(request, deeds, reverse("consignment", args=[row.code]))
    if answer is not None:
        return answer
    carried = carriage(viewer, row)  # type: ignore[arg-type]
    arrival = selectors.arrival(row)
    late = max((row.expected_arrive - row.planned_arrive).total_seconds(), 0.0)
    over = row.status not in {ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED}
    context = {
        "row": row,
        "at": at,
        "now": now,
        "product": directory.product(request, row.product),
        "kind": KINDS.get(row.kind, row.kind),
        "from_site": directory.site(request, row.from_site),
        "to_site": directory.site(request, row.to_site),
        "departs": departs,
        "arrives": arrives,
        "deeds": deeds,
        "legs": _legs(request, row),
        "late_s": late if late > 60 else None,
        "arrival": arrival,
        "refused": row.status in REFUSED,
        "short": arrival["ratio"] < SHORTFALL and row.status not in {ConsignmentStatus.CANCELLED, *REFUSED},
        "ratio": directory.signed(arrival["ratio"] - 1.0) if arrival["ratio"] else "",
        "moments": _moments(row, at, arrival, over),
        "comparison": compare(request, row.received_bq, row.received_uncertainty_bq, row.expected_bq),
        "events": _events(request, row),
        "findings": [each for each in findings if each["severity"] != "ok"],
        "kept": [each for each in findings if each["severity"] == "ok"],
        "carriage": carried,
        "share_a2": f"{carried.fraction_a2:.3g}" if carried else "",
        "blocked": blocked and not row.override_reason,
        "chart": _chart(row, str(arrives)),
    }
    return render(request, "web/consignments/consignment.html", context)


def _legs(request: HttpRequest, row: Consignment) -> list[dict[str, Any]]:
    """The legs with their times in the zones of their ends, as planned."""
    found = []
    for leg in row.legs:
        start, end = datetime.fromisoformat(leg["start"]), datetime.fromisoformat(leg["end"])
        found.append(
            {
                "mode": MODES.get(leg["mode"], leg["mode"]),
                "icon": {"flight": "flight", "air": "flight", "train": "train", "rail": "train"}.get(
                    leg["mode"], "road"
                ),
                "from": directory.site(request, leg["from"]),
                "to": directory.site(request, leg["to"]),
                "start": start,
                "end": end,
                "start_zone": directory.zone(request, leg["from"]),
                "end_zone": directory.zone(request, leg["to"]),
                "seconds": (end - start).total_seconds(),
            }
        )
    return found


def _moments(row: Consignment, at: datetime, arrival: dict[str, Any], over: bool) -> list[dict[str, Any]]:
    """Activity at the moments that matter: predicted against need."""

    def need(moment: datetime) -> float:
        return decayed(row.nuclide, row.planned_activity_bq, row.reference_time, moment)

    departs = row.dispatched_at or row.planned_depart
    rows = [
        (_("At departure"), departs, row.dispatched_bq is not None),
        (
            _("When rejected") if row.status in REFUSED else _("At arrival"),
            arrival["at"],
            row.received_bq is not None,
        ),
        (_("At calibration"), row.reference_time, False),
    ]
    if not over:
        rows.insert(
            1,
            (
                _("Now") if abs((at - clock.now()).total_seconds()) < 60 else _("At the moment chosen"),
                at,
                False,
            ),
        )
    found = []
    for label, moment, measured in sorted(rows, key=lambda each: each[1]):
        predicted = (
            row.dispatched_bq if measured and moment == departs else selectors.predicted_bq(row, moment)
        )
        found.append(
            {
                "label": label,
                "at": moment,
                "bq": predicted,
                "measured": measured,
                "need_bq": need(moment),
                "difference": directory.signed(directory.share(predicted, need(moment))),
            }
        )
    return found


def _events(request: HttpRequest, row: Consignment) -> list[dict[str, Any]]:
    found = []
    for event in selectors.timeline(request.user, row):  # type: ignore[arg-type]
        state = event["kind"] if event["done"] else "planned"
        actor = event["actor"]
        where = directory.site(request, event["place"]) if event["place"] else None
        found.append(
            {
                "what": state,
                "label": STEPS.get(event["kind"], event["kind"]),
                "tone": "done" if event["kind"] == "dispatched" else "",
                "at": event["at"] if event["done"] else None,
                "planned_at": None if event["done"] else event["at"],
                "who": (actor.get_full_name() or actor.username) if actor else "",
                "where": frame.named(where, event["place"]) if where else "",
                "bq": event["measured_bq"],
                "nuclide": row.nuclide,
                "note": event["note"] if event["done"] else str(MODES.get(event["note"], event["note"])),
            }
        )
    return found


def _chart(row: Consignment, zone: str) -> dict[str, Any]:
    """From departure to calibration: what is in the package, and what is needed at the end."""
    start = row.dispatched_at or row.planned_depart
    end = max(row.reference_time, selectors.arrives(row), start)
    if (end - start).total_seconds() < 600:
        end = start + (row.planned_arrive - row.planned_depart) + (row.planned_arrive - row.planned_depart)
    span = (end - start).total_seconds()
    marks = []
    if (
        abs((selectors.arrives(row) - clock.now()).total_seconds()) > 0.06 * span
    ):  # else its name runs into "now"
        marks.append({"at": selectors.arrives(row).isoformat(), "name": "arrival", "name_zh": "到达"})
    if abs((row.reference_time - selectors.arrives(row)).total_seconds()) > 0.1 * span:
        marks.append({"at": row.reference_time.isoformat(), "name": "calibration", "name_zh": "标定"})
    return {
        "timezone": zone,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "lots": [
            {
                "id": row.code,
                "name": row.package_lot or row.lot_code,
                "nuclide": row.nuclide,
                "activity_bq": selectors.predicted_bq(row, start),
                "reference_time": start.isoformat(),
            }
        ],
        "marks": marks,
        "need_bq": row.planned_activity_bq,
    }
