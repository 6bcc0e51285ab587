"""becq rounds as users run it: text in two languages, JSON, errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from becq.chain.reading import write_network
from planning.rounds.day import VAN, a_day

CALLS = [
    {"to": "a", "product": "fdg", "gbq": 5.0, "released": "06:00", "opens": "07:00", "closes": "09:00"},
    {"to": "b", "product": "fdg", "gbq": 5.0, "released": "08:50", "opens": "07:00", "closes": "09:00"},
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    network, plan = a_day(CALLS)
    write_network(network, folder / "network.yaml")
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return folder / "network.yaml", folder / "plan.json"


def becq(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", "rounds", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_rounds_are_told(files):
    done = becq(*files)
    assert done.returncode == 0, done.stderr
    assert "Pharmacy, 2026-12-07: 1 of 2 deliveries, 1 vehicles, 1 rounds" in done.stdout
    assert "07:00 [07:00-09:00]" in done.stdout
    assert "missed: o1, Hospital b: Its lot is released at 08:50" in done.stdout
    chinese = becq(*files, "--lang", "zh").stdout
    assert "核药房，2026-12-07：2份配送中送达1份，1辆车" in chinese
    assert "未送达: o1，b医院：其批次08:50放行" in chinese


def test_json_is_one_object(files):
    done = becq(*files, "--site", "pharmacy", "--day", "2026-12-07", "--json")
    [found] = json.loads(done.stdout)["rounds"]
    assert found["schema"] == "becq.rounds/1"
    assert [hand["order"] for hand in found["vehicles"][0]["rounds"][0]["handovers"]] == ["o0"]
    assert [row["reason"] for row in found["missed"]] == ["late"]


def test_a_day_without_deliveries(files):
    assert becq(*files, "--day", "2026-12-08").stdout == "nothing is delivered by road then\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--day", "monday"), "write a day as YYYY-MM-DD"),
        (("--site", "a"), "no vehicle stands there; they stand at pharmacy"),
        (("--lang", "fr"), "the languages are en and zh"),
        (("--time-limit", "0"), "give seconds"),
    ],
)
def test_bad_options(files, more, said):
    done = becq(*files, *more)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("content", "said"), [("{", "is not JSON"), ("[]", "is no plan"), ("{}", "it lacks")]
)
def test_what_is_no_plan(files, tmp_path, content, said):
    (tmp_path / "plan.json").write_text(content, encoding="utf-8")
    done = becq(files[0], tmp_path / "plan.json")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_network_without_vehicles(files, tmp_path):
    network, _ = a_day(CALLS, [VAN])
    write_network(network.model_copy(update={"vehicles": []}), tmp_path / "n.yaml")
    done = becq(tmp_path / "n.yaml", files[1])
    assert done.returncode == 2
    assert "has no vehicles: give them in its section 'vehicles'" in done.stderr
