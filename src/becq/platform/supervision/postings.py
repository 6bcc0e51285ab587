"""A posting before the rules: what the site held after it, the transfer it completes, the use it records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from becq.errors import InputError
from becq.platform.accounts.models import User
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.licences import transfer_row
from becq.platform.ledger import selectors as books
from becq.platform.ledger.models import AccountKind, Kind, Posting
from becq.platform.network import selectors as network
from becq.platform.supervision.day import site_bq
from becq.platform.supervision.rulebook import book_of
from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.holding import Row, holding, is_judged, table, use, without_progeny


def posting_findings(
    viewer: User, posting: Posting, severities: tuple[str, ...] = ("block", "warn")
) -> list[Finding]:
    """What the rules of its holder say of a posting, the gravest first.

    Judged are the holdings of every site to which it brought activity, the transfer that a receipt completes,
    and the use of a radiopharmaceutical that was drawn or given.
    """
    rows: dict[str, list[Row]] = {"holding": _holdings(viewer, posting), "transfer": [], "use": []}
    if posting.kind == Kind.RECEIVE:
        rows["transfer"] = _transfers(viewer, posting)
    if posting.kind in (Kind.DISPENSE, Kind.ADMINISTER):
        rows["use"] = _uses(viewer, posting)
    facts = {name: table(name, found) for name, found in rows.items() if found}
    return evaluate(book_of(posting.holder), facts).findings(severities)


def _came_in(posting: Posting) -> dict[tuple[str, str], float]:
    """(site, nuclide) → activity that the posting brought there, in Bq; what only moved about a site is 0."""
    found: dict[tuple[str, str], float] = {}
    for entry in posting.entries.all():
        account = entry.account
        if account.kind != AccountKind.PLACE or account.holder_id != posting.holder_id:
            continue
        site = account.place.partition("/")[0]
        found[site, entry.nuclide] = found.get((site, entry.nuclide), 0.0) + entry.activity_bq
    return {key: amount for key, amount in found.items() if amount > 0}


def _holdings(viewer: User, posting: Posting) -> list[Row]:
    rows: list[Row] = []
    came = _came_in(posting)
    for code in dict.fromkeys(site for site, _ in came):
        try:
            site = network.licensed_site(code)
        except InputError:  # under way, or a site that is gone from the network
            continue
        if not is_judged(site):
            continue
        at = posting.event_time
        held = books.balances(viewer, at, holder=posting.holder, site=code, progeny=False)
        kept_bq = without_progeny(site, site_bq(site, held))
        day = at.astimezone(site.zone).date()
        brought = [nuclide for where, nuclide in came if where == code and nuclide in kept_bq]
        rows += [holding(site, nuclide, day, kept_bq[nuclide]) for nuclide in brought]
    return rows


def _transfers(viewer: User, posting: Posting) -> list[Row]:
    code = _document(posting, "consignment")
    found = dispatch.consignments(viewer).filter(code=code).first() if code else None
    if found is None:
        return []
    brought_bq = sum(amount for (_, name), amount in _came_in(posting).items() if name == found.nuclide)
    row = transfer_row(viewer, found, posting.event_time, brought_bq)
    return [row] if row is not None else []


def _uses(viewer: User, posting: Posting) -> list[Row]:
    lots = {entry.lot for entry in posting.entries.all()}
    doses = clinic.doses(viewer).filter(code__in=lots)
    return [_use(dose, posting.event_time) for dose in doses]


def _use(dose: Any, at: datetime) -> Row:
    site = network.licensed_site(dose.site_code)
    return use(site, dose.product, dose.nuclide, at.astimezone(site.zone).date(), dose.activity_bq)


def _document(posting: Posting, key: str) -> str:
    value = posting.document.get(key, "") if isinstance(posting.document, dict) else ""
    return str(value or "")
