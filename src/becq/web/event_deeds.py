"""The forms of what may have happened to a plan, and of what may be otherwise in a what-if.

Each makes a row of ``becq.events/1`` or of ``becq.planning.variation``; the platform holds it against the
plan and has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from becq.errors import BecqError, PermissionDeniedError
from becq.platform.network import selectors as networks
from becq.platform.plans import happenings
from becq.platform.plans.models import PlanRun, Purpose
from becq.web import event_words, frame, problems
from becq.web.deeds import Deed
from becq.web.forms import ActivityField, DurationField, InstantField, NuclideField
from becq.web.plan_document import PlanDocument

SOON = timedelta(days=3)
PLACES_OF_PATIENTS = ("hospital", "radiopharmacy")
TERMINALS = ("airport", "station")
Choices = list[tuple[str, Any]]


@dataclass
class Happening:
    """What the forms know: the plan, the moment it is made anew from, and what the address names."""

    run: PlanRun
    plan: PlanDocument
    now: datetime
    chosen: Mapping[str, str] = field(default_factory=dict)

    def batches(self, *, begun: bool) -> Choices:
        """Batches that have begun, or will be released later than now, by site; the chosen one always."""
        by_site: dict[str, Choices] = {}
        for row in self.plan.batches:
            if row["kind"] in ("stock", "free") or row.get("state") == "lost":
                continue
            has_begun = row["start"] < self.now
            fits = has_begun and row["release"] > self.now - timedelta(days=1)
            if not begun:
                fits = row["release"] > self.now and row["start"] < self.now + SOON
            if fits or row["id"] == self.chosen.get("batch"):
                label = f"{self.say(row['start'])} · {row['product_name']} ({row['id']})"
                by_site.setdefault(row["site_name"], []).append((row["id"], label))
        return [("", "—"), *sorted(by_site.items())]

    @cached_property
    def departures(self) -> Choices:
        """Timetabled departures that the plan uses in the next days, by time."""
        packages: dict[str, int] = {}
        labels: dict[str, tuple[datetime, str]] = {}
        for row in (*self.plan.document["deliveries"], *self.plan.document["supplies"]):
            for leg in row["legs"]:
                if "leaves" not in leg:
                    continue
                leaves = datetime.fromisoformat(leg["leaves"])
                if not self.now - timedelta(hours=12) <= leaves <= self.now + SOON:
                    continue
                key = "|".join((leg["lane"], leg["from"], leg["to"], leg["leaves"]))
                packages[key] = packages.get(key, 0) + 1
                ends = " → ".join(frame.named(self.plan.site(leg[end])) for end in ("from", "to"))
                labels[key] = (leaves, f"{self.say(leaves)} · {leg.get('number') or leg['lane']} {ends}")
        found = sorted(labels.items(), key=lambda item: item[1])
        return [("", "—"), *((key, f"{label} ({packages[key]})") for key, (_at, label) in found)]

    @cached_property
    def resources(self) -> Choices:
        """Machines by site."""
        by_site: dict[str, Choices] = {}
        for row in self.plan.document["resources"]:
            name = frame.named(self.plan.site(row["site"]))
            by_site.setdefault(name, []).append((row["id"], frame.named(row)))
        return [("", "—"), *sorted(by_site.items())]

    @cached_property
    def makers(self) -> Choices:
        """Sites with machines."""
        sites = {row["site"] for row in self.plan.document["resources"]}
        sites |= {row["site"] for row in self.plan.document["batches"] if row["process"]}
        rows = ((f"site:{code}", _("all of %(site)s") % {"site": self.site_name(code)}) for code in sites)
        return sorted(rows, key=lambda pair: pair[1])

    def sites(self, kinds: tuple[str, ...] = ()) -> Choices:
        """Sites that receive."""
        found = [
            (row["id"], frame.named(row))
            for row in self.plan.document["sites"]
            if (row["kind"] in kinds if kinds else row["kind"] not in TERMINALS)
        ]
        return [("", "—"), *sorted(found, key=lambda pair: pair[1])]

    @cached_property
    def products(self) -> Choices:
        """What can be ordered."""
        rows = [row for row in self.plan.document["products"] if row["kind"] != "bulk"]
        return [("", "—"), *sorted(((row["id"], frame.named(row)) for row in rows), key=lambda pair: pair[1])]

    def site_name(self, code: str) -> str:
        """Name of a site."""
        return frame.named(self.plan.site(code), code)

    def say(self, at: datetime) -> str:
        """A moment in the zone of the plan."""
        return f"{at.astimezone(self.plan.zone):%m-%d %H:%M}"


class PlanDeed(Deed):
    """A form about a plan; what is refused stands beside the field that it speaks of."""

    button = gettext_lazy("Add")
    folded = True
    names: ClassVar[Mapping[str, str]] = {}
    opens_with: ClassVar[tuple[str, ...]] = ()
    """Names in the address that open the form and fill the field of the same name."""

    def __init__(self, request: HttpRequest, thing: Happening) -> None:
        initial = {name: thing.chosen[name] for name in self.opens_with if thing.chosen.get(name)}
        super().__init__(request, thing, zone=thing.plan.zone, initial=initial)
        self.fill()
        zone = frame.zone_label(thing.now, thing.plan.zone)
        for each in self.fields.values():
            if isinstance(each, InstantField):
                each.help_text = _("In the zone of the plan, %(zone)s.") % {"zone": zone}
        self.opened = bool(initial)

    def fill(self) -> None:
        """Put the choices in."""

    def choose(self, name: str, choices: Choices) -> None:
        """The choices of a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def row(self) -> dict[str, Any]:
        """What was written, as a row."""
        raise NotImplementedError

    def perform(self) -> str | None:
        if not self.is_valid():
            return None
        try:
            return self.act()
        except PermissionDeniedError:
            raise
        except BecqError as error:
            problems.put_beside(self, error, dict(self.names))
            return None

    @property
    def is_open(self) -> bool:
        return self.opened or super().is_open

    @property
    def viewer(self) -> Any:
        """Who asks."""
        return self.request.user


