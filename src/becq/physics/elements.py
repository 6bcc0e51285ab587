"""The 118 elements by symbol, by English name and by Chinese name, and the isotopes found in nature.

Tables: ``becq/data/elements.csv`` (each row with its source) and ``becq/data/natural.csv`` (mass numbers
of the isotopes that occur in nature; IUPAC, Meija et al. 2016, Pure Appl. Chem. 88, 293). The natural
isotopes matter here because targets such as Yb-176 or Mo-100 are no radionuclides of ICRP-107.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Element:
    """One element. ``common`` lists the radionuclides in common use, the most used first or by mass."""

    z: int
    symbol: str
    name_en: str
    name_zh: str
    name_zh_hant: str
    aliases: tuple[str, ...]
    common: tuple[str, ...]


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV file of ``becq/data`` as dictionaries by column name."""
    text = files("becq.data").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@lru_cache(maxsize=1)
def elements() -> Mapping[str, Element]:
    """All elements by symbol, in order of z."""
    return {
        row["symbol"]: Element(
            int(row["z"]),
            row["symbol"],
            row["name_en"],
            row["name_zh"],
            row["name_zh_hant"],
            tuple(row["aliases"].split()),
            tuple(row["common"].split()),
        )
        for row in read_table("elements.csv")
    }


@lru_cache(maxsize=1)
def _by_word() -> Mapping[str, Element]:
    words: dict[str, Element] = {}
    for element in elements().values():
        for word in (element.name_en, element.name_zh, element.name_zh_hant, *element.aliases):
            words.setdefault(word, element)
    for element in elements().values():
        words[element.symbol.lower()] = element
    return words


def find_element(word: str) -> Element | None:
    """The element of a symbol, an English or a Chinese name (either script), in any case; else None."""
    return _by_word().get(word.lower())


def element_words() -> tuple[str, ...]:
    """Every word :func:`find_element` knows, in lower case: for suggestions."""
    return tuple(_by_word())


@lru_cache(maxsize=1)
def natural_isotopes() -> Mapping[str, tuple[int, ...]]:
    """Mass numbers of the isotopes of each element that occur in nature, by symbol."""
    return {
        row["symbol"]: tuple(int(a) for a in row["mass_numbers"].split()) for row in read_table("natural.csv")
    }
