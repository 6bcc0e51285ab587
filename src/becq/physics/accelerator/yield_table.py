"""Becq's own table of thick-target yields, for machines without a folder of nuclear data.

``becq/data/accelerator_yields.csv`` holds, for each projectile, target isotope and radioactive residual, the
saturation yield of every step of energy in an elemental target of that isotope alone; a yield between two
energies is a sum of steps and, within a step, a monotone cubic. Of any other material the steps are scaled
with the ratio of the stopping powers per atom, from ``becq/data/accelerator_stopping.csv``; electronic
stopping does not depend on the isotope. Both are derived by ``scripts/build_yield_table.py`` from the
evaluations that each row names. A row is one residual with its isomers together, or (residual Tc-94m) an
isomer alone where the evaluation tells it apart.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator.isotopes import (
    name_of,
    natural_abundances,
)
from becq.physics.accelerator.materials import Material
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.accelerator.tabulated_stopping import molar_stopping
from becq.physics.elements import elements, read_table
from becq.physics.nuclides import nuclide

Array = NDArray[np.float64]
Channel = tuple[int, int, int]
"""Mass number of the target, Z and A of the residual."""

EDGES_MEV: Array = np.concatenate([np.arange(0.0, 32.0, 0.5), np.arange(32.0, 101.0, 2.0)])
"""Energies between the steps of the table, MeV; a curve with structure has each step in several parts."""
_BQ_PER_A = 1e12  # of one MBq/µA


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """Saturation yields of one residual, by steps of energy.

    ``energy_mev`` (n+1,): ends of the steps; ``yield_bq_per_a`` (n,): yield of each step in an elemental
    target of the isotope alone, Bq/A, which is also the number of nuclei made by one coulomb.
    """

    energy_mev: Array
    yield_bq_per_a: Array
    source: str

    @property
    def last_mev(self) -> float:
        """Highest energy in MeV."""
        return float(self.energy_mev[-1])


@dataclass(frozen=True, eq=False, slots=True)
class TabulatedYield:
    """What the table holds of one projectile on one element.

    ``steps``: by channel (mass number of the target, Z and A of the residual), all isotopes of the element,
    all states of the residual together. ``isomers``: by channel, the states that are told apart ("m", "n").
    """

    projectile: str
    element: str
    steps: Mapping[Channel, Steps]
    isomers: Mapping[Channel, Mapping[str, Steps]]

    def yield_bq_per_a(
        self,
        channel: Channel,
        energy_mev: ArrayLike,
        exit_mev: ArrayLike = 0.0,
        *,
        material: Material | None = None,
    ) -> Array:
        """Saturation yield of one residual between two energies, the isotope alone, Bq/A.

        :param energy_mev: energies at which the beam enters, any shape; :param exit_mev: at which it leaves
            the target, broadcast.
        :param material: what the target is made of; None for the element. Only its formula matters: the
            share of the isotope is the caller's to multiply.
        :raises InputError: above the table's energies, or if a beam leaves with more than it came with.
        """
        if channel not in self.steps:
            return np.zeros(np.broadcast_shapes(np.shape(energy_mev), np.shape(exit_mev)))
        steps = self.steps[channel]
        enter, leave = np.asarray(energy_mev, float), np.asarray(exit_mev, float)
        if enter.size and not (np.isfinite(enter).all() and enter.max() <= steps.last_mev * (1 + 1e-9)):
            raise InputError(
                f"No yield of {name_of(*channel[1:])} at {enter.max():g} MeV: the table ends at "
                f"{steps.last_mev:g} MeV for {self.projectile} on {self.element}-{channel[0]}"
            )
        if np.any(leave > enter) or np.any(leave < 0.0):
            raise InputError(
                "The beam leaves the target with more energy than it had, or with less than none"
            )
        curve = self._curve(steps, material)
        low, high = steps.energy_mev[0], steps.last_mev
        return np.asarray(curve(np.clip(enter, low, high)) - curve(np.clip(leave, low, high)))

    def yield_bq_per_a_mev(
        self, channel: Channel, energy_mev: ArrayLike, *, material: Material | None = None, state: str = ""
    ) -> Array:
        """Derivative of the yield with respect to the energy, Bq/A/MeV, any shape; 0 outside the table.

        :param state: an isomer of ``isomers``; "" for all states together.
        """
        energy = np.asarray(energy_mev, float)
        steps = self.isomers[channel][state] if state else self.steps[channel]
        low, high = steps.energy_mev[0], steps.last_mev
        slope = self._curve(steps, material).derivative()(np.clip(energy, low, high))
        return np.where((energy >= low) & (energy <= high), slope, 0.0)

    def _curve(self, steps: Steps, material: Material | None) -> Any:
        middle = 0.5 * (steps.energy_mev[1:] + steps.energy_mev[:-1])
        return cumulative(steps.energy_mev, steps.yield_bq_per_a * self.stopping_ratio(middle, material))

    def stopping_ratio(self, energy_mev: ArrayLike, material: Material | None) -> Array:
        """Stopping per atom of the element over that of a material per atom of the element, any shape.

        :param material: None for the element itself (ratio 1).
        :raises InputError: if the element is not in the material.
        """
        energy = np.asarray(energy_mev, float)
        if material is None:
            return np.ones(energy.shape)
        own = molar_stopping(self.projectile, ((self.element, 1.0),), energy)
        parts = tuple((part.symbol, part.count) for part in material.parts)
        count = material.part(self.element).count
        return own * count / molar_stopping(self.projectile, parts, energy)

    def sources(self, channels: Mapping[Channel, object]) -> tuple[str, ...]:
        """The different sources of some channels."""
        return tuple(dict.fromkeys(self.steps[c].source for c in channels if c in self.steps))


def edges_mev(first: float, last: float, parts: int) -> Array:
    """Ends of the steps of one row: the edges between its first and last energy, each step in ``parts``."""
    fine = EDGES_MEV[:-1, None] + np.diff(EDGES_MEV)[:, None] * (np.arange(parts) / parts)
    inside = fine[(fine > first * (1 + 1e-9)) & (fine < last * (1 - 1e-9))]
    return np.concatenate([[first], inside, [last]])


def cumulative(energy_mev: Array, yields: Array) -> Any:
    """Yield up to an energy, as a function with a derivative, from the yields of steps.

    Cubics through the sums; their slopes are those of parabolas, zero at the first energy, where the cross
    section sets in, and limited so that no yield falls (Fritsch & Carlson 1980, SIAM J. Numer. Anal. 17 238).
    """
    from scipy.interpolate import CubicHermiteSpline

    width = np.diff(energy_mev)
    mean = yields / width
    slope = np.zeros(len(energy_mev))
    slope[1:-1] = (width[:-1] * mean[1:] + width[1:] * mean[:-1]) / (width[:-1] + width[1:])
    slope[-1] = 2.0 * mean[-1] - slope[-2]
    least = np.minimum(np.append(mean, mean[-1]), np.append(mean[0], mean))
    slope = np.clip(slope, 0.0, 3.0 * least)
    return CubicHermiteSpline(energy_mev, np.concatenate([[0.0], np.cumsum(yields)]), slope)


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the list: the reaction, the energies between which it has a yield, and the sources."""

    reaction: Reaction
    lowest_mev: float
    highest_mev: float
    sources: tuple[str, ...]


