"""The referee of permissions and parts is tested itself: a plan that breaks one rule and no other is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from checker import Referee
from small import ALL, licence, small_network
from wards import lot, order, wards

from becq.chain.network import Network
from becq.planning import plan

FIRST = date(2026, 12, 7)
Document = dict[str, Any]
POTS = [
    {
        "id": "pot",
        "products": ["fdg", "i131", "tc-gen"],
        "shield": "lead",
        "thickness_mm": 20,
        "radius_mm": 120,
    }
]


@pytest.fixture(scope="module")
def lawful() -> Document:
    network = small_network()
    return plan(network, FIRST, 14).as_dict(network)


def faults(made: Document, **changes: Any) -> list[str]:
    """What the referee finds where the network is as these changes make it."""
    return Referee(small_network(**changes), made).check()


def rows(section: str, name: str, **fields: Any) -> list[Document]:
    listed = small_network().model_dump(mode="json", exclude_none=True)[section]
    return [{**row, **fields} if row["id"] == name else row for row in listed]


def ways(made: Document) -> set[tuple[str, str, str]]:
    return {(row["from"], row["to"], row["nuclide"]) for row in (*made["deliveries"], *made["supplies"])}


def approvals(made: Document, change: Callable[[Document], None] | None = None) -> list[Document]:
    """Ample approvals for all that the plan sends; of F-18 to the near hospital as ``change`` makes it."""
    listed = []
    for origin, destination, nuclide in sorted(ways(made)):
        if origin == destination:
            continue
        row = {"id": f"{origin}-{destination}-{nuclide.lower()}", "origin": origin, "destination": destination,
               "nuclide": nuclide, "activity": "100 TBq", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}  # fmt: skip
        if change is not None and (destination, nuclide) == ("near", "F-18"):
            change(row)
        listed.append(row)
    return listed


def test_ample_approvals_are_no_fault(lawful: Document) -> None:
    assert faults(lawful, approvals=approvals(lawful)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row.update(nuclide="I-124"), "no approval to transfer F-18"),
        (lambda row: row.update(origin="reactor"), "no approval to transfer F-18"),
        (lambda row: row.update(activity="20 GBq"), "transferred"),
        (lambda row: row.update(valid_until="2026-12-09"), "no approval is in force"),
        (lambda row: row.update(valid_from="2026-12-10"), "no approval is in force"),
        (lambda row: row.update(valid_from="2025-06-01"), "the approval is for 2025"),
    ],
)
def test_each_way_to_lack_an_approval_is_seen(
    lawful: Document, change: Callable[[Document], None], words: str
) -> None:
    found = faults(lawful, approvals=approvals(lawful, change))
    assert found
    assert all(words in each for each in found)


def test_an_approval_counts_all_that_goes_under_it(lawful: Document) -> None:
    """What leaves counts, not what arrives; the last becquerel decides."""
    sent = sum(
        row["activity_depart_bq"]
        for row in lawful["deliveries"]
        if (row["to"], row["nuclide"]) == ("near", "F-18")
    )

    def allow(share: float) -> list[str]:
        return faults(
            lawful, approvals=approvals(lawful, lambda row: row.update(activity=f"{sent * share!r} Bq"))
        )

    assert allow(1.00001) == []
    assert ["transferred" in each for each in allow(0.9999)] == [True]


def test_goods_within_one_holder_need_no_approval(lawful: Document) -> None:
    listed = [
        row for row in approvals(lawful) if (row["origin"], row["destination"]) != ("reactor", "pharmacy")
    ]
    assert faults(lawful, approvals=listed)
    both = small_network().model_dump(mode="json", exclude_none=True)["sites"]
    both = [{**row, "organisation": "One"} if row["id"] in ("reactor", "pharmacy") else row for row in both]
    assert faults(lawful, approvals=listed, sites=both) == []


def test_a_sender_that_may_not_sell_is_seen(lawful: Document) -> None:
    found = faults(lawful, sites=rows("sites", "pharmacy", licence=licence(*ALL, scope="use")))
    assert found
    assert all("may not sell" in each for each in found)


@pytest.mark.parametrize(("use_class", "is_lawful"), [(1, False), (2, True), (4, True), (None, True)])
def test_positron_products_need_a_use_licence_of_the_second_class(
    lawful: Document, use_class: int | None, is_lawful: bool
) -> None:
    found = faults(
        lawful, sites=rows("sites", "mid", **({} if use_class is None else {"use_class": use_class}))
    )
    assert bool(found) != is_lawful
    assert all("needs a use licence of class 2" in each for each in found)


def operation(
    nuclide: str, daily: str, grade: str = "A", workplace: str = "Hall", how: str = "simple-liquid"
) -> Document:
    return {
        "workplace": workplace,
        "workplace_class": grade,
        "nuclide": nuclide,
        "operation": how,
        "daily_limit": daily,
    }


def test_a_day_of_a_workplace_is_bounded(lawful: Document) -> None:
    def at(site: str, *operations: Document) -> list[str]:
        named = {row["nuclide"] for row in operations}
        ample = [
            operation(nuclide, "100 TBq", workplace="Store") for nuclide, _ in ALL if nuclide not in named
        ]
        permit = {**licence(*ALL, scope="produce, sell, use"), "operations": [*operations, *ample]}
        return faults(lawful, sites=rows("sites", site, licence=permit))

    assert at("near", operation("F-18", "6.1 GBq")) == []
    assert all("handles" in each for each in at("near", operation("F-18", "5.9 GBq"))) is True
    assert at("near", operation("F-18", "5.9 GBq"))
    # 6 GBq of F-18, of low toxicity (0.01), handled simply (1): an equivalent of 60 MBq, above class C.
    assert at("near", operation("F-18", "60 GBq", "B")) == []
    found = at("near", operation("F-18", "60 GBq", "C"))
    assert found
    assert all("daily equivalent" in each for each in found)
    # Two workplaces share it by their limits: a quarter of 60 MBq is below 20 MBq.
    parted = at("near", operation("F-18", "10 GBq", "C"), operation("F-18", "30 GBq", "B", "Other"))
    assert parted == []
    # What is labelled and eluted counts where it is made.
    assert [each.split(":")[0][:8] for each in at("pharmacy", operation("Lu-177", "1 GBq"))] == ["pharmacy"]


def test_a_nuclide_that_no_workplace_names_is_not_handled(lawful: Document) -> None:
    permit = {**licence(*ALL), "operations": [operation(n, "100 TBq") for n, _ in ALL if n != "F-18"]}
    found = faults(lawful, sites=rows("sites", "near", licence=permit))
    assert found
    assert all("of F-18, 1e+06 a day" in each for each in found), "the exempt activity"


def test_makers_hold_no_more_than_they_may(lawful: Document) -> None:
    """One batch of 120 GBq of F-18 at EOB; a limit just below and just above."""

    def with_limit(limit: str) -> list[str]:
        own = tuple((nuclide, limit if nuclide == "F-18" else most) for nuclide, most in ALL)
        return faults(
            lawful, sites=rows("sites", "pharmacy", licence=licence(*own, scope="produce, sell, use"))
        )

    assert with_limit("130 GBq") == []
    found = with_limit("119 GBq")
    assert found
    assert all("makes and holds" in each for each in found)


def test_what_is_being_labelled_is_still_there(lawful: Document) -> None:
    """The input counts until the product is released, and what has left does not."""
    supply = next(row for row in lawful["supplies"] if row["product"] == "lu-bulk")
    own = tuple((n, f"{supply['activity_bq'] * 0.999!r} Bq" if n == "Lu-177" else most) for n, most in ALL)
    found = faults(lawful, sites=rows("sites", "pharmacy", licence=licence(*own, scope="produce, sell, use")))
    assert any("makes and holds" in each and "Lu-177" in each for each in found)


def test_transport_indexes_of_a_departure_add_up() -> None:
    network = small_network(packagings=POTS)
    made = plan(network, FIRST, 14).as_dict(network)
    flown = [row for row in made["deliveries"] if any(leg["mode"] == "flight" for leg in row["legs"])]
    assert flown
    base = small_network().model_dump(mode="json", exclude_none=True)["lanes"][1]

    def with_limit(limit: str) -> list[str]:
        line = {**base["departures"][0], "transport_index_limit": limit}
        lanes = rows("lanes", "fly-ab", departures=[line])
        return Referee(small_network(packagings=POTS, lanes=lanes), made).check()

    assert with_limit("1000") == []
    found = with_limit("0.1")
    assert found
    assert all("transport indexes add up" in each for each in found)


PARTED = {"split": True, "least_part": "4 GBq", "most_parts": 3}


@pytest.fixture(scope="module")
def in_parts() -> tuple[Network, Document]:
    network = wards(
        orders=[order(activity="20 GBq", **PARTED)],
        stock=[
            lot("a", "one", "lu", "7 GBq"),
            lot("b", "one", "lu", "8 GBq"),
            lot("c", "two", "lu", "9 GBq"),
        ],
    )
    made = plan(network, FIRST, 1).as_dict(network)
    assert Referee(network, made).check() == []
    assert len(made["deliveries"]) == 3
    return network, made


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"split": True, "least_part": "4 GBq", "most_parts": 2}, "comes in 3 parts"),
        ({}, "comes in 3 parts"),
        ({"split": True, "least_part": "6 GBq", "most_parts": 3}, "a part of"),
    ],
)
def test_parts_that_an_order_does_not_allow_are_seen(
    in_parts: tuple[Network, Document], fields: Document, words: str
) -> None:
    network, made = in_parts
    stricter = network.with_rows(
        orders=[type(network.orders[0]).model_validate(order(activity="20 GBq", **fields))]
    )
    found = Referee(stricter, made).check()
    assert found
    assert all(words in each for each in found)


def test_a_part_that_counts_wrongly_is_seen(in_parts: tuple[Network, Document]) -> None:
    network, made = in_parts
    false = copy.deepcopy(made)
    false["deliveries"][0]["counts_bq"] *= 1.01
    assert [": counts" in each for each in Referee(network, false).check()] == [True]
    false = copy.deepcopy(made)
    false["deliveries"][0]["instead_of"] = "other"
    assert ["what it replaces" in each for each in Referee(network, false).check()] == [True]
    false = copy.deepcopy(made)
    false["deliveries"][0]["id"] = false["deliveries"][1]["id"]
    assert ["one name" in each for each in Referee(network, false).check()] == [True]


@pytest.mark.parametrize(("share", "is_lawful"), [("0.0001 %", True), ("4 %", False)])
def test_impurities_that_a_drug_may_not_have_are_seen(lawful: Document, share: str, is_lawful: bool) -> None:
    """Lu-177m in the chloride that is labelled; what is delivered has it too, aged."""
    listed = small_network().model_dump(mode="json", exclude_none=True)
    products = [
        {**row, "drug": "lu-177-chloride-ca"} if row["nuclide"] == "Lu-177" else row
        for row in listed["products"]
    ]
    processes = rows("processes", "irr-lu", impurities=f"Lu-177m = {share}")
    found = faults(lawful, products=products, processes=processes)
    assert bool(found) != is_lawful
    assert all("of Lu-177m" in each and "allowed" in each for each in found)
