"""The tables of the network page: sites, products, resources, processes, lanes, outages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from becq.platform.accounts import policy
from becq.platform.network import selectors
from becq.web import directory, frame
from becq.web.network_rows import (
    MODES,
    PRODUCT_KINDS,
    RESOURCE_KINDS,
    lane_row,
    process_row,
    reason,
    resource_row,
    site_row,
    times_text,
    word,
)
from becq.web.plan_document import KINDS
from becq.web.tables import Column, Filter, Table


def sites_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Sites, as far as the person may see them; ``own``: rows the person may change."""
    seen = selectors.own_site_codes(request.user)  # type: ignore[arg-type]
    rows = [site_row(request, row, seen) for row in selectors.site_rows(request.user)]  # type: ignore[arg-type]
    nuclides = sorted({each["nuclide"] for row in rows for each in row["limits"]})
    return Table(
        request=request,
        rows=rows,
        caption=_("Sites"),
        name="sites",
        row_key="code",
        export_name="sites",
        columns=[
            Column("site", _("Site"), "site", sort="name", href="url"),
            Column("code", _("Code"), "code", sort=True, hidden=True),
            Column("kind_word", _("Kind"), sort=True),
            Column("city", _("Location"), sort=True),
            Column("province", _("Province"), sort=True, hidden=True),
            Column("division_name", _("Administrative division"), sort="division", hidden=True),
            Column("jurisdiction", _("Jurisdiction"), "code", sort=True, hidden=True),
            Column("use_class", _("Use licence"), sort=True, hidden=True),
            Column("holder", _("Held by"), sort=True, hidden=True),
            Column("limits", _("Licensed, at most"), template="web/network/cells/limits.html", wrap=True),
            Column("number", _("Licence number"), hidden=True),
            Column("timezone", _("Time zone"), hidden=True),
        ],
        filters=[
            Filter(
                "q", _("Site or place"), "search", fields=["name", "code", "city", "holder", "division_name"]
            ),
            Filter("kind", _("Kind"), choices=sorted({(row["kind"], row["kind_word"]) for row in rows})),
            Filter(
                "province",
                _("Province"),
                field="province_code",
                choices=sorted({(row["province_code"], row["province"]) for row in rows if row["province"]}),
            ),
            Filter(
                "nuclide",
                _("Licensed for"),
                choices=[(name, name) for name in nuclides],
                apply=lambda rows, value: [
                    row for row in rows if any(each["nuclide"] == value for each in row["limits"])
                ],
            ),
        ],
    )


