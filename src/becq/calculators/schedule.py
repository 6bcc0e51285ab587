"""Moments of a schedule: clock times of many days in a time zone, or on a clock without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


def placed(moment: datetime, where: tzinfo | None) -> datetime:
    """A moment in a zone: as clock time of it where it has no offset. Without a zone as it is."""
    if where is None:
        return moment.replace(tzinfo=None) if moment.tzinfo is None else moment
    return moment.replace(tzinfo=where) if moment.tzinfo is None else moment.astimezone(where)


def seconds(later: datetime, earlier: datetime) -> float:
    """Time that passes between two moments; those without a zone count as on one clock."""
    if later.tzinfo is None or earlier.tzinfo is None:
        later, earlier = later.replace(tzinfo=None), earlier.replace(tzinfo=None)
        return (later - earlier).total_seconds()
    return (later.astimezone(UTC) - earlier.astimezone(UTC)).total_seconds()


def moment_after(first: datetime, elapsed_s: float) -> datetime:
    """The moment so many seconds later, in the same zone."""
    if first.tzinfo is None:
        return first + timedelta(seconds=elapsed_s)
    return (first.astimezone(UTC) + timedelta(seconds=elapsed_s)).astimezone(first.tzinfo)


def daily(first: datetime, clock_s: tuple[float, ...], days: int) -> list[datetime]:
    """The moments at ``clock_s`` seconds after midnight on so many days, those before ``first`` left out."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for day in range(days):
        for clock in clock_s:
            wall = midnight.replace(tzinfo=None) + timedelta(days=day, seconds=clock)
            at = wall.replace(tzinfo=midnight.tzinfo)
            if seconds(at, first) >= 0:
                found.append(at)
    return found
