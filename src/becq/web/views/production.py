"""Runs: what is to be assayed and released, and how each run went against its plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, DateTimeField, F, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.measured import ERROR_LIMIT, decayed
from becq.platform.production import selectors
from becq.platform.production import services as making
from becq.platform.production.models import ProductionRun, RunStatus
from becq.platform.today import GRACE, SOON
from becq.web import directory, frame
from becq.web.deeds import Deed, do_one, note_field, time_field
from becq.web.forms import ActivityField, InstantField
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table
from becq.web.views.ledger import may_read_books


class UncertaintyField(forms.FloatField):
    """A relative standard uncertainty in per cent → a share."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Standard uncertainty, %"))
        widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "3"})
        super().__init__(required=False, min_value=0, max_value=100, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        percent = super().clean(str(value).strip().rstrip("%％").strip() if value else value)
        return None if percent is None else percent / 100.0


class AssayDeed(Deed):
    """What was measured at EOB makes the lot."""

    do = "assay"
    title = gettext_lazy("Assay at EOB")
    button = gettext_lazy("Record the assay")
    beside = (
        ("was measured of run", "activity"),
        ("uncertainty", "uncertainty"),
        ("time of the assay", "at"),
        ("has grown", "activity"),
        ("goes in", "activity"),
        ("positive number", "activity"),
    )
    activity = ActivityField(label=gettext_lazy("Measured activity"))
    uncertainty = UncertaintyField()
    at = time_field(gettext_lazy("EOB, time of the measurement"))
    start = InstantField(
        label=gettext_lazy("Actual start"),
        required=False,
        help_text=gettext_lazy("Empty: as long before EOB as planned."),
    )
    note = note_field()

    def clean_activity(self) -> float:
        activity: float = self.cleaned_data["activity"]
        if activity <= 0:
            raise ValidationError(
                _("Write what was measured; a run that came to nothing is recorded as failed.")
            )
        return activity

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        start, at = values.get("start"), values.get("at") or clock.now()
        if start and start >= at:
            self.add_error("start", _("The start is not before EOB, %(at)s.") % {"at": self.say(at)})
        self._compare_with_plan(values, at)
        return values

    def _compare_with_plan(self, values: dict[str, Any], at: datetime) -> None:
        """What is far from the plan needs a remark."""
        run: ProductionRun = self.thing
        if "at" in self.errors:
            return
        if run.kind != making.ELUTION and at < run.planned_start:
            self.add_error(
                "at",
                _("%(at)s is before the planned start of the run, %(start)s.")
                % {"at": self.say(at), "start": self.say(run.planned_start)},
            )
            return
        if (values.get("note") or "").strip():
            return
        if at < run.planned_eob - making.EARLY:
            self.add_error(
                "at",
                _("More than an hour before the planned EOB, %(eob)s; say in the remark why.")
                % {"eob": self.say(run.planned_eob)},
            )
        activity = values.get("activity")
        if activity and making.is_implausible(run, activity, at):
            self.add_error(
                "activity",
                _("%(planned)s is planned, not %(measured)s; check the unit, or say in the remark why.")
                % {"planned": self.bq(making.planned_bq(run, at)), "measured": self.bq(activity)},
            )

    def act(self) -> str:
        values = self.cleaned_data
        run = self.thing
        making.record_eob_assay(
            self.request.user,
            run,
            measured_bq=values["activity"],
            at=values["at"],
            start=values["start"],
            relative_uncertainty=values["uncertainty"],
            note=values["note"],
        )
        return _("Assay of %(run)s recorded: %(activity)s. The lot is in quarantine until its release.") % {
            "run": run.code,
            "activity": self.bq(values["activity"]),
        }


class ReleaseDeed(Deed):
    """Out of quarantine."""

    do = "release"
    title = gettext_lazy("Release")
    button = gettext_lazy("Release the lot")
    beside = (
        ("time of the release", "at"),
        ("measured", "activity"),
        ("positive number", "activity"),
        ("uncertainty", "uncertainty"),
    )
    activity = ActivityField(
        label=gettext_lazy("Activity at release"),
        required=False,
        help_text=gettext_lazy(
            "Empty: the share that the plan keeps after processing. The loss is booked as waste."
        ),
    )
    uncertainty = UncertaintyField()
    at = time_field(gettext_lazy("Time of release"))
    note = note_field(label=gettext_lazy("Quality control"))

    def __init__(
        self, *args: Any, held_bq: float | None = None, held_at: datetime | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.held_bq, self.held_at = held_bq, held_at

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        activity, at = values.get("activity"), values.get("at") or clock.now()
        if activity is not None and self.held_bq and self.held_at:
            booked = decayed(self.thing.nuclide, self.held_bq, self.held_at, at)
            if activity <= 0 or activity > booked * ERROR_LIMIT:
                self.add_error(
                    "activity",
                    _("The books hold %(booked)s then; check the unit and the assay at EOB.")
                    % {"booked": self.bq(booked)},
                )
        return values

    def act(self) -> str:
        values = self.cleaned_data
        uncertainty = values["uncertainty"]
        run = making.release(
            self.request.user,
            self.thing,
            measured_bq=values["activity"],
            at=values["at"],
            uncertainty_bq=values["activity"] * uncertainty if values["activity"] and uncertainty else None,
            note=values["note"],
        )
        return _("%(run)s released with %(activity)s.") % {
            "run": run.code,
            "activity": self.bq(run.released_bq or 0.0),
        }


class FailDeed(Deed):
    """The run came to nothing, or its lot failed."""

    do = "fail"
    title = gettext_lazy("Failed")
    button = gettext_lazy("Record the failure")
    look = "danger"
    folded = True
    beside = (("time of the failure", "at"), ("note", "note"))
    at = time_field(gettext_lazy("Time"))
    note = note_field(
        required=True,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("All that was made is booked as waste."),
    )

    def act(self) -> str:
        making.fail_run(
            self.request.user, self.thing, at=self.cleaned_data["at"], note=self.cleaned_data["note"]
        )
        return _("%(run)s is recorded as failed.") % {"run": self.thing.code}


class CancelDeed(Deed):
    """A run that has not begun is taken off the list."""

    do = "cancel"
    title = gettext_lazy("Cancel the run")
    button = gettext_lazy("Cancel the run")
    look = "danger"
    folded = True
    beside = (("", "note"),)
    note = note_field(required=True, label=gettext_lazy("Reason"))

    def act(self) -> str:
        making.cancel_run(self.request.user, self.thing, note=self.cleaned_data["note"])
        return _("%(run)s is cancelled.") % {"run": self.thing.code}


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


def _waits_for(run: ProductionRun) -> str:
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
            Column("waits", _("Waits for"), path=_waits_for),
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


def _may_make(viewer: Any, run: ProductionRun) -> bool:
    action = (
        "production.assay"
        if run.kind in making.CREATING
        else "production.process"
        if run.kind in making.CONVERTING
        else "production.elute"
    )
    return policy.may(viewer, action, organisation=run.organisation, site=run.site_code)


@login_required
def run(request: HttpRequest, code: str) -> HttpResponse:
    """One run: plan against what happened, what went in and came out, and what is to be done."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    try:
        found = selectors.run(viewer, code)
    except InputError as error:
        raise Http404(code) from error
    zone = directory.zone(request, found.site_code)
    now = clock.now()
    held = _held(viewer, found, now)
    deeds: list[Deed] = []
    if found.status == RunStatus.PLANNED and _may_make(viewer, found):
        deeds.append(AssayDeed(request, found, zone=zone))
    may_release = policy.may(
        viewer, "production.release", organisation=found.organisation, site=found.site_code
    )
    if may_release and found.status == RunStatus.ASSAYED:
        deeds.append(
            ReleaseDeed(request, found, zone=zone, after=found.actual_eob, held_bq=held, held_at=now)
        )
    if may_release and found.status in {RunStatus.PLANNED, RunStatus.ASSAYED}:
        deeds.append(FailDeed(request, found, zone=zone, after=found.actual_eob))
    if may_release and found.status == RunStatus.PLANNED:
        deeds.append(CancelDeed(request, found, zone=zone))
    answer = do_one(request, deeds, reverse("run", args=[found.code]))
    if answer is not None:
        return answer
    postings = [row for row in books.history(viewer, found.code) if row.document.get("run") == found.code]
    context = {
        "run": found,
        "zone": zone,
        "now": now,
        "site": directory.site(request, found.site_code),
        "product": directory.product(request, found.product),
        "kind": directory.RUN_KINDS.get(found.kind, found.kind),
        "waits": _waits_for(found),
        "deeds": deeds,
        "steps": _steps(found),
        "events": _events(found, postings),
        "inputs": _inputs(viewer, found, postings),
        "held_bq": held,
        "consignments": _outputs(request, found),
        "zone_words": frame.zone_label(now, zone),
    }
    return render(request, "web/production/run.html", context)


def _held(viewer: Any, found: ProductionRun, at: datetime) -> float | None:
    """What is left of the lot at its site; None where the viewer may not read its books."""
    if found.status not in {RunStatus.ASSAYED, RunStatus.RELEASED} or not may_read_books(viewer, found):
        return None
    rows = books.balances(
        viewer, at, lot=found.code, site=found.site_code, nuclide=found.nuclide, minimum_bq=0.0
    )
    return sum(row.activity_bq for row in rows if row.posted and not row.place.endswith("/waste"))


def _steps(run: ProductionRun) -> list[dict[str, Any]]:
    """Plan and reality side by side: times and activities, with their differences."""
    expires = run.lot.expires if getattr(run, "lot", None) and run.released_at else None
    return [
        {
            "label": _("Start"),
            "planned": run.planned_start,
            "actual": run.actual_start,
            "late_s": directory.elapsed(run.actual_start, run.planned_start),
        },
        {
            "label": _("End of bombardment (EOB)")
            if run.kind in making.CREATING
            else _("End of the process"),
            "planned": run.planned_eob,
            "actual": run.actual_eob,
            "late_s": directory.elapsed(run.actual_eob, run.planned_eob),
            "planned_bq": run.planned_activity_eob_bq,
            "actual_bq": run.assayed_bq,
            "uncertainty_bq": run.assay_uncertainty_bq,
            "difference": directory.signed(assay_difference(run)),
        },
        {
            "label": _("Release"),
            "planned": run.planned_release,
            "actual": run.released_at,
            "late_s": directory.elapsed(run.released_at, run.planned_release),
            "planned_bq": run.planned_activity_bq,
            "actual_bq": run.released_bq,
            "difference": directory.signed(release_difference(run)),
        },
        {
            "label": _("Expiry"),
            "planned": run.planned_expires,
            "actual": expires,
            "late_s": directory.elapsed(expires, run.planned_expires),
        },
    ]


def _events(run: ProductionRun, postings: list[Any]) -> list[dict[str, Any]]:
    """The timeline: what is done with who did it, what is to come as planned."""
    who = postings[0].actor_name if postings else ""
    rows: list[dict[str, Any]] = [
        {
            "what": "running",
            "label": _("Start"),
            "tone": "done" if run.actual_start else "planned",
            "at": run.actual_start,
            "planned_at": run.planned_start,
        },
        {
            "what": "assayed",
            "label": _("EOB assay"),
            "tone": "done" if run.actual_eob else "planned",
            "at": run.actual_eob,
            "planned_at": run.planned_eob,
            "who": who if run.actual_eob else "",
            "bq": run.assayed_bq,
            "nuclide": run.nuclide,
        },
    ]
    if run.status in {RunStatus.FAILED, RunStatus.CANCELLED}:
        if run.status == RunStatus.CANCELLED or not run.actual_eob:
            rows = []
        rows.append(
            {"what": run.status, "note": run.note, "who": postings[-1].actor_name if postings else ""}
        )
        return rows
    rows.append(
        {
            "what": "released",
            "label": _("Release"),
            "tone": "done" if run.released_at else "planned",
            "at": run.released_at,
            "planned_at": run.planned_release,
            "who": str(run.released_by) if run.released_by else "",
            "bq": run.released_bq,
            "nuclide": run.nuclide,
            "note": run.note,
        }
    )
    return rows


def _inputs(viewer: Any, run: ProductionRun, postings: list[Any]) -> list[dict[str, Any]]:
    """Lots that went in, or are to go in, planned and as booked."""
    rows = {
        row["lot"]: {
            "lot": row["lot"],
            "planned_bq": row["activity_bq"],
            "planned_at": datetime.fromisoformat(row["reference_time"]),
            "bq": None,
            "at": None,
        }
        for row in run.inputs
    }
    for posting in postings:
        if posting.kind not in {"process", "elute"} or posting.event_time != run.actual_eob:
            continue
        for entry in posting.entries.all():
            if entry.activity_bq < 0 and entry.nuclide == run.nuclide and entry.lot != run.code:
                parent = entry.lot.rpartition("-")[0]
                row = (
                    rows.get(entry.lot) or rows.pop(parent, None) or {"planned_bq": None, "planned_at": None}
                )
                rows[entry.lot] = row | {"lot": entry.lot, "bq": -entry.activity_bq, "at": posting.event_time}
    return list(rows.values())


def _outputs(request: HttpRequest, run: ProductionRun) -> list[dict[str, Any]]:
    """Where the lot goes."""
    return [
        {
            "row": row,
            "to": directory.site(request, row.to_site),
            "bq": dispatch.predicted_bq(row, row.dispatched_at or row.planned_depart),
            "at": row.dispatched_at or row.planned_depart,
        }
        for row in dispatch.consignments(request.user, lot=run.code)[:200]  # type: ignore[arg-type]
    ]
