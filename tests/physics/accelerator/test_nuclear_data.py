"""Cross sections from a folder: precedence, interpolation, the mended fault, clear errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from becq.errors import InputError
from becq.physics.accelerator import channels, nuclear_data
from becq.physics.accelerator.isotopes import natural_abundances, threshold_mev
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.elements import elements


def _write(
    folder: Path, library: str, file: str, rows: list[tuple[int, int, int, str, float, float]]
) -> None:
    path = folder / library / "xs"
    path.mkdir(parents=True, exist_ok=True)
    names = ["target_A", "residual_Z", "residual_A", "state", "energy_MeV", "xs_mb"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(path / file)


def test_between_points_it_is_linear_and_below_the_threshold_zero(data: NuclearData) -> None:
    curve = data.curve("p", "Ni", (60, 29, 60))
    threshold = threshold_mev((28, 60), "p", (29, 60))
    assert threshold is not None
    assert curve.at(threshold - 0.01) == 0.0
    low, middle, high = curve.at([9.0, 9.5, 10.0])
    assert middle == pytest.approx((low + high) / 2, rel=1e-12)
    first = np.ceil(threshold)
    assert curve.at((threshold + first) / 2) == pytest.approx(curve.at(first) / 2, rel=1e-12)


def test_a_curve_is_not_extrapolated(data: NuclearData) -> None:
    curve = data.curve("p", "Ni", (60, 29, 60))
    with pytest.raises(InputError, match="No cross section at 30.5 MeV: TENDL-2025 .* ends at 30 MeV"):
        curve.at(30.5)


def test_recommended_cross_sections_come_before_tendl(data: NuclearData) -> None:
    curve = data.curve("p", "Te", (123, 53, 123))
    assert curve.source.startswith("IAEA recommended")
    path = data.folder / "iaea-medical" / "xs" / "p_Te.parquet"
    filed = pl.read_parquet(path).filter((pl.col("target_A") == 123) & (pl.col("energy_MeV") > 5))
    energy, sigma = filed["energy_MeV"].to_numpy(), filed["xs_mb"].to_numpy()
    np.testing.assert_allclose(curve.at(energy) * 1e3, sigma, rtol=1e-12)


def test_shipped_recommended_curves_fill_in(data: NuclearData) -> None:
    curve = data.curve("p", "Ni", (64, 29, 64))
    assert curve.source.startswith("IAEA recommended cross sections for medical radioisotopes (www")
    assert "TENDL-2025" in curve.source  # above 25 MeV
    assert curve.last_mev == 30.0
    tendl_only = data.curve("p", "Fe", (57, 27, 57))
    assert tendl_only.source.startswith("TENDL")


def test_two_evaluations_that_disagree_are_not_joined(data: NuclearData) -> None:
    """The shipped curve of Te-124(p,2n)I-123 goes on to 34 MeV but is 1.7 times the folder's at its end."""
    curve = data.curve("p", "Te", (124, 53, 123))
    assert curve.last_mev == pytest.approx(31.1)
    assert curve.at(31.0) < 0.2
    continued = data.curve("p", "Ga", (69, 32, 68))
    assert continued.last_mev > 70  # the folder's ends at 40 MeV, where both agree


def test_a_recommended_isomer_is_part_of_the_total(data: NuclearData) -> None:
    """Mo-100(p,2n)Tc-99m, IAEA: 236.8 mb at 15.5 MeV, inside a total of TENDL."""
    total = data.curve("p", "Mo", (100, 43, 99))
    shares = data.state_shares("p", "Mo", (100, 43, 99), [15.5, 20.0])
    np.testing.assert_allclose((shares["m"] * total.at([15.5, 20.0]))[0], 0.2368, rtol=0.004)
    np.testing.assert_allclose(shares["m"] + shares[""], 1.0)
    assert "for the isomer" in total.source


