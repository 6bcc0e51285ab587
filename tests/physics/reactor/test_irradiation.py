"""Irradiations by hand, in their limits, and as laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.half_lives import half_life_uncertainty_s
from becq.physics.reactor import burnup
from becq.physics.reactor.cross_sections import reactions, sub_cadmium_integral_b, westcott_factor
from becq.physics.reactor.flux import FluxHistory, fission_equivalent, join
from becq.physics.reactor.irradiation import activities_at, irradiate
from becq.physics.reactor.network import build
from becq.physics.reactor.routes import Route, routes
from becq.physics.reactor.sample import natural_isotopes, sample
from becq.physics.reactor.self_shielding import Geometry, Shielding

DAY = 86400.0
AVOGADRO = 6.02214076e23


def test_gold_by_hand() -> None:
    """Au-197(n,γ)Au-198: one capture, target and product burn-up solved by hand."""
    flux, time = 3e13, 2 * DAY
    result = irradiate("Au-197", mass_g=1e-3, flux=FluxHistory.constant(flux, time), product="Au-198")
    atoms = 1e-3 / 196.966570 * AVOGADRO
    feed = 98.64e-24 * flux
    g = 1.0057  # Westcott factor of gold at 40 °C
    burn = 98.648e-24 * flux * g
    away = decay_data.decay_const("Au-198") + 25100e-24 * flux
    expected = atoms * feed * g * (math.exp(-burn * time) - math.exp(-away * time)) / (away - burn)
    assert result.activity_eob_bq == pytest.approx(decay_data.decay_const("Au-198") * expected, rel=1e-4)


def test_double_capture_by_hand() -> None:
    """W-186 → W-187 → W-188 without flux on the rest: the Bateman sum over three exponentials."""
    flux, time = 1e15, 20 * DAY
    result = irradiate("W-186", mass_g=1.0, flux=FluxHistory.constant(flux, time), product="W-188")
    atoms = 1.0 / 185.954365 * AVOGADRO
    k1, k2 = 38.1e-24 * flux, 64e-24 * flux
    a = k1
    b = k2 + decay_data.decay_const("W-187")
    c = 12.0e-24 * flux + decay_data.decay_const("W-188")
    total = (
        atoms
        * k1
        * k2
        * sum(math.exp(-x * time) / ((y - x) * (z - x)) for x, y, z in ((a, b, c), (b, a, c), (c, a, b)))
    )
    assert result.activity_eob_bq == pytest.approx(decay_data.decay_const("W-188") * total, rel=1e-8)


def test_saturation() -> None:
    """After many half-lives the product's activity is the rate of capture."""
    result = irradiate("Na-23", mass_g=1.0, flux=FluxHistory.constant(1e10, 30 * DAY), product="Na-24")
    atoms = 1.0 / 22.98976928 * AVOGADRO
    assert result.activity_eob_bq == pytest.approx(atoms * 0.525e-24 * 1e10, rel=1e-6)


def test_no_flux_is_decay() -> None:
    """At zero flux a radioactive target does nothing but decay, progeny included."""
    still = FluxHistory.constant(0.0, 40 * DAY)
    result = irradiate("Ra-226", mass_g=1e-3, flux=still, product="Rn-222")
    start = result.mass_g / 226.0254082 * AVOGADRO * decay_data.decay_const("Ra-226")
    whole = decay("Ra-226", np.array([start]), 40 * DAY)
    for name in whole.members:
        wanted = float(whole.of(name)[0])
        if wanted > 1e-12 * start:
            assert result.activities_bq[name] == pytest.approx(wanted, rel=1e-10), name


@given(
    split=st.floats(0.05, 0.95),
    flux=st.floats(1e12, 1e15),
    target=st.sampled_from(["Yb-176", "Dy-164", "Ra-226", "W-186", "Te-130", "Ir-191"]),
)
@settings(max_examples=25, deadline=None)
def test_a_history_split_in_two_is_the_same(split: float, flux: float, target: str) -> None:
    whole = FluxHistory.constant(flux, 12 * DAY, epithermal_ratio=0.04)
    parts = FluxHistory.of([split * 12 * DAY, (1 - split) * 12 * DAY], flux, epithermal_ratio=0.04)
    one = irradiate(target, mass_g=0.01, flux=whole)
    two = irradiate(target, mass_g=0.01, flux=parts)
    for name, activity in one.activities_bq.items():
        assert two.activities_bq[name] == pytest.approx(activity, rel=1e-11), name


