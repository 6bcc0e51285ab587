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
        ("flux", "2"),
        ("flux", "2e-14"),
        ("fast", "2e-14"),
        ("pause", "7 d"),
        ("epithermal", "2"),
        ("thermal_shielding", "0"),
        ("resonance_shielding", "0"),
        ("absorptions", "21"),
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


ASKED = {"target": "Lu-176", "mass": "1 g", "flux": "2e14", "duration": "10 d"}


def test_a_target_that_is_not_dilute_is_warned_of_and_the_factors_are_shown() -> None:
    dilute = REACTOR.ask(ASKED)
    assert "would give 7.2 % of this" in dilute.as_dict()["warnings"][0]
    assert not any("shielding" in figure.label.en for figure in dilute.figures)
    sphere = REACTOR.ask({**ASKED, "shape": "sphere:2.9mm"})
    answer = sphere.as_dict()
    assert answer["warnings"] == []
    assert 0.03 < answer["thermal_shielding"] < 0.06
    assert 0.5 < answer["resonance_shielding"] < 0.8
    assert answer["density_g_cm3"] == pytest.approx(9.841)
    shown = {figure.label.en: figure for figure in sphere.figures}
    assert shown["Thermal self-shielding"].value == answer["thermal_shielding"]
    assert shown["Thermal self-shielding"].note.en == "at 9.841 g/cm³"
    assert shown["Resonance self-shielding"].value == answer["resonance_shielding"]


def test_fast_neutrons_are_asked_for_at_their_field() -> None:
    sulphur = {"target": "S-32", "mass": "1 g", "flux": "1e14", "duration": "30 d"}
    with pytest.raises(ProblemsError) as told:
        REACTOR.ask(sulphur)
    assert [problem.column for problem in told.value.problems] == ["fast"]
    assert REACTOR.ask({**sulphur, "fast": "5e13"}).data["product"] == "P-32"


def test_cycles_without_a_stop_are_said_to_be_one_run() -> None:
    notes = [str(note) for note in REACTOR.ask({**ASKED, "cycles": "3"}).notes]
    assert any(note.startswith("3 cycles without a stop") for note in notes)
    paused = [str(note) for note in REACTOR.ask({**ASKED, "cycles": "3", "pause": "7 d"}).notes]
    assert not any("without a stop" in note for note in paused)


@pytest.mark.parametrize("text", ["natYb", "nat-Yb", "natural Yb", "天然镱", "Yb"])
def test_natural_elements_in_every_spelling(text: str) -> None:
    assert REACTOR.read({**ASKED, "target": text}).target == "Yb"  # type: ignore[attr-defined]


def test_sodium_is_not_natural_something() -> None:
    assert REACTOR.read({**ASKED, "target": "Na"}).target == "Na"  # type: ignore[attr-defined]


def test_what_takes_more_captures_says_so_and_can_be_had() -> None:
    curium = {**ASKED, "target": "Cm-244", "mass": "1 mg", "duration": "300 d", "product": "Cf-252"}
    with pytest.raises(ProblemsError) as told:
        REACTOR.ask(curium)
    assert "stops after 4 captures" in told.value.problems[0].message
    assert REACTOR.ask({**curium, "absorptions": "10"}).data["activity_eob_bq"] > 0


def test_a_product_far_below_the_rest_is_drawn_on_a_logarithmic_scale() -> None:
    radium = REACTOR.ask({**ASKED, "target": "Ra-226", "mass": "1 mg"})
    assert radium.data["product"] == "Ac-227"
    chart = radium.charts[0]
    assert max(c.y.max() for c in chart.curves[1:]) > 100 * chart.curves[0].y.max()
    assert chart.log
    iridium = REACTOR.ask({**ASKED, "target": "Ir", "mass": "1 mg", "product": "Ir-192"})
    assert not iridium.charts[0].log
