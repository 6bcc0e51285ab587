"""Dose rates: laws, an independent sum by hand, published anchors and errors."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.radiation.dose_rate import dose_rate, thickness_for
from becq.physics.radiation.gamma_constants import gamma_constant

NUCLIDES = ["F-18", "Tc-99m", "I-131", "Co-60", "Cs-137", "Lu-177", "Y-90", "Mo-99", "Ra-226", "Ir-192"]
SHIELDS = ["lead", "tungsten", "steel", "water", "concrete"]


def test_one_line_summed_by_hand() -> None:
    """Ba-137m's 661.657 keV line: E, intensity and mu_en/rho put together with pencil and paper.

    0.89739 x 661.657 keV x 1.602177e-16 J/keV x 0.002931 m2/kg (NISTIR 5632, air, between 600 and 800 keV)
    / (4 pi) x 3600 s = 7.985e-14 Gy m2/h.
    """
    by_hand = 0.89739 * 661.657 * 1.602177e-16 * 2.931e-3 / (4 * math.pi) * 3600
    rate = dose_rate("Ba-137m", 1.0, 1.0, quantity="Ka", delta_kev=100.0, absorber=None)
    assert rate.dose_rate_sv_h == pytest.approx(by_hand, rel=2e-3)


def test_lead_attenuation_by_hand() -> None:
    """Narrow beam of 661.657 keV through 1 cm of lead: mu/rho = 0.1101 cm2/g (NISTIR 5632), 11.35 g/cm3."""
    rate = dose_rate(
        "Ba-137m", 1e9, 1.0, [("lead", 0.01)], delta_kev=100.0, absorber=None, broad=False, progeny=False
    )
    assert rate.transmission == pytest.approx(math.exp(-0.1101 * 11.35), rel=5e-3)


@pytest.mark.parametrize("nuclide", NUCLIDES)
def test_inverse_square_and_activity(nuclide: str) -> None:
    near = dose_rate(nuclide, 1e9, 1.0, [("lead", 0.01)])
    far = dose_rate(nuclide, 2e9, 2.0, [("lead", 0.01)])
    assert near.dose_rate_sv_h == pytest.approx(2 * far.dose_rate_sv_h, rel=1e-12)
    assert near.transmission == far.transmission
    assert near.dose_rate_sv_h == pytest.approx(near.transmission * near.unshielded_sv_h, rel=1e-12)
    assert near.unshielded_sv_h == pytest.approx(1e9 * near.constant_sv_m2_bq_h, rel=1e-12)


def test_shapes_broadcast() -> None:
    rate = dose_rate("I-131", np.array([[1e9], [2e9]]), np.array([0.5, 1.0, 2.0]))
    assert np.shape(rate.dose_rate_sv_h) == (2, 3)
    single = dose_rate("I-131", 2e9, 0.5).dose_rate_sv_h
    assert isinstance(single, float)
    assert np.asarray(rate.dose_rate_sv_h)[1, 0] == pytest.approx(single, rel=1e-12)


@pytest.mark.parametrize("shield", SHIELDS)
@pytest.mark.parametrize("nuclide", NUCLIDES)
def test_more_shield_never_gives_more_dose(nuclide: str, shield: str) -> None:
    depths = np.concatenate([[0.0], np.geomspace(1e-5, 0.5, 40)])
    rates = [dose_rate(nuclide, 1e9, 1.0, [(shield, float(x))]).transmission for x in depths]
    assert rates[0] == 1.0
    assert all(b <= a * (1 + 1e-9) for a, b in zip(rates, rates[1:], strict=False))
    assert rates[-1] < 0.6


def test_a_slab_cut_in_two_is_the_slab() -> None:
    whole = dose_rate("Co-60", 1e9, 1.0, [("lead", 0.05)]).dose_rate_sv_h
    cut = dose_rate("Co-60", 1e9, 1.0, [("lead", 0.02), ("water", 0.0), ("lead", 0.03)]).dose_rate_sv_h
    assert cut == pytest.approx(whole, rel=1e-12)


def test_order_of_layers_does_not_matter_for_the_narrow_beam() -> None:
    layers = [("lead", 0.01), ("water", 0.1), ("steel", 0.02)]
    there = dose_rate("I-131", 1e9, 1.0, layers, broad=False).dose_rate_sv_h
    back = dose_rate("I-131", 1e9, 1.0, layers[::-1], broad=False).dose_rate_sv_h
    assert there == pytest.approx(back, rel=1e-12)


def test_lead_outside_water_stops_more_than_lead_inside() -> None:
    """Water makes soft scattered photons; lead behind it swallows them, lead before it cannot."""
    inside = dose_rate("Tc-99m", 1e9, 1.0, [("lead", 0.002), ("water", 0.2)]).dose_rate_sv_h
    outside = dose_rate("Tc-99m", 1e9, 1.0, [("water", 0.2), ("lead", 0.002)]).dose_rate_sv_h
    assert outside < inside


@given(
    nuclide=st.sampled_from(NUCLIDES),
    shield=st.sampled_from(SHIELDS),
    exponent=st.floats(min_value=-5.0, max_value=-0.01),
)
@settings(max_examples=40, deadline=None)
def test_thickness_is_the_inverse_of_the_dose_rate(nuclide: str, shield: str, exponent: float) -> None:
    bare = float(dose_rate(nuclide, 1e9, 10.0).dose_rate_sv_h)
    limit = bare * 10.0**exponent
    thickness = thickness_for(nuclide, 1e9, 10.0, shield, limit)
    assert thickness > 0
    assert dose_rate(nuclide, 1e9, 10.0, [(shield, thickness)]).dose_rate_sv_h == pytest.approx(
        limit, rel=1e-6
    )


def test_no_shield_where_the_limit_is_met() -> None:
    assert thickness_for("F-18", 1e6, 1.0, "lead", 1.0) == 0.0
    assert thickness_for("C-11", 0.0, 1.0, "lead", 1e-9) == 0.0


def test_thickness_counts_the_layers_already_there() -> None:
    alone = thickness_for("Co-60", 1e10, 1.0, "lead", 1e-5)
    rest = thickness_for("Co-60", 1e10, 1.0, "lead", 1e-5, layers=[("lead", 0.02)])
    assert rest == pytest.approx(alone - 0.02, rel=1e-6)


def test_progeny() -> None:
    """Cs-137 shines by Ba-137m: 0.944 of its constant and nothing of its own but bremsstrahlung."""
    with_it = dose_rate("Cs-137", 1e9, 1.0, absorber=None)
    assert with_it.constant_sv_m2_bq_h == pytest.approx(0.944 * gamma_constant("Ba-137m"), rel=2e-3)
    assert with_it.progeny["Ba-137m"] == pytest.approx(0.944, rel=1e-3)
    alone = dose_rate("Cs-137", 1e9, 1.0, progeny=False, absorber=None)
    assert alone.constant_sv_m2_bq_h < 1e-4 * with_it.constant_sv_m2_bq_h
    half = dose_rate("Cs-137", 1e9, 1.0, progeny={"Ba-137m": 0.472}, absorber=None)
    assert half.constant_sv_m2_bq_h == pytest.approx(0.5 * with_it.constant_sv_m2_bq_h, rel=1e-3)


def test_young_molybdenum_has_little_technetium() -> None:
    fresh = dose_rate("Mo-99", 1e9, 1.0, age_s=0.0)
    assert fresh.progeny == {}
    day = dose_rate("Mo-99", 1e9, 1.0, age_s=86400.0)
    lasting = dose_rate("Mo-99", 1e9, 1.0)
    ages = [fresh.constant_sv_m2_bq_h, day.constant_sv_m2_bq_h, lasting.constant_sv_m2_bq_h]
    assert ages == sorted(ages)
    assert 0 < day.progeny["Tc-99m"] < lasting.progeny["Tc-99m"]


def test_equilibrium_is_what_decay_comes_to() -> None:
    old = dose_rate("Ra-223", 1e9, 1.0, age_s=40 * 86400.0)
    lasting = dose_rate("Ra-223", 1e9, 1.0)
    assert old.constant_sv_m2_bq_h == pytest.approx(lasting.constant_sv_m2_bq_h, rel=1e-6)


def test_shares_add_up() -> None:
    rate = dose_rate("Lu-177", 7.4e9, 1.0, [("lead", 0.003)])
    assert sum(rate.shares.values()) == pytest.approx(1.0, abs=1e-9)
    assert next(iter(rate.shares)).startswith("Lu-177 208.366 keV")
    assert 0 < rate.bremsstrahlung_share < 0.01


def test_plain_json() -> None:
    rate = dose_rate("Y-90", 1e9, 1.0, [("pmma", 0.01)])
    assert json.loads(json.dumps(asdict(rate)))["bremsstrahlung_share"] > 0.99


def test_californium_says_what_is_missing() -> None:
    assert any("Neutrons" in note for note in dose_rate("Cf-252", 1e6, 1.0).notes)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: dose_rate("Xx-1", 1e9, 1.0), "No decay data"),
        (lambda: dose_rate("Co-60", -1.0, 1.0), "Activities"),
        (lambda: dose_rate("Co-60", 1e9, 0.0), "Distances"),
        (lambda: dose_rate("Co-60", 1e9, float("nan")), "Distances"),
        (lambda: dose_rate("Co-60", 1e9, 0.01, [("lead", 0.02)]), "thicker"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, [("cheese", 0.02)]), "No shield material"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, [("lead", -0.02)]), "not negative"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, quantity="E"), "quantity"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, delta_kev=-1.0), "cut-off"),
        (lambda: dose_rate("Co-60", [1.0, 2.0], [1.0, 2.0, 3.0]), "shapes"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, progeny={"Co-60m": -1.0}), "ratio"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, progeny={}, age_s=1.0), "not both"),
        (lambda: dose_rate("Co-60", 1e9, 1.0, age_s=-1.0), "age"),
        (lambda: dose_rate("Co-59", 1e9, 1.0), "stable"),
        (lambda: thickness_for("Co-60", 1e9, 1.0, "lead", 0.0), "limit"),
        (lambda: thickness_for("Co-60", 1e9, 1.0, "air", 1e-9), "100 m"),
        (lambda: dose_rate("P-32", 1e9, 1.0, absorber="cheese"), "bremsstrahlung"),
    ],
)
def test_bad_input(call, word: str) -> None:
    with pytest.raises(InputError, match=word):
        call()


@pytest.mark.parametrize("outer", SHIELDS)
@pytest.mark.parametrize("inner", SHIELDS)
@pytest.mark.parametrize("nuclide", ["Lu-177", "F-18", "Tc-99m", "Co-60"])
def test_an_outer_layer_never_gives_more_dose(nuclide: str, inner: str, outer: str) -> None:
    """The rule for layers alone let 10 cm of water outside of 3 mm of lead raise Lu-177 by a half."""
    depths = np.concatenate([[0.0], np.geomspace(1e-5, 0.5, 30)])
    inside = (inner, 0.003 if inner in ("lead", "tungsten") else 0.05)
    rates = [dose_rate(nuclide, 1e9, 1.0, [inside, (outer, float(x))]).transmission for x in depths]
    assert all(b <= a * (1 + 1e-9) for a, b in zip(rates, rates[1:], strict=False))


@pytest.mark.parametrize(
    ("nuclide", "layers", "complete"),
    [
        ("Cf-252", [], False),
        ("Cm-244", [], False),
        ("Pu-240", [], False),
        ("U-238", [], True),
        ("Pu-238", [], True),
        ("Pu-238", [("lead", 0.01)], False),
        ("Co-60", [("lead", 0.3)], True),
    ],
)
def test_neutrons_of_fission_are_told_where_they_matter(
    nuclide: str, layers: list[tuple[str, float]], complete: bool
) -> None:
    assert dose_rate(nuclide, 1e6, 1.0, layers).complete is complete


def test_neutrons_of_californium_against_handbooks() -> None:
    """1 µg of Cf-252 (19.8 MBq, 2.3e6 n/s): 2.2 mrem/h of neutrons at 1 m; the bound has 4 a fission, not 3.76."""
    assert dose_rate("Cf-252", 19.8e6, 1.0).neutrons_at_most_sv_h == pytest.approx(2.3e6 * 1.1e-11, rel=0.1)


@pytest.mark.parametrize("nuclide", ["F-18", "Ga-68", "Ge-68", "Rb-82", "Sr-82"])
def test_positron_emitters_say_what_is_left_out(nuclide: str) -> None:
    assert any("Positrons" in note and "skin dose" in note for note in dose_rate(nuclide, 1e9, 1.0).notes)
    assert not any("Positrons" in note for note in dose_rate("Tc-99m", 1e9, 1.0).notes)
