"""Moments of a schedule: clock times of many days in a time zone, or on a clock without one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics.quantities import parse_instant

_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*[T ,，]?\s*"
    r"(\d{1,2})\s*(?:[:：]\s*(\d{2})|[时時点點](?:\s*(\d{1,2})\s*分)?)\s*((?:Z|[+-]\d{2}:?\d{2})?)"
)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Moments in their order, each instant once, and what had to be said of them."""

    moments: list[datetime]
    remarks: tuple[Words, ...]


def instant(text: str) -> datetime:
    """Date and time as :func:`parse_instant` reads them, and "2026年12月7日 8:00", "2026-12-7 8:00".

    :raises InputError: for anything else, or a day alone.
    """
    try:
        return parse_instant(text)
    except InputError:
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise
        year, month, day, hour, minute, minutes, offset = written.groups()
        iso = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute or minutes or '':0>2}{offset}"
        return parse_instant(iso)


def placed(moment: datetime, where: tzinfo | None) -> datetime:
    """A moment in a zone: as clock time of it where it has no offset. Without a zone as it is.

    :raises InputError: for a clock time that the zone leaves out, or a date beyond the calendar.
    """
    if where is None:
        return moment
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(where)
        at, remark = on_clock(moment, where)
    except OverflowError:
        raise InputError(f"{moment:%Y-%m-%d} is beyond the calendar") from None
    if remark is not None and at.replace(tzinfo=None) != moment:
        raise InputError(
            f"{moment:%Y-%m-%d %H:%M} does not exist in {where}, where the clock goes forward; "
            f"write {at:%H:%M} if that is meant"
        )
    return at


def on_clock(wall: datetime, where: tzinfo | None) -> tuple[datetime, Words | None]:
    """The moment of a clock time (naive) in a zone, and a remark on a day on which the clock changes.

    A time that is left out when the clock goes forward is moved on by as much; of a time that comes twice
    when it goes back, the first is taken.
    """
    if where is None:
        return wall, None
    at = wall.replace(tzinfo=where)
    real = at.astimezone(UTC).astimezone(where)
    when = f"{wall:%Y-%m-%d %H:%M}"
    if real.replace(tzinfo=None, fold=0) != wall:
        return real, Words(
            f"{when} does not exist in {where}, where the clock goes forward: {real:%H:%M} is taken.",
            f"{where} 拨快时钟，{when} 并不存在：取 {real:%H:%M}。",
        )
    if at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset():
        return at, Words(
            f"{when} comes twice in {where}, where the clock goes back: the first is taken.",
            f"{where} 拨慢时钟，{when} 出现两次：取第一次。",
        )
    return at, None


def seconds(later: datetime, earlier: datetime) -> float:
    """Time that passes between two moments; those without a zone count as on one clock.

    :raises InputError: if only one of them has a zone or an offset: nothing says how far apart they are.
    """
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        raise InputError("A clock time and a moment with an offset cannot be compared; give a time zone")
    if later.tzinfo is None:
        return (later - earlier).total_seconds()
    return (later.astimezone(UTC) - earlier.astimezone(UTC)).total_seconds()


def moment_after(first: datetime, elapsed_s: float) -> datetime:
    """The moment so many seconds later, in the same zone."""
    if first.tzinfo is None:
        return first + timedelta(seconds=elapsed_s)
    return (first.astimezone(UTC) + timedelta(seconds=elapsed_s)).astimezone(first.tzinfo)


def on_day(first: datetime, clock_s: float, day: int = 0) -> tuple[datetime, Words | None]:
    """The moment at ``clock_s`` seconds after midnight, so many days after the day of ``first``."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
    return on_clock(midnight + timedelta(days=day, seconds=clock_s), first.tzinfo)


def daily(first: datetime, clock_s: tuple[float, ...], days: int) -> Timetable:
    """The moments at ``clock_s`` seconds after midnight on so many days, those before ``first`` left out.

    Clock times that fall together on a day on which the clock changes count once, and that is said.
    """
    found: dict[float, datetime] = {}
    remarks = []
    for day in range(days):
        for clock in clock_s:
            at, remark = on_day(first, clock, day)
            since = seconds(at, first)
            if since < 0:
                continue
            if remark is not None:
                remarks.append(remark)
            if since in found:
                remarks.append(
                    Words(
                        f"Two of the times fall together on {at:%Y-%m-%d %H:%M}: one elution is taken.",
                        f"{at:%Y-%m-%d %H:%M} 有两个时刻重合：按一次洗脱计。",
                    )
                )
            found.setdefault(since, at)
    return Timetable([found[key] for key in sorted(found)], tuple(remarks))
