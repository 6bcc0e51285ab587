"""The style page: every piece with sample data, to be looked at and tested. Only with DEBUG."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from becq.platform import clock
from becq.web import samples
from becq.web.forms import ActivityField, DurationField, InstantField, NuclideField
from becq.web.states import STATES
from becq.web.tables import BulkAction, Column, Filter, Table
from becq.web.views import errors
from becq.web.views.session import HALVING


def only_in_debug(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Not found unless DEBUG is on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404("the style page is for development")
        return view(request, *args, **kwargs)

    return guarded


class SampleForm(forms.Form):
    """One field of each kind."""

    template_name = ""
    nuclide = NuclideField(label="Nuclide")
    activity = ActivityField(label="Activity")
    calibration = InstantField(label="Calibration time", required=False)
    window = DurationField(label="Window", required=False)
    priority = forms.ChoiceField(label="Priority", choices=[("1", "1"), ("2", "2"), ("3", "3")])
    remark = forms.CharField(label="Remark", required=False, widget=forms.Textarea(attrs={"rows": 2}))


def sample_form() -> SampleForm:
    """A form with a mistake in it, in the language of the page."""
    form = SampleForm(
        {
            "nuclide": "Yb-177",
            "activity": "7.4 GBq",
            "calibration": "2026-07-12T08:00",
            "window": "2 h 15 min",
            "priority": "2",
        }
    )
    labels = {
        "nuclide": _("Nuclide"),
        "activity": _("Activity"),
        "calibration": _("Calibration time"),
        "window": _("Delivery window"),
        "priority": _("Priority"),
        "remark": _("Remark"),
    }
    for name, label in labels.items():
        form.fields[name].label = label
    form.fields["activity"].help_text = _("At the calibration time. Bq or Ci with prefix.")
    form.fields["calibration"].help_text = _("In the time zone of the site (UTC+8).")
    return form


def orders_table(request: HttpRequest, now: datetime) -> Table:
    """A table with everything a table has."""
    products = sorted({row["product"] for row in samples.orders(now)})
    return Table(
        request=request,
        rows=samples.orders(now),
        caption=_("Orders"),
        name="orders",
        order="calibration",
        per_page=50,
        row_tone="tone",
        export_name="orders",
        columns=[
            Column("code", _("Order"), "order", sort=True, href="url"),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("product", _("Product"), "code", sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("activity_bq", _("Activity"), "activity", sort=True, at="calibration", nuclide="nuclide"),
            Column("calibration", _("Calibration"), "instant", sort=True),
            Column("window_s", _("Delivery window"), "duration", hidden=True),
            Column("patients", _("Patients"), "number", sort=True),
            Column("promised", _("Promised"), "percent", sort=True),
            Column("status", _("Status"), "state", sort=True),
        ],
        filters=[
            Filter("q", _("Order, site or product"), "search", fields=["code", "site_name", "product"]),
            Filter("product", _("Product"), choices=[(each, each) for each in products]),
            Filter(
                "status",
                _("Status"),
                choices=[
                    (code, STATES[code].label)
                    for code in ("placed", "confirmed", "short", "fulfilled", "unmet", "cancelled")
                ],
            ),
            Filter("day", _("Day"), "day", field="calibration"),
        ],
        bulk=[BulkAction(_("Confirm"), "#", "primary"), BulkAction(_("Cancel"), "#")],
        empty_sentence=_("Orders arrive by form, by Excel file or through the API."),
    )


@only_in_debug
def style(request: HttpRequest) -> HttpResponse:
    """All pieces on one page."""
    now = clock.now().astimezone(UTC)
    table = orders_table(request, now)
    if table.wants_export:
        return table.export()
    if "toast" in request.GET:
        messages.success(request, _("Order O-1007 confirmed."), extra_tags="undo:/style/")
        messages.error(request, _("The possession limit does not allow this."))
    context: dict[str, Any] = {
        "table": table,
        "now": now,
        "plan": samples.plan(now),
        "decay": samples.decay(now),
        "form": sample_form(),
        "events": samples.events(now),
        "findings": samples.findings(),
        "states": list(STATES),
        "sites": samples.SITES[:5],
        "nuclides": ["Tc-99m", "Lu-177", "I-131", "F-18"],
        "jobs": [
            {
                "id": 1,
                "title": _("Planning run"),
                "status": "running",
                "percent": 42,
                "sentence": _("gap 3.1 %"),
                "poll_url": "/style/alone/job/",
                "cancel_url": "#",
            },
            {
                "id": 2,
                "title": _("Import of the network"),
                "status": "succeeded",
                "percent": None,
                "sentence": "",
                "done_url": "#",
            },
        ],
        "none": Table(
            request=request,
            rows=[],
            caption=_("Lots"),
            name="none",
            columns=[Column("code", _("Lot"), "lot")],
            empty_title=_("No lots here yet"),
        ),
    }
    return render(request, "web/style.html", context)


@only_in_debug
def alone(request: HttpRequest, page: str) -> HttpResponse:
    """Pages that are hard to come by: sign-in for someone signed in, the error pages."""
    if page == "sign-in":
        return render(
            request,
            "web/sign_in.html",
            {"form": AuthenticationForm(request), "halving": HALVING, "next": "/"},
        )
    if page == "500":
        return render(request, "500.html")
    if page == "job":
        return render(
            request,
            "web/pieces/job.html",
            {
                "job": {
                    "id": 1,
                    "title": _("Planning run"),
                    "status": "running",
                    "percent": 43,
                    "poll_url": request.path,
                }
            },
        )
    found = {"400": errors.bad_request, "403": errors.forbidden, "404": errors.not_found}.get(page)
    if found is None:
        raise Http404(page)
    return found(request)
