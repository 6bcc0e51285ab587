"""A network under examination: its good rows, where they stand in the file, and what is defined in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from becq.chain.network import SECTIONS, Network
from becq.chain.source import Flaw, Path
from becq.physics.elements import elements
from becq.physics.nuclides import nuclide

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years outside are taken for slips of the pen."""


@dataclass(frozen=True)
class Survey:
    """A network to check: perhaps of the good rows only, with their numbers in the file.

    ``rows[section][i]`` is the position in the file of the i-th row of the section; ``known`` holds the
    identifiers of every row of the file, good or bad.
    """

    network: Network
    rows: Mapping[str, Sequence[int]]
    known: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, network: Network) -> Survey:
        """The survey of a whole network."""
        sections = {section: getattr(network, section) for section in SECTIONS}
        return cls(
            network,
            {section: range(len(items)) for section, items in sections.items()},
            {section: frozenset(item.id for item in items) for section, items in sections.items()},
        )

    def at(self, section: str, index: int, *field: str | int) -> Path:
        """The path in the file of a field of the ``index``-th row."""
        return (section, self.rows[section][index], *field)


def implausible_year(moment: date | datetime, path: Path) -> Iterator[Flaw]:
    """The flaw of a date that is far from our time."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        yield Flaw(
            path, f"the year {moment.year} is not plausible", f"it is between {FIRST_YEAR} and {LAST_YEAR}"
        )


def stable_nuclide(name: str, path: Path) -> Iterator[Flaw]:
    """The flaw of a stable nuclide where an activity is meant."""
    found = nuclide(name)
    if found.stable:
        used = elements()[found.symbol].common
        remedy = f"name a radionuclide, such as {' or '.join(used[:2])}" if used else "name a radionuclide"
        yield Flaw(path, f"{name} is stable: it has no activity", remedy)


__all__ = ["FIRST_YEAR", "LAST_YEAR", "Survey", "implausible_year", "stable_nuclide"]