class EventDeed(PlanDeed):
    """A form that adds an event."""

    def act(self) -> str:
        row = {name: value for name, value in self.row().items() if value not in (None, "")}
        happenings.add_event(self.viewer, self.thing.run, row, self.thing.now)
        return _("Added: %(what)s") % {"what": event_words.event_words(row, self.thing.plan)}


class OutageDeed(EventDeed):
    """A machine or a site stands still."""

    do = "outage"
    title = pgettext_lazy("event", "Outage")
    names = {"resource": "what", "site": "what", "process": "what"}
    opens_with = ("what",)
    what = forms.ChoiceField(label=gettext_lazy("What stands still"))
    start = InstantField(label=gettext_lazy("Start"))
    end = InstantField(label=gettext_lazy("End"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, required=False,
        help_text=gettext_lazy("Customers are told it where it leaves an order unmet."),
    )  # fmt: skip

    def fill(self) -> None:
        self.choose("what", [*self.thing.resources, (_("Whole sites"), self.thing.makers)])
        self.initial.setdefault("start", self.thing.now)

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind, colon, name = data["what"].partition(":")
        place = {kind: name} if colon else {"resource": data["what"]}
        return {
            "kind": "outage", **place, "start": data["start"].isoformat(), "end": data["end"].isoformat(),
            "reason": data["reason"],
        }  # fmt: skip


class LateDeed(EventDeed):
    """A batch is late."""

    do = "late"
    title = gettext_lazy("Late batch")
    opens_with = ("batch",)
    batch = forms.ChoiceField(
        label=gettext_lazy("Batch"),
        help_text=gettext_lazy("Of the next three days; choose others in the timetable of the plan."),
    )
    by = DurationField(label=gettext_lazy("How much later"), help_text=gettext_lazy("Write like 2 h 30 min."))
    stage = forms.ChoiceField(
        label=gettext_lazy("What is late"),
        required=False,
        choices=[
            ("", gettext_lazy("the start of a batch to come, else the release")),
            ("start", pgettext_lazy("stage", "start")),
            ("eob", gettext_lazy("EOB")),
            ("release", pgettext_lazy("stage", "release")),
        ],
    )

    def fill(self) -> None:
        self.choose("batch", self.thing.batches(begun=False))

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": "late", "batch": data["batch"], "by": f"{data['by']!r} s", "stage": data["stage"],
        }  # fmt: skip


class FailedDeed(EventDeed):
    """A batch is not released."""

    do = "failed"
    title = gettext_lazy("Failed batch")
    batch = forms.ChoiceField(label=gettext_lazy("Batch"), help_text=gettext_lazy("One that has begun."))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, required=False,
        help_text=gettext_lazy("Empty: failed quality control."),
    )  # fmt: skip

    def fill(self) -> None:
        self.choose("batch", self.thing.batches(begun=True))

    def row(self) -> dict[str, Any]:
        return {"kind": "failed", **self.cleaned_data}


