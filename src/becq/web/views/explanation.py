"""One order of a plan: served by what, when and by which way; or why not, and what would serve it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from becq.errors import BecqError, PermissionDeniedError
from becq.platform.plans import explaining
from becq.platform.plans.material import has_material
from becq.platform.plans.models import OrderExplanation, PlanRun, Purpose, RunStatus
from becq.web import frame, problems
from becq.web.plan_document import PlanDocument, money
from becq.web.plan_reading import find_run, may_plan, read_document, require_planner, span_text

REMEDIES = {
    "none": gettext_lazy("Plan again"),
    "pin": gettext_lazy("Take a pin away"),
    "outage": gettext_lazy("Outage"),
    "packages": gettext_lazy("More packages"),
    "licence": gettext_lazy("Licence"),
    "approval": gettext_lazy("Transfer approval"),
    "batch": gettext_lazy("One more batch"),
    "position": gettext_lazy("One more position"),
    "later": gettext_lazy("Later delivery"),
    "earlier": gettext_lazy("Earlier delivery"),
    "later_calibration": gettext_lazy("Later use"),
    "road": gettext_lazy("A drive of its own"),
    "split": gettext_lazy("In parts"),
    "less": gettext_lazy("Less than ordered"),
}
TRYING = {
    "reading the plan": gettext_lazy("reading the plan"),
    "trying pins": gettext_lazy("trying pins"),
    "trying outages": gettext_lazy("trying outages"),
    "trying departures": gettext_lazy("trying departures"),
    "trying licences": gettext_lazy("trying licences"),
    "trying approvals": gettext_lazy("trying approvals"),
    "trying more batches": gettext_lazy("trying more batches"),
    "trying more positions": gettext_lazy("trying more positions"),
    "trying other delivery windows": gettext_lazy("trying other delivery windows"),
    "trying a drive of its own": gettext_lazy("trying a drive of its own"),
    "trying less": gettext_lazy("trying less"),
}


@login_required
@require_GET
def plan_order(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """How a plan serves an order, or why not."""
    run = find_run(request, code)
    if run.status != RunStatus.DONE:
        return redirect("plan-run", run.code)
    plan = read_document(request, run)
    deliveries = [row for row in plan.deliveries if row["order"] == order]
    unmet = next((row for row in plan.unmet if row["order"] == order), None)
    if not deliveries and unmet is None:
        raise Http404(order)
    batches = {row["id"]: row for row in plan.batches}
    any_row: dict[str, Any] = deliveries[0] if deliveries else unmet or {}
    row = explaining.explanation(request.user, run, order) if may_plan(request) else None  # type: ignore[arg-type]
    context = {
        "run": run,
        "span": span_text(run),
        "order": order,
        "site": any_row["to"] if deliveries else any_row["site"],
        "product_name": any_row["product_name"],
        "deliveries": [{**each, "batch": batches.get(each["lot"])} for each in deliveries],
        "unmet": unmet,
        "status": "served" if unmet is None else "short" if deliveries else "unmet",
        "may_plan": may_plan(request),
        "may_explain": may_plan(request) and unmet is not None and has_material(run),
        "explanation": row,
        "job": explanation_job(request, run, row) if row is not None and not row.is_finished else None,
        "remedies": remedies_of(row),
        "loads": _loads(row, plan),
    }
    return render(request, "web/plan/order.html", context)


def remedies_of(row: OrderExplanation | None) -> list[dict[str, Any]]:
    """The changes that an explanation found, in the words of the page."""
    result = (row.result if row is not None else None) or {}
    return [
        {
            "number": number,
            "kind": REMEDIES.get(remedy["kind"], remedy["kind"]),
            "sentence": remedy["sentence_zh"] if frame.is_chinese() else remedy["sentence"],
            "cost": money(remedy["cost"]),
            "activity_bq": remedy["activity_bq"],
            "is_whole": remedy["kind"] != "less",
            "needs_network": remedy["kind"] not in ("none", "pin"),
        }
        for number, remedy in enumerate(result.get("remedies", []))
    ]


def _loads(row: OrderExplanation | None, plan: PlanDocument) -> list[dict[str, Any]]:
    result = (row.result if row is not None else None) or {}
    return [
        {
            "name": plan.resource(load["resource"]),
            "site": plan.site(plan.resources.get(load["resource"], {}).get("site", "")),
            **load,
        }
        for load in result.get("loads", [])
    ]


def explanation_job(request: HttpRequest, run: PlanRun, row: OrderExplanation) -> dict[str, Any]:
    """An explanation under way, for the job piece."""
    address = [run.code, row.order]
    text = TRYING.get(row.progress_text, row.progress_text)
    return {
        "id": f"explanation-{row.pk}",
        "title": _("What would serve %(order)s") % {"order": row.order},
        "status": row.status,
        "percent": 100 * row.progress if row.status == RunStatus.RUNNING else None,
        "sentence": _("is being stopped") if row.cancel_requested and not row.is_finished else str(text),
        "poll_url": "" if row.is_finished else reverse("plan-order-progress", args=address),
        "cancel_url": ""
        if row.is_finished or row.cancel_requested
        else reverse("plan-order-cancel", args=address),
        "done_url": reverse("plan-order", args=address) if row.is_finished else "",
    }


@login_required
@require_POST
def plan_order_explain(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """Ask what would serve an order."""
    run = find_run(request, code)
    require_planner(request)
    try:
        explaining.request_explanation(request.user, run, order)  # type: ignore[arg-type]
    except PermissionDeniedError:
        raise
    except BecqError as error:
        messages.error(request, problems.say(str(error)))
    return redirect("plan-order", run.code, order)


def _row(request: HttpRequest, run: PlanRun, order: str) -> OrderExplanation:
    found = explaining.explanation(request.user, run, order)  # type: ignore[arg-type]
    if found is None:
        raise Http404(order)
    return found


@login_required
@require_GET
def plan_order_progress(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """The job piece, polled while an explanation is under way; the page is loaded again at the end."""
    run = find_run(request, code)
    require_planner(request)
    row = _row(request, run, order)
    answer = render(request, "web/pieces/job.html", {"job": explanation_job(request, run, row)})
    if row.is_finished:
        answer["HX-Refresh"] = "true"
    return answer


@login_required
@require_POST
def plan_order_cancel(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """Stop an explanation."""
    run = find_run(request, code)
    require_planner(request)
    row = explaining.cancel_explanation(request.user, _row(request, run, order))  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        answer = render(request, "web/pieces/job.html", {"job": explanation_job(request, run, row)})
        if row.is_finished:
            answer["HX-Refresh"] = "true"
        return answer
    return redirect("plan-order", run.code, order)


@login_required
@require_POST
def plan_order_take(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """Plan anew with one of the changes: ``?n=`` and ``as=scenario|replan``."""
    run = find_run(request, code)
    require_planner(request)
    row = _row(request, run, order)
    number = request.POST.get("n", "")
    purpose = Purpose.REPLAN if request.POST.get("as") == Purpose.REPLAN else Purpose.SCENARIO
    found = {str(each["number"]): each for each in remedies_of(row)}
    name = f"{order}: {found[number]['kind']}" if number in found and purpose == Purpose.SCENARIO else ""
    try:
        made = explaining.take(
            request.user,  # type: ignore[arg-type]
            row,
            int(number) if number.isdecimal() else -1,
            name=name,
            purpose=purpose,
        )
    except PermissionDeniedError:
        raise
    except BecqError as error:
        messages.error(request, problems.say(str(error)))
        return redirect("plan-order", run.code, order)
    return redirect("plan-run", made.code)
