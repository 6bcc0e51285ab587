"""Irradiation at an electron machine: bremsstrahlung of a converter makes nuclides in a target behind it.

Electrons strike a converter (tungsten by default) or the target itself; the shower is followed straight ahead
(:mod:`~becq.physics.accelerator.photon_cascade`), and the track length of photons in the target is folded
with the photonuclear cross sections:

    R = I/e · c · Σ_i N_i ∫ T(k) σ_i(k) dk,

with N nuclei of isotope i in a gram of target, T the track length per electron and energy in g/cm², and c the
share of the cone of photons that the target catches. c = 1 is a target wide enough and close behind the
converter; where it is far or narrow, c belongs to its geometry and is the caller's to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator import nuclear_data, photon_cascade, photon_interactions, photonuclear
from becq.physics.accelerator.contributions import contributions, outliving_note
from becq.physics.accelerator.inventory import Made, atoms_of_element, grow, settle
from becq.physics.accelerator.irradiation import SHORTEST_IMPURITY_S, BeamIrradiation
from becq.physics.accelerator.isomers import UNKNOWN, split
from becq.physics.accelerator.isotopes import atomic_weight_g_mol, mass_u
from becq.physics.accelerator.materials import Material, target_material
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.photon_cascade import Layer, PhotonTrack
from becq.physics.accelerator.photon_interactions import Substance
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.accelerator.thick_target import BARN_CM2, Channel
from becq.physics.constants import AVOGADRO, ELEMENTARY_CHARGE_C
from becq.physics.elements import elements
from becq.physics.formulas import parse_formula

CONVERTER = "W"
CONVERTER_G_CM2 = 5.8
"""Default converter: 3 mm of tungsten (an assumption that every result which uses it names)."""
TARGET_G_CM2 = 10.0
"""Default thickness of the target along the beam, likewise."""
_LOWEST_MEV = 2.0
_SMALLEST = 1e-7
_NOTED = 0.01


def irradiate_photons(
    reaction: str | Reaction,
    *,
    energy_mev: float,
    current_a: float | None = None,
    power_w: float | None = None,
    duration_s: float,
    thickness_g_cm2: float | None = None,
    area_cm2: float | None = None,
    converter: str | None = CONVERTER,
    converter_g_cm2: float | None = None,
    absorber: tuple[str, float] | None = None,
    electrons_into_target: bool = True,
    collection: float = 1.0,
    enrichment: float | None = None,
    composition: Mapping[int, float] | None = None,
    material: str | None = None,
    cooling_s: float = 0.0,
    shortest_impurity_s: float = SHORTEST_IMPURITY_S,
    data: NuclearData | None = None,
) -> BeamIrradiation:
    """The activities that an electron beam makes in a target behind a converter.

    :param reaction: the route, "Mo-100(g,n)Mo-99" or "Ra-226(g,n)Ra-225->Ac-225" (then by decay too).
    :param energy_mev: kinetic energy of the electrons, up to 150 MeV.
    :param current_a: current of the electrons, or :param power_w: power of the beam, W; one of them.
    :param duration_s: length of the run, s. :param cooling_s: time after it, s.
    :param thickness_g_cm2: target along the beam, g/cm²; None takes :data:`TARGET_G_CM2` and says so.
    :param area_cm2: cross-section of the target, for the specific activity where the product is an isotope of
        the target element.
    :param converter: a formula; None or "" lets the target be its own converter.
    :param converter_g_cm2: its thickness; None takes :data:`CONVERTER_G_CM2` and says so.
    :param absorber: a formula and g/cm² of what lies between converter and target (cooling, electron stop).
    :param electrons_into_target: False where a magnet sweeps them aside.
    :param collection: share of the photons' cone that the target catches, 0 to 1.
    :param enrichment: atom fraction of the target isotope; None is the pure isotope, nature for an element.
    :param composition: atom fractions by mass number of the target element, instead.
    :param material: chemical form of the target; None for the element.
    :param data: cross sections; None takes the folder of ``BECQ_NUCLEAR_DATA``, else Becq's own table.
    :returns: as for other beams; yields are per ampere (coulomb) of electrons, ``exit_mev`` is 0, and
        ``heat_w`` is an upper limit.
    :raises InputError: for what cannot be: another projectile, no data, energies or shares out of range.
    """
    route = reaction if isinstance(reaction, Reaction) else parse_reaction(reaction)
    if route.projectile != "g":
        raise InputError(f"{route} is no photon reaction: write for example Mo-100(g,n)Mo-99")
    for what, value in (("energy", energy_mev), ("current", current_a), ("power", power_w)):
        if value is not None and not isinstance(value, int | float | np.number):
            raise InputError(f'The {what} of the electron beam must be a number, not "{value}"')
    current = _current(energy_mev, current_a, power_w)
    for what, value in (("duration", duration_s), ("cooling time", cooling_s)):
        if not (np.isfinite(value) and value >= 0):
            raise InputError(f"The {what} must be a finite number, not negative")
    if not 0.0 < collection <= 1.0:
        raise InputError(f"Collection {collection:g}: a share lies between 0 and 1")
    matter = target_material(
        route.element, route.target_a, formula=material, enrichment=enrichment, composition=composition
    )
    thickness = TARGET_G_CM2 if thickness_g_cm2 is None else thickness_g_cm2
    layers, notes = _layers(converter, converter_g_cm2, absorber)
    if thickness_g_cm2 is None:
        notes.append(f"Target thickness assumed: {thickness:g} g/cm²")
    threshold = route.threshold_mev
    if threshold is not None and energy_mev <= threshold:
        raise InputError(
            f"{route} needs more than {threshold:.4g} MeV; the electrons have {energy_mev:g} MeV"
        )
    lowest = _LOWEST_MEV if threshold is None else max(1.1, min(_LOWEST_MEV, threshold - 0.1))
    track = photon_cascade.shower(
        [*layers, Layer(_substance(matter), thickness)],
        energy_mev,
        electrons_into_last=electrons_into_target,
        lowest_mev=lowest,
    )
    made = production(route, matter, track, collection, data)
    counted = contributions(route, [(m.nuclide, m.identity) for m in made])
    parts = {i: m.rate_per_a * counted.weights[i] for i, m in enumerate(made)}
    saturation = sum(parts.values())
    if not saturation > 0.0:
        raise InputError(f"No cross section makes {route.product} in {matter.formula} with photons")
    rates: dict[str, float] = {}
    for item in made:
        rates[item.nuclide] = rates.get(item.nuclide, 0.0) + item.rate_per_a * current
    eob, later = grow(rates, duration_s, cooling_s)
    product = eob.get(route.product, 0.0)
    impurities = {
        name: activity
        for name, activity in sorted(eob.items(), key=lambda pair: -pair[1])
        if name != route.product
        and activity > _SMALLEST * product
        and decay_data.half_life_s(name) >= shortest_impurity_s
    }
    ways = [i for i, part in parts.items() if part > 0.0]
    symbol = route.product.partition("-")[0]
    longer = counted.outliving({i: made[i].rate_per_a for i in counted.slow}, _NOTED * saturation)
    notes += [outliving_note(route.product, name, grown=counted.grown) for name in longer]
    notes += _notes(route, matter, made, parts, energy_mev, collection)
    return BeamIrradiation(
        reaction=str(route),
        product=route.product,
        activity_eob_bq=product,
        saturation_yield_bq_per_a=saturation,
        physical_yield_bq_per_c=saturation * decay_data.decay_const(route.product),
        impurities_bq=impurities,
        inseparable=tuple(n for n in impurities if n.partition("-")[0] == symbol),
        activities_bq=later,
        specific_activity_bq_g=_specific(
            route, matter, rates, duration_s, product, thickness * area_cm2 if area_cm2 else None
        ),
        energy_mev=float(energy_mev),
        exit_mev=0.0,
        thickness_g_cm2=float(thickness),
        heat_w=track.heat_mev * 1e6 * current,
        relative_uncertainty=None,
        sources=(
            *dict.fromkeys(made[i].channel.curve.source for i in ways),
            *photon_interactions.SOURCES,
            photon_cascade.SOURCE,
            f"Decay: {decay_data.SOURCE}",
        ),
        notes=tuple(notes),
    )


def production(
    route: Reaction, matter: Material, track: PhotonTrack, collection: float, data: NuclearData | None
) -> list[Made]:
    """Residuals that photons of a given track length make in a material, with their rates per ampere."""
    folder = data or (nuclear_data.load() if nuclear_data.folder() is not None else None)
    shares = folder if folder is not None else photonuclear.OwnShares
    made: list[Made] = []
    for part in matter.parts:
        try:
            curves = photonuclear.curves(part.symbol, data)
        except InputError:
            if part.symbol == route.element:
                raise
            continue
        own = dict(part.isotopes)
        for key, curve in curves.items():
            a, z, residual_a = key
            if own.get(a, 0.0) <= 0.0 or z < 1:
                continue
            nuclei_g = AVOGADRO * part.count * own[a] / matter.molar_mass_g_mol
            inside = track.photon_mev <= curve.last_mev
            sigma = np.where(inside, curve.at(np.minimum(track.photon_mev, curve.last_mev)), 0.0)
            whole = track.track_g_cm2 * sigma * BARN_CM2 * nuclei_g * collection / ELEMENTARY_CHARGE_C
            if not whole.any():
                continue
            for state, share, source in split(shares, "g", part.symbol, key, track.photon_mev):  # type: ignore[arg-type]
                channel = Channel(part.symbol, a, z, residual_a, state, curve, source)
                made.append(Made(channel, settle(z, residual_a, state), float((whole * share).sum())))
    return made


def _current(energy_mev: float, current_a: float | None, power_w: float | None) -> float:
    if (current_a is None) == (power_w is None):
        raise InputError("Give either the current of the electron beam or its power")
    if not (np.isfinite(energy_mev) and energy_mev > 0.0):
        raise InputError("The energy of the electrons must be a positive number of MeV")
    current = current_a if current_a is not None else (power_w or 0.0) / (energy_mev * 1e6)
    if not (np.isfinite(current) and current >= 0.0):
        raise InputError("The current must be a finite number, not negative")
    return float(current)


def _layers(
    converter: str | None, converter_g_cm2: float | None, absorber: tuple[str, float] | None
) -> tuple[list[Layer], list[str]]:
    layers, notes = [], []
    if converter:
        thickness = CONVERTER_G_CM2 if converter_g_cm2 is None else converter_g_cm2
        if converter_g_cm2 is None:
            notes.append(f"Converter assumed: {thickness:g} g/cm² of {converter}")
        layers.append(Layer(_natural(converter), thickness))
    elif converter_g_cm2:
        raise InputError("A converter has a thickness but no material")
    if absorber is not None:
        layers.append(Layer(_natural(absorber[0]), absorber[1]))
    return layers, notes


def _natural(formula: str) -> Substance:
    atoms: dict[int, float] = {}
    for symbol, _, count in parse_formula(formula):
        z = elements()[symbol].z
        atoms[z] = atoms.get(z, 0.0) + count
    masses = {z: _molar(z) for z in atoms}
    return Substance.of(formula, {z: n * masses[z] for z, n in atoms.items()}, masses)


def _molar(z: int) -> float:
    return next(atomic_weight_g_mol(e.symbol) for e in elements().values() if e.z == z)


def _substance(matter: Material) -> Substance:
    """The target as matter for electrons and photons: per atom an enriched element is as any."""
    actual = {elements()[p.symbol].z: p.molar_mass_g_mol for p in matter.parts}
    natural = {elements()[p.symbol].z: atomic_weight_g_mol(p.symbol) for p in matter.parts}
    weights = {elements()[p.symbol].z: p.count * p.molar_mass_g_mol for p in matter.parts}
    return Substance.of(matter.formula, weights, natural, actual)


def _notes(
    route: Reaction,
    matter: Material,
    made: Iterable[Made],
    parts: Mapping[int, float],
    energy_mev: float,
    collection: float,
) -> list[str]:
    notes = [
        "All particles go straight ahead, without multiple scattering and angles of emission: "
        "0.65 to 2.2 times published values"
    ]
    if collection == 1.0:
        notes.append("The target is taken to catch all photons (collection 1): an upper limit")
    items = list(made)
    if any(energy_mev > items[i].channel.last_mev for i, part in parts.items() if part > 0.0):
        last = min(items[i].channel.last_mev for i, part in parts.items() if part > 0.0)
        notes.append(f"Cross sections are known to {last:g} MeV; what photons above that make is missing")
    total = sum(parts.values())
    for i, part in parts.items():
        if items[i].channel.isomer_source == UNKNOWN and part > _NOTED * total:
            name = items[i].nuclide
            notes.append(f"{name}: the cross section counts its isomers too; all of it was taken for {name}")
    if decay_data.known(route.target) and not decay_data.record(route.target).stable:
        notes.append(f"The activity of the target {route.target} itself and of its progeny is not counted")
    others = {p.symbol for p in matter.parts} - {m.channel.element for m in items}
    if others:
        notes.append(f"No cross sections for {', '.join(sorted(others))} in {matter.formula}")
    return notes


def _specific(
    route: Reaction,
    matter: Material,
    rates: Mapping[str, float],
    duration_s: float,
    product_bq: float,
    mass_g: float | None,
) -> float | None:
    """Bq/g of the product's element: that of the target where it is the same, else what the beam makes."""
    symbol = route.product.partition("-")[0]
    same = [part for part in matter.parts if part.symbol == symbol]
    if same:
        share = sum(part.count * part.molar_mass_g_mol for part in same) / matter.molar_mass_g_mol
        return product_bq / (mass_g * share) if mass_g else None
    grams = 0.0
    for name, atoms in atoms_of_element(symbol, rates, duration_s).items():
        found = name.rstrip("mn").partition("-")[2]
        grams += atoms * (mass_u(elements()[symbol].z, int(found)) or float(found)) / AVOGADRO
    return product_bq / grams if grams > 0.0 else None
