"""What every row of a network has: an identifier and where its numbers come from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from becq.chain.fields import Slug, Text


class Row(BaseModel):
    """Base of all rows, nested ones included: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Item(Row):
    """Base of the rows of a section: an identifier, and provenance beside the numbers."""

    id: Annotated[Slug, Field(description="Identifier, unique within its section")]
    source: Annotated[Text | None, Field(default=None, description="Where the numbers of this row come from")]
    assumption: Annotated[
        Text | None, Field(default=None, description="What is assumed in this row, and why it is plausible")
    ]


def misfit(field: str, message: str, remedy: str) -> PydanticCustomError:
    """The error of fields that do not fit each other, put at the field that should change."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "field": field, "remedy": remedy})


__all__ = ["Item", "Row", "misfit"]
