"""The engine against a plain loop over rows, and its behaviour where facts are missing."""

from __future__ import annotations

import math
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.rules.evaluation import evaluate
from becq.rules.rule import Rule, make_rule
from becq.rules.rulebook import Rulebook
from becq.rules.subject import frame

ROW = {
    "id": "own-store",
    "jurisdiction": "CN",
    "subject": "holding",
    "condition": "",
    "quantity": "activity_bq",
    "comparison": "<=",
    "limit": "400",
    "unit": "MBq",
    "severity": "warn",
    "title_en": "Store",
    "title_zh": "库房",
    "sentence_en": "{label} holds {measured} of {nuclide}; {limit} is allowed.",
    "sentence_zh": "{label}持有{nuclide} {measured}，限值{limit}。",
    "remedy_en": "Send some back.",
    "remedy_zh": "退回一部分。",
    "source": "House rule",
    "article": "2",
}


def rule(**cells: str) -> Rule:
    made, flaws = make_rule({**ROW, **cells})
    assert made is not None, [str(flaw) for flaw in flaws]
    return made


def severities(only: Rule, **columns: object) -> list[str]:
    verdicts = evaluate(Rulebook((only,)), {only.subject: frame(only.subject, columns)})
    return verdicts.frame.sort("row")["severity"].to_list()


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("<=", ["ok", "ok", "warn"]),
        ("<", ["ok", "warn", "warn"]),
        (">=", ["warn", "ok", "ok"]),
        (">", ["warn", "warn", "ok"]),
    ],
)
def test_below_at_and_above_a_limit(comparison: str, expected: list[str]) -> None:
    values = [4e8 * (1 - 1e-6), 4e8, 4e8 * (1 + 1e-6)]
    assert severities(rule(comparison=comparison), activity_bq=values) == expected


def test_a_limit_is_kept_through_rounding() -> None:
    assert severities(rule(), activity_bq=[4e8 * (1 + 1e-12)]) == ["ok"]
    assert severities(rule(comparison="<"), activity_bq=[4e8 * (1 - 1e-12)]) == ["warn"]


def test_days_are_counted_in_days_and_times_in_their_unit() -> None:
    days = {"subject": "filing", "quantity": "days_taken", "limit": "20", "unit": "d"}
    sentence = {"sentence_en": "{label}: {measured} of {limit}", "sentence_zh": "{measured}/{limit}"}
    taken = rule(**days, **sentence)
    assert severities(taken, days_taken=[20.0, 21.0]) == ["ok", "warn"]
    (found,) = evaluate(Rulebook((taken,)), {"filing": frame("filing", {"days_taken": [21]})}).findings()
    assert (found.measured, found.limit, found.unit) == (21.0, 20.0, "d")
    assert (found.sentence, found.sentence_zh) == (": 21 d of 20 d", "21天/20天")
    stored = rule(
        **{**days, **sentence, "subject": "waste", "quantity": "stored_s", "limit": "30"}, comparison=">="
    )
    assert severities(stored, stored_s=[30 * 86400.0, 29.9 * 86400.0]) == ["ok", "warn"]
    (found,) = evaluate(Rulebook((stored,)), {"waste": frame("waste", {"stored_s": [864000.0]})}).findings()
    assert (found.measured, found.limit) == pytest.approx((10.0, 30.0))
    assert found.margin == pytest.approx(-2 / 3)


def test_a_missing_fact_is_a_note_that_names_it() -> None:
    only = rule(limit="possession_limit_bq", unit="Bq", condition="site_kind = 'hospital'")
    facts = {
        "label": ["A", "B", "C", "D"],
        "label_zh": ["甲", None, None, None],
        "site_kind": ["hospital", None, "hospital", "reactor"],
        "activity_bq": [1e9, 1e9, None, None],
        "possession_limit_bq": [None, 2e9, 2e9, None],
    }
    verdicts = evaluate(Rulebook((only,)), {"holding": frame("holding", facts)})
    found = verdicts.findings()
    assert [finding.severity for finding in found] == ["note", "note", "note"]  # D is no hospital
    assert found[0].sentence == "A: 'Store' could not be judged; not known: possession limit of the licence."
    assert found[0].sentence_zh == "甲：未能判定“库房”，缺少：许可持有量。"
    assert found[1].sentence.startswith("B: 'Store' could not be judged; not known: kind of the site")
    assert found[2].measured is None
    assert {each.remedy for each in found} == {"Enter what is missing and judge it again."}  # not "Send back"
    assert found[0].remedy_zh == "补充所缺内容后重新判定。"
    assert verdicts.counts() == {"ok": 0, "note": 3, "warn": 0, "block": 0}


