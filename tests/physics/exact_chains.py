"""Chains in arbitrary precision, by the spectral sum and nothing else: the yardstick of the tests.

A_i(t) = Σ_k c_ik e^{−λ_k t} with 700 digits, so that cancellation does not matter.
"""

from collections.abc import Mapping
from functools import lru_cache

from mpmath import mp, mpf, workdps

from becq.physics import decay_data
from becq.physics.decay import chain

DIGITS = 700


@lru_cache(maxsize=64)
@workdps(DIGITS)
def modes(name: str) -> tuple[tuple[str, ...], tuple[mpf, ...], tuple[tuple[mpf, ...], ...]]:
    """Members, their decay constants, and c[i][k] for a start of one Bq of ``name``."""
    members = chain(name).members
    rates = [mpf(decay_data.decay_const(m)) for m in members]
    place = {m: i for i, m in enumerate(members)}
    feed: list[dict[int, mpf]] = [{} for _ in members]
    for m in members:
        for b in decay_data.record(m).branches:
            if b.daughter in place:
                i = place[b.daughter]
                feed[i][place[m]] = feed[i].get(place[m], mpf(0)) + rates[i] * mpf(b.fraction)
    c = [[mpf(0)] * len(members) for _ in members]
    for i in range(len(members)):
        for k in range(i):
            total = sum((f * c[j][k] for j, f in feed[i].items()), mpf(0))
            c[i][k] = total / (rates[i] - rates[k]) if total else mpf(0)
        c[i][i] = (mpf(1) if i == place[name] else mpf(0)) - sum(c[i][:i], mpf(0))
    return members, tuple(rates), tuple(tuple(row) for row in c)


@workdps(DIGITS)
def activities(name: str, t: float) -> Mapping[str, float]:
    """Activities after t seconds of one Bq."""
    members, rates, c = modes(name)
    gone = [mp.exp(-r * mpf(t)) for r in rates]
    return {
        m: float(sum(x * g for x, g in zip(row, gone, strict=True)))
        for m, row in zip(members, c, strict=True)
    }


@workdps(DIGITS)
def decays(name: str, t: float) -> Mapping[str, float]:
    """Decays of each member within t seconds, from one Bq."""
    members, rates, c = modes(name)
    spent = [-mp.expm1(-r * mpf(t)) / r for r in rates]
    return {
        m: float(sum(x * g for x, g in zip(row, spent, strict=True)))
        for m, row in zip(members, c, strict=True)
    }
