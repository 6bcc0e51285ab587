"""The way of large programmes: what it starts from and what it says is proven."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import highspy
import numpy as np
import pytest
from checker import Referee
from hypothesis import HealthCheck, given, settings
from small import small_network
from test_plan import networks

from becq.planning import plan, solve
from becq.planning.dive import is_near
from becq.planning.model import build_model
from becq.planning.options import build_problem


def test_the_bound_is_that_of_the_relaxation() -> None:
    """Three things of weight 2 in a bag of 3: one goes in; in parts it would be one and a half."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)  # as everywhere: HiGHS has one pool of threads in a process
    highs.setOptionValue("mip_rel_gap", 0.9)
    for _ in range(3):
        highs.addCol(-1.0, 0.0, 1.0, 0, [], [])
    highs.addRow(-highspy.kHighsInf, 3.0, 3, np.arange(3, dtype=np.int32), np.full(3, 2.0))
    solve._set_kind(highs, np.ones(3, dtype=bool), highspy.HighsVarType.kInteger)
    whole = np.ones(3, dtype=bool)
    values, bound, late = solve._optimise(highs, whole, None, True, time.monotonic() + 10)
    assert np.sort(np.round(values, 9)).tolist() == [0.0, 0.0, 1.0]
    assert bound == pytest.approx(-1.5)
    assert not late


def test_a_start_that_breaks_limits_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "LARGE_PART", 0)
    model = build_model(build_problem(small_network(), date(2026, 12, 7), 7))
    everything = np.ones(model.matrix.shape[1])
    found = solve.solve(model, everything, 30.0, lambda fraction, text: None)
    assert (model.matrix @ found.values <= model.row_upper + 1e-6).all()
    assert found.worth <= found.worth_bound < model.worth.sum()


def test_only_equal_parts_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "ALIKE_FROM", 0)
    model = build_model(build_problem(small_network(), date(2026, 12, 7), 14))
    part = max(model.components(), key=lambda each: each[0].size)
    assert solve._alike(model, [part, part]) == [0, 0]
    # The same columns with another order of rows are another programme.
    assert solve._alike(model, [part, (part[0], part[1][::-1])]) == [0, 1]


def test_nothing_is_near_to_a_bound_that_is_not_there() -> None:
    assert is_near(-99.0, -100.0, 0.01)
    assert not is_near(-98.9, -100.0, 0.01)
    assert not is_near(-99.0, -np.inf, 0.01)


def test_in_parts_a_plan_serves_as_well_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large programmes, forced: bounds hold for the other plan, and both serve the same."""
    network = small_network()
    whole = plan(network, date(2026, 12, 7), 14)
    monkeypatch.setattr(solve, "COUPLED_AT_MOST", 0)
    monkeypatch.setattr(solve, "LARGE_PART", 0)
    parts = plan(network, date(2026, 12, 7), 14)
    assert parts.apart
    assert not whole.apart
    assert parts.gap < 0.01
    assert parts.objective >= whole.objective * (1 - parts.gap - 1e-6)
    assert whole.objective >= parts.objective * (1 - whole.gap - 1e-6)
    assert parts.served_fraction == pytest.approx(whole.served_fraction, abs=parts.gap + whole.gap + 1e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_the_bound_of_parts_holds_for_any_plan(base: dict[str, Any]) -> None:
    network = small_network(**{key: value for key, value in base.items() if key != "name"})
    whole = plan(network, date(2026, 12, 7), 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "COUPLED_AT_MOST", 0)
        patch.setattr(solve, "LARGE_PART", 0)
        parts = plan(network, date(2026, 12, 7), 10)
    assert Referee(network, parts.as_dict()).check() == []
    bound = parts.objective / (1 - parts.gap) if parts.gap < 1 else np.inf
    assert whole.objective <= bound * (1 + 1e-6)
    assert parts.objective <= whole.objective / (1 - whole.gap) * (1 + 1e-6)
