"""Accelerator irradiation: activity, impurities and yield of a target under a beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Calculator, Inputs, beside
from becq.calculators.field import Field
from becq.calculators.result import Axis, Chart, Column, Curve, Figure, Grid, Mark, Result
from becq.calculators.words import Words
from becq.errors import BecqError
from becq.physics import decay_data
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate, saturation_yields_bq_per_a
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.elements import read_table
from becq.physics.quantities import (
    format_current,
    format_duration,
    format_energy,
    parse_current,
    parse_energy,
    parse_fraction,
)

STEPS_ON, STEPS_OFF, STEPS_ENERGY = 16, 12, 60
CURVES = 5
SMALL = 0.05
"""Where every other curve is below this share of the product, only a logarithmic scale shows them."""


@dataclass(frozen=True, kw_only=True)
class CyclotronInputs(Inputs):
    """``exit_mev``: None where the beam stops in the target."""

    reaction: Reaction
    energy_mev: float
    exit_mev: float | None
    current_a: float
    duration_s: float
    enrichment: float | None
    material: str | None
    cooling_s: float


def routes() -> tuple[str, ...]:
    """The routes of Becq's own table, as they are written."""
    return tuple(row["reaction"] for row in read_table("accelerator_routes.csv"))


def build(**values: Any) -> CyclotronInputs:
    """As read."""
    return CyclotronInputs(
        texts=values["texts"],
        reaction=values["reaction"],
        energy_mev=values["energy"],
        exit_mev=values["exit"],
        current_a=values["current"],
        duration_s=values["duration"],
        enrichment=values["enrichment"],
        material=values["material"],
        cooling_s=values["cooling"],
    )


def answer(inputs: CyclotronInputs) -> Result:
    """The target at the end of bombardment and after cooling."""
    with _bound(inputs):
        done = _irradiate(inputs, inputs.duration_s, inputs.cooling_s)
    route = inputs.reaction
    after = done.activities_bq.get(done.product, 0.0)
    total = done.activity_eob_bq + sum(done.impurities_bq.values())
    data: dict[str, Any] = {
        "reaction": done.reaction,
        "product": done.product,
        "energy_mev": done.energy_mev,
        "exit_mev": done.exit_mev,
        "current_a": inputs.current_a,
        "duration_s": inputs.duration_s,
        "cooling_s": inputs.cooling_s,
        "activity_eob_bq": done.activity_eob_bq,
        "saturation_yield_bq_per_ua": done.saturation_yield_bq_per_a * 1e-6,
        "physical_yield_bq_per_c": done.physical_yield_bq_per_c,
        "impurities_bq": done.impurities_bq,
        "inseparable": done.inseparable,
        "activity_bq": after,
        "activities_bq": done.activities_bq,
        "purity_eob": done.activity_eob_bq / total if total else None,
        "specific_activity_bq_g": done.specific_activity_bq_g,
        "thickness_g_cm2": done.thickness_g_cm2,
        "heat_w": done.heat_w,
        "relative_uncertainty": done.relative_uncertainty,
    }
    return Result(
        title=Words(str(route), str(route)),
        data=data,
        figures=_figures(inputs, done, after),
        draw=lambda: _charts(inputs, done),
        tables=(_table(inputs, done, after),),
        sources=done.sources,
        notes=done.notes,
    )


def _bound(inputs: CyclotronInputs) -> Any:
    return beside(
        "energy",
        "enrichment",
        "exit",
        "current",
        "duration",
        begins={
            "reaction": "No cross section",
            "exit": "The beam cannot leave",
            "material": inputs.material,
        },
    )


def _irradiate(inputs: CyclotronInputs, duration_s: float, cooling_s: float) -> BeamIrradiation:
    return irradiate(
        inputs.reaction,
        energy_mev=inputs.energy_mev,
        exit_mev=inputs.exit_mev,
        current_a=inputs.current_a,
        duration_s=duration_s,
        enrichment=inputs.enrichment,
        material=inputs.material,
        cooling_s=cooling_s,
    )


