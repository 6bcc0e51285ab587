"""Irradiations: saturation and decay, chains, impurities, limits, and messages."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator import inventory, isomers, nuclear_data
from becq.physics.accelerator.contributions import contributions
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate, saturation_yields_bq_per_a
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.reactions import parse_reaction
from becq.physics.decay import decay

HOUR_S = 3600.0


@pytest.fixture(autouse=True)
def _needs_the_folder(nuclear_folder: object) -> None:
    """Everything here computes from cross sections."""


def _copper(**changed: float | None) -> BeamIrradiation:
    given: dict[str, float | None] = {"energy_mev": 12.0, "exit_mev": 4.0, "current_a": 50e-6}
    given |= {"duration_s": 4 * HOUR_S, "enrichment": 0.98}
    return irradiate("Ni-64(p,n)Cu-64", **(given | changed))  # type: ignore[arg-type]


def test_saturation_of_a_single_nuclide() -> None:
    rate = decay_data.decay_const("Cu-64")
    result = _copper()
    expected = result.saturation_yield_bq_per_a * 50e-6 * -np.expm1(-rate * 4 * HOUR_S)
    assert result.activity_eob_bq == pytest.approx(expected, rel=1e-9)
    assert result.physical_yield_bq_per_c == pytest.approx(result.saturation_yield_bq_per_a * rate)


def test_short_runs_are_linear_and_long_ones_saturate() -> None:
    short = _copper(duration_s=1.0)
    assert short.activity_eob_bq == pytest.approx(short.physical_yield_bq_per_c * 50e-6, rel=2e-5)
    long = _copper(duration_s=60 * 86400.0)
    assert long.activity_eob_bq == pytest.approx(long.saturation_yield_bq_per_a * 50e-6, rel=1e-9)


@given(factor=st.floats(0.01, 20.0))
def test_activities_are_proportional_to_the_current(factor: float) -> None:
    if nuclear_data.folder() is None:
        pytest.skip("needs a folder of nuclear data")
    one, many = _copper(), _copper(current_a=50e-6 * factor)
    assert many.activity_eob_bq == pytest.approx(one.activity_eob_bq * factor, rel=1e-9)
    assert many.impurities_bq["Co-61"] == pytest.approx(one.impurities_bq["Co-61"] * factor, rel=1e-9)
    assert many.heat_w == pytest.approx(one.heat_w * factor)
    assert many.specific_activity_bq_g == pytest.approx(one.specific_activity_bq_g)


def test_cooling_is_decay() -> None:
    warm, cold = _copper(), _copper(cooling_s=10 * HOUR_S)
    assert cold.activity_eob_bq == warm.activity_eob_bq
    for name in ("Cu-64", "Co-61", "Cu-61"):
        left = decay(name, warm.activities_bq[name], 10 * HOUR_S, members=[name]).of(name)
        assert cold.activities_bq[name] == pytest.approx(float(left), rel=1e-9)


def test_copper_61_and_cobalt_61_beside_copper_64() -> None:
    """Co-61 by Ni-64(p,a), Cu-61 by Ni-61(p,n) on the rest of the enriched nickel."""
    result = _copper()
    assert "Co-61" in result.impurities_bq
    assert "Cu-61" in result.inseparable
    assert "Co-61" not in result.inseparable
    pure = _copper(enrichment=None)
    assert pure.impurities_bq.get("Cu-61", 0.0) < 1e-3 * result.impurities_bq["Cu-61"]
    assert pure.impurities_bq["Co-61"] == pytest.approx(result.impurities_bq["Co-61"] / 0.98, rel=0.02)
    worse = _copper(enrichment=0.96)
    assert worse.impurities_bq["Cu-61"] == pytest.approx(2 * result.impurities_bq["Cu-61"], rel=1e-6)


def test_gallium_66_and_67_beside_gallium_68() -> None:
    run = {"current_a": 40e-6, "duration_s": HOUR_S, "enrichment": 0.99}
    at_14 = irradiate("Zn-68(p,n)Ga-68", energy_mev=14.0, **run)  # type: ignore[arg-type]
    assert {"Ga-66", "Ga-67"} <= set(at_14.inseparable)
    at_11 = irradiate("Zn-68(p,n)Ga-68", energy_mev=11.0, **run)  # type: ignore[arg-type]

    def share(result: BeamIrradiation, name: str) -> float:
        return result.impurities_bq[name] / result.activity_eob_bq

    assert share(at_11, "Ga-67") < 0.4 * share(at_14, "Ga-67")  # below the threshold of Zn-68(p,2n)


def test_oxygen_15_and_nitrogen_13_beside_fluorine_18() -> None:
    """Water of 97 %: N-13 of O-16(p,a) from 5.6 MeV on, O-15 of O-16(p,d) above 14.3 MeV, (p,pn) above 16.7."""
    run = {"current_a": 50e-6, "duration_s": HOUR_S, "enrichment": 0.97, "material": "H2O"}
    at_18 = irradiate("O-18(p,n)F-18", energy_mev=18.0, **run)  # type: ignore[arg-type]
    assert 0.001 < at_18.impurities_bq["N-13"] / at_18.activity_eob_bq < 0.05
    assert 0 < at_18.impurities_bq["O-15"] < at_18.impurities_bq["N-13"]
    at_14 = irradiate("O-18(p,n)F-18", energy_mev=14.0, **run)  # type: ignore[arg-type]
    assert "O-15" not in at_14.impurities_bq


def test_astatine_210_beside_astatine_211() -> None:
    """Bi-209(a,3n) opens at 28.6 MeV and its Po-210 decides the energy of the beam."""
    run = {"current_a": 10e-6, "duration_s": 4 * HOUR_S}
    low = irradiate("Bi-209(a,2n)At-211", energy_mev=28.4, **run)  # type: ignore[arg-type]
    high = irradiate("Bi-209(a,2n)At-211", energy_mev=31.0, **run)  # type: ignore[arg-type]
    assert "At-210" not in low.impurities_bq
    assert {"At-210", "Po-210"} <= set(high.impurities_bq)
    assert 0.001 < high.impurities_bq["At-210"] / high.activity_eob_bq < 0.05


def test_actinium_224_and_226_beside_actinium_225() -> None:
    result = irradiate(
        "Ra-226(p,2n)Ac-225",
        energy_mev=16.0,
        exit_mev=10.0,
        current_a=50e-6,
        duration_s=45 * HOUR_S,
    )
    assert {"Ac-224", "Ac-226", "Ac-227"} <= set(result.inseparable)
    at_12 = irradiate(
        "Ra-226(p,2n)Ac-225",
        energy_mev=12.0,
        exit_mev=10.0,
        current_a=50e-6,
        duration_s=45 * HOUR_S,
    )
    assert "Ac-224" not in at_12.impurities_bq  # (p,3n) needs 13.6 MeV


def test_technetium_beside_tc_99m() -> None:
    result = irradiate(
        "Mo-100(p,2n)Tc-99m",
        energy_mev=20.0,
        exit_mev=10.0,
        current_a=200e-6,
        duration_s=6 * HOUR_S,
        enrichment=0.97,
    )
    assert {"Tc-93", "Tc-94", "Tc-95", "Tc-96", "Tc-97m", "Tc-99"} <= set(result.inseparable) | {"Tc-99"}
    assert "Mo-99" in result.impurities_bq
    assert "Mo-99" not in result.inseparable
    whole = irradiate("Mo-100(p,2n)Tc-99", energy_mev=20.0, exit_mev=10.0, current_a=1e-6, duration_s=HOUR_S)
    isomer = irradiate(
        "Mo-100(p,2n)Tc-99m", energy_mev=20.0, exit_mev=10.0, current_a=1e-6, duration_s=HOUR_S
    )
    assert 0.15 < isomer.saturation_yield_bq_per_a / whole.saturation_yield_bq_per_a < 0.4


def test_a_product_that_grows_from_its_precursors() -> None:
    """Xe-124(p,2n)Cs-123 → Xe-123 → I-123: most iodine comes after the beam."""
    run = {"energy_mev": 30.0, "exit_mev": 23.0, "current_a": 100e-6, "duration_s": 6 * HOUR_S}
    at_end = irradiate("Xe-124(p,x)I-123", **run)  # type: ignore[arg-type]
    later = irradiate("Xe-124(p,2n)Cs-123->Xe-123->I-123", cooling_s=6.6 * HOUR_S, **run)  # type: ignore[arg-type]
    assert later.activities_bq["I-123"] > 1.3 * at_end.activity_eob_bq
    grown = decay(
        ["Cs-123", "Xe-123", "I-123"],
        [at_end.activities_bq[n] for n in ("Cs-123", "Xe-123", "I-123")],
        6.6 * HOUR_S,
        members=["I-123"],
    )
    assert later.activities_bq["I-123"] == pytest.approx(float(grown.of("I-123")), rel=1e-6)
    endless = irradiate("Xe-124(p,x)I-123", **(run | {"duration_s": 1e8}))  # type: ignore[arg-type]
    assert endless.activity_eob_bq == pytest.approx(endless.saturation_yield_bq_per_a * 100e-6, rel=1e-6)


def test_explicit_ejectiles_leave_precursors_out_of_the_yield() -> None:
    """Yb-177 (1.9 h) feeds Lu-177 (6.6 d): with open ejectiles it counts, with explicit ones it does not."""
    run = {"energy_mev": 16.0, "exit_mev": 8.0, "current_a": 1e-6, "duration_s": HOUR_S}
    every = irradiate("Yb-176(d,x)Lu-177", **run)  # type: ignore[arg-type]
    direct = irradiate("Yb-176(d,n)Lu-177", **run)  # type: ignore[arg-type]
    ytterbium = irradiate("Yb-176(d,p)Yb-177", **run)  # type: ignore[arg-type]
    assert ytterbium.saturation_yield_bq_per_a > direct.saturation_yield_bq_per_a
    assert every.saturation_yield_bq_per_a == pytest.approx(
        direct.saturation_yield_bq_per_a + ytterbium.saturation_yield_bq_per_a, rel=1e-3
    )
    assert every.activity_eob_bq == direct.activity_eob_bq


def _grown(parent: float, branch: float, longer: str, product: str, duration_s: float) -> float:
    """Activity of a product at the end of a run that makes its parent alone, by the textbook's formula."""
    long, short = decay_data.decay_const(longer), decay_data.decay_const(product)
    sat = -np.expm1(-short * duration_s)
    return float(parent * branch * (sat - short / (short - long) * (np.exp(-long * duration_s) - 1 + sat)))


