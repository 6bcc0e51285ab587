"""Whether orders fit the network and make sense: every problem in plain words, at its place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.source import Flaw, Path, Place, Source
from becq.chain.validation import validate
from becq.errors import Problem
from becq.physics.nuclides import nuclide
from becq.physics.quantities import format_duration

LONGEST_WINDOW = timedelta(days=14)
FURTHEST_AHEAD = timedelta(days=732)
LONGEST_AFTER_S, LONGEST_BEFORE_S = 60 * 86400.0, 14 * 86400.0
HALF_LIVES = 10
"""Between window and calibration at most so many half-lives: beyond, nothing measurable is left."""
MOST_BQ = 1e17


def validate_orders(
    source: Source, network: Network, now: datetime
) -> tuple[list[ChainOrder], list[Problem]]:
    """The orders of a source against the network, or none of them and every problem.

    :param network: what the person who orders may see of it, without orders.
    """
    if source.data is None:
        return [], list(source.problems)
    rows = source.data.get("orders", [])
    whole = Source(
        source.file, {**define(network), "orders": rows}, source.locate, source.problems, source.absent
    )
    found, problems = validate(whole)
    if found is not None:
        insane = list(_insane_rows(source, found, now))
        return ([], insane) if insane else (found.orders, [])
    numbers = [source.locate(("orders", index)).row for index in range(len(rows))]
    bad = {problem.row for problem in problems}
    if bad <= {*numbers} - {None}:  # the others may make no sense either: tell it now
        good = only(source, [index for index, number in enumerate(numbers) if number not in bad])
        problems += validate_orders(good, network, now)[1]
    return [], problems


def only(source: Source, kept: Sequence[int]) -> Source:
    """The source with some of its orders, which stay where they are in the file."""
    assert source.data is not None
    rows = [source.data["orders"][index] for index in kept]

    def locate(path: Path) -> Place:
        if len(path) > 1 and path[0] == "orders":
            path = ("orders", kept[int(path[1])], *path[2:])
        return source.locate(path)

    return replace(source, data={"orders": rows}, locate=locate, problems=[])


def form_source(values: dict[str, Any]) -> Source:
    """One order of a form or of the API: its problems name the field."""

    def locate(path: Path) -> Place:
        field = next((part for part in path[2:] if isinstance(part, str)), None)
        return Place(None, field)

    return Source("order", {"orders": [values]}, locate)


def _insane_rows(source: Source, network: Network, now: datetime) -> Iterator[Problem]:
    for index, order in enumerate(network.orders):
        for flaw in _insane(order, network, now, ("orders", index)):
            yield source.problem(flaw)


def _insane(order: ChainOrder, network: Network, now: datetime, path: Path) -> Iterator[Flaw]:
    earliest, latest = network.instant(order.earliest), network.instant(order.latest)
    calibration = network.instant(order.calibration)
    if order.activity > MOST_BQ:
        yield Flaw((*path, "activity"), "the activity is beyond anything that is ever sent", "check the unit")
    if latest < now:
        remedy = "give a later window"
        yield Flaw((*path, "latest"), f"the delivery window is over since {_show(latest)}", remedy)
    elif earliest > now + FURTHEST_AHEAD:
        yield Flaw((*path, "earliest"), "the delivery window is more than two years ahead", "check the year")
    if latest - earliest > LONGEST_WINDOW:
        days = LONGEST_WINDOW.days
        yield Flaw((*path, "latest"), f"the delivery window is longer than {days} days", "narrow it")
    half_life_s = math.log(2) / nuclide(network.product[order.product].nuclide).decay_const
    for gap_s, longest_s, where in (
        ((calibration - latest).total_seconds(), LONGEST_AFTER_S, "after the window ends"),
        ((earliest - calibration).total_seconds(), LONGEST_BEFORE_S, "before the window opens"),
    ):
        allowed_s = min(longest_s, HALF_LIVES * half_life_s)
        if gap_s > allowed_s:
            yield Flaw(
                (*path, "calibration"),
                f"the calibration time is {format_duration(gap_s)} {where}",
                f"for {network.product[order.product].nuclide} at most {format_duration(allowed_s)}",
            )


def _show(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


__all__ = ["form_source", "only", "validate_orders"]
