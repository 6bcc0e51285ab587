"""Lanes: how goods travel between two sites.

Road lanes leave at any time; their time is handling + distance / speed, the distance being the great
circle times a detour factor where it is not given. Flights and trains leave by timetable; goods must be
at the terminal ``cut_off`` before departure and are available ``handling`` after arrival.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from becq.chain.fields import Clock, DurationS, Slugs, Weekdays
from becq.chain.item import Item

ANY_SITE = "*"


class Departure(BaseModel):
    """One line of a timetable, in the time zone of the lane's first site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Weekdays
    time: Clock
    duration: DurationS = Field(gt=0)
    capacity_packages: int | None = Field(default=None, ge=0, description="None: not limiting")
    number: str | None = Field(default=None, description="Flight or train number")


class Lane(Item):
    """A lane from each of ``origins`` to each of ``destinations`` ('*' in a road lane: every site)."""

    mode: Literal["road", "flight", "train"]
    origins: Slugs = Field(min_length=1)
    destinations: Slugs = Field(min_length=1)
    both_ways: bool = False
    distance_km: float | None = Field(default=None, gt=0)
    detour_factor: float = Field(default=1.3, ge=1, le=3)
    speed_kmh: float | None = Field(default=None, gt=0, le=400)
    max_km: float | None = Field(default=None, gt=0, description="Road: longest distance driven")
    cut_off: DurationS = Field(default=0.0, ge=0)
    handling: DurationS = Field(default=0.0, ge=0)
    departures: list[Departure] = Field(default_factory=list)
    cost_per_trip: float = Field(default=0.0, ge=0)
    cost_per_km: float = Field(default=0.0, ge=0)
    currency: str = "CNY"

    @model_validator(mode="after")
    def _complete(self) -> Lane:
        if self.mode == "road":
            if self.speed_kmh is None:
                raise ValueError("a road lane needs speed_kmh")
            if self.departures:
                raise ValueError("a road lane has no departures; use mode flight or train")
        else:
            if not self.departures:
                raise ValueError(f"a lane of mode {self.mode} needs departures")
            if ANY_SITE in self.origins or ANY_SITE in self.destinations:
                raise ValueError(f"a lane of mode {self.mode} names its two ends; '*' is for roads")
        if self.distance_km is not None and (
            len(self.origins) > 1 or len(self.destinations) > 1 or ANY_SITE in self.origins + self.destinations
        ):
            raise ValueError("distance_km belongs to one pair of sites; leave it out for many")
        return self
