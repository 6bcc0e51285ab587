"""All 1252 radionuclides of ICRP-107: random mixtures and a walk through everything.

The yardstick is the high-precision mode of radioactivedecay (its own copy of the data, sympy rationals) and,
for the walks, the spectral sum with 700 digits.
"""

import numpy as np
import pytest
import radioactivedecay as rd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from becq.physics import decay_data
from becq.physics.cumulation import cumulated
from becq.physics.decay import chain, decay

from . import exact_chains

RADIOACTIVE = tuple(n for n in decay_data.names() if not decay_data.record(n).stable)
MILLION_YEARS_S = 1e6 * decay_data.YEAR_S
SECONDS = st.floats(min_value=-6, max_value=float(np.log10(MILLION_YEARS_S))).map(lambda x: 10.0**x)
MIXTURES = st.lists(
    st.tuples(st.sampled_from(RADIOACTIVE), st.floats(min_value=0, max_value=12).map(lambda x: 10.0**x)),
    min_size=1,
    max_size=6,
    unique_by=lambda pair: pair[0],
)


def assert_agrees_with_high_precision(start: dict[str, float], t: float) -> None:
    """Relative 1e-10 wherever the activity is above 1e-12 of the largest at the start."""
    exact = rd.InventoryHP(start, "Bq").decay(t, "s").activities()
    ours = decay(list(start), np.array(list(start.values())), t)
    threshold = 1e-12 * max(start.values())
    for member in ours.members:
        if exact[member] > threshold:
            assert float(ours.of(member)) == pytest.approx(exact[member], rel=1e-10), (start, t, member)
        else:
            assert float(ours.of(member)) <= threshold * (1 + 1e-10), (start, t, member)


def test_there_are_1252() -> None:
    assert len(RADIOACTIVE) == 1252


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes a second


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])
@given(MIXTURES, SECONDS)
def test_random_mixtures_agree_with_high_precision(mixture: list[tuple[str, float]], t: float) -> None:
    assert_agrees_with_high_precision(dict(mixture), t)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RADIOACTIVE), st.lists(SECONDS, min_size=1, max_size=3))
def test_random_nuclides_agree_with_arbitrary_precision(name: str, times: list[float]) -> None:
    """Each entry, however small, and the decays up to then."""
    for t in times:
        ours, counts = decay(name, 1.0, t), cumulated(name, 1.0, t)
        activities, decays = exact_chains.activities(name, t), exact_chains.decays(name, t)
        for member in ours.members:
            assert float(ours.of(member)) == pytest.approx(activities[member], rel=1e-12, abs=1e-200), member
            assert float(counts.of(member)) == pytest.approx(decays[member], rel=1e-12, abs=1e-200), member


@pytest.mark.slow
def test_every_nuclide_in_mixtures_agrees_with_high_precision() -> None:
    """All 1252 in random groups of 28, each group at its own random time."""
    rng = np.random.default_rng(107)
    shuffled = rng.permutation(np.array(RADIOACTIVE))
    for first in range(0, len(shuffled), 28):
        names = shuffled[first : first + 28].tolist()
        activities = 10.0 ** rng.uniform(0, 6, len(names))
        t = 10.0 ** rng.uniform(-6, np.log10(MILLION_YEARS_S))
        assert_agrees_with_high_precision(dict(zip(names, activities.tolist(), strict=True)), float(t))


@pytest.mark.slow
def test_every_nuclide_alone_agrees_with_arbitrary_precision() -> None:
    """Activities by both methods, and decays, at eight times: each entry, however small, to 1e-12."""
    times = np.array([1e-6, 1e-3, 1.0, 3600.0, 3 * 86400.0, 3e7, 3e9, MILLION_YEARS_S])
    for name in RADIOACTIVE:
        ours, counts = decay(name, 1.0, times), cumulated(name, 1.0, times)
        matrices = chain(name).transfer_matrix(times)[:, :, ours.members.index(name)]
        for k, t in enumerate(times.tolist()):
            activities, decays = exact_chains.activities(name, t), exact_chains.decays(name, t)
            exact = np.array([activities[m] for m in ours.members])
            counted = np.array([decays[m] for m in ours.members])
            np.testing.assert_allclose(ours.activities_bq[k], exact, rtol=1e-12, atol=1e-200, err_msg=name)
            np.testing.assert_allclose(matrices[k], exact, rtol=1e-12, atol=1e-200, err_msg=name)
            np.testing.assert_allclose(counts.decays[k], counted, rtol=1e-12, atol=1e-200, err_msg=name)
