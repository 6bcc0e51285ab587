"""What every row of a network has: an identifier and where its numbers come from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from becq.chain.fields import Slug


class Item(BaseModel):
    """Base of all rows: frozen, no unknown fields, provenance beside the numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Annotated[Slug, Field(description="Identifier, unique within its section")]
    source: Annotated[
        str | None, Field(default=None, description="Where the numbers of this row come from")
    ]
    assumption: Annotated[
        str | None, Field(default=None, description="What is assumed in this row, and why it is plausible")
    ]
