"""The verbs of the trade, as thin functions over ``services.post``.

A lot is homogeneous: what moves is a share of everything in it. Where a verb takes ``activity_bq``, it is
that of ``nuclide`` at the event time and the other nuclides of the lot go along in proportion; None moves
all there is. Every verb takes ``document`` (references) and ``note``, and ``uuid`` against repetition,
and raises what ``post`` raises.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger.chart import AccountRef, nominal, place, transit, waste_store
from becq.platform.ledger.models import Kind, Nominal, Posting
from becq.platform.ledger.services import ACTION, Line, check_accounts, lock, post, state_of
from becq.platform.ledger.state import TOLERANCE


@dataclass(frozen=True, slots=True)
class Output:
    """A lot that a process yields: activities by nuclide in Bq at the event time, as measured."""

    lot: str
    activity_bq: Mapping[str, float]
    account: AccountRef | None = None
    uncertainty_bq: float | None = None


def produce(
    actor: User,
    holder: Organisation,
    site: str,
    lot: str,
    activity_bq: Mapping[str, float],
    event_time: datetime,
    *,
    parents: Sequence[str] = (),
    uncertainty_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Activity that came into being: production → place, as assayed at the event time (EOB).

    :param activity_bq: by nuclide. A generator is produced with its parent and what has grown in by then.
    :param parents: targets (or other lots) it was made from.
    """
    into, out_of = place(holder, site), nominal(holder, Nominal.PRODUCTION)
    lines = [
        line
        for nuclide, activity in activity_bq.items()
        for line in (
            Line(into, lot, nuclide, _positive(activity), uncertainty_bq),
            Line(out_of, lot, nuclide, -activity),
        )
    ]
    return post(
        actor, holder, Kind.PRODUCE, event_time, lines, _made(document, {lot: parents}), note=note, uuid=uuid
    )


