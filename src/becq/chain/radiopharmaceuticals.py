"""Radiopharmaceuticals: what they are for, how much is given, what dose that is, and how pure they must be.

Tables: ``becq/data/radiopharmaceuticals.csv``, ``radiopharmaceutical_doses.csv`` and ``purity_limits.csv``,
each figure with its source; docs/radiopharmaceuticals.md says what was read and what is missing. A figure
that no source gave is None. Activities are in Bq, doses in Sv, times in s. These are reference figures for
planning and for plausibility; no prescription follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.elements import read_table
from becq.physics.nuclides import parse_nuclide

MBQ = 1e6
HOUR_S = 3600.0
ADULT_KG = 70.0
"""Body mass that stands for an adult, as in the labels the table was read from."""
KINDS = ("diagnostic-spect", "diagnostic-pet", "diagnostic-other", "therapy", "precursor")
BASES = ("fixed", "per-kg", "per-g-thyroid")
_UNITS = {"%": 1e-2, "kBq/MBq": 1e-3}


@dataclass(frozen=True, slots=True)
class Radiopharmaceutical:
    """One drug, or one precursor that drugs are made from.

    :ivar nuclide: what the patient receives; of a generator-fed drug the daughter.
    :ivar generator_parent: the parent on the generator, "" if there is none.
    :ivar kind: one of :data:`KINDS`.
    :ivar activity_low_bq: and ``activity_high_bq``: usual for an adult, on ``activity_basis``; the lower end
        is None where the source gives a maximum only.
    :ivar activity_basis: "fixed", "per-kg" of body mass, "per-g-thyroid", or "" without an activity.
    :ivar shelf_life_s: counted from ``shelf_life_from`` (labelling, elution, calibration or production).
    """

    id: str
    name_en: str
    name_zh: str
    nuclide: str
    generator_parent: str
    kind: str
    route: str
    indication_en: str
    indication_zh: str
    activity_low_bq: float | None
    activity_high_bq: float | None
    activity_basis: str
    activity_source: str
    shelf_life_s: float | None
    shelf_life_from: str
    shelf_life_source: str
    source: str
    note_en: str
    note_zh: str

    def usual_activity_bq(self, mass_kg: float = ADULT_KG) -> tuple[float, float] | None:
        """Usual activity from, to, for a person of ``mass_kg``; None where no source gives one per person."""
        if not 0 < mass_kg < 1000:
            raise InputError(f"A body mass of {mass_kg:g} kg is out of range: a positive number of kg")
        if self.activity_high_bq is None or self.activity_basis == "per-g-thyroid":
            return None
        scale = mass_kg if self.activity_basis == "per-kg" else 1.0
        return (self.activity_low_bq or 0.0) * scale, self.activity_high_bq * scale


@dataclass(frozen=True, slots=True)
class DoseCoefficient:
    """Effective dose of an adult per activity given.

    :ivar condition_en: state of the patient or way of giving it, "" for the usual one.
    :ivar preferred: the one to use; at most one of a drug. The others are other readings or other states.
    """

    drug: str
    condition_en: str
    condition_zh: str
    effective_dose_sv_per_bq: float
    publication: str
    preferred: bool
    source: str


@dataclass(frozen=True, slots=True)
class PurityLimit:
    """One limit of purity.

    :ivar quantity: "radiochemical", "radionuclidic" (shares of the drug itself) or "impurity".
    :ivar species: the impurity, a nuclide or a chemical form; "" for the drug itself.
    :ivar limit: as a ratio of activities (0.95; 1.5e-4 for 0.15 kBq/MBq); ``limit_text`` is as printed.
    :ivar at: any, labelling, calibration, expiry or administration.
    """

    drug: str
    quantity: str
    species: str
    comparison: str
    limit: float
    limit_text: str
    at: str
    authority: str
    source: str
    note_en: str
    note_zh: str

    def kept(self, ratio: ArrayLike) -> NDArray[np.bool_]:
        """Whether measured ratios of activities keep the limit; same shape. A slack of 1e-9 keeps it."""
        value = np.asarray(ratio, dtype=np.float64)
        if not np.all((value >= 0) & (value <= 1)):
            raise InputError("A purity is a ratio of activities from 0 to 1, like 0.95")
        slack = 1e-9 * self.limit
        if self.comparison in {"<=", "<"}:
            return value <= self.limit + (slack if self.comparison == "<=" else -slack)
        return value >= self.limit - (slack if self.comparison == ">=" else -slack)


@lru_cache(maxsize=1)
def radiopharmaceuticals() -> Mapping[str, Radiopharmaceutical]:
    """All drugs by id."""
    rows = (
        Radiopharmaceutical(
            row["id"],
            row["name_en"],
            row["name_zh"],
            row["nuclide"],
            row["generator_parent"],
            row["kind"],
            row["route"],
            row["indication_en"],
            row["indication_zh"],
            _scaled(row["activity_low_mbq"], MBQ),
            _scaled(row["activity_high_mbq"], MBQ),
            row["activity_basis"],
            row["activity_source"],
            _scaled(row["shelf_life_h"], HOUR_S),
            row["shelf_life_from"],
            row["shelf_life_source"],
            row["source"],
            row["note_en"],
            row["note_zh"],
        )
        for row in read_table("radiopharmaceuticals.csv")
    )
    return MappingProxyType({drug.id: drug for drug in rows})


def radiopharmaceutical(drug: str) -> Radiopharmaceutical:
    """The row of one drug. Raises InputError, with what was probably meant, for an unknown id."""
    from becq.chain.suggestion import did_you_mean

    try:
        return radiopharmaceuticals()[drug]
    except KeyError:
        meant = did_you_mean(drug, radiopharmaceuticals())
        raise InputError(f'No radiopharmaceutical "{drug}"' + (f": {meant}" if meant else "")) from None


def drugs_with(nuclide: str) -> tuple[Radiopharmaceutical, ...]:
    """The drugs of a nuclide (in any spelling), or fed by a generator of it."""
    wanted = parse_nuclide(nuclide).name
    return tuple(d for d in radiopharmaceuticals().values() if wanted in (d.nuclide, d.generator_parent))


@lru_cache(maxsize=1)
def dose_coefficients() -> tuple[DoseCoefficient, ...]:
    """All dose coefficients, several of a drug where several publications or states were read."""
    return tuple(
        DoseCoefficient(
            row["drug"],
            row["condition_en"],
            row["condition_zh"],
            float(row["effective_dose_msv_per_mbq"]) * 1e-9,
            row["publication"],
            row["preferred"] == "yes",
            row["source"],
        )
        for row in read_table("radiopharmaceutical_doses.csv")
    )


def dose_coefficient(drug: str) -> DoseCoefficient:
    """The preferred dose coefficient of a drug.

    :raises InputError: for an unknown drug, or one without a coefficient that may be relied on.
    """
    known = radiopharmaceutical(drug)
    for coefficient in dose_coefficients():
        if coefficient.drug == drug and coefficient.preferred:
            return coefficient
    raise InputError(
        f"No effective dose for {known.name_en}: docs/radiopharmaceuticals.md lists the gaps"
        + ("; the dose to organs rules a therapy" if known.kind == "therapy" else "")
    )


def effective_dose_sv(drug: str, activity_bq: ArrayLike) -> NDArray[np.float64]:
    """Effective dose of adults from activities given, by the preferred coefficient.

    :param activity_bq: any shape; the result has the same.
    :raises InputError: as :func:`dose_coefficient`, or for a negative activity.
    """
    activity = np.asarray(activity_bq, dtype=np.float64)
    if not np.all(activity >= 0):
        raise InputError("An activity given must be a number from 0 upwards")
    return activity * dose_coefficient(drug).effective_dose_sv_per_bq


@lru_cache(maxsize=1)
def _limits() -> tuple[PurityLimit, ...]:
    return tuple(
        PurityLimit(
            row["drug"],
            row["quantity"],
            row["species"],
            row["comparison"],
            float(row["limit"]) * _UNITS[row["unit"]],
            f"{row['comparison']} {row['limit']} {row['unit']}",
            row["at"],
            row["authority"],
            row["source"],
            row["note_en"],
            row["note_zh"],
        )
        for row in read_table("purity_limits.csv")
    )


def purity_limits(drug: str | None = None) -> tuple[PurityLimit, ...]:
    """The purity limits of one drug (perhaps none), or all of them.

    :raises InputError: for an unknown drug.
    """
    if drug is None:
        return _limits()
    return tuple(limit for limit in _limits() if limit.drug == radiopharmaceutical(drug).id)


def _scaled(cell: str, unit: float) -> float | None:
    return float(cell) * unit if cell else None
