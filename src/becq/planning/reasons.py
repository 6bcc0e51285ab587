"""Why an order is unmet: tried against the finished plan, never guessed.

With the rest of the plan as it is, each way of serving the order is tried again with one class of limit
lifted at a time; the class whose lifting alone lets the order through is its reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from becq.chain.order import Order
from becq.physics.nuclides import nuclide
from becq.physics.quantities import format_activity, format_duration
from becq.planning.allocation import LANE_FULL, LICENCE, NO_CAPACITY, OUTAGE, PINNED, Allocation
from becq.planning.limit_reasons import explain_limit
from becq.planning.limits import CODES
from becq.planning.options import Problem, largest_output, wanted_on
from becq.planning.part_reasons import parts_lifted, parts_so_far, too_many_parts
from becq.planning.servings import Serving, servings
from becq.rules.licence import refuse

NOT_MADE, NO_ROUTE, TOO_FAR, TOO_LATE, SPECIFIC_ACTIVITY, VOID = (
    "not_made",
    "no_route",
    "too_far",
    "no_batch_in_time",
    "specific_activity",
    "event",
)
LIFTABLE = (LICENCE, *CODES, LANE_FULL, OUTAGE, PINNED)
"""Limits that are lifted one at a time, then together, in the order in which they are named."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with its sentence in English and Chinese."""

    code: str
    sentence: str
    sentence_zh: str


def explain_past(problem: Problem, demand: int) -> Reason | None:
    """Of a replan: why an order that can no longer be served was not, or None where it still could be."""
    history, order = problem.history, problem.demands[demand].order
    assert order is not None
    if history is None:
        return None
    left_open = [number for number in problem.of_demand[demand] if number not in problem.frozen]
    past = not left_open and _instant(problem, order.latest) < history.now
    if not past and not history.holds(order.id):
        return None
    note = history.void(order.id)
    if note is not None:
        return Reason(VOID, note.sentence, note.sentence_zh)
    for row in history.previous["unmet"]:
        if row["order"] == order.id:
            return Reason(row["reason"], row["sentence"], row["sentence_zh"])
    return None


def explain_unmet(problem: Problem, allocation: Allocation, demand: int) -> Reason:
    """The reason why the order of ``demand`` is not, or not fully, served by ``allocation``."""
    order = problem.demands[demand].order
    assert order is not None
    if demand in allocation.fixed.delivery and allocation.fixed.delivery[demand] is None:
        return Reason(
            PINNED, "The planner pinned this order as not served.", "计划员已将该订单固定为不供应。"
        )
    site = problem.network.site[order.site]
    day = wanted_on(problem, problem.demands[demand])
    refusals, open_to = [], []
    for serving in servings(order):
        refused = refuse(site, problem.network.product[serving.product].nuclide, day)
        if refused is None:
            open_to.append(serving)
        else:
            refusals.append(Reason(LICENCE, *refused))
    if not open_to:
        return _joined(refusals)
    if not any(number not in problem.frozen for number in problem.of_demand[demand]):
        found = _joined([*(_explain_no_option(problem, order, serving) for serving in open_to), *refusals])
        return _told_with_parts(problem, allocation, demand, found)
    return _told_with_parts(problem, allocation, demand, _explain_options(problem, allocation, demand))


def _joined(reasons: list[Reason]) -> Reason:
    """Several reasons as one, with the code of the first: what is ordered first, then its alternatives."""
    each = list(dict.fromkeys(reasons))
    return Reason(each[0].code, " ".join(r.sentence for r in each), "".join(r.sentence_zh for r in each))


def _told_with_parts(problem: Problem, allocation: Allocation, demand: int, found: Reason) -> Reason:
    """The reason, with what has come of an order in parts so far."""
    so_far = parts_so_far(problem, allocation, demand)
    if so_far is None:
        return found
    return Reason(found.code, f"{so_far[0]} {found.sentence}", f"{so_far[1]}{found.sentence_zh}")


