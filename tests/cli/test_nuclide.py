"""``becq nuclide`` as a user runs it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


def becq(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "becq.cli.main", *args],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"} | env,
        check=False,
    )


def test_prints_names_half_life_and_progeny() -> None:
    run = becq("nuclide", "镥-177")
    assert run.returncode == 0
    for part in (
        "Lu-177",
        "¹⁷⁷Lu",
        "镥-177",
        "鎦-177",
        "lutetium-177",
        "6.647 d",
        "574300.8 s",
        "β-",
        "Hf-177",
    ):
        assert part in run.stdout
    assert run.stderr == ""


def test_prints_json() -> None:
    answer = json.loads(becq("nuclide", "99Mo", "--json").stdout)
    assert answer["nuclide"] == "Mo-99"
    assert answer["name_zh"] == "钼-99"
    assert answer["half_life_s"] == pytest.approx(237384)
    assert answer["decays"] == [
        {"mode": "β-", "fraction": 0.8773, "progeny": "Tc-99m"},
        {"mode": "β-", "fraction": 0.1227, "progeny": "Tc-99"},
    ]
    assert json.loads(becq("nuclide", "Yb-176", "--json").stdout)["half_life_s"] is None


@pytest.mark.parametrize("text", ["镱-177", "砷[At-211]", "鎝", "nonsense", ""])
def test_refuses_in_one_line(text: str) -> None:
    run = becq("nuclide", text)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("becq: ")
    assert run.stderr.count("\n") == 1


def test_usage_errors_exit_with_2() -> None:
    for args, message in (
        (["nuclide"], "becq nuclide: missing argument"),
        (["no-such-command"], "becq: no such command 'no-such-command'; see 'becq --help'"),
        (["nuclide", "Lu-177", "--yaml"], "becq nuclide: no such option: --yaml"),
        (["nuclide", "-5"], "becq nuclide: no such option: -5; see 'becq nuclide --help'"),
        (["nuclide", "Lu-177", "Y-90"], "becq nuclide: got unexpected extra argument"),
        (["network", "check"], "becq network check: missing argument"),
        (["decay", "Lu-177", "--activity", "1GBq"], "becq decay: missing option '--after'"),
        (["plan", "x", "--days", "1.5"], "becq plan: invalid value for '--days': "),
    ):
        run = becq(*args)
        assert run.returncode == 2
        assert run.stdout == ""
        assert run.stderr.startswith(message), run.stderr
        assert run.stderr.count("\n") == 1
        assert run.stderr.rstrip().endswith(" --help'")


def test_a_group_without_a_command_prints_its_help() -> None:
    for args in ([], ["network"]):
        run = becq(*args)
        assert run.returncode == 2
        assert "Commands:" in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_one_line() -> None:
    for args in (["nuclide", "Lu-177"], ["--help"], ["network", "schema"]):
        with open("/dev/full", "w") as full:
            run = subprocess.run(
                [sys.executable, "-m", "becq.cli.main", *args],
                stdout=full,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                check=False,
            )
        assert run.returncode == 1
        assert run.stderr == "becq: the output cannot be written: No space left on device\n"


def test_internal_errors_show_no_traceback_unless_asked() -> None:
    code = (
        "import becq.cli.main as m; "
        "m.COMMANDS['broken'] = m.Target('becq.cli.no_such_module:f', ''); m.main()"
    )
    for debug, traceback in (("0", False), ("1", True)):
        run = subprocess.run(
            [sys.executable, "-c", code, "broken"],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"BECQ_DEBUG": debug},
            check=False,
        )
        assert run.returncode == 1
        assert ("Traceback" in run.stderr) is traceback
        assert traceback or "rerun with BECQ_DEBUG=1" in run.stderr


def test_starts_quickly_and_loads_only_itself() -> None:
    becq("nuclide", "Lu-177")  # once, for the file cache
    start = time.perf_counter()
    becq("nuclide", "Lu-177")
    assert time.perf_counter() - start < 1.0  # about 0.2 s on an idle machine
    code = (
        "import sys; sys.argv = ['becq', 'nuclide', 'Lu-177']\nfrom becq.cli.main import main\ntry: main()\n"
    )
    code += "except SystemExit: print({'scipy', 'django', 'radioactivedecay'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert run.stdout.endswith("set()\n")


def test_help_and_version() -> None:
    assert "decay" in becq("--help").stdout
    assert becq("--version").stdout.startswith("becq ")


def test_a_terminal_without_chinese_still_gets_an_answer() -> None:
    run = becq("nuclide", "Lu-177", PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert "lutetium-177" in run.stdout
    code = "from becq.cli.main import spare_encodings; spare_encodings(); print('镥-177')"
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert run.stdout == "?-177\n"
