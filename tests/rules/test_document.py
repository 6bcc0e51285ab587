"""Documents: a consignment of mixed nuclides and a waste store worked by hand, and what is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from becq.errors import InputError, ProblemsError
from becq.rules.document import facts_of, parse_document, read_document
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

EXAMPLE = Path(__file__).parents[2] / "examples" / "rules" / "consignment.json"


def example() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    return data


def broken(data: dict[str, Any]) -> list[str]:
    verdicts = evaluate(builtin(), facts_of(data))
    return [finding.rule for finding in verdicts.findings(["block", "warn"])]


def test_the_example_by_hand() -> None:
    """Departure 7 December 18:00; half-lives 65.94 h (Mo-99), 8.02070 d (I-131), 6.647 d (Lu-177).

    P1: 37 GBq of Mo-99 at 08:00 next day are 37·2^(14/65.94) = 42.9 GBq, over A2 0.6 TBq: 0.0715.
    P2: six hours after noon 200·2^(-0.25/8.0207) = 195.7 GBq of I-131 and 210·2^(-0.25/6.647) = 204.6 GBq of
    Lu-177, both over 0.7 TBq: 0.5719. 28 µSv/h at 1 m is an index of 2.8: III-YELLOW, not II-YELLOW.
    """
    facts = facts_of(example())
    first, second = facts["package"].to_dicts()
    assert first["type_a_fraction"] == pytest.approx(37e9 * 2 ** (14 / 65.94) / 0.6e12, rel=1e-4)
    iodine, lutetium = 200e9 * 2 ** (-0.25 / 8.0207), 210e9 * 2 ** (-0.25 / 6.647)
    assert second["type_a_fraction"] == pytest.approx((iodine + lutetium) / 0.7e12, rel=1e-4)
    assert second["activity_bq"] == pytest.approx(iodine + lutetium, rel=1e-4)  # no Xe-131m worth naming
    # liquid in an excepted package: 1e-4 of A2
    assert second["excepted_fraction"] == pytest.approx((iodine + lutetium) / 0.7e8, rel=1e-4)
    assert (first["transport_index"], second["transport_index"]) == (0.7, 2.8)
    assert (first["category_rank"], second["category_rank"]) == (2, 3)
    assert facts["vehicle"]["transport_index_sum"].item() == pytest.approx(0.7 + 2.8 + 12.5)
    assert broken(example()) == ["cn-package-category"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"category": "III-YELLOW"}, None),
        ({"category": "III-YELLOW", "un_number": "UN2915"}, None),
        ({"category": "III-YELLOW", "un_number": "2916"}, "cn-package-un-number"),
        ({"category": "III-YELLOW", "transport_index": 2.7}, "cn-package-index-declared"),
        ({"category": "III-YELLOW", "contamination_beta": 4.1}, "cn-package-contamination-beta"),
        ({"category": "III-YELLOW", "contents": [{"nuclide": "I-131", "activity": "720 GBq"}]}, "cn-package-type-a"),
    ],
)  # fmt: skip
def test_one_change_breaks_one_rule(change: dict[str, Any], rule: str | None) -> None:
    data = example()
    data["consignment"]["packages"][1] |= change
    assert broken(data) == ([rule] if rule else [])


def test_what_was_not_measured_is_not_passed_over() -> None:
    data = example()
    package = data["consignment"]["packages"][1]
    for name in ("dose_rate_surface", "dose_rate_1m", "category", "contamination_beta"):
        del package[name]
    facts = facts_of(data)
    assert facts["vehicle"]["transport_index_sum"].item() == pytest.approx(16.0)  # the index on the label
    del package["transport_index"]
    verdicts = evaluate(builtin(), facts_of(data))
    notes = {finding.rule for finding in verdicts.findings(["note"])}
    assert {"cn-package-surface", "cn-package-transport-index", "cn-vehicle-transport-index"} <= notes
    assert verdicts.worst == "note"


def test_other_regulations_other_rules() -> None:
    data = example()
    data["consignment"]["jurisdiction"] = "IAEA"
    assert broken(data) == ["iaea-package-category"]
    data["consignment"]["jurisdiction"] = "CN-51"
    assert broken(data) == ["cn-package-category"]


def test_a_certificate_names_what_the_design_may_hold() -> None:
    data = example()
    package = data["consignment"]["packages"][0]
    package |= {
        "type": "B(U)",
        "un_number": "2916",
        "contents": [{"nuclide": "Mo-99", "activity": "20 TBq"}],
        "certificate": [{"nuclide": "Mo-99", "activity": "40 TBq"}],
    }
    fraction = facts_of(data)["package"]["certificate_fraction"][0]
    assert fraction == pytest.approx(0.5 * 2 ** (14 / 65.94), rel=1e-4)
    package["contents"].append({"nuclide": "I-131", "activity": "1 GBq"})
    assert facts_of(data)["package"]["uncertified_nuclides"][0] == "I-131"
    assert "cn-package-certificate-nuclide" in broken(data)


WASTE = {
    "waste": {
        "at": "2026-12-07 08:00",
        "containers": [
            {
                "id": "B1",
                "closed": "2026-06-01 08:00",
                "contents": [{"nuclide": "I-131", "activity": "100 MBq"}],
                "mass": "2 kg",
                "dose_rate_surface": "0.10 uSv/h",
                "background": "0.10 uSv/h",
                "contamination_alpha": 0.01,
                "contamination_beta": 0.1,
            }
        ],
    }
}


def test_waste_by_hand() -> None:
    """189 d are 23.6 half-lives: 100 MBq leave 8.1 Bq, in 2 kg 0.0040 Bq/g against the 10 Bq/g of GSR Part 3."""
    (row,) = facts_of(WASTE)["waste"].to_dicts()
    assert row["stored_s"] == 189 * 86400.0
    left = 1e8 * 2 ** (-189 / 8.0207)
    assert row["clearance_fraction"] == pytest.approx(left / 2000.0 / 10.0, rel=2e-3)
    assert (row["has_i131"], row["longest_half_life_s"]) == (True, pytest.approx(8.0207 * 86400, rel=1e-4))
    assert broken(copy.deepcopy(WASTE)) == []
    early = copy.deepcopy(WASTE)
    early["waste"]["at"] = "2026-11-27 08:00"  # type: ignore[index]
    assert "cn-waste-i131" in broken(early)  # 179 days


def test_iodine_does_not_shorten_the_storage_of_what_lives_longer() -> None:
    """I-131 with Sr-89 (50.5 d): 189 d pass the 180 d of I-131 but not ten half-lives."""
    mixed = copy.deepcopy(WASTE)
    contents = mixed["waste"]["containers"][0]["contents"]  # type: ignore[index]
    contents.append({"nuclide": "Sr-89", "activity": "1 kBq"})
    assert broken(mixed) == ["cn-waste-long"]


def test_waste_without_a_level_or_a_mass_is_unknown() -> None:
    data = copy.deepcopy(WASTE)
    container = data["waste"]["containers"][0]  # type: ignore[index]
    del container["mass"]
    (row,) = facts_of(data)["waste"].to_dicts()
    assert (row["clearance_fraction"], row["clearance_fraction_gap"]) == (None, "mass of the waste")
    container["mass"] = "1 kg"
    container["contents"].append({"nuclide": "Ra-223", "activity": "1 TBq"})
    (row,) = facts_of(data)["waste"].to_dicts()
    assert row["clearance_fraction"] is None
    assert row["clearance_fraction_gap"] == "a clearance level for Ra-223"
    assert row["clearance_fraction_gap_zh"] == "镭-223的解控水平"


def test_containers_differ_in_name() -> None:
    data = copy.deepcopy(WASTE)
    containers = data["waste"]["containers"]  # type: ignore[index]
    containers.append(containers[0] | {"mass": "3 kg"})
    assert problems(data) == ["c.json, containers: several containers are called B1; number them"]


def problems(data: Any) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        facts_of(data, "c.json")
    return [str(problem) for problem in caught.value.problems]


def test_problems_are_listed_with_their_place() -> None:
    data = example()
    package = data["consignment"]["packages"][1]
    package |= {"type": "D", "dose_rate_1m": 28, "weight": "1 kg"}
    package["contents"][0]["nuclide"] = "Yb-177"
    found = "\n".join(problems(data))
    assert "packages[1].type: 'D' is not a choice for type" in found
    assert "packages[1].dose_rate_1m: 28 has no unit" in found
    assert "there is no field 'weight' here" in found
    assert "packages[1].contents[0].nuclide" in found
    assert "Lu-177" in found
    elsewhere = example()
    elsewhere["consignment"]["timezone"] = "Mars/Base"
    assert "timezone: 'Mars/Base' is not an IANA time zone" in problems(elsewhere)[0]
    undated = example()
    del undated["consignment"]["departure"]
    assert "neither day nor departure is given" in problems(undated)[0]


def test_facts_of_any_subject() -> None:
    row = {"nuclide": "I-131", "retained_activity_bq": 4.1e8, "dose_rate_1m_sv_h": 3e-5}
    assert broken({"facts": {"discharge": [row]}}) == ["cn-discharge-i131"]
    assert broken({"facts": {"discharge": [row | {"retained_activity_bq": 3.9e8}]}}) == []
    found = problems({"facts": {"discharge": [row | {"retained": 1, "nuclide": 5, "day": "tomorrow"}]}})
    assert any("discharge[0].retained: there is no such fact" in line for line in found)
    assert any("discharge[0].nuclide: 5 is not a nuclide" in line for line in found)
    assert any("discharge[0].day: 'tomorrow' is not a day" in line for line in found)
    assert "did you mean 'discharge'" in problems({"facts": {"discharges": [row]}})[0]
    assert "discharge holds no rows" in problems({"facts": {"discharge": []}})[0]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"{", "c.json", "this is not JSON"),
        (b"[]", "c.json", "has one key that says what it is"),
        (b'{"consignment": {}, "waste": {}}', "c.json", "has one key"),
        (b"\xff\xfe", "c.json", "not UTF-8"),
        (b"[" * 100_000, "c.json", "nested too deeply|not JSON"),
        (b"consignment: [", "c.yaml", "cannot be read"),
    ],
)
def test_what_is_no_document(content: bytes, name: str, said: str) -> None:
    with pytest.raises((InputError, ProblemsError), match=said):
        parse_document(content, name)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_document(tmp_path / "none.json")
