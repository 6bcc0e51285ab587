"""The calendar says what the plan says; read back by the calendar package and by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest

from becq.errors import InputError
from becq.planning import plan
from becq.reports.plan_ical import render_plan_ical, write_plan_ical
from planning.small import small_network

NETWORK = small_network()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return plan(NETWORK, date(2026, 12, 7), 7).as_dict(NETWORK)


def events(data: bytes) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(data)
    found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT")), "two events with one UID"
    return found


def test_every_batch_and_every_way_is_in_it_at_its_time(document: dict[str, Any]) -> None:
    found = events(render_plan_ical(document))
    expected = {
        f"batch-{row['id']}@becq": (row["start"], row["release"])
        for row in document["batches"]
        if row["kind"] != "stock"
    }
    for row in (*document["deliveries"], *document["supplies"]):
        if row["legs"]:
            expected[f"deliver-{row['id']}@becq"] = (row["depart"], row["arrive"])
    assert set(found) == set(expected)
    for uid, (start, end) in expected.items():
        assert found[uid].decoded("dtstart") == datetime.fromisoformat(start).astimezone(UTC)
        assert found[uid].decoded("dtend") == datetime.fromisoformat(end).astimezone(UTC)


def test_a_site_sees_its_own(document: dict[str, Any]) -> None:
    found = events(render_plan_ical(document, site="near", language="zh"))
    mine = [row for row in document["deliveries"] if row["to"] == "near" and row["legs"]]
    assert len(found) == len(mine) > 0
    row = mine[0]
    event = found[f"receive-{row['id']}@becq"]
    assert event.decoded("dtstart") == datetime.fromisoformat(row["arrive"]).astimezone(UTC)
    assert "接收来自" in str(event["summary"])
    assert str(event["location"]) == "近医院"
    maker = events(render_plan_ical(document, site="reactor"))
    assert all("Receive" not in str(event["summary"]) for event in maker.values())
    assert any("Send" in str(event["summary"]) for event in maker.values())
    assert any("Make Mo-99 bulk" in str(event["summary"]) for event in maker.values())


def test_lines_are_folded_and_end_as_the_standard_says(document: dict[str, Any]) -> None:
    data = render_plan_ical(document, language="zh")
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_what_is_lost_is_cancelled_and_a_replan_follows_its_plan(document: dict[str, Any]) -> None:
    batches = [dict(row) for row in document["batches"]]
    lost = next(row for row in batches if row["kind"] == "accelerator_run")
    lost["state"] = "lost"
    anew = document | {"batches": batches, "now": "2026-12-08T10:00:00+08:00", "events": [{}]}
    before, after = events(render_plan_ical(document)), events(render_plan_ical(anew))
    uid = f"batch-{lost['id']}@becq"
    assert (str(before[uid]["status"]), str(after[uid]["status"])) == ("CONFIRMED", "CANCELLED")
    assert int(after[uid]["sequence"]) > int(before[uid]["sequence"])
    assert after[uid].decoded("dtstamp") == datetime(2026, 12, 8, 2, tzinfo=UTC)


def test_the_same_plan_gives_the_same_file(document: dict[str, Any], tmp_path: Any) -> None:
    found = plan(NETWORK, date(2026, 12, 7), 7)
    write_plan_ical(found, NETWORK, tmp_path / "plan.ics")
    assert (tmp_path / "plan.ics").read_bytes() == render_plan_ical(document)


def test_what_there_is_not_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="no site 'moon'"):
        render_plan_ical(document, site="moon")
    with pytest.raises(InputError, match="languages are"):
        render_plan_ical(document, language="fr")
