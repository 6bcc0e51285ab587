"""Low specific activity material and surface contaminated objects, and the industrial packages they need.

Source: GB 11806-2019, 6.1, 6.2 and 8.4.7 (IAEA SSR-6, 408-414 and 517-522); ADR/RID 2025, 2.2.7.2.3, 4.1.9.2
and 7.5.11 CV33 (2). SCO-III, material without packaging, tanks and containers are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from becq.physics.elements import read_table
from becq.rules.transport import exempt_concentration_fraction, limit_of, type_a_fraction

Material = Literal["LSA-I", "LSA-II", "LSA-III", "SCO-I", "SCO-II"]
UN_NUMBERS: Mapping[Material, tuple[str, ...]] = MappingProxyType(
    {
        "LSA-I": ("2912",),
        "LSA-II": ("3321", "3324"),
        "LSA-III": ("3322", "3325"),
        "SCO-I": ("2913", "3326"),
        "SCO-II": ("2913", "3326"),
    }
)
"""Group of material → UN numbers, that of fissile material second (GB 11806-2019, table 6)."""
TRITIATED_WATER_BQ_G = 0.8e12 / 1000.0
"""LSA-II: water with tritium up to 0.8 TBq/L; a litre of water has 1 kg."""
EXEMPT_MULTIPLE = 30.0
"""LSA-I: mean specific activity up to 30 times the exempt concentration (6.1.1 a) 4))."""


def industrial_number(package_type: str) -> float | None:
    """1, 2 or 3 for an industrial package; None for any other type."""
    return float(package_type.removeprefix("IP-")) if package_type.startswith("IP-") else None


def required_industrial_number(material: str, state: str, exclusive_use: bool) -> float | None:
    """Number of the least industrial package for a group of material; None where there is none (table 3)."""
    for row in read_table("industrial_packages.csv"):
        if (row["material"], row["state"]) == (material, state):
            return industrial_number(row["exclusive_use_type" if exclusive_use else "other_type"])
    return None


def specific_activity_fraction(
    activities_bq: Mapping[str, float], mass_g: float, material: str, state: str, jurisdiction: str = "IAEA"
) -> float:
    """Mean specific activity of LSA material over the most of its group; infinite where the state has none.

    LSA-I: 30 times the exempt concentration, no limit where A2 is unlimited. LSA-II and LSA-III: A2 per gram,
    and for water with tritium 0.8 TBq/L.

    :param mass_g: mass of the material without shield and packaging.
    """
    if material == "LSA-I":
        if all(limit_of(name, jurisdiction).values.a2_bq == float("inf") for name in activities_bq):
            return 0.0
        found = exempt_concentration_fraction(activities_bq, mass_g, jurisdiction=jurisdiction)
        return float(found) / EXEMPT_MULTIPLE
    if material == "LSA-II" and state == "liquid" and set(activities_bq) == {"H-3"}:
        return activities_bq["H-3"] / mass_g / TRITIATED_WATER_BQ_G
    for row in read_table("industrial_packages.csv"):
        if (row["material"], row["state"]) == (material, state) and row["specific_activity_a2_g"]:
            a2_g = float(type_a_fraction(activities_bq, jurisdiction=jurisdiction)) / mass_g
            return a2_g / float(row["specific_activity_a2_g"])
    return float("inf")


@lru_cache(maxsize=1)
def _object_limits() -> Mapping[tuple[str, str, str], float]:
    return {
        (row["material"], row["surface"], row["emitter"]): float(row["limit_bq_cm2"])
        for row in read_table("surface_contaminated_objects.csv")
    }


def object_fraction(contamination_bq_cm2: Mapping[tuple[str, str], float], material: str) -> float:
    """Highest contamination of an object over the limit of SCO-I or SCO-II.

    :param contamination_bq_cm2: (surface, emitter) as in surface_contaminated_objects.csv → Bq/cm2.
    """
    limits = _object_limits()
    return max((value / limits[material, *key] for key, value in contamination_bq_cm2.items()), default=0.0)


def load_fraction(
    a2_multiple: float, material: str, state: str, *, combustible: bool | None, inland: bool
) -> float | None:
    """Activity of one package over the most that its conveyance may hold; add up those of one conveyance.

    :param a2_multiple: activity of the package in A2.
    :param combustible: whether the solid burns; None where not known: then the stricter limit.
    :param inland: on an inland vessel: of one hold or compartment.
    :return: None for a group that table 1 of GB 11806-2019 does not have in that state.
    """
    column = "inland_hold_a2" if inland else "conveyance_a2"
    asked = {None: ("", "yes"), True: ("", "yes"), False: ("", "no")}[combustible]
    for row in read_table("industrial_packages.csv"):
        if (row["material"], row["state"]) == (material, state) and row["combustible"] in asked:
            return a2_multiple / float(row[column])
    return None
