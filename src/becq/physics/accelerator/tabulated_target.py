"""A thick target computed from Becq's own table of yields, where there is no folder of nuclear data.

It is the same :class:`~becq.physics.accelerator.thick_target.ThickTarget` that a folder gives, so everything
that is done with one (impurities, chains, heat, thickness) is done with the other. Its production per MeV is
the derivative of the tabulated yields; its curves are the cross sections that go with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from becq.errors import InputError
from becq.physics.accelerator import yield_table
from becq.physics.accelerator.isomers import split
from becq.physics.accelerator.isotopes import AVOGADRO, ELEMENTARY_CHARGE_C
from becq.physics.accelerator.materials import Material
from becq.physics.accelerator.nuclear_data import Curve
from becq.physics.accelerator.stopping import CHARGE, GRID_MEV, Stopping
from becq.physics.accelerator.thick_target import BARN_CM2, Channel, ThickTarget
from becq.physics.accelerator.yield_table import TabulatedYield
from becq.physics.bateman import Array
from becq.physics.elements import elements

_SMALLEST_SHARE = 1e-9


class _NoShares:
    """In place of a folder where the table does not tell isomers apart."""

    @staticmethod
    def state_shares(*_: object) -> dict[str, Array]:
        return {}


@lru_cache(maxsize=64)
def tabulated_stopping(material: Material, projectile: str) -> Stopping:
    """Stopping of a projectile in a material from the package's own table of stopping powers.

    :raises InputError: for a projectile without charge, or an element beyond uranium.
    """
    if projectile not in CHARGE:
        raise InputError(f'"{projectile}" has no stopping power here: use p, d, h (He-3) or a (alpha)')
    parts = tuple((part.symbol, part.count) for part in material.parts)
    total = yield_table.molar_stopping(projectile, parts, GRID_MEV)
    inverse = material.molar_mass_g_mol / total
    first = 2.0 * GRID_MEV[0] * inverse[0]  # S as the velocity below the grid
    steps = np.diff(GRID_MEV) * (inverse[1:] + inverse[:-1]) / 2.0
    table = "a" if projectile in ("a", "h") else "p"
    water = dict(parts) == {"H": 2.0, "O": 1.0}
    numbers = [yield_table.WATER] if water else [elements()[symbol].z for symbol, _ in parts]
    sources = tuple(dict.fromkeys(yield_table.stopping_source(table, n) for n in numbers))
    return Stopping(material, projectile, total, first + np.r_[0.0, np.cumsum(steps)], sources)


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
        table = yield_table.of_element(projectile, part.symbol)
        if table is None:
            continue
        shares = dict(part.isotopes)
        for (a, z, residual_a), steps in table.steps.items():
            share = shares.get(a, 0.0)
            if share < _SMALLEST_SHARE:
                continue
            key = a, z, residual_a
            per_a = table.yield_bq_per_a_mev(key, GRID_MEV, material=material)
            whole = per_a * share * CHARGE[projectile] * ELEMENTARY_CHARGE_C
            per_atom = AVOGADRO * BARN_CM2 * part.count * share
            inside = steps.last_mev >= GRID_MEV
            sigma = (whole * slowing.molar_mev_cm2_mol / per_atom)[inside]
            curve = Curve(GRID_MEV[inside], sigma, steps.source)
            for state, density, source in _states(table, key, whole, per_a, material):
                channels.append(Channel(part.symbol, a, z, residual_a, state, curve, source))
                densities.append(density)
    if not any(channel.element == element for channel in channels):
        isotopes = ", ".join(f"{element}-{a}" for a, _ in material.part(element).isotopes)
        listed = ", ".join(str(route.reaction) for route in yield_table.routes())
        raise InputError(
            f"Becq's own table has no yields of {projectile} on {isotopes}. Name a folder of nuclear data in "
            f"BECQ_NUCLEAR_DATA, or use one of: {listed}"
        )
    return ThickTarget(material, slowing, tuple(channels), np.array(densities))


def _states(
    table: TabulatedYield, channel: tuple[int, int, int], whole: Array, per_a: Array, material: Material
) -> Iterator[tuple[str, Array, str]]:
    """States of a residual with their production, and where the shares come from."""
    apart = table.isomers.get(channel)
    if apart is None:
        name = table.projectile, table.element
        for state, share, source in split(_NoShares, *name, channel, GRID_MEV):  # type: ignore[arg-type]
            yield state, whole * share, source
        return
    rest = whole
    for state in apart:
        part = table.yield_bq_per_a_mev(channel, GRID_MEV, material=material, state=state)
        ratio = np.divide(part, per_a, out=np.zeros_like(part), where=per_a > 0.0)
        made = whole * np.clip(ratio, 0.0, 1.0)
        rest = np.maximum(rest - made, 0.0)
        yield state, made, "cross-section file"
    yield "", rest, "cross-section file"
