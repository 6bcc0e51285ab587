"""Candidates for the hospitals of China: the rows of the lists, and what is known of their departments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from china_corrections import corrected
from china_hospital_numbers import numbered
from china_survey import EXAMPLES, Row, read

from becq.chain.divisions import Division, division, divisions, is_within, prefecture_of, province_of, stem

RENAMED = {
    "第二军医大学": "海军军医大学",
    "第三军医大学": "陆军军医大学",
    "第四军医大学": "空军军医大学",
    "江西医科大学": "南昌大学",
    "贵阳医科大学": "贵州医科大学",
    "浙江医科大学": "浙江大学",
}
BARE = re.compile(r"[（(].*?[）)]")


def sichuan_rows() -> list[Row]:
    """The hospitals of the Sichuan example, as they are."""
    counties = {row["id"]: row["division"] for row in read("sichuan_divisions")}
    found = []
    for row in read("sites", EXAMPLES / "sichuan" / "tables"):
        if row["kind"] == "hospital":
            found.append(
                {
                    "id": row["id"], "name_en": row["name_en"], "name_en_basis": "table of examples/sichuan",
                    "name_zh": row["name_zh"], "county": counties[row["id"]], "lat": row["lat"],
                    "lon": row["lon"], "coord_basis": row["coord_basis"], "accuracy_km": row["accuracy_km"],
                    "level": "", "size_class": row["size_class"], "has_pet": row["has_pet"],
                    "has_therapy_ward": row["has_therapy_ward"], "department_basis": "examples/sichuan",
                    "source": as_listed(row["source"]), "assumption": row["assumption"],
                }
            )  # fmt: skip
    return found


def as_listed(source: str) -> str:
    """A ``source`` that gives addresses, as sources.csv cites what was read there."""
    cited: dict[str, None] = {}
    for part in source.split("; "):
        found = [r["source"] for r in read("sources") if r["read_at"] and is_in(r["read_at"], part)]
        cited |= dict.fromkeys(found or [part])
    return "; ".join(cited)


def is_in(address: str, text: str) -> bool:
    return (address.partition("://")[2] or address) in text


def keys(name: str) -> set[str]:
    """What a hospital may be called in another list: its name and those in brackets, brought to one form."""
    inside = [part for group in re.findall(r"[（(](.*?)[）)]", name) for part in re.split("[、，,]", group)]
    found = {one_form(part) for part in (BARE.sub("", name), *inside)} - {""}
    return found | {within(part) for part in found}


def one_form(name: str) -> str:
    """Without 省, 市 and 原, serial numbers in digits, universities by their present names."""
    plain = re.sub(r"[省市]|^原|壮族|回族|维吾尔|自治区", "", numbered(name.strip()))
    plain = re.sub(r"^(中国人民解放军|解放军)?(海军|空军)?(?=[0-9]+(中心)?医院)", "", plain)
    plain = re.sub("(?<!大学)医学院", "医科大学", plain.replace("大学医学院", "大学"))
    plain = re.sub("医科大(?!学)", "医科大学", plain).replace("中医医院", "中医院")
    return re.sub(r"(第[一二三四五六])附属", r"附属\1", renamed(plain))


@lru_cache(maxsize=1)
def provinces_and_cities() -> tuple[tuple[str, str], ...]:
    """Stems of each prefecture with that of its province."""
    return tuple(
        (stem(province_of(place.code).name_zh), stem(place.name_zh))
        for place in divisions().values()
        if place.level == "prefecture"
    )


def within(name: str) -> str:
    """浙江台州医院 as 台州医院: a name that begins with province and city, without the province."""
    return next(
        (name.removeprefix(p) for p, city in provinces_and_cities() if name.startswith(p + city)), name
    )


def renamed(name: str) -> str:
    """A name with the present ones of the universities whose hospitals the lists have under both."""
    for old, new in RENAMED.items():
        name = name.replace(old, new)
    return name


def size_of(row: Row, evidence: Row | None) -> str:
    """Size class by rule: see the README."""
    if row["kind"] not in ("general", "cancer") or not (row["level"].startswith("三级") or evidence):
        return "small"
    name = BARE.sub("", row["name_zh"])
    ranked = evidence is not None and evidence["basis"].startswith("ranked")
    chief = re.search(r"^.{2,3}(省|自治区)?(第一)?人民医院$|^.{2,3}省立医院$|^.{2,3}(省|市)?肿瘤医院$", name)
    of_province = chief and name.startswith(stem(province_of(row["division"]).name_zh))
    university = re.search(r"(大学|医学院).*(附属|第[一二三]|医院)", name)
    graded = row["level"].startswith("三级甲等") or evidence
    return "large" if ranked or of_province or (university and graded) else "medium"


def candidate(row: Row, evidence: Row | None) -> Row:
    """A row of the lists as a hospital; ``evidence`` says where its department was found."""
    listed = is_class_a(row)
    notes = [] if evidence else [f"assumption: has a nuclear-medicine department ({reason(row, listed)})"]
    if row["coord_basis"] == "seat":
        notes.append("assumption: placed at the seat of its county or city, or up to 1 km beside it")
    notes.append("assumption: size class, scanners and beds by rule")
    known = {name: evidence[name] for name in ("has_pet", "has_therapy_ward") if evidence and evidence[name]}
    own = evidence["own_name_en"] if evidence else ""
    return {
        "name_en": own or row["name_en"],
        "name_en_basis": "own name" if own else "translation by rule",
        "slug": row["name_en"],
        "name_zh": row["name_zh"],
        "county": row["division"],
        "lat": row["lat"],
        "lon": row["lon"],
        "coord_basis": row["coord_basis"],
        "accuracy_km": "1" if row["coord_basis"] == "dataset" else "10",
        "level": row["level"],
        "size_class": size_of(row, evidence),
        "department_basis": evidence["basis"] if evidence else "assumption",
        "source": "; ".join(
            dict.fromkeys(
                filter(None, (*row["source"].split("; "), *(evidence or {}).get("source", "").split("; ")))
            )
        ),
        "assumption": "; ".join(notes),
        **known,
    }


class Found:
    """``departments_found.csv``: by name, or for all class-A third-grade hospitals of a division."""

    def __init__(self) -> None:
        self.rows = read("departments_found")
        self.by_name = {key: row for row in self.rows if row["name_zh"] for key in keys(row["name_zh"])}

    def of(self, row: Row) -> Row | None:
        named = next((self.by_name[key] for key in keys(row["name_zh"]) if key in self.by_name), None)
        if named or not is_class_a(row):
            return named
        return next(
            (r for r in self.rows if not r["name_zh"] and is_within(row["division"], r["division"])), None
        )

    def unlisted(self, listed: set[str]) -> Iterator[Row]:
        """Hospitals that no list has, as rows of a list at the seat of their division."""
        for row in self.rows:
            if row["name_zh"] and not keys(row["name_zh"]) & listed:
                place = division(row["division"])
                kind = "tcm" if "中医" in row["name_zh"] or "中西医" in row["name_zh"] else "general"
                yield {
                    "name_zh": row["name_zh"],
                    "name_en": row["name_en"],
                    "kind": kind,
                    "level": "",
                    "division": place.code,
                    "lat": f"{place.lat:.2f}",
                    "lon": f"{place.lon:.2f}",
                    "coord_basis": "seat",
                    "source": "",
                }


def is_class_a(row: Row) -> bool:
    """Whether the row is of the list of class-A third-grade hospitals."""
    return row["level"].startswith("三级甲等")


def reason(row: Row, listed: bool) -> str:
    if listed:
        return f"class-A third-grade hospital, {row['kind']}"
    return "third-grade hospital" if row["level"] else "main hospital of its city or county"


def placeholder(place: Division) -> Row:
    return {
        "name_en": f"Hospital in {city_of(place, 'name_en', ', ', True)}", "name_en_basis": "placeholder",
        "name_zh": f"{city_of(place, 'name_zh', '')}某医院", "county": place.code, "lat": f"{place.lat:.2f}",
        "lon": f"{place.lon:.2f}", "coord_basis": "seat", "accuracy_km": "10", "size_class": "small",
        "department_basis": "assumption",
        "assumption": "assumption: a department without a name: the survey counts more departments in this "
        "province than lists of its hospitals were found; placed at the seat of a county or district",
    }  # fmt: skip


def city_of(place: Division, name: str, between: str, last: bool = False) -> str:
    """The name of a county with that of its city, as many districts are called alike."""
    above = prefecture_of(place.code) or province_of(place.code)
    names = [getattr(above, name), getattr(place, name)]
    return between.join(reversed(names) if last else names)


def candidates() -> dict[str, list[Row]]:
    """Candidates by tier."""
    found = Found()
    lists = corrected([*read("third_grade_hospitals"), *read("county_hospitals")])
    listed = {key for row in lists for key in keys(row["name_zh"])}
    tiers: dict[str, list[Row]] = {"found": [], "general": [], "city": [], "other": [], "county": []}
    for row in (*lists, *found.unlisted(listed)):
        evidence = found.of(row)
        made = candidate(row, evidence)
        if evidence:
            tiers["found"].append(made)
        elif is_class_a(row):
            tiers["general" if row["kind"] in ("general", "cancer") else "other"].append(made)
        elif row["level"] or (
            division(row["division"]).level != "county"
            and re.search("第[一二]|中心|附属|市人民|州人民", row["name_zh"])
        ):
            tiers["city"].append(made)
        elif division(row["division"]).level == "county":
            tiers["county"].append(made)
    tiers["found"].sort(key=lambda row: row["department_basis"].startswith("statement"))
    tiers["city"].sort(key=lambda row: (not row["level"], row["county"]))
    return tiers
