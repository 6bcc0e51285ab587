"""Own rules of an organisation: listed, written in a form or a file, tried on a site, retired, downloaded."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.errors import InputError, ProblemsError
from becq.platform.accounts import policy
from becq.platform.supervision import selectors, services
from becq.rules.measure import UNITS
from becq.rules.rule import COLUMNS, COMPARISONS, FieldError, make_rule
from becq.rules.rulebook import MOST_BYTES, Rulebook
from becq.rules.subject import subjects
from becq.web import frame, rule_words
from becq.web.problems import say, tell
from becq.web.tables import Column, Table
from becq.web.views.errors import forbidden
from becq.web.views.rules import chosen_site

SHOWN = 200
JUDGED_ON_SITE = ("holding", "operation", "workplace")
"""Subjects that a site's day has facts of."""
TEMPLATE_ROW = {
    "id": "house-i131-store",
    "jurisdiction": "CN",
    "subject": "holding",
    "condition": "nuclide = 'I-131'",
    "quantity": "activity_bq",
    "comparison": "<=",
    "limit": "20",
    "unit": "GBq",
    "severity": "warn",
    "title_en": "I-131 in the hot laboratory",
    "title_zh": "热室碘-131存量",
    "sentence_en": "{label}: {measured} of I-131 at its highest; the store was built for {limit}.",
    "sentence_zh": "{label}：碘-131最高存量{measured}，贮存设计量{limit}。",
    "remedy_en": "Move the delivery or the administration.",
    "remedy_zh": "调整到货或给药日期。",
    "source": "Shielding report of the hot laboratory",
}


