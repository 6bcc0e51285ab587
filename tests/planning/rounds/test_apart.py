"""The search in a process of its own: the same answer, and one in any case."""

from __future__ import annotations

from datetime import date

from becq.planning.rounds import apart, make_rounds
from planning.rounds.day import a_day
from planning.rounds.referee import faults

DAY = date(2026, 12, 7)
CALLS = [
    {"to": to, "product": "fdg", "gbq": 5.0, "released": "06:00", "opens": "07:00", "closes": "11:00"}
    for to in "abcd"
]


def test_the_answer_is_the_same() -> None:
    network, plan = a_day(CALLS)
    here = make_rounds(network, plan, "pharmacy", DAY, patience=300)
    there = make_rounds(network, plan, "pharmacy", DAY, patience=300, apart=True)
    assert here == there
    assert there.searched


def test_without_an_answer_stops_are_put_in_one_by_one(monkeypatch) -> None:
    monkeypatch.setattr(
        apart.search_apart, "__kwdefaults__", {**apart.search_apart.__kwdefaults__, "grace_s": 0.0}
    )
    network, plan = a_day(CALLS)
    found = make_rounds(network, plan, "pharmacy", DAY, time_limit_s=0.001, apart=True)
    assert not found.searched
    assert found.vehicles
    assert faults(network, plan, found.as_dict()) == []
