"""Interactions of electrons and photons against published numbers and against closed forms."""

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics.accelerator import photon_interactions as interactions
from becq.physics.accelerator.photon_interactions import ELECTRON_MASS_MEV, Substance
from becq.physics.constants import AVOGADRO

MOLAR = {1: 1.008, 6: 12.011, 7: 14.007, 8: 15.999, 13: 26.982, 29: 63.546, 42: 95.95, 48: 112.41, 60: 144.24}
MOLAR |= {74: 183.84, 82: 207.2, 83: 208.98}


def pure(z: int) -> Substance:
    return Substance.of(str(z), {z: 1.0}, MOLAR)


# Seltzer & Berger 1986, (beta^2/Z^2) k dsigma/dk in mb at k/T = 0.2, 0.5, 0.8; these elements lie between
# those in the table of the package.
SPECTRA = [
    (7, 5.0, (10.78472, 6.26288, 3.33502)),
    (7, 50.0, (13.29154, 10.00377, 7.73226)),
    (29, 20.0, (10.34301, 7.44908, 5.30600)),
    (48, 5.0, (8.93825, 5.69493, 3.41772)),
    (48, 50.0, (9.81201, 7.60887, 6.27057)),
    (60, 20.0, (9.23837, 6.76092, 5.00096)),
    (83, 5.0, (8.25208, 5.37891, 3.53768)),
    (83, 50.0, (8.70369, 6.77656, 5.68676)),
]


@pytest.mark.parametrize(("z", "energy_mev", "published"), SPECTRA)
def test_bremsstrahlung_between_the_tabulated_elements(
    z: int, energy_mev: float, published: tuple[float, ...]
) -> None:
    photon = energy_mev * np.array([0.2, 0.5, 0.8])
    rate = interactions.bremsstrahlung_cm2_g_mev(pure(z), energy_mev, photon)
    squared_speed = 1.0 - (1.0 + energy_mev / ELECTRON_MASS_MEV) ** -2
    scaled_mb = rate * MOLAR[z] / AVOGADRO * 1e27 * photon * squared_speed / z**2
    assert scaled_mb == pytest.approx(published, rel=0.008)


def test_no_photon_has_more_energy_than_the_electron() -> None:
    rate = interactions.bremsstrahlung_cm2_g_mev(pure(74), 10.0, [9.99, 10.01])
    assert rate[0] > 0.0
    assert rate[1] == 0.0


@pytest.mark.parametrize(
    ("z", "radiation_length_g_cm2"), [(6, 42.70), (13, 24.01), (29, 12.86), (74, 6.76), (82, 6.37)]
)
def test_radiative_loss_comes_to_one_radiation_length(z: int, radiation_length_g_cm2: float) -> None:
    # Radiation lengths: Particle Data Group, Atomic and nuclear properties. Screening is complete only at
    # higher energies, so the loss a length is somewhat below one.
    share = interactions.radiative_stopping_mev_cm2_g(pure(z), 150.0) * radiation_length_g_cm2 / 150.0
    assert 0.88 < share < 1.0


def test_collision_part_of_the_stopping_power_is_smooth_and_grows_slowly() -> None:
    # ESTAR (total) less the integral of Seltzer and Berger's spectra: both must be on the same footing, or
    # the difference is nonsense at 100 MeV, where radiation is nine tenths of the loss in tungsten.
    energy = np.array([2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 100.0])
    collision = interactions.stopping_mev_cm2_g(pure(74), energy)
    collision -= interactions.radiative_stopping_mev_cm2_g(pure(74), energy)
    assert np.all(np.diff(collision) > 0.0)
    # Slope of the relativistic rise with full density effect: K Z / (2 A) per unit of ln(T), plus that of
    # the density effect that is not complete yet: between one and two times.
    slope = np.diff(collision) / np.diff(np.log(energy))
    per_log = 0.307075 * 74 / 183.84 / 2
    assert np.all((slope > 0.9 * per_log) & (slope < 2.0 * per_log))


def test_compton_scattering_has_the_thomson_limit() -> None:
    barn = float(interactions.compton_cm2(1e-3)) * 1e24
    assert barn == pytest.approx(0.66524587 * (1 - 2e-3 / 0.511), rel=1e-4)


@pytest.mark.parametrize("photon_mev", [2.0, 15.0, 60.0])
def test_compton_spectrum_adds_up_to_the_cross_section(photon_mev: float) -> None:
    least = photon_mev / (1 + 2 * photon_mev / ELECTRON_MASS_MEV)
    after = np.linspace(least, photon_mev, 40001)[1:-1]
    total = np.trapezoid(interactions.compton_spectrum_cm2_mev(photon_mev, after), after)
    assert total == pytest.approx(float(interactions.compton_cm2(photon_mev)), rel=2e-3, abs=0)


def test_attenuation_is_that_of_the_table_and_goes_on_above_it() -> None:
    # NIST XCOM: tungsten 0.04747 cm2/g at 10 MeV and 0.05893 at 20 MeV.
    total, pairs = interactions.attenuation_cm2_g(pure(74), [10.0, 20.0, 50.0, 20.01])
    assert total[:2] == pytest.approx([0.04747, 0.05893], rel=1e-9)
    assert total[3] == pytest.approx(total[1], rel=2e-3)
    assert 7 / 9 / 6.76 > pairs[2] > pairs[1]  # below the limit of complete screening, 7/9 a radiation length


def test_a_compound_is_the_sum_of_its_elements() -> None:
    water = Substance.of("H2O", {1: 2 * 1.008, 8: 15.999}, MOLAR)
    share = 2 * 1.008 / (2 * 1.008 + 15.999)
    for of in (
        lambda s: interactions.stopping_mev_cm2_g(s, [10.0]),
        lambda s: interactions.radiative_stopping_mev_cm2_g(s, [10.0]),
        lambda s: interactions.attenuation_cm2_g(s, [10.0])[0],
    ):
        assert of(water) == pytest.approx(share * of(pure(1)) + (1 - share) * of(pure(8)), rel=1e-12)


def test_elements_beyond_uranium_are_refused() -> None:
    with pytest.raises(InputError, match="up to uranium"):
        Substance.of("Np", {93: 1.0}, {93: 237.0})
    with pytest.raises(InputError, match="positive"):
        Substance.of("nothing", {6: 0.0}, MOLAR)
