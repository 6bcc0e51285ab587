"""A plan before the rules: what it would have every site hold, and what it would hand over.

The plan's own moves, together with the opening stock of the network, give the activity of each nuclide on
each site at every moment; its highest value of a day is judged against the licence. Doses count until a day
after their calibration, generators until they expire, the inputs of a conversion until its product is
released. Handled is what a hospital uses on the day of its calibration and what is eluted, labelled or filled
on the day of its release. Transfers are the deliveries
between holders, set against the transfer approvals of the network.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from becq.chain.network import Network
from becq.chain.process import CONVERTING, CREATING
from becq.chain.site import TRANSIT_KINDS, Site
from becq.physics import decay_data
from becq.planning.plan import Plan
from becq.planning.possession import USE_HOLD_S
from becq.rules.holding import Row, holding, is_judged, operations, table, use, workplaces
from becq.rules.transfer import by_way, find_approval, transfer

Record = Mapping[str, Any]
HANDLING = CONVERTING | {"generator_elution"}
"""Kinds of batches that people handle in a workplace; targets in a machine are not."""


@dataclass(frozen=True, slots=True)
class Change:
    """What comes to a site (or, below zero, leaves it) at a moment: epoch seconds, Bq at that moment."""

    at: float
    activity_bq: float


def plan_facts(plan: Plan | Record, network: Network) -> dict[str, pl.DataFrame]:
    """The facts of a plan for the rules: subjects holding, operation, workplace, use and transfer.

    :param plan: a plan, or its data as ``Plan.as_dict`` gives it.
    """
    data = plan.as_dict() if isinstance(plan, Plan) else plan
    return {
        "holding": table("holding", _holdings(data, network)),
        "operation": table("operation", _handled(data, network, operations)),
        "workplace": table("workplace", _handled(data, network, workplaces)),
        "use": table("use", _uses(data, network)),
        "transfer": table("transfer", _transfers(data, network)),
    }


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _holdings(plan: Record, network: Network) -> Iterator[Row]:
    for site, nuclide, day, peak_bq in daily_holdings(plan, network):
        yield holding(site, nuclide, day, peak_bq)


def daily_holdings(plan: Record, network: Network) -> Iterator[tuple[Site, str, date, float]]:
    """The most of each nuclide that a plan has each site hold on each of its days: site, nuclide, day, Bq.

    Sites whose holdings no rule judges are left out.
    """
    changes: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for where, nuclide, change in _changes(plan, network):
        changes[where, nuclide].append(change)
    first = datetime.fromisoformat(plan["from"]).date()
    for (code, nuclide), found in sorted(changes.items()):
        site = network.site[code]
        if not is_judged(site):
            continue
        for day, peak_bq in daily_peaks(found, nuclide, first, plan["days"], site):
            yield site, nuclide, day, peak_bq


def daily_peaks(
    changes: list[Change], nuclide: str, first: date, days: int, site: Site
) -> Iterator[tuple[date, float]]:
    """The highest activity of each of ``days`` days from ``first``, in the zone of the site, in Bq.

    Between changes activity only decays, so that the highest value of a day is at its beginning or just after
    something came in. What leaves at a moment leaves before what comes.
    """
    rate = decay_data.decay_const(nuclide)
    ordered = sorted(changes, key=lambda change: (change.at, change.activity_bq))
    at, held, place = -math.inf, 0.0, 0
    for offset in range(days):
        day = first + timedelta(days=offset)
        start = datetime.combine(day, datetime.min.time(), site.zone).timestamp()
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), site.zone).timestamp()
        peak = held * math.exp(-rate * (start - at)) if math.isfinite(at) else 0.0
        while place < len(ordered) and ordered[place].at < end:
            change = ordered[place]
            kept = held * math.exp(-rate * (change.at - at)) if math.isfinite(at) else 0.0
            at, held, place = change.at, kept + change.activity_bq, place + 1
            now = held if at >= start else held * math.exp(-rate * (start - at))
            peak = max(peak, now) if at >= start else now
        yield day, max(peak, 0.0)


def _changes(plan: Record, network: Network) -> Iterator[tuple[str, str, Change]]:
    """Everything that changes what a site holds: (site, nuclide, change)."""
    batches = {row["id"]: row for row in plan["batches"]}
    sent: dict[str, list[Change]] = defaultdict(list)
    for row in (*plan["deliveries"], *plan["supplies"]):
        sent[row["lot"]].append(Change(_seconds(row["depart"]), row["activity_depart_bq"]))
        arrive, until = _seconds(row["arrive"]), _held_until(row, batches, network)
        for change in _stay(row["nuclide"], arrive, row["activity_arrive_bq"], until, []):
            yield row["to"], row["nuclide"], change
    for lot in network.stock:
        product = network.product[lot.product]
        since = network.instant(lot.reference_time).timestamp()
        until = network.instant(lot.expires).timestamp() if lot.expires else since + product.shelf_life
        for change in _stay(product.nuclide, since, lot.activity, until, sent[lot.id]):
            yield lot.site, product.nuclide, change
    for row in batches.values():
        if row["kind"] == "stock":
            continue
        release, expires = _seconds(row["release"]), _seconds(row["expires"])
        for change in _stay(row["nuclide"], release, row["activity_bq"], expires, sent[row["id"]]):
            yield row["site"], row["nuclide"], change
        if row["kind"] in CREATING and row["activity_eob_bq"]:
            eob = _seconds(row["eob"])
            for change in _stay(row["nuclide"], eob, row["activity_eob_bq"], release, []):
                yield row["site"], row["nuclide"], change


def _stay(
    nuclide: str, since: float, activity_bq: float, until: float, sent: list[Change]
) -> Iterator[Change]:
    """Comes at ``since``, leaves in parts, and what is left by then is gone at ``until``."""
    rate = decay_data.decay_const(nuclide)
    until = max(until, since, *(change.at for change in sent)) if sent else max(until, since)
    left = activity_bq * math.exp(-rate * (until - since))
    yield Change(since, activity_bq)
    for change in sent:
        yield Change(change.at, -change.activity_bq)
        left -= change.activity_bq * math.exp(-rate * (until - change.at))
    yield Change(until, -left)


def _held_until(row: Record, batches: Mapping[str, Record], network: Network) -> float:
    """Until when the receiver of a delivery or supply holds it."""
    batch = batches.get(row["order"])
    if batch is not None:
        return _seconds(batch["release"])
    source = batches[row["lot"]]
    if network.product[row["product"]].kind == "generator":
        return _seconds(source["expires"])
    return _seconds(row["reference_time"]) + USE_HOLD_S


def _handled(
    plan: Record, network: Network, judge: Callable[[Site, date, Mapping[str, float]], Iterator[Row]]
) -> Iterator[Row]:
    """What ``judge`` makes of every day on which a site handles something."""
    handled: dict[tuple[str, date], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    made = [(row["site"], row) for row in plan["batches"] if row["kind"] in HANDLING]
    used = [
        (row["to"], row)
        for row in plan["deliveries"]
        if network.site[row["to"]].kind == "hospital"
        and network.product[row["product"]].kind != "generator"
        and row["from"] != row["to"]  # what is eluted where it is used was handled once
    ]
    for code, row in made + used:
        day = datetime.fromisoformat(row["reference_time"]).astimezone(network.site[code].zone).date()
        handled[code, day][row["nuclide"]] += row["activity_bq"]
    for (code, day), operated_bq in sorted(handled.items()):
        yield from judge(network.site[code], day, operated_bq)


def _uses(plan: Record, network: Network) -> Iterator[Row]:
    """Each product that a hospital uses on a day, its own apart; of a generator the daughter eluted."""
    used: dict[tuple[str, str, date, bool], float] = defaultdict(float)
    for row in plan["deliveries"]:
        site = network.site[row["to"]]
        if site.kind == "hospital":
            day = datetime.fromisoformat(row["reference_time"]).astimezone(site.zone).date()
            used[site.id, row["product"], day, row["from"] == row["to"]] += row["activity_bq"]
    for (code, name, day, here), activity_bq in sorted(used.items()):
        product = network.product[name]
        nuclide = product.daughter or product.nuclide
        yield use(network.site[code], name, nuclide, day, activity_bq, prepared_here=here)


def _transfers(plan: Record, network: Network) -> Iterator[Row]:
    so_far: dict[str, float] = defaultdict(float)
    came = {row["order"]: row for row in plan["supplies"]}
    approved = by_way(network.approvals)
    rows = sorted((*plan["deliveries"], *plan["supplies"]), key=lambda row: (row["arrive"], row["id"]))
    for row in rows:
        sender, receiver = network.site[row["from"]], network.site[row["to"]]
        lot = row["lot"]
        while sender.kind in TRANSIT_KINDS and lot in came:  # a package that had to wait for another flight
            sender, lot = network.site[came[lot]["from"]], came[lot]["lot"]
        if receiver.kind in TRANSIT_KINDS or holder(sender) == holder(receiver):
            continue
        product = network.product[row["product"]]
        day = datetime.fromisoformat(row["arrive"]).astimezone(receiver.zone).date()
        way = sender.id, receiver.id, row["nuclide"]
        approval = find_approval(approved.get(way, ()), *way, day)
        if approval is not None:
            so_far[approval.id] += row["activity_depart_bq"]
        yield transfer(
            sender,
            receiver,
            row["nuclide"],
            day,
            row["activity_depart_bq"],
            approval=approval,
            approvals_known=bool(network.approvals),
            transferred_bq=so_far[approval.id] if approval is not None else None,
            radiopharmaceutical=product.kind != "bulk",
            label=row["id"],
        )


def holder(site: Site) -> str:
    """Who holds the licence of a site: the organisation, or the site itself where none is named."""
    return site.organisation or site.id
