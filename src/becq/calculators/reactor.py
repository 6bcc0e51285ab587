"""Reactor irradiation: activities, specific activity and impurities of a target under a flux."""

from __future__ import annotations

import re
from typing import Any

from becq.calculators import reading
from becq.calculators.calculator import Calculator, beside
from becq.calculators.exposure import LEAST_SHARE, ReactorInputs, charts, expose, history
from becq.calculators.field import Field
from becq.calculators.result import Column, Figure, Grid, Result
from becq.calculators.words import NOTHING, Words
from becq.errors import InputError, Problem, ProblemsError
from becq.physics import decay_data
from becq.physics.elements import find_element
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import (
    format_duration,
    parse_density,
    parse_fraction,
    parse_length,
    parse_mass,
)
from becq.physics.reactor.irradiation import ReactorIrradiation
from becq.physics.reactor.network import MAX_ABSORPTIONS
from becq.physics.reactor.routes import routes, usual_product
from becq.physics.reactor.self_shielding import Geometry


def target(text: str) -> str:
    """An isotope ("Yb-176", "176Yb", "镱-176") or an element of natural composition ("W", "钨")."""
    natural = re.fullmatch(r"(?:nat(?:ural)?[- ]?|天然\s*)(.+)", text.strip(), re.IGNORECASE)
    element = find_element(text) or (find_element(natural[1]) if natural else None)
    return element.symbol if element is not None else parse_nuclide(text).name


def ratio(text: str) -> float:
    """Epithermal flux per unit lethargy over the thermal flux: "0.02", "2 %"."""
    try:
        return parse_fraction(text)
    except InputError:
        raise InputError(
            f'"{text}" is not an epithermal ratio; usual are 0.01 in a reflector to 0.1 in a core'
        ) from None


def factor(text: str) -> float:
    """A factor of self-shielding: above 0, up to 1."""
    value = parse_fraction(text)
    if value <= 0:
        raise InputError(f'"{text}": a factor of self-shielding is above 0, up to 1')
    return value


def suggestions() -> tuple[str, ...]:
    """Targets of the usual routes."""
    return tuple(dict.fromkeys(route.target for route in routes()))


def products() -> tuple[str, ...]:
    """Products of the usual routes."""
    return tuple(sorted({route.product for route in routes()}))


def shape(text: str) -> Geometry:
    """A shape with its size: "foil:0.1mm", "wire:1mm", "sphere:2mm" (radius), "cylinder:5mm:10mm"."""
    name, *sizes = (part.strip() for part in text.replace("：", ":").split(":"))
    name = {"箔": "foil", "丝": "wire", "球": "sphere", "圆柱": "cylinder"}.get(name, name.lower())
    count = {"foil": 1, "wire": 1, "sphere": 1, "cylinder": 2}.get(name)
    if count is None or len(sizes) != count:
        raise InputError(f'"{text}" is not a shape; write for example foil:0.1mm or cylinder:5mm:10mm')
    lengths = [100.0 * parse_length(size) for size in sizes]
    if min(lengths) <= 0:
        raise InputError(f'"{text}": a length here is above zero')
    if name == "foil":
        return Geometry(name, thickness_cm=lengths[0])
    return Geometry(name, radius_cm=lengths[0], height_cm=lengths[-1] if count == 2 else 0.0)


