"""English names of Chinese hospitals by rule: known words translated in their order, the rest in pinyin.

Development only (needs pypinyin). Places are spelt as in ``divisions.csv``. The result is a working name,
not the hospital's own English name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from china_hospital_numbers import numbered
from china_hospital_words import WORDS

from becq.chain.divisions import divisions, stem

ORDINALS = (
    *("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"),
    *("Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth"),
    *("Eighteenth", "Nineteenth"),
)
ONES = "一二三四五六七八九"
NUMBERS = {
    ("十" if n > 9 else "") + (ONES[n % 10 - 1] if n % 10 else ""): ORDINALS[n - 1] for n in range(1, 20)
}
ORDINAL = re.compile(
    r"第(十?[一二三四五六七八九]|十)(?![一二三四五六七八九十百零〇○])"
    r"|(十?[一二三四五六七八九]|十)(?=(人民|附属|临床|中心|中西|中医|医|院|军|康))"
)
BARE = re.compile(r"[（(].*?[）)]")


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """English for the names of divisions, with and without the word for the kind."""
    found: dict[str, str] = {}
    for level in ("province", "prefecture", "county"):
        for place in divisions().values():
            if place.level == level:
                found.setdefault(place.name_zh, place.name_en)
                short = stem(place.name_zh)
                if len(short) > 1:
                    kinds = r" (Autonomous )?(City|District|County|Banner|League|Prefecture)$"
                    found.setdefault(short, re.sub(kinds, "", place.name_en))
                    found.setdefault(short + "省立", f"{place.name_en} Provincial")
    return found


@lru_cache(maxsize=1)
def vocabulary() -> tuple[dict[str, str], int]:
    words = {**places(), **WORDS}
    return words, max(map(len, words))


def pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text)).capitalize()


def translate(name: str) -> str:
    """A working English name."""
    words, longest = vocabulary()
    text = BARE.sub("", name).strip() or name
    text = numbered(text)
    parts: list[str] = []
    rest = ""
    place = 0

    def flush() -> None:
        nonlocal rest
        if rest:
            han = re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", rest)
            for h in han:
                number = f"No. {h}" if h.isdigit() else h.strip()
                parts.append(pinyin(h) if h[0] >= "\u4e00" else number)
            rest = ""

    while place < len(text):
        size = next(
            (n for n in range(min(longest, len(text) - place), 0, -1) if text[place : place + n] in words), 0
        )
        number = ORDINAL.match(text, place) if size < 3 else None
        if number:
            flush()
            parts.append(NUMBERS[number[1] or number[2]])
            place = number.end()
            continue
        if size:
            flush()
            parts.append(words[text[place : place + size]])
            place += size
        else:
            rest += text[place]
            place += 1
    flush()
    return re.sub(r"\s+", " ", " ".join(part for part in parts if part)).strip()
