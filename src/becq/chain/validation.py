"""Plain data of a network file → ``Network``, with every problem in plain words and at its place.

Rows are validated one by one, so that a bad row does not hide what is wrong with the others: the good
rows make a network whose cross references are then checked, the identifiers of bad rows counting as
known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from becq.chain.consistency import Survey, inconsistencies
from becq.chain.definition import choices, fields_of, leaf, nested
from becq.chain.item import Item
from becq.chain.network import SECTIONS, Network
from becq.chain.source import Flaw, Path, Source
from becq.chain.suggestion import did_you_mean
from becq.errors import Problem

_REMEDY = re.compile(r"[;:,.] (?=(?:write|use|did you mean|leave|give|remove|it is|Write) )")
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_NUMBER_TYPES = ("float_type", "float_parsing", "int_type", "int_parsing", "int_from_float", "finite_number")
_LIST_TYPES = ("list_type", "tuple_type")
_MODEL_TYPES = ("model_type", "model_attributes_type", "dict_type")


def validate(source: Source) -> tuple[Network | None, list[Problem]]:
    """The network of a source, or None with its problems, in the order of the file."""
    problems = list(source.problems)
    network: Network | None = None
    if source.data is not None:
        network, flaws = _build(source.data)
        problems += _missing_sheets(source, flaws)
        problems += [source.problem(flaw) for flaw in flaws if not _is_said(flaw, source)]
    rank = {part: number for number, part in enumerate(dict.fromkeys((p.file, p.sheet) for p in problems))}
    problems = sorted(dict.fromkeys(problems), key=lambda p: (rank[p.file, p.sheet], p.row or 0))
    return (None if problems else network), problems


def _is_said(flaw: Flaw, source: Source) -> bool:
    """Whether it has been reported for the cell, the whole column or the whole sheet already."""
    if flaw.undefined_in in source.lacking or flaw.path in source.unread:
        return True
    return len(flaw.path) == 3 and (flaw.path[0], flaw.path[2]) in source.absent


def _missing_sheets(source: Source, flaws: Iterable[Flaw]) -> Iterator[Problem]:
    """Once for each sheet that is not there although rows of others name its rows."""
    needed = source.needed | {flaw.undefined_in for flaw in flaws if flaw.undefined_in in source.lacking}
    for section in SECTIONS:
        if section in needed:
            yield source.missing(section)


def _build(data: Mapping[str, Any]) -> tuple[Network | None, list[Flaw]]:
    flaws: list[Flaw] = []
    head = {name: value for name, value in data.items() if name not in SECTIONS}
    timezone = "Asia/Shanghai"
    try:
        timezone = Network.model_validate(head).timezone
    except ValidationError as error:
        flaws += explain(error, Network, ())
    good: dict[str, list[Item]] = {}
    rows: dict[str, list[int]] = {}
    known: dict[str, dict[str, Path]] = {}
    for section, model in SECTIONS.items():
        good[section], rows[section], known[section] = [], [], {}
        items = data.get(section)
        if items is None:
            continue
        if not isinstance(items, list):
            remedy = "write one item per line, each starting with '- id:'"
            flaws.append(Flaw((section,), f"{section} is not a list", remedy))
            continue
        for index, item in enumerate(items):
            path: Path = (section, index)
            row = _validate_row(item, model, path, flaws)
            identifier = row.id if row else item.get("id") if isinstance(item, Mapping) else None
            if isinstance(identifier, str | int):
                flaws += _repeated(section, str(identifier).strip(), path, known[section])
            if row is not None:
                good[section].append(row)
                rows[section].append(index)
    network = Network.model_construct(name="", timezone=timezone, **good)  # type: ignore[arg-type]
    survey = Survey(network, rows, {section: frozenset(ids) for section, ids in known.items()})
    flaws += inconsistencies(survey)
    if flaws:
        return None, flaws
    return Network.model_validate({**head, **good}), []


def _validate_row(item: Any, model: type[Item], path: Path, flaws: list[Flaw]) -> Item | None:
    if not isinstance(item, Mapping):
        flaws.append(
            Flaw(path, f"{_show(item)} is not an item of {path[0]}", "write its fields, as in '- id: ...'")
        )
        return None
    try:
        return model.model_validate(item)
    except ValidationError as error:
        flaws += explain(error, model, path)
        return None


def _repeated(section: str, identifier: str, path: Path, known: dict[str, Path]) -> Iterator[Flaw]:
    if identifier in known:
        message = f"'{identifier}' is defined twice in {section}"
        yield Flaw((*path, "id"), message, "give each an identifier of its own", known[identifier])
    else:
        known[identifier] = path


def explain(error: ValidationError, model: type[BaseModel], path: Path) -> Iterator[Flaw]:
    """What pydantic refused in a row of ``model`` at ``path``, in plain words and with the remedy."""
    for detail in error.errors(include_url=False):
        loc = tuple(part for part in detail["loc"] if part != "function-before")
        if detail["type"] == "misfit":
            context = detail.get("ctx", {})
            yield Flaw((*path, *loc, context["field"]), context["message"], context["remedy"])
        else:
            yield Flaw((*path, *loc), *_say(detail, model, loc))


def _say(detail: ErrorDetails, model: type[BaseModel], loc: Path) -> tuple[str, str]:
    """Message and remedy of one pydantic error."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    owner = _owner(model, loc)
    name = next((part for part in reversed(loc) if isinstance(part, str)), "value")
    if kind == "missing":
        return f"{name} is missing", _expectation(owner, name)
    if kind == "extra_forbidden":
        names = list(owner.model_fields) if owner else []
        remedy = did_you_mean(name, names) or f"the fields here are {', '.join(names)}"
        return f"there is no field '{name}' here", remedy
    if value is None:
        return f"{name} is empty", "give a value, or leave the field out"
    if kind == "value_error":
        message, _, remedy = _split(str(context.get("error", detail["msg"])))
        return message, remedy
    if kind in ("literal_error", "enum"):
        field = owner.model_fields.get(name) if owner else None
        words = choices(field.annotation) if field else ()
        remedy = did_you_mean(str(value), words) or f"use {_or(words)}"
        return f"{_show(value)} is not a choice for {name}", remedy
    if kind in _BOUNDS and not _is_nan(value):
        key, word = _BOUNDS[kind]
        return f"{name} {_show(value)} is out of range", f"it is {word} {context[key]:g}"
    if kind in _NUMBER_TYPES or kind in _BOUNDS:
        whole = "a whole number" if kind.startswith("int") else "a plain number"
        return f"{_show(value)} is not a number", f"write {whole}, for example {3 if 'int' in kind else 1.5}"
    if kind == "string_type":
        return f"{_show(value)} is not text", f'write it in quotes: "{value}"'
    if kind == "string_too_short":
        return f"{name} is empty", "give a value, or leave the field out"
    if kind == "string_too_long":
        return f"{name} is too long", f"at most {context['max_length']} characters"
    if kind in _LIST_TYPES:
        return f"{name} is not a list", "write [a, b], or one per line starting with '- '"
    if kind == "too_short":
        return f"{name} is an empty list", "give at least one"
    if kind in _MODEL_TYPES:
        inner = nested(owner.model_fields[name].annotation) if owner and name in owner.model_fields else None
        names = list(inner.model_fields) if inner else []
        return f"{_show(value)} has no fields", f"write its fields: {', '.join(names)}"
    return detail["msg"], ""


