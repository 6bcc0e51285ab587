"""What is said of a target that shields itself, of its burn-up and of cross sections that are bounds."""

from __future__ import annotations

import math

import pytest

from becq.errors import InputError
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.irradiation import irradiate
from becq.physics.reactor.self_shielding import Geometry, Shielding

DAY = 86400.0
TEN_DAYS = FluxHistory.constant(2e14, 10 * DAY)


def test_a_gram_of_a_strong_absorber_is_not_dilute() -> None:
    dilute = irradiate("Lu-176", mass_g=1.0, flux=TEN_DAYS)
    radius = (0.75 / 9.841 / math.pi) ** (1 / 3)
    sphere = irradiate("Lu-176", mass_g=1.0, flux=TEN_DAYS, geometry=Geometry("sphere", radius_cm=radius))
    share = 100 * sphere.activity_eob_bq / dilute.activity_eob_bq
    assert share == pytest.approx(7.2, abs=0.1)
    assert len(dilute.warnings) == 1
    assert f"a solid sphere of 1 g at 9.841 g/cm³ would give {share:.2g} % of this" in dilute.warnings[0]
    assert sphere.warnings == ()
    assert irradiate("Lu-176", mass_g=1.0, flux=TEN_DAYS, shielding=Shielding(0.2)).warnings == ()
    assert irradiate("Yb-176", mass_g=0.01, flux=TEN_DAYS).warnings == ()


def test_resonances_alone_are_warned_of_and_a_compound_says_its_density() -> None:
    epithermal = FluxHistory.constant(1e14, 10 * DAY, epithermal_ratio=0.05)
    assert "solid sphere of 1 g" in irradiate("W-186", mass_g=1.0, flux=epithermal).warnings[0]
    assert irradiate("W-186", mass_g=1e-10, flux=epithermal).warnings == ()
    oxide = irradiate("Lu", mass_g=5.0, material="Lu2O3", product="Lu-177", flux=TEN_DAYS)
    assert "at 5 g/cm³ (assumed)" in oxide.warnings[0]
    assert irradiate("Xe-124", mass_g=1.0, flux=TEN_DAYS).warnings == ()  # a gas is no sphere


def test_a_target_beyond_any_capsule_is_warned_of() -> None:
    assert any("20 kg fits no" in said for said in irradiate("Te", mass_g=2e4, flux=TEN_DAYS).warnings)
    assert not any("fits no" in said for said in irradiate("Te", mass_g=9e3, flux=TEN_DAYS).warnings)


def test_the_self_shielding_used_is_told_with_its_source() -> None:
    shape = Geometry("foil", thickness_cm=0.01)
    foil = irradiate("Ir-191", mass_g=0.1, flux=TEN_DAYS, geometry=shape)
    assert foil.density_g_cm3 == pytest.approx(22.4, abs=0.2)
    told = next(note for note in foil.notes if note.startswith("self-shielding factors"))
    assert f"thermal {foil.thermal_shielding:.3g}, resonances of Ir-191 " in told
    assert f"{foil.resonance_shielding:.3g}, at {foil.density_g_cm3:.4g} g/cm³" in told
    assert any("Martinho" in each and "as remembered" in each for each in foil.sources)
    given = irradiate("Ir-191", mass_g=0.1, flux=TEN_DAYS, shielding=Shielding(0.8, 0.4))
    assert given.density_g_cm3 is None
    assert not any("Martinho" in each for each in given.sources)
    assert any("thermal 0.8, resonances of Ir-191 0.4" in note for note in given.notes)


@pytest.mark.parametrize(("element", "isotope"), [("Co", "Co-59"), ("Ho", "Ho-165")])
def test_the_same_sample_burns_alike_under_both_its_names(element: str, isotope: str) -> None:
    flux = FluxHistory.constant(2e14, 365 * DAY)
    one, two = (irradiate(name, mass_g=1e-3, flux=flux) for name in (element, isotope))
    assert one.burnup == pytest.approx(two.burnup, rel=1e-12)
    sigma = {"Co": 37.18, "Ho": 64.4}[element]
    assert one.burnup == pytest.approx(-math.expm1(-sigma * 1e-24 * 2e14 * 365 * DAY), rel=0.02)


def test_an_activity_from_a_bound_says_so() -> None:
    result = irradiate("Lu-176", mass_g=1e-3, flux=TEN_DAYS)
    assert result.activities_bq["Tm-173"] > 0
    assert any(n.startswith("Tm-173: ") and "may be an upper limit" in n for n in result.notes)
    assert any(n.startswith("Au-200: ") for n in irradiate("Tl-203", mass_g=1.0, flux=TEN_DAYS).notes)


def test_a_route_that_needs_fast_neutrons_asks_for_them() -> None:
    flux = FluxHistory.constant(1e14, 30 * DAY)
    for target, product in (("S-32", "P-32"), ("S", "P-32"), ("Ni-58", "Co-58")):
        with pytest.raises(InputError, match=f"{product}, the usual product of {target}, needs a fast flux"):
            irradiate(target, mass_g=1.0, flux=flux)
    fast = FluxHistory.constant(1e14, 30 * DAY, fast_cm2_s=5e13)
    assert irradiate("S-32", mass_g=1.0, flux=fast).product == "P-32"
    assert irradiate("S-32", mass_g=1.0, flux=flux, product="P-33").product == "P-33"
