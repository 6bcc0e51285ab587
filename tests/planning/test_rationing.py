"""Rationing policies: known answers, brute force over every choice, and what they promise each other."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from checker import Referee
from hypothesis import given, settings
from hypothesis import strategies as st
from small import licence, small_network

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning import Pins, plan, rationing
from becq.planning.comparison import measure
from becq.planning.groups import POLICIES, group_orders
from becq.planning.model import Model, build_model
from becq.planning.options import build_problem
from becq.planning.reach import reachable_bq
from becq.planning.replan import replan
from becq.planning.solve import Solution
from becq.planning.subprogramme import Extra, cut, grow
from becq.reports.plan_words import fairness_lines

FIRST = date(2026, 12, 7)
CLOCK = "2026-12-07T{}:00:00+08:00"


def hospital(name: str, province: str, lat: float) -> dict[str, Any]:
    return {
        "id": name, "name": name.title(), "name_zh": name, "kind": "hospital", "lat": lat, "lon": 103.9,
        "province": province, "licence": licence(("I-131", "10 TBq")),
    }  # fmt: skip


def order(name: str, site: str, gbq: float, *, partial: bool = True, priority: int = 2) -> dict[str, Any]:
    return {
        "id": name, "site": site, "product": "i131", "activity": f"{gbq} GBq", "calibration": CLOCK.format("18"),
        "earliest": CLOCK.format("06"), "latest": CLOCK.format("18"), "partial": partial, "tolerance": 0,
        "priority": priority,
    }  # fmt: skip


def one_stock(gbq: float, orders: list[dict[str, Any]], places: dict[str, str]) -> Network:
    """A stock that gives ``gbq`` at the calibration of all orders, and hospitals on one road, by province."""
    base = small_network().model_dump(mode="json", exclude_none=True)
    stock = {
        "id": "old", "site": "reactor", "product": "i131", "activity": f"{gbq} GBq",
        "reference_time": CLOCK.format("18"),
    }  # fmt: skip
    road = base["lanes"][0] | {"origins": ["reactor"]}
    sites = [base["sites"][0]]
    sites += [hospital(name, where, 29.8 + 0.1 * n) for n, (name, where) in enumerate(places.items())]
    return small_network(
        sites=sites, products=base["products"][:1], resources=[], processes=[], lanes=[road],
        stock=[stock], standing_orders=[], orders=orders,
    )  # fmt: skip


def served(network: Network, policy: Any) -> dict[str, float]:
    """Order → GBq, of a plan that the referee lets pass."""
    found = plan(network, FIRST, 1, policy=policy)
    assert Referee(network, found.as_dict(network)).check() == []
    assert found.policy == policy
    assert found.gap <= 1e-3
    got = {row.order: row.activity_bq / 1e9 for row in found.deliveries}
    return {each.id: round(got.get(each.id, 0.0), 4) for each in network.orders}


THREE = {"a": "Sichuan", "b": "Sichuan", "c": "Guizhou"}


def test_one_supply_is_divided_by_class_or_evenly() -> None:
    orders = [order("oa", "a", 10, priority=1), order("ob", "b", 20), order("oc", "c", 30, priority=3)]
    network = one_stock(39, orders, THREE)
    assert served(network, "priority") == {"oa": 10, "ob": 20, "oc": 9}
    # 39 of 60: every hospital gets 65 %, which is no tenth.
    even = {"oa": 6.5, "ob": 13, "oc": 19.5}
    assert served(network, "pro-rata") == pytest.approx(even, rel=1e-3)
    assert served(network, "fair-hospitals") == pytest.approx(even, rel=1e-3)
    assert served(network, "fair-provinces")["oc"] == pytest.approx(19.5, rel=1e-3)


def test_one_large_order_or_two_small_ones() -> None:
    """20 GBq: the large hospital's only order, or the two small hospitals with 8 together."""
    orders = [order("oa", "a", 20, partial=False), order("ob", "b", 4), order("oc", "c", 4)]
    network = one_stock(20, orders, THREE)
    # Missing squares weighing by size: 4 + 4 beside 20. Max-min: one hospital has nothing, not two.
    assert served(network, "priority") == {"oa": 20, "ob": 0, "oc": 0}
    assert served(network, "pro-rata") == {"oa": 20, "ob": 0, "oc": 0}
    assert served(network, "fair-hospitals") == {"oa": 0, "ob": 4, "oc": 4}
    assert served(network, "fair-provinces") == {"oa": 0, "ob": 4, "oc": 4}