def _explain_options(problem: Problem, allocation: Allocation, demand: int) -> Reason:
    """Why none of the ways in which an order could be served was taken."""
    order = problem.demands[demand].order
    assert order is not None
    site = problem.network.site[order.site]
    products = [problem.network.product[serving.product] for serving in servings(order)]
    options = [problem.options[number] for number in problem.of_demand[demand]]
    if all(largest_output(problem, o.lot) * o.per_release < o.least for o in options):
        return _too_small(problem, order)
    single = [frozenset({code}) for code in LIFTABLE]
    for relaxed in (*single, frozenset(LIFTABLE)):
        lifted = _lifted(problem, allocation, demand, relaxed)
        if lifted:
            named = [_named(problem, order, code, number) for code, number in lifted]
            return Reason(
                named[0].code,
                " ".join(reason.sentence for reason in named),
                "".join(reason.sentence_zh for reason in named),
            )
    several = too_many_parts(problem, allocation, demand)
    if several is not None:
        return Reason(NO_CAPACITY, *several)
    names = " or ".join(product.name for product in products)
    names_zh = "或".join(product.name_zh for product in products)
    return Reason(
        NO_CAPACITY,
        f"Each batch of {names} that could reach {site.name} in the window is committed elsewhere, "
        "too small, or cannot be made beside those that are.",
        f"能在时间窗内送达{site.name_zh}的{names_zh}批次，或已作他用，或活度不足，或与其他批次冲突而无法生产。",
    )


def _lifted(
    problem: Problem, allocation: Allocation, demand: int, relaxed: frozenset[str]
) -> list[tuple[str, int]]:
    """What had to be lifted to serve the order with ``relaxed`` limits; empty where even that is no help."""
    order = problem.demands[demand].order
    if order is not None and order.split:
        lifted = parts_lifted(problem, allocation, demand, relaxed)
        return sorted(lifted, key=lambda found: (LIFTABLE.index(found[0]), found[1]))
    for number in problem.of_demand[demand]:
        option = problem.options[number]
        mark = allocation.mark()
        blocked = allocation.serve(number, option.least or option.most, relaxed)
        lifted = list(dict.fromkeys(allocation.lifted))
        allocation.undo(mark)
        if not blocked and lifted:
            return sorted(lifted, key=lambda found: (LIFTABLE.index(found[0]), found[1]))
    return []


def _named(problem: Problem, order: Order, code: str, number: int) -> Reason:
    """The sentence for one lifted limit.

    ``number`` is a lot (outage, pin), an option (licence, lane) or as :func:`explain_limit` takes it.
    """
    if code in CODES:
        return Reason(code, *explain_limit(problem, code, number))
    if code in (OUTAGE, PINNED):
        lot = problem.lots[number]
        product = problem.network.product[lot.product]
        zone = problem.network.site[lot.site].zone
        start = f"{datetime.fromtimestamp(lot.start, zone):%m-%d %H:%M}"
        if code == PINNED:
            return Reason(
                code,
                f"The batch of {product.name} starting {start} ({lot.process}) is pinned not to start.",
                f"{start}开始的{product.name_zh}批次（{lot.process}）已被固定为不启动。",
            )
        return Reason(
            code,
            f"The batch of {product.name} starting {start} ({lot.process}) is in an outage: {lot.outage}.",
            f"{start}开始的{product.name_zh}批次（{lot.process}）处于停运期：{lot.outage_zh}。",
        )
    option = problem.options[number]
    lot = problem.lots[option.lot]
    site = problem.network.site[problem.demands[option.demand].site]
    if code == LICENCE:
        limit = (site.licence.limit_bq(lot.nuclide) if site.licence else None) or 0.0
        shown = format_activity(limit)
        at_arrival = (option.least or option.most) * math.exp(
            lot.decay_const * (option.reference - option.way.arrive)
        )
        if at_arrival > limit:
            arriving = format_activity(at_arrival)
            return Reason(
                code,
                f"The {arriving} to arrive exceed the {shown} licence of {site.name} for {lot.nuclide}.",
                f"须送达的{arriving}超过{site.name_zh}的{lot.nuclide}许可活度{shown}。",
            )
        return Reason(
            code,
            f"With what is already there, {site.name} would exceed its {shown} licence for {lot.nuclide}.",
            f"加上场所现有活度，{site.name_zh}将超过其{lot.nuclide}许可活度{shown}。",
        )
    lanes = ", ".join(leg.lane for leg in option.way.legs if leg.departure is not None)
    return Reason(
        code,
        f"The departures of {lanes} that arrive in the window are full.",
        f"能在时间窗内到达的{lanes}班次已满载。",
    )


