"""Measured road legs: the distance and driving time between two sites, where somebody knows them.

They take the place of the estimate of road lanes (great circle x detour factor at the lane's speed); the
lane still says which pairs of sites are driven, how long handling takes and what it costs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from becq.chain.fields import DurationS, Flag, Number, Slug
from becq.chain.item import Item, misfit

FASTEST_KMH = 200.0
"""Mean speeds above this are taken for slips of the pen: no country drives goods faster."""


class RoadLeg(Item):
    """The way by road from one site to another."""

    origin: Slug = Field(description="Site where the way starts")
    destination: Slug = Field(description="Site where it ends")
    both_ways: Flag = Field(default=False, description="Also from the destination to the origin")
    distance_km: Number = Field(gt=0, description="Distance driven")
    duration: Annotated[DurationS, Field(gt=0, description="Driving time, without loading and unloading")]

    @model_validator(mode="after")
    def _plausible(self) -> RoadLeg:
        speed = 3600.0 * self.distance_km / self.duration
        if speed > FASTEST_KMH:
            raise misfit(
                "duration",
                f"{self.distance_km:g} km in this time is {speed:.0f} km/h",
                f"no road is driven faster than {FASTEST_KMH:g} km/h: correct duration or distance_km",
            )
        return self


__all__ = ["FASTEST_KMH", "RoadLeg"]
