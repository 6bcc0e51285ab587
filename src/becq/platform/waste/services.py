"""What is done with waste: put into storage, cleared after its time, handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import moves
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import place, waste_store
from becq.platform.ledger.state import TOLERANCE
from becq.platform.measured import event_time, positive
from becq.platform.network import selectors as network
from becq.platform.supervision.rulebook import book_of
from becq.platform.waste.clearance import storage
from becq.platform.waste.measurement import Measurement, clearance_findings
from becq.platform.waste.models import WasteEntry, WasteStatus

CONTAINER_LENGTH = 60


class Holding(Protocol):
    """What can become waste: a lot or a dose, in the books of its holder at its site."""

    code: str
    nuclide: str
    organisation: Organisation
    site_code: str


@transaction.atomic
def record_waste(
    actor: User,
    lot: Holding,
    *,
    activity_bq: float | None = None,
    at: datetime | None = None,
    container: str = "",
    origin: str = "left over",
    note: str = "",
) -> WasteEntry:
    """Put a lot (or a package, an eluate, a dose), or part of it, into the waste store of its site.

    :param activity_bq: of the lot's nuclide at ``at``; None for all that is left.
    :param container: code of the bin or bag.
    :raises ConflictError: less than that is there, or it would be a part of a generator.
    """
    holder, site, nuclide = lot.organisation, lot.site_code, lot.nuclide
    policy.require(actor, "waste.record", organisation=holder, site=site)
    at = event_time(at, what="the waste")
    if activity_bq is not None:
        activity_bq = positive(activity_bq, "A waste activity")
        if getattr(lot, "daughter", ""):
            raise ConflictError(
                f"Lot {lot.code} is a generator, of which no part is thrown away while the rest is in use; "
                "leave the activity empty to put the whole of it into the waste store"
            )
    held = ledger.state_of(place(holder, site), lot.code, at)
    own = held.activity_bq.get(nuclide, 0.0)
    if own <= TOLERANCE * held.gross_bq.get(nuclide, 0.0):
        raise ConflictError(f"Nothing is left of lot {lot.code} at {site} at {at:%Y-%m-%d %H:%M} UTC")
    code = f"{lot.code}-W{WasteEntry.objects.filter(lot_code=lot.code).count() + 1}"
    moves.discard(
        actor, holder, site, lot.code, at,
        nuclide=nuclide if nuclide in held.moveable() else None, activity_bq=activity_bq, into_lot=code,
        document={"container": container, "origin": origin}, note=note,
    )  # fmt: skip
    return register(
        actor, code=code, lot_code=lot.code, nuclide=nuclide, organisation=holder, site_code=site,
        activity_bq=own if activity_bq is None else activity_bq, at=at,
        container=container, origin=origin, note=note,
    )  # fmt: skip


@transaction.atomic
def register(
    actor: User,
    *,
    code: str,
    lot_code: str,
    nuclide: str,
    organisation: Organisation,
    site_code: str,
    activity_bq: float,
    at: datetime,
    origin: str,
    container: str = "",
    note: str = "",
) -> WasteEntry:
    """List waste that a service has posted into the waste store in the same transaction."""
    if not policy.may(actor, "waste.record", organisation=organisation, site=site_code):
        policy.require(actor, "production.process", organisation=organisation, site=site_code)
    if len(container) > CONTAINER_LENGTH:
        raise InputError(f"The container code has {len(container)} characters; at most {CONTAINER_LENGTH}")
    jurisdiction = network.licensed_site(site_code).jurisdiction
    asked = storage(nuclide, jurisdiction, book_of(organisation))
    return WasteEntry.objects.create(
        code=code,
        container=container,
        organisation=organisation,
        site_code=site_code,
        lot_code=lot_code,
        nuclide=nuclide,
        activity_bq=activity_bq,
        at=at,
        origin=origin,
        clear_from=at + asked.time,
        rule=asked.rule.id if asked.rule is not None else "",
        note=note,
    )


@transaction.atomic
def clear(
    actor: User,
    entry: WasteEntry,
    measurement: Measurement,
    *,
    at: datetime | None = None,
    note: str = "",
    override_reason: str = "",
) -> WasteEntry:
    """Clear waste after its storage time, by what was measured on it.

    :param override_reason: why it is cleared although a rule that blocks is broken; needs the right to
        override a rule, and is recorded.
    :raises ConflictError: a rule that blocks is broken and no reason is given, or it is gone already.
    """
    holder, site = entry.organisation, entry.site_code
    policy.require(actor, "waste.clear", organisation=holder, site=site)
    entry = _locked(entry)
    at = event_time(at, after=entry.at, what="the clearance")
    findings = clearance_findings(entry, measurement, at)
    blocking = [finding for finding in findings if finding.severity == "block"]
    if blocking and not override_reason.strip():
        raise ConflictError(f"{blocking[0].sentence} {blocking[0].source}")
    if blocking:
        policy.require(actor, "rules.override", organisation=holder, site=site)
        entry.override_reason, entry.override_by = override_reason.strip(), actor
    entry.findings = [finding.as_dict() for finding in findings]
    store = waste_store(holder, site)
    if ledger.state_of(store, entry.code, at).moveable():  # nothing is left of a short-lived nuclide
        moves.discharge(actor, holder, store, entry.code, at, document={"cleared": entry.code}, note=note)
    return _close(
        entry, WasteStatus.CLEARED, actor, at, "\n".join(filter(None, (str(measurement), note.strip())))
    )


@transaction.atomic
def hand_over(actor: User, entry: WasteEntry, *, at: datetime | None = None, note: str) -> WasteEntry:
    """Give waste to a waste facility (or a spent source back to its maker): gone from these books."""
    policy.require(actor, "waste.record", organisation=entry.organisation, site=entry.site_code)
    entry = _locked(entry)
    at = event_time(at, after=entry.at, what="the hand-over")
    if not note.strip():
        raise InputError("Say in the note who took the waste over")
    store = waste_store(entry.organisation, entry.site_code)
    if ledger.state_of(store, entry.code, at).moveable():
        moves.hand_over(
            actor, entry.organisation, entry.site_code, entry.code, at,
            document={"handed over": entry.code}, note=note,
        )  # fmt: skip
    return _close(entry, WasteStatus.HANDED_OVER, actor, at, note)


def _locked(entry: WasteEntry) -> WasteEntry:
    rows = WasteEntry.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.get(pk=entry.pk)
    if found.status != WasteStatus.STORED:
        raise ConflictError(f"{found.code} is {found.status} already")
    return found


def _close(entry: WasteEntry, status: str, actor: User, at: datetime, note: str) -> WasteEntry:
    entry.status, entry.closed_at, entry.closed_by = status, at, actor
    entry.note = "\n".join(part for part in (entry.note, note.strip()) if part)
    entry.save()
    return entry
