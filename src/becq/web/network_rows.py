"""What is in the network, in words: a row of each kind, and who may change what."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from becq.chain.lane import ANY_SITE, Lane
from becq.chain.process import Outage, Process, Resource
from becq.chain.site import Site as ChainSite
from becq.physics.quantities import format_activity, format_duration
from becq.platform.accounts import policy
from becq.platform.network import selectors
from becq.web import directory, frame
from becq.web.network_permissions import place_row
from becq.web.plan_document import KINDS

TYPES = {
    "yaml": "application/yaml; charset=utf-8",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TABS: tuple[tuple[str, str | Promise], ...] = (
    ("sites", gettext_lazy("Sites")),
    ("products", gettext_lazy("Products")),
    ("resources", gettext_lazy("Resources")),
    ("processes", gettext_lazy("Processes")),
    ("lanes", gettext_lazy("Lanes")),
    ("roads", gettext_lazy("Measured roads")),
    ("approvals", gettext_lazy("Approvals")),
    ("vehicles", gettext_lazy("Vehicles")),
    ("packagings", gettext_lazy("Packagings")),
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


def word(words: dict[str, Any], code: str) -> str:
    """The word for a code, or the code itself."""
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
        **place_row(row),
        "url": reverse("site", args=[row.id]),
    }


def reason(outage: Outage | selectors.OutageRow) -> str:
    """Why a machine is out, in the page\'s language."""
    return (outage.reason_zh if frame.is_chinese() else None) or outage.reason


def resource_row(request: HttpRequest, row: Resource) -> dict[str, Any]:
    """A machine or line and the outage it is in, or the next one."""
    zone = selectors.network_head(request.user)  # type: ignore[arg-type]
    now = frame.moment(request)
    spans = sorted((zone.instant(each.start), zone.instant(each.end), reason(each)) for each in row.outages)
    coming = next((each for each in spans if each[1] > now), None)
    return {
        "id": row.id,
        "name": frame.named(row),
        "kind": row.kind,
        "kind_word": word(RESOURCE_KINDS, row.kind),
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
        "kind_word": word(KINDS, row.kind),
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
        "mode_word": word(MODES, row.mode),
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
