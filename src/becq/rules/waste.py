"""Containers of waste of nuclear medicine as a document, turned into what rules can judge.

What a container holds is decayed from its reference time to the moment at which it is judged. Its clearance
fraction is the sum over nuclides of concentration over the level for bulk amounts (IAEA GSR Part 3, table
I.2, for solids); a nuclide for which no text gives a level leaves the fraction unknown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import Field, field_validator

from becq.chain.fields import Instant, Number, Slug, Text
from becq.chain.item import Row
from becq.chain.site import TimeZone
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.nuclides import nuclide
from becq.rules.consignment import Contamination, Content, DoseRate, Jurisdiction, MassG
from becq.rules.reference import exemption_levels
from becq.rules.subject import DEFAULT_JURISDICTION, frame

NEGLIGIBLE_BQ = 1.0
"""Less of a nuclide without a clearance level is not counted (assumption: no meter finds it in a bag)."""


class Container(Row):
    """One container: what went in, when it was closed, what was measured on it."""

    id: Slug = Field(description="Identifier of the container")
    state: Literal["solid", "liquid", "sealed-source"] = Field(default="solid", description="State of it")
    closed: Instant = Field(description="When nothing more went in")
    contents: list[Content] = Field(min_length=1, description="Nuclides and their activity")
    reference_time: Instant | None = Field(default=None, description="Of the activities; default: closed")
    mass: MassG | None = Field(default=None, description="Mass of the waste")
    dose_rate_surface: DoseRate | None = Field(default=None, description="Measured on the surface")
    background: DoseRate | None = Field(default=None, description="Measured background of the place")
    contamination_alpha: Contamination | None = Field(default=None, description="Bq/cm2")
    contamination_beta: Contamination | None = Field(default=None, description="Bq/cm2")
    alpha_bq_l: Number | None = Field(default=None, ge=0, description="Gross alpha of a liquid, Bq/L")
    beta_bq_l: Number | None = Field(default=None, ge=0, description="Gross beta of a liquid, Bq/L")
    i131_bq_l: Number | None = Field(default=None, ge=0, description="I-131 of a liquid, Bq/L")
    returned_to: Literal["maker", "store"] | None = Field(
        default=None,
        description="A disused sealed source: back at its maker or exporter, or in a licensed store",
    )


class WasteDocument(Row):
    """Containers of one store, judged at one moment."""

    site: Text | None = Field(default=None, description="Site of the store")
    jurisdiction: Jurisdiction = Field(default=DEFAULT_JURISDICTION, description="Whose rules hold")
    timezone: TimeZone = Field(default="Asia/Shanghai", description="Zone of times without an offset")
    at: Instant = Field(description="Moment at which they are judged")
    containers: list[Container] = Field(min_length=1, description="The containers")

    @field_validator("containers")
    @classmethod
    def _differ(cls, containers: list[Container]) -> list[Container]:
        twice = [name for name, count in Counter(each.id for each in containers).items() if count > 1]
        if twice:
            raise ValueError(f"several containers are called {', '.join(twice)}; number them")
        return containers

    def facts(self) -> dict[str, pl.DataFrame]:
        """Facts of the subject waste."""
        zone = ZoneInfo(self.timezone)
        at = self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)
        rows = []
        for container in self.containers:
            closed = container.closed if container.closed.tzinfo else container.closed.replace(tzinfo=zone)
            start = container.reference_time or closed
            start = start if start.tzinfo else start.replace(tzinfo=zone)
            if closed > at or start > at:
                raise InputError(
                    f"Container {container.id} is closed, or its activity given, after the moment judged "
                    f"({at:%Y-%m-%d %H:%M}); give 'at' a later time"
                )
            put_in = {row.nuclide: row.activity for row in container.contents}
            elapsed_s, stored_s = (at - start).total_seconds(), (at - closed).total_seconds()
            rows.append(
                waste_row(
                    (f"Container {container.id}", f"容器{container.id}"),
                    put_in,
                    stored_s=stored_s,
                    elapsed_s=elapsed_s,
                    mass_g=container.mass,
                    state=container.state,
                    source_returned=container.returned_to is not None,
                    dose_rate_surface_sv_h=container.dose_rate_surface,
                    background_sv_h=container.background,
                    contamination_alpha_bq_cm2=container.contamination_alpha,
                    contamination_beta_bq_cm2=container.contamination_beta,
                    alpha_bq_l=container.alpha_bq_l,
                    beta_bq_l=container.beta_bq_l,
                    i131_bq_l=container.i131_bq_l,
                )
            )
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        place = {"site": self.site, "jurisdiction": self.jurisdiction, "day": at.astimezone(zone).date()}
        return {"waste": frame("waste", columns | place)}


def waste_row(
    label: tuple[str, str],
    put_in: Mapping[str, float],
    *,
    stored_s: float,
    elapsed_s: float,
    mass_g: float | None = None,
    state: str = "solid",
    source_returned: bool | None = None,
    **measured: float | None,
) -> dict[str, object]:
    """Facts of one container.

    :param label: what it is called in English and in Chinese.
    :param put_in: nuclide → activity in Bq, ``elapsed_s`` before the moment that is judged.
    :param source_returned: a disused sealed source: whether it has left for its maker or a licensed store.
    :param measured: other facts of the subject, as ``dose_rate_surface_sv_h``; None where not measured.
    """
    cleared = clearance(put_in, elapsed_s, mass_g)
    return {
        "label": label[0],
        "label_zh": label[1],
        "nuclides": ", ".join(put_in),
        "longest_half_life_s": max(decay_data.half_life_s(name) for name in put_in),
        "longest_other_half_life_s": max(
            (decay_data.half_life_s(name) for name in put_in if name != "I-131"), default=0.0
        ),
        "has_i131": "I-131" in put_in,
        "state": state,
        "source_returned": source_returned if state == "sealed-source" else None,
        "stored_s": stored_s,
        "clearance_fraction": cleared.fraction,
        "clearance_fraction_gap": cleared.gap,
        "clearance_fraction_gap_zh": cleared.gap_zh,
        **measured,
    }


@dataclass(frozen=True, slots=True)
class Clearance:
    """Concentration over clearance level, summed over nuclides; None with what is missing to know it."""

    fraction: float | None
    gap: str | None = None
    gap_zh: str | None = None


def clearance(put_in: Mapping[str, float], elapsed_s: float, mass_g: float | None) -> Clearance:
    """Sum of concentration over clearance level, ``elapsed_s`` after the activities in Bq held.

    Not known where the mass is not, or something that was put in and is left has no level. Progeny that only
    grew in is not counted where the level of its parent contains it or where it has no level of its own.
    """
    levels = exemption_levels()
    later = decay(list(put_in), list(put_in.values()), elapsed_s)
    left = dict(zip(later.members, later.activities_bq.ravel().tolist(), strict=True))
    contained = {child for name in left if name in levels for child in levels[name].progeny}
    total = 0.0
    without = []
    for name, activity_bq in left.items():
        level = levels[name].bulk_concentration_bq_g if name in levels else None
        if name not in put_in and (name in contained or level is None):
            continue
        if level is not None:
            total += activity_bq / (mass_g or math.nan) / level
        elif activity_bq > NEGLIGIBLE_BQ:
            without.append(name)
    if without:
        names_zh = "、".join(nuclide(name).name_zh for name in without)
        said = " and ".join(without)
        return Clearance(None, f"a clearance level for {said}", f"{names_zh}的解控水平")
    return Clearance(None, "mass of the waste", "废物质量") if mass_g is None else Clearance(total)
