"""Field types of times: instants, days, times of day and days of the week, as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from becq.chain.field_text import plain_text, read_list, text_schema

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
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", plain_text(str(value)))
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
    match = _MOMENT.fullmatch(plain_text(str(value)))
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
        text = plain_text(value).lower()
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
    day = plain_text(str(part)).lower()
    english = [short for short, full in zip(WEEKDAYS, _WEEKDAYS_FULL, strict=True) if full.startswith(day)]
    if len(day) >= 3 and english:
        return english
    chinese = re.sub(r"^(周|週|星期|礼拜)", "", day)
    if chinese and all(letter in _WEEKDAYS_ZH for letter in chinese):
        return [_WEEKDAYS_ZH[letter] for letter in chinese]
    raise ValueError(f"{part!r} is not a day of the week; write mon, tue, wed, thu, fri, sat, sun or daily")


Clock = Annotated[
    time,
    BeforeValidator(_read_clock),
    PlainSerializer(lambda value: value.strftime("%H:%M:%S" if value.second else "%H:%M"), return_type=str),
    text_schema(
        r"^\s*[0-9０-９]{1,2}[:：][0-9０-９]{2}([:：][0-9０-９]{2})?\s*$",
        "08:00",
        description="Time of day in the site's time zone, HH:MM",
    ),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    PlainSerializer(_write_instant, return_type=str),
    text_schema(
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
    text_schema(r"^\s*[0-9０-９]{4}", "2026-03-02", description="Date, YYYY-MM-DD"),
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
    BeforeValidator(read_list),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
            "examples": [["08:00", "13:30"]],
            "description": "Times of day, HH:MM",
        }
    ),
]


__all__ = ["WEEKDAYS", "Clock", "Clocks", "Day", "Instant", "Weekdays"]
