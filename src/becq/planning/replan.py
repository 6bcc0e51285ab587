"""A plan made anew from now: what has been done stays done, pins are kept, little changes without need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from becq.chain.network import Network
from becq.errors import ConflictError, InputError
from becq.planning.conflicts import named_conflict
from becq.planning.events import Event, Scenario, write_events
from becq.planning.history import History
from becq.planning.lots import Lot, enumerate_lots
from becq.planning.pins import Pins
from becq.planning.plan import Plan
from becq.planning.planner import plan as make_plan
from becq.planning.situation import Note, Record, amend_network, settle_events
from becq.planning.solve import Progress
from becq.planning.standing import read_situation


@dataclass(frozen=True)
class Replan:
    """The new plan, and the network with the events in it that it is a plan of."""

    plan: Plan
    network: Network


def replan(
    network: Network,
    previous: Record,
    events: Sequence[Event],
    now: datetime,
    *,
    pins: Pins | None = None,
    name: str = "",
    touched: Collection[str] = (),
    prices: bool | None = False,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
) -> Replan:
    """Plan ``network`` anew from ``now`` for the rest of the days of ``previous`` (``Plan.as_dict()``).

    ``network`` is the one that the first plan was made of; the events that ``previous`` knew count as before.
    Pins of ``previous`` are kept where they can be, and a note of the plan says where not; ``pins`` are added
    and must be possible. ``touched`` names orders, batches, resources, processes and sites whose part of the
    plan is looked at again although no event says so, because ``network`` is not as it was for them.
    ``prices`` as for :func:`becq.planning.plan`; the rationing policy is that of ``previous``. Raises
    InputError and ProblemsError for what fits neither plan nor network.
    """
    moment = network.instant(now)
    first = datetime.fromisoformat(previous["from"])
    end = datetime.fromisoformat(previous["to"])
    known = _known_events(previous)
    since = previous.get("now") or previous["from"]
    if not datetime.fromisoformat(since) <= moment < end:
        raise InputError(
            f"now is {moment.isoformat()}, and the plan is of {since} to {end.isoformat()}; "
            "give --now within the plan"
        )
    seconds = moment.timestamp()
    settled = settle_events(network, previous, known, list(events), seconds)
    amended = amend_network(network, settled)
    lots = enumerate_lots(amended, first.date(), previous["days"])
    history = History(read_situation(amended, previous, lots, settled, seconds), previous)
    old = Pins.model_validate(previous.get("pins") or {})
    wanted = pins or Pins()
    dropped: dict[str, Note] = {}

    def may_go(pinned: str, error: InputError) -> bool:
        if pinned in wanted.batches or pinned in wanted.deliveries:
            return False
        dropped[pinned] = Note(
            "pin_dropped",
            pinned,
            f"The pin of {pinned} is dropped: {error}.",
            f"{pinned}的固定已不可能保持，已取消。",
        )
        return True

    history.may_go = may_go
    history.pinned = frozenset(
        name
        for new, was in ((wanted.batches, old.batches), (wanted.deliveries, old.deliveries))
        for name, value in new.items()
        if was.get(name, "") != value
    ) | _touched(amended, lots, frozenset(touched), first.date(), previous["days"])
    kept = Pins(batches={**old.batches, **wanted.batches}, deliveries={**old.deliveries, **wanted.deliveries})
    try:
        found = make_plan(
            amended,
            first.date(),
            previous["days"],
            pins=kept,
            history=history,
            policy=previous.get("policy") or "priority",
            prices=prices,
            time_limit_s=time_limit_s,
            progress=progress,
        )
    except ConflictError as error:
        possible = kept.without(set(dropped))
        raise named_conflict(error, amended, first.date(), previous["days"], possible, history) from error
    left = kept.without(set(dropped))
    notes = [*history.situation.notes, *history.situation.void.values(), *dropped.values()]
    found = replace(
        found,
        gap=_gap(found, previous),
        pins=left.model_dump() if left.batches or left.deliveries else {},
        now=moment.isoformat(),
        scenario=name,
        events=write_events(settled),
        notes=[_as_row(note) for note in dict.fromkeys(notes)],
    )
    return Replan(found, amended)


def _touched(
    network: Network, lots: Sequence[Lot], names: frozenset[str], first: date, days: int
) -> frozenset[str]:
    """Batches and orders that some names concern."""
    if not names:
        return frozenset()
    found = {
        lot.id
        for lot in lots
        if names & {lot.id, lot.site, lot.resource or "", (lot.process or "").partition("+")[0]}
    }
    found |= {order.id for order in network.demand(first, days) if names & {order.id, order.site}}
    return frozenset(found)


def _gap(found: Plan, previous: Record) -> float:
    """The proven gap, with what the parts that stayed as they were may have lacked before."""
    worth, was, gap = found.objective, float(previous["objective"]), float(previous["gap"])
    if worth <= 0 or not gap < 1:
        return found.gap
    bound = worth / (1 - found.gap) + was * gap / (1 - gap)
    return (bound - worth) / bound


def _known_events(previous: Record) -> list[Event]:
    return list(Scenario.model_validate({"events": previous.get("events") or []}).events)


def _as_row(note: Note) -> dict[str, Any]:
    return {
        "code": note.code,
        "subject": note.subject,
        "sentence": note.sentence,
        "sentence_zh": note.sentence_zh,
    }
