"""Why an order in parts is short: what it has, what one more part would need, how many it would take."""

from __future__ import annotations

from becq.physics.quantities import format_activity
from becq.planning.allocation import Allocation
from becq.planning.filling import fill_order
from becq.planning.options import Problem


def parts_so_far(problem: Problem, allocation: Allocation, demand: int) -> tuple[str, str] | None:
    """What an order in parts gets, in English and Chinese; None where nothing, or where it comes whole."""
    order, parts = problem.demands[demand].order, allocation.parts[demand]
    if order is None or not order.split or not parts:
        return None
    got = format_activity(sum(part.activity_bq * problem.options[part.option].equivalent for part in parts))
    ordered, count = format_activity(order.activity), len(parts)
    return (
        f"It gets {got} of {ordered} in {count} part{'s' if count > 1 else ''}.",
        f"分{count}批供应{got}，订购{ordered}。",
    )


def parts_lifted(
    problem: Problem, allocation: Allocation, demand: int, relaxed: frozenset[str]
) -> list[tuple[str, int]]:
    """What had to be lifted for the parts that an order lacks; empty where even that is no help."""
    mark = allocation.mark()
    filling = fill_order(allocation, demand, problem.of_demand[demand], relaxed=relaxed)
    lifted = list(dict.fromkeys(allocation.lifted))
    allocation.undo(mark)
    return lifted if filling.served else []


def too_many_parts(problem: Problem, allocation: Allocation, demand: int) -> tuple[str, str] | None:
    """That an order could be served in more parts than it may come in, in English and Chinese; else None."""
    order = problem.demands[demand].order
    if order is None or not order.split:
        return None
    options = problem.of_demand[demand]
    mark = allocation.mark()
    served = fill_order(allocation, demand, options, most_parts=len(options)).served
    needed = len(allocation.parts[demand])
    allocation.undo(mark)
    if not served or needed <= order.most_parts:
        return None
    return (
        f"More would come in {needed} parts; this order may come in {order.most_parts}.",
        f"须分{needed}批才能供应更多，该订单最多分{order.most_parts}批。",
    )
