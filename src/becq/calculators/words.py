"""Words in both languages, as calculators carry them: the command line prints English, pages choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A text in English and in Chinese."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en


NOTHING = Words("", "")
