"""A beam on a target: what is asked of it, and its answer over time and over energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Inputs
from becq.calculators.result import Axis, Chart, Curve, Mark
from becq.calculators.words import Words
from becq.errors import BecqError
from becq.physics import decay_data
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate, saturation_yields_bq_per_a
from becq.physics.accelerator.photon_irradiation import CONVERTER, irradiate_photons
from becq.physics.accelerator.reactions import Reaction
from becq.physics.bateman import Array

STEPS_ON, STEPS_OFF, DENSE, STEPS_ENERGY = 12, 8, 5, 60
STEPS_PHOTON = 8
MOST_PHOTON_MEV = 60.0
CURVES = 5
SMALL = 0.05
"""Where every other curve is below this share of the product, only a logarithmic scale shows them."""


@dataclass(frozen=True, kw_only=True)
class CyclotronInputs(Inputs):
    """``exit_mev``: None where the beam stops in the target, or where ``thickness_g_cm2`` is given.

    The converter (and its thickness, and the share of the photons that the target catches) belongs to photon
    reactions alone; "" lets the target be its own.
    """

    reaction: Reaction
    energy_mev: float
    exit_mev: float | None
    current_a: float
    duration_s: float
    enrichment: float | None
    material: str | None
    cooling_s: float
    thickness_g_cm2: float | None
    converter: str | None
    converter_g_cm2: float | None
    collection: float | None


def bombard(
    inputs: CyclotronInputs, duration_s: float, cooling_s: float, energy_mev: float | None = None
) -> BeamIrradiation:
    """The irradiation for other times, or at another energy of the electrons; particles or photons."""
    if inputs.reaction.projectile == "g":
        return irradiate_photons(
            inputs.reaction,
            energy_mev=inputs.energy_mev if energy_mev is None else energy_mev,
            current_a=inputs.current_a,
            duration_s=duration_s,
            enrichment=inputs.enrichment,
            material=inputs.material,
            cooling_s=cooling_s,
            thickness_g_cm2=inputs.thickness_g_cm2,
            converter=CONVERTER if inputs.converter is None else inputs.converter,
            converter_g_cm2=inputs.converter_g_cm2,
            collection=1.0 if inputs.collection is None else inputs.collection,
        )
    return irradiate(
        inputs.reaction,
        energy_mev=inputs.energy_mev,
        exit_mev=inputs.exit_mev,
        current_a=inputs.current_a,
        duration_s=duration_s,
        enrichment=inputs.enrichment,
        material=inputs.material,
        cooling_s=cooling_s,
        thickness_g_cm2=inputs.thickness_g_cm2,
    )


def charts(inputs: CyclotronInputs, done: BeamIrradiation) -> tuple[Chart, ...]:
    """Activities during and after the run, and the yield against the energy of the beam."""
    end = inputs.duration_s
    after = max(inputs.cooling_s, end, 2.0 * decay_data.half_life_s(done.product))
    after = min(after, max(inputs.cooling_s, 3.0 * end))
    on = reading.grid(end, STEPS_ON, dense=DENSE, from_zero=False)
    off = reading.grid(after, STEPS_OFF, dense=DENSE, from_zero=False)
    names = [done.product, *list(done.impurities_bq)[: CURVES - 1]]
    found: list[tuple[float, dict[str, float]]] = [(0.0, {})]
    found += [(t, bombard(inputs, t, 0.0).activities_bq) for t in on.tolist()]
    found += [(end + t, bombard(inputs, end, t).activities_bq) for t in off.tolist()]
    x = [t for t, _ in found]
    curves = tuple(Curve.of(x, [each.get(name, 0.0) for _, each in found], name) for name in names)
    faint = len(curves) > 1 and bool(max(c.y.max() for c in curves[1:]) < SMALL * curves[0].y.max())
    activity = Chart(
        "activity",
        Words("Activity during and after the bombardment", "轰击期间及之后的活度"),
        Axis(Words("Since the start", "自轰击开始"), "duration"),
        Axis(reading.ACTIVITY, "activity"),
        curves,
        (Mark(end, Words("EOB", "EOB")),),
        log=faint,
    )
    return activity, _yield_chart(inputs, done)


def _yield_chart(inputs: CyclotronInputs, done: BeamIrradiation) -> Chart:
    """Saturation yield down to the same exit energy, against the energy of the beam."""
    if inputs.reaction.projectile == "g":
        return _chart_of(inputs, *_photon_yields(inputs, done))
    first = max(done.exit_mev, inputs.reaction.threshold_mev or 0.0)
    for last in (1.25 * inputs.energy_mev, inputs.energy_mev):
        x = np.linspace(min(first, last), last, STEPS_ENERGY + 1)
        try:
            y = saturation_yields_bq_per_a(
                inputs.reaction,
                x,
                np.minimum(done.exit_mev, x),
                enrichment=inputs.enrichment,
                material=inputs.material,
            )
            break
        except BecqError:  # beyond the data: draw no further than what was asked
            continue
    else:
        x, y = np.array([first, inputs.energy_mev]), np.array([0.0, done.saturation_yield_bq_per_a])
    return _chart_of(inputs, x, y)


def _photon_yields(inputs: CyclotronInputs, done: BeamIrradiation) -> tuple[Array, Array]:
    """Each energy of the electrons is a shower of its own, so there are few."""
    first = (inputs.reaction.threshold_mev or 2.0) + 0.5
    last = max(inputs.energy_mev, min(1.25 * inputs.energy_mev, MOST_PHOTON_MEV))
    xs = np.unique(np.append(np.linspace(first, last, STEPS_PHOTON), inputs.energy_mev))
    ys = []
    for energy in xs.tolist():
        try:
            ys.append(bombard(inputs, inputs.duration_s, 0.0, energy).saturation_yield_bq_per_a)
        except BecqError:  # next to the threshold there is nothing
            ys.append(0.0)
    return xs, np.array(ys)


def _chart_of(inputs: CyclotronInputs, x: Array, y: Array) -> Chart:
    return Chart(
        "yield",
        Words("Saturation yield against the energy of the beam", "饱和产额随束流能量变化"),
        Axis(Words("Energy", "能量"), "energy"),
        Axis(Words("Saturation yield", "饱和产额"), "activity_per_current"),
        (Curve.of(x, y, inputs.reaction.product),),
        (Mark(inputs.energy_mev, Words("as asked", "所求")),),
    )
