"""An order in parts, filled lot by lot as far as there is room: all that it needs, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from becq.planning.allocation import SLACK, Allocation

NOTHING_LIFTED: frozenset[str] = frozenset()


@dataclass
class Filling:
    """What came of it: whether the order is served, and what blocked the parts that did not fit."""

    served: bool
    blocked: set[str] = field(default_factory=set)


def fill_order(
    allocation: Allocation,
    demand: int,
    options: Sequence[int],
    kept: Mapping[int, float] | None = None,
    relaxed: frozenset[str] = NOTHING_LIFTED,
    most_parts: int | None = None,
) -> Filling:
    """Add parts to the order of ``demand``, by ``options`` in their order, until it has what it asks for.

    Where it does not come to the least that the order takes, nothing is added, unless some of it has left
    before. ``kept`` are parts of an earlier plan (option → Bq at its reference), tried first.

    :param relaxed: limits that are passed over, as in ``Allocation.serve``.
    :param most_parts: parts that it may have in place of those that it says.
    """
    order = allocation.problem.demands[demand].order
    assert order is not None
    mark = allocation.mark()
    state = _state(allocation, demand, most_parts or order.most_parts)
    before, blocked = state.got_bq, set[str]()
    for number, activity_bq in (kept or {}).items():
        blocked |= state.add(number, activity_bq, relaxed)
    for number in options:
        for amount in state.amounts(number):
            refused = state.add(number, amount, relaxed)
            blocked |= refused
            if not refused:
                break
    has_left = any(number in allocation.fixed.flows for number in allocation.problem.of_demand[demand])
    least = 0.0 if has_left else order.least
    if state.got_bq <= before or state.got_bq < least * (1 - SLACK):
        allocation.undo(mark)
        return Filling(False, blocked)
    return Filling(True, blocked)


@dataclass
class _State:
    """The parts that an order has, and what it may still take; Bq of what it names."""

    allocation: Allocation
    demand: int
    activity_bq: float
    parts_left: int
    got_bq: float
    used: set[int]

    def amounts(self, number: int) -> Iterator[float]:
        """Activities at the reference that are worth trying by an option, the largest first."""
        option = self.allocation.problem.options[number]
        open_bq = (self.activity_bq - self.got_bq) / option.equivalent
        if (
            self.parts_left <= 0
            or number in self.used
            or open_bq < option.least * (1 - SLACK)
            or open_bq <= 0
        ):
            return
        room = self.allocation.available(option.lot) * option.per_release
        wanted = [min(option.most, open_bq)]
        if option.lot in self.allocation.started and 0 < room < wanted[0]:
            wanted.append(room)
        wanted.append(option.least)
        seen: set[float] = set()
        for amount in wanted:
            if amount > 0 and amount >= option.least * (1 - SLACK) and amount not in seen:
                seen.add(amount)
                yield min(max(amount, option.least), option.most)

    def add(self, number: int, activity_bq: float, relaxed: frozenset[str]) -> set[str]:
        """Add a part; return what blocks it."""
        option = self.allocation.problem.options[number]
        counts = activity_bq * option.equivalent
        if (
            self.parts_left <= 0
            or number in self.used
            or self.got_bq + counts > self.activity_bq * (1 + SLACK)
        ):
            return set()
        blocked = self.allocation.serve(number, activity_bq, relaxed)
        if not blocked:
            self.used.add(number)
            self.parts_left -= 1
            self.got_bq += counts
        return blocked


def _state(allocation: Allocation, demand: int, most_parts: int) -> _State:
    problem = allocation.problem
    order = problem.demands[demand].order
    assert order is not None
    own = allocation.parts[demand]
    got = sum(flow.activity_bq * problem.options[flow.option].equivalent for flow in own)
    left = most_parts - len(own)
    return _State(allocation, demand, order.activity, left, got, {flow.option for flow in own})