@pytest.mark.parametrize(
    ("reaction", "energy", "longer", "branch"),
    [("W-186(d,2n)Re-186", 15.0, "Re-186m", 1.0), ("Ca-44(p,n)Sc-44", 15.0, "Sc-44m", 0.988)],
)
def test_an_isomer_that_outlives_the_product_is_not_in_the_yield(
    reaction: str, energy: float, longer: str, branch: float
) -> None:
    """Re-186m lives 200 000 years and Sc-44m 58.6 h; what they feed is in the activities."""
    product = reaction.partition(")")[2]
    run = {"energy_mev": energy, "current_a": 1e-6, "duration_s": 20 * HOUR_S}
    result = irradiate(reaction, **run)  # type: ignore[arg-type]
    isomer = irradiate(reaction.replace(product, longer), **run)  # type: ignore[arg-type]
    direct = result.saturation_yield_bq_per_a * 1e-6
    fed = _grown(isomer.saturation_yield_bq_per_a * 1e-6, branch, longer, product, 20 * HOUR_S)
    alone = direct * -np.expm1(-decay_data.decay_const(product) * 20 * HOUR_S)
    assert result.activity_eob_bq == pytest.approx(alone + fed, rel=1e-3)
    assert isomer.saturation_yield_bq_per_a > 0.05 * result.saturation_yield_bq_per_a
    assert any(f"{longer} outlives {product}" in note for note in result.notes)
    many = saturation_yields_bq_per_a(reaction, energy)
    assert many == pytest.approx(result.saturation_yield_bq_per_a, rel=1e-12)