def test_the_far_province_gets_its_share() -> None:
    """Two of four whole orders: three larger ones in one province, the smallest alone in another."""
    places = {"a": "Sichuan", "b": "Sichuan", "c": "Sichuan", "d": "Guizhou"}
    orders = [order(f"o{name}", name, 10 if name == "d" else 11, partial=False) for name in places]
    network = one_stock(22, orders, places)
    assert served(network, "fair-hospitals")["od"] == 0
    assert served(network, "fair-provinces")["od"] == 10


def test_who_nobody_can_reach_drags_nobody_down() -> None:
    network = one_stock(10, [order(f"o{name}", name, 10) for name in THREE], THREE)
    unlicensed = hospital("c", "Guizhou", 30.0) | {"licence": licence(("Lu-177", "1 GBq"))}
    data = network.model_dump(mode="json", exclude_none=True)
    sites = [site for site in data["sites"] if site["id"] != "c"]
    network = small_network(**(data | {"sites": [*sites, unlicensed]}))
    assert served(network, "fair-hospitals") == {"oa": 5, "ob": 5, "oc": 0}
    fairness = plan(network, FIRST, 1, policy="fair-hospitals").fairness
    (row,) = fairness["products"]
    assert row["unreachable"] == 1
    assert row["hospitals"] == 2
    assert row["least_hospital_share"] == pytest.approx(0.5, abs=1e-4)
    assert next(each for each in fairness["provinces"] if each["product"] == "i131")["share"] is not None
    far = [each for each in fairness["provinces"] if each["name_zh"] == "贵州省"]
    assert [each["share"] for each in far] == [None]


def test_there_is_no_other_policy() -> None:
    with pytest.raises(InputError, match="pro-rata"):
        plan(small_network(), FIRST, 1, policy="first-come")  # type: ignore[arg-type]


