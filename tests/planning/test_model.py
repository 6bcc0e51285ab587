"""Rows of the programme that no best plan would need, yet every lawful one keeps: points beyond them are outside."""

from __future__ import annotations

from datetime import date

import pytest
from small import small_network

from becq.planning.allocation import Allocation
from becq.planning.model import build_model
from becq.planning.options import build_problem

FIRST = date(2026, 12, 7)


@pytest.mark.parametrize(("share", "is_within"), [(0.999, True), (1.001, False), (1.9, False)])
def test_inputs_of_a_batch_together_are_no_more_than_it_takes(share: float, is_within: bool) -> None:
    """Two lots of more than 40 GBq, 60 GBq a batch: together they may be that and no more."""
    stock = [
        {"id": f"bulk-{n}", "site": "pharmacy", "product": "lu-bulk", "activity": "60 GBq",
         "reference_time": "2026-12-07T00:00:00+08:00"}
        for n in range(2)
    ]  # fmt: skip
    problem = build_problem(small_network(stock=stock), FIRST, 3)
    model = build_model(problem)
    user = next(n for n, lot in enumerate(problem.lots) if lot.process == "label-lu" and problem.of_lot[n])
    inputs = problem.of_demand[problem.input_demand[user]][:2]
    allocation = Allocation(problem)
    allocation.start_known(user)
    for number in inputs:
        allocation.add_known(number, share * 60e9 / 2)
    sums = model.matrix @ model.start_vector(allocation)
    assert bool((sums <= model.row_upper + 1e-9).all()) == is_within
