"""What the books tell of a plan that is carried out, as events ready to be taken into the next plan.

Failed runs, a later EOB or release, another activity, outages declared since; only of batches that could
still be used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from becq.physics.nuclides import nuclide
from becq.planning.events import OutageEvent, write_events
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.network import selectors as networks
from becq.platform.plans import services
from becq.platform.plans.material import Material, material_of
from becq.platform.plans.models import PlanRun
from becq.platform.production import selectors as production
from becq.platform.production.models import RunStatus as Made

LATE = timedelta(minutes=10)
"""A batch that is later by less is on time."""
OTHERWISE = 0.01
"""An activity that differs by less, relative, is as expected."""
ROUNDED = 1e-9


@dataclass(frozen=True, slots=True)
class Known:
    """An event that the books tell of, as a row of ``becq.events/1``."""

    row: dict[str, Any]
    batch: str = ""


def known_events(viewer: User, run: PlanRun) -> list[Known]:
    """What the books tell of the batches of a plan that is carried out, and outages declared since.

    Only what the plan does not know yet, and what was not collected.
    """
    services.require_coordinator(viewer, "plan.run")
    material = material_of(run)
    found = [*_of_runs(viewer, run, material), *_of_outages(viewer, material)]
    known = [_key(row) for row in (*(material.document.get("events") or []), *run.draft_events)]
    return [each for each in found if _key(each.row) not in known]


def _of_runs(viewer: User, run: PlanRun, material: Material) -> list[Known]:
    now = clock.now()
    planned = {
        row["id"]: row
        for row in material.document["batches"]
        if row.get("state") != "lost" and datetime.fromisoformat(row["expires"]) > now
    }
    sent = dispatch.consignments(viewer).exclude(
        status__in=[ConsignmentStatus.PLANNED, ConsignmentStatus.CANCELLED]
    )
    in_time = set(sent.values_list("lot_code", flat=True))
    found = []
    for made in production.runs(viewer).filter(plan_code=run.code).order_by("planned_start", "code"):
        row = planned.get(made.code)
        if row is None:
            continue
        if made.status == Made.FAILED:
            reason = made.note.strip() or "failed quality control"
            found.append(Known({"kind": "failed", "batch": made.code, "reason": reason}, made.code))
            continue
        if made.status not in (Made.ASSAYED, Made.RELEASED):
            continue
        if made.code not in in_time:  # else it was in time for what was sent of it
            found += _delays(made, row)
        if made.assayed_bq and row["activity_eob_bq"]:
            # What has left was there, whatever was measured.
            eob_bq = max(made.assayed_bq, _drawn_bq(material, row, now))
            if abs(eob_bq / row["activity_eob_bq"] - 1) > OTHERWISE:
                event = {"kind": "activity", "batch": made.code, "eob": f"{eob_bq!r} Bq"}
                found.append(Known(event, made.code))
    return found


def _delays(made: Any, row: Mapping[str, Any]) -> list[Known]:
    found, late = [], timedelta()
    if made.actual_eob is not None:
        late = made.actual_eob - datetime.fromisoformat(row["eob"])
        if late >= LATE:
            found.append(Known(_late(made.code, late, "eob"), made.code))
    if made.status == Made.RELEASED and made.released_at is not None:
        more = made.released_at - datetime.fromisoformat(row["release"]) - max(late, timedelta())
        if more >= LATE:
            found.append(Known(_late(made.code, more, "release"), made.code))
    return found


def _drawn_bq(material: Material, batch: Mapping[str, Any], now: datetime) -> float:
    """What the plan has sent of a batch before now, at its EOB."""
    release = datetime.fromisoformat(batch["release"])
    decay_const = nuclide(batch["nuclide"]).decay_const
    drawn = sum(
        row["activity_bq"]
        * math.exp(decay_const * (datetime.fromisoformat(row["reference_time"]) - release).total_seconds())
        for part in ("deliveries", "supplies")
        for row in material.document[part]
        if row["lot"] == batch["id"] and datetime.fromisoformat(row["depart"]) <= now
    )
    if drawn <= 0 or batch["activity_bq"] <= 0:
        return 0.0
    return float(drawn * batch["activity_eob_bq"] / batch["activity_bq"] * (1 + ROUNDED))


def _late(batch: str, by: timedelta, stage: str) -> dict[str, Any]:
    return {"kind": "late", "batch": batch, "by": f"{by.total_seconds() / 60:.0f} min", "stage": stage}


def _of_outages(viewer: User, material: Material) -> list[Known]:
    network, now = material.network, clock.now()
    then = {
        (row.id, network.instant(outage.start), network.instant(outage.end))
        for row in network.resources
        for outage in row.outages
    }
    found = []
    for row in networks.outages(viewer):
        if (row.resource, row.start, row.end) in then or row.end <= now:
            continue
        event = OutageEvent(
            resource=row.resource, start=row.start, end=row.end, reason=row.reason, reason_zh=row.reason_zh
        )
        found.append(Known(write_events([event])[0]))
    return found


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes two events the same: the batch and stage, or the machine and its span."""
    if row["kind"] == "outage":
        what = row.get("resource") or row.get("process") or row.get("site") or ""
        moments = [datetime.fromisoformat(row[end]).timestamp() for end in ("start", "end")]
        return ("outage", what, *(f"{moment:.0f}" for moment in moments))
    stage = row.get("stage") or ""
    return (row["kind"], str(row.get("batch", "")), "" if stage == "start" else stage)
