"""Fission products of a solution reactor or of uranium targets: from power, yield and extraction.

Fissions per second are P/E; each fission adds direct yields to the fission-product chains, which decay by
ICRP-107. One run, or a campaign of runs with an extraction after each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data, quantities
from becq.physics.constants import AVOGADRO
from becq.physics.reactor.fission_chains import FissionChains, chains_of, chains_to
from becq.physics.reactor.fission_yields import yields
from becq.physics.reactor.sample import atomic_mass, symbol

Array = NDArray[np.float64]

ENERGY_PER_FISSION_MEV = 200.0
"""Heat per fission of U-235 in MeV (DOE-HDBK-1019/1-93, about 200 MeV): ENDF/B has 193.4 MeV in fragments,
neutrons, gammas and betas; neutrons captured without fission add some 4 to 9 MeV, depending on the core
(ORNL-4548, Table 6.4: 192.5 MeV without captures, 203.2 MeV with them in graphite)."""

ENERGIES_MEV = {"U-235": ENERGY_PER_FISSION_MEV, "Pu-239": ENERGY_PER_FISSION_MEV * 212.4 / 203.2}
"""By fissile nuclide; Pu-239 over U-235 as in ORNL-4548, Table 6.4."""

ENERGY_RELATIVE_U = 0.015
"""Relative standard uncertainty taken for it (assumption: 197 to 203 MeV)."""

MEV_J = 1.602176634e-13
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class FissionProduction:
    """What one run gives.

    :ivar activity_shutdown_bq: of the product in the whole solution or target at shutdown.
    :ivar activity_bq: separated, after ``cooling_s`` and with the extraction efficiency.
    :ivar activity_per_day_bq: that over the days of the run.
    :ivar saturation_bq: activity at shutdown after an endless run without burn-up.
    :ivar six_day_bq: Mo-99 only: activity six days after it leaves (``six_day_curies`` in Ci), else None.
    :ivar isotopes_bq: other radioactive isotopes of the product's element, separated with it.
    :ivar coproduced_bq: every other fission product in the solution or target at shutdown.
    :ivar specific_activity_bq_g: product per g of its element at the separation, stable isotopes from
        fission included, carrier from elsewhere not.
    :ivar fissile_burned_g: mass of the fissile nuclide that fissioned; captures take more (a note says).
    :ivar relative_uncertainty: standard uncertainty from the yield and the energy per fission.
    """

    product: str
    fissile: str
    power_w: float
    duration_s: float
    cooling_s: float
    extraction: float
    fissions_per_s: float
    cumulative_yield: float
    activity_shutdown_bq: float
    activity_bq: float
    activity_per_day_bq: float
    saturation_bq: float
    six_day_bq: float | None
    six_day_curies: float | None
    isotopes_bq: dict[str, float]
    coproduced_bq: dict[str, float]
    specific_activity_bq_g: float
    fissile_burned_g: float
    relative_uncertainty: float
    sources: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Runs with an extraction after each.

    :ivar times_s: end of each run since the start, (runs,).
    :ivar extracted_bq: product taken out at each, (runs,).
    :ivar total_bq: their sum, each at its own time.
    """

    product: str
    times_s: Array
    extracted_bq: Array
    total_bq: float


def fission_rate(
    power_w: ArrayLike, energy_per_fission_mev: float | None = None, fissile: str = "U-235"
) -> Array:
    """Fissions per second of a power in W: (...) → (...). Raises InputError if it is negative."""
    energy = _energy(energy_per_fission_mev, fissile)
    power = np.asarray(power_w, dtype=np.float64)
    if not (np.isfinite(power).all() and (power >= 0).all()):
        raise InputError("A fission power is a finite number of W, not below zero")
    return np.asarray(power / (energy * MEV_J))


def activities_at_shutdown(
    product: str,
    *,
    power_w: ArrayLike,
    duration_s: ArrayLike,
    cooling_s: ArrayLike = 0.0,
    fissile: str = "U-235",
    energy_per_fission_mev: float | None = None,
    thermal_cm2_s: float = 0.0,
) -> Array:
    """Activity of one product in Bq in the solution: power, duration and cooling broadcast, (...).

    :param thermal_cm2_s: flux in which fission products are burnt up; 0 leaves that out.
    :raises InputError: for bad input or a product without a yield.
    """
    chains = chains_to(fissile, product)
    place = chains.place(product)
    rate = fission_rate(power_w, energy_per_fission_mev, fissile)
    duration, cooling = _times(duration_s, "A run"), _times(cooling_s, "A cooling time")
    rate, duration, cooling = np.broadcast_arrays(rate, duration, cooling)
    pairs, which = np.unique(np.stack((duration.ravel(), cooling.ravel())), axis=1, return_inverse=True)
    atoms = np.array([chains.grown(d, c, _flux(thermal_cm2_s))[place] for d, c in pairs.T])[np.ravel(which)]
    return np.asarray(atoms.reshape(duration.shape) * chains.decay_rates[place] * rate)


