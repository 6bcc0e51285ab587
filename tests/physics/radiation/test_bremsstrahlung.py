"""Beta spectra and bremsstrahlung: mean energies, yields, limits known from theory."""

from __future__ import annotations

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics.radiation.beta_spectra import BetaBranch, beta_branches, branch_spectrum, mean_energy_kev
from becq.physics.radiation.bremsstrahlung import (
    absorbers,
    bremsstrahlung,
    bremsstrahlung_constant,
    internal_yield,
    rule_of_thumb_fraction,
    thick_target_yield,
)
from becq.physics.radiation.dose_rate import dose_rate

# Mean beta energies in keV: ICRP Publication 107 (2008), as printed to a tenth by MIRD: Radionuclide Data
MEANS = [
    ("P-32", 695.0),
    ("Sr-89", 585.0),
    ("Sr-90", 195.7),
    ("Y-90", 932.9),
    ("C-14", 49.5),
    ("Tl-204", 244.0),
    ("Lu-177", 133.5),
    ("Kr-85", 251.2),
    ("H-3", 5.68),
    ("Ni-63", 17.4),
    ("P-33", 76.4),
]


@pytest.mark.parametrize(("nuclide", "mean_kev"), MEANS)
def test_mean_energy(nuclide: str, mean_kev: float) -> None:
    branches = beta_branches(nuclide)
    total = sum(b.intensity for b in branches)
    mean = sum(b.intensity * mean_energy_kev(b) for b in branches) / total
    assert mean == pytest.approx(mean_kev, rel=0.015)


def test_spectrum_is_normalised() -> None:
    branch = beta_branches("Y-90")[-1]
    kinetic, density = branch_spectrum(branch)
    assert density.sum() * (kinetic[1] - kinetic[0]) == pytest.approx(branch.intensity, rel=1e-12)
    assert branch.shape == "unique-1"


def test_shape_matters() -> None:
    """A unique first forbidden spectrum is harder: Sr-90 195.7 keV against 174 keV if it were allowed."""
    allowed = mean_energy_kev(BetaBranch(545.9, 1.0, "allowed", 39, 90))
    unique = mean_energy_kev(BetaBranch(545.9, 1.0, "unique-1", 39, 90))
    assert unique > 1.1 * allowed


@pytest.mark.parametrize("absorber", absorbers())
def test_radiation_yield_grows_with_energy_and_stays_a_fraction(absorber: str) -> None:
    fractions = np.linspace(0.0025, 0.9975, 200)
    yields = []
    for top in (100.0, 500.0, 1000.0, 2000.0):
        per_log = thick_target_yield(absorber, np.array([top]), fractions * top)[0]
        yields.append(float(np.sum(per_log * 0.005)))  # energy radiated over T
    assert yields == sorted(yields)
    assert 0 < yields[0] < yields[-1] < 0.13


@pytest.mark.parametrize("nuclide", ["P-32", "Sr-89", "Y-90", "Re-188", "Ho-166"])
@pytest.mark.parametrize(("absorber", "z"), [("aluminium", 13), ("iron", 26), ("lead", 82)])
def test_evans_rule(nuclide: str, absorber: str, z: float) -> None:
    """3.5e-4 Z E_max, good to some tens of per cent (Evans 1955), against the integrated spectra."""
    branches = beta_branches(nuclide)
    beta_kev = sum(b.intensity * mean_energy_kev(b) for b in branches)
    spectrum = bremsstrahlung(nuclide, absorber)
    fraction = float(np.sum(spectrum.energies_kev * spectrum.external)) / beta_kev
    rule = rule_of_thumb_fraction(z, max(b.end_point_kev for b in branches) / 1e3)
    assert fraction == pytest.approx(rule, rel=0.45)


def test_soft_limit_of_internal_bremsstrahlung() -> None:
    """Photons of a charge set in motion at once: (alpha/pi)[(1/b) ln((1+b)/(1-b)) - 2] per unit of ln k.

    Classical electrodynamics (Jackson, Classical Electrodynamics, section 15.6).
    """
    kinetic = np.array([100.0, 500.0, 2000.0])
    beta = np.sqrt(1 - 1 / (1 + kinetic / 510.99895) ** 2)
    soft = 7.2973525693e-3 / np.pi * (np.log((1 + beta) / (1 - beta)) / beta - 2)
    assert internal_yield(kinetic, np.array([1e-3]))[:, 0] == pytest.approx(soft, rel=1e-3)


def test_heavy_absorbers_make_more() -> None:
    constants = [bremsstrahlung_constant("Y-90", a) for a in ("pmma", "water", "aluminium", "iron", "lead")]
    assert constants == sorted(constants)
    assert constants[-1] > 8 * constants[0]


def test_order_of_the_emitters() -> None:
    constants = [bremsstrahlung_constant(n) for n in ("C-14", "Lu-177", "Sr-89", "P-32", "Y-90")]
    assert constants == sorted(constants)


def test_no_photon_above_the_end_point() -> None:
    assert bremsstrahlung("P-32").energies_kev.max() < 1710.7


def test_strontium_counts_its_yttrium() -> None:
    both = dose_rate("Sr-90", 1e9, 1.0).constant_sv_m2_bq_h
    alone = dose_rate("Sr-90", 1e9, 1.0, progeny=False).constant_sv_m2_bq_h
    yttrium = dose_rate("Y-90", 1e9, 1.0).constant_sv_m2_bq_h
    assert both == pytest.approx(alone + 1.0003 * yttrium, rel=1e-3)


def test_plastic_first_then_lead() -> None:
    """The craft's rule: stop the betas in plastic, then shield the little that is left."""
    shield = [("lead", 0.003)]
    plastic = dose_rate("Y-90", 1e9, 1.0, shield, absorber="pmma").dose_rate_sv_h
    lead = dose_rate("Y-90", 1e9, 1.0, shield, absorber="lead").dose_rate_sv_h
    assert lead > 5 * plastic


def test_no_betas_no_bremsstrahlung() -> None:
    assert bremsstrahlung("F-18").energy_kev == 0.0
    assert bremsstrahlung_constant("Co-57") == 0.0


def test_bad_input() -> None:
    with pytest.raises(InputError, match="No bremsstrahlung"):
        bremsstrahlung("P-32", "cheese")
    with pytest.raises(InputError, match="shape"):
        branch_spectrum(BetaBranch(100.0, 1.0, "odd", 10, 20))
    with pytest.raises(InputError, match="atomic number"):
        rule_of_thumb_fraction(0.0, 1.0)