@given(mass=st.floats(1e-6, 1e3), factor=st.floats(1e-3, 1e3))
@settings(max_examples=20, deadline=None)
def test_linear_in_mass(mass: float, factor: float) -> None:
    flux = FluxHistory.constant(2e14, 7 * DAY, epithermal_ratio=0.02)
    one = irradiate("Lu-176", mass_g=mass, flux=flux, enrichment=0.8)
    other = irradiate("Lu-176", mass_g=mass * factor, flux=flux, enrichment=0.8)
    assert other.activity_eob_bq == pytest.approx(one.activity_eob_bq * factor, rel=1e-12)
    assert other.specific_activity_bq_g == pytest.approx(one.specific_activity_bq_g, rel=1e-12)


def test_no_carrier_added_is_almost_carrier_free() -> None:
    """Lu-177 by way of Yb-177: near λ·N_A/M = 4.1 TBq/mg, far above the direct way."""
    flux = FluxHistory.constant(2e14, 14 * DAY)
    indirect = irradiate("Yb-176", mass_g=0.01, flux=flux)
    direct = irradiate("Lu-176", mass_g=0.01, flux=flux)
    assert indirect.product == direct.product == "Lu-177"
    assert indirect.carrier_free_bq_g == pytest.approx(4.1e15, rel=0.01)
    assert 0.97 < indirect.specific_activity_bq_g / indirect.carrier_free_bq_g <= 1.0
    assert direct.specific_activity_bq_g < 0.5 * direct.carrier_free_bq_g
    assert "Lu-177m" in direct.isotopic_impurities_bq
    assert "Lu-177m" not in indirect.isotopic_impurities_bq


@pytest.mark.parametrize(
    ("target", "product", "impurity"),
    [
        ("Dy-164", "Dy-166", "Ho-166"),
        ("Te-130", "I-131", "Te-131m"),
        ("Gd-160", "Tb-161", "Dy-162"),
        ("Xe-124", "I-125", "I-126"),
        ("Ra-226", "Ac-227", "Th-228"),
        ("Mo-98", "Mo-99", "Tc-99m"),
        ("Ho-165", "Ho-166", "Ho-166m"),
        ("Re-187", "Re-188", "Re-188m"),
        ("Er-168", "Er-169", "Tm-170"),
        ("Kr-84", "Kr-85", "Kr-85m"),
        ("Pt-194", "Pt-195m", "Pt-197"),
        ("Sn-116", "Sn-117m", "Sn-119m"),
    ],
)
def test_paths(target: str, product: str, impurity: str) -> None:
    flux = FluxHistory.constant(1e14, 5 * DAY, epithermal_ratio=0.03)
    result = irradiate(target, mass_g=0.1, flux=flux)
    assert result.product == product
    assert result.activity_eob_bq > 1e3
    if not decay_data.known(impurity) or decay_data.record(impurity).stable:
        return
    assert result.impurities_bq[impurity] > 0


@pytest.mark.parametrize(("target", "product"), [("Zn-67", "Cu-67"), ("Ti-47", "Sc-47")])
def test_threshold_routes_need_the_fast_flux(target: str, product: str) -> None:
    fast = FluxHistory.constant(1e14, 5 * DAY, fast_cm2_s=2e13)
    assert irradiate(target, mass_g=1.0, flux=fast).product == product
    with pytest.raises(InputError, match="fast flux"):
        irradiate(target, mass_g=1.0, flux=FluxHistory.constant(1e14, 5 * DAY), product=product)


def test_phosphorus_from_sulphur() -> None:
    """S-32(n,p)P-32 with 69 mb in the fission spectrum: saturation share times the rate."""
    flux = FluxHistory.constant(0.0, 14 * DAY, fast_cm2_s=1e13)
    result = irradiate("S-32", mass_g=1.0, flux=flux)
    assert result.product == "P-32"
    atoms = 1.0 / 31.972071 * AVOGADRO
    grown = 1 - math.exp(-decay_data.decay_const("P-32") * 14 * DAY)
    assert result.activity_eob_bq == pytest.approx(atoms * 0.06878e-24 * 1e13 * grown, rel=1e-5)


