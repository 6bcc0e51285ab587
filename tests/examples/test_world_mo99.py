"""The world's Mo-99: rebuilt from its tables, provenance complete, and as large as what is published."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.network import SECTIONS, Network
from becq.chain.process import Process
from becq.chain.reading import check_network, read_network, write_network
from becq.physics.quantities import six_day_curie
from becq.planning import plan

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "world-mo99"
HALF_LIFE_H = 65.98
"""Of Mo-99, written here again; the network takes its own from the decay data."""
CITING = ("generator_makers", "demand_centres", "projects")
SIX_DAY_CI_BQ = 3.7e10


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def network() -> Network:
    return read_network(FOLDER)


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_world_mo99", ROOT / "scripts" / "build_world_mo99.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
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


@pytest.mark.parametrize("path", sorted((FOLDER / "tables").glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_says_where_it_comes_from(path: Path) -> None:
    silent = [row for row in rows(path.stem) if not (row.get("source") or row.get("assumption"))]
    assert silent == []


def test_everything_is_under_the_rules_of_the_iaea(network: Network) -> None:
    assert {site.jurisdiction for site in network.sites} == {"IAEA"}


def test_every_site_has_its_country_and_makers_their_holder(network: Network) -> None:
    assert [site.id for site in network.sites if not site.province] == []
    assert network.site["ams"].province == network.site["hfr"].province == "Netherlands"
    makers = [site for site in network.sites if site.kind in ("reactor", "radiopharmacy")]
    assert [site.id for site in makers if not site.organisation] == ["lvr-15", "jp-makers", "cn-makers"]
    unlike = [site.id for site in makers if site.organisation and site.organisation not in site.name]
    assert unlike == ["ntp-gen"], "NTP Radioisotopes, which the table of processors names in full"


def test_sources_read_on_other_hosts_are_listed_and_mirrors_cannot_be_followed() -> None:
    listed = {row["source"]: row for row in rows("sources")}
    cited = "".join((FOLDER / "tables" / f"{n}.csv").read_text(encoding="utf-8") for n in CITING)
    assert [name for name in listed if name not in cited] == []
    mirrors = [row["read_at"].partition("/")[0] for row in listed.values() if row["host"] == "mirror"]
    assert mirrors
    for path in FOLDER.rglob("*.*"):
        assert not any(f"//{host}" in path.read_text(encoding="utf-8") for host in mirrors), path.name


def test_no_last_day_of_a_licence_is_invented(network: Network) -> None:
    assert {site.licence.valid_until for site in network.sites if site.licence} == {None}


def six_day_ci(activity_bq: float, moment: datetime, calibration: datetime) -> float:
    """Curies at ``calibration`` of an activity at ``moment``."""
    hours = (calibration - moment).total_seconds() / 3600
    return activity_bq / SIX_DAY_CI_BQ * 0.5 ** (hours / HALF_LIFE_H)


def first_calibration(network: Network) -> datetime:
    return min(network.instant(order.calibration) for order in network.orders)


def test_capacities_are_those_of_the_nea_in_six_day_curies(network: Network) -> None:
    """Two sets of targets a week, less the tenth that processing loses, are what the NEA prints."""
    discharge = network.instant(datetime(2026, 12, 7))  # noqa: DTZ001 - a time without offset is of the network
    calibration = first_calibration(network)
    assert calibration - discharge == timedelta(days=6, hours=15.5)
    printed = {row["id"]: float(row["capacity_6d_ci_week"]) for row in rows("reactors")}
    assert sum(printed.values()) == 25790
    for reactor, capacity in printed.items():
        batch = network.process[f"irradiate-{reactor}"].activity_per_batch
        assert batch is not None
        assert 2 * 0.9 * six_day_ci(batch, discharge, calibration) == pytest.approx(capacity, rel=2e-3), (
            reactor
        )


def test_processors_take_what_the_table_says(network: Network) -> None:
    calibration = first_calibration(network)
    start = network.instant(datetime(2026, 12, 7))  # noqa: DTZ001
    for row in rows("processors"):
        total = 0.0
        for number, after in ((1, 6), (2, 25)):
            process = network.process[f"process-{row['id']}-{number}"]
            assert process.max_input is not None
            assert len(process.start_days) == 2
            moment = start + timedelta(hours=after)
            total += 2 * process.processing_yield * six_day_ci(process.max_input, moment, calibration)
        assert total == pytest.approx(float(row["capacity_6d_ci_week"]), rel=2e-3), row["id"]


def test_starts_fall_on_the_same_moment_everywhere(network: Network) -> None:
    """Clocks are local; targets come out at Monday and Thursday 00:00 UTC in Petten and in Sydney."""
    for process in network.processes:
        if process.id.startswith("irradiate-"):
            assert {weekday_hour_utc(network, process, day) for day in process.start_days} == {
                ("tue", 0.0),
                ("fri", 0.0),
            }, process.id


def weekday_hour_utc(network: Network, process: Process, day: str) -> tuple[str, float]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    moment = datetime.combine(
        date(2026, 12, 7 + names.index(day)), process.start_times[0], network.site[process.site].zone
    )
    there = moment.astimezone(network.zone)
    return names[there.weekday()], there.hour + there.minute / 60


def test_a_year_of_weeks_is_what_is_printed() -> None:
    for row in rows("reactors"):
        year = float(row["capacity_6d_ci_week"]) * float(row["operating_weeks_year"])
        assert year == pytest.approx(float(row["capacity_6d_ci_year"]), rel=0.011), row["id"]


def test_cycles_keep_the_weeks_of_the_year() -> None:
    for row in rows("reactors"):
        if row["cycle_start"]:
            on, off = float(row["days_on"]), float(row["days_off"])
            assert on / (on + off) == pytest.approx(float(row["operating_weeks_year"]) / 52, abs=0.02), row[
                "id"
            ]


def test_demand_is_that_of_the_world_in_six_day_curies(network: Network) -> None:
    assert sum(float(row["share"]) for row in rows("demand_regions")) == pytest.approx(1.0)
    weekly: dict[str, float] = defaultdict(float)
    regions = {row["id"]: row["region"] for row in rows("demand_centres")}
    for order in network.orders:
        weekly[regions[order.site]] += order.activity / SIX_DAY_CI_BQ / 2
    assert sum(weekly.values()) == pytest.approx(9400, rel=1e-4)
    for row in rows("demand_regions"):
        assert weekly[row["region"]] == pytest.approx(9400 * float(row["share"]), rel=1e-4), row["region"]


def test_orders_are_calibrated_six_days_after_shipping(network: Network) -> None:
    for order in network.orders:
        opens = network.instant(order.earliest)
        discharge = opens - timedelta(days=2.25)
        assert discharge.weekday() in (0, 3)
        assert network.instant(order.calibration) - discharge == timedelta(days=6, hours=15.5)


def test_the_unit_is_that_of_the_trade(network: Network) -> None:
    """The six-day curies of an order, worked out from what leaves the producer, by the core's own unit."""
    order = network.orders[0]
    shipped = network.instant(order.calibration) - timedelta(days=6)
    leaves_bq = order.activity / six_day_ci(1.0, shipped, network.instant(order.calibration)) / SIX_DAY_CI_BQ
    assert six_day_curie(leaves_bq) == pytest.approx(order.activity / SIX_DAY_CI_BQ, rel=1e-3)


