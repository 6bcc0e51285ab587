"""What is written reads back the same: YAML and Excel are exact inverses of each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.reading import read_network, write_network
from chain.networks import networks

few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.mark.slow
@few
@given(networks())
def test_yaml_to_excel_to_yaml(tmp_path: Path, network: Network) -> None:
    first, sheet, last = tmp_path / "a.yaml", tmp_path / "b.xlsx", tmp_path / "c.yaml"
    write_network(network, first)
    assert read_network(first) == network
    write_network(read_network(first), sheet)
    assert read_network(sheet) == network
    write_network(read_network(sheet), last)
    assert last.read_bytes() == first.read_bytes()


@few
@given(networks())
def test_definition_reads_back(network: Network) -> None:
    assert Network.model_validate(define(network)) == network
