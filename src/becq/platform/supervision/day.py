"""A site's day before the rules: what it holds, what it has handled, and its workplaces.

Holdings are the highest activity of each nuclide since the day began, taken at its beginning, after
everything that came in, and at the moment looked at. Handled is what was drawn for patients and what was
eluted, labelled or filled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time

import polars as pl
from django.db.models import Sum

from becq.chain.process import CONVERTING
from becq.chain.site import Site as ChainSite
from becq.errors import InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.clinic import selectors as clinic
from becq.platform.ledger import selectors as books
from becq.platform.ledger.selectors import BalanceRow
from becq.platform.network import selectors as network
from becq.platform.production import selectors as production
from becq.platform.production.models import RunStatus
from becq.platform.supervision.rulebook import book_of
from becq.rules.evaluation import Verdicts, evaluate
from becq.rules.holding import holding, operations, table, without_ingrown, without_progeny, workplaces

HANDLING = CONVERTING | {"generator_elution"}


def judge_day(viewer: User, code: str, at: datetime) -> Verdicts:
    """What the rules say of a site from the beginning of the day to ``at``.

    :raises InputError: if there is no such site among those that the viewer may see into.
    """
    holder = own_holder(viewer, code)
    return evaluate(book_of(holder), day_facts(viewer, network.licensed_site(code), holder, at))


def own_holder(viewer: User, code: str) -> Organisation:
    """Who holds a site whose books the viewer may read.

    :raises InputError: if there is no such site; the coordinators of a network see sites, not their books.
    """
    holder = network.own_site(viewer, code).organisation
    if holder is None or not policy.may_read(viewer, holder):
        raise InputError(f"There is no site '{code}' whose books you may read")
    return holder


def day_facts(viewer: User, site: ChainSite, holder: Organisation, at: datetime) -> dict[str, pl.DataFrame]:
    """Facts of the subjects holding, operation and workplace."""
    day = at.astimezone(site.zone).date()
    begin = datetime.combine(day, time(), site.zone)
    peaks = without_progeny(site, daily_peaks(viewer, holder, site, begin, at))
    handled = handled_bq(viewer, site.id, begin, at)
    year = datetime(day.year, 1, 1, tzinfo=site.zone)
    this_year = handled_bq(viewer, site.id, year, at) if handled else {}
    return {
        "holding": table("holding", [holding(site, name, day, peak) for name, peak in peaks.items()]),
        "operation": table("operation", operations(site, day, handled, this_year)),
        "workplace": table("workplace", workplaces(site, day, handled)),
    }


def daily_peaks(
    viewer: User, holder: Organisation, site: ChainSite, begin: datetime, at: datetime
) -> dict[str, float]:
    """Nuclide → highest activity on a site between two moments, in Bq, the largest first.

    Progeny that has grown in within a lot is part of its parent.
    """
    moments = {begin, at, *books.arrivals(viewer, holder, site.id, begin, at)}
    peaks: dict[str, float] = {}
    for moment in sorted(moments):
        rows = books.balances(viewer, moment, holder=holder, site=site.id, progeny=False)
        now = site_bq(site, rows)
        for name, activity_bq in now.items():
            peaks[name] = max(peaks.get(name, 0.0), activity_bq)
    return dict(sorted(peaks.items(), key=lambda item: -item[1]))


def site_bq(site: ChainSite, rows: Iterable[BalanceRow]) -> dict[str, float]:
    """Nuclide → activity on a site in Bq, of balances of its lots."""
    lots: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        lots[row.lot][row.nuclide] += row.activity_bq
    total: dict[str, float] = defaultdict(float)
    for lot_bq in lots.values():
        for name, activity_bq in without_ingrown(site, lot_bq).items():
            total[name] += activity_bq
    return total


def handled_bq(viewer: User, site: str, begin: datetime, end: datetime) -> dict[str, float]:
    """Nuclide → activity drawn, eluted, labelled or filled on a site between two moments, in Bq."""
    found: dict[str, float] = defaultdict(float)
    drawn = clinic.doses(viewer, site=site).filter(at__gte=begin, at__lte=end).order_by()
    for name, activity_bq in drawn.values_list("nuclide").annotate(total=Sum("activity_bq")):
        found[name] += activity_bq
    made = production.runs(viewer, site=site, status=RunStatus.RELEASED).filter(
        kind__in=HANDLING, released_at__gte=begin, released_at__lte=end
    )
    for name, activity_bq in made.order_by().values_list("nuclide").annotate(total=Sum("released_bq")):
        found[name] += activity_bq or 0.0
    return dict(found)
