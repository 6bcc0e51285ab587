"""Networks as folders of tables: nothing is lost, and every problem has its file, row and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from becq.chain.network import Network
from becq.chain.reading import check_network, examine_network, read_network, write_network
from becq.chain.table_folder import network_tables
from becq.errors import Problem
from chain.networks import networks

HEAD = "name: Folder\n"
SITES = (
    "id,name,name_zh,kind,lat,lon,division\n"
    "P1,Plant,厂,reactor,30,104,\n"
    "H1,\"Hospital, first\",医院,hospital,３０．５,103,510100\n"
)  # fmt: skip
LICENCES = (
    "site,number,scope,nuclide,possession_limit\n"
    'P1,A1,"produce, sell",Lu-177,7 GBq\n'
    "P1,,,Mo-99,8 GBq\n"
    "H1,B1,use,镥-177,1 GBq\n"
)
PRODUCTS = "编号,名称,中文名,核素,保质期\nLU,Lu,镥,Lu-177,7 d\n"
LANES = "id,mode,origins,destinations,speed_kmh\nR,road,*,*,60\n"
ORDERS = (
    "id,site,product,activity,calibration,earliest,latest,partial\n"
    "O1,H1,LU,7.4 GBq,2026-03-03 08:00,2026-03-02 18:00,2026-03-03 06:00,yes\n"
)
GOOD = {
    "network.yaml": HEAD,
    "sites.csv": SITES,
    "licences.csv": LICENCES,
    "products.csv": PRODUCTS,
    "lanes.csv": LANES,
    "orders.csv": ORDERS,
}


def folder(path: Path, files: dict[str, str | bytes]) -> Path:
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(path: Path) -> Problem:
    problems = check_network(path)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(network=networks())
def test_any_network_reads_back(tmp_path: Path, network: Network) -> None:
    """The same folder each time, so that tables of the network before are gone too."""
    target = tmp_path / "network"
    write_network(network, target)
    assert read_network(target) == network
    write_network(read_network(target), tmp_path / "n.yaml")
    assert read_network(tmp_path / "n.yaml") == network


def test_a_folder_reads_like_a_workbook(tmp_path: Path) -> None:
    network = read_network(folder(tmp_path / "n", GOOD))
    assert network.name == "Folder"
    site = network.site["H1"]
    assert (site.name, site.lat, site.division) == ("Hospital, first", 30.5, "510100")
    licence = network.site["P1"].licence
    assert licence is not None
    assert (licence.number, licence.scope) == ("A1", ["produce", "sell"])
    assert [row.nuclide for row in licence.nuclides] == ["Lu-177", "Mo-99"]
    assert network.orders[0].partial
    write_network(network, tmp_path / "n.xlsx")
    assert read_network(tmp_path / "n.xlsx") == network


def test_rows_follow_those_of_the_yaml_file(tmp_path: Path) -> None:
    head = (
        "name: Folder\n"
        "sites:\n"
        "  - {id: Z, name: Z, name_zh: 乙, kind: airport, lat: 31, lon: 104}\n"
        "lanes:\n"
        "  - id: F\n    mode: flight\n    origins: [Z]\n    destinations: [Y]\n"
        "    departures: [{days: mon, time: '07:00', duration: 1 h}]\n"
    )
    sites = "id,name,name_zh,kind,lat,lon\nY,Y,丙,airport,32,104\n"
    departures = "lane,days,time,duration\nF,daily,08:00,1 h\n"
    path = folder(tmp_path / "n", {"network.yaml": head, "sites.csv": sites, "departures.csv": departures})
    network = read_network(path)
    assert [site.id for site in network.sites] == ["Z", "Y"]
    assert [line.time.hour for line in network.lanes[0].departures] == [7, 8]
    (path / "departures.csv").write_text(departures.replace("1 h", "1"), encoding="utf-8")
    problem = only(path)
    assert (problem.file, problem.row) == (str(path / "departures.csv"), 2)
    (path / "sites.csv").write_text(sites.replace("Y,Y", "Z,Y"), encoding="utf-8")
    assert "(first in row 3 of network.yaml)" in check_network(path)[-2].message


def test_a_network_in_yaml_alone_needs_no_tables(tmp_path: Path, example_text: str) -> None:
    path = folder(tmp_path / "n", {"network.yaml": example_text, "_scratch.csv": "a,b\n1\n"})
    assert check_network(path) == []


ROWS: dict[str, tuple[str, Callable[[str], str], int, str | None, str, str]] = {
    "field": ("sites.csv", lambda t: t.replace("30,104", "300,104"), 2, "E (lat)", "lat '300' is out of range", "at most 90"),
    "nested": ("licences.csv", lambda t: t.replace("8 GBq", "8"), 3, "E (possession_limit)", '"8" has no unit', "8 MBq"),
    "nested missing": ("licences.csv", lambda t: t.replace("Mo-99,8 GBq", "Mo-99,"), 3, "E (possession_limit)", "is missing", ""),
    "owner": ("licences.csv", lambda t: t.replace("H1,B1", "H2,B1"), 4, "A (site)", "'H2' is not defined under sites", "use"),
    "licence differs": ("licences.csv", lambda t: t.replace("P1,,,Mo", "P1,A2,,Mo"), 3, "B (number)", "in row 2", "leave it blank"),
    "reference": ("orders.csv", lambda t: t.replace("H1,LU", "H1,LUX"), 2, "C (product)", "'LUX' is not defined", "'LU'"),
    "twice": ("sites.csv", lambda t: t.replace("H1,", "P1,"), 3, "A (id)", "'P1' is defined twice in sites (first in row 2)", ""),
    "header": ("products.csv", lambda t: t.replace("核素", "nuklide"), 1, "D (nuklide)", "there is no column 'nuklide'", "'nuclide'"),
    "too many cells": ("orders.csv", lambda t: t.replace(",yes", ",yes,no"), 2, None, "the row has 9 cells, the header 8", "quotes"),
    "quotes": ("sites.csv", lambda t: t.replace("first\",", "first\"x,"), 3, None, "the CSV cannot be read", "check the quotes"),
    "division": ("sites.csv", lambda t: t.replace("510100", "510199"), 3, "G (division)", "no division", "510100 is 成都市"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_problem_has_its_file_row_and_column(tmp_path: Path, name: str) -> None:
    file, spoil, row, column, message, remedy = ROWS[name]
    text = spoil(GOOD[file])
    assert text != GOOD[file]
    path = folder(tmp_path / "n", GOOD | {file: text})
    found = [problem for problem in check_network(path) if message in problem.message]
    assert found, "\n".join(map(str, check_network(path)))
    assert (found[0].file, found[0].row, found[0].column) == (str(path / file), row, column)
    assert remedy in found[0].remedy
    assert found[0].sheet is None


def test_head_is_the_yaml_file(tmp_path: Path) -> None:
    problem = only(folder(tmp_path / "n", GOOD | {"network.yaml": "name: Folder\nnme: 3\n"}))
    assert (Path(problem.file).name, problem.row, problem.column) == ("network.yaml", 2, "nme")


def test_name_missing_is_said_of_the_yaml_file(tmp_path: Path) -> None:
    problem = only(folder(tmp_path / "n", GOOD | {"network.yaml": "note: nothing\n"}))
    assert (Path(problem.file).name, problem.message) == ("network.yaml", "name is missing")


def test_section_that_is_no_list_is_said_once(tmp_path: Path) -> None:
    files = GOOD | {"network.yaml": "name: Folder\nproducts: none\n"}
    path = folder(tmp_path / "n", files)
    assert "products is not a list" in [problem.message for problem in check_network(path)]


def test_file_that_other_rows_name_is_missing(tmp_path: Path) -> None:
    files = {name: text for name, text in GOOD.items() if name != "products.csv"}
    path = folder(tmp_path / "n", files)
    problem = only(path)
    assert (problem.file, problem.message) == (str(path / "products.csv"), "the file is missing")
    assert "shelf_life" in problem.remedy


def test_column_missing_is_said_once(tmp_path: Path) -> None:
    text = "\n".join(line.rpartition(",")[0] for line in PRODUCTS.splitlines())
    problem = only(folder(tmp_path / "n", GOOD | {"products.csv": text}))
    assert problem.message == "the column shelf_life is missing"
    assert problem.row == 1


def test_operations_need_a_licence(tmp_path: Path) -> None:
    rows = "site,workplace,workplace_class,nuclide,daily_limit\nH1,Ward,C,Lu-177,1 GBq\n"
    path = folder(tmp_path / "n", GOOD | {"operations.csv": rows})
    assert check_network(path) == []
    (path / "licences.csv").unlink()
    problem = only(path)
    assert "'H1' has no licence" in problem.message


@pytest.mark.parametrize(
    ("name", "said", "remedy"),
    [
        ("site.csv", "there is no file 'site.csv'", "did you mean 'sites.csv'?"),
        ("network.csv", "there is no file 'network.csv'", "stand in network.yaml"),
        ("场所.csv", "are the same table", "keep one of them"),
    ],
)
def test_files_that_have_no_place(tmp_path: Path, name: str, said: str, remedy: str) -> None:
    problem = only(folder(tmp_path / "n", GOOD | {name: "id\n"}))
    assert said in problem.message
    assert remedy in problem.remedy


def test_what_a_chinese_excel_saves_is_read(tmp_path: Path) -> None:
    files = GOOD | {"products.csv": PRODUCTS.replace(",", ";").replace("\n", "\r\n").encode("gb18030")}
    assert read_network(folder(tmp_path / "n", files)).product["LU"].name_zh == "镥"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    problem = only(folder(tmp_path / "n", GOOD | {"orders.csv": b"\x00\x01"}))
    assert (Path(problem.file).name, problem.message) == ("orders.csv", "the file is not text")


def test_a_folder_without_its_head(tmp_path: Path) -> None:
    path = folder(tmp_path / "n", {"sites.csv": SITES})
    problem = only(path)
    assert problem.file == str(path / "network.yaml")


def test_writing_over_an_older_network_leaves_nothing_of_it(tmp_path: Path) -> None:
    path = folder(tmp_path / "n", GOOD)
    (path / "README.md").write_text("ours", encoding="utf-8")
    network, _ = examine_network(path)
    assert network is not None
    write_network(network.model_copy(update={"orders": []}), path)
    assert [file.name for file in network_tables(path)] == [
        "lanes.csv", "licences.csv", "products.csv", "sites.csv",
    ]  # fmt: skip
    assert read_network(path).orders == []
    assert sorted(file.name for file in path.iterdir())[0] == "README.md"
