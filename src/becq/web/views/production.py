"""Production: the runs, the next ones first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, CharField, DateTimeField, F, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.measured import decayed
from becq.platform.production import selectors
from becq.platform.production import services as making
from becq.platform.production.models import ProductionRun, RunStatus
from becq.platform.today import GRACE, SOON
from becq.web import directory, frame
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table


def _queue(viewer: Any) -> Any:
    """Runs, those that wait for somebody first, the longest overdue before them all."""
    now = clock.now()
    waits = Q(status=RunStatus.PLANNED, planned_eob__lte=now) | Q(
        status=RunStatus.ASSAYED, planned_release__lte=now
    )
    late = Q(status=RunStatus.PLANNED, planned_eob__lte=now - GRACE) | Q(
        status=RunStatus.ASSAYED, planned_release__lte=now - GRACE
    )
    soon = Q(status=RunStatus.PLANNED, planned_eob__lte=now + SOON) | Q(
        status=RunStatus.ASSAYED, planned_release__lte=now + SOON
    )
    return (
        selectors.runs(viewer)
        .annotate(
            rank=Case(
                When(waits, then=Value(0)),
                When(status__in=[RunStatus.PLANNED, RunStatus.ASSAYED], then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            due=Case(
                When(status=RunStatus.PLANNED, then=F("planned_eob")),
                When(status=RunStatus.ASSAYED, then=F("planned_release")),
                output_field=DateTimeField(),
            ),
            tone=Case(
                When(late, then=Value("blocked")),
                When(soon, then=Value("attention")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .order_by("rank", "due", "-planned_start", "code")
    )


def assay_difference(run: ProductionRun) -> float | None:
    """What was assayed against the plan, both at the planned EOB."""
    if run.assayed_bq is None or run.actual_eob is None:
        return None
    there = decayed(run.nuclide, run.assayed_bq, run.actual_eob, run.planned_eob)
    return directory.share(there, run.planned_activity_eob_bq)


def release_difference(run: ProductionRun) -> float | None:
    """What was released against the plan, both at the planned release."""
    if run.released_bq is None or run.released_at is None:
        return None
    there = decayed(run.nuclide, run.released_bq, run.released_at, run.planned_release)
    return directory.share(there, run.planned_activity_bq)


def waits_for(run: ProductionRun) -> str:
    """What the run waits for, in words."""
    if run.status == RunStatus.PLANNED:
        return _("EOB assay")
    return _("release") if run.status == RunStatus.ASSAYED else ""


@login_required
def production(request: HttpRequest) -> HttpResponse:
    """Runs by what they wait for."""
    policy.require(request.user, "ledger.read")
    rows = _queue(request.user)
    chosen = frame.site(request)
    if chosen:
        rows = rows.filter(site_code=chosen.code)
    now = clock.now()
    waiting = rows.filter(rank=0)
    assay, release = (
        waiting.filter(status=status).count() for status in (RunStatus.PLANNED, RunStatus.ASSAYED)
    )
    kinds = directory.RUN_KINDS
    sites = {
        code: directory.site(request, code)
        for code in rows.order_by().values_list("site_code", flat=True).distinct()
    }
    table = Table(
        request=request,
        rows=rows,
        caption=_("Runs"),
        name="runs",
        row_key="code",
        row_tone="tone",
        columns=[
            Column("code", _("Run"), "lot", sort=True, href=lambda run: reverse("run", args=[run.code])),
            Column("status", _("Status"), "state", sort=True),
            Column("waits", _("Waits for"), path=waits_for),
            Column("due", _("Due"), "instant", sort=True),
            Column(
                "late",
                _("Overdue by"),
                "duration",
                path=lambda run: _late(run, now),
                hidden=not assay + release,
            ),
            Column(
                "product",
                _("Product"),
                path=lambda run: directory.product(request, run.product),
                sort="product",
            ),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column("kind", _("Process"), path=lambda run: str(kinds.get(run.kind, run.kind)), sort="kind"),
            Column("site", _("Site"), "site", path=lambda run: sites.get(run.site_code), sort="site_code"),
            Column("planned_eob", _("Planned EOB"), "instant", sort=True, hidden=True),
            Column(
                "planned_activity_eob_bq",
                _("Planned at EOB"),
                "activity",
                sort=True,
                at="planned_eob",
                nuclide="nuclide",
                show_at=False,
            ),
            Column(
                "assayed_bq",
                _("Assayed"),
                "activity",
                sort=True,
                at="actual_eob",
                nuclide="nuclide",
                show_at=False,
            ),
            Column("assay", _("Against plan"), path=lambda run: directory.signed(assay_difference(run))),
            Column("plan_code", _("Plan"), "code", sort=True, hidden=True),
        ],
        filters=[
            Filter("q", _("Run or product"), "search", fields=["code", "product", "process"]),
            Filter(
                "status",
                _("Status"),
                choices=[
                    ("waiting", _("waiting")),
                    *((code, STATES[code].label) for code in RunStatus.values),
                ],
                apply=lambda found, value: (
                    found.filter(rank=0) if value == "waiting" else found.filter(status=value)
                ),
            ),
            Filter(
                "site",
                _("Site"),
                field="site_code",
                choices=[(code, frame.named(site, code)) for code, site in sites.items()],
            ),
            Filter("kind", _("Process"), choices=list(kinds.items())),
            Filter("day", _("Day of EOB"), "day", field="planned_eob"),
        ],
        empty_title=_("No runs yet"),
        empty_sentence=_("Runs appear when a plan is committed."),
        export_name="runs",
    )
    if table.wants_export:
        return table.export()
    return render(request, "web/production/runs.html", {"table": table, "assay": assay, "release": release})


def _late(run: Any, now: datetime) -> float | None:
    return (now - run.due).total_seconds() if run.due is not None and run.due < now else None


def may_make(viewer: Any, run: ProductionRun) -> bool:
    """True if the person makes this run."""
    action = (
        "production.assay"
        if run.kind in making.CREATING
        else "production.process"
        if run.kind in making.CONVERTING
        else "production.elute"
    )
    return policy.may(viewer, action, organisation=run.organisation, site=run.site_code)
