"""``becq data`` as a user runs it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest

from becq.reports.catalogue.dictionary import tables
from becq.reports.catalogue.table import file_text, row_counts


def becq(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", "data", *args],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        check=False,
    )


def test_lists_every_table_with_its_rows():
    run = becq("list")
    assert run.returncode == 0
    for name, found in tables().items():
        line = next(line for line in run.stdout.splitlines() if line.split()[:1] == [name])
        assert line.split()[1] == str(row_counts()[name])
        assert line.endswith(found.title_en)
    listed = json.loads(becq("list", "--json").stdout)["tables"]
    assert [each["name"] for each in listed] == list(tables())
    assert all(each["columns"] and each["title_zh"] for each in listed)


def test_shows_rows_with_their_sources_in_full():
    run = becq("show", "transport_limits", "--where", "nuclide=99Mo")
    assert run.returncode == 0
    head, columns, row, source = run.stdout.splitlines()
    assert head == "transport_limits: A1, A2 and exempt values, 1 row"
    assert columns.split()[:3] == ["nuclide", "form", "a1_tbq"]
    assert row.split()[:3] == ["Mo-99", "1", "0.6"]
    assert row.split()[-1] == "[1]"
    assert source == "[1] ADR/RID 2025, table 2.2.7.2.2.1 (adopts IAEA SSR-6 (Rev. 1), table 2)"


def test_where_no_row_is_found_the_gaps_are_told():
    run = becq("show", "transport_limits", "--where", "nuclide=Zr-89")
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert (
        lines[0]
        == f"transport_limits: A1, A2 and exempt values, 0 rows of {row_counts()['transport_limits']}"
    )
    assert lines[1].startswith("Gaps: Zr-89, ")
    assert "transport_default_limits" in lines[1]
    assert "'becq data find TEXT'" in lines[-1]
    assert (
        json.loads(becq("show", "transport_limits", "--where", "nuclide=Zr-89", "--json").stdout)["rows"]
        == []
    )


def test_says_how_many_rows_are_left_out():
    lines = becq("show", "d_values").stdout.splitlines()
    assert lines[0] == f"d_values: D-values, {row_counts()['d_values']} rows"
    assert f"... {row_counts()['d_values'] - 40} more rows; --limit 0 prints all, --where fewer" in lines
    everything = becq("show", "d_values", "--limit", "0").stdout
    assert "more rows" not in everything
    assert everything.count("\n") > row_counts()["d_values"]


def test_prints_csv_with_the_cells_of_the_file():
    assert becq("show", "package_categories", "--csv").stdout == file_text("package_categories")
    run = becq("show", "d_values", "--csv", "--columns", "d_tbq,nuclide", "--where", "d_tbq<0.001")
    heads, *rows = csv.reader(run.stdout.splitlines())
    assert heads == ["d_tbq", "nuclide"]
    assert ["8e-5", "U-235"] in rows
    assert all(float(row[0]) < 0.001 for row in rows)
    assert len(becq("show", "photon_lines", "--csv", "--limit", "3").stdout.splitlines()) == 4


def test_prints_json_with_typed_values():
    run = becq("show", "transport_limits", "--json", "--where", "nuclide=Cs-137", "--where", "a1_tbq>=1")
    found = json.loads(run.stdout)
    assert found["total"] == 1
    (row,) = found["rows"]
    assert row["a1_tbq"] == 2.0
    assert row["progeny_included"] == ["Ba-137m"]
    assert row["form"] is None
    assert {each["name"]: each["unit"] for each in found["columns"]}["a1_tbq"] == "TBq"
    unlimited = json.loads(becq("show", "transport_limits", "--json", "--where", "a1_tbq=inf").stdout)
    assert {each["a1_tbq"] for each in unlimited["rows"]} == {"inf"}
    assert len(json.loads(becq("show", "d_values", "--json").stdout)["rows"]) == row_counts()["d_values"]


def test_finds_a_nuclide_in_all_tables():
    run = becq("find", "177Lu")
    assert run.returncode == 0
    counts = {line.split()[0]: int(line.split()[1]) for line in run.stdout.splitlines()}
    assert counts["d_values"] == 1
    assert json.loads(becq("find", "Lu-177", "--json").stdout)["rows"] == counts
    assert becq("find", "no such thing").stdout == "No reference table contains 'no such thing'\n"
    shown = becq("show", "photon_lines", "--find", "177Lu", "--json")
    assert json.loads(shown.stdout)["total"] == counts["photon_lines"]


def test_explains_columns():
    run = becq("columns", "d-values")
    assert run.returncode == 0
    assert "number, TBq" in run.stdout
    assert "Gaps: " in run.stdout
    assert "More: docs/reference-data.md" in run.stdout
    assert json.loads(becq("columns", "d_values", "--json").stdout)["columns"][0]["key"] is True


def test_checks_a_table_and_a_file_that_is_to_be_one(tmp_path):
    assert becq("check", "d_values").stdout == "d_values: no problems\n"
    file = tmp_path / "new.csv"
    file.write_text("nuclide,d_tbq,second_reading,source,note\nIr-192,0.08,yes,s,\n", encoding="utf-8")
    assert becq("check", "d_values", "--file", str(file)).returncode == 0
    file.write_text("nuclide,d_tbq,second_reading,source,note\nIr-192,0.08,yes,,\n", encoding="utf-8")
    run = becq("check", "d_values", "--file", str(file))
    assert run.returncode == 2
    assert "d_values.csv, row 2, source: the cell is empty, but required" in run.stderr
    assert run.stderr.endswith("1 problem\n")
    said = json.loads(becq("check", "d_values", "--file", str(file), "--json").stdout)
    assert said["problems"][0]["column"] == "source"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["show", "transport_limit"], "did you mean 'transport_limits'"),
        (["columns", "nothing"], "'becq data list' names them"),
        (["show", "d_values", "--where", "nuclid=Ir-192"], "did you mean 'nuclide'"),
        (["show", "d_values", "--where", "nuclide"], "write it like"),
        (["show", "d_values", "--columns", "nuclide,d_bq"], "did you mean 'd_tbq'"),
        (["show", "d_values", "--json", "--csv"], "choose one"),
        (["show", "d_values", "--limit", "-1"], "--limit"),
        (["check", "--file", "x.csv"], "which table"),
        (["check", "d_values", "--file", "/nowhere/x.csv"], "cannot be read"),
    ],
)
def test_refuses_in_one_line(args, message):
    run = becq(*args)
    assert run.returncode == 2
    assert run.stdout == ""
    assert message in run.stderr
    assert run.stderr.startswith("becq")
    assert run.stderr.count("\n") == 1
