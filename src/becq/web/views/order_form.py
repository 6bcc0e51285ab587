"""Placing, amending and cancelling one order."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from becq.chain.product import Product
from becq.errors import ConflictError, InputError, ProblemsError
from becq.physics.decay import decay_factor
from becq.physics.nuclides import nuclide
from becq.physics.quantities import format_activity, parse_activity
from becq.platform import clock
from becq.platform.market import selectors, services
from becq.platform.market.models import Order, Status
from becq.web import directory, frame
from becq.web.forms import ActivityField, InstantField
from becq.web.part_fields import PartsForm, parts_initial
from becq.web.problems import put_beside, say
from becq.web.views.orders import PRIORITIES, found_or_404, may_change, orderable_sites

SENT = ("activity", "calibration", "earliest", "latest", "priority", "partial", "patients")


class OrderForm(PartsForm):
    """What is ordered. Times are in the zone of the site."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    activity = ActivityField(
        label=gettext_lazy("Activity"),
        help_text=gettext_lazy("At the calibration time; Bq or Ci with prefix."),
    )
    earliest = InstantField(label=gettext_lazy("Window opens"))
    latest = InstantField(label=gettext_lazy("Window ends"))
    calibration = InstantField(label=gettext_lazy("Calibration time"), required=False)
    tolerance = forms.DecimalField(
        label=gettext_lazy("Tolerance (%)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=10,
        help_text=gettext_lazy("Accepted deviation of the activity at the calibration time."),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=PRIORITIES, coerce=int, initial=2
    )
    patients = forms.IntegerField(label=gettext_lazy("Patients"), min_value=1, max_value=500, required=False)
    partial = forms.BooleanField(
        label=gettext_lazy("Less is welcome"),
        required=False,
        help_text=gettext_lazy("If not all of it can be had, send what there is."),
    )
    note = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    code = forms.CharField(
        label=gettext_lazy("Your number"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Leave it out to be given one."),
    )

    def __init__(self, request: HttpRequest, *args: Any, order: Order | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        sites = orderable_sites(request)
        products = directory.products(request)
        if order is not None:
            del self.fields["site"], self.fields["code"]
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), required=False, max_length=400, help_text=_("It stays with the order.")
            )
            self.site_code = order.site_code
        else:
            choices = [(row.code, frame.named(row, row.code)) for row in sites]
            self.fields["site"].choices = choices if len(choices) == 1 else [("", _("choose")), *choices]  # type: ignore[attr-defined]
            if len(choices) == 1:
                self.fields["site"].initial = choices[0][0]
            self.site_code = str(self["site"].value() or "")
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", _("choose")),
            *((code, frame.named(row, code)) for code, row in products.items()),
        ]
        self.product: Product | None = products.get(str(self["product"].value() or ""))
        known = directory.sites(request).get(self.site_code)
        self.zone = ZoneInfo(known.timezone if known else settings.TIME_ZONE)
        words = f"{self.zone.key} ({frame.zone_label(clock.now(), self.zone)})"
        for name in ("earliest", "latest", "calibration"):
            self.fields[name].zone = self.zone  # type: ignore[attr-defined]
        self.fields["latest"].help_text = _("In the time of the site, %(zone)s.") % {"zone": words}
        if self.product is not None and self.product.calibration_hour is not None:
            self.fields["calibration"].help_text = _(
                "Empty: by the convention of the product, %(convention)s."
            ) % {"convention": convention_words(self.product)}
        else:
            self.fields["calibration"].help_text = _("The moment that the activity is stated for.")

    def instant(self, name: str) -> datetime | None:
        """A moment as filled in, None where it cannot be read."""
        try:
            return self.fields[name].clean(self[name].value()) if self[name].value() else None  # type: ignore[no-any-return]
        except forms.ValidationError:
            return None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("calibration") and "calibration" not in self.errors:
            opens = values.get("earliest")
            if self.product is not None and opens is not None:
                values["calibration"] = conventional(self.product, opens, self.zone)
                if values["calibration"] is None:
                    self.add_error(
                        "calibration",
                        _("This product has no convention; say which moment the activity is for."),
                    )
        return values

    def fields_of_order(self) -> dict[str, Any]:
        """What the services take."""
        values = {name: self.cleaned_data[name] for name in SENT}
        values["product"] = self.cleaned_data["product"]
        values["tolerance"] = float(self.cleaned_data["tolerance"]) / 100
        values["note"] = self.cleaned_data["note"]
        return values | self.parts_given()

    @property
    def hint(self) -> list[str]:
        """What the form means so far, in sentences: the calibration time, and the activity at delivery."""
        if self.product is None:
            return []
        found = nuclide(self.product.nuclide)
        said = [
            _("%(nuclide)s, half-life %(time)s.")
            % {
                "nuclide": found.name_zh if frame.is_chinese() else found.name,
                "time": _short(found.half_life_text),
            }
        ]
        opens, ends = self.instant("earliest"), self.instant("latest")
        calibration = self.instant("calibration")
        if calibration is None and opens is not None:
            calibration = conventional(self.product, opens, self.zone)
            if calibration is not None:
                local = f"{calibration.astimezone(self.zone):%m-%d %H:%M}"
                zone = frame.zone_label(calibration, self.zone)
                said.append(_("Calibrated to %(at)s.") % {"at": f"{local} {zone}"})
        try:
            wanted = self["activity"].value()
            activity = wanted if isinstance(wanted, float) else parse_activity(str(wanted or ""))
        except InputError:
            return said
        if calibration is not None and opens is not None and ends is not None:
            most, least = (
                activity * float(decay_factor(self.product.nuclide, (at - calibration).total_seconds()))
                for at in (opens, ends)
            )
            said.append(
                _("That is %(most)s when the window opens and %(least)s when it ends.")
                % {"most": format_activity(most), "least": format_activity(least)}
            )
        return said


