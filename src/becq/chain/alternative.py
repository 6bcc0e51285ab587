"""What would serve an order as well as the product it names: a list of products with their activities.

In one cell or line: ``tc99m-eluate = 20 GBq; ga68-psma = 150 MBq @ 800``, where the number after ``@`` is
what it is worth, in the network's currency, not to have to take it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter, ValidationError, WithJsonSchema

from becq.chain.field_text import plain_text
from becq.chain.fields import PositiveActivityBq, Slug, write_activity

EXAMPLE = "tc99m-eluate = 20 GBq; ga68-psma = 150 MBq @ 800"
_REMEDY = f"write for example '{EXAMPLE}'"
_FIELDS = ("product", "activity", "cost")
_PRODUCT: TypeAdapter[str] = TypeAdapter(Slug)
_ACTIVITY: TypeAdapter[float] = TypeAdapter(PositiveActivityBq)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another product, and its activity in Bq at the order's calibration that serves the whole order.

    ``cost``: what not having to take it is worth, in the network's currency; None where nothing is said.
    """

    product: str
    activity: float
    cost: float | None = None

    def __str__(self) -> str:
        text = f"{self.product} = {write_activity(self.activity)}"
        if self.cost is None:
            return text
        shortest = f"{self.cost:.15g}"
        return f"{text} @ {shortest if float(shortest) == self.cost else repr(self.cost)}"


def write_alternatives(alternatives: list[Alternative]) -> str:
    """The text that reads back to the same list."""
    return "; ".join(str(each) for each in alternatives)


def read_alternatives(value: Any) -> list[Alternative]:
    """The alternatives of a text or a list, as the field reads them. Raises ValueError."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[;\n]", plain_text(value)) if part.strip()]
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is not a list of alternatives; {_REMEDY}")
    found = [_read_alternative(each) for each in value]
    names = [each.product for each in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the alternative '{name}' is named twice; leave one of them out")
    return found


def _read_alternative(value: Any) -> Alternative:
    if isinstance(value, Alternative):
        return value
    if isinstance(value, str):
        name, sign, rest = plain_text(value).replace(":", "=", 1).partition("=")
        activity, _, cost = rest.partition("@")
        if not sign or not activity.strip():
            raise ValueError(f"{value!r} is not an alternative; {_REMEDY}")
        value = {"product": name, "activity": activity, "cost": cost.strip() or None}
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is not an alternative; {_REMEDY}")
    unknown = [name for name in value if name not in _FIELDS]
    if unknown:
        raise ValueError(
            f"an alternative has no field '{unknown[0]}'; use {', '.join(_FIELDS[:-1])} and {_FIELDS[-1]}"
        )
    for name in ("product", "activity"):
        if value.get(name) is None:
            raise ValueError(f"an alternative lacks its {name}; {_REMEDY}")
    return Alternative(
        _part(_PRODUCT, plain_text(str(value["product"]))),
        _part(_ACTIVITY, value["activity"]),
        _cost(value.get("cost")),
    )


def _part(adapter: TypeAdapter[Any], value: Any) -> Any:
    """A field read as everywhere; its error in the words of the field."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise ValueError(str(detail.get("ctx", {}).get("error", detail["msg"]))) from error


def _cost(value: Any) -> float | None:
    if value is None:
        return None
    try:
        cost = float(plain_text(value) if isinstance(value, str) else value)
    except (TypeError, ValueError):
        cost = math.nan
    if isinstance(value, bool) or not 0 <= cost < math.inf:
        raise ValueError(f"the cost {value!r} of an alternative is no number of zero or more; {_REMEDY}")
    return cost + 0.0


Alternatives = Annotated[
    list[Alternative],
    BeforeValidator(read_alternatives),
    PlainSerializer(write_alternatives, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"[=:：＝]"},
                {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"type": "string", "pattern": r"[=:：＝]"},
                            {
                                "type": "object",
                                "properties": {
                                    "product": {"type": ["string", "integer"]},
                                    "activity": {"type": "string"},
                                    "cost": {"type": ["number", "null"], "minimum": 0},
                                },
                                "required": ["product", "activity"],
                                "additionalProperties": False,
                            },
                        ]
                    },
                },
            ],
            "examples": [EXAMPLE],
        }
    ),
]

__all__ = ["EXAMPLE", "Alternative", "Alternatives", "read_alternatives", "write_alternatives"]
