"""Build ``provinces.csv`` and ``hospitals.csv`` of ``examples/china/tables``.

    python scripts/build_china_hospitals.py

From ``survey.csv`` (published national and provincial figures), ``third_grade_hospitals.csv``,
``county_hospitals.csv``, ``departments_found.csv``, ``sichuan_divisions.csv`` and the sites of the Sichuan
example. No chance and no clock: the same tables always give the same bytes. The rules are the assumptions;
``examples/china/tables/README.md`` states them.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from becq.chain.divisions import Division, division, divisions, is_within, prefecture_of, province_of, stem

EXAMPLES = Path(__file__).parents[1] / "examples"
TABLES = EXAMPLES / "china" / "tables"
YEAR = "2019"
"""The newest survey year for which a count of all departments was found."""
CAPITALS_OF_NONE = ("71", "81", "82")
"""The survey covers the mainland."""
QUANTITIES = ("departments", "pet_scanners", "spect_scanners", "therapy_departments", "therapy_beds")
APPORTIONED = (
    "apportioned: {}; the national figure less the provinces that have their own, by the mean of the share "
    "of population (census 2020) and the share of class-A third-grade hospitals (third_grade_hospitals.csv)"
)
PROVINCE_COLUMNS = (
    *("row_type", "division", "name_en", "name_zh", "year", "chosen", *QUANTITIES, "therapy_wards"),
    *("pet_institutes", "spect_institutes", "population", "third_grade_hospitals", "source", "assumption"),
)
HOSPITAL_COLUMNS = (
    *("id", "name_en", "name_en_basis", "name_zh", "province", "prefecture", "county", "lat", "lon"),
    *("coord_basis", "accuracy_km", "level", "size_class", "has_pet", "pet_scanners", "spect_scanners"),
    *("has_therapy", "has_therapy_ward", "therapy_beds", "department_basis", "source", "assumption"),
)
SIZES = ("large", "medium", "small")
BARE = re.compile(r"[（(].*?[）)]")

Row = dict[str, str]


def read(name: str, folder: Path = TABLES) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write(name: str, columns: Iterable[str], rows: list[Row]) -> None:
    with (TABLES / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, tuple(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def apportion(
    total: int, weights: Mapping[str, float], least: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Whole shares of ``total`` in proportion to ``weights`` (largest remainder), none below ``least``."""
    least = least or {}
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    shares = {key: max(int(value), least.get(key, 0)) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (exact[key] - shares[key], key), reverse=True)
    while sum(shares.values()) < total:
        for key in order[: total - sum(shares.values())]:
            shares[key] += 1
    while sum(shares.values()) > total:
        spare = max(
            (key for key in shares if shares[key] > least.get(key, 0)), key=lambda k: shares[k] - exact[k]
        )
        shares[spare] -= 1
    return shares


# --- provinces -------------------------------------------------------------------------------------------


class Survey:
    """``survey.csv`` by year, division ("" is the country) and quantity."""

    def __init__(self) -> None:
        self.rows = read("survey")
        self.by_key = {(row["year"], row["division"], row["quantity"]): row for row in self.rows}

    def value(self, year: str, place: str, quantity: str) -> int | None:
        row = self.by_key.get((year, place, quantity))
        return int(row["value"]) if row else None

    def national(self, quantity: str, year: str = YEAR) -> int:
        return int(self.by_key[year, "", quantity]["value"])

    def own(self, place: str, quantity: str) -> Row | None:
        """The figure that a source gives for one province."""
        return next((r for r in self.rows if r["division"] == place and r["quantity"] == quantity), None)


def mainland() -> list[Division]:
    return [p for p in divisions().values() if p.level == "province" and p.code[:2] not in CAPITALS_OF_NONE]


