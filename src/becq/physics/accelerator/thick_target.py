"""Thick-target production: how many nuclei of which residual one beam particle makes while it slows down.

For a beam that enters with E_in and leaves (or stops) with E_out, the nuclei of one residual per particle are

    Y = N_A Σ_i n_i w_i ∫_{E_out}^{E_in} σ_i(E)/S(E) dE,

with n atoms of the element per formula unit, the atom fraction w of isotope i, and S the stopping power per
mole of formula units (IAEA TRS 465, 2008, chapter 2; Otuka & Takacs 2015, Radiochim. Acta 103, 1). The
integral is tabulated once per material over energy; the integrand is taken linear between the energies of
:data:`becq.physics.accelerator.stopping.GRID_MEV`, so a cut anywhere keeps additivity to the last digit.
Scattering, straggling and loss of beam by reactions are left out: at 30 MeV 1 to 3 % of the protons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics.accelerator.isomers import split
from becq.physics.accelerator.materials import Material
from becq.physics.accelerator.natural_curves import is_natural, natural_curves
from becq.physics.accelerator.nuclear_data import Curve, NuclearData
from becq.physics.accelerator.stopping import CHARGE, GRID_MEV, Stopping, stopping
from becq.physics.bateman import Array
from becq.physics.constants import AVOGADRO, ELEMENTARY_CHARGE_C

BARN_CM2 = 1e-24
_SMALLEST_SHARE = 1e-9
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class Channel:
    """One way to one residual: target isotope, residual with state, its curve, and what was assumed.

    :ivar element: symbol of the target element of the channel, which may be another one of a compound.
    :ivar last_mev: energy up to which the cross section is known.
    :ivar isomer_source: where the share of this state comes from; "" where there is only one state.
    :ivar relative_uncertainty: u(σ)/σ at :data:`GRID_MEV`, NaN where not known; None if nowhere.
    """

    element: str
    target_a: int
    residual_z: int
    residual_a: int
    state: str
    curve: Curve
    isomer_source: str
    relative_uncertainty: Array | None = None

    @property
    def last_mev(self) -> float:
        """Energy in MeV up to which the cross section is known."""
        return self.curve.last_mev


@dataclass(frozen=True, eq=False)
class ThickTarget:
    """Production in one material by one projectile, for any entry and exit energy.

    :ivar channels: the ways to all residuals, (n,).
    :ivar density: nuclei per particle and MeV at :data:`GRID_MEV`, (n, g).
    """

    material: Material
    stopping: Stopping
    channels: tuple[Channel, ...]
    density: Array

    @cached_property
    def cumulative(self) -> Array:
        """Nuclei per particle of a beam that enters with an energy of the grid and stops, (n, g)."""
        steps = np.diff(GRID_MEV) * (self.density[:, 1:] + self.density[:, :-1]) / 2.0
        return np.concatenate([np.zeros((len(self.channels), 1)), np.cumsum(steps, axis=1)], axis=1)

    def nuclei_per_particle(
        self, energy_mev: ArrayLike, exit_mev: ArrayLike = 0.0, *, rows: ArrayLike | None = None
    ) -> Array:
        """Nuclei made per beam particle, (..., n), for energies that broadcast to (...).

        :param rows: only these channels.
        :raises InputError: for energies out of range or an exit above the entry.
        """
        entry, out = np.broadcast_arrays(
            np.asarray(energy_mev, dtype=np.float64), np.asarray(exit_mev, dtype=np.float64)
        )
        if not (np.isfinite(entry).all() and (entry <= GRID_MEV[-1]).all() and (out >= 0).all()):
            raise InputError(f"A beam energy must lie between 0 and {GRID_MEV[-1]:g} MeV")
        if (out > entry).any():
            raise InputError("The beam cannot leave the target with more energy than it enters with")
        chosen: NDArray[np.intp] = (
            np.arange(len(self.channels)) if rows is None else np.asarray(rows, dtype=np.intp)
        )
        return self._up_to(entry, chosen) - self._up_to(out, chosen)

    def saturation_bq_per_a(self, energy_mev: ArrayLike, exit_mev: ArrayLike = 0.0) -> Array:
        """Nuclei made per second and ampere of beam, which is saturation activity in Bq/A, (..., n)."""
        return self.nuclei_per_particle(energy_mev, exit_mev) * self.particles_per_coulomb

    @property
    def particles_per_coulomb(self) -> float:
        """Beam particles in one coulomb."""
        return 1.0 / (CHARGE[self.stopping.projectile] * ELEMENTARY_CHARGE_C)

    def _up_to(self, energy: Array, rows: NDArray[np.intp]) -> Array:
        flat = energy.ravel()
        place = np.clip(np.searchsorted(GRID_MEV, flat, side="right") - 1, 0, GRID_MEV.size - 2)
        width = GRID_MEV[place + 1] - GRID_MEV[place]
        inside = np.maximum(flat - GRID_MEV[place], 0.0)
        low, high = self.density[np.ix_(rows, place)], self.density[np.ix_(rows, place + 1)]
        part = low * inside + (high - low) * (inside * inside / (2.0 * width))
        return (self.cumulative[np.ix_(rows, place)] + part).T.reshape(*energy.shape, rows.size)


@lru_cache(maxsize=16)
def thick_target(material: Material, projectile: str, data: NuclearData, element: str) -> ThickTarget:
    """Production in a material by a projectile; remembered, so that a second call costs nothing.

    :param element: the element the beam is meant for: its cross sections must be there, those of the other
        elements of a compound are used where they are.
    :raises InputError: where cross sections of the element or stopping powers are missing.
    """
    slowing = stopping(material, projectile, data.folder)
    channels: list[Channel] = []
    densities: list[Array] = []
    for part in material.parts:
        try:
            curves = data.curves(projectile, part.symbol)
        except InputError:
            if part.symbol == element:
                raise
            continue
        shares = dict(part.isotopes)
        filed = curves
        if is_natural(part.symbol, shares):
            curves = natural_curves(projectile, part.symbol, filed)
        missing = [a for a in shares if not any(c[0] == a for c in curves)]
        if part.symbol == element and len(missing) == len(shares):
            names = ", ".join(f"{element}-{a}" for a in missing)
            raise InputError(f"{data.folder} has no cross sections for {projectile} on {names}")
        for (a, z, residual_a), curve in curves.items():
            share = shares.get(a, 0.0)
            if share < _SMALLEST_SHARE or z < 1:
                continue
            inside = np.minimum(GRID_MEV, curve.last_mev)
            sigma = np.where(curve.last_mev >= GRID_MEV, curve.at(inside), 0.0)
            if not sigma.any():
                continue
            scale = AVOGADRO * BARN_CM2 * part.count * share
            whole = scale * sigma / slowing.molar_mev_cm2_mol
            for state, fraction, source in split(data, projectile, part.symbol, (a, z, residual_a), GRID_MEV):
                if filed.get((a, z, residual_a)) is curve:
                    known = data.relative_uncertainty(
                        projectile, part.symbol, (a, z, residual_a), state, GRID_MEV
                    )
                else:
                    known = curve.relative_uncertainty(GRID_MEV)
                spread = None if np.isnan(known).all() else known
                channels.append(Channel(part.symbol, a, z, residual_a, state, curve, source, spread))
                densities.append(whole * fraction)
    density = np.array(densities)
    largest = density.max(axis=1)
    kept = np.flatnonzero(largest > _NEGLIGIBLE * largest.max())
    return ThickTarget(material, slowing, tuple(channels[i] for i in kept), density[kept])


def missing_isotopes(target: ThickTarget, element: str) -> tuple[str, ...]:
    """Isotopes of the element in the material that have no cross sections at all."""
    there = {c.target_a for c in target.channels if c.element == element}
    return tuple(f"{element}-{a}" for a, _ in target.material.part(element).isotopes if a not in there)
