"""The hospitals: what they have, how far the pharmacies are, how many patients of each kind they see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from becq.chain.places import great_circle_km
from build_china.tables import WEEKS_A_YEAR, Row, indexed, parameter, seat, table


@dataclass(frozen=True)
class Hospital:
    """A row of hospitals.csv. ``number`` is its place in the table, which spreads what is rare."""

    number: int
    row: Row

    @property
    def id(self) -> str:
        return self.row["id"]

    @property
    def code(self) -> str:
        """What its orders are called: identifiers of hospitals are too long for it."""
        return f"h{self.number + 1:04d}"

    @property
    def size(self) -> str:
        return self.row["size_class"]

    @property
    def division(self) -> str:
        return self.row["county"] or self.row["prefecture"] or self.row["province"]

    @property
    def lat(self) -> float:
        return float(self.row["lat"])

    @property
    def lon(self) -> float:
        return float(self.row["lon"])

    @property
    def pet(self) -> int:
        return int(self.row["pet_scanners"])

    @property
    def spect(self) -> int:
        return int(self.row["spect_scanners"])

    @property
    def beds(self) -> int:
        return int(self.row["therapy_beds"])

    @property
    def therapy(self) -> bool:
        return self.row["has_therapy"] == "true"

    @property
    def own_machine(self) -> bool:
        """Whether it makes its own F-18."""
        return self.id in own_machines()

    @property
    def own_gallium(self) -> bool:
        """Whether it elutes a Ge-68/Ga-68 generator of its own: two PET scanners."""
        return self.pet > 1

    def km(self, makes: str) -> float:
        """To the nearest pharmacy that makes ``fdg`` or ``tc99m``, great circle."""
        return float(distances(makes)[self.number].min())

    def nearest(self, makes: str) -> str:
        """The nearest pharmacy that makes it."""
        return makers(makes)[int(distances(makes)[self.number].argmin())]["id"]


@cache
def hospitals() -> tuple[Hospital, ...]:
    """All hospitals, in the order of the table."""
    return tuple(Hospital(number, row) for number, row in enumerate(table("hospitals")))


@cache
def makers(makes: str) -> tuple[Row, ...]:
    """Pharmacies that make ``fdg`` or ``tc99m``."""
    return tuple(row for row in table("pharmacies") if makes in row["makes"].split(";"))


@cache
def distances(makes: str) -> np.ndarray:
    """Great circle in km from each hospital to each pharmacy of ``makers``."""
    lat, lon = np.array([pharmacy_point(row) for row in makers(makes)]).T
    here = np.array([(hospital.lat, hospital.lon) for hospital in hospitals()])
    return np.asarray(great_circle_km(here[:, :1], here[:, 1:], lat, lon))


def pharmacy_point(row: Row) -> tuple[float, float]:
    """Where a pharmacy stands."""
    if row["table"]:
        old = indexed("sites", row["table"])[row["id"]]
        return float(old["lat"]), float(old["lon"])
    return seat(row["division"])


@cache
def own_machines() -> frozenset[str]:
    """Hospitals with a cyclotron of their own: those out of reach first, then those with most scanners."""
    bought = sum(int(row["machines"]) for row in table("pharmacies")) + 1  # West China's is a site of its own
    left = int(parameter("cyclotrons")) - bought
    reach = parameter("pet_reach_km")
    users = [hospital for hospital in hospitals() if hospital.pet]

    def rank(hospital: Hospital) -> tuple[bool, int, float]:
        km = hospital.km("fdg")
        return km <= reach, -hospital.pet, -km

    return frozenset(hospital.id for hospital in sorted(users, key=rank)[:left])


CHOICE: dict[str, Callable[[Hospital], float]] = {
    "spect": lambda h: h.spect,
    "pet": lambda h: h.pet,
    "pet2": lambda h: float(h.pet > 1),
    "own-ga68": lambda h: float(h.own_gallium),
    "therapy": lambda h: float(h.therapy),
    "beds": lambda h: h.beds,
    "no-scanner": lambda h: float(not (h.spect or h.pet or h.therapy)),
    "therapy-large": lambda h: float(h.therapy and h.size != "small"),
    "ward-large": lambda h: float(h.beds > 0 and h.size != "small"),
    "large-pet": lambda h: float(h.size == "large" and h.pet > 0 and h.therapy),
}
"""Weight of a hospital, before that of its size class, by the column ``at`` of procedures.csv."""


@cache
def weekly_patients(kind: str) -> tuple[float, ...]:
    """Patients a week of each hospital, not yet whole: the national figure by weight."""
    row = next(row for row in table("procedures") if row["kind"] == kind)
    weights = [
        CHOICE[row["at"]](hospital) * float(row[f"weight_{hospital.size}"]) for hospital in hospitals()
    ]
    a_week = float(row["per_year"]) / WEEKS_A_YEAR
    total = sum(weights)
    return tuple(a_week * weight / total for weight in weights)


def whole(rates: Iterable[float]) -> list[int]:
    """Whole numbers near the rates whose running sum never leaves theirs by more than a half."""
    out, carry = [], 0.0
    for rate in rates:
        carry += rate
        count = int(carry + 0.5)
        out.append(count)
        carry -= count
    return out
