"""Orders, standing orders and opening stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import cast

from pydantic import Field, model_validator

from becq.chain.fields import (
    WEEKDAYS,
    Clock,
    Count,
    Day,
    Flag,
    Instant,
    PositiveActivityBq,
    Share,
    Slug,
    Weekdays,
)
from becq.chain.item import Item, misfit
from becq.chain.site import Site

HIGHEST_PRIORITY, LOWEST_PRIORITY = 1, 3


class Order(Item):
    """Activity wanted at a calibration time, to be delivered within a window."""

    site: Slug = Field(description="Site that receives it")
    product: Slug = Field(description="Product ordered")
    activity: PositiveActivityBq = Field(description="Activity at the calibration time")
    calibration: Instant = Field(description="Calibration (reference) time of the activity")
    earliest: Instant = Field(description="Start of the delivery window")
    latest: Instant = Field(description="End of the delivery window")
    tolerance: Share = Field(
        default=0.1, ge=0, le=1, description="Accepted relative deviation at calibration"
    )
    priority: Count = Field(
        default=2, ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY, description="1 is the highest"
    )
    partial: Flag = Field(default=False, description="Less than the tolerance allows is still wanted")
    patients: Count | None = Field(default=None, ge=0, description="Patients it is for")

    @model_validator(mode="after")
    def _window(self) -> Order:
        try:
            if self.latest < self.earliest:
                raise misfit(
                    "latest",
                    "the delivery window ends before it starts (latest < earliest)",
                    "give a latest time after the earliest",
                )
        except TypeError as error:
            raise misfit(
                "latest",
                "only one of earliest and latest carries a UTC offset",
                "write both with an offset, or both without",
            ) from error
        return self


class StandingOrder(Item):
    """An order that repeats on given days of the week, times in the site's zone."""

    site: Slug = Field(description="Site that receives it")
    product: Slug = Field(description="Product ordered")
    activity: PositiveActivityBq = Field(description="Activity at the calibration time")
    days: Weekdays = Field(min_length=1, description="Days of delivery")
    earliest: Clock = Field(description="Start of the delivery window")
    latest: Clock = Field(description="End of the delivery window")
    calibration: Clock = Field(description="Calibration time of the activity")
    calibration_day_offset: Count = Field(
        default=0, ge=0, le=60, description="Days from delivery to calibration"
    )
    tolerance: Share = Field(
        default=0.1, ge=0, le=1, description="Accepted relative deviation at calibration"
    )
    priority: Count = Field(
        default=2, ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY, description="1 is the highest"
    )
    partial: Flag = Field(default=False, description="Less than the tolerance allows is still wanted")
    patients: Count | None = Field(default=None, ge=0, description="Patients it is for")
    valid_from: Day | None = Field(default=None, description="First day of delivery")
    valid_to: Day | None = Field(default=None, description="Last day of delivery")

    @model_validator(mode="after")
    def _window(self) -> StandingOrder:
        if self.latest < self.earliest:
            raise misfit(
                "latest",
                "the delivery window ends before it starts (latest < earliest)",
                "give a latest time after the earliest",
            )
        return self

    def holds(self, day: date) -> bool:
        """Whether the standing order is in force on a day, whatever the day of the week."""
        return (self.valid_from is None or day >= self.valid_from) and (
            self.valid_to is None or day <= self.valid_to
        )

    def expand(self, site: Site, first: date, days: int) -> Iterator[Order]:
        """The orders that fall on ``days`` days from ``first``, in date order."""
        for offset in range(days):
            day = first + timedelta(days=offset)
            if WEEKDAYS[day.weekday()] not in self.days:
                continue
            if not self.holds(day):
                continue
            yield Order(
                id=f"{self.id}.{day:%Y%m%d}",
                site=self.site,
                product=self.product,
                activity=cast(float, f"{self.activity!r} Bq"),  # read as a quantity
                calibration=datetime.combine(
                    day + timedelta(days=self.calibration_day_offset), self.calibration, site.zone
                ),
                earliest=datetime.combine(day, self.earliest, site.zone),
                latest=datetime.combine(day, self.latest, site.zone),
                tolerance=self.tolerance,
                priority=self.priority,
                partial=self.partial,
                patients=self.patients,
                source=self.source,
                assumption=self.assumption,
            )


class StockLot(Item):
    """A lot in hand when the plan starts: bulk, ready doses, or a generator in use on the site."""

    site: Slug = Field(description="Site that holds it")
    product: Slug = Field(description="Product it is")
    activity: PositiveActivityBq = Field(description="Activity at the reference time")
    reference_time: Instant = Field(description="Reference time of the activity")
    expires: Instant | None = Field(
        default=None, description="Expiry; reference time plus shelf life where left out"
    )
