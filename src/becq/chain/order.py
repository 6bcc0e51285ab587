"""Orders, standing orders and opening stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import Field, model_validator

from becq.chain.fields import WEEKDAYS, Clock, PositiveActivityBq, Slug, Weekdays
from becq.chain.item import Item
from becq.chain.site import Site

HIGHEST_PRIORITY, LOWEST_PRIORITY = 1, 3


class Order(Item):
    """Activity wanted at a calibration time, to be delivered within a window."""

    site: Slug
    product: Slug
    activity: PositiveActivityBq = Field(description="Activity at the calibration time")
    calibration: datetime = Field(description="Calibration (reference) time of the activity")
    earliest: datetime = Field(description="Start of the delivery window")
    latest: datetime = Field(description="End of the delivery window")
    tolerance: float = Field(default=0.1, ge=0, le=1, description="Accepted relative deviation at calibration")
    priority: int = Field(default=2, ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY, description="1 is the highest")
    partial: bool = Field(default=False, description="Less than the tolerance allows is still wanted")
    patients: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _window(self) -> Order:
        try:
            if self.latest < self.earliest:
                raise ValueError("the delivery window ends before it starts (latest < earliest)")
        except TypeError as error:
            raise ValueError("earliest and latest must both carry a UTC offset, or neither") from error
        return self


class StandingOrder(Item):
    """An order that repeats on given days of the week, times in the site's zone."""

    site: Slug
    product: Slug
    activity: PositiveActivityBq
    days: Weekdays = Field(min_length=1, description="Days of delivery")
    earliest: Clock
    latest: Clock
    calibration: Clock
    calibration_day_offset: int = Field(default=0, ge=0, le=60)
    tolerance: float = Field(default=0.1, ge=0, le=1)
    priority: int = Field(default=2, ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY)
    partial: bool = False
    patients: int | None = Field(default=None, ge=0)
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _window(self) -> StandingOrder:
        if self.latest < self.earliest:
            raise ValueError("the delivery window ends before it starts (latest < earliest)")
        return self

    def expand(self, site: Site, first: date, days: int) -> Iterator[Order]:
        """The orders that fall on ``days`` days from ``first``, in date order."""
        for offset in range(days):
            day = first + timedelta(days=offset)
            if WEEKDAYS[day.weekday()] not in self.days:
                continue
            if (self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to):
                continue
            yield Order(
                id=f"{self.id}.{day:%Y%m%d}",
                site=self.site,
                product=self.product,
                activity=f"{self.activity!r} Bq",
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

    site: Slug
    product: Slug
    activity: PositiveActivityBq
    reference_time: datetime
    expires: datetime | None = None
