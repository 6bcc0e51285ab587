"""The photon table: absolute intensities of well-known lines, isomers apart, coverage."""

from __future__ import annotations

import numpy as np
import pytest

from becq.physics import decay_data
from becq.physics.radiation import photons
from becq.physics.radiation.photons import photon_lines

# evaluated intensities per 100 decays: DDEP (BIPM Monographie-5) and ICRP-107, as widely quoted
KNOWN = [
    ("F-18", 511.0, 193.5),
    ("Cu-64", 511.0, 35.0),
    ("Ga-68", 511.0, 177.8),
    ("I-131", 364.5, 81.5),
    ("Co-60", 1332.5, 99.98),
    ("Co-57", 122.1, 85.6),
    ("Ir-192", 316.5, 82.9),
    ("Tc-99m", 140.5, 89.0),
    ("Mo-99", 739.5, 12.2),
    ("Ba-137m", 661.7, 89.7),
    ("Lu-177", 208.4, 10.4),
    ("In-111", 245.4, 94.1),
    ("Zr-89", 909.2, 99.0),
    ("Am-241", 59.5, 35.9),
    ("Ra-226", 186.2, 3.6),
    ("Tl-208", 2614.5, 99.8),
    ("Sn-117m", 158.6, 86.4),
    ("Bi-213", 440.4, 25.9),
]
ASKED = [
    "F-18",
    "C-11",
    "N-13",
    "O-15",
    "Na-22",
    "Na-24",
    "P-32",
    "Sc-44",
    "Sc-46",
    "Sc-47",
    "Cr-51",
    "Mn-52",
    "Mn-54",
    "Fe-59",
    "Co-55",
    "Co-57",
    "Co-58",
    "Co-60",
    "Cu-61",
    "Cu-64",
    "Cu-67",
    "Zn-65",
    "Ga-66",
    "Ga-67",
    "Ga-68",
    "Ge-68",
    "Se-75",
    "Br-76",
    "Br-77",
    "Br-82",
    "Kr-81m",
    "Kr-85",
    "Rb-81",
    "Rb-82",
    "Sr-82",
    "Sr-85",
    "Sr-89",
    "Sr-90",
    "Y-86",
    "Y-88",
    "Y-90",
    "Y-91",
    "Zr-89",
    "Nb-95",
    "Mo-99",
    "Tc-94m",
    "Tc-95",
    "Tc-96",
    "Tc-99m",
    "Pd-103",
    "Ag-110m",
    "In-111",
    "Sn-117m",
    "Sb-124",
    "Te-131",
    "Te-132",
    "I-123",
    "I-124",
    "I-125",
    "I-126",
    "I-129",
    "I-131",
    "I-132",
    "I-133",
    "Xe-133",
    "Xe-135",
    "Cs-131",
    "Cs-134",
    "Cs-137",
    "Ba-137m",
    "Ba-133",
    "Ba-140",
    "La-140",
    "Ce-139",
    "Ce-141",
    "Ce-144",
    "Pm-147",
    "Sm-153",
    "Eu-152",
    "Eu-154",
    "Gd-153",
    "Tb-149",
    "Tb-152",
    "Tb-155",
    "Tb-161",
    "Dy-165",
    "Dy-166",
    "Ho-166",
    "Ho-166m",
    "Er-169",
    "Tm-170",
    "Yb-169",
    "Yb-175",
    "Yb-177",
    "Lu-177",
    "Lu-177m",
    "Ta-182",
    "W-187",
    "W-188",
    "Re-186",
    "Re-188",
    "Os-191",
    "Ir-192",
    "Ir-194",
    "Pt-195m",
    "Au-198",
    "Hg-197",
    "Hg-203",
    "Tl-201",
    "Tl-204",
    "Tl-208",
    "Pb-201",
    "Pb-203",
    "Pb-212",
    "Pb-214",
    "Bi-207",
    "Bi-210",
    "Bi-212",
    "Bi-213",
    "Bi-214",
    "Po-210",
    "At-211",
    "Rn-219",
    "Rn-220",
    "Rn-222",
    "Fr-221",
    "Ra-223",
    "Ra-224",
    "Ra-225",
    "Ra-226",
    "Ac-225",
    "Ac-227",
    "Ac-228",
    "Th-227",
    "Th-228",
    "Th-229",
    "U-235",
    "Am-241",
    "Cf-252",
    "C-14",
    "Ni-63",
]


@pytest.mark.parametrize(("nuclide", "energy_kev", "percent"), KNOWN)
def test_absolute_intensity(nuclide: str, energy_kev: float, percent: float) -> None:
    lines = photon_lines(nuclide)
    near = np.abs(lines.energies_kev - energy_kev) < 0.5
    assert 100 * lines.intensities[near].sum() == pytest.approx(percent, rel=0.02)


@pytest.mark.parametrize(
    ("parent", "isomer", "energy_kev"),
    [
        ("Cs-137", "Ba-137m", 661.7),
        ("Sn-113", "In-113m", 391.7),
        ("Y-87", "Sr-87m", 388.5),
        ("Rb-81", "Kr-81m", 190.5),
        ("Ge-68", "Ga-68", 511.0),
        ("Ru-103", "Rh-103m", 39.8),
        ("Zr-95", "Nb-95m", 235.7),
    ],
)
def test_photons_of_progeny_stay_with_it(parent: str, isomer: str, energy_kev: float) -> None:
    own = photon_lines(parent)
    assert not (np.abs(own.energies_kev - energy_kev) < 0.3).any()
    theirs = photon_lines(isomer)
    assert (np.abs(theirs.energies_kev - energy_kev) < 0.3).any()


def test_molybdenum_keeps_only_its_prompt_140_kev() -> None:
    """4.5 % of the decays of Mo-99 feed the 140.5 keV level without Tc-99m (ICRP-107); 82 % go through it."""
    lines = photon_lines("Mo-99")
    near = np.abs(lines.energies_kev - 140.5) < 0.3
    assert lines.intensities[near].sum() == pytest.approx(0.045, abs=0.006)


def test_every_asked_nuclide_is_there() -> None:
    assert all(len(photon_lines(n).kinds) >= 0 for n in ASKED)
    assert len(photons.names()) >= 400


def test_every_name_is_of_icrp_107_and_sane() -> None:
    for name in photons.names():
        assert not decay_data.record(name).stable
        lines = photon_lines(name)
        assert (np.diff(lines.energies_kev) >= 0).all()
        assert ((lines.intensities > 0) & (lines.intensities <= 2.0)).all()
        assert set(lines.kinds) <= {"gamma", "x", "annihilation"}


def test_energy_released_as_photons_stays_below_the_decay_energy() -> None:
    """No nuclide emits more than 5.5 MeV of photons a decay; Na-24 with 4.12 MeV is near the top."""
    energies = {
        n: float((photon_lines(n).energies_kev * photon_lines(n).intensities).sum()) for n in photons.names()
    }
    assert max(energies.values()) < 5500
    assert energies["Na-24"] == pytest.approx(4122, rel=0.01)
