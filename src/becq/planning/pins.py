"""What a planner has fixed: batches that must or must not start, and which lot serves an order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from becq.errors import InputError
from becq.planning.options import Problem


class Pins(BaseModel):
    """Pins by identifier. ``deliveries`` maps an order to a lot, or to None for "do not serve"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batches: dict[str, Literal["start", "forbid"]] = Field(default_factory=dict)
    deliveries: dict[str, str | None] = Field(default_factory=dict)


@dataclass(frozen=True)
class Fixed:
    """Pins resolved to the numbers of a problem: lots and demands."""

    start: frozenset[int] = frozenset()
    forbid: frozenset[int] = frozenset()
    delivery: dict[int, int | None] = field(default_factory=dict)


def resolve_pins(problem: Problem, pins: Pins) -> Fixed:
    """Find what the pins name.

    Raises InputError where a pin names nothing in this horizon, a batch under outage, or a lot that
    cannot serve the order.
    """
    lots = {lot.id: number for number, lot in enumerate(problem.lots)}
    demands = {d.order.id: number for number, d in enumerate(problem.demands) if d.order is not None}
    start: set[int] = set()
    forbid: set[int] = set()
    for name, what in pins.batches.items():
        if name not in lots:
            raise InputError(f"pinned batch {name!r} does not exist in this horizon; remove the pin")
        lot = problem.lots[lots[name]]
        if lot.is_stock:
            raise InputError(f"{name!r} is a lot in stock, not a batch; only batches are pinned")
        if what == "start" and lot.outage:
            raise InputError(f"pinned batch {name!r} falls into an outage ({lot.outage}); remove the pin")
        (start if what == "start" else forbid).add(lots[name])
    delivery: dict[int, int | None] = {}
    for order, supplier in pins.deliveries.items():
        if order not in demands:
            raise InputError(f"pinned order {order!r} is not in this horizon; remove the pin")
        if supplier is None:
            delivery[demands[order]] = None
            continue
        if supplier not in lots:
            raise InputError(f"pinned lot {supplier!r} of order {order!r} does not exist in this horizon")
        ways = [n for n in problem.of_demand[demands[order]] if problem.options[n].lot == lots[supplier]]
        if not ways:
            raise InputError(f"lot {supplier!r} cannot serve order {order!r} in its window; remove the pin")
        if lots[supplier] in forbid:
            raise InputError(f"order {order!r} is pinned to batch {supplier!r}, which is pinned not to start")
        delivery[demands[order]] = lots[supplier]
    return Fixed(frozenset(start), frozenset(forbid), delivery)
