"""Names and identifiers of the hospitals of China: readable, unique, without numbers spelt in pinyin."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
HOSPITALS = ROOT / "examples" / "china" / "tables" / "hospitals.csv"
ORDINALS = {
    **{"一": "First", "二": "Second", "三": "Third", "四": "Fourth", "五": "Fifth", "六": "Sixth"},
    **{"七": "Seventh", "八": "Eighth", "九": "Ninth", "十": "Tenth", "十二": "Twelfth"},
}

Row = dict[str, str]


def bare(name: str) -> str:
    return re.sub(r"[（(].*?[）)]", "", name)


@pytest.fixture(scope="module")
def hospitals() -> list[Row]:
    with HOSPITALS.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_english_names_are_unique(hospitals: list[Row]) -> None:
    names = Counter(row["name_en"].casefold() for row in hospitals)
    assert [name for name, number in names.items() if number > 1] == []


def test_numbers_are_not_spelt_in_pinyin(hospitals: list[Row]) -> None:
    checked = 0
    for row in (row for row in hospitals if row["name_en_basis"] == "translation by rule"):
        name = bare(row["name_zh"])
        for number in re.findall("第(十?[一二三四五六七八九]|十)(?![一二三四五六七八九十百零〇○0])", name):
            checked += 1
            assert ORDINALS[number] in row["name_en"], (name, row["name_en"])
        serial = re.search("[零〇○ＯO0-9一二三四五六七八九]{2,}(?=(中心)?医院)", name)
        if serial and "第" + serial[0] + "人民" not in name:
            checked += 1
            assert re.search(r"\d", row["name_en"]), (name, row["name_en"])
        assert not re.search(r"\bDi(yi|er|san|si|wu|liu|qi|ba|jiu|shi)", row["name_en"]), row["name_en"]
    assert checked > 350


def test_common_words_are_not_left_in_pinyin(hospitals: list[Row]) -> None:
    common = (
        "Yiyuan|Zhongxin|Shizhong|Guanliju|Budui|Bing|Zhihuibu|Naoxike|Yanjiusuo|Waike|Jianyu|Baojian|Jiankang"
        "|Paobing|Gongsi|Jituan|Kuangwuju|Renmin|Fushu|Daxue|Xueyuan|Zhongyi|Zhigong|Youhao|Nan|Ke|Ju|Xin"
    )
    rows = [row for row in hospitals if row["name_en_basis"] == "translation by rule"]
    bad = [
        r["name_en"]
        for r in rows
        if re.search(rf"(?i)\b({common})\b|(guanliju|yanjiusuo|waike)", r["name_en"])
    ]
    assert bad == []
    twice = [r["name_en"] for r in rows if any(a == b != "Run" for a, b in pairwise(r["name_en"].split()))]
    assert twice == []


def test_identifiers_are_short_unique_and_cut_after_a_word(hospitals: list[Row]) -> None:
    assert len({row["id"] for row in hospitals}) == len(hospitals)
    assert max(len(row["id"]) for row in hospitals) <= 64
    for row in (row for row in hospitals if row["name_en_basis"] == "translation by rule"):
        words = re.sub(r"[^a-z0-9]+", "-", row["name_en"].lower().replace("'", "")).split("-")
        ours = re.sub(r"-[0-9]{6}(-[0-9]+)?$", "", row["id"]).split("-")
        assert ours == words[: len(ours)], row["id"]


@given(words=st.lists(st.text("abcxyz", min_size=1, max_size=12), min_size=1, max_size=14))
def test_a_cut_identifier_is_whole_words_and_as_many_as_fit(words: list[str]) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from build_china_hospitals import slug
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    kept = slug(" ".join(words)).split("-")
    assert kept == words[: len(kept)]
    assert len("-".join(kept)) <= 64
    assert len(kept) == len(words) or len("-".join(words[: len(kept) + 1])) > 64


@pytest.mark.parametrize(
    ("name_zh", "name_en"),
    [
        ("广州市第十二人民医院", "Guangzhou Twelfth People's Hospital"),
        ("中国人民解放军第八十九医院", "PLA No. 89 Hospital"),
        ("中国人民解放军第三零五医院（305医院）", "PLA No. 305 Hospital"),
        ("天津市脑系科中心医院", "Tianjin Neurology Central Hospital"),
        ("襄阳市中心医院", "Xiangyang Central Hospital"),
        ("吉安市中心人民医院", "Ji'an Central People's Hospital"),
        ("中日友好医院", "China-Japan Friendship Hospital"),
        (
            "武警新疆生产建设兵团指挥部医院",
            "Armed Police Xinjiang Production and Construction Corps Command Hospital",
        ),
    ],
)
def test_names_are_translated_word_by_word(
    monkeypatch: pytest.MonkeyPatch, name_zh: str, name_en: str
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from china_hospital_names import translate

    assert translate(name_zh) == name_en
