"""``becq network`` as a user runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from becq.chain.reading import read_network
from chain.osrm_stub import StubServer

PAGE = Path(__file__).parents[2] / "docs" / "network-file.md"


def becq(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "becq.cli.main", "network", *map(str, args)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "network.yaml"
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path.write_text(block, encoding="utf-8")
    return path


@pytest.fixture
def spoiled(example: Path) -> Path:
    text = example.read_text(encoding="utf-8").replace("activity: 4 TBq", "activity: 4")
    example.write_text(text.replace("kind: hospital", "kind: hospitl"), encoding="utf-8")
    return example


def test_check_counts_what_is_there(example: Path) -> None:
    run = becq("check", example)
    assert run.returncode == 0, run.stderr
    assert "Western Sichuan: no problems" in run.stdout
    assert re.search(r"3 products", run.stdout)
    assert re.search(r"1 standing orders", run.stdout)


def test_check_of_a_folder_as_json(example: Path) -> None:
    run = becq("check", example.parent, "--json")
    assert run.returncode == 0
    report = json.loads(run.stdout)
    assert report["counts"]["processes"] == 3
    assert report["problems"] == []


def test_check_lists_every_problem(spoiled: Path) -> None:
    run = becq("check", spoiled)
    assert run.returncode == 2
    assert run.stdout == ""
    lines = run.stderr.splitlines()
    assert len(lines) == 3
    assert "row 23, kind: 'hospitl' is not a choice for kind (did you mean 'hospital'?)" in lines[0]
    assert "activity 4 has no unit" in lines[1]
    assert lines[2] == "2 problems"


def test_check_lists_every_problem_as_json(spoiled: Path) -> None:
    run = becq("check", spoiled, "--json")
    assert run.returncode == 2
    report = json.loads(run.stdout)
    assert report["name"] is None
    assert [problem["column"] for problem in report["problems"]] == ["kind", "activity"]
    assert report["problems"][0]["row"] == 23


def test_schema_is_json() -> None:
    run = becq("schema")
    assert run.returncode == 0
    assert json.loads(run.stdout)["title"] == "Becq network file"


def test_show_by_province(example: Path) -> None:
    run = becq("show", example, "--json")
    assert run.returncode == 0
    [region, unknown] = json.loads(run.stdout)["regions"]
    assert (region["code"], region["name"], region["name_zh"]) == ("510000", "Sichuan", "四川省")
    assert region["kinds"] == {"hospital": 1}
    assert region["weekly_activity_bq"] == {"Tc-99m": 5 * 12e9}
    assert (unknown["code"], unknown["kinds"]) == ("", {"reactor": 1})
    text = becq("show", example, "--by", "county").stdout
    assert "511402  Dongpo District, Meishan, Sichuan      1  1 hospital" in text
    assert "Tc-99m 60.0 GBq" in text
    refused = becq("show", example, "--by", "planet")
    assert refused.returncode == 2
    assert "use province, prefecture, county, jurisdiction" in refused.stderr
    assert becq("show", example, "--on", "soon").returncode == 2


def test_show_of_a_network_outside_the_divisions_of_china() -> None:
    world = Path(__file__).parents[2] / "examples" / "world-mo99"
    lines = becq("show", world).stdout.splitlines()
    assert lines[0].split("  ")[0] == "code"
    assert "province or country" in lines[0]
    netherlands = next(line for line in lines if line.startswith("-     Netherlands"))
    assert re.search(r"^-  +Netherlands +4  2 radiopharmacy, 1 reactor, 1 airport", netherlands)
    assert not any("not given" in line for line in lines)
    hint, _, row = becq("show", world, "--by", "county").stdout.splitlines()
    assert hint == "No site names a county of China: try --by province or --by jurisdiction."
    assert row.split()[1:4] == ["not", "given", "78"]


def test_roads_are_asked_of_a_server(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "measured"
    with StubServer(lambda a, b: None if a == b else 50_000.0) as server:
        run = becq("roads", example, "--server", server.url, "--out", out, "--renew")
        again = becq("roads", example, "--server", server.url, "--out", out)
        kept = becq("roads", example, "--server", server.url, "--out", tmp_path / "kept.yaml")
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{out}: 2 roads; 2 pairs asked about\n"
    legs = {(leg.origin, leg.destination): leg for leg in read_network(out).roads}
    assert set(legs) == {("PLANT", "HOSPITAL"), ("HOSPITAL", "PLANT")}  # the hospital elutes
    assert {leg.distance_km for leg in legs.values()} == {50}
    assert (legs["PLANT", "HOSPITAL"].source or "").startswith(
        f"OSRM table service at {server.url}, profile driving, "
    )
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
    assert "2 roads; 1 pairs asked about" in kept.stdout


def test_roads_without_a_server(example: Path, tmp_path: Path) -> None:
    run = becq("roads", example, "--server", "http://127.0.0.1:9", "--out", tmp_path / "n.yaml")
    assert run.returncode == 2
    assert "cannot be reached" in run.stderr
    assert not (tmp_path / "n.yaml").exists()


def test_roads_that_are_not_there_are_told(example: Path, tmp_path: Path) -> None:
    with StubServer(lambda _a, _b: None) as server:
        run = becq("roads", example, "--server", server.url, "--out", tmp_path / "n.yaml", "--renew")
    assert run.returncode == 0
    assert "no road from PLANT to HOSPITAL" in run.stderr


def test_convert_there_and_back(example: Path, tmp_path: Path) -> None:
    sheet, back = tmp_path / "n.xlsx", tmp_path / "back.yaml"
    assert becq("convert", example, sheet).returncode == 0
    assert becq("convert", sheet, back).returncode == 0
    assert read_network(back) == read_network(example)
    refused = becq("convert", example, back)
    assert refused.returncode == 2
    assert "exists already" in refused.stderr
    assert becq("convert", example, back, "--force").returncode == 0


def test_convert_into_a_folder_and_back(example: Path, tmp_path: Path) -> None:
    folder, back = tmp_path / "network", tmp_path / "back.yaml"
    assert becq("convert", example, folder).returncode == 0
    assert (folder / "sites.csv").read_text(encoding="utf-8").startswith("id,name,name_zh,kind")
    checked = becq("check", folder)
    assert (checked.returncode, "no problems" in checked.stdout) == (0, True)
    refused = becq("convert", example, folder)
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert becq("convert", example, folder, "--force").returncode == 0
    assert becq("convert", folder, back).returncode == 0
    assert read_network(back) == read_network(example)


def test_convert_refuses_a_bad_file(spoiled: Path, tmp_path: Path) -> None:
    run = becq("convert", spoiled, tmp_path / "n.xlsx")
    assert run.returncode == 2
    assert run.stderr.count("row ") == 2
    assert not (tmp_path / "n.xlsx").exists()


@pytest.mark.parametrize("name", ["n.xlsx", "n.yaml"])
def test_convert_into_a_folder_that_is_not_there(example: Path, tmp_path: Path, name: str) -> None:
    run = becq("convert", example, tmp_path / "none" / name)
    assert run.returncode == 2
    assert run.stderr == f"becq: {tmp_path / 'none' / name} cannot be written: No such file or directory\n"


def test_template_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    run = becq("template", tmp_path / "none" / "t.xlsx")
    assert run.returncode == 2
    assert (
        run.stderr == f"becq: {tmp_path / 'none' / 't.xlsx'} cannot be written: No such file or directory\n"
    )


def test_template(tmp_path: Path) -> None:
    out = tmp_path / "t.xlsx"
    assert becq("template", out).returncode == 0
    assert out.stat().st_size > 5000
    assert becq("template", out).returncode == 2
    assert becq("template", tmp_path / "t.csv").returncode == 2
