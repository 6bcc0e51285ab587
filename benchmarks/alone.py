"""The baseline "each producer planning alone": what a country gets without a plan of all.

1. *Standing suppliers.* For each product a hospital has one supplier: of the sites that make or stock it
   and can reach most of the hospital's orders in their windows, the nearest by travel time. Capacity is
   unknown to hospitals.
2. *Each alone.* Every supplier plans the orders that came to him with Becq's own planner, as well as can
   be: his own lines, and what he buys. Of every upstream batch and line he counts on his share and no more:
   the activity of that product that his orders need (yields, decay in processing and the elutions of a
   generator's life counted) over what all orders of the country need; a maker who also sells to hospitals
   keeps the rest for them. Whether others want the same positions or the same flights he does not know.
3. *Replay.* All plans together are played in the order in which goods leave: who leaves first finds the
   position, the seat on the flight and the place in the licence; who comes later and finds none does not
   deliver. Where an input came short or not at all, what is left of it is delivered if the order takes that
   much. A batch is paid for once, whoever wanted it, and also where what was made of it could not be sent.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from becq.chain.lane import ANY_SITE
from becq.chain.network import Network
from becq.chain.order import Order
from becq.chain.process import Process
from becq.chain.site import TRANSIT_KINDS
from becq.physics.nuclides import nuclide
from becq.planning import options, plan
from becq.planning.allocation import Allocation
from becq.planning.history import History
from becq.planning.options import Problem, build_problem
from becq.planning.planner import cost_of
from becq.planning.service import objective, served_fraction
from becq.planning.situation import Situation

NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Alone:
    """What the producers reach, each by himself."""

    producers: int
    planned_fraction: float
    """What their plans promised before they met."""
    served_fraction: float
    objective: float
    orders_served: int
    cost: float
    failed: dict[str, int]
    """Deliveries and supplies that could not leave as planned, by what stood in the way."""


def plan_alone(problem: Problem, time_limit_s: float = 5.0) -> Alone:
    """The baseline for the network and the days of ``problem`` (of which only the options are looked at).

    ``time_limit_s`` holds for each producer.
    """
    options.LARGE = 0  # as many ways to a receiver as the plan of a whole country keeps
    suppliers = standing_suppliers(problem)
    of: dict[str, list[Order]] = defaultdict(list)
    for order in problem.orders:
        if order.id in suppliers:
            of[suppliers[order.id]].append(order)
    needs = {site: _needs(problem.network, site, orders) for site, orders in of.items()}
    total: dict[str, float] = defaultdict(float)
    for order in problem.orders:
        total[order.product] += order.activity
    for bought in needs.values():
        for product, activity in bought.items():
            total[product] += activity
    rows: list[dict[str, Any]] = []
    batches: dict[str, dict[str, Any]] = {}
    for site, orders in sorted(of.items()):
        share = {product: activity / total[product] for product, activity in needs[site].items()}
        left = {
            product: 1 - sum(each.get(product, 0.0) for each in needs.values()) / total[product]
            for product in {order.product for order in orders}
        }
        network = part_of(problem.network, site, orders, share, left)
        found = plan(network, problem.first, problem.days, time_limit_s=time_limit_s).as_dict()
        rows += found["deliveries"] + found["supplies"]
        batches.update((row["id"], row) for row in found["batches"])
    return replay(problem, rows, list(batches.values()), len(of))


def standing_suppliers(problem: Problem) -> dict[str, str]:
    """Order → site: the nearest of those that reach most of a hospital's orders of the product."""
    reached: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for number, demand in enumerate(problem.demands):
        if demand.order is not None:
            sites = {problem.lots[problem.options[n].lot].site for n in problem.of_demand[number]}
            reached[demand.site, demand.product].update(sites)

    def nearest(site: str, counts: Counter[str]) -> str:
        def rank(maker: str) -> tuple[int, float, str]:
            fastest = problem.routes.fastest_s(maker, site)
            return -counts[maker], math.inf if fastest is None else fastest, maker

        return min(counts, key=rank)

    chosen = {key: nearest(key[0], counts) for key, counts in reached.items() if counts}
    return {
        order.id: chosen[order.site, order.product]
        for order in problem.orders
        if (order.site, order.product) in chosen
    }


def _needs(network: Network, site: str, orders: Iterable[Order]) -> dict[str, float]:
    """Product → activity that must be bought of it, Bq, to make the orders of a site."""
    needs: dict[str, float] = defaultdict(float)
    for order in orders:
        wanted, activity, at = order.product, order.activity, site
        seen = {wanted}
        while True:
            makers = [p for p in network.processes if p.product == wanted and p.input_product is not None]
            process = next((p for p in makers if p.site == at), makers[0] if makers else None)
            if process is None or process.input_product in seen:
                break
            activity /= _yield(network, process)
            wanted, at = process.input_product or "", process.site
            seen.add(wanted)
            needs[wanted] += activity
    return dict(needs)


