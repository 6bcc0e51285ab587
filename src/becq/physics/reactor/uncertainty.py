"""Uncertainty of a reactor activity from cross sections and half-lives, by linear propagation.

u² = Σ (∂ln A/∂ln x)²·(u(x)/x)² over the rates of the reactions that feed or burn the product and over the
half-lives on the way, each independent of the others; the sensitivities are difference quotients of the
whole burn-up calculation. Half-lives and their uncertainties: :mod:`becq.physics.half_lives`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from becq.physics import decay_data
from becq.physics.half_lives import half_life_uncertainty_s
from becq.physics.reactor import burnup
from becq.physics.reactor.cross_sections import NeutronReaction
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.network import Network

Array = NDArray[np.float64]

_STEP = 1e-4  # relative change of a rate
_FELT = 1e-3  # sensitivities below this do not matter
_MAIN = 0.1  # a sensitivity above this makes the uncertainty unknown where the input's is


@dataclass(frozen=True, slots=True)
class Contribution:
    """One input's part in the activity of the product.

    :ivar of: "W-187(n,g)W-188" or "half-life of W-187".
    :ivar reaction: the reaction, None for a half-life.
    :ivar relative_u: its relative standard uncertainty, 0 if no source gives one.
    :ivar sensitivity: ∂ln A/∂ln x.
    """

    of: str
    reaction: NeutronReaction | None
    relative_u: float
    sensitivity: float

    @property
    def share(self) -> float:
        """|sensitivity|·relative uncertainty."""
        return abs(self.sensitivity) * self.relative_u


def contributions(
    network: Network, rates: Array, flux: FluxHistory, start: Array, product: str, cooling_s: float
) -> tuple[Contribution, ...]:
    """What the product's activity after cooling hangs on, the largest part of its uncertainty first.

    :param rates: reaction rates per atom in 1/s, (steps, reactions).
    :param start: atoms at the start, (1, n).
    """
    ways = network.leading_to(product)
    small = network.restricted(ways)
    rates = rates[:, [k for k, r in enumerate(network.reactions) if r.target in ways]]
    mean = flux.durations_s @ rates / flux.duration_s
    found: list[tuple[str, NeutronReaction | None, float]] = []
    rate_scale, decay_scale = [np.ones(len(small.reactions))], [np.ones(len(small.members))]
    for k, reaction in enumerate(small.reactions):
        if mean[k] > 0:
            found.append((reaction.label, reaction, _doubt(reaction, flux)))
            rate_scale.append(np.where(np.arange(len(small.reactions)) == k, 1 + _STEP, 1.0))
            decay_scale.append(decay_scale[0])
    for i, name in enumerate(small.members):
        doubt = _half_life_doubt(name)
        if doubt > 0:
            found.append((f"half-life of {name}", None, doubt))
            rate_scale.append(rate_scale[0])
            decay_scale.append(np.where(np.arange(len(small.members)) == i, 1 / (1 + _STEP), 1.0))
    activity = _activities(
        small,
        rates,
        flux,
        start[:, [network.index[m] for m in small.members]],
        product,
        cooling_s,
        np.array(rate_scale),
        np.array(decay_scale),
    )
    if activity[0] <= 0:
        return ()
    sensitivity = (activity[1:] / activity[0] - 1.0) / _STEP
    parts = [Contribution(*f, float(s)) for f, s in zip(found, sensitivity, strict=True)]
    return tuple(sorted((p for p in parts if abs(p.sensitivity) > _FELT), key=lambda p: -p.share))


def relative(parts: tuple[Contribution, ...]) -> float | None:
    """Relative standard uncertainty of all parts together.

    None if no source gives any, or if it gives none of a reaction on which the activity hangs.
    """
    missing = any(p.relative_u == 0 and abs(p.sensitivity) > _MAIN for p in parts)
    if missing or not any(p.share for p in parts):
        return None
    return float(np.sqrt(sum(p.share**2 for p in parts)))


def _activities(
    network: Network,
    rates: Array,
    flux: FluxHistory,
    start: Array,
    product: str,
    cooling_s: float,
    rate_scale: Array,
    decay_scale: Array,
) -> Array:
    """Activity of the product in each case of changed rates: (L,)."""
    cases = len(rate_scale)
    atoms = np.repeat(start, cases, axis=0)
    steps = [(rates[k] * rate_scale, float(t)) for k, t in enumerate(flux.durations_s)]
    if cooling_s > 0:
        steps.append((np.zeros_like(rate_scale), cooling_s))
    solver = burnup.Steps()
    for changed, duration in steps:
        removal, coupling = network.burnup(changed, decay_scale)
        atoms = solver.apply(removal, coupling, duration, atoms)
    place = network.index[product]
    return np.asarray(atoms[:, place] * network.decay_rates[place] * decay_scale[:, place])


def _half_life_doubt(name: str) -> float:
    if not decay_data.known(name) or decay_data.record(name).stable:
        return 0.0
    return (half_life_uncertainty_s(name) or 0.0) / decay_data.half_life_s(name)


def _doubt(reaction: NeutronReaction, flux: FluxHistory) -> float:
    """Relative uncertainty of a rate, weighed over thermal, epithermal and fast parts of the fluence."""
    thermal = float(flux.durations_s @ flux.thermal_cm2_s)
    epithermal = float(flux.durations_s @ (flux.thermal_cm2_s * flux.epithermal_ratio))
    fast = float(flux.durations_s @ flux.fast_cm2_s)
    parts = [
        (thermal, reaction.thermal_b or 0.0, reaction.thermal_u_b or 0.0),
        (epithermal, reaction.integral_b(flux.alpha), reaction.resonance_u_b or 0.0),
        (fast, reaction.fission_b or 0.0, reaction.fission_u_b or 0.0),
    ]
    total = sum(f * value for f, value, _ in parts)
    return float(np.sqrt(sum((f * u) ** 2 for f, _, u in parts)) / total) if total > 0 else 0.0
