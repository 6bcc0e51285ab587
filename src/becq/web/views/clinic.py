"""Doses of a day: drawn from lots, given, discarded; and what is left in each lot now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.clinic import selectors, services
from becq.platform.clinic.models import Dose, DoseStatus
from becq.platform.ledger import selectors as books
from becq.platform.measured import decayed
from becq.platform.production import selectors as production
from becq.platform.production import services as making
from becq.platform.production.models import Lot
from becq.web import directory, frame
from becq.web.deeds import Deed, do_one, note_field, time_field
from becq.web.forms import ActivityField
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table


class LotDeed(Deed):
    """A form that begins with the choice of a lot at hand."""

    generators: bool | None = False
    """Generators alone, all but generators, or (None) both."""
    lot = forms.ChoiceField(label=gettext_lazy("Lot"))

    def __init__(
        self, request: HttpRequest, thing: Any = None, *, lots: list[dict[str, Any]], **options: Any
    ) -> None:
        super().__init__(request, thing, **options)
        self.lots = {
            row["lot"].code: row
            for row in lots
            if self.generators is None or bool(row["lot"].daughter) == self.generators
        }
        self.fields["lot"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} · {row['nuclide']} {self.bq(row['bq'])}") for code, row in self.lots.items()
        ]
        wanted = request.GET.get("lot", "")
        self.fields["lot"].initial = wanted if wanted in self.lots else next(iter(self.lots), None)

    def chosen(self) -> dict[str, Any] | None:
        """The lot chosen with what is left of it."""
        return self.lots.get(self.cleaned_data.get("lot", ""))

    def check_activity(self) -> None:
        """Not more than is left at the moment of the event."""
        row, activity = self.chosen(), self.cleaned_data.get("activity")
        if row is None or activity is None or "at" in self.errors:
            return
        at = self.cleaned_data.get("at") or clock.now()
        if at < row["lot"].made_at:
            self.add_error(
                "at",
                _("%(at)s is before the lot was made, %(made)s.")
                % {"at": self.say(at), "made": self.say(row["lot"].made_at)},
            )
            return
        released = making.released_at(row["lot"])
        if self.generators is not None and released is not None and at < released:  # waste may be older
            self.add_error(
                "at",
                _("Lot %(lot)s was released at %(released)s; nothing of it may leave before.")
                % {"lot": row["lot"].code, "released": self.say(released)},
            )
            return
        left = row["bq"] if self.generators else decayed(row["nuclide"], row["bq"], row["at"], at)
        if activity <= 0 or activity > left * (1.25 if self.generators else 1.0) * (1 + 1e-9):
            self.add_error("activity", _("%(left)s is there then; check the unit.") % {"left": self.bq(left)})


class DispenseDeed(LotDeed):
    """A dose for one patient."""

    do = "dispense"
    title = gettext_lazy("Dispense a dose")
    button = gettext_lazy("Dispense")
    beside = (
        ("patient code", "patient"),
        ("time of the dispensing", "at"),
        ("holds less", "activity"),
        ("less than nothing", "activity"),
        ("may not be used", "lot"),
        ("was released at", "at"),
        ("say in the note", "note"),
        ("expired", "lot"),
        ("generator", "lot"),
        ("A dose", "activity"),
        ("Bq", "activity"),
    )
    activity = ActivityField(label=gettext_lazy("Activity drawn"))
    patient = forms.RegexField(
        services._PSEUDONYM,
        label=gettext_lazy("Patient code"),
        max_length=60,
        help_text=gettext_lazy("A pseudonym, never a name."),
        error_messages={
            "invalid": gettext_lazy("Write a pseudonym of Latin letters, digits, dots and dashes, no name.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "P00042"}),
    )
    at = time_field()
    note = note_field()
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("lot", "activity", "patient", "at", "note", "token")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["token"].initial = uuid4()

    def perform(self) -> str | None:
        # Sent twice, the form says the second time what it did the first time.
        known = services.drawn_by(self.request.user, self.data.get("token", "")) if self.is_bound else None  # type: ignore[arg-type]
        return self._done(known) if known is not None else super().perform()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.check_activity()
        row, activity = self.chosen(), values.get("activity")
        if row is None or self.errors:
            return values
        least = max(services.LEAST_BQ, services.LEAST_SHARE * row["bq"])
        if activity is not None and activity < least:
            self.add_error(
                "activity",
                _("%(least)s is the least that is drawn of this lot; check the unit.")
                % {"least": self.bq(least)},
            )
        before = services.same_dose(row["lot"], values.get("patient", ""), self.moment())
        if before is not None and not (values.get("note") or "").strip():
            self.add_error(
                "note",
                _("%(patient)s has dose %(dose)s of this lot from %(at)s; if this is another one, say why.")
                % {"patient": before.patient_code, "dose": before.code, "at": self.say(before.at)},
            )
        return values

    def act(self) -> str:
        values, row = self.cleaned_data, self.chosen()
        assert row is not None
        dose = services.dispense(
            self.request.user,
            row["lot"],
            activity_bq=values["activity"],
            patient_code=values["patient"],
            at=values["at"],
            note=values["note"],
            token=str(values["token"] or ""),
        )
        return self._done(dose)

    def _done(self, dose: Dose) -> str:
        return _("Dose %(dose)s drawn for %(patient)s: %(activity)s.") % {
            "dose": dose.code,
            "patient": dose.patient_code,
            "activity": self.bq(dose.activity_bq),
        }


class EluteDeed(LotDeed):
    """The morning's elution of one's own generator."""

    do = "elute"
    title = gettext_lazy("Elute a generator")
    button = gettext_lazy("Record the elution")
    look = ""
    folded = True
    generators = True
    beside = (
        ("time of the elution", "at"),
        ("has grown", "activity"),
        ("may not be used", "lot"),
        ("Bq", "activity"),
    )
    activity = ActivityField(label=gettext_lazy("Activity of the eluate"))
    at = time_field()
    note = note_field()
    field_order = ("lot", "activity", "at", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lot"].label = _("Generator")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("at"):  # what has grown in at another time is known to the books alone
            self.check_activity()
        return values

    def act(self) -> str:
        values, row = self.cleaned_data, self.chosen()
        assert row is not None
        eluate = making.record_elution(
            self.request.user,
            row["lot"],
            measured_bq=values["activity"],
            at=values["at"],
            note=values["note"],
        )
        return _("Eluate %(lot)s is at hand with %(activity)s.") % {
            "lot": eluate.code,
            "activity": self.bq(values["activity"]),
        }


class AdministerDeed(Deed):
    """A dose is given; the residual is measured afterwards."""

    do = "administer"
    title = gettext_lazy("Administer")
    button = gettext_lazy("Administered")
    beside = (
        ("residual", "residual"),
        ("may not be given", "at"),
        ("time of the administration", "at"),
        ("container", "container"),
    )
    residual = ActivityField(
        label=gettext_lazy("Residual in the syringe"),
        required=False,
        help_text=gettext_lazy("Referred to the time below. Empty: nothing is left. It is booked as waste."),
    )
    at = time_field(gettext_lazy("Time of administration"))
    container = forms.CharField(label=gettext_lazy("Waste container"), required=False, max_length=60)
    note = note_field()

    @property
    def introduction(self) -> str:
        """Which dose, and how much it is now."""
        now = clock.now()
        return _("%(dose)s for %(patient)s: %(activity)s now, %(now)s.") % {
            "dose": self.thing.code,
            "patient": self.thing.patient_code,
            "activity": self.bq(decayed(self.thing.nuclide, self.thing.activity_bq, self.thing.at, now)),
            "now": self.say(now),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        residual = values.get("residual")
        if residual and "at" not in self.errors:
            there = decayed(self.thing.nuclide, self.thing.activity_bq, self.thing.at, self.moment())
            if residual >= there:
                self.add_error(
                    "residual",
                    _("The dose itself is %(there)s then; check the unit.") % {"there": self.bq(there)},
                )
        return values

    def act(self) -> str:
        values = self.cleaned_data
        given = services.administer(
            self.request.user,
            self.thing,
            at=values["at"],
            residual_bq=values["residual"] or 0.0,
            container=values["container"],
            note=values["note"],
        )
        return _("%(patient)s received %(activity)s.") % {
            "patient": self.thing.patient_code,
            "activity": self.bq(given.activity_bq),
        }


class DiscardDeed(Deed):
    """A dose that nobody receives."""

    do = "discard"
    title = gettext_lazy("Not given")
    button = gettext_lazy("Discard the dose")
    look = "danger"
    folded = True
    beside = (("time of the", "at"), ("container", "container"), ("", "note"))
    at = time_field(gettext_lazy("Time"))
    container = forms.CharField(label=gettext_lazy("Waste container"), required=False, max_length=60)
    note = note_field(required=True, label=gettext_lazy("Reason"))

    def act(self) -> str:
        values = self.cleaned_data
        services.discard_dose(
            self.request.user, self.thing, at=values["at"], container=values["container"], note=values["note"]
        )
        return _("%(dose)s is in the waste store.") % {"dose": self.thing.code}


def lots_at_hand(request: HttpRequest, now: datetime, sites: list[str]) -> list[dict[str, Any]]:
    """What may be dispensed or eluted at ``sites`` with what is left of it; eluates before generators."""
    viewer = request.user
    lots: list[Lot] = [lot for lot in production.lots_at_hand(viewer) if lot.site_code in sites]
    left: dict[tuple[str, str], float] = {}
    for row in books.balances(viewer, now, lots=[lot.code for lot in lots], minimum_bq=1.0) if lots else []:
        if row.site in sites and not row.place.endswith("/waste"):
            left[row.lot, row.nuclide] = left.get((row.lot, row.nuclide), 0.0) + row.activity_bq
    found = []
    for lot in lots:
        nuclide = lot.daughter or lot.nuclide
        bq = left.get((lot.code, nuclide), 0.0)
        if bq >= 1e3:
            found.append(
                {
                    "lot": lot,
                    "nuclide": nuclide,
                    "bq": bq,
                    "at": now,
                    "product": directory.content(request, lot.product, lot.nuclide),
                    "expires": lot.expires,
                }
            )
    return sorted(
        found, key=lambda row: (bool(row["lot"].daughter), row["lot"].expires or now, row["lot"].code)
    )


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return frame.moment(request).astimezone(frame.zone(request)).date()


def sites_to_act_at(request: HttpRequest, action: str) -> list[str]:
    """Sites at which the person may do ``action``."""
    viewer = request.user
    chosen = frame.site(request)
    return [
        code
        for code, site in directory.sites(request).items()
        if site.organisation is not None
        and (chosen is None or code == chosen.code)
        and policy.may(viewer, action, organisation=site.organisation, site=code)
    ]


@login_required
def clinic(request: HttpRequest) -> HttpResponse:
    """Doses of a day and what is left to dispense."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    now, day = clock.now(), _day(request)
    sites = sites_to_act_at(request, "clinic.dispense")
    lots = lots_at_hand(request, now, sites)
    zone = directory.zone(request, sites[0]) if sites else frame.zone(request)
    deeds: list[Deed] = []
    dose = _dose(request)
    if dose is not None and dose.status == DoseStatus.DISPENSED:
        own = directory.zone(request, dose.site_code)
        if policy.may(viewer, "clinic.administer", organisation=dose.organisation, site=dose.site_code):
            deeds.append(AdministerDeed(request, dose, zone=own, after=dose.at))
        if policy.may(viewer, "waste.record", organisation=dose.organisation, site=dose.site_code):
            deeds.append(DiscardDeed(request, dose, zone=own, after=dose.at))
    if not deeds and any(not row["lot"].daughter for row in lots):
        deeds.append(DispenseDeed(request, lots=lots, zone=zone))
    if dose is None and any(row["lot"].daughter for row in lots) and policy.may(viewer, "production.elute"):
        deeds.append(EluteDeed(request, lots=lots, zone=zone))
    query = request.GET.copy()
    query.pop("dose", None)
    answer = do_one(
        request, deeds, f"{reverse('clinic')}?{query.urlencode()}" if query else reverse("clinic")
    )
    if answer is not None:
        return answer
    rows = selectors.doses(viewer, day=day)
    chosen = frame.site(request)
    if chosen:
        rows = rows.filter(site_code=chosen.code)
    waiting = rows.filter(status=DoseStatus.DISPENSED).count()
    gives = policy.may(viewer, "clinic.administer") or policy.may(viewer, "waste.record")
    table = _table(request, rows.order_by("-status", "-at", "code"), waiting=waiting > 0, gives=gives)
    if table.wants_export:
        return table.export()
    context = {
        "table": table,
        "day": day,
        "sentence": ngettext("%(count)s dose", "%(count)s doses", rows.count()) % {"count": rows.count()},
        "waiting": waiting,
        "deeds": deeds,
        "dose": dose,
        "lots": lots,
        "now": now,
        "zone": zone,
        "dispenses": bool(sites),
    }
    return render(request, "web/clinic/clinic.html", context)


