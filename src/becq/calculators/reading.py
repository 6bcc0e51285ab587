"""Readers that several calculators use: nuclides, whole numbers, durations that must not be negative."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.elements import elements
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import (
    parse_activity,
    parse_current,
    parse_duration,
    parse_flux,
    parse_fraction,
    parse_length,
    parse_power,
)

NUCLIDE = Words("Nuclide", "核素")
ACTIVITY = Words("Activity", "活度")
TIME = Words("Time", "时间")
HALF_LIFE = Words("Half-life", "半衰期")
SMALLEST = 1e-30
"""Share of the largest value of a kind below which a number is nothing."""
LEAST_FLUX = 1e6
"""In n/(cm² s): below it nothing is a reactor."""
YEAR_S = decay_data.YEAR_S


def common_nuclides() -> tuple[str, ...]:
    """Radionuclides in common use, by name."""
    return tuple(sorted({name for element in elements().values() for name in element.common}))


def radionuclide(text: str) -> str:
    """Canonical name of a radioactive nuclide, from any spelling. Raises InputError for a stable one."""
    found = parse_nuclide(text)
    if found.stable:
        raise InputError(f"{found.name} ({found.name_zh}) is stable: it has no activity")
    return found.name


def bounded(
    parse: Callable[[str], float], most: float, shown: str, *, zero: bool = False
) -> Callable[[str], float]:
    """A reader that refuses what is beyond anything meant here, and zero unless ``zero``.

    :param most: the largest value, in the unit of the core; ``shown`` says it to people.
    """

    def read(text: str) -> float:
        value = parse(text)
        if value > most:
            raise InputError(f'"{text}" is beyond anything that is meant here; use at most {shown}')
        if not zero and value < most * SMALLEST:
            raise InputError(f'"{text}": a value above zero is needed here')
        return value if value >= most * SMALLEST else 0.0

    return read


def span(text: str) -> float:
    """A duration in s that is not negative."""
    seconds = parse_duration(text)
    if seconds < 0:
        raise InputError(f'"{text}": a duration here is not negative')
    return seconds


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``least`` to ``most``."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise InputError(f'"{text}" is not a whole number; write for example {least}') from None
        if not least <= value <= most:
            raise InputError(f'"{text}" is out of range; use a whole number from {least} to {most}')
        return value

    return read


def formula(text: str) -> str:
    """A chemical formula as it stands; the physics reads it."""
    if not text.replace("·", "*").isascii() or not text[0].isupper():
        raise InputError(f'"{text}" is not a chemical formula; write for example Yb2O3 or TeO2')
    return text


def grid(span_s: float, steps: int, *, dense: int = 0, from_zero: bool = True) -> Array:
    """Times from 0 to ``span_s``, evenly, with ``dense`` more towards 0 where short-lived things change."""
    even = np.linspace(0.0, span_s, steps + 1)
    early = np.geomspace(span_s * 1e-3, span_s, dense + 1) if dense and span_s > 0 else np.zeros(0)
    found = np.unique(np.concatenate([even, early]))
    return found if from_zero else found[1:]


def flux(text: str) -> float:
    """A flux in n/(cm² s), or none at all; a number too small for any reactor is a slip of the exponent."""
    value = _up_to_any_reactor(text)
    if value < LEAST_FLUX and parse_flux(text) != 0:
        raise InputError(f'"{text}" is too little; write a flux in n/(cm² s), like 2e14')
    return value


_up_to_any_reactor = bounded(parse_flux, 1e17, "10¹⁷", zero=True)
activity = bounded(parse_activity, 1e25, "10²⁵ Bq")
current = bounded(parse_current, 10.0, "10 A")
power = bounded(parse_power, 1e11, "100 GW")
length = bounded(parse_length, 1e5, "100 km")
run = bounded(span, 1e3 * YEAR_S, "1000 y")
wait = bounded(span, 1e6 * YEAR_S, "10⁶ y", zero=True)
share = bounded(parse_fraction, 1.0, "100%", zero=True)
