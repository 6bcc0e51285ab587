"""Standing orders: those that repeat weekly, and the single orders made of them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from becq.chain.fields import WEEKDAYS, write_activity
from becq.errors import ConflictError, InputError, ProblemsError
from becq.physics.quantities import parse_activity
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.market import selectors, services
from becq.platform.market.models import StandingOrder
from becq.web import directory, frame
from becq.web.forms import ActivityField
from becq.web.part_fields import PART_FIELDS, PartsForm, parts_initial
from becq.web.problems import put_beside
from becq.web.tables import Column, Filter, Table
from becq.web.views.errors import forbidden
from becq.web.views.orders import PRIORITIES, found_or_404, may_change, orderable_sites

DAYS = dict(
    zip(
        WEEKDAYS,
        (
            gettext_lazy("Mon"),
            gettext_lazy("Tue"),
            gettext_lazy("Wed"),
            gettext_lazy("Thu"),
            gettext_lazy("Fri"),
            gettext_lazy("Sat"),
            gettext_lazy("Sun"),
        ),
        strict=True,
    )
)
LONGEST_AHEAD = 31


class TimeField(forms.TimeField):
    """A time of day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


class DayField(forms.DateField):
    """A day, which may be left out."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, required=False, **options)


class StandingForm(PartsForm):
    """What repeats, on which days, within which window. Times are in the zone of the site."""

    field_order = (
        "site", "product", "activity", "days", "earliest", "latest", "calibration", "calibration_day_offset",
        "tolerance", "priority", "patients", "partial", *PART_FIELDS, "valid_from", "valid_to",
    )  # fmt: skip
    site = forms.ChoiceField(label=gettext_lazy("Site"))
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    activity = ActivityField(
        label=gettext_lazy("Activity"),
        help_text=gettext_lazy("At the calibration time; Bq or Ci with prefix."),
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days of delivery"),
        choices=list(DAYS.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "weekdays"}),
    )
    earliest = TimeField(label=gettext_lazy("Window opens"))
    latest = TimeField(label=gettext_lazy("Window ends"))
    calibration = TimeField(label=gettext_lazy("Calibration time"), required=False)
    calibration_day_offset = forms.IntegerField(
        label=gettext_lazy("Days from delivery to calibration"), min_value=0, max_value=60, required=False
    )
    tolerance = forms.DecimalField(
        label=gettext_lazy("Tolerance (%)"), min_value=0, max_value=100, decimal_places=2, initial=10
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=PRIORITIES, coerce=int, initial=2
    )
    patients = forms.IntegerField(label=gettext_lazy("Patients"), min_value=0, required=False)
    partial = forms.BooleanField(
        label=gettext_lazy("Less is welcome"),
        required=False,
        help_text=gettext_lazy("If not all of it can be had, send what there is."),
    )
    valid_from = DayField(label=gettext_lazy("First day"))
    valid_to = DayField(label=gettext_lazy("Last day"))

    def __init__(
        self, request: HttpRequest, *args: Any, standing: StandingOrder | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.standing = standing
        products = directory.products(request)
        if standing is not None:
            del self.fields["site"]
            site_code = standing.site_code
        else:
            choices = [(row.code, frame.named(row, row.code)) for row in orderable_sites(request)]
            self.fields["site"].choices = choices if len(choices) == 1 else [("", _("choose")), *choices]  # type: ignore[attr-defined]
            if len(choices) == 1:
                self.fields["site"].initial = choices[0][0]
            site_code = str(self["site"].value() or "")
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", _("choose")),
            *((code, frame.named(row, code)) for code, row in products.items()),
        ]
        self.product = products.get(str(self["product"].value() or ""))
        zone = directory.zone(request, site_code)
        self.fields["latest"].help_text = _("In the time of the site, %(zone)s.") % {
            "zone": f"{zone.key} ({frame.zone_label(clock.now(), zone)})"
        }
        self.fields["calibration"].help_text = _("Empty: by the convention of the product, where it has one.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("calibration") is None and "calibration" not in self.errors:
            if self.product is not None and self.product.calibration_hour is not None:
                values["calibration"] = self.product.calibration_hour
                if values.get("calibration_day_offset") is None:
                    values["calibration_day_offset"] = self.product.calibration_day_offset
            elif self.product is not None:
                self.add_error(
                    "calibration", _("This product has no convention; say which moment the activity is for.")
                )
        return values

    def fields_of_order(self) -> dict[str, Any]:
        """What the services take; None takes a field back to its default."""
        values = self.cleaned_data | self.parts_given()
        values.pop("site", None)
        activity = values["activity"]
        before = self.standing.activity_bq if self.standing is not None else None
        if before is not None and activity == parse_activity(self.fields["activity"].prepare_value(before)):
            activity = before  # shown rounded and left alone
        values["activity"] = write_activity(activity)
        values["days"] = ", ".join(values["days"])
        for name in ("earliest", "latest", "calibration"):
            moment: time = values[name]
            values[name] = f"{moment:%H:%M}"
        values["calibration_day_offset"] = values["calibration_day_offset"] or 0
        values["tolerance"] = float(values["tolerance"]) / 100
        for name in ("valid_from", "valid_to"):
            values[name] = values[name].isoformat() if values[name] else None
        return values


def days_words(days: str) -> str:
    """“Mon, Wed” of “mon,wed”; every day in one word."""
    codes = [code for code in days.split(",") if code in DAYS]
    if len(codes) == 7:
        return str(_("every day"))
    places = [WEEKDAYS.index(code) for code in codes]
    if len(codes) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{DAYS[codes[0]]}–{DAYS[codes[-1]]}"
    return _(", ").join(str(DAYS[code]) for code in codes)


@login_required
def standing_orders(request: HttpRequest) -> HttpResponse:
    """The list, and the making of single orders."""
    viewer: Any = request.user
    products = directory.products(request)
    table = Table(
        request=request,
        rows=selectors.standing_orders(viewer, active=None),
        caption=_("Standing orders"),
        name="standing",
        order="code",
        row_key="code",
        export_name="standing-orders",
        columns=[
            Column(
                "code",
                _("Standing order"),
                "order",
                sort=True,
                href=lambda row: reverse("standing-order", args=[row.code]),
            ),
            Column(
                "site",
                _("Site"),
                "site",
                path=lambda row: directory.site(request, row.site_code),
                sort="site_code",
            ),
            Column(
                "product",
                _("Product"),
                path=lambda row: directory.product(request, row.product_code),
                sort="product_code",
            ),
            Column("activity_bq", _("Activity"), "activity", sort=True),
            Column("days", _("Days of delivery"), path=lambda row: days_words(row.days)),
            Column(
                "window", _("Delivery window"), path=lambda row: f"{row.earliest:%H:%M}–{row.latest:%H:%M}"
            ),
            Column("calibration", _("Calibration"), path=_calibration),
            Column("patients", _("Patients"), "number", sort=True),
            Column("priority", _("Priority"), "number", sort=True),
            Column(
                "state",
                _("Status"),
                "state",
                path=lambda row: "in_use" if row.active else "cancelled",
                sort="active",
            ),
            Column("valid_from", _("First day"), hidden=True),
            Column("valid_to", _("Last day"), hidden=True),
        ],
        filters=[
            Filter("q", _("Order, site or product"), "search", fields=["code", "site_code", "product_code"]),
            Filter(
                "product",
                _("Product"),
                field="product_code",
                choices=[(code, frame.named(row, code)) for code, row in products.items()],
            ),
            Filter("active", _("Only in use"), "flag"),
        ],
        empty_title=_("No standing orders yet"),
        empty_sentence=_("What is needed every week is ordered once and repeats by itself."),
    )
    if table.wants_export:
        return table.export()
    context = {
        "table": table,
        "number": selectors.standing_orders(viewer).count(),
        "may_place": bool(orderable_sites(request)),
        "may_make": policy.may(viewer, "order.import"),
        "ahead": 14,
        "longest": LONGEST_AHEAD,
    }
    return render(request, "web/orders/standing.html", context)


def _calibration(row: StandingOrder) -> str:
    offset = row.calibration_day_offset
    clock_time = f"{row.calibration:%H:%M}"
    return f"{clock_time} +{offset} d" if offset else clock_time


@login_required
def standing_new(request: HttpRequest) -> HttpResponse:
    """A new standing order."""
    viewer: Any = request.user
    if not orderable_sites(request):
        return forbidden(request)
    initial = {"days": ["mon"], "earliest": "07:00", "latest": "09:00"}
    form = StandingForm(request, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        site = form.cleaned_data["site"]
        try:
            standing = services.place_standing_order(
                viewer,
                code=_free_code(request, f"{site}.{form.cleaned_data['product']}"),
                site=site,
                **form.fields_of_order(),
            )
        except (ProblemsError, ConflictError, InputError) as error:
            put_beside(form, error)
        else:
            messages.success(request, _("Standing order %(code)s is made.") % {"code": standing.code})
            return redirect("standing-order", standing.code)
    return render(request, "web/orders/standing_form.html", {"form": form, "standing": None})


def _free_code(request: HttpRequest, base: str) -> str:
    """A code nobody has: site.product, then with a number."""
    viewer: Any = request.user
    base = base[:70]
    taken = set(
        selectors.standing_orders(viewer, active=None)
        .filter(code__startswith=base)
        .values_list("code", flat=True)
    )
    number, code = 1, base
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


@login_required
def standing_order(request: HttpRequest, code: str) -> HttpResponse:
    """One standing order: its form for those who may change it, its coming orders for everybody."""
    viewer: Any = request.user
    standing = found_or_404(selectors.standing_order, viewer, code)
    changeable = standing.active and may_change(request, standing)
    initial = {
        "product": standing.product_code,
        "activity": standing.activity_bq,
        "days": standing.days.split(","),
        "earliest": standing.earliest,
        "latest": standing.latest,
        "calibration": standing.calibration,
        "calibration_day_offset": standing.calibration_day_offset,
        "tolerance": f"{100 * standing.tolerance:g}",
        "priority": standing.priority,
        "patients": standing.patients,
        "partial": standing.partial,
        **parts_initial(standing),
        "valid_from": standing.valid_from,
        "valid_to": standing.valid_to,
    }
    error = ""
    asked = request.POST.get("do", "")
    form = StandingForm(
        request, request.POST if asked == "save" else None, standing=standing, initial=initial
    )
    if request.method == "POST" and not changeable:
        return forbidden(request)
    if asked == "end":
        try:
            services.end_standing_order(viewer, standing, reason=request.POST.get("reason", ""))
        except InputError:
            error = _("Say why the standing order ends.")
        else:
            messages.success(request, _("Standing order %(code)s has ended.") % {"code": standing.code})
            return redirect("standing-order", standing.code)
    if asked == "save" and form.is_valid():
        try:
            services.edit_standing_order(viewer, standing, **form.fields_of_order())
        except (ProblemsError, ConflictError, InputError) as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, _("Standing order %(code)s is changed.") % {"code": standing.code})
            return redirect("standing-order", standing.code)
    coming = selectors.orders(viewer).filter(standing=standing, latest__gte=clock.now())[:20]
    context = {
        "standing": standing,
        "site": directory.site(request, standing.site_code),
        "zone": directory.zone(request, standing.site_code),
        "product": directory.product(request, standing.product_code),
        "days": days_words(standing.days),
        "form": form,
        "changeable": changeable,
        "error": error,
        "coming": coming,
    }
    return render(request, "web/orders/standing_order.html", context)


@require_POST
@login_required
def make(request: HttpRequest) -> HttpResponse:
    """Make the single orders of the coming days."""
    viewer: Any = request.user
    text = request.POST.get("days", "")
    days = int(text) if text.isdecimal() else 0
    if not 1 <= days <= LONGEST_AHEAD:
        messages.error(request, _("Orders are made for 1 to %(n)s days ahead.") % {"n": LONGEST_AHEAD})
        return redirect("standing-orders")
    today: datetime = clock.now().astimezone(frame.zone(request))
    made = services.materialise_standing_orders(viewer, today.date(), days)
    if made:
        messages.success(
            request, ngettext("%(n)s order placed.", "%(n)s orders placed.", len(made)) % {"n": len(made)}
        )
    else:
        messages.info(request, _("All orders of these days are there already."))
    return redirect("standing-orders")