def test_precursors_that_outlive_the_product_count_where_there_is_nothing_else(data: NuclearData) -> None:
    """Mo-99 beside Tc-99m: not in a yield that has a direct part, but in one that has none."""
    run = {"energy_mev": 24.0, "exit_mev": 10.0, "current_a": 1e-6, "duration_s": HOUR_S}
    direct = irradiate("Mo-100(p,2n)Tc-99m", **run)  # type: ignore[arg-type]
    every = irradiate("Mo-100(p,x)Tc-99m", **run)  # type: ignore[arg-type]
    assert every.saturation_yield_bq_per_a == pytest.approx(direct.saturation_yield_bq_per_a, rel=1e-3)
    assert any("Mo-99 outlives Tc-99m" in note for note in every.notes)
    made = contributions(parse_reaction("Ra-226(g,n)Ra-225->Ac-225"), [("Ra-225", (88, 225))])
    assert made.weights == (1.0,)
    assert made.grown
    both = contributions(parse_reaction("Ra-226(p,x)Ac-225"), [("Ra-225", (88, 225)), ("Ac-225", (89, 225))])
    assert both.weights == (0.0, 1.0)
    assert not both.grown


def test_what_comes_through_a_nuclide_that_outlives_the_product_is_not_in_the_yield() -> None:
    """Pa-229 (1.5 d) goes to Ac-225 by 0.48 % at once and by 99.5 % through Th-229 of thousands of years."""
    counted = contributions(parse_reaction("Th-232(p,x)Ac-225"), [("Pa-229", (91, 229))])
    assert counted.weights[0] == pytest.approx(0.0048, rel=0.01)
    assert counted.slow[0][0] == pytest.approx(0.9952, rel=0.01)
    assert counted.slow[0][1] == "Th-229"
    run = {"energy_mev": 28.0, "current_a": 1e-6, "duration_s": 2000 * HOUR_S}
    result = irradiate("Th-232(p,x)Ac-225", **run)  # type: ignore[arg-type]
    assert result.activity_eob_bq == pytest.approx(result.saturation_yield_bq_per_a * 1e-6, rel=0.03)
    assert any("Th-229 outlives Ac-225" in note for note in result.notes)