def _figures(inputs: CyclotronInputs, done: BeamIrradiation, after: float) -> tuple[Figure, ...]:
    ran = format_duration(inputs.duration_s)
    cooled = format_duration(inputs.cooling_s)
    current = format_current(inputs.current_a)
    found = [
        Figure(
            Words("Activity at EOB", "EOB 活度"),
            done.activity_eob_bq,
            "activity",
            done.product,
            Words(f"after {ran} at {current}", f"{current} 轰击 {ran}"),
            relative_uncertainty=done.relative_uncertainty,
        )
    ]
    if inputs.cooling_s:
        at_end = Words(f"{cooled} after EOB", f"EOB 后 {cooled}")
        found.append(Figure(Words("Activity", "活度"), after, "activity", done.product, at_end))
    found.append(
        Figure(
            Words("Saturation yield", "饱和产额"),
            done.saturation_yield_bq_per_a,
            "activity_per_current",
            done.product,
            Words(
                f"from {format_energy(done.energy_mev)} to {format_energy(done.exit_mev)}",
                f"{format_energy(done.energy_mev)} 至 {format_energy(done.exit_mev)}",
            ),
        )
    )
    found.append(
        Figure(
            Words("Physical yield", "物理产额"),
            done.physical_yield_bq_per_c,
            "activity_per_charge",
            done.product,
        )
    )
    same = [name for name in done.inseparable if name in done.impurities_bq]
    if same:
        share = sum(done.impurities_bq[name] for name in same) / done.activity_eob_bq
        found.append(
            Figure(
                Words("Isotopes of its element", "同元素放射性杂质"),
                share,
                "share",
                note=Words("of its activity at EOB: chemistry leaves them", "占 EOB 活度；化学法不可分离"),
            )
        )
    if done.specific_activity_bq_g is not None:
        found.append(
            Figure(
                Words("Specific activity", "比活度"),
                done.specific_activity_bq_g,
                "activity_per_mass",
                done.product,
                Words("at EOB, without carrier from elsewhere", "EOB 时刻，不计外来载体"),
            )
        )
    found += [
        Figure(Words("Target thickness", "靶厚"), done.thickness_g_cm2, "density"),
        Figure(Words("Heat in the target", "靶内发热"), done.heat_w, "power"),
    ]
    return tuple(found)


def _table(inputs: CyclotronInputs, done: BeamIrradiation, after: float) -> Grid:
    columns = [
        Column(reading.NUCLIDE, "nuclide"),
        Column(reading.HALF_LIFE, "duration"),
        Column(Words("At EOB", "EOB 时刻"), "activity"),
        Column(Words("Per activity of the product", "与产品活度之比"), "share"),
    ]
    if inputs.cooling_s:
        columns += [
            Column(Words("After cooling", "冷却后"), "activity"),
            Column(Words("Then per activity of the product", "冷却后与产品之比"), "share"),
        ]
    columns.append(Column(Words("Chemistry", "化学分离"), "words"))
    own, other = Words("same element", "同元素"), Words("other element", "异元素")
    rows = []
    for name, bq in {done.product: done.activity_eob_bq, **done.impurities_bq}.items():
        row: list[Any] = [name, decay_data.half_life_s(name), bq, bq / done.activity_eob_bq]
        if inputs.cooling_s:
            later = done.activities_bq.get(name, 0.0)
            row += [later, later / after if after else None]
        label = (
            Words("product", "产品") if name == done.product else own if name in done.inseparable else other
        )
        rows.append((*row, label))
    return Grid("nuclides", Words("Radionuclides", "放射性核素"), tuple(columns), tuple(rows))


def _charts(inputs: CyclotronInputs, done: BeamIrradiation) -> tuple[Chart, ...]:
    end = inputs.duration_s
    after = max(inputs.cooling_s, end, 2.0 * decay_data.half_life_s(done.product))
    after = min(after, max(inputs.cooling_s, 3.0 * end))
    on, off = np.linspace(0.0, end, STEPS_ON + 1)[1:], np.linspace(0.0, after, STEPS_OFF + 1)[1:]
    names = [done.product, *list(done.impurities_bq)[: CURVES - 1]]
    found: list[tuple[float, dict[str, float]]] = [(0.0, {})]
    found += [(t, _irradiate(inputs, t, 0.0).activities_bq) for t in on.tolist()]
    found += [(end + t, _irradiate(inputs, end, t).activities_bq) for t in off.tolist()]
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
    return Chart(
        "yield",
        Words("Saturation yield against the energy of the beam", "饱和产额随束流能量变化"),
        Axis(Words("Energy", "能量"), "energy"),
        Axis(Words("Saturation yield", "饱和产额"), "activity_per_current"),
        (Curve.of(x, y, done.product),),
        (Mark(inputs.energy_mev, Words("as asked", "所求")),),
    )


