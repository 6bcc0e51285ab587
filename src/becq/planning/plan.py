"""The plan as data: a ledger that has not happened yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from becq.chain.network import Network

SCHEMA = "becq.plan/1"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch the plan starts, or a stock lot it uses. ``activity_bq`` at ``reference_time`` (release)."""

    id: str
    process: str | None
    kind: str
    site: str
    resource: str | None
    product: str
    nuclide: str
    start: str
    eob: str
    release: str
    expires: str
    activity_eob_bq: float
    activity_bq: float
    reference_time: str
    used_bq: float
    cost: float
    inputs: list[dict[str, Any]]
    pinned: bool
    state: str = "planned"
    """planned, begun or lost, as things stood at the plan's ``now``."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an order receives, or a part of it; ``activity_bq`` at ``reference_time``, its calibration.

    ``counts_bq`` is what it counts for the order, in the product that the order names: where another one
    comes ``instead_of`` that, the activity that it stands for.
    """

    id: str
    order: str
    lot: str
    product: str
    nuclide: str
    origin: str
    destination: str
    depart: str
    arrive: str
    activity_bq: float
    reference_time: str
    activity_depart_bq: float
    activity_arrive_bq: float
    cost: float
    legs: list[dict[str, str]]
    pinned: bool
    state: str = "planned"
    """planned or sent."""
    counts_bq: float = 0.0
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Unmet:
    """An order not served, or served below its activity by more than its tolerance."""

    order: str
    site: str
    product: str
    nuclide: str
    short_bq: float
    reason: str
    sentence: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A ledger that has not happened yet."""

    network: str
    first: str
    days: int
    served_fraction: float
    served_activity_bq: dict[str, float]
    ordered_activity_bq: dict[str, float]
    orders: int
    orders_served: int
    gap: float
    cost: float
    cost_gap: float
    objective: float
    greedy_objective: float
    greedy_served_fraction: float
    timed_out: bool
    solve_s: float
    batches: list[Batch]
    deliveries: list[Delivery]
    supplies: list[Delivery]
    moves: list[dict[str, Any]]
    unmet: list[Unmet]
    lost_bq: dict[str, dict[str, float]]
    apart: bool = False
    """Whether the gap counts no departure as full: it then holds for each family of products by itself."""
    pins: dict[str, Any] = field(default_factory=dict)
    now: str = ""
    """Of a replan: nothing before this moment could be changed any more."""
    scenario: str = ""
    """Name of the what-if that this plan is."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What was known to have gone otherwise; see ``becq.planning.events``."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    """Of a replan: moves that did not happen, batches that are lost, pins that could not be kept."""
    unchecked: list[dict[str, str]] = field(default_factory=list)
    """Limits that could not be checked for want of data, in sentences of both languages."""
    policy: str = "priority"
    """How what is scarce was shared out; see ``becq.planning.rationing``."""
    fairness: dict[str, Any] = field(default_factory=dict)
    """Shares by product, province and hospital; see ``becq.planning.fairness``."""
    prices: list[dict[str, Any]] | None = None
    """What more of each binding limit would be worth (``becq.planning.prices``); None where not asked for."""

    def as_dict(self, network: Network | None = None) -> dict[str, Any]:
        """JSON-ready; with ``network`` also the sites, resources and zone that a page needs to draw it."""
        start = datetime.fromisoformat(self.first)
        found: dict[str, Any] = {
            "schema": SCHEMA,
            "name": self.network,
            "from": self.first,
            "to": (start + timedelta(days=self.days)).isoformat(),
            **{name: value for name, value in asdict(self).items() if name not in ("network", "first")},
        }
        for section in ("deliveries", "supplies"):
            for row in found[section]:
                row["from"], row["to"] = row.pop("origin"), row.pop("destination")
        if network is not None:
            found["timezone"] = network.timezone
            found["sites"] = [
                {key: getattr(site, key) for key in ("id", "name", "name_zh", "kind", "lat", "lon")}
                for site in network.sites
            ]
            found["products"] = [
                {key: getattr(product, key) for key in ("id", "name", "name_zh", "nuclide", "kind")}
                for product in network.products
            ]
            found["resources"] = [
                {
                    **{
                        key: getattr(row, key)
                        for key in ("id", "site", "name", "name_zh", "kind", "positions")
                    },
                    "outages": [
                        {
                            "start": network.instant(outage.start).isoformat(),
                            "end": network.instant(outage.end).isoformat(),
                            "reason": outage.reason,
                            "reason_zh": outage.reason_zh or outage.reason,
                        }
                        for outage in row.outages
                    ],
                }
                for row in network.resources
            ]
        return found


def counted_bq(row: Mapping[str, Any]) -> float:
    """What a row of a plan's deliveries counts for its order at calibration, in what the order names."""
    return float(row["counts_bq"] if row.get("instead_of") else row["activity_bq"])
