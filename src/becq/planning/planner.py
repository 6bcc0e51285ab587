"""The one call that makes a plan."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning.allocation import Flow
from becq.planning.assembly import assemble_plan
from becq.planning.bounds import bound_cost
from becq.planning.fairness import measure_fairness
from becq.planning.garbage import uncollected
from becq.planning.greedy import allocate_greedily, begin
from becq.planning.groups import POLICIES, Policy
from becq.planning.model import build_model
from becq.planning.options import Problem, build_problem
from becq.planning.past import Past
from becq.planning.pins import Pins, resolve_pins
from becq.planning.plan import Plan
from becq.planning.prices import CHEAP, price_plan
from becq.planning.rationing import solve_rationed
from becq.planning.reach import reachable_bq
from becq.planning.rounding import keep_limits
from becq.planning.service import objective, served_by
from becq.planning.solve import Progress

MAX_DAYS = 92
BOUND_PART = 0.3
"""Of the time limit, what may be spent on a new bound of cost of a plan that was gone through again."""
QUICK = 1 / 12
"""Share of the time limit that the solver has where a large plan is made again: somebody waits for it."""
NEGLIGIBLE = 1e-7
"""A flow below this share of its largest possible value is a rounding of the solver."""


@uncollected()
def plan(
    network: Network,
    first: date,
    days: int,
    *,
    pins: Pins | None = None,
    history: Past | None = None,
    policy: Policy = "priority",
    prices: bool | None = False,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
) -> Plan:
    """Plan ``network`` from ``first`` (its zone) for ``days`` days.

    ``policy`` shares out what is scarce; see ``becq.planning.rationing``. ``prices`` asks for shadow prices
    (``becq.planning.prices``); None for them where they take no more than a moment.

    ``history`` is what has happened of a plan that is made again, from which the new one departs no more
    than it must.

    A replan of which some families of products stay as they were (``becq.planning.families``) takes a twelfth
    of ``time_limit_s``.

    Raises InputError for an empty or overlong horizon and for pins that name nothing, ConflictError for
    pins that contradict each other. ``progress(fraction, text)`` is called from time to time.
    """
    if not 1 <= days <= MAX_DAYS:
        raise InputError(f"a plan covers 1 to {MAX_DAYS} days, not {days}")
    report = progress or (lambda fraction, text: None)
    began = time.monotonic()
    if policy not in POLICIES:
        raise InputError(f"there is no rationing policy {policy!r}; the policies are {', '.join(POLICIES)}")
    report(0.0, "enumerating batches, ways and options")
    problem = build_problem(network, first, days, history)
    if policy != "priority":
        problem.weigh_alike()
    pins = pins or Pins()
    fixed = resolve_pins(problem, pins) if history is None else history.fix(problem, pins)
    kept = history.keep(problem) if history is not None else None
    report(0.1, f"{len(problem.orders)} orders, {len(problem.options)} options: first come, first served")
    # Where a plan is made again, the clerk keeps of it what he can, and serves the rest by due date.
    start = allocate_greedily(problem, fixed, kept.flows if kept is not None else None)
    report(0.2, "building the mixed-integer programme")
    model = build_model(problem, fixed, kept)
    if history is not None and history.is_narrow:
        model, time_limit_s = replace(model, apart=True), time_limit_s * QUICK
    reach = reachable_bq(problem, fixed)
    rationed = solve_rationed(
        problem,
        model,
        policy,
        reach,
        model.start_vector(start),
        time_limit_s,
        lambda fraction, text: report(0.25 + 0.65 * fraction, text),
    )
    solution = rationed.solution
    flows = [Flow(number, activity_bq) for number, activity_bq in fixed.flows.items()]
    flows += [
        Flow(number, model.activity_bq(column, float(solution.values[column])))
        for number, column in model.flow_column.items()
        if number not in fixed.flows
        and solution.values[column] > NEGLIGIBLE
        and (number not in model.use_column or solution.values[model.use_column[number]] > 0.5)
    ]
    if solution.overfull or solution.timed_out:
        # Gone through again flow by flow: what no departure takes is sent otherwise, what is left is tried.
        polished = allocate_greedily(problem, fixed, {flow.option: flow.activity_bq for flow in flows})
        # The clerk's plan shares out nothing: only the policy of classes may fall back on it.
        tried = (polished.flows, start.flows) if policy == "priority" else (polished.flows,)
        best = merge(max(tried, key=lambda each: objective(problem, each)))
        better = objective(problem, best) > objective(problem, flows)
        if solution.overfull or (better and (policy == "priority" or serves_as_well(problem, best, flows))):
            report(0.88, "bounding the cost of what was served otherwise")
            now = begin(problem, fixed)
            for flow in best:
                if flow.option not in fixed.flows:
                    now.add_known(flow.option, flow.activity_bq)
            until = time.monotonic() + BOUND_PART * time_limit_s
            stays = solution.cost_bound if serves_as_well(problem, best, flows) else 0.0
            bound = bound_cost(problem, model, solution, model.start_vector(now), until)
            solution = replace(
                solution,
                worth=objective(problem, best),
                cost=cost_of(problem, best, fixed.start),
                cost_bound=bound if solution.parts else stays,
            )
            flows = best
    flows = keep_limits(problem, drop_useless(problem, flows, fixed.flows), fixed)
    report(0.9, "explaining what is unmet")
    allocation = begin(problem, fixed)
    for flow in flows:
        if flow.option not in fixed.flows:
            allocation.add_known(flow.option, flow.activity_bq)
    found = assemble_plan(allocation, start, pins, solution, time.monotonic() - began)
    fairness = measure_fairness(problem, served_by(problem, allocation.flows), reach) | rationed.as_dict()
    rows: list[dict[str, Any]] | None = None
    if prices or (prices is None and model.matrix.shape[1] <= CHEAP):
        report(0.95, "pricing what limits the plan")
        rows = price_plan(problem, model, allocation, apart=solution.apart, limit_s=time_limit_s)
    report(1.0, "done")
    return replace(found, policy=policy, fairness=fairness, prices=rows)


def serves_as_well(problem: Problem, flows: list[Flow], before: list[Flow]) -> bool:
    """Whether every order gets from ``flows`` what it got ``before``."""
    now = served_by(problem, flows)
    return all(now[order] >= given * (1 - NEGLIGIBLE) for order, given in served_by(problem, before).items())


def merge(flows: list[Flow]) -> list[Flow]:
    """One flow for each option: what was sent in several steps goes as one package."""
    total: dict[int, float] = {}
    for flow in flows:
        total[flow.option] = total.get(flow.option, 0.0) + flow.activity_bq
    return [Flow(option, activity_bq) for option, activity_bq in total.items()]


def cost_of(problem: Problem, flows: list[Flow], started: frozenset[int]) -> float:
    """Cost of the batches and ways of some flows, with the batches started whatever they give."""
    lots = {problem.options[flow.option].lot for flow in flows} | started
    ways = sum(problem.options[flow.option].way.cost for flow in flows)
    return ways + sum(problem.lots[number].cost for number in lots)


def drop_useless(
    problem: Problem, flows: list[Flow], sent: Mapping[int, float] = MappingProxyType({})
) -> list[Flow]:
    """Leave out what is sent to no use, but what is on its way already.

    Generators whose elutions give nothing to anybody, and the inputs of batches that nothing is taken from.
    """
    while True:
        drawn = {problem.options[flow.option].lot for flow in flows}

        def serves(flow: Flow, drawn: set[int] = drawn) -> bool:
            demand = problem.demands[problem.options[flow.option].demand]
            if flow.option in sent or demand.order is not None:
                return True
            if demand.lot is not None:
                return demand.lot in drawn
            return demand.kind != "deploy" or any(
                slot in drawn for slot, _ in problem.elution_of_option[flow.option]
            )

        kept = [flow for flow in flows if serves(flow)]
        if len(kept) == len(flows):
            return kept
        flows = kept
