"""The messages that the pages use, read from the sources; run it to see what the catalogue lacks.

``python tests/web/messages.py`` prints an entry for every message without a Chinese translation.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src" / "becq"
CATALOGUE = SOURCE / "web" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


@dataclass(frozen=True, order=True)
class Message:
    """A message in English and where it stands first."""

    context: str
    text: str
    plural: str
    place: str


def _in_python(text: str, place: str) -> Iterator[Message]:
    for line, function, found, _comments in extract_python(
        io.BytesIO(text.encode()), list(KEYWORDS), (), {"encoding": "utf-8"}
    ):
        parts = list(found) if isinstance(found, tuple) else [found]
        has_context = "pgettext" in function
        context = str(parts.pop(0)) if has_context and len(parts) > 1 else ""
        if not parts or not isinstance(parts[0], str):
            continue
        plural = parts[1] if "ngettext" in function or "npgettext" in function else ""
        yield Message(context, parts[0], str(plural or ""), f"{place}:{line}")


def used() -> list[Message]:
    """Every message of the sources, once."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(SOURCE.rglob("*")):
        if "locale" in path.parts or "built" in path.parts or not path.is_file():
            continue
        place = str(path.relative_to(SOURCE))
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
        elif path.suffix == ".html" and "templates" in path.parts and "web" in path.parts:
            text = templatize(path.read_text(encoding="utf-8"), origin=place)
        else:
            continue
        for message in _in_python(text, place):
            found.setdefault((message.context, message.text), message)
    return list(found.values())


def catalogue() -> Catalog:
    """The Chinese catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def missing() -> list[Message]:
    """Messages without a translation."""
    have = catalogue()
    lacking = []
    for message in used():
        entry = have.get(message.text, message.context or None)
        strings = entry.string if entry is not None else ""
        if not all(strings if isinstance(strings, tuple) else (strings,)) or (
            entry is not None and entry.fuzzy
        ):
            lacking.append(message)
    return lacking


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    for each in missing():
        print(f"#: {each.place}")
        if each.context:
            print(f"msgctxt {_quoted(each.context)}")
        print(f'msgid {_quoted(each.text)}\nmsgstr ""\n')