def test_atoms_are_conserved() -> None:
    """Σ atoms stays where nothing fissions and the network is closed on both ends."""
    network = build(["Yb-176"], max_absorptions=6)
    flux = FluxHistory.constant(3e14, 10 * DAY, epithermal_ratio=0.02)
    removal, coupling = network.burnup(network.reaction_rates(flux))
    moved = burnup.transfer(removal, coupling, flux.durations_s)[0]
    assert moved[:, 0].sum() == pytest.approx(1.0, abs=1e-12)


def test_shutdown_and_cooling_are_the_same() -> None:
    on = FluxHistory.constant(1e14, 5 * DAY)
    paused = irradiate("Mo-98", mass_g=1.0, flux=on.pause(2 * DAY))
    cooled = irradiate("Mo-98", mass_g=1.0, flux=on, cooling_s=2 * DAY)
    assert paused.activity_eob_bq == pytest.approx(cooled.activity_bq, rel=1e-12)
    assert cooled.activity_bq < cooled.activity_eob_bq


def test_many_positions_are_many_irradiations() -> None:
    flux = FluxHistory.cycles(1e14, on_s=5 * DAY, off_s=DAY, count=2, epithermal_ratio=0.03)
    factors = np.array([0.0, 0.3, 1.0, 2.5])
    found = activities_at(
        "Yb-176", mass_g=0.02, flux=flux, relative_flux=factors, members=("Lu-177", "Yb-175")
    )
    assert found.shape == (4, 2)
    assert found[0, 0] == 0
    for factor, row in zip(factors[1:], found[1:], strict=True):
        single = irradiate("Yb-176", mass_g=0.02, flux=flux.scaled(float(factor)))
        assert row[0] == pytest.approx(single.activity_eob_bq, rel=1e-11)


def test_self_shielding_lowers_the_yield() -> None:
    flux = FluxHistory.constant(1e14, DAY)
    bare = irradiate("Ir-191", mass_g=1.0, flux=flux).activity_eob_bq
    inside = irradiate("Ir-191", mass_g=1.0, flux=flux, shielding=Shielding(thermal=0.5)).activity_eob_bq
    assert inside == pytest.approx(0.5 * bare, rel=0.02)


def test_compound_and_enrichment() -> None:
    """1 g of WO3 holds 0.7930 g of tungsten; enrichment counts atoms."""
    flux = FluxHistory.constant(1e14, DAY)
    oxide = irradiate("W", mass_g=1.0, flux=flux, material="WO3", product="W-187")
    metal = irradiate("W", mass_g=0.79297, flux=flux, product="W-187")
    assert oxide.activity_eob_bq == pytest.approx(metal.activity_eob_bq, rel=1e-4)
    half = irradiate("W-186", mass_g=1.0, flux=flux, enrichment=0.5, product="W-187")
    full = irradiate("W-186", mass_g=1.0, flux=flux, product="W-187")
    mean = (
        0.5 * 185.954 + 0.5 * (26.50 * 181.948 + 14.31 * 182.950 + 30.64 * 183.951 + 0.12 * 179.947) / 71.57
    )
    assert half.activity_eob_bq / full.activity_eob_bq == pytest.approx(0.5 * 185.954 / mean, rel=1e-4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "Yb-999"}, "no target"),
        ({"mass_g": 0.0}, "mass"),
        ({"enrichment": 98.0}, "atom fraction"),
        ({"product": "Mo-99"}, "does not come from"),
        ({"material": "TeO2"}, "holds no Yb"),
        ({"material": "Qq3"}, "formula"),
        ({"cooling_s": -1.0}, "cooling"),
        ({"target": "Yb", "enrichment": 0.9}, "isotope"),
        ({"isotopes": {"Yb-176": 0.5}}, "sum to"),
    ],
)
def test_bad_input(options: dict[str, object], said: str) -> None:
    good: dict[str, object] = {"target": "Yb-176", "mass_g": 0.01, "flux": FluxHistory.constant(1e14, DAY)}
    with pytest.raises(InputError, match=said):
        irradiate(**(good | options))  # type: ignore[arg-type]


