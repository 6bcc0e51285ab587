"""The plan as data, and the one call that makes it."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning.allocation import Allocation, Flow
from becq.planning.greedy import allocate_greedily
from becq.planning.losses import lost_by_stage
from becq.planning.model import build_model
from becq.planning.options import Problem, build_problem
from becq.planning.pins import Pins, resolve_pins
from becq.planning.reasons import explain_unmet
from becq.planning.solve import Progress, solve

SCHEMA = "becq.plan/1"
MAX_DAYS = 92
NEGLIGIBLE = 1e-7
"""A flow below this share of its largest possible value is a rounding of the solver."""


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one order receives. ``activity_bq`` is at ``reference_time``, the order's calibration time."""

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
    pins: dict[str, Any] = field(default_factory=dict)

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
                    **{key: getattr(row, key) for key in ("id", "site", "name", "name_zh", "kind", "positions")},
                    "outages": [
                        {
                            "start": network.instant(outage.start).isoformat(),
                            "end": network.instant(outage.end).isoformat(),
                            "reason": outage.reason,
                        }
                        for outage in row.outages
                    ],
                }
                for row in network.resources
            ]
        return found


def plan(
    network: Network,
    first: date,
    days: int,
    *,
    pins: Pins | None = None,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
) -> Plan:
    """Plan ``network`` from ``first`` (its zone) for ``days`` days.

    Raises InputError for an empty or overlong horizon and for pins that name nothing, ConflictError for
    pins that contradict each other. ``progress(fraction, text)`` is called from time to time.
    """
    if not 1 <= days <= MAX_DAYS:
        raise InputError(f"a plan covers 1 to {MAX_DAYS} days, not {days}")
    report = progress or (lambda fraction, text: None)
    began = time.monotonic()
    report(0.0, "enumerating batches, ways and options")
    problem = build_problem(network, first, days)
    pins = pins or Pins()
    fixed = resolve_pins(problem, pins)
    report(0.1, f"{len(problem.orders)} orders, {len(problem.options)} options: first come, first served")
    greedy = allocate_greedily(problem, fixed)
    report(0.2, "building the mixed-integer programme")
    model = build_model(problem, fixed)
    solution = solve(
        model,
        model.start_vector(greedy),
        time_limit_s,
        lambda fraction, text: report(0.25 + 0.65 * fraction, text),
    )
    flows = [
        Flow(number, float(solution.values[column]) * float(model.scale[column]))
        for number, column in model.flow_column.items()
        if solution.values[column] > NEGLIGIBLE
        and (number not in model.use_column or solution.values[model.use_column[number]] > 0.5)
    ]
    report(0.9, "explaining what is unmet")
    allocation = Allocation(problem, fixed)
    for lot in sorted(fixed.start):
        allocation.start(lot)
    for flow in flows:
        allocation.add_known(flow.option, flow.activity_bq)
    found = _assemble(
        problem, allocation, pins, solution.gap, solution.cost_gap, solution.worth, greedy, solution.timed_out,
        began,
    )  # fmt: skip
    report(1.0, "done")
    return found


def served_by(problem: Problem, flows: list[Flow]) -> dict[int, float]:
    """Order's demand → Bq served at its calibration time."""
    served: dict[int, float] = defaultdict(float)
    for flow in flows:
        option = problem.options[flow.option]
        if problem.demands[option.demand].order is not None:
            served[option.demand] += flow.activity_bq
    return served


def objective(problem: Problem, flows: list[Flow]) -> float:
    """Priority-weighted service of an allocation; the quantity that the plan makes largest."""
    total = 0.0
    for demand, activity in served_by(problem, flows).items():
        order = problem.demands[demand].order
        assert order is not None
        total += problem.weight(demand) * activity / order.activity
    return total


def served_fraction(problem: Problem, flows: list[Flow]) -> float:
    """Share of ordered activity served, each product weighing as many times as it has orders."""
    served, wanted = 0.0, 0.0
    fraction = served_by(problem, flows)
    totals: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for order in problem.orders:
        totals[order.product] += order.activity
        counts[order.product] += 1
    for number, demand in enumerate(problem.demands):
        if demand.order is not None:
            mean = totals[demand.product] / counts[demand.product]
            wanted += demand.order.activity / mean
            served += fraction.get(number, 0.0) / mean
    return served / wanted if wanted else 1.0


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).isoformat()