def shares_of(orders: list[dict[str, Any]], taken: dict[str, float]) -> dict[str, float]:
    wanted: dict[str, float] = {}
    got: dict[str, float] = {}
    for row in orders:
        gbq = float(row["activity"].split()[0])
        wanted[row["site"]] = wanted.get(row["site"], 0.0) + gbq
        got[row["site"]] = got.get(row["site"], 0.0) + taken[row["id"]]
    return {site: got[site] / wanted[site] for site in wanted}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from((1, 2, 5)), st.integers(1, 4)), min_size=2, max_size=3),
    st.floats(0.15, 0.95),
)
def test_whole_orders_are_shared_out_as_every_choice_tried_says(
    hospitals: list[tuple[int, int]], part: float
) -> None:
    """Hospitals with 1, 2 or 5 equal orders have shares in tenths: the lexicographic max-min, exactly."""
    names = "abc"[: len(hospitals)]
    orders = [
        order(f"o{name}{n}", name, gbq, partial=False)
        for name, (count, gbq) in zip(names, hospitals, strict=True)
        for n in range(count)
    ]
    total = sum(count * gbq for count, gbq in hospitals)
    supply = round(part * total, 1) + 0.05
    best: tuple[list[float], float] = ([], -1.0)
    least_missing = np.inf
    for counts in itertools.product(*(range(count + 1) for count, _ in hospitals)):
        taken = sum(n * gbq for n, (_, gbq) in zip(counts, hospitals, strict=True))
        if taken <= supply:
            shares = [n / count for n, (count, _) in zip(counts, hospitals, strict=True)]
            best = max(best, (sorted(shares), taken))
            missing = sum(
                count * gbq * (1 - share) ** 2 for share, (count, gbq) in zip(shares, hospitals, strict=True)
            )
            least_missing = min(least_missing, missing)
    network = one_stock(supply, orders, dict.fromkeys(names, "Sichuan"))
    fair = shares_of(orders, served(network, "fair-hospitals"))
    assert sorted(fair.values()) == pytest.approx(best[0], abs=1e-4)
    even = shares_of(orders, served(network, "pro-rata"))
    size = {name: count * gbq for name, (count, gbq) in zip(names, hospitals, strict=True)}
    missing = sum(size[name] * (1 - share) ** 2 for name, share in even.items())
    # Of shares in tenths the chords are the square itself, unless the mean took the place of one.
    assert missing <= least_missing + sum(size.values()) * 0.03**2 + 1e-6


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from((1, 2, 3)), st.booleans(), st.sampled_from("abc")),
        min_size=2,
        max_size=7,
    ),
    st.floats(0.1, 0.9),
)
def test_the_worst_served_is_served_best_by_the_policy_for_it(rows: list[Any], part: float) -> None:
    orders = [
        order(f"o{n}", site, gbq, partial=partial, priority=priority)
        for n, (gbq, priority, partial, site) in enumerate(rows)
    ]
    network = one_stock(max(0.2, part * sum(row[0] for row in rows)), orders, THREE)
    found = {policy: plan(network, FIRST, 1, policy=policy) for policy in POLICIES}
    for level in ("hospital", "province"):
        shares = {name: each.fairness["products"][0][f"least_{level}_share"] for name, each in found.items()}
        # Whole orders that are larger than the supply are out of reach, under every policy.
        worst = {name: 1.0 if share is None else share for name, share in shares.items()}
        assert worst[f"fair-{level}s"] >= max(worst.values()) - 1e-4


@pytest.mark.parametrize("policy", POLICIES)
def test_plans_of_every_policy_are_lawful(policy: Any) -> None:
    network = small_network()
    found = plan(network, FIRST, 7, policy=policy)
    assert Referee(network, found.as_dict(network)).check() == []
    assert {row["product"] for row in found.fairness["products"]} == {
        row.product for row in network.demand(FIRST, 7)
    }


def test_what_an_order_could_get_is_more_than_any_plan_gives() -> None:
    problem = build_problem(small_network(), FIRST, 7)
    reach = reachable_bq(problem)
    for policy in POLICIES:
        found = plan(small_network(), FIRST, 7, policy=policy)
        given_bq = {row.order: row.activity_bq for row in found.deliveries}
        for number, most in reach.items():
            wanted = problem.demands[number].order
            assert wanted is not None
            assert given_bq.get(wanted.id, 0.0) <= most * (1 + 1e-6)


def test_parts_and_wider_programmes_keep_every_field_in_step() -> None:
    """A field that is added to the model must be cut and grown with it."""
    model = build_model(build_problem(small_network(), FIRST, 3))
    rows, columns = model.matrix.shape
    half = np.arange(0, columns, 2)
    narrow = cut(model, half, np.zeros(columns))
    wide = grow(model, Extra([0.0], [1.0], [0.0], [(np.array([0, columns]), np.array([1.0, 1.0]), 0.0, 1.0)]))
    assert rows != columns
    fields = [
        field.name
        for field in dataclasses.fields(Model)
        if isinstance(getattr(model, field.name), np.ndarray)
    ]
    assert "departures" in fields
    for name in fields:
        size = getattr(model, name).size
        assert size in (rows, columns)
        of_columns = size == columns
        assert getattr(narrow, name).size == narrow.matrix.shape[1 if of_columns else 0]
        assert getattr(wide, name).size == size + 1


def test_groups_of_sites_without_a_province_stand_for_themselves() -> None:
    problem = build_problem(small_network(), FIRST, 3)
    groups = group_orders(problem, reachable_bq(problem), "province")
    assert {group.place for group in groups} <= {"near", "mid", "far", "tight"}


