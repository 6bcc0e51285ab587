"""What of a plan has happened by a moment, move by move in the order of time.

A move that the plan dates before now has been made unless it cannot have been: then it is void, and a note
says why. What depends on a void move is void too, so that the frozen part of a plan is one that can be.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from becq.chain.network import Network
from becq.chain.process import Outage
from becq.errors import InputError
from becq.physics.quantities import format_activity, format_duration
from becq.planning.events import Event, FailedBatch
from becq.planning.lots import CELLS, Lot
from becq.planning.situation import Free, Note, Record, Situation

REL = 1e-6
OUTSIDE = ("stock", "free")
"""Kinds of batch rows that nobody starts."""


def read_situation(
    network: Network, plan: Record, lots: Sequence[Lot], events: Sequence[Event], now: float
) -> Situation:
    """What of ``plan`` has happened by ``now``.

    ``network`` is amended already and ``lots`` are those that it may have. Raises InputError where the plan
    is of another network, where a batch failed that cannot have begun, and where more has left a batch than
    was measured in it.
    """
    found = Situation(now, network, list(events))
    nominal = {lot.id: lot for lot in lots}
    failed = {event.batch: event for event in events if isinstance(event, FailedBatch)}
    judge = _Judge(found, plan, nominal.keys())
    for row in sorted(plan["batches"], key=lambda row: (_seconds(row["start"]), row["id"])):
        if row["kind"] in OUTSIDE:
            continue
        if row["id"] not in nominal:
            raise InputError(
                f"the network has no batch {row['id']} of this plan; give the plan's own network"
            )
        lot = delay(found, nominal[row["id"]])
        if lot.start < now:
            _begin(found, judge, lot, failed.get(lot.id), _lost_before(plan, row))
    for row in judge.sends:
        if _seconds(row["depart"]) < now:
            judge.place(row)
    found.void = judge.void
    _weigh(found)
    return found


def _lost_before(plan: Record, row: Record) -> tuple[str, str] | None:
    """Why a batch was lost already when the plan was made."""
    if row.get("state") != "lost":
        return None
    for note in plan.get("notes") or []:
        if note["code"] == "lost" and note["subject"] == row["id"]:
            head, head_zh = f"{row['id']} is lost: ", f"{row['id']}报废："
            why, why_zh = note["sentence"].removeprefix(head), note["sentence_zh"].removeprefix(head_zh)
            return why.rstrip("."), why_zh.rstrip("。")
    return "it was lost before", "此前已报废"


def _begin(
    found: Situation,
    judge: _Judge,
    lot: Lot,
    failure: FailedBatch | None,
    lost_before: tuple[str, str] | None,
) -> None:
    feeds = judge.feeds(lot)
    prevented = None
    if lost_before is None:
        prevented = _outage_at_start(found, lot) or _position_taken(found, lot) or judge.missing(feeds)
    if prevented is not None:
        note = Note(
            "not_begun",
            lot.id,
            f"{lot.id} has not begun as planned: {prevented[0]}.",
            f"{lot.id}未按计划开始：{prevented[1]}。",
        )
        if failure is not None:
            raise InputError(f"{lot.id} cannot have failed: {prevented[0]}")
        found.notes.append(note)
        judge.not_begun[lot.id] = note
        return
    lost = lost_before or _loss(found, lot, failure) or judge.spoilt(feeds)
    if lost is not None:
        note = Note("lost", lot.id, f"{lot.id} is lost: {lost[0]}.", f"{lot.id}报废：{lost[1]}。")
        found.notes.append(note)
        found.dead[lot.id] = note
        lot = replace(lot, supply_bq=math.inf if lot.converts or lot.elutes else 0.0, expires=lot.start)
        found.eluate_bq |= {lot.id: 0.0} if lot.elutes else {}
    elif (measured := found.measured_bq(lot.id)) is not None:
        lot = _measured(found, lot, measured, [row for row in feeds if row["order"] == lot.id])
    found.begun[lot.id] = replace(lot, outage=None, outage_zh=None)


class _Judge:
    """Decides of each delivery and supply whether it left."""

    def __init__(self, found: Situation, plan: Record, lots: Iterable[str]) -> None:
        self.found, self.lots = found, frozenset(lots)
        self.sends: list[Record] = [*plan["deliveries"], *plan["supplies"]]
        self.batches = {row["id"]: row for row in plan["batches"]}
        self.not_begun: dict[str, Note] = {}
        self.void: dict[str, Note] = {}
        self.of: dict[str, list[Record]] = {}
        self.came: dict[str, Record] = {}
        """Package whose use was open → what brought it where it is."""
        for row in self.sends:
            self.of.setdefault(row["order"], []).append(row)
            if self.batches.get(row["order"], row).get("kind") == "free":
                self.came[row["order"]] = row

    def feeds(self, lot: Lot) -> list[Record]:
        """What the plan would have brought for a batch before it starts."""
        found = list(self.of.get(lot.id, []))
        if lot.elutes:
            there = self.of.get(f"{lot.site}:{lot.input_product}", [])
            found += [row for row in there if _seconds(row["arrive"]) <= lot.start]
        return found

    def missing(self, feeds: Iterable[Record]) -> tuple[str, str] | None:
        """Why a batch cannot have begun, if something that it takes did not come."""
        for row in feeds:
            if self._source(row) in self.found.dead:
                continue
            why = self.stays(row)
            if why is not None:
                return f"its input from {row['lot']} did not come", f"来自{row['lot']}的原料未到"
            if self._grounded(row) is not None:
                return f"its input from {row['lot']} lies at an airport", f"来自{row['lot']}的原料滞留在途"
        return None

    def spoilt(self, feeds: Iterable[Record]) -> tuple[str, str] | None:
        """Why a batch is lost, if something that it took is."""
        for row in feeds:
            if self._source(row) in self.found.dead:
                return f"it took from {row['lot']}", f"其原料来自{row['lot']}"
        return None

    def stays(self, row: Record) -> Note | None:
        """Why a send that the plan dates before now did not leave, or None where it did."""
        lot = row["lot"]
        if lot in self.came:
            return self.stays(self.came[lot])
        if lot in self.not_begun:
            return self.not_begun[lot]
        if lot in self.found.dead:
            return self.found.dead[lot]
        source = self.found.begun.get(lot)
        needed = _seconds(row["depart"])
        if not row["legs"] and row["order"] in self.batches:
            needed = _seconds(self.batches[row["order"]]["start"])  # handed over on the site, until then
        if source is not None and source.release > needed + 1.0:
            by = format_duration(source.release - _seconds(self.batches[lot]["release"]))
            return Note(
                "late", lot, f"{lot} is released {by} later than planned.", f"{lot}比计划晚{by}放行。"
            )
        if self._grounded(row) == 0:
            return self._cancelled(row, 0)
        return None

    def _source(self, row: Record) -> str:
        """The batch that goods come from, whatever package they came in."""
        lot = str(row["lot"])
        while lot in self.came:
            lot = str(self.came[lot]["lot"])
        return lot

    def place(self, row: Record) -> None:
        """Put a send dated before now where it belongs: void, left, or left and free to be used."""
        found = self.found
        why = self.stays(row)
        if why is not None:
            self.void[row["id"]] = why
            return
        source = found.begun.get(row["lot"])
        is_input = row["order"] in self.batches or row["order"] in self.lots
        waits = is_input and row["order"] not in found.begun
        if not row["legs"] and (waits or (source is not None and source.release >= found.now)):
            return  # it is still where it was made
        at = self._grounded(row)
        if at is not None:
            found.notes.append(self._cancelled(row, at))
            hub = row["legs"][at]["from"]
            self._release(f"{row['id']}@{hub}", row, at, hub, row["legs"][at - 1]["end"])
        elif self.batches.get(row["order"], row).get("kind") == "free":
            self._release(row["order"], row, len(row["legs"]), row["to"], row["arrive"])
        elif waits:
            self._release(f"{row['id']}@{row['to']}", row, len(row["legs"]), row["to"], row["arrive"])
        else:
            found.left.append(row)

    def _release(self, name: str, row: Record, legs: int, site: str, arrive: str) -> None:
        self.found.free.append(Free(name, row, legs, site, _seconds(arrive)))

    def _grounded(self, row: Record) -> int | None:
        """The first leg of a send whose departure is cancelled."""
        for number, leg in enumerate(row["legs"]):
            if "leaves" in leg and self.found.cancels(
                leg["lane"], leg["from"], leg["to"], _seconds(leg["leaves"])
            ):
                return number
        return None

    def _cancelled(self, row: Record, at: int) -> Note:
        leg = row["legs"][at]
        zone = self.found.network.site[leg["from"]].zone
        when = f"{datetime.fromtimestamp(_seconds(leg['leaves']), zone):%m-%d %H:%M}"
        return Note(
            "cancelled",
            row["order"],
            f"The package for {row['order']} lies at {leg['from']}: {leg['lane']} of {when} is cancelled.",
            f"{row['order']}的货包滞留在{leg['from']}：{when}的{leg['lane']}班次取消。",
        )


def delay(found: Situation, lot: Lot) -> Lot:
    """A batch with its times and supply after all delays that are known of it."""
    for stage, by in found.late_by(lot.id):
        decay = math.exp(-lot.decay_const * by)
        if stage == "release":
            resource = found.network.resource.get(lot.resource or "")
            in_cell = resource is not None and resource.kind in CELLS
            lot = replace(
                lot,
                release=lot.release + by,
                busy_until=lot.busy_until + (by if in_cell else 0.0),
                supply_bq=lot.supply_bq * decay,
                input_factor=lot.input_factor * decay,
                specific_activity_bq_g=_scaled(lot.specific_activity_bq_g, decay),
            )
        else:
            lot = replace(
                lot,
                start=lot.start + (by if stage == "start" else 0.0),
                eob=lot.eob + by,
                release=lot.release + by,
                busy_until=lot.busy_until + by,
                expires=lot.expires + by,
                # what went in decays for longer; what a machine makes is there at its EOB
                input_factor=lot.input_factor * (decay if stage == "eob" else 1.0),
            )
    return lot


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _measured(found: Situation, lot: Lot, eob_bq: float, inputs: Sequence[Record]) -> Lot:
    """A batch with what was measured at EOB in the place of what was expected."""
    process = found.network.process[lot.process or ""]
    at_release = eob_bq * process.processing_yield * math.exp(-lot.decay_const * (lot.release - lot.eob))
    if lot.elutes:
        found.eluate_bq[lot.id] = at_release
        return lot
    if lot.converts:
        taken = sum(row["activity_bq"] for row in inputs)
        if taken <= 0:
            raise InputError(
                f"{lot.id} has taken nothing in this plan, so that nothing can be measured in it"
            )
        return replace(lot, input_factor=at_release / taken)
    return replace(lot, supply_bq=at_release, activity_eob_bq=eob_bq)


def _outage_at_start(found: Situation, lot: Lot) -> tuple[str, str] | None:
    for outage, start, end in _outages(found, lot):
        if start <= lot.start < end:
            return f"outage ({outage.reason})", f"停运（{outage.reason_zh or outage.reason}）"
    return None


def _loss(found: Situation, lot: Lot, failure: FailedBatch | None) -> tuple[str, str] | None:
    if failure is not None:
        zh = failure.reason_zh or (
            "质量检验不合格" if failure.reason == "failed quality control" else failure.reason
        )
        return failure.reason, zh
    process = found.network.process[lot.process or ""]
    for outage, start, _ in _outages(found, lot):
        ends = lot.release if any(outage is each for each in process.outages) else lot.busy_until
        if lot.start < start < ends:
            return f"outage ({outage.reason})", f"停运（{outage.reason_zh or outage.reason}）"
    return None


def _outages(found: Situation, lot: Lot) -> Iterable[tuple[Outage, float, float]]:
    network = found.network
    rows = list(network.process[lot.process or ""].outages)
    if lot.resource:
        rows += network.resource[lot.resource].outages
    for outage in rows:
        yield outage, network.instant(outage.start).timestamp(), network.instant(outage.end).timestamp()


def _position_taken(found: Situation, lot: Lot) -> tuple[str, str] | None:
    if lot.resource is None:
        return None
    resource = found.network.resource[lot.resource]
    on_it = [
        other
        for other in found.begun.values()
        if other.resource == lot.resource and other.start <= lot.start < other.busy_until
    ]
    if len(on_it) < resource.positions:
        return None
    return f"{resource.name} was still taken by {on_it[-1].id}", f"{resource.name_zh}仍被{on_it[-1].id}占用"


def _weigh(found: Situation) -> None:
    """Refuse a measurement below what has already left."""
    drawn: dict[str, float] = {}
    for row in (*found.left, *(each.row for each in found.free)):
        lot = found.begun.get(row["lot"])
        if lot is not None:
            back = lot.decay_const * (_seconds(row["reference_time"]) - lot.release)
            drawn[lot.id] = drawn.get(lot.id, 0.0) + row["activity_bq"] * math.exp(back)
    inputs: dict[str, float] = defaultdict(float)
    for row in found.left:
        inputs[row["order"]] += row["activity_bq"]
    for name, activity in drawn.items():
        lot = found.begun[name]
        given = found.eluate_bq.get(name, math.inf) if lot.elutes else lot.supply_bq
        if lot.converts:
            given = inputs[name] * lot.input_factor
        if activity > given * (1 + REL):
            raise InputError(
                f"{format_activity(activity)} of {name} (at its release) has left by then, more than the "
                f"{format_activity(given)} it is said to have held; give an earlier --now, or measure again"
            )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
