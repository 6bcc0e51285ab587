"""The Chinese catalogue: complete, without leftovers, and with the same placeholders."""

from __future__ import annotations

import re

from messages import catalogue, missing, used

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_a_chinese_translation():
    assert [f"{each.place}: {each.text}" for each in missing()] == []


def test_the_catalogue_holds_nothing_that_is_not_used():
    wanted = {(each.context, each.text) for each in used()}
    entries = {
        (entry.context or "", entry.id if isinstance(entry.id, str) else entry.id[0])
        for entry in catalogue()
        if entry.id
    }
    assert entries - wanted == set()


def test_placeholders_agree():
    for entry in catalogue():
        if not entry.id:
            continue
        texts = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for string in strings:
            assert set(_PLACEHOLDER.findall(string)) == set(_PLACEHOLDER.findall(texts[-1])), entry.id