def test_a_replan_keeps_policy_and_measure() -> None:
    network = small_network()
    first = plan(network, FIRST, 7, policy="fair-hospitals").as_dict(network)
    assert first["fairness"]["out_of_reach"]
    again = replan(network, first, [], datetime(2026, 12, 8, 12, tzinfo=network.zone)).plan
    assert again.policy == "fair-hospitals"
    before = {row["product"]: row for row in first["fairness"]["products"]}
    after = {row["product"]: row for row in again.fairness["products"]}
    assert set(again.fairness["out_of_reach"]) >= set(first["fairness"]["out_of_reach"])
    for name in before:
        assert after[name]["served_bq"] == pytest.approx(before[name]["served_bq"], rel=1e-6)
        assert after[name]["least_hospital_share"] == pytest.approx(
            before[name]["least_hospital_share"], abs=1e-6
        )


def test_a_search_without_a_bound_is_bounded_by_what_orders_could_get(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exact = rationing.solve
    honest = plan(small_network(), FIRST, 7)

    def unbounded(*given: Any) -> Solution:
        return dataclasses.replace(exact(*given), worth_bound=1e9)

    monkeypatch.setattr(rationing, "solve", unbounded)
    found = plan(small_network(), FIRST, 7)
    assert 0 < found.gap < 0.5
    # The bound holds for the plan that is known to be the best.
    assert found.objective / (1 - found.gap) >= honest.objective * (1 - 1e-9)


def test_a_product_that_nothing_reaches_has_no_share() -> None:
    network = one_stock(10, [order("oa", "a", 10)], THREE)
    data = network.model_dump(mode="json", exclude_none=True)
    bare = small_network(**(data | {"stock": []}))
    (row,) = plan(bare, FIRST, 1, policy="pro-rata").fairness["products"]
    assert (row["hospitals"], row["unreachable"]) == (0, 1)
    names = (
        "least_hospital",
        "least_hospital_share",
        "jain_hospitals",
        "least_province_share",
        "jain_provinces",
    )
    assert [row[name] for name in names] == [None] * 5
    assert measure("x", plan(bare, FIRST, 1).as_dict(bare)).province_share_least is None
    assert list(fairness_lines(plan(bare, FIRST, 1).fairness, "priority", "en"))[1:] == [
        "  i131: out of reach of all 1 hospitals that ordered it"
    ]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_plan_that_is_looked_at_again_stays_as_it_was(policy: Any) -> None:
    """Two whole orders alike and a supply for one: whoever has it keeps it."""
    network = one_stock(10, [order("oa", "a", 10, partial=False), order("ob", "b", 10, partial=False)], THREE)
    for has in ("oa", "ob"):
        pinned = plan(network, FIRST, 1, policy=policy, pins=Pins(deliveries={has: "old"}))
        first = pinned.as_dict(network) | {"pins": {}}
        now = datetime(2026, 12, 7, tzinfo=network.zone)
        again = replan(network, first, [], now, touched={"oa", "ob", "old"}).plan
        assert [row.order for row in again.deliveries] == [has]


def test_who_was_chosen_among_equals_stays_chosen() -> None:
    """Total service is best with the large order; fairness takes two of three equal ones, whichever they were."""
    places = {"a": "Sichuan", "b": "Sichuan", "c": "Guizhou", "d": "Guizhou"}
    orders = [order(f"o{name}", name, 20 if name == "a" else 9, partial=False) for name in places]
    network = one_stock(20, orders, places)
    for without in ("ob", "oc", "od"):
        pins = Pins(deliveries={without: None})
        first = plan(network, FIRST, 1, policy="fair-hospitals", pins=pins).as_dict(network) | {"pins": {}}
        now = datetime(2026, 12, 7, tzinfo=network.zone)
        again = replan(network, first, [], now, touched={each["id"] for each in orders}).plan
        assert {row.order for row in again.deliveries} == {"ob", "oc", "od"} - {without}
