"""becq compare as users run it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from becq.planning import plan
from planning.small import small_network


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three saved plans: base, one with a delivery less and a name, and something else."""
    network = small_network()
    base = plan(network, date(2026, 12, 7), 5).as_dict(network)
    other: dict[str, Any] = copy.deepcopy(base) | {"scenario": "Without one"}
    other["deliveries"].pop(0)
    where = tmp_path_factory.mktemp("plans")
    for name, document in (("base", base), ("other", other)):
        (where / name).mkdir()
        (where / name / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    (where / "not.json").write_text("{}", encoding="utf-8")
    (where / "part.json").write_text('{"schema": "becq.plan/1"}', encoding="utf-8")
    return where


def compare(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", "compare", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_plans_stand_side_by_side(folder: Path) -> None:
    done = compare(folder / "base", folder / "other" / "plan.json", "--changes")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["base", "Without", "one"]
    assert next(line for line in lines if line.startswith("orders lost")).split()[-1] == "1"
    assert "cannot be delivered" in done.stdout
    chinese = compare(folder / "base", folder / "other", "--changes", "--lang", "zh")
    assert "无法供货" in chinese.stdout
    assert "公平性" in chinese.stdout


def test_plans_of_other_days_or_networks_are_told(folder: Path, tmp_path: Path) -> None:
    base = json.loads((folder / "base" / "plan.json").read_text(encoding="utf-8"))
    stranger = tmp_path / "stranger.json"
    stranger.write_text(
        json.dumps(base | {"name": "Elsewhere", "to": base["to"].replace("12-12", "12-11")}), encoding="utf-8"
    )
    done = compare(folder / "base", stranger)
    assert done.returncode == 0, done.stderr
    assert "is a plan of another network (Elsewhere)" in done.stdout
    assert "covers other days (2026-12-07 – 2026-12-11) than base (2026-12-07 – 2026-12-12)" in done.stdout
    chinese = compare(folder / "base", stranger, "--lang", "zh")
    assert "另一网络（Elsewhere）" in chinese.stdout
    assert "note:" not in compare(folder / "base", folder / "other").stdout
    assert len(json.loads(compare(folder / "base", stranger, "--json").stdout)["warnings"]) == 2


def test_json_is_one_object(folder: Path) -> None:
    done = compare(folder / "base", folder / "other", "--json", "--changes")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each["name"] for each in found["measures"]] == ["base", "Without one"]
    assert found["differences"][0]["orders"] == {"lost": 1}
    assert [each["kind"] for each in found["changes"]["Without one"]["orders"]] == ["lost"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("base",), "two plans or more"),
        (("base", "base"), "named twice"),
        (("base", "nowhere"), "cannot be read"),
        (("base", "not.json"), "is not a plan"),
        (("base", "part.json"), "not a whole plan"),
        (("base", "other", "--lang", "fr"), "the languages are"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(folder: Path, names: tuple[str, ...], message: str) -> None:
    done = compare(*(name if name.startswith("--") or name == "fr" else folder / name for name in names))
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
