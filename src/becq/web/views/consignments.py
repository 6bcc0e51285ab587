"""Consignments: where each one is, what it will be on arrival, and what is done with it on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
from django.utils.translation import gettext_lazy, ngettext

from becq.errors import InputError
from becq.physics.quantities import format_activity
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.dispatch import selectors, services
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.dispatch.packing import packing_finding
from becq.platform.ledger import selectors as books
from becq.platform.measured import ERROR_LIMIT, decayed
from becq.platform.production import selectors as production
from becq.platform.production import services as making
from becq.platform.today import GRACE, SHORTFALL, SOON
from becq.web import directory, frame
from becq.web.deeds import Deed, do_one, note_field, time_field
from becq.web.forms import ActivityField, InstantField
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table
from becq.web.views.palette import PER_SOURCE, SOURCES, Hit
from becq.web.views.production import UncertaintyField

MODES = {
    "road": gettext_lazy("by road"),
    "flight": gettext_lazy("by air"),
    "air": gettext_lazy("by air"),
    "train": gettext_lazy("by rail"),
    "rail": gettext_lazy("by rail"),
    "courier": gettext_lazy("by courier"),
}
STEPS = {
    "depart": gettext_lazy("Departure"),
    "leg": gettext_lazy("Change of carrier"),
    "arrive": gettext_lazy("Arrival"),
    "dispatched": gettext_lazy("Dispatched"),
    "handed over": gettext_lazy("Handed over"),
    "delayed": gettext_lazy("Delayed"),
    "received": gettext_lazy("Received"),
    "rejected": gettext_lazy("Rejected"),
    "taken back": gettext_lazy("Taken back"),
    "cancelled": gettext_lazy("Cancelled"),
}
REFUSED = frozenset({ConsignmentStatus.REJECTED, ConsignmentStatus.RETURNED})
"""States of what was not taken in: it has no arrival."""
KINDS = {
    "delivery": gettext_lazy("Delivery of an order"),
    "supply": gettext_lazy("Supply of a run or a site"),
    "handover": gettext_lazy("Hand-over on the same site"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measurement against the prediction, in words."""

    sentence: str
    tone: str

    @property
    def icon(self) -> str:
        """Symbol of the tone."""
        return {"attention": "state-attention", "blocked": "state-blocked"}.get(self.tone, "state-done")


