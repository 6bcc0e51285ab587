"""Proof that the books are whole: chains, sums, places, projections, and the guard of the tables.

For the command line and the audit page; who may ask is decided in ``selectors.audit``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from becq.platform import clock
from becq.platform.accounts.models import Organisation
from becq.platform.ledger import guard, projection
from becq.platform.ledger.chart import account_name
from becq.platform.ledger.models import Account, AccountKind, Balance, Chain, Entry, Lineage, Posting
from becq.platform.ledger.seal import instant, seal
from becq.platform.ledger.services import SUM_TOLERANCE, lock
from becq.platform.ledger.state import moments, states

PROBLEM_LIMIT = 200
"""Problems listed at most; more are only counted."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a holder's chain. Noted elsewhere, it proves later that nothing before it was altered."""

    holder: str
    postings: int
    hash: str


@dataclass(slots=True)
class Report:
    """What ``verify`` found.

    :ivar problems: in words, at most PROBLEM_LIMIT of the ``found`` ones.
    """

    at: str
    postings: int = 0
    entries: int = 0
    balances: int = 0
    found: int = 0
    problems: list[str] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        return self.found == 0

    def add(self, problem: str) -> None:
        """Note a problem."""
        self.found += 1
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append(problem)

    def as_dict(self) -> dict[str, Any]:
        """The same as a JSON-ready dictionary."""
        return {"ok": self.ok, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What ``rebuild`` did: rows written, and how many of them differ from what was there."""

    balances: int
    lineage: int
    different: int

    @property
    def identical(self) -> bool:
        """True if the projections were what the postings say, to the last bit."""
        return self.different == 0


def verify(holder: Organisation | None = None) -> Report:
    """Check the books of one holder, or all: every seal, sum, place and projection is computed anew."""
    report = Report(at=instant(clock.now()))
    with transaction.atomic():
        # Nobody posts meanwhile, so that what is compared belongs together.
        lock(_chains(holder))
        _check_guard(report)
        _check_names(report, holder)
        for chain in _chains(holder):
            _check_chain(report, chain)
        _check_places(report, holder)
    return report


def rebuild() -> Rebuild:
    """Drop the projections and compute them from the postings."""
    with transaction.atomic():
        lock(Organisation.objects.filter(pk__in=Chain.objects.values("pk")))
        before = {projection.fingerprint(row) for row in Balance.objects.iterator()}
        made_before = set(Lineage.objects.values_list("posting_id", "parent", "child"))
        Balance.objects.all().delete()
        Lineage.objects.all().delete()
        after, made = set(), set()
        for rows in _batches(r for g, c in projection.all_changes() for r in projection.balances(g, c)):
            Balance.objects.bulk_create(rows)
            after |= {projection.fingerprint(row) for row in rows}
        for links in _batches(row for p in Posting.objects.iterator() for row in projection.lineage(p)):
            Lineage.objects.bulk_create(links)
            made |= {(row.posting_id, row.parent, row.child) for row in links}
        return Rebuild(len(after), len(made), len(before ^ after) + len(made_before ^ made))


def _chains(holder: Organisation | None) -> Iterator[Organisation]:
    holders = Organisation.objects.filter(
        Q(pk__in=Chain.objects.values("pk")) | Q(pk__in=Posting.objects.order_by().values("holder_id"))
    )
    return (holders.filter(pk=holder.pk) if holder else holders).iterator()


def _check_guard(report: Report) -> None:
    for name in guard.missing(connection):
        report.add(f"The trigger {name} is not in the database: posted rows can be changed")


def _check_names(report: Report, holder: Organisation | None) -> None:
    rows = Account.objects.select_related("holder")
    for row in rows.filter(holder=holder) if holder else rows:
        if row.name != account_name(row.kind, row.holder.code, row.place):
            report.add(f"Account {row.name} says of itself that it is {row.holder.code}, {row.place}")


def _check_chain(report: Report, holder: Organisation) -> None:
    previous, sequence = "", 0
    kept: dict[int, set[tuple[str, str]]] = {}
    for key, parent, child in Lineage.objects.filter(posting__holder=holder).values_list(
        "posting_id", "parent", "child"
    ):
        kept.setdefault(key, set()).add((parent, child))
    postings = Posting.objects.filter(holder=holder).order_by("sequence")
    postings = postings.select_related("reverses").prefetch_related("entries__account")
    for posting in postings.iterator(chunk_size=1000):
        sequence += 1
        report.postings += 1
        where = f"Posting {posting.sequence} of {holder.code}"
        if posting.sequence != sequence:
            report.add(f"{where}: number {sequence} is missing before it")
            sequence = posting.sequence
        if posting.previous_hash != previous:
            report.add(f"{where}: it does not follow the posting before it")
        entries = list(posting.entries.all())
        report.entries += len(entries)
        if _sealed(posting, holder, entries) != posting.hash:
            report.add(f"{where}: its content is not what was sealed")
        for problem in _unbalanced(entries):
            report.add(f"{where}: {problem}")
        made = {(row.parent, row.child) for row in projection.lineage(posting)}
        if made != kept.get(posting.pk, set()):
            report.add(f"{where}: the lineage kept differs from its document; rebuild")
        previous = posting.hash
    chain = Chain.objects.filter(holder=holder).first()
    if chain is None or (chain.sequence, chain.hash) != (sequence, previous):
        report.add(f"The chain of {holder.code} does not end where its record says")
    report.heads.append(Head(holder.code, sequence, previous))


def _sealed(posting: Posting, holder: Organisation, entries: list[Entry]) -> str:
    try:
        return seal(
            uuid=posting.uuid,
            holder=holder.code,
            sequence=posting.sequence,
            kind=posting.kind,
            event_time=posting.event_time,
            recorded_time=posting.recorded_time,
            actor=posting.actor_id,
            actor_name=posting.actor_name,
            document=posting.document,
            note=posting.note,
            reverses=posting.reverses.uuid if posting.reverses else None,
            entries=[(e.account.name, e.lot, e.nuclide, e.activity_bq, e.uncertainty_bq) for e in entries],
            previous=posting.previous_hash,
        )
    except (TypeError, ValueError):  # content that never came through ``post``
        return ""


def _unbalanced(entries: list[Entry]) -> Iterator[str]:
    by_nuclide: dict[str, list[float]] = {}
    for entry in entries:
        by_nuclide.setdefault(entry.nuclide, []).append(entry.activity_bq)
    for nuclide, parts in by_nuclide.items():
        if not abs(math.fsum(parts)) <= SUM_TOLERANCE * max(map(abs, parts)):
            yield f"its entries of {nuclide} do not cancel"


def _check_places(report: Report, holder: Organisation | None) -> None:
    accounts = {row.pk: row for row in Account.objects.all()}
    chosen = Q(account__holder=holder) if holder else Q()
    kept: dict[projection.Group, set[tuple[Any, ...]]] = {}
    for row in Balance.objects.filter(chosen).iterator():
        kept.setdefault(projection.Group(row.account_id, row.lot), set()).add(projection.fingerprint(row))
        report.balances += 1
    for group, changes in projection.all_changes(chosen):
        name = accounts[group.account_id].name
        computed = {projection.fingerprint(row) for row in projection.balances(group, changes)}
        if computed != kept.pop(group, set()):
            report.add(f"The balance kept of lot {group.lot} in {name} differs from its entries; rebuild")
        if accounts[group.account_id].kind == AccountKind.PLACE:
            first = min(change.time for change in changes)
            for found in states(changes, moments(changes, first)):
                for nuclide in found.negative():
                    report.add(f"{name} holds less than nothing of {nuclide} in lot {group.lot}")
    for group in kept:
        report.add(
            f"A balance is kept of lot {group.lot} in {accounts[group.account_id].name} without entries"
        )


def _batches(rows: Iterator[Any], size: int = 1000) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