class RuleForm(forms.Form):
    """One rule, field by field; what a file of rules says in a row."""

    id = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Lower case with hyphens, for example house-i131-store."),
    )
    subject = forms.ChoiceField(label=gettext_lazy("Speaks of"))
    jurisdiction = forms.CharField(
        label=gettext_lazy("Jurisdiction"),
        max_length=40,
        initial="CN",
        help_text=gettext_lazy("CN, a province such as CN-51, or IAEA: the sites for which it holds."),
    )
    condition = forms.CharField(
        label=gettext_lazy("Applies if"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "A condition on the facts below, for example nuclide = 'I-131'. Empty: always."
        ),
    )
    quantity = forms.CharField(
        label=gettext_lazy("Quantity"),
        max_length=1000,
        help_text=gettext_lazy("The fact that is compared, or a formula of facts."),
    )
    comparison = forms.ChoiceField(label=gettext_lazy("Must be"))
    limit = forms.CharField(
        label=gettext_lazy("Limit"),
        max_length=1000,
        help_text=gettext_lazy("A number in the unit, or a fact such as possession_limit_bq."),
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("For example GBq, mSv, uSv/h or d; 1 for a plain number."),
        widget=forms.TextInput(attrs={"list": "rule-units", "autocomplete": "off"}),
    )
    severity = forms.ChoiceField(label=gettext_lazy("If broken"))
    title_en = forms.CharField(
        label=gettext_lazy("Title, English"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("One language is enough; it then stands for the other."),
    )
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), required=False, max_length=200)
    sentence_en = forms.CharField(
        label=gettext_lazy("Sentence, English"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Says what is. {label}, {measured}, {limit} and every fact may stand in it."),
    )
    sentence_zh = forms.CharField(
        label=gettext_lazy("Sentence, Chinese"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    remedy_en = forms.CharField(label=gettext_lazy("What to do, English"), required=False, max_length=500)
    remedy_zh = forms.CharField(label=gettext_lazy("What to do, Chinese"), required=False, max_length=500)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=500,
        help_text=gettext_lazy("The text that says so: a licence, a procedure, an instruction."),
    )
    article = forms.CharField(label=gettext_lazy("Article"), required=False, max_length=80)
    valid_from = forms.CharField(
        label=gettext_lazy("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.CharField(
        label=gettext_lazy("In force until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=1000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        pick: Any = self.fields
        pick["subject"].choices = [(name, rule_words.subject_word(name)) for name in subjects()]
        pick["comparison"].choices = [(each, rule_words.COMPARISONS[each]) for each in COMPARISONS]
        severities = ("warn", "block", "note")
        pick["severity"].choices = [(each, rule_words.severity_word(each)) for each in severities]

    def cells(self) -> dict[str, str]:
        """The row of a file of rules."""
        return {name: str(self.data.get(name, "")).strip() for name in COLUMNS}

    def place(self, flaws: list[FieldError], *, filled_only: bool) -> None:
        """The flaws beside their fields; of empty fields only when the rule is to be kept or tried."""
        for flaw in flaws:
            if filled_only and not str(self.data.get(flaw.column, "")).strip():
                continue
            told = say(flaw.message)
            remedy = f" ({say(flaw.remedy)})" if flaw.remedy else ""
            self.add_error(flaw.column if flaw.column in self.fields else None, f"{told}{remedy}")


def may_write(request: HttpRequest) -> bool:
    """Whether the person may write rules for its organisation."""
    viewer: Any = request.user
    organisation = viewer.organisation
    return organisation is not None and policy.may(viewer, "rules.write", organisation=organisation)


@login_required
def own_rules(request: HttpRequest) -> HttpResponse:
    """The rules of the person's organisation, and a file to add more."""
    viewer: Any = request.user
    policy.require(viewer, "network.read")
    may = may_write(request)
    context: dict[str, Any] = {"here": "own", "may": may}
    if request.method == "POST":
        if not may:
            return forbidden(request)
        answer = _upload(request, context)
        if answer is not None:
            return answer
    rows = [_line(row) for row in selectors.own_rules(viewer)]
    table = _table(request, rows)
    if table.wants_export:
        return table.export()
    context |= {"table": table, "in_force": sum(row["tone"] == "done" for row in rows), "rows": bool(rows)}
    return render(request, "web/rules/own.html", context)


def _upload(request: HttpRequest, context: dict[str, Any]) -> HttpResponse | None:
    viewer: Any = request.user
    upload = request.FILES.get("file")
    if upload is None:
        context["error"] = _("Choose a file.")
        return None
    name = PurePath(upload.name or "rules.csv").name[:120]
    if upload.size is not None and upload.size > MOST_BYTES:
        context["error"] = _("The file is larger than %(n)s MB; split it.") % {"n": MOST_BYTES // 10**6}
        return None
    try:
        added = services.add_rules(viewer, viewer.organisation, upload.read(), name)
    except ProblemsError as error:
        context["problems"] = [tell(each) for each in error.problems[:SHOWN]]
        return None
    except InputError as error:
        context["error"] = say(str(error))
        return None
    said = ngettext("%(n)s rule added.", "%(n)s rules added.", len(added)) % {"n": len(added)}
    messages.success(request, said)
    return redirect("own-rules")


def _line(row: selectors.OwnRuleRow) -> dict[str, Any]:
    kept, rule = row.kept, row.rule
    tone, word = (
        ("cancelled", _("Retired"))
        if kept.retired_at
        else ("blocked", _("Does not read"))
        if rule is None
        else ("done", _("In force"))
    )
    flaws = " ".join(f"{each.column}: {say(each.message)}" for each in row.flaws)
    return {
        "key": kept.pk,
        "code": kept.code,
        "title": rule_words.title(rule) if rule else kept.code,
        "href": reverse("rule", args=[kept.code]) if rule and not kept.retired_at else "",
        "subject": rule_words.subject_word(rule.subject) if rule else "",
        "limit": rule_words.limit_text(rule) if rule else flaws,
        "severity": tone,
        "tone": tone,
        "word": word,
        "source": rule_words.source(rule) if rule else "",
        "added_at": kept.added_at,
        "added_by": kept.added_by.username,
        "retired_at": kept.retired_at,
        "retired_by": kept.retired_by.username if kept.retired_by else "",
    }


def _table(request: HttpRequest, rows: list[dict[str, Any]]) -> Table:
    return Table(
        request=request,
        rows=rows,
        columns=[
            Column("title", _("Rule"), sort=True, href="href", wrap=True),
            Column("word", _("State"), template="web/rules/severity.html", sort=True),
            Column("subject", _("Speaks of"), sort=True),
            Column("limit", _("Limit"), wrap=True),
            Column("source", _("Source"), "cite"),
            Column("code", _("Rule name"), "code", sort=True),
            Column("added_at", _("Added"), "instant", sort=True),
            Column("added_by", _("Added by")),
            Column("retired_at", _("Retired"), "instant", sort=True),
            Column("retired_by", _("Retired by"), hidden=True),
        ],
        caption=_("Own rules"),
        name="own-rules",
        row_key="key",
        row_tone="tone",
        empty_title=_("No rules of your own"),
        empty_sentence=_("The rules that Becq ships hold all the same. Add what your licence or house asks."),
        export_name="own-rules",
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """One rule in a form: looked at while it is written, tried on a site, then kept."""
    viewer: Any = request.user
    if not may_write(request):
        return forbidden(request)
    posted = request.method == "POST"
    form = RuleForm(request.POST if posted else None, initial={"subject": "holding", "severity": "warn"})
    context: dict[str, Any] = {"here": "own", "form": form, "units": [name for name in UNITS if name]}
    if posted:
        asked = "save" in request.POST or "try" in request.POST
        rule, flaws = make_rule(form.cells(), viewer.organisation.code)
        if asked:
            form.is_valid()
        else:
            form._errors = forms.utils.ErrorDict()  # nothing is asked of fields that are still empty
            form.cleaned_data = {}
        seen = {name for name in form.errors if name in form.fields}
        form.place([flaw for flaw in flaws if flaw.column not in seen], filled_only=not asked)
        if rule is not None and not form.errors:
            if "save" in request.POST:
                answer = _keep(request, form)
                if answer is not None:
                    return answer
            elif "try" in request.POST:
                context |= _try(request, Rulebook((rule,)), rule.subject)
    name = request.POST.get("subject") or request.GET.get("subject") or "holding"
    known = subjects().get(name) or subjects()["holding"]
    context["subject_word"] = rule_words.subject_word(known.name)
    context["facts"] = [
        {
            "name": fact.name,
            "meaning": rule_words.meaning(fact),
            "unit": fact.unit if fact.unit != "1" else "",
            "type": rule_words.TYPES[fact.type],
        }
        for fact in known.facts.values()
    ]
    return render(request, "web/rules/new.html", context)


def _keep(request: HttpRequest, form: RuleForm) -> HttpResponse | None:
    viewer: Any = request.user
    try:
        [kept] = services.add_rules(viewer, viewer.organisation, write([form.cells()]), "rule.csv")
    except InputError as error:
        form.add_error("id", say(str(error)))
        return None
    messages.success(request, _("The rule %(code)s is in force.") % {"code": kept.code})
    return redirect("rule", name=kept.code)


def _try(request: HttpRequest, book: Rulebook, subject: str) -> dict[str, Any]:
    """What the rule would say of the site's day; nothing is kept."""
    viewer: Any = request.user
    site = chosen_site(request, list(selectors.judged_sites(viewer)))
    if site is None or subject not in JUDGED_ON_SITE:
        return {"tried": True, "untried": True}
    verdicts = selectors.judge_by(viewer, site.code, frame.moment(request), book)
    found = verdicts.findings(["block", "warn", "note", "ok"])
    return {"tried": True, "site": site, "tried_findings": found[:SHOWN]}


def write(rows: list[dict[str, str]]) -> bytes:
    """Rules as a CSV file."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


@login_required
def download(request: HttpRequest) -> HttpResponse:
    """The own rules in force as a file that can be uploaded again."""
    viewer: Any = request.user
    rows = [row.kept.cells for row in selectors.own_rules(viewer) if row.kept.retired_at is None]
    return _file(write(rows), "own-rules.csv")


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """A file with the header and one example."""
    return _file(write([{name: TEMPLATE_ROW.get(name, "") for name in COLUMNS}]), "rules-template.csv")


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(b"\xef\xbb\xbf" + content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
