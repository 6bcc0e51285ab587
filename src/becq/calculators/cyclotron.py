"""Accelerator irradiation: activity, impurities and yield of a target under a beam."""

from __future__ import annotations

from typing import Any

from becq.calculators import reading
from becq.calculators.beam import CyclotronInputs, bombard, charts
from becq.calculators.calculator import Calculator, beside
from becq.calculators.field import Field
from becq.calculators.result import Column, Figure, Grid, Result
from becq.calculators.words import Words
from becq.errors import Problem, ProblemsError
from becq.physics import decay_data
from becq.physics.accelerator.irradiation import BeamIrradiation
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.accelerator.reactions import parse_reaction
from becq.physics.elements import read_table
from becq.physics.quantities import (
    format_current,
    format_duration,
    format_energy,
    parse_areal_density,
    parse_energy,
    parse_fraction,
)


def routes() -> tuple[str, ...]:
    """The routes of Becq's own table, as they are written."""
    return tuple(row["reaction"] for row in read_table("accelerator_routes.csv"))


def converter(text: str) -> str:
    """A formula; "" for none."""
    return "" if text.lower() in {"none", "无"} else reading.formula(text)


def build(**values: Any) -> CyclotronInputs:
    """A converter is for photons only, an exit energy for all others."""
    photons = values["reaction"].projectile == "g"
    names = ("exit",) if photons else ("converter", "converter_thickness", "collection")
    if not photons and values["exit"] is not None and values["thickness"] is not None:
        names = (*names, "thickness")
    said = "it has no meaning for photons" if photons else "it is for photon reactions only"
    problems = [
        Problem(
            "cyclotron", None, name, said if name != "thickness" else "give it or an exit energy, not both"
        )
        for name in names
        if values[name] is not None
    ]
    if problems:
        raise ProblemsError(problems)
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
        thickness_g_cm2=values["thickness"],
        converter=values["converter"],
        converter_g_cm2=values["converter_thickness"],
        collection=values["collection"],
    )


def answer(inputs: CyclotronInputs) -> Result:
    """The target at the end of bombardment and after cooling."""
    with _bound(inputs):
        done = bombard(inputs, inputs.duration_s, inputs.cooling_s)
    route = inputs.reaction
    after = done.activities_bq.get(done.product, 0.0)
    progeny = decay_data.descendants((done.product,))
    total = done.activity_eob_bq + sum(bq for n, bq in done.impurities_bq.items() if n not in progeny)
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
        draw=lambda: charts(inputs, done),
        tables=(_table(inputs, done, after),),
        sources=done.sources,
        notes=(*_taken_as_pure(inputs), *done.notes),
    )


def _taken_as_pure(inputs: CyclotronInputs) -> tuple[str, ...]:
    """The remark on a target that is one isotope of several, where nobody said how much of it there is."""
    target = inputs.reaction.target
    symbol, _, mass = target.partition("-")
    alone = not mass or natural_abundances(symbol).get(int(mass), 0.0) in {0.0, 1.0}
    return () if alone or inputs.enrichment is not None else (f"pure {target}: no enrichment given",)


def _bound(inputs: CyclotronInputs) -> Any:
    return beside(
        "energy",
        "enrichment",
        "exit",
        "current",
        "duration",
        begins={
            "collection": "Collection",
            "reaction": "No cross section",
            "exit": "The beam cannot leave",
            "material": inputs.material,
        },
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
            _energies(inputs, done),
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


def _energies(inputs: CyclotronInputs, done: BeamIrradiation) -> Words:
    first, last = format_energy(done.energy_mev), format_energy(done.exit_mev)
    if inputs.reaction.projectile == "g":
        return Words(f"per current of electrons of {first}", f"按 {first} 电子束流")
    if done.exit_mev == 0:
        return Words(f"from {first} until it stops", f"{first} 至停止")
    return Words(f"from {first} to {last}", f"{first} 至 {last}")


def _table(inputs: CyclotronInputs, done: BeamIrradiation, after: float) -> Grid:
    columns = [
        Column(reading.NUCLIDE, "nuclide"),
        Column(reading.HALF_LIFE, "half_life"),
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
    element = done.product.partition("-")[0]
    rows = []
    for name, bq in {done.product: done.activity_eob_bq, **done.impurities_bq}.items():
        row: list[Any] = [name, decay_data.half_life_s(name), bq, bq / done.activity_eob_bq]
        if inputs.cooling_s:
            later = done.activities_bq.get(name, 0.0)
            row += [later, later / after if after else None]
        label = (
            Words("product", "产品")
            if name == done.product
            else own
            if name.partition("-")[0] == element
            else other
        )
        rows.append((*row, label))
    return Grid("nuclides", Words("Radionuclides", "放射性核素"), tuple(columns), tuple(rows))


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
        Field("current", Words("Beam current", "束流强度"), reading.current, required=True, example="50 uA"),
        Field("duration", Words("Run", "轰击时间"), reading.run, required=True, example="4 h"),
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
        Field("cooling", Words("Cooling", "冷却时间"), reading.wait, default=0.0, example="2 h"),
        Field(
            "thickness",
            Words("Target thickness", "靶厚"),
            parse_areal_density,
            example="10 g/cm2",
            help=Words("Along the beam, instead of an exit energy.", "沿束流方向，可代替出射能量。"),
            advanced=True,
        ),
        Field(
            "converter",
            Words("Converter of an electron machine", "电子加速器转换靶"),
            converter,
            example="W",
            help=Words("A formula, or none. Empty: 3 mm of tungsten.", "化学式，或 none；不填为 3 mm 钨。"),
            advanced=True,
        ),
        Field(
            "converter_thickness",
            Words("Thickness of the converter", "转换靶厚度"),
            parse_areal_density,
            example="5.8 g/cm2",
            advanced=True,
        ),
        Field(
            "collection",
            Words("Photons that the target catches", "靶接收的光子份额"),
            reading.share,
            example="50 %",
            help=Words("Empty: all of them, an upper limit.", "不填为全部，即上限。"),
            advanced=True,
        ),
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
        (
            Words("Mo-99 from Mo-100 at a 40 MeV electron machine", "40 MeV 电子加速器由 Mo-100 制 Mo-99"),
            {
                "reaction": "Mo-100(g,n)Mo-99",
                "energy": "40 MeV",
                "current": "500 uA",
                "duration": "48 h",
                "enrichment": "95 %",
                "thickness": "20 g/cm2",
                "collection": "50 %",
            },
        ),
    ),
)
