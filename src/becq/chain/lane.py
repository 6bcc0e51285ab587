"""Lanes: how goods travel between two sites.

Road lanes leave at any time; their time is handling + distance / speed, the distance being the great
circle times a detour factor where it is not given. Flights and trains leave by timetable; goods must be
at the terminal ``cut_off`` before departure and are available ``handling`` after arrival.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from becq.chain.fields import Clock, Count, DurationS, Flag, Number, Slugs, Text, Weekdays
from becq.chain.item import Item, Row, misfit

ANY_SITE = "*"


class Departure(Row):
    """One line of a timetable, in the time zone of the lane's first site."""

    days: Weekdays = Field(min_length=1, description="Days of departure")
    time: Clock = Field(description="Time of departure")
    duration: DurationS = Field(gt=0, description="Departure to arrival")
    capacity_packages: Count | None = Field(
        default=None, ge=0, description="Packages that one departure takes; not limiting where left out"
    )
    transport_index_limit: Number | None = Field(
        default=None,
        gt=0,
        description="Largest sum of transport indexes on one departure; that of the rules where left out",
    )
    number: Text | None = Field(default=None, description="Flight or train number")


class Lane(Item):
    """A lane from each of ``origins`` to each of ``destinations`` ('*' in a road lane: every site)."""

    mode: Literal["road", "flight", "train"] = Field(description="How the goods travel")
    origins: Slugs = Field(min_length=1, description="Sites where the lane starts; '*' (road): every site")
    destinations: Slugs = Field(min_length=1, description="Sites where it ends; '*' (road): every site")
    both_ways: Flag = Field(default=False, description="Also from the destinations to the origins")
    distance_km: Number | None = Field(
        default=None, gt=0, description="Road: distance driven; great circle x detour factor where left out"
    )
    detour_factor: Number = Field(default=1.3, ge=1, le=3, description="Road distance over great circle")
    speed_kmh: Number | None = Field(default=None, gt=0, le=400, description="Road: average speed in km/h")
    max_km: Number | None = Field(default=None, gt=0, description="Road: longest distance driven")
    cut_off: DurationS = Field(
        default=0.0, ge=0, description="Goods are at the terminal this long before departure"
    )
    handling: DurationS = Field(
        default=0.0, ge=0, description="Road: loading and unloading; flight, train: arrival to goods in hand"
    )
    departures: list[Departure] = Field(default_factory=list, description="Timetable of a flight or train")
    cost_per_trip: Number = Field(default=0.0, ge=0, description="Cost of one trip or consignment")
    cost_per_km: Number = Field(default=0.0, ge=0, description="Cost of one km driven")
    currency: Text = Field(default="CNY", description="Currency of the costs, ISO 4217")

    @model_validator(mode="after")
    def _complete(self) -> Lane:
        if self.mode == "road":
            if self.speed_kmh is None:
                raise misfit("speed_kmh", "a road lane needs speed_kmh", "write for example speed_kmh: 60")
            if self.departures:
                raise misfit("departures", "a road lane has no departures", "use mode flight or train")
        else:
            if not self.departures:
                raise misfit(
                    "departures",
                    f"a lane of mode {self.mode} needs departures",
                    "give days, time and duration of each departure, or use mode road",
                )
            if ANY_SITE in self.origins or ANY_SITE in self.destinations:
                field = "origins" if ANY_SITE in self.origins else "destinations"
                raise misfit(
                    field,
                    f"a lane of mode {self.mode} names its two ends",
                    "'*' is for roads; name the sites",
                )
        if self.distance_km is not None and (
            len(self.origins) > 1
            or len(self.destinations) > 1
            or ANY_SITE in self.origins + self.destinations
        ):
            raise misfit("distance_km", "distance_km belongs to one pair of sites", "leave it out for many")
        return self
