"""A rule: what must hold of a subject, by which text of the law, and what to do where it does not.

A rule is a row of data. Its condition and its quantity are SQL expressions over the facts of its subject,
read by polars (``polars.sql_expr``: no table, file or function beyond plain expressions can be named). What
is checked when a rule is read: the facts exist, the expressions are of the right kind, the unit of the limit
fits the quantity, the templates of its sentences name facts only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.rules.expression import (
    NUMBER_EXAMPLE,
    TRUTH_EXAMPLE,
    check_expression,
    names_in,
    number_in,
    sample,
)
from becq.rules.measure import Unit, unit
from becq.rules.subject import Fact, subject, subjects
from becq.rules.template import names_in_template

Comparison = Literal["<=", "<", ">=", ">"]
COMPARISONS: tuple[Comparison, ...] = ("<=", "<", ">=", ">")
SEVERITIES = ("note", "warn", "block")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_JURISDICTION = re.compile(r"[A-Z][A-Z0-9]{1,7}(?:-[A-Z0-9]{1,8}){0,4}")
_NUMBERS = r"\d+(?:(?:, | and |–|-)\d+)*"
_PARTS_ZH = {"table": "表", "annex": "附录", "schedule": "附表"}
_OWN = ("measured", "limit")


class FieldError(InputError):
    """What is wrong with one field of a rule."""

    def __init__(self, column: str, message: str, remedy: str = "") -> None:
        self.column, self.message, self.remedy = column, message, remedy
        super().__init__(f"{column}: {message}" + (f" ({remedy})" if remedy else ""))


@dataclass(frozen=True)
class Rule:
    """One rule as it is written. ``limit`` is a number in ``unit`` or an expression over facts (in SI)."""

    id: str
    jurisdiction: str
    subject: str
    condition: str
    quantity: str
    comparison: Comparison
    limit: str
    unit: str
    severity: str
    title: str
    title_zh: str
    sentence: str
    sentence_zh: str
    remedy: str
    remedy_zh: str
    source: str
    article: str = ""
    source_zh: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    note_zh: str = ""
    origin: str = field(default="", compare=False)
    """The file it was read from; empty for the rules that Becq ships."""

    def holds_in(self, jurisdiction: str) -> bool:
        """Whether it is a rule of ``jurisdiction`` or of one above it ("CN" holds in "CN-51")."""
        return jurisdiction == self.jurisdiction or jurisdiction.startswith(f"{self.jurisdiction}-")

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return not (self.valid_from and day < self.valid_from) and not (self.valid_to and day > self.valid_to)

    def as_dict(self) -> dict[str, object]:
        """The row as JSON-ready data."""
        return {column: text or None for column, text in self.cells().items()}

    def cells(self) -> dict[str, str]:
        """The row as a file of rules has it: what :func:`make_rule` reads back as the same rule."""
        values = {column: getattr(self, name) for column, name in COLUMNS.items()}
        return {column: "" if value is None else str(value) for column, value in values.items()}

    @cached_property
    def article_zh(self) -> str:
        """The article in Chinese: "art. 20" is 第20条, "para. 527" 第527段, "table B11" 表B11."""
        text = re.sub(rf"arts?\. ({_NUMBERS})", lambda m: f"第{_joined(m[1])}条", self.article)
        text = re.sub(rf"paras?\. ({_NUMBERS})", lambda m: f"第{_joined(m[1])}段", text)
        for english, chinese in _PARTS_ZH.items():
            text = re.sub(rf"{english}s? ", chinese, text)
        return text.replace("; ", "；").replace(", ", "，")

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts that its condition, quantity and limit read, each once."""
        names = [name for part in (self.condition, self.quantity, self.limit) for name in names_in(part)]
        return tuple(dict.fromkeys(names))

    @cached_property
    def bound(self) -> float | None:
        """The limit in units of the quantity where it is a number, else None."""
        number = number_in(self.limit)
        return None if number is None else number * self.shown_unit.size / self.base

    @cached_property
    def shown_unit(self) -> Unit:
        """The unit that limit and measured value are shown in."""
        return unit(self.unit)

    @cached_property
    def base(self) -> float:
        """Size in SI of the unit that the quantity comes in (86,400 for a count of days, else 1)."""
        facts = subject(self.subject).facts
        sizes = {unit(facts[name].unit) for name in names_in(self.quantity) if name in facts}
        if len(sizes) == 1:
            (only,) = sizes
            if only.dimension == self.shown_unit.dimension:
                return only.size
        return 1.0


COLUMNS: Mapping[str, str] = {
    "id": "id",
    "jurisdiction": "jurisdiction",
    "subject": "subject",
    "condition": "condition",
    "quantity": "quantity",
    "comparison": "comparison",
    "limit": "limit",
    "unit": "unit",
    "severity": "severity",
    "title_en": "title",
    "title_zh": "title_zh",
    "sentence_en": "sentence",
    "sentence_zh": "sentence_zh",
    "remedy_en": "remedy",
    "remedy_zh": "remedy_zh",
    "source": "source",
    "article": "article",
    "source_zh": "source_zh",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
    "note": "note",
    "note_zh": "note_zh",
}
"""Column of a file of rules → field of :class:`Rule`."""
REQUIRED = ("id", "jurisdiction", "subject", "quantity", "comparison", "limit", "severity", "source")


