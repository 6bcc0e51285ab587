"""What is done to runs and lots: scheduled, assayed, released, failed; stock taken on; parts taken.

The code of a run is the code of the lot it makes. Losses go to the site's waste store at once and stand
in the list of waste with the day from which they may be cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import moves
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import nominal, place, waste_store
from becq.platform.ledger.models import Kind, Nominal
from becq.platform.ledger.services import Line
from becq.platform.ledger.state import State
from becq.platform.measured import ERROR_LIMIT, decayed, event_time, positive, standard_uncertainty
from becq.platform.network import selectors as network
from becq.platform.production.models import Lot, LotStatus, ProductionRun, RunStatus
from becq.platform.waste import services as waste

CREATING = frozenset({"reactor_irradiation", "accelerator_run", "solution_reactor_campaign", "import"})
CONVERTING = frozenset({"generator_manufacture", "labelling"})
ELUTION = "generator_elution"
ELUATE_LIFE = timedelta(hours=12)
"""How long an eluate is used that no process of the network describes."""
LEAST_ASSAY, MOST_ASSAY = 0.5, 1.5
"""An assay below or above these shares of the plan needs a note that says why."""
EARLY = timedelta(hours=1)
"""An assay this long before the planned EOB needs one, too."""
NEGLIGIBLE = 1e-9
"""A loss below this share is rounding."""


# --- the plan -----------------------------------------------------------------------------------


@transaction.atomic
def schedule_runs(
    actor: User, *, plan_code: str, batches: Sequence[Mapping[str, Any]]
) -> list[ProductionRun]:
    """Put the batches of a committed plan on the list of runs; repeating it changes nothing.

    :param batches: as in ``Plan.as_dict()["batches"]``; entries of kind stock are there already.
    :returns: the runs of the plan. One that has begun stays as it is.
    :raises InputError: a batch of an unknown site, product or process.
    """
    policy.require(actor, "plan.commit")
    wanted = [batch for batch in batches if batch["kind"] != "stock"]
    known = {
        run.code: run
        for run in ProductionRun.objects.select_for_update().filter(code__in=[b["id"] for b in wanted])
    }
    sites = {site.code: site for site in network.sites(actor)}
    products = {row.id: row for row in network.products(actor)}
    processes = {row.id: row for row in network.processes(actor)}
    found = []
    for batch in wanted:
        run = known.get(batch["id"]) or ProductionRun(code=batch["id"])
        if run.pk is None or run.status in {RunStatus.PLANNED, RunStatus.CANCELLED}:
            site, made = sites.get(batch["site"]), products.get(batch["product"])
            if site is None or site.organisation is None or made is None:
                raise InputError(
                    f"Batch {batch['id']} is of product {batch['product']} at site {batch['site']}; "
                    "the network needs both, and an organisation that holds the site"
                )
            process = processes.get(batch["process"])
            run.organisation, run.daughter = site.organisation, made.daughter or ""
            run.input_product = (process.input_product if process else None) or ""
            _plan_run(run, plan_code, batch)
            run.save()
        found.append(run)
    return found


@transaction.atomic
def withdraw_runs(actor: User, *, plan_code: str, but: Sequence[str] = ()) -> int:
    """Cancel the runs of a plan that have not begun, except ``but``: another plan takes its place."""
    policy.require(actor, "plan.commit")
    rows = ProductionRun.objects.filter(plan_code=plan_code, status=RunStatus.PLANNED).exclude(code__in=but)
    return rows.update(status=RunStatus.CANCELLED)


def _plan_run(run: ProductionRun, plan_code: str, batch: Mapping[str, Any]) -> None:
    run.plan_code, run.site_code = plan_code, batch["site"]
    run.process, run.kind, run.resource = batch["process"], batch["kind"], batch["resource"] or ""
    run.product, run.nuclide = batch["product"], batch["nuclide"]
    run.planned_start, run.planned_eob = _instant(batch["start"]), _instant(batch["eob"])
    run.planned_release, run.planned_expires = _instant(batch["release"]), _instant(batch["expires"])
    run.planned_activity_eob_bq, run.planned_activity_bq = batch["activity_eob_bq"], batch["activity_bq"]
    run.inputs, run.cost = list(batch["inputs"]), batch["cost"]
    run.status = RunStatus.PLANNED


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- making -------------------------------------------------------------------------------------


@transaction.atomic
def take_stock_on(
    actor: User,
    *,
    code: str,
    product: str,
    site: str,
    activity_bq: float,
    at: datetime | None = None,
    expires: datetime | None = None,
    uncertainty_bq: float | None = None,
    note: str = "",
) -> Lot:
    """Enter a lot that was there before the books were opened, as it was measured at ``at``.

    :param activity_bq: of the product's nuclide; a generator counts as eluted at ``at``.
    :raises ConflictError: there is such a lot already.
    """
    holder, made = network.site(actor, site).organisation, network.product(actor, product)
    if holder is None:
        raise InputError(f"Site {site} has no organisation that could hold a lot")
    policy.require(actor, "production.assay", organisation=holder, site=site)
    at = event_time(at, what="the opening stock")
    activity_bq = positive(activity_bq, "An opening activity")
    if Lot.objects.filter(code=code).exists():
        raise ConflictError(f"Lot {code} is in the books already")
    lot = Lot.objects.create(
        code=code,
        product=made.id,
        nuclide=made.nuclide,
        daughter=made.daughter or "",
        organisation=holder,
        site_code=site,
        made_at=at,
        expires=expires or at + timedelta(seconds=made.shelf_life),
        status=LotStatus.AVAILABLE,
    )
    document = {"opening": True, "product": made.id}
    moves.produce(
        actor, holder, site, code, {made.nuclide: activity_bq}, at,
        uncertainty_bq=uncertainty_bq, document=document, note=note,
    )  # fmt: skip
    return lot


@transaction.atomic
def record_eob_assay(
    actor: User,
    run: ProductionRun,
    *,
    measured_bq: float,
    at: datetime | None = None,
    start: datetime | None = None,
    uncertainty_bq: float | None = None,
    relative_uncertainty: float | None = None,
    inputs: Mapping[str, float | None] | None = None,
    note: str = "",
) -> Lot:
    """The activity measured at EOB (or at the end of a labelling, manufacture or elution): a lot is made.

    It is in quarantine until ``release``.

    :param inputs: conversions: lot → Bq taken at ``at`` (None: all of it); as planned where left out.
    :raises ConflictError: the run is not planned any more, its input is not there, more came out than
        went in, or it is far from the plan without a note.
    :raises InputError: it was measured before the run was to begin.
    """
    action = _making(run)
    policy.require(actor, action, organisation=run.organisation, site=run.site_code)
    run = _locked(run)
    if run.status != RunStatus.PLANNED:
        raise ConflictError(f"Run {run.code} is {run.status}; only a planned run is assayed")
    at = event_time(at, what="the assay")
    measured_bq = positive(measured_bq, "An assay")
    uncertainty_bq = standard_uncertainty(measured_bq, uncertainty_bq, relative_uncertainty)
    if run.kind != ELUTION and at < run.planned_start:
        raise InputError(
            f"The time of the assay, {at:%Y-%m-%d %H:%M} UTC, is before the planned start of run {run.code}, "
            f"{run.planned_start:%Y-%m-%d %H:%M} UTC"
        )
    lot = _new_lot(run, at)
    if run.kind in CREATING:
        moves.produce(
            actor, run.organisation, run.site_code, run.code, {run.nuclide: measured_bq}, at,
            uncertainty_bq=uncertainty_bq, document=_papers(run), note=note,
        )  # fmt: skip
    elif run.kind in CONVERTING:
        _convert(actor, run, lot, measured_bq, at, uncertainty_bq, inputs, note)
    else:
        generators = _generators(run, at)
        measured_bq = _elute(actor, run.organisation, run.site_code, generators, lot, measured_bq, at, note)
    if not note.strip():
        _check_plausible(run, measured_bq, at)
    run.actual_start = start or at - (run.planned_eob - run.planned_start)
    run.actual_eob, run.assayed_bq, run.assay_uncertainty_bq = at, measured_bq, uncertainty_bq
    run.status, run.note = RunStatus.ASSAYED, _appended(run.note, note)
    run.save()
    return lot


@transaction.atomic
def record_elution(
    actor: User,
    generator: Lot,
    *,
    measured_bq: float,
    at: datetime | None = None,
    expires: datetime | None = None,
    note: str = "",
) -> Lot:
    """Elute one generator outside any plan, as a hospital does every morning; the eluate is at hand at once.

    :param measured_bq: of the daughter in the vial.
    :raises ConflictError: not a generator, not here, expired, or less has grown in than was measured.
    """
    policy.require(actor, "production.elute", organisation=generator.organisation, site=generator.site_code)
    generator = (
        Lot.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=generator.pk)
    )
    at = event_time(at, after=generator.made_at, what="the elution")
    measured_bq = positive(measured_bq, "An elution")
    if not generator.daughter:
        raise ConflictError(f"Lot {generator.code} is {generator.product}, no generator")
    check_usable(generator, at)
    eluate = Lot.objects.create(
        code=_next_code(generator, "E"),
        product=generator.product,
        nuclide=generator.daughter,
        organisation=generator.organisation,
        site_code=generator.site_code,
        made_at=at,
        expires=min(filter(None, (expires or at + ELUATE_LIFE, generator.expires))),
        status=LotStatus.AVAILABLE,
    )
    _elute(actor, generator.organisation, generator.site_code, [generator], eluate, measured_bq, at, note)
    return eluate


def planned_bq(run: ProductionRun, at: datetime) -> float:
    """What the plan expects of an assay at ``at``, in Bq.

    An irradiation that ends later began later, and a generator that is eluted later has lost nothing: both
    as planned at EOB. What was labelled or filled later has decayed.
    """
    if run.kind in CONVERTING:
        return decayed(run.nuclide, run.planned_activity_eob_bq, run.planned_eob, at)
    return run.planned_activity_eob_bq


def is_implausible(run: ProductionRun, measured_bq: float, at: datetime) -> bool:
    """An assay so far from the plan that a note has to say why."""
    planned = planned_bq(run, at)
    return planned > 0 and not LEAST_ASSAY <= measured_bq / planned <= MOST_ASSAY


def _check_plausible(run: ProductionRun, measured_bq: float, at: datetime) -> None:
    if is_implausible(run, measured_bq, at):
        raise ConflictError(
            f"{format_activity(measured_bq)} was measured of run {run.code} where "
            f"{format_activity(planned_bq(run, at))} is planned; check the unit, or say in the note why"
        )
    if at < run.planned_eob - EARLY:
        raise ConflictError(
            f"The time of the assay, {at:%Y-%m-%d %H:%M} UTC, is more than an hour before the planned EOB of "
            f"run {run.code}, {run.planned_eob:%Y-%m-%d %H:%M} UTC; say in the note why"
        )


def _making(run: ProductionRun) -> str:
    """The action that making this lot is."""
    if run.kind in CREATING:
        return "production.assay"
    return "production.process" if run.kind in CONVERTING else "production.elute"


def _new_lot(run: ProductionRun, at: datetime) -> Lot:
    return Lot.objects.create(
        code=run.code,
        run=run,
        product=run.product,
        nuclide=run.nuclide,
        daughter=run.daughter,
        organisation=run.organisation,
        site_code=run.site_code,
        made_at=at,
        expires=at + (run.planned_expires - run.planned_eob),
    )


def _convert(
    actor: User,
    run: ProductionRun,
    lot: Lot,
    measured_bq: float,
    at: datetime,
    uncertainty_bq: float | None,
    inputs: Mapping[str, float | None] | None,
    note: str,
) -> None:
    """Lots of the input go in, what does not come out is waste."""
    drawn = inputs_of(run, at) if inputs is None else dict(inputs)
    if not drawn:
        wanted = ", ".join(sorted({row["lot"] for row in run.inputs})) or run.input_product
        raise ConflictError(f"Run {run.code} has no input: nothing of {wanted} is at {run.site_code}")
    here = place(run.organisation, run.site_code)
    parents = list(Lot.objects.filter(code__in=drawn))
    for parent in parents:
        check_usable(parent, at)
        if (parent.organisation_id, parent.site_code) != (run.organisation_id, run.site_code):
            raise ConflictError(f"Lot {parent.code} is at {parent.site_code}, not at {run.site_code}")
    if missing := sorted(set(drawn) - {parent.code for parent in parents}):
        raise InputError(f"There is no lot {', '.join(missing)}; name lots that are at {run.site_code}")
    going_in = sum(
        ledger.state_of(here, code, at).activity_bq.get(run.nuclide, 0.0) if activity is None else activity
        for code, activity in drawn.items()
    )
    if measured_bq > going_in * ERROR_LIMIT:
        raise ConflictError(
            f"{format_activity(measured_bq)} is said to come out of run {run.code}, but only "
            f"{format_activity(going_in)} of {run.nuclide} goes in; check the unit"
        )
    loss = f"{run.code}-rest"
    output = moves.Output(run.code, {run.nuclide: measured_bq}, uncertainty_bq=uncertainty_bq)
    moves.process(
        actor, run.organisation, run.site_code, drawn, [output], at,
        nuclide=run.nuclide, waste_lot=loss, document=_papers(run), note=note,
    )  # fmt: skip
    lot.parents.set(parents)
    if going_in > measured_bq:
        waste.register(
            actor, code=loss, lot_code=run.code, nuclide=run.nuclide, organisation=run.organisation,
            site_code=run.site_code, activity_bq=going_in - measured_bq, at=at, origin="processing loss",
        )  # fmt: skip


def inputs_of(run: ProductionRun, at: datetime) -> dict[str, float | None]:
    """Which lots on the site a conversion takes, and how much at ``at``: as planned, or what is there.

    A package that was sent for this run goes in whole.
    """
    here = place(run.organisation, run.site_code)
    drawn: dict[str, float | None] = {}
    for row in run.inputs:
        wanted = decayed(run.nuclide, row["activity_bq"], _instant(row["reference_time"]), at)
        own = Lot.objects.filter(
            organisation=run.organisation, site_code=run.site_code, status=LotStatus.AVAILABLE
        )
        for sent in own.filter(parents__code=row["lot"], for_run=run.code):
            held = ledger.state_of(here, sent.code, at).activity_bq.get(run.nuclide, 0.0)
            if held > 0:
                drawn[sent.code] = None
                wanted -= held
        if row["lot"] not in drawn and own.filter(code=row["lot"]).exists():
            held = ledger.state_of(here, row["lot"], at).activity_bq.get(run.nuclide, 0.0)
            if min(wanted, held) > 0 and wanted > row["activity_bq"] * 1e-6:
                drawn[row["lot"]] = min(wanted, held * (1 - 1e-9))
    return drawn


def _generators(run: ProductionRun, at: datetime) -> list[Lot]:
    """The generators that an elution may use: released, on the site, not expired."""
    found = Lot.objects.select_for_update(of=("self",)).filter(
        organisation=run.organisation,
        site_code=run.site_code,
        product=run.input_product,
        status=LotStatus.AVAILABLE,
        made_at__lte=at,
        expires__gte=at,
    )
    return list(found.exclude(daughter="").exclude(run__released_at__gt=at))


def grown_in(run: ProductionRun, at: datetime) -> float:
    """Bq of the daughter on the generators that ``run`` would elute at ``at``. For services: asks nobody."""
    here = place(run.organisation, run.site_code)
    with transaction.atomic():
        rows = _generators(run, at)
    return sum(
        max(ledger.state_of(here, row.code, at).activity_bq.get(run.nuclide, 0.0), 0.0) for row in rows
    )


def _elute(
    actor: User,
    holder: Organisation,
    site: str,
    generators: Sequence[Lot],
    eluate: Lot,
    measured_bq: float,
    at: datetime,
    note: str,
) -> float:
    """Take the daughter off the generators in proportion to what has grown on each; what was posted."""
    here = place(holder, site)
    grown = {
        lot: held
        for lot in generators
        if (held := ledger.state_of(here, lot.code, at).activity_bq.get(eluate.nuclide, 0.0)) > 0
    }
    whole = sum(grown.values())
    if not grown:
        raise ConflictError(
            f"No generator at {site} has any {eluate.nuclide} to elute at {at:%Y-%m-%d %H:%M} UTC"
        )
    if measured_bq > whole * ERROR_LIMIT:
        raise ConflictError(
            f"{format_activity(measured_bq)} of {eluate.nuclide} is more than the {format_activity(whole)} "
            f"that has grown on the generators at {site}; check the unit and the time of the last elution"
        )
    share = min(measured_bq / whole, 1.0)
    document = {"product": eluate.product, "measured_bq": measured_bq}
    for lot, held in grown.items():
        moves.elute(
            actor, holder, site, lot.code, eluate.code, {eluate.nuclide: held * share}, at,
            document=document, note=note,
        )  # fmt: skip
    eluate.parents.set(list(grown))
    return whole * share


# --- releasing ----------------------------------------------------------------------------------


@transaction.atomic
def release(
    actor: User,
    run: ProductionRun,
    *,
    measured_bq: float | None = None,
    at: datetime | None = None,
    uncertainty_bq: float | None = None,
    note: str = "",
) -> ProductionRun:
    """Let a lot out of quarantine after processing and quality control; what they cost is waste.

    :param measured_bq: at ``at``; where left out, the process keeps the share that was planned.
    :raises ConflictError: not assayed, or much more measured than the books hold.
    """
    policy.require(actor, "production.release", organisation=run.organisation, site=run.site_code)
    run = _locked(run)
    if run.status != RunStatus.ASSAYED:
        raise ConflictError(f"Run {run.code} is {run.status}; only an assayed run is released")
    assert run.actual_eob is not None
    at = event_time(at, after=run.actual_eob, what="the release")
    held = ledger.state_of(place(run.organisation, run.site_code), run.code, at)
    booked = held.activity_bq.get(run.nuclide, 0.0)
    if measured_bq is None:
        measured_bq = booked * _planned_yield(run)
    measured_bq = positive(measured_bq, "A measurement at release")
    _settle(actor, run, held, measured_bq, at, uncertainty_bq, note)
    run.released_at, run.released_by, run.released_bq = at, actor, measured_bq
    run.status, run.note = RunStatus.RELEASED, _appended(run.note, note)
    run.save()
    expires = at + (run.planned_expires - run.planned_release)
    Lot.objects.filter(code=run.code).update(status=LotStatus.AVAILABLE, expires=expires)
    return run


@transaction.atomic
def fail_run(actor: User, run: ProductionRun, *, at: datetime | None = None, note: str) -> ProductionRun:
    """The run came to nothing, or its lot failed quality control: all of it is waste.

    :raises ConflictError: it is released or over already.
    """
    policy.require(actor, "production.release", organisation=run.organisation, site=run.site_code)
    run = _locked(run)
    if run.status not in {RunStatus.PLANNED, RunStatus.ASSAYED}:
        raise ConflictError(f"Run {run.code} is {run.status}; only one planned or assayed can fail")
    if not note.strip():
        raise InputError(f"Say in a note why run {run.code} failed")
    if run.status == RunStatus.ASSAYED:
        at = event_time(at, after=run.actual_eob, what="the failure")
        held = ledger.state_of(place(run.organisation, run.site_code), run.code, at)
        _settle(actor, run, held, 0.0, at, None, note)
        Lot.objects.filter(code=run.code).update(status=LotStatus.BLOCKED)
    run.status, run.note = RunStatus.FAILED, _appended(run.note, note)
    run.save()
    return run


@transaction.atomic
def cancel_run(actor: User, run: ProductionRun, *, note: str) -> ProductionRun:
    """Take a run that has not begun off the list.

    :raises ConflictError: it has begun.
    """
    policy.require(actor, "production.release", organisation=run.organisation, site=run.site_code)
    run = _locked(run)
    if run.status != RunStatus.PLANNED:
        raise ConflictError(f"Run {run.code} is {run.status}; only a planned run is cancelled")
    run.status, run.note = RunStatus.CANCELLED, _appended(run.note, note)
    run.save()
    return run


def _planned_yield(run: ProductionRun) -> float:
    """The share kept between EOB and release, decay apart, as planned (1 where EOB is after processing)."""
    if run.kind not in CREATING or run.planned_activity_eob_bq <= 0:
        return 1.0
    at_release = decayed(run.nuclide, run.planned_activity_eob_bq, run.planned_eob, run.planned_release)
    return min(run.planned_activity_bq / at_release, 1.0)


def _settle(
    actor: User,
    run: ProductionRun,
    held: State,
    measured_bq: float,
    at: datetime,
    uncertainty_bq: float | None,
    note: str,
) -> None:
    """Bring the lot of ``run`` to what was measured: a loss to waste, an excess from ``unaccounted``.

    Who may not process (a radiation safety officer) does the same as a discard or an adjustment.
    """
    booked = held.activity_bq.get(run.nuclide, 0.0)
    if booked <= 0:
        raise ConflictError(f"The books hold nothing of lot {run.code} at {at:%Y-%m-%d %H:%M} UTC")
    if measured_bq > booked * ERROR_LIMIT:
        raise ConflictError(
            f"{format_activity(measured_bq)} was measured of lot {run.code}, but the books hold "
            f"{format_activity(booked)}; check the unit and the assay at EOB"
        )
    here, loss = place(run.organisation, run.site_code), f"{run.code}-loss"
    lost = 1.0 - measured_bq / booked
    if abs(lost) <= NEGLIGIBLE:
        return
    processing = policy.may(actor, "production.process", organisation=run.organisation, site=run.site_code)
    document = {**_papers(run), "measurement": {"expected_bq": booked, "measured_bq": measured_bq}}
    if lost < 0:
        source = nominal(run.organisation, Nominal.UNACCOUNTED)
        excess = measured_bq - booked
        lines = [
            Line(here, run.code, run.nuclide, excess, uncertainty_bq),
            Line(source, run.code, run.nuclide, -excess, uncertainty_bq),
        ]
        kind = Kind.PROCESS if processing else Kind.ADJUST
        ledger.post(actor, run.organisation, kind, at, lines, document, note=note)
        return
    bin_ = waste_store(run.organisation, run.site_code)
    lines = [
        line
        for name, activity in held.moveable().items()
        for line in (Line(here, run.code, name, -activity * lost), Line(bin_, loss, name, activity * lost))
    ]
    kind = Kind.PROCESS if processing else Kind.DISCARD
    ledger.post(actor, run.organisation, kind, at, lines, {**document, "made": {loss: [run.code]}}, note=note)
    waste.register(
        actor, code=loss, lot_code=run.code, nuclide=run.nuclide, organisation=run.organisation,
        site_code=run.site_code, activity_bq=booked * lost, at=at,
        origin="failed" if measured_bq == 0 else "processing loss",
    )  # fmt: skip


# --- lots, for the steps that follow ------------------------------------------------------------


def order_of(lot: Lot) -> str:
    """The order that a lot serves: its own, or that of its generator. For services: asks nobody."""
    if lot.order_code:
        return lot.order_code
    generators = lot.parents.filter(daughter=lot.nuclide).exclude(order_code="")
    return generators.values_list("order_code", flat=True).first() or ""


def released_at(lot: Lot) -> datetime | None:
    """When the run that made a lot was released; None for a lot that no run made."""
    return lot.run.released_at if lot.run is not None else None


def check_usable(lot: Lot, at: datetime) -> None:
    """Refuse a lot that may not be used at ``at``.

    :raises ConflictError: in quarantine, blocked, under way, not yet released at that time, or expired.
    """
    if lot.status != LotStatus.AVAILABLE:
        raise ConflictError(f"Lot {lot.code} may not be used: {LotStatus(lot.status).label.lower()}")
    released = released_at(lot)
    if released is not None and at < released:
        raise ConflictError(
            f"Lot {lot.code} was released at {released:%Y-%m-%d %H:%M} UTC; nothing of it may be used "
            f"before, at {at:%Y-%m-%d %H:%M} UTC"
        )
    if lot.expires is not None and at > lot.expires:
        raise ConflictError(f"Lot {lot.code} expired on {lot.expires:%Y-%m-%d %H:%M} UTC")


@transaction.atomic
def part_code(actor: User, lot: Lot, letter: str = "") -> str:
    """The next free code for a part of a lot (a package, a dose: ``D``, an eluate: ``E``)."""
    policy.require(actor, "ledger.move", organisation=lot.organisation, site=lot.site_code)
    return _next_code(lot, letter)


@transaction.atomic
def split_off(
    actor: User, lot: Lot, *, code: str, at: datetime, for_run: str = "", order_code: str = ""
) -> Lot:
    """Make the package that leaves a lot a lot of its own; it is under way until ``arrive``."""
    policy.require(actor, "dispatch.dispatch", organisation=lot.organisation, site=lot.site_code)
    part = Lot.objects.create(
        code=code,
        product=lot.product,
        nuclide=lot.nuclide,
        daughter=lot.daughter,
        organisation=lot.organisation,
        site_code=lot.site_code,
        made_at=at,
        expires=lot.expires,
        status=LotStatus.UNDER_WAY,
        for_run=for_run,
        order_code=order_code,
    )
    part.parents.add(lot)
    return part


@transaction.atomic
def arrive(actor: User, code: str, *, organisation: Organisation, site: str) -> Lot:
    """A package is in its consignee's hands (or back in its consignor's)."""
    if not policy.may(actor, "dispatch.receive", organisation=organisation, site=site):
        policy.require(actor, "dispatch.dispatch", organisation=organisation, site=site)
    lot = Lot.objects.select_for_update(of=("self",)).get(code=code)
    if lot.status != LotStatus.UNDER_WAY:
        raise ConflictError(f"Lot {code} is not under way")
    lot.organisation, lot.site_code, lot.status = organisation, site, LotStatus.AVAILABLE
    lot.save(update_fields=["organisation", "site_code", "status"])
    return lot


def _next_code(lot: Lot, letter: str) -> str:
    row = Lot.objects.select_for_update(of=("self",)).get(pk=lot.pk)
    row.children_made += 1
    row.save(update_fields=["children_made"])
    return f"{lot.code}-{letter}{row.children_made:02d}"


def _locked(run: ProductionRun) -> ProductionRun:
    rows = ProductionRun.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=run.pk)


def _papers(run: ProductionRun) -> dict[str, Any]:
    return {"run": run.code, "plan": run.plan_code, "product": run.product}


def _appended(text: str, more: str) -> str:
    return "\n".join(part for part in (text.strip(), more.strip()) if part)
