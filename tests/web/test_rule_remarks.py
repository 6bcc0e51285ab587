"""What is wrong with a rule or a document, as the core says it, is Chinese on Chinese pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from becq.errors import InputError, ProblemsError
from becq.rules.document import parse_document
from becq.rules.rule import make_rule
from becq.rules.rulebook import parse_rules
from becq.web.problems import say

RULE = {
    "id": "own-store",
    "jurisdiction": "CN",
    "subject": "holding",
    "quantity": "activity_bq",
    "comparison": "<=",
    "limit": "4",
    "unit": "GBq",
    "severity": "warn",
    "title_zh": "碘库",
    "sentence_zh": "{label}",
    "source": "院内规定",
}
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
QUOTED = re.compile(r"“.*?”|例如.*|可用.*有 .*|可选值.*|可取.*|对象有.*|'[^']*'")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def in_chinese(sentence: str) -> str:
    with translation.override("zh-hans"):
        return say(sentence)


def check(*sentences: str) -> None:
    for sentence in filter(None, sentences):
        told = in_chinese(sentence)
        assert CHINESE.search(told), sentence
        assert not ENGLISH.search(QUOTED.sub("", told)), (sentence, told)


@pytest.mark.parametrize(
    "cells",
    [
        {"condition": "nuclide ="},
        {"condition": "nuclid = 'I-131'"},
        {"condition": "zebra > 1"},
        {"condition": "activity_bq"},
        {"condition": "site_kind = 'Hospital'"},
        {"condition": "site_kind = 'clinic'"},
        {"condition": "nuclide = 'F18'"},
        {"condition": "day >= '2026-01-01'"},
        {"condition": "day > 5"},
        {"condition": "day > DATE 'tomorrow'"},
        {"condition": "activity_bq > 'much'"},
        {"condition": "activity_bq::int > 1"},
        {"condition": "CAST(activity_bq AS INT) > 1"},
        {"condition": "activity_bq > 1" + " + 1" * 400},
        {"quantity": "SUM(activity_bq)"},
        {"quantity": "COALESCE(activity_bq, 1) OVER x"},
        {"quantity": "nuclide"},
        {"quantity": "5"},
        {"limit": "nan"},
        {"unit": "pints"},
        {"unit": "mSv"},
        {"unit": ""},
        {"severity": "stop"},
        {"comparison": "="},
        {"subject": "xyz"},
        {"sentence_zh": "{zebra}"},
        {"source": ""},
    ],
)
def test_a_wrong_rule(cells: dict[str, str]) -> None:
    made, flaws = make_rule({**RULE, **cells})
    assert made is None
    for flaw in flaws:
        check(flaw.message, flaw.remedy)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("worker", {"person_kind": "nurse"}),
        ("worker", {"person_kind": 3}),
        ("worker", {"effective_dose_sv": -1}),
        ("worker", {"effective_dose_sv": "6 mSv"}),
        ("worker", {"effective_dose_sv": float("inf")}),
        ("worker", {"day": "tomorrow"}),
        ("worker", {"dose": 1}),
        ("package", {"transport_index": -1, "transport_index_x": 1}),
        ("filing", {"filed": "yes"}),
        ("discharge", {"nuclide": 5}),
        ("discharge", {"nuclide": "xy"}),
        ("use", {"use_class": 9}),
        ("workers", {}),
        ("worker", None),
    ],
)
def test_wrong_facts(kind: str, row: dict[str, Any] | None) -> None:
    body = {"facts": {kind: [row] if row is not None else []}}
    for problem in _problems(json.dumps(body).encode(), "d.json"):
        check(problem.message, problem.remedy)


def _problems(content: bytes, name: str) -> Any:
    read: Callable[[bytes, str], object] = parse_rules if name.endswith(".csv") else parse_document
    with pytest.raises(ProblemsError) as caught:
        read(content, name)
    return caught.value.problems


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'{"facts": {"worker": [], "worker": []}}', "d.json"),
        (b"{", "d.json"),
        (b"id;limit\n1;2", "own.csv"),
        (b"id,limit,zebra\n1,2,3", "own.csv"),
        ("标题".encode("gb18030"), "own.csv"),
        (b'{"waste": {"at": "2026-01-01 08:00", "containers": ['
         b'{"id": "b", "closed": "2026-01-01 08:00", "contents": [{"nuclide": "I-131", "activity": "1 GBq"}]},'
         b'{"id": "b", "closed": "2026-01-01 08:00", "contents": [{"nuclide": "I-131", "activity": "1 GBq"}]}]}}',
         "d.json"),
    ],
)  # fmt: skip
def test_wrong_files(content: bytes, name: str) -> None:
    for problem in _problems(content, name):
        check(problem.message, problem.remedy)


@pytest.mark.parametrize("content", [b'{"facts": []}', b"\xff\xfe", b"[" * 100_000, b"[]"])
def test_what_is_no_document(content: bytes) -> None:
    with pytest.raises((InputError, ProblemsError)) as caught:
        parse_document(content, "d.json")
    if not isinstance(caught.value, ProblemsError):
        check(str(caught.value))


def test_english_pages_say_what_the_core_says() -> None:
    with translation.override("en"):
        assert say("a day is compared with text; write it as DATE '2026-12-07'").startswith("a day is")