class DispatchDeed(Deed):
    """Packed, measured and sent."""

    do = "dispatch"
    title = gettext_lazy("Dispatch")
    button = gettext_lazy("Dispatch")
    beside = (
        ("time of the dispatch", "at"),
        ("was made at", "at"),
        ("was released at", "at"),
        ("cannot leave", "activity"),
        ("positive number", "activity"),
        ("Lot ", "lot"),
        ("no lot", "lot"),
    )
    activity = ActivityField(label=gettext_lazy("Activity packed"))
    lot = forms.ChoiceField(label=gettext_lazy("From lot"))
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=120)
    vehicle = forms.CharField(label=gettext_lazy("Vehicle or flight"), required=False, max_length=60)
    at = time_field(gettext_lazy("Time of packing"))
    note = note_field()

    def __init__(self, request: HttpRequest, thing: Consignment, **options: Any) -> None:
        super().__init__(request, thing, **options)
        now = clock.now()
        lots = production.lots_at_hand(request.user, site=thing.from_site).filter(product=thing.product)
        self.held = _held(request.user, [lot.code for lot in lots], thing, now)
        self.held_at = now
        self.released = {lot.code: making.released_at(lot) for lot in lots}
        choices = [
            (lot.code, f"{lot.code} · {self.bq(self.held[lot.code])}")
            for lot in lots
            if self.held.get(lot.code)
        ]
        codes = [code for code, _label in choices]
        self.fields["lot"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["lot"].help_text = _("No released lot of this product is at the site.")
        self.fields["lot"].initial = thing.lot_code if thing.lot_code in codes else None
        wanted = decayed(thing.nuclide, thing.planned_activity_bq, thing.reference_time, now)
        self.fields["activity"].help_text = _("Wanted now: %(wanted)s for %(need)s at %(at)s.") % {
            "wanted": self.bq(wanted),
            "need": self.bq(thing.planned_activity_bq),
            "at": self.say(thing.reference_time),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        activity, lot = values.get("activity"), values.get("lot")
        if activity is not None and lot in self.held:
            at = values.get("at") or clock.now()
            released = self.released.get(lot)
            if released is not None and at < released:
                self.add_error(
                    "at",
                    _("Lot %(lot)s was released at %(released)s; nothing of it may leave before.")
                    % {"lot": lot, "released": self.say(released)},
                )
                return values
            held = decayed(self.thing.nuclide, self.held[lot], self.held_at, at)
            if not 0 < activity <= held * ERROR_LIMIT:
                self.add_error(
                    "activity",
                    _("Lot %(lot)s holds %(held)s then; check the unit.")
                    % {"lot": lot, "held": self.bq(held)},
                )
            finding = packing_finding(self.thing, activity, at)
            off = finding is not None and finding.severity != "ok"
            if off and "activity" not in self.errors and not (values.get("note") or "").strip():
                words = finding.sentence_zh if frame.is_chinese() else finding.sentence  # type: ignore[union-attr]
                advice = _("Pack another activity, or say in the remark why.")
                self.add_error("activity", f"{words} {advice}")
        return values

    def act(self) -> str:
        values = self.cleaned_data
        row = services.dispatch(
            self.request.user,
            self.thing,
            activity_bq=values["activity"],
            at=values["at"],
            lot=values["lot"],
            carrier=values["carrier"],
            vehicle=values["vehicle"],
            note=values["note"],
        )
        return _("%(code)s is under way with %(activity)s.") % {
            "code": row.code,
            "activity": self.bq(values["activity"]),
        }


def _held(viewer: Any, lots: list[str], row: Consignment, at: datetime) -> dict[str, float]:
    found: dict[str, float] = {}
    if lots:
        for each in books.balances(
            viewer, at, lots=lots, site=row.from_site, nuclide=row.nuclide, minimum_bq=1.0
        ):
            if each.posted and not each.place.endswith("/waste"):
                found[each.lot] = found.get(each.lot, 0.0) + each.activity_bq
    return found


class HandOverDeed(Deed):
    """From one carrier to the next."""

    do = "hand-over"
    title = gettext_lazy("Hand-over on the way")
    button = gettext_lazy("Record the hand-over")
    folded = True
    look = ""
    beside = (("time of the hand-over", "at"),)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=80)
    at = time_field(gettext_lazy("Time"))
    note = note_field()

    def __init__(self, request: HttpRequest, thing: Consignment, **options: Any) -> None:
        super().__init__(request, thing, **options)
        places = [leg["to"] for leg in thing.legs[:-1]]
        done = set(thing.events.filter(kind="handed over").values_list("place", flat=True))
        self.fields["place"].initial = next((place for place in places if place not in done), "")

    def act(self) -> str:
        values = self.cleaned_data
        services.hand_over(
            self.request.user, self.thing, place=values["place"], at=values["at"], note=values["note"]
        )
        return _("Hand-over at %(place)s recorded.") % {"place": values["place"]}


class DelayDeed(Deed):
    """Another arrival is expected."""

    do = "delay"
    title = gettext_lazy("Report a delay")
    button = gettext_lazy("Report the delay")
    folded = True
    look = ""
    beside = (("note", "note"), ("expected arrival", "expected"))
    expected = InstantField(label=gettext_lazy("Expected arrival"))
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=80)
    note = note_field(required=True, label=gettext_lazy("Reason"))

    def clean_expected(self) -> datetime:
        """Neither before it left nor in the past, nor absurdly late."""
        expected: datetime = self.cleaned_data["expected"]
        soonest = services.earliest_arrival(self.thing)
        latest = max(self.thing.planned_arrive + services.LATEST, soonest)
        if expected < soonest:
            raise ValidationError(_("It cannot arrive before %(soonest)s.") % {"soonest": self.say(soonest)})
        if expected > latest:
            raise ValidationError(
                _("It may be expected until %(latest)s, %(days)s days after the plan.")
                % {"latest": self.say(latest), "days": services.LATEST.days}
            )
        return expected

    def act(self) -> str:
        values = self.cleaned_data
        services.report_delay(
            self.request.user,
            self.thing,
            expected_arrive=values["expected"],
            place=values["place"],
            note=values["note"],
        )
        return _("Arrival is now expected at %(at)s.") % {"at": self.say(values["expected"])}


