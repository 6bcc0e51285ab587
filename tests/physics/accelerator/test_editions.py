"""Which of two evaluations is used, how curves are joined, and measured curves for light targets."""

from __future__ import annotations

import numpy as np
import pytest

from becq.physics.accelerator import recommended
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.editions import latest, splice
from becq.physics.accelerator.irradiation import irradiate
from becq.physics.accelerator.isotopes import threshold_mev
from becq.physics.accelerator.measured import measured
from becq.physics.accelerator.nuclear_data import NuclearData


def _curve(scale: float, last: float = 20.0, *, sure: bool = True, source: str = "folder") -> Curve:
    energy = np.array([10.0, 15.0, last])
    sigma = scale * np.array([0.0, 1.0, 0.5])
    return Curve(energy, sigma, source, 0.05 * sigma if sure else None)


def test_a_later_evaluation_with_uncertainties_is_used_and_continued() -> None:
    channel = 100, 43, 99
    chosen = latest({channel: _curve(1.0, 25.0, sure=False)}, {channel: _curve(1.2, source="shipped")})
    assert chosen[channel].at(15.0) == pytest.approx(1.2)
    assert chosen[channel].at(25.0) == pytest.approx(0.5)
    assert chosen[channel].source == "shipped to 20 MeV, folder above"


def test_one_without_uncertainties_is_not() -> None:
    channel = 100, 43, 99
    chosen = latest({channel: _curve(1.0)}, {channel: _curve(1.2, sure=False, source="shipped")})
    assert chosen[channel].at(15.0) == 1.0
    assert chosen[channel].source == "folder"


def test_evaluations_of_one_target_stay_together_where_one_contradicts() -> None:
    one, two, other = (124, 54, 123), (124, 55, 123), (126, 54, 125)
    filed = {one: _curve(1.0), two: _curve(1.0), other: _curve(1.0)}
    shipped = {one: _curve(2.0), two: _curve(1.1), other: _curve(1.1)}
    chosen = latest(filed, shipped)
    assert chosen[one].at(15.0) == 1.0
    assert "later evaluation shipped with Becq differs by 50%" in chosen[one].source
    assert chosen[two].at(15.0) == 1.0
    assert chosen[other].at(15.0) == pytest.approx(1.1)


def test_in_the_folder(data: NuclearData) -> None:
    gallium = data.curve("p", "Ga", (69, 32, 68))
    assert "Tarkanyi et al. 2019" in gallium.source
    energy = np.linspace(15.0, 60.0, 20)
    np.testing.assert_allclose(
        gallium.at(energy), recommended.totals("p", "Ga")[69, 32, 68].at(energy), rtol=1e-12
    )
    for residual in ((54, 123), (55, 123)):
        assert "TECDOC-1211" in data.curve("p", "Xe", (124, *residual)).source


def test_joined_curves_keep_what_is_known_of_uncertainties() -> None:
    joined = splice(_curve(1.0), _curve(1.0, 25.0, sure=False))
    assert joined.relative_uncertainty(15.0) == pytest.approx(0.05)
    assert np.isnan(joined.relative_uncertainty(25.0))
    assert splice(_curve(1.0, 25.0), _curve(9.0)).last_mev == 25.0


def test_measured_curves_of_light_targets_come_before_the_model(data: NuclearData) -> None:
    """Values as published: Li-7(p,n) 535 mb at 2.24 MeV, C-12(p,x)C-11 88.8 mb at 31.8, C-13(p,n) 228 at 6.865."""
    for element, channel, energy, millibarn in (
        ("Li", (7, 4, 7), 2.24, 535.0),
        ("C", (12, 6, 11), 31.8, 88.8),
        ("C", (13, 7, 13), 6.865, 228.0),
    ):
        curve = data.curve("p", element, channel)
        assert curve.at(energy) * 1e3 == pytest.approx(millibarn, rel=1e-3)
        own = measured("p", element)[channel]
        z = {"Li": 3, "C": 6}[element]
        assert own.energy_mev[0] == threshold_mev((z, channel[0]), "p", channel[1:])
        assert (np.diff(own.energy_mev) > 0).all()


def test_a_result_says_where_the_model_does_not_hold(data: NuclearData) -> None:
    run = {"energy_mev": 11.0, "current_a": 1e-6, "duration_s": 3600.0}
    boron = irradiate("B-11(p,n)C-11", data=data, **run)  # type: ignore[arg-type]
    assert any("B-11" in note and "factor of two" in note for note in boron.notes)
    carbon = irradiate("C-13(p,n)N-13", data=data, **run)  # type: ignore[arg-type]
    assert not any("factor of two" in note for note in carbon.notes)
