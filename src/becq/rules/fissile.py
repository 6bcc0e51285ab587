"""Fissile nuclides in a package: their mass, and what is excepted from the rules for fissile material.

Source: GB 11806-2019, 3.8 and 6.5.1 (IAEA SSR-6, 222, 417 and 570); ADR/RID 2025, 2.2.7.1.3, 2.2.7.2.3.5 and
7.5.11 CV33 (4.3). Exceptions (a), (b) and (f), which ask how the material is built or for an approval, are
not judged; nor is criticality itself, which is what the approval of a design is about.
"""

from __future__ import annotations

from collections.abc import Mapping

from becq.physics.constants import AVOGADRO
from becq.physics.decay_data import decay_const

FISSILE = ("U-233", "U-235", "Pu-239", "Pu-241")
NATURAL_SHARE = 0.0072
"""Share of U-235 in the mass of natural uranium (GB 11806-2019, 3.16)."""
LEAST_G = 0.25
"""Less than this in all is not fissile material (3.8 c)."""
PACKAGE_G, CONSIGNMENT_G = 2.0, 15.0
"""Exception d) of 6.5.1."""
LOW_ENRICHED_PACKAGE_G, LOW_ENRICHED_CONSIGNMENT_G, LOW_ENRICHED = 3.5, 45.0, 0.05
"""Exception c): uranium with at most 5 % of U-235, and plutonium and U-233 at most 1 % of it."""
EXCLUSIVE_G = 45.0
"""Exception e): under exclusive use."""


def mass_g(nuclide: str, activity_bq: float) -> float:
    """Mass of a nuclide in g from its activity; the mass number stands for the molar mass (within 0.03 %)."""
    molar_g = float(nuclide.split("-")[1].rstrip("mn"))
    return activity_bq / decay_const(nuclide) / AVOGADRO * molar_g


def fissile_mass_g(activities_bq: Mapping[str, float]) -> float:
    """Mass of the fissile nuclides in g; 0 for natural or depleted uranium with no other of them.

    Whether such uranium was irradiated, and in what reactor, is not asked: plutonium in it shows that.
    """
    held = {name: mass_g(name, activities_bq[name]) for name in FISSILE if activities_bq.get(name)}
    if set(held) == {"U-235"} and _enrichment(activities_bq) <= NATURAL_SHARE:
        return 0.0
    return float(sum(held.values()))


def exception_fraction(
    activities_bq: Mapping[str, float], consignment_g: float, *, exclusive_use: bool
) -> float:
    """Mass of fissile nuclides over the most that the widest of the exceptions c), d) and e) allows.

    :param activities_bq: of one package.
    :param consignment_g: mass of the fissile nuclides in the whole consignment, in g.
    """
    package_g = fissile_mass_g(activities_bq)
    found = [max(package_g / PACKAGE_G, consignment_g / CONSIGNMENT_G)]
    uranium_g = mass_g("U-235", activities_bq.get("U-235", 0.0))
    others_g = sum(mass_g(name, activities_bq.get(name, 0.0)) for name in ("U-233", "Pu-239", "Pu-241"))
    if uranium_g and _enrichment(activities_bq) <= LOW_ENRICHED and others_g <= 0.01 * uranium_g:
        found.append(max(uranium_g / LOW_ENRICHED_PACKAGE_G, consignment_g / LOW_ENRICHED_CONSIGNMENT_G))
    if exclusive_use:
        found.append(consignment_g / EXCLUSIVE_G)
    return min(found)


def _enrichment(activities_bq: Mapping[str, float]) -> float:
    """Share of U-235 in the mass of uranium, to nine decimals; 1 where no other uranium is named."""
    masses = {name: mass_g(name, value) for name, value in activities_bq.items() if name.startswith("U-")}
    return round(masses["U-235"] / sum(masses.values()), 9) if masses.get("U-235") else 0.0
