"""The limits of the law as rows of the programme, all scaled to order one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from becq.planning.limits import APPROVAL, INDEX, Limit
from becq.planning.options import Problem, largest_output
from becq.planning.pins import Fixed

if TYPE_CHECKING:
    from becq.planning.model import _Columns, _Rows


class Places(NamedTuple):
    """Columns of batches, and of the use and the activity of options, by their numbers in the problem."""

    lots: Mapping[int, int]
    uses: Mapping[int, int]
    flows: Mapping[int, int]


def add_limits(
    problem: Problem, rows: _Rows, columns: _Columns, places: Places, fixed: Fixed
) -> tuple[dict[int, int], list[int]]:
    """Add a row for each limit of ``problem``.

    :returns: the columns of eluates by lot, in shares of the most that could be taken; and which rows tie
        together what is else far apart, as departures do.
    """
    eluates: dict[int, int] = {}
    departures = []
    for limit in problem.limits.rows:
        for lot, each in limit.per_eluate.items():
            if each and lot not in eluates and lot in places.lots and largest_output(problem, lot) > 0:
                eluates[lot] = _eluate(problem, lot, rows, columns, places)
        room = max(limit.capacity, _decided(problem, limit, fixed))
        size = room or 1.0
        terms = [
            (places.flows[option], each * problem.options[option].most / size)
            for option, each in limit.per_bq.items()
            if option in places.flows and each
        ]
        terms += [
            (places.uses[option], each / size)
            for option, each in limit.per_use.items()
            if option in places.uses and each
        ]
        terms += [
            (places.lots[lot], each / size) for lot, each in limit.per_start.items() if lot in places.lots
        ]
        terms += [
            (eluates[lot], each * largest_output(problem, lot) / size)
            for lot, each in limit.per_eluate.items()
            if lot in eluates
        ]
        if terms:
            if limit.code in (INDEX, APPROVAL):
                departures.append(len(rows.lower))
            label = None if limit.label is None else replace(limit.label, size=limit.label.size * size)
            rows.add(terms, -math.inf, (room - limit.already) / size, label)
    return eluates, departures


def _eluate(problem: Problem, lot: int, rows: _Rows, columns: _Columns, places: Places) -> int:
    """A column for what a batch of elution takes: all that is there if it is started, else nothing."""
    full = largest_output(problem, lot)
    column = columns.add(1.0, integer=False, scale=full)
    grown = [
        (places.flows[option], -problem.options[option].most * factor / full)
        for option, factor in problem.elution_of_slot[lot]
        if option in places.flows
    ]
    stock = problem.elution_stock.get(lot, 0.0) / full
    rows.add([(column, 1.0), *grown, (places.lots[lot], -1.0)], stock - 1.0, math.inf)
    return column


def _decided(problem: Problem, limit: Limit, fixed: Fixed) -> float:
    """What has been decided already counts as room: it cannot be undone."""
    total = limit.already
    total += sum(
        limit.per_bq.get(option, 0.0) * activity_bq + limit.per_use.get(option, 0.0)
        for option, activity_bq in fixed.flows.items()
    )
    total += sum(each for lot, each in limit.per_start.items() if lot in fixed.start)
    for lot, each in limit.per_eluate.items():
        if lot in fixed.start:
            grown = sum(
                factor * fixed.flows.get(option, 0.0) for option, factor in problem.elution_of_slot[lot]
            )
            total += each * (problem.elution_stock.get(lot, 0.0) + grown)
    return total
