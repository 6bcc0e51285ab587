"""The best elution times against brute force and by hand, and the useful life against the elutions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.decay import decay_factor
from becq.physics.elution import elute
from becq.physics.elution_plan import best_elution_times, useful_life_s

H = 3600.0
D = 86400.0


def test_one_need_one_elution_as_late_as_it_may_be() -> None:
    """Until the maximum at 22.8 h the column only gains, so the latest time leaves the most."""
    got = best_elution_times("Mo-99", "Tc-99m", 10e9, [4 * H], [2e9], 0.9, preparation_s=0.5 * H)
    assert got.complete
    assert got.times_s.tolist() == [3.5 * H]
    by_hand = elute("Mo-99", "Tc-99m", 10e9, [3.5 * H], 0.9).of("Tc-99m")[0]
    assert got.eluates_bq[0] == pytest.approx(by_hand, rel=1e-12)
    assert got.spare == pytest.approx(by_hand * decay_factor("Tc-99m", 0.5 * H) / 2e9, rel=1e-12)


def test_no_more_elutions_than_needed() -> None:
    needs = ([2 * H, 4 * H], [1e9, 1e9])
    assert len(best_elution_times("Mo-99", "Tc-99m", 10e9, *needs, 0.9, rest_s=D).times_s) == 1
    short_lived = best_elution_times("Mo-99", "Tc-99m", 10e9, *needs, 0.9, rest_s=D, eluate_life_s=1 * H)
    assert short_lived.complete
    assert len(short_lived.times_s) == 2


def test_what_cannot_be_covered_is_said() -> None:
    got = best_elution_times("Mo-99", "Tc-99m", 1e9, [1 * H, 2 * H], [0.5e9, 5e9], 0.9, rest_s=D, most=2)
    assert not got.complete
    assert got.spare < 1
    assert got.covered_bq[0] == pytest.approx(0.5e9)
    assert 0 < got.covered_bq[1] < 5e9
    late = best_elution_times("Mo-99", "Tc-99m", 1e9, [1 * H], [1e8], 0.9, preparation_s=2 * H)
    assert late.times_s.size == 0
    assert late.covered_bq.tolist() == [0.0]


def test_needs_in_any_order_come_back_in_that_order() -> None:
    got = best_elution_times("Mo-99", "Tc-99m", 1e9, [2 * H, 1 * H], [5e9, 0.5e9], 0.9, rest_s=D)
    assert got.covered_bq[1] == pytest.approx(0.5e9)
    assert got.needs_bq.tolist() == [5e9, 0.5e9]


@given(
    st.lists(st.tuples(st.integers(1, 10), st.floats(0.05, 1.0)), min_size=1, max_size=4),
    st.floats(0.4, 1.0),
    st.floats(0.0, 30.0),
)
def test_brute_force_finds_nothing_better(needs: list, efficiency: float, rest_h: float) -> None:
    """An independent loop over all sets of up to three hourly times, eluates served oldest first."""
    at = np.array([n[0] for n in needs]) * H
    wanted = np.array([n[1] for n in needs]) * 1e9
    got = best_elution_times(
        "Mo-99", "Tc-99m", 2e9, at, wanted, efficiency, rest_s=rest_h * H, grid_s=H, most=3
    )

    def plan(times: tuple[float, ...]) -> int:
        """The largest number of needs that can be met in full."""
        made = elute("Mo-99", "Tc-99m", 2e9, list(times), efficiency, rest_s=rest_h * H).of("Tc-99m").tolist()

        def fits(which: tuple[int, ...]) -> bool:
            left = list(made)
            for t, need in sorted((at[i], wanted[i]) for i in which):
                missing = need
                for e, taken_at in enumerate(times):
                    if taken_at <= t:
                        kept = float(decay_factor("Tc-99m", t - taken_at))
                        used = min(missing, left[e] * kept)
                        missing -= used
                        left[e] -= used / kept
                if missing > 1e-9 * need:
                    return False
            return True

        counts = range(len(needs), 0, -1)
        return next((k for k in counts if any(map(fits, combinations(range(len(needs)), k)))), 0)

    grid = [h * H for h in range(int(at.max() // H) + 1)]
    best = {k: max(map(plan, combinations(grid, k)), default=0) for k in (1, 2, 3)}
    assert got.met.sum() == max(best.values())
    if got.complete:
        assert len(got.times_s) == min(k for k, met in best.items() if met == len(needs))


def test_many_elutions_a_day() -> None:
    """Five doses of Ga-68 need five elutions; beyond three they are found by exchange."""
    got = best_elution_times(
        "Ge-68", "Ga-68", 1.85e9, np.arange(1, 10, 2) * H, [5e8] * 5, 0.6, rest_s=D, preparation_s=900
    )
    assert got.complete
    assert len(got.times_s) == 5


def test_the_gap_between_elutions_is_kept() -> None:
    got = best_elution_times(
        "Mo-99", "Tc-99m", 1e9, [1 * H, 2 * H, 3 * H], [4e8, 3e8, 3e8], 0.9, rest_s=D, gap_s=1.5 * H, most=3
    )
    assert (np.diff(got.times_s) >= 1.5 * H).all()


@pytest.mark.parametrize(
    ("parent", "daughter", "activity_bq", "change"),
    [
        ("Sr-82", "Rb-82", 1.85e9, {"needs_s": [4 * H], "needs_bq": [5e11], "efficiency": 0.88}),
        ("Mo-99", "Tc-99m", 20e9, {"needs_s": [1 * H], "needs_bq": [5e10], "efficiency": 1.0}),
        ("Mo-99", "Tc-99m", 20e9, {"needs_s": [2 * H], "needs_bq": [1e9], "efficiency": 0.0}),
        ("Mo-99", "Tc-99m", 0.0, {"needs_s": [2 * H], "needs_bq": [1e9]}),
        ("Mo-99", "Tc-99m", 20e9, {"preparation_s": 2 * H, "eluate_life_s": 1 * H}),
    ],
)
def test_needs_that_cannot_be_met_give_an_incomplete_plan(
    parent: str, daughter: str, activity_bq: float, change: dict
) -> None:
    usual = {"needs_s": [3 * H], "needs_bq": [1e9], "efficiency": 0.9, "rest_s": D}
    got = best_elution_times(parent, daughter, activity_bq, **(usual | change))
    assert not got.complete
    assert (got.shortfall_bq > 0).all()
    # an elution that gives nothing is not planned
    assert (got.eluates_bq > 0).all()
    assert got.times_s.size <= 1


@given(
    st.sampled_from([("Mo-99", "Tc-99m"), ("Ge-68", "Ga-68"), ("Sr-82", "Rb-82"), ("Ac-225", "Bi-213")]),
    st.one_of(st.just(0.0), st.floats(1e6, 1e11)),
    st.lists(st.tuples(st.floats(0, 24), st.floats(1e5, 1e12)), min_size=1, max_size=5),
    st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)),
    st.floats(0, 3),
    st.floats(0, 3),
    st.floats(0.1, 4),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_needed_there_is_a_plan_and_nothing_is_negative(
    pair: tuple,
    activity_bq: float,
    needs: list,
    efficiency: float,
    gap_h: float,
    preparation_h: float,
    life_h: float,
) -> None:
    at = np.array([n[0] for n in needs]) * H
    wanted = np.array([n[1] for n in needs])
    got = best_elution_times(
        *pair,
        activity_bq,
        at,
        wanted,
        efficiency,
        rest_s=D,
        gap_s=gap_h * H,
        grid_s=H,
        preparation_s=preparation_h * H,
        eluate_life_s=life_h * H,
    )
    assert got.times_s.size == got.eluates_bq.size <= 6
    assert (np.diff(got.times_s) >= gap_h * H).all()
    assert (got.times_s >= 0).all()
    for values in (got.eluates_bq, got.covered_bq, got.shortfall_bq, got.left_bq):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (got.covered_bq <= wanted * (1 + 1e-12)).all()
    assert got.covered_bq + got.shortfall_bq == pytest.approx(wanted, rel=1e-9)
    # what the needs got, referred back to the elutions, never exceeds what was eluted
    taken = (
        elute(*pair, activity_bq, got.times_s, efficiency, rest_s=D).of(pair[1]) if got.times_s.size else 0
    )
    assert got.eluates_bq == pytest.approx(taken, rel=1e-9)


def test_small_needs_are_met_before_a_large_one_that_cannot_be() -> None:
    """50 GBq at 9:00 are beyond reach: they must not take what the need of 10:00 asks for."""
    got = best_elution_times("Mo-99", "Tc-99m", 20e9, [1 * H, 2 * H], [50e9, 5e9], 0.9, rest_s=D)
    assert got.met.tolist() == [False, True]
    assert got.covered_bq[1] == pytest.approx(5e9)
    assert 5e9 < got.covered_bq[0] < 20e9
    assert got.shortfall_bq[0] == pytest.approx(50e9 - got.covered_bq[0])


def test_no_elution_for_less_than_one_percent_of_the_needs() -> None:
    """Six elutions a quarter of an hour apart would scrape together little more."""
    got = best_elution_times("Mo-99", "Tc-99m", 20e9, [2 * H, 7 * H], [5e9, 15e9], 0.9, rest_s=D)
    assert not got.complete
    fewer = best_elution_times(
        "Mo-99", "Tc-99m", 20e9, [2 * H, 7 * H], [5e9, 15e9], 0.9, rest_s=D, most=len(got.times_s) - 1
    )
    assert got.met.sum() > fewer.met.sum() or got.covered_bq.sum() >= fewer.covered_bq.sum() + 0.01 * 20e9
    assert len(got.times_s) <= 3


def test_what_is_left_at_each_need() -> None:
    got = best_elution_times("Mo-99", "Tc-99m", 10e9, [4 * H, 5 * H], [2e9, 1e9], 0.9, rest_s=D)
    assert len(got.times_s) == 1
    by_hand = got.eluates_bq[0] * decay_factor("Tc-99m", 4 * H - got.times_s[0]) - 2e9
    by_hand -= 1e9 / decay_factor("Tc-99m", 1 * H)
    assert got.left_bq[0] == pytest.approx(by_hand, rel=1e-9)
    assert got.left_bq[1] == pytest.approx(by_hand * decay_factor("Tc-99m", 1 * H), rel=1e-9)


@pytest.mark.parametrize(
    ("parent", "daughter", "interval_s"),
    [("Mo-99", "Tc-99m", D), ("W-188", "Re-188", D), ("Ac-225", "Bi-213", 3 * H), ("Ge-68", "Ga-68", 4 * H)],
)
def test_useful_life_is_where_the_eluates_fall_short(parent: str, daughter: str, interval_s: float) -> None:
    """Elute long enough to settle, then find the crossing between two eluates."""
    life_s = float(useful_life_s(parent, daughter, 20e9, 3e9, interval_s, 0.8))
    k = int(life_s // interval_s)
    assert k > 2
    times = np.arange(1, k + 3) * interval_s
    eluates = elute(parent, daughter, 20e9, times, 0.8, rest_s=interval_s).of(daughter)
    assert eluates[k - 1] >= 3e9 * (1 - 1e-6)
    assert eluates[k] < 3e9


def test_a_generator_that_never_suffices() -> None:
    assert useful_life_s("Mo-99", "Tc-99m", [1e9, 100e9], 5e9, D, 0.9)[0] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"needs_s": [1.0, 2.0]}, "as many activities"),
        ({"needs_bq": [0.0]}, "above zero"),
        ({"grid_s": 0.0}, "must not be negative"),
        ({"efficiency": 1.5}, "between 0 and 1"),
    ],
)
def test_what_is_refused(change: dict, message: str) -> None:
    usual = {
        "parent": "Mo-99",
        "daughter": "Tc-99m",
        "parent_activity_bq": 1e9,
        "needs_s": [H],
        "needs_bq": [1e8],
        "efficiency": 0.9,
    }
    with pytest.raises(InputError, match=message):
        best_elution_times(**(usual | change))
    with pytest.raises(InputError, match="above zero"):
        useful_life_s("Mo-99", "Tc-99m", 1e9, 1e8, 0.0, 0.9)