def build(**values: Any) -> ReactorInputs:
    """Self-shielding is given by its factors or computed from a shape, not both."""
    factors = [name for name in ("thermal_shielding", "resonance_shielding") if values[name] is not None]
    if values["shape"] is not None and factors:
        message = "give a shape or the factors of self-shielding, not both"
        raise ProblemsError([Problem("reactor", None, "shape", message)])
    if values["pause"] > 0 and values["cycles"] == 1:
        message = "a stop between cycles does nothing in one cycle; give the number of cycles too"
        raise ProblemsError([Problem("reactor", None, "pause", message)])
    return ReactorInputs(
        texts=values["texts"],
        target=values["target"],
        mass_g=values["mass"],
        flux_cm2_s=values["flux"],
        duration_s=values["duration"],
        product=values["product"],
        enrichment=values["enrichment"],
        material=values["material"],
        cooling_s=values["cooling"],
        cycles=values["cycles"],
        pause_s=values["pause"],
        epithermal_ratio=values["epithermal"],
        fast_cm2_s=values["fast"],
        thermal_shielding=values["thermal_shielding"],
        resonance_shielding=values["resonance_shielding"],
        geometry=values["shape"],
        density_g_cm3=values["density"],
        max_absorptions=values["absorptions"],
    )


def answer(inputs: ReactorInputs) -> Result:
    """The target at the end of the irradiation and after cooling."""
    with beside("flux"):
        flux = history(inputs)
    fast = None if inputs.product or inputs.fast_cm2_s else usual_product(inputs.target, fast=True)
    begins = {"product": inputs.product, "material": inputs.material, "fast": fast}
    with beside("target", "enrichment", "mass", "cooling", "density", begins=begins):
        done = expose(inputs, flux, inputs.cooling_s)
    product = done.product
    ends = format_duration(done.duration_s)
    cooled = format_duration(inputs.cooling_s)
    at_end = (
        Words(f"{cooled} after EOB", f"EOB 后 {cooled}") if inputs.cooling_s else Words("at EOB", "EOB 时刻")
    )
    figures = [
        Figure(
            Words("Activity at EOB", "EOB 活度"),
            done.activity_eob_bq,
            "activity",
            product,
            Words(f"after {ends}", f"照射 {ends} 后"),
            relative_uncertainty=done.relative_uncertainty,
        )
    ]
    if inputs.cooling_s:
        figures.append(Figure(Words("Activity", "活度"), done.activity_bq, "activity", product, at_end))
    figures += [
        Figure(
            Words("Specific activity", "比活度"),
            done.specific_activity_bq_g,
            "activity_per_mass",
            product,
            at_end,
        ),
        Figure(
            Words("Share of the carrier-free value", "占无载体值"),
            done.specific_activity_bq_g / done.carrier_free_bq_g,
            "share",
            product,
        ),
        Figure(
            Words("Target burnt", "靶核燃耗"),
            done.burnup,
            "share",
            inputs.target if "-" in inputs.target else "",
        ),
        *_shielding_figures(done),
    ]
    data: dict[str, Any] = {
        "target": inputs.target,
        "product": product,
        "mass_g": inputs.mass_g,
        "flux_cm2_s": inputs.flux_cm2_s,
        "duration_s": done.duration_s,
        "cooling_s": inputs.cooling_s,
        "activity_eob_bq": done.activity_eob_bq,
        "activity_bq": done.activity_bq,
        "relative_uncertainty": done.relative_uncertainty,
        "specific_activity_bq_g": done.specific_activity_bq_g,
        "carrier_free_bq_g": done.carrier_free_bq_g,
        "element_mass_g": done.element_mass_g,
        "burnup": done.burnup,
        "thermal_shielding": done.thermal_shielding,
        "resonance_shielding": done.resonance_shielding,
        "density_g_cm3": done.density_g_cm3,
        "impurities_bq": done.impurities_bq,
        "isotopic_impurities_bq": done.isotopic_impurities_bq,
        "activities_bq": done.activities_bq,
        "activities_cooled_bq": done.activities_cooled_bq,
    }
    return Result(
        title=Words(f"{inputs.target} to {product}", f"{inputs.target} → {product}"),
        data=data,
        figures=tuple(figures),
        draw=lambda: charts(inputs, flux, done),
        tables=(_table(done),),
        sources=done.sources,
        notes=(*_on_end(inputs), *done.notes),
        warnings=done.warnings,
    )


