"""The JSON Schema agrees with the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.schema import DIALECT, network_schema
from becq.chain.yaml_file import parse_yaml, write_yaml
from chain.networks import networks

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = network_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def load(text: str) -> Any:
    return parse_yaml(text, Path("n.yaml")).data


def test_example_is_valid(validator: Any, example_text: str) -> None:
    assert list(validator.iter_errors(load(example_text))) == []


@settings(max_examples=40)
@given(networks())
def test_what_is_written_is_valid(validator: Any, network: Network) -> None:
    assert list(validator.iter_errors(load(write_yaml(network)))) == []
    assert list(validator.iter_errors(json.loads(json.dumps(define(network))))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("activity: 4 TBq", "activity: 4"),
        ("activity: 4 TBq", 'activity: "4"'),
        ("shelf_life: 7 d", "shelf_life: 7"),
        ("kind: hospital", "kind: hospitl"),
        ("lat: 30.05", "lat: 300.5"),
        ("lat: 30.05", "latt: 30.05"),
        ("processing_yield: 0.85", "processing_yield: 0"),
        ("max_units: 40", "max_units: 0"),
        ("    speed_kmh: 60\n", "    speed_kmh: 600\n"),
        ("  - id: MORNING", "  - id: GOOD MORNING"),
        ("name: Western Sichuan\n", ""),
        ('latest: "08:00"', "latest: 8"),
        ("start_days: [mon]", "start_days: 1"),
    ],
)
def test_what_is_wrong_is_invalid(validator: Any, example_text: str, old: str, new: str) -> None:
    assert old in example_text
    assert not validator.is_valid(load(example_text.replace(old, new, 1)))


def test_schema_serves_editors() -> None:
    schema = network_schema()
    assert schema["$schema"] == DIALECT
    assert schema["title"] == "Becq network file"
    assert schema["examples"]
    for name, model in {"Network": schema, **schema["$defs"]}.items():
        for field, described in model["properties"].items():
            assert described.get("description") or "$ref" in described, f"{name}.{field}"
