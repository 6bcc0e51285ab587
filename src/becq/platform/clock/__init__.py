"""The present moment. Nothing else in the platform asks the operating system for the time.

A demo runs on a shifted clock (the shift is kept in the database, so that the server, its worker and the
command line agree); tests and replayed events run on a frozen one (of the running thread only).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from becq.errors import InputError

CACHE_S = 2.0
"""How long a process may go on with the shift that it has read."""

_frozen: ContextVar[datetime | None] = ContextVar("becq_frozen_clock", default=None)
_cached: tuple[float, timedelta] | None = None  # (monotonic time of reading, shift)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    frozen_at = _frozen.get()
    return frozen_at if frozen_at is not None else datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far this installation's clock is ahead of real time."""
    global _cached
    if _cached is not None and time.monotonic() - _cached[0] < CACHE_S:
        return _cached[1]
    from becq.platform.clock.models import Shift  # the app registry must be ready first

    row = Shift.objects.filter(pk=1).first()
    shift = row.offset if row else timedelta(0)
    _cached = (time.monotonic(), shift)
    return shift


def is_shifted() -> bool:
    """True when the clock does not show real time (pages must say so)."""
    return _frozen.get() is not None or offset() != timedelta(0)


def set_offset(shift: timedelta) -> None:
    """Shift the clock of this installation for good; other processes follow within CACHE_S.

    :raises InputError: for a shift of more than 100 years.
    """
    if abs(shift) > timedelta(days=36525):
        raise InputError(f"A clock shift of {shift} is more than 100 years")
    from becq.platform.clock.models import Shift

    Shift.objects.update_or_create(pk=1, defaults={"offset": shift})
    forget()


def set_now(moment: datetime) -> None:
    """Shift the clock so that the present moment becomes ``moment`` (aware) and runs on from there."""
    set_offset(_aware(moment) - datetime.now(UTC))


def forget() -> None:
    """Read the shift anew at the next question (after the database was replaced or rolled back)."""
    global _cached
    _cached = None


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Within the block, in this thread, the present moment is ``at`` (aware)."""
    token = _frozen.set(_aware(at))
    try:
        yield _aware(at)
    finally:
        _frozen.reset(token)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InputError(f"{moment} has no time zone; write for example {moment.isoformat()}+08:00")
    return moment.astimezone(UTC)
