"""Tables of one plan: unmet orders, deliveries, batches, load, pins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.plan_document import PlanDocument
from becq.web.plan_reading import may_plan
from becq.web.tables import BulkAction, Column, Filter, Table


def _pins_url(run: PlanRun, **parameters: str) -> str:
    return f"{reverse('plan-pins', args=[run.code])}?{urlencode(parameters)}"


def _link(run: PlanRun, kind: str, code: str) -> str:
    tab = "map" if kind == "site" else "gantt"
    return f"{reverse('plan-run', args=[run.code])}?{urlencode({'tab': tab, kind: code})}"


def choices_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of a filter by label, each once."""
    return sorted(set(pairs), key=lambda pair: pair[1])


def plan_table(request: HttpRequest, run: PlanRun, plan: PlanDocument, tab: str) -> Table | None:
    """The table of a tab; None for tabs that hold none."""
    make = {
        "unmet": _unmet_table,
        "deliveries": _deliveries_table,
        "batches": _batches_table,
        "pins": _pins_table,
    }.get(tab)
    return make(request, run, plan) if make else None


def _unmet_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    rows = [
        {**row, "explain_url": reverse("plan-order", args=[run.code, row["order"]])} for row in plan.unmet
    ]
    pinning = may_plan(request)
    return Table(
        request=request,
        rows=rows,
        caption=_("Unmet orders"),
        name="unmet",
        row_key="order",
        row_tone="tone",
        order="order",
        export_name=f"{run.code}-unmet",
        columns=[
            Column("order", _("Order"), "order", sort=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("product_name", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column("short_bq", _("Short at calibration"), "activity", sort=True),
            Column("reason_word", _("Reason"), sort=True, hidden=True),
            Column("why", _("Why, and what would help"), wrap=True, template="web/plan/cells/why.html"),
        ],
        filters=[
            Filter("q", _("Order or site"), "search", fields=["order", "site_name", "site.id"]),
            Filter("reason", _("Reason"), choices=[(code, word) for code, word, _n in plan.reasons]),
            Filter(
                "product",
                _("Product"),
                field="product_code",
                choices=choices_of((row["product_code"], row["product_name"]) for row in rows),
            ),
        ],
        bulk=[
            BulkAction(_("Do not serve"), _pins_url(run, kind="order", do="refuse")),
            BulkAction(_("Remove pins"), _pins_url(run, kind="order", do="free")),
        ]
        if pinning
        else [],
        empty_title=_("Every order is served"),
        empty_sentence=_("Nothing is short in this plan."),
    )


def _deliveries_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    rows = plan.deliveries
    pinning = may_plan(request)
    return Table(
        request=request,
        rows=rows,
        caption=_("Deliveries"),
        name="deliveries",
        row_key="order",
        order="depart",
        export_name=f"{run.code}-deliveries",
        columns=[
            Column(
                "order", _("Order"), "order", sort=True, href=lambda row: _link(run, "delivery", row["id"])
            ),
            *([Column("pin", _("Pin"), template="web/plan/cells/order_pin.html")] if pinning else []),
            Column("to", _("To"), "site", sort="to_name"),
            Column("product_words", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column(
                "activity_bq",
                _("Activity at calibration"),
                "activity",
                sort=True,
                at="reference_time",
                nuclide="nuclide",
            ),
            Column("depart", _("Leaves"), "instant", sort=True, hidden=True),
            Column("arrive", _("Arrives"), "instant", sort=True),
            Column("duration_s", _("Under way"), "duration", sort=True, hidden=True),
            Column("from", _("From"), "site", sort="from_name", hidden=True),
            Column("lot", _("Lot"), "lot", sort=True, href=lambda row: _link(run, "batch", row["lot"])),
            Column("way", _("Lanes"), hidden=True),
        ],
        filters=[
            Filter("q", _("Order, lot or site"), "search", fields=["order", "lot", "to_name", "from_name"]),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
            Filter(
                "from",
                _("From"),
                field="from.id",
                choices=choices_of((row["from"]["id"], row["from_name"]) for row in rows),
            ),
            Filter("day", _("Day"), "day", apply=_on_day(request, "depart")),
            *([Filter("pinned", _("Pinned only"), "flag", field="pin")] if pinning else []),
        ],
        bulk=[
            BulkAction(_("Keep lot"), _pins_url(run, kind="order", do="keep")),
            BulkAction(_("Do not serve"), _pins_url(run, kind="order", do="refuse")),
            BulkAction(_("Remove pins"), _pins_url(run, kind="order", do="free")),
        ]
        if pinning
        else [],
        empty_title=_("No deliveries"),
    )


def _on_day(request: HttpRequest, name: str) -> Any:
    """A filter of rows by day in the zone of the page."""
    zone = frame.zone(request)
    return lambda rows, day: [row for row in rows if row[name].astimezone(zone).date().isoformat() == day]


def _batches_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    rows = plan.batches
    pinning, whole = may_plan(request), plan.document["whole"]
    return Table(
        request=request,
        rows=rows,
        caption=_("Batches"),
        name="batches",
        row_key="id",
        order="start",
        export_name=f"{run.code}-batches",
        columns=[
            Column("id", _("Batch"), "lot", sort=True, href=lambda row: _link(run, "batch", row["id"])),
            *([Column("pin", _("Pin"), template="web/plan/cells/batch_pin.html")] if pinning else []),
            Column("product_name", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column("kind_word", _("Kind"), sort=True, hidden=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("resource_name", _("Resource"), sort=True, hidden=True),
            *([Column("status", _("Status"), "state", sort=True)] if plan.statuses else []),
            Column("start", _("Start"), "instant", sort=True),
            Column("eob", _("EOB"), "instant", sort=True, hidden=True),
            Column("release", _("Release"), "instant", sort=True),
            Column(
                "activity_bq",
                _("Activity at release"),
                "activity",
                sort=True,
                at="reference_time",
                nuclide="nuclide",
                show_at=False,
            ),
            Column("used_share", pgettext("share", "Used"), "percent", sort=True),
            Column("orders", _("Orders"), "number", sort=True),
            *([Column("cost", _("Cost (CNY)"), "number", sort=True, hidden=True)] if whole else []),
        ],
        filters=[
            Filter("q", _("Batch, product or site"), "search", fields=["id", "product_name", "site_name"]),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
            Filter(
                "site",
                _("Site"),
                field="site.id",
                choices=choices_of((row["site"]["id"], row["site_name"]) for row in rows),
            ),
            Filter("day", _("Day"), "day", apply=_on_day(request, "start")),
            *([Filter("pinned", _("Pinned only"), "flag", field="pin")] if pinning else []),
        ],
        bulk=[
            BulkAction(_("Must start"), _pins_url(run, kind="batch", do="start")),
            BulkAction(_("Must not start"), _pins_url(run, kind="batch", do="forbid")),
            BulkAction(_("Remove pins"), _pins_url(run, kind="batch", do="free")),
        ]
        if pinning
        else [],
        empty_title=_("No batches"),
    )


def _pins_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    given = run.pins
    made = {row["id"] for row in plan.batches}
    words = {"start": _("must start"), "forbid": _("must not start")}
    rows: list[dict[str, Any]] = [
        {
            "id": code,
            "kind": "batch",
            "kind_word": _("Batch"),
            "what": words.get(what, what),
            "url": _link(run, "batch", code) if code in made else "",
            "is_new": given.get("batches", {}).get(code) != what,
        }
        for code, what in plan.pins.get("batches", {}).items()
    ]
    unset = object()
    rows += [
        {
            "id": code,
            "kind": "order",
            "kind_word": _("Order"),
            "what": _("from lot %(lot)s") % {"lot": lot} if lot else _("not served"),
            "url": "",
            "is_new": given.get("deliveries", {}).get(code, unset) != lot,
        }
        for code, lot in plan.pins.get("deliveries", {}).items()
    ]
    for row in rows:
        row["state"] = _("since this plan") if row["is_new"] else _("in this plan")
        row["free_url"] = _pins_url(run, kind="any", do="free", id=row["id"])
    return Table(
        request=request,
        rows=rows,
        caption=_("Pins"),
        name="pins",
        row_key="id",
        order="id",
        export_name=f"{run.code}-pins",
        columns=[
            Column("id", _("Batch or order"), "code", sort=True, href="url"),
            Column("kind_word", _("Kind"), sort=True),
            Column("what", _("Pin"), sort=True),
            Column("state", _("Set"), sort=True),
            Column("free_url", _("Remove"), template="web/plan/cells/free.html"),
        ],
        bulk=[BulkAction(_("Remove pins"), _pins_url(run, kind="any", do="free"))],
        empty_title=_("Nothing is pinned"),
        empty_sentence=_("Pin batches and deliveries in their tables, or choose a batch in the timetable."),
    )
