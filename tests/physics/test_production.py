"""Activities at the end of production: the textbook's formula, arbitrary precision, and steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.production import produced, produced_atoms, produced_in_steps, saturation_factor

from . import exact_chains


@pytest.mark.parametrize("speed", [1e-18, 1e-12, 1e-6, 1e-3, 0.5, 1.0, 30.0, 1e3, 1e6])
def test_one_nuclide_is_the_saturation_formula(speed: float) -> None:
    rate = decay_data.decay_const("F-18")
    got = produced("F-18", 1e12, speed / rate).of("F-18")
    assert float(got) == pytest.approx(-1e12 * np.expm1(-speed), rel=1e-13)
    assert float(saturation_factor("F-18", speed / rate)) == pytest.approx(-np.expm1(-speed), rel=1e-13)


@pytest.mark.parametrize("name", ["Mo-99", "Ra-225", "W-188", "Yb-177", "Th-232", "Te-131m"])
@pytest.mark.parametrize("t", [1e-6, 1.0, 3600.0, 1e6, 1e9])
def test_chains_agree_with_arbitrary_precision(name: str, t: float) -> None:
    """R atoms/s put λR Bq into the chain per second: their decays are what is there at the end."""
    exact = exact_chains.decays(name, t)
    rate = decay_data.decay_const(name)
    ours = produced(name, np.full(300, 1e10), t)
    for member in ours.members:
        wanted = 1e10 * rate * exact[member]
        assert ours.of(member)[7] == pytest.approx(wanted, rel=1e-12, abs=1e-250), member
        assert float(produced(name, 1e10, t).of(member)) == pytest.approx(wanted, rel=1e-12, abs=1e-250)


def test_saturation_is_the_rate_times_the_branches() -> None:
    got = produced(["Mo-99", "Tc-99m"], np.array([1e10, 1e9]), np.array([np.inf, 60.0]))
    assert got.of("Mo-99")[0] == pytest.approx(1e10, rel=1e-14)
    assert got.of("Tc-99m")[0] == pytest.approx(0.8773e10 + 1e9, rel=1e-14)
    assert got.of("Mo-99")[1] == pytest.approx(float(produced("Mo-99", 1e10, 60.0).of("Mo-99")), rel=1e-14)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["Mo-99", "Ac-225", "W-188", "I-131", "Yb-177"]),
    st.lists(st.floats(min_value=0, max_value=1e12), min_size=4, max_size=4),
    st.lists(st.floats(min_value=-2, max_value=6), min_size=4, max_size=4),
)
def test_steps_are_the_sum_of_what_each_left(name: str, rates: list[float], powers: list[float]) -> None:
    """An independent way: each step's make, decayed to the end on its own."""
    durations = 10.0 ** np.array(powers)
    ours = produced_in_steps(name, rates, durations)
    total = np.zeros(len(ours.members))
    for i, rate in enumerate(rates):
        made = produced(name, rate, durations[i])
        total += decay(made.members, made.activities_bq, durations[i + 1 :].sum()).activities_bq
    np.testing.assert_allclose(ours.activities_bq, total, rtol=1e-11, atol=1e-250)


def test_one_period_in_parts_is_one_period() -> None:
    whole = produced("Ra-225", 1e8, 20 * 86400.0)
    parts = produced_in_steps("Ra-225", np.full((3, 40), 1e8), np.full(40, 43200.0))
    np.testing.assert_allclose(parts.activities_bq, np.tile(whole.activities_bq, (3, 1)), rtol=1e-12)


def test_shapes_and_members_of_steps() -> None:
    rates = np.ones((5, 3, 2)) * 1e9
    got = produced_in_steps(
        ["Mo-99", "I-131"], rates, [3600.0, 60.0, 0.0], members=["I-131", "Tc-99m"], every_step=True
    )
    assert got.members == ("I-131", "Tc-99m")
    assert got.activities_bq.shape == (5, 3, 2)
    last = produced_in_steps(["Mo-99", "I-131"], rates, [3600.0, 60.0, 0.0])
    for member in got.members:
        np.testing.assert_allclose(got.of(member)[:, -1], last.of(member), rtol=1e-12)
        np.testing.assert_allclose(
            got.of(member)[:, 0], produced(["Mo-99", "I-131"], rates[0, 0], 3600.0).of(member), rtol=1e-12
        )


def test_restricted_members_keep_their_values() -> None:
    """Th-232 down to Ac-228 only: the places in the smaller chain are other than in the whole one."""
    whole, part = produced("Th-232", 1e9, 1e8), produced("Th-232", 1e9, 1e8, members=["Bi-212", "Ac-228"])
    for member in part.members:
        assert float(part.of(member)) == pytest.approx(float(whole.of(member)), rel=1e-12)


def test_atoms_are_all_somewhere() -> None:
    names, atoms = produced_atoms("Sr-90", np.array([1e10, 2e10]), np.array([1e-3, 1e9]))
    assert names == ("Sr-90", "Y-90", "Zr-90")
    np.testing.assert_allclose(atoms.sum(axis=-1), [1e7, 2e19], rtol=1e-12)
    np.testing.assert_allclose(produced("Sr-90", 2e10, 1e9).atoms(), atoms[1, :2], rtol=1e-12)


def test_stable_ends_grow_for_ever() -> None:
    names, atoms = produced_atoms("F-18", 1e6, 1e12)
    assert names == ("F-18", "O-18")
    assert atoms.sum() == pytest.approx(1e18, rel=1e-12)


def test_removal_is_negative() -> None:
    both = produced("Mo-99", np.array([[1e10], [-1e10]]), np.array([60.0, 3600.0])).activities_bq
    np.testing.assert_allclose(both[0], -both[1], rtol=1e-13)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: produced("Mo-99", 1.0, -1.0), "not negative"),
        (lambda: produced("Mo-99", np.nan, 1.0), "not a finite number"),
        (lambda: produced("Mo-98", 1.0, 1.0), "stable|No decay data"),
        (lambda: produced_in_steps("Mo-99", [1.0, 2.0], [1.0]), "do not fit 1 steps"),
        (lambda: produced_in_steps("Mo-99", [1.0], [np.inf]), "finite"),
        (lambda: produced("Mo-99", np.ones(3), np.ones(2)), "Production rates of .* do not fit times"),
    ],
)
def test_errors_say_what_is_wrong(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
