"""The planner on a country: time, memory and proven gap, what a plan of all gains, a reactor that is lost.

    python benchmarks/bench_china.py [--share 0.125] [--seconds 70] [--keep FOLDER]

1. ``examples/china`` for 14 days from reading the files to the reasons why orders are unmet. Bars: 120 s
   on two cores, 6 GiB, a proven gap of service of 1 %.
2. The same orders (a) by due date, each by the first batch and way that fits (``becq.planning.greedy``),
   and (b) with each producer planning alone (``alone.py`` says by which rules): served demand, cost, and
   the ratios.
3. The reactor with the largest planned output stands still for a week from the third day: the plan made
   anew at 10:00 of that day. Bar: 15 s.

Each in a process of its own, so that its peak of memory is its own; wall time and processor time (of all
threads) are both told. ``--share`` takes a part of the hospitals (``thinning.py``).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent.parent / "examples" / "china"
FIRST, DAYS = date(2026, 12, 7), 14
PLAN_BAR_S, MEMORY_BAR_GIB, GAP_BAR, REPLAN_BAR_S = 120.0, 6.0, 0.01, 15.0
DOWN_DAYS = 7


def main() -> None:
    """Run the stages one after the other, or one of them here."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=70.0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--alike", action="store_true", help="as few ways in a small network as in the whole")
    chosen = parser.parse_args()
    if chosen.alike:
        from becq.planning import options, solve

        options.LARGE = solve.COUPLED_AT_MOST = 0
    if chosen.stage:
        print(json.dumps(STAGES[chosen.stage](chosen.share, chosen.seconds, chosen.keep)))
        return
    with tempfile.TemporaryDirectory() as folder:
        keep = chosen.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        plan = run("plan", chosen.share, chosen.seconds, keep)
        tell_plan(plan)
        tell_baselines(plan, run("baselines", chosen.share, chosen.seconds, keep))
        tell_replan(plan, run("replan", chosen.share, chosen.seconds, keep))


