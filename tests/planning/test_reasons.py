"""Each unmet order gets its true reason: one scenario a code, mended by lifting just that limit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from small import ALL, licence, small_network

from becq.planning import plan

FIRST = date(2026, 12, 7)


def one_order(**fields: Any) -> dict[str, Any]:
    order = {
        "id": "o1", "site": "near", "product": "fdg", "activity": "5 GBq",
        "calibration": "2026-12-08T10:00:00+08:00", "earliest": "2026-12-08T08:00:00+08:00",
        "latest": "2026-12-08T10:00:00+08:00",
    }  # fmt: skip
    return {"standing_orders": [], "orders": [{**order, **fields}]}


def changed(section: str, **by_id: dict[str, Any]) -> dict[str, Any]:
    rows = small_network().model_dump(mode="json", exclude_none=True)[section]
    return {section: [{**row, **by_id.get(row["id"].replace("-", "_"), {})} for row in rows]}


OUTAGE = {"start": "2026-12-07T12:00:00+08:00", "end": "2026-12-09T00:00:00+08:00", "reason": "target change"}
FAR = {"site": "far", "latest": "2026-12-08T20:00:00+08:00", "calibration": "2026-12-08T13:00:00+08:00",
       "tolerance": 0.5, "activity": "3 GBq"}  # fmt: skip
EARLY = changed("processes", run_fdg={"start_times": ["02:00"]})

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # code: (a network in which the order is unmet, the same with that limit lifted)
    "outage": (one_order() | changed("resources", cyclotron={"outages": [OUTAGE]}), one_order()),
    "licence_limit": (
        one_order() | changed("sites", near={"licence": licence(("F-18", "1 GBq"))}),
        one_order() | changed("sites", near={"licence": licence(("F-18", "50 GBq"))}),
    ),
    "lane_full": (
        one_order(**FAR) | EARLY | changed("lanes", fly_ab={"departures": [
            {"days": "daily", "time": "09:00", "duration": "1 h 25 min", "capacity_packages": 0}]}),
        one_order(**FAR) | EARLY,
    ),
    "no_capacity": (
        one_order(activity="15 GBq") | changed("processes", run_fdg={"start_times": ["04:00"], "processing_yield": 0.05}),
        one_order(activity="15 GBq"),
    ),
    "too_far": (
        one_order(**FAR) | EARLY | changed("products", fdg={"shelf_life": "2 h"}),
        one_order(**FAR) | EARLY,
    ),
    "no_batch_in_time": (
        one_order(earliest="2026-12-08T03:00:00+08:00", latest="2026-12-08T04:00:00+08:00"),
        one_order(),
    ),
    "not_made": (
        one_order() | {"processes": [p for p in small_network().model_dump(mode="json", exclude_none=True)["processes"]
                                     if p["id"] != "run-fdg"]},
        one_order(),
    ),
    "no_route": (one_order() | changed("lanes", road={"destinations": ["mid"]}), one_order()),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_reason_is_true(code: str) -> None:
    blocked, freed = CASES[code]
    found = plan(small_network(**blocked), FIRST, 7)
    assert [row.reason for row in found.unmet] == [code]
    assert found.unmet[0].sentence
    assert found.unmet[0].sentence_zh
    assert plan(small_network(**freed), FIRST, 7).unmet == [], "lifting that limit must serve the order"


def test_specific_activity_too_low() -> None:
    aged = changed("products", fdg={"min_specific_activity": "300 GBq/mg"})
    low = changed("processes", run_fdg={"specific_activity_eob": "310 GBq/mg"})
    high = changed("processes", run_fdg={"specific_activity_eob": "9000 GBq/mg"})
    assert [u.reason for u in plan(small_network(**(one_order() | aged | low)), FIRST, 7).unmet] == [
        "specific_activity"
    ]
    assert plan(small_network(**(one_order() | aged | high)), FIRST, 7).unmet == []


def test_licence_without_the_nuclide() -> None:
    found = plan(small_network(**one_order(site="tight")), FIRST, 7)
    assert [row.reason for row in found.unmet] == ["licence_limit"]
    assert "no licence for F-18" in found.unmet[0].sentence


def test_outage_upstream_is_named_where_it_is() -> None:
    """The generators fail because the pile is down, not because their own line is."""
    down = {"start": "2026-12-07T00:00:00+08:00", "end": "2026-12-20T00:00:00+08:00", "reason": "fuel change"}
    order = one_order(
        site="mid", product="tc-gen", activity="10 GBq", calibration="2026-12-12T12:00:00+08:00",
        earliest="2026-12-12T06:00:00+08:00", latest="2026-12-12T20:00:00+08:00",
    )  # fmt: skip
    (unmet,) = plan(small_network(**(order | changed("resources", pile={"outages": [down]}))), FIRST, 7).unmet
    assert unmet.reason == "outage"
    assert "irr-mo" in unmet.sentence
    assert "fuel change" in unmet.sentence
    assert "make-gen" not in unmet.sentence


def test_two_limits_at_once_are_both_named() -> None:
    down = {"start": "2026-12-07T00:00:00+08:00", "end": "2026-12-20T00:00:00+08:00", "reason": "fuel change"}
    order = one_order(
        site="mid", product="tc-gen", activity="20 GBq", calibration="2026-12-12T12:00:00+08:00",
        earliest="2026-12-12T06:00:00+08:00", latest="2026-12-12T20:00:00+08:00",
    )  # fmt: skip
    network = order | changed("resources", pile={"outages": [down]})
    network |= changed("sites", mid={"licence": licence(("Mo-99", "10 GBq"))})
    (unmet,) = plan(small_network(**network), FIRST, 7).unmet
    assert unmet.reason == "licence_limit"
    assert "10.0 GBq licence" in unmet.sentence
    assert "fuel change" in unmet.sentence


def test_a_generator_too_weak_for_the_order() -> None:
    order = one_order(product="ga-dota", activity="1.5 GBq")
    (unmet,) = plan(small_network(**order), FIRST, 7).unmet
    assert unmet.reason == "no_capacity"
    assert "as large as this order" in unmet.sentence


def test_licence_that_has_ended() -> None:
    ended = {"licence": {**licence(*ALL), "valid_until": "2025-12-31"}}
    (unmet,) = plan(small_network(**(one_order() | changed("sites", near=ended))), FIRST, 7).unmet
    assert unmet.reason == "licence_limit"
    assert "ended on 2025-12-31" in unmet.sentence


def test_maker_without_a_licence() -> None:
    bare = {"licence": licence(("Mo-99", "1 GBq"))}
    (unmet,) = plan(small_network(**(one_order() | changed("sites", pharmacy=bare))), FIRST, 7).unmet
    assert unmet.reason == "licence_limit"
    assert "Pharmacy has no licence for F-18" in unmet.sentence


def test_made_on_other_days_is_not_called_not_made() -> None:
    """The reactor starts on Monday and Thursday; a plan from Friday to Saturday has no batch, but a maker."""
    order = one_order(
        product="i131", activity="1 GBq", calibration="2026-12-12T12:00:00+08:00",
        earliest="2026-12-11T08:00:00+08:00", latest="2026-12-12T12:00:00+08:00",
    )  # fmt: skip
    (unmet,) = plan(small_network(**order, stock=[]), date(2026, 12, 11), 2).unmet
    assert unmet.reason == "no_batch_in_time"


def test_an_order_that_alone_exceeds_the_licence_is_told_so() -> None:
    blocked, _ = CASES["licence_limit"]
    (unmet,) = plan(small_network(**blocked), FIRST, 7).unmet
    assert "exceed the 1.00 GBq licence" in unmet.sentence
    assert "already there" not in unmet.sentence
