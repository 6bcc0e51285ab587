"""Nuclides by name: every spelling people type, and the look-alikes that must not slip through.

The canonical name is like "Tc-99m". :func:`parse_nuclide` reads what people write (99mTc, Tc99m, ⁹⁹ᵐTc,
锝[99mTc], 99Tcm, technetium-99m, full-width and traditional characters) and refuses near misses with a
suggestion; :func:`nuclide` takes canonical names from data and never second-guesses. Half-lives come from
ICRP-107 (:mod:`becq.physics.decay_data`); isotopes that occur in nature and are not in it count as stable.
The confusions seen in the trade are in ``becq/data/lookalikes.csv``, each with its source.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import (
    Element,
    element_words,
    elements,
    find_element,
    natural_isotopes,
    read_table,
)

_CANONICAL = re.compile(r"([A-Z][a-z]?)-(\d{1,3})([mn]?)")
_SUPERSCRIPT = str.maketrans("0123456789mn", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵐⁿ")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹣_"), "-")
_SEPARATORS = re.compile(r"[\s\-\[\]()（）【】〔〕{}^·]+")
_CJK_WORD = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+")
_LATIN = re.compile(
    r"(?:(?P<before>[A-Za-z]+) ?)?(?P<a>\d{1,3})(?: ?(?P<after>[A-Za-z]+(?: [A-Za-z]+)?[12]?))?"
)
_STATES = {"": "", "g": "", "m": "m", "m1": "m", "n": "n", "m2": "n"}
_OTHER_NAMES = {"d": "H-2", "t": "H-3", "deuterium": "H-2", "tritium": "H-3", "氘": "H-2", "氚": "H-3"}
_ALIKE = {"1": "lI", "l": "1I", "I": "l1", "O": "0", "o": "0", "0": "O"}
"""Characters that look the same in many typefaces, and to a scanner."""
_EXPECTED = "write element and mass number, like Tc-99m or 锝-99m"


@dataclass(frozen=True, slots=True, order=True)
class Nuclide:
    """A nuclide in a given isomeric state ("" ground, "m" first, "n" second metastable)."""

    z: int
    a: int
    state: str
    symbol: str

    @property
    def name(self) -> str:
        """Canonical name, "Tc-99m"."""
        return f"{self.symbol}-{self.a}{self.state}"

    @property
    def name_zh(self) -> str:
        """Name in simplified Chinese, "锝-99m"."""
        return f"{elements()[self.symbol].name_zh}-{self.a}{self.state}"

    @property
    def name_zh_hant(self) -> str:
        """Name in traditional Chinese, "鎝-99m"."""
        return f"{elements()[self.symbol].name_zh_hant}-{self.a}{self.state}"

    @property
    def name_en(self) -> str:
        """Name in English, "technetium-99m"."""
        return f"{elements()[self.symbol].name_en}-{self.a}{self.state}"

    @property
    def isotope_markup(self) -> str:
        """For running text, "⁹⁹ᵐTc"."""
        return f"{self.a}{self.state}".translate(_SUPERSCRIPT) + self.symbol

    @property
    def half_life_s(self) -> float:
        """Half-life in s (ICRP-107); inf if stable."""
        return decay_data.half_life_s(self.name) if decay_data.known(self.name) else float("inf")

    @property
    def decay_const(self) -> float:
        """Decay constant in 1/s; 0 if stable."""
        return decay_data.LN2 / self.half_life_s

    @property
    def half_life_text(self) -> str:
        """Half-life as ICRP-107 prints it, "6.015 h"; "stable" if so."""
        return decay_data.record(self.name).half_life_text if decay_data.known(self.name) else "stable"

    @property
    def stable(self) -> bool:
        """True if it does not decay, as far as ICRP-107 is concerned."""
        return self.half_life_s == float("inf")

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=4096)
def nuclide(name: str) -> Nuclide:
    """The nuclide of a canonical name, look-alikes included ("Yb-177" is Yb-177).

    :raises InputError: if the name is not canonical or the nuclide does not exist.
    """
    match = _CANONICAL.fullmatch(name)
    if match is None or match[1] not in elements():
        raise InputError(f'"{name}" is not a canonical nuclide name such as Tc-99m')
    symbol, a, state = match[1], int(match[2]), match[3]
    if not _exists(symbol, a, state):
        raise InputError(f"There is no nuclide {name} in ICRP-107 or in nature")
    return Nuclide(elements()[symbol].z, a, state, symbol)


def parse_nuclide(text: str) -> Nuclide:
    """The nuclide someone means by ``text``, in any of the spellings above.

    A trailing "!" insists on a nuclide that is otherwise taken for a confusion (Yb-177 for Lu-177).

    :raises InputError: with one line that says what is wrong and what was probably meant.
    """
    shown = text.strip()
    plain = unicodedata.normalize("NFKC", shown).translate(_HYPHENS).strip()
    insists = plain.endswith("!")
    plain = _SEPARATORS.sub(" ", plain.rstrip("! ")).strip()
    if not plain:
        raise InputError(f"A nuclide is missing: {_EXPECTED}")
    if plain.lower() in _OTHER_NAMES:
        return nuclide(_OTHER_NAMES[plain.lower()])
    return _resolve(shown, plain, insists)


def _resolve(shown: str, plain: str, insists: bool) -> Nuclide:
    chinese = _CJK_WORD.findall(plain)
    named = [find_element(word) for word in chinese]
    latin = " ".join(_CJK_WORD.sub(" ", plain).split())
    if any(element is None and len(word) > 1 for word, element in zip(chinese, named, strict=True)):
        inside = _possible(latin, None)
        if inside:  # 碘[131I]化钠
            raise InputError(f'"{shown}" names a compound{_did_you_mean(inside[:1])}')
    if len(chinese) > 1:
        raise InputError(f'"{shown}" names more than one nuclide; {_EXPECTED}')
    if None in named:
        raise InputError(f'"{shown}": {"".join(chinese)} is not the name of an element; {_EXPECTED}')
    by_name = named[0] if named else None
    whole = by_name if not latin else find_element(latin)
    if whole is not None:
        raise InputError(_only_element(shown, whole))
    match = _LATIN.fullmatch(latin)
    if match is None:
        raise InputError(_unreadable(shown, plain, latin))
    a = int(match["a"])
    readings = list(_readings(match["before"] or "", (match["after"] or "").replace(" ", ""), by_name))
    if not readings:
        raise InputError(_unreadable(shown, plain, latin))
    elements_read = [(symbol, state) for symbol, state in readings if find_element(symbol) is not None]
    if not elements_read:
        word, state = readings[0]
        raise InputError(
            f'"{shown}": no element "{word}"{_did_you_mean(_slips(plain) or _near(word, a, state))}'
        )
    found = [(find_element(w), s) for w, s in elements_read]
    possible = [(e, s) for e, s in found if e is not None and _exists(e.symbol, a, s)]
    element, state = (possible or [(e, s) for e, s in found if e is not None])[0]
    if by_name is not None and by_name is not element:
        raise InputError(_two_elements(shown, by_name, element, a, state))
    return _accept(element, a, state, plain, insists)


def _possible(latin: str, by_name: Element | None) -> list[str]:
    """The nuclides that exist among the readings of a text, without a guess."""
    match = _LATIN.fullmatch(latin)
    if match is None:
        return []
    readings = _readings(match["before"] or "", (match["after"] or "").replace(" ", ""), by_name)
    found = [(find_element(word), state) for word, state in readings]
    names = [f"{e.symbol}-{int(match['a'])}{s}" for e, s in found if e and by_name in (None, e)]
    return [name for name in names if _exists_named(name)]


def _slips(plain: str) -> list[str]:
    """At most two nuclides one mistaken character away: "TI-201", "1-131", "F-l8", "Tc.99m"."""
    spaced = " ".join(re.sub(r"\W+", " ", plain).split())
    texts = [spaced]
    for i, letter in enumerate(spaced):
        texts += [spaced[:i] + other + spaced[i + 1 :] for other in _ALIKE.get(letter, "")]
    names: dict[str, None] = {}
    for text in texts:
        chinese = [find_element(word) for word in _CJK_WORD.findall(text)]
        if len(chinese) > 1 or None in chinese:
            continue
        latin = " ".join(_CJK_WORD.sub(" ", text).split())
        names.update(dict.fromkeys(_possible(latin, chinese[0] if chinese else None)))
    return sorted(names, key=lambda name: name not in elements()[nuclide(name).symbol].common)[:2]


def _readings(before: str, after: str, by_name: Element | None) -> Iterable[tuple[str, str]]:
    """(element word, state) in order of likelihood, for the letters before and after the mass number."""
    if before:
        if after.lower() in _STATES:
            yield before, _STATES[after.lower()]
        return
    if after.lower() in _STATES and by_name is not None:
        yield by_name.symbol, _STATES[after.lower()]
    # 99mTc is Tc in state m, 99Mo and 99mo are Mo: both are tried, what exists wins
    if after[:1] in {"m", "n"} and len(after) > 1 and find_element(after) is None:
        yield after[1:], after[0]
    if after:
        yield after, ""
    if len(after) > 1 and after[0] in "mnMN":
        yield after[1:], after[0].lower()
    # 99Tcm, as Chinese papers and labels print it
    trailing = re.fullmatch(r"([A-Za-z]+?)([mn]|m[12])", after, re.IGNORECASE)
    if trailing is not None:
        yield trailing[1], _STATES[trailing[2].lower()]


def _accept(element: Element, a: int, state: str, plain: str, insists: bool) -> Nuclide:
    name = f"{element.symbol}-{a}{state}"
    meant = _lookalikes().get(name, ())
    if not _exists(element.symbol, a, state):
        near = meant or _slips(plain) or _near(element.symbol, a, state)
        raise InputError(f"There is no nuclide {name} ({element.name_zh}-{a}{state}){_did_you_mean(near)}")
    found = nuclide(name)
    if meant and not insists:
        half_life = _two_digits(found.half_life_text)
        raise InputError(
            f'{name} has a half-life of {half_life}{_did_you_mean(meant)} Write "{name}!" to insist'
        )
    return found


def _exists_named(name: str) -> bool:
    match = _CANONICAL.fullmatch(name)
    return match is not None and _exists(match[1], int(match[2]), match[3])


def _exists(symbol: str, a: int, state: str) -> bool:
    in_nature = not state and a in natural_isotopes().get(symbol, ())
    return in_nature or decay_data.known(f"{symbol}-{a}{state}")


@lru_cache(maxsize=1)
def _lookalikes() -> Mapping[str, tuple[str, ...]]:
    return {row["typed"]: tuple(row["meant"].split(";")) for row in read_table("lookalikes.csv")}


def _two_digits(half_life_text: str) -> str:
    value, _, unit = half_life_text.partition(" ")
    return f"{float(f'{float(value):.2g}'):g} {unit}" if unit else half_life_text


def _only_element(shown: str, element: Element) -> str:
    used = ", ".join(element.common) or "none in common use"
    return (
        f'"{shown}" is the element {element.name_en} ({element.name_zh}) without a mass number; '
        f"its radionuclides commonly used: {used}"
    )


def _unreadable(shown: str, plain: str, latin: str) -> str:
    digits = re.search(r"\d{1,3}", latin)
    letters = re.sub(r"[^A-Za-z]", "", latin)
    near = _slips(plain)
    if not near:
        near = _near(letters, int(digits[0]), "") if digits and letters else _near_elements(letters)
    return f'"{shown}" is not a nuclide{_did_you_mean(near) if near else ": " + _EXPECTED}'


def _two_elements(shown: str, by_name: Element, by_symbol: Element, a: int, state: str) -> str:
    possible = [f"{e.symbol}-{a}{state}" for e in (by_symbol, by_name) if _exists(e.symbol, a, state)]
    return (
        f'"{shown}" names two elements, {by_name.name_zh} ({by_name.symbol}) and '
        f"{by_symbol.name_zh} ({by_symbol.symbol}){_did_you_mean(possible)}"
    )


def _did_you_mean(names: Iterable[str]) -> str:
    shown = " or ".join(f"{n} ({nuclide(n).name_zh})" for n in names)
    return f"; did you mean {shown}?" if shown else f"; {_EXPECTED}"


def _near(word: str, a: int, state: str) -> list[str]:
    """At most two nuclides in common use (or any of the element) closest to what was typed."""
    guess = find_element(word)
    if guess is None:
        close = difflib.get_close_matches(word.lower(), element_words(), n=1, cutoff=0.7)
        guess = find_element(close[0]) if close else None
    if guess is not None and _exists(guess.symbol, a, state):
        return [f"{guess.symbol}-{a}{state}"]
    typed = f"{guess.symbol if guess else word}-{a}{state}".lower()
    pool = [n for e in elements().values() for n in e.common if guess in (None, e)]
    if guess is not None and not pool:
        pool = [n for n in decay_data.names() if n.startswith(guess.symbol + "-")]
    scored = [(difflib.SequenceMatcher(None, typed, n.lower()).ratio(), n) for n in pool]
    best = sorted((s for s in scored if s[0] >= 0.6), key=lambda s: -s[0])[:2]
    if not best and guess is not None:
        best = sorted(scored, key=lambda s: abs(nuclide(s[1]).a - a))[:2]
    return [n for _, n in best]


def _near_elements(letters: str) -> list[str]:
    close = difflib.get_close_matches(letters.lower(), element_words(), n=1, cutoff=0.75)
    element = find_element(close[0]) if close else None
    return list(element.common[:2]) if element else []
