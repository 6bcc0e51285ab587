"""What the law gives as numbers, as typed rows: transport, exemption, D-values, classes.

Tables: ``becq/data/*.csv``, each row with its source; docs/reference-data.md says what was read and what
is missing. Activities are in Bq, concentrations in Bq/g, dose rates in Sv/h. Bounds follow the tables: a
class or category with ``over`` begins above that value, and ``to`` still belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import read_table

TBQ = 1e12
MSV = 1e-3

DEFAULT_KINDS = ("beta-gamma", "alpha", "unknown")


@dataclass(frozen=True, slots=True)
class TransportLimit:
    """A1, A2 and the exempt values of one nuclide (ADR/RID table 2.2.7.2.2.1); inf means unlimited.

    :ivar form: "" or the type of lung absorption, for those uranium isotopes that have three rows.
    :ivar progeny: progeny whose contribution A1 and A2 contain (footnote a).
    :ivar exempt_progeny: progeny that the exempt values contain; only the parent is counted (footnote b).
    :ivar confirmed: whether all four values were found in a second, independent text.
    :ivar since: year of the edition of SSR-6 that brought the row; "" for the older ones.
    :ivar in_gb_11806: whether all four values were found equal in GB 11806-2019, table B1.
    """

    nuclide: str
    form: str
    a1_bq: float
    a2_bq: float
    exempt_concentration_bq_g: float
    exempt_consignment_bq: float
    progeny: tuple[str, ...]
    exempt_progeny: tuple[str, ...]
    confirmed: bool
    source: str
    note: str
    since: str = ""
    in_gb_11806: bool = False


@dataclass(frozen=True, slots=True)
class ExemptionLevel:
    """Below which a practice with one nuclide is exempt.

    :ivar bulk_concentration_bq_g: the level for bulk solids and clearance, None where no text gives one.
    :ivar progeny: progeny in equilibrium that the levels contain.
    :ivar confirmed: whether the concentration was found in two texts (the activity always was).
    """

    nuclide: str
    concentration_bq_g: float
    activity_bq: float
    bulk_concentration_bq_g: float | None
    progeny: tuple[str, ...]
    confirmed: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class DValue:
    """Activity from which a source of one nuclide counts as dangerous (IAEA D-value), inf if none does."""

    nuclide: str
    activity_bq: float
    confirmed: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class PackageCategory:
    """One row of the table of categories: from above ``*_over`` up to and including ``*_to``."""

    name: str
    label_zh: str
    rank: int
    transport_index_to: float
    surface_dose_rate_to_sv_h: float
    exclusive_use: bool
    source: str


@lru_cache(maxsize=1)
def transport_limits() -> Mapping[tuple[str, str], TransportLimit]:
    """All transport limits by (nuclide, form)."""
    rows = (
        TransportLimit(
            row["nuclide"],
            row["form"],
            float(row["a1_tbq"]) * TBQ,
            float(row["a2_tbq"]) * TBQ,
            float(row["exempt_concentration_bq_g"]),
            float(row["exempt_consignment_bq"]),
            _names(row["progeny_included"]),
            _names(row["exempt_progeny_included"]),
            row["second_reading"] == "all",
            row["source"],
            row["note"],
            row["since"],
            row["gb_11806"] == "yes",
        )
        for row in read_table("transport_limits.csv")
    )
    return MappingProxyType({(limit.nuclide, limit.form): limit for limit in rows})


CHINESE_EDITION = "2012"
"""Edition of SSR-6 that GB 11806-2019 follows; rows of a later one do not hold in China."""


def has_transport_limit(nuclide: str, jurisdiction: str = "IAEA") -> bool:
    """Whether the regulations of a jurisdiction list a nuclide."""
    return any(name == nuclide and _holds(row, jurisdiction) for (name, _), row in transport_limits().items())


def _holds(limit: TransportLimit, jurisdiction: str) -> bool:
    chinese = jurisdiction == "CN" or jurisdiction.startswith("CN-")
    return limit.in_gb_11806 or not (chinese and limit.since > CHINESE_EDITION)


def transport_limit(nuclide: str, form: str = "", jurisdiction: str = "IAEA") -> TransportLimit:
    """The transport limits of a nuclide under the regulations of a jurisdiction.

    :raises InputError: for a nuclide these do not list, or a uranium isotope whose form is not said.
    """
    limits = transport_limits()
    if (nuclide, form) in limits and not _holds(limits[nuclide, form], jurisdiction):
        raise InputError(
            f"GB 11806-2019 does not list {nuclide}, which came with SSR-6 of {limits[nuclide, form].since}; "
            "take default_transport_limit(kind) or a value approved by the authority"
        )
    if (nuclide, form) in limits:
        return limits[nuclide, form]
    decay_data.record(nuclide)
    forms = [known for name, known in limits if name == nuclide]
    if forms:
        raise InputError(
            f"{nuclide} has limits by form: say one of {', '.join(map(repr, forms))}, not {form!r}"
        )
    raise InputError(
        f"The transport regulations list no A1 and A2 for {nuclide}; take default_transport_limit(kind) or a "
        "value approved by the authority"
    )


def default_transport_limit(kind: str) -> TransportLimit:
    """The limits for nuclides the table lacks (ADR/RID table 2.2.7.2.2.2).

    :param kind: "beta-gamma" (only these emitted), "alpha" (alpha but no neutrons) or "unknown" (neutrons,
        or nothing known).
    :raises InputError: for any other kind.
    """
    for row in read_table("transport_default_limits.csv"):
        if row["kind"] == kind:
            return TransportLimit(
                "",
                kind,
                float(row["a1_tbq"]) * TBQ,
                float(row["a2_tbq"]) * TBQ,
                float(row["exempt_concentration_bq_g"]),
                float(row["exempt_consignment_bq"]),
                (),
                (),
                False,
                row["source"],
                row["contents"],
            )
    raise InputError(f"No default transport limits for {kind!r}: say one of {', '.join(DEFAULT_KINDS)}")


@lru_cache(maxsize=1)
def exemption_levels() -> Mapping[str, ExemptionLevel]:
    """All exemption levels by nuclide."""
    rows = (
        ExemptionLevel(
            row["nuclide"],
            float(row["concentration_bq_g"]),
            float(row["activity_bq"]),
            float(row["bulk_concentration_bq_g"]) if row["bulk_concentration_bq_g"] else None,
            _names(row["progeny_included"]),
            row["second_reading"] == "all",
            row["source"],
            row["note"],
        )
        for row in read_table("exemption_levels.csv")
    )
    return MappingProxyType({level.nuclide: level for level in rows})


def exemption_level(nuclide: str) -> ExemptionLevel:
    """The exemption level of a nuclide. Raises InputError where no text gives one."""
    decay_data.record(nuclide)
    try:
        return exemption_levels()[nuclide]
    except KeyError:
        raise InputError(f"No exemption level for {nuclide}: docs/reference-data.md lists the gaps") from None


@lru_cache(maxsize=1)
def d_values() -> Mapping[str, DValue]:
    """All D-values by nuclide."""
    rows = (
        DValue(
            row["nuclide"],
            float(row["d_tbq"]) * TBQ,
            row["second_reading"] == "yes",
            row["source"],
            row["note"],
        )
        for row in read_table("d_values.csv")
    )
    return MappingProxyType({value.nuclide: value for value in rows})


def d_value(nuclide: str) -> DValue:
    """The D-value of a nuclide. Raises InputError where no text gives one."""
    decay_data.record(nuclide)
    try:
        return d_values()[nuclide]
    except KeyError:
        raise InputError(f"No D-value for {nuclide}: docs/reference-data.md lists the gaps") from None


@lru_cache(maxsize=1)
def _source_bounds() -> tuple[tuple[float, int], ...]:
    rows = read_table("source_categories.csv")
    return tuple(
        sorted((float(row["ratio_from"]), int(row["category"])) for row in rows if row["ratio_from"])
    )


@lru_cache(maxsize=1)
def _workplace_bounds() -> tuple[tuple[float, str], ...]:
    rows = read_table("workplace_classes.csv")
    return tuple(sorted((float(row["daily_equivalent_activity_to_bq"]), row["class"]) for row in rows))


def source_categories(nuclide: str, activity_bq: ArrayLike) -> NDArray[np.int64]:
    """Categories 1 (most dangerous) to 5 of sources of one nuclide; 0 for what is below exemption.

    A source at a bound has the more dangerous of the two categories, as in the Chinese measures of 2005.

    :param activity_bq: activities, any shape; the result has the same.
    :raises InputError: for a nuclide without D-value or exemption level, or a negative activity.
    """
    activity = _amounts(activity_bq, "activity")
    category = np.where(activity >= exemption_level(nuclide).activity_bq, 5, 0).astype(np.int64)
    # A little below each bound, so that rounding does not lose 30 TBq of a nuclide with D = 0.03 TBq.
    ratio = activity / d_value(nuclide).activity_bq * (1 + 1e-12)
    for bound, number in _source_bounds():
        category = np.where(ratio >= bound, number, category)
    return category


@lru_cache(maxsize=1)
def package_categories() -> tuple[PackageCategory, ...]:
    """The categories of packages in order of rank (ADR/RID table 5.1.5.3.4)."""
    return tuple(
        PackageCategory(
            row["category"],
            row["label_zh"],
            int(row["rank"]),
            float(row["transport_index_to"]),
            float(row["surface_dose_rate_to_msv_h"]) * MSV,
            row["exclusive_use"] == "yes",
            row["source"],
        )
        for row in read_table("package_categories.csv")
    )


def package_ranks(transport_index: ArrayLike, surface_dose_rate_sv_h: ArrayLike) -> NDArray[np.int64]:
    """Rank of the category of packages: 1 I-WHITE, 2 II-YELLOW, 3 III-YELLOW, 4 the same under exclusive use.

    The higher of the two that index and surface dose rate give; 5 where the dose rate is above the table, so
    that the package may not be carried at all. The index is the rounded one (at most 0.05 counts as 0).

    :param transport_index: and ``surface_dose_rate_sv_h``: arrays that broadcast together.
    """
    index = _amounts(transport_index, "transport index")
    dose_rate = _amounts(surface_dose_rate_sv_h, "surface dose rate")
    rows = package_categories()
    by_index = np.searchsorted([row.transport_index_to for row in rows], index, side="left")
    bounds = np.array([row.surface_dose_rate_to_sv_h for row in rows]) * (1 + 1e-12)
    by_dose_rate = np.searchsorted(bounds, dose_rate, side="left")
    return np.maximum(by_index, by_dose_rate).astype(np.int64) + 1


def workplace_classes(daily_equivalent_activity_bq: ArrayLike) -> NDArray[np.str_]:
    """Class A, B or C of workplaces with unsealed sources from their daily equivalent maximum activity.

    :param daily_equivalent_activity_bq: any shape; the result has the same.
    """
    activity = _amounts(daily_equivalent_activity_bq, "daily equivalent activity")
    bounds = [bound for bound, _ in _workplace_bounds()]
    names = np.array([name for _, name in _workplace_bounds()])
    return names[np.searchsorted(bounds, activity, side="left")]


def _names(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def _amounts(values: ArrayLike, what: str) -> NDArray[np.float64]:
    amounts = np.asarray(values, dtype=np.float64)
    if not np.all(amounts >= 0):
        raise InputError(f"A {what} must be a number from 0 upwards, not {amounts[~(amounts >= 0)].flat[0]}")
    return amounts
