"""Suggestions among few and among many names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import pytest

from becq.chain.divisions import divisions
from becq.chain.suggestion import did_you_mean, where_defined

MANY = [f"H{number:04}" for number in range(1300)]


def best(word: str, names: Iterable[str]) -> str:
    """The answer of comparing with every name in full."""
    folded = {name.casefold(): name for name in sorted(names, reverse=True)}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"did you mean '{folded[close[0]]}'?" if close else ""


@pytest.mark.parametrize("word", ["HH0327", "h0012", "H1299x", "1023", "X", ""])
def test_among_many_names(word: str) -> None:
    assert did_you_mean(word, MANY) == best(word, MANY)
    assert best("HH0327", MANY) == "did you mean 'H0327'?"


def test_only_some_names_compared_in_full_give_the_same_answer() -> None:
    names = frozenset(place.name_en for place in divisions().values() if place.level == "prefecture")
    assert len(names) > 300
    broken = [name[:3] + name[4:] for name in names]
    assert [did_you_mean(word, names) for word in broken] == [best(word, names) for word in broken]


def test_part_of_a_name() -> None:
    assert did_you_mean("limit", ["possession_limit", "nuclide"]) == "did you mean 'possession_limit'?"


def test_where_it_would_be_defined() -> None:
    assert where_defined("zzz", "sites", ["B", "A"]) == "define it under sites, or use A, B"
    assert where_defined("zzz", "sites", MANY) == "define it under sites"
    assert where_defined("zzz", "sites", []) == "define it under sites"
