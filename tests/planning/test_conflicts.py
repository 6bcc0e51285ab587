"""The smallest conflicting set of pins, against trying every subset."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import small_network

from becq.errors import ConflictError, InputError
from becq.planning import Pins, plan
from becq.planning.conflicts import find_conflict, smallest_conflict

FIRST = date(2026, 12, 7)
NETWORK = small_network()
TIGHT = small_network(
    resources=[
        row.model_copy(update={"positions": 1}) if row.id == "pile" else row for row in NETWORK.resources
    ]
)
"""With one position in the pile, so that most random pins contradict each other."""


def brute_force(count: int, keeps: Callable[[Sequence[int]], bool]) -> int | None:
    """Size of the smallest refused set, by trying all sets in the order of their size."""
    for size in range(count + 1):
        if any(not keeps(chosen) for chosen in itertools.combinations(range(count), size)):
            return size
    return None


@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.frozensets(st.integers(0, n - 1), min_size=1, max_size=4), max_size=6)
        )
    )
)
def test_smallest_of_any_conflicts(given_sets: tuple[int, list[frozenset[int]]]) -> None:
    count, conflicts = given_sets

    def keeps(chosen: Sequence[int]) -> bool:
        return not any(conflict <= set(chosen) for conflict in conflicts)

    found = smallest_conflict(count, keeps)
    expected = brute_force(count, keeps)
    assert (None if found is None else len(found)) == expected
    if found is not None:
        assert not keeps(found)
        assert all(keeps([n for n in found if n != left]) for left in found)


def test_three_targets_in_two_positions() -> None:
    """The pile has two positions; Mo-99, Lu-177 and I-131 of Monday overlap, a run of FDG is no matter."""
    pins = Pins(
        batches={
            "irr-mo@20261206T1600Z": "start",
            "run-fdg@20261207T2000Z": "start",
            "irr-lu@20261207T0000Z": "start",
            "irr-i131@20261207T0000Z": "start",
            "irr-i131@20261214T0000Z": "forbid",
        }
    )
    with pytest.raises(ConflictError):
        plan(NETWORK, FIRST, 14, pins=pins)
    found = find_conflict(NETWORK, FIRST, 14, pins)
    assert found is not None
    assert {pin.name for pin in found.pins} == {
        "irr-mo@20261206T1600Z", "irr-lu@20261207T0000Z", "irr-i131@20261207T0000Z"
    }  # fmt: skip
    assert "These 3 pins cannot all be kept" in found.sentence
    assert "Pile has 2 positions" in found.sentence
    assert "堆只有2个位置" in found.sentence_zh


def test_a_batch_that_its_product_is_made_from_is_needed() -> None:
    """The labelled drug of the second Wednesday comes from one of two irradiations; a third pin is no matter."""
    lots = [row.lot for row in plan(NETWORK, FIRST, 14).deliveries if row.order == "lu-near.20261216"]
    pins = Pins(
        batches={"irr-lu@20261207T0000Z": "forbid", "run-fdg@20261207T2000Z": "forbid"},
        deliveries={"lu-near.20261216": lots[0], "i-near.20261208": None},
    )
    found = find_conflict(NETWORK, FIRST, 14, pins)
    assert found is not None
    assert {pin.name for pin in found.pins} == {"irr-lu@20261207T0000Z", "lu-near.20261216"}
    assert "lu-near.20261216 is served from" in found.sentence
    assert "irr-lu@20261207T0000Z不启动" in found.sentence_zh


def test_pins_that_can_be_kept_have_no_conflict() -> None:
    assert find_conflict(NETWORK, FIRST, 7, Pins(batches={"irr-lu@20261207T0000Z": "start"})) is None
    assert find_conflict(NETWORK, FIRST, 7, Pins()) is None


def test_pins_that_name_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="does not exist"):
        find_conflict(NETWORK, FIRST, 7, Pins(batches={"nothing": "start"}))


BATCHES = (
    "run-fdg@20261206T2000Z", "run-fdg@20261206T2300Z", "run-fdg@20261207T0200Z",
    "irr-mo@20261206T1600Z", "irr-lu@20261207T0000Z", "irr-i131@20261207T0000Z",
)  # fmt: skip
DELIVERIES = {
    "fdg-near.20261207": ("run-fdg@20261206T2000Z", None),
    "fdg-mid.20261207": ("run-fdg@20261206T2000Z", None),
    "i-near.20261208": ("i131-old", None),
    "i-tight.20261208": ("i131-old", None),
    "i-tight.20261207": ("i131-old", None),
}


@st.composite
def contradictions(draw: st.DrawFn) -> Pins:
    batches = {
        name: draw(st.sampled_from(["start", "start", "forbid"]))
        for name in draw(st.lists(st.sampled_from(BATCHES), unique=True, max_size=4))
    }
    deliveries = {
        name: draw(st.sampled_from(DELIVERIES[name]))
        for name in draw(st.lists(st.sampled_from(sorted(DELIVERIES)), unique=True, min_size=1, max_size=3))
    }
    return Pins(batches=batches, deliveries=deliveries)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contradictions())
def test_smallest_of_random_pins_is_that_of_the_planner_itself(pins: Pins) -> None:
    """Every subset of the pins is given to the planner as it is; the smallest that it refuses counts."""
    names = [*pins.batches, *pins.deliveries]

    def keeps(chosen: Sequence[int]) -> bool:
        try:
            plan(TIGHT, FIRST, 3, pins=pins.without({n for at, n in enumerate(names) if at not in chosen}))
        except ConflictError:
            return False
        return True

    try:
        found = find_conflict(TIGHT, FIRST, 3, pins)
    except InputError:  # an order pinned to a batch that is pinned not to start
        return
    assert (None if found is None else len(found.pins)) == brute_force(len(names), keeps)
    if found is not None:
        left = {pin.name for pin in found.pins}
        assert not keeps([at for at, name in enumerate(names) if name in left])
