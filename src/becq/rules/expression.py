"""The formulas of rules: SQL expressions over the facts of one subject, read by polars.

``polars.sql_expr`` names no table and no file. Beyond that only functions that look at one row are allowed,
so that no rule can count or sum over the subjects of others, and none that makes large values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.rules.subject import Fact

_LIST = """
ABS CEIL FLOOR ROUND SQRT EXP LN LOG10 POW LEAST GREATEST COALESCE NULLIF IF EXTRACT DATE_PART LOWER UPPER
LENGTH CAST STARTS_WITH ENDS_WITH
"""
FUNCTIONS = frozenset(_LIST.split())
_WORDS_BEFORE_BRACKET = frozenset(
    ("IN", "AND", "OR", "NOT", "LIKE", "BETWEEN", "WHEN", "THEN", "ELSE", "CASE")
)
_CALL = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)\s*\(")
_MANY_ROWS = re.compile(r"\bOVER\b|\bSELECT\b|\*\s*$|^\s*\*", re.IGNORECASE)
LONGEST = 1000
TRUTH_EXAMPLE = "write for example nuclide = 'I-131' AND activity_bq > 4e8"
NUMBER_EXAMPLE = "write a fact or a formula of facts, for example activity_bq / possession_limit_bq"


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[str, ...]:
    """The facts that an expression reads, each once; none for a plain number or no text."""
    if not text or number_in(text) is not None:
        return ()
    return tuple(dict.fromkeys(pl.sql_expr(text).meta.root_names()))


def number_in(text: str) -> float | None:
    """The number that the text is, or None where it is a formula."""
    try:
        return float(text)
    except ValueError:
        return None


def check_expression(text: str, facts: Mapping[str, Fact], empty: pl.DataFrame, *, truth: bool) -> None:
    """Whether a text is a formula over ``facts`` that yields true or false (``truth``) or else a number.

    :param empty: a table without rows that has the facts as columns.
    :raises InputError: saying what polars did not understand, or which fact there is not.
    """
    strange = _strange_words(text)
    if strange:
        raise InputError(f"'{text[:80]}' cannot be read: {strange}")
    try:
        expression = pl.sql_expr(text)
        for name in expression.meta.root_names():
            if name not in facts:
                meant = did_you_mean(name, facts) or f"facts here are {', '.join(facts)}"
                raise InputError(f"'{name}' is no fact of this subject; {meant}")
        dtype = empty.select(expression.alias("value")).schema["value"]
    except (pl.exceptions.PolarsError, ValueError, TypeError, OverflowError) as error:
        raise InputError(f"'{text}' cannot be read: {str(error).splitlines()[0]}") from error
    if truth and dtype != pl.Boolean:
        raise InputError(f"'{text}' is not true or false")
    if not truth and not (dtype.is_numeric() or dtype == pl.Boolean):
        raise InputError(f"'{text}' is not a number")


def _strange_words(text: str) -> str:
    """What an expression may not hold although polars would read it: other functions, endless text."""
    if len(text) > LONGEST:
        return f"it has more than {LONGEST} characters"
    plain = re.sub(r"'[^']*'", "''", text)
    for word in _CALL.findall(plain):
        if word.upper() not in FUNCTIONS | _WORDS_BEFORE_BRACKET:
            return f"there is no function {word} here; functions are {', '.join(sorted(FUNCTIONS))}"
    return "it looks at more than one row" if _MANY_ROWS.search(plain) else ""
