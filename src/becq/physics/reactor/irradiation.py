"""Irradiation of a target in a reactor: activities, specific activity, impurities, burn-up.

The whole network (captures with their isomers, other reactions, decays) is solved at once with the
matrix exponential of every step of the flux history (:mod:`becq.physics.reactor.burnup`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.constants import AVOGADRO
from becq.physics.half_lives import evaluated_half_life
from becq.physics.reactor import burnup, cross_sections, uncertainty
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.network import MAX_ABSORPTIONS, Network, build
from becq.physics.reactor.piece import (
    DILUTE,
    Piece,
    dilution_warning,
    heavy_warning,
    piece,
    shown,
    solid_sphere,
)
from becq.physics.reactor.routes import usual_product
from becq.physics.reactor.sample import Sample, atomic_mass, sample, symbol
from becq.physics.reactor.self_shielding import UNSHIELDED, Geometry, Shielding
from becq.physics.reactor.uncertainty import Contribution

Array = NDArray[np.float64]

_FAINT = 1e-15  # activities below this share of the total are not listed


@dataclass(frozen=True, slots=True)
class ReactorIrradiation:
    """What comes out of the reactor. "EOB" is the end of the irradiation, "after cooling" the end of all.

    :ivar activity_eob_bq: activity of the product in Bq at EOB; ``activity_bq`` after cooling.
    :ivar activities_bq: activity of every nuclide at EOB; ``activities_cooled_bq`` after cooling.
    :ivar impurities_bq: the same at EOB without the product.
    :ivar isotopic_impurities_bq: radioactive isotopes of the product's element after cooling: what no
        chemistry takes away.
    :ivar specific_activity_bq_g: product per g of its element after cooling, all isotopes counted, the
        stable carrier included.
    :ivar carrier_free_bq_g: the same if nothing but the product were there (λ·N_A/M).
    :ivar element_mass_g: mass of the product's element in g after cooling.
    :ivar thermal_shielding: factor on the thermal flux inside the target; ``resonance_shielding`` that on the
        resonance integral of the isotope from which most of the product comes.
    :ivar density_g_cm3: taken for the self-shielding, None where no shape is given.
    :ivar burnup: share of the atoms of the target isotope (or, of an element, of the isotopes it starts with)
        that have reacted or decayed at EOB; what they become does not count as unburnt.
    :ivar relative_uncertainty: standard uncertainty of the activity from the cross sections and half-lives
        whose uncertainty is known, None where it is missing for one on which the activity hangs;
        ``uncertain`` lists the parts, the largest first.
    :ivar warnings: why the answer may be far from what a real target gives.
    """

    target: str
    product: str
    mass_g: float
    duration_s: float
    cooling_s: float
    activity_eob_bq: float
    activity_bq: float
    activities_bq: dict[str, float]
    activities_cooled_bq: dict[str, float]
    impurities_bq: dict[str, float]
    isotopic_impurities_bq: dict[str, float]
    specific_activity_bq_g: float
    carrier_free_bq_g: float
    element_mass_g: float
    thermal_shielding: float
    resonance_shielding: float
    density_g_cm3: float | None
    burnup: float
    relative_uncertainty: float | None
    uncertain: dict[str, float]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def irradiate(
    target: str,
    *,
    mass_g: float,
    flux: FluxHistory,
    material: str | None = None,
    enrichment: float | None = None,
    isotopes: Mapping[str, float] | None = None,
    cooling_s: float = 0.0,
    product: str | None = None,
    shielding: Shielding | None = None,
    geometry: Geometry | None = None,
    density_g_cm3: float | None = None,
    max_absorptions: int = MAX_ABSORPTIONS,
) -> ReactorIrradiation:
    """Irradiate a target.

    :param target: isotope ("Yb-176") or element ("W", natural).
    :param mass_g: mass in g of the element, or of ``material`` where a formula is given ("TeO2").
    :param enrichment: atom fraction of the target isotope; ``isotopes`` gives all fractions instead.
    :param cooling_s: time in s after the irradiation.
    :param product: canonical name; None takes the usual one of the target, else the most active.
    :param shielding: self-shielding factors; or ``geometry`` computes them, with the density of the target
        in g/cm³ (None: that of the element, where no ``material`` is given); or neither: infinitely dilute.
    :raises InputError: for bad input, or a product the network does not reach.
    """
    if not 0 <= cooling_s < 1e12:
        raise InputError(f"A cooling time of {cooling_s:g} s: give a finite time, not below zero")
    fast = bool((flux.fast_cm2_s > 0).any())
    goods = sample(target, mass_g, material=material, enrichment=enrichment, isotopes=isotopes)
    inside = piece(goods, shielding, geometry, density_g_cm3, material)
    network = build(goods.atoms, fast=fast, max_absorptions=max_absorptions)
    start = np.zeros((1, len(network.members)))
    start[0, : len(goods.atoms)] = [goods.atoms[m] for m in network.members[: len(goods.atoms)]]
    rates = network.reaction_rates(flux, inside.shielding)
    eob = _run(network, rates[:, None, :], flux.durations_s, start)
    cooled = _cool(network, eob, cooling_s)
    activities = dict(zip(network.members, (eob[0] * network.decay_rates).tolist(), strict=True))
    later = dict(zip(network.members, (cooled[0] * network.decay_rates).tolist(), strict=True))
    wanted = _product(target, product, activities, network, fast, max_absorptions)
    index = network.index[wanted]
    parts = uncertainty.contributions(network, rates, flux, start, wanted, cooling_s)
    grams = _element_mass(network, cooled[0], symbol(wanted))
    seen = _audible(activities)
    main = _source(parts, goods)
    warnings = heavy_warning(mass_g)
    if inside.dilute:
        warnings += _undiluted(goods, material, network, flux, start, wanted, float(eob[0, index]))
    return ReactorIrradiation(
        target=target,
        product=wanted,
        mass_g=mass_g,
        duration_s=flux.duration_s,
        cooling_s=cooling_s,
        activity_eob_bq=activities[wanted],
        activity_bq=later[wanted],
        activities_bq=seen,
        activities_cooled_bq=_audible(later),
        impurities_bq={m: a for m, a in seen.items() if m != wanted},
        isotopic_impurities_bq={
            m: a for m, a in _audible(later).items() if m != wanted and symbol(m) == symbol(wanted)
        },
        specific_activity_bq_g=later[wanted] / grams if grams > 0 else 0.0,
        carrier_free_bq_g=float(network.decay_rates[index]) * AVOGADRO / atomic_mass(wanted),
        element_mass_g=grams,
        thermal_shielding=inside.shielding.thermal,
        resonance_shielding=inside.shielding.resonance_of(main),
        density_g_cm3=inside.density_g_cm3,
        burnup=_burnup(network, rates, flux, goods, target),
        relative_uncertainty=uncertainty.relative(parts),
        uncertain={p.of: p.share for p in parts if p.share > 0},
        sources=_sources(parts) + inside.sources,
        notes=_notes(parts, goods, flux, wanted, fast, inside)
        + shown(inside, main)
        + _upper_limits(network, goods, seen),
        warnings=warnings,
    )


def activities_at(
    target: str,
    *,
    mass_g: float,
    flux: FluxHistory,
    relative_flux: ArrayLike,
    members: tuple[str, ...],
    material: str | None = None,
    enrichment: float | None = None,
    isotopes: Mapping[str, float] | None = None,
    cooling_s: float = 0.0,
    shielding: Shielding = UNSHIELDED,
    max_absorptions: int = MAX_ABSORPTIONS,
) -> Array:
    """Activities of some nuclides at many positions that share one history, each at its own flux.

    :param relative_flux: factors on thermal and fast flux, (L,).
    :param members: the nuclides wanted, (m,).
    :returns: activities in Bq after cooling, (L, m); 0 for a nuclide the network does not reach.
    :raises InputError: for bad input.
    """
    scale = np.atleast_1d(np.asarray(relative_flux, dtype=np.float64))
    if scale.ndim != 1 or not (np.isfinite(scale).all() and (scale >= 0).all()):
        raise InputError("Relative fluxes are a list of finite numbers, not below zero")
    fast = bool((flux.fast_cm2_s > 0).any())
    goods = sample(target, mass_g, material=material, enrichment=enrichment, isotopes=isotopes)
    whole = build(goods.atoms, fast=fast, max_absorptions=max_absorptions)
    needed = frozenset().union(*(whole.leading_to(m) for m in members if m in whole.index))
    network = whole.restricted(needed)
    out = np.zeros((scale.size, len(members)))
    if not network.members:
        return out
    start = np.tile([goods.atoms.get(m, 0.0) for m in network.members], (scale.size, 1))
    rates = network.reaction_rates(flux, shielding)[:, None, :] * scale[None, :, None]
    after = _cool(network, _run(network, rates, flux.durations_s, start), cooling_s) * network.decay_rates
    for k, name in enumerate(members):
        if name in network.index:
            out[:, k] = after[:, network.index[name]]
    return out


def _undiluted(
    goods: Sample,
    material: str | None,
    network: Network,
    flux: FluxHistory,
    start: Array,
    product: str,
    dilute_atoms: float,
) -> tuple[str, ...]:
    """A warning where the same mass as one solid sphere gives clearly less of the product."""
    sphere = solid_sphere(goods, material)
    if sphere is None or dilute_atoms <= 0:
        return ()
    if min(sphere[0].thermal, *sphere[0].by_nuclide.values(), 1.0) >= DILUTE:
        return ()
    part = network.restricted(network.leading_to(product))
    place = [network.index[m] for m in part.members]
    rates = part.reaction_rates(flux, sphere[0])
    atoms = _run(part, rates[:, None, :], flux.durations_s, start[:, place])
    return dilution_warning(goods.mass_g, float(atoms[0, part.index[product]]) / dilute_atoms, sphere[1])


def _burnup(network: Network, rates: Array, flux: FluxHistory, goods: Sample, target: str) -> float:
    """Share of the atoms counted (of one isotope, or of all the element starts with) that is gone."""
    removal = np.stack([network.burnup(r[None])[0][0] for r in rates])
    gone = -np.expm1(-(flux.durations_s @ removal))
    counted = goods.isotopes if target == goods.element else (target,)
    before = np.array([goods.atoms[m] for m in counted])
    return float(before @ gone[[network.index[m] for m in counted]] / before.sum())


def _upper_limits(network: Network, goods: Sample, seen: dict[str, float]) -> tuple[str, ...]:
    """Products listed that the target's isotopes give by a cross section that may be an upper limit."""
    return tuple(
        f"{r.product}: the cross section of {r.label} may be an upper limit, and so its activity"
        for r in network.reactions
        if r.target in goods.isotopes and r.product in seen and "upper limit" in r.note
    )


