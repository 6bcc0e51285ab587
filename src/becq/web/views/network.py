"""The network: what is there, on a map and in tables; import, export, outages."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.process import Outage, Process, Resource
from becq.chain.site import Site as ChainSite
from becq.errors import BecqError, PermissionDeniedError, ProblemsError
from becq.physics.quantities import format_activity, format_duration
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.network import selectors, services
from becq.platform.plans import selectors as plans
from becq.web import directory, frame, problems
from becq.web.forms import InstantField
from becq.web.plan_document import KINDS
from becq.web.tables import Column, Filter, Table

TYPES = {
    "yaml": "application/yaml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TABS: tuple[tuple[str, str | Promise], ...] = (
    ("sites", gettext_lazy("Sites")),
    ("products", gettext_lazy("Products")),
    ("resources", gettext_lazy("Resources")),
    ("processes", gettext_lazy("Processes")),
    ("lanes", gettext_lazy("Lanes")),
    ("outages", gettext_lazy("Outages")),
)
SITE_KINDS = {
    "reactor": gettext_lazy("Reactor"),
    "accelerator": gettext_lazy("Accelerator"),
    "radiopharmacy": gettext_lazy("Nuclear pharmacy"),
    "hospital": gettext_lazy("Hospital"),
    "airport": gettext_lazy("Airport"),
    "station": gettext_lazy("Railway station"),
    "warehouse": gettext_lazy("Warehouse"),
    "waste": gettext_lazy("Waste store"),
}
RESOURCE_KINDS = {
    "reactor": gettext_lazy("Reactor"),
    "cyclotron": gettext_lazy("Cyclotron"),
    "accelerator": gettext_lazy("Accelerator"),
    "hot_cell": gettext_lazy("Hot cell"),
    "generator_line": gettext_lazy("Generator line"),
    "generator": gettext_lazy("Generator"),
    "other": gettext_lazy("Other"),
}
PRODUCT_KINDS = {
    "bulk": gettext_lazy("Bulk"),
    "generator": gettext_lazy("Generator"),
    "radiopharmaceutical": gettext_lazy("Radiopharmaceutical"),
}
MODES = {
    "road": gettext_lazy("Road"),
    "flight": gettext_lazy("Flight"),
    "train": gettext_lazy("Train"),
}
DAYS = {
    "mon": pgettext_lazy("day", "Mon"),
    "tue": pgettext_lazy("day", "Tue"),
    "wed": pgettext_lazy("day", "Wed"),
    "thu": pgettext_lazy("day", "Thu"),
    "fri": pgettext_lazy("day", "Fri"),
    "sat": pgettext_lazy("day", "Sat"),
    "sun": pgettext_lazy("day", "Sun"),
}
SCOPES = {
    "produce": gettext_lazy("produce"),
    "sell": gettext_lazy("sell"),
    "use": gettext_lazy("use"),
}


# --- who may ------------------------------------------------------------------------------------


def may_import(request: HttpRequest) -> bool:
    """True for who may change the network as a whole."""
    return policy.may(request.user, "network.edit") and policy.coordinates(request.user)


def own_resources(request: HttpRequest) -> list[Resource]:
    """Resources whose outages the person may declare."""
    if not policy.may(request.user, "network.edit"):
        return []
    sites = directory.sites(request)
    found = []
    for row in selectors.resources(request.user):  # type: ignore[arg-type]
        holder = sites[row.site].organisation if row.site in sites else None
        if (
            may_import(request)
            if holder is None
            else policy.may(request.user, "network.edit", organisation=holder, site=row.site)
        ):
            found.append(row)
    return found


# --- words --------------------------------------------------------------------------------------


def days_text(days: list[str]) -> str:
    """Days of the week in words."""
    if len(days) == len(DAYS):
        return _("daily")
    if days == list(DAYS)[:5]:
        return _("weekdays")
    return " ".join(str(DAYS[day]) for day in days)


def times_text(times: list[Any]) -> str:
    """Times of the day."""
    shown = [f"{each:%H:%M}" if hasattr(each, "strftime") else str(each)[:5] for each in times]
    return ", ".join(shown[:6]) + (" …" if len(shown) > 6 else "")


def _word(words: dict[str, Any], code: str) -> str:
    return str(words.get(code, code))


# --- rows ---------------------------------------------------------------------------------------


def site_row(request: HttpRequest, row: ChainSite, own: frozenset[str]) -> dict[str, Any]:
    """A site with its licence, where the person may see it."""
    holder = getattr(directory.sites(request).get(row.id), "organisation", None)
    units = frame.units(request)
    limits = (
        [
            {"nuclide": each.nuclide, "limit": format_activity(each.possession_limit, units)}
            for each in row.licence.nuclides
        ]
        if row.licence
        else []
    )
    return {
        "code": row.id,
        "kind": row.kind,
        "site": {"code": row.id, "name": row.name, "name_zh": row.name_zh, "kind": row.kind},
        "name": frame.named(row),
        "kind_word": str(SITE_KINDS.get(row.kind, row.kind)),
        "city": " ".join(part for part in (row.province, row.city) if part),
        "holder": frame.named(holder) if holder else "",
        "limits": limits,
        "number": (row.licence.number or "") if row.licence else "",
        "valid_until": row.licence.valid_until if row.licence else None,
        "is_own": row.id in own or policy.coordinates(request.user),
        "timezone": row.timezone,
        "url": reverse("site", args=[row.id]),
    }


def _reason(outage: Outage | selectors.OutageRow) -> str:
    return (outage.reason_zh if frame.is_chinese() else None) or outage.reason


def resource_row(request: HttpRequest, row: Resource) -> dict[str, Any]:
    """A machine or line and the outage it is in, or the next one."""
    zone = selectors.network_head(request.user)  # type: ignore[arg-type]
    now = frame.moment(request)
    spans = sorted((zone.instant(each.start), zone.instant(each.end), _reason(each)) for each in row.outages)
    coming = next((each for each in spans if each[1] > now), None)
    return {
        "id": row.id,
        "name": frame.named(row),
        "kind": row.kind,
        "kind_word": _word(RESOURCE_KINDS, row.kind),
        "site": directory.site(request, row.site),
        "site_code": row.site,
        "site_name": frame.named(directory.site(request, row.site)),
        "positions": row.positions,
        "changeover": row.changeover,
        "outages": len(row.outages),
        "is_out": bool(coming and coming[0] <= now),
        "from": coming[0] if coming else None,
        "until": coming[1] if coming else None,
        "reason": coming[2] if coming else "",
        "tone": "blocked" if coming and coming[0] <= now else "",
        "declare_url": f"{reverse('outage-new')}?{urlencode({'resource': row.id})}",
    }


def process_row(request: HttpRequest, row: Process) -> dict[str, Any]:
    """A recipe."""
    makes = directory.products(request).get(row.product)
    return {
        "id": row.id,
        "name": frame.named(row, row.id),
        "kind_word": _word(KINDS, row.kind),
        "kind": row.kind,
        "site": directory.site(request, row.site),
        "site_code": row.site,
        "site_name": frame.named(directory.site(request, row.site)),
        "resource": row.resource or "",
        "product": row.product,
        "product_name": directory.product(request, row.product),
        "nuclide": makes.nuclide if makes else None,
        "input": directory.product(request, row.input_product) if row.input_product else "",
        "batch_bq": row.activity_per_batch or row.max_input,
        "duration": row.duration,
        "after": row.processing_time + row.qc_time,
        "kept": row.processing_yield if row.elution_efficiency is None else row.elution_efficiency,
        "starts": f"{days_text(list(row.start_days))} {times_text(list(row.start_times))}",
        "cost": row.cost,
        "currency": row.currency,
        "cost_text": f"{row.cost:,.0f} {row.currency}" if row.cost else "",
    }


def lane_row(request: HttpRequest, row: Lane) -> dict[str, Any]:
    """A lane with its timetable."""

    def ends(codes: list[str]) -> str:
        named = [
            _("every site") if code == ANY_SITE else frame.named(directory.site(request, code))
            for code in codes
        ]
        more = _(" and %(n)s more") % {"n": len(named) - 2} if len(named) > 3 else ""
        return _(", ").join(named[:2] if more else named) + more

    departures = [
        {
            "text": f"{days_text(list(each.days))} {times_text([each.time])}",
            "number": each.number or "",
            "duration": format_duration(each.duration),
            "capacity": each.capacity_packages,
        }
        for each in row.departures
    ]
    speed = _("%(speed)s km/h") % {"speed": f"{row.speed_kmh:g}"} if row.speed_kmh else ""
    reach = _("up to %(km)s km") % {"km": f"{row.max_km:g}"} if row.max_km else ""
    return {
        "id": row.id,
        "mode": row.mode,
        "mode_word": _word(MODES, row.mode),
        "from": ends(list(row.origins)),
        "to": ends(list(row.destinations)) + (_(" and back") if row.both_ways else ""),
        "speed": ", ".join(part for part in (speed, reach) if part),
        "departures": departures,
        "cut_off": row.cut_off or None,
        "handling": row.handling or None,
        "cost": f"{row.cost_per_trip:,.0f} + {row.cost_per_km:g}/km {row.currency}"
        if policy.coordinates(request.user)
        else "",
    }


# --- the page -----------------------------------------------------------------------------------


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
        "sites": _sites_table,
        "products": _products_table,
        "resources": _resources_table,
        "processes": _processes_table,
        "lanes": _lanes_table,
        "outages": _outages_table,
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
                f"{_word(SITE_KINDS, kind)} {number}" for kind, number in kinds.most_common()
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


def _sites_table(request: HttpRequest, own: frozenset[str]) -> Table:
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
            Column("holder", _("Held by"), sort=True, hidden=True),
            Column("limits", _("Licensed, at most"), template="web/network/cells/limits.html", wrap=True),
            Column("number", _("Licence number"), hidden=True),
            Column("timezone", _("Time zone"), hidden=True),
        ],
        filters=[
            Filter("q", _("Site or place"), "search", fields=["name", "code", "city", "holder"]),
            Filter("kind", _("Kind"), choices=sorted({(row["kind"], row["kind_word"]) for row in rows})),
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


def _products_table(request: HttpRequest, own: frozenset[str]) -> Table:
    rows = [
        {
            "id": row.id,
            "name": frame.named(row),
            "nuclide": row.nuclide,
            "daughter": row.daughter,
            "kind": row.kind,
            "kind_word": _word(PRODUCT_KINDS, row.kind),
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


def _resources_table(request: HttpRequest, own: frozenset[str]) -> Table:
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


def _processes_table(request: HttpRequest, own: frozenset[str]) -> Table:
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


def _lanes_table(request: HttpRequest, own: frozenset[str]) -> Table:
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


def _outages_table(request: HttpRequest, own: frozenset[str]) -> Table:
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
                "reason": _reason(row),
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


# --- one site -----------------------------------------------------------------------------------


def _site(request: HttpRequest, code: str) -> dict[str, Any]:
    viewer = request.user
    found = next((row for row in selectors.site_rows(viewer) if row.id == code), None)  # type: ignore[arg-type]
    if found is None:
        raise Http404(code)
    return site_row(request, found, selectors.own_site_codes(viewer)) | {  # type: ignore[arg-type]
        "lat": found.lat,
        "lon": found.lon,
        "scope": [str(_word(SCOPES, each)) for each in found.licence.scope] if found.licence else [],
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


# --- import and export --------------------------------------------------------------------------


class ImportForm(forms.Form):
    """A network file."""

    file = forms.FileField(
        label=gettext_lazy("Network file"),
        help_text=gettext_lazy("YAML or Excel, as the export writes it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.xlsx"}),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            ("merge", gettext_lazy("Add and update rows; keep what is not in the file")),
            ("replace", gettext_lazy("Replace the whole network by the file")),
        ],
    )


@login_required
def network_import(request: HttpRequest) -> HttpResponse:
    """A file is checked, and written only if it has no problem at all."""
    if not may_import(request):
        raise PermissionDeniedError(_("Only the operator's people may change the network as a whole."))
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "problems": None, "checked": False}
    status = 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        only_check = "check" in request.POST
        try:
            result = services.import_file(
                request.user,  # type: ignore[arg-type]
                upload.read(),
                upload.name,
                replace=form.cleaned_data["how"] == "replace",
                dry_run=only_check,
            )
        except BecqError as error:
            form.add_error(None, problems.say(str(error)))
        else:
            if not result.problems and not only_check:
                messages.success(request, _counts_sentence(result))
                return redirect("network")
            context |= {
                "checked": only_check and not result.problems,
                "filename": upload.name,
                "problems": [
                    {"sheet": each.sheet or "", "told": problems.tell(each)} for each in result.problems
                ],
            }
            status = 400 if result.problems else 200
    return render(request, "web/network/import.html", context, status=400 if form.errors else status)


def _counts_sentence(result: services.NetworkImport) -> str:
    added, changed, removed = (sum(each.values()) for each in (result.added, result.changed, result.removed))
    return _("Network imported: %(added)s rows added, %(changed)s changed, %(removed)s removed.") % {
        "added": added,
        "changed": changed,
        "removed": removed,
    }


@login_required
@require_GET
def network_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The network, as far as the person may see it, as a file."""
    content = services.export_file(request.user, f".{kind}")  # type: ignore[arg-type]
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="network.{kind}"'
    return answer


