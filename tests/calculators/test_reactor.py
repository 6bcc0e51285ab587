"""The reactor calculator hands its inputs on as they were meant, and draws what it computes."""

from __future__ import annotations

import numpy as np
import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.irradiation import irradiate
from becq.physics.reactor.self_shielding import Geometry, Shielding

REACTOR = registry.calculator("reactor")
DAY = 86400.0


def test_every_input_reaches_the_physics() -> None:
    texts = {
        "target": "镥-176",
        "mass": "1 mg",
        "flux": "2×10¹⁴",
        "duration": "7 d",
        "cycles": "2",
        "pause": "3 d",
        "cooling": "2 d",
        "enrichment": "82%",
        "material": "Lu2O3",
        "epithermal": "0.03",
        "fast": "1e13",
        "product": "Lu-177",
        "thermal_shielding": "0.95",
        "resonance_shielding": "0.6",
    }
    answer = REACTOR.ask(texts).as_dict()
    flux = FluxHistory.cycles(
        2e14, on_s=7 * DAY, off_s=3 * DAY, count=2, epithermal_ratio=0.03, fast_cm2_s=1e13
    )
    same = irradiate(
        "Lu-176",
        mass_g=1e-3,
        flux=flux,
        material="Lu2O3",
        enrichment=0.82,
        cooling_s=2 * DAY,
        product="Lu-177",
        shielding=Shielding(0.95, 0.6),
    )
    assert answer["activity_eob_bq"] == pytest.approx(same.activity_eob_bq, rel=1e-12)
    assert answer["activity_bq"] == pytest.approx(same.activity_bq, rel=1e-12)
    assert answer["specific_activity_bq_g"] == pytest.approx(same.specific_activity_bq_g, rel=1e-12)
    assert answer["impurities_bq"] == pytest.approx(same.impurities_bq, rel=1e-9)
    assert answer["impurities_bq"]["Lu-177m"] > 0
    assert answer["duration_s"] == 17 * DAY


def test_the_curves_pass_through_the_answer_and_through_the_stops() -> None:
    texts = {
        "target": "W-186",
        "mass": "1 g",
        "flux": "8e14",
        "duration": "10 d",
        "cycles": "2",
        "pause": "5 d",
    }
    result = REACTOR.ask(texts)
    chart = result.charts[0]
    product = chart.curves[0]
    at_eob = np.interp(25 * DAY, product.x, product.y)
    assert at_eob == pytest.approx(result.data["activity_eob_bq"], rel=1e-9)
    assert chart.marks[0].x == 25 * DAY
    y = {day: float(np.interp(day * DAY, product.x, product.y)) for day in (10, 15, 25)}
    assert y[15] < y[10] < y[25]  # decay in the stop
    assert result.charts[1].y.kind == "activity_per_mass"


def test_an_element_has_natural_composition() -> None:
    texts = {"target": "钨", "mass": "1 g", "flux": "8e14", "duration": "10 d", "product": "W-188"}
    assert REACTOR.ask(texts).as_dict()["target"] == "W"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("target", "Xx-12"),
        ("mass", "10"),
        ("mass", "0 mg"),
        ("flux", "2e19"),
        ("duration", "0 d"),
        ("enrichment", "200%"),
        ("product", "I-131"),
        ("product", "Hf-177"),
        ("material", "TeO2"),
        ("material", "oxide"),
        ("cycles", "0"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str) -> None:
    texts = {"target": "Yb-176", "mass": "10mg", "flux": "2e14", "duration": "14d"}
    with pytest.raises(ProblemsError) as told:
        REACTOR.ask({**texts, field: text})
    assert [problem.column for problem in told.value.problems] == [field]


@pytest.mark.parametrize(
    ("text", "geometry"),
    [
        ("foil:0.1mm", Geometry("foil", thickness_cm=0.01)),
        ("箔：0.1毫米", Geometry("foil", thickness_cm=0.01)),
        ("sphere:2mm", Geometry("sphere", radius_cm=0.2)),
        ("cylinder:5mm:1cm", Geometry("cylinder", radius_cm=0.5, height_cm=1.0)),
    ],
)
def test_a_shape_shields_the_target_from_itself(text: str, geometry: Geometry) -> None:
    texts = {"target": "Ir-191", "mass": "100 mg", "flux": "2e14", "duration": "20 d", "epithermal": "0.03"}
    answer = REACTOR.ask({**texts, "shape": text, "density": "22.4 g/cm3"}).as_dict()
    flux = FluxHistory.constant(2e14, 20 * DAY, epithermal_ratio=0.03)
    same = irradiate("Ir-191", mass_g=0.1, flux=flux, geometry=geometry, density_g_cm3=22.4)
    assert answer["activity_eob_bq"] == pytest.approx(same.activity_eob_bq, rel=1e-9)
    assert answer["activity_eob_bq"] < 0.99 * REACTOR.ask(texts).as_dict()["activity_eob_bq"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"shape": "cube:1mm"}, "shape"),
        ({"shape": "foil"}, "shape"),
        ({"shape": "foil:0mm"}, "shape"),
        ({"shape": "foil:0.1mm", "thermal_shielding": "0.9"}, "shape"),
        ({"shape": "foil:0.1mm", "density": "60 g/cm3"}, "density"),
    ],
)
def test_a_wrong_shape_is_told(more: dict[str, str], field: str) -> None:
    texts = {"target": "Ir-191", "mass": "100 mg", "flux": "2e14", "duration": "20 d", **more}
    with pytest.raises(ProblemsError) as told:
        REACTOR.ask(texts)
    assert [problem.column for problem in told.value.problems] == [field]
