"""The dose-rate calculator: shields in both languages, thicknesses that keep the limit, packages."""

from __future__ import annotations

import numpy as np
import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.radiation.dose_rate import dose_rate
from becq.physics.radiation.packages import package_radiation

DOSE_RATE = registry.calculator("dose-rate")
ASKED = {"nuclide": "Lu-177", "activity": "7.4GBq", "distance": "1m", "shield": "lead:3mm"}


def test_every_input_reaches_the_physics() -> None:
    texts = {"nuclide": "钼-99", "activity": "20 GBq", "distance": "50 cm", "shield": "铅：3mm，钢:1cm"}
    answer = DOSE_RATE.ask({**texts, "age": "12 h", "absorber": "lead"}).as_dict()
    layers = [("lead", 3e-3), ("iron", 1e-2)]
    same = dose_rate("Mo-99", 20e9, 0.5, layers, age_s=12 * 3600.0, absorber="lead")
    assert answer["dose_rate_sv_h"] == pytest.approx(same.dose_rate_sv_h, rel=1e-12)
    assert answer["progeny"] == pytest.approx(same.progeny)
    assert [layer["material"] for layer in answer["shield"]] == ["lead", "iron"]


def test_the_inverse_square_law_and_the_constant_agree() -> None:
    answer = DOSE_RATE.ask({**ASKED, "shield": "", "distance": "2m"}).as_dict()
    assert answer["dose_rate_sv_h"] == pytest.approx(
        answer["gamma_constant_sv_m2_bq_h"] * 7.4e9 / 4, rel=1e-12
    )
    assert answer["transmission"] == 1.0


def test_the_thickness_found_keeps_the_limit() -> None:
    texts = {**ASKED, "nuclide": "I-131", "limit": "2.5 uSv/h", "material": "tungsten"}
    result = DOSE_RATE.ask(texts)
    for material, thickness in result.data["thickness_needed_m"].items():
        behind = dose_rate("I-131", 7.4e9, 10.0, [("lead", 3e-3), (material, thickness)]).dose_rate_sv_h
        assert behind * 100 == pytest.approx(2.5e-6, rel=1e-6), material
    assert any("tungsten" in figure.label.en for figure in result.figures)


def test_a_package_has_a_transport_index_and_a_category() -> None:
    answer = DOSE_RATE.ask({**ASKED, "radius": "15 cm"}).as_dict()["package"]
    same = package_radiation({"Lu-177": 7.4e9}, [("lead", 3e-3)], outer_radius_m=0.15)
    assert answer["transport_index"] == same.transport_index == 0.2
    assert answer["category"] == same.category == "II-YELLOW"
    assert answer["surface_sv_h"] == pytest.approx(same.surface_sv_h)


def test_the_curves_begin_at_the_answer_and_fall() -> None:
    result = DOSE_RATE.ask({**ASKED, "nuclide": "Cs-137"})
    for curve in result.charts[0].curves:
        assert curve.y[0] == pytest.approx(result.data["dose_rate_sv_h"], rel=1e-9)
    lead = result.charts[0].curves[0]
    assert (np.diff(lead.y) < 0).all()
    layers = result.data["value_layers"]["lead"]
    behind = dose_rate("Cs-137", 7.4e9, 1.0, [("lead", layers["tenth_m"])]).transmission
    assert behind == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("nuclide", "Lu-175"),
        ("nuclide", "H-1"),
        ("activity", "7.4"),
        ("distance", "0 m"),
        ("distance", "1"),
        ("shield", "lead"),
        ("shield", "cheese:3mm"),
        ("shield", "lead:2m"),
        ("limit", "0 uSv/h"),
        ("limit", "2.5 MSv/h"),
        ("radius", "1mm"),
        ("material", "cheese"),
        ("absorber", "concrete"),
        ("age", "1e6 y"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str) -> None:
    with pytest.raises(ProblemsError) as told:
        DOSE_RATE.ask({**ASKED, field: text})
    assert [problem.column for problem in told.value.problems] == [field]


