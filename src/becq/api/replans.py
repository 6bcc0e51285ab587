"""Plans made anew, what-ifs, explanations and comparisons, as JSON."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Body, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from pydantic import ConfigDict, Field

from becq.api import schemas
from becq.errors import InputError, PermissionDeniedError
from becq.planning.comparison import compare
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.plans import explaining, happenings, known, selectors, services
from becq.platform.plans.models import OrderExplanation, PlanRun, Purpose

MOST_COMPARED = 4


class AnewIn(Schema):
    """What happened since a plan was made, or might."""

    model_config = ConfigDict(extra="forbid")

    events: list[dict[str, Any]] = Field(
        default_factory=list, description="Rows of becq.events/1, as in docs/replan.md", max_length=200
    )
    variations: list[dict[str, Any]] = Field(
        default_factory=list, description="Changes of the network, of a what-if only", max_length=200
    )
    now: schemas.Instant | None = Field(
        default=None, description="Nothing before it can be changed; soon, within the plan, where left out"
    )
    name: str = Field(default="", max_length=200, description="A what-if has a name")
    purpose: str = Field(default=Purpose.REPLAN, description="replan, or scenario for a what-if")
    time_limit_s: float | None = Field(default=None, ge=1, le=1800)


class NameIn(Schema):
    """A name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)


class TakeIn(Schema):
    """One of the changes of an explanation, from 0."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=0)
    purpose: str = Purpose.SCENARIO
    name: str = Field(default="", max_length=200)


class ExplanationOut(Schema):
    """An explanation: under way, or done with ``result`` (``becq.explanation/1``)."""

    plan: str
    order: str
    status: str
    progress: float
    progress_text: str
    error: str
    result: dict[str, Any] | None


def add_replans(api: NinjaAPI) -> None:
    """Put the calls into the API."""

    @api.post("/plans/{code}/anew", response={202: schemas.RunOut}, tags=["plans"], summary="Replan from now")
    def anew(
        request: HttpRequest,
        code: str,
        options: AnewIn = Body(AnewIn()),  # noqa: B008
    ) -> tuple[int, dict[str, Any]]:
        """What is done stays done, pins are kept, little changes without need. Made in the background."""
        viewer = _viewer(request)
        made = happenings.request_replan(
            viewer,
            _plan(viewer, code),
            now=_zoned(options.now),
            events=options.events,
            variations=options.variations,
            name=options.name,
            purpose=options.purpose,
            time_limit_s=options.time_limit_s,
        )
        return 202, selectors.run_facts(viewer, made)

    @api.get(
        "/plans/{code}/known-events",
        response=list[dict[str, Any]],
        tags=["plans"],
        summary="Events the books tell of",
    )
    def known_events(request: HttpRequest, code: str) -> list[dict[str, Any]]:
        """Rows of becq.events/1 that the plan does not know yet."""
        viewer = _viewer(request)
        return [each.row for each in known.known_events(viewer, _plan(viewer, code))]

    @api.get(
        "/plans/{code}/changes", response=dict[str, Any], tags=["plans"], summary="What changed for whom"
    )
    def changes(request: HttpRequest, code: str) -> dict[str, Any]:
        """Of a plan made anew: orders, batches and a message for each customer, as far as you may see it."""
        viewer = _viewer(request)
        found = selectors.changes_seen(viewer, _plan(viewer, code))
        if found is None:
            raise HttpError(404, f"Plan {code} was not made anew from another one")
        return found

    @api.get(
        "/plans/{code}/scenarios", response=list[schemas.RunOut], tags=["plans"], summary="What-ifs of a plan"
    )
    def scenarios(request: HttpRequest, code: str) -> list[dict[str, Any]]:
        viewer = _viewer(request)
        found = happenings.scenarios(viewer, _plan(viewer, code))
        return [selectors.run_facts(viewer, run) for run in found]

    @api.post("/plans/{code}/name", response=schemas.RunOut, tags=["plans"], summary="Name a plan")
    def rename(request: HttpRequest, code: str, given: NameIn) -> dict[str, Any]:
        viewer = _viewer(request)
        run = services.rename_run(viewer, _plan(viewer, code), given.name)
        return selectors.run_facts(viewer, run)

    @api.delete("/plans/{code}", response={204: None}, tags=["plans"], summary="Delete a what-if")
    def delete(request: HttpRequest, code: str) -> tuple[int, None]:
        viewer = _viewer(request)
        happenings.delete_scenario(viewer, _plan(viewer, code))
        return 204, None

    @api.get("/plans/compare/figures", response=dict[str, Any], tags=["plans"], summary="Plans side by side")
    def compare_plans(
        request: HttpRequest, plans: str = Query(..., description="Codes with commas")
    ) -> dict[str, Any]:
        """Two to four plans: service, cost, loss, fairness, and what separates them from the first."""
        viewer = _viewer(request)
        if not policy.coordinates(viewer):
            raise PermissionDeniedError("Only the operator's people may compare whole plans")
        codes = [code for code in dict.fromkeys(plans.split(",")) if code]
        if len(codes) > MOST_COMPARED:
            raise InputError(f"A comparison takes at most {MOST_COMPARED} plans, not {len(codes)}")
        return compare(
            {code: selectors.plan_document(viewer, _plan(viewer, code)) for code in codes}
        ).as_dict()

    @api.post(
        "/plans/{code}/orders/{order}/explanation",
        response={202: ExplanationOut},
        tags=["plans"],
        summary="Ask what would serve an order",
    )
    def explain(request: HttpRequest, code: str, order: str) -> tuple[int, dict[str, Any]]:
        """Worked out in the background: ask for it until ``status`` is done, failed or cancelled."""
        viewer = _viewer(request)
        return 202, _explained(explaining.request_explanation(viewer, _plan(viewer, code), order))

    @api.get(
        "/plans/{code}/orders/{order}/explanation",
        response=ExplanationOut,
        tags=["plans"],
        summary="What would serve an order",
    )
    def explanation(request: HttpRequest, code: str, order: str) -> dict[str, Any]:
        viewer = _viewer(request)
        return _explained(_explanation(viewer, code, order))

    @api.post(
        "/plans/{code}/orders/{order}/take",
        response={202: schemas.RunOut},
        tags=["plans"],
        summary="Plan anew with a change",
    )
    def take(request: HttpRequest, code: str, order: str, given: TakeIn) -> tuple[int, dict[str, Any]]:
        """With one of the changes that would serve the order: a what-if of the plan."""
        viewer = _viewer(request)
        row = _explanation(viewer, code, order)
        made = explaining.take(viewer, row, given.number, name=given.name, purpose=given.purpose)
        return 202, selectors.run_facts(viewer, made)


def _viewer(request: HttpRequest) -> User:
    return cast(User, request.user)


def _plan(viewer: User, code: str) -> PlanRun:
    try:
        return selectors.run(viewer, code)
    except InputError as error:
        raise HttpError(404, str(error)) from error


def _explanation(viewer: User, code: str, order: str) -> OrderExplanation:
    row = explaining.explanation(viewer, _plan(viewer, code), order)
    if row is None:
        raise HttpError(404, f"Nobody has asked what would serve {order} in plan {code}")
    return row


def _explained(row: OrderExplanation) -> dict[str, Any]:
    names = ("order", "status", "progress", "progress_text", "error", "result")
    return {"plan": row.run.code} | {name: getattr(row, name) for name in names}


def _zoned(at: Any) -> Any:
    if at is not None and at.tzinfo is None:
        raise InputError(f"{at.isoformat()} has no offset; write for example {at.isoformat()}+08:00")
    return at
