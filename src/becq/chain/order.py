"""Orders, standing orders and opening stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, cast

from pydantic import Field, model_validator

from becq.chain.alternative import Alternatives, write_alternatives
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
FEWEST_PARTS, USUAL_PARTS, MOST_PARTS = 2, 4, 20
"""Parts that a divided order may come in: the least and the most that can be said, and what holds unsaid."""
LEAST_SHARE = 0.1
"""Share of the ordered activity that a part has at least where nothing else is said (assumption)."""


SplitFlag = Annotated[Flag, Field(default=False, description="It may come in several parts")]
LeastPart = Annotated[
    PositiveActivityBq | None,
    Field(default=None, description="Least activity of a part at calibration; a tenth where left out"),
]
PartCount = Annotated[
    Count,
    Field(default=USUAL_PARTS, ge=FEWEST_PARTS, le=MOST_PARTS, description="Most parts it may come in"),
]
OtherProducts = Annotated[
    Alternatives,
    Field(default_factory=list, description="Other products that would do as well, with their activity"),
]


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
    split: SplitFlag
    least_part: LeastPart
    most_parts: PartCount
    alternatives: OtherProducts

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
        _check_parts(self)
        return self

    @property
    def smallest_part(self) -> float:
        """Least activity of a delivery at calibration, Bq: of one of several, or of the only one."""
        if self.split:
            return self.least_part if self.least_part is not None else LEAST_SHARE * self.activity
        return self.least

    @property
    def least(self) -> float:
        """Least activity at calibration that serves the order, Bq; zero where anything is welcome."""
        return 0.0 if self.partial else self.activity * (1 - self.tolerance)


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
    split: SplitFlag
    least_part: LeastPart
    most_parts: PartCount
    alternatives: OtherProducts
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
        _check_parts(self)
        return self

    def holds(self, day: date) -> bool:
        """Whether the standing order is in force on a day, whatever the day of the week."""
        return (self.valid_from is None or day >= self.valid_from) and (
            self.valid_to is None or day <= self.valid_to
        )

    def expand(self, site: Site, first: date, days: int) -> Iterator[Order]:
        """The orders that fall on ``days`` days from ``first``, in date order."""
        extra = parts_said(self)
        first_one: Order | None = None
        for offset in range(days):
            day = first + timedelta(days=offset)
            if WEEKDAYS[day.weekday()] not in self.days:
                continue
            if not self.holds(day):
                continue
            when: dict[str, Any] = {
                "id": f"{self.id}.{day:%Y%m%d}",
                "calibration": datetime.combine(
                    day + timedelta(days=self.calibration_day_offset), self.calibration, site.zone
                ),
                "earliest": datetime.combine(day, self.earliest, site.zone),
                "latest": datetime.combine(day, self.latest, site.zone),
            }
            if first_one is not None:
                yield first_one.model_copy(update=when)  # the same on another day: nothing to check again
                continue
            first_one = Order(
                site=self.site,
                product=self.product,
                activity=cast(float, f"{self.activity!r} Bq"),  # read as a quantity
                tolerance=self.tolerance,
                priority=self.priority,
                partial=self.partial,
                patients=self.patients,
                source=self.source,
                assumption=self.assumption,
                **when,
                **extra,
            )
            yield first_one


def _check_parts(order: Order | StandingOrder) -> None:
    """Raise what of the parts and alternatives does not fit the order; see ``misfit``."""
    if not order.split:
        for field, usual in (("least_part", None), ("most_parts", USUAL_PARTS)):
            if getattr(order, field) != usual:
                raise misfit(
                    field,
                    f"{field} is given for an order that does not come in parts",
                    "say split: true, or leave it out",
                )
    if order.least_part is not None and order.least_part > order.activity:
        raise misfit(
            "least_part",
            "a part is larger than the whole order (least_part > activity)",
            "give a least_part of at most the activity",
        )
    if any(each.product == order.product for each in order.alternatives):
        raise misfit(
            "alternatives",
            f"'{order.product}' is ordered already and cannot be its own alternative",
            "name other products",
        )


def parts_said(order: Order | StandingOrder) -> dict[str, Any]:
    """What is said of parts and alternatives, as it is read."""
    found: dict[str, Any] = {}
    if order.split:
        found |= {"split": True, "most_parts": order.most_parts}
    if order.least_part is not None:
        found["least_part"] = f"{order.least_part!r} Bq"
    if order.alternatives:
        found["alternatives"] = write_alternatives(order.alternatives)
    return found


class StockLot(Item):
    """A lot in hand when the plan starts: bulk, ready doses, or a generator in use on the site."""

    site: Slug = Field(description="Site that holds it")
    product: Slug = Field(description="Product it is")
    activity: PositiveActivityBq = Field(description="Activity at the reference time")
    reference_time: Instant = Field(description="Reference time of the activity")
    expires: Instant | None = Field(
        default=None, description="Expiry; reference time plus shelf life where left out"
    )
