"""A number of some kind as text: number and unit apart, in Bq or Ci where activities are concerned."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from becq.calculators.words import Words
from becq.physics import quantities
from becq.physics.quantities import CI_BQ
from becq.physics.units import scientific

_PLAIN: dict[str, Callable[[float], str]] = {
    "duration": quantities.format_duration,
    "half_life": quantities.format_half_life,
    "energy": quantities.format_energy,
    "current": quantities.format_current,
    "mass": quantities.format_mass,
    "power": quantities.format_power,
    "length": quantities.format_length,
    "density": quantities.format_areal_density,
    "flux": quantities.format_flux,
    "dose_rate": quantities.format_dose_rate,
    "share": quantities.format_fraction,
}
_PER = {
    "activity_per_current": (1e-6, "µA"),
    "activity_per_charge": (1.0, "C"),
    "activity_per_mass": (1e-3, "mg"),
}
"""Kind → the amount that is usual below the line, in the unit of the core, and its name."""
MANY = 10.0
"""A share above it is a factor: nobody reads 109000 %."""
_NEXT_TO_NOTHING = {
    "dose_rate": (1e-12, "1 pSv/h"),
    "share": (1e-8, "10⁻⁶ %"),
    "activity Bq": (1e-6, "1 µBq"),
    "activity Ci": (1e-16 * CI_BQ, "10⁻¹⁶ Ci"),
}
"""Kind → what is said of all that is less: nobody needs the figures of 10⁻³³ nSv/h."""
NUMBERS = frozenset({*_PLAIN, *_PER, "activity", "number", "count", "gamma"})
"""Kinds that stand at the right of their column."""


def show(value: Any, kind: str, system: str = "SI", digits: int = 3) -> str:
    """``value`` as text, "7.40 GBq", "1.23 GBq/µA"; "—" for None.

    :param system: "SI" (Bq) or "Ci".
    """
    if value is None:
        return "—"
    if isinstance(value, Words):
        return value.en
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" + (f"{value:%z}" if value.tzinfo else "")
    if isinstance(value, str):
        return value
    number = float(value)
    if math.isnan(number):
        return "—"
    if kind == "activity":
        return _activity(number, system, digits)
    if kind in _PER:
        amount, name = _PER[kind]
        return f"{_activity(number * amount, system, digits)}/{name}"
    if kind == "gamma":
        return _gamma(number)
    if kind == "count":
        return scientific(number, 4) if abs(number) >= 1e6 else f"{number:,.0f}"
    if kind in _NEXT_TO_NOTHING and 0 < number < _NEXT_TO_NOTHING[kind][0]:
        return f"< {_NEXT_TO_NOTHING[kind][1]}"
    if kind == "share" and 0 < abs(number) < 1e-4:
        return f"{scientific(100 * number, digits)} %"
    if kind == "share" and number > MANY:
        return f"{_figures(number)} ×"
    if kind in _PLAIN:
        return _PLAIN[kind](number)
    return _figures(number)


def split(text: str) -> tuple[str, str]:
    """Number and unit of a text that :func:`show` gave: ("7.40", "GBq"); ("8 h 15 min", "") for durations."""
    sign, rest = ("< ", text[2:]) if text.startswith("< ") else ("", text)
    number, space, unit = rest.partition(" ")
    return (sign + number, unit) if space and not any(each.isdecimal() for each in unit) else (text, "")


def _activity(bq: float, system: str, digits: int) -> str:
    unit = "Ci" if system == "Ci" else "Bq"
    least, said = _NEXT_TO_NOTHING[f"activity {unit}"]
    if 0 < bq < least:
        return f"< {said}"
    floor = 1e-3 * (CI_BQ * 1e-12 if system == "Ci" else 1.0)
    if 0 < abs(bq) < floor:
        return f"{scientific(bq / (CI_BQ if system == 'Ci' else 1.0), digits)} {unit}"
    return quantities.format_activity(bq, system, digits)


def _gamma(sv_m2_bq_h: float) -> str:
    return f"{_figures(sv_m2_bq_h * 1e15)} µSv·m²/(GBq·h)"


def _figures(number: float) -> str:
    if number and not 1e-3 <= abs(number) < 1e6:
        return scientific(number, 3)
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"
