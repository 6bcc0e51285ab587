"""What became of everything in the demo: an account of activity that closes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from becq.platform.accounts.models import User
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.market import selectors as market

NEGLIGIBLE_SHARE = 1e-4
"""Of what was made of all nuclides: progeny below this share is left out of the account."""


@dataclass(frozen=True, slots=True)
class NuclideAccount:
    """One nuclide, in Bq as measured when it happened.

    made = used + to_waste + unaccounted + exported + now + decayed, where ``decayed`` is what time took
    between those events. For a generator's daughter, ``made`` is what was eluted.

    :ivar now_bq: what is at hand or under way now, waste stores left out.
    :ivar residue: the sum over all accounts, decayed to now, as a share of its parts: zero if all is whole.
    """

    nuclide: str
    made_bq: float
    used_bq: float
    to_waste_bq: float
    unaccounted_bq: float
    exported_bq: float
    now_bq: float
    residue: float

    @property
    def decayed_bq(self) -> float:
        """What time took."""
        gone = (self.used_bq, self.to_waste_bq, self.unaccounted_bq, self.exported_bq, self.now_bq)
        return self.made_bq - math.fsum(gone)


def account(viewer: User, at: datetime) -> list[NuclideAccount]:
    """The account of every nuclide that was made or eluted."""
    rows = (
        books.postings(viewer)
        .order_by()
        .values_list("kind", "entries__account__kind", "entries__account__place", "entries__nuclide")
        .annotate(total=Sum("entries__activity_bq"), parts=Count("pk"))
    )
    flows: dict[str, dict[str, float]] = {}
    for _, sort, where, nuclide, total, _ in rows:
        own = flows.setdefault(nuclide, {})
        key = where if sort == "nominal" else "waste" if where.endswith("/waste") else "place"
        own[key] = own.get(key, 0.0) + total
    for nuclide, eluted in _eluted(viewer).items():
        flows[nuclide]["eluted"] = eluted
    here: dict[str, float] = {}
    sums: dict[str, list[float]] = {}
    for row in books.balances(viewer, at, kind=None, minimum_bq=0.0):
        sums.setdefault(row.nuclide, []).append(row.activity_bq)
        if row.kind == "place" and row.posted and not row.place.endswith("/waste"):
            here[row.nuclide] = here.get(row.nuclide, 0.0) + row.activity_bq
    found = []
    for nuclide, own in sorted(flows.items()):
        made = -own.get("production", 0.0) + own.get("eluted", 0.0)
        if made <= 0:
            continue
        parts = sums.get(nuclide, [0.0])
        gross = math.fsum(map(abs, parts))
        found.append(
            NuclideAccount(
                nuclide,
                made,
                own.get("patient", 0.0),
                own.get("waste", 0.0) + own.get("waste facility", 0.0) + own.get("environment", 0.0),
                own.get("unaccounted", 0.0),
                own.get("exported", 0.0),
                here.get(nuclide, 0.0),
                abs(math.fsum(parts)) / gross if gross else 0.0,
            )
        )
    return found


def summary(viewer: User, at: datetime, plan: str) -> dict[str, Any]:
    """Orders by status, consignments by status, doses, and the account of each nuclide."""
    orders = market.orders(viewer).filter(plan_code=plan, earliest__lt=at)
    return {
        "orders": _by(orders, "status"),
        "consignments": _by(dispatch.consignments(viewer, plan=plan), "status"),
        "doses": _by(clinic.doses(viewer), "status"),
        "nuclides": account(viewer, at),
    }


def _eluted(viewer: User) -> dict[str, float]:
    rows = (
        books.postings(viewer)
        .filter(kind="elute", entries__activity_bq__gt=0)
        .order_by()
        .values_list("entries__nuclide")
        .annotate(total=Sum("entries__activity_bq"))
    )
    return dict(rows)


def _by(rows: Any, column: str) -> dict[str, int]:
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return dict(sorted(counted))