def _source(parts: tuple[Contribution, ...], goods: Sample) -> str:
    """The isotope of the target on whose reactions the product hangs most."""
    weight = dict.fromkeys(goods.isotopes, 0.0)
    for part in parts:
        if part.reaction is not None and part.reaction.target in weight:
            weight[part.reaction.target] += part.sensitivity
    return max(goods.isotopes, key=weight.__getitem__)


def _run(network: Network, rates: Array, durations_s: Array, start: Array) -> Array:
    """Atoms at the end: rates (steps, L, reactions), start (L, n) → (L, n)."""
    atoms, steps = start, burnup.Steps()
    for step, duration in enumerate(durations_s):
        removal, coupling = network.burnup(rates[step])
        atoms = steps.apply(removal, coupling, float(duration), atoms)
    return atoms


def _cool(network: Network, atoms: Array, cooling_s: float) -> Array:
    if cooling_s == 0:
        return atoms
    removal, coupling = network.decay_rates[None], network.decay_coupling[None]
    moved = burnup.transfer(removal, coupling, np.array([cooling_s]))[0]
    return np.asarray(atoms @ moved.T)


def _product(
    target: str, product: str | None, activities: dict[str, float], network: Network, fast: bool, limit: int
) -> str:
    if product is None:
        usual = usual_product(target, fast=fast)
        if usual is not None and usual in network.index:
            return usual
        meant = None if fast else usual_product(target, fast=True)
        made = {m: a for m, a in activities.items() if m != target}
        if not made or max(made.values()) <= 0:
            raise InputError(f"Nothing radioactive is known to come from {target}: name a product")
        if meant is not None and usual is None:
            raise InputError(
                f"{meant}, the usual product of {target}, needs a fast flux: give one, or name a product"
            )
        return max(made, key=made.__getitem__)
    if product not in network.index:
        strongest = sorted(activities.items(), key=lambda x: -x[1])[:8]
        reached = ", ".join(m for m, a in strongest if a > 0) or "nothing radioactive"
        hint = "" if fast else "; a threshold reaction needs the fast flux"
        deeper = build(network.members, fast=fast, max_absorptions=20)
        if product in deeper.index:
            hint += f"; the network stops after {limit} captures in a row: follow more, up to 20"
        hint += "".join(f"; {said}" for m in network.members for said in cross_sections.remarks(m, product))
        raise InputError(
            f"{product} does not come from {target} by capture and decay: it gives {reached}{hint}"
        )
    if not decay_data.known(product) or decay_data.record(product).stable:
        raise InputError(f"{product} is stable: it has no activity")
    return product


