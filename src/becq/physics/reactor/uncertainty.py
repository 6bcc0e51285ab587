"""Uncertainty of a reactor activity from those of the cross sections, by linear propagation.

u² = Σ (∂ln A/∂ln R)²·(u(R)/R)² over the reactions that feed or burn the product, each rate R taken as
independent of the others; the sensitivities are difference quotients of the whole burn-up calculation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from becq.physics.reactor import burnup
from becq.physics.reactor.cross_sections import NeutronReaction
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.network import Network

Array = NDArray[np.float64]

_STEP = 1e-3  # relative change of a rate


def relative(
    network: Network, rates: Array, flux: FluxHistory, start: Array, product: str, cooling_s: float
) -> float | None:
    """Relative standard uncertainty of the product's activity after cooling, None if no source gives any.

    :param rates: reaction rates per atom in 1/s, (steps, reactions).
    :param start: atoms at the start, (1, n).
    """
    ways = network.leading_to(product)
    small = network.restricted(ways)
    places = [k for k, r in enumerate(network.reactions) if r.target in ways]
    rates = rates[:, places]
    atoms = start[:, [network.index[m] for m in small.members]]
    mean = flux.durations_s @ rates / flux.duration_s
    doubt = np.array([_doubt(r, flux) for r in small.reactions])
    moving = [k for k in range(len(small.reactions)) if doubt[k] > 0 and mean[k] > 0]
    if not moving:
        return None
    scale = np.ones((len(moving) + 1, len(small.reactions)))
    scale[np.arange(1, len(moving) + 1), moving] += _STEP
    state = np.repeat(atoms, len(scale), axis=0)
    for step, duration in enumerate(flux.durations_s):
        removal, coupling = small.burnup(rates[step] * scale)
        state = np.einsum(
            "lij,lj->li", burnup.transfer(removal, coupling, np.full(len(scale), duration)), state
        )
    if cooling_s > 0:
        moved = burnup.transfer(small.decay_rates[None], small.decay_coupling[None], np.array([cooling_s]))[0]
        state = state @ moved.T
    made = state[:, small.index[product]]
    if made[0] <= 0:
        return None
    sensitivity = (made[1:] / made[0] - 1.0) / _STEP
    return float(np.sqrt(((sensitivity * doubt[moving]) ** 2).sum()))


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
