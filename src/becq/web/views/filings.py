"""Filings and approvals: what is owed to the authority, by when, and what may still be transferred."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.supervision import selectors, services
from becq.platform.supervision.duties import Dated, duties
from becq.platform.supervision.models import Duty
from becq.platform.supervision.selectors import ApprovalUse
from becq.web import directory, frame, rule_words
from becq.web.deeds import Deed, do_one, note_field
from becq.web.forms import DayField
from becq.web.tables import Column, Filter, Table

SOON = 7
"""A duty due within so many days is pressing."""
STATES = {
    "late": ("attention", gettext_lazy("Late")),
    "soon": ("active", gettext_lazy("Due soon")),
    "open": ("planned", gettext_lazy("To be filed")),
    "late_filed": ("attention", gettext_lazy("Filed late")),
    "filed": ("done", gettext_lazy("Filed")),
}


class FileDeed(Deed):
    """What was filed, when, and under which number."""

    do = "file"
    title = gettext_lazy("Record the filing")
    button = gettext_lazy("Record it")
    beside = (("day of the filing", "filed_on"), ("number of the filing", "number"))
    filed_on = DayField(label=gettext_lazy("Filed on"))
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=services.NUMBER_LENGTH,
        help_text=gettext_lazy("Number that the authority gave, or that of the receipt."),
    )
    note = note_field()

    @property
    def introduction(self) -> str:
        """What is filed."""
        return str(label(self.thing))

    def act(self) -> str:
        owed, values = self.thing.owed, self.cleaned_data
        before = owed.duty != Duty.NEXT_YEAR_APPROVAL
        services.record_filing(
            self.request.user,  # type: ignore[arg-type]
            owed.organisation,
            owed.duty,
            owed.subject,
            filed_on=values["filed_on"],
            number=values["number"],
            not_before=owed.event if before else None,
            note=values["note"],
        )
        return _("Recorded: %(what)s.") % {"what": self.introduction}


def label(row: Dated) -> str:
    """What a duty is about, in the language of the page."""
    return (frame.is_chinese() and row.owed.label_zh) or row.owed.label


def key(row: Dated) -> str:
    """What names a duty in addresses."""
    return f"{row.owed.organisation.code}|{row.owed.duty}|{row.owed.subject}"


def state_of(row: Dated, today: date) -> str:
    """late, soon, open, late_filed or filed."""
    if row.owed.filing is not None:
        late = row.due is not None and row.owed.filing.filed_on > row.due
        return "late_filed" if late else "filed"
    if row.due is None:
        return "open"
    days = (row.due - today).days
    return "late" if days < 0 else "soon" if days <= SOON else "open"


@login_required
def filings(request: HttpRequest) -> HttpResponse:
    """Duties with their days, and the transfer approvals with what is left of them."""
    viewer: Any = request.user
    policy.require(viewer, "network.read")
    at = frame.moment(request)
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    owed = duties(viewer, at)
    wanted = request.GET.get("duty", "")
    chosen = next((row for row in owed if key(row) == wanted), None) if wanted else None
    deeds = []
    may = chosen is not None and policy.may(viewer, "filing.record", organisation=chosen.owed.organisation)
    if chosen is not None and may and chosen.owed.filing is None:
        initial = {"filed_on": today}
        deeds.append(FileDeed(request, chosen, initial=initial))
    answer = do_one(request, deeds, reverse("rule-filings"))
    if answer is not None:
        return answer
    lines = [_line(request, row, today) for row in owed]
    table = _table(request, lines)
    if table.wants_export:
        return table.export()
    site = frame.site(request)
    uses = [_use(request, row) for row in selectors.approval_uses(viewer, at, site.code if site else None)]
    context = {
        "here": "filings",
        "table": table,
        "chosen": chosen,
        "chosen_label": label(chosen) if chosen else "",
        "finding": [chosen.finding] if chosen else [],
        "deeds": deeds,
        "approvals": _approvals(request, uses),
        "sentence": _sentence(lines, uses),
    }
    return render(request, "web/rules/filings.html", context)


def _sentence(lines: list[dict[str, Any]], uses: list[dict[str, Any]]) -> str:
    late = sum(row["state"] == "late" for row in lines)
    soon = sum(row["state"] == "soon" for row in lines)
    parts = [
        ngettext("%(n)s filing late", "%(n)s filings late", late) % {"n": late},
        ngettext("%(n)s due within 7 days", "%(n)s due within 7 days", soon) % {"n": soon},
    ]
    ending = sum(row["ends_soon"] for row in uses)
    if ending:
        said = ngettext("%(n)s approval ends within 60 days", "%(n)s approvals end within 60 days", ending)
        parts.append(said % {"n": ending})
    return _(", ").join(parts) + _(".")


def _line(request: HttpRequest, row: Dated, today: date) -> dict[str, Any]:
    state = state_of(row, today)
    filing = row.owed.filing
    may = filing is None and policy.may(request.user, "filing.record", organisation=row.owed.organisation)
    return {
        "key": key(row),
        "label": label(row),
        "duty": row.owed.duty,
        "duty_word": str(rule_words.DUTIES.get(row.owed.duty, row.owed.duty)),
        "organisation": frame.named(row.owed.organisation),
        "due": row.due.isoformat() if row.due else None,
        "days": (row.due - today).days if row.due and filing is None else None,
        "state": state,
        "severity": state,
        "tone": STATES[state][0],
        "word": str(STATES[state][1]),
        "number": filing.number if filing else "",
        "filed_on": filing.filed_on.isoformat() if filing else "",
        "note": filing.note if filing else "",
        "source": (frame.is_chinese() and row.finding.source_zh) or row.finding.source,
        "may": may,
    }


def _table(request: HttpRequest, lines: list[dict[str, Any]]) -> Table:
    kinds = dict.fromkeys(row["duty"] for row in lines)
    several = len({row["organisation"] for row in lines}) > 1
    return Table(
        request=request,
        rows=lines,
        columns=[
            Column("label", _("What"), sort=True, wrap=True),
            Column("state", _("State"), template="web/rules/severity.html", sort=True),
            Column("deed", _("Action"), template="web/rules/file_action.html"),
            Column("due", _("Due"), sort=True),
            Column("days", _("Days left"), "exact", sort=True),
            Column("organisation", _("Organisation"), sort=True, wrap=True, hidden=not several),
            Column("filed_on", _("Filed on"), sort=True),
            Column("number", _("Filing number"), "code", sort=True),
            Column("duty_word", _("Duty"), sort=True, wrap=True),
            Column("source", _("Source"), "cite"),
            Column("note", _("Remark"), wrap=True, hidden=True),
        ],
        caption=_("Filings"),
        name="filings",
        filters=[
            Filter("q", _("What, number"), "search", fields=["label", "number", "organisation"]),
            Filter("kind", _("Duty"), field="duty", choices=[(k, rule_words.DUTIES[k]) for k in kinds]),
            Filter("state", _("State"), choices=[(k, word) for k, (_tone, word) in STATES.items()]),
        ],
        row_key="key",
        row_tone="tone",
        empty_title=_("Nothing to file"),
        empty_sentence=_("Transfers received and yearly reports appear here with the day they are due."),
        export_name="filings",
    )


def _use(request: HttpRequest, row: ApprovalUse) -> dict[str, Any]:
    approval, units = row.approval, frame.units(request)
    share = row.used_bq / approval.activity
    over = row.days_left < 0
    tone, word = (
        ("cancelled", _("Ended"))
        if over
        else ("planned", _("Not yet begun"))
        if not row.has_begun
        else ("attention", _("Ends soon"))
        if row.ends_soon
        else ("done", _("Holds"))
    )
    return {
        "key": approval.id,
        "number": approval.number or approval.id,
        "nuclide": approval.nuclide,
        "origin": directory.site(request, approval.origin),
        "destination": directory.site(request, approval.destination),
        "until": approval.valid_until.isoformat(),
        "from": approval.valid_from.isoformat(),
        "days_left": row.days_left,
        "measured": row.used_bq,
        "limit": approval.activity,
        "share": share,
        "measured_text": format_activity(row.used_bq, units),
        "limit_text": format_activity(approval.activity, units),
        "bar": "block" if share > 1 else "warn" if share > 0.8 else "ok",
        "severity": word,
        "tone": tone,
        "word": word,
        "ends_soon": row.ends_soon,
        "assumption": approval.assumption or "",
    }


def _approvals(request: HttpRequest, uses: list[dict[str, Any]]) -> Table:
    return Table(
        request=request,
        rows=uses,
        columns=[
            Column("number", _("Approval"), "code", wrap=True),
            Column("nuclide", _("Nuclide"), "nuclide"),
            Column("origin", _("From"), "site"),
            Column("destination", _("To"), "site"),
            Column("word", _("State"), template="web/rules/severity.html"),
            Column("until", _("Holds until")),
            Column("days_left", _("Days left"), "exact"),
            Column("bar", _("Used"), template="web/rules/bar.html"),
            Column("limit_text", _("Approved")),
            Column("from", _("Holds from"), hidden=True),
            Column("assumption", _("Assumption"), wrap=True, hidden=True),
        ],
        caption=_("Transfer approvals"),
        name="approvals",
        row_key="key",
        row_tone="tone",
        per_page=100,
        empty_title=_("No approvals"),
        empty_sentence=_("The network records no transfer approval from or to here."),
    )
