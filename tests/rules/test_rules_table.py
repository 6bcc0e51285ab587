"""Every rule that Becq ships, held to the law: a case just below, at and above its limit.

The cases (``rule_cases.csv``) were written from the texts of the law and not from ``rules.csv``, so that a
wrong figure, comparison or condition in the table shows. Values are in SI units.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from becq.physics.elements import read_table
from becq.rules.document import read_document
from becq.rules.evaluation import evaluate
from becq.rules.expression import FUNCTIONS
from becq.rules.reference import package_categories
from becq.rules.rule import Rule
from becq.rules.rulebook import Rulebook, builtin, read_rules
from becq.rules.subject import frame, subject, subjects
from becq.rules.template import names_in_template

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TEXTS = ("title", "sentence", "remedy", "source")
RULES = {rule.id: rule for rule in builtin().rules}
EXAMPLES = Path(__file__).parents[2] / "examples" / "rules"
DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
SIDES = ("below", "at", "above")


def _cases() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "rule_cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["rule"]: row for row in rows}
    assert len(found) == len(rows), "a rule has two cases"
    return found


CASES = _cases()


def _facts(case: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"label": "subject", "day": "2026-06-30", **json.loads(case["facts"])}
    return facts | {"day": date.fromisoformat(facts["day"])}


def _value(rule: Rule, name: str, text: str) -> object:
    return text == "true" if subject(rule.subject).facts[name].type == "flag" else float(text)


def _severities(rule: Rule, facts: Mapping[str, object]) -> list[str]:
    """What the rule says of one subject; nothing where it does not concern it."""
    table = frame(rule.subject, facts)
    return evaluate(Rulebook((rule,)), {rule.subject: table}).frame["severity"].to_list()


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_kept_and_broken_where_the_law_says(name: str) -> None:
    rule, case = RULES[name], CASES[name]
    facts, varied = _facts(case), case["varied"]
    flag = subject(rule.subject).facts[varied].type == "flag"
    sides = SIDES[:2] if flag else SIDES
    values = [case[side] for side in sides]
    assert all(values), "a number needs a value below, at and above"
    if not flag:
        numbers = [float(text) for text in values]
        assert numbers == sorted(set(numbers))
    found = {side: _severities(rule, facts | {varied: _value(rule, varied, case[side])}) for side in sides}
    assert found == {side: [case[f"expected_{side}"]] for side in sides}


@pytest.mark.parametrize("name", RULES)
def test_a_case_lies_close_to_the_limit(name: str) -> None:
    """Within 5%, or one day or class away, or a wrong limit would pass."""
    rule, case = RULES[name], CASES[name]
    if subject(rule.subject).facts[case["varied"]].type == "flag":
        return
    below, at, above = (float(case[side]) for side in SIDES)
    for other in (below, above):
        assert math.isclose(other, at, rel_tol=0.05) or abs(other - at) == 1


@pytest.mark.parametrize("name", [rule.id for rule in RULES.values() if rule.condition])
def test_a_condition_is_false_somewhere(name: str) -> None:
    rule, case = RULES[name], CASES[name]
    facts = _facts(case) | {case["varied"]: _value(rule, case["varied"], case["at"])}
    assert case["not_applicable"], "a rule with a condition needs facts to which it does not apply"
    for others in json.loads(case["not_applicable"]):
        changed = facts | others | ({"day": date.fromisoformat(others["day"])} if "day" in others else {})
        assert _severities(rule, changed) == [], others


WITHOUT = {
    "cn-use-class": [],
    "cn-use-positron": [],
    "cn-use-positron-preparation": [],
    "cn-licence-renewal": [],  # said once, by the rule on validity
    "cn-filing-transfer-year": [],  # the year is not over
    **{  # a missing value is said by the rule on the label, or on the dose rate
        f"{who}-{name}": []
        for who in ("cn", "iaea")
        for name in (
            "package-category-over",
            "package-index-over",
            "package-dose-rates",
            "vehicle-dose-rates",
        )
    },
    "cn-unborn-child": [],  # no pregnancy
    "iaea-unborn-child": [],
    "iaea-public-organs": [],
}
"""What is said where the varied fact is unknown, if it is not a note."""


@pytest.mark.parametrize("name", RULES)
def test_a_missing_fact_is_said(name: str) -> None:
    rule, case = RULES[name], CASES[name]
    unknown = _severities(rule, _facts(case) | {case["varied"]: None})
    assert unknown == WITHOUT.get(name, ["note"])


@pytest.mark.parametrize("place", ["CN", "IAEA"])
@pytest.mark.parametrize("kind", sorted({rule.subject for rule in RULES.values()}))
def test_nothing_passes_of_which_nothing_is_known(kind: str, place: str) -> None:
    book = builtin().of(subject=kind, jurisdiction=place)
    if not book.rules:
        return
    verdicts = evaluate(book, {kind: frame(kind, {"label": "?", "jurisdiction": place})})
    assert verdicts.counts()["ok"] == 0
    assert verdicts.worst != "ok"


@pytest.mark.parametrize("place", ["CN", "IAEA"])
@pytest.mark.parametrize("kind", ["surface", "discharge", "worker", "waste"])
def test_no_kind_passes_without_a_word(kind: str, place: str) -> None:
    """Whatever choices a subject has, some rule speaks of it, if only to say that none was read."""
    facts = subject(kind).facts
    choices = {name: fact.choices for name, fact in facts.items() if fact.choices}
    choices |= {name: ("I-131", "Lu-177") for name, fact in facts.items() if fact.type == "nuclide"}
    numbers = {name: 1.0 for name, fact in facts.items() if fact.type == "number"}
    rows = list(itertools.product(*choices.values()))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(choices)}
    verdicts = evaluate(builtin(), {kind: frame(kind, {"jurisdiction": place} | numbers | columns)})
    assert set(verdicts.frame["row"]) == set(range(len(rows)))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_holds_in_its_jurisdiction_only(name: str) -> None:
    rule, case = RULES[name], CASES[name]
    at = _facts(case) | {case["varied"]: _value(rule, case["varied"], case["at"])}
    other = "IAEA" if rule.jurisdiction == "CN" else "CN"
    assert _severities(rule, at | {"jurisdiction": other}) == []
    assert _severities(rule, at | {"jurisdiction": f"{rule.jurisdiction}-51"}) == [case["expected_at"]]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_speaks_both_languages_and_names_its_source(rule: Rule) -> None:
    for name in TEXTS:
        english, chinese = getattr(rule, name), getattr(rule, f"{name}_zh")
        assert english.strip(), (rule.id, name)
        assert not CHINESE.search(english), (rule.id, name)
        assert CHINESE.search(chinese), (rule.id, name)
    assert rule.id.startswith(rule.jurisdiction.lower() + "-")
    assert rule.article or rule.note, "an article that could not be read is explained in the note"


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_sentences_name_known_facts_and_what_was_measured(rule: Rule) -> None:
    known = {*subject(rule.subject).facts, "measured", "limit"}
    english, chinese = (set(names_in_template(text)) for text in (rule.sentence, rule.sentence_zh))
    assert english == chinese <= known
    assert "measured" in english or any(name in english for name in rule.facts)
    facts = subject(rule.subject).facts
    for text in (rule.sentence, rule.sentence_zh):
        for name in re.findall(r"\{(\w+)\}", text):
            fact = facts.get(rule.quantity if name == "measured" else name)
            assert fact is None or fact.type != "flag", "a flag is said in words, not as yes or no"
            assert name != "licence_days_left", "days that may be past are said as such"


def test_notes_are_in_both_languages() -> None:
    for rule in RULES.values():
        assert bool(rule.note) == bool(rule.note_zh)
        assert not CHINESE.search(rule.note)
        assert not rule.note or CHINESE.search(rule.note_zh), rule.id


def test_every_subject_has_rules_in_china() -> None:
    assert {rule.subject for rule in RULES.values() if rule.jurisdiction == "CN"} == set(subjects())


def test_the_facts_are_described_in_both_languages() -> None:
    for row in read_table("rule_facts.csv"):
        assert row["meaning_en"], row
        assert not CHINESE.search(row["meaning_en"]), row
        assert CHINESE.search(row["meaning_zh"]), row
        assert (row["type"] == "number") == bool(row["unit"]), row
        assert row["name_en"], row
        assert len(row["name_en"]) <= 50, "a note names it in a few words"
        assert not CHINESE.search(row["name_en"]), row
        assert CHINESE.search(row["name_zh"]), row
        if row["choices_zh"]:
            assert len(row["choices"].split(";")) == len(row["choices_zh"].split(";")), row


def _limit(name: str) -> float:
    bound = RULES[name].bound
    assert bound is not None
    return bound


@pytest.mark.parametrize("who", ["cn", "iaea"])
def test_the_figures_of_packages_agree_with_the_tables(who: str) -> None:
    white, _, yellow, exclusive = package_categories()
    assert _limit(f"{who}-package-excepted-dose-rate") == pytest.approx(white.surface_dose_rate_to_sv_h)
    assert _limit(f"{who}-package-transport-index") == yellow.transport_index_to
    assert _limit(f"{who}-package-surface") == pytest.approx(yellow.surface_dose_rate_to_sv_h)
    assert _limit(f"{who}-package-surface-exclusive") == pytest.approx(exclusive.surface_dose_rate_to_sv_h)
    types = {row["code"]: row for row in read_table("package_types.csv")}
    assert _limit(f"{who}-package-type-a") == float(types["A"]["other_form_limit_a2"])
    per_type = float(types["excepted"]["surface_dose_rate_msv_h"]) * 1e-3
    assert _limit(f"{who}-package-excepted-dose-rate") == pytest.approx(per_type)


@pytest.mark.parametrize("who", ["cn", "iaea"])
def test_the_figures_of_vehicles_agree_with_the_table(who: str) -> None:
    rows = list(read_table("vehicle_limits.csv"))
    found = {(row["subject"], row["quantity"], row["exclusive_use"]): float(row["limit"]) for row in rows}
    assert _limit(f"{who}-vehicle-transport-index") == found["vehicle", "sum of transport indexes", "no"]
    for exclusive in ("no", "yes"):
        surface = found["vehicle", "surface dose rate", exclusive] * 1e-3
        assert _limit(f"{who}-vehicle-surface") == pytest.approx(surface)
        distant = found["vehicle", "dose rate at 2 m", exclusive] * 1e-3
        assert _limit(f"{who}-vehicle-2m") == pytest.approx(distant)
    for place, name in (("ship hold", "hold"), ("ship", "ship")):
        assert (
            _limit(f"{who}-vehicle-transport-index-{name}") == found[place, "sum of transport indexes", "no"]
        )
    by_air = re.findall(r"THEN (\d+)", RULES[f"{who}-vehicle-transport-index-air"].limit)
    assert [float(limit) for limit in by_air] == [
        found[f"{kind} aircraft", "sum of transport indexes", "no"] for kind in ("passenger", "cargo")
    ]
    contaminated = {row["quantity"]: row for row in rows if row["quantity"].startswith("non-fixed")}
    beta, alpha = (float(row["limit"]) for row in contaminated.values())
    assert _limit(f"{who}-package-contamination-beta") == beta
    assert _limit(f"{who}-package-contamination-alpha") == alpha


def test_the_bounds_of_workplaces_agree_with_the_table() -> None:
    bounds = {
        row["class"]: row["daily_equivalent_activity_to_bq"] for row in read_table("workplace_classes.csv")
    }
    assert _limit("cn-workplace-class-b") == float(bounds["B"])
    assert _limit("cn-workplace-class-c") == float(bounds["C"])


ZONES = ("controlled", "supervised")
SURFACES = list(read_table("surface_contamination_limits.csv"))


@pytest.mark.parametrize("row", SURFACES, ids=lambda row: f"{row['zone']}-{row['item']}-{row['emitter']}")
def test_the_levels_of_surfaces_agree_with_the_table(row: dict[str, str]) -> None:
    book, level = builtin().of(subject="surface"), float(row["limit_bq_cm2"])
    for zone in [row["zone"]] if row["zone"] else ZONES:
        facts = {"zone": zone, "item": row["item"], "emitter": row["emitter"]}
        table = frame("surface", facts | {"contamination_bq_cm2": [level * 0.99, level, level * 1.01]})
        verdicts = evaluate(book, {"surface": table}).frame.sort("row")
        assert verdicts["severity"].to_list() == ["ok", "ok", "warn"]


def test_a_house_adds_rules_of_its_own_without_code() -> None:
    own = read_rules(EXAMPLES / "hospital.csv")
    verdicts = evaluate(builtin().with_rules(own), read_document(EXAMPLES / "department.yaml"))
    broken = [finding.rule for finding in verdicts.findings(("block", "warn"))]
    assert broken == ["cn-waste-i131", "house-dose-investigation", "house-waste-margin"]
    assert verdicts.counts()["note"] == 0


def test_the_documents_show_what_the_example_prints() -> None:
    own = read_rules(EXAMPLES / "hospital.csv")
    verdicts = evaluate(builtin().with_rules(own), read_document(EXAMPLES / "department.yaml"))
    text = DOCS.read_text(encoding="utf-8")
    for finding in verdicts.findings(("block", "warn")):
        assert finding.sentence in text
        assert f"[{finding.rule}] {finding.source}" in text
    counts = ", ".join(f"{verdicts.counts()[name]} {name}" for name in ("block", "warn", "note", "ok"))
    assert f"examples/rules/department.yaml: {counts}" in text


def test_the_documents_name_every_function_and_jurisdiction() -> None:
    text = DOCS.read_text(encoding="utf-8")
    (listed,) = re.findall(r"functions `([A-Z0-9_ ]+)`", text)
    assert set(listed.split()) == FUNCTIONS
    assert set(re.findall(r"^\| `([A-Z]+)` \|", text, re.MULTILINE)) == {
        r.jurisdiction for r in RULES.values()
    }
