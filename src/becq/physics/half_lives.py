"""Standard uncertainties of half-lives, and where the half-lives of ICRP-107 are out of date.

Becq decays with ICRP-107, which prints no uncertainties. They are taken from NUBASE2020 (Kondev et al. 2021,
Chinese Physics C 45, 030001), table ``becq/data/half_life_uncertainties.csv``: 1248 of the 1252 nuclides,
made by ``scripts/build_half_life_uncertainties.py``. NUBASE's own half-lives stand beside them, so that a
difference between the two is seen and not hidden behind a small uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from becq.physics import decay_data
from becq.physics.elements import read_table


@dataclass(frozen=True, slots=True)
class EvaluatedHalfLife:
    """A half-life as the source of its uncertainty gives it, beside the one that Becq uses.

    :ivar half_life_s: the value of the source in s.
    :ivar uncertainty_s: its standard uncertainty (k = 1) in s.
    :ivar used_s: the value of ICRP-107 in s, with which everything is computed.
    :ivar source: citation.
    :ivar note: how the state was matched, where names differ; else "".
    """

    name: str
    half_life_s: float
    uncertainty_s: float
    used_s: float
    source: str
    note: str

    @property
    def difference(self) -> float:
        """(ICRP-107 − source)/source."""
        return (self.used_s - self.half_life_s) / self.half_life_s

    @property
    def sigmas(self) -> float:
        """The difference in standard uncertainties, not negative."""
        return abs(self.used_s - self.half_life_s) / self.uncertainty_s

    @property
    def deviates(self) -> bool:
        """Whether ICRP-107 differs by more than two standard uncertainties and more than 1 %."""
        return self.sigmas > 2 and abs(self.difference) > 0.01

    @property
    def notable(self) -> bool:
        """Whether the difference must be told beside an answer: also a clear one from 0.3 % up."""
        return self.deviates or (self.sigmas > 3 and abs(self.difference) > 0.003)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, EvaluatedHalfLife]:
    return {
        row["nuclide"]: EvaluatedHalfLife(
            row["nuclide"],
            float(row["half_life_s"]),
            float(row["uncertainty_s"]),
            decay_data.half_life_s(row["nuclide"]),
            row["source"],
            row["note"],
        )
        for row in read_table("half_life_uncertainties.csv")
    }


def evaluated_half_life(name: str) -> EvaluatedHalfLife | None:
    """Half-life and uncertainty of the source; None if it has no measured, symmetric uncertainty.

    :raises InputError: for a name that is not in ICRP-107.
    """
    decay_data.record(name)
    return _table().get(name)


def half_life_uncertainty_s(name: str) -> float | None:
    """Standard uncertainty (k = 1) of the half-life of a nuclide in s; None where no source gives one.

    :raises InputError: for a name that is not in ICRP-107.
    """
    row = evaluated_half_life(name)
    return None if row is None else row.uncertainty_s


def deviating_half_lives() -> tuple[EvaluatedHalfLife, ...]:
    """Nuclides whose half-life in ICRP-107 is off by more than 2 sigma and 1 %, the largest first."""
    return tuple(sorted((r for r in _table().values() if r.deviates), key=lambda r: -abs(r.difference)))
