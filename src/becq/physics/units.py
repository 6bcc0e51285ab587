"""Numbers with a unit, as text: one table of units per measure, and the text basics that all of them share.

A :class:`Measure` reads "12MeV", "50 μA" or "10毫克" into the unit that the core computes in, and prints it
back with the prefix that fits. The case of a unit is significant where two units differ by it alone (mW and
MW), and free elsewhere. Units that exist but are nearly always a slip (MA, Mg) are refused with what was
probably meant; a trailing "!" insists.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from becq.errors import InputError

NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?"
_MEASURE_TEXT = re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>.*)")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_E_NOTATION = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([+-]?\d{1,3})(?![\w.]*\w)")
_POWER = re.compile(r"\s*[×xX*]\s*10\s*(?:\^\s*([+-]?\d+)|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))")


def plain(text: str) -> str:
    """Full-width to ASCII, every minus and micro sign to one, "2×10¹⁴" to "2e14"."""
    powers = _POWER.sub(lambda m: f"e{m[1] or m[2].translate(_SUPERSCRIPT)}", text)
    normal = unicodedata.normalize("NFKC", powers).strip()
    return normal.replace("−", "-").replace("–", "-").replace("μ", "u").replace("µ", "u")


def scientific(value: float, digits: int) -> str:
    """``value`` as people write powers of ten: "2.00×10¹⁴", "1.76×10⁻⁵"; read again by :func:`plain`."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}"


def raised(text: str) -> str:
    """A text with its numbers in e-notation written with powers of ten: "from 1e-6" → "from 10⁻⁶"."""

    def one(match: re.Match[str]) -> str:
        power = f"10{str(int(match[2])).translate(_RAISED)}"
        return power if match[1] == "1" else f"{match[1]}×{power}"

    return _E_NOTATION.sub(one, text)


def significant(value: float, digits: int) -> str:
    """``value`` with significant figures, trailing zeros kept, a power of ten only beyond a million."""
    if value == 0:
        return "0" if digits == 1 else f"0.{'0' * (digits - 1)}"
    exponent = int(f"{value:.{digits - 1}e}".rpartition("e")[2])
    if abs(exponent) > 6:
        return scientific(value, digits)
    return f"{float(f'{value:.{digits - 1}e}'):.{max(0, digits - 1 - exponent)}f}"


@dataclass(frozen=True)
class Measure:
    """What is measured, and the units that people write it in.

    :ivar kind: with its article, for messages: "an energy".
    :ivar example: what would be right: "12 MeV".
    :ivar units: unit as written → its size in the unit of the core.
    :ivar shown: (size, name) of the units to print in, from small to large.
    :ivar rare: unit that is nearly always a slip → the one that is meant.
    :ivar bare: size of a number without a unit; None where a unit is needed.
    :ivar compact: whether spaces, dots and carets inside of a unit say nothing ("n cm^-2 s^-1").
    """

    kind: str
    example: str
    units: Mapping[str, float]
    shown: tuple[tuple[float, str], ...]
    rare: Mapping[str, str] = field(default_factory=dict)
    bare: float | None = None
    compact: bool = False

    def parse(self, text: str) -> float:
        """The value in the unit of the core.

        :raises InputError: for an unknown or ambiguous unit, a missing one, or a number that is negative or
            not finite.
        """
        shown = text.strip()
        words = plain(shown)
        insists = words.endswith("!")
        match = _MEASURE_TEXT.fullmatch(words.rstrip("! "))
        if match is None or not re.search(r"\d", match["number"]):
            raise InputError(
                f'"{shown}" is not {self.kind}; write a number and a unit, like {self.example}'
                if self.bare is None
                else f'"{shown}" is not {self.kind}; write for example {self.example}'
            )
        value = float(match["number"].replace(",", ""))
        if value < 0 or not math.isfinite(value):
            raise InputError(f'"{shown}": {self.kind} is a finite number, not below zero')
        unit = match["unit"].strip()
        if not unit and (self.bare is not None or value == 0):
            return value * (self.bare or 0.0)
        if not unit:
            raise InputError(f'"{shown}" has no unit; write for example {self.example}')
        result = value * self._size(unit, shown, insists)
        if not math.isfinite(result):
            raise InputError(f'"{shown}": {self.kind} is a finite number, not below zero')
        return result

    def format(self, value: float, digits: int = 3) -> str:
        """``value`` (unit of the core) with significant figures in the unit that fits: "12.0 MeV"."""
        if not math.isfinite(value):
            return f"{value} {self.shown[0][1]}"
        size, name = self.shown[0] if value else next((u for u in self.shown if u[0] == 1.0), self.shown[0])
        rounded = float(f"{value:.{digits - 1}e}")
        for step, unit in self.shown if value else ():
            if abs(rounded) >= step * (1 - 1e-12):
                size, name = step, unit
        return f"{significant(value / size, digits)} {name}".strip()

    def _size(self, unit: str, shown: str, insists: bool) -> float:
        table = {self._key(name): size for name, size in self.units.items()}
        key = self._key(unit)
        if key not in table:
            same = sorted({name for name in table if name.lower() == key.lower()})
            if not same:
                usual = ", ".join(name for _, name in self.shown)
                raise InputError(f'"{shown}": unknown unit "{unit}"; use {usual}')
            if len({table[name] for name in same}) > 1:
                meanings = " or ".join(same)
                raise InputError(f'"{shown}": "{unit}" could be {meanings}; write the unit in the right case')
            key = same[0]
        meant = self.rare.get(key)
        if meant and not insists:
            raise InputError(f'"{shown}" is in {key}; did you mean {meant}? Write "{shown}!" to insist')
        return table[key]

    def _key(self, unit: str) -> str:
        return re.sub(r"[\s.·⋅*^()]+", "", unit) if self.compact else " ".join(unit.split())
