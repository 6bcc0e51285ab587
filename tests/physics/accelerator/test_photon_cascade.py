"""The shower against limits that can be written down, and against the slowing-down integral."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.accelerator import photon_interactions as interactions
from becq.physics.accelerator.photon_cascade import Layer, shower
from becq.physics.accelerator.photon_interactions import Substance

MOLAR = {4: 9.0122, 6: 12.011, 13: 26.982, 42: 95.95, 73: 180.95, 74: 183.84, 88: 226.03}


def pure(z: int) -> Substance:
    return Substance.of(str(z), {z: 1.0}, MOLAR)


def dipole(photon_mev: np.ndarray) -> np.ndarray:
    """A resonance at 15 MeV, to fold with."""
    return 1.0 / (1.0 + ((photon_mev - 15.0) / 2.5) ** 2) * (photon_mev > 8.0)


def test_a_thin_converter_radiates_the_thin_target_spectrum() -> None:
    track = shower([Layer(pure(74), 1e-3), Layer(pure(42), 1e-4)], 35.0)
    grid = track.photon_mev
    expected = 1e-3 * interactions.bremsstrahlung_cm2_g_mev(pure(74), 35.0, grid) * (grid[1] - grid[0])
    inside = slice(5, -5)
    assert track.entering[inside] == pytest.approx(expected[inside], rel=2e-3, abs=0)


def test_photons_alone_are_attenuated_exponentially() -> None:
    thickness = 20.0
    track = shower(
        [Layer(pure(74), 1.0), Layer(pure(42), thickness)], 35.0, electrons_into_last=False, secondaries=False
    )
    mu, _ = interactions.attenuation_cm2_g(pure(42), track.photon_mev)
    expected = track.entering * -np.expm1(-mu * thickness) / mu
    assert track.track_g_cm2 == pytest.approx(expected, rel=1e-6, abs=0)


@pytest.mark.parametrize(("z", "thickness"), [(4, 4.0), (6, 6.0), (13, 2.0)])
def test_light_converters_agree_with_the_slowing_down_integral(z: int, thickness: float) -> None:
    # Independent: electrons slow down continuously (total stopping power), each depth radiates the thin
    # spectrum, photons made there are attenuated on the rest of the way. Straggling is small in light matter.
    substance = pure(z)
    track = shower(
        [Layer(substance, thickness), Layer(pure(42), 1e-4)],
        30.0,
        electrons_into_last=False,
        secondaries=False,
    )
    grid = track.photon_mev
    depths, energy = np.linspace(0.0, thickness, 401), [30.0]
    for step in np.diff(depths):
        middle = energy[-1] - 0.5 * step * float(interactions.stopping_mev_cm2_g(substance, energy[-1]))
        energy.append(energy[-1] - step * float(interactions.stopping_mev_cm2_g(substance, middle)))
    mu, _ = interactions.attenuation_cm2_g(substance, grid)
    rate = interactions.bremsstrahlung_cm2_g_mev(substance, np.array(energy)[:, None], grid)
    spectrum = np.trapezoid(rate * np.exp(-mu * (thickness - depths[:, None])), depths, axis=0)
    folded = float(np.sum(spectrum * dipole(grid)) * (grid[1] - grid[0]))
    assert float(track.entering @ dipole(grid)) == pytest.approx(folded, rel=0.015)


def test_two_halves_make_one_layer() -> None:
    whole = shower([Layer(pure(74), 6.0), Layer(pure(42), 1.0)], 35.0)
    halves = shower([Layer(pure(74), 3.0), Layer(pure(74), 3.0), Layer(pure(42), 1.0)], 35.0)
    folded = [float(t.track_g_cm2 @ dipole(t.photon_mev)) for t in (whole, halves)]
    assert folded[1] == pytest.approx(folded[0], rel=1e-3)


def test_the_track_in_a_thick_target_is_the_sum_over_its_parts() -> None:
    # The whole target, against the target cut in two: the second half is reached behind converter and first.
    converter, parts = Layer(pure(73), 4.0), Layer(pure(42), 5.0)
    whole = shower([converter, Layer(pure(42), 10.0)], 40.0)
    first, second = shower([converter, parts], 40.0), shower([converter, parts, parts], 40.0)
    total = float((first.track_g_cm2 + second.track_g_cm2) @ dipole(whole.photon_mev))
    assert float(whole.track_g_cm2 @ dipole(whole.photon_mev)) == pytest.approx(total, rel=1e-3)


@settings(max_examples=8, deadline=None)
@given(
    energy_mev=st.floats(8.0, 100.0),
    converter_g_cm2=st.floats(0.05, 15.0),
    target_g_cm2=st.floats(0.01, 20.0),
    z=st.sampled_from([13, 42, 73, 74, 88]),
)
def test_energy_is_never_made(energy_mev: float, converter_g_cm2: float, target_g_cm2: float, z: int) -> None:
    layers = [Layer(pure(74), converter_g_cm2), Layer(pure(z), target_g_cm2)]
    with_all = shower(layers, energy_mev)
    beam_only = shower(layers, energy_mev, secondaries=False)
    without = shower(layers, energy_mev, electrons_into_last=False)
    assert np.all(with_all.track_g_cm2 >= -1e-12)
    assert with_all.photon_mev @ with_all.entering <= energy_mev
    assert 0.0 <= with_all.heat_mev <= energy_mev
    assert without.heat_mev <= without.photon_mev @ without.entering
    assert beam_only.track_g_cm2.sum() <= with_all.track_g_cm2.sum() * (1 + 1e-9)
    assert without.track_g_cm2.sum() <= with_all.track_g_cm2.sum() * (1 + 1e-9)


def test_what_cannot_be_followed_is_refused() -> None:
    with pytest.raises(InputError, match="between 2 and 150 MeV"):
        shower([Layer(pure(74), 1.0)], 800.0)
    with pytest.raises(InputError, match="thickness"):
        shower([Layer(pure(74), 0.0)], 35.0)


def test_a_thick_stopper_keeps_all_the_energy() -> None:
    assert shower([Layer(pure(74), 200.0)], 20.0).heat_mev == pytest.approx(20.0, rel=1e-3)
