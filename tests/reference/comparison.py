"""What Becq computes beside each published value of this folder.

A module for each field gives :class:`Comparison` rows for its files, and for rows that cannot be recomputed
the reason. ``test_published.py`` holds them to ``deviations.csv``; ``scripts/build_validation.py`` draws them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
HOUR_S, DAY_S = 3600.0, 86400.0
TOLERANCE = 0.1
"""Deviations above this are explained, row by row, in deviations.csv."""

FILES = {
    "accelerator_yields.csv": "beams",
    "photonuclear_yields.csv": "beams",
    "stopping_powers.csv": "beams",
    "monitor_cross_sections.csv": "beams",
    "reactor_yields.csv": "neutrons",
    "cross_sections_published.csv": "neutrons",
    "fission_production.csv": "fission",
    "gamma_constants.csv": "photons",
    "shielding.csv": "photons",
    "buildup_factors.csv": "photons",
    "half_life_values.csv": "decays",
    "half_lives.csv": "decays",
    "generator_values.csv": "decays",
    "technetium_fraction.csv": "decays",
    "generator_maximum.csv": "decays",
    "decay_chains.csv": "decays",
}
"""Each file of published values and the module that recomputes it."""
FROM_FOLDER = ("accelerator_yields.csv", "monitor_cross_sections.csv", "stopping_powers.csv")
"""Files that need the folder of evaluated nuclear data."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published value and what is computed for it, in the same unit.

    :ivar computed: None where the row cannot be recomputed; ``why`` then says the reason in a few words.
    :ivar basis: data that the computed value rests on, for explaining a difference.
    """

    file: str
    subject: str
    condition: str
    published: float
    computed: float | None
    unit: str
    kind: str
    source: str
    note: str = ""
    why: str = ""
    basis: str = ""

    @property
    def ratio(self) -> float | None:
        """Computed per published."""
        return None if self.computed is None or not self.published else self.computed / self.published

    @property
    def deviates(self) -> bool:
        """Whether it differs by more than the tolerance."""
        return self.ratio is not None and abs(self.ratio - 1) > TOLERANCE


@dataclass(frozen=True, slots=True)
class Deviation:
    """An explanation: which rows it is for, between which ratios they lie, and why.

    :ivar subjects: one or more subjects, all of them if empty.
    :ivar where: regular expression that is searched in "condition | source".
    """

    file: str
    subjects: tuple[str, ...]
    where: str
    low: float
    high: float
    reason: str

    def covers(self, row: Comparison) -> bool:
        """Whether this explanation is for that row."""
        return (
            row.file == self.file
            and (not self.subjects or row.subject in self.subjects)
            and re.search(self.where, f"{row.condition} | {row.source}") is not None
        )


def rows_of(file: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file of this folder."""
    with (HERE / file).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


@lru_cache(maxsize=32)
def compare(file: str) -> tuple[Comparison, ...]:
    """Every row of a file beside what is computed for it; () for a file that is not there."""
    if not (HERE / file).exists():
        return ()
    function: Callable[[], Iterable[Comparison]] = getattr(
        import_module(FILES[file]), file.removesuffix(".csv")
    )
    return tuple(function())


@lru_cache(maxsize=1)
def deviations() -> tuple[Deviation, ...]:
    """The explanations of deviations.csv."""
    return tuple(
        Deviation(
            row["file"],
            tuple(s.strip() for s in row["subject"].split(";") if s.strip()),
            row["where"],
            float(row["low"]),
            float(row["high"]),
            row["reason"],
        )
        for row in rows_of("deviations.csv")
    )
