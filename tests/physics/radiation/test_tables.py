"""The shipped tables: a source in every row, physical values, files that fit each other."""

from __future__ import annotations

import pytest

from becq.physics import decay_data
from becq.physics.radiation import beta_spectra, bremsstrahlung, buildup, materials, photons
from becq.physics.radiation.tables import read

FILES = [
    "photon_lines",
    "photonless",
    "mass_attenuation",
    "shield_materials",
    "buildup",
    "finite_buildup",
    "ambient_dose",
    "beta_spectra",
    "bremsstrahlung",
]


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_a_source(name: str) -> None:
    rows = list(read(name))
    assert rows
    assert all(row["source"].strip() for row in rows)


def test_what_is_assumed_is_marked() -> None:
    for row in read("shield_materials"):
        if row["buildup"] not in (row["material"], "air"):
            assert "assumption" in row["note"], row["material"]


def test_no_nuclide_is_both_with_and_without_photons() -> None:
    bare = {row["nuclide"] for row in read("photonless")}
    assert not bare & set(photons.names())
    assert {"P-32", "Sr-90", "H-3", "C-14", "Ni-63"} <= bare


def test_beta_intensities_stay_within_their_branch() -> None:
    """No more betas than ICRP-107 gives beta decays, but for the two evaluations' differences (2 %)."""
    for name in beta_spectra.names():
        share = sum(b.fraction for b in decay_data.record(name).branches if b.mode.startswith("β-"))
        total = sum(b.intensity for b in beta_spectra.beta_branches(name))
        assert total <= max(share, 1e-3) * 1.05 + 0.02, name


def test_pure_beta_emitters_are_complete() -> None:
    for name in ("P-32", "Sr-89", "Sr-90", "Y-90", "C-14", "Ni-63", "Pm-147", "Lu-177", "Re-188", "Ho-166"):
        total = sum(b.intensity for b in beta_spectra.beta_branches(name))
        assert total == pytest.approx(1.0, abs=0.02), name


def test_media_fit_each_other() -> None:
    for name in materials.names():
        assert materials.material(name).buildup in buildup.materials()
    assert set(bremsstrahlung.absorbers()) <= set(materials.names())


@pytest.mark.parametrize("name", materials.names())
def test_energy_absorption_stays_below_attenuation(name: str) -> None:
    rows = [r for r in read("mass_attenuation") if r["material"] == name]
    energies = [float(r["energy_kev"]) for r in rows]
    assert energies == sorted(energies)
    for row in rows:
        total, broad, absorbed = (
            float(row[k]) for k in ("mu_rho_cm2_g", "mu_rho_broad_cm2_g", "mu_en_rho_cm2_g")
        )
        assert 0 < absorbed < broad <= total
