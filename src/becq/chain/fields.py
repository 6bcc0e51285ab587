"""Field types of the network file: text with a unit outside, SI numbers inside.

A quantity is written with its unit ("7.4 GBq", "8 h", "450 GBq/mg"); a bare number is refused, because
a bare number in the wrong unit is the most expensive mistake of the trade. When written out, the
shortest text that reads back to exactly the same number is used, so files round-trip without loss.
Full-width digits and letters, as Chinese input methods type them, are read as the plain ones.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import time, timedelta
from functools import cache, lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from becq.chain.calendar_fields import WEEKDAYS, Clock, Clocks, Day, Instant, Weekdays
from becq.chain.field_text import plain_text, read_list, text_schema
from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import parse_activity, parse_duration

_ACTIVITY_UNITS = (("TBq", 1e12), ("GBq", 1e9), ("MBq", 1e6), ("kBq", 1e3), ("Bq", 1.0))
_DURATION_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_MASS_UNITS = {"g": 1.0, "mg": 1e-3, "ug": 1e-6, "µg": 1e-6, "μg": 1e-6}


def _write(
    value: float, units: tuple[tuple[str, float], ...], parse: Callable[[str], float], whole: bool = False
) -> str:
    """The shortest number with a unit that reads back as exactly ``value``; ``whole`` numbers first."""
    candidates = []
    for rank, (unit, factor) in enumerate(units):
        number = f"{value / factor:.15g}"
        if parse(f"{number} {unit}") == value:
            candidates.append((whole and "." in number, len(number), rank, f"{number} {unit}"))
    return min(candidates)[-1] if candidates else f"{value!r} {units[-1][0]}"


@lru_cache(maxsize=8192)
def write_activity(activity_bq: float) -> str:
    """Exact text of an activity, e.g. ``7.4 GBq``."""
    return _write(activity_bq, _ACTIVITY_UNITS, parse_activity)


@lru_cache(maxsize=8192)
def write_duration(duration_s: float) -> str:
    """Exact text of a duration, e.g. ``36 h``, and ``30 min`` rather than 0.5 h."""
    return _write(duration_s, _DURATION_UNITS, parse_duration, whole=True)


def _read_activity(value: Any) -> float:
    if isinstance(value, bool | int | float):
        raise ValueError(f"activity {value!r} has no unit; write for example '7.4 GBq' or '200 mCi'")
    return _activity(str(value))


@lru_cache(maxsize=8192)
def _activity(text: str) -> float:
    try:
        activity_bq = parse_activity(text)
    except InputError as error:
        raise ValueError(str(error)) from error
    if not math.isfinite(activity_bq):
        raise ValueError(f"{text!r} is not a finite activity; write for example '7.4 GBq'")
    return activity_bq


def _read_duration(value: Any) -> float:
    if isinstance(value, timedelta):  # an Excel cell formatted [h]:mm
        return value.total_seconds()
    if isinstance(value, time):
        return value.hour * 3600.0 + value.minute * 60.0 + value.second
    if isinstance(value, int | float) and not isinstance(value, bool) and value == 0:
        return 0.0
    if isinstance(value, bool | int | float):
        raise ValueError(f"duration {value!r} has no unit; write for example '8 h' or '14 d'")
    try:
        duration_s = parse_duration(str(value))
    except InputError as error:
        raise ValueError(str(error)) from error
    if not math.isfinite(duration_s):
        raise ValueError(f"{value!r} is not a finite duration; write for example '8 h'")
    if duration_s < 0:
        raise ValueError(f"{value!r} is below zero; write a duration of zero or more")
    return duration_s


def _read_specific_activity(value: Any) -> float:
    """Bq per gram from text such as '450 GBq/mg'."""
    text = plain_text(str(value))
    head, slash, mass = text.partition("/")
    if not slash or mass.strip() not in _MASS_UNITS:
        raise ValueError(
            f"specific activity {text!r} is not activity per mass; write for example '450 GBq/mg'"
        )
    return _read_activity(head.strip()) / _MASS_UNITS[mass.strip()]


def _write_specific_activity(bq_per_g: float) -> str:
    for mass in ("mg", "g", "ug"):
        for unit, factor in _ACTIVITY_UNITS:
            text = f"{bq_per_g * _MASS_UNITS[mass] / factor:.15g} {unit}/{mass}"
            if len(text) <= 14 and _read_specific_activity(text) == bq_per_g:
                return text
    return f"{bq_per_g!r} Bq/g"


def _read_nuclide(value: Any) -> str:
    return _nuclide(str(value))


@lru_cache(maxsize=8192)
def _nuclide(text: str) -> str:
    try:
        return parse_nuclide(text).name
    except InputError as error:
        raise ValueError(str(error)) from error


@cache
def _write_nuclide(name: str) -> str:
    """The name, with the "!" that insists on it where it would be taken for a slip (Yb-177)."""
    try:
        return name if parse_nuclide(name).name == name else f"{name}!"
    except InputError:
        return f"{name}!"


def _read_scope(value: Any) -> Any:
    parts = read_list(value)
    if not isinstance(parts, list):
        return parts
    for part in parts:
        if str(part) not in SCOPES and str(part) not in _SCOPES_ZH:
            raise ValueError(f"{part!r} is not a scope of a licence; use {', '.join(SCOPES)}")
    return [_SCOPES_ZH.get(str(part), str(part)) for part in parts]


def _read_slug(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return plain_text(value) if isinstance(value, str) else value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}", value):
        raise ValueError(f"{value!r} is not an identifier; use letters, digits, '.', '-', '_' (at most 80)")
    return value


def _jurisdiction(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", value) or len(value) > 40:
        raise ValueError(f"{value!r} is not a jurisdiction; write for example CN, CN-51 or IAEA")
    return value


def _division(value: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", value):
        raise ValueError(
            f"{value!r} is not a code of GB/T 2260; write six digits, for example 510100 for Chengdu"
        )
    return value


def _end(value: str) -> str:
    return value if value == "*" else _slug(value)


def _text(value: str) -> str:
    if value.isprintable():  # no control character, and quickly seen
        return value
    for letter in value:
        if letter not in "\n\t" and (
            unicodedata.category(letter) in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE
        ):
            raise ValueError(f"text contains the control character U+{ord(letter):04X}; remove it")
    return value


def _read_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number; write a plain number, for example 1.5")
    return plain_text(value) if isinstance(value, str) else value


def _unsigned_zero(value: float) -> float:
    """Minus zero is zero: a sheet cannot tell them apart."""
    return value + 0.0


def _read_share(value: Any) -> Any:
    """A number, or a percentage as text: '85 %'."""
    value = _read_number(value)
    if isinstance(value, str) and value.endswith("%"):
        try:
            return float(value[:-1]) / 100
        except ValueError:
            return value
    return value


SCOPES = ("produce", "sell", "use")
_SCOPES_ZH = {"生产": "produce", "销售": "sell", "使用": "use"}
_FLAGS = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def _read_flag(value: Any) -> Any:
    if isinstance(value, str) and plain_text(value).lower() in _FLAGS:
        return _FLAGS[plain_text(value).lower()]
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false; write true or false")
    return value


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError("must be greater than zero; leave it out where there is none")
    return value


_MEASURE = r"[0-9０-９].*[^0-9０-９\s.]\s*$"
"""A number and something after it: the unit."""
_SLUG = {"type": ["string", "integer"], "pattern": r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$"}

ActivityBq = Annotated[
    float,
    BeforeValidator(_read_activity),
    PlainSerializer(write_activity, return_type=str),
    text_schema(
        _MEASURE,
        "7.4 GBq",
        "200 mCi",
        description="Activity with its unit (Bq, kBq, MBq, GBq, TBq, Ci, mCi, uCi)",
    ),
]
PositiveActivityBq = Annotated[ActivityBq, AfterValidator(_positive)]
DurationS = Annotated[
    float,
    BeforeValidator(_read_duration),
    PlainSerializer(write_duration, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": rf"{_MEASURE}|\d:\d\d"}, {"const": 0}],
            "examples": ["2 h 15 min", "14 d"],
            "description": "Duration with its unit (s, min, h, d)",
        }
    ),
]
SpecificActivityBqG = Annotated[
    float,
    BeforeValidator(_read_specific_activity),
    PlainSerializer(_write_specific_activity, return_type=str),
    text_schema(r"^.+/.+$", "450 GBq/mg", description="Specific activity: activity per mass of the element"),
]
NuclideName = Annotated[
    str,
    BeforeValidator(_read_nuclide),
    PlainSerializer(_write_nuclide, return_type=str),
    text_schema(
        r"\d", "Tc-99m", "锝-99m", description="Nuclide in any usual spelling; written back as Tc-99m"
    ),
]
Slug = Annotated[str, BeforeValidator(_read_slug), AfterValidator(_slug), WithJsonSchema(_SLUG)]
Jurisdiction = Annotated[
    str,
    BeforeValidator(_read_slug),
    AfterValidator(_jurisdiction),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
            "examples": ["CN", "CN-51", "IAEA"],
            "description": "Whose rules hold: a country or body, narrower after each '-'",
        }
    ),
]
DivisionCode = Annotated[
    str,
    BeforeValidator(_read_slug),
    AfterValidator(_division),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": r"^[0-9]{6}$",
            "examples": ["510100"],
            "description": "Administrative division of China, code of GB/T 2260",
        }
    ),
]
Slugs = Annotated[
    list[Annotated[str, BeforeValidator(_read_slug), AfterValidator(_end)]],
    BeforeValidator(read_list),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "integer"]},
                {"type": "array", "items": {"type": ["string", "integer"]}},
            ],
            "description": "Identifiers: a list, or text separated by commas",
        }
    ),
]
Scope = Annotated[
    list[str],
    BeforeValidator(_read_scope),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"enum": [*SCOPES, *_SCOPES_ZH]}, "minItems": 1},
            ],
            "examples": [["produce", "sell"]],
        }
    ),
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30_000), AfterValidator(_text)
]
Number = Annotated[
    float, BeforeValidator(_read_number), AfterValidator(_unsigned_zero), Field(allow_inf_nan=False)
]
Count = Annotated[int, BeforeValidator(_read_number)]
Share = Annotated[float, BeforeValidator(_read_share), Field(allow_inf_nan=False)]
Fraction = Annotated[Share, Field(gt=0, le=1)]
Flag = Annotated[
    bool,
    BeforeValidator(_read_flag),
    WithJsonSchema({"enum": [True, False, "yes", "no", "true", "false", "是", "否"]}),
]


__all__ = [
    "WEEKDAYS",
    "ActivityBq",
    "Clock",
    "Clocks",
    "Count",
    "Day",
    "DivisionCode",
    "DurationS",
    "Flag",
    "Fraction",
    "Instant",
    "Jurisdiction",
    "NuclideName",
    "Number",
    "PositiveActivityBq",
    "Scope",
    "Share",
    "Slug",
    "Slugs",
    "SpecificActivityBqG",
    "Text",
    "Weekdays",
    "write_activity",
    "write_duration",
]