def run(stage: str, share: float, seconds: float, keep: Path) -> dict[str, Any]:
    """One stage in a process of its own."""
    arguments = ["--share", str(share), "--seconds", str(seconds), "--keep", str(keep), "--stage", stage]
    done = subprocess.run(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_plan(share: float, seconds: float, keep: Path | None) -> dict[str, Any]:
    """Plan, and keep the plan as JSON."""
    began = time.perf_counter()
    from becq.planning import planner

    network = read(share)
    size: dict[str, float] = {}
    build: Callable[..., Any] = planner.build_model

    def build_model(problem: Any, *rest: Any) -> Any:
        model = build(problem, *rest)
        rows, columns = model.matrix.shape
        size.update(options=len(problem.options), columns=columns, rows=rows, build_cpu_s=used()["cpu_s"])
        return model

    planner.build_model = build_model
    found = planner.plan(network, FIRST, DAYS, time_limit_s=seconds)
    figures = {"wall_s": time.perf_counter() - began, **used(), **size}
    if keep is not None:
        (keep / "plan.json").write_text(json.dumps(found.as_dict()), encoding="utf-8")
    names = (
        "orders", "orders_served", "served_fraction", "cost", "gap", "cost_gap", "timed_out", "objective",
    )  # fmt: skip
    hospitals = sum(site.kind == "hospital" for site in network.sites)
    return {**figures, **{name: getattr(found, name) for name in names}, "hospitals": hospitals}


def measure_baselines(share: float, seconds: float, keep: Path | None) -> dict[str, Any]:
    """What a clerk reaches who goes by due dates, and what producers reach who plan alone."""
    from alone import plan_alone

    from becq.planning.greedy import allocate_greedily
    from becq.planning.options import build_problem
    from becq.planning.planner import cost_of
    from becq.planning.service import served_fraction

    problem = build_problem(read(share), FIRST, DAYS)
    flows = allocate_greedily(problem).flows
    due = {"served_fraction": served_fraction(problem, flows), "cost": cost_of(problem, flows, frozenset())}
    alone = plan_alone(problem)
    return {
        "due": due,
        "alone": {
            "served_fraction": alone.served_fraction, "cost": alone.cost, "producers": alone.producers,
            "promised": alone.planned_fraction, "failed": alone.failed,
        },
        **used(),
    }  # fmt: skip


def measure_replan(share: float, seconds: float, keep: Path | None) -> dict[str, Any]:
    """The kept plan made anew without its largest reactor."""
    from becq.planning.events import Scenario
    from becq.planning.replan import replan

    assert keep is not None
    network = read(share)
    previous = json.loads((keep / "plan.json").read_text(encoding="utf-8"))
    reactor = largest_reactor(network, previous)
    start = datetime(FIRST.year, FIRST.month, FIRST.day, 8) + timedelta(days=2)  # noqa: DTZ001 (its zone)
    row = {
        "kind": "outage", "resource": reactor, "start": start.isoformat(),
        "end": (start + timedelta(days=DOWN_DAYS)).isoformat(), "reason": "scram",
    }  # fmt: skip
    events = Scenario.model_validate({"events": [row]}).events
    began, cpu = time.perf_counter(), used()["cpu_s"]
    found = replan(network, previous, events, start + timedelta(hours=2)).plan
    took, figures = time.perf_counter() - began, used()
    return {
        "wall_s": took, "cpu_s": figures["cpu_s"] - cpu, "peak_gib": figures["peak_gib"], "reactor": reactor,
        "served_fraction": found.served_fraction, "gap": found.gap, "cost": found.cost,
        "timed_out": found.timed_out, "lost": previous["orders_served"] - found.orders_served,
    }  # fmt: skip


STAGES: dict[str, Callable[[float, float, Path | None], dict[str, Any]]] = {
    "plan": measure_plan,
    "baselines": measure_baselines,
    "replan": measure_replan,
}


def read(share: float) -> Any:
    """The country, or a share of its hospitals."""
    from thinning import thin

    from becq.chain.reading import read_network

    return thin(read_network(EXAMPLE), share)


def largest_reactor(network: Any, plan: dict[str, Any]) -> str:
    """The reactor in which the plan makes most (activity at EOB)."""
    made: dict[str, float] = defaultdict(float)
    for row in plan["batches"]:
        if row["resource"] and network.resource[row["resource"]].kind == "reactor":
            made[row["resource"]] += row["activity_eob_bq"]
    return max(sorted(made), key=lambda name: made[name])


def used() -> dict[str, float]:
    """Processor time of all threads, s, and peak memory, GiB, of this process so far (Linux)."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_gib": usage.ru_maxrss / 2**20}


def tell_plan(plan: dict[str, Any]) -> None:
    """The plan against its bars."""
    print(
        f"examples/china, {DAYS} days: {plan['hospitals']:,} hospitals, {plan['orders']:,} orders, "
        f"{plan['options']:,} options, {plan['columns']:,} columns, {plan['rows']:,} rows"
    )
    print(f"  planned in {plan['wall_s']:.1f} s (bar {PLAN_BAR_S:g} s), {plan['cpu_s']:.1f} s of processors")
    print(f"  peak memory {plan['peak_gib']:.2f} GiB (bar {MEMORY_BAR_GIB:g} GiB)")
    print(f"  proven gap of service {plan['gap']:.4%} (bar {GAP_BAR:.0%}), of cost {plan['cost_gap']:.2%}")
    print(f"  {plan['orders_served']:,} of {plan['orders']:,} orders served", flush=True)


def tell_baselines(plan: dict[str, Any], others: dict[str, Any]) -> None:
    """Served demand and cost side by side, and the ratios."""
    alone = others["alone"]
    named = {
        "Becq": plan,
        "by due date": others["due"],
        f"{alone['producers']} producers alone": alone,
    }
    for name, row in named.items():
        served, cost = row["served_fraction"], row["cost"]
        print(
            f"  {name:24} served {served:.4f}, cost {cost:13,.0f} CNY; Becq serves "
            f"{plan['served_fraction'] / served:.4f} times, at {plan['cost'] / cost:.4f} of its cost "
            f"({plan['cost'] / plan['served_fraction'] / cost * served:.4f} for each share served)"
        )
    failed = ", ".join(f"{code} {count}" for code, count in sorted(alone["failed"].items()))
    print(f"  alone they promised {alone['promised']:.4f}; could not leave as planned: {failed}", flush=True)


def tell_replan(plan: dict[str, Any], row: dict[str, Any]) -> None:
    """The replan against its bar."""
    print(f"  {row['reactor']} down for {DOWN_DAYS} days:")
    took, processors = row["wall_s"], row["cpu_s"]
    print(f"    planned anew in {took:.1f} s (bar {REPLAN_BAR_S:g} s), {processors:.1f} s of processors")
    print(
        f"    served {row['served_fraction']:.4f} (before: {plan['served_fraction']:.4f}; {row['lost']} "
        f"orders fewer), gap {row['gap']:.4%}, peak memory {row['peak_gib']:.2f} GiB"
    )


if __name__ == "__main__":
    main()
