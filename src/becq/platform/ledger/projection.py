"""The projections ``Balance`` and ``Lineage``, computed from postings and entries alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Q

from becq.platform.ledger.models import Balance, Entry, Lineage, Posting
from becq.platform.ledger.state import Change, state


class Group(NamedTuple):
    """A lot in an account: the unit of which balances are kept."""

    account_id: int
    lot: str


def changes(groups: Iterable[Group]) -> dict[Group, list[Change]]:
    """All entries of some groups, as changes."""
    found: dict[Group, list[Change]] = {group: [] for group in groups}
    for chosen in _chosen(found):
        rows = Entry.objects.filter(chosen).values_list(
            "account_id", "lot", "posting__event_time", "nuclide", "activity_bq"
        )
        for account_id, lot, *change in rows.order_by():
            found[Group(account_id, lot)].append(Change(*change))
    return found


def _chosen(groups: Iterable[Group]) -> Iterator[Q]:
    """Filters for some groups, a limited number at a time."""
    wanted = list(groups)
    for start in range(0, len(wanted), 200):
        chosen = Q()
        for group in wanted[start : start + 200]:
            chosen |= Q(account_id=group.account_id, lot=group.lot)
        yield chosen


def all_changes(accounts: Q | None = None) -> Iterator[tuple[Group, list[Change]]]:
    """The entries of the whole ledger (or of some accounts), group by group."""
    rows = (
        Entry.objects.filter(accounts or Q())
        .values_list("account_id", "lot", "posting__event_time", "nuclide", "activity_bq")
        .order_by("account_id", "lot")
    )
    group, found = None, []
    for account_id, lot, *change in rows.iterator(chunk_size=5000):
        if group != (account_id, lot):
            if group is not None:
                yield group, found
            group, found = Group(account_id, lot), []
        found.append(Change(*change))
    if group is not None:
        yield group, found


def balances(group: Group, found: list[Change]) -> list[Balance]:
    """The balance rows of a group: its state at the time of its last change, zeros left out."""
    last = state(found, max(change.time for change in found))
    return [
        Balance(
            account_id=group.account_id,
            lot=group.lot,
            nuclide=nuclide,
            activity_bq=activity + 0.0,  # no negative zero, which SQLite would not keep
            reference_time=last.time,
            turnover_bq=last.turnover_bq,
            posted=nuclide in last.posted,
        )
        for nuclide, activity in last.activity_bq.items()
        if activity or nuclide in last.posted
    ]


def update(found: dict[Group, list[Change]]) -> None:
    """Write the balances of some groups anew."""
    for chosen in _chosen(found):
        Balance.objects.filter(chosen).delete()
    Balance.objects.bulk_create([row for group, own in found.items() for row in balances(group, own)])


def lineage(posting: Posting) -> list[Lineage]:
    """The parents and children that a posting's document names: ``{"made": {child: [parents]}}``."""
    made = posting.document.get("made")
    if not isinstance(made, dict):
        return []
    pairs = {(parent, child) for child, parents in made.items() for parent in parents}
    return [Lineage(posting=posting, parent=parent, child=child) for parent, child in sorted(pairs)]


def fingerprint(row: Balance) -> tuple[Any, ...]:
    """Everything a balance says, to the last bit."""
    return (
        row.account_id,
        row.lot,
        row.nuclide,
        row.activity_bq.hex(),
        row.reference_time,
        row.turnover_bq.hex(),
        row.posted,
    )