def test_a_note_names_only_what_decides() -> None:
    """A condition that is settled without a fact does not ask for it."""
    only = rule(subject="vehicle", quantity="dose_rate_driver_sv_h", limit="20", unit="uSv/h",
                condition="NOT COALESCE(individual_monitoring, FALSE)",
                sentence_en="{measured}", sentence_zh="{measured}")  # fmt: skip
    (found,) = evaluate(Rulebook((only,)), {"vehicle": frame("vehicle", {"label": "V"})}).findings()
    assert found.sentence.endswith("not known: dose rate at the driver's seat.")


def test_a_note_says_why_a_fact_is_not_known() -> None:
    only = rule(subject="waste", quantity="clearance_fraction", limit="1", unit="",
                sentence_en="{measured}", sentence_zh="{measured}")  # fmt: skip
    facts = {"clearance_fraction_gap": "a level for Ra-223", "clearance_fraction_gap_zh": "镭-223的解控水平"}
    (found,) = evaluate(Rulebook((only,)), {"waste": frame("waste", {"label": "B", **facts})}).findings()
    assert found.sentence.endswith("not known: a level for Ra-223.")
    assert found.sentence_zh.endswith("缺少：镭-223的解控水平。")
    (found,) = evaluate(Rulebook((only,)), {"waste": frame("waste", {"label": "B"})}).findings()
    assert found.sentence.endswith("not known: share of the clearance level.")


def test_a_formula_without_a_finite_value_is_a_note() -> None:
    share = rule(quantity="activity_bq / possession_limit_bq", limit="1", unit="")
    facts = {"label": "A", "activity_bq": [1e9, 1e9, 0.0], "possession_limit_bq": [0.0, 2e9, 0.0]}
    assert severities(share, **facts) == ["note", "ok", "note"]
    found = evaluate(Rulebook((share,)), {"holding": frame("holding", facts)}).findings()
    assert "not known: a finite number for activity_bq / possession_limit_bq." in found[0].sentence
    assert "缺少：activity_bq / possession_limit_bq的有限数值。" in found[0].sentence_zh
    twice = rule(quantity="2 * activity_bq")
    assert severities(twice, activity_bq=[math.inf]) == ["warn"]  # the fact itself has no bound


def test_a_number_that_is_not_one_counts_as_missing() -> None:
    assert severities(rule(), activity_bq=[math.nan]) == ["note"]
    assert severities(
        rule(limit="possession_limit_bq"), activity_bq=[1.0], possession_limit_bq=[math.inf]
    ) == ["ok"]


def test_flags_count_as_nought_and_one() -> None:
    held = rule(subject="transfer", quantity="approval_held", comparison=">=", limit="1", unit="")
    assert severities(held, approval_held=[True, False, None]) == ["ok", "warn", "note"]


def test_a_rule_holds_in_its_jurisdiction_and_below_it() -> None:
    places = ["CN", "CN-51", "CNX", "IAEA", "CN-51-01"]
    facts = frame("holding", {"activity_bq": [1e12] * 5, "jurisdiction": places})
    for where, rows in (("CN", [0, 1, 4]), ("CN-51", [1, 4]), ("IAEA", [3])):
        verdicts = evaluate(Rulebook((rule(jurisdiction=where),)), {"holding": facts})
        assert verdicts.frame["row"].to_list() == rows


def test_a_rule_holds_on_its_days() -> None:
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1), None]
    facts = frame("holding", {"activity_bq": [1e12] * 5, "day": days})
    only = rule(valid_from="2027-01-01", valid_to="2027-12-31")
    assert evaluate(Rulebook((only,)), {"holding": facts}).frame["row"].to_list() == [1, 2, 4]


def test_findings_come_worst_first_with_their_sentences() -> None:
    book = Rulebook((rule(), rule(id="other", severity="block", limit="800")))
    facts = {"label": ["A", "B"], "nuclide": "I-131", "activity_bq": [5e8, 9e8]}
    verdicts = evaluate(book, {"holding": frame("holding", facts)})
    assert [(f.rule, f.subject, f.severity) for f in verdicts.findings()] == [
        ("other", "B", "block"), ("own-store", "A", "warn"), ("own-store", "B", "warn"),
    ]  # fmt: skip
    worst = verdicts.findings()[0]
    assert worst.sentence == "B holds 900 MBq of I-131; 800 MBq is allowed."
    assert worst.sentence_zh == "B持有I-131 900 MBq，限值800 MBq。"
    assert worst.source == "House rule, 2"
    assert worst.remedy == "Send some back."
    assert (worst.measured, worst.limit, worst.unit) == pytest.approx((900.0, 800.0, worst.unit))
    assert worst.margin == pytest.approx(-0.125)
    assert verdicts.worst == "block"
    kept = verdicts.findings(["ok"])
    assert [(finding.rule, finding.subject) for finding in kept] == [("other", "A")]