@pytest.mark.parametrize(
    "nuclide", ["P-32", "Sr-90", "Sr-89", "C-14", "S-35", "P-33", "Ni-63", "Y-90", "Si-32", "Ru-106"]
)
def test_beta_emitters_shine_by_their_bremsstrahlung(nuclide: str) -> None:
    answer = DOSE_RATE.ask({"nuclide": nuclide, "activity": "1 GBq", "distance": "1 m"}).as_dict()
    assert answer["dose_rate_sv_h"] == pytest.approx(dose_rate(nuclide, 1e9, 1.0).dose_rate_sv_h, rel=1e-12)
    assert answer["dose_rate_sv_h"] > 0
    assert nuclide in DOSE_RATE.field("nuclide").suggestions()


def test_phosphorus_as_its_constant() -> None:
    answer = DOSE_RATE.ask({"nuclide": "P-32", "activity": "1 GBq", "distance": "1 m"})
    assert answer.data["dose_rate_sv_h"] == pytest.approx(0.758e-6, rel=2e-3)
    assert answer.charts


def test_tritium_has_no_dose_rate() -> None:
    answer = DOSE_RATE.ask({"nuclide": "H-3", "activity": "1 TBq", "distance": "1 m", "limit": "1 uSv/h"})
    assert answer.data["dose_rate_sv_h"] == 0
    assert answer.charts == ()
    assert any("no photons" in str(note) for note in answer.notes)
    assert "H-3" not in DOSE_RATE.field("nuclide").suggestions()


def test_a_package_is_as_old_as_the_source() -> None:
    texts = {"nuclide": "Mo-99", "activity": "20GBq", "distance": "1.15m", "age": "0d", "radius": "15cm"}
    answer = DOSE_RATE.ask(texts).as_dict()
    assert answer["package"]["one_metre_sv_h"] == pytest.approx(answer["dose_rate_sv_h"], rel=1e-12)


def test_a_shield_without_room_is_not_advised() -> None:
    texts = {"nuclide": "F-18", "activity": "5GBq", "distance": "2cm", "limit": "1uSv/h"}
    result = DOSE_RATE.ask(texts)
    figure = next(figure for figure in result.figures if figure.label.en == "More lead for the limit")
    assert figure.value is None
    assert any("do not fit" in str(warning) for warning in result.warnings)
    away = result.data["distance_needed_m"]
    assert dose_rate("F-18", 5e9, away).dose_rate_sv_h == pytest.approx(1e-6, rel=1e-9)
    roomy = DOSE_RATE.ask({**texts, "distance": "1m"})
    assert roomy.warnings == ()
    assert next(f for f in roomy.figures if "More lead" in f.label.en).value > 0.01


def test_the_chart_reaches_to_the_limit() -> None:
    texts = {
        "nuclide": "F-18",
        "activity": "50GBq",
        "distance": "1m",
        "limit": "1nSv/h",
        "material": "copper",
    }
    result = DOSE_RATE.ask(texts)
    copper = next(c for c in result.charts[0].curves if c.label.en == "copper")
    assert copper.y[-1] < 1e-9 < copper.y[0]


def test_a_limit_that_is_met_needs_nothing() -> None:
    result = DOSE_RATE.ask({**ASKED, "limit": "2.5 uSv/h"})
    assert str(next(f for f in result.figures if "More lead" in f.label.en).value) == "none needed"


def test_air_that_cannot_keep_the_limit_is_told_of_the_material() -> None:
    with pytest.raises(ProblemsError) as told:
        DOSE_RATE.ask({**ASKED, "limit": "1 nSv/h", "material": "air"})
    assert [problem.column for problem in told.value.problems] == ["material"]