def make_provinces(survey: Survey, sichuan: list[Row]) -> list[Row]:
    """National rows by survey year, then one row per province."""
    third = Counter(province_of(row["division"]).code for row in read("third_grade_hospitals"))
    people = {p.code: int((survey.own(p.code, "population") or {"value": "0"})["value"]) for p in mainland()}
    weights = {
        code: people[code] / sum(people.values()) / 2 + third[code] / third.total() / 2 for code in people
    }
    known = Counter(province_of(row["county"]).code for row in sichuan)
    known_pet = Counter(province_of(row["county"]).code for row in sichuan if row["has_pet"] == "true")
    table: dict[str, dict[str, int]] = {}

    def at_least(quantity: str, code: str) -> int:
        """At least one, one department for each PET scanner a source gives, all of the Sichuan example."""
        if quantity == "departments":
            return max(1, known[code], survey.value(YEAR, code, "pet_scanners") or 0)
        return known_pet[code] if quantity == "pet_scanners" else 1

    for quantity in QUANTITIES:
        fixed = {code: int(row["value"]) for code in people if (row := survey.own(code, quantity))}
        least = {code: at_least(quantity, code) for code in people}
        rest = {code: weight for code, weight in weights.items() if code not in fixed}
        table[quantity] = fixed | apportion(survey.national(quantity) - sum(fixed.values()), rest, least)
    rows = list(national_rows(survey))
    wards = apportion(
        ward_departments(survey), {c: float(n) for c, n in table["therapy_departments"].items()}
    )
    for place in mainland():
        code = place.code
        owns = {q: row for q in QUANTITIES if (row := survey.own(code, q))}
        numbers = {quantity: table[quantity][code] for quantity in QUANTITIES}
        numbers["pet_institutes"] = round(
            numbers["pet_scanners"] * ratio(survey, "pet_institutes", "pet_scanners")
        )
        spect = ratio(survey, "spect_institutes", "spect_scanners")
        numbers["spect_institutes"] = min(numbers["departments"], round(numbers["spect_scanners"] * spect))
        numbers["pet_institutes"] = max(numbers["pet_institutes"], known_pet[code])
        sources = dict.fromkeys(row["source"] for row in owns.values())
        national = survey.by_key[YEAR, "", "departments"]["source"]
        rows.append(
            {
                "row_type": "province", "division": code, "name_en": place.name_en, "name_zh": place.name_zh,
                "year": YEAR, "therapy_wards": str(wards[code]), "population": str(people[code]),
                "third_grade_hospitals": str(third[code]),
                **{name: str(number) for name, number in numbers.items()},
                "source": "; ".join(dict.fromkeys((*sources, national))),
                "assumption": "; ".join(
                    (
                        APPORTIONED.format(", ".join(q for q in QUANTITIES if q not in owns)),
                        *(f"{q} of {row['year']}" for q, row in owns.items() if row["year"] != YEAR),
                        "therapy_wards and institutes: national ratios of the 2020 quality survey",
                    )
                ),
            }
        )  # fmt: skip
    return rows


def ratio(survey: Survey, part: str, whole: str) -> float:
    """Institutes per scanner in the quality-control survey of 2020."""
    return survey.national(part, "2020") / survey.national(whole, "2020")


def ward_departments(survey: Survey) -> int:
    """Departments with a therapy ward: the share of 2020 on the count of the chosen year."""
    return round(
        survey.national("therapy_departments")
        * ratio(survey, "therapy_ward_institutes", "therapy_institutes")
    )


