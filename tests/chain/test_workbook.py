"""The workbook as people fill it in: headers, cells, and where problems are reported."""

# ruff: noqa: DTZ001  (times without an offset are what is tested)

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from becq.chain import workbook as workbook_module
from becq.chain.network import SECTIONS
from becq.chain.reading import check_network, read_network, write_network, write_template
from becq.chain.sheets import SHEETS
from becq.errors import Problem

Rows = Sequence[Sequence[Any]]
SITES: Rows = (
    ("id", "name", "name_zh", "kind", "lat", "lon"),
    ("H1", "Hospital", "医院", "hospital", 30.5, 104),
    ("P1", "Plant", "工厂", "reactor", 31, 104.5),
)
PRODUCTS: Rows = (
    ("id", "name", "name_zh", "nuclide", "shelf_life", "kind"),
    ("LU", "Lu", "镥", "177Lu", "7 d", "bulk"),
)
RESOURCES: Rows = (("id", "site", "name", "name_zh", "kind"), ("R1", "P1", "Reactor", "堆", "reactor"))
LANES: Rows = (("id", "mode", "origins", "destinations", "speed_kmh"), ("ROAD", "road", "*", "*", 60))
ORDERS: Rows = (
    ("id", "site", "product", "activity", "calibration", "earliest", "latest"),
    ("O1", "H1", "LU", "7.4 GBq", datetime(2026, 3, 3, 8), datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 18)),
)  # fmt: skip
NETWORK: Rows = (("name",), ("Net",))
GOOD: dict[str, Rows] = {
    "network": NETWORK,
    "sites": SITES,
    "products": PRODUCTS,
    "resources": RESOURCES,
    "lanes": LANES,
    "orders": ORDERS,
}


