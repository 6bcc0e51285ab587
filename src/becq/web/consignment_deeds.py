"""What is done with a consignment on its way, each with its form: dispatch, delay, receipt, refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from becq.physics.quantities import format_activity
from becq.platform import clock
from becq.platform.dispatch import selectors, services
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.dispatch.packing import packing_finding
from becq.platform.ledger import selectors as books
from becq.platform.measured import ERROR_LIMIT, decayed
from becq.platform.production import selectors as production
from becq.platform.production import services as making
from becq.web import directory, frame
from becq.web.deeds import Deed, note_field, time_field
from becq.web.forms import ActivityField, InstantField
from becq.web.production_deeds import UncertaintyField

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
