"""Notes that lack the same are drawn together, and nothing else is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from becq.rules.evaluation import Verdicts, evaluate
from becq.rules.grouping import group_notes
from becq.rules.holding import table
from becq.rules.rulebook import builtin


def uses(*rows: tuple[str, str, float | None]) -> Verdicts:
    """Uses by (site, product, class that is needed)."""
    facts = [
        {"label": site, "label_zh": site, "site": site, "product": product, "nuclide": "I-131"}
        | {"activity_bq": 1e9, "use_class": 2.0, "required_class": needed}
        for site, product, needed in rows
    ]
    return evaluate(builtin(), {"use": table("use", facts)})


def test_one_note_for_what_lacks_the_same() -> None:
    verdicts = uses(
        ("a", "capsules", None), ("a", "solution", None), ("b", "capsules", None), ("b", "x", 2.0)
    )
    (note,) = group_notes(verdicts)
    assert (note.rule, note.count, note.severity) == ("cn-use-class", 3, "note")
    assert note.subject == "2 sites"
    assert note.sentence == (
        "'Class of the use licence' could not be judged 3 times, at 2 sites (capsules, solution); "
        "not known: class that the use needs."
    )
    assert note.sentence_zh == (
        "“使用许可证类别”有3项未能判定，涉及2个场所（capsules、solution）；缺少：该使用所需许可证类别。"
    )


def test_many_products_are_counted() -> None:
    (note,) = group_notes(uses(*[("a", f"p{number}", None) for number in range(6)]))
    assert "(p0, p1, p2, p3 and 2 more)" in note.sentence
    assert "（p0、p1、p2、p3等6种）" in note.sentence_zh


def test_what_lacks_something_else_stays_apart() -> None:
    verdicts = evaluate(
        builtin(),
        {
            "workplace": table(
                "workplace",
                [
                    {"label": name, "workplace_class": "B", "daily_equivalent_known_bq": 0.0}
                    | {"daily_equivalent_bq_gap": gap}
                    for name, gap in (("a", "Ra-223"), ("b", "Ra-223"), ("c", "Cf-252"))
                ],
            ),
            "surface": table(
                "surface",
                [
                    {"label": name, "zone": "supervised", "item": "floor", "emitter": "beta"}
                    | {"contamination_bq_cm2": 1.0}
                    for name in ("d", "e")
                ],
            ),
        },
    )
    found = [(note.rule, note.count, note.missing) for note in group_notes(verdicts)]
    assert found == [
        ("cn-workplace-class-b", 2, ("Ra-223",)),
        ("cn-workplace-class-b", 1, ("Cf-252",)),
        ("cn-surface-other", 1, ()),  # judged: each says what was measured
        ("cn-surface-other", 1, ()),
    ]
    assert [bool(note.remedy) for note in group_notes(verdicts)] == [False, False, True, True]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from([None, 2.0, 4.0]))))
def test_no_note_is_lost(rows: list[tuple[str, str, float | None]]) -> None:
    verdicts = uses(*rows)
    assert sum(note.count for note in group_notes(verdicts)) == verdicts.counts()["note"]
