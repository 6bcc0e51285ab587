"""Fission-product chains, fed by fission and decaying: one block for each set of isobars.

At one fission per second the atoms of a block grow as N' = A·N + y with the direct yields y; the fission is
one more state of the block that never decays, so a run is one matrix exponential.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.reactor import burnup
from becq.physics.reactor.cross_sections import reactions, westcott_factor
from becq.physics.reactor.fission_yields import branches, direct_yields
from becq.physics.reactor.flux import DEFAULT_TEMPERATURE_K

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FissionChains:
    """Fission-product chains, one block for each set that decay connects (mostly the isobars).

    Each block has one more state, the fission itself, that feeds it at its direct yields. ``rates`` and
    ``coupling`` are (blocks, m+1) and (blocks, m+1, m+1) padded with zeros, ``places`` (n, 2) tells block and
    row of each member, ``decay_rates`` (n,) its decay constant. ``captures_b`` (blocks, m+1) are capture
    cross sections in barn for a Maxwellian at 40 °C, 0 where none is known.
    """

    members: tuple[str, ...]
    places: NDArray[np.intp]
    rates: Array
    coupling: Array
    captures_b: Array
    decay_rates: Array
    fissile: str

    def place(self, product: str) -> int:
        """Where a radioactive product stands among the members.

        :raises InputError: if it is not there or stable.
        """
        if product in self.members and self.decay_rates[self.members.index(product)] > 0:
            return self.members.index(product)
        raise InputError(
            f"{product} is no radioactive fission product of {self.fissile} in the table (yields from 1e-6)"
        )

    def grown(self, duration_s: float, cooling_s: float = 0.0, thermal_cm2_s: float = 0.0) -> Array:
        """Atoms of the members after a run at one fission per second and a cooling, (n,)."""
        state = self.transfer(duration_s, thermal_cm2_s)[:, :, -1].copy()
        if cooling_s > 0:
            state[:, -1] = 0.0
            state = np.einsum("bij,bj->bi", self.transfer(cooling_s), state)
        return np.asarray(state[self.places[:, 0], self.places[:, 1]])

    def transfer(self, duration_s: float, thermal_cm2_s: float = 0.0) -> Array:
        """exp(A·t) of every block, (blocks, m+1, m+1); captures in the flux take atoms away."""
        removal = self.rates + self.captures_b * (thermal_cm2_s * 1e-24)
        return burnup.transfer(removal, self.coupling, np.full(len(self.rates), float(duration_s)))


@lru_cache(maxsize=8)
def chains_of(fissile: str) -> FissionChains:
    """Every fission product of the table. Raises InputError if there are no yields of ``fissile``."""
    direct = direct_yields(fissile)
    return _of(tuple(direct), fissile)


@lru_cache(maxsize=256)
def chains_to(fissile: str, product: str) -> FissionChains:
    """Only what a product comes from. Raises InputError if it is no radioactive fission product."""
    whole = chains_of(fissile)
    whole.place(product)
    needed = decay_data.ancestors([product])
    return _of(tuple(m for m in whole.members if m in needed), fissile)


def _of(members: tuple[str, ...], fissile: str) -> FissionChains:
    direct = direct_yields(fissile)
    blocks = _connected(members)
    width = max(len(b) for b in blocks) + 1
    rates = np.zeros((len(blocks), width))
    captures = np.zeros((len(blocks), width))
    coupling = np.zeros((len(blocks), width, width))
    where: dict[str, tuple[int, int]] = {}
    for k, block in enumerate(blocks):
        where |= {name: (k, i) for i, name in enumerate(block)}
        for i, name in enumerate(block):
            rates[k, i] = decay_data.decay_const(name) if decay_data.known(name) else 0.0
            captures[k, i] = _capture_b(name)
            coupling[k, i, -1] = direct[name]
    for name, (k, j) in where.items():
        for daughter, fraction in branches(name):
            if daughter in where:
                coupling[k, where[daughter][1], j] += rates[k, j] * fraction
    places = np.array([where[m] for m in members], dtype=np.intp)
    decay_rates = rates[places[:, 0], places[:, 1]]
    return FissionChains(members, places, rates, coupling, captures, decay_rates, fissile)


def _capture_b(name: str) -> float:
    total = sum(r.thermal_b or 0.0 for r in reactions(name) if r.reaction == "n,g")
    return total * float(westcott_factor(name, DEFAULT_TEMPERATURE_K))


def _connected(members: tuple[str, ...]) -> list[list[str]]:
    """Members in sets that no decay leaves."""
    group = {m: m for m in members}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for name in members:
        for daughter, _ in branches(name):
            if daughter in group:
                group[root(daughter)] = root(name)
    found: dict[str, list[str]] = {}
    for name in members:
        found.setdefault(root(name), []).append(name)
    return list(found.values())
