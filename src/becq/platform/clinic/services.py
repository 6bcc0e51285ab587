"""What is done with doses: drawn for a patient, given, discarded."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.clinic.models import Administration, Dose, DoseStatus
from becq.platform.ledger import moves
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import nominal, place, waste_store
from becq.platform.ledger.models import Kind, Nominal
from becq.platform.ledger.services import Line
from becq.platform.ledger.state import State
from becq.platform.market import services as market
from becq.platform.measured import event_time, positive
from becq.platform.production import services as production
from becq.platform.production.models import Lot, LotStatus
from becq.platform.waste import services as waste

LEAST_BQ, LEAST_SHARE = 1e3, 1e-6
"""A dose below this activity, or this share of its lot, is a slip of unit."""
AGAIN = timedelta(minutes=10)
"""Two doses of one lot for one patient, drawn closer than this, need a note that says why."""
_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@transaction.atomic
def dispense(
    actor: User,
    lot: Lot,
    *,
    activity_bq: float,
    patient_code: str,
    at: datetime | None = None,
    order_code: str = "",
    note: str = "",
    token: str = "",
) -> Dose:
    """Draw a dose for one patient from a lot.

    :param activity_bq: of the lot's nuclide, as measured at ``at``.
    :param patient_code: a pseudonym of Latin letters, digits, dots and dashes; never a name.
    :param token: of the form that was sent: sent twice, it is the dose of the first time.
    :raises InputError: an activity that is no dose.
    :raises ConflictError: the lot may not be used, or holds less than that; or the patient has just got one
        and no note says why there is another.
    """
    policy.require(actor, "clinic.dispense", organisation=lot.organisation, site=lot.site_code)
    activity_bq = positive(activity_bq, "A dose")
    if not _PSEUDONYM.fullmatch(patient_code):
        raise InputError(
            f"{patient_code!r} is not a patient code; write a pseudonym of letters, digits, dots and dashes"
        )
    at = event_time(at, after=lot.made_at, what="the dispensing")
    order_code = order_code or production.order_of(lot)
    if lot.daughter:
        raise ConflictError(f"Lot {lot.code} is a generator; elute it and dispense from the eluate")
    production.check_usable(lot, at)
    code = production.part_code(actor, lot, "D")  # which locks the lot: what was sent twice comes one by one
    known = Dose.objects.select_related("organisation").filter(token=token).first() if token else None
    if known is not None:
        if (known.lot_code, known.patient_code, known.dispensed_by_id) != (lot.code, patient_code, actor.pk):
            raise ConflictError(
                f"This form has drawn dose {known.code} already; open it anew for another dose"
            )
        return known
    _check_dose(lot, activity_bq, patient_code, at, note)
    moves.dispense(
        actor, lot.organisation, lot.site_code, lot.code, code, lot.nuclide, activity_bq, at,
        document={"patient": patient_code, "order": order_code}, note=note,
    )  # fmt: skip
    return Dose.objects.create(
        code=code,
        lot_code=lot.code,
        product=lot.product,
        nuclide=lot.nuclide,
        organisation=lot.organisation,
        site_code=lot.site_code,
        activity_bq=activity_bq,
        at=at,
        patient_code=patient_code,
        order_code=order_code,
        dispensed_by=actor,
        token=token or None,
    )


def _check_dose(lot: Lot, activity_bq: float, patient_code: str, at: datetime, note: str) -> None:
    """Is it a dose, and the only one of this moment?"""
    held = ledger.state_of(place(lot.organisation, lot.site_code), lot.code, at)
    least = max(LEAST_BQ, LEAST_SHARE * held.activity_bq.get(lot.nuclide, 0.0))
    if activity_bq < least:
        raise InputError(
            f"A dose of {format_activity(activity_bq)} is less than {format_activity(least)}, the least that "
            f"is drawn from lot {lot.code}; check the unit"
        )
    before = same_dose(lot, patient_code, at)
    if before is not None and not note.strip():
        raise ConflictError(
            f"Patient {patient_code} has dose {before.code} of this lot from {before.at:%Y-%m-%d %H:%M} UTC; "
            "if this is another one, say in the note why"
        )


def drawn_by(actor: User, token: str) -> Dose | None:
    """The dose that the actor's form with this token has drawn already."""
    return Dose.objects.filter(token=token, dispensed_by=actor).first() if token else None


