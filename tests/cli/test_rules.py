"""``becq rules`` as a user runs it: lists, facts, checks with their exit status, refusals on one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_nuclide import becq

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "rules"
CONSIGNMENT = EXAMPLES / "consignment.json"


def written(tmp_path: Path, data: object, name: str = "doc.json") -> str:
    path = tmp_path / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_blocked_consignment_is_told_and_has_its_own_status() -> None:
    run = becq("rules", "check", str(CONSIGNMENT))
    assert run.returncode == 3
    assert run.stdout.startswith(
        "BLOCK Package P2: labelled II-YELLOW; transport index and surface dose rate give III-YELLOW."
    )
    assert "[cn-package-category] GB 11806-2019" in run.stdout
    assert "1 block, 0 warn, 0 note" in run.stdout


def test_a_mended_consignment_passes(tmp_path: Path) -> None:
    data = json.loads(CONSIGNMENT.read_text(encoding="utf-8"))
    data["consignment"]["packages"][1]["category"] = "III-YELLOW"
    run = becq("rules", "check", written(tmp_path, data))
    assert (run.returncode, run.stderr) == (0, "")
    assert "0 block, 0 warn, 0 note" in run.stdout


def test_json_carries_rule_source_value_limit_and_margin() -> None:
    run = becq("rules", "check", str(CONSIGNMENT), "--json", "--all")
    report = json.loads(run.stdout)
    assert (run.returncode, report["worst"], report["counts"]["block"]) == (3, "block", 1)
    finding = next(each for each in report["findings"] if each["rule"] == "cn-package-transport-index")
    assert (finding["measured"], finding["limit"], finding["severity"]) == (0.7, 10.0, "ok")
    assert finding["margin"] == pytest.approx(0.93)
    assert finding["source"].startswith("GB 11806-2019")
    assert finding["sentence_zh"]


def test_rules_of_ones_own_are_checked_with_the_others(tmp_path: Path) -> None:
    day = {"facts": {"worker": [{"label": "Q.", "person_kind": "worker", "effective_dose_sv": 0.006}]}}
    run = becq("rules", "check", written(tmp_path, day), "--rules", str(EXAMPLES / "hospital.csv"))
    assert run.returncode == 0
    assert "WARN  Q.: 6 mSv in the year" in run.stdout


def test_a_posting_against_the_approvals_of_a_network(tmp_path: Path) -> None:
    licence = {"scope": "produce, sell, use", "nuclides": [{"nuclide": "I-131", "possession_limit": "1 TBq"}]}
    place = {"lat": 30.0, "lon": 104.0, "licence": licence}
    network = {
        "name": "Two",
        "sites": [
            {"id": "maker", "name": "Maker", "name_zh": "厂", "kind": "radiopharmacy", **place},
            {"id": "ward", "name": "Ward", "name_zh": "院", "kind": "hospital", **place},
        ],
        "approvals": [
            {
                "id": "a1",
                "origin": "maker",
                "destination": "ward",
                "nuclide": "I-131",
                "activity": "500 GBq",
                "valid_from": "2026-01-01",
                "valid_until": "2026-12-31",
            }
        ],
    }
    net = written(tmp_path, network, "net.yaml")
    posting = {"origin": "maker", "destination": "ward", "nuclide": "I-131", "activity": "20 GBq"}
    good = written(tmp_path, {"posting": posting | {"day": "2026-12-31"}}, "good.json")
    late = written(tmp_path, {"posting": posting | {"day": "2027-01-01"}}, "late.json")
    much = written(
        tmp_path, {"posting": posting | {"day": "2026-12-31", "transferred": "490 GBq"}}, "much.json"
    )
    assert becq("rules", "check", good, "--network", net).returncode == 0
    run = becq("rules", "check", late, "--network", net)
    assert (run.returncode, "cn-transfer-approval-valid" in run.stdout) == (3, True)
    run = becq("rules", "check", much, "--network", net)
    assert (run.returncode, "cn-transfer-activity" in run.stdout) == (3, True)
    run = becq("rules", "check", good)
    assert (run.returncode, "name it with --network" in run.stderr) == (2, True)


def test_list_and_facts() -> None:
    rules = json.loads(becq("rules", "list", "--json").stdout)
    assert len(rules) > 90
    assert {"id", "jurisdiction", "condition", "limit", "unit", "source", "article"} <= set(rules[0])
    some = json.loads(
        becq("rules", "list", "--subject", "vehicle", "--jurisdiction", "IAEA", "--json").stdout
    )
    assert {(row["subject"], row["jurisdiction"]) for row in some} == {("vehicle", "IAEA")}
    assert "type_a_fraction (number, 1): sum of activity/A1" in becq("rules", "facts", "package").stdout


def test_facts_tell_their_choices() -> None:
    assert "one of 1 (I-WHITE), 2 (II-YELLOW), 3 (III-YELLOW)" in becq("rules", "facts", "package").stdout
    told = json.loads(becq("rules", "facts", "waste", "--json").stdout)["waste"]
    (state,) = [fact for fact in told if fact["fact"] == "state"]
    assert dict(zip(state["choices"], state["choices_zh"], strict=True))["sealed-source"] == "密封源"


def test_the_documents_show_what_the_department_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The block of docs/rules.md, line by line."""
    monkeypatch.chdir(ROOT)
    run = becq("rules", "check", "examples/rules/department.yaml", "--rules", "examples/rules/hospital.csv")
    assert run.returncode == 3
    assert f"```\n{run.stdout}```" in (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_what_was_not_read_of_a_source_is_told() -> None:
    listed = becq("rules", "list", "--subject", "waste").stdout
    assert "    note: waste is what exceeds the clearance level; " in listed


def test_a_strict_check_does_not_pass_what_it_could_not_judge(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    worker = {"person_kind": "worker", "effective_dose_sv": 0.001}
    path.write_text(json.dumps({"facts": {"worker": [worker]}}), encoding="utf-8")
    assert becq("rules", "check", str(path)).returncode == 0
    assert becq("rules", "check", str(path), "--strict").returncode == 4
    worker |= {"five_year_mean_sv": 0.001, "extremity_dose_sv": 0, "skin_dose_sv": 0, "lens_dose_sv": 0}
    path.write_text(json.dumps({"facts": {"worker": [worker]}}), encoding="utf-8")
    assert becq("rules", "check", str(path), "--strict").returncode == 0


def test_a_jurisdiction_without_rules_is_told(tmp_path: Path) -> None:
    run = becq("rules", "list", "--jurisdiction", "XX")
    assert (run.returncode, run.stdout) == (2, "")
    assert "No rule holds in 'XX'; there are rules of CN, IAEA" in run.stderr
    assert becq("rules", "list", "--jurisdiction", "CN-51", "--subject", "waste").stdout.endswith(" rules\n")
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"facts": {"worker": [{"jurisdiction": "XX"}]}}), encoding="utf-8")
    run = becq("rules", "check", str(path))
    assert (run.returncode, run.stdout) == (2, "")
    assert "check its jurisdiction" in run.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "none.json"), "cannot be read"),
        (("list", "--subject", "packages"), "did you mean 'package'"),
        (("list", "--on", "tomorrow"), "write YYYY-MM-DD"),
        (("facts", "nothing"), "There is no subject 'nothing'"),
        (("check", str(CONSIGNMENT), "--rules", str(CONSIGNMENT)), "a file of rules is .csv"),
    ],
)
def test_refusals_are_one_line_and_status_two(words: tuple[str, ...], said: str) -> None:
    run = becq("rules", *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr
