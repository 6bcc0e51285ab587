"""Templates of sentences, and the words in which facts are shown in them."""

from __future__ import annotations

import pytest

from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.rule import make_rule
from becq.rules.rulebook import Rulebook
from becq.rules.subject import frame
from becq.rules.template import explain_template, fill_template, names_in_template

ROW = {
    "id": "own-end",
    "jurisdiction": "CN",
    "subject": "holding",
    "quantity": "licence_days_left",
    "comparison": ">=",
    "limit": "0",
    "unit": "d",
    "severity": "warn",
    "title_en": "Licence",
    "title_zh": "许可证",
    "sentence_en": "{label}: the licence {measured?ends in {}|ended {} ago}; {licensed?named|not named}.",
    "sentence_zh": "{label}：许可证{measured?距到期还有{}|已过期{}}；{licensed?已列入|未列入}。",
    "source": "House rule",
}


def findings(cells: dict[str, str], **facts: object) -> list[Finding]:
    made, flaws = make_rule({**ROW, **cells})
    assert made is not None, [str(flaw) for flaw in flaws]
    table = frame(made.subject, {"label": "A", **facts})
    return evaluate(Rulebook((made,)), {made.subject: table}).findings(("ok", "warn", "note"))


@pytest.mark.parametrize(
    ("days", "licensed", "english", "chinese"),
    [
        (-2382, True, "the licence ended 2382 d ago; named", "许可证已过期2382天；已列入"),
        (0, False, "the licence ends in 0 d; not named", "许可证距到期还有0天；未列入"),
        (12, None, "the licence ends in 12 d; unknown", "许可证距到期还有12天；未知"),
    ],
)
def test_flags_and_signs_choose_between_two_texts(
    days: int, licensed: bool | None, english: str, chinese: str
) -> None:
    (found,) = findings({}, licence_days_left=float(days), licensed=licensed)
    assert (found.sentence, found.sentence_zh) == (f"A: {english}.", f"A：{chinese}。")


def test_a_choice_is_shown_by_its_name() -> None:
    cells = {
        "subject": "package",
        "quantity": "declared_category_rank",
        "limit": "category_rank",
        "unit": "1",
        "sentence_en": "{declared_category_rank}, {category_rank}, {mode}, {measured}",
        "sentence_zh": "{declared_category_rank}，{category_rank}，{mode}",
    }
    facts = {"declared_category_rank": 2.0, "category_rank": 3.0, "mode": "road"}
    (found,) = findings(cells, **facts)
    assert found.sentence == "II-YELLOW, III-YELLOW, road, 2"
    assert found.sentence_zh == "Ⅱ级(黄)，Ⅲ级(黄)，公路"


def test_a_note_names_the_nuclide_that_its_label_does_not() -> None:
    (found,) = findings({}, nuclide="Ra-223")
    assert found.sentence == "A (Ra-223): 'Licence' could not be judged; not known: end of the licence."
    assert found.sentence_zh == "A（Ra-223）：未能判定“许可证”，缺少：许可证有效期。"
    assert (found.missing, found.missing_zh) == (("end of the licence",), ("许可证有效期",))
    (found,) = findings({}, nuclide="Ra-223", label="Ra-223 of A")
    assert found.sentence.startswith("Ra-223 of A: 'Licence'")


def test_names_of_a_template_are_checked() -> None:
    assert names_in_template("{a}: {b?x {}|y} {not a fact}") == ["a", "b", "not a fact"]
    made, flaws = make_rule({**ROW, "sentence_en": "{licenced?yes|no}"})
    assert made is None
    assert "{licenced} is no fact of holding" in str(flaws[0])
    made, flaws = make_rule({**ROW, "sentence_en": "{licensed?yes}"})
    assert made is None
    assert "{licensed?yes} is no fact of holding" in str(flaws[0])


def test_what_is_no_fact_stays_as_it_is_written() -> None:
    facts = {"a": -1.5}
    filled = fill_template("{a} {b} {} {a?plus|minus {}}", facts.__getitem__, lambda _, cell: str(cell), "?")
    assert filled == "-1.5 {b} {} minus 1.5"


def test_a_reader_sees_the_names_of_facts() -> None:
    text = explain_template("{label}: {measured?ends in {}|ended {} ago}.", str.upper)
    assert text == "[LABEL]: ends in [MEASURED] / ended [MEASURED] ago."
