"""Serial numbers of hospitals, which the lists write in many ways: 二〇二, 二○二, 第二零二, 第八十九."""

from __future__ import annotations

import re

DIGITS = str.maketrans("零〇○ＯO０o一二三四五六七八九", "0000000123456789")
SERIAL = re.compile("第?([零〇○ＯO０o0-9一二三四五六七八九]{2,})(?=(中心|工厂)?(职工)?医院)")
TENS = re.compile("第([一二三四五六七八九])十([一二三四五六七八九]?)(?=(中心)?医院)")


def numbered(text: str) -> str:
    """Serial numbers in Arabic digits, without 第: 第二○二医院 and 第八十九医院 become 202医院 and 89医院."""
    text = TENS.sub(lambda found: (found[1] + (found[2] or "零")).translate(DIGITS), text)
    return SERIAL.sub(lambda found: found[1].translate(DIGITS), text)
