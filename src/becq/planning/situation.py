"""Where a plan stands at a moment: what of it has happened, given what is known to have gone otherwise.

What the plan would have begun or sent off by now has happened, unless an event says that it cannot have: a
batch under an outage, goods of a lot that failed or was not released yet, a batch whose position was still
taken, a conversion whose input never came. Such moves are void; each is listed with a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from becq.chain.fields import WEEKDAYS
from becq.chain.item import Item
from becq.chain.network import Network
from becq.chain.process import Outage
from becq.errors import Problem, ProblemsError
from becq.planning.events import (
    CancelledDeparture,
    Event,
    FailedBatch,
    LateBatch,
    MeasuredActivity,
    OutageEvent,
    RushOrder,
)
from becq.planning.lots import Lot

Record = Mapping[str, Any]
SAME_S = 60.0
"""Two departures that leave within a minute are the same one."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the planner should know of a replan, in both languages."""

    code: str
    subject: str
    sentence: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class Free:
    """A package under way or arrived whose use is open: its flight was cancelled, or its batch has not begun.

    ``row`` is the plan's delivery or supply; ``legs`` of them are travelled, to ``site`` at ``arrive``.
    """

    id: str
    row: Record
    legs: int
    site: str
    arrive: float


@dataclass
class Situation:
    """What has happened by ``now`` (epoch seconds). Lots and sends by the plan's own identifiers."""

    now: float
    network: Network
    """The network with outages and rush orders of the events."""
    events: list[Event]
    begun: dict[str, Lot] = field(default_factory=dict)
    """Batches that have begun, with their times and supply as they are now."""
    dead: dict[str, Note] = field(default_factory=dict)
    """Those of them that give nothing any more, and why."""
    left: list[Record] = field(default_factory=list)
    """Deliveries and supplies that have left and reach whom they were sent to."""
    free: list[Free] = field(default_factory=list)
    """Packages that have left and whose further use is open."""
    void: dict[str, Note] = field(default_factory=dict)
    """Delivery (its id) that the plan would have sent and that did not leave, and why."""
    eluate_bq: dict[str, float] = field(default_factory=dict)
    """Elution → activity at release that was measured, Bq."""
    notes: list[Note] = field(default_factory=list)

    def late_by(self, batch: str) -> Iterator[tuple[str, float]]:
        """(stage, seconds) of each delay of a batch."""
        for event in self.events:
            if isinstance(event, LateBatch) and event.batch == batch:
                yield event.stage or "start", event.by

    def measured_bq(self, batch: str) -> float | None:
        """Activity at EOB that was measured last, if any."""
        found = [e.eob for e in self.events if isinstance(e, MeasuredActivity) and e.batch == batch]
        return found[-1] if found else None

    def cancels(self, lane: str, origin: str, destination: str, leaves: float) -> bool:
        """Whether a departure does not go."""
        return any(
            isinstance(event, CancelledDeparture)
            and event.lane == lane
            and event.origin in (None, origin)
            and event.destination in (None, destination)
            and _leaves_in(self.network, event, leaves)
            for event in self.events
        )


def amend_network(network: Network, events: Sequence[Event]) -> Network:
    """The network with the outages and the rush orders of ``events``."""
    of_resource: dict[str, list[Outage]] = defaultdict(list)
    of_process: dict[str, list[Outage]] = defaultdict(list)
    orders = list(network.orders)
    for event in events:
        if isinstance(event, RushOrder):
            orders.append(event.order)
        elif isinstance(event, OutageEvent):
            zh = event.reason_zh or ("停运" if event.reason == "outage" else event.reason)
            outage = Outage(start=event.start, end=event.end, reason=event.reason, reason_zh=zh)
            if event.resource:
                of_resource[event.resource].append(outage)
            elif event.process:
                of_process[event.process].append(outage)
            else:
                for process in network.processes:
                    if process.site == event.site:
                        of_process[process.id].append(outage)
    changed: dict[str, Sequence[Item]] = {
        "resources": [
            row.model_copy(update={"outages": [*row.outages, *of_resource[row.id]]})
            if row.id in of_resource
            else row
            for row in network.resources
        ],
        "processes": [
            row.model_copy(update={"outages": [*row.outages, *of_process[row.id]]})
            if row.id in of_process
            else row
            for row in network.processes
        ],
        "orders": orders,
    }
    return network.with_rows(**changed)