def national_rows(survey: Survey) -> Iterator[Row]:
    names = {"pet_ct_scanners": "pet_scanners", "related_departments": "departments",
             "answering_institutes": "departments", "therapy_institutes": "therapy_departments",
             "therapy_ward_institutes": "therapy_wards"}  # fmt: skip
    for year in sorted({row["year"] for row in survey.rows if not row["division"]}):
        found: dict[str, int] = {}
        rows = [row for row in survey.rows if row["year"] == year and not row["division"]]
        for row in rows:
            name = names.get(row["quantity"], row["quantity"])
            if name == "pet_mr_scanners":
                name = "pet_scanners"
            if name in PROVINCE_COLUMNS:
                found[name] = found.get(name, 0) + int(row["value"])
        yield {
            "row_type": "national", "name_en": "China (mainland)", "name_zh": "中国大陆", "year": year,
            "chosen": "true" if year == YEAR else "",
            **{name: str(value) for name, value in found.items()},
            "source": "; ".join(dict.fromkeys(row["source"] for row in rows)),
            "assumption": "" if year != "2020" else "only the institutes that answered, no census",
        }  # fmt: skip


# --- candidates ------------------------------------------------------------------------------------------


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
                    "source": row["source"], "assumption": row["assumption"],
                }
            )  # fmt: skip
    return found


def keys(name: str) -> set[str]:
    """What a hospital may be called in another list: its name and those in brackets, without 省 and 市."""
    inside = [part for group in re.findall(r"[（(](.*?)[）)]", name) for part in re.split("[、，,]", group)]
    plain = (
        re.sub(r"[省市]|^原|壮族|回族|维吾尔|自治区", "", part) for part in (BARE.sub("", name), *inside)
    )
    return {re.sub(r"(第[一二三四五六])附属", r"附属\1", part) for part in plain} - {""}


def is_near(row: Row, chosen: Iterable[Row]) -> bool:
    """Whether another hospital with a point of its own stands within 0.3 km: a second name of the same."""
    if row["coord_basis"] == "seat":
        return False
    lat, lon = float(row["lat"]), float(row["lon"])
    return any(
        other["coord_basis"] != "seat"
        and (float(other["lat"]) - lat) ** 2
        + ((float(other["lon"]) - lon) * math.cos(math.radians(lat))) ** 2
        < (0.3 / 111.2) ** 2
        for other in chosen
    )


def size_of(row: Row, found: bool) -> str:
    """Size class by rule: see the README."""
    name = BARE.sub("", row["name_zh"])
    province = stem(province_of(row["division"]).name_zh)
    if row["kind"] in ("general", "cancer") and row["level"].startswith("三级"):
        of_province = name.startswith((province, "北京", "上海")) and re.search(
            r"省|自治区|^.{2,3}肿瘤", name
        )
        chief = re.search(r"(省|自治区)(人民|立|中心|第一人民|肿瘤)医院$|^.{2,3}(省|市)?肿瘤医院$", name)
        university = re.search(r"(大学|医学院).*(附属|第[一二三]|医院)", name)
        if found or (of_province and chief) or (university and row["level"] == "三级甲等"):
            return "large"
        return "medium"
    return "small"


def candidate(row: Row, found: Mapping[str, Row]) -> Row:
    evidence = next((found[key] for key in keys(row["name_zh"]) if key in found), None)
    listed = row["source"].startswith("3AHospital")
    basis = evidence["basis"] if evidence else "assumption"
    notes = [] if evidence else [f"assumption: has a nuclear-medicine department ({reason(row, listed)})"]
    if row["coord_basis"] == "seat":
        notes.append("assumption: placed at the seat of its county or city")
    notes.append("size class, scanners and beds by rule")
    return {
        "name_en": row["name_en"], "name_en_basis": "translation by rule", "name_zh": row["name_zh"],
        "county": row["division"], "lat": row["lat"], "lon": row["lon"], "coord_basis": row["coord_basis"],
        "accuracy_km": "1" if row["coord_basis"] == "dataset" else "10", "level": row["level"],
        "size_class": size_of(row, evidence is not None), "department_basis": basis,
        "source": "; ".join(filter(None, (row["source"], evidence and evidence["source"]))),
        "assumption": "; ".join(notes),
    }  # fmt: skip


def reason(row: Row, listed: bool) -> str:
    if listed:
        return f"class-A third-grade hospital, {row['kind']}"
    return "third-grade hospital" if row["level"] else "main hospital of its city or county"


