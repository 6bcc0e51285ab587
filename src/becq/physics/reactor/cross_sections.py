"""Neutron cross sections of the burn-up network and the Westcott factors that go with them.

Two tables of the package, each row with its source:

- ``data/neutron_cross_sections.csv``: per target, reaction and product state the cross section at 2200 m/s,
  the resonance integral above 0.55 eV and the average over the fission spectrum of U-235, in barn;
- ``data/westcott_factors.csv``: for absorbers that do not follow 1/v, the Westcott factor g(T) and the
  integral of the part of the cross section that deviates from g·σ0·√(E0/E) between 5kT and 0.55 eV.

docs/reactors.md says how the tables were made. A cell that is empty is not known; nothing is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.physics.elements import read_table

Array = NDArray[np.float64]

CADMIUM_EV = 0.55
"""Lower limit of the resonance integrals in eV (the usual effective cadmium cut-off)."""

THERMAL_EV = 0.0253
ONE_OVER_V = 2.0 * (THERMAL_EV / CADMIUM_EV) ** 0.5
"""Resonance integral of a pure 1/v absorber in units of its thermal cross section: 2·√(E0/E_Cd) = 0.429."""


@dataclass(frozen=True, slots=True)
class NeutronReaction:
    """One row of the table: what a neutron does to a target.

    :ivar reaction: "n,g", "n,p", "n,a", "n,t", "n,2n", "n,n'" or "n,f".
    :ivar product: canonical name, "" where the network does not follow it (fission).
    :ivar thermal_b: cross section at 2200 m/s in barn, None if unknown; ``thermal_u_b`` its uncertainty.
    :ivar resonance_b: ∫σ dE/E above 0.55 eV in barn, None if unknown.
    :ivar resonance_energy_ev: effective resonance energy in eV, None if not determined.
    :ivar fission_b: average over the fission spectrum in barn, None if unknown.
    """

    target: str
    reaction: str
    product: str
    thermal_b: float | None
    thermal_u_b: float | None
    resonance_b: float | None
    resonance_u_b: float | None
    resonance_energy_ev: float | None
    fission_b: float | None
    fission_u_b: float | None
    source: str
    note: str
    assumption: str

    @property
    def usable(self) -> bool:
        """True if the row holds a cross section; others only say why there is none."""
        return self.thermal_b is not None or self.resonance_b is not None or self.fission_b is not None

    @property
    def label(self) -> str:
        """ "Lu-176(n,g)Lu-177"."""
        return f"{self.target}({self.reaction}){self.product}"

    def integral_b(self, alpha: float = 0.0) -> float:
        """Resonance integral in barn for an epithermal flux that falls like 1/E^(1+α).

        I(α) = (I − 0.429σ0)/Er^α + 0.429σ0/((2α+1)·0.55^α) (De Corte 1987; energies in eV). Where the
        integral is not known, the 1/v tail of the thermal cross section alone is taken; where Er is not
        known, the whole integral is scaled like the 1/v tail.
        """
        tail = ONE_OVER_V * (self.thermal_b or 0.0)
        total = self.resonance_b if self.resonance_b is not None else tail
        if alpha == 0.0:
            return total
        shape = 1.0 / ((2.0 * alpha + 1.0) * CADMIUM_EV**alpha)
        if self.resonance_energy_ev is None:
            return float(total * shape)
        return float((total - tail) / self.resonance_energy_ev**alpha + tail * shape)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, tuple[NeutronReaction, ...]]:
    found: dict[str, list[NeutronReaction]] = {}
    for row in read_table("neutron_cross_sections.csv"):
        number = {k: float(v) if v else None for k, v in row.items() if k.endswith(("_b", "_ev"))}
        text = {k: row[k] for k in ("target", "reaction", "product", "source", "note", "assumption")}
        found.setdefault(row["target"], []).append(NeutronReaction(**text, **number))  # type: ignore[arg-type]
    return MappingProxyType({target: tuple(rows) for target, rows in found.items()})


def reactions(target: str) -> tuple[NeutronReaction, ...]:
    """Every usable row of a target nuclide, () if it has none."""
    return tuple(r for r in _table().get(target, ()) if r.usable)


def remarks(target: str, product: str | None = None) -> tuple[str, ...]:
    """What the table says of captures of a target that it leaves out; with a product, of all ways to it."""
    rows = (r for r in _table().get(target, ()) if not r.usable)
    return tuple(
        f"{r.label}: {r.note}"
        for r in rows
        if (r.reaction == "n,g" if product is None else r.product == product)
    )


def targets() -> tuple[str, ...]:
    """Every nuclide with at least one usable row, in the order of the table."""
    return tuple(t for t, rows in _table().items() if any(r.usable for r in rows))


@lru_cache(maxsize=1)
def _westcott() -> Mapping[str, tuple[Array, Array, Array]]:
    found: dict[str, list[tuple[float, float, float]]] = {}
    for row in read_table("westcott_factors.csv"):
        values = (float(row["temperature_k"]), float(row["g"]), float(row["sub_cadmium_b"]))
        found.setdefault(row["target"], []).append(values)
    columns = {t: np.array(sorted(rows)).T for t, rows in found.items()}
    return MappingProxyType({t: (c[0], c[1], c[2]) for t, c in columns.items()})


def westcott_factor(target: str, temperature_k: ArrayLike) -> Array:
    """Westcott's g of radiative capture at a neutron temperature in K, interpolated; 1 for 1/v absorbers.

    Temperatures (...) → (...). Between 293.6 K and 600 K; beyond, the value at the end of the table.
    """
    t = np.asarray(temperature_k, dtype=np.float64)
    table = _westcott().get(target)
    return np.ones(t.shape) if table is None else np.asarray(np.interp(t, table[0], table[1]))


def sub_cadmium_integral_b(target: str, temperature_k: ArrayLike) -> Array:
    """∫(σ − g·σ0·√(E0/E)) dE/E from 5kT to 0.55 eV in barn, 0 for 1/v absorbers: (...) → (...).

    What the 1/E flux below the cadmium cut-off adds to the capture of an absorber with a resonance there
    (Lu-176 at 0.14 eV): Westcott's s0 holds it, a resonance integral from 0.55 eV does not.
    """
    t = np.asarray(temperature_k, dtype=np.float64)
    table = _westcott().get(target)
    return np.zeros(t.shape) if table is None else np.asarray(np.interp(t, table[0], table[2]))
