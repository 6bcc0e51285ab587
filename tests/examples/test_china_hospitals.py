"""The hospitals of China: as many as the survey counts, in places that exist, rebuilt from the tables."""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.chain.divisions import Division, division, divisions, is_within, prefecture_of, province_of, stem

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "examples" / "china" / "tables"
SUMS = {
    "departments": None,
    "pet_scanners": "pet_scanners",
    "spect_scanners": "spect_scanners",
    "therapy_beds": "therapy_beds",
    "therapy_departments": "has_therapy",
    "therapy_wards": "has_therapy_ward",
}

LISTS = {
    "Luoyun (46319943/3AHospital): class-A third-grade hospitals of China with points, result.csv @4933e18",
    "hhui64/wuhan2020map: fever clinics as the health commissions listed them, 2020-02-11",
    "983470409/My_Konga: names of 542 hospitals served by one company, hismapper.js",
}
"""What only lists hospitals and says nothing of their departments."""

Row = dict[str, str]


def read(name: str, folder: Path = TABLES) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def km(lat: float, lon: float, place: Division) -> float:
    assert place.lat is not None
    assert place.lon is not None
    a, b, d = math.radians(lat), math.radians(place.lat), math.radians(place.lon - lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(d)
    return 6371.0 * math.acos(min(1.0, cosine))


@pytest.fixture(scope="module")
def hospitals() -> list[Row]:
    return read("hospitals")


@pytest.fixture(scope="module")
def provinces() -> dict[str, Row]:
    return {row["division"]: row for row in read("provinces") if row["row_type"] == "province"}


@pytest.fixture(scope="module")
def survey() -> dict[tuple[str, str, str], int]:
    return {(r["year"], r["division"], r["quantity"]): int(r["value"]) for r in read("survey")}


def amount(row: Row, column: str | None) -> int:
    text = row[column] if column else "true"
    return int(text == "true") if text in ("true", "false") else int(text)


@pytest.mark.parametrize("quantity", SUMS)
def test_hospitals_of_a_province_add_up_to_its_figure_and_provinces_to_the_nation(
    quantity: str, hospitals: list[Row], provinces: dict[str, Row], survey: dict[tuple[str, str, str], int]
) -> None:
    sums: Counter[str] = Counter()
    for row in hospitals:
        sums[row["province"]] += amount(row, SUMS[quantity])
    assert {code: int(row[quantity]) for code, row in provinces.items()} == dict(sums)
    if quantity != "therapy_wards":
        assert sums.total() == survey["2019", "", quantity]


def test_wards_are_as_frequent_as_in_the_quality_survey(
    hospitals: list[Row], survey: dict[tuple[str, str, str], int]
) -> None:
    wards = sum(row["has_therapy_ward"] == "true" for row in hospitals)
    share = survey["2020", "", "therapy_ward_institutes"] / survey["2020", "", "therapy_institutes"]
    assert wards == round(survey["2019", "", "therapy_departments"] * share)


def test_provinces_keep_the_figures_that_a_source_gives(
    provinces: dict[str, Row], survey: dict[tuple[str, str, str], int]
) -> None:
    assert len(provinces) == 31
    own = {key: value for key, value in survey.items() if key[1] and key[2] in SUMS}
    assert len(own) == 6
    for (_, place, quantity), value in own.items():
        assert int(provinces[place][quantity]) == value
        apportioned = provinces[place]["assumption"].split(";")[0].removeprefix("apportioned: ")
        assert quantity not in apportioned.split(", ")


def test_provinces_without_a_figure_of_their_own_share_by_people_and_hospitals(
    provinces: dict[str, Row],
) -> None:
    people = sum(int(row["population"]) for row in provinces.values())
    third = sum(int(row["third_grade_hospitals"]) for row in provinces.values())
    assert people == 1_409_778_724
    for code in ("370000", "410000", "320000", "530000", "650000"):
        row = provinces[code]
        weight = int(row["population"]) / people / 2 + int(row["third_grade_hospitals"]) / third / 2
        other = provinces["420000"]
        weight_420 = int(other["population"]) / people / 2 + int(other["third_grade_hospitals"]) / third / 2
        assert int(row["departments"]) / int(other["departments"]) == pytest.approx(
            weight / weight_420, abs=0.05
        )


def test_every_hospital_has_its_own_id_and_stands_in_divisions_that_exist(hospitals: list[Row]) -> None:
    assert len({row["id"] for row in hospitals}) == len(hospitals) >= 1000
    for row in hospitals:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", row["id"]), row["id"]
        place = division(row["county"] or row["prefecture"])
        area = prefecture_of(place.code)
        assert row["province"] == province_of(place.code).code
        assert row["prefecture"] == (area.code if area else "")
        assert place.level == "county" or not row["county"]


def test_points_lie_near_the_seat_of_their_county(hospitals: list[Row]) -> None:
    for row in hospitals:
        far = km(float(row["lat"]), float(row["lon"]), division(row["county"] or row["prefecture"]))
        assert far < (1 if row["coord_basis"] == "seat" else 90), row["id"]


def test_a_name_that_begins_with_a_city_stands_in_it(hospitals: list[Row]) -> None:
    cities = defaultdict(list)
    for place in divisions().values():
        if place.level == "prefecture":
            cities[stem(place.name_zh)].append(place.code)
    checked = 0
    for row in hospitals:
        city = re.match(r"(\w{2,4})市", row["name_zh"])
        if city and city[1] in cities:
            checked += 1
            assert any(is_within(row["county"] or row["prefecture"], code) for code in cities[city[1]]), row[
                "id"
            ]
    assert checked > 350


def test_a_department_rests_on_a_source_or_says_that_it_is_assumed(hospitals: list[Row]) -> None:
    sources = {row["source"] for row in read("sources")}
    basis = Counter(row["department_basis"] for row in hospitals)
    assert basis.total() - basis["assumption"] > 140
    for row in hospitals:
        if row["department_basis"] == "assumption":
            assert row["assumption"].startswith("assumption: "), row["id"]
        elif row["department_basis"] != "examples/sichuan":
            assert len(set(row["source"].split("; ")) - LISTS) > 0, row["id"]
        if row["source"] and row["department_basis"] != "examples/sichuan":
            assert set(row["source"].split("; ")) <= sources, row["id"]
        assert "http" not in row["source"], row["id"]
        if row["coord_basis"] == "seat":
            assert "seat" in row["assumption"], row["id"]
        if row["name_en_basis"] != "placeholder" and row["department_basis"] != "examples/sichuan":
            assert row["source"], row["id"]


def test_hospitals_without_a_name_are_few_and_only_where_the_lists_end(hospitals: list[Row]) -> None:
    nameless = Counter(row["province"] for row in hospitals if row["name_en_basis"] == "placeholder")
    assert nameless.total() < 60
    named = {row["name_zh"] for row in hospitals if row["name_en_basis"] != "placeholder"}
    for code in nameless:
        county = [r for r in read("county_hospitals") if is_within(r["division"], code) and not r["level"]]
        assert all(r["name_zh"] in named for r in county if division(r["division"]).level == "county"), code


def test_hospitals_of_the_sichuan_example_are_all_there_as_they_are(hospitals: list[Row]) -> None:
    ours = {row["id"]: row for row in hospitals}
    sites = [r for r in read("sites", ROOT / "examples/sichuan/tables") if r["kind"] == "hospital"]
    assert len(sites) == 71
    for site in sites:
        row = ours[site["id"]]
        assert [row[c] for c in ("name_zh", "lat", "lon", "size_class")] == [
            site[c] for c in ("name_zh", "lat", "lon", "size_class")
        ]
        if site["has_pet"]:
            assert row["has_pet"] == site["has_pet"], site["id"]
        if site["has_therapy_ward"] == "false":
            assert row["has_therapy_ward"] == "false", site["id"]


def test_what_a_source_says_of_a_hospital_is_kept(builder: ModuleType, hospitals: list[Row]) -> None:
    keys = sys.modules["china_candidates"].keys
    ours = {key: row for row in hospitals for key in keys(row["name_zh"])}
    for row in (r for r in read("departments_found") if r["name_zh"]):
        hospital = next(ours[key] for key in keys(row["name_zh"]) if key in ours)
        for column in ("has_pet", "has_therapy_ward"):
            if row[column]:
                assert hospital[column] == row[column], row["name_zh"]


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_china_hospitals
    import china_survey

    monkeypatch.setattr(china_survey, "TABLES", tmp_path)
    return build_china_hospitals


def test_rebuild_gives_the_same_bytes(builder: ModuleType, tmp_path: Path) -> None:
    builder.main()
    for name in ("hospitals.csv", "provinces.csv"):
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes()


@pytest.fixture(scope="module")
def apportion() -> Iterator[Callable[..., dict[str, int]]]:
    sys.path.insert(0, str(ROOT / "scripts"))
    from china_survey import apportion

    yield apportion
    sys.path.remove(str(ROOT / "scripts"))


def test_apportioning_takes_the_largest_remainders_after_the_least(
    apportion: Callable[..., dict[str, int]],
) -> None:
    assert apportion(10, {"a": 6.0, "b": 3.0, "c": 0.2}, {"c": 2}) == {"a": 5, "b": 3, "c": 2}


@given(
    weights=st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.01, 100.0), min_size=1),
    least=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)),
    total=st.integers(24, 500),
)
def test_apportioning_keeps_the_total_the_least_and_the_order(
    apportion: Callable[..., dict[str, int]], weights: dict[str, float], least: dict[str, int], total: int
) -> None:
    shares = apportion(total, weights, {key: number for key, number in least.items() if key in weights})
    assert shares.keys() == weights.keys()
    assert sum(shares.values()) == total
    assert all(shares[key] >= least.get(key, 0) for key in shares)
    for one in weights:
        for other in weights:
            if weights[one] > weights[other] and not least.get(other):
                assert shares[one] >= shares[other]