def test_an_isomer_that_feeds_the_product_counts(data: NuclearData) -> None:
    """Zr-89m decays to Zr-89: the saturation yield is that of both (less 6 % that go past it)."""
    result = irradiate("Y-89(p,n)Zr-89", energy_mev=14.0, current_a=1e-6, duration_s=1e9)
    assert result.activity_eob_bq == pytest.approx(result.saturation_yield_bq_per_a * 1e-6, rel=1e-6)
    assert saturation_yields_bq_per_a("Y-89(p,n)Zr-89", 14.0, data=data) == pytest.approx(
        result.saturation_yield_bq_per_a, rel=1e-12
    )


def test_heat_and_thickness() -> None:
    result = _copper()
    assert result.heat_w == pytest.approx(8.0 * 50)
    thick = irradiate(
        "Ni-64(p,n)Cu-64",
        energy_mev=12.0,
        thickness_g_cm2=result.thickness_g_cm2,
        current_a=50e-6,
        duration_s=4 * HOUR_S,
        enrichment=0.98,
    )
    assert thick.exit_mev == pytest.approx(4.0, rel=1e-9)
    assert thick.activity_eob_bq == pytest.approx(result.activity_eob_bq, rel=1e-9)
    alpha = irradiate("Bi-209(a,2n)At-211", energy_mev=28.0, current_a=10e-6, duration_s=HOUR_S)
    assert alpha.heat_w == pytest.approx(140.0)  # two charges: half as many particles per ampere
    assert alpha.exit_mev == 0.0


