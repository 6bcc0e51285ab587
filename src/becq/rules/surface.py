"""Control levels of radioactive contamination on surfaces (GB 18871-2002, annex B, table B11).

Table: ``surface_contamination_limits.csv``, in Bq/cm2 as in the standard; docs/reference-data.md says which
rows of the standard could not be read. What has no row is neither allowed nor forbidden: it is not known.
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

SOFT_BETA_TO_MEV = 0.3
"""Beta emitters of less energy than this may have five times the level (table B11, note)."""

SOFT_BETA_TIMES = 5.0
TRITIUM_TIMES = 10.0


@dataclass(frozen=True, slots=True)
class SurfaceLimit:
    """Control level for a kind of surface.

    :ivar zone: "controlled", "supervised", or "" where the zone makes no difference (skin).
    :ivar emitter: "alpha" (very high radiotoxicity), "alpha-low" (other alpha emitters) or "beta".
    :ivar basis: "read" in a text.
    """

    zone: str
    item: str
    emitter: str
    limit_bq_cm2: float
    source: str
    basis: str
    note: str


@lru_cache(maxsize=1)
def surface_limits() -> Mapping[tuple[str, str, str], SurfaceLimit]:
    """The control levels by (zone, item, emitter)."""
    rows = (
        SurfaceLimit(
            row["zone"],
            row["item"],
            row["emitter"],
            float(row["limit_bq_cm2"]),
            row["source"],
            row["basis"],
            row["note"],
        )
        for row in read_table("surface_contamination_limits.csv")
    )
    return MappingProxyType({(row.zone, row.item, row.emitter): row for row in rows})


def surface_limit(zone: str, item: str, emitter: str) -> SurfaceLimit:
    """The control level for an item in a zone. Raises InputError where no text gives one."""
    limits = surface_limits()
    found = limits.get((zone, item, emitter)) or limits.get(("", item, emitter))
    if found is None:
        raise InputError(
            f"No level of contamination by {emitter} emitters for {item!r} in zone {zone!r}: "
            "docs/reference-data.md lists the gaps"
        )
    return found


def contamination_fractions(
    contamination_bq_cm2: ArrayLike, zone: str, item: str, emitter: str, times: float = 1.0
) -> NDArray[np.float64]:
    """Measured contamination over its control level; above 1 the surface must be cleaned.

    :param contamination_bq_cm2: fixed and loose together, the mean over 100 cm2 of skin or clothes and over
        1000 cm2 of floor; any shape, the result has the same.
    :param times: 1, :data:`SOFT_BETA_TIMES` for beta emitters below :data:`SOFT_BETA_TO_MEV` or
        :data:`TRITIUM_TIMES` for tritium and tritiated water.
    :raises InputError: where no text gives a level, or for a negative contamination.
    """
    measured = np.asarray(contamination_bq_cm2, dtype=np.float64)
    if not np.all(measured >= 0):
        raise InputError("A contamination must be a number from 0 upwards, in Bq/cm2")
    return measured / (surface_limit(zone, item, emitter).limit_bq_cm2 * times)