def test_nothing_to_judge_is_ok() -> None:
    verdicts = evaluate(Rulebook((rule(),)), {"holding": frame("holding", {"activity_bq": []})})
    assert (verdicts.worst, verdicts.findings()) == ("ok", [])


def test_a_brace_of_a_label_is_text() -> None:
    facts = frame("holding", {"label": "{activity_bq}", "activity_bq": 5e8, "nuclide": "I-131"})
    (found,) = evaluate(Rulebook((rule(),)), {"holding": facts}).findings()
    assert found.sentence.startswith("{activity_bq} holds 500 MBq")


numbers = st.one_of(st.none(), st.floats(0, 1e13, allow_nan=False))
rows = st.lists(
    st.tuples(
        st.sampled_from(["I-131", "F-18", None]),
        st.sampled_from(["CN", "CN-51", "IAEA"]),
        numbers,
        numbers,
    ),
    max_size=30,
)


@settings(max_examples=150)
@given(rows, st.sampled_from(["<=", "<", ">=", ">"]), st.sampled_from(["", "nuclide = 'I-131'"]))
def test_the_engine_says_what_a_loop_over_rows_says(
    table: list[tuple[str | None, str, float | None, float | None]], comparison: str, condition: str
) -> None:
    only = rule(comparison=comparison, condition=condition, limit="possession_limit_bq", unit="Bq")
    names = ("nuclide", "jurisdiction", "activity_bq", "possession_limit_bq")
    columns = {name: [row[place] for row in table] for place, name in enumerate(names)}
    got = evaluate(Rulebook((only,)), {"holding": frame("holding", columns)}).frame
    expected = []
    for number, (nuclide, place, activity, limit) in enumerate(table):
        if place == "IAEA" or (condition and nuclide is not None and nuclide != "I-131"):
            continue
        if activity is None or limit is None or (condition and nuclide is None):
            expected.append((number, "note"))
            continue
        near = math.isclose(activity, limit, rel_tol=1e-9)
        kept = {
            "<=": activity < limit or near,
            "<": activity < limit and not near,
            ">=": activity > limit or near,
            ">": activity > limit and not near,
        }[comparison]
        expected.append((number, "ok" if kept else "warn"))
    assert list(zip(got["row"].to_list(), got["severity"].to_list(), strict=True)) == expected


def test_tables_of_facts_are_checked() -> None:
    with pytest.raises(InputError, match="did you mean 'holding'"):
        frame("holdings", {})
    with pytest.raises(InputError, match="did you mean 'activity_bq'"):
        frame("holding", {"activity": [1.0]})
    with pytest.raises(InputError, match="differ in their number of rows: activity_bq 2, nuclide 1"):
        frame("holding", {"activity_bq": [1.0, 2.0], "nuclide": ["I-131"]})
    with pytest.raises(InputError, match="'activity_bq' is a number"):
        frame("holding", {"activity_bq": ["much"]})
    with pytest.raises(InputError, match="'day' is a day"):
        frame("holding", {"day": ["tomorrow"]})
    with pytest.raises(InputError, match="lacks the facts"):
        evaluate(Rulebook((rule(),)), {"holding": pl.DataFrame({"activity_bq": [1.0]})})


@pytest.mark.parametrize(
    ("held", "said"),
    [(5e8, "A holds 500 MBq of I-131; 400 MBq is allowed."), (4.004e8, "A holds 400.4 MBq of I-131; 400.0 MBq")],
)  # fmt: skip
def test_a_value_just_above_its_limit_is_told_apart_from_it(held: float, said: str) -> None:
    facts = frame("holding", {"label": "A", "label_zh": "甲", "activity_bq": held, "nuclide": "I-131"})
    (found,) = evaluate(Rulebook((rule(),)), {"holding": facts}).findings()
    assert found.sentence.startswith(said)
    assert (found.subject, found.subject_zh) == ("A", "甲")
