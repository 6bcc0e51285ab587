"""The national survey by province: ``survey.csv`` to ``provinces.csv`` of ``examples/china/tables``."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from becq.chain.divisions import Division, divisions, province_of

EXAMPLES = Path(__file__).parents[1] / "examples"
TABLES = EXAMPLES / "china" / "tables"
YEAR = "2019"
"""The newest survey year for which a count of all departments was found."""
OUTSIDE = ("71", "81", "82")
"""The survey covers the mainland."""
QUANTITIES = ("departments", "pet_scanners", "spect_scanners", "therapy_departments", "therapy_beds")
NATIONAL_NOTES = {
    "2020": "only the institutes that answered, no census",
    "2024": "rounded in the source, which does not say of which year the figures are",
}
APPORTIONED = (
    "apportioned: {}; the national figure less the provinces that have their own: departments by the mean of "
    "the share of population (census 2020) and the share of class-A third-grade hospitals "
    "(third_grade_hospitals.csv), the others by departments"
)
PROVINCE_COLUMNS = (
    *("row_type", "division", "name_en", "name_zh", "year", "chosen", *QUANTITIES, "therapy_wards"),
    *("pet_institutes", "spect_institutes", "population", "third_grade_hospitals", "source", "assumption"),
)

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
    pinned: dict[str, int] = {}
    while True:
        rest = total - sum(pinned.values())
        free = {key: weight for key, weight in weights.items() if key not in pinned}
        exact = {key: rest * weight / sum(free.values()) for key, weight in free.items()}
        short = {key: least[key] for key, value in exact.items() if value < least.get(key, 0)}
        if not short:
            break
        pinned |= short
    shares = {key: int(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (exact[key] - shares[key], key), reverse=True)
    for key in order[: rest - sum(shares.values())]:
        shares[key] += 1
    return {key: pinned.get(key, shares.get(key, 0)) for key in weights}


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
    return [p for p in divisions().values() if p.level == "province" and p.code[:2] not in OUTSIDE]


def make_provinces(survey: Survey, sichuan: list[Row], third_grade: list[Row]) -> list[Row]:
    """National rows by survey year, then one row per province."""
    third = Counter(province_of(row["division"]).code for row in third_grade)
    people = {p.code: int((survey.own(p.code, "population") or {"value": "0"})["value"]) for p in mainland()}
    weights = {
        code: people[code] / sum(people.values()) / 2 + third[code] / third.total() / 2 for code in people
    }
    known = Counter(province_of(row["county"]).code for row in sichuan)
    known_pet = Counter(province_of(row["county"]).code for row in sichuan if row["has_pet"] == "true")
    table: dict[str, Mapping[str, int]] = {}

    def at_least(quantity: str, code: str) -> int:
        """At least one, one department for each PET scanner a source gives, all of the Sichuan example."""
        if quantity == "departments":
            return max(1, known[code], survey.value(YEAR, code, "pet_scanners") or 0)
        return known_pet[code] if quantity == "pet_scanners" else 1

    for quantity in QUANTITIES:
        fixed = {code: int(row["value"]) for code in people if (row := survey.own(code, quantity))}
        least = {code: at_least(quantity, code) for code in people}
        by = table.get("departments", weights)
        rest = {code: float(weight) for code, weight in by.items() if code not in fixed}
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
            "assumption": NATIONAL_NOTES.get(year, ""),
        }  # fmt: skip