def test_no_reactor_makes_targets_between_its_cycles(network: Network) -> None:
    """What is in hand on the first day comes from reactors that ran through the week before."""
    first = network.instant(datetime(2026, 12, 7))  # noqa: DTZ001
    for reactor in rows("reactors"):
        core = network.resource[f"{reactor['id']}-core"]
        stopped = any(
            network.instant(o.start) < first and first - timedelta(days=6) < network.instant(o.end)
            for o in core.outages
        )
        in_hand = any(lot.site == reactor["id"] for lot in network.stock)
        assert in_hand is not stopped, reactor["id"]
    stopped_on_the_first = {
        core.site
        for core in network.resources
        if any(network.instant(o.start) <= first < network.instant(o.end) for o in core.outages)
    }
    assert stopped_on_the_first == {"br-2", "lvr-15"}


@pytest.mark.slow
def test_one_reactor_less(network: Network) -> None:
    """What the docs say: all is served, without the HFR nine tenths."""
    first = date(2026, 12, 7)
    assert plan(network, first, 14).served_fraction > 0.9999
    without = network.model_copy(
        update={
            "processes": [process for process in network.processes if process.site != "hfr"],
            "stock": [lot for lot in network.stock if lot.site != "hfr"],
        }
    )
    assert plan(without, first, 14).served_fraction == pytest.approx(0.908, abs=0.003)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: path.name)
def test_no_machine_path(path: Path) -> None:
    assert re.search(r"/work/|/tmp/|/home/|file id", path.read_text(encoding="utf-8")) is None
