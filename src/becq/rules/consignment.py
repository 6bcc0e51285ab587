"""A consignment as a document: its packages and its vehicle, turned into what rules can judge.

Activities are given at a reference time and judged at the departure: chains are decayed in between, so that
what grew in on the way counts as far as the limits of the parent do not contain it already. What was not
measured stays unknown, and the rules that need it say so. What a package is found to be: package_facts.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from becq.chain.fields import ActivityBq, Day, Flag, Instant, NuclideName, Number, Slug, Text
from becq.chain.item import Row, misfit
from becq.chain.site import TimeZone
from becq.errors import InputError
from becq.physics.quantities import parse_dose_rate, parse_mass
from becq.rules.fissile import fissile_mass_g
from becq.rules.industrial import Material
from becq.rules.package_facts import Carriage, excepted_kind, held_at, package_facts
from becq.rules.reference import has_transport_limit
from becq.rules.subject import DEFAULT_JURISDICTION, frame
from becq.rules.transport import exempt_fraction, limit_of
from becq.rules.vehicle_facts import vehicle_facts

PackageType = Literal["exempt", "excepted", "IP-1", "IP-2", "IP-3", "A", "B(U)", "B(M)", "C"]
Mode = Literal["road", "rail", "air", "sea", "inland-water"]


def _read_dose_rate(value: object) -> object:
    return _read(value, parse_dose_rate)


def _read_mass(value: object) -> object:
    return _read(value, parse_mass)


def _read(value: object, parse: object) -> object:
    if isinstance(value, bool | int | float):
        raise ValueError(f"{value!r} has no unit; write text with a unit, for example '20 uSv/h' or '5 g'")
    try:
        return parse(str(value))  # type: ignore[operator]
    except InputError as error:
        raise ValueError(str(error)) from error


def _jurisdiction(value: str) -> str:
    if not value.isascii() or not value[:1].isupper():
        raise ValueError(f"{value!r} is no jurisdiction; write for example CN, CN-51 or IAEA")
    return value


DoseRate = Annotated[float, BeforeValidator(_read_dose_rate)]
MassG = Annotated[float, BeforeValidator(_read_mass), Field(gt=0)]
Jurisdiction = Annotated[Text, AfterValidator(_jurisdiction)]
Contamination = Annotated[Number, Field(ge=0)]


class Content(Row):
    """One nuclide with its activity."""

    nuclide: NuclideName = Field(description="Nuclide")
    activity: ActivityBq = Field(ge=0, description="Activity at the reference time")


class Surfaces(Row):
    """Contamination of an object in Bq/cm2: beta with gamma and low toxicity alpha, and all other alpha."""

    accessible_loose_beta: Contamination = Field(description="Non-fixed, on accessible surfaces")
    accessible_loose_other_alpha: Contamination = Field(description="Non-fixed, on accessible surfaces")
    accessible_fixed_beta: Contamination = Field(description="Fixed, on accessible surfaces")
    accessible_fixed_other_alpha: Contamination = Field(description="Fixed, on accessible surfaces")
    inaccessible_beta: Contamination = Field(description="Fixed and non-fixed, on inaccessible surfaces")
    inaccessible_other_alpha: Contamination = Field(description="Fixed and non-fixed, on inaccessible ones")

    def by_surface(self) -> dict[tuple[str, str], float]:
        """(surface, emitter) as in surface_contaminated_objects.csv → Bq/cm2."""
        beta, alpha = "beta-gamma-low-alpha", "other-alpha"
        return {
            ("accessible, non-fixed", beta): self.accessible_loose_beta,
            ("accessible, non-fixed", alpha): self.accessible_loose_other_alpha,
            ("accessible, fixed", beta): self.accessible_fixed_beta,
            ("accessible, fixed", alpha): self.accessible_fixed_other_alpha,
            ("inaccessible, total", beta): self.inaccessible_beta,
            ("inaccessible, total", alpha): self.inaccessible_other_alpha,
        }


class Package(Row):
    """One package: contents, type, what was measured on it and what its labels say."""

    id: Slug = Field(description="Identifier of the package")
    type: PackageType = Field(description="Type of package")
    contents: list[Content] = Field(description="Nuclides and their activity; none in an empty packaging")
    reference_time: Instant | None = Field(default=None, description="Time at which the activities hold")
    state: Literal["solid", "liquid", "gas"] = Field(default="solid", description="State of the material")
    special_form: Flag = Field(default=False, description="Special form radioactive material")
    article: Flag = Field(default=False, description="The activity is in instruments or articles")
    items: Annotated[int, Field(ge=1)] | None = Field(default=None, description="How many, all alike")
    material: Material | None = Field(default=None, description="Group of material in an industrial package")
    combustible: Flag | None = Field(default=None, description="Whether the solid material burns")
    mass: MassG | None = Field(default=None, description="Mass of the material, without shield and packaging")
    surfaces: Surfaces | None = Field(default=None, description="Contamination of the object, for SCO")
    certificate: list[Content] = Field(default_factory=list, description="What the approved design may hold")
    criticality_safety_index: Number | None = Field(default=None, ge=0, description="Of fissile material")
    dose_rate_surface: DoseRate | None = Field(default=None, description="Highest on the surface")
    dose_rate_1m: DoseRate | None = Field(default=None, description="Highest at 1 m from the surface")
    dose_rate_10cm: DoseRate | None = Field(default=None, description="At 10 cm from the bare article")
    dose_rate_unshielded_3m: DoseRate | None = Field(
        default=None, description="At 3 m from the bare material"
    )
    transport_index: Number | None = Field(default=None, ge=0, description="Index on the label")
    category: Literal["I-WHITE", "II-YELLOW", "III-YELLOW"] | None = Field(
        default=None, description="Category of the label"
    )
    un_number: Text | None = Field(default=None, description="UN number, for example 2915")
    contamination_beta: Contamination | None = Field(default=None, description="Bq/cm2, non-fixed")
    contamination_alpha: Contamination | None = Field(default=None, description="Bq/cm2, non-fixed")
    inside_contamination_beta: Contamination | None = Field(default=None, description="Of an empty packaging")
    inside_contamination_alpha: Contamination | None = Field(
        default=None, description="Of an empty packaging"
    )

    @model_validator(mode="after")
    def _filled(self) -> Package:
        if not self.contents and excepted_kind(self) != "empty":
            raise misfit(
                "contents",
                "no nuclide is given",
                "give each with its activity; an empty packaging has type excepted and UN number 2908",
            )
        return self


class ApprovedLimit(Row):
    """Values that an authority approved for a nuclide which the regulations do not list."""

    nuclide: NuclideName = Field(description="Nuclide")
    a1: ActivityBq = Field(gt=0, description="A1")
    a2: ActivityBq = Field(gt=0, description="A2")
    approval: Text = Field(description="Authority and number of the approval")

    @model_validator(mode="after")
    def _ordered(self) -> ApprovedLimit:
        if self.a2 > self.a1:
            raise misfit(
                "a2", f"A2 of {self.nuclide} is above its A1", "A2 is at most A1; they may be swapped"
            )
        return self


class Vehicle(Row):
    """What is known of the vehicle, aircraft or ship beyond these packages."""

    other_transport_index: Number = Field(default=0.0, ge=0, description="Sum of what else is aboard")
    other_criticality_index: Number = Field(default=0.0, ge=0, description="Sum of what else is aboard")
    aircraft: Literal["passenger", "cargo"] | None = Field(default=None, description="Kind of aircraft")
    secured: Flag | None = Field(
        default=None, description="Closed, packages held in place, nothing loaded or unloaded on the way"
    )
    dose_rate_surface: DoseRate | None = Field(default=None, description="Highest on the outer surface")
    dose_rate_2m: DoseRate | None = Field(default=None, description="Highest at 2 m from it")
    dose_rate_driver: DoseRate | None = Field(default=None, description="Highest at an occupied place")
    individual_monitoring: Flag | None = Field(default=None, description="People there wear dosimeters")


class ConsignmentDocument(Row):
    """Packages that travel together, judged at their departure under the rules of a jurisdiction."""

    id: Slug = Field(description="Number of the consignment")
    site: Text | None = Field(default=None, description="Site of the consignor")
    jurisdiction: Jurisdiction = Field(default=DEFAULT_JURISDICTION, description="Whose rules hold")
    day: Day | None = Field(default=None, description="Day of departure")
    departure: Instant | None = Field(default=None, description="Time of departure")
    timezone: TimeZone = Field(default="Asia/Shanghai", description="Zone of times without an offset")
    mode: Mode = Field(default="road", description="How it travels")
    exclusive_use: Flag = Field(default=False, description="Under exclusive use")
    packages: list[Package] = Field(min_length=1, description="Its packages")
    approved_limits: list[ApprovedLimit] = Field(default_factory=list, description="Approved A1 and A2")
    vehicle: Vehicle | None = Field(default=None, description="The vehicle")

    @model_validator(mode="after")
    def _dated(self) -> ConsignmentDocument:
        if self.day is None and self.departure is None:
            raise misfit("day", "neither day nor departure is given", "give departure: '2026-12-07 18:00'")
        if self.departure is not None and self.day is not None and self.day != self._leaving.date():
            raise misfit(
                "day", f"day {self.day} is not that of the departure, {self._leaving.date()}", "leave day out"
            )
        names = [package.id for package in self.packages]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise misfit("packages", f"several packages are called {', '.join(twice)}", "number them")
        listed = [
            r.nuclide for r in self.approved_limits if has_transport_limit(r.nuclide, self.jurisdiction)
        ]
        if listed:
            raise misfit(
                "approved_limits",
                f"the regulations list {', '.join(listed)}; only nuclides without values are approved for",
                "leave them out",
            )
        late = [p.id for p in self.packages if p.reference_time and self._elapsed_s(p.reference_time) < 0]
        if self.departure is None and late:
            raise misfit(
                "departure",
                f"the activity of {', '.join(late)} holds at a time on the day or later: without a time of "
                "departure it is not known what leaves",
                "give departure: '2026-12-07 18:00'",
            )
        return self

    @property
    def _leaving(self) -> datetime:
        """Local time of departure; where only the day is known its start, when there is most activity."""
        zone = ZoneInfo(self.timezone)
        if self.departure is None:
            assert self.day is not None
            return datetime.combine(self.day, time(), zone)
        return self._local(self.departure).astimezone(zone)

    def _local(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.timezone))

    def _elapsed_s(self, reference: datetime) -> float:
        return self._leaving.timestamp() - self._local(reference).timestamp()

    def facts(self) -> dict[str, pl.DataFrame]:
        """Facts of the subjects package and vehicle."""
        held = [self._held(package) for package in self.packages]
        carriage = self._carriage(held)
        common = {
            "consignment": self.id,
            "exempt_fraction": self._exempt_fraction(held, carriage),
        }
        rows = [
            self._common(f"Package {package.id}", f"货包{package.id}")
            | common
            | package_facts(package, inside, carriage)
            for package, inside in zip(self.packages, held, strict=True)
        ]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        vehicle = self._common(f"Vehicle of {self.id}", f"{self.id}的车辆") | vehicle_facts(
            self.vehicle or Vehicle(), self.packages, rows, carriage
        )
        return {"package": frame("package", columns), "vehicle": frame("vehicle", vehicle)}

    def _common(self, label: str, label_zh: str) -> dict[str, object]:
        place = {"site": self.site, "jurisdiction": self.jurisdiction, "day": self._leaving.date()}
        return {"label": label, "label_zh": label_zh, **place}

    def _carriage(self, held: list[dict[str, float]]) -> Carriage:
        more = self.vehicle or Vehicle()
        approved = {
            row.nuclide: replace(
                limit_of(row.nuclide, self.jurisdiction).values,
                nuclide=row.nuclide, form="", a1_bq=row.a1, a2_bq=row.a2, source=row.approval, note="",
            )
            for row in self.approved_limits
        }  # fmt: skip
        return Carriage(
            jurisdiction=self.jurisdiction,
            mode=self.mode,
            exclusive_use=self.exclusive_use,
            passenger_aircraft=None if more.aircraft is None else more.aircraft == "passenger",
            secured=more.secured,
            approved=approved,
            fissile_g=sum(map(fissile_mass_g, held)),
        )

    def _held(self, package: Package) -> dict[str, float]:
        """Nuclide → activity at departure, progeny that grew in included."""
        contents: dict[str, float] = {}
        for content in package.contents:
            contents[content.nuclide] = contents.get(content.nuclide, 0.0) + content.activity
        if package.reference_time is None:
            return contents
        return held_at(contents, self._elapsed_s(package.reference_time))

    def _exempt_fraction(self, held: list[dict[str, float]], carriage: Carriage) -> float:
        """Of the whole consignment: the exempt activity is one for all its packages together."""
        together: dict[str, float] = {}
        for inside in held:
            for name, activity_bq in inside.items():
                together[name] = together.get(name, 0.0) + activity_bq
        return float(exempt_fraction(together, jurisdiction=carriage.jurisdiction)) if together else 0.0