def _yield(network: Network, process: Process) -> float:
    """Activity made of a product for each Bq of its input."""
    made, used = (network.product[name] for name in (process.product, process.input_product or ""))
    took = process.duration + process.processing_time + process.qc_time
    kept = process.processing_yield * math.exp(-nuclide(made.nuclide).decay_const * took)
    if process.kind != "generator_elution":
        return kept
    every = 7 * 86400.0 / (len(process.start_days) * len(process.start_times))
    decay = math.exp(-nuclide(used.nuclide).decay_const * every)
    times = math.floor(used.shelf_life / every) + 1
    return kept * (process.elution_efficiency or 0.0) * (1 - decay**times) / (1 - decay)


def part_of(
    network: Network, site: str, orders: list[Order], share: dict[str, float], left: dict[str, float]
) -> Network:
    """What a producer knows: his lines, his share of what he buys, his customers, every lane between them."""
    own = {order.product for order in orders}

    def counts(product: str, where: str) -> float:
        """The share of a line or of stock that he counts on."""
        found = share.get(product, 0.0)
        if product in own and where == site:
            found += left[product]
        return min(found, 1.0)

    processes = [
        _scaled(process, counts(process.product, process.site))
        for process in network.processes
        if counts(process.product, process.site) > NEGLIGIBLE
        # What he elutes for himself stands with him; others elute for themselves.
        and (process.kind != "generator_elution" or process.site == site)
    ]
    stock = [
        lot.model_copy(update={"activity": lot.activity * counts(lot.product, lot.site)})
        for lot in network.stock
        if counts(lot.product, lot.site) > NEGLIGIBLE
    ]
    there = {site, *(p.site for p in processes), *(lot.site for lot in stock), *(o.site for o in orders)}
    there |= {each.id for each in network.sites if each.kind in TRANSIT_KINDS}
    resources = {process.resource for process in processes}
    lanes = []
    for lane in network.lanes:
        ends = {
            name: [each for each in getattr(lane, name) if each == ANY_SITE or each in there]
            for name in ("origins", "destinations")
        }
        if ends["origins"] and ends["destinations"]:
            lanes.append(lane.model_copy(update=ends))
    return network.with_rows(
        sites=[each for each in network.sites if each.id in there],
        resources=[row for row in network.resources if row.id in resources],
        processes=processes,
        lanes=lanes,
        roads=[row for row in network.roads if {row.origin, row.destination} <= there],
        approvals=[row for row in network.approvals if {row.origin, row.destination} <= there],
        stock=stock,
        orders=orders,
        standing_orders=[],
    )


def _scaled(process: Process, share: float) -> Process:
    if share >= 1:
        return process
    smaller: dict[str, Any] = {"cost": process.cost * share}
    for name in ("activity_per_batch", "max_input"):
        if getattr(process, name) is not None:
            smaller[name] = getattr(process, name) * share
    if process.max_units is not None:
        smaller["max_units"] = max(1, round(process.max_units * share))
    return process.model_copy(update=smaller)


def replay(
    problem: Problem, rows: list[dict[str, Any]], batches: list[dict[str, Any]], producers: int
) -> Alone:
    """All rows of the single plans in the order in which they leave, on the lines and flights of all."""
    midnight = datetime.combine(problem.first, datetime.min.time(), problem.network.zone).timestamp()
    promised = {row["order"] for row in rows}
    together = {
        "apart": True,
        "batches": batches,
        "deliveries": [row for row in rows if row["order"] in {order.id for order in problem.orders}],
        "supplies": [],
        "unmet": [{"order": o.id, "product": o.product} for o in problem.orders if o.id not in promised],
    }
    served = {row["order"] for row in together["deliveries"]}
    together["supplies"] = [row for row in rows if row["order"] not in served]
    past = History(Situation(midnight, problem.network, []), together)
    joint = build_problem(problem.network, problem.first, problem.days, past)
    allocation, failed = Allocation(joint), Counter[str]()
    for number in sorted(range(len(joint.options)), key=lambda n: (joint.options[n].way.depart, n)):
        option = joint.options[number]
        order = joint.demands[option.demand].order
        there = max(0.0, allocation.available(option.lot) * option.per_release)
        amount, least = min(option.most, there), NEGLIGIBLE * option.most
        if order is not None and not order.partial:
            least = order.activity * (1 - order.tolerance) * (1 - NEGLIGIBLE)
        if amount < least or amount <= 0:
            failed["nothing_left"] += 1
            continue
        failed.update(sorted(allocation.serve(number, amount))[:1])
    flows = allocation.flows
    full = sum(
        1
        for flow in flows
        if (order := joint.demands[joint.options[flow.option].demand].order) is not None
        and flow.activity_bq >= order.activity * (1 - order.tolerance - 1e-6)
    )
    planned = Allocation(joint)
    for number in range(len(joint.options)):
        planned.add_known(number, joint.options[number].most)
    return Alone(
        producers=producers,
        planned_fraction=served_fraction(joint, planned.flows),
        served_fraction=served_fraction(joint, flows),
        objective=objective(joint, flows),
        orders_served=full,
        cost=cost_of(joint, flows, frozenset(allocation.started)),
        failed=dict(failed),
    )