def placeholder(place: Division) -> Row:
    return {
        "name_en": f"Hospital in {place.name_en}", "name_en_basis": "placeholder",
        "name_zh": f"{place.name_zh}某医院", "county": place.code, "lat": f"{place.lat:.2f}",
        "lon": f"{place.lon:.2f}", "coord_basis": "seat", "accuracy_km": "10", "size_class": "small",
        "department_basis": "assumption",
        "assumption": "assumption: a department without a name: the survey counts more departments in this "
        "province than lists of its hospitals were found; placed at the seat of a county or district",
    }  # fmt: skip


def county_order(place: Division) -> tuple[int, str]:
    """County-level cities first, then districts, then counties."""
    return ("市区县".find(place.name_zh[-1]) % 4, place.code)


def in_turn(pool: list[tuple[Division, Row]], chosen: list[Row]) -> Iterator[Row]:
    """One county after the other, always from the prefecture that has the fewest hospitals so far."""
    have = Counter(parent_of(row["county"]) for row in chosen)
    waiting: dict[str, list[tuple[Division, Row]]] = {}
    for place, row in sorted(pool, key=lambda item: county_order(item[0])):
        waiting.setdefault(parent_of(place.code), []).append((place, row))
    while waiting:
        area = min(waiting, key=lambda code: (have[code], code))
        yield waiting[area].pop(0)[1]
        have[area] += 1
        if not waiting[area]:
            del waiting[area]


def parent_of(code: str) -> str:
    area = prefecture_of(code)
    return area.code if area else code[:2] + "0000"


def choose(province: Division, number: int, first: list[Row], lists: dict[str, list[Row]]) -> list[Row]:
    """``number`` hospitals of a province, the likeliest first."""
    chosen: list[Row] = []
    taken: set[str] = set()

    def take(rows: Iterable[Row]) -> None:
        for row in rows:
            names = keys(row["name_zh"])
            again = "id" not in row and (names & taken or is_near(row, chosen))
            if len(chosen) < number and not again:
                taken.update(names)
                chosen.append(row)

    take(first)
    mine = {name: [r for r in rows if is_within(r["county"], province.code)] for name, rows in lists.items()}
    for name in ("found", "general", "city", "other"):
        take(mine[name])
    with_one = {row["county"] for row in chosen}
    pool = [(division(r["county"]), r) for r in mine["county"] if r["county"] not in with_one]
    take(in_turn(pool, chosen))
    with_one = {row["county"] for row in chosen}
    bare = [
        (place, placeholder(place))
        for place in divisions().values()
        if place.level == "county"
        and place.lat
        and place.code not in with_one
        and is_within(place.code, province.code)
    ]
    take(in_turn(bare, chosen))
    return chosen


def candidates() -> dict[str, list[Row]]:
    """Candidates by tier."""
    found = {key: row for row in read("departments_found") for key in keys(row["name_zh"])}
    tiers: dict[str, list[Row]] = {"found": [], "general": [], "city": [], "other": [], "county": []}
    for row in (*read("third_grade_hospitals"), *read("county_hospitals")):
        made = candidate(row, found)
        if made["department_basis"] != "assumption":
            tiers["found"].append(made)
        elif row["source"].startswith("3AHospital"):
            tiers["general" if row["kind"] in ("general", "cancer") else "other"].append(made)
        elif row["level"] or (
            division(row["division"]).level != "county"
            and re.search("第[一二]|中心|附属|市人民|州人民", row["name_zh"])
        ):
            tiers["city"].append(made)
        elif division(row["division"]).level == "county":
            tiers["county"].append(made)
    tiers["city"].sort(key=lambda row: (not row["level"], row["county"]))
    return tiers


# --- equipment -------------------------------------------------------------------------------------------


