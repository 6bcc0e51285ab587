"""The search finds what trying everything finds, and what it finds keeps every limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from becq.planning.rounds.search import search
from becq.planning.rounds.tours import Choice, Fleet, Stop, TourProblem, cost_bound
from planning.rounds.exhaustive import best

DAY = 120


@st.composite
def problems(draw: st.DrawFn) -> TourProblem:
    """Up to four stops on a plane, up to two kinds of vehicles, loads that fall as time passes."""
    size = draw(st.integers(1, 4))
    places = [(draw(st.integers(0, 20)), draw(st.integers(0, 20))) for _ in range(size + 1)]
    stops = []
    for _ in range(size):
        opens = draw(st.integers(0, 80))
        ready = draw(st.integers(0, 60))
        index = draw(st.integers(1, 9))
        choices = [Choice(ready, (1, index))]
        for _ in range(draw(st.integers(0, 2))):
            ready += draw(st.integers(1, 25))
            index = draw(st.integers(0, index - 1)) if index else 0
            choices.append(Choice(ready, (1, index)))
        stops.append(Stop(opens, opens + draw(st.integers(0, 40)), tuple(choices), draw(st.integers(1, 3))))
    apart = np.array([[int(round(np.hypot(a - c, b - d))) for c, d in places] for a, b in places])
    fleets = []
    for _ in range(draw(st.integers(1, 2))):
        loading, handing = draw(st.integers(0, 5)), draw(st.integers(0, 4))
        duration = apart + handing
        duration[0] = apart[0] + loading
        np.fill_diagonal(duration, 0)
        opens = draw(st.integers(0, 20))
        fleets.append(
            Fleet(
                count=draw(st.integers(1, 2)),
                capacity=(draw(st.integers(1, 4)), draw(st.integers(3, 14))),
                opens=opens,
                closes=draw(st.integers(opens + 40, DAY)),
                longest=draw(st.sampled_from((40, 80, DAY))),
                fixed=draw(st.integers(0, 50)),
                per_distance=draw(st.integers(0, 3)),
                per_duration=draw(st.integers(0, 3)),
                distance=apart,
                duration=duration,
                most_rounds=draw(st.sampled_from((None, 1, 2))),
            )
        )
    found = TourProblem(tuple(stops), tuple(fleets))
    bound = cost_bound(found)
    return TourProblem(
        tuple(Stop(s.opens, s.closes, s.choices, (s.worth or 0) * bound) for s in stops), found.fleets
    )


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_as_good_as_trying_everything(problem: TourProblem) -> None:
    found = search(problem, patience=500)
    worth = sum(problem.stops[number].worth or 0 for number in found.left)
    assert (worth, found.cost) == best(problem)
