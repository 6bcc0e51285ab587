"""Self-shielding: the inside of a target sees less flux than its surface.

Universal curves for a sample in an isotropic field:

- thermal: G = 1/(1 + (z/1.029)^1.009), z = x·Σt·(Σa/Σt)^0.85 (Martinho, Salgado & Gonçalves 2004,
  J. Radioanal. Nucl. Chem. 261, 637);
- isolated resonance: G = 0.94/(1 + (z/2.70)^0.82) + 0.06, z = x·Σt(Er)·√(Γγ/Γ) (Martinho, Gonçalves &
  Salgado 2003, Appl. Radiat. Isot. 58, 371; cylinders: Gonçalves, Martinho & Salgado 2004, Nucl. Instrum.
  Methods B 213, 186).

The length x is 1.5 t for a foil of thickness t, R for a sphere and 1.65 R·H/(R + H) for a cylinder, so
1.65 R for a wire.

Assumption: the papers were not at hand, so the constants of both curves and of the lengths stand here as
remembered. They were checked against exact calculations instead (tests/physics/reactor): black foils, wires
and spheres in a Maxwellian (within 10 %), a scattering sphere by Monte Carlo (within 5 % up to 3 mean free
paths, 20 % too high at 10), and the escape from a Breit-Wigner line without scattering (within 7 %). How
scattering resonances enter, √(Γγ/Γ), is not checked.

Resonances: ``data/resonances.csv``, the strongest of each isotope from ENDF/B-VIII.1; the factor of the
resonance integral is their mean weighed by what each adds to it, the 1/v tail left unshielded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.elements import read_table
from becq.physics.reactor import cross_sections
from becq.physics.reactor.sample import Sample, symbol

Array = NDArray[np.float64]

SHAPES = ("foil", "wire", "sphere", "cylinder")


@dataclass(frozen=True, slots=True)
class Shielding:
    """Factors by which the flux inside is lower, 1 for an infinitely dilute target.

    :ivar thermal: for the thermal flux, one number for the whole target.
    :ivar resonance: for the resonance integral, one for all nuclides.
    :ivar by_nuclide: resonance factors of single target nuclides, instead.
    """

    thermal: float = 1.0
    resonance: float = 1.0
    by_nuclide: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value in (self.thermal, self.resonance, *self.by_nuclide.values()):
            if not 0 < value <= 1:
                raise InputError(f"A self-shielding factor of {value:g} is out of range: above 0, up to 1")

    def resonance_of(self, nuclide: str) -> float:
        """Resonance factor of one nuclide."""
        return self.by_nuclide.get(nuclide, self.resonance)


UNSHIELDED = Shielding()


@dataclass(frozen=True, slots=True)
class Geometry:
    """Shape of a target: foil (thickness), wire or sphere (radius), cylinder (radius, height), all in cm."""

    shape: str
    thickness_cm: float = 0.0
    radius_cm: float = 0.0
    height_cm: float = 0.0

    @property
    def length_cm(self) -> float:
        """The length x of the universal curves in cm.

        :raises InputError: for an unknown shape or a size that is missing.
        """
        needed = {
            "foil": (self.thickness_cm,),
            "wire": (self.radius_cm,),
            "sphere": (self.radius_cm,),
            "cylinder": (self.radius_cm, self.height_cm),
        }.get(self.shape)
        if needed is None:
            raise InputError(f'"{self.shape}" is no shape of a target: {", ".join(SHAPES)}')
        if not all(0 < size < 1e3 for size in needed):
            raise InputError(f"The size of a {self.shape} is missing or not positive (cm)")
        if self.shape == "foil":
            return 1.5 * self.thickness_cm
        if self.shape == "sphere":
            return self.radius_cm
        if self.shape == "wire":
            return 1.65 * self.radius_cm
        return 1.65 * self.radius_cm * self.height_cm / (self.radius_cm + self.height_cm)

    @property
    def volume_cm3(self) -> float | None:
        """Volume in cm³, None for a foil or wire of unknown extent."""
        if self.shape == "sphere":
            return 4.0 / 3.0 * np.pi * self.radius_cm**3
        if self.shape == "cylinder":
            return np.pi * self.radius_cm**2 * self.height_cm
        return None


@dataclass(frozen=True, slots=True)
class Resonance:
    """One resonance: energy and widths in eV, total cross section at the peak and part of the integral, b."""

    energy_ev: float
    capture_width_ev: float
    total_width_ev: float
    peak_b: float
    integral_b: float


def thermal_factor(z: ArrayLike) -> Array:
    """Universal curve of thermal self-shielding: z (...) dimensionless → (...) between 0 and 1."""
    return np.asarray(1.0 / (1.0 + (np.asarray(z, dtype=np.float64) / 1.029) ** 1.009))


def resonance_factor(z: ArrayLike) -> Array:
    """Universal curve of resonance self-shielding of isolated resonances: z (...) → (...) from 1 to 0.06."""
    return np.asarray(0.94 / (1.0 + (np.asarray(z, dtype=np.float64) / 2.70) ** 0.82) + 0.06)


def shield(goods: Sample, geometry: Geometry, density_g_cm3: float) -> Shielding:
    """Self-shielding of a target from its atoms, shape and density.

    :param density_g_cm3: of the target material as it lies in the capsule (a pressed or loose powder is
        lighter than the crystal).
    :raises InputError: for a density not positive or a shape without its size.
    """
    if not 0 < density_g_cm3 < 30:
        raise InputError(f"A density of {density_g_cm3:g} g/cm³ is out of range (above 0, up to 30)")
    x = geometry.length_cm
    volume = goods.mass_g / density_g_cm3
    density = {n: count / volume * 1e-24 for n, count in goods.atoms.items()}
    absorbed = sum(d * _absorption_b(n) for n, d in density.items())
    total = absorbed + sum(d * _scattering_b(symbol(n)) for n, d in density.items())
    thermal = float(thermal_factor(x * total * (absorbed / total) ** 0.85)) if total > 0 else 1.0
    factors = {n: _resonance_mean(n, density[n] * x) for n in goods.atoms if resonances(n)}
    return Shielding(thermal=thermal, by_nuclide=factors)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, tuple[Resonance, ...]]:
    found: dict[str, list[Resonance]] = {}
    for row in read_table("resonances.csv"):
        found.setdefault(row["target"], []).append(
            Resonance(
                float(row["energy_ev"]),
                float(row["capture_width_ev"]),
                float(row["total_width_ev"]),
                float(row["peak_b"]),
                float(row["integral_b"]),
            )
        )
    return MappingProxyType({t: tuple(rows) for t, rows in found.items()})


def resonances(target: str) -> tuple[Resonance, ...]:
    """The strongest resonances above 0.55 eV of a nuclide, () if none is in the table."""
    return _table().get(target, ())


def _resonance_mean(target: str, atoms_per_b: float) -> float:
    """Mean factor of the resonance integral: ``atoms_per_b`` is density times x in 1/b."""
    rows = resonances(target)
    z = [r.peak_b * atoms_per_b * (r.capture_width_ev / r.total_width_ev) ** 0.5 for r in rows]
    weights = np.array([r.integral_b for r in rows])
    tail = cross_sections.ONE_OVER_V * sum(
        r.thermal_b or 0.0 for r in cross_sections.reactions(target) if r.reaction == "n,g"
    )
    return float((weights @ resonance_factor(z) + tail) / (weights.sum() + tail))


@lru_cache(maxsize=1024)
def _absorption_b(target: str) -> float:
    return sum(r.thermal_b or 0.0 for r in cross_sections.reactions(target))


@lru_cache(maxsize=128)
def _scattering_b(element: str) -> float:
    """Scattering cross section of a natural element in b (Sears 1992, as carried by periodictable)."""
    import periodictable

    neutron = periodictable.elements.symbol(element).neutron
    return float(neutron.total or 0.0) if neutron is not None else 0.0
