"""The matrix exponential against arbitrary precision, CRAM, scipy, a hand-solved chain, and its own laws."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from becq.physics.reactor.burnup import Steps, cram, transfer
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.network import build

Array = NDArray[np.float64]
DAY = 86400.0


def reference(removal: Array, coupling: Array, seconds: float) -> Array:
    """exp(A·t) with 60 digits."""
    with mpmath.workdps(60):
        matrix = mpmath.matrix((coupling - np.diag(removal)).tolist()) * seconds
        squarings = max(0, int(np.ceil(np.log2(max(1e-30, removal.max() * seconds)))) + 8)
        small = matrix / mpmath.mpf(2) ** squarings
        total = term = mpmath.eye(len(removal))
        for k in range(1, 40):
            term = term * small / k
            total = total + term
        for _ in range(squarings):
            total = total * total
        return np.array([[float(total[i, j]) for j in range(len(removal))] for i in range(len(removal))])


def random_system(seed: int, n: int) -> tuple[Array, Array]:
    """A sparse system over 24 decades, cycles included, that loses no more than it removes."""
    rng = np.random.default_rng(seed)
    removal = 10.0 ** rng.uniform(-18, 6, n)
    coupling = np.zeros((n, n))
    for j in range(n):
        to = rng.choice(n, size=2, replace=False)
        shares = rng.dirichlet([1, 1, 1])
        for i, share in zip(to, shares, strict=False):
            if i != j:
                coupling[i, j] += share * removal[j]
    return removal, coupling


@given(seed=st.integers(0, 2**32 - 1), exponent=st.floats(-6, 8))
@settings(max_examples=40, deadline=None)
def test_every_entry_keeps_its_digits(seed: int, exponent: float) -> None:
    removal, coupling = random_system(seed, 6)
    seconds = 10.0**exponent
    found = transfer(removal[None], coupling[None], np.array([seconds]))[0]
    wanted = reference(removal, coupling, seconds)
    seen = wanted > 1e-280
    assert (found >= 0).all()
    np.testing.assert_allclose(found[seen], wanted[seen], rtol=2e-12)


def test_a_cycle_by_hand() -> None:
    """Two states that feed each other: P = 1 − a/(a+b)·(1 − e^−(a+b)t)."""
    a, b, t = 5.6e-7, 1.4e-15, 1.2e6
    removal, coupling = np.array([[b, a]]), np.array([[[0.0, a], [b, 0.0]]])
    moved = transfer(removal, coupling, np.array([t]))[0]
    gone = -np.expm1(-(a + b) * t)
    assert moved[1, 0] == pytest.approx(b / (a + b) * gone, rel=1e-13)
    assert moved[0, 1] == pytest.approx(a / (a + b) * gone, rel=1e-13)
    assert moved.sum(axis=0) == pytest.approx([1.0, 1.0], rel=1e-14)


def test_three_members_by_hand() -> None:
    """Bateman's sum with burn-up, rates far apart."""
    k1, k2, k3 = 4e-9, 8e-6, 1.2e-7
    t = 30 * DAY
    removal = np.array([[k1, k2, k3]])
    coupling = np.zeros((1, 3, 3))
    coupling[0, 1, 0], coupling[0, 2, 1] = k1, 0.3 * k2
    moved = transfer(removal, coupling, np.array([t]))[0]
    with mpmath.workdps(40):
        rates = [mpmath.mpf(k) for k in (k1, k2, k3)]
        total = mpmath.mpf(0)
        for i, rate in enumerate(rates):
            others = [r for m, r in enumerate(rates) if m != i]
            total += mpmath.exp(-rate * t) / ((others[0] - rate) * (others[1] - rate))
        expected = float(rates[0] * mpmath.mpf(0.3 * k2) * total)
    assert moved[2, 0] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("target", ["Yb-176", "W-186", "Ra-226", "Ir-191", "Dy-164", "Te-130", "Co-59"])
def test_cram_and_scipy_agree(target: str) -> None:
    """CRAM-16 to 1e-13 of the target's atoms; scipy's expm where members short-lived to it are cut out."""
    network = build([target], fast=True)
    flux = FluxHistory.constant(3e14, 20 * DAY, epithermal_ratio=0.05, fast_cm2_s=5e13)
    removal, coupling = network.burnup(network.reaction_rates(flux))
    atoms = np.zeros((1, len(network.members)))
    atoms[0, 0] = 1e20
    positive = np.einsum("lij,lj->li", transfer(removal, coupling, flux.durations_s), atoms)
    np.testing.assert_allclose(cram(removal, coupling, flux.durations_s, atoms), positive, atol=1e7)
    slow = np.flatnonzero(removal[0] < 1e-3)
    matrix = (coupling[0] - np.diag(removal[0]))[np.ix_(slow, slow)] * flux.durations_s[0]
    cut = transfer(removal[:, slow], coupling[:, slow][:, :, slow], flux.durations_s)[0]
    np.testing.assert_allclose(expm(matrix), cut, rtol=1e-9, atol=1e-13)


def test_small_numbers_stay_positive_where_cram_does_not() -> None:
    """Ra-226 by four captures: 1e-12 of the target and less, all positive, none of it noise."""
    network = build(["Ra-226"])
    flux = FluxHistory.constant(1e12, DAY)
    removal, coupling = network.burnup(network.reaction_rates(flux))
    moved = transfer(removal, coupling, flux.durations_s)[0][:, 0]
    assert (moved >= 0).all()
    assert 0 < moved[network.index["Th-229"]] < 1e-14


def test_many_cases_are_single_cases() -> None:
    systems = [random_system(seed, 5) for seed in range(20)]
    removal = np.stack([r for r, _ in systems])
    coupling = np.stack([c for _, c in systems])
    times = np.logspace(-3, 6, 20)
    together = transfer(removal, coupling, times)
    for k in range(20):
        alone = transfer(removal[k : k + 1], coupling[k : k + 1], times[k : k + 1])[0]
        np.testing.assert_allclose(together[k], alone, rtol=1e-13)


def test_repeated_steps_are_solved_once_and_alike() -> None:
    """A history of the same two steps over and over, against solving each; another step is another."""
    removal, coupling = (a[None] for a in random_system(7, 5))
    steps, atoms = Steps(), np.array([[1.0, 2.0, 3.0, 0.0, 0.0]])
    expected = atoms
    for seconds in (10.0, 1e4, 10.0, 1e4, 11.0):
        atoms = steps.apply(removal, coupling, seconds, atoms)
        expected = np.einsum("lij,lj->li", transfer(removal, coupling, np.array([seconds])), expected)
    np.testing.assert_allclose(atoms, expected, rtol=1e-14)
    changed = steps.apply(2 * removal, 2 * coupling, 10.0, expected)
    assert not np.allclose(changed, steps.apply(removal, coupling, 10.0, expected))