@pytest.mark.parametrize(("element", "target_a", "product"), [("Rb", 85, (38, 82)), ("Tl", 203, (82, 200))])
def test_four_neutrons_filed_as_five_are_put_back(
    data: NuclearData, element: str, target_a: int, product: tuple[int, int]
) -> None:
    z = elements()[element].z
    curve = data.curve("p", element, (target_a, *product))
    threshold = threshold_mev((z, target_a), "p", product)
    assert threshold is not None
    assert threshold <= curve.energy_mev[0] < threshold + 2.0
    assert curve.cross_section_b.max() > 0.1
    five = product[0], product[1] - 1
    lighter, opens = data.curve("p", element, (target_a, *five)), threshold_mev((z, target_a), "p", five)
    assert opens is not None
    assert lighter.source.startswith("TENDL-2024")  # nothing of what the file calls five neutrons is left
    assert lighter.energy_mev[0] >= opens


@pytest.mark.parametrize("projectile", ["p", "d", "a"])
def test_no_cross_section_below_its_threshold(data: NuclearData, projectile: str) -> None:
    """Energy conservation, for every curve of every natural target that is not a compound nucleus."""
    for element in data.elements(projectile):
        z = elements()[element].z
        for channel, curve in data.curves(projectile, element).items():
            if channel[0] in natural_abundances(element):
                threshold = threshold_mev((z, channel[0]), projectile, channel[1:]) or 0.0
                assert curve.energy_mev[0] >= threshold - 1e-9
                assert curve.cross_section_b[0] == 0.0
                assert (np.diff(curve.energy_mev) > 0).all()
                assert curve.cross_section_b.max() < 3.0


def test_unphysical_captures_are_left_out(data: NuclearData) -> None:
    assert (12, 7, 13) not in data.curves("p", "C")  # filed with 72 mb
    capture = data.curve("p", "Mo", (100, 43, 101))
    assert 0 < capture.cross_section_b.max() < 5e-3


def test_alpha_emission_is_continued_where_another_reaction_replaces_it(data: NuclearData) -> None:
    """Zn-67(p,a)Cu-64 to the threshold of (p,n He-3), where the file turns to that; then TENDL-2024."""
    curve = data.curve("p", "Zn", (67, 29, 64))
    threshold = threshold_mev((30, 67), "p", (29, 64), {"n": 1, "h": 1})
    assert threshold is not None
    assert "TENDL-2025" in curve.source.partition(" to 18 MeV, TENDL-2024")[0]
    below, above = curve.at([threshold - 0.5, threshold + 2.0])
    assert 0.5 * below < above < 1.5 * below
    assert curve.last_mev == 30.0


@pytest.mark.parametrize(
    ("projectile", "element", "channel", "peak_b"),
    [("p", "Ni", (58, 27, 57), 0.5), ("d", "Ti", (48, 21, 47), 0.05), ("p", "Kr", (78, 35, 77), 0.3)],
)
def test_two_protons_out_are_restored(
    data: NuclearData, projectile: str, element: str, channel: tuple[int, int, int], peak_b: float
) -> None:
    """(p,2p) and (d,n2p), of which the file holds nothing."""
    curve = data.curve(projectile, element, channel)
    assert curve.source.startswith("TENDL-2024")
    assert 0.5 * peak_b < curve.cross_section_b.max() < 2 * peak_b


def test_a_proton_and_a_neutron_out_do_not_hide_the_deuteron(data: NuclearData) -> None:
    """N-14(p,x)N-13 must not fall where (p,np) opens (11.3 MeV) and takes the place of (p,d)."""
    curve = data.curve("p", "N", (14, 7, 13))
    opens = threshold_mev((7, 14), "p", (7, 13), {"n": 1, "p": 1})
    assert opens is not None
    around = curve.at(np.arange(opens - 1.0, opens + 6.0, 0.5))
    assert (np.diff(around) > -0.1 * around[:-1]).all()


def test_states_told_apart_add_up(tmp_path: Path) -> None:
    rows = [(98, 43, 97, s, e, x) for s, e, x in [("g", 20.0, 300.0), ("g", 30.0, 500.0)]]
    rows += [(98, 43, 97, "m", 20.0, 100.0), (98, 43, 97, "m", 30.0, 500.0)]
    _write(tmp_path, "tendl-2024", "p_Mo.parquet", rows)
    data = nuclear_data.load(tmp_path)
    assert data.curve("p", "Mo", (98, 43, 97)).at(30.0) == pytest.approx(1.0)
    shares = data.state_shares("p", "Mo", (98, 43, 97), [20.0, 25.0])
    np.testing.assert_allclose(shares["m"], [0.25, 300 / 700])
    np.testing.assert_allclose(shares[""] + shares["m"], 1.0)
    assert not data.state_shares("p", "Mo", (98, 42, 97), [10.0])


