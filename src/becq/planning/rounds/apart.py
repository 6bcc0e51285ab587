"""The search in a process of its own, which can be stopped whatever it does.

A library of machine code cannot be interrupted from within. Where others wait for the same process (a
server), the search runs apart; if it does not answer in time, stops put in one by one have to do.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection

from becq.planning.rounds.insertion import insert
from becq.planning.rounds.search import PATIENCE, search
from becq.planning.rounds.tours import TourProblem, Tours

GRACE_S = 30.0
"""What a process may take beyond the time limit of its search: to start, and for its last step."""


def search_apart(
    problem: TourProblem, *, time_limit_s: float = 60.0, patience: int = PATIENCE, grace_s: float = GRACE_S
) -> tuple[Tours, bool]:
    """Tours as :func:`search` finds them, and True; tours by insertion alone, and False, where it failed."""
    if not problem.stops or not problem.fleets:
        return search(problem), True
    processes = get_context("spawn")
    here, there = processes.Pipe(duplex=False)
    child = processes.Process(
        target=_answer, args=(there, problem, time_limit_s, patience), name="delivery rounds", daemon=True
    )
    try:
        child.start()
        there.close()
        if here.poll(time_limit_s + grace_s):
            found: Tours = here.recv()
            return found, True
    except (OSError, EOFError):
        pass  # it could not be started, or died
    finally:
        if child.pid is not None:
            child.kill()
            child.join()
        here.close()
    return insert(problem, Tours((), tuple(range(len(problem.stops))), 0)), False


def _answer(to: Connection, problem: TourProblem, time_limit_s: float, patience: int) -> None:
    to.send(search(problem, time_limit_s=time_limit_s, patience=patience))
    to.close()


__all__ = ["GRACE_S", "search_apart"]
