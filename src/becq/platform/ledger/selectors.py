"""What a person may know of the books.

A viewer sees the accounts of the organisations in ``policy.scope``, what is under way to these, and the
postings that touch any of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from becq.errors import InputError, PermissionDeniedError
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import audit as auditing
from becq.platform.ledger.chart import TRANSIT, site_of
from becq.platform.ledger.models import Account, AccountKind, Balance, Entry, Kind, Lineage, Nominal, Posting
from becq.platform.ledger.state import TOLERANCE, Change, states, totals

MINIMUM_BQ = 1.0
"""Balances below one decay per second are not shown."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What an account holds of one nuclide of a lot at ``at``.

    :ivar site: site code; None on the way and for nominal accounts.
    :ivar posted: False for a nuclide that has only grown in (a generator's daughter).
    """

    holder: str
    account: str
    kind: str
    place: str
    site: str | None
    lot: str
    nuclide: str
    activity_bq: float
    at: datetime
    posted: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a lot's genealogy. What only others may see of it is None."""

    parent: str
    child: str
    kind: str
    posting: str | None
    event_time: datetime | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class End:
    """Where activity of a lot of the family ended or is: a nominal account, activity at event time."""

    lot: str
    account: str
    place: str
    nuclide: str
    activity_bq: float
    event_time: datetime
    posting: str


@dataclass(slots=True)
class Genealogy:
    """A lot's ancestors (to targets) and descendants (to doses), and where these ended."""

    lot: str
    ancestors: list[Link] = field(default_factory=list)
    descendants: list[Link] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)

    def lots(self) -> list[str]:
        """Every lot of the family, the lot itself first."""
        links = [*self.ancestors, *self.descendants]
        return list(dict.fromkeys([self.lot, *(lot for link in links for lot in (link.parent, link.child))]))


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A holder's movement of one nuclide over a period, in Bq.

    :ivar flows_bq: by kind of posting, what came into (+) or left (-) the holder's places, as it was at
        the event times. Moves between own places cancel.
    :ivar decayed_bq: opening + flows - closing: what time took (negative: what time gave, of a daughter).
    """

    nuclide: str
    opening_bq: float
    flows_bq: dict[str, float]
    closing_bq: float

    @property
    def decayed_bq(self) -> float:
        """What decay took over the period."""
        return self.opening_bq + math.fsum(self.flows_bq.values()) - self.closing_bq


@dataclass(frozen=True, slots=True)
class Difference:
    """One measured difference: positive when less was found than the books said.

    :ivar uncertainty_bq: standard uncertainty of the measurement, None if not stated.
    """

    posting: str
    kind: str
    event_time: datetime
    lot: str
    nuclide: str
    difference_bq: float
    uncertainty_bq: float | None

    @property
    def ratio(self) -> float | None:
        """The difference in units of its uncertainty; beyond 2 or 3 it wants an explanation."""
        return self.difference_bq / self.uncertainty_bq if self.uncertainty_bq else None


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """Measured differences and, by nuclide, their sums as (sum in Bq, uncertainty of the sum in Bq)."""

    differences: list[Difference]
    totals: dict[str, tuple[float, float]]


def accounts(viewer: User) -> QuerySet[Account]:
    """The accounts that the viewer may see: those in ``policy.scope``, and what is under way to them."""
    readable = Organisation.objects.filter(policy.scope(viewer))
    incoming = [f"{TRANSIT}/{code}" for code in readable.values_list("code", flat=True)]
    return Account.objects.filter(
        policy.scope(viewer, "holder") | Q(kind=AccountKind.PLACE, place__in=incoming)
    )


def postings(viewer: User) -> QuerySet[Posting]:
    """The postings that touch what the viewer may see, newest event first, with their entries."""
    touched = Entry.objects.filter(posting=OuterRef("pk"), account__in=accounts(viewer))
    found = Posting.objects.filter(policy.scope(viewer, "holder") | Q(Exists(touched)))
    return (
        found.select_related("holder", "reverses")
        .prefetch_related("entries__account")
        .order_by("-event_time", "-pk")
    )


def balances(
    viewer: User,
    at: datetime,
    *,
    holder: Organisation | None = None,
    site: str | None = None,
    lot: str | None = None,
    lots: Iterable[str] | None = None,
    nuclide: str | None = None,
    kind: str | None = AccountKind.PLACE,
    progeny: bool = True,
    minimum_bq: float = MINIMUM_BQ,
) -> list[BalanceRow]:
    """What is where at ``at`` (aware; past or present or, by decay alone, future).

    :param holder: only accounts of this organisation.
    :param site: only this site and its parts; "transit" for what is under way.
    :param kind: place (default), nominal, or None for both.
    :param progeny: also nuclides that have only grown in, if more than a millionth of what was posted.
    :param minimum_bq: leave out what is less in magnitude.
    :returns: rows by account, lot and nuclide.
    """
    if at.tzinfo is None:
        raise InputError(f"{at} has no time zone")
    chosen = accounts(viewer)
    if holder is not None:
        chosen = chosen.filter(holder=holder)
    if site is not None:
        chosen = chosen.filter(Q(place=site) | Q(place__startswith=f"{site}/"))
    if kind is not None:
        chosen = chosen.filter(kind=kind)
    if lot is not None:
        lots = [lot]
    return _balances(chosen, at, list(lots) if lots is not None else None, nuclide, progeny, minimum_bq)


def arrivals(viewer: User, holder: Organisation, site: str, begin: datetime, end: datetime) -> list[datetime]:
    """The moments between two at which activity came into a site, oldest first."""
    here = accounts(viewer).filter(Q(place=site) | Q(place__startswith=f"{site}/"), holder=holder)
    came = Entry.objects.filter(
        account__in=here, activity_bq__gt=0, posting__event_time__gt=begin, posting__event_time__lte=end
    )
    return list(came.order_by("posting__event_time").values_list("posting__event_time", flat=True).distinct())


def history(viewer: User, lot: str) -> QuerySet[Posting]:
    """Everything the viewer may see that happened to a lot, oldest event first."""
    return (
        postings(viewer)
        .filter(pk__in=Entry.objects.filter(lot=lot).values("posting"))
        .order_by("event_time", "pk")
    )


def course(viewer: User, lot: str, moments: Sequence[datetime]) -> list[dict[str, float]]:
    """What the places that the viewer may see hold of a lot together at several moments.

    :param moments: aware; each is after what happens at that very moment.
    :returns: at each moment, activities in Bq by nuclide, progeny included; past events alone count.
    """
    rows = Entry.objects.filter(lot=lot, account__in=accounts(viewer), account__kind=AccountKind.PLACE)
    changes = [
        Change(*row) for row in rows.order_by().values_list("posting__event_time", "nuclide", "activity_bq")
    ]
    return [found.activity_bq for found in states(changes, moments)]


def posting(viewer: User, uuid: Any) -> Posting:
    """One posting by its key.

    :raises InputError: if there is none that the viewer may see.
    """
    found = postings(viewer).filter(uuid=uuid).first()
    if found is None:
        raise InputError(f"There is no posting {uuid}")
    return found


def genealogy(viewer: User, lot: str) -> Genealogy:
    """A lot's family both ways.

    Downwards only through postings that the viewer may see. Upwards all the way, because the user of a
    lot is entitled to know what it was made from; of a step in somebody else's books only the lot codes
    and the kind are told. A lot the viewer has nothing to do with has no family.
    """
    family = Genealogy(lot)
    visible = postings(viewer).order_by().values("pk")
    mine = Entry.objects.filter(lot=lot, posting__in=visible).exists()
    if not mine and not Lineage.objects.filter(Q(parent=lot) | Q(child=lot), posting__in=visible).exists():
        return family
    family.ancestors = _climb(viewer, visible, lot, up=True)
    family.descendants = _climb(viewer, visible, lot, up=False)
    below = [lot, *dict.fromkeys(link.child for link in family.descendants)]
    for start in range(0, len(below), 500):
        ends = Entry.objects.filter(
            lot__in=below[start : start + 500], account__kind=AccountKind.NOMINAL, posting__in=visible
        ).exclude(account__place__in=[Nominal.PRODUCTION])
        family.ends += [
            End(
                e.lot,
                e.account.name,
                e.account.place,
                e.nuclide,
                e.activity_bq,
                e.posting.event_time,
                str(e.posting.uuid),
            )
            for e in ends.select_related("account", "posting").order_by("posting__event_time", "pk")
        ]
    return family


def statement(
    viewer: User, holder: Organisation, start: datetime, end: datetime, *, nuclide: str | None = None
) -> list[StatementRow]:
    """Opening, flows, decay and closing of a holder's places from ``start`` (not included) to ``end``.

    :raises PermissionDeniedError: if the viewer may not read the holder's books.
    """
    _require_reader(viewer, holder)
    places = Account.objects.filter(holder=holder, kind=AccountKind.PLACE)
    opening, closing = (_by_nuclide(_balances(places, at, None, nuclide, True, 0.0)) for at in (start, end))
    flows: dict[str, dict[str, list[float]]] = {}
    rows = Entry.objects.filter(
        account__in=places, posting__event_time__gt=start, posting__event_time__lte=end
    )
    if nuclide is not None:
        rows = rows.filter(nuclide=nuclide)
    for name, kind, activity in rows.order_by().values_list("nuclide", "posting__kind", "activity_bq"):
        flows.setdefault(name, {}).setdefault(kind, []).append(activity)
    found = []
    for name in sorted({*opening, *closing, *flows}):
        net = {}
        for kind, parts in flows.get(name, {}).items():
            value = math.fsum(parts)
            # moves between own places cancel but for rounding
            if abs(value) > 1e-9 * max(map(abs, parts)):
                net[kind] = value
        found.append(StatementRow(name, opening.get(name, 0.0), net, closing.get(name, 0.0)))
    return found


def unaccounted(
    viewer: User,
    holder: Organisation,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Unaccounted:
    """A holder's measured differences, reversed ones left out, and their sums by nuclide.

    :raises PermissionDeniedError: if the viewer may not read the holder's books.
    """
    _require_reader(viewer, holder)
    rows = Entry.objects.filter(
        account__holder=holder, account__kind=AccountKind.NOMINAL, account__place=Nominal.UNACCOUNTED
    ).exclude(posting__kind=Kind.REVERSE)
    rows = rows.exclude(Exists(Posting.objects.filter(reverses=OuterRef("posting"))))
    if start is not None:
        rows = rows.filter(posting__event_time__gt=start)
    if end is not None:
        rows = rows.filter(posting__event_time__lte=end)
    differences = [
        Difference(
            str(e.posting.uuid),
            e.posting.kind,
            e.posting.event_time,
            e.lot,
            e.nuclide,
            e.activity_bq,
            e.uncertainty_bq,
        )
        for e in rows.select_related("posting").order_by("posting__event_time", "pk")
    ]
    sums: dict[str, tuple[float, float]] = {}
    for name in sorted({d.nuclide for d in differences}):
        own = [d for d in differences if d.nuclide == name]
        sums[name] = (
            math.fsum(d.difference_bq for d in own),
            math.sqrt(math.fsum((d.uncertainty_bq or 0.0) ** 2 for d in own)),
        )
    return Unaccounted(differences, sums)


def audit(viewer: User, holder: Organisation | None = None) -> auditing.Report:
    """The proof that the books are whole: of one holder, or (for an operator) of all.

    :raises PermissionDeniedError: if the viewer may not verify these books.
    """
    if holder is None and not policy.is_operator(viewer):
        raise PermissionDeniedError("Only the operator may verify all books at once; choose an organisation")
    policy.require(viewer, "ledger.verify", organisation=holder)
    return auditing.verify(holder)


def _require_reader(viewer: User, holder: Organisation) -> None:
    if not policy.may_read(viewer, holder):
        name = viewer.username or "a stranger"
        raise PermissionDeniedError(f"{name} may not read the books of {holder.code}")


def _balances(
    chosen: QuerySet[Account],
    at: datetime,
    lots: list[str] | None,
    nuclide: str | None,
    progeny: bool,
    minimum_bq: float,
) -> list[BalanceRow]:
    """Balances from the projection where that is not later than ``at``, else from the entries."""
    by_lot = Q() if lots is None else Q(lot__in=lots)
    kept = Balance.objects.filter(by_lot, account__in=chosen).order_by()
    changes: list[tuple[int, str, datetime, str, float]] = list(
        kept.filter(reference_time__lte=at).values_list(
            "account_id", "lot", "reference_time", "nuclide", "activity_bq"
        )
    )
    turnover: dict[tuple[int, str], float] = {}
    posted: set[tuple[int, str, str]] = set()
    facts = kept.filter(reference_time__lte=at).values_list(
        "account_id", "lot", "nuclide", "turnover_bq", "posted"
    )
    for account, name, own, passed, has_entry in facts:
        turnover[account, name] = passed
        if has_entry:
            posted.add((account, name, own))
    if kept.filter(reference_time__gt=at).exists():
        later = kept.filter(reference_time__gt=at, account=OuterRef("account"), lot=OuterRef("lot"))
        entries = Entry.objects.filter(Exists(later), by_lot, account__in=chosen, posting__event_time__lte=at)
        rows = entries.order_by().values_list(
            "account_id", "lot", "posting__event_time", "nuclide", "activity_bq"
        )
        for account, name, time, own, activity in rows:
            changes.append((account, name, time, own, activity))
            turnover[account, name] = turnover.get((account, name), 0.0) + abs(activity)
            posted.add((account, name, own))
    if not changes:
        return []
    return _rows(chosen, at, changes, turnover, posted, nuclide, progeny, minimum_bq)


def _rows(
    chosen: QuerySet[Account],
    at: datetime,
    changes: Sequence[tuple[int, str, datetime, str, float]],
    turnover: dict[tuple[int, str], float],
    posted: set[tuple[int, str, str]],
    nuclide: str | None,
    progeny: bool,
    minimum_bq: float,
) -> list[BalanceRow]:
    groups = sorted({(account, lot) for account, lot, *_ in changes})
    number = {group: i for i, group in enumerate(groups)}
    found = totals(
        np.array([number[account, lot] for account, lot, *_ in changes], dtype=np.intp),
        len(groups),
        [change[3] for change in changes],
        np.array([change[4] for change in changes]),
        np.array([(at - change[2]) / _SECOND for change in changes]),
    )
    by_key = {row.pk: row for row in chosen.select_related("holder")}
    passed = np.array([turnover[group] for group in groups])
    rows = []
    for name, activity in found.items():
        if nuclide is not None and name != nuclide:
            continue
        for i in np.flatnonzero(np.abs(activity) >= max(minimum_bq, 5e-324)):
            account, lot = groups[i]
            own = (account, lot, name) in posted
            if not own and not (progeny and abs(activity[i]) > TOLERANCE * passed[i]):
                continue
            row = by_key[account]
            rows.append(
                BalanceRow(
                    row.holder.code,
                    row.name,
                    row.kind,
                    row.place,
                    site_of(row.kind, row.place),
                    lot,
                    name,
                    float(activity[i]),
                    at,
                    own,
                )
            )
    return sorted(rows, key=lambda row: (row.account, row.lot, row.nuclide))


def _by_nuclide(rows: Iterable[BalanceRow]) -> dict[str, float]:
    parts: dict[str, list[float]] = {}
    for row in rows:
        parts.setdefault(row.nuclide, []).append(row.activity_bq)
    return {name: math.fsum(own) for name, own in parts.items()}


def _climb(viewer: User, visible: QuerySet[Any], lot: str, *, up: bool) -> list[Link]:
    """Breadth first through the lineage, each lot once (so that a false circle ends).

    Upwards, a step in somebody else's books is followed only from a lot that came from there: one that
    was under way to the viewer, or that another's posting names as a parent. A lot of one's own that
    merely bears the code of somebody else's leads nowhere.
    """
    here, there = ("child", "parent") if up else ("parent", "child")
    own = Account.objects.filter(policy.scope(viewer, "holder"))
    readable = set(Organisation.objects.filter(policy.scope(viewer)).values_list("pk", flat=True))
    seen, level, links = {lot}, [lot], []
    came: set[str] = set()
    while level:
        now, level = level[:500], level[500:]
        if up:
            under_way = Entry.objects.filter(lot__in=now, posting__in=visible).exclude(account__in=own)
            came.update(under_way.order_by().values_list("lot", flat=True).distinct())
        rows = list(Lineage.objects.filter(**{f"{here}__in": now}).select_related("posting__holder"))
        shown = set(
            Posting.objects.filter(pk__in=[row.posting_id for row in rows])
            .filter(pk__in=visible)
            .values_list("pk", flat=True)
        )
        for row in rows:
            mine = row.posting_id in shown
            if not mine and not (up and row.child in came):
                continue
            links.append(
                Link(
                    row.parent,
                    row.child,
                    row.posting.kind,
                    str(row.posting.uuid) if mine else None,
                    row.posting.event_time if mine else None,
                    row.posting.holder.code if mine else None,
                )
            )
            if row.posting.holder_id not in readable:
                came.add(row.parent)
            following = getattr(row, there)
            if following not in seen:
                seen.add(following)
                level.append(following)
    return links