def products_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Products, as far as the person may see them; ``own``: rows the person may change."""
    rows = [
        {
            "id": row.id,
            "name": frame.named(row),
            "nuclide": row.nuclide,
            "daughter": row.daughter,
            "kind": row.kind,
            "kind_word": word(PRODUCT_KINDS, row.kind),
            "form": row.form or "",
            "shelf_life": row.shelf_life,
            "calibration": _calibration(row),
        }
        for row in selectors.products(request.user)  # type: ignore[arg-type]
    ]
    return Table(
        request=request,
        rows=rows,
        caption=_("Products"),
        name="products",
        row_key="id",
        export_name="products",
        columns=[
            Column("name", _("Product"), sort=True),
            Column("id", _("Code"), "code", sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("daughter", _("Eluted nuclide"), "nuclide", sort=True),
            Column("kind_word", _("Kind"), sort=True),
            Column("form", _("Form"), hidden=True, wrap=True),
            Column("shelf_life", _("Shelf life"), "duration", sort=True),
            Column("calibration", _("Usual calibration time")),
        ],
        filters=[
            Filter("q", _("Product or nuclide"), "search", fields=["name", "id", "nuclide", "daughter"]),
            Filter("kind", _("Kind"), choices=list(PRODUCT_KINDS.items())),
        ],
    )


def _calibration(row: Any) -> str:
    if row.calibration_hour is None:
        return ""
    at = times_text([row.calibration_hour])
    return _("%(at)s, %(days)s d after delivery") % {"at": at, "days": row.calibration_day_offset}


def resources_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Resources, as far as the person may see them; ``own``: rows the person may change."""
    rows = [resource_row(request, row) for row in selectors.resources(request.user)]  # type: ignore[arg-type]
    for row in rows:
        row["may_declare"] = row["id"] in own
    return Table(
        request=request,
        rows=rows,
        caption=_("Resources"),
        name="resources",
        row_key="id",
        row_tone="tone",
        export_name="resources",
        columns=[
            Column("name", _("Resource"), sort=True),
            *([Column("declare_url", _("Outage"), template="web/network/cells/declare.html")] if own else []),
            Column("id", _("Code"), "code", sort=True, hidden=True),
            Column("kind_word", _("Kind"), sort=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("positions", _("Positions"), "number", sort=True),
            Column("changeover", _("Changeover"), "duration", sort=True),
            Column("outages", _("Outages"), "number", sort=True, hidden=True),
            Column(
                "from",
                _("Outage now or next"),
                sort=True,
                wrap=True,
                template="web/network/cells/outage.html",
            ),
        ],
        filters=[
            Filter("q", _("Resource or site"), "search", fields=["name", "id", "site_name"]),
            Filter("kind", _("Kind"), choices=list(RESOURCE_KINDS.items())),
            Filter("is_out", _("Under outage"), "flag"),
        ],
        empty_title=_("No resources that you may see"),
    )


def processes_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Processes, as far as the person may see them; ``own``: rows the person may change."""
    rows = [process_row(request, row) for row in selectors.processes(request.user)]  # type: ignore[arg-type]
    return Table(
        request=request,
        rows=rows,
        caption=_("Processes"),
        name="processes",
        row_key="id",
        export_name="processes",
        columns=[
            Column("name", _("Process"), sort=True),
            Column("id", _("Code"), "code", sort=True, hidden=True),
            Column("kind_word", _("Kind"), sort=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("product_name", _("Makes"), sort=True),
            Column("input", _("From product"), sort=True, hidden=True),
            Column("batch_bq", _("Largest batch"), "activity", sort=True),
            Column("kept", _("Yield"), "percent", sort=True),
            Column("duration", _("Start to EOB"), "duration", sort=True),
            Column("after", _("EOB to release"), "duration", sort=True),
            Column("starts", _("May start"), wrap=True),
            Column("cost_text", _("Cost of a batch"), sort="cost", hidden=True),
        ],
        filters=[
            Filter(
                "q",
                _("Process, product or site"),
                "search",
                fields=["name", "id", "product_name", "site_name"],
            ),
            Filter(
                "kind", _("Kind"), choices=[(code, word) for code, word in KINDS.items() if code != "stock"]
            ),
            Filter(
                "site",
                _("Site"),
                field="site_code",
                choices=sorted(
                    {(row["site_code"], row["site_name"]) for row in rows}, key=lambda pair: pair[1]
                ),
            ),
        ],
        empty_title=_("No processes that you may see"),
    )


def lanes_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Lanes, as far as the person may see them; ``own``: rows the person may change."""
    rows = [lane_row(request, row) for row in selectors.lanes(request.user)]  # type: ignore[arg-type]
    return Table(
        request=request,
        rows=rows,
        caption=_("Lanes"),
        name="lanes",
        row_key="id",
        export_name="lanes",
        columns=[
            Column("id", _("Lane"), "code", sort=True),
            Column("mode_word", _("Mode"), sort=True, template="web/network/cells/mode.html"),
            Column("from", _("From"), sort=True, wrap=True),
            Column("to", _("To"), sort=True, wrap=True),
            Column("speed", _("Speed and reach")),
            Column("departures", _("Departures"), template="web/network/cells/departures.html"),
            Column("cut_off", _("Cut-off"), "duration", sort=True),
            Column("handling", _("Handling"), "duration", sort=True),
            *([Column("cost", _("Cost"), hidden=True)] if policy.coordinates(request.user) else []),
        ],
        filters=[
            Filter("q", _("Lane or site"), "search", fields=["id", "from", "to"]),
            Filter("mode", _("Mode"), choices=list(MODES.items())),
        ],
    )


def roads_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Measured ways by road; ``own`` is not needed."""
    rows = []
    for row in selectors.roads(request.user):  # type: ignore[arg-type]
        ends = {"from": directory.site(request, row.origin), "to": directory.site(request, row.destination)}
        rows.append(
            {
                "id": row.id,
                **ends,
                "from_name": frame.named(ends["from"]),
                "to_name": frame.named(ends["to"]),
                "both": _("yes") if row.both_ways else _("no"),
                "km": row.distance_km,
                "duration": row.duration,
                "speed": 3600 * row.distance_km / row.duration,
                "source": " ".join(part for part in (row.source, row.assumption) if part),
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Measured roads"),
        name="roads",
        row_key="id",
        export_name="roads",
        columns=[
            Column("id", _("Code"), "code", sort=True, hidden=True),
            Column("from", _("From"), "site", sort="from_name"),
            Column("to", _("To"), "site", sort="to_name"),
            Column("both", _("And back")),
            Column("km", _("Distance"), "number", sort=True, unit="km"),
            Column("duration", _("Driving time"), "duration", sort=True),
            Column("speed", _("Mean speed"), "number", sort=True, unit="km/h", hidden=True),
            Column("source", _("Source"), wrap=True),
        ],
        filters=[Filter("q", _("Site"), "search", fields=["id", "from_name", "to_name"])],
        empty_title=_("No measured roads"),
        empty_sentence=_("Distances by road are estimated from the great circle, as each lane says."),
    )


def outages_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Outages, as far as the person may see them; ``own``: rows the person may change."""
    resources = {row.id: row for row in selectors.resources(request.user)}  # type: ignore[arg-type]
    now = frame.moment(request)
    rows = []
    for row in selectors.outages(request.user):  # type: ignore[arg-type]
        status = "over" if row.end <= now else "under_way" if row.start <= now else "planned"
        query = urlencode({"key": row.key})
        rows.append(
            {
                "id": f"{row.resource} {row.key}",
                "resource": frame.named(resources[row.resource]),
                "site": directory.site(request, row.site),
                "site_name": frame.named(directory.site(request, row.site)),
                "start": row.start,
                "end": row.end,
                "length": (row.end - row.start).total_seconds(),
                "reason": reason(row),
                "status": "done" if status == "over" else status,
                "may_edit": row.resource in own,
                "edit_url": f"{reverse('outage-edit', args=[row.resource])}?{query}",
                "withdraw_url": f"{reverse('outage-withdraw', args=[row.resource])}?{query}",
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Outages"),
        name="outages",
        row_key="id",
        order="-start",
        export_name="outages",
        columns=[
            Column("resource", _("Resource"), sort=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("status", _("Status"), "state", sort=True),
            Column("start", _("Start"), "instant", sort=True, template="web/network/cells/start.html"),
            Column("end", _("End"), "instant", sort=True, template="web/network/cells/end.html"),
            Column("length", _("Length"), "duration", sort=True),
            Column("reason", _("Reason"), wrap=True, sort=True),
            *(
                [Column("edit_url", _("Change"), template="web/network/cells/edit_outage.html")]
                if own
                else []
            ),
        ],
        filters=[
            Filter("q", _("Resource, site or reason"), "search", fields=["resource", "site_name", "reason"]),
            Filter(
                "status",
                _("Status"),
                choices=[
                    ("planned", _("Planned")),
                    ("under_way", _("Under way")),
                    ("done", pgettext("state", "Done")),
                ],
            ),
        ],
        empty_title=_("No outages"),
        empty_sentence=_("Plans keep clear of the outages that are declared here."),
    )
