"""Orders: the list, its search, its export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from becq.errors import BecqError, InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.market import selectors, services
from becq.platform.market.models import Order, StandingOrder, Status
from becq.web import directory, frame
from becq.web.problems import say
from becq.web.tables import BulkAction, Column, Filter, Table

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


PRIORITIES = (
    (1, gettext_lazy("1 – first: patients are prepared or there is no substitute")),
    (2, gettext_lazy("2 – usual")),
    (3, gettext_lazy("3 – can wait")),
)


SOURCES = {
    "form": gettext_lazy("Form"),
    "file": gettext_lazy("File"),
    "standing": gettext_lazy("Standing order"),
    "api": gettext_lazy("Interface"),
}


EVENTS = {
    "drafted": ("draft", gettext_lazy("Drafted")),
    "placed": ("placed", gettext_lazy("Placed")),
    "amended": ("attention", gettext_lazy("Amended")),
    "cancelled": ("cancelled", gettext_lazy("Cancelled")),
    "confirmed": ("confirmed", gettext_lazy("Confirmed")),
    "unmet": ("unmet", gettext_lazy("Unmet")),
    "delivered": ("received", gettext_lazy("Delivered")),
    "fulfilled": ("fulfilled", gettext_lazy("Fulfilled")),
}


COLUMN_WORDS = {
    "site_code": gettext_lazy("Site"),
    "product_code": gettext_lazy("Product"),
    "nuclide": gettext_lazy("Nuclide"),
    "activity_bq": gettext_lazy("Activity"),
    "calibration_at": gettext_lazy("Calibration time"),
    "earliest": gettext_lazy("Window opens"),
    "latest": gettext_lazy("Window ends"),
    "tolerance": gettext_lazy("Tolerance"),
    "priority": gettext_lazy("Priority"),
    "partial": gettext_lazy("Less is welcome"),
    "patients": gettext_lazy("Patients"),
    "split": gettext_lazy("In parts"),
    "least_part_bq": gettext_lazy("Least part"),
    "most_parts": gettext_lazy("Most parts"),
    "alternatives": gettext_lazy("Other products that would do"),
    "note": gettext_lazy("Remark"),
}


Found = TypeVar("Found", Order, StandingOrder)


def found_or_404(find: Callable[..., Found], viewer: Any, code: str) -> Found:
    """One order by code; what the person may not see is not there."""
    try:
        return find(viewer, code)
    except InputError as error:
        raise Http404(code) from error


def orderable_sites(request: HttpRequest) -> list[Any]:
    """The sites that the person may order for."""
    return [
        site
        for site in directory.sites(request).values()
        if site.organisation is not None
        and policy.may(request.user, "order.place", organisation=site.organisation, site=site.code)
    ]


def may_change(request: HttpRequest, order: Order | StandingOrder) -> bool:
    """True for those who may amend or cancel it."""
    return policy.may(request.user, "order.place", organisation=order.customer, site=order.site_code)


def address(name: str, *args: Any) -> str:
    """The address of a page of somebody else, "" while it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def state_of(order: Order) -> str:
    """The state shown: short where less was promised or came than the tolerance allows."""
    late = order.is_open and order.latest < clock.now()
    if order.status in {Status.CONFIRMED, Status.DELIVERED} and order.is_short:
        return "short"
    return "late" if late and order.status != Status.UNMET else order.status


