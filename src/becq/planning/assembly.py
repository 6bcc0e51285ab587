"""From chosen flows to a plan: batches, deliveries, moves, what is unmet and what is lost."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from becq.planning.allocation import Allocation, Flow
from becq.planning.losses import activity_at_eob, lost_by_stage
from becq.planning.options import Demand, Problem
from becq.planning.pins import Pins
from becq.planning.plan import Batch, Delivery, Plan, Unmet
from becq.planning.reasons import explain_past, explain_unmet
from becq.planning.service import objective, served_by, served_fraction
from becq.planning.solve import Solution


def assemble_plan(
    allocation: Allocation, greedy: Allocation, pins: Pins, solution: Solution, solve_s: float
) -> Plan:
    """The plan that ``allocation`` is, measured against ``greedy`` and the bounds of ``solution``."""
    problem = allocation.problem
    flows = allocation.flows
    first = datetime.combine(problem.first, datetime.min.time(), problem.network.zone)
    into: dict[int, list[Flow]] = defaultdict(list)
    deliveries, supplies = [], []
    for flow in flows:
        demand = problem.demands[problem.options[flow.option].demand]
        if demand.order is not None:
            deliveries.append(_delivery(problem, flow, demand.order.id, demand.order.id in pins.deliveries))
        else:
            target = target_name(problem, demand)
            supplies.append(_delivery(problem, flow, target, False))
        if demand.lot is not None:
            into[demand.lot].append(flow)
    deliveries, supplies = _named_apart(deliveries), _named_apart(supplies)
    started = sorted(n for n in allocation.started if allocation.drawn[n] > 0 or n in allocation.fixed.start)
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
        reason = explain_past(problem, number) or explain_unmet(problem, allocation, number)
        unmet.append(
            Unmet(
                order=order.id,
                site=order.site,
                product=order.product,
                nuclide=name,
                short_bq=short,
                reason=reason.code,
                sentence=reason.sentence,
                sentence_zh=reason.sentence_zh,
            )
        )
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
        gap=solution.gap,
        cost=cost,
        cost_gap=solution.cost_gap,
        objective=objective(problem, flows),
        greedy_objective=objective(problem, greedy.flows),
        greedy_served_fraction=served_fraction(problem, greedy.flows),
        timed_out=solution.timed_out,
        apart=solution.apart,
        solve_s=solve_s,
        batches=batches,
        deliveries=deliveries,
        supplies=supplies,
        moves=_moves(batches, deliveries, supplies),
        unmet=unmet,
        lost_bq=lost_by_stage(allocation, started),
        pins=pins.model_dump() if pins.batches or pins.deliveries else {},
        unchecked=[
            {"sentence": sentence, "sentence_zh": sentence_zh}
            for sentence, sentence_zh in problem.limits.unchecked
        ],
    )


def target_name(problem: Problem, demand: Demand) -> str:
    """What a plan's rows call a demand: an order, a batch, or a site and what stands there."""
    if demand.order is not None:
        return demand.order.id
    if demand.lot is not None:
        return problem.lots[demand.lot].id
    return demand.target or f"{demand.site}:{demand.product}"


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).isoformat()


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
    history = problem.history
    state = history.state(lot.id) if history else "planned"
    if lot.converts:
        given = sum(flow.activity_bq for flow in into) * lot.input_factor
    elif lot.elutes:
        given = allocation.eluate[number]
    else:
        given = lot.supply_bq
    at_eob = activity_at_eob(problem, number, given)
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
        activity_bq=0.0 if state == "lost" else given,
        reference_time=_instant(lot.release),
        used_bq=allocation.drawn[number],
        cost=lot.cost,
        inputs=inputs,
        pinned=lot.id in pins.batches,
        state=state,
    )


def _delivery(problem: Problem, flow: Flow, target: str, pinned: bool) -> Delivery:
    option, history = problem.options[flow.option], problem.history
    lot, demand = problem.lots[option.lot], problem.demands[option.demand]

    def activity(moment: float) -> float:
        return flow.activity_bq * math.exp(lot.decay_const * (option.reference - moment))

    return Delivery(
        id=f"{target}<{lot.id}",
        order=target,
        lot=lot.id,
        product=lot.product,
        nuclide=lot.nuclide,
        origin=lot.site,
        destination=demand.site,
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
                **(
                    {
                        "leaves": _instant(leg.trip.leaves),
                        "lands": _instant(leg.trip.lands),
                        "number": leg.trip.number or "",
                    }
                    if leg.trip
                    else {}
                ),
            }
            for leg in option.way.legs
        ],
        pinned=pinned,
        state="sent"
        if history and flow.option in problem.frozen and history.sent(flow.option)
        else "planned",
        counts_bq=flow.activity_bq * option.equivalent,
        instead_of=demand.product if demand.order and demand.product != lot.product else "",
    )


def _named_apart(rows: list[Delivery]) -> list[Delivery]:
    """The rows with an identifier each: parts from one lot are numbered from the second on."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for row in rows:
        seen[row.id] += 1
        found.append(row if seen[row.id] == 1 else replace(row, id=f"{row.id}#{seen[row.id]}"))
    return found


def _moves(
    batches: list[Batch], deliveries: list[Delivery], supplies: list[Delivery]
) -> list[dict[str, Any]]:
    """Every dated move: making (start to EOB), processing (EOB to release), each leg, each hand-over."""
    moves: list[dict[str, Any]] = []

    def add(
        kind: str,
        row: Batch | Delivery,
        origin: str,
        destination: str,
        start: str,
        end: str,
        activity: float,
        reference: str,
        **more: Any,
    ) -> None:
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
        if batch.kind in ("stock", "free") or batch.state == "lost":
            continue
        add(
            batch.kind,
            batch,
            batch.site,
            batch.site,
            batch.start,
            batch.eob,
            batch.activity_eob_bq,
            batch.eob,
        )
        if batch.release != batch.eob:
            add(
                "process",
                batch,
                batch.site,
                batch.site,
                batch.eob,
                batch.release,
                batch.activity_bq,
                batch.release,
            )
    for kind, rows in (("deliver", deliveries), ("supply", supplies)):
        for row in rows:
            for leg in row.legs:
                add(
                    "transport",
                    row,
                    leg["from"],
                    leg["to"],
                    leg["start"],
                    leg["end"],
                    row.activity_bq,
                    row.reference_time,
                    lane=leg["lane"],
                    mode=leg["mode"],
                    order=row.order,
                )
            add(
                kind,
                row,
                row.destination,
                row.destination,
                row.arrive,
                row.arrive,
                row.activity_bq,
                row.reference_time,
                order=row.order,
            )
    moves.sort(
        key=lambda move: (move["start"], move["end"], move["kind"], move["lot"], str(move.get("order", "")))
    )
    return moves
