"""Rules: limits in use at a site, all rules in force, one rule in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.errors import InputError
from becq.platform.accounts import policy
from becq.platform.network import selectors as network
from becq.platform.supervision import selectors, services
from becq.platform.supervision.day import judge_day
from becq.rules.rule import SEVERITIES, Rule
from becq.rules.subject import subject
from becq.web import frame, rule_words
from becq.web.deeds import Deed, do_one
from becq.web.tables import Column, Filter, Table
from becq.web.views.palette import SOURCES, Hit

FINDINGS_SHOWN = 8


class RetireDeed(Deed):
    """An own rule out of force."""

    do = "retire"
    title = gettext_lazy("Retire the rule")
    button = gettext_lazy("Retire it")
    look = "danger"
    folded = True

    def act(self) -> str:
        services.retire_rule(self.request.user, self.thing)  # type: ignore[arg-type]
        return _("%(code)s is out of force.") % {"code": self.thing.code}


@login_required
def limits(request: HttpRequest) -> HttpResponse:
    """What the rules say of a site's day, as bars."""
    viewer: Any = request.user
    policy.require(viewer, "network.read")
    sites = list(selectors.judged_sites(viewer))
    chosen = chosen_site(request, sites)
    context: dict[str, Any] = {"here": "rules", "sites": sites, "site": chosen}
    if chosen is None:
        return render(request, "web/rules/limits.html", context)
    at = frame.moment(request)
    verdicts = judge_day(viewer, chosen.code, at)
    rows = rule_words.verdict_rows(verdicts, request)
    table = _limit_table(request, rows)
    if table.wants_export:
        return table.export()
    found = [row["finding"] for row in rows if row["severity"] in ("block", "warn")]
    context |= {
        "at": at,
        "zone": ZoneInfo(chosen.timezone),
        "table": table,
        "findings": found[:FINDINGS_SHOWN],
        "findings_left": max(0, len(found) - FINDINGS_SHOWN),
        "sentence": _state(rows),
        "licensed": network.licensed_site(chosen.code).licence is not None,
        "held": bool(rows),
    }
    return render(request, "web/rules/limits.html", context)


def chosen_site(request: HttpRequest, sites: list[Any]) -> Any:
    """The site of ``?site=``, else of the switch, else the first that may be judged; None without any."""
    switched = frame.site(request)
    wanted = request.GET.get("site") or (switched.code if switched else "")
    return next((row for row in sites if row.code == wanted), sites[0] if sites else None)


def _state(rows: list[dict[str, Any]]) -> str:
    """“3 limits above 80 %, 1 broken, 2 not judged.”"""
    near = sum(row["near"] for row in rows)
    broken = sum(row["severity"] in ("block", "warn") for row in rows)
    unknown = sum(row["finding"].severity == "note" for row in rows)
    parts = [
        ngettext("%(n)s limit above 80 %%", "%(n)s limits above 80 %%", near) % {"n": near},
        ngettext("%(n)s broken", "%(n)s broken", broken) % {"n": broken},
    ]
    if unknown:
        parts.append(ngettext("%(n)s note", "%(n)s notes", unknown) % {"n": unknown})
    return _(", ").join(parts) + _(".")


def _limit_table(request: HttpRequest, rows: list[dict[str, Any]]) -> Table:
    kinds = dict.fromkeys(row["subject"] for row in rows)
    return Table(
        request=request,
        rows=rows,
        columns=[
            Column("what", _("What"), sort=True, wrap=True),
            Column("title", _("Rule"), sort=True, href="href", wrap=True),
            Column("severity", _("State"), template="web/rules/severity.html", sort=True),
            Column("bar", _("Used"), template="web/rules/bar.html", path=lambda row: row["measured_text"]),
            Column("measured_text", _("Measured"), hidden=True),
            Column("limit_text", _("Limit"), wrap=True),
            Column("margin", _("Margin"), "percent", sort=True),
            Column("remedy", _("What to do"), wrap=True),
            Column("source", _("Source"), "cite"),
            Column("subject_word", _("Speaks of"), sort=True, hidden=True),
        ],
        caption=_("Limits in use"),
        name="limits",
        filters=[
            Filter("q", _("Nuclide, rule, source"), "search", fields=["what", "title", "rule", "source"]),
            Filter("subject", _("Speaks of"), choices=[(k, rule_words.subject_word(k)) for k in kinds]),
            Filter("severity", _("State"), choices=_severities(("block", "warn", "note", "ok"))),
            Filter("near", _("above 80 %"), "flag"),
        ],
        per_page=100,
        row_key="key",
        row_tone="tone",
        empty_title=_("No limits"),
        export_name="limits",
    )


def _severities(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, rule_words.severity_word(name)) for name in names]


