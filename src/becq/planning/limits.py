"""Limits of the law that couple choices: one form for all of them, built once with a problem.

A :class:`Limit` is a row over what the plan chooses: activity sent by options, packages, batches started,
eluates taken. Beside them stand options that no rule allows at all (*refused*). What the limits are is found
by the kinds: :mod:`~becq.planning.transfers` (approvals, the sender's licence), :mod:`~becq.planning.uses`
(classes of use licences), :mod:`~becq.planning.impurities`, :mod:`~becq.planning.workplaces` (what is handled
in a day), :mod:`~becq.planning.holdings` (what makers hold), :mod:`~becq.planning.transport_indexes`. Facts
and verdicts are those of :mod:`becq.rules`: no limit is written down a second time here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from becq.planning.labels import Label

if TYPE_CHECKING:
    from becq.planning.options import Problem

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]
APPROVAL, SCOPE, USE_CLASS, IMPURITY, WORKPLACE, HOLDING, INDEX = (
    "approval",
    "licence_scope",
    "use_class",
    "impurity",
    "workplace_limit",
    "maker_limit",
    "transport_index",
)
CODES = (APPROVAL, SCOPE, USE_CLASS, IMPURITY, WORKPLACE, HOLDING, INDEX)
"""Reasons that these limits give, in the order in which they are named."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """A sum over choices that may not exceed ``capacity``.

    ``per_bq`` counts each Bq (at its option's reference time) that an option sends, ``per_use`` each option
    used, ``per_start`` each batch started, ``per_eluate`` each Bq (at release) of all that a batch of elution
    takes, if it is started; ``already`` is there whatever is chosen. ``sentence`` says what would be
    exceeded.
    """

    code: str
    capacity: float
    sentence: str
    sentence_zh: str
    per_bq: Mapping[int, float]
    per_use: Mapping[int, float] = field(default_factory=dict)
    per_start: Mapping[int, float] = field(default_factory=dict)
    per_eluate: Mapping[int, float] = field(default_factory=dict)
    already: float = 0.0
    label: Label | None = None
    """What the row is called; one of its right-hand side is ``size`` of the limit's capacity."""


class Count(NamedTuple):
    """What one option or batch counts in the limit of a number."""

    limit: int
    each_bq: float
    each: float


@dataclass(frozen=True)
class Limits:
    """The limits of a problem that its choices could break.

    :ivar refused: option → codes of what forbids it whatever else is chosen.
    :ivar unchecked: what could not be checked, in English and Chinese.
    """

    rows: list[Limit] = field(default_factory=list)
    refused: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unchecked: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def of_option(self) -> dict[int, list[Count]]:
        """Option → what it counts where."""
        found: dict[int, list[Count]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for option in row.per_bq.keys() | row.per_use.keys():
                found[option].append(Count(number, row.per_bq.get(option, 0.0), row.per_use.get(option, 0.0)))
        return dict(found)

    @cached_property
    def of_lot(self) -> dict[int, list[Count]]:
        """Batch → what its start counts where, and each Bq of its eluate."""
        found: dict[int, list[Count]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for lot in row.per_start.keys() | row.per_eluate.keys():
                found[lot].append(Count(number, row.per_eluate.get(lot, 0.0), row.per_start.get(lot, 0.0)))
        return dict(found)


class Ways:
    """The options of a problem as columns: numbers of lots and demands, times in epoch seconds, Bq."""

    def __init__(self, problem: Problem) -> None:
        options, lots = problem.options, problem.lots
        self.problem = problem
        self.lot: Numbers = np.array([row.lot for row in options], dtype=np.intp)
        self.demand: Numbers = np.array([row.demand for row in options], dtype=np.intp)
        self.reference: Array = np.array([row.reference for row in options], dtype=np.float64)
        self.depart: Array = np.array([row.way.depart for row in options], dtype=np.float64)
        self.arrive: Array = np.array([row.way.arrive for row in options], dtype=np.float64)
        self.most: Array = np.array([row.most for row in options], dtype=np.float64)
        self.decay: Array = np.array([row.decay_const for row in lots], dtype=np.float64)[self.lot]
        self.alone: NDArray[np.bool_] = np.array(
            [row.order is not None and not getattr(row.order, "split", False) for row in problem.demands],
            dtype=bool,
        )
        """Demands of which at most one option is used."""

    def at(self, moments: Array | float) -> Array:
        """Activity at moments for each Bq at the reference time, option by option."""
        return np.exp(self.decay * (self.reference - moments))

    def most_of(self, group: Numbers, amount: Array, count: int) -> Array:
        """The most that some options can add up to in each of ``count`` groups.

        :param group: number of the group of each option, -1 for none; ``amount``: its most there.
        """
        total = np.zeros(count)
        inside = np.flatnonzero(group >= 0)
        alone = self.alone[self.demand[inside]]
        together = inside[~alone]
        np.add.at(total, group[together], amount[together])
        single = inside[alone]
        pairs, place = np.unique(
            np.stack([group[single], self.demand[single]], axis=1), axis=0, return_inverse=True
        )
        largest = np.zeros(len(pairs))
        np.maximum.at(largest, place.reshape(-1), amount[single])
        np.add.at(total, pairs[:, 0], largest)
        return total


def local_days(moments: Array, zone: ZoneInfo) -> Numbers:
    """The day (proleptic ordinal) in a zone of moments in epoch seconds, which a plan rounds to seconds."""
    known, place = np.unique(np.round(moments), return_inverse=True)
    days = [datetime.fromtimestamp(moment, zone).toordinal() for moment in known.tolist()]
    return np.array(days, dtype=np.intp)[place.reshape(-1)]


def find_limits(problem: Problem) -> Limits:
    """The limits of ``problem``; those that no choice could break are left out."""
    from becq.planning import holdings, impurities, transfers, transport_indexes, uses, workplaces

    ways, found = Ways(problem), Limits()
    for kind in (transfers, uses, impurities, workplaces, holdings, transport_indexes):
        kind.add(ways, found)
    return found
