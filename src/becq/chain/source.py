"""Where each value of a network file stands, so that a problem can point at it.

A reader turns a file into plain data and remembers the place of every value by its path, for example
``("sites", 3, "licence", "nuclides", 2, "possession_limit")``. What is wrong with the data is a ``Flaw``
at a path; the source turns it into a ``Problem`` with file, sheet, row and column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from becq.chain.network import SECTIONS
from becq.errors import Problem

Path = tuple[str | int, ...]


class Flaw(NamedTuple):
    """What is wrong at a path, what would be right, and the path of a row it clashes with."""

    path: Path
    message: str
    remedy: str = ""
    related: Path | None = None
    undefined_in: str = ""
    """The section in which what stands here is not defined."""


class Place(NamedTuple):
    """A place in a file: 1-based line of a YAML file, or sheet, row and column of a table."""

    row: int | None
    column: str | None = None
    sheet: str | None = None
    file: str | None = None
    """Where the data is spread over several files: this one."""


@dataclass
class Source:
    """The plain data of a file, the places of its values, and the problems met while reading it."""

    file: str
    data: dict[str, Any] | None
    locate: Callable[[Path], Place]
    problems: list[Problem] = field(default_factory=list)
    absent: frozenset[tuple[str, str]] = frozenset()
    """(section, field) of required columns that a sheet lacks: reported already, once for all rows."""
    lacking: frozenset[str] = frozenset()
    """Sections without a sheet: reported once where other rows name rows of them."""
    needed: frozenset[str] = frozenset()
    """Those of them whose rows the reader has seen named already."""
    unread: frozenset[Path] = frozenset()
    """Cells with a fault that the reader has reported already."""

    is_folder: bool = False
    """Whether each table is a file of its own."""

    def missing(self, section: str) -> Problem:
        """That the table of a section is not there although other rows name rows of it."""
        if self.is_folder:
            file = str(FilePath(self.file) / f"{section}.csv")
            return Problem(
                file,
                None,
                None,
                "the file is missing",
                f"add it, with a column for each of {_columns(section)}",
            )
        remedy = "add it; becq network template writes a workbook with every sheet"
        return Problem(self.file, None, None, f"the sheet {section} is missing", remedy, section)

    def problem(self, flaw: Flaw) -> Problem:
        """The flaw as a problem at its place."""
        place = self.locate(flaw.path)
        message = flaw.message
        if flaw.related is not None:
            other = self.locate(flaw.related)
            if other.row is not None:
                where = "" if other[2:] == place[2:] else f" of {FilePath(other.file or self.file).name}"
                message += f" (first in row {other.row}{where})"
        return Problem(place.file or self.file, place.row, place.column, message, flaw.remedy, place.sheet)


def _columns(section: str) -> str:
    needed = [name for name, field in SECTIONS[section].model_fields.items() if field.is_required()]
    return ", ".join(needed)


def field_name(path: Path) -> str:
    """A path as people read it, within its row: ``licence.nuclides[2].possession_limit``."""
    inner = path[2:] if len(path) > 2 and path[0] in SECTIONS else path
    text = ""
    for part in inner:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def unreadable(path: FilePath, message: str, remedy: str = "", row: int | None = None) -> Source:
    """The source of a file that yields no data at all."""
    problem = Problem(str(path), row, None, message, remedy)
    return Source(str(path), None, lambda _: Place(None), [problem])


__all__ = ["Flaw", "Path", "Place", "Source", "field_name", "unreadable"]
