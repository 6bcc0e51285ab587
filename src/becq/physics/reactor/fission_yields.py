"""Fission yields: ``data/fission_yields.csv``, ENDF/B-VIII.1 for thermal fission of U-235 and Pu-239.

The evaluation is that of England & Rider (1994, LA-UR-94-3106) with the uncertainties of BNL-220804-2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import read_table

_AGES_S = 1e9 * decay_data.YEAR_S


@dataclass(frozen=True, slots=True)
class FissionYield:
    """Atoms per fission of one product, cumulative (with its precursors) and independent."""

    product: str
    cumulative: float
    cumulative_u: float
    independent: float
    independent_u: float
    source: str


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, FissionYield]]:
    found: dict[str, dict[str, FissionYield]] = {}
    for row in read_table("fission_yields.csv"):
        found.setdefault(row["fissile"], {})[row["product"]] = FissionYield(
            row["product"],
            float(row["cumulative"]),
            float(row["cumulative_u"]),
            float(row["independent"]),
            float(row["independent_u"]),
            row["source"],
        )
    return MappingProxyType({k: MappingProxyType(v) for k, v in found.items()})


def yields(fissile: str) -> Mapping[str, FissionYield]:
    """Yields of a fissile nuclide by product.

    :raises InputError: for a nuclide without yields in the table.
    """
    if fissile not in _table():
        raise InputError(f"No fission yields of {fissile}; there are those of {', '.join(_table())}")
    return _table()[fissile]


def branches(name: str) -> tuple[tuple[str, float], ...]:
    """Daughters and branching fractions; () for a stable isotope, those ICRP-107 does not list included."""
    if not decay_data.known(name):
        return ()
    return tuple((b.daughter, b.fraction) for b in decay_data.record(name).branches if b.daughter)


@lru_cache(maxsize=8)
def direct_yields(fissile: str) -> Mapping[str, float]:
    """What fission adds to each product beyond the decay of its precursors in ICRP-107.

    Cumulative yield less Σ cumulative yield of each precursor × its branch. So the precursors that are not
    in the table (half-lives below 30 s, or not in ICRP-107) count as decayed at once, and at saturation
    every product stands at its cumulative yield. Where the branches of ICRP-107 and those behind the yields
    contradict each other the difference may be negative: 0 is taken (docs/reactors.md lists the products).
    """
    table = yields(fissile)
    fed = dict.fromkeys(table, 0.0)
    for name, entry in table.items():
        if decay_data.known(name) and decay_data.half_life_s(name) > _AGES_S:
            continue  # alpha decay of Nd-144 and the like is no part of a cumulative yield
        for daughter, fraction in branches(name):
            if daughter in fed:
                fed[daughter] += entry.cumulative * fraction
    return MappingProxyType({name: max(0.0, table[name].cumulative - fed[name]) for name in table})
