"""Dose rate of a point source behind a shield, the thickness a limit asks for, the transport index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Calculator, Inputs, beside
from becq.calculators.field import Field
from becq.calculators.result import Axis, Chart, Column, Curve, Figure, Grid, Result
from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics.nuclides import nuclide
from becq.physics.quantities import parse_dose_rate, parse_layers
from becq.physics.radiation import dose_rate as physics
from becq.physics.radiation import materials, shielding
from becq.physics.radiation.bremsstrahlung import absorbers
from becq.physics.radiation.dose_rate import DoseRate
from becq.physics.radiation.gamma_constants import dose_per_fluence
from becq.physics.radiation.packages import PackageRadiation, package_radiation
from becq.physics.radiation.photons import has_lines

MATERIALS = {
    "lead": Words("lead", "铅"),
    "tungsten": Words("tungsten", "钨"),
    "iron": Words("iron or steel", "铁（钢）"),
    "copper": Words("copper", "铜"),
    "aluminium": Words("aluminium", "铝"),
    "concrete": Words("concrete", "混凝土"),
    "water": Words("water", "水"),
    "pmma": Words("acrylic glass", "有机玻璃"),
    "lead-glass": Words("lead glass", "铅玻璃"),
    "borosilicate-glass": Words("glass", "玻璃"),
    "tissue": Words("tissue", "组织"),
    "air": Words("air", "空气"),
}
CHINESE = {"铅": "lead", "钨": "tungsten", "铁": "iron", "钢": "steel", "铜": "copper", "铝": "aluminium"}
CHINESE |= {"水": "water", "混凝土": "concrete", "有机玻璃": "pmma", "铅玻璃": "lead-glass", "玻璃": "glass"}
COMPARED = ("lead", "tungsten", "iron", "water")
LAYERS = ("lead", "tungsten", "iron", "concrete", "water")
STEPS = 60
DRAWN_SHARE = 1e-3
"""The chart reaches to where lead lets this share through."""
LINES = 12
LEAST_SHARE = 1e-6


@dataclass(frozen=True, kw_only=True)
class DoseRateInputs(Inputs):
    """``age_s``: since the nuclide was pure, None for equilibrium; ``radius_m``: of a package, or None."""

    nuclide: str
    activity_bq: float
    distance_m: float
    layers: tuple[tuple[str, float], ...]
    limit_sv_h: float | None
    material: str
    radius_m: float | None
    age_s: float | None
    absorber: str


def emitter(text: str) -> str:
    """A nuclide whose photons are tabulated."""
    name = reading.radionuclide(text)
    if not has_lines(name):
        raise InputError(f"There are no photon data of {name} here")
    return name


def material(text: str) -> str:
    """A shield material by name, in either language."""
    return materials.material(CHINESE.get(text.strip(), text)).name


def shield(text: str) -> tuple[tuple[str, float], ...]:
    """Layers from the source outwards."""
    return tuple((material(name), thickness) for name, thickness in parse_layers(text))


def absorber(text: str) -> str:
    """What stops the beta particles."""
    name = material(text)
    if name not in absorbers():
        raise InputError(f'"{text}" is not a choice; use {", ".join(absorbers())}')
    return name


def metres(text: str) -> float:
    """A length above zero."""
    return reading.length(text)


def limit(text: str) -> float:
    """A dose rate above zero."""
    found = parse_dose_rate(text)
    if found <= 0:
        raise InputError(f'"{text}": a dose rate here is above zero')
    return found


def build(**values: Any) -> DoseRateInputs:
    """As read."""
    return DoseRateInputs(
        texts=values["texts"],
        nuclide=values["nuclide"],
        activity_bq=values["activity"],
        distance_m=values["distance"],
        layers=values["shield"],
        limit_sv_h=values["limit"],
        material=values["material"],
        radius_m=values["radius"],
        age_s=values["age"],
        absorber=values["absorber"],
    )


def answer(inputs: DoseRateInputs) -> Result:
    """The dose rate, and what else was asked for."""
    with beside("shield", "age", begins={"age": "After that age"}):
        rate = _rate(inputs, inputs.layers)
    data: dict[str, Any] = {
        "nuclide": inputs.nuclide,
        "activity_bq": inputs.activity_bq,
        "distance_m": inputs.distance_m,
        "shield": [{"material": name, "thickness_m": thickness} for name, thickness in rate.layers],
        "quantity": rate.quantity,
        "dose_rate_sv_h": rate.dose_rate_sv_h,
        "unshielded_sv_h": rate.unshielded_sv_h,
        "transmission": rate.transmission,
        "gamma_constant_sv_m2_bq_h": rate.constant_sv_m2_bq_h,
        "bremsstrahlung_share": rate.bremsstrahlung_share,
        "progeny": rate.progeny,
        "shares": rate.shares,
    }
    figures = _figures(inputs, rate)
    sources, notes = list(rate.sources), list(rate.notes)
    tables = []
    if inputs.limit_sv_h is not None:
        needed = _thicknesses(inputs)
        data["limit_sv_h"], data["thickness_needed_m"] = inputs.limit_sv_h, needed
        tables.append(_needed_table(needed))
        figures.append(
            Figure(
                Words(
                    f"More {inputs.material} for the limit", f"达到限值尚需{MATERIALS[inputs.material].zh}"
                ),
                needed[inputs.material],
                "length",
                note=Words("outside of the shield", "加于现有屏蔽之外"),
            )
        )
    if inputs.radius_m is not None:
        package = _package(inputs)
        data["package"] = _package_data(inputs, package)
        figures += _package_figures(package)
        sources.insert(0, package.sources[0])
        notes += [note for note in package.notes if note not in notes]
    tables += [_value_layers(inputs, data), _line_table(rate)]
    return Result(
        title=_title(inputs),
        data=data,
        figures=tuple(figures),
        draw=lambda: (_chart(inputs),),
        tables=tuple(tables),
        sources=tuple(sources),
        notes=tuple(notes),
    )


def _rate(inputs: DoseRateInputs, layers: tuple[tuple[str, float], ...]) -> DoseRate:
    return physics.dose_rate(
        inputs.nuclide,
        inputs.activity_bq,
        inputs.distance_m,
        layers,
        age_s=inputs.age_s,
        absorber=inputs.absorber,
    )


def _title(inputs: DoseRateInputs) -> Words:
    name = nuclide(inputs.nuclide)
    if not inputs.layers:
        return Words(f"Dose rate of {name.name}", f"{name.name} 的剂量率")
    en = " and ".join(MATERIALS[layer].en for layer, _ in inputs.layers)
    zh = "、".join(MATERIALS[layer].zh for layer, _ in inputs.layers)
    return Words(f"Dose rate of {name.name} behind {en}", f"{name.name} 在{zh}后的剂量率")


def _figures(inputs: DoseRateInputs, rate: DoseRate) -> list[Figure]:
    distance = inputs.texts["distance"]
    at = Words(f"H*(10) at {distance}", f"{distance} 处 H*(10)")
    found = [Figure(Words("Dose rate", "剂量率"), rate.dose_rate_sv_h, "dose_rate", inputs.nuclide, at)]
    if inputs.layers:
        found += [
            Figure(Words("Without the shield", "无屏蔽时"), rate.unshielded_sv_h, "dose_rate"),
            Figure(Words("Let through", "透射份额"), rate.transmission, "share"),
        ]
    found.append(
        Figure(
            Words("Gamma constant", "γ 常数"),
            rate.constant_sv_m2_bq_h,
            "gamma",
            inputs.nuclide,
            Words("progeny and bremsstrahlung included", "含子体与轫致辐射"),
        )
    )
    if rate.bremsstrahlung_share > 0.01:
        found.append(Figure(Words("Bremsstrahlung", "轫致辐射占比"), rate.bremsstrahlung_share, "share"))
    return found


def _thicknesses(inputs: DoseRateInputs) -> dict[str, float]:
    found = {}
    with beside("limit"):
        for name in dict.fromkeys((inputs.material, *COMPARED)):
            found[name] = physics.thickness_for(
                inputs.nuclide,
                inputs.activity_bq,
                inputs.distance_m,
                name,
                inputs.limit_sv_h or 0.0,
                layers=inputs.layers,
                age_s=inputs.age_s,
                absorber=inputs.absorber,
            )
    return found


def _needed_table(needed: dict[str, float]) -> Grid:
    columns = (
        Column(Words("Material", "材料"), "words"),
        Column(Words("Thickness", "厚度"), "length"),
    )
    rows = tuple((MATERIALS[name], thickness) for name, thickness in needed.items())
    return Grid("needed", Words("Needed for the limit", "达到限值所需厚度"), columns, rows)


def _package(inputs: DoseRateInputs) -> PackageRadiation:
    with beside("radius"):
        return package_radiation(
            {inputs.nuclide: inputs.activity_bq},
            inputs.layers,
            outer_radius_m=inputs.radius_m or 0.0,
            absorber=inputs.absorber,
        )


def _package_data(inputs: DoseRateInputs, package: PackageRadiation) -> dict[str, Any]:
    return {
        "outer_radius_m": inputs.radius_m,
        "transport_index": package.transport_index,
        "category": package.category,
        "surface_sv_h": package.surface_sv_h,
        "one_metre_sv_h": package.one_metre_sv_h,
    }


def _package_figures(package: PackageRadiation) -> list[Figure]:
    words = {
        "I-WHITE": Words("I-WHITE", "I 级（白）"),
        "II-YELLOW": Words("II-YELLOW", "II 级（黄）"),
        "III-YELLOW": Words("III-YELLOW", "III 级（黄）"),
        "III-YELLOW, exclusive use": Words("III-YELLOW, exclusive use", "III 级（黄），独家使用"),
        "not allowed": Words("not allowed", "不允许运输"),
    }
    label = words.get(package.category, Words(package.category, package.category))
    return [
        Figure(Words("Transport index", "运输指数"), package.transport_index, "number", note=label),
        Figure(Words("On the surface of the package", "货包表面"), package.surface_sv_h, "dose_rate"),
        Figure(Words("At 1 m from the surface", "距表面 1 m"), package.one_metre_sv_h, "dose_rate"),
    ]


def _emission(inputs: DoseRateInputs) -> tuple[Any, Any]:
    """Photon energies in keV and the unshielded dose of each."""
    photons = physics.emission(inputs.nuclide, age_s=inputs.age_s, absorber=inputs.absorber)
    return photons.energies_kev, photons.photons * dose_per_fluence(photons.energies_kev)


def _value_layers(inputs: DoseRateInputs, data: dict[str, Any]) -> Grid:
    energies, dose = _emission(inputs)
    rows = []
    said = {}
    for name in LAYERS:
        half, tenth = (shielding.value_layer(energies, dose, name, share) for share in (0.5, 0.1))
        rows.append((MATERIALS[name], half, tenth))
        said[name] = {"half_m": half, "tenth_m": tenth}
    data["value_layers"] = said
    columns = (
        Column(Words("Material", "材料"), "words"),
        Column(Words("First half-value layer", "第一半值层"), "length"),
        Column(Words("First tenth-value layer", "第一十分之一值层"), "length"),
    )
    title = Words("Value layers of the bare source, with build-up", "裸源的值层（含累积）")
    return Grid("layers", title, columns, tuple(rows))


def _line_table(rate: DoseRate) -> Grid:
    columns = (
        Column(Words("Line", "谱线"), "code"),
        Column(Words("Share of the dose rate", "占剂量率"), "share"),
    )
    rows = tuple([(line, share) for line, share in rate.shares.items() if share > LEAST_SHARE][:LINES])
    return Grid("lines", Words("What makes the dose behind the shield", "屏蔽后剂量的来源"), columns, rows)


def _chart(inputs: DoseRateInputs) -> Chart:
    """Dose rate against the thickness of one more layer of each material."""
    energies, dose = _emission(inputs)
    inner = sum(thickness for _, thickness in inputs.layers)
    room = inputs.distance_m - inner
    lead = shielding.value_layer(energies, dose, "lead", DRAWN_SHARE)
    last = min(max(lead, 1e-3), max(room, 1e-4))
    x = np.linspace(0.0, last, STEPS + 1)
    bare = inputs.activity_bq / (4 * np.pi * inputs.distance_m**2) * 3600.0 * dose
    curves = []
    for name in COMPARED:
        through = [
            float((bare * shielding.transmission(energies, (*inputs.layers, (name, t)))).sum())
            for t in x.tolist()
        ]
        curves.append(Curve.of(x, through, label=MATERIALS[name]))
    title = (
        Words("With one more layer outside of the shield", "在现有屏蔽外再加一层")
        if inputs.layers
        else Words("Behind a shield", "屏蔽后剂量率")
    )
    return Chart(
        "shield",
        title,
        Axis(Words("Thickness", "厚度"), "length"),
        Axis(Words("Dose rate", "剂量率"), "dose_rate"),
        tuple(curves),
        log=True,
        level=inputs.limit_sv_h,
    )


CALCULATOR = Calculator(
    name="dose-rate",
    title=Words("Dose rate", "剂量率"),
    sentence=Words(
        "Dose rate of a source behind a shield, the thickness that a limit asks for, the transport index.",
        "屏蔽后的剂量率、满足限值所需厚度与货包运输指数。",
    ),
    icon="dose-rate",
    command=("dose-rate",),
    fields=(
        Field(
            "nuclide",
            reading.NUCLIDE,
            emitter,
            required=True,
            example="Lu-177",
            help=Words("With its short-lived progeny.", "含其短寿命子体。"),
            suggestions=lambda: tuple(name for name in reading.common_nuclides() if has_lines(name)),
            option="",
        ),
        Field(
            "activity", reading.ACTIVITY, reading.activity, required=True, example="7.4 GBq", activity=True
        ),
        Field("distance", Words("Distance", "距离"), metres, required=True, example="1 m"),
        Field(
            "shield",
            Words("Shield", "屏蔽"),
            shield,
            default=(),
            example="lead:3mm,water:5cm",
            help=Words("Layers from the source outwards.", "由源向外逐层：铅:3mm，水:5cm。"),
        ),
        Field(
            "limit",
            Words("Limit", "限值"),
            limit,
            example="2.5 uSv/h",
            help=Words("Finds the thickness that keeps it.", "求满足限值的厚度。"),
        ),
        Field(
            "radius",
            Words("Radius of a package", "货包半径"),
            metres,
            example="15 cm",
            help=Words(
                "From the source to the outer surface: gives the transport index.", "源至外表面：求运输指数。"
            ),
        ),
        Field(
            "material",
            Words("Material for the limit", "限值用材料"),
            material,
            default="lead",
            example="lead",
            choices=tuple(MATERIALS.items()),
            advanced=True,
        ),
        Field(
            "age",
            Words("Since it was pure", "自纯化起"),
            reading.wait,
            example="10 d",
            help=Words("Empty: progeny in equilibrium.", "不填则子体处于平衡。"),
            advanced=True,
        ),
        Field(
            "absorber",
            Words("Beta particles stop in", "β 粒子阻止于"),
            absorber,
            default="water",
            example="water",
            choices=tuple((name, words) for name, words in MATERIALS.items() if name in absorbers()),
            advanced=True,
        ),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("7.4 GBq of Lu-177 behind 3 mm of lead", "7.4 GBq Lu-177，3 mm 铅"),
            {"nuclide": "Lu-177", "activity": "7.4GBq", "distance": "1m", "shield": "lead:3mm"},
        ),
        (
            Words("A package of I-131 and its transport index", "I-131 货包及运输指数"),
            {
                "nuclide": "I-131",
                "activity": "3.7 GBq",
                "distance": "1 m",
                "shield": "lead:25mm",
                "radius": "15 cm",
                "limit": "2.5 uSv/h",
            },
        ),
        (
            Words("Bremsstrahlung of Y-90 in acrylic glass and tungsten", "Y-90 在有机玻璃与钨中的轫致辐射"),
            {
                "nuclide": "Y-90",
                "activity": "10 GBq",
                "distance": "30 cm",
                "shield": "pmma:10mm,tungsten:3mm",
                "absorber": "pmma",
            },
        ),
    ),
)
