"""What somebody may have meant: the remedy for a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_FEW = 8


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy that names the closest known word, or nothing where none is close."""
    names = sorted(set(known))
    folded = {name.casefold(): name for name in reversed(names)}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if not close:  # a part of the name: 'limit' for 'possession_limit'
        close = [name for name in folded if word.casefold() in name.split("_")][:1]
    return f"did you mean '{folded[close[0]]}'?" if close else ""


def where_defined(word: str, section: str, known: Iterable[str]) -> str:
    """The remedy for an identifier that no row of ``section`` has."""
    names = sorted(known)
    meant = did_you_mean(word, names)
    if meant:
        return meant
    return f"define it under {section}" + (f", or use {', '.join(names)}" if 0 < len(names) <= _FEW else "")


__all__ = ["did_you_mean", "where_defined"]
