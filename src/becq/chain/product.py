"""Products: a nuclide in a form that can be ordered, made and sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from becq.chain.fields import Clock, DurationS, NuclideName, SpecificActivityBqG
from becq.chain.item import Item

ProductKind = Literal["bulk", "generator", "radiopharmaceutical"]


class Product(Item):
    """A good of the chain. Its activity is that of ``nuclide`` (for a generator: of the parent)."""

    name: str
    name_zh: str
    kind: ProductKind = "radiopharmaceutical"
    nuclide: NuclideName
    daughter: NuclideName | None = Field(default=None, description="Generators: the nuclide eluted")
    form: str | None = Field(default=None, description="Chemical and pharmaceutical form")
    shelf_life: DurationS = Field(gt=0, description="From release to expiry, apart from decay")
    min_specific_activity: SpecificActivityBqG | None = Field(
        default=None, description="Least specific activity at the calibration time of an order"
    )
    calibration_hour: Clock | None = Field(
        default=None, description="Convention: hour of day to which orders are calibrated"
    )
    calibration_day_offset: int = Field(
        default=0, ge=0, le=60, description="Convention: days from delivery to calibration"
    )
