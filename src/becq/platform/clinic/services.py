"""What is done with doses: drawn for a patient, given, discarded."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
