"""A target in a reactor: what is asked of it, and its answer over time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Inputs
from becq.calculators.result import Axis, Chart, Curve, Mark
from becq.calculators.words import Words
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.irradiation import ReactorIrradiation, irradiate
from becq.physics.reactor.self_shielding import Geometry, Shielding

STEPS_ON, STEPS_OFF, DENSE = 28, 10, 9
CURVES = 5
SMALL = 0.05
"""Where every other curve is below this share of the product, only a logarithmic scale shows them."""
LOST = 0.01
"""Where the product is below this share of the largest curve, only a logarithmic scale shows it."""
LEAST_SHARE = 1e-9
"""Impurities below this share of the product are left out of the table (the JSON has them)."""


@dataclass(frozen=True, kw_only=True)
class ReactorInputs(Inputs):
    """``cycles`` of ``duration_s`` each, with stops of ``pause_s`` between them."""

    target: str
    mass_g: float
    flux_cm2_s: float
    duration_s: float
    product: str | None
    enrichment: float | None
    material: str | None
    cooling_s: float
    cycles: int
    pause_s: float
    epithermal_ratio: float
    fast_cm2_s: float
    thermal_shielding: float | None
    resonance_shielding: float | None
    geometry: Geometry | None
    density_g_cm3: float | None
    max_absorptions: int


def history(inputs: ReactorInputs) -> FluxHistory:
    """The flux of all cycles."""
    same = {"epithermal_ratio": inputs.epithermal_ratio, "fast_cm2_s": inputs.fast_cm2_s}
    if inputs.cycles == 1 or inputs.pause_s == 0:
        return FluxHistory.constant(inputs.flux_cm2_s, inputs.cycles * inputs.duration_s, **same)
    return FluxHistory.cycles(
        inputs.flux_cm2_s, on_s=inputs.duration_s, off_s=inputs.pause_s, count=inputs.cycles, **same
    )


def expose(
    inputs: ReactorInputs, flux: FluxHistory, cooling_s: float, product: str | None = None
) -> ReactorIrradiation:
    """The irradiation under some flux, and a cooling after it."""
    return irradiate(
        inputs.target,
        mass_g=inputs.mass_g,
        flux=flux,
        material=inputs.material,
        enrichment=inputs.enrichment,
        cooling_s=cooling_s,
        product=product or inputs.product,
        shielding=_shielding(inputs),
        geometry=inputs.geometry,
        density_g_cm3=inputs.density_g_cm3,
        max_absorptions=inputs.max_absorptions,
    )


def _shielding(inputs: ReactorInputs) -> Shielding | None:
    thermal, resonance = inputs.thermal_shielding, inputs.resonance_shielding
    if thermal is None and resonance is None:
        return None
    return Shielding(1.0 if thermal is None else thermal, 1.0 if resonance is None else resonance)


def _until(flux: FluxHistory, time_s: float) -> FluxHistory:
    """The history up to a time after its start."""
    ends = np.cumsum(flux.durations_s)
    count = min(int(np.searchsorted(ends, time_s)) + 1, len(ends))
    durations = flux.durations_s[:count].copy()
    durations[-1] = time_s - (ends[count - 1] - flux.durations_s[count - 1])
    return replace(
        flux,
        durations_s=durations,
        thermal_cm2_s=flux.thermal_cm2_s[:count],
        epithermal_ratio=flux.epithermal_ratio[:count],
        fast_cm2_s=flux.fast_cm2_s[:count],
    )


def charts(inputs: ReactorInputs, flux: FluxHistory, done: ReactorIrradiation) -> tuple[Chart, ...]:
    """Activities while the target is in the reactor and after, and the specific activity."""
    end = flux.duration_s
    after = max(inputs.cooling_s, 0.5 * end)
    product = done.product
    stops = np.cumsum(flux.durations_s)
    while_on = reading.grid(end, STEPS_ON, dense=DENSE, from_zero=False)
    on = np.unique(np.concatenate([while_on, stops[stops < end]]))
    off = reading.grid(after, STEPS_OFF, dense=DENSE, from_zero=False)
    runs = [(t, expose(inputs, _until(flux, t), 0.0, product)) for t in on.tolist()]
    found: list[tuple[float, dict[str, float], float]] = [(0.0, {}, 0.0)]
    found += [(t, one.activities_bq, one.specific_activity_bq_g) for t, one in runs]
    for t in off.tolist():
        one = expose(inputs, flux, t, product)
        found.append((end + t, one.activities_cooled_bq, one.specific_activity_bq_g))
    x = np.array([t for t, _, _ in found])
    names = [product, *(name for name in _by_weight(done) if name != product)][:CURVES]
    eob = Mark(end, Words("EOB", "EOB"))
    curves = tuple(Curve.of(x, [each.get(name, 0.0) for _, each, _ in found], name) for name in names)
    return (
        Chart(
            "activity",
            Words("Activity during and after the irradiation", "照射期间及之后的活度"),
            Axis(Words("Since the start", "自照射开始"), "duration"),
            Axis(reading.ACTIVITY, "activity"),
            curves,
            (eob,),
            log=_apart(curves),
        ),
        Chart(
            "specific",
            Words("Specific activity, carrier counted", "含载体比活度"),
            Axis(Words("Since the start", "自照射开始"), "duration"),
            Axis(Words("Specific activity", "比活度"), "activity_per_mass"),
            (Curve.of(x[1:], [value for _, _, value in found[1:]], product),),
            (eob,),
        ),
    )


def _apart(curves: tuple[Curve, ...]) -> bool:
    """Whether the product or all others would lie on the axis of a linear scale."""
    if len(curves) < 2:
        return False
    product, others = curves[0].y.max(), max(each.y.max() for each in curves[1:])
    return bool(others < SMALL * product or product < LOST * others)


def _by_weight(done: ReactorIrradiation) -> list[str]:
    """Radionuclides of the product's element first, then the most active after cooling."""
    own = done.product.partition("-")[0]
    listed = [
        name for name, bq in done.activities_cooled_bq.items() if bq > LEAST_SHARE * done.activity_eob_bq
    ]
    return sorted(listed, key=lambda name: (name.partition("-")[0] != own, -done.activities_cooled_bq[name]))
