"""Rows of facts: words are read as rules compare them, and what no rule would match is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from becq.errors import InputError, ProblemsError
from becq.rules.document import facts_of, parse_document
from becq.rules.evaluation import evaluate
from becq.rules.fact_rows import read_fact_rows
from becq.rules.rulebook import builtin
from becq.rules.subject import subjects


def one(kind: str, **row: Any) -> dict[str, Any]:
    (read,) = read_fact_rows({kind: [row]}, "d.json")[kind].to_dicts()
    return read


def refused(kind: str, **row: Any) -> str:
    with pytest.raises(ProblemsError) as caught:
        read_fact_rows({kind: [row]}, "d.json")
    return "\n".join(str(problem) for problem in caught.value.problems)


def broken(kind: str, **row: Any) -> list[str]:
    verdicts = evaluate(builtin(), facts_of({"facts": {kind: [row]}}))
    return [finding.rule for finding in verdicts.findings(["block", "warn"])]


@pytest.mark.parametrize("spelling", ["I-131", "I131", "131I", "碘-131", "¹³¹I", "iodine-131"])
def test_a_nuclide_is_judged_in_every_spelling(spelling: str) -> None:
    assert one("discharge", nuclide=spelling)["nuclide"] == "I-131"
    assert broken("discharge", nuclide=spelling, retained_activity_bq=5e9) == ["cn-discharge-i131"]


def test_nuclides_are_a_list_or_text() -> None:
    assert one("waste", nuclides="镥177，I131")["nuclides"] == "Lu-177, I-131"
    assert one("waste", nuclides=["Lu177", "I-131"])["nuclides"] == "Lu-177, I-131"
    assert "did you mean Lu-177" in refused("waste", nuclides="Lu-127m, I-131")


@pytest.mark.parametrize(
    ("kind", "fact", "word", "choice"),
    [
        ("worker", "person_kind", "Worker", "worker"),
        ("worker", "person_kind", "职业人员", "worker"),
        ("surface", "zone", "控制区", "controlled"),
        ("surface", "emitter", "β", "beta"),
        ("filing", "duty", " Transfer ", "transfer"),
        ("package", "package_type", "b(u)", "B(U)"),
        ("workplace", "workplace_class", "乙级", "B"),
    ],
)
def test_a_choice_is_read_in_both_languages(kind: str, fact: str, word: str, choice: str) -> None:
    assert one(kind, **{fact: word})[fact] == choice


def test_what_no_rule_would_match_is_refused() -> None:
    assert "worker[0].person_kind: 'nurse' is not a choice (choices are worker, " in refused(
        "worker", person_kind="nurse"
    )
    assert "did you mean 'controlled'?" in refused("surface", zone="controled")
    assert "use[0].use_class: 5 is not a choice (choices are 0, 1, 2, 3, 4)" in refused("use", use_class=5)
    assert "person_kind: '' is not a choice" in refused("worker", person_kind="")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-0.03, "-0.03 is below zero (write a number in Sv, zero or more)"),
        (float("inf"), "inf is not finite (write a number in Sv"),
        (float("nan"), "nan is not finite"),
        (10**400, "is not finite"),
        (True, "True is not a number"),
        ("6 mSv", "'6 mSv' is not a number (write a number in Sv)"),
    ],
)
def test_numbers_are_finite_and_not_below_zero(value: object, said: str) -> None:
    assert f"worker[0].effective_dose_sv: {said}" in refused("worker", effective_dose_sv=value).replace(
        str(10**400)[:40] + " ", ""
    )


def test_days_left_may_be_below_zero() -> None:
    assert one("holding", licence_days_left=-3)["licence_days_left"] == -3.0


def test_days_and_flags() -> None:
    assert one("worker", day="2026-12-07")["day"] == one("worker", day=date(2026, 12, 7))["day"]
    assert "day: '7 December' is not a day (write YYYY-MM-DD)" in refused("worker", day="7 December")
    assert "filed: 'yes' is not a flag (write true or false)" in refused("filing", filed="yes")


def test_every_problem_of_every_row_is_listed() -> None:
    rows = {"worker": [{"person_kind": "nurse"}, {"dose": 1}], "surfaces": [{}], "use": []}
    with pytest.raises(ProblemsError) as caught:
        read_fact_rows(rows, "d.json")
    places = [problem.column for problem in caught.value.problems]
    assert places == ["worker[0].person_kind", "worker[1].dose", "surfaces", "use"]
    with pytest.raises(InputError, match="rows by subject"):
        read_fact_rows([], "d.json")


def test_a_key_of_json_stands_once() -> None:
    """Of two doses the last would count, and 60 mSv be lost."""
    twice = b'{"facts": {"worker": [{"effective_dose_sv": 0.06, "effective_dose_sv": 0.001}]}}'
    with pytest.raises(ProblemsError, match="effective_dose_sv: the key stands twice"):
        parse_document(twice, "d.json")
    yaml = b"facts:\n  worker:\n  - effective_dose_sv: 0.06\n    effective_dose_sv: 0.001\n"
    with pytest.raises(ProblemsError):
        parse_document(yaml, "d.yaml")


def test_choices_are_the_words_that_rules_compare() -> None:
    """A word in a condition of ours that is no choice of its fact would never be met."""
    compared = re.compile(r"(\w+)\s*(?:=|<>)\s*'([^']*)'")
    listed = re.compile(r"(\w+)(?:, '')?\)?\s+(?:NOT )?IN \(([^)]*)\)")
    seen = 0
    for rule in builtin().rules:
        facts = subjects()[rule.subject].facts
        pairs = compared.findall(rule.condition)
        pairs += [(fact, word) for fact, words in listed.findall(rule.condition)
                  for word in re.findall(r"'([^']*)'", words)]  # fmt: skip
        for fact, word in pairs:
            if fact in facts and facts[fact].choices and word:
                assert word in facts[fact].choices, (rule.id, fact, word)
                seen += 1
    assert seen > 30