def _by_status(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value == "short":
        return rows.filter(selectors.SHORT)
    if value == "open":
        return rows.filter(status__in=[Status.PLACED, Status.CONFIRMED, Status.UNMET])
    return rows.filter(status=value) if value in Status.values else rows.none()


def _by_priority(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    return rows.filter(priority=int(value)) if value in {"1", "2", "3"} else rows.none()


def read_day(value: str) -> date | None:
    """A day of an address; None where it is none, or lies outside of ``frame.YEARS``."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.year in frame.YEARS else None


def _by_day(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    day = read_day(value)
    if day is None:
        return rows.none()
    start, end = selectors.span(day)
    return rows.filter(earliest__gte=start, earliest__lt=end)


def orders_table(request: HttpRequest) -> Table:
    """Every order that the person may see."""
    viewer: Any = request.user
    rows = selectors.orders(viewer)
    chosen = frame.site(request)
    if chosen is not None and rows.filter(site_code=chosen.code).exists():  # a supplier's site orders nothing
        rows = rows.filter(site_code=chosen.code)
    if request.GET.get("tab") != "all" and not request.GET.get("day") and not request.GET.get("q"):
        rows = rows.filter(latest__gte=frame.moment(request))
    products = directory.products(request)
    known = set(rows.order_by().values_list("site_code", flat=True).distinct())
    sites = {code: row for code, row in directory.sites(request).items() if code in known}
    bulk = (
        [BulkAction(_("Cancel orders"), reverse("orders-cancel"), "danger")]
        if orderable_sites(request)
        else []
    )
    return Table(
        request=request,
        rows=rows,
        caption=_("Orders"),
        name="orders",
        order="earliest",
        row_key="code",
        row_tone="tone",
        export_name="orders",
        bulk=bulk,
        columns=[
            Column(
                "code", _("Order"), "order", sort=True, href=lambda row: reverse("order", args=[row.code])
            ),
            Column("status", _("Status"), "state", path=state_of, sort="status"),
            Column(
                "site",
                _("Site"),
                "site",
                path=lambda row: directory.site(request, row.site_code),
                sort="site_code",
                hidden=len(sites) < 2,
            ),
            Column(
                "product",
                _("Product"),
                path=lambda row: directory.product(request, row.product_code),
                sort="product_code",
            ),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column(
                "activity_bq", _("Activity"), "activity", sort=True, at="calibration_at", nuclide="nuclide"
            ),
            Column("promised", _("Promised"), "percent", path=_promised, sort="confirmed_activity_bq"),
            Column("earliest", _("Window opens"), "instant", sort=True),
            Column("latest", _("Window ends"), "instant", sort=True, hidden=True),
            Column(
                "arrival",
                _("Arrives"),
                "instant",
                path=lambda row: row.delivered_at or row.confirmed_arrival,
                sort="confirmed_arrival",
            ),
            Column("patients", _("Patients"), "number", sort=True),
            Column("priority", _("Priority"), "number", sort=True),
            Column("calibration_at", _("Calibration time"), "instant", sort=True, hidden=True),
            Column("tolerance", _("Tolerance"), "percent", sort=True, hidden=True),
            Column("lot", _("Lot"), "lot", path="confirmed_lot", sort="confirmed_lot", hidden=True),
            Column("plan_code", _("Plan"), "code", sort=True, hidden=True),
            Column(
                "source",
                _("Came by"),
                path=lambda row: SOURCES.get(row.source, row.source),
                sort="source",
                hidden=True,
            ),
            Column("created_at", _("Placed at"), "instant", sort=True, hidden=True),
            Column("reason", _("Reason"), path=reason_of, wrap=True, hidden=True),
        ],
        filters=[
            Filter(
                "q",
                _("Order, lot or remark"),
                "search",
                apply=lambda rows, text: _by_text(request, rows, text),
            ),
            Filter("day", _("Day of delivery"), "day", apply=_by_day),
            Filter(
                "product",
                _("Product"),
                field="product_code",
                choices=[(code, frame.named(row, code)) for code, row in products.items()],
            ),
            *(
                [
                    Filter(
                        "site",
                        _("Site"),
                        field="site_code",
                        choices=[(code, frame.named(row, code)) for code, row in sites.items()],
                    )
                ]
                if len(sites) > 1
                else []
            ),
            Filter(
                "status",
                _("Status"),
                apply=_by_status,
                choices=[
                    ("open", _("Open")),
                    ("short", _("Short")),
                    ("draft", _("Draft")),
                    ("placed", _("Placed")),
                    ("confirmed", _("Confirmed")),
                    ("unmet", _("Unmet")),
                    ("delivered", _("Delivered")),
                    ("fulfilled", _("Fulfilled")),
                    ("cancelled", _("Cancelled")),
                ],
            ),
            Filter(
                "priority",
                _("Priority"),
                apply=_by_priority,
                choices=[(str(number), str(number)) for number, _words in PRIORITIES],
            ),
        ],
        empty_title=_("No orders are to come") if request.GET.get("tab") != "all" else _("No orders yet"),
        empty_sentence=_("Orders arrive by form, by Excel file or through the API."),
    )


def _by_text(request: HttpRequest, rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """By code, lot and note, and by the names of sites and products as the page shows them."""
    for word in text.split():
        needle = word.casefold()
        named_sites = [
            code
            for code, row in directory.sites(request).items()
            if needle in f"{code} {row.name} {row.name_zh}".casefold()
        ]
        named_products = [
            code
            for code, row in directory.products(request).items()
            if needle in f"{code} {row.name} {row.name_zh} {row.nuclide}".casefold()
        ]
        found = selectors.orders(request.user, text=word)  # type: ignore[arg-type]
        rows = (
            rows.filter(pk__in=found.order_by().values("pk"))
            | rows.filter(site_code__in=named_sites)
            | rows.filter(product_code__in=named_products)
        )
    return rows


def _promised(order: Order) -> float | None:
    """What was promised as a share of what is wanted."""
    promised = order.confirmed_activity_bq
    if promised is None:
        return 0.0 if order.status == Status.UNMET else None
    return promised / order.activity_bq


def reason_of(order: Order) -> str:
    """Why it is unmet or cancelled, in the language of the page."""
    unmet = (frame.is_chinese() and order.unmet_sentence_zh) or order.unmet_sentence
    return unmet or order.cancelled_reason


def sentence(request: HttpRequest) -> str:
    """“42 orders for tomorrow, 3 short”."""
    today = frame.moment(request).astimezone(frame.zone(request)).date()
    parts = []
    wanted = request.GET.get("day", "")
    day_wanted = read_day(wanted)
    if day_wanted is not None:
        days = [(day_wanted, wanted)]
    else:
        days = [(today, _("today")), (today + timedelta(days=1), _("tomorrow"))]
    for day, word in days:
        counted = selectors.counts(request.user, day)  # type: ignore[arg-type]
        said = ngettext("%(n)s order for %(day)s", "%(n)s orders for %(day)s", counted.orders) % {
            "n": counted.orders,
            "day": word,
        }
        short = _("%(n)s short") % {"n": counted.short} if counted.short else _("none short")
        parts.append(
            _("%(orders)s, %(short)s") % {"orders": said, "short": short} if counted.orders else said
        )
    return " · ".join(parts)


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """The list."""
    table = orders_table(request)
    if table.wants_export:
        return table.export()
    for row in table.page.object_list:
        row.tone = {"short": "attention", "late": "attention", "unmet": "blocked"}.get(state_of(row), "")
    context = {
        "table": table,
        "sentence": sentence(request),
        "may_place": bool(orderable_sites(request)),
        "may_import": policy.may(request.user, "order.import"),
        "all": request.GET.get("tab") == "all",
        "file_query": request.GET.urlencode(),
    }
    return render(request, "web/orders/list.html", context)


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The orders of the list as a workbook that can be changed and read back."""
    filters: dict[str, Any] = {
        name: request.GET[name] for name in ("product", "site") if request.GET.get(name)
    }
    status = request.GET.get("status", "")
    if status == "short":
        filters["short"] = True
    elif status in {"open", *Status.values}:
        filters["status"] = status
    filters["day"] = read_day(request.GET.get("day", ""))
    response = HttpResponse(services.export_orders(request.user, **filters), content_type=EXCEL)  # type: ignore[arg-type]
    response["Content-Disposition"] = 'attachment; filename="orders-to-edit.xlsx"'
    return response


@require_POST
@login_required
def cancel_many(request: HttpRequest) -> HttpResponse:
    """Cancel the orders chosen in the list: asks for the reason, then does it and says what was left."""
    viewer: Any = request.user
    chosen = request.POST.getlist("chosen")[:500]
    rows = [row for row in selectors.orders(viewer).filter(code__in=chosen) if may_change(request, row)]
    able = [row for row in rows if row.status in services.AMENDABLE]
    reason = request.POST.get("reason", "").strip()
    missing = "go" in request.POST and not reason
    if "go" in request.POST and reason:
        done, refused = 0, []
        for row in able:
            try:
                services.cancel_order(viewer, row, reason=reason)
                done += 1
            except BecqError as error:
                refused.append(say(str(error)))
        if done:
            messages.success(
                request, ngettext("%(n)s order cancelled.", "%(n)s orders cancelled.", done) % {"n": done}
            )
        for text in refused[:3]:
            messages.error(request, text)
        return redirect("orders")
    if not able:
        messages.warning(request, _("None of the orders chosen can be cancelled."))
        return redirect("orders")
    for row in able:
        row.site, row.product = (
            directory.site(request, row.site_code),
            directory.product(request, row.product_code),
        )
    context = {"rows": able, "left": len(chosen) - len(able), "reason": reason, "missing": missing}
    return render(request, "web/orders/cancel_many.html", context)
