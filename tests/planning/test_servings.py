"""Orders in parts and with alternatives: what the plan gives them, at the edges of what they allow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from checker import decayed, seconds
from wards import lot, order, wards

from becq.chain.network import Network
from becq.planning import Pins, Plan, plan
from becq.planning.model import build_model
from becq.planning.options import build_problem

FIRST = date(2026, 12, 7)
GBQ = 1e9


def planned(network: Network, **more: Any) -> Plan:
    return plan(network, FIRST, 1, **more)


def parts_of(found: Plan, name: str = "o") -> list[float]:
    return sorted(round(row.counts_bq / GBQ, 6) for row in found.deliveries if row.order == name)


def check_by_hand(network: Network, found: Plan) -> None:
    """The rules of parts and alternatives, written out from the order again."""
    for wanted in network.orders:
        rows = [row for row in found.deliveries if row.order == wanted.id]
        whole = {wanted.product: wanted.activity} | {
            each.product: each.activity for each in wanted.alternatives
        }
        counts = [row.activity_bq * wanted.activity / whole[row.product] for row in rows]
        assert counts == pytest.approx([row.counts_bq for row in rows], rel=1e-9)
        assert all(
            row.instead_of == ("" if row.product == wanted.product else wanted.product) for row in rows
        )
        assert sum(counts) <= wanted.activity * (1 + 1e-6)
        assert len(rows) <= (wanted.most_parts if wanted.split else 1)
        if rows and not wanted.partial:
            assert sum(counts) >= wanted.activity * (1 - wanted.tolerance) * (1 - 1e-6)
        if wanted.split:
            least = wanted.least_part if wanted.least_part is not None else wanted.activity / 10
            assert all(count >= least * (1 - 1e-6) for count in counts)
        short = {row.order: row.short_bq for row in found.unmet}.get(wanted.id, 0.0)
        assert (
            short == pytest.approx(wanted.activity - sum(counts), abs=1e-6 * wanted.activity) or short == 0.0
        )
        for row in rows:
            left = decayed(row.nuclide, row.activity_bq, seconds(row.depart) - seconds(row.reference_time))
            assert row.activity_depart_bq == pytest.approx(left, rel=1e-6)
    assert len({row.id for row in found.deliveries}) == len(found.deliveries)


def test_an_order_larger_than_every_lot_comes_in_parts_only_where_it_may() -> None:
    whole = planned(wards(orders=[order()]))
    assert parts_of(whole) == []
    (unmet,) = whole.unmet
    assert unmet.reason == "no_capacity"
    network = wards(orders=[order(split=True)])
    found = planned(network)
    check_by_hand(network, found)
    assert sum(parts_of(found)) == pytest.approx(12)
    assert len(parts_of(found)) == 2
    assert not found.unmet
    assert found.orders_served == 1
    assert {row.lot for row in found.deliveries} == {"lu-1", "lu-2"}


@pytest.mark.parametrize(
    ("more", "got"),
    [
        ({"activity": "20 GBq"}, []),  # 16 GBq are less than 18 GBq
        ({"activity": "20 GBq", "tolerance": 0.2}, [6, 10]),
        ({"activity": "20 GBq", "partial": True}, [6, 10]),
        ({"activity": "20 GBq", "partial": True, "least_part": "7 GBq"}, [10]),
        ({"activity": "12 GBq", "least_part": "5 GBq"}, [5, 7]),
        ({"activity": "12 GBq", "least_part": "7 GBq"}, []),
        ({"activity": "14 GBq", "least_part": "6 GBq"}, [6, 8]),
    ],
)
def test_parts_keep_their_least_and_their_sum(more: dict[str, Any], got: list[float]) -> None:
    network = wards(orders=[order(split=True, **more)])
    found = planned(network)
    check_by_hand(network, found)
    served = parts_of(found)
    assert len(served) == len(got)
    assert sum(served) == pytest.approx(sum(got))
    assert [row.order for row in found.unmet] == (
        []
        if served and sum(served) >= 0.9 * 12 and not more.get("partial")
        else ["o"]
        if sum(got) < 18
        else []
    )


def test_there_are_no_more_parts_than_the_order_allows() -> None:
    stock = [lot(f"lu-{n}", "one", "lu", "3 GBq") for n in range(5)]
    for most, served in ((4, 12.0), (3, 0.0), (5, 12.0)):
        found = planned(wards(stock=stock, orders=[order(split=True, most_parts=most)]))
        assert sum(parts_of(found)) == pytest.approx(served)
        assert len(parts_of(found)) == (4 if served else 0)
    partial = planned(wards(stock=stock, orders=[order(split=True, most_parts=2, partial=True)]))
    assert parts_of(partial) == [3, 3]
    (unmet,) = partial.unmet
    assert unmet.short_bq == pytest.approx(6 * GBQ)


def test_parts_come_at_two_times_where_the_licence_has_no_room_for_all_at_once() -> None:
    """What is there decays; a licence that the whole order would break holds each part by itself."""
    network = wards(
        stock=[lot("tc-1", "one", "tc", "60 GBq")],
        products=[{"id": "tc", "name": "t", "name_zh": "t", "nuclide": "Tc-99m", "shelf_life": "3 d"}],
        orders=[order(product="tc", activity="10 GBq", split=True)],
    )
    found = planned(network)
    assert len(parts_of(found)) == 1, "one package is cheaper than two"


def test_an_order_that_names_neither_has_the_rows_and_columns_of_before() -> None:
    plain = build_model(build_problem(wards(orders=[order(), order("p", "5 GBq")]), FIRST, 1))
    again = build_model(
        build_problem(wards(orders=[order(), order("p", "5 GBq", alternatives=[])]), FIRST, 1)
    )
    assert not plain.serve_column
    assert not plain.equivalent
    assert not plain.change.any()
    assert plain.matrix.shape == again.matrix.shape
    assert (plain.matrix != again.matrix).nnz == 0


def test_the_pinned_lot_serves_alone() -> None:
    network = wards(orders=[order(activity="5 GBq", split=True)])
    found = planned(network, pins=Pins(deliveries={"o": "lu-2"}))
    assert [row.lot for row in found.deliveries] == ["lu-2"]
    assert planned(network, pins=Pins(deliveries={"o": None})).deliveries == []


def test_another_product_comes_only_where_the_order_allows_it_and_counts_by_its_own_activity() -> None:
    stock = [lot("lu-b-1", "two", "lu-b", "9 GBq")]
    assert planned(wards(stock=stock, orders=[order()])).deliveries == []
    network = wards(stock=stock, orders=[order(alternatives="lu-b = 8 GBq")])
    found = planned(network)
    check_by_hand(network, found)
    (row,) = found.deliveries
    assert (row.product, row.instead_of) == ("lu-b", "lu")
    assert row.activity_bq == pytest.approx(8 * GBQ)
    assert row.counts_bq == pytest.approx(12 * GBQ)
    assert found.served_fraction == pytest.approx(1.0)
    assert found.served_activity_bq == {"Lu-177": pytest.approx(12 * GBQ)}


def test_what_is_ordered_first_is_sent_first_unless_the_other_saves_its_price() -> None:
    stock = [lot("lu-1", "one", "lu", "12 GBq"), lot("lu-b-1", "two", "lu-b", "12 GBq")]
    dear = [
        {"id": f"road-{site}", "mode": "road", "origins": site, "destinations": "*", "speed_kmh": 60,
         "cost_per_trip": cost}
        for site, cost in (("one", 1500), ("two", 100))
    ]  # fmt: skip
    for price, sent in (("", "lu-b"), (" @ 1300", "lu-b"), (" @ 1500", "lu")):
        network = wards(stock=stock, lanes=dear, orders=[order(alternatives=f"lu-b = 12 GBq{price}")])
        found = planned(network)
        check_by_hand(network, found)
        assert [row.product for row in found.deliveries] == [sent], price
        assert found.cost == pytest.approx(100 if sent == "lu-b" else 1500), (
            "the price is no part of the cost"
        )
    second = wards(stock=stock, lanes=dear, orders=[order(alternatives="tc = 1 GBq; lu-b = 12 GBq")])
    assert [row.product for row in planned(second).deliveries] == ["lu"], "the second one costs 2000"


def test_licence_and_least_specific_activity_are_those_of_what_is_delivered() -> None:
    stock = [lot("tc-1", "one", "tc", "60 GBq")]
    wanted = order(product="gen", activity="20 GBq", alternatives="tc = 15 GBq")
    assert [row.product for row in planned(wards(stock=stock, orders=[wanted])).deliveries] == ["tc"]
    refused = planned(wards(stock=stock, orders=[wanted | {"site": "clinic"}]))
    assert refused.deliveries == []
    (unmet,) = refused.unmet
    assert "Tc-99m" in unmet.sentence, "the reason looks at the alternative too"
    assert "Generator" in unmet.sentence


def test_an_order_in_parts_takes_both_products_together() -> None:
    stock = [lot("lu-1", "one", "lu", "6 GBq"), lot("lu-b-1", "two", "lu-b", "5 GBq")]
    either = wards(stock=stock, orders=[order(alternatives="lu-b = 10 GBq")])
    assert planned(either).deliveries == []
    both = wards(stock=stock, orders=[order(alternatives="lu-b = 10 GBq", split=True)])
    found = planned(both)
    check_by_hand(both, found)
    assert parts_of(found) == [6, 6]


def test_possession_counts_what_is_there_whichever_product_it_is() -> None:
    """A ward whose Tc-99m licence is too small for the alternative takes the generator alone."""
    from small import licence

    network = wards(
        stock=[lot("tc-1", "one", "tc", "60 GBq"), lot("gen-1", "two", "gen", "20 GBq")],
        orders=[
            order("a", "15 GBq", product="gen", alternatives="tc = 15 GBq"),
            order("b", "15 GBq", product="gen", alternatives="tc = 15 GBq"),
        ],
    )
    assert len(planned(network).deliveries) == 2
    sites = [
        site if site.id != "ward" else site.model_copy(
            update={"licence": site.licence.model_validate(licence(("Mo-99", "10 TBq"), ("Tc-99m", "10 GBq")))}
        )
        for site in network.sites
    ]  # fmt: skip
    found = planned(network.with_rows(sites=sites))
    assert sorted(row.product for row in found.deliveries) == ["gen"]
    (unmet,) = found.unmet
    assert unmet.reason == "licence_limit"
