"""What people say about an event: when it was, and how much they measured."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from becq.errors import InputError
from becq.physics.decay import decay_factor
from becq.platform import clock

AHEAD = timedelta(minutes=1)
"""How far ahead of the platform's clock an event may be: the clocks of two machines differ."""

ERROR_LIMIT = 1.25
"""A measurement above the books by more than this factor is a slip of unit or decimal, not an error."""


def event_time(at: datetime | None, *, after: datetime | None = None, what: str = "the event") -> datetime:
    """When it happened, in UTC: ``at``, or now.

    :param after: a moment it cannot precede.
    :raises InputError: no time zone, in the future, or before ``after``.
    """
    now = clock.now()
    if at is None:
        at = now
    if at.tzinfo is None:
        raise InputError(f"The time of {what} has no time zone; write for example {at.isoformat()}+08:00")
    at = at.astimezone(UTC)
    if at > now + AHEAD:
        raise InputError(
            f"The time of {what}, {at:%Y-%m-%d %H:%M} UTC, is in the future; it is {now:%Y-%m-%d %H:%M} UTC"
        )
    if after is not None and at < after:
        raise InputError(
            f"The time of {what}, {at:%Y-%m-%d %H:%M} UTC, is before {after:%Y-%m-%d %H:%M} UTC, "
            "when what it follows took place"
        )
    return at


def positive(activity_bq: float, what: str) -> float:
    """An activity that somebody measured, in Bq.

    :raises InputError: not a positive finite number.
    """
    if not (isinstance(activity_bq, int | float) and math.isfinite(activity_bq) and activity_bq > 0):
        raise InputError(f"{what} of {activity_bq!r} Bq is not a positive number; write for example 7.4 GBq")
    return float(activity_bq)


def standard_uncertainty(
    activity_bq: float, uncertainty_bq: float | None, relative: float | None
) -> float | None:
    """Standard uncertainty in Bq, given as such or as a share of the activity, or neither.

    :raises InputError: both given, or not a finite number from zero up.
    """
    if uncertainty_bq is not None and relative is not None:
        raise InputError("Give the uncertainty in Bq or as a share of the activity, not both")
    value = activity_bq * relative if relative is not None else uncertainty_bq
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise InputError(f"An uncertainty of {value!r} Bq is not a finite number from zero up")
    return value


def decayed(nuclide: str, activity_bq: float, since: datetime, at: datetime) -> float:
    """Activity of one nuclide at ``at`` that was ``activity_bq`` at ``since`` (either order), in Bq."""
    return activity_bq * float(decay_factor(nuclide, (at - since).total_seconds()))
