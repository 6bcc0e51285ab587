"""``becq decay`` as a user runs it."""

import json

import pytest

from .test_nuclide import becq


def test_prints_json_in_chain_order() -> None:
    run = becq("decay", "Ac-225", "--activity", "1GBq", "--after", "10d", "--json")
    answer = json.loads(run.stdout)
    assert (answer["nuclide"], answer["after_s"]) == ("Ac-225", 864000.0)
    activities = answer["activities_bq"]
    assert list(activities) == ["Ac-225", "Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209"]
    assert activities["Ac-225"] == pytest.approx(5e8, rel=1e-12)  # ten days are one half-life
    assert activities["Bi-213"] == pytest.approx(5e8, rel=0.01)  # secular equilibrium
    assert activities["Po-213"] == pytest.approx(0.9791 * activities["Bi-213"], rel=1e-9)


def test_prints_a_table() -> None:
    run = becq("decay", "钼-99", "--activity", "200 mCi", "--after", "65.94 h")
    assert run.returncode == 0
    assert "Mo-99" in run.stdout
    assert "3.70 GBq" in run.stdout
    assert "100 mCi" in run.stdout
    assert "Tc-99m" in run.stdout


def test_prints_times_decays_and_the_time_to_a_limit() -> None:
    args = (
        "decay",
        "I-131",
        "--activity",
        "7.4 GBq",
        "--after",
        "16.04 d",
        "--limit",
        "1 MBq",
        "--steps",
        "2",
    )
    run = becq(*args)
    for part in ("On the way", "Decays until then", "103 d", "Source: ICRP Publication 107"):
        assert part in run.stdout
    answer = json.loads(becq(*args, "--json").stdout)
    assert len(answer["times"]) == 3
    assert answer["decays"]["I-131"] > 1e15


@pytest.mark.parametrize("nuclide", ["Ac-225", "Mo-99", "U-238"])
def test_after_ages_nothing_is_left_and_nothing_is_said(nuclide: str) -> None:
    run = becq("decay", nuclide, "--activity", "1 GBq", "--after", "1e300y", "--json")
    assert run.stderr == ""
    assert set(json.loads(run.stdout)["activities_bq"].values()) == {0.0}


def test_zero_needs_no_unit() -> None:
    run = becq("decay", "Lu-177", "--activity", "1 GBq", "--after", "0", "--json")
    assert json.loads(run.stdout)["activities_bq"]["Lu-177"] == pytest.approx(1e9, rel=1e-15)


def test_six_day_curies_of_mo99_are_curies_after_six_days() -> None:
    run = becq("decay", "Mo-99", "--activity", "10 six-day Ci", "--after", "6d", "--json")
    assert json.loads(run.stdout)["activities_bq"]["Mo-99"] == pytest.approx(3.7e11, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "activity", "after", "message"),
    [
        ("镱-177", "1GBq", "1d", "did you mean Lu-177"),
        ("Lu-177", "1", "1d", "has no unit"),
        ("Lu-177", "5 mbq", "1d", "could be mBq"),
        ("Lu-177", "1GBq", "5 m", "minutes or months"),
        ("Lu-177", "1GBq", "-1d", "not negative"),
        ("Yb-176", "1GBq", "1d", "is stable"),
        ("Ac-225", "10 six-day Ci", "1d", "not for Ac-225; write the activity at its reference time"),
    ],
)
def test_refuses_in_one_line(name: str, activity: str, after: str, message: str) -> None:
    run = becq("decay", name, "--activity", activity, "--after", after)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("becq: ")
    assert message in run.stderr
    assert run.stderr.count("\n") == 1
