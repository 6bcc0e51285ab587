"""Books of rules: the one that Becq ships, and those that people write themselves.

A file of rules is CSV with the columns of ``becq/data/rules.csv``, or YAML with a list ``rules`` of the same
fields. A file is read whole or not at all; everything that is wrong with it is listed.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from becq.chain.suggestion import did_you_mean
from becq.chain.yaml_file import parse_yaml
from becq.errors import InputError, Problem, ProblemsError
from becq.physics.elements import read_table
from becq.rules.rule import COLUMNS, REQUIRED, Rule, make_rule

MOST_BYTES, MOST_RULES = 2_000_000, 2000
Row = tuple[int, Mapping[str, str]]
_SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}


@dataclass(frozen=True)
class Rulebook:
    """Rules in the order they were written, with identifiers that differ."""

    rules: tuple[Rule, ...]

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, name: str) -> Rule:
        """The rule of an identifier. Raises InputError for an unknown one."""
        for rule in self.rules:
            if rule.id == name:
                return rule
        meant = did_you_mean(name, [rule.id for rule in self.rules])
        raise InputError(f"There is no rule '{name}'" + (f"; {meant}" if meant else ""))

    def of(
        self, subject: str | None = None, jurisdiction: str | None = None, on: date | None = None
    ) -> Rulebook:
        """The rules of a subject that hold in a jurisdiction and on a day; None: whichever."""
        return Rulebook(
            tuple(
                rule
                for rule in self.rules
                if (subject is None or rule.subject == subject)
                and (jurisdiction is None or rule.holds_in(jurisdiction))
                and (on is None or rule.holds_on(on))
            )
        )

    def with_rules(self, other: Rulebook) -> Rulebook:
        """Both books together. Raises InputError where the same identifier is in both."""
        own = {rule.id for rule in self.rules}
        for rule in other.rules:
            if rule.id in own:
                raise InputError(f"There is a rule '{rule.id}' already; give the new one a name of its own")
        return Rulebook(self.rules + other.rules)


@lru_cache(maxsize=1)
def builtin() -> Rulebook:
    """The rules that Becq ships: ``becq/data/rules.csv``."""
    rows = list(enumerate(read_table("rules.csv"), start=2))
    return _book(rows, "rules.csv", "")


def read_rules(path: str | os.PathLike[str]) -> Rulebook:
    """The rules of a CSV or YAML file.

    :raises ProblemsError: with everything that is wrong, by row and column.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file}: the file is larger than {MOST_BYTES // 10**6} MB")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: the file cannot be read: {error.strerror}") from error
    return parse_rules(content, str(file))


def parse_rules(content: bytes, name: str) -> Rulebook:
    """As :func:`read_rules`, for content in hand; ``name`` names the file and says what it is."""
    suffix = Path(name).suffix.lower()
    if suffix not in (".csv", ".yaml", ".yml"):
        raise InputError(f"{name}: a file of rules is .csv, .yaml or .yml")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise ProblemsError(
            [Problem(name, row, None, "the file is not UTF-8 text", "save it as UTF-8")]
        ) from error
    rows = _csv_rows(text, name) if suffix == ".csv" else _yaml_rows(text, name)
    if len(rows) > MOST_RULES:
        raise InputError(f"{name}: a file of rules has at most {MOST_RULES} rules, not {len(rows)}")
    if not rows:
        raise InputError(f"{name}: the file holds no rules")
    return _book(rows, name, name)


def _book(rows: Sequence[Row], file: str, origin: str) -> Rulebook:
    problems: list[Problem] = []
    rules: dict[str, Rule] = {}
    for number, row in rows:
        rule, flaws = make_rule(row, origin)
        problems += [Problem(file, number, flaw.column, flaw.message, flaw.remedy) for flaw in flaws]
        if rule is not None and rule.id in rules:
            problems.append(
                Problem(file, number, "id", f"'{rule.id}' is there twice", "give each its own name")
            )
        elif rule is not None:
            rules[rule.id] = rule
    if problems:
        raise ProblemsError(problems)
    return Rulebook(tuple(rules.values()))


def _csv_rows(text: str, name: str) -> list[Row]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        header = reader.fieldnames or []
        _check_columns(header, name, 1)
        rows = [(reader.line_num, {k: v or "" for k, v in row.items() if k}) for row in _rows(reader, name)]
    except csv.Error as error:
        problem = Problem(name, None, None, f"the file is not CSV: {error}", "save it as CSV, UTF-8")
        raise ProblemsError([problem]) from error
    return [(number, row) for number, row in rows if any(cell.strip() for cell in row.values())]


def _rows(reader: csv.DictReader[str], name: str) -> Iterator[dict[str, str]]:
    for row in reader:
        if None in row:
            message = "the row has more cells than the header"
            raise ProblemsError(
                [Problem(name, reader.line_num, None, message, "quote cells that hold commas")]
            )
        yield row


def _check_columns(header: Sequence[str], name: str, line: int) -> None:
    if len(header) == 1:
        for sign, said in _SEPARATORS.items():
            if sign in header[0]:
                message = f"the columns are separated by {said}"
                raise ProblemsError([Problem(name, line, None, message, "save it as CSV with commas")])
    problems = [
        Problem(name, line, column, f"there is no column '{column}'", did_you_mean(column, COLUMNS))
        for column in header
        if column not in COLUMNS
    ]
    problems += [
        Problem(name, line, column, f"the column {column} is missing", "add it to the header")
        for column in REQUIRED
        if column not in header
    ]
    if problems:
        raise ProblemsError(problems)


def _yaml_rows(text: str, name: str) -> list[Row]:
    source = parse_yaml(text, Path(name))
    if source.problems:
        raise ProblemsError(source.problems)
    data = source.data or {}
    items = data.get("rules")
    if not isinstance(items, list) or set(data) != {"rules"}:
        problem = Problem(
            name, 1, None, "the file is no list of rules", "start with 'rules:' and '- id: ...'"
        )
        raise ProblemsError([problem])
    rows: list[Row] = []
    problems: list[Problem] = []
    for index, item in enumerate(items):
        line = source.locate(("rules", index)).row or 1
        if not isinstance(item, Mapping):
            problems.append(
                Problem(name, line, None, "this is no rule", "write its fields, as in '- id: ...'")
            )
            continue
        for column in item:
            if column not in COLUMNS:
                remedy = did_you_mean(str(column), COLUMNS)
                problems.append(Problem(name, line, str(column), f"there is no field '{column}'", remedy))
        rows.append((line, {str(key): "" if cell is None else str(cell) for key, cell in item.items()}))
    if problems:
        raise ProblemsError(problems)
    return rows