def _too_small(problem: Problem, order: Order) -> Reason:
    names = " or ".join(problem.network.product[each.product].name for each in servings(order))
    names_zh = "或".join(problem.network.product[each.product].name_zh for each in servings(order))
    if order.split:
        least = format_activity(order.smallest_part)
        return Reason(
            NO_CAPACITY,
            f"No batch of {names} gives a part of {least}, the least that this order takes.",
            f"没有{names_zh}批次能提供该订单所需的最小分批活度{least}。",
        )
    return Reason(
        NO_CAPACITY,
        f"No single batch of {names} is as large as this order.",
        f"没有单个{names_zh}批次达到该订单的活度。",
    )


def _explain_no_option(problem: Problem, order: Order, wanted: Serving) -> Reason:
    """Why there is no way at all of serving an order with a product that would do."""
    network, routes = problem.network, problem.routes
    site, product = network.site[order.site], network.product[wanted.product]
    makers = [lot for lot in problem.lots if lot.product == wanted.product]
    ever = [process for process in network.processes if process.product == wanted.product]
    if not makers and not ever:
        return Reason(
            NOT_MADE,
            f"Nobody in the network makes or stocks {product.name}.",
            f"网络内没有单位生产或库存{product.name_zh}。",
        )
    places = dict.fromkeys([lot.site for lot in makers] + [process.site for process in ever])
    refusals = [refuse(network.site[place], product.nuclide, problem.first) for place in places]
    if refusals[0] is not None and all(refusals):
        return Reason(LICENCE, *refusals[0])
    reachable = [t for place in places if (t := routes.fastest_s(place, order.site)) is not None]
    if not reachable:
        return Reason(
            NO_ROUTE,
            f"No lane leads from a maker of {product.name} to {site.name}.",
            f"没有从{product.name_zh}生产单位到{site.name_zh}的运输线路。",
        )
    earliest, latest = _instant(problem, order.earliest), _instant(problem, order.latest)
    departures = [
        t for p in places if (t := routes.latest_departure(p, order.site, earliest, latest)) is not None
    ]
    if not departures:
        return Reason(
            NO_ROUTE,
            f"No departure from a maker of {product.name} arrives at {site.name} in the window.",
            f"没有从{product.name_zh}生产单位出发的班次能在时间窗内到达{site.name_zh}。",
        )
    # Age at calibration of a batch released just in time for the last departure that meets the window.
    travel = max(0.0, latest - max(departures))
    ideal = max(0.0, _instant(problem, order.calibration) - max(departures))
    if ideal > product.shelf_life:
        return Reason(
            TOO_FAR,
            f"{product.name} lives {format_duration(product.shelf_life)} after release; the last way to "
            f"{site.name} that meets the window leaves {format_duration(ideal)} before calibration.",
            f"{product.name_zh}放行后有效期{format_duration(product.shelf_life)}，能在时间窗内到达{site.name_zh}的"
            f"末班须在标定时刻前{format_duration(ideal)}出发。",
        )
    least = wanted.least_bq
    decay_const = nuclide(product.nuclide).decay_const
    largest = max(
        (largest_output(problem, n) for n, lot in enumerate(problem.lots) if lot.product == wanted.product),
        default=math.inf,
    )
    if largest * math.exp(-decay_const * max(0.0, ideal - travel)) < least:
        return _too_small(problem, order)
    if largest * math.exp(-decay_const * ideal) < least:
        return Reason(
            TOO_FAR,
            f"A whole batch of {product.name} decays below this order's {format_activity(least)} during the "
            f"{format_duration(travel)} to {site.name}.",
            f"整批{product.name_zh}在{format_duration(travel)}送往{site.name_zh}途中将衰变到低于所需的"
            f"{format_activity(least)}。",
        )
    carriers = [lot.specific_activity_bq_g for lot in makers]
    needed = product.min_specific_activity
    if (
        needed is not None
        and makers
        and all(c is not None and c * math.exp(-decay_const * ideal) < needed for c in carriers)
    ):
        return Reason(
            SPECIFIC_ACTIVITY,
            f"By the calibration time {product.name} would fall below its least specific activity.",
            f"到标定时刻，{product.name_zh}的比活度将低于最低要求。",
        )
    return Reason(
        TOO_LATE,
        f"No batch of {product.name} is released at a time from which it could arrive in the window and "
        "still be fit for use at calibration.",
        f"没有{product.name_zh}批次的放行时间能使其在时间窗内送达且在标定时刻仍可用。",
    )


def _instant(problem: Problem, moment: datetime) -> float:
    return problem.network.instant(moment).timestamp()
