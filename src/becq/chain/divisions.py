"""Provinces, prefectures and counties of China: codes of GB/T 2260, names and seats.

Table: ``becq/data/divisions.csv`` (``scripts/build_divisions.py``); docs/reference-data.md says where the
codes, names and points come from. Points are WGS84 in degrees, rounded to 0.01 (about 1 km). Municipalities
and a few counties stand directly under their province, so a code may have a province and no prefecture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from becq.chain.suggestion import did_you_mean
from becq.errors import InputError
from becq.physics.elements import read_table

Level = Literal["province", "prefecture", "county"]

SUFFIXES = (
    *("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗"),
    *("地区", "林区", "特区", "省", "市", "区", "县", "盟", "旗"),
)
"""Words for the kind of division, longest first: a name is found with or without them."""


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division.

    :ivar parent: code of the division above, None for a province.
    :ivar lat: latitude of the seat in degrees (WGS84), None where no source gives it; ``lon`` likewise.
    :ivar coord_basis: what the point is: the seat, the seat of the unit it came from, a point inside it.
    :ivar name_en_basis: whether the English name is a source's or pinyin.
    """

    code: str
    name_zh: str
    name_en: str
    level: Level
    parent: str | None
    lat: float | None
    lon: float | None
    coord_basis: str
    name_en_basis: str
    source: str


@lru_cache(maxsize=1)
def divisions() -> Mapping[str, Division]:
    """All divisions by code, in order of the code."""
    return MappingProxyType({row["code"]: _division(row) for row in read_table("divisions.csv")})


def division(code: str) -> Division:
    """The division of a six-digit code.

    Raises InputError for a code that the table does not have.
    """
    found = divisions().get(code)
    if found is None:
        raise InputError(f"'{code}' is not a code of GB/T 2260: {_remedy(code)}")
    return found


def province_of(code: str) -> Division:
    """The province that a division lies in (itself for a province)."""
    return next(place for place in ancestry(code) if place.level == "province")


def prefecture_of(code: str) -> Division | None:
    """The prefecture that a division lies in, None where it stands directly under its province."""
    return next((place for place in ancestry(code) if place.level == "prefecture"), None)


def ancestry(code: str) -> Iterator[Division]:
    """A division and those above it, the nearest first."""
    place = division(code)
    yield place
    while place.parent is not None:
        place = division(place.parent)
        yield place


def is_within(code: str, outer: str) -> bool:
    """Whether a division is ``outer`` or lies in it."""
    return any(place.code == outer for place in ancestry(code))


def find(name: str, within: str | None = None) -> Division:
    """The division of a Chinese name, with or without its last word (成都 for 成都市), or an English name.

    :param within: code of a division it must lie in, for the names that more than one county has.

    The full name goes first, then the highest level: 吉林 is the province, 吉林市 the city. Raises InputError
    where none or more than one remains.
    """
    word = name.strip()
    if within is not None:
        division(within)
    options = [divisions()[code] for code in _by_name().get(word.casefold(), ())]
    if within is not None:
        options = [place for place in options if is_within(place.code, within)]
    full = [place for place in options if place.name_zh == word]
    options = full or options
    highest = [place for place in options if place.level == options[0].level]
    if len(highest) == 1:
        return highest[0]
    where = f" in {division(within).name_zh}" if within else ""
    if highest:
        several = ", ".join(f"{place.code} ({_path(place)})" for place in highest[:8])
        raise InputError(f"'{word}'{where} is more than one division: {several}; give the code or within")
    inside = (place for place in divisions().values() if within is None or is_within(place.code, within))
    meant = did_you_mean(word, (name for place in inside for name in (place.name_zh, place.name_en)))
    raise InputError(f"no division is called '{word}'{where}" + (f": {meant}" if meant else ""))


def _path(place: Division) -> str:
    return "".join(above.name_zh for above in reversed(list(ancestry(place.code))))


def _remedy(code: str) -> str:
    for known in (code[:4] + "00", code[:2] + "0000"):
        if len(code) == 6 and known in divisions():
            return f"{known} is {divisions()[known].name_zh}"
    return "six digits are wanted, as 510100 for 成都市"


def stem(name: str) -> str:
    """A Chinese name without the word for its kind, where at least two characters remain."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """Codes by every word a division is known by, the higher levels first."""
    words: dict[str, list[str]] = {}
    for level in ("province", "prefecture", "county"):
        for place in divisions().values():
            if place.level == level:
                for word in {place.name_zh, stem(place.name_zh), place.name_en.casefold()}:
                    words.setdefault(word, []).append(place.code)
    return {word: tuple(codes) for word, codes in words.items()}


def _division(row: dict[str, str]) -> Division:
    return Division(
        row["code"],
        row["name_zh"],
        row["name_en"],
        row["level"],  # type: ignore[arg-type]
        row["parent"] or None,
        float(row["lat"]) if row["lat"] else None,
        float(row["lon"]) if row["lon"] else None,
        row["coord_basis"],
        row["name_en_basis"],
        row["source"],
    )


__all__ = [
    "Division",
    "Level",
    "ancestry",
    "division",
    "divisions",
    "find",
    "is_within",
    "prefecture_of",
    "province_of",
    "stem",
]
