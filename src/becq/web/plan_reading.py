"""What the plan pages share: who may do what, a run found, a plan read for the person."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.errors import InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.plans import selectors
from becq.platform.plans.models import PlanRun
from becq.platform.production import selectors as production
from becq.web import frame
from becq.web.plan_document import PlanDocument


def may_plan(request: HttpRequest) -> bool:
    """True for who may ask for plans and pin them."""
    return policy.may(request.user, "plan.run") and policy.coordinates(request.user)


def may_commit(request: HttpRequest) -> bool:
    """True for who may have a plan carried out."""
    return policy.may(request.user, "plan.commit") and policy.coordinates(request.user)


def require_planner(request: HttpRequest) -> None:
    """Refuse who may not ask for plans and pin them."""
    if not may_plan(request):
        raise PermissionDeniedError(_("Only the operator's planners may ask for plans and pin them."))


def require_committer(request: HttpRequest) -> None:
    """Refuse who may not have a plan carried out."""
    if not may_commit(request):
        raise PermissionDeniedError(_("Only the operator's planners may have a plan carried out."))


def find_run(request: HttpRequest, code: str) -> PlanRun:
    """The run; not found where the person may not see it."""
    try:
        return selectors.run(request.user, code)  # type: ignore[arg-type]
    except InputError as error:
        raise Http404(code) from error


def span_text(run: PlanRun) -> str:
    """ "2026-12-07 – 12-13" """
    last = run.first + timedelta(days=run.days - 1)
    return f"{run.first:%Y-%m-%d} – {last:%m-%d}" if run.days > 1 else f"{run.first:%Y-%m-%d}"


def read_document(request: HttpRequest, run: PlanRun) -> PlanDocument:
    """The plan as far as the person may see it, with pins and the statuses of its runs."""
    viewer = request.user
    statuses = (
        dict(production.runs(viewer, plan=run.code).values_list("code", "status"))  # type: ignore[arg-type]
        if run.committed_at is not None
        else {}
    )
    document = selectors.plan_document(viewer, run)  # type: ignore[arg-type]
    return PlanDocument(
        document,
        pins=document["draft_pins"],
        statuses=statuses,
        pins_url=reverse("plan-pins", args=[run.code]),
        now=frame.moment(request),
        present=clock.now(),
    )
