"""The example of Sichuan and Chongqing: rebuilt from its tables, provenance complete, fit to plan with."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.network import SECTIONS, Network
from becq.chain.reading import check_network, read_network, write_network

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "sichuan"
FIRST, DAYS = date(2026, 12, 7), 14


@pytest.fixture(scope="module")
def network() -> Network:
    return read_network(FOLDER)


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_sichuan", ROOT / "scripts" / "build_sichuan.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


def test_rebuild_gives_the_same_bytes(builder: ModuleType, tmp_path: Path) -> None:
    write_network(builder.build(), tmp_path / "network.yaml")
    assert (tmp_path / "network.yaml").read_bytes() == (FOLDER / "network.yaml").read_bytes()


def test_no_problems() -> None:
    assert check_network(FOLDER) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_item_says_where_it_comes_from(network: Network, section: str) -> None:
    silent = [item.id for item in getattr(network, section) if not (item.source or item.assumption)]
    assert silent == []


def test_every_outage_says_where_it_comes_from(network: Network) -> None:
    outages = [outage for row in (*network.resources, *network.processes) for outage in row.outages]
    assert outages
    assert all(outage.source or outage.assumption for outage in outages)


def test_sites(network: Network) -> None:
    hospitals = [site for site in network.sites if site.kind == "hospital"]
    ordering = {order.site for order in network.demand(FIRST, DAYS)}
    assert len(hospitals) >= 45
    assert len(ordering) >= 45
    for site in network.sites:
        if site.province in ("Sichuan", "Chongqing"):
            assert 26.0 <= site.lat <= 34.4, site.id
            assert 97.3 <= site.lon <= 110.2, site.id
        else:
            assert site.kind != "hospital", site.id
            assert 18.0 <= site.lat <= 54.0, site.id
            assert 97.0 <= site.lon <= 135.0, site.id


def test_required_products_are_ordered(network: Network) -> None:
    ordered = {order.product for order in network.demand(FIRST, DAYS)}
    assert ordered >= {
        "tc99m-generator", "tc99m-doses", "i131-solution", "i131-capsules", "lu177-chloride", "lu177-psma",
        "lu177-dotatate", "fdg", "ga68-doses", "sr89-chloride", "y90-microspheres", "ac225-chloride",
    }  # fmt: skip
    made = {process.product for process in network.processes} | {lot.product for lot in network.stock}
    assert ordered | {"mo99-bulk", "i131-bulk", "ge68-generator"} <= made


def test_two_weeks_of_orders(network: Network) -> None:
    assert 600 <= len(network.demand(FIRST, DAYS)) <= 1200


def test_solution_reactor_makes_nothing_yet(network: Network) -> None:
    """Under construction: every campaign of 2026 falls into the outage of its loop."""
    loop = network.resource["mipr-loop"]
    assert any(o.start.date() <= FIRST and o.end.date() >= date(2027, 1, 1) for o in loop.outages)
    campaigns = [process for process in network.processes if process.site == "mipr-jiajiang"]
    assert campaigns
    assert all(process.resource == loop.id for process in campaigns)


def test_hospital_points_are_no_finer_than_their_source(network: Network) -> None:
    for site in network.sites:
        if "3AHospital" in (site.source or ""):
            assert round(site.lat, 3) == site.lat, site.id
            assert round(site.lon, 3) == site.lon, site.id


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: path.name)
def test_no_machine_path(path: Path) -> None:
    assert re.search(r"/work/|/tmp/|/home/|file id", path.read_text(encoding="utf-8")) is None


def test_workplaces_cover_what_is_licensed_and_ordered(network: Network) -> None:
    """A hospital's own row of licences.csv counts for what it handles as it does for what it holds."""
    without = set()
    for order in network.demand(FIRST, DAYS):
        licence, product = network.site[order.site].licence, network.product[order.product]
        name = product.daughter or product.nuclide
        if licence is not None and name not in {row.nuclide for row in licence.operations}:
            without.add((order.site, name, licence.limit_bq(name)))
    assert without == {("sc-cancer", "Ac-225", None)}  # ordered before its licence names it, on purpose
    generators = [row for row in network.site["yaan"].licence.operations if row.nuclide == "Mo-99"]  # type: ignore[union-attr]
    assert [row.daily_limit for row in generators] == [37e9]
