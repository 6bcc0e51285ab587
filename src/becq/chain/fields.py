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
from datetime import date, datetime, time, timedelta
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

from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import parse_activity, parse_duration

_ACTIVITY_UNITS = (("TBq", 1e12), ("GBq", 1e9), ("MBq", 1e6), ("kBq", 1e3), ("Bq", 1.0))
_DURATION_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_MASS_UNITS = {"g": 1.0, "mg": 1e-3, "ug": 1e-6, "µg": 1e-6, "μg": 1e-6}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_ZH = {
    "一": "mon",
    "二": "tue",
    "三": "wed",
    "四": "thu",
    "五": "fri",
    "六": "sat",
    "日": "sun",
    "天": "sun",
}


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


def _plain(text: str) -> str:
    """Full-width forms to plain ones, no space around."""
    return unicodedata.normalize("NFKC", text).strip()


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
    text = _plain(str(value))
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


def _read_clock(value: Any) -> Any:
    """Accept '8:00', '08:00', '8：00' or the time of an Excel cell; a bare 8 could be 8 h or 8 min."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        if value.tzinfo is not None:
            raise ValueError("a time of day carries no UTC offset; it is in the zone of the site")
        return value.replace(microsecond=0)
    return _clock(value) if isinstance(value, str) else _clock_of(value)


def _clock_of(value: Any) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", _plain(str(value)))
    if not match:
        raise ValueError(f"{value!r} is not a time of day; write HH:MM, for example '08:00'")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{value!r} is not a time of day; write a time between 00:00 and 23:59")
    return time(hour, minute, second)


_clock = lru_cache(maxsize=2048)(_clock_of)


_MOMENT = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?"
    r"(?:(?:T|\s+|(?<=日))(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2}(?::\d{2})?)?"
)


def _read_instant(value: Any) -> datetime:
    """'2026-03-02 08:00', '2026-03-02T08:00+08:00', '2026年3月2日 8:00'; a day alone is its midnight."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    match = _MOMENT.fullmatch(_plain(str(value)))
    wrong = f"{value!r} is not a date and time; write for example '2026-03-02 08:00'"
    if not match or isinstance(value, int | float):
        raise ValueError(wrong)
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    text = f"{year}-{month:0>2}-{day:0>2}T{hour or '0':0>2}:{minute or '00'}:{second or '00'}{fraction or ''}"
    try:
        return datetime.fromisoformat(text + (offset or ""))
    except ValueError as error:
        raise ValueError(wrong) from error


def _write_instant(moment: datetime) -> str:
    exact = moment.second or moment.microsecond
    return moment.isoformat(timespec="auto" if exact else "minutes")


def _read_day(value: Any) -> date:
    wrong = f"{value!r} is not a date; write YYYY-MM-DD, for example '2026-03-02'"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        moment = _read_instant(value)
    except ValueError as error:
        raise ValueError(wrong) from error
    if moment.time() != time() or moment.tzinfo is not None:
        raise ValueError(wrong)
    return moment.date()


def _read_days(value: Any) -> Any:
    """Accept a list, 'mon, wed', 'Monday', 'daily', 'weekdays', '周一、周三', '一三五'."""
    if isinstance(value, str):
        text = _plain(value).lower()
        if text in ("daily", "every day", "每天", "每日"):
            return list(WEEKDAYS)
        if text in ("weekdays", "工作日"):
            return list(WEEKDAYS[:5])
        value = [part for part in re.split(r"[\s,;，、]+", text) if part]
    if not isinstance(value, list | tuple):
        return value
    days: set[str] = set()
    for part in value:
        days.update(_read_day_names(part))
    return sorted(days, key=WEEKDAYS.index)


def _read_day_names(part: Any) -> list[str]:
    """'mon', 'Monday', '周一', '周一三五' → the days meant."""
    day = _plain(str(part)).lower()
    english = [short for short, full in zip(WEEKDAYS, _WEEKDAYS_FULL, strict=True) if full.startswith(day)]
    if len(day) >= 3 and english:
        return english
    chinese = re.sub(r"^(周|週|星期|礼拜)", "", day)
    if chinese and all(letter in _WEEKDAYS_ZH for letter in chinese):
        return [_WEEKDAYS_ZH[letter] for letter in chinese]
    raise ValueError(f"{part!r} is not a day of the week; write mon, tue, wed, thu, fri, sat, sun or daily")


def _read_list(value: Any) -> Any:
    """A list, or text separated by commas or semicolons (as in one cell of a sheet)."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,;，；、]", value) if part.strip()]
    if isinstance(value, time | datetime | int):
        return [value]
    return value


def _read_scope(value: Any) -> Any:
    parts = _read_list(value)
    if not isinstance(parts, list):
        return parts
    for part in parts:
        if str(part) not in SCOPES and str(part) not in _SCOPES_ZH:
            raise ValueError(f"{part!r} is not a scope of a licence; use {', '.join(SCOPES)}")
    return [_SCOPES_ZH.get(str(part), str(part)) for part in parts]


def _read_slug(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _plain(value) if isinstance(value, str) else value


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
    return _plain(value) if isinstance(value, str) else value


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
    if isinstance(value, str) and _plain(value).lower() in _FLAGS:
        return _FLAGS[_plain(value).lower()]
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false; write true or false")
    return value


def _schema(pattern: str, *examples: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": list(examples), "description": description}
    )


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
    _schema(
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
    _schema(r"^.+/.+$", "450 GBq/mg", description="Specific activity: activity per mass of the element"),
]
NuclideName = Annotated[
    str,
    BeforeValidator(_read_nuclide),
    PlainSerializer(_write_nuclide, return_type=str),
    _schema(r"\d", "Tc-99m", "锝-99m", description="Nuclide in any usual spelling; written back as Tc-99m"),
]
Clock = Annotated[
    time,
    BeforeValidator(_read_clock),
    PlainSerializer(lambda value: value.strftime("%H:%M:%S" if value.second else "%H:%M"), return_type=str),
    _schema(
        r"^\s*[0-9０-９]{1,2}[:：][0-9０-９]{2}([:：][0-9０-９]{2})?\s*$",
        "08:00",
        description="Time of day in the site's time zone, HH:MM",
    ),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    PlainSerializer(_write_instant, return_type=str),
    _schema(
        r"^\s*[0-9０-９]{4}",
        "2026-03-02 08:00",
        "2026-03-02T08:00+08:00",
        description="Date and time; without an offset it is in the network's time zone",
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    _schema(r"^\s*[0-9０-９]{4}", "2026-03-02", description="Date, YYYY-MM-DD"),
]
Weekdays = Annotated[
    list[str],
    BeforeValidator(_read_days),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": [["mon", "wed"], "daily", "weekdays"],
            "description": "Days of the week: a list of mon ... sun, or daily, or weekdays (mon to fri)",
        }
    ),
]
Clocks = Annotated[
    list[Clock],
    BeforeValidator(_read_list),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
            "examples": [["08:00", "13:30"]],
            "description": "Times of day, HH:MM",
        }
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
    BeforeValidator(_read_list),
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
