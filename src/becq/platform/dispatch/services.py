"""What is done with consignments: scheduled, dispatched, handed over, received, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.physics.quantities import format_activity
from becq.planning.plan import counted_bq
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch.closing import close_orders as close_orders
from becq.platform.dispatch.closing import mark_delivered, mark_undelivered
from becq.platform.dispatch.licences import receipt_findings
from becq.platform.dispatch.models import (
    Consignment,
    ConsignmentEvent,
    ConsignmentKind,
    ConsignmentStatus,
    EventKind,
)
from becq.platform.dispatch.packing import RULE as PACKING
from becq.platform.dispatch.packing import packing_finding
from becq.platform.ledger import moves
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import nominal, place, transit
from becq.platform.ledger.models import Kind, Nominal
from becq.platform.ledger.services import Line
from becq.platform.measured import ERROR_LIMIT, event_time, positive, standard_uncertainty
from becq.platform.network import selectors as network
from becq.platform.production import selectors as lots
from becq.platform.production import services as production

if TYPE_CHECKING:
    from becq.platform.production.models import Lot

LATEST = timedelta(days=7)
"""How long after the planned arrival a delayed one may be expected."""
DIFFERENCE_LIMIT = 0.2
"""A receipt that differs from the books by more than this share needs a note that says why."""


# --- the plan -----------------------------------------------------------------------------------


@transaction.atomic
def schedule_consignments(
    actor: User,
    *,
    plan_code: str,
    deliveries: Sequence[Mapping[str, Any]],
    supplies: Sequence[Mapping[str, Any]],
) -> list[Consignment]:
    """Put what a committed plan moves on the list of consignments; repeating it changes nothing.

    A delivery without legs is a hand-over on the same site; a supply without legs needs no consignment,
    because the run takes from the lot itself.

    :param deliveries: as in ``Plan.as_dict()["deliveries"]``; ``supplies`` likewise.
    :returns: the consignments of the plan. One that is under way stays as it is.
    :raises InputError: a site unknown, or held by nobody.
    """
    policy.require(actor, "plan.commit")
    wanted = [("delivery", row) for row in deliveries]
    wanted += [("supply", row) for row in supplies if row["legs"]]
    codes = [_code(kind, row) for kind, row in wanted]
    known = {row.code: row for row in Consignment.objects.select_for_update().filter(code__in=codes)}
    codes = [_free_code(code, row, known) for code, (_, row) in zip(codes, wanted, strict=True)]
    sites = {site.code: site for site in network.sites(actor)}
    found = []
    for code, (kind, row) in zip(codes, wanted, strict=True):
        consignment = known.get(code) or Consignment(code=code)
        if consignment.pk is None or consignment.status in {
            ConsignmentStatus.PLANNED,
            ConsignmentStatus.CANCELLED,
        }:
            for end, name in (("from", row["from"]), ("to", row["to"])):
                site = sites.get(name)
                if site is None or site.organisation is None:
                    raise InputError(
                        f"Consignment {code} goes {end} site {name}, which no organisation holds"
                    )
                setattr(consignment, f"{end}_organisation", site.organisation)
                setattr(consignment, f"{end}_site", name)
            _plan_consignment(consignment, plan_code, kind, row)
            consignment.save()
            known[code] = consignment
        found.append(consignment)
    return found


@transaction.atomic
def withdraw_consignments(actor: User, *, plan_code: str, but: Sequence[str] = ()) -> int:
    """Cancel the consignments of a plan that have not left, except ``but``: another plan takes its place."""
    policy.require(actor, "plan.commit")
    rows = Consignment.objects.filter(plan_code=plan_code, status=ConsignmentStatus.PLANNED)
    return rows.exclude(code__in=but).update(status=ConsignmentStatus.CANCELLED)


def _code(kind: str, row: Mapping[str, Any]) -> str:
    """Stable name of a planned consignment; supplies of one lot to one site differ by departure.

    Parts of an order from one lot are numbered as the plan numbers them.
    """
    name = f"{row['order']}~{row['lot']}"
    number = str(row.get("id", "")).rpartition("#")[2] if "#" in str(row.get("id", "")) else ""
    if kind == "delivery":
        return f"{name}~{number}" if number else name
    return f"{name}~{_instant(row['depart']):%m%dT%H%MZ}"


def _free_code(code: str, row: Mapping[str, Any], known: dict[str, Consignment]) -> str:
    """The code, or the next one where another part of the order from that lot has left under it."""
    number, chosen = 1, code
    while (other := known.get(chosen)) is not None:
        has_left = other.status not in {ConsignmentStatus.PLANNED, ConsignmentStatus.CANCELLED}
        if not has_left or other.planned_depart == _instant(row["depart"]):
            return chosen
        number += 1
        chosen = f"{code}~{number}"
        if chosen not in known:
            found = Consignment.objects.select_for_update().filter(code=chosen).first()
            if found is not None:
                known[chosen] = found
    return chosen


def _plan_consignment(row: Consignment, plan_code: str, kind: str, planned: Mapping[str, Any]) -> None:
    row.plan_code = plan_code
    row.kind = ConsignmentKind.HANDOVER if kind == "delivery" and not planned["legs"] else kind
    row.order_code = planned["order"] if kind == "delivery" else ""
    row.target_run = planned["order"] if kind == "supply" else ""
    row.product, row.nuclide, row.lot_code = planned["product"], planned["nuclide"], planned["lot"]
    row.planned_depart, row.planned_arrive = _instant(planned["depart"]), _instant(planned["arrive"])
    row.expected_arrive, row.reference_time = row.planned_arrive, _instant(planned["reference_time"])
    row.legs, row.planned_activity_bq = list(planned["legs"]), planned["activity_bq"]
    row.cost, row.status = planned["cost"], ConsignmentStatus.PLANNED
    row.instead_of = planned.get("instead_of", "")
    row.equivalent = counted_bq(planned) / planned["activity_bq"] if row.instead_of else 1.0


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- under way ----------------------------------------------------------------------------------


@transaction.atomic
def dispatch(
    actor: User,
    consignment: Consignment,
    *,
    activity_bq: float,
    at: datetime | None = None,
    lot: str = "",
    carrier: str = "",
    vehicle: str = "",
    note: str = "",
) -> Consignment:
    """Pack a consignment and send it: it leaves its lot as a package with a lot code of its own.

    :param activity_bq: of the product's nuclide, measured at packing. A little more than the books hold
        is an error of measurement: then all there is goes, and the difference is *unaccounted*.
    :param lot: another lot of the same product than planned.
    :raises ConflictError: not planned any more, the lot may not be used or is not here, or holds less;
        or the order's tolerance is not kept and no note says why.
    """
    holder, site = consignment.from_organisation, consignment.from_site
    policy.require(actor, "dispatch.dispatch", organisation=holder, site=site)
    consignment = _locked(consignment, ConsignmentStatus.PLANNED)
    at = event_time(at, what="the dispatch")
    activity_bq = positive(activity_bq, "A packed activity")
    source = lots.lot(actor, lot or consignment.lot_code)
    if source.product != consignment.product:
        raise ConflictError(f"Lot {source.code} is {source.product}, not {consignment.product}")
    if (source.organisation_id, source.site_code) != (holder.pk, site):
        raise ConflictError(f"Lot {source.code} is at {source.site_code}, not at {site}")
    production.check_usable(source, at)
    if at < source.made_at:
        raise InputError(
            f"Lot {source.code} was made at {source.made_at:%Y-%m-%d %H:%M} UTC, after its dispatch"
        )
    held = ledger.state_of(place(holder, site), source.code, at).activity_bq.get(source.nuclide, 0.0)
    if not 0 < activity_bq <= held * ERROR_LIMIT:
        raise ConflictError(
            f"{format_activity(activity_bq)} cannot leave lot {source.code}: the books hold "
            f"{format_activity(max(held, 0.0))} at {at:%Y-%m-%d %H:%M} UTC"
        )
    finding = packing_finding(consignment, activity_bq, at)
    if finding is not None and finding.severity != "ok" and not note.strip():
        raise ConflictError(f"{finding.sentence} Pack another activity, or say in the note why")
    package = production.part_code(actor, source)
    if activity_bq > held:
        _send_more(actor, consignment, source, package, activity_bq, at, note)
    else:
        moves.dispatch(
            actor, holder, site, consignment.to_organisation, source.code, at,
            nuclide=source.nuclide, activity_bq=activity_bq, into_lot=package,
            document=_papers(consignment), note=note,
        )  # fmt: skip
    production.split_off(
        actor, source, code=package, at=at,
        for_run=consignment.target_run, order_code=consignment.order_code,
    )  # fmt: skip
    consignment.lot_code, consignment.package_lot = source.code, package
    consignment.dispatched_at, consignment.dispatched_bq = at, activity_bq
    consignment.carrier, consignment.vehicle = carrier, vehicle
    consignment.expected_arrive = max(
        consignment.planned_arrive, at + (consignment.planned_arrive - consignment.planned_depart)
    )
    consignment.findings = []
    if finding is not None and finding.severity != "ok":
        consignment.findings = [finding.as_dict()]
    consignment.status = ConsignmentStatus.DISPATCHED
    consignment.save()
    _note(actor, consignment, EventKind.DISPATCHED, at, site, note, activity_bq)
    return consignment


def _send_more(
    actor: User,
    consignment: Consignment,
    source: Lot,
    package: str,
    measured_bq: float,
    at: datetime,
    note: str,
) -> None:
    """All of a lot goes, and more was measured of it than the books hold: it goes as it was measured."""
    holder = consignment.from_organisation
    here, way = place(holder, consignment.from_site), transit(holder, consignment.to_organisation)
    state = ledger.state_of(here, source.code, at)
    held = state.activity_bq[source.nuclide]
    lines = []
    for name, activity in state.moveable().items():
        packed = activity * measured_bq / held
        lines.append(Line(here, source.code, name, -activity))
        lines.append(Line(way, package, name, packed))
        lines.append(Line(nominal(holder, Nominal.UNACCOUNTED), package, name, activity - packed))
    measurement = {"nuclide": source.nuclide, "expected_bq": held, "measured_bq": measured_bq}
    document = {**_papers(consignment), "measurement": measurement, "made": {package: [source.code]}}
    ledger.post(actor, holder, Kind.DISPATCH, at, lines, document, note=note)


@transaction.atomic
def hand_over(
    actor: User, consignment: Consignment, *, place: str, at: datetime | None = None, note: str = ""
) -> ConsignmentEvent:
    """The goods pass from one carrier to the next at ``place``; the books do not change.

    :raises ConflictError: it is not under way.
    """
    _require_party(actor, consignment)
    consignment = _locked(consignment, ConsignmentStatus.DISPATCHED)
    at = event_time(at, after=consignment.dispatched_at, what="the hand-over")
    return _note(actor, consignment, EventKind.HANDED_OVER, at, place, note)


def earliest_arrival(row: Consignment) -> datetime:
    """Before this no arrival can be expected: now, and after the dispatch."""
    return max(filter(None, (clock.now(), row.dispatched_at)))


@transaction.atomic
def report_delay(
    actor: User,
    consignment: Consignment,
    *,
    expected_arrive: datetime,
    at: datetime | None = None,
    place: str = "",
    note: str,
) -> ConsignmentEvent:
    """Another time of arrival is expected, and ``note`` says why.

    :raises InputError: it would arrive before it left, in the past, or later than ``LATEST`` after the plan.
    """
    _require_party(actor, consignment)
    consignment = _locked(consignment, ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED)
    at = event_time(at, after=consignment.dispatched_at, what="the report")
    if expected_arrive.tzinfo is None:
        raise InputError(f"The expected arrival {expected_arrive} has no time zone")
    soonest, latest = earliest_arrival(consignment), consignment.planned_arrive + LATEST
    if expected_arrive < soonest:
        raise InputError(
            f"The expected arrival {expected_arrive:%Y-%m-%d %H:%M %Z} is before "
            f"{soonest:%Y-%m-%d %H:%M} UTC: it comes neither before it has left nor in the past"
        )
    if expected_arrive > max(latest, soonest):
        raise InputError(
            f"The expected arrival {expected_arrive:%Y-%m-%d %H:%M %Z} is more than {LATEST.days} days after "
            f"the planned one, {consignment.planned_arrive:%Y-%m-%d %H:%M} UTC; cancel or reject it instead"
        )
    if not note.strip():
        raise InputError("Say in the note why the consignment is late")
    consignment.expected_arrive = expected_arrive
    consignment.save(update_fields=["expected_arrive"])
    return _note(actor, consignment, EventKind.DELAYED, at, place, note)


@transaction.atomic
def receive(
    actor: User,
    consignment: Consignment,
    *,
    measured_bq: float | None = None,
    at: datetime | None = None,
    uncertainty_bq: float | None = None,
    relative_uncertainty: float | None = None,
    note: str = "",
    rejected: bool = False,
    override_reason: str = "",
) -> Consignment:
    """Take a consignment in hand, as measured; the difference to the books is *unaccounted*.

    :param measured_bq: at ``at``; None takes the consignor's value.
    :param rejected: refuse it; it stays in the consignor's books until ``take_back``.
    :param override_reason: why it is taken in although the licence does not allow it; needs the right to
        override a rule, and is recorded.
    :raises ConflictError: not under way, a blocking finding without a reason, or a large difference
        without a note.
    """
    holder, site = consignment.to_organisation, consignment.to_site
    policy.require(actor, "dispatch.receive", organisation=holder, site=site)
    consignment = _locked(consignment, ConsignmentStatus.DISPATCHED)
    at = event_time(at, after=consignment.dispatched_at, what="the receipt")
    if rejected:
        if not note.strip():
            raise InputError("Say in the note why the consignment is rejected")
        consignment.status, consignment.received_at = ConsignmentStatus.REJECTED, at
        consignment.save()
        _note(actor, consignment, EventKind.REJECTED, at, site, note, measured_bq)
        mark_undelivered(
            actor,
            consignment,
            "rejected",
            f"Rejected at receipt: {note.strip()}",
            f"签收时被拒收：{note.strip()}",
        )
        return consignment
    way = transit(consignment.from_organisation, holder)
    expected = ledger.state_of(way, consignment.package_lot, at).activity_bq.get(consignment.nuclide, 0.0)
    if measured_bq is not None:
        measured_bq = positive(measured_bq, "A measurement at receipt")
        uncertainty_bq = standard_uncertainty(measured_bq, uncertainty_bq, relative_uncertainty)
        if abs(measured_bq - expected) > DIFFERENCE_LIMIT * expected and not note.strip():
            raise ConflictError(
                f"{format_activity(measured_bq)} was measured where the books expect "
                f"{format_activity(expected)}; check the unit, or say in the note why it differs"
            )
    _check_licence(actor, consignment, at, expected if measured_bq is None else measured_bq, override_reason)
    moves.receive_with_measurement(
        actor, holder, site, consignment.from_organisation, consignment.package_lot, at,
        nuclide=consignment.nuclide, measured_bq=measured_bq, uncertainty_bq=uncertainty_bq,
        document=_papers(consignment), note=note,
    )  # fmt: skip
    production.arrive(actor, consignment.package_lot, organisation=holder, site=site)
    consignment.received_at, consignment.expected_bq = at, expected
    consignment.received_bq = expected if measured_bq is None else measured_bq
    consignment.received_uncertainty_bq = uncertainty_bq
    consignment.status = ConsignmentStatus.RECEIVED
    consignment.save()
    _note(actor, consignment, EventKind.RECEIVED, at, site, note, consignment.received_bq)
    if consignment.order_code:
        mark_delivered(actor, consignment)
    return consignment


@transaction.atomic
def take_back(
    actor: User, consignment: Consignment, *, at: datetime | None = None, note: str = ""
) -> Consignment:
    """Bring a rejected consignment back into the hands of its consignor."""
    holder, site = consignment.from_organisation, consignment.from_site
    policy.require(actor, "dispatch.dispatch", organisation=holder, site=site)
    consignment = _locked(consignment, ConsignmentStatus.REJECTED, ConsignmentStatus.RETURNED)
    at = event_time(at, after=consignment.received_at, what="the return")
    if consignment.status == ConsignmentStatus.RETURNED:
        raise ConflictError(f"Consignment {consignment.code} was taken back already")
    moves.transfer(
        actor, holder, transit(holder, consignment.to_organisation), place(holder, site),
        consignment.package_lot, at, document=_papers(consignment), note=note,
    )  # fmt: skip
    production.arrive(actor, consignment.package_lot, organisation=holder, site=site)
    consignment.status = ConsignmentStatus.RETURNED
    consignment.save(update_fields=["status"])
    _note(actor, consignment, EventKind.TAKEN_BACK, at, site, note)
    return consignment


@transaction.atomic
def cancel(actor: User, consignment: Consignment, *, note: str) -> Consignment:
    """Take a consignment that has not left off the list, because its lot failed or nobody wants it.

    :raises ConflictError: it has left.
    """
    policy.require(
        actor, "dispatch.dispatch", organisation=consignment.from_organisation, site=consignment.from_site
    )
    if not note.strip():
        raise InputError("Say in the note why the consignment is cancelled")
    consignment = _locked(consignment, ConsignmentStatus.PLANNED)
    consignment.status = ConsignmentStatus.CANCELLED
    consignment.save(update_fields=["status"])
    _note(actor, consignment, EventKind.CANCELLED, clock.now(), consignment.from_site, note)
    mark_undelivered(actor, consignment, "not_sent", f"Not sent: {note.strip()}", f"未发出：{note.strip()}")
    return consignment


def _check_licence(actor: User, row: Consignment, at: datetime, incoming_bq: float, reason: str) -> None:
    findings = receipt_findings(actor, row, at, incoming_bq)
    packing = [each for each in row.findings if each["rule"] == PACKING]
    row.findings = packing + [finding.as_dict() for finding in findings]
    blocking = [finding for finding in findings if finding.severity == "block"]
    if not blocking:
        return
    if not reason.strip():
        raise ConflictError(
            f"{blocking[0].sentence} Reject the consignment, or have it taken in with a reason by somebody "
            "who may override rules"
        )
    policy.require(actor, "rules.override", organisation=row.to_organisation, site=row.to_site)
    row.override_reason, row.override_by = reason.strip(), actor


def _require_party(actor: User, row: Consignment) -> None:
    """Either end of the way may say what happened on it."""
    if not policy.may(actor, "dispatch.receive", organisation=row.to_organisation, site=row.to_site):
        policy.require(actor, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site)


def _locked(consignment: Consignment, *expected: str) -> Consignment:
    rows = Consignment.objects.select_for_update(of=("self",))
    found = rows.select_related("from_organisation", "to_organisation").get(pk=consignment.pk)
    if found.status not in expected:
        label = ConsignmentStatus(found.status).label.lower()
        wanted = " or ".join(ConsignmentStatus(status).label.lower() for status in expected)
        raise ConflictError(f"Consignment {found.code} is {label}; this needs one that is {wanted}")
    return found


def _papers(row: Consignment) -> dict[str, Any]:
    return {"consignment": row.code, "order": row.order_code, "run": row.target_run, "product": row.product}


def _note(
    actor: User,
    row: Consignment,
    kind: str,
    at: datetime,
    where: str,
    note: str = "",
    activity_bq: float | None = None,
) -> ConsignmentEvent:
    return ConsignmentEvent.objects.create(
        consignment=row,
        kind=kind,
        at=at,
        recorded_at=clock.now(),
        actor=actor,
        place=where,
        note=note,
        activity_bq=activity_bq,
    )
