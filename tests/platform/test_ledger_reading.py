"""Who sees what of the books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from becq.errors import InputError, PermissionDeniedError
from becq.platform.ledger import moves, selectors
from becq.platform.ledger.chart import place
from becq.platform.ledger.services import Line, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def world(operator, organisation, person, frozen_clock):
    """A producer that serves two hospitals of two provinces."""
    start = frozen_clock - timedelta(days=3)
    producer = organisation("PROD", province="四川")
    here = organisation("HERE", kind="hospital", province="四川")
    there = organisation("THERE", kind="hospital", province="山东")
    moves.produce(operator, producer, "SITE", "BULK", {"Lu-177": 1e11}, start, parents=["TARGET"])
    for hospital, package in ((here, "PKG-H"), (there, "PKG-T")):
        moves.dispatch(
            operator,
            producer,
            "SITE",
            hospital,
            "BULK",
            start,
            nuclide="Lu-177",
            activity_bq=1e10,
            into_lot=package,
        )
        moves.receive_with_measurement(
            operator, hospital, "W", producer, package, start + HOUR, nuclide="Lu-177", measured_bq=None
        )
        moves.dispense(operator, hospital, "W", package, f"DOSE-{package}", "Lu-177", 7e9, start + 2 * HOUR)
    moves.dispatch(operator, producer, "SITE", here, "BULK", start + HOUR, nuclide="Lu-177", activity_bq=1e9)
    return {
        "producer": producer,
        "here": here,
        "there": there,
        "planner": person("planner", producer),
        "nurse": person("hospital", here),
        "other": person("hospital", there),
        "sichuan": person("regulator", organisation("SC-EPB", kind="regulator", province="四川")),
        "shandong": person("regulator", organisation("SD-EPB", kind="regulator", province="山东")),
        "national": person("regulator", organisation("NNSA", kind="regulator", province="*")),
        "nobody": person("planner"),
        "nowhere": person("regulator", organisation("BLANK", kind="regulator", province="")),
        "operator": operator,
    }


@pytest.mark.parametrize(
    ("who", "holders"),
    [
        ("planner", {"PROD"}),
        ("nurse", {"HERE", "PROD"}),  # PROD only for what is under way to HERE
        ("other", {"THERE"}),
        ("sichuan", {"HERE", "PROD"}),
        ("shandong", {"THERE"}),
        ("national", {"HERE", "THERE", "PROD"}),
        ("operator", {"HERE", "THERE", "PROD"}),
        ("nobody", set()),
        ("nowhere", set()),
    ],
)
def test_balances_are_those_of_the_own_books(world, frozen_clock, who, holders):
    rows = selectors.balances(world[who], frozen_clock)
    assert {row.holder for row in rows} == holders
    if who == "nurse":
        assert {row.place for row in rows if row.holder == "PROD"} == {"transit/HERE"}
    assert selectors.balances(world[who], frozen_clock - timedelta(days=30)) == []


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("planner", 6),
        ("nurse", 4),
        ("other", 3),
        ("sichuan", 7),
        ("shandong", 3),
        ("national", 8),
        ("nobody", 0),
    ],
)
def test_postings_are_those_that_touch_the_own_books(world, who, seen):
    assert selectors.postings(world[who]).count() == seen


def test_anothers_posting_is_not_there(world):
    dose = selectors.history(world["other"], "DOSE-PKG-T").get()
    assert selectors.posting(world["other"], dose.uuid) == dose
    with pytest.raises(InputError, match="no posting"):
        selectors.posting(world["nurse"], dose.uuid)
    assert not selectors.history(world["nurse"], "DOSE-PKG-T").exists()


def test_statements_and_differences_of_others(world, frozen_clock):
    for who in ("nurse", "shandong", "nobody"):
        with pytest.raises(PermissionDeniedError, match="PROD"):
            selectors.statement(world[who], world["producer"], frozen_clock - timedelta(days=9), frozen_clock)
        with pytest.raises(PermissionDeniedError, match="PROD"):
            selectors.unaccounted(world[who], world["producer"])
    assert selectors.statement(
        world["sichuan"], world["producer"], frozen_clock - timedelta(days=9), frozen_clock
    )


def test_a_hospital_learns_what_its_dose_was_made_from_and_nothing_of_its_neighbour(world):
    family = selectors.genealogy(world["nurse"], "DOSE-PKG-H")
    assert family.lots() == ["DOSE-PKG-H", "PKG-H", "BULK", "TARGET"]
    origin = family.ancestors[-1]
    assert (origin.holder, origin.event_time, origin.posting) == (None, None, None)
    assert selectors.genealogy(world["nurse"], "DOSE-PKG-T").lots() == ["DOSE-PKG-T"]
    assert not selectors.genealogy(world["nurse"], "DOSE-PKG-T").ancestors
    down = selectors.genealogy(world["nurse"], "BULK")
    assert "PKG-T" not in down.lots()
    assert {"PKG-H", "DOSE-PKG-H"} <= set(down.lots())
    assert "DOSE-PKG-T" in selectors.genealogy(world["national"], "TARGET").lots()


def test_a_lot_of_the_same_name_leads_nowhere(world, frozen_clock):
    """Giving one's own lot the code of somebody else's does not open their books."""
    here = world["here"]
    moves.produce(world["operator"], here, "W", "DOSE-PKG-T", {"F-18": 1e9}, frozen_clock)
    assert selectors.genealogy(world["nurse"], "DOSE-PKG-T").lots() == ["DOSE-PKG-T"]
    with pytest.raises(PermissionDeniedError, match="not in the books"):
        moves.produce(
            world["operator"], here, "W", "MINE", {"F-18": 1e9}, frozen_clock, parents=["DOSE-PKG-T", "PKG-T"]
        )


def test_audit(world, person):
    assert selectors.audit(world["operator"]).ok
    assert selectors.audit(world["sichuan"], world["producer"]).ok
    with pytest.raises(PermissionDeniedError):
        selectors.audit(world["sichuan"], world["there"])
    with pytest.raises(PermissionDeniedError):
        selectors.audit(world["national"])
    with pytest.raises(PermissionDeniedError):
        selectors.audit(world["nurse"], world["here"])
    assert selectors.audit(person("rso", world["here"]), world["here"]).ok


@pytest.mark.parametrize("who", ["nurse", "sichuan", "national", "nobody", "other"])
def test_nobody_else_writes_or_learns_what_is_there(world, frozen_clock, who):
    with pytest.raises(PermissionDeniedError):
        moves.discard(world[who], world["producer"], "SITE", "BULK", frozen_clock)
    with pytest.raises(PermissionDeniedError):
        moves.produce(world[who], world["producer"], "SITE", "X", {"F-18": 1e9}, frozen_clock)
    with pytest.raises(PermissionDeniedError):  # not: "there is no such lot"
        moves.discard(world[who], world["producer"], "SITE", "GUESSED", frozen_clock)


def test_one_does_not_reach_into_anothers_place(world, frozen_clock):
    with pytest.raises(PermissionDeniedError, match="PROD:SITE"):
        moves.transfer(
            world["nurse"],
            world["here"],
            place(world["producer"], "SITE"),
            place(world["here"], "W"),
            "BULK",
            frozen_clock,
        )


def test_a_person_bound_to_a_site(world, person, frozen_clock):
    bound = person("hospital", world["here"], site_code="OTHER-WARD")
    with pytest.raises(PermissionDeniedError, match="bound to site OTHER-WARD"):
        moves.discard(bound, world["here"], "W", "PKG-H", frozen_clock)
    moves.discard(person("hospital", world["here"], site_code="W"), world["here"], "W", "PKG-H", frozen_clock)


def test_a_role_writes_only_its_kinds(world, frozen_clock):
    lines = [
        Line(place(world["here"], "W"), "PKG-H", "Lu-177", -1e6),
        Line(place(world["here"], "W/box"), "PKG-H", "Lu-177", 1e6),
    ]
    with pytest.raises(PermissionDeniedError, match="production.assay"):
        post(world["nurse"], world["here"], "produce", frozen_clock, lines)
    post(world["nurse"], world["here"], "transfer", frozen_clock, lines)
