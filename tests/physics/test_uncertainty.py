"""Uncertainty of decayed activities against the formula for one nuclide and against Monte Carlo."""

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Operator
from becq.physics.decay import chain, decay
from becq.physics.half_lives import half_life_uncertainty_s
from becq.physics.uncertainty import (
    decay_factor_uncertainty,
    decay_with_uncertainty,
    half_life_relative_uncertainty,
)


def test_one_nuclide_is_the_formula() -> None:
    t = np.array([0.0, 3600.0, 86400.0, 10 * 86400.0])
    got = decay_with_uncertainty("I-131", np.full(4, 1e9), t, 0.03)
    activity, uncertainty = got.of("I-131")
    u_t = half_life_uncertainty_s("I-131")
    assert u_t is not None
    expected = np.hypot(0.03, decay_data.decay_const("I-131") * t * u_t / decay_data.half_life_s("I-131"))
    np.testing.assert_allclose(uncertainty / activity, expected, rtol=1e-7)
    np.testing.assert_allclose(
        decay_factor_uncertainty("I-131", -t), np.sqrt(expected**2 - 0.03**2), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize(
    ("start", "t"),
    [
        ({"Mo-99": 1e9}, 6 * 86400.0),
        ({"Ac-225": 1e9}, 20 * 86400.0),
        ({"Ra-225": 1e9, "Ac-225": 2e8}, 15 * 86400.0),
        ({"Te-131m": 1e9, "I-131": 1e9}, 2 * 86400.0),
    ],
)
def test_chains_agree_with_monte_carlo(start: dict[str, float], t: float) -> None:
    """Half-lives and start activities drawn from normal distributions, each chain solved anew."""
    rng = np.random.default_rng(7)
    names, activities = list(start), np.array(list(start.values()))
    whole = chain(names)
    rates, branching = whole.rates_and_branching()
    columns = np.array([whole.members.index(n) for n in names])
    shares = np.array([half_life_relative_uncertainty(m) for m in whole.members])
    draws = 3000
    results = np.empty((draws, len(whole.members)))
    for i in range(draws):
        drawn = rates / (1 + shares * rng.standard_normal(rates.size))
        first = activities * (1 + 0.001 * rng.standard_normal(len(names)))
        operator = Operator.of(drawn, drawn[:, None] * branching)
        results[i] = operator.apply(first[None, :], columns, np.array([t]))[0]
    got = decay_with_uncertainty(names, activities, t, 0.001)
    np.testing.assert_allclose(got.activities_bq, decay(names, activities, t).activities_bq, rtol=1e-13)
    np.testing.assert_allclose(got.uncertainties_bq, results.std(axis=0, ddof=1), rtol=0.06)


def test_lots_members_and_times_broadcast() -> None:
    got = decay_with_uncertainty(
        "Mo-99", np.ones((5, 1)) * 1e9, np.arange(7) * 3600.0, 0.02, members=["Tc-99m"]
    )
    assert got.uncertainties_bq.shape == (5, 7, 1)
    one = decay_with_uncertainty("Mo-99", 1e9, 4 * 3600.0, 0.02)
    assert float(one.of("Tc-99m")[1]) == pytest.approx(got.uncertainties_bq[3, 4, 0], rel=1e-6)


def test_old_half_lives_weigh_more_than_their_uncertainty() -> None:
    """ICRP-107 has 10.0 d for Ac-225, NUBASE2020 9.9190(21) d: λt·0.8 % after ten days."""
    t = 10 * 86400.0
    plain, honest = (
        decay_with_uncertainty("Ac-225", 1e9, t, members=["Ac-225"], old_half_lives=flag)
        for flag in (False, True)
    )
    activity = float(plain.of("Ac-225")[0])
    assert float(plain.of("Ac-225")[1]) / activity == pytest.approx(np.log(2) * 0.0021 / 10, rel=1e-6)
    assert float(honest.of("Ac-225")[1]) / activity == pytest.approx(
        np.log(2) * np.hypot(0.0021, 0.081) / 10, rel=1e-6
    )


def test_unknown_half_lives_are_named() -> None:
    assert decay_with_uncertainty("Cm-250", 1.0, 1e9).without == ("Cm-250",)
    assert decay_with_uncertainty("Mo-99", 1.0, 1e9).without == ()


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(InputError, match="not negative"):
        decay_with_uncertainty("Mo-99", 1.0, 1.0, -0.1)
    with pytest.raises(InputError, match="do not fit activities"):
        decay_with_uncertainty("Mo-99", np.ones(3), 1.0, np.ones(2))
    with pytest.raises(InputError, match="not in this inventory"):
        decay_with_uncertainty("Mo-99", 1.0, 1.0).of("I-131")
