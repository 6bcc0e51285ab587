"""A reference table with typed rows, read once: what commands, pages and the API show."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from becq.errors import InputError, Problem, ProblemsError
from becq.reports.catalogue.cells import Cell, read_cell
from becq.reports.catalogue.dictionary import ReferenceColumn, TableEntry, entry


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTable:
    """A table with its rows in the order of the file.

    :ivar entry: what the dictionary says of the table.
    :ivar columns: in the order of the file.
    :ivar rows: typed values, one tuple a row, in the order of ``columns``.
    :ivar texts: the same cells as the file writes them.
    """

    entry: TableEntry
    columns: tuple[ReferenceColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """Name of the table, that of its file without ".csv"."""
        return self.entry.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the rows name, each once, the most frequent first; () without such a column."""
        names = [column.name for column in self.columns]
        if "source" not in names:
            return ()
        at = names.index("source")
        counts: dict[str, int] = {}
        for cells in self.texts:
            counts[cells[at]] = counts.get(cells[at], 0) + 1
        return tuple(sorted(filter(None, counts), key=lambda source: -counts[source]))


@lru_cache(maxsize=16)
def table(name: str) -> ReferenceTable:
    """A reference table.

    :raises InputError: with a suggestion, for a table that there is not.
    :raises ProblemsError: if a cell does not hold what the dictionary says; :func:`validate` finds more.
    """
    described = entry(name)
    heads, lines = split(file_text(described.name))
    columns = tuple(described.column(head) for head in heads)
    rows, problems = [], []
    for number, cells in enumerate(lines, start=2):
        try:
            rows.append(tuple(read_cell(text, column) for text, column in zip(cells, columns, strict=True)))
        except (InputError, ValueError) as error:
            problems.append(Problem(f"{described.name}.csv", number, None, str(error)))
    if problems:
        raise ProblemsError(problems)
    return ReferenceTable(described, columns, tuple(rows), tuple(map(tuple, lines)))


def file_names() -> tuple[str, ...]:
    """Names of all tables that there are files of, described or not, sorted."""
    names = (path.name for path in files("becq.data").iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in names if name.endswith(".csv")))


@lru_cache(maxsize=128)
def file_text(name: str) -> str:
    """The file of a table as it is."""
    return files("becq.data").joinpath(f"{name}.csv").read_text(encoding="utf-8")


def split(text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV text, cells as they are written."""
    reader: Iterator[list[str]] = csv.reader(text.splitlines())
    return next(reader, []), list(reader)


@lru_cache(maxsize=1)
def row_counts() -> dict[str, int]:
    """Number of rows of every table that there is a file of."""
    return {name: len(split(file_text(name))[1]) for name in file_names()}


def write_csv(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A CSV text with a header, as the reference tables are written."""
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(lines)
    return out.getvalue()
