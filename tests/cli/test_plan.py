"""becq plan as users run it: files, summary, JSON, errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from xlsxwriter.exceptions import FileCreateError

from becq.chain.reading import write_network
from becq.cli import plan as command
from becq.errors import ConflictError, InputError
from planning.small import small_network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("network") / "small.yaml"
    write_network(small_network(), path)
    return path


def becq(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", "plan", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def plan(network: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return becq(network, "--from", "2026-12-07", "--days", 7, "--out", out, *more)


def test_a_plan_is_written_and_summed_up(network, tmp_path):
    done = plan(network, tmp_path / "deep" / "out")
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "deep" / "out" / "plan.json").read_text(encoding="utf-8"))
    assert written["schema"] == "becq.plan/1"
    assert f"{written['orders_served']} of {written['orders']} orders served" in done.stdout
    assert "no capacity" in done.stdout
    assert "plan.json" in done.stdout
    names = {path.name for path in (tmp_path / "deep" / "out").iterdir()}
    assert (
        {"plan.json", "plan.xlsx", "plan.ics"} <= names <= {"plan.json", "plan.xlsx", "plan.ics", "plan.html"}
    )
    assert "%" in done.stderr
    assert len(done.stderr.splitlines()) < 15


def test_json_is_one_object_on_stdout_the_same_as_the_file(network, tmp_path):
    done = plan(network, tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert json.loads(done.stdout) == json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))


def test_it_speaks_chinese(network, tmp_path):
    done = plan(network, tmp_path, "--lang", "zh")
    assert "份订单" in done.stdout
    assert "产能不足" in done.stdout


def test_pins_are_kept(network, tmp_path):
    first = json.loads(plan(network, tmp_path, "--json").stdout)
    batch = next(row["id"] for row in first["batches"] if row["process"] == "run-fdg")
    pins = tmp_path / "pins.json"
    pins.write_text(json.dumps({"batches": {batch: "forbid"}}), encoding="utf-8")
    second = json.loads(plan(network, tmp_path, "--json", "--pins", pins).stdout)
    assert batch not in [row["id"] for row in second["batches"]]
    assert second["pins"] == {"batches": {batch: "forbid"}, "deliveries": {}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "7.12.2026", "--out", "OUT"], "YYYY-MM-DD"),
        (["--from", "9999-12-25", "--out", "OUT"], "the year is between 2000 and 2100"),
        (["--from", "0001-01-01", "--out", "OUT"], "the year is between 2000 and 2100"),
        (["--from", "2026-12-07", "--out", "OUT", "--days", "0"], "1 to 92"),
        (["--from", "2026-12-07", "--out", "OUT", "--lang", "de"], "en and zh"),
        (["--from", "2026-12-07", "--out", "OUT", "--time-limit", "0"], "seconds"),
        (["--from", "2026-12-07", "--out", "FILE/x"], "cannot be made"),
        (["--from", "2026-12-07", "--out", "OUT", "--pins", "none.json"], "cannot be read"),
        (["--from", "2026-12-07", "--out", "OUT", "--pins", "PINS"], "batches"),
        (["--from", "2026-12-07"], "--out"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_what_is_right(network, tmp_path, arguments, said):
    (tmp_path / "FILE").write_text("x", encoding="utf-8")
    (tmp_path / "PINS").write_text('{"batches": {"x": "perhaps"}}', encoding="utf-8")
    places = {"OUT": tmp_path / "out", "FILE/x": tmp_path / "FILE" / "x", "PINS": tmp_path / "PINS"}
    done = becq(network, *[places.get(argument, argument) for argument in arguments])
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out" / "plan.json").exists()


def test_problems_of_the_network_file_are_told_line_by_line(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: Bad\nsites:\n  - {id: A}\nproducts:\n  - {id: P}\n", encoding="utf-8")
    done = plan(bad, tmp_path / "out")
    assert done.returncode == 2
    assert "bad.yaml, row 3" in done.stderr
    assert "bad.yaml, row 5" in done.stderr


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_failure_while_writing_leaves_the_old_files(network, tmp_path, monkeypatch, wrapped):
    import becq.reports.plan_xlsx as xlsx

    (tmp_path / "plan.json").write_text("old", encoding="utf-8")

    def fail(*args: object) -> None:
        error = OSError(28, "No space left on device")
        raise FileCreateError(error) if wrapped else error

    monkeypatch.setattr(xlsx, "write_plan_xlsx", fail)
    with pytest.raises(InputError, match="No space"):
        command.plan(network, "2026-12-07", tmp_path, days=2)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    assert (tmp_path / "plan.json").read_text(encoding="utf-8") == "old"


def test_without_built_assets_there_is_no_page_but_a_plan(network, tmp_path, monkeypatch, capsys):
    import becq.reports.plan_html as page

    def fail(*args: object) -> None:
        raise ConflictError("the assets are not built")

    monkeypatch.setattr(page, "write_plan_html", fail)
    (tmp_path / "plan.html").write_text("of an earlier plan", encoding="utf-8")
    command.plan(network, "2026-12-07", tmp_path, days=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.ics", "plan.json", "plan.xlsx"]
    assert "not built" in capsys.readouterr().err


def test_the_policy_is_chosen_and_told(network, tmp_path):
    done = plan(network, tmp_path, "--policy", "fair-hospitals", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert "分配政策：满足率最低的医院优先" in done.stdout
    assert "影子价格" in done.stdout
    written = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert written["policy"] == "fair-hospitals"
    assert {row["product"] for row in written["fairness"]["products"]} >= {"fdg", "i131"}
    assert all(row["service"] > 0 or row["saving"] > 0 for row in written["prices"])


def test_prices_are_left_out_where_nobody_wants_them(network, tmp_path):
    done = plan(network, tmp_path, "--no-prices")
    assert done.returncode == 0, done.stderr
    assert "shadow prices" not in done.stdout
    assert "rationing: by priority" in done.stdout


def test_an_unknown_policy_is_an_error_of_use(network, tmp_path):
    done = plan(network, tmp_path, "--policy", "lottery")
    assert done.returncode == 2
    assert "fair-provinces" in done.stderr