def produce(
    product: str,
    *,
    power_w: float,
    duration_s: float,
    extraction: float = 1.0,
    cooling_s: float = 0.0,
    fissile: str = "U-235",
    energy_per_fission_mev: float | None = None,
    thermal_cm2_s: float = 0.0,
) -> FissionProduction:
    """One run at constant power, then a separation.

    :param product: canonical name ("Mo-99").
    :param extraction: share of the product's element that the separation takes out, 0 to 1.
    :param cooling_s: time from shutdown to separation, precursors still at work (I-131, Xe-133).
    :param fissile: "U-235" or "Pu-239".
    :param energy_per_fission_mev: heat per fission; None takes that of the fissile nuclide.
    :param thermal_cm2_s: flux in which fission products are burnt up (Xe-135, Pm-147, Sm-151); 0 leaves
        that out. What a capture makes is not followed.
    :raises InputError: for bad input or a product without a yield.
    """
    if not 0 < extraction <= 1:
        raise InputError(f"An extraction efficiency of {extraction:g} is out of range: above 0, up to 1")
    chains = chains_of(fissile)
    place = chains.place(product)
    rate = float(fission_rate(power_w, energy_per_fission_mev, fissile))
    duration, cooling = _times(duration_s, "A run"), _times(cooling_s, "A cooling time")
    flux = _flux(thermal_cm2_s)
    out = rate * chains.grown(float(duration), float(cooling), flux)
    at_shutdown = rate * chains.grown(float(duration), 0.0, flux) * chains.decay_rates
    at_extraction = out * chains.decay_rates
    element = symbol(product)
    own = [i for i, m in enumerate(chains.members) if symbol(m) == element]
    taken = {chains.members[i]: float(at_extraction[i]) * extraction for i in own}
    activity = taken.pop(product)
    entry = yields(fissile)[product]
    grams = _element_grams(element, out, chains)
    six_day = quantities.six_day_factor() * activity if product == "Mo-99" else None
    others = {m: float(a) for m, a in zip(chains.members, at_shutdown, strict=True) if m != product}
    return FissionProduction(
        product=product,
        fissile=fissile,
        power_w=power_w,
        duration_s=float(duration),
        cooling_s=float(cooling),
        extraction=extraction,
        fissions_per_s=rate,
        cumulative_yield=entry.cumulative,
        activity_shutdown_bq=float(at_shutdown[place]),
        activity_bq=activity,
        activity_per_day_bq=activity / (float(duration) / DAY_S),
        saturation_bq=rate * entry.cumulative,
        six_day_bq=six_day,
        six_day_curies=quantities.six_day_curie(activity) if product == "Mo-99" else None,
        isotopes_bq=_ordered(taken),
        coproduced_bq=_ordered(others),
        specific_activity_bq_g=activity / (extraction * grams) if grams > 0 else 0.0,
        fissile_burned_g=rate * float(duration) * atomic_mass(fissile) / AVOGADRO,
        relative_uncertainty=float(np.hypot(entry.cumulative_u / entry.cumulative, ENERGY_RELATIVE_U)),
        sources=(f"yield of {product}: {entry.source}", f"decay: {decay_data.SOURCE}"),
        notes=(
            f"{_energy(energy_per_fission_mev, fissile):g} MeV of heat per fission",
            "thermal fission only",
            f"fission products burnt up at {flux:g} per cm² and s"
            if flux
            else "no burn-up of fission products",
            *_captures(fissile),
        ),
    )