class ReceiveDeed(Deed):
    """Taken in hand, as measured."""

    do = "receive"
    title = gettext_lazy("Receive")
    button = gettext_lazy("Receive")
    compares = True
    beside = (
        ("time of the receipt", "at"),
        ("was measured where", "note"),
        ("positive number", "activity"),
        ("uncertainty", "uncertainty"),
        ("licence", "override_reason"),
    )
    activity = ActivityField(
        label=gettext_lazy("Measured activity"),
        required=False,
        help_text=gettext_lazy("Empty: the value of the consignor is taken."),
    )
    uncertainty = UncertaintyField()
    at = time_field()
    note = note_field()
    override_reason = note_field(
        label=gettext_lazy("Reason to override the licence"),
        help_text=gettext_lazy("Kept with the consignment, with your name."),
    )

    def __init__(
        self,
        request: HttpRequest,
        thing: Consignment,
        *,
        blocked: bool = False,
        overrides: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(request, thing, **options)
        self.blocked = blocked
        if not (blocked and overrides):
            del self.fields["override_reason"]

    @property
    def introduction(self) -> str:
        """What is to be expected."""
        now = clock.now()
        return _(
            "Predicted now, %(now)s: %(predicted)s. A difference of more than %(limit)s wants a note."
        ) % {
            "now": self.say(now),
            "predicted": self.bq(selectors.predicted_bq(self.thing, now)),
            "limit": f"{services.DIFFERENCE_LIMIT:.0%}",
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        activity = values.get("activity")
        if activity is None or "at" in self.errors:
            return values
        predicted = selectors.predicted_bq(self.thing, self.moment())
        if activity <= 0:
            self.add_error(
                "activity", _("Write what was measured, for example 7.4 GBq; if nothing is there, reject it.")
            )
        elif (
            abs(activity - predicted) > services.DIFFERENCE_LIMIT * predicted
            and not (values.get("note") or "").strip()
        ):
            difference = directory.signed(directory.share(activity, predicted))
            if "compare" not in self.request.POST:
                self.add_error(
                    "activity",
                    _("%(difference)s of %(predicted)s predicted; check the unit, or say in the note why.")
                    % {"difference": difference, "predicted": self.bq(predicted)},
                )
        return values

    def compare(self) -> Comparison | None:
        values = self.cleaned_data
        if values.get("activity") is None:
            self.add_error("activity", _("Write what was measured to compare it."))
            return None
        at = self.moment()
        share = values.get("uncertainty")
        return compare(
            self.request,
            values["activity"],
            values["activity"] * share if share else None,
            selectors.predicted_bq(self.thing, at),
        )

    def act(self) -> str:
        values = self.cleaned_data
        row = services.receive(
            self.request.user,
            self.thing,
            measured_bq=values["activity"],
            at=values["at"],
            relative_uncertainty=values["uncertainty"] if values["activity"] is not None else None,
            note=values["note"],
            override_reason=values.get("override_reason", ""),
        )
        sentence = _("%(code)s received with %(activity)s.") % {
            "code": row.code,
            "activity": self.bq(row.received_bq or 0.0),
        }
        found = compare(self.request, row.received_bq, row.received_uncertainty_bq, row.expected_bq)
        return f"{sentence} {found.sentence}" if found and values["activity"] is not None else sentence


def compare(
    request: HttpRequest, measured: float | None, uncertainty: float | None, expected: float | None
) -> Comparison | None:
    """A measurement against what was expected, with its uncertainty."""
    if measured is None or not expected:
        return None
    units = frame.units(request)
    difference = measured - expected
    share = difference / expected
    sigma = abs(difference) / uncertainty if uncertainty else None
    values = {
        "share": directory.signed(share),
        "difference": format_activity(difference, units, 2).replace("-", "\u2212"),
        "expected": format_activity(expected, units),
    }
    if uncertainty:
        values |= {"uncertainty": format_activity(uncertainty, units, 2), "sigma": f"{sigma:.1f}"}
        sentence = _("%(share)s of %(expected)s predicted: %(difference)s ± %(uncertainty)s (%(sigma)s σ).")
    else:
        sentence = _("%(share)s of %(expected)s predicted: %(difference)s; no uncertainty is stated.")
    far = abs(share) > services.DIFFERENCE_LIMIT or (sigma is not None and sigma > 3)
    return Comparison(sentence % values, "attention" if far else "done")


class RejectDeed(Deed):
    """Refused at the door."""

    do = "reject"
    title = gettext_lazy("Reject")
    button = gettext_lazy("Reject the consignment")
    look = "danger"
    folded = True
    beside = (("time of the receipt", "at"), ("note", "note"))
    at = time_field(gettext_lazy("Time"))
    note = note_field(
        required=True,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the books of the consignor until it is taken back."),
    )

    def act(self) -> str:
        services.receive(
            self.request.user,
            self.thing,
            at=self.cleaned_data["at"],
            note=self.cleaned_data["note"],
            rejected=True,
        )
        return _("%(code)s is rejected.") % {"code": self.thing.code}


class TakeBackDeed(Deed):
    """Back at the consignor's."""

    do = "take-back"
    title = gettext_lazy("Take back")
    button = gettext_lazy("Take it back into stock")
    beside = (("time of the return", "at"),)
    at = time_field(gettext_lazy("Time"))
    note = note_field()

    def act(self) -> str:
        services.take_back(
            self.request.user, self.thing, at=self.cleaned_data["at"], note=self.cleaned_data["note"]
        )
        return _("%(code)s is back in stock.") % {"code": self.thing.code}


class CancelDeed(Deed):
    """It will not be sent."""

    do = "cancel"
    title = gettext_lazy("Do not send")
    button = gettext_lazy("Cancel the consignment")
    look = "danger"
    folded = True
    beside = (("", "note"),)
    note = note_field(
        required=True,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The customer reads it with the order."),
    )

    def act(self) -> str:
        services.cancel(self.request.user, self.thing, note=self.cleaned_data["note"])
        return _("%(code)s is cancelled.") % {"code": self.thing.code}


# --- the list -----------------------------------------------------------------------------------


def _queue(viewer: Any) -> Any:
    """Consignments, the overdue first, then those to come, then what is over."""
    now = clock.now()
    planned, sent = ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED
    late = Q(status=planned, planned_depart__lt=now - GRACE) | Q(status=sent, expected_arrive__lt=now - GRACE)
    soon = Q(status=planned, planned_depart__lt=now + SOON) | Q(status=sent, expected_arrive__lt=now + SOON)
    return (
        selectors.consignments(viewer)
        .annotate(
            rank=Case(
                When(late, then=Value(0)),
                When(status__in=[planned, sent], then=Value(1)),
                When(status=ConsignmentStatus.REJECTED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            due=Case(
                When(status=planned, then=F("planned_depart")),
                When(status=sent, then=F("expected_arrive")),
                output_field=DateTimeField(),
            ),
            tone=Case(
                When(late, then=Value("blocked")),
                When(soon, then=Value("attention")),
                When(status=ConsignmentStatus.REJECTED, then=Value("blocked")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .order_by("rank", "due", "-planned_depart", "code")
    )


@login_required
def consignments(request: HttpRequest) -> HttpResponse:
    """What goes from whom to whom, when, and how much of it arrives."""
    policy.require(request.user, "ledger.read")
    rows = _queue(request.user)
    chosen = frame.site(request)
    if chosen:
        rows = rows.filter(Q(from_site=chosen.code) | Q(to_site=chosen.code))
    now = clock.now()
    known = directory.sites(request)
    ends = sorted(
        {code for pair in rows.order_by().values_list("from_site", "to_site").distinct() for code in pair}
    )
    site_choices = [(code, frame.named(known.get(code), code) if code in known else code) for code in ends]
    waiting = rows.filter(rank=0)
    overdue, under_way = waiting.count(), rows.filter(status=ConsignmentStatus.DISPATCHED).count()
    to_send = rows.filter(status=ConsignmentStatus.PLANNED).count()
    table = Table(
        request=request,
        rows=rows,
        caption=_("Consignments"),
        name="consignments",
        row_key="code",
        row_tone="tone",
        columns=[
            Column(
                "code",
                _("Consignment"),
                "consignments",
                sort=True,
                href=lambda row: reverse("consignment", args=[row.code]),
            ),
            Column("status", _("Status"), "state", sort=True),
            Column(
                "late",
                _("Overdue by"),
                "duration",
                path=lambda row: directory.elapsed(now, row.due) if row.rank == 0 else None,
                hidden=not overdue,
            ),
            Column(
                "product",
                _("Product"),
                path=lambda row: directory.product(request, row.product),
                sort="product",
            ),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column(
                "from_site",
                _("From"),
                "site",
                path=lambda row: directory.site(request, row.from_site),
                sort="from_site",
            ),
            Column(
                "to_site",
                _("To"),
                "site",
                path=lambda row: directory.site(request, row.to_site),
                sort="to_site",
            ),
            Column(
                "planned_depart",
                _("Departs"),
                "instant",
                path=lambda row: row.dispatched_at or row.planned_depart,
                sort="planned_depart",
            ),
            Column(
                "expected_arrive", _("Arrives"), "instant", path=selectors.arrives, sort="expected_arrive"
            ),
            Column(
                "arrival_bq",
                _("On arrival"),
                "activity",
                path=lambda row: None if row.status in REFUSED else selectors.arrival(row)["predicted_bq"],
                at=selectors.arrives,
                nuclide="nuclide",
                show_at=False,
            ),
            Column(
                "ratio",
                _("Of the need"),
                "percent",
                path=lambda row: (
                    selectors.arrival(row)["ratio"] if row.status not in {"cancelled", *REFUSED} else None
                ),
            ),
            Column("order_code", _("Order"), "code", sort=True, hidden=True),
            Column(
                "lot_code",
                _("Lot"),
                "lot",
                sort=True,
                hidden=True,
                href=lambda row: reverse("ledger-lot", args=[row.lot_code]),
            ),
        ],
        filters=[
            Filter(
                "q",
                _("Consignment, order or lot"),
                "search",
                fields=["code", "order_code", "lot_code", "product"],
            ),
            Filter(
                "status",
                _("Status"),
                choices=[
                    ("late", _("overdue")),
                    *((code, STATES[code.replace(" ", "_")].label) for code in ConsignmentStatus.values),
                ],
                apply=lambda found, value: (
                    found.filter(rank=0) if value == "late" else found.filter(status=value)
                ),
            ),
            Filter("from", _("From"), field="from_site", choices=site_choices),
            Filter("to", _("To"), field="to_site", choices=site_choices),
            Filter("day", _("Day of departure"), "day", field="planned_depart"),
        ],
        empty_title=_("No consignments yet"),
        empty_sentence=_("Consignments appear when a plan is committed."),
        export_name="consignments",
    )
    if table.wants_export:
        return table.export()
    sentence = [
        ngettext("%(count)s under way", "%(count)s under way", under_way) % {"count": under_way},
        ngettext("%(count)s to be sent", "%(count)s to be sent", to_send) % {"count": to_send},
    ]
    return render(
        request,
        "web/consignments/consignments.html",
        {
            "table": table,
            "sentence": ", ".join(sentence) if not frame.is_chinese() else "，".join(sentence),
            "overdue": overdue,
        },
    )


# --- one of them --------------------------------------------------------------------------------


@login_required
def consignment(request: HttpRequest, code: str) -> HttpResponse:
    """One consignment: its way, its contents now and on arrival, its story, and what is to be done."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    try:
        row = selectors.consignment(viewer, code)
    except InputError as error:
        raise Http404(code) from error
    now = clock.now()
    at = frame.moment(request)
    departs, arrives = (directory.zone(request, each) for each in (row.from_site, row.to_site))
    sends = policy.may(viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site)
    receives = policy.may(viewer, "dispatch.receive", organisation=row.to_organisation, site=row.to_site)
    findings: list[Any] = list(row.findings)
    if receives and row.status in {ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED}:
        findings += [finding.as_dict() for finding in selectors.findings(viewer, row)]
    if row.override_reason:
        who = _("overridden by %(who)s: %(why)s") % {"who": row.override_by, "why": row.override_reason}
        findings = [each | {"override": who} if each["severity"] == "block" else each for each in findings]
    blocked = any(each["severity"] == "block" for each in findings)
    overrides = policy.may(viewer, "rules.override", organisation=row.to_organisation, site=row.to_site)
    deeds: list[Deed] = []
    if row.status == ConsignmentStatus.PLANNED and sends:
        deeds += [DispatchDeed(request, row, zone=departs), CancelDeed(request, row, zone=departs)]
    if row.status == ConsignmentStatus.DISPATCHED:
        after = row.dispatched_at
        if receives:
            deeds += [
                ReceiveDeed(request, row, zone=arrives, after=after, blocked=blocked, overrides=overrides),
                RejectDeed(request, row, zone=arrives, after=after),
            ]
        if sends or receives:
            zone = departs if sends else arrives
            deeds += [HandOverDeed(request, row, zone=zone, after=after), DelayDeed(request, row, zone=zone)]
    if row.status == ConsignmentStatus.REJECTED and sends:
        deeds.append(TakeBackDeed(request, row, zone=departs, after=row.received_at))
    answer = do_one(request, deeds, reverse("consignment", args=[row.code]))
    if answer is not None:
        return answer
    arrival = selectors.arrival(row)
    late = max((row.expected_arrive - row.planned_arrive).total_seconds(), 0.0)
    over = row.status not in {ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED}
    context = {
        "row": row,
        "at": at,
        "now": now,
        "product": directory.product(request, row.product),
        "kind": KINDS.get(row.kind, row.kind),
        "from_site": directory.site(request, row.from_site),
        "to_site": directory.site(request, row.to_site),
        "departs": departs,
        "arrives": arrives,
        "deeds": deeds,
        "legs": _legs(request, row),
        "late_s": late if late > 60 else None,
        "arrival": arrival,
        "refused": row.status in REFUSED,
        "short": arrival["ratio"] < SHORTFALL and row.status not in {ConsignmentStatus.CANCELLED, *REFUSED},
        "ratio": directory.signed(arrival["ratio"] - 1.0) if arrival["ratio"] else "",
        "moments": _moments(row, at, arrival, over),
        "comparison": compare(request, row.received_bq, row.received_uncertainty_bq, row.expected_bq),
        "events": _events(request, row),
        "findings": findings,
        "blocked": blocked and not row.override_reason,
        "chart": _chart(row, str(arrives)),
    }
    return render(request, "web/consignments/consignment.html", context)


def _legs(request: HttpRequest, row: Consignment) -> list[dict[str, Any]]:
    """The legs with their times in the zones of their ends, as planned."""
    found = []
    for leg in row.legs:
        start, end = datetime.fromisoformat(leg["start"]), datetime.fromisoformat(leg["end"])
        found.append(
            {
                "mode": MODES.get(leg["mode"], leg["mode"]),
                "icon": {"flight": "flight", "air": "flight", "train": "train", "rail": "train"}.get(
                    leg["mode"], "road"
                ),
                "from": directory.site(request, leg["from"]),
                "to": directory.site(request, leg["to"]),
                "start": start,
                "end": end,
                "start_zone": directory.zone(request, leg["from"]),
                "end_zone": directory.zone(request, leg["to"]),
                "seconds": (end - start).total_seconds(),
            }
        )
    return found


def _moments(row: Consignment, at: datetime, arrival: dict[str, Any], over: bool) -> list[dict[str, Any]]:
    """Activity at the moments that matter: predicted against need."""

    def need(moment: datetime) -> float:
        return decayed(row.nuclide, row.planned_activity_bq, row.reference_time, moment)

    departs = row.dispatched_at or row.planned_depart
    rows = [
        (_("At departure"), departs, row.dispatched_bq is not None),
        (
            _("When rejected") if row.status in REFUSED else _("At arrival"),
            arrival["at"],
            row.received_bq is not None,
        ),
        (_("At calibration"), row.reference_time, False),
    ]
    if not over:
        rows.insert(
            1,
            (
                _("Now") if abs((at - clock.now()).total_seconds()) < 60 else _("At the moment chosen"),
                at,
                False,
            ),
        )
    found = []
    for label, moment, measured in sorted(rows, key=lambda each: each[1]):
        predicted = (
            row.dispatched_bq if measured and moment == departs else selectors.predicted_bq(row, moment)
        )
        found.append(
            {
                "label": label,
                "at": moment,
                "bq": predicted,
                "measured": measured,
                "need_bq": need(moment),
                "difference": directory.signed(directory.share(predicted, need(moment))),
            }
        )
    return found


def _events(request: HttpRequest, row: Consignment) -> list[dict[str, Any]]:
    found = []
    for event in selectors.timeline(request.user, row):  # type: ignore[arg-type]
        state = event["kind"] if event["done"] else "planned"
        actor = event["actor"]
        where = directory.site(request, event["place"]) if event["place"] else None
        found.append(
            {
                "what": state,
                "label": STEPS.get(event["kind"], event["kind"]),
                "tone": "done" if event["kind"] == "dispatched" else "",
                "at": event["at"] if event["done"] else None,
                "planned_at": None if event["done"] else event["at"],
                "who": (actor.get_full_name() or actor.username) if actor else "",
                "where": frame.named(where, event["place"]) if where else "",
                "bq": event["measured_bq"],
                "nuclide": row.nuclide,
                "note": event["note"] if event["done"] else str(MODES.get(event["note"], event["note"])),
            }
        )
    return found


def _chart(row: Consignment, zone: str) -> dict[str, Any]:
    """From departure to calibration: what is in the package, and what is needed at the end."""
    start = row.dispatched_at or row.planned_depart
    end = max(row.reference_time, selectors.arrives(row), start)
    if (end - start).total_seconds() < 600:
        end = start + (row.planned_arrive - row.planned_depart) + (row.planned_arrive - row.planned_depart)
    span = (end - start).total_seconds()
    marks = []
    if (
        abs((selectors.arrives(row) - clock.now()).total_seconds()) > 0.06 * span
    ):  # else its name runs into "now"
        marks.append({"at": selectors.arrives(row).isoformat(), "name": "arrival", "name_zh": "到达"})
    if abs((row.reference_time - selectors.arrives(row)).total_seconds()) > 0.1 * span:
        marks.append({"at": row.reference_time.isoformat(), "name": "calibration", "name_zh": "标定"})
    return {
        "timezone": zone,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "lots": [
            {
                "id": row.code,
                "name": row.package_lot or row.lot_code,
                "nuclide": row.nuclide,
                "activity_bq": selectors.predicted_bq(row, start),
                "reference_time": start.isoformat(),
            }
        ],
        "marks": marks,
        "need_bq": row.planned_activity_bq,
    }


def consignment_hits(request: HttpRequest, text: str) -> Iterable[Hit]:
    """Consignments for the palette."""
    if len(text) >= 2:
        for row in selectors.consignments(request.user).filter(code__icontains=text)[:PER_SOURCE]:  # type: ignore[arg-type]
            href = reverse("consignment", args=[row.code])
            yield Hit(
                _("Consignments"), row.code, href, "consignments", directory.product(request, row.product)
            )


SOURCES.append(consignment_hits)
