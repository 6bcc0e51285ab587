"""Numbers of decays and mean activities against arbitrary precision, and their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Operator
from becq.physics.cumulation import cumulated, mean_activity
from becq.physics.decay import chain, decay

from . import exact_chains

TIMES_S = (1e-6, 1.0, 3600.0, 1e6, 3e9)
CHAINS = ("Mo-99", "Ac-225", "U-238", "Th-232", "Lu-177m", "Ge-68", "W-188", "Cf-252")


@pytest.mark.parametrize("name", CHAINS)
def test_decays_agree_with_arbitrary_precision(name: str) -> None:
    ours = cumulated(name, np.array([1.0, 2.0])[:, None], np.array(TIMES_S))
    for k, t in enumerate(TIMES_S):
        exact = exact_chains.decays(name, t)
        for member in ours.members:
            assert ours.of(member)[0, k] == pytest.approx(exact[member], rel=1e-12, abs=1e-250), (member, t)
            assert ours.of(member)[1, k] == pytest.approx(2 * exact[member], rel=1e-12, abs=1e-250)


@pytest.mark.parametrize("name", CHAINS)
def test_many_lots_take_either_way(name: str) -> None:
    """Each lot at its own time (spectral where it holds, positive where not) and all at one time."""
    t = np.geomspace(1e-3, 1e9, 300)
    each = cumulated(name, np.ones(300), t).decays
    for i in (0, 77, 150, 299):
        np.testing.assert_allclose(cumulated(name, np.ones(300), t[i]).decays[5], each[i], rtol=2e-12)


def test_for_ever_every_atom_decays_once() -> None:
    ours = cumulated("Mo-99", 1e9, np.array([np.inf, 1.0]))
    atoms = 1e9 / decay_data.decay_const("Mo-99")
    assert ours.of("Mo-99")[0] == pytest.approx(atoms, rel=1e-14)
    assert ours.of("Tc-99m")[0] == pytest.approx(0.8773 * atoms, rel=1e-14)  # the branch of ICRP-107
    assert ours.of("Tc-99m")[1] == pytest.approx(float(cumulated("Mo-99", 1e9, 1.0).of("Tc-99m")), rel=1e-14)
    assert cumulated("Ra-226", 1.0, np.inf).of("Po-214") == pytest.approx(
        float(cumulated("Ra-226", 1.0, 1e15).of("Po-214")), rel=1e-11
    )


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CHAINS), st.floats(min_value=-3, max_value=9), st.floats(min_value=-3, max_value=9))
def test_periods_add_up(name: str, x: float, y: float) -> None:
    first, second = 10.0**x, 10.0**y
    between = decay(name, 1e9, first)
    whole = cumulated(name, 1e9, first + second).decays
    parts = (
        cumulated(name, 1e9, first).decays + cumulated(between.members, between.activities_bq, second).decays
    )
    np.testing.assert_allclose(whole, parts, rtol=1e-11, atol=1e-250)


def test_members_are_those_asked_for() -> None:
    whole = cumulated(["Ac-225", "Mo-99"], [1.0, 2.0], 1e5)
    part = cumulated(["Ac-225", "Mo-99"], [1.0, 2.0], 1e5, members=["Tc-99m", "Bi-213"])
    assert part.members == ("Tc-99m", "Bi-213")
    for member in part.members:
        assert float(part.of(member)) == pytest.approx(float(whole.of(member)), rel=1e-13)
    with pytest.raises(InputError, match="not among these"):
        part.of("Ac-225")


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-8, 1e-4])
@pytest.mark.parametrize("t", [1e-6, 1.0, 50.0])
def test_near_equal_half_lives_keep_their_digits(gap: float, t: float) -> None:
    """Rates 1 and 1 + gap: ∫A₂ = 1 − (λ₂e^{−λ₁t} − λ₁e^{−λ₂t})/(λ₂ − λ₁), with 60 digits."""
    rates = np.array([1.0, 1.0 + gap])
    operator = Operator.of(rates, np.diag(rates[1:], -1))
    got = operator.integrate(np.array([[1.0]]), np.array([0]), np.array([t]), np.array([0, 1]))[0]
    with mp.workdps(60):
        first, second, x = mpf(1), mpf(1) + mpf(float(rates[1] - 1)), mpf(t)
        if first == second:
            exact = 1 - (1 + x) * mp.exp(-x)
        else:
            gone = second * mp.exp(-first * x) - first * mp.exp(-second * x)
            exact = 1 - gone / (second - first)
        assert got[1] == pytest.approx(float(exact), rel=1e-12)
        assert got[0] == pytest.approx(float(-mp.expm1(-x)), rel=1e-14)


def test_mean_activity() -> None:
    got = mean_activity("Mo-99", 1e9, np.array([0.0, 3600.0, 7200.0]), np.array([86400.0, 3601.0, 7200.0]))
    assert got.activities_bq.shape == (3, 3)
    exact = exact_chains.decays("Mo-99", 86400.0)
    assert got.of("Tc-99m")[0] == pytest.approx(1e9 * exact["Tc-99m"] / 86400.0, rel=1e-12)
    later = exact_chains.decays("Mo-99", 3601.0)["Tc-99"] - exact_chains.decays("Mo-99", 3600.0)["Tc-99"]
    assert got.of("Tc-99")[1] == pytest.approx(1e9 * later, rel=1e-11)
    assert got.of("Tc-99m")[2] == pytest.approx(float(decay("Mo-99", 1e9, 7200.0).of("Tc-99m")), rel=1e-13)
    only = mean_activity("Mo-99", 1e9, 0.0, 86400.0, members=["Tc-99m"])
    assert only.activities_bq.shape == (1,)
    assert float(only.of("Tc-99m")) == pytest.approx(float(got.of("Tc-99m")[0]), rel=1e-12)
    with pytest.raises(InputError, match="before it starts"):
        mean_activity("Mo-99", 1e9, 10.0, 5.0)


def test_passages_of_branching_chains() -> None:
    passages = chain("Bi-213").passages  # Bi-213 → Po-213 (97.91 %) or Tl-209 (2.09 %), both → Pb-209
    members = chain("Bi-213").members
    column = passages[:, members.index("Bi-213")]
    assert column[members.index("Pb-209")] == pytest.approx(1.0, rel=1e-12)
    assert column[members.index("Tl-209")] == pytest.approx(0.0209, rel=1e-12)
