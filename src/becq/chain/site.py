"""Sites and their radiation safety licences."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from becq.chain.fields import (
    Count,
    Day,
    DivisionCode,
    Jurisdiction,
    NuclideName,
    Number,
    PositiveActivityBq,
    Scope,
    Slug,
    Text,
)
from becq.chain.item import Item, Row

SiteKind = Literal[
    "reactor", "accelerator", "radiopharmacy", "hospital", "airport", "station", "warehouse", "waste"
]
WorkplaceClass = Literal["A", "B", "C"]
TRANSIT_KINDS = frozenset({"airport", "station"})
"""Sites that goods may pass through on the way without anybody taking possession."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone; write for example 'Asia/Shanghai'") from error
    return name


TimeZone = Annotated[Text, AfterValidator(_zone)]


class LicensedNuclide(Row):
    """One nuclide of a licence with the largest activity allowed on the site at any time."""

    nuclide: NuclideName = Field(description="Nuclide licensed")
    possession_limit: Annotated[
        PositiveActivityBq, Field(description="Largest activity allowed on the site at any one time")
    ]
    source: Text | None = Field(default=None, description="Where this limit comes from")
    assumption: Text | None = Field(default=None, description="What is assumed here, and why")


class LicensedOperation(Row):
    """What may be done with one nuclide in one workplace of a licence (非密封放射性物质工作场所)."""

    workplace: Text = Field(description="Workplace as the licence names it")
    workplace_zh: Text | None = Field(default=None, description="The same in Chinese, where it differs")
    workplace_class: WorkplaceClass = Field(description="Class of the workplace")
    nuclide: NuclideName = Field(description="Nuclide handled there")
    operation: Slug | None = Field(
        default=None, description="How it is handled: code of the table operation_factors"
    )
    daily_limit: Annotated[PositiveActivityBq, Field(description="Largest activity handled in a day")]
    yearly_limit: PositiveActivityBq | None = Field(
        default=None, description="Largest activity handled in a year"
    )
    source: Text | None = Field(default=None, description="Where these limits come from")
    assumption: Text | None = Field(default=None, description="What is assumed here, and why")


class Licence(Row):
    """Radiation safety licence of a site (辐射安全许可证)."""

    number: Text | None = Field(default=None, description="Licence number; left out where not known")
    scope: Scope = Field(default_factory=lambda: ["use"], min_length=1, description="produce, sell, use")
    valid_until: Day | None = Field(default=None, description="Last day on which it holds")
    nuclides: list[LicensedNuclide] = Field(default_factory=list, description="Nuclides and their limits")
    operations: list[LicensedOperation] = Field(
        default_factory=list, description="Workplaces, and what may be handled there"
    )

    def limit_bq(self, nuclide: str) -> float | None:
        """Possession limit in Bq, or None where the nuclide is not licensed."""
        for row in self.nuclides:
            if row.nuclide == nuclide:
                return row.possession_limit
        return None


class Site(Item):
    """A place of the chain. A site without a licence may hold nothing unless it is a transit site."""

    name: Text = Field(description="Name in English")
    name_zh: Text = Field(description="Name in Chinese")
    kind: SiteKind = Field(description="What it is; goods may pass through an airport or a station")
    organisation: Text | None = Field(default=None, description="Holder; the site's own name where left out")
    jurisdiction: Jurisdiction = Field(
        default="CN", description="Whose rules hold here: CN, a province of it as CN-51, IAEA"
    )
    division: DivisionCode | None = Field(
        default=None, description="Province, prefecture or county: code of GB/T 2260"
    )
    province: Text | None = Field(default=None, description="Province")
    city: Text | None = Field(default=None, description="City")
    lat: Number = Field(ge=-90, le=90, description="Latitude, WGS 84, degrees north")
    lon: Number = Field(ge=-180, le=180, description="Longitude, WGS 84, degrees east")
    timezone: TimeZone = Field(default="Asia/Shanghai", description="IANA time zone of the site")
    use_class: Count | None = Field(
        default=None,
        ge=1,
        le=4,
        description="Hospitals: class of the radiopharmaceutical use licence, 1 to 4",
    )
    licence: Licence | None = Field(default=None, description="Radiation safety licence")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)
