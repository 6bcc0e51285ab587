"""The tab of a plan that says how full what is there is: resources, departures and licences by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from becq.physics.quantities import format_activity
from becq.planning.load_days import DailyLoad, days_of, price_of
from becq.platform.plans.loads import plan_loads
from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.plan_document import PlanDocument, percent
from becq.web.plan_tables import choices_of
from becq.web.policy_words import UNIT_WORDS
from becq.web.tables import Column, Filter, Table

VIEWS = ("resource", "departure", "possession")
NEAR, FULL = 0.8, 0.995
"""Shares from which on a day is drawn as near its limit, and as full."""
BAR, HEIGHT = 10, 26
CELL = "web/plan/cells/load_days.html"


def loads_context(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    """What stands above the table: which loads there are, and of how many something is full."""
    found = plan_loads(request.user, run)  # type: ignore[arg-type]
    labels = {
        "resource": _("Resources"),
        "departure": _("Departures"),
        "possession": _("Possession"),
    }
    views = [
        (name, labels[name], sum(1 for each in found if each.kind == name and each.worst >= FULL))
        for name in VIEWS
        if any(each.kind == name for each in found)
    ]
    notes = {
        "resource": _(
            "Hours of positions taken against those that are there, outages taken off: a machine to EOB, "
            "a cell or line until its processing ends, changeover included."
        ),
        "departure": _(
            "Packages aboard the departures of a day against what they take; the worst is that of a single "
            "departure. Lanes without a limit, and those that nothing takes, are left out."
        ),
        "possession": _(
            "The most of a nuclide that is on the site at a moment of the day against the possession limit "
            "of its licence."
        ),
    }
    view = _view(request, found)
    return {"view": view, "views": views, "note": notes[view]}


def loads_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    """Loads of one kind, the fullest first."""
    found = plan_loads(request.user, run)  # type: ignore[arg-type]
    view = _view(request, found)
    prices = plan.document.get("prices")
    days = days_of(plan.document)
    rows = [_row(each, plan, days, prices) for each in found if each.kind == view]
    first = {"resource": _("Resource"), "departure": _("Lane"), "possession": _("Site")}[view]
    return Table(
        request=request,
        rows=rows,
        caption=_("Loads by day"),
        name=f"load-{view}",
        row_key="key",
        order="-worst",
        export_name=f"{run.code}-load-{view}",
        columns=[
            Column("site", first, "site", sort="site_name")
            if view == "possession"
            else Column("name", first, sort=True),
            Column("days", _days_head(days), path=lambda row: row["words"], template=CELL),
            Column(
                "worst", _("Worst departure") if view == "departure" else _("Worst day"), "percent", sort=True
            ),
            Column("mean", _("Mean"), "percent", sort=True),
            *_own_columns(view),
            *([Column("orders_more", _("Orders more"), "number", sort=True)] if prices is not None else []),
            *([Column("saving", _("Cost less (CNY)"), "number", sort=True)] if prices is not None else []),
            *([Column("unit_word", pgettext("price", "per"))] if prices is not None else []),
        ],
        filters=[
            Filter("q", _("Name or site"), "search", fields=["name", "site_name", "id"]),
            Filter(
                "site",
                _("Site"),
                field="site.id",
                choices=choices_of((row["site"]["id"], row["site_name"]) for row in rows),
            ),
            *_own_filters(view, rows),
            Filter("full", _("Full on a day"), "flag", apply=_full),
        ],
        empty_title=_("Nothing of this kind has a limit"),
    )


def _own_columns(view: str) -> list[Column]:
    if view == "resource":
        return [
            Column("site", _("Site"), "site", sort="site_name"),
            Column("count", _("Batches"), "number", sort=True),
            Column("taken", _("Used (h)"), "number", sort=True, hidden=True),
            Column("available", _("Available (h)"), "number", sort=True, hidden=True),
        ]
    if view == "departure":
        return [
            Column("site", _("From"), "site", sort="site_name"),
            Column("to", _("To"), "site", sort="to_name"),
            Column("count", _("Packages"), "number", sort=True),
        ]
    return [
        Column("nuclide", _("Nuclide"), "nuclide", sort=True),
        Column("peak_bq", _("Most"), "activity", sort=True),
        Column("limit_bq", _("Possession limit"), "activity", sort=True),
    ]


def _own_filters(view: str, rows: list[dict[str, Any]]) -> list[Filter]:
    if view == "possession":
        return [
            Filter(
                "nuclide", _("Nuclide"), choices=choices_of((row["nuclide"], row["nuclide"]) for row in rows)
            )
        ]
    return []


def _view(request: HttpRequest, found: list[DailyLoad]) -> str:
    there = [name for name in VIEWS if any(each.kind == name for each in found)]
    view = request.GET.get("view", "")
    return view if view in there else (there[0] if there else VIEWS[0])


def _full(rows: list[dict[str, Any]], value: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["worst"] >= FULL]


def _days_head(days: list[date]) -> str:
    return f"{days[0]:%m-%d} – {days[-1]:%m-%d}" if len(days) > 1 else f"{days[0]:%m-%d}"


def _row(
    load: DailyLoad, plan: PlanDocument, days: list[date], prices: list[Mapping[str, Any]] | None
) -> dict[str, Any]:
    site, to = plan.site(load.site), plan.site(load.to) if load.to else None
    name = {
        "resource": plan.resource(load.id),
        "departure": load.id,
        "possession": frame.named(site, load.site),
    }[load.kind]
    words = [_say(load, number, day) for number, day in enumerate(days)]
    price = price_of(load, prices) if prices else None
    return {
        "key": "|".join((load.id, load.site, load.to, load.nuclide)),
        "id": load.id,
        "name": name,
        "site": site,
        "site_name": frame.named(site, load.site),
        "to": to,
        "to_name": frame.named(to, load.to) if to else "",
        "nuclide": load.nuclide,
        "count": load.count,
        "taken": sum(load.taken),
        "available": sum(load.available),
        "peak_bq": max(load.taken, default=0.0),
        "limit_bq": max(load.available, default=0.0),
        "worst": load.worst,
        "mean": load.mean,
        "words": "; ".join(words),
        "bars": [_bar(number, share, words[number]) for number, share in enumerate(load.shares)],
        "width": BAR * len(days),
        "height": HEIGHT,
        "orders_more": round(price["orders"], 3) if price else None,
        "saving": round(price["saving"]) or None if price else None,
        "unit_word": str(UNIT_WORDS.get(price["unit"], price["unit"])) if price else "",
    }


def _say(load: DailyLoad, number: int, day: date) -> str:
    taken, there = load.taken[number], load.available[number]
    share = load.shares[number]
    amounts = {
        "h": f"{taken:.1f} / {there:.1f} h",
        "1": f"{taken:.0f} / {there:.0f}",
        "Bq": f"{format_activity(taken)} / {format_activity(there)}",
    }[load.unit]
    return f"{day:%m-%d}: {amounts} · {percent(share, 0)}"


def _bar(number: int, share: float | None, words: str) -> dict[str, Any]:
    """One day: its column from the bottom, and whether it is near the limit or full."""
    shown = 1.0 if share is None else min(1.0, share)
    height = max(1.0, shown * HEIGHT) if shown > 0 else 0.0
    tone = "full" if shown >= FULL else "near" if shown >= NEAR else "value"
    return {
        "x": BAR * number,
        "y": f"{HEIGHT - height:.1f}",
        "height": f"{height:.1f}",
        "tone": tone,
        "words": words,
    }
