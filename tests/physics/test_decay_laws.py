"""The laws of decay, for random chains, inventories and times."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.physics import decay_data
from becq.physics.decay import chain, decay

CHAINS = "Mo-99 Ac-225 Ra-223 Ge-68 Sr-90 Th-229 Lu-177m Te-131m Yb-177 W-188 Pb-212 Ra-226"
NAMES = st.sampled_from(CHAINS.split(" "))
SECONDS = st.floats(min_value=-6, max_value=9).map(lambda x: 10.0**x)
START = st.lists(st.floats(min_value=-1e12, max_value=1e12), min_size=2, max_size=2)
POSITIVE = st.lists(st.floats(min_value=0, max_value=1e12), min_size=2, max_size=2)
QUICK = settings(max_examples=60, deadline=None)


def close(a, b, scale) -> None:
    """Equal within 1e-11 of the largest magnitude that went into each entry."""
    np.testing.assert_array_less(np.abs(a - b), 1e-11 * np.abs(scale) + 1e-250)


@QUICK
@given(NAMES, START, START, SECONDS)
def test_linear(name, first, second, t) -> None:
    """The decay of a sum of entries is the sum of the decays, withdrawals included."""
    a, b = np.array(first), np.array(second)
    inputs = [name, "I-131"]
    both = decay(inputs, a - 2 * b, t).activities_bq
    scale = decay(inputs, np.abs(a) + 2 * np.abs(b), t).activities_bq
    close(both, decay(inputs, a, t).activities_bq - 2 * decay(inputs, b, t).activities_bq, scale)


@QUICK
@given(NAMES, POSITIVE, SECONDS, SECONDS)
def test_two_decays_are_one(name, start, t1, t2) -> None:
    inputs = [name, "I-131"]
    once = decay(inputs, start, t1 + t2)
    first = decay(inputs, start, t1)
    twice = decay(first.members, first.activities_bq, t2)
    # relative 1e-11 of each entry, plus what rounding t1 + t2 itself does to exp(−λt)
    rounding = (t1 + t2) * 2e-16 * max(decay_data.decay_const(m) for m in once.members)
    assert twice.members == once.members
    np.testing.assert_allclose(
        twice.activities_bq, once.activities_bq, rtol=1e-11 + min(1.0, 4 * rounding), atol=1e-250
    )


@QUICK
@given(NAMES, SECONDS, SECONDS)
def test_decays_commute(name, t1, t2) -> None:
    """Late entries may be posted in any order: the operators of two times commute."""
    one, two = chain(name).transfer_matrix([t1, t2])
    np.testing.assert_allclose(one @ two, two @ one, rtol=1e-11, atol=1e-250)


@QUICK
@given(NAMES, SECONDS)
def test_atoms_are_conserved(name, t) -> None:
    """Where the branches of all members sum to one, each atom is somewhere in the chain."""
    whole = chain(name)
    matrix = whole.atoms_matrix(t)
    assert (matrix >= 0).all()
    totals = matrix.sum(axis=0)
    for i, member in enumerate(whole.members + whole.ends):
        reach = decay_data.descendants([member])
        sums = [sum(b.fraction for b in decay_data.record(m).branches if b.daughter) for m in reach]
        if all(
            abs(s - 1) < 1e-12 for s, m in zip(sums, reach, strict=True) if not decay_data.record(m).stable
        ):
            np.testing.assert_allclose(totals[i], 1.0, rtol=1e-12)


@QUICK
@given(NAMES, SECONDS)
def test_atoms_and_activities_tell_the_same(name, t) -> None:
    whole = chain(name)
    n = len(whole.members)
    rates = whole.activity_operator.rates
    from_atoms = whole.atoms_matrix(t)[:n, :n] * rates[:, None] / rates[None, :]
    np.testing.assert_allclose(from_atoms, whole.transfer_matrix(t), rtol=1e-11, atol=1e-250)
