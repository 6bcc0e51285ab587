"""The one way into the books: ``post``, and what corrects a posting.

Every posting is checked before it is written: known nuclides, finite activities, zero sums, nobody else's
accounts, and that no place ever holds less than nothing from the event time onwards. The verbs of the
trade (produce, elute, dispatch, receive, ...) are in ``moves``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.physics import decay_data
from becq.physics.quantities import format_activity
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import projection
from becq.platform.ledger.chart import TRANSIT, AccountRef
from becq.platform.ledger.models import (
    LOT_LENGTH,
    Account,
    AccountKind,
    Chain,
    Entry,
    Kind,
    Lineage,
    Posting,
)
from becq.platform.ledger.projection import Group
from becq.platform.ledger.seal import check_text, readable_document, seal
from becq.platform.ledger.state import Change, State, moments, state, states

SUM_TOLERANCE = 1e-9
"""Entries of a posting must cancel by nuclide to this part of the largest one."""

EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
FUTURE = timedelta(minutes=5)
"""How far ahead of the present moment an event may be (clocks differ)."""

NOTE_LIMIT = 4000

ACTION: Mapping[str, str] = {
    Kind.PRODUCE: "production.assay",
    Kind.PROCESS: "production.process",
    Kind.ELUTE: "production.elute",
    Kind.TRANSFER: "ledger.move",
    Kind.DISPATCH: "dispatch.dispatch",
    Kind.RECEIVE: "dispatch.receive",
    Kind.DISPENSE: "clinic.dispense",
    Kind.ADMINISTER: "clinic.administer",
    Kind.DISCARD: "waste.record",
    Kind.DISCHARGE: "waste.record",
    Kind.EXPORT: "dispatch.dispatch",
    Kind.ADJUST: "ledger.correct",
    Kind.REVERSE: "ledger.correct",
}
"""The action that each kind of posting needs."""

_LOT = re.compile(r"[^\s\x00-\x1f](?:[^\x00-\x1f]*[^\s\x00-\x1f])?")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be posted: activity in Bq at the event time, + into the account, - out of it."""

    account: AccountRef
    lot: str
    nuclide: str
    activity_bq: float
    uncertainty_bq: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting to be.

    ``document`` holds references (order, consignment, ...); ``{"made": {child lot: [parent lots]}}`` in
    it is the lineage. ``uuid`` makes a posting from a device that was offline arrive once only.
    """

    holder: Organisation
    kind: str
    event_time: datetime
    lines: Sequence[Line]
    document: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    reverses: Posting | None = None
    uuid: UUID | None = None


def post(
    actor: User,
    holder: Organisation,
    kind: str,
    event_time: datetime,
    lines: Sequence[Line],
    document: Mapping[str, Any] | None = None,
    *,
    note: str = "",
    uuid: UUID | None = None,
) -> Posting:
    """Write one posting into the chain of ``holder``.

    :param event_time: when it happened (aware); may be earlier than what is in the books already.
    :param uuid: of the posting, for repeated submissions: if it is in the books with the same content,
        that posting is returned and nothing is written.
    :raises PermissionDeniedError: the role or organisation does not allow this kind of posting here.
    :raises InputError: unbalanced, non-finite, unknown nuclide, malformed lot or document, future event.
    :raises ConflictError: a place would hold less than nothing at the event time or later.
    """
    draft = Draft(holder, kind, event_time, lines, document or {}, note, uuid=uuid)
    return post_all(actor, [draft])[0]


def post_all(actor: User, drafts: Sequence[Draft]) -> list[Posting]:
    """Write several postings or none. The places are looked at when all are written.

    Same errors as ``post``.
    """
    checked = [_checked(actor, draft) for draft in drafts]
    with transaction.atomic():
        lock({line.account.holder for draft in checked for line in draft.lines} | {d.holder for d in checked})
        return _write(actor, checked)


def reverse(actor: User, posting: Posting, *, note: str) -> Posting:
    """Undo a posting by its mirror image at the same event time, as if it had not happened.

    :raises ConflictError: it is reversed already, or what happened later depends on it.
    """
    with transaction.atomic():
        lock(_holders(posting))
        return post_all(actor, [_mirror(posting, note)])[0]


def correct(
    actor: User,
    posting: Posting,
    *,
    lines: Sequence[Line],
    event_time: datetime | None = None,
    document: Mapping[str, Any] | None = None,
    note: str,
) -> Posting:
    """Replace a posting: its mirror image and a new one of the same kind, together or not at all.

    :returns: the new posting; its document names the corrected one.
    """
    references = dict(posting.document if document is None else document)
    references["corrects"] = str(posting.uuid)
    if posting.kind == Kind.REVERSE:
        raise InputError("A reversal cannot be corrected; post what happened anew")
    draft = Draft(posting.holder, posting.kind, event_time or posting.event_time, lines, references, note)
    with transaction.atomic():
        lock(_holders(posting) | {line.account.holder for line in lines})
        checked = [_checked(actor, _mirror(posting, note)), _checked(actor, draft, action="ledger.correct")]
        return _write(actor, checked)[1]


def lock(holders: Iterable[Organisation]) -> None:
    """Wait until nobody else writes into the books of these holders, until the transaction ends.

    Chains are locked in one order, so that two postings never wait for each other.
    """
    keys = sorted({holder.pk for holder in holders})
    chains = Chain.objects.select_for_update().order_by("pk")
    if len(chains.filter(pk__in=keys)) < len(keys):
        Chain.objects.bulk_create([Chain(holder_id=key) for key in keys], ignore_conflicts=True)
        list(chains.filter(pk__in=keys))


def state_of(account: AccountRef, lot: str, at: datetime) -> State:
    """What an account holds of a lot at ``at``. For services that hold the lock: no permission is asked."""
    row = Account.objects.filter(name=account.name).first()
    if row is None:
        return state([], at)
    group = Group(row.pk, lot)
    return state(projection.changes([group])[group], at)


def _checked(actor: User, draft: Draft, action: str | None = None) -> Draft:
    """The draft in its final form, or the error that keeps it out of the books."""
    if draft.kind not in Kind.values:
        raise InputError(f"Unknown kind of posting {draft.kind!r}; one of {', '.join(Kind.values)}")
    action = action or ACTION[draft.kind]
    policy.require(actor, action, organisation=draft.holder)
    if draft.event_time.tzinfo is None:
        raise InputError(f"The event time {draft.event_time} has no time zone")
    event_time = draft.event_time.astimezone(UTC)
    if not EARLIEST <= event_time <= clock.now() + FUTURE:
        raise InputError(
            f"The event time {event_time:%Y-%m-%d %H:%M} UTC is not between 1950 and the present moment "
            f"{clock.now():%Y-%m-%d %H:%M} UTC: the books hold only what has happened"
        )
    if len(draft.note) > NOTE_LIMIT:
        raise InputError(f"The note has {len(draft.note)} characters; at most {NOTE_LIMIT}")
    check_text(draft.note, "The note")
    lines = [_checked_line(line) for line in draft.lines]
    lines = [line for line in lines if line.activity_bq]
    if not lines:
        raise InputError("A posting needs at least two entries that are not zero")
    _check_sums(lines)
    for site in sorted({line.account.site or "" for line in lines if line.account.holder == draft.holder}):
        policy.require(actor, action, organisation=draft.holder, site=site)
    check_accounts(draft.holder, [line.account for line in lines])
    document = readable_document(draft.document)
    _check_made(document, draft.holder, {line.lot for line in lines})
    return Draft(
        draft.holder, draft.kind, event_time, lines, document, draft.note, draft.reverses, draft.uuid
    )


def _checked_line(line: Line) -> Line:
    if not decay_data.known(line.nuclide):
        decay_data.record(line.nuclide)  # says what is wrong
    if decay_data.record(line.nuclide).stable:
        raise InputError(f"{line.nuclide} is stable: it has no activity to be accounted for")
    check_lot(line.lot)
    if not math.isfinite(line.activity_bq):
        raise InputError(f"The activity of {line.nuclide} in lot {line.lot} is not a finite number")
    if line.uncertainty_bq is not None and not (
        math.isfinite(line.uncertainty_bq) and line.uncertainty_bq >= 0
    ):
        raise InputError(
            f"The uncertainty of {line.nuclide} in lot {line.lot} is not a finite number from zero up"
        )
    uncertainty = None if line.uncertainty_bq is None else float(line.uncertainty_bq) + 0.0
    return Line(line.account, line.lot, line.nuclide, float(line.activity_bq) + 0.0, uncertainty)


def check_accounts(holder: Organisation, accounts: Iterable[AccountRef]) -> None:
    """Refuse accounts that a posting of ``holder`` may not touch.

    :raises PermissionDeniedError: for another holder's account, but what is under way to ``holder``.
    """
    incoming = f"{TRANSIT}/{holder.code}"
    for account in accounts:
        if account.holder != holder and not (account.kind == AccountKind.PLACE and account.place == incoming):
            raise PermissionDeniedError(
                f"A posting of {holder.code} may not touch {account.name}; of others only what is under "
                f"way to it ({account.holder.code}:{incoming})"
            )


def check_lot(lot: str) -> None:
    """Refuse a lot code that is empty, too long, or has odd white space.

    :raises InputError: saying so.
    """
    if not isinstance(lot, str) or len(lot) > LOT_LENGTH or not _LOT.fullmatch(lot):
        raise InputError(f"{lot!r} is not a lot code; write 1 to {LOT_LENGTH} characters without edge spaces")
    check_text(lot, "The lot code")


def _check_sums(lines: Sequence[Line]) -> None:
    by_nuclide: dict[str, list[float]] = {}
    for line in lines:
        by_nuclide.setdefault(line.nuclide, []).append(line.activity_bq)
    for nuclide, parts in by_nuclide.items():
        left, largest = abs(math.fsum(parts)), max(map(abs, parts))
        if not left <= SUM_TOLERANCE * largest:
            raise InputError(
                f"The entries of {nuclide} do not cancel: {format_activity(math.fsum(parts))} is left; "
                "what comes in one account must leave another"
            )


def _check_made(document: Mapping[str, Any], holder: Organisation, lots: set[str]) -> None:
    made = document.get("made", {})
    if not isinstance(made, dict):
        raise InputError('"made" in a document must be an object: child lot -> list of parent lots')
    for child, parents in made.items():
        if not isinstance(parents, list):
            raise InputError(f'"made" must list the parents of {child}')
        for lot in (child, *parents):
            check_lot(lot)
        if child in parents:
            raise InputError(f"Lot {child} cannot be its own parent")
        if child not in lots:
            raise InputError(f"Lot {child} is said to be made here, but the posting has no entry of it")
        # A parent without activity (a target) is in no books; one in others' books is not ours to use.
        for lot in {*parents} - lots:
            if Entry.objects.filter(lot=lot).exclude(account__holder=holder).exists():
                raise PermissionDeniedError(f"Lot {lot} is not in the books of {holder.code}")


def _holders(posting: Posting) -> set[Organisation]:
    entries = posting.entries.select_related("account__holder")
    return {posting.holder, *(entry.account.holder for entry in entries)}


def _mirror(posting: Posting, note: str) -> Draft:
    """The posting that undoes ``posting``."""
    if not note.strip():
        raise InputError("A correction needs a note that says why")
    if Posting.objects.filter(reverses=posting).exists():
        raise ConflictError(f"Posting {posting.sequence} of {posting.holder.code} is reversed already")
    entries = posting.entries.select_related("account__holder")
    lines = [
        Line(
            AccountRef(AccountKind(e.account.kind), e.account.holder, e.account.place),
            e.lot,
            e.nuclide,
            -e.activity_bq,
            e.uncertainty_bq,
        )
        for e in entries
    ]
    document = {"reverses": str(posting.uuid)}
    return Draft(posting.holder, Kind.REVERSE, posting.event_time, lines, document, note, reverses=posting)


def _write(actor: User, drafts: Sequence[Draft]) -> list[Posting]:
    accounts = _open({line.account for draft in drafts for line in draft.lines})
    postings = [_append(actor, draft, accounts) for draft in drafts]
    since: dict[Group, datetime] = {}
    for draft in drafts:
        for line in draft.lines:
            group = Group(accounts[line.account.name].pk, line.lot)
            since[group] = min(since.get(group, draft.event_time), draft.event_time)
    changes = projection.changes(since)
    by_key = {account.pk: account for account in accounts.values()}
    for group, start in since.items():
        if by_key[group.account_id].kind == AccountKind.PLACE:
            _check_never_negative(by_key[group.account_id], group.lot, changes[group], start)
    projection.update(changes)
    return postings


def _open(refs: set[AccountRef]) -> dict[str, Account]:
    """The accounts by name, those not there yet opened."""
    names = {ref.name: ref for ref in refs}
    found = {row.name: row for row in Account.objects.filter(name__in=names)}
    new = [ref for name, ref in names.items() if name not in found]
    if new:
        Account.objects.bulk_create(
            [Account(kind=ref.kind, holder=ref.holder, place=ref.place, name=ref.name) for ref in new],
            ignore_conflicts=True,
        )
        found = {row.name: row for row in Account.objects.filter(name__in=names)}
    return found


def _append(actor: User, draft: Draft, accounts: Mapping[str, Account]) -> Posting:
    key = draft.uuid or uuid4()
    if draft.uuid is not None:
        known = Posting.objects.filter(uuid=draft.uuid).first()
        if known is not None:
            return _same(known, draft)
    chain = Chain.objects.get(pk=draft.holder.pk)
    content: dict[str, Any] = {
        "uuid": key,
        "sequence": chain.sequence + 1,
        "kind": draft.kind,
        "event_time": draft.event_time,
        "recorded_time": clock.now(),
        "actor_name": actor.username,
        "document": draft.document,
        "note": draft.note,
    }
    digest = seal(
        **content,
        holder=draft.holder.code,
        actor=actor.pk,
        reverses=draft.reverses.uuid if draft.reverses else None,
        entries=[(e.account.name, e.lot, e.nuclide, e.activity_bq, e.uncertainty_bq) for e in draft.lines],
        previous=chain.hash,
    )
    posting = Posting(
        **content,
        holder=draft.holder,
        actor=actor,
        reverses=draft.reverses,
        previous_hash=chain.hash,
        hash=digest,
    )
    try:
        posting.save()
    except IntegrityError as error:
        raise ConflictError("This posting meets another one; read the books again and repeat it") from error
    Entry.objects.bulk_create(
        [
            Entry(
                posting=posting,
                account=accounts[line.account.name],
                lot=line.lot,
                nuclide=line.nuclide,
                activity_bq=line.activity_bq,
                uncertainty_bq=line.uncertainty_bq,
            )
            for line in draft.lines
        ]
    )
    Lineage.objects.bulk_create(projection.lineage(posting))
    chain.sequence, chain.hash = posting.sequence, digest
    chain.save(update_fields=["sequence", "hash"])
    return posting


def _same(known: Posting, draft: Draft) -> Posting:
    """The posting that a repeated submission means; a different one with the same key is refused."""
    lines = sorted(
        (line.account.name, line.lot, line.nuclide, line.activity_bq.hex()) for line in draft.lines
    )
    entries = sorted(
        (e.account.name, e.lot, e.nuclide, e.activity_bq.hex())
        for e in known.entries.select_related("account")
    )
    if (known.holder_id, known.kind, known.event_time, entries) != (
        draft.holder.pk,
        draft.kind,
        draft.event_time,
        lines,
    ):
        raise ConflictError(f"Another posting has the key {known.uuid} already")
    return known


def _check_never_negative(account: Account, lot: str, changes: Sequence[Change], since: datetime) -> None:
    for found in states(changes, moments(changes, since)):
        negative = found.negative()
        if negative:
            nuclide, activity = min(negative.items(), key=lambda item: item[1])
            later = "" if found.time == since else " because of what happened later"
            raise ConflictError(
                f"{account.name} would hold {format_activity(activity)} of {nuclide} in lot {lot} at "
                f"{found.time:%Y-%m-%d %H:%M} UTC{later}: more leaves than is there"
            )
