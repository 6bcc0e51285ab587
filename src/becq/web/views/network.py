"""The network: what is there, on a map and in tables."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from becq.chain.lane import ANY_SITE
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.network import selectors
from becq.platform.plans import selectors as plans
from becq.web import frame, network_tables
from becq.web.network_permissions import approvals_table, operation_rows
from becq.web.network_rows import (
    SCOPES,
    SITE_KINDS,
    TABS,
    lane_row,
    may_import,
    own_resources,
    process_row,
    resource_row,
    site_row,
    word,
)
from becq.web.network_vehicles import packagings_table, vehicles_table


@login_required
@require_GET
def network(request: HttpRequest) -> HttpResponse:
    """What is there."""
    viewer = request.user
    head = selectors.meta(viewer)  # type: ignore[arg-type]
    editing = may_import(request)
    if head is None:
        return render(request, "web/network/none.html", {"may_import": editing})
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "sites"
    own = own_resources(request)
    make = {
        "sites": network_tables.sites_table,
        "products": network_tables.products_table,
        "resources": network_tables.resources_table,
        "processes": network_tables.processes_table,
        "lanes": network_tables.lanes_table,
        "roads": network_tables.roads_table,
        "approvals": approvals_table,
        "vehicles": vehicles_table,
        "packagings": packagings_table,
        "outages": network_tables.outages_table,
    }[tab]
    table = make(request, frozenset(row.id for row in own))
    if table.wants_export:
        return table.export()
    kinds = Counter(row.kind for row in selectors.sites(viewer))  # type: ignore[arg-type]
    zone = selectors.network_head(viewer).zone  # type: ignore[arg-type]
    out = [row for row in selectors.outages(viewer) if row.start <= frame.moment(request) < row.end]  # type: ignore[arg-type]
    return render(
        request,
        "web/network/network.html",
        {
            "head": head,
            "tab": tab,
            "tabs": TABS,
            "table": table,
            "drawing": map_data(request) if tab == "sites" else None,
            "kinds": _(", ").join(
                f"{word(SITE_KINDS, kind)} {number}" for kind, number in kinds.most_common()
            ),
            "number": sum(kinds.values()),
            "out": len(out),
            "zone_name": f"{zone.key}, {frame.zone_label(clock.now(), zone)}",
            "may_import": editing,
            "may_declare": bool(own),
            "stale": _stale_plan(request, head.revision) if policy.coordinates(viewer) else None,
        },
    )


def _stale_plan(request: HttpRequest, revision: int) -> Any:
    """The plan in force, if the network has changed since it was made."""
    if not policy.may(request.user, "plan.run"):
        return None
    found = plans.plan_in_force(request.user)  # type: ignore[arg-type]
    return found if found is not None and found.network_revision != revision else None


def map_data(request: HttpRequest) -> dict[str, Any]:
    """Sites and the lanes between named sites, for the map. Lanes to every site would cover it."""
    viewer = request.user
    rows = selectors.site_rows(viewer)  # type: ignore[arg-type]
    now = clock.now().isoformat()
    lanes = []
    for lane in selectors.lanes(viewer):  # type: ignore[arg-type]
        if ANY_SITE in (*lane.origins, *lane.destinations):
            continue
        legs = [
            {"lane": lane.id, "mode": lane.mode, "from": one, "to": two, "start": now, "end": now}
            for one in lane.origins
            for two in lane.destinations
        ]
        lanes.append({"id": lane.id, "nuclide": "", "activity_bq": 0, "legs": legs})
    head = selectors.require_meta(viewer)  # type: ignore[arg-type]
    return {
        "still": True,
        "name": head.name,
        "from": now,
        "to": now,
        "timezone": head.timezone,
        "sites": [
            {key: getattr(row, key) for key in ("id", "name", "name_zh", "kind", "lat", "lon")}
            for row in rows
        ],
        "resources": [],
        "batches": [],
        "deliveries": lanes,
        "unmet": [],
    }


# --- one site -----------------------------------------------------------------------------------


def _site(request: HttpRequest, code: str) -> dict[str, Any]:
    viewer = request.user
    found = next((row for row in selectors.site_rows(viewer) if row.id == code), None)  # type: ignore[arg-type]
    if found is None:
        raise Http404(code)
    return site_row(request, found, selectors.own_site_codes(viewer)) | {  # type: ignore[arg-type]
        "lat": found.lat,
        "lon": found.lon,
        "operations": operation_rows(request, found),
        "scope": [str(word(SCOPES, each)) for each in found.licence.scope] if found.licence else [],
        "source": found.source or "",
        "assumption": found.assumption or "",
        "resources": [
            resource_row(request, row)
            for row in selectors.resources(viewer)  # type: ignore[arg-type]
            if row.site == code
        ],
        "processes": [
            process_row(request, row)
            for row in selectors.processes(viewer)  # type: ignore[arg-type]
            if row.site == code
        ],
        "lanes": [
            lane_row(request, row)
            for row in selectors.lanes(viewer)  # type: ignore[arg-type]
            if code in (*row.origins, *row.destinations)
        ],
    }


@login_required
@require_GET
def site(request: HttpRequest, code: str) -> HttpResponse:
    """One site."""
    row = _site(request, code)
    own = frozenset(each.id for each in own_resources(request))
    for each in row["resources"]:
        each["may_declare"] = each["id"] in own
    return render(request, "web/network/site.html", {"row": row, "may_declare": bool(own)})


@login_required
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """The site chosen on the map, for the panel beside it."""
    return render(request, "web/network/panel.html", {"row": _site(request, request.GET.get("site", ""))})
