"""The example of China: rebuilt from its tables, provenance complete, true to the published totals."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.divisions import province_of
from becq.chain.network import SECTIONS, Network
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
            assert site.use_class == (3 if site.id in makers else site.use_class)
            assert site.use_class is not None


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


def test_document_is_current(china) -> None:  # type: ignore[no-untyped-def]
    from build_china.totals import documented

    text = (ROOT / "docs" / "china.md").read_text(encoding="utf-8")
    assert documented(text, china) == text


@pytest.mark.slow
def test_who_is_out_of_reach_is_documented(network: Network, builder: ModuleType) -> None:
    from build_china.reach import reach_table, unreached
    from build_china.totals import renewed

    text = (ROOT / "docs" / "china.md").read_text(encoding="utf-8")
    assert renewed(text, "reach", reach_table(network)) == text
    assert len(list(unreached(network))) <= 5


def test_inputs_of_every_process_can_be_sent_there(network: Network, builder: ModuleType) -> None:
    from build_china.reach import unsupplied

    assert unsupplied(network) == []
