"""Something has happened to a plan: events and network changes collected, and the plan made anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from becq.errors import BecqError, PermissionDeniedError
from becq.platform.plans import happenings
from becq.platform.plans.known import known_events
from becq.platform.plans.material import has_material
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web import frame, problems
from becq.web.deeds import do_one
from becq.web.event_deeds import EVENTS, VARIATIONS, AnewDeed, Happening
from becq.web.event_words import KINDS, event_words, variation_words
from becq.web.plan_document import PlanDocument
from becq.web.plan_reading import find_run, read_document, require_planner, span_text


@login_required
def plan_events(request: HttpRequest, code: str) -> HttpResponse:
    """What has happened to a plan, or might: collected, and made into a new one."""
    run = find_run(request, code)
    require_planner(request)
    if run.status != RunStatus.DONE:
        return redirect("plan-run", run.code)
    plan = read_document(request, run)
    chosen = {name: request.GET.get(name, "") for name in ("batch", "what")}
    thing = Happening(run, plan, _now(request, run, plan), chosen)
    anew = AnewDeed(request, thing)
    events = [make(request, thing) for make in EVENTS]
    variations = [make(request, thing) for make in VARIATIONS]
    back = _here(request, run)
    if request.method == "POST" and request.POST.get("do") == anew.do:
        done = anew.perform()
        if done is not None and anew.made is not None:
            return redirect("plan-run", anew.made.code)
    elif request.method == "POST" and request.POST.get("do") == "known":
        return _take_known(request, run, thing, back)
    else:
        answer = do_one(request, [*events, *variations], back)
        if answer is not None:
            return answer
        run.refresh_from_db()
    is_kept = has_material(run)
    known = _known(request, run, plan) if is_kept else []
    context = {
        "run": run,
        "span": span_text(run),
        "plan": plan,
        "now": thing.now,
        "now_local": f"{thing.now.astimezone(plan.zone):%Y-%m-%dT%H:%M}",
        "zone_name": f"{plan.zone.key}, {frame.zone_label(thing.now, plan.zone)}",
        "collected": [
            {"kind": KINDS.get(row["kind"], row["kind"]), "words": event_words(row, plan)}
            for row in run.draft_events
        ],
        "changed": [
            {"kind": KINDS.get(row["kind"], row["kind"]), "words": variation_words(row, plan)}
            for row in run.draft_variations
        ],
        "before": [event_words(row, plan) for row in plan.document.get("events") or []],
        "known": known,
        "is_kept": is_kept,
        "network_open": any(deed.is_bound for deed in variations),
        "not_carried_out": run.committed_at is None and thing.now > plan.start,
        "anew": anew,
        "events": events,
        "variations": variations,
        "query": request.GET.urlencode(),
    }
    bad = request.method == "POST"
    return render(request, "web/plan/events.html", context, status=400 if bad else 200)


@login_required
@require_POST
def plan_event_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what was collected: ``?kind=event|variation&n=``, or ``?kind=all``."""
    run = find_run(request, code)
    require_planner(request)
    if request.GET.get("kind") == "all":
        happenings.remove_all(request.user, run)  # type: ignore[arg-type]
        return redirect(_here(request, run))
    number = request.GET.get("n", "")
    remove = (
        happenings.remove_variation if request.GET.get("kind") == "variation" else happenings.remove_event
    )
    remove(request.user, run, int(number) if number.isdecimal() else -1)  # type: ignore[arg-type]
    return redirect(_here(request, run))


@login_required
@require_POST
def plan_reopen(request: HttpRequest, code: str) -> HttpResponse:
    """What a plan was made anew with, once more on the page of its base."""
    base = happenings.reopen(request.user, find_run(request, code))  # type: ignore[arg-type]
    return redirect("plan-events", base.code)


def _here(request: HttpRequest, run: PlanRun) -> str:
    """The page, with the moment that was chosen on it."""
    at = request.GET.get("now", "")
    return reverse("plan-events", args=[run.code]) + (f"?now={at}" if at else "")


def _now(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> datetime:
    """The moment that the address names, else the present."""
    found = frame.parse_local(request.GET.get("now", ""), plan.zone) if request.GET.get("now") else None
    return found or happenings.present(request.user, run)  # type: ignore[arg-type]


def _known(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> list[dict[str, Any]]:
    try:
        found = known_events(request.user, run)  # type: ignore[arg-type]
    except PermissionDeniedError:
        raise
    except BecqError as error:
        messages.warning(request, problems.say(str(error)))
        return []
    return [
        {"kind": KINDS.get(each.row["kind"], ""), "words": event_words(each.row, plan), "batch": each.batch}
        for each in found
    ]


def _take_known(request: HttpRequest, run: PlanRun, thing: Happening, back: str) -> HttpResponse:
    """Collect what the books tell, as far as it was chosen."""
    found = known_events(request.user, run)  # type: ignore[arg-type]
    chosen = {int(each) for each in request.POST.getlist("chosen") if each.isdecimal()}
    rows = [each.row for number, each in enumerate(found) if number in chosen]
    run, refused = happenings.add_events(request.user, run, rows, thing.now)  # type: ignore[arg-type]
    for error in refused[:3]:
        messages.error(request, problems.say(str(error)))
    taken = len(rows) - len(refused)
    if taken:
        messages.success(request, ngettext("%(n)s event added.", "%(n)s events added.", taken) % {"n": taken})
    elif not chosen:
        messages.warning(request, _("Nothing was chosen."))
    return redirect(back)
