"""The example of China: rebuilt from its tables, provenance complete, true to the published totals."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.divisions import province_of
from becq.chain.network import SECTIONS, Network
from becq.chain.places import distance_km
from becq.chain.reading import check_network, read_network
from becq.chain.table_folder import write_folder
from becq.rules.reference import workplace_classes
from becq.rules.workplace import daily_equivalent_bq

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "china"
FIRST, DAYS = date(2026, 12, 7), 14
GENERATED = 6_000_000
"""Bytes that the network may have."""


@pytest.fixture(scope="module")
def network() -> Network:
    return read_network(FOLDER)


@pytest.fixture(scope="module")
def builder() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from build_china import network as module

        yield module
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def china(builder: ModuleType):  # type: ignore[no-untyped-def]
    return builder.build()


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_rebuild_gives_the_same_bytes(china, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    write_folder(china.network, tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {p.name: p.read_bytes() for p in FOLDER.iterdir() if p.is_file() and p.name != "README.md"}
    assert written.keys() == kept.keys()
    assert [name for name in written if written[name] != kept[name]] == []
    assert sum(map(len, kept.values())) < GENERATED


def test_no_problems() -> None:
    assert check_network(FOLDER) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_item_says_where_it_comes_from(network: Network, section: str) -> None:
    silent = [item.id for item in getattr(network, section) if not (item.source or item.assumption)]
    assert silent == []


def test_hospitals_of_each_province_are_those_of_the_survey(network: Network) -> None:
    counted = Counter(
        province_of(site.division).code for site in network.sites if site.kind == "hospital" and site.division
    )
    wanted = {
        row["division"]: int(row["departments"]) for row in rows("provinces") if row["row_type"] == "province"
    }
    assert counted == wanted
    assert sum(counted.values()) >= 1000


def test_size_of_the_two_weeks(network: Network) -> None:
    demand = network.demand(FIRST, DAYS)
    assert len(demand) >= 20_000
    assert len({order.site for order in demand}) >= 1000
    assert len({order.product for order in demand}) >= 20


def test_who_orders_is_licensed_for_it(network: Network) -> None:
    unlicensed = []
    for order in [*network.standing_orders, *network.orders]:
        licence, product = network.site[order.site].licence, network.product[order.product]
        for nuclide in filter(None, (product.nuclide, product.daughter)):
            limit = licence.limit_bq(nuclide) if licence else None
            if limit is None or limit < order.activity:
                unlicensed.append(order.id)
    assert unlicensed == []


def test_workplaces_have_the_class_of_what_is_handled_there(network: Network) -> None:
    for site in network.sites:
        handled = site.licence.operations if site.licence else []
        if handled:
            names, limits = [row.nuclide for row in handled], [row.daily_limit for row in handled]
            equivalent = daily_equivalent_bq(names, limits, [row.operation for row in handled])
            assert equivalent is not None
            assert {row.workplace_class for row in handled} == {str(workplace_classes(equivalent))}


def test_positron_drugs_are_prepared_under_a_licence_of_class_three(network: Network) -> None:
    makers = {process.site for process in network.processes}
    for site in network.sites:
        if site.kind == "hospital":
            assert site.use_class == (3 if site.id in makers else 2), site.id
            assert "use licence of class" in str(site.assumption), site.id


def test_last_days_of_licences_are_assumed_differ_and_lie_after_the_two_weeks(network: Network) -> None:
    licensed = [site for site in network.sites if site.licence]
    days = sorted(site.licence.valid_until for site in licensed if site.licence and site.licence.valid_until)
    assert len(days) == len(licensed) > 1000
    assert len(set(days)) > 0.6 * len(days)
    assert date(2026, 12, 31) <= days[0]
    assert days[-1] < date(2031, 12, 31)
    soon = sum(day < FIRST + timedelta(days=DAYS + 30) for day in days)
    assert 5 <= soon <= 25, "as many renewals are due as in any six weeks of five years"
    unmarked = [
        site.id for site in licensed if "last day of the licence: assumption" not in str(site.assumption)
    ]
    assert unmarked == []


def test_what_is_representative_says_so_in_its_name_and_names_no_company(network: Network) -> None:
    listed = [row for row in rows("pharmacies") if row["basis"] == "representative"]
    assert len(listed) > 30
    for row in listed:
        site = network.site[row["id"]]
        assert site.name.startswith("Representative "), site.id
        assert "代表性" in site.name_zh, site.id
        assert not re.search("HTA|Andike|Dongcheng|原子高科|安迪科|东诚", site.name + site.name_zh), site.id
        assert site.source is None, site.id
        assert "assumption" in str(site.assumption), site.id
    named = {
        row["division"] for row in rows("pharmacies") if row["basis"] == "source" and "fdg" in row["makes"]
    }
    doubles = [row["id"] for row in listed if row["division"] in named and "fdg" in row["makes"].split(";")]
    assert doubles == []


def test_every_pet_cyclotron_of_the_census_is_a_machine_of_the_network(network: Network) -> None:
    machines = Counter(resource.site for resource in network.resources if resource.kind == "cyclotron")
    for row in rows("pharmacies"):
        assert machines[row["id"]] == int(row["machines"]), row["id"]
    pharmacies = {row["id"] for row in rows("pharmacies")}
    pet = {
        site: n for site, n in machines.items() if site in pharmacies or network.site[site].kind == "hospital"
    }
    assert sum(pet.values()) + machines["wch-cyclotron"] == 120
    assert set(machines) - set(pet) == {"wch-cyclotron", "hta-beijing"}


def test_a_pharmacy_at_the_seat_of_a_city_is_not_next_door_to_all_that_stand_there(network: Network) -> None:
    """Of both only the seat is known: a way through the city, not 0 km."""
    legs = {(leg.origin, leg.destination): leg.distance_km for leg in network.roads}
    seated = [row["id"] for row in rows("pharmacies") if not row["table"]]
    near = [
        (code, other.id)
        for code in seated
        for other in network.sites
        if other.id != code and distance_km(network.site[code], other) <= 1.0
    ]
    assert len(near) > 30
    assert {legs[pair] for pair in near} == {10.0}
    assert set(near) == set(legs)


def test_hospitals_hold_their_own_licence_under_their_own_name(network: Network) -> None:
    holders = [site.organisation for site in network.sites if site.kind == "hospital"]
    assert None not in holders
    assert len(set(holders)) == len(holders)


def test_a_site_names_its_province_in_english(network: Network) -> None:
    assert {site.province for site in network.sites} == {
        province_of(site.division).name_en for site in network.sites if site.division
    }


def test_what_a_hospital_orders_is_approved_in_both_years(network: Network) -> None:
    held = {(row.destination, row.nuclide, row.valid_from.year) for row in network.approvals}
    own = {(process.site, process.product) for process in network.processes}
    missing = [
        order.id
        for order in [*network.standing_orders, *network.orders]
        for year in (2026, 2027)
        if (order.site, order.product) not in own
        and (order.site, network.product[order.product].nuclide, year) not in held
    ]
    assert missing == []


def test_everything_ordered_is_made_somewhere(network: Network) -> None:
    made = {process.product for process in network.processes}
    assert {order.product for order in [*network.standing_orders, *network.orders]} <= made


def test_enterprises_name_sites_of_the_network(network: Network) -> None:
    for row in rows("enterprises"):
        assert set(row["sites"].split(";")) <= set(network.site), row["name_en"]


@pytest.mark.parametrize(
    "name",
    ["producers", "pharmacies", "airports", "flights", "procedures", "figures", "parameters", "enterprises"],
)
def test_every_row_of_the_tables_has_a_source_or_an_assumption(name: str) -> None:
    silent = [row for row in rows(name) if not (row["source"] or row.get("assumption") or row.get("table"))]
    assert silent == []


def test_totals_lie_where_they_must(china) -> None:  # type: ignore[no-untyped-def]
    from build_china.totals import totals

    lines = totals(china)
    assert len([line for line in lines if line.bounds]) >= 10
    outside = [
        (line.name, line.ratio)
        for line in lines
        if line.bounds and not line.bounds[0] - 1e-9 <= line.ratio <= line.bounds[1] + 1e-9
    ]
    assert outside == []


def test_patients_of_the_network_are_those_of_the_comparison(network: Network, china) -> None:  # type: ignore[no-untyped-def]
    """The comparison counts what the files say, not what the builder meant."""
    from build_china.totals import weekly_by_kind

    standing = sum(len(order.days) * (order.patients or 0) for order in network.standing_orders)
    single = sum(order.patients or 0 for order in network.orders) / 2
    assert standing + single == sum(weekly_by_kind(china.items).values())


def test_what_is_only_filled_in_is_not_counted_as_found(china) -> None:  # type: ignore[no-untyped-def]
    """Uptake tests, 15 a week in each department with neither scanner nor therapy, and nowhere else."""
    from build_china.pages import filler
    from build_china.totals import totals, weekly_by_kind

    hospitals = rows("hospitals")
    empty = [
        row
        for row in hospitals
        if row["pet_scanners"] == row["spect_scanners"] == "0" and row["has_therapy"] == "false"
    ]
    weekly = weekly_by_kind(china.items)
    assert weekly["uptake"] == 15 * len(empty)
    line = next(line for line in totals(china) if line.name.startswith("patients of all kinds"))
    assert line.network == 50 * (sum(weekly.values()) - weekly["uptake"])
    assert f"{50 * weekly['uptake']:,.0f} I-131 uptake tests" in filler(china)


def test_document_is_current(china) -> None:  # type: ignore[no-untyped-def]
    from build_china.pages import documented

    text = (ROOT / "docs" / "china.md").read_text(encoding="utf-8")
    assert documented(text, china) == text


@pytest.mark.slow
def test_who_is_out_of_reach_is_documented(network: Network, builder: ModuleType) -> None:
    from build_china.pages import renewed
    from build_china.reach import reach_table, unreached

    text = (ROOT / "docs" / "china.md").read_text(encoding="utf-8")
    assert renewed(text, "reach", reach_table(network)) == text
    assert len(list(unreached(network))) <= 5


def test_inputs_of_every_process_can_be_sent_there(network: Network, builder: ModuleType) -> None:
    from build_china.reach import unsupplied

    assert unsupplied(network) == []
