"""The units that rules are written in: their dimension, their size, and how a value is shown.

The facts of a subject are in SI base sizes of the field: Bq, s, Sv, Sv/h, Bq/g, Bq/cm2, Bq/L, m; days are a
unit of their own for counts of calendar days ("d" of a fact such as ``days_taken``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from becq.errors import InputError
from becq.physics.quantities import format_activity, format_dose_rate
from becq.physics.units import significant

_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SMALL = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_ZH = {"d": "天", "h": "小时", "min": "分钟", "s": "秒", "y": "年", "km": "公里"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures and how large it is in the unit of the core."""

    name: str
    dimension: str
    size: float


def _units() -> dict[str, Unit]:
    found = [Unit("", "number", 1.0), Unit("1", "number", 1.0), Unit("%", "number", 0.01)]
    found += [Unit(f"{p}Bq", "activity", f) for p, f in _PREFIXES.items()]
    for per in ("g", "cm2", "L", "m3"):
        names = {**_PREFIXES, "m": 1e-3}
        found += [Unit(f"{p}Bq/{per}", f"activity per {per}", f) for p, f in names.items()]
    found += [Unit(f"{p}Sv", "dose", f) for p, f in _SMALL.items()]
    found += [Unit(f"{p}Sv/h", "dose rate", f) for p, f in _SMALL.items()]
    found += [Unit("m", "length", 1.0), Unit("km", "length", 1e3), Unit("g", "mass", 1.0)]
    found += [Unit("kg", "mass", 1e3)]
    for name, size in {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "y": 365.25 * 86400.0}.items():
        found.append(Unit(name, "time", size))
    return {unit.name: unit for unit in found}


UNITS: Mapping[str, Unit] = _units()
"""Every unit by its name."""


def unit(name: str) -> Unit:
    """The unit of a name; "µ" and "²" may be written. Raises InputError for an unknown one."""
    plain = name.strip().replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3")
    try:
        return UNITS[plain]
    except KeyError:
        usual = "Bq, MBq, GBq, Bq/g, Bq/cm2, mSv, mSv/h, uSv/h, d, h, 1 or %"
        raise InputError(f'"{name}" is not a unit of the rules; use for example {usual}') from None


def show(value: float | None, of: Unit, base: float = 1.0, zh: bool = False, digits: int = 3) -> str:
    """A value as people read it. ``value`` is in units of ``base`` (1.0: the SI size of the dimension)."""
    if value is None or math.isnan(value):
        return "未知" if zh else "unknown"
    if math.isinf(value):
        return "无限制" if zh else "unlimited"
    if of.dimension == "activity":
        return format_activity(value * base, digits=digits)
    if of.dimension == "dose rate":
        return format_dose_rate(value * base, digits)
    number = _trim(value * base / of.size, digits)
    name = _ZH.get(of.name, of.name) if zh else of.name
    name = name.replace("u", "µ").replace("2", "²").replace("3", "³") if of.dimension != "number" else name
    if of.name in ("", "1"):
        return number
    close = of.name == "%" or (zh and of.name in _ZH)
    return f"{number}{name}" if close else f"{number} {name}"


def _trim(value: float, digits: int) -> str:
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    text = significant(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text
