"""Starts that a batch of a plan could have instead of its own, each with why it could not.

They are the starts of the same process, and of its equals on other resources of the site, that the calendar
gives within the days of the plan. A start is refused where nothing that the planner may decide could make it
possible: under an outage, in the past, where it is planned already, or where batches that are fixed (pinned
to start, or begun) take every position. Batches that are free to move are no refusal: they are named,
because the next plan must give them up or move them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from becq.chain.network import Network
from becq.chain.process import Process, Resource
from becq.errors import InputError
from becq.planning.lots import Lot, enumerate_lots

Record = Mapping[str, Any]
Reason = Literal["", "own", "outage", "past", "planned", "taken"]
PARTICULAR = frozenset(
    {"id", "name", "name_zh", "resource", "start_days", "start_times", "outages", "cost", "currency"}
)
"""Fields in which processes that are equal to each other may differ."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: times are seconds since the Unix epoch.

    :ivar reason: "" where the batch may be moved here, "own" for where it is.
    :ivar gives_way: batches of the plan, free to move, that leave no position for it.
    """

    batch: str
    process: str
    site: str
    resource: str | None
    product: str
    nuclide: str
    start: float
    eob: float
    release: float
    reason: Reason = ""
    sentence: str = ""
    sentence_zh: str = ""
    gives_way: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether a batch may be moved here."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Taken:
    """A position that is taken."""

    batch: str
    start: float
    until: float
    is_fixed: bool


def batch_starts(
    network: Network, plan: Record, batch: str, *, now: float, pins: Mapping[str, str] | None = None
) -> list[Start]:
    """Every start that ``batch`` could have, by time.

    :param plan: data of a plan, as ``Plan.as_dict`` gives it; of its network only sites, resources and
        processes are asked.
    :param batch: a batch of the plan, or one that ``pins`` have start.
    :param now: nothing starts before it (epoch seconds).
    :param pins: batch → "start" or "forbid", as they are to hold in the next plan.
    :raises InputError: there is no such batch, or it has begun.
    """
    pins = pins or {}
    process = network.process.get(batch.partition("@")[0])
    row = next((each for each in plan["batches"] if each["id"] == batch), None)
    if process is None or (row is None and pins.get(batch) != "start"):
        raise InputError(f"the plan has no batch {batch!r} that could be moved")
    if row is not None and _has_begun(row, now):
        raise InputError(f"batch {batch!r} has begun; it cannot be moved any more")
    equals = equal_processes(network, process)
    on = {each.resource for each in equals if each.resource}
    lots = _lots(network, [each for each in network.processes if each in equals or each.resource in on], plan)
    resources = {code: network.resource[code] for code in on}
    taken = {code: _taken(lots, resources[code], plan, pins, now, but=batch) for code in on}
    names = {each.id for each in equals}
    own = {each["id"] for each in plan["batches"]}
    found = []
    for lot in lots.values():
        if lot.process not in names:
            continue
        zone = network.site[lot.site].zone
        start = _judge(lot, _outage(plan, lot), lot.id == batch, own, pins, now, zone)
        if not start.reason and lot.resource in taken:
            start = _judge_positions(start, lot, resources[lot.resource], taken[lot.resource])
        found.append(start)
    return sorted(found, key=lambda each: (each.start, each.resource or "", each.batch))


def equal_processes(network: Network, process: Process) -> list[Process]:
    """Processes of the site that make the same in the same way, on resources of one kind; itself first."""
    kind = network.resource[process.resource].kind if process.resource else None
    content = _content(process)
    others = [
        each
        for each in network.processes
        if each is not process
        and each.site == process.site
        and (network.resource[each.resource].kind if each.resource else None) == kind
        and _content(each) == content
    ]
    return [process, *others]


def _content(process: Process) -> dict[str, Any]:
    return process.model_dump(exclude={*PARTICULAR, "source", "assumption"})


def planned_starts(network: Network, plan: Record, batches: Iterable[str]) -> dict[str, Start]:
    """Those of ``batches`` that the calendar knows, whether the plan has them or not."""
    wanted = set(batches)
    names = {batch.partition("@")[0] for batch in wanted}
    lots = _lots(network, [each for each in network.processes if each.id in names], plan)
    return {name: _start(lots[name]) for name in wanted if name in lots}


def _lots(network: Network, processes: list[Process], plan: Record) -> dict[str, Lot]:
    first = datetime.fromisoformat(plan["from"]).astimezone(network.zone).date()
    last = datetime.fromisoformat(plan["to"]).astimezone(network.zone).date()
    few = network.with_rows(processes=processes, stock=[])
    return {lot.id: lot for lot in enumerate_lots(few, first, _days(first, last))}


def _days(first: date, end: date) -> int:
    return max(1, (end - first).days)


def _outage(plan: Record, lot: Lot) -> Record | None:
    """An outage of its resource that the plan knows of: one made for an event knows more than the network."""
    until = max(lot.busy_until, lot.start + 1.0)
    drawn = next((row["outages"] for row in plan.get("resources", ()) if row["id"] == lot.resource), ())
    for outage in drawn:
        if _seconds(outage["start"]) < until and lot.start < _seconds(outage["end"]):
            return dict(outage)
    return None


def _taken(
    lots: Mapping[str, Lot],
    resource: Resource,
    plan: Record,
    pins: Mapping[str, str],
    now: float,
    *,
    but: str,
) -> list[_Taken]:
    """Positions that the next plan finds taken: by what is planned and not forbidden, and by pins."""
    found = []
    planned = {row["id"]: row for row in plan["batches"] if row["resource"] == resource.id}
    for name, row in planned.items():
        if name == but or pins.get(name) == "forbid" or row.get("state") == "lost":
            continue
        start, eob = _seconds(row["start"]), _seconds(row["eob"])
        lot = lots.get(name)
        until = lot.busy_until + (eob - lot.eob) if lot else eob + resource.changeover
        found.append(_Taken(name, start, until, _has_begun(row, now) or pins.get(name) == "start"))
    for name, what in pins.items():
        lot = lots.get(name)
        if what == "start" and lot and lot.resource == resource.id and name not in planned and name != but:
            found.append(_Taken(name, lot.start, lot.busy_until, True))
    return found


def _judge(
    lot: Lot,
    outage: Record | None,
    is_own: bool,
    planned: set[str],
    pins: Mapping[str, str],
    now: float,
    zone: ZoneInfo,
) -> Start:
    if is_own:
        return _start(lot, "own", "It is here now.", "现在的位置。")
    at = _clock(lot.start, zone)
    if lot.start < now:
        return _start(lot, "past", f"{at} is over.", f"{at}已过。")
    reason = lot.outage or (outage["reason"] if outage else "")
    reason_zh = lot.outage_zh or (outage.get("reason_zh") if outage else "") or reason
    if lot.outage is not None or outage is not None:
        return _start(
            lot,
            "outage",
            f"A batch started {at} would fall into an outage: {reason}.",
            f"{at}开始的批次将遇停运：{reason_zh}。",
        )
    if (lot.id in planned and pins.get(lot.id) != "forbid") or pins.get(lot.id) == "start":
        return _start(
            lot, "planned", f"A batch that starts {at} is planned already.", f"{at}开始的批次已在计划中。"
        )
    return _start(lot)


def _judge_positions(start: Start, lot: Lot, resource: Resource, taken: list[_Taken]) -> Start:
    until = max(lot.busy_until, lot.start + 1.0)
    meets = [each for each in taken if each.start < until and lot.start < max(each.until, each.start + 1.0)]
    fixed = [each for each in meets if each.is_fixed]
    if _most(fixed, lot.start) >= resource.positions:
        names = ", ".join(sorted(each.batch for each in fixed)[:3])
        return _start(
            lot,
            "taken",
            f"Every position of {resource.name} is taken by batches that are pinned or have begun ({names}).",
            f"{resource.name_zh}的所有位置已被固定或已开始的批次占用（{names}）。",
        )
    if _most(meets, lot.start) >= resource.positions:
        free = tuple(sorted(each.batch for each in meets if not each.is_fixed))
        return _start(lot, gives_way=free)
    return start


def _most(taken: list[_Taken], begin: float) -> int:
    """Most of them that are under way at one moment from ``begin`` on."""
    moments = [begin, *(each.start for each in taken if each.start > begin)]
    return max(sum(each.start <= at < max(each.until, each.start + 1.0) for each in taken) for at in moments)


def _has_begun(row: Record, now: float) -> bool:
    return row.get("state", "planned") != "planned" or _seconds(row["start"]) < now


def _start(
    lot: Lot, reason: Reason = "", sentence: str = "", sentence_zh: str = "", gives_way: tuple[str, ...] = ()
) -> Start:
    return Start(
        batch=lot.id,
        process=lot.process or "",
        site=lot.site,
        resource=lot.resource,
        product=lot.product,
        nuclide=lot.nuclide,
        start=lot.start,
        eob=lot.eob,
        release=lot.release,
        reason=reason,
        sentence=sentence,
        sentence_zh=sentence_zh,
        gives_way=gives_way,
    )


def _clock(seconds: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(seconds, zone):%m-%d %H:%M}"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
