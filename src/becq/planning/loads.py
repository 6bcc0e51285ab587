"""How far a plan uses its resources: hours that positions are taken, of the hours that they could be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from becq.chain.network import Network
from becq.planning.lots import CELLS

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """One resource over the days of a plan: position hours taken and available (outages taken off)."""

    resource: str
    batches: int
    taken_h: float
    available_h: float

    @property
    def share(self) -> float:
        """Taken of available, 0 where there is nothing to take."""
        return self.taken_h / self.available_h if self.available_h > 0 else 0.0


def resource_loads(network: Network, plan: Record) -> dict[str, Load]:
    """Resource → its load. A machine is taken to EOB, a cell or a line until its processing ends."""
    begin, end = _seconds(plan["from"]), _seconds(plan["to"])
    taken: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for row in plan["batches"]:
        resource = network.resource.get(row["resource"] or "")
        if resource is None:
            continue
        until = _seconds(row["eob"])
        process = network.process.get(row["process"])
        if resource.kind in CELLS and process is not None:
            until += process.processing_time
        until += resource.changeover
        count[resource.id] += 1
        taken[resource.id] += max(0.0, min(until, end) - max(_seconds(row["start"]), begin))
    found = {}
    for resource in network.resources:
        spans = sorted(
            (max(network.instant(o.start).timestamp(), begin), min(network.instant(o.end).timestamp(), end))
            for o in resource.outages
        )
        down, reached = 0.0, begin
        for start, stop in spans:
            down += max(0.0, stop - max(start, reached))
            reached = max(reached, stop)
        hours = resource.positions * (end - begin - down) / 3600.0
        found[resource.id] = Load(
            resource.id, count[resource.id], taken[resource.id] / 3600.0, max(0.0, hours)
        )
    return found


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
