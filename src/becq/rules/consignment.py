"""A consignment as a document: its packages and its vehicle, turned into what rules can judge.

Activities are given at a reference time and judged at the departure: chains are decayed in between, so that
what grew in on the way counts as far as the limits of the parent do not contain it already. What was not
measured stays unknown, and the rules that need it say so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from becq.chain.fields import ActivityBq, Day, Flag, Instant, NuclideName, Number, Slug, Text
from becq.chain.item import Row, misfit
from becq.chain.site import TimeZone
from becq.errors import InputError
from becq.physics.decay import decay, decay_factor
from becq.physics.quantities import parse_dose_rate, parse_mass
from becq.physics.radiation.packages import transport_index
from becq.rules.reference import package_categories, package_ranks
from becq.rules.subject import DEFAULT_JURISDICTION, frame
from becq.rules.transport import (
    excepted_fraction,
    exempt_concentration_fraction,
    exempt_fraction,
    type_a_fraction,
    un_numbers,
)

PackageType = Literal["exempt", "excepted", "IP-1", "IP-2", "IP-3", "A", "B(U)", "B(M)", "C"]
Mode = Literal["road", "rail", "air", "sea"]
NEGLIGIBLE = 1e-9
"""Share of the activity of a package below which grown-in progeny is not named."""


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


class Package(Row):
    """One package: contents, type, what was measured on it and what its labels say."""

    id: Slug = Field(description="Identifier of the package")
    type: PackageType = Field(description="Type of package")
    contents: list[Content] = Field(min_length=1, description="Nuclides and their activity")
    reference_time: Instant | None = Field(default=None, description="Time at which the activities hold")
    state: Literal["solid", "liquid", "gas"] = Field(default="solid", description="State of the material")
    special_form: Flag = Field(default=False, description="Special form radioactive material")
    article: Flag = Field(default=False, description="The activity is in an instrument or article")
    mass: MassG | None = Field(default=None, description="Mass of the material, without shield and packaging")
    certificate: list[Content] = Field(default_factory=list, description="What the approved design may hold")
    dose_rate_surface: DoseRate | None = Field(default=None, description="Highest on the surface")
    dose_rate_1m: DoseRate | None = Field(default=None, description="Highest at 1 m from the surface")
    transport_index: Number | None = Field(default=None, ge=0, description="Index on the label")
    category: Literal["I-WHITE", "II-YELLOW", "III-YELLOW"] | None = Field(
        default=None, description="Category of the label"
    )
    un_number: Text | None = Field(default=None, description="UN number, for example 2915")
    contamination_beta: Contamination | None = Field(default=None, description="Bq/cm2, non-fixed")
    contamination_alpha: Contamination | None = Field(default=None, description="Bq/cm2, non-fixed")


class Vehicle(Row):
    """What is known of the vehicle beyond these packages."""

    other_transport_index: Number = Field(default=0.0, ge=0, description="Sum of what else is aboard")
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
    vehicle: Vehicle | None = Field(default=None, description="The vehicle")

    @model_validator(mode="after")
    def _dated(self) -> ConsignmentDocument:
        if self.day is None and self.departure is None:
            raise misfit("day", "neither day nor departure is given", "give departure: '2026-12-07 18:00'")
        return self

    def facts(self) -> dict[str, pl.DataFrame]:
        """Facts of the subjects package and vehicle."""
        packages = [self._package(package) for package in self.packages]
        columns = {name: [row[name] for row in packages] for name in packages[0]}
        return {"package": frame("package", columns), "vehicle": frame("vehicle", self._vehicle(columns))}

    def _common(self, label: str, label_zh: str) -> dict[str, object]:
        day = self.day or (self.departure.date() if self.departure else None)
        place = {"site": self.site, "jurisdiction": self.jurisdiction, "day": day}
        return {"label": label, "label_zh": label_zh, **place}

    def _package(self, package: Package) -> dict[str, object]:
        held = self._held(package)
        special = package.special_form
        here = {"jurisdiction": self.jurisdiction}
        index = None if package.dose_rate_1m is None else transport_index(package.dose_rate_1m)
        matches = None
        if package.un_number is not None:
            allowed = un_numbers(package.type, special_form=special, item=package.article)
            matches = package.un_number.upper().removeprefix("UN").strip() in allowed
        concentration = None
        if package.mass is not None:
            concentration = float(exempt_concentration_fraction(held, package.mass, **here))
        ranks = {row.name: row.rank for row in package_categories() if not row.exclusive_use}
        return {
            **self._common(f"Package {package.id}", f"货包{package.id}"),
            "consignment": self.id,
            "package_type": package.type,
            "special_form": special,
            "mode": self.mode,
            "exclusive_use": self.exclusive_use,
            "nuclides": ", ".join(held),
            "activity_bq": float(np.sum(list(held.values()))),
            "exempt_concentration_fraction": concentration,
            "exempt_fraction": self._exempt_fraction,
            "excepted_fraction": float(
                excepted_fraction(held, package.state, special_form=special, item=package.article, **here)
            ),
            "type_a_fraction": float(type_a_fraction(held, special_form=special, **here)),
            "certificate_fraction": _certificate_fraction(package, held),
            "dose_rate_surface_sv_h": package.dose_rate_surface,
            "dose_rate_1m_sv_h": package.dose_rate_1m,
            "transport_index": index,
            "declared_transport_index": package.transport_index,
            "category_rank": _rank(index, package.dose_rate_surface),
            "declared_category_rank": ranks.get(package.category or ""),
            "un_number_matches": matches,
            "contamination_beta_bq_cm2": package.contamination_beta,
            "contamination_alpha_bq_cm2": package.contamination_alpha,
        }

    @property
    def _exempt_fraction(self) -> float:
        """Of the whole consignment: the exempt activity is one for all its packages together."""
        held: dict[str, float] = {}
        for package in self.packages:
            for name, activity_bq in self._held(package).items():
                held[name] = held.get(name, 0.0) + activity_bq
        return float(exempt_fraction(held, jurisdiction=self.jurisdiction))

    def _vehicle(self, packages: dict[str, list[object]]) -> dict[str, object]:
        more = self.vehicle or Vehicle()
        pairs = zip(packages["transport_index"], packages["declared_transport_index"], strict=True)
        indexes = [max((i for i in pair if isinstance(i, float)), default=None) for pair in pairs]
        known = [index for index in indexes if index is not None]
        total = sum(known) + more.other_transport_index if len(known) == len(indexes) else None
        return {
            **self._common(f"Vehicle of {self.id}", f"{self.id}的车辆"),
            "mode": self.mode,
            "exclusive_use": self.exclusive_use,
            "transport_index_sum": total,
            "dose_rate_surface_sv_h": more.dose_rate_surface,
            "dose_rate_2m_sv_h": more.dose_rate_2m,
            "dose_rate_driver_sv_h": more.dose_rate_driver,
            "individual_monitoring": more.individual_monitoring,
        }

    def _held(self, package: Package) -> dict[str, float]:
        """Nuclide → activity at departure, progeny that grew in included."""
        held: dict[str, float] = {}
        for content in package.contents:
            held[content.nuclide] = held.get(content.nuclide, 0.0) + content.activity
        if package.reference_time is None or self.departure is None:
            return held
        start, end = self._instant(package.reference_time), self._instant(self.departure)
        if end < start:  # calibrated to a later time: each nuclide by itself, as nothing grew in yet
            return {
                name: activity / float(decay_factor(name, start - end)) for name, activity in held.items()
            }
        later = decay(list(held), list(held.values()), end - start)
        floor = NEGLIGIBLE * sum(held.values())
        members = zip(later.members, later.activities_bq.ravel().tolist(), strict=True)
        return {name: value for name, value in members if name in held or value > floor}

    def _instant(self, moment: datetime) -> float:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.timezone))).timestamp()


def _certificate_fraction(package: Package, held: dict[str, float]) -> float | None:
    """Sum of activity over what the certificate allows; infinite for a nuclide that it does not name."""
    allowed = {row.nuclide: row.activity for row in package.certificate}
    if not allowed:
        return None
    named = {row.nuclide for row in package.contents}
    return sum(
        (held[name] / allowed[name] if allowed.get(name) else float("inf"))
        for name in held
        if name in named or name in allowed
    )


def _rank(index: float | None, surface_sv_h: float | None) -> float | None:
    if index is None or surface_sv_h is None:
        return None
    return float(package_ranks(index, surface_sv_h))
