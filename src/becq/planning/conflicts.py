"""Pins that contradict each other: the smallest set of them that no plan can keep.

A set of pins is kept by some plan or it is not: that is asked of the planner's own programme, without its
objective. The smallest set that is not kept is found with implicit hitting sets (each largest set that can be
kept leaves out a set that every conflict must meet), so that it is smallest in number and not only minimal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import highspy
import numpy as np
from numpy.typing import NDArray

from becq.chain.network import Network
from becq.errors import ConflictError
from becq.planning.model import Model, build_model
from becq.planning.options import Problem, build_problem
from becq.planning.past import Past
from becq.planning.pins import Fixed, Pins, resolve_pins
from becq.planning.programme import allow, load, take

MOST_ASKED = 5000
"""Sets of pins that are tried at most."""
LONGEST_S = 30.0
"""Longest time for one set."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin: a batch with "start" or "forbid", or an order with its lot or None."""

    name: str
    value: str | None
    is_batch: bool

    def words(self) -> tuple[str, str]:
        """The pin in English and Chinese."""
        if self.is_batch:
            does = ("starts", "启动") if self.value == "start" else ("does not start", "不启动")
            return f"{self.name} {does[0]}", f"{self.name}{does[1]}"
        if self.value is None:
            return f"{self.name} is not served", f"{self.name}不供应"
        return f"{self.name} is served from {self.value}", f"{self.name}由{self.value}供应"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Pins that cannot all be kept, though they could without any one of them."""

    pins: tuple[Pin, ...]
    sentence: str
    sentence_zh: str


class PinConflictError(ConflictError):
    """Pins that contradict each other, with the smallest set of them that does."""

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        super().__init__(conflict.sentence)


def find_conflict(
    network: Network, first: date, days: int, pins: Pins, history: Past | None = None
) -> Conflict | None:
    """The smallest set of ``pins`` that no plan can keep, or None where all can be kept.

    Raises InputError for pins that name nothing, ConflictError where it is too hard to tell.
    """
    problem = build_problem(network, first, days, history)
    resolve_pins(problem, pins)
    past = history.fix(problem, Pins()) if history else Fixed()
    model = build_model(problem, past)
    listed = [Pin(name, what, True) for name, what in pins.batches.items()]
    listed += [Pin(name, lot, False) for name, lot in pins.deliveries.items()]
    found: tuple[Pin, ...] | None = None
    for columns, rows in model.components():
        part = _Part(problem, model, columns, rows, listed)
        if part.pins and (len(part.pins) > 1 or not part.keeps(range(len(part.pins)))):
            smallest = smallest_conflict(len(part.pins), part.keeps)
            if smallest is not None and (found is None or len(smallest) < len(found)):
                found = tuple(part.pins[n] for n in smallest)
    return None if found is None else Conflict(found, *_sentence(problem, found))


def named_conflict(
    error: ConflictError, network: Network, first: date, days: int, pins: Pins, history: Past | None = None
) -> ConflictError:
    """``error`` of the planner, or in its place one that names the smallest conflicting set of ``pins``."""
    if not pins.batches and not pins.deliveries:
        return error
    found = find_conflict(network, first, days, pins, history)
    return error if found is None else PinConflictError(found)


def smallest_conflict(count: int, keeps: Callable[[Sequence[int]], bool]) -> tuple[int, ...] | None:
    """The smallest set of numbers below ``count`` that ``keeps`` refuses; None where it takes all.

    ``keeps`` must be monotone: what it takes, it takes without any member. Raises ConflictError after
    :data:`MOST_ASKED` questions.
    """
    if keeps(range(count)):
        return None
    asked = 1
    to_meet: list[frozenset[int]] = []
    while True:
        candidate = _hitting_set(to_meet)
        asked += 1
        if not keeps(candidate):
            return tuple(candidate)
        kept = list(candidate)
        for number in range(count):
            if number not in candidate:
                asked += 1
                if keeps(sorted([*kept, number])):
                    kept.append(number)
        if asked > MOST_ASKED:
            raise ConflictError("the pins contradict each other in too many ways; remove some of them")
        to_meet.append(frozenset(range(count)) - frozenset(kept))


def _hitting_set(sets: Sequence[frozenset[int]]) -> list[int]:
    """A smallest set that meets every one of ``sets``, the first of them in order."""

    def search(chosen: tuple[int, ...], left: int) -> tuple[int, ...] | None:
        open_sets: list[frozenset[int]] = [each for each in sets if not each.intersection(chosen)]
        if not open_sets:
            return chosen
        if left == 0:
            return None
        for number in min((sorted(each) for each in open_sets), key=lambda each: (len(each), each)):
            found = search((*chosen, number), left - 1)
            if found is not None:
                return found
        return None

    for size in range(len(sets) + 1):
        found = search((), size)
        if found is not None:
            return sorted(set(found))
    raise AssertionError("a set that meets all is at most as large as their number")


class _Part:
    """One independent part of the programme, with its pins as bounds that can be set and lifted."""

    def __init__(
        self,
        problem: Problem,
        model: Model,
        columns: NDArray[np.intp],
        rows: NDArray[np.intp],
        pins: Sequence[Pin],
    ) -> None:
        self.pins: list[Pin] = []
        self._bounds: list[list[tuple[int, float, float]]] = []
        self._rows: list[int | None] = []
        place = {int(column): at for at, column in enumerate(columns)}
        self._lower, self._upper = model.lower[columns], model.upper[columns]
        self._highs = load(take(model, columns, rows, np.zeros(columns.size)), time.monotonic() + LONGEST_S)
        lots = {lot.id: number for number, lot in enumerate(problem.lots)}
        demands = {d.order.id: n for n, d in enumerate(problem.demands) if d.order is not None}
        for pin in pins:
            if pin.is_batch:
                column = place.get(model.lot_column.get(lots.get(pin.name, -1), -1))
                if column is not None:
                    value = 1.0 if pin.value == "start" else 0.0
                    self._add(pin, [(column, value, value)], [])
                continue
            used: dict[int, int] = {}
            for option in problem.of_demand[demands[pin.name]] if pin.name in demands else []:
                at = place.get(model.use_column.get(option, -1))
                if at is not None:
                    used[at] = problem.options[option].lot
            if used:
                wanted = None if pin.value is None else lots.get(pin.value)
                others = [(at, 0.0, 0.0) for at, lot in used.items() if lot != wanted]
                self._add(pin, others, [at for at, lot in used.items() if lot == wanted])

    def keeps(self, chosen: Sequence[int]) -> bool:
        """Whether some plan keeps the pins with these numbers."""
        lower, upper = self._lower.copy(), self._upper.copy()
        for number in chosen:
            for column, low, high in self._bounds[number]:
                lower[column] = max(lower[column], low)
                upper[column] = min(upper[column], high)
        if (lower > upper).any():
            return False
        numbers = np.arange(lower.size, dtype=np.int32)
        self._highs.changeColsBounds(lower.size, numbers, lower, upper)
        for number, row in enumerate(self._rows):
            if row is not None:
                self._highs.changeRowBounds(row, 1.0 if number in chosen else 0.0, highspy.kHighsInf)
        allow(self._highs, time.monotonic() + LONGEST_S)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        if status == highspy.HighsModelStatus.kOptimal:
            return True
        raise ConflictError("the pins contradict each other or a limit, and it is too hard to say which")

    def _add(self, pin: Pin, bounds: list[tuple[int, float, float]], one_of: list[int]) -> None:
        self.pins.append(pin)
        self._bounds.append(bounds)
        self._rows.append(None)
        if one_of:
            self._rows[-1] = self._highs.getNumRow()
            columns = np.array(one_of, dtype=np.int32)
            self._highs.addRow(0.0, highspy.kHighsInf, columns.size, columns, np.ones(columns.size))


def _sentence(problem: Problem, pins: Sequence[Pin]) -> tuple[str, str]:
    """The conflict in words, with the resource where it is one that all the batches want."""
    english, chinese = zip(*(pin.words() for pin in pins), strict=True)
    where = where_zh = ""
    lots = {lot.id: lot for lot in problem.lots}
    resources = {lots[pin.name].resource if pin.is_batch and pin.name in lots else None for pin in pins}
    if len(pins) > 1 and len(resources) == 1 and None not in resources:
        resource = problem.network.resource[resources.pop() or ""]
        where = f" {resource.name} has {resource.positions} position{'s' if resource.positions > 1 else ''}."
        where_zh = f"{resource.name_zh}只有{resource.positions}个位置。"
    if len(pins) == 1:
        return f"This pin cannot be kept: {english[0]}.", f"该固定项无法满足：{chinese[0]}。"
    return (
        f"These {len(pins)} pins cannot all be kept: {'; '.join(english)}.{where} Remove one of them.",
        f"以下{len(pins)}项固定无法同时满足：{'；'.join(chinese)}。{where_zh}请取消其中一项。",
    )
