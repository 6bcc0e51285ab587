"""One plan: what it does, pins, planning again, commit, export."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from becq.errors import InputError
from becq.platform.network import selectors as networks
from becq.platform.plans import happenings, selectors, services
from becq.platform.plans.models import PlanRun, RunStatus
from becq.platform.plans.rounds import has_rounds
from becq.reports.plan_html import render_plan_html
from becq.reports.plan_ical import render_plan_ical
from becq.reports.plan_xlsx import write_plan_xlsx
from becq.reports.reading import read_plan
from becq.web import frame
from becq.web.plan_changes import changes_table, message_file, tell_changes
from becq.web.plan_document import STAGE_WORDS, PlanDocument, gap_text, money, percent
from becq.web.plan_fairness import limits_table, shares_context, shares_table
from becq.web.plan_loads import loads_context, loads_table
from becq.web.plan_moves import pending_rows
from becq.web.plan_reading import (
    find_run,
    may_commit,
    may_plan,
    read_document,
    require_committer,
    require_planner,
    span_text,
)
from becq.web.plan_tables import plan_table
from becq.web.views.plans import job, run_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


TABS: tuple[tuple[str, str | Promise], ...] = (
    ("changes", pgettext_lazy("tab", "Changes")),
    ("gantt", pgettext_lazy("tab", "Timetable")),
    ("map", gettext_lazy("Map")),
    ("unmet", gettext_lazy("Unmet orders")),
    ("deliveries", gettext_lazy("Deliveries")),
    ("batches", gettext_lazy("Batches")),
    ("load", gettext_lazy("Load")),
    ("limits", gettext_lazy("Limits")),
    ("shares", gettext_lazy("Shares")),
    ("losses", gettext_lazy("Losses")),
    ("rules", gettext_lazy("Rules")),
    ("pins", gettext_lazy("Pins")),
)


SHOWN_OF_A_RULE = 8
"""Findings of one rule that the page of a plan lists."""
SHOWN_PENDING = 12
"""Changes of pins that the bar above a plan lists."""


def not_planned_yet(run: PlanRun) -> int:
    """Number of pins that were set or removed since the plan was made."""
    unset = object()
    number = 0
    for part in ("batches", "deliveries"):
        now, then = run.draft_pins.get(part, {}), run.pins.get(part, {})
        number += sum(1 for key in {*now, *then} if now.get(key, unset) != then.get(key, unset))
    return number


def pin_bar(request: HttpRequest, run: PlanRun) -> dict[str, Any]:
    """What the bar above the plan says of its pins."""
    draft = run.draft_pins
    rows, data = pending_rows(request, run) if may_plan(request) else ([], {})
    return {
        "run": run,
        "may_plan": may_plan(request),
        "pending": rows[:SHOWN_PENDING],
        "more_pending": len(rows) - SHOWN_PENDING,
        "pin_data": data,
        "pins": len(draft.get("batches", {})) + len(draft.get("deliveries", {})),
        "new_pins": not_planned_yet(run),
    }


def state_sentence(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> str:
    """ "312 of 340 orders served, proven gap 0.02 %; committed 12-07 08:00 UTC+8 by chen." """
    given = plan.document
    figures = {"served": given["orders_served"], "orders": given["orders"]}
    if given["whole"]:
        parts = [
            _("%(served)s of %(orders)s orders served, proven gap %(gap)s")
            % {**figures, "gap": gap_text(given["gap"])}
        ]
    elif given["orders"]:
        parts = [_("%(served)s of your %(orders)s orders served") % figures]
    else:
        parts = [_("None of your orders is in this plan")]
    if run.committed_at is not None:
        zone = frame.zone(request)
        at = f"{run.committed_at.astimezone(zone):%m-%d %H:%M} {frame.zone_label(run.committed_at, zone)}"
        by = run.committed_by.username if run.committed_by and given["whole"] else ""
        parts.append(
            _("committed %(at)s by %(by)s") % {"at": at, "by": by}
            if by
            else _("committed %(at)s") % {"at": at}
        )
    else:
        parts.append(_("not committed"))
    return _("; ").join(parts) + _(".")


def change_sentences(changes: selectors.Changes, *, carried_out: bool) -> list[str]:
    """What has changed since a plan was made. Orders on their way are no news to one that is carried out."""
    found = [_("the network has changed (sites, processes, lanes or outages)")] if changes.network else []

    def say(codes: tuple[str, ...], sentence: str) -> None:
        if codes:
            named = ", ".join(codes[:3]) + (" …" if len(codes) > 3 else "")
            found.append(sentence % {"n": len(codes), "codes": named})

    new, gone, other = len(changes.new), len(changes.gone), len(changes.changed)
    say(changes.new, ngettext("%(n)s order is new (%(codes)s)", "%(n)s orders are new (%(codes)s)", new))
    if not carried_out:
        say(
            changes.gone,
            ngettext(
                "%(n)s order is no longer open (%(codes)s)",
                "%(n)s orders are no longer open (%(codes)s)",
                gone,
            ),
        )
    say(
        changes.changed,
        ngettext("%(n)s order has changed (%(codes)s)", "%(n)s orders have changed (%(codes)s)", other),
    )
    return found


@login_required
@require_GET
def plan_run(request: HttpRequest, code: str) -> HttpResponse:
    """One plan."""
    run = find_run(request, code)
    context: dict[str, Any] = {
        "run": run,
        "state": run_state(run),
        "span": span_text(run),
        "may_plan": may_plan(request),
        "may_commit": may_commit(request),
    }
    if run.status != RunStatus.DONE:
        return _unfinished(request, run, context)
    plan = read_document(request, run)
    whole = plan.document["whole"]
    judged = run.judgement if whole else {}
    tabs = [(name, label) for name, label in TABS if _has_tab(name, plan, request)]
    if not judged:
        tabs = [(name, label) for name, label in tabs if name != "rules"]
    if run.changes is None:
        tabs = [(name, label) for name, label in tabs if name != "changes"]
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(tabs) else tabs[0][0]
    table = plan_table(request, run, plan, tab)
    if tab in ("changes", "limits", "load", "shares"):
        make = {
            "changes": changes_table,
            "limits": limits_table,
            "load": loads_table,
            "shares": shares_table,
        }[tab]
        table = make(request, run, plan)
    if table is not None and table.wants_export:
        return table.export()
    changed = (
        change_sentences(selectors.changes(request.user, run), carried_out=run.committed_at is not None)  # type: ignore[arg-type]
        if whole and not run.variations and (run.committed_at is None or run.is_in_force)
        else []
    )
    kind, chosen = _chosen(request, plan)
    context |= pin_bar(request, run) | {
        "plan": plan,
        "whole": whole,
        "sentence": state_sentence(request, run, plan),
        "tab": tab,
        "tabs": [(name, label, _count(name, plan, judged)) for name, label in tabs],
        "told": tell_changes(request, run, plan) if tab == "changes" else None,
        "scenarios": happenings.number_of_scenarios(request.user, run) if may_plan(request) else 0,  # type: ignore[arg-type]
        "shares": shares_context(request, run, plan) if tab == "shares" else None,
        **(loads_context(request, run, plan) if tab == "load" else {}),
        "judged": _judged(judged),
        "table": table,
        "changed": changed,
        "superseded_by": run.superseded_by,
        "has_rounds": has_rounds(request.user),  # type: ignore[arg-type]
        "base": run.base if whole else None,
        "served": percent(plan.document.get("served_fraction")),
        "greedy": percent(plan.document.get("greedy_served_fraction")),
        "gap": gap_text(plan.document.get("gap")),
        "cost": money(plan.document.get("cost")),
        "timed_out": whole and plan.document.get("timed_out"),
        "now": frame.moment(request),
        "kind": kind,
        "chosen": chosen,
        "stages": STAGE_WORDS.values(),
        "network_name": frame.named(networks.meta(request.user), plan.document["name"]),  # type: ignore[arg-type]
        "zone_name": f"{plan.zone.key}, {frame.zone_label(plan.start, plan.zone)}",
    }
    return render(request, "web/plan/run.html", context)


def _unfinished(request: HttpRequest, run: PlanRun, context: dict[str, Any]) -> HttpResponse:
    item = job(request, run)
    if item["poll_url"]:
        item["poll_url"] += "?page=1"
    item["done_url"] = ""
    if run.conflict is not None and may_plan(request):
        pinned = {name for fixed in run.pins.values() for name in fixed}
        context["conflict"] = {
            "sentence": run.conflict["sentence_zh" if frame.is_chinese() else "sentence"],
            "pins": [{**pin, "removable": pin["name"] in pinned} for pin in run.conflict["pins"]],
        }
    return render(request, "web/plan/unfinished.html", {**context, "job": item})


@login_required
@require_POST
def plan_unpin(request: HttpRequest, code: str) -> HttpResponse:
    """Ask again for a plan whose pins contradict each other, without one of them."""
    run = find_run(request, code)
    made = happenings.plan_without(request.user, run, request.POST.get("pin", ""))  # type: ignore[arg-type]
    return redirect("plan-run", made.code)


@login_required
@require_GET
def plan_messages(request: HttpRequest, code: str) -> HttpResponse:
    """What customers are to be told, in both languages, as text."""
    run = find_run(request, code)
    if run.changes is None:
        raise Http404(code)
    answer = HttpResponse(message_file(request, run), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{run.code}-messages.txt"'
    return answer


def _has_tab(name: str, plan: PlanDocument, request: HttpRequest) -> bool:
    given = plan.document
    return {
        "batches": bool(given["batches"]) or given["whole"],
        "load": bool(given["resources"]),
        "losses": bool(given.get("lost_bq")),
        "limits": given["whole"] and "prices" in given,
        "shares": bool(given.get("fairness")),
        "pins": may_plan(request),
    }.get(name, True)


def _judged(judged: dict[str, Any]) -> dict[str, Any]:
    """What the rules say of a plan, rule by rule: the first findings of each, and how many there are."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in judged.get("findings", ()):
        groups.setdefault((finding["severity"], finding["rule"]), []).append(finding)
    shown = [
        {"findings": same[:SHOWN_OF_A_RULE], "more": len(same) - SHOWN_OF_A_RULE} for same in groups.values()
    ]
    return {"counts": judged.get("counts", {}), "groups": shown}


