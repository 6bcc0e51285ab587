"""What pages say of starts and of pins that no plan has yet: rows, words and the data of the Gantt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.planning.starts import Start
from becq.platform.plans import moves
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web import frame

ICONS = {
    "move": "arrow-right",
    "start": "pin",
    "keep": "pin",
    "forbid": "state-cancelled",
    "refuse": "state-cancelled",
    "free": "undo",
}


def start_row(start: Start) -> dict[str, Any]:
    """A start as the Gantt reads it; sentences in the language of the page."""
    return {
        "id": start.batch,
        "process": start.process,
        "site": start.site,
        "resource": start.resource,
        "product": start.product,
        "nuclide": start.nuclide,
        **{name: _iso(getattr(start, name)) for name in ("start", "eob", "release")},
        "reason": start.reason,
        "why": start.sentence_zh if frame.is_chinese() else start.sentence,
        "gives_way": list(start.gives_way),
    }


def pending_rows(request: HttpRequest, run: PlanRun) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Changes of pins in words with what undoes each, and the same as data for the Gantt."""
    if run.status != RunStatus.DONE or run.result is None:
        return [], {}
    found, starts = moves.pending(request.user, run)  # type: ignore[arg-type]
    planned = {row["id"]: row for row in run.result["batches"]}
    products = {row["id"]: row for row in run.result.get("products", ())}
    zone = frame.zone(request)
    rows = []
    for each in found:
        query = urlencode([("do", "undo"), *(("id", name) for name in each.names)])
        rows.append(
            {
                "kind": each.kind,
                "icon": ICONS[each.kind],
                "id": each.batch,
                "text": _say(each, planned, starts, products, zone),
                "undo_url": f"{reverse('plan-move', args=[run.code])}?{query}",
            }
        )
    data = {
        "batches": run.draft_pins.get("batches", {}),
        "starts": [start_row(start) for start in starts.values()],
        "moved": {each.to: each.batch for each in found if each.to},
    }
    return rows, data


def _say(
    pending: moves.Pending,
    planned: Mapping[str, Mapping[str, Any]],
    starts: Mapping[str, Start],
    products: Mapping[str, Mapping[str, Any]],
    zone: ZoneInfo,
) -> str:
    """A change in words."""
    if pending.kind in {"keep", "refuse"} or (pending.kind == "free" and pending.batch not in planned):
        words = {
            "keep": _("%(order)s: keeps its lot"),
            "refuse": _("%(order)s: not served"),
            "free": _("%(order)s: no pin any more"),
        }
        return words[pending.kind] % {"order": pending.batch}
    row = planned.get(pending.batch)
    start = starts.get(pending.to or pending.batch)
    code = row["product"] if row else start.product if start else ""
    name = frame.named(products.get(code, {}), code or pending.batch)
    at = _clock(datetime.fromisoformat(row["start"]), zone) if row else ""
    to = _clock(datetime.fromtimestamp(start.start, UTC), zone) if start else ""
    words = {
        "move": _("%(name)s: %(at)s moved to %(to)s"),
        "start": _("%(name)s %(at)s: must start"),
        "forbid": _("%(name)s %(at)s: must not start"),
        "free": _("%(name)s %(at)s: no pin any more"),
    }
    return words[pending.kind] % {"name": name, "at": at or to, "to": to}


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%m-%d %H:%M}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).isoformat()