def test_bad_flux() -> None:
    with pytest.raises(InputError, match="positive time"):
        FluxHistory.constant(1e14, 0.0)
    with pytest.raises(InputError, match="not negative"):
        FluxHistory.constant(-1e14, 1.0)
    with pytest.raises(InputError, match="beyond any reactor"):
        FluxHistory.constant(1e18, 1.0)
    with pytest.raises(InputError, match="one neutron temperature"):
        FluxHistory.constant(1e14, 1.0).then(FluxHistory.constant(1e14, 1.0, temperature_k=350.0))


def test_uncertainty_by_hand() -> None:
    """Far from saturation and burn-up the activity is as uncertain as the cross section."""
    result = irradiate("Fe-58", mass_g=1.0, flux=FluxHistory.constant(1e10, DAY), product="Fe-59")
    assert result.relative_uncertainty == pytest.approx(0.03 / 1.32, rel=1e-3)
    assert next(iter(result.uncertain)) == "Fe-58(n,g)Fe-59"


def test_uncertainty_of_two_captures_adds_in_squares() -> None:
    result = irradiate("W-186", mass_g=1.0, flux=FluxHistory.constant(1e12, DAY), product="W-188")
    parts = math.hypot(0.5 / 38.1, 10.0 / 64.0)
    assert result.relative_uncertainty == pytest.approx(parts, rel=2e-3)


def test_uncertainty_is_unknown_where_the_main_cross_section_has_none() -> None:
    result = irradiate("Ir-191", mass_g=1.0, flux=FluxHistory.constant(1e13, DAY), product="Ir-192n")
    assert result.relative_uncertainty is None
    assert any("no uncertainty is known of Ir-191(n,g)Ir-192n" in note for note in result.notes)


def test_evaluations_that_disagree_are_left_out_with_a_note() -> None:
    """Ru-96(n,p)Tc-96: 3.5, 11 and 15 mb in the fission spectrum."""
    fast = FluxHistory.constant(1e13, DAY, fast_cm2_s=1e13)
    with pytest.raises(InputError, match=r"Ru-96\(n,p\)Tc-96: left out: the evaluations disagree"):
        irradiate("Ru-96", mass_g=1.0, flux=fast, product="Tc-96")


def test_what_is_odd_is_said() -> None:
    """No flux, and a sphere that outweighs the target."""
    still = irradiate("W-186", mass_g=1.0, flux=FluxHistory.constant(0.0, DAY))
    assert still.activity_eob_bq == 0.0
    assert any("no flux at all" in note for note in still.notes)
    flux = FluxHistory.constant(1e13, DAY)
    ball = Geometry("sphere", radius_cm=0.1)  # 0.0042 cm³, 0.094 g of iridium
    heavy = irradiate("Ir", mass_g=0.01, flux=flux, geometry=ball, product="Ir-192")
    assert any("one sphere of this size weighs 0.09" in note for note in heavy.notes)
    several = irradiate("Ir", mass_g=1.0, flux=flux, geometry=ball, product="Ir-192")
    assert not any("weighs" in note for note in several.notes)
    with pytest.raises(InputError, match="fast flux above"):
        FluxHistory.constant(1e14, DAY, fast_cm2_s=1e18)


def test_threshold_reaction_with_its_covariances() -> None:
    """S-32(n,p): 2.5 % from the covariances of ENDF/B-VIII.1, folded like the cross section."""
    fast = FluxHistory.constant(0.0, DAY, fast_cm2_s=1e13)
    result = irradiate("S-32", mass_g=1.0, flux=fast)
    assert result.relative_uncertainty == pytest.approx(0.0253, abs=2e-4)


def test_epithermal_flux_adds_the_resonance_integral() -> None:
    """W-186: 38.1 b and 480 b; at a ratio of 0.05 the rate is 1 + 0.05·480/38.1 times as large."""
    slow = irradiate("W-186", mass_g=1e-3, flux=FluxHistory.constant(1e10, DAY), product="W-187")
    mixed = FluxHistory.constant(1e10, DAY, epithermal_ratio=0.05)
    both = irradiate("W-186", mass_g=1e-3, flux=mixed, product="W-187")
    assert both.activity_eob_bq / slow.activity_eob_bq == pytest.approx(1 + 0.05 * 480 / 38.1, rel=1e-3)


