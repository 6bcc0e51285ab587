"""A calculator: fields, a function, and the line on the command line that asks for the same."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from becq.calculators.field import Field
from becq.calculators.result import Result
from becq.calculators.words import Words
from becq.errors import BecqError, InputError, Problem, ProblemsError

LONGEST = 400
"""Characters of a text that is still read."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is asked, in the units of the core. Each calculator adds its own fields.

    :ivar texts: the same as it was written, by field, without what was left out.
    """

    texts: Mapping[str, str]


@dataclass(frozen=True)
class Calculator:
    """One of the calculators.

    :ivar name: in addresses: "dose-rate".
    :ivar command: the words of the command: ("dose-rate",) or ("yield", "cyclotron").
    :ivar build: makes the inputs of the values of all fields; checks them against one another.
    :ivar answer: computes; a refusal that concerns one field is raised within :func:`beside`.
    :ivar examples: worked examples, each with its title; the first is the one that an empty page offers.
    """

    name: str
    title: Words
    sentence: Words
    icon: str
    command: tuple[str, ...]
    fields: tuple[Field, ...]
    build: Callable[..., Inputs]
    answer: Callable[[Any], Result]
    examples: tuple[tuple[Words, Mapping[str, str]], ...]

    def read(self, texts: Mapping[str, str]) -> Inputs:
        """The inputs from texts by field; keys that are not fields are left aside.

        :raises ProblemsError: with one problem for every field that cannot be read (``column`` names it).
        """
        given = {f.name: texts[f.name].strip() for f in self.fields if texts.get(f.name, "").strip()}
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field in self.fields:
            text = given.get(field.name)
            if text is None:
                values[field.name] = field.default
                if field.required:
                    problems.append(
                        Problem(
                            self.name,
                            None,
                            field.name,
                            "this is needed",
                            f"write for example {field.example}",
                        )
                    )
                continue
            try:
                if len(text) > LONGEST or "\0" in text:
                    raise InputError("the text is too long or unreadable")
                values[field.name] = field.parse(text)
            except InputError as error:
                problems.append(Problem(self.name, None, field.name, str(error)))
        if problems:
            raise ProblemsError(problems)
        return self.build(texts=given, **values)

    def once(self, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The text of each parameter of an address.

        :raises ProblemsError: for those given more than once: taking one would answer another question.
        """
        repeated = [name for name, texts in given.items() if len(texts) > 1]
        if repeated:
            remedy = "give it once"
            raise ProblemsError(
                [Problem(self.name, None, name, "this is given more than once", remedy) for name in repeated]
            )
        return {name: texts[0] for name, texts in given.items() if texts}

    def calculate(self, inputs: Inputs) -> Result:
        """The answer.

        :raises BecqError: if the physics refuses the inputs; a ProblemsError names the field.
        """
        try:
            return self.answer(inputs)
        except OverflowError as error:
            raise InputError("A number is beyond all that can be computed with") from error

    def ask(self, texts: Mapping[str, str]) -> Result:
        """Read and calculate."""
        return self.calculate(self.read(texts))

    def command_line(self, inputs: Inputs) -> str:
        """The line that asks for the same: ``becq yield cyclotron --reaction 'Ni-64(p,n)Cu-64' ...``."""
        return " ".join(self.command_words(inputs))

    def command_words(self, inputs: Inputs) -> list[str]:
        """The words of that line, quoted for a shell."""
        words = ["becq", *self.command]
        for field in self.fields:
            text = inputs.texts.get(field.name)
            if text is None:
                continue
            words += [field.flag, text] if field.flag else [text]
        return [shlex.quote(word) for word in words]

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(each for each in self.fields if each.name == name)


@contextmanager
def beside(field: str, *others: str, begins: Mapping[str, str | None] | None = None) -> Iterator[None]:
    """Bind what the physics refuses within to the field that it concerns.

    Where a message names one of ``others`` (as a word), or begins with the value of a field of ``begins``,
    it is bound to that one.
    """
    try:
        yield
    except ProblemsError:
        raise
    except BecqError as error:
        message = str(error)
        named = [each for each in others if each in message.lower().split()]
        first = [
            each
            for each, value in (begins or {}).items()
            if value and message.removeprefix('"').startswith(value)
        ]
        raise ProblemsError([Problem("", None, (first + named + [field])[0], message)]) from error
