"""The rows of the programme that say how an order may be served: by one option, or in parts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from becq.planning.options import Problem
from becq.planning.pins import Fixed
from becq.planning.servings import most_packages

if TYPE_CHECKING:
    from becq.planning.model import _Columns, _Rows


def add_orders(
    problem: Problem,
    rows: _Rows,
    columns: _Columns,
    fixed: Fixed,
    use_column: Mapping[int, int],
    flow_column: Mapping[int, int],
) -> dict[int, int]:
    """Add what each order allows; return the columns that say of orders in parts whether they are served.

    An order is served by one option at most. One that may be divided is served by several, in all with no
    more than was ordered and no less than its tolerance asks for, or not at all.
    """
    served: dict[int, int] = {}
    for number, demand in enumerate(problem.demands):
        order = demand.order
        if order is None:
            continue
        options = [n for n in problem.of_demand[number] if n in use_column]
        used = [(use_column[n], 1.0) for n in options]
        pinned = fixed.delivery.get(number, -1)
        if number in fixed.delivery:
            for n in options:
                if problem.options[n].lot != pinned:
                    columns.upper[use_column[n]] = 0.0
        must = number in fixed.delivery and pinned is not None
        if order.split:
            column = _add_parts(problem, rows, columns, number, options, fixed, use_column, flow_column, must)
            if column is not None:
                served[number] = column
        elif must:
            rows.add(used, 1.0, 1.0)
        elif len(used) > 1:
            rows.add(used, -math.inf, 1.0)
    return served


def _add_parts(
    problem: Problem,
    rows: _Rows,
    columns: _Columns,
    number: int,
    options: list[int],
    fixed: Fixed,
    use_column: Mapping[int, int],
    flow_column: Mapping[int, int],
    must: bool,
) -> int | None:
    """The rows of one order in parts, and its column "is served" where it takes nothing or enough."""
    order = problem.demands[number].order
    assert order is not None
    if not options:
        return None
    used = [(use_column[n], 1.0) for n in options]
    share = [(flow_column[n], whole_share(problem, n)) for n in options]
    sent = [n for n in options if n in fixed.flows]
    # What has left has left, also where it is a little more than may be or comes in more parts.
    already = math.fsum(whole_share(problem, n) for n in sent)
    most = max(order.most_parts, len(sent))
    if must or len(options) > most:
        rows.add(used, 1.0 if must else -math.inf, most)
    if math.fsum(value for _, value in share) > 1.0:
        rows.add(share, -math.inf, max(1.0, already))
    if order.least <= 0 or sent:
        return None
    column = columns.add(1.0, lower=1.0 if must else 0.0, integer=True)
    rows.add([*share, (column, -order.least / order.activity)], 0.0, math.inf)
    for use, _ in used:
        rows.add([(use, 1.0), (column, -1.0)], -math.inf, 0.0)
    return column


def whole_share(problem: Problem, option: int) -> float:
    """The share of its order that an option serves at its most."""
    row = problem.options[option]
    order = problem.demands[row.demand].order
    assert order is not None
    return row.most * row.equivalent / order.activity


def package_bound(problem: Problem, options: Iterable[int]) -> int:
    """The most of these options that can be used together: an order takes so many parts, a supply each."""
    asked: dict[int, int] = defaultdict(int)
    for number in options:
        asked[problem.options[number].demand] += 1
    return sum(
        count if (most := most_packages(problem.demands[demand].order)) is None else min(count, most)
        for demand, count in asked.items()
    )


def largest_held(problem: Problem, held: Mapping[int, float]) -> float:
    """The most that options can bring together, of what each of them has there at its most (Bq)."""
    apart: dict[int, list[float]] = defaultdict(list)
    for number, activity in held.items():
        apart[problem.options[number].demand].append(activity)
    total = 0.0
    for demand, amounts in apart.items():
        order = problem.demands[demand].order
        total += max(amounts) if order is not None and not order.split else sum(amounts)
    return total
