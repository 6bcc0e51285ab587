"""Build ``provinces.csv`` and ``hospitals.csv`` of ``examples/china/tables``.

    python scripts/build_china_hospitals.py

From ``survey.csv`` (published national and provincial figures), ``third_grade_hospitals.csv``,
``county_hospitals.csv``, ``departments_found.csv``, ``sichuan_divisions.csv`` and the sites of the Sichuan
example. No chance and no clock: the same tables always give the same bytes. The rules are the assumptions;
``examples/china/tables/README.md`` states them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from china_candidates import candidates, keys, placeholder, sichuan_rows
from china_corrections import Pairs, corrected, spread_seats
from china_survey import PROVINCE_COLUMNS, Row, Survey, apportion, make_provinces, read, write

from becq.chain.divisions import Division, division, divisions, is_within, prefecture_of, province_of

HOSPITAL_COLUMNS = (
    *("id", "name_en", "name_en_basis", "name_zh", "province", "prefecture", "county", "lat", "lon"),
    *("coord_basis", "accuracy_km", "level", "size_class", "has_pet", "pet_scanners", "spect_scanners"),
    *("has_therapy", "has_therapy_ward", "therapy_beds", "department_basis", "source", "assumption"),
)
SIZES = ("large", "medium", "small")


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
    pairs = Pairs()

    def take(rows: Iterable[Row]) -> None:
        for row in rows:
            names = keys(row["name_zh"])
            again = "id" not in row and (names & taken or pairs.is_one(row, chosen))
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
    take(mine["county"])
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


def slug(text: str, longest: int = 64) -> str:
    """Lower-case words joined by hyphens, cut after a word."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")
    return words if len(words) <= longest else words[: longest + 1].rpartition("-")[0] or words[:longest]


def name_ids(rows: list[Row]) -> None:
    """Identifiers of at most 64 characters from the English names, with the county where two are alike."""
    words = [slug(row.get("slug") or row["name_en"]) for row in rows]
    names = Counter(base for base, row in zip(words, rows, strict=True) if "id" not in row)
    taken = {row["id"] for row in rows if "id" in row}
    for base, row in zip(words, rows, strict=True):
        if "id" in row:
            continue
        tails = ["", f"-{row['county']}", *(f"-{row['county']}-{number}" for number in range(2, 100))]
        if names[base] > 1:
            tails = tails[1:]
        tried = (slug(base, 64 - len(tail)) + tail for tail in tails)
        row["id"] = next(name for name in tried if name not in taken)
        taken.add(row["id"])


def tell_apart(rows: list[Row]) -> None:
    """Add province, then city and county, to English names that two hospitals would share."""
    for level in ("province", "prefecture", "county"):
        names = Counter(row["name_en"] for row in rows)
        for row in rows:
            if names[row["name_en"]] > 1 and row[level] and row["name_en_basis"] == "translation by rule":
                row["name_en"] += f", {division(row[level]).name_en}"


def main() -> None:
    survey, sichuan = Survey(), sichuan_rows()
    provinces = make_provinces(survey, sichuan, corrected(read("third_grade_hospitals")))
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
    spread_seats(hospitals)
    tell_apart(hospitals)
    name_ids_of = [row | {"county": row["county"] or row["prefecture"]} for row in hospitals]
    name_ids(name_ids_of)
    for row, named in zip(hospitals, name_ids_of, strict=True):
        row["id"] = named["id"]
        row.pop("slug", None)
    write("provinces", PROVINCE_COLUMNS, provinces)
    write("hospitals", HOSPITAL_COLUMNS, hospitals)
    print(f"{len(provinces)} rows of provinces, {len(hospitals)} hospitals")


if __name__ == "__main__":
    main()