def test_specific_activity_is_limited_by_the_carrier_made_beside() -> None:
    """No more than that of the pure nuclide, and less when more of other isotopes is made."""
    from becq.physics.constants import AVOGADRO

    short, long = _copper(duration_s=600.0), _copper(duration_s=50 * HOUR_S)
    pure = decay_data.decay_const("Cu-64") * AVOGADRO / 63.9298
    assert short.specific_activity_bq_g is not None
    assert long.specific_activity_bq_g is not None
    assert long.specific_activity_bq_g < short.specific_activity_bq_g < pure
    same = irradiate("Tl-203(p,x)Tl-201", energy_mev=28.0, current_a=1e-6, duration_s=HOUR_S)
    assert same.specific_activity_bq_g is None


def test_the_result_is_plain_data() -> None:
    result = _copper()
    assert json.loads(json.dumps(asdict(result)))["activity_eob_bq"] == result.activity_eob_bq
    assert any("Stopping" in source for source in result.sources)
    assert result.reaction == "Ni-64(p,n)Cu-64"
    activities = list(result.impurities_bq.values())
    assert activities == sorted(activities, reverse=True)
    assert all(decay_data.half_life_s(n) >= 120.0 for n in result.impurities_bq)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"energy_mev": 2.0, "exit_mev": 0.0}, r"needs more than 2\.496 MeV; the beam has 2 MeV"),
        ({"energy_mev": 40.0}, r"known from 2\.496 to 30 MeV, the beam has 40 MeV"),
        ({"energy_mev": 4.0, "exit_mev": 12.0}, "more energy than it enters"),
        ({"exit_mev": 12.0}, "enters and leaves with 12 MeV has passed no target"),
        ({"exit_mev": -1.0}, "exit energy must lie between 0 and 12 MeV; it is -1 MeV"),
        ({"exit_mev": float("nan")}, "exit energy must lie between 0 and 12 MeV; it is nan"),
        ({"energy_mev": -5.0}, "energy of the beam must lie between 0 and 250 MeV; it is -5 MeV"),
        ({"energy_mev": float("nan")}, "it is nan MeV"),
        ({"energy_mev": "12"}, 'energy of the beam must be a number, not "12"'),
        ({"enrichment": "98%"}, 'Enrichment "98%": write an atom fraction as a number, 0.98 for 98 %'),
        ({"enrichment": 0.0}, "Enrichment 0: an atom fraction lies between 0 and 1$"),
        ({"enrichment": 1.5}, "Enrichment 1.5: an atom fraction"),
        (
            {"thickness_g_cm2": -1.0, "exit_mev": None},
            "thickness must be a positive number of g/cm²; it is -1",
        ),
        ({"current_a": -1.0}, "current must be a finite number, not negative"),
        ({"duration_s": float("nan")}, "duration must be a finite"),
        ({"cooling_s": float("inf")}, "cooling time must be a finite"),
        ({"thickness_g_cm2": 0.1}, "Give either an exit energy or a thickness"),
        ({"enrichment": 98.0}, "did you mean 0.98"),
        ({"material": "H2O"}, "contains no Ni"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        _copper(**changed)  # type: ignore[arg-type]


def test_photons_and_unknown_channels_are_refused() -> None:
    run = {"energy_mev": 20.0, "current_a": 1e-6, "duration_s": HOUR_S}
    with pytest.raises(InputError, match="is a photon reaction"):
        irradiate("Mo-100(g,n)Mo-99", **run)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="No cross section makes Co-62"):
        irradiate("Zn-70(p,x)Co-62", **run)  # type: ignore[arg-type]


def test_limits_of_the_data_are_noted() -> None:
    result = irradiate("W-186(p,n)Re-186", energy_mev=50.0, exit_mev=40.0, current_a=1e-6, duration_s=HOUR_S)
    assert any("impurities are a lower limit" in note for note in result.notes)
    radium = irradiate("Ra-226(p,2n)Ac-225", energy_mev=16.0, current_a=1e-6, duration_s=HOUR_S)
    assert any("target Ra-226 itself" in note for note in radium.notes)


