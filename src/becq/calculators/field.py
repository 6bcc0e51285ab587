"""One input of a calculator: how it is called, how its text is read, what may be proposed for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from becq.calculators.words import NOTHING, Words


@dataclass(frozen=True)
class Field:
    """An input that people write as text.

    :ivar name: key in the address of the page, in the JSON of the API and in problems.
    :ivar parse: text → value of the core; raises InputError.
    :ivar default: value (of the core) where it is left out; ``required`` fields have none.
    :ivar example: what stands in the empty field.
    :ivar suggestions: what is offered while one types; asked for when the form is shown.
    :ivar choices: (value, label) where only these are possible; ``parse`` refuses all others.
    :ivar option: name on the command line where it differs; "" for a positional argument.
    :ivar activity: whether it is an activity (the page then echoes it in both unit systems).
    :ivar advanced: whether it is rarely needed (the page folds it).
    """

    name: str
    label: Words
    parse: Callable[[str], Any]
    required: bool = False
    default: Any = None
    example: str = ""
    help: Words = NOTHING
    suggestions: Callable[[], tuple[str, ...]] | None = None
    choices: tuple[tuple[str, Words], ...] = ()
    option: str | None = None
    activity: bool = False
    advanced: bool = False

    @property
    def flag(self) -> str:
        """How it is written on the command line, "--exit"; "" for a positional argument."""
        name = self.name.replace("_", "-") if self.option is None else self.option
        return f"--{name}" if name else ""
