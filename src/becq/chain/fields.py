"""Field types of the network file: text with a unit outside, SI numbers inside.

A quantity is written with its unit ("7.4 GBq", "8 h", "450 GBq/mg"); a bare number is refused, because
a bare number in the wrong unit is the most expensive mistake of the trade. When written out, the
shortest text that reads back to exactly the same number is used, so files round-trip without loss.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import parse_activity, parse_duration

_ACTIVITY_UNITS = (("TBq", 1e12), ("GBq", 1e9), ("MBq", 1e6), ("kBq", 1e3), ("Bq", 1.0))
_DURATION_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_MASS_UNITS = {"g": 1.0, "mg": 1e-3, "ug": 1e-6, "µg": 1e-6, "μg": 1e-6}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS_ZH = {"一": "mon", "二": "tue", "三": "wed", "四": "thu", "五": "fri", "六": "sat", "日": "sun", "天": "sun"}


def _write(value: float, units: tuple[tuple[str, float], ...], parse: Callable[[str], float]) -> str:
    """The shortest text number-space-unit that reads back as exactly ``value``."""
    candidates = []
    for unit, factor in units:
        text = f"{value / factor:.15g} {unit}"
        if parse(text) == value:
            candidates.append((len(text), text))
    return min(candidates)[1] if candidates else f"{value!r} {units[-1][0]}"


def write_activity(activity_bq: float) -> str:
    """Exact text of an activity, e.g. ``7.4 GBq``."""
    return _write(activity_bq, _ACTIVITY_UNITS, parse_activity)


def write_duration(duration_s: float) -> str:
    """Exact text of a duration, e.g. ``36 h``."""
    return _write(duration_s, _DURATION_UNITS, parse_duration)


def _read_activity(value: Any) -> float:
    if isinstance(value, bool | int | float):
        raise ValueError(f"activity {value!r} has no unit; write for example '7.4 GBq' or '200 mCi'")
    try:
        return parse_activity(str(value))
    except InputError as error:
        raise ValueError(str(error)) from error


def _read_duration(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value == 0:
        return 0.0
    if isinstance(value, bool | int | float):
        raise ValueError(f"duration {value!r} has no unit; write for example '8 h' or '14 d'")
    try:
        return parse_duration(str(value))
    except InputError as error:
        raise ValueError(str(error)) from error


def _read_specific_activity(value: Any) -> float:
    """Bq per gram from text such as '450 GBq/mg'."""
    text = str(value).strip()
    head, slash, mass = text.partition("/")
    if not slash or mass.strip() not in _MASS_UNITS:
        raise ValueError(f"specific activity {text!r} is not activity per mass; write for example '450 GBq/mg'")
    return _read_activity(head) / _MASS_UNITS[mass.strip()]


def _write_specific_activity(bq_per_g: float) -> str:
    for mass in ("mg", "g", "ug"):
        for unit, factor in _ACTIVITY_UNITS:
            text = f"{bq_per_g * _MASS_UNITS[mass] / factor:.15g} {unit}/{mass}"
            if len(text) <= 14 and _read_specific_activity(text) == bq_per_g:
                return text
    return f"{bq_per_g!r} Bq/g"


def _read_nuclide(value: Any) -> str:
    try:
        return parse_nuclide(str(value)).name
    except InputError as error:
        raise ValueError(str(error)) from error


def _read_clock(value: Any) -> Any:
    """Accept '8:00', '08:00', an Excel time, or YAML 1.1's sexagesimal reading of 08:00."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1440:
        return time(value // 60, value % 60)
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d{1,2})[:：](\d{2})(?::(\d{2}))?\s*", value)
        if not match:
            raise ValueError(f"{value!r} is not a time of day; write HH:MM, for example '08:00'")
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{value!r} is not a time of day between 00:00 and 23:59")
        return time(hour, minute, second)
    return value


def _read_days(value: Any) -> Any:
    """Accept a list, 'mon, wed', 'daily', 'weekdays', '一三五'."""
    if isinstance(value, str):
        text = value.strip().lower()
        if text in ("daily", "every day", "每天", "每日"):
            return list(WEEKDAYS)
        if text in ("weekdays", "工作日"):
            return list(WEEKDAYS[:5])
        value = [part for part in re.split(r"[\s,;，、]+", text) if part]
    if not isinstance(value, list | tuple):
        return value
    days = []
    for part in value:
        day = str(part).strip().lower()
        day = _WEEKDAYS_ZH.get(day.removeprefix("周").removeprefix("星期"), day[:3])
        if day not in WEEKDAYS:
            raise ValueError(f"{part!r} is not a day of the week; write mon, tue, wed, thu, fri, sat, sun or daily")
        days.append(day)
    return sorted(set(days), key=WEEKDAYS.index)


def _read_list(value: Any) -> Any:
    """A list, or text separated by commas or semicolons (as in one cell of a sheet)."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,;，；]", value) if part.strip()]
    if isinstance(value, time | datetime):
        return [value]
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}", value):
        raise ValueError(f"{value!r} is not an identifier; use letters, digits, '.', '-', '_' (at most 80)")
    return value


def _schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": [example], "description": description}
    )


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError("must be greater than zero")
    return value


ActivityBq = Annotated[
    float,
    BeforeValidator(_read_activity),
    PlainSerializer(write_activity, return_type=str),
    _schema(r"^[0-9.,eE+ -]+\s*\S+$", "7.4 GBq", "Activity with its unit (Bq, kBq, MBq, GBq, TBq, Ci, mCi, uCi)"),
]
PositiveActivityBq = Annotated[ActivityBq, AfterValidator(_positive)]
DurationS = Annotated[
    float,
    BeforeValidator(_read_duration),
    PlainSerializer(write_duration, return_type=str),
    _schema(r"^.+$", "2 h 15 min", "Duration with its unit (s, min, h, d)"),
]
SpecificActivityBqG = Annotated[
    float,
    BeforeValidator(_read_specific_activity),
    PlainSerializer(_write_specific_activity, return_type=str),
    _schema(r"^.+/.+$", "450 GBq/mg", "Specific activity: activity per mass of the element"),
]
NuclideName = Annotated[
    str,
    BeforeValidator(_read_nuclide),
    _schema(r"^.+$", "Tc-99m", "Nuclide in any usual spelling; written back in canonical form"),
]
Clock = Annotated[
    time,
    BeforeValidator(_read_clock),
    PlainSerializer(
        lambda value: value.strftime("%H:%M:%S" if value.second else "%H:%M"), return_type=str
    ),
    _schema(r"^\d{1,2}:\d{2}$", "08:00", "Time of day in the site's time zone, HH:MM"),
]
Weekdays = Annotated[list[str], BeforeValidator(_read_days)]
Clocks = Annotated[list[Clock], BeforeValidator(_read_list)]
Slug = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int) else v), AfterValidator(_slug)]
Slugs = Annotated[list[str], BeforeValidator(_read_list)]
Fraction = Annotated[float, AfterValidator(lambda v: v if 0 < v <= 1 else _raise_fraction(v))]


def _raise_fraction(value: float) -> float:
    raise ValueError(f"{value!r} is not a fraction above 0 and at most 1")


__all__ = [
    "WEEKDAYS",
    "ActivityBq",
    "Clock",
    "Clocks",
    "DurationS",
    "Fraction",
    "NuclideName",
    "PositiveActivityBq",
    "Slug",
    "Slugs",
    "SpecificActivityBqG",
    "Weekdays",
    "date",
    "datetime",
    "write_activity",
    "write_duration",
]
