"""What rules speak of: kinds of subjects, and the facts that are known of each.

The vocabulary is data (``becq/data/rule_facts.csv``): a subject is a kind of thing (a package, a workplace
on a day, a container of waste), a fact one column of the table that holds such things, one row each. Facts
that nobody knows are null, and a rule that needs one is then not assessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import polars as pl

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.physics.elements import read_table

DEFAULT_JURISDICTION = "CN"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a subject.

    :ivar type: number, text, flag, day, nuclide (text in the form "I-131") or nuclides ("I-131, Lu-177").
    :ivar unit: SI unit of a number; "1" where it has no dimension.
    :ivar title: short name, what a note asks for where the fact is missing; ``title_zh`` in Chinese.
    :ivar choices: the only values it may have, () for any; ``choices_en`` and ``choices_zh`` are the same as
        people read them.
    """

    name: str
    type: str
    unit: str
    meaning: str
    meaning_zh: str
    title: str = ""
    title_zh: str = ""
    choices: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()
    choices_zh: tuple[str, ...] = ()

    def named(self, value: object, zh: bool) -> str:
        """A choice as people read it: 2 as "II-YELLOW", "solid" as 固体."""
        code = f"{value:g}" if isinstance(value, float) else str(value)
        names = self.choices_zh if zh else self.choices_en
        return dict(zip(self.choices, names, strict=True)).get(code, code)

    @property
    def dtype(self) -> pl.DataType:
        """The column type that holds it."""
        return _TYPES[self.type]()


_TYPES: Mapping[str, type[pl.DataType]] = {
    "number": pl.Float64,
    "text": pl.String,
    "flag": pl.Boolean,
    "day": pl.Date,
    "nuclide": pl.String,
    "nuclides": pl.String,
}
COMMON = (
    Fact("label", "text", "", "what a person calls it", "名称", "label", "名称"),
    Fact("label_zh", "text", "", "the same in Chinese", "中文名称", "Chinese label", "中文名称"),
    Fact("site", "text", "", "site where it is", "所在场所", "site", "场所"),
    Fact("jurisdiction", "text", "", "whose rules hold there", "适用法规体系", "jurisdiction", "法规体系"),
    Fact("day", "day", "", "day that is judged", "判定日期", "day", "日期"),
)
"""Facts of every subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of subject with its facts by name, the common ones first."""

    name: str
    facts: Mapping[str, Fact]


@lru_cache(maxsize=1)
def subjects() -> Mapping[str, Subject]:
    """Every kind of subject, in the order of the vocabulary."""
    found: dict[str, dict[str, Fact]] = {}
    for row in read_table("rule_facts.csv"):
        facts = found.setdefault(row["subject"], {fact.name: fact for fact in COMMON})
        pairs = [each.partition("=") for each in _listed(row["choices"])]
        choices = tuple(code for code, _, _ in pairs)
        facts[row["fact"]] = Fact(
            row["fact"],
            row["type"],
            row["unit"],
            row["meaning_en"],
            row["meaning_zh"],
            row["name_en"],
            row["name_zh"],
            choices,
            tuple(name or code for code, _, name in pairs),
            _listed(row["choices_zh"]) or choices,
        )
    return MappingProxyType({name: Subject(name, MappingProxyType(facts)) for name, facts in found.items()})


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def subject(name: str) -> Subject:
    """The kind of subject of a name. Raises InputError for an unknown one."""
    try:
        return subjects()[name]
    except KeyError:
        meant = did_you_mean(name, subjects()) or f"subjects are {', '.join(subjects())}"
        raise InputError(f"There is no subject '{name}'; {meant}") from None


def frame(name: str, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The table of some subjects of one kind.

    :param columns: fact → one value for all rows, or a sequence with one value per row (None: not known).
        Facts left out are null, the jurisdiction :data:`DEFAULT_JURISDICTION`, the label of a row "".
    :raises InputError: for an unknown fact, values of the wrong type, or columns of different lengths.
    """
    facts = subject(name).facts
    for column in columns:
        if column not in facts:
            meant = did_you_mean(column, facts) or f"facts of {name} are {', '.join(facts)}"
            raise InputError(f"'{column}' is no fact of {name}; {meant}")
    lengths = {column: len(values) for column, values in columns.items() if _is_many(values)}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{column} {length}" for column, length in lengths.items())
        raise InputError(f"The facts of {name} differ in their number of rows: {said}")
    height = next(iter(lengths.values()), 1)
    series = [_series(fact, columns.get(fact.name), height) for fact in facts.values()]
    table = pl.DataFrame(series)
    return table.with_columns(
        pl.col("label").fill_null(""), pl.col("jurisdiction").fill_null(DEFAULT_JURISDICTION)
    )


def _is_many(values: Any) -> bool:
    return not isinstance(values, str) and (
        isinstance(values, Sequence | pl.Series) or hasattr(values, "ndim")
    )


def _series(fact: Fact, values: Any, height: int) -> pl.Series:
    if not _is_many(values):
        values = [values] * height if values is not None else None
    try:
        if values is None:
            return pl.Series(fact.name, [None], dtype=fact.dtype).new_from_index(0, height)
        return (
            pl.Series(fact.name, values).cast(fact.dtype).fill_nan(None)
            if fact.type == "number"
            else (pl.Series(fact.name, values, dtype=fact.dtype))
        )
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        example = {"number": "5e9", "flag": "true", "day": "2026-12-07"}.get(fact.type, "'I-131'")
        raise InputError(
            f"'{fact.name}' is a {fact.type}, for example {example}; one of its values is not"
        ) from error