def elute(
    actor: User,
    holder: Organisation,
    site: str,
    generator: str,
    eluate: str,
    activity_bq: Mapping[str, float],
    event_time: datetime,
    *,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Take the daughter off a generator: generator lot → eluate lot in the same place.

    :param activity_bq: by nuclide as measured; with the parent's breakthrough if that was measured.
    :raises ConflictError: more than has grown in since the last elution.
    """
    here = place(holder, site)
    lines = [
        line
        for nuclide, activity in activity_bq.items()
        for line in (
            Line(here, generator, nuclide, -_positive(activity)),
            Line(here, eluate, nuclide, activity),
        )
    ]
    made = _made(document, {eluate: [generator]})
    return post(actor, holder, Kind.ELUTE, event_time, lines, made, note=note, uuid=uuid)


def transfer(
    actor: User,
    holder: Organisation,
    source: AccountRef,
    destination: AccountRef,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    into_lot: str | None = None,
    kind: Kind = Kind.TRANSFER,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Place → place. ``into_lot`` gives the part that moves a lot code of its own."""
    with transaction.atomic():
        known = _begin(actor, kind, holder, uuid, event_time, source, destination)
        if known:
            return known
        share = _share(source, lot, event_time, nuclide, activity_bq)
        child = into_lot or lot
        lines = [
            line
            for name, activity in share.items()
            for line in (
                Line(source, lot, name, -activity),
                Line(destination, child, name, activity),
            )
        ]
        made = _made(document, {child: [lot]} if child != lot else {})
        return post(actor, holder, kind, event_time, lines, made, note=note, uuid=uuid)


def dispatch(
    actor: User,
    consignor: Organisation,
    site: str,
    consignee: Organisation,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    into_lot: str | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Place → under way to a consignee; it stays in the consignor's books until received.

    :param into_lot: lot code of the package, where one lot goes out in several.
    """
    return transfer(
        actor,
        consignor,
        place(consignor, site),
        transit(consignor, consignee),
        lot,
        event_time,
        nuclide=nuclide,
        activity_bq=activity_bq,
        into_lot=into_lot,
        kind=Kind.DISPATCH,
        document=document,
        note=note,
        uuid=uuid,
    )


def receive_with_measurement(
    actor: User,
    consignee: Organisation,
    site: str,
    consignor: Organisation,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str,
    measured_bq: float | None,
    uncertainty_bq: float | None = None,
    expected_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Under way → the consignee's place, as measured; the difference goes to ``unaccounted``.

    :param measured_bq: activity of ``nuclide`` at the event time; None accepts the consignor's value.
    :param uncertainty_bq: standard uncertainty of the measurement.
    :param expected_bq: what should be in this package, where not all that is under way of the lot arrives.
    :raises ConflictError: nothing, or less than expected, of the lot is under way from the consignor.
    """
    way, here = transit(consignor, consignee), place(consignee, site)
    with transaction.atomic():
        known = _begin(actor, Kind.RECEIVE, consignee, uuid, event_time, way, here)
        if known:
            return known
        share = _share(way, lot, event_time, nuclide, expected_bq)
        expected = share[nuclide]
        factor = 1.0 if measured_bq is None else _positive(measured_bq) / expected
        lost = nominal(consignee, Nominal.UNACCOUNTED)
        lines = []
        for name, activity in share.items():
            got = activity * factor
            lines.append(Line(way, lot, name, -activity))
            lines.append(Line(here, lot, name, got, uncertainty_bq if name == nuclide else None))
            # a difference of zero is still a measurement, but an entry of zero is none
            lines.append(Line(lost, lot, name, activity - got, uncertainty_bq if name == nuclide else None))
        references = {
            **(document or {}),
            "measurement": {
                "nuclide": nuclide,
                "expected_bq": expected,
                "measured_bq": expected if measured_bq is None else measured_bq,
                "uncertainty_bq": uncertainty_bq,
            },
        }
        return post(actor, consignee, Kind.RECEIVE, event_time, lines, references, note=note, uuid=uuid)


def process(
    actor: User,
    holder: Organisation,
    site: str,
    inputs: Mapping[str, float | None],
    outputs: Sequence[Output],
    event_time: datetime,
    *,
    nuclide: str | None = None,
    waste_lot: str | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Lots → other lots in one place; what does not come out goes to the site's waste store.

    :param inputs: lot → activity of ``nuclide`` taken from it in Bq, None for all there is.
    :param outputs: what came out, as measured. Of a nuclide of which more comes out than went in, the
        excess comes from ``unaccounted``: it was measured, so it is there.
    :param waste_lot: lot code of the loss; by default that of the first input with ``-loss``.
    """
    if not inputs or not outputs:
        raise InputError("A process needs at least one lot that goes in and one that comes out")
    here = place(holder, site)
    with transaction.atomic():
        known = _begin(actor, Kind.PROCESS, holder, uuid, event_time, here)
        if known:
            return known
        lines: list[Line] = []
        left: dict[str, list[float]] = {}
        for lot, activity_bq in inputs.items():
            for name, activity in _share(here, lot, event_time, nuclide, activity_bq).items():
                lines.append(Line(here, lot, name, -activity))
                left.setdefault(name, []).append(activity)
        for output in outputs:
            for name, activity in output.activity_bq.items():
                into = output.account or here
                lines.append(Line(into, output.lot, name, _positive(activity), output.uncertainty_bq))
                left.setdefault(name, []).append(-activity)
        loss = waste_lot or f"{next(iter(inputs))}-loss"
        for name, parts in left.items():
            rest = math.fsum(parts)
            if rest > 0:
                lines.append(Line(waste_store(holder, site), loss, name, rest))
            elif rest < 0:
                lines.append(Line(nominal(holder, Nominal.UNACCOUNTED), loss, name, rest))
        made: dict[str, Sequence[str]] = {output.lot: list(inputs) for output in outputs}
        if any(line.lot == loss for line in lines):
            made[loss] = list(inputs)
        return post(
            actor, holder, Kind.PROCESS, event_time, lines, _made(document, made), note=note, uuid=uuid
        )


def dispense(
    actor: User,
    holder: Organisation,
    site: str,
    lot: str,
    dose: str,
    nuclide: str,
    activity_bq: float,
    event_time: datetime,
    *,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Draw a dose of its own lot code from a lot, in the same place."""
    here = place(holder, site)
    return transfer(
        actor,
        holder,
        here,
        here,
        lot,
        event_time,
        nuclide=nuclide,
        activity_bq=activity_bq,
        into_lot=dose,
        kind=Kind.DISPENSE,
        document=document,
        note=note,
        uuid=uuid,
    )


def administer(
    actor: User,
    holder: Organisation,
    site: str,
    dose: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Dose → patient; what is not given stays in the dose's lot and is to be discarded."""
    return _leave(
        actor, holder, place(holder, site), Nominal.PATIENT, Kind.ADMINISTER,
        dose, event_time, nuclide, activity_bq, document, note, uuid,
    )  # fmt: skip


def discard(
    actor: User,
    holder: Organisation,
    site: str,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    into_lot: str | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Place → the site's waste store, perhaps into a waste lot (a bin, a bag)."""
    return transfer(
        actor,
        holder,
        place(holder, site),
        waste_store(holder, site),
        lot,
        event_time,
        nuclide=nuclide,
        activity_bq=activity_bq,
        into_lot=into_lot,
        kind=Kind.DISCARD,
        document=document,
        note=note,
        uuid=uuid,
    )


def hand_over(
    actor: User,
    holder: Organisation,
    site: str,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Waste store → waste facility: gone from the holder's hands for good."""
    return _leave(
        actor, holder, waste_store(holder, site), Nominal.WASTE_FACILITY, Kind.DISCARD,
        lot, event_time, nuclide, activity_bq, document, note, uuid,
    )  # fmt: skip


def discharge(
    actor: User,
    holder: Organisation,
    source: AccountRef,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Place (a waste store, a decay tank, a stack) → environment: cleared or released."""
    return _leave(
        actor, holder, source, Nominal.ENVIRONMENT, Kind.DISCHARGE,
        lot, event_time, nuclide, activity_bq, document, note, uuid,
    )  # fmt: skip


def export(
    actor: User,
    holder: Organisation,
    site: str,
    lot: str,
    event_time: datetime,
    *,
    nuclide: str | None = None,
    activity_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Place → out of the country (or out of what this installation accounts for)."""
    return _leave(
        actor, holder, place(holder, site), Nominal.EXPORTED, Kind.EXPORT,
        lot, event_time, nuclide, activity_bq, document, note, uuid,
    )  # fmt: skip


def adjust(
    actor: User,
    holder: Organisation,
    account: AccountRef,
    lot: str,
    nuclide: str,
    measured_bq: float,
    event_time: datetime,
    *,
    uncertainty_bq: float | None = None,
    document: Mapping[str, Any] | None = None,
    note: str,
    uuid: UUID | None = None,
) -> Posting:
    """Bring a lot to what was measured (stock-taking, opening balance); the difference is ``unaccounted``.

    :raises ConflictError: the books say exactly what was measured, so there is nothing to post.
    """
    with transaction.atomic():
        known = _begin(actor, Kind.ADJUST, holder, uuid, event_time, account)
        if known:
            return known
        booked = state_of(account, lot, event_time).activity_bq.get(nuclide, 0.0)
        difference = _positive(measured_bq, or_zero=True) - booked
        if difference == 0:
            raise ConflictError(f"The books hold {format_activity(booked)} of {nuclide} in lot {lot} already")
        lines = [
            Line(account, lot, nuclide, difference, uncertainty_bq),
            Line(nominal(holder, Nominal.UNACCOUNTED), lot, nuclide, -difference, uncertainty_bq),
        ]
        return post(actor, holder, Kind.ADJUST, event_time, lines, document, note=note, uuid=uuid)


def _leave(
    actor: User,
    holder: Organisation,
    source: AccountRef,
    to: Nominal,
    kind: Kind,
    lot: str,
    event_time: datetime,
    nuclide: str | None,
    activity_bq: float | None,
    document: Mapping[str, Any] | None,
    note: str,
    uuid: UUID | None,
) -> Posting:
    with transaction.atomic():
        known = _begin(actor, kind, holder, uuid, event_time, source)
        if known:
            return known
        lines = [
            line
            for name, activity in _share(source, lot, event_time, nuclide, activity_bq).items()
            for line in (
                Line(source, lot, name, -activity),
                Line(nominal(holder, to), lot, name, activity),
            )
        ]
        return post(actor, holder, kind, event_time, lines, document, note=note, uuid=uuid)


def _begin(
    actor: User, kind: str, holder: Organisation, uuid: UUID | None, at: datetime, *accounts: AccountRef
) -> Posting | None:
    """Ask permission before anything is read, take the lock, and find a posting submitted before."""
    policy.require(actor, ACTION[kind], organisation=holder)
    check_accounts(holder, accounts)
    lock({holder, *(account.holder for account in accounts)})
    known = None if uuid is None else Posting.objects.filter(uuid=uuid).first()
    if known and (known.holder_id, known.kind, known.event_time) != (holder.pk, kind, at):
        raise ConflictError(f"Another posting has the key {uuid} already")
    return known


def _share(
    account: AccountRef, lot: str, at: datetime, nuclide: str | None, activity_bq: float | None
) -> dict[str, float]:
    """By nuclide, what moves with ``activity_bq`` of ``nuclide`` (all of the lot if None)."""
    held = state_of(account, lot, at)
    whole = held.moveable()
    if not whole or (nuclide is not None and nuclide not in whole):
        raise ConflictError(
            f"{account.name} holds no {nuclide or 'activity'} in lot {lot} at {at:%Y-%m-%d %H:%M %Z}"
        )
    if activity_bq is None:
        return whole
    if nuclide is None:
        if len(held.posted & set(whole)) > 1:
            raise InputError(f"Lot {lot} holds {', '.join(sorted(whole))}: say of which nuclide it is")
        nuclide = max(whole, key=lambda name: (name in held.posted, whole[name]))
    wanted = _positive(activity_bq)
    if wanted > whole[nuclide] * (1 + TOLERANCE):
        raise ConflictError(
            f"{account.name} holds {format_activity(whole[nuclide])} of {nuclide} in lot {lot} at "
            f"{at:%Y-%m-%d %H:%M %Z}, less than {format_activity(wanted)}"
        )
    part = min(wanted / whole[nuclide], 1.0)
    return {name: activity * part for name, activity in whole.items()} | {nuclide: wanted}


def _positive(activity_bq: float, *, or_zero: bool = False) -> float:
    if not (math.isfinite(activity_bq) and (activity_bq > 0 or (or_zero and activity_bq == 0))):
        raise InputError(f"An activity of {activity_bq!r} Bq is not a positive number")
    return float(activity_bq)


def _made(document: Mapping[str, Any] | None, made: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document with the lineage of this posting."""
    references = dict(document or {})
    named = {child: list(parents) for child, parents in made.items() if parents}
    return {**references, "made": named} if named else references
