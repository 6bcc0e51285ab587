"""A finding: what a check yields, whether or not the limit is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["ok", "note", "warn", "block"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to one subject. ``measured`` and ``limit`` share ``unit``."""

    rule: str
    source: str
    subject: str
    measured: float
    limit: float | None
    unit: str
    severity: Severity
    sentence: str
    sentence_zh: str
    source_zh: str = ""

    def as_dict(self) -> dict[str, object]:
        """The same as a JSON-ready dictionary."""
        return asdict(self)
