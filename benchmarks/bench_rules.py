"""Possession and workplace rules over the sites of a country: the engine against a plain Python loop.

    python benchmarks/bench_rules.py

1,200 sites with 20 nuclides each on 14 days: 336,000 holdings and 16,800 days of a workplace, judged by the
rules that Becq ships for the two subjects. The loop judges row by row with the same rules of China written
into it as Python, and yields the same verdicts (rule, row, measured, limit, margin, severity); both must
agree in the number of verdicts of each severity. The making of the table of facts from lists is told apart.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from becq.rules.evaluation import Verdicts, evaluate
from becq.rules.rulebook import builtin
from becq.rules.subject import frame

SITES, NUCLIDES, DAYS = 1200, 20, 14
FIRST = date(2026, 12, 7)
ROUNDS = 5
SLACK = 1e-9


def make_facts() -> dict[str, pl.DataFrame]:
    """Holdings and workplaces with a few limits broken, from a fixed seed."""
    chance = np.random.default_rng(20261207)
    size = SITES * NUCLIDES * DAYS
    limit = 10.0 ** chance.uniform(8, 12, size)
    held = limit * chance.uniform(0, 1.01, size)
    days = np.tile(np.arange(DAYS), SITES * NUCLIDES)
    names = [f"N-{number}" for number in range(NUCLIDES)]
    holding = frame(
        "holding",
        {
            "label": np.repeat([f"site {number}" for number in range(SITES)], NUCLIDES * DAYS).tolist(),
            "day": [FIRST + timedelta(days=int(day)) for day in days],
            "site_kind": "hospital",
            "nuclide": np.repeat(names * SITES, DAYS).tolist(),
            "activity_bq": held,
            "licensed": chance.uniform(size=size) > 1e-4,
            "licence_days_left": chance.integers(-1, 1000, size).astype(float),
            "possession_limit_bq": limit,
        },
    )
    classes = np.array(["A", "B", "C"])[chance.integers(0, 3, SITES * DAYS)]
    daily = np.where(classes == "C", 2e7, 4e9) * chance.uniform(0, 1.01, SITES * DAYS)
    workplace = frame(
        "workplace",
        {
            "label": np.repeat([f"site {number}" for number in range(SITES)], DAYS).tolist(),
            "day": [FIRST + timedelta(days=int(day)) for day in np.tile(np.arange(DAYS), SITES)],
            "workplace": "hot lab",
            "workplace_class": classes.tolist(),
            "daily_equivalent_bq": daily,
        },
    )
    return {"holding": holding, "workplace": workplace}


Verdict = tuple[str, int, float, float, float | None, str]


def loop(facts: dict[str, list[dict[str, Any]]]) -> list[Verdict]:
    """The verdicts, row by row in Python."""
    found: list[Verdict] = []
    for number, row in enumerate(facts["holding"]):
        days = row["licence_days_left"]
        if row["activity_bq"] > 0:
            kept = row["licensed"] >= 1
            found.append(verdict("nuclide", number, float(row["licensed"]), 1.0, kept, "block", True))
            kept = days >= -SLACK
            found.append(verdict("validity", number, days, 0.0, kept, "block", True))
        if days >= 0:
            found.append(verdict("renewal", number, days, 30.0, days >= 30.0 * (1 - SLACK), "warn", True))
        if row["licensed"]:
            held, limit = row["activity_bq"], row["possession_limit_bq"]
            kept = held <= limit * (1 + SLACK)
            found.append(verdict("possession", number, held, limit, kept, "block", False))
    bounds = {"B": 4e9, "C": 2e7}
    for number, row in enumerate(facts["workplace"]):
        bound = bounds.get(row["workplace_class"])
        if bound is not None:
            daily = row["daily_equivalent_bq"]
            kept = daily <= bound * (1 + SLACK)
            found.append(verdict("class", number, daily, bound, kept, "block", False))
    return found


def verdict(
    rule: str, row: int, measured: float, limit: float, kept: bool, severity: str, at_least: bool
) -> Verdict:
    """One verdict with its margin."""
    share = measured / limit if limit > 0 else None
    margin = None if share is None else share - 1 if at_least else 1 - share
    return rule, row, measured, limit, margin, "ok" if kept else severity


def main() -> None:
    start = perf_counter()
    facts = make_facts()
    making = perf_counter() - start
    book = builtin().of(jurisdiction="CN")
    verdicts: Verdicts = evaluate(book, facts)
    rows = {name: table.to_dicts() for name, table in facts.items()}
    times: dict[str, list[float]] = {"engine": [], "loop": []}
    for _ in range(ROUNDS):
        start = perf_counter()
        verdicts = evaluate(book, facts)
        times["engine"].append(perf_counter() - start)
        start = perf_counter()
        plain = loop(rows)
        times["loop"].append(perf_counter() - start)
    counts = Counter(each[-1] for each in plain)
    print(f"subjects: {facts['holding'].height} holdings, {facts['workplace'].height} days of workplaces")
    print(
        f"verdicts: {verdicts.frame.height} of {verdicts.frame['rule'].n_unique()} rules, {verdicts.counts()}"
    )
    engine, slow = min(times["engine"]), min(times["loop"])
    print(f"facts made in {making:.3f} s; engine {engine:.3f} s, plain Python loop {slow:.3f} s")
    print(f"ratio loop / engine: {slow / engine:.1f}")
    if {name: counts.get(name, 0) for name in verdicts.counts()} != verdicts.counts():
        raise SystemExit(f"the two disagree: {dict(counts)}")


if __name__ == "__main__":
    main()
