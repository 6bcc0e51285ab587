"""What is done with a production run, each with its form: assay, release, failure, cancellation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from becq.platform import clock
from becq.platform.measured import ERROR_LIMIT, decayed
from becq.platform.production import services as making
from becq.platform.production.models import ProductionRun
from becq.web.deeds import Deed, note_field, time_field
from becq.web.forms import ActivityField, InstantField


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
