"""What a planner has fixed: batches that must or must not start, and which lot serves an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from becq.errors import InputError
from becq.planning.limit_reasons import explain_refused
from becq.planning.options import Problem


class Pins(BaseModel):
    """Pins by identifier. ``deliveries`` maps an order to a lot, or to None for "do not serve"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batches: dict[str, Literal["start", "forbid"]] = Field(default_factory=dict)
    deliveries: dict[str, str | None] = Field(default_factory=dict)

    def without(self, names: set[str]) -> Pins:
        """The same without those of the batches and orders in ``names``."""
        return Pins(
            batches={name: what for name, what in self.batches.items() if name not in names},
            deliveries={name: lot for name, lot in self.deliveries.items() if name not in names},
        )


@dataclass(frozen=True)
class Fixed:
    """Pins resolved to the numbers of a problem: lots and demands.

    ``flows`` are options that have been sent with the activity (Bq at their reference) that was.
    """

    start: frozenset[int] = frozenset()
    forbid: frozenset[int] = frozenset()
    delivery: dict[int, int | None] = field(default_factory=dict)
    flows: Mapping[int, float] = field(default_factory=dict)


def resolve_pins(
    problem: Problem, pins: Pins, on_impossible: Callable[[str, InputError], bool] | None = None
) -> Fixed:
    """Find what the pins name.

    Raises InputError where a pin names nothing in this horizon, a batch under outage, or a lot that
    cannot serve the order; unless ``on_impossible(batch or order, error)`` says that the pin may go.
    """
    lots = {lot.id: number for number, lot in enumerate(problem.lots)}
    demands = {d.order.id: number for number, d in enumerate(problem.demands) if d.order is not None}
    start: set[int] = set()
    forbid: set[int] = set()
    for name, what in pins.batches.items():
        try:
            number = _batch(problem, lots, name, what)
        except InputError as error:
            if on_impossible is None or not on_impossible(name, error):
                raise
            continue
        (start if what == "start" else forbid).add(number)
    delivery: dict[int, int | None] = {}
    for order, supplier in pins.deliveries.items():
        try:
            demand, lot = _delivery(problem, lots, demands, order, supplier)
            if lot is not None and lot in forbid:
                raise InputError(
                    f"order {order!r} is pinned to batch {supplier!r}, which is pinned not to start"
                )
        except InputError as error:
            if on_impossible is None or not on_impossible(order, error):
                raise
            continue
        delivery[demand] = lot
    return Fixed(frozenset(start), frozenset(forbid), delivery)


def _batch(problem: Problem, lots: Mapping[str, int], name: str, what: str) -> int:
    if name not in lots:
        raise InputError(f"pinned batch {name!r} does not exist in this horizon; remove the pin")
    lot = problem.lots[lots[name]]
    if lot.is_stock:
        raise InputError(f"{name!r} is a lot in stock, not a batch; only batches are pinned")
    if what == "start" and lot.outage:
        raise InputError(f"pinned batch {name!r} falls into an outage ({lot.outage}); remove the pin")
    return lots[name]


def _delivery(
    problem: Problem, lots: Mapping[str, int], demands: Mapping[str, int], order: str, supplier: str | None
) -> tuple[int, int | None]:
    if order not in demands:
        raise InputError(f"pinned order {order!r} is not in this horizon; remove the pin")
    if supplier is None:
        return demands[order], None
    if supplier not in lots:
        raise InputError(f"pinned lot {supplier!r} of order {order!r} does not exist in this horizon")
    ways = [n for n in problem.of_demand[demands[order]] if problem.options[n].lot == lots[supplier]]
    if not ways:
        raise InputError(f"lot {supplier!r} cannot serve order {order!r} in its window; remove the pin")
    refused = explain_refused(problem, ways)
    if refused is not None and not any(n in problem.frozen for n in ways):
        raise InputError(f"lot {supplier!r} may not serve order {order!r}: {refused[1]} Remove the pin.")
    return demands[order], lots[supplier]
