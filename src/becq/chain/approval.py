"""Approvals of transfers: how much of a nuclide one holder may hand to another in a period.

In China a transfer of radioisotopes needs an approval (转让审批) that names both holders, the nuclide and
the activity for a calendar year; imports and exports need their own.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from becq.chain.fields import Day, NuclideName, PositiveActivityBq, Slug, Text
from becq.chain.item import Item, misfit

Trade = Literal["domestic", "import", "export"]


class Approval(Item):
    """An approval to transfer a nuclide from one site to another."""

    origin: Slug = Field(description="Site that hands over")
    destination: Slug = Field(description="Site that receives")
    nuclide: NuclideName = Field(description="Nuclide approved")
    activity: PositiveActivityBq = Field(description="Activity approved for the whole period")
    trade: Trade = Field(default="domestic", description="Within the country, or across its border")
    number: Text | None = Field(default=None, description="Number of the approval; left out where not known")
    valid_from: Day = Field(description="First day on which it holds")
    valid_until: Day = Field(description="Last day on which it holds")

    @model_validator(mode="after")
    def _ordered(self) -> Approval:
        if self.valid_until < self.valid_from:
            raise misfit(
                "valid_until",
                "the approval ends before it begins (valid_until < valid_from)",
                "give a valid_until on or after valid_from",
            )
        return self


__all__ = ["Approval", "Trade"]
