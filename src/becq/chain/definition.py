"""A row as the network file writes it: plain data, quantities as text, defaults left out.

The same form is stored by the platform, written to YAML, and spread over the sheets of a workbook, so
there is one rule for what a row looks like outside.
"""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from becq.chain.fields import WEEKDAYS

_LAST = ("source", "assumption")


def define(row: BaseModel) -> dict[str, Any]:
    """The definition of a row (or of a whole network): what ``model_validate`` reads back unchanged."""
    return _define(row, row.model_dump(mode="json"))


def _define(row: BaseModel, written: dict[str, Any]) -> dict[str, Any]:
    definition: dict[str, Any] = {}
    for name, field in fields_of(type(row)).items():
        value = getattr(row, name)
        if value == field.get_default(call_default_factory=True):
            continue
        if isinstance(value, BaseModel):
            definition[name] = _define(value, written[name])
        elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
            definition[name] = [_define(item, each) for item, each in zip(value, written[name], strict=True)]
        else:
            definition[name] = _shorten_days(written[name])
    return definition


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a row in the order in which they are written: provenance last."""
    own = model.model_fields
    return {n: f for n, f in own.items() if n not in _LAST} | {n: own[n] for n in _LAST if n in own}


def leaf(annotation: Any) -> Any:
    """What a field holds, without Annotated and Optional: ``str``, ``list``, a Literal, a row model."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return leaf(get_args(annotation)[0])
    if origin is list:
        return list
    if origin is Literal or origin is None:
        return annotation
    return leaf(next(part for part in get_args(annotation) if part is not NoneType))


def choices(annotation: Any) -> tuple[str, ...]:
    """The words a field may hold, or none where it is free."""
    kind = leaf(annotation)
    return tuple(get_args(kind)) if get_origin(kind) is Literal else ()


def nested(annotation: Any) -> type[BaseModel] | None:
    """The row model inside a field, itself or in a list; None for plain values."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    for part in get_args(annotation):
        found = nested(part)
        if found is not None:
            return found
    return None


def _shorten_days(value: Any) -> Any:
    if value == list(WEEKDAYS):
        return "daily"
    if value == list(WEEKDAYS[:5]):
        return "weekdays"
    return value


__all__ = ["choices", "define", "fields_of", "leaf", "nested"]
