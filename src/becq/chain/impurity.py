"""Radionuclidic impurities of a batch: other nuclides, as shares of the activity of its product's nuclide.

In one cell or line: ``Lu-177m = 0.02 %; Yb-175 = 0.1 kBq/MBq``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter, ValidationError, WithJsonSchema

from becq.chain.field_text import plain_text
from becq.chain.fields import NuclideName

EXAMPLE = "Lu-177m = 0.02 %; Yb-175 = 0.1 kBq/MBq"
_REMEDY = f"write for example '{EXAMPLE}'"
_NUCLIDE: TypeAdapter[str] = TypeAdapter(NuclideName)
_UNITS = {"": 1.0, "%": 1e-2, "kbq/mbq": 1e-3, "mbq/gbq": 1e-3, "bq/bq": 1.0}


@dataclass(frozen=True, slots=True)
class Impurity:
    """A nuclide beside that of the product: ``share`` is its activity over that of the product's nuclide."""

    nuclide: str
    share: float

    def __str__(self) -> str:
        return f"{self.nuclide} = {self.share!r}"


def write_impurities(impurities: list[Impurity]) -> str:
    """The text that reads back to the same list."""
    return "; ".join(str(each) for each in impurities)


def read_impurities(value: Any) -> list[Impurity]:
    """The impurities of a text or a list, as the field reads them. Raises ValueError."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[;\n]", plain_text(value)) if part.strip()]
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is not a list of impurities; {_REMEDY}")
    found = [_read_impurity(each) for each in value]
    names = [each.nuclide for each in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the impurity '{name}' is named twice; leave one of them out")
    return found


def _read_impurity(value: Any) -> Impurity:
    if isinstance(value, Impurity):
        return value
    if isinstance(value, str):
        name, sign, share = plain_text(value).replace(":", "=", 1).partition("=")
        if not sign:
            raise ValueError(f"{value!r} is not an impurity; {_REMEDY}")
        value = {"nuclide": name, "share": share}
    if not isinstance(value, Mapping) or set(value) != {"nuclide", "share"}:
        raise ValueError(f"an impurity has a nuclide and a share; {_REMEDY}")
    try:
        name = _NUCLIDE.validate_python(plain_text(str(value["nuclide"])))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise ValueError(str(detail.get("ctx", {}).get("error", detail["msg"]))) from error
    return Impurity(name, _read_share(value["share"]))


def _read_share(value: Any) -> float:
    match = re.fullmatch(r"([-+0-9.eE]+)\s*(%|[A-Za-z]*Bq/[A-Za-z]*Bq)?", plain_text(str(value)))
    try:
        share = float(match[1]) * _UNITS[(match[2] or "").lower()] if match else math.nan
    except (KeyError, ValueError):
        share = math.nan
    if isinstance(value, bool) or not 0 <= share <= 1:
        raise ValueError(f"the share {value!r} of an impurity is no ratio from 0 to 1; {_REMEDY}")
    return share + 0.0


_PATTERN = {"type": "string", "pattern": r"[=:：＝]"}
Impurities = Annotated[
    list[Impurity],
    BeforeValidator(read_impurities),
    PlainSerializer(write_impurities, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                _PATTERN,
                {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            _PATTERN,
                            {
                                "type": "object",
                                "properties": {
                                    "nuclide": {"type": "string"},
                                    "share": {"type": ["string", "number"]},
                                },
                                "required": ["nuclide", "share"],
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

__all__ = ["EXAMPLE", "Impurities", "Impurity", "read_impurities", "write_impurities"]
