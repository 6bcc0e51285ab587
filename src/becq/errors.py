"""The one family of errors a user may see.

Each message says what was wrong, where it was, and what would be right. Commands print it on one line
and exit with 2; the API and the pages answer with a 4xx. Anything else is an internal failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


class BecqError(Exception):
    """Base of every error whose message is meant for the user."""


class InputError(BecqError):
    """One malformed or unknown value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about an input file: data, not an exception, so that all can be reported at once.

    ``file``, ``row`` (1-based line of a YAML file or row of a sheet) and ``column`` (field name or sheet
    column) say where; ``message`` says what is wrong; ``remedy`` says what would be right.
    """

    file: str
    row: int | None
    column: str | None
    message: str
    remedy: str = ""
    sheet: str | None = None

    def __str__(self) -> str:
        where = self.file + (f" [{self.sheet}]" if self.sheet else "")
        if self.row is not None:
            where += f", row {self.row}"
        if self.column:
            where += f", {self.column}"
        return f"{where}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")

    def as_dict(self) -> dict[str, object]:
        """The same as a JSON-ready dictionary."""
        return asdict(self)


class ProblemsError(BecqError):
    """An input with one or more problems, all of them listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class ConflictError(BecqError):
    """The request is well formed but the state of the books or of the plan does not allow it."""


class PermissionDeniedError(BecqError):
    """The acting person's role or organisation does not allow this."""
