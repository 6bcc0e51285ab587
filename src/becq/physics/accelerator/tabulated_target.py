"""A thick target computed from Becq's own table of yields, where there is no folder of nuclear data.

It is the same :class:`~becq.physics.accelerator.thick_target.ThickTarget` that a folder gives, so everything
that is done with one (impurities, chains, heat, thickness) is done with the other. The tabulated yields of
steps are turned back into curves (their derivative times the stopping power of the element) and these are
used as those of a folder are, with the recommended curves of natural elements and the uncertainties that the
package holds besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.accelerator import recommended, yield_table
from becq.physics.accelerator.channels import Channel as Key
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.isomers import split
from becq.physics.accelerator.materials import Material
from becq.physics.accelerator.measured import measured
from becq.physics.accelerator.natural_curves import is_natural, natural_curves
from becq.physics.accelerator.stopping import CHARGE, GRID_MEV
from becq.physics.accelerator.tabulated_stopping import molar_stopping, tabulated_stopping
from becq.physics.accelerator.thick_target import BARN_CM2, Channel, ThickTarget
from becq.physics.bateman import Array
from becq.physics.constants import AVOGADRO, ELEMENTARY_CHARGE_C

_SMALLEST_SHARE = 1e-9
_LISTED = 12


@lru_cache(maxsize=32)
def curves(projectile: str, element: str) -> Mapping[Key, Curve]:
    """Cross sections that go with the tabulated yields, by channel; empty if nothing is tabulated."""
    table = yield_table.of_element(projectile, element)
    if table is None:
        return {}
    found = {}
    for key, steps in table.steps.items():
        inside = (steps.energy_mev[0] < GRID_MEV) & (steps.last_mev > GRID_MEV)
        energy = np.concatenate([steps.energy_mev[:1], GRID_MEV[inside], [steps.last_mev]])
        found[key] = Curve(energy, _cross_section_b(table, key, energy, ""), steps.source)
    return found


def _cross_section_b(table: yield_table.TabulatedYield, key: Key, energy_mev: Array, state: str) -> Array:
    per_particle = table.yield_bq_per_a_mev(key, energy_mev, state=state) * (
        CHARGE[table.projectile] * ELEMENTARY_CHARGE_C
    )
    stopping = molar_stopping(table.projectile, ((table.element, 1.0),), energy_mev)
    return np.asarray(per_particle * stopping / (AVOGADRO * BARN_CM2))


class TableShares:
    """Shares of isomers in the table, asked for as those of a folder."""

    @staticmethod
    def state_shares(
        projectile: str, element: str, channel: Key, energy_mev: ArrayLike
    ) -> Mapping[str, Array]:
        """Shares of the states ("" ground, "m", "n") of a residual, by energy; empty where not told apart."""
        table = yield_table.of_element(projectile, element)
        apart = table.isomers.get(channel) if table is not None else None
        if table is None or not apart:
            return {}
        steps = table.steps[channel]
        energy = np.clip(np.asarray(energy_mev, float), steps.energy_mev[0], steps.last_mev * (1 - 1e-9))
        whole = _cross_section_b(table, channel, energy, "")
        safe = np.where(whole > 0.0, whole, 1.0)
        shares = {s: np.clip(_cross_section_b(table, channel, energy, s) / safe, 0.0, 1.0) for s in apart}
        shares[""] = np.clip(1.0 - np.sum(list(shares.values()), axis=0), 0.0, 1.0)
        return shares


@lru_cache(maxsize=24)
def tabulated_target(material: Material, projectile: str, element: str) -> ThickTarget:
    """Production in a material by a projectile, from the table.

    :param element: the element the beam is meant for; other elements of a compound are taken in where the
        table has them.
    :raises InputError: if the table has nothing for the element or its isotopes in the material.
    """
    slowing = tabulated_stopping(material, projectile)
    channels: list[Channel] = []
    densities: list[Array] = []
    for part in material.parts:
        shares = dict(part.isotopes)
        filed = curves(projectile, part.symbol)
        used = natural_curves(projectile, part.symbol, filed) if is_natural(part.symbol, shares) else filed
        for key, curve in used.items():
            a, z, residual_a = key
            share = shares.get(a, 0.0)
            if share < _SMALLEST_SHARE:
                continue
            sigma = np.where(curve.last_mev >= GRID_MEV, curve.at(np.minimum(GRID_MEV, curve.last_mev)), 0.0)
            whole = AVOGADRO * BARN_CM2 * part.count * share * sigma / slowing.molar_mev_cm2_mol
            for state, fraction, source in split(TableShares, projectile, part.symbol, key, GRID_MEV):  # type: ignore[arg-type]
                known = (
                    _relative_uncertainty(projectile, part.symbol, key, state, curve.source)
                    if filed.get(key) is curve
                    else curve.relative_uncertainty(GRID_MEV)
                )
                spread = None if np.isnan(known).all() else known
                channels.append(Channel(part.symbol, a, z, residual_a, state, curve, source, spread))
                densities.append(whole * fraction)
    if not any(channel.element == element for channel in channels):
        isotopes = ", ".join(f"{element}-{a}" for a, _ in material.part(element).isotopes)
        raise InputError(
            f"Becq's own table has no yields of {projectile} on {isotopes}. Name a folder of nuclear data in "
            f"BECQ_NUCLEAR_DATA, or use one of: {_alike(projectile, element)}"
        )
    return ThickTarget(material, slowing, tuple(channels), np.array(densities))


def _alike(projectile: str, element: str) -> str:
    """Tabulated routes of an element, else of a projectile, else of protons, as text."""
    known = [route.reaction for route in yield_table.routes()]
    for alike in (
        [r for r in known if r.element == element],
        [r for r in known if r.projectile == projectile],
        [r for r in known if r.projectile == "p"],
    ):
        if alike:
            break
    more = f" and {len(alike) - _LISTED} more" if len(alike) > _LISTED else ""
    return ", ".join(map(str, alike[:_LISTED])) + more


def _relative_uncertainty(projectile: str, element: str, channel: Key, state: str, source: str) -> Array:
    """u(cross section)/cross section at :data:`GRID_MEV` of the curve that a yield rests on, NaN if none.

    Evaluated and measured curves of the package that the yield does not rest on do not count.
    """
    of_states = recommended.states(projectile, element)
    own = of_states.get((channel, state))
    if own is None and any((channel, s) in of_states for s in ("", "m", "n")):
        return np.full(GRID_MEV.shape, np.nan)
    for found in (
        own,
        recommended.totals(projectile, element).get(channel),
        measured(projectile, element).get(channel),
    ):
        if found is not None and found.source in source:
            return found.relative_uncertainty(GRID_MEV)
    return np.full(GRID_MEV.shape, np.nan)
