"""The list of hospitals: each once, of a kind that has such a department, and in its city."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from becq.chain.divisions import division, is_within

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "examples" / "china" / "tables"
NEAR_KM = 0.3
UNSUITABLE = (
    "精神|心理|安定医院|康宁医院|脑科|眼科|眼视光|耳鼻|口腔|牙科|妇幼|妇产|妇女|妇儿|产科|生殖|皮肤病|性病"
    "|传染病|结核病防治|麻风|监狱|戒毒|老年病医院$|乳腺|肛肠|整形|校医院|疗养院|防治所"
)
PLACES = {
    "中山大学附属第七医院": "440300",
    "中山大学附属第八医院": "440300",
    "襄阳市第一人民医院": "420600",
    "襄阳市中心医院": "420600",
    "铁法矿务局总医院": "211281",
    "中国人民解放军兰州军区乌鲁木齐总医院": "650100",
    "广州医学院第一附属医院": "440104",
    "渭南市中心医院": "610500",
    "常德市第一人民医院": "430700",
    "金华市中心医院": "330700",
}

Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def bare(name: str) -> str:
    return re.sub(r"[（(].*?[）)]", "", name)


def km(one: Row, other: Row) -> float:
    a, b = math.radians(float(one["lat"])), math.radians(float(other["lat"]))
    d = math.radians(float(other["lon"]) - float(one["lon"]))
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(d)
    return 6371.0 * math.acos(min(1.0, cosine))


@pytest.fixture(scope="module")
def hospitals() -> list[Row]:
    return read("hospitals")


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


@pytest.fixture
def candidates(scripts: None) -> ModuleType:
    import china_candidates

    return china_candidates


@pytest.fixture
def corrections(scripts: None) -> ModuleType:
    import china_corrections

    return china_corrections


# --- each once -------------------------------------------------------------------------------------------


def neighbours(rows: list[Row]) -> list[frozenset[str]]:
    """Names of all two rows that stand nearer than 300 m."""
    order = sorted(rows, key=lambda row: float(row["lat"]))
    found = []
    for number, row in enumerate(order):
        for other in order[number + 1 :]:
            if float(other["lat"]) - float(row["lat"]) > 0.003:
                break
            if km(row, other) < NEAR_KM:
                found.append(frozenset((row["name_zh"], other["name_zh"])))
    return found


def test_hospitals_nearer_than_300_m_are_known_to_be_two(hospitals: list[Row]) -> None:
    known = {frozenset((row["name_zh"], row["other_zh"])) for row in read("hospital_pairs")}
    assert [pair for pair in neighbours(hospitals) if pair not in known] == []


def test_each_pair_has_two_addresses_and_stands_in_the_lists(
    hospitals: list[Row], corrections: ModuleType
) -> None:
    listed = {row["name_zh"]: row for row in corrections.corrected(read("third_grade_hospitals"))}
    for row in read("hospital_pairs"):
        assert km(listed[row["name_zh"]], listed[row["other_zh"]]) < NEAR_KM
        one, other = row["reason"].removeprefix("two addresses in the list: ").split(" / ")
        assert one != other
        assert min(len(one), len(other)) > 5


def test_no_two_hospitals_of_a_province_share_a_name(hospitals: list[Row], candidates: ModuleType) -> None:
    names = Counter(
        (row["province"], key)
        for row in hospitals
        if row["department_basis"] != "examples/sichuan"
        for key in candidates.keys(row["name_zh"])
    )
    assert [name for name, number in names.items() if number > 1] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中国人民解放军第二○二医院", "中国人民解放军第二零二医院（202医院）"),
        ("中国人民解放军三O二医院", "中国人民解放军第三0二医院（302医院、三零二医院）"),
        ("解放军401医院", "中国人民解放军海军第四○一医院"),
        ("解放军89医院", "中国人民解放军第八十九医院"),
        ("哈尔滨二四二医院", "哈尔滨第二四二医院（哈尔滨第三医院）"),
        ("秦皇岛市中医院", "秦皇岛市中医医院"),
        ("新疆医科大第一附属医院", "新疆医科大学第一附属医院"),
        ("浙江省台州医院", "台州医院"),
        ("湖北省十堰市人民医院", "十堰市人民医院"),
        ("齐齐哈尔医学院附属第二医院", "齐齐哈尔医学院第二附属医院"),
    ],
)
def test_names_written_in_two_ways_are_one(candidates: ModuleType, one: str, other: str) -> None:
    assert candidates.keys(one) & candidates.keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("吉林市中心医院", "吉林省人民医院"),
        ("南京市第一医院", "南京市第二医院"),
        ("中国人民解放军第二○二医院", "中国人民解放军第二○三医院"),
        ("哈尔滨第二四二医院", "沈阳二四二医院"),
        ("湖州市中心医院", "湖州市第一人民医院"),
    ],
)
def test_other_hospitals_stay_apart(candidates: ModuleType, one: str, other: str) -> None:
    assert not candidates.keys(one) & candidates.keys(other)


def test_what_the_corrections_leave_out_is_not_in_the_list(hospitals: list[Row]) -> None:
    names = {row["name_zh"] for row in hospitals}
    left_out = [
        row for row in read("hospital_corrections") if row["action"] in ("same", "campus", "unsuitable")
    ]
    assert len(left_out) > 130
    assert [row["name_zh"] for row in left_out if row["name_zh"] in names] == []


def test_each_correction_names_a_row_of_the_lists_and_says_how_it_is_known() -> None:
    listed = {row["name_zh"] for name in ("third_grade_hospitals", "county_hospitals") for row in read(name)}
    listed |= {row["name_zh"] for row in read("departments_found")}
    rows = read("hospital_corrections")
    assert len({(row["name_zh"], row["action"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["name_zh"] in listed
        assert row["action"] in ("same", "campus", "unsuitable", "moved", "named")
        assert row["basis"] in ("address", "names", "source", "judgement")
        assert bool(row["source"]) or row["basis"] in ("names", "judgement"), row["name_zh"]
        assert row["reason"].endswith("no source read") == (row["basis"] == "judgement"), row["name_zh"]
        if row["action"] == "same":
            assert row["value"] in listed, row["value"]
        if row["action"] == "moved":
            assert division(row["value"]).lat


# --- kinds and places ------------------------------------------------------------------------------------


def test_no_hospital_is_of_a_kind_without_such_a_department(hospitals: list[Row]) -> None:
    assumed = [row for row in hospitals if row["department_basis"] == "assumption"]
    assert len(assumed) > 900
    assert [row["name_zh"] for row in assumed if re.search(UNSUITABLE, row["name_zh"])] == []


def test_a_point_lies_within_25_km_of_the_seat_of_its_county_and_mostly_within_15(
    hospitals: list[Row],
) -> None:
    far = {}
    for row in hospitals:
        place = division(row["county"] or row["prefecture"])
        far[row["name_zh"]] = km(row, {"lat": str(place.lat), "lon": str(place.lon)})
    assert {name: round(d) for name, d in far.items() if d > 25} == {}
    assert sum(d < 15 for d in far.values()) > 0.98 * len(far)


def test_hospitals_stand_where_their_address_is(hospitals: list[Row]) -> None:
    found = {bare(row["name_zh"]): row["county"] or row["prefecture"] for row in hospitals}
    assert {name: found[name] for name, code in PLACES.items() if not is_within(found[name], code)} == {}


@pytest.fixture
def extract(scripts: None) -> ModuleType:
    import extract_china_hospitals

    return extract_china_hospitals


def test_a_point_in_a_county_that_nobody_names_gives_way_to_the_city(extract: ModuleType) -> None:
    pucheng, weinan, linhai = division("610526"), division("610500"), division("331082")
    said = [weinan]
    assert extract.city_left(pucheng, said, "渭南市中心医院陕西省渭南市朝阳路东段") == weinan
    assert extract.city_left(pucheng, said, "渭南市中心医院陕西省渭南市蒲城县朝阳路") is None
    assert extract.city_left(division("610502"), said, "渭南市中心医院") is None
    assert extract.city_left(linhai, [division("331000")], "台州医院浙江省台州市临海市西门街") is None
    urumqi = division("650100")
    assert extract.city_left(division("650121"), [urumqi], "乌鲁木齐总医院乌鲁木齐友好北路") == urumqi


@pytest.mark.parametrize(
    ("name", "city", "code"),
    [
        ("中山大学附属第八医院", "深圳市", "440300"),
        ("中山市人民医院", "中山市", "442000"),
        ("大理大学第一附属医院", "no such city", "532901"),
    ],
)
def test_a_university_does_not_say_where_its_hospital_is(
    extract: ModuleType, name: str, city: str, code: str
) -> None:
    province = division(code[:2] + "0000")
    assert extract.hospital_place(name, {"city": city}, province).code == code


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("温州医学院附属眼视光医院（浙江省眼科医院）", "excluded"),
        ("广州市第八人民医院（广州市传染病医院）", "excluded"),
        ("中山市博爱医院（中山市妇幼保健院）", "excluded"),
        ("湖南省生殖保健医院", "excluded"),
        ("武汉老年病医院", "excluded"),
        ("安康市中心医院", "general"),
        ("牙克石市人民医院", "general"),
        ("上海市胸科医院", "chest"),
        ("解放军联勤保障部队第九〇四医院常州医疗区", "branch"),
    ],
)
def test_kinds_are_read_from_names_and_brackets(extract: ModuleType, name: str, kind: str) -> None:
    assert extract.kind_of(name) == kind


def test_seats_are_spread_apart_but_not_far(corrections: ModuleType) -> None:
    rows = [{"lat": "30.00", "lon": "110.00", "coord_basis": "seat"} for _ in range(12)]
    rows.append({"lat": "30.001", "lon": "110.001", "coord_basis": "dataset"})
    corrections.spread_seats(rows)
    assert (rows[-1]["lat"], rows[-1]["lon"]) == ("30.001", "110.001")
    for number, row in enumerate(rows):
        assert km(row, {"lat": "30.00", "lon": "110.00"}) < 2
        assert all(km(row, other) > NEAR_KM for other in rows[number + 1 :])


def test_where_a_point_is_moved_to_the_seat_the_row_says_so(hospitals: list[Row]) -> None:
    moved = {row["name_zh"] for row in read("hospital_corrections") if row["action"] == "moved"}
    found = defaultdict(list)
    for row in hospitals:
        if row["name_zh"] in moved:
            found[row["coord_basis"]].append(row)
    assert len(found["seat"]) >= 6
    assert list(found) == ["seat"]
    assert all("seat" in row["assumption"] and row["accuracy_km"] == "10" for row in found["seat"])
