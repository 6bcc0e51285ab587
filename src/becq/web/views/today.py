"""Today: what needs me now, what is about to go wrong, and how the day runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.physics.quantities import format_activity
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts import selectors as accounts
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.market import selectors as market
from becq.platform.market.models import Status
from becq.platform.network import selectors as network
from becq.platform.plans import selectors as plans
from becq.platform.production import selectors as production
from becq.platform.waste import selectors as waste
from becq.web import directory, frame
from becq.web.needs import ORDERS_AHEAD, address, alarms, deviating_receipts, licence_use, needs
from becq.web.plan_document import gap_text
from becq.web.timetable import day_of, timetable

QUEUE_SHOWN = 12
Figure = dict[str, Any]


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """The start page of everybody."""
    table = timetable(request)
    if table.wants_export:
        return table.export()
    now = clock.now()
    viewer: Any = request.user
    queue = needs(request)
    shown = queue if request.GET.get("queue") == "all" else queue[:QUEUE_SHOWN]
    late = sum(each.due < now for each in queue)
    warned = alarms(request)
    context = {
        "now": now,
        "day": day_of(request)[0],
        "queue": [(each, each.time_words(now)) for each in shown],
        "queue_left": len(queue) - len(shown),
        "alarms": warned,
        "figures": FIGURES.get(viewer.role, _nothing)(request),
        "table": table,
        "whole_day": request.GET.get("tab") == "day",
        "sentence": _sentence(len(queue), late, len(warned)),
    }
    return render(request, "web/today/today.html", context)


def _sentence(waiting: int, late: int, warned: int) -> str:
    """“5 things wait for you, 2 of them late.”"""
    if not waiting:
        return (
            _("Nothing waits for you; see what goes wrong below.")
            if warned
            else _("Nothing waits for you, nothing goes wrong.")
        )
    text = ngettext("%(n)s thing waits for you", "%(n)s things wait for you", waiting) % {"n": waiting}
    if late == waiting:
        text += _(", ") + _("late")
    elif late:
        text += _(", ") + ngettext("%(n)s of them late", "%(n)s of them late", late) % {"n": late}
    return text + _(".")


# --- three figures for each role ------------------------------------------------------------------


def _figure(label: str, value: Any, note: str = "", *, tone: str = "", href: str = "") -> Figure:
    return {"label": label, "value": value, "note": note, "tone": tone, "href": href}


def _planner(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    now = clock.now()
    soon = market.orders(viewer).filter(earliest__gte=now, earliest__lt=now + ORDERS_AHEAD)
    soon = soon.exclude(status__in=[Status.CANCELLED, Status.DRAFT])
    short = soon.filter(market.SHORT).count()
    found = [
        _figure(
            _("Orders short in the next 48 h"),
            short,
            _("of %(n)s") % {"n": soon.count()},
            tone="attention" if short else "",
            href=address("orders", query="?status=short") if short else "",
        ),
        _load(request),
    ]
    plan = plans.plan_in_force(viewer)
    if plan is None:
        return [*found, _figure(_("Plan in force"), _("none"), href=address("plan"))]
    until = plan.first + timedelta(days=plan.days - 1)
    note = _("%(code)s, until %(day)s") % {"code": plan.code, "day": f"{until:%m-%d}"}
    if plan.gap is not None and policy.coordinates(viewer):
        return [
            *found,
            _figure(_("Plan gap"), gap_text(plan.gap), note, href=address("plan-run", plan.code)),
        ]
    return [*found, _figure(_("Plan in force"), plan.code, note, href=address("plan-run", plan.code))]


def _load(request: HttpRequest) -> Figure:
    """The busiest resource of the day: time in use of the time there is."""
    viewer: Any = request.user
    start, end = day_of(request)
    busy: dict[str, float] = {}
    for run in production.runs(viewer, start=start, end=end).exclude(status__in=["cancelled", "failed"]):
        if run.resource:
            begun, ended = run.actual_start or run.planned_start, run.actual_eob or run.planned_eob
            overlap = (min(ended, end) - max(begun, start)).total_seconds()
            busy[run.resource] = busy.get(run.resource, 0.0) + max(0.0, overlap)
    resources = {row.id: row for row in network.resources(viewer)}
    loads = {
        code: seconds / (86400.0 * max(1, resources[code].positions or 1))
        for code, seconds in busy.items()
        if code in resources
    }
    if not loads:
        return _figure(_("Resource load today"), "0 %", _("no resource runs today"))
    code = max(loads, key=lambda each: loads[each])
    mean = sum(loads.values()) / len(resources)
    note = _("%(name)s; all together %(mean)s") % {
        "name": frame.named(resources[code], code),
        "mean": f"{100 * mean:.0f} %",
    }
    return _figure(_("Busiest resource today"), f"{100 * loads[code]:.0f} %", note, href=address("plan"))


def _dispatcher(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    now = clock.now()
    _start, end = day_of(request)
    own = dispatch.consignments(viewer).filter(from_organisation=viewer.organisation_id)
    if viewer.site_code:
        own = own.filter(from_site=viewer.site_code)
    if policy.coordinates(viewer):
        own = dispatch.consignments(viewer)
    to_send = own.filter(status="planned", planned_depart__lt=end)
    way = own.filter(status="dispatched")
    late = own.filter(
        Q(status="planned", planned_depart__lt=now) | Q(status="dispatched", expected_arrive__lt=now)
    ).count()
    first = to_send.order_by("planned_depart").first()
    return [
        _figure(
            _("To send today"),
            to_send.count(),
            _("next %(at)s") % {"at": _local(request, first.planned_depart)} if first else "",
            href=address("consignments", query="?status=planned"),
        ),
        _figure(
            _("On the way"),
            way.count(),
            _sums(request, way),
            href=address("consignments", query="?status=dispatched"),
        ),
        _figure(
            _("Late"), late, _("not left or not arrived") if late else "", tone="attention" if late else ""
        ),
    ]


def _hospital(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    start, end = day_of(request)
    now = clock.now()
    coming = dispatch.consignments(viewer, start=start, end=end).filter(
        to_organisation=viewer.organisation_id, status__in=["planned", "dispatched"], expected_arrive__lt=end
    )
    given = clinic.doses(viewer).filter(administration__at__gte=start, administration__at__lt=end).count()
    drawn = clinic.doses_waiting(viewer).count()
    booked = (
        market.orders(viewer)
        .filter(calibration_at__gte=start, calibration_at__lt=end)
        .exclude(status__in=[Status.CANCELLED, Status.DRAFT, Status.UNMET])
        .order_by()
        .aggregate(total=Sum("patients"))["total"]
        or 0
    )
    open_ = market.orders(viewer).filter(status=Status.PLACED, latest__gte=now)
    first = open_.order_by("earliest").first()
    note = _("%(given)s given, %(drawn)s drawn") % {"given": given, "drawn": drawn}
    return [
        _figure(
            _("Still arriving today"),
            coming.count(),
            _sums(request, coming, arrival=True),
            href=address("consignments"),
        ),
        _figure(_("Patients booked today"), booked, note, href=address("clinic"))
        if booked
        else _figure(_("Doses to give"), drawn, note, href=address("clinic")),
        _figure(
            _("Orders not confirmed"),
            open_.count(),
            _("next %(at)s") % {"at": _local(request, first.earliest)} if first else "",
            tone="attention" if first and first.earliest < now + timedelta(hours=24) else "",
            href=address("orders", query="?status=placed"),
        ),
    ]


def _rso(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    now = clock.now()
    use = licence_use(request, now)
    units = frame.units(request)
    if use is None:
        licence = _figure(_("Licence use"), "—", _("no possession limit is known"))
    else:
        note = _("%(nuclide)s at %(site)s: %(held)s of %(limit)s") % {
            "nuclide": use["nuclide"],
            "site": frame.named(directory.site(request, use["site"])),
            "held": format_activity(use["held_bq"], units),
            "limit": format_activity(use["limit_bq"], units),
        }
        tone = "blocked" if use["share"] > 1 else "attention" if use["share"] > 0.8 else ""
        licence = _figure(
            _("Highest licence use"), f"{100 * use['share']:.0f} %", note, tone=tone, href=address("stock")
        )
    stored = waste.entries(viewer, status="stored")
    following = stored.filter(clear_from__gt=now).order_by("clear_from").first()
    return [
        licence,
        _figure(
            _("Waste that may be cleared"),
            waste.clearable(viewer).count(),
            _("of %(n)s stored; next %(at)s")
            % {"n": stored.count(), "at": _local(request, following.clear_from, day=True)}
            if following
            else _("of %(n)s stored") % {"n": stored.count()},
            href=address("waste"),
        ),
        _unaccounted(request),
    ]


def _unaccounted(request: HttpRequest) -> Figure:
    """The nuclide whose measured differences of 30 days are largest against their uncertainty."""
    viewer: Any = request.user
    units = frame.units(request)
    label = _("Unaccounted, 30 days")
    if viewer.organisation is None:
        return _figure(label, "—")
    totals = books.unaccounted(viewer, viewer.organisation, start=clock.now() - timedelta(days=30)).totals
    if not totals:
        return _figure(
            label, format_activity(0.0, units), _("no difference was measured"), href=address("ledger")
        )
    known = {name: pair for name, pair in totals.items() if pair[1]} or totals
    name = max(known, key=lambda each: abs(known[each][0]) / (known[each][1] or 1.0))
    total, uncertainty = totals[name]
    far = bool(uncertainty) and abs(total) > 3 * uncertainty
    note = (
        _("± %(uncertainty)s, %(nuclide)s")
        % {"uncertainty": format_activity(uncertainty, units, 2), "nuclide": name}
        if uncertainty
        else _("%(nuclide)s, no uncertainty is stated") % {"nuclide": name}
    )
    sign = "−" if total < 0 else ""
    return _figure(
        label,
        sign + format_activity(abs(total), units),
        note,
        tone="attention" if far else "",
        href=address("ledger"),
    )


def _regulator(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    now = clock.now()
    way = dispatch.consignments(viewer, status="dispatched")
    number = way.count()
    differing = len(deviating_receipts(viewer, now))
    province = getattr(viewer.organisation, "province", "")
    return [
        _figure(
            _("On the way in %(province)s") % {"province": province}
            if province not in {"", "*"}
            else _("On the way"),
            ngettext("%(n)s consignment", "%(n)s consignments", number) % {"n": number},
            _sums(request, way),
            href=address("consignments", query="?status=dispatched"),
        ),
        _figure(
            _("Receipts off by over a tenth, 7 days"),
            differing,
            tone="attention" if differing else "",
            href=address("consignments", query="?status=received"),
        ),
        _books(request),
    ]


def _books(request: HttpRequest) -> Figure:
    """How far the books reach."""
    newest = books.postings(request.user).order_by("-recorded_time").first()  # type: ignore[arg-type]
    if newest is None:
        return _figure(_("Books"), _("empty"), href=address("ledger"))
    return _figure(
        _("Last posting in the books"),
        _local(request, newest.recorded_time),
        _("prove them on the page Ledger"),
        href=address("ledger-audit") or address("ledger"),
    )


def _administrator(request: HttpRequest) -> list[Figure]:
    viewer: Any = request.user
    people = accounts.people(viewer)
    active = people.filter(is_active=True)
    runs = plans.runs(viewer)
    at_work = runs.filter(status__in=["queued", "running"]).count()
    failed = runs.filter(status="failed", created_at__gte=clock.now() - timedelta(days=7)).count()
    meta = network.meta(viewer)
    return [
        _figure(
            _("People"),
            active.count(),
            _("%(n)s never signed in") % {"n": active.filter(last_login=None).count()},
            href=address("administration"),
        ),
        _figure(
            _("Planning jobs"),
            at_work,
            _("%(n)s failed in 7 days") % {"n": failed},
            tone="attention" if failed else "",
            href=address("plan"),
        ),
        _figure(
            _("Network"),
            _("revision %(n)s") % {"n": meta.revision} if meta else _("none yet"),
            _local(request, meta.changed_at) if meta and meta.changed_at else "",
            href=address("network"),
        ),
    ]


def _nothing(request: HttpRequest) -> list[Figure]:
    return []


FIGURES: dict[str, Callable[[HttpRequest], list[Figure]]] = {
    "planner": _planner,
    "dispatcher": _dispatcher,
    "hospital": _hospital,
    "rso": _rso,
    "regulator": _regulator,
    "administrator": _administrator,
}


def _local(request: HttpRequest, at: Any, *, day: bool = False) -> str:
    zone = frame.zone(request)
    local = at.astimezone(zone)
    return f"{local:%m-%d}" if day else f"{local:%m-%d %H:%M} {frame.zone_label(at, zone)}"


def _sums(request: HttpRequest, rows: Iterable[Any], *, arrival: bool = False) -> str:
    """Activity of consignments by nuclide, now or on arrival: different nuclides are not added up."""
    now = clock.now()
    totals: dict[str, float] = {}
    for row in rows:
        at = row.expected_arrive if arrival else now
        totals[row.nuclide] = totals.get(row.nuclide, 0.0) + dispatch.predicted_bq(row, at)
    largest = sorted(totals.items(), key=lambda pair: -pair[1])
    text = ", ".join(f"{name} {format_activity(bq, frame.units(request))}" for name, bq in largest[:3])
    return f"{text} …" if len(largest) > 3 else text
