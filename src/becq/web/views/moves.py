"""Moving batches of a plan: where one may start, and the pins that move it in the next plan."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from becq.errors import ConflictError, InputError
from becq.platform.plans import moves
from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.plan_moves import start_row
from becq.web.plan_reading import find_run, require_planner
from becq.web.views.plan import pin_bar


@login_required
@require_GET
def plan_starts(request: HttpRequest, code: str) -> HttpResponse:
    """Every start that ``?batch=`` could have: a piece with a choice, or data with ``&as=json``."""
    run = find_run(request, code)
    require_planner(request)
    batch = request.GET.get("batch", "")
    as_data = request.GET.get("as") == "json"
    try:
        found = moves.starts_of(request.user, run, batch)  # type: ignore[arg-type]
    except InputError:
        if as_data:
            raise
        return HttpResponse()  # the panel simply offers nothing: the process is no more, or has just begun
    if as_data:
        return JsonResponse({"batch": batch, "starts": [start_row(each) for each in found]})
    zone = frame.zone(request)
    rows = [{**start_row(each), "at": each.start, "is_allowed": each.is_allowed} for each in found]
    many = len({each.resource for each in found}) > 1
    context = {"run": run, "batch": batch, "rows": rows, "zone": zone, "many": many}
    return render(request, "web/plan/starts.html", context)


@login_required
@require_POST
def plan_move(request: HttpRequest, code: str) -> HttpResponse:
    """Change pins: ``?do=move&id=&to=``, ``?do=undo&id=…`` or ``?do=set`` with ``pins`` as JSON."""
    run = find_run(request, code)
    require_planner(request)
    do, actor = request.GET.get("do", ""), request.user
    try:
        run = _change(request, actor, run, do)
    except moves.RefusedStartError as error:
        if frame.is_chinese():
            raise ConflictError(error.start.sentence_zh) from error
        raise
    if not request.headers.get("HX-Request"):
        return redirect("plan-run", run.code)
    bar = render_to_string("web/plan/pin_bar.html", {**pin_bar(request, run), "apart": True}, request)
    return HttpResponse(bar)


def _change(request: HttpRequest, actor: Any, run: PlanRun, do: str) -> PlanRun:
    ids = request.GET.getlist("id")
    if do == "move" and len(ids) == 1:
        return moves.move_batch(actor, run, ids[0], request.GET.get("to") or request.POST.get("to", ""))
    if do == "undo" and ids:
        return moves.undo(actor, run, ids)
    if do == "set":
        return moves.set_batch_pins(actor, run, _pins(request.POST.get("pins", "")))
    raise InputError(_("Nothing is moved by do=%(do)s") % {"do": repr(do)})


def _pins(text: str) -> dict[str, str | None]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):  # no JSON, or nested without end
        given = None
    if not isinstance(given, dict) or any(
        not (what is None or what in ("start", "forbid")) for what in given.values()
    ):
        raise InputError('Pins are written {batch: "start", "forbid" or null}')
    return {str(name): what for name, what in given.items()}
