"""The targets, isotopes and places of the five programmes, against the shared figures and the UX traps."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from becq.chain.policy import (
    COMPARISONS,
    PROGRAMMES,
    PolicyIsotope,
    mentions,
    policy_isotopes,
    policy_places,
    policy_targets,
    targets_of,
)
from becq.errors import InputError
from becq.physics.elements import natural_isotopes, read_table
from becq.physics.nuclides import nuclide, parse_nuclide

SHARED = Path(__file__).parents[3] / "shared/data/programmes"
# id, figure, unit, comparison, deadline: the programmes' figures, for machines without the shared folder.
FIGURES = """
N1 400 billion CNY >= 2026-12-31
N2 3 radioisotopes >= 2026-12-31
N3 5 techniques >= 2026-12-31
N4 10 drugs >= 2026-12-31
N5 2 varieties >= 2026-12-31
N6 5 centres >= 2026-12-31
N7 2-3 enterprises = 2026-12-31
N8 160000 person-hours >= -
S1 10 isotopes >= 2027-12-31
S2 5 products >= 2027-12-31
S5 1 department per county = -
Y1 10 billion CNY >= 2025-12-31
Y2 1-2 enterprises = 2025-12-31
Y3 10 enterprises >= 2025-12-31
Y4 1-2 platforms = 2025-12-31
Y5 1 reactor = 2025-12-31
Y6 3 drugs >= 2025-12-31
Y7 5 drugs >= 2025-12-31
Y8 3 drugs >= 2025-12-31
Y9 10 isotopes >= 2025-12-31
Y10 100 beds >= 2025-12-31
Y11 50-80 studies/year = 2025-12-31
Y12 2-3 departments = 2025-12-31
L1 3-5 years within 2030-08-22
L2 1 billion CNY = 2025-08-22
L3 4 times = 2026-12-31
L4 300 persons >= 2025-08-22
L5 1 approval = 2025-12-31
L6 73 enterprises = 2025-08-22
H1 250 billion CNY >= 2027-12-31
H2 150 products = 2027-12-31
H3 2-3 platforms = 2027-12-31
""".strip().splitlines()
SPLIT = {  # one line of the programmes that holds several figures
    "Y13a": (10, 10), "Y13b": (100, 100), "Y13c": (10000, 10000), "H4a": (1, 1), "H4b": (3, 5), "H4c": (8, 8),
}  # fmt: skip
IN_WORDS = {"N9", "S3", "S4"}
MISPRINTS = {
    "镱-177": {"Lu-177"},
    "铯-225": {"Ac-225"},
    "镱-166/铟-166": {"Dy-166", "Ho-166"},
    "钼-99/钼-99m": {"Tc-99m"},
    "镱[Lu-177]": {"Lu-177"},
    "砷[At-211]": {"At-211"},
}


def parts(printed: str) -> list[str]:
    """The nuclides in a printed name: "锗-68(镓-68)" names two, "無載體" (no carrier added) none."""
    return [p for p in re.split(r"[/()]", printed.replace("無載體", "")) if p]


@pytest.mark.parametrize("line", FIGURES, ids=lambda line: line.split()[0])
def test_targets_equal_the_programmes_figures(line: str) -> None:
    match = re.fullmatch(r"(\w+) ([\d-]+) (.+) (>=|=|within) (\S+)", line)
    assert match is not None
    target = policy_targets()[match[1]]
    low, _, high = match[2].partition("-")
    at_least = match[4] == ">="
    assert (target.lower, target.upper) == (float(low), None if at_least else float(high or low))
    assert target.unit_en == match[3]
    assert target.comparison == ("between" if high and match[4] == "=" else match[4])
    assert target.deadline == (None if match[5] == "-" else date.fromisoformat(match[5]))


def test_targets_of_several_figures_are_split() -> None:
    found = {i: (t.lower, t.upper) for i, t in policy_targets().items() if i[-1].isalpha()}
    assert found == SPLIT


def test_no_target_is_missing_or_extra() -> None:
    assert set(policy_targets()) == {line.split()[0] for line in FIGURES} | set(SPLIT) | IN_WORDS


@pytest.mark.skipif(not SHARED.exists(), reason="the shared figures are not on this machine")
def test_the_frozen_figures_are_the_shared_ones() -> None:
    with (SHARED / "targets.csv").open(encoding="utf-8") as file:
        shared = {row["id"]: row for row in csv.DictReader(file)}
    assert set(shared) == {re.sub(r"(?<=\d)[a-c]$", "", i) for i in policy_targets()}
    for key, row in shared.items():
        if key in {"Y13", "H4"}:
            continue
        target = policy_targets()[key]
        numbers = [float(x) for x in row["target_value"].split("-") if x]
        assert [x for x in dict.fromkeys((target.lower, target.upper)) if x is not None] == numbers
        assert (target.programme, target.unit_en) == (row["programme"], row["unit"])
        assert str(target.deadline or "") == row["deadline"]
    with (SHARED / "isotopes.csv").open(encoding="utf-8") as file:
        isotopes = [(r["programme"], r["nuclide"], r["name_as_printed"]) for r in csv.DictReader(file)]
    ours = [
        (i.programme, f"{i.nuclide}/{i.daughter}".rstrip("/"), i.name_as_printed) for i in policy_isotopes()
    ]
    assert ours == isotopes
    with (SHARED / "places.csv").open(encoding="utf-8") as file:
        places = [(r["programme"], r["name_en"], r["name_zh"], r["kind"]) for r in csv.DictReader(file)]
    assert [(p.programme, p.name_en, p.name_zh, p.kind) for p in policy_places().values()] == places


@pytest.mark.parametrize("name", ["policy_targets.csv", "policy_isotopes.csv", "policy_places.csv"])
def test_both_languages_are_complete(name: str) -> None:
    for row in read_table(name):
        assert row["programme"] in PROGRAMMES
        for column, cell in row.items():
            assert cell == cell.strip()
            if column.endswith("_en"):
                other = row[column[:-3] + "_zh"]
                assert bool(cell) == bool(other), (name, row, column)
        assert re.search(r"[一-鿿]", row["source_zh"])
        assert not re.search(r"[一-鿿]", row["source"])


def test_comparisons_fit_their_bounds() -> None:
    for target in policy_targets().values():
        assert target.comparison in COMPARISONS
        given = (target.lower is not None, target.upper is not None)
        expected = {">=": (True, False), "qualitative": (False, False)}.get(target.comparison, (True, True))
        assert given == expected, target.id
        if target.comparison == "=":
            assert target.lower == target.upper
        if target.comparison in {"between", "within"}:
            assert target.lower is not None
            assert target.upper is not None
            assert target.lower < target.upper


@pytest.mark.parametrize(
    ("key", "value", "met"),
    [
        ("S1", 9, False), ("S1", 10, True), ("S1", 11, True),
        ("Y11", 49, False), ("Y11", 50, True), ("Y11", 81, True),
        ("L1", 5, True), ("L1", 5.1, False),
        ("Y5", 0, False), ("Y5", 1, True),
        ("S3", 1, None),
    ],
)  # fmt: skip
def test_a_target_is_met_from_its_lower_bound_on(key: str, value: float, met: bool | None) -> None:
    assert policy_targets()[key].met(value) is met


def test_days_left_count_to_the_deadline() -> None:
    assert policy_targets()["N2"].days_left(date(2026, 11, 25)) == 36
    assert policy_targets()["Y5"].days_left(date(2026, 1, 1)) == -1
    assert policy_targets()["N8"].days_left(date(2026, 1, 1)) is None


def test_targets_of_a_programme() -> None:
    assert [t.id for t in targets_of("sichuan")] == ["S1", "S2", "S3", "S4", "S5"]
    with pytest.raises(InputError, match="say one of national, sichuan"):
        targets_of("beijing")


def test_every_isotope_exists_and_a_daughter_descends_from_its_parent() -> None:
    for named in policy_isotopes():
        found = nuclide(named.nuclide)
        in_nature = found.a in natural_isotopes().get(found.symbol, ())
        assert found.stable == named.stable, named.nuclide
        assert in_nature or not named.stable
        if named.daughter:
            from becq.physics.decay_data import descendants

            assert named.daughter in descendants((named.nuclide,))


def test_the_misprints_are_the_known_ones() -> None:
    wrong = {i.name_as_printed: set(i.misprint_of) for i in policy_isotopes() if i.misprint_of}
    assert wrong == MISPRINTS


@pytest.mark.parametrize(
    "named",
    [i for i in policy_isotopes() if i.misprint_of],
    ids=lambda i: f"{i.programme}-{i.name_as_printed}",
)
def test_a_misprint_is_refused_with_what_was_meant(named: PolicyIsotope) -> None:
    said = []
    for part in parts(named.name_as_printed):
        try:
            found = parse_nuclide(part).name
        except InputError as error:
            said.append(str(error))
        else:
            assert found in (named.nuclide, named.daughter)
    assert said, "taken over without a word"
    for meant in named.misprint_of:
        assert any("did you mean" in text and meant in text for text in said), (meant, said)
        assert meant in (named.nuclide, named.daughter)


def test_what_is_printed_right_is_read() -> None:
    for named in policy_isotopes():
        if not named.misprint_of:
            read = [parse_nuclide(part).name for part in parts(named.name_as_printed)]
            assert read == [n for n in (named.nuclide, named.daughter) if n], named.name_as_printed


def test_mentions_find_daughters_too() -> None:
    assert {i.programme for i in mentions("Ga-68")} == {"sichuan"}
    assert len(mentions("Lu-177")) == 4
    assert mentions("U-235") == ()


def test_places_have_ids_kinds_and_steps() -> None:
    kinds = {"reactor", "accelerator", "park", "hospital", "institute", "enterprise", "airport", "platform"}
    steps = {
        "produce", "make", "release", "match", "ship", "use", "waste",
        "equipment", "finance", "logistics", "research",
    }  # fmt: skip
    for key, place in policy_places().items():
        assert re.fullmatch(r"[a-z0-9-]+", key)
        assert key.startswith(place.programme)
        assert place.kind in kinds
        assert place.chain_steps
        assert set(place.chain_steps) <= steps
