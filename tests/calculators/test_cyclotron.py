"""The accelerator calculator hands its inputs on as they were meant, under the keys that were promised."""

from __future__ import annotations

import math

import numpy as np
import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.accelerator.irradiation import irradiate
from becq.physics.accelerator.photon_irradiation import irradiate_photons
from becq.physics.decay_data import decay_const

CYCLOTRON = registry.calculator("cyclotron")
ASKED = {
    "reaction": "64Ni(p,n)64Cu",
    "energy": "12MeV",
    "exit": "4MeV",
    "current": "50uA",
    "duration": "4h",
    "enrichment": "0.98",
    "cooling": "6 h",
}


def test_every_input_reaches_the_physics() -> None:
    answer = CYCLOTRON.ask({**ASKED, "material": "NiO"}).as_dict()
    same = irradiate(
        "Ni-64(p,n)Cu-64",
        energy_mev=12.0,
        exit_mev=4.0,
        current_a=5e-5,
        duration_s=4 * 3600.0,
        enrichment=0.98,
        material="NiO",
        cooling_s=6 * 3600.0,
    )
    assert answer["activity_eob_bq"] == pytest.approx(same.activity_eob_bq, rel=1e-12)
    assert answer["saturation_yield_bq_per_ua"] == pytest.approx(
        same.saturation_yield_bq_per_a / 1e6, rel=1e-12
    )
    assert answer["impurities_bq"] == pytest.approx(same.impurities_bq, rel=1e-12)
    assert answer["activity_bq"] == pytest.approx(same.activities_bq["Cu-64"], rel=1e-12)
    assert answer["heat_w"] == pytest.approx(8e6 * 5e-5)
    assert {"Co-61", "Cu-61"} <= set(answer["impurities_bq"])


def test_saturation_yield_current_and_time_make_the_activity() -> None:
    answer = CYCLOTRON.ask(ASKED).as_dict()
    grown = -math.expm1(-decay_const("Cu-64") * 4 * 3600)
    assert answer["activity_eob_bq"] == pytest.approx(
        answer["saturation_yield_bq_per_ua"] * 50 * grown, rel=1e-9
    )
    assert answer["physical_yield_bq_per_c"] == pytest.approx(
        answer["saturation_yield_bq_per_ua"] * 1e6 * decay_const("Cu-64"), rel=1e-9
    )


def test_the_curves_pass_through_the_answer() -> None:
    result = CYCLOTRON.ask(ASKED)
    activity, against_energy = result.charts
    product = activity.curves[0]
    assert np.interp(4 * 3600.0, product.x, product.y) == pytest.approx(result.data["activity_eob_bq"])
    assert np.interp(10 * 3600.0, product.x, product.y) == pytest.approx(result.data["activity_bq"], rel=0.02)
    curve = against_energy.curves[0]
    at = np.interp(12.0, curve.x, curve.y) * 1e-6
    assert at == pytest.approx(result.data["saturation_yield_bq_per_ua"], rel=5e-3)
    assert (np.diff(curve.y) >= 0).all()


def test_without_an_exit_energy_the_beam_stops() -> None:
    asked = {key: text for key, text in ASKED.items() if key != "exit"}
    answer = CYCLOTRON.ask(asked).as_dict()
    assert answer["exit_mev"] == 0.0
    assert answer["activity_eob_bq"] > CYCLOTRON.ask(ASKED).as_dict()["activity_eob_bq"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("reaction", "Ni-64(p,n)Cu-65"),
        ("reaction", "Ni-64"),
        ("energy", "1 MeV"),
        ("energy", "12"),
        ("energy", "900 MeV"),
        ("exit", "14 MeV"),
        ("current", "50 MA"),
        ("duration", "0 h"),
        ("enrichment", "98"),
        ("material", "H2O"),
        ("material", "water"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str) -> None:
    asked = {**ASKED, "exit": "0.5 MeV"} if field == "energy" else ASKED
    with pytest.raises(ProblemsError) as told:
        CYCLOTRON.ask({**asked, field: text})
    assert [problem.column for problem in told.value.problems] == [field]


def test_photons_go_through_a_converter() -> None:
    texts = {
        "reaction": "Mo-100(g,n)Mo-99",
        "energy": "30 MeV",
        "current": "1 mA",
        "duration": "24 h",
        "thickness": "15 g/cm2",
        "converter": "Ta",
        "converter_thickness": "4 g/cm2",
        "collection": "40%",
        "enrichment": "95%",
    }
    answer = CYCLOTRON.ask(texts).as_dict()
    same = irradiate_photons(
        "Mo-100(g,n)Mo-99",
        energy_mev=30.0,
        current_a=1e-3,
        duration_s=86400.0,
        thickness_g_cm2=15.0,
        converter="Ta",
        converter_g_cm2=4.0,
        collection=0.4,
        enrichment=0.95,
    )
    assert answer["activity_eob_bq"] == pytest.approx(same.activity_eob_bq, rel=1e-12)
    assert answer["thickness_g_cm2"] == 15.0
    alone = CYCLOTRON.ask({**texts, "converter": "none", "converter_thickness": ""}).as_dict()
    assert alone["activity_eob_bq"] != pytest.approx(answer["activity_eob_bq"], rel=0.01)


@pytest.mark.parametrize(
    ("reaction", "field", "text"),
    [
        ("Mo-100(g,n)Mo-99", "exit", "4 MeV"),
        ("Ni-64(p,n)Cu-64", "converter", "W"),
        ("Ni-64(p,n)Cu-64", "converter_thickness", "5 g/cm2"),
        ("Ni-64(p,n)Cu-64", "collection", "50%"),
        ("Ni-64(p,n)Cu-64", "thickness", "1 g/cm2"),
        ("Mo-100(g,n)Mo-99", "collection", "0"),
    ],
)
def test_what_belongs_to_another_beam_is_refused(reaction: str, field: str, text: str) -> None:
    asked = {"reaction": reaction, "energy": "12 MeV", "current": "50 uA", "duration": "1 h", field: text}
    if field == "thickness":
        asked["exit"] = "4 MeV"
    with pytest.raises(ProblemsError) as told:
        CYCLOTRON.ask(asked)
    assert [problem.column for problem in told.value.problems] == [field]


def test_a_thickness_takes_the_place_of_an_exit_energy() -> None:
    asked = {key: text for key, text in ASKED.items() if key != "exit"}
    answer = CYCLOTRON.ask({**asked, "thickness": "200 mg/cm2"}).as_dict()
    assert answer["thickness_g_cm2"] == pytest.approx(0.2)
    assert 4.0 < answer["exit_mev"] < 12.0


def test_progeny_of_the_product_is_no_impurity() -> None:
    asked = {"reaction": "Ra-226(p,2n)Ac-225", "energy": "16 MeV", "current": "50 uA", "duration": "45 h"}
    answer = CYCLOTRON.ask(asked).as_dict()
    others = answer["impurities_bq"]
    assert others["Bi-213"] > 0.5 * answer["activity_eob_bq"]
    progeny = {"Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209", "Ra-221", "Rn-217"}
    foreign = sum(bq for name, bq in others.items() if name not in progeny)
    whole = answer["activity_eob_bq"] + foreign
    assert answer["purity_eob"] == pytest.approx(answer["activity_eob_bq"] / whole, rel=1e-9)
