"""A finding: what a check yields, whether or not the limit is kept."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["ok", "note", "warn", "block"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to one subject.

    :ivar measured: and ``limit`` are in ``unit``; None where they are not known.
    :ivar margin: share of the limit that is left, negative where it is broken; None where there is none.
    :ivar remedy: what to do about it.
    :ivar missing: short names of what is not known, where it could not be judged.
    :ivar note: what of the source was not read, or how it is taken.
    :ivar count: how many subjects it stands for.
    """

    rule: str
    source: str
    subject: str
    measured: float | None
    limit: float | None
    unit: str
    severity: Severity
    sentence: str
    sentence_zh: str
    source_zh: str = ""
    title: str = ""
    title_zh: str = ""
    margin: float | None = None
    remedy: str = ""
    remedy_zh: str = ""
    subject_zh: str = ""
    day: str = ""
    missing: tuple[str, ...] = ()
    missing_zh: tuple[str, ...] = ()
    note: str = ""
    note_zh: str = ""
    count: int = 1

    def as_dict(self) -> dict[str, object]:
        """The same as a JSON-ready dictionary; what is without bound is None there."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }
