"""The templates of sentences: what may stand in their braces.

``{fact}`` is a value as people read it. ``{fact?one|other}`` is the first text where the fact is true or not
below zero and the second where it is false or below zero; ``{}`` inside the texts is the value without its
sign, so that ``{measured?ends in {}|ended {} ago}`` reads "ended 2382 d ago".
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TEXT = r"((?:[^{}|]|\{\})*)"
_FACT = re.compile(r"\{(\w+)(?:\?" + _TEXT + r"\|" + _TEXT + r")?\}")
_BRACE = re.compile(r"\{([^{}]*)\}")


def names_in_template(template: str) -> list[str]:
    """What a template names in its braces, also what cannot be a fact."""
    named = [match[1] for match in _FACT.finditer(template)]
    return named + _BRACE.findall(_FACT.sub("", template))


def fill_template(
    template: str, value: Callable[[str], object], shown: Callable[[str, object], str], unknown: str
) -> str:
    """A template with its facts in place.

    :param value: fact → its value; LookupError where there is no such fact, which stays as it is written.
    :param shown: fact and value → as people read it.
    :param unknown: what stands for a choice between two texts whose fact is None.
    """

    def one(match: re.Match[str]) -> str:
        name, yes, no = match.groups()
        try:
            found = value(name)
        except LookupError:
            return match[0]
        if yes is None:
            return shown(name, found)
        if found is None:
            return unknown
        if isinstance(found, bool):
            return yes if found else no
        if not isinstance(found, int | float):
            return yes
        text = yes if found >= 0 else no
        return text.replace("{}", shown(name, abs(found)))

    return _FACT.sub(one, template)


def explain_template(template: str, word: Callable[[str], str]) -> str:
    """A template as a reader of the rule sees it: "[activity on the site] of [nuclide]; named / not named".

    :param word: fact → its short name.
    """

    def one(match: re.Match[str]) -> str:
        name, yes, no = match.groups()
        if yes is None:
            return f"[{word(name)}]"
        return " / ".join(text.replace("{}", f"[{word(name)}]") for text in (yes, no))

    return _FACT.sub(one, template)