class ActivityDeed(EventDeed):
    """A batch holds another activity than expected."""

    do = "activity"
    title = gettext_lazy("Other activity at EOB")
    batch = forms.ChoiceField(label=gettext_lazy("Batch"), help_text=gettext_lazy("One that has begun."))
    eob = ActivityField(
        label=gettext_lazy("Activity at EOB"), help_text=gettext_lazy("Of an eluate: on elution.")
    )

    def fill(self) -> None:
        self.choose("batch", self.thing.batches(begun=True))

    def row(self) -> dict[str, Any]:
        return {
            "kind": "activity",
            "batch": self.cleaned_data["batch"],
            "eob": f"{self.cleaned_data['eob']!r} Bq",
        }


class DepartureDeed(EventDeed):
    """A flight or train does not go."""

    do = "cancelled"
    title = gettext_lazy("Cancelled departure")
    names = {"leaves": "departure"}
    departure = forms.ChoiceField(
        label=gettext_lazy("Departure"),
        required=False,
        help_text=gettext_lazy("With the number of packages that the plan puts on it."),
    )
    lane = forms.ChoiceField(
        label=gettext_lazy("Or all of a lane"),
        required=False,
        help_text=gettext_lazy("Every departure within a span, for instance of a closed airport."),
    )
    start = InstantField(label=pgettext_lazy("span", "From"), required=False)
    end = InstantField(label=pgettext_lazy("span", "To"), required=False)

    def fill(self) -> None:
        self.choose("departure", self.thing.departures)
        lanes = sorted(row.id for row in networks.lanes(self.viewer) if row.mode != "road")
        self.choose("lane", [("", "—"), *((name, name) for name in lanes)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        one, span = data.get("departure"), data.get("lane")
        if bool(one) == bool(span):
            self.add_error("departure", ValidationError(_("Choose a departure, or a lane and a span.")))
        elif span and not (data.get("start") and data.get("end")):
            self.add_error("start", ValidationError(_("Write from when to when the lane does not go.")))
        return data

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["departure"]:
            lane, origin, destination, leaves = data["departure"].split("|")
            return {"kind": "cancelled", "lane": lane, "from": origin, "to": destination, "leaves": leaves}
        span = {name: data[name].isoformat() for name in ("start", "end")}
        return {"kind": "cancelled", "lane": data["lane"], **span}


class RushDeed(EventDeed):
    """An order by telephone."""

    do = "rush"
    title = gettext_lazy("Rush order")
    names = {f"order.{name}": name for name in ("site", "product", "activity", "calibration", "earliest",
                                                "latest", "priority", "partial", "id")}  # fmt: skip
    site = forms.ChoiceField(label=gettext_lazy("Site"))
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    activity = ActivityField(label=gettext_lazy("Activity at calibration"))
    calibration = InstantField(label=gettext_lazy("Calibration time"))
    earliest = InstantField(label=gettext_lazy("Earliest delivery"), required=False)
    latest = InstantField(label=gettext_lazy("Latest delivery"), required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        choices=[("1", gettext_lazy("1, the highest")), ("2", "2"), ("3", "3")],
    )
    partial = forms.BooleanField(label=gettext_lazy("Less is still wanted"), required=False)

    def fill(self) -> None:
        self.choose("site", self.thing.sites(PLACES_OF_PATIENTS))
        self.choose("product", self.thing.products)
        self.fields["earliest"].help_text = _("Empty: now.")
        self.fields["latest"].help_text = _("Empty: the calibration time.")

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        local = data["calibration"].astimezone(self.thing.plan.zone)
        order = {
            "id": f"rush-{data['site']}-{data['product']}.{local:%Y%m%d%H%M}",
            "site": data["site"],
            "product": data["product"],
            "activity": f"{data['activity']!r} Bq",
            "calibration": data["calibration"].isoformat(),
            "earliest": (data["earliest"] or self.thing.now).isoformat(),
            "latest": (data["latest"] or data["calibration"]).isoformat(),
            "priority": int(data["priority"]),
            "partial": data["partial"],
        }
        return {"kind": "rush", "order": order}


class VariationDeed(PlanDeed):
    """A form that adds a change of the network."""

    def act(self) -> str:
        row = self.row()
        happenings.add_variation(self.viewer, self.thing.run, row)
        return _("Added: %(what)s") % {"what": event_words.variation_words(row, self.thing.plan)}


class PositionsDeed(VariationDeed):
    """A machine with more positions."""

    do = "positions"
    title = gettext_lazy("More positions")
    resource = forms.ChoiceField(label=gettext_lazy("Resource"))
    positions = forms.IntegerField(label=gettext_lazy("Positions"), min_value=1, max_value=1000)

    def fill(self) -> None:
        self.choose("resource", self.thing.resources)

    def row(self) -> dict[str, Any]:
        return {"kind": "positions", **self.cleaned_data}


class LimitDeed(VariationDeed):
    """A licence that allows more."""

    do = "limit"
    title = gettext_lazy("Other possession limit")
    site = forms.ChoiceField(label=gettext_lazy("Site"))
    nuclide = NuclideField(label=gettext_lazy("Nuclide"))
    limit = ActivityField(label=gettext_lazy("Possession limit"))

    def fill(self) -> None:
        self.choose("site", self.thing.sites())

    def row(self) -> dict[str, Any]:
        return {"kind": "limit", **self.cleaned_data, "limit": f"{self.cleaned_data['limit']!r} Bq"}


class SlotDeed(VariationDeed):
    """A batch at a time that the calendar does not have."""

    do = "slot"
    title = gettext_lazy("One more batch")
    process = forms.ChoiceField(label=pgettext_lazy("network", "Process"))
    start = InstantField(label=gettext_lazy("Start"))

    def fill(self) -> None:
        by_site: dict[str, Choices] = {}
        for row in networks.processes(self.viewer):
            label = f"{self.thing.plan.product(row.product)} ({row.id})"
            by_site.setdefault(self.thing.site_name(row.site), []).append((row.id, label))
        self.choose("process", [("", "—"), *sorted(by_site.items())])

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": "slot", "process": data["process"], "start": data["start"].isoformat()}


class LiftedDeed(VariationDeed):
    """A machine that works in spite of its outage."""

    do = "lifted"
    title = gettext_lazy("Without an outage")
    name = forms.ChoiceField(label=gettext_lazy("Resource"))
    start = InstantField(label=pgettext_lazy("span", "From"))
    end = InstantField(label=pgettext_lazy("span", "To"))

    def fill(self) -> None:
        self.choose("name", self.thing.resources)

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        moments = {end: data[end].isoformat() for end in ("start", "end")}
        return {"kind": "lifted", "name": data["name"], **moments}


class AnewDeed(PlanDeed):
    """Plan anew with everything that was collected."""

    do = "anew"
    title = gettext_lazy("Plan anew")
    button = gettext_lazy("Plan anew")
    folded = False
    purpose = forms.ChoiceField(
        label=pgettext_lazy("plan", "What for"),
        widget=forms.RadioSelect,
        choices=[
            (Purpose.REPLAN, gettext_lazy("to be carried out: orders and network as they are now")),
            (Purpose.SCENARIO, gettext_lazy("a what-if, saved with a name: all else as in this plan")),
        ],
    )
    name = forms.CharField(label=pgettext_lazy("plan", "Name"), required=False, max_length=200)

    def fill(self) -> None:
        run: PlanRun = self.thing.run
        only_what_if = bool(run.draft_variations or run.variations)
        self.initial["purpose"] = Purpose.SCENARIO if only_what_if else Purpose.REPLAN
        if run.variations:
            self.fields["purpose"].choices = self.fields["purpose"].choices[1:]  # type: ignore[attr-defined]
        self.made: PlanRun | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("purpose") == Purpose.SCENARIO and not data.get("name", "").strip():
            self.add_error("name", ValidationError(_("A what-if has a name.")))
        if data.get("purpose") == Purpose.REPLAN and self.thing.run.draft_variations:
            message = _("The network is not so; make it a what-if, or take its changes back.")
            self.add_error("purpose", ValidationError(message))
        return data

    def act(self) -> str:
        data = self.cleaned_data
        self.made = happenings.request_replan(
            self.viewer, self.thing.run, now=self.thing.now, name=data["name"], purpose=data["purpose"]
        )
        return _("%(code)s is being made.") % {"code": self.made.code}


EVENTS: tuple[type[EventDeed], ...] = (
    OutageDeed, LateDeed, FailedDeed, ActivityDeed, DepartureDeed, RushDeed,
)  # fmt: skip
VARIATIONS: tuple[type[VariationDeed], ...] = (PositionsDeed, LimitDeed, SlotDeed, LiftedDeed)
