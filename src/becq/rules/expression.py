"""The formulas of rules: SQL expressions over the facts of one subject, read by polars.

``polars.sql_expr`` names no table and no file. Beyond that only functions that look at one row are allowed,
so that no rule can count or sum over the subjects of others, and none that makes large values. Every number
is a float: as SQL has it, 10 to the power of 20 would be an integer and wrap to 1,661,992,960.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

import polars as pl

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.rules.subject import Fact

_LIST = """
ABS CEIL FLOOR ROUND SQRT EXP LN LOG10 POW LEAST GREATEST COALESCE NULLIF IF EXTRACT DATE_PART LOWER UPPER
LENGTH CAST STARTS_WITH ENDS_WITH
"""
FUNCTIONS = frozenset(_LIST.split())
_WORDS_BEFORE_BRACKET = frozenset(
    ("IN", "AND", "OR", "NOT", "LIKE", "BETWEEN", "WHEN", "THEN", "ELSE", "CASE")
)
_INTEGERS = frozenset(("EXTRACT", "DATE_PART", "LENGTH"))
"""Functions that give integers, which are turned into floats."""
_TOKEN = re.compile(
    r"""'[^']*'|"[^"]*"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])|[A-Za-z_]\w*|\s+|.""", re.DOTALL
)
_CALL = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)\s*\(")
_MANY_ROWS = re.compile(r"\bOVER\b|\bSELECT\b|\*\s*$|^\s*\*", re.IGNORECASE)
_SIGNS = re.compile(r"::|//|--|/\*|[&|^~#;]")
_CAST_TO = re.compile(r"\bCAST\s*\(.*?\bAS\s+(\w+)", re.IGNORECASE | re.DOTALL)
_TYPES = ("DOUBLE", "VARCHAR", "BOOLEAN", "DATE")
_COMPARED = re.compile(r"\b(\w+)\s*(?:=|<>|!=)\s*'([^']*)'")
_AMONG = re.compile(r"\b(\w+)\s+(?:NOT\s+)?IN\s*\(([^()]*)\)", re.IGNORECASE)
_NOT_SQL = (pl.exceptions.SQLInterfaceError, pl.exceptions.SQLSyntaxError)
_WITH_NUMBER = re.compile(r"\b(\w+)\s*[<>=!]+\s*[\d.]")
_DAY_EXAMPLE = "write it as DATE '2026-12-07'"
LONGEST = 1000
TRUTH_EXAMPLE = "write for example nuclide = 'I-131' AND activity_bq > 4e8"
NUMBER_EXAMPLE = "write a fact or a formula of facts, for example activity_bq / possession_limit_bq"


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[str, ...]:
    """The facts that an expression reads, each once; none for a plain number or no text."""
    if not text or number_in(text) is not None:
        return ()
    return tuple(dict.fromkeys(read_expression(text).meta.root_names()))


def number_in(text: str) -> float | None:
    """The number that the text is, or None where it is a formula."""
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def read_expression(text: str) -> pl.Expr:
    """The expression of a text, all its numbers floats. Raises polars' own errors; see check_expression."""
    return pl.sql_expr("".join(_as_floats(text)))


def _as_floats(text: str) -> Iterator[str]:
    """The parts of a text with every number as a float and every conversion as one that may fail.

    "POW(10, 2)" is "POW(10e0, 2e0)", "LENGTH(label)" is "TRY_CAST(LENGTH(label) AS DOUBLE)". The number of
    decimals of ROUND stays an integer. A cast that does not succeed is null.
    """
    parts = _TOKEN.findall(text)
    calls: list[str] = []  # functions whose bracket is open, "" for a bracket without one
    commas: list[int] = []
    function = ""
    for place, part in enumerate(parts):
        if part == "(":
            calls.append(function)
            commas.append(0)
        elif part == ")" and calls:
            commas.pop()
            part = ") AS DOUBLE)" if calls.pop() in _INTEGERS else part
        elif part == "," and commas:
            commas[-1] += 1
        elif part[0].isdigit() or (part[0] == "." and len(part) > 1):
            decimals = calls and calls[-1] == "ROUND" and commas[-1] == 1
            part = part if decimals or "e" in part.lower() else f"{part}e0"
        if part.strip():
            opens = "".join(parts[place + 1 : place + 3]).lstrip().startswith("(")
            function = part.upper() if opens and part[0].isalpha() else ""
        if function in _INTEGERS:
            part = f"TRY_CAST({part}"
        yield "TRY_CAST" if function == "CAST" and part.strip() else part


def sample(facts: Mapping[str, Fact]) -> pl.DataFrame:
    """A table of two rows that an expression can be tried on: one of values, one of nothing."""
    values = {"number": 1.0, "flag": True, "day": date(2026, 1, 1)}
    return pl.DataFrame(
        [
            pl.Series(fact.name, [values.get(fact.type, "1"), None], dtype=fact.dtype)
            for fact in facts.values()
        ]
    )


def check_expression(text: str, facts: Mapping[str, Fact], tried_on: pl.DataFrame, *, truth: bool) -> None:
    """Whether a text is a formula over ``facts`` that yields true or false (``truth``) or else a number.

    :param tried_on: the :func:`sample` of the facts.
    :raises InputError: saying what polars did not understand, or which fact there is not.
    """
    strange = _strange_words(text)
    if strange:
        raise InputError(f"'{text[:80]}' cannot be read: {strange}")
    try:
        expression = read_expression(text)
        for name in expression.meta.root_names():
            if name not in facts:
                meant = did_you_mean(name, facts) or f"facts here are {', '.join(facts)}"
                raise InputError(f"'{name}' is no fact of this subject; {meant}")
        dtype = tried_on.select(expression.alias("value")).schema["value"]
    except (pl.exceptions.PolarsError, ValueError, TypeError, OverflowError) as error:
        raise InputError(f"'{text}' cannot be read: {_said(text, facts, error)}") from error
    if truth and dtype != pl.Boolean:
        raise InputError(f"'{text}' is not true or false")
    if not truth and not (dtype.is_numeric() or dtype == pl.Boolean):
        raise InputError(f"'{text}' is not a number")
    for name, word in _words_compared(text):
        _check_word(facts.get(name), word)
    for name in _WITH_NUMBER.findall(text):
        if name in facts and facts[name].type == "day":
            raise InputError(f"'{text}' cannot be read: a day is compared with a number; {_DAY_EXAMPLE}")


def _said(text: str, facts: Mapping[str, Fact], error: Exception) -> str:
    """What is wrong, in words of our own: those of polars speak of dtypes and series."""
    said = str(error).splitlines()[0]
    day = re.search(r"invalid DATE literal '(.*)'", said)
    if day:
        return f"'{day[1]}' is not a day; {_DAY_EXAMPLE}"
    if any(name in facts and facts[name].type == "day" for name, _ in _words_compared(text, "[=<>]+")):
        return f"a day is compared with text; {_DAY_EXAMPLE}"
    if isinstance(error, _NOT_SQL):
        return "it is no complete expression; check its brackets, quotes and signs"
    return "numbers, text, flags and days are mixed in it; compare each with its own kind"


def _words_compared(text: str, sign: str = "") -> Iterator[tuple[str, str]]:
    """Facts and the words that an expression compares them with."""
    compared = re.compile(rf"\b(\w+)\s*{sign}\s*'([^']*)'") if sign else _COMPARED
    yield from compared.findall(text)
    for name, words in _AMONG.findall(text):
        yield from ((name, word) for word in re.findall(r"'([^']*)'", words))


def _check_word(fact: Fact | None, word: str) -> None:
    """A word that a fact never is would be compared in vain."""
    if fact is None or not word:
        return
    if fact.choices and fact.type != "number" and word not in fact.choices:
        meant = did_you_mean(word, fact.choices) or f"it is one of {', '.join(fact.choices)}"
        raise InputError(f"{fact.name} is never '{word}'; {meant}")
    if fact.type == "nuclide":
        name = parse_nuclide(word).name
        if name != word:
            raise InputError(f"{fact.name} is never '{word}'; write '{name}'")


def _strange_words(text: str) -> str:
    """What an expression may not hold although polars would read it: other functions, endless text."""
    if len(text) > LONGEST:
        return f"it has more than {LONGEST} characters"
    plain = re.sub(r"'[^']*'", "''", text)
    for word in _CALL.findall(plain):
        if word.upper() not in FUNCTIONS | _WORDS_BEFORE_BRACKET:
            return f"there is no function {word} here; functions are {', '.join(sorted(FUNCTIONS))}"
    for sign in _SIGNS.findall(plain):
        return f"'{sign}' means nothing here"
    for kind in _CAST_TO.findall(plain):
        if kind.upper() not in _TYPES:
            return f"nothing is cast to {kind}; a value is cast to {', '.join(_TYPES)}"
    return "it looks at more than one row" if _MANY_ROWS.search(plain) else ""
