"""becq replan and becq explain as users run them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from becq.chain.reading import write_network
from becq.planning import Pins, plan
from planning.small import small_network

NOW = ("--now", "2026-12-09T10:00")
OUTAGE = "outage resource=cyclotron start=2026-12-10T00:00 duration=2d reason=target"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("replan")
    network = small_network()
    write_network(network, where / "small.yaml")
    document = plan(network, date(2026, 12, 7), 14).as_dict(network)
    (where / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return where


def becq(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


def replan(folder: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return becq("replan", folder / "plan.json", "--network", folder / "small.yaml", "--out", out, *NOW, *more)


def test_a_replan_is_written_with_its_changes_and_messages(folder: Path, tmp_path: Path) -> None:
    done = replan(folder, tmp_path / "a", "--event", OUTAGE, "--name", "Cyclotron down")
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "a" / "plan.json").read_text(encoding="utf-8"))
    assert written["scenario"] == "Cyclotron down"
    assert written["now"] == "2026-12-09T10:00:00+08:00"
    assert [event["kind"] for event in written["events"]] == ["outage"]
    changes = json.loads((tmp_path / "a" / "changes.json").read_text(encoding="utf-8"))
    lost = {change["order"] for change in changes["orders"] if change["kind"] == "lost"}
    assert "fdg-near.20261210" in lost
    messages = (tmp_path / "a" / "messages.txt").read_text(encoding="utf-8")
    assert "fdg-near.20261210" in messages
    assert "无法供货" in messages
    assert "Cause: an outage." in messages
    assert {"plan.xlsx", "plan.ics"} <= {path.name for path in (tmp_path / "a").iterdir()}
    assert "Cyclotron down, planned anew from" in done.stdout
    again = becq(
        "replan", tmp_path / "a", "--network", folder / "small.yaml", "--out", tmp_path / "b",
        "--now", "2026-12-10T08:00", "--json",
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    both = json.loads(again.stdout)
    assert set(both) == {"plan", "changes"}
    assert both["changes"]["orders"] == []
    assert [event["kind"] for event in both["plan"]["events"]] == ["outage"]


def test_events_may_come_from_a_file_with_its_own_now(folder: Path, tmp_path: Path) -> None:
    scenario = {
        "schema": "becq.events/1", "name": "From a file", "now": "2026-12-08T12:00",
        "events": [{"kind": "late", "batch": "irr-mo@20261206T1600Z", "by": "3 h"}],
    }  # fmt: skip
    path = tmp_path / "events.json"
    path.write_text(json.dumps(scenario), encoding="utf-8")
    done = becq(
        "replan", folder, "--network", folder / "small.yaml", "--out", tmp_path / "o", "--events", path,
        "--lang", "zh",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "重新计划" in done.stdout
    written = json.loads((tmp_path / "o" / "plan.json").read_text(encoding="utf-8"))
    assert written["scenario"] == "From a file"
    assert written["events"][0]["stage"] == "release"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--event", "strike"), "does not begin with a kind"),
        (("--event", "late batch=nothing by=1h"), "the plan has no batch 'nothing'"),
        (("--now", "yesterday"), "write a date and time"),
        (("--now", "2027-01-01T00:00"), "give --now within the plan"),
        (("--events", "nowhere.json"), "cannot be read"),
        (("--lang", "fr"), "the languages are"),
        (("--time-limit", "0"), "--time-limit"),
        (("--network", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_bad_input_is_told_with_exit_code_2(
    folder: Path, tmp_path: Path, more: tuple[str, ...], message: str
) -> None:
    done = replan(folder, tmp_path, *more)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_pins_that_contradict_each_other_are_named(folder: Path, tmp_path: Path) -> None:
    """Two positions of the pile, three targets that overlap: in a plan and in a replan."""
    names = ("irr-mo@20261206T1600Z", "irr-lu@20261207T0000Z", "irr-i131@20261207T0000Z")
    path = tmp_path / "pins.json"
    path.write_text(Pins(batches=dict.fromkeys(names, "start")).model_dump_json(), encoding="utf-8")
    done = becq(
        "plan", folder / "small.yaml", "--from", "2026-12-07", "--days", 7, "--out", tmp_path / "p",
        "--pins", path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "These 3 pins cannot all be kept" in done.stderr
    assert all(name in done.stderr for name in names)
    assert "Pile has 2 positions" in done.stderr


def test_an_order_is_explained(folder: Path) -> None:
    saved = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    unmet = next(row for row in saved["unmet"] if row["reason"] == "licence_limit")
    given = ("--plan", folder, "--network", folder / "small.yaml")
    done = becq("explain", unmet["order"], *given)
    assert done.returncode == 0, done.stderr
    assert unmet["sentence"] in done.stdout
    assert "The cheapest change that serves it" in done.stdout
    chinese = becq("explain", unmet["order"], *given, "--lang", "zh")
    assert unmet["sentence_zh"] in chinese.stdout
    found = json.loads(becq("explain", unmet["order"], *given, "--json").stdout)
    assert found["status"] == "unmet"
    assert found["cheapest"]["sentence"] in done.stdout
    assert {load["resource"] for load in found["loads"]} == {"pile"}


def test_an_order_that_there_is_not_is_told(folder: Path) -> None:
    done = becq("explain", "nobody", "--plan", folder, "--network", folder / "small.yaml")
    assert done.returncode == 2
    assert "no order 'nobody'" in done.stderr
