"""The words for an order that a limit of the law keeps from being served."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from becq.planning import impurities, transfers, uses
from becq.planning.limits import APPROVAL, IMPURITY, SCOPE, USE_CLASS
from becq.planning.options import Problem

EXPLAIN: Mapping[str, Callable[[Problem, int, str], tuple[str, str]]] = {
    APPROVAL: transfers.explain,
    SCOPE: transfers.explain,
    USE_CLASS: uses.explain,
    IMPURITY: impurities.explain,
}


def explain_limit(problem: Problem, code: str, number: int) -> tuple[str, str]:
    """What a limit says, in English and Chinese.

    :param number: an option that is refused, or the ~number of a limit that several choices share.
    """
    if number < 0:
        limit = problem.limits.rows[~number]
        return limit.sentence, limit.sentence_zh
    return EXPLAIN[code](problem, number, code)


def explain_refused(problem: Problem, options: list[int]) -> tuple[str, str, str] | None:
    """Code and words where every one of ``options`` is refused; None where one is not."""
    refused = problem.limits.refused
    if not options or not all(number in refused for number in options):
        return None
    code = refused[options[0]][0]
    return (code, *explain_limit(problem, code, options[0]))
