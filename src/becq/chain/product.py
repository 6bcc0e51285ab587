"""Products: a nuclide in a form that can be ordered, made and sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from becq.chain.fields import Clock, Count, DurationS, NuclideName, Slug, SpecificActivityBqG, Text
from becq.chain.item import Item

ProductKind = Literal["bulk", "generator", "radiopharmaceutical"]


class Product(Item):
    """A good of the chain. Its activity is that of ``nuclide`` (for a generator: of the parent)."""

    name: Text = Field(description="Name in English")
    name_zh: Text = Field(description="Name in Chinese")
    kind: ProductKind = Field(
        default="radiopharmaceutical", description="Raw activity, generator, or ready for patients"
    )
    nuclide: NuclideName = Field(description="Nuclide its activity counts (of a generator: the parent)")
    daughter: NuclideName | None = Field(default=None, description="Generators: the nuclide eluted")
    form: Text | None = Field(default=None, description="Chemical and pharmaceutical form")
    shelf_life: DurationS = Field(gt=0, description="From release to expiry, apart from decay")
    min_specific_activity: SpecificActivityBqG | None = Field(
        default=None, gt=0, description="Least specific activity at the calibration time of an order"
    )
    drug: Slug | None = Field(
        default=None, description="Drug whose purity limits hold: code of the table radiopharmaceuticals"
    )
    calibration_hour: Clock | None = Field(
        default=None, description="Convention: hour of day to which orders are calibrated"
    )
    calibration_day_offset: Count = Field(
        default=0, ge=0, le=60, description="Convention: days from delivery to calibration"
    )
