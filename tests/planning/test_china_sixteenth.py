"""A sixteenth of the country, planned in the way of large networks, is lawful and proven."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from checker import Referee

from becq.chain.network import Network
from becq.chain.reading import read_network
from becq.planning import options, plan, solve

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import thinning  # noqa: E402

FIRST = date(2026, 12, 7)


@pytest.fixture(scope="module")
def country() -> Network:
    return read_network(ROOT / "examples" / "china")


def test_a_smaller_network_is_part_of_a_larger_one(country: Network) -> None:
    small, large = thinning.thin(country, 1 / 16), thinning.thin(country, 1 / 4)
    assert {site.id for site in small.sites} < {site.id for site in large.sites}
    orders = {order.id for order in small.demand(FIRST, 14)}
    assert orders < {order.id for order in large.demand(FIRST, 14)}
    assert len(orders) / len(country.demand(FIRST, 14)) == pytest.approx(1 / 16, rel=0.2)


def test_sections_name_only_what_is_there(country: Network) -> None:
    small = thinning.thin(country, 1 / 16)
    there: dict[str, set[str]] = {}
    for section, index, field, target, name in small.references():
        names = there.setdefault(target, {row.id for row in getattr(small, target)})
        assert name in names, f"{section} {index} {field}"


@pytest.mark.slow
def test_a_sixteenth_of_the_country_is_planned_lawfully(
    country: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((solve, "COUPLED_AT_MOST"), (solve, "LARGE_PART"), (options, "LARGE")):
        monkeypatch.setattr(module, name, 0)
    small: Any = thinning.thin(country, 1 / 16)
    found = plan(small, FIRST, 14, time_limit_s=300.0)  # never met but on a machine that does much else
    assert found.apart
    assert Referee(small, found.as_dict()).check() == []
    assert found.gap <= 0.01
    assert found.served_fraction > found.greedy_served_fraction
