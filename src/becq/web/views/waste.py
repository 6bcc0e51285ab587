"""Waste: what decays in storage, from when it may be cleared and by which rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.physics.quantities import parse_dose_rate, parse_mass
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.ledger import selectors as books
from becq.platform.measured import decayed
from becq.platform.production import selectors as production
from becq.platform.waste import selectors, services
from becq.platform.waste.clearance import storage_rules, storage_text
from becq.platform.waste.measurement import Measurement, clearance_findings
from becq.platform.waste.models import WasteEntry, WasteStatus
from becq.rules.finding import Finding
from becq.rules.rule import Rule
from becq.web import directory, frame
from becq.web.deeds import Deed, do_one, note_field, time_field
from becq.web.forms import ActivityField, QuantityField
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table
from becq.web.views.clinic import LotDeed, sites_to_act_at


class RecordDeed(LotDeed):
    """A lot, or part of it, into the waste store."""

    do = "record"
    title = gettext_lazy("Record waste")
    button = gettext_lazy("Into the waste store")
    generators = None
    beside = (
        ("time of the waste", "at"),
        ("container", "container"),
        ("Nothing is left", "lot"),
        ("is a generator", "activity"),
        ("Bq", "activity"),
    )
    activity = ActivityField(
        label=gettext_lazy("Activity"),
        required=False,
        help_text=gettext_lazy("Empty: all that is left of the lot."),
    )
    container = forms.CharField(
        label=gettext_lazy("Container"), required=False, max_length=services.CONTAINER_LENGTH
    )
    at = time_field(gettext_lazy("Time"))
    note = note_field()
    field_order = ("lot", "activity", "container", "at", "note")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        row = self.chosen()
        if row is not None and row["lot"].daughter and values.get("activity") is not None:
            self.add_error(
                "activity", _("A generator is thrown away as a whole: leave this empty, or keep it in use.")
            )
            return values
        self.check_activity()
        return values

    def act(self) -> str:
        values, row = self.cleaned_data, self.chosen()
        assert row is not None
        entry = services.record_waste(
            self.request.user,
            row["lot"],
            activity_bq=values["activity"],
            at=values["at"],
            container=values["container"],
            note=values["note"],
        )
        return _("%(code)s is in the waste store with %(activity)s; it may be cleared from %(at)s on.") % {
            "code": entry.code,
            "activity": self.bq(entry.activity_bq),
            "at": self.say(entry.clear_from),
        }


FIELDS = {
    "waste-short": "at",
    "waste-long": "at",
    "waste-i131": "at",
    "waste-background": "dose_rate",
    "waste-bag": "dose_rate",
    "waste-beta": "beta",
    "waste-alpha": "alpha",
    "waste-clearance": "mass",
}
"""Rule without its jurisdiction → the field of the clearance that it judges."""


class ClearDeed(Deed):
    """Measured and let go, after its time."""

    do = "clear"
    title = gettext_lazy("Clear")
    button = gettext_lazy("Clear the waste")
    compares = True
    beside = (("time of the clearance", "at"), ("", "note"))
    at = time_field()
    dose_rate = QuantityField(
        parse_dose_rate, "0.12 uSv/h", label=gettext_lazy("Dose rate on the surface"), max_length=40
    )
    background = QuantityField(
        parse_dose_rate, "0.10 uSv/h", label=gettext_lazy("Background of the place"), max_length=40
    )
    beta = forms.FloatField(label=gettext_lazy("Beta contamination, Bq/cm²"), min_value=0)
    alpha = forms.FloatField(
        label=gettext_lazy("Alpha contamination, Bq/cm²"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Where alpha emitters are handled."),
    )
    mass = QuantityField(
        parse_mass,
        "2 kg",
        label=gettext_lazy("Mass"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Compares the concentration with the clearance level."),
    )
    override_reason = forms.CharField(
        label=gettext_lazy("Reason to clear it although a rule is broken"), required=False, max_length=500
    )
    note = note_field()

    def __init__(
        self, request: HttpRequest, thing: WasteEntry, *, overrides: bool = False, **options: Any
    ) -> None:
        super().__init__(request, thing, **options)
        if not overrides:
            del self.fields["override_reason"]

    @property
    def introduction(self) -> str:
        """Which waste, and what is left of it."""
        return _introduce(self)

    def clean(self) -> dict[str, Any]:
        """A broken rule is said where it can be mended, in the language of the page."""
        values = super().clean() or self.cleaned_data
        if self.errors or values.get("override_reason") or "compare" in self.request.POST:
            return values
        for finding in clearance_findings(self.thing, self.measured(), values["at"] or clock.now()):
            if finding.severity == "block":
                chinese = frame.is_chinese()
                said = finding.sentence_zh if chinese else finding.sentence
                where = finding.source_zh if chinese else finding.source
                self.add_error(FIELDS.get(finding.rule.partition("-")[2]), f"{said} {where}")
        return values

    def measured(self) -> Measurement:
        """What the form says was measured."""
        values = self.cleaned_data
        return Measurement(
            values["dose_rate"], values["background"], values["beta"], values["alpha"], values["mass"]
        )

    def compare(self) -> dict[str, list[Finding]]:
        """What the rules would say."""
        at = self.cleaned_data["at"] or clock.now()
        return {"findings": clearance_findings(self.thing, self.measured(), at)}

    def act(self) -> str:
        services.clear(
            self.request.user,
            self.thing,
            self.measured(),
            at=self.cleaned_data["at"],
            note=self.cleaned_data["note"],
            override_reason=self.cleaned_data.get("override_reason", ""),
        )
        return _("%(code)s is cleared.") % {"code": self.thing.code}


class FacilityDeed(Deed):
    """Given to a waste facility, or a spent source back to its maker."""

    do = "facility"
    title = gettext_lazy("Hand over to a waste facility")
    button = gettext_lazy("Record the hand-over")
    look = ""
    folded = True
    beside = (("time of the hand-over", "at"), ("", "note"))
    at = time_field(gettext_lazy("Time"))
    note = note_field(required=True, label=gettext_lazy("Who took it over"))

    def act(self) -> str:
        services.hand_over(
            self.request.user, self.thing, at=self.cleaned_data["at"], note=self.cleaned_data["note"]
        )
        return _("%(code)s is handed over.") % {"code": self.thing.code}


def _introduce(deed: Deed) -> str:
    entry, now = deed.thing, clock.now()
    return _("%(code)s, container %(container)s: %(activity)s now, %(now)s.") % {
        "code": entry.code,
        "container": entry.container or "—",
        "activity": deed.bq(decayed(entry.nuclide, entry.activity_bq, entry.at, now)),
        "now": deed.say(now),
    }


@login_required
def waste(request: HttpRequest) -> HttpResponse:
    """The waste stores."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    now = clock.now()
    deeds: list[Deed] = []
    code = request.GET.get("entry", "")
    entry = selectors.entries(viewer).filter(code=code).first() if code else None  # type: ignore[arg-type]
    if entry is not None and entry.status == WasteStatus.STORED:
        zone = directory.zone(request, entry.site_code)
        holder = {"organisation": entry.organisation, "site": entry.site_code}
        if policy.may(viewer, "waste.clear", **holder) and now > entry.clear_from:
            overrides = policy.may(viewer, "rules.override", **holder)
            deeds.append(ClearDeed(request, entry, zone=zone, after=entry.at, overrides=overrides))
        if policy.may(viewer, "waste.record", **holder):
            deeds.append(FacilityDeed(request, entry, zone=zone, after=entry.at))
    sites = sites_to_act_at(request, "waste.record")
    lots = _throwable(request, sites)
    if lots and entry is None:
        deeds.append(RecordDeed(request, lots=lots, zone=directory.zone(request, sites[0])))
    query = request.GET.copy()
    query.pop("entry", None)
    answer = do_one(request, deeds, f"{reverse('waste')}?{query.urlencode()}" if query else reverse("waste"))
    if answer is not None:
        return answer
    rows = selectors.entries(viewer)  # type: ignore[arg-type]
    chosen = frame.site(request)
    if chosen:
        rows = rows.filter(site_code=chosen.code)
    tab = "containers" if request.GET.get("tab") == "containers" else "entries"
    table = _containers(request, rows) if tab == "containers" else _entries(request, rows)
    if table.wants_export:
        return table.export()
    stored = rows.filter(status=WasteStatus.STORED)
    clearable = stored.filter(clear_from__lt=now).count()
    context = {
        "table": table,
        "tab": tab,
        "sentence": ngettext(
            "%(count)s piece in decay storage", "%(count)s pieces in decay storage", stored.count()
        )
        % {"count": stored.count()},
        "clearable": clearable,
        "next": stored.filter(clear_from__gte=now).aggregate(first=Min("clear_from"))["first"],
        "entry": entry,
        "early": entry is not None and entry.status == WasteStatus.STORED and now <= entry.clear_from,
        "rule": _rule(entry) if entry else "",
        "deeds": deeds,
        "rules": [_said(rule) for rule in storage_rules()],
    }
    return render(request, "web/waste/waste.html", context)