def campaign(
    product: str,
    *,
    power_w: float,
    run_s: float,
    pause_s: float,
    runs: int,
    extraction: float = 1.0,
    cooling_s: float = 0.0,
    fissile: str = "U-235",
    energy_per_fission_mev: float | None = None,
    thermal_cm2_s: float = 0.0,
) -> Campaign:
    """Runs of a solution reactor with an extraction after each; what is left stays for the next.

    :param pause_s: from shutdown to the next start; the extraction is ``cooling_s`` after shutdown.
    :raises InputError: for bad input, or cooling longer than the pause.
    """
    if not 1 <= runs <= 10_000:
        raise InputError(f"A campaign of {runs} runs: give 1 to 10000")
    if not 0 <= cooling_s <= pause_s:
        raise InputError("The extraction comes before the next start: cooling must not exceed the pause")
    if not 0 < extraction <= 1:
        raise InputError(f"An extraction efficiency of {extraction:g} is out of range: above 0, up to 1")
    chains = chains_to(fissile, product)
    place = chains.place(product)
    rate = float(fission_rate(power_w, energy_per_fission_mev, fissile))
    run, pause = float(_times(run_s, "A run")), float(_times(pause_s, "A pause"))
    cooling = float(_times(cooling_s, "A cooling time"))
    on = chains.transfer(run, _flux(thermal_cm2_s))
    wait, rest = chains.transfer(cooling), chains.transfer(pause - cooling)
    own = np.zeros(chains.rates.shape, dtype=bool)
    for name, (block, row) in zip(chains.members, chains.places, strict=True):
        own[block, row] = symbol(name) == symbol(product)
    block, row = chains.places[place]
    atoms = np.zeros(chains.rates.shape)
    taken = np.empty(runs)
    for k in range(runs):
        atoms[:, -1] = 1.0
        atoms = np.einsum("bij,bj->bi", on, atoms)
        atoms[:, -1] = 0.0
        atoms = np.einsum("bij,bj->bi", wait, atoms)
        taken[k] = extraction * rate * atoms[block, row] * chains.decay_rates[place]
        atoms = np.einsum("bij,bj->bi", rest, np.where(own, (1.0 - extraction) * atoms, atoms))
    ends = np.asarray(run_s + np.arange(runs) * (run_s + pause_s), dtype=np.float64)
    return Campaign(product, ends, taken, float(taken.sum()))


def target_power_w(
    mass_g: ArrayLike,
    thermal_cm2_s: ArrayLike,
    *,
    fissile: str = "U-235",
    energy_per_fission_mev: float | None = None,
) -> Array:
    """Fission power of ``mass_g`` g of the fissile nuclide in a conventional thermal flux: (...) → (...).

    σ_f at 2200 m/s from the cross-section table; no self-shielding (multiply the flux by it).
    """
    from becq.physics.reactor.cross_sections import reactions

    sigma = [r.thermal_b for r in reactions(fissile) if r.reaction == "n,f" and r.thermal_b]
    if not sigma:
        raise InputError(f"No fission cross section of {fissile} in the table")
    mass, flux = np.asarray(mass_g, dtype=np.float64), np.asarray(thermal_cm2_s, dtype=np.float64)
    if (mass < 0).any() or (flux < 0).any():
        raise InputError("A mass and a flux are not negative")
    atoms = mass / atomic_mass(fissile) * AVOGADRO
    return np.asarray(atoms * sigma[0] * 1e-24 * flux * _energy(energy_per_fission_mev, fissile) * MEV_J)


def _captures(fissile: str) -> tuple[str, ...]:
    """What the mass that fissioned leaves out."""
    from becq.physics.reactor.cross_sections import reactions

    sigma = {r.reaction: r.thermal_b for r in reactions(fissile) if r.thermal_b}
    if not {"n,g", "n,f"} <= set(sigma):
        return ()
    ratio = sigma["n,g"] / sigma["n,f"]
    return (f"of {fissile} the mass that fissioned; thermal captures take another {100 * ratio:.0f} % of it",)


def _flux(thermal_cm2_s: float) -> float:
    if not 0 <= thermal_cm2_s <= 1e17:
        raise InputError(f"A thermal flux of {thermal_cm2_s:g} cm⁻² s⁻¹ is out of range")
    return float(thermal_cm2_s)


def _energy(given_mev: float | None, fissile: str) -> float:
    energy = ENERGIES_MEV.get(fissile, ENERGY_PER_FISSION_MEV) if given_mev is None else given_mev
    if not 150.0 <= energy <= 250.0:
        raise InputError(f"{energy:g} MeV per fission is out of range (150 to 250)")
    return energy


def _times(value: ArrayLike, what: str) -> Array:
    times = np.asarray(value, dtype=np.float64)
    low = times <= 0 if what == "A run" else times < 0
    if not np.isfinite(times).all() or low.any():
        raise InputError(f"{what} lasts a finite, positive time in s")
    return times


def _element_grams(element: str, out: Array, chains: FissionChains) -> float:
    """Mass in g of all isotopes of an element, the stable ones included."""
    own = [(i, m) for i, m in enumerate(chains.members) if symbol(m) == element]
    return sum(float(out[i]) * atomic_mass(m) for i, m in own) / AVOGADRO


def _ordered(activities: dict[str, float]) -> dict[str, float]:
    least = 1e-12 * max(activities.values(), default=0.0)
    return dict(sorted(((m, a) for m, a in activities.items() if a > least), key=lambda x: -x[1]))
