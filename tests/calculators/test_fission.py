"""The fission calculator: six-day curies, campaigns, and what goes to the physics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from becq.calculators import registry
from becq.errors import ProblemsError
from becq.physics.decay_data import decay_const
from becq.physics.reactor.fission import produce

FISSION = registry.calculator("fission")
ASKED = {"power": "200kW", "duration": "24h", "product": "Mo-99", "extraction": "0.8"}


def test_every_input_reaches_the_physics() -> None:
    texts = {**ASKED, "cooling": "6 h", "fissile": "Pu-239", "energy": "205 MeV", "flux": "1e13"}
    answer = FISSION.ask(texts).as_dict()
    same = produce(
        "Mo-99",
        power_w=2e5,
        duration_s=86400.0,
        extraction=0.8,
        cooling_s=6 * 3600.0,
        fissile="Pu-239",
        energy_per_fission_mev=205.0,
        thermal_cm2_s=1e13,
    )
    assert answer["activity_bq"] == pytest.approx(same.activity_bq, rel=1e-12)
    assert answer["coproduced_bq"] == pytest.approx(same.coproduced_bq, rel=1e-12)


def test_six_day_curies_are_curies_six_days_later() -> None:
    answer = FISSION.ask(ASKED).as_dict()
    later = answer["activity_bq"] * math.exp(-decay_const("Mo-99") * 6 * 86400)
    assert answer["six_day_curies"] == pytest.approx(later / 3.7e10, rel=1e-12)
    assert answer["six_day_bq"] == pytest.approx(later, rel=1e-12)
    assert FISSION.ask({**ASKED, "product": "I-131"}).as_dict()["six_day_curies"] is None


def test_a_campaign_keeps_what_was_not_extracted() -> None:
    answer = FISSION.ask({**ASKED, "runs": "3", "pause": "12 h"}).as_dict()
    runs = answer["campaign"]["extracted_bq"]
    assert runs[0] == pytest.approx(answer["activity_bq"], rel=1e-9)
    left = 0.25 * runs[0] * math.exp(-decay_const("Mo-99") * 36 * 3600)  # 0.2 stay of 0.8 taken
    assert runs[1] == pytest.approx(runs[0] + 0.8 * left, rel=1e-3)
    assert answer["campaign"]["total_bq"] == pytest.approx(sum(runs), rel=1e-12)
    assert answer["campaign"]["times_s"] == [86400.0, 216000.0, 345600.0]


def test_the_curve_passes_through_the_shutdown() -> None:
    result = FISSION.ask(ASKED)
    product = result.charts[0].curves[0]
    assert product.nuclide == "Mo-99"
    assert np.interp(86400.0, product.x, product.y) == pytest.approx(result.data["activity_shutdown_bq"])


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("power", "200 mW"),
        ("duration", "0 h"),
        ("product", "Lu-177m"),
        ("product", "Mo-98"),
        ("extraction", "0"),
        ("extraction", "120%"),
        ("fissile", "Th-232"),
        ("energy", "20 MeV"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(field: str, text: str) -> None:
    with pytest.raises(ProblemsError) as told:
        FISSION.ask({**ASKED, field: text})
    assert [problem.column for problem in told.value.problems] == [field]


def test_a_pause_shorter_than_the_cooling_is_refused() -> None:
    with pytest.raises(ProblemsError) as told:
        FISSION.ask({**ASKED, "runs": "2", "pause": "1 h", "cooling": "6 h"})
    assert told.value.problems[0].column in {"cooling", "runs"}


def test_a_pause_without_runs_and_a_heat_without_unit_are_told_of_their_fields() -> None:
    for field, text, said in (("pause", "12 h", "number of runs"), ("energy", "200", "200 MeV")):
        with pytest.raises(ProblemsError) as told:
            FISSION.ask({**ASKED, field: text})
        problem = told.value.problems[0]
        assert problem.column == field
        assert said in problem.message


def test_what_fissioned_is_told_apart_from_what_is_captured() -> None:
    result = FISSION.ask(ASKED)
    assert any(figure.label.en == "Fissioned" for figure in result.figures)
    assert any("captures take another 17 % of it" in str(note) for note in result.notes)
