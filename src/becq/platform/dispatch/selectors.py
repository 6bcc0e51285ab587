"""What a person may know of consignments: both ends of the way see the whole of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch.models import Consignment, ConsignmentEvent, ConsignmentStatus
from becq.platform.measured import decayed
from becq.rules.finding import Finding


def consignments(
    viewer: User,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    status: str = "",
    site: str = "",
    nuclide: str = "",
    order: str = "",
    lot: str = "",
    plan: str = "",
) -> QuerySet[Consignment]:
    """The consignments that the viewer may see, by departure; those on the way between start and end."""
    found = Consignment.objects.filter(_visible(viewer))
    if start is not None:
        found = found.filter(expected_arrive__gte=start)
    if end is not None:
        found = found.filter(planned_depart__lt=end)
    if site:
        found = found.filter(Q(from_site=site) | Q(to_site=site))
    if lot:
        found = found.filter(Q(lot_code=lot) | Q(package_lot=lot))
    wanted = {"status": status, "nuclide": nuclide, "order_code": order, "plan_code": plan}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.select_related("from_organisation", "to_organisation")


def consignment(viewer: User, code: str) -> Consignment:
    """One consignment by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = consignments(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no consignment '{code}'")
    return found


def to_dispatch(viewer: User, *, within: timedelta = timedelta(hours=24)) -> QuerySet[Consignment]:
    """Planned consignments that the viewer's organisation sends, due ``within`` that time; late first."""
    found = consignments(viewer, status=ConsignmentStatus.PLANNED).filter(_end(viewer, "from"))
    return found.filter(planned_depart__lte=clock.now() + within).order_by("planned_depart", "code")


def to_receive(viewer: User, *, within: timedelta = timedelta(hours=24)) -> QuerySet[Consignment]:
    """What is under way to the viewer's organisation and expected ``within`` that time; late first."""
    found = consignments(viewer, status=ConsignmentStatus.DISPATCHED).filter(_end(viewer, "to"))
    return found.filter(expected_arrive__lte=clock.now() + within).order_by("expected_arrive", "code")


def to_take_back(viewer: User) -> QuerySet[Consignment]:
    """Rejected consignments that have not come back to the viewer's organisation."""
    found = consignments(viewer, status=ConsignmentStatus.REJECTED).filter(_end(viewer, "from"))
    return found.exclude(events__kind="taken back").order_by("received_at", "code")


def events(viewer: User, consignment: Consignment) -> QuerySet[ConsignmentEvent]:
    """The timeline of a consignment, oldest first."""
    seen = consignments(viewer).filter(pk=consignment.pk)
    return ConsignmentEvent.objects.filter(consignment__in=seen).select_related("actor")


def predicted_bq(row: Consignment, at: datetime) -> float:
    """Activity of a consignment at ``at`` by what is known best: receipt, packing, or the plan; in Bq."""
    if row.received_bq is not None and row.received_at is not None:
        return decayed(row.nuclide, row.received_bq, row.received_at, at)
    if row.dispatched_bq is not None and row.dispatched_at is not None:
        return decayed(row.nuclide, row.dispatched_bq, row.dispatched_at, at)
    return decayed(row.nuclide, row.planned_activity_bq, row.reference_time, at)


def arrives(row: Consignment) -> datetime:
    """When it arrived, or is expected to: not before it departs, whatever was reported."""
    return row.received_at or max(row.expected_arrive, row.dispatched_at or row.planned_depart)


def arrival(row: Consignment) -> dict[str, Any]:
    """What a consignment will be on arrival against what is needed then.

    :returns: at (expected or actual arrival), predicted_bq and needed_bq at that moment,
        predicted_reference_bq and needed_reference_bq at the calibration time, ratio predicted over needed.
    """
    at = arrives(row)
    predicted = predicted_bq(row, at)
    needed = decayed(row.nuclide, row.planned_activity_bq, row.reference_time, at)
    return {
        "at": at,
        "predicted_bq": predicted,
        "needed_bq": needed,
        "predicted_reference_bq": predicted_bq(row, row.reference_time),
        "needed_reference_bq": row.planned_activity_bq,
        "ratio": predicted / needed if needed > 0 else 0.0,
    }


def timeline(viewer: User, consignment: Consignment) -> list[dict[str, Any]]:
    """What has happened and what is still planned, in order of time.

    :returns: dictionaries of kind (an event, or: depart, leg, arrive), at, place, note, actor (None for
        what is planned), measured_bq, predicted_bq, done.
    """
    rows = [
        {
            "kind": event.kind,
            "at": event.at,
            "place": event.place,
            "note": event.note,
            "actor": event.actor,
            "measured_bq": event.activity_bq,
            "predicted_bq": predicted_bq(consignment, event.at),
            "done": True,
        }
        for event in events(viewer, consignment)
    ]
    over = consignment.status not in {ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED}
    if over:
        return rows
    late = arrives(consignment) - consignment.planned_arrive
    planned: list[tuple[str, datetime, str, str]] = []
    if consignment.status == ConsignmentStatus.PLANNED:
        planned.append(("depart", consignment.planned_depart, consignment.from_site, ""))
    for leg in consignment.legs[:-1]:
        planned.append(("leg", datetime.fromisoformat(leg["end"]) + late, leg["to"], leg["mode"]))
    planned.append(("arrive", arrives(consignment), consignment.to_site, ""))
    done = {row["place"] for row in rows if row["kind"] == "handed over"}
    rows += [
        {
            "kind": kind,
            "at": at,
            "place": where,
            "note": note,
            "actor": None,
            "measured_bq": None,
            "predicted_bq": predicted_bq(consignment, at),
            "done": False,
        }
        for kind, at, where, note in planned
        if not (kind == "leg" and where in done)
    ]
    return sorted(rows, key=lambda row: (row["at"], not row["done"]))


def findings(viewer: User, consignment: Consignment) -> list[Finding]:
    """What the consignee's licence says if the consignment were received now (of one's own site)."""
    from becq.platform.dispatch.licences import receipt_findings

    policy.require(
        viewer,
        "dispatch.receive",
        organisation=consignment.to_organisation,
        site=consignment.to_site,
    )
    now = clock.now()
    return receipt_findings(viewer, consignment, now, predicted_bq(consignment, now))


def _visible(viewer: User) -> Q:
    return _end(viewer, "from") | _end(viewer, "to")


def _end(viewer: User, end: str) -> Q:
    """The viewer stands at this end of the way."""
    seen = policy.network_scope(viewer, f"{end}_organisation")
    if isinstance(viewer, User) and viewer.site_code and not policy.coordinates(viewer):
        seen &= Q(**{f"{end}_site": viewer.site_code})
    return seen


def sent_parts(viewer: User, orders: Collection[str]) -> dict[str, list[float]]:
    """Order → what each part that has left counts for it, Bq at its calibration in the product ordered.

    Counted as packed, or as planned where nothing was measured; what was rejected or taken back has not come.
    """
    alive = (ConsignmentStatus.DISPATCHED, ConsignmentStatus.RECEIVED)
    rows = consignments(viewer).filter(order_code__in=list(orders), status__in=alive)
    found: dict[str, list[float]] = {}
    for row in rows:
        there = row.planned_activity_bq
        if row.dispatched_bq is not None and row.dispatched_at is not None:
            there = decayed(row.nuclide, row.dispatched_bq, row.dispatched_at, row.reference_time)
        found.setdefault(row.order_code, []).append(there * row.equivalent)
    return found