def test_strontium_85_beside_strontium_82() -> None:
    """Both come from rubidium of 70 MeV; Sr-85 decides whether the generator may be made of it."""
    result = irradiate(
        "Rb(p,xn)Sr-82", energy_mev=70.0, exit_mev=40.0, current_a=250e-6, duration_s=240 * HOUR_S
    )
    assert {"Sr-83", "Sr-85"} <= set(result.inseparable)
    assert 0.2 < result.impurities_bq["Sr-85"] / result.activity_eob_bq < 1.0
    assert not any("lower limit" in note for note in result.notes)


def test_isomers_without_a_share_are_noted() -> None:
    result = irradiate("Xe-124(p,x)I-123", energy_mev=30.0, current_a=1e-6, duration_s=HOUR_S)
    assert any("Isomers not told apart" in note and "Te-119" in note for note in result.notes)
    known = irradiate("Mo-100(p,2n)Tc-99m", energy_mev=20.0, current_a=1e-6, duration_s=HOUR_S)
    assert not any("Isomers" in note for note in known.notes)


def test_residuals_without_decay_data_turn_into_their_isobars() -> None:
    assert inventory.settle(29, 58) == "Ni-58"  # Cu-58, 3.2 s, β+ to stable Ni-58
    assert inventory.settle(43, 100) == "Ru-100"  # Tc-100, 15 s
    assert inventory.settle(28, 64) == "Ni-64"
    assert inventory.settle(43, 99, "m") == "Tc-99m"
    assert inventory.settle(29, 64, "m") == "Cu-64"  # an isomer that ICRP-107 does not list


def test_a_family_keeps_what_it_took_in() -> None:
    """At-211 goes to Bi-207 and to Po-211; who comes later meets the whole family."""
    assert inventory._families(("At-211", "Bi-207", "Po-211")) == (("At-211", "Bi-207", "Po-211"),)
    assert len(inventory._families(("Cu-64", "At-211", "Co-61"))) == 3


def test_short_isomers_are_no_question() -> None:
    assert isomers.isomers(40, 89) == ("m",)
    assert isomers.feeds_ground_soon(82, 201)  # Pb-201m, 61 s, all IT
    assert not isomers.feeds_ground_soon(43, 94)  # Tc-94m decays past Tc-94
    assert not isomers.feeds_ground_soon(21, 44)  # Sc-44m outlives Sc-44
    assert not isomers.feeds_ground_soon(50, 117)  # Sn-117m is a product, Sn-117 stable


def test_a_second_call_is_quick() -> None:
    from time import perf_counter

    _copper()
    times = []
    for _ in range(5):
        start = perf_counter()
        _copper()
        times.append(perf_counter() - start)
    assert min(times) < 0.1  # 0.01 s on an idle machine


@given(rates=st.lists(st.floats(0.0, 1e12), min_size=7, max_size=7), hours=st.floats(0.01, 1000.0))
def test_families_are_solved_apart_like_one_chain(rates: list[float], hours: float) -> None:
    from becq.physics.production import produced

    names = ["Mo-99", "Tc-99m", "Cu-64", "Zr-89m", "Zr-89", "Cs-123", "Ac-225"]
    if not any(rates):
        return
    together = produced(names, rates, hours * HOUR_S)
    eob, later = inventory.grow(dict(zip(names, rates, strict=True)), hours * HOUR_S, 0.0)
    assert eob == later
    largest = max(rates)
    for name, activity in zip(together.members, together.activities_bq.tolist(), strict=True):
        assert eob.get(name, 0.0) == pytest.approx(activity, rel=1e-9, abs=1e-9 * largest)


def test_isotopes_made_directly_stay_behind_where_the_parent_is_taken_out() -> None:
    made = irradiate("Tl-203(p,3n)Pb-201->Tl-201", energy_mev=28.0, current_a=1e-4, duration_s=3e4)
    assert any(name.startswith("Tl-") for name in made.impurities_bq)
    assert made.inseparable == ()
    assert made.specific_activity_bq_g is None
    assert any("Tl-201 grows mostly from Pb" in note for note in made.notes)
    direct = irradiate("Zn-68(p,n)Ga-68", energy_mev=13.0, current_a=1e-5, duration_s=3600.0)
    assert direct.inseparable
    assert direct.specific_activity_bq_g is not None