def make_rule(row: Mapping[str, str], origin: str = "") -> tuple[Rule | None, list[FieldError]]:
    """The rule of a row, or None with everything that is wrong with it.

    Of title, sentence, remedy and note one language is enough; it then stands for the other.
    """
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    flaws = [FieldError(name, "is empty", _EXPECTED.get(name, "")) for name in REQUIRED if not cells[name]]
    for stem in ("title", "sentence", "remedy"):
        english, chinese = f"{stem}_en", f"{stem}_zh"
        if not cells[english] and not cells[chinese] and stem != "remedy":
            flaws.append(FieldError(english, "is empty", "write it in English, in Chinese, or in both"))
        cells[english] = cells[english] or cells[chinese]
        cells[chinese] = cells[chinese] or cells[english]
    cells["source_zh"] = cells["source_zh"] or cells["source"]
    cells["note"], cells["note_zh"] = cells["note"] or cells["note_zh"], cells["note_zh"] or cells["note"]
    days: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to"):
        days[name] = None
        try:
            days[name] = date.fromisoformat(cells[name]) if cells[name] else None
        except ValueError:
            flaws.append(FieldError(name, f"'{cells[name]}' is not a date", "write YYYY-MM-DD"))
    if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
        flaws.append(FieldError("valid_to", "the rule ends before it begins", "give a later day"))
    flaws += _choices(cells)
    if not flaws or all(flaw.column not in ("subject", "quantity", "limit", "unit") for flaw in flaws):
        flaws += _expressions(cells)
    if flaws:
        return None, flaws
    fields: dict[str, object] = {**{COLUMNS[name]: text for name, text in cells.items()}, **days}
    return Rule(**fields, origin=origin), []  # type: ignore[arg-type]


_EXPECTED = {
    "id": "a short name in lower case, for example 'hospital-i131-store'",
    "jurisdiction": "whose rule it is, for example CN, CN-51 or IAEA",
    "subject": "what it speaks of, for example 'holding'",
    "quantity": "the fact that is compared, for example 'activity_bq'",
    "comparison": "<=, <, >= or >",
    "limit": "a number in the unit, or a fact such as 'possession_limit_bq'",
    "severity": "note, warn or block",
    "source": "the text and article that says so",
}


def _joined(numbers: str) -> str:
    return numbers.strip().replace(" and ", "、").replace(", ", "、")


def _choices(cells: Mapping[str, str]) -> list[FieldError]:
    """Fields of a fixed form."""
    found = []
    if cells["id"] and not _SLUG.fullmatch(cells["id"]):
        found.append(FieldError("id", f"'{cells['id']}' is not a name", _EXPECTED["id"]))
    if cells["jurisdiction"] and not _JURISDICTION.fullmatch(cells["jurisdiction"]):
        found.append(
            FieldError("jurisdiction", f"'{cells['jurisdiction']}' is not one", _EXPECTED["jurisdiction"])
        )
    if cells["subject"] and cells["subject"] not in subjects():
        remedy = did_you_mean(cells["subject"], subjects()) or f"subjects are {', '.join(subjects())}"
        found.append(FieldError("subject", f"there is no subject '{cells['subject']}'", remedy))
    if cells["comparison"] and cells["comparison"] not in COMPARISONS:
        found.append(FieldError("comparison", f"'{cells['comparison']}' is not one", "use <=, <, >= or >"))
    if cells["severity"] and cells["severity"] not in SEVERITIES:
        found.append(FieldError("severity", f"'{cells['severity']}' is not one", "use note, warn or block"))
    try:
        unit(cells["unit"])
    except InputError as error:
        found.append(FieldError("unit", str(error)))
    return found


def _expressions(cells: Mapping[str, str]) -> list[FieldError]:
    """Condition, quantity, limit and templates against the facts of the subject."""
    facts = subject(cells["subject"]).facts
    tried_on = sample(facts)
    found: list[FieldError] = []
    if cells["condition"]:
        found += _faulty("condition", cells["condition"], facts, tried_on, truth=True)
    found += _faulty("quantity", cells["quantity"], facts, tried_on, truth=False)
    if number_in(cells["quantity"]) is not None:
        found.append(FieldError("quantity", "it reads no fact", _EXPECTED["quantity"]))
    number = number_in(cells["limit"])
    if number is None:
        found += _faulty("limit", cells["limit"], facts, tried_on, truth=False)
    elif not math.isfinite(number):
        found.append(FieldError("limit", f"'{cells['limit']}' is not a finite number", _EXPECTED["limit"]))
    found += _unit_fits(cells, facts)
    for name in ("sentence_en", "sentence_zh"):
        for word in names_in_template(cells[name]):
            if word not in facts and word not in _OWN:
                remedy = did_you_mean(word, [*facts, *_OWN])
                found.append(FieldError(name, f"{{{word}}} is no fact of {cells['subject']}", remedy))
    return found


def _faulty(
    column: str, text: str, facts: Mapping[str, Fact], tried_on: pl.DataFrame, *, truth: bool
) -> list[FieldError]:
    try:
        check_expression(text, facts, tried_on, truth=truth)
    except InputError as error:
        return [FieldError(column, str(error), TRUTH_EXAMPLE if truth else NUMBER_EXAMPLE)]
    return []


def _unit_fits(cells: Mapping[str, str], facts: Mapping[str, Fact]) -> list[FieldError]:
    """A quantity that is one fact has a unit, which that of the limit must fit."""
    fact = facts.get(cells["quantity"])
    if fact is None or fact.type not in ("number", "flag"):
        return []
    wanted, given = unit(fact.unit), unit(cells["unit"])
    if wanted.dimension == given.dimension:
        return []
    said = f"'{cells['unit']}'" if cells["unit"] else "no unit"
    return [FieldError("unit", f"{said} does not fit {fact.name}", f"give a unit of {wanted.dimension}")]
