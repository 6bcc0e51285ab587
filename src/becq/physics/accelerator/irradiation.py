"""Irradiation with a beam: activity of the product, of everything made beside it, heat and thickness.

The rates at which nuclides are made follow from the thick target; they feed whole decay chains during the
run and the chains decay afterwards, so a product that grows from a precursor (Xe-124 → Cs-123 → Xe-123 →
I-123) needs no special care. The activity at the end of bombardment (EOB) of a nuclide without precursors is
R·(1 − e^{−λt}).

Yields are quoted in two ways (Otuka & Takacs 2015, Radiochim. Acta 103, 1; IAEA TRS 473, 2009): the
*saturation yield* A₂ is the activity per current of an endless run, Bq/A; the *physical yield* is the
activity per charge of a very short one, A₂·λ, Bq/C. Both are at the end of bombardment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator import nuclear_data, recommended
from becq.physics.accelerator.contributions import (
    Contributions,
    contributions,
    outliving_note,
    parent_element,
    parent_note,
)
from becq.physics.accelerator.inventory import Made, atoms_of_element, grow, settle
from becq.physics.accelerator.isomers import UNKNOWN
from becq.physics.accelerator.isotopes import mass_u, name_of
from becq.physics.accelerator.materials import Material, target_material
from becq.physics.accelerator.measured import LIGHT_A
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.accelerator.stopping import CHARGE, GRID_MEV
from becq.physics.accelerator.thick_target import ThickTarget, missing_isotopes, thick_target
from becq.physics.accelerator.yield_uncertainty import half_life_part, yield_uncertainty
from becq.physics.bateman import Array
from becq.physics.constants import AVOGADRO
from becq.physics.elements import elements

SHORTEST_IMPURITY_S = 120.0
"""Radionuclides that live shorter are not listed as impurities, unless asked for; O-15 (122 s) is."""
_SMALLEST_IMPURITY = 1e-7
_MAIN, _NOTED = 0.5, 0.01
_AGELESS_S = 1e9 * decay_data.YEAR_S
_JOULE_PER_MEV_COULOMB = 1e6


@dataclass(frozen=True, slots=True)
class BeamIrradiation:
    """What an irradiation makes.

    :ivar activity_eob_bq: activity of the product at the end of bombardment, Bq.
    :ivar saturation_yield_bq_per_a: activity of an endless run per ampere of beam, Bq/A.
    :ivar physical_yield_bq_per_c: activity of a very short run per coulomb, Bq/C.
    :ivar impurities_bq: other radionuclides at the end of bombardment, Bq, the strongest first.
    :ivar inseparable: those of them that are isotopes of the product's element; none where the product grows
        mostly from another element, which is taken out first (a note says so).
    :ivar activities_bq: everything, the product too, after ``cooling_s``, Bq.
    :ivar specific_activity_bq_g: activity of the product at the end of bombardment per mass of its element
        made by the beam, Bq/g; None where the target is of the same element or the product
        grows from another.
    :ivar thickness_g_cm2: thickness along the beam between entry and exit energy, g/cm².
    :ivar heat_w: power left in the target, W.
    :ivar relative_uncertainty: of ``activity_eob_bq``, standard (k = 1): cross sections (fully correlated
        over energy) and half-life; None where the cross sections have none.
    :ivar sources: of cross sections of the product, stopping powers, decay data.
    :ivar notes: what was assumed and what is not covered.
    """

    reaction: str
    product: str
    activity_eob_bq: float
    saturation_yield_bq_per_a: float
    physical_yield_bq_per_c: float
    impurities_bq: dict[str, float]
    inseparable: tuple[str, ...]
    activities_bq: dict[str, float]
    specific_activity_bq_g: float | None
    energy_mev: float
    exit_mev: float
    thickness_g_cm2: float
    heat_w: float
    relative_uncertainty: float | None
    sources: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())


def irradiate(
    reaction: str | Reaction,
    *,
    energy_mev: float,
    exit_mev: float | None = None,
    thickness_g_cm2: float | None = None,
    current_a: float,
    duration_s: float,
    enrichment: float | None = None,
    composition: Mapping[int, float] | None = None,
    material: str | None = None,
    cooling_s: float = 0.0,
    shortest_impurity_s: float = SHORTEST_IMPURITY_S,
    data: NuclearData | None = None,
) -> BeamIrradiation:
    """The activities that a beam makes in a thick target.

    :param reaction: the route, in any usual spelling.
    :param energy_mev: energy at which the beam enters the material (behind windows and foils), MeV.
    :param exit_mev: energy at which it leaves; None with no thickness: it stops in the target.
    :param thickness_g_cm2: thickness along the beam instead of an exit energy.
    :param current_a: beam current on the target, charge per time, A (alphas carry two charges each).
    :param duration_s: length of the run, s. :param cooling_s: time after it, s.
    :param enrichment: atom fraction of the target isotope; None is the pure isotope, nature for an element.
    :param composition: atom fractions by mass number of the target element, instead.
    :param material: chemical form of the target, "H2O"; None for the element.
    :param shortest_impurity_s: radionuclides with a shorter half-life are left out of the impurities.
    :param data: cross sections; None takes the folder that ``BECQ_NUCLEAR_DATA`` names, or Becq's own table
        of yields where there is none.
    :raises InputError: for what cannot be: no such reaction or data, an energy below the threshold or above
        the data, negative times or currents.
    """
    route = reaction if isinstance(reaction, Reaction) else parse_reaction(reaction)
    for what, value in (("current", current_a), ("duration", duration_s), ("cooling time", cooling_s)):
        if not (_number(what, value) >= 0 and np.isfinite(value)):
            raise InputError(f"The {what} must be a finite number, not negative; it is {value:g}")
    energy_mev = _energy(energy_mev)
    matter = target_material(
        route.element, route.target_a, formula=material, enrichment=enrichment, composition=composition
    )
    target = _target(matter, route, data)
    out = _exit(target, energy_mev, exit_mev, thickness_g_cm2)
    made = _made(target, energy_mev, out)
    counted = _contributions(route, target)
    ways = [i for i, m in enumerate(made) if counted.weights[i] > 0 and m.rate_per_a > 0]
    saturation, notes = _saturation(route, target, made, counted, ways, energy_mev)
    rates: dict[str, float] = {}
    for item in made:
        rates[item.nuclide] = rates.get(item.nuclide, 0.0) + item.rate_per_a * current_a
    eob, later = grow(rates, duration_s, cooling_s)
    product = eob.get(route.product, 0.0)
    impurities = {
        name: activity
        for name, activity in sorted(eob.items(), key=lambda pair: -pair[1])
        if name != route.product
        and activity > _SMALLEST_IMPURITY * product
        and decay_data.half_life_s(name) >= shortest_impurity_s
    }
    element = route.product.partition("-")[0]
    notes += _coverage_notes(route, target, made, energy_mev, impurities)
    parts = {made[i].nuclide: 0.0 for i in ways}
    for i in ways:
        parts[made[i].nuclide] += made[i].rate_per_a * counted.weights[i]
    parent = parent_element(route.product, parts)
    if parent is not None:
        notes += (parent_note(route.product, parent),)
    sources = dict.fromkeys(made[i].channel.curve.source for i in ways)
    isomers = dict.fromkeys(made[i].channel.isomer_source for i in ways)
    return BeamIrradiation(
        reaction=str(route),
        product=route.product,
        activity_eob_bq=product,
        saturation_yield_bq_per_a=saturation,
        physical_yield_bq_per_c=saturation * decay_data.decay_const(route.product),
        impurities_bq=impurities,
        inseparable=() if parent else tuple(n for n in impurities if n.partition("-")[0] == element),
        activities_bq=later,
        specific_activity_bq_g=None if parent else _specific(route, matter, rates, duration_s, product),
        energy_mev=float(energy_mev),
        exit_mev=out,
        thickness_g_cm2=float(target.stopping.thickness(energy_mev, out)),
        heat_w=(energy_mev - out) * _JOULE_PER_MEV_COULOMB * current_a / CHARGE[route.projectile],
        relative_uncertainty=_uncertainty(route, target, made, counted, ways, energy_mev, out, duration_s),
        sources=(
            *sources,
            *(f"Isomers: {s}" for s in isomers if s not in ("", UNKNOWN, "cross-section file")),
            *(f"Stopping: {s}" for s in target.stopping.sources),
            f"Decay: {decay_data.SOURCE}",
        ),
        notes=notes,
    )


def saturation_yields_bq_per_a(
    reaction: str | Reaction,
    energy_mev: ArrayLike,
    exit_mev: ArrayLike = 0.0,
    *,
    enrichment: float | None = None,
    composition: Mapping[int, float] | None = None,
    material: str | None = None,
    data: NuclearData | None = None,
) -> Array:
    """Saturation yields of the product in Bq/A for many entry and exit energies in MeV, which broadcast.

    Arguments as of :func:`irradiate`. Isomers that decay to the product and live shorter count with their
    branch; with open ejectiles ("x") every such precursor does
    (:mod:`becq.physics.accelerator.contributions`).

    :raises InputError: as :func:`irradiate`; a beam below the threshold yields 0 here.
    """
    route = reaction if isinstance(reaction, Reaction) else parse_reaction(reaction)
    matter = target_material(
        route.element, route.target_a, formula=material, enrichment=enrichment, composition=composition
    )
    target = _target(matter, route, data)
    weights = _contributions(route, target).weights
    rows = [i for i, weight in enumerate(weights) if weight > 0]
    if not rows:
        raise InputError(
            f"No cross section makes {route.product} in {matter.formula} with {route.projectile}"
        )
    _check_range(route, target, rows, float(np.max(energy_mev, initial=0.0)))
    nuclei = target.nuclei_per_particle(energy_mev, exit_mev, rows=rows)
    return np.asarray(nuclei @ np.array([weights[i] for i in rows])) * target.particles_per_coulomb


def _target(matter: Material, route: Reaction, data: NuclearData | None) -> ThickTarget:
    if route.projectile not in CHARGE:
        raise InputError(
            f"{route} is a photon reaction, for an electron machine: "
            "becq.physics.accelerator.photon_irradiation answers"
        )
    if data is None and nuclear_data.folder() is None:
        from becq.physics.accelerator.tabulated_target import tabulated_target

        return tabulated_target(matter, route.projectile, route.element)
    return thick_target(matter, route.projectile, data or nuclear_data.load(), route.element)


def _number(what: str, value: float) -> float:
    try:
        return float(value + 0.0)
    except TypeError:
        raise InputError(f'The {what} must be a number, not "{value}"') from None


def _energy(energy: float) -> float:
    value = _number("energy of the beam", energy)
    if not 0.0 < value <= GRID_MEV[-1]:
        raise InputError(
            f"The energy of the beam must lie between 0 and {GRID_MEV[-1]:g} MeV; it is {value:g} MeV"
        )
    return value


def _exit(target: ThickTarget, energy: float, exit_mev: float | None, thickness: float | None) -> float:
    if thickness is None:
        if exit_mev is None:
            return 0.0
        out = _number("exit energy", exit_mev)
        if out > energy:
            raise InputError("The beam cannot leave the target with more energy than it enters with")
        if out == energy:
            raise InputError(f"A beam that enters and leaves with {energy:g} MeV has passed no target")
        if not out >= 0.0:
            raise InputError(f"The exit energy must lie between 0 and {energy:g} MeV; it is {out:g} MeV")
        return out
    if exit_mev is not None:
        raise InputError("Give either an exit energy or a thickness, not both")
    if not (np.isfinite(thickness) and thickness > 0):
        raise InputError(f"The thickness must be a positive number of g/cm²; it is {thickness:g}")
    return float(target.stopping.exit_energy(energy, thickness))


def _made(target: ThickTarget, energy: float, out: float) -> list[Made]:
    rates = target.saturation_bq_per_a(energy, out)
    names = [settle(c.residual_z, c.residual_a, c.state) for c in target.channels]
    return [Made(c, name, float(rate)) for c, name, rate in zip(target.channels, names, rates, strict=True)]


def _contributions(route: Reaction, target: ThickTarget) -> Contributions:
    """How the channels of a target count in the yields of the product."""
    return contributions(
        route,
        [
            (settle(c.residual_z, c.residual_a, c.state), (c.residual_z, c.residual_a))
            for c in target.channels
        ],
    )


def _saturation(
    route: Reaction,
    target: ThickTarget,
    made: list[Made],
    counted: Contributions,
    ways: list[int],
    energy: float,
) -> tuple[float, tuple[str, ...]]:
    parts = {i: made[i].rate_per_a * counted.weights[i] for i in ways}
    total = sum(parts.values())
    if total <= 0:
        threshold = route.threshold_mev
        if threshold is not None and energy <= threshold:
            raise InputError(f"{route} needs more than {threshold:.4g} MeV; the beam has {energy:g} MeV")
        raise InputError(
            f"No cross section makes {route.product} in {target.material.formula} with {route.projectile}"
            f" of {energy:g} MeV"
        )
    main = [i for i in ways if parts[i] > _MAIN * total] or [max(ways, key=parts.__getitem__)]
    _check_range(route, target, main, energy)
    notes: dict[str, None] = {}
    for i in ways:
        channel = made[i].channel
        short = channel.last_mev < energy and parts[i] > _NOTED * total
        if short and i not in main:
            notes[
                f"{channel.element}-{channel.target_a} to {made[i].nuclide}: cross section known to "
                f"{channel.last_mev:g} MeV, what is made above is missing"
            ] = None
        if channel.isomer_source == UNKNOWN and parts[i] > _NOTED * total:
            name = name_of(channel.residual_z, channel.residual_a)
            notes[f"{name}: the cross section counts its isomers too; all of it was taken for {name}"] = None
    light = {
        f"{c.element}-{c.target_a}"
        for i in ways
        if (c := made[i].channel).target_a < LIGHT_A
        and c.curve.source.startswith("TENDL")
        and parts[i] > _NOTED * total
    }
    if light:
        notes[
            f"{', '.join(sorted(light))}: TENDL is a statistical model, which does not hold for so light a "
            "target; the yield may be wrong by a factor of two"
        ] = None
    longer = counted.outliving({i: made[i].rate_per_a for i in counted.slow}, _NOTED * total)
    notes |= dict.fromkeys(outliving_note(route.product, name, grown=counted.grown) for name in longer)
    return total, tuple(notes)


def _uncertainty(
    route: Reaction,
    target: ThickTarget,
    made: list[Made],
    counted: Contributions,
    ways: list[int],
    energy: float,
    out: float,
    duration_s: float,
) -> float | None:
    weights = [counted.weights[i] for i in ways]
    scale = yield_uncertainty(target, ways, weights, energy, out)
    if scale is None:
        return None
    direct = all(made[i].nuclide == route.product for i in ways)
    return math.hypot(scale, half_life_part(route.product, duration_s) if direct else 0.0)


def _check_range(route: Reaction, target: ThickTarget, rows: list[int], energy: float) -> None:
    """Refuse energies above the last one of the curve that matters most."""
    last = max(target.channels[i].last_mev for i in rows)
    if energy > last * (1 + 1e-9):
        first = min(float(target.channels[i].curve.energy_mev[0]) for i in rows)
        raise InputError(
            f"{route}: cross sections are known from {first:.4g} to {last:.4g} MeV, "
            f"the beam has {energy:g} MeV"
        )


def _coverage_notes(
    route: Reaction, target: ThickTarget, made: list[Made], energy: float, impurities: Mapping[str, float]
) -> tuple[str, ...]:
    notes = []
    if route.target_a is not None and _radiates(route.target):
        notes.append(f"The activity of the target {route.target} itself and of its progeny is not counted")
    lacking = missing_isotopes(target, route.element)
    own = [c.curve.source for c in target.channels if c.element == route.element]
    if all(source.startswith(recommended.CITED) for source in own):
        notes.append(
            f"Of {route.projectile} on {route.element} only recommended reactions are known: "
            "other impurities are missing"
        )
    elif lacking:
        notes.append(f"No cross sections for {', '.join(lacking)}: what they make is missing")
    limits = [c.last_mev for c in target.channels if c.element == route.element]
    if limits and float(np.median(limits)) < energy:
        notes.append(
            f"Side reactions are known to {np.median(limits):g} MeV only: impurities are a lower limit"
        )
    others = {p.symbol for p in target.material.parts} - {c.element for c in target.channels}
    if others:
        notes.append(f"No cross sections for {', '.join(sorted(others))} in {target.material.formula}")
    unknown: dict[str, float] = {}
    total: dict[str, float] = {}
    for item in made:
        total[item.nuclide] = total.get(item.nuclide, 0.0) + item.rate_per_a
        if item.channel.isomer_source == UNKNOWN:
            unknown[item.nuclide] = unknown.get(item.nuclide, 0.0) + item.rate_per_a
    told = sorted(n for n, rate in unknown.items() if n in impurities and rate > _NOTED * total[n])
    if told:
        notes.append(f"Isomers not told apart, all counted as ground state: {', '.join(told)}")
    return tuple(notes)


def _specific(
    route: Reaction, matter: Material, rates: Mapping[str, float], duration_s: float, product_bq: float
) -> float | None:
    """Bq/g of the product's element as the beam makes it."""
    symbol = route.product.partition("-")[0]
    if any(part.symbol == symbol for part in matter.parts):
        return None
    grams = 0.0
    for name, atoms in atoms_of_element(symbol, rates, duration_s).items():
        found = name.rstrip("mn").partition("-")[2]
        mass = mass_u(elements()[symbol].z, int(found))
        grams += atoms * (mass or float(found)) / AVOGADRO
    return product_bq / grams if grams > 0 else None


def _radiates(name: str) -> bool:
    """Whether a target is radioactive enough to matter beside what is made."""
    return decay_data.known(name) and decay_data.half_life_s(name) < _AGELESS_S
