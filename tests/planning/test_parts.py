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


def test_goods_that_compete_for_a_flight_are_of_one_part() -> None:
    base = small_network().model_dump(mode="json", exclude_none=True)
    stock = [
        *base["stock"],
        {"id": "lu", "site": "reactor", "product": "lu-bulk", "activity": "20 GBq",
         "reference_time": "2026-12-07T00:00:00+08:00"},
    ]  # fmt: skip
    orders = [
        {"id": product, "site": "far", "product": product, "activity": "1 GBq",
         "earliest": "2026-12-08T08:00:00+08:00", "latest": "2026-12-08T14:00:00+08:00",
         "calibration": "2026-12-08T14:00:00+08:00"}
        for product in ("lu-bulk", "i131")
    ]  # fmt: skip
    lanes = [{**base["lanes"][0], "max_km": 400}, base["lanes"][1]]
    for places, together in ((1, True), (2, False)):
        lanes[1]["departures"][0]["capacity_packages"] = places
        network = small_network(lanes=lanes, stock=stock, orders=orders, standing_orders=[], processes=[])
        problem = build_problem(network, FIRST, 3)
        parts = Parts(problem)
        assert (len(parts.of(("demand", n) for n in range(len(problem.demands)))) == 1) == together
