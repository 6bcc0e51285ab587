"""The what-ifs of a plan: listed beside it, named, deleted, compared."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from becq.errors import BecqError, PermissionDeniedError
from becq.platform.plans import happenings, services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web import problems
from becq.web.event_words import event_words, variation_words
from becq.web.plan_document import PlanDocument, gap_text, money, percent
from becq.web.plan_reading import find_run, read_document, require_planner, span_text
from becq.web.views.plans import job, run_state

SHOWN = 4
"""Things that are otherwise in a what-if, of which the list tells."""


@login_required
@require_GET
def plan_scenarios(request: HttpRequest, code: str) -> HttpResponse:
    """A plan and its what-ifs, each with its figures and what it has otherwise."""
    run = find_run(request, code)
    require_planner(request)
    if run.status != RunStatus.DONE:
        return redirect("plan-run", run.code)
    plan = read_document(request, run)
    made = happenings.scenarios(request.user, run)  # type: ignore[arg-type]
    context = {
        "run": run,
        "span": span_text(run),
        "base": _row(run, run, plan),
        "rows": [_row(each, run, plan) for each in made if each.is_finished],
        "jobs": [job(request, each) for each in made if not each.is_finished],
    }
    return render(request, "web/plan/scenarios.html", context)


def _row(row: PlanRun, base: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    counts: dict[str, int] = {}
    if row is not base:
        loaded = PlanRun.objects.only("changes").get(pk=row.pk).changes or {"orders": []}
        for change in loaded["orders"]:
            counts[change["kind"]] = counts.get(change["kind"], 0) + 1
    words = [event_words(each, plan) for each in row.events]
    words += [variation_words(each, plan) for each in row.variations]
    return {
        "run": row,
        "state": run_state(row),
        "served": percent(row.served_fraction, 2),
        "orders": f"{row.orders_served} / {row.orders}" if row.orders is not None else "—",
        "gap": gap_text(row.gap),
        "cost": money(row.cost),
        "cost_more": None if row.cost is None or base.cost is None else row.cost - base.cost,
        "lost": counts.get("lost", 0) + counts.get("refused", 0),
        "gained": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "words": words,
        "more": len(words) - SHOWN,
    }


@login_required
@require_POST
def plan_rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give a plan another name."""
    run = services.rename_run(
        request.user,  # type: ignore[arg-type]
        find_run(request, code),
        request.POST.get("name", ""),
    )
    messages.success(request, _("%(code)s is named “%(name)s”.") % {"code": run.code, "name": run.name})
    return redirect(_back(request, run))


@login_required
@require_POST
def plan_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a what-if."""
    run = find_run(request, code)
    require_planner(request)
    base = run.base
    try:
        happenings.delete_scenario(request.user, run)  # type: ignore[arg-type]
    except PermissionDeniedError:
        raise
    except BecqError as error:
        messages.error(request, problems.say(str(error)))
        return redirect(_back(request, run))
    messages.success(request, _("%(code)s is deleted.") % {"code": code})
    return redirect(reverse("plan-scenarios", args=[base.code]) if base else reverse("plan"))


def _back(request: HttpRequest, run: PlanRun) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("plan-run", args=[run.code])


__all__ = ["plan_delete", "plan_rename", "plan_scenarios"]
