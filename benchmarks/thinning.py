"""A network with a share of its hospitals, for measuring how the planner grows.

Kept is a hospital whose hash falls below the share: which ones are kept depends on their identifiers alone,
and a smaller network is part of every larger one. What a hospital makes itself goes or stays with it as it
is. What serves the hospitals is scaled by the same share, so that it is as scarce as in the whole:
activities, inputs, packages and costs of the batches of all other sites, and their stock. Machines,
positions, recipes, lanes, timetables and packages on departures stay as they are (a seat cannot be divided);
sections name only sites that are there.
"""

from __future__ import annotations

import hashlib
from typing import Any

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.network import Network


def thin(network: Network, share: float) -> Network:
    """``network`` with about ``share`` (0 to 1) of its hospitals."""
    if share >= 1:
        return network
    hospitals = {site.id for site in network.sites if site.kind == "hospital"}
    sites = [site for site in network.sites if site.id not in hospitals or position(site.id) < share]
    there = {site.id for site in sites}
    changed: dict[str, Any] = {
        "sites": sites,
        "resources": [row for row in network.resources if row.site in there],
        "processes": [
            row if row.site in hospitals else _scaled(row, share)
            for row in network.processes
            if row.site in there
        ],
        "lanes": [lane for lane in (_among(each, there) for each in network.lanes) if lane is not None],
        "stock": [
            row if row.site in hospitals else row.model_copy(update={"activity": row.activity * share})
            for row in network.stock
            if row.site in there
        ],
    }
    for section in ("roads", "approvals"):
        rows = getattr(network, section)
        changed[section] = [row for row in rows if {row.origin, row.destination} <= there]
    for section in ("vehicles", "orders", "standing_orders"):
        changed[section] = [row for row in getattr(network, section) if row.site in there]
    return network.with_rows(**changed)


def position(name: str) -> float:
    """Where a name falls between 0 and 1, the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) / 2**64


def _scaled(process: Any, share: float) -> Any:
    """A recipe with smaller batches."""
    smaller: dict[str, Any] = {"cost": process.cost * share}
    for name in ("activity_per_batch", "max_input"):
        if getattr(process, name) is not None:
            smaller[name] = getattr(process, name) * share
    if process.max_units is not None:
        smaller["max_units"] = max(1, round(process.max_units * share))
    return process.model_copy(update=smaller)


def _among(lane: Lane, there: set[str]) -> Lane | None:
    """A lane among the sites that are there."""
    ends = {
        name: [site for site in getattr(lane, name) if site == ANY_SITE or site in there]
        for name in ("origins", "destinations")
    }
    return lane.model_copy(update=ends) if ends["origins"] and ends["destinations"] else None
