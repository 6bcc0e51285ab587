"""Vehicles and packagings: what cannot be right is said, where and with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from becq.chain.reading import examine_network, read_network, write_network

CASES = (
    ('shift_end: "14:00"', 'shift_end: "04:00"', "the shift ends before it starts"),
    ("    loading: 20 min", "    duty: 0 h", "the duty has no length"),
    ("shield: lead", "shield: leed", "'leed' is no material of a shield"),
    ("thickness_mm: 40", "thickness_mm: 0", "a shield needs both its material and its thickness"),
    ("shield: lead, ", "", "a shield needs both its material and its thickness"),
    ("radius_mm: 150", "radius_mm: 40", "the shield is 40 mm thick in a package of radius 40 mm"),
    ("[GENERATOR, ELUATE]", "[GENERATOR, ELUAT]", "'ELUAT' is not defined under products"),
    ("[GENERATOR, ELUATE]", "[GENERATOR, ELUATE, GENERATOR]", "'GENERATOR' is packed in two ways"),
    ("  - id: VAN\n    site: PLANT", "  - id: VAN\n    site: PLANTS", "'PLANTS' is not defined under sites"),
    ("transport_index_limit: 10", "transport_index_limit: 0", "transport_index_limit 0 is out of range"),
)


@pytest.mark.parametrize(("right", "wrong", "said"), CASES)
def test_said(example: Path, example_text: str, right: str, wrong: str, said: str) -> None:
    assert example_text.count(right) == 1
    example.write_text(example_text.replace(right, wrong), encoding="utf-8")
    network, problems = examine_network(example)
    assert network is None
    [problem] = problems
    assert said in problem.message
    assert problem.remedy
    assert problem.row is not None


def test_no_vehicle_stands_at_an_airport(example: Path, example_text: str) -> None:
    text = example_text.replace("kind: reactor\n    lat", "kind: airport\n    lat")
    example.write_text(text, encoding="utf-8")
    said = [problem.message for problem in examine_network(example)[1]]
    assert any("a vehicle cannot be there" in message for message in said)


@pytest.mark.parametrize("target", ["n.xlsx", "folder"])
def test_goes_to_sheets_and_back(example: Path, tmp_path: Path, target: str) -> None:
    network = read_network(example)
    [van], [pot] = network.vehicles, network.packagings
    assert (van.loading, van.duty, van.transport_index_limit) == (1200.0, None, 10.0)
    assert (pot.shield, pot.capacity) == ("lead", None)
    write_network(network, tmp_path / target)
    again = read_network(tmp_path / target)
    assert (again.vehicles, again.packagings) == (network.vehicles, network.packagings)