def settle_events(
    network: Network, plan: Record, old: Sequence[Event], new: Sequence[Event], now: float
) -> list[Event]:
    """All events with the stage of every delay filled in. Raises ProblemsError for those that fit nothing.

    ``old`` were known when ``plan`` was made, ``new`` are known since.
    """
    problems: list[Problem] = []
    settled: list[Event] = list(old)
    batches = {row["id"]: row for row in plan["batches"]}
    horizon = _seconds(plan["from"]), _seconds(plan["from"]) + plan["days"] * 86400.0
    orders: set[str] = set()
    if any(isinstance(event, RushOrder) for event in new):
        first = datetime.fromisoformat(plan["from"]).date()
        orders = {order.id for order in network.demand(first, plan["days"])}
    orders |= {event.order.id for event in old if isinstance(event, RushOrder)}
    for number, event in enumerate(new, start=1):
        where = f"event {number} ({event.kind})"

        def bad(column: str, message: str, remedy: str, where: str = where) -> None:
            problems.append(Problem(where, None, column, message, remedy))

        if isinstance(event, OutageEvent):
            for section in ("site", "resource", "process"):
                name = getattr(event, section)
                if name is not None and name not in getattr(network, section):
                    bad(section, f"there is no {section} {name!r}", f"name a {section} of the network")
            if network.instant(event.end).timestamp() <= now:
                bad("end", "the outage is over", "give an end after now, or leave the event out")
        elif isinstance(event, CancelledDeparture):
            _check_departure(network, event, horizon, bad)
        elif isinstance(event, RushOrder):
            _check_rush(network, event, horizon, now, orders, bad)
            orders.add(event.order.id)
        else:
            event = _check_batch(event, batches.get(event.batch), now, bad)
        settled.append(event)
    if problems:
        raise ProblemsError(problems)
    return settled


def _check_batch(
    event: LateBatch | FailedBatch | MeasuredActivity, row: Record | None, now: float, bad: Any
) -> Event:
    if row is None or row["kind"] == "stock":
        bad("batch", f"the plan has no batch {event.batch!r}", "name a batch as the plan does")
        return event
    has_begun = _seconds(row["start"]) < now
    if isinstance(event, LateBatch):
        stage = event.stage or ("release" if has_begun else "start")
        if stage == "start" and has_begun:
            bad("stage", f"it began at {row['start']}", "say stage=eob or stage=release")
        return event.model_copy(update={"stage": stage})
    if not has_begun:
        remedy = (
            "give a later --now, or an outage of its process"
            if isinstance(event, FailedBatch)
            else ("give a later --now; what a batch to come will hold is said in the network")
        )
        bad("batch", f"{event.batch} begins at {row['start']} and has not begun", remedy)
    return event


def _check_rush(
    network: Network, event: RushOrder, horizon: tuple[float, float], now: float, known: set[str], bad: Any
) -> None:
    order = event.order
    if order.site not in network.site:
        bad("site", f"there is no site {order.site!r}", "name a site of the network")
    if order.product not in network.product:
        bad("product", f"there is no product {order.product!r}", "name a product of the network")
    if order.id in known:
        bad("id", f"there is an order {order.id!r} already", "give another id")
    if network.instant(order.latest).timestamp() <= now:
        bad("latest", "the delivery window is over", "give a latest time after now")
    opens = network.instant(order.earliest).timestamp()
    if not horizon[0] <= opens < horizon[1]:
        bad("earliest", "the delivery window opens outside the plan's days", "plan more days first")


def _check_departure(
    network: Network, event: CancelledDeparture, horizon: tuple[float, float], bad: Any
) -> None:
    lane = network.lane.get(event.lane)
    if lane is None or lane.mode == "road":
        bad("lane", f"there is no timetabled lane {event.lane!r}", "name a flight or a train of the network")
        return
    pairs = [(a, b) for a in lane.origins for b in lane.destinations if a != b]
    pairs += [(b, a) for a, b in pairs] if lane.both_ways else []
    days = round((horizon[1] - horizon[0]) / 86400.0)
    first = datetime.fromtimestamp(horizon[0], network.zone).date()
    for origin, destination in pairs:
        if event.origin not in (None, origin) or event.destination not in (None, destination):
            continue
        for line in lane.departures:
            for offset in range(-1, days + 1):
                day = first + timedelta(days=offset)
                leaves = datetime.combine(day, line.time, network.site[origin].zone).timestamp()
                if WEEKDAYS[day.weekday()] in line.days and _leaves_in(network, event, leaves):
                    return
    times = ", ".join(sorted({f"{line.time:%H:%M}" for line in lane.departures}))
    bad("leaves", f"no departure of {lane.id} leaves then", f"it leaves at {times}")


def _leaves_in(network: Network, event: CancelledDeparture, leaves: float) -> bool:
    if event.leaves is not None:
        return abs(network.instant(event.leaves).timestamp() - leaves) < SAME_S
    assert event.start is not None
    assert event.end is not None
    return network.instant(event.start).timestamp() <= leaves < network.instant(event.end).timestamp()


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
