"""Networks changed a little, for what-ifs: other limits, slots, outages; and what a plan has a site hold."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import TypeVar

from becq.chain.network import Network
from becq.chain.process import Outage, Process, Resource
from becq.chain.site import Licence, LicensedNuclide
from becq.physics.nuclides import nuclide
from becq.planning.possession import USE_HOLD_S
from becq.planning.situation import Record

EVERY_HOUR = [time(hour) for hour in range(24)]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Standing = TypeVar("Standing", Resource, Process)


def with_limits(network: Network, limits: Mapping[tuple[str, str], float]) -> Network:
    """The network with possession limits (site, nuclide) → Bq, where need be with the licence itself."""
    sites = []
    for site in network.sites:
        mine = {name: bq for (code, name), bq in limits.items() if code == site.id}
        if mine:
            licence = site.licence or Licence(scope=["use"])
            rows = [row for row in licence.nuclides if row.nuclide not in mine]
            rows += [
                LicensedNuclide.model_construct(nuclide=n, possession_limit=bq) for n, bq in mine.items()
            ]
            changed = licence.model_copy(update={"nuclides": rows, "valid_until": None})
            site = site.model_copy(update={"licence": changed})
        sites.append(site)
    return network.with_rows(sites=sites)


def without_outages(row: Standing, hit: Sequence[tuple[str, Outage]]) -> Standing:
    """A resource or process without those of its outages that are in ``hit`` (identifier, outage)."""
    gone = [outage for name, outage in hit if name == row.id]
    left = [outage for outage in row.outages if not any(outage is each for each in gone)]
    return row.model_copy(update={"outages": left})


def at_any_hour(process: Process) -> Process:
    """The process as if a batch could start at every full hour of every day."""
    times = sorted({*process.start_times, *EVERY_HOUR})
    return process.model_copy(update={"start_times": times, "start_days": DAYS})


def with_slots(process: Process, slots: Sequence[datetime]) -> Iterator[Process]:
    """The process, and a copy of itself for each slot that its calendar does not have."""
    yield process
    for number, slot in enumerate(slots, start=1):
        day = DAYS[slot.weekday()]
        if day not in process.start_days or slot.time() not in process.start_times:
            yield process.model_copy(
                update={"id": f"{process.id}+{number}", "start_days": [day], "start_times": [slot.time()]}
            )


def held_peaks(network: Network, plan: Record) -> dict[tuple[str, str], float]:
    """(site, nuclide) → most that is held of what a plan brings there and of the stock, in Bq.

    Counted as the planner counts: doses until a day after their calibration, generators until they expire,
    inputs until the batch that takes them starts.
    """
    stays: dict[tuple[str, str], list[tuple[float, float, float, float]]] = defaultdict(list)
    batches = {row["id"]: row for row in plan["batches"]}
    for row in (*plan["deliveries"], *plan["supplies"]):
        if not row["legs"]:
            continue
        arrive, reference = _seconds(row["arrive"]), _seconds(row["reference_time"])
        until = reference + USE_HOLD_S
        if row["order"] in batches:
            until = _seconds(batches[row["order"]]["start"])
        elif network.product[row["product"]].kind == "generator":
            until = _seconds(batches[row["lot"]]["expires"])
        stays[row["to"], row["nuclide"]].append((arrive, until, reference, row["activity_bq"]))
    for lot in network.stock:
        product = network.product[lot.product]
        at = network.instant(lot.reference_time).timestamp()
        end = network.instant(lot.expires).timestamp() if lot.expires else at + product.shelf_life
        if (lot.site, product.nuclide) in stays:
            stays[lot.site, product.nuclide].append((-math.inf, end, at, lot.activity))
    found = {}
    for (site, name), rows in stays.items():
        rate = nuclide(name).decay_const
        found[site, name] = max(
            sum(
                activity * math.exp(-rate * (moment - reference))
                for arrive, until, reference, activity in rows
                if arrive <= moment < until
            )
            for moment, *_ in rows
            if math.isfinite(moment)
        )
    return found


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
