"""The sentences of findings: templates filled with facts, and what is said where something is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from becq.rules.expression import names_in
from becq.rules.measure import show, unit
from becq.rules.rule import Rule
from becq.rules.subject import Fact, Subject
from becq.rules.template import fill_template

DIGITS = (3, 4, 6, 9)
"""Significant figures of a value and its limit: the fewest that show that they differ."""
_COMPARED = ("measured", "limit")
Cells = Mapping[str, object]


def fill(rule: Rule, kind: Subject, row: Cells, verdict: Cells, zh: bool) -> str:
    """The sentence of a rule about one subject whose rule was judged.

    :param row: its facts; ``verdict`` with ``measured`` and ``limit`` in the units of the quantity.
    """
    digits = _digits(rule, verdict)

    def value(name: str) -> object:
        if name in _COMPARED:
            return verdict[name]
        return row["label_zh"] or row["label"] if name == "label" and zh else row[name]

    def shown(name: str, cell: object) -> str:
        if name in _COMPARED:
            return show(number(cell), rule.shown_unit, rule.base, zh, digits)
        return _shown(kind.facts[name], cell, zh)

    template = rule.sentence_zh if zh else rule.sentence
    return fill_template(template, value, shown, "未知" if zh else "unknown")


def lacking(rule: Rule, kind: Subject, row: Cells, verdict: Cells, zh: bool) -> tuple[str, ...]:
    """Short names of what is not known, for want of which a rule was not judged."""
    return tuple(dict.fromkeys(_unknown(rule, kind, row, verdict, zh)))


def say_lacking(rule: Rule, row: Cells, unknown: tuple[str, ...], zh: bool) -> str:
    """The sentence of a rule that was not judged."""
    label = str((row["label_zh"] or row["label"]) if zh else row["label"])
    what = str(row.get("product") or row.get("nuclide") or "")
    if what and what not in label:
        label = f"{label}（{what}）" if zh else f"{label} ({what})".strip()
    if zh:
        return f"{label}：未能判定“{rule.title_zh}”，缺少：{'、'.join(unknown)}。"
    return f"{label}: '{rule.title}' could not be judged; not known: {', '.join(unknown)}."


def number(value: object) -> float | None:
    """A cell as a number."""
    return None if value is None else float(value)  # type: ignore[arg-type]


def _digits(rule: Rule, verdict: Cells) -> int:
    """As many figures as tell the measured value and the limit apart."""
    measured, limit = number(verdict["measured"]), number(verdict["limit"])
    for digits in DIGITS:
        texts = {show(each, rule.shown_unit, rule.base, digits=digits) for each in (measured, limit)}
        if measured == limit or len(texts) == 2:
            break
    return digits


def _shown(fact: Fact, value: object, zh: bool) -> str:
    if value is None:
        return "未知" if zh else "unknown"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if fact.choices:
        return fact.named(value, zh)
    if isinstance(value, float):
        of = unit(fact.unit)
        return show(value, of, of.size, zh)
    return value.isoformat() if isinstance(value, date) else str(value)


def _unknown(rule: Rule, kind: Subject, row: Cells, verdict: Cells, zh: bool) -> Iterator[str]:
    parts = {"applies": rule.condition, "measured": rule.quantity, "limit": rule.limit}
    for part in (text for name, text in parts.items() if verdict[name] is None):
        names = [name for name in names_in(part) if row[name] is None]
        for name in names:
            fact = kind.facts[name]
            gap = row.get(f"{name}_gap_zh" if zh else f"{name}_gap")
            yield str(gap or (fact.title_zh if zh else fact.title))
        if not names:
            yield f"{part}的有限数值" if zh else f"a finite number for {part}"
