"""What the five programmes ask for: targets with deadlines, isotopes named, places named.

Tables: ``becq/data/policy_targets.csv``, ``policy_isotopes.csv`` and ``policy_places.csv``, the figures and
names of the programmes in our own words, both languages, each row with its programme as the source. Copies
of the programmes in circulation confuse look-alike characters: an isotope keeps ``name_as_printed``, and
``misprint_of`` says what was meant, so that the slip can be shown and is never taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from becq.errors import InputError
from becq.physics.elements import read_table

PROGRAMMES = ("national", "sichuan", "yantai", "luzhou", "hubei")
COMPARISONS = (">=", "=", "between", "within", "qualitative")
"""At least; exactly; from lower to upper; done after no more than upper; in words without a figure."""


@dataclass(frozen=True, slots=True)
class PolicyTarget:
    """One target of a programme.

    :ivar lower: and ``upper``: the figure in ``unit``; both equal for one exact figure, ``upper`` None for
        "at least", both None for a target in words.
    :ivar comparison: one of :data:`COMPARISONS`.
    :ivar deadline: last day, None where the programme names none.
    """

    id: str
    programme: str
    subject_en: str
    subject_zh: str
    lower: float | None
    upper: float | None
    unit_en: str
    unit_zh: str
    comparison: str
    deadline: date | None
    responsible_en: str
    responsible_zh: str
    note_en: str
    note_zh: str
    source: str
    source_zh: str

    def met(self, value: float) -> bool | None:
        """Whether ``value`` (in ``unit``) meets the target; None for a target in words.

        More than the upper bound of "between" also meets it: nobody misses a target of two to three by four.
        """
        if self.lower is None:
            return None
        if self.comparison == "within":
            return self.upper is not None and value <= self.upper
        return value >= self.lower

    def days_left(self, day: date) -> int | None:
        """Days from ``day`` to the deadline, negative when it has passed; None without a deadline."""
        return None if self.deadline is None else (self.deadline - day).days


@dataclass(frozen=True, slots=True)
class PolicyIsotope:
    """One isotope that a programme names, with the role it is given.

    :ivar nuclide: canonical name; of a generator the parent.
    :ivar daughter: of a generator, else "".
    :ivar stable: named as a stable isotope.
    :ivar name_as_printed: what circulating copies print.
    :ivar misprint_of: nuclides that the print means where it is wrong, else empty.
    """

    programme: str
    nuclide: str
    daughter: str
    stable: bool
    name_as_printed: str
    misprint_of: tuple[str, ...]
    role_en: str
    role_zh: str
    note_en: str
    note_zh: str
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """One site, park, hospital, reactor or enterprise that a programme names.

    :ivar kind: reactor, accelerator, park, hospital, institute, enterprise, airport or platform.
    :ivar chain_steps: its part in the chain: produce, make, release, match, ship, use, waste, equipment, ...
    :ivar place_en: town or county in words, "" where none is named; the programmes give no coordinates.
    """

    id: str
    programme: str
    name_en: str
    name_zh: str
    kind: str
    chain_steps: tuple[str, ...]
    place_en: str
    place_zh: str
    note_en: str
    note_zh: str
    source: str
    source_zh: str


@lru_cache(maxsize=1)
def policy_targets() -> Mapping[str, PolicyTarget]:
    """All targets by id, in the order of the programmes."""
    targets = (
        PolicyTarget(
            row["id"],
            row["programme"],
            row["subject_en"],
            row["subject_zh"],
            _number(row["lower"]),
            _number(row["upper"]),
            row["unit_en"],
            row["unit_zh"],
            row["comparison"],
            date.fromisoformat(row["deadline"]) if row["deadline"] else None,
            row["responsible_en"],
            row["responsible_zh"],
            row["note_en"],
            row["note_zh"],
            row["source"],
            row["source_zh"],
        )
        for row in read_table("policy_targets.csv")
    )
    return MappingProxyType({target.id: target for target in targets})


@lru_cache(maxsize=1)
def policy_isotopes() -> tuple[PolicyIsotope, ...]:
    """All isotopes named, one per mention, in the order of the programmes' lists."""
    return tuple(
        PolicyIsotope(
            row["programme"],
            row["nuclide"],
            row["daughter"],
            row["state"] == "stable",
            row["name_as_printed"],
            _words(row["misprint_of"]),
            row["role_en"],
            row["role_zh"],
            row["note_en"],
            row["note_zh"],
            row["source"],
            row["source_zh"],
        )
        for row in read_table("policy_isotopes.csv")
    )


@lru_cache(maxsize=1)
def policy_places() -> Mapping[str, PolicyPlace]:
    """All places named, by id."""
    places = (
        PolicyPlace(
            row["id"],
            row["programme"],
            row["name_en"],
            row["name_zh"],
            row["kind"],
            _words(row["chain_steps"]),
            row["place_en"],
            row["place_zh"],
            row["note_en"],
            row["note_zh"],
            row["source"],
            row["source_zh"],
        )
        for row in read_table("policy_places.csv")
    )
    return MappingProxyType({place.id: place for place in places})


def targets_of(programme: str) -> tuple[PolicyTarget, ...]:
    """The targets of one programme.

    :raises InputError: for a programme that is not one of :data:`PROGRAMMES`.
    """
    if programme not in PROGRAMMES:
        raise InputError(f'No programme "{programme}": say one of {", ".join(PROGRAMMES)}')
    return tuple(target for target in policy_targets().values() if target.programme == programme)


def mentions(nuclide: str) -> tuple[PolicyIsotope, ...]:
    """Where the programmes name a nuclide, as itself or as the daughter of a generator."""
    return tuple(named for named in policy_isotopes() if nuclide in (named.nuclide, named.daughter))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _words(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))
