"""What is done with doses: drawn for a patient, given, discarded."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.clinic.models import Administration, Dose, DoseStatus
from becq.platform.ledger import moves
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import place
from becq.platform.market import services as market
from becq.platform.measured import decayed, event_time, positive
from becq.platform.production import services as production
from becq.platform.waste import services as waste

if TYPE_CHECKING:
    from becq.platform.production.models import Lot

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
) -> Dose:
    """Draw a dose for one patient from a lot.

    :param activity_bq: of the lot's nuclide, as measured at ``at``.
    :param patient_code: a pseudonym of Latin letters, digits, dots and dashes; never a name.
    :raises ConflictError: the lot may not be used, or holds less than that.
    """
    policy.require(actor, "clinic.dispense", organisation=lot.organisation, site=lot.site_code)
    activity_bq = positive(activity_bq, "A dose")
    if not _PSEUDONYM.fullmatch(patient_code):
        raise InputError(
            f"{patient_code!r} is not a patient code; write a pseudonym of letters, digits, dots and dashes"
        )
    at = event_time(at, after=lot.made_at, what="the dispensing")
    order_code = order_code or lot.order_code
    if lot.daughter:
        raise ConflictError(f"Lot {lot.code} is a generator; elute it and dispense from the eluate")
    production.check_usable(lot, at)
    code = production.part_code(actor, lot, "D")
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
    :raises ConflictError: not dispensed any more. :raises InputError: more left than was there.
    """
    policy.require(actor, "clinic.administer", organisation=dose.organisation, site=dose.site_code)
    dose = _locked(dose)
    at = event_time(at, after=dose.at, what="the administration")
    if residual_bq:
        residual_bq = positive(residual_bq, "A residual")
    there = _held(dose, at)
    if residual_bq >= there:
        raise InputError(
            f"A residual of {format_activity(residual_bq)} is not less than the dose, "
            f"{format_activity(there)} at {at:%Y-%m-%d %H:%M} UTC"
        )
    given = there - residual_bq
    moves.administer(
        actor, dose.organisation, dose.site_code, dose.code, at,
        nuclide=dose.nuclide, activity_bq=given if residual_bq else None,
        document={"patient": dose.patient_code, "order": dose.order_code}, note=note,
    )  # fmt: skip
    if residual_bq:
        _to_waste(actor, dose, at, container, "residual of a dose")
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
    _to_waste(actor, dose, at, container, "dose not given", note)
    dose.status = DoseStatus.DISCARDED
    dose.save(update_fields=["status"])
    return dose


def _to_waste(actor: User, dose: Dose, at: datetime, container: str, origin: str, note: str = "") -> None:
    waste.record_waste(actor, dose, at=at, container=container, origin=origin, note=note)


def _held(dose: Dose, at: datetime) -> float:
    held = ledger.state_of(place(dose.organisation, dose.site_code), dose.code, at)
    return held.activity_bq.get(dose.nuclide) or decayed(dose.nuclide, dose.activity_bq, dose.at, at)


def _locked(dose: Dose) -> Dose:
    found = Dose.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=dose.pk)
    if found.status != DoseStatus.DISPENSED:
        raise ConflictError(f"Dose {found.code} is {found.status} already")
    return found
