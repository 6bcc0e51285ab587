"""The example of Yantai: rebuilt from its tables and Sichuan's, provenance complete, fit to plan with."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.divisions import division
from becq.chain.network import SECTIONS, Network
from becq.chain.places import distance_km
from becq.chain.reading import check_network, read_network, write_network
from becq.planning import plan
from becq.planning.compliance import plan_facts
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "yantai"
FIRST, DAYS = date(2026, 12, 7), 14
PENINSULA = ("3702", "3706", "3707", "3710")
"""Qingdao, Yantai, Weifang, Weihai."""


@pytest.fixture(scope="module")
def network() -> Network:
    return read_network(FOLDER)


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    scripts = str(ROOT / "scripts")
    sys.path.insert(0, scripts)
    try:
        spec = importlib.util.spec_from_file_location("build_yantai", ROOT / "scripts" / "build_yantai.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(scripts)
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


@pytest.mark.parametrize(
    "name", ["flights", "outages", "parameters", "licences_until", "processes", "resources", "sites", "stock"]
)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    silent = [
        r for r in rows if not (r.get("source") or r.get("assumption") or r.get("note") or r.get("recipe"))
    ]
    assert rows
    assert silent == []


def test_hospitals_are_on_the_peninsula(network: Network) -> None:
    hospitals = [site for site in network.sites if site.kind == "hospital"]
    assert len(hospitals) >= 15
    for site in hospitals:
        assert site.jurisdiction == "CN-37", site.id
        assert site.division is not None
        assert site.division.startswith(PENINSULA), site.id
        found = division(site.division)
        assert found is not None
        assert found.lat is not None
        assert found.lon is not None
        centre = site.model_copy(update={"lat": found.lat, "lon": found.lon})
        assert distance_km(site, centre) <= 25, site.id


def test_jurisdiction_is_the_province_of_the_division(network: Network) -> None:
    for site in network.sites:
        assert site.division is not None, site.id
        assert site.jurisdiction == f"CN-{site.division[:2]}", site.id


def test_what_the_programme_names_is_there(network: Network) -> None:
    assert {"yuhuangding", "yantaishan", "bmu-yantai", "blue-valley", "small-reactor"} <= set(network.site)
    assert {"c30", "c70", "small-core"} <= set(network.resource)


@pytest.mark.parametrize("machine", ["small-core", "c30", "c70"])
def test_planned_machines_make_nothing_yet(network: Network, machine: str) -> None:
    assert any(process.resource == machine for process in network.processes)
    last = datetime(2027, 1, 1)  # noqa: DTZ001 - a time without offset is of the network
    assert any(
        network.instant(o.start).date() <= FIRST and network.instant(o.end) >= network.instant(last)
        for o in network.resource[machine].outages
    )


def test_two_channels_lead_from_beijing(network: Network) -> None:
    """Road within reach of a night, and flights to three airports."""
    road = next(lane for lane in network.lanes if lane.id == "road-intercity")
    km = distance_km(network.site["hta-beijing"], network.site["yuhuangding"]) * road.detour_factor
    assert road.max_km is not None
    assert km <= road.max_km
    assert "hta-beijing" in road.origins
    flights = {end for lane in network.lanes if lane.origins == ["pek"] for end in lane.destinations}
    assert flights == {"ynt", "tao", "weh"}


def test_beijing_is_not_lost_with_its_flights(network: Network) -> None:
    """What the docs say of the two channels: without flights from Beijing every generator comes by road."""
    grounded = network.model_copy(
        update={"lanes": [lane for lane in network.lanes if lane.origins != ["pek"]]}
    )
    found = plan(grounded, FIRST, DAYS)
    unmet = {order.product for order in found.unmet}
    assert "tc99m-generator" not in unmet
    assert found.served_fraction > 0.95


def test_required_products_are_ordered_and_made(network: Network) -> None:
    ordered = {order.product for order in network.demand(FIRST, DAYS)}
    assert ordered == {
        "tc99m-generator", "tc99m-doses", "i131-solution", "i131-capsules", "lu177-psma", "lu177-dotatate",
        "fdg", "ga68-doses", "sr89-chloride", "y90-microspheres",
    }  # fmt: skip
    made = {process.product for process in network.processes} | {lot.product for lot in network.stock}
    assert ordered <= made


def test_hospital_points_are_no_finer_than_their_source(network: Network) -> None:
    for site in network.sites:
        if "3AHospital" in (site.source or ""):
            assert round(site.lat, 3) == site.lat, site.id
            assert round(site.lon, 3) == site.lon, site.id


def test_no_ward_is_taken_beyond_its_class_by_its_own_orders(network: Network) -> None:
    """Class B ends at 4 GBq: 40 GBq of I-131 a day x 0.1 (GB 18871, medium toxicity) / 1 (simple)."""
    days: Counter[tuple[str, str]] = Counter()
    for order in network.standing_orders:
        if order.product == "i131-capsules":
            for day in order.days:
                days[order.site, day] += order.activity  # type: ignore[assignment]
    assert len({site for site, _ in days}) == 3
    assert max(days.values()) * 0.1 < 4e9
    patients = Counter[str]()
    for order in network.standing_orders:
        if order.product == "i131-capsules":
            patients[order.site] += len(order.days) * (order.patients or 0)
    assert set(patients.values()) == {20}


def test_assumed_last_days_of_licences_differ_and_say_so(network: Network) -> None:
    licensed = [site for site in network.sites if site.licence]
    assert len({site.licence.valid_until for site in licensed if site.licence}) >= 5
    assert [
        site.id for site in licensed if "last day of the licence: assumption" not in str(site.assumption)
    ] == []


def test_no_address_of_a_mirror_is_cited() -> None:
    text = (FOLDER / "network.yaml").read_text(encoding="utf-8")
    assert {url.split("/")[2] for url in re.findall(r"https?://[^\s,;)]+", text)} == {"github.com"}


def test_rules_find_what_was_left_out_on_purpose(network: Network) -> None:
    """One approval is missing, so that its order is unmet, and one licence is about to end: nothing else."""
    found = plan(network, FIRST, DAYS)
    assert [(row.site, row.nuclide) for row in found.unmet if row.reason == "approval"] == [
        ("bmu-yantai", "Lu-177")
    ]
    facts = plan_facts(found, network)
    findings = evaluate(builtin(), facts).findings(severities=("block", "warn"))
    hospital = {site: network.site[site].name for site in ("bmu-yantai", "rushan")}
    broken = {
        (finding.severity, finding.rule, next((k for k, v in hospital.items() if v in finding.sentence), ""))
        for finding in findings
    }
    assert broken == {("warn", "cn-licence-renewal", "rushan")}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: path.name)
def test_no_machine_path(path: Path) -> None:
    assert re.search(r"/work/|/tmp/|/home/|file id", path.read_text(encoding="utf-8")) is None