def _element_mass(network: Network, atoms: Array, element: str) -> float:
    own = [(i, m) for i, m in enumerate(network.members) if symbol(m) == element]
    return sum(float(atoms[i]) * atomic_mass(m) for i, m in own) / AVOGADRO


def _audible(activities: dict[str, float]) -> dict[str, float]:
    """The activities worth listing, the largest first."""
    least = _FAINT * sum(activities.values())
    listed = [(m, a) for m, a in activities.items() if a > least and a > 0]
    return dict(sorted(listed, key=lambda x: -x[1]))


def _sources(parts: tuple[Contribution, ...]) -> tuple[str, ...]:
    used = dict.fromkeys(f"{p.of}: {p.reaction.source}" for p in parts if p.reaction is not None)
    return (*used, f"decay: {decay_data.SOURCE}")


def _notes(
    parts: tuple[Contribution, ...],
    goods: Sample,
    flux: FluxHistory,
    product: str,
    fast: bool,
    inside: Piece,
) -> tuple[str, ...]:
    """What was assumed or left out, as far as the product's activity hangs on it."""
    said = list(goods.notes)
    if not (flux.thermal_cm2_s.any() or flux.fast_cm2_s.any()):
        said.append("no flux at all: the target only decays")
    epithermal = bool((flux.epithermal_ratio > 0).any())
    if not epithermal:
        said.append("no epithermal flux given: resonance captures left out")
    if not fast:
        said.append("no fast flux given: threshold reactions left out")
    said += inside.notes
    felt = [p.reaction for p in parts if p.reaction is not None]
    for reaction in felt:
        said += [f"{reaction.label}: {text}" for text in (reaction.note, reaction.assumption) if text]
        if epithermal and reaction.resonance_b is None and reaction.thermal_b is not None:
            said.append(f"{reaction.label}: resonance integral unknown, the 1/v tail alone taken")
        if epithermal and reaction.resonance_b and reaction.thermal_u_b and reaction.resonance_u_b is None:
            said.append(f"{reaction.label}: no uncertainty of the resonance integral is known")
    unknown = [p.of for p in parts if p.reaction is not None and p.relative_u == 0]
    if unknown:
        said.append(f"no uncertainty is known of {', '.join(unknown)}")
    for name in dict.fromkeys([product, *(r.product for r in felt)]):
        if name and not cross_sections.reactions(name) and 3600.0 < _lives(name) < float("inf"):
            said.append(f"no cross section of {name} is known: its burn-up is left out")
        said += cross_sections.remarks(name)
    if fast:
        said += [text for isotope in goods.isotopes for text in cross_sections.remarks(isotope, product)]
    old = evaluated_half_life(product)
    if old is not None and old.deviates:
        newer = old.source.split(",")[0]
        said.append(f"half-life of {product}: ICRP-107 differs from {newer} by {old.difference:+.1%}")
    return tuple(dict.fromkeys(said))


def _lives(name: str) -> float:
    return decay_data.half_life_s(name) if decay_data.known(name) else float("inf")
