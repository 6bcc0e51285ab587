"""Outages: declare, change, withdraw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from becq.errors import BecqError, PermissionDeniedError, ProblemsError
from becq.platform import clock
from becq.platform.network import selectors, services
from becq.web import directory, frame, problems
from becq.web.forms import InstantField
from becq.web.network_rows import (
    own_resources,
)


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