def test_westcott_factor_of_lutetium() -> None:
    """The 0.14 eV resonance of Lu-176: g = 1.71 at 20 °C, and steeply more in a warmer moderator."""
    cold = FluxHistory.constant(1e10, DAY, temperature_k=293.6)
    warm = FluxHistory.constant(1e10, DAY, temperature_k=353.15)
    first = irradiate("Lu-176", mass_g=1e-3, flux=cold).activity_eob_bq
    second = irradiate("Lu-176", mass_g=1e-3, flux=warm).activity_eob_bq
    assert second / first == pytest.approx(2.1206 / 1.7087, rel=1e-3)


def test_true_thermal_flux_is_larger_than_the_conventional() -> None:
    """n·v̄ = 2/√π·√(T/T0)·n·v0: 1.128 at 20 °C, 1.26 at 94 °C."""
    for kelvin, ratio in ((293.6, 1.128379), (367.0, 1.261566)):
        true = FluxHistory.true_thermal(ratio * 1e14, [DAY], temperature_k=kelvin)
        assert true.thermal_cm2_s[0] == pytest.approx(1e14, rel=1e-6)


def test_sub_cadmium_resonance_of_lutetium() -> None:
    """At 20 °C the 0.14 eV resonance adds 2729 b to the 923 b above 0.55 eV."""
    cold = {"temperature_k": 293.6}
    slow = FluxHistory.constant(1e10, DAY, **cold)
    both = FluxHistory.constant(1e10, DAY, epithermal_ratio=0.05, **cold)
    first = irradiate("Lu-176", mass_g=1e-3, flux=slow).activity_eob_bq
    second = irradiate("Lu-176", mass_g=1e-3, flux=both).activity_eob_bq
    assert second / first == pytest.approx(1 + 0.05 * (923 + 2729) / (2057 * 1.7087), rel=2e-3)


def test_gadolinium_falls_faster_than_one_over_v() -> None:
    """Gd-157: the 1/E flux below 0.55 eV captures less than its g says, more than above 0.55 eV it gains."""
    flux = {"thermal_cm2_s": 1e10, "duration_s": DAY, "temperature_k": 293.6}
    slow = irradiate("Gd-157", mass_g=1e-3, flux=FluxHistory.constant(**flux), product="Gd-159")
    both = FluxHistory.constant(**flux, epithermal_ratio=0.05)
    mixed = irradiate("Gd-157", mass_g=1e-3, flux=both, product="Gd-159")
    g, deviation = westcott_factor("Gd-157", 293.6), sub_cadmium_integral_b("Gd-157", 293.6)
    integral = sum(r.resonance_b or 0.0 for r in reactions("Gd-157") if r.reaction == "n,g")
    expected = 1 + 0.05 * (float(deviation) + integral) / (254000 * float(g))
    assert mixed.burnup / slow.burnup == pytest.approx(expected, rel=1e-3)
    assert expected < 0.99


def test_burnup_of_the_target() -> None:
    flux = FluxHistory.constant(1e15, 30 * DAY)
    isotope = irradiate("W-186", mass_g=1.0, flux=flux, enrichment=0.9)
    gone = -math.expm1(-38.1e-24 * 1e15 * 30 * DAY)
    assert isotope.burnup == pytest.approx(gone, rel=5e-3)
    element = irradiate("W", mass_g=1.0, flux=flux, product="W-187")
    each = {
        name: -math.expm1(
            -sum(r.thermal_b or 0.0 for r in reactions(name))
            * float(westcott_factor(name, 313.15))
            * 1e-24
            * 1e15
            * 30
            * DAY
        )
        for name in natural_isotopes("W")
    }
    expected = sum(share * each[name] for name, share in natural_isotopes("W").items())
    assert element.burnup == pytest.approx(expected, rel=1e-6)