def _throwable(request: HttpRequest, sites: list[str]) -> list[dict[str, Any]]:
    """What is at hand and could become waste: expired, failed or left over; generators by their parent."""
    now = clock.now()
    if not sites:
        return []
    found = []
    at_hand = {
        lot.code: lot
        for lot in production.lots(request.user).exclude(status="under way")  # type: ignore[arg-type]
        if lot.site_code in sites
    }
    for row in books.balances(request.user, now, progeny=False, minimum_bq=1e3):  # type: ignore[arg-type]
        lot = at_hand.get(row.lot)
        if lot is None or row.site not in sites or row.place.endswith("/waste") or row.nuclide != lot.nuclide:
            continue
        found.append(
            {
                "lot": lot,
                "nuclide": lot.nuclide,
                "bq": row.activity_bq,
                "at": now,
                "product": directory.content(request, lot.product, lot.nuclide),
                "expires": lot.expires,
            }
        )
    # The oldest first: what has expired is thrown away before what may still be used.
    return sorted(found, key=lambda row: (row["expires"] or now, row["lot"].code))


def _now_bq(entry: WasteEntry) -> float | None:
    """What is left of it; nothing below one decay per second."""
    if entry.status != WasteStatus.STORED:
        return None
    left = decayed(entry.nuclide, entry.activity_bq, entry.at, clock.now())
    return left if left >= 1.0 else None


