"""Fission products of a solution reactor or of uranium targets: from power, time and extraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Calculator, Inputs, beside
from becq.calculators.field import Field
from becq.calculators.result import Axis, Chart, Column, Curve, Figure, Grid, Mark, Result
from becq.calculators.words import Words
from becq.errors import InputError, Problem, ProblemsError
from becq.physics import decay_data
from becq.physics.quantities import format_duration, parse_energy, parse_fraction
from becq.physics.reactor import fission as physics
from becq.physics.reactor.fission import Campaign, FissionProduction
from becq.physics.reactor.fission_yields import yields

PRODUCTS = ("Mo-99", "I-131", "Xe-133", "Sr-90", "Sr-89", "Y-90", "Cs-137", "Ru-106", "Pm-147", "Kr-85")
DRAWN = ("Mo-99", "I-131", "Xe-133")
STEPS, DENSE = 40, 10
LISTED = 30
LASTING_S = 3600.0
LEAST_SHARE = 1e-9
"""Isotopes below this share of the product are left out of the table (the JSON has them)."""


@dataclass(frozen=True, kw_only=True)
class FissionInputs(Inputs):
    """``runs`` of ``duration_s`` each with pauses of ``pause_s`` between them."""

    product: str
    power_w: float
    duration_s: float
    extraction: float
    cooling_s: float
    runs: int
    pause_s: float | None
    fissile: str
    energy_per_fission_mev: float | None
    thermal_cm2_s: float


def fissile(text: str) -> str:
    """U-235 or Pu-239."""
    if text not in {"U-235", "Pu-239"}:
        raise InputError(f'"{text}" is not a choice; use U-235 or Pu-239')
    return text


def heat(text: str) -> float:
    """Heat per fission in MeV: "200 MeV"."""
    try:
        return parse_energy(text)
    except InputError:
        raise InputError(f'"{text}" is not a heat per fission; write for example 200 MeV') from None


def build(**values: Any) -> FissionInputs:
    """As read; a pause needs runs."""
    if values["pause"] is not None and values["runs"] == 1:
        message = "a pause between runs does nothing in one run; give the number of runs too"
        raise ProblemsError([Problem("fission", None, "pause", message)])
    return FissionInputs(
        texts=values["texts"],
        product=values["product"],
        power_w=values["power"],
        duration_s=values["duration"],
        extraction=values["extraction"],
        cooling_s=values["cooling"],
        runs=values["runs"],
        pause_s=values["pause"],
        fissile=values["fissile"],
        energy_per_fission_mev=values["energy"],
        thermal_cm2_s=values["flux"],
    )


def answer(inputs: FissionInputs) -> Result:
    """One run and its separation; several runs as a campaign."""
    with beside("product", "power", "extraction", "cooling", begins={"energy": _energy_text(inputs)}):
        done = physics.produce(
            inputs.product,
            power_w=inputs.power_w,
            duration_s=inputs.duration_s,
            extraction=inputs.extraction,
            cooling_s=inputs.cooling_s,
            fissile=inputs.fissile,
            energy_per_fission_mev=inputs.energy_per_fission_mev,
            thermal_cm2_s=inputs.thermal_cm2_s,
        )
    data: dict[str, Any] = {
        "product": done.product,
        "fissile": done.fissile,
        "power_w": done.power_w,
        "duration_s": done.duration_s,
        "extraction": done.extraction,
        "cooling_s": done.cooling_s,
        "activity_bq": done.activity_bq,
        "activity_shutdown_bq": done.activity_shutdown_bq,
        "activity_per_day_bq": done.activity_per_day_bq,
        "saturation_bq": done.saturation_bq,
        "six_day_curies": done.six_day_curies,
        "six_day_bq": done.six_day_bq,
        "relative_uncertainty": done.relative_uncertainty,
        "specific_activity_bq_g": done.specific_activity_bq_g,
        "fissions_per_s": done.fissions_per_s,
        "cumulative_yield": done.cumulative_yield,
        "fissile_burned_g": done.fissile_burned_g,
        "isotopes_bq": done.isotopes_bq,
        "coproduced_bq": done.coproduced_bq,
    }
    beside_it = {n: bq for n, bq in done.isotopes_bq.items() if bq > LEAST_SHARE * done.activity_bq}
    tables = [_isotope_table(beside_it), _table(done)] if beside_it else [_table(done)]
    campaign = _campaign(inputs) if inputs.runs > 1 else None
    if campaign is not None:
        data["campaign"] = {
            "times_s": campaign.times_s,
            "extracted_bq": campaign.extracted_bq,
            "total_bq": campaign.total_bq,
        }
        tables.insert(0, _campaign_table(campaign))
    return Result(
        title=Words(
            f"{done.product} from fission of {done.fissile}", f"{done.fissile} 裂变产 {done.product}"
        ),
        data=data,
        figures=_figures(inputs, done),
        draw=lambda: (_chart(inputs, done),),
        tables=tuple(tables),
        sources=done.sources,
        notes=done.notes,
    )


def _energy_text(inputs: FissionInputs) -> str | None:
    energy = inputs.energy_per_fission_mev
    return None if energy is None else f"{energy:g} MeV"


def _figures(inputs: FissionInputs, done: FissionProduction) -> tuple[Figure, ...]:
    cooled = format_duration(inputs.cooling_s)
    ran = format_duration(inputs.duration_s)
    at_end = (
        Words(f"{cooled} after shutdown", f"停堆后 {cooled}")
        if inputs.cooling_s
        else Words("at shutdown", "停堆时刻")
    )
    found = [
        Figure(
            Words("Separated", "分离所得"),
            done.activity_bq,
            "activity",
            done.product,
            at_end,
            relative_uncertainty=done.relative_uncertainty,
        )
    ]
    if done.six_day_curies is not None:
        found.append(
            Figure(
                Words("Six-day curies", "六天居里"),
                done.six_day_curies,
                "number",
                done.product,
                Words("Ci six days after it leaves", "离厂六天后的 Ci"),
            )
        )
    return (
        *found,
        Figure(
            Words("In the solution or target", "溶液或靶内"),
            done.activity_shutdown_bq,
            "activity",
            done.product,
            Words(f"at shutdown, after {ran}", f"停堆时刻，运行 {ran}"),
        ),
        Figure(
            Words("Of saturation", "占饱和值"),
            done.activity_shutdown_bq / done.saturation_bq,
            "share",
            done.product,
        ),
        Figure(
            Words("Specific activity", "比活度"),
            done.specific_activity_bq_g,
            "activity_per_mass",
            done.product,
            at_end,
        ),
        Figure(Words("Fissioned", "已裂变"), done.fissile_burned_g, "mass", done.fissile),
    )


def _campaign(inputs: FissionInputs) -> Campaign:
    with beside("runs", "cooling"):
        return physics.campaign(
            inputs.product,
            power_w=inputs.power_w,
            run_s=inputs.duration_s,
            pause_s=inputs.cooling_s if inputs.pause_s is None else inputs.pause_s,
            runs=inputs.runs,
            extraction=inputs.extraction,
            cooling_s=inputs.cooling_s,
            fissile=inputs.fissile,
            energy_per_fission_mev=inputs.energy_per_fission_mev,
            thermal_cm2_s=inputs.thermal_cm2_s,
        )


def _campaign_table(campaign: Campaign) -> Grid:
    columns = (
        Column(Words("Run", "运行"), "count"),
        Column(Words("Shutdown after", "停堆于"), "duration"),
        Column(Words("Extracted", "提取活度"), "activity", nuclide=campaign.product),
    )
    pairs = zip(campaign.times_s.tolist(), campaign.extracted_bq.tolist(), strict=True)
    rows = tuple((i, t, bq) for i, (t, bq) in enumerate(pairs, start=1))
    return Grid("campaign", Words("Run by run", "逐次运行"), columns, rows)


def _table(done: FissionProduction) -> Grid:
    columns = (
        Column(reading.NUCLIDE, "nuclide"),
        Column(reading.HALF_LIFE, "half_life"),
        Column(Words("Cumulative yield", "累积产额"), "share"),
        Column(Words("At shutdown", "停堆时刻"), "activity"),
    )
    known = yields(done.fissile)
    lasting = [
        (name, bq)
        for name, bq in done.coproduced_bq.items()
        if name in PRODUCTS or decay_data.half_life_s(name) > LASTING_S
    ]
    lasting.sort(key=lambda pair: (pair[0] not in PRODUCTS, -pair[1]))
    listed = [(done.product, done.activity_shutdown_bq), *lasting[:LISTED]]
    rows = tuple(
        (name, decay_data.half_life_s(name), known[name].cumulative if name in known else None, bq)
        for name, bq in listed
    )
    title = Words("In the solution or target, with half-lives over an hour", "溶液或靶内（半衰期大于一小时）")
    return Grid("products", title, columns, rows)


def _isotope_table(isotopes_bq: dict[str, float]) -> Grid:
    columns = (Column(reading.NUCLIDE, "nuclide"), Column(reading.ACTIVITY, "activity"))
    title = Words("Taken out with it, at the separation", "随之分离的同位素（分离时刻）")
    return Grid("isotopes", title, columns, tuple(isotopes_bq.items()))


def _chart(inputs: FissionInputs, done: FissionProduction) -> Chart:
    end = inputs.duration_s
    after = max(inputs.cooling_s, end)
    on = reading.grid(end, STEPS, dense=DENSE, from_zero=False)
    off = reading.grid(after, STEPS // 2, dense=DENSE, from_zero=False)
    x = np.concatenate([[0.0], on, end + off])
    durations = np.concatenate([on, np.full(off.size, end)])
    waits = np.concatenate([np.zeros(on.size), off])
    names = [done.product, *(name for name in DRAWN if name != done.product)]
    curves = []
    for name in names:
        bq = physics.activities_at_shutdown(
            name,
            power_w=inputs.power_w,
            duration_s=durations,
            cooling_s=waits,
            fissile=inputs.fissile,
            energy_per_fission_mev=inputs.energy_per_fission_mev,
            thermal_cm2_s=inputs.thermal_cm2_s,
        )
        curves.append(Curve.of(x, np.concatenate([[0.0], bq]), name))
    return Chart(
        "activity",
        Words("In the solution or target, during and after a run", "运行期间及之后溶液或靶内的活度"),
        Axis(Words("Since the start", "自运行开始"), "duration"),
        Axis(reading.ACTIVITY, "activity"),
        tuple(curves),
        (Mark(end, Words("shutdown", "停堆")),),
    )


CALCULATOR = Calculator(
    name="fission",
    title=Words("Fission", "裂变"),
    sentence=Words(
        "Fission products of a solution reactor or of uranium targets, from power, time and extraction.",
        "由功率、运行时间与提取效率求溶液堆或铀靶的裂变产物。",
    ),
    icon="fission",
    command=("yield", "fission"),
    fields=(
        Field(
            "power",
            Words("Fission power", "裂变功率"),
            reading.power,
            required=True,
            example="200 kW",
            help=Words("Of the solution, or of the targets.", "溶液或靶件的裂变功率。"),
        ),
        Field(
            "duration",
            Words("Running time", "运行时间"),
            reading.run,
            required=True,
            example="24 h",
            help=Words("Of one run where there are several.", "多次运行时为每次时间。"),
        ),
        Field(
            "product",
            Words("Product", "产品核素"),
            reading.radionuclide,
            required=True,
            example="Mo-99",
            suggestions=lambda: PRODUCTS,
        ),
        Field(
            "extraction",
            Words("Extraction efficiency", "提取效率"),
            parse_fraction,
            default=1.0,
            example="0.8",
            help=Words("Empty: everything.", "不填则为全部提取。"),
        ),
        Field(
            "cooling",
            Words("Cooling before the separation", "分离前冷却"),
            reading.wait,
            default=0.0,
            example="6 h",
        ),
        Field(
            "runs", Words("Runs", "运行次数"), reading.whole(1, 400), default=1, example="1", advanced=True
        ),
        Field(
            "pause",
            Words("Pause between runs", "两次运行间隔"),
            reading.wait,
            example="12 h",
            help=Words("From shutdown to the next start.", "自停堆至下次启动。"),
            advanced=True,
        ),
        Field(
            "fissile",
            Words("Fissile nuclide", "易裂变核素"),
            fissile,
            default="U-235",
            example="U-235",
            choices=(("U-235", Words("U-235", "U-235")), ("Pu-239", Words("Pu-239", "Pu-239"))),
            advanced=True,
        ),
        Field(
            "energy",
            Words("Heat per fission", "每次裂变释热"),
            heat,
            example="200 MeV",
            help=Words("Empty: that of the fissile nuclide.", "不填则取该易裂变核素的值。"),
            advanced=True,
        ),
        Field(
            "flux",
            Words("Flux that burns up fission products", "燃耗裂变产物的注量率"),
            reading.flux,
            default=0.0,
            example="1e13",
            help=Words("Thermal, per cm² and s; empty: none.", "热中子，cm⁻² s⁻¹；不填则不计。"),
            advanced=True,
        ),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("Mo-99 of a solution reactor, 200 kW for a day", "溶液堆 200 kW 运行一天的 Mo-99"),
            {"power": "200kW", "duration": "24h", "product": "Mo-99", "extraction": "0.8"},
        ),
        (
            Words("I-131 of the same, five daily runs", "同堆 I-131，每日运行共五次"),
            {
                "power": "200kW",
                "duration": "18h",
                "product": "I-131",
                "extraction": "0.9",
                "cooling": "4 h",
                "runs": "5",
                "pause": "6 h",
            },
        ),
        (
            Words("Uranium targets, 300 kW for six days", "铀靶 300 kW 照射六天"),
            {
                "power": "300 kW",
                "duration": "6 d",
                "product": "Mo-99",
                "extraction": "85%",
                "cooling": "24 h",
            },
        ),
    ),
)
