"""Today for each role: figures, queue, alarms, timetable; and the search."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from market_world import START, world

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))

from becq.platform import clock
from becq.platform.market import services as market
from becq.platform.market.services import Answer
from becq.platform.production import services as production

__all__ = ["world"]


def text(response) -> str:
    return response.content.decode()


def run(world, **more):
    """A planned irradiation at the pharmacy that ends now."""
    batch = {
        "id": "run-fdg@20261206T2200Z",
        "process": "run-fdg",
        "kind": "accelerator_run",
        "site": "pharmacy",
        "resource": "cyclotron",
        "product": "fdg",
        "nuclide": "F-18",
        "start": (START - timedelta(hours=3)).isoformat(),
        "eob": (START - timedelta(hours=1)).isoformat(),
        "release": (START + timedelta(hours=1)).isoformat(),
        "expires": (START + timedelta(hours=11)).isoformat(),
        "activity_eob_bq": 120e9,
        "activity_bq": 60e9,
        "reference_time": (START + timedelta(hours=1)).isoformat(),
        "used_bq": 60e9,
        "cost": 7000.0,
        "inputs": [],
        "pinned": False,
    } | more
    [made] = production.schedule_runs(world.planner, plan_code="P", batches=[batch])
    return made


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everybody_has_a_today(world, language):
    for person in world.everybody():
        for address in ("/", "/?tab=day", "/?queue=all", "/?kind=run&q=x&sort=-at", "/?at=2026-12-08T08:00"):
            answer = world.client(person, language).get(address)
            assert answer.status_code == 200, (person.username, address)


def test_an_empty_day_says_so(world):
    page = text(world.client(world.who("hospital", "far")).get("/"))
    assert "Nothing needs you now" in page
    assert "Nothing waits for you, nothing goes wrong." in page
    assert "Nothing more is planned for today" in page


def test_each_role_has_its_three_figures(world):
    world.order(patients=3)
    run(world)
    expected = {
        "planner": ("Orders short in the next 48 h", "Plan in force"),
        "pharmacy.dispatcher": ("To send today", "On the way", "Late"),
        "near.hospital": ("Still arriving today", "Doses to give", "Orders not confirmed"),
        "near.rso": ("Highest licence use", "Waste that may be cleared", "Unaccounted, 30 days"),
        "regulator": ("On the way", "Receipts off by over a tenth, 7 days", "Books"),
        "admin": ("People", "Planning jobs", "Network"),
    }
    for person in world.everybody():
        page = text(world.client(person).get("/"))
        for label in expected.get(person.username, ()):
            assert f"<dt>{label}</dt>" in page, (person.username, label)


def test_a_run_that_waits_stands_in_the_queue_of_those_who_may(world):
    made = run(world)
    page = text(world.client(world.who("planner", "pharmacy")).get("/"))
    assert "late by 1 h" in page
    assert "Measure at end of bombardment" in page
    assert made.code in page
    hospital = text(world.client(world.who("hospital", "near")).get("/"))
    assert made.code not in hospital
    watcher = text(world.client(world.planner).get("/"))
    assert "Measure at end of bombardment" not in watcher  # the office sees the run but does not do it
    assert made.code in watcher
    assert "Measure at end of bombardment" not in text(world.client(world.admin).get("/"))


def test_the_most_urgent_comes_first(world):
    run(world)
    run(world, id="run-fdg@20261206T2330Z", eob=(START - timedelta(hours=2)).isoformat())
    page = text(world.client(world.who("planner", "pharmacy")).get("/"))
    assert page.index("late by 2 h") < page.index("late by 1 h")


def test_unmet_orders_are_an_alarm_and_wait_for_their_hospital(world):
    order = world.order()
    answer = Answer(
        order.code, None, reason="no_capacity", sentence="All batches are used.", sentence_zh="均已占用。"
    )
    market.confirm_orders(world.planner, plan_code="P", answers=[answer])
    page = text(world.client(world.who("hospital", "near")).get("/"))
    assert "1 order of the next 48 h gets nothing" in page
    assert "All batches are used." in page
    assert f"/orders/{order.code}/" in page
    chinese = text(world.client(world.who("hospital", "near"), "zh-hans").get("/"))
    assert "均已占用。" in chinese
    other = text(world.client(world.who("hospital", "far")).get("/"))
    assert order.code not in other
    assert "gets nothing" not in other


def test_a_hospital_sees_its_calibrations_of_the_day(world):
    world.order(
        patients=7, earliest="2026-12-07 09:00", latest="2026-12-07 11:00", calibration="2026-12-07 11:00"
    )
    page = text(world.client(world.who("hospital", "near")).get("/"))
    assert "Calibration, 7 patients" in page
    assert "Patients booked today" in page
    assert "7 patients" not in text(world.client(world.who("hospital", "far")).get("/"))


def test_the_timetable_is_of_the_day_chosen(world):
    world.order(patients=7)
    client = world.client(world.who("hospital", "near"))
    assert "7 patients" not in text(client.get("/"))
    assert "7 patients" in text(client.get("/?at=2026-12-08T06:00"))


def test_the_timetable_can_be_had_as_a_workbook(world):
    answer = world.client(world.planner).get("/?export=xlsx")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")


# --- the search ---------------------------------------------------------------------------------------


def hits(client, words: str) -> list[tuple[str, str]]:
    return [(hit["group"], hit["label"]) for hit in client.get("/palette/", {"q": words}).json()["hits"]]


def test_the_search_finds_what_the_person_may_see(world):
    order = world.order(code="near-77")
    with clock.frozen(START):
        made = run(world)
        production.record_eob_assay(world.who("planner", "pharmacy"), made, measured_bq=110e9)
    near = world.client(world.who("hospital", "near"))
    far = world.client(world.who("hospital", "far"))
    assert ("Orders", order.code) in hits(near, "near-77")
    assert hits(far, "near-77") == []
    maker = world.client(world.who("planner", "pharmacy"))
    assert ("Lots", made.code) in hits(maker, "run-fdg")
    assert not any(group == "Lots" for group, _label in hits(far, "run-fdg"))
    assert ("Commands", "New order") in hits(near, "new order")
    assert not any(group == "Commands" for group, _label in hits(world.client(world.regulator), "new order"))
    assert any(group == "Nuclides" for group, _label in hits(near, "F-18"))
