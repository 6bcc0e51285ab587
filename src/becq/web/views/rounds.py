"""Delivery rounds of a plan: what each vehicle of a site drives on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from becq.platform.network import selectors as networks
from becq.platform.plans.models import RunStatus
from becq.platform.plans.rounds import RoundsInput, delivery_rounds, rounds_input
from becq.web import directory, frame
from becq.web.plan_document import percent
from becq.web.plan_reading import find_run, span_text
from becq.web.rounds_drawing import axis_of, draw_missed, draw_vehicles

KEY = (
    ("loading", gettext_lazy("Loading")),
    ("driving", gettext_lazy("Driving")),
    ("waiting", gettext_lazy("Waiting")),
    ("handing", gettext_lazy("Handing over")),
)


@login_required
@require_GET
def plan_rounds(request: HttpRequest, code: str) -> HttpResponse:
    """The rounds of one site on one day: ``?site=&day=``; ``&as=json`` as data."""
    run = find_run(request, code)
    if run.status != RunStatus.DONE:
        return redirect("plan-run", run.code)
    viewer: Any = request.user
    given = rounds_input(viewer, run)
    site, day = _asked(request, given)
    context: dict[str, Any] = {
        "run": run,
        "span": span_text(run),
        "gone": given.gone,
        "has_vehicles": bool(given.network.vehicles),
        "sites": _sites(request, given, site),
        "days": [each for home, each in given.pairs if home == site],
        "site": site,
        "day": day,
    }
    if day is not None:
        made = delivery_rounds(given, site, day)
        if request.GET.get("as") == "json":
            return JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
        context |= _drawn(request, given, made)
    return render(request, "web/plan/rounds.html", context)


def _asked(request: HttpRequest, given: RoundsInput) -> tuple[str, date | None]:
    """The site and day asked for, else the first ones that there are."""
    site = request.GET.get("site", "")
    if site not in {home for home, _ in given.pairs}:
        site = given.pairs[0][0] if given.pairs else ""
    days = [day for home, day in given.pairs if home == site]
    wanted = [day for day in days if day.isoformat() == request.GET.get("day", "")]
    chosen = wanted or days
    return site, chosen[0] if chosen else None


def _sites(request: HttpRequest, given: RoundsInput, chosen: str) -> list[dict[str, Any]]:
    codes = dict.fromkeys(home for home, _ in given.pairs)
    return [
        {"code": code, "name": frame.named(directory.site(request, code)), "chosen": code == chosen}
        for code in codes
    ]


def _drawn(request: HttpRequest, given: RoundsInput, made: dict[str, Any]) -> dict[str, Any]:
    zone = given.network.site[made["site"]].zone
    sites = {row.id: directory.site(request, row.id) for row in given.network.sites}
    products = {row.id: frame.named(row) for row in given.network.products}
    axis = axis_of(made)
    vehicles = [] if axis is None else draw_vehicles(made, axis, sites, products, zone)
    served = made["deliveries"] - len(made["missed"])
    return {
        "made": made,
        "home": sites[made["site"]],
        "served": served,
        "km": f"{made['km']:,.0f}",
        "share": percent(served / made["deliveries"]) if made["deliveries"] else "—",
        "vehicles": vehicles,
        "key": KEY,
        "ticks": [] if axis is None else axis.ticks(zone),
        "number_of_rounds": sum(len(row["rounds"]) for row in vehicles),
        "highest": max((row["highest"] for row in vehicles), default=0.0),
        "missed": draw_missed(made, sites, products),
        "gaps": [products.get(row["product"], row["product"]) for row in made["gaps"]],
        "zone_name": f"{zone.key}, {frame.zone_label(_midnight(made, zone), zone)}",
        "network_name": frame.named(networks.meta(request.user)),  # type: ignore[arg-type]
    }


def _midnight(made: dict[str, Any], zone: Any) -> Any:
    """Midnight of the day of rounds."""
    return datetime.combine(date.fromisoformat(made["day"]), datetime.min.time(), zone)