def test_a_correct_file_is_left_as_it_is(tmp_path: Path) -> None:
    """Rb-85(p,5n)Sr-81 above its own threshold is no fault."""
    rows = [(85, 38, 81, "", 44.5, 1.0), (85, 38, 81, "", 60.0, 90.0), (85, 38, 83, "", 33.0, 5.0)]
    rows += [(85, 38, 83, "", 50.0, 100.0)]
    _write(tmp_path, "iaea-medical", "p_Rb.parquet", rows)
    curves = nuclear_data.load(tmp_path).curves("p", "Rb")
    assert curves[85, 38, 81].at(60.0) == pytest.approx(0.09)
    assert curves[85, 38, 83].at(50.0) == pytest.approx(0.1)


def test_a_curve_of_another_residual_is_left_out(tmp_path: Path) -> None:
    rows = [(64, 29, 63, "", 3.0, 100.0), (64, 29, 63, "", 12.0, 500.0), (64, 29, 64, "", 5.0, 300.0)]
    _write(tmp_path, "tendl-2025", "p_Ni.parquet", rows)
    curves = nuclear_data.load(tmp_path).curves("p", "Ni")
    assert (64, 29, 63) not in curves
    assert (64, 29, 64) in curves


def test_sums_of_curves() -> None:
    energy, sigma = channels.add(
        (np.array([1.0, 3.0]), np.array([1.0, 3.0])), (np.array([2.0, 4.0]), np.array([10.0, 10.0]))
    )
    np.testing.assert_allclose(energy, [1, 2, 3, 4])
    np.testing.assert_allclose(sigma, [1, 12, 13, 10])


def test_points_of_another_reaction_go() -> None:
    """Ca-40(p,2p)K-39 filed as Ca-39: below the threshold of that, and at its first point above."""
    energy = np.array([10.0, 13.0, 14.0, 15.0, 20.0, 25.0])
    sigma = np.array([1.0, 145.0, 278.0, 0.1, 4.0, 30.0])
    kept, values = channels.without_strangers((energy, sigma), 13.75)
    np.testing.assert_allclose(kept, [15.0, 20.0, 25.0])
    np.testing.assert_allclose(values, [0.1, 4.0, 30.0])
    clean = energy[3:], sigma[3:][::-1]
    np.testing.assert_allclose(channels.without_strangers(clean, 13.75)[1], clean[1])


def test_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(nuclear_data.VARIABLE, raising=False)
    assert nuclear_data.folder() is None
    with pytest.raises(InputError, match="set BECQ_NUCLEAR_DATA"):
        nuclear_data.load()


def test_a_wrong_folder_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(nuclear_data.VARIABLE, str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="not a folder"):
        nuclear_data.folder()
    monkeypatch.setenv(nuclear_data.VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match="holds no <library>/xs"):
        nuclear_data.folder()


def test_a_missing_element_says_what_is_there(data: NuclearData) -> None:
    with pytest.raises(InputError, match=r"alphas on Fe: add <library>/xs/a_Fe.parquet.*a on .*Bi"):
        data.curves("a", "Fe")
    with pytest.raises(InputError, match=r"No cross section for Ni-64\(p,x\)Zn-70"):
        data.curve("p", "Ni", (64, 30, 70))


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "tendl-2025" / "xs"
    path.mkdir(parents=True)
    pl.DataFrame({"energy": [1.0]}).write_parquet(path / "p_Ni.parquet")
    (path / "p_Cu.parquet").write_bytes(b"no parquet")
    for element in ("Ni", "Cu"):
        with pytest.raises(InputError, match="is not a cross-section file"):
            nuclear_data.load(tmp_path).curves("p", element)
    _write(tmp_path, "tendl-2025", "p_Zn.parquet", [(64, 31, 64, "", 9.0, 1.0), (64, 31, 64, "", 9.5, None)])  # type: ignore[list-item]
    with pytest.raises(InputError, match="empty cells"):
        nuclear_data.load(tmp_path).curves("p", "Zn")
