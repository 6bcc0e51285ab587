"""Events are read from both forms, and nothing malformed gets through."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from becq.errors import InputError, ProblemsError
from becq.planning.events import (
    KINDS,
    CancelledDeparture,
    LateBatch,
    MeasuredActivity,
    OutageEvent,
    RushOrder,
    Scenario,
    parse_event,
    read_scenario,
    write_events,
)

NOW = datetime.fromisoformat("2026-12-08T10:00+08:00")


def test_an_outage_is_read_with_its_duration() -> None:
    event = parse_event('outage resource=pile start=2026-12-10T08:00 duration="1 d 6 h" reason="a pump"')
    assert isinstance(event, OutageEvent)
    assert (event.end - event.start).total_seconds() == 30 * 3600
    assert event.reason == "a pump"


def test_a_delay_and_a_measurement_are_in_si() -> None:
    late, measured = parse_event("late batch=b@1 by=1:30"), parse_event('activity batch=b@1 eob="2 Ci"')
    assert isinstance(late, LateBatch)
    assert isinstance(measured, MeasuredActivity)
    assert late.by == 5400.0
    assert measured.eob == 7.4e10


def test_kinds_have_chinese_words() -> None:
    for kind, (word, example) in KINDS.items():
        assert parse_event(example.replace(kind, word, 1), NOW) == parse_event(example, NOW)


def test_a_rush_order_opens_now_and_closes_at_its_calibration() -> None:
    event = parse_event('rush site=near product=fdg activity="6 GBq" calibration=2026-12-09T09:00', NOW)
    assert isinstance(event, RushOrder)
    assert event.order.earliest == NOW
    assert event.order.latest == datetime.fromisoformat("2026-12-09T09:00+08:00")
    named = parse_event(
        'rush id=r1 site=near product=fdg activity="6 GBq" calibration=2026-12-09T09:00 '
        "earliest=2026-12-09T07:00 latest=2026-12-09T08:00 priority=1 tolerance=0",
        NOW,
    )
    assert isinstance(named, RushOrder)
    assert (named.order.id, named.order.priority, named.order.tolerance) == ("r1", 1, 0.0)
    assert named.order.earliest.isoformat() == "2026-12-09T07:00:00"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    events = [parse_event(example, NOW) for _, example in KINDS.values()]
    path = tmp_path / "events.json"
    path.write_text(json.dumps({"schema": "becq.events/1", "name": "a", "events": write_events(events)}))
    assert read_scenario(path) == Scenario(name="a", events=events)
    path.write_text(json.dumps(write_events(events)))
    assert read_scenario(path).events == events


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not begin with a kind"),
        ("strike", "does not begin with a kind"),
        ("late batch", "is not key=value"),
        ("late batch=b batch=c by=1h", "given twice"),
        ("late batch='b by=1h", "close every quotation mark"),
        ("late batch=b by=6", "has no unit"),
        ("late batch=b by=0", "greater than 0"),
        ("late batch=b by=-1h", "below zero"),
        ("late batch=b", "by: is missing"),
        ("late batch=b by=1h stage=qc", "stage"),
        ("outage start=2026-12-10T08:00 duration=1d", "one of site=, resource= and process="),
        ("outage site=a resource=b start=2026-12-10T08:00 duration=1d", "one of site="),
        ("outage site=a start=2026-12-10T08:00 end=2026-12-10T08:00", "ends before it starts"),
        ("outage site=a start=2026-12-10T08:00 end=2026-12-11T08:00+08:00", "UTC offset"),
        ("outage site=a start=2026-12-10T08:00 end=2026-12-11 duration=1d", "both end= and duration="),
        ("outage site=a start=tomorrow duration=1d", "write start= like"),
        ("cancelled lane=f", "give leaves=, or start= and end="),
        ("cancelled lane=f start=2026-12-10", "give leaves=, or start= and end="),
        ("cancelled lane=f leaves=2026-12-10 start=2026-12-10 end=2026-12-11", "give leaves="),
        ("activity batch=b eob=24", "no unit"),
        ("activity batch=b eob=24GBq colour=red", "colour: is not a field"),
        ("rush site=s product=p activity=1GBq", "calibration"),
        ("rush site=s product=p activity=1GBq calibration=2026-12-07T09:00", "ends before it starts"),
    ],
)
def test_malformed_events_are_refused(text: str, message: str) -> None:
    with pytest.raises((InputError, ProblemsError), match=message):
        parse_event(text, NOW)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not a JSON file"),
        ("3", "write"),
        ('{"events": [{"kind": "strike"}]}', "the kind is one of"),
        ('{"events": [{"kind": "late", "batch": "b", "by": "1 h"}, {"kind": "late"}]}', "events.1.batch"),
        ('{"schema": "becq.plan/1"}', "schema"),
        ('{"event": []}', "event"),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "events.json"
    path.write_text(content)
    with pytest.raises((InputError, ProblemsError), match=message):
        read_scenario(path)


def test_a_departure_may_be_named_by_its_terminals() -> None:
    event = parse_event("cancelled lane=fly from=a to=b start=2026-12-10 end=2026-12-12")
    assert isinstance(event, CancelledDeparture)
    assert (event.origin, event.destination) == ("a", "b")
