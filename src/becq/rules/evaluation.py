"""Rules applied to many subjects at once.

One pass of array arithmetic for each rule: which rows it concerns (jurisdiction, days in force, condition),
what is measured, what the limit is, whether it is kept. A missing fact makes the rule *not assessed* for that
row, which is a note, so that nothing passes silently. Findings, with their sentences, are made for those rows
only that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from becq.errors import InputError
from becq.rules.expression import names_in, read_expression
from becq.rules.finding import Finding, Severity
from becq.rules.rule import Rule
from becq.rules.rulebook import Rulebook
from becq.rules.sentence import fill, lacking, number, say_lacking
from becq.rules.subject import Subject, subject

SLACK = 1e-9
"""Relative rounding error that is forgiven at a limit."""
ENTER, ENTER_ZH = "Enter what is missing and judge it again.", "补充所缺内容后重新判定。"
"""What to do where a rule could not be judged."""
SEVERITIES: tuple[Severity, ...] = ("ok", "note", "warn", "block")
_RANK = {name: rank for rank, name in enumerate(SEVERITIES)}
_SCHEMA = {
    "subject": pl.String,
    "rule": pl.String,
    "row": pl.UInt32,
    "applies": pl.Boolean,
    "measured": pl.Float64,
    "limit": pl.Float64,
    "margin": pl.Float64,
    "assessed": pl.Boolean,
    "severity": pl.String,
}


@dataclass(frozen=True)
class Verdicts:
    """What a book of rules says of some subjects.

    :ivar frame: one row for each rule and each subject it concerns: subject (kind), rule, row (of the table
        of facts), applies (null where the condition is not known), measured and limit (unit of the quantity),
        margin (share of the limit that is left; negative where it is broken; null without a finite limit
        above zero), assessed, severity (ok, note, warn, block).
    :ivar facts: the tables of facts that were judged.
    """

    frame: pl.DataFrame
    facts: Mapping[str, pl.DataFrame]
    book: Rulebook

    @property
    def worst(self) -> Severity:
        """The gravest severity there is; ok where no rule concerns anything."""
        found = self.frame["severity"].unique().to_list()
        return max(found, key=_RANK.__getitem__, default="ok")

    def counts(self) -> dict[str, int]:
        """How many verdicts there are of each severity."""
        found = dict(self.frame.group_by("severity").len().iter_rows())
        return {name: int(found.get(name, 0)) for name in SEVERITIES}

    def findings(self, severities: Sequence[str] = ("block", "warn", "note")) -> list[Finding]:
        """The findings of some severities, the gravest first, then in the order of rules and subjects."""
        wanted = self.frame.filter(pl.col("severity").is_in(list(severities)))
        rules = {rule.id: rule for rule in self.book.rules}
        rows: dict[str, Mapping[int, dict[str, object]]] = {}
        for (kind,), part in wanted.group_by("subject"):
            numbers = part["row"].unique()
            table = self.facts[str(kind)][numbers]
            rows[str(kind)] = dict(zip(numbers.to_list(), table.iter_rows(named=True), strict=True))
        found = [
            _finding(rules[line["rule"]], subject(line["subject"]), rows[line["subject"]][line["row"]], line)
            for line in wanted.iter_rows(named=True)
        ]
        return sorted(found, key=lambda finding: -_RANK[finding.severity])


def evaluate(book: Rulebook, facts: Mapping[str, pl.DataFrame]) -> Verdicts:
    """Judge subjects by a book of rules.

    :param facts: kind of subject → table of its facts, one row each, as :func:`becq.rules.subject.frame`
        makes it.
    :raises InputError: for an unknown kind of subject or a table without the facts of its kind.
    """
    parts = []
    for kind, table in facts.items():
        known = subject(kind)
        missing = [name for name in known.facts if name not in table.columns]
        if missing:
            raise InputError(
                f"The table of {kind} lacks the facts {', '.join(missing)}; make it with frame()"
            )
        numbered = table.with_row_index("row")
        for rule in book.rules:
            if rule.subject == kind and table.height:
                parts.append(_judge(rule, numbered))
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)
    return Verdicts(frame, facts, book)


def _judge(rule: Rule, table: pl.DataFrame) -> pl.DataFrame:
    """The verdicts of one rule on the rows that it concerns."""
    concerned = _scope(rule, table)
    condition = read_expression(rule.condition) if rule.condition else pl.lit(True)
    limit = _number(rule, rule.limit) if rule.bound is None else pl.lit(rule.bound)
    compared = pl.col("measured"), pl.col("limit")
    judged = concerned.select(
        "row",
        condition.alias("applies"),
        _number(rule, rule.quantity).alias("measured"),
        limit.alias("limit"),
    ).filter(pl.col("applies").fill_null(True))
    assessed = pl.all_horizontal(pl.col("applies", "measured", "limit").is_not_null())
    room = pl.when(pl.col("limit").is_finite() & (pl.col("limit") > 0))
    share = pl.col("measured") / pl.col("limit")
    margin = 1.0 - share if rule.comparison in ("<=", "<") else share - 1.0
    return judged.select(
        pl.lit(rule.subject).alias("subject"),
        pl.lit(rule.id).alias("rule"),
        "row",
        "applies",
        "measured",
        "limit",
        room.then(margin).alias("margin"),
        assessed.alias("assessed"),
        pl.when(~assessed)
        .then(pl.lit("note"))
        .when(_kept(*compared, rule.comparison))
        .then(pl.lit("ok"))
        .otherwise(pl.lit(rule.severity))
        .alias("severity"),
    )


def _number(rule: Rule, text: str) -> pl.Expr:
    """The value of a fact or formula; null where a formula of finite facts gives no finite number (x / 0)."""
    value = read_expression(text).cast(pl.Float64).fill_nan(None)
    if text in rule.facts:
        return value
    facts = subject(rule.subject).facts
    numbers = [pl.col(name) for name in names_in(text) if facts[name].type == "number"]
    unlimited = pl.any_horizontal([column.is_infinite() for column in numbers]) if numbers else pl.lit(False)
    return pl.when(value.is_infinite() & ~unlimited.fill_null(False)).then(None).otherwise(value)


def _scope(rule: Rule, table: pl.DataFrame) -> pl.DataFrame:
    """The rows whose jurisdiction has the rule, on a day on which it is in force."""
    places = table["jurisdiction"].unique().to_list()
    if not all(rule.holds_in(place) for place in places):
        table = table.filter(pl.col("jurisdiction").is_in([p for p in places if rule.holds_in(p)]))
    if rule.valid_from is not None:
        table = table.filter((pl.col("day") >= rule.valid_from).fill_null(True))
    if rule.valid_to is not None:
        table = table.filter((pl.col("day") <= rule.valid_to).fill_null(True))
    return table


def _kept(measured: pl.Expr, limit: pl.Expr, comparison: str) -> pl.Expr:
    """Whether a comparison holds, rounding forgiven: "<" and ">" leave out the limit itself."""
    slack = pl.when(limit.is_finite()).then(limit.abs() * SLACK).otherwise(0.0)
    if comparison == "<=":
        return measured <= limit + slack
    if comparison == ">=":
        return measured >= limit - slack
    return measured < limit - slack if comparison == "<" else measured > limit + slack


def _finding(rule: Rule, kind: Subject, row: Mapping[str, object], verdict: Mapping[str, object]) -> Finding:
    measured, limit = number(verdict["measured"]), number(verdict["limit"])
    sentences: dict[bool, str] = {}
    missing: dict[bool, tuple[str, ...]] = {False: (), True: ()}
    for zh in (False, True):
        if verdict["assessed"]:
            sentences[zh] = fill(rule, kind, row, verdict, zh)
        else:
            missing[zh] = lacking(rule, kind, row, verdict, zh)
            sentences[zh] = say_lacking(rule, row, missing[zh], zh)
    factor = rule.base / rule.shown_unit.size
    return Finding(
        rule=rule.id,
        source=", ".join(filter(None, (rule.source, rule.article))),
        subject=str(row["label"]),
        measured=None if measured is None else measured * factor,
        limit=None if limit is None else limit * factor,
        unit=rule.unit,
        severity=verdict["severity"],  # type: ignore[arg-type]
        sentence=sentences[False],
        sentence_zh=sentences[True],
        source_zh="，".join(filter(None, (rule.source_zh, rule.article_zh))),
        title=rule.title,
        title_zh=rule.title_zh,
        margin=number(verdict["margin"]),
        remedy=rule.remedy if verdict["assessed"] else ENTER,
        remedy_zh=rule.remedy_zh if verdict["assessed"] else ENTER_ZH,
        subject_zh=str(row["label_zh"] or row["label"]),
        day=str(row["day"] or ""),
        missing=missing[False],
        missing_zh=missing[True],
        note=rule.note,
        note_zh=rule.note_zh,
    )
