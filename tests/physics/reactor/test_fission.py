"""Fission production by hand, at saturation, over campaigns, and as laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.reactor.cross_sections import westcott_factor
from becq.physics.reactor.fission import (
    activities_at_shutdown,
    campaign,
    fission_rate,
    produce,
    target_power_w,
)
from becq.physics.reactor.fission_yields import direct_yields, yields

DAY = 86400.0
PER_W = 1.0 / (200.0 * 1.602176634e-13)
WANTED = [
    "Mo-99",
    "Tc-99m",
    "I-131",
    "I-132",
    "Te-132",
    "I-133",
    "Xe-133",
    "Xe-135",
    "Sr-89",
    "Sr-90",
    "Y-91",
    "Cs-137",
    "Ru-103",
    "Ru-106",
    "Zr-95",
    "Nb-95",
    "Ba-140",
    "La-140",
    "Ce-141",
    "Ce-144",
    "Nd-147",
    "Pm-147",
    "Kr-85",
]


def test_molybdenum_by_hand() -> None:
    """200 kW for a day: P/E · yield · (1 − e^−λt); its precursors live minutes and cost little."""
    made = produce("Mo-99", power_w=200e3, duration_s=DAY, extraction=0.8)
    grown = 1 - math.exp(-decay_data.decay_const("Mo-99") * DAY)
    by_hand = 200e3 * PER_W * 0.0610873 * grown
    assert made.activity_shutdown_bq == pytest.approx(by_hand, rel=2e-3)
    assert made.activity_bq == pytest.approx(0.8 * made.activity_shutdown_bq, rel=1e-12)
    assert made.six_day_curies == pytest.approx(made.activity_bq * 0.2201 / 3.7e10, rel=1e-3)
    assert made.activity_per_day_bq == pytest.approx(made.activity_bq, rel=1e-12)
    assert made.saturation_bq == pytest.approx(200e3 * PER_W * 0.0610873, rel=1e-12)


@pytest.mark.parametrize("product", [p for p in WANTED if decay_data.half_life_s(p) < 400 * DAY])
@pytest.mark.parametrize("fissile", ["U-235", "Pu-239"])
def test_every_product_saturates_at_its_cumulative_yield(product: str, fissile: str) -> None:
    long = activities_at_shutdown(product, power_w=1.0, duration_s=20 * 400 * DAY, fissile=fissile)
    per_w = PER_W * (1.0 if fissile == "U-235" else 203.2 / 212.4)
    assert float(long) == pytest.approx(per_w * yields(fissile)[product].cumulative, rel=0.005)


@pytest.mark.parametrize("product", WANTED)
def test_table_covers_the_products(product: str) -> None:
    entry = yields("U-235")[product]
    assert 0 < entry.cumulative_u < 0.3 * entry.cumulative
    assert entry.independent <= entry.cumulative * 1.0001
    assert direct_yields("U-235")[product] <= entry.cumulative * 1.0001


def test_xenon_grows_from_iodine_after_shutdown() -> None:
    now = produce("Xe-133", power_w=1e3, duration_s=DAY).activity_bq
    later = produce("Xe-133", power_w=1e3, duration_s=DAY, cooling_s=DAY).activity_bq
    alone = now * math.exp(-decay_data.decay_const("Xe-133") * DAY)
    assert later > 1.2 * alone


def test_cooling_is_decay_of_the_chain() -> None:
    made = produce("I-131", power_w=1e3, duration_s=3 * DAY)
    start = {"I-131": made.activity_shutdown_bq} | {
        m: made.coproduced_bq[m] for m in sorted(decay_data.ancestors(["I-131"])) if m in made.coproduced_bq
    }
    later = produce("I-131", power_w=1e3, duration_s=3 * DAY, cooling_s=2 * DAY).activity_bq
    chain = decay(list(start), np.array([list(start.values())]), 2 * DAY).of("I-131")[0]
    assert later == pytest.approx(float(chain), rel=1e-10)


@given(power=st.floats(1.0, 1e7), factor=st.floats(1e-3, 1e3), days=st.floats(0.01, 100.0))
@settings(max_examples=25, deadline=None)
def test_linear_in_power(power: float, factor: float, days: float) -> None:
    both = activities_at_shutdown("I-131", power_w=[power, power * factor], duration_s=days * DAY)
    assert both[1] == pytest.approx(both[0] * factor, rel=1e-12)


def test_arrays_are_single_calls() -> None:
    power, days = np.array([[1e3], [2e3]]), np.array([1.0, 5.0, 30.0])
    grid = activities_at_shutdown("Mo-99", power_w=power, duration_s=days * DAY, cooling_s=3600.0)
    assert grid.shape == (2, 3)
    one = produce("Mo-99", power_w=2e3, duration_s=5 * DAY, cooling_s=3600.0)
    assert grid[1, 1] == pytest.approx(one.activity_bq, rel=1e-12)


def test_campaign_by_hand() -> None:
    """Kr-85 lives so long that a campaign of full extractions gives the same each time."""
    runs = campaign("Mo-99", power_w=1e5, run_s=DAY, pause_s=DAY, runs=3, extraction=1.0)
    single = produce("Mo-99", power_w=1e5, duration_s=DAY).activity_bq
    assert runs.extracted_bq == pytest.approx([single] * 3, rel=1e-3)
    assert runs.times_s == pytest.approx([DAY, 3 * DAY, 5 * DAY])
    half = campaign("Mo-99", power_w=1e5, run_s=DAY, pause_s=DAY, runs=2, extraction=0.5)
    left = 0.5 * single * math.exp(-decay_data.decay_const("Mo-99") * 2 * DAY)
    assert half.extracted_bq[1] == pytest.approx(0.5 * (single + left), rel=2e-3)
    assert half.total_bq == pytest.approx(half.extracted_bq.sum(), rel=1e-12)


def test_two_runs_without_a_pause_are_one() -> None:
    """Nothing extracted between: a campaign of vanishing extraction grows like one long run."""
    many = campaign("Sr-89", power_w=1e3, run_s=10 * DAY, pause_s=0.0, runs=5, extraction=1e-9)
    one = activities_at_shutdown("Sr-89", power_w=1e3, duration_s=50 * DAY)
    assert many.extracted_bq[-1] / 1e-9 == pytest.approx(float(one), rel=1e-8)


def test_target_power() -> None:
    """1 g of U-235 at 1e14: N·σ_f·φ·E by hand, some 4.8 kW."""
    watts = float(target_power_w(1.0, 1e14))
    by_hand = 6.02214076e23 / 235.0439 * 582.6e-24 * 1e14 / PER_W
    assert watts == pytest.approx(by_hand, rel=1e-5)
    made = produce("Mo-99", power_w=watts, duration_s=7 * DAY)
    assert made.fissile_burned_g < 0.04


def test_specific_activity_counts_stable_molybdenum() -> None:
    """Fission molybdenum is a mixture: below λ·N_A/M, above that of captured molybdenum."""
    made = produce("Mo-99", power_w=1e5, duration_s=7 * DAY)
    free = decay_data.decay_const("Mo-99") * 6.02214076e23 / 98.9077
    assert 0.05 * free < made.specific_activity_bq_g < 0.4 * free


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"product": "F-18"}, "no radioactive fission product"),
        ({"product": "Mo-98"}, "no radioactive fission product"),
        ({"power_w": -1.0}, "not below zero"),
        ({"duration_s": 0.0}, "positive time"),
        ({"extraction": 1.5}, "extraction"),
        ({"fissile": "U-238"}, "No fission yields"),
        ({"energy_per_fission_mev": 2.0}, "out of range"),
    ],
)
def test_bad_input(options: dict[str, object], said: str) -> None:
    good: dict[str, object] = {"product": "Mo-99", "power_w": 1e5, "duration_s": DAY}
    with pytest.raises(InputError, match=said):
        produce(**(good | options))  # type: ignore[arg-type]


def test_fission_rate() -> None:
    """3.12e10 fissions per watt-second at 200 MeV."""
    assert float(fission_rate(1.0)) == pytest.approx(3.12e10, rel=1e-3)
    assert float(fission_rate(1.0, fissile="Pu-239")) == pytest.approx(3.12e10 * 203.2 / 212.4, rel=1e-3)


def test_xenon_poisoning() -> None:
    """Xe-135 at equilibrium in a flux: λ/(λ + σ·g·φ) of what it is without (2.65 Mb)."""
    flux = 1e13
    long = {"power_w": 1e5, "duration_s": 30 * DAY}
    free = float(activities_at_shutdown("Xe-135", **long))
    burnt = float(activities_at_shutdown("Xe-135", thermal_cm2_s=flux, **long))
    rate = decay_data.decay_const("Xe-135")
    capture = 2.65e6 * 1e-24 * flux * float(westcott_factor("Xe-135", 313.15))
    assert burnt / free == pytest.approx(rate / (rate + capture), rel=2e-3)
    made = produce("Mo-99", thermal_cm2_s=flux, **long)
    assert made.activity_bq == pytest.approx(produce("Mo-99", **long).activity_bq, rel=1e-3)
