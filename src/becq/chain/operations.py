"""How unsealed nuclides are handled in a workplace: the codes that a licence's operations may name.

Table: ``becq/data/operation_factors.csv``, after GB 18871-2002, annex C; the rules take the factors from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from becq.physics.elements import read_table


@dataclass(frozen=True, slots=True)
class Operation:
    """A way of handling and the state of what is handled."""

    code: str
    name_en: str
    name_zh: str
    state_en: str
    state_zh: str


@lru_cache(maxsize=1)
def operations() -> Mapping[str, Operation]:
    """All operations by code, in the order of the table."""
    rows = read_table("operation_factors.csv")
    return MappingProxyType(
        {row["code"]: Operation(*(row[name] for name in Operation.__dataclass_fields__)) for row in rows}
    )


__all__ = ["Operation", "operations"]
