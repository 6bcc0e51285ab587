"""What the rules forbid: verdicts of the rule engine for the limits of a plan, and their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from becq.rules.evaluation import Verdicts, evaluate
from becq.rules.finding import Finding
from becq.rules.holding import Row, table
from becq.rules.rule import Rule
from becq.rules.rulebook import builtin


class Broken(NamedTuple):
    """A rule that the subject of a row breaks: ``limit`` in the unit of what is measured."""

    row: int
    rule: Rule
    limit: float


def forbidden(subject: str, rows: Sequence[Row]) -> Iterator[Broken]:
    """Every rule with which a plan must not conflict that one of ``rows`` breaks.

    :param rows: facts of ``subject``, made by :mod:`becq.rules`.
    """
    found = _judge(subject, rows)
    rules = {rule.id: rule for rule in found.book.rules}
    gravest = found.frame.filter((pl.col("severity") == "block") & pl.col("assessed"))
    for row, name, limit in gravest.select("row", "rule", "limit").iter_rows():
        yield Broken(row, rules[name], limit)


def say(subject: str, row: Row, names: Sequence[str]) -> tuple[str, str]:
    """What the first rule that ``row`` breaks says of it, in English and Chinese, with its text of law.

    :param names: only rules that measure one of these facts are asked.
    """
    for finding in _judge(subject, [row]).findings(["block"]):
        if set(names) & set(builtin()[finding.rule].facts):
            return _sourced(finding)
    return "", ""


def _judge(subject: str, rows: Sequence[Row]) -> Verdicts:
    return evaluate(builtin().of(subject=subject), {subject: table(subject, rows)})


def _sourced(finding: Finding) -> tuple[str, str]:
    return f"{finding.sentence} ({finding.source})", f"{finding.sentence_zh}（{finding.source_zh}）"
