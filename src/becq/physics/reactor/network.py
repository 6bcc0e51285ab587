"""The burn-up network: every nuclide that neutrons and decay make out of a target, and the rates between.

Per atom and second a reaction happens at (docs/reactors.md, Høgdahl's convention with Westcott's g)

    R = G_th·φ·g(T)·σ0 + G_res·φ·r·(I(α) + ΔI(T)) + φ_f·σ_f

with the conventional thermal flux φ, the epithermal ratio r, the equivalent fission flux φ_f and the
self-shielding factors G. Decays come from ICRP-107, cross sections from the package's table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.reactor import cross_sections
from becq.physics.reactor.cross_sections import NeutronReaction
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.self_shielding import UNSHIELDED, Shielding

Array = NDArray[np.float64]

MAX_ABSORPTIONS = 4
"""Neutrons a nucleus may take up along a path; W-186 → W-188 takes two. Californium needs more."""

_BARN = 1e-24


@dataclass(frozen=True)
class Network:
    """Members, decays and reactions.

    :ivar members: nuclides in the order they were reached, the target's isotopes first.
    :ivar reactions: reactions of the members; a product that is not a member leaves the network.
    """

    members: tuple[str, ...]
    reactions: tuple[NeutronReaction, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each member."""
        return {name: i for i, name in enumerate(self.members)}

    @cached_property
    def decay_rates(self) -> Array:
        """Decay constants of the members in 1/s, (n,)."""
        return np.array([_decay_const(m) for m in self.members])

    @cached_property
    def decay_coupling(self) -> Array:
        """Decay from j to i in 1/s, (n, n)."""
        coupling = np.zeros((len(self.members), len(self.members)))
        for j, name in enumerate(self.members):
            for daughter, rate in _daughters(name):
                if daughter in self.index:
                    coupling[self.index[daughter], j] += rate
        return coupling

    def reaction_rates(self, flux: FluxHistory, shielding: Shielding = UNSHIELDED) -> Array:
        """Rates per atom in 1/s of every reaction in every step: (steps, reactions)."""
        rates = np.empty((flux.durations_s.size, len(self.reactions)))
        temperature = flux.temperature_k
        for k, reaction in enumerate(self.reactions):
            capture = reaction.reaction == "n,g"
            g, extra = 1.0, 0.0
            if capture and reaction.thermal_b:
                g = float(cross_sections.westcott_factor(reaction.target, temperature))
                share = reaction.thermal_b / _capture_b(reaction.target)
                extra = share * float(cross_sections.sub_cadmium_integral_b(reaction.target, temperature))
            thermal = (reaction.thermal_b or 0.0) * g * shielding.thermal
            integral = reaction.integral_b(flux.alpha) * shielding.resonance_of(reaction.target) + extra
            # an absorber that falls faster than 1/v (Gd-157) has a negative part below 0.55 eV
            slow = np.maximum(thermal + flux.epithermal_ratio * integral, 0.0)
            rates[:, k] = _BARN * (flux.thermal_cm2_s * slow + flux.fast_cm2_s * (reaction.fission_b or 0.0))
        return rates

    def burnup(self, rates: Array, decay_scale: Array | None = None) -> tuple[Array, Array]:
        """Removal (L, n) and coupling (L, n, n) in 1/s from reaction rates (L, reactions).

        :param decay_scale: factors on the decay constants, (L, n); None for 1.
        """
        scale = np.ones((rates.shape[0], len(self.members))) if decay_scale is None else decay_scale
        removal = self.decay_rates * scale
        coupling = self.decay_coupling * scale[:, None, :]
        for k, reaction in enumerate(self.reactions):
            source = self.index[reaction.target]
            removal[:, source] += rates[:, k]
            product = self.index.get(reaction.product)
            if product is not None:
                coupling[:, product, source] += rates[:, k]
        return removal, coupling

    def leading_to(self, product: str) -> frozenset[str]:
        """Members from which ``product`` can be reached, itself included."""
        found = {product}
        feeds = [(r.target, r.product) for r in self.reactions]
        feeds += [(m, d) for m in self.members for d, _ in _daughters(m)]
        grown = True
        while grown:
            new = {source for source, to in feeds if to in found and source not in found}
            found |= new
            grown = bool(new)
        return frozenset(found & set(self.members))

    def restricted(self, members: Iterable[str]) -> Network:
        """The same network with some members only; what reaches others leaves it."""
        kept = set(members)
        return Network(
            tuple(m for m in self.members if m in kept),
            tuple(r for r in self.reactions if r.target in kept),
        )


def build(start: Iterable[str], *, fast: bool = False, max_absorptions: int = MAX_ABSORPTIONS) -> Network:
    """The network that grows from some nuclides.

    :param start: canonical names.
    :param fast: whether reactions known only in the fission spectrum take part.
    :param max_absorptions: neutrons a nucleus may take up along a path.
    :raises InputError: for a nuclide that neither ICRP-107 nor the natural isotopes know.
    """
    if not 0 <= max_absorptions <= 20:
        raise InputError(f"{max_absorptions} absorptions: give 0 to 20")
    return _build(tuple(dict.fromkeys(start)), fast, max_absorptions)


@lru_cache(maxsize=128)
def _build(start: tuple[str, ...], fast: bool, limit: int) -> Network:
    depth: dict[str, int] = {}
    members: list[str] = []
    used: list[NeutronReaction] = []
    layer = list(start)
    for absorbed in range(limit + 1):
        reached = _with_progeny([n for n in layer if n not in depth], depth)
        for name in reached:
            depth[name] = absorbed
        members += reached
        layer = []
        for name in reached:
            for reaction in cross_sections.reactions(name):
                if not fast and reaction.thermal_b is None and reaction.resonance_b is None:
                    continue
                used.append(reaction)
                if absorbed < limit and reaction.product:
                    layer.append(reaction.product)
    return Network(tuple(members), tuple(used))


def _with_progeny(names: list[str], known: dict[str, int]) -> list[str]:
    found: list[str] = []
    waiting = list(dict.fromkeys(names))
    while waiting:
        name = waiting.pop(0)
        if name in known or name in found:
            continue
        found.append(name)
        waiting += [d for d, _ in _daughters(name)]
    return found


@lru_cache(maxsize=4096)
def _daughters(name: str) -> tuple[tuple[str, float], ...]:
    if not decay_data.known(name):
        return ()
    record = decay_data.record(name)
    rate = record.decay_const
    return tuple((b.daughter, rate * b.fraction) for b in record.branches if b.daughter and rate > 0)


@lru_cache(maxsize=4096)
def _decay_const(name: str) -> float:
    return decay_data.decay_const(name) if decay_data.known(name) else 0.0


@lru_cache(maxsize=4096)
def _capture_b(target: str) -> float:
    return sum(r.thermal_b or 0.0 for r in cross_sections.reactions(target) if r.reaction == "n,g")
