"""What somebody may have meant: the remedy for a word that is not known."""

from __future__ import annotations

import difflib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

_FEW = 8
_COMPARED = 64
"""Of many names, the ones with most pairs of letters in common with the word are compared in full."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy that names the closest known word, or nothing where none is close."""
    return _did_you_mean(word, known if isinstance(known, frozenset) else frozenset(known))


def where_defined(word: str, section: str, known: Iterable[str]) -> str:
    """The remedy for an identifier that no row of ``section`` has."""
    names = known if isinstance(known, frozenset) else frozenset(known)
    meant = _did_you_mean(word, names)
    if meant:
        return meant
    few = f", or use {', '.join(sorted(names))}" if 0 < len(names) <= _FEW else ""
    return f"define it under {section}{few}"


@lru_cache(maxsize=20_000)
def _did_you_mean(word: str, known: frozenset[str]) -> str:
    folded, pairs = _folded(known)
    text = word.casefold()
    candidates: Iterable[str] = folded
    if len(folded) > _COMPARED:
        shared: Counter[str] = Counter()
        for pair in _pairs(text):
            shared.update(pairs.get(pair, ()))
        candidates = heapq.nsmallest(_COMPARED, shared, key=lambda name: (-shared[name], name))
    close = difflib.get_close_matches(text, candidates, n=1, cutoff=0.6)
    if not close:  # a part of the name: 'limit' for 'possession_limit'
        close = [name for name in folded if text in name.split("_")][:1]
    return f"did you mean '{folded[close[0]]}'?" if close else ""


@lru_cache(maxsize=64)
def _folded(known: frozenset[str]) -> tuple[Mapping[str, str], Mapping[str, Sequence[str]]]:
    """Names by their spelling without case, and these spellings by the pairs of letters in them."""
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    pairs: dict[str, list[str]] = defaultdict(list)
    for name in folded:
        for pair in _pairs(name):
            pairs[pair].append(name)
    return folded, pairs


def _pairs(text: str) -> set[str]:
    framed = f" {text} "
    return {framed[at : at + 2] for at in range(len(framed) - 1)}


__all__ = ["did_you_mean", "where_defined"]