def _short(half_life: str) -> str:
    """“8.02 d” of “8.02070 d”."""
    number, _space, unit = half_life.partition(" ")
    try:
        return f"{float(number):.3g} {unit}".strip()
    except ValueError:
        return half_life


def convention_words(product: Product) -> str:
    """“12:00 one day after delivery”."""
    days = product.calibration_day_offset
    when = (
        _("on the day of delivery")
        if days == 0
        else _("on the day after delivery")
        if days == 1
        else _("%(n)s days after delivery") % {"n": days}
    )
    return _("%(clock)s %(when)s") % {"clock": f"{product.calibration_hour:%H:%M}", "when": when}


def conventional(product: Product, opens: datetime, zone: ZoneInfo) -> datetime | None:
    """The calibration time by the product's convention; None where it has none."""
    if product.calibration_hour is None:
        return None
    day = opens.astimezone(zone).date() + timedelta(days=product.calibration_day_offset)
    return datetime.combine(day, product.calibration_hour, zone)


def _usual(request: HttpRequest) -> dict[str, Any]:
    """What a new order begins with: tomorrow morning, or what the address says."""
    day = clock.now().astimezone(frame.zone(request)).date() + timedelta(days=1)
    initial: dict[str, Any] = {
        "earliest": f"{datetime.combine(day, time(7, 0)):%Y-%m-%dT%H:%M}",
        "latest": f"{datetime.combine(day, time(9, 0)):%Y-%m-%dT%H:%M}",
    }
    chosen = frame.site(request)
    if chosen is not None:
        initial["site"] = chosen.code
    for name in OrderForm.base_fields:
        if name in request.GET:
            initial[name] = request.GET[name][:400]
    return initial


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Place an order, or keep it as a draft."""
    viewer: Any = request.user
    if not orderable_sites(request):
        return _may_not(request)
    form = OrderForm(request, request.POST or None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        draft = "draft" in request.POST
        try:
            order = services.place_order(
                viewer,
                site=form.cleaned_data["site"],
                code=form.cleaned_data["code"],
                draft=draft,
                **form.fields_of_order(),
            )
        except (ProblemsError, ConflictError, InputError) as error:
            put_beside(form, error, {"id": "code"})
        else:
            text = _("Draft %(code)s is kept.") if draft else _("Order %(code)s is placed.")
            messages.success(request, text % {"code": order.code})
            if "again" in request.POST:
                return redirect("order-new")
            return redirect("order", order.code)
    return render(request, "web/orders/form.html", {"form": form, "order": None})


@login_required
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Change an order; what was promised for it no longer holds."""
    viewer: Any = request.user
    order = found_or_404(selectors.order, viewer, code)
    if not may_change(request, order):
        return _may_not(request)
    if order.status not in services.AMENDABLE:
        messages.warning(request, _("%(code)s can no longer be changed.") % {"code": order.code})
        return redirect("order", order.code)
    initial = {
        "product": order.product_code,
        "activity": order.activity_bq,
        "earliest": order.earliest,
        "latest": order.latest,
        "calibration": order.calibration_at,
        "tolerance": f"{100 * order.tolerance:g}",
        "priority": order.priority,
        "patients": order.patients,
        "partial": order.partial,
        "note": order.note,
        **parts_initial(order),
    }
    initial |= {name: request.GET[name][:400] for name in initial if name in request.GET}
    form = OrderForm(request, request.POST or None, order=order, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.amend_order(viewer, order, reason=form.cleaned_data["reason"], **_changed(form, order))
        except (ProblemsError, ConflictError, InputError) as error:
            put_beside(form, error)
        else:
            messages.success(request, _("Order %(code)s is amended.") % {"code": order.code})
            return redirect("order", order.code)
    return render(request, "web/orders/form.html", {"form": form, "order": order})


def _changed(form: OrderForm, order: Order) -> dict[str, Any]:
    """What the person changed; an activity shown rounded and left alone stays exactly what it was."""
    values = form.fields_of_order()
    if values["activity"] == parse_activity(form.fields["activity"].prepare_value(order.activity_bq)):
        del values["activity"]
    if order.least_part_bq is not None and values["least_part"] == parse_activity(
        form.fields["least_part"].prepare_value(order.least_part_bq)
    ):
        del values["least_part"]
    for name, before in (
        ("calibration", order.calibration_at),
        ("earliest", order.earliest),
        ("latest", order.latest),
    ):
        if values[name] == before.replace(second=0, microsecond=0):
            del values[name]
    if abs(values["tolerance"] - order.tolerance) < 5e-7:
        del values["tolerance"]
    return values


@login_required
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Take an order back, with the reason."""
    viewer: Any = request.user
    order = found_or_404(selectors.order, viewer, code)
    if not may_change(request, order):
        return _may_not(request)
    reason, error = request.POST.get("reason", "").strip(), ""
    if request.method == "POST":
        if reason:
            try:
                services.cancel_order(viewer, order, reason=reason[:2000])
            except ConflictError as refusal:
                error = say(str(refusal))
            else:
                messages.success(request, _("Order %(code)s is cancelled.") % {"code": order.code})
                return redirect("order", order.code)
        else:
            error = _("Say why the order is cancelled.")
    context = {
        "order": order,
        "site": directory.site(request, order.site_code),
        "product": directory.product(request, order.product_code),
        "reason": reason,
        "error": error,
    }
    return render(request, "web/orders/cancel.html", context)


@require_POST
@login_required
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Place a draft."""
    viewer: Any = request.user
    order = found_or_404(selectors.order, viewer, code)
    try:
        services.submit_order(viewer, order)
        messages.success(request, _("Order %(code)s is placed.") % {"code": order.code})
    except ConflictError as error:
        messages.error(
            request,
            _("The delivery window is over; amend the draft first.")
            if order.status == Status.DRAFT
            else say(str(error)),
        )
    return redirect("order", order.code)


def _may_not(request: HttpRequest) -> HttpResponse:
    from becq.web.views.errors import forbidden

    return forbidden(request)