def _count(name: str, plan: PlanDocument, judged: dict[str, Any]) -> int | None:
    pins, counts = plan.pins, judged.get("counts", {})
    return {
        "rules": counts.get("block", 0) + counts.get("warn", 0),
        "unmet": len(plan.document["unmet"]),
        "deliveries": len(plan.document["deliveries"]),
        "batches": len(plan.document["batches"]),
        "pins": len(pins.get("batches", {})) + len(pins.get("deliveries", {})) if pins else None,
    }.get(name)


def _chosen(request: HttpRequest, plan: PlanDocument) -> tuple[str, dict[str, Any] | None]:
    for kind, find in (
        ("batch", plan.chosen_batch),
        ("delivery", plan.chosen_delivery),
        ("site", plan.chosen_site),
    ):
        if request.GET.get(kind):
            return kind, find(request.GET[kind])
    return "", None


def _panel_context(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    kind, chosen = _chosen(request, plan)
    return {
        "run": run,
        "plan": plan,
        "kind": kind,
        "chosen": chosen,
        "whole": plan.document["whole"],
        "may_plan": may_plan(request),
        "zone_name": frame.zone_label(plan.start, frame.zone(request)),
    }


@login_required
@require_GET
def plan_panel(request: HttpRequest, code: str) -> HttpResponse:
    """What was chosen in Gantt or map, for the panel beside it."""
    run = find_run(request, code)
    return render(request, "web/plan/panel.html", _panel_context(request, run, read_document(request, run)))


@login_required
@require_POST
def plan_pins(request: HttpRequest, code: str) -> HttpResponse:
    """Set or remove pins: ``?kind=batch|order|any&do=…&id=…``, or the rows chosen of a table."""
    run = find_run(request, code)
    require_planner(request)
    kind, do = request.GET.get("kind", ""), request.GET.get("do", "")
    ids = [request.GET["id"]] if request.GET.get("id") else request.POST.getlist("chosen")
    plan = read_document(request, run)
    batches: dict[str, str] = {}
    deliveries: dict[str, str | None] = {}
    if do != "free":
        if kind == "batch" and do in {"start", "forbid"}:
            fixed = {row["id"] for row in plan.batches if not row["pinnable"]}
            batches = {each: do for each in ids if each not in fixed}
        elif kind == "order" and do == "refuse":
            fixed = {row["order"] for row in plan.deliveries if not row["pinnable"]}
            deliveries = dict.fromkeys(each for each in ids if each not in fixed)
        elif kind == "order" and do == "keep":
            lots = {row["order"]: row["lot"] for row in plan.deliveries if row["pinnable"]}
            deliveries = {each: lots[each] for each in ids if each in lots}
        else:
            raise InputError(f"Nothing is pinned by kind={kind!r} and do={do!r}")
    run = services.pin(
        request.user,  # type: ignore[arg-type]
        run,
        batches=batches,
        deliveries=deliveries,
        unpin=ids if do == "free" else (),
    )
    if request.headers.get("HX-Request"):
        return _pinned_piece(request, run, ids)
    done = len(ids) if do == "free" else len(batches) + len(deliveries)
    messages.success(
        request,
        ngettext("%(n)s pin removed.", "%(n)s pins removed.", done) % {"n": done}
        if do == "free"
        else ngettext("%(n)s pin set.", "%(n)s pins set.", done) % {"n": done},
    )
    back = request.POST.get("next") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("plan-run", args=[run.code])
    return redirect(back)


def _pinned_piece(request: HttpRequest, run: PlanRun, ids: list[str]) -> HttpResponse:
    """The part of the page that was asked from, and the bar of pins out of band."""
    plan = read_document(request, run)
    part = request.GET.get("part", "")
    if part == "panel":
        text = render_to_string("web/plan/panel.html", _panel_context(request, run, plan), request)
    else:
        rows = [*plan.deliveries, *plan.unmet] if part == "order" else plan.batches
        key = "order" if part == "order" else "id"
        row = next((each for each in rows if each[key] in ids), None)
        name = "order_pins" if part == "order" else "batch_pins"
        context = {"row": row, "part": part, "target": "closest .pin-cell"}
        text = render_to_string(f"web/plan/{name}.html", context, request) if row else ""
    bar = render_to_string("web/plan/pin_bar.html", {**pin_bar(request, run), "apart": True}, request)
    return HttpResponse(text + bar)


@login_required
@require_POST
def plan_replan(request: HttpRequest, code: str) -> HttpResponse:
    """A new run with the pins of this one."""
    run = services.replan(request.user, find_run(request, code))  # type: ignore[arg-type]
    return redirect("plan-run", run.code)


@login_required
def plan_commit(request: HttpRequest, code: str) -> HttpResponse:
    """What committing will do, and the button that does it."""
    run = find_run(request, code)
    require_committer(request)
    if run.status != RunStatus.DONE or run.committed_at is not None:
        return redirect("plan-run", run.code)
    viewer: Any = request.user
    older = selectors.overlapping(viewer, run)
    uncovered = selectors.uncovered(viewer, run)
    past = selectors.past_starts(viewer, run)
    refused = False
    if request.method == "POST" and not (uncovered or past):
        supersede = bool(request.POST.get("supersede"))
        if older and not supersede:
            refused = True
        else:
            services.commit_plan(viewer, run, supersede=supersede)
            messages.success(request, _("Plan %(code)s is committed.") % {"code": run.code})
            return redirect("plan-run", run.code)
    plan = read_document(request, run)
    served = {row["order"] for row in plan.deliveries}
    lacking = [row for row in plan.unmet if row["order"] not in served]
    short = [row for row in plan.unmet if row["order"] in served]
    reasons: dict[str, int] = {}
    for row in lacking:
        reasons[row["reason_word"]] = reasons.get(row["reason_word"], 0) + 1
    context = pin_bar(request, run) | {
        "run": run,
        "span": span_text(run),
        "runs": sum(1 for row in plan.batches if not row["is_stock"]),
        "consignments": sum(1 for row in (*plan.deliveries, *plan.supplies) if row["legs"]),
        "handovers": sum(1 for row in plan.deliveries if not row["legs"]),
        "confirmations": len(served),
        "short": short,
        "lacking": lacking,
        "reasons": sorted(reasons.items(), key=lambda pair: -pair[1]),
        "changed": change_sentences(selectors.changes(viewer, run), carried_out=False),
        "losing": selectors.lost_promises(viewer, run),
        "uncovered": uncovered,
        "past": past,
        "older": [{"run": other, "span": span_text(other)} for other in older],
        "refused": refused,
        "draft": not_planned_yet(run),
    }
    return render(request, "web/plan/commit.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_GET
def plan_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The plan, as far as the person may see it, as JSON, workbook, calendar or self-contained page."""
    run = find_run(request, code)
    document = selectors.plan_document(request.user, run)  # type: ignore[arg-type]
    answer: HttpResponse
    if kind == "json":
        answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    elif kind == "ics":
        calendar = render_plan_ical(document, language="zh" if frame.is_chinese() else "en")
        answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    else:
        plan, network = read_plan(document)
        if kind == "html":
            page = render_plan_html(plan, network, "zh" if frame.is_chinese() else "en")
            answer = HttpResponse(page)
        else:
            with tempfile.TemporaryDirectory(prefix="becq-plan-") as folder:
                path = Path(folder) / "plan.xlsx"
                write_plan_xlsx(plan, network, path)
                answer = HttpResponse(path.read_bytes(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{run.code}.{kind}"'
    return answer