# --- outages ------------------------------------------------------------------------------------


class OutageForm(forms.Form):
    """When a machine cannot work."""

    resource = forms.ChoiceField(label=gettext_lazy("Resource"))
    start = InstantField(label=gettext_lazy("Start"))
    end = InstantField(label=gettext_lazy("End"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Shown to planners and, where it leaves an order unmet, to the customer."),
    )

    def __init__(self, request: HttpRequest, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = selectors.network_head(request.user).zone  # type: ignore[arg-type]
        note = _("In the zone of the network, %(zone)s.") % {
            "zone": f"{zone.key} {frame.zone_label(clock.now(), zone)}"
        }
        for name in ("start", "end"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]
            self.fields[name].help_text = note
        sites = directory.sites(request)
        self.fields["resource"].choices = [  # type: ignore[attr-defined]
            (row.id, f"{frame.named(row)} · {frame.named(sites.get(row.site) or {}, row.site)}")
            for row in own_resources(request)
        ]
        if fixed:
            self.fields["resource"].disabled = True

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end <= start:
            self.add_error("end", ValidationError(_("The end must be after the start.")))
        return data


@login_required
def outage_new(request: HttpRequest) -> HttpResponse:
    """Declare an outage."""
    if not own_resources(request):
        raise PermissionDeniedError(_("You may not declare outages here."))
    form = OutageForm(request, request.POST or None, initial={"resource": request.GET.get("resource", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.declare_outage(
                request.user,  # type: ignore[arg-type]
                data["resource"],
                data["start"],
                data["end"],
                data["reason"],
            )
        except PermissionDeniedError:
            raise
        except BecqError as error:
            _put_beside(form, error)
        else:
            messages.success(request, _("The outage is declared. Plans made from now on keep clear of it."))
            return redirect(f"{reverse('network')}?tab=outages")
    context = {"form": form, "is_new": True}
    return render(request, "web/network/outage.html", context, status=400 if form.errors else 200)


@login_required
def outage_edit(request: HttpRequest, resource: str) -> HttpResponse:
    """Change an outage."""
    key = request.GET.get("key", "")
    own = {row.id for row in own_resources(request)}
    rows = selectors.outages(request.user)  # type: ignore[arg-type]
    row = next((each for each in rows if (each.resource, each.key) == (resource, key)), None)
    if row is None or resource not in own:
        raise Http404(resource)
    initial = {"resource": resource, "start": row.start, "end": row.end, "reason": row.reason}
    form = OutageForm(request, request.POST or None, initial=initial, fixed=True)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.edit_outage(
                request.user,  # type: ignore[arg-type]
                resource,
                key,
                start=data["start"],
                end=data["end"],
                reason=data["reason"],
            )
        except PermissionDeniedError:
            raise
        except BecqError as error:
            _put_beside(form, error)
        else:
            messages.success(request, _("The outage is changed."))
            return redirect(f"{reverse('network')}?tab=outages")
    context = {"form": form, "is_new": False}
    return render(request, "web/network/outage.html", context, status=400 if form.errors else 200)


def _put_beside(form: forms.Form, error: BecqError) -> None:
    if isinstance(error, ProblemsError):
        problems.put_beside(form, error)
    else:
        form.add_error("start", problems.say(str(error)))


@login_required
@require_POST
def outage_withdraw(request: HttpRequest, resource: str) -> HttpResponse:
    """Take an outage back."""
    services.withdraw_outage(request.user, resource, request.GET.get("key", ""))  # type: ignore[arg-type]
    messages.success(request, _("The outage is withdrawn."))
    return redirect(f"{reverse('network')}?tab=outages")