def equip(chosen: list[Row], figures: Row) -> None:
    """Scanners, therapy and beds, so that their sums are the figures of the province."""
    order = sorted(range(len(chosen)), key=lambda n: SIZES.index(chosen[n]["size_class"]))
    ranked = [chosen[n] for n in order]
    pet = spread(ranked, int(figures["pet_scanners"]), int(figures["pet_institutes"]), "has_pet")
    spect = spread(ranked, int(figures["spect_scanners"]), int(figures["spect_institutes"]), "")
    wards = pick(ranked, int(figures["therapy_wards"]), "has_therapy_ward")
    outside = [n for n in range(len(ranked)) if n not in wards]
    therapy = wards | set(outside[: max(0, int(figures["therapy_departments"]) - len(wards))])
    weight = {str(n): 4.0 - SIZES.index(ranked[n]["size_class"]) for n in wards}
    beds = apportion(int(figures["therapy_beds"]), weight, dict.fromkeys(weight, 1))
    for n, row in enumerate(ranked):
        row["pet_scanners"], row["spect_scanners"] = str(pet[n]), str(spect[n])
        row["has_pet"] = "true" if pet[n] else "false"
        row["has_therapy"] = "true" if n in therapy else "false"
        row["has_therapy_ward"] = "true" if n in wards else "false"
        row["therapy_beds"] = str(beds.get(str(n), 0))


def pick(ranked: list[Row], number: int, column: str) -> set[int]:
    """Positions of ``number`` hospitals: those known to have it, then by rank, never those known not to."""
    sure = [n for n, row in enumerate(ranked) if row.get(column) == "true"]
    open_ = [n for n, row in enumerate(ranked) if not row.get(column)]
    return set(sure + open_[: max(0, number - len(sure))])


def spread(ranked: list[Row], scanners: int, institutes: int, column: str) -> list[int]:
    """Scanners of each hospital: one each in order of rank, the rest again from the top."""
    having = sorted(pick(ranked, min(institutes, scanners), column or "-"))
    counts = [0] * len(ranked)
    for n in range(scanners if having else 0):
        counts[having[n % len(having)]] += 1
    return counts


def slug(text: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")[:64].strip("-")


def name_ids(rows: list[Row]) -> None:
    """Identifiers from the English names, with the code of the county where two are alike."""
    names = Counter(slug(row["name_en"]) for row in rows if "id" not in row)
    taken = {row["id"] for row in rows if "id" in row}
    for row in rows:
        if "id" not in row:
            base = slug(row["name_en"])
            row["id"] = base if names[base] == 1 and base not in taken else f"{base}-{row['county']}"
            number = 2
            while row["id"] in taken:
                row["id"] = f"{base}-{row['county']}-{number}"
                number += 1
            taken.add(row["id"])


def main() -> None:
    survey, sichuan = Survey(), sichuan_rows()
    provinces = make_provinces(survey, sichuan)
    lists = candidates()
    hospitals: list[Row] = []
    for figures in (row for row in provinces if row["row_type"] == "province"):
        place = division(figures["division"])
        first = [row for row in sichuan if is_within(row["county"], place.code)]
        chosen = choose(place, int(figures["departments"]), first, lists)
        equip(chosen, figures)
        hospitals.extend(chosen)
    for row in hospitals:
        area = prefecture_of(row["county"])
        row["province"], row["prefecture"] = province_of(row["county"]).code, area.code if area else ""
        if division(row["county"]).level != "county":
            row["county"] = ""
    name_ids_of = [row | {"county": row["county"] or row["prefecture"]} for row in hospitals]
    name_ids(name_ids_of)
    for row, named in zip(hospitals, name_ids_of, strict=True):
        row["id"] = named["id"]
    write("provinces", PROVINCE_COLUMNS, provinces)
    write("hospitals", HOSPITAL_COLUMNS, hospitals)
    print(f"{len(provinces)} rows of provinces, {len(hospitals)} hospitals")


if __name__ == "__main__":
    main()
