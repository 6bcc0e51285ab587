"""Batches moved by a planner: where they may start, and the pins that move them in the next plan.

A move is two pins: the batch must start at the new time, and must not at the old one. The plan itself does
not change; ``services.replan`` makes the next one. Positions, calendars and outages are those of the network
as it is now, because the next plan is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from becq.chain.network import Network
from becq.errors import ConflictError, InputError
from becq.planning.starts import Start, batch_starts, planned_starts
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.network import selectors as networks
from becq.platform.plans import services
from becq.platform.plans.models import PlanRun, RunStatus


class RefusedStartError(ConflictError):
    """A batch may not be moved there; ``start`` says why in both languages."""

    def __init__(self, start: Start) -> None:
        super().__init__(start.sentence)
        self.start = start


@dataclass(frozen=True, slots=True)
class Pending:
    """A change of pins that no plan has yet.

    :ivar kind: move, start, forbid, free (a pin taken away), keep, refuse.
    :ivar batch: what it is about: a batch, or an order.
    :ivar to: of a move, the batch that is to start instead.
    """

    kind: str
    batch: str
    to: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every batch or order whose pin it changes."""
        return (self.batch, self.to) if self.to else (self.batch,)


def starts_of(viewer: User, run: PlanRun, batch: str) -> list[Start]:
    """Every start that the batch could have in the next plan.

    :raises InputError: the plan has no such batch, or it has begun.
    """
    services.require_coordinator(viewer, "plan.run")
    return batch_starts(
        _makers(viewer),
        _result(run),
        batch,
        now=clock.now().timestamp(),
        pins=run.draft_pins.get("batches", {}),
    )


def move_batch(actor: User, run: PlanRun, batch: str, to: str) -> PlanRun:
    """Pin ``batch`` to start as ``to`` instead.

    :raises RefusedStartError: its calendar, an outage or fixed batches do not allow it.
    :raises InputError: no batch of the plan, or no start of its process.
    """
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        found = next((each for each in starts_of(actor, run, batch) if each.batch == to), None)
        if found is None:
            raise InputError(f"Batch {batch} has no start {to}: its calendar knows none")
        pins = dict(run.draft_pins.get("batches", {}))
        planned = {row["id"] for row in _result(run)["batches"]}
        if found.reason == "own":
            pins[batch] = "start"
        elif not found.is_allowed:
            raise RefusedStartError(found)
        else:
            _move(pins, planned, batch, to)
        return services.set_pins(actor, run, {**run.draft_pins, "batches": pins})


def _move(pins: dict[str, str], planned: set[str], batch: str, to: str) -> None:
    """Where it was planned it must not start; where it only was to be moved, it simply is no more."""
    pins.pop(batch, None)
    if batch in planned:
        pins[batch] = "forbid"
    if to in planned:
        pins.pop(to, None)  # back to where the plan has it
    else:
        pins[to] = "start"


def set_batch_pins(actor: User, run: PlanRun, pins: Mapping[str, str | None]) -> PlanRun:
    """Give batches these pins; None takes one away.

    :raises InputError: a batch has begun, or the calendar knows no such start.
    """
    services.require_coordinator(actor, "plan.run")
    now = clock.now().timestamp()
    known = planned_starts(_makers(actor), _result(run), [name for name, what in pins.items() if what])
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        kept = dict(run.draft_pins.get("batches", {}))
        for name, what in pins.items():
            kept.pop(name, None)
            if what is None:
                continue
            if name not in known or known[name].start < now:
                raise InputError(
                    f"Batch {name} cannot be pinned: it has begun, or its calendar has no such start"
                )
            kept[name] = what
        return services.set_pins(actor, run, {**run.draft_pins, "batches": kept})


def undo(actor: User, run: PlanRun, names: Iterable[str]) -> PlanRun:
    """Give batches and orders the pins back that the plan was made with."""
    services.require_coordinator(actor, "plan.run")
    with transaction.atomic():
        run = PlanRun.objects.select_for_update().get(pk=run.pk)
        draft: dict[str, dict[str, Any]] = {}
        for part in ("batches", "deliveries"):
            draft[part] = dict(run.draft_pins.get(part, {}))
            for name in names:
                draft[part].pop(name, None)
                if name in run.pins.get(part, {}):
                    draft[part][name] = run.pins[part][name]
        return services.set_pins(actor, run, draft)


def pending(viewer: User, run: PlanRun) -> tuple[list[Pending], dict[str, Start]]:
    """Changes of pins since the plan was made, moves as one; and the starts that the plan does not have."""
    services.require_coordinator(viewer, "plan.run")
    changed = _changed(run, "batches")
    planned = {row["id"]: row for row in _result(run)["batches"]}
    away = [name for name, what in changed.items() if what == "forbid" and name in planned]
    new = [
        name
        for name, what in run.draft_pins.get("batches", {}).items()
        if what == "start" and name not in planned
    ]
    starts = planned_starts(_makers(viewer), _result(run), new) if new else {}
    found: list[Pending] = []
    for name in sorted(set(new) & changed.keys()):
        whence = _whence(starts.get(name), [planned[each] for each in away])
        found.append(Pending("move" if whence else "start", whence or name, name if whence else ""))
        if whence:
            away.remove(whence)
    told = {name for each in found for name in each.names}
    found += [Pending(what or "free", name) for name, what in sorted(changed.items()) if name not in told]
    unset = object()
    then, draft = run.pins.get("deliveries", {}), run.draft_pins.get("deliveries", {})
    for order in sorted({*then, *draft}):
        if then.get(order, unset) != draft.get(order, unset):
            kind = "free" if order not in draft else "refuse" if draft[order] is None else "keep"
            found.append(Pending(kind, order))
    return found, starts


def _changed(run: PlanRun, part: str) -> dict[str, Any]:
    """Name → its pin now (None where it has none), where it is not as it was."""
    then, draft = run.pins.get(part, {}), run.draft_pins.get(part, {})
    return {name: draft.get(name) for name in {*then, *draft} if then.get(name) != draft.get(name)}


def _whence(start: Start | None, away: list[Mapping[str, Any]]) -> str:
    """The batch that was moved here: of its product and site, of its own process rather than another."""
    if start is None:
        return ""
    same = [row for row in away if row["site"] == start.site and row["product"] == start.product]
    same.sort(key=lambda row: (row["process"] != start.process, row["id"]))
    return str(same[0]["id"]) if same else ""


def _makers(viewer: User) -> Network:
    """Sites, machines and processes of the network: all that a calendar needs."""
    head = networks.network_head(viewer)
    rows = {
        "sites": networks.site_rows(viewer),
        "products": networks.products(viewer),
        "resources": networks.resources(viewer),
        "processes": networks.processes(viewer),
    }
    return head.model_copy(update=rows)


def _result(run: PlanRun) -> dict[str, Any]:
    if run.status != RunStatus.DONE or run.result is None:
        raise ConflictError(f"Plan {run.code} is {run.status}; only a finished plan is pinned")
    found: dict[str, Any] = run.result
    return found