def _shielding_figures(done: ReactorIrradiation) -> list[Figure]:
    """The factors of self-shielding, where the target is not taken for dilute."""
    if done.thermal_shielding == done.resonance_shielding == 1.0:
        return []
    density = done.density_g_cm3
    at = NOTHING if density is None else Words(f"at {density:.4g} g/cm³", f"密度 {density:.4g} g/cm³")
    return [
        Figure(Words("Thermal self-shielding", "热自屏因子"), done.thermal_shielding, "number", note=at),
        Figure(Words("Resonance self-shielding", "共振自屏因子"), done.resonance_shielding, "number"),
    ]


def _on_end(inputs: ReactorInputs) -> tuple[str, ...]:
    if inputs.cycles == 1 or inputs.pause_s > 0:
        return ()
    return (f"{inputs.cycles} cycles without a stop between them: one run of all their time",)


def _table(done: ReactorIrradiation) -> Grid:
    columns = [
        Column(reading.NUCLIDE, "nuclide"),
        Column(reading.HALF_LIFE, "half_life"),
        Column(Words("At EOB", "EOB 时刻"), "activity"),
    ]
    later = done.cooling_s > 0
    if later:
        columns.append(Column(Words("After cooling", "冷却后"), "activity"))
    columns.append(Column(Words("Per activity of the product", "与产品活度之比"), "share"))
    least = LEAST_SHARE * max(done.activity_eob_bq, 1.0)
    rows = []
    for name, bq in done.activities_bq.items():
        cooled = done.activities_cooled_bq.get(name, 0.0)
        if bq < least and cooled < least:
            continue
        ratio = cooled / done.activity_bq if done.activity_bq else None
        ends = (cooled, ratio) if later else (ratio,)
        rows.append((name, decay_data.half_life_s(name), bq, *ends))
    rows.sort(key=lambda row: (row[0] != done.product, -row[2]))
    return Grid("nuclides", Words("Radionuclides", "放射性核素"), tuple(columns), tuple(rows))