def _assemble(
    problem: Problem,
    allocation: Allocation,
    pins: Pins,
    gap: float,
    cost_gap: float,
    worth: float,
    greedy: Allocation,
    timed_out: bool,
    began: float,
) -> Plan:
    flows = allocation.flows
    first = datetime.combine(problem.first, datetime.min.time(), problem.network.zone)
    into: dict[int, list[Flow]] = defaultdict(list)
    deliveries, supplies = [], []
    for flow in flows:
        demand = problem.demands[problem.options[flow.option].demand]
        if demand.order is not None:
            deliveries.append(_delivery(problem, flow, demand.order.id, demand.order.id in pins.deliveries))
        else:
            target = problem.lots[demand.lot].id if demand.lot is not None else f"{demand.site}:{demand.product}"
            supplies.append(_delivery(problem, flow, target, False))
        if demand.lot is not None:
            into[demand.lot].append(flow)
    started = sorted(
        n for n in allocation.started if allocation.drawn[n] > 0 or n in allocation.fixed.start
    )
    batches = [_batch(problem, allocation, n, into[n], pins) for n in started]
    served = served_by(problem, flows)
    ordered: dict[str, float] = defaultdict(float)
    got: dict[str, float] = defaultdict(float)
    unmet, full = [], 0
    for number, demand in enumerate(problem.demands):
        order = demand.order
        if order is None:
            continue
        name = problem.network.product[order.product].nuclide
        ordered[name] += order.activity
        got[name] += served.get(number, 0.0)
        short = order.activity - served.get(number, 0.0)
        if short <= order.activity * (order.tolerance + 1e-6):
            full += 1
            continue
        reason = explain_unmet(problem, allocation, number)
        unmet.append(
            Unmet(order.id, order.site, order.product, name, short, reason.code, reason.sentence, reason.sentence_zh)
        )  # fmt: skip
    cost = sum(batch.cost for batch in batches) + sum(row.cost for row in deliveries + supplies)
    return Plan(
        network=problem.network.name,
        first=first.isoformat(),
        days=problem.days,
        served_fraction=served_fraction(problem, flows),
        served_activity_bq=dict(sorted(got.items())),
        ordered_activity_bq=dict(sorted(ordered.items())),
        orders=len(problem.orders),
        orders_served=full,
        gap=gap,
        cost=cost,
        cost_gap=cost_gap,
        objective=worth,
        greedy_objective=objective(problem, greedy.flows),
        greedy_served_fraction=served_fraction(problem, greedy.flows),
        timed_out=timed_out,
        solve_s=time.monotonic() - began,
        batches=batches,
        deliveries=deliveries,
        supplies=supplies,
        moves=_moves(batches, deliveries, supplies),
        unmet=unmet,
        lost_bq=lost_by_stage(problem, started, flows),
        pins=pins.model_dump() if pins.batches or pins.deliveries else {},
    )


def _batch(problem: Problem, allocation: Allocation, number: int, into: list[Flow], pins: Pins) -> Batch:
    lot = problem.lots[number]
    inputs = [
        {
            "lot": problem.lots[problem.options[flow.option].lot].id,
            "activity_bq": flow.activity_bq,
            "reference_time": _instant(problem.options[flow.option].reference),
        }
        for flow in into
    ]
    if lot.converts:
        given = sum(flow.activity_bq for flow in into) * lot.input_factor
    elif lot.elutes:
        given = allocation.eluate[number]
    else:
        given = lot.supply_bq
    at_eob = given * math.exp(lot.decay_const * (lot.release - lot.eob))
    return Batch(
        id=lot.id,
        process=lot.process,
        kind=lot.kind,
        site=lot.site,
        resource=lot.resource,
        product=lot.product,
        nuclide=lot.nuclide,
        start=_instant(lot.start),
        eob=_instant(lot.eob),
        release=_instant(lot.release),
        expires=_instant(lot.expires),
        activity_eob_bq=lot.activity_eob_bq or at_eob,
        activity_bq=given,
        reference_time=_instant(lot.release),
        used_bq=allocation.drawn[number],
        cost=lot.cost,
        inputs=inputs,
        pinned=lot.id in pins.batches,
    )


def _delivery(problem: Problem, flow: Flow, target: str, pinned: bool) -> Delivery:
    option = problem.options[flow.option]
    lot = problem.lots[option.lot]

    def activity(moment: float) -> float:
        return flow.activity_bq * math.exp(lot.decay_const * (option.reference - moment))

    return Delivery(
        id=f"{target}<{lot.id}",
        order=target,
        lot=lot.id,
        product=lot.product,
        nuclide=lot.nuclide,
        origin=lot.site,
        destination=problem.demands[option.demand].site,
        depart=_instant(option.way.depart),
        arrive=_instant(option.way.arrive),
        activity_bq=flow.activity_bq,
        reference_time=_instant(option.reference),
        activity_depart_bq=activity(option.way.depart),
        activity_arrive_bq=activity(option.way.arrive),
        cost=option.way.cost,
        legs=[
            {
                "lane": leg.lane,
                "mode": leg.mode,
                "from": leg.origin,
                "to": leg.destination,
                "start": _instant(leg.start),
                "end": _instant(leg.end),
            }
            for leg in option.way.legs
        ],
        pinned=pinned,
    )


def _moves(batches: list[Batch], deliveries: list[Delivery], supplies: list[Delivery]) -> list[dict[str, Any]]:
    """Every dated move: making (start to EOB), processing (EOB to release), each leg, each hand-over."""
    moves: list[dict[str, Any]] = []

    def add(kind: str, row: Batch | Delivery, origin: str, destination: str, start: str, end: str, activity: float,
            reference: str, **more: Any) -> None:  # fmt: skip
        moves.append(
            {
                "kind": kind,
                "lot": row.lot if isinstance(row, Delivery) else row.id,
                "product": row.product,
                "nuclide": row.nuclide,
                "from": origin,
                "to": destination,
                "start": start,
                "end": end,
                "activity_bq": activity,
                "reference_time": reference,
                **more,
            }
        )

    for batch in batches:
        if batch.kind == "stock":
            continue
        add(batch.kind, batch, batch.site, batch.site, batch.start, batch.eob, batch.activity_eob_bq, batch.eob)
        if batch.release != batch.eob:
            add("process", batch, batch.site, batch.site, batch.eob, batch.release, batch.activity_bq, batch.release)
    for kind, rows in (("deliver", deliveries), ("supply", supplies)):
        for row in rows:
            for leg in row.legs:
                add(
                    "transport", row, leg["from"], leg["to"], leg["start"], leg["end"], row.activity_bq,
                    row.reference_time, lane=leg["lane"], mode=leg["mode"], order=row.order,
                )  # fmt: skip
            add(
                kind, row, row.destination, row.destination, row.arrive, row.arrive, row.activity_bq,
                row.reference_time, order=row.order,
            )  # fmt: skip
    moves.sort(key=lambda move: (move["start"], move["end"], move["kind"], move["lot"], str(move.get("order", ""))))
    return moves
