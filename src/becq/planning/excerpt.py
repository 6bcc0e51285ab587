"""A finished plan held fast around one order: the small problem in which a change is tried.

What the plan makes and sends stays as it is; only the order in question, and batches beside those of it
are free. The excerpt holds the products that the order's product is made from, whoever makes them, and
whatever else takes their positions, departures or licence. The planner itself solves it, so that what serves
the order there serves it in the plan.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.network import Network
from becq.chain.order import Order
from becq.chain.site import TRANSIT_KINDS
from becq.errors import InputError
from becq.planning.compliance import HANDLING
from becq.planning.events import CancelledDeparture, Scenario
from becq.planning.history import Keep, way_of
from becq.planning.lots import Lot
from becq.planning.options import Demand, Option, Problem
from becq.planning.pins import Fixed, Pins
from becq.planning.possession import USE_HOLD_S
from becq.planning.routes import Trip
from becq.planning.servings import fitting_products
from becq.planning.situation import Record, Situation, amend_network

HELD = "held"
"""Kind of a lot of the plan of which only what it gives matters."""


@dataclass(frozen=True)
class Excerpt:
    """The part of a plan that concerns one order."""

    network: Network
    plan: Record
    order: Order
    chain: frozenset[str]
    """The order's product, and what it is made from."""
    rows: list[Record]
    """Deliveries and supplies of the plan that are held fast, those of the order left out."""
    others: Counter[tuple[str, str, str, float]]
    """Packages of all others on each timetabled departure: (lane, from, to, close)."""
    batches: Mapping[str, Record]

    @property
    def now(self) -> float:
        """Nothing new starts or leaves before this moment."""
        return _seconds(self.plan.get("now") or self.plan["from"])


def cut_excerpt(network: Network, plan: Record, order_id: str) -> Excerpt:
    """The excerpt of ``plan`` around an order. Raises InputError where the plan has no such order.

    ``network`` is the one that the plan was made of; the plan's events are put into it here.
    """
    events = Scenario.model_validate({"events": plan.get("events") or []}).events
    network = amend_network(network, events)
    first = datetime.fromisoformat(plan["from"]).date()
    order = next((each for each in network.demand(first, plan["days"]) if each.id == order_id), None)
    if order is None:
        raise InputError(f"the plan has no order {order_id!r}; name an order as the plan does")
    chain = _chain(network, order)
    makers = {p.site for p in network.processes if p.product in chain}
    makers |= {lot.site for lot in network.stock if lot.product in chain}
    nuclides = {network.product[name].nuclide for name in chain}
    here = {order.site, *makers}
    rows, others = [], Counter[tuple[str, str, str, float]]()
    for row in (*plan["deliveries"], *plan["supplies"]):
        if row["order"] == order.id:
            continue
        if (
            row["product"] in chain
            or row["to"] == order.site  # what is handled there on a day counts together
            or (row["nuclide"] in nuclides and row["to"] in here)
        ):
            rows.append(row)
        else:
            for leg in row["legs"]:
                if "leaves" in leg:
                    others[leg["lane"], leg["from"], leg["to"], _seconds(leg["start"])] += 1
    batches = {row["id"]: row for row in plan["batches"]}
    return Excerpt(
        _reduced(network, order, chain, here, rows, batches), plan, order, chain, rows, others, batches
    )


def _chain(network: Network, order: Order) -> frozenset[str]:
    found: set[str] = set()
    wanted = fitting_products(order)
    while wanted:
        product = wanted.pop()
        if product not in found:
            found.add(product)
            wanted += [p.input_product for p in network.processes if p.product == product and p.input_product]
    return frozenset(found)