@login_required
def dose(request: HttpRequest, code: str) -> HttpResponse:
    """To the day of a dose, with what is to be done with it open."""
    found = selectors.doses(request.user).filter(code=code).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404(code)
    day = found.at.astimezone(frame.zone(request)).date()
    query = urlencode({"day": day.isoformat(), "dose": found.code})
    return redirect(f"{reverse('clinic')}?{query}#administer")


def _dose(request: HttpRequest) -> Dose | None:
    code = request.GET.get("dose", "")
    return selectors.doses(request.user).filter(code=code).first() if code else None  # type: ignore[arg-type]


def _table(request: HttpRequest, rows: Any, *, waiting: bool, gives: bool) -> Table:
    now = clock.now()

    def left(dose: Dose) -> float | None:
        return (
            decayed(dose.nuclide, dose.activity_bq, dose.at, now)
            if dose.status == DoseStatus.DISPENSED
            else None
        )

    def lot_href(dose: Dose) -> str:
        return reverse("ledger-lot", args=[dose.code])

    columns = [
        Column("code", _("Dose"), "lot", sort=True, href=lot_href),
        Column("status", _("Status"), "state", sort=True),
        Column("patient_code", _("Patient"), "code", sort=True),
        Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
        Column("activity_bq", _("Drawn"), "activity", sort=True, at="at", nuclide="nuclide"),
        Column(
            "left",
            _("Now"),
            "activity",
            path=left,
            at=lambda dose: now,
            nuclide="nuclide",
            show_at=False,
            hidden=not waiting,
        ),
        Column(
            "given",
            _("Given"),
            "activity",
            path="administration.activity_bq",
            at="administration.at",
            nuclide="nuclide",
        ),
        Column(
            "residual",
            _("Residual"),
            "activity",
            path=_residual,
            at="administration.at",
            nuclide="nuclide",
            show_at=False,
        ),
        Column(
            "product",
            _("Product"),
            path=lambda dose: directory.content(request, dose.product, dose.nuclide),
            sort="product",
        ),
        Column("order_code", _("Order"), "code", sort=True, hidden=True),
        Column(
            "lot_code",
            _("From lot"),
            "lot",
            sort=True,
            hidden=True,
            href=lambda dose: reverse("ledger-lot", args=[dose.lot_code]),
        ),
        Column(
            "site_code",
            _("Site"),
            "site",
            path=lambda dose: directory.site(request, dose.site_code),
            sort=True,
            hidden=True,
        ),
    ]
    if gives and waiting:
        columns.insert(2, Column("deed", _("Action"), template="web/clinic/dose_action.html"))
    return Table(
        request=request,
        rows=rows,
        caption=_("Doses"),
        name="doses",
        row_key="code",
        columns=columns,
        filters=[
            Filter("day", _("Day"), "day", apply=lambda found, value: found),
            Filter("q", _("Dose, patient or lot"), "search", fields=["code", "patient_code", "lot_code"]),
            Filter("status", _("Status"), choices=[(code, STATES[code].label) for code in DoseStatus.values]),
        ],
        empty_title=_("No doses on this day"),
        empty_sentence=_("Doses appear when they are drawn from a lot that was received or eluted."),
        export_name="doses",
    )


def _residual(dose: Dose) -> float | None:
    given = getattr(dose, "administration", None)
    return given.residual_bq if given is not None and given.residual_bq else None
