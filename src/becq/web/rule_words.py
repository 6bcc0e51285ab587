"""Rules in the words of the pages: kinds of subjects, comparisons, limits, severities, duties."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from becq.physics.quantities import format_activity
from becq.reports.catalogue.dictionary import tables
from becq.rules.evaluation import Verdicts
from becq.rules.measure import show, unit
from becq.rules.rule import Rule
from becq.rules.subject import Fact, subject
from becq.rules.template import explain_template
from becq.web import data_tables, frame
from becq.web.states import SEVERITIES

SUBJECTS = {
    "holding": _("Activity on site"),
    "operation": _("Nuclide handled"),
    "workplace": _("Workplace"),
    "transfer": _("Transfer"),
    "filing": _("Filing"),
    "use": _("Use at a hospital"),
    "discharge": _("Discharge of a patient"),
    "package": _("Package"),
    "vehicle": _("Vehicle"),
    "waste": _("Waste container"),
    "worker": _("Person's dose"),
    "surface": _("Surface"),
}
DUTIES = {
    "transfer": _("Filing of a transfer"),
    "hospital-year": _("Yearly filing of a hospital"),
    "producer-year": _("Yearly report of a producer"),
    "next-year-approval": _("Application for next year's approval"),
    "import": _("Filing of an import"),
    "export": _("Yearly filing of exports"),
}
JURISDICTIONS = {"CN": _("China"), "IAEA": "IAEA"}
TYPES = {
    "number": _("number"),
    "text": _("text"),
    "flag": _("yes or no"),
    "day": _("day"),
    "nuclide": _("nuclide"),
    "nuclides": _("nuclides"),
}
COMPARISONS = {"<=": _("at most"), "<": _("less than"), ">=": _("at least"), ">": _("more than")}
TONES = {"block": "blocked", "warn": "attention", "note": "planned", "ok": "done"}
TABLES = {
    "holding": ("exemption_levels", "source_categories"),
    "operation": ("operation_factors", "radiotoxicity_groups"),
    "workplace": ("workplace_classes", "radiotoxicity_groups", "operation_factors"),
    "package": (
        "transport_limits",
        "transport_default_limits",
        "package_types",
        "excepted_package_limits",
        "industrial_packages",
        "surface_contaminated_objects",
        "package_categories",
        "un_numbers",
    ),
    "vehicle": ("vehicle_limits", "industrial_packages"),
    "waste": ("clearance_levels", "exemption_levels"),
    "surface": ("surface_contamination_limits",),
    "use": ("radiopharmaceuticals",),
}
"""Reference tables that the facts of a subject are computed with."""
NEAR = 0.2
"""Less room than this share of a limit is worth a look."""


def title(rule: Rule) -> str:
    """Title of a rule in the language of the page."""
    return (frame.is_chinese() and rule.title_zh) or rule.title


def source(rule: Rule) -> str:
    """Text and article of a rule in the language of the page."""
    if frame.is_chinese():
        return "，".join(filter(None, (rule.source_zh or rule.source, rule.article_zh)))
    return ", ".join(filter(None, (rule.source, rule.article)))


def sentence(rule: Rule) -> str:
    """What a rule says of its subjects, with the names of facts where their values stand."""
    facts = subject(rule.subject).facts

    def word(name: str) -> str:
        if name in facts:
            return facts[name].title_zh if frame.is_chinese() else facts[name].title
        return str(_("value") if name == "measured" else _("limit"))

    return explain_template(rule.sentence_zh if frame.is_chinese() else rule.sentence, word)


def note(rule: Rule) -> str:
    """What has to be known about a rule, in the language of the page."""
    return rule.note_zh if frame.is_chinese() else rule.note


def subject_word(name: str) -> str:
    """A kind of subject in words."""
    return str(SUBJECTS.get(name, name))


def place_word(jurisdiction: str) -> str:
    """A jurisdiction in words; those below a country by their code."""
    return str(JURISDICTIONS.get(jurisdiction, jurisdiction))


def severity_word(severity: str) -> str:
    """Word of a severity."""
    return str(SEVERITIES[severity][0])


def meaning(fact: Fact) -> str:
    """What a fact means in the language of the page."""
    return fact.meaning_zh if frame.is_chinese() else fact.meaning


def is_flag(rule: Rule) -> bool:
    """Whether a rule asks for a yes rather than for a number."""
    fact = subject(rule.subject).facts.get(rule.quantity)
    return fact is not None and fact.type == "flag"


def shown(value: float | None, unit_name: str, request: HttpRequest | None) -> str:
    """A value in ``unit_name`` as people read it, activities in the units that the person chose."""
    of = unit(unit_name)
    if value is not None and of.dimension == "activity" and 0 <= value < float("inf"):
        return format_activity(value * of.size, frame.units(request))
    return show(value, of, of.size, frame.is_chinese())


def limit_text(rule: Rule, request: HttpRequest | None = None) -> str:
    """ "at most 111 GBq"; a limit that is a fact by the meaning of the fact."""
    if is_flag(rule) and rule.bound is not None:
        return str(_("yes") if rule.bound >= 1 and rule.comparison.startswith(">") else _("no"))
    fact = subject(rule.subject).facts.get(rule.limit)
    said = (
        shown(rule.bound * rule.base / rule.shown_unit.size, rule.unit, request)
        if rule.bound is not None
        else meaning(fact)
        if fact is not None
        else rule.limit
    )
    return f"{COMPARISONS[rule.comparison]} {said}"


def reference_tables(rule: Rule) -> list[dict[str, str]]:
    """Reference tables that stand behind a rule."""
    known = tables()
    return [
        {"title": data_tables.title(known[name]), "href": reverse("data-table", args=[name])}
        for name in TABLES.get(rule.subject, ())
        if name in known
    ]


def verdict_rows(verdicts: Verdicts, request: HttpRequest) -> list[dict[str, Any]]:
    """Every verdict as a row of a table with its bar, the worst first, then the least room."""
    rank = {"ok": 0, "note": 1, "warn": 2, "block": 3}
    lines = sorted(verdicts.frame.iter_rows(named=True), key=lambda line: -rank[line["severity"]])
    findings = verdicts.findings(["block", "warn", "note", "ok"])
    rules = {rule.id: rule for rule in verdicts.book.rules}
    rows = []
    for number, (line, found) in enumerate(zip(lines, findings, strict=True)):
        rule, facts = rules[found.rule], verdicts.facts[line["subject"]].row(line["row"], named=True)
        flag = is_flag(rule)
        upper = rule.comparison.startswith("<") and not flag and found.margin is not None
        near = upper and found.severity == "ok" and found.margin < NEAR
        answer = None if found.measured is None else _("yes") if found.measured >= 1 else _("no")
        rows.append(
            {
                "key": number,
                "what": _what(line["subject"], facts),
                "nuclide": facts.get("nuclide"),
                "subject": line["subject"],
                "subject_word": subject_word(line["subject"]),
                "rule": rule.id,
                "title": title(rule),
                "href": reverse("rule", args=[rule.id]),
                "severity": found.severity,
                "tone": TONES[found.severity],
                "word": severity_word(found.severity),
                "bar": ("warn" if near else found.severity) if upper else "",
                "near": near,
                "measured": found.measured,
                "limit": found.limit,
                "measured_text": answer or "—" if flag else shown(found.measured, found.unit, request),
                "limit_text": limit_text(rule, request)
                if flag
                else f"{COMPARISONS[rule.comparison]} {shown(found.limit, found.unit, request)}",
                "margin": None if flag else found.margin,
                "source": source(rule),
                "remedy": _remedy(found) if found.severity in ("block", "warn") else "",
                "sentence": (frame.is_chinese() and found.sentence_zh) or found.sentence,
                "finding": found,
            }
        )
    return sorted(rows, key=lambda row: (-rank[row["severity"]], _room(row["margin"])))


def _room(margin: float | None) -> float:
    return float("inf") if margin is None else margin


def _remedy(found: Any) -> str:
    return str((frame.is_chinese() and found.remedy_zh) or found.remedy)


def _what(kind: str, facts: dict[str, Any]) -> str:
    """What tells one subject of a site from the other."""
    if kind == "workplace":
        return _workplace(facts)
    if kind == "operation" and facts["workplace"]:
        return f"{_workplace(facts)}: {facts['nuclide']}"
    if kind in ("holding", "operation"):
        return str(facts["nuclide"])
    return str((frame.is_chinese() and facts["label_zh"]) or facts["label"])


def _workplace(facts: dict[str, Any]) -> str:
    """The workplace of a label that begins with its site, in the language of the page."""
    if frame.is_chinese():
        return str(facts["label_zh"] or facts["workplace"]).rpartition("，")[2]
    return str(facts["workplace"])
