"""JSON Schema of the network file, for editors and for other programs that write such files."""

from __future__ import annotations

from typing import Any

from becq.chain.network import SECTIONS, Network

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
_EXAMPLE = {
    "name": "Example",
    "sites": [
        {"id": "H1", "name": "Hospital", "name_zh": "医院", "kind": "hospital", "lat": 30.6, "lon": 104.1}
    ],
}


def network_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a network file as loaded from YAML 1.2, dates being text.

    It is a little stricter than the reader: a number in quotes is read but is not valid here.
    """
    schema = _tidy(Network.model_json_schema(mode="validation"))
    for section in SECTIONS:
        listed = schema["properties"][section]
        listed["type"] = ["array", "null"]  # 'orders:' with nothing after it
    return {
        "$schema": DIALECT,
        **schema,
        "title": "Becq network file",
        "description": "Sites, products, processes, lanes, stock and orders of a medical-isotope chain",
        "examples": [_EXAMPLE],
    }


def _tidy(node: Any) -> Any:
    """Bounds under their names in JSON Schema, and only on numbers: a quantity is text outside."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    bounds: dict[str, str] = {**_BOUNDS, **{name: name for name in _BOUNDS.values()}}
    numeric = node.get("type") in ("number", "integer")
    tidy: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties" or key == "$defs":
            tidy[key] = {name: _tidy(part) for name, part in value.items()}
        elif key in bounds:
            if numeric:
                tidy[bounds[key]] = value
        else:
            tidy[key] = _tidy(value)
    return tidy


__all__ = ["DIALECT", "network_schema"]
