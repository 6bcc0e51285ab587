"""Activity lost to decay by stage of the chain, from EOB to the moment of use.

Every becquerel that the plan makes is followed: what decays while it is processed, waits for release,
stands in store, travels, waits at the receiver, and what is never used. Losses are differences of activity
at the two ends of a stage, so for each lot they add up to what was made less what is used.
"""

from __future__ import annotations

import math
from collections import defaultdict

from becq.planning.allocation import Allocation
from becq.planning.options import Problem

STAGES = ("processing", "storage", "transport", "waiting", "unused")


def lost_by_stage(allocation: Allocation, started: list[int]) -> dict[str, dict[str, float]]:
    """nuclide → stage → Bq lost. ``processing`` includes what the processing yield does not keep.

    Of a generator the parent is followed until it stands on the site that elutes it, the daughter from its
    elution on.
    """
    problem, flows = allocation.problem, allocation.flows
    lost: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(STAGES, 0.0))
    drawn: dict[int, float] = defaultdict(float)
    for flow in flows:
        option = problem.options[flow.option]
        lot = problem.lots[option.lot]
        at_release = flow.activity_bq / option.per_release
        used_at = max(option.way.arrive, option.reference)
        left, there, used = (
            at_release * math.exp(-lot.decay_const * (moment - lot.release))
            for moment in (option.way.depart, option.way.arrive, used_at)
        )

        drawn[option.lot] += at_release
        stages = lost[lot.nuclide]
        stages["storage"] += at_release - left
        stages["transport"] += left - there
        stages["waiting"] += there - used
    for number in started:
        lot = problem.lots[number]
        stages = lost[lot.nuclide]
        if lot.converts:
            # The input was counted at its own lot; here only what the conversion itself takes.
            given = allocation.input[number] * lot.input_factor
            stages["processing"] += allocation.input[number] - given
            stages["unused"] += given - drawn[number]
        elif lot.elutes:
            stages["processing"] += (
                activity_at_eob(problem, number, allocation.eluate[number]) - (allocation.eluate[number])
            )
            stages["unused"] += allocation.eluate[number] - drawn[number]
        else:
            stages["processing"] += lot.activity_eob_bq - lot.supply_bq
            stages["unused"] += lot.supply_bq - drawn[number]
    return dict(sorted(lost.items()))


def activity_at_eob(problem: Problem, number: int, at_release_bq: float) -> float:
    """What a batch held at EOB (an elution: at the column), before its processing kept its share."""
    lot = problem.lots[number]
    if lot.process is None:
        return at_release_bq
    kept = problem.network.process[lot.process].processing_yield
    return at_release_bq / kept * math.exp(lot.decay_const * (lot.release - lot.eob))