def _reduced(
    network: Network,
    order: Order,
    chain: frozenset[str],
    here: set[str],
    rows: list[Record],
    batches: Mapping[str, Record],
) -> Network:
    """The network without what has no part in serving the order."""
    shared = {p.resource for p in network.processes if p.product in chain and p.resource}
    lots = {row["lot"] for row in rows}
    also = {
        row["process"]
        for row in batches.values()
        if row["process"]
        and (
            row["resource"] in shared
            or row["id"] in lots
            or (row["site"] in here and row["kind"] in HANDLING)
        )
    }
    core = here | {site.id for site in network.sites if site.kind in TRANSIT_KINDS}
    processes = [p for p in network.processes if p.product in chain or p.id in also]
    sites = core | {p.site for p in processes} | {row["to"] for row in rows} | {row["from"] for row in rows}
    products = {p.product for p in processes} | {p.input_product for p in processes}
    products |= chain | {row["product"] for row in rows}
    nuclides = {network.product[name].nuclide for name in fitting_products(order)}
    stock = [
        lot
        for lot in network.stock
        if lot.product in chain
        or lot.id in lots
        or (lot.site in here and network.product[lot.product].nuclide in nuclides)
    ]
    products |= {lot.product for lot in stock}
    sites |= {lot.site for lot in stock}
    changed: dict[str, Any] = {
        "sites": [site for site in network.sites if site.id in sites],
        "products": [product for product in network.products if product.id in products],
        "resources": [row for row in network.resources if row.site in sites],
        "processes": processes,
        "lanes": [lane for lane in (_between(each, core) for each in network.lanes) if lane is not None],
        "roads": [leg for leg in network.roads if leg.origin in core and leg.destination in core],
        "stock": stock,
        "orders": [order],
        "standing_orders": [],
    }
    return network.with_rows(**changed)


def _between(lane: Lane, core: set[str]) -> Lane | None:
    """The lane among the sites of ``core`` only."""
    ends = {}
    for field_name in ("origins", "destinations"):
        named = getattr(lane, field_name)
        ends[field_name] = sorted(core) if ANY_SITE in named else [site for site in named if site in core]
        if not ends[field_name]:
            return None
    return lane.model_copy(update=ends)


