"""Sites and their radiation safety licences."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from becq.chain.fields import NuclideName, PositiveActivityBq, Slugs
from becq.chain.item import Item

SiteKind = Literal[
    "reactor", "accelerator", "radiopharmacy", "hospital", "airport", "station", "warehouse", "waste"
]
TRANSIT_KINDS = frozenset({"airport", "station"})
"""Sites that goods may pass through on the way without anybody taking possession."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone; write for example 'Asia/Shanghai'") from error
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]


class LicensedNuclide(BaseModel):
    """One nuclide of a licence with the largest activity allowed on the site at any time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nuclide: NuclideName
    possession_limit: Annotated[
        PositiveActivityBq, Field(description="Largest activity allowed on the site at any one time")
    ]
    source: str | None = None
    assumption: str | None = None


class Licence(BaseModel):
    """Radiation safety licence of a site (辐射安全许可证)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str | None = Field(default=None, description="Licence number; left out where not known")
    scope: Slugs = Field(default_factory=lambda: ["use"], description="produce, sell, use")
    valid_until: date | None = None
    nuclides: list[LicensedNuclide] = Field(default_factory=list)

    def limit_bq(self, nuclide: str) -> float | None:
        """Possession limit in Bq, or None where the nuclide is not licensed."""
        for row in self.nuclides:
            if row.nuclide == nuclide:
                return row.possession_limit
        return None


class Site(Item):
    """A place of the chain. A site without a licence may hold nothing unless it is a transit site."""

    name: str
    name_zh: str
    kind: SiteKind
    organisation: str | None = Field(default=None, description="Holder; the site's own name where left out")
    province: str | None = None
    city: str | None = None
    lat: float = Field(ge=-90, le=90, description="Latitude, WGS 84, degrees north")
    lon: float = Field(ge=-180, le=180, description="Longitude, WGS 84, degrees east")
    timezone: TimeZone = "Asia/Shanghai"
    licence: Licence | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)
