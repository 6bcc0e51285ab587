"""English names of Chinese hospitals by rule: known words translated in their order, the rest in pinyin.

Development only (needs pypinyin). Places are spelt as in ``divisions.csv``. The result is a working name,
not the hospital's own English name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from becq.chain.divisions import divisions, stem

WORDS = {
    "上海交通大学": "Shanghai Jiao Tong University",
    "西安交通大学": "Xi'an Jiaotong University",
    "西南交通大学": "Southwest Jiaotong University",
    "中山大学": "Sun Yat-sen University",
    "华中科技大学": "Huazhong University of Science and Technology",
    "北京大学": "Peking University",
    "清华大学": "Tsinghua University",
    "军医大学": "Military Medical University",
    "科技大学": "University of Science and Technology",
    "中日": "China-Japan",
    "联谊": "Union",
    "中医学院": "College of TCM",
    "中医科学院": "Academy of TCM",
    "研究院": "Academy",
    "保健中心": "Health Center",
    "妇女儿童医疗保健中心": "Women and Children's Health Center",
    "唐都": "Tangdu",
    "长征": "Changzheng",
    "长海": "Changhai",
    "长庚": "Chang Gung",
    "仁济": "Renji",
    "瑞金": "Ruijin",
    "华山": "Huashan",
    "立医院": "Municipal Hospital",
    "自治区人民医院": "People's Hospital",
    "原": "former",
    "医科大学": "Medical University",
    "中医药大学": "University of TCM",
    "医药大学": "University of Medicine",
    "理工大学": "University of Technology",
    "师范大学": "Normal University",
    "大学": "University",
    "医学院": "Medical College",
    "医学部": "Health Science Center",
    "医专": "Medical College",
    "医学高等专科学校": "Medical College",
    "学院": "College",
    "中国医学科学院": "CAMS",
    "附属": "Affiliated",
    "临床": "Clinical",
    "教学": "Teaching",
    "人民医院": "People's Hospital",
    "中心医院": "Central Hospital",
    "总医院": "General Hospital",
    "中西医结合医院": "Integrated TCM Hospital",
    "中医医院": "TCM Hospital",
    "中医院": "TCM Hospital",
    "肿瘤医院": "Cancer Hospital",
    "肿瘤防治中心": "Cancer Center",
    "肿瘤": "Cancer",
    "儿科医院": "Children's Hospital",
    "肺科": "Pulmonary",
    "儿童医院": "Children's Hospital",
    "胸科医院": "Chest Hospital",
    "心血管病医院": "Cardiovascular Hospital",
    "心血管": "Cardiovascular",
    "传染病医院": "Infectious Disease Hospital",
    "妇女儿童": "Women and Children's",
    "综合医院": "General Hospital",
    "医疗中心": "Medical Center",
    "医学中心": "Medical Center",
    "急救中心": "Emergency Center",
    "医院": "Hospital",
    "市立": "Municipal",
    "省立": "Provincial",
    "直属": "Provincial",
    "协和": "Union",
    "同济": "Tongji",
    "华侨": "Overseas Chinese",
    "友谊": "Friendship",
    "红十字会": "Red Cross",
    "红十字": "Red Cross",
    "铁路": "Railway",
    "职工": "Workers'",
    "工人": "Workers'",
    "中国人民解放军": "PLA",
    "解放军": "PLA",
    "军区": "Military Region",
    "空军": "Air Force",
    "海军": "Navy",
    "武警": "Armed Police",
    "总队": "Corps",
    "油田": "Oilfield",
    "矿务局": "Mining Bureau",
    "矿业集团": "Mining Group",
    "钢铁": "Iron and Steel",
    "集团": "Group",
    "公司": "Company",
    "总厂": "Works",
    "生产建设兵团": "Production and Construction Corps",
    "兵团": "Corps",
    "农垦": "State Farms",
    "林业": "Forestry",
    "电力": "Electric Power",
    "交通": "Communications",
    "航天": "Aerospace",
    "航空": "Aviation",
    "核工业": "Nuclear Industry",
    "煤炭": "Coal",
    "石油": "Petroleum",
    "国际": "International",
    "中国": "China",
    "首都": "Capital",
    "华北": "North China",
    "东北": "Northeast",
    "西北": "Northwest",
    "西南": "Southwest",
    "东南": "Southeast",
    "中南": "Central South",
    "南方": "Southern",
    "新区": "New Area",
    "民族": "Nationalities",
    "回民": "Hui",
    "老年": "Geriatric",
    "康复": "Rehabilitation",
    "干部": "Cadres'",
    "卫生": "Health",
    "医药": "Medical",
    "医疗": "Medical",
    "医学": "Medical",
    "科学": "Science",
    "开发区": "Development Zone",
    "自治区": "Autonomous Region",
    "自治州": "Prefecture",
    "地区": "Prefecture",
    "省": "Provincial",
    "市": "",
    "州": "Prefecture",
    "县": "County",
    "区": "District",
    "旗": "Banner",
}
NUMBERS = dict(
    zip(
        "一二三四五六七八九十",
        ["First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"],
        strict=True,
    )
)
ORDINAL = re.compile(r"第?([一二三四五六七八九十])(?=(人民|附属|临床|中心|中西|中医|医|院|军|康))")
DIGITS = str.maketrans("零〇ＯO一二三四五六七八九", "0000123456789")
SERIAL = re.compile("第?([零〇ＯO一二三四五六七八九]{2,})(?=(中心)?医院)")
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


def translate(name: str) -> str:
    """A working English name."""
    from pypinyin import lazy_pinyin

    words, longest = vocabulary()
    text = BARE.sub("", name).strip() or name
    text = SERIAL.sub(lambda found: found[1].translate(DIGITS), text)
    parts: list[str] = []
    rest = ""
    place = 0

    def flush() -> None:
        nonlocal rest
        if rest:
            han = re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", rest)
            parts.extend("".join(lazy_pinyin(h)).capitalize() if h[0] >= "\u4e00" else h.strip() for h in han)
            rest = ""

    while place < len(text):
        number = ORDINAL.match(text, place)
        if number:
            flush()
            parts.append(NUMBERS[number[1]])
            place = number.end()
            continue
        size = next(
            (n for n in range(min(longest, len(text) - place), 0, -1) if text[place : place + n] in words), 0
        )
        if size:
            flush()
            parts.append(words[text[place : place + size]])
            place += size
        else:
            rest += text[place]
            place += 1
    flush()
    return re.sub(r"\s+", " ", " ".join(part for part in parts if part)).strip()
