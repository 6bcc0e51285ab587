"""The shift of the clock: at most one row."""

from __future__ import annotations

from datetime import timedelta

from django.db import models


class Shift(models.Model):
    """How far the present moment of this installation is from real time (demo and tests)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField(default=timedelta)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clock_one_shift")]
