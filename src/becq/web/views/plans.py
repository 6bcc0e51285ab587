"""Plans: the list, asking for one, its progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from becq.errors import ConflictError, InputError
from becq.planning.planner import MAX_DAYS
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors, services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web import frame
from becq.web.forms import DurationField
from becq.web.plan_document import gap_text, money
from becq.web.plan_reading import (
    find_run,
    may_plan,
    require_planner,
    span_text,
)
from becq.web.policy_words import POLICY_WORDS
from becq.web.tables import BulkAction, Column, Filter, Table

DEFAULT_DAYS, DEFAULT_LIMIT_S = 7, 60.0


def run_row(request: HttpRequest, run: PlanRun) -> dict[str, Any]:
    """A run as a row of the list, figures only for who may know them."""
    facts = selectors.run_facts(request.user, run)  # type: ignore[arg-type]
    served = facts["orders_served"]
    return facts | {
        "url": reverse("plan-run", args=[run.code]),
        "days_text": span_text(run),
        "state": run_state(run),
        "served_text": f"{served} / {facts['orders']}" if served is not None else None,
        "gap_text": gap_text(facts["gap"]),
        "cost_text": money(facts["cost"]),
        "by": run.requested_by.username if run.requested_by else "",
    }


def run_state(run: PlanRun) -> str:
    """Its status, or what became of it after it was done."""
    if run.committed_at is None:
        return run.status
    return "committed" if run.superseded_by_id is None else "superseded"


@login_required
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """All runs that the person may see."""
    runs = list(selectors.runs(request.user))  # type: ignore[arg-type]
    whole = policy.coordinates(request.user)
    figures = [
        Column("served_fraction", _("Served"), "percent", sort=True),
        Column("served_text", _("Orders"), "text", sort="orders_served"),
        Column("gap_text", pgettext("plan", "Gap"), sort="gap"),
        Column("cost_text", _("Cost"), sort="cost"),
        Column("by", _("Asked by"), sort=True),
    ]
    statuses = [("queued", pgettext("state", "Queued")), ("running", _("Running"))] if whole else []
    table = Table(
        request=request,
        rows=[run_row(request, run) for run in runs],
        caption=_("Plans"),
        name="plans",
        row_key="code",
        order="-created_at",
        export_name="plans",
        columns=[
            Column("code", _("Plan"), "code", sort=True, href="url"),
            Column("name", pgettext("plan", "Name"), sort=True),
            Column("days_text", _("Days"), sort="first"),
            Column("state", _("Status"), "state", sort=True),
            *(figures if whole else []),
            Column("created_at", _("Asked at"), "instant", sort=True, hidden=not whole),
            Column("committed_at", _("Committed at"), "instant", sort=True),
        ],
        filters=[
            Filter("q", _("Plan or name"), "search", fields=["code", "name", "by"]),
            Filter(
                "state",
                _("Status"),
                choices=[
                    *statuses,
                    ("done", pgettext("state", "Done")),
                    ("committed", _("Committed")),
                    ("superseded", pgettext("state", "Superseded")),
                    ("failed", _("Failed")),
                    ("cancelled", _("Cancelled")),
                ],
            ),
        ]
        if runs
        else [],
        bulk=[BulkAction(_("Compare two"), reverse("plan-compare"))] if len(runs) > 1 else [],
        empty_title=_("No plans yet") if whole else _("No plan has been committed yet"),
        empty_sentence=_("A plan says who makes what and when, which order it serves, and why not more.")
        if may_plan(request)
        else _("Plans are shown here once they are committed."),
    )
    if table.wants_export:
        return table.export()
    in_force = selectors.plan_in_force(request.user) if runs else None  # type: ignore[arg-type]
    return render(
        request,
        "web/plan/list.html",
        {
            "table": table,
            "in_force": in_force,
            "in_force_span": span_text(in_force) if in_force else "",
            "number": len(runs),
            "jobs": [job(request, run) for run in runs if not run.is_finished],
            "may_plan": may_plan(request),
            "has_network": networks.meta(request.user) is not None,  # type: ignore[arg-type]
        },
    )


class PlanForm(forms.Form):
    """What a plan is asked with."""

    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    name = forms.CharField(label=pgettext_lazy("plan", "Name"), required=False, max_length=200)
    policy = forms.ChoiceField(
        label=gettext_lazy("Rationing"),
        required=False,
        choices=list(POLICY_WORDS.items()),
        help_text=gettext_lazy("Who gets what is not enough for all."),
    )
    base = forms.ChoiceField(
        label=gettext_lazy("Based on"),
        required=False,
        help_text=gettext_lazy("Its pins are taken over where first day and days are the same."),
    )
    time_limit = DurationField(
        label=gettext_lazy("Time limit"),
        required=False,
        help_text=gettext_lazy("For the search, 1 s to 30 min. Longer may find a better plan."),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = selectors.runs(request.user, status=RunStatus.DONE)[:50]  # type: ignore[arg-type]
        self.fields["base"].choices = [  # type: ignore[attr-defined]
            ("", pgettext("plan", "nothing")),
            *((run.code, f"{run.code} {run.name}".strip()) for run in runs),
        ]
        self.viewer: Any = request.user
        zone = networks.network_head(self.viewer).zone
        self.fields["first"].help_text = _("From midnight in the zone of the network, %(zone)s.") % {
            "zone": f"{zone.key} {frame.zone_label(clock.now(), zone)}"
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, days = data.get("first"), data.get("days")
        if first and days:
            span = services.possible_days(self.viewer, first, days)
            if first < span.first:
                self.add_error(
                    "first", _("This day is over; plan from %(day)s on.") % {"day": f"{span.first:%Y-%m-%d}"}
                )
            elif first + timedelta(days=days - 1) > span.last:
                self.add_error(
                    "days",
                    _("A plan reaches at most %(n)s days ahead; end it on %(day)s or before.")
                    % {"n": services.MAX_AHEAD, "day": f"{span.last:%Y-%m-%d}"},
                )
        return data

    def clean_time_limit(self) -> float:
        limit_s = self.cleaned_data["time_limit"]
        if limit_s is None:
            return DEFAULT_LIMIT_S
        if not 1.0 <= limit_s <= services.LONGEST_LIMIT_S:
            raise forms.ValidationError(_("Write a time from 1 s to 30 min."))
        return float(limit_s)


@login_required
def plan_new(request: HttpRequest) -> HttpResponse:
    """The form for a new plan."""
    require_planner(request)
    today = clock.now().astimezone(networks.network_head(request.user).zone).date()  # type: ignore[arg-type]
    initial: dict[str, Any] = {
        "first": today + timedelta(days=1),
        "days": DEFAULT_DAYS,
        "time_limit": DEFAULT_LIMIT_S,
    }
    if request.method == "GET" and request.GET.get("base"):
        base = find_run(request, request.GET["base"])
        initial |= {
            "first": base.first,
            "days": base.days,
            "name": base.name,
            "base": base.code if base.status == RunStatus.DONE else "",
            "policy": base.policy,
            "time_limit": base.time_limit_s,
        }
    form = PlanForm(request, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        base_run = find_run(request, data["base"]) if data["base"] else None
        try:
            if base_run and (base_run.first, base_run.days) == (data["first"], data["days"]):
                run = services.replan(
                    request.user,  # type: ignore[arg-type]
                    base_run,
                    name=data["name"],
                    rationing=data["policy"],
                    time_limit_s=data["time_limit"],
                )
            else:
                run = services.request_plan(
                    request.user,  # type: ignore[arg-type]
                    data["first"],
                    data["days"],
                    base=base_run,
                    name=data["name"],
                    rationing=data["policy"] or "priority",
                    time_limit_s=data["time_limit"],
                )
            return redirect("plan-run", run.code)
        except (InputError, ConflictError) as error:
            form.add_error(None, str(error))
    return render(request, "web/plan/new.html", {"form": form}, status=400 if form.errors else 200)


def job(request: HttpRequest, run: PlanRun) -> dict[str, Any]:
    """A run under way, for the job piece."""
    finished = run.is_finished
    sentence: str = (
        _("No word from the worker for a while; cancel it and plan again.")
        if selectors.is_stalled(run)
        else _("waits for its turn")
        if run.status == RunStatus.QUEUED
        else _("searching, at most %(limit)s") % {"limit": f"{run.time_limit_s:.0f} s"}
        if run.status == RunStatus.RUNNING
        else _("%(served)s of %(orders)s orders served") % {"served": run.orders_served, "orders": run.orders}
        if run.status == RunStatus.DONE and policy.coordinates(request.user)
        else ""
    )
    if run.cancel_requested and not finished:
        sentence = _("is being stopped")
    return {
        "id": run.code,
        "title": f"{run.code} {run.name}".strip(),
        "status": run.status,
        "percent": 100 * run.progress if run.status == RunStatus.RUNNING else None,
        "sentence": sentence,
        "poll_url": "" if finished else reverse("plan-progress", args=[run.code]),
        "cancel_url": reverse("plan-cancel", args=[run.code])
        if may_plan(request) and not finished and not run.cancel_requested
        else "",
        "done_url": reverse("plan-run", args=[run.code]) if finished else "",
    }


@login_required
@require_GET
def plan_progress(request: HttpRequest, code: str) -> HttpResponse:
    """The job piece, polled while a run is under way. The page of the run is loaded again at the end."""
    run = find_run(request, code)
    item = job(request, run)
    on_its_page = bool(request.GET.get("page"))
    if item["poll_url"] and on_its_page:
        item["poll_url"] += "?page=1"
    answer = render(request, "web/pieces/job.html", {"job": item})
    if run.is_finished and on_its_page:
        answer["HX-Refresh"] = "true"
    return answer


@login_required
@require_POST
def plan_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Stop a run."""
    run = services.cancel_run(request.user, find_run(request, code))  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        return render(request, "web/pieces/job.html", {"job": job(request, run)})
    return redirect("plan-run", run.code)
