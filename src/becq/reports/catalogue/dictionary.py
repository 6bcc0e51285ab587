"""The data dictionary: which reference tables there are and what each of their columns means.

It is data itself, ``becq/data/tables.csv`` and ``becq/data/columns.csv``, and describes these two as well.
docs/data-dictionary.md says how to add a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.physics.elements import read_table

STEPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nuclides": ("Nuclides and decay", "核素与衰变"),
        "accelerators": ("Making with beams", "加速器生产"),
        "reactors": ("Making in reactors", "反应堆生产"),
        "generators": ("Generators", "发生器"),
        "radiation": ("Dose rates and shields", "剂量率与屏蔽"),
        "transport": ("Transport", "运输"),
        "licensing": ("Exemption, sources and workplaces", "豁免、放射源与工作场所"),
        "use": ("Radiopharmaceuticals and their use", "放射性药品与使用"),
        "waste": ("Contamination and waste", "污染与废物"),
        "rules": ("Rules", "规则"),
        "policy": ("Policy targets", "政策目标"),
        "places": ("Places", "地点"),
        "dictionary": ("The dictionary itself", "数据字典"),
    }
)
"""Where in the chain a table is used, in order, with its words in English and Chinese."""

TYPES = (
    "number", "integer", "numbers", "text", "texts", "flag", "choice", "date",
    "nuclide", "nuclides", "isotope", "isotopes", "reaction", "reactions",
)  # fmt: skip
"""What a cell may hold; docs/data-dictionary.md explains each. "numbers" are separated by spaces, the other
lists by semicolons (nuclides by either)."""

NUMERIC = frozenset({"number", "integer"})


@dataclass(frozen=True, slots=True)
class ReferenceColumn:
    """What the dictionary says of one column.

    :ivar type: one of :data:`TYPES`.
    :ivar unit: as it is written ("Bq/g"), "" where there is none, "1" for ratios.
    :ivar required: whether every row has a value.
    :ivar key: whether it is part of what identifies a row.
    :ivar reference: "table.column" that its values must occur in, or "".
    :ivar choices: the values of a choice; ``choices_zh``: words for them in Chinese, () where they are codes.
    :ivar label_en: short head of the column; ``meaning_en`` is a sentence. Both also in Chinese.
    """

    name: str
    type: str
    unit: str
    required: bool
    key: bool
    reference: str
    choices: tuple[str, ...]
    choices_zh: tuple[str, ...]
    label_en: str
    label_zh: str
    meaning_en: str
    meaning_zh: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What the dictionary says of one table.

    :ivar step: where it is used, one of :data:`STEPS`.
    :ivar basis_en: the main sources in short, also in Chinese; the rows name theirs.
    :ivar licence: terms of the source where it states some, or "".
    :ivar gaps_en: what is known to be missing, or ""; also in Chinese.
    :ivar doc: the document that says more.
    """

    name: str
    step: str
    title_en: str
    title_zh: str
    about_en: str
    about_zh: str
    basis_en: str
    basis_zh: str
    licence: str
    gaps_en: str
    gaps_zh: str
    doc: str
    columns: tuple[ReferenceColumn, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that together identify a row; () where nothing does."""
        return tuple(column.name for column in self.columns if column.key)

    def column(self, name: str) -> ReferenceColumn:
        """The column of a name.

        :raises InputError: with a suggestion, for a column that the table lacks.
        """
        for column in self.columns:
            if column.name == name:
                return column
        names = [column.name for column in self.columns]
        remedy = did_you_mean(name, names) or f"it has {', '.join(names)}"
        raise InputError(f"The table {self.name} has no column '{name}'; {remedy}")


@lru_cache(maxsize=1)
def tables() -> Mapping[str, TableEntry]:
    """All reference tables by name, in the order of :data:`STEPS` and of the dictionary."""
    columns: dict[str, list[ReferenceColumn]] = {}
    for row in read_table("columns.csv"):
        columns.setdefault(row["table"], []).append(
            ReferenceColumn(
                row["column"],
                row["type"],
                row["unit"],
                row["required"] == "yes",
                row["key"] == "yes",
                row["reference"],
                tuple(filter(None, row["choices"].split(";"))),
                tuple(filter(None, row["choices_zh"].split(";"))),
                row["label_en"],
                row["label_zh"],
                row["meaning_en"],
                row["meaning_zh"],
            )
        )
    found = [
        TableEntry(
            row["table"],
            row["step"],
            row["title_en"],
            row["title_zh"],
            row["about_en"],
            row["about_zh"],
            row["basis_en"],
            row["basis_zh"],
            row["licence"],
            row["gaps_en"],
            row["gaps_zh"],
            row["doc"],
            tuple(columns.get(row["table"], ())),
        )
        for row in read_table("tables.csv")
    ]
    order = list(STEPS)
    found.sort(key=lambda entry: order.index(entry.step) if entry.step in order else len(order))
    return MappingProxyType({entry.name: entry for entry in found})


def entry(name: str) -> TableEntry:
    """What the dictionary says of a table; its name with or without ".csv".

    :raises InputError: with a suggestion, for a table that there is not.
    """
    plain = name.removesuffix(".csv").replace("-", "_")
    try:
        return tables()[plain]
    except KeyError:
        remedy = did_you_mean(plain, tables()) or "'becq data list' names them"
        raise InputError(f"There is no reference table '{name}'; {remedy}") from None