CALCULATOR = Calculator(
    name="cyclotron",
    title=Words("Accelerator", "加速器"),
    sentence=Words(
        "Activity, impurities and yield of a target under protons, deuterons, alphas or bremsstrahlung.",
        "质子、氘核、α 粒子或轫致辐射照射靶的活度、杂质与产额。",
    ),
    icon="cyclotron",
    command=("yield", "cyclotron"),
    fields=(
        Field(
            "reaction",
            Words("Reaction", "核反应"),
            parse_reaction,
            required=True,
            example="Ni-64(p,n)Cu-64",
            help=Words(
                "Target, projectile, ejectiles, product; an element is natural: Ga(p,xn)Ge-68.",
                "靶、入射粒子、出射粒子、产物；元素表示天然组成：Ga(p,xn)Ge-68。",
            ),
            suggestions=routes,
        ),
        Field(
            "energy",
            Words("Energy of the beam", "束流能量"),
            parse_energy,
            required=True,
            example="12 MeV",
            help=Words("Where it enters the target.", "进入靶时的能量。"),
        ),
        Field(
            "exit",
            Words("Energy where it leaves", "出射能量"),
            parse_energy,
            example="4 MeV",
            help=Words("Empty: it stops in the target.", "不填则束流止于靶内。"),
        ),
        Field("current", Words("Beam current", "束流强度"), parse_current, required=True, example="50 uA"),
        Field("duration", Words("Run", "轰击时间"), reading.some_time, required=True, example="4 h"),
        Field(
            "enrichment",
            Words("Enrichment", "富集度"),
            parse_fraction,
            example="98 %",
            help=Words("Atom fraction; empty: the pure isotope.", "原子份额；不填则为纯同位素。"),
        ),
        Field(
            "material",
            Words("Chemical form", "化学形式"),
            reading.formula,
            example="H2O",
            help=Words("Empty: the element.", "不填则为单质。"),
        ),
        Field("cooling", Words("Cooling", "冷却时间"), reading.span, default=0.0, example="2 h"),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("Cu-64 from enriched Ni-64", "富集 Ni-64 制 Cu-64"),
            {
                "reaction": "Ni-64(p,n)Cu-64",
                "energy": "12MeV",
                "exit": "4MeV",
                "current": "50uA",
                "duration": "4h",
                "enrichment": "0.98",
            },
        ),
        (
            Words("F-18 from enriched water", "富集水制 F-18"),
            {
                "reaction": "O-18(p,n)F-18",
                "energy": "18 MeV",
                "current": "50 uA",
                "duration": "2 h",
                "enrichment": "97 %",
                "material": "H2O",
            },
        ),
        (
            Words("Ga-68 from Zn-68, with Ga-66 and Ga-67 beside it", "Zn-68 制 Ga-68，伴 Ga-66、Ga-67"),
            {
                "reaction": "Zn-68(p,n)Ga-68",
                "energy": "13 MeV",
                "exit": "4 MeV",
                "current": "50 uA",
                "duration": "2 h",
                "enrichment": "99.3 %",
                "cooling": "30 min",
            },
        ),
        (
            Words("Tc-99m from Mo-100", "Mo-100 制 Tc-99m"),
            {
                "reaction": "Mo-100(p,2n)Tc-99m",
                "energy": "18 MeV",
                "exit": "10 MeV",
                "current": "200 uA",
                "duration": "6 h",
                "enrichment": "99.5 %",
                "cooling": "2 h",
            },
        ),
        (
            Words("At-211 from bismuth and alphas", "α 轰击铋制 At-211"),
            {
                "reaction": "Bi-209(a,2n)At-211",
                "energy": "28.8 MeV",
                "exit": "20 MeV",
                "current": "20 uA",
                "duration": "4 h",
            },
        ),
    ),
)
