"""Dose rate of a point source behind a shield, the thickness a limit asks for, the transport index."""

from __future__ import annotations

from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Calculator, beside
from becq.calculators.dose_remarks import (
    NEAR_EDGE,
    about_neutrons,
    in_both_languages,
    is_near_edge,
    without_photons,
)
from becq.calculators.field import Field
from becq.calculators.limits import (
    COMPARED,
    PHOTONS_ONLY,
    about_room,
    needed_figure,
    needed_table,
    thicknesses,
)
from becq.calculators.point_source import (
    DoseRateInputs,
    fits,
    is_complete,
    photons_of,
    rate_behind,
    room_m,
)
from becq.calculators.result import Axis, Chart, Column, Curve, Figure, Grid, Result
from becq.calculators.shields import MATERIALS, absorber, material, named, shield
from becq.calculators.showing import show
from becq.calculators.words import NOTHING, Words
from becq.errors import InputError
from becq.physics.nuclides import nuclide
from becq.physics.quantities import parse_dose_rate
from becq.physics.radiation import dose_rate as physics
from becq.physics.radiation import shielding
from becq.physics.radiation.beta_spectra import beta_branches
from becq.physics.radiation.bremsstrahlung import absorbers
from becq.physics.radiation.dose_rate import DoseRate
from becq.physics.radiation.gamma_constants import DELTA_KEV
from becq.physics.radiation.packages import PackageRadiation, package_radiation
from becq.physics.radiation.photons import has_lines, is_known

LAYERS = ("lead", "tungsten", "iron", "concrete", "water")
STEPS = 60
DRAWN_SHARE = 1e-3
"""The chart reaches to where lead lets this share through."""
LINES = 12
LEAST_SHARE = 1e-6


def _suggested() -> tuple[str, ...]:
    """Common nuclides with photons, or betas that make bremsstrahlung."""
    return tuple(
        name
        for name in reading.common_nuclides()
        if has_lines(name)
        or (is_known(name) and any(b.end_point_kev > DELTA_KEV for b in beta_branches(name)))
    )


def emitter(text: str) -> str:
    """A nuclide whose photons are known; a beta emitter without any makes bremsstrahlung."""
    name = reading.radionuclide(text)
    if not is_known(name):
        raise InputError(f"There are no photon data of {name} here")
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
        rate = rate_behind(inputs, inputs.layers)
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
        "neutrons_at_most_sv_h": rate.neutrons_at_most_sv_h,
        "complete": is_complete(inputs, rate),
    }
    figures = _figures(inputs, rate)
    sources = list(rate.sources)
    notes: list[Words | str] = list(rate.notes)
    warnings = []
    if not data["complete"]:
        warnings.append(about_neutrons(inputs, rate))
    tables = []
    needed: dict[str, float | None] = {}
    if inputs.limit_sv_h is not None:
        needed = thicknesses(inputs)
        away = inputs.distance_m * float(np.sqrt(rate.dose_rate_sv_h) / np.sqrt(inputs.limit_sv_h))
        data |= {"limit_sv_h": inputs.limit_sv_h, "thickness_needed_m": needed}
        data |= {"room_m": room_m(inputs), "distance_needed_m": max(away, inputs.distance_m - room_m(inputs))}
        tables.append(needed_table(inputs, needed, data["complete"]))
        figures.append(needed_figure(inputs, needed, data))
        thickness = needed[inputs.material]
        if thickness and not fits(inputs, thickness):
            warnings.append(about_room(inputs, thickness, data["distance_needed_m"]))
    if inputs.radius_m is not None:
        package = _package(inputs)
        data["package"] = _package_data(inputs, package)
        figures += _package_figures(package)
        sources.insert(0, package.sources[0])
        notes += [note for note in package.notes if note not in notes]
    shines = rate.constant_sv_m2_bq_h > 0
    if shines:
        tables += [_value_layers(inputs, data), _line_table(rate)]
        if is_near_edge(inputs):
            notes.append(NEAR_EDGE)
    else:
        notes.append(without_photons(inputs.nuclide))
    return Result(
        title=_title(inputs),
        data=data,
        figures=tuple(figures),
        draw=lambda: (_chart(inputs, needed.get(inputs.material)),) if shines else (),
        tables=tuple(tables),
        sources=tuple(sources),
        notes=tuple(
            in_both_languages(note, inputs)
            for note in notes
            if data["complete"] or note != physics.NO_NEUTRONS
        ),
        warnings=tuple(warnings),
    )


def _title(inputs: DoseRateInputs) -> Words:
    name = nuclide(inputs.nuclide).name
    if not inputs.layers:
        return Words(f"Dose rate of {name}", f"{name} 的剂量率")
    shown = named(inputs.layers)
    return Words(f"Dose rate of {name} behind {shown.en}", f"{name} 在{shown.zh}后的剂量率")


def _figures(inputs: DoseRateInputs, rate: DoseRate) -> list[Figure]:
    distance = show(inputs.distance_m, "length")
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


def _package(inputs: DoseRateInputs) -> PackageRadiation:
    with beside("radius"):
        return package_radiation(
            {inputs.nuclide: inputs.activity_bq},
            inputs.layers,
            outer_radius_m=inputs.radius_m or 0.0,
            age_s=inputs.age_s,
            absorber=inputs.absorber,
        )


def _package_data(inputs: DoseRateInputs, package: PackageRadiation) -> dict[str, Any]:
    return {
        "outer_radius_m": inputs.radius_m,
        "transport_index": package.transport_index,
        "category": package.category,
        "surface_sv_h": package.surface_sv_h,
        "one_metre_sv_h": package.one_metre_sv_h,
        "complete": package.complete,
    }


def _package_figures(package: PackageRadiation) -> list[Figure]:
    words = {
        "I-WHITE": Words("I-WHITE", "I 级（白）"),
        "II-YELLOW": Words("II-YELLOW", "II 级（黄）"),
        "III-YELLOW": Words("III-YELLOW", "III 级（黄）"),
        "III-YELLOW, exclusive use": Words("III-YELLOW, exclusive use", "III 级（黄），独家使用"),
        "not allowed": Words("not allowed", "不允许运输"),
    }
    photons_only = Words("photons only: no category", "仅光子部分：不定类别")
    label = photons_only if package.category is None else words[package.category]
    part = NOTHING if package.complete else PHOTONS_ONLY
    index = Words(f"Transport index{part.en}", f"运输指数{part.zh}")
    return [
        Figure(index, package.transport_index, "number", note=label),
        Figure(Words("On the surface of the package", "货包表面"), package.surface_sv_h, "dose_rate"),
        Figure(Words("At 1 m from the surface", "距表面 1 m"), package.one_metre_sv_h, "dose_rate"),
    ]


def _value_layers(inputs: DoseRateInputs, data: dict[str, Any]) -> Grid:
    energies, dose = photons_of(inputs)
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


def _chart(inputs: DoseRateInputs, needed_m: float | None) -> Chart:
    """Dose rate against the thickness of one more layer of each material, to where the limit is met."""
    energies, dose = photons_of(inputs)
    lead = shielding.value_layer(energies, dose, "lead", DRAWN_SHARE)
    last = min(max(lead, 1e-3, 1.1 * (needed_m or 0.0)), max(room_m(inputs), 1e-4))
    x = np.linspace(0.0, last, STEPS + 1)
    bare = inputs.activity_bq / (4 * np.pi * inputs.distance_m**2) * 3600.0 * dose
    curves = []
    for name in COMPARED if inputs.limit_sv_h is None else tuple(dict.fromkeys((*COMPARED, inputs.material))):
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
            suggestions=_suggested,
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
