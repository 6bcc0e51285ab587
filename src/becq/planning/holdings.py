"""What makers hold of a nuclide at once: batches from EOB on, stock, what came in, less what has left.

Counted as in :mod:`becq.planning.compliance`, against the possession limit of the licence, at every moment
at which something comes: EOB, release, arrival; in between activity only decays or leaves. A batch from a
machine counts with its activity at EOB until its release and with what processing keeps from then on; what a
conversion takes in counts until its release and what it gives from then on. Sites that make nothing of a
nuclide are held to their limits by :mod:`becq.planning.possession`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import numpy as np

from becq.physics.quantities import format_activity
from becq.planning.labels import Label
from becq.planning.limits import HOLDING, ROUNDING, Limit, Limits, Ways
from becq.planning.options import Problem, largest_output
from becq.planning.verdicts import forbidden
from becq.rules.holding import holding, is_judged

Key = tuple[str, str]
"""A site and a nuclide."""
LARGEST_EXPONENT = 600.0


class Stay(NamedTuple):
    """Activity on a site from ``since`` until ``until``: at most ``most_bq`` at ``since`` (epoch seconds)."""

    since: float
    until: float
    most_bq: float
    rival: tuple[str, float] | None = None
    """Of stays with the same rival only as many can be as the resource has positions."""


def add(ways: Ways, found: Limits) -> None:
    """Add the possession limits of makers that the plan could exceed."""
    problem = ways.problem
    made: dict[Key, list[int]] = defaultdict(list)
    for number, lot in enumerate(problem.lots):
        made[lot.site, lot.nuclide].append(number)
    limits = _limits_bq(
        problem,
        [key for key, lots in made.items() if not all(problem.lots[number].is_stock for number in lots)],
    )
    received: dict[Key, list[int]] = defaultdict(list)
    for number, option in enumerate(problem.options):
        key = problem.demands[option.demand].site, problem.lots[option.lot].nuclide
        if key in limits:
            received[key].append(number)
    for key, limit in limits.items():
        stays = [*_made(problem, made[key]), *_received(ways, received[key])]
        decay_const = problem.lots[made[key][0]].decay_const
        arrivals = {float(ways.arrive[number]) for number in received[key]}
        for moment in _crowded(problem, stays, arrivals, decay_const, limit) if stays else ():
            found.rows.append(_row(ways, key, made[key], received[key], moment, limit))


def _limits_bq(problem: Problem, keys: list[Key]) -> dict[Key, float]:
    """The possession limits of sites that the rules of their place hold to them."""
    sites, known, rows = problem.network.site, [], []
    for code, nuclide in keys:
        licence = sites[code].licence
        limit = licence.limit_bq(nuclide) if licence and is_judged(sites[code]) else None
        if limit is not None:
            known.append(((code, nuclide), limit))
            rows.append(holding(sites[code], nuclide, problem.first, 2.0 * limit))
    judged = forbidden("holding", rows) if rows else ()
    return dict(known[broken.row] for broken in judged if broken.rule.quantity == "activity_bq")


def _until(problem: Problem, number: int) -> float:
    """Until when the receiver holds what an option sends."""
    option = problem.options[number]
    user = problem.demands[option.demand].lot
    return option.hold_until if user is None else problem.lots[user].release


def _made(problem: Problem, lots: list[int]) -> Iterator[Stay]:
    for number in lots:
        lot = problem.lots[number]
        if lot.outage is not None:
            continue
        rival = None if lot.resource is None else (lot.resource, lot.start)
        if lot.activity_eob_bq and lot.eob < lot.release and not lot.is_stock:
            yield Stay(lot.eob, lot.release, lot.activity_eob_bq, rival)
        most = largest_output(problem, number)
        if most > 0:
            yield Stay(lot.release, lot.expires, most, rival)


def _received(ways: Ways, options: list[int]) -> Iterator[Stay]:
    problem = ways.problem
    by_demand: dict[int, list[int]] = defaultdict(list)
    for number in options:
        by_demand[problem.options[number].demand].append(number)
    for demand, numbers in by_demand.items():
        rows = [problem.options[number] for number in numbers]
        decay_const = problem.lots[rows[0].lot].decay_const
        since = min(row.way.arrive for row in rows)
        arriving = [row.most * math.exp(decay_const * (row.reference - since)) for row in rows]
        is_one = bool(ways.alone[demand])
        most = max(arriving) if is_one else sum(arriving)
        user = problem.demands[demand].lot
        if user is not None:
            largest = problem.lots[user].max_input_bq
            most = min(most, largest * math.exp(decay_const * (rows[0].reference - since)))
        yield Stay(since, max(_until(problem, number) for number in numbers), most)


def _crowded(
    problem: Problem, stays: list[Stay], arrivals: set[float], decay_const: float, limit: float
) -> list[float]:
    """Moments at which, nothing sent away, more could be there than the limit."""
    moments = np.array(sorted({stay.since for stay in stays} | arrivals))
    since, until, most = np.array([stay[:3] for stay in stays]).T
    age = np.minimum(decay_const * (moments[:, None] - since), LARGEST_EXPONENT)
    there = (since <= moments[:, None]) & (moments[:, None] < until)
    held = np.where(there, most * np.exp(-np.maximum(age, 0.0)), 0.0)
    rivals: dict[tuple[str, float], list[int]] = defaultdict(list)
    for column, stay in enumerate(stays):
        if stay.rival is not None:
            rivals[stay.rival].append(column)
    for (resource, _), columns in rivals.items():
        positions = problem.network.resource[resource].positions
        if len(columns) > positions:
            held[:, columns] = np.sort(held[:, columns], axis=1)
            held[:, columns[:-positions]] = 0.0
    return [float(moment) for moment in moments[held.sum(axis=1) > limit * (1 + ROUNDING)]]


def _row(ways: Ways, key: Key, made: list[int], received: list[int], moment: float, limit: float) -> Limit:
    """What is on the site at a moment, as it depends on what is started, sent and taken in."""
    problem = ways.problem
    now = ways.at(moment)
    per_bq: dict[int, float] = defaultdict(float)
    per_start: dict[int, float] = {}
    per_eluate: dict[int, float] = {}
    already = 0.0
    for number in made:
        lot = problem.lots[number]
        if lot.eob <= moment < lot.release and lot.activity_eob_bq:
            per_start[number] = lot.activity_eob_bq * math.exp(-lot.decay_const * (moment - lot.eob))
        if not lot.release <= moment < lot.expires:
            continue
        kept = math.exp(-lot.decay_const * (moment - lot.release))
        if lot.is_stock:
            already += lot.supply_bq * kept
        elif lot.converts:
            for option in problem.of_demand[problem.input_demand[number]]:
                per_bq[option] += lot.input_factor * kept
        elif lot.elutes:
            per_eluate[number] = kept
        else:
            per_start[number] = lot.supply_bq * kept
        for option in problem.of_lot[number]:
            if ways.depart[option] <= moment:
                per_bq[option] -= float(now[option])
    for option in received:
        if ways.arrive[option] <= moment < _until(problem, option):
            per_bq[option] += float(now[option])
    site, shown = problem.network.site[key[0]], format_activity(limit)
    when = f"{datetime.fromtimestamp(moment, site.zone):%m-%d %H:%M}"
    return Limit(
        HOLDING,
        limit,
        f"With what is made and not yet sent, {site.name} would hold more than its {shown} licence for "
        f"{key[1]} allows, on {when}.",
        f"加上已生产尚未发出的活度，{site.name_zh}在{when}将超过其{key[1]}许可活度{shown}。",
        {option: each for option, each in per_bq.items() if abs(each) > ROUNDING},
        per_start=per_start,
        per_eluate=per_eluate,
        already=already,
        label=Label(HOLDING, key[0], "GBq", 1e-9, key[1], moment, moment),
    )