@pytest.mark.parametrize("nuclide", ["Cf-252", "Cm-244", "Pu-240"])
def test_neutrons_are_a_warning_and_leave_no_category(nuclide: str) -> None:
    texts = {"nuclide": nuclide, "activity": "1MBq", "distance": "1m", "radius": "20cm", "limit": "1 pSv/h"}
    result = DOSE_RATE.ask(texts)
    assert any("photon part alone" in str(warning) for warning in result.warnings)
    assert result.as_dict()["package"]["category"] is None
    labels = [figure.label.en for figure in result.figures]
    assert "Transport index (photons only)" in labels
    assert "More lead for the limit (photons only)" in labels
    assert not any(str(note).startswith("Neutrons") for note in result.notes)
    met = DOSE_RATE.ask({**texts, "limit": "1 Sv/h"})
    assert next(f for f in met.figures if "More lead" in f.label.en).value is None
    assert DOSE_RATE.ask(ASKED).warnings == ()


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("空气:50cm", [("air", 0.5)]),
        ("组织:5cm", [("tissue", 0.05)]),
        ("不锈钢:5cm", [("iron", 0.05)]),
        ("Pb:5cm", [("lead", 0.05)]),
        ("W:1cm，Fe：2cm", [("tungsten", 0.01), ("iron", 0.02)]),
        ("H2O 10 cm", [("water", 0.1)]),
        ("3mm铅", [("lead", 0.003)]),
        ("3毫米铅、5 cm water", [("lead", 0.003), ("water", 0.05)]),
        ("铅3mm + 水：5厘米", [("lead", 0.003), ("water", 0.05)]),
        ("1.5 mm of stainless steel", [("iron", 0.0015)]),
        ("5cm:lead", [("lead", 0.05)]),
        ("lead glass: 8 mm", [("lead-glass", 0.008)]),
        ("lead:0mm", []),
        ("lead:1mm,pb:2mm,water:0cm,铅:1mm", [("lead", 0.004)]),
        ("1in concrete", [("concrete", 0.0254)]),
    ],
)
def test_shields_in_every_spelling(text: str, layers: list[tuple[str, float]]) -> None:
    read = DOSE_RATE.field("shield").parse(text)
    assert [name for name, _ in read] == [name for name, _ in layers]
    assert [x for _, x in read] == pytest.approx([x for _, x in layers])


def test_an_unknown_material_is_told_with_the_names_in_both_languages() -> None:
    for field, text in (("shield", "cheese:3mm"), ("material", "奶酪"), ("absorber", "concrete")):
        with pytest.raises(ProblemsError, match=r"use .*\blead 铅"):
            DOSE_RATE.ask({**ASKED, field: text})


@pytest.mark.parametrize(
    ("shield", "title"),
    [
        ("steel:1cm,铁:2cm", "Dose rate of Lu-177 behind iron or steel"),
        ("lead:0mm", "Dose rate of Lu-177"),
        ("lead:1mm,water:1cm,lead:1mm", "Dose rate of Lu-177 behind lead, water and lead"),
    ],
)
def test_titles_name_what_is_there(shield: str, title: str) -> None:
    assert DOSE_RATE.ask({**ASKED, "shield": shield}).title.en == title


def test_the_distance_is_printed_as_read() -> None:
    result = DOSE_RATE.ask({**ASKED, "distance": "1米"})
    assert result.figures[0].note.en == "H*(10) at 1.00 m"
    assert "米" not in result.figures[0].note.zh


def test_notes_name_the_absorber_in_both_languages() -> None:
    notes = DOSE_RATE.ask({**ASKED, "nuclide": "Y-90", "absorber": "pmma"}).notes
    said = next(note for note in notes if str(note).startswith("Beta particles stop in"))
    assert (said.en.split(";")[0], said.zh.split("；")[0]) == (
        "Beta particles stop in acrylic glass",
        "β 粒子阻止于有机玻璃中",
    )


def test_lead_near_its_edge_is_remarked_on() -> None:
    remarked = [
        name
        for name in ("Tc-99m", "Co-57", "Lu-177", "F-18", "I-131")
        if any("K edge" in str(note) for note in DOSE_RATE.ask({**ASKED, "nuclide": name}).notes)
    ]
    assert remarked == ["Tc-99m", "Co-57"]
