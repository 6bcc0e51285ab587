"""Production and delivery of F-18 together: Becq against planning one after the other.

    python benchmarks/bench_ejor.py [--instances 5]

The problem is that of Lee, Kim, Johnson and Lee, "The nuclear medicine production and delivery problem",
European Journal of Operational Research (2014), doi:10.1016/j.ejor.2013.12.024: a maker of F-18 (half-life
110 min) decides how much to make when, and drives it to hospitals that want it at times of their own, at
least cost. Of the paper only title, highlights and abstract could be read, not its model, its benchmark set
or its tables. What follows are therefore instances of our own by that description, every number in
``instance`` an assumption, and baselines that anybody can repeat. No figure here is one of the paper.

- clerk, own trips: first come, first served; every delivery a trip of its own.
- clerk, rounds: the same runs and lots, driven on rounds (PyVRP).
- Becq: runs and lots by the planner; trips and rounds.

Cost counts runs and driving; where less is served it is compared for each GBq delivered.
"""

from __future__ import annotations

import argparse
import random
from datetime import date
from typing import Any

from becq.chain.network import Network
from becq.planning import Pins, Plan, plan
from becq.planning.assembly import assemble_plan
from becq.planning.greedy import allocate_greedily
from becq.planning.model import build_model
from becq.planning.options import build_problem
from becq.planning.rounds import make_rounds
from becq.planning.solve import Solution

DAY = date(2026, 12, 7)
SIZES = (10, 20, 40)
LIMIT = {"nuclide": "F-18", "possession_limit": "10 TBq"}


def instance(hospitals: int, seed: int) -> Network:
    """A maker with a cyclotron in the middle of 120 km x 120 km; one or two orders a hospital and day."""
    chance = random.Random(f"{hospitals} {seed}")
    sites: list[dict[str, Any]] = [
        {"id": "maker", "name": "Maker", "name_zh": "生产单位", "kind": "radiopharmacy",
         "lat": 30.6, "lon": 104.1,
         "licence": {"scope": ["produce", "sell", "use"], "nuclides": [LIMIT]}}
    ]  # fmt: skip
    orders = []
    for number in range(hospitals):
        code = f"hospital-{number}"
        lat, lon = 30.6 + chance.uniform(-60, 60) / 111.2, 104.1 + chance.uniform(-60, 60) / 95.7
        sites.append(
            {"id": code, "name": code, "name_zh": f"医院{number}", "kind": "hospital", "lat": lat, "lon": lon,
             "licence": {"scope": ["use"], "nuclides": [LIMIT]}}
        )  # fmt: skip
        for which in range(chance.choice([1, 1, 2])):
            closes = chance.choice([8.0, 8.5, 9.0, 9.5, 10.0]) + 4.5 * which
            doses = chance.randint(2, 10)
            orders.append(
                {"id": f"{code}-{which}", "site": code, "product": "fdg",
                 "activity": f"{doses * 0.37:.2f} GBq",
                 "earliest": _clock(closes - chance.choice([1.0, 1.5, 2.0])), "latest": _clock(closes),
                 "calibration": _clock(closes), "partial": True}
            )  # fmt: skip
    return Network.model_validate(
        {
            "name": f"F-18, {hospitals} hospitals, {seed}",
            "sites": sites,
            "products": [
                {"id": "fdg", "name": "FDG", "name_zh": "FDG", "nuclide": "F-18", "shelf_life": "10 h"}
            ],
            "resources": [{"id": "cyclotron", "site": "maker", "name": "Cyclotron", "name_zh": "回旋加速器",
                           "kind": "cyclotron", "changeover": "30 min"}],
            "processes": [
                {"id": "run", "site": "maker", "kind": "accelerator_run", "resource": "cyclotron",
                 "product": "fdg",
                 "activity_per_batch": f"{20 * hospitals} GBq", "duration": "2 h",
                 "processing_time": "40 min",
                 "qc_time": "20 min", "processing_yield": 0.65, "cost": 6000,
                 "start_times": [f"{hour:02}:00" for hour in range(2, 11)]}
            ],
            "lanes": [{"id": "road", "mode": "road", "origins": ["maker"], "destinations": ["*"],
                       "speed_kmh": 50, "handling": "20 min", "cost_per_trip": 100, "cost_per_km": 3}],
            "vehicles": [{"id": "van", "site": "maker", "name": "Van", "name_zh": "货车",
                          "count": hospitals, "speed_kmh": 50, "shift_start": "04:00", "shift_end": "20:00",
                          "loading": "10 min",
                          "unloading": "10 min", "cost_per_day": 100, "cost_per_km": 3}],
            "orders": orders,
        }
    )  # fmt: skip


def _clock(hour: float) -> str:
    return f"{DAY:%Y-%m-%d} {int(hour):02}:{round(hour % 1 * 60):02}"


def by_the_clerk(network: Network) -> Plan:
    """What first come, first served makes of an instance, as a plan."""
    problem = build_problem(network, DAY, 1)
    greedy = allocate_greedily(problem)
    values = build_model(problem).start_vector(greedy)
    return assemble_plan(greedy, greedy, Pins(), Solution(values, 0.0, 0.0, 0.0, 0.0, False), 0.0)


def measure(network: Network, found: Plan) -> dict[str, float]:
    """Share served, runs, cost of runs, of own trips and of rounds."""
    runs = sum(row.cost for row in found.batches)
    rounds = make_rounds(network, found, "maker", DAY, time_limit_s=20.0)
    assert not rounds.missed, rounds.missed
    return {
        "served": found.served_fraction,
        "given": sum(row.activity_bq for row in found.deliveries) / 1e9,
        "runs": len(found.batches),
        "making": runs,
        "trips": sum(row.cost for row in found.deliveries),
        "rounds": rounds.cost,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instances", type=int, default=5, help="instances of each size")
    given = parser.parse_args()
    print(
        "hospitals seed | served: clerk, Becq | runs | cost in CNY: clerk (trips, rounds), "
        "Becq (trips, rounds) | cost of a delivered GBq"
    )
    for size in SIZES:
        rows = []
        for seed in range(given.instances):
            network = instance(size, seed)
            clerk, becq = (
                measure(network, found) for found in (by_the_clerk(network), plan(network, DAY, 1))
            )
            costs = [
                clerk["making"] + clerk["trips"],
                clerk["making"] + clerk["rounds"],
                becq["making"] + becq["trips"],
                becq["making"] + becq["rounds"],
            ]
            each = [costs[which] / (clerk, becq)[which // 2]["given"] for which in range(4)]
            rows.append((clerk["served"], becq["served"], *each))
            print(
                f"{size:9} {seed:4} | {clerk['served']:.4f} {becq['served']:.4f} | {clerk['runs']:.0f} "
                f"{becq['runs']:.0f} | {' '.join(f'{cost:8,.0f}' for cost in costs)} | "
                f"{' '.join(f'{cost:6,.0f}' for cost in each)}",
                flush=True,
            )
        mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(
            f"  {size} hospitals, means: served {mean[0]:.4f} (clerk), {mean[1]:.4f} (Becq); cost of a "
            f"delivered GBq, Becq over clerk, both on rounds: {mean[5] / mean[3]:.3f}; "
            f"Becq, rounds over own trips: {mean[5] / mean[4]:.3f}"
        )


if __name__ == "__main__":
    main()
