"""Orders in parts and with alternatives: how they are written, what is refused, how they repeat."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from becq.chain.alternative import Alternative
from becq.chain.definition import define
from becq.chain.order import Order, StandingOrder
from becq.chain.site import Site
from becq.chain.source import Path, Place, Source
from becq.chain.validation import validate

ORDER: dict[str, Any] = {
    "id": "o", "site": "s", "product": "p", "activity": "10 GBq", "calibration": "2026-03-02T10:00",
    "earliest": "2026-03-02T08:00", "latest": "2026-03-02T10:00",
}  # fmt: skip


def order(**more: Any) -> Order:
    return Order.model_validate(ORDER | more)


@pytest.mark.parametrize(
    "written",
    [
        "q = 20 GBq; r = 150 MBq @ 800",
        "q：20 GBq；r：150 MBq＠800",
        "q: 20 GBq\nr: 150 MBq @ 800",
        [{"product": "q", "activity": "20 GBq"}, {"product": "r", "activity": "150 MBq", "cost": 800}],
        ["q = 20 GBq", {"product": "r", "activity": "150 MBq", "cost": "800"}],
    ],
)
def test_alternatives_are_read_in_every_form(written: Any) -> None:
    found = order(alternatives=written)
    assert found.alternatives == [Alternative("q", 20e9), Alternative("r", 150e6, 800.0)]
    assert define(found)["alternatives"] == "q = 20 GBq; r = 150 MBq @ 800"
    assert Order.model_validate(define(found)) == found


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"alternatives": "q"}, "is not an alternative"),
        ({"alternatives": "q = 3"}, "has no unit"),
        ({"alternatives": "q = 0 GBq"}, "greater than zero"),
        ({"alternatives": "q = 1 GBq; q = 2 GBq"}, "named twice"),
        ({"alternatives": "p = 1 GBq"}, "its own alternative"),
        ({"alternatives": "q = 1 GBq @ -3"}, "no number of zero or more"),
        ({"alternatives": [{"product": "q", "activty": "1 GBq"}]}, "no field 'activty'"),
        ({"alternatives": [{"product": "q"}]}, "lacks its activity"),
        ({"alternatives": 7}, "not a list of alternatives"),
        ({"least_part": "1 GBq"}, "does not come in parts"),
        ({"most_parts": 3}, "does not come in parts"),
        ({"split": True, "least_part": "11 GBq"}, "larger than the whole order"),
        ({"split": True, "most_parts": 1}, "greater than or equal to 2"),
    ],
)
def test_what_does_not_fit_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        order(**more)


def test_least_part_is_a_tenth_or_what_is_said_and_without_parts_the_whole() -> None:
    assert order(split=True).smallest_part == pytest.approx(1e9)
    assert order(split=True, least_part="4 GBq").smallest_part == 4e9
    assert order(tolerance=0.2).smallest_part == order(split=True, tolerance=0.2).least == pytest.approx(8e9)
    assert order(partial=True).smallest_part == order(split=True, partial=True).least == 0.0


def test_what_repeats_repeats_its_parts_and_alternatives() -> None:
    said = {"split": "yes", "least_part": "3 GBq", "most_parts": 5, "alternatives": "q = 20 GBq @ 7"}
    standing = StandingOrder.model_validate(
        {"id": "t", "site": "s", "product": "p", "activity": "10 GBq", "days": "daily", "earliest": "08:00",
         "latest": "10:00", "calibration": "10:00", **said}
    )  # fmt: skip
    site = Site.model_validate(
        {"id": "s", "name": "s", "name_zh": "s", "kind": "hospital", "lat": 30, "lon": 100}
    )
    (found,) = standing.expand(site, date(2026, 3, 2), 1)
    for name in said:
        assert getattr(found, name) == getattr(standing, name)


def test_an_unknown_alternative_is_told_at_its_field() -> None:
    site = {"id": "s", "name": "s", "name_zh": "s", "kind": "hospital", "lat": 30, "lon": 100}
    product = {"id": "p", "name": "p", "name_zh": "p", "nuclide": "I-131", "shelf_life": "1 d"}
    lane = {"id": "road", "mode": "road", "origins": "*", "destinations": "*", "speed_kmh": 60}
    places: list[Path] = []

    def locate(path: Path) -> Place:
        places.append(path)
        return Place(None)

    source = Source(
        "x",
        {"name": "n", "sites": [site], "products": [product], "lanes": [lane],
         "orders": [ORDER | {"alternatives": "q = 1 GBq"}]},
        locate,
    )  # fmt: skip
    network, problems = validate(source)
    assert network is None
    assert [problem.message for problem in problems] == ["'q' is not defined under products"]
    assert places[-1] == ("orders", 0, "alternatives")
