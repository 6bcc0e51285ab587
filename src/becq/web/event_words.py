"""Events and network changes of a plan in the words of the page, with the names that the plan carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from becq.physics.quantities import format_activity, format_duration, parse_activity, parse_duration
from becq.web import frame
from becq.web.plan_document import PlanDocument

KINDS: Mapping[str, str | Promise] = {
    "outage": pgettext_lazy("event", "Outage"),
    "late": gettext_lazy("Late batch"),
    "failed": gettext_lazy("Failed batch"),
    "cancelled": gettext_lazy("Cancelled departure"),
    "rush": gettext_lazy("Rush order"),
    "activity": gettext_lazy("Other activity at EOB"),
    "slot": gettext_lazy("One more batch"),
    "positions": gettext_lazy("Positions"),
    "limit": gettext_lazy("Possession limit"),
    "permit": gettext_lazy("Transfer approval"),
    "lifted": gettext_lazy("Outage lifted"),
    "window": gettext_lazy("Delivery window"),
    "partial": gettext_lazy("Less than ordered"),
    "divided": gettext_lazy("In parts"),
    "drive": gettext_lazy("A drive of its own"),
    "seats": gettext_lazy("More packages"),
}
STAGES: Mapping[str, str | Promise] = {
    "start": pgettext_lazy("stage", "start"),
    "eob": gettext_lazy("EOB"),
    "release": pgettext_lazy("stage", "release"),
}


def event_words(row: Mapping[str, Any], plan: PlanDocument) -> str:
    """One sentence of what happened; ``row`` is of ``becq.events/1``."""
    kind = row["kind"]
    if kind == "outage":
        what = row.get("resource") or row.get("process") or row.get("site") or ""
        name = plan.resource(what) if row.get("resource") else _site(plan, what) if row.get("site") else what
        reason = (frame.is_chinese() and row.get("reason_zh")) or row.get("reason", "")
        span = {"what": name, "start": _at(plan, row["start"]), "end": _at(plan, row["end"])}
        said = _("%(what)s stands still from %(start)s to %(end)s") % span
        return f"{said} ({reason})" if reason and reason != "outage" else said
    if kind == "late":
        stage = STAGES.get(row.get("stage") or "", "")
        by = _hours(row["by"])
        if stage:
            return _("%(batch)s: %(stage)s %(by)s later") % {
                "batch": batch_name(plan, row["batch"]), "stage": stage, "by": by,
            }  # fmt: skip
        return _("%(batch)s is %(by)s late") % {"batch": batch_name(plan, row["batch"]), "by": by}
    if kind == "failed":
        reason = (frame.is_chinese() and row.get("reason_zh")) or row.get("reason", "")
        said = _("%(batch)s is not released") % {"batch": batch_name(plan, row["batch"])}
        return f"{said} ({reason})" if reason and reason != "failed quality control" else said
    if kind == "cancelled":
        ends = " → ".join(_site(plan, row[end]) for end in ("from", "to") if row.get(end))
        lane = f"{row['lane']} {ends}".strip()
        if row.get("leaves"):
            return _("%(lane)s of %(at)s does not go") % {"lane": lane, "at": _at(plan, row["leaves"])}
        span = {"lane": lane, "start": _at(plan, row["start"]), "end": _at(plan, row["end"])}
        return _("%(lane)s does not go from %(start)s to %(end)s") % span
    if kind == "rush":
        order = row["order"]
        return _("%(site)s wants %(activity)s of %(product)s, calibrated %(at)s (%(order)s)") % {
            "site": _site(plan, order["site"]),
            "activity": _activity(order["activity"]),
            "product": plan.product(order["product"]),
            "at": _at(plan, order["calibration"]),
            "order": order["id"],
        }
    return _("%(batch)s holds %(activity)s at EOB") % {
        "batch": batch_name(plan, row["batch"]),
        "activity": _activity(row["eob"]),
    }


def variation_words(row: Mapping[str, Any], plan: PlanDocument) -> str:
    """One sentence of a change of the network; ``row`` is of ``becq.planning.variation``."""
    kind = row["kind"]
    if kind == "slot":
        return _("%(process)s may start at %(at)s") % {
            "process": row["process"],
            "at": _at(plan, row["start"]),
        }
    if kind == "positions":
        return _("%(what)s has %(n)s positions") % {
            "what": plan.resource(row["resource"]),
            "n": row["positions"],
        }
    if kind == "limit":
        return _("%(site)s may hold %(limit)s of %(nuclide)s") % {
            "site": _site(plan, row["site"]),
            "limit": _activity(row["limit"]),
            "nuclide": row["nuclide"],
        }
    if kind == "permit":
        return _("%(limit)s of %(nuclide)s from %(a)s to %(b)s is approved for the year") % {
            "limit": _activity(row["activity"]), "nuclide": row["nuclide"],
            "a": _site(plan, row["from"]), "b": _site(plan, row["to"]),
        }  # fmt: skip
    if kind == "lifted":
        name = plan.resource(row["name"]) if row["name"] in plan.resources else row["name"]
        return _("%(what)s works from %(start)s to %(end)s in spite of the outage") % {
            "what": name, "start": _at(plan, row["start"]), "end": _at(plan, row["end"]),
        }  # fmt: skip
    if kind == "window":
        parts = []
        for field, words in (
            ("earlier", _("opens %(by)s earlier")),
            ("later", _("closes %(by)s later")),
            ("calibration", _("is calibrated %(by)s later")),
        ):
            if row.get(field) and parse_duration(row[field]) > 0:
                parts.append(words % {"by": _hours(row[field])})
        return f"{row['order']}: {_('; ').join(parts)}"
    if kind == "partial":
        return _("%(order)s takes less than was ordered") % {"order": row["order"]}
    if kind == "divided":
        return _("%(order)s is taken in parts") % {"order": row["order"]}
    if kind == "drive":
        return _("a drive of its own from %(a)s to %(b)s, as %(lane)s") % {
            "a": _site(plan, row["from"]), "b": _site(plan, row["to"]), "lane": row["like"],
        }  # fmt: skip
    return _("%(n)s more packages on %(lane)s of %(at)s") % {
        "n": row.get("packages", 1),
        "lane": row["lane"],
        "at": _at(plan, row["leaves"]),
    }


def batch_name(plan: PlanDocument, code: str) -> str:
    """Product and start of a batch with its code."""
    row = next((each for each in plan.document["batches"] if each["id"] == code), None)
    return f"{plan.product(row['product'])} {_at(plan, row['start'])} ({code})" if row else code


def _site(plan: PlanDocument, code: str) -> str:
    return frame.named(plan.site(code), code)


def _at(plan: PlanDocument, text: str) -> str:
    moment = datetime.fromisoformat(text)
    return f"{(moment.astimezone(plan.zone) if moment.tzinfo else moment):%m-%d %H:%M}"


def _activity(text: str | float) -> str:
    return format_activity(parse_activity(text) if isinstance(text, str) else text)


def _hours(text: str | float) -> str:
    return format_duration(parse_duration(text) if isinstance(text, str) else text)