def _rule(entry: WasteEntry) -> str:
    """The rule in short with its source; its title stands under the table."""
    rule = {each.id: each for each in storage_rules()}.get(entry.rule)
    return entry.rule if rule is None else f"{storage_text(rule, frame.is_chinese())} · {_source(rule)}"


def _source(rule: Rule) -> str:
    if frame.is_chinese():
        return "，".join(filter(None, (rule.source_zh, rule.article_zh)))
    return ", ".join(filter(None, (rule.source, rule.article)))


def _said(rule: Rule) -> dict[str, str]:
    """A rule of storage in words."""
    chinese = frame.is_chinese()
    title = rule.title_zh if chinese else rule.title
    return {"title": title, "time": storage_text(rule, chinese), "source": _source(rule)}


def _entries(request: HttpRequest, rows: Any) -> Table:
    now = clock.now()
    nuclides = rows.order_by("nuclide").values_list("nuclide", flat=True).distinct()
    containers = (
        rows.exclude(container="").order_by("container").values_list("container", flat=True).distinct()
    )
    return Table(
        request=request,
        rows=rows.order_by("-status", "clear_from", "code"),
        caption=_("Waste"),
        name="waste",
        row_key="code",
        columns=[
            Column(
                "code", _("Waste"), "lot", sort=True, href=lambda row: reverse("ledger-lot", args=[row.code])
            ),
            Column("status", _("Status"), "state", sort=True),
            Column("deed", _("Action"), template="web/waste/action.html"),
            Column("container", _("Container"), "code", sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("activity_bq", _("Then"), "activity", sort=True, at="at", nuclide="nuclide"),
            Column(
                "now",
                _("Now"),
                "activity",
                path=_now_bq,
                at=lambda row: now,
                nuclide="nuclide",
                show_at=False,
            ),
            Column("clear_from", _("Clearance from"), "instant", sort=True),
            Column("rule", _("Rule and source"), path=_rule, sort="rule"),
            Column(
                "origin",
                _("Origin"),
                path=lambda row: str(directory.ORIGINS.get(row.origin, row.origin)),
                sort="origin",
            ),
            Column(
                "lot_code",
                _("From lot"),
                "lot",
                sort=True,
                hidden=True,
                href=lambda row: reverse("ledger-lot", args=[row.lot_code]),
            ),
            Column(
                "site_code",
                _("Site"),
                "site",
                path=lambda row: directory.site(request, row.site_code),
                sort=True,
                hidden=bool(frame.site(request)),
            ),
            Column("closed_at", _("Closed"), "instant", sort=True, hidden=True),
            Column("closed_by", _("Closed by"), hidden=True),
            Column("note", _("Remark"), hidden=True, wrap=True),
        ],
        filters=[
            Filter("q", _("Waste, lot or container"), "search", fields=["code", "lot_code", "container"]),
            Filter(
                "status",
                _("Status"),
                choices=[(code, STATES[code.replace(" ", "_")].label) for code in WasteStatus.values],
            ),
            Filter("nuclide", _("Nuclide"), choices=[(name, name) for name in nuclides]),
            Filter("container", _("Container"), choices=[(name, name) for name in containers]),
            Filter(
                "due",
                _("may be cleared"),
                "flag",
                apply=lambda found, value: found.filter(status=WasteStatus.STORED, clear_from__lt=now),
            ),
        ],
        empty_title=_("No waste"),
        empty_sentence=_("Residuals, doses not given, processing losses and what is left over appear here."),
        export_name="waste",
    )


def _containers(request: HttpRequest, rows: Any) -> Table:
    """Bins and bags: what is in each, and from when all of it may be cleared."""
    now = clock.now()
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows.filter(status=WasteStatus.STORED):
        key = (row.site_code, row.container, row.nuclide)
        box = found.setdefault(
            key,
            {
                "key": "|".join(key),
                "container": row.container or "—",
                "nuclide": row.nuclide,
                "pieces": 0,
                "bq": 0.0,
                "at": now,
                "clear_from": row.clear_from,
                "site": directory.site(request, row.site_code),
                "code": row.container,
            },
        )
        box["pieces"] += 1
        box["bq"] += decayed(row.nuclide, row.activity_bq, row.at, now)
        box["clear_from"] = max(box["clear_from"], row.clear_from)
    return Table(
        request=request,
        rows=list(found.values()),
        caption=_("Containers"),
        name="containers",
        order="clear_from",
        row_key="key",
        columns=[
            Column(
                "container",
                _("Container"),
                "code",
                sort=True,
                href=lambda row: f"?container={row['code']}" if row["code"] else "",
            ),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("pieces", _("Pieces"), "number", sort=True),
            Column("bq", _("Now"), "activity", sort=True, at="at", nuclide="nuclide", show_at=False),
            Column("clear_from", _("All of it from"), "instant", sort=True),
            Column("site", _("Site"), "site"),
        ],
        filters=[Filter("q", _("Container"), "search", fields=["container"])],
        empty_title=_("No waste"),
        export_name="containers",
    )
