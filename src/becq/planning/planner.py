"""The one call that makes a plan."""

from __future__ import annotations

import time
from datetime import date

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning.allocation import Allocation, Flow
from becq.planning.assembly import assemble_plan
from becq.planning.greedy import allocate_greedily
from becq.planning.model import build_model
from becq.planning.options import Problem, build_problem
from becq.planning.pins import Pins, resolve_pins
from becq.planning.plan import Plan
from becq.planning.solve import Progress, solve

MAX_DAYS = 92
NEGLIGIBLE = 1e-7
"""A flow below this share of its largest possible value is a rounding of the solver."""


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
    flows = drop_useless(problem, flows)
    report(0.9, "explaining what is unmet")
    allocation = Allocation(problem, fixed)
    for lot in sorted(fixed.start):
        allocation.start(lot)
    for flow in flows:
        allocation.add_known(flow.option, flow.activity_bq)
    found = assemble_plan(allocation, greedy, pins, solution, time.monotonic() - began)
    report(1.0, "done")
    return found


def drop_useless(problem: Problem, flows: list[Flow]) -> list[Flow]:
    """Leave out generators sent to a site whose elutions give nothing to anybody."""
    drawn = {problem.options[flow.option].lot for flow in flows}

    def serves(flow: Flow) -> bool:
        if problem.demands[problem.options[flow.option].demand].kind != "deploy":
            return True
        return any(slot in drawn for slot, _ in problem.elution_of_option[flow.option])

    return [flow for flow in flows if serves(flow)]
