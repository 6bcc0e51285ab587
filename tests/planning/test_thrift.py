"""The second stage: the same least cost with half the columns, and dives that hold and prove what they say."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix, vstack
from small import small_network

from becq.planning import dive, solve
from becq.planning.model import Model, build_model
from becq.planning.options import build_problem
from becq.planning.programme import Programme
from becq.planning.thrift import Thrift, find_links, keep_service


@pytest.fixture(scope="module")
def model() -> Model:
    return build_model(build_problem(small_network(), date(2026, 12, 7), 7))


@pytest.fixture(scope="module")
def served(model: Model) -> np.ndarray:
    """The best service, whatever it costs, by another solver interface."""
    found = milp(
        -model.worth,
        constraints=LinearConstraint(model.matrix, model.row_lower, model.row_upper),
        integrality=model.integer.astype(int),
        bounds=Bounds(model.lower, model.upper),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return np.asarray(found.x)


def whole(model: Model, served: np.ndarray) -> Thrift:
    columns, rows = np.arange(model.matrix.shape[1]), np.arange(model.matrix.shape[0])
    return keep_service(model, columns, rows, served, model.cost)


def test_the_least_cost_is_that_of_the_whole_programme(model: Model, served: np.ndarray) -> None:
    """Against the programme with all its columns and a row for what each order must have."""
    demands = np.unique(model.order[model.order >= 0])
    floors = csc_matrix(
        np.array([np.where(model.order == demand, model.scale, 0.0) for demand in demands])
        / model.scale[model.order >= 0].max()
    )
    kept = floors @ served
    full = milp(
        model.cost,
        constraints=[
            LinearConstraint(model.matrix, model.row_lower, model.row_upper),
            LinearConstraint(vstack([floors]), kept * (1 - 1e-7), np.inf),
        ],
        integrality=model.integer.astype(int),
        bounds=Bounds(model.lower, model.upper),
        options={"mip_rel_gap": 0.0},
    )
    thrift = whole(model, served)
    programme = thrift.programme
    assert programme.cost.size < 0.7 * model.cost.size
    less = milp(
        programme.cost,
        constraints=LinearConstraint(programme.matrix, programme.row_lower, programme.row_upper),
        integrality=programme.integer.astype(int),
        bounds=Bounds(programme.lower, programme.upper),
        options={"mip_rel_gap": 0.0},
    )
    assert less.fun == pytest.approx(full.fun, rel=1e-6)
    assert less.fun < model.cost @ served


def test_what_is_restored_holds_and_serves_as_before(model: Model, served: np.ndarray) -> None:
    thrift = whole(model, served)
    values, bound, late = dive.find_cheapest(thrift, time.monotonic() + 20)
    assert not late
    back = thrift.restore(values)
    assert (model.matrix @ back <= model.row_upper + 1e-6).all()
    assert (model.matrix @ back >= model.row_lower - 1e-6).all()
    assert bound <= model.cost @ back <= model.cost @ thrift.restore(thrift.start)
    for demand in np.unique(model.order[model.order >= 0]):
        flows = model.order == demand
        assert (model.scale * back)[flows].sum() >= (model.scale * served)[flows].sum() * (1 - 1e-6)


def test_a_dive_holds_and_its_bound_is_proven(
    model: Model, served: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrift = whole(model, served)
    best, _, _ = dive.find_cheapest(thrift, time.monotonic() + 20)
    monkeypatch.setattr(dive, "LARGE", 0)
    values, bound, _ = dive.find_cheapest(thrift, time.monotonic() + 20)
    programme = thrift.programme
    sums = programme.matrix @ values
    assert (sums <= programme.row_upper + 1e-6).all()
    assert (sums >= programme.row_lower - 1e-6).all()
    assert (np.abs(values - np.round(values))[programme.integer] < 1e-6).all()
    assert bound <= programme.cost @ best * (1 + 1e-9)
    assert programme.cost @ values <= programme.cost @ thrift.start


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_dives_on_random_batches(seed: int) -> None:
    """Places with a fixed cost and a capacity, customers of one place each: the dive against the optimum."""
    draw = np.random.default_rng(seed)
    places, customers = 4, 9
    need, cost = draw.uniform(0.1, 1.0, customers), draw.uniform(1.0, 5.0, (places, customers))
    size, fixed = draw.uniform(2.0, 4.0, places), draw.uniform(1.0, 30.0, places)
    count = places * (1 + customers)
    rows, lower, upper = [], [], []
    for customer in range(customers):
        row = np.zeros(count)
        row[places + customer :: customers] = 1.0
        rows.append(row), lower.append(1.0), upper.append(1.0)
    for place in range(places):
        own = places + place * customers
        row = np.zeros(count)
        row[own : own + customers], row[place] = need / size[place], -1.0
        rows.append(row), lower.append(-np.inf), upper.append(0.0)
        for customer in range(customers):
            row = np.zeros(count)
            row[own + customer], row[place] = 1.0, -1.0
            rows.append(row), lower.append(-np.inf), upper.append(0.0)
    matrix = csc_matrix(np.array(rows))
    price = np.concatenate([fixed, cost.ravel()])
    ones = np.ones(count)
    programme = Programme(
        matrix, np.array(lower), np.array(upper), 0 * ones, ones, np.ones(count, dtype=bool), price
    )
    assert find_links(programme).sum() == places * customers
    exact = milp(
        price,
        constraints=LinearConstraint(matrix, programme.row_lower, programme.row_upper),
        integrality=ones,
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    found = dive.Dive(programme)
    values = found.descend(time.monotonic() + 20)
    if not exact.success:
        assert values is None
        return
    assert found.bound <= exact.fun + 1e-6
    assert dive._raise_bound(programme, exact.x, found.bound, time.monotonic() + 20) <= exact.fun + 1e-6
    if values is None:
        return  # a way down need not be found; the start is kept then
    assert np.isin(values, (0.0, 1.0)).all()
    assert (matrix @ values <= programme.row_upper + 1e-9).all()
    assert (matrix @ values >= programme.row_lower - 1e-9).all()
    assert price @ values >= exact.fun - 1e-6


def test_the_start_is_kept_where_no_way_down_is_found(
    model: Model, served: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrift = whole(model, served)
    monkeypatch.setattr(dive, "LARGE", 0)
    monkeypatch.setattr(dive.Dive, "descend", lambda self, deadline: None)
    values, bound, late = dive.find_cheapest(thrift, time.monotonic() + 20)
    assert (values == thrift.start).all()
    assert late
    assert bound <= thrift.programme.cost @ values


def test_large_and_small_ways_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole solver with everything large: never dearer in proof than the small way has found."""
    model = build_model(build_problem(small_network(), date(2026, 12, 7), 14))
    nothing = np.zeros(model.matrix.shape[1])
    small = solve.solve(model, nothing, 30.0, lambda fraction, text: None)
    monkeypatch.setattr(solve, "LARGE_PART", 0)
    monkeypatch.setattr(dive, "LARGE", 0)
    large = solve.solve(model, nothing, 30.0, lambda fraction, text: None)
    assert large.worth >= small.worth * (1 - 2 * solve.LARGE_SERVICE_GAP)
    assert large.cost <= 1.1 * small.cost
