"""Classes of licences to use radiopharmaceuticals: what a hospital may not use is not offered to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from becq.planning.limits import USE_CLASS, Limits, Ways
from becq.planning.verdicts import forbidden, say
from becq.rules.holding import Row, use

if TYPE_CHECKING:
    from becq.planning.options import Problem

WEEK_S = 7 * 86400.0
"""Rules are looked up anew for each week, as they may change."""


def add(ways: Ways, found: Limits) -> None:
    """Refuse the options whose use the rules forbid."""
    problem = ways.problem
    known: dict[tuple[str, str, bool, int], int] = {}
    rows: list[Row] = []
    hospital = [
        demand.order is not None and problem.network.site[demand.site].kind == "hospital"
        for demand in problem.demands
    ]
    judged: list[tuple[int, int]] = []
    weeks = (ways.reference // WEEK_S).astype(int).tolist()
    for number, (lot, demand) in enumerate(zip(ways.lot.tolist(), ways.demand.tolist(), strict=True)):
        if not hospital[demand]:
            continue
        source = problem.lots[lot]
        site = problem.demands[demand].site
        key = site, source.product, source.site == site, weeks[number]
        if key not in known:
            known[key] = len(rows)
            rows.append(_facts(problem, *key[:3], ways.reference[number]))
        judged.append((number, known[key]))
    forbids = {broken.row for broken in forbidden("use", rows)} if rows else set()
    for number, row in judged if forbids else ():
        if row in forbids:
            found.refused[number] = (*found.refused.get(number, ()), USE_CLASS)


def explain(problem: Problem, option: int, code: str) -> tuple[str, str]:
    """Why a use is refused, in English and Chinese."""
    row = problem.options[option]
    lot, site = problem.lots[row.lot], problem.demands[row.demand].site
    facts = _facts(problem, site, lot.product, lot.site == site, row.reference)
    return say("use", facts, ("use_class",))


def _facts(problem: Problem, where: str, product: str, here: bool, reference: float) -> Row:
    site = problem.network.site[where]
    item = problem.network.product[product]
    day = datetime.fromtimestamp(round(reference), site.zone).date()
    return use(site, product, item.daughter or item.nuclide, day, 1.0, prepared_here=here)
