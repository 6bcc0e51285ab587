"""Files of rules: what they may hold, and what is said of what they may not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from becq.errors import InputError, ProblemsError
from becq.rules.rule import COLUMNS, make_rule
from becq.rules.rulebook import Rulebook, builtin, parse_rules, read_rules

ROW = {
    "id": "hospital-store",
    "jurisdiction": "CN",
    "subject": "holding",
    "condition": "nuclide = 'I-131' AND site_kind IN ('hospital', 'radiopharmacy')",
    "quantity": "activity_bq",
    "comparison": "<=",
    "limit": "4",
    "unit": "GBq",
    "severity": "warn",
    "title_zh": "碘库",
    "sentence_zh": "{label_zh}存碘-131 {measured}。",
    "source": "院内规定",
}


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_file_in_one_language_is_enough(tmp_path: Path) -> None:
    (only,) = read_rules(write_csv(tmp_path / "own.csv", ROW)).rules
    assert (only.title, only.title_zh, only.sentence) == ("碘库", "碘库", "{label_zh}存碘-131 {measured}。")
    assert only.source_zh == "院内规定"
    assert only.origin.endswith("own.csv")
    assert only.bound == 4e9
    assert only.facts == ("nuclide", "site_kind", "activity_bq")


def test_yaml_gives_the_same_rules(tmp_path: Path) -> None:
    lines = ["rules:"]
    for number, (name, value) in enumerate(ROW.items()):
        quoted = value.replace('"', '\\"')
        lines.append(f'{"  - " if number == 0 else "    "}{name}: "{quoted}"')
    path = tmp_path / "own.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_rules(path) == read_rules(write_csv(tmp_path / "own.csv", ROW))


def problems(content: str, name: str = "own.csv") -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        parse_rules(content.encode(), name)
    return [str(problem) for problem in caught.value.problems]


def rows_of(*rows: dict[str, str]) -> str:
    names = list(ROW)
    lines = [",".join(names)]
    lines += [",".join('"' + row[name].replace('"', '""') + '"' for name in names) for row in rows]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"id": "Hospital store"}, "row 2, id: 'Hospital store' is not a name"),
        ({"jurisdiction": "china"}, "row 2, jurisdiction: 'china' is not one"),
        ({"subject": "holdings"}, "row 2, subject: there is no subject 'holdings' (did you mean 'holding'?"),
        ({"condition": "nuclid = 'I-131'"}, "row 2, condition: 'nuclid' is no fact of this subject; did you mean"),
        ({"condition": "activity_bq"}, "row 2, condition: 'activity_bq' is not true or false"),
        ({"condition": "nuclide ="}, "row 2, condition: 'nuclide =' cannot be read"),
        ({"quantity": "SUM(activity_bq)"}, "row 2, quantity: 'SUM(activity_bq)' cannot be read: there is no func"),
        ({"quantity": "activity_bq OVER (PARTITION BY site)"}, "there is no function"),
        ({"quantity": "nuclide"}, "row 2, quantity: 'nuclide' is not a number"),
        ({"quantity": "5"}, "row 2, quantity: it reads no fact"),
        ({"quantity": "activity_bq" + " + 1" * 300}, "row 2, quantity:"),
        ({"comparison": "="}, "row 2, comparison: '=' is not one (use <=, <, >= or >)"),
        ({"limit": "much"}, "row 2, limit: 'much' is no fact of this subject"),
        ({"limit": "nan"}, "row 2, limit: 'nan' is not a finite number"),
        ({"unit": "pints"}, 'row 2, unit: "pints" is not a unit of the rules'),
        ({"unit": "mSv/h"}, "row 2, unit: 'mSv/h' does not fit activity_bq (give a unit of activity)"),
        ({"severity": "stop"}, "row 2, severity: 'stop' is not one"),
        ({"sentence_zh": "{mesured}"}, "row 2, sentence_en: {mesured} is no fact of holding (did you mean 'measured'"),
        ({"source": " "}, "row 2, source: is empty"),
        ({"title_zh": ""}, "row 2, title_en: is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(cells: dict[str, str], said: str) -> None:
    found = problems(rows_of({**ROW, **cells}))
    assert any(said in line for line in found), found


def test_every_problem_of_every_row_is_listed() -> None:
    bad = {**ROW, "id": "second", "severity": "stop", "unit": "pints"}
    found = problems(rows_of(ROW, bad, ROW))
    assert [line.split(": ")[1].split(",")[0] for line in found if "stop" in line or "pints" in line]
    assert sum("row 3" in line for line in found) == 2
    assert any("row 4, id: 'hospital-store' is there twice" in line for line in found)


def test_files_that_are_no_rules() -> None:
    assert "there is no column 'limits'" in problems("id,limits\nx,1")[0]
    assert any("the column severity is missing" in line for line in problems("id,limit\nx,1"))
    for sign, said in ((";", "';'"), ("\t", "tabs")):
        (only,) = problems(rows_of(ROW).replace(",", sign))
        assert f"row 1: the columns are separated by {said} (save it as CSV with commas)" in only
    assert "more cells than the header" in problems(rows_of(ROW) + ",x,y")[0]
    assert "UTF-8" in str(_raised(rows_of(ROW).encode("gb18030"), "own.csv"))
    assert "start with 'rules:'" in problems("name: x", "own.yaml")[0]
    assert "no field 'limits'" in problems("rules:\n  - id: x\n    limits: 1", "own.yaml")[0]
    assert "holds no rules" in str(_raised(",".join(ROW).encode(), "own.csv"))
    assert "is .csv, .yaml or .yml" in str(_raised(b"", "own.xlsx"))


def _raised(content: bytes, name: str) -> InputError | ProblemsError:
    with pytest.raises((InputError, ProblemsError)) as caught:
        parse_rules(content, name)
    return caught.value


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_rules(tmp_path / "none.csv")


def test_books_join_and_refuse_the_same_name() -> None:
    own = parse_rules(rows_of(ROW).encode(), "own.csv")
    both = builtin().with_rules(own)
    assert len(both) == len(builtin()) + 1
    with pytest.raises(InputError, match="a rule 'hospital-store' already"):
        both.with_rules(own)
    assert both["hospital-store"].limit == "4"
    with pytest.raises(InputError, match="did you mean 'hospital-store'"):
        both["hospital-stor"]


def test_a_book_is_narrowed_by_subject_and_place() -> None:
    made = [
        make_rule({**ROW, "id": f"r{n}", "jurisdiction": place})[0] for n, place in enumerate(("CN", "IAEA"))
    ]
    book = Rulebook(tuple(rule for rule in made if rule))
    assert [rule.id for rule in book.of(jurisdiction="CN-51").rules] == ["r0"]
    assert [rule.id for rule in book.of(subject="package").rules] == []


def test_a_rule_as_data_has_the_columns_of_the_file() -> None:
    made, _ = make_rule({**ROW, "valid_from": "2027-01-01"})
    assert made is not None
    assert set(made.as_dict()) == set(COLUMNS)
    assert made.as_dict()["valid_from"] == "2027-01-01"