def book(path: Path, sheets: Mapping[str, Rows], merged: str | None = None) -> Path:
    """A workbook with these rows; a value that starts with '=' is a formula without a computed value."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"}) as writer:
        clock = writer.add_format({"num_format": "hh:mm"})
        hours = writer.add_format({"num_format": "[h]:mm"})
        for name, rows in sheets.items():
            page = writer.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        page.write_formula(r, c, value, None, "#REF!" if "REF" in value else "")
                    elif isinstance(value, time | timedelta):
                        page.write_datetime(r, c, value, clock if isinstance(value, time) else hours)
                    elif value is not None:
                        page.write(r, c, value)
            if merged and name == "sites":
                page.merge_range(merged, "merged")
    return path


def replace(rows: Rows, row: int, column: int, value: Any) -> Rows:
    """The rows with one cell changed (1-based row, 0-based column)."""
    return [
        [value if (r, c) == (row - 1, column) else cell for c, cell in enumerate(line)]
        for r, line in enumerate(rows)
    ]


def only(path: Path) -> Problem:
    [problem] = check_network(path)
    return problem


def where(problem: Problem) -> tuple[str | None, int | None, str | None]:
    return problem.sheet, problem.row, problem.column


def test_good_workbook(tmp_path: Path) -> None:
    network = read_network(book(tmp_path / "n.xlsx", GOOD))
    assert network.site["H1"].lon == 104
    assert network.product["LU"].nuclide == "Lu-177"
    assert network.orders[0].calibration == datetime(2026, 3, 3, 8)
    assert network.orders[0].tolerance == 0.1


def test_chinese_and_loose_headers(tmp_path: Path) -> None:
    chinese = {
        "网络": (("名称", "时区"), ("网络", "Asia/Shanghai")),
        "场所": (("编号", "名称", "中文名", "类型", "纬度", "经 度"), ("H1", "H", "医院", "hospital", "３０．５", 104)),
        "Licences ": (("场所", "许可证号", "许可范围", "有效期至", "核素", "持有限值 (GBq)"),
                      ("H1", 20260001, "use", date(2028, 12, 31), "镥-177", "７．４　ＧＢｑ")),
        "产品": (("编号", "名称", "中文名称", "核素", "保质期"), ("LU", "Lu", "镥", "镥[177Lu]", "7天")),
        "运输线路": (("编号", "Mode", " ORIGINS", "Destinations*", "Speed_KMH"), ("R", "road", "*", "*", "６０")),
        "长期订单": (("编号", "场所", "产品", "活度", "星期", "最早", "最晚", "标定时间"),
                   ("S", "Ｈ1", "LU", "7.4 GBq", "一三五", time(7, 0), "8：00", 0.375)),
        "说明": (("anything", "at all"),),
        "_scratch": (("anything",),),
    }  # fmt: skip
    network = read_network(book(tmp_path / "n.xlsx", chinese))
    site = network.site["H1"]
    assert (site.lat, site.lon) == (30.5, 104)
    assert site.licence is not None
    assert site.licence.number == "20260001"
    assert site.licence.valid_until == date(2028, 12, 31)
    assert site.licence.limit_bq("Lu-177") == 7.4e9
    assert network.product["LU"].shelf_life == 7 * 86400
    assert network.lane["R"].speed_kmh == 60
    [standing] = network.standing_orders
    assert standing.site == "H1"
    assert standing.days == ["mon", "wed", "fri"]
    assert (standing.earliest, standing.latest, standing.calibration) == (time(7), time(8), time(9))


def test_every_header_alias_is_unambiguous() -> None:
    for sheet in SHEETS.values():
        assert set(sheet.headers.values()) == set(sheet.columns), sheet.name


@pytest.mark.parametrize("cell", [timedelta(hours=36), "36 h", "36:00", "1.5 d"])
def test_durations_as_excel_shows_them(tmp_path: Path, cell: Any) -> None:
    path = book(tmp_path / "n.xlsx", GOOD | {"products": replace(PRODUCTS, 2, 4, cell)})
    assert read_network(path).products[0].shelf_life == 36 * 3600


def test_aware_times_are_text_and_naive_ones_dates(tmp_path: Path) -> None:
    network = read_network(book(tmp_path / "n.xlsx", GOOD))
    aware = [
        order.model_copy(update={"calibration": datetime(2026, 3, 3, tzinfo=UTC)}) for order in network.orders
    ]
    write_network(network.model_copy(update={"orders": aware}), tmp_path / "m.xlsx")
    row = CalamineWorkbook.from_path(tmp_path / "m.xlsx").get_sheet_by_name("orders").to_python()[1]
    assert "2026-03-03T00:00:00+00:00" in row
    assert datetime(2026, 3, 2, 18) in row
    assert read_network(tmp_path / "m.xlsx").orders == aware


def test_numbers_beyond_sixteen_digits_survive(tmp_path: Path) -> None:
    network = read_network(book(tmp_path / "n.xlsx", GOOD))
    site = network.sites[0].model_copy(update={"lat": 0.1 + 0.2})
    write_network(network.model_copy(update={"sites": [site, network.sites[1]]}), tmp_path / "m.xlsx")
    assert read_network(tmp_path / "m.xlsx").sites[0].lat == 0.1 + 0.2


# Problems and their cells

CELLS = {
    "unit": ("products", replace(PRODUCTS, 2, 4, 7), "E (shelf_life)", "duration 7 has no unit", "write for example"),
    "missing cell": ("sites", replace(SITES, 3, 4, None), "E (lat)", "lat is missing", "Latitude"),
    "blank text": ("sites", replace(SITES, 2, 1, "  "), "B (name)", "name is missing", "Name in English"),
    "choice": ("sites", replace(SITES, 3, 3, "hospitl"), "D (kind)", "'hospitl' is not a choice", "'hospital'?"),
    "number": ("sites", replace(SITES, 3, 4, "north"), "E (lat)", "'north' is not a number", "a plain number"),
    "date as number": ("orders", replace(ORDERS, 2, 4, 46084.5), "E (calibration)", "46084.5 is not a date", "write"),
    "unknown id": ("orders", replace(ORDERS, 2, 1, "H2"), "B (site)", "'H2' is not defined under sites", "define it under sites, or use H1, P1"),
    "duplicate": ("sites", replace(SITES, 3, 0, "H1"), "A (id)", "defined twice in sites (first in row 2)", "own"),
    "header": ("sites", replace(SITES, 1, 4, "latt"), "E (latt)", "there is no column 'latt' here", "'lat'?"),
    "header far off": ("sites", [(*SITES[0], "zzz"), *SITES[1:]], "G (zzz)", "no column 'zzz'", "columns are id, name"),
    "header twice": ("sites", [(*SITES[0], "Name"), *SITES[1:]], "G (Name)", "the same as B (name)", "keep one"),
    "no header": ("sites", [SITES[0], (*SITES[1], "x"), SITES[2]], "G", "the column has no header", "write one of id"),
    "formula": ("sites", replace(SITES, 3, 4, "=E2+1"), "E (lat)", "no computed value", "open the file in Excel"),
    "formula error": ("sites", replace(SITES, 3, 4, "=#REF!"), "E (lat)", "the formula gives #REF!", "correct it"),
}  # fmt: skip
ROWS = {"header": 1, "header far off": 1, "header twice": 1, "no header": 1, "unit": 2, "blank text": 2,
        "date as number": 2, "unknown id": 2}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_problem_has_its_cell(tmp_path: Path, name: str) -> None:
    sheet, rows, column, message, remedy = CELLS[name]
    problems = check_network(book(tmp_path / "n.xlsx", GOOD | {sheet: rows}))
    found = [problem for problem in problems if message in problem.message]
    assert found, "\n".join(map(str, problems))
    assert where(found[0]) == (sheet, ROWS.get(name, 3), column)
    assert remedy in found[0].remedy


def test_missing_column_is_said_once(tmp_path: Path) -> None:
    rows = [line[:4] + line[5:] for line in map(list, SITES)]
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"sites": rows}))
    assert where(problem) == ("sites", 1, "lat")
    assert problem.message == "the column lat is missing"
    assert problem.remedy.startswith("add a column 'lat': Latitude")


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>", "<v />"])
def test_formula_that_was_never_computed_is_said_once(tmp_path: Path, value: str) -> None:
    """As libraries write it that compute nothing: each leaves the value out in its own way."""
    written = book(tmp_path / "n.xlsx", GOOD | {"sites": replace(SITES, 3, 4, "=E2+1")})
    path = tmp_path / "m.xlsx"
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if b"<f>E2+1</f>" in text:
                text = re.sub(rb'<c r="E3"[^>]*><f>E2\+1</f>.*?</c>', b'<c r="E3"><f>E2+1</f>@</c>', text)
                text = text.replace(b"@", value.encode())
            new.writestr(name, text)
    problem = only(path)
    assert problem.message == "the formula has no computed value"
    assert where(problem) == ("sites", 3, "E (lat)")


def test_missing_sheet_is_said_once(tmp_path: Path) -> None:
    sheets = {name: rows for name, rows in GOOD.items() if name != "sites"}
    for more in ({}, {"licences": LICENCES}):
        problem = only(book(tmp_path / "n.xlsx", sheets | more))
        assert str(problem) == (
            f"{tmp_path / 'n.xlsx'} [sites]: the sheet sites is missing "
            "(add it; becq network template writes a workbook with every sheet)"
        )
    licences = {"network": NETWORK, "licences": LICENCES}
    assert only(book(tmp_path / "n.xlsx", licences)).message == "the sheet sites is missing"


def test_sheet_that_nothing_names_may_be_missing(tmp_path: Path) -> None:
    path = book(tmp_path / "n.xlsx", {"network": NETWORK, "sites": SITES})
    assert check_network(path) == []


def test_computed_formula_counts(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    with xlsxwriter.Workbook(str(path)) as writer:
        for name, rows in (GOOD | {"orders": ()}).items():
            page = writer.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    page.write(r, c, value)
            if name == "sites":
                page.write_formula("E2", "=30+1", None, 31)
    assert read_network(path).sites[0].lat == 31


LICENCES: Rows = (
    ("site", "number", "scope", "valid_until", "nuclide", "possession_limit"),
    ("H1", "A1", "use", None, "Lu-177", "7 GBq"),
    ("H1", None, None, None, "F-18", "8 GBq"),
    ("P1", None, None, None, None, None),
)
OPERATIONS: Rows = (
    ("场所", "工作场所", "工作场所级别", "核素", "操作方式", "日最大操作量", "年最大操作量"),
    ("H1", "Hot lab", "B", "Lu-177", None, "7 GBq", "300 GBq"),
    ("H1", "Ward", "C", "Lu-177", "storage-liquid", "1 GBq", None),
)
OUTAGES: Rows = (
    ("resource", "process", "start", "end", "reason"),
    ("R1", None, datetime(2026, 3, 2, 8), datetime(2026, 3, 3, 8), "Stop"),
)


def test_operations_belong_to_the_licence(tmp_path: Path) -> None:
    sheets = GOOD | {"licences": LICENCES, "操作许可": OPERATIONS}
    licence = read_network(book(tmp_path / "n.xlsx", sheets)).site["H1"].licence
    assert licence is not None
    assert [(row.workplace, row.workplace_class, row.operation) for row in licence.operations] == [
        ("Hot lab", "B", None),
        ("Ward", "C", "storage-liquid"),
    ]
    assert (licence.operations[0].daily_limit, licence.operations[0].yearly_limit) == (7e9, 3e11)


def test_operations_need_a_licence(tmp_path: Path) -> None:
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"operations": OPERATIONS[:2]}))
    assert where(problem) == ("operations", 2, "A (场所)")
    assert "'H1' has no licence" in problem.message
    assert "sheet licences" in problem.remedy


def test_problem_of_an_operation_has_its_cell(tmp_path: Path) -> None:
    rows = replace(OPERATIONS, 3, 5, 8)
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"licences": LICENCES, "operations": rows}))
    assert where(problem) == ("operations", 3, "F (日最大操作量)")
    assert "activity 8 has no unit" in problem.message


def test_licence_rows_join(tmp_path: Path) -> None:
    network = read_network(book(tmp_path / "n.xlsx", GOOD | {"licences": LICENCES, "outages": OUTAGES}))
    licence = network.site["H1"].licence
    assert licence is not None
    assert (licence.number, licence.scope) == ("A1", ["use"])
    assert [row.nuclide for row in licence.nuclides] == ["Lu-177", "F-18"]
    empty = network.site["P1"].licence
    assert empty is not None
    assert empty.nuclides == []
    assert network.resource["R1"].outages[0].reason == "Stop"


NESTED = {
    "owner unknown": ("licences", replace(LICENCES, 3, 0, "H2"), 3, "A (site)", "'H2' is not defined under sites", "define it under sites, or use H1, P1"),
    "owner missing": ("licences", replace(LICENCES, 3, 0, None), 3, "A (site)", "site is missing", "name the row"),
    "licence differs": ("licences", replace(LICENCES, 3, 1, "B1"), 3, "B (number)",
                        "number differs from that of the same licence in row 2", "write the same, or leave it blank"),
    "limit": ("licences", replace(LICENCES, 3, 5, 8), 3, "F (possession_limit)", "activity 8 has no unit", "write for"),
    "limit missing": ("licences", replace(LICENCES, 3, 5, None), 3, "F (possession_limit)", "is missing", "Largest"),
    "licensed twice": ("licences", replace(LICENCES, 3, 4, "177Lu"), 3, "E (nuclide)", "(first in row 2)", "keep one"),
    "licence field": ("licences", replace(LICENCES, 2, 3, "soon"), 2, "D (valid_until)", "'soon' is not a date", "write"),
    "both owners": ("outages", replace(OUTAGES, 2, 1, "X"), 2, "A (resource)", "only one of resource or process", "name"),
    "outage": ("outages", replace(OUTAGES, 2, 3, "2026-03-01"), 2, "D (end)", "ends before it starts", "after the start"),
    "reason": ("outages", replace(OUTAGES, 2, 4, None), 2, "E (reason)", "reason is missing", "Why"),
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_problem_of_a_nested_row(tmp_path: Path, name: str) -> None:
    sheet, rows, row, column, message, remedy = NESTED[name]
    problem = only(
        book(tmp_path / "n.xlsx", GOOD | {"licences": LICENCES, "outages": OUTAGES} | {sheet: rows})
    )
    assert where(problem) == (sheet, row, column)
    assert message in problem.message
    assert remedy in problem.remedy


def test_no_network_sheet(tmp_path: Path) -> None:
    problem = only(
        book(tmp_path / "n.xlsx", {name: rows for name, rows in GOOD.items() if name != "network"})
    )
    assert where(problem) == ("network", None, "name")


def test_header_with_underscore_is_ignored(tmp_path: Path) -> None:
    rows = [(*line, note) for line, note in zip(SITES, ("_checked by", "Li", "Wang"), strict=True)]
    assert len(read_network(book(tmp_path / "n.xlsx", GOOD | {"sites": rows})).sites) == 2


def test_unknown_sheet(tmp_path: Path) -> None:
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"procceses": ()}))
    assert where(problem) == ("procceses", None, None)
    assert problem.message == "there is no sheet 'procceses' in a network file"
    assert problem.remedy == "did you mean 'processes'?"


def test_sheet_twice(tmp_path: Path) -> None:
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"场所": SITES}))
    assert problem.message == "'场所' and 'sites' are the same sheet"


def test_two_networks(tmp_path: Path) -> None:
    problem = only(book(tmp_path / "n.xlsx", GOOD | {"network": (*NETWORK, ("Other",))}))
    assert where(problem) == ("network", 3, None)


def test_merged_cells(tmp_path: Path) -> None:
    problems = check_network(book(tmp_path / "n.xlsx", GOOD, merged="B2:C3"))
    assert where(problems[0]) == ("sites", 2, "B")
    assert problems[0].message == "the cells B2:C3 are merged"
    assert "unmerge" in problems[0].remedy


# Files that are not workbooks


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 broken", bytes(range(256)) * 20])
def test_not_a_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "n.xlsx"
    path.write_bytes(content)
    assert only(path).message == "the file is not an Excel workbook"
    assert only(path).remedy == "save it as .xlsx"


def test_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "n.xlsx", "w") as archive:
        archive.writestr("a.txt", "b")
    assert only(tmp_path / "n.xlsx").message == "the file is not an Excel workbook"


def test_damaged_workbook(tmp_path: Path) -> None:
    content = bytearray(book(tmp_path / "n.xlsx", GOOD).read_bytes())
    for at in range(0, len(content), 97):
        content[at] ^= 0xFF
    (tmp_path / "n.xlsx").write_bytes(content)
    assert len(check_network(tmp_path / "n.xlsx")) >= 1


def test_other_workbook(tmp_path: Path) -> None:
    problems = check_network(book(tmp_path / "n.xlsx", {"Sheet1": (("a", "b"), (1, 2))}))
    assert problems[-1].message == "the workbook has no sheet of a network file"
    assert "becq network template" in problems[-1].remedy


def test_far_cell_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "n.xlsx")) as writer:
        writer.add_worksheet("sites").write("XFD1048576", 1)
    problem = only(tmp_path / "n.xlsx")
    assert problem.message == "a sheet reaches to cell XFD1048576"


def test_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "n.xlsx", GOOD)
    monkeypatch.setattr(workbook_module, "MAX_UNPACKED_BYTES", 1000)
    assert only(path).message == "the workbook is too large unpacked"
    monkeypatch.setattr(workbook_module, "MAX_BYTES", 1000)
    assert "the file has" in only(path).message


# The template


def test_template_is_empty_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path)
    problem = only(path)
    assert where(problem) == ("network", 2, "A (name)")
    with CalamineWorkbook.from_path(path) as workbook:
        assert workbook.sheet_names == ["notes", *SHEETS]
        for name, sheet in SHEETS.items():
            assert workbook.get_sheet_by_name(name).to_python() == [list(sheet.columns)]
        notes = workbook.get_sheet_by_name("notes").to_python()
    described = {(row[0], row[1]) for row in notes}
    assert all((name, column) in described for name, sheet in SHEETS.items() for column in sheet.columns)


def test_template_holds_every_section(tmp_path: Path) -> None:
    assert set(SECTIONS) < set(SHEETS)
    write_template(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        sites = archive.read("xl/worksheets/sheet3.xml").decode()
    assert "reactor,accelerator,radiopharmacy,hospital" in sites
    assert 'state="frozen"' in sites
    assert any("comments" in name for name in archive.namelist())