@dataclass
class Beside:
    """The plan of an excerpt as the planner's past: everything of it has been decided."""

    excerpt: Excerpt
    full: bool = True
    """Whether packages per departure are counted."""
    spare: Mapping[tuple[str, str, str, float], int] = field(default_factory=dict)
    """Packages that a departure takes beyond its capacity."""
    without_pins: bool = False
    previous: dict[str, Any] = field(default_factory=lambda: {"unmet": [], "deliveries": []})

    @property
    def now(self) -> float:
        """Nothing new starts or leaves before this moment."""
        return self.excerpt.now

    def amend(self, lots: list[Lot]) -> list[Lot]:
        """The lots of the plan as it gives them; of others those that could still start."""
        plan, found = self.excerpt.batches, []
        for lot in lots:
            row = plan.get(lot.id)
            if lot.is_stock:
                found.append(lot)
            elif row is not None:
                found.append(self._as_planned(lot, row))
            elif lot.product in self.excerpt.chain and lot.start >= self.now:
                found.append(lot)
        named = {row["lot"] for row in self.excerpt.rows}
        for row in plan.values():
            if row["kind"] == "free" and (row["product"] in self.excerpt.chain or row["id"] in named):
                found.append(_free(self.excerpt.network, row))
        return found

    def narrow(self, network: Network, lots: list[Lot], orders: Sequence[Order]) -> list[Lot]:
        """All of them: an excerpt is narrow already."""
        return lots

    def concerns(self, product: str) -> bool:
        """Every product of an excerpt has its options."""
        return True

    @property
    def is_narrow(self) -> bool:
        """An excerpt is solved as a whole."""
        return False

    def cancelled(self, trip: Trip) -> bool:
        """Whether a departure does not go."""
        events = Scenario.model_validate({"events": self.excerpt.plan.get("events") or []}).events
        flights = [event for event in events if isinstance(event, CancelledDeparture)]
        known = Situation(self.now, self.excerpt.network, list(flights))
        return known.cancels(trip.lane, trip.origin, trip.destination, trip.leaves)

    def freeze(self, problem: Problem) -> None:
        """Put the plan's deliveries and supplies in as flows that are fixed, and take their places."""
        lots = {lot.id: number for number, lot in enumerate(problem.lots)}
        inputs = {problem.lots[d.lot].id: n for n, d in enumerate(problem.demands) if d.lot is not None}
        sites = {f"{d.site}:{d.product}": n for n, d in enumerate(problem.demands) if d.kind == "deploy"}
        for row in self.excerpt.rows:
            demand = inputs.get(row["order"], sites.get(row["order"], -1))
            if row["product"] not in self.excerpt.chain or demand < 0:
                problem.demands.append(Demand("store", row["to"], row["product"], target=row["order"]))
                demand = len(problem.demands) - 1
            source = problem.lots[lots[row["lot"]]]
            way = way_of(row, len(row["legs"]), source.release)
            reference = _seconds(row["reference_time"])
            consumer = problem.demands[demand].lot
            if consumer is not None:
                hold = problem.lots[consumer].start
            elif problem.network.product[row["product"]].kind == "generator":
                hold = source.expires
            else:
                hold = reference + USE_HOLD_S
            per_release = math.exp(-source.decay_const * (reference - source.release))
            activity = row["activity_bq"]
            problem.frozen[len(problem.options)] = activity
            problem.options.append(
                Option(lots[row["lot"]], demand, way, reference, per_release, activity, activity, hold)
            )
        problem.__dict__.pop("possession", None)  # what is held fast counts as well
        capacity = problem.routes.capacity
        for key, taken in self.excerpt.others.items():
            if key in capacity:
                capacity[key] -= taken
        for key in list(capacity):
            if not self.full:
                del capacity[key]
            else:
                capacity[key] += self.spare.get(key, 0)

    def settle(self, problem: Problem) -> None:
        """Nothing is measured here: what the plan gives is what its rows say."""

    def fix(self, problem: Problem, pins: Pins) -> Fixed:
        """The plan's batches started, its flows fixed, its pins of batches not to start kept."""
        plan = self.excerpt.plan
        lots = {lot.id: number for number, lot in enumerate(problem.lots)}
        started = {n for name, n in lots.items() if name in self.excerpt.batches}
        started = {n for n in started if not problem.lots[n].is_stock}
        pinned = Pins.model_validate({} if self.without_pins else plan.get("pins") or {})
        forbid = {lots[name] for name, what in pinned.batches.items() if what == "forbid" and name in lots}
        delivery: dict[int, int | None] = {}
        for number, demand in enumerate(problem.demands):
            if demand.order is not None and demand.order.id in pinned.deliveries:
                lot = pinned.deliveries[demand.order.id]
                if lot is None or lot in lots:
                    delivery[number] = None if lot is None else lots[lot]
        return Fixed(frozenset(started), frozenset(forbid - started), delivery, problem.frozen)

    def keep(self, problem: Problem) -> Keep:
        """The plan itself: what is held fast."""
        return Keep(frozenset(), {})

    def state(self, lot: str) -> str:
        """Where a batch stands in the plan."""
        return str(self.excerpt.batches.get(lot, {}).get("state", "planned"))

    def sent(self, option: int) -> bool:
        """All that is decided is held fast."""
        return True

    def holds(self, order: str) -> bool:
        """The order in question is free."""
        return False

    def void(self, order: str) -> None:
        """Nothing is void here."""

    def _as_planned(self, lot: Lot, row: Record) -> Lot:
        """The lot with the times and the supply that the plan gives it."""
        start, eob = _seconds(row["start"]), _seconds(row["eob"])
        lot = replace(
            lot,
            start=start,
            eob=eob,
            release=_seconds(row["release"]),
            expires=_seconds(row["expires"]),
            busy_until=max(lot.busy_until + eob - lot.eob, start),
            outage=None,
            outage_zh=None,
        )
        if row.get("state") == "lost":
            return replace(lot, kind=HELD, supply_bq=0.0, expires=start, input_product=None)
        if lot.product not in self.excerpt.chain or not (lot.converts or lot.elutes):
            given = max(row["activity_bq"], row["used_bq"])
            return replace(lot, kind=HELD, supply_bq=given, input_product=None)
        if lot.converts:
            taken = sum(item["activity_bq"] for item in row["inputs"])
            if taken > 0:
                return replace(lot, input_factor=row["activity_bq"] / taken)
        return lot


def _free(network: Network, row: Record) -> Lot:
    from becq.physics.nuclides import nuclide

    moment, given = _seconds(row["release"]), row["activity_bq"]
    at_terminal = network.site[row["site"]].kind in TRANSIT_KINDS
    return Lot(
        id=row["id"], kind=HELD, process=None, site=row["site"], product=row["product"],
        nuclide=row["nuclide"], decay_const=nuclide(row["nuclide"]).decay_const, resource=None,
        start=moment, busy_until=moment, eob=moment, release=moment, expires=_seconds(row["expires"]),
        activity_eob_bq=given, supply_bq=given, max_units=1 if at_terminal else None,
    )  # fmt: skip


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
