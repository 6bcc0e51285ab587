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