def same_dose(lot: Lot, patient_code: str, at: datetime) -> Dose | None:
    """A dose of the same lot for the same patient within ``AGAIN`` of ``at``. For services: asks nobody."""
    rows = Dose.objects.filter(lot_code=lot.code, patient_code=patient_code)
    rows = rows.filter(at__gt=at - AGAIN, at__lt=at + AGAIN)
    return rows.exclude(status=DoseStatus.DISCARDED).first()


def _check_given(dose: Dose, at: datetime) -> None:
    """Neither what has expired nor what is blocked is given."""
    lot = Lot.objects.filter(code=dose.lot_code).first()
    if lot is None:
        return
    if LotStatus.BLOCKED in {lot.status, *lot.parents.values_list("status", flat=True)}:
        raise ConflictError(f"Dose {dose.code} may not be given: lot {lot.code} is blocked; discard the dose")
    if lot.expires is not None and at > lot.expires:
        raise ConflictError(
            f"Dose {dose.code} may not be given: lot {lot.code} expired on {lot.expires:%Y-%m-%d %H:%M} UTC; "
            "discard the dose"
        )


@transaction.atomic
def administer(
    actor: User,
    dose: Dose,
    *,
    at: datetime | None = None,
    residual_bq: float = 0.0,
    container: str = "",
    note: str = "",
) -> Administration:
    """Give a dose; what stays in the syringe goes to waste.

    :param residual_bq: measured in the syringe, referred to ``at``.
    :raises ConflictError: not dispensed any more, or its lot has expired or is blocked.
    :raises InputError: more left than was there.
    """
    policy.require(actor, "clinic.administer", organisation=dose.organisation, site=dose.site_code)
    dose = _locked(dose)
    at = event_time(at, after=dose.at, what="the administration")
    _check_given(dose, at)
    if residual_bq:
        residual_bq = positive(residual_bq, "A residual")
    held = ledger.state_of(place(dose.organisation, dose.site_code), dose.code, at)
    there = held.activity_bq.get(dose.nuclide, 0.0)
    if residual_bq >= there:
        raise InputError(
            f"A residual of {format_activity(residual_bq)} is not less than the dose, "
            f"{format_activity(there)} at {at:%Y-%m-%d %H:%M} UTC"
        )
    _post_administration(actor, dose, held, residual_bq / there, at, container, note)
    given = there - residual_bq
    dose.status = DoseStatus.ADMINISTERED
    dose.save(update_fields=["status"])
    if dose.order_code:
        market.mark_fulfilled(actor, dose.order_code)
    return Administration.objects.create(
        dose=dose, at=at, activity_bq=given, residual_bq=residual_bq, administered_by=actor, note=note
    )


@transaction.atomic
def discard_dose(
    actor: User, dose: Dose, *, at: datetime | None = None, container: str = "", note: str = ""
) -> Dose:
    """Put a dose that nobody receives into the waste.

    :raises ConflictError: given or discarded already.
    """
    policy.require(actor, "waste.record", organisation=dose.organisation, site=dose.site_code)
    dose = _locked(dose)
    at = event_time(at, after=dose.at, what="the discarding")
    waste.record_waste(actor, dose, at=at, container=container, origin="dose not given", note=note)
    dose.status = DoseStatus.DISCARDED
    dose.save(update_fields=["status"])
    return dose


def _post_administration(
    actor: User, dose: Dose, held: State, left: float, at: datetime, container: str, note: str
) -> None:
    """Dose → patient, and the share ``left`` → waste store, as one posting: it is one event."""
    holder, site = dose.organisation, dose.site_code
    here, patient = place(holder, site), nominal(holder, Nominal.PATIENT)
    document: dict[str, Any] = {"patient": dose.patient_code, "order": dose.order_code}
    lines = []
    residual = f"{dose.code}-W1"
    for name, activity in held.moveable().items():
        lines.append(Line(here, dose.code, name, -activity))
        lines.append(Line(patient, dose.code, name, activity * (1.0 - left)))
        lines.append(Line(waste_store(holder, site), residual, name, activity * left))
    if left:
        document |= {"made": {residual: [dose.code]}, "container": container}
    ledger.post(actor, holder, Kind.ADMINISTER, at, lines, document, note=note)
    if left:
        waste.register(
            actor, code=residual, lot_code=dose.code, nuclide=dose.nuclide, organisation=holder,
            site_code=site, activity_bq=held.activity_bq[dose.nuclide] * left, at=at,
            container=container, origin="residual of a dose",
        )  # fmt: skip


def _locked(dose: Dose) -> Dose:
    found = Dose.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=dose.pk)
    if found.status != DoseStatus.DISPENSED:
        raise ConflictError(f"Dose {found.code} is {found.status} already")
    return found
