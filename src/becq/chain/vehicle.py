"""What delivers the last mile: the vehicles of a site, and how products are packed for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from becq.chain.fields import (
    WEEKDAYS,
    Clock,
    Count,
    DurationS,
    Number,
    PositiveActivityBq,
    Slug,
    Slugs,
    Text,
    Weekdays,
)
from becq.chain.item import Item, misfit
from becq.errors import InputError


def _material(name: str) -> str:
    from becq.physics.radiation.materials import material, names

    try:
        return material(name).name
    except InputError:
        raise ValueError(f"{name!r} is no material of a shield; use {', '.join(names())}") from None


ShieldMaterial = Annotated[Text, AfterValidator(_material)]


class Vehicle(Item):
    """Vehicles of one kind that stand at a site and drive rounds from it, each with its driver."""

    site: Slug = Field(description="Site where they are loaded and where they return")
    name: Text = Field(description="Name in English")
    name_zh: Text = Field(description="Name in Chinese")
    count: Count = Field(default=1, ge=1, le=999, description="How many there are")
    speed_kmh: Number | None = Field(
        default=None, gt=0, le=200, description="Mean speed in km/h; that of the road lane where left out"
    )
    package_limit: Count | None = Field(
        default=None, ge=1, description="Most packages in one round; not limiting where left out"
    )
    transport_index_limit: Number | None = Field(
        default=None,
        gt=0,
        description="Largest sum of transport indexes aboard; that of the rules where left out",
    )
    days: Weekdays = Field(
        default_factory=lambda: list(WEEKDAYS), min_length=1, description="Days on which they drive"
    )
    shift_start: Clock = Field(description="Start of the driver's shift: loading may begin")
    shift_end: Clock = Field(description="End of the driver's shift: the vehicle is back")
    duty: DurationS | None = Field(
        default=None, description="Longest time from the first loading to the last return of a day"
    )
    loading: DurationS = Field(default=0.0, ge=0, description="Time to load before each round")
    unloading: DurationS = Field(default=0.0, ge=0, description="Time to hand over one delivery")
    cost_per_day: Number = Field(default=0.0, ge=0, description="Cost of a day on which it drives")
    cost_per_km: Number = Field(default=0.0, ge=0, description="Cost of one km driven")
    cost_per_hour: Number = Field(default=0.0, ge=0, description="Cost of one hour of duty")
    currency: Text = Field(default="CNY", description="Currency of the costs, ISO 4217")

    @model_validator(mode="after")
    def _ordered(self) -> Vehicle:
        if self.shift_end <= self.shift_start:
            raise misfit(
                "shift_end",
                "the shift ends before it starts (shift_end <= shift_start)",
                "a shift lies within one day: give a shift_end after shift_start",
            )
        if self.duty is not None and self.duty <= 0:
            raise misfit("duty", "the duty has no length", "give for example '9 h', or leave it out")
        return self


class Packaging(Item):
    """How products are packed for the road: what follows for the dose rate around each package."""

    products: Slugs = Field(min_length=1, description="Products packed so")
    shield: ShieldMaterial | None = Field(
        default=None, description="Material of the shield: lead, tungsten, iron and so on; none if left out"
    )
    thickness_mm: Number = Field(default=0.0, ge=0, le=1000, description="Thickness of the shield in mm")
    radius_mm: Number = Field(
        gt=0, le=5000, description="From the activity to the nearest outer surface of the package in mm"
    )
    capacity: PositiveActivityBq | None = Field(
        default=None, description="Largest activity of one package at departure; any where left out"
    )

    @model_validator(mode="after")
    def _fits(self) -> Packaging:
        if (self.shield is None) != (self.thickness_mm == 0):
            field = "shield" if self.shield is None else "thickness_mm"
            raise misfit(
                field,
                "a shield needs both its material and its thickness",
                "give shield and thickness_mm, or leave both out",
            )
        if self.thickness_mm >= self.radius_mm:
            raise misfit(
                "thickness_mm",
                f"the shield is {self.thickness_mm:g} mm thick in a package of radius {self.radius_mm:g} mm",
                "the radius counts from the activity to the outside: give a larger radius_mm",
            )
        return self


__all__ = ["Packaging", "Vehicle"]
