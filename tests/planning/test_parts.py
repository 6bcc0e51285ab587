"""What the planner's programme links, the parts of a replan link too: nothing is left alone that could change."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from small import small_network
from test_plan import networks

from becq.planning.model import build_model
from becq.planning.options import build_problem
from becq.planning.parts import Parts

FIRST = date(2026, 12, 7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_parts_are_never_finer_than_those_of_the_programme(base: dict[str, Any]) -> None:
    network = small_network(**{key: value for key, value in base.items() if key != "name"})
    problem = build_problem(network, FIRST, 10)
    model, parts = build_model(problem), Parts(problem)
    nodes: dict[int, list[tuple[str, int]]] = {}
    for lot, column in model.lot_column.items():
        nodes.setdefault(column, []).append(("lot", lot))
    for number, column in (*model.flow_column.items(), *model.use_column.items()):
        option = problem.options[number]
        nodes.setdefault(column, []).append(("lot", option.lot))
        nodes[column].append(("demand", option.demand))
    for columns, _ in model.components():
        of = parts.of(node for column in columns for node in nodes.get(int(column), []))
        assert len(of) <= 1


def test_products_of_different_machines_are_apart() -> None:
    problem = build_problem(small_network(), FIRST, 10)
    parts = Parts(problem)

    def of(product: str) -> set[Any]:
        return parts.of(
            ("demand", n)
            for n, demand in enumerate(problem.demands)
            if demand.product == product and demand.order and problem.options
        )

    assert not of("fdg") & of("i131")
    assert not of("fdg") & of("tc-dose")
    assert not of("ga-dota") & of("i131")