@lru_cache(maxsize=1)
def _rows() -> Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]:
    text = files("becq.data").joinpath("accelerator_yields.csv").read_text(encoding="utf-8")
    reader = csv.reader(text.splitlines())
    next(reader)
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in reader:
        found.setdefault((row[0], row[1].partition("-")[0]), []).append(tuple(row))
    return {key: tuple(rows) for key, rows in found.items()}


@lru_cache(maxsize=128)
def of_element(projectile: str, element: str) -> TabulatedYield | None:
    """The table for a projectile ("p", "d", "a") and an element ("Ni"); None if it has none."""
    rows = _rows().get((projectile, element))
    if rows is None:
        return None
    steps: dict[Channel, Steps] = {}
    isomers: dict[Channel, dict[str, Steps]] = {}
    for _, target, residual, first, last, parts, values, source in rows:
        symbol, _, mass_number = residual.partition("-")
        state = mass_number.lstrip("0123456789")
        yields = np.array(values.split(), dtype=float) * _BQ_PER_A
        key = int(target.partition("-")[2]), elements()[symbol].z, int(mass_number.removesuffix(state))
        found = Steps(edges_mev(float(first), float(last), int(parts)), yields, source)
        if state:
            isomers.setdefault(key, {})[state] = found
        else:
            steps[key] = found
    return TabulatedYield(projectile, element, steps, isomers)


def tabulated(reaction: Reaction | str) -> TabulatedYield | None:
    """The table for a reaction's projectile and target element; None if it has none.

    :raises InputError: for a text that is no reaction.
    """
    wanted = parse_reaction(reaction) if isinstance(reaction, str) else reaction
    return of_element(wanted.projectile, wanted.element)


def require(reaction: Reaction | str) -> TabulatedYield:
    """The same, but an error that lists what is tabulated if there is nothing.

    :raises InputError: if the projectile and element are not in the table.
    """
    wanted = parse_reaction(reaction) if isinstance(reaction, str) else reaction
    found = tabulated(wanted)
    if found is None:
        listed = ", ".join(str(r.reaction) for r in routes())
        raise InputError(
            f"{wanted} is not in Becq's own table of yields. Name a folder of nuclear data in "
            f"BECQ_NUCLEAR_DATA, or use one of: {listed}"
        )
    return found


def _channels(reaction: Reaction, table: TabulatedYield) -> list[Channel]:
    """Channels that make the product, directly or (with open ejectiles) through precursors."""
    product = nuclide(reaction.product)
    ancestors = decay_data.ancestors([product.name]) if reaction.cumulative else frozenset()
    isotopes = natural_abundances(reaction.element) if reaction.target_a is None else {reaction.target_a: 1.0}
    return [
        (a, z, residual)
        for a, z, residual in table.steps
        if a in isotopes and ((z, residual) == (product.z, product.a) or name_of(z, residual) in ancestors)
    ]


@lru_cache(maxsize=1)
def routes() -> tuple[Route, ...]:
    """The listed routes of charged particles, for a picker; the table answers more than these."""
    found = []
    for reaction in listed():
        table = tabulated(reaction)
        channels = _channels(reaction, table) if table is not None else []
        if table is not None and channels:
            steps = [table.steps[c] for c in channels]
            lowest = min(float(s.energy_mev[0]) for s in steps)
            highest = max(s.last_mev for s in steps)
            found.append(Route(reaction, lowest, highest, tuple(dict.fromkeys(s.source for s in steps))))
    return tuple(found)


@lru_cache(maxsize=1)
def listed() -> tuple[Reaction, ...]:
    """All routes of ``becq/data/accelerator_routes.csv``, those of photons too."""
    return tuple(parse_reaction(row["reaction"]) for row in read_table("accelerator_routes.csv"))
