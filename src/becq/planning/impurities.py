"""Radionuclidic impurities of what is given to patients, where network and tables know them.

A product names the drug whose purity limits hold (``purity_limits.csv``), a process the impurities of its
batches at EOB. In between each nuclide decays by itself. What a conversion gives has the worst share of the
lots that it could take. Limits for administration and calibration are looked at at the order's calibration
time, those for any time from the arrival on, those for labelling at release, for expiry at expiry.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from becq.chain.radiopharmaceuticals import PurityLimit, purity_limits
from becq.errors import InputError
from becq.physics import decay_data
from becq.planning.limits import IMPURITY, Limits, Ways

if TYPE_CHECKING:
    from becq.planning.options import Option, Problem

Shares = Mapping[str, float]
"""Nuclide → activity over that of the product's nuclide, at EOB of a lot."""


def add(ways: Ways, found: Limits) -> None:
    """Refuse the options by which an order would get more of an impurity than its drug may have."""
    problem = ways.problem
    bounds = {product.id: list(_bounds(product.drug)) for product in problem.network.products if product.drug}
    if not any(bounds.values()):
        return
    known: dict[int, Shares | None] = {}
    silent: set[str] = set()
    for number, option in enumerate(problem.options):
        product = problem.lots[option.lot].product
        if not bounds.get(product) or problem.demands[option.demand].order is None:
            continue
        shares = shares_of(problem, option.lot, known)
        if shares is None:
            silent.add(product)
        elif _broken(problem, option, shares, bounds[product]) is not None:
            found.refused[number] = (*found.refused.get(number, ()), IMPURITY)
    if silent:
        names = ", ".join(sorted(problem.network.product[name].name for name in silent))
        names_zh = "、".join(sorted(problem.network.product[name].name_zh for name in silent))
        found.unchecked.append(
            (
                f"Some batches of {names} state no impurities: their limits were not checked there.",
                f"{names_zh}的部分批次未给出杂质：未核对其限值。",
            )
        )


def explain(problem: Problem, option: int, code: str) -> tuple[str, str]:
    """Why an option is refused, in English and Chinese."""
    row = problem.options[option]
    product = problem.network.product[problem.lots[row.lot].product]
    shares = shares_of(problem, row.lot, {}) or {}
    broken = _broken(problem, row, shares, list(_bounds(product.drug or "")))
    if broken is None:
        return "", ""
    limit, ratio = broken
    return (
        f"{product.name} would have {ratio:.2g} of {limit.species} for its activity; at most "
        f"{limit.limit_text} ({limit.source}).",
        f"{product.name_zh}中{limit.species}与其活度之比将为{ratio:.2g}，限值为{limit.limit_text}（{limit.source}）。",
    )


def shares_of(problem: Problem, lot: int, known: dict[int, Shares | None]) -> Shares | None:
    """The impurities of a lot at its EOB; None where not stated, or not of all that it could be made of."""
    if lot not in known:
        known[lot] = None  # a ring of conversions states nothing
        known[lot] = _find_shares(problem, lot, known)
    return known[lot]


def _find_shares(problem: Problem, number: int, known: dict[int, Shares | None]) -> Shares | None:
    lot = problem.lots[number]
    process = problem.network.process.get(lot.process or "")
    if process is None:
        return None
    if process.impurities or not lot.converts:
        return {each.nuclide: each.share for each in process.impurities} or None
    worst: dict[str, float] = defaultdict(float)
    for option in problem.of_demand[problem.input_demand[number]]:
        source = problem.options[option].lot
        shares = shares_of(problem, source, known)
        if shares is None:
            return None
        for nuclide, share in shares.items():
            worst[nuclide] = max(worst[nuclide], _at(problem, source, nuclide, share, lot.eob))
    return worst or None


def _at(problem: Problem, lot: int, nuclide: str, share: float, moment: float) -> float:
    """The share at a moment of an impurity whose share at the EOB of a lot is known."""
    row = problem.lots[lot]
    return share * math.exp((row.decay_const - decay_data.decay_const(nuclide)) * (moment - row.eob))


def _bounds(drug: str) -> Iterator[PurityLimit]:
    for limit in purity_limits(drug):
        if limit.quantity == "impurity" and limit.comparison in ("<=", "<"):
            try:
                decay_data.decay_const(limit.species)
            except InputError:
                continue  # a chemical impurity
            yield limit


def _broken(
    problem: Problem, option: Option, shares: Shares, bounds: list[PurityLimit]
) -> tuple[PurityLimit, float] | None:
    """The first limit that an option would break, with the share that it would have."""
    lot = problem.lots[option.lot]
    moments = {
        "any": (option.way.arrive, option.reference),
        "labelling": (lot.release,),
        "expiry": (lot.expires,),
    }
    for limit in bounds:
        if limit.species not in shares:
            continue
        for moment in moments.get(limit.at, (option.reference,)):
            ratio = _at(problem, option.lot, limit.species, shares[limit.species], moment)
            if not bool(limit.kept(min(ratio, 1.0))):
                return limit, ratio
    return None