@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force on the day looked at."""
    viewer: Any = request.user
    day = frame.moment(request).astimezone(frame.zone(request)).date()
    book = selectors.book(viewer).of(on=day)
    lines = [_line(rule, request) for rule in book.rules]
    places = dict.fromkeys(rule.jurisdiction for rule in book.rules)
    kinds = dict.fromkeys(rule.subject for rule in book.rules)
    table = Table(
        request=request,
        rows=lines,
        columns=[
            Column("title", _("Rule"), sort=True, href="href", wrap=True),
            Column("place", _("Jurisdiction"), sort=True),
            Column("subject_word", _("Speaks of"), sort=True),
            Column("limit", _("Limit"), wrap=True),
            Column("severity", _("If broken"), template="web/rules/severity.html", sort=True),
            Column("source", _("Source"), "cite", sort=True),
            Column("id", _("Rule name"), "code", sort=True),
            Column("origin", _("Whose"), sort=True, hidden=not any(row["own"] for row in lines)),
        ],
        caption=_("Rules in force"),
        name="rules",
        filters=[
            Filter("q", _("Words, name, source"), "search", fields=["title", "id", "source", "words"]),
            Filter(
                "jurisdiction", _("Jurisdiction"), choices=[(p, rule_words.place_word(p)) for p in places]
            ),
            Filter("subject", _("Speaks of"), choices=[(k, rule_words.subject_word(k)) for k in kinds]),
            Filter("severity", _("If broken"), choices=_severities(reversed(SEVERITIES))),
            Filter("own", _("own rules only"), "flag"),
        ],
        per_page=200,
        row_key="id",
        tall=True,
        export_name="rules",
    )
    if table.wants_export:
        return table.export()
    own = sum(row["own"] for row in lines)
    return render(
        request, "web/rules/all.html", {"here": "all", "table": table, "rules": len(lines), "own": own}
    )


def _line(rule: Rule, request: HttpRequest) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule_words.title(rule),
        "href": reverse("rule", args=[rule.id]),
        "jurisdiction": rule.jurisdiction,
        "place": rule_words.place_word(rule.jurisdiction),
        "subject": rule.subject,
        "subject_word": rule_words.subject_word(rule.subject),
        "limit": rule_words.limit_text(rule, request),
        "severity": rule.severity,
        "tone": rule_words.TONES[rule.severity],
        "word": rule_words.severity_word(rule.severity),
        "source": rule_words.source(rule),
        "origin": _("own") if rule.origin else "Becq",
        "own": bool(rule.origin),
        "words": f"{rule.title} {rule.title_zh} {rule.sentence} {rule.sentence_zh}",
    }


@login_required
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: what it says, what it reads, by which text, and what other jurisdictions say."""
    viewer: Any = request.user
    book = selectors.book(viewer)
    try:
        found = book[name]
    except InputError as error:
        raise Http404(name) from error
    kept = next(
        (row.kept for row in selectors.own_rules(viewer) if row.rule == found and not row.kept.retired_at),
        None,
    )
    deeds = []
    if kept is not None and policy.may(viewer, "rules.write", organisation=kept.organisation):
        deeds.append(RetireDeed(request, kept))
    answer = do_one(request, deeds, reverse("own-rules"))
    if answer is not None:
        return answer
    facts = subject(found.subject).facts
    context = {
        "here": "all",
        "rule": found,
        "kept": kept,
        "deeds": deeds,
        "title": rule_words.title(found),
        "sentence": rule_words.sentence(found),
        "note": rule_words.note(found),
        "remedy": found.remedy_zh if frame.is_chinese() else found.remedy,
        "source": rule_words.source(found),
        "subject": rule_words.subject_word(found.subject),
        "place": rule_words.place_word(found.jurisdiction),
        "limit": rule_words.limit_text(found, request),
        "word": rule_words.severity_word(found.severity),
        "tone": rule_words.TONES[found.severity],
        "facts": [_fact(facts[each]) for each in found.facts if each in facts],
        "tables": rule_words.reference_tables(found),
        "others": [_line(each, request) for each in _elsewhere(found, book.rules)],
    }
    return render(request, "web/rules/rule.html", context)


def _fact(fact: Any) -> dict[str, str]:
    return {
        "name": fact.name,
        "meaning": rule_words.meaning(fact),
        "unit": fact.unit if fact.unit != "1" else "",
        "type": str(rule_words.TYPES[fact.type]),
    }


def _elsewhere(found: Rule, known: Iterable[Rule]) -> list[Rule]:
    """Rules of other jurisdictions on the same quantity, or of the same matter by name."""
    stem = found.id.partition("-")[2]
    return [
        rule
        for rule in known
        if rule.subject == found.subject
        and rule.jurisdiction != found.jurisdiction
        and (rule.id.partition("-")[2] == stem or (rule.quantity, rule.comparison) == _measure(found))
    ]


def _measure(rule: Rule) -> tuple[str, str]:
    return rule.quantity, rule.comparison


def _hits(request: HttpRequest, text: str) -> Iterable[Hit]:
    """Rules whose title or name contains what is looked for."""
    needle = text.casefold()
    if len(needle) < 2:
        return
    for each in selectors.book(request.user).rules:  # type: ignore[arg-type]
        if needle in f"{each.title} {each.title_zh} {each.id}".casefold():
            href = reverse("rule", args=[each.id])
            yield Hit(_("Rules"), rule_words.title(each), href, "rules", rule_words.source(each))


SOURCES.insert(4, _hits)
