"""Transport index and category of packages: IAEA Regulations SSR-6 (Rev. 1, 2018), paragraphs 523-529.

The same rules stand in GB 11806-2019. The transport index is the highest dose rate in mSv/h at 1 m from the
surface times 100, rounded up to the first decimal place, save that 0.05 or less counts as zero (paragraph
523; the factors for large loads in table 7 are not for single packages). Categories: table 8.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from becq.errors import InputError
from becq.physics.radiation.dose_rate import NEUTRONS_MATTER, dose_rate
from becq.physics.radiation.shielding import Layers, checked

SOURCE = "IAEA SSR-6 (Rev. 1) paragraphs 523-529, table 8"
I_WHITE, II_YELLOW, III_YELLOW = "I-WHITE", "II-YELLOW", "III-YELLOW"
EXCLUSIVE = "III-YELLOW, exclusive use"


def transport_index(dose_rate_1m_sv_h: float) -> float:
    """Transport index of a package from the highest dose rate at 1 m from its surface, in Sv/h.

    :raises InputError: for a negative dose rate or none.
    """
    if not (math.isfinite(dose_rate_1m_sv_h) and dose_rate_1m_sv_h >= 0):
        raise InputError("The dose rate at 1 m must be a number in Sv/h that is not negative")
    index = dose_rate_1m_sv_h * 1e3 * 100.0
    if index <= 0.05 * (1 + 1e-12):
        return 0.0
    return math.ceil(round(index * 10.0, 9)) / 10.0


def category(index: float, surface_sv_h: float) -> str:
    """Category of a package from its transport index and the highest dose rate on its surface in Sv/h.

    The higher of the two conditions rules: up to 5 µSv/h and index 0, 0.5 mSv/h and 1, 2 mSv/h and 10; more
    than that (up to 10 mSv/h on the surface) goes under exclusive use.

    :raises InputError: for negative values, or more than 10 mSv/h, which may not travel.
    """
    if not (index >= 0 and surface_sv_h >= 0):
        raise InputError("The transport index and the dose rate on the surface cannot be negative")
    surface_msv_h = surface_sv_h * 1e3
    if surface_msv_h > 10.0:
        raise InputError(f"{surface_msv_h:.3g} mSv/h on the surface: no package may have more than 10 mSv/h")
    if index <= 0 and surface_msv_h <= 0.005:
        return I_WHITE
    if index <= 1 and surface_msv_h <= 0.5:
        return II_YELLOW
    if index <= 10 and surface_msv_h <= 2:
        return III_YELLOW
    return EXCLUSIVE


@dataclass(frozen=True, slots=True)
class PackageRadiation:
    """Radiation around a package.

    :ivar transport_index: as on the label; of photons alone where not ``complete``. ``category``: I-WHITE,
        II-YELLOW or III-YELLOW; "not allowed" above 10 mSv/h on the surface; None where not ``complete``.
    :ivar complete: False where neutrons of spontaneous fission, which are not computed, may matter.
    :ivar surface_sv_h: dose rate on the surface. ``one_metre_sv_h``: at 1 m from it. Both H*(10) in Sv/h.
    :ivar by_nuclide_sv_h: share of each nuclide in the dose rate at 1 m.
    :ivar neutrons_at_most_sv_h: what such neutrons add at 1 m at most, an estimate without any shield.
    """

    transport_index: float
    category: str | None
    surface_sv_h: float
    one_metre_sv_h: float
    by_nuclide_sv_h: dict[str, float]
    neutrons_at_most_sv_h: float
    complete: bool
    sources: tuple[str, ...]
    notes: tuple[str, ...]


def package_radiation(
    contents: Mapping[str, float],
    layers: Layers = (),
    *,
    outer_radius_m: float,
    progeny: bool | Mapping[str, float] = True,
    age_s: float | None = None,
    absorber: str | None = "water",
) -> PackageRadiation:
    """Dose rates, transport index and category of a package with a point source in its middle.

    :param contents: activity in Bq of each nuclide.
    :param layers: shield from the source outwards, (material, thickness in m), within the outer radius.
    :param outer_radius_m: distance in m from the source to the nearest outer surface.
    :param progeny: as for :func:`dose_rate`; ``age_s``: time since each nuclide was pure, instead.
    :raises InputError: for empty contents, a shield thicker than the radius, or unknown names.
    """
    if not contents:
        raise InputError("A package needs contents: activities in Bq by nuclide")
    if not (np.isfinite(outer_radius_m) and outer_radius_m > 0):
        raise InputError("The outer radius must be a positive length in m")
    if sum(x for _, x in checked(layers)) > outer_radius_m:
        raise InputError("The shield is thicker than the package's outer radius")
    surface, metre, neutrons = 0.0, 0.0, 0.0
    by_nuclide: dict[str, float] = {}
    notes: dict[str, None] = {}
    sources: dict[str, None] = {}
    at = np.array([outer_radius_m, outer_radius_m + 1.0])
    for nuclide, activity_bq in contents.items():
        rate = dose_rate(nuclide, activity_bq, at, layers, progeny=progeny, age_s=age_s, absorber=absorber)
        near, far = (float(x) for x in np.atleast_1d(rate.dose_rate_sv_h))
        surface, metre = surface + near, metre + far
        by_nuclide[nuclide] = far
        neutrons += float(np.atleast_1d(rate.neutrons_at_most_sv_h)[1])
        notes.update(dict.fromkeys(rate.notes))
        sources.update(dict.fromkeys(rate.sources))
    index = transport_index(metre)
    complete = neutrons <= NEUTRONS_MATTER * metre
    label = "not allowed" if surface > 10e-3 else category(index, surface) if complete else None
    return PackageRadiation(
        index,
        label,
        surface,
        metre,
        by_nuclide,
        neutrons,
        complete,
        (SOURCE, *sources),
        (*notes, "Point source in the middle"),
    )


def package_transport_index(
    contents: Mapping[str, float], layers: Layers = (), *, outer_radius_m: float
) -> float:
    """Transport index of a package; :func:`package_radiation` has the dose rates and the category."""
    return package_radiation(contents, layers, outer_radius_m=outer_radius_m).transport_index
