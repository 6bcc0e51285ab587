"""What became of everything in the demo: an account of activity that closes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Sum

from becq.physics import decay_data
from becq.platform.accounts.models import User
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.market import selectors as market


@dataclass(frozen=True, slots=True)
class NuclideAccount:
    """One nuclide, in Bq as measured when it happened.

    made = used + to_waste + unaccounted + exported + now + decayed, where ``decayed`` is what time took
    between those events. For a generator's daughter, ``made`` is what was eluted.

    :ivar now_bq: what is at hand or under way now, waste stores left out.
    """

    nuclide: str
    made_bq: float
    used_bq: float
    to_waste_bq: float
    unaccounted_bq: float
    exported_bq: float
    now_bq: float

    @property
    def decayed_bq(self) -> float:
        """What time took."""
        gone = (self.used_bq, self.to_waste_bq, self.unaccounted_bq, self.exported_bq, self.now_bq)
        return self.made_bq - math.fsum(gone)


def account(viewer: User, at: datetime) -> list[NuclideAccount]:
    """The account of every nuclide that was made or eluted, over the lots that are lots of it."""
    rows = (
        books.postings(viewer)
        .order_by()
        .values_list(
            "kind", "entries__account__kind", "entries__account__place", "entries__lot", "entries__nuclide"
        )
        .annotate(total=Sum("entries__activity_bq"))
    )
    rows = list(rows)
    main = _main_nuclides((lot, nuclide) for _, _, _, lot, nuclide, _ in rows)
    flows: dict[str, dict[str, float]] = {}
    for kind, sort, where, lot, nuclide, total in rows:
        if nuclide not in main[lot]:
            continue
        own = flows.setdefault(nuclide, {})
        key = where if sort == "nominal" else "waste" if where.endswith("/waste") else "place"
        for name in (key, "eluted") if kind == "elute" else (key,):
            own[name] = own.get(name, 0.0) + total
    here: dict[str, float] = {}
    for row in books.balances(viewer, at, progeny=False):
        if row.nuclide in main[row.lot] and not row.place.endswith("/waste"):
            here[row.nuclide] = here.get(row.nuclide, 0.0) + row.activity_bq
    found = []
    for nuclide, own in sorted(flows.items()):
        made = own.get("eluted", 0.0) - own.get("production", 0.0)
        if made <= 0:
            continue
        found.append(
            NuclideAccount(
                nuclide,
                made,
                own.get("patient", 0.0),
                own.get("waste", 0.0) + own.get("waste facility", 0.0) + own.get("environment", 0.0),
                own.get("unaccounted", 0.0),
                own.get("exported", 0.0),
                here.get(nuclide, 0.0),
            )
        )
    return found


def residue(viewer: User, at: datetime) -> float:
    """The largest sum over all accounts, by nuclide that was posted, as a share of its parts: zero."""
    sums: dict[str, list[float]] = {}
    traded = {row.nuclide for row in account(viewer, at)}
    for row in books.balances(viewer, at, kind=None, minimum_bq=0.0):
        if row.nuclide in traded:
            sums.setdefault(row.nuclide, []).append(row.activity_bq)
    shares = (abs(math.fsum(own)) / math.fsum(map(abs, own)) for own in sums.values() if any(own))
    return max(shares, default=0.0)


def _main_nuclides(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """By lot, its nuclides that are no progeny of another one in it."""
    held: dict[str, set[str]] = {}
    for lot, nuclide in pairs:
        held.setdefault(lot, set()).add(nuclide)
    return {
        lot: {own for own in names if not any(own in _progeny(other) for other in names - {own})}
        for lot, names in held.items()
    }


@lru_cache
def _progeny(nuclide: str) -> frozenset[str]:
    return frozenset(decay_data.descendants((nuclide,))) - {nuclide}


def summary(viewer: User, at: datetime, plan: str) -> dict[str, Any]:
    """Orders by status, consignments by status, doses, and the account of each nuclide."""
    orders = market.orders(viewer).filter(plan_code=plan, earliest__lt=at)
    return {
        "orders": _by(orders, "status"),
        "consignments": _by(dispatch.consignments(viewer, plan=plan), "status"),
        "doses": _by(clinic.doses(viewer), "status"),
        "nuclides": account(viewer, at),
        "residue": residue(viewer, at),
    }


def _by(rows: Any, column: str) -> dict[str, int]:
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return dict(sorted(counted))