def test_specific_activity_after_cooling() -> None:
    """After two half-lives Lu-177 has a quarter of its activity, and nearly all of its mass in lutetium."""
    flux = FluxHistory.constant(1e14, 5 * DAY)
    fresh = irradiate("Lu-176", mass_g=0.01, flux=flux)
    old = irradiate("Lu-176", mass_g=0.01, flux=flux, cooling_s=2 * decay_data.half_life_s("Lu-177"))
    assert old.activity_bq == pytest.approx(0.25 * fresh.activity_bq, rel=2e-3)
    expected = 0.25 * fresh.specific_activity_bq_g * fresh.element_mass_g / old.element_mass_g
    assert old.specific_activity_bq_g == pytest.approx(expected, rel=2e-3)
    assert old.activity_eob_bq == pytest.approx(fresh.activity_eob_bq, rel=1e-12)


def test_isotopic_impurities_are_isotopes() -> None:
    flux = FluxHistory.constant(1e14, 5 * DAY)
    result = irradiate("Te", mass_g=1.0, flux=flux, product="I-131", cooling_s=DAY)
    assert result.isotopic_impurities_bq
    assert all(name.startswith("I-") for name in result.isotopic_impurities_bq)
    assert "Te-127m" in result.impurities_bq


def test_half_life_in_the_uncertainty() -> None:
    """After long cooling ∂ln A/∂ln T is λt − 1 (short irradiation); T½ of I-131 to 0.01 % in NUBASE2020."""
    seconds = 10 * decay_data.half_life_s("I-131")
    brief = FluxHistory.constant(1e14, 60.0)
    result = irradiate("Te-130", mass_g=1.0, flux=brief, cooling_s=seconds)
    doubt = (half_life_uncertainty_s("I-131") or 0.0) / decay_data.half_life_s("I-131")
    grown = result.uncertain["half-life of I-131"] / doubt
    assert grown == pytest.approx(10 * math.log(2) - 1, rel=0.01)


def test_half_life_of_a_precursor() -> None:
    """Minutes after a burst the activity of Lu-177 goes with the decay constant of Yb-177: −1."""
    brief = FluxHistory.constant(1e14, 60.0)
    result = irradiate("Yb-176", mass_g=1.0, flux=brief)
    doubt = (half_life_uncertainty_s("Yb-177") or 0.0) / decay_data.half_life_s("Yb-177")
    assert result.uncertain["half-life of Yb-177"] / doubt == pytest.approx(1.0, rel=0.01)


def test_sample_counts_atoms() -> None:
    """1 g of TeO2 holds 0.7995 g of tellurium and twice as many oxygen as tellurium atoms."""
    goods = sample("Te-130", 1.0, material="TeO2", enrichment=0.9)
    tellurium = sum(count for name, count in goods.atoms.items() if name.startswith("Te-"))
    oxygen = sum(count for name, count in goods.atoms.items() if name.startswith("O-"))
    assert oxygen == pytest.approx(2 * tellurium, rel=1e-12)
    assert goods.atoms["Te-130"] == pytest.approx(0.9 * tellurium, rel=1e-12)
    assert sample("Te", 1.0, material="TeO2").element_mass_g == pytest.approx(0.7995, rel=1e-3)


def test_scaled_and_joined_histories() -> None:
    one = FluxHistory.constant(1e14, DAY, fast_cm2_s=2e13)
    twice = one.scaled(2.0)
    assert twice.fast_cm2_s[0] == 4e13
    assert twice.fluence_cm2 == 2 * one.fluence_cm2
    whole = join([one, twice, one])
    assert whole.duration_s == 3 * DAY
    assert whole.thermal_cm2_s.tolist() == [1e14, 2e14, 1e14]
    assert float(fission_equivalent(0.6988e13)) == pytest.approx(1e13)
    with pytest.raises(InputError, match="No flux history"):
        join([])


@pytest.mark.parametrize("route", routes(), ids=lambda r: f"{r.target}-{r.product}")
def test_routes_give_their_product(route: Route) -> None:
    """A route leads to its product without naming it, and to more than a trace of it per gram and week."""
    fast = 2e13 if "fast flux" in route.note else 0.0
    flux = FluxHistory.constant(1e14, 7 * DAY, epithermal_ratio=0.03, fast_cm2_s=fast)
    result = irradiate(route.target, mass_g=1.0, flux=flux)
    assert result.product == route.product
    assert result.activity_eob_bq > 1e7
    assert 0 < result.specific_activity_bq_g <= result.carrier_free_bq_g * (1 + 1e-9)