def _split(text: str) -> tuple[str, str, str]:
    parts = _REMEDY.split(text, maxsplit=1)
    return parts[0], "", parts[1] if len(parts) > 1 else ""


def _owner(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """The row model that the last named field of ``loc`` belongs to."""
    names = [part for part in loc if isinstance(part, str)]
    current: type[BaseModel] | None = model
    for name in names[:-1]:
        field = current.model_fields.get(name) if current else None
        current = nested(field.annotation) if field else None
    return current


def _expectation(owner: type[BaseModel] | None, name: str) -> str:
    """What belongs in a field: its description, its choices, an example."""
    field = fields_of(owner).get(name) if owner else None
    if field is None or owner is None:
        return "give a value"
    words = choices(field.annotation)
    text = field.description or "give a value"
    if words:
        return f"{text}: {_or(words)}"
    example = EXAMPLES.get(name)
    if example is None and leaf(field.annotation) in (int, float):
        example = "a number"
    return f"{text}, for example '{example}'" if example else text


EXAMPLES = {
    "activity": "7.4 GBq",
    "activity_per_batch": "2 TBq",
    "calibration": "08:00",
    "days": "mon, wed",
    "duration": "2 h 15 min",
    "lat": "30.66",
    "lon": "104.07",
    "max_input": "500 GBq",
    "nuclide": "Tc-99m",
    "possession_limit": "10 GBq",
    "reference_time": "2026-03-02 08:00",
    "shelf_life": "12 h",
    "start": "2026-03-02 08:00",
    "start_times": "08:00",
    "time": "08:00",
}
"""Examples shown where a field is missing and in the template of the workbook."""


def _is_nan(value: Any) -> bool:
    """Whether a value reads as "not a number", which is within no bounds and beyond none."""
    try:
        return math.isnan(float(value))
    except (TypeError, ValueError):
        return False


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


__all__ = ["EXAMPLES", "explain", "validate"]