CALCULATOR = Calculator(
    name="reactor",
    title=Words("Reactor", "反应堆"),
    sentence=Words(
        "Activity, specific activity and impurities of a target irradiated with neutrons.",
        "中子辐照靶的产品活度、比活度与杂质。",
    ),
    icon="reactor",
    command=("yield", "reactor"),
    fields=(
        Field(
            "target",
            Words("Target", "靶核素"),
            target,
            required=True,
            example="Yb-176",
            help=Words(
                "An isotope, or an element of natural composition: W.", "同位素；或天然组成的元素：W。"
            ),
            suggestions=suggestions,
        ),
        Field(
            "mass",
            Words("Mass", "质量"),
            parse_mass,
            required=True,
            example="10 mg",
            help=Words(
                "Of the element, or of the chemical form below.", "元素质量；填写化学形式时为其质量。"
            ),
        ),
        Field(
            "flux",
            Words("Thermal flux", "热中子注量率"),
            reading.flux,
            required=True,
            example="2e14",
            help=Words("Per cm² and s, at 2200 m/s.", "cm⁻² s⁻¹，按 2200 m/s。"),
        ),
        Field(
            "duration",
            Words("Irradiation time", "照射时间"),
            reading.run,
            required=True,
            example="14 d",
            help=Words("Of one cycle where there are several.", "多周期时为每周期时间。"),
        ),
        Field("cooling", Words("Cooling", "冷却时间"), reading.wait, default=0.0, example="2 d"),
        Field(
            "product",
            Words("Product", "产品核素"),
            reading.radionuclide,
            example="Lu-177",
            help=Words("Empty: the usual one of the target.", "不填则取该靶的常用产品。"),
            suggestions=products,
        ),
        Field(
            "enrichment",
            Words("Enrichment", "富集度"),
            parse_fraction,
            example="97.6 %",
            help=Words("Atom fraction; empty: the pure isotope.", "原子份额；不填则为纯同位素。"),
        ),
        Field(
            "material",
            Words("Chemical form", "化学形式"),
            reading.formula,
            example="Yb2O3",
            advanced=True,
        ),
        Field(
            "epithermal",
            Words("Epithermal ratio", "超热比"),
            ratio,
            default=0.0,
            example="0.02",
            help=Words(
                "Epithermal flux per unit lethargy over the thermal flux.",
                "单位勒超热注量率与热注量率之比。",
            ),
            advanced=True,
        ),
        Field(
            "fast",
            Words("Fast flux", "快中子注量率"),
            reading.flux,
            default=0.0,
            example="5e13",
            help=Words("Equivalent fission flux, for threshold reactions.", "等效裂变注量率，用于阈反应。"),
            advanced=True,
        ),
        Field(
            "cycles", Words("Cycles", "周期数"), reading.whole(1, 60), default=1, example="1", advanced=True
        ),
        Field(
            "pause",
            Words("Stop between cycles", "周期间停堆"),
            reading.wait,
            default=0.0,
            example="7 d",
            advanced=True,
        ),
        Field(
            "thermal_shielding",
            Words("Thermal self-shielding", "热自屏因子"),
            factor,
            example="0.95",
            help=Words("Factor on the thermal flux inside the target.", "靶内热注量率的降低因子。"),
            advanced=True,
        ),
        Field(
            "resonance_shielding",
            Words("Resonance self-shielding", "共振自屏因子"),
            factor,
            example="0.6",
            help=Words("Factor on the resonance integrals.", "共振积分的降低因子。"),
            advanced=True,
        ),
        Field(
            "shape",
            Words("Shape of the target", "靶的形状"),
            shape,
            example="foil:0.1mm",
            help=Words(
                "For self-shielding: foil:0.1mm, wire:1mm, sphere:2mm, cylinder:5mm:10mm (radius, height).",
                "据此计算自屏：箔:0.1mm、丝:1mm、球:2mm、圆柱:5mm:10mm（半径、高）。",
            ),
            advanced=True,
        ),
        Field(
            "density",
            Words("Density", "密度"),
            parse_density,
            example="9.2 g/cm3",
            help=Words("As it lies in the capsule, with a shape.", "靶盒内的密度，与形状同填。"),
            advanced=True,
        ),
        Field(
            "absorptions",
            Words("Captures followed", "跟踪的俘获次数"),
            reading.whole(1, 20),
            default=MAX_ABSORPTIONS,
            example="10",
            help=Words("In a row, of one nucleus; Cf-252 needs ten.", "单个核连续俘获次数；Cf-252 需十次。"),
            advanced=True,
        ),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("10 mg of Yb-176 for Lu-177, 14 d at 2e14", "10 mg Yb-176 制 Lu-177，2e14 照射 14 天"),
            {"target": "Yb-176", "mass": "10mg", "flux": "2e14", "duration": "14d"},
        ),
        (
            Words("1 mg of Lu-176 at 82 %, with its Lu-177m", "1 mg Lu-176（82 %），含 Lu-177m"),
            {
                "target": "Lu-176",
                "mass": "1 mg",
                "flux": "2e14",
                "duration": "14 d",
                "enrichment": "82 %",
                "epithermal": "0.03",
                "cooling": "2 d",
            },
        ),
        (
            Words("W-186 to W-188 over three cycles", "W-186 经三个周期制 W-188"),
            {
                "target": "W-186",
                "mass": "1 g",
                "flux": "8e14",
                "duration": "21 d",
                "cycles": "3",
                "pause": "7 d",
                "epithermal": "0.04",
                "enrichment": "96.9 %",
                "cooling": "5 d",
            },
        ),
        (
            Words("10 g of TeO2 for I-131", "10 g TeO2 制 I-131"),
            {
                "target": "Te",
                "mass": "10 g",
                "material": "TeO2",
                "flux": "1e14",
                "duration": "21 d",
                "product": "I-131",
                "epithermal": "0.02",
                "cooling": "1 d",
            },
        ),
    ),
)
